//! What a network gives for numbers that it is to learn, over what they are: a dot for each item, and the line on which
//! every one would lie if it were right.

use super::Drawn;
use super::axes::{Scale, Ticks, foot_axis, left_axis, rounded};
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::table::{Table, names};
use super::text::Font;
use crate::labs::format::exact;
use crate::labs::{Numbers, Scatter};
use plotters::prelude::DrawingBackend;
use plotters::style::Color;

/// Room above the plot for the name of what stands upwards, and below it for ticks and the name of what stands across.
const HEAD: f64 = 18.0;
const FOOT: f64 = 34.0;
const LEFT: f64 = 40.0;
/// Radius of a dot, and how far from one the pointer may be to read it.
const RADIUS: f64 = 2.5;
const REACH: f64 = 12.0;
/// Ticks of an axis at most.
const TICKS: usize = 5;

/// Both axes, with the same ends, on a square as large as there is room for.
fn scales(scatter: &Scatter, numbers: &Numbers, (width, height): (f64, f64)) -> (Scale, Scale) {
    let values = numbers.at(scatter.pairs).iter().copied().filter(|value| value.is_finite());
    let (low, high) = values
        .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    let (from, to) = rounded(low.into(), high.into(), TICKS);
    let side = (width - LEFT - RADIUS).min(height - HEAD - FOOT).max(0.0);
    let foot = HEAD + side;
    (Scale { from, to, start: LEFT, end: LEFT + side }, Scale { from, to, start: foot, end: HEAD })
}

/// The items that have numbers, each with its number and its place.
fn dots<'a>(
    scatter: &Scatter,
    numbers: &'a Numbers,
    (x, y): (&Scale, &Scale),
) -> impl Iterator<Item = (usize, [f32; 2], Point)> + use<'a> {
    let (x, y) = (*x, *y);
    let pairs = numbers.at(scatter.pairs).as_chunks::<2>().0;
    let are_finite = |(_, pair): &(usize, [f32; 2])| pair.iter().all(|value| value.is_finite());
    let place = move |[truth, said]: [f32; 2]| (x.px(truth.into()), y.px(said.into()));
    pairs.iter().copied().enumerate().filter(are_finite).map(move |(item, pair)| (item, pair, place(pair)))
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, scatter: &Scatter, numbers: &Numbers) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let (x, y) = scales(scatter, numbers, (pen.width, pen.height));
    if x.end <= x.start {
        return Ok(());
    }
    let ticks = Ticks::within(x.from, x.to, TICKS);
    let labels: Vec<_> = ticks.values.iter().map(|&value| (value, ticks.label(value))).collect();
    left_axis(pen, &y, &labels, (x.start, x.end))?;
    foot_axis(pen, &x, &labels, "", y.start + 12.0)?;
    pen.text(&scatter.labels[1], (x.start, HEAD - 10.0), Align::Left, Font::Small, &colors.ink_3)?;
    pen.text(&scatter.labels[0], (x.end, y.start + 27.0), Align::Right, Font::Small, &colors.ink_3)?;
    pen.dashed(&[(x.start, y.start), (x.end, y.end)], 1.0, (4.0, 3.0), &colors.ink_3)?;
    for (_, _, place) in dots(scatter, numbers, (&x, &y)) {
        pen.disc(place, RADIUS, &colors.ink_2.mix(0.7))?;
    }
    Ok(())
}

pub(super) fn read(
    scatter: &Scatter,
    numbers: &Numbers,
    size: (f64, f64),
    (px, py): Point,
) -> Option<ReadOut> {
    let (x, y) = scales(scatter, numbers, size);
    let distance = |(at, to): &Point| (at - px).hypot(to - py);
    let nearest =
        dots(scatter, numbers, (&x, &y)).min_by(|a, b| distance(&a.2).total_cmp(&distance(&b.2)))?;
    let (item, [truth, said], place) = nearest;
    (distance(&place) <= REACH).then(|| ReadOut {
        lines: vec![
            format!("test item {}", item + 1),
            format!("{} {}", scatter.labels[0], exact(truth)),
            format!("{} {}", scatter.labels[1], exact(said)),
        ],
        anchor: place,
        crosshair: Crosshair { dots: vec![place], ..Crosshair::default() },
    })
}

pub(super) fn table(scatter: &Scatter, numbers: &Numbers) -> Table {
    let pairs = numbers.at(scatter.pairs).as_chunks::<2>().0.iter().enumerate();
    let row = |(item, [truth, said]): (usize, &[f32; 2])| {
        vec![(item + 1).to_string(), truth.to_string(), said.to_string()]
    };
    Table {
        columns: names(&["test item", &scatter.labels[0], &scatter.labels[1]]),
        rows: pairs.map(row).collect(),
    }
}
