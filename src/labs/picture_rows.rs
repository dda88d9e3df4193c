//! Pictures in rows, as data: a column for each item, a row for each way to look at it.

use super::Span;
use serde::{Deserialize, Serialize};

/// What went in, what came out, and what is between them, for several items side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PictureRows {
    pub rows: Vec<PictureRow>,
    /// What the items are: "test picture".
    pub kind: String,
    /// The place of each among their kind.
    pub items: Span,
    /// What is written below each column, and what it is: "mean error²".
    pub measures: Span,
    pub measure: String,
    pub height: usize,
    pub width: usize,
}

/// One picture of every item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PictureRow {
    /// "input".
    pub label: String,
    /// `[items, height, width]`: ink 0…1, or signed −1…1.
    pub values: Span,
    /// Whether it is drawn in the colours of signed numbers, from −1 to 1.
    pub is_signed: bool,
}
