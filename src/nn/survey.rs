//! A network looked over before it is made: what each layer gives, costs and sees, up to the first that
//! cannot be built. [`super::Network::check`] refuses such a network; this tells how far it is right.

use super::layers::Layer;
use super::network::{build, size, unique_name};
use super::{LayerConfig, NetworkConfig};
use crate::error::Error;

/// The layers of a network as far as they can be built; it has no weights.
pub struct Survey {
    layers: Vec<Box<dyn Layer>>,
    input_shape: Vec<usize>,
    /// What each layer that can be built gives and costs.
    pub costs: Vec<Cost>,
    /// Why the layer after those cannot be built, as the layer itself says it.
    pub refusal: Option<Error>,
}

/// What a layer gives and what that takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Keras' name: `conv2d_1`.
    pub name: String,
    /// Shape of its output, without the batch axis.
    pub shape: Vec<usize>,
    /// Numbers it learns or keeps; a kernel that is another's counts there.
    pub weights: usize,
    /// Products of inputs and weights that are summed for one item.
    pub multiply_adds: usize,
    /// Numbers it gives for one item.
    pub outputs: usize,
}

impl Survey {
    /// Looks over the layers for inputs of `input_shape` (without the batch axis).
    #[must_use]
    pub fn new(layers: &[LayerConfig], input_shape: &[usize]) -> Self {
        let mut survey =
            Self { layers: Vec::new(), input_shape: input_shape.to_vec(), costs: Vec::new(), refusal: None };
        let (mut names, mut shapes) = (Vec::new(), Vec::new());
        for config in layers {
            let mut layer = config.layer();
            let shape = match build(&mut *layer, input_shape, (&survey.layers, &shapes)) {
                Ok(shape) => shape,
                Err(error) => {
                    survey.refusal = Some(error);
                    break;
                }
            };
            shapes.push(shape.clone());
            let weights = layer.weights().into_iter();
            names.push(unique_name(config.kind(), &names));
            survey.costs.push(Cost {
                name: names.last().cloned().unwrap_or_default(),
                weights: weights.filter(|spec| spec.tied.is_none()).map(|spec| size(&spec.shape)).sum(),
                multiply_adds: layer.multiply_adds(),
                outputs: size(&shape),
                shape,
            });
            survey.layers.push(layer);
        }
        survey
    }

    /// The same for a whole network.
    #[must_use]
    pub fn of(network: &NetworkConfig, input_shape: &[usize]) -> Self {
        Self::new(&network.layers, input_shape)
    }

    /// What a part of the output of the layer at `index` is made of: of the input first, then of every
    /// layer before it; each as first row, first column, rows and columns, none where there is no image, or where
    /// nothing of it is seen: between the windows of a transposed convolution there is its bias alone.
    #[must_use]
    pub fn fields(&self, index: usize, mut part: [usize; 4]) -> Vec<Option<[usize; 4]>> {
        let mut fields = vec![None; index + 1];
        for layer in (0..=index).rev() {
            let before = if layer == 0 { &self.input_shape } else { &self.costs[layer - 1].shape };
            let &[height, width, _] = before.as_slice() else { continue };
            part = self.layers[layer].sees(part).unwrap_or([0, 0, height, width]);
            if part[2] * part[3] == 0 {
                break;
            }
            fields[layer] = Some(part);
        }
        fields
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn survey(layers: serde_json::Value) -> Survey {
        let layers: Vec<LayerConfig> = serde_json::from_value(layers).expect("layers");
        Survey::new(&layers, &[28, 28, 1])
    }

    #[test]
    fn costs_are_those_counted_by_hand() {
        let survey = survey(json!([
            { "type": "conv2d", "filters": 8, "kernel_size": 3 },
            { "type": "max_pooling2d" },
            { "type": "conv2d", "filters": 4, "kernel_size": 5, "strides": 2, "padding": "same" },
            { "type": "flatten" },
            { "type": "dense", "units": 10 },
        ]));
        let counted: Vec<_> =
            survey.costs.iter().map(|cost| (cost.weights, cost.multiply_adds, cost.outputs)).collect();
        assert_eq!(
            counted,
            [
                // 3·3·1 weights and a bias for each filter; 26·26 places.
                (8 * 10, 26 * 26 * 9 * 8, 26 * 26 * 8),
                (0, 0, 13 * 13 * 8),
                // 5·5·8 weights and a bias; every second of 13 places.
                (4 * 201, 7 * 7 * 200 * 4, 7 * 7 * 4),
                (0, 0, 196),
                (197 * 10, 196 * 10, 10),
            ]
        );
        assert_eq!(survey.costs[2].name, "conv2d_1");
    }

    #[test]
    fn a_kernel_that_is_tied_counts_once() {
        let survey = survey(json!([
            { "type": "flatten" },
            { "type": "dense", "units": 32 },
            { "type": "dense", "units": 784, "tied": 1 },
            { "type": "dense", "units": 784, "tied": 2 },
        ]));
        let weights: Vec<usize> = survey.costs.iter().map(|cost| cost.weights).collect();
        assert_eq!(weights, [0, 785 * 32, 784], "of the second its bias alone");
        let refusal = survey.refusal.expect("784 inputs").to_string();
        assert!(refusal.starts_with("tied is 2, but must be"), "{refusal}");
    }

    #[test]
    fn the_layer_that_cannot_be_built_is_the_one_after_the_last_cost() {
        let survey = survey(json!([
            { "type": "conv2d", "filters": 8, "kernel_size": 3 },
            { "type": "dense", "units": 10 },
            { "type": "flatten" },
        ]));
        assert_eq!(survey.costs.len(), 1);
        assert!(survey.refusal.expect("a reason").to_string().contains("flatten before it"));
    }

    #[test]
    fn a_field_grows_from_layer_to_layer() {
        let survey = survey(json!([
            { "type": "conv2d", "filters": 8, "kernel_size": 3 },
            { "type": "max_pooling2d" },
            { "type": "conv2d", "filters": 8, "kernel_size": 3, "padding": "same" },
            { "type": "flatten" },
            { "type": "dense", "units": 10 },
        ]));
        assert_eq!(
            survey.fields(2, [5, 6, 1, 1]),
            [Some([8, 10, 8, 8]), Some([8, 10, 6, 6]), Some([4, 5, 3, 3])]
        );
        assert_eq!(survey.fields(4, [0, 0, 1, 1])[0], Some([0, 0, 28, 28]), "a dense unit sees all");
    }

    #[test]
    fn what_grows_again_is_counted_and_sees_as_much_as_it_is_made_of() {
        let survey = survey(json!([
            { "type": "max_pooling2d", "pool_size": 4 },
            { "type": "reshape", "target_shape": [7, 7, 1] },
            { "type": "conv2d_transpose", "filters": 3, "kernel_size": 3, "strides": 2, "padding": "same" },
            { "type": "up_sampling2d" },
            { "type": "conv2d", "filters": 2, "kernel_size": 3, "padding": "same" },
        ]));
        let counted: Vec<_> =
            survey.costs.iter().map(|cost| (cost.weights, cost.multiply_adds, cost.outputs)).collect();
        // Each of 7·7 cells is laid down 3·3·3 times.
        assert_eq!(counted[1..4], [(0, 0, 49), (30, 49 * 27, 14 * 14 * 3), (0, 0, 28 * 28 * 3)]);
        assert_eq!(survey.costs[4].name, "conv2d");
        // Rows 4 to 6 of 28, 2 and 3 of 14; the windows of cells 1 (rows 2, 3, 4 of the output) and 0 (0, 1, 2).
        let fields = survey.fields(4, [5, 5, 1, 1]);
        assert_eq!(fields[2..], [Some([0, 0, 2, 2]), Some([2, 2, 2, 2]), Some([4, 4, 3, 3])]);
        assert_eq!(fields[..2], [Some([0, 0, 8, 8]), Some([0, 0, 2, 2])]);
    }

    #[test]
    fn a_cell_that_no_window_is_laid_on_sees_nothing() {
        let survey = survey(json!([
            { "type": "conv2d", "filters": 2, "kernel_size": 3 },
            { "type": "conv2d_transpose", "filters": 2, "kernel_size": 2, "strides": 3 },
        ]));
        assert_eq!(survey.fields(1, [4, 4, 1, 1]), [Some([1, 1, 3, 3]), Some([1, 1, 1, 1])]);
        assert_eq!(survey.fields(1, [4, 5, 1, 1]), [None, None]);
    }
}
