//! The one generator of random numbers: PCG32 (O'Neill 2014), the same on 32 and 64 bits, with an
//! independent stream for each purpose, so that changing one thing never reshuffles another.

use libm::{cos, log, sqrt};
use rand_pcg::Pcg32;
use rand_pcg::rand_core::Rng as _;
use serde::{Deserialize, Serialize};

/// What random numbers are drawn for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Sampling a built-in data set.
    Data,
    /// Choosing the test items.
    Split,
    /// The order of each epoch.
    Shuffle,
    /// Drawing digits.
    Drawing,
    /// Directions in weight space.
    Directions,
    /// Choosing the items that a loss surface is of.
    SurfaceItems,
    /// Training the machine at this place of a stack, below 100, of whose weights a network begins.
    Pretraining { machine: usize },
    /// Sequences of another lag than those trained on, below 500.
    Probe { lag: usize },
    /// Text that a network writes, anew each time.
    Writing { times: u32 },
    /// Pictures that a machine makes to be looked at, several of a kind.
    Dreaming { times: u32 },
    /// Fresh weights of the layer at this index.
    Weights(usize),
    /// Noise in a layer, at an index below 256, at a step.
    Noise { layer: usize, step: usize },
    /// Changing a training picture in an epoch.
    Augmentation { epoch: usize, item: usize },
    /// Spoiling a training item in an epoch.
    Corruption { epoch: usize, item: usize },
    /// Spoiling a test item, always alike.
    TestCorruption { item: usize },
    /// Batches whose gradients are compared with that of all items, at a step.
    GradientNoise { step: usize },
}

/// A seeded generator; equal seed and stream give equal numbers everywhere.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rng(Pcg32);

impl Rng {
    /// The stream of `seed` that belongs to a purpose.
    #[must_use]
    pub fn new(seed: u64, stream: Stream) -> Self {
        let stream = match stream {
            Stream::Data => 1,
            Stream::Split => 2,
            Stream::Shuffle => 3,
            Stream::Drawing => 4,
            Stream::Directions => 11,
            Stream::SurfaceItems => 12,
            Stream::Pretraining { machine } => 100 + machine as u64,
            Stream::Probe { lag } => 500 + lag as u64,
            Stream::Writing { times } => 1 << 60 | u64::from(times),
            Stream::Dreaming { times } => 1 << 59 | u64::from(times),
            Stream::Weights(layer) => 1000 + layer as u64,
            Stream::Noise { layer, step } => (1 << 40) + ((step as u64) << 8) + layer as u64,
            Stream::Augmentation { epoch, item } => 1 << 62 | (epoch as u64) << 32 | item as u64,
            Stream::Corruption { epoch, item } => 3 << 61 | (epoch as u64) << 32 | item as u64,
            Stream::TestCorruption { item } => 1 << 61 | item as u64,
            Stream::GradientNoise { step } => 1 << 58 | step as u64,
        };
        Self(Pcg32::new(mixed(seed.wrapping_add(stream.wrapping_mul(0x9e37_79b9_7f4a_7c15))), stream))
    }

    /// Whether it can be a generator of this stream, whatever the seed.
    #[must_use]
    pub fn is_of(&self, stream: Stream) -> bool {
        // They share their increment.
        let increment = |rng: &Self| serde_json::to_value(rng).map(|value| value["increment"].clone());
        matches!((increment(self), increment(&Self::new(0, stream))), (Ok(a), Ok(b)) if a == b && !a.is_null())
    }

    /// Uniform in [0, 1), in steps of 2⁻²⁴.
    pub fn uniform(&mut self) -> f32 {
        uniform_of(self.0.next_u32())
    }

    /// Puts 1 in place of each number with that probability, else 0: as [`Self::uniform`] is below it. Numbers are drawn
    /// one after another and then compared side by side, without branches that nobody could foretell.
    pub fn draw(&mut self, probabilities: &mut [f32]) {
        let mut drawn = [0; 64];
        for probabilities in probabilities.chunks_mut(drawn.len()) {
            let drawn = &mut drawn[..probabilities.len()];
            drawn.fill_with(|| self.0.next_u32());
            for (p, &drawn) in probabilities.iter_mut().zip(&*drawn) {
                *p = f32::from(u8::from(uniform_of(drawn) < *p));
            }
        }
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

    /// Normal with mean 0 and standard deviation 1 to 24 bits, of one uniform number by the inverse of the distribution
    /// function: for noise in bulk, which it draws four times as fast as [`Self::normal`].
    pub fn normal_by_quantile(&mut self) -> f32 {
        // In the middle of its step, which `f32` cannot tell from 1 where that is the last.
        quantile(f64::from(self.uniform()) + 1.0 / 33_554_432.0)
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
        let mut product = u64::from(self.0.next_u32()) * u64::from(bound);
        if (product as u32) < bound {
            let threshold = bound.wrapping_neg() % bound;
            while (product as u32) < threshold {
                product = u64::from(self.0.next_u32()) * u64::from(bound);
            }
        }
        (product >> 32) as u32
    }

    /// A seed for what has streams of its own.
    pub fn seed(&mut self) -> u64 {
        self.0.next_u32().into()
    }

    /// Brings `items` into random order (Fisher & Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u32 + 1) as usize);
        }
    }
}

fn uniform_of(drawn: u32) -> f32 {
    (drawn >> 8) as f32 / 16_777_216.0
}

/// The finaliser of `SplitMix64` (Steele, Lea & Flood 2014). PCG streams that start from one state run
/// at a fixed distance from each other, whatever the state: without this, some weights of one layer
/// would follow those of another in every run (correlations up to 0.28 over 4,000 seeds).
fn mixed(mut state: u64) -> u64 {
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

/// The number below which a share `p` of the standard normal distribution lies, 0 < p < 1, to seven figures: the
/// algorithm PPND7 of Wichura, AS 241, Applied Statistics 37 (1988).
fn quantile(p: f64) -> f32 {
    const CENTRE: [[f32; 4]; 2] =
        [[59.109_375, 159.291_13, 50.434_27, 3.387_132_7], [67.187_56, 78.757_76, 17.895_17, 1.0]];
    const TAIL: [[f32; 4]; 2] =
        [[0.170_238_21, 1.306_728_5, 2.756_815_4, 1.423_437_3], [0.0, 0.120_211_33, 0.737_001_64, 1.0]];
    const FAR: [[f32; 4]; 2] =
        [[0.017_337_203, 0.428_682_95, 3.081_226_4, 6.657_905], [0.0, 0.012_258_203, 0.241_978_94, 1.0]];
    let ratio = |[above, below]: [[f32; 4]; 2], r: f32| {
        let polynomial = |terms: [f32; 4]| terms.into_iter().fold(0.0, |sum, term| sum * r + term);
        polynomial(above) / polynomial(below)
    };
    let q = (p - 0.5) as f32;
    if q.abs() <= 0.425 {
        return q * ratio(CENTRE, 0.180_625 - q * q);
    }
    let r = sqrt(-log(p.min(1.0 - p))) as f32;
    let size = if r <= 5.0 { ratio(TAIL, r - 1.6) } else { ratio(FAR, r - 5.0) };
    size * q.signum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        let known = [
            (0.5, 0.0),
            (0.841_344_75, 1.0),
            (0.975, 1.959_964),
            (0.999, 3.090_232),
            (1e-6, -4.753_424),
            (1.0 - 1.0 / 33_554_432.0, 5.419_983),
        ];
        for (p, z) in known {
            assert!((quantile(p) - z).abs() < 5e-5, "{p}: {}", quantile(p));
        }
        let mut rng = Rng::new(5, Stream::TestCorruption { item: 0 });
        let all: Vec<f64> = (0..100_000).map(|_| rng.normal_by_quantile().into()).collect();
        let mean = |power: i32| all.iter().map(|z| z.powi(power)).sum::<f64>() / all.len() as f64;
        assert!(mean(1).abs() < 0.01 && (mean(2) - 1.0).abs() < 0.02 && (mean(4) - 3.0).abs() < 0.15);
    }

    #[test]
    fn the_first_numbers_never_change() {
        let first = |stream| {
            let mut rng = Rng::new(7, stream);
            [(); 4].map(|()| rng.below(1000))
        };
        assert_eq!(first(Stream::Data), [815, 871, 149, 515]);
        assert_eq!(first(Stream::Weights(3)), [305, 296, 410, 791]);
    }

    #[test]
    fn many_are_drawn_as_one_after_another() {
        let mut rng = Rng::new(2, Stream::Data);
        let mut drawn: Vec<f32> = (0..150).map(|index| index as f32 / 140.0).collect();
        let mut again = rng.clone();
        let one_by_one: Vec<f32> = drawn.iter().map(|&p| f32::from(u8::from(again.uniform() < p))).collect();
        rng.draw(&mut drawn);
        assert_eq!(drawn, one_by_one);
        assert_eq!(rng.uniform(), again.uniform());
        assert!(drawn.contains(&0.0) && drawn.contains(&1.0));
    }

    #[test]
    fn streams_do_not_follow_each_other() {
        const SEEDS: u64 = 4000;
        const DRAWS: usize = 64;
        let noise = |layer, step| Stream::Noise { layer, step };
        let streams = [
            Stream::Data,
            Stream::Split,
            Stream::Shuffle,
            Stream::Drawing,
            Stream::Weights(0),
            Stream::Weights(1),
            noise(1, 0),
            noise(2, 0),
            noise(1, 1),
        ];
        // Numbers of a stream at a position, over all seeds, centred and of deviation 1.
        let drawn = streams.map(|stream| {
            let mut rngs: Vec<Rng> = (0..SEEDS).map(|seed| Rng::new(seed, stream)).collect();
            let mut draw = || rngs.iter_mut().map(|rng| (rng.uniform() - 0.5) * 12.0_f32.sqrt()).collect();
            (0..DRAWS).map(|_| draw()).collect::<Vec<Vec<f32>>>()
        });
        for (index, one) in drawn.iter().enumerate() {
            for other in &drawn[index + 1..] {
                for (a, b) in one.iter().zip(other) {
                    let correlation = a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>() / SEEDS as f32;
                    assert!(correlation.abs() < 0.08, "{correlation}"); // five deviations
                }
            }
        }
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
