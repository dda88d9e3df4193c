//! The canvas as charts need it. plotters' own backend knows whole pixels only, which makes steps in
//! curves, and sets bitmaps pixel by pixel with a style for each; this one draws through it in eighths
//! of a pixel and hands bitmaps to the browser in one piece. Gradients lab at 1440×900, playing, in
//! headless Chromium on two shared cores: 2 frames a second before, 52 after.

use super::browser;
use crate::plot::{Drawn, Style};
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend, IntoDrawingArea};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind};
use plotters_canvas::CanvasBackend;
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// Units of the drawing area for each pixel of the canvas.
const FINE: u32 = 8;

/// Gives `element` the pixels of `width`·`height` CSS pixels on this screen and has `paint` draw on
/// it, in the theme in force. Without a context nothing happens: the figure's words still say it.
pub fn draw_on(
    element: &HtmlCanvasElement,
    (width, height): (f64, f64),
    paint: impl FnOnce(&DrawingArea<Canvas, Shift>, &Style) -> Drawn<Canvas>,
) -> Drawn<Canvas> {
    draw_in(element, (width, height), browser::style(), paint)
}

/// The same in a style of its own, with as many pixels as that says.
pub fn draw_in(
    element: &HtmlCanvasElement,
    (width, height): (f64, f64),
    mut style: Style,
    paint: impl FnOnce(&DrawingArea<Canvas, Shift>, &Style) -> Drawn<Canvas>,
) -> Drawn<Canvas> {
    fit_to(element, (width, height), style.scale);
    style.grain = FINE.into();
    style.scale *= style.grain;
    match Canvas::new(element) {
        Some(canvas) => paint(&canvas.into_drawing_area(), &style),
        None => Ok(()),
    }
}

/// Gives `element` the pixels of `width`·`height` CSS pixels on this screen; returns how many pixels a
/// CSS pixel has.
pub fn fit(element: &HtmlCanvasElement, (width, height): (f64, f64)) -> f64 {
    let scale = browser::style().scale;
    fit_to(element, (width, height), scale);
    scale
}

fn fit_to(element: &HtmlCanvasElement, (width, height): (f64, f64), scale: f64) {
    let pixels = ((width * scale).round() as u32, (height * scale).round() as u32);
    if (element.width(), element.height()) != pixels {
        element.set_width(pixels.0);
        element.set_height(pixels.1);
    }
}

/// A canvas that is drawn on in fine units.
pub struct Canvas {
    inner: CanvasBackend,
    context: CanvasRenderingContext2d,
    size: (u32, u32),
}

impl Canvas {
    fn new(element: &HtmlCanvasElement) -> Option<Self> {
        let context: CanvasRenderingContext2d = element.get_context("2d").ok()??.dyn_into().ok()?;
        let unit = 1.0 / f64::from(FINE);
        context.set_transform(unit, 0.0, 0.0, unit, 0.0, 0.0).ok()?;
        context.set_line_join("round");
        let inner = CanvasBackend::with_canvas_object(element.clone())?;
        Some(Self { inner, context, size: (element.width() * FINE, element.height() * FINE) })
    }
}

type Done = Result<(), DrawingErrorKind<<CanvasBackend as DrawingBackend>::ErrorType>>;

impl DrawingBackend for Canvas {
    type ErrorType = <CanvasBackend as DrawingBackend>::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Done {
        self.inner.ensure_prepared()
    }

    fn present(&mut self) -> Done {
        self.inner.present()
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Done {
        self.inner.draw_pixel(point, color)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Done {
        self.inner.draw_line(from, to, style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Done {
        self.inner.draw_rect(upper_left, bottom_right, style, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Done {
        self.inner.draw_path(path, style)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Done {
        self.inner.fill_polygon(vert, style)
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Done {
        self.inner.draw_circle(center, radius, style, fill)
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, pos: BackendCoord) -> Done {
        self.inner.draw_text(text, style, pos)
    }

    fn blit_bitmap(&mut self, (x, y): BackendCoord, (width, height): (u32, u32), rgb: &[u8]) -> Done {
        let mut rgba = Vec::with_capacity(rgb.len() / 3 * 4);
        rgba.extend(rgb.as_chunks::<3>().0.iter().flat_map(|&[r, g, b]| [r, g, b, u8::MAX]));
        let pixels = |units: i32| f64::from(units) / f64::from(FINE);
        // Only a bitmap of the wrong size is refused, and ours have the right one.
        if let Ok(image) = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&rgba), width, height) {
            let _ = self.context.put_image_data(&image, pixels(x), pixels(y));
        }
        Ok(())
    }
}
