//! What a run has cost so far, by the step: training items that it was given, which follow from the run, and time that
//! training took on this device, which a clock told and which decides nothing of the run.

use crate::train::Run;
use serde::{Deserialize, Serialize};

/// Moments that are kept, at most; between them time is taken to go evenly.
const MOMENTS: usize = 1024;

/// See the module.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Elapsed {
    /// From which step on batches had a size: the step, items given before it, items of an epoch, items of a batch, and
    /// where in the epoch it began.
    dealt: Vec<[usize; 5]>,
    /// Steps, and seconds of training by then, ascending.
    clock: Vec<(usize, f64)>,
    /// Steps between two moments that are kept, at least.
    stride: usize,
}

impl Elapsed {
    /// Begins at the step that the run is at.
    pub(super) fn new(run: &Run) -> Self {
        let mut elapsed = Self { dealt: Vec::new(), clock: vec![(run.steps(), 0.0)], stride: 1 };
        elapsed.after_edit(run);
        elapsed
    }

    /// Whether it can be of a run that has come as far as this one.
    pub(super) fn is_of(&self, run: &Run) -> bool {
        let ascends = |two: &[(usize, f64)]| two[0].0 <= two[1].0 && two[0].1 <= two[1].1;
        let is_dealt = |of: &[usize; 5]| of[0] <= run.steps() && of[2] > 0 && of[3] > 0 && of[4] < of[2];
        !self.clock.is_empty()
            && self.clock.windows(2).all(ascends)
            && self.clock.iter().all(|(step, seconds)| *step <= run.steps() && seconds.is_finite())
            && !self.dealt.is_empty()
            && self.dealt.iter().all(is_dealt)
    }

    /// Takes note of the batches from here on.
    pub(super) fn after_edit(&mut self, run: &Run) {
        let step = run.steps();
        let [position, items] = run.epoch_items();
        let before = if self.dealt.is_empty() { 0 } else { self.examples(step) };
        self.dealt.retain(|of| of[0] < step);
        self.dealt.push([step, before, items.max(1), run.current().batch_size.items(items).max(1), position]);
    }

    /// Takes note that training up to the step at hand took so long more.
    pub(super) fn after_training(&mut self, run: &Run, ms: f64) {
        let (step, seconds) = *self.clock.last().unwrap_or(&(0, 0.0));
        let now = (run.steps(), seconds + ms.max(0.0) / 1000.0);
        let older = self.clock.len().checked_sub(2).map_or(0, |at| self.clock[at].0);
        if step > older && step - older < self.stride.max(1) && self.clock.len() > 1 {
            self.clock.pop(); // too near to be kept
        }
        self.clock.push(now);
        if self.clock.len() > MOMENTS {
            let last = self.clock.len() - 1;
            let mut at = 0;
            self.clock.retain(|_| {
                at += 1;
                at % 2 == 1 || at > last
            });
            self.stride = (2 * self.stride).max(run.steps() / MOMENTS);
        }
    }

    /// Training items given before this step.
    pub(super) fn examples(&self, step: usize) -> usize {
        let from = self.dealt.iter().rev().find(|of| of[0] <= step).or(self.dealt.first());
        let Some(&[begun, before, items, batch, position]) = from else { return 0 };
        let steps = step.saturating_sub(begun);
        // What is left of the epoch that it began in, then whole ones.
        let left = items - position;
        let of_first = left.div_ceil(batch);
        if steps < of_first {
            return before + steps * batch;
        }
        let (epochs, rest) =
            ((steps - of_first) / items.div_ceil(batch), (steps - of_first) % items.div_ceil(batch));
        before + left + epochs * items + rest * batch
    }

    /// Seconds of training before this step, as far as they were told.
    pub(super) fn seconds(&self, step: usize) -> f64 {
        let after = self.clock.partition_point(|(at, _)| *at < step);
        let Some(&(to, until)) = self.clock.get(after) else {
            return self.clock.last().map_or(0.0, |(_, seconds)| *seconds);
        };
        let Some(&(from, since)) = after.checked_sub(1).and_then(|before| self.clock.get(before)) else {
            return until;
        };
        since + (until - since) * (step - from) as f64 / (to - from).max(1) as f64
    }

    /// Items a second, and milliseconds a step, over the newest half of the time that was told; none before there was any.
    pub(super) fn speed(&self) -> Option<(f64, f64)> {
        let &(step, seconds) = self.clock.last()?;
        let half = self.clock.partition_point(|(_, at)| *at < seconds / 2.0);
        let &(from, since) = self.clock.get(half.min(self.clock.len().saturating_sub(2)))?;
        let (steps, took) = (step.checked_sub(from)?, seconds - since);
        let items = self.examples(step) - self.examples(from);
        (steps > 0 && took > 0.0).then(|| (items as f64 / took, 1000.0 * took / steps as f64))
    }

    /// Bytes that a copy holds.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.clock) + size_of_val(&*self.dealt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::LABS;
    use crate::train::settings::Settings;

    #[test]
    fn examples_count_the_smaller_batch_at_the_end_of_an_epoch_and_follow_edits() {
        let experiment = LABS[0].defaults(); // 350 items in batches of 32: eleven steps, the last of 30
        let mut run = Run::new(experiment).expect("the defaults");
        let mut elapsed = Elapsed::new(&run);
        let mut given = vec![0];
        for step in 0..60 {
            if step == 15 || step == 40 {
                let size = if step == 15 { 100 } else { 7 };
                run.edit(&Settings::from([("batch_size".into(), size.into())])).expect("a live setting");
                elapsed.after_edit(&run);
            }
            let [before, items] = run.epoch_items();
            run.step().expect("it learns");
            let after = run.epoch_items()[0];
            given.push(given[step] + if after > before { after - before } else { items - before });
            elapsed.after_training(&run, 2.0);
        }
        for (step, given) in given.iter().enumerate() {
            assert_eq!(elapsed.examples(step), *given, "step {step}");
        }
        assert!((elapsed.seconds(30) - 0.06).abs() < 1e-9 && (elapsed.seconds(60) - 0.12).abs() < 1e-9);
        assert!(elapsed.is_of(&run));
    }

    #[test]
    fn the_clock_is_bounded_and_goes_on_evenly() {
        let mut run = Run::new(LABS[0].defaults()).expect("the defaults");
        let mut elapsed = Elapsed::new(&run);
        for _ in 0..5000 {
            run.step().expect("it learns");
            elapsed.after_training(&run, 1.0);
        }
        assert!(elapsed.clock.len() <= MOMENTS + 1);
        for step in [0, 1, 777, 2500, 4999, 5000] {
            assert!(
                (elapsed.seconds(step) - step as f64 / 1000.0).abs() < 0.006,
                "{step}: {}",
                elapsed.seconds(step)
            );
        }
        let (_, ms) = elapsed.speed().expect("it was told");
        assert!((ms - 1.0).abs() < 1e-6);
    }
}
