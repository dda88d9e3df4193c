//! The networks that the lab offers: up to four recurrent layers of one cell, and an output for the task. What a network
//! is is read off its layers, so that a link or a file may hold any.

use crate::data::DataConfig;
use crate::error::Result;
use crate::nn::{Activation, LayerConfig, Loss};
use crate::train::Experiment;
use serde::Deserialize;
use serde_json::{Value, json};

/// The cells, with their names on the page.
pub(super) const CELLS: [(&str, &str); 3] = [("simple_rnn", "RNN"), ("lstm", "LSTM"), ("gru", "GRU")];
/// How recurrent kernels are drawn first, with their names on the page.
pub(super) const STARTS: [(&str, &str); 4] = [
    ("orthogonal", "Orthogonal"),
    ("identity", "Identity"),
    ("glorot_uniform", "Glorot uniform"),
    ("random_normal", "Random normal"),
];
/// Numbers that stand for a character.
pub(super) const EMBEDDING: usize = 32;

/// A network of the lab, by what decides it: settings of each of its recurrent layers, in their words.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Shape {
    #[serde(rename = "type")]
    pub cell: String,
    pub units: usize,
    pub activation: Activation,
    /// Of gates; a cell without any has none.
    #[serde(default)]
    pub recurrent_activation: Option<Activation>,
    /// As Keras begins it, where a layer says nothing.
    #[serde(default = "orthogonal")]
    pub recurrent_initializer: Value,
    /// Of an LSTM, where its gates are not opened.
    #[serde(default)]
    pub forget_bias: Option<f32>,
    /// The lag that gates are opened for.
    #[serde(default)]
    pub chrono: Option<f32>,
    #[serde(default)]
    pub truncate_gradient: Option<usize>,
    /// How many such layers.
    #[serde(default)]
    pub depth: usize,
    /// Whether the sequence is read from both ends.
    #[serde(default)]
    pub is_bidirectional: bool,
}

fn orthogonal() -> Value {
    "orthogonal".into()
}

/// How a plain cell begins in this lab: with small weights, as such cells did before anyone drew orthogonal ones. Of ten begun
/// as in Keras, five recall across a hundred steps by themselves (`benches/README.md`).
const PLAIN_START: &str = "random_normal";
/// As an LSTM's forget gates begin in Keras.
pub(super) const USUAL_BIAS: f32 = 1.0;

impl Shape {
    /// One layer of this cell as the lab begins it: as Keras does, but for [`PLAIN_START`].
    pub fn new(cell: &str, units: usize) -> Self {
        Self {
            cell: cell.into(),
            units,
            activation: Activation::Tanh,
            recurrent_activation: (cell != "simple_rnn").then_some(Activation::Sigmoid),
            recurrent_initializer: if cell == "simple_rnn" { PLAIN_START.into() } else { orthogonal() },
            forget_bias: (cell == "lstm").then_some(USUAL_BIAS),
            chrono: None,
            truncate_gradient: None,
            depth: 1,
            is_bidirectional: false,
        }
    }

    /// That of an experiment's network; `None` for one that somebody made otherwise.
    pub fn of(experiment: &Experiment) -> Option<Self> {
        let values: Vec<Value> = experiment.network.layers.iter().map(plain).collect();
        let is_recurrent = |layer: &&Value| {
            let kind = layer["type"].as_str().unwrap_or_default();
            kind == "bidirectional" || CELLS.iter().any(|(cell, _)| *cell == kind)
        };
        let recurrent: Vec<&Value> = values.iter().filter(is_recurrent).collect();
        let first = recurrent.first()?;
        let is_bidirectional = first["type"] == "bidirectional";
        let inner = if is_bidirectional { &first["layer"] } else { *first };
        let shape: Self = serde_json::from_value(inner.clone()).ok()?;
        let shape = Self { depth: recurrent.len(), is_bidirectional, ..shape };
        let made = shape.layers(&experiment.data).ok()?;
        made.iter().map(plain).eq(values).then_some(shape)
    }

    /// The cell's name on the page.
    pub fn cell_name(&self) -> &'static str {
        CELLS.iter().find(|(cell, _)| *cell == self.cell).map_or("network", |(_, name)| name)
    }

    /// Whether the cell has gates that can be opened.
    pub fn has_gates(&self) -> bool {
        self.cell != "simple_rnn"
    }

    /// Its layers for these data.
    ///
    /// # Errors
    /// Where there are no such layers, naming the setting.
    pub fn layers(&self, data: &DataConfig) -> Result<Vec<LayerConfig>> {
        let shape = data.input_shape()?;
        let mut layers = Vec::new();
        if let &[_] = &*shape {
            let symbols = data.index_count()?;
            layers.push(json!({ "type": "embedding", "input_dim": symbols, "output_dim": EMBEDDING }));
        }
        let answers = data.label_steps()?.unwrap_or(0);
        for index in 0..self.depth.max(1) {
            let returns = index + 1 < self.depth || answers > 0;
            layers.push(self.recurrent(returns));
        }
        if answers > 0 && shape[0] > answers {
            layers.push(json!({ "type": "cropping1d", "cropping": [shape[0] - answers, 0] }));
        }
        let (units, activation) = match data.classes()? {
            // A text of two characters alone is still told by one output for each.
            classes if data.set()?.is_of_text() => (classes, "softmax"),
            0 => (1, "linear"),
            2 => (1, "sigmoid"),
            classes => (classes, "softmax"),
        };
        layers.push(json!({ "type": "dense", "units": units, "activation": activation }));
        layers.into_iter().map(crate::train::settings::read).collect()
    }

    fn recurrent(&self, returns_sequences: bool) -> Value {
        let mut layer = json!({ "type": self.cell, "units": self.units, "activation": self.activation,
            "recurrent_initializer": self.recurrent_initializer });
        let settings = layer.as_object_mut().expect("it is written as one");
        let gate = self.recurrent_activation.map(|gate| json!(gate));
        let others = [
            ("recurrent_activation", gate),
            ("forget_bias", self.forget_bias.map(|bias| json!(bias))),
            ("chrono", self.chrono.map(|lag| json!(lag))),
            ("truncate_gradient", self.truncate_gradient.map(|steps| json!(steps))),
            ("return_sequences", returns_sequences.then_some(json!(true))),
        ];
        settings.extend(others.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
        if self.is_bidirectional { json!({ "type": "bidirectional", "layer": layer }) } else { layer }
    }

    /// Weights of all its recurrent layers with so many units, the first on so many features, biases included.
    pub fn weights_with(&self, units: usize, features: usize) -> usize {
        let ways = if self.is_bidirectional { 2 } else { 1 };
        let first = ways * Self::weights_of(&self.cell, units, features);
        first + (self.depth.max(1) - 1) * ways * Self::weights_of(&self.cell, units, ways * units)
    }

    /// Those of one layer.
    pub fn weights_of(cell: &str, units: usize, features: usize) -> usize {
        match cell {
            "lstm" => 4 * units * (units + features + 1),
            "gru" => 3 * units * (units + features + 2),
            _ => units * (units + features + 1),
        }
    }
}

fn plain(layer: &LayerConfig) -> Value {
    serde_json::to_value(layer).expect("settings are plain data")
}

/// The loss for what these data ask for.
pub(super) fn usual_loss(data: &DataConfig) -> Result<Loss> {
    Ok(match data.classes()? {
        _ if data.set()?.is_of_text() => Loss::SparseCategoricalCrossentropy,
        0 => Loss::MeanSquaredError,
        2 => Loss::BinaryCrossentropy,
        _ => Loss::SparseCategoricalCrossentropy,
    })
}
