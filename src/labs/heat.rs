//! Heat over a picture, as data: what mattered where, by as many measures as are to be compared.

use super::Span;
use serde::{Deserialize, Serialize};

/// Maps of the same picture, side by side, the outline of its ink over each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeatMaps {
    /// The picture, 0…1, `[height, width]`; empty where there is none.
    pub ink: Span,
    pub height: usize,
    pub width: usize,
    pub maps: Vec<HeatMap>,
}

/// One measure over the whole picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeatMap {
    /// "Saliency".
    pub label: String,
    /// What the colours stand for: "|∂logit/∂ink|".
    pub quantity: String,
    /// Rows and columns of `values`, which may be fewer than the picture's pixels.
    pub height: usize,
    pub width: usize,
    /// `[height, width]`.
    pub values: Span,
    /// The magnitude that is drawn in the strongest colour.
    pub most: f32,
    /// Whether the colours run from −`most` to `most`, and not from 0.
    pub is_signed: bool,
    /// In place of values, why there are none.
    pub missing: Option<String>,
}
