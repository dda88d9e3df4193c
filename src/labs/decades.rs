//! The ends of the log axis that gradient norms are drawn on: it only widens within a run, so that bars can
//! be followed by eye.

use serde::{Deserialize, Serialize};

/// From 10^low to 10^high, in steps of two decades, as the axes are ticked.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct Decades(pub(super) [i32; 2]);

impl Decades {
    /// Before anything was measured.
    pub(super) fn new() -> Self {
        Self([-8, 0])
    }

    /// What holds these and 1; 0, NaN and ∞ need no room.
    pub(super) fn of(norms: impl Iterator<Item = f32>) -> Self {
        let logs = norms.filter(|norm| *norm > 0.0 && norm.is_finite()).map(libm::log10f);
        let (low, high) = logs.fold((0.0_f32, 0.0_f32), |(low, high), log| (low.min(log), high.max(log)));
        Self([((low / 2.0).floor() as i32 * 2).max(-36), ((high / 2.0).ceil() as i32 * 2).min(36)])
    }

    /// Makes room for what is measured now.
    pub(super) fn take(&mut self, norms: &[f32]) {
        let Self([low, high]) = Self::of(norms.iter().copied());
        self.0 = [self.0[0].min(low), self.0[1].max(high)];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_widens_and_never_shrinks() {
        let mut decades = Decades::new();
        decades.take(&[1e-3, 0.5]);
        assert_eq!(decades.0, [-8, 0]);
        decades.take(&[3e-11, 0.0, f32::NAN, f32::INFINITY, 20.0]);
        assert_eq!(decades.0, [-12, 2]);
        decades.take(&[0.5]);
        assert_eq!(decades.0, [-12, 2]);
    }
}
