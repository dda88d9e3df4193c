//! How far the gradients of batches point away from the gradient of all items, as data.

use super::Span;
use serde::{Deserialize, Serialize};

/// A fan of angles for each lane.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Fans {
    pub fans: Vec<Fan>,
    /// What they show, written beneath them: "Four times the batch halves the noise."
    pub words: String,
}

/// The angles of one lane.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Fan {
    /// Whose they are, of [`super::LANE_LETTERS`].
    pub lane: usize,
    /// Items of a batch.
    pub batch: usize,
    /// Angles to the full gradient in degrees, 0…180, one for each batch that was measured; drawn to both sides by turns.
    pub angles: Span,
    /// Their mean in degrees; no number before any was measured.
    pub mean: f32,
}
