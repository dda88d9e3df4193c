//! What can be set in the CNN lab, and what follows from each change.

use super::{data, networks};
use crate::data::{Augmentation, BatchSize, DataConfig, DataSet};
use crate::error::{Error, Result};
use crate::labs::control::{MIXED, common, optimizer_for_pictures, parsed};
use crate::labs::{Choice, Control, Kind};
use crate::nn::{Activation, LayerConfig, Network};
use crate::train::settings::Settings;
use crate::train::{Experiment, InitialWeights, OptimizerName, digits};
use serde_json::Value;

/// Every control, in the order of the page.
pub(super) fn all(experiment: &Experiment) -> Vec<Control> {
    let mut weights = vec![Choice::new("digits", "Trained"), Choice::new(Value::Null, "Fresh")];
    if experiment.initial_weights == Some(InitialWeights::Model) {
        weights.push(Choice::new("model", "Yours"));
    }
    let sizes = [200, 500, 1000, 2000, 5000, 10_000].map(|n: usize| Choice::new(n, n.to_string()));
    let items = experiment.training_items();
    let batches = [1_usize, 4, 8, 16, 32, 64, 128, 256].into_iter().filter(|size| *size < items);
    let batches = batches.map(|size| Choice::new(size, size.to_string())).collect();
    let optimizer = &experiment.optimizer;
    let mut controls = vec![
        Control::new(
            "initial_weights",
            "Start from weights",
            Kind::Segments { featured: 3 },
            weights,
            experiment.initial_weights,
        )
        .shown_first()
        .restarting(),
        Control::new(
            "activation",
            "Activation",
            Kind::Segments { featured: 3 },
            Choice::named(&Activation::ALL, Activation::label),
            common(hidden(experiment)),
        )
        .shown_first(),
        Control::new(
            "optimizer.learning_rate",
            "Learning rate",
            Kind::Slider,
            Choice::numbers([0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1]),
            optimizer.learning_rate(),
        ),
        Control::new(
            "optimizer.name",
            "Optimiser",
            Kind::Select,
            Choice::named(&OptimizerName::ALL, OptimizerName::label),
            optimizer.name,
        ),
        Control::new("batch_size", "Batch size", Kind::Slider, batches, experiment.batch_size),
    ];
    if !is_given(experiment) {
        let samples = &experiment.data.samples;
        let digits =
            Control::new("data.samples", "Digits to train on", Kind::Slider, sizes.to_vec(), samples);
        controls.push(digits.restarting());
    }
    controls.push(augmentation(experiment));
    let layers = &experiment.network.layers;
    controls.push(Control::new("network.layers", "Network", Kind::Layers, networks::all(), layers));
    controls
}

/// Whether the pictures come from outside, so that their number is what it is.
fn is_given(experiment: &Experiment) -> bool {
    experiment.data.set().is_ok_and(DataSet::is_given)
}

/// How pictures are changed each time they are trained on: few drawings become many.
fn augmentation(experiment: &Experiment) -> Control {
    let choices = AUGMENTATIONS.map(|(name, label)| Choice::new(name, label)).to_vec();
    let now = &experiment.data.augmentation;
    let name = AUGMENTATIONS.iter().find(|(name, _)| augmented(name) == *now).map_or(MIXED, |(name, _)| name);
    Control::new("augmentation", "Vary the pictures", Kind::Segments { featured: 3 }, choices, name)
        .restarting()
}

const AUGMENTATIONS: [(&str, &str); 3] = [("none", "No"), (LITTLE, "A little"), ("much", "Much")];

/// About as much as hands differ: 2,000 digits of the generator then teach what many more would.
pub(super) const LITTLE: &str = "little";

/// What a word of [`AUGMENTATIONS`] stands for.
pub(super) fn augmented(name: &str) -> Augmentation {
    let none = Augmentation::default();
    match name {
        LITTLE => Augmentation {
            shift: 1.0,
            rotation: 10.0,
            scale: 0.1,
            shear: 0.1,
            elastic: 1.0,
            thickness: 0.4,
            ..none
        },
        "much" => Augmentation {
            shift: 2.0,
            rotation: 15.0,
            scale: 0.15,
            shear: 0.2,
            elastic: 1.5,
            thickness: 0.3,
            ..none
        },
        _ => none,
    }
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
        "initial_weights" => {
            changed.initial_weights = parsed(key, value)?;
            if changed.initial_weights.is_some_and(|weights: InitialWeights| !weights.fit(&changed)) {
                changed.network.layers = digits::layers(); // trained weights come with their layers
            }
        }
        "network.layers" => return with_layers(experiment, value),
        "activation" => {
            let activation = parsed(key, value)?;
            let count = changed.network.layers.len() - 1;
            changed.network.layers[..count].iter_mut().for_each(|layer| layer.set_activation(activation));
        }
        "optimizer.name" => changed.optimizer = optimizer_for_pictures(parsed(key, value)?),
        "data.samples" => {
            changed.data.samples = parsed(key, value)?;
            let items = changed.training_items();
            if matches!(changed.batch_size, BatchSize::Items(size) if size > items) {
                changed.batch_size = BatchSize::Full;
            }
        }
        "data" => return data::on(experiment, parsed(key, value)?),
        "data.name" => return data::on(experiment, DataConfig::named(&parsed::<String>(key, value)?)),
        "augmentation" => {
            let name: String = parsed(key, value)?;
            if AUGMENTATIONS.iter().all(|(known, _)| *known != name) {
                let names = AUGMENTATIONS.map(|(name, _)| name).join(", ");
                return Err(Error::setting(key, name, format!("one of {names}")));
            }
            changed.data.augmentation = augmented(&name);
        }
        _ => return changed.with(&Settings::from([(key.to_owned(), value.clone())])),
    }
    Experiment::from_value(changed.to_value())
}

/// With other layers. Where the weights that ship do not fit, fresh ones are drawn; where they fit again,
/// they are taken again.
fn with_layers(experiment: &Experiment, layers: &Value) -> Result<Experiment> {
    let bare = Experiment { edits: Vec::new(), initial_weights: None, ..experiment.clone() };
    let changed = bare.with(&Settings::from([("network.layers".into(), layers.clone())]))?;
    let shapes = |of: &Experiment| {
        of.data.input_shape().and_then(|input| Network::weight_shapes(&of.network, &input, of.loss))
    };
    if experiment.initial_weights == Some(InitialWeights::Model) && shapes(experiment)? == shapes(&changed)? {
        return Ok(Experiment { initial_weights: experiment.initial_weights, ..changed });
    }
    let shipped = InitialWeights::Digits;
    let initial_weights = match (shipped.fit(experiment), shipped.fit(&changed)) {
        (_, false) => None,
        (false, true) => Some(shipped),
        (true, true) => experiment.initial_weights,
    };
    Ok(Experiment { initial_weights, ..changed })
}
