//! A file of ratings, or of the titles of films, while it is read part by part: `u.data` and `u.item` of MovieLens, CSV with
//! or without names above the columns.

use crate::data::table::{Layout, Text, number};
use crate::error::{Error, Result};
use csv::StringRecord;
use std::collections::BTreeMap;

/// Most ratings of a file: 48 MB.
const MAX_RATINGS: usize = 4_000_000;
/// Most titles.
const MAX_TITLES: usize = 1_000_000;
/// Most characters of a title.
const MAX_TITLE: usize = 80;
/// Bytes that are read at once, in some 20 ms.
const PART: u64 = 1 << 18;
/// What columns of ratings may be called.
const OF_RATING: [&str; 3] = ["rating", "stars", "score"];

/// What a file held.
#[derive(Clone, Debug)]
pub enum Content {
    /// Ratings, each by somebody of a film.
    Ratings(Ratings),
    /// Titles by the ids of films.
    Titles(BTreeMap<String, String>),
}

/// The ratings of a file.
#[derive(Clone, Debug, Default)]
pub struct Ratings {
    pub(super) users: Ids,
    pub(super) films: Ids,
    /// User, film and halves of a star, in the order of the file.
    pub(super) given: Vec<(u32, u32, u16)>,
}

/// Names that stand for users or films, in the order in which they were met.
#[derive(Clone, Debug, Default)]
pub(super) struct Ids {
    by_name: BTreeMap<String, u32>,
    pub names: Vec<String>,
}

impl Ids {
    fn id(&mut self, name: &str) -> u32 {
        if let Some(&id) = self.by_name.get(name) {
            return id;
        }
        let id = self.names.len() as u32;
        self.by_name.insert(name.into(), id);
        self.names.push(name.into());
        id
    }
}

/// What stands in which column.
enum Columns {
    Ratings { user: usize, film: usize, rating: usize },
    Titles { id: usize, title: usize },
}

/// See the module.
pub struct Reading {
    name: String,
    reader: csv::Reader<Text>,
    record: StringRecord,
    has_decimal_comma: bool,
    columns: Columns,
    ratings: Ratings,
    titles: BTreeMap<String, String>,
    has_halves: bool,
}

impl Reading {
    /// Tells by its first line what the file holds; `name` is that of the file, for messages.
    ///
    /// # Errors
    /// [`Error::File`] for what is no text, is empty, or has names above its columns that are not known.
    pub fn open(name: &str, bytes: Vec<u8>) -> Result<Self> {
        let text = Text::new(name, parted(bytes))?;
        let layout = Layout::of(&text.start());
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(layout.delimiter)
            .from_reader(text);
        let mut reading = Self {
            name: name.into(),
            reader,
            record: StringRecord::new(),
            has_decimal_comma: layout.has_decimal_comma,
            columns: Columns::Ratings { user: 0, film: 1, rating: 2 },
            ratings: Ratings::default(),
            titles: BTreeMap::new(),
            has_halves: false,
        };
        if !reading.next_record()? {
            return Err(reading.refused("it is empty: give user, film and rating on each line"));
        }
        let first: Vec<String> = reading.record.iter().map(|cell| cell.trim().to_lowercase()).collect();
        let of = |cell: &String| number(cell, layout.has_decimal_comma);
        if first.iter().any(|cell| of(cell).is_some()) {
            // A title is no number, and what follows it is none either or a year.
            let is_title = first.get(1).is_some_and(|cell| of(cell).is_none());
            if is_title && first.get(2).and_then(of).is_none_or(|number| number > 100.0) {
                reading.columns = Columns::Titles { id: 0, title: 1 };
            }
            reading.take_record()?;
        } else {
            reading.columns = named(&first).ok_or_else(|| {
                reading.refused(
                    "its first line does not say which column is which: name them user, film and rating, or begin with a rating",
                )
            })?;
        }
        Ok(reading)
    }

    /// Reads on; `None` while there is more to come.
    ///
    /// # Errors
    /// [`Error::File`] naming the line and what is wrong with it.
    pub fn step(&mut self) -> Result<Option<Content>> {
        let end = self.reader.position().byte() + PART;
        while self.reader.position().byte() < end {
            if !self.next_record()? {
                return Ok(Some(match self.columns {
                    Columns::Ratings { .. } => Content::Ratings(std::mem::take(&mut self.ratings)),
                    Columns::Titles { .. } => Content::Titles(std::mem::take(&mut self.titles)),
                }));
            }
            self.take_record()?;
        }
        Ok(None)
    }

    /// Share of the file that is read, 0…1.
    #[must_use]
    pub fn share(&self) -> f32 {
        self.reader.get_ref().share()
    }

    fn next_record(&mut self) -> Result<bool> {
        self.reader.read_record(&mut self.record).map_err(|error| Error::file(&self.name, error))
    }

    fn take_record(&mut self) -> Result<()> {
        match self.columns {
            Columns::Ratings { user, film, rating } => self.take_rating([user, film, rating]),
            Columns::Titles { id, title } => {
                if let (Some(id), Some(title)) = (self.record.get(id), self.record.get(title)) {
                    let title: String = title.trim().chars().take(MAX_TITLE).collect();
                    self.titles.insert(id.trim().into(), title);
                }
                if self.titles.len() > MAX_TITLES {
                    return Err(
                        self.refused(format!("it has more than {MAX_TITLES} titles, which are the most"))
                    );
                }
                Ok(())
            }
        }
    }

    fn take_rating(&mut self, columns: [usize; 3]) -> Result<()> {
        let [Some(user), Some(film), Some(rating)] =
            columns.map(|column| self.record.get(column).map(str::trim).filter(|cell| !cell.is_empty()))
        else {
            return Err(self.refused_here("a user, a film and a rating must stand there"));
        };
        let Some(stars) = number(rating, self.has_decimal_comma) else {
            let shown: String = rating.chars().take(MAX_TITLE).collect();
            return Err(self.refused_here(format!("the rating {shown} is not a number")));
        };
        if !(0.5..=5.0).contains(&stars) {
            let words = if self.has_halves { "0.5 to 5 stars" } else { "1 to 5 stars" };
            return Err(self.refused_here(format!("the rating {stars} is outside of {words}")));
        }
        let halves = 2.0 * stars;
        if halves.fract() != 0.0 {
            return Err(self.refused_here(format!("the rating {stars} is neither whole stars nor a half")));
        }
        let halves = halves as u16;
        self.has_halves |= !halves.is_multiple_of(2);
        if self.ratings.given.len() == MAX_RATINGS {
            return Err(self.refused(format!("it has more than {MAX_RATINGS} ratings, which are the most")));
        }
        let Ratings { users, films, given } = &mut self.ratings;
        given.push((users.id(user), films.id(film), halves));
        Ok(())
    }

    fn refused(&self, reason: impl std::fmt::Display) -> Error {
        Error::file(&self.name, reason)
    }

    fn refused_here(&self, reason: impl std::fmt::Display) -> Error {
        let line = self.record.position().map_or(1, csv::Position::line);
        self.refused(format!("line {line}: {reason}"))
    }
}

/// Which columns hold what, by their names; of several the first.
fn named(names: &[String]) -> Option<Columns> {
    let find =
        |words: &[&str]| words.iter().find_map(|word| names.iter().position(|name| name.contains(word)));
    let films = ["item", "film", "movie", "title"];
    if let Some(rating) = find(&OF_RATING) {
        return Some(Columns::Ratings { user: find(&["user"])?, film: find(&films)?, rating });
    }
    let title = find(&["title", "name"])?;
    let others = || (0..names.len()).filter(|&column| column != title);
    let id = others().find(|&column| names[column].contains("id")).or_else(|| others().next())?;
    Some(Columns::Titles { id, title })
}

/// With tabs in place of the pairs of colons that other files of MovieLens have.
fn parted(bytes: Vec<u8>) -> Vec<u8> {
    let first = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let holds = |pair: &[u8]| first.windows(pair.len()).any(|window| window == pair);
    if !holds(b"::") || holds(b"\t") || holds(b",") {
        return bytes;
    }
    let mut parted = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let is_pair = bytes[at..].starts_with(b"::");
        parted.push(if is_pair { b'\t' } else { bytes[at] });
        at += if is_pair { 2 } else { 1 };
    }
    parted
}
