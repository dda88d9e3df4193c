//! What a visitor does with lanes that race: what their curves are drawn over, which slice of the loss surface they go
//! down and from where, by pointer, keys and native controls.

use super::page::{Drawn, Page};
use crate::labs::{CurveAxis, Figure, SurfaceFigure};
use crate::plot;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

/// Degrees by which a key turns or tilts a surface, and those of a press of Shift with it.
const TURN: f32 = 5.0;
const FAR: f32 = 15.0;
/// Degrees by which a pixel that it is dragged turns it.
const DEGREES: f32 = 0.5;
/// Shares of the view by which a key moves where a test function is begun.
const STEPS: f32 = 40.0;
/// Degrees above the horizon from which a surface is seen, at least and at most.
const TILTS: [f32; 2] = [10.0, 85.0];

/// Updates, examples or seconds, beside the title of the curves of a race.
#[component]
pub fn Axis(page: Page, drawn: Signal<Option<Drawn>>) -> impl IntoView {
    let axes = Memo::new(move |_| {
        drawn.with(|drawn| match drawn.as_ref().map(|drawn| &drawn.0.figure) {
            Some(Figure::Curves(curves)) => curves.axes.clone(),
            _ => Vec::new(),
        })
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
        let axes = axes.get();
        (axes.len() > 1).then(|| {
            view! {
                <div class="seg" role="radiogroup" aria-label="Horizontal axis" data-testid="race-axis">
                    {axes.into_iter().map(choice).collect_view()}
                </div>
            }
        })
    }
}

/// Takes a click on a test function as the place where every lane begins.
pub fn click(page: Page, figure: &SurfaceFigure, size: (f64, f64), at: (f64, f64)) {
    if figure.has_starts
        && let Some(place) = plot::surface_place_at(figure, size, at)
    {
        begin_at(page, place);
    }
}

fn begin_at(page: Page, place: [f32; 2]) {
    let rounded = place.map(|along| (f64::from(along.clamp(-10.0, 10.0)) * 1e3).round() / 1e3);
    page.set("start", &rounded.to_vec().into());
}

/// Turns and tilts a surface that is seen from the side as the pointer drags it.
pub fn turn(page: Page, [right, down]: [f32; 2]) {
    turn_by(page, [right, down].map(|pixels| DEGREES * pixels));
}

fn turn_by(page: Page, [right, up]: [f32; 2]) {
    if [right, up] != [0.0; 2] {
        page.look_for(|probe| {
            let seen = &mut probe.surface;
            seen.turn = (seen.turn + right).rem_euclid(360.0);
            seen.tilt = (seen.tilt + up).clamp(TILTS[0], TILTS[1]);
        });
    }
}

/// Turns a surface that is seen from the side, or moves where a test function is begun; whether the key was one that does.
pub fn key(page: Page, figure: &SurfaceFigure, event: &KeyboardEvent) -> bool {
    let [right, up] = match event.key().as_str() {
        "ArrowLeft" => [-1.0, 0.0],
        "ArrowRight" => [1.0, 0.0],
        "ArrowUp" => [0.0, 1.0],
        "ArrowDown" => [0.0, -1.0],
        _ => return false,
    };
    let by = if event.shift_key() { FAR / TURN } else { 1.0 };
    if figure.is_3d {
        turn_by(page, [TURN * by * right, TURN * by * up]);
        return true;
    }
    let start = page.current.with_untracked(|now| {
        now.network.layers.first().and_then(|layer| layer.as_landscape().map(|landscape| landscape.start))
    });
    let Some([x, y]) = start.filter(|_| figure.has_starts) else { return false };
    let [left, end, bottom, top] = figure.view;
    begin_at(page, [x + right * by * (end - left) / STEPS, y + up * by * (top - bottom) / STEPS]);
    true
}

/// Beside the title of a surface: which plane it is over, and from where it is seen.
#[component]
pub fn Seen(page: Page, drawn: Signal<Option<Drawn>>) -> impl IntoView {
    let of_function = Memo::new(move |_| {
        drawn.with(|drawn| match drawn.as_ref().map(|drawn| &drawn.0.figure) {
            Some(Figure::Surface(figure)) => Some(figure.has_starts),
            _ => None,
        })
    });
    let plane = move |label: &'static str, by_path: bool| {
        let is_chosen = move || page.probe.with(|probe| probe.surface.by_path) == by_path;
        view! {
            <label><input type="radio" name="surface-plane" prop:checked=is_chosen
                on:change=move |_| page.look_for(|probe| probe.surface.by_path = by_path) /><span>{label}</span></label>
        }
    };
    let from = move |label: &'static str, is_3d: bool| {
        let is_chosen = move || page.probe.with(|probe| probe.surface.is_3d) == is_3d;
        view! {
            <label><input type="radio" name="surface-from" prop:checked=is_chosen
                on:change=move |_| page.look_for(|probe| probe.surface.is_3d = is_3d) /><span>{label}</span></label>
        }
    };
    move || {
        of_function.get().map(|of_function| view! {
            {(!of_function).then(|| view! {
                <div class="seg" role="radiogroup" aria-label="The plane that is seen" data-testid="surface-plane">
                    {plane("Of the paths", true)}{plane("Random", false)}
                </div>
            })}
            <div class="seg" role="radiogroup" aria-label="Seen from" data-testid="surface-from">{from("Above", false)}{from("The side", true)}</div>
        })
    }
}

/// Beneath a surface that is seen from the side: sliders that turn and tilt it.
#[component]
pub fn Under(page: Page, drawn: Signal<Option<Drawn>>) -> impl IntoView {
    let is_turned = Memo::new(move |_| {
        let is_3d = |drawn: &Drawn| matches!(&drawn.0.figure, Figure::Surface(figure) if figure.is_3d);
        drawn.with(|drawn| drawn.as_ref().is_some_and(is_3d))
    });
    let slider = move |id: &'static str, label: &'static str, [from, to]: [f32; 2], is_turn: bool| {
        let now =
            move || page.probe.with(|probe| if is_turn { probe.surface.turn } else { probe.surface.tilt });
        let on_input = move |event| {
            let degrees: f32 = event_target_value(&event).parse().unwrap_or(from);
            page.look_for(|probe| {
                *(if is_turn { &mut probe.surface.turn } else { &mut probe.surface.tilt }) =
                    degrees.clamp(from, to);
            });
        };
        let shown = move || format!("{:.0}°", now());
        let filled = move || format!("--p: {}%", 100.0 * (now() - from) / (to - from));
        view! {
            <div class="field">
                <div class="field__top"><label for=id>{label}</label><output class="num" for=id>{shown}</output></div>
                <input type="range" id=id min=from.to_string() max=to.to_string() step="1" prop:value=move || now().to_string()
                    style=filled aria-valuetext=shown on:input=on_input />
            </div>
        }
    };
    move || {
        is_turned.get().then(|| view! {
            <div class="under">{slider("surface-turn", "Turn", [0.0, 360.0], true)}{slider("surface-tilt", "Tilt", TILTS, false)}</div>
        })
    }
}
