//! What follows for an experiment when it is to be trained on other pictures.

use crate::data::{BatchSize, DataConfig};
use crate::error::Result;
use crate::nn::LayerConfig;
use crate::train::{Experiment, InitialWeights};
use serde_json::{Value, json};

/// More pictures than this are not taken into one batch because a few were before.
const MOST_AT_ONCE: usize = 1_000;
/// Pictures in a batch, where nothing else is said.
const USUAL_BATCH: usize = 32;

/// `experiment` on other data: the outputs become those of its classes, weights that fit no more are drawn
/// afresh, and a network that is too deep for small pictures makes room for a smaller one.
///
/// # Errors
/// As [`Experiment::from_value`], for data that no network can be made for.
pub(super) fn on(experiment: &Experiment, data: DataConfig) -> Result<Experiment> {
    let augmentation = experiment.data.augmentation.clone();
    let mut changed =
        Experiment { edits: Vec::new(), data: DataConfig { augmentation, ..data }, ..experiment.clone() };
    changed.data.validate()?;
    let is_alike = changed.data.input_shape()? == experiment.data.input_shape()?
        && changed.data.classes()? == experiment.data.classes()?;
    if changed.initial_weights == Some(InitialWeights::Model) && !is_alike {
        changed.initial_weights = None;
    }
    let items = changed.training_items();
    match changed.batch_size {
        BatchSize::Items(size) if size > items => changed.batch_size = BatchSize::Full,
        BatchSize::Full if items > MOST_AT_ONCE => changed.batch_size = BatchSize::Items(USUAL_BATCH),
        _ => {}
    }
    let classes = changed.data.classes()?;
    if let Some(output) = changed.network.layers.last_mut().and_then(LayerConfig::as_dense_mut) {
        output.units = classes;
    }
    let as_it_is = Experiment::from_value(changed.to_value());
    if as_it_is.is_ok() {
        return as_it_is;
    }
    changed.initial_weights = None;
    Experiment::from_value(changed.to_value())
        .or_else(|_| Experiment::from_value(with_layers(&changed, small(classes))))
        .or_else(|_| Experiment::from_value(with_layers(&changed, tiny(classes))))
}

fn with_layers(experiment: &Experiment, layers: Value) -> Value {
    let mut value = experiment.to_value();
    value["network"]["layers"] = layers;
    value
}

/// One convolution and one pool, for pictures of 4 by 4 pixels and more.
fn small(classes: usize) -> Value {
    json!([
        { "type": "conv2d", "filters": 16, "kernel_size": 3, "padding": "same", "activation": "relu",
          "kernel_initializer": "he_normal" },
        { "type": "max_pooling2d" },
        { "type": "flatten" },
        { "type": "dense", "units": classes, "activation": "softmax" },
    ])
}

/// For pictures that leave no room for a pool.
fn tiny(classes: usize) -> Value {
    json!([{ "type": "flatten" }, { "type": "dense", "units": classes, "activation": "softmax" }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::{Lab, cnn::Cnn};

    fn pictures(size: [usize; 2], classes: usize, samples: usize) -> DataConfig {
        let image_size = Some(size).filter(|size| *size != [28, 28]);
        let classes = Some(classes).filter(|classes| *classes != 10);
        let augmentation = Cnn.defaults().data.augmentation;
        DataConfig { samples, classes, image_size, augmentation, ..DataConfig::named("files") }
    }

    #[test]
    fn there_is_a_network_for_pictures_of_any_size() {
        let defaults = Cnn.defaults();
        for size in [[1, 1], [1, 64], [2, 3], [5, 5], [9, 9], [20, 16], [64, 64]] {
            for classes in [2, 7, 10] {
                let data = pictures(size, classes, 50);
                let changed = on(&defaults, data.clone()).unwrap();
                assert_eq!((changed.data, changed.initial_weights), (data, None), "{size:?}");
            }
        }
        let kept = on(&defaults, pictures([28, 28], 10, 70_000)).unwrap();
        assert_eq!(
            (kept.initial_weights, kept.network),
            (defaults.initial_weights, defaults.network.clone())
        );
        let fewer = on(&defaults, pictures([28, 28], 3, 70_000)).unwrap();
        assert_eq!(fewer.initial_weights, None);
        assert_eq!(fewer.network.layers.len(), defaults.network.layers.len());
        assert!(on(&defaults, pictures([65, 2], 10, 50)).is_err());
    }

    #[test]
    fn a_batch_that_was_full_of_few_pictures_is_not_full_of_many() {
        let few = on(&Cnn.defaults(), pictures([28, 28], 10, 12)).unwrap();
        assert_eq!(few.batch_size, BatchSize::Full);
        let many = on(&few, pictures([28, 28], 10, 60_000)).unwrap();
        assert_eq!(many.batch_size, BatchSize::Items(32));
    }
}
