//! Three to ten clouds on a circle.

use super::{DataSet, Draw, Source, Task, direction, jittered};
use crate::tensor::Rng;
use std::f32::consts::TAU;

pub(super) const SET: DataSet =
    DataSet { name: "blobs", label: "Blobs", task: Task::Classes(3..=10), source: Source::Points(sample) };

/// Clouds at radius 0.75 with deviation 0.1 + 0.6 · noise.
fn sample(rng: &mut Rng, draw: &Draw) -> ([f32; 2], f32) {
    let angle = TAU * (draw.class as f32 / draw.classes as f32 + 0.25);
    (jittered(direction(angle).map(|c| 0.75 * c), 0.1 + 0.6 * draw.noise, rng), draw.class as f32)
}
