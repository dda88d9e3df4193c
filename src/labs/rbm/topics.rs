//! How well the words of a document tell its other words: half of them go up to the hidden units, which expect the rest.

use super::chains::machine;
use crate::data::{Examples, SparseRows};
use crate::nn::rbm::Chain;
use crate::train::Run;

/// The words of a document in two halves, each the number of every word of the vocabulary: by turns, so that both are alike.
fn halves(rows: &SparseRows, item: usize, halves: &mut [Vec<f32>; 2]) {
    halves.iter_mut().for_each(|half| {
        half.clear();
        half.resize(rows.columns(), 0.0);
    });
    let words = rows.row(item).flat_map(|(word, count)| std::iter::repeat_n(word, count));
    words.enumerate().for_each(|(index, word)| halves[index % 2][word] += 1.0);
}

/// The counts of the examples.
pub(super) fn rows(examples: &Examples) -> &SparseRows {
    examples.sparse().expect("the job is of documents")
}

/// e to the mean of −ln p(word) over the second halves of the first `most` documents, where `shares` gives p of all words for
/// a first half.
fn perplexity_of(rows: &SparseRows, most: usize, mut shares: impl FnMut(&[f32], &mut Vec<f32>)) -> f32 {
    let (mut both, mut p) = ([Vec::new(), Vec::new()], Vec::new());
    let (mut sum, mut words) = (0.0, 0.0);
    for item in 0..rows.len().min(most) {
        halves(rows, item, &mut both);
        let [known, asked] = &both;
        shares(known, &mut p);
        for (count, p) in asked.iter().zip(&p).filter(|(count, _)| **count > 0.0) {
            sum -= f64::from(*count) * libm::log(f64::from(p.max(f32::MIN_POSITIVE)));
            words += f64::from(*count);
        }
    }
    libm::exp(sum / f64::max(words, 1.0)) as f32
}

/// By the machine of a run.
pub(super) fn perplexity(run: &Run, examples: &Examples, most: usize) -> f32 {
    let (rbm, weights) = machine(run);
    let mut chain = Chain::default();
    perplexity_of(rows(examples), most, |known, shares| {
        chain.visible.clear();
        chain.visible.extend_from_slice(known);
        chain.up(&rbm, weights, None);
        chain.down(&rbm, weights);
        let words: f32 = chain.visible.iter().sum();
        shares.clear();
        shares.extend(chain.visible.iter().map(|count| count / words.max(f32::MIN_POSITIVE)));
    })
}

/// By how often each word stands in all training documents, whatever the document.
pub(super) fn unigram(run: &Run, examples: &Examples, most: usize) -> f32 {
    let train = rows(&run.data().train);
    let mut counts = vec![1.0_f64; train.columns()];
    for item in 0..train.len() {
        train.row(item).for_each(|(word, count)| counts[word] += count as f64);
    }
    let all: f64 = counts.iter().sum();
    let p: Vec<f32> = counts.iter().map(|count| (count / all) as f32).collect();
    perplexity_of(rows(examples), most, |_, shares| shares.clone_from(&p))
}
