//! What layers with a kernel have in common: a bias beside it and a penalty on it.

use super::WeightSpec;
use crate::error::{Result, ensure_within};
use crate::nn::{Initializer, InitializerName};
use serde::{Deserialize, Serialize};

/// Penalty on the weights of a kernel, added to the training loss: l1 · Σ|w| + l2 · Σw². As in Keras, there is
/// none on frozen weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Regularizer {
    #[serde(skip_serializing_if = "is_zero")]
    pub l1: f32,
    #[serde(skip_serializing_if = "is_zero")]
    pub l2: f32,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(penalty: &f32) -> bool {
    *penalty == 0.0
}

impl Regularizer {
    pub(super) fn validate(self) -> Result<()> {
        ensure_within("kernel_regularizer.l1", self.l1, &(0.0..=10.0))?;
        ensure_within("kernel_regularizer.l2", self.l2, &(0.0..=10.0))
    }

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
    pub(super) fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

pub(super) fn zeros() -> Initializer {
    Initializer::new(InitializerName::Zeros)
}

pub(super) fn is_zeros(initializer: &Initializer) -> bool {
    *initializer == zeros()
}

/// A kernel of `shape`, whose last axis is the units, and its bias.
pub(super) fn kernel_and_bias(
    shape: Vec<usize>,
    [kernel_initializer, bias_initializer]: [Initializer; 2],
    regularizer: Regularizer,
    trainable: bool,
) -> Vec<WeightSpec> {
    let units = *shape.last().expect("a kernel has axes");
    let kernel = WeightSpec { regularizer, ..WeightSpec::new("kernel", shape, kernel_initializer) };
    vec![kernel.within(trainable), WeightSpec::new("bias", vec![units], bias_initializer).within(trainable)]
}
