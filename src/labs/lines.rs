//! Lines over anything but the steps of a run, as data: what is measured at each place, of several lanes, and what
//! theory says beside it.

use super::Span;
use serde::{Deserialize, Serialize};

/// A plot of lines with one axis across and one upwards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lines {
    /// What lies across, with its unit where it has one: "steps to recall".
    pub x_label: String,
    /// What is measured: "accuracy".
    pub y_label: String,
    pub scale: LineScale,
    pub lines: Vec<PlacedLine>,
    /// A place across that is told of, and its words: (40.0, "trained").
    pub at: Option<(f32, String)>,
    /// Values worth a line of their own: (0.125, "chance").
    pub marks: Vec<(f32, String)>,
    /// Whether its lines are kinds of one run and not lanes: in ink, told apart by their dashes, with their last values.
    pub is_of_kinds: bool,
}

/// The axis upwards.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum LineScale {
    /// From 0 to 1, written as shares.
    Share,
    /// From 0 to this, or a round number above it.
    Linear(f32),
    /// From 10^low to 10^high; a line that falls below ends at the foot.
    Decades([i32; 2]),
}

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlacedLine {
    /// Whose it is, of [`super::LANE_LETTERS`].
    pub lane: usize,
    /// Written at its end; may be empty.
    pub label: String,
    /// Where it was measured, ascending, and what.
    pub x: Span,
    pub y: Span,
    /// Whether it is computed from theory: drawn thin.
    pub is_theory: bool,
}
