//! The layers of a network as something to edit: which kinds there are and what of each can be set, and
//! a list looked over while it is being edited, right or not. Any lab that has a control of
//! [`super::Kind::Layers`] is edited this way.

use super::control::Choice;
use super::format::count;
use super::{Lab, find};
use crate::error::{Error, Result};
use crate::nn::{Activation, LayerConfig, NetworkConfig, Survey};
use crate::train::{Experiment, goes_on, settings};
use serde_json::{Value, json};

/// A kind of layer that can be put into a network.
pub struct LayerKind {
    /// Keras' name of the type.
    pub name: &'static str,
    /// What can be set of it.
    pub fields: &'static [LayerField],
    /// Its settings when it is new.
    fresh: fn() -> Value,
}

/// A setting of a layer.
pub struct LayerField {
    pub key: &'static str,
    pub label: &'static str,
    pub input: Input,
}

/// How a setting is given.
#[derive(Clone, Copy)]
pub enum Input {
    /// A number from `min` to `max` in steps of `step`; with `empty`, it may be left out, which means that.
    Number { min: f64, max: f64, step: f64, empty: Option<&'static str> },
    /// One of these.
    Choice(fn() -> Vec<Choice>),
    /// Whole numbers, one for each axis.
    Shape,
}

const fn whole(key: &'static str, label: &'static str, max: f64) -> LayerField {
    LayerField { key, label, input: Input::Number { min: 1.0, max, step: 1.0, empty: None } }
}

const PADDING: LayerField = LayerField {
    key: "padding",
    label: "padding",
    input: Input::Choice(|| vec![Choice::new("valid", "Valid"), Choice::new("same", "Same")]),
};

const ACTIVATION: LayerField = LayerField {
    key: "activation",
    label: "activation",
    input: Input::Choice(|| Choice::named(&Activation::ALL, Activation::label)),
};

const CONVOLUTION: &[LayerField] = &[
    whole("filters", "filters", 4096.0),
    whole("kernel_size", "kernel", 11.0),
    whole("strides", "strides", 11.0),
    PADDING,
    ACTIVATION,
];

const POOL: &[LayerField] = &[
    whole("pool_size", "size", 32.0),
    LayerField {
        key: "strides",
        label: "strides",
        input: Input::Number { min: 1.0, max: 32.0, step: 1.0, empty: Some("as size") },
    },
    PADDING,
];

/// Every kind, in the order in which lists have them.
pub const LAYER_KINDS: [LayerKind; 14] = [
    LayerKind {
        name: "conv2d",
        fields: CONVOLUTION,
        fresh: || json!({ "filters": 16, "kernel_size": 3, "padding": "same", "activation": "relu", "kernel_initializer": "he_normal" }),
    },
    LayerKind { name: "max_pooling2d", fields: POOL, fresh: || json!({}) },
    LayerKind { name: "average_pooling2d", fields: POOL, fresh: || json!({}) },
    LayerKind { name: "global_average_pooling2d", fields: &[], fresh: || json!({}) },
    LayerKind {
        name: "conv2d_transpose",
        fields: CONVOLUTION,
        fresh: || json!({ "filters": 16, "kernel_size": 3, "strides": 2, "padding": "same", "activation": "relu", "kernel_initializer": "he_normal" }),
    },
    LayerKind { name: "up_sampling2d", fields: &[whole("size", "size", 32.0)], fresh: || json!({}) },
    LayerKind { name: "flatten", fields: &[], fresh: || json!({}) },
    LayerKind {
        name: "reshape",
        fields: &[LayerField { key: "target_shape", label: "shape", input: Input::Shape }],
        // As many numbers as a picture of 28 × 28 has.
        fresh: || json!({ "target_shape": [7, 7, 16] }),
    },
    LayerKind {
        name: "dense",
        fields: &[whole("units", "units", 4096.0), ACTIVATION],
        fresh: || json!({ "units": 32, "activation": "relu", "kernel_initializer": "he_normal" }),
    },
    LayerKind {
        name: "dropout",
        fields: &[LayerField {
            key: "rate",
            label: "rate",
            input: Input::Number { min: 0.0, max: 0.99, step: 0.05, empty: None },
        }],
        fresh: || json!({ "rate": 0.25 }),
    },
    LayerKind { name: "batch_normalization", fields: &[], fresh: || json!({}) },
    LayerKind { name: "layer_normalization", fields: &[], fresh: || json!({}) },
    LayerKind {
        name: "sampling",
        fields: &[LayerField {
            key: "kl_weight",
            label: "KL weight",
            input: Input::Number { min: 0.0, max: 1000.0, step: 0.1, empty: None },
        }],
        fresh: || json!({ "kl_weight": 1.0 }),
    },
    LayerKind { name: "add", fields: &[whole("skip", "over layers", 64.0)], fresh: || json!({ "skip": 1 }) },
];

impl LayerKind {
    /// The settings of a new layer of this kind, all of them.
    #[must_use]
    pub fn fresh(&self) -> Value {
        let mut settings = (self.fresh)();
        settings["type"] = self.name.into();
        let config = config(&settings).expect("new layers are tested");
        serde_json::to_value(config).expect("settings are plain data")
    }
}

/// Names of the kinds whose layers can be put into the running network of `experiment` and taken out again; with any
/// other a new run begins.
#[must_use]
pub fn live_kinds(experiment: &Experiment) -> Vec<&'static str> {
    let goes_on_with = |kind: &&LayerKind| {
        let mut with = experiment.clone();
        let before_output = with.network.layers.len().saturating_sub(1);
        with.network.layers.insert(before_output, config(&kind.fresh()).expect("new layers are tested"));
        let goes_on = |from: &Experiment, to: &Experiment| goes_on(from, to, &from.difference(to));
        goes_on(experiment, &with) && goes_on(&with, experiment)
    };
    LAYER_KINDS.iter().filter(goes_on_with).map(|kind| kind.name).collect()
}

/// The kind of a layer by Keras' name.
#[must_use]
pub fn layer_kind(name: &str) -> Option<&'static LayerKind> {
    const KINDS: &[LayerKind] = &LAYER_KINDS;
    KINDS.iter().find(|kind| kind.name == name)
}

/// A list of layers looked over.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// What there is to say of each layer.
    pub rows: Vec<DraftRow>,
    /// What is wrong with the network as a whole.
    pub refusal: Option<String>,
}

/// What there is to say of a layer in a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DraftRow {
    /// Its output and its weights, where they are known: "12×12×16, 416 weights".
    pub gives: Option<String>,
    /// Why it cannot be built.
    pub refusal: Option<String>,
}

impl Draft {
    /// Whether a run can have these layers.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.refusal.is_none() && self.rows.iter().all(|row| row.refusal.is_none())
    }

    /// Looks over `layers` as those of `experiment`, in whose lab the control has this `key`.
    #[must_use]
    pub fn new(experiment: &Experiment, key: &str, layers: &[Value]) -> Self {
        let mut rows = vec![DraftRow::default(); layers.len()];
        let mut read = Vec::new();
        for (row, layer) in rows.iter_mut().zip(layers) {
            match config(layer) {
                Ok(config) => read.push(config),
                Err(words) => row.refusal = Some(words),
            }
        }
        // Layers after one that cannot be read have no input that is known.
        let known = rows.iter().position(|row| row.refusal.is_some()).unwrap_or(layers.len());
        let survey = Survey::new(&read[..known], &input_shape(experiment));
        for (row, cost) in rows.iter_mut().zip(&survey.costs) {
            let shape: Vec<String> = cost.shape.iter().map(ToString::to_string).collect();
            let weights = match cost.weights {
                0 => "no weights".into(),
                1 => "1 weight".into(),
                many => format!("{} weights", count(many)),
            };
            row.gives = Some(format!("{}, {weights}", shape.join("×")));
        }
        if let Some(error) = &survey.refusal {
            rows[survey.costs.len()].refusal = Some(error.to_string());
        }
        let mut draft = Self { rows, refusal: None };
        if draft.is_right()
            && let Err(error) = lab_of(experiment).and_then(|lab| lab.change(experiment, key, &layers.into()))
        {
            draft.refuse(&error);
        }
        draft
    }

    /// Puts an error to the layer that it names, else to the whole.
    fn refuse(&mut self, error: &Error) {
        let named = match error {
            Error::Setting { key, .. } | Error::Unreadable { key, .. } => key,
            Error::Shape { layer, .. } => layer,
            Error::File { .. } => "",
        };
        let index = named
            .strip_prefix("network.layers.")
            .map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse::<usize>());
        match index.and_then(std::result::Result::ok).and_then(|index| self.rows.get_mut(index)) {
            Some(row) => row.refusal = Some(error.to_string()),
            None => self.refusal = Some(error.to_string()),
        }
    }
}

/// Where a new layer goes: the last place where a network of these layers can still be built; else just before the
/// output layer.
#[must_use]
pub fn place_for(experiment: &Experiment, layers: &[Value], new: &Value) -> usize {
    let before_output = layers.len().saturating_sub(1);
    let fits = |at: &usize| {
        let mut list = layers.to_vec();
        list.insert(*at, new.clone());
        let read: std::result::Result<Vec<LayerConfig>, String> = list.iter().map(config).collect();
        read.is_ok_and(|read| Survey::new(&read, &input_shape(experiment)).refusal.is_none())
    };
    (0..=before_output).rev().find(fits).unwrap_or(before_output)
}

/// A layer's settings as the layer; an error is what is wrong with them.
fn config(layer: &Value) -> std::result::Result<LayerConfig, String> {
    let network = settings::read::<NetworkConfig>(json!({ "layers": [layer] }));
    match network {
        Ok(mut network) => Ok(network.layers.remove(0)),
        Err(Error::Unreadable { reason, .. }) => Err(reason.trim_start_matches(['.', ':', ' ']).to_owned()),
        Err(other) => Err(other.to_string()),
    }
}

fn input_shape(experiment: &Experiment) -> Vec<usize> {
    experiment.data.input_shape().unwrap_or_default()
}

fn lab_of(experiment: &Experiment) -> Result<&'static dyn Lab> {
    find(&experiment.lab)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cnn() -> (Experiment, Vec<Value>) {
        let experiment = find("cnn").expect("a lab").defaults();
        let layers = serde_json::to_value(&experiment.network.layers).expect("plain data");
        (experiment, serde_json::from_value(layers).expect("a list"))
    }

    #[test]
    fn every_kind_of_layer_can_be_edited_and_a_new_one_is_right() {
        for kind in &LAYER_KINDS {
            let config = config(&kind.fresh()).expect(kind.name);
            let value = serde_json::to_value(&config).expect("plain data");
            for field in kind.fields {
                let known = value.get(field.key);
                assert!(known.is_some(), "{} has no {}", kind.name, field.key);
                if let Input::Choice(choices) = field.input {
                    assert!(choices().iter().any(|choice| Some(&choice.value) == known), "{}", field.key);
                }
            }
        }
        let read = serde_json::from_value::<LayerConfig>(json!({ "type": "none such" })).unwrap_err();
        let named = read.to_string().matches('`').count() / 2;
        // What sequences pass through has no place in a list of layers for pictures, nor has a machine or a landscape that is a
        // network by itself.
        let others =
            ["bidirectional", "cropping1d", "embedding", "gru", "landscape", "lstm", "rbm", "simple_rnn"];
        assert!(others.iter().all(|kind| read.to_string().contains(kind)));
        let wanted = LAYER_KINDS.len() + others.len();
        assert_eq!(named, wanted, "a kind of layer cannot be edited: {read}");
    }

    #[test]
    fn an_error_stands_at_its_layer() {
        let (experiment, layers) = cnn();
        let draft = |layers: &[Value]| Draft::new(&experiment, "network.layers", layers);
        let right = draft(&layers);
        assert!(right.is_right(), "{right:?}");
        assert_eq!(right.rows[0].gives.as_deref(), Some("24×24×16, 416 weights"));

        let refusal = |layers: &[Value], index: usize| {
            let draft = draft(layers);
            assert_eq!(draft.rows.iter().position(|row| row.refusal.is_some()), Some(index), "{draft:?}");
            draft.rows[index].refusal.clone().unwrap_or_default()
        };
        let mut flat = layers.clone();
        flat.swap(5, 6); // the convolution after the flatten
        assert!(refusal(&flat, 6).contains("conv2d takes images"), "{}", refusal(&flat, 6));
        let mut none = layers.clone();
        none[2]["filters"] = 0.into();
        assert_eq!(refusal(&none, 2), "filters is 0, but must be from 1 to 4096");
        none[2]["filters"] = Value::Null;
        assert_eq!(refusal(&none, 2), "filters: must be a whole number from 0, not nothing");
        let mut relu = layers.clone();
        relu[7]["activation"] = "relu".into();
        assert!(refusal(&relu, 7).contains("must be softmax"));
        let many = vec![layers[2].clone(); 70];
        assert!(draft(&[many, layers].concat()).refusal.is_some_and(|words| words.contains("1 to 64")));
    }

    #[test]
    fn a_kind_is_live_where_a_run_goes_on_with_it() {
        let (experiment, _) = cnn();
        // Weights that were given are of certain layers.
        assert_eq!(live_kinds(&experiment), ["dropout", "add"]);
        let live = live_kinds(&Experiment { initial_weights: None, ..experiment });
        for name in ["dropout", "add", "batch_normalization", "layer_normalization"] {
            assert!(live.contains(&name), "{live:?}");
        }
        for name in
            ["conv2d", "conv2d_transpose", "up_sampling2d", "reshape", "max_pooling2d", "flatten", "dense"]
        {
            assert!(!live.contains(&name), "{live:?}");
        }
    }

    #[test]
    fn a_new_layer_goes_where_it_fits() {
        let (experiment, layers) = cnn();
        let place = |name: &str| place_for(&experiment, &layers, &layer_kind(name).expect("a kind").fresh());
        assert_eq!((place("conv2d"), place("dense"), place("dropout")), (6, 7, 7));
    }
}
