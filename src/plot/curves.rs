//! Lines over the steps of a run: strips one above the other on one step axis, each line named at
//! its end with its last value.

mod layout;
mod standing;

use super::Drawn;
use super::axes::{Scale, count_ticks, foot_axis, left_axis, second_ticks, step_ticks};
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::text::{Font, Rect, Room, push_apart};
use crate::labs::format::{count, exact, power, seconds, significant};
use crate::labs::{CurveAxis, Curves, Line, Numbers, Span, Strip, lane_name};
use layout::{FOOT, HEAD, Layout, Upward, layout};
use plotters::prelude::DrawingBackend;
use plotters::style::Color;

/// A place on the axis across as it is read: "step 120", "1,024 examples", "0.44 s".
fn place_name(axis: CurveAxis, at: f32) -> String {
    match axis {
        CurveAxis::Updates => format!("step {}", count(at.ceil() as usize)),
        CurveAxis::Examples => format!("{} examples", count(at.ceil() as usize)),
        CurveAxis::Seconds => seconds(at),
    }
}

/// Samples of a line that fall on one column of screen pixels.
#[derive(Clone, Copy)]
struct Dot {
    x: f64,
    low: f64,
    high: f64,
}

/// The line on the screen, in pieces where values are missing: no more dots than screen pixels, each
/// keeping the least and the greatest of its samples.
fn pieces(line: &Line, numbers: &Numbers, x: &Scale, y: &Upward, pixels: f64) -> Vec<Vec<Dot>> {
    let mut pieces: Vec<Vec<Dot>> = vec![Vec::new()];
    for (step, low, high) in samples(line, numbers) {
        if !(step.is_finite() && low.is_finite() && high.is_finite()) {
            if pieces.last().is_some_and(|piece| !piece.is_empty()) {
                pieces.push(Vec::new());
            }
            continue;
        }
        let dot = Dot { x: x.px(step.into()), low: y.px(low), high: y.px(high) };
        let Some(piece) = pieces.last_mut() else { continue };
        match piece.last_mut() {
            Some(last) if (last.x * pixels).floor() == (dot.x * pixels).floor() => {
                last.low = last.low.max(dot.low); // pixels count downwards
                last.high = last.high.min(dot.high);
            }
            _ => piece.push(dot),
        }
    }
    pieces
}

/// Step, low and high of each sample that has all three.
fn samples(line: &Line, numbers: &Numbers) -> impl DoubleEndedIterator<Item = (f32, f32, f32)> {
    let (x, low, high) = (numbers.at(line.x), numbers.at(line.low), numbers.at(line.high));
    let many = x.len().min(low.len()).min(high.len());
    (0..many).map(|i| (x[i], low[i], high[i]))
}

/// Whose line it is, where there are several lanes, and of which items.
pub(super) fn line_name(curves: &Curves, line: &Line) -> String {
    let lanes = curves.strips.iter().flat_map(|strip| &strip.lines).map(|line| line.lane);
    if lanes.max() == Some(0) {
        return line.label.clone();
    }
    format!("{} {}", lane_name(line.lane), if line.is_train { "train" } else { "test" })
}

fn end_font(line: &Line) -> Font {
    if line.is_train { Font::Strong } else { Font::Label }
}

/// The name of a line with its last value, or only this.
fn end_label(line: &Line, numbers: &Numbers, is_short: bool) -> String {
    let value = match samples(line, numbers).next_back() {
        Some((_, low, high)) if low.is_nan() || high.is_nan() => "–".into(),
        Some((_, low, high)) if low.to_bits() == high.to_bits() => significant(low, 3),
        Some((_, low, high)) => significant(f32::midpoint(low, high), 3),
        None => return String::new(),
    };
    match line.label.as_str() {
        "" => String::new(),
        _ if is_short => value,
        label => format!("{label} {value}"),
    }
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, curves: &Curves, numbers: &Numbers) -> Drawn<DB> {
    let layout = layout(curves, numbers, (pen.width, pen.height));
    let x = &layout.x;
    for (strip, y) in curves.strips.iter().zip(&layout.strips) {
        left_axis(pen, y.scale(), &y.ticks, (x.start, x.end))?;
        let told = y.cut.map(|most| format!("{}, spikes to {} cut off", strip.label, power(most)));
        let fits = |label: &String| x.start + Font::Small.width(label) <= pen.width;
        let label = told.filter(fits).unwrap_or_else(|| strip.label.clone());
        pen.text(&label, (x.start, y.top() - 10.0), Align::Left, Font::Small, &pen.style.palette.ink_3)?;
        let label = Rect::of_text(&label, Font::Small, x.start, y.top() - 10.0);
        draw_strip(pen, (curves, strip), numbers, &layout, (y, label))?;
    }
    let foot = layout.strips.last().map_or(pen.height - FOOT, Upward::foot);
    match curves.axis {
        CurveAxis::Updates => {}
        CurveAxis::Examples => return foot_axis(pen, x, &count_ticks(x, "example"), "example", foot + 12.0),
        CurveAxis::Seconds => return foot_axis(pen, x, &second_ticks(x), "", foot + 12.0),
    }
    draw_changes(pen, curves, &layout)?;
    let mark = curves.at.map(|step| step as f64).filter(|step| x.contains(*step));
    for y in mark.iter().flat_map(|_| &layout.strips) {
        pen.plumb(x.px(mark.unwrap_or_default()), y.top(), y.foot(), &pen.style.palette.ink)?;
    }
    foot_axis(pen, x, &step_ticks(x), "step", foot + 12.0)
}

/// A dashed line through all strips at each recorded change, its words at the foot of the first,
/// where they do not run into those of another.
fn draw_changes<DB: DrawingBackend>(pen: &Pen<DB>, curves: &Curves, layout: &Layout) -> Drawn<DB> {
    let x = &layout.x;
    let ink = &pen.style.palette.ink_2;
    let Some(first) = layout.strips.first() else { return Ok(()) };
    let mut room = Room::new(Rect::between(x.start, first.top(), x.end, first.foot()));
    for change in curves.changes.iter().filter(|change| x.contains(change.step as f64)) {
        let at = x.px(change.step as f64);
        for y in &layout.strips {
            pen.dashed(&[(at, y.top()), (at, y.foot())], 1.0, (2.0, 2.0), &ink.mix(0.8))?;
        }
        let width = Font::Small.width(&change.words);
        let beside = |left: f64| Rect::of_text(&change.words, Font::Small, left, first.foot() - 8.0);
        if let Some(rect) = room.place([beside(at + 4.0), beside(at - 4.0 - width)]) {
            pen.text(&change.words, (rect.x, rect.middle().1), Align::Left, Font::Small, ink)?;
        }
    }
    Ok(())
}

fn draw_strip<DB: DrawingBackend>(
    pen: &Pen<DB>,
    (curves, strip): (&Curves, &Strip),
    numbers: &Numbers,
    layout: &Layout,
    (y, label): (&Upward, Rect),
) -> Drawn<DB> {
    let x = &layout.x;
    let lane = |line: &Line| pen.style.palette.lane(line.lane);
    let mut room = Room::new(Rect::between(x.start, y.top() - HEAD, x.end, y.foot()));
    room.take(label);
    // Test below train, so that the thick line is never cut; the first lane above all others.
    let mut lines: Vec<_> = strip.lines.iter().collect();
    lines.sort_by_key(|line| (line.is_train, std::cmp::Reverse(line.lane)));
    let drawn: Vec<_> = lines.iter().map(|line| (*line, pieces(line, numbers, x, y, pen.pixels()))).collect();
    for (_, pieces) in &drawn {
        for piece in pieces {
            room.avoid(&piece.iter().map(middle).collect::<Vec<_>>());
        }
    }
    let is_of_steps = curves.axis == CurveAxis::Updates;
    for past in strip.past.iter().filter(|_| is_of_steps) {
        draw_past(pen, past, numbers, x, y)?;
    }
    draw_marks(pen, strip, x, y, &mut room)?;
    for (line, pieces) in &drawn {
        for piece in pieces.iter().filter(|piece| piece.iter().any(|dot| dot.low - dot.high > 0.5)) {
            let above = piece.iter().map(|dot| (dot.x, dot.high));
            let below = piece.iter().rev().map(|dot| (dot.x, dot.low));
            pen.polygon(above.chain(below), &lane(line).mix(0.2))?;
        }
    }
    for (line, pieces) in &drawn {
        let width = if line.is_train { 2.0 } else { 1.0 };
        for piece in pieces {
            let points: Vec<Point> = piece.iter().map(middle).collect();
            if line.is_train {
                pen.of_lane(&points, width, line.lane)?;
            } else {
                pen.line(points, width, &lane(line))?;
            }
            if let [dot] = piece[..] {
                pen.disc(middle(&dot), width, &lane(line))?; // a lone value is still seen
            }
        }
    }
    if curves.strips.first().is_some_and(|first| std::ptr::eq(first, strip)) {
        // Its words keep clear of the plumbs that are still to come.
        let steps = curves.at.into_iter().chain(curves.changes.iter().map(|change| change.step));
        for step in steps.map(|step| step as f64).filter(|step| is_of_steps && x.contains(*step)) {
            room.avoid(&[(x.px(step), y.top()), (x.px(step), y.foot())]);
        }
        standing::draw_standing(pen, curves, &curves.standing(numbers), (x, y), &mut room)?;
    }
    let label = |line: &Line| end_label(line, numbers, layout.is_short);
    let named: Vec<_> = drawn.iter().filter(|(line, _)| !label(line).is_empty()).collect();
    let end = |pieces: &[Vec<Dot>]| pieces.iter().rev().find_map(|piece| piece.last()).map(middle);
    let mut heights: Vec<f64> =
        named.iter().map(|(_, pieces)| end(pieces).map_or(y.foot(), |(_, height)| height)).collect();
    push_apart(&mut heights, 14.0, y.top(), y.foot() - 3.0);
    for ((line, _), height) in named.into_iter().zip(heights) {
        let told = end_font(line).shortened(&label(line), pen.width - x.end - 6.0);
        pen.text(&told, (x.end + 6.0, height), Align::Left, end_font(line), &lane(line))?;
    }
    Ok(())
}

/// The curve of a run before this one, where the axes reach.
fn draw_past<DB: DrawingBackend>(
    pen: &Pen<DB>,
    [steps, values]: &[Span; 2],
    numbers: &Numbers,
    x: &Scale,
    y: &Upward,
) -> Drawn<DB> {
    let points = numbers.at(*steps).iter().zip(numbers.at(*values));
    let points: Vec<(f64, f32)> = points.map(|(&step, &value)| (step.into(), value)).collect();
    let is_inside = |point: &(f64, f32)| x.contains(point.0) && y.contains(point.1);
    let pieces = points.chunk_by(|a, b| is_inside(a) && is_inside(b)).filter(|piece| is_inside(&piece[0]));
    for piece in pieces {
        pen.line(
            piece.iter().map(|&(step, value)| (x.px(step), y.px(value))),
            1.25,
            &pen.style.palette.ink_4,
        )?;
    }
    Ok(())
}

/// Dashed lines at values worth knowing, their names where the curves leave room.
fn draw_marks<DB: DrawingBackend>(
    pen: &Pen<DB>,
    strip: &Strip,
    x: &Scale,
    y: &Upward,
    room: &mut Room,
) -> Drawn<DB> {
    let ink = &pen.style.palette.ink_3;
    for (value, name) in strip.marks.iter().filter(|(value, _)| y.contains(*value)) {
        let height = y.px(*value);
        pen.dashed(&[(x.start, height), (x.end, height)], 1.0, (3.0, 3.0), &ink.mix(0.7))?;
        let width = Font::Small.width(name);
        let ends = [x.end - width - 4.0, x.start + (x.end - x.start) * 0.45 - width / 2.0, x.start + 4.0];
        let candidates = ends.iter().flat_map(|&left| {
            [9.0, -9.0, 18.0, -18.0].map(|by| Rect::of_text(name, Font::Small, left, height + by))
        });
        if let Some(rect) = room.place(candidates) {
            pen.text(name, (rect.x, rect.middle().1), Align::Left, Font::Small, ink)?;
        }
    }
    Ok(())
}

fn middle(dot: &Dot) -> Point {
    (dot.x, f64::midpoint(dot.low, dot.high))
}

pub(super) fn read(curves: &Curves, numbers: &Numbers, size: (f64, f64), (px, py): Point) -> Option<ReadOut> {
    let layout = layout(curves, numbers, size);
    let lines = || curves.strips.iter().flat_map(|strip| &strip.lines);
    let wanted = layout.x.value(px);
    // The recorded step that is nearest to the pointer.
    let steps = lines().flat_map(|line| numbers.at(line.x)).copied().filter(|step| step.is_finite());
    let distance = |step: f32| (f64::from(step) - wanted).abs();
    let step = steps.min_by(|&a, &b| distance(a).total_cmp(&distance(b)))?;
    let x = layout.x.px(step.into());
    let mut read = ReadOut {
        lines: vec![place_name(curves.axis, step)],
        anchor: (x, py),
        crosshair: Crosshair::default(),
    };
    for (strip, y) in curves.strips.iter().zip(&layout.strips) {
        read.crosshair.plumbs.push((x, y.top(), y.foot()));
        for line in &strip.lines {
            // A line that has no value at this step says its last before.
            let Some((at, low, high)) = samples(line, numbers).take_while(|sample| sample.0 <= step).last()
            else {
                continue;
            };
            let name = line_name(curves, line);
            let mut text = match curves.strips.len() {
                1 => name,
                _ => format!("{}, {name}", strip.label),
            };
            text = format!("{text} {}", exact(low));
            if low.to_bits() != high.to_bits() {
                text = format!("{text} to {}", exact(high));
            }
            if at < step {
                read.lines.push(format!("{text} at {}", place_name(curves.axis, at)));
                continue;
            }
            read.lines.push(text);
            if low.is_finite() && high.is_finite() {
                read.crosshair.dots.push((x, f64::midpoint(y.px(low), y.px(high))));
            }
        }
    }
    Some(read)
}
