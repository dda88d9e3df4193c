//! Pre-training: the weights that an autoencoder begins with are those of machines trained one on the other.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::data::{Batches, Data, DataConfig, Targets};
use glassbox::labs::{from_link, to_link};
use glassbox::nn::{Loss, Mode, Moments, Network, NetworkConfig, Pass};
use glassbox::train::{Experiment, Model, Optimizer, Pretraining, Run, Timeline, model};
use serde_json::{Value, json};
use std::sync::Arc;

/// Some digits, as pictures that were given.
fn digits() -> (Value, Arc<Data>) {
    let config = json!({ "name": "digits", "samples": 150, "test_fraction": 0.2 });
    let data = Data::new(&serde_json::from_value(config).unwrap(), 5).unwrap();
    let config = DataConfig { targets: Targets::Inputs, ..DataConfig::of_files(&data.train, &data.test) };
    (serde_json::to_value(config).unwrap(), data.into())
}

fn dense(units: usize, activation: &str) -> Value {
    json!({ "type": "dense", "units": units, "activation": activation })
}

/// 784-20-4-20-784, the code linear.
fn layers() -> Vec<Value> {
    let [hidden, code, output] = [dense(20, "sigmoid"), dense(4, "linear"), dense(784, "sigmoid")];
    vec![json!({ "type": "flatten" }), hidden.clone(), code, hidden, output]
}

fn of(data: &Value, layers: Vec<Value>, changes: Value) -> Value {
    let mut value = json!({ "version": 1, "lab": "autoencoder", "seed": 3, "data": data,
        "network": { "layers": layers }, "loss": "binary_crossentropy",
        "optimizer": { "name": "adam", "learning_rate": 0.001 }, "batch_size": 32,
        "pretraining": { "steps": 30, "learning_rate": 0.1 } });
    for (key, setting) in changes.as_object().unwrap() {
        value[key] = setting.clone();
    }
    value
}

fn read(value: Value) -> Experiment {
    Experiment::from_value(value).unwrap()
}

fn array<'a>(network: &'a Network, name: &str) -> &'a [f32] {
    let (_, slot) = network.named_slots().find(|(found, _)| found == name).unwrap();
    &network.weights[slot.range.clone()]
}

fn transposed(kernel: &[f32], rows: usize) -> Vec<f32> {
    let columns = kernel.len() / rows;
    (0..columns).flat_map(|column| (0..rows).map(move |row| kernel[row * columns + column])).collect()
}

fn bits(weights: &[f32]) -> Vec<u32> {
    weights.iter().map(|weight| weight.to_bits()).collect()
}

#[track_caller]
fn assert_bits(found: &[f32], wanted: &[f32]) {
    assert_eq!(found.len(), wanted.len());
    let other = bits(found).into_iter().zip(bits(wanted)).position(|(found, wanted)| found != wanted);
    assert_eq!(other, None, "the first that differs, of {}", found.len());
}

/// A machine alone after so many updates on `rows`, of `size` numbers each.
fn learned(layer: Value, rows: &[f32], size: usize, seed: u64, rate: f32, steps: usize) -> Network {
    let items = rows.len() / size;
    let layer: NetworkConfig = serde_json::from_value(json!({ "layers": [layer] })).unwrap();
    let mut network = Network::new(&layer, &[size], Loss::MeanSquaredError, seed).unwrap();
    network.adapt(|| Moments::of(size, items, |item, row| row.copy_from_slice(&rows[size * item..][..size])));
    let optimizer = json!({ "name": "sgd", "learning_rate": rate, "momentum": 0.5 });
    let mut optimizer = Optimizer::new(serde_json::from_value(optimizer).unwrap(), network.weights.len());
    let (mut batches, mut pass) = (Batches::new(items, seed), Pass::default());
    for step in 0..steps {
        let dealt = batches.peek(32).iter();
        let batch: Vec<f32> = dealt.flat_map(|&item| rows[size * item as usize..][..size].to_vec()).collect();
        pass.mode = Mode::Training { step };
        network.learn(&batch, &batch, &mut pass);
        assert!(network.update(&pass, |weights, grads, slots| optimizer.update(weights, grads, slots)));
        batches.advance(32);
    }
    network
}

/// The first by a run of its own, as the RBM lab has it; the second on what the layers before give.
#[test]
fn weights_are_those_of_machines_trained_alike() {
    let (config, data) = digits();
    let experiment = read(of(&config, layers(), json!({})));
    let run = Run::with_data(experiment.clone(), Arc::clone(&data)).unwrap();
    let (network, machines) = (run.network(), Pretraining::machines(&experiment).unwrap());
    assert_eq!(machines, 2);

    let alone = json!({ "version": 1, "lab": "rbm", "seed": Pretraining::seed_of(3, 0), "data": config,
        "network": { "layers": [{ "type": "rbm", "units": 20 }] }, "loss": "binary_crossentropy",
        "optimizer": { "name": "sgd", "learning_rate": 0.1, "momentum": 0.5 }, "batch_size": 32 });
    let mut alone = Run::with_data(read(alone), Arc::clone(&data)).unwrap();
    (0..30).for_each(|_| _ = alone.step().unwrap());
    let of_alone = |name: &str| array(alone.network(), &format!("rbm/{name}"));
    assert_bits(of_alone("kernel"), array(network, "dense/kernel"));
    assert_bits(of_alone("hidden_bias"), array(network, "dense/bias"));
    assert_bits(of_alone("visible_bias"), array(network, "dense_3/bias"));
    assert_bits(&transposed(of_alone("kernel"), 784), array(network, "dense_3/kernel"));

    // What the first layer makes of every item is what the second machine learns from, as so many features.
    let mut rows = Vec::new();
    run.visit(&run.data().train, &mut Pass::default(), |_, pass| {
        rows.extend_from_slice(&pass.traces[1].output)
    });
    // A machine with linear units learns at a tenth of the rate.
    let layer = json!({ "type": "rbm", "units": 4, "hidden": "gaussian" });
    let second = learned(layer, &rows, 20, Pretraining::seed_of(3, 1), 0.01, 30);
    assert_bits(array(&second, "rbm/kernel"), array(network, "dense_1/kernel"));
    assert_bits(array(&second, "rbm/hidden_bias"), array(network, "dense_1/bias"));
    assert_bits(array(&second, "rbm/visible_bias"), array(network, "dense_2/bias"));
    assert_bits(&transposed(array(&second, "rbm/kernel"), 20), array(network, "dense_2/kernel"));
}

#[test]
fn a_decoder_that_is_tied_begins_alike() {
    let (config, data) = digits();
    let mut tied = layers();
    (tied[3]["tied"], tied[4]["tied"]) = (json!(1), json!(3));
    let plain = Run::with_data(read(of(&config, layers(), json!({}))), Arc::clone(&data)).unwrap();
    let tied = Run::with_data(read(of(&config, tied, json!({}))), data).unwrap();
    assert_bits(&plain.network().weights, &tied.network().weights);
}

/// A dense layer learns of numbers beyond 0…1 by gaussian visible units, and gives them back as they are.
#[test]
fn numbers_beyond_0_and_1_are_gaussian() {
    let data = json!({ "name": "gaussians", "samples": 300, "targets": "inputs" });
    let network = vec![dense(6, "sigmoid"), dense(1, "linear"), dense(6, "sigmoid"), dense(2, "linear")];
    let changes =
        json!({ "loss": "mean_squared_error", "pretraining": { "steps": 2000, "learning_rate": 1 } });
    let run = Run::new(read(of(&data, network, changes))).unwrap();
    let (network, items) = (run.network(), &run.data().train);
    let mut rows = vec![0.0; 2 * items.len()];
    rows.chunks_exact_mut(2).enumerate().for_each(|(item, row)| items.copy_item(item, row));
    let layer = json!({ "type": "rbm", "units": 6, "visible": [{ "type": "gaussian", "units": 2 }] });
    let alone = learned(layer, &rows, 2, Pretraining::seed_of(3, 0), 0.1, 2000);
    assert_bits(array(&alone, "rbm/kernel"), array(network, "dense/kernel"));
    assert_bits(array(&alone, "rbm/hidden_bias"), array(network, "dense/bias"));
    assert_bits(array(&alone, "rbm/visible_bias"), array(network, "dense_3/bias"));
    assert_bits(&transposed(array(&alone, "rbm/kernel"), 2), array(network, "dense_3/kernel"));
}

#[test]
fn a_pretrained_run_keeps_the_promises_of_a_run() {
    let data = json!({ "name": "digits", "samples": 100, "test_fraction": 0.2, "targets": "inputs" });
    let value = of(&data, layers(), json!({}));
    let start = || Run::new(read(value.clone())).unwrap();
    let after = |run: &mut Run, steps: usize| {
        (run.steps()..steps).for_each(|_| _ = run.step().unwrap());
        bits(&run.network().weights)
    };
    let (first, twelfth) = (after(&mut start(), 0), after(&mut start(), 12));
    assert!(first == after(&mut start(), 0));
    // The random numbers of a run, its batches among them, are those of the same run without.
    let mut without = value.clone();
    without["pretraining"] = Value::Null;
    let mut without = Run::new(read(without)).unwrap();
    let mut run = start();
    without.measure();
    run.measure();
    assert!(without.inputs() == run.inputs() && first != after(&mut without, 0));
    for (key, other) in [("seed", json!(4)), ("pretraining", json!({ "steps": 31, "learning_rate": 0.1 }))] {
        let mut changed = value.clone();
        changed[key] = other;
        assert!(first != after(&mut Run::new(read(changed)).unwrap(), 0), "{key}");
    }
    // Back, and on.
    let mut timeline = Timeline::new(&run, Value::Null, 0);
    assert!(after(&mut run, 12) == twelfth);
    timeline.keep(&run, Value::Null, 0);
    let bytes = model::run_to_bytes(&run, Value::Null);
    run.restore(timeline.before(0).0);
    assert!(run.steps() == 0 && after(&mut run, 0) == first);
    assert!(after(&mut run, 12) == twelfth);
    // From a file, and from a file of the weights alone.
    let file = Model::read("m", &*bytes).unwrap();
    let mut again = Run::new(file.experiment.clone()).unwrap();
    assert!(file.resume(&mut again).unwrap().is_some());
    assert!(after(&mut again, 12) == twelfth && after(&mut again, 20) == after(&mut run, 20));
    let onwards = Run::with_model(file.to_experiment(), None, &file.network).unwrap();
    assert!(bits(&onwards.network().weights) == twelfth && onwards.experiment().pretraining.is_none());
    // And a link.
    let lanes = read(value).into();
    let link = to_link(&lanes).unwrap();
    assert!(link.contains("&pretraining.learning_rate=0.1&pretraining.steps=30"), "{link}");
    assert_eq!(from_link(&link).unwrap(), lanes);
}

#[test]
fn what_machines_do_not_stand_for_is_refused_in_words() {
    let data = json!({ "name": "digits", "samples": 100, "targets": "inputs" });
    let refused =
        |layers: Vec<Value>, changes: Value| match Experiment::from_value(of(&data, layers, changes)) {
            Ok(_) => panic!("was taken"),
            Err(error) => error.to_string(),
        };
    let with = |place: usize, layer: Value| {
        let mut layers = layers();
        layers[place] = layer;
        layers
    };
    let of_settings = |settings: Value| refused(layers(), json!({ "pretraining": settings }));
    assert_eq!(of_settings(json!({ "steps": 0 })), "pretraining.steps is 0, but must be from 1 to 1000000");
    assert!(
        of_settings(json!({ "steps": 900_000 }))
            .starts_with("pretraining.steps is 900000, but must be at most 49")
    );
    assert_eq!(
        of_settings(json!({ "learning_rate": -1 })),
        "pretraining.learning_rate is -1, but must be from 0 to 100"
    );
    assert!(
        of_settings(json!({ "epochs": 3 })).starts_with("pretraining.epochs: unknown key `epochs`, expected")
    );
    assert!(of_settings(json!(3)).starts_with("pretraining: must be"), "{}", of_settings(json!(3)));
    let at = |layer: usize, given: &str, allowed: &str| {
        format!(
            "network.layers.{layer}.activation is {given}, but must be {allowed} where pretraining is given, as the units of machines are"
        )
    };
    assert_eq!(refused(with(1, dense(20, "relu")), json!({})), at(1, "relu", "sigmoid"));
    assert_eq!(refused(with(3, dense(20, "linear")), json!({})), at(3, "linear", "sigmoid"));
    assert_eq!(refused(with(2, dense(4, "tanh")), json!({})), at(2, "tanh", "sigmoid or linear"));
    let mirror = "pretraining is given, but must be left out unless the dense layers behind the code mirror those up to it: theirs have ";
    assert_eq!(refused(with(3, dense(21, "sigmoid")), json!({})), format!("{mirror}20, 4, 21, 784 units"));
    let one_less = [&layers()[..2], &layers()[3..]].concat();
    assert_eq!(refused(one_less, json!({})), format!("{mirror}20, 20, 784 units"));
    let mut normed = layers();
    normed.insert(2, json!({ "type": "batch_normalization" }));
    assert!(
        refused(normed, json!({}))
            .ends_with("with a layer batch_normalization: machines stand for dense layers")
    );
    assert!(
        refused(layers(), json!({ "initial_weights": "model" }))
            .ends_with("must be left out where initial_weights say what to start from")
    );
    let labelled = json!({ "name": "digits", "samples": 100 });
    let plain = vec![json!({ "type": "flatten" }), dense(10, "softmax")];
    let loss = json!({ "loss": "sparse_categorical_crossentropy", "data": labelled });
    assert!(refused(plain, loss).ends_with("to be given back (data.targets inputs)"));
    // A change while it runs that no machine stands for; and one that is none of theirs.
    let edit = |set: Value| json!({ "edits": [{ "step": 2, "set": set }] });
    assert!(
        refused(layers(), edit(json!({ "network.layers.1.activation": "tanh" })))
            .starts_with("edits.0.set.network.layers.1.activation is tanh, but must be sigmoid")
    );
    read(of(
        &data,
        layers(),
        edit(json!({ "network.layers.2.activation": "sigmoid", "loss": "mean_squared_error" })),
    ));
    // Numbers that leave the finite ones do so before step 0.
    let far = json!({ "pretraining": { "steps": 2000, "learning_rate": 100 } });
    let wide = vec![dense(1, "linear"), dense(2, "linear")];
    let mut value = of(&json!({ "name": "gaussians", "targets": "inputs" }), wide, far);
    value["loss"] = json!("mean_squared_error");
    let error = Run::new(read(value)).err().unwrap().to_string();
    assert!(error.starts_with("pretraining.learning_rate is 100, but must be smaller: machine "), "{error}");
}
