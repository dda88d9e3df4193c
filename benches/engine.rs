//! How fast the engine trains, natively: `cargo bench --bench engine`. `items/s` are steps, or pictures, a
//! second.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use glassbox::data::{Augmentation, Augmenter, Data, DataConfig};
use glassbox::nn::{Loss, Network, NetworkConfig, Pass};
use glassbox::tensor::{Rng, Stream};
use glassbox::train::{Experiment, Model, Optimizer, OptimizerConfig, OptimizerName, Run};
use serde_json::{Value, json};

fn main() {
    divan::main();
}

/// Steps per sample: whole epochs, and long enough to time.
const STEPS: usize = 350;

/// The networks that the page trains most.
#[derive(Clone, Copy, Debug)]
enum Lab {
    /// 2-8-8-1, tanh, batches of 10.
    Playground,
    /// 2-16×10-1, sigmoid, batches of 32.
    Deep,
    /// The same with `relu`.
    DeepRelu,
}

const LABS: [Lab; 3] = [Lab::Playground, Lab::Deep, Lab::DeepRelu];

impl Lab {
    fn start(self) -> Run {
        let (depth, units, activation, batch_size) = match self {
            Self::Playground => (2, 8, "tanh", 10),
            Self::Deep => (10, 16, "sigmoid", 32),
            Self::DeepRelu => (10, 16, "relu", 32),
        };
        let mut layers: Vec<Value> =
            vec![json!({ "type": "dense", "units": units, "activation": activation }); depth];
        layers.push(json!({ "type": "dense", "units": 1, "activation": "sigmoid" }));
        let experiment = json!({ "version": 1, "lab": "gradients", "seed": 7, "data": {},
            "network": { "layers": layers }, "loss": "binary_crossentropy",
            "optimizer": { "name": "sgd", "learning_rate": 0.1 }, "batch_size": batch_size });
        Run::new(Experiment::from_value(experiment).expect("valid")).expect("validated")
    }
}

#[divan::bench(args = LABS)]
fn step(bencher: Bencher, lab: Lab) {
    let mut run = lab.start();
    bencher.counter(ItemsCount::new(STEPS)).bench_local(|| {
        for _ in 0..STEPS {
            black_box(run.step()).expect("a run that does not diverge");
        }
    });
}

#[divan::bench(args = LABS)]
fn step_with_gradient_norms(bencher: Bencher, lab: Lab) {
    let mut run = lab.start();
    bencher.counter(ItemsCount::new(STEPS)).bench_local(|| {
        for _ in 0..STEPS {
            black_box(run.step()).expect("a run that does not diverge");
            run.kernel_grad_norms().for_each(|norm| _ = black_box(norm));
        }
    });
}

#[divan::bench(args = LABS)]
fn step_with_adam(bencher: Bencher, lab: Lab) {
    let mut run = lab.start();
    run.edit(&[("optimizer".into(), json!("adam"))].into()).expect("a live setting");
    bencher.counter(ItemsCount::new(STEPS)).bench_local(|| {
        for _ in 0..STEPS {
            black_box(run.step()).expect("a run that does not diverge");
        }
    });
}

/// Pictures per sample.
const PICTURES: usize = 1000;

/// Pictures a second with every change on: 15 µs each (fastest of 100 samples on a busy machine).
#[divan::bench]
fn augment(bencher: Bencher) {
    let data = DataConfig { samples: PICTURES, test_fraction: 0.0, ..DataConfig::named("digits") };
    let data = Data::new(&data, 1).expect("valid");
    let pictures = data.train.pictures().expect("pictures");
    let config = Augmentation {
        shift: 2.0,
        rotation: 15.0,
        scale: 0.15,
        shear: 0.2,
        elastic: 1.5,
        thickness: 0.5,
        ..Augmentation::default()
    };
    let (mut augmenter, mut output) = (Augmenter::new(&config, 28, 28, 1), [0.0; 28 * 28]);
    bencher.counter(ItemsCount::new(PICTURES)).bench_local(|| {
        for item in 0..PICTURES {
            augmenter.apply(black_box(pictures.picture(item)), 0, item, black_box(&mut output));
        }
    });
}

/// Networks that read digits, 28 × 28, in batches of 64 with Adam.
#[derive(Clone, Copy, Debug)]
enum Digits {
    /// 3 × 3 × 8, pool, 3 × 3 × 16, pool, dense 10.
    Small,
    /// The model that ships.
    Shipped,
}

const BATCH: usize = 64;

#[divan::bench(args = [Digits::Small, Digits::Shipped], sample_count = 10)]
fn step_of_digits(bencher: Bencher, digits: Digits) {
    let conv = |filters: usize| json!({ "type": "conv2d", "filters": filters, "kernel_size": 3, "activation": "relu" });
    let pool = || json!({ "type": "max_pooling2d" });
    let small = json!([conv(8), pool(), conv(16), pool(), { "type": "flatten" },
        { "type": "dense", "units": 10, "activation": "softmax" }]);
    let layers = match digits {
        Digits::Small => serde_json::from_value(small).expect("layers"),
        Digits::Shipped => glassbox::train::digits::layers(),
    };
    let config = NetworkConfig { layers };
    let loss = Loss::SparseCategoricalCrossentropy;
    let mut network = Network::new(&config, &[28, 28, 1], loss, 7).expect("a network");
    let mut optimizer =
        Optimizer::new(OptimizerConfig::new(OptimizerName::Adam, 0.001), network.weights.len());
    let inputs = numbers(BATCH * 28 * 28);
    let targets: Vec<f32> = (0..BATCH * 10).map(|index| f32::from(index % 10 == index / 10 % 10)).collect();
    let mut pass = Pass::training(0);
    bencher.counter(ItemsCount::new(10_usize)).bench_local(|| {
        for _ in 0..10 {
            network.forward(&inputs, &mut pass);
            black_box(network.backward(&inputs, &targets, &mut pass));
            network.update(&pass, |weights, grads, slots| optimizer.update(weights, grads, slots));
        }
    });
}

/// 64 units on 50 steps of 8 numbers, then dense 10, in batches of 32 with Adam.
#[divan::bench(args = ["simple_rnn", "lstm", "gru"], sample_count = 20)]
fn step_of_sequences(bencher: Bencher, kind: &str) {
    let layers =
        json!([{ "type": kind, "units": 64 }, { "type": "dense", "units": 10, "activation": "softmax" }]);
    let config = NetworkConfig { layers: serde_json::from_value(layers).expect("layers") };
    let loss = Loss::SparseCategoricalCrossentropy;
    let mut network = Network::new(&config, &[50, 8], loss, 7).expect("a network");
    let mut optimizer =
        Optimizer::new(OptimizerConfig::new(OptimizerName::Adam, 0.001), network.weights.len());
    let inputs = numbers(32 * 50 * 8);
    let targets: Vec<f32> = (0..32 * 10).map(|index| f32::from(index % 10 == index / 10 % 10)).collect();
    let mut pass = Pass::training(0);
    bencher.counter(ItemsCount::new(10_usize)).bench_local(|| {
        for _ in 0..10 {
            black_box(network.learn(&inputs, &targets, &mut pass));
            network.update(&pass, |weights, grads, slots| optimizer.update(weights, grads, slots));
        }
    });
}

/// Pictures a second, one at a time, that the model which ships reads.
#[divan::bench]
fn read_a_digit(bencher: Bencher) {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/www/models/digits.safetensors");
    let model = Model::read(file, std::fs::File::open(file).expect("it is there")).expect("it is whole");
    let (picture, mut pass) = (numbers(28 * 28), Pass::default());
    bencher
        .counter(ItemsCount::new(1_usize))
        .bench_local(|| black_box(model.classify(black_box(&picture), &mut pass)).expect("28 by 28 pixels"));
}

fn numbers(count: usize) -> Vec<f32> {
    let mut rng = Rng::new(1, Stream::Data);
    (0..count).map(|_| rng.normal()).collect()
}
