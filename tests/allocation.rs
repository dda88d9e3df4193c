//! Training takes no memory while it goes on: after two epochs every buffer has its size. And a file
//! takes no more than it holds, whatever it promises. Counted by `allocation_counter`, which is a
//! global allocator that counts for each thread.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::data::idx::{read_images, read_labels};
use glassbox::nn::{Loss, Mode, Network, NetworkConfig, Pass};
use glassbox::train::{Experiment, Optimizer, OptimizerConfig, OptimizerName, Run};
use glassbox::worker::Session;
use glassbox::worker::protocol::{Reply, Request};
use serde_json::{Value, json};
use std::io::Write;

/// A run of 70 training items, so that batches of 32 end with one of 6, before its first step.
fn start(classes: usize, optimizer: &str, batch_size: &Value) -> Run {
    let (units, activation, loss) = match classes {
        2 => (1, "sigmoid", "binary_crossentropy"),
        _ => (classes, "softmax", "sparse_categorical_crossentropy"),
    };
    let experiment = json!({ "version": 1, "lab": "gradients", "seed": 7,
        "data": { "name": "spiral", "samples": 100, "classes": classes },
        "network": { "layers": [
            { "type": "dense", "units": 9, "activation": "relu", "kernel_regularizer": { "l2": 0.001 } },
            { "type": "dense", "units": 8, "activation": "softmax" },
            { "type": "dense", "units": units, "activation": activation } ] },
        "loss": loss, "optimizer": { "name": optimizer, "clipnorm": 1.0 }, "batch_size": batch_size });
    Run::new(Experiment::from_value(experiment).expect("a valid experiment")).expect("a validated experiment")
}

fn step(run: &mut Run) -> f32 {
    let loss = run.step().expect("a run that does not diverge");
    loss + run.kernel_grad_norms().sum::<f32>()
}

#[test]
fn a_step_allocates_nothing_after_two_epochs() {
    for classes in [2, 3] {
        for optimizer in ["sgd", "rmsprop", "adagrad", "adadelta", "adam", "adamw", "nadam"] {
            for batch_size in [json!(32), json!(1), json!("full")] {
                let mut run = start(classes, optimizer, &batch_size);
                let first = allocation_counter::measure(|| {
                    step(&mut run);
                });
                assert!(first.count_total > 0, "the first step fills its buffers, and is counted");
                while run.epoch() < 2 {
                    step(&mut run);
                }
                let mut smallest = usize::MAX;
                let counted = allocation_counter::measure(|| {
                    while run.epoch() < 4 {
                        assert!(step(&mut run).is_finite());
                        smallest = smallest.min(run.pass().output().len());
                    }
                });
                let what = format!("{classes} classes, {optimizer}, batches of {batch_size}");
                assert_eq!(counted.count_total, 0, "{what}: {counted:?}");
                if batch_size == 32 {
                    let outputs = run.network().outputs();
                    assert_eq!(smallest, 6 * outputs, "{what}: the last batch is among them");
                }
            }
        }
    }
}

/// Two epochs fill the buffers; the two after them take nothing more.
fn assert_later_epochs_allocate_nothing(experiment: Value) {
    let name = experiment["network"].to_string();
    let mut run = Run::new(Experiment::from_value(experiment).unwrap()).unwrap();
    while run.epoch() < 2 {
        step(&mut run);
    }
    let counted = allocation_counter::measure(|| {
        while run.epoch() < 4 {
            step(&mut run);
        }
    });
    assert_eq!(counted.count_total, 0, "{name}: {counted:?}");
}

#[test]
fn a_step_on_changed_pictures_allocates_nothing_either() {
    let experiment = json!({ "version": 1, "lab": "gradients", "seed": 7,
        "data": { "name": "digits", "samples": 100, "augmentation": { "rotation": 15, "elastic": 1.5, "thickness": 0.5 } },
        "network": { "layers": [{ "type": "flatten" }, { "type": "dense", "units": 10, "activation": "softmax" }] },
        "loss": "sparse_categorical_crossentropy", "optimizer": "adam", "batch_size": 32 });
    assert_later_epochs_allocate_nothing(experiment);
}

#[test]
fn a_step_towards_its_inputs_allocates_nothing_either() {
    let dense = json!([
        { "type": "flatten" },
        { "type": "dense", "units": 8, "activation": "relu" },
        { "type": "dense", "units": 784, "activation": "sigmoid" } ]);
    let convolutional = json!([
        { "type": "conv2d", "filters": 3, "kernel_size": 3, "strides": 4, "padding": "same", "activation": "relu" },
        { "type": "conv2d_transpose", "filters": 2, "kernel_size": 3, "strides": 2, "padding": "same" },
        { "type": "up_sampling2d" },
        { "type": "conv2d", "filters": 1, "kernel_size": 3, "padding": "same", "activation": "sigmoid" } ]);
    [dense, convolutional].into_iter().for_each(assert_steps_towards_inputs_allocate_nothing);
}

fn assert_steps_towards_inputs_allocate_nothing(layers: Value) {
    let experiment = json!({ "version": 1, "lab": "autoencoder", "seed": 7,
        "data": { "name": "digits", "samples": 100, "targets": "inputs" },
        "network": { "layers": layers },
        "loss": "binary_crossentropy", "optimizer": "adam", "batch_size": 32 });
    assert_later_epochs_allocate_nothing(experiment);
}

fn idx(header: &[u32], items: &[u8]) -> Vec<u8> {
    header.iter().flat_map(|number| number.to_be_bytes()).chain(items.iter().copied()).collect()
}

#[test]
fn a_header_that_lies_takes_no_memory() {
    let bytes = idx(&[0x803, 200_000, 28, 28], &[1; 100]);
    let used = allocation_counter::measure(|| {
        let error = read_images("i", &*bytes).unwrap_err().to_string();
        assert_eq!(error, "i: it is cut off after 0 of the 200000 images it promises");
    });
    assert!(used.bytes_max < 200_000, "{used:?}");
}

#[test]
fn what_a_gzip_bomb_holds_is_not_unpacked() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&idx(&[0x801, 10], &[1; 10])).unwrap();
    encoder.write_all(&vec![0; 50_000_000]).unwrap();
    let bomb = encoder.finish().unwrap();
    let used = allocation_counter::measure(|| {
        let error = read_labels("l", &*bomb).unwrap_err().to_string();
        assert_eq!(error, "l: it goes on after the 10 labels it promises");
    });
    assert!(used.bytes_max < 300_000, "{used:?}");
}

#[test]
fn a_file_takes_little_more_than_its_images() {
    let bytes = idx(&[0x803, 20_000, 28, 28], &vec![1; 20_000 * 784]);
    let mut pictures = None;
    let used = allocation_counter::measure(|| pictures = read_images("i", &*bytes).ok());
    assert_eq!(pictures.unwrap().len(), 20_000);
    assert!(used.bytes_max < 2 * 20_000 * 784 && used.bytes_current < 20_001 * 784, "{used:?}");
}

#[test]
fn a_step_of_every_kind_of_layer_allocates_nothing() {
    let config = json!({ "layers": [
        { "type": "conv2d", "filters": 3, "kernel_size": 3, "padding": "same", "activation": "relu" },
        { "type": "batch_normalization" },
        { "type": "max_pooling2d" },
        { "type": "conv2d", "filters": 5, "kernel_size": 2, "strides": 2, "padding": "same", "activation": "tanh" },
        { "type": "layer_normalization" },
        { "type": "average_pooling2d", "pool_size": 2, "strides": 1 },
        { "type": "dropout", "rate": 0.3 },
        { "type": "add", "skip": 1 },
        { "type": "up_sampling2d" },
        { "type": "conv2d_transpose", "filters": 2, "kernel_size": 3, "strides": 2, "padding": "same", "activation": "relu" },
        { "type": "conv2d_transpose", "filters": 3, "kernel_size": 2 },
        { "type": "flatten" },
        { "type": "reshape", "target_shape": [3, 1, 25] },
        { "type": "flatten" },
        { "type": "dense", "units": 3, "activation": "softmax" } ] });
    let config: NetworkConfig = serde_json::from_value(config).expect("layers");
    let mut network =
        Network::new(&config, &[8, 8, 2], Loss::SparseCategoricalCrossentropy, 7).expect("a network");
    let adam = OptimizerConfig::new(OptimizerName::Adam, 0.01);
    let mut optimizer = Optimizer::new(adam, network.weights.len());
    let inputs: Vec<f32> = (0..32 * 128).map(|index| (index as f32 * 0.7).sin()).collect();
    let targets: Vec<f32> = (0..32 * 3).map(|index| f32::from(index % 3 == index / 3 % 3)).collect();
    let mut pass = Pass::default();
    let mut step = |step: usize| {
        let rows = if step % 3 == 2 { 5 } else { 32 };
        pass.mode = Mode::Training { step };
        network.forward(&inputs[..rows * 128], &mut pass);
        network.backward(&inputs[..rows * 128], &targets[..rows * 3], &mut pass);
        network.update(&pass, |weights, grads, slots| optimizer.update(weights, grads, slots));
    };
    let first = allocation_counter::measure(|| step(0));
    assert!(first.count_total > 0, "the first step fills its buffers, and is counted");
    let counted = allocation_counter::measure(|| (1..12).for_each(&mut step));
    assert_eq!(counted.count_total, 0, "{counted:?}");
}

#[test]
fn a_step_of_what_autoencoders_are_made_of_allocates_nothing() {
    let experiment = json!({ "version": 1, "lab": "autoencoder", "seed": 7,
        "data": { "name": "digits", "samples": 100, "targets": "inputs" },
        "network": { "layers": [
            { "type": "flatten" },
            { "type": "dense", "units": 8, "activation": "sigmoid",
              "activity_regularizer": { "l1": 0.001, "kl": 0.1 } },
            { "type": "dense", "units": 6 },
            { "type": "sampling" },
            { "type": "dense", "units": 8, "activation": "relu" },
            { "type": "dense", "units": 784, "activation": "sigmoid", "tied": 4 } ] },
        "loss": "binary_crossentropy", "optimizer": "adam", "batch_size": 32 });
    assert_later_epochs_allocate_nothing(experiment);
}

#[test]
fn a_step_of_a_boltzmann_machine_allocates_nothing() {
    let machines = [
        json!({ "type": "rbm", "units": 6, "gibbs_steps": 3, "sparsity_target": 0.1 }),
        json!({ "type": "rbm", "units": 6, "persistent_chains": 10 }),
        json!({ "type": "rbm", "units": 6, "hidden": "relu", "learns_variance": true,
            "visible": [{ "type": "gaussian", "units": 100 }, { "type": "softmax", "units": 684, "choices": 3 }] }),
        json!({ "type": "rbm", "units": 6, "mean_field": true, "visible": [{ "type": "replicated_softmax", "units": 784 }] }),
        json!({ "type": "rbm", "units": 6, "visible": [{ "type": "replicated_softmax", "units": 784 }] }),
    ];
    for (index, machine) in machines.into_iter().enumerate() {
        let loss = if index < 2 { "binary_crossentropy" } else { "mean_squared_error" };
        let experiment = json!({ "version": 1, "lab": "rbm", "seed": 7,
            "data": { "name": "digits", "samples": 100, "targets": "inputs" },
            "network": { "layers": [machine] },
            "loss": loss, "optimizer": "sgd", "batch_size": 32 });
        assert_later_epochs_allocate_nothing(experiment);
    }
}

#[test]
fn a_bomb_that_is_dropped_on_the_page_is_not_unpacked() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&idx(&[0x803, 10, 28, 28], &[1; 7840])).unwrap();
    encoder.write_all(&vec![0; 50_000_000]).unwrap();
    let bomb = encoder.finish().unwrap();
    let lies = idx(&[0x803, 200_000, 28, 28], &[1; 100]);
    for (bytes, words) in
        [(bomb, "i: it goes on after the 10 images"), (lies, "i: it is cut off after 0 of the 200000")]
    {
        let mut session = Session::new(|| 0.0);
        let used = allocation_counter::measure(|| {
            let mut reply = session.give("files".into(), vec![("i".into(), bytes.clone())]);
            while matches!(reply, Reply::Reading { .. }) {
                reply = session.answer(Request::Read { budget_ms: 0.0 }).0;
            }
            let Reply::Refused { message } = reply else { panic!("taken") };
            assert!(message.starts_with(words), "{message}");
        });
        assert!(used.bytes_max < 500_000, "{used:?}");
    }
}

#[test]
fn a_step_through_time_allocates_nothing() {
    let of_states = |layer: Value| {
        json!([{ "type": "embedding", "input_dim": 9, "output_dim": 4 }, layer,
            { "type": "dense", "units": 3, "activation": "softmax" }])
    };
    let layers = [
        json!({ "type": "simple_rnn", "units": 5, "return_sequences": true }),
        json!({ "type": "lstm", "units": 5, "return_sequences": true, "activation": "gelu" }),
        json!({ "type": "gru", "units": 5, "return_sequences": true, "truncate_gradient": 4 }),
        json!({ "type": "bidirectional", "layer": { "type": "lstm", "units": 3, "return_sequences": true } }),
    ];
    for layer in layers {
        let config: NetworkConfig =
            serde_json::from_value(json!({ "layers": of_states(layer.clone()) })).expect("layers");
        let mut network =
            Network::new(&config, &[10], Loss::SparseCategoricalCrossentropy, 7).expect("a network");
        let adam = OptimizerConfig::new(OptimizerName::Adam, 0.01);
        let mut optimizer = Optimizer::new(adam, network.weights.len());
        let inputs: Vec<f32> = (0..320).map(|index| (index * 7 % 9) as f32).collect();
        let targets: Vec<f32> = (0..32 * 10 * 3).map(|index| f32::from(index % 3 == index / 3 % 3)).collect();
        let (mut pass, mut tested) = (Pass::default(), Pass::default());
        let mut step = |step: usize| {
            let rows = if step % 3 == 2 { 5 } else { 32 };
            pass.mode = Mode::Training { step };
            let learned = network.learn(&inputs[..rows * 10], &targets[..rows * 30], &mut pass);
            assert!(learned.loss.is_finite());
            network.update(&pass, |weights, grads, slots| optimizer.update(weights, grads, slots));
            if network.can_stream() {
                let (mode, time) = [(Mode::Inference, 10), (Mode::Streaming, 1)][step % 2];
                tested.mode = mode;
                network.forward(&inputs[..rows * time], &mut tested);
            } else {
                network.forward(&inputs[..rows * 10], &mut tested);
            }
        };
        let first = allocation_counter::measure(|| step(0));
        assert!(first.count_total > 0, "the first step fills its buffers, and is counted");
        (1..3).for_each(&mut step);
        let counted = allocation_counter::measure(|| (3..12).for_each(&mut step));
        assert_eq!(counted.count_total, 0, "{layer}: {counted:?}");
    }
}
