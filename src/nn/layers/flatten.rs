//! Images as rows of features.

use super::Layer;
use crate::error::Result;
use crate::nn::Trace;
use serde::{Deserialize, Serialize};

/// The same numbers in one axis: `[batch, height, width, channels]` → `[batch, height · width · channels]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flatten {}

impl Layer for Flatten {
    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>> {
        Ok(vec![input_shape.iter().product()])
    }

    fn forward(&self, _: &[f32], input: &[f32], trace: &mut Trace) {
        trace.output.resize(input.len(), 0.0);
        trace.output.copy_from_slice(input);
    }

    fn backward(
        &self,
        _: &[f32],
        _: &[f32],
        trace: &mut Trace,
        _: &mut [f32],
        grad_input: Option<&mut [f32]>,
    ) {
        if let Some(grad_input) = grad_input {
            grad_input.copy_from_slice(&trace.grad_output);
        }
    }
}
