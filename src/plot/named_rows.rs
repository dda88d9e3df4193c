//! Rows of a name, a track and a number: the name above its track, or before it where rows are low.

use super::Drawn;
use super::pen::{Align, Pen, Point};
use super::text::{Font, Rect};
use plotters::prelude::DrawingBackend;

/// Rows are no higher than this, and no lower.
const HIGHEST: f64 = 60.0;
const LOWEST: f64 = 13.0;
/// From this height on a row has a line for its name.
const TWO_LINES: f64 = 26.0;
/// From the middle of such a row to the middles of its name and its track, at most.
const APART: f64 = 9.0;

/// Where the rows lie.
pub(super) struct Rows {
    width: f64,
    /// Where the tracks start and end.
    left: f64,
    right: f64,
    pitch: f64,
    /// Rows that there is room for, and all.
    pub shown: usize,
    of: usize,
}

impl Rows {
    /// For rows of these names and written numbers.
    pub fn of(names: &[String], values: &[String], (width, height): (f64, f64)) -> Self {
        let widest = |words: &[String]| words.iter().map(|word| Font::Strong.width(word)).fold(0.0, f64::max);
        let pitch = (height / names.len().max(1) as f64).clamp(LOWEST, HIGHEST);
        let room = (height / pitch + 1e-6).max(0.0) as usize;
        // The last line then says how many have no room.
        let shown = if room < names.len() { room.saturating_sub(1) } else { names.len() };
        let left = if pitch >= TWO_LINES { 0.0 } else { (widest(names) + 8.0).min(0.45 * width) };
        let right = width - (widest(values) + 8.0).min(0.4 * width);
        Self { width, left, right: right.max(left), pitch, shown, of: names.len() }
    }

    fn apart(&self) -> f64 {
        (self.pitch / 4.0).min(APART)
    }

    /// The middle of the track of a row.
    pub fn middle(&self, index: usize) -> f64 {
        let middle = self.pitch * (index as f64 + 0.5);
        if self.pitch >= TWO_LINES { middle + self.apart() } else { middle }
    }

    /// The track of a row, no higher than `most`.
    pub fn track(&self, index: usize, most: f64) -> Rect {
        let (middle, half) = (self.middle(index), most.min(0.7 * self.pitch) / 2.0);
        Rect::between(self.left, middle - half, self.right, middle + half)
    }

    /// The row at a place.
    pub fn at(&self, (x, y): Point) -> Option<usize> {
        let is_inside = x >= 0.0 && x <= self.width && y >= 0.0;
        Some((y / self.pitch) as usize).filter(|row| is_inside && *row < self.shown)
    }

    /// Where the last row ends.
    pub fn bottom(&self) -> f64 {
        self.pitch * self.shown as f64
    }

    /// Writes the name of a row, on a ground of its own where lines of an axis pass behind it, and its number.
    pub fn write<DB: DrawingBackend>(
        &self,
        pen: &Pen<DB>,
        index: usize,
        [name, value]: [&str; 2],
        is_marked: bool,
    ) -> Drawn<DB> {
        let colors = &pen.style.palette;
        let (font, ink) = if is_marked { (Font::Strong, colors.ink) } else { (Font::Label, colors.ink_2) };
        let (room, middle) = if self.pitch >= TWO_LINES {
            (self.width, self.middle(index) - 2.0 * self.apart())
        } else {
            (self.left - 8.0, self.middle(index))
        };
        let name = font.shortened(name, room);
        if self.pitch >= TWO_LINES {
            pen.fill(Rect::of_text(&name, font, 0.0, middle).grown(2.0), &colors.surface)?;
        }
        pen.text(&name, (0.0, middle), Align::Left, font, &ink)?;
        let value = font.shortened(value, self.width - self.right - 6.0);
        pen.text(&value, (self.width, self.middle(index)), Align::Right, font, &ink)
    }

    /// Says how many rows have no room.
    pub fn write_rest<DB: DrawingBackend>(&self, pen: &Pen<DB>) -> Drawn<DB> {
        if self.shown == self.of {
            return Ok(());
        }
        let words = Font::Small.shortened(&format!("and {} more", self.of - self.shown), self.width);
        let at = (0.0, self.bottom() + self.pitch / 2.0);
        pen.text(&words, at, Align::Left, Font::Small, &pen.style.palette.ink_3)
    }
}
