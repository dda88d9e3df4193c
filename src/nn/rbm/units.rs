//! Kinds of units: what they may be, their means given the other side, and how they are drawn.

use crate::error::{Error, Result, ensure_within};
use crate::tensor::Rng;
use crate::tensor::math::{exp, sigmoid};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// What visible units hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisibleUnits {
    /// On or off, or a number within 0…1 taken for the probability of on.
    #[default]
    Bernoulli,
    /// A real number with normal noise.
    Gaussian,
    /// One of so many choices, as as many units of which one is on; none is on where it is not known.
    Softmax,
    /// How often each word of a vocabulary was counted (Salakhutdinov & Hinton 2009).
    ReplicatedSoftmax,
}

/// What hidden units are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HiddenUnits {
    #[default]
    Bernoulli,
    /// Rectified: as many copies of a binary unit with ever lower biases as are on (Nair & Hinton 2010).
    Relu,
    /// A real number with normal noise of variance 1: linear, as the codes of Hinton & Salakhutdinov 2006.
    Gaussian,
}

/// Visible units of one kind that lie side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisibleGroup {
    #[serde(rename = "type")]
    pub kind: VisibleUnits,
    pub units: usize,
    /// Choices of each question, of units that are `softmax`: all of them are one question where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choices: Option<usize>,
}

impl VisibleGroup {
    /// So many units of a kind.
    #[must_use]
    pub fn new(kind: VisibleUnits, units: usize) -> Self {
        Self { kind, units, choices: None }
    }

    /// # Errors
    /// [`Error::Setting`] for no units, and for choices that do not divide them or are of another kind.
    pub fn validate(&self, key: &str) -> Result<()> {
        ensure_within(&format!("{key}.units"), self.units, &(1..=1_000_000))?;
        let Some(choices) = self.choices else { return Ok(()) };
        let key = format!("{key}.choices");
        if self.kind != VisibleUnits::Softmax {
            return Err(Error::setting(&key, choices, "left out of units that are not softmax"));
        }
        if choices < 2 || !self.units.is_multiple_of(choices) {
            let allowed = format!("at least 2 and a divisor of {}, the number of units", self.units);
            return Err(Error::setting(&key, choices, allowed));
        }
        Ok(())
    }

    /// Units of which one is on.
    #[must_use]
    pub fn choices(&self) -> usize {
        self.choices.unwrap_or(self.units)
    }

    /// The biases with which units that depend on nothing have the means `means`, measured over so many items; what was
    /// never seen is held for rare, not for impossible.
    pub(in crate::nn) fn biases_of(&self, means: &[f32], items: usize, biases: &mut [f32]) {
        /// Answers to a question that count as given beforehand, as all questions together were answered.
        const PRIOR: f64 = 5.0;
        let items = items.max(1) as f64;
        let counts = || means.iter().map(|&mean| f64::from(mean) * items);
        let log = |x: f64| libm::log(x) as f32;
        match self.kind {
            VisibleUnits::Gaussian => biases.copy_from_slice(means),
            VisibleUnits::Bernoulli => {
                let odds = counts().map(|on| (on + 1.0) / (items - on + 1.0));
                biases.iter_mut().zip(odds).for_each(|(b, odds)| *b = log(odds));
            }
            VisibleUnits::ReplicatedSoftmax => {
                let (all, words) = (counts().sum::<f64>(), means.len() as f64);
                biases.iter_mut().zip(counts()).for_each(|(b, n)| *b = log((n + 1.0) / (all + words)));
            }
            VisibleUnits::Softmax => {
                let choices = self.choices();
                let mut shares = vec![1.0; choices];
                counts().enumerate().for_each(|(unit, n)| shares[unit % choices] += n);
                let all: f64 = shares.iter().sum();
                for (unit, (b, n)) in biases.iter_mut().zip(counts()).enumerate() {
                    *b = log(n + PRIOR * shares[unit % choices] / all);
                }
            }
        }
    }

    /// Means from logits, in place; `like` is the data of the same units.
    pub(super) fn means(&self, row: &mut [f32], like: &[f32]) {
        match self.kind {
            VisibleUnits::Bernoulli => row.iter_mut().for_each(|v| *v = sigmoid(*v)),
            VisibleUnits::Gaussian => {}
            VisibleUnits::Softmax => {
                let choices = self.choices();
                for (question, like) in row.chunks_exact_mut(choices).zip(like.chunks_exact(choices)) {
                    let is_known = like.iter().any(|v| *v != 0.0);
                    if is_known { softmax(question, 1.0) } else { question.fill(0.0) }
                }
            }
            VisibleUnits::ReplicatedSoftmax => softmax(row, like.iter().sum()),
        }
    }

    /// Draws around the means, in place.
    pub(super) fn sample(&self, row: &mut [f32], log_variance: &[f32], rng: &mut Rng) {
        match self.kind {
            VisibleUnits::Bernoulli => rng.draw(row),
            VisibleUnits::Gaussian => {
                for (index, v) in row.iter_mut().enumerate() {
                    let deviation = log_variance.get(index).map_or(1.0, |&z| exp(0.5 * z));
                    *v += deviation * rng.normal_by_quantile();
                }
            }
            VisibleUnits::Softmax => {
                row.chunks_exact_mut(self.choices()).for_each(|question| draw(question, 1, rng));
            }
            VisibleUnits::ReplicatedSoftmax => {
                let words: f32 = row.iter().sum();
                draw(row, words.round() as usize, rng);
            }
        }
    }
}

/// Shares that sum to `total`, from logits.
fn softmax(row: &mut [f32], total: f32) {
    let most = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for v in &mut *row {
        *v = exp(*v - most);
        sum += *v;
    }
    let scale = total / sum;
    row.iter_mut().for_each(|v| *v *= scale);
}

/// Counts of so many draws by these shares; what has no share stays nothing.
fn draw(row: &mut [f32], times: usize, rng: &mut Rng) {
    // What each share and those before it come to, in its place.
    let mut sum = 0.0;
    for v in &mut *row {
        sum += *v;
        *v = sum;
    }
    if sum <= 0.0 {
        row.fill(0.0);
        return;
    }
    if times == 1 {
        let at = rng.uniform() * sum;
        let chosen = row.partition_point(|&end| end <= at).min(row.len() - 1);
        row.iter_mut().enumerate().for_each(|(index, v)| *v = f32::from(u8::from(index == chosen)));
        return;
    }
    // Uniform numbers from the greatest down (Bentley & Saxe 1980), so that each place is counted once.
    let (mut log, mut index, mut count) = (0.0, row.len() - 1, 0.0);
    for left in (1..=times).rev() {
        log += libm::log(1.0 - f64::from(rng.uniform())) / left as f64;
        let at = (libm::exp(log) * f64::from(sum)) as f32;
        while index > 0 && row[index - 1] > at {
            (row[index], count) = (count, 0.0);
            index -= 1;
        }
        count += 1.0;
    }
    row[index] = count;
    row[..index].fill(0.0);
}

/// Σ ln(1 + e^(z − n + ½)) over n = 1, 2, …: the copies of a rectified unit, by the dilogarithm −Li₂(−eᶻ), of which the
/// sum is the midpoint rule.
pub(super) fn copies(z: f64) -> f64 {
    if !z.is_finite() {
        return z.max(0.0); // NaN is 0 here: that a run left the numbers is told elsewhere
    }
    // Terms far below z are themselves, those about it are summed one by one, and the rest is where e^z is small.
    let whole = (z - 31.0).floor().max(0.0);
    let mut sum = whole * z - 0.5 * whole * whole;
    let mut z = z - whole;
    while z > -1.0 {
        z -= 1.0;
        sum += libm::log1p(libm::exp(z + 0.5));
    }
    // Σₙ ln(1 + e^(z − n + ½)) = Σₖ (−1)^(k+1) e^(k (z − ½)) / (k (1 − e^(−k))) for z < −½.
    let base = libm::exp(z - 0.5);
    sum + FACTORS.iter().rev().fold(0.0, |sum, factor| (sum + factor) * base)
}

/// (−1)^(k+1) / (k (1 − e^(−k))) for k = 1, 2, …, until 0.23^k of the rest is nothing.
static FACTORS: LazyLock<[f64; 24]> = LazyLock::new(|| {
    std::array::from_fn(|index| {
        let k = index as f64 + 1.0;
        let sign = if index % 2 == 0 { 1.0 } else { -1.0 };
        sign / (k * (1.0 - libm::exp(-k)))
    })
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::Stream;

    #[test]
    fn copies_of_a_rectified_unit_are_summed() {
        for z in [-30.0, -3.0, -0.7, 0.0, 0.4, 5.0, 40.0] {
            let plainly: f64 = (1..400).map(|n| libm::log1p(libm::exp(z - f64::from(n) + 0.5))).sum();
            assert!((copies(z) - plainly).abs() < 1e-9 * plainly.max(1e-9), "{z}: {} {plainly}", copies(z));
        }
        assert!((copies(1e9) / 5e17 - 1.0).abs() < 1e-6 && copies(f64::INFINITY) == f64::INFINITY);
        // Its slope is near the rectifier that it stands for.
        let slope = |z: f64| (copies(z + 1e-4) - copies(z - 1e-4)) / 2e-4;
        assert!((slope(6.0) - 6.0).abs() < 0.01 && slope(-6.0) < 0.01);
    }

    #[test]
    fn what_is_not_known_is_not_drawn() {
        let group = VisibleGroup { choices: Some(3), ..VisibleGroup::new(VisibleUnits::Softmax, 6) };
        let mut row = [0.2, 0.1, -0.4, 5.0, 1.0, 0.0];
        group.means(&mut row, &[0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
        assert!((row[..3].iter().sum::<f32>() - 1.0).abs() < 1e-6 && row[3..] == [0.0; 3], "{row:?}");
        group.sample(&mut row, &[], &mut Rng::new(1, Stream::Data));
        assert_eq!((row[..3].iter().sum::<f32>(), &row[3..]), (1.0, &[0.0; 3][..]));
    }

    #[test]
    fn units_are_drawn_with_their_means() {
        let mut rng = Rng::new(3, Stream::Data);
        let words = VisibleGroup::new(VisibleUnits::ReplicatedSoftmax, 3);
        let mut sums = [0.0; 3];
        for _ in 0..2000 {
            let mut row = [0.0, libm::logf(2.0), libm::logf(5.0)];
            words.means(&mut row, &[1.0, 1.0, 2.0]);
            words.sample(&mut row, &[], &mut rng);
            assert_eq!(row.iter().sum::<f32>(), 4.0);
            sums.iter_mut().zip(row).for_each(|(sum, count)| *sum += count / 8000.0);
        }
        for (found, wanted) in sums.into_iter().zip([0.125, 0.25, 0.625]) {
            assert!((found - wanted).abs() < 0.02, "{sums:?}");
        }
        let gaussian = VisibleGroup::new(VisibleUnits::Gaussian, 1);
        let drawn: Vec<f32> = (0..4000)
            .map(|_| {
                let mut row = [2.0];
                gaussian.sample(&mut row, &[libm::logf(9.0)], &mut rng);
                row[0]
            })
            .collect();
        let mean = drawn.iter().sum::<f32>() / 4000.0;
        let variance = drawn.iter().map(|v| (v - mean) * (v - mean)).sum::<f32>() / 4000.0;
        assert!((mean - 2.0).abs() < 0.2 && (variance - 9.0).abs() < 0.6, "{mean} {variance}");
    }
}
