//! The loss over a plane through weight space, with the ways that lanes took down it, as data.

use super::Span;
use serde::{Deserialize, Serialize};

/// Heights over a plane, seen from above as contours or from the side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SurfaceFigure {
    /// Which plane it is, of which settings: ways of figures that have the same lie over one surface.
    #[serde(default)]
    pub plane: u32,
    /// Names of what stands across and upwards: "principal component 1 (61 %)".
    pub axes: [String; 2],
    /// What the heights are: "loss".
    pub quantity: String,
    /// Left, right, bottom and top of what is seen of the plane.
    pub view: [f32; 4],
    /// Places on a side of the values, of which the outer ones lie on the edge of the view.
    pub side: usize,
    /// `[side, side]`, the row at the bottom first; NaN where there is no number.
    pub values: Span,
    pub paths: Vec<SurfacePath>,
    pub marks: Vec<SurfaceMark>,
    /// Share of the values that are worked out, 0…1; others have that of a place near them.
    pub share: f32,
    /// Whether colours and heights follow the logarithm, so that the bottom of a valley is seen beside steep walls.
    pub is_log: bool,
    /// Whether a run can be begun at a place of it.
    #[serde(default)]
    pub has_starts: bool,
    /// Whether it is seen from the side.
    pub is_3d: bool,
    /// Then by how many degrees it is turned, and from how many above the horizon it is seen, 10…90.
    pub turn: f32,
    pub tilt: f32,
}

/// The way of one lane; its last place is where it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SurfacePath {
    pub lane: usize,
    /// Such as "SGD"; the letter of the lane stands before it.
    pub label: String,
    /// `[places, across and upwards]`, row-major, by ascending step.
    pub places: Span,
    /// The loss where it is.
    pub loss: f32,
}

/// A place worth a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SurfaceMark {
    pub at: [f32; 2],
    /// "start", "minimum".
    pub label: String,
    /// Whether it is where paths begin, which is a ring; others are crosses.
    pub is_start: bool,
}
