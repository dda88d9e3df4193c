//! What a recurrent layer leaves behind of a pass, time step by time step: for its way back, and for the pictures of what
//! its cells remember.

use crate::tensor::bytes_of;
use crate::tensor::matmul::Panels;

/// A recurrent layer through time. Buffers are time-major, `[time, rows, …]`, so that what all rows are at one step lies
/// together; gates lie side by side in the order of their layer. Those of other layers are empty.
#[derive(Clone, Debug, Default)]
pub struct Unrolled {
    /// Steps of the pass.
    pub time: usize,
    /// Sequences that passed side by side.
    pub rows: usize,
    /// h after each step, `[time, rows, units]`.
    pub states: Vec<f32>,
    /// c after each step, `[time, rows, units]`, of an LSTM.
    pub cells: Vec<f32>,
    /// What the gates were at each step, `[time, rows, gates · units]`, after their activations; empty for a
    /// `simple_rnn`, whose one "gate" is its state.
    pub gates: Vec<f32>,
    /// The same before the activations.
    pub sums: Vec<f32>,
    /// ∂loss/∂h of each step, `[time, rows, units]`, by every way: from its own output and from the steps after it.
    pub grad_states: Vec<f32>,
    /// The inputs, `[time, rows, features]`.
    pub(super) inputs: Vec<f32>,
    /// What a GRU sums of its states apart from its inputs, `[time, rows, 3 · units]`.
    pub(super) recurrent: Vec<f32>,
    /// f(c) of an LSTM, `[time, rows, units]`.
    pub(super) squashed: Vec<f32>,
    /// ∂loss/∂sums.
    pub(super) grad_sums: Vec<f32>,
    /// ∂loss/∂recurrent of a GRU.
    pub(super) grad_recurrent: Vec<f32>,
    /// h and c before the first step, `[rows, units]`: zeros, or what the pass before left.
    pub(super) begin: [Vec<f32>; 2],
    /// ∂loss/∂c of the step that the way back has come to, `[rows, units]`.
    pub(super) grad_cells: Vec<f32>,
    /// ∂loss/∂gates of that step, before they are taken through the activations, `[rows, gates · units]`.
    pub(super) grad_gates: Vec<f32>,
    /// Room for ∂loss/∂inputs, `[time, rows, features]`.
    pub(super) grad_inputs: Vec<f32>,
    /// The recurrent kernel, or it transposed, as products take it.
    pub(super) panels: Panels,
}

impl Unrolled {
    /// Bytes of all its buffers.
    pub(super) fn bytes(&self) -> usize {
        let [h, c] = &self.begin;
        let of_states =
            [h, c, &self.states, &self.cells, &self.gates, &self.sums, &self.recurrent, &self.squashed];
        let of_gradients =
            [&self.grad_states, &self.grad_sums, &self.grad_recurrent, &self.grad_cells, &self.grad_gates];
        let of_inputs = [&self.inputs, &self.grad_inputs];
        let all = of_states.into_iter().chain(of_gradients).chain(of_inputs);
        all.map(bytes_of).sum::<usize>() + self.panels.bytes()
    }
}

/// `[first, second, size]` → `[second, first, size]`: batches of sequences from rows to time steps and back.
pub(super) fn swap_axes(from: &[f32], to: &mut [f32], [first, second, size]: [usize; 3]) {
    debug_assert_eq!(from.len(), first * second * size);
    for (index, block) in from.chunks_exact(second * size).enumerate() {
        let places = to[index * size..].chunks_mut(first * size);
        block.chunks_exact(size).zip(places).for_each(|(row, place)| place[..size].copy_from_slice(row));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_steps_and_steps_rows() {
        let rows: Vec<f32> = (0..12_u8).map(f32::from).collect(); // 2 rows of 3 steps of 2 features
        let (mut steps, mut again) = (vec![0.0; 12], vec![0.0; 12]);
        swap_axes(&rows, &mut steps, [2, 3, 2]);
        assert_eq!(steps, [0.0, 1.0, 6.0, 7.0, 2.0, 3.0, 8.0, 9.0, 4.0, 5.0, 10.0, 11.0]);
        swap_axes(&steps, &mut again, [3, 2, 2]);
        assert_eq!(again, rows);
    }
}
