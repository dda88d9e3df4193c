//! Networks with data that are learned again and again: by batches of several sizes, by several optimizers. Each is
//! small enough that four of them train side by side.

use super::control::{MIXED, common, parsed};
use super::format::count;
use super::{Choice, Control, Kind};
use crate::data::{BatchSize, DataConfig, DataSet};
use crate::error::{Error, Result};
use crate::nn::{Activation, LayerConfig, Loss, NetworkConfig};
use crate::train::{Experiment, OptimizerConfig, OptimizerName, VERSION, settings};
use serde_json::{Value, json};

/// A network and what it learns.
pub(super) struct Workload {
    /// What a control calls it.
    pub(super) name: &'static str,
    /// How people write it on a page.
    pub(super) label: &'static str,
    /// Name of the data set.
    set: &'static str,
    samples: usize,
    layers: fn() -> Value,
    /// The rate at which plain gradient descent learns it in batches of [`USUAL_BATCH`].
    pub(super) rate: f32,
}

/// Items of a batch, where nothing else is said.
pub(super) const USUAL_BATCH: usize = 32;
/// Share of the items that is kept for the test.
const TEST_FRACTION: f32 = 0.2;

/// All, in the order of the page; the second is what a lab begins with.
const WORKLOADS: [Workload; 4] = [
    Workload { name: "moons", label: "Moons, dense", set: "moons", samples: 1250, layers: plane, rate: 0.1 },
    Workload {
        name: "digits",
        label: "Digits, dense",
        set: "digits",
        samples: 2500,
        layers: dense,
        rate: 0.05,
    },
    Workload {
        name: "digits_cnn",
        label: "Digits, CNN",
        set: "digits",
        samples: 2500,
        layers: cnn,
        rate: 0.05,
    },
    Workload {
        name: "spiral",
        label: "Spiral, dense",
        set: "spiral",
        samples: 1250,
        layers: plane,
        rate: 0.1,
    },
];

/// The workload of this name.
///
/// # Errors
/// [`Error::Setting`] listing those that there are.
pub(super) fn find(name: &str) -> Result<&'static Workload> {
    WORKLOADS.iter().find(|workload| workload.name == name).ok_or_else(|| {
        let names: Vec<&str> = WORKLOADS.iter().map(|workload| workload.name).collect();
        Error::setting("workload", name, format!("one of {}", names.join(", ")))
    })
}

/// The workload that an experiment is of, whatever its widths, activations and numbers of items; none for another.
pub(super) fn of(experiment: &Experiment) -> Option<&'static Workload> {
    let kinds = |layers: &[LayerConfig]| layers.iter().map(LayerConfig::kind).collect::<Vec<_>>();
    let is_of = |workload: &&Workload| {
        workload.set == experiment.data.name && kinds(&workload.layers()) == kinds(&experiment.network.layers)
    };
    WORKLOADS.iter().find(is_of)
}

/// As choices of a control.
pub(super) fn choices() -> Vec<Choice> {
    WORKLOADS.iter().map(|workload| Choice::new(workload.name, workload.label)).collect()
}

impl Workload {
    /// The rate at which a rule learns it.
    pub(super) fn rate_of(&self, name: OptimizerName) -> f32 {
        match name {
            OptimizerName::Sgd => self.rate,
            OptimizerName::Adagrad => 0.05,
            OptimizerName::Adadelta => 1.0,
            _ => 0.003,
        }
    }

    fn layers(&self) -> Vec<LayerConfig> {
        serde_json::from_value((self.layers)()).expect("the layers are tested")
    }

    /// `experiment` with this network and data in place of its own.
    pub(super) fn give(&self, experiment: &mut Experiment) {
        experiment.data =
            DataConfig { samples: self.samples, test_fraction: TEST_FRACTION, ..DataConfig::named(self.set) };
        experiment.network = NetworkConfig { layers: self.layers() };
        let is_binary = experiment.data.classes().is_ok_and(|classes| classes == 2);
        experiment.loss =
            if is_binary { Loss::BinaryCrossentropy } else { Loss::SparseCategoricalCrossentropy };
        (experiment.initial_weights, experiment.pretraining) = (None, None);
        fit_batch(experiment);
    }
}

/// No batch is larger than what there is.
pub(super) fn fit_batch(experiment: &mut Experiment) {
    let items = experiment.training_items();
    if matches!(experiment.batch_size, BatchSize::Items(size) if size > items) {
        experiment.batch_size = BatchSize::Full;
    }
}

fn hidden(units: usize) -> Value {
    json!({ "type": "dense", "units": units, "activation": "relu", "kernel_initializer": "he_normal" })
}

fn plane() -> Value {
    json!([hidden(16), hidden(16), { "type": "dense", "units": 1, "activation": "sigmoid" }])
}

fn dense() -> Value {
    json!([{ "type": "flatten" }, hidden(64), { "type": "dense", "units": 10, "activation": "softmax" }])
}

fn cnn() -> Value {
    json!([
        { "type": "conv2d", "filters": 8, "kernel_size": 3, "activation": "relu", "kernel_initializer": "he_normal" },
        { "type": "max_pooling2d" },
        { "type": "flatten" },
        { "type": "dense", "units": 10, "activation": "softmax" },
    ])
}

/// What a lab of workloads begins with: digits for a dense network, with these settings beside.
pub(super) fn begin(lab: &str, settings: Value) -> Experiment {
    let mut value = json!({
        "version": VERSION, "lab": lab, "seed": 7,
        "data": { "name": "digits" }, "network": { "layers": dense() },
        "loss": "sparse_categorical_crossentropy",
        "optimizer": { "name": "sgd" }, "batch_size": USUAL_BATCH,
    });
    settings::merge(&mut value, settings, "").expect("the settings are tested");
    let mut experiment = Experiment::from_value(value).expect("the defaults are tested");
    let batch_size = experiment.batch_size;
    WORKLOADS[1].give(&mut experiment);
    experiment.batch_size = batch_size;
    let optimizer = &mut experiment.optimizer;
    optimizer.learning_rate = optimizer.learning_rate.or(Some(WORKLOADS[1].rate_of(optimizer.name)));
    experiment
}

/// Passes for any network that learns labels of points, of rows of a table or of pictures.
///
/// # Errors
/// [`Error::Setting`] naming the data.
pub(super) fn check(lab: &str, experiment: &Experiment) -> Result<()> {
    let set = experiment.data.set()?;
    let is_other = set.is_of_sequences() || set.is_sparse() || set.is_of_signals() || set.is_landscape();
    if is_other {
        let allowed = format!(
            "points, a table or pictures: the networks of the lab {lab} learn from no sequences, signals, ratings, documents or landscapes"
        );
        return Err(Error::setting("data.name", &experiment.data.name, allowed));
    }
    experiment.data.ensure_labels(lab)
}

/// The rate at which a rule learns the workload of an experiment.
pub(super) fn usual_rate(experiment: &Experiment, name: OptimizerName) -> f32 {
    of(experiment).unwrap_or(&WORKLOADS[1]).rate_of(name)
}

/// The control of the workload, which belongs to all lanes.
pub(super) fn control(experiment: &Experiment) -> Control {
    let now = of(experiment).map_or(MIXED, |workload| workload.name);
    Control::new("workload", "Network", Kind::Select, choices(), now).restarting().for_all_lanes()
}

/// Controls of training and of what is learned from, under "More", which belong to all lanes.
pub(super) fn training(experiment: &Experiment) -> Vec<Control> {
    let rates =
        Choice::numbers([0.0001, 0.0003, 0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 3.0]);
    let samples = [250, 500, 1250, 2500, 5000, 10_000].map(|n: usize| Choice::new(n, count(n)));
    let units = [8, 16, 32, 64, 128, 256].map(|n: usize| Choice::new(n, n.to_string()));
    let layers = &experiment.network.layers;
    let hidden = || layers[..layers.len() - 1].iter();
    let optimizer = &experiment.optimizer;
    let optimizers = Choice::named(&OptimizerName::ALL, OptimizerName::label);
    let mut controls = vec![
        Control::new("optimizer.name", "Optimiser", Kind::Select, optimizers, optimizer.name).for_all_lanes(),
        Control::new(
            "optimizer.learning_rate",
            "Learning rate",
            Kind::Slider,
            rates,
            optimizer.learning_rate(),
        ),
    ];
    if !experiment.data.set().is_ok_and(DataSet::is_given) {
        let label = "Examples, test included";
        let samples =
            Control::new("data.samples", label, Kind::Slider, samples.to_vec(), experiment.data.samples);
        controls.push(samples.restarting().for_all_lanes());
    }
    if hidden().any(|layer| layer.as_dense().is_some()) {
        let now = common(hidden().filter_map(LayerConfig::as_dense).map(|layer| layer.units));
        let units = Control::new("units", "Hidden units", Kind::Slider, units.to_vec(), now);
        controls.push(units.restarting().for_all_lanes());
    }
    let activations = Choice::named(&Activation::ALL, Activation::label);
    let now = common(hidden().filter_map(LayerConfig::activation));
    controls.push(
        Control::new("activation", "Activation", Kind::Segments { featured: 3 }, activations, now)
            .for_all_lanes(),
    );
    controls
}

/// Sets one of these controls; whether the key is that of one.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Setting`], naming the control.
pub(super) fn change(experiment: &mut Experiment, key: &str, value: &Value) -> Result<bool> {
    let count = experiment.network.layers.len() - 1;
    let is_usual = experiment.optimizer.learning_rate() == usual_rate(experiment, experiment.optimizer.name);
    match key {
        "workload" => {
            let workload = find(&parsed::<String>(key, value)?)?;
            workload.give(experiment);
            let optimizer = &mut experiment.optimizer;
            if is_usual {
                optimizer.learning_rate = Some(workload.rate_of(optimizer.name));
            }
        }
        "optimizer.name" => {
            let name = parsed(key, value)?;
            experiment.optimizer = OptimizerConfig::new(name, usual_rate(experiment, name));
        }
        "data.samples" => {
            experiment.data.samples = parsed(key, value)?;
            fit_batch(experiment);
        }
        "units" => {
            let units = parsed(key, value)?;
            let hidden = experiment.network.layers[..count].iter_mut().filter_map(LayerConfig::as_dense_mut);
            hidden.for_each(|layer| layer.units = units);
        }
        "activation" => {
            let activation = parsed(key, value)?;
            experiment.network.layers[..count].iter_mut().for_each(|layer| layer.set_activation(activation));
        }
        _ => return Ok(false),
    }
    Ok(true)
}
