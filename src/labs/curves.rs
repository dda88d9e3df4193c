//! The curves of a run that learns: loss of every batch, and how it does on the test items. Any lab
//! that trains keeps one.

use super::format::{count, percent, significant};
use super::{Curves, Figure, Line, Numbers, Panel, Strip, changes};
use crate::nn::Pass;
use crate::train::{Evaluation, History, Join, Metric, Run, STEPS_PER_TEST};

/// Steps kept one by one before neighbours are joined.
const LOSS_ROWS: usize = 2048;
const TEST_ROWS: usize = 512;

/// Loss and metric over the steps, in bounded memory.
pub(super) struct Learning {
    /// Training loss: smallest and largest of the steps that a row stands for.
    loss: History,
    /// Test loss and metric, every [`STEPS_PER_TEST`] steps.
    test: History,
    /// Step of the first test.
    first_test: usize,
    /// Of the last test.
    pub(super) evaluation: Option<Evaluation>,
    /// The step (and edit) that it was made at.
    evaluated_at: Option<usize>,
    pass: Pass,
}

impl Learning {
    /// Begins before the first step and leaves the first test to it: testing on pictures may cost as much
    /// as ten steps.
    pub(super) fn untested() -> Self {
        Self {
            loss: History::new(vec![Join::Min, Join::Max], LOSS_ROWS),
            test: History::new(vec![Join::Mean, Join::Mean], TEST_ROWS),
            first_test: 1,
            evaluation: None,
            evaluated_at: None,
            pass: Pass::default(),
        }
    }

    /// Begins with a test before the first step.
    pub(super) fn tested(run: &Run) -> Self {
        let mut learning = Self { first_test: 0, ..Self::untested() };
        learning.test(run);
        learning
    }

    /// Takes in a step that was made, with its loss.
    pub(super) fn after_step(&mut self, run: &Run, loss: f32) {
        self.loss.push(&[loss, loss]);
        if run.steps() == self.first_test || run.steps().is_multiple_of(STEPS_PER_TEST) {
            self.test(run);
        }
    }

    fn test(&mut self, run: &Run) {
        self.evaluate(run);
        if let Some(Evaluation { loss, metric }) = self.evaluation {
            self.test.push(&[loss, metric]);
        }
    }

    /// Tests the network as it is now, once for each state; returns whether there was anything to do.
    pub(super) fn evaluate(&mut self, run: &Run) -> bool {
        let is_due = self.evaluated_at != Some(run.steps());
        if is_due {
            self.evaluation = run.evaluate(&mut self.pass);
            self.evaluated_at = Some(run.steps());
        }
        is_due
    }

    /// Tests anew after a change of settings.
    pub(super) fn after_edit(&mut self, run: &Run) {
        self.evaluated_at = None;
        self.evaluate(run);
    }

    /// The figure "curves".
    pub(super) fn panel(&self, run: &Run, numbers: &mut Numbers) -> Panel {
        let classes = run.data().classes;
        let steps = |rows: usize, stride: usize| (0..rows).map(move |row| row * stride);
        let x = steps(self.loss.rows(), self.loss.stride()).map(|step| step as f32);
        let x = numbers.add(x);
        let (low, high) = (numbers.add(self.loss.column(0)), numbers.add(self.loss.column(1)));
        let train = Line { label: "train".into(), is_train: true, lane: 0, x, low, high };
        // Tested more often while somebody looks: the newest test belongs to what is shown.
        let newest = self.evaluation.filter(|_| self.evaluated_at == Some(run.steps()));
        let test_x = steps(self.test.rows(), self.test.stride() * STEPS_PER_TEST)
            .map(|step| step.max(self.first_test))
            .chain(newest.map(|_| run.steps()));
        let test_x = numbers.add(test_x.map(|step| step as f32));
        let mut test = |column| {
            let now = newest.map(|evaluation| if column == 0 { evaluation.loss } else { evaluation.metric });
            let y = numbers.add(self.test.column(column).chain(now));
            Line { label: "test".into(), is_train: false, lane: 0, x: test_x, low: y, high: y }
        };
        let mut marks = Vec::new();
        if run.metric() == Metric::Accuracy && run.current().loss.logits_of().is_some() {
            marks.push((libm::logf(classes as f32), format!("guessing, ln {classes}")));
        }
        let loss =
            Strip { label: "loss".into(), range: None, lines: vec![train, test(0)], marks, past: Vec::new() };
        let (label, range) = match run.metric() {
            Metric::Accuracy => ("test accuracy", Some([0.0, 1.0])),
            Metric::MeanAbsoluteError => ("test mean |error|", None),
            Metric::MeanSquaredError => ("test mean error²", None),
        };
        let metric =
            Strip { label: label.into(), range, lines: vec![test(1)], marks: Vec::new(), past: Vec::new() };
        let last = self.loss.column(1).last();
        let last = last.map_or_else(|| "not trained yet".into(), |loss| significant(f64::from(loss), 3));
        let tested = self.evaluation.map_or_else(String::new, |e| {
            let metric = f64::from(e.metric);
            let is_share = run.metric() == Metric::Accuracy;
            let metric = if is_share { percent(metric) } else { significant(metric, 3) };
            format!(" Test loss {}, {label} {metric}.", significant(f64::from(e.loss), 3))
        });
        Panel {
            id: "curves".into(),
            note: String::new(),
            summary: format!("Training loss after {} steps: {last}.{tested}", count(run.steps())),
            figure: Figure::Curves(Curves {
                steps: run.steps(),
                changes: changes(run.experiment()),
                strips: vec![loss, metric],
            }),
        }
    }
}
