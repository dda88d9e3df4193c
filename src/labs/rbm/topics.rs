//! How well the words of a document tell its other words: half of them go up to the hidden units, which expect the rest.

use super::chains::machine;
use crate::data::{Examples, SparseRows};
use crate::nn::rbm::{Chain, Rbm, Weights};
use crate::train::Run;
use std::ops::Range;

/// Documents that are asked for at once.
const AT_ONCE: usize = 100;

/// The words of documents in two halves, each the number of every word of the vocabulary, `[documents, words]`: by turns, so
/// that both are alike.
fn halves(rows: &SparseRows, items: Range<usize>, halves: &mut [Vec<f32>; 2]) {
    halves.iter_mut().for_each(|half| {
        half.clear();
        half.resize(rows.columns() * items.len(), 0.0);
    });
    for (start, item) in (0..).step_by(rows.columns()).zip(items) {
        let words = rows.row(item).flat_map(|(word, count)| std::iter::repeat_n(word, count));
        words.enumerate().for_each(|(index, word)| halves[index % 2][start + word] += 1.0);
    }
}

/// The counts of the examples.
pub(super) fn rows(examples: &Examples) -> &SparseRows {
    examples.sparse().expect("the job is of documents")
}

/// e to the mean of −ln p(word) over the second halves of the first `most` documents, where `shares` gives p of all words for
/// each of some first halves.
fn perplexity_of(rows: &SparseRows, most: usize, mut shares: impl FnMut(&[f32], &mut Vec<f32>)) -> f32 {
    let (mut both, mut p) = ([Vec::new(), Vec::new()], Vec::new());
    let (mut sum, mut words) = (0.0, 0.0);
    let many = rows.len().min(most);
    for start in (0..many).step_by(AT_ONCE) {
        halves(rows, start..(start + AT_ONCE).min(many), &mut both);
        let [known, asked] = &both;
        shares(known, &mut p);
        for (count, p) in asked.iter().zip(&p).filter(|(count, _)| **count > 0.0) {
            sum -= f64::from(*count) * libm::log(f64::from(p.max(f32::MIN_POSITIVE)));
            words += f64::from(*count);
        }
    }
    libm::exp(sum / f64::max(words, 1.0)) as f32
}

/// p of all words for each of these first halves: as many as the machine expects of them once the hidden units know the half.
fn shares_of(rbm: &Rbm, weights: Weights, known: &[f32], chain: &mut Chain, shares: &mut Vec<f32>) {
    chain.visible.clear();
    chain.visible.extend_from_slice(known);
    chain.up(rbm, weights, None);
    chain.down(rbm, weights);
    shares.clear();
    for row in chain.visible.chunks_exact(rbm.visible_units()) {
        let words: f32 = row.iter().sum();
        shares.extend(row.iter().map(|count| count / words.max(f32::MIN_POSITIVE)));
    }
}

/// By the machine of a run.
pub(super) fn perplexity(run: &Run, examples: &Examples, most: usize) -> f32 {
    let ((rbm, weights), mut chain) = (machine(run), Chain::default());
    perplexity_of(rows(examples), most, |known, shares| shares_of(&rbm, weights, known, &mut chain, shares))
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
    perplexity_of(rows(examples), most, |known, shares| {
        shares.clear();
        known.chunks_exact(p.len()).for_each(|_| shares.extend_from_slice(&p));
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::find;
    use serde_json::json;

    #[test]
    fn documents_say_side_by_side_what_each_says_alone() {
        let lab = find("rbm").expect("a lab");
        let experiment = lab.change(&lab.defaults(), "job", &json!("topics")).expect("a job");
        let mut run = Run::new(experiment).expect("documents are built in");
        (0..30).for_each(|_| assert!(run.step().is_ok()));
        let ((rbm, weights), documents) = (machine(&run), rows(&run.data().train));
        let shares = |items: Range<usize>| {
            let (mut both, mut shares) = ([Vec::new(), Vec::new()], Vec::new());
            halves(documents, items, &mut both);
            shares_of(&rbm, weights, &both[0], &mut Chain::default(), &mut shares);
            (both, shares)
        };
        let (both, together) = shares(0..AT_ONCE);
        let rows = both[1].chunks_exact(documents.columns()).zip(together.chunks_exact(documents.columns()));
        for (item, (asked, p)) in rows.enumerate() {
            let ([_, alone], of_one) = shares(item..item + 1);
            assert_eq!((asked, p), (&*alone, &*of_one), "document {item}");
        }
    }
}
