//! Figures of networks that compress, as data: a map of codes, errors of what is normal and what is not, and a grid of
//! measured numbers.

use super::Span;
use serde::{Deserialize, Serialize};

/// Items where their codes lie, and what a place of the map decodes to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LatentMap {
    /// What the items are: "test picture".
    pub kind: String,
    /// Names of what stands across and upwards: "z₁".
    pub axes: [String; 2],
    /// Left, right, bottom and top of the map.
    pub view: [f32; 4],
    /// Names of the classes; none where items have none.
    pub classes: Vec<String>,
    /// `[items, 4]`: across, upwards, class, number among the test items, row-major.
    pub points: Span,
    /// Rows and columns of an item; one that is no picture has one row.
    pub size: [usize; 2],
    /// The numbers that items have, at the least and at the most, for items that are no pictures.
    pub range: [f32; 2],
    /// Items drawn small where their codes lie: across and upwards of each, and `[items, ..size]`.
    pub thumbnails: [Span; 2],
    /// Cells of a square grid over the map, from the top left, and whether codes of training items lie near: 1, else 0.
    pub near: Span,
    pub cells: usize,
    /// What the network makes of the middle of every tile of a square grid, `[tiles, ..size]` from the top left; none where the
    /// items are shown.
    pub decoded: Span,
    pub tiles: usize,
    /// What is decoded at the cursor; none where the map is one of other numbers than the network's.
    pub cursor: Option<Cursor>,
}

impl LatentMap {
    /// What stands upwards on a map of codes of one number.
    pub const CLASS: &str = "class";
}

/// A place on a [`LatentMap`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cursor {
    pub at: [f32; 2],
    /// What it decodes to.
    pub item: Span,
    /// Such as "between 4 and 9".
    pub words: String,
    /// The test item whose code is nearest, and what it is.
    pub nearest: Span,
    pub nearest_words: String,
}

/// How large the errors of normal and of abnormal items are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Errors {
    /// What is counted: "mean squared error".
    pub label: String,
    /// Names of the normal and of the abnormal items: "digits 0", "other digits".
    pub kinds: [String; 2],
    /// Ends of the axis.
    pub from: f32,
    pub to: f32,
    /// Items in equal bins from one to the other, as a share of their kind; what lies beyond is in the last.
    pub shares: [Span; 2],
    /// What lies above it is taken for abnormal.
    pub threshold: f32,
    /// The error of what the visitor drew.
    pub needle: Option<f32>,
}

/// Every threshold at once: the share of abnormal items that are found, over the share of normal ones that raise a false
/// alarm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Roc {
    /// `[points, false alarms, found]`, row-major, from (0, 0) to (1, 1).
    pub points: Span,
    /// Area under it; 0.5 is guessing.
    pub area: f32,
    /// Where the threshold is.
    pub at: [f32; 2],
    /// What that comes to, line by line: "91 % found".
    pub lines: Vec<String>,
}

/// Measured numbers in rows and columns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    /// What is measured, with its unit where it has one.
    pub label: String,
    /// What rows and columns are: "trained with", "tested with".
    pub sides: [String; 2],
    pub rows: Vec<String>,
    pub columns: Vec<String>,
    /// `[rows, columns]`; NaN where nothing is measured.
    pub values: Span,
    /// The magnitude in the strongest colour of numbers that have signs; none where all are ≥ 0.
    pub most: Option<f32>,
    /// The column that other figures show.
    pub chosen: Option<usize>,
}
