//! What can be set in the sequence lab, and what follows from each change. The task, how far back it asks and how large
//! the networks are belong to all lanes: what differs between those is how they remember.

use super::networks::{CELLS, EMBEDDING, STARTS, Shape, USUAL_BIAS, usual_loss};
use crate::data::{BatchSize, DataConfig, DataSet, SETS};
use crate::error::{Error, Result};
use crate::labs::control::{MIXED, optimizer_for_pictures, parsed};
use crate::labs::{Choice, Control, Kind};
use crate::nn::Activation;
use crate::train::settings::Settings;
use crate::train::{Experiment, OptimizerName};
use serde_json::{Value, json};

/// Steps that something is to be remembered over.
const LAGS: [usize; 14] = [2, 4, 6, 8, 10, 15, 20, 30, 40, 60, 80, 100, 150, 200];
const UNITS: [usize; 7] = [4, 8, 16, 32, 64, 96, 128];
const DEPTHS: [usize; 4] = [1, 2, 3, 4];
/// Steps that a gradient goes back, at most; 0 stands for all.
const TRUNCATIONS: [usize; 7] = [0, 5, 10, 20, 40, 80, 100];
const CLIPS: [f64; 6] = [0.0, 0.1, 0.5, 1.0, 5.0, 10.0];
/// Activations that cells are seen with.
const ACTIVATIONS: [Activation; 6] = [
    Activation::Tanh,
    Activation::Relu,
    Activation::Linear,
    Activation::Sigmoid,
    Activation::Elu,
    Activation::Softsign,
];
/// Letters of a word, or two.
const WORD: usize = 8;
/// Items of a batch, where nothing else is said.
const USUAL_BATCH: usize = 32;
const GATES: [Activation; 2] = [Activation::Sigmoid, Activation::HardSigmoid];

/// The tasks, in the order of the page.
pub(super) fn tasks() -> impl Iterator<Item = &'static str> {
    SETS.into_iter().filter(|set| set.is_of_sequences() && !set.is_given()).map(|set| set.name)
}

fn whole(numbers: &[usize]) -> Vec<Choice> {
    numbers.iter().map(|&n| Choice::new(n, n.to_string())).collect()
}

fn named(choices: &[(&str, &str)]) -> Vec<Choice> {
    choices.iter().map(|&(value, label)| Choice::new(value, label)).collect()
}

/// Every control, in the order of the page.
pub(super) fn all(experiment: &Experiment) -> Vec<Control> {
    let data = &experiment.data;
    let shape = Shape::of(experiment);
    let sets = SETS.into_iter().filter(|set| set.is_of_sequences() && !set.is_given());
    let mut tasks: Vec<Choice> = sets.map(|set| Choice::new(set.name, set.label)).collect();
    if data.set().is_ok_and(DataSet::is_given) {
        tasks.push(Choice::new(&*data.name, data.set().map_or("", |set| set.label)));
    }
    let mut controls = vec![
        Control::new("data.name", "Task", Kind::Select, tasks, &data.name)
            .shown_first()
            .restarting()
            .for_all_lanes(),
    ];
    if data.has_lag() {
        let lags = Control::new("data.lag", "Steps to recall", Kind::Slider, whole(&LAGS), data.lag());
        controls.push(lags.shown_first().restarting().for_all_lanes());
    }
    let cell = shape.as_ref().map_or(MIXED, |shape| &shape.cell);
    let kind = Kind::Segments { featured: 3 };
    controls.push(Control::new("cell", "Cell", kind, named(&CELLS), cell).shown_first().restarting());
    if let Some(shape) = &shape {
        controls.extend(of_shape(shape, data));
    }
    if data.has_lag() {
        let choices = vec![Choice::new(false, "That far"), Choice::new(true, "Up to that")];
        let kind = Kind::Segments { featured: 2 };
        let control = Control::new("lags", "Train at", kind, choices, data.min_lag.is_some());
        controls.push(control.restarting().for_all_lanes());
    }
    controls.extend(of_training(experiment));
    controls
}

/// What decides a network of the lab beside its cell.
fn of_shape(shape: &Shape, data: &DataConfig) -> Vec<Control> {
    let mut controls = Vec::new();
    if shape.has_gates() {
        let choices = vec![Choice::new(false, "As Keras"), Choice::new(true, "Open")];
        let kind = Kind::Segments { featured: 2 };
        let control = Control::new("gates", "Gates begin", kind, choices, shape.chrono.is_some());
        controls.push(control.shown_first().restarting());
    }
    let units = Control::new("units", "Hidden units", Kind::Slider, whole(&UNITS), shape.units);
    controls.push(units.restarting().for_all_lanes());
    let equal = vec![Choice::new("units", "Units"), Choice::new("weights", "Weights")];
    let kind = Kind::Segments { featured: 2 };
    let by = Control::new("equal", "Equal in all lanes", kind, equal, sized_by(shape, data));
    if shape.cell != "lstm" {
        controls.push(by.restarting().for_all_lanes());
    }
    if shape.forget_bias.is_some() && shape.chrono.is_none() {
        let choices = Choice::numbers([-2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0]);
        let bias = shape.forget_bias.unwrap_or(USUAL_BIAS);
        controls
            .push(Control::new("forget_bias", "Forget-gate bias", Kind::Slider, choices, bias).restarting());
    }
    let choices = Choice::named(&ACTIVATIONS, Activation::label);
    let kind = Kind::Segments { featured: 3 };
    controls.push(Control::new("activation", "Activation", kind, choices, shape.activation));
    if let Some(gate) = shape.recurrent_activation {
        let choices = Choice::named(&GATES, Activation::label);
        let kind = Kind::Segments { featured: 2 };
        controls.push(Control::new("recurrent_activation", "Of the gates", kind, choices, gate));
    }
    let start = Control::new(
        "recurrent_initializer",
        "Recurrent weights begin",
        Kind::Select,
        named(&STARTS),
        &shape.recurrent_initializer,
    );
    controls.push(start.restarting());
    controls.push(
        Control::new("depth", "Layers", Kind::Slider, whole(&DEPTHS), shape.depth)
            .restarting()
            .for_all_lanes(),
    );
    let choices = vec![Choice::new(false, "Forwards"), Choice::new(true, "Both ways")];
    let kind = Kind::Segments { featured: 2 };
    controls.push(Control::new("bidirectional", "Reads", kind, choices, shape.is_bidirectional).restarting());
    let steps = data.steps().unwrap_or(usize::MAX);
    let given = shape.truncate_gradient.unwrap_or(0);
    let choices = TRUNCATIONS.into_iter().filter(|most| *most < steps).map(|most| match most {
        0 => Choice::new(0, "all"),
        most => Choice::new(most, most.to_string()),
    });
    let choices = choices.collect();
    controls
        .push(Control::new("truncate_gradient", "Unrolled steps", Kind::Slider, choices, given).restarting());
    controls
}

fn of_training(experiment: &Experiment) -> Vec<Control> {
    let optimizer = &experiment.optimizer;
    let items = experiment.training_items();
    let batches: Vec<usize> = [8, 16, 32, 64, 128, 256].into_iter().filter(|size| *size <= items).collect();
    let rates = Choice::numbers([0.0003, 0.001, 0.002, 0.003, 0.005, 0.01, 0.03]);
    let rate = optimizer.learning_rate();
    let clips = CLIPS.map(|clip| match clip {
        0.0 => Choice::new(0.0, "never"),
        clip => Choice::new(clip, clip.to_string()),
    });
    let clip = optimizer.clipnorm.or(optimizer.global_clipnorm).unwrap_or(0.0);
    let names = Choice::named(&OptimizerName::ALL, OptimizerName::label);
    vec![
        Control::new("clip", "Clip gradients at", Kind::Slider, clips.to_vec(), clip),
        Control::new("optimizer.learning_rate", "Learning rate", Kind::Slider, rates, rate),
        Control::new("optimizer.name", "Optimiser", Kind::Select, names, optimizer.name),
        Control::new("batch_size", "Batch size", Kind::Slider, whole(&batches), experiment.batch_size),
    ]
}

/// What a cell is made as large as: units, or the weights that an LSTM of so many units has.
fn sized_by(shape: &Shape, data: &DataConfig) -> &'static str {
    let is_fitted = !UNITS.contains(&shape.units)
        && UNITS.into_iter().any(|units| fitted(shape, units, features(data)) == shape.units);
    if is_fitted { "weights" } else { "units" }
}

/// Numbers that a cell is given at each step.
fn features(data: &DataConfig) -> usize {
    data.input_shape().ok().and_then(|shape| shape.get(1).copied()).unwrap_or(EMBEDDING)
}

/// Units with which a cell comes nearest to the weights of an LSTM of so many units.
pub(super) fn fitted(shape: &Shape, units: usize, features: usize) -> usize {
    let lstm = Shape { cell: "lstm".into(), ..shape.clone() };
    let wanted = lstm.weights_with(units, features);
    let distance = |units: &usize| shape.weights_with(*units, features).abs_diff(wanted);
    (units..=4 * units).min_by_key(distance).unwrap_or(units)
}

/// The units of the LSTM that a cell is as large as, or its own.
fn nominal(shape: &Shape, data: &DataConfig) -> usize {
    if sized_by(shape, data) == "units" {
        return shape.units;
    }
    let is_it = |units: &usize| fitted(shape, *units, features(data)) == shape.units;
    UNITS.into_iter().find(is_it).unwrap_or(shape.units)
}

/// `experiment` with a control set; see [`crate::labs::Lab::change`].
pub(super) fn change(experiment: &Experiment, key: &str, value: &Value) -> Result<Experiment> {
    let changed = Experiment { edits: Vec::new(), ..experiment.clone() };
    match key {
        "data" => with_data(changed, parsed(key, value)?),
        "data.name" => with_task(changed, &parsed::<String>(key, value)?),
        "data.lag" => with_lag(changed, parsed(key, value)?),
        "lags" => {
            let mut data = changed.data.clone();
            data.min_lag = parsed::<bool>(key, value)?.then_some(2);
            with_data(changed, data)
        }
        "cell" => {
            let cell: String = parsed(key, value)?;
            if !CELLS.iter().any(|(known, _)| *known == cell) {
                return Err(Error::setting(key, &cell, "one of simple_rnn, lstm, gru"));
            }
            reshaped(changed, |shape, data| {
                let (units, by) = (nominal(shape, data), sized_by(shape, data));
                let before = std::mem::replace(shape, Shape::new(&cell, units));
                shape.depth = before.depth;
                shape.is_bidirectional = before.is_bidirectional;
                shape.truncate_gradient = before.truncate_gradient;
                // Gates that were open are open in the other cell too; a plain one has none.
                shape.chrono = before.chrono.filter(|_| shape.has_gates());
                if by == "weights" {
                    shape.units = fitted(shape, units, features(data));
                }
            })
        }
        "gates" => {
            let is_open: bool = parsed(key, value)?;
            reshaped(changed, |shape, data| {
                shape.chrono = (is_open && shape.has_gates()).then(|| opened_for(data));
            })
        }
        "units" => {
            let units = parsed(key, value)?;
            reshaped(changed, |shape, data| {
                let by = sized_by(shape, data);
                shape.units = if by == "weights" { fitted(shape, units, features(data)) } else { units };
            })
        }
        "equal" => {
            let by: String = parsed(key, value)?;
            reshaped(changed, |shape, data| {
                let units = nominal(shape, data);
                shape.units = if by == "weights" { fitted(shape, units, features(data)) } else { units };
            })
        }
        "forget_bias" => {
            let bias = parsed(key, value)?;
            reshaped(changed, |shape, _| shape.forget_bias = Some(bias))
        }
        "activation" => {
            let activation = parsed(key, value)?;
            reshaped(changed, |shape, _| shape.activation = activation)
        }
        "recurrent_activation" => {
            let activation = parsed(key, value)?;
            reshaped(changed, |shape, _| shape.recurrent_activation = Some(activation))
        }
        "recurrent_initializer" => {
            let name = value.clone();
            reshaped(changed, |shape, _| shape.recurrent_initializer = name)
        }
        "open_lstm" => change(&change(&changed, "cell", &"lstm".into())?, "gates", &true.into()),
        // What is called the identity RNN (Le, Jaitly & Hinton 2015): a ReLU cell that begins by keeping its state.
        "identity" => reshaped(changed, |shape, _| {
            (shape.activation, shape.recurrent_initializer) = (Activation::Relu, "identity".into());
        }),
        "depth" => {
            let depth = parsed(key, value)?;
            reshaped(changed, |shape, _| shape.depth = depth)
        }
        "bidirectional" => {
            let is_bidirectional = parsed(key, value)?;
            reshaped(changed, |shape, _| shape.is_bidirectional = is_bidirectional)
        }
        "truncate_gradient" => {
            let most: usize = parsed(key, value)?;
            reshaped(changed, |shape, _| shape.truncate_gradient = Some(most).filter(|most| *most > 0))
        }
        "clip" => with_clip(changed, parsed(key, value)?),
        "optimizer.name" => with_optimizer(changed, parsed(key, value)?),
        _ => changed.with(&Settings::from([(key.to_owned(), value.clone())])),
    }
}

/// Gradients scaled down to this norm, all together; 0 for never.
fn with_clip(mut experiment: Experiment, norm: f32) -> Result<Experiment> {
    experiment.optimizer.clipnorm = None;
    experiment.optimizer.global_clipnorm = (norm > 0.0).then_some(norm);
    Experiment::from_value(experiment.to_value())
}

/// Another rule at its usual rate, with the same clipping.
fn with_optimizer(mut experiment: Experiment, name: OptimizerName) -> Result<Experiment> {
    if name != experiment.optimizer.name {
        let clip = experiment.optimizer.global_clipnorm;
        experiment.optimizer = optimizer_for_pictures(name);
        experiment.optimizer.global_clipnorm = clip;
    }
    Experiment::from_value(experiment.to_value())
}

/// The dependency that gates are opened for: the whole lag; of a text, whose next letter follows from the last few, a word.
fn opened_for(data: &DataConfig) -> f32 {
    let is_of_text = data.set().is_ok_and(DataSet::is_of_text);
    data.steps().unwrap_or(2).clamp(3, if is_of_text { WORD } else { usize::MAX }) as f32
}

/// Another task with its usual settings, at the same lag and through the same cells.
fn with_task(experiment: Experiment, name: &str) -> Result<Experiment> {
    let mut data = DataConfig::named(name);
    data.set()?;
    if data.has_lag() && experiment.data.has_lag() {
        (data.lag, data.min_lag) = (experiment.data.lag, experiment.data.min_lag);
        (data.samples, data.test_fraction) = (experiment.data.samples, experiment.data.test_fraction);
    }
    if data.samples * data.steps()? > crate::data::sequences::MAX_STEPS {
        data.samples = crate::data::sequences::MAX_STEPS / data.steps()?;
    }
    with_data(experiment, data)
}

fn with_lag(experiment: Experiment, lag: usize) -> Result<Experiment> {
    let mut data = experiment.data.clone();
    data.lag = Some(lag);
    data.min_lag = data.min_lag.map(|least| least.min(lag));
    data.length = None;
    with_data(experiment, data)
}

/// On other data, through a network of the same kind.
fn with_data(mut experiment: Experiment, data: DataConfig) -> Result<Experiment> {
    let shape = Shape::of(&experiment);
    let before = std::mem::replace(&mut experiment.data, data);
    let Some(mut shape) = shape else { return Err(made_otherwise()) };
    if shape.chrono == Some(opened_for(&before)) {
        shape.chrono = Some(opened_for(&experiment.data));
    }
    let steps = experiment.data.steps()?;
    shape.truncate_gradient = shape.truncate_gradient.filter(|most| *most < steps);
    experiment.loss = usual_loss(&experiment.data)?;
    if let BatchSize::Items(size) = experiment.batch_size {
        let items = experiment.training_items();
        // One that was cut to all of the items grows again with them.
        let is_cut = size == before.training_items();
        let wanted = if is_cut { size.max(USUAL_BATCH) } else { size };
        experiment.batch_size = BatchSize::Items(wanted.min(items));
    }
    with_shape(experiment, &shape)
}

fn made_otherwise() -> Error {
    Error::setting("the network", "another", "one of the networks of this lab: this one was made otherwise")
}

fn reshaped(experiment: Experiment, change: impl FnOnce(&mut Shape, &DataConfig)) -> Result<Experiment> {
    let mut shape = Shape::of(&experiment).ok_or_else(made_otherwise)?;
    change(&mut shape, &experiment.data);
    with_shape(experiment, &shape)
}

fn with_shape(mut experiment: Experiment, shape: &Shape) -> Result<Experiment> {
    experiment.network.layers = shape.layers(&experiment.data)?;
    experiment.initial_weights = None;
    Experiment::from_value(experiment.to_value())
}

/// The run that a visitor meets first, in the words of [`crate::labs::Lab::change`], beside a plain RNN.
pub(super) const BESIDE: [&[(&str, &str)]; 2] =
    [&[("cell", "\"lstm\""), ("gates", "true")], &[("cell", "\"gru\""), ("gates", "true")]];

/// The first lane: a plain RNN that is to recall the first of eight symbols.
pub(super) fn defaults() -> Value {
    json!({
        "version": 1, "lab": "sequence", "seed": 7,
        "data": { "name": "recall", "lag": 60, "samples": 10_000, "test_fraction": 0.05 },
        "network": { "layers": [
            { "type": "simple_rnn", "units": 32, "recurrent_initializer": "random_normal" },
            { "type": "dense", "units": 8, "activation": "softmax" }
        ] },
        "loss": "sparse_categorical_crossentropy",
        "optimizer": { "name": "adam", "learning_rate": 0.003, "global_clipnorm": 1.0 },
        "batch_size": 32
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::Loss;

    #[test]
    fn cells_are_made_as_large_as_an_lstm() {
        for cell in ["simple_rnn", "gru"] {
            for depth in [1, 3] {
                let shape = Shape { depth, ..Shape::new(cell, 32) };
                let units = fitted(&shape, 32, 9);
                let wanted = Shape { depth, ..Shape::new("lstm", 32) }.weights_with(32, 9) as f32;
                let found = shape.weights_with(units, 9) as f32;
                assert!((found / wanted - 1.0).abs() < 0.03, "{cell} of {units}: {found} for {wanted}");
            }
        }
        assert_eq!(fitted(&Shape::new("lstm", 32), 32, 9), 32);
    }

    #[test]
    fn a_lag_that_gates_are_open_for_goes_with_the_task() {
        let plain = Experiment::from_value(defaults()).expect("valid");
        let open = BESIDE[0].iter().fold(plain, |experiment, (key, value)| {
            change(&experiment, key, &serde_json::from_str(value).expect("JSON")).expect("valid")
        });
        assert_eq!(Shape::of(&open).expect("of the lab").chrono, Some(61.0));
        let further = change(&open, "data.lag", &json!(100)).expect("valid");
        assert_eq!(Shape::of(&further).expect("of the lab").chrono, Some(101.0));
        for task in tasks() {
            let other =
                change(&open, "data.name", &json!(task)).unwrap_or_else(|error| panic!("{task}: {error}"));
            assert!(Shape::of(&other).is_some(), "{task}");
            let wanted = match task {
                "adding" | "wave" => Loss::MeanSquaredError,
                "brackets" | "parity" => Loss::BinaryCrossentropy,
                _ => Loss::SparseCategoricalCrossentropy,
            };
            assert_eq!(other.loss, wanted, "{task}");
        }
    }
}
