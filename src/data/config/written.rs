//! What somebody wrote of the data of a run, where much may be left out.

use super::{DataConfig, Targets};
use crate::data::feature::Feature;
use crate::data::points::Point;
use crate::data::sequences::Encoding;
use crate::data::table::TableConfig;
use crate::data::{Augmentation, Corruption};
use serde::{Deserialize, Deserializer};

/// What somebody wrote: the defaults of the rest depend on the set.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename = "DataConfig")]
pub(super) struct Written {
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
    #[serde(default)]
    image_size: Option<[usize; 2]>,
    #[serde(default, deserialize_with = "given")]
    features: Option<Vec<Feature>>,
    #[serde(default)]
    points: Vec<Point>,
    #[serde(default)]
    table: Option<TableConfig>,
    #[serde(default)]
    augmentation: Augmentation,
    #[serde(default, deserialize_with = "given")]
    targets: Option<Targets>,
    #[serde(default)]
    corruption: Corruption,
    #[serde(default)]
    train_on: Vec<usize>,
    #[serde(default)]
    lag: Option<usize>,
    #[serde(default)]
    min_lag: Option<usize>,
    #[serde(default)]
    length: Option<usize>,
    #[serde(default)]
    encoding: Option<Encoding>,
    #[serde(default)]
    symbols: Option<usize>,
    #[serde(default)]
    films: Option<usize>,
    #[serde(default)]
    levels: Option<usize>,
    #[serde(default)]
    vocabulary: Option<usize>,
}

/// A value that may be left out, but not be `null`.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> std::result::Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl From<Written> for DataConfig {
    fn from(given: Written) -> Self {
        let usual = given.name.map_or_else(Self::default, |name| Self::named(&name));
        let samples = match given.points.len() {
            0 => usual.usual_samples(given.length),
            points => points,
        };
        Self {
            samples: given.samples.unwrap_or(samples),
            noise: given.noise.unwrap_or(usual.noise),
            test_fraction: given.test_fraction.unwrap_or(usual.test_fraction),
            classes: given.classes,
            image_size: given.image_size,
            features: given.features.unwrap_or(usual.features),
            points: given.points,
            table: given.table,
            augmentation: given.augmentation,
            targets: given.targets.unwrap_or(usual.targets),
            corruption: given.corruption,
            train_on: given.train_on,
            lag: given.lag,
            min_lag: given.min_lag,
            length: given.length,
            encoding: given.encoding,
            symbols: given.symbols,
            films: given.films,
            levels: given.levels,
            vocabulary: given.vocabulary,
            name: usual.name,
        }
    }
}
