//! A data set drawn small, from the items that it really gives.

use super::{Page, canvas};
use crate::data::{Data, DataConfig};
use crate::plot;
use leptos::html;
use leptos::prelude::*;

/// Side of a thumbnail in CSS pixels.
const SIDE: f64 = 40.0;

#[component]
pub fn Thumbnail(page: Page, set: String) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    Effect::new(move |_| {
        page.theme.track();
        let Some(element) = canvas.get() else { return };
        let config = DataConfig { samples: 160, noise: 0.05, test_fraction: 0.0, ..DataConfig::named(&set) };
        if let Ok(data) = Data::new(&config, 1) {
            // A thumbnail that cannot be drawn leaves the label to speak.
            let _ =
                canvas::draw_on(&element, (SIDE, SIDE), |area, style| plot::thumbnail(area, &data, style));
        }
    });
    view! { <canvas node_ref=canvas aria-hidden="true"></canvas> }
}
