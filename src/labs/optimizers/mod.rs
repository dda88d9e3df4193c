//! The optimizers lab: which way is down. The same network from the same weights on the same batches, with another rule
//! in each lane that makes steps of gradients.

mod controls;
mod figures;
mod observer;
mod rates;
mod slice;
mod turns;
mod verdict;

use super::{Across, Control, FigureSlot, Lab, Observer, Place, Verdict, racing, workloads};
use crate::error::Result;
use crate::train::{Experiment, Run};
use serde_json::{Value, json};

/// See the module.
pub(super) struct Optimizers;

/// Rules of the lanes beside the first, which is plain gradient descent.
const BESIDE: [&str; 3] = ["momentum", "rmsprop", "adam"];

impl Lab for Optimizers {
    fn name(&self) -> &'static str {
        "optimizers"
    }

    fn title(&self) -> &'static str {
        "Optimisers"
    }

    fn question(&self, _: &Experiment) -> String {
        "Which way down?".into()
    }

    fn defaults(&self) -> Experiment {
        let experiment = workloads::begin(self.name(), json!({ "optimizer": { "name": "sgd" } }));
        let changed = |experiment, (key, value): (&str, &str)| {
            controls::change(&experiment, key, &json!(value)).expect("the defaults are tested")
        };
        [("rule", "sgd"), ("workload", "ravine")].into_iter().fold(experiment, changed)
    }

    fn beside(&self) -> Vec<Experiment> {
        let rule =
            |rule| controls::change(&self.defaults(), "rule", &json!(rule)).expect("the lanes are tested");
        BESIDE.map(rule).to_vec()
    }

    fn check(&self, experiment: &Experiment) -> Result<()> {
        if controls::function_of(experiment).is_some() {
            return Ok(());
        }
        workloads::check(self.name(), experiment)
    }

    fn usual_speed(&self, experiment: &Experiment) -> Option<f64> {
        // Some hundred steps are all of a way down a test function: slow enough to be followed.
        Some(if controls::function_of(experiment).is_some() { 15.0 } else { 240.0 })
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
        const FIGURES: [FigureSlot; 9] = [
            FigureSlot {
                across: Across::Overlaid,
                is_always_filled: true,
                of_probe: true,
                ..FigureSlot::new("surface", "The loss surface", "dots on the way down", Place::Story, 380)
            },
            FigureSlot {
                across: Across::Overlaid,
                ..FigureSlot::new(
                    "ratio",
                    "Update against weight, layer by layer",
                    "‖ΔW‖ over ‖W‖, log scale",
                    Place::Story,
                    160,
                )
            },
            FigureSlot {
                across: Across::Overlaid,
                ..FigureSlot::new(
                    "paces",
                    "Step against slope, weight by weight",
                    "|Δ| over |∂f|, log scale",
                    Place::Story,
                    160,
                )
            },
            FigureSlot {
                across: Across::Overlaid,
                is_always_filled: true,
                of_probe: true,
                ..FigureSlot::new("curves", "Loss", "log scale, mean of 128 examples", Place::Side, 176)
            },
            FigureSlot {
                across: Across::Overlaid,
                ..FigureSlot::new("rate", "Learning rate", "", Place::Side, 128)
            },
            FigureSlot {
                across: Across::Overlaid,
                ..FigureSlot::new("race", "Equal work", "what each lane comes to", Place::Side, 230)
            },
            FigureSlot {
                across: Across::Overlaid,
                ..FigureSlot::new(
                    "effective",
                    "Effective step",
                    "‖ΔW‖ over ‖∂L/∂W‖: the rate plain descent would need",
                    Place::Below,
                    160,
                )
            },
            FigureSlot {
                is_told: true,
                ..FigureSlot::new(
                    "moments",
                    "What it remembers",
                    "of one layer: click its bar above, or press [ or ]",
                    Place::Below,
                    160,
                )
            },
            FigureSlot {
                across: Across::Overlaid,
                of_probe: true,
                tests: true,
                ..FigureSlot::new("accuracy", "On the test", "", Place::Below, 160)
            },
        ];
        &FIGURES
    }

    fn captioned(&self, slot: FigureSlot, experiment: &Experiment) -> FigureSlot {
        // The height of a test function is not averaged, and that of a saddle falls below 0.
        let caption = match controls::function_of(experiment) {
            Some(function) if slot.id == "curves" => function.minimum().map_or("", |_| "log scale"),
            _ => slot.caption,
        };
        FigureSlot { caption, ..slot }
    }

    fn shows(&self, id: &str, experiment: &Experiment) -> bool {
        // A test function has no layers and no test items.
        let is_function = controls::function_of(experiment).is_some();
        match id {
            "ratio" | "effective" | "moments" | "accuracy" => !is_function,
            "paces" => is_function,
            _ => true,
        }
    }

    fn observe(&self, run: &Run) -> Box<dyn Observer> {
        Box::new(observer::OptimizersObserver::new(run))
    }

    fn observe_on(&self, run: &Run, seen: Value) -> Option<Box<dyn Observer>> {
        Some(Box::new(observer::OptimizersObserver::on(run, seen)?))
    }
}
