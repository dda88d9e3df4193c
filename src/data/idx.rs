//! IDX files, in which MNIST and its kin come: images of bytes and labels, plain or gzip. Nothing a
//! file says is believed before it is there: memory grows with what was read, never with a promise.
//! A file can be read at once, or part by part ([`Reading`]) where somebody waits and may change their mind.

use super::Pictures;
use super::idx_file::{IMAGES, Idx, LABELS};
use crate::error::Result;
use std::io::Read;

pub(super) use super::idx_file::{MAX_ITEMS, MAX_SIDE};

/// Reads images of any size up to 64 by 64; `name` is that of the file, for messages.
///
/// # Errors
/// [`crate::error::Error::File`] for anything but a whole IDX file of 1 to 200,000 images.
pub fn read_images(name: &str, source: impl Read) -> Result<Pictures> {
    let mut file = Idx::open(name, source)?;
    let [count, height, width] = file.header(IMAGES, "images")?;
    file.ensure_size(count, height, width)?;
    Ok(Pictures::new(height, width, file.items(count, height * width, "images")?))
}

/// Reads labels, classes 0 to 9; `name` is that of the file, for messages.
///
/// # Errors
/// [`crate::error::Error::File`] for anything but a whole IDX file of 1 to 200,000 labels up to 9.
pub fn read_labels(name: &str, source: impl Read) -> Result<Vec<u8>> {
    let mut file = Idx::open(name, source)?;
    let [count] = file.header(LABELS, "labels")?;
    let labels = file.items(count, 1, "labels")?;
    file.ensure_classes(&labels).map(|()| labels)
}

/// Pictures as an IDX file of images, and labels as one of labels.
#[must_use]
pub fn to_bytes(pictures: &Pictures, labels: &[u8]) -> [Vec<u8>; 2] {
    let file = |magic: u32, sizes: &[usize], items: &[u8]| {
        let header = [magic].into_iter().chain(sizes.iter().map(|&size| size as u32));
        header.flat_map(u32::to_be_bytes).chain(items.iter().copied()).collect()
    };
    let sizes = [pictures.len(), pictures.height(), pictures.width()];
    [file(IMAGES, &sizes, pictures.pixels()), file(LABELS, &[labels.len()], labels)]
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    Images(Pictures),
    Labels(Vec<u8>),
}

/// A file of images or labels, whichever it is, read part by part.
pub struct Reading {
    file: Idx<'static>,
    count: usize,
    /// Height and width of its images; none of labels.
    size: Option<[usize; 2]>,
    items: Vec<u8>,
}

impl Reading {
    /// Reads the header; `name` is that of the file, for messages.
    ///
    /// # Errors
    /// As [`read_images`] and [`read_labels`].
    pub fn open(name: &str, source: impl Read + 'static) -> Result<Self> {
        const EITHER: &str = "images or labels";
        let mut file = Idx::open(name, source)?;
        let (count, size) = match file.number(EITHER)? {
            IMAGES => {
                let [count, height, width] = file.sizes("images")?;
                file.ensure_size(count, height, width)?;
                (count, Some([height, width]))
            }
            LABELS => (file.sizes::<1>("labels")?[0], None),
            found => {
                return Err(file.refused(format!("not an IDX file of {EITHER}: it begins with {found:#x}")));
            }
        };
        Ok(Self { file, count, size, items: Vec::new() })
    }

    /// Reads on; `None` while there is more to come.
    ///
    /// # Errors
    /// As [`read_images`] and [`read_labels`].
    pub fn step(&mut self) -> Result<Option<Content>> {
        let (size, what) = match self.size {
            Some([height, width]) => (height * width, "images"),
            None => (1, "labels"),
        };
        if !self.file.grow(&mut self.items, self.count, size, what)? {
            return Ok(None);
        }
        let items = std::mem::take(&mut self.items);
        Ok(Some(match self.size {
            Some([height, width]) => Content::Images(Pictures::new(height, width, items)),
            None => Content::Labels(self.file.ensure_classes(&items).map(|()| items)?),
        }))
    }

    /// Whether it holds images, not labels.
    #[must_use]
    pub fn is_of_images(&self) -> bool {
        self.size.is_some()
    }

    /// Share of the file that is read, 0…1.
    #[must_use]
    pub fn share(&self) -> f32 {
        let size = self.size.map_or(1, |[height, width]| height * width);
        self.items.len() as f32 / (self.count * size) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::super::idx_file::GZIP;
    use super::*;
    use crate::error::Error;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn idx(magic: u32, sizes: &[u32], items: &[u8]) -> Vec<u8> {
        let numbers = [magic].into_iter().chain(sizes.iter().copied());
        numbers.flat_map(u32::to_be_bytes).chain(items.iter().copied()).collect()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn said_of_images(bytes: &[u8]) -> String {
        read_images("i", bytes).unwrap_err().to_string()
    }

    fn said_of_labels(bytes: &[u8]) -> String {
        read_labels("l", bytes).unwrap_err().to_string()
    }

    /// Gives one byte at a time, as a slow source may.
    struct Trickle<'a>(&'a [u8]);
    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let most = buffer.len().min(1);
            self.0.read(&mut buffer[..most])
        }
    }

    #[test]
    fn images_and_labels_are_read_plain_and_gzip() {
        let pixels: Vec<u8> = (0..24).map(|i| i * 10).collect();
        let images = idx(IMAGES, &[2, 3, 4], &pixels);
        for bytes in [images.clone(), gzip(&images)] {
            let pictures = read_images("i", Trickle(&bytes)).unwrap();
            assert_eq!((pictures.len(), pictures.height(), pictures.width()), (2, 3, 4));
            assert_eq!(pictures.picture(1), &pixels[12..]);
        }
        let labels = idx(LABELS, &[4], &[3, 0, 9, 1]);
        assert_eq!(read_labels("l", &*labels).unwrap(), [3, 0, 9, 1]);
        assert_eq!(read_labels("l", &*gzip(&labels)).unwrap(), [3, 0, 9, 1]);
        // A gzip file may come in several parts.
        let parts = [gzip(&labels[..5]), gzip(&labels[5..])].concat();
        assert_eq!(read_labels("l", &*parts).unwrap(), [3, 0, 9, 1]);
    }

    #[test]
    fn what_is_written_is_read() {
        let pictures = Pictures::new(2, 3, (0..12).collect());
        let [images, labels] = to_bytes(&pictures, &[4, 1]);
        assert_eq!(read_images("i", &*images).unwrap(), pictures);
        assert_eq!(read_labels("l", &*labels).unwrap(), [4, 1]);
    }

    #[test]
    fn a_file_tells_which_it_is_and_is_read_part_by_part() {
        let read = |bytes: Vec<u8>| {
            let mut reading = Reading::open("f", std::io::Cursor::new(bytes))?;
            let mut parts = 1;
            loop {
                let before = reading.share();
                match reading.step()? {
                    Some(content) => return Ok::<_, Error>((content, parts)),
                    None => assert!(reading.share() > before && reading.share() < 1.0),
                }
                parts += 1;
            }
        };
        let pixels = vec![7; 28 * 28 * 12_000];
        let images = idx(IMAGES, &[12_000, 28, 28], &pixels);
        let (content, parts) = read(gzip(&images)).unwrap();
        assert!(parts > 3, "{parts}");
        assert_eq!(content, Content::Images(read_images("f", &*images).unwrap()));
        let labels = idx(LABELS, &[3], &[1, 2, 3]);
        assert_eq!(read(labels.clone()).unwrap(), (Content::Labels(vec![1, 2, 3]), 1));
        let said = |bytes: &[u8]| read(bytes.to_vec()).unwrap_err().to_string();
        assert_eq!(said(&labels[..10]), "f: it is cut off after 2 of the 3 labels it promises");
        assert_eq!(said(b"no idx"), "f: not an IDX file of images or labels: it begins with 0x6e6f2069");
        assert_eq!(said(&gzip(&images)[..90]), "f: its gzip data are damaged or cut off");
    }

    #[test]
    fn broken_files_are_told_in_one_sentence() {
        let images = idx(IMAGES, &[2, 3, 4], &[5; 24]);
        let long = [&*images, &[0]].concat();
        assert_eq!(said_of_images(&[]), "i: not an IDX file of images: it ends within its header");
        assert_eq!(
            said_of_images(&images[..7]),
            "i: not an IDX file of images: it is cut off within its header"
        );
        assert_eq!(said_of_images(&images[..30]), "i: it is cut off after 1 of the 2 images it promises");
        assert_eq!(said_of_images(&long), "i: it goes on after the 2 images it promises");
        assert_eq!(said_of_images(&gzip(&long)), "i: it goes on after the 2 images it promises");
        assert_eq!(
            said_of_images(b"PK\x03\x04 and so on"),
            "i: not an IDX file of images: it begins with 0x504b0304 instead of 0x803"
        );
        assert_eq!(said_of_images(&idx(LABELS, &[1], &[1])), "i: this file holds labels, not images");
        assert_eq!(said_of_labels(&images), "l: this file holds images, not labels");
        assert_eq!(said_of_labels(&idx(LABELS, &[0], &[])), "l: it holds no labels");
        assert_eq!(
            said_of_labels(&idx(LABELS, &[3], &[9, 10, 0])),
            "l: label 10 of item 1 is not one of 0 to 9"
        );
        for sizes in [[1, 65, 3], [1, 3, 0], [1, u32::MAX, 1]] {
            let said = said_of_images(&idx(IMAGES, &sizes, &[]));
            assert!(said.ends_with("pixels, but each side must be 1 to 64"), "{said}");
        }
    }

    #[test]
    fn damaged_gzip_is_told() {
        let packed = gzip(&idx(LABELS, &[2000], &[1; 2000]));
        let mut wrong_sum = packed.clone();
        let length = wrong_sum.len();
        wrong_sum[length - 6] ^= 1;
        let mut broken = packed.clone();
        broken[12..20].fill(0xff);
        let damaged = "l: its gzip data are damaged or cut off";
        for bytes in [
            &wrong_sum[..],
            &broken,
            &packed[..12],
            &packed[..length - 3],
            &GZIP,
            &[&*packed, &[7; 30]].concat(),
        ] {
            assert_eq!(said_of_labels(bytes), damaged);
        }
    }

    #[test]
    fn a_header_that_promises_too_much_is_told() {
        let said = said_of_images(&idx(IMAGES, &[u32::MAX, 28, 28], &[]));
        assert_eq!(said, "i: it promises 4294967295 images, but may have 200000");
        let said = said_of_images(&idx(IMAGES, &[200_000, 64, 64], &[]));
        assert_eq!(said, "i: it promises 200000 images of this size, but may have 38281");
        assert!(said_of_labels(&idx(LABELS, &[200_001], &[])).contains("may have 200000"));
    }

    #[test]
    fn mnist_is_read_where_it_is_there() {
        let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data");
        let folder = std::env::var("GLASSBOX_DATA").unwrap_or_else(|_| beside.into());
        let open = |file: &str| std::fs::File::open(format!("{folder}/mnist/t10k-{file}-ubyte.gz"));
        let (Ok(images), Ok(labels)) = (open("images-idx3"), open("labels-idx1")) else {
            return eprintln!("skipped: there is no MNIST in {folder}");
        };
        let pictures = read_images("images", images).unwrap();
        let labels = read_labels("labels", labels).unwrap();
        assert_eq!((pictures.len(), pictures.height(), pictures.width()), (10_000, 28, 28));
        let mut counts = [0; 10];
        labels.iter().for_each(|&label| counts[usize::from(label)] += 1);
        assert_eq!(counts, [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
        assert_eq!(labels[..5], [7, 2, 1, 0, 4]);
        let ink: u64 = (0..pictures.len()).flat_map(|i| pictures.picture(i)).map(|&p| u64::from(p)).sum();
        assert_eq!(ink / 10_000 / 784, 33); // of 255: the known mean of 0.1325
    }
}
