//! Recall: which symbol stood at the beginning? It lies exactly the lag before the "?" that asks for it, among
//! others of the same alphabet, so that a network must know which one to keep.

use super::super::{DataSet, Source, Task};
use super::{Draw, Drawn, Recipe};
use crate::tensor::Rng;

pub(in crate::data) const SET: DataSet = DataSet {
    name: "recall",
    label: "Recall",
    task: Task::Classes(CLASSES.len()..=CLASSES.len()),
    source: Source::Sequences(&RECIPE),
};

const RECIPE: Recipe = Recipe {
    asks: "which letter stood first",
    symbols: &["a", "b", "c", "d", "e", "f", "g", "h", "?"],
    classes: &CLASSES,
    answers: 0,
    length: |lag| lag + 1,
    draw: Draw::Symbols(draw),
};

const CLASSES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
const QUESTION: u16 = CLASSES.len() as u16;

fn draw(rng: &mut Rng, class: usize, lag: usize) -> Drawn {
    let mut symbols = vec![class as u16];
    symbols.extend((1..lag).map(|_| rng.below(QUESTION.into()) as u16));
    symbols.push(QUESTION);
    (symbols, vec![class as f32])
}
