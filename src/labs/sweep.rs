//! What several networks make of one picture as something about it changes, as data.

use super::Span;
use serde::{Deserialize, Serialize};

/// A line for each network, over what changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sweep {
    /// What changes: "Shift →".
    pub x_label: String,
    /// The unit alone, with the gap between it and a number.
    pub unit: String,
    /// What is measured, 0…1: "probability of a 3".
    pub y_label: String,
    /// Amounts, ascending.
    pub x: Span,
    /// Amounts that are written under the axis; the first and the last are its ends.
    pub ticks: Vec<f32>,
    /// The amount now.
    pub at: f32,
    pub lines: Vec<SweepLine>,
}

/// What one network gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SweepLine {
    /// "this network", "CNN, pooling".
    pub label: String,
    /// Number of its weights.
    pub weights: usize,
    /// As many as there are amounts; none for an empty pad.
    pub y: Span,
}
