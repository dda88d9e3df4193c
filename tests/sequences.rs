//! Runs on sequences: what is learned of them, what their targets are, what is refused, and that a step on them takes
//! no memory.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::data::sequences::{OwnText, Vocabulary};
use glassbox::data::{Data, DataConfig};
use glassbox::nn::{Network, Pass};
use glassbox::train::{Experiment, Run};
use glassbox::worker::Session;
use glassbox::worker::protocol::{Reply, Request};
use serde_json::{Value, json};

/// An experiment on `data` with a network of these layers.
fn experiment(data: &Value, layers: &Value, loss: &str) -> Value {
    json!({ "version": 1, "lab": "sequence", "seed": 7, "data": data, "network": { "layers": layers },
        "loss": loss, "optimizer": { "name": "adam", "learning_rate": 0.01 }, "batch_size": 32 })
}

fn start(data: &Value, layers: &Value, loss: &str) -> Run {
    let experiment = Experiment::from_value(experiment(data, layers, loss));
    Run::new(experiment.unwrap_or_else(|error| panic!("{error}"))).unwrap()
}

fn refused(data: &Value, layers: &Value, loss: &str) -> String {
    Experiment::from_value(experiment(data, layers, loss)).unwrap_err().to_string()
}

const CLASSES: &str = "sparse_categorical_crossentropy";

fn flat(units: usize, activation: &str) -> Value {
    json!([{ "type": "flatten" }, { "type": "dense", "units": units, "activation": activation }])
}

#[test]
fn recall_is_learned_by_a_network_that_sees_all_steps() {
    let data = json!({ "name": "recall", "lag": 5, "samples": 1000 });
    let mut run = start(&data, &flat(8, "softmax"), CLASSES);
    let before = run.evaluate(&mut Pass::default()).unwrap();
    assert!(before.metric < 0.3 && before.loss > 1.5, "{before:?}");
    (0..300).for_each(|_| assert!(run.step().unwrap().is_finite()));
    let after = run.evaluate(&mut Pass::default()).unwrap();
    assert!(after.metric > 0.99 && after.loss < 0.3, "{after:?}");
    let readings = run.readings(&mut Pass::default());
    let right = readings.iter().zip(run.data().test.all_labels());
    assert!(right.filter(|(reading, label)| reading.class == Some(**label as usize)).count() > 197);
}

#[test]
fn numbers_over_time_are_learned_from_as_well() {
    let mut run = start(
        &json!({ "name": "wave", "lag": 20, "samples": 1000, "noise": 0.0 }),
        &flat(1, "linear"),
        "mean_squared_error",
    );
    (0..1000).for_each(|_| assert!(run.step().unwrap().is_finite()));
    let after = run.evaluate(&mut Pass::default()).unwrap();
    assert!(after.loss < 0.01, "{after:?}");
}

/// The test passes in parts; its loss and accuracy are those of all items at once.
#[test]
fn the_test_is_of_all_sequences_whatever_the_parts() {
    let data = json!({ "name": "recall", "lag": 3, "samples": 2000, "test_fraction": 0.35 });
    let mut run = start(&data, &flat(8, "softmax"), CLASSES);
    (0..30).for_each(|_| assert!(run.step().unwrap().is_finite()));
    let tested = run.evaluate(&mut Pass::default()).unwrap();
    let (test, network) = (&run.data().test, run.network());
    let inputs = test.to_tensor();
    let mut pass = Pass::default();
    network.forward(inputs.as_slice().unwrap(), &mut pass);
    let loss = network.loss(&test.targets(8), &pass);
    assert!((tested.loss / loss - 1.0).abs() < 1e-5, "{} and {loss}", tested.loss);
    let rows = pass.output().chunks_exact(8).zip(test.all_labels());
    let right = rows.filter(|(row, label)| row.iter().all(|y| *y <= row[**label as usize])).count();
    assert!((tested.metric - right as f32 / 700.0).abs() < 1e-6, "{} and {right}", tested.metric);
}

/// A recurrent network that gives a row of so many classes for each step after the first.
fn over_time(units: usize, before: &[Value], cropped: usize) -> Value {
    let rest = [
        json!({ "type": "gru", "units": 12, "return_sequences": true }),
        json!({ "type": "cropping1d", "cropping": [cropped, 0] }),
        json!({ "type": "dense", "units": units, "activation": "softmax" }),
    ];
    json!([before, &rest].concat())
}

fn embedding(symbols: usize) -> Value {
    json!({ "type": "embedding", "input_dim": symbols, "output_dim": 8 })
}

/// Every step that has a label counts alike, in loss and accuracy.
#[test]
fn classes_at_several_steps_are_learned_and_counted() {
    let data = json!({ "name": "copy", "lag": 2, "samples": 1000 });
    let mut run = start(&data, &over_time(8, &[], 7), CLASSES);
    assert_eq!(run.network().shapes().last().unwrap(), &[5, 8]);
    let before = run.evaluate(&mut Pass::default()).unwrap();
    assert!((before.loss / 8.0_f32.ln() - 1.0).abs() < 0.1 && before.metric < 0.2, "{before:?}");
    assert_eq!(run.targets().len(), 0, "none before the first step");
    (0..400).for_each(|_| assert!(run.step().unwrap().is_finite()));
    assert_eq!(run.targets().len(), run.inputs().len() / (12 * 10) * 40, "of the batch alone");
    let after = run.evaluate(&mut Pass::default()).unwrap();
    assert!(after.metric > 0.25 && after.loss < 1.9, "{after:?}");

    let (test, network, mut pass) = (&run.data().test, run.network(), Pass::default());
    network.forward(test.to_tensor().as_slice().unwrap(), &mut pass);
    let steps: Vec<(&[f32], usize)> =
        pass.output().chunks_exact(8).zip(test.all_labels().iter().map(|&label| label as usize)).collect();
    assert_eq!(steps.len(), 200 * 5);
    let loss = -steps.iter().map(|(row, label)| row[*label].ln()).sum::<f32>() / 1000.0;
    let right = steps.iter().filter(|(row, label)| row.iter().all(|y| *y <= row[*label])).count();
    assert!((after.loss - loss).abs() < 1e-4, "{} and {loss}", after.loss);
    assert!((after.metric - right as f32 / 1000.0).abs() < 1e-5, "{} and {right}", after.metric);
    let readings = run.readings(&mut Pass::default());
    assert_eq!(
        readings.iter().zip(&steps).filter(|(reading, step)| reading.class == Some(step.1)).count(),
        right
    );
}

#[test]
fn the_next_character_of_a_text_is_learned() {
    let data = DataConfig::named("text");
    let symbols = data.symbol_count().unwrap();
    let layers = over_time(symbols, &[embedding(symbols)], 0);
    let mut run = start(&json!({ "name": "text" }), &layers, CLASSES);
    let before = run.evaluate(&mut Pass::default()).unwrap();
    (0..100).for_each(|_| assert!(run.step().unwrap().is_finite()));
    let after = run.evaluate(&mut Pass::default()).unwrap();
    assert!(
        before.loss.exp() > 40.0 && after.loss.exp() < 25.0,
        "perplexity {} to {}",
        before.loss.exp(),
        after.loss.exp()
    );
    assert!(after.metric > 0.2, "{after:?}");

    let vocabulary = Vocabulary::named(&run.data().names.symbols).unwrap();
    let primed = vocabulary.encode("The lighž");
    assert_eq!((primed.symbols.len(), primed.unknown), (8, vec!['ž']));
}

#[test]
fn a_text_from_outside_comes_through_the_worker_into_a_run() {
    let text = "Three strokes, then a rest; three strokes more.\n".repeat(20);
    let mut session = Session::new(|| 0.0);
    let mut reply = session.give("own_text".into(), vec![("a.txt".into(), text.clone().into_bytes())]);
    while let Reply::Reading { .. } = reply {
        reply = session.answer(Request::Read { budget_ms: 1.0 }).0;
    }
    let Reply::Given { data, summary } = reply else { panic!("{reply:?}") };
    assert!(summary.starts_with("960 characters, "), "{summary}");
    let symbols = data.symbols.unwrap();
    let layers = over_time(symbols, &[embedding(symbols)], 0);
    let mut experiment = experiment(&serde_json::to_value(&data).unwrap(), &layers, CLASSES);
    experiment["batch_size"] = json!(4);
    let experiment = Experiment::from_value(experiment).unwrap();
    assert!(Run::new(experiment.clone()).err().unwrap().to_string().contains("where no images, table, text"));
    let mut own = OwnText::read("a.txt", text.as_bytes()).unwrap();
    let mut run = Run::with_data(experiment.clone(), own.data(&data).unwrap()).unwrap();
    (0..150).for_each(|_| assert!(run.step().unwrap().is_finite()));
    let after = run.evaluate(&mut Pass::default()).unwrap();
    assert!(after.loss < 0.5 && after.metric > 0.9, "it repeats itself: {after:?}");

    let two = vec![("a.txt".into(), text.clone().into_bytes()), ("b.txt".into(), text.into_bytes())];
    let mut reply = session.give("own_text".into(), two);
    while let Reply::Reading { .. } = reply {
        reply = session.answer(Request::Read { budget_ms: 1.0 }).0;
    }
    let Reply::Refused { message } = reply else { panic!("{reply:?}") };
    assert_eq!(message, "a.txt: 1 more came with it, but of texts one file at a time is taken");
}

/// A network built for another length takes over the weights: what it was trained on is asked at any lag.
#[test]
fn a_trained_network_is_probed_at_another_lag() {
    let layers = json!([
        { "type": "gru", "units": 16 },
        { "type": "dense", "units": 8, "activation": "softmax" }]);
    let mut run = start(&json!({ "name": "recall", "lag": 3, "samples": 2000 }), &layers, CLASSES);
    (0..500).for_each(|_| assert!(run.step().unwrap().is_finite()));
    let accuracy = |lag: usize| run.evaluate_at_lag(lag, 200).unwrap().metric;
    assert!(accuracy(3) > 0.95, "{}", accuracy(3));
    assert!(accuracy(100) < 0.5, "{}", accuracy(100));
    // By hand: the items of that lag through a network of their length.
    let items = Data::probe(&run.current().data, 7, 6, 200).unwrap();
    let mut network =
        Network::new(&run.current().network, &items.input_shape(), run.current().loss, 7).unwrap();
    network.weights.copy_from_slice(&run.network().weights);
    let mut pass = Pass::default();
    network.forward(items.to_tensor().as_slice().unwrap(), &mut pass);
    let rows = pass.output().chunks_exact(8).zip(items.all_labels());
    let right = rows.filter(|(row, label)| run.class_of(row) == Some(**label as usize)).count();
    assert!((accuracy(6) - right as f32 / 200.0).abs() < 1e-6, "{} and {right}", accuracy(6));
    let said = |run: &Run, lag, items| run.evaluate_at_lag(lag, items).unwrap_err().to_string();
    assert_eq!(said(&run, 1, 9), "data.lag is 1, but must be from 2 to 200");
    assert_eq!(said(&run, 5, 0), "the number of sequences is 0, but must be 1 or more");

    let mut copy =
        start(&json!({ "name": "copy", "lag": 2, "samples": 100 }), &over_time(8, &[], 7), CLASSES);
    copy.step().unwrap();
    assert!(copy.evaluate_at_lag(9, 50).unwrap().loss.is_finite(), "cropped later");
    let flat = start(&json!({ "name": "recall", "samples": 100 }), &flat(8, "softmax"), CLASSES);
    assert_eq!(
        said(&flat, 5, 9),
        "the network is one of a fixed length, but must be recurrent, to take 6 steps with the weights that it has for 21"
    );
}

#[test]
fn a_step_on_sequences_allocates_nothing() {
    let symbols = DataConfig::named("text").symbol_count().unwrap();
    for (data, layers, loss) in [
        (json!({ "name": "recall", "samples": 100 }), flat(8, "softmax"), CLASSES),
        (json!({ "name": "adding", "samples": 100 }), flat(1, "linear"), "mean_squared_error"),
        (json!({ "name": "copy", "samples": 100 }), over_time(8, &[], 25), CLASSES),
        (json!({ "name": "text" }), over_time(symbols, &[embedding(symbols)], 0), CLASSES),
    ] {
        let mut run = start(&data, &layers, loss);
        while run.epoch() < 2 {
            run.step().unwrap();
        }
        let counted = allocation_counter::measure(|| {
            while run.epoch() < 4 {
                run.step().unwrap();
            }
        });
        assert_eq!(counted.count_total, 0, "{data}: {counted:?}");
    }
}

#[test]
fn what_a_network_must_give_is_said() {
    let recall = json!({ "name": "recall" });
    assert_eq!(
        refused(&recall, &flat(7, "softmax"), CLASSES),
        "network.layers.1.units is 7, but must be 8 for recall with the loss sparse_categorical_crossentropy"
    );
    assert!(refused(&recall, &flat(1, "sigmoid"), "binary_crossentropy").contains("for 8 classes"));
    assert!(
        refused(&json!({ "name": "adding" }), &flat(2, "softmax"), CLASSES)
            .contains("mean_squared_error or mean_absolute_error for the data adding")
    );
    assert_eq!(
        refused(&json!({ "name": "copy", "lag": 4 }), &over_time(8, &[], 8), CLASSES),
        "the shape of the outputs of the network is [6, 8], but must be [5, 8], outputs for each of the 5 steps of copy that have a label"
    );
    assert_eq!(
        refused(&json!({ "name": "copy", "lag": 4 }), &flat(40, "linear"), "mean_squared_error"),
        "the shape of the outputs of the network is [40], but must be [5, 8], outputs for each of the 5 steps of copy that have a label"
    );
    let text = json!({ "name": "text" });
    let symbols = DataConfig::named("text").symbol_count().unwrap();
    assert_eq!(
        refused(&text, &over_time(symbols, &[embedding(symbols - 1)], 0), CLASSES),
        format!(
            "network.layers.0.input_dim is {}, but must be {symbols} or more, the number of symbols of text",
            symbols - 1
        )
    );
    let padded = json!({ "name": "recall", "min_lag": 2, "encoding": "index" });
    let layers = |symbols: usize| json!([embedding(symbols), { "type": "gru", "units": 4 }, { "type": "dense", "units": 8, "activation": "softmax" }]);
    assert!(refused(&padded, &layers(9), CLASSES).contains("is 9, but must be 10 or more"));
    let data = json!({ "name": "recall", "encoding": "index", "samples": 100 });
    start(&data, &layers(9), CLASSES).step().unwrap();
    let on_numbers = json!([{ "type": "flatten" }, embedding(9), { "type": "gru", "units": 4 }, { "type": "dense", "units": 8, "activation": "softmax" }]);
    assert!(
        refused(&recall, &on_numbers, CLASSES)
            .starts_with("network.layers.1.type is embedding, but must be another layer")
    );
    let points = json!([embedding(9), { "type": "flatten" }, { "type": "dense", "units": 1, "activation": "sigmoid" }]);
    assert!(
        refused(&json!({ "name": "spiral" }), &points, "binary_crossentropy")
            .starts_with("network.layers.0.type is embedding")
    );
    let late = json!({ "name": "recall", "length": 40, "lag": 50 });
    assert_eq!(
        refused(&late, &flat(8, "softmax"), CLASSES),
        "data.lag is 50, but must be from 2 to 39, as data.length is 40"
    );
}
