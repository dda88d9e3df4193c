//! The sequence lab: recurrent networks read the same sequences side by side, and must tell at the end what stood at the
//! beginning. How much of the gradient comes back to it is measured, step by step.

mod cell;
mod controls;
mod figures;
mod memory;
mod networks;
mod observer;
mod recall;
mod text;
mod theatre;
mod verdict;

use super::{Across, Control, FigureSlot, Lab, Observer, Place, Verdict};
use crate::data::DataSet;
use crate::error::{Error, Result};
use crate::nn::LayerConfig;
use crate::train::{Experiment, Run};
use serde_json::Value;

/// See the module.
pub(super) struct Sequence;

impl Lab for Sequence {
    fn name(&self) -> &'static str {
        "sequence"
    }

    fn title(&self) -> &'static str {
        "Sequence"
    }

    fn question(&self, _: &Experiment) -> String {
        "How far back can a recurrent network remember?".into()
    }

    fn defaults(&self) -> Experiment {
        Experiment::from_value(controls::defaults()).expect("the defaults are tested")
    }

    fn beside(&self) -> Vec<Experiment> {
        let changed = |experiment: Experiment, (key, value): &(&str, &str)| {
            let value = serde_json::from_str(value).expect("it is written as JSON");
            self.change(&experiment, key, &value).expect("the lanes are tested")
        };
        controls::BESIDE.iter().map(|changes| changes.iter().fold(self.defaults(), changed)).collect()
    }

    fn check(&self, experiment: &Experiment) -> Result<()> {
        if !experiment.data.set().is_ok_and(DataSet::is_of_sequences) {
            let allowed = format!(
                "one of {}: the lab sequence shows networks over time",
                controls::tasks().collect::<Vec<_>>().join(", ")
            );
            return Err(Error::setting("data.name", &experiment.data.name, allowed));
        }
        let is_recurrent = |layer: &LayerConfig| {
            matches!(
                layer,
                LayerConfig::SimpleRnn(_)
                    | LayerConfig::Lstm(_)
                    | LayerConfig::Gru(_)
                    | LayerConfig::Bidirectional(_)
            )
        };
        if !experiment.network.layers.iter().any(is_recurrent) {
            let allowed = "with a layer simple_rnn, lstm, gru or bidirectional: the lab sequence shows what those remember";
            return Err(Error::setting("network.layers", "without a recurrent layer", allowed));
        }
        Ok(())
    }

    fn short_name(&self, experiment: &Experiment) -> String {
        let Some(shape) = networks::Shape::of(experiment) else { return "another network".into() };
        let usual = networks::Shape::new(&shape.cell, shape.units);
        let mut words = vec![shape.cell_name().to_owned()];
        if shape.chrono.is_some() {
            words.push("gates open".into());
        }
        if shape.activation != usual.activation {
            words.push(shape.activation.label().into());
        }
        if shape.recurrent_initializer != usual.recurrent_initializer {
            let name = shape.recurrent_initializer.as_str().unwrap_or("weights of its own");
            words.push(name.replace('_', " "));
        }
        if shape.depth > 1 {
            words.push(format!("{} layers", shape.depth));
        }
        words.join(", ")
    }

    fn has_time(&self) -> bool {
        true
    }

    fn takes_texts(&self) -> bool {
        true
    }

    fn is_told_by_names(&self) -> bool {
        true
    }

    fn compared(&self, verdict: &Verdict, others: &[(String, Verdict)]) -> String {
        verdict::compared(verdict, others)
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
        const FIGURES: [FigureSlot; 10] = [
            FigureSlot {
                across: Across::Overlaid,
                is_always_filled: true,
                of_probe: true,
                tests: true,
                ..FigureSlot::new(
                    "story",
                    "Gradient reaching back in time",
                    "and the gates that let it through; newest row below",
                    Place::Story,
                    470,
                )
            },
            FigureSlot {
                across: Across::Overlaid,
                tests: true,
                is_slow: true,
                ..FigureSlot::new("recall", "Recall by distance", "", Place::Side, 176)
            },
            FigureSlot {
                across: Across::Overlaid,
                ..FigureSlot::new("memory", "Gradient by step", "dots: predicted", Place::Side, 150)
            },
            FigureSlot {
                across: Across::Overlaid,
                ..FigureSlot::new("curves", "Loss", "train is thick", Place::Side, 160)
            },
            FigureSlot {
                of_probe: true,
                ..FigureSlot::new(
                    "theatre",
                    "Gate theatre",
                    "one sequence through the trained cell; click a cell",
                    Place::Below,
                    330,
                )
            },
            FigureSlot {
                of_probe: true,
                is_told: true,
                ..FigureSlot::new(
                    "unrolled",
                    "Unrolled",
                    "filled by what it holds; arrows: gradient that comes back",
                    Place::Below,
                    96,
                )
            },
            FigureSlot {
                of_probe: true,
                ..FigureSlot::new("cell", "One unit worked out", "", Place::Below, 210)
            },
            FigureSlot {
                across: Across::Overlaid,
                of_probe: true,
                is_slow: true,
                ..FigureSlot::new(
                    "written",
                    "What each one writes",
                    "letter by letter; wavy words are not in the training text",
                    Place::Row,
                    196,
                )
            },
            FigureSlot {
                of_probe: true,
                ..FigureSlot::new("next", "Next letter", "after what it is given", Place::Row, 196)
            },
            FigureSlot {
                of_probe: true,
                is_slow: true,
                ..FigureSlot::new(
                    "page",
                    "One unit over a page",
                    "test text; click a letter",
                    Place::Below,
                    300,
                )
            },
        ];
        &FIGURES
    }

    fn shows(&self, id: &str, experiment: &Experiment) -> bool {
        let is_text = experiment.data.set().is_ok_and(DataSet::is_of_text);
        match id {
            "written" | "next" | "page" => is_text,
            "recall" => experiment.data.has_lag(),
            _ => true,
        }
    }

    fn captioned(&self, slot: FigureSlot, experiment: &Experiment) -> FigureSlot {
        let is_of_one = slot.id == "recall" && experiment.data.min_lag.is_none();
        FigureSlot { caption: if is_of_one { "trained at one" } else { slot.caption }, ..slot }
    }

    fn observe(&self, run: &Run) -> Box<dyn Observer> {
        Box::new(observer::SequenceObserver::new(run))
    }

    fn observe_on(&self, run: &Run, seen: Value) -> Option<Box<dyn Observer>> {
        Some(Box::new(observer::SequenceObserver::on(run, seen)?))
    }
}
