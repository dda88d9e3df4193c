//! How far the gradient of a batch points from the gradient of all training items: the angle between them, and the
//! gradient noise scale, measured of a run as it stands. What is drawn of it is for whoever asks.

mod probe;

pub use probe::NoiseProbe;

use serde::{Deserialize, Serialize};

/// Batches that are drawn, where nothing else is said.
pub const BATCHES: usize = 12;

/// The noise in the gradients of batches of one size, at the weights of one step. Of trainable weights alone, all of them
/// in one vector; ∂L/∂w before clipping, penalties included.
///
/// # Formulas
/// With the gradient `G` of all `N` items and the gradients `gₖ` of `K` batches of `B` items, each drawn without
/// replacement:
/// - angle: `θₖ = ∠(gₖ, G)`
/// - noise of one item: `tr Σ = mean |gₖ − G|² / (1/B − 1/N)`. It is unbiased: a batch drawn without replacement from a
///   finite set has `E|g − G|² = tr Σ / B · (1 − B/N)` where `tr Σ = Σᵢ |gᵢ − G|² / (N − 1)`, the factor `1 − B/N` being
///   the correction for the finite set. It has the expectation of the paper's
///   `(|G_small|² − |G_big|²) / (1/B_small − 1/B_big)` with `B_big = N`, and scatters less since `G` is known.
/// - noise scale: `B_simple = tr Σ / |G|²`, where `|G|²` is that of the set that is trained on, exactly. (The paper's
///   is of what the set was drawn from, `|G|² − tr Σ / N`, which may be negative for a set that is learned by heart.)
///
/// # Reference
/// `McCandlish` et al., An empirical model of large-batch training (2018), arXiv:1812.06162, appendix A.1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GradientNoise {
    /// Updates that were made when it was measured.
    pub step: usize,
    /// `B`, items of a batch.
    pub batch: usize,
    /// `N`, training items.
    pub items: usize,
    /// `|G|`, the L2 norm of the gradient of all items; not finite where a network has left the numbers.
    pub norm: f32,
    /// Mean of `|gₖ|²`.
    pub mean_squared_norm: f64,
    /// Mean of `|gₖ − G|²`: 0 for a batch of all items.
    pub mean_squared_error: f64,
    /// `θₖ` in degrees, 0…180, of each batch whose gradient has a direction; none where `G` has not.
    pub angles: Vec<f32>,
}

impl GradientNoise {
    /// Mean of the angles, in degrees; none where there is none.
    #[must_use]
    pub fn mean_angle(&self) -> Option<f32> {
        let sum: f32 = self.angles.iter().sum();
        (!self.angles.is_empty()).then(|| sum / self.angles.len() as f32)
    }

    /// `tr Σ`, the variances of all components of the gradient of one item; none where batches are of all items, which
    /// differ in nothing, and where numbers are not finite.
    #[must_use]
    pub fn variance(&self) -> Option<f64> {
        let share = self.share_of_noise(self.batch);
        Some(self.mean_squared_error / share).filter(|variance| share > 0.0 && variance.is_finite())
    }

    /// `B_simple` in items: from about so large a batch on, more items make its gradient little better. None where
    /// [`Self::variance`] is, and where the gradient of all items has no direction.
    #[must_use]
    pub fn noise_scale(&self) -> Option<f64> {
        let norm = f64::from(self.norm);
        self.variance().filter(|_| self.has_direction()).map(|variance| variance / (norm * norm))
    }

    /// The angles, in degrees, that the noise scale predicts for batches of other sizes at these weights:
    /// `tan θ = √(B_simple · (1/B − 1/N))`. It takes all noise as lying across `G`, as nearly all of it does where there
    /// are many weights. None where [`Self::noise_scale`] is.
    #[must_use]
    pub fn angles_for(&self, batches: &[usize]) -> Option<Vec<f32>> {
        let scale = self.noise_scale()?;
        let angle = |&batch: &usize| libm::atan(libm::sqrt(scale * self.share_of_noise(batch))).to_degrees();
        Some(batches.iter().map(|batch| angle(batch) as f32).collect())
    }

    /// Why there is no angle, in a sentence; none where there is one.
    #[must_use]
    pub fn problem(&self) -> Option<&'static str> {
        match self.norm {
            norm if !norm.is_finite() => Some(
                "The gradient of all training items is not a finite number here, so no batch has an angle to it.",
            ),
            0.0 => Some("The gradient of all training items is zero here, so no batch has an angle to it."),
            _ if self.angles.is_empty() => {
                Some("The gradients of all batches that were drawn are zero here, so none has an angle.")
            }
            _ => None,
        }
    }

    fn has_direction(&self) -> bool {
        self.norm.is_finite() && self.norm > 0.0
    }

    /// `1/B − 1/N`: the share of `tr Σ` that is left in the mean of a batch.
    fn share_of_noise(&self, batch: usize) -> f64 {
        (1.0 / batch.max(1) as f64 - 1.0 / self.items as f64).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise() -> GradientNoise {
        GradientNoise {
            step: 3,
            batch: 10,
            items: 100,
            norm: 2.0,
            mean_squared_norm: 40.0,
            mean_squared_error: 36.0,
            angles: vec![70.0, 72.0],
        }
    }

    #[test]
    fn the_noise_scale_is_corrected_for_the_finite_set() {
        // tr Σ = 36 / (1/10 − 1/100) = 400, so B_simple = 400 / 4.
        assert!((noise().variance().unwrap() - 400.0).abs() < 1e-9);
        assert!((noise().noise_scale().unwrap() - 100.0).abs() < 1e-9);
        assert_eq!(noise().mean_angle(), Some(71.0));
        let angles = noise().angles_for(&[1, 10, 100, 1000]).unwrap();
        // tan² = 100 · (1 − 1/100) and 100 · (1/10 − 1/100); a batch of all items has no noise.
        assert!((angles[0] - 84.260_83).abs() < 1e-3 && (angles[1] - 71.565_05).abs() < 1e-3, "{angles:?}");
        assert_eq!(angles[2..], [0.0, 0.0]);
    }

    #[test]
    fn what_cannot_be_told_is_none_and_said_in_words() {
        let full = GradientNoise { batch: 100, mean_squared_error: 0.0, ..noise() };
        assert_eq!((full.noise_scale(), full.problem()), (None, None));
        for (norm, word) in [(0.0, "zero"), (f32::NAN, "finite"), (f32::INFINITY, "finite")] {
            let none = GradientNoise { norm, angles: Vec::new(), ..noise() };
            assert_eq!((none.mean_angle(), none.noise_scale(), none.angles_for(&[1])), (None, None, None));
            assert!(none.problem().unwrap().contains(word));
        }
    }
}
