//! The networks that the lab offers: an encoder, a code, and the encoder mirrored. What a network is is read off its layers,
//! so that a link or a file may hold any.

use super::code::Code;
use crate::data::DataSet;
use crate::nn::{Activation, LayerConfig};
use crate::train::Experiment;
use serde_json::{Value, json};

/// The kinds of networks, with their names on the page.
pub(super) const KINDS: [(&str, &str); 5] = [
    ("dense", "Dense"),
    ("deep", "Deep"),
    ("convolutional", "Convolutional"),
    ("variational", "Variational"),
    ("linear", "Linear"),
];

/// What is asked of the code beside being short, with its name on the page and its setting.
pub(super) const SPARSITIES: [(&str, &str); 3] = [("none", "None"), ("l1", "L1"), ("kl", "KL")];
/// How much activity of the code costs by its size, and by how far it is from being seldom.
const L1: f64 = 1e-4;
const KL: f64 = 1e-2;
/// How often a unit of the code is then to be active.
const SELDOM: f64 = 0.05;
/// How much the spread of variational codes costs, where nothing else is said.
const USUAL_BETA: f32 = 1.0;

/// A network of the lab, by what decides it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shape {
    pub kind: String,
    pub code: usize,
    pub activation: Activation,
    /// Whether the decoder uses the encoder's kernels, transposed.
    pub is_tied: bool,
    pub sparsity: &'static str,
    pub beta: f32,
}

impl Shape {
    /// That of an experiment's network; `None` for one that somebody made otherwise.
    pub fn of(experiment: &Experiment) -> Option<Self> {
        let layers = &experiment.network.layers;
        let code = Code::of(experiment)?;
        let values: Vec<Value> = layers
            .iter()
            .map(|layer| serde_json::to_value(layer).expect("settings are plain data"))
            .collect();
        let first = layers.iter().find_map(LayerConfig::activation)?;
        let of_code = &values[code.layer];
        let beta = of_code["kl_weight"].as_f64().map_or(USUAL_BETA, |beta| beta as f32);
        let is_tied = values.iter().any(|layer| !layer["tied"].is_null());
        let sparsity = SPARSITIES.iter().map(|(name, _)| *name).find(|name| {
            *name != "none" && {
                of_code["activity_regularizer"][*name].as_f64().is_some_and(|weight| weight > 0.0)
            }
        });
        let shapes = KINDS.iter().map(|(kind, _)| Self {
            kind: (*kind).into(),
            code: code.units,
            activation: first,
            is_tied,
            sparsity: sparsity.unwrap_or("none"),
            beta,
        });
        // However its weights are drawn first.
        let drawn = |mut layer: Value| {
            layer.as_object_mut().expect("a layer is an object").remove("kernel_initializer");
            layer
        };
        let values: Vec<Value> = values.into_iter().map(drawn).collect();
        let are_its = |shape: &Self| {
            let made = shape.layers(experiment).unwrap_or_default();
            let made = made.iter().map(|layer| serde_json::to_value(layer).expect("settings are plain data"));
            made.map(drawn).eq(values.iter().cloned())
        };
        shapes.into_iter().find(are_its)
    }

    /// Whether tied weights can be had.
    pub fn can_be_tied(&self) -> bool {
        matches!(self.kind.as_str(), "dense" | "deep" | "linear")
    }

    /// Whether machines can be stacked to the widths of its layers.
    pub fn can_be_stacked(&self) -> bool {
        matches!(self.kind.as_str(), "dense" | "deep")
    }

    /// The network like it that machines stand for: all sigmoids, but for the code.
    pub fn stacked(self) -> Self {
        let sparsity = if self.sparsity == "l1" { "none" } else { self.sparsity };
        Self { activation: Activation::Sigmoid, sparsity, ..self }
    }

    /// Whether the code can be asked to be sparse.
    pub fn can_be_sparse(&self) -> bool {
        self.kind != "variational" && self.kind != "linear"
    }

    /// Its layers for the data of an experiment; `None` where there is no such network.
    pub fn layers(&self, experiment: &Experiment) -> Option<Vec<LayerConfig>> {
        let shape = experiment.data.input_shape().ok()?;
        let numbers: usize = shape.iter().product();
        let output = output_of(experiment, &self.kind);
        let mut layers = Vec::new();
        if shape.len() > 1 && self.kind != "convolutional" {
            layers.push(json!({ "type": "flatten" }));
        }
        // Never as narrow as the code, which is known by being the narrowest.
        let hidden: Vec<usize> = match self.kind.as_str() {
            "linear" => Vec::new(),
            "deep" => deep(numbers),
            _ => vec![wide(numbers)],
        };
        let hidden: Vec<usize> = hidden.into_iter().map(|units| units.max(2 * self.code)).collect();
        match self.kind.as_str() {
            "convolutional" => layers.extend(self.convolutional(&shape, output)?),
            "variational" => {
                layers.extend(hidden.iter().map(|&units| self.dense(units)));
                layers.push(json!({ "type": "dense", "units": 2 * self.code }));
                layers.push(json!({ "type": "sampling", "kl_weight": self.beta }));
                layers.extend(hidden.iter().rev().map(|&units| self.dense(units)));
                layers.push(json!({ "type": "dense", "units": numbers, "activation": output }));
            }
            _ => {
                layers.extend(hidden.iter().map(|&units| self.dense(units)));
                layers.push(self.code_layer());
                layers.extend(hidden.iter().rev().map(|&units| self.dense(units)));
                layers.push(json!({ "type": "dense", "units": numbers, "activation": output }));
                if self.is_tied {
                    Self::tie(&mut layers, hidden.len());
                }
            }
        }
        layers.into_iter().map(|layer| serde_json::from_value(layer).ok()).collect()
    }

    fn dense(&self, units: usize) -> Value {
        json!({ "type": "dense", "units": units, "activation": self.activation, "kernel_initializer": self.initializer() })
    }

    fn initializer(&self) -> &'static str {
        if self.activation == Activation::Relu { "he_normal" } else { "glorot_uniform" }
    }

    /// The code as it is: not bent, unless it is to be seldom active.
    fn code_layer(&self) -> Value {
        match self.sparsity {
            "l1" => json!({ "type": "dense", "units": self.code, "activation": "relu",
                "activity_regularizer": { "l1": L1 } }),
            "kl" => json!({ "type": "dense", "units": self.code, "activation": "sigmoid",
                "activity_regularizer": { "kl": KL, "rho": SELDOM } }),
            _ => json!({ "type": "dense", "units": self.code }),
        }
    }

    /// Every layer of the decoder takes the kernel of its partner in the encoder.
    fn tie(layers: &mut [Value], hidden: usize) {
        let last = layers.len() - 1;
        for depth in 0..=hidden {
            layers[last - depth]["tied"] = (2 * (hidden - depth) + 1).into();
        }
    }

    /// Two convolutions that halve a picture, a dense code, and the same in reverse.
    fn convolutional(&self, shape: &[usize], output: Activation) -> Option<Vec<Value>> {
        const FILTERS: [usize; 2] = [8, 16];
        let &[height, width, _] = shape else { return None };
        if height % 4 != 0 || width % 4 != 0 {
            return None;
        }
        let small = [height / 4, width / 4, FILTERS[1]];
        let conv = |kind: &str, filters: usize, activation: Activation| {
            json!({ "type": kind, "filters": filters, "kernel_size": 3, "strides": 2, "padding": "same",
                "activation": activation, "kernel_initializer": if activation == self.activation { self.initializer() } else { "glorot_uniform" } })
        };
        Some(vec![
            conv("conv2d", FILTERS[0], self.activation),
            conv("conv2d", FILTERS[1], self.activation),
            json!({ "type": "flatten" }),
            self.code_layer(),
            self.dense(small.iter().product()),
            json!({ "type": "reshape", "target_shape": small }),
            conv("conv2d_transpose", FILTERS[0], self.activation),
            conv("conv2d_transpose", 1, output),
        ])
    }
}

/// The activation of the output: pictures and signals stay within 0…1, unless all of the network is to be linear.
fn output_of(experiment: &Experiment, kind: &str) -> Activation {
    let is_unit = experiment.data.set().is_ok_and(DataSet::is_within_0_and_1);
    if is_unit && kind != "linear" { Activation::Sigmoid } else { Activation::Linear }
}

/// Units of one layer between items of so many numbers and their code.
fn wide(numbers: usize) -> usize {
    match numbers {
        256.. => 128,
        32.. => 48,
        _ => 24,
    }
}

/// The same of two layers.
fn deep(numbers: usize) -> Vec<usize> {
    match numbers {
        256.. => vec![256, 64],
        32.. => vec![64, 24],
        _ => vec![24, 12],
    }
}
