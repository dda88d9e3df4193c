//! The answer and the mistakes of a network that reads pictures.

use super::observer::CnnObserver;
use crate::labs::confusion::{self, Words, class_names};
use crate::labs::format::{a_class, percent};
use crate::labs::{Figure, Numbers, Panel, Scores, View};
use crate::train::{Run, likeliest};

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
    let words = Words { items: "digits", a_class: |_, class| a_class(class) };
    confusion::panel(observer.readings(run), run, view, &words, numbers)
}
