//! One IDX file, plain or gzip, while it is read: its header, and its items part by part, each checked
//! before more memory is taken for it.

use crate::error::{Error, Result};
use flate2::read::MultiGzDecoder;
use std::io::{Cursor, ErrorKind, Read};

/// Most items of a file: three times those of MNIST.
pub(super) const MAX_ITEMS: usize = 200_000;
/// Most pixels of a file: so many items of 28 by 28.
const MAX_PIXELS: usize = MAX_ITEMS * 28 * 28;
/// Most pixels on a side of an image.
pub(super) const MAX_SIDE: usize = 64;
/// Largest label, that of the last of ten classes.
const MAX_LABEL: u8 = 9;
/// What the first four bytes say: bytes in three axes, or in one.
pub(super) const IMAGES: u32 = 0x803;
pub(super) const LABELS: u32 = 0x801;
/// How a gzip file begins.
pub(super) const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A file while it is read.
pub(super) struct Idx<'a> {
    name: String,
    bytes: Box<dyn Read + 'a>,
    is_gzip: bool,
}

impl<'a> Idx<'a> {
    pub(super) fn open(name: &str, mut source: impl Read + 'a) -> Result<Self> {
        let mut start = Vec::new();
        let read = source.by_ref().take(GZIP.len() as u64).read_to_end(&mut start);
        read.map_err(|error| Error::file(name, error))?;
        let is_gzip = start == GZIP;
        let whole = Cursor::new(start).chain(source);
        let bytes: Box<dyn Read + 'a> =
            if is_gzip { Box::new(MultiGzDecoder::new(whole)) } else { Box::new(whole) };
        Ok(Self { name: name.into(), bytes, is_gzip })
    }

    /// The sizes of the axes, after a magic number that says how many there are.
    pub(super) fn header<const AXES: usize>(&mut self, magic: u32, what: &str) -> Result<[usize; AXES]> {
        match self.number(what)? {
            found if found == magic => {}
            IMAGES => return Err(self.refused("this file holds images, not labels")),
            LABELS => return Err(self.refused("this file holds labels, not images")),
            found => {
                let reason =
                    format!("not an IDX file of {what}: it begins with {found:#x} instead of {magic:#x}");
                return Err(self.refused(reason));
            }
        }
        self.sizes(what)
    }

    /// The sizes of the axes, which follow the magic number.
    pub(super) fn sizes<const AXES: usize>(&mut self, what: &str) -> Result<[usize; AXES]> {
        let mut sizes = [0; AXES];
        for size in &mut sizes {
            *size = self.number(what)? as usize;
        }
        match sizes[0] {
            0 => Err(self.refused(format!("it holds no {what}"))),
            1..=MAX_ITEMS => Ok(sizes),
            count => Err(self.refused(format!("it promises {count} {what}, but may have {MAX_ITEMS}"))),
        }
    }

    pub(super) fn number(&mut self, what: &str) -> Result<u32> {
        let mut bytes = Vec::new();
        self.append(4, &mut bytes)?;
        match bytes.as_slice() {
            &[a, b, c, d] => Ok(u32::from_be_bytes([a, b, c, d])),
            [] => Err(self.refused(format!("not an IDX file of {what}: it ends within its header"))),
            _ => Err(self.refused(format!("not an IDX file of {what}: it is cut off within its header"))),
        }
    }

    /// All `count` items of `size` bytes, after which the file must end.
    pub(super) fn items(&mut self, count: usize, size: usize, what: &str) -> Result<Vec<u8>> {
        let mut items = Vec::new();
        while !self.grow(&mut items, count, size, what)? {}
        Ok(items)
    }

    /// Reads the next part of `count` items of `size` bytes; whether they are all there and the file ends.
    pub(super) fn grow(
        &mut self,
        items: &mut Vec<u8>,
        count: usize,
        size: usize,
        what: &str,
    ) -> Result<bool> {
        /// Bytes that are asked for before the first has come.
        const FIRST: usize = 1 << 16;
        /// Bytes that are unpacked in some 20 ms.
        const MOST: usize = 1 << 22;
        let total = count * size;
        // Room for as much again as has come, which is then read in parts.
        let room = (total - items.len()).min(items.len().max(FIRST));
        if items.len() == items.capacity() {
            items.reserve_exact(room);
        }
        let more = (items.capacity().min(total) - items.len()).min(MOST);
        let before = items.len();
        self.append(more, items)?;
        if items.len() < before + more {
            let whole = items.len() / size;
            return Err(
                self.refused(format!("it is cut off after {whole} of the {count} {what} it promises"))
            );
        }
        if items.len() < total {
            return Ok(false);
        }
        // One byte more tells whether there is anything; a gzip file is checked to its end by this.
        if self.append(1, &mut Vec::new())? > 0 {
            return Err(self.refused(format!("it goes on after the {count} {what} it promises")));
        }
        Ok(true)
    }

    pub(super) fn ensure_size(&self, count: usize, height: usize, width: usize) -> Result<()> {
        let sides = 1..=MAX_SIDE;
        if !sides.contains(&height) || !sides.contains(&width) {
            let reason =
                format!("its images are {height} by {width} pixels, but each side must be 1 to {MAX_SIDE}");
            return Err(self.refused(reason));
        }
        if count * height * width > MAX_PIXELS {
            let most = MAX_PIXELS / (height * width);
            return Err(self.refused(format!("it promises {count} images of this size, but may have {most}")));
        }
        Ok(())
    }

    pub(super) fn ensure_classes(&self, labels: &[u8]) -> Result<()> {
        match labels.iter().position(|&label| label > MAX_LABEL) {
            Some(item) => {
                let label = labels[item];
                Err(self.refused(format!("label {label} of item {item} is not one of 0 to {MAX_LABEL}")))
            }
            None => Ok(()),
        }
    }

    /// Reads up to `most` bytes, fewer only where the file ends.
    fn append(&mut self, most: usize, bytes: &mut Vec<u8>) -> Result<usize> {
        let read = self.bytes.by_ref().take(most as u64).read_to_end(bytes);
        read.map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof | ErrorKind::InvalidInput | ErrorKind::InvalidData if self.is_gzip => {
                self.refused("its gzip data are damaged or cut off")
            }
            _ => self.refused(error),
        })
    }

    pub(super) fn refused(&self, reason: impl std::fmt::Display) -> Error {
        Error::file(&self.name, reason)
    }
}
