//! The loss of a network of this lab in `f64`, written out apart from the engine: difference quotients of an `f32`
//! loss cannot tell the small gradients of deep networks from rounding. The factors of dropout are those of the pass
//! that is checked.

use super::blocks::Block;
use crate::nn::{Activation, LayerConfig, Loss, Slot, Trace};

/// What does not change from one loss to the next.
pub(super) struct Exact<'a> {
    pub(super) blocks: &'a [Block],
    pub(super) slots: &'a [Slot],
    /// Of the pass that is checked.
    pub(super) traces: &'a [Trace],
    pub(super) inputs: &'a [f32],
    pub(super) targets: &'a [f32],
    pub(super) loss: Loss,
    /// Whether normalizations take the statistics of the batch.
    pub(super) is_training: bool,
}

impl Exact<'_> {
    /// The loss with these weights, and on which side of the kinks of its activations the pass was.
    pub(super) fn loss(&self, weights: &[f64]) -> (f64, Vec<bool>) {
        let mut sides = Vec::new();
        let mut ends: Vec<Vec<f64>> = vec![self.inputs.iter().map(|&x| f64::from(x)).collect()];
        let mut logits = Vec::new();
        for (index, block) in self.blocks.iter().enumerate() {
            let units = block.dense.units;
            let array = |at: usize, name: &str| {
                let slot = self.slots.iter().find(|slot| slot.layer == at && slot.name == name);
                slot.map_or(&[][..], |slot| &weights[slot.range.clone()])
            };
            let (kernel, bias) = (array(block.at, "kernel"), array(block.at, "bias"));
            let mut x = affine(&ends[index], kernel, bias);
            if has_kink(block.dense.activation) {
                sides.extend(x.iter().flat_map(|&z| [z > 0.0, z.abs() < 3.0]));
            }
            if index == self.blocks.len() - 1 {
                logits.clone_from(&x);
            }
            activate(block.dense.activation, &mut x, units);
            let mut at = block.at + 1;
            if let Some(normalization) = &block.normalization {
                let affine = [array(at, "gamma"), array(at, "beta")];
                let moving = [array(at, "moving_mean"), array(at, "moving_variance")];
                self.normalize(normalization, &mut x, affine, moving);
                at += 1;
            }
            if block.dropout.is_some() {
                x.iter_mut().zip(&self.traces[at].kept).for_each(|(x, &factor)| *x *= f64::from(factor));
            }
            if let Some(over) = block.skip {
                let source = &ends[index + 1 - over];
                x.iter_mut().zip(source).for_each(|(x, skipped)| *x += skipped);
            }
            ends.push(x);
        }
        let outputs = ends.pop().unwrap_or_default();
        let shown = if self.loss.logits_of().is_some() { &logits } else { &outputs };
        (self.of_outputs(shown), sides)
    }

    fn normalize(
        &self,
        normalization: &LayerConfig,
        x: &mut [f64],
        [gamma, beta]: [&[f64]; 2],
        [mean, variance]: [&[f64]; 2],
    ) {
        let size = gamma.len();
        match normalization {
            LayerConfig::BatchNormalization(batch) => {
                let rows = x.len() / size;
                for channel in 0..size {
                    let column = || (0..rows).map(|row| row * size + channel);
                    let (mean, variance) = if self.is_training && batch.trainable {
                        moments(column().map(|at| x[at]).collect::<Vec<_>>().as_slice())
                    } else {
                        (mean[channel], variance[channel])
                    };
                    let scale = 1.0 / libm::sqrt(variance + f64::from(batch.epsilon));
                    for at in column() {
                        x[at] = gamma[channel] * (x[at] - mean) * scale + beta[channel];
                    }
                }
            }
            LayerConfig::LayerNormalization(layer) => {
                for row in x.chunks_exact_mut(size) {
                    let (mean, variance) = moments(row);
                    let scale = 1.0 / libm::sqrt(variance + f64::from(layer.epsilon));
                    for (x, (gamma, beta)) in row.iter_mut().zip(gamma.iter().zip(beta)) {
                        *x = gamma * (*x - mean) * scale + beta;
                    }
                }
            }
            _ => {}
        }
    }

    /// The loss of logits, where it is joined with the last activation, or else of outputs; a mean over rows, or over
    /// all of them for mean errors.
    fn of_outputs(&self, values: &[f64]) -> f64 {
        let units = self.blocks.last().map_or(1, |block| block.dense.units);
        let targets: Vec<f64> = self.targets.iter().map(|&target| f64::from(target)).collect();
        let pairs = || values.iter().copied().zip(targets.iter().copied());
        let count = values.len() as f64;
        match self.loss {
            Loss::BinaryCrossentropy => {
                // ln(1 + eᶻ) − t z without overflow.
                let one = |(z, t): (f64, f64)| z.max(0.0) + libm::log1p(libm::exp(-z.abs())) - t * z;
                pairs().map(one).sum::<f64>() / count
            }
            Loss::MeanSquaredError => pairs().map(|(y, t)| (y - t) * (y - t)).sum::<f64>() / count,
            Loss::MeanAbsoluteError => pairs().map(|(y, t)| (y - t).abs()).sum::<f64>() / count,
            Loss::Hinge => pairs().map(|(y, t)| (1.0 - (2.0 * t - 1.0) * y).max(0.0)).sum::<f64>() / count,
            Loss::CategoricalCrossentropy | Loss::SparseCategoricalCrossentropy => {
                let rows = values.chunks_exact(units).zip(targets.chunks_exact(units));
                let row = |(z, t): (&[f64], &[f64])| {
                    let most = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    let sum: f64 = z.iter().map(|z| libm::exp(z - most)).sum();
                    most + libm::log(sum) - z.iter().zip(t).map(|(z, t)| z * t).sum::<f64>()
                };
                rows.map(row).sum::<f64>() / (count / units as f64)
            }
        }
    }
}

/// Mean and variance.
fn moments(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    (mean, values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count)
}

/// `x · w + b` for rows of as many numbers as `w` has rows.
fn affine(x: &[f64], kernel: &[f64], bias: &[f64]) -> Vec<f64> {
    let units = bias.len();
    let mut sums = Vec::with_capacity(x.len() / (kernel.len() / units) * units);
    for row in x.chunks_exact(kernel.len() / units) {
        let start = sums.len();
        sums.extend_from_slice(bias);
        for (x, weights) in row.iter().zip(kernel.chunks_exact(units)) {
            sums[start..].iter_mut().zip(weights).for_each(|(sum, weight)| *sum += x * weight);
        }
    }
    sums
}

/// Whether the slope jumps, or its curvature does, somewhere.
fn has_kink(activation: Activation) -> bool {
    use Activation as A;
    matches!(activation, A::Relu | A::LeakyRelu | A::Elu | A::Selu | A::Softsign | A::HardSigmoid)
}

/// f of rows of `units` numbers; the formulas of [`Activation`].
fn activate(activation: Activation, z: &mut [f64], units: usize) {
    if activation == Activation::Softmax {
        for row in z.chunks_exact_mut(units) {
            let most = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            row.iter_mut().for_each(|z| *z = libm::exp(*z - most));
            let sum: f64 = row.iter().sum();
            row.iter_mut().for_each(|z| *z /= sum);
        }
        return;
    }
    z.iter_mut().for_each(|z| *z = value(activation, *z));
}

fn value(activation: Activation, z: f64) -> f64 {
    let sigmoid = |z: f64| 1.0 / (1.0 + libm::exp(-z));
    match activation {
        Activation::Linear => z,
        Activation::Relu => z.max(0.0),
        Activation::LeakyRelu => z.max(0.2 * z),
        Activation::Elu => {
            if z > 0.0 {
                z
            } else {
                libm::expm1(z)
            }
        }
        Activation::Selu => {
            1.050_700_987_355_480_5 * if z > 0.0 { z } else { 1.673_263_242_354_377_2 * libm::expm1(z) }
        }
        Activation::Gelu => z * 0.5 * (1.0 + libm::erf(z * std::f64::consts::FRAC_1_SQRT_2)),
        Activation::Silu => z * sigmoid(z),
        Activation::Softplus => z.max(0.0) + libm::log1p(libm::exp(-z.abs())),
        Activation::Softsign => z / (1.0 + z.abs()),
        Activation::Sigmoid | Activation::Softmax => sigmoid(z),
        Activation::HardSigmoid => (z / 6.0 + 0.5).clamp(0.0, 1.0),
        Activation::Tanh => libm::tanh(z),
    }
}
