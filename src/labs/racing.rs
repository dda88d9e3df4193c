//! Lanes that race: the curves of each over updates, examples and seconds, and what it comes to after equal work. The
//! batching and the optimizers lab keep one of a run.

use super::curves::Learning;
use super::elapsed::Elapsed;
use super::format::{count, significant};
use super::{
    CurveAxis, Curves, Figure, Numbers, Panel, Race, Runner, Verdict, View, first_crossing, target_level,
};
use crate::train::{Metric, Run};
use serde::{Deserialize, Serialize};

/// Tests in an epoch, where it has so many steps.
const TESTS_PER_EPOCH: usize = 4;
/// Examples over which the loss of small batches is averaged (an exponential mean), so that curves can be compared.
const SMOOTHED_OVER: f32 = 128.0;

/// Strips of what is shown of the curves.
const LOSS: usize = 0;
const METRIC: usize = 1;

/// See the module.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Racing {
    /// Of the smoothed loss.
    pub(super) learning: Learning,
    pub(super) elapsed: Elapsed,
    /// The smoothed loss; none before the first step.
    smoothed: Option<f32>,
}

impl Racing {
    /// Begins with a test.
    pub(super) fn new(run: &Run) -> Self {
        let steps = run.epoch_items()[1] / TESTS_PER_EPOCH / batch(run).max(1);
        Self { learning: Learning::tested_every(steps, run), elapsed: Elapsed::new(run), smoothed: None }
    }

    /// What was seen of a run, if that has come as far as this one.
    pub(super) fn of(self, run: &Run) -> Option<Self> {
        let learning = self.learning.of(run)?;
        self.elapsed.is_of(run).then_some(Self { learning, ..self })
    }

    /// Takes in a step that was made, with its loss.
    pub(super) fn after_step(&mut self, run: &Run, loss: f32) {
        // All items at once, as those of a test function, leave no noise to be averaged.
        let is_full = batch(run) >= run.epoch_items()[1];
        let weight = if is_full { 1.0 } else { (batch(run) as f32 / SMOOTHED_OVER).min(1.0) };
        let smoothed = self.smoothed.map_or(loss, |mean| mean + (loss - mean) * weight);
        self.smoothed = Some(smoothed);
        self.learning.after_step(run, smoothed);
    }

    /// Takes in a change of settings.
    pub(super) fn after_edit(&mut self, run: &Run) {
        self.learning.after_edit(run);
        self.elapsed.after_edit(run);
    }

    /// The loss of late; none before the first step.
    pub(super) fn loss(&self) -> Option<f32> {
        self.smoothed
    }

    /// When the loss first fell so low, as [`Verdict::lows`]: each a little lower than the one before.
    pub(super) fn lows(&self) -> Vec<[f32; 3]> {
        /// How much lower the next is, at least.
        const LOWER: f32 = 0.98;
        let mut lows: Vec<[f32; 3]> = Vec::new();
        for (step, loss) in self.learning.losses().filter(|(_, loss)| loss.is_finite()) {
            if lows.last().is_none_or(|[.., last]| loss < LOWER * last) {
                let [examples, seconds] =
                    [CurveAxis::Examples, CurveAxis::Seconds].map(|axis| self.place(axis, step + 1));
                lows.push([seconds, examples, loss]);
            }
        }
        lows
    }

    /// Bytes that a copy holds.
    pub(super) fn bytes(&self) -> usize {
        self.learning.bytes() + self.elapsed.bytes()
    }

    /// The figures "curves", "accuracy" and "race"; none of another id. `at` marks the step that the other figures show.
    pub(super) fn panel(
        &self,
        id: &str,
        (run, view): (&Run, &View),
        at: Option<usize>,
        numbers: &mut Numbers,
    ) -> Option<Panel> {
        match id {
            "curves" => Some(self.strip((run, view), at, LOSS, numbers)),
            "accuracy" => Some(Panel { id: id.into(), ..self.strip((run, view), at, METRIC, numbers) }),
            "race" => Some(self.race(run, numbers)),
            _ => None,
        }
    }

    /// Where a step lies on an axis.
    fn place(&self, axis: CurveAxis, step: usize) -> f32 {
        match axis {
            CurveAxis::Updates => step as f32,
            CurveAxis::Examples => self.elapsed.examples(step) as f32,
            CurveAxis::Seconds => self.elapsed.seconds(step) as f32,
        }
    }

    fn strip(
        &self,
        (run, view): (&Run, &View),
        at: Option<usize>,
        strip: usize,
        numbers: &mut Numbers,
    ) -> Panel {
        let axis = view.probe.axis;
        let panel = self.learning.panel_over((axis, &|step| self.place(axis, step)), run, at, numbers);
        let Figure::Curves(curves) = panel.figure else { return panel };
        let strips = curves.strips.into_iter().skip(strip).take(1).collect();
        let figure = Figure::Curves(Curves { strips, is_race: strip == LOSS, ..curves });
        Panel { figure, ..panel }
    }

    /// When a loss is reached, and what is learned after equal updates, epochs and seconds.
    fn race(&self, run: &Run, numbers: &mut Numbers) -> Panel {
        let losses = self.learning.losses().map(|(step, loss)| (step + 1, loss, f32::NAN));
        let tests = self.learning.tests().map(|(step, test)| (step, f32::NAN, test.metric));
        let mut rows: Vec<(usize, f32, f32)> = losses.chain(tests).collect();
        rows.sort_by_key(|(step, ..)| *step);
        let mut along = |axis| numbers.add(rows.iter().map(|(step, ..)| self.place(axis, *step)));
        let [updates, examples, seconds] = CurveAxis::ALL.map(&mut along);
        let runner = Runner {
            lane: 0,
            items: run.epoch_items()[1],
            updates,
            examples,
            seconds,
            loss: numbers.add(rows.iter().map(|(_, loss, _)| *loss)),
            metric: numbers.add(rows.iter().map(|(.., metric)| *metric)),
        };
        let took = self.elapsed.seconds(run.steps());
        let summary = format!(
            "{} updates, {} examples and {} s of training.",
            count(run.steps()),
            count(self.elapsed.examples(run.steps())),
            significant(took, 2)
        );
        let is_share = run.metric() == Metric::Accuracy;
        let metric = if is_share { "test accuracy" } else { "test mean |error|" };
        let figure = Figure::Race(Race { runners: vec![runner], metric: metric.into(), is_share });
        Panel { id: "race".into(), note: String::new(), summary, figure }
    }
}

/// When lanes first fell to a loss that two of them reached, in a sentence of seconds; empty where there is nothing to
/// compare yet.
pub(super) fn compared(verdict: &Verdict, others: &[(String, Verdict)]) -> String {
    let this = [("this one".to_owned(), verdict.lows.as_slice())];
    let others = others.iter().map(|(name, other)| (name.clone(), other.lows.as_slice()));
    let lanes: Vec<_> = this.into_iter().chain(others).filter(|(_, lows)| !lows.is_empty()).collect();
    let column = |lows: &[[f32; 3]], column: usize| lows.iter().map(|low| low[column]).collect::<Vec<f32>>();
    let losses: Vec<Vec<f32>> = lanes.iter().map(|(_, lows)| column(lows, 2)).collect();
    let Some(target) = target_level(losses.iter().map(Vec::as_slice)).filter(|_| lanes.len() > 1) else {
        return String::new();
    };
    let crossing = |(name, lows): &(String, &[[f32; 3]])| {
        let at = first_crossing(&column(lows, 0), &column(lows, 2), target);
        (name.clone(), at)
    };
    let mut reached: Vec<(String, f32)> = Vec::new();
    let mut never: Vec<String> = Vec::new();
    for (name, at) in lanes.iter().map(crossing) {
        match at {
            Some(seconds) => reached.push((name, seconds)),
            None => never.push(name),
        }
    }
    reached.sort_by(|a, b| a.1.total_cmp(&b.1));
    let told: Vec<String> = reached
        .iter()
        .map(|(name, seconds)| format!("{name} after {} s", significant(*seconds, 2)))
        .collect();
    let not_yet = if never.is_empty() { String::new() } else { format!("; not yet {}", never.join(", ")) };
    format!("A loss of {} was reached by {}{not_yet}.", significant(target, 2), told.join(", by "))
}

/// Items of a batch.
fn batch(run: &Run) -> usize {
    run.current().batch_size.items(run.epoch_items()[1])
}
