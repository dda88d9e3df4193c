//! The LSTM that Keras trains in `perplexity.py`, trained here from the same weights on the same batches of the same text,
//! and how well each then expects the text kept for the test. `GLASSBOX_SWEEPS=1` trains for 1,500 steps instead of 100;
//! `GLASSBOX_EXPORT=FILE` writes what Keras begins with, for that many steps.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::data::sequences::OwnText;
use glassbox::nn::Pass;
use glassbox::tensor::tensor;
use glassbox::train::model::tensors_to_bytes;
use glassbox::train::{Experiment, Run};
use serde_json::json;
use std::path::Path;

/// Steps, and the perplexity that Keras 3.15.1 on JAX 0.10.2 has after them.
const KERAS: [(usize, f64); 2] = [(100, 15.4875), (1500, 6.6618)];

#[test]
fn an_lstm_on_shakespeare_expects_as_much_as_that_of_keras() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/text/tinyshakespeare.txt");
    let Ok(bytes) = std::fs::read(&path) else {
        println!("skipped: {} is not there", path.display());
        return;
    };
    let mut text = OwnText::read("tinyshakespeare.txt", &bytes).unwrap();
    let symbols = text.config().symbols.unwrap();
    let experiment = Experiment::from_value(json!({
        "version": 1, "lab": "sequence", "seed": 7,
        "data": { "name": "own_text", "samples": 22_307, "test_fraction": 0.1, "symbols": symbols, "length": 50 },
        "network": { "layers": [
            { "type": "embedding", "input_dim": symbols, "output_dim": 32 },
            { "type": "lstm", "units": 128, "return_sequences": true },
            { "type": "dense", "units": symbols, "activation": "softmax" },
        ] },
        "loss": "sparse_categorical_crossentropy",
        "optimizer": { "name": "adam", "learning_rate": 0.003, "global_clipnorm": 1.0 },
        "batch_size": 32,
    }));
    let experiment = experiment.unwrap_or_else(|error| panic!("{error}"));
    let data = text.data(&experiment.data).unwrap();
    assert_eq!([data.train.len(), data.test.len(), data.classes], [20_076, 2_231, 65], "as Keras has them");
    let mut run = Run::with_data(experiment, data).unwrap();
    let mut begins = run.network().named_weights();
    let mut windows = Vec::new();
    let many = if std::env::var_os("GLASSBOX_SWEEPS").is_some() { 2 } else { 1 };
    for (steps, keras) in &KERAS[..many] {
        while run.steps() < *steps {
            run.step().unwrap();
            windows.extend_from_slice(run.inputs());
        }
        let perplexity = f64::from(run.evaluate(&mut Pass::default()).unwrap().loss).exp();
        println!("{steps} steps: perplexity {perplexity:.4}, that of Keras {keras:.4}");
        if std::env::var_os("GLASSBOX_EXPORT").is_none() {
            assert!((perplexity / keras - 1.0).abs() < 0.01, "{perplexity} and {keras}");
        }
    }
    if let Some(file) = std::env::var_os("GLASSBOX_EXPORT") {
        begins.push(("windows".into(), tensor(&[windows.len() / 50, 50], windows)));
        std::fs::write(file, tensors_to_bytes(&begins, &[])).unwrap();
    }
}
