//! The learning-rate range test: what it suggests learns faster than a tenth of it, it tells when there is nothing to
//! suggest, and leaves the run that it is of as it is, to the bit.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::train::model::run_to_bytes;
use glassbox::train::{Experiment, RangeCurve, RangeEnd, RangeTest, Run};
use serde_json::{Value, json};

const SEEDS: u64 = 20;

fn experiment(seed: u64, optimizer: Value, trainable: bool) -> Value {
    let dense = |units: usize, activation: &str| {
        json!({ "type": "dense", "units": units, "activation": activation, "trainable": trainable,
            "kernel_initializer": "glorot_uniform" })
    };
    json!({ "version": 1, "lab": "gradients", "seed": seed,
        "data": { "name": "moons", "samples": 500, "noise": 0.1, "test_fraction": 0.3 },
        "network": { "layers": [dense(16, "tanh"), dense(16, "tanh"), dense(1, "sigmoid")] },
        "loss": "binary_crossentropy", "optimizer": optimizer, "batch_size": 32 })
}

fn start(experiment: Value) -> Run {
    let experiment = Experiment::from_value(experiment).unwrap_or_else(|error| panic!("{error}"));
    Run::new(experiment).expect("a validated experiment")
}

fn tested(run: &Run) -> RangeCurve {
    let mut test = RangeTest::new(run).expect("a run that goes on");
    let mut steps = 1;
    while !test.step() {
        steps += 1;
        assert!(steps <= 100 && test.curve().share() < 1.0);
    }
    assert!(test.step() && test.curve().share() == 1.0, "a test that is over stays over");
    test.curve().clone()
}

/// The lowest mean loss of 20 successive batches within so many steps; infinite for a run that diverges.
fn reached(mut run: Run, steps: usize) -> f32 {
    let losses: Result<Vec<f32>, _> = (0..steps).map(|_| run.step()).collect();
    let means = |losses: Vec<f32>| {
        losses.windows(20).map(|part| part.iter().sum::<f32>() / 20.0).fold(f32::INFINITY, f32::min)
    };
    losses.map_or(f32::INFINITY, means)
}

#[test]
fn what_is_suggested_learns_faster_than_a_tenth_of_it() {
    let mut all = 0;
    for optimizer in [
        json!({ "name": "sgd" }),
        json!({ "name": "sgd", "momentum": 0.9 }),
        json!({ "name": "sgd", "momentum": 0.9, "nesterov": true }),
        json!({ "name": "rmsprop" }),
        json!({ "name": "adagrad" }),
        json!({ "name": "adadelta" }),
        json!({ "name": "adam", "schedule": { "name": "cosine", "steps": 300 } }),
        json!({ "name": "adamw" }),
        json!({ "name": "nadam" }),
    ] {
        let with_rate = |rate: f32| {
            let mut optimizer = optimizer.clone();
            optimizer["learning_rate"] = rate.to_string().parse::<f64>().unwrap().into();
            optimizer
        };
        let mut better = 0_u64;
        let mut suggested = Vec::new();
        for seed in 0..SEEDS {
            let curve = tested(&start(experiment(seed, optimizer.clone(), true)));
            let found = curve.finding.unwrap_or_else(|| panic!("{optimizer}, seed {seed}: {curve:?}"));
            let rate = found.suggested();
            assert!(rate <= found.steepest * 1.5 && rate <= found.lowest * 0.15, "{found:?}");
            let of = |rate| reached(start(experiment(seed, with_rate(rate), true)), 200);
            better += u64::from(of(rate) < of(rate / 10.0));
            suggested.push(rate);
        }
        suggested.sort_by(f32::total_cmp);
        println!("{optimizer}: better with {better} of {SEEDS}, {suggested:?}");
        all += better;
        // RMSprop at 0.02 overshoots with one seed.
        assert!(better >= SEEDS - 1, "{optimizer}: better with {better} of {SEEDS}");
    }
    assert!(all >= 9 * SEEDS - 1, "{all} of {}", 9 * SEEDS);
}

#[test]
fn a_run_that_is_tested_stays_as_it_is() {
    let optimizer = json!({ "name": "adam", "learning_rate": 0.01, "clipnorm": 1.0 });
    let [mut plain, mut looked_at] = [(); 2].map(|()| start(experiment(7, optimizer.clone(), true)));
    for _ in 0..3 {
        for run in [&mut plain, &mut looked_at] {
            (0..25).for_each(|_| {
                run.step().unwrap();
            });
        }
        let curves = [tested(&looked_at), tested(&looked_at)];
        assert_eq!(curves[0], curves[1], "the same test twice");
        assert_eq!(run_to_bytes(&plain, Value::Null), run_to_bytes(&looked_at, Value::Null));
    }
}

#[test]
fn where_nothing_is_learned_no_rate_is_suggested() {
    for seed in 0..SEEDS {
        let frozen = start(experiment(seed, json!({ "name": "sgd" }), false));
        let curve = tested(&frozen);
        assert_eq!((curve.finding, curve.end), (None, Some(RangeEnd::Whole)), "seed {seed}");
        let ends = [curve.rates[0], curve.rates[99]];
        assert!((ends[0] - 1e-6).abs() < 1e-12 && (ends[1] - 10.0).abs() < 1e-4, "{ends:?}");
    }
    let slow = tested(&start(experiment(1, json!({ "name": "adadelta" }), false)));
    assert!((slow.rates[0] - 1e-3).abs() < 1e-9);
}

#[test]
fn a_run_that_diverged_is_refused_and_a_test_that_does_ends() {
    let mut wild = experiment(3, json!({ "name": "sgd", "learning_rate": 100.0 }), true);
    for layer in wild["network"]["layers"].as_array_mut().unwrap() {
        layer["activation"] = json!("relu");
        layer["kernel_initializer"] = json!({ "name": "random_normal", "stddev": 50.0 });
    }
    wild["network"]["layers"][2]["activation"] = json!("linear");
    wild["loss"] = json!("mean_squared_error");
    let mut run = start(wild);
    let curve = tested(&run);
    assert_ne!(curve.end, Some(RangeEnd::Whole), "{:?}", curve.rates.last());
    assert!(curve.losses.iter().chain(&curve.smoothed).all(|loss| loss.is_finite()));
    while run.step().is_ok() {}
    let error = RangeTest::new(&run).err().expect("it diverged").to_string();
    let words = "but must be one that has not diverged, to look for a learning rate";
    assert!(error.starts_with("the run is diverged at step") && error.contains(words), "{error}");
}
