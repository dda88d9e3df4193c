//! What of an item is held fast while the rest is dreamt: any pixels of its picture, and its label.

use serde::{Deserialize, Serialize};

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Held {
    pub pixels: HeldPixels,
    /// The class whose label is held, where labels stand beside items.
    pub label: Option<usize>,
    /// What is marked, to be held or let go.
    pub marked: Option<Patch>,
}

/// Which pixels are held.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldPixels {
    #[default]
    Nothing,
    Half(Half),
    /// Those that are inked.
    Ink,
    /// Those that were chosen: runs of them, each from its first pixel to the one after its last, row by row.
    Chosen(Vec<[usize; 2]>),
}

/// A half of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Half {
    Top,
    Bottom,
    Left,
    Right,
}

/// A rectangle of pixels by two of its corners, each row and column, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patch {
    pub from: [usize; 2],
    pub to: [usize; 2],
}

/// From which value on a pixel is inked.
const INKED: f32 = 0.5;

impl HeldPixels {
    /// 1 for each pixel that is held of a picture `[height, width]`, else 0; empty where none is.
    #[must_use]
    pub fn of(&self, picture: &[f32], [height, width]: [usize; 2]) -> Vec<f32> {
        let is_held = |pixel: usize| match self {
            Self::Nothing => false,
            Self::Half(half) => half.has([pixel / width, pixel % width], [height, width]),
            Self::Ink => picture.get(pixel).is_some_and(|value| *value >= INKED),
            Self::Chosen(runs) => runs.iter().any(|[first, end]| (*first..*end).contains(&pixel)),
        };
        let held: Vec<f32> = (0..height * width).map(|pixel| f32::from(u8::from(is_held(pixel)))).collect();
        if held.contains(&1.0) { held } else { Vec::new() }
    }

    /// Those that are held here with those of a patch, or without them.
    #[must_use]
    pub fn with(&self, patch: Patch, is_held: bool, picture: &[f32], [height, width]: [usize; 2]) -> Self {
        let mut held = self.of(picture, [height, width]);
        held.resize(height * width, 0.0);
        let [rows, columns] = patch.within([height, width]);
        for row in rows[0]..=rows[1] {
            held[row * width..][columns[0]..=columns[1]].fill(f32::from(u8::from(is_held)));
        }
        let mut runs: Vec<[usize; 2]> = Vec::new();
        for pixel in (0..held.len()).filter(|&pixel| held[pixel] == 1.0) {
            match runs.last_mut() {
                Some([_, end]) if *end == pixel => *end += 1,
                _ => runs.push([pixel, pixel + 1]),
            }
        }
        Self::Chosen(runs)
    }
}

impl Half {
    /// All, in the order of the page.
    pub const ALL: [Self; 4] = [Self::Top, Self::Bottom, Self::Left, Self::Right];

    /// Its name on a page.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Top => "Top",
            Self::Bottom => "Bottom",
            Self::Left => "Left",
            Self::Right => "Right",
        }
    }

    fn has(self, [row, column]: [usize; 2], [height, width]: [usize; 2]) -> bool {
        match self {
            Self::Top => row < height / 2,
            Self::Bottom => row >= height / 2,
            Self::Left => column < width / 2,
            Self::Right => column >= width / 2,
        }
    }
}

impl Patch {
    /// The middle of a picture.
    #[must_use]
    pub fn middle_of([height, width]: [usize; 2]) -> Self {
        let last = |many: usize| (3 * many / 4).max(1) - 1;
        Self { from: [height / 4, width / 4], to: [last(height), last(width)] }
    }

    /// Its first and last rows and columns, as far as a picture of this size has them.
    #[must_use]
    pub fn within(self, size: [usize; 2]) -> [[usize; 2]; 2] {
        [0, 1].map(|axis| {
            let last = size[axis].saturating_sub(1);
            let [a, b] = [self.from[axis].min(last), self.to[axis].min(last)];
            [a.min(b), a.max(b)]
        })
    }

    /// Moved down and to the right, both corners or the second alone, as far as a picture of this size allows.
    #[must_use]
    pub fn moved(self, by: [i32; 2], is_second_alone: bool, size: [usize; 2]) -> Self {
        let mut moved = self;
        for axis in [0, 1] {
            let last = size[axis].saturating_sub(1);
            let corners = [self.from[axis].min(last), self.to[axis].min(last)];
            let room = if is_second_alone {
                [corners[1], last - corners[1]]
            } else {
                [corners[0].min(corners[1]), last - corners[0].max(corners[1])]
            };
            let by = by[axis].clamp(-(room[0] as i32), room[1] as i32) as isize;
            moved.to[axis] = corners[1].saturating_add_signed(by);
            moved.from[axis] =
                if is_second_alone { corners[0] } else { corners[0].saturating_add_signed(by) };
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: [usize; 2] = [4, 6];

    fn held(pixels: &HeldPixels, picture: &[f32]) -> Vec<usize> {
        let mask = pixels.of(picture, SIZE);
        (0..mask.len()).filter(|&pixel| mask[pixel] == 1.0).collect()
    }

    #[test]
    fn any_pixels_are_held_and_let_go() {
        assert!(HeldPixels::Nothing.of(&[], SIZE).is_empty());
        assert_eq!(held(&HeldPixels::Half(Half::Right), &[])[..4], [3, 4, 5, 9]);
        let ink: Vec<f32> = (0..24).map(|pixel| if pixel == 7 || pixel == 20 { 0.9 } else { 0.2 }).collect();
        assert_eq!(held(&HeldPixels::Ink, &ink), [7, 20]);
        // From the lower right corner to the upper left, on top of what was held, and a part of it let go.
        let patch = Patch { from: [2, 4], to: [1, 3] };
        let chosen = HeldPixels::Ink.with(patch, true, &ink, SIZE);
        assert_eq!(held(&chosen, &[]), [7, 9, 10, 15, 16, 20]);
        let fewer = chosen.with(Patch { from: [2, 0], to: [9, 9] }, false, &[], SIZE);
        assert_eq!(fewer, HeldPixels::Chosen(vec![[7, 8], [9, 11]]));
        assert!(
            fewer
                .with(patch, false, &[], SIZE)
                .with(Patch { from: [1, 1], to: [1, 1] }, false, &[], SIZE)
                .of(&[], SIZE)
                .is_empty()
        );
    }

    #[test]
    fn a_patch_stays_on_the_picture() {
        let patch = Patch { from: [1, 2], to: [2, 4] };
        assert_eq!(patch.moved([5, 5], false, SIZE), Patch { from: [2, 3], to: [3, 5] });
        assert_eq!(patch.moved([-5, -5], true, SIZE), Patch { from: [1, 2], to: [0, 0] });
        assert_eq!(patch.moved([-5, -5], true, SIZE).within(SIZE), [[0, 1], [0, 2]]);
        assert_eq!(Patch::middle_of([28, 28]).within([28, 28]), [[7, 20], [7, 20]]);
        assert_eq!(Patch::middle_of([1, 1]).within([1, 1]), [[0, 0], [0, 0]]);
    }
}
