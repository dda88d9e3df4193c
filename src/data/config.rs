//! Which data a run trains on, as an experiment says it.

mod checks;
mod sequences;
mod sparse;
mod written;

use super::feature::Feature;
use super::points::Point;
use super::sequences::{Encoding, TEST_FRACTION};
use super::table::TableConfig;
use super::{Augmentation, Bounds, Corruption, DataSet, Examples, SETS, SIDE, SIGNAL, Source, Task};
use crate::error::{Error, Result, name_of};
use crate::tensor::{Tensor, tensor};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// Which data a run trains on. What JSON leaves out is that of [`Self::named`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "written::Written")]
pub struct DataConfig {
    /// A name of [`SETS`].
    pub name: String,
    /// Number of items, for training and test together.
    pub samples: usize,
    /// 0 is clean; at 0.5 the classes overlap about as far as they are apart. Always 0 for pictures.
    pub noise: f32,
    /// Share of the items kept for the test; of users with their ratings, share of all ratings.
    pub test_fraction: f32,
    /// Number of classes, for sets that can be made with more than two; `null` is the fewest, or the ten
    /// that pictures from outside usually have. 0 is regression, for sets that are for either.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classes: Option<usize>,
    /// Height and width of pictures from outside; `null` is 28 by 28 pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_size: Option<[usize; 2]>,
    /// What a network is given of each point of the plane, in this order.
    #[serde(skip_serializing_if = "is_usual")]
    pub features: Vec<Feature>,
    /// Points set by hand: x, y and class or value of each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<Point>,
    /// Which columns of a table from outside are learned from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<TableConfig>,
    /// How pictures are changed each time they are trained on.
    #[serde(skip_serializing_if = "Augmentation::is_default")]
    pub augmentation: Augmentation,
    /// What the network learns to give.
    #[serde(skip_serializing_if = "Targets::is_labels")]
    pub targets: Targets,
    /// How the inputs are spoiled where they are to be restored.
    #[serde(skip_serializing_if = "Corruption::is_default")]
    pub corruption: Corruption,
    /// The classes whose items are trained on, ascending; none stands for all. The test items are of all classes, so
    /// that it is seen what a network makes of what it never met.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub train_on: Vec<usize>,
    /// Steps of a sequence over which something is to be remembered; `null` is 20.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lag: Option<usize>,
    /// The shortest lag, where each sequence has one of its own between this and [`Self::lag`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_lag: Option<usize>,
    /// Steps of the sequences, where they are padded in front to be longer than they need to be; of a text the
    /// characters of a window, where `null` is 50.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<usize>,
    /// How a network is given symbols; `null` is one-hot, of a text by their indices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// Different symbols of a text from outside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbols: Option<usize>,
    /// Films of ratings from outside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub films: Option<usize>,
    /// Levels that ratings from outside may have: 5 for whole stars, 10 for halves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub levels: Option<usize>,
    /// Words of documents from outside that are told apart, the most frequent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vocabulary: Option<usize>,
}

/// What a network learns to give for an item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Targets {
    /// Its class, or the number that belongs to it.
    #[default]
    Labels,
    /// The item itself, as the network was given it (augmented, where pictures are): an autoencoder.
    Inputs,
    /// The item with its label after it, one-hot for a class, both given to the network together: what is likely of the
    /// two (Larochelle & Bengio, ICML 2008).
    Joint,
}

impl Targets {
    /// Whether it is what is meant where nothing is said.
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
    fn is_labels(&self) -> bool {
        *self == Self::Labels
    }

    /// Whether it is what the network is given.
    #[must_use]
    pub fn are_inputs(self) -> bool {
        self != Self::Labels
    }
}

fn is_usual(features: &[Feature]) -> bool {
    features == Feature::USUAL
}

impl Default for DataConfig {
    fn default() -> Self {
        Self::named("spiral")
    }
}

impl DataConfig {
    /// Range of [`Self::noise`] in the plane.
    pub const NOISE: RangeInclusive<f32> = 0.0..=0.5;

    /// The usual settings of a set: 500 items in the plane with a little noise, 2000 pictures, 5000
    /// sequences, all windows of the text.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let plane = Self {
            name: name.into(),
            samples: 500,
            noise: 0.1,
            test_fraction: 0.3,
            classes: None,
            image_size: None,
            features: Feature::USUAL.to_vec(),
            points: Vec::new(),
            table: None,
            augmentation: Augmentation::default(),
            targets: Targets::default(),
            corruption: Corruption::default(),
            train_on: Vec::new(),
            lag: None,
            min_lag: None,
            length: None,
            encoding: None,
            symbols: None,
            films: None,
            levels: None,
            vocabulary: None,
        };
        match plane.set().map(|set| &set.source) {
            Ok(Source::Pictures(_) | Source::Files) => {
                Self { samples: 2000, noise: 0.0, test_fraction: 0.2, ..plane }
            }
            Ok(Source::Signals { .. }) => Self { samples: 2000, noise: 0.0, test_fraction: 0.4, ..plane },
            Ok(Source::Sequences(_)) => Self {
                samples: 5000,
                noise: if name == "wave" { 0.05 } else { 0.0 },
                test_fraction: 0.2,
                ..plane
            },
            Ok(Source::Text) => {
                Self { samples: plane.usual_samples(None), noise: 0.0, test_fraction: TEST_FRACTION, ..plane }
            }
            Ok(Source::OwnText) => Self { noise: 0.0, test_fraction: TEST_FRACTION, ..plane },
            Ok(Source::Table) => Self { noise: 0.0, test_fraction: 0.2, ..plane },
            Ok(Source::Ratings | Source::OwnRatings) => {
                Self { samples: 400, noise: 0.0, test_fraction: 0.2, targets: Targets::Inputs, ..plane }
            }
            Ok(Source::Documents | Source::OwnDocuments) => {
                Self { samples: 600, noise: 0.0, test_fraction: 0.2, targets: Targets::Inputs, ..plane }
            }
            Ok(Source::Own) => Self { noise: 0.0, ..plane },
            Ok(Source::Landscape) => Self { samples: 1, noise: 0.0, test_fraction: 0.0, ..plane },
            _ => plane,
        }
    }

    /// The settings that stand for items given from outside, already split.
    #[must_use]
    pub fn of_files(train: &Examples, test: &Examples) -> Self {
        let samples = train.len() + test.len();
        let test_fraction = test.len() as f32 / samples.max(1) as f32;
        let size = train.pictures().map(|pictures| [pictures.height(), pictures.width()]);
        let image_size = size.filter(|size| *size != [SIDE; 2]);
        Self { samples, test_fraction, image_size, ..Self::named("files") }
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

    /// Passes when the items are given from outside, not drawn.
    ///
    /// # Errors
    /// [`Error::Setting`] for a set that draws its own.
    pub fn ensure_given(&self) -> Result<()> {
        if self.set()?.is_given() {
            return Ok(());
        }
        let allowed = "files, table, own_text, own_ratings or own_documents, where they are given along with the experiment";
        Err(Error::setting("data.name", &self.name, allowed))
    }

    /// Shape of what a network takes, without the batch axis: of an item, or of its numbers with those of its label after
    /// them.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub fn input_shape(&self) -> Result<Vec<usize>> {
        let shape = self.item_shape()?;
        Ok(match self.joined_units()? {
            0 => shape,
            units => vec![shape.iter().product::<usize>() + units],
        })
    }

    /// Numbers of a label that stand after those of its item: one for each class, one for a number, none where labels stand
    /// apart.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub fn joined_units(&self) -> Result<usize> {
        Ok(if self.targets == Targets::Joint { self.classes()?.max(1) } else { 0 })
    }

    /// Shape of one item: `[2]` in the plane, where no other features are chosen, `[28, 28, 1]` for pictures,
    /// `[time, symbols]`, `[time]` or `[time, features]` for sequences, `[films, levels]` for ratings,
    /// `[words]` for documents.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub fn item_shape(&self) -> Result<Vec<usize>> {
        Ok(match self.set()?.source {
            Source::Points(_) | Source::Own => vec![self.features.len()],
            Source::Landscape => vec![1],
            Source::Table => vec![self.table()?.inputs],
            Source::Pictures(_) => vec![SIDE, SIDE, 1],
            Source::Signals { .. } => vec![SIGNAL],
            Source::Sequences(_) | Source::Text | Source::OwnText => self.sequence_shape()?,
            Source::Ratings | Source::OwnRatings => self.ratings_shape()?.to_vec(),
            Source::Documents | Source::OwnDocuments => vec![self.vocabulary_size()?],
            Source::Files => {
                let [height, width] = self.image_size.unwrap_or([SIDE; 2]);
                vec![height, width, 1]
            }
        })
    }

    /// Rows and columns of one item: an item that is no picture is one row.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub fn grid(&self) -> Result<[usize; 2]> {
        Ok(match *self.item_shape()? {
            [height, width, _] => [height, width],
            ref other => [1, other.iter().product()],
        })
    }

    /// The numbers that inputs may have.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub fn bounds(&self) -> Result<Bounds> {
        Ok(if self.set()?.is_within_0_and_1() { Bounds::UNIT } else { Bounds::DEVIATIONS })
    }

    /// What the table is, for the set that is one.
    fn table(&self) -> Result<&TableConfig> {
        let missing = || Error::setting("data.table", "left out", "the target and the features of the table");
        self.table.as_ref().ok_or_else(missing)
    }

    /// What a network is given at a place of the plane that is drawn, for every item and every place alike: the
    /// features of the place, or of a table its inputs `axes`, across and upwards, and all others at their
    /// mean, which is 0.
    pub fn write_inputs(&self, place: [f32; 2], axes: [usize; 2], inputs: &mut [f32]) {
        if self.table.is_none() {
            return inputs
                .iter_mut()
                .zip(&self.features)
                .for_each(|(input, feature)| *input = feature.of(place));
        }
        inputs.fill(0.0);
        // Across last: where a table has one input, that is both.
        for (axis, coordinate) in axes.into_iter().zip(place).rev() {
            inputs[axis] = coordinate;
        }
    }

    /// How a number that has the slopes `by_input` changes with a place of that plane: its slopes across and upwards.
    /// With one input of a table the plane is a line, and there is no slope upwards.
    #[must_use]
    pub fn slope_at(&self, place: [f32; 2], axes: [usize; 2], by_input: &[f32]) -> [f32; 2] {
        if self.table.is_some() {
            let upwards = if axes[0] == axes[1] { 0.0 } else { by_input[axes[1]] };
            return [by_input[axes[0]], upwards];
        }
        self.features.iter().zip(by_input).fold([0.0; 2], |[across, upwards], (feature, slope)| {
            let [x, y] = feature.slope(place);
            [across + slope * x, upwards + slope * y]
        })
    }

    /// The features of points, `[points, features]`.
    pub(super) fn inputs_of(&self, places: &[[f32; 2]]) -> Tensor {
        let size = self.features.len();
        let mut inputs = vec![0.0; size * places.len()];
        let rows = inputs.chunks_exact_mut(size).zip(places);
        rows.for_each(|(row, &place)| self.write_inputs(place, [0, 1], row));
        tensor(&[places.len(), size], inputs)
    }

    /// How the features of points are called.
    pub(super) fn feature_names(&self) -> Vec<String> {
        self.features.iter().map(|feature| feature.label().to_owned()).collect()
    }

    /// Number of items kept for the test: where ratings are held out, every user.
    #[must_use]
    pub fn test_items(&self) -> usize {
        match (self.holds_out_ratings(), self.test_fraction > 0.0) {
            (true, false) => 0,
            (true, true) => self.samples,
            (false, _) => self.test_of(self.samples),
        }
    }

    /// Number of items to train on: those that are not kept for the test, or where ratings are held out, every user.
    #[must_use]
    pub fn training_items(&self) -> usize {
        if self.holds_out_ratings() { self.samples } else { self.samples - self.test_items() }
    }

    /// Whether the item at a place in a list is kept for the test, where that follows from the place: they are
    /// spread evenly, and of every number of items there are as many as [`Self::test_items`] says.
    #[must_use]
    pub fn is_for_test(&self, index: usize) -> bool {
        self.test_of(index + 1) > self.test_of(index)
    }

    /// So many of these are kept for the test.
    pub(super) fn test_of(&self, items: usize) -> usize {
        (items as f32 * self.test_fraction).round() as usize
    }

    /// Number of classes; 0 for regression, and where there are no labels.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub fn classes(&self) -> Result<usize> {
        let set = self.set()?;
        Ok(match &set.task {
            Task::Classes(_) if set.is_of_text() => self.symbol_count()?,
            Task::Classes(range) if set.is_given() => self.classes.unwrap_or(*range.end()),
            Task::Classes(range) | Task::Either(range) => self.classes.unwrap_or(*range.start()),
            Task::Regression | Task::Unlabelled => 0,
        })
    }

    /// Whether it asks for just the items that `given` describes, whatever is made or learned of them.
    #[must_use]
    pub fn asks_for(&self, given: &Self) -> bool {
        if self.set().is_ok_and(|set| set.is_given() && set.is_of_text()) {
            // Of a text windows of any length can be made.
            return self.name == given.name && self.symbols == given.symbols;
        }
        if self.set().is_ok_and(|set| set.is_given() && set.is_of_documents()) {
            // Of documents fewer words or more can be told apart.
            let asked = |data: &Self| (data.name.clone(), data.samples, data.test_items());
            return asked(self) == asked(given);
        }
        let asked = |data: &Self| {
            let (classes, shape) = (data.classes().ok(), data.item_shape().ok());
            (data.name.clone(), data.samples, data.test_items(), classes, shape, data.table.clone())
        };
        asked(self) == asked(given)
    }

    /// Passes when what is learned are the labels, for the lab `name`, which is about those.
    ///
    /// # Errors
    /// [`Error::Setting`] where it is the inputs.
    pub fn ensure_labels(&self, name: &str) -> Result<()> {
        if self.targets == Targets::Labels {
            return Ok(());
        }
        let allowed = format!("labels or left out: the lab {name} shows how labels are learned");
        Err(Error::setting("data.targets", name_of(self.targets), allowed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(inputs: usize) -> TableConfig {
        let features = vec!["width".into(), "height".into()];
        TableConfig { target: "kind".into(), features, inputs, missing: crate::data::table::Missing::Drop }
    }

    #[test]
    fn pictures_are_asked_for_by_all_that_tells_them_apart() {
        let given = DataConfig {
            samples: 100,
            classes: Some(4),
            image_size: Some([20, 20]),
            ..DataConfig::named("files")
        };
        let augmentation = Augmentation { rotation: 5.0, ..Augmentation::default() };
        assert!(DataConfig { augmentation, targets: Targets::Inputs, ..given.clone() }.asks_for(&given));
        assert!(
            DataConfig { classes: Some(10), ..given.clone() }
                .asks_for(&DataConfig { classes: None, ..given.clone() })
        );
        for other in [
            DataConfig { samples: 99, ..given.clone() },
            DataConfig { test_fraction: 0.3, ..given.clone() },
            DataConfig { classes: Some(5), ..given.clone() },
            DataConfig { image_size: Some([20, 21]), ..given.clone() },
            DataConfig { image_size: None, ..given.clone() },
            DataConfig { name: "drawings".into(), ..given.clone() },
            DataConfig { table: Some(columns(4)), ..given.clone() },
        ] {
            assert!(!other.asks_for(&given), "{other:?}");
        }
    }
}
