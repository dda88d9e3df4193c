//! What can be drawn, as data: a lab fills these in, the page draws any of them. Bulk numbers lie
//! apart in the frame's one array, so that they cross from the worker without being parsed.

use super::bench::{Bench, Products};
use super::changes::Change;
use super::deal::Deal;
use super::fans::Fans;
use super::heat::HeatMaps;
use super::inked::Inked;
use super::latent::{Errors, Grid, LatentMap, Roc};
use super::layer_figures::{Costs, Filters, Pooled};
use super::lines::Lines;
use super::look_inside::{Histograms, LayerLines, Weights};
use super::machine_figures::{Intervals, NamedBars, Questions, TwoLayers, WordLists};
use super::memory_bars::MemoryBars;
use super::over_time::{TimeMaps, Unrolled, Working};
use super::picture_rows::PictureRows;
use super::pictures::{Arithmetic, Gallery, Maps, Matrix, Scores};
use super::race::{CurveAxis, Race};
use super::surface::SurfaceFigure;
use super::sweep::Sweep;
use crate::nn::Activation;
use serde::{Deserialize, Serialize};

/// Where the numbers of a figure lie in [`Numbers`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub start: usize,
    pub len: usize,
}

/// All bulk numbers of a frame, one after another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Numbers(pub Vec<f32>);

impl Numbers {
    /// Appends numbers and tells where they lie.
    pub fn add(&mut self, values: impl IntoIterator<Item = f32>) -> Span {
        let start = self.0.len();
        self.0.extend(values);
        Span { start, len: self.0.len() - start }
    }

    /// The numbers at `span`; none when the span is not of this frame.
    #[must_use]
    pub fn at(&self, span: Span) -> &[f32] {
        self.0.get(span.start..span.start + span.len).unwrap_or(&[])
    }
}

/// A figure with what a screen reader says of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Panel {
    /// Which of the lab's figures this is.
    pub id: String,
    /// Short words beside the title, such as "61 % saturated".
    pub note: String,
    /// What it shows now, as a sentence.
    pub summary: String,
    pub figure: Figure,
}

/// Everything the page knows how to draw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Figure {
    Curves(Curves),
    LayerBars(LayerBars),
    LayerMap(LayerMap),
    Distribution(Distribution),
    Plane(Plane),
    Diagram(Diagram),
    Maps(Maps),
    Scores(Scores),
    Matrix(Matrix),
    Arithmetic(Arithmetic),
    Gallery(Gallery),
    Costs(Costs),
    Filters(Filters),
    Pooled(Pooled),
    Sweep(Sweep),
    Scatter(Scatter),
    Heat(HeatMaps),
    PictureRows(PictureRows),
    LatentMap(LatentMap),
    Errors(Errors),
    Roc(Roc),
    Grid(Grid),
    Weights(Weights),
    Histograms(Histograms),
    LayerLines(LayerLines),
    Bench(Bench),
    Products(Products),
    Lines(Lines),
    TimeMaps(TimeMaps),
    Unrolled(Unrolled),
    Working(Working),
    Inked(Inked),
    TwoLayers(TwoLayers),
    Intervals(Intervals),
    Questions(Questions),
    NamedBars(NamedBars),
    WordLists(WordLists),
    Deal(Deal),
    MemoryBars(MemoryBars),
    Fans(Fans),
    Race(Race),
    Surface(SurfaceFigure),
}

/// Numbers to learn and what the network gives for them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scatter {
    /// Names of the two, with their unit where there is one: "true", "predicted".
    pub labels: [String; 2],
    /// `[item, truth and prediction]`, row-major.
    pub pairs: Span,
}

/// Lines over the steps of a run, in one strip for each measure.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Curves {
    /// Right end of the axis, in steps.
    pub steps: usize,
    /// The step that the other figures show, where it is not the last.
    pub at: Option<usize>,
    pub strips: Vec<Strip>,
    /// What was changed while the run went on, by ascending step.
    pub changes: Vec<Change>,
    /// What the places of the lines are counted in. `at` and `changes` are steps, and drawn only over these.
    #[serde(default)]
    pub axis: CurveAxis,
    /// Right end of the axis where it is not of steps.
    #[serde(default)]
    pub end: Option<f32>,
    /// A loss that is told of, with the lane that first falls to it.
    #[serde(default)]
    pub target: Option<f32>,
    /// Whether that loss is the lowest round one that two lanes reached, where none is given; see
    /// [`super::target_level`].
    #[serde(default)]
    pub is_race: bool,
    /// What a visitor can have it over, where that is to be chosen.
    #[serde(default)]
    pub axes: Vec<CurveAxis>,
}

/// One measure over the steps, with its own axis.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Strip {
    /// What is measured, with its unit where it has one: "loss", "accuracy (%)".
    pub label: String,
    /// Ends of the axis where they are fixed; else the data decide.
    pub range: Option<[f32; 2]>,
    /// How high the axis reaches at least, whatever the rest of the data; what is higher is a spike and cut off. Without
    /// it the values decide.
    #[serde(default)]
    pub top: Option<f32>,
    /// Whether equal factors lie equally far apart; values that are not above 0 lie at the foot.
    #[serde(default)]
    pub is_log: bool,
    pub lines: Vec<Line>,
    /// Values worth a line of their own: (0.693, "coin flip, ln 2").
    pub marks: Vec<(f32, String)>,
    /// Steps and values of runs before this one, drawn faint behind it.
    #[serde(default)]
    pub past: Vec<[Span; 2]>,
}

/// A curve: at `x[i]` (steps) it runs from `low[i]` to `high[i]`, equal while no steps were joined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// "train" or "test"; written at its end with the last value.
    pub label: String,
    /// Drawn thick: what is trained on.
    pub is_train: bool,
    /// Whose it is, of [`super::LANE_LETTERS`].
    pub lane: usize,
    pub x: Span,
    pub low: Span,
    pub high: Span,
}

/// A bar for each layer, or for each of what is named, on a log axis, in the columns of the [`Diagram`]; side by side
/// where there are several lanes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LayerBars {
    /// What is measured: "‖∂L/∂W‖".
    pub label: String,
    /// One for each lane; the columns are those of the first.
    pub series: Vec<BarSeries>,
    /// Decades of the axis: from 10^low to 10^high.
    pub decades: [i32; 2],
    /// Whether the layers' numbers stand beneath the bars: where no [`Diagram`] above them says which is which.
    pub is_numbered: bool,
    /// Values from and to which all is well, shaded, with the words for it: ([3e-4, 3e-3], "healthy, near 10⁻³").
    #[serde(default)]
    pub band: Option<([f32; 2], String)>,
    /// What the columns are where they are no layers: "x", "y".
    #[serde(default)]
    pub names: Vec<String>,
}

/// The bars of one lane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BarSeries {
    /// Whose they are, of [`super::LANE_LETTERS`].
    pub lane: usize,
    /// Values ≥ 0, one for each layer after the input; 0 is drawn as no bar with the mark "0",
    /// [`Self::NO_LAYER`] as nothing.
    pub values: Span,
    /// What theory predicts for each, drawn as a tick over its bar; empty where it says nothing.
    pub predicted: Span,
    pub finding: Option<Finding>,
}

/// Words beside the bar that they are about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The layer of the bar, counted from 1.
    pub layer: usize,
    /// Such as "33 million times less than layer 10".
    pub text: String,
    /// Whether something is wrong in that very layer: its bar and these words are drawn as what is wrong.
    #[serde(default)]
    pub is_fault: bool,
}

/// What a prediction that is far off rests on.
pub const PREMISE: &str = "Theory takes weights and gradients as independent, which training undoes";

/// Whether a prediction is off by more than ten times.
#[must_use]
pub fn is_far_off(predicted: f32, measured: f32) -> bool {
    let ratio = f64::from(predicted) / f64::from(measured);
    !(0.1..=10.0).contains(&ratio)
}

impl BarSeries {
    /// In a column where the lane has no layer.
    pub const NO_LAYER: f32 = -1.0;
}

/// Layers by steps, coloured on a log scale, in the columns of the [`Diagram`]; newest row below.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerMap {
    /// Row-major `[rows, layers]`, values ≥ 0.
    pub values: Span,
    pub layers: usize,
    /// Steps that each row stands for.
    pub steps_per_row: usize,
    /// Step at which the newest row ends.
    pub last_step: usize,
    /// The step that the other figures show, where it is not the last.
    pub at: Option<usize>,
    /// Decades of the colours: from 10^low to 10^high.
    pub decades: [i32; 2],
}

impl LayerMap {
    /// What its colours stand for.
    pub const QUANTITY: &str = "‖∂L/∂W‖";
}

/// Live pre-activations of a layer under its f and f′.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Distribution {
    pub activation: Activation,
    pub low: f32,
    pub high: f32,
    /// Counts in equal bins from `low` to `high`; the end bins hold what lies outside.
    pub counts: Span,
    /// |f′| below this is shaded as saturated.
    pub saturated_below: f32,
}

/// What the network says over the plane of two features, with the items on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plane {
    /// The view is ±`extent` in both features, in deviations.
    pub extent: f32,
    /// Side of the grid of `values`, the first row at the top.
    pub side: usize,
    /// Regression: the output. Two classes: how far it lies on the side of class 1, drawn from −1 to 1.
    /// More: class index + its output · 0.999.
    pub values: Span,
    /// Whether outputs are probabilities, so that −1…1 stands for 0…1.
    pub is_probability: bool,
    /// Names of the classes; none for regression.
    pub classes: Vec<String>,
    /// Names of the features across and upwards.
    pub axes: [String; 2],
    /// Names of all inputs, where the plane is one through more of them, all others at their mean.
    pub inputs: Vec<String>,
    /// Items as x, y, label (for regression the target), 1 if a test item else 0.
    pub points: Span,
    /// Arrows as the index of a training item in `points` and how far to the right and upwards: −∂L/∂(its place); none
    /// where they are not asked for.
    pub arrows: Span,
    /// What −1 and 1 stand for in `values` where these are what one neuron gives, not what the network says.
    pub of_neuron: Option<[f32; 2]>,
}

/// The network: a column of tiles for each layer, each tile what one neuron gives over the plane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diagram {
    /// Input, layers, output, from left to right.
    pub columns: Vec<Column>,
    /// Names of the inputs, such as "x".
    pub inputs: Vec<String>,
    /// Side of a tile's grid.
    pub side: usize,
    /// What each neuron gives, `[tiles, side, side]` in the order of the columns, the first row at the top.
    pub tiles: Span,
    /// Links as column of the target, tile of the source, tile of the target, weight.
    pub links: Span,
    /// The weight that is drawn at full width.
    pub strongest: f32,
}

/// One column of a [`Diagram`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// "in", "1", …, "out".
    pub label: String,
    /// Neurons drawn.
    pub tiles: usize,
    /// Neurons that there are.
    pub units: usize,
    /// Values that the colours of its tiles reach from and to, such as 0 and 1 for a sigmoid.
    pub ends: [f32; 2],
}

/// Length of the longest of some arrows `[item, across, upwards]`; none where no length is finite.
#[must_use]
pub fn longest(arrows: &[[f32; 3]]) -> Option<f32> {
    let lengths = arrows.iter().map(|[_, across, upwards]| across.hypot(*upwards));
    lengths.filter(|length| length.is_finite()).reduce(f32::max)
}
