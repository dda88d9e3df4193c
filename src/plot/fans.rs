//! Angles to the full gradient as fans about it, one for each lane: the arrow upwards is the full gradient, each line
//! that of a batch.

use super::Drawn;
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::table::{Table, names};
use super::text::{Font, Rect};
use crate::labs::format::{count, fixed};
use crate::labs::{Fan, Fans, Numbers, lane_name};
use plotters::prelude::DrawingBackend;
use plotters::style::Color;

/// Room above the arrows for their name, and below the discs for the number and the letter.
const HEAD: f64 = 31.0;
const NUMBER: f64 = 16.0;
const LETTER: f64 = 35.0;
const UNDER: f64 = 43.0;
/// Height of a line of the words beneath.
const LINE: f64 = 16.0;
/// Lines that stand in a fan at most.
const MOST: usize = 24;

struct Layout {
    pitch: f64,
    radius: f64,
    /// Height of the middle of all discs.
    middle: f64,
    words: Vec<String>,
}

fn layout(fans: &Fans, (width, height): (f64, f64)) -> Layout {
    let pitch = width / fans.fans.len().max(1) as f64;
    let words = if fans.words.is_empty() { Vec::new() } else { Font::Label.wrapped(&fans.words, width, 2) };
    let beneath = UNDER + LINE * words.len() as f64;
    let radius = (0.46 * pitch).min(height - HEAD - beneath);
    // A flat figure has its discs and their numbers, and no words.
    let (radius, words) = if radius < 16.0 && !words.is_empty() {
        ((0.46 * pitch).min(height - HEAD - UNDER), Vec::new())
    } else {
        (radius, words)
    };
    Layout { pitch, radius: radius.min(64.0), middle: HEAD + radius.clamp(0.0, 64.0), words }
}

impl Layout {
    fn center(&self, index: usize) -> Point {
        (self.pitch * (index as f64 + 0.5), self.middle)
    }

    /// The end of a line that many degrees from the arrow, to the right.
    fn end(&self, (x, y): Point, degrees: f64) -> Point {
        let angle = degrees.to_radians();
        (x + self.radius * libm::sin(angle), y - self.radius * libm::cos(angle))
    }
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<DB>,
    fans: &Fans,
    numbers: &Numbers,
    lane: usize,
) -> Drawn<DB> {
    let layout = layout(fans, (pen.width, pen.height));
    if layout.radius < 6.0 {
        return Ok(()); // no room
    }
    for (index, fan) in fans.fans.iter().enumerate() {
        let lane = if fans.fans.len() == 1 { lane } else { fan.lane };
        draw_fan(pen, (fan, lane), numbers.at(fan.angles), &layout, layout.center(index))?;
    }
    let ink = &pen.style.palette;
    if let Some((x, _)) = fans.fans.len().checked_sub(1).map(|last| layout.center(last)) {
        let name = "full gradient";
        let half = Font::Small.width(name) / 2.0;
        if 2.0 * half <= pen.width {
            let at = x.min(pen.width - half).max(half);
            pen.text(name, (at, 9.0), Align::Center, Font::Small, &ink.ink_3)?;
        }
    }
    for (index, words) in layout.words.iter().rev().enumerate() {
        let at = (0.0, pen.height - 8.0 - LINE * index as f64);
        pen.text(words, at, Align::Left, Font::Label, &ink.ink_2)?;
    }
    Ok(())
}

fn draw_fan<DB: DrawingBackend>(
    pen: &Pen<DB>,
    (fan, lane): (&Fan, usize),
    angles: &[f32],
    layout: &Layout,
    (x, y): Point,
) -> Drawn<DB> {
    let (colors, radius) = (&pen.style.palette, layout.radius);
    let color = colors.lane(lane);
    let arc = (-30..=30).map(|step| layout.end((x, y), 3.0 * f64::from(step)));
    pen.line(arc, 1.0, &colors.line)?;
    pen.rule(x - radius, x + radius, y, &colors.line)?;
    let angles = angles.iter().filter(|angle| angle.is_finite()).take(MOST);
    for (index, &angle) in angles.enumerate() {
        let side = if index % 2 == 0 { 1.0 } else { -1.0 };
        let end = layout.end((x, y), side * f64::from(angle).clamp(0.0, 180.0));
        pen.line([(x, y), end], 1.5, &color.mix(0.7))?;
    }
    pen.line([(x, y), (x, y - radius - 4.0)], 2.0, &colors.ink)?;
    let tip = y - radius - 9.0;
    pen.polygon([(x, tip), (x - 4.0, tip + 8.0), (x + 4.0, tip + 8.0)], &colors.ink)?;
    let mean = degrees(fan.mean);
    if Font::Medium.width(&mean) <= layout.pitch {
        pen.text(&mean, (x, y + NUMBER), Align::Center, Font::Medium, &colors.ink)?;
    }
    // With room for it the batch beside the letter.
    let whole = format!("{}, batch {}", lane_name(lane), count(fan.batch));
    let letter =
        [whole, lane_name(lane)].into_iter().find(|words| Font::Strong.width(words) <= layout.pitch - 8.0);
    match letter {
        Some(letter) => pen.text(&letter, (x, y + LETTER), Align::Center, Font::Strong, &color),
        None => Ok(()),
    }
}

/// A mean angle; a dash before there is one.
fn degrees(mean: f32) -> String {
    if mean.is_finite() { format!("{}°", fixed(mean, 0)) } else { "–".into() }
}

pub(super) fn read(fans: &Fans, numbers: &Numbers, size: (f64, f64), (px, py): Point) -> Option<ReadOut> {
    let layout = layout(fans, size);
    let index = (px / layout.pitch).floor();
    let fan = fans.fans.get(index as usize).filter(|_| index >= 0.0 && layout.radius >= 6.0)?;
    let (x, y) = layout.center(index as usize);
    let angles: Vec<f32> = numbers.at(fan.angles).iter().copied().filter(|angle| angle.is_finite()).collect();
    let ends = angles.iter().copied().reduce(f32::min).zip(angles.iter().copied().reduce(f32::max));
    let mut lines = vec![format!("lane {}, batch {}", lane_name(fan.lane), count(fan.batch))];
    match ends {
        Some((least, most)) => lines.extend([
            format!("mean angle {}°", fixed(fan.mean, 1)),
            format!("{} batches, {}° to {}°", count(angles.len()), fixed(least, 1), fixed(most, 1)),
        ]),
        None => lines.push("not measured yet".into()),
    }
    let frame = Rect::between(x - layout.radius, y - layout.radius, x + layout.radius, y);
    let crosshair = Crosshair { frame: Some(frame), ..Crosshair::default() };
    Some(ReadOut { lines, anchor: (x, py), crosshair })
}

pub(super) fn table(fans: &Fans, numbers: &Numbers) -> Table {
    let rows = fans.fans.iter().flat_map(|fan| {
        let row = |angle: String| vec![lane_name(fan.lane), fan.batch.to_string(), angle];
        let angles = numbers.at(fan.angles).iter().map(|angle| row(angle.to_string()));
        let none = numbers.at(fan.angles).is_empty().then(|| row(String::new()));
        angles.chain(none).collect::<Vec<_>>()
    });
    Table { columns: names(&["lane", "batch size", "angle in degrees"]), rows: rows.collect() }
}
