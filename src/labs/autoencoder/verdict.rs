//! How much comes through the code, in words.

use super::anomaly::Told;
use super::code::Code;
use super::controls::use_of;
use super::figures::kind_of;
use super::networks::Shape;
use super::observer::AutoencoderObserver;
use crate::labs::format::{count, fixed, percent, power, significant};
use crate::labs::{Remedy, Tone, Verdict};
use crate::train::{Evaluation, Pretraining, Run};

/// From this share of the variance on most is said to be kept.
const MOST: f32 = 0.8;
/// From so many times the error of one answer for all on a network is worse than none.
const BLOWN_UP: f32 = 4.0;
/// Steps after which a wider code is offered where less is kept.
const PATIENCE: usize = 300;
/// The code that is then offered.
const WIDER: usize = 32;

pub(super) fn of(observer: &AutoencoderObserver, run: &Run) -> Verdict {
    if let Some(diverged) = Verdict::diverged(run, Vec::new()) {
        return diverged;
    }
    let numbers = run.network().outputs();
    let units = Code::of(run.current()).map(|code| code.units);
    let through = match units {
        Some(units) if units < numbers => format!("{} numbers pass through {}", count(numbers), count(units)),
        Some(units) => format!(
            "The code of {} numbers is no narrower than the {}: it need not compress",
            count(units),
            count(numbers)
        ),
        None => format!("{} numbers go in and come out", count(numbers)),
    };
    let Some(Evaluation { metric: error, .. }) = observer.learning.evaluation else {
        let (word, more) = if run.steps() == 0 {
            ("Untrained.", format!("{}. Press Play.", begun(run)))
        } else {
            let more = "no items are kept for the test, so it is not known what it keeps of new ones.";
            ("Not tested.", more.to_owned())
        };
        return Verdict::new(Tone::Note, word, format!("{through}; {more}"), Vec::new());
    };
    let variance = observer.variance(run);
    let data = &run.current().data;
    let kinds = format!("{}s", kind_of(run));
    if variance <= 1e-9 {
        let text = format!("All {kinds} are alike, so there is nothing to keep apart: {through}.");
        return Verdict::new(Tone::Warn, "All alike.", text, Vec::new());
    }
    let spoiled = if data.corruption.is_none() { "" } else { "spoiled " };
    let errors = format!(
        "the mean squared error on {spoiled}test {kinds} is {}, that of the mean {} {}",
        significant(error, 3),
        kind_of(run),
        significant(variance, 3)
    );
    if run.steps() == 0 {
        let text = format!("{through}; {}, and {errors}. Press Play.", begun(run));
        let word = if run.current().pretraining.is_some() { "Pre-trained." } else { "Untrained." };
        return Verdict::new(Tone::Note, word, text, Vec::new());
    }
    let kept = 1.0 - error / variance;
    if error > BLOWN_UP * variance && run.steps() >= PATIENCE / 10 {
        let rate = f64::from(run.current().optimizer.learning_rate());
        let smaller = (rate * 1e5).round() / 1e6;
        let remedy = Remedy::new("Take a tenth of the learning rate", "optimizer.learning_rate", smaller);
        let text =
            format!("{through}, and {errors}: a learning rate of {} is likely too large.", power(rate));
        return Verdict::new(Tone::Bad, "Blown up.", text, vec![remedy.anew()]);
    }
    if kept.is_nan() || kept <= 0.0 {
        let text =
            format!("{through}, and {errors}: one and the same {} for all would do no worse.", kind_of(run));
        return Verdict::new(Tone::Warn, "Keeps nothing yet.", text, stacked(run).into_iter().collect());
    }
    match use_of(run.current()) {
        "detect" if observer.told.area > 0.0 => return detected(observer, run, &through),
        "denoise" => return restored(observer, run, &through, error),
        _ => {}
    }
    let pca = Some(1.0 - observer.pca(run).1 / variance).filter(|kept| kept.is_finite());
    let components = AutoencoderObserver::components(run);
    let beside = match pca {
        Some(pca) if data.corruption.is_none() => format!(
            "; {} principal component{} {}",
            count(components),
            if components == 1 { " keeps" } else { "s keep" },
            percent(pca.max(0.0))
        ),
        _ => String::new(),
    };
    let text = format!(
        "{through}, and {} of the variance comes out again{beside}: {errors}.{}",
        percent(kept),
        first_weights(run)
    );
    let shape = Shape::of(run.current());
    if let Some(pca) = pca.filter(|_| shape.as_ref().is_some_and(|shape| shape.kind == "linear")) {
        return straight(kept, pca, &text);
    }
    let is_better = pca.is_none_or(|pca| kept > pca);
    if !is_better && run.steps() < PATIENCE {
        return Verdict::new(Tone::Note, "Behind PCA so far.", text, stacked(run).into_iter().collect());
    }
    if kept >= MOST && is_better {
        return Verdict::new(Tone::Good, "Keeps most of it.", text, Vec::new());
    }
    let mut remedies: Vec<Remedy> = stacked(run).into_iter().collect();
    if run.steps() >= PATIENCE && units.is_some_and(|units| units < WIDER && WIDER < numbers) {
        remedies.push(Remedy::new("Use a code of 32 numbers", "code", WIDER));
    }
    if run.steps() >= PATIENCE && !is_better {
        if shape.is_none_or(|shape| shape.kind != "deep") {
            remedies.push(Remedy::new("Use a deeper network", "network", "deep"));
        }
        remedies.truncate(2);
        return Verdict::new(Tone::Warn, "No better than PCA.", text, remedies);
    }
    Verdict::new(Tone::Note, "Keeps a part of it.", text, remedies)
}

/// Where the first weights come from: "its weights are random".
fn begun(run: &Run) -> String {
    let (Some(pretraining), Ok(machines)) = (run.current().pretraining, Pretraining::machines(run.current()))
    else {
        return "its weights are random".into();
    };
    let steps = count(pretraining.steps);
    format!(
        "its weights are those of {machines} machines (RBMs), each trained by {steps} updates on what the one below makes of the items"
    )
}

/// The same where it is worth a word once it has learned.
fn first_weights(run: &Run) -> &'static str {
    if run.current().pretraining.is_some() { " It began with the weights of stacked machines." } else { "" }
}

/// The remedy of deep sigmoids that hardly move: weights of machines.
fn stacked(run: &Run) -> Option<Remedy> {
    let now = run.current();
    let is_worth_it = now.pretraining.is_none()
        && Pretraining::default().fits(now)
        && Pretraining::machines(now).is_ok_and(|machines| machines > 2);
    let remedy = || Remedy::new("Start from stacked RBMs", "start", "machines").anew();
    is_worth_it.then(remedy)
}

/// From this share of what principal components keep on a network without a bend is said to have come to them.
const AS_PCA: f32 = 0.95;

/// How near a linear network is to principal components, the best that it can become.
fn straight(kept: f32, pca: f32, text: &str) -> Verdict {
    let text = format!("{text} Without a bend no network keeps more than they do of what it learned from.");
    if kept >= AS_PCA * pca {
        return Verdict::new(Tone::Good, "As good as PCA.", text, Vec::new());
    }
    let bent = Remedy::new("Use a network that bends", "network", "deep");
    Verdict::new(Tone::Note, "On its way to PCA.", text, vec![bent])
}

/// From this area under the curve on what is abnormal is said to stand out.
const STANDS_OUT: f32 = 0.9;
/// Below this share of them found the threshold is said to be too high.
const FEW: f32 = 0.5;

/// The code that is offered where not.
const BETTER: usize = 16;

/// How well errors tell what is abnormal.
fn detected(observer: &AutoencoderObserver, run: &Run, through: &str) -> Verdict {
    let Told { area, above: [alarms, found], names: [normal, abnormal] } = &observer.told;
    let text = format!(
        "An item {abnormal} comes back worse than one {normal} in {}\u{202f}% of all pairs (area {}). At the threshold {} are found at {} false alarms. {through}.",
        fixed(100.0 * *area, 1),
        fixed(*area, 3),
        percent(*found),
        percent(*alarms)
    );
    if *area >= STANDS_OUT && *found < FEW {
        let text = format!("{text} A lower alarm finds more.");
        return Verdict::new(Tone::Note, "They stand out, but few are found.", text, Vec::new());
    }
    if *area >= STANDS_OUT {
        return Verdict::new(Tone::Good, "The others stand out.", text, Vec::new());
    }
    let units = Code::of(run.current()).map_or(usize::MAX, |code| code.units);
    let is_narrow = units < BETTER && BETTER < run.network().outputs();
    let wider = is_narrow.then(|| Remedy::new("Use a code of 16 numbers", "code", BETTER));
    Verdict::new(Tone::Note, "Some slip through.", text, wider.into_iter().collect())
}

/// From this share of the noise on so much is gone that it is said to be restored.
const RESTORED: f32 = 0.25;

/// How much of what was spoiled is restored.
fn restored(observer: &AutoencoderObserver, run: &Run, through: &str, error: f32) -> Verdict {
    let Some(spoiled) = observer.spoiled(run).filter(|spoiled| *spoiled > 0.0) else {
        let text = format!("So little is spoiled that no test {} changes. {through}.", kind_of(run));
        return Verdict::new(Tone::Note, "Nothing to restore.", text, Vec::new());
    };
    let corruption = run.current().data.corruption;
    let text = format!(
        "{} at level {} takes the test {}s to a squared error of {}; what the network makes of them has {}, {} of that. {through}.",
        corruption.kind.label(),
        corruption.level,
        kind_of(run),
        significant(spoiled, 2),
        significant(error, 2),
        percent(error / spoiled)
    );
    if error <= RESTORED * spoiled {
        return Verdict::new(Tone::Good, "Restores it.", text, Vec::new());
    }
    let units = Code::of(run.current()).map_or(usize::MAX, |code| code.units);
    let is_narrow = units < WIDER && WIDER < run.network().outputs();
    let wider = is_narrow.then(|| Remedy::new("Use a code of 32 numbers", "code", WIDER));
    let remedies: Vec<Remedy> = wider.into_iter().collect();
    if error > spoiled {
        return Verdict::new(Tone::Warn, "Loses more than was spoiled.", text, remedies);
    }
    Verdict::new(Tone::Note, "Restores a part of it.", text, remedies)
}
