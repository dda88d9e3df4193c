//! The fully connected layer.

use super::kernel::{Regularizer, is_zeros, kernel_and_bias, zeros};
use super::{Layer, WeightSpec, is_trainable, trainable};
use crate::error::{Error, Result, ensure_within};
use crate::nn::{Activation, Initializer, Trace};
use crate::tensor::matmul;
use serde::{Deserialize, Serialize};

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
    #[serde(default, skip_serializing_if = "Regularizer::is_none")]
    pub kernel_regularizer: Regularizer,
    /// Whether updates change its weights; if not they are frozen, and their gradient is only measured.
    #[serde(default = "trainable", skip_serializing_if = "is_trainable")]
    pub trainable: bool,
    #[serde(skip)]
    inputs: usize,
    #[serde(skip)]
    joined_with_loss: bool,
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
            trainable: true,
            inputs: 0,
            joined_with_loss: false,
        }
    }
}

impl Layer for Dense {
    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>> {
        ensure_within("units", self.units, &(1..=4096))?;
        self.kernel_regularizer.validate()?;
        self.kernel_initializer.validate("kernel_initializer")?;
        self.bias_initializer.validate("bias_initializer")?;
        let &[inputs] = input_shape else {
            return Err(Error::Shape {
                layer: "dense".into(),
                expected: "a row of features (put a layer flatten before it)".into(),
                found: input_shape.to_vec(),
            });
        };
        self.inputs = inputs;
        Ok(vec![self.units])
    }

    fn weights(&self) -> Vec<WeightSpec> {
        kernel_and_bias(
            vec![self.inputs, self.units],
            [self.kernel_initializer, self.bias_initializer],
            self.kernel_regularizer,
            self.trainable,
        )
    }

    fn sees(&self, _: [usize; 4]) -> Option<[usize; 4]> {
        None
    }

    fn multiply_adds(&self) -> usize {
        self.inputs * self.units
    }

    fn forward(&self, weights: &[f32], input: &[f32], trace: &mut Trace) {
        let (kernel, bias) = weights.split_at(self.inputs * self.units);
        trace.pre_activation.resize(input.len() / self.inputs * self.units, 0.0);
        matmul::affine(input, kernel, bias, &mut trace.pre_activation);
        trace.activate(self.activation, self.units);
    }

    fn backward(
        &self,
        weights: &[f32],
        input: &[f32],
        trace: &mut Trace,
        grad_weights: &mut [f32],
        grad_input: Option<&mut [f32]>,
    ) {
        if self.joined_with_loss {
            trace.grad_pre_activation.clone_from(&trace.grad_output);
        } else {
            trace.deactivate(self.units);
        }
        let grad_z = &trace.grad_pre_activation;
        let kernel_size = self.inputs * self.units;
        let (grad_kernel, grad_bias) = grad_weights.split_at_mut(kernel_size);
        if trace.goes_on {
            matmul::add_transposed_left(input, grad_z, grad_kernel, self.units);
            matmul::add_rows(grad_z, grad_bias);
        } else {
            matmul::transposed_left(input, grad_z, grad_kernel, self.units);
            matmul::sum_rows(grad_z, grad_bias);
        }
        if let Some(grad_input) = grad_input {
            matmul::transposed_right(grad_z, &weights[..kernel_size], grad_input, self.units);
        }
    }

    fn activation(&self) -> Activation {
        self.activation
    }

    fn join_loss(&mut self) {
        self.joined_with_loss = true;
    }
}
