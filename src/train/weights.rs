//! Single weights as settings: `weights.dense_1.kernel.3.5` is a dotted key like all others, so that a weight
//! that was changed by hand is an edit of the run, which link, file and command line replay.

use super::settings::Settings;
use crate::error::{Error, Result};
use crate::nn::Slot;
use serde_json::Value;

/// What the keys of weights begin with.
const LEAD: &str = "weights.";

/// Key of the weight at `place` of an array that Keras calls `name`: `weights.dense_1.kernel.3.5`.
#[must_use]
pub fn weight_key(name: &str, place: &[usize]) -> String {
    let place: Vec<String> = place.iter().map(ToString::to_string).collect();
    format!("{LEAD}{}.{}", name.replace('/', "."), place.join("."))
}

/// Whether a key is that of a weight.
#[must_use]
pub fn is_weight(key: &str) -> bool {
    key.starts_with(LEAD)
}

/// All but the weights: settings of an experiment.
#[must_use]
pub fn without_weights(set: &Settings) -> Settings {
    set.iter().filter(|(key, _)| !is_weight(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// The weights that are set, as places in the flat vector with their values; `arrays` are those of the network
/// with the names that Keras gives them.
///
/// # Errors
/// [`Error::Unreadable`] for an array or a place that the network does not have; [`Error::Setting`] for what is no
/// finite number.
pub(super) fn weights_in(set: &Settings, arrays: &[(String, &Slot)]) -> Result<Vec<(usize, f32)>> {
    let weights = set.iter().filter(|(key, _)| is_weight(key));
    weights.map(|(key, value)| Ok((place(key, arrays)?, number(key, value)?))).collect()
}

fn place(key: &str, arrays: &[(String, &Slot)]) -> Result<usize> {
    let refused = |reason: String| Err(Error::Unreadable { key: key.into(), reason });
    // What is behind the name of an array: a dot and its place, or nothing.
    let behind = |(name, slot): &(String, &Slot)| {
        let rest = key[LEAD.len()..].strip_prefix(&name.replace('/', "."))?.to_owned();
        (rest.is_empty() || rest.starts_with('.')).then(|| (rest, (*slot).clone()))
    };
    let Some((rest, slot)) = arrays.iter().find_map(behind) else {
        let first = arrays.first().map_or("dense/kernel", |(name, _)| name);
        return refused(format!(
            ": the network has no such weights; they are named as in {}",
            weight_key(first, &[0, 0])
        ));
    };
    if slot.name.starts_with("moving_") {
        return refused(": moving statistics are measured, and cannot be set".into());
    }
    if let Some(tied) = slot.tied {
        let of = arrays.iter().find(|(_, of)| of.layer == tied && of.name == slot.name);
        let of = of.map_or("another layer", |(name, _)| name);
        return refused(format!(": it is {of}, transposed, and set there"));
    }
    let given: Vec<Option<usize>> = rest.split('.').skip(1).map(|part| part.parse().ok()).collect();
    let mut at = Some(0);
    for (axis, &size) in slot.shape.iter().enumerate() {
        let index = given.get(axis).copied().flatten().filter(|index| *index < size);
        at = at.zip(index).map(|(at, index)| at * size + index);
    }
    match at.filter(|_| given.len() == slot.shape.len()) {
        Some(at) => Ok(slot.range.start + at),
        None => refused(format!(": must end with a place in {:?}, counted from 0", slot.shape)),
    }
}

fn number(key: &str, value: &Value) -> Result<f32> {
    let number = value.as_f64().map(|number| number as f32).filter(|number| number.is_finite());
    number.ok_or_else(|| Error::setting(key, value, "a finite number"))
}
