//! Lines with names at their ends over any axis: what is measured thick in its lane's dashes, theory thin.

use super::Drawn;
use super::axes::{Scale, Ticks, decades, foot_axis, left_axis, rounded};
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::table::Table;
use super::text::{Font, Rect, Room, push_apart};
use crate::labs::format::{exact, fixed, percent, power_of_ten};
use crate::labs::{LineScale, Lines, Numbers, PlacedLine, lane_name};
use plotters::prelude::DrawingBackend;
use plotters::style::{Color, RGBColor};

/// Room above for what is measured, and below for the places.
const HEAD: f64 = 18.0;
const FOOT: f64 = 20.0;

struct Layout {
    x: Scale,
    y: Scale,
}

/// A value as a place on the axis upwards: itself, or its decade.
fn height(lines: &Lines, value: f32) -> f64 {
    match lines.scale {
        LineScale::Share | LineScale::Linear(_) => value.into(),
        LineScale::Decades([low, _]) => libm::log10(f64::from(value)).max(low.into()),
    }
}

fn ticks(lines: &Lines, high: f64) -> Vec<(f64, String)> {
    let most = (high / 18.0).clamp(2.0, 5.0);
    match lines.scale {
        LineScale::Share if most < 4.0 => [0.0, 0.5, 1.0].map(|share| (share, percent(share))).to_vec(),
        LineScale::Share => [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| (share, percent(share))).to_vec(),
        LineScale::Linear(to) => {
            let ticks = Ticks::within(0.0, rounded(0.0, to.into(), most as usize).1, most as usize);
            ticks.values.iter().map(|&value| (value, ticks.label(value))).collect()
        }
        LineScale::Decades([low, top]) => {
            let shown = decades(low, top, most as i32).into_iter();
            shown.map(|decade| (f64::from(decade), power_of_ten(decade))).collect()
        }
    }
}

fn layout(lines: &Lines, numbers: &Numbers, (width, height): (f64, f64)) -> Layout {
    let places = || lines.lines.iter().flat_map(|line| numbers.at(line.x)).copied();
    let (from, to) = places()
        .filter(|x| x.is_finite())
        .fold((f32::INFINITY, f32::NEG_INFINITY), |(from, to), x| (from.min(x), to.max(x)));
    let (from, to) = if from < to { (from.into(), to.into()) } else { (0.0, 1.0) };
    let ends = match lines.scale {
        LineScale::Share => [0.0, 1.0],
        LineScale::Linear(to) => [0.0, rounded(0.0, to.into(), 5).1],
        LineScale::Decades(ends) => ends.map(f64::from),
    };
    let foot = (height - FOOT).max(0.0);
    let widest = |texts: &mut dyn Iterator<Item = f64>| texts.fold(0.0, f64::max);
    let left = widest(&mut ticks(lines, foot).iter().map(|(_, label)| Font::Small.width(label))) + 10.0;
    let right =
        widest(&mut lines.lines.iter().map(|line| font(line).width(&at_end(lines, line, numbers)))) + 8.0;
    let start = left.min(width * 0.4);
    Layout {
        x: Scale { from, to, start, end: (width - right.min(width * 0.4)).max(start) },
        y: Scale { from: ends[0], to: ends[1], start: foot, end: HEAD.min(foot) },
    }
}

fn font(line: &PlacedLine) -> Font {
    if line.is_theory { Font::Small } else { Font::Strong }
}

/// What stands at the end of a line: its name, of kinds with the last value.
fn at_end(lines: &Lines, line: &PlacedLine, numbers: &Numbers) -> String {
    match numbers.at(line.y).last().filter(|_| lines.is_of_kinds) {
        Some(&last) => format!("{} {}", line.label, fixed(last, 2)),
        None => line.label.clone(),
    }
}

fn points<'a>(line: &PlacedLine, numbers: &'a Numbers) -> impl Iterator<Item = (f32, f32)> + use<'a> {
    numbers.at(line.x).iter().copied().zip(numbers.at(line.y).iter().copied())
}

/// A line on the screen, in pieces where it is no number; one that falls off an axis of decades ends at its foot.
fn pieces(lines: &Lines, line: &PlacedLine, numbers: &Numbers, Layout { x, y }: &Layout) -> Vec<Vec<Point>> {
    let points: Vec<_> = points(line, numbers).collect();
    let is_whole = |(place, value): &(f32, f32)| place.is_finite() && value.is_finite();
    let is_above = |(_, value): &(f32, f32)| match lines.scale {
        LineScale::Decades([low, _]) => libm::log10(f64::from(*value)) > low.into(),
        LineScale::Share | LineScale::Linear(_) => true,
    };
    let go_on = |a: &(f32, f32), b: &(f32, f32)| is_whole(a) && is_whole(b) && (is_above(a) || is_above(b));
    let pieces = points.chunk_by(go_on).filter(|piece| is_whole(&piece[0]) && piece.iter().any(is_above));
    let place = |&(at, value): &(f32, f32)| (x.px(at.into()), y.px(height(lines, value)));
    pieces.map(|piece| piece.iter().map(place).collect()).collect()
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, lines: &Lines, numbers: &Numbers) -> Drawn<DB> {
    let layout = layout(lines, numbers, (pen.width, pen.height));
    let Layout { x, y } = &layout;
    let colors = &pen.style.palette;
    left_axis(pen, y, &ticks(lines, y.start), (x.start, x.end))?;
    let label = Font::Small.shortened(&lines.y_label, pen.width - x.start);
    pen.text(&label, (x.start, 7.0), Align::Left, Font::Small, &colors.ink_3)?;
    let mut room = Room::new(Rect::between(x.start, y.end - HEAD, x.end, y.start));
    room.take(Rect::of_text(&label, Font::Small, x.start, 7.0));
    let drawn: Vec<_> =
        lines.lines.iter().map(|line| (line, pieces(lines, line, numbers, &layout))).collect();
    drawn.iter().flat_map(|(_, pieces)| pieces).for_each(|piece| room.avoid(piece));
    draw_marks(pen, lines, &layout, &mut room)?;
    for (line, pieces) in drawn.iter().rev() {
        let color = ink(lines, line, pen);
        for piece in pieces {
            match piece[..] {
                [only] => pen.disc(only, 2.0, &color)?,
                _ if line.is_theory => pen.dashed(piece, 1.0, (1.0, 3.0), &color)?,
                _ if lines.is_of_kinds => pen.of_kind(piece, 2.0, line.lane, &color)?,
                _ => pen.of_lane(piece, 2.0, line.lane)?,
            }
        }
    }
    let named: Vec<_> = drawn.iter().filter(|(line, _)| !line.label.is_empty()).collect();
    let end = |pieces: &[Vec<Point>]| pieces.last().and_then(|piece| piece.last()).map(|at| at.1);
    let mut heights: Vec<f64> = named.iter().map(|(_, pieces)| end(pieces).unwrap_or(y.start)).collect();
    push_apart(&mut heights, 13.0, y.end, y.start - 3.0);
    for ((line, _), at) in named.into_iter().zip(heights) {
        let label = font(line).shortened(&at_end(lines, line, numbers), pen.width - x.end - 6.0);
        pen.text(&label, (x.end + 6.0, at), Align::Left, font(line), &ink(lines, line, pen))?;
    }
    let places = Ticks::within(x.from, x.to, ((x.end - x.start) / 46.0).clamp(2.0, 5.0) as usize);
    let places: Vec<_> = places.values.iter().map(|&at| (at, places.label(at))).collect();
    foot_axis(pen, x, &places, &lines.x_label, y.start + 12.0)
}

/// The colour of a line: of kinds an ink, the next one paler.
fn ink<DB: DrawingBackend>(lines: &Lines, line: &PlacedLine, pen: &Pen<DB>) -> RGBColor {
    let colors = &pen.style.palette;
    if lines.is_of_kinds {
        [colors.ink_3, colors.ink, colors.ink_2][line.lane % 3]
    } else {
        colors.lane(line.lane)
    }
}

/// The place that is told of, and the values worth a line of their own.
fn draw_marks<DB: DrawingBackend>(
    pen: &Pen<DB>,
    lines: &Lines,
    Layout { x, y }: &Layout,
    room: &mut Room,
) -> Drawn<DB> {
    let ink = &pen.style.palette.ink_3;
    if let Some((place, words)) = lines.at.as_ref().filter(|(place, _)| x.contains((*place).into())) {
        let at = x.px((*place).into());
        pen.plumb(at, y.end, y.start, &pen.style.palette.ink_4)?;
        let width = Font::Small.width(words);
        let beside = [at + 4.0, at - 4.0 - width]
            .into_iter()
            .flat_map(|left| [0.15, 0.85, 0.5].map(|share| (left, y.end + share * (y.start - y.end))));
        let candidates = beside.map(|(left, at)| Rect::of_text(words, Font::Small, left, at));
        if let Some(rect) = room.place(candidates) {
            pen.text(words, (rect.x, rect.middle().1), Align::Left, Font::Small, ink)?;
        }
    }
    for (value, name) in &lines.marks {
        let at = y.px(height(lines, *value));
        pen.dashed(&[(x.start, at), (x.end, at)], 1.0, (3.0, 3.0), &ink.mix(0.7))?;
        let width = Font::Small.width(name);
        let lefts = [x.end - width - 4.0, x.start + 4.0, f64::midpoint(x.start, x.end) - width / 2.0];
        let candidates = lefts
            .iter()
            .flat_map(|&left| [-9.0, 9.0].map(|by| Rect::of_text(name, Font::Small, left, at + by)));
        if let Some(rect) = room.place(candidates) {
            pen.text(name, (rect.x, rect.middle().1), Align::Left, Font::Small, ink)?;
        }
    }
    Ok(())
}

/// What a line is called beside others.
fn name(lines: &Lines, line: &PlacedLine) -> String {
    let has_lanes = !lines.is_of_kinds && lines.lines.iter().any(|other| other.lane != lines.lines[0].lane);
    let whose = if has_lanes { lane_name(line.lane) } else { String::new() };
    let what = if line.is_theory { "predicted" } else { "" };
    let own = if line.label == whose { "" } else { &line.label };
    let words = [whose.as_str(), own, what].into_iter().filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join(" ");
    if name.is_empty() { lines.y_label.clone() } else { name }
}

pub(super) fn read(lines: &Lines, numbers: &Numbers, size: (f64, f64), (px, py): Point) -> Option<ReadOut> {
    let Layout { x, y } = layout(lines, numbers, size);
    let wanted = x.value(px);
    let distance = |place: f32| (f64::from(place) - wanted).abs();
    let places = lines.lines.iter().flat_map(|line| numbers.at(line.x)).copied();
    let place = places.filter(|at| at.is_finite()).min_by(|&a, &b| distance(a).total_cmp(&distance(b)))?;
    let at = x.px(place.into());
    let mut read = ReadOut {
        lines: vec![format!("{} {}", lines.x_label, fixed(place, 0))],
        anchor: (at, py),
        crosshair: Crosshair { plumbs: vec![(at, y.end, y.start)], ..Crosshair::default() },
    };
    for line in &lines.lines {
        let Some((_, value)) = points(line, numbers).find(|point| point.0 == place) else { continue };
        read.lines.push(format!("{} {}", name(lines, line), exact(value)));
        if value.is_finite() {
            read.crosshair.dots.push((at, y.px(height(lines, value))));
        }
    }
    Some(read)
}

pub(super) fn table(lines: &Lines, numbers: &Numbers) -> Table {
    let mut places: Vec<f32> = lines.lines.iter().flat_map(|line| numbers.at(line.x)).copied().collect();
    places.sort_by(f32::total_cmp);
    places.dedup_by_key(|place| place.to_bits());
    let cell = |line: &PlacedLine, place: f32| {
        let at = points(line, numbers).find(|point| point.0.to_bits() == place.to_bits());
        at.map_or_else(String::new, |(_, value)| value.to_string())
    };
    let heads = lines.lines.iter().map(|line| match name(lines, line) {
        name if name == lines.y_label => name,
        name => format!("{}, {name}", lines.y_label),
    });
    Table {
        columns: std::iter::once(lines.x_label.clone()).chain(heads).collect(),
        rows: places
            .into_iter()
            .map(|place| {
                let cells = lines.lines.iter().map(|line| cell(line, place));
                std::iter::once(place.to_string()).chain(cells).collect()
            })
            .collect(),
    }
}
