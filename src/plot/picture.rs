//! One picture, pixel by pixel, as ink on paper.

use super::bitmap::Bitmap;
use super::palette::mix;
use super::pen::Pen;
use super::{Drawn, Style};
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

/// Draws greys 0…1, in so many rows and columns, over all of `area`.
///
/// # Errors
/// The backend's.
pub fn picture<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    greys: &[f32],
    [rows, columns]: [usize; 2],
    style: &Style,
) -> Drawn<DB> {
    let pen = Pen::new(area, style);
    let (paper, ink) = (style.palette.surface, style.palette.ink);
    let pixels = |length: f64| (length * pen.pixels()).round() as usize;
    let (width, height) = (pixels(pen.width), pixels(pen.height));
    let mut bitmap = Bitmap::new(width, height, paper);
    bitmap.cells((0, 0), (width, height), [rows, columns], |cell| {
        let grey = greys.get(cell).copied().unwrap_or(0.0);
        mix(paper, ink, f64::from(if grey.is_nan() { 0.0 } else { grey.clamp(0.0, 1.0) }))
    });
    pen.bitmap((0, 0), &bitmap)
}
