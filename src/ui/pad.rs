//! The drawing pad: pen, finger or mouse, an eraser, undo; by keys sample digits that can be moved,
//! turned and resized.

use super::icons::{self, Icon};
use super::page::Page;
use super::receptive::OnPad;
use super::sheet::{SIDE, Sheet};
use super::{browser, canvas};
use crate::data::digits::{Photo, Point};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData, KeyboardEvent, PointerEvent};

/// Radius of the eraser, in units of the sheet.
const ERASER: f32 = 14.0;
/// Width of a stroke of middling pressure on the pad, in units of the sheet.
const PEN: f64 = 20.0;
/// One press of a key: units moved, degrees turned, share resized.
const MOVE: f32 = 6.0;
const TURN: f32 = 5.0;
const RESIZE: f32 = 1.08;

#[component]
pub fn Pad(page: Page) -> impl IntoView {
    let element = NodeRef::<html::Canvas>::new();
    let sheet = page.sheet;
    let erases = RwSignal::new(false);
    let pressure = RwSignal::new(0.5_f32);
    let is_down = StoredValue::new(false);
    let change = move |change: &dyn Fn(&mut Sheet)| {
        sheet.update(|sheet| change(sheet));
        page.refresh();
    };
    Effect::new(move |_| {
        page.theme.track();
        if let Some(element) = element.get() {
            sheet.with(|sheet| paint(&element, sheet));
        }
    });
    let draw = move |event: &PointerEvent| {
        for event in coalesced(event) {
            let point = point_of(&event, pressure.get_untracked());
            sheet.update_untracked(|sheet| {
                if erases.get_untracked() { sheet.erase(point, ERASER) } else { sheet.extend(point) }
            });
        }
        change(&|_| {});
    };
    let on_down = move |event: PointerEvent| {
        if event.button() != 0 || !event.is_primary() {
            return;
        }
        event.prevent_default();
        if let Some(element) = element.get_untracked() {
            let _ = element.focus(); // an element that takes no focus leaves it where it was
            let _ = element.set_pointer_capture(event.pointer_id()); // else strokes end at the edge
        }
        is_down.set_value(true);
        page.set_drawing(true);
        sheet.update_untracked(|sheet| if erases.get_untracked() { sheet.remember() } else { sheet.begin() });
        draw(&event);
    };
    let on_move = move |event: PointerEvent| {
        if is_down.get_value() && event.is_primary() {
            draw(&event);
        }
    };
    let on_up = move |event: PointerEvent| {
        if event.is_primary() {
            is_down.set_value(false);
            page.set_drawing(false);
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let key = event.key();
        if event.ctrl_key() || event.meta_key() {
            if key == "z" {
                event.prevent_default();
                is_down.set_value(false); // what is undone is not drawn on
                page.set_drawing(false);
                change(&Sheet::undo);
            }
            return;
        }
        match key.as_str() {
            "ArrowLeft" => change(&|sheet| sheet.shift(-MOVE, 0.0)),
            "ArrowRight" => change(&|sheet| sheet.shift(MOVE, 0.0)),
            "ArrowUp" => change(&|sheet| sheet.shift(0.0, -MOVE)),
            "ArrowDown" => change(&|sheet| sheet.shift(0.0, MOVE)),
            "<" | "," => change(&|sheet| sheet.turn(-TURN)),
            ">" => change(&|sheet| sheet.turn(TURN)),
            "+" => change(&|sheet| sheet.resize(RESIZE)),
            "-" => change(&|sheet| sheet.resize(1.0 / RESIZE)),
            "x" | "Delete" => page.clear_sheet(),
            "e" => erases.update(|erases| *erases = !*erases),
            digit if digit.len() == 1 && digit.as_bytes()[0].is_ascii_digit() => {
                let digit = digit.as_bytes()[0] - b'0';
                change(&|sheet| sheet.write(digit));
            }
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let words = move || sheet.with(words_of);
    let is_empty = move || sheet.with(Sheet::is_empty);
    view! {
        <div class="pad">
            <canvas node_ref=element id="pad" data-testid="pad" role="application" tabindex="0" aria-label=words
                on:pointerdown=on_down on:pointermove=on_move on:pointerup=on_up on:pointercancel=on_up on:keydown=on_key></canvas>
            {move || is_empty().then(|| view! { <p class="pad__hint">"Draw a digit, press 0 to 9, or drop an image"</p> })}
            <OnPad page=page />
        </div>
        <Tools page=page erases=erases pressure=pressure />
    }
}

/// What is on the pad and what can be done there.
fn words_of(sheet: &Sheet) -> String {
    let what = match sheet.strokes().len() {
        _ if sheet.photo().is_some() => "an image".to_owned(),
        0 => "empty".into(),
        1 => "1 stroke".into(),
        many => format!("{many} strokes"),
    };
    format!(
        "Drawing pad, {what}. Draw a digit, or press 0 to 9 for a sample; arrows move it, < and > turn it, + and − resize it, x clears."
    )
}

/// Pen, eraser, undo, the strength of the ink, clear.
#[component]
fn Tools(page: Page, erases: RwSignal<bool>, pressure: RwSignal<f32>) -> impl IntoView {
    let sheet = page.sheet;
    let change = move |change: fn(&mut Sheet)| {
        sheet.update(change);
        page.refresh();
    };
    view! {
        <div class="tools">
            <button class="btn btn--icon" aria-label="Pen" title="Pen" aria-pressed=move || (!erases.get()).to_string()
                on:click=move |_| erases.set(false)><Icon path=icons::PEN /></button>
            <button class="btn btn--icon" aria-label="Eraser" title="Eraser  e" aria-pressed=move || erases.get().to_string()
                on:click=move |_| erases.set(true)><Icon path=icons::ERASER /></button>
            <button class="btn btn--icon" aria-label="Undo" title="Undo  Ctrl+z" disabled=move || !sheet.with(Sheet::can_undo)
                on:click=move |_| change(Sheet::undo)><Icon path=icons::UNDO /></button>
            <div class="field"><label for="pen-width">"Ink"</label>
                <input type="range" id="pen-width" min="0" max="10" step="1" prop:value=move || (pressure.get() * 10.0).to_string()
                    style=move || format!("--p: {}%", pressure.get() * 100.0)
                    aria-valuetext=move || format!("{} %", (50.0 + 100.0 * pressure.get()).round())
                    on:input=move |event| pressure.set(event_target_value(&event).parse().unwrap_or(5.0) / 10.0) />
            </div>
            <button class="btn btn--line" data-testid="clear" on:click=move |_| page.clear_sheet()>"Clear"</button>
        </div>
    }
}

/// The moves that the browser joined in this event, for smooth curves; itself where it tells none.
fn coalesced(event: &PointerEvent) -> Vec<PointerEvent> {
    let joined: Vec<PointerEvent> =
        event.get_coalesced_events().iter().filter_map(|event| event.dyn_into().ok()).collect();
    if joined.is_empty() { vec![event.clone()] } else { joined }
}

/// Where on the sheet the pointer is. A device that tells no pressure has that of the slider.
fn point_of(event: &PointerEvent, pressure: f32) -> Point {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlCanvasElement>().ok());
    let (left, top, width) = target.map_or((0.0, 0.0, 1.0), |element| {
        let rect = element.get_bounding_client_rect();
        (rect.left(), rect.top(), rect.width().max(1.0))
    });
    let at = |client: i32, start: f64| ((f64::from(client) - start) / width) as f32 * SIDE;
    let pressure = if event.pointer_type() == "pen" { event.pressure().clamp(0.0, 1.0) } else { pressure };
    Point { x: at(event.client_x(), left), y: at(event.client_y(), top), pressure: Some(pressure) }
}

/// An image in the middle of the pad, its ink in the colour of ink.
fn paint_photo(element: &HtmlCanvasElement, context: &CanvasRenderingContext2d, photo: &Photo) {
    let side = element.width() as usize;
    let ([height, width], ink) = (photo.size(), browser::style().palette.ink);
    let longer = height.max(width);
    let mut rgba = vec![0; 4 * side * side];
    for (pixel, rgba) in rgba.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        // The place in a square around the image, less the border that it leaves.
        let place = |at: usize, size: usize| (at * longer / side).checked_sub((longer - size) / 2);
        let at = place(pixel / side, height).zip(place(pixel % side, width));
        if let Some((row, column)) = at.filter(|&(row, column)| row < height && column < width) {
            *rgba = [ink.0, ink.1, ink.2, photo.ink(row, column)];
        }
    }
    let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&rgba), side as u32, side as u32);
    if let Ok(image) = image {
        let _ = context.put_image_data(&image, 0.0, 0.0); // a bitmap of the right size is taken
    }
}

/// All strokes, in the colour of ink.
fn paint(element: &HtmlCanvasElement, sheet: &Sheet) {
    let side = f64::from(element.client_width());
    let scale = canvas::fit(element, (side, side));
    let Some(context) = element.get_context("2d").ok().flatten() else { return };
    let Ok(context) = context.dyn_into::<CanvasRenderingContext2d>() else { return };
    let unit = scale * side / f64::from(SIDE);
    let _ = context.set_transform(unit, 0.0, 0.0, unit, 0.0, 0.0); // finite numbers: cannot fail
    context.clear_rect(0.0, 0.0, SIDE.into(), SIDE.into());
    if let Some(photo) = sheet.photo() {
        return paint_photo(element, &context, photo);
    }
    context.set_line_cap("round");
    context.set_line_join("round");
    let ink = browser::style().palette.ink;
    context.set_stroke_style_str(&format!("rgb({} {} {})", ink.0, ink.1, ink.2));
    context.set_fill_style_str(&format!("rgb({} {} {})", ink.0, ink.1, ink.2));
    for stroke in sheet.strokes() {
        if let [point] = stroke[..] {
            let radius = 0.5 * PEN * (0.5 + f64::from(point.pressure.unwrap_or(0.5)));
            context.begin_path();
            let _ = context.arc(point.x.into(), point.y.into(), radius, 0.0, std::f64::consts::TAU); // no radius below 0
            context.fill();
            continue;
        }
        // A stroke of one width is one path, so that its joints are smooth; the next width begins where it ends.
        let mut from = stroke.first();
        for part in stroke.chunk_by(|a, b| a.pressure == b.pressure) {
            context.begin_path();
            context.set_line_width(PEN * (0.5 + f64::from(part[0].pressure.unwrap_or(0.5))));
            if let Some(from) = from {
                context.move_to(from.x.into(), from.y.into());
            }
            part.iter().for_each(|point| context.line_to(point.x.into(), point.y.into()));
            context.stroke();
            from = part.last();
        }
    }
}
