//! The engine against Keras: everything in `golden/golden.json`, which `golden/make.py` computed in
//! float64. How the file is laid out stands in `golden/README.md`.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::nn::{Activation, Initializer, Loss, Mode, Network, NetworkConfig, Pass, Slot};
use glassbox::tensor::{Rng, Stream};
use glassbox::train::{Optimizer, OptimizerConfig};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The one rule of closeness: |ours − Keras'| ≤ tolerance · max(|Keras'|, scale), where the scale is
/// the largest magnitude in the array, at most 1. So arrays of tiny gradients are compared as
/// sharply as large ones, and single entries near 0 are not held to digits that f32 cannot keep. An
/// array that is 0 but for the rounding of f64 must be 0 but for that of f32.
fn assert_close(what: &str, ours: &[f32], keras: &[f64], tolerance: f64) {
    assert_eq!(ours.len(), keras.len(), "{what}");
    let scale = keras.iter().fold(0.0_f64, |max, value| max.max(value.abs())).min(1.0);
    let scale = if scale < 1e-12 { 0.01 } else { scale };
    for (index, (&ours, &keras)) in ours.iter().zip(keras).enumerate() {
        let distance = (f64::from(ours) - keras).abs();
        assert!(distance <= tolerance * keras.abs().max(scale), "{what}[{index}]: {ours} vs {keras}");
    }
}

/// For what one pass computes.
const PASS: f64 = 1e-5;
/// For what 50 updates leave, each of which builds on the rounding of the last.
const TRAJECTORY: f64 = 1e-4;

#[derive(Deserialize)]
struct Golden {
    activations: Activations,
    losses: Vec<LossCase>,
    networks: Vec<NetworkCase>,
    optimizers: Optimizers,
    defaults: Map<String, Value>,
    initializers: Initializers,
    layers: Vec<LayerNetwork>,
    sequences: Vec<LayerNetwork>,
    schedules: Vec<ScheduleCase>,
}

#[derive(Deserialize)]
struct Activations {
    x: Vec<f32>,
    element_wise: Vec<Curve>,
    softmax: SoftmaxCase,
}

#[derive(Deserialize)]
struct Curve {
    name: String,
    y: Vec<f64>,
    derivative: Vec<f64>,
}

#[derive(Deserialize)]
struct SoftmaxCase {
    logits: Vec<Vec<f32>>,
    output: Vec<Vec<f64>>,
    grad_output: Vec<Vec<f32>>,
    grad_logits: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
struct LossCase {
    name: String,
    predictions: Vec<Vec<f32>>,
    targets: Vec<Vec<f32>>,
    loss: f64,
    grad: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
struct LayerCase {
    units: usize,
    activation: String,
    l1: f32,
    l2: f32,
    kernel: Vec<Vec<f32>>,
    bias: Vec<f32>,
}

#[derive(Deserialize)]
struct Arrays {
    kernel: Vec<Vec<f64>>,
    bias: Vec<f64>,
}

#[derive(Deserialize)]
struct NetworkCase {
    name: String,
    loss: String,
    layers: Vec<LayerCase>,
    inputs: Vec<Vec<f32>>,
    targets: Vec<Vec<f32>>,
    output: Vec<Vec<f64>>,
    total_loss: f64,
    grads: Vec<Arrays>,
    grad_inputs: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
struct Optimizers {
    loss: String,
    steps: usize,
    layers: Vec<LayerCase>,
    inputs: Vec<Vec<f32>>,
    targets: Vec<Vec<f32>>,
    runs: Vec<OptimizerCase>,
}

#[derive(Deserialize)]
struct OptimizerCase {
    name: String,
    optimizer: String,
    options: Map<String, Value>,
    losses: Vec<f64>,
    weights: Vec<Arrays>,
}

#[derive(Deserialize)]
struct ScheduleCase {
    schedule: Value,
    /// Of a learning rate of 1.
    rates: Vec<f64>,
    runs: Vec<OptimizerCase>,
}

#[derive(Deserialize)]
struct Initializers {
    fan_in: usize,
    fan_out: usize,
    kinds: Vec<InitializerCase>,
}

#[derive(Deserialize)]
struct InitializerCase {
    name: String,
    std: f64,
    max_abs: Option<f64>,
}

#[derive(Deserialize)]
struct LayerNetwork {
    name: String,
    loss: String,
    input_shape: Vec<usize>,
    layers: Value,
    weights: Vec<NamedWeights>,
    inputs: Vec<f32>,
    targets: Vec<Vec<f32>>,
    inference: Passed,
    training: Option<Passed>,
    #[serde(default)]
    updates: usize,
    #[serde(default)]
    learning_rate: f32,
    #[serde(default)]
    updated: BTreeMap<String, Vec<f64>>,
}

#[derive(Deserialize)]
struct NamedWeights {
    name: String,
    shape: Vec<usize>,
    values: Vec<f32>,
}

#[derive(Deserialize)]
struct Passed {
    output: Vec<f64>,
    total_loss: f64,
    grads: BTreeMap<String, Vec<f64>>,
    grad_inputs: Vec<f64>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("golden/golden.json")).expect("make.py writes what is read here")
}

/// Something of the engine by its name in Keras.
fn named<T: DeserializeOwned>(name: &str) -> T {
    serde_json::from_value(name.into()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Targets as the engine takes them: one-hot rows where the file holds class indices.
fn targets_of(loss: &str, targets: &[Vec<f32>], units: usize) -> Vec<f32> {
    if loss != "sparse_categorical_crossentropy" {
        return targets.concat();
    }
    let classes = targets.iter().flatten().map(|class| *class as usize);
    classes.flat_map(|class| (0..units).map(move |unit| f32::from(unit == class))).collect()
}

fn config_of(layers: &[LayerCase]) -> NetworkConfig {
    let layer = |layer: &LayerCase| {
        json!({ "type": "dense", "units": layer.units, "activation": layer.activation,
            "kernel_regularizer": { "l1": layer.l1, "l2": layer.l2 } })
    };
    let layers: Vec<Value> = layers.iter().map(layer).collect();
    serde_json::from_value(json!({ "layers": layers })).expect("Keras' words are ours")
}

/// A network with the weights of the file.
fn network_of(layers: &[LayerCase], inputs: usize, loss: &str) -> Network {
    let mut network = Network::new(&config_of(layers), &[inputs], named(loss), 0).expect("a valid network");
    for slot in network.slots().to_vec() {
        let layer = &layers[slot.layer];
        let values = if slot.name == "kernel" { layer.kernel.concat() } else { layer.bias.clone() };
        network.weights[slot.range].copy_from_slice(&values);
    }
    network
}

fn config_network(layers: &Value, input_shape: &[usize], loss: Loss) -> Network {
    let config: NetworkConfig =
        serde_json::from_value(json!({ "layers": layers })).expect("Keras' words are ours");
    Network::new(&config, input_shape, loss, 0).expect("a valid network")
}

/// What Keras has for one array of weights.
fn array_of(arrays: &[Arrays], slot: &Slot) -> Vec<f64> {
    let layer = &arrays[slot.layer];
    if slot.name == "kernel" { layer.kernel.concat() } else { layer.bias.clone() }
}

#[test]
fn activations_and_their_derivatives_are_those_of_keras() {
    let Activations { x, element_wise, .. } = golden().activations;
    for curve in &element_wise {
        let activation: Activation = named(&curve.name);
        let (mut y, mut slope) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        activation.apply(&x, &mut y, 1);
        activation.backward(&vec![1.0; x.len()], &x, &y, &mut slope, 1);
        assert_close(&curve.name, &y, &curve.y, PASS);
        assert_close(&format!("{}'", curve.name), &slope, &curve.derivative, PASS);
        for (&x, (&y, &slope)) in x.iter().zip(y.iter().zip(&slope)) {
            assert_eq!(activation.eval(x), (y, slope), "{} at {x}, alone and in a row", curve.name);
        }
    }
    assert_eq!(element_wise.len() + 1, Activation::ALL.len(), "all, with softmax, are compared");
}

#[test]
fn softmax_and_its_gradient_are_those_of_keras() {
    let case = golden().activations.softmax;
    let (logits, units) = (case.logits.concat(), case.logits[0].len());
    let [mut y, mut grad] = [(); 2].map(|()| vec![0.0; logits.len()]);
    Activation::Softmax.apply(&logits, &mut y, units);
    assert_close("softmax", &y, &case.output.concat(), PASS);
    Activation::Softmax.backward(&case.grad_output.concat(), &logits, &y, &mut grad, units);
    assert_close("softmax gradient", &grad, &case.grad_logits.concat(), PASS);
}

#[test]
fn losses_and_their_gradients_are_those_of_keras() {
    let cases = golden().losses;
    for case in &cases {
        let units = case.predictions[0].len();
        let predictions = case.predictions.concat();
        let targets = targets_of(&case.name, &case.targets, units);
        let assert_loss = |loss: Loss| {
            let mut grad = vec![0.0; predictions.len()];
            let value = loss.evaluate(&predictions, &targets, units, Some(&mut grad));
            assert_close(loss.label(), &[value], &[case.loss], PASS);
            assert_close(loss.label(), &grad, &case.grad.concat(), PASS);
            assert_eq!(
                loss.evaluate(&predictions, &targets, units, None),
                value,
                "{loss:?} without gradient"
            );
        };
        assert_loss(named(&case.name));
        if case.name == "sparse_categorical_crossentropy" {
            assert_loss(Loss::CategoricalCrossentropy);
        }
    }
    assert_eq!(cases.len() + 1, Loss::ALL.len(), "all, with the one-hot twin, are compared");
}

#[test]
fn networks_and_their_gradients_are_those_of_keras() {
    for case in golden().networks {
        let inputs = case.inputs.concat();
        let mut network = network_of(&case.layers, case.inputs[0].len(), &case.loss);
        let targets = targets_of(&case.loss, &case.targets, network.outputs());
        let mut pass = Pass::default();
        network.forward(&inputs, &mut pass);
        assert_close(&case.name, pass.output(), &case.output.concat(), PASS);
        let loss = network.backward(&inputs, &targets, &mut pass);
        assert_close(&format!("{} loss", case.name), &[loss], &[case.total_loss], PASS);
        for slot in network.slots() {
            let what = format!("{} {} {}", case.name, slot.layer, slot.name);
            assert_close(&what, &network.grads[slot.range.clone()], &array_of(&case.grads, slot), PASS);
        }
        let grad_inputs = network.input_gradient(&inputs, &mut pass);
        assert_close(&format!("{} input", case.name), &grad_inputs, &case.grad_inputs.concat(), PASS);
    }
}

/// Each run from the weights of the file, with its optimizer under a schedule where one is given.
fn assert_walks(on: &Optimizers, runs: &[OptimizerCase], schedule: Option<&Value>) {
    let (inputs, targets) = (on.inputs.concat(), on.targets.concat());
    for run in runs {
        let mut network = network_of(&on.layers, 2, &on.loss);
        let mut config = run.options.clone();
        config.insert("name".into(), run.optimizer.clone().into());
        config.extend(schedule.map(|schedule| ("schedule".to_owned(), schedule.clone())));
        let config: OptimizerConfig = serde_json::from_value(config.into()).expect("Keras' options are ours");
        config.validate().expect("options in range");
        let mut optimizer = Optimizer::new(config, network.weights.len());
        let mut pass = Pass::default();
        let mut losses = Vec::new();
        for _ in 0..on.steps {
            network.forward(&inputs, &mut pass);
            losses.push(network.backward(&inputs, &targets, &mut pass));
            network.update(&pass, |weights, grads, slots| optimizer.update(weights, grads, slots));
        }
        let name = schedule.map_or(run.name.clone(), |schedule| format!("{} {schedule}", run.name));
        assert_close(&name, &losses, &run.losses, TRAJECTORY);
        for slot in network.slots() {
            let what = format!("{name} {} {}", slot.layer, slot.name);
            assert_close(
                &what,
                &network.weights[slot.range.clone()],
                &array_of(&run.weights, slot),
                TRAJECTORY,
            );
        }
    }
}

#[test]
fn optimizers_walk_as_those_of_keras() {
    let on = golden().optimizers;
    assert_walks(&on, &on.runs, None);
    assert_eq!(on.runs.len(), 14);
}

#[test]
fn learning_rates_go_as_those_of_keras_and_pytorch_and_optimizers_with_them() {
    let Golden { optimizers, schedules, .. } = golden();
    for case in &schedules {
        let config: OptimizerConfig = serde_json::from_value(
            json!({ "name": "adam", "learning_rate": 1.0, "schedule": case.schedule }),
        )
        .expect("names of options are theirs");
        let rates: Vec<f32> = (0..case.rates.len()).map(|step| config.rate_at(step)).collect();
        assert_close(&case.schedule.to_string(), &rates, &case.rates, 1e-6);
        assert_walks(&optimizers, &case.runs, Some(&case.schedule));
        assert_eq!(case.runs.len(), 9);
    }
    assert_eq!(schedules.len(), 7);
}

/// An optimizer named alone must move weights, bit for bit, as one whose options are all written out
/// as Keras has them. Gradients down to 1e-8 bring the epsilons to bear.
#[test]
fn optimizers_have_the_defaults_of_keras() {
    let defaults = golden().defaults;
    // Four weights of a kernel and a bias.
    let network = config_network(&json!([{ "type": "dense", "units": 1 }]), &[4], Loss::MeanSquaredError);
    for (name, keras) in &defaults {
        let mut options = keras.as_object().expect("an object of options").clone();
        assert_ne!(options.remove("amsgrad"), Some(true.into()), "{name}: AMSGrad is not ours");
        options.insert("name".into(), name.as_str().into());
        let walked = |config: Value| -> Vec<f32> {
            let config: OptimizerConfig = serde_json::from_value(config).expect("Keras' options are ours");
            config.validate().expect("Keras' defaults are in range");
            let gradients = [0.3, -2.0, 1e-3, -1e-6, 1e-8_f32];
            let mut weights = vec![0.5; gradients.len()];
            let mut optimizer = Optimizer::new(config, weights.len());
            for step in 0..5 {
                optimizer.update(
                    &mut weights,
                    &mut gradients.map(|g| g / (1.0 + step as f32)),
                    network.slots(),
                );
            }
            weights
        };
        assert_eq!(walked(json!({ "name": name })), walked(options.into()), "{name}");
    }
    assert_eq!(defaults.len(), glassbox::train::OptimizerName::ALL.len());
}

#[test]
fn initializers_have_the_limits_and_deviations_of_keras() {
    const KERNELS: usize = 400;
    let Initializers { fan_in, fan_out, kinds } = golden().initializers;
    for kind in &kinds {
        let initializer: Initializer = named(&kind.name);
        let mut kernels = vec![0.0; KERNELS * fan_in * fan_out];
        for (seed, kernel) in kernels.chunks_exact_mut(fan_in * fan_out).enumerate() {
            initializer.fill(kernel, &[fan_in, fan_out], &mut Rng::new(seed as u64, Stream::Weights(0)));
        }
        let count = kernels.len() as f64;
        let mean = kernels.iter().map(|&w| f64::from(w)).sum::<f64>() / count;
        let std = (kernels.iter().map(|&w| f64::from(w).powi(2)).sum::<f64>() / count).sqrt();
        // Five deviations of a mean and of a deviation that 600,000 normal numbers give.
        assert!(mean.abs() < 5.0 * kind.std / count.sqrt(), "{}: mean {mean}", kind.name);
        let error = (std / kind.std - 1.0).abs();
        assert!(error < 5.0 / (2.0 * count).sqrt(), "{}: {std} vs {}", kind.name, kind.std);
        if let Some(limit) = kind.max_abs {
            let largest = kernels.iter().fold(0.0_f32, |max, w| max.max(w.abs()));
            let share = f64::from(largest) / limit;
            assert!((0.999..1.000_001).contains(&share), "{}: {largest} vs {limit}", kind.name);
        }
    }
}

/// One pass of a network of [`Golden::layers`], in the mode of `pass`.
fn assert_passes(case: &LayerNetwork, network: &mut Network, mode: Mode, keras: &Passed) {
    let what = |part: &str| format!("{} {mode:?} {part}", case.name);
    let targets = targets_of(&case.loss, &case.targets, network.loss_units());
    let mut pass = Pass::new(mode);
    network.forward(&case.inputs, &mut pass);
    assert_close(&what("output"), pass.output(), &keras.output, PASS);
    let loss = network.backward(&case.inputs, &targets, &mut pass);
    assert_close(&what("loss"), &[loss], &[keras.total_loss], PASS);
    let mut compared = 0;
    for (slot, (name, _)) in network.slots().iter().zip(network.named_weights()) {
        let grads = &network.grads[slot.range.clone()];
        assert_eq!(keras.grads.contains_key(&name), slot.is_trainable, "{}", what(&name));
        if let Some(keras) = keras.grads.get(&name) {
            assert_close(&what(&name), grads, keras, PASS);
            compared += 1;
        } else {
            assert!(grads.iter().all(|grad| *grad == 0.0), "{}", what(&name));
        }
    }
    assert_eq!(compared, keras.grads.len());
    let grad_inputs = network.input_gradient(&case.inputs, &mut pass);
    if keras.grad_inputs.is_empty() {
        assert!(grad_inputs.iter().all(|grad| *grad == 0.0), "{}: symbols have no gradient", what("input"));
    } else {
        assert_close(&what("input"), &grad_inputs, &keras.grad_inputs, PASS);
    }
}

#[test]
fn layers_and_their_gradients_are_those_of_keras() {
    let Golden { layers, sequences, .. } = golden();
    for case in layers.iter().chain(&sequences) {
        let mut network = config_network(&case.layers, &case.input_shape, named(&case.loss));
        let ours: Vec<_> =
            network.named_weights().into_iter().map(|(n, w)| (n, w.shape().to_vec())).collect();
        let keras: Vec<_> = case.weights.iter().map(|w| (w.name.clone(), w.shape.clone())).collect();
        assert_eq!(ours, keras, "{}: names, shapes and order", case.name);
        network.weights = case.weights.iter().flat_map(|weights| weights.values.clone()).collect();
        assert_passes(case, &mut network, Mode::Inference, &case.inference);
        let Some(training) = &case.training else { continue };
        assert_passes(case, &mut network, Mode::Training { step: 0 }, training);
    }
    assert_eq!((layers.len(), sequences.len()), (15, 9));
}

/// The weights, and the moving statistics with them, after some steps of gradient descent.
#[test]
fn batch_normalization_moves_as_that_of_keras() {
    let cases = golden().layers;
    let case = cases.iter().find(|case| case.updates > 0).expect("batch_normalization was updated");
    let mut network = config_network(&case.layers, &case.input_shape, named(&case.loss));
    network.weights = case.weights.iter().flat_map(|weights| weights.values.clone()).collect();
    let targets = targets_of(&case.loss, &case.targets, network.outputs());
    let mut optimizer = Optimizer::new(
        OptimizerConfig::new(glassbox::train::OptimizerName::Sgd, case.learning_rate),
        network.weights.len(),
    );
    let mut pass = Pass::default();
    for step in 0..case.updates {
        for mode in [Mode::Inference, Mode::Training { step }] {
            pass.mode = mode; // passes without an update leave no trace
            network.forward(&case.inputs, &mut pass);
        }
        network.backward(&case.inputs, &targets, &mut pass);
        network.update(&pass, |weights, grads, slots| optimizer.update(weights, grads, slots));
    }
    for (name, weights) in network.named_weights() {
        let ours: Vec<f32> = weights.iter().copied().collect();
        assert_close(&format!("{name} after {} updates", case.updates), &ours, &case.updated[&name], PASS);
    }
}
