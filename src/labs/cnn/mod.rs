//! The CNN lab: a digit is drawn, and every layer shows what it makes of it. The network that opens has
//! been trained on many hands; it can be trained on, or anew from fresh weights.

mod controls;
mod costs;
mod data;
mod decided;
mod figures;
mod filters;
pub(in crate::labs) mod maps;
mod misread;
mod networks;
mod nudge;
mod observer;
mod pooled;
mod sum;
mod verdict;

use super::{Across, Control, FigureSlot, Lab, Observer, Place};
use crate::error::{Error, Result, name_of};
use crate::nn::Loss;
use crate::train::{Experiment, Run, digits};
use serde_json::{Value, json};

/// See the module.
pub(super) struct Cnn;

impl Lab for Cnn {
    fn name(&self) -> &'static str {
        "cnn"
    }

    fn title(&self) -> &'static str {
        "CNN"
    }

    fn question(&self, _: &Experiment) -> String {
        "How does a network read my digit?".into()
    }

    fn defaults(&self) -> Experiment {
        let experiment = json!({
            "version": 1, "lab": "cnn", "seed": 7,
            "data": { "name": "digits", "samples": 2000, "test_fraction": 0.2, "augmentation": controls::augmented(controls::LITTLE) },
            "network": { "layers": digits::layers() },
            "initial_weights": "digits",
            "loss": "sparse_categorical_crossentropy",
            "optimizer": { "name": "adam", "learning_rate": 0.001 },
            "batch_size": 32
        });
        Experiment::from_value(experiment).expect("the defaults are tested")
    }

    fn check(&self, experiment: &Experiment) -> Result<()> {
        let data = &experiment.data;
        if !data.set()?.is_of_pictures() {
            let allowed = "a set of pictures, such as digits: the lab cnn reads pictures";
            return Err(Error::setting("data.name", &data.name, allowed));
        }
        data.ensure_labels(self.name())?;
        let loss = experiment.edited()?.loss;
        if loss != Loss::SparseCategoricalCrossentropy {
            let allowed = "sparse_categorical_crossentropy: the lab cnn shows a probability for each class";
            return Err(Error::setting("loss", name_of(loss), allowed));
        }
        Ok(())
    }

    fn has_pad(&self) -> bool {
        true
    }

    fn is_about_drawing(&self) -> bool {
        true
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
        const fn slot(
            id: &'static str,
            title: &'static str,
            caption: &'static str,
            place: Place,
            height_px: u32,
        ) -> FigureSlot {
            FigureSlot { of_drawing: true, ..FigureSlot::new(id, title, caption, place, height_px) }
        }
        const FIGURES: [FigureSlot; 11] = [
            slot("maps", "Feature maps", "up to 8 of a layer; click a cell for its sum", Place::Story, 348),
            FigureSlot { is_always_filled: true, ..slot("scores", "Answer", "", Place::Side, 262) },
            FigureSlot {
                works_out: Some("maps"),
                ..slot("sum", "One cell, worked out", "", Place::Row, 188)
            },
            FigureSlot {
                of_drawing: false,
                across: Across::Overlaid,
                ..slot("curves", "Training", "train thick, test thin", Place::Row, 188)
            },
            FigureSlot {
                of_drawing: false,
                is_slow: true,
                ..slot("confusion", "Confusion", "", Place::Row, 212)
            },
            FigureSlot {
                is_slow: true,
                is_told: true,
                sweeps: true,
                ..slot("nudge", "Nudged", "", Place::Below, 240)
            },
            FigureSlot {
                is_slow: true,
                is_told: true,
                ..slot("decided", "Which stroke decided", "", Place::Below, 212)
            },
            FigureSlot {
                of_drawing: false,
                is_slow: true,
                ..slot("misread", "Misread images", "click one to put it on the pad", Place::Below, 212)
            },
            FigureSlot {
                of_drawing: false,
                ..slot("filters", "Filters", "weights of the layer in focus", Place::Below, 300)
            },
            slot("pooled", "Pooling", "one map before and after", Place::Below, 300),
            FigureSlot { of_drawing: false, ..slot("costs", "Costs", "for one picture", Place::Below, 320) },
        ];
        &FIGURES
    }

    fn observe(&self, run: &Run) -> Box<dyn Observer> {
        Box::new(observer::CnnObserver::new(run.steps()))
    }

    fn observe_on(&self, run: &Run, seen: Value) -> Option<Box<dyn Observer>> {
        Some(Box::new(observer::CnnObserver::on(run, seen)?))
    }
}
