//! A picture moved, turned and resized a little, to see how a network takes it.

use super::resample::{MARGIN, back, ink_at, split};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// How far a picture is nudged: scaled and turned about its middle, then shifted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Nudge {
    /// Pixels to the right and down.
    pub shift: [f32; 2],
    /// Degrees, clockwise.
    pub rotation: f32,
    /// Times as large.
    pub scale: f32,
}

/// One way to nudge a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NudgeKind {
    #[default]
    Right,
    Down,
    Rotation,
    Scale,
}

impl NudgeKind {
    /// All, in the order of the page.
    pub const ALL: [Self; 4] = [Self::Right, Self::Down, Self::Rotation, Self::Scale];

    /// What it is called on a page.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Right => "Shift →",
            Self::Down => "Shift ↓",
            Self::Rotation => "Rotate",
            Self::Scale => "Scale",
        }
    }

    /// The unit of [`Self::amounts`], with the gap between a number and it.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Right | Self::Down => "\u{202f}px",
            Self::Rotation => "°",
            Self::Scale => "\u{202f}%",
        }
    }

    /// The whole numbers it can have: pixels, degrees, per cent.
    #[must_use]
    pub fn amounts(self) -> RangeInclusive<i32> {
        match self {
            Self::Right | Self::Down => -8..=8,
            Self::Rotation => -90..=90,
            Self::Scale => 50..=150,
        }
    }

    /// The amount that leaves a picture as it is.
    #[must_use]
    pub fn rest(self) -> i32 {
        if self == Self::Scale { 100 } else { 0 }
    }
}

impl Default for Nudge {
    fn default() -> Self {
        Self { shift: [0.0; 2], rotation: 0.0, scale: 1.0 }
    }
}

impl Nudge {
    /// Whether it leaves pictures as they are.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// How far it goes in one way, in the unit of [`NudgeKind::amounts`].
    #[must_use]
    pub fn amount(&self, kind: NudgeKind) -> f32 {
        match kind {
            NudgeKind::Right => self.shift[0],
            NudgeKind::Down => self.shift[1],
            NudgeKind::Rotation => self.rotation,
            NudgeKind::Scale => self.scale * 100.0,
        }
    }

    /// The same, but so far in one way, and never further than that may go.
    #[must_use]
    pub fn with(mut self, kind: NudgeKind, amount: f32) -> Self {
        let amounts = kind.amounts();
        let amount = if amount.is_nan() { kind.rest() as f32 } else { amount };
        let amount = amount.clamp(*amounts.start() as f32, *amounts.end() as f32);
        match kind {
            NudgeKind::Right => self.shift[0] = amount,
            NudgeKind::Down => self.shift[1] = amount,
            NudgeKind::Rotation => self.rotation = amount,
            NudgeKind::Scale => self.scale = amount / 100.0,
        }
        self
    }

    /// The nudge that each way alone may have, whatever is asked for.
    fn within_reach(self) -> Self {
        NudgeKind::ALL.into_iter().fold(self, |nudge, kind| nudge.with(kind, self.amount(kind)))
    }

    /// Where a point of the nudged picture comes from, both from the upper left corner of a picture of this
    /// height and width, in pixels.
    #[must_use]
    pub fn origin(self, [x, y]: [f32; 2], [height, width]: [usize; 2]) -> [f32; 2] {
        self.within_reach().origins([width as f32 / 2.0, height as f32 / 2.0])([x, y])
    }

    /// The way back from the nudged picture, whose middle is `centre`.
    fn origins(self, centre: [f32; 2]) -> impl Fn([f32; 2]) -> [f32; 2] {
        let back = back(self.rotation.to_radians(), 0.0, [self.scale; 2]);
        move |[x, y]| {
            let (u, v) = (x - centre[0] - self.shift[0], y - centre[1] - self.shift[1]);
            [0, 1].map(|axis| centre[axis] + back[axis][0] * u + back[axis][1] * v)
        }
    }

    /// What becomes of a picture of ink 0…1, `width` numbers in each row.
    #[must_use]
    pub fn apply(self, picture: &[f32], width: usize) -> Vec<f32> {
        if self.is_none() || width == 0 {
            return picture.to_vec();
        }
        let nudge = self.within_reach();
        let (height, stride) = (picture.len() / width, width + 2 * MARGIN);
        let mut padded = vec![0.0; (height + 2 * MARGIN) * stride];
        for (row, line) in picture.chunks_exact(width).enumerate() {
            padded[(row + MARGIN) * stride + MARGIN..][..width].copy_from_slice(line);
        }
        let origin = nudge.origins([(width as f32 - 1.0) / 2.0, (height as f32 - 1.0) / 2.0]);
        let pixel = |at: usize| {
            let [x, y] = origin([(at % width) as f32, (at / width) as f32]);
            let ((x, fraction_x), (y, fraction_y)) = (split(x), split(y));
            let is_within = (-2..=width as i32).contains(&x) && (-2..=height as i32).contains(&y);
            if is_within { ink_at(&padded, stride, (x, y), [fraction_x, fraction_y]) } else { 0.0 }
        };
        (0..height * width).map(pixel).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 28;

    /// A bar to the right of the middle.
    fn bar() -> Vec<f32> {
        let ink = |at: usize| f32::from((17..20).contains(&(at % SIDE)) && (8..20).contains(&(at / SIDE)));
        (0..SIDE * SIDE).map(ink).collect()
    }

    /// Ink, and its centre.
    fn ink(picture: &[f32]) -> [f32; 3] {
        let sum: f32 = picture.iter().sum();
        let mean = |axis: fn(usize) -> usize| {
            picture.iter().enumerate().map(|(at, ink)| axis(at) as f32 * ink).sum::<f32>() / sum
        };
        [sum, mean(|at| at % SIDE), mean(|at| at / SIDE)]
    }

    fn nudged(kind: NudgeKind, amount: f32) -> [f32; 3] {
        ink(&Nudge::default().with(kind, amount).apply(&bar(), SIDE))
    }

    #[test]
    fn none_leaves_a_picture_as_it_is() {
        assert_eq!(Nudge::default().apply(&bar(), SIDE), bar());
        // Neither does the resampling itself, where it is asked to.
        let tiny = Nudge { rotation: 1e-30, ..Nudge::default() };
        assert_eq!(tiny.apply(&bar(), SIDE), bar());
    }

    #[test]
    fn each_way_does_what_its_name_says() {
        let [sum, x, y] = ink(&bar());
        let near = |[a, b, c]: [f32; 3], [d, e, f]: [f32; 3]| {
            assert!((a - d).abs() < 0.03 * d && (b - e).abs() < 0.05 && (c - f).abs() < 0.05, "{a} {b} {c}");
        };
        near(nudged(NudgeKind::Right, 3.0), [sum, x + 3.0, y]);
        near(nudged(NudgeKind::Down, -4.0), [sum, x, y - 4.0]);
        near(nudged(NudgeKind::Scale, 150.0), [2.25 * sum, 13.5 + 1.5 * (x - 13.5), 13.5 + 1.5 * (y - 13.5)]);
        // Clockwise: what stands to the right comes down.
        near(nudged(NudgeKind::Rotation, 90.0), [sum, 13.5 - (y - 13.5), 13.5 + (x - 13.5)]);
    }

    #[test]
    fn a_point_comes_from_where_its_ink_does() {
        let nudge = Nudge { shift: [3.0, -2.0], rotation: 90.0, scale: 1.25 };
        let dot: Vec<f32> = (0..SIDE * SIDE).map(|at| f32::from(at == 9 * SIDE + 16)).collect();
        let [_, x, y] = ink(&nudge.apply(&dot, SIDE));
        // The middle of a pixel is half a pixel from its corner.
        let [from_x, from_y] = nudge.origin([x + 0.5, y + 0.5], [SIDE; 2]);
        assert!((from_x - 16.5).abs() < 0.05 && (from_y - 9.5).abs() < 0.05, "{from_x} {from_y}");
        assert_eq!(Nudge::default().origin([4.0, 7.5], [12, 20]), [4.0, 7.5]);
    }

    #[test]
    fn what_is_beyond_reach_or_no_number_is_taken_as_the_nearest_that_is() {
        let wild = Nudge { shift: [f32::NAN, f32::INFINITY], rotation: 1e9, scale: 0.0 };
        let nearest = Nudge { shift: [0.0, 8.0], rotation: 90.0, scale: 0.5 };
        assert_eq!(wild.apply(&bar(), SIDE), nearest.apply(&bar(), SIDE));
        for width in [1, 3, 28] {
            assert!(wild.apply(&vec![1.0; 9 * width], width).iter().all(|ink| (0.0..=1.0).contains(ink)));
        }
        assert!(wild.apply(&[], 28).is_empty());
    }
}
