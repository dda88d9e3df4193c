//! What a person changes while a run goes on, stamped with its step, so that live play is as
//! reproducible as a batch job.

use super::settings::Settings;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Settings that took effect before step `step` (counted from 0), as dotted keys and values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    pub step: usize,
    pub set: Settings,
}

impl Edit {
    /// Whether `later` can become part of this edit: made at the same step, both set plain values, the
    /// last of which counts. An optimizer begins anew each time it is chosen, and an object is laid
    /// over the one before it, so those stay edits of their own; so does one that speaks of a part of what
    /// the one before set, and one that changes the number of items, which deals them anew.
    pub(super) fn can_take(&self, later: &Self) -> bool {
        let is_plain = |(key, value): (&String, &Value)| {
            !matches!(key.as_str(), "optimizer" | "optimizer.name" | "data.samples")
                && !value.is_object()
                && !value.is_null()
        };
        let is_part = |key: &String| {
            self.set
                .keys()
                .any(|whole| key.strip_prefix(whole.as_str()).is_some_and(|rest| rest.starts_with('.')))
        };
        self.step == later.step
            && !later.set.keys().any(is_part)
            && self.set.iter().chain(&later.set).all(is_plain)
    }
}

/// Whether all of these settings can change together while the network keeps its weights.
#[must_use]
pub fn are_live(set: &Settings) -> bool {
    let is_of_points = |key: &String| key.starts_with("data.points.");
    // The number of points goes with them.
    set.keys().all(|key| is_live(key) || (key == "data.samples" && set.keys().any(is_of_points)))
}

/// Whether a setting can change while the network keeps its weights, but for those that are set themselves; all
/// others need a new run.
#[must_use]
pub fn is_live(key: &str) -> bool {
    let mut parts = key.split('.');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some("weights"), Some(_), ..)
        | (Some("optimizer" | "batch_size" | "loss"), ..)
        | (Some("data"), Some("points"), Some(_), _) => true,
        (Some("network"), Some("layers"), Some(_), Some(setting)) => {
            matches!(setting, "activation" | "kernel_regularizer" | "rate" | "trainable")
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
    fn what_changes_shapes_or_data_needs_a_new_run() {
        for key in [
            "optimizer.learning_rate",
            "batch_size",
            "network.layers.3.activation",
            "network.layers.1.rate",
            "network.layers.0.trainable",
        ] {
            assert!(is_live(key), "{key}");
        }
        for key in [
            "seed",
            "data.noise",
            "network.layers",
            "network.layers.0.units",
            "network.layers.0.kernel_initializer",
        ] {
            assert!(!is_live(key), "{key}");
        }
    }
}
