//! One map before and after a pool: the cells that are kept have a dot, all others are pale.

use super::Drawn;
use super::bitmap::Bitmap;
use super::palette::{Ramp, mix};
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::text::{Font, Rect};
use crate::labs::format::{exact, percent};
use crate::labs::{Numbers, Pooled};
use plotters::prelude::DrawingBackend;
use plotters::style::RGBColor;

/// Room above the maps for their names and below for the words.
const HEAD: f64 = 20.0;
const FOOT: f64 = 26.0;
/// Between the maps.
const GAP: f64 = 24.0;
/// A map is no larger than this.
const LARGEST: f64 = 240.0;
/// How much of its colour a cell keeps that is thrown away.
const PALE: f64 = 0.35;

/// Where the map before and the map after lie: the same size, since both are of the whole picture.
fn places(pooled: &Pooled, (width, height): (f64, f64)) -> [Rect; 2] {
    let [rows, columns] = pooled.before.map(|cells| cells.max(1) as f64);
    let wide = ((width - GAP) / 2.0).min((height - HEAD - FOOT) * columns / rows).clamp(0.0, LARGEST);
    let at = |x: f64| Rect { x, y: HEAD, width: wide, height: wide * rows / columns };
    [at(0.0), at(wide + GAP)]
}

/// The values of both maps with their rows and columns.
fn maps<'a>(pooled: &Pooled, numbers: &'a Numbers) -> [(&'a [f32], [usize; 2]); 2] {
    [(numbers.at(pooled.inputs), pooled.before), (numbers.at(pooled.outputs), pooled.after)]
}

fn cell_of(place: &Rect, [rows, columns]: [usize; 2], index: usize) -> Rect {
    let (wide, high) = (place.width / columns.max(1) as f64, place.height / rows.max(1) as f64);
    let (row, column) = (index / columns.max(1), index % columns.max(1));
    Rect { x: place.x + wide * column as f64, y: place.y + high * row as f64, width: wide, height: high }
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, pooled: &Pooled, numbers: &Numbers) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let say = |texts: &[String], y: f64| {
        let fits = |text: &&String| Font::Small.width(text) <= pen.width && y + 6.0 <= pen.height;
        texts
            .iter()
            .find(fits)
            .map_or(Ok(()), |text| pen.text(text, (0.0, y), Align::Left, Font::Small, &colors.ink_3))
    };
    let both = maps(pooled, numbers);
    if both.iter().any(|(values, [rows, columns])| values.len() < rows * columns || values.is_empty()) {
        let words = if pooled.layer.is_empty() { "There is no pooling layer." } else { "Nothing to pool." };
        return say(&[words.into()], 8.0);
    }
    let places = places(pooled, (pen.width, pen.height));
    let kept = numbers.at(pooled.kept);
    let most = both[0].0.iter().fold(f32::MIN_POSITIVE, |most, value| most.max(value.abs()));
    let is_signed = both[0].0.iter().any(|&value| value < 0.0);
    let ramp = Ramp::new(if is_signed { &colors.div } else { &colors.seq });
    let color = |value: f32| if is_signed { ramp.signed(value / most) } else { ramp.at(value / most) };
    let mut is_kept = vec![kept.is_empty(); both[0].0.len()];
    kept.iter().for_each(|&cell| {
        if let Some(is_kept) = is_kept.get_mut(cell as usize) {
            *is_kept = true;
        }
    });
    for (side, ((values, shape), place)) in both.iter().zip(&places).enumerate() {
        let colored = |index: usize| -> RGBColor {
            let color = color(values[index]);
            if side == 0 && !is_kept[index] { mix(colors.surface, color, PALE) } else { color }
        };
        draw_map(pen, *shape, place, colored)?;
        let [rows, columns] = *shape;
        let name = format!("{} {rows}×{columns}", if side == 0 { "before" } else { "after" });
        let room = if side == 0 { place.width + GAP * 0.8 } else { pen.width - place.x };
        if Font::Small.width(&name) <= room {
            pen.text(&name, (place.x, 8.0), Align::Left, Font::Small, &colors.ink_3)?;
        }
    }
    let dot = (places[0].width / pooled.before[1].max(1) as f64 * 0.4).clamp(0.0, 4.0);
    if dot >= 1.0 {
        for &cell in kept.iter().filter(|cell| **cell < both[0].0.len() as f32) {
            let (x, y) = cell_of(&places[0], pooled.before, cell as usize).middle();
            pen.fill(Rect { x: x - dot / 2.0, y: y - dot / 2.0, width: dot, height: dot }, &colors.bad)?;
        }
    }
    let [numbers_left, sum_left] = pooled.left.map(percent);
    let dots = if kept.is_empty() { "" } else { "dots are kept; " };
    let long = format!("{dots}of all maps {numbers_left} of the numbers are left, {sum_left} of their sum");
    let short = format!("{numbers_left} of the numbers, {sum_left} of their sum");
    say(&[long, short], places[0].bottom() + FOOT / 2.0)
}

fn draw_map<DB: DrawingBackend>(
    pen: &Pen<DB>,
    [rows, columns]: [usize; 2],
    place: &Rect,
    color: impl Fn(usize) -> RGBColor,
) -> Drawn<DB> {
    let pixels = |length: f64| (length * pen.pixels()).round();
    let (wide, high) = (pixels(place.width) as usize, pixels(place.height) as usize);
    if wide == 0 || high == 0 {
        return Ok(());
    }
    let colors = (0..wide * high).map(|pixel| {
        let (column, row) = (pixel % wide * columns / wide, pixel / wide * rows / high);
        color(row * columns + column)
    });
    let mut bitmap = Bitmap::from_colors(wide, high, colors);
    bitmap.outline(pen.style.palette.line);
    pen.bitmap((pixels(place.x) as i32, pixels(place.y) as i32), &bitmap)
}

pub(super) fn read(pooled: &Pooled, numbers: &Numbers, size: (f64, f64), pointer: Point) -> Option<ReadOut> {
    let places = places(pooled, size);
    let which = places.iter().position(|place| place.contains(pointer) && place.width > 0.0)?;
    let (values, [rows, columns]) = maps(pooled, numbers)[which];
    let place = &places[which];
    let cell = |at: f64, cells: usize| ((at * cells as f64) as usize).min(cells.saturating_sub(1));
    let row = cell((pointer.1 - place.y) / place.height, rows);
    let column = cell((pointer.0 - place.x) / place.width, columns);
    let index = row * columns + column;
    let &value = values.get(index)?;
    let name = if which == 0 { "before" } else { "after" };
    let mut lines = vec![format!("{name}, row {row}, column {column}"), exact(value)];
    let kept = numbers.at(pooled.kept);
    if which == 0 && !kept.is_empty() {
        let is_kept = kept.contains(&(index as f32));
        lines.push(if is_kept { "kept" } else { "thrown away" }.into());
    }
    let frame = cell_of(place, [rows, columns], index);
    let crosshair = Crosshair { frame: Some(frame), ..Crosshair::default() };
    Some(ReadOut { lines, anchor: frame.middle(), crosshair })
}
