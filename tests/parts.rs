//! Learning in parts of a batch: the same numbers as of the whole, bit for bit, and whoever looks finds all rows.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::nn::{Loss, Network, NetworkConfig, Pass};
use glassbox::tensor::{Rng, Stream};
use glassbox::train::statistics::layer_statistics;
use glassbox::train::{Experiment, Run};
use serde_json::{Value, json};

fn layers(filters: usize) -> Value {
    json!([
        { "type": "conv2d", "filters": filters, "kernel_size": 3, "activation": "relu" },
        { "type": "max_pooling2d" },
        { "type": "dropout", "rate": 0.3 },
        { "type": "conv2d", "filters": 5, "kernel_size": 3, "padding": "same", "activation": "tanh",
          "kernel_regularizer": { "l2": 0.01 } },
        { "type": "average_pooling2d" },
        { "type": "flatten" },
        { "type": "dense", "units": 1, "activation": "tanh" },
        { "type": "dense", "units": 10, "activation": "softmax" },
    ])
}

fn network(layers: Value) -> Network {
    let config: NetworkConfig = serde_json::from_value(json!({ "layers": layers })).unwrap();
    Network::new(&config, &[28, 28, 1], Loss::SparseCategoricalCrossentropy, 7).unwrap()
}

/// So many pictures of noise with a class each.
fn batch(rows: usize) -> (Vec<f32>, Vec<f32>) {
    let mut rng = Rng::new(3, Stream::Data);
    let inputs = (0..rows * 784).map(|_| rng.uniform()).collect();
    let targets = (0..rows * 10).map(|index| f32::from(index % 10 == index / 10 * 7 % 10)).collect();
    (inputs, targets)
}

#[test]
fn a_batch_in_parts_comes_to_what_the_whole_does() {
    for rows in [1, 3, 8, 9, 13, 64] {
        let (inputs, targets) = batch(rows);
        let mut parted = network(layers(8));
        let at_once = parted.rows_at_once(rows);
        assert_eq!(at_once, rows.min(8), "{} outputs", parted.units().iter().sum::<usize>());
        let mut whole = network(layers(8));
        let (mut pass, mut other) = (Pass::training(2), Pass::training(2));
        let learned = parted.learn(&inputs, &targets, &mut pass);
        whole.forward(&inputs, &mut other);
        let loss = whole.backward(&inputs, &targets, &mut other);
        assert!(learned.is_finite);
        assert_eq!(learned.loss, loss, "{rows} rows");
        assert!(whole.grads.iter().any(|grad| *grad != 0.0));
        assert_eq!(parted.grads, whole.grads, "{rows} rows");
        // What is left is the last part, bit for bit.
        for (a, b) in pass.traces.iter().zip(&other.traces) {
            for (a, b) in [
                (&a.output, &b.output),
                (&a.pre_activation, &b.pre_activation),
                (&a.grad_output, &b.grad_output),
            ] {
                assert_eq!(a[..], b[b.len() - a.len()..]);
                assert_eq!(
                    a.len() * rows,
                    b.len() * if rows % at_once == 0 { at_once } else { rows % at_once }
                );
            }
        }
    }
}

/// Pictures compared with themselves, by layers that make them larger again and an output that the loss is joined with.
#[test]
fn pictures_given_back_in_parts_come_to_what_the_whole_does() {
    let layers = json!([
        { "type": "conv2d", "filters": 12, "kernel_size": 3, "padding": "same", "activation": "relu" },
        { "type": "max_pooling2d" },
        { "type": "conv2d_transpose", "filters": 3, "kernel_size": 3, "strides": 2, "activation": "tanh" },
        { "type": "reshape", "target_shape": [29, 29, 3] },
        { "type": "max_pooling2d", "pool_size": 3, "strides": 2 },
        { "type": "up_sampling2d" },
        { "type": "conv2d_transpose", "filters": 1, "kernel_size": 3, "padding": "same", "activation": "sigmoid" },
    ]);
    let config: NetworkConfig = serde_json::from_value(json!({ "layers": layers })).unwrap();
    let network = || Network::new(&config, &[28, 28, 1], Loss::BinaryCrossentropy, 7).unwrap();
    for rows in [1, 5, 13] {
        let (inputs, _) = batch(rows);
        let (mut parted, mut whole) = (network(), network());
        assert_eq!(parted.rows_at_once(rows), rows.min(4));
        let learned = parted.learn(&inputs, &inputs, &mut Pass::training(2));
        let mut pass = Pass::training(2);
        whole.forward(&inputs, &mut pass);
        assert_eq!(whole.backward(&inputs, &inputs, &mut pass), learned.loss, "{rows} rows");
        assert_eq!(parted.grads, whole.grads, "{rows} rows");
        assert!(whole.grads.iter().any(|grad| *grad != 0.0));
    }
}

#[test]
fn what_is_no_number_is_met_in_every_part() {
    for row in [0, 9, 12] {
        let (mut inputs, targets) = batch(13);
        inputs[784 * row + 400] = f32::MAX;
        let mut network = network(layers(8));
        network.weights.iter_mut().take(72).for_each(|weight| *weight = -2.0);
        let learned = network.learn(&inputs, &targets, &mut Pass::training(0));
        assert!(!learned.is_finite, "row {row}");
        inputs[784 * row + 400] = 1.0;
        assert!(network.learn(&inputs, &targets, &mut Pass::training(0)).is_finite);
    }
}

#[test]
fn only_networks_that_gain_by_it_go_in_parts() {
    let with = |layer: Value| {
        let mut all = layers(8);
        all.as_array_mut().unwrap().insert(1, layer);
        network(all).rows_at_once(64)
    };
    assert_eq!(with(json!({ "type": "batch_normalization" })), 64, "it looks at the whole batch");
    assert_eq!(with(json!({ "type": "layer_normalization" })), 64, "its gradients are rounded at the end");
    assert_eq!(with(json!({ "type": "dropout", "rate": 0.1 })), 4);
    let dense = json!([{ "type": "flatten" }, { "type": "dense", "units": 128, "activation": "relu" },
        { "type": "dense", "units": 10, "activation": "softmax" }]);
    assert_eq!(network(dense).rows_at_once(64), 64, "products want many rows");
}

#[test]
fn whoever_looks_finds_the_whole_batch_of_the_last_step() {
    let experiment = json!({ "version": 1, "lab": "cnn", "seed": 7, "data": { "name": "digits", "samples": 100 },
        "network": { "layers": layers(8) }, "loss": "sparse_categorical_crossentropy", "optimizer": "adam",
        "batch_size": 30 });
    let mut run = Run::new(Experiment::from_value(experiment).unwrap()).unwrap();
    for _ in 0..2 {
        run.measure();
        let outputs = run.pass().output().to_vec();
        assert_eq!(outputs.len(), 30 * 10);
        let norm = layer_statistics(&run, 0).activation_grad_norm;
        run.step().unwrap();
        assert_eq!(run.pass().output(), outputs, "of the weights before the update");
        assert_eq!(layer_statistics(&run, 0).activation_grad_norm, norm);
    }
}
