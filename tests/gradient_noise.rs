//! What the gradient of a batch owes to chance: angles, noise scale, and that measuring leaves a run alone. Over 20 seeds,
//! with the figures printed (`cargo test --test gradient_noise -- --nocapture`).

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::nn::{Network, Pass};
use glassbox::train::{Experiment, GradientNoise, NoiseProbe, Run};
use serde_json::{Value, json};
use std::sync::LazyLock;

const SEEDS: u64 = 20;
const SIZES: [usize; 4] = [8, 32, 128, 512];

/// 784-64-10 on 4,000 generated digits.
fn digits(seed: u64) -> Value {
    json!({ "version": 1, "lab": "cnn", "seed": seed,
        "data": { "name": "digits", "samples": 5000 },
        "network": { "layers": [{ "type": "flatten" },
            { "type": "dense", "units": 64, "activation": "relu", "kernel_initializer": "he_normal" },
            { "type": "dense", "units": 10, "activation": "softmax" }] },
        "loss": "sparse_categorical_crossentropy", "optimizer": "sgd", "batch_size": 32 })
}

/// 2-16-16-1 on 7,000 points.
fn plane(seed: u64) -> Value {
    json!({ "version": 1, "lab": "gradients", "seed": seed,
        "data": { "name": "moons", "samples": 10000, "noise": 0.2 },
        "network": { "layers": [
            { "type": "dense", "units": 16, "activation": "tanh" },
            { "type": "dense", "units": 16, "activation": "tanh" },
            { "type": "dense", "units": 1, "activation": "sigmoid" }] },
        "loss": "binary_crossentropy", "optimizer": "sgd", "batch_size": 32 })
}

/// 2-4-1 on 70 points.
fn small(changes: Value) -> Value {
    let mut experiment = json!({ "version": 1, "lab": "gradients", "seed": 5,
        "data": { "name": "moons", "samples": 100, "noise": 0.2 },
        "network": { "layers": [
            { "type": "dense", "units": 4, "activation": "tanh", "kernel_regularizer": { "l2": 0.01 } },
            { "type": "dense", "units": 1, "activation": "sigmoid" }] },
        "loss": "binary_crossentropy", "optimizer": { "name": "sgd", "learning_rate": 0.0 }, "batch_size": "full" });
    for (key, value) in changes.as_object().unwrap() {
        experiment[key] = value.clone();
    }
    experiment
}

fn start(experiment: Value) -> Run {
    Run::new(Experiment::from_value(experiment).expect("valid")).expect("validated")
}

fn finish(probe: &mut NoiseProbe) -> GradientNoise {
    loop {
        if let Some(noise) = probe.step() {
            return noise;
        }
    }
}

/// What was measured with batches of every size, of each seed.
type Measured = Vec<[GradientNoise; SIZES.len()]>;

static OF_DIGITS: LazyLock<Measured> = LazyLock::new(|| measured(digits, 0));
static OF_DIGITS_LATER: LazyLock<Measured> = LazyLock::new(|| measured(digits, 100));
static OF_PLANE: LazyLock<Measured> = LazyLock::new(|| measured(plane, 0));
static OF_PLANE_LATER: LazyLock<Measured> = LazyLock::new(|| measured(plane, 20));

/// The same after so many steps.
fn measured(experiment: fn(u64) -> Value, steps: usize) -> Measured {
    let of_seed = |seed| {
        let mut run = start(experiment(seed));
        (0..steps).for_each(|_| _ = run.step().expect("no divergence"));
        SIZES.map(|batch| finish(&mut NoiseProbe::new(&run, batch)))
    };
    (1..=SEEDS).map(of_seed).collect()
}

/// Mean of a figure over the seeds, for each size.
fn means(measured: &Measured, figure: impl Fn(&GradientNoise) -> f64) -> [f64; SIZES.len()] {
    std::array::from_fn(|size| {
        measured.iter().map(|noise| figure(&noise[size])).sum::<f64>() / measured.len() as f64
    })
}

fn mean_angle(noise: &GradientNoise) -> f64 {
    noise.mean_angle().expect("an angle").into()
}

/// That each figure times the root of its batch is the mean of all such within 15 %.
fn assert_falls_with_the_root(what: &str, figures: &[f64], sizes: &[usize]) {
    let scaled: Vec<f64> =
        figures.iter().zip(sizes).map(|(figure, &size)| figure * (size as f64).sqrt()).collect();
    let mean = scaled.iter().sum::<f64>() / scaled.len() as f64;
    for (scaled, size) in scaled.iter().zip(sizes) {
        assert!((scaled / mean - 1.0).abs() < 0.15, "{what}, batch {size}: {scaled} of {mean}");
    }
}

#[test]
fn the_tangent_of_the_angle_falls_as_one_over_the_root_of_the_batch() {
    for (name, measured) in [
        ("digits at first", &*OF_DIGITS),
        ("digits after 100 steps", &OF_DIGITS_LATER),
        ("the plane at first", &OF_PLANE),
        ("the plane after 20 steps", &OF_PLANE_LATER),
    ] {
        let angles = means(measured, mean_angle);
        println!("{name}: mean angles {angles:.2?} for batches of {SIZES:?}");
        assert_falls_with_the_root(name, &angles.map(|angle| angle.to_radians().tan()), &SIZES);
    }
}

/// Where the angle is small it is its tangent, so that it falls as fast; where it is not, it falls more slowly.
#[test]
fn small_angles_fall_as_one_over_the_root_of_the_batch_and_large_ones_more_slowly() {
    let angles = means(&OF_PLANE, mean_angle);
    assert!(angles[1] < 20.0, "{angles:?}");
    assert_falls_with_the_root("the angle itself", &angles[1..], &SIZES[1..]);
    let angles = means(&OF_DIGITS, mean_angle);
    assert!(angles[0] > 60.0, "{angles:?}");
    assert!(angles[0] < 1.5 * angles[1], "four times the batch, but not half the angle: {angles:?}");
}

#[test]
fn the_noise_scale_tells_the_angles_of_batches_of_all_sizes() {
    for (name, measured) in [("digits", &*OF_DIGITS), ("plane", &OF_PLANE)] {
        let scales = means(measured, |noise| noise.noise_scale().expect("a scale"));
        println!("{name}: noise scale {:.1}", scales[0]);
        assert!(scales.iter().all(|scale| *scale == scales[0]), "{name}, of all items alike: {scales:?}");
        // The noise along G turns nothing: in many dimensions a small part of it, of a network in the plane a third.
        let across = if name == "digits" { 0.9..1.1 } else { 0.7..1.0 };
        let expected = means(measured, |noise| noise.expected_angle().expect("a scale").into());
        for ((size, expected), angle) in SIZES.iter().zip(expected).zip(means(measured, mean_angle)) {
            let ratio = angle / expected;
            assert!(across.contains(&ratio), "{name}, batch {size}: {ratio} of {expected}°");
        }
    }
}

/// `|gᵢ − G|²` of every training item, at the weights of now.
fn squared_errors(run: &mut Run) -> Vec<f64> {
    run.measure();
    let train = &run.data().train;
    let (shape, outputs) = (train.input_shape().to_vec(), run.network().outputs());
    let size: usize = shape.iter().product();
    let mut network = Network::new(&run.current().network, &shape, run.current().loss, 5).expect("the same");
    network.weights.copy_from_slice(&run.network().weights);
    let (mut input, mut targets) = (vec![0.0; size], Vec::new());
    let mut of_items: Vec<Vec<f32>> = Vec::new();
    for item in 0..train.len() {
        train.copy_item(item, &mut input);
        train.write_targets(std::iter::once(item), outputs, &mut targets);
        network.learn(&input, &targets, &mut Pass::training(0));
        of_items.push(network.grads.clone());
    }
    let full: Vec<f64> = (0..network.grads.len())
        .map(|at| of_items.iter().map(|grads| f64::from(grads[at])).sum::<f64>() / of_items.len() as f64)
        .collect();
    let error = |grads: &Vec<f32>| grads.iter().zip(&full).map(|(a, b)| (f64::from(*a) - b).powi(2)).sum();
    of_items.iter().map(error).collect()
}

/// Late in training a few items hold most of the noise: twelve batches of one mostly miss them, all items do not.
#[test]
fn the_noise_of_a_few_items_is_not_missed() {
    let (mut missed, mut ratios) = (0, Vec::new());
    for seed in 1..=5 {
        let mut run = start(json!({ "version": 1, "lab": "gradients", "seed": seed,
            "data": { "name": "moons", "samples": 1250, "test_fraction": 0.2 },
            "network": { "layers": [
                { "type": "dense", "units": 16, "activation": "relu", "kernel_initializer": "he_normal" },
                { "type": "dense", "units": 16, "activation": "relu", "kernel_initializer": "he_normal" },
                { "type": "dense", "units": 1, "activation": "sigmoid" }] },
            "loss": "binary_crossentropy",
            "optimizer": { "name": "sgd", "learning_rate": 0.1 }, "batch_size": 1 }));
        (0..10_000).for_each(|_| _ = run.step().expect("no divergence"));
        let noise = finish(&mut NoiseProbe::new(&run, 1));
        let mut errors = squared_errors(&mut run);
        let exact = errors.iter().sum::<f64>() / (errors.len() - 1) as f64;
        ratios.push(noise.variance.expect("many items") / exact);
        // What twelve would tell: of such dozens in turn, how many say less than half.
        let dozens = errors.chunks_exact(12).map(|dozen| dozen.iter().sum::<f64>() / 12.0);
        missed += dozens.filter(|mean| *mean < 0.5 * exact).count();
        errors.sort_by(f64::total_cmp);
        let largest = errors[errors.len() * 95 / 100..].iter().sum::<f64>() / errors.iter().sum::<f64>();
        println!(
            "seed {seed}: the largest 5 % of the items have {:.0} % of the noise; noise scale {:.0}, expected {:.0}°, measured {:.0}°",
            100.0 * largest,
            noise.noise_scale().expect("a scale"),
            noise.expected_angle().expect("a scale"),
            mean_angle(&noise)
        );
        assert!(largest > 0.5, "{largest}");
    }
    println!("of {} dozens {missed} tell less than half; all items in parts tell {ratios:.2?}", 5 * 83);
    assert!(missed > 5 * 83 / 2, "{missed}");
    assert!(ratios.iter().all(|ratio| (0.6..1.6).contains(ratio)), "{ratios:?}");
}

/// Mean over 300 ways to deal all items into parts of two.
#[test]
fn the_variance_is_that_of_the_gradients_of_the_items() {
    let mut run = start(small(json!({})));
    run.measure();
    let full = run.gradients().to_vec();
    let (items, mut exact) = (run.data().train.len(), 0.0);
    let mut network = Network::new(&run.current().network, &[2], run.current().loss, 5).expect("the same");
    network.weights.copy_from_slice(&run.network().weights);
    for item in 0..items {
        let input = &run.data().train.features()[2 * item..][..2];
        network.learn(input, &run.data().train.all_labels()[item..=item], &mut Pass::training(0));
        let squares = network.grads.iter().zip(&full).map(|(a, b)| f64::from(a - b).powi(2));
        exact += squares.sum::<f64>() / (items - 1) as f64;
    }
    let (mut sum, mut draws) = (0.0, Vec::new());
    for step in 0..300 {
        let noise = finish(&mut NoiseProbe::new(&run, 35));
        let norm = full.iter().map(|grad| grad * grad).sum::<f32>().sqrt();
        assert!((noise.norm / norm - 1.0).abs() < 1e-5, "the penalty is in it: {} {norm}", noise.norm);
        assert_eq!((noise.step, noise.items, noise.angles.len()), (step, 70, 12));
        assert_eq!(noise, finish(&mut NoiseProbe::new(&run, 35)), "the draw follows from seed and step");
        sum += noise.variance.expect("many items") / 300.0;
        draws.push(noise.angles);
        run.step().expect("at rate 0 the weights stay");
    }
    assert!(draws.windows(2).all(|two| two[0] != two[1]), "other batches at every step");
    println!("tr Σ of the items {exact:.5}, estimated {sum:.5}");
    assert!((sum / exact - 1.0).abs() < 0.03, "{sum} {exact}");
}

#[test]
fn a_batch_of_all_items_has_no_angle_at_all() {
    let run = start(small(json!({})));
    for batch in [70, 71, 10_000] {
        let noise = finish(&mut NoiseProbe::new(&run, batch));
        assert_eq!((noise.batch, noise.angles.as_slice()), (70, &[0.0; 12][..]));
        assert_eq!((noise.expected_angle(), noise.problem()), (Some(0.0), None));
        assert!(noise.noise_scale().is_some_and(|scale| scale > 1.0), "that of its items: {noise:?}");
    }
}

#[test]
fn a_run_is_the_same_to_the_bit_and_may_go_on_while_it_is_measured() {
    let bits = |run: &Run| run.network().weights.iter().map(|w| w.to_bits()).collect::<Vec<_>>();
    let (mut run, mut alone) = (start(digits(3)), start(digits(3)));
    let still = finish(&mut NoiseProbe::new(&run, 512));
    let mut probe = NoiseProbe::new(&run, 512);
    let (mut looks, mut before, rows) = (0, 0.0, (4000 + 12 * 512) as f32);
    let moving = loop {
        let noise = probe.step();
        looks += 1;
        assert!((probe.share() - before) * rows < 257.0, "at most 256 rows at a time");
        before = probe.share();
        assert_eq!(run.step(), alone.step());
        assert_eq!(run.gradients(), alone.gradients());
        if let Some(noise) = noise {
            break noise;
        }
    };
    assert_eq!((probe.share(), moving.step), (1.0, 0));
    assert!(looks > 30, "{looks}");
    assert_eq!(moving, still, "measured at the weights with which it began");
    assert_eq!(bits(&run), bits(&alone));
    assert_ne!(finish(&mut NoiseProbe::new(&run, 512)).norm, still.norm);
}

#[test]
fn where_there_is_no_angle_it_is_said_why() {
    let mut wild = start(small(json!({ "loss": "mean_squared_error", "batch_size": 1,
        "network": { "layers": [{ "type": "dense", "units": 4 }, { "type": "dense", "units": 1 }] },
        "optimizer": { "name": "sgd", "learning_rate": 100.0 } })));
    while wild.step().is_ok() {}
    let noise = finish(&mut NoiseProbe::new(&wild, 8));
    assert!(noise.problem().is_some_and(|words| words.contains("not a finite number")), "{noise:?}");
    assert_eq!((noise.mean_angle(), noise.noise_scale()), (None, None));

    let frozen = start(small(json!({ "network": { "layers": [
        { "type": "dense", "units": 1, "activation": "sigmoid", "trainable": false }] } })));
    for batch in [8, 70] {
        let noise = finish(&mut NoiseProbe::new(&frozen, batch));
        assert!(noise.problem().is_some_and(|words| words.contains("is zero")), "{noise:?}");
        assert_eq!((noise.norm, noise.mean_angle(), noise.noise_scale()), (0.0, None, None));
    }

    // Of points that are told with a margin a hinge has no gradient: some batches of one have none.
    let mut sure = start(small(json!({ "loss": "hinge",
        "network": { "layers": [{ "type": "dense", "units": 1 }] },
        "optimizer": { "name": "sgd", "learning_rate": 0.1 } })));
    (0..100).for_each(|_| _ = sure.step().expect("no divergence"));
    let noise = finish(&mut NoiseProbe::new(&sure, 1));
    assert!((1..12).contains(&noise.angles.len()), "{noise:?}");
    assert!(noise.problem().is_none() && noise.noise_scale().is_some_and(f64::is_finite));
}

#[test]
fn networks_of_every_kind_are_measured() {
    for (layers, targets) in [
        (
            json!([{ "type": "conv2d", "filters": 2, "kernel_size": 5, "strides": 4, "activation": "relu" },
            { "type": "batch_normalization" }, { "type": "dropout", "rate": 0.3 }, { "type": "flatten" },
            { "type": "dense", "units": 10, "activation": "softmax" }]),
            "labels",
        ),
        (
            json!([{ "type": "flatten" }, { "type": "dense", "units": 8, "activation": "relu" },
            { "type": "dense", "units": 784, "activation": "sigmoid", "tied": 1 }]),
            "inputs",
        ),
    ] {
        let loss =
            if targets == "labels" { "sparse_categorical_crossentropy" } else { "binary_crossentropy" };
        let run = start(json!({ "version": 1, "lab": "cnn", "seed": 2,
            "data": { "name": "digits", "samples": 400, "targets": targets },
            "network": { "layers": layers }, "loss": loss, "optimizer": "adam", "batch_size": 32 }));
        let noise = finish(&mut NoiseProbe::new(&run, 32));
        println!("{targets}: {noise:?}");
        assert!(noise.mean_angle().is_some_and(|angle| (1.0..90.0).contains(&angle)), "{noise:?}");
        assert!(noise.noise_scale().is_some_and(|scale| scale > 0.1));
    }
}
