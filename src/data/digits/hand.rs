//! The digit generator: a style of the digit, drawn by a hand that slants, turns, stretches, trembles
//! and presses in its own way, somewhere on a pad whose sides are 1 long.

use super::curve::{Vertex, extent, resampled};
use super::drawing::{Drawing, Point};
use super::pen::Pen;
use super::{angular, bent, round};
use crate::data::direction;
use crate::tensor::Rng;
use std::f32::consts::TAU;

/// A digit as someone might draw it, on a pad with sides of 1; equal generators draw equal strokes.
///
/// # Panics
/// When `class` is above 9.
#[must_use]
pub fn draw(class: u8, rng: &mut Rng) -> Drawing {
    let sloppiness = 0.012 + 0.022 * rng.uniform();
    let mut pen = Pen::new(sloppiness, rng);
    let write = match class {
        0 => round::zero,
        1 => angular::one,
        2 => bent::two,
        3 => bent::three,
        4 => angular::four,
        5 => bent::five,
        6 => round::six,
        7 => angular::seven,
        8 => round::eight,
        9 => round::nine,
        _ => panic!("there is no digit {class}"),
    };
    write(&mut pen);
    let mut strokes = pen.finish();
    strokes.iter_mut().for_each(|stroke| *stroke = run_on(stroke, rng));
    bend(&mut strokes, rng);
    lean(&mut strokes, rng);
    let strokes = move_pen(&strokes, rng);
    Drawing::new(Some(class), on_pad(&strokes, rng)).expect("a digit has few points, all near the pad")
}

/// Lets a stroke end a little early or late.
fn run_on(stroke: &[Vertex], rng: &mut Rng) -> Vec<Vertex> {
    let mut stroke = resampled(stroke, 0.02);
    let reach = 0.02 * rng.truncated_normal();
    if let [.., before, last] = stroke[..] {
        if reach > 0.0 {
            let [dx, dy] = [last[0] - before[0], last[1] - before[1]].map(|d| d / 0.02);
            stroke.push([last[0] + reach * dx, last[1] + reach * dy, 0.0]);
        } else if stroke.len() > 10 {
            stroke.truncate(stroke.len() - (reach * -50.0) as usize);
        }
    }
    stroke
}

/// Bends the sheet: two long waves in each direction.
fn bend(strokes: &mut [Vec<Vertex>], rng: &mut Rng) {
    let waves: [_; 4] = std::array::from_fn(|_| {
        let [across, down] = [0, 1].map(|_| rng.between(-0.9, 0.9));
        (across, down, rng.uniform(), 0.026 * rng.truncated_normal())
    });
    let height = |(across, down, phase, size): (f32, f32, f32, f32), v: Vertex| {
        size * direction(TAU * (across * v[0] + down * v[1] + phase))[1]
    };
    for vertex in strokes.iter_mut().flatten() {
        let v = *vertex;
        vertex[0] += height(waves[0], v) + height(waves[1], v);
        vertex[1] += height(waves[2], v) + height(waves[3], v);
    }
}

/// Stretches, slants and turns the digit, each part by its own measure: its upper half may be the wider
/// one, or the higher.
fn lean(strokes: &mut [Vec<Vertex>], rng: &mut Rng) {
    let slant = 0.18 + 0.26 * rng.truncated_normal();
    let broad = if rng.uniform() < 0.07 { 1.25 } else { 1.0 };
    let width = broad * (1.1 + 0.2 * rng.truncated_normal());
    let taper = 0.16 * rng.truncated_normal();
    let sag = 0.12 * rng.truncated_normal();
    let spread = if rng.uniform() < 0.15 { 9.0 } else { 4.0 };
    let [cos, sin] = direction((spread * rng.truncated_normal()).to_radians());
    for vertex in strokes.iter_mut().flatten() {
        let y = vertex[1] + sag * vertex[1] * (1.0 - vertex[1]) - 0.5;
        let x = vertex[0] * width * (1.0 + taper * y) - slant * y;
        *vertex = [x * cos - y * sin, x * sin + y * cos, 0.0];
    }
}

/// Takes points as a device would: further apart where the pen is fast, trembling, pressed harder or less.
fn move_pen(strokes: &[Vec<Vertex>], rng: &mut Rng) -> Vec<Vec<Vertex>> {
    let tremor = 0.004 * rng.uniform();
    let is_broad = rng.uniform() < 0.08;
    let pressure = if is_broad { 0.95 } else { 0.5 + 0.24 * rng.truncated_normal() };
    let spacing = rng.between(0.015, 0.04);
    let mut drawn = Vec::with_capacity(strokes.len());
    for stroke in strokes {
        let points = resampled(stroke, spacing);
        let (phase, swing) = (rng.uniform(), 0.07 * rng.truncated_normal());
        let last = points.len().saturating_sub(1);
        let mut kept = Vec::with_capacity(points.len());
        for (index, point) in points.into_iter().enumerate() {
            // In the middle of a stroke the pen is fast, and a device misses points.
            let is_missed = (2..last.saturating_sub(1)).contains(&index) && rng.uniform() < 0.25;
            let [dx, dy] = [0, 1].map(|_| tremor * rng.truncated_normal());
            let along = 0.03 * index as f32 + phase;
            let weight = pressure + swing * direction(TAU * along)[0];
            if !is_missed {
                kept.push([point[0] + dx, point[1] + dy, weight.clamp(0.02, 0.98)]);
            }
        }
        drawn.push(kept);
    }
    drawn
}

/// Puts the digit on the pad, small or large, not quite in the middle.
fn on_pad(strokes: &[Vec<Vertex>], rng: &mut Rng) -> Vec<Vec<Point>> {
    let [left, top, right, bottom] = extent(strokes, |_| 0.0);
    let side = rng.between(0.3, 0.9);
    let scale = side / (right - left).max(bottom - top);
    let [x, y] = [0, 1].map(|_| 0.5 + 0.5 * (1.0 - side) * rng.between(-0.7, 0.7));
    let place = |v: &Vertex| Point {
        x: x + scale * (v[0] - 0.5 * (left + right)),
        y: y + scale * (v[1] - 0.5 * (top + bottom)),
        pressure: Some(v[2]),
    };
    strokes.iter().map(|stroke| stroke.iter().map(place).collect()).collect()
}
