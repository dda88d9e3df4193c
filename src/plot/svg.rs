//! A figure as an SVG document, drawn as the page draws it: text as text, in the page's font and the theme's
//! colours, lines as lines, heat as pictures. plotters' own SVG backend makes a rectangle of each pixel of a
//! bitmap and knows whole units only, so this one is ours.

use super::png::to_png;
use super::{Drawn, Style};
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, IntoDrawingArea};
use plotters::style::text_anchor::HPos;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
};
use std::cell::RefCell;
use std::convert::Infallible;
use std::fmt::Write;
use std::rc::Rc;

/// Units of the drawing area for each CSS pixel.
const FINE: f64 = 8.0;
/// Pixels of a bitmap for each CSS pixel.
const PIXELS: f64 = 2.0;

/// The document of `width`·`height` CSS pixels that `paint` draws, in the colours and the font of `style`;
/// `title` is what it is called, for screen readers and file managers.
#[must_use]
pub fn svg(
    title: &str,
    (width, height): (f64, f64),
    style: &Style,
    paint: impl FnOnce(&DrawingArea<Svg, Shift>, &Style) -> Drawn<Svg>,
) -> String {
    let style = Style { scale: FINE, grain: FINE / PIXELS, ..style.clone() };
    let size = ((width * FINE).round() as u32, (height * FINE).round() as u32);
    let body = Rc::new(RefCell::new(String::new()));
    let area = Svg { size, body: Rc::clone(&body) }.into_drawing_area();
    match paint(&area, &style) {
        Ok(()) => {}
        Err(_) => debug_assert!(false, "a text takes everything"),
    }
    let body = body.borrow();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {} {}\" \
         stroke-linejoin=\"round\" font-family=\"{}\" style=\"font-variant-numeric: tabular-nums\">\n\
         <title>{}</title>\n{body}</svg>\n",
        size.0,
        size.1,
        escaped(&style.font),
        escaped(title)
    )
}

/// The backend: elements one after another.
pub struct Svg {
    size: (u32, u32),
    body: Rc<RefCell<String>>,
}

type Done = Result<(), DrawingErrorKind<Infallible>>;

impl Svg {
    fn element(&self, element: std::fmt::Arguments) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.body.borrow_mut(), "{element}");
    }
}

/// `text` as it may stand in an element or in the value of an attribute; what XML cannot hold is left out.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_control()) {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c => safe.push(c),
        }
    }
    safe
}

/// `fill="#rrggbb"`, or the same of a stroke, with its opacity where it has one: the words that every program
/// reads.
fn paint(name: &str, color: BackendColor) -> String {
    let (r, g, b) = color.rgb;
    let mut text = format!("{name}=\"#{r:02x}{g:02x}{b:02x}\"");
    if color.alpha < 1.0 {
        let _ = write!(text, " {name}-opacity=\"{}\"", color.alpha);
    }
    text
}

fn points(path: impl IntoIterator<Item = BackendCoord>) -> String {
    let mut text = String::new();
    for (x, y) in path {
        let _ = write!(text, "{x},{y} ");
    }
    text.pop();
    text
}

impl DrawingBackend for Svg {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Done {
        Ok(())
    }

    fn present(&mut self) -> Done {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Done {
        self.element(format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"1\" height=\"1\" {}/>",
            paint("fill", color)
        ));
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        to: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Done {
        let (width, height) = (to.0 - x, to.1 - y);
        let how = if fill {
            paint("fill", style.color())
        } else {
            format!(
                "fill=\"none\" stroke-width=\"{}\" {}",
                style.stroke_width(),
                paint("stroke", style.color())
            )
        };
        self.element(format_args!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" {how}/>"));
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Done {
        self.element(format_args!(
            "<polyline points=\"{}\" fill=\"none\" stroke-width=\"{}\" {}/>",
            points(path),
            style.stroke_width(),
            paint("stroke", style.color())
        ));
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Done {
        self.element(format_args!("<polygon points=\"{}\" {}/>", points(path), paint("fill", style.color())));
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Done {
        let how = if fill {
            paint("fill", style.color())
        } else {
            format!(
                "fill=\"none\" stroke-width=\"{}\" {}",
                style.stroke_width(),
                paint("stroke", style.color())
            )
        };
        self.element(format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" {how}/>"));
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, (x, y): BackendCoord) -> Done {
        let anchor = match style.anchor().h_pos {
            HPos::Left => "start",
            HPos::Center => "middle",
            HPos::Right => "end",
        };
        let weight = if matches!(style.style(), FontStyle::Bold) { 600 } else { 400 };
        // The middle of the capitals, as a canvas sets it: fewer programs know dominant-baseline.
        let (size, base) = (style.size(), f64::from(y) + 0.36 * style.size());
        self.element(format_args!(
            "<text x=\"{x}\" y=\"{base:.1}\" text-anchor=\"{anchor}\" font-size=\"{size}\" font-weight=\"{weight}\" {}>{}</text>",
            paint("fill", style.color()),
            escaped(text)
        ));
        Ok(())
    }

    fn blit_bitmap(&mut self, (x, y): BackendCoord, (w, h): (u32, u32), rgb: &[u8]) -> Done {
        let (width, height) = (f64::from(w) * FINE / PIXELS, f64::from(h) * FINE / PIXELS);
        self.element(format_args!(
            "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" preserveAspectRatio=\"none\" \
             style=\"image-rendering: pixelated\" href=\"data:image/png;base64,{}\"/>",
            base64(&to_png(w, h, rgb))
        ));
        Ok(())
    }
}

/// RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * i) & 63) as usize] as char;
            text.push(if i <= chunk.len() { digit } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        let cases = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (bytes, text) in cases {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn what_is_not_xml_does_not_get_through() {
        assert_eq!(escaped("a<b & \"c\"\u{0}"), "a&lt;b &amp; &quot;c&quot;");
    }
}
