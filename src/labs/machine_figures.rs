//! Figures of machines of two layers, as data: what goes up and comes back, what is expected and how sure that is, errors
//! beside each other, words in lists.

use super::{Patch, Span};
use serde::{Deserialize, Serialize};

/// A picture that goes up to hidden units and what a sample of them gives back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TwoLayers {
    /// The visible units, 0…1, `[height, width]`.
    pub given: Span,
    /// What comes back, likewise.
    pub made: Span,
    /// `[units, height, width]`; each unit has colours of its own scale.
    pub weights: Span,
    /// What each unit gives in the mean: of one that is on or off the probability of being on.
    pub means: Span,
    /// What was drawn: 0 or 1, or what a rectified unit gives.
    pub states: Span,
    /// Which hidden units these are, counted from 0; where there is little room only the first are drawn.
    pub units: Vec<usize>,
    /// Hidden units that there are.
    pub of_units: usize,
    pub height: usize,
    pub width: usize,
    /// 1 for each pixel that is held as it is given, else 0; empty where none is.
    pub clamped: Span,
    /// The pixels that are marked, to be held or let go.
    pub marked: Option<Patch>,
}

impl TwoLayers {
    /// No more hidden units than these are drawn.
    pub const MOST_UNITS: usize = 12;
}

/// Expected numbers with their spread: a row for each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intervals {
    pub names: Vec<String>,
    pub means: Span,
    pub lows: Span,
    pub highs: Span,
    /// The true numbers, NaN where unknown; empty where none is known.
    pub truth: Span,
    /// Ends of the axis.
    pub range: [f32; 2],
    /// What stands after the first number of the axis: "star".
    pub unit: String,
    /// Of the numbers beside the rows.
    pub decimals: usize,
    /// So many of the first rows are in bold.
    pub marked: usize,
}

/// Numbers ≥ 0 as bars with names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedBars {
    pub names: Vec<String>,
    pub values: Span,
    /// The one that it is about: in ink and in bold.
    pub marked: Option<usize>,
    /// What is measured, for the table and what is read under the pointer: "stars".
    pub unit: String,
    pub decimals: usize,
    /// End of the axis; what is longer is cut off there.
    pub most: f32,
}

impl NamedBars {
    /// In place of a number that is not known yet.
    pub const UNKNOWN: f32 = -1.0;
}

/// Lists of words, side by side and below each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WordLists {
    pub lists: Vec<WordList>,
    /// What the lists are, for the table: "hidden unit".
    pub kind: String,
}

/// Questions with the answers that were given, each one of the same choices; drawn as [`Intervals`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Questions {
    pub rows: Intervals,
    /// Which question each row is.
    pub items: Vec<usize>,
    /// What may be answered: "1", "2", …
    pub choices: Vec<String>,
    /// The place of each answer among the choices; `None` where there is none.
    pub answers: Vec<Option<usize>>,
}

/// Words of one kind, the most telling first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WordList {
    pub title: String,
    /// Beneath the title; may be empty.
    pub note: String,
    pub words: Vec<String>,
    /// How much each word says; below 0 where it speaks against.
    pub weights: Span,
    /// Whether it is told apart, by a frame.
    pub is_marked: bool,
}
