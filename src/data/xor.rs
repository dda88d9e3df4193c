//! The exclusive or: opposite quadrants belong together.

use super::{DataSet, Draw, Source, Task, jittered};
use crate::tensor::Rng;

pub(super) const SET: DataSet = DataSet {
    name: "xor",
    label: "Exclusive or",
    task: Task::Classes(2..=2),
    source: Source::Points(sample),
};

/// Class 1 where x and y have the same sign, with a gap of 0.1 along the axes.
fn sample(rng: &mut Rng, draw: &Draw) -> ([f32; 2], f32) {
    let (x, y) = (rng.between(0.05, 1.0), rng.between(0.05, 1.0));
    let x = if rng.below(2) == 0 { x } else { -x };
    let y = if (x > 0.0) == (draw.class == 1) { y } else { -y };
    (jittered([x, y], 0.5 * draw.noise, rng), draw.class as f32)
}
