//! Files put together as one ZIP archive, unpacked: what a browser hands over in one piece, and every system
//! opens.

use flate2::Crc;

/// A file of an archive.
pub struct Entry {
    /// Without folders, in plain letters.
    pub name: String,
    /// What is in it, less than 4 GB.
    pub bytes: Vec<u8>,
}

/// The archive of `files`, in their order; without a date, so that the same figures give the same bytes.
///
/// # Reference
/// PKWARE, APPNOTE.TXT, .ZIP File Format Specification 6.3.
#[must_use]
pub fn zip(files: &[Entry]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for file in files {
        let place = archive.len() as u32;
        let mut sum = Crc::new();
        sum.update(&file.bytes);
        // Version 2.0, names in UTF-8, stored; 1 January 1980 at midnight.
        let mut common = Vec::new();
        for number in [20, 1 << 11, 0, 0, 1 << 5 | 1_u16] {
            common.extend(number.to_le_bytes());
        }
        let size = file.bytes.len() as u32;
        for number in [sum.sum(), size, size] {
            common.extend(number.to_le_bytes());
        }
        common.extend((file.name.len() as u16).to_le_bytes());
        common.extend([0; 2]); // nothing extra
        archive.extend(b"PK\x03\x04");
        archive.extend(&common);
        archive.extend(file.name.as_bytes());
        archive.extend(&file.bytes);
        directory.extend(b"PK\x01\x02");
        directory.extend(20_u16.to_le_bytes());
        directory.extend(&common);
        directory.extend([0; 10]); // no comment, first disk, no attributes
        directory.extend(place.to_le_bytes());
        directory.extend(file.name.as_bytes());
    }
    let (start, length, many) = (archive.len() as u32, directory.len() as u32, files.len() as u16);
    archive.extend(directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    for number in [many, many] {
        archive.extend(number.to_le_bytes());
    }
    for number in [length, start] {
        archive.extend(number.to_le_bytes());
    }
    archive.extend([0; 2]);
    archive
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_read_back_through_its_directory() {
        let files = [("a.csv", "step,loss\r\n"), ("b.svg", ""), ("‖∂L‖.csv", "0.1")];
        let entries = files.map(|(name, text)| Entry { name: name.into(), bytes: text.into() });
        let archive = zip(&entries);
        let short = |at: usize| u16::from_le_bytes(archive[at..at + 2].try_into().unwrap()) as usize;
        let long = |at: usize| u32::from_le_bytes(archive[at..at + 4].try_into().unwrap()) as usize;
        let end = archive.len() - 22;
        assert_eq!(&archive[end..end + 4], b"PK\x05\x06");
        assert_eq!((short(end + 8), short(end + 10)), (3, 3));
        let mut at = long(end + 16);
        assert_eq!(at + long(end + 12), end);
        for (name, text) in files {
            assert_eq!(&archive[at..at + 4], b"PK\x01\x02");
            let (size, named, place) = (long(at + 24), short(at + 28), long(at + 42));
            assert_eq!(&archive[at + 46..at + 46 + named], name.as_bytes());
            assert_eq!(&archive[place..place + 4], b"PK\x03\x04");
            let start = place + 30 + short(place + 26);
            assert_eq!(&archive[start..start + size], text.as_bytes());
            at += 46 + named;
        }
        // "123456789" has the sum that every description of CRC-32 gives.
        let known = zip(&[Entry { name: "n".into(), bytes: b"123456789".to_vec() }]);
        assert_eq!(&known[14..18], 0xcbf4_3926_u32.to_le_bytes());
    }
}
