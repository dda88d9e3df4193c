//! Where the code of a network lies: the layer through which everything must pass.

use crate::nn::LayerConfig;
use crate::train::Experiment;

/// The numbers that an item is pressed into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Code {
    /// Index of the layer that gives it.
    pub layer: usize,
    /// How many numbers it has.
    pub units: usize,
    /// Whether it is drawn at random in training, from a mean and a spread.
    pub is_sampled: bool,
}

impl Code {
    /// What a variational network draws; else of the dense layers before the output the narrowest, the first of several.
    pub fn of(experiment: &Experiment) -> Option<Self> {
        let layers = &experiment.network.layers;
        let units = |layer: &LayerConfig| LayerConfig::as_dense(layer).map(|dense| dense.units);
        if let Some(layer) = layers.iter().position(|layer| layer.kind() == "sampling")
            && let Some(units) = layer.checked_sub(1).and_then(|before| units(&layers[before]))
        {
            return Some(Self { layer, units: units / 2, is_sampled: true });
        }
        let hidden = layers[..layers.len() - 1].iter().enumerate();
        let narrow = hidden.filter_map(|(layer, config)| Some((layer, units(config)?)));
        let (layer, units) = narrow.min_by_key(|(_, units)| *units)?;
        Some(Self { layer, units, is_sampled: false })
    }

    /// Index of the dense layer whose units decide how large it is.
    pub fn set_by(&self) -> usize {
        self.layer - usize::from(self.is_sampled)
    }
}
