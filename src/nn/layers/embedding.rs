//! What stands for each symbol, learned.

use super::{Layer, WeightSpec, is_trainable, trainable};
use crate::error::{Error, Result, ensure_within};
use crate::nn::{Initializer, InitializerName, Trace};
use serde::{Deserialize, Serialize};

/// Symbols that an embedding may know, as many as data can have.
const MAX_SYMBOLS: usize = 1 << 16;

/// `y_t = e[x_t]`: row number `x_t` of the embeddings, for symbols that are given by their index.
///
/// # Shapes
/// - input `[batch, time]`, whole numbers below `input_dim` (the data see to that), embeddings `[input_dim, output_dim]`
/// - output `[batch, time, output_dim]`
///
/// # Errors
/// [`Error::Shape`] for an input that is no row of indices; [`Error::Setting`] for `input_dim` outside 1…65,536 and
/// `output_dim` outside 1…4096.
///
/// # Reference
/// Bengio et al., A neural probabilistic language model, JMLR 3 (2003).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Embedding {
    /// Number of symbols.
    pub input_dim: usize,
    /// Numbers that stand for each.
    pub output_dim: usize,
    #[serde(default = "uniform", skip_serializing_if = "is_uniform")]
    pub embeddings_initializer: Initializer,
    /// Whether updates change its weights; if not they are frozen, and their gradient is only measured.
    #[serde(default = "trainable", skip_serializing_if = "is_trainable")]
    pub trainable: bool,
}

/// Keras' default.
fn uniform() -> Initializer {
    Initializer::new(InitializerName::RandomUniform)
}

fn is_uniform(initializer: &Initializer) -> bool {
    *initializer == uniform()
}

impl Embedding {
    /// Where the row of a symbol begins; of the last one, should an index be none.
    fn row(&self, index: f32) -> usize {
        debug_assert!(index >= 0.0 && index < self.input_dim as f32, "{index} is a symbol");
        (index as usize).min(self.input_dim - 1) * self.output_dim
    }
}

impl Layer for Embedding {
    fn build(&mut self, input_shape: &[usize]) -> Result<Vec<usize>> {
        ensure_within("input_dim", self.input_dim, &(1..=MAX_SYMBOLS))?;
        ensure_within("output_dim", self.output_dim, &(1..=4096))?;
        self.embeddings_initializer.validate("embeddings_initializer")?;
        let &[time] = input_shape else {
            return Err(Error::Shape {
                layer: "embedding".into(),
                expected: "a sequence of indices [time] (leave it out where symbols are one-hot)".into(),
                found: input_shape.to_vec(),
            });
        };
        Ok(vec![time, self.output_dim])
    }

    fn weights(&self) -> Vec<WeightSpec> {
        let shape = vec![self.input_dim, self.output_dim];
        vec![WeightSpec::new("embeddings", shape, self.embeddings_initializer).within(self.trainable)]
    }

    fn can_stream(&self) -> bool {
        true
    }

    fn sees(&self, _: [usize; 4]) -> Option<[usize; 4]> {
        None
    }

    fn forward(&self, weights: &[f32], input: &[f32], trace: &mut Trace) {
        trace.output.resize(input.len() * self.output_dim, 0.0);
        for (output, &index) in trace.output.chunks_exact_mut(self.output_dim).zip(input) {
            output.copy_from_slice(&weights[self.row(index)..][..self.output_dim]);
        }
    }

    /// Rows of symbols get the sum over the steps and rows of the batch in their order; indices get nothing.
    fn backward(
        &self,
        _: &[f32],
        input: &[f32],
        trace: &mut Trace,
        grad_weights: &mut [f32],
        grad_input: Option<&mut [f32]>,
    ) {
        if !trace.goes_on {
            grad_weights.fill(0.0);
        }
        for (grad, &index) in trace.grad_output.chunks_exact(self.output_dim).zip(input) {
            let sums = &mut grad_weights[self.row(index)..][..self.output_dim];
            sums.iter_mut().zip(grad).for_each(|(sum, grad)| *sum += grad);
        }
        if let Some(grad_input) = grad_input {
            grad_input.fill(0.0);
        }
    }
}
