//! A data set drawn small, from the items that it really gives.

use super::{Page, browser};
use crate::data::{Data, DataConfig};
use crate::plot;
use leptos::html;
use leptos::prelude::*;
use plotters::prelude::*;
use plotters_canvas::CanvasBackend;

/// Side of a thumbnail in CSS pixels.
const SIDE: f64 = 40.0;

#[component]
pub fn Thumbnail(page: Page, set: String) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    Effect::new(move |_| {
        page.theme.track();
        let Some(canvas) = canvas.get() else { return };
        let style = browser::style();
        let side = (SIDE * style.scale).round() as u32;
        canvas.set_width(side);
        canvas.set_height(side);
        let config =
            DataConfig { name: set.clone(), samples: 160, noise: 0.05, test_fraction: 0.0, classes: None };
        if let (Ok(data), Some(backend)) = (Data::new(&config, 1), CanvasBackend::with_canvas_object(canvas))
        {
            // A thumbnail that cannot be drawn leaves the label to speak.
            let _ = plot::thumbnail(&backend.into_drawing_area(), &data, &style);
        }
    });
    view! { <canvas node_ref=canvas aria-hidden="true"></canvas> }
}
