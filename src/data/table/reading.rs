//! A table while it is read, part by part; memory grows with what was read.

use super::column::Column;
use super::layout::Layout;
use super::text::Text;
use super::{Ragged, Table};
use crate::data::idx::MAX_ITEMS;
use crate::error::{Error, Result};
use csv::{Reader, StringRecord};

/// Most columns of a table.
pub(super) const MAX_COLUMNS: usize = 500;
/// Most values of a table: of so many numbers as they are held 70 MB.
const MAX_CELLS: usize = 8_000_000;
/// Most characters of one value; more are text after a quotation mark that is not closed.
const MAX_LENGTH: usize = 1 << 15;
/// Most characters of a name.
const MAX_NAME: usize = 60;
/// Bytes that are read at once, in some 20 ms.
const PART: u64 = 1 << 19;
/// First rows that are shown as they are.
const SHOWN: usize = 6;
/// Lines that are named where rows have another number of values.
pub(super) const NAMED_LINES: usize = 5;

/// See the module.
pub struct Reading {
    name: String,
    layout: Layout,
    reader: Reader<Text>,
    record: StringRecord,
    columns: Vec<Column>,
    first: Vec<Vec<String>>,
    ragged: Ragged,
    rows: usize,
}

impl Reading {
    /// Tells how the table is laid out; `name` is that of the file, for messages.
    ///
    /// # Errors
    /// [`Error::File`] for what is no text, has no row, or has too many columns.
    pub fn open(name: &str, bytes: Vec<u8>) -> Result<Self> {
        let text = Text::new(name, bytes)?;
        let layout = Layout::of(&text.start());
        // A line of ten million is refused before it is read as a whole.
        if layout.columns > MAX_COLUMNS {
            let reason = format!("it has more than {MAX_COLUMNS} columns, which are the most");
            return Err(Error::file(name, reason));
        }
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(layout.delimiter)
            .from_reader(text);
        let mut reading = Self {
            name: name.into(),
            layout,
            reader,
            record: StringRecord::new(),
            columns: Vec::new(),
            first: Vec::new(),
            ragged: Ragged::default(),
            rows: 0,
        };
        if !reading.next_record()? {
            return Err(reading.refused("it holds no rows"));
        }
        let many = reading.record.len();
        let names = if layout.has_header {
            unique(reading.record.iter())
        } else {
            (1..=many).map(|number| format!("column {number}")).collect()
        };
        reading.columns = names.into_iter().map(Column::new).collect();
        if !layout.has_header {
            reading.take_record()?;
        }
        Ok(reading)
    }

    /// Reads on; `None` while there is more to come.
    ///
    /// # Errors
    /// [`Error::File`] for a table that is too large or has hardly a row like the others.
    pub fn step(&mut self) -> Result<Option<Table>> {
        let end = self.reader.position().byte() + PART;
        while self.reader.position().byte() < end {
            if !self.next_record()? {
                return self.finished().map(Some);
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
        let there = self.reader.read_record(&mut self.record);
        let there = there.map_err(|error| Error::file(&self.name, error))?;
        if there
            && self.record.as_slice().len() > MAX_LENGTH
            && let Some(value) = self.record.iter().find(|value| value.len() > MAX_LENGTH)
        {
            let line = self.line();
            let many = value.chars().count();
            let reason = format!(
                "a value in line {line} has {many} characters: is a quotation mark not closed there?"
            );
            return Err(self.refused(reason));
        }
        Ok(there)
    }

    /// The line at which the record begins, counted from 1.
    fn line(&self) -> u64 {
        self.record.position().map_or(1, csv::Position::line)
    }

    fn take_record(&mut self) -> Result<()> {
        if self.record.len() != self.columns.len() {
            let line = self.line();
            self.ragged.count += 1;
            if self.ragged.lines.len() < NAMED_LINES {
                self.ragged.lines.push(line);
            }
            return Ok(());
        }
        if self.rows == MAX_ITEMS {
            return Err(self.refused(format!("it has more than {MAX_ITEMS} rows, which are the most")));
        }
        if (self.rows + 1) * self.columns.len() > MAX_CELLS {
            let most = MAX_CELLS / self.columns.len();
            return Err(self.refused(format!("it has more than {most} rows, the most of so many columns")));
        }
        self.rows += 1;
        if self.first.len() < SHOWN {
            let shown = |value: &str| value.trim().chars().take(MAX_NAME).collect();
            self.first.push(self.record.iter().map(shown).collect());
        }
        for (column, value) in self.columns.iter_mut().zip(&self.record) {
            column.push(value, self.layout.has_decimal_comma);
        }
        Ok(())
    }

    fn finished(&mut self) -> Result<Table> {
        let Ragged { count, lines } = &self.ragged;
        if *count > self.rows {
            let many = self.columns.len();
            let reason = format!(
                "it is no table: {count} of its {} rows, line {} the first, have not {many} values as its first row has",
                count + self.rows,
                lines[0],
            );
            return Err(self.refused(reason));
        }
        if self.rows == 0 {
            return Err(self.refused("it holds no rows"));
        }
        Ok(Table {
            name: self.name.clone(),
            columns: std::mem::take(&mut self.columns),
            first: std::mem::take(&mut self.first),
            ragged: std::mem::take(&mut self.ragged),
            rows: self.rows,
            latest: None,
        })
    }

    fn refused(&self, reason: impl std::fmt::Display) -> Error {
        Error::file(&self.name, reason)
    }
}

/// Names that are shortened, and numbered where they are empty or occur again.
fn unique<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for (index, name) in names.enumerate() {
        let mut short: String = name.trim().chars().take(MAX_NAME).collect();
        if short.is_empty() {
            short = format!("column {}", index + 1);
        }
        let mut unique = short.clone();
        let mut times = 1;
        while all.contains(&unique) {
            times += 1;
            unique = format!("{short} ({times})");
        }
        all.push(unique);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Table> {
        let mut reading = Reading::open("t", text.as_bytes().to_vec())?;
        loop {
            if let Some(table) = reading.step()? {
                return Ok(table);
            }
        }
    }

    #[test]
    fn quotes_line_ends_and_blank_lines_are_no_matter() {
        let table = read("\"a, b\",c\r\n1,\"x \"\"y\"\"\nz\"\r\n\r\n2,w\r\n").unwrap();
        assert_eq!(table.columns[0].name, "a, b");
        assert_eq!(table.first[0][1], "x \"y\"\nz");
        assert_eq!((table.rows, table.columns[0].numbers.as_slice()), (2, &[1.0, 2.0][..]));
    }

    #[test]
    fn names_are_made_unique() {
        let table = read("a,,a,a\n1,2,3,4\n").unwrap();
        let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["a", "column 2", "a (2)", "a (3)"]);
    }

    #[test]
    fn rows_of_another_length_are_told_with_their_lines() {
        let table = read("a,b\n1,2\n1\n1,2,3\n3,4\n5,6\n7,8\n").unwrap();
        assert_eq!((table.rows, table.ragged.count, table.ragged.lines.as_slice()), (4, 2, &[3, 4][..]));
        let error = read("a,b\n1,2\n1\n1,2,3\n4\n").unwrap_err().to_string();
        assert_eq!(
            error,
            "t: it is no table: 3 of its 4 rows, line 3 the first, have not 2 values as its first row has"
        );
    }

    #[test]
    fn what_is_too_large_or_empty_is_told() {
        let said = |text: &str| read(text).unwrap_err().to_string();
        let wide = "1,".repeat(10_000_000);
        assert_eq!(said(&wide), "t: it has more than 500 columns, which are the most");
        assert_eq!(said(""), "t: it holds no rows");
        assert_eq!(said("\n\n"), "t: it holds no rows");
        let open = format!("a,b\n1,\"2\n{}", "3,4\n".repeat(20_000));
        let error = said(&open);
        assert!(error.starts_with("t: a value in line 2 has"), "{error}");
        assert!(error.ends_with("is a quotation mark not closed there?"), "{error}");
        let long = "1,2\n".repeat(MAX_ITEMS + 1);
        assert_eq!(said(&long), "t: it has more than 200000 rows, which are the most");
    }

    #[test]
    fn a_large_table_is_read_part_by_part() {
        let rows: Vec<String> =
            (0..100_000).map(|row| format!("{row},{},{}\n", row * 7 % 13, row % 3)).collect();
        let text = rows.concat();
        let mut reading = Reading::open("t", text.into_bytes()).unwrap();
        let (mut parts, mut share) = (0, 0.0);
        let table = loop {
            parts += 1;
            match reading.step().unwrap() {
                Some(table) => break table,
                None => assert!(reading.share() >= share),
            }
            share = reading.share();
        };
        assert!(parts > 1 && table.rows == 100_000, "{parts} parts, {} rows", table.rows);
    }
}
