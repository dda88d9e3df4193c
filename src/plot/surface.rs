//! The loss over a plane with the ways of the lanes: which heights its colours stand for, what is read from it and its
//! table. From above it is drawn by `surface_map`, from the side by `surface_relief`.

use super::palette::{Palette, Ramp};
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::table::{Table, names};
use super::text::{Font, Rect, Room};
use super::{Drawn, surface_map, surface_relief};
use crate::labs::format::{exact, percent, significant};
use crate::labs::{Numbers, SurfaceFigure, SurfacePath, lane_name};
use plotters::prelude::DrawingBackend;
use plotters::style::{Color, RGBColor};

/// Room above for the key of the colours.
const HEAD: f64 = 20.0;
/// How far colours go from the surface, so that ways stand out on them.
const STRENGTH: f32 = 0.55;
/// Number of steps that lie between the lowest and the highest contour line.
const LEVELS: usize = 12;
/// The share of places below which the logarithm is about straight.
const STRAIGHT: f64 = 0.08;
/// Height of a name with its ground, and the least distance from what it names.
const CHIP: f64 = 18.0;
const BESIDE: f64 = 10.0;
/// Least width for the words of the colour key.
const KEY: f64 = 150.0;
/// How near the pointer must be to a place of a way to read that.
const REACH: f64 = 7.0;

/// Where a place is drawn and whether it is seen; none for one that lies outside.
pub(super) type OnScreen<'a> = &'a dyn Fn([f32; 2]) -> Option<(Point, bool)>;

/// A way on the screen, in the pieces of it that are seen and those that something stands before.
#[derive(Default)]
pub(super) struct Way {
    pub(super) seen: Vec<Vec<Point>>,
    pub(super) behind: Vec<Vec<Point>>,
}

/// Values as heights, 0 for the lowest and 1 for the highest: in equal steps, or for a logarithm as ln(1 + v / s), where v
/// is counted from the lowest and s is what few are below. So it is one also where values are 0 or negative.
pub(super) struct Heights {
    /// Of the nodes, `[side, side]`; NaN where there is no number.
    pub nodes: Vec<f32>,
    pub side: usize,
}

impl Heights {
    pub fn new(figure: &SurfaceFigure, numbers: &Numbers) -> Self {
        let values = numbers.at(figure.values);
        let side = if values.len() >= figure.side * figure.side { figure.side } else { 0 };
        let values = &values[..side * side];
        let mut known: Vec<f64> = values.iter().filter(|v| v.is_finite()).map(|&v| v.into()).collect();
        known.sort_by(f64::total_cmp);
        let (low, high) = (known.first().copied().unwrap_or(0.0), known.last().copied().unwrap_or(0.0));
        let scale = known.get((known.len() as f64 * STRAIGHT) as usize).map_or(0.0, |v| v - low);
        let scale = scale.max(1e-6 * (high - low)).max(f64::MIN_POSITIVE);
        let raised =
            |value: f64| if figure.is_log { libm::log1p((value - low) / scale) } else { value - low };
        let most = raised(high).max(f64::MIN_POSITIVE);
        let height = |value: &f32| {
            if value.is_finite() { (raised((*value).into()) / most) as f32 } else { f32::NAN }
        };
        Self { nodes: values.iter().map(height).collect(), side }
    }

    /// At a place in nodes from the first, between the nodes around it; NaN where one of them is no number.
    pub fn at(&self, (x, y): (f64, f64)) -> f32 {
        between(&self.nodes, self.side, (x, y))
    }

    /// The heights of the contour lines.
    pub fn levels() -> impl Iterator<Item = f32> {
        (1..LEVELS).map(|level| level as f32 / LEVELS as f32)
    }
}

/// What a grid of nodes is at a place between them.
fn between(nodes: &[f32], side: usize, (x, y): (f64, f64)) -> f32 {
    if side < 2 || !x.is_finite() || !y.is_finite() {
        return f32::NAN;
    }
    let last = (side - 1) as f64;
    let (x, y) = (x.clamp(0.0, last), y.clamp(0.0, last));
    let (column, row) = ((x as usize).min(side - 2), (y as usize).min(side - 2));
    let (right, up) = ((x - column as f64) as f32, (y - row as f64) as f32);
    let node = |row: usize, column: usize| nodes[row * side + column];
    let along = |row: usize| node(row, column) + (node(row, column + 1) - node(row, column)) * right;
    along(row) + (along(row + 1) - along(row)) * up
}

/// A place of the plane in nodes from the first.
pub(super) fn in_nodes(figure: &SurfaceFigure, [a, b]: [f32; 2]) -> (f64, f64) {
    let [left, right, bottom, top] = figure.view.map(f64::from);
    let last = figure.side.saturating_sub(1) as f64;
    let along = |value: f32, low: f64, high: f64| (f64::from(value) - low) / (high - low) * last;
    (along(a, left, right), along(b, bottom, top))
}

/// The colour of a height.
pub(super) fn color(ramp: &Ramp, height: f32) -> RGBColor {
    ramp.at(STRENGTH * height)
}

/// The places of a way.
pub(super) fn places<'a>(path: &SurfacePath, numbers: &'a Numbers) -> &'a [[f32; 2]] {
    numbers.at(path.places).as_chunks::<2>().0
}

/// What stands beside where a lane is: "A SGD".
fn name(path: &SurfacePath) -> String {
    format!("{} {}", lane_name(path.lane % 4), path.label).trim_end().to_owned()
}

/// Where the surface is drawn, under the key of its colours.
pub(super) fn ground((width, height): (f64, f64)) -> Rect {
    Rect { x: 0.5, y: HEAD, width: (width - 1.0).max(0.0), height: (height - HEAD - 0.5).max(0.0) }
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<DB>,
    figure: &SurfaceFigure,
    numbers: &Numbers,
) -> Drawn<DB> {
    let rect = ground((pen.width, pen.height));
    if rect.width < 8.0 || rect.height < 8.0 {
        return Ok(()); // no room
    }
    let heights = Heights::new(figure, numbers);
    if figure.is_3d {
        surface_relief::draw(pen, figure, numbers, (&heights, rect))?;
    } else {
        surface_map::draw(pen, figure, numbers, (&heights, rect))?;
    }
    head(pen, figure, &heights)
}

/// How far it is worked out, and what the colours stand for.
fn head<DB: DrawingBackend>(pen: &Pen<DB>, figure: &SurfaceFigure, heights: &Heights) -> Drawn<DB> {
    let Palette { seq, ink_3, .. } = &pen.style.palette;
    let quantity = &figure.quantity;
    let (low, high) = ("low", if quantity.is_empty() { "high".into() } else { format!("high {quantity}") });
    let (bar, middle) = (36.0, HEAD / 2.0 - 2.0);
    let left = pen.width - Font::Small.width(&high) - 8.0 - bar;
    let mut room = pen.width;
    if left - Font::Small.width(low) > 6.0 && pen.width >= KEY {
        let ramp = Ramp::new(seq);
        let steps = 18;
        for step in 0..steps {
            let from = left + bar * f64::from(step) / f64::from(steps);
            let to = left + bar * f64::from(step + 1) / f64::from(steps);
            let tint = color(&ramp, (step as f32 + 0.5) / steps as f32);
            pen.fill(Rect::between(from, middle - 4.0, to, middle + 4.0), &tint)?;
        }
        pen.text(low, (left - 6.0, middle), Align::Right, Font::Small, ink_3)?;
        pen.text(&high, (pen.width, middle), Align::Right, Font::Small, ink_3)?;
        room = left - 6.0 - Font::Small.width(low) - 10.0;
    }
    let missing = heights.nodes.iter().filter(|height| height.is_nan()).count();
    let words = if figure.share < 1.0 {
        format!("{} worked out", percent(figure.share))
    } else if missing > 0 {
        format!("hatched: no finite {quantity}")
    } else if figure.is_log {
        "colours by the logarithm".into()
    } else {
        return Ok(());
    };
    if Font::Small.width(&words) <= room {
        pen.text(&words, (0.0, middle), Align::Left, Font::Small, ink_3)?;
    }
    Ok(())
}

/// The ways on the screen, each in pieces: a line on a halo, a dot at each step that is kept, a large one where the lane is;
/// the marks, and the names of both. What leaves the view is named where it does.
pub(super) fn draw_ways<DB: DrawingBackend>(
    pen: &Pen<DB>,
    figure: &SurfaceFigure,
    numbers: &Numbers,
    (ways, on): (&[Way], OnScreen),
    room: &mut Room,
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let screen = |place: [f32; 2]| on(place).map(|(at, _)| at);
    for mark in figure.marks.iter().filter(|mark| !mark.is_start) {
        screen(mark.at).map_or(Ok(()), |at| draw_mark(pen, at, false))?;
    }
    for (path, Way { seen, behind }) in figure.paths.iter().zip(ways).rev() {
        let faint = colors.lane(path.lane).mix(0.4);
        behind.iter().try_for_each(|piece| pen.line(piece.iter().copied(), 1.0, &faint))?;
        for piece in seen {
            pen.line(piece.iter().copied(), 4.5, &colors.surface.mix(0.85))?;
            room.avoid(piece);
        }
        seen.iter().try_for_each(|piece| pen.of_lane(piece, 2.0, path.lane))?;
        for (at, _) in
            places(path, numbers).iter().filter_map(|place| on(*place)).filter(|(_, is_seen)| *is_seen)
        {
            pen.disc(at, 2.2, &colors.lane(path.lane))?;
        }
    }
    let around = |(x, y): Point| Rect::between(x - 7.0, y - 7.0, x + 7.0, y + 7.0);
    let mut named: Vec<(String, Point, RGBColor)> = Vec::new();
    for mark in &figure.marks {
        let Some(at) = screen(mark.at) else { continue };
        if mark.is_start {
            draw_mark(pen, at, true)?;
        }
        room.take(around(at));
        named.push((mark.label.clone(), at, colors.ink));
    }
    for (path, Way { seen, .. }) in figure.paths.iter().zip(ways).rev() {
        let color = colors.lane(path.lane);
        let end = places(path, numbers).last().and_then(|place| screen(*place));
        if let Some(at) = end {
            pen.disc(at, 7.5, &colors.surface)?;
            pen.disc(at, 5.5, &color)?;
            room.take(around(at));
        }
        if let Some(at) = end.or_else(|| seen.last()?.last().copied()) {
            named.push((name(path), at, color));
        }
    }
    named.iter().rev().try_for_each(|(words, at, color)| draw_chip(pen, words, *at, *color, room))
}

/// A ring where paths begin, a cross elsewhere.
fn draw_mark<DB: DrawingBackend>(pen: &Pen<DB>, (x, y): Point, is_start: bool) -> Drawn<DB> {
    let colors = &pen.style.palette;
    if is_start {
        pen.disc((x, y), 5.5, &colors.ink)?;
        return pen.disc((x, y), 3.8, &colors.surface);
    }
    pen.line([(x - 8.0, y), (x + 8.0, y)], 1.5, &colors.ink)?;
    pen.line([(x, y - 8.0), (x, y + 8.0)], 1.5, &colors.ink)
}

/// A name on a ground of its own, near a place and over nothing else; left out where there is no room.
fn draw_chip<DB: DrawingBackend>(
    pen: &Pen<DB>,
    words: &str,
    (x, y): Point,
    color: RGBColor,
    room: &mut Room,
) -> Drawn<DB> {
    let width = Font::Strong.width(words) + 10.0;
    let chip = |left: f64, middle: f64| Rect { x: left, y: middle - CHIP / 2.0, width, height: CHIP };
    let candidates = [1.0, 2.2, 3.6, 5.2].into_iter().flat_map(|far| {
        let (aside, away) = (BESIDE * far, (BESIDE + CHIP / 2.0) * far);
        [
            chip(x + aside, y),
            chip(x - aside - width, y),
            chip(x - width / 2.0, y - away),
            chip(x - width / 2.0, y + away),
            chip(x + aside, y - away),
            chip(x + aside, y + away),
            chip(x - aside - width, y - away),
            chip(x - aside - width, y + away),
        ]
    });
    let Some(place) = room.place(candidates) else { return Ok(()) };
    pen.fill(place, &pen.style.palette.surface.mix(0.92))?;
    pen.text(words, place.middle(), Align::Center, Font::Strong, &color)
}

/// The place of the plane under the pointer, of one that is seen from above.
#[must_use]
pub fn surface_place_at(figure: &SurfaceFigure, size: (f64, f64), pointer: Point) -> Option<[f32; 2]> {
    let rect = ground(size);
    (!figure.is_3d && rect.contains(pointer) && rect.width > 0.0 && rect.height > 0.0).then(|| {
        let (x, y) = surface_map::scales(figure, &rect);
        [x.value(pointer.0) as f32, y.value(pointer.1) as f32]
    })
}

pub(super) fn read(
    figure: &SurfaceFigure,
    numbers: &Numbers,
    size: (f64, f64),
    pointer: Point,
) -> Option<ReadOut> {
    let rect = ground(size);
    let heights = Heights::new(figure, numbers);
    if heights.side < 2 || !rect.contains(pointer) {
        return None;
    }
    let screen = |place: [f32; 2]| {
        if figure.is_3d {
            surface_relief::on_screen(figure, &heights, &rect, place)
        } else {
            surface_map::on_screen(figure, &rect, place)
        }
    };
    let distance = |place: [f32; 2]| {
        let far = screen(place).map_or(f64::INFINITY, |(x, y)| (x - pointer.0).hypot(y - pointer.1));
        if far.is_nan() { f64::INFINITY } else { far }
    };
    // A place of a way, the last of several; else what lies under the pointer, from the side the nearest node.
    let of_ways =
        figure.paths.iter().flat_map(|path| places(path, numbers).iter().map(move |at| (path, *at)));
    let nearest = of_ways.rev().min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)));
    let (whose, place) = match nearest.filter(|(_, at)| distance(*at) <= REACH) {
        Some((path, at)) => (Some(path), at),
        None if figure.is_3d => {
            let nodes = (0..heights.side * heights.side).map(|node| surface_relief::place_of(figure, node));
            let near = nodes.min_by(|a, b| distance(*a).total_cmp(&distance(*b)))?;
            (None, Some(near).filter(|at| distance(*at) <= 2.0 * REACH)?)
        }
        None => (None, surface_place_at(figure, size, pointer)?),
    };
    let value = between(numbers.at(figure.values), heights.side, in_nodes(figure, place));
    let told = |value: f32| if value.is_finite() { exact(value) } else { "no finite number".into() };
    let mut lines: Vec<String> = whose.map(name).into_iter().collect();
    lines.extend(
        figure.axes.iter().zip(place).map(|(axis, along)| format!("{axis}: {}", significant(along, 3))),
    );
    lines.push(format!("{} {}", figure.quantity, told(value)));
    let anchor = if whose.is_some() || figure.is_3d { screen(place)? } else { pointer };
    let dots = if whose.is_some() || figure.is_3d { vec![anchor] } else { Vec::new() };
    Some(ReadOut { lines, anchor, crosshair: Crosshair { dots, ..Crosshair::default() } })
}

/// Where each lane is, and how high.
pub(super) fn table(figure: &SurfaceFigure, numbers: &Numbers) -> Table {
    let of_path = |path: &SurfacePath| {
        let last = places(path, numbers).last().copied().unwrap_or([f32::NAN; 2]);
        // That of a way that was handed over is not known.
        let loss = if path.loss.is_nan() { String::new() } else { path.loss.to_string() };
        vec![name(path), last[0].to_string(), last[1].to_string(), loss]
    };
    let [across, upwards] = &figure.axes;
    Table {
        columns: names(&["lane", across, upwards, &figure.quantity]),
        rows: figure.paths.iter().map(of_path).collect(),
    }
}
