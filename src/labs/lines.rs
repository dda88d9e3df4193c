//! Lines over anything but the steps of a run, as data: what is measured at each place, of several lanes, and what
//! theory says beside it.

use super::Span;
use serde::{Deserialize, Serialize};

/// A plot of lines with one axis across and one upwards.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lines {
    /// What lies across, with its unit where it has one: "steps to recall".
    pub x_label: String,
    #[serde(default)]
    pub x_scale: XScale,
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
    /// Places on the lines that are told of: where a lane stands now.
    #[serde(default)]
    pub dots: Vec<PlacedDot>,
    /// Where the lines bend.
    #[serde(default)]
    pub knee: Option<Knee>,
}

/// The axis across.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum XScale {
    #[default]
    Linear,
    /// Equal factors lie equally far apart, ticks at powers of `base`: 2 for batch sizes, 10 for learning rates. Places
    /// that are not above 0 are left out.
    Log { base: u32 },
}

/// The axis upwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum LineScale {
    /// From 0 to 1, written as shares.
    #[default]
    Share,
    /// From 0 to this, or a round number above it.
    Linear(f32),
    /// From 10^low to 10^high; a line that falls below ends at the foot.
    Decades([i32; 2]),
}

/// One line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlacedLine {
    /// Whose it is, of [`super::LANE_LETTERS`].
    pub lane: usize,
    /// Written at its end, of a shared line along it; may be empty.
    pub label: String,
    /// Where it was measured, ascending, and what.
    pub x: Span,
    pub y: Span,
    /// Whether it is computed from theory: drawn thin.
    pub is_theory: bool,
    /// Whether it is of no lane, such as what the device can do: drawn in ink. Where the shared lines of lanes are not the
    /// same after all, each has its lane's colour.
    #[serde(default)]
    pub is_shared: bool,
}

/// A place on a line, drawn as a dot with words beside it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlacedDot {
    /// Whose it is, of [`super::LANE_LETTERS`].
    pub lane: usize,
    /// "now 0.1"; the letter of the lane where several are shown.
    pub label: String,
    pub x: f32,
    pub y: f32,
    /// Whether it is of no lane, as [`PlacedLine::is_shared`].
    #[serde(default)]
    pub is_shared: bool,
}

/// Where lines bend: a plumb with its words, what lies beyond it shaded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Knee {
    /// The place across.
    pub at: f32,
    /// "knee near 140".
    pub words: String,
    /// What lies before and beyond it: "idle device", "full device".
    pub sides: [String; 2],
}
