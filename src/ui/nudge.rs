//! How the drawing is nudged before the network reads it: sliders under the pad, and beside a figure the
//! way of nudging that its curves are drawn over.

use super::page::Page;
use crate::data::{Nudge, NudgeKind};
use crate::labs::format::fixed;
use leptos::prelude::*;

/// A slider for each way of nudging, and the way back.
#[component]
pub fn Sliders(page: Page) -> impl IntoView {
    let is_none = move || page.nudge.with(Nudge::is_none);
    view! {
        <fieldset class="nudge" data-testid="nudge-sliders">
            <legend>"Nudge"</legend>
            <button class="btn" disabled=is_none on:click=move |_| page.set_nudge(Nudge::default())>"Reset"</button>
            {NudgeKind::ALL.map(|kind| view! { <Slider page=page kind=kind /> })}
        </fieldset>
    }
}

#[component]
fn Slider(page: Page, kind: NudgeKind) -> impl IntoView {
    let (from, to) = kind.amounts().into_inner();
    let amount = move || page.nudge.with(|nudge| nudge.amount(kind).round());
    let shown = move || with_unit(kind, amount());
    let filled = move || format!("--p: {}%", 100.0 * (amount() - from as f32) / (to - from) as f32);
    let set = move |amount: f32| {
        page.sweep.set(kind);
        page.set_nudge(page.nudge.get_untracked().with(kind, amount));
    };
    let on_input = move |event| set(event_target_value(&event).parse().unwrap_or(kind.rest() as f32));
    let id = format!("nudge-{}", id_of(kind));
    // What is slow to work out waits while the slider is held, by the pointer or by a key.
    let hold = move |is_held| move || page.set_drawing(is_held);
    let (held, let_go) = (hold(true), hold(false));
    view! {
        <label for=id.clone()>{kind.label()}</label>
        <input type="range" id=id.clone() min=from max=to step="1" prop:value=move || amount().to_string() style=filled
            aria-valuetext=shown title="Double-click to take it back" on:input=on_input on:dblclick=move |_| set(kind.rest() as f32)
            on:pointerdown=move |event| if event.button() == 0 { held() } on:pointerup=move |_| let_go() on:pointercancel=move |_| let_go()
            on:keydown=move |_| held() on:keyup=move |_| let_go() on:blur=move |_| let_go() />
        <output class="num" for=id>{shown}</output>
    }
}

/// Which way the curves are drawn over.
#[component]
pub fn Switch(page: Page) -> impl IntoView {
    let choice = |kind: NudgeKind| {
        let choose = move |_| {
            page.sweep.set(kind);
            page.refresh();
        };
        view! {
            <label>
                <input type="radio" name="nudge-sweep" value=id_of(kind) prop:checked=move || page.sweep.get() == kind on:change=choose />
                <span>{kind.label()}</span>
            </label>
        }
    };
    view! { <div class="seg" role="radiogroup" aria-label="Nudged by" data-testid="sweep">{NudgeKind::ALL.map(choice)}</div> }
}

/// What was done to the picture, in words; nothing where nothing was.
pub fn words(nudge: &Nudge) -> Option<String> {
    let is_moved = |kind: &NudgeKind| nudge.amount(*kind).round() != kind.rest() as f32;
    let word = |kind: NudgeKind| {
        let amount = nudge.amount(kind);
        let (size, unit) = (fixed(amount.abs().round(), 0), kind.unit());
        match kind {
            NudgeKind::Right => format!("{size}{unit} {}", if amount > 0.0 { "right" } else { "left" }),
            NudgeKind::Down => format!("{size}{unit} {}", if amount > 0.0 { "down" } else { "up" }),
            NudgeKind::Rotation => {
                format!("turned {size}{unit} {}", if amount > 0.0 { "clockwise" } else { "anticlockwise" })
            }
            NudgeKind::Scale => format!("at {size}{unit}"),
        }
    };
    let words: Vec<String> = NudgeKind::ALL.into_iter().filter(is_moved).map(word).collect();
    (!words.is_empty()).then(|| format!("Nudged: {}.", words.join(", ")))
}

fn with_unit(kind: NudgeKind, amount: f32) -> String {
    format!("{}{}", fixed(amount, 0), kind.unit())
}

fn id_of(kind: NudgeKind) -> &'static str {
    match kind {
        NudgeKind::Right => "right",
        NudgeKind::Down => "down",
        NudgeKind::Rotation => "rotation",
        NudgeKind::Scale => "scale",
    }
}
