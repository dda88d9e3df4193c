//! What the network makes of the drawing, in words.

use super::figures::best;
use super::observer::CnnObserver;
use crate::labs::format::{a_class, percent};
use crate::labs::{Remedy, Tone, Verdict};
use crate::train::{InitialWeights, Run};

/// From this probability on the network is called sure.
const SURE: f32 = 0.9;
/// Below this it has no idea.
const LOST: f32 = 0.5;

pub(super) fn of(observer: &CnnObserver, run: &Run) -> Verdict {
    if let Some(diverged) = Verdict::diverged(run, trained(run)) {
        return diverged;
    }
    let output = observer.pass.output();
    let Some((class, share)) = best(output).filter(|_| !observer.picture().is_empty()) else {
        let text =
            "Draw a digit on the pad, with mouse, finger or pen: every layer shows what it makes of it.";
        return Verdict::new(Tone::Note, "Nothing to read yet.", text.into(), Vec::new());
    };
    let (said, a) = (percent(f64::from(share)), a_class(class));
    let second = second_best(output, class);
    let is_fresh = run.current().initial_weights.is_none() && run.steps() == 0;
    if is_fresh {
        let text = format!("Its weights are random, so its {said} for {a} means nothing. Press Play.");
        return Verdict::new(Tone::Note, "Untrained.", text, trained(run));
    }
    if share >= SURE {
        return Verdict::new(Tone::Good, "Confident.", format!("It reads {a} with {said}."), Vec::new());
    }
    let (other, its_share) = second;
    let its_share = percent(f64::from(its_share));
    if share >= LOST {
        let text = format!("It reads {a} with {said}, but it could be {} ({its_share}).", a_class(other));
        return Verdict::new(Tone::Warn, "Not sure.", text, Vec::new());
    }
    let text = format!(
        "No digit reaches half: {class} has {said}, {other} has {its_share}. Perhaps this is no digit, or one written \
         in a way that it never saw."
    );
    Verdict::new(Tone::Warn, "No idea.", text, Vec::new())
}

/// The way back to the weights that ship, for a network that can take them.
fn trained(run: &Run) -> Vec<Remedy> {
    let fits = InitialWeights::Digits.fit(run.current());
    fits.then(|| Remedy::new("Take the trained weights", "initial_weights", "digits")).into_iter().collect()
}

/// The likeliest class but one.
fn second_best(output: &[f32], best: usize) -> (usize, f32) {
    let others = output.iter().copied().enumerate().filter(|(class, _)| *class != best);
    others.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((best, 0.0))
}
