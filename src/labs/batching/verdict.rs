//! What a batch buys, in words with what was measured.

use super::controls;
use super::observer::BatchingObserver;
use crate::labs::format::{count, significant};
use crate::labs::{Remedy, Tone, Verdict};
use crate::train::Run;

/// Batches so many times as large as the noise scale are more than the gradient asks for; so many times smaller ones
/// point nearly at random.
const FAR: f64 = 4.0;

/// The finding on one lane.
pub(super) fn of(observer: &BatchingObserver, run: &Run) -> Verdict {
    if let Some(diverged) = Verdict::diverged(run, Vec::new()) {
        return diverged;
    }
    let Some((items, ms)) = observer.racing.elapsed.speed() else {
        let text = "Each lane learns the same in batches of another size, from the same weights. Press Play.";
        return Verdict::new(Tone::Note, "Not trained yet.", text.into(), Vec::new());
    };
    let total = run.epoch_items()[1];
    let batch = run.current().batch_size.items(total);
    let cost = format!(
        "{} examples a second in steps of {} ms, {} to an epoch.",
        count(items.round() as usize),
        significant(ms, 2),
        count(total.div_ceil(batch.max(1)))
    );
    let name = if batch >= total { "The full batch".to_owned() } else { format!("Batch {}", count(batch)) };
    let (tone, word, why) = match observer.noise_scale() {
        _ if batch >= total => {
            (Tone::Note, "No noise.", "makes one step an epoch, exactly downhill".to_owned())
        }
        None => (Tone::Note, "Measuring.", "is at work".to_owned()),
        Some(scale) if batch as f64 >= FAR * scale => (
            Tone::Warn,
            "More than it takes.",
            format!(
                "is above the noise scale of {}: more items make its gradient little better",
                count(scale.round() as usize)
            ),
        ),
        Some(scale) if (batch as f64) < scale / FAR => (
            Tone::Warn,
            "Noisy.",
            format!(
                "is below the noise scale of {}: its gradient points mostly at random",
                count(scale.round() as usize)
            ),
        ),
        Some(scale) => (
            Tone::Good,
            "Sweet spot.",
            format!("is near the noise scale of {}: each item still counts", count(scale.round() as usize)),
        ),
    };
    let text = format!("{name} {why}. {cost}");
    Verdict { lows: observer.racing.lows(), ..Verdict::new(tone, word, text, remedies(run, word)) }
}

/// Rates that go with the batch, or a smaller one where the gradient is noisy.
fn remedies(run: &Run, word: &str) -> Vec<Remedy> {
    let rate = run.current().optimizer.learning_rate();
    let half = (f64::from(rate) * 5e5).round() / 1e6;
    let halve = (word == "Noisy.").then(|| Remedy::new("Halve the rate", "optimizer.learning_rate", half));
    let scale = (!controls::is_scaled(run.current()) && controls::scaled(run.current()) != rate)
        .then(|| Remedy::new("Scale the rate with the batch", "scaling", controls::SCALED));
    halve.into_iter().chain(scale).collect()
}
