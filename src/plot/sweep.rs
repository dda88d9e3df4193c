//! Probabilities over what changes about a picture: a line for each network, its name and number of
//! weights in a legend above, and where the picture stands now.

use super::Drawn;
use super::axes::{Scale, foot_axis, left_axis};
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::text::Font;
use crate::labs::format::{count, exact, fixed, percent};
use crate::labs::{Numbers, Sweep, SweepLine};
use plotters::prelude::DrawingBackend;
use plotters::style::Color;

/// A row of the legend, and the room above the plot for the name of what is measured.
const ROW: f64 = 17.0;
const HEAD: f64 = 20.0;
/// Room below the plot for the amounts.
const FOOT: f64 = 20.0;
/// The piece of line before a name in the legend.
const SWATCH: f64 = 24.0;
/// Columns of the legend.
const ACROSS: usize = 2;
struct Layout {
    x: Scale,
    y: Scale,
}

fn layout(sweep: &Sweep, (width, height): (f64, f64)) -> Layout {
    let ends = [sweep.ticks.first(), sweep.ticks.last()].map(|end| end.copied().unwrap_or(0.0).into());
    let top = ROW * sweep.lines.len().div_ceil(ACROSS) as f64 + HEAD;
    let foot = (height - FOOT).max(0.0);
    let left = (Font::Small.width(&percent(1.0)) + 10.0).min(width * 0.4);
    Layout {
        x: Scale { from: ends[0], to: ends[1], start: left, end: (width - 6.0).max(left) },
        y: Scale { from: 0.0, to: 1.0, start: foot, end: top.min(foot) },
    }
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, sweep: &Sweep, numbers: &Numbers) -> Drawn<DB> {
    let Layout { x, y } = layout(sweep, (pen.width, pen.height));
    let colors = &pen.style.palette;
    draw_legend(pen, sweep)?;
    if x.start + Font::Small.width(&sweep.y_label) <= pen.width {
        pen.text(&sweep.y_label, (x.start, y.end - 11.0), Align::Left, Font::Small, &colors.ink_3)?;
    }
    let shares = if y.start - y.end > 90.0 { &[0.0, 0.25, 0.5, 0.75, 1.0][..] } else { &[0.0, 0.5, 1.0] };
    let labels: Vec<_> = shares.iter().map(|&share| (share, percent(share))).collect();
    left_axis(pen, &y, &labels, (x.start, x.end))?;
    let now = f64::from(sweep.at);
    if x.contains(now) {
        pen.dashed(&[(x.px(now), y.end), (x.px(now), y.start)], 1.0, (2.0, 2.0), &colors.ink_2.mix(0.8))?;
    }
    // The first line is what it is about: nothing covers it.
    for (index, line) in sweep.lines.iter().enumerate().rev() {
        for piece in pieces(sweep, line, numbers, &x, &y) {
            stroke(pen, &piece, index)?;
        }
        if let Some(at) = value_at(sweep, line, numbers, sweep.at).filter(|_| x.contains(now)) {
            pen.disc((x.px(now), y.px(at.into())), 3.0, &colors.lane(index))?;
        }
    }
    let ticks: Vec<_> =
        sweep.ticks.iter().map(|&tick| (tick.into(), format!("{}{}", fixed(tick, 0), sweep.unit))).collect();
    foot_axis(pen, &x, &ticks, "", y.start + 12.0)
}

/// A line in its lane's colour and dashes, the first one thick.
fn stroke<DB: DrawingBackend>(pen: &Pen<DB>, points: &[Point], index: usize) -> Drawn<DB> {
    pen.of_lane(points, if index == 0 { 2.5 } else { 1.5 }, index)
}

/// Names with numbers of weights, as many words as there is room for.
fn draw_legend<DB: DrawingBackend>(pen: &Pen<DB>, sweep: &Sweep) -> Drawn<DB> {
    let column = pen.width / ACROSS as f64;
    for (index, line) in sweep.lines.iter().enumerate() {
        let (left, middle) = (column * (index % ACROSS) as f64, ROW * ((index / ACROSS) as f64 + 0.5));
        stroke(pen, &[(left, middle), (left + SWATCH, middle)], index)?;
        let weights = count(line.weights);
        let names = [
            format!("{}, {weights} weights", line.label),
            format!("{}, {weights}", line.label),
            line.label.clone(),
        ];
        let fits = |name: &String| left + SWATCH + 6.0 + Font::Small.width(name) <= left + column;
        if let Some(name) = names.into_iter().find(fits) {
            let ink = if index == 0 { &pen.style.palette.ink } else { &pen.style.palette.ink_2 };
            pen.text(&name, (left + SWATCH + 6.0, middle), Align::Left, Font::Small, ink)?;
        }
    }
    Ok(())
}

/// Amount and value of each point of a line that has both.
fn points<'a>(
    sweep: &Sweep,
    line: &SweepLine,
    numbers: &'a Numbers,
) -> impl Iterator<Item = (f32, f32)> + use<'a> {
    numbers.at(sweep.x).iter().copied().zip(numbers.at(line.y).iter().copied())
}

/// The line on the screen, in pieces where values are missing.
fn pieces(sweep: &Sweep, line: &SweepLine, numbers: &Numbers, x: &Scale, y: &Scale) -> Vec<Vec<Point>> {
    let points: Vec<_> = points(sweep, line, numbers).collect();
    let is_whole = |(amount, value): &(f32, f32)| amount.is_finite() && value.is_finite();
    let pieces = points.chunk_by(|a, b| is_whole(a) && is_whole(b)).filter(|piece| is_whole(&piece[0]));
    pieces.map(|piece| piece.iter().map(|&(a, v)| (x.px(a.into()), y.px(v.into()))).collect()).collect()
}

/// The value at an amount, between the two measured ones around it.
fn value_at(sweep: &Sweep, line: &SweepLine, numbers: &Numbers, amount: f32) -> Option<f32> {
    let points: Vec<_> = points(sweep, line, numbers).collect();
    let after = points.iter().position(|&(x, _)| x >= amount)?;
    let ((x0, y0), (x1, y1)) = (points[after.saturating_sub(1)], points[after]);
    let value = if x1 > x0 { y0 + (y1 - y0) * (amount - x0) / (x1 - x0) } else { y1 };
    value.is_finite().then_some(value)
}

pub(super) fn read(sweep: &Sweep, numbers: &Numbers, size: (f64, f64), (px, py): Point) -> Option<ReadOut> {
    let Layout { x, y } = layout(sweep, size);
    let wanted = x.value(px);
    let distance = |amount: f32| (f64::from(amount) - wanted).abs();
    let amounts = numbers.at(sweep.x).iter().copied().filter(|amount| amount.is_finite());
    let amount = amounts.min_by(|&a, &b| distance(a).total_cmp(&distance(b)))?;
    let at = x.px(amount.into());
    let mut read = ReadOut {
        lines: vec![format!("{}: {}{}", sweep.x_label, fixed(amount, 0), sweep.unit)],
        anchor: (at, py),
        crosshair: Crosshair { plumbs: vec![(at, y.end, y.start)], ..Crosshair::default() },
    };
    for line in &sweep.lines {
        let Some((_, value)) = points(sweep, line, numbers).find(|point| point.0 == amount) else { continue };
        read.lines.push(format!("{} {}", line.label, exact(value)));
        if value.is_finite() {
            read.crosshair.dots.push((at, y.px(value.into())));
        }
    }
    Some(read)
}
