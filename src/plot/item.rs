//! One item of a data set drawn small: a picture as its pixels, what is one row of numbers as a line through them.

use super::Drawn;
use super::bitmap::Bitmap;
use super::palette::{Ramp, mix};
use super::pen::Pen;
use super::text::Rect;
use plotters::prelude::DrawingBackend;

/// How items are drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    /// Rows and columns; what has one row is drawn as a line.
    pub size: [usize; 2],
    /// The numbers at the foot and at the top of a line.
    pub range: [f32; 2],
    /// Whether numbers are differences, from −1 to 1.
    pub is_signed: bool,
    /// Whether it stands in a frame.
    pub is_framed: bool,
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, numbers: &[f32], look: Look, at: Rect) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let pixels = |length: f64| (length * pen.pixels()).round().max(0.0) as usize;
    let (width, height) = (pixels(at.width), pixels(at.height));
    let [rows, columns] = look.size;
    if width == 0 || height == 0 || numbers.len() < rows * columns || rows * columns == 0 {
        return Ok(());
    }
    let mut bitmap = Bitmap::new(width, height, colors.surface);
    if rows > 1 {
        let ramp = Ramp::of_signed(colors);
        bitmap.cells((0, 0), (width, height), look.size, |cell| {
            let value = numbers[cell];
            if look.is_signed || value.is_nan() {
                return ramp.signed(value);
            }
            mix(colors.surface, colors.ink, f64::from(value.clamp(0.0, 1.0)))
        });
    }
    if look.is_framed {
        bitmap.outline(colors.line);
    }
    pen.bitmap((pixels(at.x) as i32, pixels(at.y) as i32), &bitmap)?;
    if rows == 1 { line(pen, &numbers[..columns], look, at) } else { Ok(()) }
}

/// Numbers from left to right, upwards; differences about the line of 0.
fn line<DB: DrawingBackend>(pen: &Pen<DB>, numbers: &[f32], look: Look, at: Rect) -> Drawn<DB> {
    const ROOM: f64 = 3.0;
    let colors = &pen.style.palette;
    let [low, high] = if look.is_signed {
        let half = (look.range[1] - look.range[0]) / 2.0;
        [-half, half]
    } else {
        look.range
    };
    let y = |value: f32| {
        let share = f64::from((value - low) / (high - low));
        at.bottom()
            - ROOM
            - (at.height - 2.0 * ROOM) * if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) }
    };
    if low < 0.0 && high > 0.0 {
        pen.rule(at.x, at.right(), y(0.0), &colors.line)?;
    }
    let step = (at.width - 2.0 * ROOM) / (numbers.len().max(2) - 1) as f64;
    let points =
        numbers.iter().enumerate().map(|(index, &value)| (at.x + ROOM + step * index as f64, y(value)));
    let color = if look.is_signed { colors.warn } else { colors.ink };
    if numbers.len() > 12 {
        return pen.line(points, 1.25, &color);
    }
    // Few numbers are bars: there is nothing between them.
    let width = (step * 0.6).clamp(2.0, 14.0);
    for (x, top) in points {
        let base = y(0.0_f32.clamp(low, high));
        let bar = Rect::between(x - width / 2.0, top.min(base) - 0.5, x + width / 2.0, top.max(base) + 0.5);
        pen.fill(bar, &color)?;
    }
    Ok(())
}
