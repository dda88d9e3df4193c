//! One mean for each feature map.

use super::Layer;
use super::window::{Padding, Windows};
use crate::error::Result;
use crate::nn::Trace;
use serde::{Deserialize, Serialize};

/// `y[c]` = the mean of `x[i, j, c]` over all rows i and columns j.
///
/// # Shapes
/// - input `[batch, height, width, channels]`, no weights
/// - output `[batch, channels]`
///
/// # Errors
/// [`crate::error::Error::Shape`] for what is no image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GlobalAveragePooling2d {
    #[serde(skip)]
    image: Windows,
}

impl Layer for GlobalAveragePooling2d {
    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>> {
        self.image = Windows::new("global_average_pooling2d", input_shape, [1, 1], Padding::Valid)?;
        Ok(vec![self.image.channels])
    }

    fn sees(&self, _: [usize; 4]) -> Option<[usize; 4]> {
        None
    }

    fn forward(&self, _: &[f32], input: &[f32], trace: &mut Trace) {
        let channels = self.image.channels;
        trace.output.resize(input.len() / self.image.count(), 0.0);
        let images = input.chunks_exact(self.image.image());
        for (mean, image) in trace.output.chunks_exact_mut(channels).zip(images) {
            mean.fill(0.0);
            for cell in image.chunks_exact(channels) {
                mean.iter_mut().zip(cell).for_each(|(sum, x)| *sum += x);
            }
            mean.iter_mut().for_each(|sum| *sum /= self.image.count() as f32);
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
        let channels = self.image.channels;
        let grads = trace.grad_output.chunks_exact(channels);
        for (image, grads) in grad_input.chunks_exact_mut(self.image.image()).zip(grads) {
            for cell in image.chunks_exact_mut(channels) {
                cell.iter_mut().zip(grads).for_each(|(x, grad)| *x = grad / self.image.count() as f32);
            }
        }
    }
}
