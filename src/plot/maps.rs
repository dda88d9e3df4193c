//! Feature maps: a column of tiles for each layer, each tile one map, cell by cell. The links between
//! the columns say whether a map is made of one map before it or of all.

use super::Drawn;
use super::bitmap::Bitmap;
use super::palette::Ramp;
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::text::{Font, Rect};
use crate::labs::format::exact;
use crate::labs::{MapColumn, Maps, Numbers, Unit};
use plotters::prelude::DrawingBackend;
use plotters::style::{Color, RGBColor};

/// Room above the tiles for the name of the layer and its shape.
const HEAD: f64 = 34.0;
/// Between neighbouring tiles of a column.
const GAP: f64 = 5.0;
/// Between columns, where the links run: wide, and where a figure is narrow.
const LINKS: [f64; 2] = [26.0, 9.0];
/// Width of a cell of a layer that has no picture, such as a dense one.
const VECTOR_CELL: f64 = 11.0;
/// Tiles are no larger than this, however much room there is.
const LARGEST: f64 = 120.0;

/// Where the tiles of each column lie.
pub(super) struct Layout {
    columns: Vec<Place>,
}

/// Of one column: its left edge, and the size and number of its tiles.
struct Place {
    x: f64,
    width: f64,
    height: f64,
    across: usize,
    down: usize,
    foot: f64,
}

/// What the colours of the maps stand for, as the visitor switches it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MapScale {
    /// Whether each map has a scale of its own, and not each layer.
    pub is_per_map: bool,
    pub sign: Sign,
}

/// Which values the colours tell apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sign {
    /// Signed in layers where values below 0 occur.
    #[default]
    AsNeeded,
    /// From 0 on: all below looks like 0.
    Unsigned,
    /// From −max to max.
    Signed,
}

impl MapScale {
    fn is_signed(self, column: &MapColumn) -> bool {
        match self.sign {
            Sign::AsNeeded => column.is_signed,
            Sign::Unsigned => false,
            Sign::Signed => true,
        }
    }

    /// The magnitude in the strongest colour of a map; 0 for one of zeros.
    fn most(self, column: &MapColumn, scales: &[f32], index: usize, map: &[f32]) -> f32 {
        if self.is_per_map && !column.is_vector {
            map.iter().fold(0.0, |most, value| most.max(value.abs()))
        } else {
            scales.get(index).copied().unwrap_or(1.0)
        }
    }
}

/// How much room a tile of a column asks for beside the largest: maps of fewer cells are smaller.
fn share(column: &MapColumn, most_cells: usize) -> f64 {
    (column.width.max(column.height) as f64 / most_cells.max(1) as f64).powf(0.4)
}

pub(super) fn layout(maps: &Maps, (width, height): (f64, f64)) -> Layout {
    let pictures = || maps.columns.iter().filter(|column| !column.is_vector);
    let most_cells = pictures().map(|column| column.width.max(column.height)).max().unwrap_or(1);
    let down = |column: &MapColumn| column.maps.div_ceil(column.across.max(1)).max(1);
    let many = maps.columns.len();
    let links = LINKS[usize::from(width < 500.0)];
    let gaps = links * many.saturating_sub(1) as f64
        + pictures().map(|column| GAP * column.across.saturating_sub(1) as f64).sum::<f64>()
        + maps.columns.iter().filter(|c| c.is_vector).map(|c| VECTOR_CELL * c.width as f64).sum::<f64>();
    let shares: f64 = pictures().map(|column| share(column, most_cells) * column.across as f64).sum();
    let tall = (height - HEAD).max(0.0);
    let by_width = ((width - gaps) / shares.max(1e-6)).max(0.0);
    let by_height = pictures().map(|column| {
        let rows = down(column) as f64;
        (tall - GAP * (rows - 1.0)).max(0.0) / rows / share(column, most_cells)
    });
    let unit = by_height.fold(by_width, f64::min).min(LARGEST);
    let used = unit * shares + gaps;
    let spare = if many > 1 { ((width - used) / (many - 1) as f64).clamp(0.0, 60.0) } else { 0.0 };
    let mut x = 0.0;
    let columns = maps.columns.iter().map(|column| {
        let (across, rows) = (column.across.max(1), down(column));
        let (tile_width, tile_height) = if column.is_vector {
            (VECTOR_CELL * column.width as f64, tall)
        } else {
            let side = share(column, most_cells) * unit;
            let longest = column.width.max(column.height).max(1) as f64;
            (side * column.width as f64 / longest, side * column.height as f64 / longest)
        };
        let place = Place { x, width: tile_width, height: tile_height, across, down: rows, foot: height };
        x += tile_width * across as f64 + GAP * (across - 1) as f64 + links + spare;
        place
    });
    Layout { columns: columns.collect() }
}

impl Place {
    /// The tile of map `index`; rows are spread over the height, so that they meet in all columns.
    fn tile(&self, index: usize) -> Rect {
        let (row, column) = (index / self.across, index % self.across);
        let pitch = (self.foot - HEAD).max(0.0) / self.down as f64;
        let middle = HEAD + pitch * (row as f64 + 0.5);
        let x = self.x + (self.width + GAP) * column as f64;
        Rect { x, y: middle - self.height / 2.0, width: self.width, height: self.height }
    }

    fn right(&self) -> f64 {
        self.x + self.width * self.across as f64 + GAP * (self.across - 1) as f64
    }
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<DB>,
    maps: &Maps,
    numbers: &Numbers,
    scale: MapScale,
) -> Drawn<DB> {
    let layout = layout(maps, (pen.width, pen.height));
    // All bitmaps first: a canvas finishes what was drawn before it takes one.
    for (column, place) in maps.columns.iter().zip(&layout.columns) {
        draw_tiles(pen, (column, place), numbers, scale)?;
    }
    draw_links(pen, maps, &layout)?;
    for (index, (column, place)) in maps.columns.iter().zip(&layout.columns).enumerate() {
        draw_head(pen, maps, &layout, index)?;
        if let Some([row, left, rows, columns]) = column.field {
            let color = pen.style.palette.bad;
            for map in 0..column.maps {
                let cells = cells_of(column, &place.tile(map), [row, left, rows, columns]);
                pen.frame(cells.grown(0.5), 1.0, &color.mix(if column.maps > 1 { 0.7 } else { 1.0 }))?;
            }
        }
    }
    let Some(focus) = maps.focus else { return Ok(()) };
    let found =
        maps.columns.iter().zip(&layout.columns).find(|(column, _)| column.layer == Some(focus.layer));
    match found {
        Some((column, place)) if focus.map < column.maps || column.is_vector => {
            let tile = place.tile(if column.is_vector { 0 } else { focus.map });
            if !column.is_vector {
                pen.frame(tile.grown(2.0), 2.0, &pen.style.palette.ink)?;
            }
            let (row, left) = cell_of(column, focus);
            pen.frame(cells_of(column, &tile, [row, left, 1, 1]).grown(1.0), 1.5, &pen.style.palette.bad)
        }
        _ => Ok(()),
    }
}

/// Name and shape above a column, cut to the room that the next one leaves.
fn draw_head<DB: DrawingBackend>(pen: &Pen<DB>, maps: &Maps, layout: &Layout, index: usize) -> Drawn<DB> {
    let (column, place) = (&maps.columns[index], &layout.columns[index]);
    let next = layout.columns.get(index + 1).map_or(pen.width, |next| next.x);
    let colors = &pen.style.palette;
    let is_last = index + 1 == maps.columns.len();
    let width = (next - place.x - 4.0).max(0.0);
    let name = [column.label.clone(), short(&column.label)]
        .into_iter()
        .find(|name| Font::Strong.width(name) <= width);
    let (x, align) = if is_last && place.right() - place.x < 60.0 && index > 0 {
        (place.right(), Align::Right)
    } else {
        (place.x, Align::Left)
    };
    if let Some(name) = name {
        pen.text(&name, (x, 7.0), align, Font::Strong, &colors.ink)?;
    }
    if Font::Small.width(&column.shape) <= width {
        pen.text(&column.shape, (x, 21.0), align, Font::Small, &colors.ink_3)?;
    }
    Ok(())
}

/// `conv2d_1` as `conv_1`, `max_pooling2d` as `pool`.
pub(super) fn short(name: &str) -> String {
    let (kind, number) =
        name.rsplit_once('_').filter(|(_, n)| n.parse::<u32>().is_ok()).unwrap_or((name, ""));
    let kind = match kind {
        "conv2d" => "conv",
        "conv2d_transpose" => "conv_t",
        "up_sampling2d" => "up",
        "max_pooling2d" | "average_pooling2d" | "global_average_pooling2d" => "pool",
        "batch_normalization" | "layer_normalization" => "norm",
        other => other,
    };
    if number.is_empty() { kind.into() } else { format!("{kind}_{number}") }
}

fn draw_links<DB: DrawingBackend>(pen: &Pen<DB>, maps: &Maps, layout: &Layout) -> Drawn<DB> {
    let color = pen.style.palette.line;
    for (index, pair) in layout.columns.windows(2).enumerate() {
        let (from, to) = (pair[0].right() + 3.0, pair[1].x - 3.0);
        let rows = |place: &Place| {
            (0..place.down).map(|row| place.tile(row * place.across).middle().1).collect::<Vec<_>>()
        };
        let (left, right) = (rows(&pair[0]), rows(&pair[1]));
        for (i, &y) in left.iter().enumerate() {
            for (j, &end) in right.iter().enumerate() {
                if maps.columns[index + 1].mixes || i * right.len() / left.len().max(1) == j {
                    pen.line(curve((from, y), (to, end)), 1.0, &color)?;
                }
            }
        }
    }
    Ok(())
}

/// From one point to another, level at both ends.
fn curve((x, y): Point, (to_x, to_y): Point) -> impl Iterator<Item = Point> {
    const PIECES: usize = 12;
    (0..=PIECES).map(move |piece| {
        let t = piece as f64 / PIECES as f64;
        let eased = t * t * (3.0 - 2.0 * t);
        (x + (to_x - x) * t, y + (to_y - y) * eased)
    })
}

/// The maps of a column, as one bitmap.
fn draw_tiles<DB: DrawingBackend>(
    pen: &Pen<DB>,
    (column, place): (&MapColumn, &Place),
    numbers: &Numbers,
    map_scale: MapScale,
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let is_signed = map_scale.is_signed(column);
    let cells = column.width * column.height;
    let pixels = pen.pixels();
    let ramp = Ramp::new(if is_signed { &colors.div } else { &colors.seq });
    let scales = numbers.at(column.scales);
    let maps = numbers.at(column.values).chunks_exact(cells.max(1)).take(column.maps);
    let size = ((place.width * pixels).round() as usize, (place.height * pixels).round() as usize);
    if size.0 == 0 || size.1 == 0 || maps.len() == 0 || place.right() > pen.width + 1.0 {
        return Ok(()); // no room, or nothing to show
    }
    let corner = |index: usize| {
        let tile = place.tile(index);
        ((tile.x * pixels).round() as i32, (tile.y * pixels).round() as i32)
    };
    let first = corner(0);
    let offset = |index: usize| {
        let (x, y) = corner(index);
        ((x - first.0) as usize, (y - first.1) as usize)
    };
    let (right, bottom) = (offset(place.across.min(maps.len()) - 1).0, offset(maps.len() - 1).1);
    let mut bitmap = Bitmap::new(right + size.0, bottom + size.1, colors.surface);
    for (index, map) in maps.enumerate() {
        let scale = map_scale.most(column, scales, index, map).max(f32::MIN_POSITIVE);
        let color = |cell: usize| -> RGBColor {
            if column.is_vector && cell >= column.of {
                return colors.surface; // the last row is not full
            }
            let value = map[cell] / scale;
            if is_signed { ramp.signed(value) } else { ramp.at(value) }
        };
        bitmap.cells(offset(index), size, [column.height, column.width], color);
        bitmap.outline_at(offset(index), size, colors.line);
    }
    pen.bitmap(first, &bitmap)
}

/// Where a unit lies in its column: row and column of its tile's cells.
fn cell_of(column: &MapColumn, unit: Unit) -> (usize, usize) {
    if column.is_vector {
        (unit.map / column.width.max(1), unit.map % column.width.max(1))
    } else {
        (unit.row, unit.column)
    }
}

/// The part of `tile` that so many cells take.
fn cells_of(column: &MapColumn, tile: &Rect, [row, left, rows, columns]: [usize; 4]) -> Rect {
    let (w, h) = (tile.width / column.width.max(1) as f64, tile.height / column.height.max(1) as f64);
    Rect {
        x: tile.x + w * left as f64,
        y: tile.y + h * row as f64,
        width: w * columns as f64,
        height: h * rows as f64,
    }
}

/// The unit under the pointer, with the rectangle of its cell and its value.
fn at(maps: &Maps, numbers: &Numbers, size: (f64, f64), (px, py): Point) -> Option<(usize, Unit, Rect, f32)> {
    let layout = layout(maps, size);
    for (index, (column, place)) in maps.columns.iter().zip(&layout.columns).enumerate() {
        for map in 0..column.maps {
            let tile = place.tile(map);
            if !tile.contains((px, py)) || tile.width <= 0.0 || tile.height <= 0.0 {
                continue;
            }
            let cell =
                |share: f64, cells: usize| ((share * cells as f64) as usize).min(cells.saturating_sub(1));
            let row = cell((py - tile.y) / tile.height, column.height);
            let left = cell((px - tile.x) / tile.width, column.width);
            let value = *numbers.at(column.values).get((map * column.height + row) * column.width + left)?;
            let unit = if column.is_vector {
                Unit { layer: column.layer.unwrap_or(0), map: row * column.width + left, row: 0, column: 0 }
            } else {
                Unit { layer: column.layer.unwrap_or(0), map, row, column: left }
            };
            return Some((index, unit, cells_of(column, &tile, [row, left, 1, 1]), value));
        }
    }
    None
}

/// The unit of a layer that is drawn at `pointer`; none over the picture itself.
#[must_use]
pub fn unit_at(maps: &Maps, numbers: &Numbers, size: (f64, f64), pointer: Point) -> Option<Unit> {
    let (index, unit, ..) = at(maps, numbers, size, pointer)?;
    maps.columns[index].layer.map(|_| unit).filter(|unit| {
        let column = &maps.columns[index];
        !column.is_vector || unit.map < column.of
    })
}

pub(super) fn read(maps: &Maps, numbers: &Numbers, size: (f64, f64), pointer: Point) -> Option<ReadOut> {
    let (index, unit, cell, value) = at(maps, numbers, size, pointer)?;
    let column = &maps.columns[index];
    let place = if column.is_vector {
        if unit.map >= column.of {
            return None;
        }
        format!("unit {}", unit.map + 1)
    } else if column.of == 1 {
        format!("row {}, column {}", unit.row, unit.column)
    } else {
        format!("map {}, row {}, column {}", unit.map + 1, unit.row, unit.column)
    };
    let lines = vec![format!("{}, {place}", column.label), exact(value)];
    let crosshair = Crosshair { frame: Some(cell.grown(1.0)), ..Crosshair::default() };
    Some(ReadOut { lines, anchor: cell.middle(), crosshair })
}
