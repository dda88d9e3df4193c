//! Temporal order: an X or a Y at about 1/10 to 2/10 of the sequence, another at about 5/10 to 6/10, among a, b, c and
//! d, then "?": which came, in which order? The lag is the number of symbols before the question.
//!
//! Hochreiter & Schmidhuber, Long short-term memory, Neural Computation 9 (1997), experiment 6a.

use super::super::{DataSet, Source, Task};
use super::{Draw, Drawn, Recipe};
use crate::tensor::Rng;

pub(in crate::data) const SET: DataSet = DataSet {
    name: "temporal_order",
    label: "Temporal order",
    task: Task::Classes(CLASSES.len()..=CLASSES.len()),
    source: Source::Sequences(&RECIPE),
};

const RECIPE: Recipe = Recipe {
    asks: "in which order X and Y came",
    symbols: &["a", "b", "c", "d", "X", "Y", "?"],
    classes: &CLASSES,
    answers: 0,
    length: |lag| lag + 1,
    draw: Draw::Symbols(draw),
};

const CLASSES: [&str; 4] = ["XX", "XY", "YX", "YY"];
/// Symbols that mean nothing, the first of those that do, and the question.
const DISTRACTORS: u32 = 4;
const X: usize = 4;
const QUESTION: u16 = 6;

fn draw(rng: &mut Rng, class: usize, lag: usize) -> Drawn {
    let mut symbols: Vec<u16> = (0..lag).map(|_| rng.below(DISTRACTORS) as u16).collect();
    let mut place = |tenths: usize| {
        let (from, to) = (lag * tenths / 10, lag * (tenths + 1) / 10);
        from + rng.below((to - from) as u32 + 1) as usize
    };
    let places = [place(1), place(5)]; // apart even at the shortest lag
    for (place, which) in places.into_iter().zip([class / 2, class % 2]) {
        symbols[place] = (X + which) as u16;
    }
    symbols.push(QUESTION);
    (symbols, vec![class as f32])
}
