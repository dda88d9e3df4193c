//! A recurrent layer and its twin that reads backwards.

use super::{Layer, LayerConfig, WeightSpec};
use crate::error::{Error, Result};
use crate::nn::{Activation, Trace};
use crate::tensor::Rng;
use serde::{Deserialize, Serialize};

/// Two layers of the same settings with weights of their own, one on the sequence as it is, one on it read backwards, whose
/// outputs are brought back into the order of the sequence and joined with those of the first.
///
/// # Shapes
/// - input `[batch, time, features]`; weights are those of `layer` twice, forwards first
/// - output that of `layer`; joined by `concat`, with twice the units
///
/// It cannot be given a sequence step by step ([`crate::nn::Mode::Streaming`]), since what comes last is read first there:
/// [`crate::nn::Network::can_stream`] is false.
///
/// # Errors
/// [`Error::Setting`] for a `layer` that is not recurrent; else those of `layer`.
///
/// # Reference
/// Schuster & Paliwal, Bidirectional recurrent neural networks, IEEE Trans. Signal Processing 45 (1997).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bidirectional {
    /// Settings of both: `simple_rnn`, `lstm` or `gru`.
    pub layer: Box<LayerConfig>,
    #[serde(default)]
    pub merge_mode: MergeMode,
    /// Steps of its input and numbers of each, steps of the output of a layer (1 for the last alone) and its units.
    #[serde(skip)]
    shape: [usize; 4],
}

/// How the outputs forwards, a, and backwards, b, are joined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MergeMode {
    /// a and behind it b.
    #[default]
    Concat,
    /// a + b.
    Sum,
    /// a · b.
    Mul,
    /// (a + b) / 2.
    Ave,
}

impl Bidirectional {
    /// The layer, if it is recurrent, with what Keras calls its two copies.
    fn named(&self) -> Option<(&dyn Layer, [&'static str; 2])> {
        match &*self.layer {
            LayerConfig::SimpleRnn(layer) => {
                Some((layer, ["forward_simple_rnn/simple_rnn_cell", "backward_simple_rnn/simple_rnn_cell"]))
            }
            LayerConfig::Lstm(layer) => Some((layer, ["forward_lstm/lstm_cell", "backward_lstm/lstm_cell"])),
            LayerConfig::Gru(layer) => Some((layer, ["forward_gru/gru_cell", "backward_gru/gru_cell"])),
            _ => None,
        }
    }

    fn inner(&self) -> &dyn Layer {
        self.named().expect("it was built").0
    }

    /// The steps of each sequence of `from`, of so many numbers each, last to first.
    fn reverse(from: &[f32], to: &mut [f32], [time, size]: [usize; 2]) {
        let sequences = from.chunks_exact(time * size).zip(to.chunks_exact_mut(time * size));
        for (from, to) in sequences {
            from.chunks_exact(size)
                .zip(to.chunks_exact_mut(size).rev())
                .for_each(|(from, to)| to.copy_from_slice(from));
        }
    }

    /// Number of the row of the twin's output that belongs to `row` of the first's: steps are in the other order.
    fn twin_of(&self, row: usize) -> usize {
        let [_, _, steps, _] = self.shape;
        let step = row % steps;
        row - step + (steps - 1 - step)
    }
}

impl Layer for Bidirectional {
    fn activation(&self) -> Activation {
        self.layer.activation().unwrap_or_default()
    }

    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>> {
        let kind = self.layer.kind();
        let output = match &mut *self.layer {
            LayerConfig::SimpleRnn(layer) => layer.build(input_shape),
            LayerConfig::Lstm(layer) => layer.build(input_shape),
            LayerConfig::Gru(layer) => layer.build(input_shape),
            _ => return Err(Error::setting("layer.type", kind, "simple_rnn, lstm or gru")),
        };
        let mut output = output.map_err(|error| match error {
            error @ Error::Setting { .. } => error.within("layer"),
            error => error,
        })?;
        let steps = if output.len() == 2 { output[0] } else { 1 };
        let units = output.last_mut().expect("units");
        self.shape = [input_shape[0], input_shape[1], steps, *units];
        if self.merge_mode == MergeMode::Concat {
            *units *= 2;
        }
        Ok(output)
    }

    fn weights(&self) -> Vec<WeightSpec> {
        let (layer, scopes) = self.named().expect("it was built");
        let of = |scope| layer.weights().into_iter().map(move |spec| WeightSpec { scope, ..spec });
        scopes.into_iter().flat_map(of).collect()
    }

    fn after_draw(&self, weights: &mut [f32], rng: &mut Rng) {
        let (forwards, backwards) = weights.split_at_mut(weights.len() / 2);
        self.inner().after_draw(forwards, rng);
        self.inner().after_draw(backwards, rng);
    }

    fn kept_of_an_item(&self) -> usize {
        let [time, features, steps, units] = self.shape;
        // Of both: outputs with their gradients; and the inputs turned round, with theirs.
        2 * (self.inner().kept_of_an_item().saturating_add(2 * steps * units) + time * features)
    }

    fn working_space(&self) -> usize {
        2 * self.inner().working_space()
    }

    fn multiply_adds(&self) -> usize {
        2 * self.inner().multiply_adds()
    }

    fn is_rowwise(&self) -> bool {
        false
    }

    fn has_logits(&self) -> bool {
        false
    }

    fn sees(&self, _: [usize; 4]) -> Option<[usize; 4]> {
        None
    }

    fn forward(&self, weights: &[f32], input: &[f32], trace: &mut Trace) {
        let Trace { parts, output, scratch, .. } = trace;
        let [time, features, _, units] = self.shape;
        parts.resize_with(2, Trace::default);
        scratch.resize(input.len(), 0.0);
        Self::reverse(input, scratch, [time, features]);
        let (forwards, backwards) = weights.split_at(weights.len() / 2);
        self.inner().forward(forwards, input, &mut parts[0]);
        self.inner().forward(backwards, scratch, &mut parts[1]);
        let [a, b] = [&parts[0].output, &parts[1].output];
        let width = if self.merge_mode == MergeMode::Concat { 2 * units } else { units };
        output.resize(a.len() / units * width, 0.0);
        for (row, (y, a)) in output.chunks_exact_mut(width).zip(a.chunks_exact(units)).enumerate() {
            let b = &b[self.twin_of(row) * units..][..units];
            let each = |y: &mut [f32], join: fn(f32, f32) -> f32| {
                y.iter_mut().zip(a.iter().zip(b)).for_each(|(y, (&a, &b))| *y = join(a, b));
            };
            match self.merge_mode {
                MergeMode::Concat => {
                    y[..units].copy_from_slice(a);
                    y[units..].copy_from_slice(b);
                }
                MergeMode::Sum => each(y, |a, b| a + b),
                MergeMode::Mul => each(y, |a, b| a * b),
                MergeMode::Ave => each(y, |a, b| (a + b) * 0.5),
            }
        }
    }

    fn backward(
        &self,
        weights: &[f32],
        _: &[f32],
        trace: &mut Trace,
        grad_weights: &mut [f32],
        grad_input: Option<&mut [f32]>,
    ) {
        let Trace { parts, grad_output, scratch, .. } = trace;
        let [time, features, _, units] = self.shape;
        let width = if self.merge_mode == MergeMode::Concat { 2 * units } else { units };
        let [forwards, backwards] = parts.as_mut_slice() else { return };
        for part in [&mut *forwards, backwards] {
            part.grad_output.resize(part.output.len(), 0.0);
        }
        for (row, grad) in grad_output.chunks_exact(width).enumerate() {
            let (of_a, twin) = (row * units..(row + 1) * units, self.twin_of(row));
            let of_b = twin * units..(twin + 1) * units;
            let (a, b) = (&forwards.output[of_a.clone()], &backwards.output[of_b.clone()]);
            let (grad_a, grad_b) = (&mut forwards.grad_output[of_a], &mut backwards.grad_output[of_b]);
            for j in 0..units {
                (grad_a[j], grad_b[j]) = match self.merge_mode {
                    MergeMode::Concat => (grad[j], grad[units + j]),
                    MergeMode::Sum => (grad[j], grad[j]),
                    MergeMode::Mul => (grad[j] * b[j], grad[j] * a[j]),
                    MergeMode::Ave => (grad[j] * 0.5, grad[j] * 0.5),
                };
            }
        }
        let half = weights.len() / 2;
        let (weights, weights_backwards) = weights.split_at(half);
        let (grads, grads_backwards) = grad_weights.split_at_mut(half);
        let Some(grad_input) = grad_input else {
            self.inner().backward(weights, &[], forwards, grads, None);
            self.inner().backward(weights_backwards, &[], backwards, grads_backwards, None);
            return;
        };
        // What the twin hands back, brought into the order of the sequence, then what the first adds.
        self.inner().backward(weights_backwards, &[], backwards, grads_backwards, Some(scratch));
        Self::reverse(scratch, grad_input, [time, features]);
        self.inner().backward(weights, &[], forwards, grads, Some(scratch));
        grad_input.iter_mut().zip(&*scratch).for_each(|(sum, grad)| *sum += grad);
    }
}
