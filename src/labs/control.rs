//! What can be set, as data: the page draws any control without knowing what it is for.

use crate::data::SETS;
use crate::error::{Error, Result};
use crate::train::{OptimizerConfig, OptimizerName, settings};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// The value of a control that sets many things which differ: none of its choices is in force.
pub const MIXED: &str = "mixed";

/// One value that a control can take.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub value: Value,
    pub label: String,
}

/// How a control is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A slider over the choices, for numbers.
    Slider,
    /// Side by side; where there are more than `featured`, the rest in a list beside the label.
    Segments { featured: usize },
    /// A drop-down list.
    Select,
    /// Side by side, any number of them in force: the value lists them, and a change to one of the
    /// choices puts it in or takes it out.
    Several,
    /// A picture for each choice: a data set drawn small.
    DataSets,
    /// The layers of a network, one below the other, to be changed, added, moved and taken away; the
    /// choices are whole networks to begin with. See [`super::Draft`].
    Layers,
}

/// A setting with what it can be set to.
#[derive(Clone, Debug, PartialEq)]
pub struct Control {
    /// What [`super::Lab::change`] is called with; a dotted key of the experiment, or the lab's own word.
    pub key: String,
    pub label: &'static str,
    pub kind: Kind,
    pub choices: Vec<Choice>,
    /// The value in force, which a hand-written experiment may have outside the choices.
    pub value: Value,
    /// Whether any change builds a new network and starts at step 0; some changes of a list of layers do.
    pub restarts: bool,
    /// Whether it waits under "More".
    pub folded: bool,
    /// Whether it is set in all open lanes at once: what they share, and not what they differ in.
    pub for_all_lanes: bool,
}

impl Choice {
    /// A value and how people write it.
    pub fn new(value: impl Into<Value>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }

    /// Numbers, written as they are.
    pub(super) fn numbers<const N: usize>(values: [f64; N]) -> Vec<Self> {
        values.map(|value| Self::new(value, value.to_string())).to_vec()
    }

    /// The values of a setting of a fixed choice.
    pub(super) fn named<T: Serialize + Copy>(values: &[T], label: impl Fn(T) -> &'static str) -> Vec<Self> {
        values.iter().map(|&item| Self::new(plain(item), label(item))).collect()
    }
}

/// The value of a control as the setting it stands for.
///
/// # Errors
/// [`Error::Unreadable`] naming the control.
pub(super) fn parsed<T: DeserializeOwned>(key: &str, value: &Value) -> Result<T> {
    settings::read(value.clone()).map_err(|error| match error {
        Error::Unreadable { reason, .. } => Error::Unreadable { key: key.into(), reason },
        other => other,
    })
}

/// A rule at the rate at which it learns pictures.
pub(super) fn optimizer_for_pictures(name: OptimizerName) -> OptimizerConfig {
    let rate = match name {
        OptimizerName::Adadelta => 1.0,
        OptimizerName::Sgd | OptimizerName::Adagrad => 0.03,
        _ => 0.001,
    };
    OptimizerConfig::new(name, rate)
}

/// What all layers have in common, else the word [`MIXED`], which is no choice.
pub(super) fn common<T: PartialEq + Serialize>(mut values: impl Iterator<Item = T>) -> Value {
    let Some(first) = values.next() else { return "none".into() };
    if values.all(|value| value == first) { plain(first) } else { MIXED.into() }
}

fn plain(setting: impl Serialize) -> Value {
    serde_json::to_value(setting).expect("settings are plain data")
}

impl Control {
    /// A control under "More" that changes the running network.
    pub(super) fn new(
        key: &str,
        label: &'static str,
        kind: Kind,
        choices: Vec<Choice>,
        value: impl Serialize,
    ) -> Self {
        Self {
            key: key.into(),
            label,
            kind,
            choices,
            value: plain(value),
            restarts: false,
            folded: true,
            for_all_lanes: false,
        }
    }

    /// The same, always in sight.
    pub(super) fn shown_first(self) -> Self {
        Self { folded: false, ..self }
    }

    /// The same, of which a change begins a new run.
    pub(super) fn restarting(self) -> Self {
        Self { restarts: true, ..self }
    }

    /// The same, set in all open lanes at once.
    pub(super) fn for_all_lanes(self) -> Self {
        Self { for_all_lanes: true, ..self }
    }

    /// How the value in force is written.
    #[must_use]
    pub fn shown(&self) -> String {
        if self.kind == Kind::Several {
            let chosen = (0..self.choices.len()).filter(|index| self.is_chosen(*index));
            return chosen.map(|index| self.choices[index].label.as_str()).collect::<Vec<_>>().join(", ");
        }
        match (self.selected(), &self.value) {
            (Some(index), _) => self.choices[index].label.clone(),
            (None, Value::String(text)) if self.kind == Kind::DataSets => {
                let set = SETS.iter().find(|set| set.name == text);
                set.map_or_else(|| text.clone(), |set| set.label.into())
            }
            (None, Value::String(text)) => text.clone(),
            // In the digits of the `f32` that the engine makes of it.
            (None, Value::Number(number)) if number.is_f64() => {
                number.as_f64().map_or_else(String::new, |number| (number as f32).to_string())
            }
            (None, other) => other.to_string(),
        }
    }

    /// Whether a choice is in force: the one, or one of those of [`Kind::Several`].
    #[must_use]
    pub fn is_chosen(&self, index: usize) -> bool {
        match &self.value {
            Value::Array(several) if self.kind == Kind::Several => {
                self.choices.get(index).is_some_and(|choice| several.contains(&choice.value))
            }
            _ => self.selected() == Some(index),
        }
    }

    /// Index of the choice in force, if it is one of them.
    #[must_use]
    pub fn selected(&self) -> Option<usize> {
        self.choices.iter().position(|choice| same(&choice.value, &self.value))
    }

    /// Index of the choice in force, or of the nearest number.
    #[must_use]
    pub fn nearest(&self) -> usize {
        let distance = |value: &Value| (value.as_f64()? - self.value.as_f64()?).abs().into();
        let nearest = |a: &Option<f64>, b: &Option<f64>| {
            a.unwrap_or(f64::INFINITY).total_cmp(&b.unwrap_or(f64::INFINITY))
        };
        self.selected().unwrap_or_else(|| {
            let distances = self.choices.iter().map(|choice| distance(&choice.value));
            distances.enumerate().min_by(|(_, a), (_, b)| nearest(a, b)).map_or(0, |(index, _)| index)
        })
    }
}

/// Equal, with numbers compared as the `f32` that the engine makes of them.
fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => (a as f32).to_bits() == (b as f32).to_bits(),
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_outside_the_choices_is_shown_as_it_is() {
        let choices = [0.01, 0.1, 1.0].map(|rate| Choice::new(rate, rate.to_string())).to_vec();
        let value = serde_json::to_value(0.1_f32).unwrap();
        let mut control = Control {
            key: String::new(),
            label: "",
            kind: Kind::Slider,
            choices,
            value,
            restarts: false,
            folded: false,
            for_all_lanes: false,
        };
        assert_eq!((control.selected(), control.shown().as_str()), (Some(1), "0.1"));
        control.value = plain(0.18_f32);
        assert_eq!(control.shown(), "0.18");
        control.value = 0.7.into();
        assert_eq!((control.selected(), control.nearest(), control.shown().as_str()), (None, 2, "0.7"));
    }
}
