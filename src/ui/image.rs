//! An image file as the pad takes it: decoded by the browser, at a bounded size.

use crate::data::digits::Photo;
use crate::data::image_size;
use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{CanvasRenderingContext2d, File, HtmlCanvasElement, ImageBitmap};

/// Most pixels that the browser is asked to decode: those of a good camera.
const MAX_PIXELS: usize = 40_000_000;
/// Longer side that is looked at.
const MAX_SIDE: f64 = 400.0;

/// The picture that a file holds; an error is a sentence.
pub async fn decode(file: &File, bytes: &[u8]) -> Result<Photo, String> {
    let name = file.name();
    let refused = |reason: &str| format!("{name}: {reason}");
    let damaged = || refused("the browser cannot decode it: damaged, cut off, or of a kind it does not know");
    let [height, width] = image_size(bytes).ok_or_else(damaged)?;
    if height == 0 || width == 0 {
        return Err(damaged());
    }
    if height.saturating_mul(width) > MAX_PIXELS {
        let most = MAX_PIXELS / 1_000_000;
        return Err(refused(&format!(
            "it is {height} by {width} pixels, but may have {most} million in all"
        )));
    }
    let promise = window().create_image_bitmap_with_blob(file).map_err(|_| damaged())?;
    let bitmap: ImageBitmap = JsFuture::from(promise).await.map_err(|_| damaged())?.unchecked_into();
    let (height, width) = (f64::from(bitmap.height()), f64::from(bitmap.width()));
    let scale = (MAX_SIDE / height.max(width)).min(1.0);
    let (rows, columns) = ((height * scale).round().max(1.0), (width * scale).round().max(1.0));
    let pixels = pixels_of(&bitmap, rows, columns);
    bitmap.close();
    let pixels = pixels.ok_or_else(damaged)?;
    Photo::from_rgba(&name, [rows as usize, columns as usize], &pixels).map_err(|error| error.to_string())
}

/// Red, green, blue and alpha of a bitmap drawn in another size.
fn pixels_of(bitmap: &ImageBitmap, rows: f64, columns: f64) -> Option<Vec<u8>> {
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.unchecked_into();
    canvas.set_width(columns as u32);
    canvas.set_height(rows as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    // Without it large pictures lose their thin strokes; a browser that does not know it does its best.
    let _ = js_sys::Reflect::set(&context, &"imageSmoothingQuality".into(), &"high".into());
    context.draw_image_with_image_bitmap_and_dw_and_dh(bitmap, 0.0, 0.0, columns, rows).ok()?;
    Some(context.get_image_data(0.0, 0.0, columns, rows).ok()?.data().0)
}
