//! Schedules: how the learning rate goes with the updates, as a function of their number alone. Names and formulas
//! are those of Keras and PyTorch; the rate that an optimizer is given is the largest that a schedule comes to.

use crate::error::{Error, Result, ensure_within, name_of};
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;
use std::fmt::Display;

/// Most steps that a schedule may speak of.
const MAX_STEPS: usize = 1_000_000_000;

/// Which way the learning rate goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleName {
    /// Stays as it is given.
    #[default]
    Constant,
    /// η γ^⌊t / `step_size`⌋, as `StepLR` of PyTorch.
    Step,
    /// η (α + (1 − α) (1 + cos(π u)) / 2), where u goes from 0 to 1 from the last step of the warm-up to the last of
    /// all, as `CosineDecay` of Keras. Loshchilov & Hutter, SGDR: stochastic gradient descent with warm restarts,
    /// ICLR 2017; the warm-up as in [`Self::Warmup`].
    Cosine,
    /// η min(1, t / `warmup_steps`). Goyal et al., Accurate, large minibatch SGD: training `ImageNet` in 1 hour, 2017.
    Warmup,
    /// Half a cosine from η / `div_factor` up to η over the share `pct_start` of the steps, and half a cosine from
    /// there down to η / `div_factor` / `final_div_factor`, as `OneCycleLR` of PyTorch without its cycle of the
    /// momentum. Smith & Topin, Super-convergence: very fast training of neural networks using large learning rates, 2018.
    OneCycle,
}

/// A schedule with its options. The letter t in the formulas is the number of updates made before, so that it is 0
/// at the first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[rustfmt::skip]
pub struct Schedule {
    pub name: ScheduleName,
    /// Steps of the run that it is made for, a warm-up among them; the rate stays at its last afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")] pub steps: Option<usize>,
    /// Steps over which the rate rises from 0; none where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")] pub warmup_steps: Option<usize>,
    /// Steps from one drop to the next.
    #[serde(default, skip_serializing_if = "Option::is_none")] pub step_size: Option<usize>,
    /// What each drop leaves of the rate; a tenth where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")] pub gamma: Option<f32>,
    /// The share of the rate that a cosine ends with; 0 where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")] pub alpha: Option<f32>,
    /// The share of the steps in which one cycle rises; 0.3 where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")] pub pct_start: Option<f32>,
    /// One cycle begins with the rate divided by this; 25 where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")] pub div_factor: Option<f32>,
    /// And ends with what it began with, divided by this; 10,000 where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")] pub final_div_factor: Option<f32>,
}

impl ScheduleName {
    /// Every schedule, in the order in which choices list them.
    pub const ALL: [Self; 5] = [Self::Constant, Self::Step, Self::Cosine, Self::Warmup, Self::OneCycle];

    /// How people write it on a page.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Constant => "Constant",
            Self::Step => "Steps",
            Self::Cosine => "Cosine",
            Self::Warmup => "Warm-up",
            Self::OneCycle => "One cycle",
        }
    }

    /// Options that it must be given, and those that it may be given.
    fn options(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Self::Constant => (&[], &[]),
            Self::Step => (&["step_size"], &["gamma"]),
            Self::Cosine => (&["steps"], &["alpha", "warmup_steps"]),
            Self::Warmup => (&["warmup_steps"], &[]),
            Self::OneCycle => (&["steps"], &["pct_start", "div_factor", "final_div_factor"]),
        }
    }
}

impl Schedule {
    /// A usual schedule of this name for a run of so many steps: two drops, a warm-up of a twentieth.
    #[must_use]
    pub fn over(name: ScheduleName, steps: usize) -> Self {
        let bare = Self { name, ..Self::default() };
        let part = |of: usize| Some((steps / of).max(1));
        match name {
            ScheduleName::Constant => bare,
            ScheduleName::Step => Self { step_size: part(3), ..bare },
            ScheduleName::Warmup => Self { warmup_steps: part(20), ..bare },
            ScheduleName::Cosine | ScheduleName::OneCycle => Self { steps: part(1), ..bare },
        }
    }

    /// How people write it on a page.
    #[must_use]
    pub fn label(&self) -> &'static str {
        self.name.label()
    }

    /// Updates after which there is little more to it: its steps, twice its warm-up, three drops.
    #[must_use]
    pub fn length(&self) -> usize {
        let drops = 3 * self.step_size.unwrap_or(0);
        self.steps.unwrap_or(drops.max(2 * self.warmup_steps.unwrap_or(0)))
    }

    /// The rate of the update before which `t` were made, of one that is `rate` at most.
    pub(super) fn rate_at(&self, rate: f32, t: usize) -> f32 {
        let whole = f64::from(rate);
        let scheduled = match self.name {
            ScheduleName::Constant => return rate,
            ScheduleName::Step => {
                let drops = t / self.step_size.unwrap_or(1).max(1);
                whole * libm::pow(f64::from(self.gamma.unwrap_or(0.1)), drops as f64)
            }
            ScheduleName::Cosine => {
                let (steps, warmup) = (self.steps.unwrap_or(1), self.warmup_steps.unwrap_or(0));
                if t < warmup {
                    return warmed(whole, t, warmup) as f32;
                }
                let done = t.min(steps).saturating_sub(warmup) as f64 / (steps - warmup) as f64;
                let alpha = f64::from(self.alpha.unwrap_or(0.0));
                whole * ((1.0 - alpha) * half_cosine(1.0, 0.0, done) + alpha)
            }
            ScheduleName::Warmup => warmed(whole, t, self.warmup_steps.unwrap_or(0)),
            ScheduleName::OneCycle => {
                let last = (self.steps.unwrap_or(1) - 1) as f64;
                let (t, peak) = ((t as f64).min(last), self.rise() - 1.0);
                let first = whole / f64::from(self.div_factor.unwrap_or(25.0));
                // A share of the steps may come to one of them but for the rounding of the share.
                if t <= peak && peak > 1e-3 {
                    half_cosine(first, whole, t / peak)
                } else if last <= peak {
                    whole
                } else {
                    let end = first / f64::from(self.final_div_factor.unwrap_or(1e4));
                    half_cosine(whole, end, (t - peak) / (last - peak))
                }
            }
        };
        scheduled as f32
    }

    /// Steps in which one cycle rises.
    fn rise(&self) -> f64 {
        f64::from(self.pct_start.unwrap_or(0.3)) * self.steps.unwrap_or(1) as f64
    }

    /// # Errors
    /// [`Error::Setting`] for a number out of its range, an option that this schedule does not have, one that it
    /// needs, and a warm-up that is not shorter than its steps.
    pub(super) fn validate(&self) -> Result<()> {
        for (option, value, least) in [
            ("steps", self.steps, 1),
            ("warmup_steps", self.warmup_steps, 0),
            ("step_size", self.step_size, 1),
        ] {
            self.check(option, value, least..=MAX_STEPS)?;
        }
        for (option, value, range) in [
            ("gamma", self.gamma, 0.0..=1.0),
            ("alpha", self.alpha, 0.0..=1.0),
            ("pct_start", self.pct_start, 0.0..=1.0),
            ("div_factor", self.div_factor, 1.0..=1e9),
            ("final_div_factor", self.final_div_factor, 1.0..=1e9),
        ] {
            self.check(option, value, range)?;
        }
        self.steps.map_or(Ok(()), |steps| self.ensure_warm_within(steps))
    }

    fn check<T>(&self, option: &str, value: Option<T>, range: std::ops::RangeInclusive<T>) -> Result<()>
    where
        T: Copy + PartialOrd + Display + std::fmt::Debug,
    {
        let (needed, possible) = self.name.options();
        let name = name_of(self.name);
        match value {
            None if needed.contains(&option) => {
                Err(Error::setting(&key(option), "left out", format!("given for the schedule {name}")))
            }
            None => Ok(()),
            Some(value) if needed.contains(&option) || possible.contains(&option) => {
                ensure_within(&key(option), value, &range)
            }
            Some(value) => {
                let allowed = format!("left out, since the schedule {name} has no such option");
                Err(Error::setting(&key(option), value, allowed))
            }
        }
    }

    /// As [`super::OptimizerConfig::ensure_warm_within`].
    pub(super) fn ensure_warm_within(&self, steps: usize) -> Result<()> {
        let warmup = self.warmup_steps.unwrap_or(0);
        if warmup > 0 && warmup >= steps {
            let allowed = format!("less than {steps}, the steps of the run that the schedule is made for");
            return Err(Error::setting(&key("warmup_steps"), warmup, allowed));
        }
        if self.name == ScheduleName::OneCycle && self.steps.is_some_and(|own| own > steps) {
            let rise = self.rise();
            if rise >= steps as f64 {
                let own = self.steps.unwrap_or(1);
                let allowed = format!(
                    "shorter for a run of {steps} steps, since the learning rate would rise for {rise:.0} steps"
                );
                return Err(Error::setting(&key("steps"), own, allowed));
            }
        }
        Ok(())
    }
}

fn key(option: &str) -> String {
    format!("optimizer.schedule.{option}")
}

/// The line from 0 to the rate.
fn warmed(rate: f64, t: usize, steps: usize) -> f64 {
    if t < steps { rate * (t as f64 / steps as f64) } else { rate }
}

/// From `start` to `end` as `share` goes from 0 to 1.
fn half_cosine(start: f64, end: f64, share: f64) -> f64 {
    end + (start - end) / 2.0 * (1.0 + libm::cos(PI * share))
}

#[cfg(test)]
mod tests {
    use super::super::{OptimizerConfig, OptimizerName};
    use super::*;
    use serde_json::{Value, json};

    fn config(schedule: Value) -> crate::error::Result<OptimizerConfig> {
        let schedule = serde_json::from_value(schedule).expect("a schedule");
        let config =
            OptimizerConfig { schedule: Some(schedule), ..OptimizerConfig::new(OptimizerName::Sgd, 0.2) };
        config.validate().map(|()| config)
    }

    #[test]
    fn a_rate_goes_as_its_schedule_says_and_stays_at_its_last() {
        for (schedule, rates) in [
            (json!({ "name": "constant" }), [(0, 0.2), (7, 0.2), (1_000_000, 0.2)]),
            (json!({ "name": "step", "step_size": 10 }), [(9, 0.2), (10, 0.02), (29, 0.002)]),
            (json!({ "name": "step", "step_size": 3, "gamma": 0.5 }), [(2, 0.2), (3, 0.1), (8, 0.05)]),
            (json!({ "name": "cosine", "steps": 100 }), [(0, 0.2), (50, 0.1), (100, 0.0)]),
            (json!({ "name": "cosine", "steps": 100, "alpha": 0.1 }), [(50, 0.11), (100, 0.02), (900, 0.02)]),
            (json!({ "name": "cosine", "steps": 120, "warmup_steps": 20 }), [(0, 0.0), (10, 0.1), (70, 0.1)]),
            (json!({ "name": "warmup", "warmup_steps": 50 }), [(0, 0.0), (5, 0.02), (51, 0.2)]),
            (json!({ "name": "one_cycle", "steps": 100 }), [(0, 0.008), (29, 0.2), (99, 8e-7)]),
            (json!({ "name": "one_cycle", "steps": 100 }), [(64, 0.100_000_4), (100, 8e-7), (5000, 8e-7)]),
            (
                json!({ "name": "one_cycle", "steps": 11, "pct_start": 1, "div_factor": 2 }),
                [(0, 0.1), (5, 0.15), (11, 0.2)],
            ),
            (
                json!({ "name": "one_cycle", "steps": 10, "pct_start": 0.1, "div_factor": 2 }),
                [(0, 0.2), (9, 1e-5), (10, 1e-5)],
            ),
            (json!({ "name": "one_cycle", "steps": 1, "pct_start": 1 }), [(0, 0.2), (1, 0.2), (9, 0.2)]),
        ] {
            let config = config(schedule.clone()).expect("a sound schedule");
            for (t, rate) in rates {
                let found = config.rate_at(t);
                assert!((found - rate).abs() < 1e-7, "{schedule} at {t}: {found}, not {rate}");
            }
        }
        let plain = OptimizerConfig::new(OptimizerName::Adam, 0.3);
        assert_eq!(plain.rate_at(12).to_bits(), 0.3_f32.to_bits());
    }

    #[test]
    fn what_a_schedule_cannot_take_is_refused_in_a_sentence() {
        for (schedule, sentence) in [
            (
                json!({ "name": "cosine", "steps": 100, "warmup_steps": 100 }),
                "optimizer.schedule.warmup_steps is 100, but must be less than 100, the steps of the run that the schedule is made for",
            ),
            (
                json!({ "name": "cosine" }),
                "optimizer.schedule.steps is left out, but must be given for the schedule cosine",
            ),
            (
                json!({ "name": "constant", "gamma": 0.5 }),
                "optimizer.schedule.gamma is 0.5, but must be left out, since the schedule constant has no such option",
            ),
            (
                json!({ "name": "one_cycle", "steps": 50, "warmup_steps": 5 }),
                "optimizer.schedule.warmup_steps is 5, but must be left out, since the schedule one_cycle has no such option",
            ),
            (
                json!({ "name": "step", "step_size": 0 }),
                "optimizer.schedule.step_size is 0, but must be from 1 to 1000000000",
            ),
            (
                json!({ "name": "step", "step_size": 5, "gamma": 1.5 }),
                "optimizer.schedule.gamma is 1.5, but must be from 0 to 1",
            ),
            (
                json!({ "name": "warmup" }),
                "optimizer.schedule.warmup_steps is left out, but must be given for the schedule warmup",
            ),
            (
                json!({ "name": "one_cycle", "steps": 50, "div_factor": 0.5 }),
                "optimizer.schedule.div_factor is 0.5, but must be from 1 to 1000000000",
            ),
        ] {
            let error = config(schedule).expect_err(sentence).to_string();
            assert_eq!(error, sentence);
        }
    }

    #[test]
    fn a_run_must_outlast_the_rise_of_its_rate() {
        let fits = |schedule: Value, steps| {
            let config = config(schedule).expect("a sound schedule");
            config.schedule.expect("one").ensure_warm_within(steps).map_err(|error| error.to_string())
        };
        let warmup = json!({ "name": "warmup", "warmup_steps": 200 });
        assert_eq!(fits(warmup.clone(), 201), Ok(()));
        let error = fits(warmup, 200).unwrap_err();
        assert!(error.contains("warmup_steps is 200, but must be less than 200"), "{error}");
        let cycle = json!({ "name": "one_cycle", "steps": 1000 });
        assert_eq!(fits(cycle.clone(), 301), Ok(()));
        let error = fits(cycle, 300).unwrap_err();
        assert!(error.contains("schedule.steps is 1000") && error.contains("a run of 300 steps"), "{error}");
    }

    #[test]
    fn usual_schedules_suit_their_run() {
        for name in ScheduleName::ALL {
            for (steps, pct_start) in [(1, None), (1, Some(1.0)), (2, Some(0.5)), (100, None), (12_345, None)]
            {
                let pct_start = pct_start.filter(|_| name == ScheduleName::OneCycle);
                let schedule = Schedule { pct_start, ..Schedule::over(name, steps) };
                let config = config(serde_json::to_value(&schedule).expect("plain data")).expect("sound");
                assert!(config.rate_at(steps / 2).is_finite() && config.rate_at(steps).is_finite());
            }
        }
    }
}
