//! |f′|ⁿ over n on a log axis: a straight line for each activation, named at its end with where it got to.

use super::Drawn;
use super::axes::{Scale, decades, foot_axis, left_axis};
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::table::Table;
use super::text::{Font, push_apart};
use crate::labs::format::{exact, power, power_of_ten};
use crate::labs::{Numbers, Products, elementwise, power_of};
use crate::nn::Activation;
use plotters::prelude::DrawingBackend;

const HEAD: f64 = 10.0;
const FOOT: f64 = 20.0;
/// Between two names at the ends of lines.
const PITCH: f64 = 13.0;

struct Layout {
    n: Scale,
    y: Scale,
    ticks: Vec<(f64, String)>,
    /// Whether every line has room for its name.
    has_room: bool,
}

fn layout(products: &Products, numbers: &Numbers, (width, height): (f64, f64)) -> Layout {
    let [low, high] = products.decades;
    let (low, high) = (low.clamp(-60, 60), high.clamp(-60, 60).max(low.clamp(-60, 60) + 1));
    let foot = (height - FOOT).max(0.0);
    let most = ((foot - HEAD) / 24.0).clamp(2.0, 6.0) as i32;
    let ticks: Vec<_> =
        decades(low, high, most).into_iter().map(|power| (power.into(), power_of_ten(power))).collect();
    let widest = ticks.iter().map(|(_, label)| Font::Small.width(label)).fold(0.0, f64::max);
    let left = (widest + 10.0).min(width * 0.3);
    let has_room = foot - HEAD >= PITCH * elementwise().count() as f64;
    let names = lines(products, numbers)
        .map(|(activation, factor)| Font::Strong.width(&name(activation, power_of(factor, products.most))));
    let right = (width - (names.fold(0.0, f64::max) + 8.0).min(width * 0.5)).max(left);
    Layout {
        n: Scale { from: 0.0, to: products.most.max(1) as f64, start: left, end: right },
        y: Scale { from: low.into(), to: high.into(), start: foot, end: HEAD.min(foot) },
        ticks,
        has_room,
    }
}

/// Each activation with its mean |f′|, where that is a number.
fn lines<'a>(products: &Products, numbers: &'a Numbers) -> impl Iterator<Item = (Activation, f32)> + use<'a> {
    elementwise().zip(numbers.at(products.factors).iter().copied()).filter(|(_, factor)| factor.is_finite())
}

fn name(activation: Activation, end: f32) -> String {
    format!("{} {}", activation.label(), power(end))
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<DB>,
    products: &Products,
    numbers: &Numbers,
    lane: usize,
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let of_lane = colors.lane(lane);
    let Layout { n, y, ticks, has_room } = layout(products, numbers, (pen.width, pen.height));
    left_axis(pen, &y, &ticks, (n.start, n.end))?;
    let is_used = |activation: Activation| activation == products.used;
    let mut drawn: Vec<_> = lines(products, numbers).collect();
    drawn.sort_by_key(|(activation, _)| is_used(*activation)); // nothing covers the one in use
    for &(activation, factor) in &drawn {
        let (width, color) = if is_used(activation) { (2.5, &of_lane) } else { (1.25, &colors.ink_3) };
        let points = (0..=products.most).map(|i| (i, power_of(factor, i)));
        let points: Vec<Point> = points
            .take_while(|(_, product)| *product > 0.0 && y.contains(product.log10().into()))
            .map(|(i, product)| (n.px(i as f64), y.px(product.log10().into())))
            .collect();
        pen.line(points, width, color)?;
    }
    let named: Vec<_> =
        drawn.into_iter().filter(|(activation, _)| has_room || is_used(*activation)).collect();
    let ends = named.iter().map(|(_, factor)| power_of(*factor, products.most));
    let mut heights: Vec<f64> =
        ends.clone().map(|end| if end > 0.0 { y.px(end.log10().into()) } else { y.start }).collect();
    push_apart(&mut heights, PITCH, y.end, y.start);
    for (((activation, _), end), height) in named.iter().zip(ends).zip(heights) {
        let (font, color) =
            if is_used(*activation) { (Font::Strong, &of_lane) } else { (Font::Small, &colors.ink_2) };
        let text = name(*activation, end);
        if n.end + 6.0 + font.width(&text) <= pen.width + 1.0 && height >= 6.0 {
            pen.text(&text, (n.end + 6.0, height), Align::Left, font, color)?;
        }
    }
    let most = products.most;
    let marks = [0, most / 2, most].map(|i| (i as f64, i.to_string()));
    foot_axis(pen, &n, &marks, "n =", y.start + 12.0)
}

pub(super) fn read(products: &Products, numbers: &Numbers, size: (f64, f64), at: Point) -> Option<ReadOut> {
    let Layout { n, y, .. } = layout(products, numbers, size);
    let times = n.value(at.0).round() as usize;
    let height = |factor: f32| match power_of(factor, times) {
        product if product > 0.0 => y.px(product.log10().into()),
        _ => y.start,
    };
    let distance = |factor: f32| (height(factor) - at.1).abs();
    let (activation, factor) =
        lines(products, numbers).min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)))?;
    let x = n.px(times as f64);
    let lines = vec![
        activation.label().to_owned(),
        format!("mean |f′| {}", exact(factor)),
        format!("{times} times: {}", exact(power_of(factor, times))),
    ];
    let crosshair = Crosshair {
        plumbs: vec![(x, y.end, y.start)],
        dots: vec![(x, height(factor))],
        ..Crosshair::default()
    };
    Some(ReadOut { lines, anchor: (x, at.1), crosshair })
}

/// A row for each activation, a column for each n; the first power is mean |f′| itself.
pub(super) fn table(products: &Products, numbers: &Numbers) -> Table {
    let heads =
        (1..=products.most).map(|n| if n == 1 { "mean |f′|".into() } else { format!("to the power of {n}") });
    let row = |(activation, factor): (Activation, f32)| {
        let cells = (1..=products.most).map(|n| power_of(factor, n).to_string());
        std::iter::once(activation.label().to_owned()).chain(cells).collect()
    };
    Table {
        columns: std::iter::once("activation".into()).chain(heads).collect(),
        rows: lines(products, numbers).map(row).collect(),
    }
}
