//! Whether the machine learns what is likely, or its own items by heart, and whether it is of use for its job, in words.

use super::job::Job;
use super::observer::RbmObserver;
use super::score::written;
use super::{energy, layer_of, remedies};
use crate::labs::format::{count, fixed};
use crate::labs::{Tone, Verdict};
use crate::train::Run;

/// Of what is reached without a machine, what is clearly less.
const CLEARLY: f32 = 0.99;
/// R² from which on a number is told at all.
const TOLD: f32 = 0.05;

pub(super) fn of(observer: &RbmObserver, run: &Run) -> Verdict {
    if let Some(diverged) = Verdict::diverged(run, Vec::new()) {
        return diverged;
    }
    let job = Job::of(&run.current().data);
    let items = job.item();
    if run.steps() == 0 {
        let units = count(layer_of(run.current()).units);
        let text = format!("{units} hidden units that know nothing of any {items} yet. Press Play.");
        return Verdict::new(Tone::Note, "Untrained.", text, Vec::new());
    }
    if run.data().test.is_empty() {
        let text = format!("No {items}s are held out, so it is not known what it takes other {items}s for.");
        return Verdict::new(Tone::Note, "Not tested.", text, Vec::new());
    }
    let told = told(observer, job);
    if let Some([grown, gap]) = energy::gaps(&observer.energies).filter(|gaps| energy::is_overfitting(*gaps))
    {
        let training = count(run.data().train.len());
        let best = remedies::best(observer, job);
        let (back_to, then) = match (&told, best, energy::last_sound(&observer.energies)) {
            (Some((_, text)), Some((step, _)), _) => (Some(step), format!(" {text}")),
            (_, _, Some(step)) => (Some(step), format!(" At step {} that was not so yet.", count(step))),
            _ => (None, String::new()),
        };
        let text = format!(
            "Held-out {items}s cost {} nats more than the {training} training {items}s, {} more than when that was least.{then}",
            fixed(f64::from(gap), 1),
            fixed(f64::from(grown), 1)
        );
        return Verdict {
            back_to,
            ..Verdict::new(Tone::Warn, "Overfitting.", text, remedies::for_overfitting(run))
        };
    }
    if let (Some((step, [trained, best])), &[train, held_out]) =
        (remedies::past_its_best(observer, job), observer.scores.last())
    {
        let text = format!(
            "Held-out {items}s came to {} at step {}, and to {} by now, while training {items}s went from {} to {}: it learns those by heart.",
            written(job, best),
            count(step),
            written(job, held_out),
            written(job, trained),
            written(job, train)
        );
        let back_to = Some(step);
        return Verdict {
            back_to,
            ..Verdict::new(Tone::Warn, "Past its best.", text, remedies::for_overfitting(run))
        };
    }
    if let Some((is_better, text)) = told {
        return if is_better {
            Verdict::new(Tone::Good, "Better than guessing.", text, remedies::for_more(run, job))
        } else {
            Verdict::new(Tone::Note, "Learning.", text, Vec::new())
        };
    }
    let Some([_, gap]) = energy::gaps(&observer.energies) else {
        let text = format!("What training and held-out {items}s cost is not measured yet.");
        return Verdict::new(Tone::Note, "Watching…", text, Vec::new());
    };
    let text = format!(
        "The free energy of held-out {items}s is {} nats {} that of the {} training {items}s.",
        fixed(f64::from(gap.abs()), 1),
        if gap < 0.0 { "below" } else { "above" },
        count(run.data().train.len())
    );
    Verdict::new(Tone::Note, "Learning.", text, remedies::for_more(run, job))
}

/// How the job stands, where it was measured: whether the machine does better than what needs none, and that in words.
fn told(observer: &RbmObserver, job: Job) -> Option<(bool, String)> {
    let &[_, held_out] = observer.scores.last() else { return None };
    let best = |is_better: fn(&f32, &f32) -> std::cmp::Ordering| {
        observer.baselines.iter().min_by(|(_, a), (_, b)| is_better(a, b))
    };
    let here = written(job, held_out);
    Some(match job {
        Job::Features => return None,
        Job::Classify => {
            let (_, guess) = observer.baselines.first()?;
            let text = format!(
                "The label that costs least free energy is right for {here} of the held-out pictures."
            );
            (held_out > 2.0 * guess, text)
        }
        Job::Predict => {
            let text = format!("Of the variance of held-out numbers {here} is told by the others (R²).");
            (held_out > TOLD, text)
        }
        Job::Films => {
            let (name, least) = best(f32::total_cmp)?;
            let text = format!(
                "On ratings it never saw the machine is off by {here} stars; the {name} is off by {}.",
                written(job, *least)
            );
            (held_out < CLEARLY * least, text)
        }
        Job::Topics => {
            let (_, unigram) = observer.baselines.first()?;
            let text = format!(
                "Told half of the words of a held-out document, it wavers between {here} words for each other one; without a machine between {}.",
                written(job, *unigram)
            );
            (held_out < CLEARLY * unigram, text)
        }
    })
}
