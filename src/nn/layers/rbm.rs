//! The layer that is a restricted Boltzmann machine, and learns by contrastive divergence.

mod divergence;

use super::kernel::Regularizer;
use super::{Layer, WeightSpec, is_trainable, trainable};
use crate::error::{Error, Result, ensure_within};
use crate::nn::network::size;
use crate::nn::rbm::{self, Chain, HiddenUnits, VisibleGroup, VisibleUnits, Weights};
use crate::nn::{Activation, Initializer, InitializerName, Moments, Trace};
use crate::tensor::Rng;
use divergence::{Phase, put, taken};
use serde::{Deserialize, Serialize};

/// A restricted Boltzmann machine ([`rbm::Rbm`]) whose output is what it makes of its input: of the mean hidden units in
/// inference, of drawn ones in training. The loss compares both, and says how well it restores, not how likely the data are.
///
/// What is handed to the optimizer is not the gradient of that loss but contrastive divergence,
/// ∂/∂w = ⟨v h⟩ after `gibbs_steps` of Gibbs sampling − ⟨v h⟩ of the data, and so for the biases, as means over the batch:
/// from the data (CD-k), or from `persistent_chains` that go on from step to step (PCD). With `mean_field` nothing is drawn,
/// and means take the place of samples. With units `clamped` to the data on the chain, what is learned is how likely the others
/// are given those (a conditional machine), not how likely both are. A `sparsity_target` adds `sparsity_cost` · (mean of hⱼ − target) to ∂/∂cⱼ.
///
/// # Shapes
/// - input `[batch, visible]`, or pictures, as so many numbers; output of the same shape
/// - kernel `[visible, units]`, `visible_bias` `[visible]`, `hidden_bias` `[units]`; `log_variance` `[visible]` where
///   `learns_variance`, and `chains` `[persistent_chains, visible]`
///
/// # Errors
/// [`Error::Setting`] for `units` outside 1…4096, `gibbs_steps` outside 1…100, `persistent_chains` over 1,000, groups of
/// visible units that do not sum to the input, a learned variance where none is gaussian, two groups of counts, kept chains
/// with counts or with clamped units, all units clamped, and a sparsity out of its range.
///
/// # Reference
/// Hinton, Training products of experts by minimizing contrastive divergence, Neural Computation 14 (2002); persistent:
/// Tieleman, ICML 2008; sparsity: Lee, Ekanadham & Ng, NIPS 2007; variance: Cho, Ilin & Raiko, ICANN 2011.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rbm {
    /// Number of hidden units.
    pub units: usize,
    /// The visible units, group by group; all of them `bernoulli` where nothing is said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub visible: Vec<VisibleGroup>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub hidden: HiddenUnits,
    /// The k of CD-k.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub gibbs_steps: usize,
    /// Chains that go on from step to step; 0 begins at the data.
    #[serde(default, skip_serializing_if = "is_default")]
    pub persistent_chains: usize,
    #[serde(default, skip_serializing_if = "is_default")]
    pub mean_field: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    pub learns_variance: bool,
    /// Visible units, from the first on, that stay as the data have them on the chain.
    #[serde(default, skip_serializing_if = "is_default")]
    pub clamped: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sparsity_target: Option<f32>,
    #[serde(default = "tenth", skip_serializing_if = "is_tenth")]
    pub sparsity_cost: f32,
    #[serde(default = "small")]
    pub kernel_initializer: Initializer,
    #[serde(default, skip_serializing_if = "Regularizer::is_none")]
    pub kernel_regularizer: Regularizer,
    #[serde(default = "trainable", skip_serializing_if = "is_trainable")]
    pub trainable: bool,
    /// Numbers of an item.
    #[serde(skip)]
    inputs: usize,
    /// What it is for such an item, once it is built.
    #[serde(skip)]
    machine: rbm::Rbm,
}

fn one() -> usize {
    1
}

fn tenth() -> f32 {
    0.1
}

/// As the practical guide has it.
fn small() -> Initializer {
    Initializer { name: InitializerName::RandomNormal, scale: Some(0.01) }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_one(steps: &usize) -> bool {
    *steps == 1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_tenth(cost: &f32) -> bool {
    *cost == 0.1
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Rbm {
    /// A machine of so many hidden units with the defaults for all the rest.
    #[must_use]
    pub fn new(units: usize) -> Self {
        Self {
            units,
            visible: Vec::new(),
            hidden: HiddenUnits::Bernoulli,
            gibbs_steps: 1,
            persistent_chains: 0,
            mean_field: false,
            learns_variance: false,
            clamped: 0,
            sparsity_target: None,
            sparsity_cost: tenth(),
            kernel_initializer: small(),
            kernel_regularizer: Regularizer::default(),
            trainable: true,
            inputs: 0,
            machine: rbm::Rbm::default(),
        }
    }

    /// The machine for an input of so many numbers.
    #[must_use]
    pub fn machine(&self, inputs: usize) -> rbm::Rbm {
        let groups = if self.visible.is_empty() {
            vec![VisibleGroup::new(VisibleUnits::Bernoulli, inputs)]
        } else {
            self.visible.clone()
        };
        rbm::Rbm::new(groups, self.units, self.hidden)
    }

    /// The layer's slice of weights, array by array; the chains are left out.
    #[must_use]
    pub fn weights_in<'a>(&self, weights: &'a [f32], inputs: usize) -> Weights<'a> {
        let (kernel, rest) = weights.split_at(inputs * self.units);
        let (visible_bias, rest) = rest.split_at(inputs);
        let (hidden_bias, rest) = rest.split_at(self.units);
        let log_variance = if self.learns_variance { &rest[..inputs] } else { &[] };
        Weights { kernel, visible_bias, hidden_bias, log_variance }
    }

    /// What the machine made last of a batch, visible units and means of the hidden ones; of a pass that went back.
    #[must_use]
    pub fn made(trace: &Trace) -> [&[f32]; 2] {
        trace.parts.first().map_or([&[], &[]], |part| [&part.output, &part.kept])
    }

    /// Numbers before the chains in its slice of weights.
    fn learned(&self) -> usize {
        let of_variance = if self.learns_variance { self.inputs } else { 0 };
        self.inputs * self.units + self.inputs + self.units + of_variance
    }
}

impl Rbm {
    fn validate(&self) -> Result<()> {
        ensure_within("units", self.units, &(1..=4096))?;
        ensure_within("gibbs_steps", self.gibbs_steps, &(1..=100))?;
        ensure_within("persistent_chains", self.persistent_chains, &(0..=1000))?;
        ensure_within("sparsity_cost", self.sparsity_cost, &(0.0..=100.0))?;
        if let Some(target) = self.sparsity_target {
            ensure_within("sparsity_target", target, &(0.0..=1.0))?;
        }
        self.kernel_regularizer.validate()?;
        self.kernel_initializer.validate("kernel_initializer")?;
        for (index, group) in self.visible.iter().enumerate() {
            group.validate(&format!("visible.{index}"))?;
        }
        let has = |kind| self.visible.iter().any(|group| group.kind == kind);
        if self.learns_variance && !has(VisibleUnits::Gaussian) {
            let allowed = "false where no visible units are gaussian: others have no variance to learn";
            return Err(Error::setting("learns_variance", true, allowed));
        }
        let counted =
            self.visible.iter().filter(|group| group.kind == VisibleUnits::ReplicatedSoftmax).count();
        if counted > 1 {
            return Err(Error::setting("visible", format!("{counted} groups of counts"), "one such group"));
        }
        if self.persistent_chains > 0 && self.clamped > 0 {
            let allowed = "0 where units are clamped: chains that go on belong to no items of the data";
            return Err(Error::setting("persistent_chains", self.persistent_chains, allowed));
        }
        if self.persistent_chains > 0 && has(VisibleUnits::ReplicatedSoftmax) {
            let allowed = "0 where words are counted: a chain by itself has no number of words";
            return Err(Error::setting("persistent_chains", self.persistent_chains, allowed));
        }
        Ok(())
    }
}

impl Layer for Rbm {
    fn adapts(&self) -> bool {
        true
    }

    /// Visible biases with which the machine gives the means of the data while its hidden units say nothing (Hinton 2010,
    /// section 8.1), and variances that are theirs where they are learned.
    fn adapt(&self, weights: &mut [f32], Moments { items, means, variances }: &Moments) {
        /// The least of them: where all items are the same, or nearly, the first update would be too bold.
        const LEAST: f32 = 0.1;
        let biases = &mut weights[self.inputs * self.units..][..self.inputs];
        for (start, group) in self.machine.placed() {
            let range = start..start + group.units;
            group.biases_of(&means[range.clone()], *items, &mut biases[range]);
        }
        let Some(first) = self.learns_variance.then(|| self.inputs * self.units + self.inputs + self.units)
        else {
            return;
        };
        for (start, group) in self.machine.placed().filter(|(_, group)| group.kind == VisibleUnits::Gaussian)
        {
            let range = start..start + group.units;
            let logs = weights[first..][range.clone()].iter_mut();
            logs.zip(&variances[range]).for_each(|(log, v)| *log = libm::log(f64::from(v.max(LEAST))) as f32);
        }
    }

    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>> {
        self.validate()?;
        self.inputs = size(input_shape);
        let units = self.visible.iter().map(|group| group.units).fold(0, usize::saturating_add);
        if !self.visible.is_empty() && units != self.inputs {
            let allowed = format!("groups of {} units in all, the numbers of an item", self.inputs);
            return Err(Error::setting("visible", format!("{units} units"), allowed));
        }
        if self.clamped > 0 {
            ensure_within("clamped", self.clamped, &(0..=self.inputs - 1))?;
        }
        self.machine = self.machine(self.inputs);
        Ok(input_shape.to_vec())
    }

    fn weights(&self) -> Vec<WeightSpec> {
        let zeros = || Initializer::new(InitializerName::Zeros);
        let kernel = WeightSpec::new("kernel", vec![self.inputs, self.units], self.kernel_initializer);
        let mut weights = vec![
            WeightSpec { regularizer: self.kernel_regularizer, ..kernel },
            WeightSpec::new("visible_bias", vec![self.inputs], zeros()),
            WeightSpec::new("hidden_bias", vec![self.units], zeros()),
        ];
        if self.learns_variance {
            weights.push(WeightSpec::new("log_variance", vec![self.inputs], zeros()));
        }
        let mut weights: Vec<_> = weights.into_iter().map(|spec| spec.within(self.trainable)).collect();
        if self.persistent_chains > 0 {
            let shape = vec![self.persistent_chains, self.inputs];
            weights.push(WeightSpec { is_trainable: false, ..WeightSpec::new("chains", shape, zeros()) });
        }
        weights
    }

    /// Chains begin where a machine without weights is.
    fn after_draw(&self, weights: &mut [f32], rng: &mut Rng) {
        let (_, chains) = weights.split_at_mut(self.learned());
        chains.copy_from_slice(&self.machine.noise(self.persistent_chains, rng));
    }

    /// What it learns from a batch is no sum over its rows where it draws.
    fn is_rowwise(&self) -> bool {
        false
    }

    fn kept_of_an_item(&self) -> usize {
        // Hidden means, and those, logits and states on the chain; visible means and states there.
        4 * self.units + 3 * self.inputs
    }

    fn working_space(&self) -> usize {
        self.persistent_chains.saturating_mul(3 * (self.units + self.inputs))
    }

    fn multiply_adds(&self) -> usize {
        2 * self.inputs * self.units
    }

    fn sees(&self, _: [usize; 4]) -> Option<[usize; 4]> {
        None
    }

    fn forward(&self, weights: &[f32], input: &[f32], trace: &mut Trace) {
        let (machine, weights) = (&self.machine, self.weights_in(weights, self.inputs));
        if trace.parts.is_empty() {
            trace.parts.push(Trace::default());
        }
        let mut chain = taken(&mut trace.parts[0], self.clamped);
        let Trace { output, pre_activation, kept, noise, .. } = trace;
        machine.hidden_logits(weights, input, &mut chain.logits, &mut chain.room);
        machine.hidden_means(&chain.logits, kept);
        match noise {
            Some(rng) if !self.mean_field => {
                machine.sample_hidden(&chain.logits, kept, &mut chain.states, rng);
            }
            _ => chain.states.clone_from(kept),
        }
        machine.visible_logits(weights, &chain.states, pre_activation);
        machine.visible_means(pre_activation, input, output);
        rbm::clamp(output, input, self.inputs, self.clamped);
        put(chain, &mut trace.parts[0]);
        trace.activation = self.activation();
    }

    fn backward(
        &self,
        weights: &[f32],
        input: &[f32],
        trace: &mut Trace,
        grad_weights: &mut [f32],
        grad_input: Option<&mut [f32]>,
    ) {
        let machine = &self.machine;
        let chains = &weights[self.learned()..];
        let weights = self.weights_in(weights, self.inputs);
        let mut noise = trace.noise.as_mut().filter(|_| !self.mean_field);
        let mut chain = taken(&mut trace.parts[0], self.clamped);
        if chains.is_empty() {
            chain.visible.clone_from(&trace.output);
        } else {
            chain.visible.clear();
            chain.visible.extend_from_slice(chains);
            chain.up(machine, weights, noise.as_deref_mut());
            chain.down(machine, weights);
        }
        chain.go_on(machine, weights, self.gibbs_steps, noise);
        let Chain { visible, hidden, states, logits, room, .. } = &mut chain;
        let data = Phase { visible: input, hidden: &trace.kept };
        let made = Phase { visible, hidden };
        self.difference(weights, [data, made], (states, logits, &mut room.scaled), grad_weights);
        put(chain, &mut trace.parts[0]);
        // Nothing before it learns from what it restores.
        if let Some(grad_input) = grad_input {
            grad_input.fill(0.0);
        }
    }

    fn after_step(&self, weights: &mut [f32], trace: &Trace) {
        let chains = &mut weights[self.learned()..];
        if !chains.is_empty() && trace.noise.is_some() {
            chains.copy_from_slice(Self::made(trace)[0]);
        }
    }

    fn activation(&self) -> Activation {
        let is_binary = self.visible.iter().all(|group| group.kind == VisibleUnits::Bernoulli);
        if is_binary { Activation::Sigmoid } else { Activation::Linear }
    }

    fn has_logits(&self) -> bool {
        self.activation() == Activation::Sigmoid
    }
}
