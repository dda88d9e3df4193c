//! Pictures in rows, as data: a column for each item, a row for each way to look at it.

use super::Span;
use serde::{Deserialize, Serialize};

/// What went in, what came out, and what is between them, for several items side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PictureRows {
    pub rows: Vec<PictureRow>,
    /// What the items are: "test picture".
    pub kind: String,
    /// What each is called, such as its class; empty where it has no name.
    pub names: Vec<String>,
    /// The place of each among their kind; −1 for what was drawn.
    pub items: Span,
    /// Whether a column can be chosen, so that other figures follow its item.
    pub can_choose: bool,
    /// The column that other figures follow.
    pub chosen: Option<usize>,
    /// The column that is told apart, since something is odd about it.
    pub marked: Option<usize>,
    /// The least and the most of numbers that are no ink: items of one row are drawn as lines.
    pub range: [f32; 2],
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
    /// What 1 stands for.
    pub most: f32,
}
