//! The answer to a drawing as words, and the unit that is worked out, chosen by keys.

use super::page::{Drawn, Page};
use crate::labs::format::percent;
use crate::labs::{Figure, MapColumn, Unit};
use crate::train::likeliest;
use leptos::prelude::*;

/// The likeliest class in large type, above the figure of all of them.
#[component]
pub fn Answer(drawn: RwSignal<Option<Drawn>>) -> impl IntoView {
    let best = Memo::new(move |_| {
        drawn.with(|drawn| {
            let (panel, numbers) = &**drawn.as_ref()?;
            let Figure::Scores(scores) = &panel.figure else { return None };
            let probabilities = numbers.at(scores.probabilities);
            let best = likeliest(probabilities);
            Some(probabilities.get(best).map(|share| (scores.classes[best].clone(), *share)))
        })
    });
    move || {
        best.get().map(|best| {
            let (class, share) = best.unwrap_or_default();
            let sure = if class.is_empty() { "nothing drawn".into() } else { format!("{} sure", percent(f64::from(share))) };
            let shown = if class.is_empty() { "–".into() } else { class.clone() };
            view! {
                <p class="answer num" data-testid="prediction" data-class=class data-confidence=share.to_string()>
                    <b class="big">{shown}</b><span class="hint">{sure}</span>
                </p>
            }
        })
    }
}

/// Layer, map, row and column of the unit that is worked out.
#[component]
pub fn FocusPicker(page: Page, maps: RwSignal<Option<Drawn>>) -> impl IntoView {
    let columns = Memo::new(move |_| {
        maps.with(|drawn| match drawn.as_ref().map(|drawn| &drawn.0.figure) {
            Some(Figure::Maps(maps)) => (maps.columns.clone(), maps.focus.unwrap_or_default()),
            _ => Default::default(),
        })
    });
    let layers = move || {
        let (columns, focus) = columns.get();
        let option = |column: &MapColumn| {
            let layer = column.layer.unwrap_or(0);
            view! { <option value=layer.to_string() selected=layer == focus.layer>{column.label.clone()}</option> }
        };
        columns.iter().map(option).collect_view()
    };
    let choose_layer = move |event| {
        let layer: usize = event_target_value(&event).parse().unwrap_or(0);
        let (columns, _) = columns.get_untracked();
        if let Some(column) = columns.iter().find(|column| column.layer == Some(layer)) {
            let (row, middle) = (column.height / 2, column.width / 2);
            page.set_focus(Unit { layer, map: 0, row, column: middle });
        }
    };
    let number = move |label: &'static str,
                       from: usize,
                       get: fn(&Unit) -> usize,
                       set: fn(&mut Unit, usize)| {
        let value = move || columns.with(|(_, focus)| (get(focus) + from).to_string());
        let on_change = move |event| {
            if let Ok(value) = event_target_value(&event).parse::<usize>() {
                let mut focus = columns.with_untracked(|(_, focus)| *focus);
                set(&mut focus, value.saturating_sub(from));
                page.set_focus(focus);
            }
        };
        view! {
            <label class="inline">{label}
                <input class="num" type="number" min=from.to_string() prop:value=value on:change=on_change />
            </label>
        }
    };
    view! {
        <div class="pick">
            <label class="inline">"layer" <select class="num" on:change=choose_layer>{layers}</select></label>
            {number("map", 1, |unit| unit.map, |unit, value| unit.map = value)}
            {number("row", 0, |unit| unit.row, |unit, value| unit.row = value)}
            {number("column", 0, |unit| unit.column, |unit, value| unit.column = value)}
        </div>
    }
}
