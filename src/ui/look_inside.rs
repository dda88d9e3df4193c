//! Looking into a network: a neuron or a link chosen in the diagram, its weights set by hand, and the gradient check
//! with its button.

use super::page::{Drawn, Page};
use crate::labs::{Asked, Figure, Unit, Weights};
use crate::plot;
use leptos::prelude::*;

/// Acts on a click on the network diagram: looks into the neuron that was hit, or to whose weight the link belongs;
/// whether there was one.
pub fn click(page: Page, drawn: Option<&Drawn>, size: (f64, f64), at: (f64, f64)) -> bool {
    let Some(drawn) = drawn else { return false };
    let Figure::Diagram(diagram) = &drawn.0.figure else { return false };
    let Some(hit) = plot::neuron_at(diagram, &drawn.1, size, at).filter(|hit| hit.column > 0) else {
        return false;
    };
    page.select_layer(hit.column);
    page.set_focus(Unit { layer: hit.column - 1, map: hit.unit, ..Unit::default() });
    if let Some(from) = hit.from {
        // The list is made anew with the neuron that the next frame shows.
        page.weight_wanted.set(Some(from));
    }
    true
}

/// Which neuron is looked into, and a field for each of its weights; only under the figure of them.
#[component]
pub fn Editor(page: Page, drawn: Signal<Option<Drawn>>) -> impl IntoView {
    let figure = Memo::new(move |_| {
        drawn.with(|drawn| match drawn.as_ref().map(|drawn| &drawn.0.figure) {
            Some(Figure::Weights(weights)) => Some(weights.clone()),
            _ => None,
        })
    });
    // Made anew only with another neuron, so that a field keeps its caret while the network trains.
    let shape = Memo::new(move |_| {
        figure.with(|figure| {
            figure.as_ref().map(|Weights { unit, units, weights, .. }| (*unit, *units, weights.clone()))
        })
    });
    move || {
        shape.get().map(|([layer, unit], units, weights)| {
            let options = (0..units)
                .map(|index| view! { <option value=index.to_string() selected=index == unit>{index + 1}</option> })
                .collect_view();
            let on_neuron = move |event| {
                let map = event_target_value(&event).parse().unwrap_or(0);
                page.set_focus(Unit { layer, map, ..Unit::default() });
            };
            let wanted = page.weight_wanted.get_untracked();
            let fields = weights
                .into_iter()
                .enumerate()
                .map(|(index, weight)| {
                    view! { <WeightField page=page drawn=drawn index=index label=weight.label key_=weight.key is_wanted=wanted == Some(index) /> }
                })
                .collect_view();
            view! {
                <div class="pick">
                    <label class="inline">"Neuron"<select class="num" id="neuron" on:change=on_neuron>{options}</select></label>
                </div>
                <div class="weights">{fields}</div>
            }
        })
    }
}

/// A weight as a number that can be set.
#[component]
fn WeightField(
    page: Page,
    drawn: Signal<Option<Drawn>>,
    index: usize,
    label: String,
    key_: String,
    is_wanted: bool,
) -> impl IntoView {
    let is_edited = RwSignal::new(false);
    let field = NodeRef::<leptos::html::Input>::new();
    let value = Memo::new(move |before: Option<&String>| {
        if is_edited.get() {
            return before.cloned().unwrap_or_default();
        }
        drawn.with(|drawn| match drawn.as_ref().map(|drawn| (&drawn.0.figure, &drawn.1)) {
            Some((Figure::Weights(weights), numbers)) => {
                numbers.at(weights.values).get(index).map_or_else(String::new, f32::to_string)
            }
            _ => String::new(),
        })
    });
    if is_wanted {
        Effect::new(move |_| {
            if let Some(field) = field.get() {
                page.weight_wanted.set(None);
                let _ = field.focus(); // a field that takes no focus leaves it where it was
                field.select();
            }
        });
    }
    let set = {
        let key = key_.clone();
        move |event| {
            is_edited.set(false);
            page.set_weight(&key, &event_target_value(&event));
        }
    };
    view! {
        <label>
            <span>{label}</span>
            <input node_ref=field type="number" step="any" class="num" data-key=key_ prop:value=value
                on:input=move |_| is_edited.set(true) on:blur=move |_| is_edited.set(false) on:change=set />
        </label>
    }
}

/// The button of the gradient check, and into which layer it puts a wrong derivative.
#[component]
pub fn CheckBar(page: Page) -> impl IntoView {
    let depth = Memo::new(move |_| page.current.with(|experiment| page.lab().depth(experiment)));
    let lie = RwSignal::new(None::<usize>);
    let check = move || {
        page.check.update(|Asked { times, lie: into }| {
            *times += 1;
            *into = lie.get_untracked();
        });
        page.refresh();
    };
    let options = move || {
        (1..=depth.get())
            .map(|layer| view! { <option value=layer.to_string() selected=lie.get_untracked() == Some(layer)>{format!("layer {layer}")}</option> })
            .collect_view()
    };
    view! {
        <div class="pick check">
            <button class="btn btn--line" data-testid="check-now" on:click=move |_| check()>"Check the gradients"</button>
            <label class="inline">"with a wrong derivative in"
            <select id="check-lie" on:change=move |event| { lie.set(event_target_value(&event).parse().ok()); check(); }>
                <option value="none">"no layer"</option>
                {options}
            </select></label>
        </div>
    }
}
