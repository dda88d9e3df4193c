//! Measured numbers in rows and columns, each in its cell, coloured by how large it is.

use super::Drawn;
use super::palette::{Ramp, ink_on};
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::table::Table;
use super::text::{Font, Rect};
use crate::labs::format::{exact, significant, with_sign};
use crate::labs::{Grid, Numbers};
use plotters::prelude::DrawingBackend;

/// Room above for names of the columns, and for another line: of what the columns are, or of long names.
const NAMES: f64 = 20.0;
const LINE: f64 = 14.0;
/// Highest row.
const ROW: f64 = 34.0;

fn left(grid: &Grid, width: f64) -> f64 {
    let names = grid.rows.iter().chain([&grid.sides[0]]);
    names.map(|name| Font::Small.width(name)).fold(0.0, f64::max).min(width * 0.4) + 11.0
}

fn column_width(grid: &Grid, width: f64) -> f64 {
    (width - left(grid, width)) / grid.columns.len().max(1) as f64
}

/// Whether long names of columns go on on the line that says what columns are where that says nothing.
fn wraps(grid: &Grid, width: f64) -> bool {
    let wide = column_width(grid, width);
    grid.sides[1].is_empty() && grid.columns.iter().any(|name| Font::Small.width(name) > wide)
}

fn cell(grid: &Grid, (row, column): (usize, usize), (width, height): (f64, f64)) -> Rect {
    let has_two_lines = wraps(grid, width) || grid.sides.iter().any(|side| !side.is_empty());
    let head = NAMES + if has_two_lines { LINE } else { 0.0 };
    let wide = column_width(grid, width);
    let high = ((height - head) / grid.rows.len().max(1) as f64).clamp(0.0, ROW);
    Rect {
        x: left(grid, width) + wide * column as f64,
        y: head + high * row as f64,
        width: wide,
        height: high,
    }
}

/// What is written in a cell, from long to short: of what has a sign, that alone in the end.
fn written(grid: &Grid, value: f32) -> [String; 2] {
    if !value.is_finite() {
        return ["–".into(), "–".into()];
    }
    if grid.most.is_none() {
        return [significant(value, 2), significant(value, 1)];
    }
    let words = with_sign(value, 1);
    let sign =
        words.chars().next().filter(|first| matches!(first, '+' | '−')).map_or("0".into(), String::from);
    [words, sign]
}

fn value(grid: &Grid, numbers: &Numbers, (row, column): (usize, usize)) -> f32 {
    numbers.at(grid.values).get(row * grid.columns.len() + column).copied().unwrap_or(f32::NAN)
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, grid: &Grid, numbers: &Numbers) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let size = (pen.width, pen.height);
    if grid.rows.is_empty() || grid.columns.is_empty() {
        return pen.text("nothing to measure", (0.0, 12.0), Align::Left, Font::Small, &colors.ink_3);
    }
    let ramp = if grid.most.is_some() { Ramp::of_signed(colors) } else { Ramp::new(&colors.seq) };
    let left = left(grid, pen.width);
    let finite = numbers.at(grid.values).iter().filter(|value| value.is_finite());
    let most = finite.fold(0.0_f32, |most, value| most.max(*value)).max(f32::MIN_POSITIVE);
    let names = cell(grid, (0, 0), size).y - 10.0;
    let across = Font::Small.shortened(&grid.sides[1], pen.width - left);
    pen.text(&across, (left, 8.0), Align::Left, Font::Small, &colors.ink_3)?;
    let down = Font::Small.shortened(&grid.sides[0], left - 8.0);
    pen.text(&down, (left - 8.0, names), Align::Right, Font::Small, &colors.ink_3)?;
    for (column, name) in grid.columns.iter().enumerate() {
        let at = cell(grid, (0, column), size);
        let lines = Font::Small.wrapped(name, at.width - 2.0, if wraps(grid, pen.width) { 2 } else { 1 });
        for (line, name) in lines.iter().rev().enumerate() {
            let place = (at.middle().0, names - 13.0 * line as f64);
            pen.text(name, place, Align::Center, Font::Small, &colors.ink_2)?;
        }
    }
    for (row, name) in grid.rows.iter().enumerate() {
        let first = cell(grid, (row, 0), size);
        let name = Font::Small.shortened(name, left - 8.0);
        pen.text(&name, (left - 8.0, first.middle().1), Align::Right, Font::Small, &colors.ink_2)?;
        for column in 0..grid.columns.len() {
            let rect = cell(grid, (row, column), size).grown(-0.5);
            let value = value(grid, numbers, (row, column));
            let color = match grid.most {
                _ if !value.is_finite() => colors.sunken,
                Some(most) => ramp.signed(value / most.max(f32::MIN_POSITIVE)),
                None => ramp.at((value / most).sqrt()),
            };
            pen.fill(rect, &color)?;
            let [words, short] = written(grid, value);
            let words = if Font::Small.width(&words) <= rect.width { words } else { short };
            if Font::Small.width(&words) <= rect.width && rect.height >= 12.0 {
                pen.text(&words, rect.middle(), Align::Center, Font::Small, &ink_on(color))?;
            }
        }
    }
    match grid.chosen.filter(|column| *column < grid.columns.len()) {
        Some(column) => {
            let (first, last) =
                (cell(grid, (0, column), size), cell(grid, (grid.rows.len() - 1, column), size));
            pen.frame(Rect::between(first.x, first.y, first.right(), last.bottom()), 1.5, &colors.ink)
        }
        None => Ok(()),
    }
}

/// The column at a place of the figure.
#[must_use]
pub fn grid_column_at(grid: &Grid, size: (f64, f64), pointer: Point) -> Option<usize> {
    place_at(grid, size, pointer).map(|(_, column)| column)
}

fn place_at(grid: &Grid, size: (f64, f64), pointer: Point) -> Option<(usize, usize)> {
    let mut places =
        (0..grid.rows.len()).flat_map(|row| (0..grid.columns.len()).map(move |column| (row, column)));
    places.find(|&place| cell(grid, place, size).contains(pointer))
}

pub(super) fn read(grid: &Grid, numbers: &Numbers, size: (f64, f64), pointer: Point) -> Option<ReadOut> {
    let place = place_at(grid, size, pointer)?;
    let named = |side: &str, name: &str| format!("{side} {name}").trim().to_owned();
    let lines = vec![
        named(&grid.sides[0], &grid.rows[place.0]),
        named(&grid.sides[1], &grid.columns[place.1]),
        format!("{} {}", grid.label, exact(value(grid, numbers, place))),
    ];
    let frame = cell(grid, place, size);
    Some(ReadOut {
        lines,
        anchor: frame.middle(),
        crosshair: Crosshair { frame: Some(frame), ..Crosshair::default() },
    })
}

pub(super) fn table(grid: &Grid, numbers: &Numbers) -> Table {
    let head = |name: &String| format!("{} {name}", grid.sides[1]).trim().to_owned();
    let row = |(row, name): (usize, &String)| {
        let values = (0..grid.columns.len()).map(|column| value(grid, numbers, (row, column)).to_string());
        std::iter::once(name.clone()).chain(values).collect()
    };
    let first = if grid.sides[0].is_empty() { "row".to_owned() } else { grid.sides[0].clone() };
    Table {
        columns: std::iter::once(first).chain(grid.columns.iter().map(head)).collect(),
        rows: grid.rows.iter().enumerate().map(row).collect(),
    }
}
