//! From a set's settings to arrays: items drawn, split into training and test, standardised.

use super::{
    Augmentation, Augmenter, DataConfig, Draw, Examples, Inputs, Pictures, SIDE, SIGNAL, Source, documents,
    landscape, points, ratings, sequences,
};
use crate::error::{Error, Result};
use crate::tensor::{Rng, Stream, tensor};
use std::sync::Arc;

/// The arrays that a run trains and tests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Data {
    pub train: Examples,
    pub test: Examples,
    /// Number of classes; 0 for regression, and where there are no labels.
    pub classes: usize,
    pub names: Names,
}

/// How inputs, classes and symbols are called where they have names of their own; else empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    pub inputs: Vec<String>,
    pub classes: Vec<String>,
    /// Of what the steps of a sequence may be.
    pub symbols: Vec<String>,
}

impl Data {
    /// Draws the items that `config` describes: always the same for the same seed.
    ///
    /// # Errors
    /// [`Error::Setting`] as in [`DataConfig::validate`], and for `files`, which cannot be drawn.
    pub fn new(config: &DataConfig, seed: u64) -> Result<Self> {
        config.validate()?;
        match config.set()?.source {
            Source::Own => points::arrays(config),
            Source::Landscape => Ok(landscape::arrays(config)),
            Source::Points(sample) => Self::points(config, seed, sample),
            Source::Pictures(draw) => {
                let classes = config.classes()?;
                let mut rng = Rng::new(seed, Stream::Data);
                let labels: Vec<u8> = (0..config.samples).map(|index| (index % classes) as u8).collect();
                let mut pixels = Vec::with_capacity(config.samples * SIDE * SIDE);
                labels.iter().for_each(|&class| pixels.extend(draw(&mut rng, class.into())));
                Self::split(&Pictures::new(SIDE, SIDE, pixels), &labels, config, seed)
            }
            Source::Signals { draw, classes } => Ok(Self::signals(config, seed, draw, classes)),
            Source::Sequences(recipe) => sequences::arrays(config, recipe, seed),
            Source::Text => sequences::built_in().arrays(config),
            Source::Ratings => Ok(ratings::drawn(config, seed)),
            Source::Documents => Ok(documents::drawn(config, seed)),
            Source::Files | Source::Table | Source::OwnText | Source::OwnRatings | Source::OwnDocuments => {
                let allowed = "a built-in set where no images, table, text, ratings or documents are given along with the experiment";
                Err(Error::setting("data.name", &config.name, allowed))
            }
        }
    }

    /// Splits pictures with the class of each into training and test, as `config` says: always alike
    /// for the same seed.
    ///
    /// # Errors
    /// [`Error::Setting`] when there are not as many pictures or labels as `config` says.
    pub fn split(pictures: &Pictures, labels: &[u8], config: &DataConfig, seed: u64) -> Result<Self> {
        if [pictures.len(), labels.len()] != [config.samples; 2] {
            let allowed = format!("{}, the number of images, with a label for each", pictures.len());
            return Err(Error::setting("data.samples", config.samples, allowed));
        }
        let mut order: Vec<u32> = (0..config.samples as u32).collect();
        Rng::new(seed, Stream::Split).shuffle(&mut order);
        let chosen = |indices: &[u32]| {
            let labels: Vec<u8> = indices.iter().map(|&index| labels[index as usize]).collect();
            Examples::of_pictures(pictures.chosen(indices), &labels)
        };
        let (test, train) = order.split_at(config.test_items());
        Ok(Self {
            train: chosen(train)?,
            test: chosen(test)?,
            classes: config.classes()?,
            names: Names::default(),
        })
    }

    /// Draws signals of all classes in turn and splits them.
    fn signals(
        config: &DataConfig,
        seed: u64,
        draw: fn(&mut Rng, usize) -> Vec<f32>,
        classes: &[&str],
    ) -> Self {
        let mut rng = Rng::new(seed, Stream::Data);
        let mut items: Vec<(Vec<f32>, f32)> = (0..config.samples)
            .map(|index| (draw(&mut rng, index % classes.len()), (index % classes.len()) as f32))
            .collect();
        Rng::new(seed, Stream::Split).shuffle(&mut items);
        let examples = |items: &[(Vec<f32>, f32)]| {
            let numbers = items.iter().flat_map(|(signal, _)| signal).copied().collect();
            let labels = tensor(&[items.len()], items.iter().map(|&(_, label)| label).collect());
            Examples::new(Inputs::Features(tensor(&[items.len(), SIGNAL], numbers)), labels)
        };
        let (test, train) = items.split_at(config.test_items());
        let classes: Vec<String> = classes.iter().map(|&name| name.into()).collect();
        let names = Names { classes: classes.clone(), ..Names::default() };
        Self { train: examples(train), test: examples(test), classes: classes.len(), names }
    }

    fn points(config: &DataConfig, seed: u64, sample: fn(&mut Rng, &Draw) -> Labelled) -> Result<Self> {
        let classes = config.classes()?;
        let mut rng = Rng::new(seed, Stream::Data);
        let mut items: Vec<Labelled> = (0..config.samples)
            .map(|index| {
                let class = if classes == 0 { 0 } else { index % classes };
                sample(&mut rng, &Draw { class, classes, noise: config.noise })
            })
            .collect();
        Rng::new(seed, Stream::Split).shuffle(&mut items);
        let (test, train) = items.split_at(config.test_items());
        let scale = Standard::of(train);
        let names = Names { inputs: config.feature_names(), ..Names::default() };
        Ok(Self { train: scale.apply(config, train), test: scale.apply(config, test), classes, names })
    }

    /// The name of a class, or else its number.
    #[must_use]
    pub fn class_name(&self, class: usize) -> String {
        self.names.classes.get(class).cloned().unwrap_or_else(|| class.to_string())
    }

    /// These data with the training items of some classes alone, ascending; as they are where none are named.
    ///
    /// # Errors
    /// [`Error::Setting`] when there is no item of a class to train on.
    pub fn trained_on(self: Arc<Self>, classes: &[usize]) -> Result<Arc<Self>> {
        if classes.is_empty() {
            return Ok(self);
        }
        let labels: Vec<usize> = self.train.labels.iter().map(|&label| label as usize).collect();
        if let Some((index, class)) = classes.iter().enumerate().find(|(_, class)| !labels.contains(class)) {
            let key = format!("data.train_on.{index}");
            let allowed = "a class of which there are items to train on: there are none of it in these data";
            return Err(Error::setting(&key, class, allowed));
        }
        let chosen: Vec<u32> =
            (0..labels.len() as u32).filter(|&item| classes.contains(&labels[item as usize])).collect();
        let train = self.train.chosen(&chosen);
        Ok(Arc::new(Self {
            train,
            test: self.test.clone(),
            classes: self.classes,
            names: self.names.clone(),
        }))
    }

    /// These data with so many numbers of its label after those of each item; see [`Examples::joined`].
    #[must_use]
    pub fn joined(self: Arc<Self>, units: usize) -> Arc<Self> {
        if units == 0 {
            return self;
        }
        let mut data = Arc::unwrap_or_clone(self);
        [&mut data.train, &mut data.test].into_iter().for_each(|part| part.joined = units);
        Arc::new(data)
    }

    /// What changes the training pictures; `None` where they stay as they are, or are not pictures.
    pub(crate) fn augmenter(&self, augmentation: &Augmentation, seed: u64) -> Option<Augmenter> {
        let pictures = self.train.pictures().filter(|_| !augmentation.is_none())?;
        Some(Augmenter::new(augmentation, pictures.height(), pictures.width(), seed))
    }

    /// Passes when this is what `config` says of its items: their shape, number and classes.
    ///
    /// # Errors
    /// [`Error::Setting`] naming what differs.
    pub fn ensure_fits(&self, config: &DataConfig) -> Result<()> {
        let shape = config.item_shape()?;
        for examples in [&self.train, &self.test] {
            if examples.input_shape() != shape {
                let allowed = format!("{shape:?} for the data {}", config.name);
                let found = format!("{:?}", examples.input_shape());
                return Err(Error::setting("the shape of the items", found, allowed));
            }
        }
        let found = (self.train.len(), self.test.len());
        let wanted = (config.training_items(), config.test_items());
        if found != wanted {
            let words = |(train, test)| format!("{train} for training and {test} for the test");
            return Err(Error::setting("the number of items", words(found), words(wanted)));
        }
        let steps: Vec<usize> = config.label_steps()?.into_iter().collect();
        if let Some(found) = [&self.train, &self.test].into_iter().find(|of| of.labels.shape()[1..] != steps)
        {
            let found = format!("{:?}", &found.labels.shape()[1..]);
            return Err(Error::setting("the shape of the labels of an item", found, format!("{steps:?}")));
        }
        let classes = config.classes()?;
        if classes == 0 {
            return Ok(());
        }
        let labels = self.train.labels.iter().chain(&self.test.labels);
        let Some(other) = labels.into_iter().find(|label| !(0.0..classes as f32).contains(*label)) else {
            return Ok(());
        };
        Err(Error::setting("a label", other, format!("a class from 0 to {}", classes - 1)))
    }
}

/// A point of the plane with its label.
type Labelled = ([f32; 2], f32);

/// Mean and deviation of each feature over the training items, which the test items share.
struct Standard {
    mean: [f32; 2],
    deviation: [f32; 2],
}

impl Standard {
    fn of(items: &[Labelled]) -> Self {
        let count = items.len() as f64;
        let mean = [0, 1].map(|f| items.iter().map(|(x, _)| f64::from(x[f])).sum::<f64>() / count);
        let deviation = [0, 1].map(|f| {
            let squares =
                items.iter().map(|(x, _)| f64::from(x[f]) - mean[f]).map(|distance| distance * distance);
            (squares.sum::<f64>() / count).sqrt().max(1e-6) as f32
        });
        Self { mean: mean.map(|m| m as f32), deviation }
    }

    fn apply(&self, config: &DataConfig, items: &[Labelled]) -> Examples {
        let scaled = |&([x, y], _): &Labelled| {
            [(x - self.mean[0]) / self.deviation[0], (y - self.mean[1]) / self.deviation[1]]
        };
        let places: Vec<[f32; 2]> = items.iter().map(scaled).collect();
        let labels = tensor(&[items.len()], items.iter().map(|&(_, label)| label).collect());
        let inputs = Inputs::Features(config.inputs_of(&places));
        Examples { places, ..Examples::new(inputs, labels) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Feature, SETS};
    use super::*;

    #[test]
    fn every_set_is_split_standardised_and_reproducible() {
        for set in SETS.into_iter().filter(|set| set.is_plane() && !set.is_own()) {
            let config = DataConfig { name: set.name.into(), ..DataConfig::default() };
            let data = Data::new(&config, 7).unwrap();
            assert_eq!((data.train.len(), data.test.len()), (350, 150), "{}", set.name);
            assert_eq!(data, Data::new(&config, 7).unwrap());
            assert_ne!(data, Data::new(&config, 8).unwrap());
            for feature in 0..2 {
                let inputs = data.train.to_tensor();
                let values = inputs.index_axis(ndarray::Axis(1), feature);
                assert!(values.mean().unwrap().abs() < 1e-4, "{}", set.name);
                assert!((values.std(0.0) - 1.0).abs() < 1e-3, "{}", set.name);
            }
        }
    }

    #[test]
    fn features_are_made_of_the_same_points() {
        let usual = Data::new(&DataConfig::default(), 7).unwrap();
        let features = vec![Feature::Xy, Feature::SinY, Feature::X];
        let chosen = DataConfig { features: features.clone(), ..DataConfig::default() };
        let data = Data::new(&chosen, 7).unwrap();
        data.ensure_fits(&chosen).unwrap();
        assert_eq!(data.train.input_shape(), [3]);
        for (of, plain) in [(&data.train, &usual.train), (&data.test, &usual.test)] {
            assert_eq!(of.labels, plain.labels);
            for (item, row) in of.features().chunks_exact(3).enumerate() {
                assert_eq!(of.place(item, [0, 1]), plain.place(item, [0, 1]));
                let expected: Vec<f32> = features.iter().map(|f| f.of(plain.place(item, [0, 1]))).collect();
                assert_eq!(row, expected);
            }
        }
        let none = DataConfig { features: Vec::new(), ..DataConfig::default() };
        assert!(Data::new(&none, 7).unwrap_err().to_string().starts_with("data.features is []"));
        let pictures = DataConfig { features, ..DataConfig::named("digits") };
        assert!(
            Data::new(&pictures, 7).unwrap_err().to_string().contains("digits are no points of the plane")
        );
    }

    #[test]
    fn classes_are_balanced_and_one_hot() {
        let config = DataConfig { classes: Some(5), test_fraction: 0.0, ..DataConfig::default() };
        let data = Data::new(&config, 1).unwrap();
        let targets = data.train.targets(5);
        for class in 0..5 {
            assert_eq!(targets.chunks(5).filter(|row| row[class] == 1.0).count(), 100);
        }
        assert!((targets.iter().sum::<f32>() - 500.0).abs() < f32::EPSILON);
    }

    #[test]
    fn settings_out_of_range_are_refused_before_anything_is_drawn() {
        let refused = |config: DataConfig| Data::new(&config, 1).unwrap_err().to_string();
        let defaults = DataConfig::default;
        assert!(refused(DataConfig { name: "mnist".into(), ..defaults() }).contains("one of spiral, circle"));
        let error = refused(DataConfig { samples: usize::MAX, ..defaults() });
        assert!(error.ends_with("must be from 10 to 20000"), "{error}");
        assert!(refused(DataConfig { noise: f32::NAN, ..defaults() }).contains("data.noise is NaN"));
        assert!(refused(DataConfig { classes: Some(11), ..defaults() }).contains("from 2 to 10"));
        let plane = DataConfig { name: "plane".into(), classes: Some(2), ..defaults() };
        assert!(refused(plane).contains("left out"));
    }

    #[test]
    fn digits_are_drawn_split_and_reproducible() {
        let config = DataConfig { samples: 200, ..DataConfig::named("digits") };
        let data = Data::new(&config, 7).unwrap();
        assert_eq!((data.train.len(), data.test.len(), data.classes), (160, 40, 10));
        assert_eq!(data.train.input_shape(), config.input_shape().unwrap());
        assert_eq!(data, Data::new(&config, 7).unwrap());
        assert_ne!(data, Data::new(&config, 8).unwrap());
        let labels = data.train.labels.iter().chain(&data.test.labels);
        assert_eq!(labels.filter(|label| **label == 3.0).count(), 20);
        data.ensure_fits(&config).unwrap();
    }

    #[test]
    fn given_pictures_are_split_with_their_labels() {
        // Each picture says its label in its first pixel.
        let pixels =
            (0..50_usize).flat_map(|item| [vec![(item % 10) as u8], vec![7; 783]].concat()).collect();
        let labels: Vec<u8> = (0..50).map(|item| item % 10).collect();
        let config = DataConfig { samples: 50, ..DataConfig::named("files") };
        let pictures = Pictures::new(28, 28, pixels);
        let data = Data::split(&pictures, &labels, &config, 3).unwrap();
        assert_eq!((data.train.len(), data.test.len()), (40, 10));
        for examples in [&data.train, &data.test] {
            for (item, &label) in examples.labels.iter().enumerate() {
                assert_eq!(f32::from(examples.pictures().unwrap().picture(item)[0]), label);
            }
        }
        let refused =
            |labels: &[u8], config: &DataConfig| Data::split(&pictures, labels, config, 3).unwrap_err();
        assert!(refused(&labels[1..], &config).to_string().contains("data.samples is 50"));
        let more = DataConfig { samples: 60, ..config.clone() };
        assert_eq!(
            refused(&labels, &more).to_string(),
            "data.samples is 60, but must be 50, the number of images, with a label for each"
        );
    }

    #[test]
    fn what_pictures_cannot_be_is_said_in_words() {
        let refused = |config: DataConfig| Data::new(&config, 1).unwrap_err().to_string();
        let noisy = DataConfig { noise: 0.1, ..DataConfig::named("digits") };
        assert!(
            refused(noisy).starts_with("data.noise is 0.1, but must be 0 or left out: digits have no noise")
        );
        let files = refused(DataConfig::named("files"));
        assert!(
            files.starts_with("data.name is files, but must be a built-in set where no images"),
            "{files}"
        );
        let config = DataConfig { samples: 20, ..DataConfig::named("digits") };
        let data = Data::new(&config, 1).unwrap();
        let other = |config: DataConfig| data.ensure_fits(&config).unwrap_err().to_string();
        assert!(
            other(DataConfig { samples: 30, ..config.clone() })
                .contains("16 for training and 4 for the test")
        );
        assert!(
            other(DataConfig { samples: 20, ..DataConfig::default() })
                .contains("[28, 28, 1], but must be [2]")
        );
        let exact = DataConfig::of_files(&data.train, &data.test);
        assert_eq!((exact.samples, exact.test_items()), (20, 4));
        data.ensure_fits(&exact).unwrap();
    }

    #[test]
    fn every_number_of_given_items_is_split_as_it_was() {
        for (train, test) in [(60_000, 10_000), (59_999, 10_001), (100_003, 99_997), (7, 3), (190_000, 1)] {
            let fraction = test as f32 / (train + test) as f32;
            let config =
                DataConfig { samples: train + test, test_fraction: fraction, ..DataConfig::named("files") };
            assert_eq!(config.test_items(), test);
        }
    }

    #[test]
    fn what_is_left_out_depends_on_the_set() {
        let read = |text: &str| serde_json::from_str::<DataConfig>(text).unwrap();
        assert_eq!(read("{}"), DataConfig::default());
        assert_eq!(read(r#"{"name": "digits"}"#), DataConfig::named("digits"));
        assert_eq!(read(r#"{"name": "digits"}"#).noise, 0.0);
        assert_eq!(read(r#"{"name": "moons", "samples": 50}"#).noise, 0.1);
    }
}
