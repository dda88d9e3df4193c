//! Grey pictures of one size, kept as bytes: 60,000 of 28 by 28 take 47 MB, a quarter of what they
//! take as the numbers that a network computes with.

use crate::tensor::bytes_of;

/// Pictures of one size, one after another, each row by row from the top; 0 is paper, 255 is ink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pictures {
    height: usize,
    width: usize,
    pixels: Vec<u8>,
}

impl Pictures {
    /// Over `pixels`, `[pictures, height, width]`.
    ///
    /// # Panics
    /// When there is not a whole number of pictures, which is a mistake of ours.
    #[must_use]
    pub fn new(height: usize, width: usize, pixels: Vec<u8>) -> Self {
        assert!(height * width > 0 && pixels.len().is_multiple_of(height * width), "whole pictures");
        Self { height, width, pixels }
    }

    /// Number of pictures.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pixels.len() / (self.height * self.width)
    }

    /// Bytes of the pixels.
    pub(super) fn bytes(&self) -> usize {
        bytes_of(&self.pixels)
    }

    /// Whether there is no picture at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pixels.is_empty()
    }

    /// Pixels from top to bottom.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// Pixels from left to right.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The pixels of one picture, `[height, width]`.
    #[must_use]
    pub fn picture(&self, index: usize) -> &[u8] {
        let size = self.height * self.width;
        &self.pixels[size * index..][..size]
    }

    /// The pixels of all of them.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The pictures at `indices`, in their order.
    #[must_use]
    pub(super) fn chosen(&self, indices: &[u32]) -> Self {
        let mut pixels = Vec::with_capacity(indices.len() * self.height * self.width);
        indices.iter().for_each(|&index| pixels.extend_from_slice(self.picture(index as usize)));
        Self { pixels, ..*self }
    }
}

/// Pixels as the numbers that a network takes, 0…1.
pub(super) fn to_numbers(pixels: &[u8], numbers: &mut [f32]) {
    for (number, &pixel) in numbers.iter_mut().zip(pixels) {
        *number = f32::from(pixel) / 255.0;
    }
}
