//! Model files: the weights of a network as safetensors, named and shaped as Keras names and shapes
//! them, with the experiment that they come from in the metadata. A file of a whole run also holds what it
//! needs to go on as if it had never stopped (`Standing`).

use super::{Experiment, InitialWeights, Metric, Optimizer, OptimizerConfig, Run, Snapshot, evaluation};
use crate::data::{Dealing, Examples};
use crate::error::{Error, Result, ensure_within, name_of};
use crate::nn::{Loss, Network, Pass, Slot};
use crate::tensor::Tensor;
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, Metadata, TensorView};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io::Read;

/// Largest model file that is read: all weights a network may have, three memories of an optimizer, the order
/// of an epoch and a long experiment.
const MAX_BYTES: u64 = 68 << 20;
/// Most steps and epochs of a run in a file: as many again can follow before a number of 32 bits ends.
const MAX_STEPS: usize = (u32::MAX / 2) as usize;
/// The array of the order in which an epoch deals the training items.
const ORDER: &str = "batches/order";

/// A network with its weights, out of a file.
pub struct Model {
    /// What it was trained by, with the edits made on the way.
    pub experiment: Experiment,
    /// Number of updates that the weights have had.
    pub steps: usize,
    pub network: Network,
    /// The settings in force after the last update.
    current: Experiment,
    standing: Option<Standing>,
}

/// What a run needs beside its weights to go on from where it stands.
struct Standing {
    optimizer: Optimizer,
    dealing: Dealing,
    seen: Value,
}

/// The same in the metadata, without its arrays.
#[derive(Serialize, Deserialize)]
struct Stands {
    /// Updates of the optimizer, and the bits of its schedule.
    optimizer: (i32, u64),
    /// Updates before the schedule in force was chosen.
    #[serde(default)]
    before_schedule: i32,
    batches: Dealing,
    /// What whoever watched the run remembers of it.
    seen: Value,
}

/// Where the weights of a file come from.
#[derive(Serialize)]
struct Origin<'a> {
    experiment: &'a Experiment,
    steps: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    stands: Option<Stands>,
}

/// The network of a run as it stands as a model file, for [`Model::read`].
#[must_use]
pub fn to_bytes(run: &Run) -> Vec<u8> {
    let origin = Origin { experiment: run.experiment(), steps: run.steps(), stands: None };
    tensors_to_bytes(&run.network().named_weights(), &[metadata(&origin)])
}

/// A whole run as it stands as a model file, to go on from; `seen` is what whoever watches it remembers.
#[must_use]
pub fn run_to_bytes(run: &Run, seen: Value) -> Vec<u8> {
    let (network, snapshot) = (run.network(), run.snapshot(None));
    let fresh = || Optimizer::new(run.current().optimizer.clone(), network.weights.len());
    let optimizer = snapshot.optimizer.unwrap_or_else(fresh);
    let (dealing, config) = (snapshot.dealing, &run.current().optimizer);
    let weights = network.named_slots().map(|(name, slot)| (name, slot, &network.weights));
    let memories =
        optimizer.memories().filter(|(_, memory)| !memory.is_empty()).flat_map(|(name, memory)| {
            network.named_slots().map(move |(of, slot)| (memory_name(config, &of, name), slot, memory))
        });
    let bytes = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let mut arrays: Vec<Array> = weights
        .chain(memories)
        .map(|(name, slot, values)| {
            (name, Dtype::F32, slot.shape.clone(), bytes(&values[slot.range.clone()]))
        })
        .collect();
    let order: Vec<u8> = dealing.order().iter().flat_map(|item| item.to_le_bytes()).collect();
    arrays.push((ORDER.into(), Dtype::U32, vec![dealing.order().len()], order));
    let (count, before_schedule) = (optimizer.count(), optimizer.before_schedule());
    let stands = Some(Stands { optimizer: count, before_schedule, batches: dealing, seen });
    let origin = Origin { experiment: run.experiment(), steps: run.steps(), stands };
    arrays_to_bytes(&arrays, &[metadata(&origin)])
}

/// What Keras calls what an optimizer remembers of an array of weights: `adam/dense_kernel_momentum`.
fn memory_name(optimizer: &OptimizerConfig, array: &str, memory: &str) -> String {
    format!("{}/{}_{memory}", name_of(optimizer.name), array.replace('/', "_"))
}

/// The one entry of the metadata: safetensors writes several in an order that differs from file to file.
fn metadata(origin: &Origin) -> (&'static str, String) {
    ("run", serde_json::to_string(origin).expect("an experiment is plain data"))
}

/// Name, type, shape and little-endian values in row-major order.
type Array = (String, Dtype, Vec<usize>, Vec<u8>);

/// A safetensors file of `f32` tensors with different names, in little-endian, row-major order.
#[must_use]
pub fn tensors_to_bytes(tensors: &[(String, Tensor)], metadata: &[(&str, String)]) -> Vec<u8> {
    let bytes =
        |tensor: &Tensor| -> Vec<u8> { tensor.iter().flat_map(|value| value.to_le_bytes()).collect() };
    let array = |(name, tensor): &(String, Tensor)| -> Array {
        (name.clone(), Dtype::F32, tensor.shape().to_vec(), bytes(tensor))
    };
    arrays_to_bytes(&tensors.iter().map(array).collect::<Vec<_>>(), metadata)
}

fn arrays_to_bytes(arrays: &[Array], metadata: &[(&str, String)]) -> Vec<u8> {
    let views = arrays.iter().map(|(name, dtype, shape, bytes)| {
        (name, TensorView::new(*dtype, shape.clone(), bytes).expect("as many bytes as the shape says"))
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
        let (experiment, steps, stands) = origin(&metadata).map_err(refused)?;
        let (current, network, standing) =
            restored(&experiment, steps, stands, &tensors).map_err(|error| refused(error.to_string()))?;
        Ok(Self { experiment, steps, network, current, standing })
    }

    /// Whether it is of a whole run, which can go on from where it stood.
    #[must_use]
    pub fn is_run(&self) -> bool {
        self.standing.is_some()
    }

    /// Puts a run of its experiment to where the one in the file stood, and returns what whoever watched that
    /// remembered; `None` for a file of a network alone.
    ///
    /// # Errors
    /// [`Error::Setting`] when the run is on other data.
    pub fn resume(&self, run: &mut Run) -> Result<Option<&Value>> {
        let Some(standing) = &self.standing else { return Ok(None) };
        let (given, items) = (standing.dealing.order().len(), run.data().train.len());
        // Points that were set since the run began come with the settings in force.
        let is_on_its_points = run.current().data.points == self.current.data.points;
        if is_on_its_points && given != items {
            let allowed = format!("{given}, as the run in the file has them");
            return Err(Error::setting("the number of training items", items, allowed));
        }
        run.restore(&Snapshot {
            step: self.steps,
            edits: self.experiment.edits.partition_point(|edit| edit.step <= self.steps),
            current: self.current.clone().into(),
            weights: self.network.weights.as_slice().into(),
            optimizer: Some(standing.optimizer.clone()),
            dealing: standing.dealing.clone(),
        });
        Ok(Some(&standing.seen))
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

    /// The class that it tells for one item, whose outputs are left in `pass`; none where one of them is no finite
    /// number.
    ///
    /// # Errors
    /// As [`Self::count_right`].
    pub fn classify(&self, item: &[f32], pass: &mut Pass) -> Result<Option<usize>> {
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

    /// An experiment that goes on from its weights with the settings in force where it stood.
    #[must_use]
    pub fn to_experiment(&self) -> Experiment {
        let initial_weights = Some(InitialWeights::Model);
        Experiment { initial_weights, pretraining: None, ..self.current.clone() }
    }

    /// The loss that it was trained with last.
    #[must_use]
    pub fn loss(&self) -> Loss {
        self.current.loss
    }
}

/// Experiment, steps and where its run stands out of the metadata; an error is the reason in words.
fn origin(metadata: &Metadata) -> std::result::Result<(Experiment, usize, Option<Stands>), String> {
    let text = metadata.metadata().as_ref().and_then(|texts| texts.get("run"));
    let text = text.ok_or("its metadata hold no run")?;
    let mut value: Value = serde_json::from_str(text)
        .map_err(|error| format!("the run in its metadata is not JSON: {error}"))?;
    let experiment = Experiment::from_value(value["experiment"].take())
        .map_err(|error| format!("the experiment in its metadata cannot be taken: {error}"))?;
    let steps = value["steps"].as_u64().and_then(|steps| usize::try_from(steps).ok());
    let steps = steps
        .ok_or_else(|| format!("the steps in its metadata are {}, not a whole number", value["steps"]))?;
    let stands = serde_json::from_value(value["stands"].take())
        .map_err(|error| format!("where its run stands cannot be read from its metadata: {error}"))?;
    Ok((experiment, steps, stands))
}

/// The settings in force after so many steps, their network with the weights of a file, and where its run stands.
fn restored(
    experiment: &Experiment,
    steps: usize,
    stands: Option<Stands>,
    tensors: &SafeTensors,
) -> Result<(Experiment, Network, Option<Standing>)> {
    ensure_within("the number of steps", steps, &(0..=MAX_STEPS))?;
    let edits = experiment.edits.iter().filter(|edit| edit.step <= steps).cloned().collect();
    let current = Experiment { edits, ..experiment.clone() }.edited()?;
    let shape = current.data.input_shape()?;
    let mut network = Network::new(&current.network, &shape, current.loss, current.seed)?;
    let arrays: Vec<_> = network.named_slots().map(|(name, slot)| (name, slot.clone())).collect();
    let mut known: Vec<String> = arrays.iter().map(|(name, _)| name.clone()).collect();
    for (name, slot) in &arrays {
        fill(&mut network.weights[slot.range.clone()], tensors, name, &slot.shape, "weight")?;
    }
    let given = network.weights.clone();
    network.tie();
    let is_other = |slot: &Slot| network.weights[slot.range.clone()] != given[slot.range.clone()];
    if let Some((name, _)) = arrays.iter().find(|(_, slot)| is_other(slot)) {
        let allowed = "the transpose of the kernel that its layer is tied to";
        return Err(Error::setting(name, "another array", allowed));
    }
    let mut standing = None;
    if let Some(Stands { optimizer: count, before_schedule, batches, seen }) = stands {
        let (config, weights) = (&current.optimizer, network.weights.len());
        let mut optimizer = Optimizer::new(config.clone(), weights);
        optimizer.set_count(count, before_schedule, steps)?;
        ensure_within("the number of epochs", batches.epoch(), &(0..=MAX_STEPS))?;
        for (of, memory) in optimizer.memories_mut().filter(|(of, _)| !of.is_empty()) {
            let names = || arrays.iter().map(|(name, slot)| (memory_name(config, name, of), slot));
            // One that is not used any more may be kept, and one that is must be.
            if memory.is_empty() && !names().any(|(name, _)| tensors.tensor(&name).is_ok()) {
                continue;
            }
            memory.resize(weights, 0.0);
            for (name, slot) in names() {
                fill(&mut memory[slot.range.clone()], tensors, &name, &slot.shape, "number")?;
                known.push(name);
            }
        }
        let items = training_items(tensors, &current);
        let order = order(tensors, items)?;
        let dealing = batches.with_order(order);
        let allowed = "each training item once, as shuffling them gives it";
        let dealing = dealing.ok_or_else(|| Error::setting(ORDER, "another order", allowed))?;
        known.push(ORDER.into());
        standing = Some(Standing { optimizer, dealing, seen });
    }
    if let Some(other) = tensors.names().iter().find(|name| known.iter().all(|known| known != *name)) {
        return Err(Error::setting("an array", other, format!("one of {}", known.join(", "))));
    }
    Ok((current, network, standing))
}

/// Reads an array of a file, all finite numbers, which are called a `kind`.
fn fill(values: &mut [f32], tensors: &SafeTensors, name: &str, shape: &[usize], kind: &str) -> Result<()> {
    let words = array(tensors, name, Dtype::F32, shape)?;
    for (value, word) in values.iter_mut().zip(words) {
        *value = f32::from_le_bytes(word);
        if !value.is_finite() {
            return Err(Error::setting(&format!("a {kind} of {name}"), *value, "a finite number"));
        }
    }
    Ok(())
}

/// Training items of a run in a file: where only those of some classes are trained on, as many as the file says.
fn training_items(tensors: &SafeTensors, experiment: &Experiment) -> usize {
    let most = experiment.training_items();
    let said = tensors.tensor(ORDER).ok().and_then(|view| view.shape().first().copied());
    said.filter(|&said| !experiment.data.train_on.is_empty() && said <= most).unwrap_or(most)
}

fn order(tensors: &SafeTensors, items: usize) -> Result<Vec<u32>> {
    Ok(array(tensors, ORDER, Dtype::U32, &[items])?.map(u32::from_le_bytes).collect())
}

/// The values of an array, four bytes each.
fn array<'a>(
    tensors: &'a SafeTensors,
    name: &str,
    dtype: Dtype,
    shape: &[usize],
) -> Result<impl Iterator<Item = [u8; 4]> + 'a> {
    let missing = |_| Error::setting(name, "missing", "among the arrays, as its network has it");
    let view = tensors.tensor(name).map_err(missing)?;
    if view.dtype() != dtype || view.shape() != shape {
        let given = format!("{:?} of {:?}", view.shape(), view.dtype());
        return Err(Error::setting(name, given, format!("{shape:?} of {dtype:?}")));
    }
    Ok(view.data().as_chunks::<4>().0.iter().copied())
}
