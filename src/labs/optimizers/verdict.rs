//! Which way is down, in words with what was measured.

use super::controls;
use super::observer::OptimizersObserver;
use crate::labs::format::{power, significant};
use crate::labs::{Remedy, Tone, Verdict};
use crate::train::Run;
use crate::train::statistics::layer_statistics;

/// Layers whose relative steps differ by more than this are not learned at one pace.
const APART: f32 = 30.0;
/// Relative steps below which nothing moves.
const STILL: f32 = 1e-5;

/// The finding on one lane.
pub(super) fn of(observer: &OptimizersObserver, run: &Run) -> Verdict {
    if let Some(diverged) = Verdict::diverged(run, Vec::new()) {
        return diverged;
    }
    let Some(loss) = observer.racing.loss() else {
        let text =
            "Each lane makes steps of the same gradients by another rule, from the same weights. Press Play.";
        return Verdict::new(Tone::Note, "Not trained yet.", text.into(), Vec::new());
    };
    let name = controls::short_name(run.current());
    let ratios: Vec<f32> =
        run.network().kernels().map(|slot| layer_statistics(run, slot.layer).update_ratio).collect();
    let least = ratios.iter().copied().fold(f32::INFINITY, f32::min);
    let most = ratios.iter().copied().fold(0.0, f32::max);
    let now = format!("the loss is {}", significant(loss, 3));
    let (tone, word, text) = if most < STILL {
        let text =
            format!("{name} moves no layer by more than {} of its weights a step; {now}.", power(most));
        (Tone::Warn, "Standing still.", text)
    } else if least > 0.0 && most / least > APART {
        let text = format!(
            "{name} moves one layer by {} of its weights a step and another by {}; {now}.",
            power(most),
            power(least)
        );
        (Tone::Warn, "Out of step.", text)
    } else {
        let text = format!(
            "{name} moves every layer by {} to {} of its weights a step; {now}.",
            power(least),
            power(most)
        );
        (Tone::Good, "On its way.", text)
    };
    Verdict { lows: observer.racing.lows(), ..Verdict::new(tone, word, text, remedies(run)) }
}

/// Momentum for plain descent, a rule that fits each weight for one without.
fn remedies(run: &Run) -> Vec<Remedy> {
    match controls::rule_name(run.current()) {
        "sgd" => {
            vec![Remedy::new("Add momentum 0.9", "rule", "momentum"), Remedy::new("Try Adam", "rule", "adam")]
        }
        "momentum" | "nesterov" => vec![Remedy::new("Try Adam", "rule", "adam")],
        _ => Vec::new(),
    }
}
