//! What the network says over the plane of two features, as smooth colours, with the items of the
//! data set on it: trained ones filled, test items as rings, classes by shape as well as by colour.

use super::Drawn;
use super::arrows;
use super::bitmap::{Bitmap, Enlarger};
use super::palette::{Ramp, mix};
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::text::{Font, Rect};
use crate::labs::format::{exact, fixed, power, significant};
use crate::labs::{Numbers, Plane};
use plotters::prelude::DrawingBackend;
use plotters::style::RGBColor;
use std::f64::consts::TAU;

/// Room under the plane for its axis, for a name that does not fit between the ends, and above for one that does not
/// fit beside the plane.
const FOOT: f64 = 18.0;
const NAME: f64 = 14.0;
/// How far colours of the plane go from the surface, so that items stand out on them.
const STRENGTH: f32 = 0.84;
/// Size of an item: from its middle to its edge.
const RADIUS: f64 = 2.8;

/// What a line of a read-out has room for.
const LINE: f64 = 224.0;
/// Items at one place that are read one by one.
const MOST_READ: usize = 4;

/// Under this width it is one of several small drawings, which have no axes.
const SMALL: f64 = 170.0;

/// Where the plane lies, and whether the names of its axes have the room that is theirs.
struct Layout {
    square: Rect,
    /// Left edge of the labels at its left.
    left: f64,
    /// Whether the name of what goes across stands under the ends of its axis, not between them.
    is_under: bool,
    /// Whether the name of what goes upwards stands above the plane, not beside it.
    is_above: bool,
}

fn layout(plane: &Plane, width: f64, height: f64) -> Layout {
    if width < SMALL {
        let side = width.min(height);
        let square = Rect { x: (width - side) / 2.0, y: 0.0, width: side, height: side };
        return Layout { square, left: square.x, is_under: false, is_above: false };
    }
    let [across, upwards] = &plane.axes;
    let (end, low) = (end_label(plane), format!("−{}", end_label(plane)));
    let beside = (Font::Small.width(&low) + 6.0).min(width / 3.0);
    let is_above = Font::Small.width(upwards) > beside - 5.0;
    let top = if is_above { NAME } else { 0.0 };
    let side_of = |foot: f64| (width - beside).min(height - top - foot).max(0.0);
    let ends = Font::Small.width(&low) + Font::Small.width(&end) + 16.0;
    let is_under = Font::Small.width(across) > side_of(FOOT) - ends;
    let side = side_of(if is_under { FOOT + NAME } else { FOOT });
    let left = ((width - beside - side) / 2.0).max(0.0);
    let square = Rect { x: left + beside, y: top, width: side, height: side };
    Layout { square, left, is_under, is_above }
}

/// Left edge, top and side of the plane in a figure of that size, in CSS pixels, for what is laid over it.
#[must_use]
pub fn plane_square(plane: &Plane, (width, height): (f64, f64)) -> (f64, f64, f64) {
    let square = layout(plane, width, height).square;
    (square.x, square.y, square.width)
}

/// How the end of an axis is written, in deviations.
fn end_label(plane: &Plane) -> String {
    if plane.extent.fract() == 0.0 { fixed(plane.extent, 0) } else { significant(plane.extent, 2) }
}

/// An item: x, y, label and whether it is a test item.
type Item = [f32; 4];

fn items<'a>(plane: &Plane, numbers: &'a Numbers) -> &'a [Item] {
    numbers.at(plane.points).as_chunks().0
}

/// Where an item lies; none outside of the view.
fn place(plane: &Plane, square: &Rect, item: &Item) -> Option<Point> {
    let share = |value: f32| f64::from(value / plane.extent) / 2.0;
    let (x, y) = (0.5 + share(item[0]), 0.5 - share(item[1]));
    let is_inside = (0.0..=1.0).contains(&x) && (0.0..=1.0).contains(&y);
    is_inside.then_some((square.x + square.width * x, square.y + square.height * y))
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, plane: &Plane, numbers: &Numbers) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let layout = layout(plane, pen.width, pen.height);
    let square = layout.square;
    let px = |css: f64| (css * pen.pixels()).round() as usize;
    let side = px(square.width);
    if side == 0 {
        return Ok(());
    }
    let ramp = Ramp::of_signed(colors);
    let classes = plane.classes.len();
    let bitmap = if classes > 2 && plane.of_neuron.is_none() {
        class_colors(plane, numbers.at(plane.values), side, pen)
    } else {
        signed(plane, numbers.at(plane.values), side, &ramp)
    };
    pen.bitmap((px(square.x) as i32, px(square.y) as i32), &bitmap)?;

    let items = items(plane, numbers);
    for item in items {
        let Some(at) = place(plane, &square, item) else { continue };
        let (color, shape) = match classes {
            0 => (ramp.signed(0.94 * item[2]), 0),
            1 | 2 => (ramp.signed(if item[2] > 0.5 { 0.94 } else { -0.94 }), 0),
            _ => (colors.class(item[2] as usize), item[2] as usize),
        };
        // A target near 0 has the colour of the ground, so its edge must show it.
        let edge = if classes == 0 { colors.line_strong } else { colors.surface };
        draw_item(pen, at, (color, edge), shape, item[3] != 0.0)?;
    }
    let at = |item: usize| items.get(item).and_then(|item| place(plane, &square, item));
    arrows::draw(pen, numbers.at(plane.arrows).as_chunks().0, (&square, RADIUS), at)?;
    if numbers.at(plane.values).iter().any(|value| value.is_nan()) {
        let (text, at) = ("no number", (square.middle().0, square.bottom() - 12.0));
        let ground = Rect::of_text(text, Font::Strong, at.0 - Font::Strong.width(text) / 2.0, at.1);
        pen.fill(ground.grown(3.0), &colors.surface)?;
        pen.text(text, at, Align::Center, Font::Strong, &colors.bad)?;
    }
    draw_names(pen, plane, numbers.at(plane.values), &square)?;
    if pen.width < SMALL { Ok(()) } else { draw_axes(pen, plane, &layout) }
}

/// The name of each class where its region is widest, so that colours need not be told apart.
fn draw_names<DB: DrawingBackend>(pen: &Pen<DB>, plane: &Plane, values: &[f32], square: &Rect) -> Drawn<DB> {
    let colors = &pen.style.palette;
    if plane.classes.len() <= 2 || plane.of_neuron.is_some() || values.len() != plane.side * plane.side {
        return Ok(());
    }
    for (class, (cell, reach)) in widest(values, plane.side, plane.classes.len()).into_iter().enumerate() {
        let cell_width = square.width / plane.side as f64;
        let name = Font::Strong.shortened(&plane.classes[class], (2 * reach) as f64 * cell_width);
        if reach < 2 || name.is_empty() {
            continue; // no room for it
        }
        let middle = |index: usize| (index as f64 + 0.5) * cell_width;
        let at = (square.x + middle(cell % plane.side), square.y + middle(cell / plane.side));
        let ground = Rect::of_text(&name, Font::Strong, at.0 - Font::Strong.width(&name) / 2.0, at.1);
        pen.fill(ground.grown(2.0), &colors.surface)?;
        pen.text(&name, at, Align::Center, Font::Strong, &colors.class(class))?;
    }
    Ok(())
}

/// For each class the cell that is furthest from cells of other classes and from the edge, and how far, in
/// cells counted along rows and columns.
fn widest(values: &[f32], side: usize, classes: usize) -> Vec<(usize, usize)> {
    let class =
        |cell: usize| if values[cell].is_finite() { values[cell].max(0.0) as usize } else { usize::MAX };
    let mut reach = vec![0_usize; values.len()];
    let mut grow = |cell: usize, neighbours: [Option<usize>; 2]| {
        let of = |neighbour: Option<usize>| {
            neighbour.filter(|&other| class(other) == class(cell)).map_or(1, |other| reach[other] + 1)
        };
        let here = of(neighbours[0]).min(of(neighbours[1]));
        reach[cell] = if reach[cell] == 0 { here } else { reach[cell].min(here) };
    };
    let is_inside = |at: usize| at < side;
    for cell in 0..values.len() {
        let (row, column) = (cell / side, cell % side);
        let before = |at: usize, step: usize| is_inside(at.wrapping_sub(1)).then(|| cell - step);
        grow(cell, [before(row, side), before(column, 1)]);
    }
    for cell in (0..values.len()).rev() {
        let (row, column) = (cell / side, cell % side);
        let after = |at: usize, step: usize| is_inside(at + 1).then(|| cell + step);
        grow(cell, [after(row, side), after(column, 1)]);
    }
    let mut best = vec![(0, 0); classes];
    for (cell, &reach) in reach.iter().enumerate() {
        if let Some(best) = best.get_mut(class(cell)).filter(|best| reach > best.1) {
            *best = (cell, reach);
        }
    }
    best
}

/// −1…1 through the signed ramp, blended as values.
fn signed(plane: &Plane, values: &[f32], side: usize, ramp: &Ramp) -> Bitmap {
    let mut smooth = Vec::new();
    Enlarger::new(plane.side, side, side).enlarge(values, &mut smooth);
    if smooth.is_empty() {
        return Bitmap::new(side, side, ramp.signed(0.0));
    }
    let pixel = |&value: &f32| ramp.signed(STRENGTH * value.clamp(-1.0, 1.0));
    Bitmap::from_colors(side, side, smooth.iter().map(pixel))
}

/// The likeliest class' colour, paler the less it is likely, blended as colours.
fn class_colors<DB: DrawingBackend>(plane: &Plane, values: &[f32], side: usize, pen: &Pen<DB>) -> Bitmap {
    let colors = &pen.style.palette;
    let guess = 1.0 / plane.classes.len() as f64;
    let cell = |&value: &f32| {
        if !value.is_finite() {
            return colors.no_number();
        }
        let likely = (f64::from(value.fract()) / 0.999 - guess) / (1.0 - guess);
        let strength = likely.clamp(0.0, 1.0) * 0.6 + 0.14;
        mix(colors.surface, colors.class(value.max(0.0) as usize), strength)
    };
    let cells: Vec<RGBColor> = values.iter().map(cell).collect();
    let enlarger = Enlarger::new(plane.side, side, side);
    let channel = |pick: fn(&RGBColor) -> u8| {
        let mut smooth = Vec::new();
        let grid: Vec<f32> = cells.iter().map(|color| f32::from(pick(color))).collect();
        enlarger.enlarge(&grid, &mut smooth);
        smooth
    };
    let (r, g, b) = (channel(|c| c.0), channel(|c| c.1), channel(|c| c.2));
    if r.is_empty() {
        return Bitmap::new(side, side, colors.surface);
    }
    let byte = |value: f32| (value + 0.5) as u8;
    let pixels = r.iter().zip(&g).zip(&b).map(|((&r, &g), &b)| RGBColor(byte(r), byte(g), byte(b)));
    Bitmap::from_colors(side, side, pixels)
}

/// A filled shape with an edge; for a test item a ring.
fn draw_item<DB: DrawingBackend>(
    pen: &Pen<DB>,
    at: Point,
    (color, edge): (RGBColor, RGBColor),
    shape: usize,
    is_test: bool,
) -> Drawn<DB> {
    let surface = &pen.style.palette.surface;
    let draw = |radius: f64, color: &RGBColor| match marker(shape, at, radius) {
        Some(points) => pen.polygon(points, color),
        None => pen.disc(at, radius, color),
    };
    draw(RADIUS + 1.0, &edge)?;
    draw(RADIUS, &color)?;
    if is_test { draw(RADIUS - 1.4, surface) } else { Ok(()) }
}

/// Corners of the marker of a class; a circle has none.
#[must_use]
pub fn marker(shape: usize, (x, y): Point, radius: f64) -> Option<Vec<Point>> {
    // Corners, turn (parts of a full one), every second corner drawn in by this, size.
    let (corners, turn, inner, size) = match shape % 10 {
        0 => return None,
        1 => (4, 0.125, 1.0, 1.2),
        2 => (3, 0.25, 1.0, 1.35),
        3 => (4, 0.0, 1.0, 1.3),
        4 => (3, -0.25, 1.0, 1.35),
        5 => (8, 0.0, 0.5, 1.5),
        6 => (5, 0.25, 1.0, 1.2),
        7 => (8, 0.125, 0.5, 1.5),
        8 => (6, 0.0, 1.0, 1.15),
        _ => (10, 0.25, 0.5, 1.5),
    };
    let corner = |i: i32| {
        let angle = TAU * (f64::from(i) / f64::from(corners) + turn);
        let reach = radius * size * if i % 2 == 1 { inner } else { 1.0 };
        (x + reach * angle.cos(), y - reach * angle.sin())
    };
    Some((0..corners).map(corner).collect())
}

/// The ends of both axes and their names, without lines: the edge of the plane is one.
fn draw_axes<DB: DrawingBackend>(pen: &Pen<DB>, plane: &Plane, layout: &Layout) -> Drawn<DB> {
    let ink = &pen.style.palette.ink_3;
    let (square, left) = (&layout.square, layout.left);
    let end = end_label(plane);
    let foot = square.bottom() + 10.0;
    let side = square.x - 5.0;
    let (middle_x, middle_y) = square.middle();
    let [across, upwards] = &plane.axes;
    pen.text(&format!("−{end}"), (square.x, foot), Align::Left, Font::Small, ink)?;
    pen.text(&end, (square.right(), foot), Align::Right, Font::Small, ink)?;
    if layout.is_under {
        let name = Font::Small.shortened(across, pen.width - left);
        let half = Font::Small.width(&name) / 2.0;
        let middle = middle_x.min(pen.width - half).max(left + half);
        pen.text(&name, (middle, foot + NAME), Align::Center, Font::Small, ink)?;
    } else {
        pen.text(across, (middle_x, foot), Align::Center, Font::Small, ink)?;
    }
    pen.text(&end, (side, square.y + 6.0), Align::Right, Font::Small, ink)?;
    if layout.is_above {
        let name = Font::Small.shortened(&format!("↑ {upwards}"), pen.width - left);
        pen.text(&name, (left, 6.0), Align::Left, Font::Small, ink)?;
    } else {
        pen.text(upwards, (side, middle_y), Align::Right, Font::Small, ink)?;
    }
    pen.text(&format!("−{end}"), (side, square.bottom() - 6.0), Align::Right, Font::Small, ink)
}

/// Values along the axes, each with its name: on one line where they have room there; of a plane of a single input one.
fn along(plane: &Plane, quantity: &str, values: [String; 2]) -> Vec<String> {
    let named = plane.axes.iter().zip(values).filter(|(name, _)| !name.is_empty());
    let named: Vec<String> = named.map(|(name, value)| format!("{quantity}{name} {value}")).collect();
    let joined = named.join(", ");
    if Font::Small.width(&joined) <= LINE { vec![joined] } else { named }
}

/// What there is to say of the items at the place of `item`, of which several may lie there.
fn read_items(plane: &Plane, numbers: &Numbers, [x, y, ..]: &Item) -> Vec<String> {
    let items = items(plane, numbers).iter().enumerate();
    let here: Vec<_> = items.filter(|(_, item)| item[..2] == [*x, *y]).collect();
    let mut lines = along(plane, "", [exact(*x), exact(*y)]);
    if here.len() > 1 {
        lines.insert(0, format!("{} items at one place", here.len()));
    }
    for &(index, [_, _, label, is_test]) in here.iter().take(MOST_READ) {
        let kind = if *is_test == 0.0 { "training item" } else { "test item" };
        let label = match plane.classes.get(*label as usize) {
            Some(name) => format!("class {name}"),
            None => format!("target {}", exact(*label)),
        };
        if here.len() > 1 {
            lines.push(format!("{kind}, {label}"));
        } else {
            lines.insert(0, kind.into());
            lines.push(label);
        }
        if let Some([right, up]) = arrow_of(plane, numbers, index) {
            lines.extend(along(plane, "−∂L/∂", [power(right), power(up)]));
        }
    }
    if here.len() > MOST_READ {
        lines.push(format!("and {} more", here.len() - MOST_READ));
    }
    lines
}

/// The arrow of an item, to the right and upwards, where it bears one.
pub(super) fn arrow_of(plane: &Plane, numbers: &Numbers, item: usize) -> Option<[f32; 2]> {
    let mut arrows = numbers.at(plane.arrows).as_chunks::<3>().0.iter();
    arrows.find(|[of, ..]| *of as usize == item).map(|&[_, right, up]| [right, up])
}

pub(super) fn read(
    plane: &Plane,
    numbers: &Numbers,
    (width, height): (f64, f64),
    pointer: Point,
) -> Option<ReadOut> {
    let square = layout(plane, width, height).square;
    if square.width <= 0.0 || !square.contains(pointer) {
        return None;
    }
    let name = |class: usize| plane.classes.get(class).map_or("", String::as_str);
    let distance = |at: Point| (at.0 - pointer.0).hypot(at.1 - pointer.1);
    let nearest = items(plane, numbers)
        .iter()
        .filter_map(|item| place(plane, &square, item).map(|at| (distance(at), at, item)))
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(distance, ..)| *distance <= 6.0);
    if let Some((_, at, item)) = nearest {
        return Some(ReadOut {
            lines: read_items(plane, numbers, item),
            anchor: at,
            crosshair: Crosshair { dots: vec![at], ..Crosshair::default() },
        });
    }
    let share = ((pointer.0 - square.x) / square.width, (pointer.1 - square.y) / square.height);
    let cell = |share: f64| ((share * plane.side as f64) as usize).min(plane.side.saturating_sub(1));
    let feature = |share: f64| significant(f64::from(plane.extent) * share, 3);
    let mut lines = along(plane, "", [feature(2.0 * share.0 - 1.0), feature(1.0 - 2.0 * share.1)]);
    if let Some(&value) = numbers.at(plane.values).get(cell(share.1) * plane.side + cell(share.0)) {
        lines.push(match plane.classes.len() {
            _ if let Some([low, high]) = plane.of_neuron => {
                format!("gives {}", significant(low + f32::midpoint(value, 1.0) * (high - low), 3))
            }
            0 => format!("output {}", exact(value)),
            1 | 2 if plane.is_probability => {
                let share = significant(f32::midpoint(value, 1.0), 3);
                format!("class {} has probability {share}", name(1))
            }
            1 | 2 => {
                format!("class {}, by {}", name(usize::from(value > 0.0)), significant(value.abs(), 3))
            }
            _ if plane.is_probability => {
                let share = significant(value.fract() / 0.999, 3);
                format!("class {} has probability {share}", name(value as usize))
            }
            _ => format!("class {}", name(value as usize)),
        });
    }
    Some(ReadOut {
        lines,
        anchor: pointer,
        crosshair: Crosshair {
            plumbs: vec![(pointer.0, square.y, square.bottom())],
            rules: vec![(pointer.1, square.x, square.right())],
            ..Crosshair::default()
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_where_its_region_is_widest() {
        // Class 0 fills the left three columns, class 1 the rest, but for one cell of class 2.
        let side = 8;
        let mut values: Vec<f32> =
            (0..side * side).map(|cell| if cell % side < 3 { 0.5 } else { 1.5 }).collect();
        values[6 * side + 6] = 2.9;
        let best = widest(&values, side, 4);
        assert_eq!((best[0].0 % side, best[0].1), (1, 2));
        assert_eq!(best[1], (2 * side + 5, 3));
        assert_eq!(best[2], (6 * side + 6, 1));
        assert_eq!(best[3], (0, 0), "a class without a region");
    }
}
