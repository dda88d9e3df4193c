//! The canvas of a figure: drawn anew when its numbers, its size or the theme change, read under the pointer,
//! and clicked.

use super::page::{Drawn, Page};
use super::{canvas, history, legend, look_inside, misread, points, probe};
use crate::labs::{Across, Figure, FigureSlot, Place, Unit};
use crate::plot;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{
    HtmlCanvasElement, IntersectionObserver, IntersectionObserverEntry, PointerEvent, ResizeObserver,
};

/// What a figure says to those who do not see it.
fn summary_of(drawn: Option<&Drawn>) -> String {
    drawn.map_or_else(|| "Not measured yet.".into(), |drawn| drawn.0.summary.clone())
}

#[component]
pub fn Drawing(
    page: Page,
    of: FigureSlot,
    drawn: Signal<Option<Drawn>>,
    id: String,
    shows_table: RwSignal<bool>,
    /// What stands over it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let slot = of;
    // Of several lanes side by side the pointer sets no points: they are the selected lane's.
    let takes_points = children.is_some();
    let lab = page.lab().name();
    let canvas = NodeRef::<html::Canvas>::new();
    let hover = RwSignal::new(None::<(f64, f64)>);
    let size = RwSignal::new((0.0, 0.0));
    let take_size = move |element: &HtmlCanvasElement| {
        let now = (f64::from(element.client_width()), f64::from(element.client_height()));
        // Of a figure whose lab was closed the browser still tells that it has no size any more.
        if size.try_get_untracked().is_some_and(|size| size != now) {
            size.set(now);
        }
    };
    Effect::new(move |_| {
        let Some(element) = canvas.get() else { return };
        take_size(&element);
        observe(
            &element,
            move |element| take_size(element),
            move |visible| page.set_visible((lab, slot.id), visible),
        );
    });
    // Those of all lanes tell their colours themselves.
    let lane = Memo::new(move |_| if slot.across == Across::Selected { page.selected_lane.get() } else { 0 });
    // Only the diagram is drawn anew with it.
    let chosen = Memo::new(move |_| page.chosen().filter(|_| slot.place == Place::Spine));
    Effect::new(move |_| {
        page.theme.track();
        let (width, height) = size.get();
        let view = plot::View {
            selected_layer: page.layer.get(),
            hover: hover.get(),
            map_scale: page.map_scale.get(),
            chosen: chosen.get(),
            lane: lane.get(),
        };
        if let (Some(element), Some(drawn)) = (canvas.get(), drawn.get())
            && width >= 1.0
            && height >= 1.0
        {
            draw(&element, &history::with_past(page, &drawn), (width, height), &view);
        }
    });
    let summary = move || drawn.with(|drawn| summary_of(drawn.as_ref()));
    let height = Memo::new(move |_| drawn.with(|drawn| height_of(slot, drawn.as_ref())));
    let is_right_half = RwSignal::new(false);
    let on_move = move |event: PointerEvent| {
        let width = window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or(0.0);
        is_right_half.set(f64::from(event.client_x()) > width / 2.0);
        hover.set(Some((event.offset_x().into(), event.offset_y().into())));
    };
    Effect::new(move |_| point_at(page, drawn, size, hover.get()));
    let is_held = StoredValue::new(false);
    let drag = move |event: &PointerEvent| {
        let at = (f64::from(event.offset_x()), f64::from(event.offset_y()));
        let by = [event.movement_x(), event.movement_y()].map(|pixels| pixels as f32);
        drawn.with_untracked(|drawn| probe::drag(page, drawn.as_ref(), size.get_untracked(), (at, by)))
    };
    let on_down = move |event: PointerEvent| {
        if event.button() == 0 && event.is_primary() && drag(&event) {
            if let Some(element) = canvas.get_untracked() {
                let _ = element.set_pointer_capture(event.pointer_id()); // else it ends at the edge
            }
            is_held.set_value(true);
            page.set_drawing(true);
        }
    };
    let on_drag = move |event: PointerEvent| {
        if is_held.get_value() && event.is_primary() {
            drag(&event);
        }
        on_move(event);
    };
    let let_go = move |is_taken| let_go(page, drawn, is_held, is_taken);
    let on_click = move |event: web_sys::MouseEvent| {
        let at = (f64::from(event.offset_x()), f64::from(event.offset_y()));
        let (size_now, extends) = (size.get_untracked(), event.shift_key());
        if !drawn.with_untracked(|drawn| probe::click(page, drawn.as_ref(), size_now, at, extends)) {
            choose_at(page, drawn, size, at);
        }
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            shows_table.set(true);
        }
        misread::key(page, drawn.get_untracked().as_ref(), &event);
        probe::key(page, drawn.get_untracked().as_ref(), &event);
    };
    view! {
        <div class="fig__plot">
            <canvas node_ref=canvas id=id role="img" tabindex="0" aria-label=summary style=height
                on:pointerdown=on_down on:pointermove=on_drag on:pointerup=move |_| let_go(true) on:pointercancel=move |_| let_go(false) on:pointerleave=move |_| hover.set(None) on:click=on_click on:keydown=on_key></canvas>
            {takes_points.then(|| view! { <points::Overlay page=page drawn=drawn size=size /> })}
            {children.map(|children| children())}
            <legend::Empty drawn=drawn size=size />
            <ReadOut drawn=drawn size=size hover=hover is_right_half=is_right_half />
        </div>
    }
}

/// Ends what was held by the pointer, which is taken unless the browser took the pointer away.
fn let_go(page: Page, drawn: Signal<Option<Drawn>>, is_held: StoredValue<bool>, is_taken: bool) {
    if !is_held.get_value() {
        return;
    }
    is_held.set_value(false);
    if is_taken {
        drawn.with_untracked(|drawn| probe::let_go(page, drawn.as_ref()));
    }
    page.set_drawing(false);
}

/// Tells the page which unit is under the pointer, for figures of feature maps.
fn point_at(page: Page, drawn: Signal<Option<Drawn>>, size: RwSignal<(f64, f64)>, at: Option<(f64, f64)>) {
    let drawn = drawn.get_untracked();
    if drawn.as_ref().is_none_or(|drawn| !matches!(drawn.0.figure, Figure::Maps(_))) {
        return;
    }
    let unit = at.and_then(|at| unit_at(drawn.as_ref(), size.get_untracked(), at));
    if page.hovered.get_untracked() != unit {
        page.hovered.set(unit);
    }
}

/// Chooses the unit or the layer that is drawn at a place.
fn choose_at(page: Page, drawn: Signal<Option<Drawn>>, size: RwSignal<(f64, f64)>, at: (f64, f64)) {
    let (drawn, size) = (drawn.get_untracked(), size.get_untracked());
    if let Some(unit) = unit_at(drawn.as_ref(), size, at) {
        page.set_focus(unit);
    } else if misread::click(page, drawn.as_ref(), size, at)
        || look_inside::click(page, drawn.as_ref(), size, at)
    {
        // A neuron was chosen, a picture was put on the pad, or a cell of the confusion matrix chosen.
    } else if let Some(layer) = layer_at(drawn.as_ref(), size.0, at.0) {
        page.select_layer(layer);
    }
}

fn height_of(slot: FigureSlot, drawn: Option<&Drawn>) -> String {
    if slot.height_px == 0 {
        return "aspect-ratio: 1; height: auto".into();
    }
    let most = f64::from(slot.height_px);
    format!("--h: {}px", drawn.map_or(most, |drawn| plot::height_of(&drawn.0.figure, most)))
}

/// The exact values under the pointer, on the side of it that has more room in the window.
#[component]
fn ReadOut(
    drawn: Signal<Option<Drawn>>,
    size: RwSignal<(f64, f64)>,
    hover: RwSignal<Option<(f64, f64)>>,
    is_right_half: RwSignal<bool>,
) -> impl IntoView {
    let read_out = Memo::new(move |_| {
        let position = hover.get()?;
        let drawn = drawn.get()?;
        plot::read_out(&drawn.0.figure, &drawn.1, size.get(), position)
    });
    move || {
        read_out.get().map(|read_out| {
            let (x, y) = hover.get_untracked().unwrap_or_default();
            let is_right = is_right_half.get_untracked();
            let class = if is_right { "read-out read-out--left num" } else { "read-out num" };
            let lines = read_out.lines.into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
            view! { <div class=class style=format!("left: {x}px; top: {y}px")>{lines}</div> }
        })
    }
}

fn draw(canvas: &HtmlCanvasElement, drawn: &Drawn, size: (f64, f64), view: &plot::View) {
    let result =
        canvas::draw_on(canvas, size, |area, style| plot::draw(area, &drawn.0.figure, &drawn.1, style, view));
    if let Err(error) = result {
        leptos::logging::warn!("{}: {error}", drawn.0.id);
    }
}

/// The unit drawn at a place, for figures of feature maps.
fn unit_at(drawn: Option<&Drawn>, size: (f64, f64), at: (f64, f64)) -> Option<Unit> {
    let (panel, numbers) = &**drawn?;
    match &panel.figure {
        Figure::Maps(maps) => plot::unit_at(maps, numbers, size, at),
        _ => None,
    }
}

/// The layer whose column stands at `x`, for figures that stand over the layers.
fn layer_at(drawn: Option<&Drawn>, width: f64, x: f64) -> Option<usize> {
    let layers = match &drawn?.0.figure {
        Figure::Diagram(diagram) => diagram.columns.len() - 1,
        Figure::LayerBars(bars) if bars.names.is_empty() => bars.series.first()?.values.len,
        Figure::LayerMap(map) => map.layers,
        _ => return None,
    };
    let columns = plot::columns(width, layers);
    (1..layers).find(|&layer| (columns.center(layer) - x).abs() <= columns.width / 2.0)
}

/// Calls back when the element changes its size, and when it comes into sight or leaves it.
fn observe(
    element: &HtmlCanvasElement,
    on_size: impl Fn(&HtmlCanvasElement) + 'static,
    on_sight: impl Fn(bool) + 'static,
) {
    let target = element.clone();
    let resized = Closure::<dyn Fn()>::new(move || on_size(&target));
    let seen = Closure::<dyn Fn(js_sys::Array)>::new(move |entries: js_sys::Array| {
        let last = entries.get(entries.length().saturating_sub(1));
        let last = last.unchecked_into::<IntersectionObserverEntry>();
        // A canvas that was taken away leaves its place to the one that came for it.
        if last.target().is_connected() {
            on_sight(last.is_intersecting());
        }
    });
    if let Ok(observer) = ResizeObserver::new(resized.as_ref().unchecked_ref()) {
        observer.observe(element);
    }
    if let Ok(observer) = IntersectionObserver::new(seen.as_ref().unchecked_ref()) {
        observer.observe(element);
    }
    // They end with the canvas, of which the browser tells nothing once it is gone.
    resized.forget();
    seen.forget();
}
