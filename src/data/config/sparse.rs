//! What is said of data of which little is known, and which have no labels: how many films were rated, and how finely;
//! how many words are told apart.

use super::{DataConfig, Targets};
use crate::data::{DataSet, Source, documents, ratings};
use crate::error::{Error, Result, ensure_within, name_of};

impl DataConfig {
    /// Whether the test is of ratings that are held out of every user, not of items.
    pub(super) fn holds_out_ratings(&self) -> bool {
        self.set().is_ok_and(DataSet::is_of_ratings)
    }

    /// Shape of what a user rated, `[films, levels]`.
    pub(super) fn ratings_shape(&self) -> Result<[usize; 2]> {
        if !self.set()?.is_given() {
            return Ok([ratings::FILMS, ratings::Scale::STARS.levels()]);
        }
        let missing = |key: &str, allowed: &str| Error::setting(key, "left out", allowed);
        let films = self.films.ok_or_else(|| missing("data.films", "the number of films that were rated"))?;
        let levels =
            self.levels.ok_or_else(|| missing("data.levels", "5 for whole stars, or 10 for halves"))?;
        Ok([films, levels])
    }

    /// Words that are told apart in documents; 0 for other data.
    ///
    /// # Errors
    /// As [`Self::set`]; and [`Error::Setting`] for documents from outside where it is not said.
    pub fn vocabulary_size(&self) -> Result<usize> {
        let missing = || Error::setting("data.vocabulary", "left out", "the number of words to tell apart");
        match self.set()?.source {
            Source::Documents => Ok(documents::WORDS),
            Source::OwnDocuments => self.vocabulary.ok_or_else(missing),
            _ => Ok(0),
        }
    }

    pub(super) fn validate_sparse(&self, set: &DataSet) -> Result<()> {
        if !set.is_of_ratings() {
            self.refuse("data.films", self.films.is_some(), "are no ratings")?;
            self.refuse("data.levels", self.levels.is_some(), "are no ratings")?;
        }
        if !set.is_of_documents() {
            self.refuse("data.vocabulary", self.vocabulary.is_some(), "are no documents")?;
        }
        if !set.is_sparse() {
            return Ok(());
        }
        if self.targets != Targets::Inputs {
            let allowed = format!("inputs: {} have no labels to learn", self.name);
            return Err(Error::setting("data.targets", name_of(self.targets), allowed));
        }
        self.refuse("data.augmentation", !self.augmentation.is_default(), "are no pictures")?;
        let is_spoiled = !self.corruption.is_default();
        self.refuse("data.corruption", is_spoiled, "are not spoiled, as little is known of each")?;
        if !set.is_given() {
            self.refuse("data.films", self.films.is_some(), "have films of their own")?;
            self.refuse("data.levels", self.levels.is_some(), "have stars of their own")?;
            return self.refuse("data.vocabulary", self.vocabulary.is_some(), "have words of their own");
        }
        if set.is_of_documents() {
            return ensure_within("data.vocabulary", self.vocabulary_size()?, &documents::VOCABULARY);
        }
        let [films, levels] = self.ratings_shape()?;
        ensure_within("data.films", films, &ratings::RATED_FILMS)?;
        match ratings::Scale::of(levels) {
            Some(_) => Ok(()),
            None => Err(Error::setting("data.levels", levels, "5 for whole stars, or 10 for halves")),
        }
    }
}
