//! The recurrent layer with a cell that its gates open and close.

use super::kernel::{is_zeros, zeros};
use super::recurrent::{self, Backward, Cell, Forward, Shape, orthogonal, sigmoid, tanh};
use super::{Layer, WeightSpec, is_trainable, trainable};
use crate::error::{Result, ensure_within};
use crate::nn::{Activation, Initializer, Trace};
use crate::tensor::Rng;
use serde::{Deserialize, Serialize};

/// `c_t = f ⊙ c_{t−1} + i ⊙ g`, `h_t = o ⊙ φ(c_t)` from `c_0 = h_0 = 0`, where of the sums `z = x_t · w + h_{t−1} · u + b`
/// the gates are `i = σ(z_i)`, `f = σ(z_f)`, `o = σ(z_o)` and the candidate is `g = φ(z_c)`; they lie side by side in the
/// order i, f, c, o. φ is `activation`, σ `recurrent_activation`.
///
/// What a cell keeps of the step before is f. So the bias of its gates begins at `forget_bias`; or, with `chrono` = T, each at
/// ln U(1, T − 1), and that of the input gates at the negative: cells then forget over spans up to T, at every scale.
///
/// # Shapes
/// - input `[batch, time, features]`, kernel `[features, 4 · units]`, recurrent kernel `[units, 4 · units]`, bias
///   `[4 · units]`
/// - output `[batch, units]`, h of the last step, or with `return_sequences` of all, `[batch, time, units]`
///
/// # Errors
/// [`crate::error::Error::Shape`] for an input that is no sequence; [`crate::error::Error::Setting`] for `units` outside
/// 1…4096, a `truncate_gradient` of 0, a `forget_bias` outside −10…10 and `chrono` outside 2…10,000.
///
/// # Reference
/// Hochreiter & Schmidhuber, Long short-term memory, Neural Computation 9 (1997); f: Gers, Schmidhuber & Cummins, Learning
/// to forget, Neural Computation 12 (2000); its bias: Jozefowicz et al., ICML 2015; `chrono`: Tallec & Ollivier, Can
/// recurrent neural networks warp time?, ICLR 2018.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lstm {
    pub units: usize,
    #[serde(default = "tanh")]
    pub activation: Activation,
    #[serde(default = "sigmoid")]
    pub recurrent_activation: Activation,
    #[serde(default)]
    pub kernel_initializer: Initializer,
    #[serde(default = "orthogonal")]
    pub recurrent_initializer: Initializer,
    #[serde(default = "zeros", skip_serializing_if = "is_zeros")]
    pub bias_initializer: Initializer,
    /// First bias of the forget gates; Keras' `unit_forget_bias` is 1.
    #[serde(default = "forget_bias")]
    pub forget_bias: f32,
    /// Longest dependency, in steps, that the biases of the forget and input gates are drawn for, instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chrono: Option<f32>,
    /// Whether it gives its state after every step, and not after the last alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub return_sequences: bool,
    /// Gradients of states and cells end at every so many steps, counted from the end of the sequence; left out, they go
    /// on to its beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truncate_gradient: Option<usize>,
    /// Whether updates change its weights; if not they are frozen, and their gradient is only measured.
    #[serde(default = "trainable", skip_serializing_if = "is_trainable")]
    pub trainable: bool,
    #[serde(skip)]
    shape: Shape,
}

fn forget_bias() -> f32 {
    1.0
}

impl Cell for Lstm {
    fn shape(&self) -> &Shape {
        &self.shape
    }

    fn forward(&self, step: Forward) {
        let Forward { sums, gates, state, cell_before, cell, squashed, .. } = step;
        let units = self.units;
        for (row, gates) in gates.chunks_exact_mut(4 * units).enumerate() {
            let z = &sums[row * 4 * units..][..4 * units];
            let of_row = row * units..(row + 1) * units;
            let (state, cell) = (&mut state[of_row.clone()], &mut cell[of_row.clone()]);
            let (squashed, before) = (&mut squashed[of_row.clone()], &cell_before[of_row]);
            let (gate, squash) = (self.recurrent_activation, self.activation);
            gate.apply(&z[..2 * units], &mut gates[..2 * units], units);
            squash.apply(&z[2 * units..3 * units], &mut gates[2 * units..3 * units], units);
            gate.apply(&z[3 * units..], &mut gates[3 * units..], units);
            let [i, f, g, o] = quarters(gates);
            for j in 0..units {
                cell[j] = f[j] * before[j] + i[j] * g[j];
            }
            squash.apply(cell, squashed, units);
            for j in 0..units {
                state[j] = o[j] * squashed[j];
            }
        }
    }

    fn backward(&self, step: Backward) {
        let Backward { sums, gates, cell_before, cell, squashed, grad_state, .. } = step;
        let Backward { grad_cell, grad_gates, grad_sums, .. } = step;
        let units = self.units;
        let (gate, squash) = (self.recurrent_activation, self.activation);
        for (row, gates) in gates.chunks_exact(4 * units).enumerate() {
            let (all, of_row) = (row * 4 * units..(row + 1) * 4 * units, row * units..(row + 1) * units);
            let (z, grad_z) = (&sums[all.clone()], &mut grad_sums[all.clone()]);
            let (squashed, grad_h) = (&squashed[of_row.clone()], &grad_state[of_row.clone()]);
            let (before, cell) = (&cell_before[of_row.clone()], &cell[of_row.clone()]);
            let grad_c = &mut grad_cell[of_row];
            let [i, f, g, o] = quarters(gates);
            let grads = &mut grad_gates[all];
            let (inputs, rest) = grads.split_at_mut(units);
            let (forgets, rest) = rest.split_at_mut(units);
            let (candidates, outputs) = rest.split_at_mut(units);
            // What φ(c) gets, and what c gets of it; the room of the candidates is free until theirs is known.
            for j in 0..units {
                outputs[j] = grad_h[j] * squashed[j];
                candidates[j] = grad_h[j] * o[j];
            }
            squash.backward(candidates, cell, squashed, inputs, units);
            for j in 0..units {
                let grad = grad_c[j] + inputs[j];
                inputs[j] = grad * g[j];
                forgets[j] = grad * before[j];
                candidates[j] = grad * i[j];
                grad_c[j] = grad * f[j];
            }
            gate.backward(
                &grads[..2 * units],
                &z[..2 * units],
                &gates[..2 * units],
                &mut grad_z[..2 * units],
                units,
            );
            let middle = 2 * units..3 * units;
            squash.backward(
                &grads[middle.clone()],
                &z[middle.clone()],
                &gates[middle.clone()],
                &mut grad_z[middle],
                units,
            );
            let last = 3 * units..;
            gate.backward(
                &grads[last.clone()],
                &z[last.clone()],
                &gates[last.clone()],
                &mut grad_z[last],
                units,
            );
        }
    }
}

/// The gates of a row, in the order i, f, c, o.
fn quarters(gates: &[f32]) -> [&[f32]; 4] {
    let units = gates.len() / 4;
    std::array::from_fn(|gate| &gates[gate * units..][..units])
}

impl Layer for Lstm {
    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>> {
        self.kernel_initializer.validate("kernel_initializer")?;
        self.recurrent_initializer.validate("recurrent_initializer")?;
        self.bias_initializer.validate("bias_initializer")?;
        ensure_within("forget_bias", self.forget_bias, &(-10.0..=10.0))?;
        recurrent::ensure_chrono(self.chrono)?;
        let shape = Shape {
            units: self.units,
            gates: 4,
            has_cells: true,
            returns_sequences: self.return_sequences,
            truncate_gradient: self.truncate_gradient,
            ..Shape::default()
        };
        self.shape = shape.on("lstm", input_shape)?;
        Ok(self.shape.output())
    }

    fn weights(&self) -> Vec<WeightSpec> {
        let initializers = [self.kernel_initializer, self.recurrent_initializer, self.bias_initializer];
        self.shape.weights("lstm_cell", initializers, self.trainable)
    }

    /// Biases of the forget gates and, with `chrono`, of the input gates.
    fn after_draw(&self, weights: &mut [f32], rng: &mut Rng) {
        let [_, kernels] = self.shape.kernels();
        let (inputs, rest) = weights[kernels..].split_at_mut(self.units);
        let forgets = &mut rest[..self.units];
        match self.chrono {
            None => forgets.fill(self.forget_bias),
            Some(steps) => inputs.iter_mut().zip(forgets).for_each(|(input, forget)| {
                *forget = recurrent::chrono_bias(steps, rng);
                *input = -*forget;
            }),
        }
    }

    recurrent::layer_methods!();
}
