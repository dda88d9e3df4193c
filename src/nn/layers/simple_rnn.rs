//! The plain recurrent layer.

use super::kernel::{is_zeros, zeros};
use super::recurrent::{self, Backward, Cell, Forward, Shape, orthogonal, tanh};
use super::{Layer, WeightSpec, is_trainable, trainable};
use crate::error::Result;
use crate::nn::{Activation, Initializer, Trace};
use serde::{Deserialize, Serialize};

/// `h_t = f(x_t · w + h_{t−1} · u + b)` from `h_0 = 0`.
///
/// # Shapes
/// - input `[batch, time, features]`, kernel `[features, units]`, recurrent kernel `[units, units]`, bias `[units]`
/// - output `[batch, units]`, h of the last step, or with `return_sequences` of all, `[batch, time, units]`
///
/// # Errors
/// [`crate::error::Error::Shape`] for an input that is no sequence; [`crate::error::Error::Setting`] for `units` outside
/// 1…4096 and for a `truncate_gradient` of 0.
///
/// # Reference
/// Elman, Finding structure in time, Cognitive Science 14 (1990); truncated: Williams & Peng, Neural Computation 2 (1990).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimpleRnn {
    pub units: usize,
    #[serde(default = "tanh")]
    pub activation: Activation,
    #[serde(default)]
    pub kernel_initializer: Initializer,
    #[serde(default = "orthogonal")]
    pub recurrent_initializer: Initializer,
    #[serde(default = "zeros", skip_serializing_if = "is_zeros")]
    pub bias_initializer: Initializer,
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

impl Cell for SimpleRnn {
    fn shape(&self) -> &Shape {
        &self.shape
    }

    fn forward(&self, Forward { sums, state, .. }: Forward) {
        self.activation.apply(sums, state, self.units);
    }

    fn backward(&self, Backward { sums, state, grad_state, grad_sums, .. }: Backward) {
        self.activation.backward(grad_state, sums, state, grad_sums, self.units);
    }
}

impl Layer for SimpleRnn {
    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>> {
        self.kernel_initializer.validate("kernel_initializer")?;
        self.recurrent_initializer.validate("recurrent_initializer")?;
        self.bias_initializer.validate("bias_initializer")?;
        let shape = Shape {
            units: self.units,
            gates: 1,
            returns_sequences: self.return_sequences,
            truncate_gradient: self.truncate_gradient,
            ..Shape::default()
        };
        self.shape = shape.on("simple_rnn", input_shape)?;
        Ok(self.shape.output())
    }

    fn weights(&self) -> Vec<WeightSpec> {
        let initializers = [self.kernel_initializer, self.recurrent_initializer, self.bias_initializer];
        self.shape.weights("simple_rnn_cell", initializers, self.trainable)
    }

    recurrent::layer_methods!();
}
