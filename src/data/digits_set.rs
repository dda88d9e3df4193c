//! Digits drawn by our own program: pictures of 28 by 28 pixels, like those of MNIST.

use super::{DataSet, Picture, SIDE, Source, Task};
use crate::tensor::Rng;

pub(super) const SET: DataSet =
    DataSet { name: "digits", label: "Digits", task: Task::Classes(10..=10), source: Source::Pictures(draw) };

/// STAND-IN, not yet a handwritten digit: strokes of a seven-segment display at a random place. The digit
/// generator takes its place here, and nothing else has to change.
fn draw(rng: &mut Rng, class: usize) -> Picture {
    // Segments a…g, clockwise from the top with the middle last, as bits of each digit.
    const LIT: [u8; 10] = [0x3f, 0x06, 0x5b, 0x4f, 0x66, 0x6d, 0x7d, 0x07, 0x7f, 0x6f];
    // Top, left, height, width of each segment, in pixels.
    const PLACES: [[usize; 4]; 7] = [
        [0, 0, 2, 10],
        [0, 8, 10, 2],
        [9, 8, 10, 2],
        [17, 0, 2, 10],
        [9, 0, 10, 2],
        [0, 0, 10, 2],
        [9, 0, 2, 10],
    ];
    let (down, right) = (2 + rng.below(5) as usize, 6 + rng.below(5) as usize);
    let ink = 200 + rng.below(56) as u8;
    let mut picture = [0; SIDE * SIDE];
    for (_, [top, left, height, width]) in
        PLACES.into_iter().enumerate().filter(|(segment, _)| LIT[class] >> segment & 1 == 1)
    {
        for row in top + down..top + down + height {
            picture[row * SIDE + left + right..][..width].fill(ink);
        }
    }
    picture
}
