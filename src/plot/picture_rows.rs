//! Pictures in rows: a column for each item with its measure beneath, a row for each way to look at it
//! with its name on the left.

use super::Drawn;
use super::bitmap::Bitmap;
use super::palette::{Ramp, mix};
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::text::{Font, Rect};
use crate::labs::format::{exact, significant};
use crate::labs::{Numbers, PictureRow, PictureRows};
use plotters::prelude::DrawingBackend;

/// Below the columns, for the measure of each.
const FOOT: f64 = 18.0;
/// Between pictures.
const GAP: f64 = 6.0;

/// Room on the left for the names of the rows.
fn gutter(rows: &PictureRows) -> f64 {
    rows.rows.iter().map(|row| Font::Small.width(&row.label)).fold(0.0, f64::max) + 8.0
}

/// Where the picture of row `row` and column `column` lies: as large as all of them fit.
fn tile(rows: &PictureRows, row: usize, column: usize, (width, height): (f64, f64)) -> Rect {
    let left = gutter(rows);
    let (across, down) = (rows.items.len.max(1) as f64, rows.rows.len().max(1) as f64);
    let (wide, high) = ((width - left + GAP) / across - GAP, (height - FOOT + GAP) / down - GAP);
    let cell = (wide / rows.width.max(1) as f64).min(high / rows.height.max(1) as f64).max(0.0);
    let (wide, high) = (cell * rows.width as f64, cell * rows.height as f64);
    Rect { x: left + (wide + GAP) * column as f64, y: (high + GAP) * row as f64, width: wide, height: high }
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, rows: &PictureRows, numbers: &Numbers) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let ramp = Ramp::of_signed(colors);
    let size = (pen.width, pen.height);
    let pixels = |length: f64| (length * pen.pixels()).round() as usize;
    for (index, row) in rows.rows.iter().enumerate() {
        let first = tile(rows, index, 0, size);
        let (width, height) = (pixels(first.width), pixels(first.height));
        if width == 0 || height == 0 {
            return Ok(()); // no room
        }
        if Font::Small.size() <= first.height {
            pen.text(&row.label, (0.0, first.middle().1), Align::Left, Font::Small, &colors.ink_3)?;
        }
        let pictures = numbers.at(row.values).chunks_exact((rows.height * rows.width).max(1));
        for (column, values) in pictures.take(rows.items.len).enumerate() {
            let color = |cell: usize| {
                let value = values[cell];
                if row.is_signed || value.is_nan() {
                    return ramp.signed(value);
                }
                mix(colors.surface, colors.ink, f64::from(value.clamp(0.0, 1.0)))
            };
            let mut bitmap = Bitmap::new(width, height, colors.surface);
            bitmap.cells((0, 0), (width, height), [rows.height, rows.width], color);
            bitmap.outline(colors.line);
            let tile = tile(rows, index, column, size);
            pen.bitmap((pixels(tile.x) as i32, pixels(tile.y) as i32), &bitmap)?;
        }
    }
    let last = rows.rows.len().saturating_sub(1);
    for (column, &measure) in numbers.at(rows.measures).iter().take(rows.items.len).enumerate() {
        let (tile, words) = (tile(rows, last, column, size), significant(measure, 2));
        if Font::Small.width(&words) <= tile.width + GAP {
            let at = (tile.middle().0, tile.bottom() + 10.0);
            pen.text(&words, at, Align::Center, Font::Small, &colors.ink_3)?;
        }
    }
    Ok(())
}

pub(super) fn read(
    rows: &PictureRows,
    numbers: &Numbers,
    size: (f64, f64),
    pointer: Point,
) -> Option<ReadOut> {
    let mut places =
        (0..rows.rows.len()).flat_map(|row| (0..rows.items.len).map(move |column| (row, column)));
    let (row, column) = places.find(|&(row, column)| tile(rows, row, column, size).contains(pointer))?;
    let tile = tile(rows, row, column, size);
    let cell = |at: f64, many: usize| ((at * many as f64) as usize).min(many.saturating_sub(1));
    let (y, x) = (
        cell((pointer.1 - tile.y) / tile.height, rows.height),
        cell((pointer.0 - tile.x) / tile.width, rows.width),
    );
    let item = numbers.at(rows.items).get(column)?;
    let measure = numbers.at(rows.measures).get(column)?;
    let at = (column * rows.height + y) * rows.width + x;
    let value = |row: &PictureRow| {
        let value = numbers.at(row.values).get(at).copied().unwrap_or(f32::NAN);
        format!("{} {}", row.label, exact(value))
    };
    let mut lines = vec![format!("{} {item}, row {y}, column {x}", rows.kind)];
    lines.extend(rows.rows.iter().map(value));
    lines.push(format!("{} {}", rows.measure, exact(*measure)));
    let (wide, high) = (tile.width / rows.width as f64, tile.height / rows.height as f64);
    let frame = Rect { x: tile.x + wide * x as f64, y: tile.y + high * y as f64, width: wide, height: high };
    let crosshair = Crosshair { frame: Some(frame), ..Crosshair::default() };
    Some(ReadOut { lines, anchor: frame.middle(), crosshair })
}
