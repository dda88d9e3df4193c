//! What helps: a change for each finding, the likeliest to help first, at most two.

use super::controls::usual_learning_rate;
use super::hidden;
use super::outlook::Tried;
use crate::labs::Remedy;
use crate::nn::{Initializer, InitializerName};
use crate::train::{OptimizerName, Run};

/// Gradients that do not reach the first layers.
pub(super) fn for_vanishing(run: &Run) -> Vec<Remedy> {
    let shallower = hidden(run.current()).len() / 2;
    let shallower = Remedy::new(&format!("Try {shallower} layers"), "depth", shallower);
    at_most_two([relu(run), he_initialisation(run), normalisation(run), Some(shallower)])
}

/// Gradients that arrive at a network that does not learn.
pub(super) fn for_guessing(run: &Run) -> Vec<Remedy> {
    let adam = (run.current().optimizer.name != OptimizerName::Adam)
        .then(|| Remedy::new("Try Adam", "optimizer.name", "adam"));
    let has_skips = hidden(run.current()).iter().any(|block| block.skip.is_some());
    let first = normalisation(run).filter(|_| has_skips);
    at_most_two([first, relu(run), he_initialisation(run), adam, lower_rate(run)])
}

/// Gradients that grow from layer to layer.
pub(super) fn for_exploding(run: &Run) -> Vec<Remedy> {
    at_most_two([clipping(run), lower_rate(run)])
}

/// Gradients that are huge in all layers.
pub(super) fn for_oversized(run: &Run) -> Vec<Remedy> {
    at_most_two([clipping(run), he_initialisation(run), lower_rate(run)])
}

/// Numbers that outgrew `f32` as the run went on.
pub(super) fn for_divergence(run: &Run, tried: &Tried) -> Vec<Remedy> {
    that_help((run, tried), [lower_rate(run), clipping(run), Some(leaky_relu())])
}

/// Weights that are so small, or 0, that nothing comes through them.
pub(super) fn for_small_weights(run: &Run, tried: &Tried) -> Vec<Remedy> {
    // Other draws, where a layer of the usual ones is dead from the start.
    let uniform = Remedy::new("Use He uniform initialisation", "initializer", "he_uniform");
    let orthogonal = Remedy::new("Use orthogonal initialisation", "initializer", "orthogonal");
    let first = Some(fitting_initialisation(run));
    that_help((run, tried), [first, normalisation(run), Some(uniform), Some(orthogonal)])
}

/// Gradients that are lost on the way to the first layer.
pub(super) fn for_lost(run: &Run, tried: &Tried) -> Vec<Remedy> {
    let shallower = hidden(run.current()).len() / 2;
    let shallower = Remedy::new(&format!("Try {shallower} layers"), "depth", shallower);
    let first = Some(fitting_initialisation(run));
    that_help((run, tried), [first, relu(run), normalisation(run), Some(shallower)])
}

/// Weights that are too large before anything is learned.
pub(super) fn for_large_weights() -> Vec<Remedy> {
    vec![Remedy::new("Use Xavier initialisation", "initializer", "glorot_uniform")]
}

/// Units that a learning rate switched off: nothing reaches them any more, so only a new run helps.
pub(super) fn for_killed(run: &Run, tried: &Tried) -> Vec<Remedy> {
    let mut remedies =
        that_help((run, tried), [lower_rate(run).map(Remedy::anew), Some(leaky_relu().anew())]);
    remedies.truncate(1);
    remedies
}

/// Units that are off for another reason.
pub(super) fn for_flat(run: &Run, tried: &Tried) -> Vec<Remedy> {
    that_help((run, tried), [Some(leaky_relu()), he_initialisation(run), normalisation(run)])
}

/// The first two after which gradients reach every layer: a remedy that is known to fail is none.
fn that_help<const N: usize>((run, tried): (&Run, &Tried), remedies: [Option<Remedy>; N]) -> Vec<Remedy> {
    remedies.into_iter().flatten().filter(|remedy| tried.helps(run, remedy)).take(2).collect()
}

fn leaky_relu() -> Remedy {
    Remedy::new("Try leaky ReLU", "activation", "leaky_relu")
}

/// The initialisation made for the activations that the network has.
fn fitting_initialisation(run: &Run) -> Remedy {
    let is_one_sided = hidden(run.current()).iter().all(|block| block.dense.activation.is_one_sided());
    if is_one_sided {
        Remedy::new("Use He initialisation", "initializer", "he_normal")
    } else {
        Remedy::new("Use Xavier initialisation", "initializer", "glorot_uniform")
    }
}

fn at_most_two<const N: usize>(remedies: [Option<Remedy>; N]) -> Vec<Remedy> {
    remedies.into_iter().flatten().take(2).collect()
}

fn relu(run: &Run) -> Option<Remedy> {
    let is_one_sided = hidden(run.current()).iter().all(|block| block.dense.activation.is_one_sided());
    (!is_one_sided).then(|| Remedy::new("Try ReLU", "activation", "relu"))
}

fn he_initialisation(run: &Run) -> Option<Remedy> {
    let he = Initializer::new(InitializerName::HeNormal);
    let has_other = hidden(run.current()).iter().any(|block| block.dense.kernel_initializer != he);
    has_other.then(|| Remedy::new("Use He initialisation", "initializer", "he_normal"))
}

/// Batch normalisation, which brings what every layer gives to one scale.
fn normalisation(run: &Run) -> Option<Remedy> {
    let has_none = hidden(run.current()).iter().all(|block| block.normalization.is_none());
    has_none.then(|| Remedy::new("Normalise every layer", "normalization", "batch_normalization"))
}

fn clipping(run: &Run) -> Option<Remedy> {
    let optimizer = &run.current().optimizer;
    let clips = [optimizer.clipvalue, optimizer.clipnorm, optimizer.global_clipnorm];
    clips.iter().all(Option::is_none).then(|| Remedy::new("Clip gradients at 1", "clip", 1.0))
}

/// The usual rate of the optimizer where that is lower, else a tenth.
fn lower_rate(run: &Run) -> Option<Remedy> {
    let optimizer = &run.current().optimizer;
    let (rate, usual) = (optimizer.learning_rate(), usual_learning_rate(optimizer.name));
    let lower = f64::from(if rate > usual { usual } else { rate / 10.0 });
    let lower = (lower * 1e6).round() / 1e6;
    (rate > 1e-4)
        .then(|| Remedy::new(&format!("Try learning rate {lower}"), "optimizer.learning_rate", lower))
}
