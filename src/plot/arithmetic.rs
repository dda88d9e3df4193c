//! One unit worked out: what it sees, its weights, their products, and the sum that becomes its value.

use super::Drawn;
use super::palette::{Ramp, ink_on};
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::text::{Font, Rect};
use crate::labs::format::{exact, fixed};
use crate::labs::{Arithmetic, Numbers, Rule};
use plotters::prelude::DrawingBackend;

/// Room above the grids for their names and below for the sum.
const HEAD: f64 = 20.0;
const FOOT: f64 = 34.0;
/// For the sign between two grids.
const SIGN: f64 = 22.0;
/// Cells are no larger than this.
const CELL: f64 = 40.0;

/// A grid of numbers: its name, whether its colours are signed, its values.
struct Grid {
    name: String,
    is_signed: bool,
    values: Vec<f32>,
}

fn grids(sum: &Arithmetic, numbers: &Numbers) -> Vec<Grid> {
    let inputs = numbers.at(sum.inputs).to_vec();
    let [map, of] = sum.of_map;
    let name = if of > 1 { format!("input, map {} of {of}", map + 1) } else { "input".into() };
    let is_signed = inputs.iter().any(|&value| value < 0.0);
    let mut grids = vec![Grid { name, is_signed, values: inputs }];
    if sum.rule == Rule::WeightedSum {
        let weights = numbers.at(sum.weights).to_vec();
        let products = grids[0].values.iter().zip(&weights).map(|(x, w)| x * w).collect();
        grids.push(Grid { name: "weights".into(), is_signed: true, values: weights });
        grids.push(Grid { name: "products".into(), is_signed: true, values: products });
    }
    grids
}

/// Side of a cell and the left edge of grid `index`.
fn place(sum: &Arithmetic, many: usize, (width, height): (f64, f64)) -> (f64, impl Fn(usize) -> f64 + use<>) {
    let (rows, columns) = (sum.height.max(1) as f64, sum.width.max(1) as f64);
    let by_width = (width - SIGN * many.saturating_sub(1) as f64) / (many.max(1) as f64 * columns);
    let side = by_width.min((height - HEAD - FOOT) / rows).clamp(0.0, CELL);
    (side, move |index| (side * columns + SIGN) * index as f64)
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, sum: &Arithmetic, numbers: &Numbers) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let grids = grids(sum, numbers);
    let (side, left) = place(sum, grids.len(), (pen.width, pen.height));
    if side <= 0.0 || sum.height * sum.width == 0 {
        return Ok(()); // no room, or nothing to work out
    }
    let bottom = HEAD + side * sum.height as f64;
    for (index, grid) in grids.iter().enumerate() {
        let x = left(index);
        let next = if index + 1 < grids.len() { left(index + 1) } else { pen.width };
        if Font::Small.width(&grid.name) < next - x {
            pen.text(&grid.name, (x, 8.0), Align::Left, Font::Small, &colors.ink_3)?;
        }
        draw_grid(pen, sum, grid, (x, side))?;
        if index > 0 {
            let sign = if index == 1 { "×" } else { "=" };
            let at = (x - SIGN / 2.0, f64::midpoint(HEAD, bottom));
            pen.text(sign, at, Align::Center, Font::Strong, &colors.ink_2)?;
        }
    }
    let fits = |text: &String| Font::Label.width(text) <= pen.width;
    match sentences(sum, numbers).into_iter().find(fits) {
        Some(text) => pen.text(&text, (0.0, bottom + FOOT / 2.0), Align::Left, Font::Label, &colors.ink),
        None => Ok(()),
    }
}

fn draw_grid<DB: DrawingBackend>(
    pen: &Pen<DB>,
    sum: &Arithmetic,
    grid: &Grid,
    (x, side): (f64, f64),
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let ramp = Ramp::new(if grid.is_signed { &colors.div } else { &colors.seq });
    let most = grid.values.iter().fold(1e-6_f32, |most, value| most.max(value.abs()));
    // All of them or none: a grid with holes would look as if those were zeros.
    let is_readable = grid.values.iter().all(|&value| Font::Small.width(&fixed(value, 2)) < side);
    for (index, &value) in grid.values.iter().take(sum.height * sum.width).enumerate() {
        let (row, column) = (index / sum.width.max(1), index % sum.width.max(1));
        let cell =
            Rect { x: x + side * column as f64, y: HEAD + side * row as f64, width: side, height: side };
        let color = if grid.is_signed { ramp.signed(value / most) } else { ramp.at(value / most) };
        pen.fill(Rect { width: side - 1.0, height: side - 1.0, ..cell }, &color)?;
        let text = fixed(value, 2);
        if is_readable {
            pen.text(&text, cell.middle(), Align::Center, Font::Small, &ink_on(color))?;
        }
    }
    Ok(())
}

/// The sum in one line, then in shorter words: "0.86 + 0.31 from the other 7 maps − 0.12 bias = 1.05
/// → relu 1.05", "0.86 + 0.31 − 0.12 = 1.05 → relu 1.05", "1.05".
fn sentences(sum: &Arithmetic, numbers: &Numbers) -> Vec<String> {
    let [here, elsewhere, bias, z, output] = sum.terms;
    let count = numbers.at(sum.inputs).len();
    let value = fixed(output, 2);
    let signed = |value: f32| format!("{} {}", if value < 0.0 { "−" } else { "+" }, fixed(value.abs(), 2));
    let long = match sum.rule {
        Rule::Maximum => vec![format!("the largest of {count} is {value}")],
        Rule::Mean => vec![format!("the mean of {count} is {value}")],
        Rule::Normalized => {
            let [mean, scale, gamma, beta, _] = sum.terms;
            let input = numbers.at(sum.inputs).first().map_or_else(String::new, |&x| fixed(x, 2));
            let (mean, beta) = (signed(-mean), signed(beta));
            let (scale, gamma) = (fixed(scale, 2), fixed(gamma, 2));
            vec![
                format!("({input} {mean} mean) × {scale} for the variance × {gamma} γ {beta} β = {value}"),
                format!("({input} {mean}) × {scale} × {gamma} {beta} = {value}"),
            ]
        }
        Rule::Passed => vec![format!("passed on as {value}")],
        Rule::WeightedSum => {
            let (here, bias, z) = (fixed(here, 2), signed(bias), fixed(z, 2));
            let (words, others) = match sum.others.as_str() {
                "" => (String::new(), String::new()),
                others => {
                    (format!(" {} from {others}", signed(elsewhere)), format!(" {}", signed(elsewhere)))
                }
            };
            let after = match sum.activation.as_str() {
                "linear" => String::new(),
                name => format!(" → {name} {value}"),
            };
            vec![
                format!("{here}{words} {bias} bias = {z}{after}"),
                format!("{here}{others} {bias} = {z}{after}"),
            ]
        }
    };
    long.into_iter().chain([value]).collect()
}

pub(super) fn read(
    sum: &Arithmetic,
    numbers: &Numbers,
    whole: (f64, f64),
    (px, py): Point,
) -> Option<ReadOut> {
    let grids = grids(sum, numbers);
    let (side, edge) = place(sum, grids.len(), whole);
    for (index, grid) in grids.iter().enumerate() {
        let (column, row) = ((px - edge(index)) / side, (py - HEAD) / side);
        let inside = |at: f64, many: usize| at >= 0.0 && at < many as f64;
        if !(inside(column, sum.width) && inside(row, sum.height)) {
            continue;
        }
        let (row, column) = (row as usize, column as usize);
        let &value = grid.values.get(row * sum.width + column)?;
        let corner = (edge(index) + side * column as f64, HEAD + side * row as f64);
        let cell = Rect { x: corner.0, y: corner.1, width: side - 1.0, height: side - 1.0 };
        return Some(ReadOut {
            lines: vec![format!("{}, row {row}, column {column}", grid.name), exact(value)],
            anchor: cell.middle(),
            crosshair: Crosshair { frame: Some(cell), ..Crosshair::default() },
        });
    }
    None
}
