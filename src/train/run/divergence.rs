//! Where a run left the numbers: the first quantity, in the order in which it was computed, that is not finite.

use super::Run;
use crate::tensor::all_finite;
use serde::{Deserialize, Serialize};

/// Where a run first met a number that is not finite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Divergence {
    /// The step that failed, counted from 0: so many steps before it were sound.
    pub step: usize,
    /// Keras' name of the layer.
    pub layer: String,
    /// `pre-activation`, `penalty`, `loss`, `kernel gradient`, `bias`, …
    pub quantity: String,
}

impl Run {
    pub(super) fn diverged(&mut self, divergence: Divergence) -> Divergence {
        self.divergence = Some(divergence.clone());
        divergence
    }

    /// The first quantity of the pass that is not finite, in the order in which it was computed.
    pub(super) fn find_divergence(&self, loss: f32) -> Option<Divergence> {
        // Outputs of an activation need no look of their own here: the next layer, or the loss, is made of them.
        if loss.is_finite() && all_finite(self.gradients()) && self.is_finite {
            return None;
        }
        for (layer, trace) in self.pass().traces.iter().enumerate() {
            if !all_finite(&trace.pre_activation) {
                return Some(self.at(layer, "pre-activation"));
            }
            if !all_finite(&trace.output) {
                return Some(self.at(layer, "activation"));
            }
        }
        let is_off = |penalty: f32| !penalty.is_finite();
        if let Some(layer) = self.pass().traces.iter().position(|trace| trace.penalty.is_some_and(is_off)) {
            return Some(self.at(layer, "penalty"));
        }
        let last = self.pass.traces.len() - 1;
        if !loss.is_finite() {
            return Some(self.at(last, "loss"));
        }
        let layers = self.network.slots().chunk_by(|a, b| a.layer == b.layer);
        let slot = layers.rev().flatten().find(|slot| !all_finite(&self.gradients()[slot.range.clone()]));
        Some(slot.map_or_else(
            || self.at(last, "loss"),
            |slot| self.at(slot.layer, &format!("{} gradient", slot.name)),
        ))
    }

    /// The first weight, or else memory of the optimizer, that an update left not finite.
    pub(super) fn first_after_update(&self) -> Divergence {
        let slots = self.network.slots();
        let weights = &self.network.weights;
        if let Some(slot) = slots.iter().find(|slot| !all_finite(&weights[slot.range.clone()])) {
            return self.at(slot.layer, slot.name);
        }
        let slot = slots.iter().find(|slot| !self.optimizer.is_finite(slot.range.clone()));
        self.at(slot.map_or(0, |slot| slot.layer), "optimizer state")
    }

    fn at(&self, layer: usize, quantity: &str) -> Divergence {
        let layer = self.network.layer_names()[layer].clone();
        Divergence { step: self.step, layer, quantity: quantity.into() }
    }
}
