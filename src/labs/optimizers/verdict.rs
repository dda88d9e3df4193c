//! Which way is down, in words with what was measured.

use super::controls;
use super::observer::OptimizersObserver;
use crate::labs::format::{count, percent, power, significant};
use crate::labs::{Remedy, Tone, Verdict};
use crate::nn::layers::Function;
use crate::tensor::l2_norm;
use crate::train::Run;
use crate::train::statistics::layer_statistics;

/// Layers whose relative steps differ by more than this are not learned at one pace.
const APART: f32 = 30.0;
/// Steps, as a share of the weights or of the height, below which nothing moves.
const STILL: f32 = 1e-5;
/// What is said of a network that learns nothing any more.
const THROWN_OUT: &str = "Thrown out.";
/// A share of steps that turn back above which the way is a zigzag.
const ZIGZAG: f32 = 0.5;
/// So near to a minimum, as a share of what is seen, a rule has arrived.
const NEAR: f32 = 0.01;

/// The finding on one lane.
pub(super) fn of(observer: &OptimizersObserver, run: &Run) -> Verdict {
    if let Some(diverged) = Verdict::diverged(run, Vec::new()) {
        return match controls::function_of(run.current()).filter(|function| function.minimum().is_none()) {
            Some(_) => without_bound(run, diverged),
            None => diverged,
        };
    }
    if observer.racing.loss().is_none() {
        let text =
            "Each lane makes steps of the same gradients by another rule, from the same place. Press Play.";
        return Verdict::new(Tone::Note, "Not begun yet.", text.into(), Vec::new());
    }
    let (tone, word, text) = match controls::function_of(run.current()) {
        Some(function) => on_function(function, observer, run),
        None => on_network(observer, run),
    };
    Verdict { lows: observer.racing.lows(), ..Verdict::new(tone, word, text, remedies(run, word)) }
}

/// That a run went down where there is no end to it.
fn without_bound(run: &Run, diverged: Verdict) -> Verdict {
    let name = controls::short_name(run.current());
    let step = run.divergence().map_or(0, |divergence| divergence.step);
    let text = format!(
        "{name} found the way down, which has no end: at step {} f fell below all numbers.",
        count(step)
    );
    Verdict { tone: Tone::Good, word: "Off the saddle.".into(), text, remedies: Vec::new(), ..diverged }
}

/// How much of its way it goes to and fro.
fn turning(observer: &OptimizersObserver) -> Option<(f32, String)> {
    let share = observer.turns.share()?;
    Some((share, format!("{} of its steps turn back on the one before", percent(f64::from(share)))))
}

fn on_function(function: Function, observer: &OptimizersObserver, run: &Run) -> (Tone, &'static str, String) {
    let name = controls::short_name(run.current());
    let at = [run.network().weights[0], run.network().weights[1]];
    let [left, right, bottom, top] = function.view();
    let height = power(function.value(at));
    let away = function
        .minimum()
        .map(|[x, y]| libm::hypotf((at[0] - x) / (right - left), (at[1] - y) / (top - bottom)));
    let turned = turning(observer);
    let before = observer.racing.loss().unwrap_or(f32::NAN);
    let (now, was) = (function.value(at), power(before));
    match (away, turned) {
        (Some(away), _) if away < NEAR => (
            Tone::Good,
            "Arrived.",
            format!("{name} is at the minimum, as near as can be seen: f is {height}."),
        ),
        (_, Some((share, words))) if share > ZIGZAG => {
            (Tone::Warn, "Zigzag.", format!("{name} goes to and fro: {words}. f is {height}."))
        }
        (None, _) if now < controls::goal(function) => (
            Tone::Good,
            "Off the saddle.",
            format!("{name} found the way down: f is {height} and has no bound."),
        ),
        _ if (now - before).abs() <= STILL * before.abs() => (
            Tone::Warn,
            "Standing still.",
            format!("{name} hardly moves: f is {height}, as it was a step before."),
        ),
        (_, turned) => {
            let words = turned.map_or_else(String::new, |(_, words)| format!("; {words}"));
            let way = if now < before { "down" } else { "up" };
            let text = format!("{name} went {way} in its last step, from {was} to {height}{words}.");
            (Tone::Note, "On its way.", text)
        }
    }
}

fn on_network(observer: &OptimizersObserver, run: &Run) -> (Tone, &'static str, String) {
    let name = controls::short_name(run.current());
    let ratios: Vec<f32> =
        run.network().kernels().map(|slot| layer_statistics(run, slot.layer).update_ratio).collect();
    let least = ratios.iter().copied().fold(f32::INFINITY, f32::min);
    let most = ratios.iter().copied().fold(0.0, f32::max);
    let loss = observer.racing.loss().map_or_else(String::new, |loss| significant(loss, 3));
    let turned = turning(observer).map_or_else(String::new, |(_, words)| format!("; {words}"));
    let gradients = run.network().kernels().map(|slot| l2_norm(&run.gradients()[slot.range.clone()]));
    if gradients.fold(0.0, f32::max) == 0.0 && is_worse_than_guessing(observer, run) {
        let text = format!(
            "The loss is {loss}, more than guessing costs, and every gradient is 0: {name} went so far that no unit answers any more. Begin anew at a smaller rate."
        );
        (Tone::Bad, THROWN_OUT, text)
    } else if most < STILL {
        let text = format!(
            "{name} moves no layer by more than {} of its weights a step; the loss is {loss}.",
            power(most)
        );
        (Tone::Warn, "Standing still.", text)
    } else if least > 0.0 && most / least > APART {
        let text = format!(
            "{name} moves one layer by {} of its weights a step and another by {}{turned}; the loss is {loss}.",
            power(most),
            power(least)
        );
        (Tone::Warn, "Out of step.", text)
    } else {
        let text = format!(
            "{name} moves its layers by {} to {} of their weights a step{turned}; the loss is {loss}.",
            power(least),
            power(most)
        );
        (Tone::Good, "On its way.", text)
    }
}

/// Whether the loss of labels is higher than that of one who gives all classes the same chance.
fn is_worse_than_guessing(observer: &OptimizersObserver, run: &Run) -> bool {
    let guessing = libm::logf(run.data().classes.max(2) as f32);
    let is_of_labels = run.current().loss.logits_of().is_some();
    is_of_labels && observer.racing.loss().is_some_and(|loss| loss > guessing)
}

/// Momentum for plain descent, a smaller rate for a zigzag, a rule that fits each weight for one without.
fn remedies(run: &Run, word: &str) -> Vec<Remedy> {
    let halve = (word == "Zigzag.").then(|| Remedy::half_the_rate(run));
    let other = match controls::rule_name(run.current()) {
        "sgd" => Some(Remedy::new("Add momentum 0.9", "rule", "momentum")),
        "momentum" | "nesterov" if word != "Arrived." => Some(Remedy::new("Try Adam", "rule", "adam")),
        _ => None,
    };
    if word == THROWN_OUT {
        return vec![Remedy::tenth_of_the_rate(run).anew()];
    }
    other.into_iter().chain(halve).collect()
}
