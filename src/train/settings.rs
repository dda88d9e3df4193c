//! Settings as JSON: laying some over others, and listing what differs. The URL, an experiment's
//! edits and the defaults of a lab all speak this way, in dotted keys: `network.layers.0.activation`.

use crate::error::{Error, Result};
use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Parts of a dotted key at most; no setting lies deeper.
const MAX_DEPTH: usize = 16;

/// Settings by their dotted keys.
pub type Settings = BTreeMap<String, Value>;

/// `base` with `settings` laid over it.
///
/// # Errors
/// [`Error::Unreadable`] for a key that leads nowhere.
pub fn with(mut base: Value, settings: &Settings) -> Result<Value> {
    let mut overlay = Value::Object(Map::new());
    for (key, value) in settings {
        if key.split('.').count() > MAX_DEPTH {
            return Err(nowhere(&shortened_text(key)));
        }
        let mut place = &mut overlay;
        for part in key.split('.') {
            let Value::Object(map) = place else { return Err(nowhere(key)) };
            place = map.entry(part).or_insert_with(|| Value::Object(Map::new()));
        }
        *place = value.clone();
    }
    merge(&mut base, overlay, "")?;
    Ok(base)
}

/// Lays `over` onto `base`: objects key by key, items of a list by their index, the rest replaced.
/// An object that gets another `name` (an optimizer, a data set) is replaced as a whole, since the
/// options of the old one mean nothing to the new. `null` takes a setting away, which gives it its
/// default. A list of lists, such as points, also takes one more behind its last, and `null` takes one out.
///
/// # Errors
/// [`Error::Unreadable`] for an index that the list does not have.
pub fn merge(base: &mut Value, over: Value, path: &str) -> Result<()> {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            let renamed =
                |tag| over.get(tag).is_some_and(|name| base.get(tag).is_some_and(|old| old != name));
            if renamed("name") || renamed("type") {
                base.clear();
            }
            for (key, value) in over {
                if value.is_null() {
                    base.remove(&key);
                    continue;
                }
                let path = join(path, &key);
                merge(base.entry(key).or_insert(Value::Null), value, &path)?;
            }
        }
        (Value::Array(items), Value::Object(over)) => {
            let index = |key: &str| key.parse::<usize>().ok();
            let mut over: Vec<(String, Value)> = over.into_iter().collect();
            over.sort_by_key(|(key, _)| index(key)); // 9 before 10, so that both can follow 8
            for (key, value) in over {
                let path = join(path, &key);
                let place = index(&key).ok_or_else(|| nowhere(&path))?;
                if place == items.len() && value.is_array() {
                    items.push(value);
                } else if value.is_null() && items.get(place).is_some_and(Value::is_array) {
                    items.remove(place);
                } else {
                    merge(items.get_mut(place).ok_or_else(|| nowhere(&path))?, value, &path)?;
                }
            }
        }
        (base, over) => *base = over,
    }
    Ok(())
}

/// What has to be laid over `from` to make it `to`.
#[must_use]
pub fn difference(from: &Value, to: &Value) -> Settings {
    let mut settings = Settings::new();
    collect(from, to, "", &mut settings);
    settings
}

fn collect(from: &Value, to: &Value, path: &str, settings: &mut Settings) {
    match (from, to) {
        (Value::Object(old), Value::Object(new)) => {
            let renamed = ["name", "type"].into_iter().any(|tag| old.get(tag) != new.get(tag));
            for (key, value) in new {
                let before = if renamed { None } else { old.get(key) };
                collect(before.unwrap_or(&Value::Null), value, &join(path, key), settings);
            }
            let dropped = old.keys().filter(|key| !renamed && !new.contains_key(*key));
            settings.extend(dropped.map(|key| (join(path, key), Value::Null)));
        }
        (Value::Null, Value::Object(new)) if !path.is_empty() => {
            for (key, value) in new {
                collect(&Value::Null, value, &join(path, key), settings);
            }
        }
        // The settings of an edit are dotted keys themselves, which cannot stand within another.
        (Value::Array(old), Value::Array(new)) if path == "edits" && old != new => {
            settings.insert(path.into(), shortened(&Value::Array(new.clone())));
        }
        // Of an item of another type hardly anything stays: a list in which one is there changes as a whole.
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() && !are_retyped(old, new) => {
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                collect(old, new, &join(path, &index.to_string()), settings);
            }
        }
        (Value::Array(old), Value::Array(new)) if one_more(old, new) => {
            settings.insert(join(path, &old.len().to_string()), shortened(&new[old.len()]));
        }
        (Value::Array(old), Value::Array(new)) if let Some(place) = one_less(old, new) => {
            settings.insert(join(path, &place.to_string()), Value::Null);
        }
        (old, new) if old != new => {
            settings.insert(path.into(), shortened(new));
        }
        _ => {}
    }
}

/// Whether an item of a list is of another type than the one in its place.
fn are_retyped(old: &[Value], new: &[Value]) -> bool {
    old.iter().zip(new).any(|(old, new)| old.get("type") != new.get("type"))
}

/// Whether a list of lists has one more behind its last.
fn one_more(old: &[Value], new: &[Value]) -> bool {
    new.split_last().is_some_and(|(last, before)| last.is_array() && before == old)
}

/// The place at which a list of lists has lost one.
fn one_less(old: &[Value], new: &[Value]) -> Option<usize> {
    let place = old.iter().zip(new).position(|(old, new)| old != new).unwrap_or(new.len());
    let is_gone = old.len() == new.len() + 1 && old[place].is_array() && old[place + 1..] == new[place..];
    is_gone.then_some(place)
}

/// An `f32` that became a JSON number as `f64` (0.10000000149011612) in its own digits again (0.1).
fn shortened(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => {
            let wide = number.as_f64().unwrap_or_default();
            let digits = (wide as f32).to_string();
            let is_single = f64::from(wide as f32) == wide;
            if is_single {
                digits.parse().map_or_else(|_| value.clone(), |short: f64| short.into())
            } else {
                value.clone()
            }
        }
        Value::Array(items) => items.iter().map(shortened).collect(),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, value)| (key.clone(), shortened(value))).collect())
        }
        other => other.clone(),
    }
}

/// Reads `"adam"` as `{"name": "adam"}`.
pub(super) fn name_or_settings<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> std::result::Result<T, D::Error> {
    struct Either<T>(std::marker::PhantomData<T>);
    impl<'de, T: Deserialize<'de>> de::Visitor<'de> for Either<T> {
        type Value = T;
        fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
            formatter.write_str("a name, or an object with a name and options")
        }
        fn visit_str<E: de::Error>(self, name: &str) -> std::result::Result<T, E> {
            T::deserialize(de::value::MapDeserializer::new([("name", name)].into_iter()))
        }
        fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> std::result::Result<T, A::Error> {
            T::deserialize(de::value::MapAccessDeserializer::new(map))
        }
    }
    deserializer.deserialize_any(Either(std::marker::PhantomData))
}

/// Reads settings from JSON; an error names the dotted key and what is allowed there.
///
/// # Errors
/// [`Error::Unreadable`].
pub fn read<T: de::DeserializeOwned>(value: Value) -> Result<T> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let key = error.path().to_string().replace('[', ".").replace(']', "");
        let reason = error.into_inner().to_string().replace("unknown variant", "unknown value");
        let reason = ["usize", "u64", "u32"].iter().fold(reason, |reason, whole| {
            reason.replace(&format!("expected {whole}"), "expected a whole number from 0")
        });
        let reason =
            reason.replace("unknown field", "unknown key").replace("expected f32", "expected a number");
        let reason = match reason.split_once(": ").filter(|_| reason.starts_with('.')) {
            Some((path, reason)) => format!("{path}: {}", plain(reason)),
            None => plain(&reason),
        };
        match key.as_str() {
            "." => Error::Unreadable { key: "experiment".into(), reason: format!(": {reason}") },
            // A layer puts the rest of the path first in what it says.
            _ if reason.starts_with(['.', ':']) => Error::Unreadable { key, reason },
            _ => Error::Unreadable { key, reason: format!(": {reason}") },
        }
    })
}

/// What serde says of a wrong type or a missing key, in words for people: "must be a number, not
/// \"abc\"".
fn plain(reason: &str) -> String {
    if let Some(key) = reason.strip_prefix("missing field ") {
        return format!("the key {key} is missing");
    }
    let found = ["invalid type: ", "invalid value: "].into_iter().find_map(|lead| reason.strip_prefix(lead));
    let Some((found, expected)) = found.and_then(|found| found.rsplit_once(", expected ")) else {
        return reason.into();
    };
    let found = match found.split_once(' ') {
        Some(("string", text)) => text,
        Some(("integer", number)) => number.trim_matches('`'),
        Some(("floating", rest)) => rest.trim_start_matches("point ").trim_matches('`'),
        Some(("boolean", value)) => value.trim_matches('`'),
        _ => match found {
            "map" => "an object",
            "sequence" => "a list",
            "null" => "nothing",
            other => other,
        },
    };
    format!("must be {expected}, not {found}")
}

/// The beginning of a text that somebody may have pasted a book into.
fn shortened_text(text: &str) -> String {
    const MAX: usize = 80;
    match text.char_indices().nth(MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn nowhere(key: &str) -> Error {
    Error::Unreadable { key: key.into(), reason: ": there is no such setting in this experiment".into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_differs_laid_over_the_old_gives_the_new() {
        let old = json!({ "seed": 7, "optimizer": { "name": "sgd", "learning_rate": 0.1, "momentum": 0.9 },
            "layers": [{ "units": 3, "activation": "relu", "regularizer": { "l1": 0.1 } }, { "units": 1 }] });
        for new in [
            json!({ "seed": 8, "optimizer": { "name": "adam" }, "layers": [{ "units": 3, "activation": "tanh" }, { "units": 1 }] }),
            json!({ "seed": 7, "optimizer": { "name": "sgd", "learning_rate": 0.5, "momentum": 0.9 }, "layers": [] }),
            old.clone(),
        ] {
            assert_eq!(with(old.clone(), &difference(&old, &new)).unwrap(), new);
        }
        assert!(difference(&old, &old).is_empty());
    }

    #[test]
    fn a_point_is_added_moved_and_taken_out_by_itself() {
        let points = |points: Value| json!({ "data": { "points": points } });
        let old = points(json!([[0, 1, 0], [0.5, 1, 1], [2, 2, 0]]));
        for (new, expected) in [
            (json!([[0, 1, 0], [0.5, 1, 1], [2, 2, 0], [3, 3, 1]]), ("data.points.3", json!([3, 3, 1]))),
            (json!([[0, 1, 0], [2, 2, 0]]), ("data.points.1", Value::Null)),
            (json!([[0, 1, 0], [0.5, 1, 1]]), ("data.points.2", Value::Null)),
            (json!([[0, 1, 0], [0.5, 1, 1], [2, 7, 0]]), ("data.points.2.1", json!(7))),
        ] {
            let settings = difference(&old, &points(new.clone()));
            assert_eq!(settings, Settings::from([(expected.0.to_owned(), expected.1)]));
            assert_eq!(with(old.clone(), &settings).unwrap(), points(new));
        }
        let many: Vec<Value> = (0..9).map(|x| json!([x, 0, 0])).collect();
        let added = Settings::from([9, 10, 11].map(|x| (format!("data.points.{x}"), json!([x, 0, 0]))));
        let all: Vec<Value> = (0..12).map(|x| json!([x, 0, 0])).collect();
        assert_eq!(with(points(json!(many)), &added).unwrap(), points(json!(all)));
        let beyond = Settings::from([("data.points.5".to_owned(), json!([1, 1, 1]))]);
        assert!(
            with(old, &beyond)
                .unwrap_err()
                .to_string()
                .starts_with("data.points.5: there is no such setting")
        );
    }

    #[test]
    fn single_precision_numbers_keep_their_digits() {
        let old = json!({ "rate": 0.5 });
        let new = serde_json::to_value(BTreeMap::from([("rate", 0.1_f32)])).unwrap();
        assert_eq!(difference(&old, &new)["rate"].to_string(), "0.1");
    }

    #[test]
    fn wrong_types_are_told_in_words() {
        assert_eq!(plain("invalid type: string \"abc\", expected a number"), "must be a number, not \"abc\"");
        assert_eq!(
            plain("invalid value: integer `-1`, expected a whole number from 0"),
            "must be a whole number from 0, not -1"
        );
        assert_eq!(plain("invalid type: map, expected a list"), "must be a list, not an object");
        assert_eq!(plain("missing field `set`"), "the key `set` is missing");
        assert_eq!(plain("unknown value `x`, expected one of `a`"), "unknown value `x`, expected one of `a`");
    }

    #[test]
    fn keys_that_lead_nowhere_are_named() {
        let base = json!({ "layers": [{ "units": 3 }] });
        let settings = Settings::from([("layers.4.units".into(), json!(5))]);
        let error = with(base, &settings).unwrap_err().to_string();
        assert_eq!(error, "layers.4: there is no such setting in this experiment");
    }
}
