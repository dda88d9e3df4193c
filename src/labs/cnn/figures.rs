//! The answer and the mistakes of a network that reads pictures.

use super::observer::CnnObserver;
use crate::labs::format::{a_class, count, percent};
use crate::labs::{Figure, Matrix, Numbers, Panel, Scores, View};
use crate::train::{Reading, Run, likeliest};

/// The probability of each class for the picture on the pad.
pub(super) fn scores(observer: &CnnObserver, run: &Run, numbers: &mut Numbers) -> Panel {
    let (mut probabilities, mut logits): (&[f32], &[f32]) = (&[], &[]);
    if !observer.picture().is_empty() {
        let last = observer.pass.traces.last().expect("a network has a layer");
        (probabilities, logits) = (&last.output, last.before_activation());
    }
    let summary = match best(probabilities) {
        None => "There is nothing on the pad to read.".into(),
        Some((class, share)) => {
            format!("The network reads {} with {}.", a_class(class), percent(f64::from(share)))
        }
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
    let best = likeliest(probabilities);
    Some((best, *probabilities.get(best)?))
}

/// What the network takes the test pictures for.
pub(super) fn confusion(observer: &mut CnnObserver, run: &Run, view: &View, numbers: &mut Numbers) -> Panel {
    let classes = run.data().classes;
    let counts = counts(observer.readings(run), run);
    let right: f32 = (0..classes).map(|class| counts[class * classes + class]).sum();
    let total: f32 = counts.iter().sum();
    let summary = match worst(&counts, classes) {
        _ if total == 0.0 => "No digits are kept for the test.".into(),
        None => format!("All {} test digits are read right.", count(total as usize)),
        Some((truth, said, times)) => format!(
            "{} of {} test digits are read right; the most frequent mistake, {} times, is {} read as {said}.",
            count(right as usize),
            count(total as usize),
            count(times as usize),
            a_class(truth)
        ),
    };
    let note = match total as usize {
        0 => "no test digits".into(),
        total => format!("{} of {} right", count(right as usize), count(total)),
    };
    let chosen = cell(&counts, classes, view);
    let figure = Matrix { classes: class_names(run), counts: numbers.add(counts), chosen };
    Panel { id: "confusion".into(), note, summary, figure: Figure::Matrix(figure) }
}

/// How often the test pictures of each class are taken for each: `[true, said]`, row-major.
pub(super) fn counts(readings: &[Reading], run: &Run) -> Vec<f32> {
    let classes = run.data().classes;
    let mut counts = vec![0.0; classes * classes];
    for (reading, &label) in readings.iter().zip(&run.data().test.labels) {
        counts[label as usize * classes + reading.class] += 1.0;
    }
    counts
}

/// The cell whose pictures are shown: the one that was chosen, or the most frequent mistake.
pub(super) fn cell(counts: &[f32], classes: usize, view: &View) -> Option<[usize; 2]> {
    let chosen = view.cell.filter(|cell| cell.iter().all(|&class| class < classes));
    chosen.or_else(|| worst(counts, classes).map(|(truth, said, _)| [truth, said]))
}

/// The most frequent mistake: true class, said class, how often.
fn worst(counts: &[f32], classes: usize) -> Option<(usize, usize, f32)> {
    let mistakes = counts.iter().enumerate().map(|(at, &count)| (at / classes, at % classes, count));
    let mistakes = mistakes.filter(|(truth, said, count)| truth != said && *count > 0.0);
    mistakes.max_by(|a, b| a.2.total_cmp(&b.2))
}

pub(super) fn class_names(run: &Run) -> Vec<String> {
    (0..run.data().classes).map(|class| class.to_string()).collect()
}
