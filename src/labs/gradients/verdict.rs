//! What the measured gradients mean, in words, with what helps ([`super::remedies`]).

use super::blocks::Block;
use super::controls::usual_learning_rate;
use super::observer::{GradientsObserver, VERDICT_BATCHES};
use super::updates::Update;
use super::{blocks, hidden, outlook, remedies};
use crate::labs::format::{count, layer_name, percent, power, significant};
use crate::labs::verdict::WAY_BACK;
use crate::labs::{Remedy, Tone, Verdict};
use crate::nn::{Activation, LayerConfig, Slot};
use crate::tensor::l2_norm;
use crate::train::statistics::layer_statistics;
use crate::train::{Divergence, OptimizerName, Run};

/// Layer 1 receiving less than one part in so many of the last hidden layer's gradient is called
/// vanishing, more than so many times as much exploding; the chart says it from there on, too.
const FAR: f64 = 100.0;
/// Test accuracy from which a network is said to have learned.
const LEARNED: f32 = 0.95;
/// Steps at the level of guessing after which a network is said not to learn.
const PATIENCE: usize = 300;
/// An update that changes weights by more than this share of their size is called too large, at a rate
/// above what is usual for the optimizer.
const BOLD: f64 = 0.25;

/// A step that would change weights by more than so many times their size is called exploding.
const OVERSIZED: f64 = 1.0;

/// How a gradient fares on its way back through the hidden layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    Vanishes,
    Flows,
    Explodes,
}

/// From what layer 1 receives, in parts of the last hidden layer's gradient.
pub(super) fn reach(ratio: f64) -> Reach {
    if ratio < 1.0 / FAR {
        Reach::Vanishes
    } else if ratio > FAR {
        Reach::Explodes
    } else {
        Reach::Flows
    }
}

/// The finding that matters most right now.
pub(super) fn of(observer: &GradientsObserver, run: &Run) -> Verdict {
    if let Some(divergence) = run.divergence() {
        return diverged(divergence, observer, run);
    }
    let depth = hidden(run.current()).len();
    if depth < 2 {
        return shallow(observer, run, depth);
    }
    if asks_for_nothing(observer, run) {
        return satisfied(observer, run);
    }
    if observer.now[0] == 0.0 {
        return dead(observer, run, depth);
    }
    let ratio = observer.ratio(0, depth - 1);
    let receives = receives(observer, ratio, depth);
    let so_far = learned_so_far(observer, run);
    if has_learned(observer, run) {
        return Verdict::new(Tone::Good, "Learned.", format!("{so_far}. {receives}"), Vec::new());
    }
    if let Some(faint) = faint(observer, run) {
        return faint;
    }
    let text = |more: String| if more.is_empty() { receives.clone() } else { format!("{receives} {more}") };
    match reach(ratio) {
        Reach::Vanishes if let Some(cause) = too_large(observer, run) => {
            Verdict::new(Tone::Warn, "Vanishing.", text(cause), remedies::for_killed(run, &observer.tried))
        }
        Reach::Vanishes => {
            let text = text(moves(observer, run, depth));
            Verdict::new(Tone::Warn, "Vanishing.", text, remedies::for_vanishing(run))
        }
        Reach::Explodes => {
            let text = text(moves(observer, run, depth));
            Verdict::new(Tone::Warn, "Exploding.", text, remedies::for_exploding(run))
        }
        Reach::Flows if let Some(what) = oversized(run) => {
            Verdict::new(Tone::Warn, "Exploding.", text(what), remedies::for_oversized(run))
        }
        Reach::Flows if let Some(why) = only_growing(run).filter(|_| run.steps() >= PATIENCE) => {
            let text = text(format!("{so_far}. {why}"));
            Verdict::new(Tone::Warn, "Flowing.", text, remedies::for_guessing(run))
        }
        Reach::Flows if observer.steps_of_guessing(run) >= PATIENCE => {
            let steps = count(observer.steps_of_guessing(run));
            let guess = guess(observer, run);
            let text = text(format!("{so_far}: no better than {guess}, for {steps} steps now."));
            Verdict::new(Tone::Warn, "Flowing, but not learning yet.", text, remedies::for_guessing(run))
        }
        Reach::Flows => Verdict::new(Tone::Note, "Flowing.", text(format!("{so_far}.")), Vec::new()),
    }
}

/// What reaches layer 1, in parts of what reaches the last hidden layer, `depth`. The bars are of the last batch
/// alone, so it says where more are meant.
fn receives(observer: &GradientsObserver, ratio: f64, depth: usize) -> String {
    let over = match observer.batches {
        0 | 1 => String::new(),
        VERDICT_BATCHES => format!(" over about {VERDICT_BATCHES} batches"),
        batches => format!(" over the last {batches} batches"),
    };
    // That so often multiplied with itself is the ratio.
    let factor = libm::pow(ratio, 1.0 / (depth - 1) as f64);
    format!(
        "Layer 1 receives {} times layer {depth}’s gradient{over}, ×{} for each layer back.",
        power(ratio),
        significant(factor, 2)
    )
}

/// Whether every item of the last batch is as the loss wants it, so that there is no gradient to begin with.
fn asks_for_nothing(observer: &GradientsObserver, run: &Run) -> bool {
    // Penalties of the weights are a gradient, too.
    observer.now.iter().all(|norm| *norm == 0.0)
        && run.pass().traces.last().is_some_and(|output| output.grad_output.iter().all(|grad| *grad == 0.0))
}

fn satisfied(observer: &GradientsObserver, run: &Run) -> Verdict {
    let so_far = learned_so_far(observer, run);
    let text =
        format!("{so_far}. Every item of the last batch is as the loss wants it, so no gradient arises.");
    let (tone, word) =
        if has_learned(observer, run) { (Tone::Good, "Learned.") } else { (Tone::Note, "No gradient.") };
    Verdict::new(tone, word, text, Vec::new())
}

/// That what arrives is next to nothing in every layer alike, so that no ratio shows it.
fn faint(observer: &GradientsObserver, run: &Run) -> Option<Verdict> {
    let kernels = run.network().kernels().count();
    let is_faint = outlook::is_faint(run.current(), run.network(), run.gradients(), run.pass_weights());
    // Else it is so small because the loss is.
    if !is_faint || !outlook::is_constant(run.pass(), run.network().outputs()) {
        return None;
    }
    let most = run.kernel_grad_norms().take(kernels - 1).fold(0.0, f32::max);
    let text = format!(
        "No gradient arrives anywhere: {} at most in a hidden layer, too little to change a weight. The weights are so \
         small that the outputs do not depend on the input.",
        power(most)
    );
    Some(Verdict::new(Tone::Warn, "Faint.", text, remedies::for_small_weights(run, &observer.tried)))
}

fn shallow(observer: &GradientsObserver, run: &Run, depth: usize) -> Verdict {
    let layers = if depth == 0 { "no hidden layer" } else { "one hidden layer" };
    let text = format!(
        "With {layers} there is no way for a gradient to vanish on. {}.",
        learned_so_far(observer, run)
    );
    let (tone, word) =
        if has_learned(observer, run) { (Tone::Good, "Learned.") } else { (Tone::Note, "Shallow.") };
    Verdict::new(tone, word, text, vec![Remedy::new("Try 10 layers", "depth", 10)])
}

/// That the gradient is huge in all layers alike, as far as plain descent tells how far it carries.
fn oversized(run: &Run) -> Option<String> {
    let optimizer = &run.current().optimizer;
    let clips = [optimizer.clipvalue, optimizer.clipnorm, optimizer.global_clipnorm];
    if optimizer.name != OptimizerName::Sgd || clips.iter().any(Option::is_some) {
        return None;
    }
    let norm = |values: &[f32], slot: &Slot| f64::from(l2_norm(&values[slot.range.clone()]));
    let rate = f64::from(optimizer.learning_rate());
    let change = |slot: &Slot| rate * norm(run.gradients(), slot) / norm(run.pass_weights(), slot);
    let changes = run.network().kernels().map(change).enumerate().filter(|(_, change)| change.is_finite());
    let (index, most) = changes.max_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, most)| *most > OVERSIZED)?;
    let name = the_layer(index + 1, run.network().kernels().count());
    let (rate, most) = (shown_rate(run), power(most));
    Some(format!(
        "But it is huge: at a learning rate of {rate} a step changes the weights of {name} by {most} times their size."
    ))
}

/// Why skip connections alone do not help layers whose outputs are never negative.
fn only_growing(run: &Run) -> Option<String> {
    let hidden = hidden(run.current());
    let grows = |block: &Block| {
        let activation = block.dense.activation;
        let is_positive =
            matches!(activation, Activation::Sigmoid | Activation::HardSigmoid | Activation::Softplus);
        is_positive && block.normalization.is_none()
    };
    let last = hidden.iter().rfind(|block| block.skip.is_some()).filter(|_| hidden.iter().all(grows))?;
    let outputs = &run.pass().traces[last.end].output;
    let mean = outputs.iter().map(|&y| f64::from(y)).sum::<f64>() / outputs.len().max(1) as f64;
    Some(format!(
        "Skip connections carry the gradient back, but what they add is never negative here and only grows, to {} in the mean. \
         Normalising helps, or an activation around 0.",
        significant(mean, 2)
    ))
}

/// What the updates do to the first hidden layer and the last; nothing before the first step.
fn moves(observer: &GradientsObserver, run: &Run, depth: usize) -> String {
    if run.steps() == 0 {
        return String::new();
    }
    let still = observer.updates.first_layer_still;
    if still > 0 && run.current().optimizer.learning_rate() > 0.0 {
        let steps =
            if still == 1 { "the last step".into() } else { format!("the last {} steps", count(still)) };
        return format!(
            "Its weights did not change at all in {steps}: each update is smaller than their last digit."
        );
    }
    let hidden = hidden(run.current());
    let [first, last] =
        [0, depth - 1].map(|layer| power(layer_statistics(run, hidden[layer].at).update_ratio));
    format!(
        "The last step changed the weights of layer 1 by {first} of their size, those of layer {depth} by {last}."
    )
}

/// Why no gradient arrives, as far as it can be seen in the buffers of the batch.
fn dead(observer: &GradientsObserver, run: &Run, depth: usize) -> Verdict {
    let hidden = hidden(run.current());
    let is_flat = |layer: &usize| run.pass().traces[hidden[*layer].at].slopes().all(|slope| slope == 0.0);
    let weights = &run.network().weights;
    // Those of layer 1 have no part in what reaches it.
    let is_zero = |slot: &Slot| weights[slot.range.clone()].iter().all(|w| *w == 0.0);
    let zero = run.network().kernels().skip(1).position(is_zero).map(|index| index + 1);
    let (why, remedies) = if let Some(index) = zero {
        let name = the_layer(index + 1, depth + 1);
        (
            format!("the weights of {name} are all 0 and pass nothing back."),
            remedies::for_small_weights(run, &observer.tried),
        )
    } else if let Some(layer) = (0..depth).find(is_flat) {
        let off = format!("every unit of layer {} is off for every item of the batch", layer + 1);
        match too_large(observer, run) {
            Some(cause) => (format!("{off}. {cause}"), remedies::for_killed(run, &observer.tried)),
            None => (format!("{off}."), remedies::for_flat(run, &observer.tried)),
        }
    } else {
        (
            "what arrives is smaller than the smallest number.".to_owned(),
            remedies::for_lost(run, &observer.tried),
        )
    };
    Verdict::new(Tone::Warn, "Dead.", format!("Layer 1 receives no gradient at all: {why}"), remedies)
}

fn diverged(divergence: &Divergence, observer: &GradientsObserver, run: &Run) -> Verdict {
    let Divergence { step, layer, quantity } = divergence;
    let name = name_of(layer, run);
    let what = format!("At step {} the {quantity} of {name} was no finite number any more", count(*step));
    let is_of_the_pass = ["pre-activation", "activation", "loss"].contains(&quantity.as_str())
        || quantity.ends_with("gradient");
    let (why, remedies) = if let Some(cause) = too_large(observer, run) {
        (cause, remedies::for_divergence(run, &observer.tried))
    } else if *step == 0 && is_of_the_pass {
        ("No update was made yet: the first weights are too large.".into(), remedies::for_large_weights())
    } else {
        let rate = shown_rate(run);
        (
            format!("The numbers grew step by step at a learning rate of {rate}."),
            remedies::for_divergence(run, &observer.tried),
        )
    };
    // Whatever tames the updates would leave what is dead from the start.
    let why = match (*step > 0).then(|| outlook::dead_layer(run)).flatten() {
        Some(layer) => {
            format!(
                "{why} Layer {layer} lets nothing through whatever the learning rate is: mend that first."
            )
        }
        None => why,
    };
    let layers = run.network().kernels().count();
    let grew = observer.growth.told(|layer| the_layer(layer, layers)).filter(|_| *step > 1);
    let grew = grew.map_or_else(String::new, |grew| format!(" {grew}"));
    // Before the growth that is told, where there were steps before, and before the update that was too bold.
    let first = observer.growth.first_step().filter(|first| first < step);
    let bold = too_large(observer, run).map(|_| observer.updates.boldest.step.saturating_sub(1));
    let back_to = first.map(|first| bold.map_or(first, |bold| bold.min(first)));
    let next = if back_to.is_some() { WAY_BACK } else { "Any change starts a new run." };
    let text = format!("{what}. {why}{grew} {next}");
    Verdict { back_to, ..Verdict::new(Tone::Bad, "Diverged.", text, remedies) }
}

/// That the learning rate is too large, where an update shows it.
fn too_large(observer: &GradientsObserver, run: &Run) -> Option<String> {
    let Update { layer, step, ratio } = observer.updates.boldest;
    let layers = run.network().kernels().count();
    let optimizer = &run.current().optimizer;
    let is_usual = optimizer.learning_rate() <= usual_learning_rate(optimizer.name);
    (ratio > BOLD && !is_usual).then(|| {
        format!(
            "The learning rate of {} is too large: step {} changed the weights of {} by {} times their size.",
            shown_rate(run),
            count(step),
            the_layer(layer, layers),
            power(ratio)
        )
    })
}

/// The layer that Keras calls `layer`, as a sentence has it.
fn name_of(layer: &str, run: &Run) -> String {
    let index = run.network().layer_names().iter().position(|name| name == layer).unwrap_or(0);
    let blocks = blocks::of(&run.current().network);
    let place = blocks.iter().position(|block| index <= block.end).unwrap_or(0);
    let name = the_layer(place + 1, blocks.len());
    match run.current().network.layers[index] {
        LayerConfig::Dense(_) => name,
        LayerConfig::Add(_) => format!("the sum behind {name}"),
        LayerConfig::Dropout(_) => format!("the dropout behind {name}"),
        _ => format!("the normalisation behind {name}"),
    }
}

/// A layer as a sentence has it.
fn the_layer(layer: usize, layers: usize) -> String {
    if layer == layers { "the output".into() } else { layer_name(layer, layers) }
}

fn shown_rate(run: &Run) -> String {
    power(run.current().optimizer.learning_rate())
}

fn has_learned(observer: &GradientsObserver, run: &Run) -> bool {
    run.data().classes > 0
        && observer.learning.evaluation.is_some_and(|evaluation| evaluation.metric >= LEARNED)
}

fn learned_so_far(observer: &GradientsObserver, run: &Run) -> String {
    match observer.learning.evaluation {
        None => "No items are kept for the test".into(),
        Some(evaluation) if evaluation.metric.is_nan() => {
            "The outputs for the test items are no numbers".into()
        }
        Some(evaluation) if run.data().classes > 0 => {
            format!("Test accuracy {}", percent(f64::from(evaluation.metric)))
        }
        Some(evaluation) => {
            format!("Mean absolute test error {}", significant(f64::from(evaluation.metric), 2))
        }
    }
}

/// The best answer that is the same for all items, with what it scores on the test items.
fn guess(observer: &GradientsObserver, run: &Run) -> String {
    match run.data().classes {
        0 => format!("always saying the median, which is off by {}", significant(observer.guess, 2)),
        _ => format!("guessing the commonest class, which scores {}", percent(observer.guess)),
    }
}
