//! Activations: what a neuron makes of its weighted sum `z`. Names and constants are Keras'.

use crate::tensor::math::{erf, exp, sigmoid, softplus, tanh};
use serde::{Deserialize, Serialize};

/// One loop for each activation, `$each`, which the compiler turns into SIMD, or `$softmax`.
macro_rules! specialised {
    ($activation:expr, $each:ident, $softmax:expr) => {
        specialised!(@ $activation, $each, $softmax, Linear Relu LeakyRelu Elu Selu Gelu Silu Softplus Softsign
            Sigmoid HardSigmoid Tanh)
    };
    (@ $activation:expr, $each:ident, $softmax:expr, $($name:ident)*) => {
        match $activation {
            $(Self::$name => $each!($name),)*
            Self::Softmax => $softmax,
        }
    };
}

/// A non-linearity. To add one: its name here and in [`Self::ALL`], its arm in [`Self::eval`] and
/// its name in `specialised!`; the compiler points at what is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// f(z) = z.
    #[default]
    Linear,
    /// f(z) = max(z, 0).
    Relu,
    /// z, or 0.2 z below zero.
    LeakyRelu,
    /// z, or eᶻ − 1 below zero. Clevert et al., ICLR 2016.
    Elu,
    /// A scaled ELU that keeps mean 0 and variance 1. Klambauer et al., NeurIPS 2017.
    Selu,
    /// z · Φ(z). Hendrycks & Gimpel 2016.
    Gelu,
    /// z · σ(z), also called swish. Ramachandran et al. 2017.
    #[serde(alias = "swish")]
    Silu,
    /// ln(1 + eᶻ).
    Softplus,
    /// z / (1 + |z|).
    Softsign,
    /// σ(z) = 1 / (1 + e⁻ᶻ).
    Sigmoid,
    /// A line from 0 at −3 to 1 at 3.
    HardSigmoid,
    /// Hyperbolic tangent.
    Tanh,
    /// eᶻ over the sum of eᶻ of all units of the layer.
    Softmax,
}

impl Activation {
    /// Every activation, in the order in which choices list them.
    pub const ALL: [Self; 13] = [
        Self::Sigmoid,
        Self::Tanh,
        Self::Relu,
        Self::LeakyRelu,
        Self::Elu,
        Self::Selu,
        Self::Gelu,
        Self::Silu,
        Self::Softplus,
        Self::Softsign,
        Self::HardSigmoid,
        Self::Linear,
        Self::Softmax,
    ];

    /// How people write it on a page.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Linear => "Linear",
            Self::Relu => "ReLU",
            Self::LeakyRelu => "Leaky ReLU",
            Self::Elu => "ELU",
            Self::Selu => "SELU",
            Self::Gelu => "GELU",
            Self::Silu => "SiLU",
            Self::Softplus => "Softplus",
            Self::Softsign => "Softsign",
            Self::Sigmoid => "Sigmoid",
            Self::HardSigmoid => "Hard sigmoid",
            Self::Tanh => "Tanh",
            Self::Softmax => "Softmax",
        }
    }

    /// Whether it is flat, or nearly so, on one side only, as ReLU is: there a unit is switched off.
    #[must_use]
    pub fn is_one_sided(self) -> bool {
        matches!(
            self,
            Self::Relu | Self::LeakyRelu | Self::Elu | Self::Selu | Self::Gelu | Self::Silu | Self::Softplus
        )
    }

    /// What a unit is called where the derivative is as good as zero.
    #[must_use]
    pub fn flat_word(self) -> &'static str {
        if self.is_one_sided() { "inactive" } else { "saturated" }
    }

    /// Value and derivative at `z`, side by side so that they change together. Softmax couples the
    /// units of a layer; its curve is that of two units whose other `z` is 0, which is the sigmoid.
    #[inline]
    #[must_use]
    pub fn eval(self, z: f32) -> (f32, f32) {
        const SELU_SCALE: f32 = 1.050_701;
        const SELU_ALPHA: f32 = 1.673_263_2;
        const INV_SQRT_2PI: f32 = 0.398_942_3;
        let positive = z > 0.0;
        match self {
            Self::Linear => (z, 1.0),
            Self::Relu => (if positive { z } else { 0.0 * z }, if positive { 1.0 } else { 0.0 }),
            Self::LeakyRelu => {
                let slope = if positive { 1.0 } else { 0.2 };
                (slope * z, slope)
            }
            Self::Elu => {
                let e = exp(z);
                (if positive { z } else { e - 1.0 }, if positive { 1.0 } else { e })
            }
            Self::Selu => {
                let e = exp(z);
                let value = if positive { z } else { SELU_ALPHA * (e - 1.0) };
                (SELU_SCALE * value, SELU_SCALE * if positive { 1.0 } else { SELU_ALPHA * e })
            }
            Self::Gelu => {
                let phi = 0.5 * (1.0 + erf(z * std::f32::consts::FRAC_1_SQRT_2));
                (z * phi, phi + z * INV_SQRT_2PI * exp(-0.5 * z * z))
            }
            Self::Silu => {
                let s = sigmoid(z);
                (z * s, s * (1.0 + z * (1.0 - s)))
            }
            Self::Softplus => (softplus(z), sigmoid(z)),
            Self::Softsign => {
                let d = 1.0 + z.abs();
                (z / d, 1.0 / (d * d))
            }
            Self::Sigmoid | Self::Softmax => {
                let s = sigmoid(z);
                (s, s * (1.0 - s))
            }
            Self::HardSigmoid => {
                let inside = z.abs() < 3.0;
                ((z / 6.0 + 0.5).clamp(0.0, 1.0), if inside { 1.0 / 6.0 } else { 0.0 })
            }
            Self::Tanh => {
                let y = tanh(z);
                (y, 1.0 - y * y)
            }
        }
    }

    /// f′ at `z`, from `y` = f(z) where that is cheaper (softmax: the diagonal of its Jacobian).
    #[inline]
    #[must_use]
    pub fn slope(self, z: f32, y: f32) -> f32 {
        match self {
            Self::Sigmoid | Self::Softmax => y * (1.0 - y),
            Self::Tanh => 1.0 - y * y,
            _ => self.eval(z).1,
        }
    }

    /// `y = f(z)` for rows of `units` values.
    pub fn apply(self, z: &[f32], y: &mut [f32], units: usize) {
        macro_rules! eval {
            ($name:ident) => {
                each(z, y, |z| Self::$name.eval(z).0)
            };
        }
        specialised!(self, eval, softmax(z, y, units));
    }

    /// ∂loss/∂z from ∂loss/∂y, `z` and what [`Self::apply`] made of it, for rows of `units` values.
    pub fn backward(self, grad_y: &[f32], z: &[f32], y: &[f32], grad_z: &mut [f32], units: usize) {
        let values = grad_y.iter().zip(z).zip(y);
        macro_rules! chain {
            ($name:ident) => {
                grad_z.iter_mut().zip(values).for_each(|(grad_z, ((&grad_y, &z), &y))| {
                    *grad_z = grad_y * Self::$name.slope(z, y);
                })
            };
        }
        specialised!(self, chain, softmax_backward(grad_y, y, grad_z, units));
    }
}

/// `y = f(z)`, sixteen at a time: in WebAssembly the constants of a polynomial are made anew in each turn of a
/// loop, and take longer than the arithmetic on four values.
#[expect(clippy::inline_always, reason = "a loop for each activation")]
#[inline(always)]
fn each(z: &[f32], y: &mut [f32], f: impl Fn(f32) -> f32) {
    let (rows, rest) = z.as_chunks::<16>();
    let (results, rest_of_results) = y.as_chunks_mut::<16>();
    for (z, y) in rows.iter().zip(results) {
        for lane in 0..16 {
            y[lane] = f(z[lane]);
        }
    }
    rest_of_results.iter_mut().zip(rest).for_each(|(y, &z)| *y = f(z));
}

/// Softmax of every row, shifted by its maximum so that nothing overflows.
fn softmax(z: &[f32], y: &mut [f32], units: usize) {
    for (z, y) in z.chunks_exact(units).zip(y.chunks_exact_mut(units)) {
        let max = z.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let mut sum = 0.0;
        for (y, &z) in y.iter_mut().zip(z) {
            *y = exp(z - max);
            sum += *y;
        }
        y.iter_mut().for_each(|y| *y /= sum);
    }
}

fn softmax_backward(grad_y: &[f32], y: &[f32], grad_z: &mut [f32], units: usize) {
    let rows = grad_z.chunks_exact_mut(units).zip(grad_y.chunks_exact(units)).zip(y.chunks_exact(units));
    for ((grad_z, grad_y), y) in rows {
        let mean: f32 = grad_y.iter().zip(y).map(|(g, y)| g * y).sum();
        for ((grad_z, &g), &y) in grad_z.iter_mut().zip(grad_y).zip(y) {
            *grad_z = y * (g - mean);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_derivative_is_the_slope_of_its_value() {
        for activation in Activation::ALL {
            for z in [-6.3_f32, -2.5, -1.1, -0.4, 0.3, 0.9, 2.2, 5.7] {
                let h = 1e-2;
                let numeric = (activation.eval(z + h).0 - activation.eval(z - h).0) / (2.0 * h);
                let slope = activation.eval(z).1;
                assert!((slope - numeric).abs() < 1e-3, "{activation:?} at {z}: {slope} vs {numeric}");
                assert_eq!(activation.slope(z, activation.eval(z).0), slope, "{activation:?} at {z}");
            }
        }
    }

    #[test]
    fn no_value_and_no_derivative_leaves_the_numbers_at_large_z() {
        for activation in Activation::ALL {
            for z in [-1e4_f32, -100.0, 0.0, 100.0, 1e4] {
                let (y, slope) = activation.eval(z);
                assert!(y.is_finite() && slope.is_finite(), "{activation:?} at {z}: {y}, {slope}");
            }
            assert!(activation.eval(f32::NAN).0.is_nan(), "{activation:?} hides a NaN");
        }
    }

    #[test]
    fn softmax_rows_sum_to_one_even_far_out() {
        let z = [1e4, 0.0, -1e4, 1.0, 2.0, 3.0];
        let mut y = [0.0; 6];
        Activation::Softmax.apply(&z, &mut y, 3);
        for row in y.chunks(3) {
            assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-6, "{row:?}");
        }
    }
}
