//! Which optimizer a run learns with, and its options, as an experiment says them.

use super::Schedule;
use crate::error::{Error, Result, ensure_within};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// Which rule turns gradients into updates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OptimizerName {
    /// Stochastic gradient descent, with momentum (also Nesterov's) where asked for.
    #[default]
    Sgd,
    /// Tieleman & Hinton 2012.
    RmsProp,
    /// Duchi et al., JMLR 2011.
    Adagrad,
    /// Zeiler 2012.
    Adadelta,
    /// Kingma & Ba, ICLR 2015.
    Adam,
    /// Adam with decoupled weight decay. Loshchilov & Hutter, ICLR 2019.
    AdamW,
    /// Adam with Nesterov momentum. Dozat 2016.
    Nadam,
}

/// An optimizer with its options; what is left out takes Keras' default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[rustfmt::skip]
pub struct OptimizerConfig {
    pub name: OptimizerName,
    #[serde(default, skip_serializing_if = "Option::is_none")] pub learning_rate: Option<f32>,
    #[serde(default, skip_serializing_if = "Option::is_none")] pub momentum: Option<f32>,
    #[serde(default, skip_serializing_if = "Option::is_none")] pub nesterov: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")] pub rho: Option<f32>,
    #[serde(default, skip_serializing_if = "Option::is_none")] pub centered: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")] pub beta_1: Option<f32>,
    #[serde(default, skip_serializing_if = "Option::is_none")] pub beta_2: Option<f32>,
    #[serde(default, skip_serializing_if = "Option::is_none")] pub epsilon: Option<f32>,
    #[serde(default, skip_serializing_if = "Option::is_none")] pub initial_accumulator_value: Option<f32>,
    #[serde(default, skip_serializing_if = "Option::is_none")] pub weight_decay: Option<f32>,
    /// Each gradient is cut to ± this.
    #[serde(default, skip_serializing_if = "Option::is_none")] pub clipvalue: Option<f32>,
    /// The gradient of each array of weights is scaled down to this norm.
    #[serde(default, skip_serializing_if = "Option::is_none")] pub clipnorm: Option<f32>,
    /// The gradient of all weights together is scaled down to this norm.
    #[serde(default, skip_serializing_if = "Option::is_none")] pub global_clipnorm: Option<f32>,
    /// How the learning rate goes with the updates; it is constant where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")] pub schedule: Option<Schedule>,
}

impl OptimizerName {
    /// Every optimizer, in the order in which choices list them.
    pub const ALL: [Self; 7] =
        [Self::Sgd, Self::RmsProp, Self::Adagrad, Self::Adadelta, Self::Adam, Self::AdamW, Self::Nadam];

    /// How people write it on a page.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Sgd => "SGD",
            Self::RmsProp => "RMSprop",
            Self::Adagrad => "Adagrad",
            Self::Adadelta => "Adadelta",
            Self::Adam => "Adam",
            Self::AdamW => "AdamW",
            Self::Nadam => "Nadam",
        }
    }

    /// Keras' default learning rate.
    #[must_use]
    pub fn default_learning_rate(self) -> f32 {
        if self == Self::Sgd { 0.01 } else { 0.001 }
    }

    /// Options of its own, beside the learning rate, weight decay and clipping that all have.
    fn options(self) -> &'static [&'static str] {
        match self {
            Self::Sgd => &["momentum", "nesterov"],
            Self::RmsProp => &["rho", "momentum", "epsilon", "centered"],
            Self::Adagrad => &["initial_accumulator_value", "epsilon"],
            Self::Adadelta => &["rho", "epsilon"],
            Self::Adam | Self::AdamW | Self::Nadam => &["beta_1", "beta_2", "epsilon"],
        }
    }
}

impl OptimizerConfig {
    /// Range of the learning rate.
    pub const LEARNING_RATE: RangeInclusive<f32> = 0.0..=100.0;

    /// This rule with Keras' defaults and another learning rate.
    #[must_use]
    pub fn new(name: OptimizerName, learning_rate: f32) -> Self {
        Self { name, learning_rate: Some(learning_rate), ..Self::default() }
    }

    /// The learning rate that is set; where there is a schedule, the largest of it.
    #[must_use]
    pub fn learning_rate(&self) -> f32 {
        self.learning_rate.unwrap_or(self.name.default_learning_rate())
    }

    /// The learning rate of the update before which `step` others were made.
    #[must_use]
    pub fn rate_at(&self, step: usize) -> f32 {
        let rate = self.learning_rate();
        self.schedule.as_ref().map_or(rate, |schedule| schedule.rate_at(rate, step))
    }

    /// Passes when a run of so many steps lasts longer than a schedule lets the learning rate rise.
    ///
    /// # Errors
    /// [`Error::Setting`] with both numbers.
    pub fn ensure_warm_within(&self, steps: usize) -> Result<()> {
        self.schedule.as_ref().map_or(Ok(()), |schedule| schedule.ensure_warm_within(steps))
    }

    /// Passes when the rule has this option, which was given.
    pub(super) fn has_option(&self, option: &str, given: impl std::fmt::Display) -> Result<()> {
        if self.name.options().contains(&option) {
            return Ok(());
        }
        let allowed = format!("left out, since {} has no such option", self.name.label());
        Err(Error::setting(&format!("optimizer.{option}"), given, allowed))
    }

    /// # Errors
    /// [`Error::Setting`] for a number out of its range or an option that this rule does not have.
    pub fn validate(&self) -> Result<()> {
        let own = [
            ("momentum", self.momentum, 0.0..=0.999),
            ("rho", self.rho, 0.0..=0.9999),
            ("beta_1", self.beta_1, 0.0..=0.9999),
            ("beta_2", self.beta_2, 0.0..=0.99999),
            ("epsilon", self.epsilon, 1e-12..=1.0),
            ("initial_accumulator_value", self.initial_accumulator_value, 0.0..=10.0),
        ];
        for (option, value, range) in own {
            let Some(value) = value else { continue };
            self.has_option(option, value)?;
            ensure_within(&format!("optimizer.{option}"), value, &range)?;
        }
        for (option, value) in [("nesterov", self.nesterov), ("centered", self.centered)] {
            value.map_or(Ok(()), |value| self.has_option(option, value))?;
        }
        ensure_within("optimizer.learning_rate", self.learning_rate(), &Self::LEARNING_RATE)?;
        ensure_within("optimizer.weight_decay", self.weight_decay.unwrap_or_default(), &(0.0..=1.0))?;
        for (key, clip) in [
            ("optimizer.clipvalue", self.clipvalue),
            ("optimizer.clipnorm", self.clipnorm),
            ("optimizer.global_clipnorm", self.global_clipnorm),
        ] {
            ensure_within(key, clip.unwrap_or(1.0), &(1e-6..=1e6))?;
        }
        let clips = [self.clipvalue, self.clipnorm, self.global_clipnorm];
        if clips.iter().flatten().count() > 1 {
            let allowed = "the only one of clipvalue, clipnorm and global_clipnorm";
            return Err(Error::setting("the gradient clipping", "given twice", allowed));
        }
        self.schedule.as_ref().map_or(Ok(()), Schedule::validate)
    }
}
