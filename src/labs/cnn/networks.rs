//! Networks to begin with, for the list of layers.

use crate::labs::Choice;
use crate::nn::LayerConfig;
use crate::train::digits;
use serde_json::{Value, json};

/// Each with its name; the first is the one whose weights ship.
pub(super) fn all() -> Vec<Choice> {
    vec![
        choice(digits::layers(), "Shipped"),
        choice(read(small()), "Small (8, 16)"),
        choice(without_pooling(&digits::layers()), "Without pooling"),
        choice(read(dense_only()), "Dense only"),
    ]
}

/// The same layers without what makes pictures smaller by taking one number for several. A mean over the whole picture
/// becomes all of its numbers in a row, since dense layers follow it.
pub(super) fn without_pooling(layers: &[LayerConfig]) -> Vec<LayerConfig> {
    let flat = read(json!([{ "type": "flatten" }]));
    let kept = layers.iter().filter(|layer| !is_pool(layer));
    kept.map(|layer| if layer.kind() == "global_average_pooling2d" { &flat[0] } else { layer })
        .cloned()
        .collect()
}

/// Whether the layer is a pool with windows.
pub(super) fn is_pool(layer: &LayerConfig) -> bool {
    matches!(layer.kind(), "max_pooling2d" | "average_pooling2d")
}

fn choice(layers: Vec<LayerConfig>, label: &str) -> Choice {
    Choice::new(serde_json::to_value(layers).expect("layers are plain data"), label)
}

fn small() -> Value {
    let conv = |filters: usize| json!({ "type": "conv2d", "filters": filters, "kernel_size": 3, "activation": "relu", "kernel_initializer": "he_normal" });
    let pool = json!({ "type": "max_pooling2d" });
    json!([conv(8), pool, conv(16), pool, { "type": "flatten" }, output()])
}

fn dense_only() -> Value {
    let hidden =
        json!({ "type": "dense", "units": 64, "activation": "relu", "kernel_initializer": "he_normal" });
    json!([{ "type": "flatten" }, hidden, output()])
}

fn output() -> Value {
    json!({ "type": "dense", "units": 10, "activation": "softmax" })
}

fn read(layers: Value) -> Vec<LayerConfig> {
    serde_json::from_value(layers).expect("the layers are tested")
}
