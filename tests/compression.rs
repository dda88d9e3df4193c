//! What textbooks say that autoencoders do, each measured over several seeds on generated digits. `GLASSBOX_SWEEPS=1` takes
//! more seeds, and MNIST too where `../shared/data/mnist` is there: that alone takes minutes.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::data::pca::{Pca, principal_angles};
use glassbox::data::{Data, DataConfig, Examples, Pictures, Targets, idx};
use glassbox::nn::{Loss, Pass};
use glassbox::train::{Experiment, Model, Run};
use serde_json::{Value, json};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// Digits to learn from.
#[derive(Clone)]
enum Digits {
    /// Drawn by our own generator: so many, a quarter of them for the test.
    Generated(usize),
    /// The first of MNIST's training images and of its test images.
    Mnist { data: Arc<Data>, name: &'static str },
}

/// MNIST's first `train` and `test` images, where it is there.
fn mnist(train: usize, test: usize) -> Option<Digits> {
    if !more() {
        println!("skipped on MNIST, which takes minutes: GLASSBOX_SWEEPS=1 trains on it");
        return None;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/mnist");
    if !folder.exists() {
        println!("skipped on MNIST: {} is not there", folder.display());
        return None;
    }
    let part = |images: &str, labels: &str, most: usize| {
        let open = |name: &str| File::open(folder.join(name)).unwrap();
        let pictures = idx::read_images(images, open(images)).unwrap();
        let labels = idx::read_labels(labels, open(labels)).unwrap();
        let pixels = pictures.pixels()[..most * 784].to_vec();
        Examples::of_pictures(Pictures::new(28, 28, pixels), &labels[..most]).unwrap()
    };
    let data = Data {
        train: part("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", train),
        test: part("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", test),
        classes: 10,
        names: Default::default(),
    };
    Some(Digits::Mnist { data: Arc::new(data), name: "files" })
}

fn more() -> bool {
    std::env::var_os("GLASSBOX_SWEEPS").is_some()
}

/// A run on them of a network with these layers, after so many epochs.
fn trained(digits: &Digits, seed: u64, epochs: usize, layers: &[Value], set: &[(&str, Value)]) -> Run {
    let data = match digits {
        Digits::Generated(samples) => {
            json!({ "name": "digits", "samples": samples, "test_fraction": 0.25, "targets": "inputs" })
        }
        Digits::Mnist { data, name } => {
            let config =
                DataConfig { targets: Targets::Inputs, ..DataConfig::of_files(&data.train, &data.test) };
            assert_eq!(config.name, *name);
            serde_json::to_value(config).unwrap()
        }
    };
    let mut value = json!({ "version": 1, "lab": "autoencoder", "seed": seed, "data": data,
        "network": { "layers": layers }, "loss": "binary_crossentropy",
        "optimizer": { "name": "adam", "learning_rate": 0.001 }, "batch_size": 64 });
    for (key, setting) in set {
        match key.split_once('.') {
            Some((part, key)) => value[part][key] = setting.clone(),
            None => value[*key] = setting.clone(),
        }
    }
    let experiment = Experiment::from_value(value).unwrap();
    let mut run = match digits {
        Digits::Generated(_) => Run::new(experiment),
        Digits::Mnist { data, .. } => Run::with_data(experiment, Arc::clone(data)),
    }
    .unwrap();
    while run.epoch() < epochs {
        run.step().unwrap();
    }
    run
}

fn dense(units: usize, activation: &str) -> Value {
    json!({ "type": "dense", "units": units, "activation": activation })
}

fn flatten() -> Value {
    json!({ "type": "flatten" })
}

/// 784-128-code-128-784.
fn usual(code: usize) -> Vec<Value> {
    vec![flatten(), dense(128, "relu"), dense(code, "linear"), dense(128, "relu"), dense(784, "sigmoid")]
}

/// Mean squared error of each test item.
fn errors(run: &Run) -> Vec<f32> {
    let mut errors = Vec::new();
    run.visit(&run.data().test, &mut Pass::default(), |items, pass| {
        let pairs = pass.output().chunks_exact(784).zip(items.chunks_exact(784));
        errors.extend(pairs.map(|(y, x)| Loss::MeanSquaredError.evaluate(y, x, 784, None)));
    });
    errors
}

fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len() as f32
}

/// Both kinds of digits with the epochs that each is learned for.
fn kinds(generated: (usize, usize), of_mnist: (usize, usize, usize)) -> Vec<(Digits, usize, &'static str)> {
    let mut kinds = vec![(Digits::Generated(generated.0), generated.1, "generated")];
    kinds.extend(mnist(of_mnist.0, of_mnist.1).map(|digits| (digits, of_mnist.2, "MNIST")));
    kinds
}

#[test]
fn a_code_of_32_beats_32_principal_components() {
    for (digits, epochs, name) in kinds((10_000, 30), (60_000, 10_000, 10)) {
        let seeds = if more() {
            1..=5
        } else if name == "MNIST" {
            1..=1
        } else {
            1..=3
        };
        for seed in seeds {
            let run = trained(&digits, seed, epochs, &usual(32), &[]);
            let (own, pca) =
                (mean(&errors(&run)), Pca::of(&run.data().train, 32, usize::MAX).error(&run.data().test));
            println!("{name}, seed {seed}: {own:.5} against {pca:.5} of PCA: {:.3}", own / pca);
            assert!(own <= 0.6 * pca, "{name}, seed {seed}: {own} against {pca}");
        }
    }
}

#[test]
fn a_linear_network_becomes_its_principal_components() {
    let layers = [flatten(), dense(8, "linear"), dense(784, "linear")];
    let set = [("loss", json!("mean_squared_error")), ("optimizer.learning_rate", json!(0.002))];
    for (digits, epochs, name) in kinds((4000, 120), (10_000, 2_000, 60)) {
        for seed in if more() { 1..=5 } else { 1..=2 } {
            let run = trained(&digits, seed, epochs, &layers, &set);
            let pca = Pca::of(&run.data().train, 8, usize::MAX);
            let (own, of_pca) = (mean(&errors(&run)), pca.error(&run.data().test));
            let decoder = run.network().kernels().last().unwrap().range.clone();
            let angles = principal_angles(&run.network().weights[decoder], &pca.components, 784);
            let largest = *angles.last().unwrap();
            println!(
                "{name}, seed {seed}: {own:.5} against {of_pca:.5}: {:.3}; largest angle {largest:.3}",
                own / of_pca
            );
            assert!(own <= 1.05 * of_pca, "{name}, seed {seed}: {own} against {of_pca}");
            assert!(largest < 0.2, "{name}, seed {seed}: {angles:?}");
        }
    }
}

#[test]
fn noise_is_taken_down_to_a_fifth() {
    let corruption = json!({ "kind": "gaussian", "level": 0.5 });
    for (digits, epochs, name) in kinds((6000, 20), (20_000, 2_000, 8)) {
        for seed in if more() { 1..=5 } else { 1..=2 } {
            let run = trained(&digits, seed, epochs, &usual(32), &[("data.corruption", corruption.clone())]);
            let (mut noisy, mut item, mut buffer) = (0.0, 0, vec![0.0; 784]);
            let mut restored = Vec::new();
            let level = run.current().data.corruption;
            run.visit_spoiled(level, &mut Pass::default(), |clean, pass| {
                for (clean, output) in clean.chunks_exact(784).zip(pass.output().chunks_exact(784)) {
                    buffer.copy_from_slice(clean);
                    run.spoil_test_item(item, level, &mut buffer);
                    noisy += Loss::MeanSquaredError.evaluate(&buffer, clean, 784, None);
                    restored.push(Loss::MeanSquaredError.evaluate(output, clean, 784, None));
                    item += 1;
                }
            });
            let (before, after) = (noisy / item as f32, mean(&restored));
            println!("{name}, seed {seed}: {before:.4} to {after:.4}: {:.3}", after / before);
            assert!(after <= before / 5.0, "{name}, seed {seed}: {before} to {after}");
        }
    }
}

/// Area under the curve: the chance that an abnormal item has a larger error than a normal one.
fn area(normal: &[f32], abnormal: &[f32]) -> f64 {
    let wins = abnormal.iter().flat_map(|a| {
        normal.iter().map(move |n| {
            if a > n {
                1.0
            } else if a == n {
                0.5
            } else {
                0.0
            }
        })
    });
    wins.sum::<f64>() / (normal.len() * abnormal.len()) as f64
}

#[test]
fn what_was_never_seen_comes_back_worse() {
    for (digits, epochs, name) in kinds((6000, 40), (60_000, 2_000, 12)) {
        for seed in if more() { 1..=3 } else { 1..=1 } {
            let areas: Vec<f64> = (0..10)
                .map(|class| {
                    let run = trained(&digits, seed, epochs, &usual(8), &[("data.train_on", json!([class]))]);
                    let errors = errors(&run);
                    let of = |is_normal: bool| -> Vec<f32> {
                        let labels = run.data().test.labels.iter().map(|&label| label as usize == class);
                        errors
                            .iter()
                            .zip(labels)
                            .filter(|(_, is)| *is == is_normal)
                            .map(|(error, _)| *error)
                            .collect()
                    };
                    area(&of(true), &of(false))
                })
                .collect();
            let mean = areas.iter().sum::<f64>() / 10.0;
            let each: Vec<String> = areas.iter().map(|area| format!("{area:.3}")).collect();
            println!("{name}, seed {seed}: mean {mean:.3} of {}", each.join(" "));
            assert!(mean >= 0.94, "{name}, seed {seed}: {mean} of {areas:?}");
        }
    }
}

#[test]
fn what_a_variational_network_makes_up_is_read_as_digits() {
    let layers = [
        flatten(),
        dense(256, "relu"),
        dense(16, "linear"),
        json!({ "type": "sampling", "kl_weight": 1.0 }),
        dense(256, "relu"),
        dense(784, "sigmoid"),
    ];
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/models/digits.safetensors");
    let reader = Model::read("digits", File::open(shipped).unwrap()).unwrap();
    for (digits, epochs, name) in kinds((10_000, 40), (20_000, 1_000, 20)) {
        for seed in if more() { 1..=3 } else { 1..=1 } {
            let run = trained(&digits, seed, epochs, &layers, &[]);
            let mut rng = glassbox::tensor::Rng::new(seed, glassbox::tensor::Stream::Data);
            let codes: Vec<f32> = (0..8 * 300).map(|_| rng.normal()).collect();
            let (mut pass, mut read) = (Pass::default(), Pass::default());
            run.network().forward_from(4, &codes, &mut pass);
            let confidence: Vec<f32> = pass
                .output()
                .chunks_exact(784)
                .map(|picture| {
                    reader.network.forward(picture, &mut read);
                    read.output().iter().copied().fold(0.0, f32::max)
                })
                .collect();
            let mean = mean(&confidence);
            println!("{name}, seed {seed}: 300 samples are read with a mean confidence of {mean:.3}");
            assert!(mean >= 0.7, "{name}, seed {seed}: {mean}");
        }
    }
}

/// 784-256-64-16-64-256-784 of sigmoids, the code linear: what machines make of its first weights is felt long after.
#[test]
fn pre_training_gets_a_deep_sigmoid_network_going() {
    const AT: [usize; 4] = [0, 100, 400, 1600];
    let [wide, narrow] = [dense(256, "sigmoid"), dense(64, "sigmoid")];
    let layers =
        [flatten(), wide.clone(), narrow.clone(), dense(16, "linear"), narrow, wide, dense(784, "sigmoid")];
    let steps = if more() { &AT[..] } else { &AT[..3] };
    for (digits, _, name) in kinds((2500, 0), (10_000, 2_000, 0)) {
        for seed in if more() { 1..=5 } else { 1..=3 } {
            let after = |pretraining: Value| -> Vec<f32> {
                let set = [("pretraining", pretraining), ("batch_size", json!(32))];
                let mut run = trained(&digits, seed, 0, &layers, &set);
                let mut error_at = |step: &usize| {
                    (run.steps()..*step).for_each(|_| _ = run.step().unwrap());
                    mean(&errors(&run))
                };
                steps.iter().map(&mut error_at).collect()
            };
            let (random, pretrained) = (after(Value::Null), after(json!({})));
            println!(
                "{name}, seed {seed}, after {steps:?}: {random:.4?} at random, {pretrained:.4?} pre-trained"
            );
            let shares: Vec<f32> = pretrained.iter().zip(&random).map(|(pre, random)| pre / random).collect();
            assert!(shares.iter().all(|share| *share < 0.75), "{name}, seed {seed}: {shares:?}");
        }
    }
}
