//! A number worked out, line by line: what it is, the sum in numbers, what it comes to.

use super::Drawn;
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::table::{Table, names};
use super::text::{Font, Rect};
use crate::labs::{Working, WorkingLine};
use plotters::prelude::DrawingBackend;

/// Height of a line, of the name and the sum below it.
const ROW: f64 = 34.0;
/// Least height for both.
const TWO: f64 = 26.0;
/// What another line of a sum takes.
const MORE: f64 = 12.0;

/// Where each line stands, and how much of its height its second line of the sum takes.
fn rows(working: &Working, (width, height): (f64, f64)) -> Vec<(Rect, f64)> {
    let many = working.lines.len().max(1) as f64;
    let room = ((height - TWO * many) / MORE).max(0.0) as usize;
    let wants = |line: &WorkingLine| Font::Small.width(&line.sum) > width;
    let more = MORE * working.lines.iter().filter(|line| wants(line)).count().min(room) as f64;
    let pitch = ((height - more) / many).min(ROW);
    let (mut y, mut left) = (0.0, more);
    let row = |line: &WorkingLine| {
        let more = if wants(line) { MORE.min(left) } else { 0.0 };
        let rect = Rect { x: 0.0, y, width, height: pitch + more };
        (y, left) = (rect.bottom(), left - more);
        (rect, more)
    };
    working.lines.iter().map(row).collect()
}

/// A sum on two lines, parted before a summand where both parts then fit.
fn parted(sum: &str, width: f64) -> Vec<String> {
    let fits = |part: &str| Font::Small.width(part) <= width;
    let mut parts = sum.rmatch_indices(" + ").map(|(at, _)| [&sum[..at], &sum[at + 1..]]);
    match parts.find(|parts| parts.iter().all(|part| fits(part))) {
        Some(parts) => parts.map(String::from).to_vec(),
        None => Font::Small.wrapped(sum, width, 2),
    }
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, working: &Working) -> Drawn<DB> {
    let colors = &pen.style.palette;
    if working.lines.is_empty() {
        return pen.text("click a cell of the maps", (0.0, 10.0), Align::Left, Font::Small, &colors.ink_3);
    }
    let rows = rows(working, (pen.width, pen.height));
    for (index, (line, &(rect, more))) in working.lines.iter().zip(&rows).enumerate() {
        let result = Font::Strong.width(&line.result);
        // Where there is no room for two lines, the sum is left to the read-out.
        let high = rect.height - more;
        let has_sum = high >= TWO;
        let (name, sum) = (rect.y + high * if has_sum { 0.28 } else { 0.5 }, rect.y + high * 0.68);
        let words = Font::Label.shortened(&line.name, pen.width - result - 8.0);
        pen.text(&words, (0.0, name), Align::Left, Font::Label, &colors.ink)?;
        pen.text(&line.result, (pen.width, name), Align::Right, Font::Strong, &colors.ink)?;
        if has_sum {
            let parts = if more > 0.0 {
                parted(&line.sum, pen.width)
            } else {
                vec![Font::Small.shortened(&line.sum, pen.width)]
            };
            for (down, words) in parts.iter().enumerate() {
                let at = (0.0, sum + MORE * down as f64);
                pen.text(words, at, Align::Left, Font::Small, &colors.ink_3)?;
            }
        }
        if index + 1 < working.lines.len() {
            pen.rule(0.0, pen.width, rect.bottom() - 1.0, &colors.line)?;
        }
    }
    Ok(())
}

pub(super) fn read(working: &Working, size: (f64, f64), pointer: Point) -> Option<ReadOut> {
    let rows = rows(working, size);
    let index = rows.iter().position(|(rect, _)| rect.contains(pointer))?;
    let WorkingLine { name, sum, result } = &working.lines[index];
    let lines = vec![name.clone(), format!("{sum} = {result}")];
    Some(ReadOut { lines, anchor: rows[index].0.middle(), crosshair: Crosshair::default() })
}

pub(super) fn table(working: &Working) -> Table {
    let row = |line: &WorkingLine| vec![line.name.clone(), line.sum.clone(), line.result.clone()];
    Table { columns: names(&["number", "sum", "result"]), rows: working.lines.iter().map(row).collect() }
}
