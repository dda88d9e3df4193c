//! The experiment: one serde type says everything about a run. The page's URL holds it, the command
//! line reads it, a link replays it; it is validated once, where it enters.

mod over_time;

use super::digits::InitialWeights;
use super::edits::{Edit, LAYERS, goes_on, is_live, may_go_on};
use super::optimizer::OptimizerConfig;
use super::pretraining::Pretraining;
use super::settings::{self, Settings, name_or_settings};
use super::weights::{is_weight, weights_in, without_weights};
use crate::data::{BatchSize, DataConfig, Targets};
use crate::error::{Error, Result, ensure_within, name_of};
use crate::nn::{Loss, Network, NetworkConfig, Plan};
use crate::tensor::bytes_of;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Version of the grammar that this program reads and writes.
pub const VERSION: u32 = 1;
/// Largest seed: every whole number that JSON carries exactly.
pub const MAX_SEED: u64 = (1 << 53) - 1;
/// Most numbers that a pass may keep: 200 MB.
pub(super) const MAX_KEPT: usize = 50_000_000;
/// Numbers that it keeps for each output of each layer, at most: y, z and the gradients of both.
pub(super) const KEPT_OF_AN_OUTPUT: usize = 4;
/// Most edits a run may carry.
const MAX_EDITS: usize = 10_000;

/// All that determines a run, bit for bit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Experiment {
    pub version: u32,
    /// Which lab shows it.
    pub lab: String,
    /// Source of every random number of the run.
    pub seed: u64,
    pub data: DataConfig,
    pub network: NetworkConfig,
    /// Weights to start from; left out, fresh ones are drawn from the seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial_weights: Option<InitialWeights>,
    /// How the machines are trained whose weights an autoencoder begins with; left out, its weights are drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pretraining: Option<Pretraining>,
    pub loss: Loss,
    #[serde(deserialize_with = "name_or_settings")]
    pub optimizer: OptimizerConfig,
    /// Items per step.
    pub batch_size: BatchSize,
    /// How the learning rate goes with that where either is set; left out, not at all. It says how a run came to its rate,
    /// which is `optimizer.learning_rate` all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scaling: Option<Scaling>,
    /// What was changed while it ran, by ascending step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<Edit>,
}

/// How the learning rate goes with the batch size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scaling {
    /// So many times the batch, so many times the rate. Goyal et al. 2017.
    Linear,
}

impl Experiment {
    /// Reads and validates a complete experiment.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::Setting`] or [`Error::Shape`], naming the key.
    pub fn from_value(value: Value) -> Result<Self> {
        check_version(&value)?;
        let experiment: Self = settings::read(value)?;
        experiment.validate()?;
        Ok(experiment)
    }

    /// As JSON, for laying settings over it and listing what differs.
    #[must_use]
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).expect("an experiment is plain data")
    }

    /// This experiment with some settings changed, validated anew.
    ///
    /// # Errors
    /// As [`Self::from_value`].
    pub fn with(&self, changes: &Settings) -> Result<Self> {
        Self::from_value(settings::with(self.to_value(), changes)?)
    }

    /// The settings that turn this experiment into `other`.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Settings {
        settings::difference(&self.to_value(), &other.to_value())
    }

    /// The settings in force once every edit has been made, those of weights left out, without the edits themselves.
    ///
    /// # Errors
    /// As [`Self::from_value`]; never for an experiment that was validated.
    pub fn edited(&self) -> Result<Self> {
        let bare = Self { edits: Vec::new(), ..self.clone() };
        self.edits.iter().try_fold(bare, |experiment, edit| experiment.with(&without_weights(&edit.set)))
    }

    /// Bytes of its lists; what their parts hold besides is little.
    pub(super) fn bytes_of_lists(&self) -> usize {
        let DataConfig { features, points, .. } = &self.data;
        bytes_of(&self.network.layers) + bytes_of(&self.edits) + bytes_of(features) + bytes_of(points)
    }

    /// Number of items it trains on.
    #[must_use]
    pub fn training_items(&self) -> usize {
        self.data.training_items()
    }

    fn validate(&self) -> Result<()> {
        ensure_within("seed", self.seed, &(0..=MAX_SEED))?;
        self.data.validate()?;
        self.optimizer.validate()?;
        self.validate_batch_size()?;
        self.validate_loss()?;
        let plan = Network::check(&self.network, &self.data.input_shape()?, self.loss)?;
        if let Some(weights) = self.initial_weights {
            let input_shape = self.data.input_shape()?;
            weights.ensure_fit(&Network::weight_shapes(&self.network, &input_shape, self.loss)?)?;
        }
        if let Some(pretraining) = self.pretraining {
            pretraining.validate(self)?;
        }
        self.validate_embeddings()?;
        self.validate_outputs(plan.outputs)?;
        self.validate_memory(&plan)?;
        self.validate_edits()
    }

    fn validate_batch_size(&self) -> Result<()> {
        let items = self.training_items();
        match self.batch_size {
            BatchSize::Items(size) if !(1..=items).contains(&size) => {
                let allowed = format!("from 1 to {items}, the number of training items, or \"full\"");
                Err(Error::setting("batch_size", size, allowed))
            }
            _ => Ok(()),
        }
    }

    /// What all layers keep of the items that pass through them at once must fit into memory: a batch, or a part of it
    /// where it passes in parts, with all its items; and the test items where those are features, which are tested all at
    /// once.
    fn validate_memory(&self, plan: &Plan) -> Result<()> {
        let Plan { units, kept, working_space, at_once, outputs } = *plan;
        let set = self.data.set()?;
        let is_tested_in_parts = set.is_of_pictures() || set.is_of_sequences() || set.is_sparse();
        let size: usize = if is_tested_in_parts { self.data.input_shape()?.iter().product() } else { 0 };
        let kept = (KEPT_OF_AN_OUTPUT * units + size).saturating_add(kept);
        let room = MAX_KEPT.saturating_sub(working_space);
        let most = room / kept;
        let suited = |most: usize| format!("at most {most} for a network of {units} units");
        if most == 0 {
            let least = kept.saturating_add(working_space);
            let allowed = format!("smaller: one item alone takes {least} numbers, of at most {MAX_KEPT}");
            return Err(Error::setting("network.layers", "too large", allowed));
        }
        let training = self.training_items();
        // Of the parts of a batch only one is kept, of the others their items and targets.
        let in_parts =
            if most > at_once { at_once + (room - at_once * kept) / (size + outputs) } else { most };
        if self.batch_size.items(training) > in_parts {
            return Err(Error::setting("batch_size", self.batch_size, suited(in_parts)));
        }
        if !is_tested_in_parts && self.data.test_items() > most {
            let samples = (most as f32 / self.data.test_fraction) as usize;
            return Err(Error::setting("data.samples", self.data.samples, suited(samples)));
        }
        Ok(())
    }

    /// The loss and the data must speak of the same thing.
    fn validate_loss(&self) -> Result<()> {
        if self.data.targets.are_inputs() {
            return self.validate_loss_of_inputs();
        }
        let classes = self.data.classes()?;
        let allowed = match (classes, self.loss) {
            (0, loss) if loss.logits_of().is_some() || loss == Loss::Hinge => {
                format!("mean_squared_error or mean_absolute_error for the data {}", self.data.name)
            }
            (3.., Loss::BinaryCrossentropy | Loss::Hinge) => {
                format!("sparse_categorical_crossentropy or a mean error for {classes} classes")
            }
            _ => return Ok(()),
        };
        Err(Error::setting("loss", name_of(self.loss), allowed))
    }

    /// A loss of inputs compares number by number.
    fn validate_loss_of_inputs(&self) -> Result<()> {
        let is_within_0_and_1 = self.data.set()?.is_within_0_and_1();
        let allowed = match self.loss {
            Loss::MeanSquaredError | Loss::MeanAbsoluteError => return Ok(()),
            Loss::BinaryCrossentropy if is_within_0_and_1 => return Ok(()),
            _ if is_within_0_and_1 => {
                "binary_crossentropy, mean_squared_error or mean_absolute_error where data.targets is inputs or joint"
                    .into()
            }
            _ => format!(
                "mean_squared_error or mean_absolute_error for the inputs of {}, which are not within 0…1",
                self.data.name
            ),
        };
        Err(Error::setting("loss", name_of(self.loss), allowed))
    }

    /// The output layer must say what the loss compares with the data.
    fn validate_outputs(&self, outputs: usize) -> Result<()> {
        let classes = self.data.classes()?;
        let input = [self.data.input_shape()?.iter().product()];
        let steps = self.data.label_steps()?;
        let wanted: &[usize] = match (classes, self.loss) {
            _ if self.data.targets.are_inputs() => &input,
            (0, _) | (2, Loss::BinaryCrossentropy | Loss::Hinge) => &[1],
            (2, Loss::MeanSquaredError | Loss::MeanAbsoluteError) => &[1, 2],
            _ => &[classes],
        };
        if let Some(steps) = steps {
            return self.validate_rows_of_outputs(steps, wanted);
        }
        if wanted.contains(&outputs) {
            return Ok(());
        }
        let last = self.network.layers.len() - 1;
        let key = match self.network.layers[last].as_dense() {
            Some(_) => format!("network.layers.{last}.units"),
            None => "the number of outputs of the network".into(),
        };
        let wanted = wanted[wanted.len() - 1];
        let allowed = match self.data.targets {
            Targets::Labels => {
                format!("{wanted} for {} with the loss {}", self.data.name, name_of(self.loss))
            }
            Targets::Inputs => {
                format!("{wanted}, the numbers of an item of {}, as data.targets is inputs", self.data.name)
            }
            Targets::Joint => {
                let name = &self.data.name;
                format!(
                    "{wanted}, the numbers of an item of {name} with those of its label, as data.targets is joint"
                )
            }
        };
        Err(Error::setting(&key, outputs, allowed))
    }

    fn validate_edits(&self) -> Result<()> {
        ensure_within("the number of edits", self.edits.len(), &(0..=MAX_EDITS))?;
        let mut current = Self { edits: Vec::new(), ..self.clone() };
        // Of the network in force; the same until layers come or go.
        let mut arrays = None;
        let mut last = 0;
        for (index, edit) in self.edits.iter().enumerate() {
            if edit.step < last {
                let allowed = format!("{last} or more, as edits stand in the order of their steps");
                return Err(Error::setting(&format!("edits.{index}.step"), edit.step, allowed));
            }
            let within = |error: Error| error.within(&format!("edits.{index}.set"));
            if edit.set.keys().any(|key| is_weight(key)) {
                if arrays.is_none() {
                    let input_shape = current.data.input_shape()?;
                    arrays = Some(Network::arrays(&current.network, &input_shape, current.loss)?);
                }
                let known = arrays.iter().flatten().map(|(name, slot)| (name.clone(), slot));
                weights_in(&edit.set, &known.collect::<Vec<_>>()).map_err(within)?;
            }
            if edit.set.contains_key(LAYERS) {
                arrays = None;
            }
            current = current.edited_by(edit, index)?;
            last = edit.step;
        }
        Ok(())
    }

    /// The settings in force after `edit`, the one at `index`, which changes only what can change in a running
    /// network; `self` is what was in force before.
    pub(super) fn edited_by(&self, edit: &Edit, index: usize) -> Result<Self> {
        ensure_within("the number of edits", index + 1, &(0..=MAX_EDITS))?;
        let key = format!("edits.{index}.set");
        if may_go_on(&edit.set) {
            let next = self.with(&without_weights(&edit.set)).map_err(|error| error.within(&key))?;
            if goes_on(self, &next, &edit.set) {
                return Ok(next);
            }
        }
        let changed = edit.set.keys().find(|key| !is_live(key)).map_or("", String::as_str);
        let allowed = "an activation, activity_regularizer, gibbs_steps, kernel_regularizer, kl_weight, mean_field, sparsity_target, data.corruption, rate, trainable, optimizer, loss, batch_size, weights, points, or layers that differ in normalisation, dropout and add alone: all else needs a new run";
        Err(Error::setting(&key, changed, allowed))
    }
}

/// Refuses an experiment of a newer program before its unknown keys are.
fn check_version(value: &Value) -> Result<()> {
    match value.get("version").and_then(Value::as_u64) {
        Some(version) if version > u64::from(VERSION) => Err(Error::setting(
            "version",
            version,
            format!("{VERSION}: this experiment was made by a newer Glassbox"),
        )),
        Some(0) => Err(Error::setting("version", 0, VERSION)),
        _ => Ok(()),
    }
}
