//! The recorded changes of a run in words, for the marks on its step axes.

use super::format::{count, power};
use super::{Control, Kind, Lab};
use crate::data::{Corruption, CorruptionKind};
use crate::nn::{Activation, LayerConfig, Loss};
use crate::train::{Edit, Experiment, OptimizerName, Schedule, ScheduleName, settings::Settings};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A change that was made while the run went on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The step before which it took effect, counted from 0.
    pub step: usize,
    /// What was set: "Tanh", "learning rate 0.3".
    pub words: String,
}

impl Change {
    /// "Tanh at step 120".
    #[must_use]
    pub fn said(&self) -> String {
        format!("{} at step {}", self.words, count(self.step))
    }
}

/// What becomes of the recorded changes of `experiment`, as a sentence: they are settings by now, but for weights.
#[must_use]
pub fn effect(experiment: &Experiment) -> String {
    let (take, their, them) = match experiment.edits.len() {
        1 => ("It takes effect at its step", "with it", "it"),
        _ => ("They take effect at their steps", "with them", "them"),
    };
    let is_weight = |key: &String| key.starts_with("weights.");
    let has = |is_wanted: &dyn Fn(&String) -> bool| {
        experiment.edits.iter().flat_map(|edit| edit.set.keys()).any(is_wanted)
    };
    match (has(&is_weight), has(&|key| !is_weight(key))) {
        (true, false) => format!("{take}; Reset begins a new run without {them}."),
        (true, true) => {
            format!("{take}; Reset begins a new run {their} from step 0, but with weights drawn anew.")
        }
        (false, _) => format!("{take}; Reset begins a new run {their} from step 0."),
    }
}

/// Every edit of `experiment`, in the order of their steps, but for what another of the same step set anew.
#[must_use]
pub fn changes(experiment: &Experiment) -> Vec<Change> {
    let change = |(index, edit): (usize, &Edit)| {
        let later = experiment.edits[index + 1..].iter().take_while(|later| later.step == edit.step);
        let later: Vec<&String> = later.flat_map(|later| later.set.keys()).collect();
        let mut set = edit.set.clone();
        set.retain(|key, _| !later.iter().any(|later| sets_anew(later, key)));
        let words = changed_words(&set, experiment);
        (!words.is_empty()).then_some(Change { step: edit.step, words })
    };
    experiment.edits.iter().enumerate().filter_map(change).collect()
}

/// Whether a setting replaces what an earlier one set: the same, the whole of which it was a part, or another schedule.
fn sets_anew(later: &str, earlier: &str) -> bool {
    const SCHEDULE: &str = "optimizer.schedule";
    if earlier == "network.layers" {
        return false; // each says which layers came or went
    }
    let is_part = earlier.strip_prefix(later).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    is_part || (later.starts_with(SCHEDULE) && earlier.starts_with(SCHEDULE))
}

/// What was set in a run of `experiment`, each thing once: "Tanh, learning rate 0.3".
#[must_use]
pub fn changed_words(set: &Settings, experiment: &Experiment) -> String {
    let mut words: Vec<String> = Vec::new();
    let has_points = set.keys().any(|key| key.starts_with("data.points."));
    for (key, value) in set {
        if key == "data.samples" && has_points {
            continue; // their number follows from them
        }
        let said = match key.strip_prefix("weights.") {
            Some(place) => weight_words(place, value, experiment),
            None => said(key, value),
        };
        if !words.contains(&said) {
            words.push(said);
        }
    }
    words.join(", ")
}

/// All of them in a sentence: "2 recorded changes: Tanh at step 120, batch size 64 at step 340."
#[must_use]
pub fn sentence(changes: &[Change]) -> Option<String> {
    let one = Change::said;
    match changes {
        [] => None,
        [change] => Some(format!("1 recorded change: {}.", one(change))),
        [.., last] if changes.len() > 3 => {
            let first = &changes[0];
            let many = count(changes.len());
            Some(format!("{many} recorded changes, from {} to {}.", one(first), one(last)))
        }
        _ => {
            let each: Vec<String> = changes.iter().map(one).collect();
            Some(format!("{} recorded changes: {}.", changes.len(), each.join("; ")))
        }
    }
}

/// What differs between two experiments of a lab, as its controls say it: "ReLU, He", "learning rate 0.3".
#[must_use]
pub fn differences(lab: &dyn Lab, from: &Experiment, to: &Experiment) -> String {
    let before = lab.controls(from);
    let is_another = |control: &Control| {
        before.iter().find(|other| other.key == control.key).is_none_or(|other| other.value != control.value)
    };
    let word = |control: &Control| match control.kind {
        Kind::Slider | Kind::Several => format!("{} {}", control.label.to_lowercase(), control.shown()),
        Kind::Layers => "another network".into(),
        Kind::Segments { .. } | Kind::Select | Kind::DataSets => control.shown(),
    };
    let seed = (from.seed != to.seed).then(|| format!("seed {}", to.seed));
    let words: Vec<String> =
        lab.controls(to).iter().filter(|c| is_another(c)).map(word).chain(seed).collect();
    if words.is_empty() { changed_words(&from.difference(to), to) } else { words.join(", ") }
}

/// A weight by where it stands, all counted from 1 as figures do, of the `dense_1.kernel.3.5` in its key: "layer 2:
/// weight from 4 to 6 set to 0.5".
fn weight_words(key: &str, value: &Value, experiment: &Experiment) -> String {
    let mut parts = key.split('.');
    let (name, array) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let places: Vec<usize> = parts.filter_map(|place| place.parse::<usize>().ok()).map(|at| at + 1).collect();
    let numbered = |(kind, number)| Some((kind, str::parse::<usize>(number).ok()? + 1));
    let (kind, number) = name.rsplit_once('_').and_then(numbered).unwrap_or((name, 1));
    let layers = &experiment.network.layers;
    let is_dense = |layer: &LayerConfig| layer.kind() == "dense";
    // Where dense layers are all that is counted, they are the layers.
    let layer = match kind {
        "dense" if layers.first().is_some_and(is_dense) => {
            let last = layers.iter().filter(|layer| is_dense(layer)).count();
            if number == last { "output".into() } else { format!("layer {number}") }
        }
        _ => format!("{} {number}", kind.replace('_', " ")),
    };
    let input = if layer == "layer 1" { "input " } else { "" };
    let what = match (array, places.as_slice()) {
        ("kernel", [from, to]) => format!("weight from {input}{from} to {to}"),
        ("bias", [of]) => format!("bias of {of}"),
        (array, places) => {
            let places: Vec<String> = places.iter().map(ToString::to_string).collect();
            format!("{} at {}", array.replace('_', " "), places.join(", "))
        }
    };
    format!("{layer}: {what} set to {}", power(value.as_f64().unwrap_or_default() as f32))
}

fn said(key: &str, value: &Value) -> String {
    if key.starts_with("data.points.") {
        let done = match value {
            Value::Null => "taken out",
            Value::Array(_) => "added",
            _ => "moved",
        };
        return format!("point {done}");
    }
    if key == "network.layers" {
        return said_of_layers(value);
    }
    if let Some(part) = key.strip_prefix("data.corruption") {
        return said_of_corruption(part, value);
    }
    if let Some(part) = key.strip_prefix("optimizer.schedule") {
        return said_of_schedule(part, value);
    }
    let setting = key.rsplit('.').next().unwrap_or(key);
    let named = match setting {
        "activation" => read::<Activation>(value).map(|activation| activation.label().to_owned()),
        "loss" => read::<Loss>(value).map(|loss| loss.label().to_owned()),
        "name" => read::<OptimizerName>(value).map(|name| name.label().to_owned()),
        "scaling" if value.is_null() => Some("rate of all batches".into()),
        "scaling" => Some("rate by batch".into()),
        _ => None,
    };
    let named = named.or_else(|| {
        let is_trainable = (setting == "trainable").then(|| value.as_bool().unwrap_or(true));
        is_trainable.map(|is_trainable| if is_trainable { "trained again" } else { "frozen" }.into())
    });
    let setting = match setting {
        "rate" if key.starts_with("network.layers.") => "dropout".into(), // the one layer that has a rate
        "kl_weight" => "divergence weight β".into(),
        "l1" | "kl" if key.contains("activity_regularizer") => {
            format!("sparsity by {}", setting.to_uppercase())
        }
        _ => setting.replace('_', " "),
    };
    named.unwrap_or_else(|| match value {
        Value::Null => format!("{setting} off"),
        Value::Number(number) => {
            let number = number.as_f64().unwrap_or_default();
            // In the digits of the `f32` that the engine makes of it.
            let digits = if number >= 1e4 { count(number as usize) } else { power(number as f32) };
            format!("{setting} {digits}")
        }
        Value::String(text) => format!("{setting} {text}"),
        _ => setting,
    })
}

/// How inputs are spoiled from now on: "inputs spoiled by 0.5", "inputs spoiled by masked patch".
fn said_of_corruption(part: &str, value: &Value) -> String {
    let words = |corruption: Corruption| {
        if corruption.is_none() {
            "inputs as they are".to_owned()
        } else {
            format!("inputs spoiled by {} {}", corruption.kind.label().to_lowercase(), corruption.level)
        }
    };
    match (part, value) {
        (".level", Value::Number(level)) if level.as_f64() == Some(0.0) => "inputs as they are".into(),
        (".level", Value::Number(level)) => {
            format!("inputs spoiled by {}", power(level.as_f64().unwrap_or_default() as f32))
        }
        (".kind", kind) => {
            let kind = read::<CorruptionKind>(kind).unwrap_or_default();
            format!("inputs spoiled by {}", kind.label().to_lowercase())
        }
        (_, whole) => words(read(whole).unwrap_or_default()),
    }
}

/// How the learning rate goes from now on: "cosine schedule", "schedule over 1,000 steps", "constant learning rate".
fn said_of_schedule(part: &str, value: &Value) -> String {
    let named = |name: ScheduleName| match name {
        ScheduleName::Constant => "constant learning rate".to_owned(),
        ScheduleName::Step => "step schedule".into(),
        ScheduleName::OneCycle => "one-cycle schedule".into(),
        other => format!("{} schedule", other.label().to_lowercase()),
    };
    let number = value.as_f64().unwrap_or_default();
    let steps = count(number as usize);
    match (part, value) {
        ("" | ".name", Value::Null) => named(ScheduleName::Constant),
        (".name", name) => named(read(name).unwrap_or_default()),
        ("", whole) => named(read::<Schedule>(whole).unwrap_or_default().name),
        (".steps", Value::Number(_)) => format!("schedule over {steps} steps"),
        (".warmup_steps", Value::Number(_)) => format!("warm-up of {steps} steps"),
        (".step_size", Value::Number(_)) => format!("a drop every {steps} steps"),
        (option, value) => {
            let option = option.trim_start_matches('.').replace('_', " ");
            let set = if value.is_null() { "default".into() } else { power(number as f32) };
            format!("schedule's {option} {set}")
        }
    }
}

/// What can come and go between layers, as it is in this list of them: "batch normalisation, dropout 0.2".
fn said_of_layers(layers: &Value) -> String {
    let layers = layers.as_array().map_or(&[][..], Vec::as_slice);
    let first = |kind: &str| layers.iter().find(|layer| layer["type"] == kind);
    let named = |kind, words: &str| first(kind).map(|_| words.to_owned());
    let batch = named("batch_normalization", "batch normalisation");
    let of_layer = named("layer_normalization", "layer normalisation");
    let rate = first("dropout").and_then(|layer| layer["rate"].as_f64());
    let dropout = rate.map(|rate| format!("dropout {}", power(rate as f32)));
    let skips = named("add", "skip connections");
    let words: Vec<String> = [batch, of_layer, dropout, skips].into_iter().flatten().collect();
    if words.is_empty() { "plain layers".into() } else { words.join(", ") }
}

fn read<T: serde::de::DeserializeOwned>(value: &Value) -> Option<T> {
    serde_json::from_value(value.clone()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Edit;
    use serde_json::json;

    #[test]
    fn inputs_that_are_spoiled_live_are_told() {
        for (key, value, words) in [
            ("data.corruption", json!({ "level": 0.5 }), "inputs spoiled by gaussian 0.5"),
            ("data.corruption.level", json!(0.2), "inputs spoiled by 0.2"),
            ("data.corruption.level", json!(0.0), "inputs as they are"),
            ("data.corruption.kind", json!("masked_patch"), "inputs spoiled by masked patch"),
            ("data.corruption", Value::Null, "inputs as they are"),
            ("network.layers.3.kl_weight", json!(4.0), "divergence weight β 4"),
        ] {
            assert_eq!(said(key, &value), words);
        }
    }

    #[test]
    fn a_schedule_that_changes_live_is_told() {
        for (key, value, words) in [
            ("optimizer.schedule", json!({ "name": "cosine", "steps": 1000 }), "cosine schedule"),
            ("optimizer.schedule", Value::Null, "constant learning rate"),
            ("optimizer.schedule.name", json!("one_cycle"), "one-cycle schedule"),
            ("optimizer.schedule.steps", json!(1000), "schedule over 1,000 steps"),
            ("optimizer.schedule.warmup_steps", json!(50), "warm-up of 50 steps"),
            ("optimizer.schedule.gamma", json!(0.5), "schedule's gamma 0.5"),
            ("optimizer.schedule.alpha", Value::Null, "schedule's alpha default"),
        ] {
            assert_eq!(said(key, &value), words);
        }
    }

    #[test]
    fn a_change_of_all_layers_is_said_once() {
        let mut experiment = super::super::LABS[0].defaults();
        let set = |pairs: &[(&str, Value)]| {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect()
        };
        let tanh = json!("tanh");
        let layers = [("network.layers.0.activation", tanh.clone()), ("network.layers.1.activation", tanh)];
        experiment.edits.push(Edit { step: 120, set: set(&layers) });
        assert_eq!(sentence(&changes(&experiment)).unwrap(), "1 recorded change: Tanh at step 120.");
        let rate = [("optimizer.learning_rate", json!(0.3)), ("batch_size", json!("full"))];
        experiment.edits.push(Edit { step: 1340, set: set(&rate) });
        let said = sentence(&changes(&experiment)).unwrap();
        assert_eq!(
            said,
            "2 recorded changes: Tanh at step 120; batch size full, learning rate 0.3 at step 1,340."
        );
        assert_eq!(sentence(&[]), None);
        let begun = "They take effect at their steps; Reset begins a new run with them from step 0";
        assert_eq!(effect(&experiment), format!("{begun}."));
        let weight = ("weights.dense.kernel.0.0", json!(0.5));
        experiment.edits.push(Edit { step: 1400, set: set(std::slice::from_ref(&weight)) });
        assert_eq!(effect(&experiment), format!("{begun}, but with weights drawn anew."));
        experiment.edits = vec![Edit { step: 1400, set: set(&[weight]) }];
        assert_eq!(effect(&experiment), "It takes effect at its step; Reset begins a new run without it.");
        experiment.edits.clear();
        for (step, key, value) in [
            (9, "optimizer.schedule", json!({ "name": "step", "step_size": 333 })),
            (9, "optimizer.schedule.name", json!("cosine")),
            (9, "optimizer.learning_rate", json!(0.3)),
            (9, "optimizer.learning_rate", json!(0.1)),
            (12, "optimizer.learning_rate", json!(0.2)),
        ] {
            experiment.edits.push(Edit { step, set: set(&[(key, value)]) });
        }
        let said: Vec<String> = changes(&experiment).iter().map(Change::said).collect();
        assert_eq!(said.len(), 3, "what was set anew at once is not told: {said:?}");
        assert!(said[1].contains("0.1 at step 9") && said[2].contains("0.2 at step 12"), "{said:?}");
        experiment.edits.clear();
        let points = [
            ("data.points.40", json!([0.5, 1.0, 1.0])),
            ("data.points.3.0", json!(0.25)),
            ("data.samples", json!(41)),
        ];
        experiment.edits.push(Edit { step: 7, set: set(&points) });
        let said = sentence(&changes(&experiment)).unwrap();
        assert_eq!(said, "1 recorded change: point moved, point added at step 7.");
        experiment.edits.clear();
        let layers = json!([{ "type": "dense" }, { "type": "dropout", "rate": 0.2 }, { "type": "dense" }]);
        experiment.edits.push(Edit { step: 9, set: set(&[("network.layers", layers)]) });
        let said = sentence(&changes(&experiment)).unwrap();
        assert_eq!(said, "1 recorded change: dropout 0.2 at step 9.");
        let words = |layers: Value| changed_words(&set(&[("network.layers", layers)]), &experiment);
        let [dense, add] = [json!({ "type": "dense" }), json!({ "type": "add", "skip": 2 })];
        for (kind, named) in
            [("batch_normalization", "batch normalisation"), ("layer_normalization", "layer normalisation")]
        {
            assert_eq!(words(json!([dense, { "type": kind }, dense])), named);
            let both = format!("{named}, skip connections");
            assert_eq!(words(json!([dense, dense, { "type": kind }, add, dense])), both);
        }
        assert_eq!(words(json!([dense, dense])), "plain layers");
        let rate = set(&[("network.layers.1.rate", json!(0.1))]);
        assert_eq!(changed_words(&rate, &experiment), "dropout 0.1");
    }

    #[test]
    fn weights_are_said_by_the_numbers_that_figures_give_them() {
        let experiment = super::super::LABS[0].defaults();
        let last = experiment.network.layers.len() - 1;
        let said = |key: &str| changed_words(&[(key.to_owned(), json!(0.5))].into(), &experiment);
        assert_eq!(said("weights.dense_1.kernel.3.5"), "layer 2: weight from 4 to 6 set to 0.5");
        assert_eq!(said("weights.dense.kernel.1.0"), "layer 1: weight from input 2 to 1 set to 0.5");
        assert_eq!(said("weights.dense_1.bias.0"), "layer 2: bias of 1 set to 0.5");
        assert_eq!(
            said(&format!("weights.dense_{last}.kernel.2.0")),
            "output: weight from 3 to 1 set to 0.5"
        );
        assert_eq!(
            said("weights.batch_normalization_1.gamma.2"),
            "batch normalization 2: gamma at 3 set to 0.5"
        );
        assert_eq!(said("weights"), "weights 0.5");
    }
}
