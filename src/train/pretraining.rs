//! Pre-training: a stack of Boltzmann machines, each trained on what those below it make of the items, whose weights an
//! autoencoder begins with. How a machine learns is the layer `rbm`'s; here it is said which, on what, and where they go.

mod places;

use super::{Experiment, Optimizer, OptimizerConfig, OptimizerName};
use crate::data::{Batches, Examples};
use crate::error::{Error, Result, ensure_within};
use crate::nn::layers::Rbm;
use crate::nn::rbm::{self, Chain, HiddenUnits, VisibleUnits};
use crate::nn::{LayerConfig, Learned, Loss, Mode, Moments, Network, NetworkConfig, Pass};
use crate::tensor::{Rng, Stream};
use places::{Place, places};
use serde::{Deserialize, Serialize};

/// Items of a batch, where there are so many.
const BATCH: usize = 32;
/// Items that the first visible biases of a machine follow from, at most.
const ITEMS_OF_MEANS: usize = 1_000;
/// By so much slower machines learn that have linear units, hidden or visible: their states know no bounds. At a
/// hundredth of the rate, as in the paper, 200 updates leave a code of 16 with a squared error of 0.0642 before step 0, no
/// better than one mean for all; at a tenth with 0.0387 (784-256-64-16 on 1,875 generated digits).
const SLOWER: f32 = 10.0;
const MOMENTUM: f32 = 0.5;
/// Most connections that all updates together may go through, once for each item: some 20 s in a browser.
const MOST_WORK: u64 = 25_000_000_000;

/// Greedy, layer by layer: a machine of the width of each dense layer down to the code learns by contrastive divergence from
/// what the machines below make of the items, as they are before they are spoiled. Its kernel and hidden biases become
/// those of the layer; its kernel transposed and its visible biases those of the partner in the decoder. Hidden units are
/// `bernoulli` where the layer is a sigmoid, `gaussian` where the code is linear; visible ones likewise by the layer that
/// gives them back. It comes before step 0: so many updates of each machine, on batches of 32 items.
///
/// # Errors
/// [`Error::Setting`] for values out of range, for more work than a visitor would wait for, and where layers are not what
/// machines stand for: dense, mirrored about the code, and sigmoid but for a linear code and the output.
///
/// # Reference
/// Hinton & Salakhutdinov, Reducing the dimensionality of data with neural networks, Science 313 (2006).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pretraining {
    /// Updates of each machine.
    pub steps: usize,
    /// Of machines whose units are all binary; those with linear units learn at a tenth of it.
    pub learning_rate: f32,
}

impl Default for Pretraining {
    fn default() -> Self {
        Self { steps: 200, learning_rate: 0.1 }
    }
}

/// A machine with its weights.
struct Trained {
    place: Place,
    machine: rbm::Rbm,
    weights: Vec<f32>,
}

impl Pretraining {
    /// The seed of the machine at a place of the stack, from the bottom: of its first weights, its batches and what it draws.
    #[must_use]
    pub fn seed_of(seed: u64, machine: usize) -> u64 {
        Rng::new(seed, Stream::Pretraining { machine }).seed()
    }

    /// What the machine learns by.
    #[must_use]
    pub fn optimizer_of(self, layer: &Rbm) -> OptimizerConfig {
        let is_linear = layer.hidden == HiddenUnits::Gaussian
            || layer.visible.iter().any(|group| group.kind == VisibleUnits::Gaussian);
        let rate = if is_linear { self.learning_rate / SLOWER } else { self.learning_rate };
        OptimizerConfig { momentum: Some(MOMENTUM), ..OptimizerConfig::new(OptimizerName::Sgd, rate) }
    }

    /// How many machines there are for an experiment.
    ///
    /// # Errors
    /// Where there are none for its network.
    pub fn machines(experiment: &Experiment) -> Result<usize> {
        places(experiment).map(|places| places.len())
    }

    /// Whether the network of `experiment` can begin so.
    #[must_use]
    pub fn fits(self, experiment: &Experiment) -> bool {
        self.validate(experiment).is_ok()
    }

    pub(super) fn validate(self, experiment: &Experiment) -> Result<()> {
        ensure_within("pretraining.steps", self.steps, &(1..=1_000_000))?;
        ensure_within("pretraining.learning_rate", self.learning_rate, &(0.0..=100.0))?;
        let connections: usize =
            places(experiment)?.iter().map(|place| place.inputs * place.layer.units).sum();
        let most = MOST_WORK / (BATCH * connections) as u64;
        if self.steps as u64 > most {
            let allowed = format!(
                "at most {most} for machines of {connections} connections in all, since nothing is shown until they are trained"
            );
            return Err(Error::setting("pretraining.steps", self.steps, allowed));
        }
        Ok(())
    }

    /// Trains the machines on these items and puts their weights into the network.
    ///
    /// # Errors
    /// [`Error::Setting`] when one comes to numbers that are not finite.
    pub(super) fn give(self, network: &mut Network, experiment: &Experiment, items: &Examples) -> Result<()> {
        let mut below: Vec<Trained> = Vec::new();
        for place in places(experiment)? {
            let trained = self.train(place, &below, experiment.seed, items)?;
            trained.unroll(network);
            below.push(trained);
        }
        network.tie();
        Ok(())
    }

    fn train(self, place: Place, below: &[Trained], seed: u64, items: &Examples) -> Result<Trained> {
        let (inputs, seed) = (place.inputs, Self::seed_of(seed, place.index));
        let config = NetworkConfig { layers: vec![LayerConfig::Rbm(place.layer.clone())] };
        let mut network = Network::new(&config, &[inputs], Loss::MeanSquaredError, seed)?;
        let mut batches = Batches::new(items.len(), seed);
        let mut rows = Rows::default();
        // From all parts of the items, whichever way they are sorted.
        let count = items.len().min(ITEMS_OF_MEANS);
        let some: Vec<u32> = (0..count).map(|index| (index * items.len() / count) as u32).collect();
        network.adapt(|| {
            let rows = rows.of(&some, below, items);
            Moments::of(inputs, count, |index, row| row.copy_from_slice(&rows[index * inputs..][..inputs]))
        });
        let mut optimizer = Optimizer::new(self.optimizer_of(&place.layer), network.weights.len());
        let mut pass = Pass::default();
        for step in 0..self.steps {
            let rows = rows.of(batches.peek(BATCH), below, items);
            pass.mode = Mode::Training { step };
            let Learned { is_finite, .. } = network.learn(rows, rows, &mut pass);
            let update =
                |weights: &mut [f32], grads: &mut [f32], slots: &[_]| optimizer.update(weights, grads, slots);
            if !is_finite || !network.update(&pass, update) {
                let allowed = format!(
                    "smaller: machine {} came to numbers that are not finite at its update {step}",
                    place.index + 1
                );
                return Err(Error::setting("pretraining.learning_rate", self.learning_rate, allowed));
            }
            batches.advance(BATCH);
        }
        Ok(Trained { machine: place.layer.machine(inputs), place, weights: network.weights })
    }
}

impl Trained {
    /// Its weights into the two layers that it stands for.
    fn unroll(&self, network: &mut Network) {
        let Place { encoder, decoder, inputs, ref layer, .. } = self.place;
        let from = layer.weights_in(&self.weights, inputs);
        let mut kernel = vec![0.0; from.kernel.len()];
        crate::tensor::transpose::transpose(from.kernel, &mut kernel, layer.units);
        let arrays = [
            (encoder, "kernel", from.kernel),
            (encoder, "bias", from.hidden_bias),
            (decoder, "kernel", &kernel),
            (decoder, "bias", from.visible_bias),
        ];
        for (layer, name, values) in arrays {
            let slot = network.slots().iter().find(|slot| slot.layer == layer && slot.name == name);
            let range = slot.expect("a dense layer has a kernel and biases").range.clone();
            network.weights[range].copy_from_slice(values);
        }
    }
}

/// What machines are given of some items.
#[derive(Default)]
struct Rows {
    chain: Chain,
}

impl Rows {
    /// Means of the hidden units of the last machine of `below`, or the items themselves where there is none.
    fn of(&mut self, chosen: &[u32], below: &[Trained], items: &Examples) -> &[f32] {
        let size: usize = items.input_shape().iter().product();
        let chain = &mut self.chain;
        chain.visible.resize(size * chosen.len(), 0.0);
        for (&item, row) in chosen.iter().zip(chain.visible.chunks_exact_mut(size)) {
            items.copy_item(item as usize, row);
        }
        for Trained { place, machine, weights } in below {
            chain.up_to_means(machine, place.layer.weights_in(weights, place.inputs));
            std::mem::swap(&mut chain.visible, &mut chain.hidden);
        }
        &chain.visible
    }
}
