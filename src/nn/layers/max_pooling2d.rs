//! The largest value of each window.

use super::Layer;
use super::window::{Padding, Windows, two};
use crate::error::Result;
use crate::nn::Trace;
use serde::{Deserialize, Serialize};

/// `y[i, j, c]` = the largest of `x[i·s + u, j·s + v, c]` over the window's cells in the image; the
/// gradient goes to the first that is largest.
///
/// # Shapes
/// - input `[batch, height, width, channels]`, no weights
/// - output `[batch, (height − size) / s + 1, (width − size) / s + 1, channels]` for [`Padding::Valid`],
///   `[batch, ⌈height / s⌉, ⌈width / s⌉, channels]` for [`Padding::Same`]
///
/// # Errors
/// [`crate::error::Error::Shape`] for what is no image or is smaller than the window;
/// [`crate::error::Error::Setting`] for a setting out of its range.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaxPooling2d {
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

impl Layer for MaxPooling2d {
    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>> {
        self.windows =
            Windows::of_pool("max_pooling2d", input_shape, self.pool_size, self.strides, self.padding)?;
        Ok(self.windows.pooled())
    }

    fn forward(&self, _: &[f32], input: &[f32], trace: &mut Trace) {
        let channels = self.windows.channels;
        let outputs = input.len() / self.windows.image() * self.windows.count() * channels;
        trace.output.resize(outputs, 0.0);
        trace.winners.resize(outputs, 0);
        let rows = trace.output.chunks_exact_mut(channels).zip(trace.winners.chunks_exact_mut(channels));
        for ((best, winners), window) in rows.zip(self.windows.from(0)) {
            for (index, at) in self.windows.cells(window).enumerate() {
                let cells = input[at..][..channels].iter().zip(at as u32..);
                for ((&x, at), (best, winner)) in cells.zip(best.iter_mut().zip(winners.iter_mut())) {
                    // A NaN wins and stays, so that no divergence is lost here.
                    let wins = index == 0 || x > *best || x.is_nan();
                    *best = if wins { x } else { *best };
                    *winner = if wins { at } else { *winner };
                }
            }
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
        for (&grad, &winner) in trace.grad_output.iter().zip(&trace.winners) {
            grad_input[winner as usize] += grad;
        }
    }
}
