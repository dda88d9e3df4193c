//! A run kept as it stands, and put back to where it stood.

use super::Run;
use crate::data::Data;
use crate::train::{Experiment, Optimizer, OptimizerConfig, Snapshot};
use std::sync::Arc;

impl Run {
    /// All that a step changes, as it stands; what did not change since the snapshot `before` is shared with it.
    #[must_use]
    pub fn snapshot(&self, before: Option<&Snapshot>) -> Snapshot {
        Snapshot {
            step: self.step,
            edits: self.next_edit,
            current: Arc::clone(&self.current),
            weights: self.network.weights.as_slice().into(),
            optimizer: (!self.optimizer.is_fresh()).then(|| self.optimizer.clone()),
            dealing: self.batches.dealing(before.map(|before| &before.dealing)),
        }
    }

    /// Goes back, or on, to where this run stood, so that the same steps follow; edits of later steps are made
    /// again. What the last step left, [`Self::pass`] and the gradients, is there after another step only, or
    /// [`Self::measure`].
    pub fn restore(&mut self, snapshot: &Snapshot) {
        if !Arc::ptr_eq(&self.current, &snapshot.current) {
            let Experiment { network, loss, .. } = &*snapshot.current;
            let moved = self.network.reconfigure(network, &self.input_shape, *loss);
            moved.expect("a run has had these settings before");
            if snapshot.current.data.points != self.current.data.points {
                let config = &snapshot.current.data;
                let data = Data::new(config, snapshot.current.seed).map(Arc::new);
                let data = data.and_then(|data| data.trained_on(&config.train_on));
                self.take_data(data.expect("a run has had these points before"));
            }
            self.current = Arc::clone(&snapshot.current);
        }
        self.network.weights.copy_from_slice(&snapshot.weights);
        snapshot.weights[..].clone_into(&mut self.weights_before);
        self.unclipped.clear();
        self.optimizer = snapshot
            .optimizer
            .clone()
            .unwrap_or_else(|| Optimizer::new(self.current.optimizer.clone(), snapshot.weights.len()));
        self.batches.resume(&snapshot.dealing);
        (self.step, self.next_edit, self.divergence) = (snapshot.step, snapshot.edits, None);
    }

    /// Goes on with another learning rate, of which the experiment knows nothing.
    pub(in crate::train) fn set_learning_rate(&mut self, rate: f32) {
        let config = self.current.optimizer.clone();
        self.optimizer.reconfigure(OptimizerConfig { learning_rate: Some(rate), ..config });
    }
}
