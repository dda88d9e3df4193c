//! The code of a variational autoencoder, drawn from the distribution that its encoder tells.

use super::Layer;
use crate::error::{Error, Result, ensure_within};
use crate::nn::Trace;
use crate::tensor::math::exp;
use serde::{Deserialize, Serialize};

/// `z = μ + σ · ε` with σ = exp(½ · log σ²) and ε normal, drawn anew for each number and step in a training pass; in
/// inference `z = μ`. An input row is all means, then all log-variances.
///
/// In training passes it adds to the loss β / n · ½ Σ (μ² + σ² − 1 − log σ²), a mean over rows, the divergence of each code
/// from a standard normal distribution. β is `kl_weight`; n is the number of outputs of the network, over which a loss is
/// a mean too, or 1 where it is a mean over rows alone: so with β = 1 the whole is the negative evidence lower bound, per
/// number. A layer before which no weights lie has nothing to keep in bounds and adds nothing.
///
/// # Shapes
/// - input `[batch, 2 · size]`, output `[batch, size]`; no weights
///
/// # Errors
/// [`Error::Shape`] for an input that is no row of an even number of features; [`Error::Setting`] for a `kl_weight` outside
/// 0…1000.
///
/// # Reference
/// Kingma & Welling, Auto-encoding variational Bayes, ICLR 2014; β: Higgins et al., β-VAE, ICLR 2017.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sampling {
    #[serde(default = "one")]
    pub kl_weight: f32,
    #[serde(skip)]
    size: usize,
    /// Over how many numbers of a row the loss is a mean.
    #[serde(skip)]
    numbers: usize,
}

fn one() -> f32 {
    1.0
}

impl Sampling {
    /// A layer whose divergence counts so much.
    #[must_use]
    pub fn new(kl_weight: f32) -> Self {
        Self { kl_weight, size: 0, numbers: 0 }
    }
}

/// e^(½ · log σ²): its square overflows where σ² does, so that a loss with it does too, and a run tells that it diverged.
fn deviation(log_variance: f32) -> f32 {
    exp(0.5 * log_variance)
}

impl Layer for Sampling {
    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>> {
        ensure_within("kl_weight", self.kl_weight, &(0.0..=1000.0))?;
        match *input_shape {
            [features] if features % 2 == 0 => {
                self.size = features / 2;
                Ok(vec![self.size])
            }
            _ => Err(Error::Shape {
                layer: "sampling".into(),
                expected: "a row of means and as many log-variances (put a layer dense of twice as many units as the code has numbers before it)".into(),
                found: input_shape.to_vec(),
            }),
        }
    }

    fn take_loss_of(&mut self, numbers: usize) {
        self.numbers = numbers;
    }

    /// The divergence is a mean over the whole batch.
    fn is_rowwise(&self) -> bool {
        false
    }

    fn sees(&self, _: [usize; 4]) -> Option<[usize; 4]> {
        None
    }

    fn forward(&self, _: &[f32], input: &[f32], trace: &mut Trace) {
        let Trace { output, kept, noise, .. } = trace;
        output.resize(input.len() / 2, 0.0);
        kept.resize(output.len(), 0.0); // σ · ε
        let rows = output.chunks_exact_mut(self.size).zip(kept.chunks_exact_mut(self.size));
        for ((z, kept), row) in rows.zip(input.chunks_exact(2 * self.size)) {
            let (means, log_variances) = row.split_at(self.size);
            for (index, (z, kept)) in z.iter_mut().zip(kept).enumerate() {
                let by = |noise: &mut crate::tensor::Rng| {
                    deviation(log_variances[index]) * noise.normal_by_quantile()
                };
                *kept = noise.as_mut().map_or(0.0, by);
                *z = means[index] + *kept;
            }
        }
    }

    fn backward(
        &self,
        _: &[f32],
        input: &[f32],
        trace: &mut Trace,
        _: &mut [f32],
        grad_input: Option<&mut [f32]>,
    ) {
        let Trace { grad_output, kept, penalty, .. } = trace;
        // β = 0 is none, also where σ² is too large for a number.
        let penalty = penalty.as_mut().filter(|_| self.kl_weight > 0.0);
        let rows = input.len() / (2 * self.size);
        let scale = self.kl_weight / (self.numbers * rows) as f32;
        let penalty_scale = if penalty.is_some() { scale } else { 0.0 };
        if let Some(penalty) = penalty {
            let of_row = |row: &[f32]| -> f64 {
                let terms = row[..self.size].iter().zip(&row[self.size..]).map(|(&mean, &log_variance)| {
                    let deviation = deviation(log_variance);
                    f64::from(mean * mean) + f64::from(deviation * deviation) - 1.0 - f64::from(log_variance)
                });
                terms.sum()
            };
            let sum: f64 = input.chunks_exact(2 * self.size).map(of_row).sum();
            *penalty = (f64::from(scale) * 0.5 * sum) as f32;
        }
        let Some(grad_input) = grad_input else { return };
        let rows = grad_output.chunks_exact(self.size).zip(kept.chunks_exact(self.size));
        let inputs = input.chunks_exact(2 * self.size).zip(grad_input.chunks_exact_mut(2 * self.size));
        for ((grad_z, kept), (row, grad_row)) in rows.zip(inputs) {
            let (grad_means, grad_log_variances) = grad_row.split_at_mut(self.size);
            for index in 0..self.size {
                grad_means[index] = grad_z[index];
                grad_log_variances[index] = grad_z[index] * 0.5 * kept[index];
                if penalty_scale > 0.0 {
                    let deviation = deviation(row[self.size + index]);
                    grad_means[index] += penalty_scale * row[index];
                    grad_log_variances[index] += penalty_scale * 0.5 * (deviation * deviation - 1.0);
                }
            }
        }
    }
}
