//! Documents that somebody brings along: what an experiment on them says.

use super::corpus::Corpus;
use super::{DOCUMENTS, OWN, USUAL_VOCABULARY, VOCABULARY, arrays};
use crate::data::{Data, DataConfig, SparseRows};
use crate::error::{Error, Result};
use std::sync::Arc;

/// Documents that are given from outside.
#[derive(Clone, Debug)]
pub struct OwnDocuments {
    corpus: Corpus,
    /// Documents that came after as many as are taken.
    too_many: usize,
    /// What was asked for last, since a run that is reset asks for the same again.
    latest: Option<(DataConfig, u64, Arc<Data>)>,
}

impl OwnDocuments {
    /// # Errors
    /// [`Error::File`] where there are too few words that two documents have, or documents that have such.
    pub(super) fn new(name: &str, corpus: Corpus, too_many: usize) -> Result<Self> {
        let (words, least) = (corpus.words.len(), *VOCABULARY.start());
        if words < least {
            let there = match words {
                0 => "no word stands in two of its documents",
                _ => "one word alone stands in two of its documents",
            };
            return Err(Error::file(name, format!("{there}: a vocabulary has at least {least}")));
        }
        let own = Self { corpus, too_many, latest: None };
        let documents = own.config().samples;
        if documents < *DOCUMENTS.start() {
            let reason = format!(
                "{documents} of its documents have a word that another has too, but at least {} are needed",
                DOCUMENTS.start()
            );
            return Err(Error::file(name, reason));
        }
        Ok(own)
    }

    /// Name of the set: `own_documents`.
    #[must_use]
    pub fn set(&self) -> &'static str {
        OWN.name
    }

    /// What an experiment on all of them says.
    #[must_use]
    pub fn config(&self) -> DataConfig {
        let vocabulary = self.corpus.words.len().min(USUAL_VOCABULARY);
        DataConfig {
            samples: self.corpus.with_words(vocabulary).count(),
            vocabulary: Some(vocabulary),
            ..DataConfig::named(OWN.name)
        }
    }

    /// What was given, in words.
    #[must_use]
    pub fn summary(&self) -> String {
        let (config, words) = (self.config(), self.corpus.words.len());
        let vocabulary = config.vocabulary.unwrap_or(words);
        let mut summary = format!("{} documents of {vocabulary} different words", config.samples);
        if vocabulary < words {
            summary += &format!(", the most frequent of {words}");
        }
        if self.corpus.lone > 0 {
            summary += &format!("; {} more that stand in one document alone are left out", self.corpus.lone);
        }
        match self.corpus.rows.len() - config.samples {
            0 => {}
            1 => summary += "; 1 document has none of them and is left out",
            empty => summary += &format!("; {empty} documents have none of them and are left out"),
        }
        if self.too_many > 0 {
            summary += &format!("; {} after the first {} are not taken", self.too_many, DOCUMENTS.end());
        }
        summary
    }

    /// The arrays of an experiment on the first of them, as many as it says.
    ///
    /// # Errors
    /// [`Error::Setting`] when there are not as many documents or words.
    pub fn data(&mut self, config: &DataConfig, seed: u64) -> Result<Arc<Data>> {
        if let Some((of, seeded, data)) = &self.latest
            && (of, *seeded) == (config, seed)
        {
            return Ok(Arc::clone(data));
        }
        self.latest = None; // before more memory is asked for
        let (vocabulary, most) = (config.vocabulary_size()?, self.corpus.words.len());
        if vocabulary > most {
            let allowed = format!("at most {most}, the words that two of the documents have");
            return Err(Error::setting("data.vocabulary", vocabulary, allowed));
        }
        let there: Vec<usize> = self.corpus.with_words(vocabulary).collect();
        if config.samples > there.len() {
            let allowed =
                format!("at most {}, the documents that have one of {vocabulary} words", there.len());
            return Err(Error::setting("data.samples", config.samples, allowed));
        }
        let mut rows = SparseRows::new(vocabulary, None);
        let mut titles = Vec::with_capacity(config.samples);
        for &item in &there[..config.samples] {
            rows.push(self.corpus.rows.row(item).take_while(|&(word, _)| word < vocabulary));
            titles.push(self.corpus.titles[item].clone());
        }
        let data = arrays(rows, titles, self.corpus.words[..vocabulary].to_vec(), config, seed);
        let data = Arc::new(data);
        self.latest = Some((config.clone(), seed, Arc::clone(&data)));
        Ok(data)
    }
}
