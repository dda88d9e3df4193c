//! Windows that slide over an image: where those of convolution and pooling begin and end.

use crate::error::{Error, Result, ensure_within};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What becomes of the edge of an image. Keras' words, and TensorFlow's rule for `same`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Padding {
    /// Windows lie wholly in the image.
    #[default]
    Valid,
    /// ⌈size / stride⌉ windows in each direction; where they reach out by an odd number of cells, the
    /// odd one is at the end.
    Same,
}

/// The windows along one axis.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Axis {
    /// Cells of the image.
    pub input: usize,
    /// Number of windows.
    pub output: usize,
    /// Cells of a window.
    pub size: usize,
    stride: usize,
    /// Cells by which the first window reaches out of the image.
    before: usize,
}

impl Axis {
    fn new(input: usize, size: usize, stride: usize, padding: Padding) -> Option<Self> {
        let (output, before) = match padding {
            Padding::Valid => (input.checked_sub(size)? / stride + 1, 0),
            Padding::Same => {
                let output = input.div_ceil(stride);
                (output, ((output - 1) * stride + size).saturating_sub(input) / 2)
            }
        };
        Some(Self { input, output, size, stride, before })
    }

    /// The cells of the image that window `index` covers.
    pub fn cells(&self, index: usize) -> Range<usize> {
        let start = index * self.stride;
        start.saturating_sub(self.before)..(start + self.size - self.before).min(self.input)
    }

    /// Windows whose cell number `offset` lies in the image, with the place of that cell of the first of them; each
    /// further one is a stride on. `None` where there is none.
    pub fn windows_with(&self, offset: usize) -> Option<(Range<usize>, usize)> {
        let start = self.before.saturating_sub(offset).div_ceil(self.stride);
        let end = (self.before + self.input).saturating_sub(offset).div_ceil(self.stride).min(self.output);
        (start < end).then(|| (start..end, start * self.stride + offset - self.before))
    }

    /// The windows that cover any of these cells; none where all of them lie between windows.
    pub fn windows_over(&self, cells: Range<usize>) -> Range<usize> {
        let start = (cells.start + self.before + 1).saturating_sub(self.size).div_ceil(self.stride);
        let end = (cells.end + self.before).div_ceil(self.stride).min(self.output);
        start.min(end)..end
    }

    /// Cells of the image from one window to the next.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Cells of the image with as many around it as its windows cover.
    pub fn padded(&self) -> usize {
        ((self.output - 1) * self.stride + self.size).max(self.before + self.input)
    }

    /// Cells of window `index` that lie before the image.
    pub fn outside(&self, index: usize) -> usize {
        self.before.saturating_sub(index * self.stride)
    }
}

/// The windows over images `[height, width, channels]`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Windows {
    pub rows: Axis,
    pub columns: Axis,
    pub channels: usize,
}

impl Windows {
    /// Square windows of `size`, one every `stride` cells.
    ///
    /// # Errors
    /// [`Error::Shape`] for what is no image, or smaller than a window that must lie in it.
    pub fn new(
        layer: &str,
        input_shape: &[usize],
        [size, stride]: [usize; 2],
        padding: Padding,
    ) -> Result<Self> {
        let refused =
            |expected: String| Error::Shape { layer: layer.into(), expected, found: input_shape.to_vec() };
        let &[height, width, channels] = input_shape else {
            return Err(refused("images [height, width, channels]".into()));
        };
        let axis = |cells| Axis::new(cells, size, stride, padding);
        let (Some(rows), Some(columns)) = (axis(height), axis(width)) else {
            return Err(refused(format!("images of at least {size} × {size}, or the padding same")));
        };
        Ok(Self { rows, columns, channels })
    }

    /// The windows of a pool; left out, `strides` are its size.
    ///
    /// # Errors
    /// As [`Self::new`]; and [`Error::Setting`] for a setting out of its range.
    pub fn of_pool(
        layer: &str,
        input_shape: &[usize],
        size: usize,
        strides: Option<usize>,
        padding: Padding,
    ) -> Result<Self> {
        ensure_within("pool_size", size, &(1..=32))?;
        ensure_within("strides", strides.unwrap_or(size), &(1..=32))?;
        Self::new(layer, input_shape, [size, strides.unwrap_or(size)], padding)
    }

    /// Numbers of an image.
    pub fn image(&self) -> usize {
        self.rows.input * self.columns.input * self.channels
    }

    /// Number of windows over an image.
    pub fn count(&self) -> usize {
        self.rows.output * self.columns.output
    }

    /// Shape of the output of a pool, whose channels are those of its input.
    pub fn pooled(&self) -> Vec<usize> {
        vec![self.rows.output, self.columns.output, self.channels]
    }

    /// Item, row and column of each window, row by row and item by item; it never ends.
    pub fn each(&self) -> impl Iterator<Item = [usize; 3]> + use<> {
        let (rows, columns) = (self.rows.output, self.columns.output);
        (0..).map(move |window| [window / (rows * columns), window / columns % rows, window % columns])
    }

    /// Where each cell of a window that lies in the image begins in the images.
    pub fn cells(&self, [item, row, column]: [usize; 3]) -> impl Iterator<Item = usize> + use<> {
        let Self { rows, columns, channels } = *self;
        let image = item * rows.input;
        rows.cells(row).flat_map(move |y| {
            columns.cells(column).map(move |x| ((image + y) * columns.input + x) * channels)
        })
    }

    /// The windows that cover any cell of a part of the image: first row, first column, rows, columns.
    pub fn over(&self, [row, column, rows, columns]: [usize; 4]) -> [usize; 4] {
        let down = self.rows.windows_over(row..row + rows);
        let along = self.columns.windows_over(column..column + columns);
        [down.start, along.start, down.len(), along.len()]
    }

    /// The cells of the image that the windows from one row and column on cover: first row, first column,
    /// rows, columns.
    pub fn covered_by(&self, [row, column, rows, columns]: [usize; 4]) -> [usize; 4] {
        let span = |axis: &Axis, first: usize, many: usize| {
            let (start, end) = (axis.cells(first).start, axis.cells(first + many - 1).end);
            (start, end - start)
        };
        let (top, height) = span(&self.rows, row, rows);
        let (left, width) = span(&self.columns, column, columns);
        [top, left, height, width]
    }
}

/// Keras' size of a pool.
pub(super) fn two() -> usize {
    2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covered(input: usize, size: usize, stride: usize, padding: Padding) -> Vec<Range<usize>> {
        let axis = Axis::new(input, size, stride, padding).expect("windows that fit");
        (0..axis.output).map(|index| axis.cells(index)).collect()
    }

    #[test]
    fn windows_lie_as_in_tensorflow() {
        assert_eq!(covered(6, 3, 2, Padding::Valid), [0..3, 2..5]);
        assert_eq!(covered(6, 3, 2, Padding::Same), [0..3, 2..5, 4..6], "the odd cell is at the end");
        assert_eq!(covered(5, 3, 2, Padding::Same), [0..2, 1..4, 3..5]);
        assert_eq!(covered(5, 2, 1, Padding::Same), [0..2, 1..3, 2..4, 3..5, 4..5]);
        assert_eq!(covered(5, 2, 4, Padding::Same), [0..2, 4..5], "cells between windows are skipped");
        assert_eq!(Axis::new(2, 3, 1, Padding::Valid), None);
    }

    #[test]
    fn the_windows_with_a_cell_are_those_that_cover_it() {
        let settings = [
            (6, 3, 2),
            (5, 3, 2),
            (5, 2, 1),
            (5, 2, 4),
            (7, 4, 3),
            (3, 3, 1),
            (2, 5, 1),
            (1, 2, 2),
            (2, 4, 4),
        ];
        for ((input, size, stride), padding) in
            settings.into_iter().flat_map(|axis| [(axis, Padding::Valid), (axis, Padding::Same)])
        {
            let Some(axis) = Axis::new(input, size, stride, padding) else { continue };
            let mut covered = vec![Vec::new(); axis.output];
            for offset in 0..size {
                let Some((windows, first)) = axis.windows_with(offset) else { continue };
                windows.zip((first..).step_by(stride)).for_each(|(window, cell)| covered[window].push(cell));
            }
            let wanted: Vec<Vec<usize>> = (0..axis.output).map(|index| axis.cells(index).collect()).collect();
            assert_eq!(covered, wanted, "{axis:?}");
            for cells in (0..input).flat_map(|start| (start + 1..=input).map(move |end| start..end)) {
                let over = axis.windows_over(cells.clone());
                let covers = |index: &usize| wanted[*index].clone().iter().any(|cell| cells.contains(cell));
                assert!((0..axis.output).filter(covers).eq(over), "{cells:?} of {axis:?}");
            }
        }
    }

    #[test]
    fn windows_are_counted_across_items() {
        let windows = Windows::new("conv2d", &[3, 4, 1], [2, 1], Padding::Valid).expect("fits");
        let all: Vec<_> = windows.each().take(8).collect();
        assert_eq!(all[4..], [[0, 1, 1], [0, 1, 2], [1, 0, 0], [1, 0, 1]]);
    }
}
