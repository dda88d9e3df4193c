//! The curves of a run that learns: loss of every batch, and how it does on the test items. Any lab
//! that trains keeps one.

use super::format::{count, percent, significant};
use super::{Curves, Figure, Line, Numbers, Panel, Strip, changes};
use crate::nn::Pass;
use crate::train::{Evaluation, History, Join, Run, STEPS_PER_TEST};

/// Steps kept one by one before neighbours are joined.
const LOSS_ROWS: usize = 2048;
const TEST_ROWS: usize = 512;

/// Loss and metric over the steps, in bounded memory.
pub(super) struct Learning {
    /// Training loss: smallest and largest of the steps that a row stands for.
    loss: History,
    /// Test loss and metric, every [`STEPS_PER_TEST`] steps.
    test: History,
    /// Of the last test.
    pub(super) evaluation: Option<Evaluation>,
    pass: Pass,
}

impl Learning {
    /// Begins before the first step; the first test is left to it, since it may cost as much as ten.
    pub(super) fn new(_: &Run) -> Self {
        Self {
            loss: History::new(vec![Join::Min, Join::Max], LOSS_ROWS),
            test: History::new(vec![Join::Mean, Join::Mean], TEST_ROWS),
            evaluation: None,
            pass: Pass::default(),
        }
    }

    /// Takes in a step that was made, with its loss.
    pub(super) fn after_step(&mut self, run: &Run, loss: f32) {
        self.loss.push(&[loss, loss]);
        if run.steps() == 1 || run.steps().is_multiple_of(STEPS_PER_TEST) {
            self.test(run);
            if let Some(Evaluation { loss, metric }) = self.evaluation {
                self.test.push(&[loss, metric]);
            }
        }
    }

    /// Tests the network as it is now.
    pub(super) fn test(&mut self, run: &Run) {
        self.evaluation = run.evaluate(&mut self.pass);
    }

    /// The figure "curves".
    pub(super) fn panel(&self, run: &Run, numbers: &mut Numbers) -> Panel {
        let steps = |rows: usize, stride: usize| (0..rows).map(move |row| (row * stride) as f32);
        let x = numbers.add(steps(self.loss.rows(), self.loss.stride()));
        let (low, high) = (numbers.add(self.loss.column(0)), numbers.add(self.loss.column(1)));
        let train = Line { label: "train".into(), is_train: true, x, low, high };
        let test_x = numbers.add(steps(self.test.rows(), self.test.stride() * STEPS_PER_TEST));
        let mut test = |column| {
            let y = numbers.add(self.test.column(column));
            Line { label: "test".into(), is_train: false, x: test_x, low: y, high: y }
        };
        let loss =
            Strip { label: "loss".into(), range: None, lines: vec![train, test(0)], marks: Vec::new() };
        let metric = Strip {
            label: "accuracy".into(),
            range: Some([0.0, 1.0]),
            lines: vec![test(1)],
            marks: Vec::new(),
        };
        let words = |number: Option<f32>| {
            number.map_or_else(|| "not measured yet".into(), |number| significant(f64::from(number), 3))
        };
        let tested = self.evaluation.map_or_else(String::new, |evaluation| {
            let accuracy = percent(f64::from(evaluation.metric));
            format!(" Test loss {}, accuracy {accuracy}.", words(Some(evaluation.loss)))
        });
        let last = words(self.loss.column(1).last());
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
