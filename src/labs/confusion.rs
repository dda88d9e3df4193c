//! Which classes a network confuses: the test items counted by what they are and what they are taken for.
//! Any lab that tells classes apart shows it.

use super::format::count;
use super::{Figure, Matrix, Numbers, Panel, View};
use crate::train::{Reading, Run};

/// How a lab speaks of its items.
pub(super) struct Words {
    /// "digits".
    pub items: &'static str,
    /// A class in a sentence: "a 7".
    pub a_class: fn(&Run, usize) -> String,
}

/// The figure "confusion", of what each test item was taken for.
pub(super) fn panel(
    readings: &[Reading],
    run: &Run,
    view: &View,
    words: &Words,
    numbers: &mut Numbers,
) -> Panel {
    let classes = run.data().classes;
    let counts = counts(readings, run);
    let right: f32 = (0..classes).map(|class| counts[class * classes + class]).sum();
    let total = readings.len();
    let unread = readings.iter().filter(|reading| reading.class.is_none()).count();
    let items = words.items;
    let summary = match worst(&counts, classes) {
        _ if total == 0 => format!("No {items} are kept for the test."),
        None if unread > 0 => {
            format!("Of {} test {items} {} are read right.", count(total), count(right as usize))
        }
        None => format!("All {} test {items} are read right.", count(total)),
        Some((truth, said, times)) => format!(
            "{} of {} test {items} are read right; the most frequent mistake, {} times, is {} read as {}.",
            count(right as usize),
            count(total),
            count(times as usize),
            (words.a_class)(run, truth),
            run.data().class_name(said)
        ),
    };
    let summary = match unread {
        0 => summary,
        unread => format!("{summary} For {} the network gives no number.", count(unread)),
    };
    let note = match total {
        0 => format!("no test {items}"),
        total => format!("{} of {} right", count(right as usize), count(total)),
    };
    let chosen = cell(&counts, classes, view);
    let figure = Matrix { classes: class_names(run), counts: numbers.add(counts), chosen };
    Panel { id: "confusion".into(), note, summary, figure: Figure::Matrix(figure) }
}

/// How often the test items of each class are taken for each: `[true, said]`, row-major. What is taken for none, since
/// the network gives no number, is in no cell.
pub(super) fn counts(readings: &[Reading], run: &Run) -> Vec<f32> {
    let classes = run.data().classes;
    let mut counts = vec![0.0; classes * classes];
    for (reading, &label) in readings.iter().zip(&run.data().test.labels) {
        if let Some(said) = reading.class {
            counts[label as usize * classes + said] += 1.0;
        }
    }
    counts
}

/// The cell whose items are shown: the one that was chosen, or the most frequent mistake.
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

/// The names of all classes.
pub(super) fn class_names(run: &Run) -> Vec<String> {
    (0..run.data().classes).map(|class| run.data().class_name(class)).collect()
}
