//! Which data a run trains on, as an experiment says it.

use super::{DataSet, Examples, SETS, SIDE, Source, Task};
use crate::error::{Error, Result, ensure_within};
use serde::{Deserialize, Deserializer, Serialize};
use std::ops::RangeInclusive;

/// Which data a run trains on. What JSON leaves out is that of [`Self::named`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Given")]
pub struct DataConfig {
    /// A name of [`SETS`].
    pub name: String,
    /// Number of items, for training and test together.
    pub samples: usize,
    /// 0 is clean; at 0.5 the classes overlap about as far as they are apart. Always 0 for pictures.
    pub noise: f32,
    /// Share of the items kept for the test.
    pub test_fraction: f32,
    /// Number of classes, for sets that can be made with more than two; `null` is the fewest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classes: Option<usize>,
}

/// What somebody wrote: the defaults of the rest depend on the set.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename = "DataConfig")]
struct Given {
    #[serde(default, deserialize_with = "given")]
    name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    samples: Option<usize>,
    #[serde(default, deserialize_with = "given")]
    noise: Option<f32>,
    #[serde(default, deserialize_with = "given")]
    test_fraction: Option<f32>,
    #[serde(default)]
    classes: Option<usize>,
}

/// A value that may be left out, but not be `null`.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> std::result::Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl From<Given> for DataConfig {
    fn from(given: Given) -> Self {
        let usual = given.name.map_or_else(Self::default, |name| Self::named(&name));
        Self {
            samples: given.samples.unwrap_or(usual.samples),
            noise: given.noise.unwrap_or(usual.noise),
            test_fraction: given.test_fraction.unwrap_or(usual.test_fraction),
            classes: given.classes,
            ..usual
        }
    }
}

impl Default for DataConfig {
    fn default() -> Self {
        Self::named("spiral")
    }
}

impl DataConfig {
    /// Range of [`Self::noise`] in the plane.
    pub const NOISE: RangeInclusive<f32> = 0.0..=0.5;

    /// The usual settings of a set: 500 items in the plane with a little noise, 2000 pictures.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let plane = Self { name: name.into(), samples: 500, noise: 0.1, test_fraction: 0.3, classes: None };
        match plane.set().map(|set| &set.source) {
            Ok(Source::Pictures(_) | Source::Files) => {
                Self { samples: 2000, noise: 0.0, test_fraction: 0.2, ..plane }
            }
            _ => plane,
        }
    }

    /// The settings that stand for items given from outside, already split.
    #[must_use]
    pub fn of_files(train: &Examples, test: &Examples) -> Self {
        let samples = train.len() + test.len();
        let test_fraction = test.len() as f32 / samples.max(1) as f32;
        Self { samples, test_fraction, ..Self::named("files") }
    }

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

    /// Whether the items are given from outside, not drawn.
    #[must_use]
    pub fn is_given(&self) -> bool {
        self.set().is_ok_and(|set| matches!(set.source, Source::Files))
    }

    /// Shape of one item, without the batch axis: `[2]` in the plane, `[28, 28, 1]` for pictures.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub fn input_shape(&self) -> Result<Vec<usize>> {
        Ok(match self.set()?.source {
            Source::Points(_) => vec![2],
            Source::Pictures(_) | Source::Files => vec![SIDE, SIDE, 1],
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
    /// [`Error::Setting`] for an unknown set, a number out of its range, or noise on pictures.
    pub fn validate(&self) -> Result<()> {
        let set = self.set()?;
        ensure_within("data.samples", self.samples, &set.samples())?;
        ensure_within("data.test_fraction", self.test_fraction, &(0.0..=0.9))?;
        if set.is_plane() {
            ensure_within("data.noise", self.noise, &Self::NOISE)?;
        } else if self.noise != 0.0 {
            let allowed =
                format!("0 or left out: {} are pictures, which have no noise of their own", self.name);
            return Err(Error::setting("data.noise", self.noise, allowed));
        }
        match (&set.task, self.classes) {
            (Task::Classes(range), Some(classes)) => ensure_within("data.classes", classes, range),
            (Task::Regression, Some(classes)) => {
                Err(Error::setting("data.classes", classes, format!("left out: {} is regression", self.name)))
            }
            (_, None) => Ok(()),
        }
    }
}
