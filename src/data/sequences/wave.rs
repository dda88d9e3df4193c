//! A noisy wave: the sum of two sines of any frequency and phase. What comes after the last step is to be told, as it
//! would be measured: its own noise is in it, so the mean squared error of the best guess is the square of `data.noise`.

use super::super::{DataSet, Source, Task};
use super::{Draw, Recipe};
use crate::tensor::Rng;
use std::f32::consts::TAU;

pub(in crate::data) const SET: DataSet =
    DataSet { name: "wave", label: "Noisy wave", task: Task::Regression, source: Source::Sequences(&RECIPE) };

const RECIPE: Recipe = Recipe {
    asks: "what the next value is",
    symbols: &[],
    classes: &[],
    answers: 0,
    length: |lag| lag,
    draw: Draw::Numbers { features: 1, draw },
};

/// Height of each of the two, so that their sum is within ±1.
const HEIGHT: f32 = 0.5;
/// Steps of a whole turn, from and to.
const PERIOD: [f32; 2] = [5.0, 25.0];

fn draw(rng: &mut Rng, lag: usize, noise: f32) -> (Vec<f32>, f32) {
    let waves = [0, 1].map(|_| [TAU / rng.between(PERIOD[0], PERIOD[1]), rng.between(0.0, TAU)]);
    let mut values: Vec<f32> = (0..=lag)
        .map(|step| {
            let height = waves.iter().map(|[pace, phase]| HEIGHT * libm::sinf(pace * step as f32 + phase));
            height.sum::<f32>() + noise * rng.normal()
        })
        .collect();
    let next = values.pop().expect("one more than the lag");
    (values, next)
}
