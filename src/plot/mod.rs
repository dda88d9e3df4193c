//! Draws figures (curves, bars, maps, networks) on any plotters backend: a canvas in the page, SVG in
//! a test. What they show is [`crate::labs`]'s; nothing here knows of the browser. Each kind
//! of figure has a file that lays it out once, for drawing and for reading values under the pointer.
//!
//! All sizes are CSS pixels, multiplied by [`Style::scale`] on the way to the backend.

mod arithmetic;
mod arrows;
mod axes;
mod bars;
mod bench;
mod bitmap;
mod columns;
mod contours;
mod costs;
mod csv;
mod curves;
mod deal;
mod diagram;
mod distribution;
mod errors;
mod fans;
mod filters;
mod gallery;
mod grid;
mod heat;
mod histograms;
mod inked;
mod intervals;
mod item;
mod latent_map;
mod layer_lines;
mod layer_map;
mod lines;
mod links;
mod maps;
mod matrix;
mod memory_bars;
mod named_bars;
mod named_rows;
mod palette;
mod pen;
mod picture;
mod picture_rows;
mod plane;
mod png;
mod pooled;
mod products;
mod race;
mod read_out;
mod roc;
mod runs;
mod scatter;
mod scores;
mod surface;
mod surface_map;
mod surface_relief;
mod svg;
mod sweep;
mod table;
mod table_layers;
mod text;
mod thumbnail;
mod time_maps;
mod titled;
mod two_layers;
mod unrolled;
mod weights;
mod word_lists;
mod working;
mod zip;

pub use columns::{Columns, columns};
pub use diagram::{NeuronAt, neuron_at};
pub use errors::error_at;
pub use gallery::picture_at;
pub use grid::grid_column_at;
pub use inked::letter_at;
pub use latent_map::{map_rect, place_at};
pub use maps::{MapScale, Sign, unit_at};
pub use matrix::cell_at;
pub use palette::{Palette, Ramp};
pub use picture::picture;
pub use picture_rows::item_at;
pub use plane::{marker, plane_square};
pub use read_out::{Crosshair, ReadOut, read_out};
pub use runs::runs_table;
pub use surface::surface_place_at;
pub use svg::{Svg, svg};
pub use table::{Table, table};
pub use text::{Font, Rect};
pub use thumbnail::thumbnail;
pub use time_maps::{TimeAt, time_at};
pub use titled::{HEADING_PX, draw_titled};
pub use two_layers::{hidden_unit_at, visible_pixel_at, visible_pixel_near};
pub use zip::{Entry, zip};

use crate::labs::{Figure, Numbers, Questions};
use pen::Pen;
use plotters::coord::Shift;
use plotters::drawing::DrawingAreaErrorKind;
use plotters::prelude::{DrawingArea, DrawingBackend};

/// What drawing on a backend gives: nothing, or the backend's error.
pub type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// How to draw: colours, font and how fine the backend is.
#[derive(Clone, Debug, PartialEq)]
pub struct Style {
    /// The colours of the theme.
    pub palette: Palette,
    /// Units of the drawing area for each CSS pixel: the device pixel ratio, unless the backend draws
    /// in finer units than its pixels.
    pub scale: f64,
    /// Units of the drawing area for each pixel of the screen, which is what bitmaps are made of and
    /// hairlines keep to: 1, unless the backend draws in finer units than its pixels. Backends round
    /// to whole units, so with finer ones curves lose their steps.
    pub grain: f64,
    /// CSS font family, or a list of them.
    pub font: String,
}

impl Style {
    /// For a backend that draws in pixels, `scale` of them for each CSS pixel.
    #[must_use]
    pub fn new(palette: Palette, scale: f64, font: &str) -> Self {
        Self { palette, scale, grain: 1.0, font: font.into() }
    }
}

/// What the visitor does with a figure: it changes how it is drawn, never what it says.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct View {
    /// Selected column of [`columns`]: 0 is the input, 1 the first layer.
    pub selected_layer: usize,
    /// Pointer in CSS pixels from the figure's top left.
    pub hover: Option<(f64, f64)>,
    /// What the colours of feature maps stand for.
    pub map_scale: MapScale,
    /// The neuron of a diagram that is looked into, or the link into it.
    pub chosen: Option<NeuronAt>,
    /// The lane of a figure of one lane alone, which has its colour.
    pub lane: usize,
}

/// How much of a height of `most` CSS pixels a figure takes: one of few rows would leave a hole under them.
#[must_use]
pub fn height_of(figure: &Figure, most: f64) -> f64 {
    match figure {
        Figure::Weights(figure) => weights::height(figure, most),
        Figure::TimeMaps(maps) => time_maps::height(maps, most),
        Figure::Deal(deal) => deal::height(deal, most),
        Figure::MemoryBars(bars) => memory_bars::height(bars, most),
        _ => most,
    }
}

/// Draws `figure` over all of `area`, on the surface colour.
///
/// # Errors
/// The backend's.
pub fn draw<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    figure: &Figure,
    numbers: &Numbers,
    style: &Style,
    view: &View,
) -> Drawn<DB> {
    let pen = Pen::new(area, style);
    pen.fill(Rect::between(0.0, 0.0, pen.width, pen.height), &style.palette.surface)?;
    match figure {
        Figure::Curves(curves) => curves::draw(&pen, curves, numbers),
        Figure::LayerBars(bars) => bars::draw(&pen, bars, numbers, view),
        Figure::LayerMap(map) => layer_map::draw(&pen, map, numbers),
        Figure::Distribution(distribution) => distribution::draw(&pen, distribution, numbers),
        Figure::Plane(plane) => plane::draw(&pen, plane, numbers),
        Figure::Diagram(diagram) => diagram::draw(&pen, diagram, numbers, view),
        Figure::Maps(maps) => maps::draw(&pen, maps, numbers, view.map_scale),
        Figure::Scores(scores) => scores::draw(&pen, scores, numbers),
        Figure::Matrix(matrix) => matrix::draw(&pen, matrix, numbers),
        Figure::Arithmetic(sum) => arithmetic::draw(&pen, sum, numbers),
        Figure::Gallery(gallery) => gallery::draw(&pen, gallery, numbers),
        Figure::Costs(costs) => costs::draw(&pen, costs, view.lane),
        Figure::Filters(filters) => filters::draw(&pen, filters, numbers),
        Figure::Pooled(pooled) => pooled::draw(&pen, pooled, numbers),
        Figure::Sweep(sweep) => sweep::draw(&pen, sweep, numbers),
        Figure::Scatter(scatter) => scatter::draw(&pen, scatter, numbers),
        Figure::Heat(heat) => heat::draw(&pen, heat, numbers),
        Figure::PictureRows(rows) => picture_rows::draw(&pen, rows, numbers),
        Figure::LatentMap(map) => latent_map::draw(&pen, map, numbers),
        Figure::Errors(errors) => errors::draw(&pen, errors, numbers),
        Figure::Roc(roc) => roc::draw(&pen, roc, numbers),
        Figure::Grid(grid) => grid::draw(&pen, grid, numbers),
        Figure::Weights(weights) => weights::draw(&pen, weights, numbers),
        Figure::Histograms(histograms) => histograms::draw(&pen, histograms, numbers, view.lane),
        Figure::LayerLines(lines) => layer_lines::draw(&pen, lines, numbers, view.lane),
        Figure::Bench(bench) => bench::draw(&pen, bench, numbers, view.lane),
        Figure::Products(products) => products::draw(&pen, products, numbers, view.lane),
        Figure::Lines(figure) => lines::draw(&pen, figure, numbers),
        Figure::TimeMaps(maps) => time_maps::draw(&pen, maps, numbers, view.lane),
        Figure::Unrolled(figure) => unrolled::draw(&pen, figure, numbers, view.lane),
        Figure::Working(working) => working::draw(&pen, working),
        Figure::Inked(inked) => inked::draw(&pen, inked, numbers, view.lane),
        Figure::TwoLayers(figure) => two_layers::draw(&pen, figure, numbers),
        Figure::Intervals(figure) | Figure::Questions(Questions { rows: figure, .. }) => {
            intervals::draw(&pen, figure, numbers)
        }
        Figure::NamedBars(figure) => named_bars::draw(&pen, figure, numbers),
        Figure::WordLists(figure) => word_lists::draw(&pen, figure, numbers),
        Figure::Deal(deal) => deal::draw(&pen, deal, numbers, view.lane),
        Figure::MemoryBars(bars) => memory_bars::draw(&pen, bars, view.lane),
        Figure::Fans(fans) => fans::draw(&pen, fans, numbers, view.lane),
        Figure::Race(race) => race::draw(&pen, race, numbers, view.lane),
        Figure::Surface(figure) => surface::draw(&pen, figure, numbers),
    }?;
    let under_pointer = view.hover.and_then(|at| read_out(figure, numbers, (pen.width, pen.height), at));
    match under_pointer {
        Some(read) => read.crosshair.draw(&pen),
        None => Ok(()),
    }
}
