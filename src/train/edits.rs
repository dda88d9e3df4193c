//! What a person changes while a run goes on, stamped with its step, so that live play is as
//! reproducible as a batch job.

use super::Experiment;
use super::settings::Settings;
use crate::nn::LayerConfig;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The key of the list of layers.
pub(super) const LAYERS: &str = "network.layers";

/// Settings that took effect before step `step` (counted from 0), as dotted keys and values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    pub step: usize,
    pub set: Settings,
}

impl Edit {
    /// Whether `later` can become part of this edit: made at the same step, and together what they are in turn.
    pub(super) fn can_take(&self, later: &Self) -> bool {
        self.step == later.step && go_together(&self.set, &later.set)
    }
}

/// Whether two changes made one after the other are as one that holds both: each can be made in any run, both set
/// plain values, the last of which counts. An optimizer or another schedule begins anew when it is chosen, and an object is laid
/// over the one before it, so those stay changes of their own; so does one that speaks of a part of what the one
/// before set, and one that changes the number of items, which deals them anew; and lists of layers in which others
/// have weights, since one that goes and comes again begins anew.
#[must_use]
pub fn go_together(first: &Settings, second: &Settings) -> bool {
    let is_plain = |(key, value): (&String, &Value)| {
        !matches!(key.as_str(), "optimizer" | "optimizer.name" | "optimizer.schedule.name" | "data.samples")
            && !value.is_object()
            && !value.is_null()
    };
    let is_part = |key: &String| {
        first.keys().any(|whole| key.strip_prefix(whole.as_str()).is_some_and(|rest| rest.starts_with('.')))
    };
    let weighted = |set: &Settings| -> Option<Vec<LayerConfig>> {
        let value = set.get(LAYERS).filter(|_| set.len() == 1)?;
        let mut layers: Vec<LayerConfig> = serde_json::from_value(value.clone()).ok()?;
        layers.retain(|layer| !layer.is_weightless());
        Some(layers)
    };
    weighted(first).is_some_and(|layers| weighted(second) == Some(layers))
        || are_live(first)
            && are_live(second)
            && !second.keys().any(is_part)
            && first.iter().chain(second).all(is_plain)
}

/// Whether all of these settings can change together while the network keeps its weights.
#[must_use]
fn are_live(set: &Settings) -> bool {
    let is_of_points = |key: &String| key.starts_with("data.points.");
    // The number of points goes with them.
    set.keys().all(|key| is_live(key) || (key == "data.samples" && set.keys().any(is_of_points)))
}

/// Whether a run of `from` can go on as one of `to`, which differs from it by `set`: where only live settings do, or
/// else only layers that come between and go again ([`LayerConfig::is_between`]); given weights are those of certain
/// layers, so a run that began with them goes on only where those between have none of their own.
#[must_use]
pub fn goes_on(from: &Experiment, to: &Experiment, set: &Settings) -> bool {
    fn lasting(experiment: &Experiment) -> impl Iterator<Item = &LayerConfig> {
        experiment.network.layers.iter().filter(|layer| !layer.is_between())
    }
    fn weighted(experiment: &Experiment) -> impl Iterator<Item = &LayerConfig> {
        experiment.network.layers.iter().filter(|layer| !layer.is_weightless())
    }
    let keeps_weights = || from.initial_weights.is_none() || weighted(from).eq(weighted(to));
    are_live(set) || may_go_on(set) && lasting(from).eq(lasting(to)) && keeps_weights()
}

/// Whether there are experiments that can go on with these settings.
pub(super) fn may_go_on(set: &Settings) -> bool {
    are_live(set) || set.keys().all(|key| key == LAYERS)
}

/// Whether a setting can change while the network keeps its weights, but for those that are set themselves; all
/// others need a new run.
#[must_use]
pub(super) fn is_live(key: &str) -> bool {
    let mut parts = key.split('.');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some("weights"), Some(_), ..)
        | (Some("optimizer" | "batch_size" | "scaling" | "loss"), ..)
        | (Some("data"), Some("points"), Some(_), _)
        | (Some("data"), Some("corruption"), ..) => true,
        (Some("network"), Some("layers"), Some(_), Some(setting)) => {
            matches!(
                setting,
                "activation"
                    | "activity_regularizer"
                    | "gibbs_steps"
                    | "kernel_regularizer"
                    | "kl_weight"
                    | "mean_field"
                    | "rate"
                    | "sparsity_target"
                    | "trainable"
            )
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_change_with_their_number_and_by_themselves() {
        let set =
            |keys: &[&str]| keys.iter().map(|key| ((*key).to_owned(), Value::from(1))).collect::<Settings>();
        assert!(are_live(&set(&["data.points.3.0", "data.points.3.1"])));
        assert!(are_live(&set(&["data.points.40", "data.samples"])));
        assert!(!are_live(&set(&["data.samples"])) && !are_live(&set(&["data.points", "data.samples"])));
        assert!(!are_live(&set(&["data.points.40", "data.samples", "data.classes"])));
        let edit = |keys: &[&str]| Edit { step: 3, set: set(keys) };
        assert!(edit(&["data.points.40"]).can_take(&edit(&["data.points.41", "data.points.4.0"])));
        assert!(!edit(&["data.points.40"]).can_take(&edit(&["data.points.40.0"])));
    }

    #[test]
    fn layers_between_others_come_and_go() {
        let dense = |units: usize| serde_json::json!({ "type": "dense", "units": units });
        let of = |layers: Vec<Value>| {
            let mut experiment = crate::labs::LABS[0].defaults();
            let network = serde_json::json!({ "layers": layers });
            experiment.network = serde_json::from_value(network).expect("layers");
            experiment
        };
        let drop = |rate: f32| serde_json::json!({ "type": "dropout", "rate": rate });
        let add = |skip: usize| serde_json::json!({ "type": "add", "skip": skip });
        let norm = serde_json::json!({ "type": "layer_normalization" });
        let [plain, dropped, other, skipped] = [
            of(vec![dense(4), dense(4), dense(1)]),
            of(vec![dense(4), drop(0.1), dense(4), dense(1)]),
            of(vec![dense(4), dense(4), drop(0.1), dense(1)]),
            of(vec![dense(4), dense(4), add(1), dense(1)]),
        ];
        let normed = of(vec![dense(4), norm, dense(4), dense(1)]);
        for (from, to) in [
            (&plain, &dropped),
            (&dropped, &plain),
            (&dropped, &other),
            (&other, &skipped),
            (&skipped, &normed),
        ] {
            assert!(goes_on(from, to, &from.difference(to)), "{:?}", from.difference(to));
        }
        let wider = of(vec![dense(5), drop(0.1), dense(4), dense(1)]);
        assert!(!goes_on(&plain, &wider, &plain.difference(&wider)), "{:?}", plain.difference(&wider));
        // A list goes together with another, and with nothing else.
        let lists = [plain.difference(&dropped), dropped.difference(&other)];
        assert!(lists.iter().all(|set| set.keys().eq([LAYERS])), "{lists:?}");
        assert!(go_together(&lists[0], &lists[1]));
        // A normalisation that goes and comes again begins anew.
        let [comes, goes] = [plain.difference(&normed), normed.difference(&plain)];
        assert!(!go_together(&goes, &comes) && !go_together(&comes, &goes));
        for key in ["optimizer.learning_rate", "network.layers.1.rate", "data.points.0.1"] {
            let other = Settings::from([(key.to_owned(), Value::from(1))]);
            assert!(!go_together(&lists[0], &other) && !go_together(&other, &lists[0]), "{key}");
        }
    }

    #[test]
    fn what_changes_shapes_or_data_needs_a_new_run() {
        for key in [
            "optimizer.learning_rate",
            "optimizer.schedule",
            "optimizer.schedule.steps",
            "batch_size",
            "network.layers.3.activation",
            "network.layers.1.rate",
            "network.layers.0.trainable",
            "network.layers.0.activity_regularizer.kl",
            "network.layers.2.kl_weight",
        ] {
            assert!(is_live(key), "{key}");
        }
        for key in [
            "seed",
            "data.noise",
            "network.layers",
            "network.layers.0.units",
            "network.layers.1.tied",
            "network.layers.0.kernel_initializer",
        ] {
            assert!(!is_live(key), "{key}");
        }
    }
}
