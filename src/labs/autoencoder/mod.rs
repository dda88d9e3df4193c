//! The autoencoder lab: a network gives back what it was given, through a layer that is too narrow to hold
//! it. What it has learned to keep is seen in what comes out.

mod controls;
mod figures;
mod observer;
mod verdict;

use super::{Across, Control, FigureSlot, Lab, Observer, Place};
use crate::data::Targets;
use crate::error::{Error, Result};
use crate::nn::LayerConfig;
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

    fn is_listed(&self) -> bool {
        false
    }

    fn question(&self, _: &Experiment) -> String {
        "What does a network keep when it must compress?".into()
    }

    fn defaults(&self) -> Experiment {
        let dense = |units: usize, activation: &str| json!({ "type": "dense", "units": units, "activation": activation });
        let experiment = json!({
            "version": 1, "lab": "autoencoder", "seed": 7,
            "data": { "name": "digits", "samples": 2000, "test_fraction": 0.2, "targets": "inputs" },
            "network": { "layers": [
                { "type": "flatten" }, dense(128, "relu"), dense(32, "relu"), dense(128, "relu"), dense(784, "sigmoid")
            ] },
            "loss": "binary_crossentropy",
            "optimizer": { "name": "adam", "learning_rate": 0.001 },
            "batch_size": 32
        });
        Experiment::from_value(experiment).expect("the defaults are tested")
    }

    fn check(&self, experiment: &Experiment) -> Result<()> {
        let data = &experiment.data;
        if !data.set()?.is_of_pictures() {
            let allowed = "a set of pictures, such as digits: the lab autoencoder gives pictures back";
            return Err(Error::setting("data.name", &data.name, allowed));
        }
        if data.targets != Targets::Inputs {
            let allowed = "inputs: the lab autoencoder shows how inputs are given back";
            return Err(Error::setting("data.targets", "labels", allowed));
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

    fn figures(&self) -> &'static [FigureSlot] {
        const FIGURES: [FigureSlot; 3] = [
            FigureSlot::new(
                "reconstructions",
                "In, out and the difference",
                "orange is missing, blue is invented; below, the mean squared error",
                Place::Story,
                240,
            ),
            FigureSlot {
                across: Across::Overlaid,
                ..FigureSlot::new("curves", "Loss and error", "train is thick", Place::Side, 188)
            },
            FigureSlot {
                across: Across::Overlaid,
                ..FigureSlot::new(
                    "gradients",
                    "Gradient reaching each layer",
                    "‖∂L/∂W‖ of the last batch, from the first dense layer to the output",
                    Place::Side,
                    148,
                )
            },
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

/// The layer through which everything must pass: of the dense ones before the output the narrowest, the first
/// of several; its index and its units.
fn code(experiment: &Experiment) -> Option<(usize, usize)> {
    let layers = &experiment.network.layers;
    let hidden = layers[..layers.len() - 1].iter().enumerate();
    let units = hidden.filter_map(|(index, layer)| Some((index, LayerConfig::as_dense(layer)?.units)));
    units.min_by_key(|(_, units)| *units)
}
