//! The kernels of a layer: a column for each filter, a row for each map that it is made of, and in each place
//! a tile of weights. Filters of one map only are laid out in rows.

use super::Drawn;
use super::bitmap::Bitmap;
use super::palette::Ramp;
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::text::{Font, Rect};
use crate::labs::format::{count, exact};
use crate::labs::{Filters, Numbers};
use plotters::prelude::DrawingBackend;

/// Room for the words above.
const HEAD: f64 = 20.0;
/// A weight is no larger than this.
const CELL: f64 = 14.0;
/// And no smaller than this share of a screen pixel, below which too many fall out.
const LEAST: f64 = 0.4;

/// Tiles side by side and one below the other, the size of a weight, and the space between tiles.
struct Layout {
    across: usize,
    down: usize,
    cell: f64,
    gap: f64,
}

fn layout(filters: &Filters, (width, height): (f64, f64)) -> Layout {
    let [units, maps] = filters.drawn;
    // In weights: enough to part the tiles, however small they are.
    let gap = if filters.height * filters.width == 1 { 0.0 } else { (0.08 * filters.width as f64).max(0.4) };
    let tall = (height - HEAD).max(0.0);
    let cell_of = |across: usize, down: usize| {
        let by_width = width / ((across * filters.width.max(1)) as f64 + gap * (across - 1) as f64);
        let by_height = tall / ((down * filters.height.max(1)) as f64 + gap * (down - 1) as f64);
        by_width.min(by_height).clamp(0.0, CELL)
    };
    let wrapped = |across: usize| (across, units.div_ceil(across));
    let (across, down) = if maps == 1 {
        let best = (1..=units.max(1)).max_by(|&a, &b| {
            let size = |across: usize| cell_of(across, wrapped(across).1);
            size(a).total_cmp(&size(b)).then(a.cmp(&b))
        });
        wrapped(best.unwrap_or(1))
    } else {
        (units.max(1), maps.max(1))
    };
    let cell = cell_of(across, down.max(1));
    Layout { across, down: down.max(1), cell, gap: gap * cell }
}

impl Layout {
    /// The tile of a unit and a map, both counted from the first that is drawn.
    fn tile(&self, filters: &Filters, unit: usize, map: usize) -> Rect {
        let (column, row) =
            if filters.drawn[1] == 1 { (unit % self.across, unit / self.across) } else { (unit, map) };
        let (wide, high) = (self.cell * filters.width as f64, self.cell * filters.height as f64);
        let at = |index: usize, side: f64| (side + self.gap) * index as f64;
        Rect { x: at(column, wide), y: HEAD + at(row, high), width: wide, height: high }
    }
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, filters: &Filters, numbers: &Numbers) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let layout = layout(filters, (pen.width, pen.height));
    let [units, maps] = filters.drawn;
    let cells = filters.height * filters.width;
    let values = numbers.at(filters.values);
    let words = words(filters);
    if let Some(words) = words.iter().find(|words| Font::Small.width(words) <= pen.width) {
        pen.text(words, (0.0, 8.0), Align::Left, Font::Small, &colors.ink_3)?;
    }
    if layout.cell * pen.pixels() < LEAST || cells == 0 || values.len() < units * maps * cells {
        return Ok(()); // no room, or no weights
    }
    let ramp = Ramp::of_signed(colors);
    let scale = filters.most.max(f32::MIN_POSITIVE);
    let pixels = pen.pixels();
    for unit in 0..units {
        for map in 0..maps {
            let tile = layout.tile(filters, unit, map);
            let at = |length: f64| (length * pixels).round() as i32;
            // To the pixel where the next one begins, so that the tiles of a matrix leave no seams.
            let (x, y) = (at(tile.x), at(tile.y));
            let (wide, high) =
                ((at(tile.right()) - x).max(0) as usize, (at(tile.bottom()) - y).max(0) as usize);
            let weights = &values[(unit * maps + map) * cells..][..cells];
            let mut bitmap = Bitmap::from_colors(
                wide,
                high,
                (0..wide * high).map(|pixel| {
                    let (column, row) =
                        (pixel % wide * filters.width / wide, pixel / wide * filters.height / high);
                    ramp.signed(weights[row * filters.width + column] / scale)
                }),
            );
            if layout.gap > 0.0 {
                bitmap.outline(colors.line);
            }
            pen.bitmap((x, y), &bitmap)?;
        }
    }
    let focus =
        filters.focus.and_then(|unit| unit.checked_sub(filters.first[0])).filter(|unit| *unit < units);
    let Some(focus) = focus else { return Ok(()) };
    let (first, last) = (layout.tile(filters, focus, 0), layout.tile(filters, focus, maps - 1));
    let column = Rect::between(first.x, first.y, last.right(), last.bottom());
    pen.frame(column.grown(1.5), 1.5, &colors.bad)
}

/// What stands across and down, in long and in short words.
fn words(filters: &Filters) -> [String; 2] {
    let range = |i: usize| {
        let (from, many) = (filters.first[i], filters.drawn[i]);
        let all = count(filters.of[i]);
        match many {
            0 => "none".to_owned(),
            1 => format!("{} of {all}", count(from + 1)),
            many => format!("{} to {} of {all}", count(from + 1), count(from + many)),
        }
    };
    let unit = &filters.unit;
    if filters.drawn[1] <= 1 {
        let text = format!("{unit}s {}", range(0));
        return [text.clone(), text];
    }
    [
        format!("across: {unit}s {}; down: input maps {}", range(0), range(1)),
        format!("{unit}s {}, maps {}", range(0), range(1)),
    ]
}

pub(super) fn read(
    filters: &Filters,
    numbers: &Numbers,
    size: (f64, f64),
    (px, py): Point,
) -> Option<ReadOut> {
    let layout = layout(filters, size);
    let [units, maps] = filters.drawn;
    if layout.cell <= 0.0 || layout.down == 0 {
        return None;
    }
    let all = (0..units).flat_map(|unit| (0..maps).map(move |map| (unit, map)));
    let (unit, map, tile) = all
        .map(|(unit, map)| (unit, map, layout.tile(filters, unit, map)))
        .find(|(.., tile)| tile.contains((px, py)))?;
    let place = |at: f64, many: usize| ((at / layout.cell) as usize).min(many.saturating_sub(1));
    let (row, column) = (place(py - tile.y, filters.height), place(px - tile.x, filters.width));
    let index = ((unit * maps + map) * filters.height + row) * filters.width + column;
    let &weight = numbers.at(filters.values).get(index)?;
    let cell = Rect {
        x: tile.x + layout.cell * column as f64,
        y: tile.y + layout.cell * row as f64,
        width: layout.cell,
        height: layout.cell,
    };
    let of_map =
        if filters.of[1] > 1 { format!(", input map {}", filters.first[1] + map + 1) } else { String::new() };
    let mut lines = vec![format!("{} {}{of_map}", filters.unit, filters.first[0] + unit + 1)];
    if filters.height * filters.width > 1 {
        lines.push(format!("row {row}, column {column}"));
    }
    lines.push(exact(weight));
    let crosshair = Crosshair { frame: Some(cell), ..Crosshair::default() };
    Some(ReadOut { lines, anchor: cell.middle(), crosshair })
}
