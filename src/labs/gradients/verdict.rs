//! What the measured gradients mean, in words, with what helps.

use super::hidden;
use super::observer::GradientsObserver;
use crate::labs::format::{percent, power, significant};
use crate::labs::{Remedy, Tone, Verdict};
use crate::nn::{Activation, Initializer, InitializerName};
use crate::train::statistics::layer_statistics;
use crate::train::{Divergence, Run};

/// Layer 1 receiving less than this of the last hidden layer's gradient is called vanishing.
const VANISHING: f64 = 1e-3;
/// More than this is called exploding.
const EXPLODING: f64 = 1e3;
/// Test accuracy from which a network is said to have learned.
const LEARNED: f32 = 0.95;

/// The finding that matters most right now.
pub(super) fn of(observer: &GradientsObserver, run: &Run) -> Verdict {
    if let Some(divergence) = run.divergence() {
        return diverged(divergence, run);
    }
    let depth = hidden(run.current()).count();
    if depth < 2 {
        return shallow(observer, run, depth);
    }
    if observer.now[0] == 0.0 {
        return dead(run, depth);
    }
    let ratio = observer.ratio(0, depth - 1);
    let each = format!("×{} per layer", significant(observer.factor_per_layer(), 2));
    let receives = format!("layer 1 receives {} of layer {depth}’s gradient, {each}", power(ratio));
    if has_learned(observer, run) {
        let text = format!("{}; {receives}.", learned_so_far(observer, run));
        return verdict(Tone::Good, "Learned.", text, Vec::new());
    }
    if ratio < VANISHING {
        let text = format!("{}{}.", capitalised(&receives), moves(run, depth));
        return verdict(Tone::Warn, "Vanishing.", text, for_vanishing(run));
    }
    if ratio > EXPLODING {
        let text = format!("{}{}.", capitalised(&receives), moves(run, depth));
        return verdict(Tone::Warn, "Exploding.", text, for_exploding(run));
    }
    let text = format!("{}. {}.", capitalised(&receives), learned_so_far(observer, run));
    verdict(Tone::Note, "Flowing.", text, Vec::new())
}

fn verdict(tone: Tone, word: &str, text: String, remedies: Vec<Remedy>) -> Verdict {
    Verdict { tone, word: word.into(), text, remedies }
}

fn shallow(observer: &GradientsObserver, run: &Run, depth: usize) -> Verdict {
    let layers = if depth == 0 { "no hidden layer" } else { "one hidden layer" };
    let text = format!(
        "With {layers} there is no way for a gradient to vanish on. {}.",
        learned_so_far(observer, run)
    );
    let (tone, word) =
        if has_learned(observer, run) { (Tone::Good, "Learned.") } else { (Tone::Note, "Shallow.") };
    verdict(tone, word, text, vec![Remedy::new("Try 10 layers", "depth", 10)])
}

/// What the last step did to the first and the last hidden layer; nothing before the first step.
fn moves(run: &Run, depth: usize) -> String {
    if run.steps() == 0 {
        return String::new();
    }
    let [first, last] = [0, depth - 1].map(|layer| power(layer_statistics(run, layer).update_ratio));
    format!(". The last step’s ‖Δw‖ / ‖w‖: {first} in layer 1, {last} in layer {depth}")
}

/// Why no gradient arrives, as far as it can be seen in the buffers of the batch.
fn dead(run: &Run, depth: usize) -> Verdict {
    let is_flat = |layer: &usize| run.pass().traces[*layer].slope.iter().all(|slope| *slope == 0.0);
    let weights = &run.network().weights;
    let zero = run.network().kernels().find(|slot| weights[slot.range.clone()].iter().all(|w| *w == 0.0));
    let (why, remedies) = if let Some(layer) = (0..depth).find(is_flat) {
        let why =
            format!("in layer {} the derivative is 0 for every unit and every item of the batch", layer + 1);
        let leaky = Remedy::new("Try leaky ReLU", "activation", "leaky_relu");
        (why, std::iter::once(leaky).chain(he_initialisation(run)).collect())
    } else if let Some(slot) = zero {
        let why = format!("the weights of layer {} are all 0 and pass nothing back", slot.layer + 1);
        (why, vec![Remedy::new("Use Xavier initialisation", "initializer", "glorot_uniform")])
    } else {
        ("what arrives is smaller than the smallest number".to_owned(), for_vanishing(run))
    };
    verdict(Tone::Warn, "Dead.", format!("Layer 1 receives no gradient at all: {why}."), remedies)
}

fn diverged(divergence: &Divergence, run: &Run) -> Verdict {
    let Divergence { step, layer, quantity } = divergence;
    let text = format!(
        "At step {step} the {quantity} of {layer} was no finite number any more. The weights from before it are kept; \
         a change starts the run anew."
    );
    verdict(Tone::Bad, "Diverged.", text, for_exploding(run))
}

fn has_learned(observer: &GradientsObserver, run: &Run) -> bool {
    run.data().classes > 0 && observer.evaluation.is_some_and(|evaluation| evaluation.metric >= LEARNED)
}

fn learned_so_far(observer: &GradientsObserver, run: &Run) -> String {
    match observer.evaluation {
        None => "No items are kept for the test".into(),
        Some(evaluation) if run.data().classes > 0 => {
            format!("Test accuracy {}", percent(f64::from(evaluation.metric)))
        }
        Some(evaluation) => {
            format!("Mean absolute test error {}", significant(f64::from(evaluation.metric), 2))
        }
    }
}

fn for_vanishing(run: &Run) -> Vec<Remedy> {
    let mut remedies = Vec::new();
    if hidden(run.current()).any(|layer| layer.activation != Activation::Relu) {
        remedies.push(Remedy::new("Try ReLU", "activation", "relu"));
    }
    remedies.extend(he_initialisation(run));
    remedies
}

fn for_exploding(run: &Run) -> Vec<Remedy> {
    let optimizer = &run.current().optimizer;
    let rate = optimizer.learning_rate();
    let mut remedies = Vec::new();
    let clips = [optimizer.clipvalue, optimizer.clipnorm, optimizer.global_clipnorm];
    if clips.iter().all(Option::is_none) {
        remedies.push(Remedy::new("Clip gradients at 1", "clip", 1.0));
    }
    if rate > 1e-4 {
        let smaller = (f64::from(rate) * 1e5).round() / 1e6;
        remedies.push(Remedy::new(&format!("Learning rate {smaller}"), "optimizer.learning_rate", smaller));
    }
    remedies.truncate(2);
    remedies
}

fn he_initialisation(run: &Run) -> Option<Remedy> {
    let he = Initializer::new(InitializerName::HeNormal);
    let has_other = hidden(run.current()).any(|layer| layer.kernel_initializer != he);
    has_other.then(|| Remedy::new("Use He initialisation", "initializer", "he_normal"))
}

fn capitalised(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
