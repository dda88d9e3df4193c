//! What the optimizers lab remembers of a run: its race, and what was measured to be shown.

use super::{figures, verdict};
use crate::labs::racing::Racing;
use crate::labs::{Numbers, Observer, Panel, Verdict, View};
use crate::train::Run;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// See the module.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct OptimizersObserver {
    pub(super) racing: Racing,
}

impl OptimizersObserver {
    /// Begins with a test.
    pub(super) fn new(run: &Run) -> Self {
        Self { racing: Racing::new(run) }
    }

    /// Goes on with what was seen of a run that has come as far as this one.
    pub(super) fn on(run: &Run, seen: Value) -> Option<Self> {
        let read: Self = serde_json::from_value(seen).ok()?;
        Some(Self { racing: read.racing.of(run)? })
    }
}

impl Observer for OptimizersObserver {
    fn after_step(&mut self, run: &Run, loss: f32) {
        self.racing.after_step(run, loss);
    }

    fn tests_after(&self, run: &Run) -> bool {
        self.racing.learning.is_due(run.steps())
    }

    fn after_training(&mut self, run: &Run, ms: f64) {
        self.racing.elapsed.after_training(run, ms);
    }

    fn after_edit(&mut self, run: &Run) {
        self.racing.after_edit(run);
    }

    fn panel(&mut self, id: &str, run: &Run, view: &View, numbers: &mut Numbers) -> Option<Panel> {
        match id {
            "ratio" => Some(figures::ratio(run, numbers)),
            "effective" => Some(figures::effective(run, numbers)),
            "rate" => Some(figures::rate(run, numbers)),
            "moments" => Some(figures::moments(run, view.layer, numbers)),
            _ => self.racing.panel(id, (run, view), None, numbers),
        }
    }

    fn verdict(&self, run: &Run) -> Verdict {
        verdict::of(self, run)
    }

    fn remember(&self) -> Box<dyn Observer> {
        Box::new(self.clone())
    }

    fn seen(&self) -> Value {
        serde_json::to_value(self.clone()).expect("plain data")
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.racing.bytes()
    }

    fn whole(&self, id: &str, run: &Run, view: &View, numbers: &mut Numbers) -> Option<Panel> {
        let at = Some(run.steps());
        if id == "race" { None } else { self.racing.panel(id, (run, view), at, numbers) }
    }
}
