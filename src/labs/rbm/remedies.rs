//! What helps a machine, each one click away: another setting in a lane beside the run, a step to go back to, a figure in
//! which the visitor can do something, or another lab.

use super::job::Job;
use super::layer_of;
use super::observer::RbmObserver;
use crate::labs::{Lanes, Remedy, find, to_link};
use crate::train::{Experiment, Run};

/// Numbers of hidden units that are offered.
const UNITS: [usize; 8] = [8, 16, 32, 48, 64, 96, 128, 256];
/// Epochs after which something else is worth a try.
const EPOCHS: usize = 3;
/// Epochs after which its features are good enough for other uses.
const LEARNED: usize = 6;
/// What is clearly worse than the best that was measured: of errors the part above it, of shares the difference below.
const ABOVE: f32 = 1.02;
const BELOW: f32 = 0.05;

/// Against learning items by heart.
pub(super) fn for_overfitting(run: &Run) -> Vec<Remedy> {
    let decay = (layer_of(run.current()).kernel_regularizer.l2 < 0.001)
        .then(|| Remedy::new("Add weight decay", "weight_decay", 0.001));
    let data = &run.current().data;
    let has_more = data.samples < 2000 && data.set().is_ok_and(|set| !set.is_given() && set.is_of_pictures());
    let more = has_more.then(|| Remedy::new("Take 2,000 pictures", "data.samples", 2000).anew());
    [decay, more].into_iter().flatten().collect()
}

/// Where all is well so far: what may do better still, to be seen beside it.
pub(super) fn for_more(run: &Run, job: Job) -> Vec<Remedy> {
    if run.epoch() < EPOCHS {
        return Vec::new();
    }
    let layer = layer_of(run.current());
    let more = UNITS.into_iter().find(|&units| units >= 2 * layer.units);
    let units = more.map(|units| Remedy::new(&format!("Try {units} hidden units"), "units", units).anew());
    match job {
        Job::Features => {
            let longer = (layer.gibbs_steps < 10).then(|| Remedy::new("Try CD-10", "gibbs_steps", 10).anew());
            let kept = (layer.persistent_chains == 0)
                .then(|| Remedy::new("Try PCD", "persistent_chains", 64).anew());
            let stacked = (run.epoch() >= LEARNED).then(|| stacked(run.current())).flatten();
            [longer, stacked, kept].into_iter().flatten().take(2).collect()
        }
        Job::Films => [Some(Remedy::new("Rate one more film", Remedy::FIGURE, "rated")), units]
            .into_iter()
            .flatten()
            .collect(),
        Job::Classify | Job::Predict | Job::Topics => units.into_iter().collect(),
    }
}

/// The way to an autoencoder that begins with stacked machines, beside one that begins at random.
fn stacked(experiment: &Experiment) -> Option<Remedy> {
    let Experiment { data, seed, .. } = experiment;
    let set = data.set().ok().filter(|set| set.is_of_pictures() && !set.is_given())?;
    let lab = find("autoencoder").ok()?;
    let on_set = lab.change(&lab.defaults(), "data.name", &set.name.into()).ok()?;
    let stacked = lab.change(&Experiment { seed: *seed, ..on_set }, "start", &"machines".into()).ok()?;
    let random = lab.change(&stacked, "start", &"random".into()).ok()?;
    let link = to_link(&Lanes { first: random, others: vec![(1, stacked)] }).ok()?;
    Some(Remedy::new("Stack machines into an autoencoder", Remedy::LINK, link))
}

/// The step at which held-out items did best by what the job is measured by, with what training and held-out ones came to.
pub(super) fn best(observer: &RbmObserver, job: Job) -> Option<(usize, [f32; 2])> {
    let rows = observer.scores.rows().filter(|(_, row)| row.iter().all(|value| value.is_finite()));
    // Of those that are as good the first.
    rows.min_by(|(_, [_, a]), (_, [_, b])| if is_error(job) { a.total_cmp(b) } else { b.total_cmp(a) })
}

/// The same where held-out items do clearly worse by now while training ones do no worse.
pub(super) fn past_its_best(observer: &RbmObserver, job: Job) -> Option<(usize, [f32; 2])> {
    let &[train, held_out] = observer.scores.last() else { return None };
    best(observer, job).filter(|(_, [of_train, of_held_out])| {
        if is_error(job) {
            held_out > ABOVE * of_held_out && train <= *of_train
        } else {
            held_out < of_held_out - BELOW && train >= *of_train
        }
    })
}

fn is_error(job: Job) -> bool {
    matches!(job, Job::Films | Job::Topics)
}
