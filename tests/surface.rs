//! Loss surfaces: planes through weight space, the loss over them, and paths placed in them.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::nn::layers::Function;
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
        let view = plane.view(&[]);
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
    let [left, right, bottom, top] = plane.view(&[&path]);
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
        let view = plane.view(paths);
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
    let view = plane.view(&[path.snapshots()]);
    for side in [41, 13, 2] {
        let mut whole = Surface::new(&run, Arc::clone(&plane), view, side);
        assert!(whole.values().iter().all(|value| value.is_nan()) && whole.share() == 0.0);
        assert!(whole.step(u64::MAX) && whole.is_done() && whole.share() == 1.0);
        let mut parts = Surface::new(&run, Arc::clone(&plane), view, side);
        let mut rounds = 0;
        while !parts.step(3 * parts.products_of_a_place()) {
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
    let begun = Run::new(wild.clone()).unwrap();
    let mut run = Run::new(wild).unwrap();
    let mut path = Path::new(run.network().weights.len());
    path.push(&run.network().weights);
    while run.step().is_ok() {
        path.push(&run.network().weights);
        assert!(run.steps() < 1000, "it should diverge");
    }
    for plane in [
        Plane::of_paths(run.network(), &[&path.up_to(&run.network().weights)]),
        Plane::random(begun.network(), 1),
    ] {
        let plane = Arc::new(plane);
        let view = plane.view(&[path.snapshots()]);
        assert!(view.iter().all(|edge| edge.is_finite()), "{view:?}");
        let mut surface = Surface::new(&run, plane, view, 11);
        while !surface.step(10_000) {}
        let values = surface.values();
        let finite = values.iter().filter(|value| value.is_finite()).count();
        assert!(finite > 0, "{:?}: not one number on it", surface.plane().kind);
        assert!(values.iter().all(|value| !value.is_infinite()), "what is no finite number is NaN");
        // Where the run is, with the last weights that were numbers.
        let here = surface.plane().place(&run.network().weights);
        assert!(here.iter().all(|along| along.is_finite()), "{here:?}");
    }
}

fn landscape(function: &str, start: [f32; 2], optimizer: Value) -> Value {
    json!({ "version": 1, "lab": "optimizers", "seed": 1, "data": { "name": "landscape" },
        "network": { "layers": [{ "type": "landscape", "function": function, "start": start }] },
        "loss": "mean_squared_error", "optimizer": optimizer, "batch_size": "full" })
}

fn landscape_run(function: &str, start: [f32; 2], optimizer: Value) -> Run {
    Run::new(Experiment::from_value(landscape(function, start, optimizer)).unwrap()).unwrap()
}

const FUNCTIONS: [(&str, Function); 4] = [
    ("rosenbrock", Function::Rosenbrock),
    ("beale", Function::Beale),
    ("saddle", Function::Saddle),
    ("ravine", Function::Ravine),
];

#[test]
fn the_surface_of_a_landscape_is_the_landscape() {
    for (name, function) in FUNCTIONS {
        let mut run =
            landscape_run(name, function.usual_start(), json!({ "name": "adam", "learning_rate": 0.01 }));
        let plane = Arc::new(Plane::axes(run.network()).unwrap());
        let mut path = Path::new(2);
        path.push(&run.network().weights);
        for _ in 0..5 {
            let before = [run.network().weights[0], run.network().weights[1]];
            assert_eq!(run.step().unwrap(), function.value(before), "{name}");
            path.push(&run.network().weights);
        }
        assert_eq!(plane.place(&path.snapshots()[0]), function.usual_start());
        let [left, right, bottom, top] = function.view();
        let is_seen = |[x, y]: [f32; 2]| (left..=right).contains(&x) && (bottom..=top).contains(&y);
        let places = path.snapshots().iter().map(|weights| plane.place(weights));
        assert!(places.into_iter().all(is_seen), "{name}: the usual way is worth seeing");
        let mut surface = Surface::new(&run, plane, function.view(), 21);
        assert!(surface.step(u64::MAX));
        for (cell, value) in surface.values().into_iter().enumerate() {
            assert_eq!(value, function.value(surface.place_of(cell)), "{name}");
        }
        if let Some(minimum) = function.minimum() {
            assert_eq!(function.gradient(minimum), [0.0; 2]);
            assert!(surface.values().iter().all(|value| *value >= function.value(minimum)));
        }
        assert!(run.evaluate(&mut Pass::default()).is_none(), "there is nothing to test");
    }
}

#[test]
fn gradients_of_landscapes_are_their_slopes() {
    for (name, function) in FUNCTIONS {
        for place in [[0.3, -0.7], [-1.2, 1.0], [2.5, 0.4], [-3.0, -2.0]] {
            let run = &mut landscape_run(name, place, json!({ "name": "sgd", "learning_rate": 0.0001 }));
            run.measure();
            let gradient = run.gradients().to_vec();
            // In double precision from the formulas of the papers.
            let f = |[x, y]: [f64; 2]| match function {
                Function::Rosenbrock => (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2),
                Function::Beale => {
                    (1.5 - x + x * y).powi(2)
                        + (2.25 - x + x * y * y).powi(2)
                        + (2.625 - x + x * y.powi(3)).powi(2)
                }
                Function::Saddle => x * x - y * y,
                Function::Ravine => 0.05 * x * x + 5.0 * y * y,
            };
            let at = place.map(f64::from);
            for axis in 0..2 {
                let moved = |by: f64| {
                    let mut place = at;
                    place[axis] += by;
                    f(place)
                };
                let numeric = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                let given = f64::from(gradient[axis]);
                assert!((given - numeric).abs() < 1e-5 * (1.0 + numeric.abs()), "{name}: {given}, {numeric}");
            }
            assert!((f64::from(function.value(place)) - f(at)).abs() < 1e-6 * (1.0 + f(at).abs()));
        }
    }
}

#[test]
fn steps_from_rosenbrocks_start_are_those_by_hand() {
    let start = Function::Rosenbrock.usual_start();
    let rate = 1.0 / 1024.0;
    let mut run = landscape_run("rosenbrock", start, json!({ "name": "sgd", "learning_rate": rate }));
    let [mut x, mut y] = start.map(f64::from);
    for _ in 0..20 {
        run.step().unwrap();
        let across = y - x * x;
        let slopes = [-2.0 * (1.0 - x) - 400.0 * x * across, 200.0 * across];
        (x, y) = (x - rate * slopes[0], y - rate * slopes[1]);
        let found = [run.network().weights[0], run.network().weights[1]].map(f64::from);
        assert!((found[0] - x).abs() < 1e-5 && (found[1] - y).abs() < 1e-5, "{found:?}, not {x}, {y}");
    }
    // Each optimizer goes down.
    let named = |name: &str| json!({ "name": name, "learning_rate": 0.0005 });
    let mut optimizers: Vec<Value> =
        ["sgd", "rmsprop", "adagrad", "adam", "adamw", "nadam"].into_iter().map(named).collect();
    optimizers.push(json!({ "name": "adadelta", "learning_rate": 1.0 }));
    optimizers.push(json!({ "name": "sgd", "learning_rate": 0.0005, "momentum": 0.5 }));
    optimizers.push(json!({ "name": "sgd", "learning_rate": 0.0005, "momentum": 0.5, "nesterov": true }));
    for optimizer in optimizers {
        let mut run = landscape_run("rosenbrock", start, optimizer.clone());
        let first = run.step().unwrap();
        (0..30).for_each(|_| assert!(run.step().unwrap().is_finite()));
        assert!(run.measure() < first, "{optimizer}");
    }
}

#[test]
fn a_landscape_is_a_run_like_any_other() {
    let mut run = landscape_run("rosenbrock", [-1.2, 1.0], json!({ "name": "sgd", "learning_rate": 1.0 }));
    let divergence = (0..100).find_map(|_| run.step().err()).expect("it leaves the numbers");
    assert_eq!(divergence.layer, "landscape");
    assert!(run.network().weights.iter().all(|weight| weight.is_finite()));
    // Down the saddle the loss falls below 0, and for ever.
    let mut run = landscape_run("saddle", [-1.5, 0.01], json!({ "name": "sgd", "learning_rate": 0.1 }));
    (0..60).for_each(|_| assert!(run.step().unwrap().is_finite()));
    assert!(run.measure() < -1.0);
    // Edits, of the position among them.
    run.edit(&[("optimizer.learning_rate".to_owned(), json!(0.01))].into()).unwrap();
    run.edit(&[("weights.landscape.position.1".to_owned(), json!(0.5))].into()).unwrap();
    assert_eq!(run.network().weights[1], 0.5);
    run.step().unwrap();
    let mut again = Run::new(run.experiment().clone()).unwrap();
    (0..61).for_each(|_| assert!(again.step().unwrap().is_finite()));
    assert_eq!(again.network().weights, run.network().weights);
    let mut gone_back = Run::new(run.experiment().clone()).unwrap();
    let snapshot = gone_back.snapshot(None);
    gone_back.step().unwrap();
    gone_back.restore(&snapshot);
    assert_eq!(gone_back.network().weights, [-1.5, 0.01]);
}

#[test]
fn a_landscape_that_cannot_be_is_refused_in_words() {
    let sgd = json!({ "name": "sgd", "learning_rate": 0.1 });
    let refused = |pointer: &str, value: Value| {
        let mut experiment = landscape("beale", [1.0, 1.0], sgd.clone());
        *experiment.pointer_mut(pointer).unwrap() = value;
        Experiment::from_value(experiment).unwrap_err().to_string()
    };
    let start = "/network/layers/0/start";
    assert_eq!(
        refused(start, json!([10.5, 0.0])),
        "network.layers.0.start.0 is 10.5, but must be from -10 to 10"
    );
    assert!(refused(start, json!([0.0, -1e9])).starts_with("network.layers.0.start.1 is -1000000000"));
    assert!(refused(start, json!([0.0, "x"])).starts_with("network.layers.0.start[1]"));
    assert!(refused(start, json!([0.0, null])).starts_with("network.layers.0.start[1]"));
    assert!(refused(start, json!([0.0])).starts_with("network.layers.0.start"));
    let other = refused("/network/layers/0/function", json!("ackley"));
    assert!(other.contains("network.layers.0.function") && other.contains("rosenbrock"), "{other}");
    assert!(refused("/data", json!({ "name": "landscape", "samples": 101 })).contains("from 1 to 100"));
    assert!(refused("/data", json!({ "name": "landscape", "noise": 0.1 })).contains("no noise"));
    assert!(refused("/loss", json!("binary_crossentropy")).contains("mean_squared_error"));
}
