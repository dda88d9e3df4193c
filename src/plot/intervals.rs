//! Expected numbers with their spread: a bar from low to high in each row, a dot at the mean, a ring at the truth.

use super::Drawn;
use super::axes::{Scale, Ticks, foot_axis};
use super::named_rows::Rows;
use super::pen::{Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::table::{Table, names};
use super::text::Rect;
use crate::labs::format::{exact, fixed};
use crate::labs::{Intervals, Numbers};
use plotters::prelude::DrawingBackend;

/// Room below for the axis.
const FOOT: f64 = 20.0;
/// Of the dot, of the ring around it, and of the bar.
const DOT: f64 = 5.0;
const RING: f64 = 7.5;
const BAR: f64 = 10.0;

struct Layout {
    rows: Rows,
    values: Vec<String>,
    x: Scale,
}

fn at(numbers: &Numbers, span: crate::labs::Span, index: usize) -> f32 {
    numbers.at(span).get(index).copied().unwrap_or(f32::NAN)
}

fn layout(figure: &Intervals, numbers: &Numbers, (width, height): (f64, f64)) -> Layout {
    let value = |index| fixed(at(numbers, figure.means, index), figure.decimals);
    let values: Vec<_> = (0..figure.names.len()).map(value).collect();
    let rows = Rows::of(&figure.names, &values, (width, (height - FOOT).max(0.0)));
    let track = rows.track(0, BAR);
    let start = track.x + RING + 1.0;
    let [from, to] = figure.range.map(f64::from);
    let x = Scale { from, to, start, end: (track.right() - RING - 1.0).max(start) };
    Layout { rows, values, x }
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, figure: &Intervals, numbers: &Numbers) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let Layout { rows, values, x } = layout(figure, numbers, (pen.width, pen.height));
    let foot = (pen.height - FOOT).max(0.0);
    let ticks = Ticks::within(x.from, x.to, ((x.end - x.start) / 20.0).clamp(2.0, 5.0) as usize);
    let mut labels: Vec<_> = ticks.values.iter().map(|&tick| (tick, ticks.label(tick))).collect();
    for (tick, _) in &labels {
        pen.plumb(x.px(*tick), 0.0, foot, &colors.line)?;
    }
    // The name of one, such as "star", goes with the first number alone.
    if let Some((_, first)) = labels.first_mut().filter(|(first, _)| *first <= x.from + 1e-6) {
        format!("{first} {}", figure.unit).trim_end().clone_into(first);
    }
    foot_axis(pen, &x, &labels, "", pen.height - 8.0)?;
    for (index, name) in figure.names.iter().enumerate().take(rows.shown) {
        rows.write(pen, index, [name, &values[index]], index < figure.marked)?;
        let track = rows.track(index, BAR);
        let [low, mean, high] =
            [figure.lows, figure.means, figure.highs].map(|span| at(numbers, span, index));
        if low <= high {
            let (left, right) = (x.px(low.into()), x.px(high.into()));
            let bar = Rect::between(left - 0.5, track.y, right + 0.5, track.bottom());
            pen.fill(bar, &colors.ink_4)?;
        }
        let middle = rows.middle(index);
        let dot = DOT.min(track.height / 2.0);
        if !mean.is_nan() {
            pen.disc((x.px(mean.into()), middle), dot + 1.5, &colors.surface)?;
            pen.disc((x.px(mean.into()), middle), dot, &colors.ink)?;
        }
        let truth = at(numbers, figure.truth, index);
        if !truth.is_nan() {
            pen.line(ring((x.px(truth.into()), middle), dot + RING - DOT), 1.5, &colors.ink)?;
        }
    }
    rows.write_rest(pen)
}

/// The outline of a circle.
fn ring((x, y): Point, radius: f64) -> impl Iterator<Item = Point> {
    const PIECES: usize = 32;
    (0..=PIECES).map(move |piece| {
        let angle = std::f64::consts::TAU * piece as f64 / PIECES as f64;
        (x + radius * libm::cos(angle), y + radius * libm::sin(angle))
    })
}

pub(super) fn read(
    figure: &Intervals,
    numbers: &Numbers,
    size: (f64, f64),
    pointer: Point,
) -> Option<ReadOut> {
    let Layout { rows, x, .. } = layout(figure, numbers, size);
    let index = rows.at(pointer)?;
    let [low, mean, high, truth] =
        [figure.lows, figure.means, figure.highs, figure.truth].map(|span| at(numbers, span, index));
    let mut lines = vec![
        figure.names.get(index)?.clone(),
        format!("expected {}", exact(mean)),
        format!("from {} to {}", exact(low), exact(high)),
    ];
    if !truth.is_nan() {
        lines.push(format!("true {}", exact(truth)));
    }
    let anchor = (x.px(mean.into()), rows.middle(index));
    Some(ReadOut { lines, anchor, crosshair: Crosshair::default() })
}

pub(super) fn table(figure: &Intervals, numbers: &Numbers) -> Table {
    let spans = [figure.means, figure.lows, figure.highs, figure.truth];
    let many = if figure.truth.len > 0 { 4 } else { 3 };
    let row = |(index, name): (usize, &String)| {
        let cells = spans[..many].iter().map(|&span| match at(numbers, span, index) {
            value if value.is_nan() => String::new(),
            value => value.to_string(),
        });
        std::iter::once(name.clone()).chain(cells).collect()
    };
    let heads = ["name", "expected", "low", "high", "true"];
    Table { columns: names(&heads[..=many]), rows: figure.names.iter().enumerate().map(row).collect() }
}
