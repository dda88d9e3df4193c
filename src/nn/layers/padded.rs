//! Images with their padding around them, so that every window of a convolution lies wholly in one.

use super::window::Windows;
use crate::tensor::convolution::Sliding;

impl Windows {
    /// How the windows slide over images with their padding around them.
    pub fn sliding(&self) -> Sliding {
        let Self { rows, columns, channels } = *self;
        Sliding {
            size: rows.size,
            channels,
            strides: rows.stride(),
            image: [rows.padded(), columns.padded()],
            windows: [rows.output, columns.output],
        }
    }

    /// Whether some windows reach out of the image.
    pub fn is_padded(&self) -> bool {
        self.sliding().numbers() > self.image()
    }

    /// `image` with its padding around it, which `room` takes; without a padding, as it is.
    pub fn padded<'a>(&self, image: &'a [f32], room: &'a mut [f32]) -> &'a [f32] {
        if !self.is_padded() {
            return image;
        }
        room.fill(0.0);
        for (inner, row) in self.inner_rows(room).zip(image.chunks_exact(self.line())) {
            inner.copy_from_slice(row);
        }
        room
    }

    /// The rows of the image within one that has its padding.
    pub fn inner_rows<'a>(&self, padded: &'a mut [f32]) -> impl Iterator<Item = &'a mut [f32]> + use<'a> {
        let Self { rows, columns, channels } = *self;
        let (left, line) = (columns.outside(0) * channels, self.line());
        let lines = padded.chunks_exact_mut(columns.padded() * channels).skip(rows.outside(0));
        lines.take(rows.input).map(move |padded| &mut padded[left..][..line])
    }

    /// Numbers of a row of an image.
    pub fn line(&self) -> usize {
        self.columns.input * self.channels
    }

    /// Numbers of a packed kernel of so many filters: the larger of the two ways to pack it.
    pub fn packed(&self, filters: usize) -> usize {
        let cells = self.rows.size * self.rows.size;
        cells * (self.channels * filters.next_multiple_of(8)).max(self.channels.next_multiple_of(8) * filters)
    }
}
