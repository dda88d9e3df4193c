//! The convolutional layer: windows that slide over the images.

use super::kernel::{Regularizer, is_zeros, kernel_and_bias, zeros};
use super::window::{Padding, Windows};
use super::{Layer, WeightSpec};
use crate::error::{Result, ensure_within};
use crate::nn::{Activation, Initializer, Trace};
use crate::tensor::convolution::{self, Sliding};
use crate::tensor::matmul;
use serde::{Deserialize, Serialize};

/// Numbers of a block of gradients of patches: 64 kB, which stays in the cache until it is added to the images.
const BLOCK: usize = 16 * 1024;

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
    #[serde(skip)]
    windows: Windows,
}

fn one() -> usize {
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
            windows: Windows::default(),
        }
    }

    /// Numbers of one row of a patch: neighbours in the image too.
    fn run(&self) -> usize {
        self.kernel_size * self.windows.channels
    }

    /// Numbers of a patch, `[size, size, channels]`.
    fn patch(&self) -> usize {
        self.kernel_size * self.run()
    }

    /// Numbers of the packed kernel.
    fn packed(&self) -> usize {
        self.patch() * self.filters.next_multiple_of(8)
    }

    /// Patches in a block: whole tiles of the product.
    fn block(&self) -> usize {
        (BLOCK / self.patch()).max(8) / 8 * 8
    }

    /// The parts of window `[item, row, column]` that lie in the image: each as its place in the images,
    /// its place in the patch, and its length.
    fn parts(&self, [item, row, column]: [usize; 3]) -> impl Iterator<Item = (usize, usize, usize)> {
        let Windows { rows, columns, channels } = self.windows;
        let (down, along) = (rows.cells(row), columns.cells(column));
        let (width, run, length) = (columns.input * channels, self.run(), along.len() * channels);
        let image = item * self.windows.image() + along.start * channels;
        let (first, patch) = (down.start, columns.outside(column) * channels + rows.outside(row) * run);
        down.map(move |y| (image + y * width, patch + (y - first) * run, length))
    }

    /// How the windows slide over images with their padding around them.
    fn sliding(&self) -> Sliding {
        let Windows { rows, columns, channels } = self.windows;
        Sliding {
            size: self.kernel_size,
            channels,
            strides: self.strides,
            image: [rows.padded(), columns.padded()],
            windows: [rows.output, columns.output],
        }
    }

    /// Whether some windows reach out of the image.
    fn is_padded(&self) -> bool {
        self.sliding().numbers() > self.windows.image()
    }

    /// Hands every image with its padding to `take`, with its number.
    fn for_each_padded(&self, images: &[f32], scratch: &mut [f32], mut take: impl FnMut(usize, &[f32])) {
        let Windows { rows, columns, channels } = self.windows;
        let (line, padded_line) = (columns.input * channels, columns.padded() * channels);
        let scratch = &mut scratch[..self.sliding().numbers()];
        scratch.fill(0.0);
        for (index, image) in images.chunks_exact(self.windows.image()).enumerate() {
            let padded = scratch.chunks_exact_mut(padded_line).skip(rows.outside(0));
            for (padded, row) in padded.zip(image.chunks_exact(line)) {
                padded[columns.outside(0) * channels..][..line].copy_from_slice(row);
            }
            take(index, scratch);
        }
    }

    /// Adds the gradients of patches to those of the images they were copied from, window by window.
    fn scatter(&self, patches: &[f32], first: usize, images: &mut [f32]) {
        for (patch, window) in patches.chunks_exact(self.patch()).zip(self.windows.from(first)) {
            for (image, at, length) in self.parts(window) {
                for (sum, &grad) in images[image..][..length].iter_mut().zip(&patch[at..][..length]) {
                    *sum += grad;
                }
            }
        }
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
        )
    }

    fn multiply_adds(&self) -> usize {
        self.windows.count().saturating_mul(self.patch() * self.filters)
    }

    fn working_space(&self) -> usize {
        self.packed() + self.sliding().numbers().max(self.patch() * (self.block() + self.filters))
    }

    fn sees(&self, part: [usize; 4]) -> Option<[usize; 4]> {
        Some(self.windows.covered_by(part))
    }

    fn outside(&self, [row, column]: [usize; 2]) -> [usize; 2] {
        [self.windows.rows.outside(row), self.windows.columns.outside(column)]
    }

    fn forward(&self, weights: &[f32], input: &[f32], trace: &mut Trace) {
        let (kernel, bias) = weights.split_at(self.patch() * self.filters);
        let windows = input.len() / self.windows.image() * self.windows.count();
        trace.pre_activation.resize(windows * self.filters, 0.0);
        trace.scratch.resize(self.working_space(), 0.0);
        let (packed, scratch) = trace.scratch.split_at_mut(self.packed());
        let (sliding, z) = (self.sliding(), &mut trace.pre_activation);
        if self.is_padded() {
            let outputs = self.windows.count() * self.filters;
            self.for_each_padded(input, scratch, |index, image| {
                convolution::convolve(
                    &sliding,
                    image,
                    kernel,
                    bias,
                    &mut z[index * outputs..][..outputs],
                    packed,
                );
            });
        } else {
            convolution::convolve(&sliding, input, kernel, bias, z, packed);
        }
        trace.activate(self.activation, self.filters);
    }

    fn backward(
        &self,
        weights: &[f32],
        input: &[f32],
        trace: &mut Trace,
        grad_weights: &mut [f32],
        grad_input: Option<&mut [f32]>,
    ) {
        trace.deactivate(self.activation, self.filters);
        let (patch, filters) = (self.patch(), self.filters);
        let (grad_kernel, grad_bias) = grad_weights.split_at_mut(patch * filters);
        let (_, scratch) = trace.scratch.split_at_mut(self.packed());
        let (sliding, grad_z) = (self.sliding(), &trace.grad_pre_activation);
        grad_kernel.fill(0.0);
        matmul::sum_rows(grad_z, grad_bias);
        if self.is_padded() {
            let outputs = self.windows.count() * filters;
            self.for_each_padded(input, scratch, |index, image| {
                let grad_z = &grad_z[index * outputs..][..outputs];
                convolution::add_kernel_gradient(&sliding, image, grad_z, grad_kernel, filters);
            });
        } else {
            convolution::add_kernel_gradient(&sliding, input, grad_z, grad_kernel, filters);
        }
        let Some(grad_input) = grad_input else { return };
        grad_input.fill(0.0);
        let (transposed, patches) = scratch.split_at_mut(patch * filters);
        matmul::transpose(&weights[..patch * filters], transposed, filters);
        for (index, grad_z) in grad_z.chunks(self.block() * filters).enumerate() {
            let patches = &mut patches[..grad_z.len() / filters * patch];
            matmul::product(grad_z, transposed, patches, patch);
            self.scatter(patches, index * self.block(), grad_input);
        }
    }

    fn activation(&self) -> Activation {
        self.activation
    }
}
