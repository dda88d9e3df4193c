//! The same numbers in another shape.

use super::Layer;
use crate::error::{Error, Result};
use crate::nn::Trace;
use crate::nn::network::size;
use serde::{Deserialize, Serialize};

/// The same numbers, in their order, as images or as rows of features: `[batch, ..input]` →
/// `[batch, height, width, channels]` or `[batch, features]`.
///
/// # Errors
/// [`Error::Setting`] for a target shape of another number of axes, or of more or fewer numbers than the input has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reshape {
    /// Shape of the output, without the batch axis.
    pub target_shape: Vec<usize>,
    #[serde(skip)]
    keeps_shape: bool,
}

impl Layer for Reshape {
    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>> {
        let target = &self.target_shape;
        if !matches!(**target, [_] | [_, _, _]) {
            let allowed = "[height, width, channels] or [features]";
            return Err(Error::setting("target_shape", format!("{target:?}"), allowed));
        }
        let (wanted, found) = (size(target), size(input_shape));
        if wanted != found {
            let given = format!("{target:?}, {wanted} numbers");
            let allowed = format!("of {found} numbers, those of its input {input_shape:?}");
            return Err(Error::setting("target_shape", given, allowed));
        }
        self.keeps_shape = target == input_shape;
        Ok(target.clone())
    }

    fn sees(&self, part: [usize; 4]) -> Option<[usize; 4]> {
        self.keeps_shape.then_some(part)
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
