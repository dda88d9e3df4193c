//! Lines with names at their ends over any axis: what is measured thick in its lane's dashes, theory thin.

use super::Drawn;
use super::axes::{Scale, Ticks, decades, foot_axis, left_axis, rounded};
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::table::Table;
use super::text::{Font, Rect, Room, push_apart};
use crate::labs::format::{count, exact, fixed, percent, power, power_of_ten, short_power};
use crate::labs::{Knee, LineScale, Lines, Numbers, PlacedDot, PlacedLine, XScale, lane_name};
use plotters::prelude::DrawingBackend;
use plotters::style::{Color, RGBColor};

/// Room above for what is measured, and below for the places.
const HEAD: f64 = 18.0;
const FOOT: f64 = 20.0;
/// Radius of a place that is told of.
const DOT: f64 = 5.0;

struct Layout {
    x: Scale,
    y: Scale,
}

/// A place on the axis across: itself, or its power of the base.
fn across(lines: &Lines, place: f32) -> f64 {
    match lines.x_scale {
        XScale::Linear => place.into(),
        XScale::Log { base } => libm::log2(place.into()) / libm::log2(f64::from(base.max(2))),
    }
}

/// A place as it is written: a whole number, or on a log axis what may be far below 1.
fn place_name(lines: &Lines, place: f32) -> String {
    match lines.x_scale {
        XScale::Log { .. } if place.fract() == 0.0 && place.abs() < 1e9 => count(place.abs() as usize),
        XScale::Log { .. } => power(place),
        XScale::Linear => fixed(place, 0),
    }
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
            // Counts have few decades: each is named where there is room.
            let is_of_counts = low >= 0 && top - low < most as i32;
            let shown =
                if is_of_counts { (low..=top).rev().collect() } else { decades(low, top, most as i32) };
            let name = if low >= 0 { short_power } else { power_of_ten };
            shown.into_iter().map(|decade| (f64::from(decade), name(decade))).collect()
        }
    }
}

fn layout(lines: &Lines, numbers: &Numbers, (width, height): (f64, f64)) -> Layout {
    let places = lines.lines.iter().flat_map(|line| numbers.at(line.x)).map(|&x| across(lines, x));
    let (from, to) = places
        .filter(|x| x.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(from, to), x| (from.min(x), to.max(x)));
    let (from, to) = if from < to { (from, to) } else { (0.0, 1.0) };
    let ends = match lines.scale {
        LineScale::Share => [0.0, 1.0],
        LineScale::Linear(to) => [0.0, rounded(0.0, to.into(), 5).1],
        LineScale::Decades(ends) => ends.map(f64::from),
    };
    let foot = (height - FOOT).max(0.0);
    let widest = |texts: &mut dyn Iterator<Item = f64>| texts.fold(0.0, f64::max);
    let left = widest(&mut ticks(lines, foot).iter().map(|(_, label)| Font::Small.width(label))) + 10.0;
    let names = lines.lines.iter().map(|line| font(line).width(&at_end(lines, line, numbers)));
    // What is told of the end of a line that is shared stands beside it.
    let now = lines.dots.iter().filter(|dot| dot.is_shared).map(|dot| Font::Strong.width(&dot.label) + 6.0);
    let dots = if lines.dots.is_empty() { 0.0 } else { DOT };
    let right = widest(&mut names.chain(now).chain([dots])) + 8.0;
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
    if line.is_shared {
        return String::new(); // its name stands along it
    }
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
    let is_whole = |(place, value): &(f32, f32)| across(lines, *place).is_finite() && value.is_finite();
    let is_above = |(_, value): &(f32, f32)| match lines.scale {
        LineScale::Decades([low, _]) => libm::log10(f64::from(*value)) > low.into(),
        LineScale::Share | LineScale::Linear(_) => true,
    };
    let go_on = |a: &(f32, f32), b: &(f32, f32)| is_whole(a) && is_whole(b) && (is_above(a) || is_above(b));
    let pieces = points.chunk_by(go_on).filter(|piece| is_whole(&piece[0]) && piece.iter().any(is_above));
    let place = |&(at, value): &(f32, f32)| (x.px(across(lines, at)), y.px(height(lines, value)));
    pieces.map(|piece| piece.iter().map(place).collect()).collect()
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, lines: &Lines, numbers: &Numbers) -> Drawn<DB> {
    let layout = layout(lines, numbers, (pen.width, pen.height));
    let Layout { x, y } = &layout;
    let colors = &pen.style.palette;
    if let Some((_, at)) = knee(lines, &layout) {
        pen.fill(Rect::between(at, y.end, x.end, y.start), &colors.sunken)?;
        pen.dashed(&[(at, y.end), (at, y.start)], 1.0, (4.0, 3.0), &colors.ink_3.mix(0.8))?;
    }
    left_axis(pen, y, &ticks(lines, y.start), (x.start, x.end))?;
    let label = Font::Small.shortened(&lines.y_label, pen.width - x.start);
    pen.text(&label, (x.start, 7.0), Align::Left, Font::Small, &colors.ink_3)?;
    let mut room = Room::new(Rect::between(x.start, y.end - HEAD, x.end, y.start));
    room.take(Rect::of_text(&label, Font::Small, x.start, 7.0));
    let drawn: Vec<_> =
        lines.lines.iter().map(|line| (line, pieces(lines, line, numbers, &layout))).collect();
    drawn.iter().flat_map(|(_, pieces)| pieces).for_each(|piece| room.avoid(piece));
    lines.dots.iter().filter_map(|dot| dot_at(lines, dot, &layout)).for_each(|at| {
        room.take(Rect::between(at.0, at.1, at.0, at.1).grown(DOT + 1.0));
    });
    draw_knee(pen, lines, &layout, &mut room)?;
    draw_marks(pen, lines, &layout, &mut room)?;
    for (line, pieces) in drawn.iter().rev() {
        let color = ink(lines, line, pen);
        for piece in pieces {
            match piece[..] {
                [only] => pen.disc(only, 2.0, &color)?,
                _ if line.is_theory => pen.dashed(piece, 1.0, (1.0, 3.0), &color)?,
                _ if line.is_shared => pen.line(piece.iter().copied(), 2.0, &color)?,
                _ if lines.is_of_kinds => pen.of_kind(piece, 2.0, line.lane, &color)?,
                _ => pen.of_lane(piece, 2.0, line.lane)?,
            }
        }
    }
    draw_dots(pen, lines, &layout, &mut room)?;
    for (line, pieces) in drawn.iter().filter(|(line, _)| line.is_shared) {
        draw_along(pen, &line.label, pieces, &mut room)?;
    }
    let named: Vec<_> = drawn.iter().filter(|(line, _)| !line.label.is_empty() && !line.is_shared).collect();
    let end = |pieces: &[Vec<Point>]| pieces.last().and_then(|piece| piece.last()).map(|at| at.1);
    let mut heights: Vec<f64> = named.iter().map(|(_, pieces)| end(pieces).unwrap_or(y.start)).collect();
    push_apart(&mut heights, 13.0, y.end, y.start - 3.0);
    for ((line, _), at) in named.into_iter().zip(heights) {
        let label = font(line).shortened(&at_end(lines, line, numbers), pen.width - x.end - 6.0);
        pen.text(&label, (x.end + 6.0, at), Align::Left, font(line), &ink(lines, line, pen))?;
    }
    foot_axis(pen, x, &places(lines, x), &lines.x_label, y.start + 12.0)
}

/// The ticks of the axis across: round places, on a log axis the powers of its base and where dots stand.
fn places(lines: &Lines, x: &Scale) -> Vec<(f64, String)> {
    let wide = (x.end - x.start).max(0.0);
    let XScale::Log { base } = lines.x_scale else {
        let ticks = Ticks::within(x.from, x.to, (wide / 46.0).clamp(2.0, 5.0) as usize);
        return ticks.values.iter().map(|&at| (at, ticks.label(at))).collect();
    };
    let name = |power: i32| match power {
        0.. => place_name(lines, libm::powf(base as f32, power as f32)),
        _ if base == 10 => power_of_ten(power),
        _ => place_name(lines, libm::powf(base as f32, power as f32)),
    };
    let powers = (x.from - 1e-6).ceil().max(-300.0) as i32..=(x.to + 1e-6).floor().min(300.0) as i32;
    let most = (wide / 46.0).clamp(2.0, 6.0) as i32;
    let step = ((powers.end() - powers.start()) / most + 1).max(1);
    let dots = lines.dots.iter().filter(|dot| !dot.is_shared && dot.x > 0.0 && dot.x.is_finite());
    let dots = dots.map(|dot| (across(lines, dot.x), place_name(lines, dot.x)));
    let powers = powers.step_by(step as usize).map(|power| (f64::from(power), name(power)));
    let mut ticks: Vec<(f64, String)> = Vec::new();
    // Where lanes stand before all else; the first has the name of the axis before it.
    let width = |at: f64, label: &str| {
        let is_first = at <= x.from + 0.3 * (x.to - x.from);
        Font::Small.width(label) + if is_first { Font::Small.width(&lines.x_label) } else { 0.0 }
    };
    let gaps = dots.map(|tick| (tick, 8.0)).chain(powers.map(|tick| (tick, 24.0)));
    for ((at, label), gap) in gaps.filter(|((at, _), _)| x.contains(*at)) {
        let is_free = |(other, name): &(f64, String)| {
            (x.px(at) - x.px(*other)).abs() >= f64::midpoint(width(at, &label), width(*other, name)) + gap
        };
        if ticks.iter().all(is_free) {
            ticks.push((at, label));
        }
    }
    ticks.sort_by(|a, b| a.0.total_cmp(&b.0));
    ticks
}

/// The knee with where it stands, if it is on the axis.
fn knee<'a>(lines: &'a Lines, Layout { x, .. }: &Layout) -> Option<(&'a Knee, f64)> {
    let knee = lines.knee.as_ref()?;
    let at = across(lines, knee.at);
    x.contains(at).then(|| (knee, x.px(at)))
}

/// The words of the knee at its head, what lies before and beyond it at the foot.
fn draw_knee<DB: DrawingBackend>(
    pen: &Pen<DB>,
    lines: &Lines,
    layout: &Layout,
    room: &mut Room,
) -> Drawn<DB> {
    let Some((knee, at)) = knee(lines, layout) else { return Ok(()) };
    let (y, colors) = (&layout.y, &pen.style.palette);
    let width = Font::Strong.width(&knee.words);
    let heads = [0.0, 15.0, 30.0].into_iter().flat_map(|by| {
        [at - 6.0 - width, at + 6.0]
            .map(|left| Rect::of_text(&knee.words, Font::Strong, left, y.end + 8.0 + by))
    });
    if let Some(rect) = room.place(heads) {
        pen.text(&knee.words, (rect.x, rect.middle().1), Align::Left, Font::Strong, &colors.ink)?;
    }
    for (side, words) in knee.sides.iter().enumerate() {
        let width = Font::Small.width(words);
        let left = if side == 0 { at - 6.0 - width } else { at + 6.0 };
        if let Some(rect) = room.place([Rect::of_text(words, Font::Small, left, y.start - 10.0)]) {
            pen.text(words, (rect.x, rect.middle().1), Align::Left, Font::Small, &colors.ink_3)?;
        }
    }
    Ok(())
}

/// Where a dot stands, if it is on the axes.
fn dot_at(lines: &Lines, dot: &PlacedDot, Layout { x, y }: &Layout) -> Option<Point> {
    let (across, upwards) = (across(lines, dot.x), height(lines, dot.y));
    (x.contains(across) && upwards.is_finite()).then(|| (x.px(across), y.px(upwards)))
}

/// Dots in the colours of their lanes with their words beside them, those of no lane in ink.
fn draw_dots<DB: DrawingBackend>(
    pen: &Pen<DB>,
    lines: &Lines,
    layout: &Layout,
    room: &mut Room,
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let dots = || lines.dots.iter().filter_map(|dot| Some((dot, dot_at(lines, dot, layout)?)));
    for (dot, at) in dots() {
        let (radius, color) = if dot.is_shared { (4.5, colors.ink) } else { (DOT, colors.lane(dot.lane)) };
        pen.disc(at, radius + 1.5, &colors.surface)?;
        pen.disc(at, radius, &color)?;
    }
    for (dot, (at, height)) in dots() {
        let color = if dot.is_shared { colors.ink } else { colors.lane(dot.lane) };
        let width = Font::Strong.width(&dot.label);
        if dot.is_shared && at + 9.0 + width <= pen.width && at + DOT >= layout.x.end {
            pen.text(&dot.label, (at + 9.0, height), Align::Left, Font::Strong, &color)?;
            continue;
        }
        let (middle, beside) = (at - width / 2.0, [at + 9.0, at - 9.0 - width]);
        let around = [14.0, -14.0].map(|by| Rect::of_text(&dot.label, Font::Strong, middle, height + by));
        let beside = beside.map(|left| Rect::of_text(&dot.label, Font::Strong, left, height));
        let further = [14.0, -14.0]
            .into_iter()
            .flat_map(|by| [at + 3.0, at - 3.0 - width].map(|left| (left, by)))
            .map(|(left, by)| Rect::of_text(&dot.label, Font::Strong, left, height + by));
        if let Some(rect) = room.place(around.into_iter().chain(beside).chain(further)) {
            pen.text(&dot.label, (rect.x, rect.middle().1), Align::Left, Font::Strong, &color)?;
        }
    }
    Ok(())
}

/// The name of a line that is shared, beside it about its middle.
fn draw_along<DB: DrawingBackend>(
    pen: &Pen<DB>,
    label: &str,
    pieces: &[Vec<Point>],
    room: &mut Room,
) -> Drawn<DB> {
    let points: Vec<Point> = pieces.iter().flatten().copied().collect();
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Ok(()) };
    if label.is_empty() {
        return Ok(());
    }
    let width = Font::Strong.width(label);
    let spots = [0.55, 0.65, 0.45, 0.75, 0.35, 0.25].into_iter().filter_map(|share| {
        let wanted = first.0 + share * (last.0 - first.0);
        points.iter().min_by(|a, b| (a.0 - wanted).abs().total_cmp(&(b.0 - wanted).abs()))
    });
    let spots: Vec<Rect> = spots
        .flat_map(|&(x, y)| {
            [
                (x + 6.0, y - 12.0),
                (x - 6.0 - width, y - 12.0),
                (x + 6.0, y + 12.0),
                (x - 6.0 - width, y + 12.0),
            ]
        })
        .map(|(left, middle)| Rect::of_text(label, Font::Strong, left, middle))
        .collect();
    match room.place(spots) {
        Some(rect) => {
            let at = (rect.x, rect.middle().1);
            pen.text(label, at, Align::Left, Font::Strong, &pen.style.palette.ink)
        }
        None => Ok(()),
    }
}

/// The colour of a line: of kinds an ink, the next one paler.
fn ink<DB: DrawingBackend>(lines: &Lines, line: &PlacedLine, pen: &Pen<DB>) -> RGBColor {
    let colors = &pen.style.palette;
    if line.is_shared {
        colors.ink
    } else if lines.is_of_kinds {
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
    let told = lines.at.as_ref().map(|(place, words)| (across(lines, *place), words));
    if let Some((place, words)) = told.filter(|(place, _)| x.contains(*place)) {
        let at = x.px(place);
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
    let has_lanes = !lines.is_of_kinds
        && !line.is_shared
        && lines.lines.iter().any(|other| other.lane != lines.lines[0].lane);
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
    let distance = |place: f32| (across(lines, place) - wanted).abs();
    let places = lines.lines.iter().flat_map(|line| numbers.at(line.x)).copied();
    let place = places
        .filter(|at| across(lines, *at).is_finite())
        .min_by(|&a, &b| distance(a).total_cmp(&distance(b)))?;
    let at = x.px(across(lines, place));
    let mut read = ReadOut {
        lines: vec![format!("{} {}", lines.x_label, place_name(lines, place))],
        anchor: (at, py),
        crosshair: Crosshair { plumbs: vec![(at, y.end, y.start)], ..Crosshair::default() },
    };
    let here = lines.dots.iter().filter(|dot| dot.x == place && !dot.label.is_empty());
    let here: Vec<&str> = here.map(|dot| dot.label.as_str()).collect();
    if !here.is_empty() {
        read.lines[0] = format!("{} ({})", read.lines[0], here.join(", "));
    }
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
