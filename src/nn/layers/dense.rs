//! The fully connected layer.

use super::{Layer, WeightSpec};
use crate::error::{Error, Result, ensure_within};
use crate::nn::{Activation, Initializer, InitializerName, Trace};
use crate::tensor::matmul;
use serde::{Deserialize, Serialize};

/// Penalty on the weights of a kernel, added to the training loss: l1 · Σ|w| + l2 · Σw².
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Regularizer {
    pub l1: f32,
    pub l2: f32,
}

/// `z = x · w + b`, `y = f(z)`.
///
/// # Shapes
/// - input `[batch, inputs]`, kernel `[inputs, units]`, bias `[units]`
/// - output `[batch, units]`
///
/// # Errors
/// [`Error::Shape`] for an input of more than one axis; [`Error::Setting`] for `units` outside 1…4096.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dense {
    pub units: usize,
    #[serde(default)]
    pub activation: Activation,
    #[serde(default)]
    pub kernel_initializer: Initializer,
    #[serde(default = "zeros", skip_serializing_if = "is_zeros")]
    pub bias_initializer: Initializer,
    #[serde(default, skip_serializing_if = "is_none")]
    pub kernel_regularizer: Regularizer,
    #[serde(skip)]
    inputs: usize,
    #[serde(skip)]
    joined_with_loss: bool,
}

fn zeros() -> Initializer {
    Initializer::new(InitializerName::Zeros)
}

fn is_zeros(initializer: &Initializer) -> bool {
    *initializer == zeros()
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_none(regularizer: &Regularizer) -> bool {
    *regularizer == Regularizer::default()
}

impl Dense {
    /// A layer with Keras' defaults for all the rest.
    #[must_use]
    pub fn new(units: usize, activation: Activation) -> Self {
        Self {
            units,
            activation,
            kernel_initializer: Initializer::default(),
            bias_initializer: zeros(),
            kernel_regularizer: Regularizer::default(),
            inputs: 0,
            joined_with_loss: false,
        }
    }
}

impl Layer for Dense {
    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>> {
        ensure_within("units", self.units, &(1..=4096))?;
        ensure_within("kernel_regularizer.l1", self.kernel_regularizer.l1, &(0.0..=10.0))?;
        ensure_within("kernel_regularizer.l2", self.kernel_regularizer.l2, &(0.0..=10.0))?;
        self.kernel_initializer.validate("kernel_initializer")?;
        self.bias_initializer.validate("bias_initializer")?;
        let &[inputs] = input_shape else {
            return Err(Error::Shape {
                layer: "dense".into(),
                expected: "a row of features".into(),
                found: input_shape.to_vec(),
            });
        };
        self.inputs = inputs;
        Ok(vec![self.units])
    }

    fn weights(&self) -> Vec<WeightSpec> {
        let fans = (self.inputs, self.units);
        vec![
            WeightSpec {
                name: "kernel",
                shape: vec![self.inputs, self.units],
                initializer: self.kernel_initializer,
                fans,
                regularizer: self.kernel_regularizer,
            },
            WeightSpec {
                name: "bias",
                shape: vec![self.units],
                initializer: self.bias_initializer,
                fans,
                regularizer: Regularizer::default(),
            },
        ]
    }

    fn forward(&self, weights: &[f32], input: &[f32], trace: &mut Trace) {
        let rows = input.len() / self.inputs;
        let (kernel, bias) = weights.split_at(self.inputs * self.units);
        trace.resize_forward(rows * self.units);
        matmul::affine(input, kernel, bias, &mut trace.pre_activation);
        self.activation.apply(&trace.pre_activation, &mut trace.output, &mut trace.slope, self.units);
    }

    fn backward(
        &self,
        weights: &[f32],
        input: &[f32],
        trace: &mut Trace,
        grad_weights: &mut [f32],
        grad_input: Option<&mut [f32]>,
    ) {
        let grad_z = &mut trace.grad_pre_activation;
        if self.joined_with_loss {
            grad_z.copy_from_slice(&trace.grad_output);
        } else {
            self.activation.backward(&trace.grad_output, &trace.output, &trace.slope, grad_z, self.units);
        }
        let kernel_size = self.inputs * self.units;
        let (grad_kernel, grad_bias) = grad_weights.split_at_mut(kernel_size);
        matmul::transposed_left(input, grad_z, grad_kernel, self.units);
        grad_bias.fill(0.0);
        for row in grad_z.chunks_exact(self.units) {
            for (sum, &grad) in grad_bias.iter_mut().zip(row) {
                *sum += grad;
            }
        }
        if let Some(grad_input) = grad_input {
            matmul::transposed_right(
                grad_z,
                &weights[..kernel_size],
                grad_input,
                self.units,
                &mut trace.scratch,
            );
        }
    }

    fn activation(&self) -> Activation {
        self.activation
    }

    fn join_loss(&mut self) {
        self.joined_with_loss = true;
    }
}
