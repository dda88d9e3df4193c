//! The learning-rate range test: on a copy of a run the rate rises from almost nothing until the loss goes up, and the
//! loss over the rate tells which to choose. The run itself stays as it is, to the bit.

use super::{OptimizerConfig, OptimizerName, Run};
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// Rates that are tried, one for each step.
const STEPS: usize = 100;
/// The first and the last of them.
const LOWEST: f64 = 1e-6;
const HIGHEST: f64 = 10.0;
/// The steps of Adadelta do not grow with the gradient but from almost nothing: at smaller rates nothing happens.
const LOWEST_OF_ADADELTA: f64 = 1e-3;
/// What the smoothed loss keeps of itself at each step: it is a mean of about ten.
const KEEP: f64 = 0.9;
/// Steps before which it is a mean of too few to be told of.
const SETTLED: usize = 10;
/// Steps at rates so small that the loss shows how much batches differ, and hardly anything else.
const QUIET: usize = STEPS / 4;
/// The test stops where the smoothed loss is so many times the lowest.
const MOST: f64 = 4.0;
/// Steps to both sides over which a fall is measured.
const BESIDE: usize = 3;
/// A fall counts from so many deviations of the smoothed loss, and from this share of it.
const DEVIATIONS: f64 = 4.0;
const LEAST_FALL: f64 = 0.01;
/// The share of a fall after whose loss it is over.
const RISE: f64 = 0.25;

/// A range test at work. Smith, Cyclical learning rates for training neural networks, WACV 2017.
pub struct RangeTest {
    run: Run,
    lowest: f64,
    /// Σ (1 − κ) κⁿ⁻ⁱ lossᵢ, before it is divided by 1 − κⁿ.
    mean: f64,
    curve: RangeCurve,
}

/// The losses that were met so far, and what they come to at the end.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RangeCurve {
    /// The rate of each step, rising by the same factor, and the loss of its batch before the update.
    pub rates: Vec<f32>,
    pub losses: Vec<f32>,
    /// The exponential mean of the losses, free of the 0 that it begins with.
    pub smoothed: Vec<f32>,
    /// Why the test is over, once it is.
    pub end: Option<RangeEnd>,
    /// None where the loss never falls clearly.
    pub finding: Option<RateFinding>,
}

/// Why a test is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RangeEnd {
    /// All rates were tried.
    Whole,
    /// The smoothed loss rose to four times its lowest.
    Rose,
    /// A loss, a weight or a gradient was not finite.
    Diverged,
}

/// What a test found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RateFinding {
    /// Mean loss at the smallest rates.
    pub start: f32,
    /// The rate at which the smoothed loss falls fastest over the logarithm of the rate, and that loss.
    pub steepest: f32,
    pub at_steepest: f32,
    /// The rate at which the smoothed loss is lowest before it rises, and that loss.
    pub lowest: f32,
    pub at_lowest: f32,
}

impl RateFinding {
    /// The rate to try, with one digit: that of the steepest fall, or a tenth of that of the lowest loss where this is
    /// less, since the smoothed loss tells of a rise some steps late.
    #[must_use]
    pub fn suggested(&self) -> f32 {
        let rate = self.steepest.min(self.lowest / 10.0);
        format!("{rate:.0e}").parse().unwrap_or(rate)
    }
}

impl RangeCurve {
    /// Rates that are tried, unless the test ends before.
    pub const STEPS: usize = STEPS;

    /// Whether too few were tried for anything to be found.
    #[must_use]
    pub fn is_short(&self) -> bool {
        self.losses.len() <= QUIET
    }

    /// How much of the test is done, 0…1.
    #[must_use]
    pub fn share(&self) -> f32 {
        if self.end.is_some() { 1.0 } else { self.rates.len() as f32 / STEPS as f32 }
    }

    /// What the losses come to.
    fn find(&self) -> Option<RateFinding> {
        let at = |step: usize| f64::from(self.smoothed[step]);
        let last = self.smoothed.len().checked_sub(1).filter(|_| !self.is_short())?;
        let quiet = || self.losses[..QUIET].iter().map(|loss| f64::from(*loss));
        let start = quiet().sum::<f64>() / QUIET as f64;
        let variance = quiet().map(|loss| (loss - start) * (loss - start)).sum::<f64>() / (QUIET - 1) as f64;
        let deviation = (variance * (1.0 - KEEP) / (1.0 + KEEP)).sqrt();
        let clear = (DEVIATIONS * deviation).max(LEAST_FALL * start.abs());
        // The lowest of the first valley: what falls again after a rise is learned by luck, at rates far too high.
        let mut low = SETTLED;
        for step in SETTLED..=last {
            let fallen = start - at(low);
            if at(step) < at(low) {
                low = step;
            } else if fallen >= clear && at(step) - at(low) > RISE * fallen {
                break;
            }
        }
        if start - at(low) < clear {
            return None;
        }
        let fall = |step: usize| at((step + BESIDE).min(last)) - at(step - BESIDE);
        let steep = (SETTLED..=low).min_by(|&a, &b| fall(a).total_cmp(&fall(b)))?;
        Some(RateFinding {
            start: start as f32,
            steepest: self.rates[steep],
            at_steepest: self.smoothed[steep],
            lowest: self.rates[low],
            at_lowest: self.smoothed[low],
        })
    }
}

impl RangeTest {
    /// A test from where `run` stands: its weights, the batches that it deals next, and a fresh optimizer with its
    /// options but for the schedule.
    ///
    /// # Errors
    /// [`Error::Setting`] for a run that diverged.
    pub fn new(run: &Run) -> Result<Self> {
        if let Some(divergence) = run.divergence() {
            let allowed = "one that has not diverged, to look for a learning rate: start it anew";
            return Err(Error::setting("the run", format!("diverged at step {}", divergence.step), allowed));
        }
        let optimizer = OptimizerConfig { schedule: None, ..run.current().optimizer.clone() };
        let lowest = if optimizer.name == OptimizerName::Adadelta { LOWEST_OF_ADADELTA } else { LOWEST };
        Ok(Self { run: run.twin(optimizer), lowest, mean: 0.0, curve: RangeCurve::default() })
    }

    /// Tries the next rate; returns whether the test is over.
    pub fn step(&mut self) -> bool {
        if self.curve.end.is_some() {
            return true;
        }
        let n = self.curve.rates.len();
        let share = n as f64 / (STEPS - 1) as f64;
        let rate = (self.lowest * libm::pow(HIGHEST / self.lowest, share)) as f32;
        self.run.set_learning_rate(rate);
        match self.run.step() {
            Ok(loss) => {
                self.mean = KEEP * self.mean + (1.0 - KEEP) * f64::from(loss);
                let smoothed = self.mean / (1.0 - libm::pow(KEEP, (n + 1) as f64));
                let curve = &mut self.curve;
                curve.rates.push(rate);
                curve.losses.push(loss);
                curve.smoothed.push(smoothed as f32);
                let settled = curve.smoothed.iter().skip(SETTLED);
                let best = f64::from(settled.fold(f32::INFINITY, |best, loss| best.min(*loss)));
                if smoothed - best > (MOST - 1.0) * best.abs() {
                    curve.end = Some(RangeEnd::Rose);
                } else if n + 1 == STEPS {
                    curve.end = Some(RangeEnd::Whole);
                }
            }
            Err(_) => self.curve.end = Some(RangeEnd::Diverged),
        }
        if self.curve.end.is_some() {
            self.curve.finding = self.curve.find();
        }
        self.curve.end.is_some()
    }

    /// What was met so far.
    #[must_use]
    pub fn curve(&self) -> &RangeCurve {
        &self.curve
    }
}
