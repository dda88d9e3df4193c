//! Copy: five of eight symbols, as many blanks as the lag, then five "?" during which they are to be given in order. A
//! network gives a row of eight for each of the last five steps: it ends with `cropping1d` of all steps before them and
//! a dense softmax.
//!
//! Hochreiter & Schmidhuber (1997) in the form of Arjovsky, Shah & Bengio, Unitary evolution recurrent neural networks,
//! ICML 2016, with a question at each of the last steps.

use super::super::{DataSet, Source, Task};
use super::{Draw, Drawn, Recipe};
use crate::tensor::Rng;

pub(in crate::data) const SET: DataSet = DataSet {
    name: "copy",
    label: "Copy",
    task: Task::Classes(CLASSES.len()..=CLASSES.len()),
    source: Source::Sequences(&RECIPE),
};

const RECIPE: Recipe = Recipe {
    asks: "what the first letters were, one after another",
    symbols: &["a", "b", "c", "d", "e", "f", "g", "h", "·", "?"],
    classes: &CLASSES,
    answers: COPIED,
    length: |lag| COPIED + lag + COPIED,
    draw: Draw::Symbols(draw),
};

const CLASSES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
const COPIED: usize = 5;
const BLANK: u16 = 8;
const QUESTION: u16 = 9;

/// The first symbol is that of the class, so that each is asked for equally often.
fn draw(rng: &mut Rng, class: usize, lag: usize) -> Drawn {
    let rest = (1..COPIED).map(|_| rng.below(CLASSES.len() as u32) as u16);
    let mut symbols: Vec<u16> = std::iter::once(class as u16).chain(rest).collect();
    let labels = symbols.iter().map(|&symbol| symbol.into()).collect();
    symbols.resize(COPIED + lag, BLANK);
    symbols.resize(COPIED + lag + COPIED, QUESTION);
    (symbols, labels)
}
