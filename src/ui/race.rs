//! What a visitor does with lanes that race: what their curves are drawn over.

use super::page::{Drawn, Page};
use crate::labs::{CurveAxis, Figure};
use leptos::prelude::*;

/// Updates, examples or seconds, beside the title of the curves of a race.
#[component]
pub fn Axis(page: Page, drawn: Signal<Option<Drawn>>) -> impl IntoView {
    let is_race = Memo::new(move |_| {
        let is_of_race = |drawn: &Drawn| matches!(&drawn.0.figure, Figure::Curves(curves) if curves.is_race);
        drawn.with(|drawn| drawn.as_ref().is_some_and(is_of_race))
    });
    let choice = move |axis: CurveAxis| {
        let is_chosen = move || page.probe.with(|probe| probe.axis) == axis;
        let label = axis.label();
        let label = format!("{}{}", label[..1].to_uppercase(), &label[1..]);
        view! {
            <label><input type="radio" name="race-axis" value=axis.label() prop:checked=is_chosen
                on:change=move |_| page.look_for(|probe| probe.axis = axis) /><span>{label}</span></label>
        }
    };
    move || {
        is_race.get().then(|| {
            view! {
                <div class="seg" role="radiogroup" aria-label="Horizontal axis" data-testid="race-axis">
                    {CurveAxis::ALL.map(choice)}
                </div>
            }
        })
    }
}
