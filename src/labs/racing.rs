//! Lanes that race: the curves of each over updates, examples and seconds, and what it comes to after equal work. The
//! batching and the optimizers lab keep one of a run.

use super::curves::{Learning, measured};
use super::elapsed::Elapsed;
use super::format::{count, significant};
use super::{
    CurveAxis, Curves, Figure, Lows, Numbers, Panel, Race, Runner, Strip, Verdict, View, target_level,
};
use crate::train::{Metric, Run};
use serde::{Deserialize, Serialize};

/// Tests in an epoch, where it has so many steps, and most steps between two: the batch may become larger.
const TESTS_PER_EPOCH: usize = 4;
const MOST_STEPS: usize = 100;
/// Examples over which the loss of small batches is averaged (an exponential mean), so that curves can be compared.
const SMOOTHED_OVER: f32 = 128.0;

/// Strips of what is shown of the curves.
const LOSS: usize = 0;
const METRIC: usize = 1;

/// How a lab tells of a race.
#[derive(Clone, Copy, Default)]
pub(super) struct Course {
    /// What it takes to a loss; the verdict compares by the first.
    pub(super) told: &'static [CurveAxis],
    /// That loss; none where it is the lowest that two lanes reached.
    pub(super) goal: Option<f32>,
    /// Whether losses are drawn on a log axis, or else between which ends where these are fixed.
    pub(super) is_log: bool,
    pub(super) range: Option<[f32; 2]>,
    /// What curves can be drawn over.
    pub(super) axes: &'static [CurveAxis],
}

/// See the module.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Racing {
    /// Of the smoothed loss.
    pub(super) learning: Learning,
    pub(super) elapsed: Elapsed,
    /// The smoothed loss; none before the first step.
    smoothed: Option<f32>,
    #[serde(skip)]
    course: Course,
}

impl Racing {
    /// Begins with a test.
    pub(super) fn new(run: &Run, course: Course) -> Self {
        let steps = run.epoch_items()[1] / TESTS_PER_EPOCH / batch(run).max(1);
        let learning = Learning::tested_every(steps.min(MOST_STEPS), run);
        Self { learning, elapsed: Elapsed::new(run), smoothed: None, course }
    }

    /// What was seen of a run, if that has come as far as this one.
    pub(super) fn of(self, run: &Run, course: Course) -> Option<Self> {
        let learning = self.learning.of(run)?;
        self.elapsed.is_of(run).then_some(Self { learning, course, ..self })
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

    /// When the loss first fell so low: each a little lower than the one before.
    pub(super) fn lows(&self) -> Lows {
        /// By what share the next is lower, at least.
        const LOWER: f32 = 0.02;
        let axis = self.course.told.first().copied().unwrap_or_default();
        let mut rows: Vec<[f32; 2]> = Vec::new();
        for (step, loss) in self.learning.losses().filter(|(_, loss)| loss.is_finite()) {
            let is_lower = |last: f32| loss < last - LOWER * last.abs();
            let is_there = |last: f32| self.course.goal.is_some_and(|goal| loss <= goal && last > goal);
            if rows.last().is_none_or(|[_, last]| is_lower(*last) || is_there(*last)) {
                rows.push([self.place(axis, step), loss]);
            }
        }
        Lows { axis, goal: self.course.goal, rows }
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
            "race" => Some(self.race((run, view), numbers)),
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
        let Course { goal, is_log, range, axes: choices, .. } = self.course;
        let goal = view.probe.goal.or(goal);
        let over = if choices.contains(&view.probe.axis) { view.probe.axis } else { CurveAxis::Updates };
        let panel = self.learning.panel_over((over, &|step| self.place(over, step)), run, at, numbers);
        let Figure::Curves(curves) = panel.figure else { return panel };
        let is_race = strip == LOSS;
        let mut strips: Vec<Strip> = curves.strips.into_iter().skip(strip).take(1).collect();
        for strip in strips.iter_mut().filter(|_| is_race) {
            (strip.is_log, strip.range) = (is_log, range.or(strip.range));
        }
        let target = goal.filter(|_| is_race);
        let axes = if is_race { choices.to_vec() } else { Vec::new() };
        let figure = Figure::Curves(Curves { strips, target, is_race, axes, ..curves });
        Panel { figure, ..panel }
    }

    /// When a loss is reached, and what is learned after equal updates, epochs and seconds.
    fn race(&self, (run, view): (&Run, &View), numbers: &mut Numbers) -> Panel {
        let losses = self.learning.losses().map(|(step, loss)| (step, loss, f32::NAN));
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
        let metric = measured(run.metric());
        let (told, goal) = (self.course.told, view.probe.goal.or(self.course.goal));
        let race = Race { runners: vec![runner], metric: metric.into(), is_share, goal, told: told.to_vec() };
        Panel { id: "race".into(), note: String::new(), summary, figure: Figure::Race(race) }
    }
}

/// When lanes first fell to a loss that they are compared by, in a sentence; empty where there is nothing to compare yet.
pub(super) fn compared(verdict: &Verdict, others: &[(String, Verdict)]) -> String {
    let this = [("this one".to_owned(), &verdict.lows)];
    let others = others.iter().map(|(name, other)| (name.clone(), &other.lows));
    let lanes: Vec<(String, &Lows)> =
        this.into_iter().chain(others).filter(|(_, lows)| !lows.rows.is_empty()).collect();
    let losses = |lows: &Lows| lows.rows.iter().map(|[_, loss]| *loss).collect::<Vec<f32>>();
    let losses: Vec<Vec<f32>> = lanes.iter().map(|(_, lows)| losses(lows)).collect();
    let found = || target_level(losses.iter().map(Vec::as_slice));
    let Some(target) = verdict.lows.goal.or_else(found).filter(|_| lanes.len() > 1) else {
        return String::new();
    };
    let mut reached: Vec<(String, f32)> = Vec::new();
    let mut never: Vec<String> = Vec::new();
    for (name, lows) in lanes {
        match lows.rows.iter().find(|[_, loss]| *loss <= target) {
            Some([at, _]) => reached.push((name, *at)),
            None => never.push(name),
        }
    }
    if reached.is_empty() {
        return format!("None has reached a loss of {} yet.", significant(target, 2));
    }
    reached.sort_by(|a, b| a.1.total_cmp(&b.1));
    let after = |at: f32| match verdict.lows.axis {
        CurveAxis::Updates => format!("{} updates", count(at.ceil() as usize)),
        CurveAxis::Examples => format!("{} examples", count(at.ceil() as usize)),
        CurveAxis::Seconds => format!("{} s", significant(at, 2)),
    };
    let told: Vec<String> = reached.iter().map(|(name, at)| format!("{name} after {}", after(*at))).collect();
    let not_yet = if never.is_empty() { String::new() } else { format!("; not yet {}", never.join(", ")) };
    format!("A loss of {} was reached by {}{not_yet}.", significant(target, 2), told.join(", by "))
}

/// Items of a batch.
fn batch(run: &Run) -> usize {
    run.current().batch_size.items(run.epoch_items()[1])
}
