//! A data set drawn small: its items alone, for choosing between sets.

use super::pen::Pen;
use super::text::Rect;
use super::{Drawn, Style};
use crate::data::Data;
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

/// Draws the training items of `data` over all of `area`.
///
/// # Errors
/// The backend's.
pub fn thumbnail<DB: DrawingBackend>(area: &DrawingArea<DB, Shift>, data: &Data, style: &Style) -> Drawn<DB> {
    let pen = Pen::new(area, style);
    let colors = &style.palette;
    pen.fill(Rect::between(0.0, 0.0, pen.width, pen.height), &colors.surface)?;
    let places = || (0..data.train.len()).map(|item| data.train.place(item, [0, 1]));
    let extent = places().flatten().fold(1.0_f32, |most, x| most.max(x.abs()));
    let place = |x: f32, size: f64| (f64::from(x / extent) * 0.46 + 0.5) * size;
    for (item, &label) in places().zip(&data.train.labels) {
        let color = match data.classes {
            0 => colors.div[(4.0 + 4.0 * label.clamp(-1.0, 1.0)).round() as usize],
            2 => colors.div[if label > 0.5 { 7 } else { 1 }],
            _ => colors.class(label as usize),
        };
        pen.disc((place(item[0], pen.width), place(-item[1], pen.height)), 1.0, &color)?;
    }
    Ok(())
}
