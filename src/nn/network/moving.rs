//! A network that takes other settings while it trains: its layers stay, those between come and go, and what goes with
//! the weights follows them.

use super::{Network, NetworkConfig};
use crate::error::{Error, Result};
use crate::nn::Loss;
use std::ops::Range;

/// What stays of a layer when others come between and go again ([`LayerConfig::is_between`](crate::nn::LayerConfig::is_between)): the layers before it that
/// do not, its kind, and how many of that kind stand between it and the last of those.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub after: usize,
    pub kind: &'static str,
    pub nth: usize,
    pub is_between: bool,
}

/// Where the weights of a network that took other settings were before, layer by layer.
#[derive(Clone, Debug)]
pub struct Moved(Vec<(Range<usize>, Option<Range<usize>>)>);

impl Moved {
    /// Number of weights now.
    fn len(&self) -> usize {
        self.0.last().map_or(0, |(to, _)| to.end)
    }

    /// Numbers that go with the weights, one for each, brought to where those are now; `fresh` makes those of layers
    /// that were not there.
    pub fn apply(&self, numbers: &mut Vec<f32>, mut fresh: impl FnMut(&mut [f32], Range<usize>)) {
        if self.0.iter().all(|(to, from)| from.as_ref() == Some(to)) && self.len() == numbers.len() {
            return;
        }
        let before = std::mem::take(numbers);
        numbers.resize(self.len(), 0.0);
        for (to, from) in &self.0 {
            let place = &mut numbers[to.clone()];
            match from {
                Some(from) => place.copy_from_slice(&before[from.clone()]),
                None => fresh(place, to.clone()),
            }
        }
    }
}

impl Network {
    /// Takes the settings of another network that has the same layers but for those between
    /// ([`LayerConfig::is_between`](crate::nn::LayerConfig::is_between)), keeping the weights; layers that were not there have fresh ones.
    ///
    /// # Errors
    /// As [`Self::new`]; and [`Error::Setting`] when the weights would have other shapes.
    pub fn reconfigure(
        &mut self,
        config: &NetworkConfig,
        input_shape: &[usize],
        loss: Loss,
    ) -> Result<Moved> {
        let mut changed = Self::unweighted(config, input_shape, loss)?;
        changed.seed = self.seed;
        let from = |place: &Place| self.places.iter().position(|before| before == place);
        let partners: Vec<Option<usize>> = changed.places.iter().map(from).collect();
        let shapes = |network: &Self, layer: usize| -> Vec<Vec<usize>> {
            network.slots.iter().filter(|slot| slot.layer == layer).map(|slot| slot.shape.clone()).collect()
        };
        let is_same = |(layer, from): (usize, &Option<usize>)| match *from {
            Some(from) => shapes(&changed, layer) == shapes(self, from),
            None => changed.places[layer].is_between,
        };
        let stays = |place: &Place| place.is_between || changed.places.contains(place);
        if !partners.iter().enumerate().all(is_same) || !self.places.iter().all(stays) {
            return Err(Error::setting("network", "of another shape", "of the same shape while it trains"));
        }
        let from = partners.iter().map(|from| from.map(|from| self.shares[from].clone()));
        let moved = Moved(changed.shares.iter().cloned().zip(from).collect());
        let (mut weights, mut grads) = (std::mem::take(&mut self.weights), std::mem::take(&mut self.grads));
        moved.apply(&mut weights, |fresh, place| {
            let layer = changed.shares.iter().position(|share| *share == place);
            changed.draw(layer.expect("it is the share of a layer"), fresh);
        });
        moved.apply(&mut grads, |_, _| {});
        *self = Self { weights, grads, revision: self.revision + 1, ..changed };
        self.tie();
        Ok(moved)
    }
}
