//! What the batching lab remembers of a run: its curves, and what they have cost in examples and in time.

use super::{figures, verdict};
use crate::labs::curves::Learning;
use crate::labs::elapsed::Elapsed;
use crate::labs::{Numbers, Observer, Panel, Verdict, View};
use crate::train::Run;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Tests in an epoch, where it has so many steps.
const TESTS_PER_EPOCH: usize = 4;

/// See the module.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct BatchingObserver {
    pub(super) learning: Learning,
    pub(super) elapsed: Elapsed,
}

impl BatchingObserver {
    /// Begins with a test.
    pub(super) fn new(run: &Run) -> Self {
        let items = run.epoch_items()[1];
        let batch = run.current().batch_size.items(items);
        let steps = items / TESTS_PER_EPOCH / batch.max(1);
        Self { learning: Learning::tested_every(steps, run), elapsed: Elapsed::new(run) }
    }

    /// Goes on with what was seen of a run that has come as far as this one.
    pub(super) fn on(run: &Run, seen: Value) -> Option<Self> {
        let read: Self = serde_json::from_value(seen).ok()?;
        let learning = read.learning.of(run)?;
        read.elapsed.is_of(run).then_some(Self { learning, elapsed: read.elapsed })
    }
}

impl Observer for BatchingObserver {
    fn after_step(&mut self, run: &Run, loss: f32) {
        self.learning.after_step(run, loss);
    }

    fn tests_after(&self, run: &Run) -> bool {
        self.learning.is_due(run.steps())
    }

    fn after_training(&mut self, run: &Run, ms: f64) {
        self.elapsed.after_training(run, ms);
    }

    fn after_edit(&mut self, run: &Run) {
        self.learning.after_edit(run);
        self.elapsed.after_edit(run);
    }

    fn panel(&mut self, id: &str, run: &Run, _: &View, numbers: &mut Numbers) -> Option<Panel> {
        Some(match id {
            "curves" => figures::curves(self, run, None, numbers),
            _ => return None,
        })
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
        size_of::<Self>() + self.learning.bytes() + self.elapsed.bytes()
    }

    fn whole(&self, id: &str, run: &Run, at: usize, numbers: &mut Numbers) -> Option<Panel> {
        (id == "curves").then(|| figures::curves(self, run, Some(at), numbers))
    }
}
