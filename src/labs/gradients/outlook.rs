//! Whether anything can be learned from the gradients of a network: of the running one, and of one as a remedy would
//! have it, which begins anew and learns once from the first training items, so that it depends on the settings alone
//! and not on when somebody looked. A verdict asks only where something is wrong.

use super::Gradients;
use super::controls::usual_learning_rate;
use crate::labs::{Lab, Remedy};
use crate::nn::{Mode, Network, Pass, Slot};
use crate::tensor::l2_norm;
use crate::train::{Experiment, OptimizerConfig, OptimizerName, Run};
use std::cell::RefCell;

/// A change by less than this share of its size leaves a weight as it is, to the last digit.
const LAST_DIGIT: f64 = 1.0 / (1 << 25) as f64;
/// What most rules divide by where a gradient is next to nothing (Keras' epsilon).
const EPSILON: f64 = 1e-7;
/// Items that a network as a remedy would have it learns from.
const ITEMS: usize = 64;
/// Outputs that differ by less than this do not depend on the input.
const ALIKE: f32 = 1e-6;

/// Whether in every hidden layer an update at the usual rate would be lost in the last digit of the weights.
pub(super) fn is_faint(experiment: &Experiment, network: &Network, grads: &[f32], weights: &[f32]) -> bool {
    let norm = |values: &[f32], slot: &Slot| f64::from(l2_norm(&values[slot.range.clone()]));
    let hidden = network.kernels().count() - 1;
    let step = step(&experiment.optimizer);
    network.kernels().take(hidden).all(|slot| step * norm(grads, slot) < LAST_DIGIT * norm(weights, slot))
}

/// By how much a tiny gradient is multiplied in an update, at most; never less than at the usual rate.
fn step(optimizer: &OptimizerConfig) -> f64 {
    let rate = f64::from(optimizer.learning_rate().max(usual_learning_rate(optimizer.name)));
    match optimizer.name {
        OptimizerName::Sgd => rate / (1.0 - f64::from(optimizer.momentum.unwrap_or(0.0))),
        _ => rate / optimizer.epsilon.map_or(EPSILON, f64::from),
    }
}

/// Whether the outputs are the same for every item of the batch.
pub(super) fn is_constant(pass: &Pass, outputs: usize) -> bool {
    let rows = || pass.output().chunks_exact(outputs);
    let Some(first) = rows().next() else { return false };
    rows()
        .all(|row| row.iter().zip(first).all(|(y, first)| (y - first).abs() <= ALIKE * first.abs().max(1.0)))
}

/// The first layer of the run's settings, counted from 1, that is off for the whole batch in a fresh network.
pub(super) fn dead_layer(run: &Run) -> Option<usize> {
    let probe = Probe::new(run, run.current().clone())?;
    let hidden = super::hidden(run.current());
    let is_off = |at: usize| probe.pass.traces[at].slopes().all(|slope| slope == 0.0);
    hidden.iter().position(|block| is_off(block.at)).map(|index| index + 1)
}

/// Which remedies help, each tried once in a run: trying one takes as long as some steps.
#[derive(Default)]
pub(super) struct Tried(RefCell<Vec<Attempt>>);

/// A remedy, whether the run had diverged, and whether it helps.
type Attempt = (Remedy, bool, bool);

/// What was tried only to be told is no part of a copy.
impl Clone for Tried {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Tried {
    /// Whether gradients reach every layer of the run once a remedy is taken, as far as one batch tells.
    pub(super) fn helps(&self, run: &Run, remedy: &Remedy) -> bool {
        let is_over = run.divergence().is_some();
        let is_same = |(tried, was_over, _): &&Attempt| tried == remedy && *was_over == is_over;
        let known = self.0.borrow().iter().find(is_same).map(|(.., helps)| *helps);
        known.unwrap_or_else(|| {
            let helps = helps(run, remedy);
            self.0.borrow_mut().push((remedy.clone(), is_over, helps));
            helps
        })
    }
}

fn helps(run: &Run, remedy: &Remedy) -> bool {
    let current = run.current();
    let changed = Gradients.change(current, &remedy.key, &remedy.value).ok();
    let Some(changed) = changed.filter(|changed| changed != current) else { return false };
    let Some(probe) = Probe::new(run, changed) else { return false };
    let Probe { experiment, network, .. } = &probe;
    let arrives = |slot: &Slot| {
        let norm = l2_norm(&network.grads[slot.range.clone()]);
        norm > 0.0 && norm.is_finite()
    };
    network.kernels().all(arrives) && !is_faint(experiment, network, &network.grads, &network.weights)
}

/// A fresh network of some settings after forward and backward on the first training items.
struct Probe {
    experiment: Experiment,
    network: Network,
    pass: Pass,
}

impl Probe {
    /// `None` where the settings are of other data.
    fn new(run: &Run, experiment: Experiment) -> Option<Self> {
        let (shape, train) = (run.input_shape(), &run.data().train);
        let mut network = Network::new(&experiment.network, shape, experiment.loss, experiment.seed).ok()?;
        if experiment.data != run.current().data {
            return None;
        }
        let rows = train.len().min(ITEMS);
        let mut inputs = vec![0.0; rows * shape.iter().product::<usize>()];
        let places = inputs.chunks_exact_mut(shape.iter().product());
        places.enumerate().for_each(|(item, input)| train.copy_item(item, input));
        let targets = train.targets(network.outputs());
        let mut pass = Pass::new(Mode::Training { step: 0 });
        network.learn(&inputs, &targets[..rows * network.outputs()], &mut pass);
        Some(Self { experiment, network, pass })
    }
}
