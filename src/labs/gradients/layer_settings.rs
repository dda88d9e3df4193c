//! What can be set of layers beside their number: what comes between them, what is paid for weights, and the
//! settings of one of them.

use super::blocks::{self, regular_skip, set_skips};
use super::controls::{activations, initializers, with_blocks, with_hidden};
use super::hidden;
use crate::error::{Result, ensure_within};
use crate::labs::control::{common, parsed};
use crate::labs::{Choice, Control, Kind, MIXED};
use crate::nn::LayerConfig;
use crate::nn::layers::{BatchNormalization, Dropout, LayerNormalization};
use crate::train::Experiment;
use serde_json::Value;

/// What is told where something is not there.
const NONE: &str = "none";
/// Share by which the moving statistics of a normalization move at each step: Keras' 0.01 would take longer than
/// most runs of this lab.
const MOMENTUM: f32 = 0.9;

/// The settings that all layers share.
pub(super) fn all(experiment: &Experiment) -> Vec<Control> {
    let hidden = hidden(experiment);
    let kinds = hidden.iter().map(|block| block.normalization.as_ref().map_or(NONE, LayerConfig::kind));
    let rates = || hidden.iter().map(|block| block.dropout.as_ref().map_or(0.0, |dropout| dropout.rate));
    let kernels = blocks::of(&experiment.network);
    let penalty = |key: &str, label, of: fn(&blocks::Block) -> f32| {
        let value = common(kernels.iter().map(of));
        Control::new(key, label, Kind::Slider, Choice::numbers(PENALTIES), value)
    };
    let normalizations = [(NONE, "None"), ("batch_normalization", "Batch"), ("layer_normalization", "Layer")]
        .map(|(kind, label)| Choice::new(kind, label));
    let skips =
        [(0, "Off"), (1, "1"), (2, "2"), (3, "3"), (5, "5")].map(|(over, label)| Choice::new(over, label));
    let over = regular_skip(&hidden).map_or(MIXED.into(), Value::from);
    vec![
        Control::new(
            "normalization",
            "Normalisation",
            Kind::Segments { featured: 3 },
            normalizations.into(),
            common(kinds),
        ),
        Control::new("skip", "Skip connections over", Kind::Segments { featured: 5 }, skips.into(), over),
        Control::new("dropout", "Dropout", Kind::Slider, Choice::numbers(RATES), common(rates())),
        penalty("l1", "L1 penalty", |block| block.dense.kernel_regularizer.l1),
        penalty("l2", "L2 penalty", |block| block.dense.kernel_regularizer.l2),
    ]
}

const PENALTIES: [f64; 7] = [0.0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.1];
const RATES: [f64; 7] = [0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5];

/// The settings of one hidden layer, counted from 1; the output's follow from the loss.
pub(super) fn of_layer(experiment: &Experiment, layer: usize) -> Vec<Control> {
    let hidden = hidden(experiment);
    let Some(block) = layer.checked_sub(1).and_then(|index| hidden.get(index)) else { return Vec::new() };
    let key = |setting: &str| format!("network.layers.{}.{setting}", block.at);
    let trainable = vec![Choice::new(true, "trained"), Choice::new(false, "frozen")];
    vec![
        Control::new(
            &key("activation"),
            "Activation of this layer",
            Kind::Select,
            activations(),
            block.dense.activation,
        ),
        Control::new(
            &key("kernel_initializer"),
            "Initialisation of this layer",
            Kind::Select,
            initializers(),
            block.dense.kernel_initializer,
        )
        .restarting(),
        Control::new(
            &key("trainable"),
            "Weights of this layer",
            Kind::Select,
            trainable,
            block.dense.trainable,
        ),
    ]
}

/// Sets one of them; whether `key` is one.
pub(super) fn change(experiment: &mut Experiment, key: &str, value: &Value) -> Result<bool> {
    match key {
        "normalization" => {
            let kind: String = parsed(key, value)?;
            let normalization = normalization(&kind)?;
            with_hidden(experiment, |hidden| {
                hidden.iter_mut().for_each(|block| block.normalization.clone_from(&normalization));
            });
        }
        "dropout" => {
            let rate: f32 = parsed(key, value)?;
            with_hidden(experiment, |hidden| {
                let dropout = (rate > 0.0).then_some(Dropout { rate });
                hidden.iter_mut().for_each(|block| block.dropout.clone_from(&dropout));
            });
        }
        "skip" => {
            let over = parsed(key, value)?;
            ensure_within(key, over, &(0..=20))?;
            with_hidden(experiment, |hidden| set_skips(hidden, over));
        }
        "l1" | "l2" => {
            let penalty = parsed(key, value)?;
            with_blocks(experiment, |blocks| {
                for regularizer in blocks.iter_mut().map(|block| &mut block.dense.kernel_regularizer) {
                    *(if key == "l1" { &mut regularizer.l1 } else { &mut regularizer.l2 }) = penalty;
                }
            });
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn normalization(kind: &str) -> Result<Option<LayerConfig>> {
    match kind {
        NONE => Ok(None),
        "batch_normalization" => Ok(Some(LayerConfig::BatchNormalization(BatchNormalization::new(MOMENTUM)))),
        "layer_normalization" => Ok(Some(LayerConfig::LayerNormalization(LayerNormalization::default()))),
        _ => {
            let allowed = "none, batch_normalization or layer_normalization";
            Err(crate::error::Error::setting("normalization", kind, allowed))
        }
    }
}
