//! The curves of a run that learns: loss of every batch, and how it does on the test items. Any lab
//! that trains keeps one.

use super::format::{count, percent, significant};
use super::{CurveAxis, Curves, Figure, Line, Numbers, Panel, Strip, changes};
use crate::nn::Pass;
use crate::train::{Evaluation, History, Join, Metric, Run, STEPS_PER_TEST};
use serde::{Deserialize, Serialize};

/// Steps kept one by one before neighbours are joined.
const LOSS_ROWS: usize = 2048;
const TEST_ROWS: usize = 512;

/// Loss and metric over the steps, in bounded memory.
#[derive(Serialize, Deserialize)]
pub(super) struct Learning {
    /// Training loss: smallest and largest of the steps that a row stands for.
    loss: History,
    /// Test loss and metric, every so many steps.
    test: History,
    #[serde(default = "usual_steps")]
    every: usize,
    /// Steps that the run had made when this began.
    begun: usize,
    /// Step of the first test.
    first_test: usize,
    /// Of the last test.
    #[serde(skip)]
    pub(super) evaluation: Option<Evaluation>,
    /// The step (and edit) that it was made at.
    #[serde(skip)]
    evaluated_at: Option<usize>,
    /// The same of the last test that was due, whether somebody looked or not.
    due: (Option<Evaluation>, Option<usize>),
    /// Steps seen.
    steps: usize,
    /// How high the axes reach for the training loss, the test loss and the metric.
    #[serde(default)]
    tops: [Top; 3],
    /// The same for tests that were made only to be shown.
    #[serde(skip)]
    shown_tops: [f32; 2],
    #[serde(skip)]
    pass: Pass,
}

/// How high an axis reaches for the values so far: what they begin with, what lasts, and what does not stand far
/// above that, so that a spike presses nothing flat. It never falls within a run.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
struct Top {
    /// The last values but one.
    last: Option<[f32; 2]>,
    /// The highest that values stayed at for three in a row, the first at least.
    level: f32,
    reach: f32,
}

/// What stands higher than so many times all that lasted is a spike.
const SPIKE: f32 = 4.0;

impl Top {
    fn push(&mut self, value: f32) {
        if !value.is_finite() {
            return;
        }
        let [older, old] = self.last.unwrap_or([value; 2]);
        self.level = self.level.max(value.min(old).min(older));
        self.reach = self.reach.max(self.level).max(self.within(value));
        self.last = Some([old, value]);
    }

    /// A value where it is no spike, else 0.
    fn within(&self, value: f32) -> f32 {
        if value <= SPIKE * self.level { value } else { 0.0 }
    }
}

fn usual_steps() -> usize {
    STEPS_PER_TEST
}

/// What was tested only to be shown is no part of a copy.
impl Clone for Learning {
    fn clone(&self) -> Self {
        let (evaluation, evaluated_at) = self.due;
        let (loss, test) = (self.loss.clone(), self.test.clone());
        Self { loss, test, evaluation, evaluated_at, shown_tops: [0.0; 2], pass: Pass::default(), ..*self }
    }
}

impl Learning {
    /// Begins after so many steps and leaves the first test to the next: testing on pictures may cost as much
    /// as ten steps.
    pub(super) fn untested(begun: usize) -> Self {
        Self {
            loss: History::new(vec![Join::Min, Join::Max], LOSS_ROWS),
            test: History::new(vec![Join::Mean, Join::Mean], TEST_ROWS),
            every: STEPS_PER_TEST,
            begun,
            first_test: begun + 1,
            evaluation: None,
            evaluated_at: None,
            due: (None, None),
            steps: begun,
            tops: [Top::default(); 3],
            shown_tops: [0.0; 2],
            pass: Pass::default(),
        }
    }

    /// What was read from a file, if it is of a run that has come as far as this one.
    pub(super) fn of(self, run: &Run) -> Option<Self> {
        let fresh = Self::untested(self.begun);
        if self.every == 0 {
            return None;
        }
        let tests = match self.due.0 {
            Some(_) => 1 + (self.steps / self.every).checked_sub(self.first_test / self.every)?,
            None => 0,
        };
        let is_of_the_run = self.steps == run.steps()
            && self.first_test.checked_sub(self.begun)? <= 1
            && self.loss.is_of(&fresh.loss, self.steps_seen()?)
            && self.test.is_of(&fresh.test, tests);
        let mut learning = is_of_the_run.then(|| self.clone())?;
        // A file of before they were kept: the axes hold all that it has.
        if learning.tops.iter().all(|top| top.last.is_none()) {
            let highest = |history: &History, column| history.column(column).fold(0.0, f32::max);
            let reaches =
                [highest(&self.loss, 1), highest(&self.test, 0), highest(&self.test, 1)].map(|top| [top; 3]);
            for (top, values) in learning.tops.iter_mut().zip(reaches) {
                values.into_iter().for_each(|value| top.push(value));
            }
        }
        Some(learning)
    }

    /// Between the least and the greatest loss of the last steps that are kept as one.
    pub(super) fn last_loss(&self) -> Option<f32> {
        let [low, high] = [0, 1].map(|column| self.loss.column(column).last());
        low.zip(high).map(|(low, high)| f32::midpoint(low, high))
    }

    /// Steps since this began.
    pub(super) fn steps_seen(&self) -> Option<usize> {
        self.steps.checked_sub(self.begun)
    }

    /// Bytes that a copy holds.
    pub(super) fn bytes(&self) -> usize {
        self.loss.bytes() + self.test.bytes()
    }

    /// Begins with a test.
    pub(super) fn tested(run: &Run) -> Self {
        Self::tested_every(STEPS_PER_TEST, run)
    }

    /// The same, with further tests every so many steps.
    pub(super) fn tested_every(steps: usize, run: &Run) -> Self {
        let every = steps.max(1);
        let mut learning = Self { first_test: run.steps(), every, ..Self::untested(run.steps()) };
        learning.test(run);
        learning
    }

    /// Whether a test is due when the run has made so many steps.
    pub(super) fn is_due(&self, steps: usize) -> bool {
        steps == self.first_test || steps.is_multiple_of(self.every)
    }

    /// Takes in a step that was made, with its loss.
    pub(super) fn after_step(&mut self, run: &Run, loss: f32) {
        self.steps = run.steps();
        self.loss.push(&[loss, loss]);
        self.tops[0].push(loss);
        if self.is_due(run.steps()) {
            self.test(run);
        }
    }

    fn test(&mut self, run: &Run) {
        self.evaluate(run);
        self.due = (self.evaluation, self.evaluated_at);
        if let Some(Evaluation { loss, metric }) = self.evaluation {
            self.test.push(&[loss, metric]);
            self.tops[1].push(loss);
            self.tops[2].push(metric);
        }
    }

    /// Tests the network as it is now, once for each state; returns whether there was anything to do.
    pub(super) fn evaluate(&mut self, run: &Run) -> bool {
        let is_due = self.evaluated_at != Some(run.steps());
        if is_due {
            self.evaluation = run.evaluate(&mut self.pass);
            self.evaluated_at = Some(run.steps());
            for (top, (of, value)) in
                self.shown_tops.iter_mut().zip(self.tops[1..].iter().zip(tested(self.evaluation)))
            {
                *top = top.max(of.within(value));
            }
        }
        is_due
    }

    /// Tests anew after a change of settings.
    pub(super) fn after_edit(&mut self, run: &Run) {
        self.evaluated_at = None;
        self.evaluate(run);
        self.due = (self.evaluation, self.evaluated_at);
    }

    /// Steps, and between the least and the greatest loss of those that each stands for.
    pub(super) fn losses(&self) -> impl Iterator<Item = (usize, f32)> + '_ {
        let loss = self.loss.column(0).zip(self.loss.column(1)).map(|(low, high)| f32::midpoint(low, high));
        loss.enumerate().map(|(row, loss)| (self.begun + row * self.loss.stride(), loss))
    }

    /// Steps, and loss and metric of the tests that were due at them.
    pub(super) fn tests(&self) -> impl Iterator<Item = (usize, Evaluation)> + '_ {
        let tests = self.test.column(0).zip(self.test.column(1)).enumerate();
        tests.map(|(row, (loss, metric))| {
            (self.step_of_test(row * self.test.stride()), Evaluation { loss, metric })
        })
    }

    /// The step of a test, counted from 0.
    fn step_of_test(&self, test: usize) -> usize {
        if test == 0 { self.first_test } else { (self.first_test / self.every + test) * self.every }
    }

    /// The figure "curves", with a mark `at` a step where the rest shows another than the last.
    pub(super) fn panel(&self, run: &Run, at: Option<usize>, numbers: &mut Numbers) -> Panel {
        self.panel_over((CurveAxis::Updates, &|step| step as f32), run, at, numbers)
    }

    /// The same over another axis, on which each step has its place.
    pub(super) fn panel_over(
        &self,
        (axis, place): (CurveAxis, &dyn Fn(usize) -> f32),
        run: &Run,
        at: Option<usize>,
        numbers: &mut Numbers,
    ) -> Panel {
        let classes = run.data().classes;
        let steps = |rows: usize, stride: usize| (0..rows).map(move |row| row * stride);
        let x = steps(self.loss.rows(), self.loss.stride()).map(|step| place(self.begun + step));
        let x = numbers.add(x);
        let (low, high) = (numbers.add(self.loss.column(0)), numbers.add(self.loss.column(1)));
        let train = Line { label: "train".into(), is_train: true, lane: 0, x, low, high };
        // Tested more often while somebody looks: the newest test belongs to what is shown.
        let newest = self.evaluation.filter(|_| self.evaluated_at == Some(self.steps));
        let test_x = steps(self.test.rows(), self.test.stride())
            .map(|test| self.step_of_test(test))
            .chain(newest.map(|_| self.steps));
        let test_x = numbers.add(test_x.map(place));
        let mut test = |column| {
            let now = newest.map(|evaluation| if column == 0 { evaluation.loss } else { evaluation.metric });
            let y = numbers.add(self.test.column(column).chain(now));
            Line { label: "test".into(), is_train: false, lane: 0, x: test_x, low: y, high: y }
        };
        let mut marks = Vec::new();
        if run.metric() == Metric::Accuracy && run.current().loss.logits_of().is_some() {
            marks.push((libm::logf(classes as f32), format!("guessing, ln {classes}")));
        }
        let top = |strip: usize| {
            let shown = self.tops[strip + 1].reach.max(self.shown_tops[strip]);
            let top = if strip == 0 { shown.max(self.tops[0].reach) } else { shown };
            Some(top).filter(|top| *top > 0.0)
        };
        let loss = Strip {
            label: "loss".into(),
            top: top(0),
            lines: vec![train, test(0)],
            marks,
            ..Strip::default()
        };
        let (label, range) =
            (measured(run.metric()), (run.metric() == Metric::Accuracy).then_some([0.0, 1.0]));
        let metric =
            Strip { label: label.into(), range, top: top(1), lines: vec![test(1)], ..Strip::default() };
        let last = self.loss.column(1).last();
        let last = last.map_or_else(|| "not trained yet".into(), |loss| significant(f64::from(loss), 3));
        let tested = self.evaluation.map_or_else(String::new, |e| {
            if e.metric.is_nan() {
                return format!(" Test loss and {label}: the outputs are no numbers.");
            }
            let metric = f64::from(e.metric);
            let is_share = run.metric() == Metric::Accuracy;
            let metric = if is_share { percent(metric) } else { significant(metric, 3) };
            format!(" Test loss {}, {label} {metric}.", significant(f64::from(e.loss), 3))
        });
        Panel {
            id: "curves".into(),
            note: String::new(),
            summary: format!("Training loss after {} steps: {last}.{tested}", count(self.steps)),
            figure: Figure::Curves(Curves {
                steps: self.steps,
                axis,
                end: (axis != CurveAxis::Updates).then(|| place(self.steps)),
                at,
                changes: changes(run.experiment()),
                strips: vec![loss, metric],
                ..Curves::default()
            }),
        }
    }
}

/// What is measured on the test items.
pub(super) fn measured(metric: Metric) -> &'static str {
    match metric {
        Metric::Accuracy => "test accuracy",
        Metric::MeanAbsoluteError => "test mean |error|",
        Metric::MeanSquaredError => "test mean error²",
    }
}

/// Loss and metric of a test; no numbers without one.
fn tested(evaluation: Option<Evaluation>) -> [f32; 2] {
    evaluation.map_or([f32::NAN; 2], |Evaluation { loss, metric }| [loss, metric])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::{Rng, Stream};

    /// How high the axis reaches after each of these values.
    fn reaches(values: impl IntoIterator<Item = f32>) -> Vec<f32> {
        let mut top = Top::default();
        let after = |value| {
            top.push(value);
            top.reach
        };
        values.into_iter().map(after).collect()
    }

    #[test]
    fn the_beginning_of_a_run_is_no_spike() {
        let learned = (0..2000).map(|step| 1.0986 / (1.0 + step as f32));
        assert!(reaches(learned).iter().all(|reach| *reach == 1.0986));
    }

    #[test]
    fn a_spike_is_cut_off_and_what_lasts_is_not() {
        let spiky = (0..300).map(|step| if step % 40 == 39 { 1094.0 } else { 0.7 });
        assert_eq!(reaches(spiky).last(), Some(&0.7));
        assert_eq!(reaches([0.7, 0.6, 2.0, 0.5]).last(), Some(&2.0), "not far above");
        let lasting = reaches([0.7, 0.6, 9.0, 9.5, 10.0, 0.5]);
        assert_eq!(lasting, [0.7, 0.7, 0.7, 0.7, 10.0, 10.0]);
        assert_eq!(reaches([0.7, f32::NAN, f32::INFINITY]).last(), Some(&0.7));
    }

    #[test]
    fn the_axis_never_shrinks() {
        let mut rng = Rng::new(3, Stream::Weights(0));
        let noisy: Vec<f32> = (0..3000).map(|_| libm::expf(2.0 * rng.normal())).collect();
        let reaches = reaches(noisy.iter().copied());
        assert!(reaches.is_sorted());
        assert!(noisy.iter().any(|value| value > reaches.last().unwrap_or(&0.0)), "some are spikes");
    }
}
