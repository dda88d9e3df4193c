//! Which machines the layers of an experiment stand for, or what of it none stands for.

use crate::data::Targets;
use crate::error::{Error, Result, name_of};
use crate::nn::layers::Rbm;
use crate::nn::rbm::{HiddenUnits, VisibleGroup, VisibleUnits};
use crate::nn::{Activation, LayerConfig, Network};
use crate::train::Experiment;

/// A machine of the stack, by the two dense layers that it stands for.
pub(super) struct Place {
    /// Its number from the items on, for messages and its random stream.
    pub index: usize,
    pub encoder: usize,
    pub decoder: usize,
    pub inputs: usize,
    pub layer: Rbm,
}

/// The machines that the layers of an experiment stand for, from the items to the code.
///
/// # Errors
/// [`Error::Setting`] saying what of it no machine stands for.
pub(super) fn places(experiment: &Experiment) -> Result<Vec<Place>> {
    let partners = partners(experiment)?;
    let are_shares = experiment.data.set()?.is_within_0_and_1();
    let count = partners.len();
    let mut places = Vec::new();
    for (index, Partners { encoder, decoder, inputs, units }) in partners.into_iter().enumerate() {
        let (is_first, is_last) = (index == 0, index + 1 == count);
        let hidden = match activation(experiment, encoder, [true, is_last])? {
            Activation::Linear => HiddenUnits::Gaussian,
            _ => HiddenUnits::Bernoulli,
        };
        // Numbers beyond 0…1 are no probabilities.
        let visible = match activation(experiment, decoder, [!is_first || are_shares, is_first])? {
            Activation::Linear => vec![VisibleGroup::new(VisibleUnits::Gaussian, inputs)],
            _ => Vec::new(),
        };
        let mut layer = Rbm::new(units);
        (layer.hidden, layer.visible) = (hidden, visible);
        places.push(Place { index, encoder, decoder, inputs, layer });
    }
    Ok(places)
}

/// Two dense layers of which one takes what the other gives, by their indices.
struct Partners {
    encoder: usize,
    decoder: usize,
    inputs: usize,
    units: usize,
}

fn partners(experiment: &Experiment) -> Result<Vec<Partners>> {
    let refused = |allowed: String| Err(Error::setting("pretraining", "given", allowed));
    if experiment.initial_weights.is_some() {
        return refused("left out where initial_weights say what to start from".into());
    }
    let (data, layers) = (&experiment.data, &experiment.network.layers);
    if data.targets != Targets::Inputs || data.set()?.is_sparse() {
        let allowed =
            "left out unless items that are known in full are to be given back (data.targets inputs)";
        return refused(allowed.into());
    }
    let is_other = |layer: &&LayerConfig| !matches!(layer.kind(), "dense" | "flatten" | "dropout");
    if let Some(other) = layers.iter().find(is_other) {
        let kind = other.kind();
        return refused(format!(
            "left out for a network with a layer {kind}: machines stand for dense layers"
        ));
    }
    let item = data.input_shape()?;
    let arrays = Network::arrays(&experiment.network, &item, experiment.loss)?;
    let kernels: Vec<(usize, [usize; 2])> = arrays
        .iter()
        .filter(|(_, slot)| slot.name == "kernel")
        .map(|(_, slot)| (slot.layer, [slot.shape[0], slot.shape[1]]))
        .collect();
    let is_whole = kernels.first().is_some_and(|(_, [inputs, _])| *inputs == item.iter().product::<usize>());
    let mirrored = kernels.iter().rev().map(|&(layer, [inputs, units])| (layer, [units, inputs]));
    let pairs: Vec<_> = kernels.iter().copied().zip(mirrored).take(kernels.len() / 2).collect();
    let are_alike = pairs.iter().all(|((_, one), (_, other))| one == other);
    if !is_whole || !are_alike || !kernels.len().is_multiple_of(2) {
        let units: Vec<String> = kernels.iter().map(|(_, [_, units])| units.to_string()).collect();
        let units = units.join(", ");
        return refused(format!(
            "left out unless the dense layers behind the code mirror those up to it: theirs have {units} units"
        ));
    }
    let partners = pairs.into_iter().map(|((encoder, [inputs, units]), (decoder, _))| Partners {
        encoder,
        decoder,
        inputs,
        units,
    });
    Ok(partners.collect())
}

/// The activation of a dense layer, which may be sigmoid, or linear, or either.
fn activation(experiment: &Experiment, layer: usize, [sigmoid, linear]: [bool; 2]) -> Result<Activation> {
    let found = experiment.network.layers[layer].activation().unwrap_or(Activation::Linear);
    if found == Activation::Sigmoid && sigmoid || found == Activation::Linear && linear {
        return Ok(found);
    }
    let allowed = match [sigmoid, linear] {
        [true, true] => "sigmoid or linear",
        [true, false] => "sigmoid",
        _ => "linear",
    };
    let allowed = format!("{allowed} where pretraining is given, as the units of machines are");
    Err(Error::setting(&format!("network.layers.{layer}.activation"), name_of(found), allowed))
}
