//! What a visitor of the autoencoder lab looks for: a place on the map of codes, an item to follow, a threshold.

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
