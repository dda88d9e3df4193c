//! One neuron looked into: what it gives over the plane, its sums in the last batch, its weights. And the weights,
//! gradients and updates of its whole layer as histograms.

use super::blocks::{self, Block};
use super::figures::{PlanePass, panel, span};
use crate::labs::format::{count, percent, power, significant};
use crate::labs::{
    Distribution, Figure, HistogramPart, Histograms, Numbers, Panel, Plane, Span, View, Weight, Weights,
};
use crate::nn::Slot;
use crate::train::statistics::{Histogram, SATURATED};
use crate::train::{Run, weight_key};

/// Bins of a histogram.
const BINS: usize = 40;

/// The neuron looked into.
pub(super) struct Neuron {
    block: Block,
    /// Index of its block, and of the neuron in it.
    layer: usize,
    unit: usize,
    /// As a sentence has it: "neuron 3 of layer 2".
    name: String,
}

impl Neuron {
    /// The one in focus, where there is one that this network has; else the first of the selected layer.
    pub(super) fn of(run: &Run, view: &View) -> Self {
        let mut blocks = blocks::of(&run.current().network);
        let there = view
            .focus
            .filter(|unit| blocks.get(unit.layer).is_some_and(|block| unit.map < block.dense.units));
        let first = view.layer.clamp(1, (blocks.len() - 1).max(1)) - 1;
        let (layer, unit) = there.map_or((first, 0), |unit| (unit.layer, unit.map));
        let is_output = layer + 1 == blocks.len();
        let name = match (is_output, blocks[layer].dense.units) {
            (true, 1) => "the output".into(),
            (true, _) => format!("output {}", unit + 1),
            _ => format!("neuron {} of layer {}", unit + 1, layer + 1),
        };
        Self { block: blocks.swap_remove(layer), layer, unit, name }
    }

    /// The figure "neuron": what it gives over the plane.
    pub(super) fn plane(&self, plane: &mut PlanePass, run: &Run, numbers: &mut Numbers) -> Panel {
        plane.update(run);
        let (units, [low, high]) = (self.block.dense.units, span(&Block::new(self.block.dense.clone())));
        let outputs = &plane.pass.traces[self.block.at].output;
        let share = |&value: &f32| ((2.0 * value - low - high) / (high - low)).clamp(-1.0, 1.0);
        let values = numbers.add(outputs.iter().skip(self.unit).step_by(units).map(share));
        let given = || outputs.iter().skip(self.unit).step_by(units).copied();
        let [least, most] =
            [given().fold(f32::INFINITY, f32::min), given().fold(f32::NEG_INFINITY, f32::max)];
        let note = format!("gives {} to {}", power(least), power(most));
        let summary = format!(
            "What {} gives over the plane: from {} to {}; the colours reach from {} to {}.",
            self.name,
            power(least),
            power(most),
            power(low),
            power(high)
        );
        let figure = Plane {
            extent: plane.extent,
            side: plane.side,
            values,
            is_probability: false,
            classes: (0..run.data().classes).map(|class| run.data().class_name(class)).collect(),
            axes: plane.names(run),
            inputs: Vec::new(),
            points: numbers.add(plane.points.iter().copied()),
            arrows: Span::default(),
            of_neuron: Some([low, high]),
        };
        panel("neuron", note, summary, Figure::Plane(figure))
    }

    /// The figure "sums": its pre-activations in the last batch under f and f′.
    pub(super) fn sums(&self, run: &Run, numbers: &mut Numbers) -> Panel {
        let units = self.block.dense.units;
        let trace = &run.pass().traces[self.block.at];
        let sums: Vec<f32> = trace.pre_activation.iter().skip(self.unit).step_by(units).copied().collect();
        let flat = trace.slopes().skip(self.unit).step_by(units).filter(|slope| slope.abs() < SATURATED);
        let share = flat.count() as f64 / sums.len().max(1) as f64;
        let most = sums.iter().filter(|z| z.is_finite()).fold(0.0_f32, |most, z| most.max(z.abs()));
        let extent = [4.0, 8.0, 16.0, 32.0].into_iter().find(|extent| most <= *extent).unwrap_or(64.0);
        let histogram = Histogram::new(&sums, -extent, extent, BINS);
        let activation = run.network().activation(self.block.at);
        let note = format!("{} {}", percent(share), activation.flat_word());
        let summary = format!(
            "Sums of {} for the {} items of the last batch: {note}; largest |z| {}.",
            self.name,
            count(sums.len()),
            significant(f64::from(most), 2)
        );
        let figure = Distribution {
            activation,
            low: -extent,
            high: extent,
            counts: numbers.add(histogram.counts),
            saturated_below: SATURATED,
        };
        panel("sums", note, summary, Figure::Distribution(figure))
    }

    /// The figure "weights": what it takes from each neuron before it, and its bias.
    pub(super) fn weights(&self, run: &Run, numbers: &mut Numbers) -> Panel {
        let network = run.network();
        let arrays = network.named_slots().filter(|(_, slot)| slot.layer == self.block.at);
        let (mut weights, mut values, mut grads) = (Vec::new(), Vec::new(), Vec::new());
        for (name, slot) in arrays {
            let from_kernel = slot.shape.len() == 2;
            for place in (slot.range.clone()).skip(self.unit).step_by(self.block.dense.units) {
                let index = (place - slot.range.start) / self.block.dense.units;
                let at = if from_kernel { vec![index, self.unit] } else { vec![self.unit] };
                let label = if from_kernel { self.source(run, index) } else { "bias".into() };
                weights.push(Weight { label, key: weight_key(&name, &at) });
                values.push(network.weights[place]);
                grads.push(run.gradients()[place]);
            }
        }
        let largest = values.iter().fold(0.0_f32, |most, w| most.max(w.abs()));
        let summary = format!(
            "The {} weights and the bias of {}; the largest magnitude is {}.",
            count(weights.len() - 1),
            self.name,
            significant(f64::from(largest), 3)
        );
        let note = self.name.clone();
        let figure = Weights {
            unit: [self.layer, self.unit],
            units: self.block.dense.units,
            weights,
            values: numbers.add(values),
            grads: numbers.add(grads),
        };
        panel("weights", note, summary, Figure::Weights(figure))
    }

    /// What weight number `index` is multiplied by.
    fn source(&self, run: &Run, index: usize) -> String {
        match (self.layer, index) {
            (0, index) => {
                run.data().names.inputs.get(index).cloned().unwrap_or_else(|| format!("input {}", index + 1))
            }
            (layer, index) => format!("layer {layer}, neuron {}", index + 1),
        }
    }
}

/// The figure "histograms": weights, gradients and update ratios of the kernel of a layer, counted from 1.
pub(super) fn histograms(run: &Run, layer: usize, numbers: &mut Numbers) -> Panel {
    let slot: &Slot = run.network().kernels().nth(layer - 1).expect("a layer of this network");
    let (now, before) =
        (&run.network().weights[slot.range.clone()], &run.weights_before()[slot.range.clone()]);
    let gradients = &run.gradients()[slot.range.clone()];
    // Of weights that are 0 there is no ratio, and of those that stood still no logarithm.
    let ratios = now.iter().zip(before).filter(|(now, before)| now != before && **before != 0.0);
    let ratios: Vec<f32> =
        ratios.map(|(now, before)| libm::log10f(((now - before) / before).abs())).collect();
    let still = now.len() - ratios.len();
    let mut part = |label: &str, values: &[f32]| {
        let Histogram { low, high, counts } = Histogram::fitted(values, BINS);
        HistogramPart { label: label.into(), low, high, counts: numbers.add(counts) }
    };
    let parts = vec![part("w", now), part("∂L/∂w", gradients), part("log₁₀ |Δw / w|", &ratios)];
    let mean = ratios.iter().map(|&log| f64::from(log)).sum::<f64>() / ratios.len().max(1) as f64;
    let moved = if ratios.is_empty() {
        "no weight has moved yet".to_owned()
    } else {
        format!("the last step moved them by {} of their size (geometric mean)", power(libm::exp10(mean)))
    };
    let extremes = |part: &HistogramPart| format!("from {} to {}", power(part.low), power(part.high));
    let summary = format!(
        "The {} weights of layer {layer} lie {}, their gradients {}; {moved}, {} stood still.",
        count(now.len()),
        extremes(&parts[0]),
        extremes(&parts[1]),
        count(still)
    );
    panel("histograms", format!("layer {layer}"), summary, Figure::Histograms(Histograms { parts }))
}
