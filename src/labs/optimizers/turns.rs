//! Whether a rule goes straight or to and fro: how many of its steps turn back on the step before.

use crate::train::Run;
use serde::{Deserialize, Serialize};

/// Steps that the share is of, at most (an exponential mean).
const STEPS: usize = 50;

/// See the module.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Turns {
    /// Share of the steps of late at more than a right angle to the step before.
    share: f32,
    steps: usize,
    /// The last step.
    #[serde(skip)]
    last: Vec<f32>,
}

impl Turns {
    /// Takes in the last step.
    pub(super) fn after_step(&mut self, run: &Run) {
        let (now, before) = (&run.network().weights, run.weights_before());
        let mut along = 0.0_f64;
        if self.last.len() == now.len() {
            for ((now, before), last) in now.iter().zip(before).zip(&mut self.last) {
                let step = now - before;
                along += f64::from(step) * f64::from(*last);
                *last = step;
            }
        } else {
            self.last = now.iter().zip(before).map(|(now, before)| now - before).collect();
            return; // the first has none before it
        }
        self.steps += 1;
        let turned = f32::from(u8::from(along < 0.0));
        self.share += (turned - self.share) / self.steps.min(STEPS) as f32;
    }

    /// Share of the steps of late that turned back, 0…1; none before there were a few.
    pub(super) fn share(&self) -> Option<f32> {
        (self.steps >= 5).then_some(self.share)
    }

    /// Bytes that a copy holds.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::{Lab, optimizers::Optimizers};
    use crate::train::settings::Settings;

    /// Share after some steps down the ravine at this rate.
    fn share(rate: f32) -> f32 {
        let set = Settings::from([("optimizer.learning_rate".to_owned(), rate.into())]);
        let mut run = Run::new(Optimizers.defaults().with(&set).expect("a rate")).expect("validated");
        let mut turns = Turns::default();
        for _ in 0..12 {
            run.step().expect("it goes down");
            turns.after_step(&run);
        }
        turns.share().expect("some steps")
    }

    #[test]
    fn descent_turns_back_across_a_ravine_where_its_rate_is_above_one_over_the_curvature() {
        // Across it the curvature is 10: y becomes (1 − 10 η) y.
        assert_eq!(share(0.05), 0.0);
        assert!(share(0.18) > 0.9, "{}", share(0.18));
    }
}
