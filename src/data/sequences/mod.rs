//! Sequences: tasks over time, seeded, and texts. Each task is a file here: its symbols and classes, how long it
//! is, and how an item is drawn. What a network is given of the items is [`Sequences`]' concern; lengths and
//! numbers of symbols are told by [`DataConfig`].
//!
//! What lies between what is to be remembered and where it is asked for is the lag. An item of a shorter lag, or in
//! a longer sequence, is padded in front: with zeros, or where indices are given, with the index after the last symbol.

mod adding;
mod brackets;
mod copy;
mod items;
mod own_text;
mod parity;
mod recall;
mod temporal_order;
mod text;
mod vocabulary;
mod wave;

pub use items::{Encoding, PADDING, Sequences};
pub use own_text::{MAX_TEXT_MB, OwnText};
pub use text::USUAL_WINDOW;
pub use vocabulary::{Encoded, MAX_SYMBOLS, UNKNOWN, Vocabulary};

pub(super) use adding::SET as ADDING;
pub(super) use brackets::SET as BRACKETS;
pub(super) use copy::SET as COPY;
pub(super) use own_text::SET as OWN_TEXT;
pub(super) use parity::SET as PARITY;
pub(super) use recall::SET as RECALL;
pub(super) use temporal_order::SET as TEMPORAL_ORDER;
pub(super) use text::{SET as TEXT, TEST_FRACTION, built_in};
pub(super) use wave::SET as WAVE;

use super::{Data, DataConfig, Examples, Inputs, Names, Source};
use crate::error::Result;
use crate::tensor::{Rng, Stream, tensor};
use std::ops::RangeInclusive;

/// Distances that a task may ask a network to remember over, in steps.
pub const LAG: RangeInclusive<usize> = 2..=200;
/// The distance where none is said.
pub const USUAL_LAG: usize = 20;
/// Steps that a sequence may have.
pub const LENGTH: RangeInclusive<usize> = 2..=500;
/// Steps of all sequences together, at most.
pub const MAX_STEPS: usize = 8_000_000;

/// A task over time.
#[derive(Debug)]
pub(super) struct Recipe {
    /// What is to be told of a sequence, as it stands after "tell".
    pub asks: &'static str,
    /// The names of its symbols; none where a step is numbers.
    pub symbols: &'static [&'static str],
    /// The names of its classes; none for regression.
    pub classes: &'static [&'static str],
    /// Last steps that are asked for a label each; 0 where there is one label for the sequence.
    pub answers: usize,
    /// Steps of an item of this lag, as few as it can have.
    pub length: fn(usize) -> usize,
    pub draw: Draw,
}

/// Symbols and labels of an item.
type Drawn = (Vec<u16>, Vec<f32>);

/// How an item is drawn.
#[derive(Debug)]
pub(super) enum Draw {
    /// Of a class and a lag: its symbols and its labels.
    Symbols(fn(&mut Rng, usize, usize) -> Drawn),
    /// Of a lag, with noise of this deviation: so many numbers for each step, and what is to be told.
    Numbers { features: usize, draw: fn(&mut Rng, usize, f32) -> (Vec<f32>, f32) },
}

/// How the symbols of a set are called, in the order of their indices; none where its steps are numbers or there are no
/// sequences, nor of a text from outside, whose data have them ([`Names::symbols`]).
///
/// # Errors
/// As [`DataConfig::set`].
pub fn symbols(config: &DataConfig) -> Result<Vec<String>> {
    Ok(match config.set()?.source {
        Source::Sequences(recipe) => named(recipe.symbols),
        Source::Text => built_in().vocabulary.names(),
        _ => Vec::new(),
    })
}

fn named(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.into()).collect()
}

/// Draws sequences of all classes in turn and splits them.
pub(super) fn arrays(config: &DataConfig, recipe: &Recipe, seed: u64) -> Result<Data> {
    let all = drawn(config, recipe, config.samples, &mut Rng::new(seed, Stream::Data))?;
    let mut order: Vec<u32> = (0..config.samples as u32).collect();
    Rng::new(seed, Stream::Split).shuffle(&mut order);
    let (test, train) = order.split_at(config.test_items());
    let names = Names { classes: named(recipe.classes), symbols: named(recipe.symbols), ..Names::default() };
    Ok(Data { train: all.chosen(train), test: all.chosen(test), classes: recipe.classes.len(), names })
}

/// So many items as `config` says.
fn drawn(config: &DataConfig, recipe: &Recipe, items: usize, rng: &mut Rng) -> Result<Examples> {
    let steps = config.steps()?;
    let (longest, shortest) = (config.lag(), config.min_lag.unwrap_or(config.lag()));
    let classes = recipe.classes.len().max(1);
    let mut labels = Vec::with_capacity(items * recipe.answers.max(1));
    let lag = |rng: &mut Rng| shortest + rng.below((longest - shortest) as u32 + 1) as usize;
    let sequences = match recipe.draw {
        Draw::Symbols(draw) => {
            let mut symbols = vec![PADDING; items * steps];
            for (item, row) in symbols.chunks_exact_mut(steps).enumerate() {
                let lag = lag(rng);
                let (drawn, of_item) = draw(rng, item % classes, lag);
                row[steps - drawn.len()..].copy_from_slice(&drawn);
                labels.extend(of_item);
            }
            Sequences::of_symbols(symbols, steps, recipe.symbols.len(), config.encoding()?)
        }
        Draw::Numbers { features, draw } => {
            let mut numbers = vec![0.0; items * steps * features];
            for row in numbers.chunks_exact_mut(steps * features) {
                let lag = lag(rng);
                let (drawn, label) = draw(rng, lag, config.noise);
                row[steps * features - drawn.len()..].copy_from_slice(&drawn);
                labels.push(label);
            }
            Sequences::of_numbers(numbers, steps, features)
        }
    };
    let shape = if recipe.answers > 0 { vec![items, recipe.answers] } else { vec![items] };
    let labels = tensor(&shape, labels);
    Ok(Examples::new(Inputs::Sequences(sequences), labels))
}

impl Data {
    /// Items of a task over time at another lag than it is trained at, from a random stream of their own: for how well
    /// a network does at each. In a task whose items may be padded (`data.min_lag` or a greater `data.length` is given) they are
    /// as long as those trained on, where they fit. All others have the length of their lag, which
    /// [`Examples::input_shape`] tells: the weights of a recurrent network suit any, so one is built for that length
    /// and takes them over.
    ///
    /// # Errors
    /// [`Error::Setting`](crate::error::Error::Setting) for a lag out of its range, and for data that have no lag.
    pub fn probe(config: &DataConfig, seed: u64, lag: usize, items: usize) -> Result<Examples> {
        let recipe = config.recipe()?;
        let trained = config.steps()?;
        let is_padded = config.is_padded()?;
        let length = Some(trained).filter(|steps| is_padded && (recipe.length)(lag) <= *steps);
        // As few as can be asked for: how many are drawn is said apart.
        let asked = DataConfig { lag: Some(lag), min_lag: None, length, samples: 10, ..config.clone() };
        asked.validate()?;
        drawn(&asked, recipe, items, &mut Rng::new(seed, Stream::Probe { lag }))
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod text_tests;
