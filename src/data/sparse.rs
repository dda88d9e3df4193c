//! Rows of which little is known: the few films that each user rated, the words that each document has. Only what is there
//! is kept, until a batch is made of it.

use crate::tensor::bytes_of;

/// Rows with what is known of each, one after another.
#[derive(Clone, Debug, PartialEq)]
pub struct SparseRows {
    /// Where each row begins, and where the last ends.
    starts: Vec<u32>,
    columns: Vec<u32>,
    /// Of each column that is known its level, or how often it was counted.
    values: Vec<u16>,
    width: usize,
    levels: Option<usize>,
}

impl SparseRows {
    /// Rows of `width` columns, each known at one of so many `levels`, or counted where there are none.
    #[must_use]
    pub fn new(width: usize, levels: Option<usize>) -> Self {
        Self { starts: vec![0], columns: Vec::new(), values: Vec::new(), width, levels }
    }

    /// Adds a row: columns with their levels or counts, each column once.
    pub fn push(&mut self, row: impl IntoIterator<Item = (usize, usize)>) {
        for (column, value) in row {
            debug_assert!(column < self.width && self.levels.is_none_or(|levels| value < levels));
            self.columns.push(column as u32);
            self.values.push(value.min(usize::from(u16::MAX)) as u16);
        }
        self.starts.push(self.columns.len() as u32);
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no row at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Columns with a value, of all rows together.
    #[must_use]
    pub fn known(&self) -> usize {
        self.columns.len()
    }

    /// Columns of each row.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.width
    }

    /// Levels that a column may have; none where it is counted.
    #[must_use]
    pub fn levels(&self) -> Option<usize> {
        self.levels
    }

    /// Bytes of all that is known.
    pub(super) fn bytes(&self) -> usize {
        bytes_of(&self.starts) + bytes_of(&self.columns) + bytes_of(&self.values)
    }

    /// What is known of a row: columns with their levels or counts.
    pub fn row(&self, item: usize) -> impl Iterator<Item = (usize, usize)> {
        let range = self.starts[item] as usize..self.starts[item + 1] as usize;
        let columns = self.columns[range.clone()].iter().map(|&column| column as usize);
        columns.zip(self.values[range].iter().map(|&value| usize::from(value)))
    }

    /// Shape of a row as a network takes it: `[columns, levels]`, or `[columns]` where they are counted.
    #[must_use]
    pub fn input_shape(&self) -> Vec<usize> {
        [self.width].into_iter().chain(self.levels).collect()
    }

    /// Copies a row to where a network takes it: of each column a 1 at its level and zeros alone where none is known, or its
    /// count.
    pub(super) fn copy_item(&self, item: usize, input: &mut [f32]) {
        input.fill(0.0);
        for (column, value) in self.row(item) {
            match self.levels {
                Some(levels) => input[column * levels + value] = 1.0,
                None => input[column] = value as f32,
            }
        }
    }

    /// The rows at `indices`, in their order.
    #[must_use]
    pub(super) fn chosen(&self, indices: &[u32]) -> Self {
        let mut chosen = Self::new(self.width, self.levels);
        indices.iter().for_each(|&item| chosen.push(self.row(item as usize)));
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_zero_at_every_level() {
        let mut rows = SparseRows::new(3, Some(2));
        rows.push([(2, 1), (0, 0)]);
        rows.push([]);
        rows.push([(1, 1)]);
        assert_eq!((rows.len(), rows.known(), rows.input_shape()), (3, 3, vec![3, 2]));
        let mut input = [9.0; 6];
        rows.copy_item(0, &mut input);
        assert_eq!(input, [1.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
        rows.copy_item(1, &mut input);
        assert_eq!(input, [0.0; 6]);
        let chosen = rows.chosen(&[2, 0]);
        assert_eq!(chosen.row(0).collect::<Vec<_>>(), [(1, 1)]);
        assert_eq!(chosen.row(1).collect::<Vec<_>>(), [(2, 1), (0, 0)]);
    }

    #[test]
    fn words_are_counted() {
        let mut rows = SparseRows::new(3, None);
        rows.push([(2, 4), (0, 1)]);
        let mut input = [9.0; 3];
        rows.copy_item(0, &mut input);
        assert_eq!((input, rows.input_shape()), ([1.0, 0.0, 4.0], vec![3]));
    }
}
