//! A line over the layers for each of several steps, on a log axis: how numbers grow from step to step. The newest
//! is drawn strongest; what is no finite number stands at the top.

use super::Drawn;
use super::axes::{Scale, decades, foot_layers, left_axis};
use super::columns::{Columns, columns};
use super::palette::mix;
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::text::{Font, Rect, Room};
use crate::labs::format::{count, exact, layer_name, power_of_ten};
use crate::labs::{LayerLines, Numbers};
use plotters::prelude::DrawingBackend;

/// Room above the axis for its name and for what is no number, and below it for the layers' numbers.
const HEAD: f64 = 30.0;
const FOOT: f64 = 18.0;

fn layout(lines: &LayerLines, (width, height): (f64, f64)) -> (Columns, Scale) {
    let [low, high] = lines.decades.map(f64::from);
    let foot = (height - FOOT).max(0.0);
    let y = Scale { from: low, to: high.max(low + 1.0), start: foot, end: HEAD.min(foot) };
    (columns(width, lines.layers), y)
}

/// Where a value stands: over the axis what is no finite number, at its foot a 0.
fn height(y: &Scale, value: f32) -> f64 {
    if value.is_finite() { y.px(f64::from(value.max(0.0)).log10()) } else { y.end - 8.0 }
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<DB>,
    lines: &LayerLines,
    numbers: &Numbers,
    lane: usize,
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let (columns, y) = layout(lines, (pen.width, pen.height));
    let [low, high] = lines.decades;
    let ticks = decades(low, high, 5).into_iter().map(|at| (f64::from(at), power_of_ten(at)));
    left_axis(pen, &y, &ticks.collect::<Vec<_>>(), (columns.left, columns.right()))?;
    pen.text(&lines.label, (0.0, 7.0), Align::Left, Font::Small, &colors.ink_3)?;
    foot_layers(pen, &columns)?;
    let (steps, values) = (numbers.at(lines.steps), numbers.at(lines.values));
    let rows: Vec<&[f32]> = values.chunks_exact(lines.layers.max(1)).collect();
    let mut room = Room::new(Rect::between(columns.left, 0.0, pen.width, pen.height - FOOT));
    room.take(Rect::of_text(&lines.label, Font::Small, 0.0, 7.0).grown(4.0));
    // Which steps they are, above them: beside their ends the lines leave no room.
    let words = steps_in_words(steps);
    let left = pen.width - Font::Small.width(&words);
    if Font::Small.width(&lines.label) + 12.0 <= left {
        room.take(Rect::of_text(&words, Font::Small, left, 7.0).grown(4.0));
        pen.text(&words, (pen.width, 7.0), Align::Right, Font::Small, &colors.ink_2)?;
    }
    for (index, row) in rows.iter().enumerate() {
        let is_newest = index + 1 == rows.len();
        let strength = (index + 1) as f64 / rows.len() as f64;
        let color = mix(colors.line_strong, colors.lane(lane), strength);
        let point = |(i, &value): (usize, &f32)| (columns.center(i + 1), height(&y, value));
        let points: Vec<Point> = row.iter().enumerate().map(point).collect();
        pen.line(points.iter().copied(), if is_newest { 2.0 } else { 1.25 }, &color)?;
        for (&at, value) in points.iter().zip(*row) {
            if is_newest {
                pen.disc(at, 2.5, &color)?;
            }
            if !value.is_finite() {
                let mark = if value.is_nan() { "NaN" } else { "∞" };
                let rect = Rect::of_text(mark, Font::Small, at.0 - Font::Small.width(mark) / 2.0, at.1 - 9.0);
                if let Some(rect) = room.place([rect]) {
                    pen.text(mark, rect.middle(), Align::Center, Font::Small, &colors.bad)?;
                }
            }
        }
    }
    Ok(())
}

fn steps_in_words(steps: &[f32]) -> String {
    let count = |step: f32| count(step as usize);
    match *steps {
        [] => String::new(),
        [only] => format!("step {}", count(only)),
        [first, .., last] => format!("steps {} to {}, the last thick", count(first), count(last)),
    }
}

pub(super) fn read(
    lines: &LayerLines,
    numbers: &Numbers,
    size: (f64, f64),
    (px, py): Point,
) -> Option<ReadOut> {
    let (columns, y) = layout(lines, size);
    let layer = columns.at(px).filter(|&column| column > 0)?;
    let (steps, values) = (numbers.at(lines.steps), numbers.at(lines.values));
    let column = values.iter().skip(layer - 1).step_by(lines.layers.max(1)).zip(steps);
    let distance = |value: f32| (height(&y, value) - py).abs();
    let (&value, &step) = column.min_by(|a, b| distance(*a.0).total_cmp(&distance(*b.0)))?;
    let at = (columns.center(layer), height(&y, value));
    Some(ReadOut {
        lines: vec![
            layer_name(layer, lines.layers),
            format!("step {}", count(step as usize)),
            format!("{} {}", lines.label, exact(value)),
        ],
        anchor: at,
        crosshair: Crosshair { dots: vec![at], ..Crosshair::default() },
    })
}
