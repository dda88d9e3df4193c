//! What a machine is trained for: each job has data of its own, and visible units that suit those.

use super::layer_of;
use crate::data::{DataConfig, DataSet, SETS, Targets};
use crate::error::{Error, Result};
use crate::nn::Loss;
use crate::nn::rbm::{VisibleGroup, VisibleUnits};
use crate::train::Experiment;
use serde_json::{Value, json};

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Job {
    /// Pictures alone: what hidden units look for, and where they put the pictures on a map.
    Features,
    /// Pictures with their labels: which label is likely.
    Classify,
    /// Numbers with the one that belongs to them.
    Predict,
    /// Users with the films that they rated.
    Films,
    /// Documents with the words that they count.
    Topics,
}

impl Job {
    /// All, in the order of the page.
    pub const ALL: [Self; 5] = [Self::Features, Self::Classify, Self::Predict, Self::Films, Self::Topics];

    /// What the data of an experiment are for.
    pub fn of(data: &DataConfig) -> Self {
        let Ok(set) = data.set() else { return Self::Features };
        match data.targets {
            _ if set.is_of_ratings() => Self::Films,
            _ if set.is_of_documents() => Self::Topics,
            Targets::Joint if data.classes().is_ok_and(|classes| classes == 0) => Self::Predict,
            Targets::Joint => Self::Classify,
            _ => Self::Features,
        }
    }

    /// Its name as a value of the control.
    pub fn name(self) -> &'static str {
        match self {
            Self::Features => "features",
            Self::Classify => "classify",
            Self::Predict => "predict",
            Self::Films => "films",
            Self::Topics => "topics",
        }
    }

    /// How it is called on the page.
    pub fn label(self) -> &'static str {
        match self {
            Self::Features => "Features and map",
            Self::Classify => "Classify",
            Self::Predict => "Predict a number",
            Self::Films => "Recommend films",
            Self::Topics => "Find topics",
        }
    }

    /// The job of this name.
    ///
    /// # Errors
    /// [`Error::Setting`] listing the jobs there are.
    pub fn named(name: &str) -> Result<Self> {
        let names = || Self::ALL.map(Self::name).join(", ");
        Self::ALL
            .into_iter()
            .find(|job| job.name() == name)
            .ok_or_else(|| Error::setting("job", name, format!("one of {}", names())))
    }

    /// What an item is called.
    pub fn item(self) -> &'static str {
        match self {
            Self::Features | Self::Classify => "picture",
            Self::Predict => "row",
            Self::Films => "user",
            Self::Topics => "document",
        }
    }

    /// The run that a visitor meets first.
    pub fn usual(self) -> Experiment {
        let (data, units, rate, momentum, batch) = match self {
            Self::Features => (
                json!({ "name": "digits", "samples": 2000, "test_fraction": 0.2, "targets": "inputs" }),
                48,
                0.05,
                0.5,
                32,
            ),
            Self::Classify => (
                json!({ "name": "digits", "samples": 2000, "test_fraction": 0.2, "targets": "joint" }),
                96,
                0.05,
                0.5,
                32,
            ),
            Self::Predict => {
                (json!({ "name": "plane", "samples": 500, "targets": "joint" }), 12, 0.0005, 0.9, 16)
            }
            Self::Films => (json!({ "name": "ratings", "targets": "inputs" }), 16, 0.1, 0.5, 20),
            Self::Topics => (json!({ "name": "documents", "targets": "inputs" }), 16, 0.0005, 0.9, 20),
        };
        let experiment = json!({
            "version": 1, "lab": "rbm", "seed": 7, "data": data,
            "network": { "layers": [{ "type": "rbm", "units": units }] },
            "loss": "mean_squared_error",
            "optimizer": { "name": "sgd", "learning_rate": rate, "momentum": momentum },
            "batch_size": batch
        });
        let data: DataConfig = serde_json::from_value(experiment["data"].clone()).expect("they are tested");
        let mut experiment = with_visible(experiment, &data);
        let of_layer = match self {
            Self::Features | Self::Classify => json!({}),
            // Rectified units grade what they say, as numbers want it; and a number that is told by others is all that is
            // asked for. From weights next to nothing it would take its time to begin.
            Self::Predict => json!({
                "learns_variance": true,
                "hidden": "relu",
                "clamped": 2,
                "kernel_initializer": { "name": "random_normal", "stddev": 0.1 }
            }),
            Self::Films => json!({ "kernel_regularizer": { "l2": 0.003 } }),
            // Hidden biases count once for each word, so that all units are on in every document, or off, where nothing
            // holds them back; and weights that all begin near nothing stay alike.
            Self::Topics => json!({
                "kernel_regularizer": { "l2": 0.0003 },
                "kernel_initializer": { "name": "random_normal", "stddev": 0.1 },
                "sparsity_target": 0.1,
                "sparsity_cost": 100.0
            }),
        };
        for (key, to) in of_layer.as_object().into_iter().flatten() {
            experiment["network"]["layers"][0][key] = to.clone();
        }
        Experiment::from_value(experiment).expect("the jobs are tested")
    }

    /// `experiment` on other data, with a machine that fits them; where they are for the same job, as much as can be stays.
    ///
    /// # Errors
    /// As [`Experiment::from_value`], and for data that no job is for.
    pub fn on(experiment: &Experiment, data: DataConfig) -> Result<Experiment> {
        let now = Self::of(&experiment.data);
        let data = match now {
            _ if data.set()?.is_sparse() => DataConfig { targets: Targets::Inputs, ..data },
            // A table of numbers is predicted, one of classes told.
            _ if !data.set()?.is_of_pictures() => DataConfig { targets: Targets::Joint, ..data },
            Self::Classify => DataConfig { targets: Targets::Joint, ..data },
            _ => DataConfig { targets: Targets::Inputs, ..data },
        };
        let job = Self::of(&data);
        let begun = if job == now { experiment.clone() } else { job.usual() };
        let mut value = Experiment { edits: Vec::new(), seed: experiment.seed, ..begun }.to_value();
        value["data"] = serde_json::to_value(&data).expect("plain data");
        let items = data.training_items();
        if value["batch_size"].as_u64().is_some_and(|size| size > items as u64) {
            value["batch_size"] = "full".into();
        }
        Experiment::from_value(with_visible(value, &data))
    }

    /// The sets that are drawn for it, and the one at hand.
    pub fn sets(self, data: &DataConfig) -> Vec<&'static DataSet> {
        let suits = |set: &&&DataSet| {
            let is_for_it = match self {
                Self::Features | Self::Classify => set.is_of_pictures(),
                Self::Predict => {
                    set.is_plane()
                        && !set.is_own()
                        && DataConfig::named(set.name).classes().is_ok_and(|n| n == 0)
                }
                Self::Films => set.is_of_ratings(),
                Self::Topics => set.is_of_documents(),
            };
            set.name == data.name || is_for_it && !set.is_given()
        };
        SETS.iter().filter(suits).copied().collect()
    }

    /// Passes when the lab can show this experiment.
    ///
    /// # Errors
    /// [`Error::Setting`] naming what it cannot show.
    pub fn check(experiment: &Experiment) -> Result<()> {
        let data = &experiment.data;
        if data.targets == Targets::Labels {
            let allowed = "inputs, or joint for items with their labels: a machine learns what is likely";
            return Err(Error::setting("data.targets", "labels", allowed));
        }
        let set = data.set()?;
        if !set.is_of_pictures() && !set.is_sparse() && data.targets != Targets::Joint {
            let allowed = "pictures, ratings or documents, or another set where data.targets is joint";
            return Err(Error::setting("data.name", &data.name, allowed));
        }
        if set.is_of_signals() {
            let allowed = "pictures, points, a table, ratings or documents: the lab rbm shows no signals";
            return Err(Error::setting("data.name", &data.name, allowed));
        }
        let (wanted, layer) = (visible_for(data)?, layer_of(experiment));
        let found = layer.machine(data.input_shape()?.iter().product());
        if found.groups() != wanted {
            let allowed = format!("{} for these data", serde_json::to_string(&wanted).expect("plain data"));
            let given = serde_json::to_string(&layer.visible).expect("plain data");
            return Err(Error::setting("network.layers.0.visible", given, allowed));
        }
        if layer.persistent_chains > 0 && set.is_sparse() {
            let allowed = "0 for ratings and documents: a chain by itself has rated every film, or has no number of words";
            let key = "network.layers.0.persistent_chains";
            return Err(Error::setting(key, layer.persistent_chains, allowed));
        }
        let given = given_units(data);
        if layer.clamped != 0 && layer.clamped != given {
            let allowed = match given {
                0 => "0 where items have no label".into(),
                given => format!("0, or {given} for the label given the item"),
            };
            return Err(Error::setting("network.layers.0.clamped", layer.clamped, allowed));
        }
        Ok(())
    }
}

/// The visible units that data are given to.
fn visible_for(data: &DataConfig) -> Result<Vec<VisibleGroup>> {
    let set = data.set()?;
    let shape = data.item_shape()?;
    let numbers = shape.iter().product();
    let group = |kind| VisibleGroup::new(kind, numbers);
    let mut groups = vec![match Job::of(data) {
        Job::Films => VisibleGroup { choices: shape.last().copied(), ..group(VisibleUnits::Softmax) },
        Job::Topics => group(VisibleUnits::ReplicatedSoftmax),
        _ if set.is_within_0_and_1() => group(VisibleUnits::Bernoulli),
        _ => group(VisibleUnits::Gaussian),
    }];
    match data.joined_units()? {
        0 => {}
        _ if data.classes()? == 0 => match &mut groups[..] {
            [only] if only.kind == VisibleUnits::Gaussian => only.units += 1,
            _ => groups.push(VisibleGroup::new(VisibleUnits::Gaussian, 1)),
        },
        classes => groups.push(VisibleGroup::new(VisibleUnits::Softmax, classes)),
    }
    Ok(groups)
}

/// Visible units that are given where the others are asked for: those of the item without its label; 0 where there is none.
pub(super) fn given_units(data: &DataConfig) -> usize {
    let joined = data.joined_units().unwrap_or(0);
    data.item_shape().map_or(0, |shape| if joined > 0 { shape.iter().product() } else { 0 })
}

/// An experiment with the visible units and the loss that its data want.
fn with_visible(mut experiment: Value, data: &DataConfig) -> Value {
    let groups = visible_for(data).unwrap_or_default();
    let is_binary = groups.iter().all(|group| group.kind == VisibleUnits::Bernoulli);
    let loss = if is_binary { Loss::BinaryCrossentropy } else { Loss::MeanSquaredError };
    let has_gaussian = groups.iter().any(|group| group.kind == VisibleUnits::Gaussian);
    let layer = &mut experiment["network"]["layers"][0];
    if !has_gaussian && let Some(layer) = layer.as_object_mut() {
        layer.remove("learns_variance");
    }
    if layer["clamped"].as_u64().is_some_and(|clamped| clamped > 0) {
        layer["clamped"] = json!(given_units(data));
    }
    // Units that are on or off are meant where nothing is said.
    layer["visible"] = if is_binary { json!([]) } else { json!(groups) };
    experiment["loss"] = serde_json::to_value(loss).expect("plain data");
    experiment
}
