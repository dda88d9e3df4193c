//! Arms that wind around each other: the set that needs depth.

use super::{DataSet, Draw, Source, Task, direction, jittered};
use crate::tensor::Rng;
use std::f32::consts::TAU;

pub(super) const SET: DataSet =
    DataSet { name: "spiral", label: "Spiral", task: Task::Classes(2..=10), source: Source::Points(sample) };

/// Arms from radius 0.1 to 1. The more arms the fewer turns, so that neighbouring arms stay 1/3
/// apart; noise is in units of that distance.
fn sample(rng: &mut Rng, draw: &Draw) -> ([f32; 2], f32) {
    const DISTANCE: f32 = 1.0 / 3.0;
    let arms = draw.classes as f32;
    let turns = 1.0 / (DISTANCE * arms);
    let radius = rng.between(0.1, 1.0);
    let point = direction(TAU * (turns * radius + draw.class as f32 / arms)).map(|c| c * radius);
    (jittered(point, DISTANCE * draw.noise, rng), draw.class as f32)
}
