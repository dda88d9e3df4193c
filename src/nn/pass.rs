//! What a pass through a network leaves behind: for `backward`, for the statistics of the labs, and
//! for the pictures of what each neuron sees. Buffers grow to the largest batch once and stay.

use super::{Activation, Unrolled};
use crate::tensor::{Rng, bytes_of};

/// What a pass is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Using the network as it is.
    #[default]
    Inference,
    /// Learning at this step: layers take the statistics of the batch, and noise that is the same
    /// however often the step is passed.
    Training { step: usize },
    /// Using a network of sequences step by step: the input is the next step of each, `[rows, 1, ..]`, and recurrent
    /// layers go on from the states that the pass before left in the same rows, or from zeros where there was none.
    /// See [`super::Network::can_stream`].
    Streaming,
}

/// What one layer keeps of a pass; each buffer is `[rows, ..output]`, row-major, where nothing else is
/// said. A layer without an activation leaves empty what belongs to one.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// Outputs of the layer, after its activation.
    pub output: Vec<f32>,
    /// Weighted sums before the activation.
    pub pre_activation: Vec<f32>,
    /// The activation that made the outputs of them.
    pub activation: Activation,
    /// ∂loss/∂output. For an output layer that a loss is joined with: ∂loss/∂logits.
    pub grad_output: Vec<f32>,
    /// ∂loss/∂pre-activation of what the layer goes back through at a time: the batch, or its last image.
    pub grad_pre_activation: Vec<f32>,
    /// What else its `backward` needs: the factors of a dropout, the statistics of a normalization, the noise of a sampling.
    pub kept: Vec<f32>,
    /// Whether the gradients of its weights go on from what is there, that of earlier rows of the same batch.
    pub goes_on: bool,
    /// Random numbers of this layer at this step in a training pass, none in inference.
    pub noise: Option<Rng>,
    /// What the layer itself adds to the loss, which its `backward` writes; none where that goes back from something
    /// else than the loss of a training pass.
    pub penalty: Option<f32>,
    /// Working space of the layer, of any length.
    pub scratch: Vec<f32>,
    /// What a recurrent layer keeps of each time step.
    pub unrolled: Unrolled,
    /// Whether it goes on, one time step further, from the states that are there ([`Mode::Streaming`]).
    pub streams: bool,
    /// Those of the layers that it is made of: of a `bidirectional`, forwards and backwards in time.
    pub parts: Vec<Self>,
}

impl Trace {
    /// What the layer computes before its activation, a recurrent one at every step; without one, its output.
    #[must_use]
    pub fn before_activation(&self) -> &[f32] {
        let sums = if self.pre_activation.is_empty() { &self.unrolled.sums } else { &self.pre_activation };
        if sums.is_empty() { &self.output } else { sums }
    }

    /// Fills `output` from `pre_activation`.
    pub(crate) fn activate(&mut self, activation: Activation, units: usize) {
        self.activation = activation;
        self.output.resize(self.pre_activation.len(), 0.0);
        activation.apply(&self.pre_activation, &mut self.output, units);
    }

    /// Fills `grad_pre_activation` from `grad_output`.
    pub(crate) fn deactivate(&mut self, units: usize) {
        let grad_z = &mut self.grad_pre_activation;
        grad_z.resize(self.pre_activation.len(), 0.0);
        self.activation.backward(&self.grad_output, &self.pre_activation, &self.output, grad_z, units);
    }

    /// Bytes of all its buffers.
    fn bytes(&self) -> usize {
        let buffers = [
            &self.output,
            &self.pre_activation,
            &self.grad_output,
            &self.grad_pre_activation,
            &self.kept,
            &self.scratch,
        ];
        let parts = bytes_of(&self.parts) + self.parts.iter().map(Self::bytes).sum::<usize>();
        buffers.into_iter().map(bytes_of).sum::<usize>() + self.unrolled.bytes() + parts
    }

    /// f′ at the pre-activations.
    pub fn slopes(&self) -> impl Iterator<Item = f32> + '_ {
        self.pre_activation.iter().zip(&self.output).map(|(&z, &y)| self.activation.slope(z, y))
    }

    /// Makes room for a way back over the rows that passed last, of a whole batch or of its first rows; penalties are part
    /// of what it goes back from if that is a loss, and of a training pass.
    pub(crate) fn resize_backward(&mut self, is_penalised: bool) {
        self.goes_on = false;
        self.penalty = (is_penalised && self.noise.is_some()).then_some(0.0);
        self.grad_output.resize(self.output.len(), 0.0);
    }
}

/// One pass of a batch through all layers of a network, forwards and (when training) backwards.
#[derive(Clone, Debug, Default)]
pub struct Pass {
    /// What it is for; set before the pass.
    pub mode: Mode,
    /// A trace for each layer, in their order.
    pub traces: Vec<Trace>,
    /// Of the network whose layers they are of.
    pub(super) revision: usize,
}

impl Pass {
    /// A pass for this.
    #[must_use]
    pub fn new(mode: Mode) -> Self {
        Self { mode, ..Self::default() }
    }

    /// A pass that learns at `step`.
    #[must_use]
    pub fn training(step: usize) -> Self {
        Self::new(Mode::Training { step })
    }

    /// Bytes that it holds, in all buffers of all layers.
    #[must_use]
    pub fn bytes(&self) -> usize {
        bytes_of(&self.traces) + self.traces.iter().map(Trace::bytes).sum::<usize>()
    }

    /// Outputs of the last layer, `[rows, units]`; empty before the first pass.
    #[must_use]
    pub fn output(&self) -> &[f32] {
        self.traces.last().map_or(&[], |trace| &trace.output)
    }
}
