//! Larger images: every cell several times.

use super::Layer;
use super::window::two;
use crate::error::{Error, Result, ensure_within};
use crate::nn::Trace;
use serde::{Deserialize, Serialize};

/// `y[i, j, c] = x[⌊i / size⌋, ⌊j / size⌋, c]`: the nearest cell, Keras' default interpolation. The gradient of a cell is
/// the sum of those of its copies, row by row.
///
/// # Shapes
/// - input `[batch, height, width, channels]`, no weights
/// - output `[batch, height · size, width · size, channels]`
///
/// # Errors
/// [`Error::Shape`] for what is no image; [`Error::Setting`] for a size outside 1…32.
///
/// # Reference
/// Odena et al., Deconvolution and checkerboard artifacts, Distill (2016): followed by a convolution it takes the place
/// of a transposed one, without the pattern that overlapping windows leave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpSampling2d {
    /// Copies of each cell, down and along.
    #[serde(default = "two")]
    pub size: usize,
    #[serde(skip)]
    channels: usize,
    /// Numbers of a row of the input.
    #[serde(skip)]
    line: usize,
}

impl Layer for UpSampling2d {
    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>> {
        ensure_within("size", self.size, &(1..=32))?;
        let &[height, width, channels] = input_shape else {
            return Err(Error::Shape {
                layer: "up_sampling2d".into(),
                expected: "images [height, width, channels]".into(),
                found: input_shape.to_vec(),
            });
        };
        (self.channels, self.line) = (channels, width.saturating_mul(channels));
        Ok(vec![height.saturating_mul(self.size), width.saturating_mul(self.size), channels])
    }

    fn sees(&self, [row, column, rows, columns]: [usize; 4]) -> Option<[usize; 4]> {
        let span = |first: usize, many: usize| (first / self.size, (first + many).div_ceil(self.size));
        let ((top, bottom), (left, right)) = (span(row, rows), span(column, columns));
        Some([top, left, bottom - top, right - left])
    }

    fn forward(&self, _: &[f32], input: &[f32], trace: &mut Trace) {
        let (size, channels) = (self.size, self.channels);
        trace.output.resize(input.len() * size * size, 0.0);
        let copies = trace.output.chunks_exact_mut(self.line * size * size);
        for (row, copies) in input.chunks_exact(self.line).zip(copies) {
            let (first, others) = copies.split_at_mut(self.line * size);
            for (cell, copies) in row.chunks_exact(channels).zip(first.chunks_exact_mut(channels * size)) {
                copies.chunks_exact_mut(channels).for_each(|copy| copy.copy_from_slice(cell));
            }
            others.chunks_exact_mut(self.line * size).for_each(|other| other.copy_from_slice(first));
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
        let (size, channels) = (self.size, self.channels);
        grad_input.fill(0.0);
        let copies = trace.grad_output.chunks_exact(self.line * size * size);
        for (row, copies) in grad_input.chunks_exact_mut(self.line).zip(copies) {
            for copy in copies.chunks_exact(self.line * size) {
                let cells = row.chunks_exact_mut(channels).zip(copy.chunks_exact(channels * size));
                for (cell, copies) in cells {
                    for copy in copies.chunks_exact(channels) {
                        cell.iter_mut().zip(copy).for_each(|(sum, grad)| *sum += grad);
                    }
                }
            }
        }
    }
}
