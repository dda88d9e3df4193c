//! The one generator of random numbers: PCG32 (O'Neill 2014), the same on 32 and 64 bits, with an
//! independent stream for each purpose, so that changing one thing never reshuffles another.

use libm::{cos, log, sqrt};
use rand_pcg::Pcg32;
use rand_pcg::rand_core::Rng as _;

/// What random numbers are drawn for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Sampling a built-in data set.
    Data,
    /// Choosing the test items.
    Split,
    /// The order of each epoch.
    Shuffle,
    /// Fresh weights of the layer at this index.
    Weights(usize),
}

/// A seeded generator; equal seed and stream give equal numbers everywhere.
#[derive(Clone, Debug)]
pub struct Rng(Pcg32);

impl Rng {
    /// The stream of `seed` that belongs to a purpose.
    #[must_use]
    pub fn new(seed: u64, stream: Stream) -> Self {
        let stream = match stream {
            Stream::Data => 1,
            Stream::Split => 2,
            Stream::Shuffle => 3,
            Stream::Weights(layer) => 1000 + layer as u64,
        };
        Self(Pcg32::new(seed, stream))
    }

    /// Uniform in [0, 1), in steps of 2⁻²⁴.
    pub fn uniform(&mut self) -> f32 {
        (self.0.next_u32() >> 8) as f32 / 16_777_216.0
    }

    /// Uniform in [`low`, `high`).
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.uniform()
    }

    /// Normal with mean 0 and standard deviation 1 (Box & Muller 1958).
    pub fn normal(&mut self) -> f32 {
        let radius = sqrt(-2.0 * log(1.0 - f64::from(self.uniform())));
        (radius * cos(std::f64::consts::TAU * f64::from(self.uniform()))) as f32
    }

    /// Normal with mean 0 and standard deviation 1, redrawn while outside ±2.
    pub fn truncated_normal(&mut self) -> f32 {
        loop {
            let value = self.normal();
            if value.abs() < 2.0 {
                return value;
            }
        }
    }

    /// A whole number below `bound`, without bias (Lemire 2019).
    pub fn below(&mut self, bound: u32) -> u32 {
        debug_assert!(bound > 0);
        let threshold = bound.wrapping_neg() % bound;
        loop {
            let product = u64::from(self.0.next_u32()) * u64::from(bound);
            if product as u32 >= threshold {
                return (product >> 32) as u32;
            }
        }
    }

    /// Brings `items` into random order (Fisher & Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u32 + 1) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numbers_never_change() {
        let mut rng = Rng::new(7, Stream::Data);
        let first: Vec<u32> = (0..4).map(|_| rng.below(1000)).collect();
        let mut again = Rng::new(7, Stream::Data);
        assert_eq!(first, (0..4).map(|_| again.below(1000)).collect::<Vec<_>>());
        let mut other = Rng::new(7, Stream::Shuffle);
        assert_ne!(first, (0..4).map(|_| other.below(1000)).collect::<Vec<_>>());
    }

    #[test]
    fn normal_has_mean_zero_and_deviation_one() {
        let mut rng = Rng::new(1, Stream::Data);
        let values: Vec<f64> = (0..1_000_000).map(|_| f64::from(rng.normal())).collect();
        let mean = values.iter().sum::<f64>() / 1e6;
        let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / 1e6;
        assert!(mean.abs() < 4e-3 && (variance - 1.0).abs() < 6e-3, "{mean} {variance}"); // 4 deviations
    }

    #[test]
    fn shuffle_keeps_every_item() {
        let mut items: Vec<u32> = (0..100).collect();
        Rng::new(3, Stream::Shuffle).shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
