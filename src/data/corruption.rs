//! Spoils what a network is given, so that it has to restore it: noise, or a part that is missing. What becomes of an
//! item follows from seed, epoch and item alone; the test items are always spoiled alike.

use crate::error::{Result, ensure_within};
use crate::tensor::Rng;
use serde::{Deserialize, Serialize};

/// How inputs are spoiled before a network is given them, while it is compared with what they were: a denoising
/// autoencoder (Vincent et al., Extracting and composing robust features, ICML 2008). Level 0, the default, leaves them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Corruption {
    pub kind: CorruptionKind,
    /// How much, from 0 to 1; see [`CorruptionKind`].
    pub level: f32,
}

/// A way to spoil an item. Pictures and signals stay within 0…1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CorruptionKind {
    /// Normal noise whose standard deviation is the level.
    #[default]
    Gaussian,
    /// A share of the numbers, as large as the level, become the least or the most there is.
    SaltAndPepper,
    /// A patch is painted over, whose sides are that share of the picture's.
    MaskedPatch,
    /// A share of the rows are missing; of an item without rows a share of its numbers.
    MissingRows,
}

impl CorruptionKind {
    /// All, in the order of the page.
    pub const ALL: [Self; 4] = [Self::Gaussian, Self::SaltAndPepper, Self::MaskedPatch, Self::MissingRows];

    /// What it is called on a page.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Gaussian => "Gaussian",
            Self::SaltAndPepper => "Salt and pepper",
            Self::MaskedPatch => "Masked patch",
            Self::MissingRows => "Missing rows",
        }
    }
}

/// The numbers an item may have: what noise is cut off at within 0…1, what salt and pepper are, and what is put where something is
/// missing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    pub least: f32,
    pub most: f32,
    pub missing: f32,
}

impl Bounds {
    /// Of pictures and signals: nothing is 0.
    pub const UNIT: Self = Self { least: 0.0, most: 1.0, missing: 0.0 };
    /// Of features, which are standardised: three deviations either way, and the mean.
    pub const DEVIATIONS: Self = Self { least: -3.0, most: 3.0, missing: 0.0 };
}

impl Corruption {
    /// Whether items stay as they are.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.level == 0.0
    }

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// # Errors
    /// [`crate::error::Error::Setting`] for a level outside 0…1.
    pub fn validate(&self) -> Result<()> {
        ensure_within("data.corruption.level", self.level, &(0.0..=1.0))
    }

    /// Spoils an item of `[rows, columns]` numbers with the random numbers of `rng`.
    pub fn apply(&self, item: &mut [f32], [rows, columns]: [usize; 2], bounds: Bounds, rng: &mut Rng) {
        if self.is_none() {
            return;
        }
        let Bounds { least, most, missing } = bounds;
        match self.kind {
            CorruptionKind::Gaussian => {
                for number in item {
                    *number += self.level * rng.normal_by_quantile();
                    if bounds == Bounds::UNIT {
                        *number = number.clamp(least, most);
                    }
                }
            }
            CorruptionKind::SaltAndPepper => {
                for number in item {
                    let chance = rng.uniform();
                    if chance < self.level {
                        *number = if chance < self.level / 2.0 { least } else { most };
                    }
                }
            }
            CorruptionKind::MaskedPatch => {
                let side = |cells: usize| (cells as f32 * self.level).round() as usize;
                // An item that is a single row loses a part of that row.
                let (high, wide) = (if rows == 1 { 1 } else { side(rows) }, side(columns));
                let mut first = |room: usize| rng.below(room as u32 + 1) as usize;
                let (top, left) = (first(rows - high), first(columns - wide));
                for row in item.chunks_exact_mut(columns).skip(top).take(high) {
                    row[left..left + wide].fill(missing);
                }
            }
            CorruptionKind::MissingRows => {
                let width = if rows == 1 { 1 } else { columns };
                for row in item.chunks_exact_mut(width) {
                    if rng.uniform() < self.level {
                        row.fill(missing);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::Stream;

    const SIDE: usize = 28;

    fn spoiled(kind: CorruptionKind, level: f32, item: usize) -> Vec<f32> {
        let mut picture = vec![0.5; SIDE * SIDE];
        let mut rng = Rng::new(1, Stream::TestCorruption { item });
        Corruption { kind, level }.apply(&mut picture, [SIDE; 2], Bounds::UNIT, &mut rng);
        picture
    }

    #[test]
    fn as_much_is_spoiled_as_is_said() {
        let all = |kind, level| (0..50).flat_map(|item| spoiled(kind, level, item)).collect::<Vec<f32>>();
        let share = |numbers: &[f32], is: fn(f32) -> bool| {
            numbers.iter().filter(|number| is(**number)).count() as f32 / numbers.len() as f32
        };
        for kind in CorruptionKind::ALL {
            assert!(all(kind, 0.0).iter().all(|number| *number == 0.5), "{kind:?}");
            assert!(all(kind, 1.0).iter().all(|number| (0.0..=1.0).contains(number)), "{kind:?}");
        }
        let noisy = all(CorruptionKind::Gaussian, 0.1);
        let variance =
            noisy.iter().map(|number| (number - 0.5) * (number - 0.5)).sum::<f32>() / noisy.len() as f32;
        assert!((variance.sqrt() - 0.1).abs() < 0.002, "{}", variance.sqrt());
        let salted = all(CorruptionKind::SaltAndPepper, 0.3);
        assert!((share(&salted, |number| number == 0.0) - 0.15).abs() < 0.01);
        assert!((share(&salted, |number| number == 1.0) - 0.15).abs() < 0.01);
        let masked = spoiled(CorruptionKind::MaskedPatch, 0.25, 3);
        assert_eq!(masked.iter().filter(|number| **number == 0.0).count(), 49);
        let missing = spoiled(CorruptionKind::MissingRows, 0.4, 3);
        assert!(missing.chunks(SIDE).all(|row| row.iter().all(|number| *number == row[0])));
        assert!((share(&all(CorruptionKind::MissingRows, 0.4), |number| number == 0.0) - 0.4).abs() < 0.05);
    }

    #[test]
    fn items_of_one_row_lose_a_part_of_it() {
        for kind in [CorruptionKind::MaskedPatch, CorruptionKind::MissingRows] {
            let mut signal = vec![1.0; 100];
            let mut rng = Rng::new(1, Stream::TestCorruption { item: 0 });
            Corruption { kind, level: 0.3 }.apply(&mut signal, [1, 100], Bounds::UNIT, &mut rng);
            let lost = signal.iter().filter(|number| **number == 0.0).count();
            assert!((15..=45).contains(&lost), "{kind:?}: {lost}");
        }
    }
}
