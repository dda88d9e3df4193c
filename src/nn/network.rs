//! A network: layers applied one after another, all their weights in one flat vector. So a snapshot
//! is one copy, an optimizer is one loop, and a layer's share is a [`Slot`].

mod building;
mod moving;
mod parts;
mod tied;

pub(super) use building::{build, size, unique_name};
pub use moving::Moved;
use moving::Place;
pub use parts::Learned;

use super::layers::{Layer, LayerConfig, Moments, Regularizer};
use super::{Loss, Mode, Pass, Trace};
use crate::error::Result;
use crate::tensor::{Rng, Stream, Tensor, all_finite, bytes_of, tensor};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The layers of a network, from input to output.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkConfig {
    pub layers: Vec<LayerConfig>,
}

/// What a network is and takes, before it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Number of outputs of the network.
    pub outputs: usize,
    /// Number of outputs of all its layers for one item; a pass keeps at most four numbers for each.
    pub units: usize,
    /// Numbers that it keeps of an item besides, of recurrent layers.
    pub kept: usize,
    /// Numbers that a pass takes besides, whatever the batch.
    pub working_space: usize,
    /// Rows of the largest batch that pass at once; see [`Network::rows_at_once`].
    pub at_once: usize,
}

/// Where one array of weights lies in the flat vector.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// Index of its layer.
    pub layer: usize,
    /// `kernel`, `bias`, …
    pub name: &'static str,
    /// Where in its layer Keras has it: `lstm_cell`; empty for the layer's own.
    pub scope: &'static str,
    pub shape: Vec<usize>,
    pub range: Range<usize>,
    /// Whether updates change it: not those of a frozen layer, nor a tied one, whose gradient is only measured, nor moving
    /// statistics, whose gradient stays 0.
    pub is_trainable: bool,
    /// Index of the layer whose kernel it is, transposed; none where it is its own.
    pub tied: Option<usize>,
    regularizer: Regularizer,
}

/// What reaches the layer at index `to` beside the output of the one before it.
#[derive(Clone, Copy, Debug)]
struct Skip {
    /// Index of the layer whose output it is; none for the input of the network.
    from: Option<usize>,
    to: usize,
}

/// Layers with their weights and the gradients of the last batch.
pub struct Network {
    layers: Vec<Box<dyn Layer>>,
    places: Vec<Place>,
    names: Vec<String>,
    units: Vec<usize>,
    shapes: Vec<Vec<usize>>,
    skips: Vec<Skip>,
    slots: Vec<Slot>,
    shares: Vec<Range<usize>>,
    /// All weights, layer by layer; whoever sets some of them calls [`Self::tie`].
    pub weights: Vec<f32>,
    /// ∂loss/∂weights of the last [`Self::backward`].
    pub grads: Vec<f32>,
    loss: Loss,
    seed: u64,
    /// How often it took other settings.
    revision: usize,
}

impl Network {
    /// Builds the layers for inputs of `input_shape` (without the batch axis) and draws fresh weights;
    /// each layer has a random stream of its own, so that changing one leaves the others' weights, and so does
    /// putting in one that only comes between ([`LayerConfig::is_between`]).
    ///
    /// # Errors
    /// [`Error::Setting`](crate::error::Error::Setting) or [`Error::Shape`](crate::error::Error::Shape) naming the layer, before anything large is allocated.
    pub fn new(config: &NetworkConfig, input_shape: &[usize], loss: Loss, seed: u64) -> Result<Self> {
        let mut network = Self::unweighted(config, input_shape, loss)?;
        network.seed = seed;
        let total = network.shares.last().map_or(0, |share| share.end);
        let mut weights = vec![0.0; total];
        for (index, share) in network.shares.iter().enumerate() {
            network.draw(index, &mut weights[share.clone()]);
        }
        (network.weights, network.grads) = (weights, vec![0.0; total]);
        network.tie();
        Ok(network)
    }

    /// Draws the first weights of the layer at `index`.
    fn draw(&self, index: usize, all: &mut [f32]) {
        let mut weights = &mut *all;
        let mut rng = Rng::new(self.seed, Stream::Weights(self.places[index].after));
        for spec in self.layers[index].weights() {
            let (array, rest) = weights.split_at_mut(size(&spec.shape));
            spec.initializer.fill(array, &spec.shape, &mut rng);
            weights = rest;
        }
        self.layers[index].after_draw(all, &mut rng);
    }

    /// Sets first weights by what the network will be given, where its first layer wants that.
    pub fn adapt(&mut self, moments: impl FnOnce() -> Moments) {
        if let (Some(layer), Some(share)) = (self.layers.first(), self.shares.first())
            && layer.adapts()
        {
            layer.adapt(&mut self.weights[share.clone()], &moments());
        }
    }

    /// Passes when a network of these settings can be built, with what it takes; draws no weights.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn check(config: &NetworkConfig, input_shape: &[usize], loss: Loss) -> Result<Plan> {
        Self::unweighted(config, input_shape, loss).map(|network| Plan {
            outputs: network.outputs(),
            units: network.units.iter().sum(),
            kept: network.kept_of_an_item(),
            working_space: network.layers.iter().map(|layer| layer.working_space()).sum(),
            at_once: network.rows_at_once(usize::MAX),
        })
    }

    /// The arrays of weights that a network of these settings has, with the names that Keras gives them.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn arrays(config: &NetworkConfig, input_shape: &[usize], loss: Loss) -> Result<Vec<(String, Slot)>> {
        let network = Self::unweighted(config, input_shape, loss)?;
        Ok(network.named_slots().map(|(name, slot)| (name, slot.clone())).collect())
    }

    /// Their shapes.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn weight_shapes(
        config: &NetworkConfig,
        input_shape: &[usize],
        loss: Loss,
    ) -> Result<Vec<Vec<usize>>> {
        let arrays = Self::arrays(config, input_shape, loss)?;
        Ok(arrays.into_iter().map(|(_, slot)| slot.shape).collect())
    }

    /// Outputs for `input` `[rows, ..input_shape]`, left in `pass` with all that lies between.
    pub fn forward(&self, input: &[f32], pass: &mut Pass) {
        self.begin(pass);
        self.go_forward(input, pass);
    }

    /// The same from the layer at index `first` on, which is given `input` `[rows, ..its input]`: what a decoder makes of
    /// codes. What skips bring from before that layer is left out.
    pub fn forward_from(&self, first: usize, input: &[f32], pass: &mut Pass) {
        self.begin(pass);
        pass.traces[..first].iter_mut().for_each(|trace| trace.output.clear());
        for (index, layer) in self.layers.iter().enumerate().skip(first) {
            let (before, rest) = pass.traces.split_at_mut(index);
            let given = if index == first { input } else { &before[index - 1].output };
            layer.forward(&self.weights[self.shares[index].clone()], given, &mut rest[0]);
            let reaches = |skip: &&Skip| skip.to == index && skip.from.map_or(0, |from| from + 1) >= first;
            for skip in self.skips.iter().filter(reaches) {
                let skipped =
                    skip.from.filter(|from| *from >= first).map_or(input, |from| &before[from].output);
                rest[0].output.iter_mut().zip(skipped).for_each(|(y, skipped)| *y += skipped);
            }
        }
    }

    /// A trace for each layer, with the random numbers of this step.
    fn begin(&self, pass: &mut Pass) {
        if pass.revision != self.revision {
            pass.traces.clear(); // they may be of other layers
            pass.revision = self.revision;
        }
        pass.traces.resize_with(self.layers.len(), Trace::default);
        for (index, trace) in pass.traces.iter_mut().enumerate() {
            trace.streams = pass.mode == Mode::Streaming;
            trace.noise = match pass.mode {
                Mode::Inference | Mode::Streaming => None,
                Mode::Training { step } => Some(Rng::new(self.seed, Stream::Noise { layer: index, step })),
            };
        }
    }

    fn go_forward(&self, input: &[f32], pass: &mut Pass) {
        for (index, layer) in self.layers.iter().enumerate() {
            let (before, rest) = pass.traces.split_at_mut(index);
            let output = |from: Option<usize>| from.map_or(input, |layer| &before[layer].output);
            layer.forward(
                &self.weights[self.shares[index].clone()],
                output(index.checked_sub(1)),
                &mut rest[0],
            );
            for skip in self.skips.iter().filter(|skip| skip.to == index) {
                rest[0].output.iter_mut().zip(output(skip.from)).for_each(|(y, skipped)| *y += skipped);
            }
        }
    }

    /// Loss of the pass that [`Self::forward`] left, without penalties and without gradients.
    #[must_use]
    pub fn loss(&self, targets: &[f32], pass: &Pass) -> f32 {
        let trace = pass.traces.last().expect("a network has a layer");
        self.loss.evaluate(self.loss_input(trace), targets, self.loss_units(), None)
    }

    /// Loss (penalties included) and, in [`Self::grads`], its gradient for the pass that
    /// [`Self::forward`] left; `targets` are `[rows, outputs]`.
    pub fn backward(&mut self, input: &[f32], targets: &[f32], pass: &mut Pass) -> f32 {
        pass.traces.iter_mut().for_each(|trace| trace.resize_backward(true));
        let (loss, units) = (self.loss, self.loss_units());
        let last = pass.traces.last_mut().expect("a network has a layer");
        let mut grad = std::mem::take(&mut last.grad_output);
        let value = loss.evaluate(self.loss_input(last), targets, units, Some(&mut grad));
        last.grad_output = grad;
        let mut grads = std::mem::take(&mut self.grads);
        self.propagate(input, pass, &mut grads, None);
        self.grads = grads;
        self.gather_tied();
        value + penalties_in(pass) + self.penalties()
    }

    /// From ∂/∂output of the last layer back to the first that has weights, and to the input where that is
    /// wanted: what no weight lies before, nobody trains, and its trace keeps no gradient. What an output gets by
    /// several ways is summed as it comes back: from the layer after it first, then from the skips that begin
    /// there, the shortest first.
    fn propagate(
        &self,
        input: &[f32],
        pass: &mut Pass,
        grads: &mut [f32],
        mut grad_input: Option<&mut [f32]>,
    ) {
        let first = if grad_input.is_some() { 0 } else { self.first_with_weights() };
        for (index, layer) in self.layers.iter().enumerate().skip(first).rev() {
            let (before, rest) = pass.traces.split_at_mut(index);
            let share = self.shares[index].clone();
            let (weights, grads) = (&self.weights[share.clone()], &mut grads[share]);
            let (output, mut grad_output) = match before.last_mut() {
                Some(Trace { output, grad_output, .. }) => {
                    (&**output, (index > first).then_some(&mut **grad_output))
                }
                None => (input, grad_input.take()),
            };
            layer.backward(weights, output, &mut rest[0], grads, grad_output.as_deref_mut());
            if let Some(grad_output) = grad_output {
                self.add_skipped(index, rest, grad_output);
            }
        }
    }

    /// Adds to the gradient of what the layer at `index` takes what the skips that begin there hand back; `rest`
    /// are the traces from that layer on.
    fn add_skipped(&self, index: usize, rest: &[Trace], grad: &mut [f32]) {
        for skip in self.skips.iter().filter(|skip| skip.from.map_or(0, |from| from + 1) == index) {
            let skipped = &rest[skip.to - index].grad_output;
            grad.iter_mut().zip(skipped).for_each(|(sum, grad)| *sum += grad);
        }
    }

    /// Index of the first layer that has weights; the last layer where none has.
    fn first_with_weights(&self) -> usize {
        self.shares.iter().position(|share| !share.is_empty()).unwrap_or(self.layers.len() - 1)
    }

    /// ∂logit/∂input, `[rows, ..input_shape]`, for output number `output` of each row of the pass that
    /// [`Self::forward`] left, and in the traces ∂logit/∂output of every layer; the gradients of a training
    /// step stay as they are. Where the loss is not joined with the last activation, the logit is the
    /// output itself.
    #[must_use]
    pub fn logit_gradient(&self, input: &[f32], output: usize, pass: &mut Pass) -> Vec<f32> {
        pass.traces.iter_mut().for_each(|trace| trace.resize_backward(false));
        let last = pass.traces.last_mut().expect("a network has a layer");
        for row in last.grad_output.chunks_exact_mut(self.outputs()) {
            row.fill(0.0);
            row[output] = 1.0;
        }
        let mut gradient = vec![0.0; input.len()];
        let mut unused = vec![0.0; self.weights.len()];
        self.propagate(input, pass, &mut unused, Some(&mut gradient));
        gradient
    }

    /// Whether outputs come of logits, so that the loss can be joined with the last activation.
    #[must_use]
    pub fn has_logits(&self) -> bool {
        self.loss.logits_of().is_some()
    }

    /// ∂loss/∂input, `[rows, ..input_shape]`, for the pass that [`Self::backward`] left. Training does
    /// without it.
    #[must_use]
    pub fn input_gradient(&self, input: &[f32], pass: &mut Pass) -> Vec<f32> {
        let mut gradient = vec![0.0; input.len()];
        let mut unused = vec![0.0; self.weights.len()];
        self.propagate(input, pass, &mut unused, Some(&mut gradient));
        gradient
    }

    /// ∂L/∂input, `[rows, ..input_shape]`, where L is the loss of each row by itself, without penalties, for the pass that
    /// [`Self::forward`] left; `targets` are `[rows, outputs]`. The gradients of a training step stay as they are.
    #[must_use]
    pub fn loss_gradient(&self, input: &[f32], targets: &[f32], pass: &mut Pass) -> Vec<f32> {
        self.loss_gradient_of_last(input, targets, self.outputs(), pass)
    }

    /// The same, where L is the part of each row's loss that its `last` outputs have: of the last step of a sequence.
    #[must_use]
    pub fn loss_gradient_of_last(
        &self,
        input: &[f32],
        targets: &[f32],
        last_outputs: usize,
        pass: &mut Pass,
    ) -> Vec<f32> {
        pass.traces.iter_mut().for_each(|trace| trace.resize_backward(false));
        let last = pass.traces.last_mut().expect("a network has a layer");
        let mut grad = std::mem::take(&mut last.grad_output);
        self.loss.evaluate(self.loss_input(last), targets, self.loss_units(), Some(&mut grad));
        // Of one row, where the loss is a mean over all.
        let rows = (targets.len() / self.outputs()) as f32;
        grad.iter_mut().for_each(|grad| *grad *= rows);
        for row in grad.chunks_exact_mut(self.outputs()) {
            row[..self.outputs() - last_outputs].fill(0.0);
        }
        last.grad_output = grad;
        self.input_gradient(input, pass)
    }

    /// Lets an optimizer change the weights by the gradients of the last [`Self::backward`], and the layers take
    /// over what `pass`, the one it went back through, measured. Returns whether all weights are finite then, and
    /// what the optimizer says of its own.
    pub fn update(
        &mut self,
        pass: &Pass,
        optimizer: impl FnOnce(&mut [f32], &mut [f32], &[Slot]) -> bool,
    ) -> bool {
        let is_finite = optimizer(&mut self.weights, &mut self.grads, &self.slots);
        self.tie();
        for ((layer, share), trace) in self.layers.iter().zip(&self.shares).zip(&pass.traces) {
            layer.after_step(&mut self.weights[share.clone()], trace);
        }
        let mut others = self.slots.iter().filter(|slot| !slot.is_trainable);
        is_finite && others.all(|slot| all_finite(&self.weights[slot.range.clone()]))
    }

    /// Adds the gradients of the kernels' penalties; returns the penalties.
    fn penalties(&mut self) -> f32 {
        let mut total = 0.0;
        for slot in &self.slots {
            let Regularizer { l1, l2 } = slot.regularizer;
            if !slot.is_trainable || l1 == 0.0 && l2 == 0.0 {
                continue;
            }
            for (&w, grad) in self.weights[slot.range.clone()].iter().zip(&mut self.grads[slot.range.clone()])
            {
                let sign = if w == 0.0 { 0.0 } else { w.signum() };
                total += l1 * w.abs() + l2 * w * w;
                *grad += l1 * sign + 2.0 * l2 * w;
            }
        }
        total
    }

    /// Bytes of all that is no weight: layers, names, shapes, and where each array lies.
    pub(crate) fn bytes_of_layers(&self) -> usize {
        let layers =
            bytes_of(&self.layers) + self.layers.iter().map(|layer| size_of_val(&**layer)).sum::<usize>();
        let names = bytes_of(&self.names) + self.names.iter().map(String::capacity).sum::<usize>();
        let shapes = bytes_of(&self.shapes) + self.shapes.iter().map(bytes_of).sum::<usize>();
        let slots =
            bytes_of(&self.slots) + self.slots.iter().map(|slot| bytes_of(&slot.shape)).sum::<usize>();
        let lists =
            bytes_of(&self.places) + bytes_of(&self.units) + bytes_of(&self.skips) + bytes_of(&self.shares);
        layers + names + shapes + slots + lists
    }

    fn loss_input<'a>(&self, trace: &'a Trace) -> &'a [f32] {
        if self.loss.logits_of().is_some() { &trace.pre_activation } else { &trace.output }
    }

    /// Keras' names of the layers: `dense`, `dense_1`, …
    #[must_use]
    pub fn layer_names(&self) -> &[String] {
        &self.names
    }

    /// Number of outputs of each layer.
    #[must_use]
    pub fn units(&self) -> &[usize] {
        &self.units
    }

    /// Shape of the output of each layer, without the batch axis.
    #[must_use]
    pub fn shapes(&self) -> &[Vec<usize>] {
        &self.shapes
    }

    /// The part of its input that a part of the output of the layer at `index` is made of; see
    /// [`Layer::sees`].
    #[must_use]
    pub fn sees(&self, index: usize, part: [usize; 4]) -> Option<[usize; 4]> {
        self.layers[index].sees(part)
    }

    /// Cells of a unit's window that lie above and left of the input of the layer at `index`.
    #[must_use]
    pub fn outside(&self, index: usize, unit: [usize; 2]) -> [usize; 2] {
        self.layers[index].outside(unit)
    }

    /// Where in its input each output of the layer at `index` was taken from, in the pass that
    /// [`Self::forward`] left; see [`Layer::taken`].
    #[must_use]
    pub fn taken(&self, index: usize, input: &[f32], pass: &Pass) -> Vec<usize> {
        let input = if index == 0 { input } else { &pass.traces[index - 1].output };
        self.layers[index].taken(input, &pass.traces[index].output)
    }

    /// Number of outputs of the network.
    #[must_use]
    pub fn outputs(&self) -> usize {
        *self.units.last().expect("a network has a layer")
    }

    /// Numbers that a pass keeps of an item beside the outputs, of recurrent layers at every step.
    #[must_use]
    pub fn kept_of_an_item(&self) -> usize {
        self.layers.iter().fold(0, |kept, layer| kept.saturating_add(layer.kept_of_an_item()))
    }

    /// Outputs that the loss takes as one row: all of an item or, where it compares rows of classes, those of a time step.
    #[must_use]
    pub fn loss_units(&self) -> usize {
        let shape = self.shapes.last().expect("a network has a layer");
        if self.loss.is_of_rows() { shape[shape.len() - 1] } else { self.outputs() }
    }

    /// Whether sequences can pass step by step ([`Mode::Streaming`]): every layer makes of a step what it makes of it in
    /// the whole sequence, given the steps before alone.
    #[must_use]
    pub fn can_stream(&self) -> bool {
        self.layers.iter().all(|layer| layer.can_stream())
    }

    /// Activation of the layer at `index`.
    #[must_use]
    pub fn activation(&self, index: usize) -> super::Activation {
        self.layers[index].activation()
    }

    /// All arrays of weights, in order.
    #[must_use]
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Where the kernel of each layer that has one lies in the flat vectors.
    pub fn kernels(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter().filter(|slot| slot.name == "kernel")
    }

    /// All arrays of weights, in order, with the names that Keras gives them: `dense_1/kernel`,
    /// `lstm/lstm_cell/kernel`, …
    pub fn named_slots(&self) -> impl Iterator<Item = (String, &Slot)> {
        self.slots.iter().map(|slot| {
            let (layer, scope) = (&self.names[slot.layer], slot.scope);
            let slash = if scope.is_empty() { "" } else { "/" };
            (format!("{layer}/{scope}{slash}{}", slot.name), slot)
        })
    }

    /// The weights as Keras names and shapes them: `dense_1/kernel` `[inputs, units]`, …
    #[must_use]
    pub fn named_weights(&self) -> Vec<(String, Tensor)> {
        let values = |slot: &Slot| tensor(&slot.shape, self.weights[slot.range.clone()].to_vec());
        self.named_slots().map(|(name, slot)| (name, values(slot))).collect()
    }
}

/// What the layers themselves add to the loss of the pass that went back last.
fn penalties_in(pass: &Pass) -> f32 {
    pass.traces.iter().filter_map(|trace| trace.penalty).sum()
}
