//! The answer and the mistakes of a network that reads pictures.

use super::observer::CnnObserver;
use crate::labs::format::{count, percent};
use crate::labs::{Figure, Matrix, Numbers, Panel, Scores};
use crate::train::Run;

/// The probability of each class for the picture on the pad.
pub(super) fn scores(observer: &CnnObserver, run: &Run, numbers: &mut Numbers) -> Panel {
    let (mut probabilities, mut logits): (&[f32], &[f32]) = (&[], &[]);
    if !observer.picture().is_empty() {
        let last = observer.pass.traces.last().expect("a network has a layer");
        (probabilities, logits) = (&last.output, last.before_activation());
    }
    let summary = match best(probabilities) {
        None => "There is nothing on the pad to read.".into(),
        Some((class, share)) => format!("The network reads a {class} with {}.", percent(f64::from(share))),
    };
    let figure = Scores {
        classes: class_names(run),
        probabilities: numbers.add(probabilities.iter().copied()),
        logits: numbers.add(logits.iter().copied()),
    };
    Panel { id: "scores".into(), note: String::new(), summary, figure: Figure::Scores(figure) }
}

/// The likeliest class and its probability.
pub(super) fn best(probabilities: &[f32]) -> Option<(usize, f32)> {
    let best = (0..probabilities.len()).max_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b]))?;
    Some((best, probabilities[best]))
}

/// What the network takes the test pictures for.
pub(super) fn confusion(observer: &mut CnnObserver, run: &Run, numbers: &mut Numbers) -> Panel {
    let classes = run.data().classes;
    // Tested once for each state of the network, not for each of the pad.
    let now = (run.steps(), run.edits_made());
    if observer.counted.as_ref().is_none_or(|(then, _)| *then != now) {
        observer.counted = Some((now, run.confusion(&mut observer.test_pass)));
    }
    let counts = observer.counted.as_ref().map_or_else(Vec::new, |(_, counts)| counts.clone());
    let right: f32 = (0..classes).map(|class| counts[class * classes + class]).sum();
    let total: f32 = counts.iter().sum();
    let summary = match worst(&counts, classes) {
        None => format!("All {} test digits are read right.", count(total as usize)),
        Some((truth, said, times)) => format!(
            "{} of {} test digits are read right; the most frequent mistake, {} times, is a {truth} read as {said}.",
            count(right as usize),
            count(total as usize),
            count(times as usize)
        ),
    };
    let note = format!("{} of {} right", count(right as usize), count(total as usize));
    let figure = Matrix { classes: class_names(run), counts: numbers.add(counts) };
    Panel { id: "confusion".into(), note, summary, figure: Figure::Matrix(figure) }
}

/// The most frequent mistake: true class, said class, how often.
fn worst(counts: &[f32], classes: usize) -> Option<(usize, usize, f32)> {
    let mistakes = counts.iter().enumerate().map(|(at, &count)| (at / classes, at % classes, count));
    let mistakes = mistakes.filter(|(truth, said, count)| truth != said && *count > 0.0);
    mistakes.max_by(|a, b| a.2.total_cmp(&b.2))
}

fn class_names(run: &Run) -> Vec<String> {
    (0..run.data().classes).map(|class| class.to_string()).collect()
}
