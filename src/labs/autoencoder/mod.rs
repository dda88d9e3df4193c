//! The autoencoder lab: a network gives back what it was given, through a layer that is too narrow to hold
//! it. What it has learned to keep is seen in what comes out.

mod anomaly;
mod code;
mod controls;
mod data;
mod denoise;
mod figures;
mod layers;
mod map;
mod networks;
mod observer;
mod projection;
mod reading;
mod rows;
mod subspace;
mod verdict;
mod walk;

use super::{Across, Control, FigureSlot, Lab, Observer, Place};
use crate::data::Targets;
use crate::error::{Error, Result, name_of};
use crate::train::{Experiment, Run};
use serde_json::{Value, json};

/// See the module.
pub(super) struct Autoencoder;

impl Lab for Autoencoder {
    fn name(&self) -> &'static str {
        "autoencoder"
    }

    fn title(&self) -> &'static str {
        "Autoencoder"
    }

    fn question(&self, _: &Experiment) -> String {
        "What does a network keep when it must compress?".into()
    }

    fn defaults(&self) -> Experiment {
        let dense = |units: usize| json!({ "type": "dense", "units": units, "activation": "relu", "kernel_initializer": "he_normal" });
        let experiment = json!({
            "version": 1, "lab": "autoencoder", "seed": 7,
            "data": { "name": "digits", "samples": 2000, "test_fraction": 0.2, "targets": "inputs" },
            "network": { "layers": [
                { "type": "flatten" }, dense(256), dense(64), { "type": "dense", "units": 2 },
                dense(64), dense(256), { "type": "dense", "units": 784, "activation": "sigmoid" }
            ] },
            "loss": "binary_crossentropy",
            "optimizer": { "name": "adam", "learning_rate": 0.001 },
            "batch_size": 32
        });
        Experiment::from_value(experiment).expect("the defaults are tested")
    }

    fn check(&self, experiment: &Experiment) -> Result<()> {
        let data = &experiment.data;
        if data.targets != Targets::Inputs {
            let allowed = "inputs: the lab autoencoder shows how inputs are given back";
            return Err(Error::setting("data.targets", name_of(data.targets), allowed));
        }
        if data.set()?.is_sparse() {
            let allowed = "points, pictures, signals or a table: the lab autoencoder shows items that are known in full";
            return Err(Error::setting("data.name", &data.name, allowed));
        }
        Ok(())
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

    fn has_pad(&self) -> bool {
        true
    }

    fn takes_tables(&self) -> bool {
        true
    }

    fn figures(&self) -> &'static [FigureSlot] {
        const fn slot(
            id: &'static str,
            title: &'static str,
            caption: &'static str,
            place: Place,
            height_px: u32,
        ) -> FigureSlot {
            FigureSlot {
                of_drawing: true,
                of_probe: true,
                ..FigureSlot::new(id, title, caption, place, height_px)
            }
        }
        const FIGURES: [FigureSlot; 11] = [
            FigureSlot {
                tests: true,
                ..slot(
                    "reconstructions",
                    "In, out, and what was lost",
                    "click one to follow it",
                    Place::Story,
                    236,
                )
            },
            FigureSlot {
                tests: true,
                ..slot("map", "The map of codes", "drag to decode", Place::Story, 304)
            },
            FigureSlot {
                is_always_filled: true,
                tests: true,
                ..slot("errors", "Anomaly score", "mean squared error", Place::Side, 136)
            },
            FigureSlot { tests: true, ..slot("roc", "ROC", "every threshold at once", Place::Side, 168) },
            FigureSlot {
                across: Across::Overlaid,
                ..FigureSlot::new("curves", "Loss and error", "train is thick", Place::Row, 188)
            },
            FigureSlot {
                across: Across::Overlaid,
                ..FigureSlot::new(
                    "gradients",
                    "Gradient reaching each layer",
                    "‖∂L/∂W‖ of the last batch",
                    Place::Row,
                    188,
                )
            },
            FigureSlot {
                across: Across::Overlaid,
                is_told: true,
                is_slow: true,
                ..slot("noise", "Trained with, tested with", "click a level to see it above", Place::Row, 188)
            },
            FigureSlot { is_told: true, ..FigureSlot::new("pca", "The same by PCA", "", Place::Below, 300) },
            FigureSlot { is_told: true, ..slot("walk", "From one to another", "", Place::Below, 180) },
            FigureSlot { is_told: true, ..slot("subspace", "Angles to PCA", "", Place::Below, 120) },
            slot("layers", "Through every layer", "the item that is followed", Place::Below, 300),
        ];
        &FIGURES
    }

    fn observe(&self, run: &Run) -> Box<dyn Observer> {
        Box::new(observer::AutoencoderObserver::new(run))
    }

    fn observe_on(&self, run: &Run, seen: Value) -> Option<Box<dyn Observer>> {
        Some(Box::new(observer::AutoencoderObserver::on(run, seen)?))
    }
}
