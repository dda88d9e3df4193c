//! Layers by steps: the past of the bars as colours on a log scale, one bitmap for all cells.

use super::Drawn;
use super::bitmap::Bitmap;
use super::columns::{Columns, columns};
use super::palette::Ramp;
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::text::{Font, Rect};
use crate::labs::format::{count, exact, layer_name, short_count};
use crate::labs::{LayerMap, Numbers};
use plotters::prelude::DrawingBackend;
use plotters::style::RGBColor;

/// Free space over and under the map.
const TOP: f64 = 2.0;
const FOOT: f64 = 4.0;

/// The step at which `row` of `rows` begins. Rows are full but perhaps the newest, so they are
/// counted from the oldest.
pub(super) fn first_step(map: &LayerMap, rows: usize, row: usize) -> usize {
    let oldest = map.last_step.saturating_sub(rows.saturating_mul(map.steps_per_row));
    oldest.saturating_add(row.saturating_mul(map.steps_per_row))
}

/// Where a value lies on the colour scale, 0…1; 0 and what is under the floor at its begin.
fn share(map: &LayerMap, value: f32) -> f32 {
    let [low, high] = map.decades.map(|decade| decade as f32);
    (value.max(0.0).log10() - low) / (high - low).max(1.0)
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, map: &LayerMap, numbers: &Numbers) -> Drawn<DB> {
    let values = numbers.at(map.values);
    let columns = columns(pen.width, map.layers);
    let rows = values.len().checked_div(map.layers).unwrap_or(0);
    let height = pen.height - TOP - FOOT;
    if rows == 0 || height <= 0.0 || columns.width <= 0.0 {
        return Ok(());
    }
    draw_cells(pen, map, &values[..rows * map.layers], &columns)?;
    if let Some(at) = map.at {
        // The step that the other figures show was made by the row that ends there.
        let begin = first_step(map, rows, 0);
        let share = at.saturating_sub(begin) as f64 / map.last_step.saturating_sub(begin).max(1) as f64;
        let y = TOP + height * share.min(1.0);
        pen.rule(columns.start(1) - 4.0, columns.right() + 4.0, y, &pen.style.palette.ink)?;
    }

    let ink = &pen.style.palette.ink_3;
    let right = columns.start(1) - 6.0;
    let (oldest, newest) = (first_step(map, rows, 0), map.last_step);
    let write = |text: &str, y: f64| pen.text(text, (right, y), Align::Right, Font::Small, ink);
    let fits = |text: &String| Font::Small.width(text) <= right;
    if height > 26.0 {
        let long = Some(format!("step {}", count(oldest))).filter(fits);
        write(&long.unwrap_or_else(|| short_count(oldest)), TOP + 6.0)?;
    }
    let long = Some(count(newest)).filter(fits);
    write(&long.unwrap_or_else(|| short_count(newest)), (pen.height - FOOT - 6.0).max(TOP + 6.0))
}

/// All cells in one bitmap, without gaps along time and with a hairline between the columns.
fn draw_cells<DB: DrawingBackend>(
    pen: &Pen<DB>,
    map: &LayerMap,
    values: &[f32],
    columns: &Columns,
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let ramp = Ramp::new(&colors.seq);
    let pixels = pen.pixels();
    let px = |css: f64| (css * pixels).round().max(0.0) as usize;
    let (left, top) = (px(columns.start(1)), px(TOP));
    let width = px(columns.right()).saturating_sub(left);
    let tall = px(pen.height - FOOT).saturating_sub(top);
    let rows = values.len() / map.layers;
    let gap = pixels.floor().max(1.0) as usize;

    let mut rgb = Vec::with_capacity(width * tall * 3);
    let mut drawn = None;
    for y in 0..tall {
        let row = y * rows / tall;
        if drawn == Some(row) {
            rgb.extend_from_within(rgb.len() - width * 3..); // same cells as the line above
            continue;
        }
        drawn = Some(row);
        let from = rgb.len();
        for (layer, &value) in values[row * map.layers..][..map.layers].iter().enumerate() {
            let RGBColor(r, g, b) = if value.is_nan() { colors.bad } else { ramp.at(share(map, value)) };
            let end = px(columns.start(layer + 2)).saturating_sub(left).min(width);
            let filled = (rgb.len() - from) / 3;
            let cell = end.saturating_sub(filled);
            let shown = if layer + 1 < map.layers { cell.saturating_sub(gap) } else { cell };
            rgb.extend(std::iter::repeat_n([r, g, b], shown).flatten());
            let RGBColor(r, g, b) = colors.surface;
            rgb.extend(std::iter::repeat_n([r, g, b], cell - shown).flatten());
        }
    }
    let bitmap = Bitmap { width, height: tall, rgb };
    pen.bitmap((left as i32, top as i32), &bitmap)
}

pub(super) fn read(
    map: &LayerMap,
    numbers: &Numbers,
    (width, height): (f64, f64),
    (px, py): Point,
) -> Option<ReadOut> {
    let values = numbers.at(map.values);
    let columns = columns(width, map.layers);
    let rows = values.len().checked_div(map.layers)?;
    let layer = columns.at(px).filter(|&column| column > 0)?;
    let tall = (height - TOP - FOOT) / rows as f64;
    let row = ((py - TOP) / tall).floor();
    if !(row >= 0.0 && row < rows as f64) {
        return None;
    }
    let row = row as usize;
    let &value = values.get(row * map.layers + layer - 1)?;
    let top = TOP + tall * row as f64;
    let cell = Rect { x: columns.start(layer), y: top, width: columns.width, height: tall.max(2.0) };
    Some(ReadOut {
        lines: vec![
            layer_name(layer, map.layers),
            format!("step {}", count(first_step(map, rows, row))),
            format!("{} {}", LayerMap::QUANTITY, exact(value)),
        ],
        anchor: cell.middle(),
        crosshair: Crosshair { frame: Some(cell), ..Crosshair::default() },
    })
}
