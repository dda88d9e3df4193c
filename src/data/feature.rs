//! What a network is given of a point of the plane: its coordinates, or what is made of them.

use crate::error::{Error, Result, name_of};
use serde::{Deserialize, Serialize};
use std::f32::consts::PI;

/// One number made of a point (x, y), whose coordinates are in deviations of the training items. A new one
/// is its name here and its arms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    X,
    Y,
    XSquared,
    YSquared,
    Xy,
    SinX,
    SinY,
}

impl Feature {
    /// All of them, in the order in which a network is given them.
    pub const ALL: [Self; 7] =
        [Self::X, Self::Y, Self::XSquared, Self::YSquared, Self::Xy, Self::SinX, Self::SinY];

    /// What is given where nothing else is chosen.
    pub const USUAL: [Self; 2] = [Self::X, Self::Y];

    /// How people write it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::X => "x",
            Self::Y => "y",
            Self::XSquared => "x²",
            Self::YSquared => "y²",
            Self::Xy => "xy",
            Self::SinX => "sin πx",
            Self::SinY => "sin πy",
        }
    }

    /// Its value at a point: x, y, x², y², xy, sin(πx) or sin(πy), not scaled any further. Of coordinates
    /// in deviations the squares are 1 on average, and sin(πx) has as many waves over the data as
    /// TensorFlow Playground's sin(x), whose points reach as far as 6.
    #[must_use]
    pub fn of(self, [x, y]: [f32; 2]) -> f32 {
        match self {
            Self::X => x,
            Self::Y => y,
            Self::XSquared => x * x,
            Self::YSquared => y * y,
            Self::Xy => x * y,
            Self::SinX => libm::sinf(PI * x),
            Self::SinY => libm::sinf(PI * y),
        }
    }

    /// Its slopes at a point, across and upwards.
    #[must_use]
    pub fn slope(self, [x, y]: [f32; 2]) -> [f32; 2] {
        match self {
            Self::X => [1.0, 0.0],
            Self::Y => [0.0, 1.0],
            Self::XSquared => [2.0 * x, 0.0],
            Self::YSquared => [0.0, 2.0 * y],
            Self::Xy => [y, x],
            Self::SinX => [PI * libm::cosf(PI * x), 0.0],
            Self::SinY => [0.0, PI * libm::cosf(PI * y)],
        }
    }
}

/// Passes for at least one feature, each at most once.
pub(super) fn ensure_features(features: &[Feature]) -> Result<()> {
    let names = |features: &[Feature]| features.iter().map(name_of).collect::<Vec<_>>().join(", ");
    let repeated = (1..features.len()).any(|index| features[..index].contains(&features[index]));
    if !features.is_empty() && !repeated {
        return Ok(());
    }
    let allowed = format!("one or more of {}, each at most once", names(&Feature::ALL));
    Err(Error::setting("data.features", format!("[{}]", names(features)), allowed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_their_formulas() {
        let values = Feature::ALL.map(|feature| feature.of([-0.5, 2.0]));
        let expected = [-0.5, 2.0, 0.25, 4.0, -1.0, -1.0, 0.0];
        for (feature, (value, expected)) in Feature::ALL.iter().zip(values.iter().zip(expected)) {
            assert!((value - expected).abs() < 1e-6, "{}: {value}, not {expected}", feature.label());
        }
    }

    #[test]
    fn slopes_are_those_of_the_formulas() {
        const H: f32 = 1e-2;
        for feature in Feature::ALL {
            for [x, y] in [[0.3, -0.7], [-1.2, 0.4], [0.0, 0.0]] {
                let across = (feature.of([x + H, y]) - feature.of([x - H, y])) / (2.0 * H);
                let upwards = (feature.of([x, y + H]) - feature.of([x, y - H])) / (2.0 * H);
                let slope = feature.slope([x, y]);
                let is_near = (slope[0] - across).abs() < 2e-3 && (slope[1] - upwards).abs() < 2e-3;
                assert!(is_near, "{}: {slope:?}, not [{across}, {upwards}]", feature.label());
            }
        }
    }

    #[test]
    fn at_least_one_is_chosen_and_none_twice() {
        ensure_features(&[Feature::SinX]).unwrap();
        let none = ensure_features(&[]).unwrap_err().to_string();
        assert!(
            none.starts_with("data.features is [], but must be one or more of x, y, x_squared"),
            "{none}"
        );
        assert!(ensure_features(&[Feature::Xy, Feature::X, Feature::Xy]).is_err());
    }
}
