//! What can be set in the autoencoder lab, and what follows from each change.

use super::code;
use crate::error::{Error, Result};
use crate::labs::control::{common, optimizer_for_pictures, parsed};
use crate::labs::{Choice, Control, Kind};
use crate::nn::{Activation, LayerConfig, Loss};
use crate::train::settings::Settings;
use crate::train::{Experiment, OptimizerName};
use serde_json::Value;

/// Numbers that a picture may have to pass through.
const CODES: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];
/// What compares outputs with inputs number by number.
const LOSSES: [Loss; 3] = [Loss::BinaryCrossentropy, Loss::MeanSquaredError, Loss::MeanAbsoluteError];

/// Every control, in the order of the page.
pub(super) fn all(experiment: &Experiment) -> Vec<Control> {
    let whole = |numbers: &[usize]| numbers.iter().map(|&n| Choice::new(n, n.to_string())).collect();
    let items = experiment.training_items();
    let batches: Vec<usize> =
        [1, 8, 16, 32, 64, 128, 256].into_iter().filter(|size| *size <= items).collect();
    let optimizer = &experiment.optimizer;
    let mut controls = Vec::new();
    if let Some((_, units)) = code(experiment) {
        let code = Control::new("code", "Code size", Kind::Slider, whole(&CODES), units);
        controls.push(code.shown_first().restarting());
    }
    controls.push(
        Control::new(
            "activation",
            "Activation",
            Kind::Segments { featured: 3 },
            Choice::named(&Activation::ALL, Activation::label),
            common(hidden(experiment)),
        )
        .shown_first(),
    );
    controls.push(Control::new(
        "optimizer.learning_rate",
        "Learning rate",
        Kind::Slider,
        Choice::numbers([0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1]),
        optimizer.learning_rate(),
    ));
    controls.push(Control::new(
        "optimizer.name",
        "Optimiser",
        Kind::Select,
        Choice::named(&OptimizerName::ALL, OptimizerName::label),
        optimizer.name,
    ));
    controls.push(Control::new("loss", "Loss", Kind::Select, losses(experiment), experiment.loss));
    controls.push(Control::new(
        "batch_size",
        "Batch size",
        Kind::Slider,
        whole(&batches),
        experiment.batch_size,
    ));
    if experiment.data.set().is_ok_and(|set| !set.is_given()) {
        let sizes = whole(&[500, 1000, 2000, 5000, 10_000]);
        let digits =
            Control::new("data.samples", "Digits to train on", Kind::Slider, sizes, experiment.data.samples);
        controls.push(digits.restarting());
    }
    controls
}

/// Those that the output layer allows: cross-entropy wants a sigmoid.
fn losses(experiment: &Experiment) -> Vec<Choice> {
    let output = experiment.network.layers.last().and_then(LayerConfig::activation);
    let fits = |loss: &Loss| loss.logits_of().is_none_or(|wanted| output == Some(wanted));
    let losses: Vec<Loss> = LOSSES.into_iter().filter(fits).collect();
    Choice::named(&losses, Loss::label)
}

/// Activations of the layers before the output that have one.
fn hidden(experiment: &Experiment) -> impl Iterator<Item = Activation> {
    let layers = &experiment.network.layers;
    layers[..layers.len() - 1].iter().filter_map(LayerConfig::activation)
}

/// `experiment` with a control set; see [`crate::labs::Lab::change`].
pub(super) fn change(experiment: &Experiment, key: &str, value: &Value) -> Result<Experiment> {
    let mut changed = Experiment { edits: Vec::new(), ..experiment.clone() };
    match key {
        "code" => {
            let layer = code(experiment).map(|(index, _)| &mut changed.network.layers[index]);
            let Some(dense) = layer.and_then(LayerConfig::as_dense_mut) else {
                let allowed = "left alone for a network without a dense layer before its output";
                return Err(Error::setting(key, value, allowed));
            };
            dense.units = parsed(key, value)?;
        }
        "activation" => {
            let activation = parsed(key, value)?;
            let count = changed.network.layers.len() - 1;
            changed.network.layers[..count].iter_mut().for_each(|layer| layer.set_activation(activation));
        }
        "optimizer.name" => changed.optimizer = optimizer_for_pictures(parsed(key, value)?),
        _ => return changed.with(&Settings::from([(key.to_owned(), value.clone())])),
    }
    Experiment::from_value(changed.to_value())
}
