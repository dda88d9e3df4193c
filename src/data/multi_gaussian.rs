//! Regression: hills and hollows.

use super::{DataSet, Draw, Source, Task};
use crate::tensor::{Rng, math::exp};

pub(super) const SET: DataSet = DataSet {
    name: "multi_gaussian",
    label: "Hills and hollows",
    task: Task::Regression,
    source: Source::Points(sample),
};

/// Centres of the bumps and their signs.
const BUMPS: [([f32; 2], f32); 6] = [
    ([-0.6, 0.4], 1.0),
    ([0.0, 0.6], -1.0),
    ([0.6, 0.4], 1.0),
    ([-0.6, -0.4], -1.0),
    ([0.0, -0.6], 1.0),
    ([0.6, -0.4], -1.0),
];

/// A sum of six bumps of width 0.25, with normal noise on the value.
fn sample(rng: &mut Rng, draw: &Draw) -> ([f32; 2], f32) {
    let [x, y] = [rng.between(-1.0, 1.0), rng.between(-1.0, 1.0)];
    let height = |&([cx, cy], sign): &([f32; 2], f32)| {
        let squared = (x - cx) * (x - cx) + (y - cy) * (y - cy);
        sign * exp(-squared / (2.0 * 0.25 * 0.25))
    };
    ([x, y], BUMPS.iter().map(height).sum::<f32>() + draw.noise * rng.normal())
}
