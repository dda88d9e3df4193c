//! The fully connected layer.

use super::activity::ActivityRegularizer;
use super::kernel::{Regularizer, is_zeros, kernel_and_bias, zeros};
use super::{Layer, WeightSpec, is_trainable, trainable};
use crate::error::{Error, Result, ensure_within};
use crate::nn::network::size;
use crate::nn::{Activation, Initializer, Trace};
use crate::tensor::matmul;
use serde::{Deserialize, Serialize};

/// `z = x · w + b`, `y = f(z)`. A layer that is `tied` has no kernel of its own: w is the kernel of the dense layer
/// `tied` layers before it, transposed, as decoders take that of their encoder; what it is initialised and penalised by
/// is said there. Its gradient is added to the one there, and the share of it that came through this layer is kept.
///
/// # Shapes
/// - input `[batch, inputs]`, kernel `[inputs, units]`, bias `[units]`
/// - output `[batch, units]`
/// - or a sequence, `[batch, time, inputs]` → `[batch, time, units]`: every step by itself, with the same weights
///
/// # Errors
/// [`Error::Shape`] for an input of more than two axes; [`Error::Setting`] for `units` outside 1…4096, and for `tied`
/// where no dense layer of the transposed shape and a kernel of its own is there.
///
/// # Reference
/// Hinton & Salakhutdinov, Reducing the dimensionality of data with neural networks, Science 313 (2006); tied: Vincent
/// et al., Stacked denoising autoencoders, JMLR 11 (2010).
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
    #[serde(default, skip_serializing_if = "ActivityRegularizer::is_default")]
    pub activity_regularizer: ActivityRegularizer,
    /// Whether updates change its weights; if not they are frozen, and their gradient is only measured.
    #[serde(default = "trainable", skip_serializing_if = "is_trainable")]
    pub trainable: bool,
    /// How many layers before this one the dense layer is whose kernel it takes, transposed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tied: Option<usize>,
    #[serde(skip)]
    inputs: usize,
    /// Steps of a sequence; 1 where the input is none.
    #[serde(skip)]
    steps: usize,
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
            activity_regularizer: ActivityRegularizer::default(),
            trainable: true,
            tied: None,
            inputs: 0,
            steps: 0,
            joined_with_loss: false,
        }
    }
}

impl Layer for Dense {
    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>> {
        ensure_within("units", self.units, &(1..=4096))?;
        self.kernel_regularizer.validate()?;
        self.activity_regularizer.validate(self.activation)?;
        self.kernel_initializer.validate("kernel_initializer")?;
        self.bias_initializer.validate("bias_initializer")?;
        if self.tied.is_some() && !self.kernel_regularizer.is_none() {
            let allowed = "left out where tied is given: the penalty on a kernel is set where it is";
            return Err(Error::setting("kernel_regularizer", "given", allowed));
        }
        let (&[.., inputs], 1..=2) = (input_shape, input_shape.len()) else {
            return Err(Error::Shape {
                layer: "dense".into(),
                expected:
                    "a row of features, or one for each step of a sequence (put a layer flatten before it)"
                        .into(),
                found: input_shape.to_vec(),
            });
        };
        (self.inputs, self.steps) = (inputs, size(input_shape) / inputs.max(1));
        let mut shape = input_shape.to_vec();
        *shape.last_mut().expect("one or two axes") = self.units;
        Ok(shape)
    }

    fn weights(&self) -> Vec<WeightSpec> {
        let mut weights = kernel_and_bias(
            vec![self.inputs, self.units],
            [self.kernel_initializer, self.bias_initializer],
            self.kernel_regularizer,
            self.trainable,
        );
        if self.tied.is_some() {
            (weights[0].tied, weights[0].is_trainable) = (self.tied, false);
        }
        weights
    }

    /// Not where a penalty on its outputs is one on their means.
    fn is_rowwise(&self) -> bool {
        !self.activity_regularizer.is_active()
    }

    fn sees(&self, _: [usize; 4]) -> Option<[usize; 4]> {
        None
    }

    fn multiply_adds(&self) -> usize {
        self.steps * self.inputs * self.units
    }

    fn can_stream(&self) -> bool {
        true
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
            self.activity_regularizer.add(trace, self.units);
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
