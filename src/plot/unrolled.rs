//! A recurrent network unrolled in time: one box for each step about the one that is looked at, filled by what it
//! holds; between boxes the state that is handed on, below them as much of the gradient as comes back.

use super::Drawn;
use super::palette::Ramp;
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::table::{Table, names};
use super::text::{Font, Rect};
use crate::labs::format::{exact, power};
use crate::labs::{Numbers, Unrolled};
use plotters::prelude::DrawingBackend;

/// From one box to the next.
const PITCH: f64 = 66.0;
const BOX: f64 = 40.0;
const TOP: f64 = 10.0;
/// Decades of the gradient that the thickness of an arrow tells apart.
const DECADES: f64 = 6.0;

/// The first step that is drawn and how many are: as many as have room, the chosen one in their middle.
fn window(figure: &Unrolled, width: f64) -> (usize, usize) {
    let many = ((width / PITCH) as usize).clamp(1, figure.symbols.len().max(1));
    let first = figure.head.saturating_sub(many / 2).min(figure.symbols.len().saturating_sub(many));
    (first, many)
}

fn place(figure: &Unrolled, step: usize, width: f64) -> Rect {
    let (first, many) = window(figure, width);
    let pitch = width / many as f64;
    let x = pitch * (step as f64 - first as f64) + (pitch - BOX) / 2.0;
    Rect { x, y: TOP, width: BOX, height: BOX }
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<DB>,
    figure: &Unrolled,
    numbers: &Numbers,
    lane: usize,
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let (first, many) = window(figure, pen.width);
    let (held, gradient) = (numbers.at(figure.held), numbers.at(figure.gradient));
    let ramp = Ramp::new(&colors.seq);
    let most = gradient.iter().copied().filter(|value| value.is_finite()).fold(0.0, f32::max);
    for step in first..(first + many).min(figure.symbols.len()) {
        let rect = place(figure, step, pen.width);
        let middle = rect.middle();
        if step > first {
            let from = place(figure, step - 1, pen.width).right();
            pen.line([(from, middle.1), (rect.x - 1.0, middle.1)], 1.0, &colors.ink_3)?;
            pen.polygon(
                [(rect.x, middle.1), (rect.x - 5.0, middle.1 - 3.0), (rect.x - 5.0, middle.1 + 3.0)],
                &colors.ink_3,
            )?;
            // What comes back to the step before is drawn between the two.
            if let Some(&back) = gradient.get(step - 1) {
                let share = (libm::log10(f64::from(back / most)) / DECADES + 1.0).clamp(0.0, 1.0);
                let (y, width) = (rect.bottom() - 6.0, 0.5 + 5.5 * share);
                if share > 0.0 && back > 0.0 {
                    pen.line([(from + 5.0, y), (rect.x - 1.0, y)], width, &colors.lane(lane))?;
                    let tip = [(from, y), (from + 6.0, y - 4.0), (from + 6.0, y + 4.0)];
                    pen.polygon(tip, &colors.lane(lane))?;
                }
            }
        }
        let fill = ramp.at(held.get(step).copied().unwrap_or(f32::NAN));
        pen.fill(rect, &fill)?;
        let is_head = step == figure.head;
        let edge = if is_head { &colors.ink } else { &colors.line_strong };
        pen.frame(rect, if is_head { 2.0 } else { 1.0 }, edge)?;
        let name = format!("h{}", subscript(step + 1));
        pen.text(&name, middle, Align::Center, Font::Label, &super::palette::ink_on(fill))?;
        let below = rect.bottom() + 14.0;
        pen.line([(middle.0, below - 2.0), (middle.0, rect.bottom() + 3.0)], 1.0, &colors.ink_3)?;
        let font = if is_head { Font::Strong } else { Font::Label };
        let symbol = if figure.symbols[step] == " " { "␣" } else { &figure.symbols[step] };
        pen.text(symbol, (middle.0, below + 9.0), Align::Center, font, &colors.ink)?;
    }
    Ok(())
}

/// `12` → "₁₂".
fn subscript(number: usize) -> String {
    let digit = |digit: u32| char::from_u32('₀' as u32 + digit).unwrap_or('?');
    number.to_string().chars().filter_map(|c| c.to_digit(10)).map(digit).collect()
}

pub(super) fn read(
    figure: &Unrolled,
    numbers: &Numbers,
    size: (f64, f64),
    pointer: Point,
) -> Option<ReadOut> {
    let (first, many) = window(figure, size.0);
    let steps = first..(first + many).min(figure.symbols.len());
    let step = steps.into_iter().find(|&step| place(figure, step, size.0).grown(6.0).contains(pointer))?;
    let mut lines = vec![format!("step {}, reads {}", step + 1, figure.symbols[step])];
    lines.push(format!("root mean square of h {}", exact(*numbers.at(figure.held).get(step)?)));
    if let Some(&gradient) = numbers.at(figure.gradient).get(step) {
        lines.push(format!("‖∂L/∂h‖ {}", power(gradient)));
    }
    let frame = place(figure, step, size.0);
    Some(ReadOut {
        lines,
        anchor: frame.middle(),
        crosshair: Crosshair { frame: Some(frame), ..Crosshair::default() },
    })
}

pub(super) fn table(figure: &Unrolled, numbers: &Numbers) -> Table {
    let number = |values: &[f32], step: usize| values.get(step).map_or_else(String::new, f32::to_string);
    let row = |(step, symbol): (usize, &String)| {
        vec![
            (step + 1).to_string(),
            symbol.clone(),
            number(numbers.at(figure.held), step),
            number(numbers.at(figure.gradient), step),
        ]
    };
    Table {
        columns: names(&["step", "reads", "root mean square of h", "‖∂L/∂h‖"]),
        rows: figure.symbols.iter().enumerate().map(row).collect(),
    }
}
