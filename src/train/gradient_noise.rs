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
/// With the gradient `G` of all `N` items, the gradients `gₖ` of `K` batches of `B` items, each drawn without
/// replacement, and the gradients `hⱼ` of `M` parts of `nⱼ` items into which all are dealt at random:
/// - angle: `θₖ = ∠(gₖ, G)`
/// - noise of one item: `tr Σ = Σⱼ nⱼ |hⱼ − G|² / (M − 1)`. It is unbiased: items drawn without replacement from a finite
///   set have `E|h − G|² = tr Σ / n · (1 − n/N)` where `tr Σ = Σᵢ |gᵢ − G|² / (N − 1)`, the factor `1 − n/N` being the
///   correction for the finite set. Every item is in it, so that it holds as well where a few have most of the noise; the
///   paper's `(|G_small|² − |G_big|²) / (1/B_small − 1/B_big)` from a few small batches mostly misses those.
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
    /// `tr Σ`, the variances of all components of the gradient of one item; none of a single item, and where numbers are
    /// not finite.
    pub variance: Option<f64>,
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

    /// `B_simple` in items: from about so large a batch on, more items make its gradient little better. None where
    /// [`Self::variance`] is, and where the gradient of all items has no direction.
    #[must_use]
    pub fn noise_scale(&self) -> Option<f64> {
        let norm = f64::from(self.norm);
        self.variance.filter(|_| self.has_direction()).map(|variance| variance / (norm * norm))
    }

    /// The angle, in degrees, that the noise scale predicts for batches of this size at these weights:
    /// `tan θ = √(B_simple · (1/B − 1/N))`. It takes all noise as lying across `G`, as nearly all of it does where there
    /// are many weights, and as even: where a few items have most of it, the angles of small batches without them are less,
    /// and those with them more. None where [`Self::noise_scale`] is.
    #[must_use]
    pub fn expected_angle(&self) -> Option<f32> {
        let left = (1.0 / self.batch.max(1) as f64 - 1.0 / self.items as f64).max(0.0);
        Some(libm::atan(libm::sqrt(self.noise_scale()? * left)).to_degrees() as f32)
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
            variance: Some(400.0),
            angles: vec![70.0, 72.0],
        }
    }

    #[test]
    fn the_noise_scale_tells_the_angle_of_batches_of_a_finite_set() {
        assert!((noise().noise_scale().unwrap() - 100.0).abs() < 1e-9);
        assert_eq!(noise().mean_angle(), Some(71.0));
        // tan² = 100 · (1 − 1/100) and 100 · (1/10 − 1/100); a batch of all items has no noise.
        let expected = [1, 10, 100, 1000].map(|batch| GradientNoise { batch, ..noise() }.expected_angle());
        let expected = expected.map(Option::unwrap);
        assert!(
            (expected[0] - 84.260_83).abs() < 1e-3 && (expected[1] - 71.565_05).abs() < 1e-3,
            "{expected:?}"
        );
        assert_eq!(expected[2..], [0.0, 0.0]);
    }

    #[test]
    fn what_cannot_be_told_is_none_and_said_in_words() {
        let single = GradientNoise { variance: None, ..noise() };
        assert_eq!((single.noise_scale(), single.expected_angle(), single.problem()), (None, None, None));
        for (norm, word) in [(0.0, "zero"), (f32::NAN, "finite"), (f32::INFINITY, "finite")] {
            let none = GradientNoise { norm, angles: Vec::new(), ..noise() };
            assert_eq!((none.mean_angle(), none.noise_scale(), none.expected_angle()), (None, None, None));
            assert!(none.problem().unwrap().contains(word));
        }
    }
}
