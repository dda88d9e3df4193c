//! All of a run that its steps change, as it stood at one of them. Data, layers and buffers are the run's own.

use super::{Experiment, Optimizer};
use crate::data::Dealing;
use std::sync::Arc;

/// A run at some step, for [`super::Run::restore`].
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub(super) step: usize,
    /// Edits that had taken effect.
    pub(super) edits: usize,
    /// The settings in force.
    pub(super) current: Arc<Experiment>,
    pub(super) weights: Box<[f32]>,
    /// `None` before its first update.
    pub(super) optimizer: Option<Optimizer>,
    pub(super) dealing: Dealing,
}

impl Snapshot {
    /// Number of updates made.
    #[must_use]
    pub fn step(&self) -> usize {
        self.step
    }

    /// Bytes that it holds beside what it shares with the snapshot `before`.
    #[must_use]
    pub fn bytes(&self, before: Option<&Self>) -> usize {
        let optimizer = self.optimizer.as_ref().map_or(0, Optimizer::bytes);
        let mut bytes = size_of::<Self>() + size_of_val(&*self.weights) + optimizer;
        if before.is_none_or(|before| !Arc::ptr_eq(before.dealing.order(), self.dealing.order())) {
            bytes += size_of_val(&**self.dealing.order());
        }
        if before.is_none_or(|before| !Arc::ptr_eq(&before.current, &self.current)) {
            bytes += size_of::<Experiment>() + size_of_val(&*self.current.network.layers);
            bytes += size_of_val(&*self.current.data.points);
        }
        bytes
    }
}
