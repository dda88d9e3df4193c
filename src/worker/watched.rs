//! A run with whoever watches it and the moments that are kept of it: trained, changed, gone back in, and shown
//! frame by frame.

use super::protocol::{Frame, RunSettings, Until};
use super::schedule::Schedule;
use super::timing;
use crate::data::{Nudge, NudgeKind};
use crate::error::Result;
use crate::labs::{Asked, FigureSlot, Lab, Numbers, Observer, OtherWay, Panel, Probe, Unit, View};
use crate::train::surface::Weights;
use crate::train::{
    Divergence, InitialWeights, Model, RangeCurve, RangeTest, Run, Timeline, model, settings::Settings,
};

/// Steps between two looks at the clock, which costs more than a tiny step; grows with their speed.
const MAX_STEPS_PER_LOOK: usize = 64;
/// Training between two moments that are kept, at least: what can be trained again within a frame.
const TRAINING_OF_A_MOMENT_MS: f64 = 10.0;
/// Keeping moments takes at most this share of the time.
const SHARE_OF_A_MOMENT: f64 = 0.01;

/// Time for which steps of one batch are timed.
const TIMING_MS: f64 = 40.0;

/// A run with whoever watches it.
pub struct Watched {
    number: u32,
    lab: &'static dyn Lab,
    run: Run,
    observer: Box<dyn Observer>,
    timeline: Timeline<Box<dyn Observer>>,
    /// Training since a moment was kept, and what keeping that took.
    since_moment_ms: f64,
    moment_cost_ms: f64,
    /// Time that tests took while it trained last.
    testing_ms: f64,
    /// Where it last got to that it was to train until, as long as it stands there.
    reached: Option<Until>,
    /// Loss of the batch of the last step that was made.
    loss: Option<f32>,
    schedule: Schedule,
    /// The test of learning rates at work, with the step that the run stood at when it began.
    range_test: Option<(usize, RangeTest)>,
    /// Edits that the page knows of; `None` before it knows the run's settings.
    edits_told: Option<usize>,
    /// What the figures were last filled for.
    layer: usize,
    focus: Option<Unit>,
    picture: Vec<f32>,
    cell: Option<[usize; 2]>,
    axes: Option<[usize; 2]>,
    arrows: bool,
    nudge: Nudge,
    probe: Probe,
    sweep: NudgeKind,
    check: Asked,
}

/// What was trained for a frame.
#[derive(Clone, Copy, Default)]
pub struct Trained {
    pub steps: usize,
    pub ms: f64,
    /// Where it was to train until, if it stands there.
    pub reached: Option<Until>,
}

impl Watched {
    /// Begins to watch a run at its first step.
    pub fn new(number: u32, lab: &'static dyn Lab, mut run: Run, view: &View) -> Self {
        run.measure();
        let observer = lab.observe(&run);
        let timeline = Timeline::new(&run, observer.remember(), observer.bytes());
        Self {
            number,
            lab,
            run,
            observer,
            timeline,
            since_moment_ms: 0.0,
            moment_cost_ms: 0.0,
            testing_ms: 0.0,
            reached: None,
            loss: None,
            schedule: Schedule::default(),
            range_test: None,
            edits_told: None,
            layer: view.layer,
            focus: None,
            picture: Vec::new(),
            cell: None,
            axes: None,
            arrows: view.arrows,
            nudge: Nudge::default(),
            probe: view.probe.clone(),
            sweep: view.sweep,
            check: view.check,
        }
    }

    /// Puts the run, still at its first step, to where the one in a file stood.
    ///
    /// # Errors
    /// As [`Model::resume`].
    pub fn resume(&mut self, model: &Model) -> Result<()> {
        let Some(seen) = model.resume(&mut self.run)? else { return Ok(()) };
        // The weights that a run from a file began with are not in the file that it became.
        let has_beginning = self.run.current().initial_weights != Some(InitialWeights::Model);
        self.run.measure();
        let seen = self.lab.observe_on(&self.run, seen.clone());
        let is_whole = has_beginning && seen.is_some();
        self.observer = seen.unwrap_or_else(|| self.lab.observe(&self.run));
        if is_whole {
            self.timeline.keep(&self.run, self.observer.remember(), self.observer.bytes());
        } else {
            self.timeline = Timeline::new(&self.run, self.observer.remember(), self.observer.bytes());
        }
        Ok(())
    }

    /// The run as a file to go on from.
    pub fn to_bytes(&self) -> Vec<u8> {
        model::run_to_bytes(&self.run, self.observer.seen())
    }

    /// The way of the run through weight space, as far as its observer keeps it.
    pub fn way(&self) -> Vec<Weights> {
        self.observer.way(&self.run)
    }

    /// Shows the ways of other lanes beside that of this one, which is in lane `own`.
    pub fn take_ways(&mut self, own: usize, others: Vec<OtherWay>) {
        self.observer.take_ways(own, others);
        self.schedule.clear_those(|figure| figure == "surface");
    }

    pub fn number(&self) -> u32 {
        self.number
    }

    pub fn run(&self) -> &Run {
        &self.run
    }

    /// The furthest step that is known.
    fn head(&self) -> usize {
        self.timeline.head().map_or(0, |head| head.step).max(self.run.steps())
    }

    /// Whether it stands where it is to train until; `loss` is that of the last step.
    fn is_at(&self, until: Until, loss: f32) -> bool {
        match until {
            Until::Step(step) => self.run.steps() >= step,
            Until::Epoch(epoch) => self.run.epoch() >= epoch,
            Until::LossBelow(most) => loss < most,
        }
    }

    /// Trains for about so long, at most so many steps and no further than `until`.
    pub fn train(
        &mut self,
        steps: usize,
        budget_ms: f64,
        until: Option<Until>,
        now_ms: fn() -> f64,
    ) -> Trained {
        let started = now_ms();
        // The request after the one that got there is under way already: a loss is known only after its step.
        let is_there = |until| self.reached == Some(until) || self.is_at(until, f32::INFINITY);
        let reached = until.filter(|until| is_there(*until));
        let (mut trained, mut per_look) = (Trained { reached, ..Trained::default() }, 1);
        while trained.steps < steps
            && trained.ms < budget_ms
            && trained.reached.is_none()
            && self.run.divergence().is_none()
        {
            for _ in 0..per_look.min(steps - trained.steps) {
                let Ok(loss) = self.step(now_ms) else { break };
                trained.steps += 1;
                trained.reached = until.filter(|until| self.is_at(*until, loss));
                if trained.reached.is_some() {
                    self.reached = until;
                    break;
                }
            }
            let spent = now_ms() - started;
            self.since_moment_ms += spent - trained.ms;
            trained.ms = spent;
            // As many steps as take about a tenth of the budget, so that it is kept within that.
            let per_step = spent / trained.steps.max(1) as f64;
            per_look = ((budget_ms / 10.0 / per_step.max(1e-4)) as usize).clamp(1, MAX_STEPS_PER_LOOK);
            if self.since_moment_ms >= TRAINING_OF_A_MOMENT_MS.max(self.moment_cost_ms / SHARE_OF_A_MOMENT)
                && self.run.steps() > self.timeline.last_step()
            {
                self.keep(now_ms);
            }
        }
        let testing_ms = std::mem::take(&mut self.testing_ms);
        if trained.steps > 0 {
            self.observer.after_training(&self.run, trained.ms - testing_ms);
        }
        trained
    }

    fn keep(&mut self, now_ms: fn() -> f64) {
        let started = now_ms();
        self.timeline.keep(&self.run, self.observer.remember(), self.observer.bytes());
        (self.since_moment_ms, self.moment_cost_ms) = (0.0, now_ms() - started);
    }

    /// Makes a step and returns its loss; what the step came to is told to the observer before an edit that follows it, as
    /// with a live one.
    fn step(&mut self, now_ms: fn() -> f64) -> std::result::Result<f32, Divergence> {
        self.reached = None;
        let loss = self.run.step_before_edits()?;
        self.loss = Some(loss);
        let began = self.observer.tests_after(&self.run).then(now_ms);
        self.observer.after_step(&self.run, loss);
        self.testing_ms += began.map_or(0.0, |began| now_ms() - began);
        if self.run.make_due_edits() {
            self.after_edit();
        }
        Ok(loss)
    }

    fn after_edit(&mut self) {
        self.run.measure();
        self.observer.after_edit(&self.run);
    }

    /// Changes settings; what was known of later steps is of another run from here.
    ///
    /// # Errors
    /// As [`Run::edit`].
    pub fn edit(&mut self, set: &Settings) -> Result<()> {
        self.run.edit(set)?;
        (self.reached, self.range_test) = (None, None);
        self.after_edit();
        self.timeline.cut(&self.run, self.observer.remember(), self.observer.bytes());
        self.schedule.clear();
        Ok(())
    }

    /// Goes on with a test of learning rates for about so long, and tells what it met so far; one that is at its end is
    /// forgotten.
    ///
    /// # Errors
    /// As [`RangeTest::new`].
    pub fn find_rate(&mut self, budget_ms: f64, now_ms: fn() -> f64) -> Result<RangeCurve> {
        let (started, here) = (now_ms(), self.run.steps());
        let going = self.range_test.take().filter(|(step, _)| *step == here);
        let (step, mut test) = match going {
            Some(going) => going,
            None => (here, RangeTest::new(&self.run)?),
        };
        while !test.step() && now_ms() - started < budget_ms {}
        let curve = test.curve().clone();
        if curve.end.is_none() {
            self.range_test = Some((step, test));
        }
        Ok(curve)
    }

    /// Goes to the state at `step`, as far as about so much time allows; returns the step that is still to be
    /// reached, if it is not there.
    pub fn seek(&mut self, step: usize, budget_ms: f64, now_ms: fn() -> f64) -> Option<usize> {
        let started = now_ms();
        let step = step.clamp(self.timeline.first_step(), self.head());
        let here = self.run.steps();
        if step == here {
            return None;
        }
        self.reached = None;
        self.schedule.clear();
        if step < here {
            self.timeline.leave(&self.run, self.observer.remember());
        }
        let (moment, memory) = self.timeline.before(step);
        if step < here || here < moment.step() {
            self.run.restore(moment);
            self.loss = None;
            self.observer = memory.remember();
            if moment.step() == self.timeline.first_step() {
                self.run.measure(); // what its first frame showed
            }
        }
        let left_ms = (budget_ms - (now_ms() - started)).max(f64::MIN_POSITIVE);
        self.train(step - self.run.steps(), left_ms, None, now_ms);
        if self.run.steps() < step {
            return Some(step);
        }
        if self.timeline.head().is_some_and(|head| head.step == step && head.has_diverged) {
            _ = self.step(now_ms); // fails as it did before
        }
        None
    }

    /// Takes note of the time in which nothing was asked and of what messages took, both in milliseconds.
    pub fn note(&mut self, waited_ms: f64, messages_ms: f64) {
        self.schedule.note(waited_ms, messages_ms);
    }

    pub fn frame(
        &mut self,
        view: &View,
        now_ms: fn() -> f64,
        trained: Trained,
        numbers: &mut Numbers,
    ) -> Frame {
        let began = now_ms();
        self.schedule.earn(trained.ms);
        self.timeline.arrive(&self.run);
        // A run that stands still is shown whole; one at work shows what it can afford.
        let is_still = trained.steps == 0 || self.run.divergence().is_some();
        let edits = self.run.edits_made();
        // Between two moves of the pen nobody sets anything: the settings would take as long as the figures.
        let is_told = self.edits_told == Some(edits) && (!is_still || view.is_drawing);
        let settings = (!is_told).then(|| RunSettings {
            experiment: self.run.experiment().clone(),
            current: self.run.current().clone(),
        });
        self.edits_told = Some(edits);
        let slots = self.lab.figures();
        let is_any = |figure: &str, of: fn(&FigureSlot) -> bool| {
            slots.iter().any(|slot| slot.id == figure && of(slot))
        };
        if view.layer != self.layer || view.sweep != self.sweep {
            (self.layer, self.sweep) = (view.layer, view.sweep);
            self.schedule.clear();
        }
        if view.cell != self.cell || view.check != self.check || view.axes != self.axes {
            (self.cell, self.check, self.axes) = (view.cell, view.check, view.axes);
            self.schedule.clear();
        }
        if view.arrows != self.arrows {
            self.arrows = view.arrows;
            self.schedule.clear();
        }
        // What the visitor does is seen at once.
        if view.focus != self.focus {
            self.focus = view.focus;
            self.schedule.clear();
        }
        if view.picture != self.picture || view.nudge != self.nudge {
            (self.picture, self.nudge) = (view.picture.clone(), view.nudge);
            self.schedule.clear_those(|figure| is_any(figure, |slot| slot.of_drawing));
        }
        if view.probe != self.probe {
            self.probe = view.probe.clone();
            self.schedule.clear_those(|figure| is_any(figure, |slot| slot.of_probe));
        }
        self.observer.look(&self.run, view);
        if is_still && view.is_selected && !view.is_drawing {
            self.time(view, now_ms);
        }
        let mut panels = Vec::new();
        // What is new is filled at once and held against nothing; the rest as there is time for it.
        let due =
            if is_still { view.figures.iter().collect() } else { self.schedule.due(&view.figures, now_ms()) };
        let mut asked_ms = 0.0;
        for figure in due {
            if panels.iter().any(|panel: &Panel| panel.id == *figure) {
                continue; // filled together with one before
            }
            let before = now_ms();
            let is_known = self.schedule.knows(figure);
            let is_as_before =
                is_still && is_known && !is_any(figure, |slot| slot.of_drawing || slot.of_probe);
            if view.is_drawing && (is_as_before || is_any(figure, |slot| slot.is_slow)) {
                continue;
            }
            if is_known && !is_still && !self.schedule.affords(figure, before - began - asked_ms, before) {
                break;
            }
            let tests = |figure: &str| is_any(figure, |slot| slot.tests);
            let is_together = |other: &&String| *other == figure || tests(figure) && tests(other);
            let together = || view.figures.iter().filter(is_together);
            let already = panels.len();
            panels.extend(together().filter_map(|figure| self.panel(figure, view, numbers)));
            if panels.len() == already {
                continue;
            }
            let now = now_ms();
            together().for_each(|figure| self.schedule.fill(figure, before, now));
            if !is_known || is_still {
                asked_ms += now - before;
            }
        }
        let is_at_work = |figure: &&String| self.observer.is_at_work(figure, &self.run);
        let at_work = view.figures.iter().filter(is_at_work).cloned().collect();
        let verdict = self.observer.verdict(&self.run);
        self.schedule.spend(now_ms() - began - asked_ms);
        Frame {
            run: self.number,
            step: self.run.steps(),
            epoch: self.run.epoch(),
            epoch_items: self.run.epoch_items(),
            settings,
            divergence: self.run.divergence().cloned(),
            verdict,
            panels,
            at_work,
            training_ms: trained.ms,
            steps: trained.steps,
            first: self.timeline.first_step(),
            head: self.head(),
            seeking: None,
            reached: trained.reached,
            loss: self.loss,
        }
    }

    /// Times steps with the batch that the observer wants to know of.
    fn time(&mut self, view: &View, now_ms: fn() -> f64) {
        if let Some(batch) = self.observer.wants_timed(&self.run, view) {
            let took = timing::time(&self.run, batch, TIMING_MS, now_ms).ok();
            self.observer.timed(batch, took.map(|timed| (timed.items, timed.ms)));
        }
    }

    /// A figure as it is now; those of the whole run are filled with all that is known of it.
    fn panel(&mut self, figure: &str, view: &View, numbers: &mut Numbers) -> Option<Panel> {
        let before = numbers.0.len();
        let now = self.observer.panel(figure, &self.run, view, numbers)?;
        let Some(head) = self.timeline.head() else { return Some(now) };
        let of_now = numbers.0.split_off(before);
        let whole = head.memory.whole(figure, &self.run, view, numbers);
        Some(whole.unwrap_or_else(|| {
            numbers.0.extend(of_now);
            now
        }))
    }
}
