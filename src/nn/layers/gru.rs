//! The recurrent layer whose state its gates keep or renew.

use super::kernel::{is_zeros, zeros};
use super::recurrent::{self, Backward, Cell, Forward, Shape, orthogonal, sigmoid, tanh};
use super::{Layer, WeightSpec, is_trainable, trainable};
use crate::error::Result;
use crate::nn::{Activation, Initializer, Trace};
use crate::tensor::Rng;
use serde::{Deserialize, Serialize};

/// `h_t = z ⊙ h_{t−1} + (1 − z) ⊙ g` from `h_0 = 0`, where of the sums `a = x_t · w + b` and `s = h_{t−1} · u + b′` the gates
/// are `z = σ(a_z + s_z)`, which keeps, and `r = σ(a_r + s_r)`, which resets, and the candidate is `g = φ(a_h + r ⊙ s_h)`;
/// they lie side by side in the order z, r, h. φ is `activation`, σ `recurrent_activation`. It is the form of Keras that
/// resets after the product (`reset_after`).
///
/// With `chrono` = T the bias of the keeping gates begins at ln U(1, T − 1): states then keep over spans up to T, at every
/// scale.
///
/// # Shapes
/// - input `[batch, time, features]`, kernel `[features, 3 · units]`, recurrent kernel `[units, 3 · units]`, bias
///   `[2, 3 · units]`, b and b′
/// - output `[batch, units]`, h of the last step, or with `return_sequences` of all, `[batch, time, units]`
///
/// # Errors
/// [`crate::error::Error::Shape`] for an input that is no sequence; [`crate::error::Error::Setting`] for `units` outside
/// 1…4096, a `truncate_gradient` of 0 and `chrono` outside 2…10,000.
///
/// # Reference
/// Cho et al., Learning phrase representations using RNN encoder–decoder, EMNLP 2014; `chrono`: Tallec & Ollivier, Can
/// recurrent neural networks warp time?, ICLR 2018.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gru {
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
    /// Longest dependency, in steps, that the biases of the keeping gates are drawn for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chrono: Option<f32>,
    /// Whether it gives its state after every step, and not after the last alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub return_sequences: bool,
    /// Gradients of states end at every so many steps, counted from the end of the sequence; left out, they go on to its
    /// beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truncate_gradient: Option<usize>,
    /// Whether updates change its weights; if not they are frozen, and their gradient is only measured.
    #[serde(default = "trainable", skip_serializing_if = "is_trainable")]
    pub trainable: bool,
    #[serde(skip)]
    shape: Shape,
}

impl Cell for Gru {
    fn shape(&self) -> &Shape {
        &self.shape
    }

    fn forward(&self, Forward { sums, recurrent, gates, state_before, state, .. }: Forward) {
        let units = self.units;
        for (row, gates) in gates.chunks_exact_mut(3 * units).enumerate() {
            let all = row * 3 * units..(row + 1) * 3 * units;
            let (sums, apart) = (&mut sums[all.clone()], &recurrent[all]);
            let (state, before) = (&mut state[row * units..][..units], &state_before[row * units..][..units]);
            let (sums, candidates) = sums.split_at_mut(2 * units);
            let (gates, g) = gates.split_at_mut(2 * units);
            sums.iter_mut().zip(apart).for_each(|(sum, apart)| *sum += apart);
            self.recurrent_activation.apply(sums, gates, units);
            let ((z, r), apart) = (gates.split_at(units), &apart[2 * units..]);
            for j in 0..units {
                candidates[j] += r[j] * apart[j];
            }
            self.activation.apply(candidates, g, units);
            for j in 0..units {
                state[j] = z[j] * before[j] + (1.0 - z[j]) * g[j];
            }
        }
    }

    fn backward(&self, step: Backward) {
        let Backward { sums, recurrent, gates, state_before, grad_state, .. } = step;
        let Backward { grad_gates, grad_sums, grad_recurrent, mut grad_before, .. } = step;
        let units = self.units;
        for (row, gates) in gates.chunks_exact(3 * units).enumerate() {
            let (all, of_row) = (row * 3 * units..(row + 1) * 3 * units, row * units..(row + 1) * units);
            let (sums, apart) = (&sums[all.clone()], &recurrent[all.clone()][2 * units..]);
            let (before, grad_h) = (&state_before[of_row.clone()], &grad_state[of_row.clone()]);
            let (grad_gates, rest) = grad_gates[all.clone()].split_at_mut(2 * units);
            let grad_g = rest;
            let (grad_sums, grad_candidates) = grad_sums[all.clone()].split_at_mut(2 * units);
            let ((zr, g), (z, r)) = (gates.split_at(2 * units), (&gates[..units], &gates[units..2 * units]));
            let (grad_z, grad_r) = grad_gates.split_at_mut(units);
            for j in 0..units {
                grad_g[j] = grad_h[j] * (1.0 - z[j]);
                grad_z[j] = grad_h[j] * (before[j] - g[j]);
            }
            self.activation.backward(grad_g, &sums[2 * units..], g, grad_candidates, units);
            for j in 0..units {
                grad_r[j] = grad_candidates[j] * apart[j];
            }
            self.recurrent_activation.backward(grad_gates, &sums[..2 * units], zr, grad_sums, units);
            let (grad_apart, grad_apart_candidates) = grad_recurrent[all].split_at_mut(2 * units);
            grad_apart.copy_from_slice(grad_sums);
            for j in 0..units {
                grad_apart_candidates[j] = grad_candidates[j] * r[j];
            }
            if let Some(grad_before) = &mut grad_before {
                let grad_before = &mut grad_before[of_row];
                for j in 0..units {
                    grad_before[j] += grad_h[j] * z[j];
                }
            }
        }
    }
}

impl Layer for Gru {
    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>> {
        self.kernel_initializer.validate("kernel_initializer")?;
        self.recurrent_initializer.validate("recurrent_initializer")?;
        self.bias_initializer.validate("bias_initializer")?;
        recurrent::ensure_chrono(self.chrono)?;
        let shape = Shape {
            units: self.units,
            gates: 3,
            is_apart: true,
            returns_sequences: self.return_sequences,
            truncate_gradient: self.truncate_gradient,
            ..Shape::default()
        };
        self.shape = shape.on("gru", input_shape)?;
        Ok(self.shape.output())
    }

    fn weights(&self) -> Vec<WeightSpec> {
        let initializers = [self.kernel_initializer, self.recurrent_initializer, self.bias_initializer];
        self.shape.weights("gru_cell", initializers, self.trainable)
    }

    /// With `chrono`, biases of the keeping gates.
    fn after_draw(&self, weights: &mut [f32], rng: &mut Rng) {
        let [_, kernels] = self.shape.kernels();
        if let Some(steps) = self.chrono {
            weights[kernels..][..self.units].fill_with(|| recurrent::chrono_bias(steps, rng));
        }
    }

    recurrent::layer_methods!();
}
