//! Probabilities of classes: a row for each, with its bar and its share, the likeliest in bold.

use super::Drawn;
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::text::{Font, Rect};
use crate::labs::format::{exact, percent};
use crate::labs::{Numbers, Scores};
use plotters::prelude::DrawingBackend;

/// Room for the names of the classes and for the shares.
const LEFT: f64 = 22.0;
const RIGHT: f64 = 46.0;
/// Rows are no higher than this.
const ROW: f64 = 26.0;

fn row(scores: &Scores, index: usize, (width, height): (f64, f64)) -> Rect {
    let pitch = (height / scores.classes.len().max(1) as f64).min(ROW);
    Rect { x: 0.0, y: pitch * index as f64, width, height: pitch }
}

/// The part of a row that its bar may fill.
fn track(row: &Rect) -> Rect {
    let high = (row.height * 0.46).min(12.0);
    Rect::between(LEFT, row.middle().1 - high / 2.0, row.width - RIGHT, row.middle().1 + high / 2.0)
}

/// The likeliest class; none without probabilities.
fn best(probabilities: &[f32]) -> Option<usize> {
    (0..probabilities.len()).max_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b]))
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, scores: &Scores, numbers: &Numbers) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let probabilities = numbers.at(scores.probabilities);
    let best = best(probabilities);
    for (index, class) in scores.classes.iter().enumerate() {
        let row = row(scores, index, (pen.width, pen.height));
        let (track, middle) = (track(&row), row.middle().1);
        let is_best = best == Some(index);
        let (font, ink) = if is_best { (Font::Strong, &colors.ink) } else { (Font::Label, &colors.ink_2) };
        pen.text(class, (0.0, middle), Align::Left, font, ink)?;
        pen.fill(track, &colors.sunken)?;
        let Some(&share) = probabilities.get(index) else { continue };
        let share = if share.is_nan() { 0.0 } else { f64::from(share.clamp(0.0, 1.0)) };
        let bar = Rect { width: (track.width * share).max(1.0).min(track.width), ..track };
        pen.fill(bar, if is_best { &colors.ink } else { &colors.ink_3 })?;
        let said = if share < 0.005 { "< 1 %".to_owned() } else { percent(share) };
        pen.text(&said, (pen.width, middle), Align::Right, font, ink)?;
    }
    Ok(())
}

pub(super) fn read(scores: &Scores, numbers: &Numbers, size: (f64, f64), pointer: Point) -> Option<ReadOut> {
    let index = (0..scores.classes.len()).find(|&index| row(scores, index, size).contains(pointer))?;
    let mut lines = vec![format!("class {}", scores.classes[index])];
    lines.push(format!("probability {}", exact(*numbers.at(scores.probabilities).get(index)?)));
    if let Some(&logit) = numbers.at(scores.logits).get(index) {
        lines.push(format!("logit {}", exact(logit)));
    }
    let row = row(scores, index, size);
    Some(ReadOut { lines, anchor: row.middle(), crosshair: Crosshair::default() })
}
