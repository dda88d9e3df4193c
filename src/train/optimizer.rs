//! Optimizers: what is done with a gradient. Names, defaults and formulas are Keras'; the state of
//! all weights lies in flat vectors beside them.

use crate::error::{Error, Result, ensure_within};
use crate::nn::{Moved, Slot};
use crate::tensor::{all_finite, l2_norm, math::flush};
use serde::{Deserialize, Serialize};
use std::ops::{Range, RangeInclusive};

/// Weights that are updated at a time: they, their gradients and their memories are in the nearest caches still
/// when they are looked through for what is not finite.
const AT_ONCE: usize = 4096;

/// Which rule turns gradients into updates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OptimizerName {
    /// Stochastic gradient descent, with momentum (also Nesterov's) where asked for.
    #[default]
    Sgd,
    /// Tieleman & Hinton 2012.
    RmsProp,
    /// Duchi et al., JMLR 2011.
    Adagrad,
    /// Zeiler 2012.
    Adadelta,
    /// Kingma & Ba, ICLR 2015.
    Adam,
    /// Adam with decoupled weight decay. Loshchilov & Hutter, ICLR 2019.
    AdamW,
    /// Adam with Nesterov momentum. Dozat 2016.
    Nadam,
}

/// An optimizer with its options; what is left out takes Keras' default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[rustfmt::skip]
pub struct OptimizerConfig {
    pub name: OptimizerName,
    #[serde(default, skip_serializing_if = "Option::is_none")] pub learning_rate: Option<f32>,
    #[serde(default, skip_serializing_if = "Option::is_none")] pub momentum: Option<f32>,
    #[serde(default, skip_serializing_if = "Option::is_none")] pub nesterov: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")] pub rho: Option<f32>,
    #[serde(default, skip_serializing_if = "Option::is_none")] pub centered: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")] pub beta_1: Option<f32>,
    #[serde(default, skip_serializing_if = "Option::is_none")] pub beta_2: Option<f32>,
    #[serde(default, skip_serializing_if = "Option::is_none")] pub epsilon: Option<f32>,
    #[serde(default, skip_serializing_if = "Option::is_none")] pub initial_accumulator_value: Option<f32>,
    #[serde(default, skip_serializing_if = "Option::is_none")] pub weight_decay: Option<f32>,
    /// Each gradient is cut to ± this.
    #[serde(default, skip_serializing_if = "Option::is_none")] pub clipvalue: Option<f32>,
    /// The gradient of each array of weights is scaled down to this norm.
    #[serde(default, skip_serializing_if = "Option::is_none")] pub clipnorm: Option<f32>,
    /// The gradient of all weights together is scaled down to this norm.
    #[serde(default, skip_serializing_if = "Option::is_none")] pub global_clipnorm: Option<f32>,
}

impl OptimizerName {
    /// Every optimizer, in the order in which choices list them.
    pub const ALL: [Self; 7] =
        [Self::Sgd, Self::RmsProp, Self::Adagrad, Self::Adadelta, Self::Adam, Self::AdamW, Self::Nadam];

    /// How people write it on a page.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Sgd => "SGD",
            Self::RmsProp => "RMSprop",
            Self::Adagrad => "Adagrad",
            Self::Adadelta => "Adadelta",
            Self::Adam => "Adam",
            Self::AdamW => "AdamW",
            Self::Nadam => "Nadam",
        }
    }

    /// Keras' default learning rate.
    #[must_use]
    pub fn default_learning_rate(self) -> f32 {
        if self == Self::Sgd { 0.01 } else { 0.001 }
    }

    /// Options of its own, beside the learning rate, weight decay and clipping that all have.
    fn options(self) -> &'static [&'static str] {
        match self {
            Self::Sgd => &["momentum", "nesterov"],
            Self::RmsProp => &["rho", "momentum", "epsilon", "centered"],
            Self::Adagrad => &["initial_accumulator_value", "epsilon"],
            Self::Adadelta => &["rho", "epsilon"],
            Self::Adam | Self::AdamW | Self::Nadam => &["beta_1", "beta_2", "epsilon"],
        }
    }
}

impl OptimizerConfig {
    /// Range of the learning rate.
    pub const LEARNING_RATE: RangeInclusive<f32> = 0.0..=100.0;

    /// This rule with Keras' defaults and another learning rate.
    #[must_use]
    pub fn new(name: OptimizerName, learning_rate: f32) -> Self {
        Self { name, learning_rate: Some(learning_rate), ..Self::default() }
    }

    /// The learning rate in force.
    #[must_use]
    pub fn learning_rate(&self) -> f32 {
        self.learning_rate.unwrap_or(self.name.default_learning_rate())
    }

    /// Passes when the rule has this option, which was given.
    fn has_option(&self, option: &str, given: impl std::fmt::Display) -> Result<()> {
        if self.name.options().contains(&option) {
            return Ok(());
        }
        let allowed = format!("left out, since {} has no such option", self.name.label());
        Err(Error::setting(&format!("optimizer.{option}"), given, allowed))
    }

    /// # Errors
    /// [`Error::Setting`] for a number out of its range or an option that this rule does not have.
    pub fn validate(&self) -> Result<()> {
        let own = [
            ("momentum", self.momentum, 0.0..=0.999),
            ("rho", self.rho, 0.0..=0.9999),
            ("beta_1", self.beta_1, 0.0..=0.9999),
            ("beta_2", self.beta_2, 0.0..=0.99999),
            ("epsilon", self.epsilon, 1e-12..=1.0),
            ("initial_accumulator_value", self.initial_accumulator_value, 0.0..=10.0),
        ];
        for (option, value, range) in own {
            let Some(value) = value else { continue };
            self.has_option(option, value)?;
            ensure_within(&format!("optimizer.{option}"), value, &range)?;
        }
        for (option, value) in [("nesterov", self.nesterov), ("centered", self.centered)] {
            value.map_or(Ok(()), |value| self.has_option(option, value))?;
        }
        ensure_within("optimizer.learning_rate", self.learning_rate(), &Self::LEARNING_RATE)?;
        ensure_within("optimizer.weight_decay", self.weight_decay.unwrap_or_default(), &(0.0..=1.0))?;
        for (key, clip) in [
            ("optimizer.clipvalue", self.clipvalue),
            ("optimizer.clipnorm", self.clipnorm),
            ("optimizer.global_clipnorm", self.global_clipnorm),
        ] {
            ensure_within(key, clip.unwrap_or(1.0), &(1e-6..=1e6))?;
        }
        let clips = [self.clipvalue, self.clipnorm, self.global_clipnorm];
        if clips.iter().flatten().count() > 1 {
            let allowed = "the only one of clipvalue, clipnorm and global_clipnorm";
            return Err(Error::setting("the gradient clipping", "given twice", allowed));
        }
        Ok(())
    }
}

/// A rule at work: its options and what it remembers of earlier gradients. What is remembered of a weight whose
/// gradient stays 0, as those of a dead unit do, fades to 0 and not to a subnormal number, which it would else keep.
#[derive(Clone, Debug)]
pub struct Optimizer {
    config: OptimizerConfig,
    /// Number of weights; each memory that the rule uses is as long, the others are empty.
    weights: usize,
    /// Momentum, first moment or the accumulator of updates.
    first: Vec<f32>,
    /// Second moment or the accumulator of squared gradients.
    second: Vec<f32>,
    /// Mean gradient of a centred `RMSprop`.
    third: Vec<f32>,
    updates: i32,
    /// Product of the momentum schedule of Nadam.
    schedule: f64,
}

impl Optimizer {
    /// Starts with no memory, for so many weights.
    #[must_use]
    pub fn new(config: OptimizerConfig, weights: usize) -> Self {
        let [first, second, third] = [Vec::new(), Vec::new(), Vec::new()];
        let mut optimizer = Self { config, weights, first, second, third, updates: 0, schedule: 1.0 };
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
            RmsProp => [true, true, true],
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

    /// Takes other options; the memory stays unless the rule is another.
    pub fn reconfigure(&mut self, config: OptimizerConfig) {
        if config.name == self.config.name {
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

    /// Its memories by the names that Keras has for them, as [`Self::memory_names`].
    pub(super) fn memories(&self) -> impl Iterator<Item = (&'static str, &Vec<f32>)> {
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

    /// Goes on from such a count, of a run that made so many steps.
    ///
    /// # Errors
    /// [`Error::Setting`] for a count that no such run comes to.
    pub(super) fn set_count(&mut self, (updates, schedule): (i32, u64), steps: usize) -> Result<()> {
        let schedule = f64::from_bits(schedule);
        // An update after which a run diverged is no step of it.
        if !usize::try_from(updates).is_ok_and(|updates| updates <= steps + 1) {
            let allowed = format!("from 0 to {}, since {steps} steps were made", steps + 1);
            return Err(Error::setting("the number of the optimizer's updates", updates, allowed));
        }
        ensure_within("the optimizer's schedule", schedule, &(0.0..=1.0))?;
        (self.updates, self.schedule) = (updates, schedule);
        Ok(())
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
        memories.into_iter().map(|memory| size_of::<f32>() * memory.capacity()).sum()
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

    /// w ← w − w · decay · rate, before the update.
    fn decay(&self, weights: &mut [f32]) {
        let default = if self.config.name == OptimizerName::AdamW { 0.004 } else { 0.0 };
        let factor = self.config.weight_decay.unwrap_or(default) * self.config.learning_rate();
        if factor > 0.0 {
            weights.iter_mut().for_each(|w| *w -= *w * factor);
        }
    }

    fn epsilon(&self) -> f32 {
        self.config.epsilon.unwrap_or(1e-7)
    }

    fn betas(&self) -> (f32, f32) {
        (self.config.beta_1.unwrap_or(0.9), self.config.beta_2.unwrap_or(0.999))
    }

    /// m ← μ m − η g; w ← w + m, or w + μ m − η g (Nesterov).
    fn sgd(&mut self, weights: &mut [f32], grads: &[f32], range: Range<usize>) {
        let (rate, momentum) = (self.config.learning_rate(), self.config.momentum.unwrap_or(0.0));
        if momentum == 0.0 {
            for (w, &g) in weights.iter_mut().zip(grads) {
                *w -= rate * g;
            }
            return;
        }
        let nesterov = self.config.nesterov.unwrap_or(false);
        for ((w, &g), m) in weights.iter_mut().zip(grads).zip(&mut self.first[range]) {
            *m = flush(momentum * *m - rate * g);
            *w += if nesterov { momentum * *m - rate * g } else { *m };
        }
    }

    /// v ← ρ v + (1 − ρ) g²; w ← w − η g / √(v + ε), centred and with momentum where asked for.
    fn rmsprop(&mut self, weights: &mut [f32], grads: &[f32], range: Range<usize>) {
        let (rate, epsilon) = (self.config.learning_rate(), self.epsilon());
        let (rho, momentum) = (self.config.rho.unwrap_or(0.9), self.config.momentum.unwrap_or(0.0));
        let centered = self.config.centered.unwrap_or(false);
        let memory = self.first[range.clone()]
            .iter_mut()
            .zip(&mut self.second[range.clone()])
            .zip(&mut self.third[range]);
        for ((w, &g), ((m, v), mean)) in weights.iter_mut().zip(grads).zip(memory) {
            *v = flush(rho * *v + (1.0 - rho) * g * g);
            *mean = flush(rho * *mean + (1.0 - rho) * g);
            let variance = if centered { *v - *mean * *mean } else { *v };
            *m = flush(momentum * *m + rate * g / (variance + epsilon).sqrt());
            *w -= *m;
        }
    }

    /// a ← a + g²; w ← w − η g / √(a + ε).
    fn adagrad(&mut self, weights: &mut [f32], grads: &[f32], range: Range<usize>) {
        let (rate, epsilon) = (self.config.learning_rate(), self.epsilon());
        for ((w, &g), a) in weights.iter_mut().zip(grads).zip(&mut self.second[range]) {
            *a += g * g;
            *w -= rate * g / (*a + epsilon).sqrt();
        }
    }

    /// a ← ρ a + (1 − ρ) g²; Δ = g √(d + ε) / √(a + ε); d ← ρ d + (1 − ρ) Δ²; w ← w − η Δ.
    fn adadelta(&mut self, weights: &mut [f32], grads: &[f32], range: Range<usize>) {
        let (rate, epsilon) = (self.config.learning_rate(), self.epsilon());
        let rho = self.config.rho.unwrap_or(0.95);
        let memory = self.first[range.clone()].iter_mut().zip(&mut self.second[range]);
        for ((w, &g), (d, a)) in weights.iter_mut().zip(grads).zip(memory) {
            *a = flush(rho * *a + (1.0 - rho) * g * g);
            let delta = g * (*d + epsilon).sqrt() / (*a + epsilon).sqrt();
            *d = flush(rho * *d + (1.0 - rho) * delta * delta);
            *w -= rate * delta;
        }
    }

    /// m and v: running means of g and g²; w ← w − η √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε).
    fn adam(&mut self, weights: &mut [f32], grads: &[f32], range: Range<usize>) {
        let (beta_1, beta_2) = self.betas();
        let (power_1, power_2) = (power(beta_1, self.updates), power(beta_2, self.updates));
        let epsilon = self.epsilon();
        let rate = (f64::from(self.config.learning_rate()) * (1.0 - power_2).sqrt() / (1.0 - power_1)) as f32;
        let memory = self.first[range.clone()].iter_mut().zip(&mut self.second[range]);
        for ((w, &g), (m, v)) in weights.iter_mut().zip(grads).zip(memory) {
            *m = flush(*m + (g - *m) * (1.0 - beta_1));
            *v = flush(*v + (g * g - *v) * (1.0 - beta_2));
            *w -= *m * rate / (v.sqrt() + epsilon);
        }
    }

    /// Nadam's schedule: `u_t` = β₁ (1 − 0.96ᵗ / 2).
    fn nadam_momentum(&self, t: i32) -> f64 {
        f64::from(self.betas().0) * (1.0 - 0.5 * libm::pow(0.96, f64::from(t)))
    }

    /// As Adam, with the momentum of the step to come; the schedule is multiplied up to this step.
    fn nadam(&mut self, weights: &mut [f32], grads: &[f32], range: Range<usize>) {
        let (beta_1, beta_2) = self.betas();
        let (now, next) =
            (self.nadam_momentum(self.updates), self.nadam_momentum(self.updates.saturating_add(1)));
        let from_momentum = (next / (1.0 - self.schedule * next)) as f32;
        let from_gradient = ((1.0 - now) / (1.0 - self.schedule)) as f32;
        let from_variance = (1.0 / (1.0 - power(beta_2, self.updates))) as f32;
        let (rate, epsilon) = (self.config.learning_rate(), self.epsilon());
        let memory = self.first[range.clone()].iter_mut().zip(&mut self.second[range]);
        for ((w, &g), (m, v)) in weights.iter_mut().zip(grads).zip(memory) {
            *m = flush(*m + (g - *m) * (1.0 - beta_1));
            *v = flush(*v + (g * g - *v) * (1.0 - beta_2));
            let estimate = from_momentum * *m + from_gradient * g;
            *w -= rate * estimate / ((from_variance * *v).sqrt() + epsilon);
        }
    }
}

/// `beta`ᵗ with the same bits everywhere.
fn power(beta: f32, t: i32) -> f64 {
    libm::pow(f64::from(beta), f64::from(t))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{Loss, Network};

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
