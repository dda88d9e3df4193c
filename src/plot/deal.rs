//! An epoch dealt into batches: a row for each lane, what is dealt pale, the batch in work solid, the rest sunken; below
//! it the classes of its items in the order in which they are dealt.

use super::Drawn;
use super::bitmap::Bitmap;
use super::palette::mix;
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::table::{Table, names};
use super::text::{Font, Rect};
use crate::labs::format::count;
use crate::labs::{Deal, DealRow, Numbers, lane_name};
use plotters::prelude::DrawingBackend;
use plotters::style::Color;

/// Room for the letters of lanes.
const LETTER: f64 = 22.0;
/// From this width on the words stand beside the rows, else below them.
const WIDE: f64 = 520.0;
/// Rows are no higher than this.
const HIGHEST: f64 = 44.0;
/// Height of the classes, and the gap above them.
const CLASSES: f64 = 5.0;
const GAP: f64 = 2.0;
/// Batches narrower than this are drawn as an even hatch.
const HATCH: f64 = 3.0;

struct Layout {
    left: f64,
    right: f64,
    pitch: f64,
    bar: f64,
    is_wide: bool,
}

fn words(row: &DealRow) -> [String; 2] {
    let update = format!("update {} of {}", count(row.update()), count(row.batches()));
    let epoch = format!("epoch {}", count(row.epoch));
    match row.last() {
        Some(last) => [update, format!("{epoch}, last: {}", count(last))],
        None => [update, epoch],
    }
}

fn layout(deal: &Deal, (width, height): (f64, f64)) -> Layout {
    let is_wide = width >= WIDE;
    let widest = deal.rows.iter().flat_map(words).map(|words| Font::Label.width(&words)).fold(0.0, f64::max);
    let pitch = (height / deal.rows.len().max(1) as f64).min(HIGHEST);
    let has_classes = deal.rows.iter().any(|row| row.labels.len > 0);
    let beneath = if has_classes { CLASSES + GAP } else { 0.0 } + if is_wide { 8.0 } else { 17.0 };
    let left = LETTER.min(0.3 * width);
    let right = if is_wide { width - widest - 12.0 } else { width - 1.0 };
    Layout { left, right: right.max(left), pitch, bar: (pitch - beneath).clamp(0.0, 24.0), is_wide }
}

/// How high the figure is, at most `most`: what few lanes need.
pub(super) fn height(deal: &Deal, most: f64) -> f64 {
    (HIGHEST * deal.rows.len().max(1) as f64).min(most)
}

impl Layout {
    fn bar(&self, index: usize) -> Rect {
        let top = self.pitch * index as f64 + 2.0;
        Rect::between(self.left, top, self.right, top + self.bar)
    }

    /// Where an item of a row begins.
    fn at(&self, row: &DealRow, item: usize) -> f64 {
        let share = item.min(row.items) as f64 / row.items.max(1) as f64;
        self.left + (self.right - self.left) * share
    }

    /// Where a batch of a row, counted from 0, begins and ends.
    fn batch(&self, row: &DealRow, batch: usize) -> (f64, f64) {
        let first = batch.saturating_mul(row.batch);
        (self.at(row, first), self.at(row, first.saturating_add(row.batch)))
    }
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<DB>,
    deal: &Deal,
    numbers: &Numbers,
    lane: usize,
) -> Drawn<DB> {
    let layout = layout(deal, (pen.width, pen.height));
    if layout.bar < 2.0 || layout.right - layout.left < 8.0 {
        return Ok(()); // no room
    }
    for (index, row) in deal.rows.iter().enumerate() {
        let lane = if deal.rows.len() == 1 { lane } else { row.lane };
        draw_row(pen, (row, lane), &layout, layout.bar(index))?;
        draw_classes(pen, row, numbers.at(row.labels), &layout, layout.bar(index))?;
        write(pen, (row, lane), &layout, layout.bar(index))?;
    }
    Ok(())
}

fn draw_row<DB: DrawingBackend>(
    pen: &Pen<DB>,
    (row, lane): (&DealRow, usize),
    layout: &Layout,
    bar: Rect,
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let color = colors.lane(lane);
    pen.fill(bar, &colors.sunken)?;
    if row.items == 0 || row.batch == 0 {
        return pen.frame(bar, 0.75, &colors.ink_4);
    }
    let part = |from: f64, to: f64| Rect::between(from, bar.y, to, bar.bottom());
    pen.fill(part(bar.x, layout.at(row, row.done)), &color.mix(0.38))?;
    // At most one line for so many pixels: what is narrower is a hatch.
    let wide = (bar.width * row.batch as f64 / row.items as f64).max(1e-9);
    let edges: Vec<f64> = if wide >= HATCH {
        (1..row.batches()).map(|batch| layout.batch(row, batch).0).collect()
    } else {
        (1..(bar.width / HATCH) as usize).map(|line| bar.x + HATCH * line as f64).collect()
    };
    let thick = if wide > 24.0 { 2.0 } else { 1.0 };
    for edge in edges {
        pen.fill(part(edge - thick / 2.0, edge + thick / 2.0), &colors.surface)?;
    }
    let (from, to) = layout.batch(row, row.update().max(1) - 1);
    let from = from.min(bar.right() - 2.0).max(bar.x);
    pen.fill(part(from, to.max(from + 2.0).min(bar.right())), &color)?;
    // The last one, smaller than the others, has its own outline.
    if row.last().is_some() {
        let (from, to) = layout.batch(row, row.batches() - 1);
        pen.frame(part(from.min(to - 2.0), to), 1.5, &color)?;
    }
    pen.frame(bar, 0.75, &colors.ink_4)
}

/// The class of the item at each pixel, paler where it is still to be dealt.
fn draw_classes<DB: DrawingBackend>(
    pen: &Pen<DB>,
    row: &DealRow,
    labels: &[f32],
    layout: &Layout,
    bar: Rect,
) -> Drawn<DB> {
    let (colors, pixels) = (&pen.style.palette, pen.pixels());
    if labels.is_empty() {
        return Ok(());
    }
    let left = (bar.x * pixels).round() as i32;
    let top = ((bar.bottom() + GAP) * pixels).round() as i32;
    let (wide, high) = ((bar.width * pixels).floor() as usize, (CLASSES * pixels).round() as usize);
    let dealt = layout.at(row, row.update().saturating_mul(row.batch));
    let color = |column: usize| {
        let label = labels[(column * labels.len() / wide.max(1)).min(labels.len() - 1)];
        let color = if label >= 0.0 { colors.class(label as usize) } else { colors.no_number() };
        let is_dealt = bar.x + column as f64 / pixels < dealt;
        if is_dealt { color } else { mix(colors.surface, color, 0.4) }
    };
    let row: Vec<_> = (0..wide).map(color).collect();
    pen.bitmap((left, top), &Bitmap::from_colors(wide, high, (0..high).flat_map(|_| row.iter().copied())))
}

fn write<DB: DrawingBackend>(
    pen: &Pen<DB>,
    (row, lane): (&DealRow, usize),
    layout: &Layout,
    bar: Rect,
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let middle = bar.middle().1.max(Font::Strong.size() / 2.0 + 1.0);
    pen.text(&lane_name(lane), (0.0, middle), Align::Left, Font::Strong, &colors.lane(lane))?;
    let [update, epoch] = words(row);
    if layout.is_wide {
        let two = layout.pitch >= 30.0;
        let first = if two { middle - 4.0 } else { middle };
        pen.text(&update, (pen.width, first), Align::Right, Font::Label, &colors.ink_2)?;
        return if two {
            pen.text(&epoch, (pen.width, first + 15.0), Align::Right, Font::Small, &colors.ink_3)
        } else {
            Ok(())
        };
    }
    let has_classes = row.labels.len > 0;
    let under = bar.bottom() + if has_classes { GAP + CLASSES } else { 0.0 } + 8.0;
    if under + 6.0 > pen.height || layout.pitch < 30.0 {
        return Ok(()); // no room
    }
    pen.text(&update, (bar.right(), under), Align::Right, Font::Small, &colors.ink_3)?;
    let room = bar.width - Font::Small.width(&update) - 8.0;
    if Font::Small.width(&epoch) <= room {
        pen.text(&epoch, (bar.x, under), Align::Left, Font::Small, &colors.ink_3)?;
    }
    Ok(())
}

pub(super) fn read(deal: &Deal, numbers: &Numbers, size: (f64, f64), (px, py): Point) -> Option<ReadOut> {
    let layout = layout(deal, size);
    let index = (py / layout.pitch).floor();
    let row = deal.rows.get(index as usize).filter(|_| index >= 0.0)?;
    let bar = layout.bar(index as usize);
    if row.items == 0 || row.batch == 0 || !(bar.x..=bar.right()).contains(&px) || layout.bar < 2.0 {
        return None;
    }
    let share = (px - bar.x) / bar.width.max(1e-9);
    let item = ((share * row.items as f64) as usize).min(row.items - 1);
    let batch = item / row.batch;
    let (first, last) = (batch * row.batch + 1, ((batch + 1) * row.batch).min(row.items));
    let state = match (batch + 1).cmp(&row.update()) {
        std::cmp::Ordering::Less => "done",
        std::cmp::Ordering::Equal if row.done >= row.items => "done",
        std::cmp::Ordering::Equal => "in work",
        std::cmp::Ordering::Greater => "still to come",
    };
    let mut lines = vec![
        format!("lane {}, epoch {}", lane_name(row.lane), count(row.epoch)),
        format!("batch {} of {}, {state}", count(batch + 1), count(row.batches())),
        format!("items {} to {}", count(first), count(last)),
    ];
    let label = numbers.at(row.labels).get(item).filter(|label| **label >= 0.0);
    if let Some(class) = label.and_then(|&label| deal.classes.get(label as usize)) {
        lines.push(format!("item {}: class {class}", count(item + 1)));
    }
    let (from, to) = layout.batch(row, batch);
    let frame = Rect::between(from, bar.y, to.max(from + 2.0), bar.bottom());
    let crosshair = Crosshair { frame: Some(frame), ..Crosshair::default() };
    Some(ReadOut { lines, anchor: (f64::midpoint(from, to), bar.middle().1), crosshair })
}

pub(super) fn table(deal: &Deal) -> Table {
    let row = |row: &DealRow| {
        let last = row.last().unwrap_or(row.batch.min(row.items));
        let counts = [row.epoch, row.items, row.batch, last, row.batches(), row.update(), row.done];
        std::iter::once(lane_name(row.lane)).chain(counts.map(|count| count.to_string())).collect()
    };
    let head =
        ["lane", "epoch", "items", "batch size", "last batch", "batches", "batch in work", "items done"];
    Table { columns: names(&head), rows: deal.rows.iter().map(row).collect() }
}
