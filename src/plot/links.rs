//! The links of the network diagram: one curve for each weight, orange below zero and blue above,
//! thick where it is strong. They run in the gaps between the columns of tiles.

use super::diagram::{Layout, NeuronAt, neuron};
use super::palette::Ramp;
use super::pen::{Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::{Drawn, View};
use crate::labs::format::exact;
use crate::labs::{Diagram, Numbers};
use plotters::prelude::DrawingBackend;
use plotters::style::Color;

/// A weight between two tiles that are drawn.
struct Link {
    /// Column of the target; the source is in the one before.
    column: usize,
    from: usize,
    to: usize,
    weight: f32,
}

impl Link {
    fn leads_to(&self) -> NeuronAt {
        NeuronAt { column: self.column, unit: self.to, from: Some(self.from) }
    }
}

/// The links whose ends there are and whose weight is a number.
fn links<'a>(diagram: &'a Diagram, numbers: &'a Numbers) -> impl Iterator<Item = Link> + 'a {
    let tiles = |column: usize| diagram.columns.get(column).map_or(0, |column| column.tiles);
    let link = |&[column, from, to, weight]: &[f32; 4]| Link {
        column: column as usize,
        from: from as usize,
        to: to as usize,
        weight,
    };
    let links = numbers.at(diagram.links).as_chunks::<4>().0.iter().map(link);
    links.filter(move |link| {
        let has_ends = link.column > 0 && link.from < tiles(link.column - 1) && link.to < tiles(link.column);
        has_ends && link.weight.is_finite()
    })
}

/// A cubic curve from the right edge of one tile to the left edge of the other, level at both.
fn path(link: &Link, diagram: &Diagram, layout: &Layout) -> Vec<Point> {
    let tiles = |column: usize| diagram.columns[column].tiles;
    let (x0, y0) = layout.center(link.column - 1, link.from, tiles(link.column - 1));
    let (x1, y1) = layout.center(link.column, link.to, tiles(link.column));
    let (x0, x1) = (x0 + layout.side / 2.0 + 0.5, x1 - layout.side / 2.0 - 0.5);
    if y0 == y1 {
        return vec![(x0, y0), (x1, y1)];
    }
    let pieces = (((x1 - x0).hypot(y1 - y0) / 5.0) as i32).clamp(6, 24);
    let point = |i: i32| {
        let t = f64::from(i) / f64::from(pieces);
        // Bézier with both handles half-way: x is nearly even, y is 3t² − 2t³.
        let x = 1.5 * t * (1.0 - t) + t * t * t;
        (x0 + (x1 - x0) * x, y0 + (y1 - y0) * t * t * (3.0 - 2.0 * t))
    };
    (0..=pieces).map(point).collect()
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<DB>,
    diagram: &Diagram,
    numbers: &Numbers,
    view: &View,
    layout: &Layout,
) -> Drawn<DB> {
    let ramp = Ramp::new(&pen.style.palette.div);
    let selected = view.selected_layer;
    let is_near = |link: &Link| link.column == selected || link.column == selected + 1;
    let strength = |link: &Link| {
        if diagram.strongest > 0.0 {
            f64::from((link.weight / diagram.strongest).abs()).min(1.0)
        } else {
            0.0
        }
    };
    let mut links: Vec<_> = links(diagram, numbers).collect();
    // The strong and the near on top.
    links.sort_by(|a, b| {
        (is_near(a), strength(a)).partial_cmp(&(is_near(b), strength(b))).unwrap_or(std::cmp::Ordering::Equal)
    });
    let is_chosen = |link: &&Link| view.chosen.is_some_and(|chosen| chosen == link.leads_to());
    let chosen = links.iter().find(is_chosen);
    for link in links.iter().chain(chosen) {
        let strength = strength(link);
        let is_chosen = is_chosen(&link);
        let alpha =
            if is_chosen { 1.0 } else { (0.25 + 0.75 * strength) * if is_near(link) { 0.95 } else { 0.5 } };
        let color = ramp.signed(if link.weight > 0.0 { 0.72 } else { -0.72 });
        let path = path(link, diagram, layout);
        if is_chosen {
            pen.line(path.clone(), 4.0 + 3.0 * strength, &pen.style.palette.ink)?; // on both sides of it
        }
        pen.line(path, 0.5 + 3.0 * strength, &color.mix(alpha))?;
    }
    Ok(())
}

/// The neuron that the link at a place leads to.
pub(super) fn at(diagram: &Diagram, numbers: &Numbers, layout: &Layout, place: Point) -> Option<NeuronAt> {
    nearest(diagram, numbers, layout, place).map(|(link, _)| link.leads_to())
}

/// The link that passes a place nearest, within a few pixels, and its way.
fn nearest(
    diagram: &Diagram,
    numbers: &Numbers,
    layout: &Layout,
    pointer: Point,
) -> Option<(Link, Vec<Point>)> {
    let gap = |column: usize| layout.columns.center(column - 1)..layout.columns.center(column);
    let near = links(diagram, numbers).filter(|link| gap(link.column).contains(&pointer.0));
    let (distance, link, trace) = near
        .map(|link| {
            let path = path(&link, diagram, layout);
            let pairs = path.windows(2).map(|pair| distance(pointer, pair[0], pair[1]));
            (pairs.fold(f64::INFINITY, f64::min), link, path)
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))?;
    (distance <= 4.0).then_some((link, trace))
}

/// What the link under the pointer says.
pub(super) fn read(diagram: &Diagram, numbers: &Numbers, layout: &Layout, pointer: Point) -> Option<ReadOut> {
    let (link, trace) = nearest(diagram, numbers, layout, pointer)?;
    let (from, to) = (neuron(diagram, link.column - 1, link.from), neuron(diagram, link.column, link.to));
    Some(ReadOut {
        lines: vec![format!("weight {}", exact(link.weight)), format!("from {from}"), format!("to {to}")],
        anchor: pointer,
        crosshair: Crosshair { trace, ..Crosshair::default() },
    })
}

/// From a point to the stretch between two others.
fn distance(p: Point, a: Point, b: Point) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 { ((p.0 - a.0) * dx + (p.1 - a.1) * dy) / length } else { 0.0 };
    let along = along.clamp(0.0, 1.0);
    (p.0 - a.0 - dx * along).hypot(p.1 - a.1 - dy * along)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_is_to_the_stretch_not_the_line() {
        assert_eq!(distance((5.0, 3.0), (0.0, 0.0), (10.0, 0.0)), 3.0);
        assert_eq!(distance((13.0, 4.0), (0.0, 0.0), (10.0, 0.0)), 5.0);
        assert_eq!(distance((3.0, 4.0), (0.0, 0.0), (0.0, 0.0)), 5.0);
    }
}
