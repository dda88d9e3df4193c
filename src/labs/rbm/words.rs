//! What hidden units of documents are about, and which documents are near one.

use super::chains::machine;
use super::topics::rows;
use crate::labs::format::count;
use crate::labs::{Figure, Numbers, Panel, View, WordList, WordLists};
use crate::nn::rbm::Chain;
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

/// The figure "near": a held-out document, and those of training whose hidden units are most like its.
pub(super) fn near(run: &Run, view: &View, numbers: &mut Numbers) -> Panel {
    let data = run.data();
    // In few words, which a narrow list has room for.
    let (part, kind) =
        if data.test.is_empty() { (&data.train, "training no.") } else { (&data.test, "held-out no.") };
    let item = view.probe.item.unwrap_or(0).min(part.len().saturating_sub(1));
    let (rbm, weights) = machine(run);
    let size = rbm.visible_units();
    let hidden = |examples: &crate::data::Examples, item: usize| {
        let mut chain = Chain::at(vec![0.0; size]);
        examples.copy_item(item, &mut chain.visible);
        chain.up_to_means(&rbm, weights);
        chain.hidden
    };
    let here = hidden(part, item);
    let cosine = |other: &[f32]| {
        let dot: f32 = here.iter().zip(other).map(|(a, b)| a * b).sum();
        let norms = crate::tensor::l2_norm(&here) * crate::tensor::l2_norm(other);
        dot / norms.max(f32::MIN_POSITIVE)
    };
    let mut others: Vec<(usize, f32)> = (0..data.train.len())
        .filter(|&other| !(data.test.is_empty() && other == item))
        .map(|other| (other, cosine(&hidden(&data.train, other))))
        .collect();
    others.sort_by(|(a, of_a), (b, of_b)| of_b.total_cmp(of_a).then(a.cmp(b)));
    others.truncate(NEAR);
    let mut list = |examples: &crate::data::Examples, item: usize, note: String, is_marked: bool| {
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
