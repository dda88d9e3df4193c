//! A surface from the side: quads from the farthest to the nearest, lit from the upper left, with the ways on them.

use super::Drawn;
use super::palette::{Ramp, mix};
use super::pen::{Align, Pen, Point};
use super::surface::{Heights, OnScreen, Way, color, draw_ways, in_nodes, places};
use super::text::{Font, Rect, Room};
use crate::labs::{Numbers, SurfaceFigure};
use plotters::prelude::DrawingBackend;
use plotters::style::Color;

/// How high the highest place is, where half a side of the ground is 1.
const TALL: f64 = 0.9;
/// How much wider than high it may be drawn than it is.
const STRETCH: f64 = 1.6;
/// How much the side that is turned away from the light is darker.
const SHADE: f64 = 0.3;
/// Every so many lines of the grid one is drawn.
const MESH: usize = 4;

/// A view from the side: where what lies at a place of the ground (−1…1) and at a height is drawn.
struct Projection {
    sine: f64,
    cosine: f64,
    /// Of the angle above the horizon.
    rise: f64,
    fall: f64,
    middle: Point,
    scale: [f64; 2],
}

impl Projection {
    fn new(figure: &SurfaceFigure, rect: &Rect) -> Self {
        let radians = |degrees: f32, usual: f64| {
            let degrees = f64::from(degrees);
            (if degrees.is_finite() { degrees } else { usual }).to_radians()
        };
        let turn = radians(figure.turn, 30.0);
        let tilt = radians(figure.tilt, 40.0).clamp(10_f64.to_radians(), 90_f64.to_radians());
        let (sine, cosine, rise, fall) = (libm::sin(turn), libm::cos(turn), libm::sin(tilt), libm::cos(tilt));
        // Half of what the turned ground takes, and the height upon it.
        let half = sine.abs() + cosine.abs();
        let (wide, high) = (2.0 * half, 2.0 * half * rise + TALL * fall);
        let room = Rect::between(rect.x + 8.0, rect.y + 6.0, rect.right() - 8.0, rect.bottom() - 18.0);
        let upright = (room.height / high).min(room.width / wide);
        let across = (room.width / wide).min(STRETCH * upright);
        let (x, y) = room.middle();
        let middle = (x, y + 0.5 * TALL * fall * upright);
        Self { sine, cosine, rise, fall, middle, scale: [across, upright] }
    }

    /// To the right and towards the viewer.
    fn turned(&self, [u, v]: [f64; 2]) -> [f64; 2] {
        [u * self.cosine - v * self.sine, -(u * self.sine + v * self.cosine)]
    }

    fn at(&self, ground: [f64; 2], height: f64) -> Point {
        let [right, near] = self.turned(ground);
        let down = near * self.rise - TALL * height * self.fall;
        (self.middle.0 + right * self.scale[0], self.middle.1 + down * self.scale[1])
    }
}

/// A place in nodes as one of the ground.
fn on_ground(heights: &Heights, (x, y): (f64, f64)) -> [f64; 2] {
    let last = heights.side.saturating_sub(1).max(1) as f64;
    [2.0 * x / last - 1.0, 2.0 * y / last - 1.0]
}

/// The place of the plane that a node stands for.
pub(super) fn place_of(figure: &SurfaceFigure, node: usize) -> [f32; 2] {
    let [left, right, bottom, top] = figure.view;
    let last = figure.side.saturating_sub(1).max(1) as f32;
    let share = |index: usize| index as f32 / last;
    let [across, up] = [share(node % figure.side.max(1)), share(node / figure.side.max(1))];
    [left + (right - left) * across, bottom + (top - bottom) * up]
}

/// Where a place within the view is drawn, on the surface.
pub(super) fn on_screen(
    figure: &SurfaceFigure,
    heights: &Heights,
    rect: &Rect,
    place: [f32; 2],
) -> Option<Point> {
    let at = in_nodes(figure, place);
    let last = heights.side.saturating_sub(1) as f64;
    let is_within = |along: f64| (-1e-3..=last + 1e-3).contains(&along);
    let height = heights.at(at);
    (is_within(at.0) && is_within(at.1) && height.is_finite())
        .then(|| Projection::new(figure, rect).at(on_ground(heights, at), height.into()))
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<DB>,
    figure: &SurfaceFigure,
    numbers: &Numbers,
    (heights, rect): (&Heights, Rect),
) -> Drawn<DB> {
    let projection = Projection::new(figure, &rect);
    let mut room = Room::new(rect);
    let corners = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0]];
    let ground = corners.map(|corner| projection.at(corner, 0.0));
    pen.line(ground, 1.0, &pen.style.palette.line_strong.mix(0.6))?;
    draw_quads(pen, heights, &projection)?;
    name_sides(pen, figure, &projection, &mut room)?;
    let screen = |place: [f32; 2]| on_screen(figure, heights, &rect, place);
    let is_seen = |place: [f32; 2]| !is_behind(&projection, heights, in_nodes(figure, place));
    let on = |place: [f32; 2]| screen(place).map(|at| (at, is_seen(place)));
    let ways: Vec<Way> = figure.paths.iter().map(|path| lifted(places(path, numbers), &on)).collect();
    draw_ways(pen, figure, numbers, (&ways, &on), &mut room)
}

/// Whether the surface stands between a place on it and the viewer: on the way to him, which on the screen is straight
/// down, some of it is drawn higher up than the place.
fn is_behind(projection: &Projection, heights: &Heights, at: (f64, f64)) -> bool {
    /// Pixels by which it must stand higher.
    const CLEAR: f64 = 1.5;
    let last = heights.side.saturating_sub(1).max(1) as f64;
    let [u, v] = on_ground(heights, at);
    let (_, level) = projection.at([u, v], heights.at(at).into());
    let half_a_cell = 1.0 / last;
    (2..)
        .map(|step| f64::from(step) * half_a_cell)
        .map_while(|far| {
            let ground = [u - far * projection.sine, v - far * projection.cosine];
            ground.iter().all(|along| along.abs() <= 1.0).then_some(ground)
        })
        .any(|ground| {
            let [x, y] = ground.map(|along| f64::midpoint(along, 1.0) * last);
            projection.at(ground, heights.at((x, y)).into()).1 < level - CLEAR
        })
}

/// A way on the surface: between two of its places it follows the heights.
fn lifted(way: &[[f32; 2]], on: OnScreen) -> Way {
    const PARTS: usize = 6;
    let between = |from: [f32; 2], to: [f32; 2], part: usize| {
        let share = part as f32 / PARTS as f32;
        [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share]
    };
    let mut places: Vec<[f32; 2]> = way.first().copied().into_iter().collect();
    for pair in way.windows(2) {
        places.extend((1..=PARTS).map(|part| between(pair[0], pair[1], part)));
    }
    let points: Vec<Option<(Point, bool)>> = places.into_iter().map(on).collect();
    let mut way = Way::default();
    for pair in points.windows(2) {
        let &[Some((from, _)), Some((to, is_seen))] = pair else { continue };
        let pieces = if is_seen { &mut way.seen } else { &mut way.behind };
        match pieces.last_mut().filter(|piece| piece.last() == Some(&from)) {
            Some(piece) => piece.push(to),
            None => pieces.push(vec![from, to]),
        }
    }
    way
}

/// The names of the two sides of the ground that are nearest.
fn name_sides<DB: DrawingBackend>(
    pen: &Pen<DB>,
    figure: &SurfaceFigure,
    projection: &Projection,
    room: &mut Room,
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let [across, upwards] = &figure.axes;
    // A side of each axis: the one that is nearer to the viewer.
    let nearer = |a: [f64; 2], b: [f64; 2]| {
        if projection.turned(a)[1] >= projection.turned(b)[1] { a } else { b }
    };
    let sides = [(across, nearer([0.0, -1.0], [0.0, 1.0])), (upwards, nearer([-1.0, 0.0], [1.0, 0.0]))];
    for (axis, side) in sides {
        let (x, y) = projection.at(side, 0.0);
        let words = Font::Small.shortened(axis, pen.width / 2.0 - 12.0);
        let width = Font::Small.width(&words);
        let left = if x < projection.middle.0 { x - width - 6.0 } else { x + 6.0 };
        let lefts = [left, x - width / 2.0, left.clamp(2.0, (pen.width - width - 2.0).max(2.0))];
        let candidates = lefts.iter().flat_map(|&left| {
            [10.0, 14.0, 22.0].map(|down| Rect::of_text(&words, Font::Small, left, y + down))
        });
        if let Some(place) = room.place(candidates).filter(|_| !words.is_empty()) {
            pen.text(&words, (place.x, place.middle().1), Align::Left, Font::Small, &colors.ink_3)?;
        }
    }
    Ok(())
}

/// The surface itself, far cells first.
fn draw_quads<DB: DrawingBackend>(pen: &Pen<DB>, heights: &Heights, projection: &Projection) -> Drawn<DB> {
    let (colors, side) = (&pen.style.palette, heights.side);
    let ramp = Ramp::new(&colors.seq);
    let dark = if colors.surface.1 < colors.ink.1 { colors.surface } else { colors.ink };
    let cells = side.saturating_sub(1);
    let middle = |cell: usize| on_ground(heights, ((cell % cells) as f64 + 0.5, (cell / cells) as f64 + 0.5));
    let mut order: Vec<usize> = (0..cells * cells).collect();
    order.sort_by(|&a, &b| projection.turned(middle(a))[1].total_cmp(&projection.turned(middle(b))[1]));
    for cell in order {
        let (row, column) = (cell / cells, cell % cells);
        let corners = [[row, column], [row, column + 1], [row + 1, column + 1], [row + 1, column]];
        let tall = corners.map(|[row, column]| f64::from(heights.nodes[row * side + column]));
        if !tall.iter().all(|height| height.is_finite()) {
            continue;
        }
        let points: Vec<Point> = corners
            .iter()
            .zip(tall)
            .map(|(&[row, column], height)| {
                projection.at(on_ground(heights, (column as f64, row as f64)), height)
            })
            .collect();
        // Lit along the slope to the right and towards the viewer, as the view is turned.
        let slopes = [tall[1] + tall[2] - tall[0] - tall[3], tall[2] + tall[3] - tall[0] - tall[1]];
        let [right, near] = projection.turned(slopes.map(|slope| slope * TALL * cells as f64 / 4.0));
        let light = (0.5 + 0.35 * (-right) + 0.25 * near).clamp(0.0, 1.0);
        let tint = color(&ramp, (tall.iter().sum::<f64>() / 4.0) as f32);
        let tint = mix(mix(tint, dark, SHADE), tint, light);
        pen.polygon(points.iter().copied(), &tint)?;
        // Backends smooth the edges of each, so that what lies behind would shine through between two.
        pen.line(points.iter().copied().chain([points[0]]), 1.0, &tint)?;
        let mesh = colors.ink.mix(0.16);
        if row % MESH == 0 {
            pen.line([points[0], points[1]], 1.0, &mesh)?;
        }
        if column % MESH == 0 {
            pen.line([points[0], points[3]], 1.0, &mesh)?;
        }
    }
    Ok(())
}
