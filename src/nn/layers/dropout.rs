//! Noise against overfitting.

use super::Layer;
use crate::error::{Result, ensure_within};
use crate::nn::Trace;
use serde::{Deserialize, Serialize};

/// In a training pass `y = x · m` with m = 0 for a share of `rate` of the numbers, drawn anew for each
/// step, and 1 / (1 − rate) for all others, so that the mean stays; in inference `y = x`.
///
/// # Shapes
/// - input and output `[batch, …]`, no weights
///
/// # Errors
/// [`crate::error::Error::Setting`] for a rate outside 0…0.99.
///
/// # Reference
/// Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting, JMLR 15 (2014).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dropout {
    pub rate: f32,
}

impl Layer for Dropout {
    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>> {
        ensure_within("rate", self.rate, &(0.0..=0.99))?;
        Ok(input_shape.to_vec())
    }

    fn can_stream(&self) -> bool {
        true
    }

    fn forward(&self, _: &[f32], input: &[f32], trace: &mut Trace) {
        trace.output.resize(input.len(), 0.0);
        trace.kept.resize(input.len(), 0.0);
        match &mut trace.noise {
            None => trace.kept.fill(1.0),
            Some(noise) => {
                let scale = 1.0 / (1.0 - self.rate);
                trace.kept.fill_with(|| if noise.uniform() < self.rate { 0.0 } else { scale });
            }
        }
        for ((y, x), factor) in trace.output.iter_mut().zip(input).zip(&trace.kept) {
            *y = x * factor;
        }
    }

    fn backward(
        &self,
        _: &[f32],
        _: &[f32],
        trace: &mut Trace,
        _: &mut [f32],
        grad_input: Option<&mut [f32]>,
    ) {
        let Some(grad_input) = grad_input else { return };
        for ((grad_x, grad_y), factor) in grad_input.iter_mut().zip(&trace.grad_output).zip(&trace.kept) {
            *grad_x = grad_y * factor;
        }
    }
}
