//! A text that somebody brings along: checked, and what an experiment on it says.

use super::super::{Data, DataConfig, DataSet, Source, Task};
use super::MAX_STEPS;
use super::text::{TEST_FRACTION, Text, USUAL_WINDOW, characters};
use super::vocabulary::MAX_SYMBOLS;
use crate::error::{Error, Result};
use std::sync::Arc;

pub(in crate::data) const SET: DataSet = DataSet {
    name: "own_text",
    label: "Your text",
    task: Task::Classes(2..=MAX_SYMBOLS),
    source: Source::OwnText,
};

/// Megabytes (of 1024 kB) that a text may have.
pub const MAX_TEXT_MB: usize = 20;
/// Test windows of an experiment that nobody told how many: more cost more time than they tell.
const MAX_TEST: usize = 2_000;

/// A text that is given from outside.
#[derive(Clone, Debug)]
pub struct OwnText {
    text: Text,
    /// What was asked for last, since a run that is reset asks for the same again.
    latest: Option<(DataConfig, Arc<Data>)>,
}

impl OwnText {
    /// The text of a file, which `name` is: UTF-8, with or without a mark at the start, line ends of any kind.
    ///
    /// # Errors
    /// [`Error::File`] when it is too large, no text in UTF-8, too short, or of one character alone.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self> {
        let refused = |reason: String| Err(Error::file(name, reason));
        let mb = bytes.len().div_ceil(1 << 20);
        if mb > MAX_TEXT_MB {
            return refused(format!("{mb} MB, but a text must be at most {MAX_TEXT_MB} MB"));
        }
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text.trim_start_matches('\u{feff}'),
            Err(error) => {
                let at = error.valid_up_to();
                return refused(format!("it is not text in UTF-8: its byte {} fits no character", at + 1));
            }
        };
        if text.contains('\0') {
            return refused("it is a binary file, not text".into());
        }
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let (given, needed) = (text.chars().count(), characters(2, USUAL_WINDOW));
        if given < needed {
            return refused(match given {
                0 => format!("it is empty: a text must have at least {needed} characters"),
                1 => format!("it has 1 character, but a text must have at least {needed}"),
                _ => format!("it has {given} characters, but a text must have at least {needed}"),
            });
        }
        let text = Text::new(&text);
        if text.vocabulary.len() < 2 {
            return refused("it is one character over and over: there is nothing to tell".into());
        }
        Ok(Self { text, latest: None })
    }

    /// Name of the set: `own_text`.
    #[must_use]
    pub fn set(&self) -> &'static str {
        SET.name
    }

    /// What an experiment on it says: all of its windows of the usual length, of very many the first and, for the test, the
    /// last.
    #[must_use]
    pub fn config(&self) -> DataConfig {
        let samples = self.text.windows(USUAL_WINDOW).min(MAX_STEPS / USUAL_WINDOW);
        let test = ((samples as f32 * TEST_FRACTION).round() as usize).clamp(1, MAX_TEST);
        DataConfig {
            samples,
            test_fraction: test as f32 / samples as f32,
            symbols: Some(self.text.vocabulary.len()),
            ..DataConfig::named(SET.name)
        }
    }

    /// What was given, in words.
    #[must_use]
    pub fn summary(&self) -> String {
        let (all, different) = (self.text.symbols.len(), self.text.vocabulary.len());
        let rare = match self.text.unknown {
            0 => String::new(),
            unknown => format!("; {unknown} more that are rare are taken as one"),
        };
        let different = different - usize::from(self.text.unknown > 0);
        let learned = MAX_STEPS / USUAL_WINDOW * USUAL_WINDOW;
        let cut = if all > learned + USUAL_WINDOW {
            format!("; {learned} of them are learned from")
        } else {
            String::new()
        };
        format!("{all} characters, {different} of them different{rare}{cut}")
    }

    /// The arrays of an experiment on it.
    ///
    /// # Errors
    /// [`Error::Setting`] when it has not as many windows, or another number of symbols.
    pub fn data(&mut self, config: &DataConfig) -> Result<Arc<Data>> {
        if let Some((of, data)) = &self.latest
            && of == config
        {
            return Ok(Arc::clone(data));
        }
        self.latest = None; // before more memory is asked for
        let symbols = self.text.vocabulary.len();
        if config.symbols != Some(symbols) {
            let given = config.symbols.map_or_else(|| "left out".into(), |symbols| symbols.to_string());
            return Err(Error::setting("data.symbols", given, format!("{symbols}, as the text has them")));
        }
        let data = Arc::new(self.text.arrays(config)?);
        self.latest = Some((config.clone(), Arc::clone(&data)));
        Ok(data)
    }
}
