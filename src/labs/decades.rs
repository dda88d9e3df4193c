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

    /// Makes room for what is measured now; 0, NaN and ∞ need none.
    pub(super) fn take(&mut self, norms: &[f32]) {
        let seen = |norm: &&f32| **norm > 0.0 && norm.is_finite();
        let logs = || norms.iter().filter(seen).map(|norm| libm::log10f(*norm));
        let lowest = (logs().fold(0.0_f32, f32::min) / 2.0).floor() as i32 * 2;
        let highest = (logs().fold(0.0_f32, f32::max) / 2.0).ceil() as i32 * 2;
        self.0 = [self.0[0].min(lowest).max(-36), self.0[1].max(highest).min(36)];
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
