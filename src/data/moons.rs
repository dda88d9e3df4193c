//! Two interleaved half-circles.

use super::{DataSet, Draw, Source, Task, direction, jittered};
use crate::tensor::Rng;
use std::f32::consts::PI;

pub(super) const SET: DataSet =
    DataSet { name: "moons", label: "Moons", task: Task::Classes(2..=2), source: Source::Points(sample) };

/// Half-circles of radius 1, the second turned over and shifted by (1, 0.5); noise in units of the radius.
fn sample(rng: &mut Rng, draw: &Draw) -> ([f32; 2], f32) {
    let [x, y] = direction(PI * rng.uniform());
    let point = if draw.class == 0 { [x, y] } else { [1.0 - x, 0.5 - y] };
    (jittered([point[0] - 0.5, point[1] - 0.25], draw.noise, rng), draw.class as f32)
}
