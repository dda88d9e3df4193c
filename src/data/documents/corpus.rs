//! Documents and the words that can be told apart in them.

use super::VOCABULARY;
use crate::data::SparseRows;
use std::fmt::Display;

/// How often a document may have one word, and how many words it may have: where documents are drawn, each of them is.
const MOST_TIMES: u64 = u16::MAX as u64;
const MOST_WORDS: u64 = 1_000_000;

/// A document: how often it has each word, which is said by its place in a list.
pub(super) struct Bag {
    pub title: String,
    pub counts: Vec<(u32, u32)>,
}

/// What a document has too much of, by its words with how often each stands there.
pub(super) fn too_much<W: Display>(words: impl Iterator<Item = (W, u64)>) -> Option<String> {
    let mut sum = 0;
    for (word, times) in words {
        if times > MOST_TIMES {
            return Some(format!(
                "the word {word} stands there {times} times, but may at most {MOST_TIMES} times"
            ));
        }
        sum += times;
    }
    (sum > MOST_WORDS).then(|| format!("it has {sum} words, but may have at most {MOST_WORDS}"))
}

/// Documents with the words that stand in two or more of them, the most frequent first.
#[derive(Clone, Debug)]
pub(super) struct Corpus {
    pub words: Vec<String>,
    /// A row for each document, by ascending words.
    pub rows: SparseRows,
    pub titles: Vec<String>,
    /// Different words that stand in one document alone, and are left out.
    pub lone: usize,
}

impl Corpus {
    pub fn of(words: &[String], bags: Vec<Bag>) -> Self {
        let mut documents = vec![0_usize; words.len()];
        let mut times = vec![0_u64; words.len()];
        for &(word, count) in bags.iter().flat_map(|bag| &bag.counts) {
            documents[word as usize] += 1;
            times[word as usize] += u64::from(count);
        }
        let lone = documents.iter().filter(|documents| **documents == 1).count();
        let mut order: Vec<usize> = (0..words.len()).filter(|&word| documents[word] > 1).collect();
        order.sort_by(|&a, &b| times[b].cmp(&times[a]).then_with(|| words[a].cmp(&words[b])));
        order.truncate(*VOCABULARY.end());
        let mut places = vec![None; words.len()];
        order.iter().enumerate().for_each(|(place, &word)| places[word] = Some(place));
        let mut rows = SparseRows::new(order.len(), None);
        let mut titles = Vec::with_capacity(bags.len());
        for Bag { title, counts } in bags {
            let kept =
                counts.into_iter().filter_map(|(word, count)| Some((places[word as usize]?, count as usize)));
            let mut row: Vec<(usize, usize)> = kept.collect();
            row.sort_unstable();
            rows.push(row);
            titles.push(title);
        }
        Self { words: order.into_iter().map(|word| words[word].clone()).collect(), rows, titles, lone }
    }

    /// The documents that have a word among so many of the most frequent.
    pub fn with_words(&self, vocabulary: usize) -> impl Iterator<Item = usize> {
        (0..self.rows.len())
            .filter(move |&item| self.rows.row(item).next().is_some_and(|(word, _)| word < vocabulary))
    }
}
