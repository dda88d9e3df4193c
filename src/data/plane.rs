//! Regression: a tilted plane.

use super::{DataSet, Draw, Source, Task};
use crate::tensor::Rng;

pub(super) const SET: DataSet =
    DataSet { name: "plane", label: "Plane", task: Task::Regression, source: Source::Points(sample) };

/// (x + y) / 2 over the unit square, with normal noise on the value.
fn sample(rng: &mut Rng, draw: &Draw) -> ([f32; 2], f32) {
    let point = [rng.between(-1.0, 1.0), rng.between(-1.0, 1.0)];
    (point, 0.5 * (point[0] + point[1]) + draw.noise * rng.normal())
}
