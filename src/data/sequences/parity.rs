//! Parity: is the number of ones odd? As many bits as the lag; every single one of them changes the answer.

use super::super::{DataSet, Source, Task};
use super::{Draw, Drawn, Recipe};
use crate::tensor::Rng;

pub(in crate::data) const SET: DataSet = DataSet {
    name: "parity",
    label: "Parity",
    task: Task::Classes(CLASSES.len()..=CLASSES.len()),
    source: Source::Sequences(&RECIPE),
};

const RECIPE: Recipe = Recipe {
    asks: "whether there was an odd number of ones",
    symbols: &["0", "1"],
    classes: &CLASSES,
    answers: 0,
    length: |lag| lag,
    draw: Draw::Symbols(draw),
};

const CLASSES: [&str; 2] = ["even", "odd"];

/// Each sequence of the class is equally likely: of all bits but the last any do.
fn draw(rng: &mut Rng, class: usize, lag: usize) -> Drawn {
    let mut symbols: Vec<u16> = (1..lag).map(|_| rng.below(2) as u16).collect();
    let ones: u16 = symbols.iter().sum();
    symbols.push((ones + class as u16) % 2);
    (symbols, vec![class as f32])
}
