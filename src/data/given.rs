//! What is given from outside, kept until runs ask for it. Of pictures with the class of each: which files belong
//! together, what an experiment on them says, and the arrays that it trains and tests on.

use super::documents::OwnDocuments;
use super::idx::{Content, MAX_ITEMS};
use super::ratings::OwnRatings;
use super::sequences::OwnText;
use super::table::Table;
use super::{Augmentation, Corruption, Data, DataConfig, Examples, Names, Pictures, SIDE, Targets};
use crate::error::{Error, Result};
use std::sync::Arc;

/// Fewest pictures that are trained on.
const MIN_PICTURES: usize = 10;
/// Test pictures of an experiment that nobody told how many: more cost more time than they tell.
const MAX_TEST: usize = 2_000;
/// Share kept for the test where no test files are given.
const TEST_FRACTION: f32 = 0.2;

/// Pictures with the class of each.
#[derive(Clone, Debug, PartialEq)]
struct Labelled {
    pictures: Pictures,
    labels: Vec<u8>,
}

/// What is given from outside for one data set.
#[derive(Debug)]
pub enum Given {
    Pictures(GivenPictures),
    Table(Table),
    Text(OwnText),
    Ratings(OwnRatings),
    Documents(OwnDocuments),
}

impl Given {
    /// Name of the set: `files`, `drawings`, `table`, `own_text`, `own_ratings` or `own_documents`.
    #[must_use]
    pub fn set(&self) -> &'static str {
        match self {
            Self::Pictures(pictures) => pictures.set(),
            Self::Table(table) => table.set(),
            Self::Text(text) => text.set(),
            Self::Ratings(ratings) => ratings.set(),
            Self::Documents(documents) => documents.set(),
        }
    }

    /// The arrays of an experiment on it.
    ///
    /// # Errors
    /// [`Error::Setting`] when there is not what the experiment asks for.
    pub fn data(&mut self, config: &DataConfig, seed: u64) -> Result<Arc<Data>> {
        match self {
            Self::Pictures(pictures) => pictures.data(config, seed),
            Self::Table(table) => table.data(config, seed),
            Self::Text(text) => text.data(config), // its windows are the same whatever the seed
            Self::Ratings(ratings) => ratings.data(config, seed),
            Self::Documents(documents) => documents.data(config, seed),
        }
    }
}

/// Pictures with the class of each, for one data set.
#[derive(Debug)]
pub struct GivenPictures {
    set: &'static str,
    classes: usize,
    train: Labelled,
    /// Where test pictures were given apart.
    test: Option<Labelled>,
    /// What was asked for last, since a run that is reset asks for the same again.
    latest: Option<(DataConfig, u64, Arc<Data>)>,
}

impl GivenPictures {
    /// The files as pictures for the data `set`, which is `files` or `drawings`: images and labels, and
    /// where there are two pairs, the smaller one for the test. The name of each is for messages.
    ///
    /// # Errors
    /// [`Error::File`] or [`Error::Setting`] when they do not belong together.
    pub fn new(set: &str, files: Vec<(String, Content)>) -> Result<Self> {
        let config = DataConfig::named(set);
        config.ensure_given()?;
        let (mut images, mut labels) = (Vec::new(), Vec::new());
        for (name, content) in files {
            match content {
                Content::Images(pictures) => images.push((name, pictures)),
                Content::Labels(classes) => labels.push((name, classes)),
            }
        }
        let mut pairs = paired(images, labels)?;
        let test = if pairs.len() > 1 { pairs.pop() } else { None };
        let (name, train) = pairs.pop().expect("paired gives one pair or two");
        if train.pictures.len() < MIN_PICTURES {
            let reason = format!(
                "{} images are too few to train on: give at least {MIN_PICTURES}",
                train.labels.len()
            );
            return Err(Error::file(name, reason));
        }
        let size = |labelled: &Labelled| [labelled.pictures.height(), labelled.pictures.width()];
        if let Some((name, test)) = test.as_ref().filter(|(_, test)| size(test) != size(&train)) {
            let [[height, width], [other_height, other_width]] = [size(test), size(&train)];
            let reason = format!(
                "its images are {height} by {width} pixels, but those to train on {other_height} by {other_width}"
            );
            return Err(Error::file(name, reason));
        }
        let test = test.map(|(_, test)| test);
        let all = train.labels.iter().chain(test.iter().flat_map(|test| &test.labels));
        let largest = all.max().map_or(0, |&label| usize::from(label));
        // Of one's own drawings some digits may still be missing.
        let classes = if set == "files" { (largest + 1).max(2) } else { config.classes()? };
        Ok(Self { set: config.set()?.name, classes, train, test, latest: None })
    }

    /// Passes for so many files of images and of labels as may be given together, the rest to come.
    ///
    /// # Errors
    /// [`Error::Setting`] for more than two of a kind.
    pub fn ensure_few([images, labels]: [usize; 2]) -> Result<()> {
        if images <= 2 && labels <= 2 { Ok(()) } else { Err(wrong_count(images, labels)) }
    }

    /// Name of the set: `files` or `drawings`.
    #[must_use]
    pub fn set(&self) -> &'static str {
        self.set
    }

    /// What an experiment on all of them says; of very many test pictures it takes the first.
    #[must_use]
    pub fn config(&self) -> DataConfig {
        let all = self.train.labels.len();
        let (train, test) = if let Some(test) = &self.test {
            let test = test.labels.len().min(MAX_TEST);
            (all.min(MAX_ITEMS - test), test) // what is too many together is not all trained on
        } else {
            let test = ((all as f32 * TEST_FRACTION).round() as usize).min(MAX_TEST);
            (all - test, test)
        };
        let usual = DataConfig::named(self.set);
        let size = [self.train.pictures.height(), self.train.pictures.width()];
        DataConfig {
            samples: train + test,
            test_fraction: test as f32 / (train + test) as f32,
            classes: Some(self.classes).filter(|_| usual.classes().ok() != Some(self.classes)),
            image_size: Some(size).filter(|size| *size != [SIDE; 2]),
            ..usual
        }
    }

    /// What was given, in words.
    #[must_use]
    pub fn summary(&self) -> String {
        let pictures = &self.train.pictures;
        let apart = self
            .test
            .as_ref()
            .map_or_else(String::new, |test| format!(" and {} to test on", test.labels.len()));
        format!(
            "{} images{apart}, {} by {} pixels, {} classes",
            self.train.labels.len(),
            pictures.height(),
            pictures.width(),
            self.classes
        )
    }

    /// The arrays of an experiment on them: the first pictures of each part, as many as it says, or where
    /// there is no part for the test, split by the seed.
    ///
    /// # Errors
    /// [`Error::Setting`] when there are not as many pictures.
    pub fn data(&mut self, config: &DataConfig, seed: u64) -> Result<Arc<Data>> {
        let plain = DataConfig {
            augmentation: Augmentation::default(),
            targets: Targets::default(),
            corruption: Corruption::default(),
            train_on: Vec::new(),
            ..config.clone()
        };
        if let Some((of, seeded, data)) = &self.latest
            && (of, *seeded) == (&plain, seed)
        {
            return Ok(Arc::clone(data));
        }
        self.latest = None; // before more memory is asked for
        let (train, test) = (config.training_items(), config.test_items());
        let data = match &self.test {
            None => {
                ensure_enough("data.samples", config.samples, &self.train)?;
                let Labelled { pictures, labels } = first(config.samples, &self.train);
                Data::split(&pictures, &labels, config, seed)?
            }
            Some(of_test) => {
                ensure_enough("the number of images to train on", train, &self.train)?;
                ensure_enough("the number of test images", test, of_test)?;
                let examples = |part: Labelled| Examples::of_pictures(part.pictures, &part.labels);
                Data {
                    train: examples(first(train, &self.train))?,
                    test: examples(first(test, of_test))?,
                    classes: self.classes,
                    names: Names::default(),
                }
            }
        };
        let data = Arc::new(data);
        self.latest = Some((plain, seed, Arc::clone(&data)));
        Ok(data)
    }
}

fn ensure_enough(what: &str, wanted: usize, part: &Labelled) -> Result<()> {
    let there = part.labels.len();
    if wanted <= there {
        return Ok(());
    }
    Err(Error::setting(what, wanted, format!("at most {there}, the number of images that were given")))
}

fn first(count: usize, part: &Labelled) -> Labelled {
    let indices: Vec<u32> = (0..count as u32).collect();
    Labelled { pictures: part.pictures.chosen(&indices), labels: part.labels[..count].to_vec() }
}

/// Each file of images with its labels and the name of its file, the larger pair first.
fn paired(
    mut images: Vec<(String, Pictures)>,
    mut labels: Vec<(String, Vec<u8>)>,
) -> Result<Vec<(String, Labelled)>> {
    let lone = |name: &str, missing: &str| {
        Error::file(name, format!("its {missing} are missing: give the files of images and labels together"))
    };
    match (images.as_slice(), labels.as_slice()) {
        ([(name, _), ..], []) => return Err(lone(name, "labels")),
        ([], [(name, _), ..]) => return Err(lone(name, "images")),
        ([_], [_]) | ([_, _], [_, _]) => {}
        (images, labels) => return Err(wrong_count(images.len(), labels.len())),
    }
    images.sort_by_key(|(name, pictures)| (std::cmp::Reverse(pictures.len()), is_of_test(name)));
    let pairs = images.into_iter().map(|(name, pictures)| {
        let fit =
            |(other, classes): &(String, Vec<u8>)| (classes.len() == pictures.len(), alike(&name, other));
        let best = (0..labels.len()).max_by_key(|&index| fit(&labels[index])).unwrap_or(0);
        let (other, labels) = labels.swap_remove(best);
        if labels.len() != pictures.len() {
            let reason = format!("it has {} labels, but {name} has {} images", labels.len(), pictures.len());
            return Err(Error::file(other, reason));
        }
        Ok((name, Labelled { pictures, labels }))
    });
    pairs.collect()
}

fn wrong_count(images: usize, labels: usize) -> Error {
    let given = format!("{images} of images and {labels} of labels");
    Error::setting("the number of files", given, "one of each, or two of each: to train on and to test on")
}

/// Whether a name sounds like test images: of two files as large it decides.
fn is_of_test(name: &str) -> bool {
    let name = name.to_lowercase();
    ["test", "t10k", "valid"].iter().any(|word| name.contains(word))
}

/// Characters with which two names begin alike.
fn alike(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(name: &str, count: usize, [height, width]: [usize; 2]) -> (String, Content) {
        let pixels = (0..count).flat_map(|item| vec![item as u8; height * width]).collect();
        (name.into(), Content::Images(Pictures::new(height, width, pixels)))
    }

    fn labels(name: &str, count: usize, classes: usize) -> (String, Content) {
        (name.into(), Content::Labels((0..count).map(|item| (item % classes) as u8).collect()))
    }

    #[test]
    fn two_files_are_split_and_four_are_taken_as_they_are() {
        let mut given =
            GivenPictures::new("files", vec![labels("l", 50, 5), images("i", 50, [20, 16])]).unwrap();
        assert_eq!(given.summary(), "50 images, 20 by 16 pixels, 5 classes");
        let config = given.config();
        assert_eq!((config.samples, config.test_items(), config.classes), (50, 10, Some(5)));
        assert_eq!(config.input_shape().unwrap(), [20, 16, 1]);
        config.validate().unwrap();
        let data = given.data(&config, 1).unwrap();
        data.ensure_fits(&config).unwrap();
        assert!(Arc::ptr_eq(&data, &given.data(&config, 1).unwrap()), "made anew");
        assert_ne!(*data, *given.data(&config, 2).unwrap());
        let fewer = DataConfig { samples: 20, ..config.clone() };
        given.data(&fewer, 1).unwrap().ensure_fits(&fewer).unwrap();
        let more = given.data(&DataConfig { samples: 60, ..config }, 1).unwrap_err().to_string();
        assert_eq!(more, "data.samples is 60, but must be at most 50, the number of images that were given");

        let size = [28, 28];
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]] {
            let files =
                [images("a", 30, size), labels("b", 30, 10), images("c", 12, size), labels("d", 12, 9)];
            let mut given =
                GivenPictures::new("files", order.map(|index| files[index].clone()).to_vec()).unwrap();
            assert_eq!(given.summary(), "30 images and 12 to test on, 28 by 28 pixels, 10 classes");
            let config = given.config();
            let data = given.data(&config, 7).unwrap();
            assert_eq!((data.train.len(), data.test.len(), config.classes), (30, 12, None));
            assert_eq!(data.test.labels[11], 2.0);
            data.ensure_fits(&config).unwrap();
        }
    }

    #[test]
    fn files_as_large_are_told_apart_by_their_names() {
        let files =
            [("t10k-labels", 3), ("train-labels", 4)].map(|(name, classes)| labels(name, 20, classes));
        let pictures = ["t10k-images", "train-images"].map(|name| images(name, 20, [28, 28]));
        let mut given = GivenPictures::new("files", [files, pictures].concat()).unwrap();
        let config = given.config();
        assert_eq!(given.data(&config, 1).unwrap().train.labels[3], 3.0, "the labels of the test were taken");
    }

    #[test]
    fn drawings_are_of_ten_classes_whatever_there_is() {
        let given =
            GivenPictures::new("drawings", vec![images("i", 12, [28, 28]), labels("l", 12, 3)]).unwrap();
        assert_eq!((given.config().classes().unwrap(), given.config().name.as_str()), (10, "drawings"));
    }

    #[test]
    fn as_many_images_as_files_may_hold_make_an_experiment() {
        let most = MAX_ITEMS;
        let files = vec![images("i", most, [1, 1]), labels("l", most, 10), images("t", 3_000, [1, 1])];
        let mut given = GivenPictures::new("files", [files, vec![labels("u", 3_000, 10)]].concat()).unwrap();
        let config = given.config();
        config.validate().unwrap();
        assert_eq!((config.samples, config.test_items()), (most, 2_000));
        given.data(&config, 1).unwrap().ensure_fits(&config).unwrap();
    }

    #[test]
    fn many_test_images_are_not_all_taken() {
        let files = vec![images("i", 15_000, [2, 2]), labels("l", 15_000, 10)];
        let config = GivenPictures::new("files", files).unwrap().config();
        assert_eq!((config.samples, config.test_items()), (15_000, 2_000));
    }

    #[test]
    fn files_that_do_not_belong_together_are_told_in_one_sentence() {
        let said =
            |files: Vec<(String, Content)>| GivenPictures::new("files", files).unwrap_err().to_string();
        let size = [28, 28];
        assert_eq!(
            said(vec![images("i", 20, size)]),
            "i: its labels are missing: give the files of images and labels together"
        );
        assert!(said(vec![labels("l", 20, 2)]).starts_with("l: its images are missing"));
        assert_eq!(
            said(vec![images("i", 20, size), labels("l", 19, 2)]),
            "l: it has 19 labels, but i has 20 images"
        );
        assert!(said(vec![images("i", 9, size), labels("l", 9, 2)]).starts_with("i: 9 images are too few"));
        assert!(said(Vec::new()).starts_with("the number of files is 0 of images and 0 of labels"));
        let three = vec![images("i", 20, size), labels("l", 20, 2), labels("m", 20, 2)];
        assert!(said(three).starts_with("the number of files is 1 of images and 2 of labels"));
        let sizes =
            vec![images("i", 20, size), labels("l", 20, 2), images("t", 10, [8, 8]), labels("u", 10, 2)];
        assert_eq!(said(sizes), "t: its images are 8 by 8 pixels, but those to train on 28 by 28");
        assert!(GivenPictures::new("digits", Vec::new()).is_err());
    }
}
