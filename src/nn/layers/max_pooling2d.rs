//! The largest value of each window.

use super::Layer;
use super::window::{Padding, Windows, two};
use crate::error::Result;
use crate::nn::Trace;
use serde::{Deserialize, Serialize};

/// `y[i, j, c]` = the largest of `x[i·s + u, j·s + v, c]` over the window's cells in the image; the
/// gradient goes to the first that is largest. Where windows overlap, a cell sums what it is handed over ascending
/// rows of windows, within a row from the last window to the first.
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

/// Keeps the larger of each pair. Masks for SIMD: which cell is largest cannot be foretold, and as a branch
/// that took a quarter of a step. A NaN wins and stays, so that no divergence is lost here.
#[inline]
fn keep_larger<const N: usize>(best: &mut [f32; N], cell: &[f32; N]) {
    for (best, &x) in best.iter_mut().zip(cell) {
        *best = either((x > *best) | x.is_nan(), x, *best);
    }
}

/// Hands what is left of a window's gradient to a cell where that equals the largest.
#[inline]
fn hand_back<const N: usize>(grad_cell: &mut [f32; N], left: &mut [f32; N], [best, cell]: [&[f32; N]; 2]) {
    for channel in 0..N {
        let is_it = cell[channel] == best[channel];
        grad_cell[channel] += either(is_it, left[channel], 0.0);
        left[channel] = either(is_it, 0.0, left[channel]);
    }
}

fn either(holds: bool, value: f32, other: f32) -> f32 {
    let mask = 0_u32.wrapping_sub(u32::from(holds));
    f32::from_bits((value.to_bits() & mask) | (other.to_bits() & !mask))
}

/// Every so many of the parts of `N` channels that an image, or what is made of it, consists of.
#[derive(Clone, Copy)]
struct Every {
    first: usize,
    step: usize,
    count: usize,
}

impl Every {
    fn of<T>(self, parts: &[T]) -> impl Iterator<Item = &T> {
        parts[self.first..].iter().step_by(self.step).take(self.count)
    }

    fn of_mut<T>(self, parts: &mut [T]) -> impl Iterator<Item = &mut T> {
        parts[self.first..].iter_mut().step_by(self.step).take(self.count)
    }
}

impl MaxPooling2d {
    /// Hands over windows of a row with the same cell of each, as parts of the output and of the image, until all cells
    /// of all windows were there; those of one window come row by row.
    fn for_each_cells<const N: usize>(&self, mut take: impl FnMut(Every, Every)) {
        let Windows { rows, columns, channels } = self.windows;
        let parts = channels / N;
        for row in 0..rows.output {
            for line in rows.cells(row) {
                for offset in 0..self.pool_size {
                    let Some((windows, first)) = columns.windows_with(offset) else { continue };
                    for part in 0..parts {
                        let every = |cell: usize, stride: usize| Every {
                            first: cell * parts + part,
                            step: stride * parts,
                            count: windows.len(),
                        };
                        let outputs = every(row * columns.output + windows.start, 1);
                        take(outputs, every(line * columns.input + first, columns.stride()));
                    }
                }
            }
        }
    }

    /// Numbers of an image and of what is made of it.
    fn sizes(&self) -> [usize; 2] {
        [self.windows.image(), self.windows.count() * self.windows.channels]
    }

    fn pool<const N: usize>(&self, input: &[f32], output: &mut [f32]) {
        let [image, outputs] = self.sizes();
        for (image, output) in input.chunks_exact(image).zip(output.chunks_exact_mut(outputs)) {
            output.fill(f32::NEG_INFINITY);
            let (parts, best) = (image.as_chunks::<N>().0, output.as_chunks_mut::<N>().0);
            self.for_each_cells::<N>(|windows, cells| {
                let pairs = windows.of_mut(best).zip(cells.of(parts));
                pairs.for_each(|(best, cell)| keep_larger(best, cell));
            });
        }
    }

    fn pass_back<const N: usize>(&self, input: &[f32], trace: &mut Trace, grad_input: &mut [f32]) {
        let Trace { output, grad_output, scratch, .. } = trace;
        let [image, outputs] = self.sizes();
        scratch.resize(outputs, 0.0);
        let images = input.chunks_exact(image).zip(grad_input.chunks_exact_mut(image));
        let results = output.chunks_exact(outputs).zip(grad_output.chunks_exact(outputs));
        for ((image, grad_image), (output, grad_output)) in images.zip(results) {
            scratch.copy_from_slice(grad_output);
            grad_image.fill(0.0);
            let (left, grad) = (scratch.as_chunks_mut::<N>().0, grad_image.as_chunks_mut::<N>().0);
            let (parts, best) = (image.as_chunks::<N>().0, output.as_chunks::<N>().0);
            self.for_each_cells::<N>(|windows, cells| {
                let found = windows.of(best).zip(cells.of(parts));
                let places = windows.of_mut(left).zip(cells.of_mut(grad));
                for ((left, grad), (best, cell)) in places.zip(found) {
                    hand_back(grad, left, [best, cell]);
                }
            });
        }
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

    fn working_space(&self) -> usize {
        self.sizes()[1]
    }

    fn taken(&self, input: &[f32], output: &[f32]) -> Vec<usize> {
        let [image, outputs] = self.sizes();
        let places: Vec<usize> = (0..input.len()).collect();
        let mut taken = vec![usize::MAX; output.len()];
        let items = input.chunks_exact(image).zip(places.chunks_exact(image));
        let results = output.chunks_exact(outputs).zip(taken.chunks_exact_mut(outputs));
        for ((image, places), (output, taken)) in items.zip(results) {
            self.for_each_cells::<1>(|windows, cells| {
                let found = windows.of(output).zip(cells.of(image)).zip(cells.of(places));
                for (taken, ((best, cell), &place)) in windows.of_mut(taken).zip(found) {
                    if best == cell || cell.is_nan() {
                        *taken = place.min(*taken);
                    }
                }
            });
        }
        taken
    }

    fn forward(&self, _: &[f32], input: &[f32], trace: &mut Trace) {
        let [image, outputs] = self.sizes();
        trace.output.resize(input.len() / image * outputs, 0.0);
        match self.windows.channels {
            channels if channels.is_multiple_of(8) => self.pool::<8>(input, &mut trace.output),
            channels if channels.is_multiple_of(4) => self.pool::<4>(input, &mut trace.output),
            _ => self.pool::<1>(input, &mut trace.output),
        }
    }

    fn backward(
        &self,
        _: &[f32],
        input: &[f32],
        trace: &mut Trace,
        _: &mut [f32],
        grad_input: Option<&mut [f32]>,
    ) {
        let Some(grad_input) = grad_input else { return };
        match self.windows.channels {
            channels if channels.is_multiple_of(8) => self.pass_back::<8>(input, trace, grad_input),
            channels if channels.is_multiple_of(4) => self.pass_back::<4>(input, trace, grad_input),
            _ => self.pass_back::<1>(input, trace, grad_input),
        }
    }
}
