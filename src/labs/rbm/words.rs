//! What hidden units of documents are about, and which documents are near one.

use super::chains::machine;
use super::topics::rows;
use crate::data::Examples;
use crate::labs::format::count;
use crate::labs::{Figure, Numbers, Panel, View, WordList, WordLists};
use crate::nn::rbm::{Rbm, Weights};
use crate::train::Run;

/// Words of a list, and lists at most.
const WORDS: usize = 9;
const LISTS: usize = 12;
/// Documents near one.
const NEAR: usize = 5;

/// The figure "topics": the words that each hidden unit makes likelier, the most first.
pub(super) fn topics(run: &Run, numbers: &mut Numbers) -> Panel {
    let (rbm, weights) = machine(run);
    let (units, words) = (rbm.hidden_units(), &run.data().names.inputs);
    let weight = |word: usize, unit: usize| weights.kernel[word * units + unit];
    let strength =
        |unit: usize| (0..words.len()).map(|word| weight(word, unit) * weight(word, unit)).sum::<f32>();
    let mut shown: Vec<usize> = (0..units).collect();
    shown.sort_by(|a, b| strength(*b).total_cmp(&strength(*a)).then(a.cmp(b)));
    shown.truncate(LISTS);
    let list = |&unit: &usize| {
        let mean = (0..words.len()).map(|word| weight(word, unit)).sum::<f32>() / words.len().max(1) as f32;
        let mut order: Vec<usize> = (0..words.len()).collect();
        order.sort_by(|a, b| weight(*b, unit).total_cmp(&weight(*a, unit)).then(a.cmp(b)));
        order.truncate(WORDS);
        WordList {
            title: format!("unit {}", unit + 1),
            note: String::new(),
            words: order.iter().map(|&word| words[word].clone()).collect(),
            // Relative to the mean, which changes no word's share.
            weights: numbers.add(order.iter().map(|&word| weight(word, unit) - mean)),
            is_marked: false,
        }
    };
    let lists: Vec<WordList> = shown.iter().map(list).collect();
    let told: Vec<String> =
        lists.iter().take(3).map(|list| list.words[..list.words.len().min(3)].join(", ")).collect();
    let summary =
        format!("The words that each hidden unit makes likelier; the strongest units: {}.", told.join("; "));
    let note = format!("{} of {units} hidden units", lists.len());
    let figure = WordLists { lists, kind: "hidden unit".into() };
    Panel { id: "topics".into(), note, summary, figure: Figure::WordLists(figure) }
}

/// Hidden means of a document, by the rows of the kernel for the words that it has: those are few of all words.
fn hidden(rbm: &Rbm, weights: Weights, words: impl Iterator<Item = (usize, usize)>, means: &mut Vec<f32>) {
    let (units, mut many) = (rbm.hidden_units(), 0);
    let mut logits = weights.hidden_bias.to_vec();
    for (word, count) in words {
        let row = &weights.kernel[word * units..][..units];
        logits.iter_mut().zip(row).for_each(|(z, w)| *z += count as f32 * w);
        many += count;
    }
    logits.iter_mut().zip(weights.hidden_bias).for_each(|(z, c)| *z += (many as f32 - 1.0) * c);
    rbm.hidden_means(&logits, means);
}

/// The figure "near": a held-out document, and those of training whose hidden units are most like its.
pub(super) fn near(run: &Run, view: &View, numbers: &mut Numbers) -> Panel {
    let data = run.data();
    // In few words, which a narrow list has room for.
    let (part, kind) =
        if data.test.is_empty() { (&data.train, "training no.") } else { (&data.test, "held-out no.") };
    let item = view.probe.item.unwrap_or(0).min(part.len().saturating_sub(1));
    let (rbm, weights) = machine(run);
    let mut here = Vec::new();
    hidden(&rbm, weights, rows(part).row(item), &mut here);
    let cosine = |other: &[f32]| {
        let dot: f32 = here.iter().zip(other).map(|(a, b)| a * b).sum();
        let norms = crate::tensor::l2_norm(&here) * crate::tensor::l2_norm(other);
        dot / norms.max(f32::MIN_POSITIVE)
    };
    let mut there = Vec::new();
    let mut others: Vec<(usize, f32)> = (0..data.train.len())
        .filter(|&other| !(data.test.is_empty() && other == item))
        .map(|other| {
            hidden(&rbm, weights, rows(&data.train).row(other), &mut there);
            (other, cosine(&there))
        })
        .collect();
    others.sort_by(|(a, of_a), (b, of_b)| of_b.total_cmp(of_a).then(a.cmp(b)));
    others.truncate(NEAR);
    let mut list = |examples: &Examples, item: usize, note: String, is_marked: bool| {
        let mut words: Vec<(usize, usize)> = rows(examples).row(item).collect();
        words.sort_by(|(a, of_a), (b, of_b)| of_b.cmp(of_a).then(a.cmp(b)));
        words.truncate(WORDS);
        WordList {
            title: examples.titles.get(item).cloned().unwrap_or_else(|| format!("document {}", item + 1)),
            note,
            words: words.iter().map(|(word, _)| data.names.inputs[*word].clone()).collect(),
            weights: numbers.add(words.iter().map(|(_, count)| *count as f32)),
            is_marked,
        }
    };
    let mut lists = vec![list(part, item, format!("{kind} {}", item + 1), true)];
    lists.extend(
        others
            .iter()
            .map(|&(other, cosine)| list(&data.train, other, format!("likeness {cosine:.2}"), false)),
    );
    let summary = format!(
        "{} {} of {}, and the {} training documents whose hidden units are most like its: {}.",
        if data.test.is_empty() { "Training document" } else { "Held-out document" },
        item + 1,
        count(part.len()),
        others.len(),
        lists[1..].iter().map(|list| list.title.clone()).collect::<Vec<_>>().join("; ")
    );
    let figure = WordLists { lists, kind: "document".into() };
    Panel { id: "near".into(), note: String::new(), summary, figure: Figure::WordLists(figure) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::find;
    use crate::nn::rbm::Chain;
    use serde_json::json;

    #[test]
    fn few_words_say_of_a_document_what_all_do() {
        let lab = find("rbm").expect("a lab");
        let experiment = lab.change(&lab.defaults(), "job", &json!("topics")).expect("a job");
        let mut run = Run::new(experiment).expect("documents are built in");
        (0..30).for_each(|_| assert!(run.step().is_ok()));
        let ((rbm, weights), documents) = (machine(&run), &run.data().test);
        let mut chain = Chain::at(vec![0.0; rbm.visible_units()]);
        let mut means = Vec::new();
        for item in 0..documents.len() {
            documents.copy_item(item, &mut chain.visible);
            chain.up_to_means(&rbm, weights);
            hidden(&rbm, weights, rows(documents).row(item), &mut means);
            assert_eq!(means, chain.hidden, "document {item}");
        }
    }
}
