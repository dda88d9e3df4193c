//! Brackets: is what is opened closed, each by its own kind? The sequence is as long as the lag, or one shorter where
//! that is odd. Half of them have one bracket that is another, which no longer balances: it is then of one kind more
//! than closes it.

use super::super::{DataSet, Source, Task};
use super::{Draw, Drawn, Recipe};
use crate::tensor::Rng;

pub(in crate::data) const SET: DataSet = DataSet {
    name: "brackets",
    label: "Brackets",
    task: Task::Classes(CLASSES.len()..=CLASSES.len()),
    source: Source::Sequences(&RECIPE),
};

const RECIPE: Recipe = Recipe {
    asks: "whether the brackets match",
    symbols: &["(", ")", "[", "]"],
    classes: &CLASSES,
    answers: 0,
    length: even,
    draw: Draw::Symbols(draw),
};

const CLASSES: [&str; 2] = ["spoiled", "balanced"];
/// What closes a bracket is the symbol after it.
const OPENING: [u16; 2] = [0, 2];

fn even(lag: usize) -> usize {
    lag - lag % 2
}

/// Every shape of nesting is equally likely: with `open` brackets to close and `left` steps to go, the next opens
/// in (open + 2)(left − open) of 2 left (open + 1) cases (Arnold & Sleep, ACM TOPLAS 2, 1980).
fn draw(rng: &mut Rng, class: usize, lag: usize) -> Drawn {
    let (mut symbols, mut open) = (Vec::new(), Vec::new());
    for left in (1..=even(lag)).rev() {
        let depth = open.len();
        let opens = rng.below((2 * left * (depth + 1)) as u32) < ((depth + 2) * (left - depth)) as u32;
        if opens {
            let bracket = OPENING[rng.below(OPENING.len() as u32) as usize];
            open.push(bracket);
            symbols.push(bracket);
        } else {
            symbols.push(open.pop().expect("with none open the next opens in all cases") + 1);
        }
    }
    if class == 0 {
        let place = rng.below(symbols.len() as u32) as usize;
        let other = 1 + rng.below(3) as u16;
        symbols[place] = (symbols[place] + other) % 4;
    }
    (symbols, vec![class as f32])
}
