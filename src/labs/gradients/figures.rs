//! The figures of the gradients lab, filled with what was measured.

use super::blocks::{self, Block};
use super::observer::GradientsObserver;
use super::verdict::{Reach, reach};
use crate::labs::format::{count, layer_name, percent, power, significant, times};
use crate::labs::{
    BarSeries, Column, Diagram, Distribution, Figure, LayerBars, LayerMap, Numbers, Panel, Plane,
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
    pub(super) extent: f32,
    pub(super) side: usize,
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
    pub(super) fn new(run: &Run) -> Self {
        let data = run.data();
        let furthest = data.train.features().iter().chain(data.test.features());
        let extent = 1.08 * furthest.fold(1.0_f32, |most, x| most.max(x.abs())).min(6.0);
        // A small network can afford a fine grid; the worker spaces out what is costly, and a wide
        // one must not fill the memory: three buffers of rows times units.
        let units: usize = run.network().units().iter().sum();
        let fits = |side: &usize| {
            side * side * units <= 2_000_000 && run.network().weights.len() <= 800 * side * side
        };
        let side = [40, 24, 12, 8].into_iter().find(fits).unwrap_or(4);
        let at = |index: usize| extent * (2.0 * (index as f32 + 0.5) / side as f32 - 1.0);
        let inputs = (0..side * side).flat_map(|cell| [at(cell % side), -at(cell / side)]).collect();
        Self { extent, side, inputs, pass: Pass::default(), computed_at: None, points: points(run) }
    }

    /// Makes the next figure compute the plane anew.
    pub(super) fn forget(&mut self) {
        self.computed_at = None;
    }

    /// Computes it for the weights of now, once for each step.
    pub(super) fn update(&mut self, run: &Run) {
        if self.computed_at != Some(run.steps()) {
            run.network().forward(&self.inputs, &mut self.pass);
            self.computed_at = Some(run.steps());
        }
    }
}

/// Up to [`POINTS`] items: x, y, label, 1 for the test.
fn points(run: &Run) -> Arc<[f32]> {
    let data = run.data();
    let total = data.train.len() + data.test.len();
    let mut points = Vec::new();
    for (examples, is_test) in [(&data.train, 0.0), (&data.test, 1.0)] {
        let share = (examples.len() * POINTS.min(total)).div_ceil(total);
        for (item, &label) in examples.features().chunks_exact(2).zip(&examples.labels).take(share) {
            points.extend([item[0], item[1], label, is_test]);
        }
    }
    points.into()
}

pub(super) fn panel(id: &str, note: String, summary: String, figure: Figure) -> Panel {
    Panel { id: id.into(), note, summary, figure }
}

/// A bar for each layer: ‖∂L/∂kernel‖ of the last batch.
pub(super) fn gradients(observer: &GradientsObserver, numbers: &mut Numbers) -> Panel {
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
    let summary =
        format!("Gradient norm of each layer, from the first to the output: {}.", values.join(", "));
    let values = numbers.add(observer.now.iter().copied());
    let series = vec![BarSeries { lane: 0, values, finding }];
    let figure = LayerBars { label: "‖∂L/∂W‖".into(), series, decades: observer.decades.0 };
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
        decades: observer.decades.0,
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
pub(super) fn boundary(observer: &mut GradientsObserver, run: &Run, numbers: &mut Numbers) -> Panel {
    let plane = &mut observer.plane;
    plane.update(run);
    let (classes, outputs) = (run.data().classes, run.network().outputs());
    let threshold = run.threshold();
    let said = |row: &[f32]| match *row {
        [output] if classes == 0 => output,
        [output] => (output - threshold) * if threshold > 0.0 { 2.0 } else { 1.0 },
        [first, second] => second - first,
        _ => {
            let class = run.class_of(row);
            class as f32 + row[class].clamp(0.0, 1.0) * 0.999
        }
    };
    let values = numbers.add(plane.pass.output().chunks_exact(outputs).map(said));
    let note = observer.learning.evaluation.map_or_else(String::new, |e| match classes {
        0 => format!("test |error| {}", significant(f64::from(e.metric), 2)),
        _ => format!("test {}", percent(f64::from(e.metric))),
    });
    let set = run.current().data.set().map_or("", |set| set.label);
    let summary = format!("What the network says over the plane of {set}, with its items; {note}.");
    let points = numbers.add(plane.points.iter().copied());
    let is_probability = run.current().loss.logits_of().is_some();
    let figure = Plane { extent: plane.extent, side: plane.side, values, is_probability, classes, points };
    panel("boundary", note, summary, Figure::Plane(figure))
}

/// The network with a tile for each neuron.
pub(super) fn network(observer: &mut GradientsObserver, run: &Run, numbers: &mut Numbers) -> Panel {
    let plane = &mut observer.plane;
    plane.update(run);
    let blocks = blocks::of(&run.current().network);
    let depth = blocks.len() - 1;
    let column =
        |label: String, units: usize, ends: [f32; 2]| Column { label, tiles: units.min(TILES), units, ends };
    let mut columns = vec![column("in".into(), 2, [-plane.extent, plane.extent])];
    for (index, block) in blocks.iter().enumerate() {
        let label = if index == depth { "out".into() } else { (index + 1).to_string() };
        columns.push(column(label, block.dense.units, span(block)));
    }
    let tile_side = plane.side / 2;
    let mut tiles = Vec::new();
    for feature in 0..2 {
        tile(&plane.inputs, 2, feature, plane.side, &mut tiles);
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
    let figure =
        Diagram { columns, side: tile_side, tiles: numbers.add(tiles), links: numbers.add(links), strongest };
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
