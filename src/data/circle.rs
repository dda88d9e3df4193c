//! A disc inside a ring.

use super::{DataSet, Draw, Source, Task, direction, jittered};
use crate::tensor::Rng;
use std::f32::consts::TAU;

pub(super) const SET: DataSet =
    DataSet { name: "circle", label: "Circle", task: Task::Classes(2..=2), source: Source::Points(sample) };

/// Class 1 within radius 0.5, class 0 between 0.7 and 1; noise in units of the inner radius.
fn sample(rng: &mut Rng, draw: &Draw) -> ([f32; 2], f32) {
    let radius = if draw.class == 1 { 0.5 * rng.uniform().sqrt() } else { rng.between(0.7, 1.0) };
    let point = direction(rng.between(0.0, TAU)).map(|c| c * radius);
    (jittered(point, 0.5 * draw.noise, rng), draw.class as f32)
}
