//! What a batch buys, in words with what was measured.

use super::observer::BatchingObserver;
use super::{controls, noise};
use crate::labs::format::{count, power, significant};
use crate::labs::{Remedy, Tone, Verdict};
use crate::train::{GradientNoise, OptimizerConfig, OptimizerName, Run};

/// Batches so many times as large as the noise scale are more than the gradient asks for; so many times smaller ones
/// point nearly at random.
const FAR: f64 = 4.0;
/// The word of a batch that is so much smaller.
const NOISY: &str = "Noisy.";

/// The finding on one lane.
pub(super) fn of(observer: &BatchingObserver, run: &Run) -> Verdict {
    if let Some(diverged) = Verdict::diverged(run, Vec::new()) {
        return diverged;
    }
    if run.steps() == 0 {
        let text = "Each lane learns the same in batches of another size, from the same weights. Press Play.";
        return Verdict::new(Tone::Note, "Not trained yet.", text.into(), Vec::new());
    }
    let (tone, word, why) = finding(observer, run);
    let cost = observer.racing.elapsed.speed().map_or_else(String::new, |(items, ms)| {
        let items = count(items.round() as usize);
        format!(" {items} examples a second, {} ms a step.", significant(ms, 2))
    });
    let text = format!("{why}{cost}");
    Verdict { lows: observer.racing.lows(), ..Verdict::new(tone, word, text, remedies(run, word)) }
}

/// How it is meant, in a word, and why: by the noise where that is known, else by the loss.
fn finding(observer: &BatchingObserver, run: &Run) -> (Tone, &'static str, String) {
    if noise::is_full(run) {
        let way =
            if is_plain(&run.current().optimizer) { "exactly downhill" } else { "by the exact gradient" };
        return (Tone::Note, "No noise.", format!("One step an epoch, {way}."));
    }
    let batch = run.current().batch_size.items(run.epoch_items()[1]);
    let noise = observer.noise.of_late(run);
    if let Some(problem) = noise.and_then(GradientNoise::problem) {
        return (Tone::Note, "No direction.", problem.into());
    }
    let Some(scale) = noise.and_then(GradientNoise::noise_scale) else {
        let loss =
            observer.racing.loss().map_or_else(String::new, |loss| format!(" at a loss of {}", power(loss)));
        let steps = run.steps();
        let steps = if steps == 1 { "1 update".to_owned() } else { format!("{} updates", count(steps)) };
        return (Tone::Note, "Under way.", format!("Batch {} is{loss} after {steps}.", count(batch)));
    };
    let (name, written) = (count(batch), noise::written(scale));
    if batch as f64 >= FAR * scale {
        (
            Tone::Warn,
            "More than it takes.",
            format!("Batch {name}, noise scale {written}: more items change its gradient little."),
        )
    } else if (batch as f64) < scale / FAR {
        (
            Tone::Warn,
            NOISY,
            format!("Batch {name}, noise scale {written}: its gradient points mostly at random."),
        )
    } else {
        (Tone::Good, "Sweet spot.", format!("Batch {name}, noise scale {written}: each item still counts."))
    }
}

/// Whether a step is the gradient, but for its length.
fn is_plain(optimizer: &OptimizerConfig) -> bool {
    optimizer.name == OptimizerName::Sgd
        && optimizer.momentum.unwrap_or(0.0) == 0.0
        && optimizer.weight_decay.unwrap_or(0.0) == 0.0
        && optimizer.clipvalue.is_none()
        && optimizer.clipnorm.is_none()
        && optimizer.global_clipnorm.is_none()
}

/// Rates that go with the batch, or a smaller one where the gradient is noisy.
fn remedies(run: &Run, word: &str) -> Vec<Remedy> {
    let rate = run.current().optimizer.learning_rate();
    let halve = (word == NOISY).then(|| Remedy::half_the_rate(run));
    let scale = (!controls::is_scaled(run.current()) && controls::scaled(run.current()) != rate)
        .then(|| Remedy::new("Scale the rate with the batch", "scaling", controls::SCALED));
    halve.into_iter().chain(scale).collect()
}
