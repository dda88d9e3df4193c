//! How an epoch is dealt into batches, as data: a row for each lane.

use super::Span;
use serde::{Deserialize, Serialize};

/// One epoch, dealt into batches.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Deal {
    /// One for each lane.
    pub rows: Vec<DealRow>,
    /// Names of the classes that [`DealRow::labels`] are indices of; none where items have no classes.
    pub classes: Vec<String>,
}

/// The epoch of a lane.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DealRow {
    /// Whose it is, of [`super::LANE_LETTERS`].
    pub lane: usize,
    /// Items of an epoch.
    pub items: usize,
    /// Items of a batch; the last one has what is left over.
    pub batch: usize,
    /// Items whose batches are done.
    pub done: usize,
    /// The epoch, counted from 1.
    pub epoch: usize,
    /// Classes of all items in the order in which they are dealt; empty where they have none.
    pub labels: Span,
}

impl DealRow {
    /// Batches of an epoch.
    #[must_use]
    pub fn batches(&self) -> usize {
        self.items.div_ceil(self.batch.max(1))
    }

    /// The batch in work, counted from 1: the last one when all is dealt.
    #[must_use]
    pub fn update(&self) -> usize {
        (self.done / self.batch.max(1) + 1).min(self.batches())
    }

    /// Items of the last batch where it is smaller than the others.
    #[must_use]
    pub fn last(&self) -> Option<usize> {
        let last = self.items % self.batch.max(1);
        (last > 0 && self.items > self.batch).then_some(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_batch_has_what_is_left_over() {
        let row = |items, batch, done| DealRow { items, batch, done, ..DealRow::default() };
        assert_eq!((row(200, 32, 0).batches(), row(200, 32, 0).last()), (7, Some(8)));
        assert_eq!((row(192, 32, 0).batches(), row(192, 32, 0).last()), (6, None));
        assert_eq!((row(200, 512, 0).batches(), row(200, 512, 0).last()), (1, None));
        assert_eq!([0, 31, 32, 192, 200].map(|done| row(200, 32, done).update()), [1, 1, 2, 7, 7]);
        assert_eq!((row(0, 0, 0).batches(), row(0, 0, 0).update(), row(0, 0, 0).last()), (0, 0, None));
    }
}
