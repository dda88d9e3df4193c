//! Numbers brought to one scale within each item.

use super::batch_normalization::{epsilon, gamma_and_beta, last_axis};
use super::{Layer, WeightSpec, is_trainable, trainable};
use crate::error::{Result, ensure_within};
use crate::nn::Trace;
use serde::{Deserialize, Serialize};

/// `y = γ · x̂ + β` with `x̂ = (x − μ) / √(σ² + ε)`, where μ and σ² are mean and variance along the last
/// axis: of the features of an item, or of the channels of a cell of an image.
///
/// # Shapes
/// - input and output `[batch, …, features]`, both weights `[features]`
///
/// # Errors
/// [`crate::error::Error::Setting`] for an epsilon out of its range.
///
/// # Reference
/// Ba, Kiros & Hinton, Layer normalization, 2016.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerNormalization {
    #[serde(default = "epsilon")]
    pub epsilon: f32,
    /// Whether updates change its weights; if not they are frozen, and their gradient is only measured.
    #[serde(default = "trainable", skip_serializing_if = "is_trainable")]
    pub trainable: bool,
    #[serde(skip)]
    features: usize,
}

impl Default for LayerNormalization {
    /// Keras' defaults.
    fn default() -> Self {
        Self { epsilon: epsilon(), trainable: true, features: 0 }
    }
}

/// Sum of numbers, in `f64`.
fn sum(terms: impl Iterator<Item = f32>) -> f64 {
    terms.fold(0.0, |sum, term| sum + f64::from(term))
}

impl LayerNormalization {
    /// Mean of a row and 1 / √(σ² + ε).
    fn moments(&self, row: &[f32]) -> [f32; 2] {
        let count = row.len() as f64;
        let mean = (sum(row.iter().copied()) / count) as f32;
        let variance = (sum(row.iter().map(|x| (x - mean) * (x - mean))) / count) as f32;
        [mean, 1.0 / (variance + self.epsilon).sqrt()]
    }
}

impl Layer for LayerNormalization {
    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>> {
        ensure_within("epsilon", self.epsilon, &(1e-8..=1.0))?;
        self.features = last_axis("layer_normalization", input_shape)?;
        Ok(input_shape.to_vec())
    }

    fn is_rowwise(&self) -> bool {
        false // its gradients are summed in f64 and then rounded
    }

    fn weights(&self) -> Vec<WeightSpec> {
        gamma_and_beta(self.features, self.trainable)
    }

    fn can_stream(&self) -> bool {
        true
    }

    fn forward(&self, weights: &[f32], input: &[f32], trace: &mut Trace) {
        let (gammas, betas) = weights.split_at(self.features);
        trace.output.resize(input.len(), 0.0);
        trace.kept.resize(2 * (input.len() / self.features), 0.0);
        let rows = trace.output.chunks_exact_mut(self.features).zip(input.chunks_exact(self.features));
        for ((output, input), kept) in rows.zip(trace.kept.as_chunks_mut().0) {
            *kept = self.moments(input);
            let [mean, scale] = *kept;
            for ((y, x), (gamma, beta)) in output.iter_mut().zip(input).zip(gammas.iter().zip(betas)) {
                *y = gamma * ((x - mean) * scale) + beta;
            }
        }
    }

    fn backward(
        &self,
        weights: &[f32],
        input: &[f32],
        trace: &mut Trace,
        grad_weights: &mut [f32],
        mut grad_input: Option<&mut [f32]>,
    ) {
        let features = self.features;
        let gammas = &weights[..features];
        let (grad_gammas, grad_betas) = grad_weights.split_at_mut(features);
        grad_gammas.fill(0.0);
        grad_betas.fill(0.0);
        let rows = input.chunks_exact(features).zip(trace.grad_output.chunks_exact(features));
        for (index, ((x, grad_y), &[mean, scale])) in rows.zip(trace.kept.as_chunks().0).enumerate() {
            let normal = |x: f32| (x - mean) * scale;
            let grads = grad_gammas.iter_mut().zip(&mut *grad_betas);
            for ((grad_gamma, grad_beta), (&x, grad_y)) in grads.zip(x.iter().zip(grad_y)) {
                *grad_gamma += grad_y * normal(x);
                *grad_beta += grad_y;
            }
            let Some(grad_input) = &mut grad_input else { continue };
            // Each number moves the mean and the variance of its row.
            let grads = || grad_y.iter().zip(gammas).map(|(grad, gamma)| grad * gamma);
            let by_mean = (sum(grads()) / features as f64) as f32;
            let along = grads().zip(x).map(|(grad, &x)| grad * normal(x));
            let by_variance = (sum(along) / features as f64) as f32;
            let grad_x = &mut grad_input[index * features..][..features];
            for ((grad_x, grad), &x) in grad_x.iter_mut().zip(grads()).zip(x) {
                *grad_x = scale * (grad - by_mean - normal(x) * by_variance);
            }
        }
    }
}
