//! What layers cost: a row for each layer with a bar on a log axis for each measure, its number above it,
//! and behind it, hollow, what it would be without pooling; below them the sums.

use super::Drawn;
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::text::{Font, Rect};
use crate::labs::format::{count, short_count};
use crate::labs::{Costs, LayerCost};
use plotters::prelude::DrawingBackend;

/// Room for the names of the measures.
const HEAD: f64 = 22.0;
/// Rows are no higher than this, and names stand in so much room.
const ROW: f64 = 30.0;
const NAMES: f64 = 92.0;
/// Between two measures.
const GAP: f64 = 14.0;
/// Height of a bar.
const BAR: f64 = 4.0;

/// One row: a layer, or the sum over all.
struct Row<'a> {
    name: &'a str,
    shape: &'a str,
    counts: [f64; 3],
    without: Option<[f64; 3]>,
    is_total: bool,
}

fn rows(costs: &Costs) -> Vec<Row<'_>> {
    let layers = costs.layers.iter().map(|LayerCost { name, shape, counts, without }| Row {
        name,
        shape,
        counts: *counts,
        without: *without,
        is_total: false,
    });
    let total = |name, counts, without| Row { name, shape: "", counts, without, is_total: true };
    let without = costs.without.map(|without| total("no pooling", without, None));
    layers.chain([total("all layers", costs.total, costs.without)]).chain(without).collect()
}

/// Height of a row, left edge and width of the bars of a measure.
struct Layout {
    pitch: f64,
    names: f64,
    wide: f64,
    /// Decades that the axis of each measure has.
    decades: [f64; 3],
}

fn layout(costs: &Costs, rows: usize, (width, height): (f64, f64)) -> Layout {
    let most = |i: usize| {
        let largest = costs.without.map_or(0.0, |without| without[i]).max(costs.total[i]);
        largest.max(10.0).log10().ceil()
    };
    let names = NAMES.min(width * 0.3);
    Layout {
        pitch: ((height - HEAD) / rows.max(1) as f64).clamp(0.0, ROW),
        names,
        wide: ((width - names) / 3.0 - GAP).max(0.0),
        decades: std::array::from_fn(most),
    }
}

impl Layout {
    /// The place of a number: its row and its measure.
    fn cell(&self, row: usize, measure: usize) -> Rect {
        Rect {
            x: self.names + (self.wide + GAP) * measure as f64 + GAP / 2.0,
            y: HEAD + self.pitch * row as f64,
            width: self.wide,
            height: self.pitch,
        }
    }

    /// The bar of a number, from 1 on the left; none for 0.
    fn bar(&self, row: usize, measure: usize, number: f64) -> Option<Rect> {
        let cell = self.cell(row, measure);
        let share = (number.max(1.0).log10() / self.decades[measure]).min(1.0);
        let y = cell.bottom() - BAR - 3.0;
        let high = if self.pitch > BAR + 4.0 { BAR } else { self.pitch * 0.6 };
        (number > 0.0).then(|| Rect { x: cell.x, y, width: (cell.width * share).max(2.0), height: high })
    }
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, costs: &Costs, lane: usize) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let rows = rows(costs);
    let layout = layout(costs, rows.len(), (pen.width, pen.height));
    if layout.pitch < 2.0 || layout.wide < 4.0 {
        return Ok(()); // no room
    }
    for (measure, name) in Costs::MEASURES.iter().enumerate() {
        let cell = layout.cell(0, measure);
        let room =
            if measure + 1 < Costs::MEASURES.len() { cell.width + GAP - 4.0 } else { pen.width - cell.x };
        let axis = format!("{name}, log");
        if let Some(name) = [axis.as_str(), name].into_iter().find(|text| Font::Small.width(text) <= room) {
            pen.text(name, (cell.x, 8.0), Align::Left, Font::Small, &colors.ink_3)?;
        }
    }
    // Numbers in all rows or in none.
    let has_numbers = layout.pitch >= 20.0;
    for (index, row) in rows.iter().enumerate() {
        let first = layout.cell(index, 0);
        let middle = if has_numbers { first.y + layout.pitch / 2.0 - 4.0 } else { first.middle().1 };
        if row.is_total && index == costs.layers.len() {
            pen.rule(0.0, pen.width, first.y - 1.0, &colors.line_strong)?;
        }
        let (font, ink) =
            if row.is_total { (Font::Strong, &colors.ink) } else { (Font::Label, &colors.ink_2) };
        let name = [row.name.to_owned(), super::maps::short(row.name)]
            .into_iter()
            .find(|name| font.width(name) <= layout.names && layout.pitch >= 14.0);
        if let Some(name) = name {
            pen.text(&name, (0.0, middle), Align::Left, font, ink)?;
        }
        for measure in 0..3 {
            let number = row.counts[measure];
            if let Some(ghost) = row.without.and_then(|without| layout.bar(index, measure, without[measure]))
            {
                pen.fill(ghost, &colors.line_strong)?;
                pen.fill(ghost.grown(-1.0), &colors.surface)?;
            }
            if let Some(bar) = layout.bar(index, measure, number) {
                pen.fill(bar, &colors.lane(lane))?;
            }
            let cell = layout.cell(index, measure);
            let text = [count(number as usize), short_count(number as usize)]
                .into_iter()
                .find(|text| has_numbers && font.width(text) <= cell.width);
            if let Some(text) = text {
                pen.text(&text, (cell.x, middle), Align::Left, font, ink)?;
            }
        }
    }
    Ok(())
}

pub(super) fn read(costs: &Costs, size: (f64, f64), (px, py): Point) -> Option<ReadOut> {
    let rows = rows(costs);
    let layout = layout(costs, rows.len(), size);
    if layout.pitch < 2.0 {
        return None;
    }
    let (index, row) = rows
        .iter()
        .enumerate()
        .find(|(index, _)| (layout.cell(*index, 0).y..layout.cell(*index, 0).bottom()).contains(&py))?;
    if !(0.0..=size.0).contains(&px) {
        return None;
    }
    let [weights, multiply_adds, outputs] = row.counts.map(|number| count(number as usize));
    let bytes = |number: f64| count((number * Costs::BYTES) as usize);
    let name = if row.shape.is_empty() { row.name.into() } else { format!("{}, {}", row.name, row.shape) };
    let mut lines = vec![
        name,
        format!("{weights} weights, {} bytes", bytes(row.counts[0])),
        format!("{multiply_adds} multiply-adds"),
        format!("{outputs} outputs, {} bytes", bytes(row.counts[2])),
    ];
    if let Some(without) = row.without.filter(|without| *without != row.counts) {
        let [weights, multiply_adds, outputs] = without.map(|number| count(number as usize));
        lines.push(format!("without pooling {weights}, {multiply_adds}, {outputs}"));
    }
    let first = layout.cell(index, 0);
    let frame = Rect { x: 0.0, y: first.y, width: size.0 - 1.0, height: layout.pitch - 1.0 };
    Some(ReadOut {
        lines,
        anchor: frame.middle(),
        crosshair: Crosshair { frame: Some(frame), ..Crosshair::default() },
    })
}
