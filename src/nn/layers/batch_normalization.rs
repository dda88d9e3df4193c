//! Numbers brought to one scale over the batch.

use super::{Layer, WeightSpec, is_trainable, trainable};
use crate::error::{Error, Result, ensure_within};
use crate::nn::{Initializer, InitializerName, Trace};
use serde::{Deserialize, Serialize};

/// `y = γ · x̂ + β` with `x̂ = (x − μ) / √(σ² + ε)` for each channel, the last axis. In a training pass μ
/// and σ² are those of the batch, over all axes but the last; each step moves `moving_mean` and
/// `moving_variance` towards them by 1 − `momentum`. In inference μ and σ² are the moving ones.
///
/// # Shapes
/// - input and output `[batch, …, channels]`, all four weights `[channels]`
///
/// # Errors
/// [`Error::Setting`] for a setting out of its range.
///
/// # Reference
/// Ioffe & Szegedy, Batch normalization, ICML 2015.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchNormalization {
    #[serde(default = "momentum")]
    pub momentum: f32,
    #[serde(default = "epsilon")]
    pub epsilon: f32,
    /// Whether updates change its weights. If not, γ and β are frozen, and as in Keras it takes the moving
    /// statistics in training too, which then stand still.
    #[serde(default = "trainable", skip_serializing_if = "is_trainable")]
    pub trainable: bool,
    #[serde(skip)]
    channels: usize,
}

fn momentum() -> f32 {
    0.99
}

pub(super) fn epsilon() -> f32 {
    1e-3
}

/// γ and β, with Keras' initializers, for `size` numbers.
pub(super) fn gamma_and_beta(size: usize, trainable: bool) -> Vec<WeightSpec> {
    let ones = Initializer { name: InitializerName::Constant, scale: Some(1.0) };
    let zeros = Initializer::new(InitializerName::Zeros);
    [("gamma", ones), ("beta", zeros)]
        .map(|(name, initializer)| WeightSpec::new(name, vec![size], initializer).within(trainable))
        .into()
}

/// The last axis of an input, which there must be.
pub(super) fn last_axis(layer: &str, input_shape: &[usize]) -> Result<usize> {
    input_shape.last().copied().ok_or_else(|| Error::Shape {
        layer: layer.into(),
        expected: "at least one axis of features".into(),
        found: input_shape.to_vec(),
    })
}

/// Channels that are summed at once.
const LANES: usize = 8;

/// `K` sums for each channel from `first` on, over the rows of `a` and `b`, in `f64`: the squares of 50,000
/// numbers would lose three digits of the seven that an `f32` has.
fn sums<const K: usize>(
    [a, b]: [&[f32]; 2],
    channels: usize,
    first: usize,
    terms: impl Fn(usize, f64, f64) -> [f64; K],
) -> [[f64; K]; LANES] {
    let mut sums = [[0.0; K]; LANES];
    for (a, b) in a.chunks_exact(channels).zip(b.chunks_exact(channels)) {
        for (lane, (sums, (&a, &b))) in sums.iter_mut().zip(a[first..].iter().zip(&b[first..])).enumerate() {
            let terms = terms(lane, f64::from(a), f64::from(b));
            sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
        }
    }
    sums
}

impl BatchNormalization {
    /// A layer with Keras' defaults for all the rest.
    #[must_use]
    pub fn new(momentum: f32) -> Self {
        Self { momentum, epsilon: epsilon(), trainable: true, channels: 0 }
    }

    /// Whether the pass that `trace` is of takes the statistics of its batch.
    fn takes_batch(&self, trace: &Trace) -> bool {
        self.trainable && trace.noise.is_some()
    }

    /// Mean and variance of each channel of the batch.
    fn moments(&self, input: &[f32], means: &mut [f32], variances: &mut [f32]) {
        let rows = (input.len() / self.channels) as f64;
        for first in (0..self.channels).step_by(LANES) {
            let mean = sums([input; 2], self.channels, first, |_, x, _| [x]).map(|[sum]| sum / rows);
            let square = |lane: usize, x: f64, _| [(x - mean[lane]) * (x - mean[lane])];
            let variance = sums([input; 2], self.channels, first, square).map(|[sum]| sum / rows);
            let places = means[first..].iter_mut().zip(&mut variances[first..]);
            for ((at_mean, at_variance), (mean, variance)) in places.zip(mean.into_iter().zip(variance)) {
                (*at_mean, *at_variance) = (mean as f32, variance as f32);
            }
        }
    }
}

impl Layer for BatchNormalization {
    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>> {
        ensure_within("momentum", self.momentum, &(0.0..=1.0))?;
        ensure_within("epsilon", self.epsilon, &(1e-8..=1.0))?;
        self.channels = last_axis("batch_normalization", input_shape)?;
        Ok(input_shape.to_vec())
    }

    fn is_rowwise(&self) -> bool {
        false
    }

    fn weights(&self) -> Vec<WeightSpec> {
        let mut weights = gamma_and_beta(self.channels, self.trainable);
        let [mean, variance] = [1, 0].map(|like: usize| weights[like].clone());
        weights.push(WeightSpec { name: "moving_mean", is_trainable: false, ..mean });
        weights.push(WeightSpec { name: "moving_variance", is_trainable: false, ..variance });
        weights
    }

    fn can_stream(&self) -> bool {
        true
    }

    fn forward(&self, weights: &[f32], input: &[f32], trace: &mut Trace) {
        let channels = self.channels;
        let takes_batch = self.takes_batch(trace);
        let (affine, moving) = weights.split_at(2 * channels);
        let (gammas, betas) = affine.split_at(channels);
        trace.output.resize(input.len(), 0.0);
        trace.kept.resize(3 * channels, 0.0);
        let (moments, scales) = trace.kept.split_at_mut(2 * channels);
        let (means, variances) = moments.split_at_mut(channels);
        if takes_batch {
            self.moments(input, means, variances);
        } else {
            means.copy_from_slice(&moving[..channels]);
            variances.copy_from_slice(&moving[channels..]);
        }
        for (scale, variance) in scales.iter_mut().zip(&*variances) {
            *scale = 1.0 / (variance + self.epsilon).sqrt();
        }
        for (output, input) in trace.output.chunks_exact_mut(channels).zip(input.chunks_exact(channels)) {
            let moments = means.iter().zip(&*scales).zip(gammas.iter().zip(betas));
            for ((y, x), ((mean, scale), (gamma, beta))) in output.iter_mut().zip(input).zip(moments) {
                *y = gamma * ((x - mean) * scale) + beta;
            }
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
        let channels = self.channels;
        let rows = (input.len() / channels) as f64;
        let (grad_gammas, rest) = grad_weights.split_at_mut(channels);
        let grad_betas = &mut rest[..channels];
        let (means, scales) = (&trace.kept[..channels], &trace.kept[2 * channels..]);
        for first in (0..channels).step_by(LANES) {
            let lanes = (channels - first).min(LANES);
            let (means, scales) = (&means[first..][..lanes], &scales[first..][..lanes]);
            let normal = |lane: usize, x: f32| (x - means[lane]) * scales[lane];
            let terms = |lane: usize, x: f64, grad: f64| [grad * f64::from(normal(lane, x as f32)), grad];
            let sums = sums([input, &trace.grad_output], channels, first, terms);
            for (lane, [gamma, beta]) in sums.into_iter().take(lanes).enumerate() {
                (grad_gammas[first + lane], grad_betas[first + lane]) = (gamma as f32, beta as f32);
            }
            let Some(grad_input) = &mut grad_input else { continue };
            // Each number moves the mean and the variance of its batch; the moving ones stand still.
            let shares = sums
                .map(|sums| sums.map(|sum| if self.takes_batch(trace) { (sum / rows) as f32 } else { 0.0 }));
            let gammas = &weights[first..];
            let rows = grad_input.chunks_exact_mut(channels).zip(trace.grad_output.chunks_exact(channels));
            for ((grad_x, grad_y), x) in rows.zip(input.chunks_exact(channels)) {
                let (grad_x, grad_y, x) =
                    (&mut grad_x[first..][..lanes], &grad_y[first..][..lanes], &x[first..][..lanes]);
                for lane in 0..lanes {
                    let [by_variance, by_mean] = shares[lane];
                    let moved = grad_y[lane] - by_mean - normal(lane, x[lane]) * by_variance;
                    grad_x[lane] = gammas[lane] * scales[lane] * moved;
                }
            }
        }
    }

    fn after_step(&self, weights: &mut [f32], trace: &Trace) {
        if !self.takes_batch(trace) {
            return;
        }
        let moving = &mut weights[2 * self.channels..];
        for (moving, now) in moving.iter_mut().zip(&trace.kept) {
            *moving = *moving * self.momentum + now * (1.0 - self.momentum);
        }
    }
}
