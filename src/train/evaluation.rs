//! How a network does on items that it does not learn from: mean loss and metric.

use crate::data::Examples;
use crate::nn::{Loss, Mode, Network, Pass};
use std::ops::Range;

/// Pictures that pass through a network at once when it is evaluated, at most.
const PICTURES_AT_ONCE: usize = 256;
/// Numbers that all layers together then give, about: kept twice, 800 kB. The test loss of pictures is a mean over
/// such parts, each rounded, so another number here may change its last bit.
const OUTPUTS_AT_ONCE: usize = 100_000;

/// How the network does on items that it does not train on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evaluation {
    pub loss: f32,
    /// Accuracy for classes, mean absolute error for regression.
    pub metric: f32,
}

/// What a network takes one item for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    pub class: usize,
    /// The output of that class: its probability where the outputs are.
    pub output: f32,
}

/// Mean loss and metric over `examples`, of which there is at least one; `targets` are
/// `[items, outputs]`, `classes` is 0 for regression.
pub(super) fn evaluate(
    (network, loss): (&Network, Loss),
    (examples, targets): (&Examples, &[f32]),
    classes: usize,
    pass: &mut Pass,
) -> Evaluation {
    let (items, outputs) = (examples.len(), network.outputs());
    let (mut loss_sum, mut metric_sum) = (0.0, 0.0);
    for_each_chunk(network, examples, pass, |chunk, pass| {
        let targets = &targets[outputs * chunk.start..outputs * chunk.end];
        // Exact for a single chunk, so that the mean over points is that of the loss itself.
        loss_sum += f64::from(network.loss(targets, pass)) * chunk.len() as f64;
        metric_sum += if classes == 0 {
            let labels = examples.labels.iter().skip(chunk.start);
            pass.output().iter().zip(labels).map(|(y, t)| (y - t).abs()).sum::<f32>()
        } else {
            right(loss, outputs, &chunk, examples, pass) as f32
        };
    });
    Evaluation { loss: (loss_sum / items as f64) as f32, metric: metric_sum / items as f32 }
}

/// Number of items whose class the network tells rightly.
pub(super) fn count_right(network: &Network, loss: Loss, examples: &Examples) -> usize {
    let mut count = 0;
    for_each_chunk(network, examples, &mut Pass::default(), |chunk, pass| {
        count += right(loss, network.outputs(), &chunk, examples, pass);
    });
    count
}

fn right(loss: Loss, outputs: usize, chunk: &Range<usize>, examples: &Examples, pass: &Pass) -> usize {
    let rows = pass.output().chunks_exact(outputs);
    let labels = examples.labels.iter().skip(chunk.start);
    rows.zip(labels).filter(|(row, label)| class_of(loss, row) == **label as usize).count()
}

/// What the network takes each item for.
pub(super) fn readings(
    (network, loss): (&Network, Loss),
    examples: &Examples,
    pass: &mut Pass,
) -> Vec<Reading> {
    let mut readings = Vec::with_capacity(examples.len());
    for_each_chunk(network, examples, pass, |_, pass| {
        let rows = pass.output().chunks_exact(network.outputs());
        readings.extend(rows.map(|row| {
            let class = class_of(loss, row);
            // A single output speaks of class 1.
            let output = row.get(class).copied().unwrap_or(row[0]);
            Reading { class, output }
        }));
    });
    readings
}

/// Pictures that may pass through the network at once, so that what its layers keep of them stays small.
#[must_use]
pub fn pictures_at_once(network: &Network) -> usize {
    (OUTPUTS_AT_ONCE / network.units().iter().sum::<usize>().max(1)).clamp(1, PICTURES_AT_ONCE)
}

/// Passes all items through the network: points at once, pictures some at a time.
fn for_each_chunk(
    network: &Network,
    examples: &Examples,
    pass: &mut Pass,
    mut visit: impl FnMut(Range<usize>, &Pass),
) {
    pass.mode = Mode::Inference;
    if examples.pictures().is_none() {
        network.forward(examples.features(), pass);
        return visit(0..examples.len(), pass);
    }
    let size: usize = examples.input_shape().iter().product();
    let at_once = pictures_at_once(network);
    let mut inputs = Vec::new();
    for start in (0..examples.len()).step_by(at_once) {
        let chunk = start..(start + at_once).min(examples.len());
        inputs.resize(size * chunk.len(), 0.0);
        let places = inputs.chunks_exact_mut(size);
        chunk.clone().zip(places).for_each(|(item, input)| examples.copy_item(item, input));
        network.forward(&inputs, pass);
        visit(chunk, pass);
    }
}

/// The class that a row of outputs stands for.
pub(super) fn class_of(loss: Loss, row: &[f32]) -> usize {
    match row {
        &[output] => usize::from(output > threshold(loss)),
        _ => likeliest(row),
    }
}

/// The place of the largest number of a row, the first of several.
#[must_use]
pub fn likeliest(row: &[f32]) -> usize {
    (1..row.len()).fold(0, |best, class| if row[class] > row[best] { class } else { best })
}

/// The single output above which class 1 is meant.
pub(super) fn threshold(loss: Loss) -> f32 {
    if loss == Loss::Hinge { 0.0 } else { 0.5 }
}
