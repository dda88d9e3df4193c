//! The text of a file, whatever it is encoded in, as UTF-8 part by part. UTF-16 is what `char` of the
//! standard library decodes and Windows-1252 a table of 32 characters: a crate for all encodings of the web
//! would bring tables for these two that are as large as the rest of the page.

use crate::error::{Error, Result};
use std::io::Read;

/// Bytes at the start of a file that tell whether it is text.
const LOOKED_AT: usize = 1 << 16;
/// Bytes decoded at once.
const PART: usize = 1 << 15;

/// How the characters of a file are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Utf16 { is_little: bool },
    Windows1252,
}

/// A file as UTF-8; what cannot be decoded becomes U+FFFD.
pub(in crate::data) struct Text {
    bytes: Vec<u8>,
    encoding: Encoding,
    /// Bytes of the file that are decoded.
    at: usize,
    /// What is decoded and not read yet, from `from` on.
    decoded: Vec<u8>,
    from: usize,
}

impl Text {
    /// Tells the encoding: by a mark at the start, by the zeros of UTF-16, or by what is valid UTF-8; all
    /// else is taken for Windows-1252, which holds Latin-1.
    pub fn new(name: &str, bytes: Vec<u8>) -> Result<Self> {
        let start = &bytes[..bytes.len().min(LOOKED_AT)];
        let (encoding, at) = if bytes.starts_with(b"\xef\xbb\xbf") {
            (Encoding::Utf8, 3)
        } else if bytes.starts_with(b"\xff\xfe") {
            (Encoding::Utf16 { is_little: true }, 2)
        } else if bytes.starts_with(b"\xfe\xff") {
            (Encoding::Utf16 { is_little: false }, 2)
        } else if let Some(is_little) = zeros_of_utf16(start) {
            (Encoding::Utf16 { is_little }, 0)
        } else if std::str::from_utf8(&bytes).is_ok() {
            (Encoding::Utf8, 0)
        } else {
            (Encoding::Windows1252, 0)
        };
        let text = Self { bytes, encoding, at, decoded: Vec::new(), from: 0 };
        let start = text.start();
        let is_control = |c: &char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0c' | '\u{85}');
        // A stray one may stand in a text, one in a hundred characters does not.
        let odd = start.chars().filter(|c| is_control(c) || *c == char::REPLACEMENT_CHARACTER).count();
        if start.contains('\0') || (odd > 1 && odd * 100 > start.chars().count()) {
            return Err(Error::file(name, "it is a binary file, not a table of text"));
        }
        Ok(text)
    }

    /// The first [`LOOKED_AT`] bytes or less, decoded, up to a whole line where one ends.
    pub fn start(&self) -> String {
        let bytes = self.bytes[..self.bytes.len().min(LOOKED_AT)].to_vec();
        let mut head = Self { bytes, encoding: self.encoding, at: self.at, decoded: Vec::new(), from: 0 };
        let mut start = Vec::new();
        head.read_to_end(&mut start).expect("memory is read without errors");
        let mut start = String::from_utf8_lossy(&start).into_owned();
        if self.bytes.len() > LOOKED_AT
            && let Some(end) = start.rfind(['\n', '\r'])
        {
            start.truncate(end + 1);
        }
        start
    }

    /// Share of the file that is decoded, 0…1.
    pub fn share(&self) -> f32 {
        self.at as f32 / self.bytes.len().max(1) as f32
    }

    fn decode(&mut self) {
        self.decoded.clear();
        self.from = 0;
        let part = &self.bytes[self.at..(self.at + PART).min(self.bytes.len())];
        let mut push = |c: char| self.decoded.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        match self.encoding {
            Encoding::Utf8 => {
                self.decoded.extend_from_slice(part);
                self.at += part.len();
            }
            Encoding::Windows1252 => {
                part.iter().for_each(|&byte| push(windows_1252(byte)));
                self.at += part.len();
            }
            Encoding::Utf16 { is_little } => {
                let pair = |pair: &[u8; 2]| {
                    if is_little { u16::from_le_bytes(*pair) } else { u16::from_be_bytes(*pair) }
                };
                let (pairs, rest) = part.as_chunks::<2>();
                // The first half of a character outside the plane waits for the second.
                let waits = pairs.len() > 1 && pairs.last().is_some_and(|last| pair(last) & 0xfc00 == 0xd800);
                let pairs = &pairs[..pairs.len() - usize::from(waits)];
                let units = char::decode_utf16(pairs.iter().map(pair));
                units.for_each(|c| push(c.unwrap_or(char::REPLACEMENT_CHARACTER)));
                self.at += 2 * pairs.len();
                if pairs.is_empty() {
                    self.at += rest.len(); // half a character at the end of the file
                }
            }
        }
    }
}

impl Read for Text {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.from == self.decoded.len() && self.at < self.bytes.len() {
            self.decode();
        }
        let there = &self.decoded[self.from..];
        let many = there.len().min(buffer.len());
        buffer[..many].copy_from_slice(&there[..many]);
        self.from += many;
        Ok(many)
    }
}

/// Whether nearly every second byte is 0, as in UTF-16 without a mark, and if so whether the second of each
/// pair is, as in its little-endian form.
fn zeros_of_utf16(start: &[u8]) -> Option<bool> {
    let pairs = start.as_chunks::<2>().0;
    let zeros = |which: usize| pairs.iter().filter(|pair| pair[which] == 0).count() * 10;
    let most = pairs.len() * 7;
    match (zeros(0) >= most, zeros(1) >= most) {
        _ if pairs.len() < 2 => None,
        (false, true) => Some(true),
        (true, false) => Some(false),
        _ => None,
    }
}

/// A byte of Windows-1252, as the WHATWG's Encoding Standard decodes it.
fn windows_1252(byte: u8) -> char {
    const FROM_80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => FROM_80[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: Vec<u8>) -> String {
        let mut text = String::new();
        Text::new("f", bytes).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        // Longer than a part, with a character of four bytes at odd places.
        let text = "größe,x\r\n1,5 €\n𝛼,β\n".repeat(6000);
        let utf16 = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let with_mark = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
        for bytes in [
            text.clone().into_bytes(),
            with_mark(b"\xef\xbb\xbf", text.as_bytes()),
            with_mark(b"\xff\xfe", &utf16(u16::to_le_bytes)),
            with_mark(b"\xfe\xff", &utf16(u16::to_be_bytes)),
            utf16(u16::to_le_bytes),
            utf16(u16::to_be_bytes),
        ] {
            assert!(read(bytes) == text);
        }
        assert_eq!(read(b"gr\xf6\xdfe,\x80,caf\xe9".to_vec()), "größe,€,café");
        // Half a pair at the end, and a half that has no other.
        assert_eq!(read(b"\xff\xfea\0b\0c".to_vec()), "ab");
        assert_eq!(read(b"\xff\xfea\0b\0c\0\x00\xd8".to_vec()).chars().take(3).collect::<String>(), "abc");
        assert_eq!(read(Vec::new()), "");
    }

    #[test]
    fn what_is_no_text_is_told() {
        let said = |bytes: Vec<u8>| Text::new("f", bytes).err().map(|error| error.to_string());
        let refused = Some("f: it is a binary file, not a table of text".to_owned());
        assert_eq!(said(b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0".to_vec()), refused);
        assert_eq!(said((0..=255).cycle().take(5000).collect()), refused);
        assert_eq!(said(b"a,b\n1,2\n".to_vec()), None);
    }
}
