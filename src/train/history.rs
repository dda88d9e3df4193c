//! Curves of any length in bounded memory: a row for each step at first; when the memory is full,
//! neighbouring rows are joined and each stands for twice as many steps.

use serde::{Deserialize, Serialize};

/// How a column of two rows becomes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Join {
    /// The smaller one.
    Min,
    /// The larger one.
    Max,
    /// The mean.
    Mean,
}

/// Rows of numbers over time. All memory is taken at the start; while no rows were joined every
/// number is exactly as it was pushed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct History {
    joins: Vec<Join>,
    capacity: usize,
    values: Vec<f32>,
    /// Pushes that a row stands for.
    stride: usize,
    /// Pushes that the last, unfinished row has seen.
    pending: usize,
}

impl History {
    /// For rows whose columns are joined as told, at most `capacity` (an even number) of them.
    #[must_use]
    pub fn new(joins: Vec<Join>, capacity: usize) -> Self {
        let values = Vec::with_capacity(joins.len() * capacity);
        Self { joins, capacity, values, stride: 1, pending: 0 }
    }

    /// Adds what one step gave.
    pub fn push(&mut self, row: &[f32]) {
        debug_assert_eq!(row.len(), self.joins.len());
        if self.pending > 0 {
            let start = self.values.len() - self.joins.len();
            let seen = self.pending as f32;
            for ((old, &new), join) in self.values[start..].iter_mut().zip(row).zip(&self.joins) {
                *old = joined(*join, *old, new, seen);
            }
        } else {
            if self.rows() == self.capacity {
                self.halve();
            }
            if self.values.len() == self.values.capacity() {
                // A copy, which holds only what is there, takes the rest when it goes on.
                self.values.reserve_exact(self.joins.len() * self.capacity - self.values.len());
            }
            self.values.extend_from_slice(row);
        }
        self.pending = (self.pending + 1) % self.stride;
    }

    fn halve(&mut self) {
        let width = self.joins.len();
        for row in 0..self.capacity / 2 {
            for column in 0..width {
                let (first, second) =
                    (self.values[2 * row * width + column], self.values[(2 * row + 1) * width + column]);
                self.values[row * width + column] = joined(self.joins[column], first, second, 1.0);
            }
        }
        self.values.truncate(self.capacity / 2 * width);
        self.stride *= 2;
    }

    /// Whether it can have come of `fresh` by so many pushes.
    #[must_use]
    pub fn is_of(&self, fresh: &Self, pushes: usize) -> bool {
        let width = self.joins.len();
        (&self.joins, self.capacity) == (&fresh.joins, fresh.capacity)
            && self.stride.is_power_of_two()
            && self.values.len().is_multiple_of(width)
            && self.rows() <= self.capacity
            && (self.rows(), self.pending) == (pushes.div_ceil(self.stride), pushes % self.stride)
    }

    /// Bytes that a copy of it holds.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.values) + size_of_val(&*self.joins)
    }

    /// Number of rows kept.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.values.len() / self.joins.len()
    }

    /// Pushes that each row stands for (the last may still be filling).
    #[must_use]
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// One column, oldest first.
    pub fn column(&self, column: usize) -> impl Iterator<Item = f32> + '_ {
        self.values.iter().skip(column).step_by(self.joins.len()).copied()
    }

    /// All rows, oldest first, row-major.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.values
    }
}

fn joined(join: Join, old: f32, new: f32, seen: f32) -> f32 {
    match join {
        Join::Min => old.min(new),
        Join::Max => old.max(new),
        Join::Mean => old + (new - old) / (seen + 1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_exact_until_the_memory_is_full_and_bounded_after() {
        let mut history = History::new(vec![Join::Mean, Join::Min, Join::Max], 8);
        for step in 0..8 {
            history.push(&[step as f32; 3]);
        }
        assert_eq!(history.column(0).collect::<Vec<_>>(), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
        for step in 8..30 {
            history.push(&[step as f32; 3]);
        }
        assert_eq!((history.rows(), history.stride()), (8, 4));
        let rows: Vec<f32> = history.values().to_vec();
        assert_eq!(rows[..6], [1.5, 0.0, 3.0, 5.5, 4.0, 7.0]);
        assert_eq!(rows[21..], [28.5, 28.0, 29.0]);
    }
}
