//! Activations beside one another at the `z` of a running network, as data.

use super::Span;
use crate::nn::Activation;
use serde::{Deserialize, Serialize};

/// Every activation that works number by number; softmax couples the units of a layer.
pub fn elementwise() -> impl Iterator<Item = Activation> {
    Activation::ALL.into_iter().filter(|activation| *activation != Activation::Softmax)
}

/// f and f′ of every elementwise activation as small multiples, over the `z` that the network has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bench {
    /// The activation of the selected layer.
    pub used: Activation,
    /// The selected layer, counted from 1.
    pub layer: usize,
    /// The axis runs over ±`extent`.
    pub extent: f32,
    /// Least and greatest `z` of the selected layer, then of all hidden layers, in the last batch; no
    /// numbers where none is finite.
    pub ranges: Span,
}

/// |f′|ⁿ over n, for every elementwise activation at the `z` of a running network: computed, not measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Products {
    /// The activation of the selected layer.
    pub used: Activation,
    /// Mean |f′| over the `z` of all hidden layers in the last batch, in the order of [`elementwise`].
    pub factors: Span,
    /// The last n.
    pub most: usize,
    /// Decades of the axis: from 10^low to 10^high.
    pub decades: [i32; 2],
}

/// `factor` multiplied with itself so often.
#[must_use]
pub fn power_of(factor: f32, n: usize) -> f32 {
    (0..n).fold(1.0, |product, _| product * factor)
}
