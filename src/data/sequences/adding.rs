//! The adding problem: each step is a number from 0 to 1 and a mark; the sum of the two numbers that are marked is to be
//! told at the end. One is marked in the first half, one in the second. Who always says 1 has a mean squared error of
//! 1/6, the variance of the sum.
//!
//! Hochreiter & Schmidhuber, Long short-term memory, Neural Computation 9 (1997), experiment 4, with numbers from 0
//! as in Le et al., arXiv 1504.00941 (2015).

use super::super::{DataSet, Source, Task};
use super::{Draw, Recipe};
use crate::tensor::Rng;

pub(in crate::data) const SET: DataSet =
    DataSet { name: "adding", label: "Adding", task: Task::Regression, source: Source::Sequences(&RECIPE) };

const RECIPE: Recipe = Recipe {
    asks: "what the two marked numbers sum to",
    symbols: &[],
    classes: &[],
    answers: 0,
    length: |lag| lag,
    draw: Draw::Numbers { features: 2, draw },
};

fn draw(rng: &mut Rng, lag: usize, _: f32) -> (Vec<f32>, f32) {
    let mut steps: Vec<f32> = (0..lag).flat_map(|_| [rng.uniform(), 0.0]).collect();
    let half = lag / 2;
    let first = rng.below(half as u32) as usize;
    let second = half + rng.below((lag - half) as u32) as usize;
    for marked in [first, second] {
        steps[2 * marked + 1] = 1.0;
    }
    let sum = steps[2 * first] + steps[2 * second];
    (steps, sum)
}
