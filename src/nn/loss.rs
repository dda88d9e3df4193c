//! Losses: means over the batch, with their gradients. Names and formulas are Keras'; the
//! cross-entropies are computed from logits, so that they stay finite however sure a network is.

use crate::nn::Activation;
use crate::tensor::math::{exp, sigmoid, softplus};
use serde::{Deserialize, Serialize};

/// What training makes small.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// −ln p of the label, for one sigmoid output.
    #[default]
    BinaryCrossentropy,
    /// −ln p of the label, for softmax outputs and one-hot targets.
    CategoricalCrossentropy,
    /// The same; Keras' name where labels are class indices.
    SparseCategoricalCrossentropy,
    /// Mean of (y − t)².
    MeanSquaredError,
    /// Mean of |y − t|.
    MeanAbsoluteError,
    /// Mean of max(1 − t · y, 0), with targets 0 and 1 taken as −1 and 1.
    Hinge,
}

impl Loss {
    /// Every loss, in the order in which choices list them.
    pub const ALL: [Self; 6] = [
        Self::BinaryCrossentropy,
        Self::SparseCategoricalCrossentropy,
        Self::CategoricalCrossentropy,
        Self::MeanSquaredError,
        Self::MeanAbsoluteError,
        Self::Hinge,
    ];

    /// How people write it on a page.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::BinaryCrossentropy => "Binary cross-entropy",
            Self::CategoricalCrossentropy => "Categorical cross-entropy",
            Self::SparseCategoricalCrossentropy => "Sparse categorical cross-entropy",
            Self::MeanSquaredError => "Mean squared error",
            Self::MeanAbsoluteError => "Mean absolute error",
            Self::Hinge => "Hinge",
        }
    }

    /// The output activation that this loss is joined with: it is then given that layer's `z`, the
    /// logits, and returns ∂loss/∂z. `None`: the loss is given the outputs themselves.
    #[must_use]
    pub fn logits_of(self) -> Option<Activation> {
        match self {
            Self::BinaryCrossentropy => Some(Activation::Sigmoid),
            Self::CategoricalCrossentropy | Self::SparseCategoricalCrossentropy => Some(Activation::Softmax),
            Self::MeanSquaredError | Self::MeanAbsoluteError | Self::Hinge => None,
        }
    }

    /// Whether it compares an item's outputs as one row of classes, and not number by number.
    #[must_use]
    pub fn is_of_rows(self) -> bool {
        matches!(self, Self::CategoricalCrossentropy | Self::SparseCategoricalCrossentropy)
    }

    /// Mean loss of a batch of rows of `units`; writes its gradient with respect to `values` (logits
    /// or outputs, see [`Self::logits_of`]) where one is wanted.
    ///
    /// Targets `[batch, units]`: 0 or 1, one-hot, or the wanted values.
    pub fn evaluate(self, values: &[f32], targets: &[f32], units: usize, grad: Option<&mut [f32]>) -> f32 {
        let (size, mut total) = ([units, values.len() / units], 0.0);
        self.add([values, targets], None, size, grad, &mut total);
        self.mean_of(total, size)
    }

    /// Adds to `total` the losses of a part of a batch, some of its rows, and writes the gradient of the mean
    /// over the whole of it; `[units, rows]` say how large that is. Where `values` are logits and the `outputs` are
    /// known already, the gradient is taken from those, which gives the same bits.
    pub(super) fn add(
        self,
        [values, targets]: [&[f32]; 2],
        outputs: Option<&[f32]>,
        [units, rows]: [usize; 2],
        mut grad: Option<&mut [f32]>,
        total: &mut f64,
    ) {
        debug_assert_eq!(values.len(), targets.len());
        let numbers = units * rows;
        let joined = outputs.filter(|_| self == Self::BinaryCrossentropy);
        if let Some((grad, outputs)) = grad.take_if(|_| joined.is_some()).zip(joined) {
            slopes([outputs, targets], grad, numbers, |y, t| y - t);
        }
        *total = match self {
            Self::BinaryCrossentropy if units >= WIDE => {
                if let Some(grad) = grad {
                    slopes([values, targets], grad, numbers, |z, t| sigmoid(z) - t);
                }
                values.chunks_exact(units).zip(targets.chunks_exact(units)).fold(*total, |total, (z, t)| {
                    z.chunks(MOST_FACTORS)
                        .zip(t.chunks(MOST_FACTORS))
                        .fold(total, |total, (z, t)| total + crossentropy_of_many(z, t))
                })
            }
            Self::BinaryCrossentropy => sum(
                *total,
                [values, targets],
                grad,
                numbers,
                |z, t| softplus(z) - t * z,
                |z, t| sigmoid(z) - t,
            ),
            Self::MeanSquaredError => {
                sum(*total, [values, targets], grad, numbers, |y, t| (y - t) * (y - t), |y, t| 2.0 * (y - t))
            }
            Self::MeanAbsoluteError => {
                sum(*total, [values, targets], grad, numbers, |y, t| (y - t).abs(), |y, t| sign(y - t))
            }
            Self::Hinge => {
                let margin = |y: f32, t: f32| 1.0 - (2.0 * t - 1.0) * y;
                let value = |y, t| match margin(y, t) {
                    below if below < 0.0 => 0.0 * below, // NaN for −∞
                    margin => margin,
                };
                let slope = |y, t| if margin(y, t) > 0.0 { 1.0 - 2.0 * t } else { 0.0 };
                sum(*total, [values, targets], grad, numbers, value, slope)
            }
            Self::CategoricalCrossentropy | Self::SparseCategoricalCrossentropy => {
                categorical(*total, [values, targets], units, grad, rows)
            }
        };
    }

    /// Over how many numbers of a row of `units` it is a mean.
    pub(super) fn numbers_of(self, units: usize) -> usize {
        if self.is_of_rows() { 1 } else { units }
    }

    /// The mean over a batch of `[units, rows]` whose losses come to `total`.
    pub(super) fn mean_of(self, total: f64, [units, rows]: [usize; 2]) -> f32 {
        (total / (self.numbers_of(units) * rows) as f64) as f32
    }
}

/// −1, 0 or 1; NaN stays NaN.
fn sign(x: f32) -> f32 {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else {
        x
    }
}

/// The gradient of the mean of an elementwise loss over so many `numbers`.
fn slopes([values, targets]: [&[f32]; 2], grad: &mut [f32], numbers: usize, slope: impl Fn(f32, f32) -> f32) {
    let scale = 1.0 / numbers as f32;
    for ((&v, &t), grad) in values.iter().zip(targets).zip(grad) {
        *grad = slope(v, t) * scale;
    }
}

/// `total` and the values of an elementwise loss, with the gradient of their mean over so many `numbers` where one
/// is wanted. Values are computed sixteen at a time, as SIMD, and summed one after another.
fn sum(
    total: f64,
    [values, targets]: [&[f32]; 2],
    grad: Option<&mut [f32]>,
    numbers: usize,
    value: impl Fn(f32, f32) -> f32,
    slope: impl Fn(f32, f32) -> f32,
) -> f64 {
    if let Some(grad) = grad {
        slopes([values, targets], grad, numbers, slope);
    }
    let (chunks, rest) = values.as_chunks::<LANES>();
    let (target_chunks, rest_of_targets) = targets.as_chunks::<LANES>();
    let mut sum = total;
    for (values, targets) in chunks.iter().zip(target_chunks) {
        let losses: [f32; LANES] = std::array::from_fn(|lane| value(values[lane], targets[lane]));
        losses.into_iter().for_each(|loss| sum += f64::from(loss));
    }
    rest.iter().zip(rest_of_targets).for_each(|(&v, &t)| sum += f64::from(value(v, t)));
    sum
}

/// Outputs of a row from which on their cross-entropies are summed with one logarithm; and at most so many, since a factor
/// may be 2.
const WIDE: usize = 16;
const MOST_FACTORS: usize = 1000;

/// Σ ln(1 + eᶻ) − t z as Σ max(z, 0) − t z + ln Π (1 + e^−|z|): for 784 outputs a product in `f64` takes the place of as
/// many logarithms.
fn crossentropy_of_many(z: &[f32], t: &[f32]) -> f64 {
    let (mut sums, mut products) = ([0.0_f64; LANES], [1.0_f64; LANES]);
    let straight = |z: f32, t: f32| if z > 0.0 { z - t * z } else { -(t * z) };
    let (chunks, rest) = z.as_chunks::<LANES>();
    let (target_chunks, rest_of_targets) = t.as_chunks::<LANES>();
    for (z, t) in chunks.iter().zip(target_chunks) {
        let straight: [f32; LANES] = std::array::from_fn(|lane| straight(z[lane], t[lane]));
        let tails: [f32; LANES] = std::array::from_fn(|lane| exp(-z[lane].abs()));
        for lane in 0..LANES {
            sums[lane] += f64::from(straight[lane]);
            products[lane] *= 1.0 + f64::from(tails[lane]);
        }
    }
    let (mut sum, mut product) = (sums.iter().sum::<f64>(), products.iter().product::<f64>());
    for (&z, &t) in rest.iter().zip(rest_of_targets) {
        sum += f64::from(straight(z, t));
        product *= 1.0 + f64::from(exp(-z.abs()));
    }
    sum + libm::log(product)
}

/// Numbers at once, as SIMD.
const LANES: usize = 16;

/// `total` and ln Σ eᶻ − z of the label of each row, shifted by the maximum; the gradient of the mean over `batch` rows is
/// (softmax(z) − target) / batch.
fn categorical(
    mut total: f64,
    [logits, targets]: [&[f32]; 2],
    units: usize,
    mut grad: Option<&mut [f32]>,
    batch: usize,
) -> f64 {
    for (row, (z, t)) in logits.chunks_exact(units).zip(targets.chunks_exact(units)).enumerate() {
        let max = z.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let sum: f32 = z.iter().map(|&z| exp(z - max)).sum();
        let label: f32 = z.iter().zip(t).map(|(&z, &t)| t * (z - max)).sum();
        total += f64::from(libm::logf(sum) - label);
        if let Some(grad) = &mut grad {
            let grad = &mut grad[row * units..][..units];
            for ((grad, &z), &t) in grad.iter_mut().zip(z).zip(t) {
                *grad = (exp(z - max) / sum - t) / batch as f32;
            }
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cross_entropies_stay_finite_at_huge_logits() {
        for logit in [-1e4_f32, -1e3, 0.0, 1e3, 1e4] {
            for target in [0.0, 1.0] {
                let mut grad = [0.0];
                let loss = Loss::BinaryCrossentropy.evaluate(&[logit], &[target], 1, Some(&mut grad));
                assert!(loss.is_finite() && loss >= 0.0 && grad[0].is_finite(), "{logit} {target}: {loss}");
            }
            let mut grad = [0.0; 3];
            let loss = Loss::SparseCategoricalCrossentropy;
            let loss = loss.evaluate(&[logit, 0.0, -logit], &[0.0, 1.0, 0.0], 3, Some(&mut grad));
            assert!(loss.is_finite() && grad.iter().all(|g| g.is_finite()), "{logit}: {loss} {grad:?}");
        }
    }

    #[test]
    fn gradients_are_the_slopes_of_the_losses() {
        let values = [0.7_f32, -0.4, 1.3, -2.1, 0.2, 0.6];
        let targets = [1.0, 0.0, 0.0, 0.0, 0.0, 1.0];
        for loss in Loss::ALL {
            let mut grad = [0.0; 6];
            loss.evaluate(&values, &targets, 3, Some(&mut grad));
            for index in 0..6 {
                let at = |h: f32| {
                    let mut nudged = values;
                    nudged[index] += h;
                    loss.evaluate(&nudged, &targets, 3, None)
                };
                let numeric = (at(1e-2) - at(-1e-2)) / 2e-2;
                assert!(
                    (grad[index] - numeric).abs() < 1e-3,
                    "{loss:?} {index}: {} vs {numeric}",
                    grad[index]
                );
            }
        }
    }
    /// Rows of many outputs, of a length that no SIMD divides and longer than one logarithm takes, against the formula
    /// in `f64`; the gradient from the outputs against that from the logits, bit for bit.
    #[test]
    fn wide_rows_are_summed_as_the_formula_says() {
        let units = 1003;
        let z: Vec<f32> = (0..2 * units).map(|i| ((i * 37 % 401) as f32 - 200.0) * 0.1).collect();
        let t: Vec<f32> = (0..2 * units).map(|i| (i % 5) as f32 * 0.25).collect();
        let exact = |(&z, &t): (&f32, &f32)| {
            let (z, t) = (f64::from(z), f64::from(t));
            z.max(0.0) + libm::log1p(libm::exp(-z.abs())) - t * z
        };
        let mean = z.iter().zip(&t).map(exact).sum::<f64>() / z.len() as f64;
        let mut from_logits = vec![0.0; z.len()];
        let loss = Loss::BinaryCrossentropy;
        let given = loss.evaluate(&z, &t, units, Some(&mut from_logits));
        assert!((f64::from(given) / mean - 1.0).abs() < 1e-7, "{given} vs {mean}");
        let outputs: Vec<f32> = z.iter().map(|&z| sigmoid(z)).collect();
        let (mut from_outputs, mut total) = (vec![0.0; z.len()], 0.0);
        loss.add([&z, &t], Some(&outputs), [units, 2], Some(&mut from_outputs), &mut total);
        assert_eq!(from_logits, from_outputs);
        assert_eq!(loss.mean_of(total, [units, 2]).to_bits(), given.to_bits());
        let undecided = loss.evaluate(&[0.0; 1100], &[1.0; 1100], 1100, None);
        assert_eq!(undecided, std::f32::consts::LN_2, "a factor of 2 each");
        for wrong in [f32::NAN, f32::INFINITY] {
            let mut z = z.clone();
            z[700] = wrong;
            assert!(!loss.evaluate(&z, &t, units, None).is_finite(), "{wrong}");
        }
    }
}
