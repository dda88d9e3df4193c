//! Loss surfaces: planes through weight space, the loss over them, and paths placed in them.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::nn::{Mode, Network, Pass};
use glassbox::train::surface::{Directions, Path, Plane, Surface, Weights};
use glassbox::train::{Experiment, Run};
use serde_json::{Value, json};
use std::sync::Arc;

fn experiment(changes: &[(&str, Value)]) -> Experiment {
    let mut value = json!({ "version": 1, "lab": "gradients", "seed": 5,
        "data": { "name": "spiral", "samples": 400 },
        "network": { "layers": [
            { "type": "dense", "units": 7, "activation": "tanh", "kernel_regularizer": { "l2": 0.01 } },
            { "type": "batch_normalization" },
            { "type": "dropout", "rate": 0.2 },
            { "type": "dense", "units": 1, "activation": "sigmoid" }] },
        "loss": "binary_crossentropy", "optimizer": { "name": "adam", "learning_rate": 0.02 }, "batch_size": 32 });
    changes.iter().for_each(|(pointer, change)| *value.pointer_mut(pointer).unwrap() = change.clone());
    Experiment::from_value(value).unwrap()
}

fn pictures() -> Experiment {
    experiment(&[
        ("/data", json!({ "name": "digits", "samples": 60 })),
        (
            "/network/layers",
            json!([
            { "type": "conv2d", "filters": 3, "kernel_size": 5, "strides": 3, "activation": "relu" },
            { "type": "flatten" },
            { "type": "dense", "units": 10, "activation": "softmax" }]),
        ),
        ("/loss", json!("sparse_categorical_crossentropy")),
    ])
}

/// A run after some steps, with the weights along it.
fn trained(experiment: Experiment, steps: usize) -> (Run, Path) {
    let mut run = Run::new(experiment).unwrap();
    let mut path = Path::new(run.network().weights.len());
    path.push(&run.network().weights);
    for _ in 0..steps {
        run.step().unwrap();
        path.push(&run.network().weights);
    }
    (run, path)
}

/// The mean loss over all training items, as a test takes it.
fn loss(run: &Run, weights: &[f32]) -> f32 {
    let current = run.current();
    let mut network = Network::new(&current.network, run.input_shape(), current.loss, 1).unwrap();
    network.weights.copy_from_slice(weights);
    let train = &run.data().train;
    let size: usize = run.input_shape().iter().product();
    let mut inputs = vec![0.0; train.len() * size];
    inputs.chunks_exact_mut(size).enumerate().for_each(|(item, input)| train.copy_item(item, input));
    let mut pass = Pass::new(Mode::Inference);
    network.forward(&inputs, &mut pass);
    network.loss(&train.targets(network.outputs()), &pass)
}

fn near(a: f32, b: f32, tolerance: f32) -> bool {
    (a - b).abs() <= tolerance * (1.0 + b.abs())
}

#[test]
fn the_middle_of_a_random_plane_is_the_loss_of_the_run() {
    for experiment in [experiment(&[]), pictures()] {
        let (mut run, _) = trained(experiment, 30);
        let plane = Arc::new(Plane::random(run.network(), 3));
        let view = plane.view(&[], None);
        assert_eq!(view, [-1.0, 1.0, -1.0, 1.0]);
        let mut surface = Surface::new(&run, plane, view, 9);
        let now = loss(&run, &run.network().weights);
        // The run goes on without it.
        run.step().unwrap();
        while !surface.step(2000) {}
        assert_eq!(surface.items(), run.data().train.len());
        let middle = surface.values()[9 * 4 + 4];
        assert!(near(middle, now, 1e-6), "{middle} and {now}");
        assert!(surface.values().iter().all(|value| value.is_finite()));
    }
}

#[test]
fn random_directions_are_as_long_as_the_filters_are() {
    for experiment in [experiment(&[]), pictures()] {
        let (run, _) = trained(experiment, 5);
        let network = run.network();
        let plane = Plane::random(network, 3);
        assert_eq!(plane, Plane::random(network, 3));
        assert_ne!(plane.directions, Plane::random(network, 4).directions);
        assert_ne!(plane.directions[0], plane.directions[1]);
        for direction in &plane.directions {
            for slot in network.slots() {
                let (d, w) = (&direction[slot.range.clone()], &network.weights[slot.range.clone()]);
                if slot.name != "kernel" {
                    assert!(d.iter().all(|d| *d == 0.0), "{}", slot.name);
                    continue;
                }
                let filters = *slot.shape.last().unwrap();
                let norm = |all: &[f32], filter| {
                    let of_filter = all.iter().skip(filter).step_by(filters);
                    of_filter.map(|x| x * x).sum::<f32>().sqrt()
                };
                for filter in 0..filters {
                    assert!(
                        near(norm(d, filter), norm(w, filter), 1e-5),
                        "filter {filter} of {:?}",
                        slot.shape
                    );
                }
            }
        }
    }
}

#[test]
fn components_are_the_directions_of_a_path_that_has_two() {
    let (run, _) = trained(experiment(&[]), 2);
    let network = run.network();
    let count = network.weights.len();
    let is_trained =
        |index: usize| network.slots().iter().any(|slot| slot.is_trainable && slot.range.contains(&index));
    // Orthogonal: one lives at even places, one at odd ones.
    let known = |parity: usize| -> Vec<f32> {
        let place = |index: usize| {
            if is_trained(index) && index % 2 == parity { 1.0 + (index % 5) as f32 } else { 0.0 }
        };
        let direction: Vec<f32> = (0..count).map(place).collect();
        let norm = direction.iter().map(|x| x * x).sum::<f32>().sqrt();
        direction.iter().map(|x| x / norm).collect()
    };
    let (u, v) = (known(0), known(1));
    let at = |a: f32, b: f32| -> Weights {
        (0..count).map(|i| network.weights[i] + a * u[i] + b * v[i]).collect::<Vec<f32>>().into()
    };
    // An ellipse, twice as wide along u.
    let path: Vec<Weights> = (0..24)
        .map(|step| {
            let angle = std::f32::consts::PI + step as f32 * std::f32::consts::TAU / 24.0;
            at(2.0 * angle.cos(), angle.sin())
        })
        .collect();
    let plane = Plane::of_paths(network, &[&path[..10], &path[10..]]);
    let Directions::Components(explained) = plane.kind else { panic!("{:?}", plane.kind) };
    assert!(near(explained[0], 0.8, 1e-3) && near(explained[1], 0.2, 1e-3), "{explained:?}");
    assert!(explained[0] + explained[1] > 0.99999);
    for (found, known) in plane.directions.iter().zip([&u, &v]) {
        let dot: f32 = found.iter().zip(known).map(|(a, b)| a * b).sum();
        assert!(dot.abs() > 0.9999, "{dot}");
    }
    for weights in &path {
        assert!(plane.share_within(weights) > 0.999);
        let mut again = network.weights.clone();
        plane.weights_at(plane.place(weights), &mut again);
        assert!(again.iter().zip(&**weights).all(|(a, b)| near(*a, *b, 1e-5)));
    }
    // The view holds all of them, with room.
    let [left, right, bottom, top] = plane.view(&[&path], None);
    assert!(near(right - left, 4.0 * 1.4, 1e-2) && near(top - bottom, 2.0 * 1.4, 1e-2));
}

#[test]
fn a_place_is_that_of_the_weights_at_it() {
    let (run, path) = trained(experiment(&[]), 40);
    for plane in [Plane::random(run.network(), 1), Plane::of_paths(run.network(), &[path.snapshots()])] {
        for place in [[0.0, 0.0], [0.3, -0.7], [-2.0, 1.5]] {
            let mut weights = run.network().weights.clone();
            plane.weights_at(place, &mut weights);
            let found = plane.place(&weights);
            assert!((0..2).all(|axis| near(found[axis], place[axis], 1e-5)), "{found:?}, not {place:?}");
            assert!(plane.share_within(&weights) > 0.9999);
            // What is not trained stays.
            let moving = run.network().slots().iter().filter(|slot| !slot.is_trainable);
            assert!(moving.clone().count() == 2);
            moving.for_each(|slot| {
                assert_eq!(weights[slot.range.clone()], run.network().weights[slot.range.clone()]);
            });
        }
    }
}

#[test]
fn the_plane_of_a_real_path_explains_most_of_it() {
    let (run, path) = trained(experiment(&[]), 300);
    assert!(path.snapshots().len() <= 64);
    let plane = Plane::of_paths(run.network(), &[path.snapshots()]);
    let Directions::Components([first, second]) = plane.kind else { panic!("{:?}", plane.kind) };
    assert!(first > 0.5 && second < first && first + second <= 1.0001, "{first} {second}");
    let [start, end] = [&path.snapshots()[0], path.snapshots().last().unwrap()].map(|w| plane.place(w));
    assert!(start[0] < end[0], "the first points the way it went");
    println!("explained {first:.3} + {second:.3}");
}

#[test]
fn whatever_paths_there_are_a_plane_has_numbers() {
    let (run, path) = trained(experiment(&[]), 10);
    let network = run.network();
    let now: Weights = network.weights.clone().into();
    let scaled = |by: f32| -> Weights { now.iter().map(|w| w * by).collect::<Vec<f32>>().into() };
    let (nan, huge) = (scaled(f32::NAN), scaled(1e30));
    let moved = scaled(1.1);
    let snapshots = path.snapshots();
    let still = [now.clone(), now.clone(), now.clone()];
    let lost = [now.clone(), huge, nan.clone()];
    let (nowhere, line) = ([nan.clone(), nan], [now.clone(), moved]);
    let cases: [(&str, &[&[Weights]]); 8] = [
        ("none", &[]),
        ("empty", &[&[]]),
        ("one", &[&snapshots[..1]]),
        ("no movement", &[&still]),
        ("identical", &[snapshots, snapshots]),
        ("not finite", &[&nowhere]),
        ("lost", &[snapshots, &lost]),
        ("a line", &[&line]),
    ];
    for (name, paths) in cases {
        let plane = Plane::of_paths(network, paths);
        let view = plane.view(paths, None);
        let all = plane.origin.iter().chain(plane.directions.iter().flatten()).chain(&view);
        assert!(all.into_iter().all(|x| x.is_finite()), "{name}");
        assert!(view[1] - view[0] > 1e-4 && view[3] - view[2] > 1e-4, "{name}: {view:?}");
        assert!(view.iter().all(|x| x.abs() < 1e3), "{name}: {view:?}");
        let place = plane.place(&now);
        assert!(place.iter().all(|x| x.is_finite()) && plane.share_within(&now).is_finite(), "{name}");
        for direction in &plane.directions {
            assert!(direction.iter().map(|x| x * x).sum::<f32>() > 0.5, "{name}");
        }
        let is_random = matches!(name, "none" | "empty" | "one" | "no movement" | "not finite");
        assert_eq!(plane.kind == Directions::Random, is_random, "{name}: {:?}", plane.kind);
        if name == "a line" {
            assert_eq!(plane.kind, Directions::Components([1.0, 0.0]));
        }
    }
    assert!(Plane::axes(network).is_none());
}

#[test]
fn coarse_to_fine_ends_where_each_place_by_itself_does() {
    let (run, path) = trained(experiment(&[]), 40);
    let plane = Arc::new(Plane::of_paths(run.network(), &[path.snapshots()]));
    let view = plane.view(&[path.snapshots()], None);
    for side in [41, 13, 2] {
        let mut whole = Surface::new(&run, Arc::clone(&plane), view, side);
        assert!(whole.values().iter().all(|value| value.is_nan()) && whole.share() == 0.0);
        assert!(whole.step(usize::MAX) && whole.is_done() && whole.share() == 1.0);
        let mut parts = Surface::new(&run, Arc::clone(&plane), view, side);
        let mut rounds = 0;
        while !parts.step(3 * parts.items()) {
            rounds += 1;
            if rounds % 40 == 1 {
                // What is not known has the value of a place that is.
                let (values, known) = (parts.values(), whole.values());
                assert!(values.iter().all(|value| value.is_finite() && known.contains(value)));
            }
        }
        assert_eq!(rounds, (side * side).div_ceil(3) - 1);
        assert_eq!(parts.values(), whole.values());
        for cell in (0..side * side).step_by(7) {
            let place = parts.place_of(cell);
            let mut weights = run.network().weights.clone();
            plane.weights_at(place, &mut weights);
            let direct = loss(&run, &weights);
            assert!(near(parts.values()[cell], direct, 1e-6), "{place:?}");
        }
        assert_eq!(parts.place_of(0), [view[0], view[2]]);
        assert_eq!(parts.place_of(side * side - 1), [view[1], view[3]]);
    }
}

#[test]
fn a_run_that_left_the_numbers_has_a_surface() {
    let wild = experiment(&[
        (
            "/network/layers",
            json!([
            { "type": "dense", "units": 8, "activation": "relu" },
            { "type": "dense", "units": 8, "activation": "relu" },
            { "type": "dense", "units": 1 }]),
        ),
        ("/data", json!({ "name": "plane", "samples": 100 })),
        ("/loss", json!("mean_squared_error")),
        ("/optimizer", json!({ "name": "sgd", "learning_rate": 10.0 })),
    ]);
    let mut run = Run::new(wild).unwrap();
    let mut path = Path::new(run.network().weights.len());
    path.push(&run.network().weights);
    while run.step().is_ok() {
        path.push(&run.network().weights);
        assert!(run.steps() < 1000, "it should diverge");
    }
    for plane in [
        Plane::of_paths(run.network(), &[&path.up_to(&run.network().weights)]),
        Plane::random(run.network(), 1),
    ] {
        let plane = Arc::new(plane);
        let view = plane.view(&[path.snapshots()], None);
        assert!(view.iter().all(|edge| edge.is_finite()), "{view:?}");
        let mut surface = Surface::new(&run, plane, view, 11);
        while !surface.step(10_000) {}
        assert!(surface.values().iter().all(|value| value.is_nan() || value.is_finite()));
    }
}
