//! The mean of each window.

use super::Layer;
use super::window::{Padding, Windows, two};
use crate::error::Result;
use crate::nn::Trace;
use serde::{Deserialize, Serialize};

/// `y[i, j, c]` = the mean of `x[i·s + u, j·s + v, c]` over those of the window's cells that lie in the
/// image.
///
/// # Shapes
/// - input `[batch, height, width, channels]`, no weights
/// - output `[batch, (height − size) / s + 1, (width − size) / s + 1, channels]` for [`Padding::Valid`],
///   `[batch, ⌈height / s⌉, ⌈width / s⌉, channels]` for [`Padding::Same`]
///
/// # Errors
/// As [`super::MaxPooling2d`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AveragePooling2d {
    #[serde(default = "two")]
    pub pool_size: usize,
    /// Cells from one window to the next; left out, as many as the window has.
    #[serde(default)]
    pub strides: Option<usize>,
    #[serde(default)]
    pub padding: Padding,
    #[serde(skip)]
    windows: Windows,
}

impl Layer for AveragePooling2d {
    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>> {
        self.windows =
            Windows::of_pool("average_pooling2d", input_shape, self.pool_size, self.strides, self.padding)?;
        Ok(self.windows.pooled())
    }

    fn sees(&self, part: [usize; 4]) -> Option<[usize; 4]> {
        Some(self.windows.covered_by(part))
    }

    fn forward(&self, _: &[f32], input: &[f32], trace: &mut Trace) {
        let channels = self.windows.channels;
        trace.output.resize(input.len() / self.windows.image() * self.windows.count() * channels, 0.0);
        for (mean, window) in trace.output.chunks_exact_mut(channels).zip(self.windows.each()) {
            mean.fill(0.0);
            let mut cells = 0.0;
            for at in self.windows.cells(window) {
                mean.iter_mut().zip(&input[at..]).for_each(|(sum, x)| *sum += x);
                cells += 1.0;
            }
            mean.iter_mut().for_each(|sum| *sum /= cells);
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
        let grads = trace.grad_output.chunks_exact(self.windows.channels);
        for (grads, window) in grads.zip(self.windows.each()) {
            let cells = self.windows.cells(window).count() as f32;
            for at in self.windows.cells(window) {
                grad_input[at..].iter_mut().zip(grads).for_each(|(sum, grad)| *sum += grad / cells);
            }
        }
    }
}
