//! The number that is likely beside others, and how sure that is.

use super::chains::machine;
use crate::data::Examples;
use crate::nn::rbm::Room;
use crate::train::Run;

/// Where numbers are looked for: as far as those of training items reach, and this share of it beyond.
const BEYOND: f32 = 0.5;

/// Mean and deviation of the number beside each of the items, `[items, 2]`, and what it really is.
pub(super) struct Predicted {
    pub spreads: Vec<f32>,
    pub truth: Vec<f32>,
}

/// The least and the most of the numbers of training items, and somewhat beyond.
pub(super) fn range(run: &Run) -> [f32; 2] {
    let labels = run.data().train.all_labels();
    let low = labels.iter().copied().fold(f32::INFINITY, f32::min);
    let high = labels.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let beyond = BEYOND * (high - low).max(0.1);
    [low - beyond, high + beyond]
}

impl Predicted {
    /// Of the first `most` examples.
    pub fn of(run: &Run, examples: &Examples, most: usize) -> Self {
        let many = examples.len().min(most);
        let (rbm, weights) = machine(run);
        let size = rbm.visible_units();
        let mut rows = vec![0.0; size * many];
        rows.chunks_exact_mut(size).enumerate().for_each(|(item, row)| examples.copy_item(item, row));
        let mut spreads = Vec::new();
        rbm.number_spread(weights, &mut rows, (size - 1, range(run)), &mut spreads, &mut Room::default());
        Self { spreads, truth: examples.all_labels()[..many].to_vec() }
    }

    /// R², the share of the variance that is told: 1 − Σ(y − ŷ)² / Σ(y − ȳ)².
    pub fn r_squared(&self) -> f32 {
        let many = self.truth.len().max(1) as f64;
        let mean = self.truth.iter().map(|&y| f64::from(y)).sum::<f64>() / many;
        let square = |x: f64| x * x;
        let errors = self.truth.iter().zip(self.spreads.chunks_exact(2));
        let left: f64 = errors.map(|(&y, spread)| square(f64::from(y - spread[0]))).sum();
        let all: f64 = self.truth.iter().map(|&y| square(f64::from(y) - mean)).sum();
        (1.0 - left / all.max(f64::MIN_POSITIVE)) as f32
    }
}
