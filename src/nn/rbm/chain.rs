//! Gibbs sampling: from visible units to hidden ones and back, step by step.

use super::{Rbm, Room, Weights};
use crate::tensor::Rng;

/// Visible units on a Gibbs chain, `[rows, visible]`, with the means of the hidden ones that belong to them, `[rows, hidden]`.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    pub visible: Vec<f32>,
    pub hidden: Vec<f32>,
    /// Of the hidden units, as drawn last.
    pub states: Vec<f32>,
    /// How many of the visible units, from the first on, keep what they are.
    pub clamped: usize,
    pub(in crate::nn) logits: Vec<f32>,
    pub(in crate::nn) means: Vec<f32>,
    pub(in crate::nn) room: Room,
}

impl Chain {
    /// A chain that begins at these visible units.
    #[must_use]
    pub fn at(visible: Vec<f32>) -> Self {
        Self { visible, ..Self::default() }
    }

    /// Hidden means of the visible units, and states drawn of them, or those means where nothing is drawn.
    pub fn up(&mut self, machine: &Rbm, weights: Weights, noise: Option<&mut Rng>) {
        self.up_to_means(machine, weights);
        match noise {
            Some(rng) => machine.sample_hidden(&self.logits, &self.hidden, &mut self.states, rng),
            None => self.states.clone_from(&self.hidden),
        }
    }

    /// Hidden means of the visible units alone.
    pub fn up_to_means(&mut self, machine: &Rbm, weights: Weights) {
        machine.hidden_logits(weights, &self.visible, &mut self.logits, &mut self.room);
        machine.hidden_means(&self.logits, &mut self.hidden);
    }

    /// Visible means of the hidden states; what is known of a row stays known as in the visible units of now.
    pub fn down(&mut self, machine: &Rbm, weights: Weights) {
        machine.visible_logits(weights, &self.states, &mut self.logits);
        machine.visible_means(&self.logits, &self.visible, &mut self.means);
        self.take_up(machine);
    }

    /// Draws the visible units around the means that they hold.
    pub fn draw_visible(&mut self, machine: &Rbm, weights: Weights, rng: &mut Rng) {
        machine.sample_visible(weights, &self.visible, &mut self.means, rng);
        self.take_up(machine);
    }

    /// Has what was made as its visible units, but for those that are clamped.
    fn take_up(&mut self, machine: &Rbm) {
        clamp(&mut self.means, &self.visible, machine.visible_units(), self.clamped);
        std::mem::swap(&mut self.visible, &mut self.means);
    }

    /// From the visible means of the first step on, `steps` of Gibbs sampling; of the last only the hidden means count, which
    /// are less noisy than what is drawn.
    pub fn go_on(&mut self, machine: &Rbm, weights: Weights, steps: usize, mut noise: Option<&mut Rng>) {
        for step in 1..=steps {
            if let Some(rng) = noise.as_deref_mut() {
                self.draw_visible(machine, weights, rng);
            }
            if step == steps {
                self.up_to_means(machine, weights);
            } else {
                self.up(machine, weights, noise.as_deref_mut());
                self.down(machine, weights);
            }
        }
    }
}

/// The first `clamped` units of each row of `made` as they are in `like`, both `[rows, visible]`.
pub(in crate::nn) fn clamp(made: &mut [f32], like: &[f32], visible: usize, clamped: usize) {
    if clamped > 0 {
        let rows = made.chunks_exact_mut(visible).zip(like.chunks_exact(visible));
        rows.for_each(|(made, like)| made[..clamped].copy_from_slice(&like[..clamped]));
    }
}
