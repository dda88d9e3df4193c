//! Activations with their derivatives as small multiples on one pair of axes: the band is where the selected
//! layer's `z` lie, the line beneath where those of all hidden layers do.

use super::Drawn;
use super::axes::Scale;
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::table::{Table, names};
use super::text::{Font, Rect};
use crate::labs::format::{exact, fixed};
use crate::labs::{Bench, Numbers, elementwise};
use crate::nn::Activation;
use plotters::prelude::DrawingBackend;
use plotters::style::Color;

/// Values of f and f′ that are shown.
const LOW: f64 = -1.25;
const HIGH: f64 = 2.25;
/// Room above a pane for its name, below all panes for z, and left of them for the values.
const HEAD: f64 = 16.0;
const FOOT: f64 = 18.0;
const LEFT: f64 = 16.0;
const GAP: f64 = 12.0;
/// Rows of the table, less one.
const PARTS: usize = 32;

/// One activation with its axes.
struct Pane {
    activation: Activation,
    z: Scale,
    y: Scale,
    is_first: bool,
    is_lowest: bool,
}

fn panes(bench: &Bench, (width, height): (f64, f64)) -> Vec<Pane> {
    let many = elementwise().count();
    let wide = |columns: usize| (width - LEFT + GAP) / columns as f64 - GAP;
    let high = |columns: usize| (height - FOOT) / many.div_ceil(columns) as f64;
    // About as wide as high, so that slopes can be compared by eye.
    let skew = |columns: usize| ((wide(columns).max(1.0) / (high(columns) - HEAD).max(1.0)).ln() - 0.3).abs();
    let columns = (1..=many).filter(|columns| many.is_multiple_of(*columns));
    let columns = columns.min_by(|&a, &b| skew(a).total_cmp(&skew(b))).unwrap_or(1);
    let extent = f64::from(if bench.extent > 0.0 { bench.extent } else { 4.0 });
    let pane = |(index, activation): (usize, Activation)| {
        let (row, column) = (index / columns, index % columns);
        let left = LEFT + (wide(columns) + GAP) * column as f64;
        let foot = (high(columns) * (row + 1) as f64 - 4.0).max(0.0);
        let top = (high(columns) * row as f64 + HEAD).min(foot);
        Pane {
            activation,
            z: Scale { from: -extent, to: extent, start: left, end: (left + wide(columns)).max(left) },
            y: Scale { from: LOW, to: HIGH, start: foot, end: top },
            is_first: column == 0,
            is_lowest: row + 1 == many / columns,
        }
    };
    elementwise().enumerate().map(pane).collect()
}

impl Pane {
    fn is_too_small(&self) -> bool {
        self.z.end - self.z.start < 16.0 || self.y.start - self.y.end < 8.0
    }

    fn rect(&self) -> Rect {
        Rect::between(self.z.start, self.y.end, self.z.end, self.y.start)
    }

    /// A curve in pieces where it leaves the pane.
    fn pieces(&self, value: impl Fn(f32) -> f32) -> Vec<Vec<Point>> {
        let parts = ((self.z.end - self.z.start) / 1.5).clamp(1.0, 400.0) as usize;
        let at = |i: usize| self.z.start + (self.z.end - self.z.start) * i as f64 / parts as f64;
        let points: Vec<_> =
            (0..=parts).map(|i| (at(i), f64::from(value(self.z.value(at(i)) as f32)))).collect();
        let pieces = points.chunk_by(|a, b| self.y.contains(a.1) && self.y.contains(b.1));
        let inside = pieces.filter(|piece| self.y.contains(piece[0].1));
        inside.map(|piece| piece.iter().map(|&(x, y)| (x, self.y.px(y))).collect()).collect()
    }
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<DB>,
    bench: &Bench,
    numbers: &Numbers,
    lane: usize,
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let of_lane = colors.lane(lane);
    let ranges = numbers.at(bench.ranges);
    for pane in panes(bench, (pen.width, pen.height)).iter().filter(|pane| !pane.is_too_small()) {
        let (z, y, rect) = (&pane.z, &pane.y, pane.rect());
        let is_used = pane.activation == bench.used;
        pen.fill(rect, &colors.sunken)?;
        if let Some((low, high)) = ends(ranges, 0) {
            let (left, right) = (z.px(low), z.px(high).max(z.px(low) + 1.0));
            pen.fill(Rect::between(left, y.end, right, y.start), &of_lane.mix(0.16))?;
        }
        for value in [0.0, 1.0] {
            pen.rule(z.start, z.end, y.px(value), &if value == 0.0 { colors.ink_4 } else { colors.line })?;
            if pane.is_first && y.px(0.0) - y.px(1.0) > Font::Small.size() {
                let label = fixed(value, 0);
                pen.text(&label, (z.start - 4.0, y.px(value)), Align::Right, Font::Small, &colors.ink_3)?;
            }
        }
        pen.plumb(z.px(0.0), y.end, y.start, &colors.line)?;
        if let Some((low, high)) = ends(ranges, 1) {
            let (left, right) = (z.px(low), z.px(high).max(z.px(low) + 1.0));
            pen.fill(Rect::between(left, y.start - 3.0, right, y.start), &of_lane)?;
        }
        for piece in pane.pieces(|z| pane.activation.eval(z).1) {
            pen.dashed(&piece, 1.25, (4.0, 3.0), &colors.ink_2)?;
        }
        for piece in pane.pieces(|z| pane.activation.eval(z).0) {
            pen.line(piece, if is_used { 2.5 } else { 1.75 }, &colors.ink)?;
        }
        if is_used {
            pen.frame(rect, 1.5, &colors.ink)?;
        }
        let (font, ink) = if is_used { (Font::Strong, &colors.ink) } else { (Font::Small, &colors.ink_2) };
        let name = pane.activation.label();
        if font.width(name) <= z.end - z.start {
            pen.text(name, (z.start, y.end - 8.0), Align::Left, font, ink)?;
        }
        let label = |value: f64, at: f64, align| {
            let text =
                if align == Align::Left { format!("z = {}", fixed(value, 0)) } else { fixed(value, 0) };
            pen.text(&text, (at, y.start + 10.0), align, Font::Small, &colors.ink_3)
        };
        if pane.is_lowest && z.end - z.start > 70.0 {
            label(z.from, z.start, Align::Left)?;
            label(z.to, z.end, Align::Right)?;
        }
    }
    Ok(())
}

/// The ends of the selected layer's `z`, or of all layers'.
fn ends(ranges: &[f32], index: usize) -> Option<(f64, f64)> {
    let (low, high) = (*ranges.get(2 * index)?, *ranges.get(2 * index + 1)?);
    (low.is_finite() && high.is_finite()).then(|| (low.into(), high.into()))
}

pub(super) fn read(bench: &Bench, numbers: &Numbers, size: (f64, f64), at: Point) -> Option<ReadOut> {
    let all = panes(bench, size);
    let pane = all.iter().find(|pane| !pane.is_too_small() && pane.rect().contains(at))?;
    let z = pane.z.value(at.0) as f32;
    let (f, slope) = pane.activation.eval(z);
    let mut lines = vec![
        pane.activation.label().to_owned(),
        format!("z = {}", fixed(z, 2)),
        format!("f(z) = {}", fixed(f, 3)),
        format!("f′(z) = {}", fixed(slope, 3)),
    ];
    if let [low, high, ..] = *numbers.at(bench.ranges) {
        lines.push(format!("layer {}: z from {} to {}", bench.layer, exact(low), exact(high)));
    }
    let seen = [f, slope].into_iter().map(f64::from).filter(|value| pane.y.contains(*value));
    let crosshair = Crosshair {
        plumbs: vec![(at.0, pane.y.end, pane.y.start)],
        dots: seen.map(|value| (at.0, pane.y.px(value))).collect(),
        ..Crosshair::default()
    };
    Some(ReadOut { lines, anchor: at, crosshair })
}

/// f and f′ of each activation over the axis.
pub(super) fn table(bench: &Bench) -> Table {
    let columns = elementwise().flat_map(|a| [a.label().to_owned(), format!("{}′", a.label())]);
    let row = |part: usize| {
        let z = bench.extent * (2.0 * part as f32 / PARTS as f32 - 1.0);
        let cells = elementwise().flat_map(|activation| <[f32; 2]>::from(activation.eval(z)));
        std::iter::once(z).chain(cells).map(|value| value.to_string()).collect()
    };
    Table {
        columns: names(&["z"]).into_iter().chain(columns).collect(),
        rows: (0..=PARTS).map(row).collect(),
    }
}
