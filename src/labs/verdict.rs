//! What a lab says in words, and the changes it offers.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How a verdict is meant; always beside an icon and a word, never colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tone {
    Note,
    Good,
    Warn,
    Bad,
}

/// A change that is one click away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Remedy {
    /// A verb: "Try ReLU".
    pub label: String,
    /// Key and value of a control of the lab.
    pub key: String,
    pub value: Value,
    /// Whether it helps only from step 0 on, since the weights of this run are past saving.
    pub restarts: bool,
}

/// One finding, true by measurement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    pub tone: Tone,
    /// The finding in a word: "Vanishing".
    pub word: String,
    /// What is seen with a number, then why.
    pub text: String,
    /// At most two.
    pub remedies: Vec<Remedy>,
}

impl Remedy {
    /// A button that sets a control.
    pub fn new(label: &str, key: &str, value: impl Into<Value>) -> Self {
        Self { label: label.into(), key: key.into(), value: value.into(), restarts: false }
    }

    /// The same in a new run.
    #[must_use]
    pub fn anew(self) -> Self {
        Self { restarts: true, ..self }
    }
}
