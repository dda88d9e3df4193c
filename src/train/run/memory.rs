//! The bytes of a run, counted from its buffers.

use super::Run;
use crate::data::Augmenter;
use crate::nn::Pass;
use crate::tensor::bytes_of;
use crate::train::Experiment;
use crate::train::memory::{Memory, MemoryForecast};

/// Rows of the two small batches that a forecast is made of: no buffer of so many takes more than it needs.
const ROWS: [usize; 2] = [4, 8];

impl Memory {
    /// Bytes that the run holds now; after a step on its largest batch it grows no more. A batch that passes once more
    /// for a figure ([`Run::pass`]) is not counted.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        let Run { network, weights_before, unclipped, optimizer, pass, inputs, targets, .. } = run;
        let count = |bytes: usize| bytes as u64;
        Self {
            weights: count(bytes_of(&network.weights) + bytes_of(weights_before)),
            gradients: count(bytes_of(&network.grads) + bytes_of(unclipped)),
            optimizer: count(optimizer.bytes()),
            activations: count(pass.bytes()),
            data: count(run.bytes_of_items() + bytes_of(inputs) + bytes_of(targets)),
        }
    }
}

impl MemoryForecast {
    /// For a run with its settings of now, before or after its first step. Passes twelve rows through a network apart.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        let Run { network, optimizer, data, current, .. } = run;
        let (items, weights) = (data.train.len(), size_of_val(&*network.weights) as u64);
        let [few, more] = ROWS.map(|rows| run.bytes_of_pass(rows));
        let of_a_row = (more - few) / (ROWS[1] - ROWS[0]) as u64;
        let numbers = run.input_shape.iter().product::<usize>()
            + match (current.data.targets.are_inputs(), current.data.corruption.is_none()) {
                (false, _) => network.outputs(),
                (true, false) => run.input_shape.iter().product(),
                (true, true) => 0, // the inputs are the targets
            };
        Self {
            fixed: Memory {
                weights: 2 * weights,
                gradients: if optimizer.clips() { 2 * weights } else { weights },
                optimizer: optimizer.bytes() as u64,
                activations: few - of_a_row * ROWS[0] as u64,
                data: run.bytes_of_items() as u64,
            },
            of_a_row,
            of_an_item: (size_of::<f32>() * numbers) as u64,
            items,
            at_once: network.rows_at_once(items),
        }
    }
}

impl Run {
    /// What the data hold whatever the batch.
    fn bytes_of_items(&self) -> usize {
        let augmenter = self.augmenter.as_ref().map_or(0, Augmenter::bytes);
        let settings =
            self.experiment.bytes_of_lists() + self.current.bytes_of_lists() + size_of::<Experiment>();
        let items = self.data.train.bytes() + self.data.test.bytes() + self.batches.bytes();
        items + augmenter + settings + self.network.bytes_of_layers()
    }

    /// What the layers keep when so many rows pass together.
    fn bytes_of_pass(&self, rows: usize) -> u64 {
        let (train, size) = (&self.data.train, self.input_shape.iter().product());
        let mut inputs = vec![0.0; size * rows];
        let items = || (0..rows).map(|row| row % train.len());
        items().zip(inputs.chunks_exact_mut(size)).for_each(|(item, input)| train.copy_item(item, input));
        let mut targets = Vec::new();
        if !self.current.data.targets.are_inputs() {
            train.write_targets(items(), self.network.outputs(), &mut targets);
        }
        let targets = if targets.is_empty() { &inputs } else { &targets };
        let mut network = self.network_apart(&self.network.weights);
        let mut pass = Pass::training(self.step);
        network.forward(&inputs, &mut pass);
        network.backward(&inputs, targets, &mut pass);
        pass.bytes() as u64
    }
}
