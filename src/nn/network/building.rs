//! Networks before they have weights: layers built one after another, each on the shape that the one before gives,
//! with what they take counted before anything large is allocated.

use super::tied::ensure_tied;
use super::{Network, NetworkConfig, Place, Skip, Slot};
use crate::error::{Error, Result, ensure_within, name_of};
use crate::nn::layers::{Layer, WeightSpec};
use crate::nn::{LayerConfig, Loss};

/// Most weights a network may have: 112 MB with gradients, their copies and an optimizer's memory.
const MAX_WEIGHTS: usize = 4_000_000;
/// Most numbers that the layers together may give for one item: 300 feature maps of 56 × 56.
const MAX_ACTIVATIONS: usize = 1_000_000;
/// Most layers; deeper nets than this teach nothing new and draw badly.
const MAX_LAYERS: usize = 64;

impl Network {
    /// Everything but the weights, with the total size checked.
    pub(super) fn unweighted(config: &NetworkConfig, input_shape: &[usize], loss: Loss) -> Result<Self> {
        ensure_within("the number of network.layers", config.layers.len(), &(1..=MAX_LAYERS))?;
        let mut network = Self {
            layers: Vec::new(),
            places: Vec::new(),
            names: Vec::new(),
            units: Vec::new(),
            shapes: Vec::new(),
            skips: Vec::new(),
            slots: Vec::new(),
            shares: Vec::new(),
            weights: Vec::new(),
            grads: Vec::new(),
            loss,
            seed: 0,
            revision: 0,
        };
        let (mut start, mut units, mut after) = (0_usize, 0_usize, 0);
        for (index, config) in config.layers.iter().enumerate() {
            let mut layer = config.layer();
            let key = format!("network.layers.{index}");
            let before = (&*network.layers, &*network.shapes);
            let shape = build(&mut *layer, input_shape, before).map_err(|error| error.within(&key))?;
            let skip = |skip| Skip { from: (index - 1).checked_sub(skip), to: index };
            network.skips.extend(layer.skip().map(skip));
            units = units.saturating_add(size(&shape));
            if units > MAX_ACTIVATIONS {
                let given = format!("{units} up to {key}, whose output is {shape:?}");
                let allowed = format!("at most {MAX_ACTIVATIONS} for one item");
                return Err(Error::setting("the number of outputs of the layers", given, allowed));
            }
            let first = start;
            for spec in layer.weights() {
                let end = start.saturating_add(size(&spec.shape));
                let WeightSpec { name, scope, shape, regularizer, is_trainable, tied, .. } = spec;
                let (range, tied) = (start..end, tied.map(|over| index - over));
                network.slots.push(Slot {
                    layer: index,
                    name,
                    scope,
                    shape,
                    range,
                    is_trainable,
                    tied,
                    regularizer,
                });
                start = end;
            }
            if start > MAX_WEIGHTS {
                return Err(Error::setting(
                    "the number of weights",
                    "too large",
                    format!("at most {MAX_WEIGHTS}"),
                ));
            }
            let is_like = |place: &&Place| place.after == after && place.kind == config.kind();
            let nth = network.places.iter().filter(is_like).count();
            let is_between = config.is_between();
            network.places.push(Place { after, kind: config.kind(), nth, is_between });
            after += usize::from(!is_between);
            network.shares.push(first..start);
            network.units.push(size(&shape));
            network.shapes.push(shape.clone());
            network.names.push(unique_name(config.kind(), &network.names));
            network.layers.push(layer);
        }
        network.join_loss()?;
        network.refuse_penalty_on_outputs(config)?;
        let numbers =
            network.outputs() / network.loss_units() * network.loss.numbers_of(network.loss_units());
        network.layers.iter_mut().for_each(|layer| layer.take_loss_of(numbers));
        Ok(network)
    }

    /// What the network gives is for the loss alone to judge.
    fn refuse_penalty_on_outputs(&self, config: &NetworkConfig) -> Result<()> {
        let output = config.layers.last().and_then(LayerConfig::as_dense);
        if output.is_none_or(|dense| !dense.activity_regularizer.is_active()) {
            return Ok(());
        }
        let key = format!("network.layers.{}.activity_regularizer", self.layers.len() - 1);
        Err(Error::setting(&key, "given", "left out of the output layer: it is for what lies before it"))
    }

    /// Joins a cross-entropy with the activation of the last layer, which must be the one it is for.
    fn join_loss(&mut self) -> Result<()> {
        let index = self.layers.len() - 1;
        let Some(wanted) = self.loss.logits_of() else { return Ok(()) };
        let found = self.layers[index].activation();
        if !self.layers[index].has_logits() {
            let layer = format!("the loss {}", name_of(self.loss));
            let expected =
                format!("logits (put a layer dense with {} after {})", name_of(wanted), self.names[index]);
            return Err(Error::Shape { layer, expected, found: self.shapes[index].clone() });
        }
        if found != wanted {
            let key = format!("network.layers.{index}.activation");
            let allowed = format!("{} for the loss {}", name_of(wanted), name_of(self.loss));
            return Err(Error::setting(&key, name_of(found), allowed));
        }
        if self.shapes[index].len() > 2 && self.loss.is_of_rows() {
            return Err(Error::Shape {
                layer: format!("the loss {}", name_of(self.loss)),
                expected: "a row of outputs, or one for each step of a sequence (put layers flatten and dense before it)"
                    .into(),
                found: self.shapes[index].clone(),
            });
        }
        self.layers[index].join_loss();
        Ok(())
    }
}

/// Builds the layer that comes after these, whose outputs have these shapes; returns the shape of its own.
///
/// # Errors
/// As [`Layer::build`], and where it adds, or is tied to, what is not there or has another shape.
pub(in crate::nn) fn build(
    layer: &mut dyn Layer,
    input: &[usize],
    (layers, before): (&[Box<dyn Layer>], &[Vec<usize>]),
) -> Result<Vec<usize>> {
    let taken = |skip: usize| match before.len().checked_sub(skip) {
        Some(0) => Ok(input),
        Some(from) => Ok(&*before[from - 1]),
        None if before.is_empty() => {
            Err(Error::setting("skip", skip, "in a layer that has others before it, over which it reaches"))
        }
        None => {
            let allowed = format!("from 1 to {}, the number of layers before it", before.len());
            Err(Error::setting("skip", skip, allowed))
        }
    };
    let shape = taken(0)?;
    let output = layer.build(shape)?;
    if let Some(skip) = layer.skip()
        && taken(skip)? != shape
    {
        let expected = format!("the shape {:?}, of what it adds over {skip} layers", taken(skip)?);
        return Err(Error::Shape { layer: "add".into(), expected, found: shape.to_vec() });
    }
    ensure_tied(layer, layers)?;
    Ok(output)
}

/// Numbers in an array of this shape; as many as can be counted where 32 bits cannot hold it.
pub(in crate::nn) fn size(shape: &[usize]) -> usize {
    shape.iter().fold(1, |size, &axis| size.saturating_mul(axis))
}

/// Keras' rule: the type alone, then with _1, _2, …
pub(in crate::nn) fn unique_name(kind: &str, names: &[String]) -> String {
    let is_number = |rest: &str| rest.strip_prefix('_').is_some_and(|number| number.parse::<u32>().is_ok());
    // `conv2d_transpose` is no second `conv2d`.
    let is_same =
        |name: &&String| name.strip_prefix(kind).is_some_and(|rest| rest.is_empty() || is_number(rest));
    match names.iter().filter(is_same).count() {
        0 => kind.to_owned(),
        count => format!("{kind}_{count}"),
    }
}
