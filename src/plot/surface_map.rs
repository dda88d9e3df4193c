//! A surface from above: colours, contour lines, and the ways across it.

use super::Drawn;
use super::axes::{Scale, Ticks};
use super::bitmap::Bitmap;
use super::contours::contours;
use super::palette::Ramp;
use super::pen::{Align, Pen, Point};
use super::surface::{Heights, Way, color, draw_ways, places};
use super::text::{Font, Rect, Room};
use crate::labs::{Numbers, SurfaceFigure, SurfacePath};
use plotters::prelude::DrawingBackend;
use plotters::style::Color;

/// Distance of the lines that hatch what has no number, in CSS pixels.
const HATCH: f64 = 7.0;
/// How much wider an arrow may be than its font says.
const ARROW: f64 = 4.0;
/// Width from which on the axes have names.
const NAMED: f64 = 240.0;

/// The scales across and upwards.
pub(super) fn scales(figure: &SurfaceFigure, rect: &Rect) -> (Scale, Scale) {
    let [left, right, bottom, top] = figure.view.map(f64::from);
    (
        Scale { from: left, to: right, start: rect.x, end: rect.right() },
        Scale { from: bottom, to: top, start: rect.bottom(), end: rect.y },
    )
}

/// Where a place lies, within the view or not; none where it is no number.
fn unclipped(figure: &SurfaceFigure, rect: &Rect, [a, b]: [f32; 2]) -> Option<Point> {
    let [left, right, bottom, top] = figure.view.map(f64::from);
    let x = rect.x + (f64::from(a) - left) / (right - left) * rect.width;
    let y = rect.bottom() - (f64::from(b) - bottom) / (top - bottom) * rect.height;
    (x.is_finite() && y.is_finite()).then_some((x, y))
}

/// The same within the view alone.
pub(super) fn on_screen(figure: &SurfaceFigure, rect: &Rect, place: [f32; 2]) -> Option<Point> {
    unclipped(figure, rect, place).filter(|at| rect.contains(*at))
}

/// A way in the pieces of it that lie in the view.
pub(super) fn pieces(figure: &SurfaceFigure, numbers: &Numbers, rect: &Rect, path: &SurfacePath) -> Way {
    let mut pieces: Vec<Vec<Point>> = Vec::new();
    let points: Vec<_> = places(path, numbers).iter().map(|place| unclipped(figure, rect, *place)).collect();
    for pair in points.windows(2) {
        let &[Some(from), Some(to)] = pair else { continue };
        let Some((from, to)) = clipped(rect, from, to) else { continue };
        match pieces.last_mut().filter(|piece| piece.last() == Some(&from)) {
            Some(piece) => piece.push(to),
            None => pieces.push(vec![from, to]),
        }
    }
    Way { seen: pieces, behind: Vec::new() }
}

/// The part of a line that lies in a rectangle (Liang & Barsky, ACM Transactions on Graphics 3, 1984).
fn clipped(rect: &Rect, (x, y): Point, to: Point) -> Option<(Point, Point)> {
    let (across, down) = (to.0 - x, to.1 - y);
    let (mut first, mut last) = (0.0_f64, 1.0_f64);
    for (by, room) in
        [(-across, x - rect.x), (across, rect.right() - x), (-down, y - rect.y), (down, rect.bottom() - y)]
    {
        if by == 0.0 && room < 0.0 {
            return None;
        }
        if by < 0.0 {
            first = first.max(room / by);
        } else if by > 0.0 {
            last = last.min(room / by);
        }
    }
    let at = |share: f64| if share == 1.0 { to } else { (x + across * share, y + down * share) };
    (first <= last).then(|| (at(first), at(last)))
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<DB>,
    figure: &SurfaceFigure,
    numbers: &Numbers,
    (heights, rect): (&Heights, Rect),
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    draw_colors(pen, heights, &rect)?;
    let last = heights.side.saturating_sub(1).max(1) as f64;
    let at = |&(x, y): &(f64, f64)| (rect.x + x / last * rect.width, rect.bottom() - y / last * rect.height);
    // What stands for places near it has edges, which are no contours.
    let levels = Heights::levels().filter(|_| figure.share >= 1.0);
    for level in levels {
        for line in contours(&heights.nodes, heights.side, level) {
            pen.line(line.iter().map(at), 1.0, &colors.ink.mix(0.2))?;
        }
    }
    let mut room = Room::new(rect.grown(-3.0));
    name_axes(pen, figure, &rect, &mut room)?;
    let ways: Vec<_> = figure.paths.iter().map(|path| pieces(figure, numbers, &rect, path)).collect();
    let on = |place: [f32; 2]| on_screen(figure, &rect, place).map(|at| (at, true));
    draw_ways(pen, figure, numbers, (&ways, &on), &mut room)?;
    pen.frame(rect, 1.0, &colors.line)
}

/// The colours of the heights, pixel by pixel; what has no number is hatched.
fn draw_colors<DB: DrawingBackend>(pen: &Pen<DB>, heights: &Heights, rect: &Rect) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let (ramp, pixels) = (Ramp::new(&colors.seq), pen.pixels());
    let (wide, high) = ((rect.width * pixels).round() as usize, (rect.height * pixels).round() as usize);
    let hatch = (HATCH * pixels).round().max(2.0) as usize;
    let last = heights.side.saturating_sub(1) as f64;
    let pixel = |index: usize| {
        let (column, row) = (index % wide, index / wide);
        let (x, y) = ((column as f64 + 0.5) / wide as f64, 1.0 - (row as f64 + 0.5) / high as f64);
        let height = heights.at((x * last, y * last));
        if height.is_finite() {
            color(&ramp, height)
        } else if (column + row).is_multiple_of(hatch) {
            colors.no_number()
        } else {
            colors.sunken
        }
    };
    let bitmap = Bitmap::from_colors(wide, high, (0..wide * high).map(pixel));
    pen.bitmap(((rect.x * pixels).round() as i32, (rect.y * pixels).round() as i32), &bitmap)
}

/// What stands across and upwards, in the corners.
fn name_axes<DB: DrawingBackend>(
    pen: &Pen<DB>,
    figure: &SurfaceFigure,
    rect: &Rect,
    room: &mut Room,
) -> Drawn<DB> {
    if rect.width < NAMED || rect.height < NAMED / 2.0 {
        return Ok(());
    }
    let colors = &pen.style.palette;
    let [across, upwards] = &figure.axes;
    let most = rect.width - 24.0;
    let [across, upwards] = [(across, "→"), (upwards, "↑")].map(|(axis, arrow)| {
        if axis.is_empty() { String::new() } else { Font::Small.shortened(&format!("{axis} {arrow}"), most) }
    });
    let right = rect.right() - 7.0 - ARROW - Font::Small.width(&across);
    let places = [(across, right, rect.bottom() - 12.0), (upwards, rect.x + 7.0, rect.y + 12.0)];
    for (axis, left, middle) in places.into_iter().filter(|(axis, ..)| !axis.is_empty()) {
        let ground = Rect::of_text(&axis, Font::Small, left, middle).grown(3.0);
        let ground = Rect { width: ground.width + ARROW, ..ground };
        pen.fill(ground, &colors.surface.mix(0.8))?;
        pen.text(&axis, (left, middle), Align::Left, Font::Small, &colors.ink_2)?;
        room.take(ground);
    }
    draw_ticks(pen, figure, rect, room)
}

/// Round places along the edges at the foot and on the left, where nothing stands yet.
fn draw_ticks<DB: DrawingBackend>(
    pen: &Pen<DB>,
    figure: &SurfaceFigure,
    rect: &Rect,
    room: &mut Room,
) -> Drawn<DB> {
    /// Length of a tick.
    const TICK: f64 = 4.0;
    let colors = &pen.style.palette;
    let (across, upwards) = scales(figure, rect);
    let [left, right, bottom, top] = figure.view.map(f64::from);
    let (columns, rows) = (Ticks::within(left, right, 5), Ticks::within(bottom, top, 5));
    let at_foot = columns.values.iter().map(|&value| {
        let (label, x) = (columns.label(value), across.px(value));
        let place =
            Rect::of_text(&label, Font::Small, x - Font::Small.width(&label) / 2.0, rect.bottom() - 12.0);
        (label, place, [(x, rect.bottom()), (x, rect.bottom() - TICK)])
    });
    let at_left = rows.values.iter().map(|&value| {
        let (label, y) = (rows.label(value), upwards.px(value));
        let place = Rect::of_text(&label, Font::Small, rect.x + 7.0, y);
        (label, place, [(rect.x, y), (rect.x + TICK, y)])
    });
    for (label, place, tick) in at_foot.chain(at_left) {
        let ground = place.grown(2.0);
        if room.place([ground]).is_some() {
            pen.fill(ground, &colors.surface.mix(0.6))?;
            pen.text(&label, place.middle(), Align::Center, Font::Small, &colors.ink_2)?;
            pen.line(tick, 1.0, &colors.ink_2)?;
        }
    }
    Ok(())
}
