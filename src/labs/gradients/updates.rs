//! How much the updates change the weights: whether the first layer moves at all, and which update
//! was the boldest, which tells a learning rate that is too large.

use crate::nn::Slot;
use crate::train::Run;
use serde::{Deserialize, Serialize};

/// ‖Δw‖ / ‖w‖ of one kernel in one update.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Update {
    /// The layer, counted from 1.
    pub(super) layer: usize,
    /// The step, counted from 1.
    pub(super) step: usize,
    pub(super) ratio: f64,
}

/// What is remembered of the updates since the start or the last change of settings.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Updates {
    /// The largest.
    pub(super) boldest: Update,
    /// Updates since any weight of the first layer changed in some digit.
    pub(super) first_layer_still: usize,
}

impl Updates {
    /// Takes in what the last step did.
    pub(super) fn push(&mut self, run: &Run) {
        for (index, slot) in run.network().kernels().enumerate() {
            let (moved, ratio) = change(run, slot);
            if index == 0 {
                self.first_layer_still = if moved { 0 } else { self.first_layer_still + 1 };
            }
            if ratio > self.boldest.ratio {
                self.boldest = Update { layer: index + 1, step: run.steps(), ratio };
            }
        }
    }
}

/// Whether any weight changed, and ‖Δw‖ / ‖w‖; 0 for weights that were all 0.
fn change(run: &Run, slot: &Slot) -> (bool, f64) {
    let now = &run.network().weights[slot.range.clone()];
    let before = &run.weights_before()[slot.range.clone()];
    let (mut moved, mut size) = (0.0, 0.0);
    for (&now, &before) in now.iter().zip(before) {
        let (now, before) = (f64::from(now), f64::from(before));
        moved += (now - before) * (now - before);
        size += before * before;
    }
    (moved > 0.0, if size > 0.0 { libm::sqrt(moved / size) } else { 0.0 })
}
