//! How much comes through the code, in words.

use super::code;
use super::observer::AutoencoderObserver;
use crate::labs::format::{count, percent, significant};
use crate::labs::{Remedy, Tone, Verdict};
use crate::train::{Evaluation, Run};

/// From this share of the variance on most is said to be kept.
const MOST: f32 = 0.8;
/// Steps after which a wider code is offered where less is kept.
const PATIENCE: usize = 300;
/// The code that is then offered.
const WIDER: usize = 32;

pub(super) fn of(observer: &AutoencoderObserver, run: &Run) -> Verdict {
    if let Some(diverged) = Verdict::diverged(run, Vec::new()) {
        return diverged;
    }
    let numbers: usize = run.input_shape().iter().product();
    let units = code(run.current()).map(|(_, units)| units);
    let through = match units {
        Some(units) if units < numbers => {
            format!("{} numbers pass through {}", count(numbers), count(units))
        }
        _ => format!("{} numbers go in and come out", count(numbers)),
    };
    let Some(Evaluation { metric: error, .. }) = observer.learning.evaluation else {
        let (word, more) = if run.steps() == 0 {
            ("Untrained.", "its weights are random. Press Play.")
        } else {
            (
                "Not tested.",
                "no pictures are kept for the test, so it is not known what it keeps of new ones.",
            )
        };
        return Verdict::new(Tone::Note, word, format!("{through}; {more}"), Vec::new());
    };
    let errors = format!(
        "the mean squared error on test pictures is {}, that of the mean picture {}",
        significant(error, 3),
        significant(observer.variance, 3)
    );
    if run.steps() == 0 {
        let text = format!("{through}; its weights are random, and {errors}. Press Play.");
        return Verdict::new(Tone::Note, "Untrained.", text, Vec::new());
    }
    let kept = 1.0 - error / observer.variance;
    if kept.is_nan() || kept <= 0.0 {
        let text = format!("{through}, and {errors}: one and the same picture for all would do no worse.");
        return Verdict::new(Tone::Warn, "Keeps nothing yet.", text, Vec::new());
    }
    let text = format!("{through}, and {} of the variance comes out again: {errors}.", percent(kept));
    if kept >= MOST {
        return Verdict::new(Tone::Good, "Keeps most of it.", text, Vec::new());
    }
    let is_narrow = run.steps() >= PATIENCE && units.is_some_and(|units| units < WIDER);
    let wider = is_narrow.then(|| Remedy::new("Use a code of 32 numbers", "code", WIDER));
    Verdict::new(Tone::Note, "Keeps a part of it.", text, wider.into_iter().collect())
}
