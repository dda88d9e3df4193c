//! Two clouds that a straight line separates.

use super::{DataSet, Draw, Source, Task, jittered};
use crate::tensor::Rng;

pub(super) const SET: DataSet = DataSet {
    name: "gaussians",
    label: "Gaussians",
    task: Task::Classes(2..=2),
    source: Source::Points(sample),
};

/// Clouds around ±(0.5, 0.5) with deviation 0.1 + 0.8 · noise.
fn sample(rng: &mut Rng, draw: &Draw) -> ([f32; 2], f32) {
    let centre = if draw.class == 1 { 0.5 } else { -0.5 };
    (jittered([centre, centre], 0.1 + 0.8 * draw.noise, rng), draw.class as f32)
}
