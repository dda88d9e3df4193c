//! How time and memory of a step grow, natively: `cargo bench --bench growth`. Each row lets one number of an
//! experiment grow; the exponent is that of the line fitted through the logarithms, the arithmetic's beside it.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::data::{Data, Pictures};
use glassbox::tensor::{Rng, Stream};
use glassbox::train::{Experiment, Run};
use serde_json::{Value, json};
use std::time::Instant;

/// Sizes that one number takes.
const SIZES: usize = 5;

/// An experiment at each size of one number, and how many multiplications with their addition a step takes.
struct Growth {
    what: &'static str,
    sizes: [usize; SIZES],
    experiment: fn(usize) -> Value,
    multiply_adds: fn(usize) -> usize,
}

fn dense(units: usize) -> Value {
    json!({ "type": "dense", "units": units, "activation": "tanh" })
}

/// Points, a network of so many hidden layers of so many units, and a batch.
fn points(depth: usize, width: usize, batch_size: usize) -> Value {
    let mut layers = vec![dense(width); depth];
    layers.push(json!({ "type": "dense", "units": 1, "activation": "sigmoid" }));
    json!({ "version": 1, "lab": "gradients", "seed": 7, "data": { "samples": 2000, "test_fraction": 0.0 },
        "network": { "layers": layers }, "loss": "binary_crossentropy", "optimizer": { "name": "adam" }, "batch_size": batch_size })
}

/// Forward, to the weights, and to the inputs of all but the first layer.
fn of_points(depth: usize, width: usize, batch_size: usize) -> usize {
    let (first, inner) = (2 * width, (depth - 1) * width * width + width);
    batch_size * (2 * first + 3 * inner)
}

/// Pictures of so many pixels a side, two convolutions of so many filters, each pooled, and a batch.
fn pictures(side: usize, filters: usize, batch_size: usize) -> Value {
    let conv = json!({ "type": "conv2d", "filters": filters, "kernel_size": 3, "activation": "relu" });
    let pool = json!({ "type": "max_pooling2d" });
    let last = json!({ "type": "dense", "units": 10, "activation": "softmax" });
    let data = json!({ "name": "files", "samples": 256, "test_fraction": 0.0, "image_size": [side, side] });
    json!({ "version": 1, "lab": "cnn", "seed": 7, "data": data,
        "network": { "layers": [conv, pool, conv, pool, { "type": "flatten" }, last] },
        "loss": "sparse_categorical_crossentropy", "optimizer": { "name": "adam" }, "batch_size": batch_size })
}

fn of_pictures(side: usize, filters: usize, batch_size: usize) -> usize {
    let (pooled, last) = ((side - 2) / 2, ((side - 2) / 2 - 2) / 2);
    let first = (side - 2) * (side - 2) * 9 * filters;
    let second = (pooled - 2) * (pooled - 2) * 9 * filters * filters;
    let last = last * last * 10 * filters;
    batch_size * (2 * first + 3 * (second + last))
}

const GROWTHS: [Growth; 6] = [
    Growth {
        what: "batch, 2-[16x4]-1",
        sizes: [16, 32, 64, 128, 256],
        experiment: |batch| points(4, 16, batch),
        multiply_adds: |batch| of_points(4, 16, batch),
    },
    Growth {
        what: "width, 4 layers",
        sizes: [16, 32, 64, 128, 256],
        experiment: |width| points(4, width, 64),
        multiply_adds: |width| of_points(4, width, 64),
    },
    Growth {
        what: "depth, 16 wide",
        sizes: [2, 4, 8, 16, 32],
        experiment: |depth| points(depth, 16, 64),
        multiply_adds: |depth| of_points(depth, 16, 64),
    },
    Growth {
        what: "batch, CNN",
        sizes: [8, 16, 32, 64, 128],
        experiment: |batch| pictures(28, 8, batch),
        multiply_adds: |batch| of_pictures(28, 8, batch),
    },
    Growth {
        what: "filters, CNN",
        sizes: [4, 8, 16, 32, 64],
        experiment: |filters| pictures(28, filters, 32),
        multiply_adds: |filters| of_pictures(28, filters, 32),
    },
    Growth {
        what: "side of pictures, CNN",
        sizes: [16, 24, 32, 48, 64],
        experiment: |side| pictures(side, 8, 32),
        multiply_adds: |side| of_pictures(side, 8, 32),
    },
];

fn start(experiment: Value) -> Run {
    let experiment = Experiment::from_value(experiment).expect("valid");
    let config = &experiment.data;
    let Some([height, width]) = config.image_size else { return Run::new(experiment).expect("validated") };
    let mut rng = Rng::new(1, Stream::Data);
    let pixels = (0..config.samples * height * width).map(|_| (255.0 * rng.uniform()) as u8).collect();
    let labels: Vec<u8> = (0..config.samples).map(|index| (index % 10) as u8).collect();
    let data = Data::split(&Pictures::new(height, width, pixels), &labels, config, 1).expect("as many");
    Run::with_data(experiment, data.into()).expect("validated")
}

/// Milliseconds of a step, the best of some turns, once its buffers have grown.
fn step_ms(run: &mut Run) -> f64 {
    let mut best = f64::INFINITY;
    for turn in 0..12 {
        let (started, mut steps) = (Instant::now(), 0);
        while started.elapsed().as_millis() < 30 {
            run.step().expect("a run that does not diverge");
            steps += 1;
        }
        if turn > 1 {
            best = best.min(started.elapsed().as_secs_f64() * 1000.0 / f64::from(steps));
        }
    }
    best
}

/// Bytes that the first two epochs of a run take beyond its data and weights, and those that later steps add.
fn bytes(experiment: Value) -> [u64; 2] {
    let mut run = start(experiment);
    let grown = allocation_counter::measure(|| {
        while run.epoch() < 2 {
            run.step().expect("a run that does not diverge");
        }
    });
    let later = allocation_counter::measure(|| {
        (0..50).for_each(|_| _ = run.step().expect("a run that does not diverge"));
    });
    [grown.bytes_current.max(0) as u64, later.bytes_total]
}

/// Slope of the line fitted through the logarithms.
fn exponent(sizes: &[usize], values: &[f64]) -> f64 {
    let mean = |numbers: &[f64]| numbers.iter().sum::<f64>() / numbers.len() as f64;
    let x: Vec<f64> = sizes.iter().map(|&size| (size as f64).ln()).collect();
    let y: Vec<f64> = values.iter().map(|value| value.ln()).collect();
    let (mean_x, mean_y) = (mean(&x), mean(&y));
    let products = x.iter().zip(&y).map(|(x, y)| (x - mean_x) * (y - mean_y));
    products.sum::<f64>() / x.iter().map(|x| (x - mean_x).powi(2)).sum::<f64>()
}

fn main() {
    println!(
        "| grows | sizes | ms a step | exponent | arithmetic's | kB of buffers | exponent | later bytes |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for Growth { what, sizes, experiment, multiply_adds } in GROWTHS {
        let times = sizes.map(|size| step_ms(&mut start(experiment(size))));
        let memory = sizes.map(|size| bytes(experiment(size)));
        let kept = memory.map(|[grown, _]| grown as f64);
        let arithmetic = sizes.map(|size| multiply_adds(size) as f64);
        let list = |values: [String; SIZES]| values.join(", ");
        println!(
            "| {what} | {} | {} | {:.2} | {:.2} | {} | {:.2} | {} |",
            list(sizes.map(|size| size.to_string())),
            list(times.map(|ms| format!("{ms:.3}"))),
            exponent(&sizes, &times),
            exponent(&sizes, &arithmetic),
            list(kept.map(|bytes| format!("{:.0}", bytes / 1000.0))),
            exponent(&sizes, &kept),
            memory.iter().map(|[_, later]| later).max().expect("a size"),
        );
    }
}
