//! Model files: the weights of a network as safetensors, named and shaped as Keras names and shapes
//! them, with the experiment that they come from in the metadata.

use super::{Experiment, InitialWeights, Metric, Run, evaluation};
use crate::data::Examples;
use crate::error::{Error, Result};
use crate::nn::{Loss, Network, Pass};
use crate::tensor::Tensor;
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, Metadata, TensorView};
use serde::Serialize;
use serde_json::Value;
use std::io::Read;

/// Largest model file that is read: all weights a network may have, and a long experiment.
const MAX_BYTES: u64 = 48 << 20;

/// A network with its weights, out of a file.
pub struct Model {
    /// What it was trained by, with the edits made on the way.
    pub experiment: Experiment,
    /// Number of updates that the weights have had.
    pub steps: usize,
    pub network: Network,
    /// The settings in force after the last update.
    current: Experiment,
}

/// Where the weights of a file come from.
#[derive(Serialize)]
struct Origin<'a> {
    experiment: &'a Experiment,
    steps: usize,
}

/// A run as it stands as a model file, for [`Model::read`].
#[must_use]
pub fn to_bytes(run: &Run) -> Vec<u8> {
    // One entry only: safetensors writes several in an order that differs from file to file.
    let origin = Origin { experiment: run.experiment(), steps: run.steps() };
    let origin = serde_json::to_string(&origin).expect("an experiment is plain data");
    tensors_to_bytes(&run.network().named_weights(), &[("run", origin)])
}

/// A safetensors file of `f32` tensors with different names, in little-endian, row-major order.
#[must_use]
pub fn tensors_to_bytes(tensors: &[(String, Tensor)], metadata: &[(&str, String)]) -> Vec<u8> {
    let bytes =
        |tensor: &Tensor| -> Vec<u8> { tensor.iter().flat_map(|value| value.to_le_bytes()).collect() };
    let stored: Vec<(&str, &[usize], Vec<u8>)> =
        tensors.iter().map(|(name, tensor)| (name.as_str(), tensor.shape(), bytes(tensor))).collect();
    let views = stored.iter().map(|(name, shape, bytes)| {
        (*name, TensorView::new(Dtype::F32, shape.to_vec(), bytes).expect("four bytes for each value"))
    });
    let metadata = metadata.iter().map(|(key, text)| ((*key).to_owned(), text.clone())).collect();
    safetensors::serialize(views, Some(metadata)).expect("tensors with different names")
}

impl Model {
    /// Reads a model file; `name` is that of the file, for messages.
    ///
    /// # Errors
    /// [`Error::File`] for a file that is not whole, that lacks the experiment or has one that cannot be
    /// taken, or whose arrays are not exactly those of its network, all numbers finite.
    pub fn read(name: &str, source: impl Read) -> Result<Self> {
        let refused = |reason: String| Error::file(name, reason);
        let mut bytes = Vec::new();
        let read = source.take(MAX_BYTES + 1).read_to_end(&mut bytes);
        read.map_err(|error| refused(error.to_string()))?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(refused(format!("larger than {} MB, which no model is", MAX_BYTES >> 20)));
        }
        let broken = |_| refused("not a whole safetensors file: damaged, cut off or something else".into());
        let (_, metadata) = SafeTensors::read_metadata(&bytes).map_err(broken)?;
        let tensors = SafeTensors::deserialize(&bytes).map_err(broken)?;
        let (experiment, steps) = origin(&metadata).map_err(refused)?;
        let (current, network) =
            restored(&experiment, steps, &tensors).map_err(|error| refused(error.to_string()))?;
        Ok(Self { experiment, steps, network, current })
    }

    /// Number of `examples` whose class it tells rightly.
    ///
    /// # Errors
    /// [`Error::Setting`] when it takes items of another shape, or tells no classes.
    pub fn count_right(&self, examples: &Examples) -> Result<usize> {
        let (taken, given) = (self.current.data.input_shape()?, examples.input_shape());
        if taken != given {
            let allowed = format!("{taken:?}, which the model takes");
            return Err(Error::setting("the shape of the items", format!("{given:?}"), allowed));
        }
        self.ensure_tells_classes()?;
        Ok(evaluation::count_right(&self.network, self.loss(), examples))
    }

    /// The class that it tells for one item, whose outputs are left in `pass`.
    ///
    /// # Errors
    /// As [`Self::count_right`].
    pub fn classify(&self, item: &[f32], pass: &mut Pass) -> Result<usize> {
        let taken: usize = self.current.data.input_shape()?.iter().product();
        if taken != item.len() {
            return Err(Error::setting(
                "the size of an item",
                item.len(),
                format!("{taken}, which the model takes"),
            ));
        }
        self.ensure_tells_classes()?;
        self.network.forward(item, pass);
        Ok(evaluation::class_of(self.loss(), pass.output()))
    }

    fn ensure_tells_classes(&self) -> Result<()> {
        let given = match Metric::of(&self.current.data)? {
            Metric::Accuracy => return Ok(()),
            Metric::MeanAbsoluteError => "one of regression",
            Metric::MeanSquaredError => "an autoencoder",
        };
        Err(Error::setting("the model", given, "one that tells classes: there is no accuracy of numbers"))
    }

    /// An experiment that goes on from its weights with the settings then in force.
    #[must_use]
    pub fn to_experiment(&self) -> Experiment {
        Experiment { initial_weights: Some(InitialWeights::Model), ..self.current.clone() }
    }

    /// The loss that it was trained with last.
    #[must_use]
    pub fn loss(&self) -> Loss {
        self.current.loss
    }
}

/// Experiment and steps out of the metadata; an error is the reason in words.
fn origin(metadata: &Metadata) -> std::result::Result<(Experiment, usize), String> {
    let text = metadata.metadata().as_ref().and_then(|texts| texts.get("run"));
    let text = text.ok_or("its metadata hold no run")?;
    let mut value: Value = serde_json::from_str(text)
        .map_err(|error| format!("the run in its metadata is not JSON: {error}"))?;
    let experiment = Experiment::from_value(value["experiment"].take())
        .map_err(|error| format!("the experiment in its metadata cannot be taken: {error}"))?;
    let steps = value["steps"].as_u64().and_then(|steps| usize::try_from(steps).ok());
    let steps = steps
        .ok_or_else(|| format!("the steps in its metadata are {}, not a whole number", value["steps"]))?;
    Ok((experiment, steps))
}

/// The settings in force after so many steps, and their network with the weights of a file.
fn restored(experiment: &Experiment, steps: usize, tensors: &SafeTensors) -> Result<(Experiment, Network)> {
    let edits = experiment.edits.iter().filter(|edit| edit.step <= steps).cloned().collect();
    let current = Experiment { edits, ..experiment.clone() }.edited()?;
    let shape = current.data.input_shape()?;
    let mut network = Network::new(&current.network, &shape, current.loss, current.seed)?;
    let arrays: Vec<_> = network.named_slots().map(|(name, slot)| (name, slot.clone())).collect();
    if let Some(other) = tensors.names().iter().find(|name| arrays.iter().all(|(known, _)| known != *name)) {
        let allowed =
            format!("one of {}", arrays.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "));
        return Err(Error::setting("an array", other, allowed));
    }
    for (name, slot) in arrays {
        let missing = |_| Error::setting(&name, "missing", "among the arrays, as its network has it");
        let view = tensors.tensor(&name).map_err(missing)?;
        if view.dtype() != Dtype::F32 || view.shape() != slot.shape {
            let given = format!("{:?} of {:?}", view.shape(), view.dtype());
            return Err(Error::setting(&name, given, format!("{:?} of F32", slot.shape)));
        }
        let (values, _) = view.data().as_chunks::<4>();
        for (weight, bytes) in network.weights[slot.range].iter_mut().zip(values) {
            *weight = f32::from_le_bytes(*bytes);
            if !weight.is_finite() {
                return Err(Error::setting(&format!("a weight of {name}"), *weight, "a finite number"));
            }
        }
    }
    Ok((current, network))
}
