//! Items in rows: a column for each, with its name above and its measure beneath, a row for each way to look at it with
//! its name on the left.

use super::Drawn;
use super::item::{self, Look};
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::text::{Font, Rect};
use crate::labs::format::{exact, significant};
use crate::labs::{Numbers, PictureRows};
use plotters::prelude::DrawingBackend;

/// Above the columns, for what each is called, and below them, for the measure of each.
const HEAD: f64 = 16.0;
const FOOT: f64 = 18.0;
/// Between pictures.
const GAP: f64 = 6.0;
/// Columns that are narrower than this are put on two bands.
const NARROW: f64 = 36.0;
/// Width of an item that is one row of numbers, for each pixel of its height.
const FLAT: f64 = 1.6;

/// The unit of what is measured, where it is said in brackets: "nats" of "free energy (nats)".
fn unit(rows: &PictureRows) -> &str {
    rows.measure.rsplit_once('(').and_then(|(_, unit)| unit.strip_suffix(')')).unwrap_or("")
}

/// Room on the left for the names of the rows, and for the unit of what stands below them.
fn gutter(rows: &PictureRows) -> f64 {
    let names = rows.rows.iter().map(|row| row.label.as_str()).chain([unit(rows)]);
    names.map(|name| Font::Small.width(name)).fold(0.0, f64::max) + 8.0
}

/// How the columns lie: all side by side, or on two bands where they would be too narrow for that.
struct Columns {
    left: f64,
    /// Columns of a band, and their distance.
    across: usize,
    pitch: f64,
    bands: usize,
    /// Height of a band.
    high: f64,
}

impl Columns {
    fn of(rows: &PictureRows, (width, height): (f64, f64)) -> Self {
        let (left, many) = (gutter(rows), rows.items.len.max(1));
        let bands = if (width - left) / (many as f64) < NARROW && many > 1 { 2 } else { 1 };
        let across = many.div_ceil(bands);
        Self { left, across, pitch: (width - left) / across as f64, bands, high: height / bands as f64 }
    }

    /// The column at a place.
    fn at(&self, (x, y): Point) -> Option<usize> {
        let band = (y / self.high) as usize;
        let column = if x < self.left { return None } else { ((x - self.left) / self.pitch) as usize };
        (y >= 0.0 && band < self.bands && column < self.across).then_some(band * self.across + column)
    }
}

/// Where the picture of row `row` and column `column` lies: as large as all of them fit, the columns spread over the width.
fn tile(rows: &PictureRows, row: usize, column: usize, size: (f64, f64)) -> Rect {
    let columns = Columns::of(rows, size);
    let (band, column) = (column / columns.across, column % columns.across);
    let down = rows.rows.len().max(1) as f64;
    let (wide, high) = ((columns.pitch - GAP).max(0.0), (columns.high - HEAD - FOOT + GAP) / down - GAP);
    let shape = if rows.height == 1 { FLAT } else { rows.width as f64 / rows.height.max(1) as f64 };
    let high = high.min(wide / shape).max(0.0);
    let wide = high * shape;
    let x = columns.left + columns.pitch * column as f64 + (columns.pitch - GAP - wide).max(0.0) / 2.0;
    let y = columns.high * band as f64 + HEAD + (high + GAP) * row as f64;
    Rect { x, y, width: wide, height: high }
}

/// The column from its name to its measure.
fn column_at(rows: &PictureRows, column: usize, size: (f64, f64)) -> Rect {
    let (first, last) =
        (tile(rows, 0, column, size), tile(rows, rows.rows.len().saturating_sub(1), column, size));
    Rect::between(first.x - 3.0, first.y - 3.0, first.right() + 3.0, last.bottom() + 3.0)
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, rows: &PictureRows, numbers: &Numbers) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let size = (pen.width, pen.height);
    let columns = Columns::of(rows, size);
    for (index, row) in rows.rows.iter().enumerate() {
        let first = tile(rows, index, 0, size);
        if first.height < 1.0 {
            return Ok(()); // no room
        }
        for band in (0..columns.bands).filter(|_| Font::Small.size() <= first.height) {
            let at = (0.0, first.middle().1 + columns.high * band as f64);
            pen.text(&row.label, at, Align::Left, Font::Small, &colors.ink_3)?;
        }
        let look = Look {
            size: [rows.height, rows.width],
            range: rows.range,
            is_signed: row.is_signed,
            is_framed: true,
        };
        let items = numbers.at(row.values).chunks_exact((rows.height * rows.width).max(1));
        for (column, values) in items.take(rows.items.len).enumerate() {
            item::draw(pen, values, look, tile(rows, index, column, size))?;
        }
    }
    let last = rows.rows.len().saturating_sub(1);
    let pitch = columns.pitch;
    for band in (0..columns.bands).filter(|_| rows.measures.len > 0) {
        let at = (0.0, tile(rows, last, band * columns.across, size).bottom() + 11.0);
        pen.text(unit(rows), at, Align::Left, Font::Small, &colors.ink_3)?;
    }
    for (column, &measure) in numbers.at(rows.measures).iter().take(rows.items.len).enumerate() {
        let (tile, words) = (tile(rows, last, column, size), significant(measure, 2));
        let is_marked = rows.marked == Some(column);
        let color = if is_marked { colors.bad } else { colors.ink_3 };
        if Font::Small.width(&words) <= pitch {
            pen.text(&words, (tile.middle().0, tile.bottom() + 11.0), Align::Center, Font::Small, &color)?;
        }
        if let Some(name) = rows.names.get(column) {
            let name = Font::Small.shortened(name, pitch);
            let top = columns.high * (column / columns.across) as f64 + 6.0;
            pen.text(&name, (tile.middle().0, top), Align::Center, Font::Small, &colors.ink_2)?;
        }
        if is_marked {
            let frame = column_at(rows, column, size);
            let (left, top, right, bottom) = (frame.x, frame.y, frame.right(), frame.bottom());
            let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
            pen.dashed(&corners, 1.5, (4.0, 3.0), &colors.bad)?;
        } else if rows.chosen == Some(column) {
            pen.frame(column_at(rows, column, size), 1.5, &colors.ink)?;
        }
    }
    Ok(())
}

/// The number of the item in whose column a place of the figure lies; what was drawn has none.
#[must_use]
pub fn item_at(rows: &PictureRows, numbers: &Numbers, size: (f64, f64), pointer: Point) -> Option<usize> {
    let item = *numbers.at(rows.items).get(Columns::of(rows, size).at(pointer)?)?;
    (item >= 0.0).then_some(item as usize)
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
    let item = *numbers.at(rows.items).get(column)?;
    let measure = numbers.at(rows.measures).get(column)?;
    let at = (column * rows.height + y) * rows.width + x;
    let place = if rows.height == 1 { format!("number {x}") } else { format!("row {y}, column {x}") };
    let name = if item < 0.0 { "what is on the pad".into() } else { format!("{} {item}", rows.kind) };
    let mut lines = vec![format!("{name}, {place}")];
    lines.extend(rows.rows.iter().map(|row| {
        let value = numbers.at(row.values).get(at).copied().unwrap_or(f32::NAN);
        format!("{} {}", row.label.trim_start_matches(['−', '=', ' ']), exact(value * row.most))
    }));
    lines.push(format!("{} {}", rows.measure, exact(*measure)));
    let (wide, high) = (tile.width / rows.width as f64, tile.height / rows.height as f64);
    let frame = Rect { x: tile.x + wide * x as f64, y: tile.y + high * y as f64, width: wide, height: high };
    let crosshair = Crosshair { frame: Some(frame), ..Crosshair::default() };
    Some(ReadOut { lines, anchor: frame.middle(), crosshair })
}
