//! Learning from a batch in parts of rows: what the layers keep of a few pictures on their way forward is still in
//! the nearest caches on the way back. A whole batch of them is not: 64 pictures leave some 6 MB.

use super::{Network, penalties_in};
use crate::nn::{Pass, Trace};
use crate::tensor::all_finite;

/// Numbers that the layers together may give of the rows that pass at once; about three are kept for each, so
/// that a part takes some 1 MB. The reference CNN trains in Chromium on 279 batches of 64 a second of processor time
/// when they pass whole, on 304, 327 and 328 in parts of 4, 8 and 16.
const OUTPUTS_AT_ONCE: usize = 100_000;
/// Rows of a part are a multiple of this, as products take rows four at a time.
const ROWS: usize = 4;
/// Weights for each output of the layers, at most: with more of them the products want many rows at once.
const WEIGHTS_PER_OUTPUT: usize = 4;

/// What [`Network::learn`] came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Learned {
    /// Mean loss of the batch, penalties included.
    pub loss: f32,
    /// Whether every sum before an activation was a finite number.
    pub is_finite: bool,
}

impl Network {
    /// Rows that pass at once when it learns from a batch of so many, forward and backward: all of them, unless
    /// layers that work row by row keep so much of each that some at a time are faster.
    #[must_use]
    pub fn rows_at_once(&self, rows: usize) -> usize {
        let units: usize = self.units.iter().sum();
        let weights = self.shares.last().map_or(0, |share| share.end);
        let suits = self.layers.iter().all(|layer| layer.is_rowwise());
        if !suits || weights > WEIGHTS_PER_OUTPUT * units {
            return rows;
        }
        rows.min((OUTPUTS_AT_ONCE / units.max(1) / ROWS * ROWS).max(ROWS))
    }

    /// Forward and backward on a batch, `[rows, ..input_shape]` and `[rows, outputs]`: leaves ∂loss/∂weights in
    /// [`Self::grads`] and the traces of its last part in `pass`. Every sum over the rows goes on from part to part, so
    /// that each number is the one that it would be if all rows passed at once, to the bit.
    pub fn learn(&mut self, input: &[f32], targets: &[f32], pass: &mut Pass) -> Learned {
        let (outputs, loss) = (self.outputs(), self.loss);
        let rows = targets.len() / outputs;
        let (at_once, of_a_row) = (self.rows_at_once(rows), input.len() / rows);
        let size = [self.loss_units(), targets.len() / self.loss_units()];
        let mut grads = std::mem::take(&mut self.grads);
        let (mut total, mut is_finite) = (0.0, true);
        self.begin(pass);
        let parts = input.chunks(at_once * of_a_row).zip(targets.chunks(at_once * outputs));
        for (index, (input, targets)) in parts.enumerate() {
            self.go_forward(input, pass);
            is_finite &= pass.traces.iter().map(Trace::before_activation).all(all_finite);
            for trace in &mut pass.traces {
                trace.resize_backward(true);
                trace.goes_on = index > 0;
            }
            let last = pass.traces.last_mut().expect("a network has a layer");
            let mut grad = std::mem::take(&mut last.grad_output);
            let values = [self.loss_input(last), targets];
            loss.add(values, Some(&last.output), size, Some(&mut grad), &mut total);
            last.grad_output = grad;
            self.propagate(input, pass, &mut grads, None);
        }
        self.grads = grads;
        self.gather_tied();
        let loss = loss.mean_of(total, size) + penalties_in(pass) + self.penalties();
        Learned { loss, is_finite }
    }
}
