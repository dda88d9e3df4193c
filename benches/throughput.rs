//! What a batch buys, natively: `cargo bench --bench throughput`. Samples a second of 784-64-10 on generated digits with
//! batches of 1 … 1,024, of 20 seeds, and by how much 32 at once are faster than one at a time, each in one run.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::train::throughput::knee;
use glassbox::train::{Experiment, Run};
use serde_json::json;
use std::time::Instant;

const SEEDS: usize = 20;
const BATCHES: [usize; 11] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
/// Turns of which the fastest counts, since others use the machine too, and milliseconds of each.
const TURNS: usize = 4;
const TURN_MS: u128 = 8;

fn start(seed: usize, optimizer: &str) -> Run {
    let experiment = json!({ "version": 1, "lab": "batching", "seed": seed,
        "data": { "name": "digits", "samples": 2048, "test_fraction": 0.0 },
        "network": { "layers": [{ "type": "flatten" },
            { "type": "dense", "units": 64, "activation": "relu", "kernel_initializer": "he_normal" },
            { "type": "dense", "units": 10, "activation": "softmax" }] },
        "loss": "sparse_categorical_crossentropy", "optimizer": optimizer, "batch_size": 32 });
    Run::new(Experiment::from_value(experiment).expect("valid")).expect("validated")
}

/// Samples a second with batches of every size, each from the same weights; the sizes take turns, so that what slows the
/// machine slows all of them.
fn speeds(run: &Run) -> [f64; BATCHES.len()] {
    let mut copies = BATCHES.map(|batch| run.apart(batch).expect("enough items"));
    let mut best = [0.0_f64; BATCHES.len()];
    for turn in 0..=TURNS {
        for ((copy, best), batch) in copies.iter_mut().zip(&mut best).zip(BATCHES) {
            let (started, mut steps) = (Instant::now(), 0);
            while started.elapsed().as_millis() < TURN_MS || steps < 2 {
                copy.step().expect("a run that does not diverge");
                steps += 1;
            }
            if turn > 0 {
                *best = best.max((batch * steps) as f64 / started.elapsed().as_secs_f64());
            }
        }
    }
    best
}

/// Least, median and most.
fn spread(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [values[0], values[values.len() / 2], values[values.len() - 1]]
}

fn main() {
    for optimizer in ["sgd", "adam"] {
        let runs: Vec<_> = (1..=SEEDS).map(|seed| speeds(&start(seed, optimizer))).collect();
        println!("784-64-10, {optimizer}, {SEEDS} seeds: samples a second, median (least … most)");
        for (index, batch) in BATCHES.into_iter().enumerate() {
            let [least, median, most] = spread(runs.iter().map(|speeds| speeds[index]).collect());
            println!(
                "  batch {batch:>4}: {median:>8.0} ({least:.0} … {most:.0}), {:.3} ms a step",
                1000.0 * batch as f64 / median
            );
        }
        let [least, median, most] = spread(runs.iter().map(|speeds| speeds[5] / speeds[0]).collect());
        println!("  32 to 1: {median:.2} times as many ({least:.2} … {most:.2})");
        let knees = runs.iter().map(|speeds| {
            let measured: Vec<(usize, f64)> = BATCHES.into_iter().zip(*speeds).collect();
            knee(&measured).expect("several sizes")
        });
        let knees: Vec<_> = knees.collect();
        let of = |figure: fn(&glassbox::train::throughput::Knee) -> f64| {
            spread(knees.iter().map(figure).collect())[1]
        };
        println!(
            "  knee at a batch of {:.1}: {:.4} ms a step and {:.5} ms an item, misfit {:.0} %",
            of(|knee| knee.batch),
            of(|knee| knee.overhead_ms),
            of(|knee| knee.ms_per_item),
            100.0 * of(|knee| knee.misfit)
        );
    }
}
