//! What some visible units are likely to be, given all others: exactly, by free energies, since the hidden units are summed
//! over. A label beside a picture, and a number beside others, are told so.

use super::{Rbm, Room, VisibleUnits, Weights};
use crate::tensor::math::exp;

/// Places within a deviation at which the density of a number is measured, and of the whole range the least and the most.
/// The density is a normal one times a convex function, so no narrower than σ; at every half of it the sum over
/// even places is the integral to more digits than a single has.
const WITHIN_DEVIATION: f64 = 2.0;
const PLACES: [f64; 2] = [33.0, 401.0];

impl Rbm {
    /// p(choice | all others) of the question that begins at the visible unit `start`, for each row of `rows`
    /// `[rows, visible]`: `[rows, choices]`. What the rows say of that question is overwritten with nothing.
    ///
    /// # Reference
    /// Larochelle & Bengio, Classification using discriminative restricted Boltzmann machines, ICML 2008.
    pub fn choice_shares(
        &self,
        weights: Weights,
        rows: &mut [f32],
        (start, choices): (usize, usize),
        shares: &mut Vec<f32>,
        room: &mut Room,
    ) {
        rows.chunks_exact_mut(self.visible).for_each(|row| row[start..][..choices].fill(0.0));
        let mut logits = std::mem::take(&mut room.logits);
        self.hidden_logits(weights, rows, &mut logits, room);
        shares.clear();
        for of_row in logits.chunks_exact(self.hidden) {
            let minus_energies = (start..start + choices).map(|unit| {
                let kernel = &weights.kernel[unit * self.hidden..][..self.hidden];
                let of_hidden = of_row.iter().zip(kernel).map(|(z, w)| self.kind.log_sum(z + w)).sum::<f64>();
                of_hidden + f64::from(weights.visible_bias[unit])
            });
            let minus_energies: Vec<f64> = minus_energies.collect();
            let most = minus_energies.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let odds: Vec<f64> = minus_energies.iter().map(|energy| libm::exp(energy - most)).collect();
            let sum: f64 = odds.iter().sum();
            shares.extend(odds.iter().map(|odd| (odd / sum) as f32));
        }
        room.logits = logits;
    }

    /// Mean and deviation of the gaussian visible unit `unit` given all others, for each row of `rows`
    /// `[rows, visible]`: `[rows, 2]`. Its density ∝ e^(−F) is measured at even places within `range`. What the rows say of
    /// the unit is overwritten with 0.
    ///
    /// # Panics
    /// If the unit is of another kind.
    pub fn number_spread(
        &self,
        weights: Weights,
        rows: &mut [f32],
        (unit, range): (usize, [f32; 2]),
        spreads: &mut Vec<f32>,
        room: &mut Room,
    ) {
        let holds = |(start, group): (usize, &super::VisibleGroup)| {
            group.kind == VisibleUnits::Gaussian && (start..start + group.units).contains(&unit)
        };
        assert!(self.placed().any(holds), "the visible unit {unit} is not gaussian");
        rows.chunks_exact_mut(self.visible).for_each(|row| row[unit] = 0.0);
        let mut logits = std::mem::take(&mut room.logits);
        self.hidden_logits(weights, rows, &mut logits, room);
        let kernel = &weights.kernel[unit * self.hidden..][..self.hidden];
        let precision = weights.log_variance.get(unit).map_or(1.0, |&z| f64::from(exp(-z)));
        let bias = f64::from(weights.visible_bias[unit]);
        let [low, high] = range.map(f64::from);
        let [least, most] = PLACES;
        let count = (WITHIN_DEVIATION * (high - low) * precision.sqrt()).ceil().clamp(least, most) as usize;
        let places: Vec<f64> =
            (0..count).map(|place| low + (high - low) * place as f64 / (count - 1) as f64).collect();
        spreads.clear();
        for of_row in logits.chunks_exact(self.hidden) {
            let log_density = |&y: &f64| {
                let scaled = (y * precision) as f32;
                let of_hidden: f64 =
                    of_row.iter().zip(kernel).map(|(z, w)| self.kind.log_sum(z + w * scaled)).sum();
                of_hidden - 0.5 * (y - bias) * (y - bias) * precision
            };
            let logs: Vec<f64> = places.iter().map(log_density).collect();
            let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let density: Vec<f64> = logs.iter().map(|log| libm::exp(log - most)).collect();
            let sum: f64 = density.iter().sum();
            let mean = density.iter().zip(&places).map(|(p, y)| p * y).sum::<f64>() / sum;
            let square =
                density.iter().zip(&places).map(|(p, y)| p * (y - mean) * (y - mean)).sum::<f64>() / sum;
            spreads.extend([mean as f32, square.sqrt() as f32]);
        }
        room.logits = logits;
    }
}
