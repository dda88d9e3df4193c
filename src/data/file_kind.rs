//! What a file is, told by how it begins, since names and types that come with it may lie.

/// The kinds of files that are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Images or labels as IDX, plain or gzip.
    Idx,
    /// A picture that a browser decodes.
    Image,
    /// Drawings, one a line.
    Drawings,
    /// An experiment as JSON.
    Experiment,
    /// A network with its weights.
    Model,
    /// Text: a table as CSV, or in a lab that takes those a text to learn from, which begins no differently.
    Table,
}

impl FileKind {
    /// Bytes of a file that are looked at.
    pub const START: usize = 64;

    /// The kind of a file that begins so; `None` for any other.
    #[must_use]
    pub fn of(start: &[u8]) -> Option<Self> {
        let begins = |with: &[u8]| start.starts_with(with);
        let is_image = [&b"\x89PNG"[..], b"\xff\xd8\xff", b"GIF8", b"BM"].into_iter().any(begins);
        if is_image || (begins(b"RIFF") && start.get(8..12) == Some(b"WEBP")) {
            return Some(Self::Image);
        }
        // A model begins with the length of its header, in eight bytes, and the header with a brace.
        if start.get(4..9) == Some(b"\0\0\0\0{") {
            return Some(Self::Model);
        }
        if begins(b"\x1f\x8b") || begins(b"\0\0") {
            return Some(Self::Idx);
        }
        let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
        if let Some(object) = text.strip_prefix(b"{") {
            // A drawing has these keys and no others, and an experiment has neither.
            let key = object.trim_ascii_start();
            let is_drawing = [&b"\"digit\""[..], b"\"strokes\""].into_iter().any(|of| key.starts_with(of));
            return Some(if is_drawing { Self::Drawings } else { Self::Experiment });
        }
        // Text, of which only the rest of the file tells whether it is a table; PDF begins as text does.
        let is_utf16 = begins(b"\xff\xfe")
            || begins(b"\xfe\xff")
            || start.iter().skip(1).step_by(2).take(8).all(|b| *b == 0);
        let is_text = start.iter().all(|byte| !byte.is_ascii_control() || byte.is_ascii_whitespace());
        ((is_utf16 || is_text) && !start.is_empty() && !begins(b"%PDF")).then_some(Self::Table)
    }
}

/// Height and width that an image file promises, before anything of it is decoded: PNG, JPEG, WebP,
/// GIF and BMP.
#[must_use]
pub fn image_size(file: &[u8]) -> Option<[usize; 2]> {
    let byte = |at: usize| file.get(at).map(|&byte| usize::from(byte));
    let big = |at: usize| Some(byte(at)? << 8 | byte(at + 1)?);
    let little = |at: usize| Some(byte(at + 1)? << 8 | byte(at)?);
    let little24 = |at: usize| Some(byte(at + 2)? << 16 | little(at)?);
    let long = |at: usize| Some(big(at)? << 16 | big(at + 2)?);
    match file.get(..4)? {
        b"\x89PNG" => Some([long(20)?, long(16)?]),
        b"GIF8" => Some([little(8)?, little(6)?]),
        b"RIFF" => match file.get(12..16)? {
            b"VP8X" => Some([little24(27)? + 1, little24(24)? + 1]),
            b"VP8L" => {
                let bits = little(21)? | little(23)? << 16;
                Some([(bits >> 14 & 0x3fff) + 1, (bits & 0x3fff) + 1])
            }
            b"VP8 " => Some([little(28)? & 0x3fff, little(26)? & 0x3fff]),
            _ => None,
        },
        [b'B', b'M', ..] => {
            // A picture may stand on its head, which a negative height says.
            let height = (little(24)? << 16 | little(22)?) as u32 as i32;
            Some([height.unsigned_abs() as usize, little(20)? << 16 | little(18)?])
        }
        [0xff, 0xd8, ..] => {
            let mut at = 2;
            loop {
                let marker = byte(at + 1).filter(|_| byte(at) == Some(0xff))?;
                match marker {
                    0xff => at += 1, // filling
                    0xc4 | 0xc8 | 0xcc => at += 2 + big(at + 2)?,
                    0xc0..=0xcf => return Some([big(at + 5)?, big(at + 7)?]),
                    _ => at += 2 + big(at + 2)?,
                }
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_by_the_first_bytes() {
        for (start, kind) in [
            (&b"\x1f\x8b\x08"[..], Some(FileKind::Idx)),
            (b"\0\0\x08\x03\0\0\0\x05", Some(FileKind::Idx)),
            (b"\x89PNG\r\n", Some(FileKind::Image)),
            (b"\xff\xd8\xff\xe0", Some(FileKind::Image)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some(FileKind::Image)),
            (b"RIFF\x10\0\0\0WAVE", None),
            (b"\x38\x01\0\0\0\0\0\0{\"run", Some(FileKind::Model)),
            (b" {\"digit\":3", Some(FileKind::Drawings)),
            (b"{ \"strokes\" : []}", Some(FileKind::Drawings)),
            (b"\xef\xbb\xbf{\"digit\":3", Some(FileKind::Drawings)),
            (b"{\n  \"version\": 1,\n  \"lab\": \"gradients\"", Some(FileKind::Experiment)),
            (b"\xef\xbb\xbf{\"data\": {}}", Some(FileKind::Experiment)),
            (b"{\"digits\": 3}", Some(FileKind::Experiment)),
            (b"{", Some(FileKind::Experiment)),
            (b"a,b\r\n1,2\r\n", Some(FileKind::Table)),
            (b"\xef\xbb\xbfa,b", Some(FileKind::Table)),
            (b"\xff\xfea\0,\0", Some(FileKind::Table)),
            (b"a\0,\0b\0", Some(FileKind::Table)),
            (b"gr\xf6\xdfe;x", Some(FileKind::Table)),
            (b"PK\x03\x04\x14\0", None),
            (b"%PDF-1.7", None),
            (b"", None),
        ] {
            assert_eq!(FileKind::of(start), kind, "{start:?}");
        }
    }

    #[test]
    fn the_size_of_an_image_is_told_by_its_header() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\x01\0\x02\0\0\0\x1c";
        assert_eq!(image_size(png), Some([28, 0x1_0002]));
        assert_eq!(image_size(&png[..20]), None);
        assert_eq!(image_size(b"GIF89a\x03\0\x05\0"), Some([5, 3]));
        let jpeg = b"\xff\xd8\xff\xe0\0\x04..\xff\xc4\0\x03.\xff\xff\xc2\0\x0b\x08\0\x40\0\x30\x04";
        assert_eq!(image_size(jpeg), Some([64, 48]));
        assert_eq!(image_size(&jpeg[..12]), None);
        assert_eq!(image_size(b"RIFF....WEBPVP8X\x0a\0\0\0\0\0\0\0\x0f\0\0\x07\0\0"), Some([8, 16]));
        assert_eq!(image_size(b"RIFF....WEBPVP8L\x0a\0\0\0\x2f\x0f\xc0\x01\0"), Some([8, 16]));
        assert_eq!(image_size(b"RIFF....WEBPVP8 \x0a\0\0\0...\x9d\x01\x2a\x10\0\x08\0"), Some([8, 16]));
        let mut bmp = b"BM".to_vec();
        bmp.extend([0; 16]);
        bmp.extend([16, 0, 0, 0, 0xf8, 0xff, 0xff, 0xff]);
        assert_eq!(image_size(&bmp), Some([8, 16]));
        assert_eq!(image_size(b"%PDF-1.7"), None);
    }
}
