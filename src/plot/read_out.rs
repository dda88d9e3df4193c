//! The exact values under the pointer, and the marks that show which they are.

use super::pen::{Pen, Point};
use super::text::Rect;
use super::{
    Drawn, arithmetic, bars, bench, costs, curves, deal, diagram, distribution, errors, fans, filters,
    gallery, grid, heat, histograms, inked, intervals, latent_map, layer_lines, layer_map, lines, maps,
    matrix, memory_bars, named_bars, picture_rows, plane, pooled, products, race, roc, scatter, scores,
    surface, sweep, time_maps, two_layers, unrolled, weights, word_lists, working,
};
use crate::labs::{Figure, Numbers, Questions};
use plotters::prelude::DrawingBackend;
use plotters::style::Color;

/// What a figure says about one place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadOut {
    /// Lines of text, the first names the place: "step 120", "train 0.6931472".
    pub lines: Vec<String>,
    /// What is read, in CSS pixels: where a tooltip points.
    pub anchor: (f64, f64),
    /// What `draw` marks.
    pub crosshair: Crosshair,
}

/// Marks of the place that is read, in CSS pixels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Crosshair {
    /// Vertical lines as x, top, bottom.
    pub plumbs: Vec<(f64, f64, f64)>,
    /// Horizontal lines as y, left, right.
    pub rules: Vec<(f64, f64, f64)>,
    /// Points on curves and items.
    pub dots: Vec<(f64, f64)>,
    /// The outline of a bar, a cell or a tile.
    pub frame: Option<Rect>,
    /// A line along what is read, such as a link.
    pub trace: Vec<(f64, f64)>,
}

impl Crosshair {
    pub(super) fn draw<DB: DrawingBackend>(&self, pen: &Pen<DB>) -> Drawn<DB> {
        let colors = &pen.style.palette;
        let thin = colors.ink_3.mix(0.8);
        for &(x, top, bottom) in &self.plumbs {
            pen.plumb(x, top, bottom, &thin)?;
        }
        for &(y, left, right) in &self.rules {
            pen.rule(left, right, y, &thin)?;
        }
        pen.line(self.trace.iter().copied(), 2.0, &colors.ink)?;
        for &dot in &self.dots {
            pen.disc(dot, 4.0, &colors.surface)?;
            pen.disc(dot, 3.0, &colors.ink)?;
        }
        self.frame.map_or(Ok(()), |frame| pen.frame(frame, 1.5, &colors.ink))
    }
}

/// What `figure`, drawn `size` CSS pixels wide and high, says at `pointer`; nothing where it shows
/// nothing.
#[must_use]
pub fn read_out(figure: &Figure, numbers: &Numbers, size: (f64, f64), pointer: Point) -> Option<ReadOut> {
    match figure {
        Figure::Curves(curves) => curves::read(curves, numbers, size, pointer),
        Figure::LayerBars(bars) => bars::read(bars, numbers, size, pointer),
        Figure::LayerMap(map) => layer_map::read(map, numbers, size, pointer),
        Figure::Distribution(distribution) => distribution::read(distribution, numbers, size, pointer),
        Figure::Plane(plane) => plane::read(plane, numbers, size, pointer),
        Figure::Diagram(diagram) => diagram::read(diagram, numbers, size, pointer),
        Figure::Maps(maps) => maps::read(maps, numbers, size, pointer),
        Figure::Scores(scores) => scores::read(scores, numbers, size, pointer),
        Figure::Matrix(matrix) => matrix::read(matrix, numbers, size, pointer),
        Figure::Arithmetic(sum) => arithmetic::read(sum, numbers, size, pointer),
        Figure::Gallery(gallery) => gallery::read(gallery, numbers, size, pointer),
        Figure::Costs(costs) => costs::read(costs, size, pointer),
        Figure::Filters(filters) => filters::read(filters, numbers, size, pointer),
        Figure::Pooled(pooled) => pooled::read(pooled, numbers, size, pointer),
        Figure::Sweep(sweep) => sweep::read(sweep, numbers, size, pointer),
        Figure::Scatter(scatter) => scatter::read(scatter, numbers, size, pointer),
        Figure::Heat(heat) => heat::read(heat, numbers, size, pointer),
        Figure::PictureRows(rows) => picture_rows::read(rows, numbers, size, pointer),
        Figure::LatentMap(map) => latent_map::read(map, numbers, size, pointer),
        Figure::Errors(errors) => errors::read(errors, numbers, size, pointer),
        Figure::Roc(roc) => roc::read(roc, numbers, size, pointer),
        Figure::Grid(grid) => grid::read(grid, numbers, size, pointer),
        Figure::Weights(figure) => weights::read(figure, numbers, size, pointer),
        Figure::Histograms(histograms) => histograms::read(histograms, numbers, size, pointer),
        Figure::LayerLines(lines) => layer_lines::read(lines, numbers, size, pointer),
        Figure::Bench(bench) => bench::read(bench, numbers, size, pointer),
        Figure::Products(products) => products::read(products, numbers, size, pointer),
        Figure::Lines(figure) => lines::read(figure, numbers, size, pointer),
        Figure::TimeMaps(maps) => time_maps::read(maps, numbers, size, pointer),
        Figure::Unrolled(figure) => unrolled::read(figure, numbers, size, pointer),
        Figure::Working(working) => working::read(working, size, pointer),
        Figure::Inked(inked) => inked::read(inked, numbers, size, pointer),
        Figure::TwoLayers(figure) => two_layers::read(figure, numbers, size, pointer),
        Figure::Intervals(figure) | Figure::Questions(Questions { rows: figure, .. }) => {
            intervals::read(figure, numbers, size, pointer)
        }
        Figure::NamedBars(figure) => named_bars::read(figure, numbers, size, pointer),
        Figure::WordLists(figure) => word_lists::read(figure, numbers, size, pointer),
        Figure::Deal(deal) => deal::read(deal, numbers, size, pointer),
        Figure::MemoryBars(bars) => memory_bars::read(bars, size, pointer),
        Figure::Fans(fans) => fans::read(fans, numbers, size, pointer),
        Figure::Race(race) => race::read(race, numbers, size, pointer),
        Figure::Surface(figure) => surface::read(figure, numbers, size, pointer),
    }
}
