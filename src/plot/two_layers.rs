//! A picture that goes up to hidden units and comes back: the picture on the left, the units as tiles of their weights in the
//! middle, what a sample of them gives back on the right. Links of units that are on are dark.

use super::Drawn;
use super::bitmap::{Bitmap, Enlarger, Frame};
use super::item::{self, Look};
use super::palette::{Ramp, mix};
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::table::{Table, names};
use super::text::{Font, Rect};
use crate::labs::format::{count, exact, fixed};
use crate::labs::{Numbers, TwoLayers};
use plotters::prelude::DrawingBackend;
use plotters::style::Color;

/// Room above the pictures for how many units are on, and below for what the pictures are.
const HEAD: f64 = 22.0;
const FOOT: f64 = 22.0;
/// A picture and a tile are no larger than this.
const LARGEST: f64 = 172.0;
const TILE: f64 = 38.0;
/// Below a tile, for its number, and below that; where it would leave less than the least for the tile, it is left to the
/// read-out.
const BELOW: f64 = 13.0;
const APART: f64 = 5.0;
const LEAST: f64 = 20.0;
/// Widths from which on all units are drawn, and in three columns.
const ALL: f64 = 360.0;
const WIDE: f64 = 520.0;
/// The part of a unit's weights that its colours tell apart: a few strong ones would leave the others pale.
const TOLD: f64 = 0.985;

/// Where everything lies.
struct Layout {
    given: Rect,
    made: Rect,
    /// The middles of the tiles, and their side.
    tiles: Vec<Point>,
    side: f64,
    /// Whether there is room for the number of each below it.
    has_numbers: bool,
    /// Room for words over and under a picture.
    words: f64,
}

fn layout(figure: &TwoLayers, (width, height): (f64, f64)) -> Layout {
    let most = if width < ALL { TwoLayers::MOST_UNITS / 2 } else { TwoLayers::MOST_UNITS };
    let many = figure.units.len().min(most);
    let across = (if width < WIDE { 2 } else { 3 }).min(many.max(1));
    let down = many.div_ceil(across).max(1);
    // The middle of three columns stands half a tile lower.
    let half = if across == 3 { 0.5 } else { 0.0 };
    let pitch = (height - 14.0).max(0.0) / (down as f64 + half);
    let largest = (0.12 * width).min(TILE);
    let has_numbers = (pitch - BELOW - APART).min(largest) >= LEAST;
    let below = if has_numbers { BELOW } else { 0.0 };
    let side = (pitch - below - if has_numbers { APART } else { 8.0 }).min(largest).max(0.0);
    let apart = side.max(if has_numbers { 28.0 } else { 0.0 }) * if across == 3 { 1.74 } else { 1.55 };
    let tile = |index: usize| {
        let (row, column) = (index / across, index % across);
        let x = width / 2.0 + (column as f64 - (across - 1) as f64 / 2.0) * apart;
        let lower = if across == 3 && column == 1 { 0.5 } else { 0.0 };
        (x, 7.0 + pitch * (row as f64 + 0.5 + lower) - below / 2.0)
    };
    let before = ((width - side - apart * (across - 1) as f64) / 2.0).max(0.0);
    let links = if across == 3 { 60.0 } else { (0.08 * width).min(38.0) };
    let room = (before - links).min(height - HEAD - FOOT).clamp(0.0, LARGEST);
    let longest = figure.height.max(figure.width).max(1) as f64;
    let (wide, high) = (room * figure.width as f64 / longest, room * figure.height.max(1) as f64 / longest);
    // One row of numbers is drawn as a line, which asks for some height.
    let high = if figure.height == 1 { room * 0.6 } else { high };
    let y = HEAD + (height - HEAD - FOOT - high).max(0.0) / 2.0;
    Layout {
        given: Rect { x: 0.0, y, width: wide, height: high },
        made: Rect { x: width - wide, y, width: wide, height: high },
        tiles: (0..many).map(tile).collect(),
        side,
        has_numbers,
        words: (before - 8.0).max(0.0),
    }
}

impl Layout {
    fn tile(&self, index: usize) -> Rect {
        let (x, y) = self.tiles[index];
        Rect { x: x - self.side / 2.0, y: y - self.side / 2.0, width: self.side, height: self.side }
    }

    /// The link of a tile to a picture: to the left or to the right.
    fn link(&self, index: usize, to_right: bool) -> impl Iterator<Item = Point> + use<> {
        const PIECES: usize = 24;
        let (tile, last) = (self.tile(index), self.tiles.len().saturating_sub(1).max(1));
        let picture = if to_right { self.made } else { self.given };
        let along = if self.tiles.len() > 1 { 0.16 + 0.68 * index as f64 / last as f64 } else { 0.5 };
        let end = picture.y + picture.height * along;
        let (from, to) = if to_right { (tile.right(), picture.x) } else { (tile.x, picture.right()) };
        let bend = (to - from).clamp(-68.0, 68.0) / 2.0;
        let (x, y) =
            ([from, from + bend, to - bend, to], [self.tiles[index].1, self.tiles[index].1, end, end]);
        (0..=PIECES).map(move |piece| {
            let t = piece as f64 / PIECES as f64;
            let s = 1.0 - t;
            let of = |p: [f64; 4]| {
                s * s * s * p[0] + 3.0 * s * s * t * p[1] + 3.0 * s * t * t * p[2] + t * t * t * p[3]
            };
            (of(x), of(y))
        })
    }
}

fn is_on(figure: &TwoLayers, numbers: &Numbers, index: usize) -> bool {
    numbers.at(figure.states).get(index).is_some_and(|state| *state > 0.0)
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, figure: &TwoLayers, numbers: &Numbers) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let layout = layout(figure, (pen.width, pen.height));
    // Links of units that are on over those of the others, and all behind the tiles.
    let many = layout.tiles.len();
    for wanted in [false, true] {
        let (thick, color) = if wanted { (1.5, colors.ink) } else { (1.0, colors.ink_4) };
        for index in (0..many).filter(|&index| is_on(figure, numbers, index) == wanted) {
            pen.line(layout.link(index, false), thick, &color)?;
            pen.line(layout.link(index, true), thick, &color)?;
        }
    }
    draw_tiles(pen, figure, numbers, &layout)?;
    let look =
        Look { size: [figure.height, figure.width], range: [0.0, 1.0], is_signed: false, is_framed: false };
    for (span, rect) in [(figure.given, layout.given), (figure.made, layout.made)] {
        item::draw(pen, numbers.at(span), look, rect)?;
    }
    draw_clamped(pen, figure, numbers, layout.given)?;
    draw_marked(pen, figure, layout.given)?;
    for rect in [layout.given, layout.made] {
        pen.frame(rect, 1.0, &colors.line_strong)?;
    }
    draw_marks(pen, figure, numbers, &layout)?;
    draw_words(pen, figure, numbers, &layout)
}

/// The tiles: pale where a unit is off, in a dark frame where it is on.
fn draw_tiles<DB: DrawingBackend>(
    pen: &Pen<DB>,
    figure: &TwoLayers,
    numbers: &Numbers,
    layout: &Layout,
) -> Drawn<DB> {
    /// Surface around a tile, so that no link touches it, and how much of its colours one that is off keeps.
    const MARGIN: f64 = 2.0;
    const PALE: f64 = 0.42;
    let colors = &pen.style.palette;
    let pixels = pen.pixels();
    let px = |length: f64| (length * pixels).round() as usize;
    let (side, margin, reach) = (px(layout.side), px(MARGIN), px(1.0));
    let cells = figure.height * figure.width;
    if side == 0 || cells == 0 {
        return Ok(());
    }
    let ramp = Ramp::of_signed(colors);
    let frame = |width: f64, color| Frame::new(side, reach, 4.0 * pixels, width * pixels, color);
    let frames = [frame(1.0, colors.line_strong), frame(2.0, colors.ink)];
    let enlarger = Enlarger::new(figure.width, side, side);
    let (mut shown, mut magnitudes) = (Vec::new(), Vec::new());
    let tiles = numbers.at(figure.weights).chunks_exact(cells);
    for (index, weights) in tiles.enumerate().take(layout.tiles.len()) {
        let most = told(weights, &mut magnitudes);
        if figure.height == figure.width {
            enlarger.enlarge(weights, &mut shown);
        } else {
            let cell = |pixel: usize| {
                let (column, row) = (pixel % side * figure.width / side, pixel / side * figure.height / side);
                weights[row * figure.width + column]
            };
            shown.clear();
            shown.extend((0..side * side).map(cell));
        }
        let is_on = is_on(figure, numbers, index);
        let color = |pixel: usize| {
            let color = ramp.signed(shown[pixel] / most);
            if is_on { color } else { mix(colors.surface, color, PALE) }
        };
        let outer = side + 2 * (margin + reach);
        let mut bitmap = Bitmap::new(outer, outer, colors.surface);
        bitmap.tile((margin, margin), &frames[usize::from(is_on)], color);
        let tile = layout.tile(index);
        let at = |length: f64| (length * pixels).round() as i32 - (margin + reach) as i32;
        pen.bitmap((at(tile.x), at(tile.y)), &bitmap)?;
    }
    Ok(())
}

/// The magnitude in the strongest colour of a tile.
fn told(weights: &[f32], magnitudes: &mut Vec<f32>) -> f32 {
    magnitudes.clear();
    magnitudes.extend(weights.iter().map(|weight| weight.abs()));
    let place = ((magnitudes.len() as f64 * TOLD) as usize).min(magnitudes.len().saturating_sub(1));
    if magnitudes.is_empty() {
        return 1.0;
    }
    let (_, told, rest) = magnitudes.select_nth_unstable_by(place, f32::total_cmp);
    // Of few weights that are not 0, those.
    let most = if *told > 0.0 { *told } else { rest.iter().copied().fold(0.0, f32::max) };
    most.max(f32::MIN_POSITIVE)
}

/// A tint over pixels that are held, and a line around them.
fn draw_clamped<DB: DrawingBackend>(
    pen: &Pen<DB>,
    figure: &TwoLayers,
    numbers: &Numbers,
    rect: Rect,
) -> Drawn<DB> {
    let accent = pen.style.palette.div[7];
    let (rows, columns) = (figure.height, figure.width);
    let clamped = numbers.at(figure.clamped);
    if clamped.len() < rows * columns || rows * columns == 0 {
        return Ok(());
    }
    let is_held =
        |row: usize, column: usize| row < rows && column < columns && clamped[row * columns + column] > 0.5;
    let (wide, high) = (rect.width / columns as f64, rect.height / rows as f64);
    let (x, y) = (|column: usize| rect.x + wide * column as f64, |row: usize| rect.y + high * row as f64);
    for row in 0..rows {
        for (from, to) in runs(columns, |column| is_held(row, column)) {
            pen.fill(Rect::between(x(from), y(row), x(to), y(row + 1)), &accent.mix(0.16))?;
        }
    }
    // Row and column −1 are held by nothing.
    let above = |row: usize, column: usize| row > 0 && is_held(row - 1, column);
    let before = |row: usize, column: usize| column > 0 && is_held(row, column - 1);
    for row in 0..=rows {
        for (from, to) in runs(columns, |column| above(row, column) != is_held(row, column)) {
            pen.line([(x(from), y(row)), (x(to), y(row))], 1.5, &accent)?;
        }
    }
    for column in 0..=columns {
        for (from, to) in runs(rows, |row| before(row, column) != is_held(row, column)) {
            pen.line([(x(column), y(from)), (x(column), y(to))], 1.5, &accent)?;
        }
    }
    Ok(())
}

/// A dashed frame around the pixels that are marked.
fn draw_marked<DB: DrawingBackend>(pen: &Pen<DB>, figure: &TwoLayers, rect: Rect) -> Drawn<DB> {
    let Some(marked) = figure.marked else { return Ok(()) };
    let [rows, columns] = marked.within([figure.height, figure.width]);
    let (wide, high) = (rect.width / figure.width as f64, rect.height / figure.height as f64);
    let at = |column: usize, row: usize| (rect.x + wide * column as f64, rect.y + high * row as f64);
    let ((left, top), (right, bottom)) = (at(columns[0], rows[0]), at(columns[1] + 1, rows[1] + 1));
    let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
    pen.line(corners, 3.0, &pen.style.palette.surface)?;
    pen.dashed(&corners, 1.5, (4.0, 3.0), &pen.style.palette.ink)
}

/// Where a run of such numbers below `many` begins, and the one after its last.
fn runs(many: usize, is_such: impl Fn(usize) -> bool) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for at in (0..many).filter(|&at| is_such(at)) {
        match runs.last_mut() {
            Some((_, end)) if *end == at => *end += 1,
            _ => runs.push((at, at + 1)),
        }
    }
    runs
}

/// A dot at the corner of each unit that is on, and below each how likely that was.
fn draw_marks<DB: DrawingBackend>(
    pen: &Pen<DB>,
    figure: &TwoLayers,
    numbers: &Numbers,
    layout: &Layout,
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    for index in 0..layout.tiles.len() {
        let tile = layout.tile(index);
        let is_on = is_on(figure, numbers, index);
        if is_on && tile.width > 8.0 {
            let radius = if tile.width < LEAST { 3.0 } else { 4.5 };
            pen.disc((tile.right(), tile.y), radius + 1.5, &colors.surface)?;
            pen.disc((tile.right(), tile.y), radius, &colors.ink)?;
        }
        let Some(&mean) = numbers.at(figure.means).get(index).filter(|_| layout.has_numbers) else {
            continue;
        };
        let words = Font::Small.shortened(&fixed(mean, 2), layout.side + 12.0);
        // Not so far to the right as the dot of the tile below.
        let half = Font::Small.width(&words) / 2.0;
        let x = tile.middle().0.min(tile.right() - 7.0 - half);
        let y = tile.bottom() + BELOW / 2.0 + 1.5;
        let ground = Rect::of_text(&words, Font::Small, x - half, y);
        // So wide that no link seems to go through it.
        let ground = Rect { x: ground.x - 3.0, width: ground.width + 6.0, ..ground };
        pen.fill(Rect { y: ground.y + 1.0, height: ground.height - 1.0, ..ground }, &colors.surface)?;
        let ink = if is_on { &colors.ink } else { &colors.ink_3 };
        pen.text(&words, (x, y), Align::Center, Font::Small, ink)?;
    }
    Ok(())
}

/// How many are on above the picture, and what both pictures are below them: as many words as there is room for.
fn draw_words<DB: DrawingBackend>(
    pen: &Pen<DB>,
    figure: &TwoLayers,
    numbers: &Numbers,
    layout: &Layout,
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let longest = |font: Font, all: &[String]| {
        let fits = all.iter().find(|words| font.width(words) <= layout.words);
        fits.cloned().unwrap_or_else(|| font.shortened(&all[all.len() - 1], layout.words))
    };
    let many = layout.tiles.len();
    let on = (0..many).filter(|&index| is_on(figure, numbers, index)).count();
    let said =
        [format!("{on} of these {many} are on"), format!("{on} of {many} on"), format!("{on} of {many}")];
    let above = (layout.given.y - 12.0).max(7.0);
    pen.text(&longest(Font::Strong, &said), (0.0, above), Align::Left, Font::Strong, &colors.ink)?;
    let below = (layout.given.bottom() + 13.0).min(pen.height - 7.0);
    let what = if figure.height > 1 { "pixels" } else { "units" };
    let given = [format!("visible, {} {what}", count(figure.height * figure.width)), "visible".to_owned()];
    pen.text(&longest(Font::Label, &given), (0.0, below), Align::Left, Font::Label, &colors.ink_2)?;
    let made = ["given back by the sample", "given back", "back"].map(String::from);
    pen.text(&longest(Font::Label, &made), (pen.width, below), Align::Right, Font::Label, &colors.ink_2)
}

/// The place in `units` of the tile under the pointer.
fn tile_at(layout: &Layout, pointer: Point) -> Option<usize> {
    (0..layout.tiles.len())
        .find(|&index| layout.side > 0.0 && layout.tile(index).grown(2.0).contains(pointer))
}

/// Row, column and cell of the pixel of a picture under the pointer.
fn cell_at(figure: &TwoLayers, picture: Rect, pointer: Point) -> Option<(usize, usize, Rect)> {
    if picture.width <= 0.0 || picture.height <= 0.0 || !picture.contains(pointer) {
        return None;
    }
    let (wide, high) = (picture.width / figure.width as f64, picture.height / figure.height as f64);
    let place = |at: f64, many: usize| (at as usize).min(many.saturating_sub(1));
    let row = place((pointer.1 - picture.y) / high, figure.height);
    let column = place((pointer.0 - picture.x) / wide, figure.width);
    let (x, y) = (picture.x + wide * column as f64, picture.y + high * row as f64);
    Some((row, column, Rect { x, y, width: wide, height: high }))
}

/// The number of the hidden unit whose tile lies at a place of the figure.
#[must_use]
pub fn hidden_unit_at(figure: &TwoLayers, size: (f64, f64), pointer: Point) -> Option<usize> {
    tile_at(&layout(figure, size), pointer).map(|index| figure.units[index])
}

/// Row and column of the pixel of the given picture at a place of the figure.
#[must_use]
pub fn visible_pixel_at(figure: &TwoLayers, size: (f64, f64), pointer: Point) -> Option<[usize; 2]> {
    let (row, column, _) = cell_at(figure, layout(figure, size).given, pointer)?;
    Some([row, column])
}

/// The same of the pixel that is nearest to a place.
#[must_use]
pub fn visible_pixel_near(figure: &TwoLayers, size: (f64, f64), (x, y): Point) -> [usize; 2] {
    let given = layout(figure, size).given;
    let inside = (x.clamp(given.x, given.right()), y.clamp(given.y, given.bottom()));
    cell_at(figure, given, inside).map_or([0, 0], |(row, column, _)| [row, column])
}

pub(super) fn read(
    figure: &TwoLayers,
    numbers: &Numbers,
    size: (f64, f64),
    pointer: Point,
) -> Option<ReadOut> {
    let layout = layout(figure, size);
    let said = |lines: Vec<String>, frame: Rect| {
        let crosshair = Crosshair { frame: Some(frame), ..Crosshair::default() };
        Some(ReadOut { lines, anchor: frame.middle(), crosshair })
    };
    if let Some(index) = tile_at(&layout, pointer) {
        let (mean, state) = (numbers.at(figure.means).get(index)?, *numbers.at(figure.states).get(index)?);
        let [mean_name, now] = if is_rectified(figure, numbers) {
            ["mean".to_owned(), format!("gives {}", exact(state))]
        } else {
            ["probability".to_owned(), if state > 0.0 { "on".into() } else { "off".into() }]
        };
        let name = format!("hidden unit {}, of {}", figure.units[index] + 1, count(figure.of_units));
        let mut lines = vec![name, format!("{mean_name} {}", exact(*mean)), now];
        let tile = layout.tile(index);
        if let Some((row, column, _)) = cell_at(figure, tile, pointer) {
            let at = (index * figure.height + row) * figure.width + column;
            let weight = numbers.at(figure.weights).get(at).copied().unwrap_or(f32::NAN);
            lines.push(format!("weight to {} {}", place(figure, row, column), exact(weight)));
        }
        return said(lines, tile.grown(3.0));
    }
    let pictures = [("visible", figure.given, layout.given), ("given back", figure.made, layout.made)];
    pictures.into_iter().find_map(|(name, span, rect)| {
        let (row, column, cell) = cell_at(figure, rect, pointer)?;
        let at = row * figure.width + column;
        let value = *numbers.at(span).get(at)?;
        let mut lines = vec![format!("{name}, {}", place(figure, row, column)), exact(value)];
        if numbers.at(figure.clamped).get(at).is_some_and(|held| *held > 0.5) {
            lines.push("held as it is given".into());
        }
        said(lines, cell)
    })
}

/// A visible unit in words.
fn place(figure: &TwoLayers, row: usize, column: usize) -> String {
    if figure.height > 1 { format!("row {row}, column {column}") } else { format!("unit {column}") }
}

/// Whether its units are not just on or off.
fn is_rectified(figure: &TwoLayers, numbers: &Numbers) -> bool {
    numbers.at(figure.states).iter().any(|state| *state != 0.0 && *state != 1.0)
}

/// A row for each hidden unit.
pub(super) fn table(figure: &TwoLayers, numbers: &Numbers) -> Table {
    let cells = numbers.at(figure.means).iter().zip(numbers.at(figure.states));
    let rows = figure.units.iter().zip(cells);
    let mean = if is_rectified(figure, numbers) { "mean" } else { "probability" };
    Table {
        columns: names(&["hidden unit", mean, "state"]),
        rows: rows
            .map(|(unit, (mean, state))| vec![(unit + 1).to_string(), mean.to_string(), state.to_string()])
            .collect(),
    }
}
