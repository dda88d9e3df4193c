//! How finely films are rated.

/// Stars that may be given: 1 to 5, or by halves from ½ to 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    has_halves: bool,
}

impl Scale {
    /// Whole stars.
    pub const STARS: Self = Self { has_halves: false };
    /// Half stars.
    pub const HALVES: Self = Self { has_halves: true };

    /// The one that has so many levels.
    #[must_use]
    pub fn of(levels: usize) -> Option<Self> {
        [Self::STARS, Self::HALVES].into_iter().find(|scale| scale.levels() == levels)
    }

    /// How many different ratings there are.
    #[must_use]
    pub fn levels(self) -> usize {
        if self.has_halves { 10 } else { 5 }
    }

    /// The stars of a level, which is counted from 0.
    #[must_use]
    pub fn stars(self, level: usize) -> f32 {
        let step = if self.has_halves { 0.5 } else { 1.0 };
        step * (level + 1) as f32
    }

    /// The level of so many halves of a star.
    pub(super) fn level(self, halves: u16) -> u16 {
        if self.has_halves { halves - 1 } else { halves / 2 - 1 }
    }

    /// The least and the most that can be given, in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        if self.has_halves { "0.5 to 5 stars" } else { "1 to 5 stars" }
    }
}
