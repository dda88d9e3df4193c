//! Axes: which ticks, what they are called, and the light lines that carry them. Horizontal
//! hairlines only, at most five ticks, the outer ones written inwards, the name of the axis on it.

use super::Drawn;
use super::columns::Columns;
use super::pen::{Align, Pen};
use super::text::Font;
use crate::labs::format::{count, fixed, power, short_count};
use plotters::prelude::DrawingBackend;

/// Least distance of two labels under a plot.
const GAP: f64 = 8.0;

/// A value axis along one side of a plot: values from `from` to `to` lie on pixels `start` to `end`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    pub from: f64,
    pub to: f64,
    pub start: f64,
    pub end: f64,
}

impl Scale {
    /// The pixel of a value; what lies outside is clipped to the ends, NaN to the start.
    #[must_use]
    pub fn px(&self, value: f64) -> f64 {
        self.start + (self.end - self.start) * within((value - self.from) / (self.to - self.from))
    }

    /// The value at a pixel, clipped likewise.
    #[must_use]
    pub fn value(&self, px: f64) -> f64 {
        self.from + (self.to - self.from) * within((px - self.start) / (self.end - self.start))
    }

    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        value >= self.from && value <= self.to
    }
}

/// A share clipped to 0…1, NaN to 0.
fn within(share: f64) -> f64 {
    if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) }
}

/// Round values of an axis, their distance a 1, 2 or 5 of some power of ten.
#[derive(Clone, Debug, PartialEq)]
pub struct Ticks {
    pub step: f64,
    pub values: Vec<f64>,
}

impl Ticks {
    /// At most `most` ticks from `from` to `to`; none when there is no way between.
    #[must_use]
    pub fn within(from: f64, to: f64, most: usize) -> Self {
        let span = to - from;
        if !(span > 0.0 && span.is_finite()) || most == 0 {
            return Self { step: 1.0, values: Vec::new() };
        }
        let mut exponent = (span / most as f64).log10().floor() as i32;
        loop {
            for digit in [1.0, 2.0, 5.0] {
                // Dividing by a power of ten is exact where multiplying by 0.1… is not.
                let step =
                    if exponent < 0 { digit / 10f64.powi(-exponent) } else { digit * 10f64.powi(exponent) };
                let (first, last) = ((from / step - 1e-9).ceil(), (to / step + 1e-9).floor());
                if last - first < most as f64 {
                    let number = |i: usize| (first + i as f64) * step + 0.0; // −0 becomes 0
                    let many = (last - first + 1.0).max(0.0) as usize;
                    return Self { step, values: (0..many).map(number).collect() };
                }
            }
            exponent += 1;
        }
    }

    /// How the tick at `value` is written.
    #[must_use]
    pub fn label(&self, value: f64) -> String {
        if self.step >= 1e5 || self.step < 1e-4 {
            return if value == 0.0 { "0".into() } else { power(value) };
        }
        let decimals = (-self.step.log10() - 1e-9).ceil().max(0.0) as usize;
        if decimals == 0 && value.abs() >= 1e4 {
            let text = count(value.abs() as usize);
            return if value < 0.0 { format!("−{text}") } else { text };
        }
        fixed(value, decimals)
    }
}

/// The ends of an axis that holds `low` to `high`, moved outwards to whole steps of about `most`
/// ticks, and further where that leaves fewer than two. What is empty or not a number gets an axis from
/// 0 to 1.
#[must_use]
pub fn rounded(low: f64, high: f64, most: usize) -> (f64, f64) {
    if !(low <= high && low.is_finite() && high.is_finite()) {
        return (0.0, 1.0);
    }
    let (low, high) = if low < high {
        (low, high)
    } else if low == 0.0 {
        (0.0, 1.0)
    } else {
        (low - 0.5 * low.abs(), low + 0.5 * low.abs())
    };
    let (mut low, mut high) = (low, high);
    for _ in 0..4 {
        let step = Ticks::within(low, high, most).step;
        (low, high) = ((low / step + 1e-9).floor() * step, (high / step - 1e-9).ceil() * step);
        if most < 2 || Ticks::within(low, high, most).values.len() >= 2 {
            break;
        }
    }
    (low, high)
}

/// The ticks of a log axis from 10^low to 10^high, from the top down: every two decades, or more
/// so that there are at most `most`.
#[must_use]
pub fn decades(low: i32, high: i32, most: i32) -> Vec<i32> {
    let span = (high.saturating_sub(low)).max(0);
    let step =
        if span < most.min(3) { 1 } else { (2..).step_by(2).find(|step| span / step < most).unwrap_or(2) };
    (0..=span / step).map(|i| high - i * step).collect()
}

/// Draws the hairlines of a value axis and writes its ticks left of the plot; the line at the foot
/// is stronger.
pub fn left_axis<DB: DrawingBackend>(
    pen: &Pen<DB>,
    scale: &Scale,
    ticks: &[(f64, String)],
    (left, right): (f64, f64),
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    for (value, label) in ticks {
        let y = scale.px(*value);
        if (y - scale.start).abs() > 0.75 {
            pen.rule(left, right, y, &colors.line)?;
        }
        pen.text(label, (left - 7.0, y), Align::Right, Font::Small, &colors.ink_3)?;
    }
    pen.rule(left, right, scale.start, &colors.ink_4)
}

/// A label under a plot: its left end, and where it is anchored.
struct FootLabel {
    text: String,
    left: f64,
    at: f64,
    align: Align,
}

/// Labels of ticks under a plot, inwards at the ends and centred between; `name` before the first.
fn foot_labels<'a>(
    scale: &'a Scale,
    ticks: &'a [(f64, String)],
    name: &'a str,
) -> impl Iterator<Item = FootLabel> + 'a {
    ticks.iter().enumerate().map(move |(i, (value, label))| {
        let text = if i == 0 && !name.is_empty() { format!("{name} {label}") } else { label.clone() };
        let half = Font::Small.width(&text) / 2.0;
        let x = scale.px(*value);
        let (left, at, align) = if x - half < scale.start {
            (scale.start, scale.start, Align::Left)
        } else if x + half > scale.end {
            (scale.end - 2.0 * half, scale.end, Align::Right)
        } else {
            (x - half, x, Align::Center)
        };
        FootLabel { text, left, at, align }
    })
}

/// Writes the ticks under a plot, with `name` before the first ("step 0"); a label that would run
/// into the one before is left out.
pub fn foot_axis<DB: DrawingBackend>(
    pen: &Pen<DB>,
    scale: &Scale,
    ticks: &[(f64, String)],
    name: &str,
    y: f64,
) -> Drawn<DB> {
    let mut free_from = f64::NEG_INFINITY;
    for label in foot_labels(scale, ticks, name) {
        let right = label.left + Font::Small.width(&label.text);
        if label.left >= free_from && right <= pen.width {
            free_from = right + GAP;
            pen.text(&label.text, (label.at, y), label.align, Font::Small, &pen.style.palette.ink_3)?;
        }
    }
    Ok(())
}

/// Writes the numbers of the layers at the foot of the figure, the last of them as "out"; left out where they
/// are wider than their columns.
pub fn foot_layers<DB: DrawingBackend>(pen: &Pen<DB>, columns: &Columns) -> Drawn<DB> {
    for layer in 1..columns.count {
        let name = if layer + 1 == columns.count { "out".into() } else { layer.to_string() };
        if Font::Small.width(&name) <= columns.width {
            let at = (columns.center(layer), pen.height - 7.0);
            pen.text(&name, at, Align::Center, Font::Small, &pen.style.palette.ink_3)?;
        }
    }
    Ok(())
}

/// The ticks of a step axis: as many as have room side by side, at most five.
#[must_use]
pub fn step_ticks(scale: &Scale) -> Vec<(f64, String)> {
    count_ticks(scale, "step")
}

/// The same of any count under its `name`.
#[must_use]
pub fn count_ticks(scale: &Scale, name: &str) -> Vec<(f64, String)> {
    ticks_with_room(scale, name, |ticks| {
        let whole = ticks.iter().filter(|(at, _)| at.fract() == 0.0);
        whole.map(|&(at, _)| (at, short_count(at as usize))).collect()
    })
}

/// The ticks of an axis of seconds, each with the unit: milliseconds where it ends before one second.
#[must_use]
pub fn second_ticks(scale: &Scale) -> Vec<(f64, String)> {
    let (factor, unit) = if scale.to < 1.0 { (1000.0, "ms") } else { (1.0, "s") };
    let in_unit = Scale { from: scale.from * factor, to: scale.to * factor, ..*scale };
    let ticks = ticks_with_room(&in_unit, "", |ticks| {
        ticks.iter().map(|(value, label)| (*value, format!("{label}\u{202f}{unit}"))).collect()
    });
    ticks.into_iter().map(|(value, label)| (value / factor, label)).collect()
}

/// As many ticks as have room side by side under `name`, at most five, written by `write`.
fn ticks_with_room(
    scale: &Scale,
    name: &str,
    write: impl Fn(&[(f64, String)]) -> Vec<(f64, String)>,
) -> Vec<(f64, String)> {
    let ticks = |most: usize| -> Vec<(f64, String)> {
        let ticks = Ticks::within(scale.from, scale.to, most);
        let labels: Vec<_> = ticks.values.iter().map(|&value| (value, ticks.label(value))).collect();
        write(&labels)
    };
    let has_room = |ticks: &Vec<(f64, String)>| {
        let labels: Vec<_> = foot_labels(scale, ticks, name).collect();
        labels.windows(2).all(|pair| pair[0].left + Font::Small.width(&pair[0].text) + GAP <= pair[1].left)
    };
    (2..=5).rev().map(ticks).find(has_room).unwrap_or_else(|| ticks(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_ones_twos_and_fives() {
        assert_eq!(Ticks::within(0.0, 0.8, 5).values, [0.0, 0.2, 0.4, 0.6000000000000001, 0.8]);
        assert_eq!(Ticks::within(0.0, 12_360.0, 5).values, [0.0, 5000.0, 10_000.0]);
        assert_eq!(Ticks::within(-8.0, 8.0, 5).values, [-5.0, 0.0, 5.0]);
        assert!(Ticks::within(f64::NAN, 1.0, 5).values.is_empty());
        assert!(Ticks::within(1.0, 1.0, 5).values.is_empty());
    }

    #[test]
    fn tick_labels_have_the_decimals_of_their_step() {
        let labels = |from, to| {
            let ticks = Ticks::within(from, to, 5);
            ticks.values.iter().map(|&v| ticks.label(v)).collect::<Vec<_>>()
        };
        assert_eq!(labels(0.0, 0.8), ["0.0", "0.2", "0.4", "0.6", "0.8"]);
        assert_eq!(labels(-10.0, 10.0), ["−10", "−5", "0", "5", "10"]);
        assert_eq!(labels(0.0, 40_000.0), ["0", "10,000", "20,000", "30,000", "40,000"]);
        assert_eq!(labels(0.0, 4e-7), ["0", "10⁻⁷", "2×10⁻⁷", "3×10⁻⁷", "4×10⁻⁷"]);
    }

    #[test]
    fn axes_end_on_whole_steps() {
        assert_eq!(rounded(0.0, 0.693, 5), (0.0, 0.8));
        assert_eq!(rounded(0.0, 0.0, 5), (0.0, 1.0));
        assert_eq!(rounded(f64::NAN, f64::INFINITY, 5), (0.0, 1.0));
        for most in 2..=5 {
            for high in (1..2000).map(|i| f64::from(i) * 0.013) {
                for low in [0.0, if most > 2 { -0.4 * high } else { 0.0 }] {
                    let (from, to) = rounded(low, high, most);
                    let ticks = Ticks::within(from, to, most).values;
                    assert!(ticks.len() >= 2, "{low} to {high} with at most {most}: {ticks:?}");
                    assert!(from <= low && to >= high - 1e-6);
                }
            }
        }
        let (low, high) = rounded(3.0, 3.0, 5);
        assert!(low < 3.0 && high > 3.0);
    }

    #[test]
    fn log_axes_have_a_tick_every_two_decades_or_more() {
        assert_eq!(decades(-9, 0, 5), [0, -2, -4, -6, -8]);
        assert_eq!(decades(-16, 0, 5), [0, -4, -8, -12, -16]);
        assert_eq!(decades(-2, 0, 5), [0, -1, -2]);
        assert_eq!(decades(0, 0, 5), [0]);
        assert_eq!(decades(3, -3, 5), [-3], "crossed ends");
    }

    #[test]
    fn step_ticks_have_room_side_by_side() {
        let ticks = |width: f64, steps: f64| {
            let scale = Scale { from: 0.0, to: steps, start: 30.0, end: 30.0 + width };
            step_ticks(&scale).into_iter().map(|(_, label)| label).collect::<Vec<_>>()
        };
        assert_eq!(ticks(180.0, 1828.0), ["0", "1,000"]);
        assert_eq!(ticks(300.0, 1828.0), ["0", "500", "1,000", "1,500"]);
        assert_eq!(ticks(300.0, 3.0), ["0", "1", "2", "3"]);
        assert_eq!(ticks(300.0, 1.2e6), ["0", "500k", "1M"]);
        assert_eq!(ticks(10.0, 1.0).len(), 1);
    }

    #[test]
    fn second_ticks_have_their_unit() {
        let ticks = |to: f64| {
            let scale = Scale { from: 0.0, to, start: 30.0, end: 400.0 };
            second_ticks(&scale)
                .into_iter()
                .map(|(_, label)| label.replace('\u{202f}', " "))
                .collect::<Vec<_>>()
        };
        assert_eq!(ticks(4.0), ["0 s", "1 s", "2 s", "3 s", "4 s"]);
        assert_eq!(ticks(0.45), ["0 ms", "100 ms", "200 ms", "300 ms", "400 ms"]);
        assert_eq!(ticks(1.2), ["0.0 s", "0.5 s", "1.0 s"]);
    }

    #[test]
    fn a_scale_clips_what_lies_outside() {
        let scale = Scale { from: 0.0, to: 10.0, start: 100.0, end: 0.0 };
        assert_eq!(scale.px(5.0), 50.0);
        assert_eq!(scale.px(f64::INFINITY), 0.0);
        assert_eq!(scale.px(f64::NAN), 100.0);
        assert_eq!(scale.value(25.0), 7.5);
    }
}
