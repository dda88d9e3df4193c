//! What a lab says in words, and the changes it offers.

use super::CurveAxis;
use super::format::{count, power};
use crate::train::Run;
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
    /// Key and value of a control of the lab; or the id of a figure in which the visitor can do it, without a value; or
    /// [`Self::LINK`] with the runs to go to.
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
    /// A step of the run from which it could go another way, where it cannot go on as it is.
    #[serde(default)]
    pub back_to: Option<usize>,
    /// What can be set beside the same of another lane.
    #[serde(default)]
    pub left: Option<Left>,
    /// When the loss of a lane that races first fell so low.
    #[serde(default)]
    pub lows: Lows,
}

/// When a loss first fell to what, and what lanes are compared by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lows {
    pub axis: CurveAxis,
    /// The loss that is told of; none where it is to be found, see [`super::target_level`].
    pub goal: Option<f32>,
    /// Places on the axis, ascending, and the loss there.
    pub rows: Vec<[f32; 2]>,
}

/// How much of the gradient of the last step of a sequence is left further back.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Left {
    /// Steps back.
    pub steps: usize,
    /// The natural logarithm of what is left.
    pub ln: f32,
}

/// What can be done about a divergence that steps came before.
pub(super) const WAY_BACK: &str = "A change here starts a new run. To save this one, drag the time bar back and change something that has no ↺: this run then goes on from there with the change.";

/// How far before a divergence it is worth going back: where its growth can mostly be seen to begin.
pub(super) const STEPS_BACK: usize = 12;

impl Remedy {
    /// A tenth of the learning rate in force, likewise.
    pub(super) fn tenth_of_the_rate(run: &Run) -> Self {
        let smaller = (f64::from(run.current().optimizer.learning_rate()) * 1e5).round() / 1e6;
        Self::new("Take a tenth of the learning rate", "optimizer.learning_rate", smaller)
    }

    /// Half the learning rate in force, as people would write it.
    pub(super) fn half_the_rate(run: &Run) -> Self {
        let half = (f64::from(run.current().optimizer.learning_rate()) * 5e5).round() / 1e6;
        Self::new("Halve the rate", "optimizer.learning_rate", half)
    }
}

impl Verdict {
    /// A finding about a run that can go on.
    pub fn new(tone: Tone, word: &str, text: String, remedies: Vec<Remedy>) -> Self {
        Self { tone, word: word.into(), text, remedies, back_to: None, left: None, lows: Lows::default() }
    }

    /// That the run diverged, if it did: where, and what helps; `for_weights` where the first weights were at fault.
    pub(super) fn diverged(run: &Run, for_weights: Vec<Remedy>) -> Option<Self> {
        let at = run.divergence()?;
        let what = format!(
            "The {} of {} was no finite number any more at step {}.",
            at.quantity,
            at.layer,
            count(at.step)
        );
        let rate = run.current().optimizer.learning_rate();
        let (text, remedies) = if at.step == 0 {
            (format!("{what} No update was made yet: its first weights are too large."), for_weights)
        } else {
            let text = format!(
                "{what} The weights of the step before are kept; a learning rate of {} is likely too large. {WAY_BACK}",
                power(rate)
            );
            (text, vec![Remedy::tenth_of_the_rate(run)])
        };
        let back_to = (at.step > 0).then(|| at.step.saturating_sub(STEPS_BACK));
        Some(Self { back_to, ..Self::new(Tone::Bad, "Diverged.", text, remedies) })
    }
}

impl Remedy {
    /// The key of a remedy that is a link to other runs, of another lab perhaps.
    pub const LINK: &str = "link";
    /// The key of a remedy whose value is the id of a figure, in which the visitor does it.
    pub const FIGURE: &str = "figure";

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
