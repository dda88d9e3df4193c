//! What a visitor looks for: a place on the map of codes, an item to follow, a threshold, a step of a sequence.

use super::held::Held;
use super::race::CurveAxis;
use serde::{Deserialize, Serialize};

/// See the module. It decides what is computed for the eye, never a number of the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Probe {
    /// The place on the map whose code is decoded, across and upwards; `None` before one was chosen.
    pub cursor: Option<[f32; 2]>,
    /// Whether the map shows what the network makes of every place, instead of the items.
    pub shows_decoded: bool,
    /// The test item that is followed through the layers, and from which one walks.
    pub item: Option<usize>,
    /// The test item to which one walks.
    pub to: Option<usize>,
    /// In which order items stand side by side.
    pub order: ItemOrder,
    /// How much what is shown is spoiled; `None` as much as in training.
    pub level: Option<f32>,
    /// The error above which an item is taken for abnormal; `None` lets 5 % of the normal ones through as alarms.
    pub threshold: Option<f32>,
    /// What it costs to miss an abnormal item, where a false alarm costs 1; `None` is as much.
    pub cost_of_a_miss: Option<f32>,
    /// What is looked for in a sequence.
    pub sequence: SequenceProbe,
    /// What of an item is held fast while the rest is dreamt.
    pub held: Held,
    /// Films that the visitor rated, each with its level from 0.
    pub ratings: Vec<[usize; 2]>,
    /// What is looked for among titles; empty for all.
    pub search: String,
    /// How often another dream was asked for.
    pub dreams: u32,
    /// The step of the dream that is looked on at; `None` where steps far apart stand side by side.
    pub dream_step: Option<usize>,
    /// What curves of a race are drawn over.
    pub axis: CurveAxis,
    /// The loss that lanes which race are compared by; `None` lets the lab, or what they reached, decide.
    pub goal: Option<f32>,
    /// How a slice of the loss surface is looked at.
    pub surface: SurfaceProbe,
}

/// Which slice of the loss surface is looked at, and from where.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SurfaceProbe {
    /// Whether it goes through the ways that the lanes took, and not in random directions.
    pub by_path: bool,
    /// Whether it is seen from the side; then by how many degrees it is turned, and from how many above the horizon.
    pub is_3d: bool,
    pub turn: f32,
    pub tilt: f32,
}

impl Default for SurfaceProbe {
    fn default() -> Self {
        Self { by_path: true, is_3d: false, turn: 30.0, tilt: 40.0 }
    }
}

impl Probe {
    /// Forgets what was looked for among items, as when there are others: an item's number, a film's or a pixel's would
    /// be that of something else.
    pub fn forget_items(&mut self) {
        (self.item, self.to, self.held) = (None, None, Held::default());
        self.ratings.clear();
        self.search.clear();
    }
}

/// What is looked for in a sequence, and how a text is to be written on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SequenceProbe {
    /// The step and the unit that are looked at, counted from 0; `None` the last step and the first unit.
    pub step: Option<usize>,
    pub unit: Option<usize>,
    /// Symbols put in place of others: step and symbol of each.
    pub edits: Vec<[usize; 2]>,
    /// The character of a page that is looked at, from 0; `None` the last.
    pub letter: Option<usize>,
    /// How a text begins that is to be written on; empty for the usual beginning.
    pub prime: String,
    /// How freely it is written: 0 always takes the likeliest; `None` is the usual.
    pub temperature: Option<f32>,
    /// Of how many of the likeliest characters; 0 for all.
    pub top_k: usize,
    /// How often it was asked for another.
    pub again: u32,
}

/// Which test items stand side by side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemOrder {
    /// The first of each class.
    #[default]
    Classes,
    /// Those that come back worst, the worst first.
    Worst,
    /// Those that come back best, the best first.
    Best,
}

impl SequenceProbe {
    /// How freely text is written where nothing else is said.
    pub const TEMPERATURE: f32 = 0.8;
    /// How it begins then.
    pub const BEGINNING: &str = "The ";
}

impl ItemOrder {
    /// All, in the order of the page.
    pub const ALL: [Self; 3] = [Self::Classes, Self::Worst, Self::Best];

    /// What it is called on a page.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Classes => "By class",
            Self::Worst => "Worst",
            Self::Best => "Best",
        }
    }
}
