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
    /// From which step on this device told the time; none before it told any. A file tells that of another.
    #[serde(skip)]
    here: Option<usize>,
}

impl Elapsed {
    /// Begins at the step that the run is at.
    pub(super) fn new(run: &Run) -> Self {
        let clock = vec![(run.steps(), 0.0)];
        let mut elapsed = Self { dealt: Vec::new(), clock, stride: 1, here: None };
        elapsed.after_edit(run);
        elapsed
    }

    /// Whether it can be of a run that has come as far as this one.
    pub(super) fn is_of(&self, run: &Run) -> bool {
        let ascends = |two: &[(usize, f64)]| two[0].0 <= two[1].0 && two[0].1 <= two[1].1;
        let is_told = |(step, seconds): &(usize, f64)| *step <= run.steps() && seconds.is_finite();
        let [_, items] = run.epoch_items();
        let batch = run.current().batch_size.items(items).max(1);
        let is_dealt = |&[step, _, items, batch, position]: &[usize; 5]| {
            step <= run.steps() && (1..=items).contains(&batch) && position < items
        };
        let follows = |two: &[[usize; 5]]| two[0][0] < two[1][0] && two[1][1] == given(&two[0], two[1][0]);
        !self.clock.is_empty()
            && self.clock.windows(2).all(ascends)
            && self.clock.iter().all(is_told)
            && self.dealt.first().is_some_and(|first| first[1] == 0)
            && self.dealt.last().is_some_and(|last| last[2..4] == [items.max(1), batch])
            && self.dealt.iter().all(is_dealt)
            && self.dealt.windows(2).all(follows)
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
        self.here.get_or_insert(step);
        let since = self.since();
        let now = (run.steps(), seconds + ms.max(0.0) / 1000.0);
        let older = self.clock.len().checked_sub(2).map_or(0, |at| self.clock[at].0);
        let is_first = step >= since && older < since; // from which speed is counted
        if step > older && step - older < self.stride.max(1) && self.clock.len() > 1 && !is_first {
            self.clock.pop(); // too near to be kept
        }
        self.clock.push(now);
        if self.clock.len() > MOMENTS {
            let last = self.clock.len() - 1;
            let first = self.clock.partition_point(|(step, _)| *step < since);
            let mut at = 0;
            self.clock.retain(|_| {
                at += 1;
                at % 2 == 1 || at > last || at == first + 1
            });
            self.stride = (2 * self.stride).max(run.steps() / MOMENTS);
        }
    }

    /// Training items given before this step.
    pub(super) fn examples(&self, step: usize) -> usize {
        let from = self.dealt.iter().rev().find(|of| of[0] <= step).or(self.dealt.first());
        from.map_or(0, |from| given(from, step))
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

    /// Items a second, and milliseconds a step, on this device with batches as they are now: over the newer half of the
    /// time that was told of such; none before there was any.
    pub(super) fn speed(&self) -> Option<(f64, f64)> {
        let &(step, seconds) = self.clock.last()?;
        let first = self.clock.partition_point(|(at, _)| *at < self.since());
        let begun = self.clock.get(first)?.1;
        let half = self.clock.partition_point(|(_, at)| *at < f64::midpoint(begun, seconds));
        let newest = self.clock.len().saturating_sub(2);
        let &(from, since) = self.clock.get(half.min(newest).max(first))?;
        let (steps, took) = (step - from, seconds - since);
        let items = self.examples(step).saturating_sub(self.examples(from));
        (steps > 0 && took > 0.0).then(|| (items as f64 / took, 1000.0 * took / steps as f64))
    }

    /// From which step on batches are as they are now, and this device tells the time.
    fn since(&self) -> usize {
        let dealt = self.dealt.last().map_or(0, |of| of[0]);
        self.here.unwrap_or(usize::MAX).max(dealt)
    }

    /// Bytes that a copy holds.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.clock) + size_of_val(&*self.dealt)
    }
}

/// Training items given before a step that is not before these batches.
fn given(&[begun, before, items, batch, position]: &[usize; 5], step: usize) -> usize {
    let steps = step.saturating_sub(begun);
    // What is left of the epoch that it began in, then whole ones.
    let left = items - position;
    let of_first = left.div_ceil(batch);
    if steps < of_first {
        return before.saturating_add(steps * batch);
    }
    let (epochs, rest) =
        ((steps - of_first) / items.div_ceil(batch), (steps - of_first) % items.div_ceil(batch));
    before.saturating_add(left + rest * batch).saturating_add(epochs.saturating_mul(items))
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

    fn sized(size: usize) -> Settings {
        Settings::from([("batch_size".into(), size.into())])
    }

    #[test]
    fn the_speed_is_that_of_the_batch_at_hand() {
        let mut run = Run::new(LABS[0].defaults()).expect("the defaults");
        let mut elapsed = Elapsed::new(&run);
        let go_on = |run: &mut Run, elapsed: &mut Elapsed, steps: usize, ms: f64| {
            for _ in 0..steps {
                run.step().expect("it learns");
                elapsed.after_training(run, ms);
            }
        };
        go_on(&mut run, &mut elapsed, 3000, 1.0); // of 32 items, and so many steps that few moments are kept
        assert!(elapsed.stride > 1);
        run.edit(&sized(5)).expect("a live setting");
        elapsed.after_edit(&run);
        assert_eq!(elapsed.speed(), None, "nothing was told of it yet");
        for steps in [1, 1, 3, 50, 2000] {
            go_on(&mut run, &mut elapsed, steps, 0.1);
            let (items, ms) = elapsed.speed().expect("it was told");
            assert!((ms - 0.1).abs() < 1e-6 && (49_000.0..51_000.0).contains(&items), "{items} {ms}");
        }
    }

    #[test]
    fn the_time_of_another_device_is_no_speed_of_this_one() {
        let mut run = Run::new(LABS[0].defaults()).expect("the defaults");
        let mut elapsed = Elapsed::new(&run);
        for _ in 0..40 {
            run.step().expect("it learns");
            elapsed.after_training(&run, 7.0);
        }
        let file = serde_json::to_value(&elapsed).expect("plain data");
        let mut read: Elapsed = serde_json::from_value(file).expect("the same");
        assert!(read.is_of(&run) && read.speed().is_none());
        run.step().expect("it learns");
        read.after_training(&run, 1.0);
        assert!(read.speed().is_some_and(|(_, ms)| (ms - 1.0).abs() < 1e-6), "{:?}", read.speed());
        assert!((read.seconds(41) - 0.281).abs() < 1e-9, "but time goes on");
    }

    #[test]
    fn what_no_such_run_was_given_is_refused() {
        let mut run = Run::new(LABS[0].defaults()).expect("the defaults");
        let mut elapsed = Elapsed::new(&run);
        for step in 0..40 {
            if step == 15 {
                run.edit(&sized(100)).expect("a live setting");
                elapsed.after_edit(&run);
            }
            run.step().expect("it learns");
        }
        assert!(elapsed.is_of(&run));
        for (entry, field, value) in [
            (0, 1, 1),
            (1, 1, usize::MAX - 3),
            (0, 3, 0),
            (0, 3, usize::MAX),
            (1, 3, 350),
            (0, 2, usize::MAX),
            (1, 2, 351),
            (1, 4, 350),
            (1, 0, 41),
            (1, 0, 0),
        ] {
            let mut crafted = elapsed.clone();
            crafted.dealt[entry][field] = value;
            assert!(!crafted.is_of(&run), "{entry} {field} {value}");
            crafted.clock[0].1 = f64::NAN;
            assert!(!crafted.is_of(&run));
        }
    }
}
