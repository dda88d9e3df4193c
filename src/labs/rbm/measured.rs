//! What is measured with every test of a run, of training items and of held-out ones, and kept over all of it.

use crate::labs::{Line, Numbers};
use crate::train::{History, Join, Run, STEPS_PER_TEST};
use serde::{Deserialize, Serialize};

/// Moments that are kept one by one before neighbours are joined.
const ROWS: usize = 512;
/// What stands at the ends of the lines.
const NAMES: [&str; 2] = ["train", "held-out"];

/// One number for training items and, where some are held out, one for those.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Measured {
    history: History,
    /// The step of the first.
    first: usize,
    last: Vec<f32>,
    /// Whether all were finite numbers; what comes after one that was not is not kept.
    is_finite: bool,
}

impl Measured {
    pub fn new(run: &Run) -> Self {
        let kinds = 1 + usize::from(!run.data().test.is_empty());
        let history = History::new(vec![Join::Mean; kinds], ROWS);
        Self { history, first: run.steps() + 1, last: Vec::new(), is_finite: true }
    }

    /// Whether it can be of a run that has come so far; where nothing is measured, whether there is nothing.
    pub fn is_of(&self, run: &Run, is_measured: bool) -> bool {
        if !is_measured {
            return self.last.is_empty() && self.history.values().is_empty();
        }
        let fresh = Self::new(run);
        let tests = (run.steps() / STEPS_PER_TEST).checked_sub(self.first / STEPS_PER_TEST);
        let measured = match tests {
            _ if run.steps() < self.first => Some(0),
            tests => tests.map(|tests| tests + 1),
        };
        !self.is_finite || measured.is_some_and(|measured| self.history.is_of(&fresh.history, measured))
    }

    /// As measured last, of training items first; none before the first time.
    pub fn last(&self) -> &[f32] {
        &self.last
    }

    /// The differences between held-out items and training ones, as far as they are kept.
    pub fn gaps(&self) -> impl Iterator<Item = f32> {
        self.history.values().chunks_exact(2).filter(|_| self.last.len() == 2).map(|row| row[1] - row[0])
    }

    /// What was measured of training items and of held-out ones, each with its step; where several are kept as one, the first
    /// of theirs.
    pub fn rows(&self) -> impl Iterator<Item = (usize, [f32; 2])> + '_ {
        let rows = self.history.values().chunks_exact(2).filter(|_| self.last.len() == 2).enumerate();
        rows.map(|(row, values)| (self.step(row), [values[0], values[1]]))
    }

    /// The step of a row.
    pub fn step(&self, row: usize) -> usize {
        match row * self.history.stride() {
            0 => self.first,
            measured => (self.first / STEPS_PER_TEST + measured) * STEPS_PER_TEST,
        }
    }

    /// The least and the most of all; `None` of nothing.
    pub fn extent(&self) -> Option<[f32; 2]> {
        let values = self.history.values().iter().filter(|value| value.is_finite());
        let [low, high] = values.fold([f32::INFINITY, f32::NEG_INFINITY], |[low, high], &value| {
            [low.min(value), high.max(value)]
        });
        (low <= high).then_some([low, high])
    }

    pub fn bytes(&self) -> usize {
        self.history.bytes() + size_of_val(&*self.last)
    }

    /// Measures where it is time: after the first step, and with every test.
    pub fn after_step(&mut self, run: &Run, measure: impl FnOnce(&Run) -> Vec<f32>) {
        let is_due = run.steps() == self.first || run.steps().is_multiple_of(STEPS_PER_TEST);
        if !is_due || !self.is_finite {
            return;
        }
        let now = measure(run);
        self.is_finite = now.iter().all(|value| value.is_finite());
        if self.is_finite {
            self.history.push(&now);
            self.last = now;
        }
    }

    /// A line of each kind over the steps.
    pub fn lines(&self, numbers: &mut Numbers) -> Vec<Line> {
        let x = numbers.add((0..self.history.rows()).map(|row| self.step(row) as f32));
        let mut line = |column: usize| {
            let y = numbers.add(self.history.column(column));
            Line { label: NAMES[column].into(), is_train: column == 0, lane: 0, x, low: y, high: y }
        };
        (0..self.last.len().max(1)).map(&mut line).collect()
    }
}
