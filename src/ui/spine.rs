//! The story column: figures that share the columns of the layers, the picker of a layer between
//! them, and the glass slab that marks the selected one through all.

use super::Page;
use super::figure::FigureView;
use crate::labs::Place;
use crate::plot;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::ResizeObserver;

#[component]
pub fn Spine(page: Page) -> impl IntoView {
    let spine = NodeRef::<html::Section>::new();
    let width = RwSignal::new(0.0);
    Effect::new(move |_| {
        let Some(element) = spine.get() else { return };
        let measured = element.clone();
        let resized = Closure::<dyn Fn()>::new(move || {
            // Refused once the lab is closed, of which the browser tells last.
            let _ = width.try_set(f64::from(measured.client_width()));
        });
        if let Ok(observer) = ResizeObserver::new(resized.as_ref().unchecked_ref()) {
            observer.observe(&element);
        }
        resized.forget(); // ends with the element
    });
    let depth = Memo::new(move |_| page.current.with(|experiment| page.lab().depth(experiment)));
    let slab = move || {
        let columns = plot::columns(width.get(), depth.get() + 1);
        format!(
            "left: {}px; width: {}px",
            columns.center(page.layer.get()) - columns.width / 2.0,
            columns.width
        )
    };
    let figures = |from: usize, to: usize| {
        let spine = page.slots().iter().filter(|slot| slot.place == Place::Spine);
        spine
            .skip(from)
            .take(to - from)
            .map(|slot| view! { <FigureView page=page of=*slot /> })
            .collect_view()
    };
    view! {
        <section node_ref=spine class="spine" aria-label="The network, layer by layer">
            {move || (depth.get() > 0).then(|| view! { <div class="slab" style=slab aria-hidden="true"></div> })}
            {figures(0, 1)}
            <LayerPicker page=page depth=depth width=width />
            {figures(1, usize::MAX)}
        </section>
    }
}

/// Chooses the layer that the figures beside speak of.
#[component]
fn LayerPicker(page: Page, depth: Memo<usize>, width: RwSignal<f64>) -> impl IntoView {
    let radios = move || {
        let columns = plot::columns(width.get(), depth.get() + 1);
        (1..=depth.get())
            .map(|layer| {
                let place = format!("left: {}px; width: {}px", columns.center(layer) - columns.width / 2.0, columns.width);
                view! {
                    <label style=place>
                        <input type="radio" name="layer" value=layer.to_string() aria-label=format!("Layer {layer}")
                            prop:checked=move || page.layer.get() == layer on:change=move |_| page.select_layer(layer) />
                        <span>{layer}</span>
                    </label>
                }
            })
            .collect_view()
    };
    let end = move |index: usize| {
        let columns = plot::columns(width.get(), depth.get() + 1);
        format!("left: {}px; width: {}px", columns.center(index) - columns.width / 2.0, columns.width)
    };
    let options = move || {
        (1..=depth.get())
            .map(|layer| view! { <option value=layer.to_string() selected=page.layer.get() == layer>{layer}</option> })
            .collect_view()
    };
    let on_change = move |event| page.select_layer(event_target_value(&event).parse().unwrap_or(1));
    view! {
        <fieldset class="layers only-wide">
            <legend class="vh">"Selected layer"</legend>
            <span style=move || end(0)>"in"</span>
            {radios}
            <span style=move || end(depth.get() + 1)>"out"</span>
        </fieldset>
        <div class="layer-row only-phone">
            <div class="field">
                <div class="field__top"><label for="selected-layer">"Selected layer"</label></div>
                <select id="selected-layer" prop:value=move || page.layer.get().to_string() on:change=on_change>{options}</select>
            </div>
        </div>
    }
}
