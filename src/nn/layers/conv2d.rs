//! The convolutional layer: windows that slide over the images.

use super::kernel::{Regularizer, is_zeros, kernel_and_bias, zeros};
use super::window::{Padding, Windows};
use super::{Layer, WeightSpec, is_trainable, trainable};
use crate::error::{Result, ensure_within};
use crate::nn::{Activation, Initializer, Trace};
use crate::tensor::convolution;
use crate::tensor::matmul;
use serde::{Deserialize, Serialize};

/// 2-D convolution, as cross-correlation: `z[i, j, f] = b[f] + Σ x[i·s + u, j·s + v, c] · w[u, v, c, f]`
/// over ascending u, v, c, and `y = f(z)`; outside of the image x is 0.
///
/// # Shapes
/// - input `[batch, height, width, channels]`, kernel `[size, size, channels, filters]`, bias `[filters]`
/// - output `[batch, (height − size) / s + 1, (width − size) / s + 1, filters]` for [`Padding::Valid`],
///   `[batch, ⌈height / s⌉, ⌈width / s⌉, filters]` for [`Padding::Same`]
///
/// # Errors
/// [`crate::error::Error::Shape`] for what is no image or is smaller than the kernel;
/// [`crate::error::Error::Setting`] for a setting out of its range.
///
/// # Reference
/// LeCun et al., Gradient-based learning applied to document recognition, Proc. IEEE 86 (1998).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conv2d {
    pub filters: usize,
    /// Height and width of the kernel.
    pub kernel_size: usize,
    #[serde(default = "one")]
    pub strides: usize,
    #[serde(default)]
    pub padding: Padding,
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
    windows: Windows,
    #[serde(skip)]
    joined_with_loss: bool,
}

pub(super) fn one() -> usize {
    1
}

impl Conv2d {
    /// A layer with Keras' defaults for all the rest.
    #[must_use]
    pub fn new(filters: usize, kernel_size: usize, activation: Activation) -> Self {
        Self {
            filters,
            kernel_size,
            strides: one(),
            padding: Padding::default(),
            activation,
            kernel_initializer: Initializer::default(),
            bias_initializer: zeros(),
            kernel_regularizer: Regularizer::default(),
            trainable: true,
            windows: Windows::default(),
            joined_with_loss: false,
        }
    }

    /// Numbers of a patch, `[size, size, channels]`.
    fn patch(&self) -> usize {
        self.kernel_size * self.kernel_size * self.windows.channels
    }
}

impl Layer for Conv2d {
    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>> {
        ensure_within("filters", self.filters, &(1..=4096))?;
        ensure_within("kernel_size", self.kernel_size, &(1..=11))?;
        ensure_within("strides", self.strides, &(1..=11))?;
        self.kernel_regularizer.validate()?;
        self.kernel_initializer.validate("kernel_initializer")?;
        self.bias_initializer.validate("bias_initializer")?;
        self.windows = Windows::new("conv2d", input_shape, [self.kernel_size, self.strides], self.padding)?;
        Ok(vec![self.windows.rows.output, self.windows.columns.output, self.filters])
    }

    fn weights(&self) -> Vec<WeightSpec> {
        kernel_and_bias(
            vec![self.kernel_size, self.kernel_size, self.windows.channels, self.filters],
            [self.kernel_initializer, self.bias_initializer],
            self.kernel_regularizer,
            self.trainable,
        )
    }

    fn multiply_adds(&self) -> usize {
        self.windows.count().saturating_mul(self.patch() * self.filters)
    }

    fn working_space(&self) -> usize {
        let padded = if self.windows.is_padded() { 2 * self.windows.sliding().numbers() } else { 0 };
        self.windows.packed(self.filters) + padded
    }

    fn sees(&self, part: [usize; 4]) -> Option<[usize; 4]> {
        Some(self.windows.covered_by(part))
    }

    fn outside(&self, [row, column]: [usize; 2]) -> [usize; 2] {
        [self.windows.rows.outside(row), self.windows.columns.outside(column)]
    }

    fn forward(&self, weights: &[f32], input: &[f32], trace: &mut Trace) {
        let (kernel, bias) = weights.split_at(self.patch() * self.filters);
        let (image, outputs) = (self.windows.image(), self.windows.count() * self.filters);
        trace.activation = self.activation;
        let Trace { output, pre_activation, scratch, .. } = trace;
        output.resize(input.len() / image * outputs, 0.0);
        pre_activation.resize(output.len(), 0.0);
        scratch.resize(self.working_space(), 0.0);
        let (packed, room) = scratch.split_at_mut(self.windows.packed(self.filters));
        let (room, _) = room.split_at_mut(room.len() / 2);
        convolution::pack_kernel(kernel, packed, self.filters);
        let sliding = self.windows.sliding();
        let results = pre_activation.chunks_exact_mut(outputs).zip(output.chunks_exact_mut(outputs));
        for (image, (z, y)) in input.chunks_exact(image).zip(results) {
            convolution::convolve(&sliding, self.windows.padded(image, room), packed, bias, z);
            self.activation.apply(z, y, self.filters); // while z is in the nearest cache
        }
    }

    fn backward(
        &self,
        weights: &[f32],
        input: &[f32],
        trace: &mut Trace,
        grad_weights: &mut [f32],
        mut grad_input: Option<&mut [f32]>,
    ) {
        let filters = self.filters;
        let kernel = self.patch() * filters;
        let (grad_kernel, grad_bias) = grad_weights.split_at_mut(kernel);
        if !trace.goes_on {
            grad_kernel.fill(0.0);
            grad_bias.fill(0.0);
        }
        let Trace { output, pre_activation, activation, grad_output, grad_pre_activation, scratch, .. } =
            trace;
        let (packed, room) = scratch.split_at_mut(self.windows.packed(self.filters));
        let (room, padded_grad) = room.split_at_mut(room.len() / 2);
        if grad_input.is_some() {
            convolution::pack_transposed(&weights[..kernel], packed, self.windows.channels, filters);
        }
        let sliding = self.windows.sliding();
        let (size, outputs) = (self.windows.image(), self.windows.count() * filters);
        grad_pre_activation.resize(outputs, 0.0);
        let grad_z = grad_pre_activation.as_mut_slice(); // of one image, so that it stays in the nearest cache
        for (index, image) in input.chunks_exact(size).enumerate() {
            let own = index * outputs..(index + 1) * outputs;
            let (y, z) = (&output[own.clone()], &pre_activation[own.clone()]);
            if self.joined_with_loss {
                grad_z.copy_from_slice(&grad_output[own]);
            } else {
                activation.backward(&grad_output[own], z, y, grad_z, filters);
            }
            matmul::add_rows(grad_z, grad_bias);
            let image = self.windows.padded(image, room);
            convolution::add_kernel_gradient(&sliding, image, grad_z, grad_kernel, filters);
            let Some(grad_image) = grad_input.as_mut().map(|grad| &mut grad[index * size..][..size]) else {
                continue;
            };
            if self.windows.is_padded() {
                padded_grad.fill(0.0);
                convolution::add_input_gradient(&sliding, grad_z, packed, padded_grad, filters);
                let rows = grad_image.chunks_exact_mut(self.windows.line());
                self.windows
                    .inner_rows(padded_grad)
                    .zip(rows)
                    .for_each(|(inner, row)| row.copy_from_slice(inner));
            } else {
                grad_image.fill(0.0);
                convolution::add_input_gradient(&sliding, grad_z, packed, grad_image, filters);
            }
        }
    }

    fn activation(&self) -> Activation {
        self.activation
    }

    fn join_loss(&mut self) {
        self.joined_with_loss = true;
    }
}
