//! A drawing backend for tests: it remembers the texts with their places, and can be written as an
//! SVG that shows what a canvas would, bitmaps included.

use plotters::style::text_anchor::HPos;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
};
use std::convert::Infallible;
use std::fmt::Write;

/// Units for each pixel, as fine as the page's canvas.
pub const FINE: f64 = 8.0;

/// A text as it was drawn, in units.
#[derive(Clone, Debug)]
pub struct Text {
    pub text: String,
    pub left: f64,
    pub right: f64,
    pub middle: f64,
    pub size: f64,
}

/// What was drawn so far.
pub struct Paper {
    size: (u32, u32),
    pub texts: Vec<Text>,
    /// Bitmaps as left, top, width and height in units.
    pub bitmaps: Vec<[f64; 4]>,
    /// The pixels of all bitmaps, three bytes each.
    pub pixels: Vec<u8>,
    svg: Option<String>,
}

impl Paper {
    /// For `width`·`height` units.
    pub fn new(width: u32, height: u32) -> Self {
        Self { size: (width, height), texts: Vec::new(), bitmaps: Vec::new(), pixels: Vec::new(), svg: None }
    }

    /// Also keeps what is drawn as SVG.
    pub fn with_svg(width: u32, height: u32) -> Self {
        Self { svg: Some(String::new()), ..Self::new(width, height) }
    }

    pub fn svg(&self) -> String {
        let ((w, h), body) = (self.size, self.svg.as_deref().unwrap_or(""));
        let (width, height) = (f64::from(w) / FINE, f64::from(h) / FINE);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {w} {h}\" stroke-linejoin=\"round\" stroke-linecap=\"round\">\n{body}</svg>\n"
        )
    }

    fn element(&mut self, text: impl FnOnce() -> String) -> Result<(), DrawingErrorKind<Infallible>> {
        if let Some(svg) = &mut self.svg {
            svg.push_str(&text());
            svg.push('\n');
        }
        Ok(())
    }
}

fn css(color: BackendColor) -> String {
    let (r, g, b) = color.rgb;
    format!("rgb({r} {g} {b} / {})", color.alpha)
}

fn points(path: impl IntoIterator<Item = BackendCoord>) -> String {
    path.into_iter().map(|(x, y)| format!("{x},{y} ")).collect()
}

impl DrawingBackend for Paper {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Result<(), DrawingErrorKind<Infallible>> {
        Ok(())
    }

    fn present(&mut self) -> Result<(), DrawingErrorKind<Infallible>> {
        Ok(())
    }

    fn draw_pixel(
        &mut self,
        at: BackendCoord,
        color: BackendColor,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        self.draw_rect(at, (at.0 + 1, at.1 + 1), &color, true)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        to: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        assert!(fill, "outlines are paths");
        let (width, height, fill) = (to.0 - x, to.1 - y, css(style.color()));
        self.element(|| {
            format!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\"/>")
        })
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        let (color, width) = (style.color(), style.stroke_width());
        self.element(|| {
            let (points, color) = (points(path), css(color));
            format!(
                "<polyline points=\"{points}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"{width}\"/>"
            )
        })
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        let color = style.color();
        self.element(|| format!("<polygon points=\"{}\" fill=\"{}\"/>", points(path), css(color)))
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        _fill: bool,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        let color = css(style.color());
        self.element(|| format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{color}\"/>"))
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        (x, y): BackendCoord,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        let is_bold = matches!(style.style(), FontStyle::Bold);
        let font = match (is_bold, (style.size() / FINE).round() as u32) {
            (true, _) => glassbox::plot::Font::Strong,
            (false, 12) => glassbox::plot::Font::Label,
            _ => glassbox::plot::Font::Small,
        };
        let width = font.width(text) / font.size() * style.size();
        let (left, anchor) = match style.anchor().h_pos {
            HPos::Left => (f64::from(x), "start"),
            HPos::Center => (f64::from(x) - width / 2.0, "middle"),
            HPos::Right => (f64::from(x) - width, "end"),
        };
        let (middle, size) = (f64::from(y), style.size());
        self.texts.push(Text { text: text.into(), left, right: left + width, middle, size });
        let (family, color) = (style.family().as_str().to_owned(), css(style.color()));
        let weight = if is_bold { 600 } else { 400 };
        self.element(|| {
            format!(
                "<text x=\"{x}\" y=\"{y}\" dominant-baseline=\"central\" text-anchor=\"{anchor}\" \
                 font-family=\"{family}\" font-size=\"{size}\" font-weight=\"{weight}\" fill=\"{color}\">{}</text>",
                text.replace('&', "&amp;").replace('<', "&lt;")
            )
        })
    }

    fn blit_bitmap(
        &mut self,
        (x, y): BackendCoord,
        (w, h): (u32, u32),
        rgb: &[u8],
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        assert_eq!(rgb.len(), (w * h * 3) as usize, "a bitmap has three bytes for each pixel");
        let (width, height) = (f64::from(w) * FINE, f64::from(h) * FINE);
        self.bitmaps.push([f64::from(x), f64::from(y), width, height]);
        self.pixels.extend_from_slice(rgb);
        self.element(|| {
            format!(
                "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" \
                 style=\"image-rendering:pixelated\" href=\"data:image/bmp;base64,{}\"/>",
                base64(&bmp(w as usize, h as usize, rgb))
            )
        })
    }
}

fn bmp(width: usize, height: usize, rgb: &[u8]) -> Vec<u8> {
    let line = (width * 3).next_multiple_of(4);
    let mut file = Vec::from(*b"BM");
    let mut number = |n: usize| file.extend((n as u32).to_le_bytes());
    for n in [54 + line * height, 0, 54, 40, width, height, 1 | 24 << 16, 0, line * height, 0, 0, 0, 0] {
        number(n);
    }
    for row in rgb.chunks_exact(width * 3).rev() {
        let end = file.len() + line;
        file.extend(row.as_chunks::<3>().0.iter().flat_map(|[r, g, b]| [b, g, r]));
        file.resize(end, 0);
    }
    file
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len() * 4 / 3 + 4);
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * i) & 63) as usize] as char;
            let _ = text.write_char(if i <= chunk.len() { digit } else { '=' });
        }
    }
    text
}
