//! The first two principal components of snapshots of weights, by the products of all pairs of them: there are few
//! snapshots and many weights.

use super::numbers::{dot, square_distance};
use super::path::Weights;
use crate::tensor::eigen::symmetric_eigen;
use crate::tensor::{all_finite, l2_norm};
use std::ops::Range;

/// Snapshots that are taken at most, and products that are summed: of more snapshots every other one is taken.
const MAX_CHOSEN: usize = 128;
const MAX_PRODUCTS: usize = 200_000_000;
/// A component that explains less than this of the variance is rounding.
const LEAST_EXPLAINED: f64 = 1e-9;

/// What is found.
pub(super) struct Found {
    pub mean: Vec<f32>,
    /// Of length 1.
    pub first: Vec<f32>,
    /// The same; none where all lies in one line.
    pub second: Option<Vec<f32>>,
    /// Share of the variance along each.
    pub explained: [f32; 2],
}

/// The snapshots of all paths that count: of finite numbers, and not farther from where their path began than `lost` times
/// the median of those that moved at all.
pub(super) fn kept(paths: &[&[Weights]], trained: &[Range<usize>], lost: f64) -> Vec<Weights> {
    let is_finite = |weights: &Weights| trained.iter().all(|range| all_finite(&weights[range.clone()]));
    let mut all = Vec::new();
    for path in paths {
        let finite = path.iter().filter(|weights| is_finite(weights));
        let mut first = None;
        for weights in finite {
            let first = *first.get_or_insert(weights);
            let squares =
                trained.iter().map(|range| square_distance(&weights[range.clone()], &first[range.clone()]));
            all.push((squares.sum::<f64>(), weights));
        }
    }
    let mut squares: Vec<f64> =
        all.iter().map(|(square, _)| *square).filter(|square| *square > 0.0).collect();
    squares.sort_by(f64::total_cmp);
    let most = squares.get(squares.len() / 2).map_or(0.0, |median| lost * lost * median);
    all.into_iter().filter(|(square, _)| *square <= most).map(|(_, weights)| weights.clone()).collect()
}

/// Mean and components of snapshots; what is not trained is taken from `others`. None where nothing moved.
pub(super) fn first_two(snapshots: &[Weights], trained: &[Range<usize>], others: &[f32]) -> Option<Found> {
    let last = snapshots.last()?;
    let mut chosen: Vec<&Weights> = snapshots.iter().collect();
    let is_much = |many: usize| many > MAX_CHOSEN || many * many / 2 * others.len() > MAX_PRODUCTS;
    while chosen.len() > 2 && is_much(chosen.len()) {
        chosen = chosen.into_iter().step_by(2).collect();
    }
    let mean = mean(&chosen, trained, others);
    // Over the trained weights; zeros elsewhere.
    let centred: Vec<Vec<f32>> = chosen
        .iter()
        .map(|weights| {
            let mut row = vec![0.0; others.len()];
            for index in trained.iter().cloned().flatten() {
                row[index] = (f64::from(weights[index]) - f64::from(mean[index])) as f32;
            }
            row
        })
        .collect();
    let count = centred.len();
    let mut products = vec![0.0; count * count];
    for i in 0..count {
        for j in 0..=i {
            let product = dot(&centred[i], &centred[j]);
            (products[i * count + j], products[j * count + i]) = (product, product);
        }
    }
    let total: f64 = (0..count).map(|i| products[i * count + i]).sum();
    if !(total > 0.0 && total.is_finite()) {
        return None;
    }
    let (values, vectors) = symmetric_eigen(&products, count);
    let explained = [0, 1].map(|index| values.get(index).map_or(0.0, |value| value.max(0.0) / total));
    let component = |index: usize| {
        let turns = &vectors[index * count..][..count];
        let mut sums = vec![0.0_f64; others.len()];
        for (turn, row) in turns.iter().zip(&centred) {
            sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += turn * f64::from(*x));
        }
        let length = libm::sqrt(sums.iter().map(|x| x * x).sum());
        let mut direction: Vec<f32> = sums.iter().map(|x| (x / length) as f32).collect();
        // The way from the first snapshot to the last, or else to its largest number.
        let began = &chosen[0];
        let went: f64 = (0..others.len())
            .map(|index| f64::from(direction[index]) * (f64::from(last[index]) - f64::from(began[index])))
            .sum();
        let largest =
            direction.iter().copied().fold(0.0_f32, |most, x| if x.abs() > most.abs() { x } else { most });
        if went < 0.0 || (went == 0.0 && largest < 0.0) {
            direction.iter_mut().for_each(|x| *x = -*x);
        }
        (l2_norm(&direction) > 0.5).then_some(direction)
    };
    let first = component(0)?;
    let second = if explained[1] > LEAST_EXPLAINED { component(1) } else { None };
    let explained = if second.is_some() { explained } else { [1.0, 0.0] };
    Some(Found { mean, first, second, explained: explained.map(|share| share as f32) })
}

fn mean(snapshots: &[&Weights], trained: &[Range<usize>], others: &[f32]) -> Vec<f32> {
    let mut mean = others.to_vec();
    for index in trained.iter().cloned().flatten() {
        let sum: f64 = snapshots.iter().map(|weights| f64::from(weights[index])).sum();
        mean[index] = (sum / snapshots.len() as f64) as f32;
    }
    mean
}
