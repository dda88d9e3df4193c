//! The experiment: one serde type says everything about a run. The page's URL holds it, the command
//! line reads it, a link replays it; it is validated once, where it enters.

use super::edits::{Edit, is_live};
use super::optimizer::OptimizerConfig;
use super::settings::{self, Settings, name_or_settings};
use crate::data::{BatchSize, DataConfig, SIDE};
use crate::error::{Error, Result, ensure_within, name_of};
use crate::nn::{Loss, Network, NetworkConfig};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Version of the grammar that this program reads and writes.
pub const VERSION: u32 = 1;
/// Largest seed: every whole number that JSON carries exactly.
const MAX_SEED: u64 = (1 << 53) - 1;
/// Most numbers that the layers together may give in one pass: 40 MB, kept five times over.
const MAX_OUTPUTS: usize = 10_000_000;
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
    pub loss: Loss,
    #[serde(deserialize_with = "name_or_settings")]
    pub optimizer: OptimizerConfig,
    /// Items per step.
    pub batch_size: BatchSize,
    /// What was changed while it ran, by ascending step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<Edit>,
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

    /// The settings in force once every edit has been made, without the edits themselves.
    ///
    /// # Errors
    /// As [`Self::from_value`]; never for an experiment that was validated.
    pub fn edited(&self) -> Result<Self> {
        let bare = Self { edits: Vec::new(), ..self.clone() };
        self.edits.iter().try_fold(bare, |experiment, edit| experiment.with(&edit.set))
    }

    /// Number of items it trains on.
    #[must_use]
    pub fn training_items(&self) -> usize {
        self.data.samples - self.data.test_items()
    }

    fn validate(&self) -> Result<()> {
        ensure_within("seed", self.seed, &(0..=MAX_SEED))?;
        self.data.validate()?;
        self.optimizer.validate()?;
        self.validate_batch_size()?;
        self.validate_output()?;
        let units = Network::check(&self.network, &self.data.input_shape()?, self.loss)?;
        self.validate_memory(units)?;
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

    /// What all layers give for the items that pass through them at once must fit into memory: a
    /// batch, and for points, which are tested all at once, the test items.
    fn validate_memory(&self, units: usize) -> Result<()> {
        let is_plane = self.data.set()?.is_plane();
        let most = if is_plane { MAX_OUTPUTS / units } else { MAX_OUTPUTS / (units + SIDE * SIDE) };
        let suited = |most: usize| format!("at most {most} for a network of {units} units");
        let training = self.training_items();
        if self.batch_size.items(training) > most {
            return Err(Error::setting("batch_size", self.batch_size, suited(most)));
        }
        if is_plane && self.data.samples - training > most {
            let samples = (most as f32 / self.data.test_fraction) as usize;
            return Err(Error::setting("data.samples", self.data.samples, suited(samples)));
        }
        Ok(())
    }

    /// The output layer, the loss and the data must speak of the same thing.
    fn validate_output(&self) -> Result<()> {
        let classes = self.data.classes()?;
        let is_crossentropy = self.loss.logits_of().is_some();
        let loss = name_of(self.loss);
        if classes == 0 && (is_crossentropy || self.loss == Loss::Hinge) {
            let allowed =
                format!("mean_squared_error or mean_absolute_error for the data {}", self.data.name);
            return Err(Error::setting("loss", loss, allowed));
        }
        let Some(units) = self.network.output_units() else { return Ok(()) };
        let wanted: &[usize] = match (classes, self.loss) {
            (0, _) | (2, Loss::BinaryCrossentropy | Loss::Hinge) => &[1],
            (2, Loss::MeanSquaredError | Loss::MeanAbsoluteError) => &[1, 2],
            (2.., Loss::BinaryCrossentropy | Loss::Hinge) => {
                let allowed =
                    format!("sparse_categorical_crossentropy or a mean error for {classes} classes");
                return Err(Error::setting("loss", loss, allowed));
            }
            _ => &[classes],
        };
        if wanted.contains(&units) {
            return Ok(());
        }
        let key = format!("network.layers.{}.units", self.network.layers.len() - 1);
        let allowed = format!("{} for {} with the loss {loss}", wanted[wanted.len() - 1], self.data.name);
        Err(Error::setting(&key, units, allowed))
    }

    fn validate_edits(&self) -> Result<()> {
        ensure_within("the number of edits", self.edits.len(), &(0..=MAX_EDITS))?;
        let mut current = Self { edits: Vec::new(), ..self.clone() };
        let mut last = 0;
        for (index, edit) in self.edits.iter().enumerate() {
            if edit.step < last {
                let allowed = format!("{last} or more, as edits stand in the order of their steps");
                return Err(Error::setting(&format!("edits.{index}.step"), edit.step, allowed));
            }
            current = current.edited_by(edit, index)?;
            last = edit.step;
        }
        Ok(())
    }

    /// The settings in force after `edit`, the one at `index`; `self` is what was in force before.
    pub(super) fn edited_by(&self, edit: &Edit, index: usize) -> Result<Self> {
        ensure_within("the number of edits", index + 1, &(0..=MAX_EDITS))?;
        if let Some(key) = edit.set.keys().find(|key| !is_live(key)) {
            let allowed =
                "an activation, kernel_regularizer, optimizer, loss or batch_size: all else needs a new run";
            return Err(Error::setting(&format!("edits.{index}.set"), key, allowed));
        }
        self.with(&edit.set)
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
