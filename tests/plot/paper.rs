//! A drawing backend for tests: it remembers the texts with their places, and the bitmaps.

use plotters::style::text_anchor::HPos;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
};
use std::convert::Infallible;

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
}

impl Paper {
    /// For `width`·`height` units.
    pub fn new(width: u32, height: u32) -> Self {
        Self { size: (width, height), texts: Vec::new(), bitmaps: Vec::new(), pixels: Vec::new() }
    }
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

    fn draw_pixel(&mut self, _: BackendCoord, _: BackendColor) -> Result<(), DrawingErrorKind<Infallible>> {
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        _: BackendCoord,
        _: BackendCoord,
        _: &S,
        fill: bool,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        assert!(fill, "outlines are paths");
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        _: I,
        _: &S,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        _: I,
        _: &S,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        _: BackendCoord,
        _: u32,
        _: &S,
        _: bool,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        Ok(())
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
            (false, 16) => glassbox::plot::Font::Medium,
            (false, 20) => glassbox::plot::Font::Large,
            _ => glassbox::plot::Font::Small,
        };
        let width = font.width(text) / font.size() * style.size();
        let left = match style.anchor().h_pos {
            HPos::Left => f64::from(x),
            HPos::Center => f64::from(x) - width / 2.0,
            HPos::Right => f64::from(x) - width,
        };
        let (middle, size) = (f64::from(y), style.size());
        self.texts.push(Text { text: text.into(), left, right: left + width, middle, size });
        Ok(())
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
        Ok(())
    }
}
