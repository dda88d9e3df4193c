//! Texts, character by character: at each step of a window the next character is to be told. The windows to train on
//! are taken from the beginning, one after another, those of the test from the end, so that no character of the test is
//! met in training. What may differ from run to run is the order of the windows alone.

use super::super::{Data, DataConfig, DataSet, Examples, Inputs, Names, Source, Task};
use super::Sequences;
use super::vocabulary::{MAX_SYMBOLS, Vocabulary};
use crate::error::{Error, Result};
use crate::tensor::tensor;
use std::sync::OnceLock;

pub(in crate::data) const SET: DataSet = DataSet {
    name: "text",
    label: "A short tale",
    task: Task::Classes(2..=MAX_SYMBOLS),
    source: Source::Text,
};

/// Characters of a window where nothing else is said.
pub const USUAL_WINDOW: usize = 50;
/// Share kept for the test where nothing else is said.
pub(in crate::data) const TEST_FRACTION: f32 = 0.1;

/// A text as symbols.
#[derive(Clone, Debug)]
pub(in crate::data) struct Text {
    pub vocabulary: Vocabulary,
    pub symbols: Vec<u16>,
    /// Different characters that are not told apart.
    pub unknown: usize,
}

/// The one that is built in, written for this.
pub(in crate::data) fn built_in() -> &'static Text {
    static TEXT: OnceLock<Text> = OnceLock::new();
    TEXT.get_or_init(|| Text::new(include_str!("text.txt")))
}

/// Characters that so many windows take: each is followed by one more, which is its last label, and the parts for
/// training and test share none.
pub(in crate::data) fn characters(windows: usize, length: usize) -> usize {
    windows * length + 2
}

impl Text {
    pub fn new(text: &str) -> Self {
        let vocabulary = Vocabulary::of(text);
        let encoded = vocabulary.encode(text);
        Self { vocabulary, symbols: encoded.symbols, unknown: encoded.unknown.len() }
    }

    /// Windows of this length that it has.
    pub fn windows(&self, length: usize) -> usize {
        self.symbols.len().saturating_sub(characters(0, length)) / length
    }

    /// Passes when it has as many windows as `config` says.
    pub fn ensure_windows(&self, config: &DataConfig) -> Result<()> {
        let length = config.steps()?;
        let most = self.windows(length);
        if (2..=most).contains(&config.samples) {
            return Ok(());
        }
        if most < 2 {
            let allowed = "shorter: the text has not two windows as long, one of them to test on";
            return Err(Error::setting("data.length", length, allowed));
        }
        let allowed = format!("from 2 to {most}, the number of windows of {length} characters in the text");
        Err(Error::setting("data.samples", config.samples, allowed))
    }

    /// The windows that `config` says.
    ///
    /// # Errors
    /// [`Error::Setting`] when it has not as many.
    pub fn arrays(&self, config: &DataConfig) -> Result<Data> {
        self.ensure_windows(config)?;
        let (length, test) = (config.steps()?, config.test_items());
        let train = config.training_items();
        let part = |first: usize, windows: usize| -> Result<Examples> {
            let of_part = &self.symbols[first..][..=windows * length];
            let labels = of_part[1..].iter().map(|&symbol| symbol.into()).collect();
            let symbols = of_part[..windows * length].to_vec();
            let count = self.vocabulary.len();
            let sequences = Sequences::of_symbols(symbols, length, count, config.encoding()?);
            Ok(Examples::new(Inputs::Sequences(sequences), tensor(&[windows, length], labels)))
        };
        let names = self.vocabulary.names();
        Ok(Data {
            train: part(0, train)?,
            test: part(self.symbols.len() - test * length - 1, test)?,
            classes: self.vocabulary.len(),
            names: Names { classes: names.clone(), symbols: names, ..Names::default() },
        })
    }
}
