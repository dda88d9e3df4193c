//! A sequence without its first and last steps.

use super::Layer;
use crate::error::{Error, Result};
use crate::nn::Trace;
use serde::{Deserialize, Serialize};

/// The steps of a sequence but for the first `cropping[0]` and the last `cropping[1]`: `[batch, time, features]` →
/// `[batch, time − cropping[0] − cropping[1], features]`, so that a loss asks for what comes after the first steps alone.
///
/// # Errors
/// [`Error::Shape`] for an input that is no sequence; [`Error::Setting`] where no step would be left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cropping1d {
    /// Steps taken off in front and behind.
    #[serde(default = "one_each")]
    pub cropping: [usize; 2],
    /// Numbers of the input, and where of them those are that stay.
    #[serde(skip)]
    numbers: usize,
    #[serde(skip)]
    stays: [usize; 2],
}

/// Keras' default.
fn one_each() -> [usize; 2] {
    [1, 1]
}

impl Cropping1d {
    fn stays(&self) -> std::ops::Range<usize> {
        self.stays[0]..self.stays[1]
    }
}

impl Layer for Cropping1d {
    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>> {
        let &[time, features] = input_shape else {
            return Err(Error::Shape {
                layer: "cropping1d".into(),
                expected: "a sequence [time, features]".into(),
                found: input_shape.to_vec(),
            });
        };
        let [front, behind] = self.cropping;
        let Some(left) = time.checked_sub(front.saturating_add(behind)).filter(|left| *left > 0) else {
            let allowed = format!("fewer steps together than the {time} of the sequence");
            return Err(Error::setting("cropping", format!("{:?}", self.cropping), allowed));
        };
        self.numbers = time * features;
        self.stays = [front * features, (front + left) * features];
        Ok(vec![left, features])
    }

    fn forward(&self, _: &[f32], input: &[f32], trace: &mut Trace) {
        let size = self.stays().len();
        trace.output.resize(input.len() / self.numbers * size, 0.0);
        for (output, input) in trace.output.chunks_exact_mut(size).zip(input.chunks_exact(self.numbers)) {
            output.copy_from_slice(&input[self.stays()]);
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
        grad_input.fill(0.0);
        let grads = trace.grad_output.chunks_exact(self.stays().len());
        for (grad_input, grad) in grad_input.chunks_exact_mut(self.numbers).zip(grads) {
            grad_input[self.stays()].copy_from_slice(grad);
        }
    }
}
