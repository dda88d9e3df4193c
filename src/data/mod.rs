//! Data sets: points of the plane, pictures, sequences, tables, ratings and documents, built in or from files, seeded. Each is a file here and
//! its line in [`SETS`]; how items are split and dealt into batches is the same for all ([`Data`],
//! [`Batches`]).

mod augment;
mod augmenter;
mod batches;
mod blobs;
mod circle;
mod config;
mod corruption;
pub mod digits;
mod digits_set;
pub mod documents;
mod examples;
mod feature;
mod file_kind;
mod files;
mod gaussians;
mod given;
mod heartbeat;
pub mod idx;
mod idx_file;
mod landscape;
mod moons;
mod multi_gaussian;
mod nudge;
pub mod pca;
mod pictures;
mod plane;
pub mod points;
pub mod ratings;
mod resample;
pub mod sequences;
mod sparse;
mod spiral;
mod split;
pub mod table;
mod xor;

pub use augment::Augmentation;
pub use augmenter::Augmenter;
pub use batches::{BatchSize, Batches, Dealing};
pub use config::{DataConfig, Targets};
pub use corruption::{Bounds, Corruption, CorruptionKind};
pub use examples::{Examples, Inputs};
pub use feature::Feature;
pub use file_kind::{FileKind, image_size};
pub use given::{Given, GivenPictures};
pub use nudge::{Nudge, NudgeKind};
pub use pictures::Pictures;
pub use sequences::{Encoding, Sequences};
pub use sparse::SparseRows;
pub use split::{Data, Names};

use crate::tensor::Rng;
use sequences::Recipe;
use std::ops::RangeInclusive;

/// Every set, in the order of the page.
pub const SETS: [&DataSet; 28] = [
    &spiral::SET,
    &circle::SET,
    &xor::SET,
    &gaussians::SET,
    &moons::SET,
    &blobs::SET,
    &plane::SET,
    &multi_gaussian::SET,
    &digits_set::SET,
    &heartbeat::SET,
    &sequences::RECALL,
    &sequences::ADDING,
    &sequences::TEMPORAL_ORDER,
    &sequences::COPY,
    &sequences::BRACKETS,
    &sequences::PARITY,
    &sequences::WAVE,
    &sequences::TEXT,
    &sequences::OWN_TEXT,
    &ratings::BUILT_IN,
    &ratings::OWN,
    &documents::BUILT_IN,
    &documents::OWN,
    &files::FILES,
    &files::DRAWINGS,
    &table::SET,
    &points::SET,
    &landscape::SET,
];

/// Pixels on a side of the pictures that runs train on, as MNIST has them.
pub const SIDE: usize = 28;
/// Numbers of a signal of our own.
pub const SIGNAL: usize = 96;

/// What is to be learned from a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// One of so many classes; more than one number where the set can be made with more.
    Classes(RangeInclusive<usize>),
    /// A number for each item.
    Regression,
    /// One of so many classes, or a number where 0 are said.
    Either(RangeInclusive<usize>),
    /// Nothing is said of an item but the item itself: what is learned are the inputs.
    Unlabelled,
}

/// A set of items to learn from.
#[derive(Debug)]
pub struct DataSet {
    /// Its name in an experiment.
    pub name: &'static str,
    /// How people write it on a page.
    pub label: &'static str,
    pub task: Task,
    source: Source,
}

/// One drawn picture, row by row; 0 is paper, 255 is ink.
type Picture = [u8; SIDE * SIDE];

/// Where the items of a set come from.
#[derive(Debug)]
enum Source {
    /// Draws a point of the plane, roughly within ±1.5 before it is standardised: for classes the label
    /// is given and returned, for regression it is computed.
    Points(fn(&mut Rng, &Draw) -> ([f32; 2], f32)),
    /// Draws a picture of a class.
    Pictures(fn(&mut Rng, usize) -> Picture),
    /// Draws a signal of a class, [`SIGNAL`] numbers within 0…1; the classes have names.
    Signals { draw: fn(&mut Rng, usize) -> Vec<f32>, classes: &'static [&'static str] },
    /// Draws sequences of a task over time.
    Sequences(&'static Recipe),
    /// The text that is built in.
    Text,
    /// A text that is given from outside.
    OwnText,
    /// Pictures that are given from outside.
    Files,
    /// A table that is given from outside.
    Table,
    /// Draws users with the films that they rated.
    Ratings,
    /// Ratings that are given from outside.
    OwnRatings,
    /// Draws documents as the words that they have.
    Documents,
    /// Documents that are given from outside.
    OwnDocuments,
    /// Points that stand in the experiment.
    Own,
    /// Items that say nothing, for a network that is a function of its weights alone.
    Landscape,
}

impl DataSet {
    /// Whether its items are points of the plane.
    #[must_use]
    pub fn is_plane(&self) -> bool {
        matches!(self.source, Source::Points(_) | Source::Own)
    }

    /// Whether its items say nothing: they are for a layer `landscape`.
    #[must_use]
    pub fn is_landscape(&self) -> bool {
        matches!(self.source, Source::Landscape)
    }

    /// Whether its points stand in the experiment.
    #[must_use]
    pub fn is_own(&self) -> bool {
        matches!(self.source, Source::Own)
    }

    /// Whether its items are given from outside, not made here.
    #[must_use]
    pub fn is_given(&self) -> bool {
        let source = &self.source;
        matches!(
            source,
            Source::Files | Source::Table | Source::OwnText | Source::OwnRatings | Source::OwnDocuments
        )
    }

    /// Whether its items are pictures.
    #[must_use]
    pub fn is_of_pictures(&self) -> bool {
        matches!(self.source, Source::Pictures(_) | Source::Files)
    }

    /// Whether its items are signals: numbers one after another, of one thing.
    #[must_use]
    pub fn is_of_signals(&self) -> bool {
        matches!(self.source, Source::Signals { .. })
    }

    /// Whether [`DataConfig::noise`] is said of it.
    fn has_noise(&self) -> bool {
        matches!(self.source, Source::Points(_)) || self.name == sequences::WAVE.name
    }

    /// What is to be told of each of its sequences, as it stands after "tell"; nothing where they are none.
    #[must_use]
    pub fn asks(&self) -> &'static str {
        match self.source {
            Source::Sequences(recipe) => recipe.asks,
            Source::Text | Source::OwnText => "after each letter which comes next",
            _ => "",
        }
    }

    /// Whether its items are sequences: steps in time, each a symbol or numbers.
    #[must_use]
    pub fn is_of_sequences(&self) -> bool {
        matches!(self.source, Source::Sequences(_)) || self.is_of_text()
    }

    /// Whether its items are users with their ratings of films.
    #[must_use]
    pub fn is_of_ratings(&self) -> bool {
        matches!(self.source, Source::Ratings | Source::OwnRatings)
    }

    /// Whether its items are documents, as the words that they have.
    #[must_use]
    pub fn is_of_documents(&self) -> bool {
        matches!(self.source, Source::Documents | Source::OwnDocuments)
    }

    /// Whether little is known of each of its items, which have no labels.
    #[must_use]
    pub fn is_sparse(&self) -> bool {
        self.is_of_ratings() || self.is_of_documents()
    }

    /// Whether its items are windows of a text.
    #[must_use]
    pub fn is_of_text(&self) -> bool {
        matches!(self.source, Source::Text | Source::OwnText)
    }

    /// The numbers that its items may have, where those are known: within 0…1 for pictures and signals.
    #[must_use]
    pub fn is_within_0_and_1(&self) -> bool {
        self.is_of_pictures() || self.is_of_signals()
    }

    /// The names of its classes, where they have some that are always the same.
    #[must_use]
    pub fn class_names(&self) -> Vec<&'static str> {
        match self.source {
            Source::Signals { classes, .. } => classes.to_vec(),
            Source::Sequences(recipe) => recipe.classes.to_vec(),
            _ => Vec::new(),
        }
    }

    /// Range of [`DataConfig::samples`].
    fn samples(&self) -> RangeInclusive<usize> {
        match self.source {
            Source::Points(_) | Source::Signals { .. } => 10..=20_000,
            Source::Pictures(_) | Source::Sequences(_) => 10..=60_000,
            Source::Text | Source::OwnText => 2..=sequences::MAX_STEPS,
            Source::Own => points::MIN_POINTS..=points::MAX_POINTS,
            Source::Landscape => landscape::SAMPLES,
            Source::Files | Source::Table => 10..=idx::MAX_ITEMS,
            Source::Ratings | Source::OwnRatings => ratings::USERS,
            Source::Documents | Source::OwnDocuments => documents::DOCUMENTS,
        }
    }
}

/// What one item is drawn from.
struct Draw {
    class: usize,
    classes: usize,
    noise: f32,
}

/// `point` moved by normal noise of deviation `spread`.
fn jittered(point: [f32; 2], spread: f32, rng: &mut Rng) -> [f32; 2] {
    point.map(|coordinate| coordinate + spread * rng.normal())
}

/// Cosine and sine of an angle in radians, with the same bits everywhere.
fn direction(angle: f32) -> [f32; 2] {
    [libm::cosf(angle), libm::sinf(angle)]
}
