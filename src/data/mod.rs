//! Data sets: built in, offline, seeded. Each is a file here and its line in [`SETS`]; how items are
//! split, standardised and dealt into batches is the same for all ([`Data`], [`Batches`]).

mod batches;
mod blobs;
mod circle;
pub mod digits;
mod gaussians;
mod moons;
mod multi_gaussian;
mod plane;
mod spiral;
mod split;
mod xor;

pub use batches::{BatchSize, Batches};
pub use split::{Data, Examples};

use crate::error::{Error, Result, ensure_within};
use crate::tensor::Rng;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// Every built-in set, in the order of the page.
pub const SETS: [&DataSet; 8] = [
    &spiral::SET,
    &circle::SET,
    &xor::SET,
    &gaussians::SET,
    &moons::SET,
    &blobs::SET,
    &plane::SET,
    &multi_gaussian::SET,
];

/// What is to be learned from a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// One of so many classes; more than one number where the set can be made with more.
    Classes(RangeInclusive<usize>),
    /// A number for each item.
    Regression,
}

/// A seeded source of items in the plane, roughly within ±1 before they are standardised.
#[derive(Debug)]
pub struct DataSet {
    /// Its name in an experiment.
    pub name: &'static str,
    /// How people write it on a page.
    pub label: &'static str,
    pub task: Task,
    /// Draws an item: for classes the label is given and returned, for regression it is computed.
    sample: fn(&mut Rng, &Draw) -> ([f32; 2], f32),
}

/// What one item is drawn from.
struct Draw {
    class: usize,
    classes: usize,
    noise: f32,
}

/// Which data a run trains on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DataConfig {
    /// A name of [`SETS`].
    pub name: String,
    /// Number of items, for training and test together.
    pub samples: usize,
    /// 0 is clean; at 0.5 the classes overlap about as far as they are apart.
    pub noise: f32,
    /// Share of the items kept for the test.
    pub test_fraction: f32,
    /// Number of classes, for sets that can be made with more than two; `null` is the fewest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classes: Option<usize>,
}

impl Default for DataConfig {
    fn default() -> Self {
        Self { name: "spiral".into(), samples: 500, noise: 0.1, test_fraction: 0.3, classes: None }
    }
}

impl DataConfig {
    /// Range of [`Self::noise`].
    pub const NOISE: RangeInclusive<f32> = 0.0..=0.5;
    /// Range of [`Self::samples`].
    pub const SAMPLES: RangeInclusive<usize> = 10..=20_000;

    /// The set that is named.
    ///
    /// # Errors
    /// [`Error::Setting`] listing the sets there are.
    pub fn set(&self) -> Result<&'static DataSet> {
        SETS.into_iter().find(|set| set.name == self.name).ok_or_else(|| {
            let names: Vec<&str> = SETS.iter().map(|set| set.name).collect();
            Error::setting("data.name", &self.name, format!("one of {}", names.join(", ")))
        })
    }

    /// Number of items kept for the test.
    #[must_use]
    pub fn test_items(&self) -> usize {
        (self.samples as f32 * self.test_fraction).round() as usize
    }

    /// Number of classes; 0 for regression.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub fn classes(&self) -> Result<usize> {
        Ok(match &self.set()?.task {
            Task::Classes(range) => self.classes.unwrap_or(*range.start()),
            Task::Regression => 0,
        })
    }

    /// # Errors
    /// [`Error::Setting`] for an unknown set or a number out of its range.
    pub fn validate(&self) -> Result<()> {
        let set = self.set()?;
        ensure_within("data.samples", self.samples, &Self::SAMPLES)?;
        ensure_within("data.noise", self.noise, &Self::NOISE)?;
        ensure_within("data.test_fraction", self.test_fraction, &(0.0..=0.9))?;
        match (&set.task, self.classes) {
            (Task::Classes(range), Some(classes)) => ensure_within("data.classes", classes, range),
            (Task::Regression, Some(classes)) => {
                Err(Error::setting("data.classes", classes, format!("left out: {} is regression", self.name)))
            }
            (_, None) => Ok(()),
        }
    }
}

/// `point` moved by normal noise of deviation `spread`.
fn jittered(point: [f32; 2], spread: f32, rng: &mut Rng) -> [f32; 2] {
    point.map(|coordinate| coordinate + spread * rng.normal())
}

/// Cosine and sine of an angle in radians, with the same bits everywhere.
fn direction(angle: f32) -> [f32; 2] {
    [libm::cosf(angle), libm::sinf(angle)]
}
