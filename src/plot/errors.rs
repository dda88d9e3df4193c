//! How large errors are: a histogram of normal and one of abnormal items over the same axis, a threshold between them, and
//! where what was drawn lies.

use super::Drawn;
use super::axes::{Scale, Ticks, foot_axis};
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::table::{Table, names};
use super::text::{Font, Rect};
use crate::labs::format::{percent, significant};
use crate::labs::{Errors, Numbers};
use plotters::prelude::DrawingBackend;
use plotters::style::{Color, RGBColor};

/// Room above the bars for what the threshold is, and below them for the axis.
const HEAD: f64 = 34.0;
const FOOT: f64 = 20.0;
/// What the needle stands for.
const PAD: &str = "on the pad";

fn scale(errors: &Errors, width: f64) -> Scale {
    Scale { from: errors.from.into(), to: errors.to.into(), start: 0.0, end: width }
}

/// The error at a place of the figure.
#[must_use]
pub fn error_at(errors: &Errors, width: f64, x: f64) -> f32 {
    scale(errors, width).value(x) as f32
}

fn bar(bins: usize, bin: usize, share: f64, (width, height): (f64, f64)) -> Rect {
    let wide = width / bins.max(1) as f64;
    let foot = height - FOOT;
    Rect::between(wide * bin as f64 + 0.5, foot - (foot - HEAD) * share, wide * (bin + 1) as f64 - 0.5, foot)
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, errors: &Errors, numbers: &Numbers) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let size = (pen.width, pen.height);
    let most = errors.shares.iter().flat_map(|&span| numbers.at(span)).fold(0.0_f32, |most, x| most.max(*x));
    let axis = scale(errors, pen.width);
    let foot = pen.height - FOOT;
    let kinds: [RGBColor; 2] = [colors.ink_4, colors.bad];
    for (kind, span) in errors.shares.into_iter().enumerate() {
        let shares = numbers.at(span);
        for (bin, &share) in shares.iter().enumerate().filter(|(_, share)| **share > 0.0) {
            pen.fill(
                bar(shares.len(), bin, f64::from(share / most), size),
                &kinds[kind].mix([1.0, 0.6][kind]),
            )?;
        }
    }
    pen.rule(0.0, pen.width, foot, &colors.ink_4)?;
    let ticks = Ticks::within(axis.from, axis.to, 5);
    let labels: Vec<_> = ticks.values.iter().map(|&value| (value, ticks.label(value))).collect();
    foot_axis(pen, &axis, &labels, "", foot + 11.0)?;
    let x = axis.px(errors.threshold.into());
    pen.plumb(x, 12.0, foot, &colors.ink)?;
    pen.fill(Rect::between(x - 4.0, 2.0, x + 5.0, 13.0), &colors.ink)?;
    let words = format!("alarm above {}", significant(errors.threshold, 2));
    beside(pen, x, 7.0, &words, Font::Small, colors.ink)?;
    // The names of both kinds, each on its side where there is room.
    let names = [(0.0, Align::Left, colors.ink_3), (pen.width, Align::Right, colors.bad)];
    for (kind, (at, align, color)) in names.into_iter().enumerate() {
        if errors.shares[kind].len > 0 && numbers.at(errors.shares[kind]).iter().any(|share| *share > 0.0) {
            let name = Font::Small.shortened(&errors.kinds[kind], pen.width / 2.0 - 6.0);
            let left = if align == Align::Right { at - Font::Small.width(&name) } else { at };
            // On a ground of its own: the line of the threshold passes behind.
            pen.fill(Rect::of_text(&name, Font::Small, left, 24.0).grown(1.5), &colors.surface)?;
            pen.text(&name, (at, 24.0), align, Font::Small, &color)?;
        }
    }
    let Some(needle) = errors.needle.filter(|needle| needle.is_finite()) else { return Ok(()) };
    let x = axis.px(needle.into());
    let color = if needle > errors.threshold { colors.bad } else { colors.good };
    pen.line([(x, HEAD - 2.0), (x, foot)], 2.0, &color)?;
    pen.polygon([(x - 5.0, HEAD - 4.0), (x + 5.0, HEAD - 4.0), (x, HEAD + 5.0)], &color)?;
    beside(pen, x, HEAD + 6.0, PAD, Font::Strong, color)
}

/// Words beside a mark, to its right where they fit, else on the side with more room, as much as fits there.
fn beside<DB: DrawingBackend>(
    pen: &Pen<DB>,
    x: f64,
    y: f64,
    words: &str,
    font: Font,
    color: RGBColor,
) -> Drawn<DB> {
    const GAP: f64 = 10.0;
    let (left, right) = (x - GAP, pen.width - x - GAP);
    let is_right = font.width(words) <= right || right >= left;
    let words = font.shortened(words, if is_right { right } else { left });
    let (at, align) = if is_right { (x + GAP, Align::Left) } else { (x - GAP, Align::Right) };
    let start = if is_right { at } else { at - font.width(&words) };
    pen.fill(Rect::of_text(&words, font, start, y).grown(1.5), &pen.style.palette.surface.mix(0.8))?;
    pen.text(&words, (at, y), align, font, &color)
}

pub(super) fn read(errors: &Errors, numbers: &Numbers, size: (f64, f64), (x, _): Point) -> Option<ReadOut> {
    let bins = errors.shares[0].len;
    let bin = ((x / size.0 * bins as f64) as usize).min(bins.checked_sub(1)?);
    let edge =
        |bin: usize| significant(errors.from + (errors.to - errors.from) * bin as f32 / bins as f32, 3);
    let mut lines = vec![format!("{} {} to {}", errors.label, edge(bin), edge(bin + 1))];
    for (kind, span) in errors.kinds.iter().zip(errors.shares) {
        let share = numbers.at(span).get(bin).copied().unwrap_or(0.0);
        lines.push(format!("{kind}: {}", percent(share)));
    }
    let frame = bar(bins, bin, 1.0, size);
    Some(ReadOut {
        lines,
        anchor: frame.middle(),
        crosshair: Crosshair { frame: Some(frame), ..Crosshair::default() },
    })
}

pub(super) fn table(errors: &Errors, numbers: &Numbers) -> Table {
    let bins = errors.shares[0].len;
    let edge = |bin: usize| errors.from + (errors.to - errors.from) * bin as f32 / bins as f32;
    let row = |bin: usize| {
        let shares = errors
            .shares
            .iter()
            .map(|&span| numbers.at(span).get(bin).map_or_else(String::new, f32::to_string));
        [edge(bin).to_string(), edge(bin + 1).to_string()].into_iter().chain(shares).collect()
    };
    Table {
        columns: names(&["from", "to", &errors.kinds[0], &errors.kinds[1]]),
        rows: (0..bins).map(row).collect(),
    }
}
