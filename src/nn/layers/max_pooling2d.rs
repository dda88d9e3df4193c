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

/// Keeps the larger of each pair, with its place. Masks for SIMD: which cell is largest cannot be
/// foretold, and as a branch that took a quarter of a step. A NaN wins and stays, so that no divergence
/// is lost here.
#[inline]
fn keep_larger<const N: usize>(cell: &[f32; N], best: &mut [f32; N], winners: &mut [u32; N], at: u32) {
    for channel in 0..N {
        let (x, y) = (cell[channel], best[channel]);
        let wins = 0_u32.wrapping_sub(u32::from((x > y) | x.is_nan()));
        best[channel] = f32::from_bits((x.to_bits() & wins) | (y.to_bits() & !wins));
        winners[channel] = ((at + channel as u32) & wins) | (winners[channel] & !wins);
    }
}

impl Layer for MaxPooling2d {
    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>> {
        self.windows =
            Windows::of_pool("max_pooling2d", input_shape, self.pool_size, self.strides, self.padding)?;
        Ok(self.windows.pooled())
    }

    fn sees(&self, part: [usize; 4]) -> Option<[usize; 4]> {
        Some(self.windows.covered_by(part))
    }

    fn forward(&self, _: &[f32], input: &[f32], trace: &mut Trace) {
        let channels = self.windows.channels;
        let outputs = input.len() / self.windows.image() * self.windows.count() * channels;
        trace.output.resize(outputs, 0.0);
        trace.winners.resize(outputs, 0);
        let rows = trace.output.chunks_exact_mut(channels).zip(trace.winners.chunks_exact_mut(channels));
        for ((best, winners), window) in rows.zip(self.windows.from(0)) {
            let mut cells = self.windows.cells(window);
            let first = cells.next().expect("a window has a cell in the image");
            best.copy_from_slice(&input[first..][..channels]);
            winners.iter_mut().zip(first as u32..).for_each(|(winner, at)| *winner = at);
            for at in cells {
                let cell = &input[at..][..channels];
                let (cells, rest) = cell.as_chunks::<4>();
                let (best, rest_best) = best.as_chunks_mut::<4>();
                let (winners, rest_winners) = winners.as_chunks_mut::<4>();
                for (((cell, best), winners), at) in
                    cells.iter().zip(best).zip(winners).zip((at..).step_by(4))
                {
                    keep_larger(cell, best, winners, at as u32);
                }
                let rest = rest.iter().zip(rest_best).zip(rest_winners).zip(at + channels / 4 * 4..);
                for (((&cell, best), winner), at) in rest {
                    keep_larger(&[cell], std::array::from_mut(best), std::array::from_mut(winner), at as u32);
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
