//! The weights of one neuron as bars from a line at 0: to the right what is positive.

use super::Drawn;
use super::palette::Ramp;
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::text::{Font, Rect};
use crate::labs::format::{exact, significant};
use crate::labs::{Numbers, Weights};
use plotters::prelude::DrawingBackend;

/// Room for the names.
const NAMES: f64 = 118.0;
/// Room for a value beside its bar.
const VALUES: f64 = 54.0;
/// Height of a row, where there is room for all.
const ROW: f64 = 24.0;

/// As much of `most` CSS pixels as the rows take.
pub(super) fn height(figure: &Weights, most: f64) -> f64 {
    (ROW * figure.weights.len() as f64).min(most)
}

struct Layout {
    row: f64,
    left: f64,
    right: f64,
    zero: f64,
    /// Pixels for each unit of weight.
    scale: f64,
}

fn layout(weights: &[f32], (width, height): (f64, f64)) -> Layout {
    let row = (height / weights.len().max(1) as f64).min(ROW);
    let (left, right) = (NAMES.min(width * 0.4), (width - VALUES).max(NAMES));
    let zero = f64::midpoint(left + VALUES, right);
    let most = weights.iter().fold(1.0_f32, |most, w| if w.is_finite() { most.max(w.abs()) } else { most });
    Layout { row, left, right, zero, scale: (right - zero) / f64::from(most) }
}

impl Layout {
    fn bar(&self, index: usize, weight: f32) -> Rect {
        let end = self.zero + self.scale * f64::from(weight);
        let top = self.row * index as f64;
        let (from, to) = (self.zero.min(end), self.zero.max(end));
        Rect::between(from, top + self.row * 0.2, to.max(from + 1.0), top + self.row * 0.8)
    }
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, figure: &Weights, numbers: &Numbers) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let values = numbers.at(figure.values);
    let layout = layout(values, (pen.width, pen.height));
    let ramp = Ramp::of_signed(colors);
    let most = values.iter().fold(1.0_f32, |most, w| most.max(w.abs()));
    for (index, (&value, weight)) in values.iter().zip(&figure.weights).enumerate() {
        let bar = layout.bar(index, value);
        let middle = layout.row * (index as f64 + 0.5);
        pen.fill(bar, &ramp.signed((value / most).clamp(-1.0, 1.0)))?;
        if layout.row < 9.0 {
            continue; // too many to be named; the list beneath and the read-out name them
        }
        let room = layout.left - 6.0;
        let name = match weight.label.rsplit_once(", ") {
            Some((_, neuron)) if Font::Small.width(&weight.label) > room => neuron,
            _ => &weight.label,
        };
        let name = &Font::Small.shortened(name, room);
        pen.text(name, (room, middle), Align::Right, Font::Small, &colors.ink_3)?;
        let text = significant(value, 3);
        let (at, align) =
            if value < 0.0 { (bar.x - 4.0, Align::Right) } else { (bar.right() + 4.0, Align::Left) };
        let end = if align == Align::Left { at + Font::Small.width(&text) } else { at };
        if end <= pen.width {
            let end = if align == Align::Left { at + Font::Small.width(&text) } else { at };
            if end <= pen.width {
                pen.text(&text, (at, middle), align, Font::Small, &colors.ink_2)?;
            }
        }
    }
    pen.plumb(layout.zero, 0.0, layout.row * values.len() as f64, &colors.ink_4)
}

pub(super) fn read(
    figure: &Weights,
    numbers: &Numbers,
    size: (f64, f64),
    (px, py): Point,
) -> Option<ReadOut> {
    let values = numbers.at(figure.values);
    let layout = layout(values, size);
    let index = (py / layout.row).floor();
    if index < 0.0 || index >= values.len() as f64 || px < 0.0 || px > layout.right + VALUES {
        return None;
    }
    let index = index as usize;
    let frame = layout.bar(index, values[index]);
    let grad = numbers.at(figure.grads).get(index).copied().unwrap_or_default();
    Some(ReadOut {
        lines: vec![
            figure.weights.get(index)?.label.clone(),
            format!("w {}", exact(values[index])),
            format!("∂L/∂w {}", exact(grad)),
        ],
        anchor: frame.middle(),
        crosshair: Crosshair { frame: Some(frame), ..Crosshair::default() },
    })
}
