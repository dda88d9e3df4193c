//! What the machine says of items with labels: which class is likely beside a picture, which number beside others.

use super::classify::shares;
use super::predict::{Predicted, range};
use crate::labs::format::{fixed, percent};
use crate::labs::{Figure, Intervals, Numbers, Panel, Scores, View};
use crate::train::{Run, likeliest};

/// Rows of held-out numbers.
const ROWS: usize = 8;

/// The figure "answer": of what is drawn, or of the held-out item that is followed.
pub(super) fn answer(run: &Run, view: &View, numbers: &mut Numbers) -> Panel {
    let data = run.data();
    let size: usize = run.input_shape().iter().product();
    let mut item = vec![0.0; size];
    let is_drawn = view.probe.item.is_none() && view.picture.len() + data.classes == size;
    let part = if data.test.is_empty() { &data.train } else { &data.test };
    let followed = view.probe.item.unwrap_or(0).min(part.len().saturating_sub(1));
    if is_drawn {
        item[..view.picture.len()].copy_from_slice(&view.picture);
    } else {
        part.copy_item(followed, &mut item);
    }
    let shares = shares(run, &mut item);
    let classes: Vec<String> = (0..data.classes).map(|class| data.class_name(class)).collect();
    let told = likeliest(&shares);
    let whose = if is_drawn {
        "Your drawing".to_owned()
    } else {
        let kind = if data.test.is_empty() { "Training item" } else { "Held-out item" };
        format!("{kind} {followed}, a {},", data.class_name(part.all_labels()[followed] as usize))
    };
    let summary = format!(
        "{whose} is taken for a {} with a probability of {}.",
        classes.get(told).map_or("", String::as_str),
        percent(f64::from(shares.get(told).copied().unwrap_or(0.0)))
    );
    let note = if is_drawn { "your drawing".into() } else { format!("item {followed}") };
    let logits = numbers.add(shares.iter().map(|share| libm::logf(share.max(f32::MIN_POSITIVE))));
    let figure = Scores { classes, probabilities: numbers.add(shares), logits };
    Panel { id: "answer".into(), note, summary, figure: Figure::Scores(figure) }
}

/// The figure "predicted": numbers of held-out rows with the spread of what is expected, and what they really are.
pub(super) fn predicted(run: &Run, numbers: &mut Numbers) -> Panel {
    let data = run.data();
    let (part, kind) =
        if data.test.is_empty() { (&data.train, "training row") } else { (&data.test, "held-out row") };
    let predicted = Predicted::of(run, part, ROWS);
    let rows = || predicted.spreads.chunks_exact(2);
    let [low, high] = range(run);
    let within = |x: f32| x.clamp(low, high);
    let inside = rows().zip(&predicted.truth).filter(|(row, y)| (row[0] - **y).abs() <= row[1]).count();
    let many = predicted.truth.len();
    let summary = format!(
        "Of {many} {kind}s the number that is expected, with one deviation to each side; {inside} of them are really within that."
    );
    let figure = Intervals {
        names: (0..many).map(|row| format!("{kind} {}", row + 1)).collect(),
        means: numbers.add(rows().map(|row| within(row[0]))),
        lows: numbers.add(rows().map(|row| within(row[0] - row[1]))),
        highs: numbers.add(rows().map(|row| within(row[0] + row[1]))),
        truth: numbers.add(predicted.truth.iter().copied()),
        range: [low, high],
        unit: String::new(),
        decimals: 2,
        marked: 0,
    };
    let mean = rows().map(|row| f64::from(row[1])).sum::<f64>() / many.max(1) as f64;
    let note = format!("± {} in the mean", fixed(mean, 2));
    Panel { id: "predicted".into(), note, summary, figure: Figure::Intervals(figure) }
}
