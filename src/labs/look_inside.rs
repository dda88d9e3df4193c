//! Figures of the weights themselves, as data: those of one neuron, and histograms of a layer's.

use super::Span;
use serde::{Deserialize, Serialize};

/// The weights of one neuron, each of which can be set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    /// Its layer and its place in it, counted from 0.
    pub unit: [usize; 2],
    /// Neurons of its layer.
    pub units: usize,
    pub weights: Vec<Weight>,
    /// Their values, and ∂L/∂w of the last batch.
    pub values: Span,
    pub grads: Span,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weight {
    /// What it is multiplied by: "x", "layer 1, neuron 3"; or "bias".
    pub label: String,
    /// The setting that it is: `weights.dense.kernel.0.2`.
    pub key: String,
}

/// Histograms side by side, each with an axis of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Histograms {
    pub parts: Vec<HistogramPart>,
}

/// One of them: counts in equal bins from `low` to `high`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistogramPart {
    /// What is counted: "∂L/∂w".
    pub label: String,
    pub low: f32,
    pub high: f32,
    pub counts: Span,
}

/// A line over the layers for each of several steps, on a log axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerLines {
    /// What is measured: "‖∂L/∂W‖".
    pub label: String,
    /// Layers after the input, the output included.
    pub layers: usize,
    /// The step of each line, oldest first.
    pub steps: Span,
    /// `[steps, layers]`, values ≥ 0, infinities and NaN among them.
    pub values: Span,
    /// Decades of the axis: from 10^low to 10^high.
    pub decades: [i32; 2],
}
