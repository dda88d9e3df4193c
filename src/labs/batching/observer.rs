//! What the batching lab remembers of a run: its race, and what was measured to be shown.

use super::device::Device;
use super::noise::Noise;
use super::{figures, memory, throughput, verdict};
use crate::labs::racing::{Course, Racing};
use crate::labs::{CurveAxis, Numbers, Observer, Panel, Verdict, View};
use crate::train::Run;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a larger batch buys is told in seconds and in epochs.
const COURSE: Course = Course {
    told: &[CurveAxis::Seconds, CurveAxis::Examples],
    goal: None,
    is_log: false,
    range: None,
    axes: &CurveAxis::ALL,
};

/// See the module.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct BatchingObserver {
    pub(super) racing: Racing,
    #[serde(skip)]
    pub(super) noise: Noise,
    #[serde(skip)]
    pub(super) device: Device,
    /// Whether this is the lane that times what this device can do.
    #[serde(skip)]
    is_timing: bool,
}

impl BatchingObserver {
    /// Begins with a test.
    pub(super) fn new(run: &Run) -> Self {
        Self {
            racing: Racing::new(run, COURSE),
            noise: Noise::default(),
            device: Device::default(),
            is_timing: false,
        }
    }

    /// Goes on with what was seen of a run that has come as far as this one.
    pub(super) fn on(run: &Run, seen: Value) -> Option<Self> {
        let read: Self = serde_json::from_value(seen).ok()?;
        Some(Self { racing: read.racing.of(run, COURSE)?, ..Self::new(run) })
    }
}

impl Observer for BatchingObserver {
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
        self.noise = Noise::default();
    }

    fn look(&mut self, _: &Run, view: &View) {
        self.is_timing = view.is_selected;
    }

    fn panel(&mut self, id: &str, run: &Run, view: &View, numbers: &mut Numbers) -> Option<Panel> {
        match id {
            "deal" => Some(figures::deal(run, numbers)),
            "noise" => Some(self.noise.panel(run, numbers)),
            "throughput" => Some(throughput::panel(self, run, view, numbers)),
            "memory" => Some(memory::panel(&self.device.forecast(run), run)),
            _ => self.racing.panel(id, (run, view), None, numbers),
        }
    }

    fn wants_timed(&self, run: &Run, view: &View) -> Option<usize> {
        self.device.wants(run).filter(|_| view.figures.iter().any(|figure| figure == "throughput"))
    }

    fn timed(&mut self, batch: usize, took: Option<(usize, f64)>) {
        self.device.take(batch, took);
    }

    fn is_at_work(&self, id: &str, run: &Run) -> bool {
        match id {
            "noise" => self.noise.is_at_work(run),
            "throughput" => self.is_timing && self.device.wants(run).is_some(),
            _ => false,
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
        self.racing.panel(id, (run, view), Some(run.steps()), numbers)
    }
}
