//! The answer to a drawing as words, and the unit that is worked out, chosen by keys.

use super::page::{Drawn, Page};
use super::sliding::{Sliding, Track};
use crate::labs::format::percent;
use crate::labs::{Figure, MapColumn, Unit};
use crate::train::likeliest;
use leptos::prelude::*;

/// The likeliest class in large type, above the figure of all of them.
#[component]
pub fn Answer(drawn: Signal<Option<Drawn>>) -> impl IntoView {
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
pub fn FocusPicker(page: Page, maps: Signal<Option<Drawn>>) -> impl IntoView {
    let columns = Memo::new(move |_| {
        maps.with(|drawn| match drawn.as_ref().map(|drawn| &drawn.0.figure) {
            Some(Figure::Maps(maps)) => (maps.columns.clone(), maps.focus.unwrap_or_default()),
            _ => Default::default(),
        })
    });
    // The list stays as it is while only numbers change, so that it can be opened while the network trains.
    let names = Memo::new(move |_| {
        columns.with(|(columns, _)| {
            columns.iter().map(|c| (c.layer.unwrap_or(0), c.label.clone())).collect::<Vec<_>>()
        })
    });
    let chosen = Memo::new(move |_| columns.with(|(_, focus)| focus.layer));
    let layers = move || {
        let option = |(layer, label): (usize, String)| {
            view! { <option value=layer.to_string() prop:selected=move || chosen.get() == layer>{label}</option> }
        };
        names.get().into_iter().map(option).collect_view()
    };
    let choose_layer = move |event| {
        let layer: usize = event_target_value(&event).parse().unwrap_or(0);
        let (columns, _) = columns.get_untracked();
        if let Some(column) = columns.iter().find(|column| column.layer == Some(layer)) {
            let middle = |cells: usize| if column.is_vector { 0 } else { cells / 2 };
            page.set_focus(Unit { layer, map: 0, row: middle(column.height), column: middle(column.width) });
        }
    };
    // The column of the unit: how many there are of each.
    let column = Memo::new(move |_| {
        columns
            .with(|(columns, focus)| columns.iter().find(|column| column.layer == Some(focus.layer)).cloned())
    });
    let bounds = move |of: fn(&MapColumn) -> usize| column.with(|column| column.as_ref().map_or(1, of));
    let is_picture =
        Memo::new(move |_| column.with(|column| column.as_ref().is_none_or(|column| !column.is_vector)));
    let number = move |label: &'static str,
                       from: usize,
                       many: fn(&MapColumn) -> usize,
                       part: fn(&mut Unit) -> &mut usize| {
        let value = move || {
            let mut focus = columns.with(|(_, focus)| *focus);
            (*part(&mut focus) + from).to_string()
        };
        let last = move || (bounds(many).saturating_sub(1) + from).to_string();
        let on_change = move |event| {
            if let Ok(value) = event_target_value(&event).parse::<usize>() {
                let mut focus = columns.with_untracked(|(_, focus)| *focus);
                *part(&mut focus) = value.saturating_sub(from).min(bounds(many).saturating_sub(1));
                page.set_focus(focus);
            }
        };
        view! {
            <label class="inline">{label}
                <input class="num" type="number" min=from.to_string() max=last prop:value=value on:change=on_change />
            </label>
        }
    };
    let track = Signal::derive(move || {
        let (column, unit) = (column.get()?, columns.with(|(_, focus)| *focus));
        let units = if column.is_vector { column.of } else { 0 };
        Some(Track { unit, height: column.height, width: column.width, units })
    });
    let map_or_unit = move || {
        if is_picture.get() {
            view! {
                {number("map", 1, |column| column.of, |unit| &mut unit.map)}
                {number("row", 0, |column| column.height, |unit| &mut unit.row)}
                {number("column", 0, |column| column.width, |unit| &mut unit.column)}
            }
            .into_any()
        } else {
            view! { {number("unit", 1, |column| column.of, |unit| &mut unit.map)} }.into_any()
        }
    };
    view! {
        <div class="pick">
            <label class="inline"><span class="vh">"layer"</span><select class="num" on:change=choose_layer>{layers}</select></label>
            {map_or_unit}
            <Sliding page=page track=track />
        </div>
    }
}
