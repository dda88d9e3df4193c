//! The exact distribution of a small machine, by going through every state of one side: what sampling is measured against.

use super::{HiddenUnits, Rbm, VisibleUnits, Weights};
use crate::error::{Error, Result, name_of};

/// Most units of the side whose states are gone through.
pub const MOST_UNITS: usize = 20;
/// Most states times units of the other side.
const MOST_SUMS: usize = 1 << 27;

/// What a machine expects by itself, of every state that it may be in.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// ln Z.
    pub log_partition: f64,
    /// E\[v\].
    pub visible: Vec<f64>,
    /// E\[h\].
    pub hidden: Vec<f64>,
    /// E\[v h\], `[visible, hidden]`.
    pub products: Vec<f64>,
}

/// ln Z, the logarithm of the sum of e^(−E) over all states.
///
/// # Errors
/// [`Error::Setting`] where neither side has at most [`MOST_UNITS`] units that are on or off, or words are counted.
pub fn log_partition(rbm: &Rbm, weights: Weights) -> Result<f64> {
    Ok(Side::of(rbm, weights)?.log_partition())
}

/// The same with what the machine expects.
///
/// # Errors
/// As [`log_partition`], and for hidden units that are not on or off.
pub fn expected(rbm: &Rbm, weights: Weights) -> Result<Expected> {
    if rbm.hidden_kind() != HiddenUnits::Bernoulli {
        let allowed = "bernoulli: what is expected of other units is not summed here";
        let given = name_of(rbm.hidden_kind());
        return Err(Error::setting("the hidden units of what a machine expects", given, allowed));
    }
    let side = Side::of(rbm, weights)?;
    let log_partition = side.log_partition();
    let (own, other) = (side.own_bias.len(), side.other_bias.len());
    let (mut of_own, mut of_other) = (vec![0.0; own], vec![0.0; other]);
    let mut products = vec![0.0; own * other];
    let mut means = vec![0.0; other];
    side.for_each_state(|state, energy, logits| {
        let p = libm::exp(energy - log_partition);
        side.means(logits, &mut means);
        of_other.iter_mut().zip(&means).for_each(|(sum, mean)| *sum += p * mean);
        for (index, products) in products.chunks_exact_mut(other).enumerate() {
            if state >> index & 1 == 1 {
                of_own[index] += p;
                products.iter_mut().zip(&means).for_each(|(sum, mean)| *sum += p * mean);
            }
        }
    });
    if side.is_visible {
        return Ok(Expected { log_partition, visible: of_own, hidden: of_other, products });
    }
    let mut turned = vec![0.0; own * other];
    for (index, products) in products.chunks_exact(other).enumerate() {
        products.iter().enumerate().for_each(|(unit, &product)| turned[unit * own + index] = product);
    }
    Ok(Expected { log_partition, visible: of_other, hidden: of_own, products: turned })
}

/// The side whose states are gone through, and the other, which is summed in closed form.
struct Side<'a> {
    rbm: &'a Rbm,
    weights: Weights<'a>,
    is_visible: bool,
    own_bias: &'a [f32],
    other_bias: &'a [f32],
}

impl<'a> Side<'a> {
    fn of(rbm: &'a Rbm, weights: Weights<'a>) -> Result<Self> {
        let (visible, hidden) = (weights.visible_bias, weights.hidden_bias);
        let counts = rbm.groups().iter().any(|group| group.kind == VisibleUnits::ReplicatedSoftmax);
        let fits = |own: usize, other: usize| own <= MOST_UNITS && other <= MOST_SUMS >> own;
        let by_visible = rbm.is_binary() && fits(visible.len(), hidden.len());
        let by_hidden =
            rbm.hidden_kind() == HiddenUnits::Bernoulli && !counts && fits(hidden.len(), visible.len());
        let side = |is_visible, own_bias, other_bias| Self { rbm, weights, is_visible, own_bias, other_bias };
        if by_visible && (!by_hidden || visible.len() < hidden.len()) {
            return Ok(side(true, visible, hidden));
        }
        if by_hidden {
            return Ok(side(false, hidden, visible));
        }
        let given = format!("{} visible and {} hidden units", visible.len(), hidden.len());
        let allowed = format!(
            "one with at most {MOST_UNITS} binary units on a side, of which every state is gone through: take annealed importance sampling for larger ones"
        );
        Err(Error::setting("the machine of exact likelihood", given, allowed))
    }

    fn weight(&self, own: usize, other: usize) -> f64 {
        let (visible, hidden) = if self.is_visible { (own, other) } else { (other, own) };
        f64::from(self.weights.kernel[visible * self.rbm.hidden_units() + hidden])
    }

    /// Gives every state of the own side, as bits, with −E summed over the other and the logits of that. One unit changes
    /// from one state to the next (Gray's code).
    fn for_each_state(&self, mut visit: impl FnMut(usize, f64, &[f64])) {
        let mut logits: Vec<f64> = self.other_bias.iter().map(|&bias| bias.into()).collect();
        let (mut state, mut own) = (0_usize, 0.0);
        for count in 0_usize..1 << self.own_bias.len() {
            if count > 0 {
                let unit = count.trailing_zeros() as usize;
                state ^= 1 << unit;
                let sign = if state >> unit & 1 == 1 { 1.0 } else { -1.0 };
                own += sign * f64::from(self.own_bias[unit]);
                for (other, logit) in logits.iter_mut().enumerate() {
                    *logit += sign * self.weight(unit, other);
                }
            }
            visit(state, own + self.log_sum(&logits), &logits);
        }
    }

    fn log_partition(&self) -> f64 {
        let (mut most, mut sum) = (f64::NEG_INFINITY, 0.0);
        self.for_each_state(|_, energy, _| {
            if energy > most {
                sum = sum * libm::exp(most - energy) + 1.0;
                most = energy;
            } else {
                sum += libm::exp(energy - most);
            }
        });
        most + libm::log(sum)
    }

    /// ln Σ e^(−E) over the states of the other side, of which these are the logits.
    fn log_sum(&self, logits: &[f64]) -> f64 {
        if self.is_visible {
            return logits.iter().map(|&z| self.rbm.hidden_kind().log_sum(z as f32)).sum();
        }
        let of_group = |(start, group): (usize, &super::VisibleGroup)| -> f64 {
            let logits = &logits[start..start + group.units];
            match group.kind {
                VisibleUnits::Softmax => logits.chunks_exact(group.choices()).map(log_sum_exp).sum(),
                VisibleUnits::Gaussian => (start..)
                    .zip(logits)
                    .map(|(index, mean)| {
                        let b = f64::from(self.weights.visible_bias[index]);
                        let z = f64::from(self.weights.log_variance.get(index).copied().unwrap_or(0.0));
                        0.5 * (libm::log(std::f64::consts::TAU) + z)
                            + (mean * mean - b * b) / (2.0 * libm::exp(z))
                    })
                    .sum(),
                _ => logits.iter().map(|&z| softplus(z)).sum(),
            }
        };
        self.rbm.placed().map(of_group).sum()
    }

    /// What is expected of the other side, of which these are the logits.
    fn means(&self, logits: &[f64], means: &mut [f64]) {
        let sigmoid = |z: f64| 1.0 / (1.0 + libm::exp(-z));
        if self.is_visible {
            means.iter_mut().zip(logits).for_each(|(mean, &z)| *mean = sigmoid(z));
            return;
        }
        for (start, group) in self.rbm.placed() {
            let places = start..start + group.units;
            let (means, logits) = (&mut means[places.clone()], &logits[places]);
            match group.kind {
                VisibleUnits::Softmax => {
                    let questions =
                        means.chunks_exact_mut(group.choices()).zip(logits.chunks_exact(group.choices()));
                    for (means, logits) in questions {
                        let sum = log_sum_exp(logits);
                        means.iter_mut().zip(logits).for_each(|(mean, z)| *mean = libm::exp(z - sum));
                    }
                }
                VisibleUnits::Gaussian => means.copy_from_slice(logits),
                _ => means.iter_mut().zip(logits).for_each(|(mean, &z)| *mean = sigmoid(z)),
            }
        }
    }
}

fn softplus(z: f64) -> f64 {
    z.max(0.0) + libm::log1p(libm::exp(-z.abs()))
}

/// ln Σ eᶻ.
pub(super) fn log_sum_exp(z: &[f64]) -> f64 {
    let most = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    most + libm::log(z.iter().map(|z| libm::exp(z - most)).sum())
}
