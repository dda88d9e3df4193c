//! One item of a data set drawn small: a picture as its pixels, what is one row of numbers as a line through them, a few
//! numbers as bars, and two as a point of the plane.

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
    match (rows, columns) {
        (1, 2) => point(pen, &numbers[..2], look, at),
        (1, _) => line(pen, &numbers[..columns], look, at),
        _ => Ok(()),
    }
}

/// Numbers from left to right, upwards; differences about the line of 0.
fn line<DB: DrawingBackend>(pen: &Pen<DB>, numbers: &[f32], look: Look, at: Rect) -> Drawn<DB> {
    const ROOM: f64 = 3.0;
    /// So few numbers are bars: there is nothing between them.
    const FEW: usize = 12;
    let colors = &pen.style.palette;
    let [low, high] = ends(look);
    let y = |value: f32| {
        let share = f64::from((value - low) / (high - low));
        at.bottom()
            - ROOM
            - (at.height - 2.0 * ROOM) * if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) }
    };
    if low < 0.0 && high > 0.0 {
        pen.rule(at.x, at.right(), y(0.0), &colors.line)?;
    }
    let color = if look.is_signed { colors.warn } else { colors.ink };
    if numbers.len() > FEW {
        let step = (at.width - 2.0 * ROOM) / (numbers.len() - 1) as f64;
        let points =
            numbers.iter().enumerate().map(|(index, &value)| (at.x + ROOM + step * index as f64, y(value)));
        return pen.line(points, 1.25, &color);
    }
    let step = at.width / numbers.len() as f64;
    let (base, half) = (y(0.0_f32.clamp(low, high)), (step * 0.3).clamp(1.0, 7.0));
    for (index, &value) in numbers.iter().enumerate() {
        let (x, top) = (at.x + step * (index as f64 + 0.5), y(value));
        pen.fill(Rect::between(x - half, top.min(base) - 0.5, x + half, top.max(base) + 0.5), &color)?;
    }
    Ok(())
}

/// The lowest and the highest number of a drawing: differences lie about 0.
fn ends(look: Look) -> [f32; 2] {
    if look.is_signed {
        let half = (look.range[1] - look.range[0]) / 2.0;
        [-half, half]
    } else {
        look.range
    }
}

/// A place of the plane; of a difference the way from its middle.
fn point<DB: DrawingBackend>(pen: &Pen<DB>, numbers: &[f32], look: Look, at: Rect) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let [low, high] = ends(look);
    let share = |value: f32| f64::from(((value - low) / (high - low)).clamp(0.0, 1.0));
    let place = (at.x + at.width * share(numbers[0]), at.bottom() - at.height * share(numbers[1]));
    pen.plumb(at.middle().0, at.y, at.bottom(), &colors.line)?;
    pen.rule(at.x, at.right(), at.middle().1, &colors.line)?;
    if look.is_signed {
        pen.line([at.middle(), place], 1.5, &colors.warn)?;
        return pen.disc(place, 2.0, &colors.warn);
    }
    pen.disc(place, 3.0, &colors.ink)
}
