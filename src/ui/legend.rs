//! What the marks of a figure mean, beside it, and the word in place of a figure without data.

use super::page::Drawn;
use crate::labs::Figure;
use leptos::prelude::*;

/// What the colours of a network's tiles mean.
#[component]
pub fn DiagramKey(drawn: RwSignal<Option<Drawn>>) -> impl IntoView {
    let ends = Memo::new(move |_| {
        drawn.with(|drawn| match drawn.as_ref().map(|drawn| &drawn.0.figure) {
            Some(Figure::Diagram(diagram)) => Some(diagram.ends.clone()),
            _ => None,
        })
    });
    move || {
        ends.get().map(|[low, high]| {
            view! {
                <span class="key">
                    <span>"output"</span><span class="num">{low}</span><span class="ramp ramp--div"></span><span class="num">{high}</span>
                </span>
            }
        })
    }
}

/// The classes of the items on a plane, and which of them are for the test.
#[component]
pub fn PlaneLegend(drawn: RwSignal<Option<Drawn>>) -> impl IntoView {
    let classes = Memo::new(move |_| {
        drawn.with(|drawn| match drawn.as_ref().map(|drawn| &drawn.0.figure) {
            Some(Figure::Plane(plane)) => Some(plane.classes),
            _ => None,
        })
    });
    let marks = |classes| match classes {
        0 => vec![
            ("low".to_owned(), "--mark: var(--div-0)".to_owned()),
            ("high".into(), "--mark: var(--div-8)".into()),
        ],
        2 => vec![
            ("class 0".into(), "--mark: var(--div-0)".into()),
            ("class 1".into(), "--mark: var(--div-8)".into()),
        ],
        _ => (0..classes)
            .map(|class| (format!("class {class}"), format!("--mark: var(--cls-{class})")))
            .collect(),
    };
    move || {
        classes.get().map(|classes| {
            view! {
                <ul class="legend">
                    {marks(classes).into_iter().map(|(label, style)| view! { <li><i style=style></i>{label}</li> }).collect_view()}
                    <li><i class="ring"></i>"test"</li>
                </ul>
            }
        })
    }
}

/// A figure over steps, before the first one.
#[component]
pub fn Empty(drawn: RwSignal<Option<Drawn>>) -> impl IntoView {
    let is_empty = Memo::new(move |_| {
        drawn.with(|drawn| match drawn.as_ref().map(|drawn| &drawn.0.figure) {
            Some(Figure::LayerMap(map)) => map.values.len == 0,
            _ => false,
        })
    });
    move || is_empty.get().then(|| view! { <p class="fig__empty">"Press Play: a row for each step."</p> })
}
