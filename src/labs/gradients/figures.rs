//! The figures of the gradients lab, filled with what was measured.

use super::arrows;
use super::blocks::{self, Block};
use super::observer::GradientsObserver;
use super::predicted::predicted;
use super::verdict::{Reach, reach};
use crate::data::points::view_of;
use crate::data::{DataSet, Examples};
use crate::labs::confusion::{self, Words};
use crate::labs::format::{count, layer_name, percent, power, significant, times};
use crate::labs::{
    BarSeries, Column, Diagram, Distribution, Figure, Finding, LayerBars, LayerMap, Numbers, PREMISE, Panel,
    Plane, Scatter, View, is_far_off,
};
use crate::nn::{Activation, Pass};
use crate::train::Run;
use crate::train::statistics::{Histogram, SATURATED, saturated_fraction};
use std::sync::Arc;

/// Neurons drawn of a layer; the rest are counted beneath.
const TILES: usize = 8;
/// Links drawn into a neuron: its strongest.
const LINKS: usize = 4;
/// Items drawn on the plane.
const POINTS: usize = 1000;

/// The network's outputs over a grid of the plane, shared by the boundary and the neurons' tiles.
#[derive(Default)]
pub(super) struct PlanePass {
    /// The inputs across and upwards, where the items have no place of their own.
    axes: [usize; 2],
    pub(super) extent: f32,
    pub(super) side: usize,
    /// What the network is given at each place of the grid, `[side · side, features]`.
    inputs: Arc<[f32]>,
    pub(super) pass: Pass,
    computed_at: Option<usize>,
    pub(super) points: Arc<[f32]>,
}

/// What was computed is no part of a copy, and what never changes is shared.
impl Clone for PlanePass {
    fn clone(&self) -> Self {
        let (inputs, points) = (Arc::clone(&self.inputs), Arc::clone(&self.points));
        Self { inputs, points, pass: Pass::default(), computed_at: None, ..*self }
    }
}

impl PlanePass {
    /// Over the inputs `axes`, or else the first two.
    pub(super) fn new(run: &Run, axes: Option<[usize; 2]>) -> Self {
        let data = run.data();
        let features = run.input_shape()[0];
        let axes = axes_of(features, axes);
        let places = [&data.train, &data.test].into_iter().flat_map(|of| places(of, axes)).flatten();
        let config = &run.current().data;
        let extent = if config.set().is_ok_and(DataSet::is_own) {
            view_of(&config.points)
        } else {
            1.08 * places.fold(1.0_f32, |most, x| most.max(x.abs())).min(6.0)
        };
        // A small network can afford a fine grid; the worker spaces out what is costly, and a wide
        // one must not fill the memory: three buffers of rows times units.
        let units: usize = run.network().units().iter().sum();
        let fits = |side: &usize| {
            side * side * units <= 2_000_000 && run.network().weights.len() <= 800 * side * side
        };
        let side = [40, 24, 12, 8].into_iter().find(fits).unwrap_or(4);
        let at = |index: usize| extent * (2.0 * (index as f32 + 0.5) / side as f32 - 1.0);
        let mut inputs = vec![0.0; features * side * side];
        for (cell, row) in inputs.chunks_exact_mut(features).enumerate() {
            run.current().data.write_inputs([at(cell % side), -at(cell / side)], axes, row);
        }
        let points = points(run, axes);
        Self { axes, extent, side, inputs: inputs.into(), pass: Pass::default(), computed_at: None, points }
    }

    /// Names of what lies across and upwards.
    pub(super) fn names(&self, run: &Run) -> [String; 2] {
        let input = |axis: usize| run.data().names.inputs.get(axis).cloned().unwrap_or_default();
        match self.axes {
            _ if has_places(run) => ["x".into(), "y".into()],
            [only, other] if only == other => [input(only), String::new()],
            axes => axes.map(input),
        }
    }

    /// Takes other inputs across and upwards, where others are asked for.
    pub(super) fn look(&mut self, run: &Run, axes: Option<[usize; 2]>) {
        if self.axes != axes_of(run.input_shape()[0], axes) {
            *self = Self::new(run, axes);
        }
    }

    /// Begins anew, with other settings or other points.
    pub(super) fn renew(&mut self, run: &Run) {
        *self = Self::new(run, Some(self.axes));
    }

    /// Computes it for the weights of now, once for each step.
    pub(super) fn update(&mut self, run: &Run) {
        if self.computed_at != Some(run.steps()) {
            run.network().forward(&self.inputs, &mut self.pass);
            self.computed_at = Some(run.steps());
        }
    }
}

/// Whether the items are points of the plane themselves.
fn has_places(run: &Run) -> bool {
    run.current().data.set().is_ok_and(DataSet::is_plane)
}

/// The axes that are asked for where there are such inputs, else the first two, or the only one twice.
fn axes_of(features: usize, asked: Option<[usize; 2]>) -> [usize; 2] {
    asked.filter(|axes| axes.iter().all(|&axis| axis < features)).unwrap_or([0, usize::from(features > 1)])
}

/// Where the items lie.
fn places(examples: &Examples, axes: [usize; 2]) -> impl Iterator<Item = [f32; 2]> {
    (0..examples.len()).map(move |item| examples.place(item, axes))
}

/// How many of so many items are drawn, of so many in all.
fn shown(items: usize, total: usize) -> usize {
    (items * POINTS.min(total)).div_ceil(total)
}

/// Up to [`POINTS`] items: x, y, label, 1 for the test.
fn points(run: &Run, axes: [usize; 2]) -> Arc<[f32]> {
    let data = run.data();
    let total = data.train.len() + data.test.len();
    let mut points = Vec::new();
    for (examples, is_test) in [(&data.train, 0.0), (&data.test, 1.0)] {
        let share = shown(examples.len(), total);
        for ([x, y], &label) in places(examples, axes).zip(&examples.labels).take(share) {
            points.extend([x, y, label, is_test]);
        }
    }
    points.into()
}

pub(super) fn panel(id: &str, note: String, summary: String, figure: Figure) -> Panel {
    Panel { id: id.into(), note, summary, figure }
}

/// A bar for each layer: ‖∂L/∂kernel‖ of the last batch.
pub(super) fn gradients(observer: &GradientsObserver, run: &Run, numbers: &mut Numbers) -> Panel {
    let last_hidden = observer.now.len().saturating_sub(2);
    let ratio = observer.ratio(0, last_hidden);
    let last = layer_name(last_hidden + 1, observer.now.len());
    let finding = match reach(ratio) {
        _ if last_hidden == 0 || observer.now[0] == 0.0 => None,
        Reach::Vanishes => Some(format!("{} less than {last}", times(1.0 / ratio))),
        Reach::Explodes => Some(format!("{} more than {last}", times(ratio))),
        Reach::Flows => None,
    };
    let values: Vec<String> = observer.now.iter().map(|&norm| power(f64::from(norm))).collect();
    let predicted = predicted(run);
    let told = match (predicted[0] > 0.0, observer.now[0] > 0.0) {
        (true, true) => format!(
            " Theory, multiplied up from the output, predicts {} for layer 1, {} times what is measured.{}",
            power(predicted[0]),
            power(f64::from(predicted[0]) / f64::from(observer.now[0])),
            if is_far_off(predicted[0], observer.now[0]) { format!(" {PREMISE}.") } else { String::new() }
        ),
        _ => String::new(),
    };
    let summary =
        format!("Gradient norm of each layer, from the first to the output: {}.{told}", values.join(", "));
    let values = numbers.add(observer.now.iter().copied());
    let finding = finding.map(|text| Finding { layer: 1, text, is_fault: false });
    let series = vec![BarSeries { lane: 0, values, predicted: numbers.add(predicted), finding }];
    let decades = observer.decades();
    let figure = LayerBars { label: "‖∂L/∂W‖".into(), series, decades, ..LayerBars::default() };
    panel("gradients", String::new(), summary, Figure::LayerBars(figure))
}

/// ‖∂L/∂kernel‖ of every layer at every step.
pub(super) fn flow(observer: &GradientsObserver, at: Option<usize>, numbers: &mut Numbers) -> Panel {
    let stride = observer.norms.stride();
    let rows = if stride == 1 {
        "each row is one step".into()
    } else {
        format!("each row is {} steps", count(stride))
    };
    let summary = format!("Gradient norm of every layer over {} steps; {rows}.", count(observer.steps));
    let figure = LayerMap {
        values: numbers.add(observer.norms.values().iter().copied()),
        layers: observer.now.len(),
        steps_per_row: stride,
        last_step: observer.steps,
        at,
        decades: observer.decades(),
    };
    panel("flow", rows, summary, Figure::LayerMap(figure))
}

/// Pre-activations of a layer in the last batch, under f and f′.
pub(super) fn activation(run: &Run, layer: usize, numbers: &mut Numbers) -> Panel {
    let index = blocks::of(&run.current().network)[layer - 1].at;
    let activation = run.network().activation(index);
    let trace = &run.pass().traces[index];
    let most =
        trace.pre_activation.iter().filter(|z| z.is_finite()).fold(0.0_f32, |most, z| most.max(z.abs()));
    let extent = [4.0, 8.0, 16.0, 32.0].into_iter().find(|extent| most <= *extent).unwrap_or(64.0);
    let histogram = Histogram::new(&trace.pre_activation, -extent, extent, 48);
    let saturated = saturated_fraction(trace);
    let word = activation.flat_word();
    let note = format!("{} {word}", percent(f64::from(saturated)));
    let summary = format!(
        "Layer {layer}, {}: {note}, where the derivative is below {SATURATED}; largest |z| {}.",
        activation.label(),
        significant(f64::from(most), 2)
    );
    let figure = Distribution {
        activation,
        low: -extent,
        high: extent,
        counts: numbers.add(histogram.counts),
        saturated_below: SATURATED,
    };
    panel("activation", note, summary, Figure::Distribution(figure))
}

/// What the network says over the plane.
pub(super) fn boundary(
    observer: &mut GradientsObserver,
    run: &Run,
    view: &View,
    numbers: &mut Numbers,
) -> Panel {
    let plane = &mut observer.plane;
    plane.update(run);
    let (classes, outputs) = (run.data().classes, run.network().outputs());
    let threshold = run.threshold();
    let said = |row: &[f32]| match *row {
        [output] if classes == 0 => output,
        [output] => (output - threshold) * if threshold > 0.0 { 2.0 } else { 1.0 },
        [first, second] => second - first,
        _ => {
            let told = |class: usize| class as f32 + row[class].clamp(0.0, 1.0) * 0.999;
            run.class_of(row).map_or(f32::NAN, told)
        }
    };
    let values = numbers.add(plane.pass.output().chunks_exact(outputs).map(said));
    let note = observer.learning.evaluation.map_or_else(String::new, |e| match classes {
        _ if e.metric.is_nan() => "test –".into(),
        0 => format!("test |error| {}", significant(f64::from(e.metric), 2)),
        _ => format!("test {}", percent(f64::from(e.metric))),
    });
    let is_none = observer.learning.evaluation.is_some_and(|e| e.metric.is_nan());
    let outputs_told = if is_none { " Its outputs are no numbers." } else { "" };
    let set = run.current().data.set().map_or("", |set| set.label);
    let others = match run.input_shape()[0] {
        _ if has_places(run) => String::new(),
        0..=2 => String::new(),
        3 => ", the other input at its mean".into(),
        inputs => format!(", the other {} inputs at their mean", inputs - 2),
    };
    let arrows = if view.arrows {
        let (train, test) = (run.data().train.len(), run.data().test.len());
        arrows::arrows(run, plane.axes, shown(train, train + test))
    } else {
        Vec::new()
    };
    let told = if arrows.is_empty() { String::new() } else { arrows::told(&arrows) };
    let summary = format!(
        "What the network says over the plane of {set}{others}, with its items; {note}.{outputs_told}{told}"
    );
    let points = numbers.add(plane.points.iter().copied());
    let is_probability = run.current().loss.logits_of().is_some();
    let figure = Plane {
        extent: plane.extent,
        side: plane.side,
        values,
        is_probability,
        classes: (0..classes).map(|class| run.data().class_name(class)).collect(),
        axes: plane.names(run),
        inputs: if has_places(run) { Vec::new() } else { run.data().names.inputs.clone() },
        points,
        arrows: numbers.add(arrows.into_iter().flatten()),
        of_neuron: None,
    };
    panel("boundary", note, summary, Figure::Plane(figure))
}

/// Which classes are taken for which.
pub(super) fn confusion(
    observer: &mut GradientsObserver,
    run: &Run,
    view: &View,
    numbers: &mut Numbers,
) -> Panel {
    let a_class = |run: &Run, class: usize| match run.data().names.classes.get(class) {
        Some(name) => name.clone(),
        None => format!("class {class}"),
    };
    if run.data().classes == 0 {
        return predictions(observer, run, numbers);
    }
    let readings = run.readings(&mut observer.test_pass);
    confusion::panel(&readings, run, view, &Words { items: "items", a_class }, numbers)
}

/// What the network gives for each test item, over the number that it is to learn.
fn predictions(observer: &mut GradientsObserver, run: &Run, numbers: &mut Numbers) -> Panel {
    let readings = run.readings(&mut observer.test_pass);
    let pairs = run.data().test.labels.iter().zip(&readings).map(|(&truth, reading)| [truth, reading.output]);
    let pairs: Vec<[f32; 2]> = pairs.collect();
    let drawn = pairs.len().min(POINTS);
    let errors = pairs.iter().map(|[truth, said]| (said - truth).abs()).filter(|error| error.is_finite());
    let summary = match errors.reduce(f32::max) {
        None => "There is no number to tell of the test items.".into(),
        Some(worst) => format!(
            "{} test items; the largest error is {}. On the dashed line every prediction would be right.",
            count(pairs.len()),
            significant(worst, 2)
        ),
    };
    let labels = ["true", "predicted"].map(String::from);
    let note = if drawn < pairs.len() { format!("the first {} drawn", count(drawn)) } else { String::new() };
    let figure = Scatter { labels, pairs: numbers.add(pairs.into_iter().take(drawn).flatten()) };
    panel("confusion", note, summary, Figure::Scatter(figure))
}

/// The network with a tile for each neuron.
pub(super) fn network(observer: &mut GradientsObserver, run: &Run, numbers: &mut Numbers) -> Panel {
    let plane = &mut observer.plane;
    plane.update(run);
    let blocks = blocks::of(&run.current().network);
    let depth = blocks.len() - 1;
    let column =
        |label: String, units: usize, ends: [f32; 2]| Column { label, tiles: units.min(TILES), units, ends };
    let features = run.input_shape()[0];
    let mut columns = vec![column("in".into(), features, [-plane.extent, plane.extent])];
    for (index, block) in blocks.iter().enumerate() {
        let label = if index == depth { "out".into() } else { (index + 1).to_string() };
        columns.push(column(label, block.dense.units, span(block)));
    }
    let tile_side = plane.side / 2;
    let mut tiles = Vec::new();
    for feature in 0..features.min(TILES) {
        tile(&plane.inputs, features, feature, plane.side, &mut tiles);
    }
    for block in &blocks {
        let units = block.dense.units;
        for unit in 0..units.min(TILES) {
            tile(&plane.pass.traces[block.end].output, units, unit, plane.side, &mut tiles);
        }
    }
    let links = links(run);
    let strongest = links.chunks_exact(4).fold(1.0_f32, |most, link| most.max(link[3].abs()));
    let mut kinds: Vec<&str> = blocks[..depth].iter().map(|block| block.dense.activation.label()).collect();
    kinds.dedup();
    let summary = format!(
        "Network of {depth} hidden layers, {} neurons in the first, {}.",
        blocks[0].dense.units,
        kinds.join(", ")
    );
    let figure = Diagram {
        columns,
        inputs: run.data().names.inputs.clone(),
        side: tile_side,
        tiles: numbers.add(tiles),
        links: numbers.add(links),
        strongest,
    };
    panel("network", String::new(), summary, Figure::Diagram(figure))
}

/// One neuron's outputs over the plane, every second cell of the grid in both directions.
fn tile(outputs: &[f32], units: usize, unit: usize, side: usize, tiles: &mut Vec<f32>) {
    for row in (0..side).step_by(2) {
        tiles.extend((0..side).step_by(2).map(|column| outputs[(row * side + column) * units + unit]));
    }
}

/// Outputs that the colours of a tile reach from and to.
pub(super) fn span(block: &Block) -> [f32; 2] {
    match block.dense.activation {
        _ if block.normalization.is_some() || block.skip.is_some() => [-2.0, 2.0],
        Activation::Sigmoid | Activation::HardSigmoid | Activation::Softmax => [0.0, 1.0],
        Activation::Tanh | Activation::Softsign => [-1.0, 1.0],
        _ => [-2.0, 2.0],
    }
}

/// The strongest links into each neuron that is drawn, from those that are drawn.
fn links(run: &Run) -> Vec<f32> {
    let network = run.network();
    let mut links = Vec::new();
    for (index, slot) in network.kernels().enumerate() {
        let (inputs, units) = (slot.shape[0], slot.shape[1]);
        let kernel = &network.weights[slot.range.clone()];
        for target in 0..units.min(TILES) {
            let mut sources: Vec<usize> = (0..inputs.min(TILES)).collect();
            let weight = |source: usize| kernel[source * units + target];
            sources.sort_by(|a, b| weight(*b).abs().total_cmp(&weight(*a).abs()));
            for &source in sources.iter().take(LINKS) {
                links.extend([(index + 1) as f32, source as f32, target as f32, weight(source)]);
            }
        }
    }
    links
}
