//! The batching lab: what a batch buys. The same network from the same weights learns in batches of several sizes, one
//! in each lane; what they cost and what they come to is measured on this device.

mod controls;
mod device;
mod figures;
mod memory;
mod noise;
mod observer;
mod throughput;
mod verdict;

use super::{Across, Control, FigureSlot, Lab, Observer, Place, Verdict, racing, workloads};
use crate::data::BatchSize;
use crate::error::Result;
use crate::train::{Experiment, Run};
use serde_json::{Value, json};

/// See the module.
pub(super) struct Batching;

/// Batch sizes of the lanes beside the first, which is 1.
const BESIDE: [BatchSize; 3] = [BatchSize::Items(32), BatchSize::Items(512), BatchSize::Full];

impl Lab for Batching {
    fn name(&self) -> &'static str {
        "batching"
    }

    fn title(&self) -> &'static str {
        "Batching"
    }

    fn question(&self, _: &Experiment) -> String {
        "What does a batch buy?".into()
    }

    fn defaults(&self) -> Experiment {
        workloads::begin(self.name(), json!({ "batch_size": 1 }))
    }

    fn beside(&self) -> Vec<Experiment> {
        let other = |batch_size| Experiment { batch_size, ..self.defaults() };
        BESIDE.map(other).to_vec()
    }

    fn check(&self, experiment: &Experiment) -> Result<()> {
        workloads::check(self.name(), experiment)
    }

    fn races_against_time(&self) -> bool {
        true
    }

    fn short_name(&self, experiment: &Experiment) -> String {
        controls::short_name(experiment)
    }

    fn is_told_by_names(&self) -> bool {
        true
    }

    fn compared(&self, verdict: &Verdict, others: &[(String, Verdict)]) -> String {
        racing::compared(verdict, others)
    }

    fn controls(&self, experiment: &Experiment) -> Vec<Control> {
        controls::all(experiment)
    }

    fn layer_controls(&self, _: &Experiment, _: usize) -> Vec<Control> {
        Vec::new()
    }

    fn change(&self, experiment: &Experiment, key: &str, value: &Value) -> Result<Experiment> {
        controls::change(experiment, key, value)
    }

    fn figures(&self) -> &'static [FigureSlot] {
        const FIGURES: [FigureSlot; 7] = [
            FigureSlot {
                across: Across::Overlaid,
                is_always_filled: true,
                of_probe: true,
                ..FigureSlot::new("curves", "Loss", "training, mean of 128 examples", Place::Story, 220)
            },
            FigureSlot {
                across: Across::Overlaid,
                ..FigureSlot::new(
                    "deal",
                    "One epoch, dealt into batches",
                    "shuffled anew each epoch; solid is the batch in work",
                    Place::Story,
                    148,
                )
            },
            FigureSlot {
                across: Across::Overlaid,
                ..FigureSlot::new("throughput", "Examples per second", "by batch size", Place::Story, 152)
            },
            FigureSlot {
                across: Across::Overlaid,
                is_slow: true,
                ..FigureSlot::new("noise", "Gradient noise", "angle to the full gradient", Place::Story, 152)
            },
            FigureSlot {
                across: Across::Overlaid,
                ..FigureSlot::new("memory", "Memory", "of each lane, counted", Place::Side, 262)
            },
            FigureSlot {
                across: Across::Overlaid,
                ..FigureSlot::new("race", "Equal work", "what each lane comes to", Place::Side, 230)
            },
            FigureSlot {
                across: Across::Overlaid,
                of_probe: true,
                tests: true,
                ..FigureSlot::new("accuracy", "On the test", "", Place::Below, 200)
            },
        ];
        &FIGURES
    }

    fn observe(&self, run: &Run) -> Box<dyn Observer> {
        Box::new(observer::BatchingObserver::new(run))
    }

    fn observe_on(&self, run: &Run, seen: Value) -> Option<Box<dyn Observer>> {
        Some(Box::new(observer::BatchingObserver::on(run, seen)?))
    }
}
