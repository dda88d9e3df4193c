//! Files on their way in: read one after another, part by part, so that the worker can answer in
//! between and the visitor change their mind.

use crate::data::documents;
use crate::data::idx::{self, Content};
use crate::data::ratings::{self, OwnRatings};
use crate::data::sequences::OwnText;
use crate::data::{DataConfig, DataSet, Given, GivenPictures, table};
use crate::error::{Error, Result};
use std::collections::VecDeque;
use std::io::Cursor;

/// A file while it is read.
#[allow(clippy::large_enum_variant, reason = "one at a time, and soon read")]
enum Reading {
    Idx(idx::Reading),
    Table(table::Reading),
    Ratings(ratings::Reading),
    Documents(documents::Reading),
}

/// Files for one data set while they are read.
pub(super) struct Taking {
    set: String,
    waiting: VecDeque<(String, Vec<u8>)>,
    /// The file at hand, with its name and its bytes.
    reading: Option<(String, usize, Reading)>,
    read: Vec<(String, Content)>,
    read_ratings: Vec<(String, ratings::Content)>,
    /// Bytes of the files that are read, and of all.
    bytes_read: usize,
    bytes: usize,
}

impl Taking {
    pub fn new(set: String, files: Vec<(String, Vec<u8>)>) -> Self {
        let bytes = files.iter().map(|(_, bytes)| bytes.len()).sum();
        let (read, read_ratings) = (Vec::new(), Vec::new());
        Self { set, waiting: files.into(), reading: None, read, read_ratings, bytes_read: 0, bytes }
    }

    /// Reads the next part; what the files gave once all is read.
    pub fn step(&mut self) -> Result<Option<Given>> {
        if let Some((name, size, reading)) = self.reading.take() {
            return self.read_on(name, size, reading);
        }
        if !self.waiting.is_empty() && self.is_of(DataSet::is_of_documents) {
            // Several files are one set of documents.
            let files = self.waiting.drain(..).collect();
            self.reading =
                Some((String::new(), self.bytes, Reading::Documents(documents::Reading::open(files)?)));
            return Ok(None);
        }
        if let Some((name, bytes)) = self.waiting.pop_front() {
            let size = bytes.len();
            if self.is_of(DataSet::is_of_text) {
                self.ensure_single(&name, "texts")?;
                return OwnText::read(&name, &bytes).map(|text| Some(Given::Text(text)));
            }
            let reading = if self.set == table::SET.name {
                self.ensure_single(&name, "tables")?;
                Reading::Table(table::Reading::open(&name, bytes)?)
            } else if self.is_of(DataSet::is_of_ratings) {
                Reading::Ratings(ratings::Reading::open(&name, bytes)?)
            } else {
                let reading = idx::Reading::open(&name, Cursor::new(bytes))?;
                self.ensure_few(&reading)?;
                Reading::Idx(reading)
            };
            self.reading = Some((name, size, reading));
            return Ok(None);
        }
        if self.is_of(DataSet::is_of_ratings) {
            return OwnRatings::new(std::mem::take(&mut self.read_ratings))
                .map(|given| Some(Given::Ratings(given)));
        }
        GivenPictures::new(&self.set, std::mem::take(&mut self.read))
            .map(|given| Some(Given::Pictures(given)))
    }

    fn read_on(&mut self, name: String, size: usize, mut reading: Reading) -> Result<Option<Given>> {
        match &mut reading {
            Reading::Table(table) => {
                if let Some(table) = table.step()? {
                    return Ok(Some(Given::Table(table)));
                }
            }
            Reading::Documents(documents) => {
                if let Some(documents) = documents.step()? {
                    return Ok(Some(Given::Documents(documents)));
                }
            }
            Reading::Ratings(ratings) => {
                if let Some(content) = ratings.step()? {
                    self.bytes_read += size;
                    self.read_ratings.push((name, content));
                    return Ok(None);
                }
            }
            Reading::Idx(idx) => {
                if let Some(content) = idx.step()? {
                    self.bytes_read += size;
                    self.read.push((name, content));
                    return Ok(None);
                }
            }
        }
        self.reading = Some((name, size, reading));
        Ok(None)
    }

    fn is_of(&self, is_of: fn(&DataSet) -> bool) -> bool {
        DataConfig::named(&self.set).set().is_ok_and(is_of)
    }

    /// A run trains on one table, or on one text.
    fn ensure_single(&self, name: &str, what: &str) -> Result<()> {
        let more = self.waiting.len();
        if more == 0 {
            return Ok(());
        }
        Err(Error::file(name, format!("{more} more came with it, but of {what} one file at a time is taken")))
    }

    /// Refuses a third file of a kind before it is unpacked, since nothing can be made of three.
    fn ensure_few(&self, next: &idx::Reading) -> Result<()> {
        let kinds = self.read.iter().map(|(_, content)| matches!(content, Content::Images(_)));
        let images = kinds.clone().filter(|is_images| *is_images).count();
        let count = [images, kinds.count() - images];
        GivenPictures::ensure_few(if next.is_of_images() {
            [count[0] + 1, count[1]]
        } else {
            [count[0], count[1] + 1]
        })
    }

    /// How much is read, 0…1.
    pub fn share(&self) -> f32 {
        let of_this = self.reading.as_ref().map_or(0.0, |(_, size, reading)| {
            let share = match reading {
                Reading::Idx(idx) => idx.share(),
                Reading::Table(table) => table.share(),
                Reading::Ratings(ratings) => ratings.share(),
                Reading::Documents(documents) => documents.share(),
            };
            *size as f32 * share
        });
        ((self.bytes_read as f32 + of_this) / self.bytes.max(1) as f32).min(1.0)
    }
}
