//! Optimizers: what is done with a gradient. Names, defaults and formulas are Keras'; the state of
//! all weights lies in flat vectors beside them.

mod config;
mod rules;
mod schedule;

pub use config::{OptimizerConfig, OptimizerName};
pub use schedule::{Schedule, ScheduleName};

use crate::error::{Error, Result, ensure_within};
use crate::nn::{Moved, Slot};
use crate::tensor::{all_finite, bytes_of, l2_norm};
use std::ops::Range;

/// Weights that are updated at a time: they, their gradients and their memories are in the nearest caches still
/// when they are looked through for what is not finite.
const AT_ONCE: usize = 4096;

/// A rule at work: its options and what it remembers of earlier gradients. What is remembered of a weight whose
/// gradient stays 0, as those of a dead unit do, fades to 0 and not to a subnormal number, which it would else keep.
#[derive(Clone, Debug)]
pub struct Optimizer {
    config: OptimizerConfig,
    /// Number of weights; each memory that the rule uses, or used before, is as long, the others are empty.
    weights: usize,
    /// Momentum, first moment or the accumulator of updates.
    first: Vec<f32>,
    /// Second moment or the accumulator of squared gradients.
    second: Vec<f32>,
    /// Mean gradient of a centred `RMSprop`.
    third: Vec<f32>,
    updates: i32,
    /// Of those, the ones that were made before the schedule in force was chosen.
    before_schedule: i32,
    /// The learning rate of the update that is made.
    rate: f32,
    /// Product of the momentum schedule of Nadam.
    schedule: f64,
}

impl Optimizer {
    /// Starts with no memory, for so many weights.
    #[must_use]
    pub fn new(config: OptimizerConfig, weights: usize) -> Self {
        let [first, second, third] = [Vec::new(), Vec::new(), Vec::new()];
        let rate = config.rate_at(0);
        let (updates, before_schedule, schedule) = (0, 0, 1.0);
        let mut optimizer =
            Self { config, weights, first, second, third, updates, before_schedule, rate, schedule };
        optimizer.make_room();
        optimizer
    }

    /// Begins the memories that its options use and that it has not yet.
    fn make_room(&mut self) {
        use OptimizerName::{Adadelta, Adagrad, Adam, AdamW, Nadam, RmsProp, Sgd};
        let uses = match self.config.name {
            Sgd => [self.config.momentum.unwrap_or(0.0) > 0.0, false, false],
            Adagrad => [false, true, false],
            Adadelta | Adam | AdamW | Nadam => [true, true, false],
            RmsProp => {
                [self.config.momentum.unwrap_or(0.0) > 0.0, true, self.config.centered.unwrap_or(false)]
            }
        };
        let start = match self.config.name {
            Adagrad => self.config.initial_accumulator_value.unwrap_or(0.1),
            _ => 0.0,
        };
        for (memory, is_used) in [&mut self.first, &mut self.second, &mut self.third].into_iter().zip(uses) {
            if is_used && memory.is_empty() {
                memory.resize(self.weights, start);
            }
        }
    }

    /// Follows the weights of a network to where they are now; of layers that were not there it remembers nothing.
    pub fn follow(&mut self, moved: &Moved, weights: usize) {
        let fresh = Self::new(self.config.clone(), weights);
        let memories = [&mut self.first, &mut self.second, &mut self.third];
        for (memory, fresh) in memories.into_iter().zip([&fresh.first, &fresh.second, &fresh.third]) {
            if !memory.is_empty() {
                moved.apply(memory, |numbers, place| {
                    // One that is not used any more stays, and is 0 where it never was.
                    fresh.get(place).into_iter().for_each(|fresh| numbers.copy_from_slice(fresh));
                });
            }
        }
        self.weights = weights;
    }

    /// Takes other options; the memory stays unless the rule is another. Another schedule begins with the next update.
    pub fn reconfigure(&mut self, config: OptimizerConfig) {
        let name = |config: &OptimizerConfig| config.schedule.as_ref().map(|schedule| schedule.name);
        if config.name == self.config.name {
            if name(&config).unwrap_or_default() != name(&self.config).unwrap_or_default() {
                self.before_schedule = self.updates;
            }
            self.config = config;
            self.make_room();
        } else {
            *self = Self::new(config, self.weights);
        }
    }

    /// Whether what it remembers of these weights are numbers: the square of a huge gradient need not be.
    #[must_use]
    pub fn is_finite(&self, weights: Range<usize>) -> bool {
        let sound = |memory: &Vec<f32>| memory.get(weights.clone()).is_none_or(all_finite);
        [&self.first, &self.second].into_iter().all(sound)
    }

    /// Its memories by the names that Keras has for them, those that the rule does not have without one.
    pub fn memories(&self) -> impl Iterator<Item = (&'static str, &Vec<f32>)> {
        let memories = [&self.first, &self.second, &self.third];
        Self::memory_names(self.config.name).into_iter().zip(memories)
    }

    /// The same, to be filled.
    pub(super) fn memories_mut(&mut self) -> impl Iterator<Item = (&'static str, &mut Vec<f32>)> {
        let memories = [&mut self.first, &mut self.second, &mut self.third];
        Self::memory_names(self.config.name).into_iter().zip(memories)
    }

    /// What Keras calls the memories of a rule; one that it does not have has no name.
    fn memory_names(name: OptimizerName) -> [&'static str; 3] {
        match name {
            OptimizerName::RmsProp => ["momentum", "velocity", "average_gradient"],
            OptimizerName::Adagrad => ["", "accumulator", ""],
            OptimizerName::Adadelta => ["accumulated_delta_var", "accumulated_grad", ""],
            OptimizerName::Sgd => ["momentum", "", ""],
            OptimizerName::Adam | OptimizerName::AdamW | OptimizerName::Nadam => ["momentum", "velocity", ""],
        }
    }

    /// Updates made, and the bits of the product of Nadam's schedule.
    pub(super) fn count(&self) -> (i32, u64) {
        (self.updates, self.schedule.to_bits())
    }

    /// Updates that were made before the schedule in force was chosen.
    pub(super) fn before_schedule(&self) -> i32 {
        self.before_schedule
    }

    /// Goes on from such a count, of a run that made so many steps, so many of them before its schedule was chosen.
    ///
    /// # Errors
    /// [`Error::Setting`] for a count that no such run comes to.
    pub(super) fn set_count(
        &mut self,
        (updates, schedule): (i32, u64),
        before_schedule: i32,
        steps: usize,
    ) -> Result<()> {
        let schedule = f64::from_bits(schedule);
        // An update after which a run diverged is no step of it.
        if !usize::try_from(updates).is_ok_and(|updates| updates <= steps + 1) {
            let allowed = format!("from 0 to {}, since {steps} steps were made", steps + 1);
            return Err(Error::setting("the number of the optimizer's updates", updates, allowed));
        }
        ensure_within("the optimizer's schedule", schedule, &(0.0..=1.0))?;
        ensure_within("the updates before the optimizer's schedule", before_schedule, &(0..=updates))?;
        (self.updates, self.before_schedule, self.schedule) = (updates, before_schedule, schedule);
        Ok(())
    }

    /// Updates by the schedule in force, all where there is none.
    #[must_use]
    pub fn scheduled(&self) -> usize {
        usize::try_from(self.updates - self.before_schedule).unwrap_or_default()
    }

    /// Whether it is as [`Self::new`] makes it with the options in force.
    #[must_use]
    pub(super) fn is_fresh(&self) -> bool {
        // Adagrad's memory may begin at a value that was set before.
        self.updates == 0 && self.config.name != OptimizerName::Adagrad
    }

    /// Bytes of its memories.
    #[must_use]
    pub(super) fn bytes(&self) -> usize {
        let memories = [&self.first, &self.second, &self.third];
        memories.into_iter().map(bytes_of).sum()
    }

    /// Whether an update changes gradients before it takes them.
    #[must_use]
    pub fn clips(&self) -> bool {
        let OptimizerConfig { clipvalue, clipnorm, global_clipnorm, .. } = self.config;
        clipvalue.or(clipnorm).or(global_clipnorm).is_some()
    }

    /// One update of all weights that are trainable; where clipping is asked for, `grads` are clipped in place and
    /// those of weights that are not trainable made 0, so that they add nothing to a norm. What is not trainable
    /// keeps its weights and its memory. Returns whether what was updated and remembered is finite.
    pub fn update(&mut self, weights: &mut [f32], grads: &mut [f32], slots: &[Slot]) -> bool {
        self.clip(grads, slots);
        self.rate = self.config.rate_at(self.scheduled());
        self.updates = self.updates.saturating_add(1);
        if self.config.name == OptimizerName::Nadam {
            self.schedule *= self.nadam_momentum(self.updates);
        }
        let mut is_finite = true;
        let stretches = slots.chunk_by(|slot, next| slot.is_trainable == next.is_trainable);
        for stretch in stretches.filter(|stretch| stretch[0].is_trainable) {
            let (start, end) = (stretch[0].range.start, stretch[stretch.len() - 1].range.end);
            for start in (start..end).step_by(AT_ONCE) {
                let range = start..end.min(start + AT_ONCE);
                let (weights, grads) = (&mut weights[range.clone()], &grads[range.clone()]);
                self.decay(weights);
                self.apply(weights, grads, range.clone());
                is_finite &= all_finite(weights) && self.is_finite(range);
            }
        }
        is_finite
    }

    /// The rule, for the weights of this range.
    fn apply(&mut self, weights: &mut [f32], grads: &[f32], range: Range<usize>) {
        match self.config.name {
            OptimizerName::Sgd => self.sgd(weights, grads, range),
            OptimizerName::RmsProp => self.rmsprop(weights, grads, range),
            OptimizerName::Adagrad => self.adagrad(weights, grads, range),
            OptimizerName::Adadelta => self.adadelta(weights, grads, range),
            OptimizerName::Adam | OptimizerName::AdamW => self.adam(weights, grads, range),
            OptimizerName::Nadam => self.nadam(weights, grads, range),
        }
    }

    fn clip(&self, grads: &mut [f32], slots: &[Slot]) {
        if !self.clips() {
            return;
        }
        for slot in slots.iter().filter(|slot| !slot.is_trainable) {
            grads[slot.range.clone()].fill(0.0);
        }
        let shrink = |grads: &mut [f32], limit: f32| {
            let norm = l2_norm(grads);
            if norm > limit {
                grads.iter_mut().for_each(|g| *g = *g * limit / norm);
            }
        };
        if let Some(limit) = self.config.clipvalue {
            grads.iter_mut().for_each(|g| *g = g.clamp(-limit, limit));
        }
        if let Some(limit) = self.config.clipnorm {
            slots.iter().for_each(|slot| shrink(&mut grads[slot.range.clone()], limit));
        }
        if let Some(limit) = self.config.global_clipnorm {
            shrink(grads, limit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{Loss, Network};

    #[test]
    fn a_schedule_begins_when_it_is_chosen() {
        let config = |schedule: Option<Schedule>| OptimizerConfig {
            schedule,
            ..OptimizerConfig::new(OptimizerName::Sgd, 0.2)
        };
        let cosine = |steps| Some(Schedule::over(ScheduleName::Cosine, steps));
        let mut optimizer = Optimizer::new(config(None), 0);
        let mut rates = |schedule: Option<Schedule>| {
            optimizer.reconfigure(config(schedule));
            [(); 50].map(|()| {
                optimizer.update(&mut [], &mut [], &[]);
                optimizer.rate
            })
        };
        assert_eq!(rates(None), [0.2; 50]);
        let chosen = rates(cosine(100));
        assert!(chosen[0] == 0.2 && (0.1..0.11).contains(&chosen[49]), "{chosen:?}");
        let longer = rates(cosine(200));
        assert!((0.17..0.171).contains(&longer[0]), "another length goes on: {longer:?}");
        assert_eq!(rates(Some(Schedule::over(ScheduleName::Constant, 9)))[0], 0.2);
        assert_eq!(rates(cosine(100)), chosen, "chosen again, it begins again");
    }

    #[test]
    fn what_a_dead_unit_leaves_in_the_memory_fades_to_nothing() {
        let network = serde_json::json!({ "layers": [{ "type": "dense", "units": 1 }] });
        let network = serde_json::from_value(network).expect("a network");
        let arrays = Network::arrays(&network, &[7], Loss::MeanSquaredError).expect("eight weights");
        let slots: Vec<Slot> = arrays.into_iter().map(|(_, slot)| slot).collect();
        for name in OptimizerName::ALL {
            let momentum = [OptimizerName::Sgd, OptimizerName::RmsProp].contains(&name).then_some(0.9);
            // Each memory fades by a tenth a step.
            let config = OptimizerConfig { momentum, ..OptimizerConfig::new(name, 0.1) };
            let beta_2 = config.has_option("beta_2", 0.9).is_ok().then_some(0.9);
            let rho = config.has_option("rho", 0.9).is_ok().then_some(0.9);
            let mut optimizer = Optimizer::new(OptimizerConfig { rho, beta_2, ..config }, 8);
            let mut weights = [1.0; 8];
            for step in 0..2000 {
                let gradient = if step < 3 { 0.1 } else { 0.0 };
                assert!(optimizer.update(&mut weights, &mut [gradient; 8], &slots), "{name:?}");
            }
            let left = optimizer.memories().flat_map(|(_, memory)| memory).find(|m| m.is_subnormal());
            assert_eq!(left, None, "{name:?} keeps a subnormal number");
        }
    }
}
