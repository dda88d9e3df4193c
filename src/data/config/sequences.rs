//! What is said of data that are sequences: how long they are, what their steps are, which of those have labels.

use super::DataConfig;
use crate::data::sequences::{
    Draw, Encoding, LAG, LENGTH, MAX_STEPS, MAX_SYMBOLS, Recipe, USUAL_LAG, USUAL_WINDOW, built_in,
};
use crate::data::{DataSet, Source};
use crate::error::{Error, Result, ensure_within, name_of};

impl DataConfig {
    /// The longest distance over which something is to be remembered, in steps.
    #[must_use]
    pub fn lag(&self) -> usize {
        self.lag.unwrap_or(USUAL_LAG)
    }

    /// Steps of each sequence; 1 for other data.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub fn steps(&self) -> Result<usize> {
        Ok(match self.set()?.source {
            Source::Sequences(recipe) => self.length.unwrap_or((recipe.length)(self.lag())),
            Source::Text | Source::OwnText => self.length.unwrap_or(USUAL_WINDOW),
            _ => 1,
        })
    }

    /// How a network is given symbols.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub fn encoding(&self) -> Result<Encoding> {
        let usual = if self.set()?.is_of_text() { Encoding::Index } else { Encoding::OneHot };
        Ok(self.encoding.unwrap_or(usual))
    }

    /// Different symbols that the sequences are made of, padding aside; 0 where their steps are numbers, and for other
    /// data.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub fn symbol_count(&self) -> Result<usize> {
        Ok(match self.set()?.source {
            Source::Sequences(recipe) => recipe.symbols.len(),
            Source::Text => built_in().vocabulary.len(),
            Source::OwnText => self.symbols.unwrap_or(0),
            _ => 0,
        })
    }

    /// Different indices that a network may be given where symbols are given so: one more than there are symbols where
    /// sequences may be padded.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub fn index_count(&self) -> Result<usize> {
        Ok(self.symbol_count()? + usize::from(self.is_padded()?))
    }

    /// Whether there may be padding before a sequence.
    pub(in crate::data) fn is_padded(&self) -> Result<bool> {
        Ok(match self.set()?.source {
            Source::Sequences(recipe) => {
                let shortest = (recipe.length)(self.min_lag.unwrap_or(self.lag()));
                shortest < self.steps()?
            }
            _ => false,
        })
    }

    /// The last steps of a sequence that have a label each, of a text all; none where each item has one label.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub fn label_steps(&self) -> Result<Option<usize>> {
        Ok(match self.set()?.source {
            Source::Sequences(recipe) => Some(recipe.answers).filter(|answers| *answers > 0),
            Source::Text | Source::OwnText => Some(self.steps()?),
            _ => None,
        })
    }

    /// The step at which a sequence of the longest lag begins, after its padding.
    #[must_use]
    pub fn first_step(&self) -> usize {
        let shortest = self.recipe().map_or(0, |recipe| (recipe.length)(self.lag()));
        if shortest == 0 { 0 } else { self.steps().unwrap_or(0).saturating_sub(shortest) }
    }

    /// Whether the distance over which something is to be remembered can be set.
    #[must_use]
    pub fn has_lag(&self) -> bool {
        self.recipe().is_ok()
    }

    /// Items where nobody says how many, in sequences of this length: all windows that the built-in text has, else those
    /// of [`Self::named`].
    pub(super) fn usual_samples(&self, length: Option<usize>) -> usize {
        let length = length.filter(|length| LENGTH.contains(length)).unwrap_or(USUAL_WINDOW);
        match self.set().map(|set| &set.source) {
            Ok(Source::Text) => built_in().windows(length),
            _ => self.samples,
        }
    }

    /// Shape of one sequence.
    pub(super) fn sequence_shape(&self) -> Result<Vec<usize>> {
        let steps = self.steps()?;
        Ok(match self.set()?.source {
            Source::Sequences(Recipe { draw: Draw::Numbers { features, .. }, .. }) => vec![steps, *features],
            _ => match self.encoding()? {
                Encoding::OneHot => vec![steps, self.symbol_count()?],
                Encoding::Index => vec![steps],
            },
        })
    }

    /// The task over time that it is of.
    pub(in crate::data) fn recipe(&self) -> Result<&'static Recipe> {
        match self.set()?.source {
            Source::Sequences(recipe) => Ok(recipe),
            _ => Err(Error::setting("data.name", &self.name, "a task over time, which has a lag")),
        }
    }

    pub(super) fn validate_sequences(&self, set: &DataSet) -> Result<()> {
        if !set.is_of_sequences() {
            return self.refuse_all_of_sequences();
        }
        if self.targets.are_inputs() {
            let allowed = format!("labels or left out: {} are sequences", self.name);
            return Err(Error::setting("data.targets", name_of(self.targets), allowed));
        }
        if set.is_of_text() {
            return self.validate_text(set);
        }
        let recipe = self.recipe()?;
        self.refuse("data.symbols", self.symbols.is_some(), "have symbols of their own")?;
        self.validate_lag(recipe)?;
        if recipe.symbols.is_empty() && self.encoding.is_some() {
            let allowed = format!("left out: the steps of {} are numbers", self.name);
            return Err(Error::setting("data.encoding", "given", allowed));
        }
        self.validate_size()
    }

    fn validate_lag(&self, recipe: &Recipe) -> Result<()> {
        ensure_within("data.lag", self.lag(), &LAG)?;
        if let Some(shortest) = self.min_lag {
            let range = *LAG.start()..=self.lag();
            if !range.contains(&shortest) {
                let allowed = format!("from {} to {}, the value of data.lag", range.start(), range.end());
                return Err(Error::setting("data.min_lag", shortest, allowed));
            }
        }
        let Some(length) = self.length else { return Ok(()) };
        let least = (recipe.length)(*LAG.start());
        ensure_within("data.length", length, &(least..=*LENGTH.end()))?;
        if (recipe.length)(self.lag()) <= length {
            return Ok(());
        }
        let most = LAG.rev().find(|&lag| (recipe.length)(lag) <= length).unwrap_or(*LAG.start());
        let allowed = format!("from {} to {most}, as data.length is {length}", LAG.start());
        Err(Error::setting("data.lag", self.lag(), allowed))
    }

    /// All sequences must fit into memory.
    fn validate_size(&self) -> Result<()> {
        let (steps, most) = (self.steps()?, MAX_STEPS / self.steps()?);
        if self.samples <= most {
            return Ok(());
        }
        let allowed = format!("at most {most} sequences of {steps} steps, which are {MAX_STEPS} in all");
        Err(Error::setting("data.samples", self.samples, allowed))
    }

    fn validate_text(&self, set: &DataSet) -> Result<()> {
        self.refuse("data.lag", self.lag.is_some(), "have no lag")?;
        self.refuse("data.min_lag", self.min_lag.is_some(), "have no lag")?;
        ensure_within("data.length", self.steps()?, &LENGTH)?;
        if !set.is_given() {
            self.refuse("data.symbols", self.symbols.is_some(), "have symbols of their own")?;
            return built_in().ensure_windows(self);
        }
        let Some(symbols) = self.symbols else {
            let allowed = "the number of different characters of the text";
            return Err(Error::setting("data.symbols", "left out", allowed));
        };
        ensure_within("data.symbols", symbols, &(2..=MAX_SYMBOLS))?;
        self.validate_size()
    }

    fn refuse_all_of_sequences(&self) -> Result<()> {
        let given = [
            ("data.lag", self.lag.is_some()),
            ("data.min_lag", self.min_lag.is_some()),
            ("data.length", self.length.is_some()),
            ("data.encoding", self.encoding.is_some()),
            ("data.symbols", self.symbols.is_some()),
        ];
        given.into_iter().try_for_each(|(key, is_given)| self.refuse(key, is_given, "are no sequences"))
    }

    /// Refuses what means nothing to these data.
    pub(super) fn refuse(&self, key: &str, is_given: bool, why: &str) -> Result<()> {
        if !is_given {
            return Ok(());
        }
        Err(Error::setting(key, "given", format!("left out: {} {why}", self.name)))
    }
}
