//! The network as columns of tiles, each what one neuron gives over the plane. The links between
//! them are [`super::links`]'.

use super::bitmap::{Bitmap, Enlarger, Frame};
use super::columns::{Columns, columns};
use super::links;
use super::palette::Ramp;
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::text::{Font, Rect};
use super::{Drawn, View};
use crate::labs::format::{exact, power};
use crate::labs::{Column, Diagram, Numbers};
use plotters::prelude::DrawingBackend;

/// Room under the tiles for the number of neurons that have none.
const FOOT: f64 = 15.0;

/// Where the tiles of a diagram lie.
pub(super) struct Layout {
    pub columns: Columns,
    /// Side of a tile.
    pub side: f64,
    tall: f64,
    /// Tiles in the tallest column.
    most: usize,
}

pub(super) fn layout(diagram: &Diagram, (width, height): (f64, f64)) -> Layout {
    let columns = columns(width, diagram.columns.len().saturating_sub(1));
    let hides = diagram.columns.iter().any(|column| column.units > column.tiles);
    let tall = (height - if hides { FOOT } else { 0.0 }).max(0.0);
    let most = diagram.columns.iter().map(|column| column.tiles).max().unwrap_or(0).max(1);
    let side = (columns.width * 0.66).min(tall / most as f64 * 0.72).min(40.0);
    Layout { columns, side, tall, most }
}

impl Layout {
    /// Middle of tile `index` of `tiles` in `column`: centred, a lone pair a little wider apart.
    pub fn center(&self, column: usize, index: usize, tiles: usize) -> Point {
        let gap = (self.tall - 6.0).max(0.0) / self.most as f64;
        let gap = if tiles == 2 && self.most > 2 { gap * 1.2 } else { gap };
        let from_middle = index as f64 - (tiles as f64 - 1.0) / 2.0;
        (self.columns.center(column), self.tall / 2.0 + from_middle * gap)
    }

    fn rect(&self, column: usize, index: usize, tiles: usize) -> Rect {
        let (x, y) = self.center(column, index, tiles);
        Rect { x: x - self.side / 2.0, y: y - self.side / 2.0, width: self.side, height: self.side }
    }
}

/// How a neuron is called in words.
pub(super) fn neuron(diagram: &Diagram, column: usize, index: usize) -> String {
    match diagram.columns.get(column).map(|column| column.label.as_str()) {
        Some("in") => format!("input {}", input_name(diagram, index)),
        Some("out") if diagram.columns[column].units == 1 => "output".into(),
        Some("out") => format!("output {}", index.saturating_add(1)),
        Some(label) => format!("layer {label}, neuron {}", index.saturating_add(1)),
        None => format!("neuron {}", index.saturating_add(1)),
    }
}

/// The input's own name, or else its number.
fn input_name(diagram: &Diagram, index: usize) -> String {
    let number = || format!("x{}", index.saturating_add(1));
    diagram.inputs.get(index).cloned().unwrap_or_else(number)
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<DB>,
    diagram: &Diagram,
    numbers: &Numbers,
    view: &View,
) -> Drawn<DB> {
    let layout = layout(diagram, (pen.width, pen.height));
    draw_tiles(pen, diagram, numbers, view, &layout)?;
    links::draw(pen, diagram, numbers, view, &layout)?;
    for (i, column) in diagram.columns.iter().enumerate() {
        let (x, _) = layout.center(i, 0, column.tiles);
        if i == 0 {
            for index in 0..column.tiles {
                draw_input_name(pen, diagram, &layout, index, column.tiles)?;
            }
        }
        let more = format!("+{}", column.units.saturating_sub(column.tiles));
        if column.units > column.tiles && Font::Small.width(&more) <= layout.columns.width {
            let lowest = layout.rect(i, column.tiles.saturating_sub(1), column.tiles).bottom();
            let at = (x, (lowest + 9.0).min(pen.height - 6.0));
            pen.text(&more, at, Align::Center, Font::Small, &pen.style.palette.ink_3)?;
        }
    }
    Ok(())
}

/// The name of an input left of its tile: on one line where that has room for it, else on as many as lie beside the tile.
fn draw_input_name<DB: DrawingBackend>(
    pen: &Pen<DB>,
    diagram: &Diagram,
    layout: &Layout,
    index: usize,
    tiles: usize,
) -> Drawn<DB> {
    let (x, y) = layout.center(0, index, tiles);
    let right = x - layout.side / 2.0 - 5.0;
    let name = input_name(diagram, index);
    let ink = &pen.style.palette.ink_3;
    if Font::Label.width(&name) <= right {
        return pen.text(&name, (right, y), Align::Right, Font::Label, ink);
    }
    let height = Font::Small.size() + 1.0;
    let most = (layout.tall / layout.most as f64 / height) as usize;
    let wrapped = |name: &str| Font::Small.wrapped(name, right - 3.0, most);
    let is_cut = |lines: &[String]| lines.iter().any(|line| line.ends_with('…'));
    let mut lines = wrapped(&name);
    let without_unit = name.rsplit_once(" (").map_or(&*name, |(name, _)| name);
    if is_cut(&lines) {
        lines = wrapped(without_unit);
    }
    // Two names that begin alike are told apart by the first letters of each word; the read-out has them in full.
    if is_cut(&lines) && lines.len() > 1 {
        let words = without_unit.split([' ', '-', '_']).filter(|word| !word.is_empty());
        lines = words.take(most).map(|word| Font::Small.clipped(word, right - 3.0).to_owned()).collect();
    }
    let top = y - height * (lines.len() as f64 - 1.0) / 2.0;
    for (line, text) in lines.iter().enumerate() {
        pen.text(text, (right, top + height * line as f64), Align::Right, Font::Small, ink)?;
    }
    Ok(())
}

/// A bitmap for each column. Links run only between the columns, so neither covers the other.
fn draw_tiles<DB: DrawingBackend>(
    pen: &Pen<DB>,
    diagram: &Diagram,
    numbers: &Numbers,
    view: &View,
    layout: &Layout,
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let pixels = pen.pixels();
    let side = (layout.side * pixels).round() as usize;
    let cells = diagram.side * diagram.side;
    if side == 0 || cells == 0 {
        return Ok(());
    }
    let ramp = Ramp::of_signed(colors);
    let enlarger = Enlarger::new(diagram.side, side, side);
    let margin = (1.5 * pixels + 0.5).ceil() as usize; // for the borders
    let frame = |thick: f64, color| Frame::new(side, margin, 4.0 * pixels, thick * pixels, color);
    let (plain, selected) = (frame(0.75, colors.line_strong), frame(1.5, colors.ink));
    let chosen = view.chosen.map(|chosen| ((chosen.column, chosen.unit), frame(3.0, colors.ink)));
    let (mut grids, mut smooth) = (numbers.at(diagram.tiles).chunks_exact(cells), Vec::new());
    for (i, column) in diagram.columns.iter().enumerate() {
        if column.tiles == 0 {
            continue;
        }
        let corner = |index: usize| {
            let rect = layout.rect(i, index, column.tiles);
            ((rect.x * pixels).round() as i32, (rect.y * pixels).round() as i32)
        };
        let ((left, top), (_, last)) = (corner(0), corner(column.tiles - 1));
        let height = (last - top).max(0) as usize + side + 2 * margin;
        let mut bitmap = Bitmap::new(side + 2 * margin, height, colors.surface);
        for index in 0..column.tiles {
            enlarger.enlarge(grids.next().unwrap_or(&[]), &mut smooth);
            smooth.iter_mut().for_each(|value| *value = share(column, *value));
            let y = (corner(index).1 - top).max(0) as usize;
            let frame = match &chosen {
                Some((at, frame)) if *at == (i, index) => frame,
                _ if i == view.selected_layer => &selected,
                _ => &plain,
            };
            bitmap
                .tile((0, y), frame, |at| smooth.get(at).map_or(colors.sunken, |&value| ramp.signed(value)));
        }
        let at = (left - margin as i32, top - margin as i32);
        pen.bitmap(at, &bitmap)?;
    }
    Ok(())
}

/// Where a value lies between the ends of its column, −1…1.
fn share(column: &Column, value: f32) -> f32 {
    let [low, high] = column.ends;
    if low < high { ((2.0 * value - low - high) / (high - low)).clamp(-1.0, 1.0) } else { value }
}

pub(super) fn read(
    diagram: &Diagram,
    numbers: &Numbers,
    size: (f64, f64),
    pointer: Point,
) -> Option<ReadOut> {
    let layout = layout(diagram, size);
    let mut before = 0; // tiles of the columns to the left
    for (i, column) in diagram.columns.iter().enumerate() {
        for index in 0..column.tiles {
            let rect = layout.rect(i, index, column.tiles);
            if rect.contains(pointer) && rect.width > 0.0 {
                let lines = read_tile(diagram, numbers, (i, index), before + index, &rect, pointer);
                let crosshair = Crosshair { frame: Some(rect), ..Crosshair::default() };
                return Some(ReadOut { lines, anchor: rect.middle(), crosshair });
            }
        }
        before += column.tiles;
    }
    links::read(diagram, numbers, &layout, pointer)
}

/// What of a diagram is drawn at a place: a neuron, or a link into one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NeuronAt {
    /// Its column; 0 is the input's.
    pub column: usize,
    pub unit: usize,
    /// Where the link comes from, if it is one.
    pub from: Option<usize>,
}

/// The neuron at a place of a diagram that is drawn in this size, else the one that the link there leads to.
#[must_use]
pub fn neuron_at(diagram: &Diagram, numbers: &Numbers, size: (f64, f64), at: Point) -> Option<NeuronAt> {
    let layout = layout(diagram, size);
    let tiles = diagram.columns.iter().enumerate();
    let mut tiles =
        tiles.flat_map(|(i, column)| (0..column.tiles).map(move |index| (i, index, column.tiles)));
    let hit = tiles.find(|&(i, index, tiles)| {
        let rect = layout.rect(i, index, tiles);
        rect.width > 0.0 && rect.contains(at)
    });
    let tile = hit.map(|(column, unit, _)| NeuronAt { column, unit, from: None });
    tile.or_else(|| links::at(diagram, numbers, &layout, at))
}

/// The neuron's name, what it gives at the pointer's place on the plane, and what the colours mean.
fn read_tile(
    diagram: &Diagram,
    numbers: &Numbers,
    (column, index): (usize, usize),
    tile: usize,
    rect: &Rect,
    (px, py): Point,
) -> Vec<String> {
    let mut lines = vec![neuron(diagram, column, index)];
    let side = diagram.side;
    let cell = |share: f64| ((share * side as f64) as usize).min(side.saturating_sub(1));
    let (x, y) = (cell((px - rect.x) / rect.width), cell((py - rect.y) / rect.height));
    if let Some(&value) = numbers.at(diagram.tiles).get((tile * side + y) * side + x) {
        let [low, high] = diagram.columns[column].ends.map(power);
        lines.push(format!("gives {} here", exact(value)));
        lines.push(format!("colours from {low} to {high}"));
    }
    lines
}
