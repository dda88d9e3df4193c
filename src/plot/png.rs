//! A bitmap as a PNG file: the pictures inside of an SVG.

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use std::io::Write;

/// `width`·`height` opaque pixels of three bytes as a PNG file, unfiltered.
///
/// # Reference
/// W3C, Portable Network Graphics (PNG) Specification.
pub(super) fn to_png(width: u32, height: u32, rgb: &[u8]) -> Vec<u8> {
    let row = 3 * width as usize;
    let mut rows = Vec::with_capacity(rgb.len() + height as usize);
    for pixels in rgb.chunks_exact(row.max(1)) {
        rows.push(0); // no filter
        rows.extend_from_slice(pixels);
    }
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    packed.write_all(&rows).expect("memory takes everything");
    let packed = packed.finish().expect("memory takes everything");
    let mut head = [width.to_be_bytes(), height.to_be_bytes()].concat();
    head.extend([8, 2, 0, 0, 0]); // bits, RGB, and the one way of packing, filtering and ordering
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, bytes) in [(b"IHDR", &head), (b"IDAT", &packed), (b"IEND", &Vec::new())] {
        let mut sum = Crc::new();
        sum.update(name);
        sum.update(bytes);
        file.extend((bytes.len() as u32).to_be_bytes());
        file.extend_from_slice(name);
        file.extend_from_slice(bytes);
        file.extend(sum.sum().to_be_bytes());
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::ZlibDecoder;
    use std::io::Read;

    #[test]
    fn a_png_holds_its_pixels() {
        let rgb: Vec<u8> = (0..2 * 3 * 3).collect();
        let file = to_png(2, 3, &rgb);
        assert_eq!(&file[12..16], b"IHDR");
        // The sum of an empty IEND is known.
        assert_eq!(&file[file.len() - 12..], [0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82]);
        let start = 8 + 12 + 13;
        let length = u32::from_be_bytes(file[start..start + 4].try_into().unwrap()) as usize;
        let mut rows = Vec::new();
        ZlibDecoder::new(&file[start + 8..start + 8 + length]).read_to_end(&mut rows).unwrap();
        let pixels: Vec<u8> = rows.chunks(7).flat_map(|row| row[1..].to_vec()).collect();
        assert_eq!(pixels, rgb);
    }
}
