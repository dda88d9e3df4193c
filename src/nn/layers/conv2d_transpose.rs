//! The transposed convolutional layer: windows that are laid down instead of read, so that images grow.

use super::conv2d::one;
use super::kernel::{Regularizer, is_zeros, zeros};
use super::window::{Padding, Windows};
use super::{Layer, WeightSpec, is_trainable, trainable};
use crate::error::{Error, Result, ensure_within};
use crate::nn::{Activation, Initializer, Trace};
use crate::tensor::convolution;
use crate::tensor::matmul;
use serde::{Deserialize, Serialize};

/// What a convolution passes back to its image, as a layer: `z[i·s + u, j·s + v, f] = b[f] + Σ x[i, j, c] · w[u, v, f, c]`,
/// and `y = f(z)`. The sum is taken over ascending c for each window, then over ascending windows i, j that reach
/// the cell; with the padding `same` what lies outside of the output is cut off.
///
/// # Shapes
/// - input `[batch, height, width, channels]`, kernel `[size, size, filters, channels]`, bias `[filters]`
/// - output `[batch, (height − 1) · s + max(size, s), (width − 1) · s + max(size, s), filters]` for [`Padding::Valid`],
///   `[batch, height · s, width · s, filters]` for [`Padding::Same`], which cuts off max(size − s, 0) cells, the
///   smaller half of them before the first
///
/// # Errors
/// [`Error::Shape`] for what is no image; [`Error::Setting`] for a setting out of its range.
///
/// # Reference
/// Dumoulin & Visin, A guide to convolution arithmetic for deep learning (2016); Zeiler et al., Deconvolutional
/// networks, CVPR 2010.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conv2dTranspose {
    pub filters: usize,
    /// Height and width of the kernel.
    pub kernel_size: usize,
    /// Cells of the output from one window to the next.
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
    /// Of the convolution that it transposes: over images that are its outputs, one window for each cell of its input.
    #[serde(skip)]
    windows: Windows,
    /// Channels of its input, which are the filters of that convolution.
    #[serde(skip)]
    channels: usize,
    #[serde(skip)]
    joined_with_loss: bool,
}

impl Conv2dTranspose {
    /// Numbers of the kernel.
    fn kernel(&self) -> usize {
        self.kernel_size * self.kernel_size * self.filters * self.channels
    }

    /// Numbers of an input.
    fn inputs(&self) -> usize {
        self.windows.count() * self.channels
    }

    /// Row and column of the kernel by which a cell of the input goes into the unit at a row and column, for one of the
    /// cells that this sees.
    #[must_use]
    pub fn kernel_place(&self, unit: [usize; 2], cell: [usize; 2]) -> [usize; 2] {
        let before = match self.padding {
            Padding::Valid => 0,
            Padding::Same => self.kernel_size.saturating_sub(self.strides) / 2,
        };
        [0, 1].map(|axis| unit[axis] + before - cell[axis] * self.strides)
    }
}

impl Layer for Conv2dTranspose {
    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>> {
        ensure_within("filters", self.filters, &(1..=4096))?;
        ensure_within("kernel_size", self.kernel_size, &(1..=11))?;
        ensure_within("strides", self.strides, &(1..=11))?;
        self.kernel_regularizer.validate()?;
        self.kernel_initializer.validate("kernel_initializer")?;
        self.bias_initializer.validate("bias_initializer")?;
        let &[height, width, channels] = input_shape else {
            return Err(Error::Shape {
                layer: "conv2d_transpose".into(),
                expected: "images [height, width, channels]".into(),
                found: input_shape.to_vec(),
            });
        };
        let longer = match self.padding {
            Padding::Valid => self.kernel_size.saturating_sub(self.strides),
            Padding::Same => 0,
        };
        let side = |cells: usize| cells.saturating_mul(self.strides).saturating_add(longer);
        let shape = vec![side(height), side(width), self.filters];
        self.channels = channels;
        self.windows =
            Windows::new("conv2d_transpose", &shape, [self.kernel_size, self.strides], self.padding)?;
        Ok(shape)
    }

    fn weights(&self) -> Vec<WeightSpec> {
        let shape = vec![self.kernel_size, self.kernel_size, self.filters, self.channels];
        let kernel = WeightSpec::new("kernel", shape, self.kernel_initializer);
        let bias = WeightSpec::new("bias", vec![self.filters], self.bias_initializer);
        let kernel = WeightSpec { regularizer: self.kernel_regularizer, ..kernel };
        vec![kernel.within(self.trainable), bias.within(self.trainable)]
    }

    fn multiply_adds(&self) -> usize {
        self.windows.count().saturating_mul(self.kernel())
    }

    fn working_space(&self) -> usize {
        let padded = if self.windows.is_padded() { self.windows.sliding().numbers() } else { 0 };
        self.windows.packed(self.channels) + self.channels + padded
    }

    fn sees(&self, part: [usize; 4]) -> Option<[usize; 4]> {
        Some(self.windows.over(part))
    }

    fn forward(&self, weights: &[f32], input: &[f32], trace: &mut Trace) {
        let (kernel, bias) = weights.split_at(self.kernel());
        let (inputs, outputs) = (self.inputs(), self.windows.image());
        trace.activation = self.activation;
        let Trace { output, pre_activation, scratch, .. } = trace;
        output.resize(input.len() / inputs * outputs, 0.0);
        pre_activation.resize(output.len(), 0.0);
        scratch.resize(self.working_space(), 0.0);
        let (packed, room) = scratch.split_at_mut(self.windows.packed(self.channels));
        let (_, room) = room.split_at_mut(self.channels);
        convolution::pack_transposed(kernel, packed, self.filters, self.channels);
        let (sliding, is_padded) = (self.windows.sliding(), self.windows.is_padded());
        let results = pre_activation.chunks_exact_mut(outputs).zip(output.chunks_exact_mut(outputs));
        for (x, (z, y)) in input.chunks_exact(inputs).zip(results) {
            let whole = if is_padded { &mut *room } else { &mut *z };
            whole.chunks_exact_mut(self.filters).for_each(|cell| cell.copy_from_slice(bias));
            convolution::add_input_gradient(&sliding, x, packed, whole, self.channels);
            if is_padded {
                let rows = z.chunks_exact_mut(self.windows.line());
                self.windows.inner_rows(room).zip(rows).for_each(|(inner, row)| row.copy_from_slice(inner));
            }
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
        let (grad_kernel, grad_bias) = grad_weights.split_at_mut(self.kernel());
        if !trace.goes_on {
            grad_kernel.fill(0.0);
            grad_bias.fill(0.0);
        }
        let Trace { output, pre_activation, activation, grad_output, grad_pre_activation, scratch, .. } =
            trace;
        let (packed, room) = scratch.split_at_mut(self.windows.packed(self.channels));
        let (no_bias, room) = room.split_at_mut(self.channels);
        no_bias.fill(0.0);
        if grad_input.is_some() {
            convolution::pack_kernel(&weights[..self.kernel()], packed, self.channels);
        }
        let sliding = self.windows.sliding();
        let (inputs, outputs) = (self.inputs(), self.windows.image());
        grad_pre_activation.resize(outputs, 0.0);
        let grad_z = grad_pre_activation.as_mut_slice(); // of one image, so that it stays in the nearest cache
        for (index, x) in input.chunks_exact(inputs).enumerate() {
            let own = index * outputs..(index + 1) * outputs;
            if self.joined_with_loss {
                grad_z.copy_from_slice(&grad_output[own]);
            } else {
                let (y, z) = (&output[own.clone()], &pre_activation[own.clone()]);
                activation.backward(&grad_output[own], z, y, grad_z, self.filters);
            }
            matmul::add_rows(grad_z, grad_bias);
            let whole = self.windows.padded(grad_z, room);
            convolution::add_kernel_gradient(&sliding, whole, x, grad_kernel, self.channels);
            if let Some(grad_x) = grad_input.as_mut().map(|grad| &mut grad[index * inputs..][..inputs]) {
                convolution::convolve(&sliding, whole, packed, no_bias, grad_x);
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
