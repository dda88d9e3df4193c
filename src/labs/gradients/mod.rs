//! The gradients lab: why deep networks stop learning. A deep dense network on data in the plane;
//! the gradient of every layer as it vanishes or explodes, measured at every step.

mod arrows;
mod bench;
mod blocks;
mod check;
mod controls;
mod exact;
mod figures;
mod growth;
mod layer_settings;
mod neuron;
mod observer;
mod outlook;
mod predicted;
mod remedies;
mod updates;
mod verdict;

use super::{Across, Control, FigureSlot, Lab, Observer, Place};
use crate::data::{BatchSize, DataConfig};
use crate::error::{Error, Result};
use crate::nn::layers::Dense;
use crate::nn::{Activation, LayerConfig, Loss, NetworkConfig};
use crate::train::{Experiment, OptimizerConfig, OptimizerName, Run, VERSION};
use blocks::Block;
use serde_json::Value;

/// See the module.
pub(super) struct Gradients;

impl Lab for Gradients {
    fn name(&self) -> &'static str {
        "gradients"
    }

    fn title(&self) -> &'static str {
        "Gradients"
    }

    fn question(&self, experiment: &Experiment) -> String {
        let hidden = hidden(experiment);
        let activation = hidden.first().map(|block| block.dense.activation);
        let same = activation.filter(|a| hidden.iter().all(|block| block.dense.activation == *a));
        let depth = if hidden.len() > 3 { "deep" } else { "shallow" };
        match same {
            Some(Activation::Sigmoid) if depth == "deep" => {
                "Why do deep sigmoid networks stop learning?".into()
            }
            Some(activation) => {
                format!("How far does the gradient reach in a {depth} {} network?", activation.label())
            }
            None => format!("How far does the gradient reach in a {depth} network?"),
        }
    }

    fn defaults(&self) -> Experiment {
        let mut layers: Vec<Dense> = vec![Dense::new(8, Activation::Sigmoid); 10];
        layers.push(Dense::new(1, Activation::Sigmoid));
        Experiment {
            version: VERSION,
            lab: self.name().into(),
            seed: 7,
            data: DataConfig::default(),
            network: NetworkConfig { layers: layers.into_iter().map(LayerConfig::Dense).collect() },
            initial_weights: None,
            pretraining: None,
            loss: Loss::BinaryCrossentropy,
            optimizer: OptimizerConfig::new(OptimizerName::Sgd, 0.1),
            batch_size: BatchSize::Items(32),
            scaling: None,
            edits: Vec::new(),
        }
    }

    fn check(&self, experiment: &Experiment) -> Result<()> {
        ensure_plane(&experiment.data)?;
        experiment.data.ensure_labels(self.name())?;
        blocks::blocks(&experiment.network).map(|_| ())
    }

    fn depth(&self, experiment: &Experiment) -> usize {
        hidden(experiment).len()
    }

    fn short_name(&self, experiment: &Experiment) -> String {
        let controls = controls::all(experiment);
        let shown = |key: &str| controls.iter().find(|control| control.key == key).map(Control::shown);
        let words: Vec<String> = ["activation", "initializer"].into_iter().filter_map(shown).collect();
        words.join(", ")
    }

    fn has_softmax_bench(&self) -> bool {
        true
    }

    fn takes_tables(&self) -> bool {
        true
    }

    fn controls(&self, experiment: &Experiment) -> Vec<Control> {
        controls::all(experiment)
    }

    fn layer_controls(&self, experiment: &Experiment, layer: usize) -> Vec<Control> {
        layer_settings::of_layer(experiment, layer)
    }

    fn change(&self, experiment: &Experiment, key: &str, value: &Value) -> Result<Experiment> {
        controls::change(experiment, key, value)
    }

    fn figures(&self) -> &'static [FigureSlot] {
        const FIGURES: [FigureSlot; 15] = [
            FigureSlot::new(
                "network",
                "Network",
                "tiles: what each neuron gives over the plane; links: weights",
                Place::Spine,
                264,
            ),
            FigureSlot {
                across: Across::Overlaid,
                ..FigureSlot::new(
                    "gradients",
                    "Gradient reaching each layer",
                    "‖∂L/∂W‖ of the last batch, log scale; ticks: predicted",
                    Place::Spine,
                    148,
                )
            },
            FigureSlot::new(
                "flow",
                "Gradient flow",
                "‖∂L/∂W‖ by layer and step, newest below",
                Place::Spine,
                112,
            ),
            FigureSlot {
                across: Across::SideBySide,
                tests: true,
                ..FigureSlot::new("boundary", "Decision boundary", "", Place::Side, 0)
            },
            FigureSlot {
                across: Across::Overlaid,
                tests: true,
                ..FigureSlot::new("curves", "Loss and accuracy", "train is thick", Place::Side, 176)
            },
            FigureSlot {
                of_layer: true,
                ..FigureSlot::new("activation", "Layer activation", "", Place::Side, 132)
            },
            FigureSlot {
                is_told: true,
                tests: true,
                ..FigureSlot::new(
                    "confusion",
                    "Confusion",
                    "a row for each class, a column for what it is taken for",
                    Place::Below,
                    240,
                )
            },
            FigureSlot::new("neuron", "One neuron", "what it gives over the plane", Place::Below, 0),
            FigureSlot::new("weights", "Its weights", "what it takes from each before it", Place::Below, 232),
            FigureSlot::new("sums", "Its sums", "z in the last batch, under f and f′", Place::Below, 148),
            FigureSlot::new(
                "histograms",
                "Weights of the layer",
                "values, gradients, relative changes",
                Place::Below,
                148,
            ),
            FigureSlot::new(
                "growth",
                "Growth in the last steps",
                "‖∂L/∂W‖ by layer, a line for each step",
                Place::Below,
                232,
            ),
            FigureSlot {
                is_asked: true,
                is_told: true,
                ..FigureSlot::new(
                    "check",
                    "Gradient check",
                    "backpropagation against differences of the loss",
                    Place::Below,
                    176,
                )
            },
            FigureSlot {
                is_told: true,
                ..FigureSlot::new("bench", "Activation bench", "f thick, f′ dashed", Place::Below, 320)
            },
            FigureSlot {
                is_told: true,
                ..FigureSlot::new(
                    "products",
                    "f′ multiplied n times",
                    "mean |f′|ⁿ, log scale, computed",
                    Place::Below,
                    320,
                )
            },
        ];
        &FIGURES
    }

    fn captioned(&self, slot: FigureSlot, experiment: &Experiment) -> FigureSlot {
        let title = match (slot.id, experiment.data.classes()) {
            ("boundary", Ok(0)) => "Output over the plane",
            ("curves", Ok(0)) => "Loss and error",
            ("confusion", Ok(0)) => "Predicted against true",
            _ => slot.title,
        };
        let caption = match (slot.id, experiment.data.classes()) {
            ("confusion", Ok(0)) => "a dot for each test item",
            _ => slot.caption,
        };
        FigureSlot { title, caption, ..slot }
    }

    fn observe(&self, run: &Run) -> Box<dyn Observer> {
        Box::new(observer::GradientsObserver::new(run))
    }

    fn observe_on(&self, run: &Run, seen: Value) -> Option<Box<dyn Observer>> {
        Some(Box::new(observer::GradientsObserver::on(run, seen)?))
    }
}

/// The figures draw a plane, so the data must lie in one, or in a space that it goes through.
fn ensure_plane(data: &DataConfig) -> Result<()> {
    let set = data.set()?;
    if !set.is_of_pictures()
        && !set.is_of_signals()
        && !set.is_of_sequences()
        && !set.is_sparse()
        && !set.is_landscape()
    {
        return Ok(());
    }
    let allowed = "a set of points in the plane, or a table: the lab gradients takes no pictures, signals, sequences, ratings, documents or landscapes";
    Err(Error::setting("data.name", &data.name, allowed))
}

/// The layers before the output layer.
fn hidden(experiment: &Experiment) -> Vec<Block> {
    let mut blocks = blocks::of(&experiment.network);
    blocks.pop();
    blocks
}
