//! A confusion matrix: a row for each true class, a column for what was said. Colours are shares of
//! the row, so that rare classes show as well as frequent ones.

use super::Drawn;
use super::palette::{Ramp, ink_on};
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::text::{Font, Rect};
use crate::labs::format::{count, percent};
use crate::labs::{Matrix, Numbers};
use plotters::prelude::DrawingBackend;

/// Room above for the names of the classes.
const HEAD: f64 = 18.0;

/// Room on the left for the names of the classes: a third of the figure at most.
fn left(matrix: &Matrix, width: f64) -> f64 {
    let widest = matrix.classes.iter().map(|class| Font::Small.width(class)).fold(0.0, f64::max);
    (widest + 8.0).max(18.0).min(width / 3.0)
}

fn cell(matrix: &Matrix, (truth, said): (usize, usize), (width, height): (f64, f64)) -> Rect {
    let many = matrix.classes.len().max(1) as f64;
    let left = left(matrix, width);
    let side = ((width - left) / many).min((height - HEAD) / many).max(0.0);
    Rect { x: left + side * said as f64, y: HEAD + side * truth as f64, width: side, height: side }
}

/// Counts of the row of `truth`, with their sum.
fn row<'a>(matrix: &Matrix, numbers: &'a Numbers, truth: usize) -> (&'a [f32], f32) {
    let many = matrix.classes.len();
    let counts = numbers.at(matrix.counts).get(truth * many..(truth + 1) * many).unwrap_or(&[]);
    (counts, counts.iter().sum())
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, matrix: &Matrix, numbers: &Numbers) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let ramp = Ramp::new(&colors.seq);
    let size = (pen.width, pen.height);
    let is_roomy = cell(matrix, (0, 0), size).width >= 9.0;
    for (index, class) in matrix.classes.iter().enumerate().filter(|_| is_roomy) {
        let rect = cell(matrix, (index, index), size);
        let (at, left) = (rect.middle(), left(matrix, pen.width));
        let name = Font::Small.shortened(class, left - 4.0);
        pen.text(&name, (left - 5.0, at.1), Align::Right, Font::Small, &colors.ink_3)?;
        let class = &Font::Small.shortened(class, rect.width - 2.0);
        pen.text(class, (at.0, HEAD - 9.0), Align::Center, Font::Small, &colors.ink_3)?;
    }
    for truth in 0..matrix.classes.len() {
        let (counts, total) = row(matrix, numbers, truth);
        for said in 0..matrix.classes.len() {
            let rect = cell(matrix, (truth, said), size).grown(-0.5);
            let share = counts.get(said).map_or(0.0, |&count| count / total.max(1.0));
            // Few mistakes are what one looks for: the root makes 1 in 100 visible.
            let color = if share > 0.0 { ramp.at(share.sqrt().max(0.12)) } else { colors.sunken };
            pen.fill(rect, &color)?;
            let here = counts.get(said).map_or(String::new(), |&here| count(here as usize));
            if share > 0.0 && rect.height >= 14.0 && Font::Small.width(&here) <= rect.width - 4.0 {
                pen.text(&here, rect.middle(), Align::Center, Font::Small, &ink_on(color))?;
            }
        }
    }
    match matrix.chosen.filter(|_| !matrix.classes.is_empty()) {
        Some([truth, said]) => pen.frame(cell(matrix, (truth, said), size), 2.0, &colors.bad),
        None => Ok(()),
    }
}

/// The true and the said class at a place of the figure.
#[must_use]
pub fn cell_at(matrix: &Matrix, size: (f64, f64), pointer: Point) -> Option<(usize, usize)> {
    let many = 0..matrix.classes.len();
    many.clone().flat_map(|truth| many.clone().map(move |said| (truth, said))).find(|&at| {
        let cell = cell(matrix, at, size);
        cell.width > 0.0 && cell.contains(pointer)
    })
}

pub(super) fn read(matrix: &Matrix, numbers: &Numbers, size: (f64, f64), pointer: Point) -> Option<ReadOut> {
    let (truth, said) = cell_at(matrix, size, pointer)?;
    let (counts, total) = row(matrix, numbers, truth);
    let &here = counts.get(said)?;
    let (class, other) = (&matrix.classes[truth], &matrix.classes[said]);
    let what = if truth == said { format!("{class} read right") } else { format!("{class} read as {other}") };
    let share = percent(here / total.max(1.0));
    let lines = vec![what, format!("{} of {} ({share})", count(here as usize), count(total as usize))];
    let rect = cell(matrix, (truth, said), size);
    let crosshair = Crosshair { frame: Some(rect), ..Crosshair::default() };
    Some(ReadOut { lines, anchor: rect.middle(), crosshair })
}
