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
    /// Index of the dense layer whose units decide how large it is.
    pub set_by: usize,
}

impl Code {
    /// What a variational network draws; else of the dense layers before the output the narrowest, the first of several.
    pub fn of(experiment: &Experiment) -> Option<Self> {
        let layers = &experiment.network.layers;
        let units = |layer: &LayerConfig| LayerConfig::as_dense(layer).map(|dense| dense.units);
        let found = if let Some(layer) = layers.iter().position(|layer| layer.kind() == "sampling") {
            let set_by = (0..layer).rev().find(|&before| !layers[before].is_weightless())?;
            Self { layer, units: units(&layers[set_by])? / 2, set_by }
        } else {
            let hidden = layers[..layers.len() - 1].iter().enumerate();
            let narrow = hidden.filter_map(|(layer, config)| Some((layer, units(config)?)));
            let (layer, units) = narrow.min_by_key(|(_, units)| *units)?;
            Self { layer, units, set_by: layer }
        };
        // What a skip brings past it is not in it.
        let passes_by = |(to, layer): (usize, &LayerConfig)| match layer {
            LayerConfig::Add(add) => (to.saturating_sub(add.skip)..to).contains(&found.layer),
            _ => false,
        };
        (!layers.iter().enumerate().any(passes_by)).then_some(found)
    }

    /// Whether it is drawn at random in training, from a mean and a spread.
    pub fn is_sampled(&self) -> bool {
        self.set_by != self.layer
    }
}
