//! What a run keeps in memory, part by part, as data.

use serde::{Deserialize, Serialize};

/// A stacked bar of bytes for each lane.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MemoryBars {
    pub bars: Vec<MemoryBar>,
    /// The same with all items in one batch, drawn as an outline beneath the bars; the lane's that is selected.
    pub whole: Option<MemoryBar>,
    /// What the bars show, written beneath them: "only activations and data grow with the batch".
    pub finding: String,
}

/// The bytes of one run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MemoryBar {
    /// Whose they are, of [`super::LANE_LETTERS`].
    pub lane: usize,
    /// Items of a batch.
    pub batch: usize,
    /// Bytes of each of [`MemoryBars::PARTS`].
    pub bytes: [f64; 5],
}

impl MemoryBars {
    /// What the bytes are of, in their order.
    pub const PARTS: [&str; 5] = ["weights", "gradients", "optimiser", "activations", "data"];
}

impl MemoryBar {
    /// Bytes of all parts.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.bytes.iter().sum()
    }
}
