//! Figures of the layers themselves, as data: what they cost, their kernels, what pooling throws away.

use super::Span;
use serde::{Deserialize, Serialize};

/// What each layer costs, and what it would without pooling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Costs {
    pub layers: Vec<LayerCost>,
    /// The sums over all layers.
    pub total: [f64; 3],
    /// The same without pooling; none where there is no pooling or such a network would be too large.
    pub without: Option<[f64; 3]>,
}

/// What a layer costs: its weights, multiply-adds for one picture, and numbers that it gives; whole numbers,
/// as large as `f64` counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerCost {
    /// Keras' name: `conv2d_1`.
    pub name: String,
    /// Its output: "12×12×16".
    pub shape: String,
    pub counts: [f64; 3],
    /// The same in the network without pooling; none for a pool.
    pub without: Option<[f64; 3]>,
}

impl Costs {
    /// What is counted; the hyphen is one that no line breaks at and nobody takes for a minus.
    pub const MEASURES: [&str; 3] = ["weights", "multiply\u{2011}adds", "outputs"];
    /// Bytes of a weight and of an output.
    pub const BYTES: f64 = 4.0;
}

/// The kernels of a layer: a tile for each of its units (or filters) and each map that it is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filters {
    /// Keras' name of the layer: `conv2d_1`.
    pub layer: String,
    /// What a unit of it is called: "filter", "unit".
    pub unit: String,
    /// Units and input maps that there are.
    pub of: [usize; 2],
    /// The first of each that is drawn, counted from 0.
    pub first: [usize; 2],
    /// How many of each are drawn.
    pub drawn: [usize; 2],
    /// Rows and columns of a tile.
    pub height: usize,
    pub width: usize,
    /// `[units, maps, height, width]`.
    pub values: Span,
    /// The magnitude in the strongest colour.
    pub most: f32,
    /// The unit in focus, where it is of this layer.
    pub focus: Option<usize>,
}

/// One map before and after a pool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pooled {
    /// Keras' name of the pool; empty where the network has none.
    pub layer: String,
    /// Which map, counted from 0, and of how many.
    pub map: [usize; 2],
    /// Rows and columns before and after.
    pub before: [usize; 2],
    pub after: [usize; 2],
    pub inputs: Span,
    pub outputs: Span,
    /// The cells that are kept as they are, as indices of `inputs`; none for a mean.
    pub kept: Span,
    /// Shares of the numbers and of their sum (of magnitudes) that are left, over all maps of the layer.
    pub left: [f32; 2],
}
