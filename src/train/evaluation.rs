//! How a network does on items that it does not learn from: mean loss and metric.

use crate::data::{DataConfig, Examples, Targets};
use crate::error::Result;
use crate::nn::{Loss, Mode, Network, Pass};
use crate::tensor::all_finite;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Pictures or sequences that pass through a network at once when it is evaluated, at most.
const PICTURES_AT_ONCE: usize = 256;
/// Numbers that all layers together then give, about: kept twice, 800 kB. The test loss of pictures is a mean over
/// such parts, each rounded, so another number here may change its last bit.
const OUTPUTS_AT_ONCE: usize = 100_000;
/// Numbers that recurrent layers then keep of all steps, at most: 16 MB.
const KEPT_AT_ONCE: usize = 4_000_000;

/// What is measured on test items beside the loss, the same whatever the loss is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Share of the items whose class is told rightly; where each has several, one for every of its last steps, of all those.
    Accuracy,
    /// Mean of |y − t|, for regression.
    MeanAbsoluteError,
    /// Mean of (y − x)² over all outputs, for networks that give back their inputs.
    MeanSquaredError,
}

impl Metric {
    /// That of what `data` has a network learn.
    ///
    /// # Errors
    /// As [`DataConfig::set`].
    pub fn of(data: &DataConfig) -> Result<Self> {
        Ok(match (data.targets, data.classes()?) {
            (Targets::Inputs | Targets::Joint, _) => Self::MeanSquaredError,
            (Targets::Labels, 0) => Self::MeanAbsoluteError,
            (Targets::Labels, _) => Self::Accuracy,
        })
    }

    /// As Keras writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::MeanAbsoluteError => "mean_absolute_error",
            Self::MeanSquaredError => "mean_squared_error",
        }
    }
}

/// How the network does on items that it does not train on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    pub loss: f32,
    /// The [`Metric`] of the data; NaN where an output is no finite number, since then nothing is measured.
    pub metric: f32,
}

/// What a network takes one item for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// None where an output is no finite number.
    pub class: Option<usize>,
    /// The output of that class: its probability where the outputs are.
    pub output: f32,
}

/// What the outputs for test items are compared with.
#[derive(Clone, Copy)]
pub(super) enum Compared<'a> {
    /// The labels.
    WithLabels,
    /// The items themselves, which the network is given as they are or else spoiled.
    WithInputs(Option<&'a Spoil<'a>>),
}

/// Spoils the item of a number.
pub(super) type Spoil<'a> = dyn Fn(usize, &mut [f32]) + 'a;

/// Mean loss and metric over `examples`, of which there is at least one.
pub(super) fn evaluate(
    (network, loss): (&Network, Loss),
    (examples, compared): (&Examples, Compared),
    metric: Metric,
    pass: &mut Pass,
) -> Evaluation {
    let (items, outputs) = (examples.len(), network.outputs());
    let (mut loss_sum, mut metric_sum) = (0.0, 0.0);
    let spoil = if let Compared::WithInputs(spoil) = compared { spoil } else { None };
    // Of a part at a time: rows of classes for every step of many sequences would take a gigabyte.
    let mut of_labels = Vec::new();
    for_each_chunk(network, (examples, spoil), pass, |chunk, inputs, pass| {
        let targets = match compared {
            Compared::WithLabels => {
                examples.write_targets(chunk.clone(), outputs, &mut of_labels);
                &of_labels
            }
            Compared::WithInputs(_) => inputs,
        };
        // Exact for a single chunk, so that the mean over points is that of the loss itself.
        loss_sum += f64::from(network.loss(targets, pass)) * chunk.len() as f64;
        metric_sum += match metric {
            _ if !all_finite(pass.output()) => f32::NAN,
            Metric::Accuracy => {
                let labels = examples.labels_per_item() as f32;
                right(loss, outputs, &chunk, examples, pass) as f32 / labels
            }
            Metric::MeanAbsoluteError => {
                pass.output().iter().zip(targets).map(|(y, t)| (y - t).abs()).sum::<f32>()
            }
            Metric::MeanSquaredError => {
                let mean = Loss::MeanSquaredError.evaluate(pass.output(), targets, outputs, None);
                mean * chunk.len() as f32
            }
        };
    });
    Evaluation { loss: (loss_sum / items as f64) as f32, metric: metric_sum / items as f32 }
}

/// Number of labels that the network tells rightly.
pub(super) fn count_right(network: &Network, loss: Loss, examples: &Examples) -> usize {
    let mut count = 0;
    for_each_chunk(network, (examples, None), &mut Pass::default(), |chunk, _, pass| {
        count += right(loss, network.outputs(), &chunk, examples, pass);
    });
    count
}

/// Number of labels that are told rightly: of a sequence there may be several.
fn right(loss: Loss, outputs: usize, chunk: &Range<usize>, examples: &Examples, pass: &Pass) -> usize {
    let size = examples.labels_per_item();
    let rows = pass.output().chunks_exact(outputs / size);
    let labels = &examples.all_labels()[size * chunk.start..];
    rows.zip(labels).filter(|(row, label)| class_of(loss, row) == Some(**label as usize)).count()
}

/// What the network takes each item for; where it has several labels, each of them.
pub(super) fn readings(
    (network, loss): (&Network, Loss),
    examples: &Examples,
    pass: &mut Pass,
) -> Vec<Reading> {
    let mut readings = Vec::with_capacity(examples.all_labels().len());
    for_each_chunk(network, (examples, None), pass, |_, _, pass| {
        let rows = pass.output().chunks_exact(network.outputs() / examples.labels_per_item());
        readings.extend(rows.map(|row| {
            let class = class_of(loss, row);
            // A single output speaks of class 1.
            let output = class.and_then(|class| row.get(class)).copied().unwrap_or(row[0]);
            Reading { class, output }
        }));
    });
    readings
}

/// Pictures or sequences that may pass through the network at once, so that what its layers keep of them stays small.
#[must_use]
pub fn pictures_at_once(network: &Network) -> usize {
    let by_outputs = OUTPUTS_AT_ONCE / network.units().iter().sum::<usize>().max(1);
    let by_steps = KEPT_AT_ONCE / network.kept_of_an_item().max(1);
    by_outputs.min(by_steps).clamp(1, PICTURES_AT_ONCE)
}

/// Passes all items through the network, points at once, all others some at a time, spoiled where that is asked for; `visit`
/// is given the items, what they were before that, and the pass.
pub(super) fn for_each_chunk(
    network: &Network,
    (examples, spoil): (&Examples, Option<&Spoil>),
    pass: &mut Pass,
    mut visit: impl FnMut(Range<usize>, &[f32], &Pass),
) {
    pass.mode = Mode::Inference;
    let are_numbers = examples.are_numbers();
    if examples.is_of_rows() && spoil.is_none() {
        network.forward(examples.features(), pass);
        return visit(0..examples.len(), examples.features(), pass);
    }
    let size: usize = examples.input_shape().iter().product();
    let at_once = if are_numbers { examples.len().max(1) } else { pictures_at_once(network) };
    let (mut inputs, mut spoiled) = (Vec::new(), Vec::new());
    for start in (0..examples.len()).step_by(at_once) {
        let chunk = start..(start + at_once).min(examples.len());
        inputs.resize(size * chunk.len(), 0.0);
        let places = inputs.chunks_exact_mut(size);
        chunk.clone().zip(places).for_each(|(item, input)| examples.copy_item(item, input));
        if let Some(spoil) = spoil {
            spoiled.clone_from(&inputs);
            chunk.clone().zip(spoiled.chunks_exact_mut(size)).for_each(|(item, input)| spoil(item, input));
        }
        network.forward(if spoil.is_some() { &spoiled } else { &inputs }, pass);
        visit(chunk, &inputs, pass);
    }
}

/// The class that a row of outputs stands for; none where one of them is no finite number: that says nothing, and is
/// never right.
pub(super) fn class_of(loss: Loss, row: &[f32]) -> Option<usize> {
    match row {
        _ if !row.iter().all(|output| output.is_finite()) => None,
        &[output] => Some(usize::from(output > threshold(loss))),
        _ => Some(likeliest(row)),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::{Experiment, Run};
    use serde_json::json;

    #[test]
    fn what_is_no_finite_number_is_no_class() {
        let (binary, many) = (Loss::BinaryCrossentropy, Loss::CategoricalCrossentropy);
        for (loss, row, class) in [
            (binary, &[0.5][..], Some(0)),
            (binary, &[0.6], Some(1)),
            (binary, &[f32::NAN], None),
            (Loss::Hinge, &[f32::INFINITY], None),
            (Loss::Hinge, &[-0.1], Some(0)),
            (many, &[0.2, 0.5, 0.3], Some(1)),
            (many, &[0.2, f32::NAN, 0.3], None),
            (many, &[f32::NAN, 0.9, 0.3], None),
            (many, &[0.2, 0.1, f32::INFINITY], None),
        ] {
            assert_eq!(class_of(loss, row), class, "{row:?}");
        }
    }

    /// A network whose weights are past `f32` is right about nothing, neither in the test accuracy nor item by item.
    #[test]
    fn a_network_that_gives_no_numbers_is_right_about_nothing() {
        for (classes, units, activation, loss) in
            [(2, 1, "sigmoid", "binary_crossentropy"), (3, 3, "softmax", "categorical_crossentropy")]
        {
            let experiment = json!({ "version": 1, "lab": "gradients", "seed": 1,
                "data": { "name": "spiral", "classes": classes },
                "network": { "layers": [{ "type": "dense", "units": 4, "activation": "relu" },
                    { "type": "dense", "units": units, "activation": activation }] },
                "loss": loss, "optimizer": { "name": "sgd", "learning_rate": 0.1 }, "batch_size": 32 });
            let run = Run::new(Experiment::from_value(experiment).expect("valid")).expect("valid");
            let (config, loss) = (&run.current().network, run.current().loss);
            let mut network = Network::new(config, run.input_shape(), loss, 1).expect("valid");
            network.weights.fill(f32::NAN);
            let right = count_right(&network, loss, &run.data().test);
            assert_eq!(right, 0, "of {} with {classes} classes", run.data().test.len());
            let test = (&run.data().test, Compared::WithLabels);
            let tested = evaluate((&network, loss), test, Metric::Accuracy, &mut Pass::default());
            assert!(tested.metric.is_nan(), "nothing is measured, not 0: {tested:?}");
            let readings = readings((&network, loss), &run.data().test, &mut Pass::default());
            assert!(readings.iter().all(|reading| reading.class.is_none()), "{classes} classes");
        }
    }
}
