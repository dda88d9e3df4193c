//! What can be set in the autoencoder lab, and what follows from each change.

use super::code::Code;
use super::data;
use super::networks::{KINDS, SPARSITIES, Shape};
use crate::data::{BatchSize, Corruption, CorruptionKind};
use crate::error::{Error, Result};
use crate::labs::control::{MIXED, common, optimizer_for_pictures, parsed};
use crate::labs::{Choice, Control, Kind};
use crate::nn::{Activation, LayerConfig, Loss};
use crate::train::settings::Settings;
use crate::train::{Experiment, OptimizerName, Pretraining};
use serde_json::Value;

/// Numbers that an item may have to pass through.
const CODES: [usize; 8] = [1, 2, 3, 4, 8, 16, 32, 64];
/// What compares outputs with inputs number by number.
const LOSSES: [Loss; 3] = [Loss::BinaryCrossentropy, Loss::MeanSquaredError, Loss::MeanAbsoluteError];
/// How much inputs are spoiled.
const LEVELS: [f64; 11] = [0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0];
/// Where the first weights come from.
const START: [(&str, &str); 2] = [("random", "Random weights"), ("machines", "Stacked RBMs")];
/// What an autoencoder is used for.
const USES: [(&str, &str); 3] = [("compress", "Compress"), ("denoise", "Denoise"), ("detect", "Detect")];

/// Every control, in the order of the page.
pub(super) fn all(experiment: &Experiment) -> Vec<Control> {
    let whole = |numbers: &[usize]| numbers.iter().map(|&n| Choice::new(n, n.to_string())).collect();
    let named =
        |choices: &[(&str, &str)]| choices.iter().map(|&(value, label)| Choice::new(value, label)).collect();
    let shape = Shape::of(experiment);
    let mut controls = vec![
        Control::new(
            "use",
            "Use it to",
            Kind::Segments { featured: 3 },
            named(&uses(experiment)),
            use_of(experiment),
        )
        .shown_first()
        .restarting(),
    ];
    if let Some(code) = Code::of(experiment) {
        controls.push(
            Control::new("code", "Code size", Kind::Slider, whole(&CODES), code.units)
                .shown_first()
                .restarting(),
        );
    }
    let kind = shape.as_ref().map_or(MIXED, |shape| &shape.kind);
    controls.push(
        Control::new("network", "Network", Kind::Select, named(&offered(experiment)), kind)
            .shown_first()
            .restarting(),
    );
    let corruption = experiment.data.corruption;
    let levels = Choice::numbers(LEVELS);
    controls.push(
        Control::new("noise", "Spoil the inputs", Kind::Slider, levels, corruption.level).shown_first(),
    );
    controls.extend(classes(experiment));
    controls.push(Control::new(
        "noise.kind",
        "Spoil them by",
        Kind::Select,
        Choice::named(&CorruptionKind::ALL, CorruptionKind::label),
        corruption.kind,
    ));
    controls.push(
        Control::new("data.name", "Data", Kind::Select, data::choices(experiment), &experiment.data.name)
            .restarting(),
    );
    controls.push(Control::new(
        "activation",
        "Activation",
        Kind::Segments { featured: 3 },
        Choice::named(&Activation::ALL, Activation::label),
        common(bent(experiment)),
    ));
    if let Some(shape) = &shape {
        controls.extend(of_shape(shape));
    }
    controls.push(start(experiment, shape.as_ref()));
    controls.extend(of_training(experiment, whole));
    controls
}

/// What its weights are first; in sight where only they would be others.
fn start(experiment: &Experiment, shape: Option<&Shape>) -> Control {
    let choices = START.map(|(value, label)| Choice::new(value, label)).to_vec();
    let kind = Kind::Segments { featured: 2 };
    let control = Control::new("start", "Starts from", kind, choices, start_of(experiment)).restarting();
    let is_ready = shape.is_some_and(|shape| shape.can_be_stacked() && *shape == shape.clone().stacked());
    if is_ready { control.shown_first() } else { control }
}

/// Which of [`START`] a run begins with.
pub(super) fn start_of(experiment: &Experiment) -> &'static str {
    if experiment.pretraining.is_some() { "machines" } else { "random" }
}

/// `experiment` beginning with one of [`START`]; machines are for sigmoids, in a network that mirrors its encoder.
fn starting(mut experiment: Experiment, start: &str) -> Result<Experiment> {
    experiment.pretraining = None;
    match start {
        "random" => Experiment::from_value(experiment.to_value()),
        "machines" => {
            let pretraining = Pretraining::default();
            if !pretraining.fits(&experiment) {
                let code = Code::of(&experiment).map_or(2, |code| code.units);
                let shape = Shape::of(&experiment).filter(Shape::can_be_stacked);
                experiment = with_shape(experiment, &shape.unwrap_or_else(|| fresh("deep", code)).stacked())?;
            }
            let pretraining = Some(pretraining);
            Experiment::from_value(Experiment { pretraining, ..experiment }.to_value())
        }
        _ => Err(Error::setting("start", start, "one of random, machines")),
    }
}

/// Without machines where they no longer stand for its layers.
pub(super) fn settled(mut experiment: Experiment) -> Result<Experiment> {
    experiment.pretraining = experiment.pretraining.filter(|pretraining| pretraining.fits(&experiment));
    Experiment::from_value(experiment.to_value())
}

/// What decides a network of the lab beside its kind and its code.
fn of_shape(shape: &Shape) -> Vec<Control> {
    let mut controls = Vec::new();
    if shape.can_be_tied() {
        let choices = vec![Choice::new(false, "Own"), Choice::new(true, "Tied")];
        let kind = Kind::Segments { featured: 2 };
        controls.push(Control::new("tied", "Decoder’s weights", kind, choices, shape.is_tied).restarting());
    }
    if shape.can_be_sparse() {
        let choices = SPARSITIES.map(|(value, label)| Choice::new(value, label)).to_vec();
        let kind = Kind::Segments { featured: 3 };
        controls.push(Control::new("sparsity", "Sparse code by", kind, choices, shape.sparsity));
    }
    if shape.kind == "variational" {
        let choices = Choice::numbers([0.0, 0.1, 0.3, 1.0, 2.0, 4.0, 10.0]);
        controls.push(Control::new("beta", "Divergence weight β", Kind::Slider, choices, shape.beta));
    }
    controls
}

fn of_training(experiment: &Experiment, whole: impl Fn(&[usize]) -> Vec<Choice>) -> Vec<Control> {
    let items = experiment.training_items();
    let batches: Vec<usize> =
        [1, 8, 16, 32, 64, 128, 256].into_iter().filter(|size| *size <= items).collect();
    let optimizer = &experiment.optimizer;
    let rates = Choice::numbers([0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1]);
    let names = Choice::named(&OptimizerName::ALL, OptimizerName::label);
    let batch =
        Control::new("batch_size", "Batch size", Kind::Slider, whole(&batches), experiment.batch_size);
    let mut controls = vec![
        Control::new(
            "optimizer.learning_rate",
            "Learning rate",
            Kind::Slider,
            rates,
            optimizer.learning_rate(),
        ),
        Control::new("optimizer.name", "Optimiser", Kind::Select, names, optimizer.name),
        Control::new("loss", "Loss", Kind::Select, losses(experiment), experiment.loss),
        batch,
    ];
    if experiment.data.set().is_ok_and(|set| !set.is_given() && !set.is_own()) {
        let sizes = whole(&[500, 1000, 2000, 5000, 10_000]);
        let samples = Control::new("data.samples", "Items", Kind::Slider, sizes, experiment.data.samples);
        controls.push(samples.restarting());
    }
    controls
}

/// What the data can be used for: what is abnormal is told by classes.
fn uses(experiment: &Experiment) -> Vec<(&'static str, &'static str)> {
    let has_classes = experiment.data.classes().is_ok_and(|classes| classes > 0);
    USES.into_iter().filter(|(name, _)| has_classes || *name != "detect").collect()
}

/// The kinds of networks that there are for the data.
fn offered(experiment: &Experiment) -> Vec<(&'static str, &'static str)> {
    let code = Code::of(experiment).map_or(2, |code| code.units);
    let is_there = |(kind, _): &(&str, &str)| fresh(kind, code).layers(experiment).is_some();
    KINDS.into_iter().filter(is_there).collect()
}

fn fresh(kind: &str, code: usize) -> Shape {
    Shape {
        kind: kind.into(),
        code,
        activation: Activation::Relu,
        is_tied: false,
        sparsity: "none",
        beta: 1.0,
    }
}

/// What the experiment is set up for.
pub(super) fn use_of(experiment: &Experiment) -> &'static str {
    match &experiment.data {
        data if !data.train_on.is_empty() => "detect",
        data if !data.corruption.is_none() => "denoise",
        _ => "compress",
    }
}

/// The classes that are trained on, where there are some.
fn classes(experiment: &Experiment) -> Option<Control> {
    let classes = experiment.data.classes().ok().filter(|classes| *classes > 0)?;
    let names = data::class_names(&experiment.data);
    let name = |class: usize| names.get(class).map_or_else(|| class.to_string(), |name| (*name).to_owned());
    let choices: Vec<Choice> = (0..classes).map(|class| Choice::new(class, name(class))).collect();
    let all: Vec<usize> = (0..classes).collect();
    let trained = if experiment.data.train_on.is_empty() { all } else { experiment.data.train_on.clone() };
    let control = Control::new("train_on", "Train on", Kind::Several, choices, trained).restarting();
    Some(if use_of(experiment) == "detect" { control.shown_first() } else { control })
}

/// Those that the output layer allows: cross-entropy wants a sigmoid.
fn losses(experiment: &Experiment) -> Vec<Choice> {
    let output = experiment.network.layers.last().and_then(LayerConfig::activation);
    let fits = |loss: &Loss| loss.logits_of().is_none_or(|wanted| output == Some(wanted));
    let losses: Vec<Loss> = LOSSES.into_iter().filter(fits).collect();
    Choice::named(&losses, Loss::label)
}

/// Activations of the layers before the output that bend: not that of a code as it is.
fn bent(experiment: &Experiment) -> impl Iterator<Item = Activation> {
    let code = Code::of(experiment).map(|code| code.set_by);
    let layers = experiment.network.layers.iter().enumerate();
    let hidden =
        layers.take(experiment.network.layers.len() - 1).filter(move |(index, _)| Some(*index) != code);
    hidden.filter_map(|(_, layer)| layer.activation())
}

/// `experiment` with a control set; see [`crate::labs::Lab::change`].
pub(super) fn change(experiment: &Experiment, key: &str, value: &Value) -> Result<Experiment> {
    let mut changed = Experiment { edits: Vec::new(), ..experiment.clone() };
    match key {
        "use" => return used(changed, parsed::<String>(key, value)?.as_str()),
        "start" => return starting(changed, parsed::<String>(key, value)?.as_str()),
        "code" => return with_code(changed, parsed(key, value)?),
        "network" => {
            let kind: String = parsed(key, value)?;
            let before = Shape::of(experiment);
            let code = Code::of(experiment).map_or(2, |code| code.units);
            let activation = before.map(|shape| shape.activation).filter(|a| *a != Activation::Linear);
            let shape = Shape { activation: activation.unwrap_or(Activation::Relu), ..fresh(&kind, code) };
            return with_shape(changed, &shape);
        }
        "tied" => {
            let is_tied = parsed(key, value)?;
            return reshaped(changed, |shape| shape.is_tied = is_tied);
        }
        "sparsity" => {
            let name: String = parsed(key, value)?;
            let known = SPARSITIES.iter().map(|(known, _)| *known).find(|known| *known == name);
            let known = known.ok_or_else(|| Error::setting(key, &name, "one of none, l1, kl"))?;
            return reshaped(changed, |shape| shape.sparsity = known);
        }
        "beta" => {
            let beta = parsed(key, value)?;
            return reshaped(changed, |shape| shape.beta = beta);
        }
        "activation" => {
            let activation = parsed(key, value)?;
            let (code, count) =
                (Code::of(experiment).map(|code| code.set_by), changed.network.layers.len() - 1);
            let layers = changed.network.layers[..count].iter_mut().enumerate();
            layers
                .filter(|(index, _)| Some(*index) != code)
                .for_each(|(_, layer)| layer.set_activation(activation));
        }
        "noise" => changed.data.corruption.level = parsed(key, value)?,
        "noise.kind" => changed.data.corruption.kind = parsed(key, value)?,
        "train_on" => return trained_on(changed, parsed(key, value)?),
        "data" => return data::on(experiment, parsed(key, value)?),
        "data.name" => return data::on(experiment, data::named(&parsed::<String>(key, value)?)),
        "optimizer.name" => changed.optimizer = optimizer_for_pictures(parsed(key, value)?),
        "data.samples" => {
            changed.data.samples = parsed(key, value)?;
            let items = changed.training_items();
            if matches!(changed.batch_size, BatchSize::Items(size) if size > items) {
                changed.batch_size = BatchSize::Full;
            }
        }
        _ => return changed.with(&Settings::from([(key.to_owned(), value.clone())])),
    }
    settled(changed)
}

/// Set up for one of [`USES`].
fn used(mut experiment: Experiment, name: &str) -> Result<Experiment> {
    let shape = Shape::of(&experiment).filter(|shape| shape.kind != "linear");
    let with = |kind: &str, code| Shape {
        kind: kind.into(),
        code,
        ..shape.clone().unwrap_or_else(|| fresh(kind, code))
    };
    let numbers: usize = experiment.data.input_shape()?.iter().product();
    experiment.data.corruption = Corruption::default();
    experiment.data.train_on = Vec::new();
    let shape = match name {
        "compress" => with("deep", 2.min(numbers)),
        "denoise" => {
            experiment.data.corruption.level = 0.5;
            with("dense", 32.min(numbers))
        }
        "detect" => {
            if experiment.data.classes()? > 0 {
                experiment.data.train_on = vec![0];
            }
            with("dense", 8.min(numbers))
        }
        _ => return Err(Error::setting("use", name, "one of compress, denoise, detect")),
    };
    with_shape(experiment, &Shape { is_tied: false, sparsity: "none", ..shape })
}

/// With a code of another size, in a network of the lab or any other that has one.
fn with_code(mut experiment: Experiment, units: usize) -> Result<Experiment> {
    if let Some(shape) = Shape::of(&experiment) {
        return with_shape(experiment, &Shape { code: units, ..shape });
    }
    let code = Code::of(&experiment);
    let layer = code.map(|code| &mut experiment.network.layers[code.set_by]);
    let (Some(code), Some(dense)) = (code, layer.and_then(LayerConfig::as_dense_mut)) else {
        let allowed = "left alone for a network without a dense layer before its output";
        return Err(Error::setting("code", units, allowed));
    };
    dense.units = units * if code.is_sampled() { 2 } else { 1 };
    settled(experiment)
}

/// With something changed of what decides its network.
fn reshaped(experiment: Experiment, change: impl FnOnce(&mut Shape)) -> Result<Experiment> {
    let Some(mut shape) = Shape::of(&experiment) else {
        let allowed = "one of the networks of this lab: this one was made otherwise";
        return Err(Error::setting("network", "another", allowed));
    };
    change(&mut shape);
    with_shape(experiment, &shape)
}

/// With a network of the lab.
pub(super) fn with_shape(mut experiment: Experiment, shape: &Shape) -> Result<Experiment> {
    if shape.kind == "linear" {
        experiment.loss = Loss::MeanSquaredError;
    } else if experiment.loss == Loss::MeanSquaredError
        && Shape::of(&experiment).is_some_and(|s| s.kind == "linear")
    {
        experiment.loss = data::usual_loss(&experiment.data);
    }
    let layers = shape.layers(&experiment).ok_or_else(|| {
        let names: Vec<&str> = offered(&experiment).into_iter().map(|(kind, _)| kind).collect();
        Error::setting("network", &shape.kind, format!("one of {}", names.join(", ")))
    })?;
    experiment.network.layers = layers;
    experiment.initial_weights = None;
    settled(experiment)
}

/// Trained on another class, or on one less; all of them is none in particular.
fn trained_on(mut experiment: Experiment, class: usize) -> Result<Experiment> {
    let classes = experiment.data.classes()?;
    let mut trained: Vec<usize> = match &experiment.data.train_on {
        none if none.is_empty() => (0..classes).collect(),
        some => some.clone(),
    };
    if trained.contains(&class) {
        trained.retain(|other| *other != class);
    } else {
        trained.push(class);
        trained.sort_unstable();
    }
    if trained.is_empty() {
        let allowed = "at least one class: there would be nothing to train on";
        return Err(Error::setting("the choice of classes to train on", "none", allowed));
    }
    experiment.data.train_on = if trained.len() == classes { Vec::new() } else { trained };
    Experiment::from_value(experiment.to_value())
}
