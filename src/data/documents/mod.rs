//! Documents as the words that they have, counted: where in a document a word stands is not kept. What counts as a word is
//! `words`' concern, which of them are told apart is `corpus`'.

mod built_in;
mod corpus;
mod counts;
mod own;
mod reading;
mod words;

pub use own::OwnDocuments;
pub use reading::Reading;

pub(super) use built_in::{WORDS, drawn};

use super::{Data, DataConfig, DataSet, Examples, Names, Source, SparseRows, Task};
use crate::tensor::{Rng, Stream};
use std::ops::RangeInclusive;

pub(super) const BUILT_IN: DataSet =
    DataSet { name: "documents", label: "Short notes", task: Task::Unlabelled, source: Source::Documents };

pub(super) const OWN: DataSet = DataSet {
    name: "own_documents",
    label: "Your documents",
    task: Task::Unlabelled,
    source: Source::OwnDocuments,
};

/// Documents that may be learned from.
pub(super) const DOCUMENTS: RangeInclusive<usize> = 10..=20_000;
/// Words that may be told apart.
pub(super) const VOCABULARY: RangeInclusive<usize> = 2..=10_000;
/// Words that are told apart where nothing else is said.
const USUAL_VOCABULARY: usize = 2_000;

/// The documents with their titles, split by the seed; as many as `config` says.
fn arrays(rows: SparseRows, titles: Vec<String>, words: Vec<String>, config: &DataConfig, seed: u64) -> Data {
    let mut order: Vec<u32> = (0..rows.len() as u32).collect();
    Rng::new(seed, Stream::Split).shuffle(&mut order);
    let all = Examples::of_rows(rows, titles);
    let (test, train) = order.split_at(config.test_items());
    let names = Names { inputs: words, ..Names::default() };
    Data { train: all.chosen(train), test: all.chosen(test), classes: 0, names }
}

#[cfg(test)]
mod tests;
