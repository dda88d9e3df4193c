//! Penalties on what a layer gives, which keep codes sparse.

use crate::error::{Error, Result, ensure_within, name_of};
use crate::nn::{Activation, Trace};
use crate::tensor::matmul;
use serde::{Deserialize, Serialize};

/// Penalty on the outputs a of a layer, part of the loss in training passes and of nothing else:
/// l1 · Σ|a| / rows + kl · `Σ_j` KL(rho ‖ ρ̂ⱼ), with ρ̂ⱼ the mean output of unit j over the batch and
/// KL(ρ ‖ ρ̂) = ρ ln(ρ / ρ̂) + (1 − ρ) ln((1 − ρ) / (1 − ρ̂)). Keras' `activity_regularizer`, whose L1 it is, summed over units
/// and averaged over the batch.
///
/// # Errors
/// [`Error::Setting`] for a number out of its range, and for `kl` with another activation than sigmoid.
///
/// # Reference
/// Ng, Sparse autoencoder, CS294A lecture notes (2011).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ActivityRegularizer {
    #[serde(skip_serializing_if = "is_zero")]
    pub l1: f32,
    #[serde(skip_serializing_if = "is_zero")]
    pub kl: f32,
    /// The mean output that `kl` asks of each unit.
    #[serde(skip_serializing_if = "is_usual")]
    pub rho: f32,
}

/// What Ng's notes take.
const RHO: f32 = 0.05;
/// Means are kept so far from 0 and 1, Keras' epsilon: a unit that is off in all rows has a slope of 0 there and a
/// penalty without bound.
const EPSILON: f32 = 1e-7;

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(weight: &f32) -> bool {
    *weight == 0.0
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_usual(rho: &f32) -> bool {
    *rho == RHO
}

impl Default for ActivityRegularizer {
    fn default() -> Self {
        Self { l1: 0.0, kl: 0.0, rho: RHO }
    }
}

impl ActivityRegularizer {
    pub(super) fn validate(self, activation: Activation) -> Result<()> {
        ensure_within("activity_regularizer.l1", self.l1, &(0.0..=10.0))?;
        ensure_within("activity_regularizer.kl", self.kl, &(0.0..=100.0))?;
        ensure_within("activity_regularizer.rho", self.rho, &(0.001..=0.999))?;
        if self.kl > 0.0 && activation != Activation::Sigmoid {
            let allowed = format!(
                "0 with the activation {}: it compares probabilities, which sigmoid gives",
                name_of(activation)
            );
            return Err(Error::setting("activity_regularizer.kl", self.kl, allowed));
        }
        Ok(())
    }

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it asks for anything.
    #[must_use]
    pub fn is_active(self) -> bool {
        self.l1 > 0.0 || self.kl > 0.0
    }

    /// Where a trace counts penalties, writes this one and adds its gradient to ∂loss/∂output of `units`.
    pub(super) fn add(self, trace: &mut Trace, units: usize) {
        let Trace { output, grad_output, kept, penalty: Some(penalty), .. } = trace else { return };
        let rows = output.len() / units;
        let share = 1.0 / rows as f32;
        let mut total = 0.0_f64;
        if self.l1 > 0.0 {
            let slope = self.l1 * share;
            for (&a, grad) in output.iter().zip(&mut *grad_output) {
                total += f64::from(slope * a.abs());
                *grad += if a == 0.0 { 0.0 } else { slope * a.signum() };
            }
        }
        if self.kl > 0.0 {
            kept.resize(units, 0.0);
            matmul::sum_rows(output, kept);
            let (rho, weight) = (f64::from(self.rho), f64::from(self.kl));
            for mean in &mut *kept {
                let of_unit = f64::from((*mean * share).clamp(EPSILON, 1.0 - EPSILON));
                let rest = 1.0 - of_unit;
                total +=
                    weight * (rho * libm::log(rho / of_unit) + (1.0 - rho) * libm::log((1.0 - rho) / rest));
                // Of one row: each has its share in the mean.
                *mean = (weight * ((1.0 - rho) / rest - rho / of_unit)) as f32 * share;
            }
            for grads in grad_output.chunks_exact_mut(units) {
                grads.iter_mut().zip(&*kept).for_each(|(grad, slope)| *grad += slope);
            }
        }
        *penalty = total as f32;
    }
}
