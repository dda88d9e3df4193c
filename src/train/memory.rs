//! What a run holds in memory, split by what needs it. How it is counted is at the run
//! ([`Memory::of`], [`MemoryForecast`]), which alone knows its buffers; the words are for a lab.

use serde::{Deserialize, Serialize};

/// Bytes that a run holds between two steps, counted by the capacity of its buffers. What is not of training is not
/// counted: figures, snapshots, the files from which data came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// The weights, and those before the last update, to which a step that diverges goes back.
    pub weights: u64,
    /// ∂L/∂w; where the optimizer clips, also as they were before.
    pub gradients: u64,
    /// What the optimizer remembers of earlier gradients: of Adam two numbers for each weight.
    pub optimizer: u64,
    /// What the layers keep of the rows that pass at once, forward and backward, working space included.
    pub activations: u64,
    /// Training and test items with their labels, their order, and the batch as the network takes it, with its targets;
    /// also the settings by which they are learned from, with the names and places of the layers: some 3 kB.
    pub data: u64,
}

impl Memory {
    /// All of it.
    #[must_use]
    pub fn total(self) -> u64 {
        self.parts().into_iter().sum()
    }

    /// Its parts: weights, gradients, optimizer, activations, data.
    #[must_use]
    pub fn parts(self) -> [u64; 5] {
        [self.weights, self.gradients, self.optimizer, self.activations, self.data]
    }
}

/// What a run would hold with batches of other sizes, found without making such a batch: of the layers two small ones
/// pass, whose buffers say how many bytes a row takes and how many the layers take whatever the batch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MemoryForecast {
    /// With no row at all.
    pub(super) fixed: Memory,
    /// Bytes that the layers keep of a row.
    pub(super) of_a_row: u64,
    /// Bytes of a row as the network takes it, and of its targets.
    pub(super) of_an_item: u64,
    /// Training items: the largest batch.
    pub(super) items: usize,
    /// Rows of a large batch that pass at once; see [`crate::nn::Network::rows_at_once`].
    pub(super) at_once: usize,
}

impl MemoryForecast {
    /// With batches of so many items, or of all where there are fewer.
    #[must_use]
    pub fn of_batch(&self, batch: usize) -> Memory {
        let batch = batch.min(self.items);
        Memory {
            activations: self.fixed.activations + self.of_a_row * batch.min(self.at_once) as u64,
            data: self.fixed.data + self.of_an_item * batch as u64,
            ..self.fixed
        }
    }

    /// Bytes that the activations would take if all rows of a batch passed at once, as they do in most programs. Here a
    /// batch passes in parts where that is faster, so that [`Memory::activations`] stop growing.
    #[must_use]
    pub fn in_one_pass(&self, batch: usize) -> u64 {
        self.fixed.activations + self.of_a_row * batch.min(self.items) as u64
    }

    /// Rows that pass at once of a batch of so many.
    #[must_use]
    pub fn rows_at_once(&self, batch: usize) -> usize {
        batch.min(self.items).min(self.at_once)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activations_stop_growing_where_a_batch_passes_in_parts() {
        let fixed = Memory { weights: 8, gradients: 4, optimizer: 8, activations: 100, data: 1000 };
        let forecast = MemoryForecast { fixed, of_a_row: 10, of_an_item: 3, items: 50, at_once: 16 };
        let activations = [1, 16, 32, 50, 99].map(|batch| forecast.of_batch(batch).activations);
        assert_eq!(activations, [110, 260, 260, 260, 260]);
        assert_eq!([1, 32, 99].map(|batch| forecast.in_one_pass(batch)), [110, 420, 600]);
        assert_eq!([1, 32, 99].map(|batch| forecast.of_batch(batch).data), [1003, 1096, 1150]);
        assert_eq!(forecast.of_batch(1).total(), 8 + 4 + 8 + 110 + 1003);
        assert_eq!([4, 40].map(|batch| forecast.rows_at_once(batch)), [4, 16]);
    }
}
