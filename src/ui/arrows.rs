//! Loss-gradient arrows on the plane: their switch, and what they mean, beside them.

use super::page::{Drawn, Page};
use crate::labs::format::power;
use crate::labs::{Figure, Plane, longest};
use leptos::prelude::*;

/// What is shown of the network over the plane, and not of one of its neurons.
fn plane_of(drawn: Option<&Drawn>) -> Option<&Plane> {
    match &drawn?.0.figure {
        Figure::Plane(plane) if plane.of_neuron.is_none() => Some(plane),
        _ => None,
    }
}

/// Shows them or hides them.
#[component]
pub fn Switch(page: Page, #[prop(into)] drawn: Signal<Option<Drawn>>) -> impl IntoView {
    let has_plane = Memo::new(move |_| drawn.with(|drawn| plane_of(drawn.as_ref()).is_some()));
    let toggle = move |_| {
        page.arrows.update(|shown| *shown = !*shown);
        page.refresh();
    };
    move || {
        has_plane.get().then(|| {
            view! {
                <button class="btn arrows" data-testid="arrows" aria-pressed=move || page.arrows.get().to_string()
                    title="Loss-gradient arrows: which way each training item would have to move for its loss to fall" on:click=toggle>
                    "Arrows"
                </button>
            }
        })
    }
}

/// What they mean, as long as they are shown.
#[component]
pub fn Meaning(#[prop(into)] drawn: Signal<Option<Drawn>>) -> impl IntoView {
    // How many there are, and the longest.
    let shown = Memo::new(move |_| {
        drawn.with(|drawn| {
            let arrows = drawn.as_ref()?.1.at(plane_of(drawn.as_ref())?.arrows).as_chunks::<3>().0;
            let axes = plane_of(drawn.as_ref())?.axes.iter().filter(|name| !name.is_empty());
            let place = axes.cloned().collect::<Vec<_>>().join(", ");
            (!arrows.is_empty())
                .then(|| (arrows.len(), format!("−∂L/∂({place})"), longest(arrows).map(power)))
        })
    });
    move || {
        shown.get().map(|(many, what, longest)| {
            let words = match longest {
                Some(longest) => format!("Arrows at {many} training items: {what}, the way each would have to move for its own loss to fall. The longest is {longest}; half as long is 100 times smaller."),
                None => format!("The gradients at {many} training items are no finite numbers, so no arrows are shown."),
            };
            view! { <p class="hint told num" data-testid="arrows-meaning">{words}</p> }
        })
    }
}
