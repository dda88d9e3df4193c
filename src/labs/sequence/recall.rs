//! How well the network does at other distances than the one it is trained at: tested there on items of their own.

use super::observer::SequenceObserver;
use crate::labs::format::{percent, significant};
use crate::labs::{Figure, LineScale, Lines, Numbers, Panel, PlacedLine};
use crate::train::{Metric, Run};

/// Items that each distance is tested with.
const ITEMS: usize = 100;
/// Distances that are tested.
const LAGS: usize = 9;

/// What was measured last: the metric at each distance, and the step and edits that it is of.
#[derive(Default)]
pub(super) struct Recall {
    measured: Vec<(usize, f32)>,
    measured_at: Option<(usize, usize)>,
}

impl Recall {
    pub fn forget(&mut self) {
        self.measured_at = None;
    }

    /// Of the distance that all items are trained at, what the test came to, which all figures say.
    fn measure(&mut self, run: &Run, tested: Option<f32>) {
        let now = Some((run.steps(), run.edits_made()));
        if self.measured_at != now {
            let data = &run.current().data;
            let tested = tested.filter(|_| data.min_lag.is_none());
            let at = |lag| match tested.filter(|_| lag == data.lag()) {
                Some(metric) => Some((lag, metric)),
                None => Some((lag, run.evaluate_at_lag(lag, ITEMS).ok()?.metric)),
            };
            self.measured = lags(data.lag()).filter_map(at).collect();
            self.measured_at = now;
        }
    }
}

/// From the shortest to half as far again as the one trained at, that among them.
fn lags(trained: usize) -> impl Iterator<Item = usize> {
    let most = *crate::data::sequences::LAG.end();
    let furthest = (trained + trained / 2).max(trained + 2).min(most);
    let mut lags: Vec<usize> =
        (0..LAGS).map(|index| 2 + (furthest - 2) * index / (LAGS - 1)).chain([trained]).collect();
    lags.sort_unstable();
    lags.dedup();
    lags.into_iter()
}

pub(super) fn panel(observer: &mut SequenceObserver, run: &Run, numbers: &mut Numbers) -> Panel {
    let data = &run.current().data;
    let recall = &mut observer.recall;
    if data.has_lag() {
        recall.measure(run, observer.learning.evaluation.map(|evaluation| evaluation.metric));
    }
    let measured = &recall.measured;
    let x = numbers.add(measured.iter().map(|(lag, _)| *lag as f32));
    let y = numbers.add(measured.iter().map(|(_, value)| *value));
    let lines =
        vec![PlacedLine { lane: 0, label: "test".into(), x, y, is_theory: false, ..PlacedLine::default() }];
    let is_share = run.metric() == Metric::Accuracy;
    let classes = run.data().classes;
    let chance = (is_share && classes > 1).then(|| (1.0 / classes as f32, "chance".to_owned()));
    let written = |value: f32| if is_share { percent(value) } else { significant(value, 2) };
    let told: Vec<String> =
        measured.iter().map(|(lag, value)| format!("{} at {lag}", written(*value))).collect();
    let what = if is_share { "Right answers" } else { "Mean error" };
    let summary = if told.is_empty() {
        "This task has no distance to test at.".into()
    } else {
        format!("{what} by distance: {}.", told.join(", "))
    };
    let most = measured.iter().map(|(_, value)| *value).filter(|value| value.is_finite()).fold(0.0, f32::max);
    let figure = Lines {
        x_label: "steps".into(),
        y_label: if is_share { "right answers" } else { "mean |error|" }.into(),
        scale: if is_share { LineScale::Share } else { LineScale::Linear(most) },
        lines,
        at: data.has_lag().then(|| (data.lag() as f32, "trained".into())),
        marks: chance.into_iter().collect(),
        is_of_kinds: false,
        ..Lines::default()
    };
    Panel { id: "recall".into(), note: String::new(), summary, figure: Figure::Lines(figure) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_ascending_and_hold_the_one_trained_at() {
        for trained in [2, 8, 40, 100, 200] {
            let lags: Vec<usize> = lags(trained).collect();
            assert!(lags.windows(2).all(|two| two[0] < two[1]) && lags.contains(&trained), "{lags:?}");
            assert!(lags[0] == 2 && lags.iter().all(|lag| *lag <= 200));
        }
    }
}
