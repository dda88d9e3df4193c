//! The digit model that ships: its network, and its weights as where a run may start from.
//! `glassbox train-digits` writes it; `www/models/README.md` says how it was made and what it does.

use super::{Experiment, Model};
use crate::error::{Error, Result};
use crate::nn::{LayerConfig, Network};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::OnceLock;

/// Where the weights of a run start from, instead of being drawn from its seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InitialWeights {
    /// The digit model that ships.
    Digits,
    /// A model file that is given along with the experiment, see [`super::Run::with_model`].
    Model,
}

/// The layers of the digit model: 43,050 weights, 2.5 million multiply-adds a picture.
#[must_use]
pub fn layers() -> Vec<LayerConfig> {
    let conv = |filters: usize, size: usize, padding: &str| {
        json!({ "type": "conv2d", "filters": filters, "kernel_size": size, "padding": padding, "activation": "relu",
                "kernel_initializer": "he_normal" })
    };
    let pool = || json!({ "type": "max_pooling2d" });
    let layers = json!([
        conv(16, 5, "valid"),
        pool(),
        conv(32, 3, "same"),
        conv(32, 3, "same"),
        pool(),
        conv(64, 3, "valid"),
        { "type": "flatten" },
        { "type": "dense", "units": 10, "activation": "softmax" },
    ]);
    serde_json::from_value(layers).expect("the layers are tested")
}

impl InitialWeights {
    /// Passes when a network whose arrays have these shapes can take the weights.
    ///
    /// # Errors
    /// [`Error::Setting`] for other shapes.
    pub(super) fn ensure_fit(self, weight_shapes: &[Vec<usize>]) -> Result<()> {
        // Those of a file are compared once it is there.
        if self == Self::Digits && shipped().0 != weight_shapes {
            let allowed = "left out for a network whose layers are not those of the digit model";
            return Err(Error::setting("initial_weights", "digits", allowed));
        }
        Ok(())
    }

    /// Puts the weights into a network, those of the digit model or of the file that is given.
    ///
    /// # Errors
    /// [`Error::Setting`] where a file is meant and none is given, or it is of another network.
    pub(super) fn give(self, network: &mut Network, given: Option<&Network>) -> Result<()> {
        let refused = |allowed: &str| Err(Error::setting("initial_weights", "model", allowed));
        match (self, given) {
            (Self::Digits, _) => network.weights.copy_from_slice(&shipped().1),
            (Self::Model, None) => return refused("digits or left out, until a model file is given"),
            (Self::Model, Some(given)) if shapes_of(given) != shapes_of(network) => {
                return refused("left out for a network whose layers are not those of the model file");
            }
            (Self::Model, Some(given)) => network.weights.copy_from_slice(&given.weights),
        }
        network.tie(); // to a kernel that is the transpose of another only here
        Ok(())
    }

    /// Whether the network of `experiment` can take the weights.
    #[must_use]
    pub fn fit(self, experiment: &Experiment) -> bool {
        let shapes = experiment.data.input_shape().and_then(|input_shape| {
            Network::weight_shapes(&experiment.network, &input_shape, experiment.loss)
        });
        shapes.is_ok_and(|shapes| self.ensure_fit(&shapes).is_ok())
    }
}

fn shapes_of(network: &Network) -> Vec<Vec<usize>> {
    network.slots().iter().map(|slot| slot.shape.clone()).collect()
}

/// Shapes and values of the weights, read once.
fn shipped() -> &'static (Vec<Vec<usize>>, Vec<f32>) {
    static MODEL: OnceLock<(Vec<Vec<usize>>, Vec<f32>)> = OnceLock::new();
    MODEL.get_or_init(|| {
        let file: &[u8] = include_bytes!("../../www/models/digits.safetensors");
        let network =
            Model::read("digits.safetensors", file).expect("the model that ships is tested").network;
        (shapes_of(&network), network.weights)
    })
}
