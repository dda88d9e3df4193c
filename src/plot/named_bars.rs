//! Bars with names: each on its track, the one that it is about in ink.

use super::Drawn;
use super::named_rows::Rows;
use super::pen::{Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::table::{Table, names};
use super::text::Rect;
use crate::labs::format::{exact, fixed};
use crate::labs::{NamedBars, Numbers};
use plotters::prelude::DrawingBackend;

/// Height of a bar at most.
const BAR: f64 = 14.0;

fn layout(bars: &NamedBars, numbers: &Numbers, size: (f64, f64)) -> (Rows, Vec<String>) {
    let value = |index| numbers.at(bars.values).get(index).copied().unwrap_or(f32::NAN);
    let percent = if bars.unit.starts_with('%') { " %" } else { "" };
    let written = |index| match value(index) {
        NamedBars::UNKNOWN => "–".to_owned(),
        value => format!("{}{percent}", fixed(value, bars.decimals)),
    };
    let values: Vec<_> = (0..bars.names.len()).map(written).collect();
    (Rows::of(&bars.names, &values, size), values)
}

/// The part of its track that a number fills: none where it is no number or not above 0.
fn bar(bars: &NamedBars, value: f32, track: Rect) -> Rect {
    let share = f64::from(value / bars.most.max(f32::MIN_POSITIVE));
    Rect { width: track.width * if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) }, ..track }
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, bars: &NamedBars, numbers: &Numbers) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let (rows, values) = layout(bars, numbers, (pen.width, pen.height));
    for (index, name) in bars.names.iter().enumerate().take(rows.shown) {
        let is_marked = bars.marked == Some(index);
        let track = rows.track(index, BAR);
        pen.fill(track, &colors.sunken)?;
        if let Some(&value) = numbers.at(bars.values).get(index) {
            let color = if is_marked { &colors.ink } else { &colors.ink_4 };
            pen.fill(bar(bars, value, track), color)?;
        }
        rows.write(pen, index, [name, &values[index]], is_marked)?;
    }
    rows.write_rest(pen)
}

pub(super) fn read(bars: &NamedBars, numbers: &Numbers, size: (f64, f64), pointer: Point) -> Option<ReadOut> {
    let (rows, _) = layout(bars, numbers, size);
    let index = rows.at(pointer)?;
    let value = *numbers.at(bars.values).get(index)?;
    let said = match value {
        NamedBars::UNKNOWN => "not known yet".to_owned(),
        value => format!("{} {}", exact(value), bars.unit).trim_end().to_owned(),
    };
    let lines = vec![bars.names.get(index)?.clone(), said];
    let frame = bar(bars, value, rows.track(index, BAR));
    let anchor = (frame.right(), frame.middle().1);
    let crosshair = Crosshair { frame: Some(frame).filter(|bar| bar.width > 0.0), ..Crosshair::default() };
    Some(ReadOut { lines, anchor, crosshair })
}

pub(super) fn table(bars: &NamedBars, numbers: &Numbers) -> Table {
    let rows = bars.names.iter().zip(numbers.at(bars.values));
    let written = |value: f32| if value == NamedBars::UNKNOWN { String::new() } else { value.to_string() };
    let head = if bars.unit.is_empty() { "value" } else { &bars.unit };
    Table {
        columns: names(&["name", head]),
        rows: rows.map(|(name, value)| vec![name.clone(), written(*value)]).collect(),
    }
}
