//! Documents on their way in: one file with a document in each paragraph, or on each line where there are no blank lines; several
//! files, one document each; or files of counts. Texts are taken apart part by part, so that the worker can answer in between.

use super::DOCUMENTS;
use super::corpus::{Bag, Corpus, too_much};
use super::counts::{self, MAX_TITLE};
use super::own::OwnDocuments;
use super::words::words;
use crate::data::sequences::MAX_TEXT_MB;
use crate::data::table::Text;
use crate::error::{Error, Result};
use std::collections::{BTreeMap, VecDeque};
use std::io::Read;

/// Bytes of text that are taken apart at once, in some 20 ms.
const PART: usize = 1 << 17;

/// See the module.
pub struct Reading {
    /// Of the first file, for messages.
    name: String,
    /// Texts that are still to be taken apart.
    waiting: VecDeque<String>,
    by_word: BTreeMap<String, u32>,
    words: Vec<String>,
    bags: Vec<Bag>,
    /// Bytes that are taken apart, and all of them.
    taken: usize,
    bytes: usize,
    /// Documents that came after as many as are taken.
    too_many: usize,
}

impl Reading {
    /// Tells what the files hold, each with its name.
    ///
    /// # Errors
    /// [`Error::File`] for files that are too large, no text, empty, or counts that do not belong together.
    pub fn open(files: Vec<(String, Vec<u8>)>) -> Result<Self> {
        let mut texts = Vec::new();
        for (name, bytes) in files {
            let mb = bytes.len().div_ceil(1 << 20);
            if mb > MAX_TEXT_MB {
                return Err(Error::file(
                    name,
                    format!("{mb} MB, but documents must be at most {MAX_TEXT_MB} MB"),
                ));
            }
            let mut text = Vec::new();
            Text::new(&name, bytes)?.read_to_end(&mut text).map_err(|error| Error::file(&name, error))?;
            texts.push((name, String::from_utf8_lossy(&text).replace("\r\n", "\n").replace('\r', "\n")));
        }
        let Some((name, _)) = texts.first() else {
            return Err(Error::setting("the number of files", 0, "at least one of documents"));
        };
        let mut reading = Self {
            name: name.clone(),
            waiting: VecDeque::new(),
            by_word: BTreeMap::new(),
            words: Vec::new(),
            bags: Vec::new(),
            taken: 0,
            bytes: 0,
            too_many: 0,
        };
        if texts.iter().any(|(_, text)| counts::are_counts(text)) {
            (reading.words, reading.bags) = counts::read(texts)?;
        } else {
            reading.waiting = apart(texts);
        }
        let documents = reading.waiting.len() + reading.bags.len();
        let (least, most) = (*DOCUMENTS.start(), *DOCUMENTS.end());
        if documents == 0 {
            return Err(Error::file(&reading.name, "it is empty: there is nothing to learn from"));
        }
        if documents < least {
            let are = if documents == 1 { " is" } else { "s are" };
            let reason = format!(
                "{documents} document{are} too few: give at least {least}, parted by blank lines, or each on a line of its own"
            );
            return Err(Error::file(&reading.name, reason));
        }
        reading.too_many = documents.saturating_sub(most);
        reading.waiting.truncate(most);
        reading.bags.truncate(most);
        reading.bytes = reading.waiting.iter().map(String::len).sum();
        Ok(reading)
    }

    /// Takes the next texts apart; `None` while there is more to come.
    ///
    /// # Errors
    /// [`Error::File`] for documents that have hardly a word in common, or one that has too many.
    pub fn step(&mut self) -> Result<Option<OwnDocuments>> {
        let end = self.taken + PART;
        while self.taken < end {
            let Some(text) = self.waiting.pop_front() else {
                let corpus = Corpus::of(&self.words, std::mem::take(&mut self.bags));
                return OwnDocuments::new(&self.name, corpus, self.too_many).map(Some);
            };
            self.taken += text.len();
            self.take(&text)?;
        }
        Ok(None)
    }

    /// Share of the texts that is taken apart, 0…1.
    #[must_use]
    pub fn share(&self) -> f32 {
        self.taken as f32 / self.bytes.max(1) as f32
    }

    fn take(&mut self, text: &str) -> Result<()> {
        let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
        for word in words(text) {
            let next = self.words.len() as u32;
            let id = *self.by_word.entry(word).or_insert_with_key(|word| {
                self.words.push(word.clone());
                next
            });
            *counts.entry(id).or_insert(0) += 1;
        }
        let named = counts.iter().map(|(id, times)| (&self.words[*id as usize], u64::from(*times)));
        if let Some(reason) = too_much(named) {
            return Err(Error::file(&self.name, format!("document {}: {reason}", self.bags.len() + 1)));
        }
        self.bags.push(Bag { title: beginning(text), counts: counts.into_iter().collect() });
        Ok(())
    }
}

/// The documents of these texts, none of them blank.
fn apart(mut texts: Vec<(String, String)>) -> VecDeque<String> {
    if texts.len() > 1 {
        let texts = texts.into_iter().map(|(_, text)| text);
        return texts.filter(|text| !text.trim().is_empty()).collect();
    }
    let text = texts.pop().map_or_else(String::new, |(_, text)| text);
    let lines: Vec<&str> = text.trim().lines().map(str::trim_end).collect();
    let is_blank = |line: &&str| line.is_empty();
    let parts: Vec<String> = if lines.iter().any(is_blank) {
        lines.split(|line| is_blank(line)).map(|lines| lines.join("\n")).collect()
    } else {
        lines.into_iter().map(ToOwned::to_owned).collect()
    };
    parts.into_iter().filter(|text| !text.is_empty()).collect()
}

/// The first words of a text, as they stand there.
fn beginning(text: &str) -> String {
    let mut title = String::new();
    for word in text.split_whitespace() {
        if title.chars().count() + word.chars().count() >= MAX_TITLE {
            title.push('…');
            break;
        }
        if !title.is_empty() {
            title.push(' ');
        }
        title += word;
    }
    title
}
