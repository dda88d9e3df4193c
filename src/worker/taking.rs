//! Files on their way in: read one after another, part by part, so that the worker can answer in
//! between and the visitor change their mind.

use crate::data::Given;
use crate::data::idx::{Content, Reading};
use crate::error::Result;
use std::collections::VecDeque;
use std::io::Cursor;

/// Files for one data set while they are read.
pub(super) struct Taking {
    set: String,
    waiting: VecDeque<(String, Vec<u8>)>,
    /// The file at hand, with its name and its bytes.
    reading: Option<(String, usize, Reading)>,
    read: Vec<(String, Content)>,
    /// Bytes of the files that are read, and of all.
    bytes_read: usize,
    bytes: usize,
}

impl Taking {
    pub fn new(set: String, files: Vec<(String, Vec<u8>)>) -> Self {
        let bytes = files.iter().map(|(_, bytes)| bytes.len()).sum();
        Self { set, waiting: files.into(), reading: None, read: Vec::new(), bytes_read: 0, bytes }
    }

    /// Reads the next part; the pictures once all is read.
    pub fn step(&mut self) -> Result<Option<Given>> {
        if let Some((name, size, mut reading)) = self.reading.take() {
            match reading.step()? {
                None => self.reading = Some((name, size, reading)),
                Some(content) => {
                    self.bytes_read += size;
                    self.read.push((name, content));
                }
            }
            return Ok(None);
        }
        if let Some((name, bytes)) = self.waiting.pop_front() {
            let size = bytes.len();
            let reading = Reading::open(&name, Cursor::new(bytes))?;
            self.ensure_few(&reading)?;
            self.reading = Some((name, size, reading));
            return Ok(None);
        }
        Given::new(&self.set, std::mem::take(&mut self.read)).map(Some)
    }

    /// Refuses a third file of a kind before it is unpacked, since nothing can be made of three.
    fn ensure_few(&self, next: &Reading) -> Result<()> {
        let kinds = self.read.iter().map(|(_, content)| matches!(content, Content::Images(_)));
        let images = kinds.clone().filter(|is_images| *is_images).count();
        let count = [images, kinds.count() - images];
        Given::ensure_few(if next.is_of_images() {
            [count[0] + 1, count[1]]
        } else {
            [count[0], count[1] + 1]
        })
    }

    /// How much is read, 0…1.
    pub fn share(&self) -> f32 {
        let of_this = self.reading.as_ref().map_or(0.0, |(_, size, reading)| *size as f32 * reading.share());
        ((self.bytes_read as f32 + of_this) / self.bytes.max(1) as f32).min(1.0)
    }
}
