//! The receiver operating characteristic: what is found over what is a false alarm, for every threshold at once.

use super::Drawn;
use super::axes::{Scale, foot_axis, left_axis};
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::table::{Table, names};
use super::text::Font;
use crate::labs::format::{fixed, percent};
use crate::labs::{Numbers, Roc};
use plotters::prelude::DrawingBackend;

const LEFT: f64 = 26.0;
const HEAD: f64 = 8.0;
const FOOT: f64 = 20.0;
/// Between the curve and the words, and the least room for those.
const GAP: f64 = 16.0;
const WORDS: f64 = 110.0;

fn scales((width, height): (f64, f64)) -> (Scale, Scale) {
    let side = (height - HEAD - FOOT).min(width - LEFT - GAP - WORDS).max(0.0);
    let foot = HEAD + side;
    (
        Scale { from: 0.0, to: 1.0, start: LEFT, end: LEFT + side },
        Scale { from: 0.0, to: 1.0, start: foot, end: HEAD },
    )
}

fn curve<'a>(roc: &Roc, numbers: &'a Numbers) -> &'a [[f32; 2]] {
    numbers.at(roc.points).as_chunks::<2>().0
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, roc: &Roc, numbers: &Numbers) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let (x, y) = scales((pen.width, pen.height));
    if x.end <= x.start {
        return Ok(());
    }
    let ticks = [(0.0, "0".to_owned()), (0.5, ".5".into()), (1.0, "1".into())];
    left_axis(pen, &y, &ticks, (x.start, x.end))?;
    foot_axis(pen, &x, &ticks, "", y.start + 11.0)?;
    pen.dashed(&[(x.start, y.start), (x.end, y.end)], 1.0, (4.0, 3.0), &colors.ink_4)?;
    let words = x.end + GAP;
    let points = curve(roc, numbers);
    if points.is_empty() {
        let words = roc.lines.iter().flat_map(|line| Font::Small.wrapped(line, pen.width - words, 5));
        for (line, text) in words.enumerate() {
            let at = (x.end + GAP, HEAD + 8.0 + 14.0 * line as f64);
            pen.text(&text, at, Align::Left, Font::Small, &colors.ink_3)?;
        }
        return Ok(());
    }
    let place = |[alarms, found]: [f32; 2]| (x.px(alarms.into()), y.px(found.into()));
    let line: Vec<Point> = std::iter::once([0.0; 2]).chain(points.iter().copied()).map(place).collect();
    pen.line(line, 2.0, &colors.lane(0))?;
    let at = place(roc.at);
    pen.disc(at, 5.0, &colors.ink)?;
    pen.disc(at, 3.0, &colors.surface)?;
    pen.text("area", (words, HEAD + 6.0), Align::Left, Font::Small, &colors.ink_3)?;
    pen.text(&fixed(roc.area, 3), (words, HEAD + 22.0), Align::Left, Font::Strong, &colors.ink)?;
    let mut top = HEAD + 44.0;
    for line in &roc.lines {
        for part in Font::Small.wrapped(line, pen.width - words, 2) {
            if top < pen.height - 4.0 {
                pen.text(&part, (words, top), Align::Left, Font::Small, &colors.ink_2)?;
            }
            top += 13.0;
        }
        top += 4.0;
    }
    Ok(())
}

pub(super) fn read(roc: &Roc, numbers: &Numbers, size: (f64, f64), (px, py): Point) -> Option<ReadOut> {
    let (x, y) = scales(size);
    let place = |&[alarms, found]: &[f32; 2]| (x.px(alarms.into()), y.px(found.into()));
    let distance = |point: &&[f32; 2]| (place(point).0 - px).hypot(place(point).1 - py);
    let nearest = curve(roc, numbers).iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
    if px > x.end + GAP {
        return None;
    }
    let lines =
        vec![format!("{} found", percent(nearest[1])), format!("{} false alarms", percent(nearest[0]))];
    let at = place(nearest);
    Some(ReadOut { lines, anchor: at, crosshair: Crosshair { dots: vec![at], ..Crosshair::default() } })
}

pub(super) fn table(roc: &Roc, numbers: &Numbers) -> Table {
    let row = |[alarms, found]: &[f32; 2]| vec![alarms.to_string(), found.to_string()];
    Table { columns: names(&["false alarms", "found"]), rows: curve(roc, numbers).iter().map(row).collect() }
}
