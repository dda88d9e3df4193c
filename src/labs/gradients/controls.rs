//! What can be set in the gradients lab, and what follows from each change.

use super::blocks::{self, Block};
use super::{ensure_plane, layer_settings};
use crate::data::points::Point;
use crate::data::{BatchSize, DataConfig, DataSet, Feature, SETS, Task};
use crate::error::{Error, Result, ensure_within};
use crate::labs::control::{common, parsed};
use crate::labs::{Choice, Control, Kind};
use crate::nn::layers::Dense;
use crate::nn::{Activation, Initializer, InitializerName, LayerConfig, Loss};
use crate::train::settings::Settings;
use crate::train::{Experiment, OptimizerConfig, OptimizerName};
use serde_json::Value;

/// Deviation of "Small": weights so small that every layer is nearly linear and passes little on.
const SMALL: Initializer = Initializer { name: InitializerName::RandomNormal, scale: Some(0.05) };

/// Deviation of "Large": weights so large that what passes through eight units grows about threefold.
const LARGE: Initializer = Initializer { name: InitializerName::RandomNormal, scale: Some(1.5) };

/// Every control, in the order of the page.
pub(super) fn all(experiment: &Experiment) -> Vec<Control> {
    let blocks = blocks::of(&experiment.network);
    let dense = || blocks.iter().map(|block| &block.dense);
    let hidden = || dense().take(blocks.len() - 1);
    let plane = SETS.iter().filter(|set| set.is_plane() && !set.is_own());
    let sets = plane.map(|set| Choice::new(set.name, set.label)).collect();
    let optimizer = &experiment.optimizer;
    let mut controls = vec![
        Control::new("data.name", "Data", Kind::DataSets, sets, &experiment.data.name)
            .shown_first()
            .restarting(),
        Control::new("depth", "Hidden layers", Kind::Slider, whole(1..=20), hidden().count())
            .shown_first()
            .restarting(),
        Control::new(
            "activation",
            "Activation",
            Kind::Segments { featured: 3 },
            activations(),
            common(hidden().map(|layer| layer.activation)),
        )
        .shown_first(),
        Control::new(
            "initializer",
            "Initialisation",
            Kind::Segments { featured: 3 },
            initializers(),
            common(dense().map(|layer| layer.kernel_initializer)),
        )
        .shown_first()
        .restarting(),
        Control::new(
            "optimizer.learning_rate",
            "Learning rate",
            Kind::Slider,
            Choice::numbers([0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0]),
            optimizer.learning_rate(),
        ),
        Control::new(
            "optimizer.name",
            "Optimiser",
            Kind::Select,
            Choice::named(&OptimizerName::ALL, OptimizerName::label),
            optimizer.name,
        ),
        Control::new(
            "batch_size",
            "Batch size",
            Kind::Slider,
            batch_sizes(experiment),
            experiment.batch_size,
        ),
        Control::new(
            "width",
            "Neurons per layer",
            Kind::Slider,
            whole(1..=64),
            common(hidden().map(|layer| layer.units)),
        )
        .restarting(),
        Control::new(
            "clip",
            "Clip gradients at",
            Kind::Segments { featured: 4 },
            clips(),
            optimizer.global_clipnorm,
        ),
    ];
    controls.extend(layer_settings::all(experiment));
    if experiment.data.set().is_ok_and(DataSet::is_plane) {
        let is_own = experiment.data.set().is_ok_and(DataSet::is_own);
        // Of points that were set by hand nothing is drawn.
        let is_there =
            |control: &Control| !is_own || !matches!(control.key.as_str(), "data.noise" | "data.samples");
        controls.extend(of_plane(experiment).into_iter().filter(is_there));
        controls.extend(classes(experiment));
    }
    controls.extend(loss(experiment));
    controls
}

/// What can be set of points of the plane.
fn of_plane(experiment: &Experiment) -> [Control; 3] {
    [
        Control::new(
            "data.noise",
            "Noise",
            Kind::Slider,
            Choice::numbers([0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5]),
            experiment.data.noise,
        )
        .restarting(),
        Control::new(
            "data.samples",
            "Samples",
            Kind::Slider,
            [50, 100, 200, 500, 1000, 2000, 5000].map(|n| Choice::new(n, n.to_string())).to_vec(),
            experiment.data.samples,
        )
        .restarting(),
        Control::new(
            "data.features",
            "Input features",
            Kind::Several,
            Choice::named(&Feature::ALL, Feature::label),
            &experiment.data.features,
        )
        .restarting(),
    ]
}

/// The number of classes, for data that can be made with several.
fn classes(experiment: &Experiment) -> Option<Control> {
    let (Task::Classes(range) | Task::Either(range)) = experiment.data.set().ok()?.task.clone() else {
        return None;
    };
    let classes = experiment.data.classes().unwrap_or(2);
    if range.start() == range.end() || classes == 0 {
        return None;
    }
    let choices: Vec<Choice> = whole(range);
    let kind = if choices.len() > 4 { Kind::Slider } else { Kind::Segments { featured: choices.len() } };
    Some(Control::new("data.classes", "Classes", kind, choices, classes).restarting())
}

/// The loss, where there is a choice.
fn loss(experiment: &Experiment) -> Option<Control> {
    let losses = losses(experiment);
    let choices = Choice::named(&losses, Loss::label);
    (losses.len() > 1).then(|| Control::new("loss", "Loss", Kind::Select, choices, experiment.loss))
}

pub(super) fn whole(range: std::ops::RangeInclusive<usize>) -> Vec<Choice> {
    range.map(|n| Choice::new(n, n.to_string())).collect()
}

pub(super) fn activations() -> Vec<Choice> {
    Choice::named(&Activation::ALL, Activation::label)
}

pub(super) fn initializers() -> Vec<Choice> {
    let value =
        |initializer: Initializer| serde_json::to_value(initializer).expect("settings are plain data");
    let featured = [
        (SMALL, "Small"),
        (Initializer::new(InitializerName::GlorotUniform), "Xavier"),
        (Initializer::new(InitializerName::HeNormal), "He"),
    ];
    let mut choices: Vec<Choice> = featured.map(|(given, label)| Choice::new(value(given), label)).to_vec();
    choices.push(Choice::new(value(LARGE), "Large"));
    // "Small" and "Large" are random normals, and a constant of 0 is zeros.
    let same = [InitializerName::RandomNormal, InitializerName::Constant];
    for name in InitializerName::ALL.into_iter().filter(|name| !same.contains(name)) {
        let choice = Choice::new(value(Initializer::new(name)), name.label());
        if choices.iter().all(|other| other.value != choice.value) {
            choices.push(choice);
        }
    }
    choices
}

fn batch_sizes(experiment: &Experiment) -> Vec<Choice> {
    let items = experiment.training_items();
    let sizes = [1_usize, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024].into_iter().filter(|size| *size < items);
    sizes.map(|size| Choice::new(size, size.to_string())).chain([Choice::new("full", "full")]).collect()
}

fn clips() -> Vec<Choice> {
    let mut choices = vec![Choice::new(Value::Null, "Off")];
    choices.extend(Choice::numbers([0.1, 1.0, 10.0]));
    choices
}

/// The losses that fit the data.
fn losses(experiment: &Experiment) -> Vec<Loss> {
    match experiment.data.classes().unwrap_or(0) {
        0 => vec![Loss::MeanSquaredError, Loss::MeanAbsoluteError],
        2 => vec![Loss::BinaryCrossentropy, Loss::MeanSquaredError, Loss::MeanAbsoluteError, Loss::Hinge],
        _ => vec![Loss::SparseCategoricalCrossentropy, Loss::MeanSquaredError, Loss::MeanAbsoluteError],
    }
}

/// `experiment` with a control set; see [`crate::labs::Lab::change`].
pub(super) fn change(experiment: &Experiment, key: &str, value: &Value) -> Result<Experiment> {
    let mut changed = Experiment { edits: Vec::new(), ..experiment.clone() };
    match key {
        "depth" => {
            let depth = parsed(key, value)?;
            ensure_within("depth", depth, &(1..=20))?;
            with_blocks(&mut changed, |blocks| {
                let output = blocks.pop().expect("a network has a layer");
                let over = blocks::regular_skip(blocks);
                let last = blocks.last().cloned();
                let last = last.unwrap_or(Block::new(Dense::new(8, Activation::Sigmoid)));
                blocks.resize(depth, last);
                if let Some(over) = over {
                    blocks::set_skips(blocks, over);
                }
                blocks.push(output);
            });
        }
        "width" => {
            let width = parsed(key, value)?;
            ensure_within("width", width, &(1..=64))?;
            with_hidden(&mut changed, |hidden| hidden.iter_mut().for_each(|block| block.dense.units = width));
        }
        "activation" => {
            let activation = parsed(key, value)?;
            with_hidden(&mut changed, |hidden| {
                hidden.iter_mut().for_each(|block| block.dense.activation = activation);
            });
        }
        "initializer" => {
            let initializer: Initializer = parsed(key, value)?;
            let layers = changed.network.layers.iter_mut().filter_map(LayerConfig::as_dense_mut);
            layers.for_each(|layer| layer.kernel_initializer = initializer);
        }
        "data.name" | "data" => {
            changed.data = if key == "data" {
                parsed(key, value)?
            } else {
                DataConfig { name: parsed(key, value)?, classes: None, ..changed.data }
            };
            ensure_plane(&changed.data)?;
            // Samples and what else was said of rows and points means nothing to what is drawn.
            let is_drawn =
                |data: &DataConfig| Ok::<_, Error>(!data.set()?.is_own() && !data.set()?.is_given());
            if key == "data.name" && !(is_drawn(&experiment.data)? && is_drawn(&changed.data)?) {
                changed.data = DataConfig::named(&changed.data.name);
            }
            fit_batch(&mut changed);
            let is_regression = |experiment: &Experiment| Ok::<_, Error>(experiment.data.classes()? == 0);
            if is_regression(experiment)? != is_regression(&changed)? {
                changed.loss = losses(&changed)[0]; // a choice for the other kind of task means nothing here
            }
            fit_output(&mut changed)?;
        }
        "data.points" => {
            let points: Vec<Point> = parsed(key, value)?;
            let data = &mut changed.data;
            (data.samples, data.points) = (points.len(), points);
            // Of a further class there must be an output.
            let largest = data.points.iter().fold(0.0_f32, |most, [.., label]| most.max(*label)) as usize;
            if data.classes()? > 0 && (data.classes()?..10).contains(&largest) {
                data.classes = Some(largest + 1);
            }
            fit_batch(&mut changed);
            fit_output(&mut changed)?;
        }
        "data.features" => {
            let features = &mut changed.data.features;
            if value.is_array() {
                *features = parsed(key, value)?;
            } else {
                let feature: Feature = parsed(key, value)?;
                // In their usual order, the one put in or taken out.
                let is_in = |other: &Feature| features.contains(other) != (*other == feature);
                *features = Feature::ALL.into_iter().filter(is_in).collect();
            }
        }
        "data.classes" => {
            let classes = parsed(key, value)?;
            changed.data.classes = None;
            if changed.data.classes()? != classes {
                changed.data.classes = Some(classes);
            }
            fit_output(&mut changed)?;
        }
        "data.samples" => {
            changed.data.samples = parsed(key, value)?;
            fit_batch(&mut changed);
        }
        "loss" => {
            changed.loss = parsed(key, value)?;
            fit_output(&mut changed)?;
        }
        "clip" => changed.optimizer.global_clipnorm = parsed(key, value)?,
        "optimizer.name" => {
            let name = parsed(key, value)?;
            let clip = changed.optimizer.global_clipnorm;
            changed.optimizer = OptimizerConfig::new(name, usual_learning_rate(name));
            changed.optimizer.global_clipnorm = clip;
        }
        _ if layer_settings::change(&mut changed, key, value)? => {}
        _ => return changed.with(&Settings::from([(key.to_owned(), value.clone())])),
    }
    Experiment::from_value(changed.to_value())
}

/// Rates at which each rule learns the sets of this lab; Keras' defaults are made for longer runs.
pub(super) fn usual_learning_rate(name: OptimizerName) -> f32 {
    match name {
        OptimizerName::Adadelta => 1.0,
        OptimizerName::Sgd | OptimizerName::Adagrad => 0.1,
        _ => 0.01,
    }
}

/// Gives the output layer the units and the activation that data and loss ask for; where the loss
/// does not fit the data, the first that does.
fn fit_output(experiment: &mut Experiment) -> Result<()> {
    let classes = experiment.data.classes()?;
    let losses = losses(experiment);
    if !losses.contains(&experiment.loss) {
        experiment.loss = losses[0];
    }
    let Some(LayerConfig::Dense(output)) = experiment.network.layers.last_mut() else { return Ok(()) };
    output.units = if classes > 2 { classes } else { 1 };
    output.activation = match experiment.loss.logits_of() {
        Some(activation) => activation,
        None if classes == 0 || experiment.loss == Loss::Hinge => Activation::Linear,
        None if classes > 2 => Activation::Softmax,
        None => Activation::Sigmoid,
    };
    Ok(())
}

/// Changes the blocks of a network, the output included.
pub(super) fn with_blocks(experiment: &mut Experiment, change: impl FnOnce(&mut Vec<Block>)) {
    let mut blocks = blocks::of(&experiment.network);
    change(&mut blocks);
    experiment.network.layers = blocks::layers(blocks);
}

/// Changes those before the output.
pub(super) fn with_hidden(experiment: &mut Experiment, change: impl FnOnce(&mut [Block])) {
    with_blocks(experiment, |blocks| {
        let count = blocks.len() - 1;
        change(&mut blocks[..count]);
    });
}

/// No batch is larger than what there is.
fn fit_batch(experiment: &mut Experiment) {
    let items = experiment.training_items();
    if matches!(experiment.batch_size, BatchSize::Items(size) if size > items) {
        experiment.batch_size = BatchSize::Full;
    }
}
