//! Residual connections: what a layer gives, added to what an earlier one gave.

use super::Layer;
use crate::error::{Result, ensure_within};
use crate::nn::Trace;
use serde::{Deserialize, Serialize};

/// `y = x + s`, where s is what was there before the last `skip` layers: the output of an earlier layer, or
/// the input of the network where `skip` counts all layers before this one. Keras takes the two as a list;
/// here, where a network is a list of layers, the second is named by how many layers it skips.
///
/// The network adds the second term and hands its gradient back, since only it holds both; see
/// [`Layer::skip`].
///
/// # Shapes
/// - both inputs and the output `[batch, …]`, all of one shape; no weights
///
/// # Errors
/// [`crate::error::Error::Setting`] for a `skip` of 0, or of more layers than there are before this one;
/// [`crate::error::Error::Shape`] when the two have different shapes.
///
/// # Reference
/// He et al., Deep residual learning for image recognition, CVPR 2016.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Add {
    pub skip: usize,
}

impl Layer for Add {
    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>> {
        ensure_within("skip", self.skip, &(1..=64))?;
        Ok(input_shape.to_vec())
    }

    fn skip(&self) -> Option<usize> {
        Some(self.skip)
    }

    fn can_stream(&self) -> bool {
        true
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
