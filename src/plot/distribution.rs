//! The live pre-activations of a layer as a histogram under the activation and its derivative: one
//! sees how much of the layer lies where the derivative is as good as zero.

use super::Drawn;
use super::axes::{Scale, Ticks, foot_axis, left_axis, rounded};
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::text::{Font, Rect, Room};
use crate::labs::format::{exact, significant};
use crate::labs::{Distribution, Numbers};
use crate::nn::Activation;
use plotters::prelude::DrawingBackend;
use plotters::style::Color;

/// Height of the tallest bar as a share of the plot.
const TALLEST: f64 = 0.52;

struct Layout {
    z: Scale,
    y: Scale,
    ticks: Vec<(f64, String)>,
}

fn layout(distribution: &Distribution, (width, height): (f64, f64)) -> Layout {
    let (low, high) = ends(distribution);
    let sample = |i: u8| distribution.activation.eval((low + (high - low) * f64::from(i) / 80.0) as f32);
    let (mut least, mut most) = (0.0_f32, 0.0_f32);
    for (f, slope) in (0..=80).map(sample).filter(|(f, slope)| f.is_finite() && slope.is_finite()) {
        (least, most) = (least.min(f).min(slope), most.max(f).max(slope));
    }
    let foot = (height - 20.0).max(0.0);
    let many = ((foot - 12.0) / 30.0).clamp(2.0, 5.0) as usize;
    let (from, to) = ends_of_f(least.into(), most.into(), many);
    let ticks = Ticks::within(from, to, many);
    let ticks: Vec<_> = ticks.values.iter().map(|&value| (value, ticks.label(value))).collect();
    let widest = ticks.iter().map(|(_, label)| Font::Small.width(label)).fold(0.0, f64::max);
    let left = (widest + 10.0).min(width * 0.3);
    Layout {
        z: Scale { from: low, to: high, start: left, end: (width - 4.0).max(left) },
        y: Scale { from, to, start: foot, end: 12.0_f64.min(foot) },
        ticks,
    }
}

/// Ends of the z axis, something sensible where the figure's are not.
fn ends(distribution: &Distribution) -> (f64, f64) {
    let (low, high) = (f64::from(distribution.low), f64::from(distribution.high));
    if low < high && low.is_finite() && high.is_finite() { (low, high) } else { (-1.0, 1.0) }
}

/// Ends of the axis of f: whole ticks where they are near, else no more than f needs.
fn ends_of_f(least: f64, most: f64, many: usize) -> (f64, f64) {
    let (low, high) = rounded(least, most, many);
    let near = (most - least) * 0.06;
    (if least - low < near { low } else { least }, if high - most < near { high } else { most })
}

/// The edge before bin `i` of `bins`; after the last that of the range.
pub(super) fn bin_edge(distribution: &Distribution, i: usize, bins: usize) -> f32 {
    let share = i as f32 / bins.max(1) as f32;
    distribution.low + (distribution.high - distribution.low) * share
}

/// How the curve is called on the chart: σ(z), or after its activation.
fn names(activation: Activation) -> (String, String) {
    match activation {
        Activation::Sigmoid => ("σ(z)".into(), "σ′(z)".into()),
        other => (format!("{}(z)", other.label()), format!("{}′(z)", other.label())),
    }
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<DB>,
    distribution: &Distribution,
    numbers: &Numbers,
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let layout = layout(distribution, (pen.width, pen.height));
    let (z, y) = (&layout.z, &layout.y);
    let saturated = saturated(distribution, z);
    for &(from, to) in &saturated {
        pen.fill(Rect::between(from, y.end, to, y.start), &colors.sunken)?;
    }
    left_axis(pen, y, &layout.ticks, (z.start, z.end))?;

    let mut room = Room::new(Rect::between(z.start, 0.0, z.end, y.start));
    let bars = bars(distribution, numbers.at(distribution.counts), &layout);
    let is_worrying = is_worrying(distribution, numbers.at(distribution.counts));
    for (rect, is_saturated) in bars {
        let color = match is_saturated {
            true if is_worrying => colors.warn.mix(0.55),
            true => colors.ink_4.mix(0.45),
            false => colors.ink_4.mix(0.9),
        };
        pen.fill(rect, &color)?;
        room.avoid(&[(rect.x, rect.y), (rect.right(), rect.y)]);
        room.avoid(&[(rect.middle().0, rect.bottom()), (rect.middle().0, rect.y)]);
    }
    pen.rule(z.start, z.end, y.start, &colors.ink_4)?;

    let (curve, slope) = curves(distribution.activation, &layout);
    pen.dashed(&slope, 1.25, (4.0, 3.0), &colors.ink)?;
    pen.line(curve.iter().copied(), 2.0, &colors.ink)?;
    room.avoid(&curve);
    room.avoid(&slope);

    let (f, f_slope) = names(distribution.activation);
    name_curve(pen, &f, &curve, Font::Strong, &mut room)?;
    name_curve(pen, &f_slope, &slope, Font::Small, &mut room)?;
    for (from, to) in saturated {
        let text = distribution.activation.flat_word();
        let free = to - from - Font::Small.width(text);
        let heights = [10.0, 24.0, 38.0, 52.0, 66.0];
        let spots = heights.map(|by| [4.0, free - 4.0].map(|x| (from + x, y.end + by))).concat();
        let candidates = spots.iter().map(|&(x, height)| Rect::of_text(text, Font::Small, x, height));
        if free > 8.0
            && let Some(rect) = room.place(candidates)
        {
            let color = if is_worrying { &colors.warn } else { &colors.ink_3 };
            pen.text(text, (rect.x, rect.middle().1), Align::Left, Font::Small, color)?;
        }
    }
    foot_axis(pen, z, &z_ticks(z), "z =", y.start + 12.0)
}

/// Quarters of the axis where they are whole numbers, so that its ends are named; else round values.
fn z_ticks(z: &Scale) -> Vec<(f64, String)> {
    let quarter = (z.to - z.from) / 4.0;
    if quarter.fract() == 0.0 && z.from.fract() == 0.0 {
        let ticks = Ticks { step: 1.0, values: (0..=4).map(|i| z.from + quarter * f64::from(i)).collect() };
        return ticks.values.iter().map(|&value| (value, ticks.label(value))).collect();
    }
    let ticks = Ticks::within(z.from, z.to, 5);
    ticks.values.iter().map(|&value| (value, ticks.label(value))).collect()
}

/// From where to where, in pixels, |f′| is below the bound.
fn saturated(distribution: &Distribution, z: &Scale) -> Vec<(f64, f64)> {
    let mut spans: Vec<(f64, f64)> = Vec::new();
    let is_saturated = |px: f64| is_saturated(distribution, z.value(px + 0.5));
    let mut px = z.start;
    while px < z.end {
        let next = (px + 1.0).min(z.end);
        if is_saturated(px) {
            match spans.last_mut() {
                Some((_, to)) if *to == px => *to = next,
                _ => spans.push((px, next)),
            }
        }
        px = next;
    }
    spans
}

fn is_saturated(distribution: &Distribution, z: f64) -> bool {
    distribution.activation.eval(z as f32).1.abs() < distribution.saturated_below
}

/// Each bar that has a height, and whether it lies where f is saturated.
fn bars(distribution: &Distribution, counts: &[f32], layout: &Layout) -> Vec<(Rect, bool)> {
    let Layout { z, y, .. } = layout;
    let most = counts.iter().copied().filter(|count| count.is_finite()).fold(0.0, f32::max);
    let width = (z.end - z.start) / counts.len().max(1) as f64;
    let gap = if width >= 3.0 { 0.5 } else { 0.0 };
    let bar = |(i, &count): (usize, &f32)| {
        let share = f64::from(count / most);
        let left = z.start + width * i as f64;
        let top = y.start - (y.start - y.end) * TALLEST * share.min(1.0);
        let rect = Rect::between(left + gap, top, left + width - gap, y.start);
        (share > 0.0).then(|| (rect, is_saturated(distribution, z.value(left + width / 2.0))))
    };
    counts.iter().enumerate().filter_map(bar).collect()
}

/// Whether so much lies where f is flat that little can be learned: all of a layer whose units switch
/// off one by one, half of one that flattens on both sides.
fn is_worrying(distribution: &Distribution, counts: &[f32]) -> bool {
    let (low, high) = ends(distribution);
    let at = |i: usize| low + (high - low) * (i as f64 + 0.5) / counts.len() as f64;
    let flat: f32 =
        counts.iter().enumerate().filter(|(i, _)| is_saturated(distribution, at(*i))).map(|c| c.1).sum();
    let all: f32 = counts.iter().sum();
    if distribution.activation.is_one_sided() { flat >= all } else { flat > 0.5 * all }
}

/// f and f′ on the screen, a point every two pixels.
fn curves(activation: Activation, layout: &Layout) -> (Vec<Point>, Vec<Point>) {
    let Layout { z, y, .. } = layout;
    let points = ((z.end - z.start) / 2.0).clamp(1.0, 1000.0) as usize;
    let point = |i: usize| {
        let px = z.start + (z.end - z.start) * i as f64 / points as f64;
        let (f, slope) = activation.eval(z.value(px) as f32);
        ((px, y.px(f.into())), (px, y.px(slope.into())))
    };
    (0..=points).map(point).unzip()
}

/// Writes the name of a curve beside it, where it covers the least.
fn name_curve<DB: DrawingBackend>(
    pen: &Pen<DB>,
    name: &str,
    curve: &[Point],
    font: Font,
    room: &mut Room,
) -> Drawn<DB> {
    let width = font.width(name);
    let near = |share: f64| {
        let (x, y) = curve[((curve.len() - 1) as f64 * share) as usize];
        [(x - width - 6.0, y - 9.0), (x - width / 2.0, y - 12.0), (x + 6.0, y + 9.0), (x + 6.0, y - 9.0)]
    };
    let spots = [0.66, 0.6, 0.72, 0.55, 0.5, 0.45, 0.4, 0.8, 0.35, 0.25, 0.9].map(near).concat();
    match room.place(spots.iter().map(|&(x, y)| Rect::of_text(name, font, x, y))) {
        Some(rect) => pen.text(name, (rect.x, rect.middle().1), Align::Left, font, &pen.style.palette.ink),
        None => Ok(()),
    }
}

pub(super) fn read(
    distribution: &Distribution,
    numbers: &Numbers,
    size: (f64, f64),
    (px, py): Point,
) -> Option<ReadOut> {
    let layout = layout(distribution, size);
    let Layout { z, y, .. } = &layout;
    if !(px >= z.start && px <= z.end) {
        return None;
    }
    let at = z.value(px) as f32;
    let (f, slope) = distribution.activation.eval(at);
    let counts = numbers.at(distribution.counts);
    let mut lines = vec![format!("z = {}", significant(at, 3))];
    let bin = ((px - z.start) / (z.end - z.start) * counts.len() as f64) as usize;
    if let Some(count) = counts.get(bin.min(counts.len().saturating_sub(1))) {
        let bin = bin.min(counts.len() - 1);
        let edge = |i| significant(bin_edge(distribution, i, counts.len()), 3);
        let range = if bin == 0 {
            format!("below {}", edge(1))
        } else if bin + 1 == counts.len() {
            format!("from {}", edge(bin))
        } else {
            format!("{} to {}", edge(bin), edge(bin + 1))
        };
        lines.push(format!("{} with z {range}", exact(*count)));
    }
    let (f_name, slope_name) = names(distribution.activation);
    lines.push(format!("{f_name} = {}", significant(f, 4)));
    lines.push(format!("{slope_name} = {}", significant(slope, 4)));
    Some(ReadOut {
        lines,
        anchor: (px, py),
        crosshair: Crosshair {
            plumbs: vec![(px, y.end, y.start)],
            dots: vec![(px, y.px(f.into())), (px, y.px(slope.into()))],
            ..Crosshair::default()
        },
    })
}
