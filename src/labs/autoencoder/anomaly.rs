//! What is not as it should be: errors of items like those that were trained on, and of others, with a threshold between.

use super::figures::kind_of;
use super::observer::AutoencoderObserver;
use super::reading::errors_of;
use crate::labs::format::{count, fixed, percent, significant};
use crate::labs::{Errors, Figure, Numbers, Panel, Roc, View};
use crate::nn::Pass;
use crate::train::Run;

/// Bins of the histogram.
const BINS: usize = 40;
/// Share of the normal items that the threshold lets through as alarms where none was chosen.
const ALARMS: f32 = 0.05;
/// Share of all items that the axis holds.
const WITHIN: f32 = 0.99;

/// What detection came to last, for the verdict.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    /// Area under the curve; 0 before it is known, NaN where nothing is abnormal.
    pub area: f32,
    /// Shares of normal and of abnormal items above the threshold.
    pub above: [f32; 2],
    pub names: [String; 2],
}

/// Errors of normal and of abnormal test items, each ascending.
pub(super) struct Kinds {
    pub names: [String; 2],
    pub normal: Vec<f32>,
    pub abnormal: Vec<f32>,
}

impl Kinds {
    /// Classes that were trained on against all others; where all were, pictures as they are against the same turned by a
    /// quarter.
    pub fn of(observer: &mut AutoencoderObserver, run: &Run) -> Self {
        let data = &run.current().data;
        let test = &run.data().test;
        let (names, mut normal, mut abnormal): (_, Vec<f32>, Vec<f32>) = if data.train_on.is_empty() {
            let side = match data.grid() {
                Ok([height, width]) if height == width && height > 1 => Some(height),
                _ => None,
            };
            let reading = match side {
                Some(side) => observer.reading_of_turned(run, side),
                None => observer.reading(run),
            };
            let turned = if side.is_some() { reading.turned.clone() } else { Vec::new() };
            (["upright".to_owned(), "turned by 90°".into()], reading.errors.clone(), turned)
        } else {
            let classes = &data.train_on;
            let names: Vec<String> = classes.iter().map(|&class| run.data().class_name(class)).collect();
            let reading = observer.reading(run);
            let of = |are_within| reading.errors_of_classes(test, classes, are_within).collect();
            ([format!("of class {}", names.join(", ")), "of other classes".into()], of(true), of(false))
        };
        for errors in [&mut normal, &mut abnormal] {
            errors.retain(|error| !error.is_nan());
            errors.sort_by(f32::total_cmp);
        }
        Self { names, normal, abnormal }
    }

    /// The error above which [`ALARMS`] of the normal items lie.
    fn usual_threshold(&self) -> f32 {
        let place = (self.normal.len() as f32 * (1.0 - ALARMS)) as usize;
        self.normal.get(place.min(self.normal.len().saturating_sub(1))).copied().unwrap_or(0.0)
    }

    /// Area under the curve: the chance that an abnormal item has a larger error than a normal one, ties for a half (Mann &
    /// Whitney). NaN where there are none of a kind.
    pub fn area(&self) -> f32 {
        let below = |error: f32| {
            let less = self.normal.partition_point(|normal| *normal < error);
            let equal = self.normal.partition_point(|normal| *normal <= error) - less;
            less as f64 + 0.5 * equal as f64
        };
        let pairs = (self.normal.len() * self.abnormal.len()) as f64;
        (self.abnormal.iter().map(|&error| below(error)).sum::<f64>() / pairs) as f32
    }

    /// What there is none of, and what helps.
    fn missing(&self) -> &'static str {
        if self.normal.is_empty() {
            "no normal items are kept for the test"
        } else {
            "nothing abnormal among the test items: train on some classes alone"
        }
    }

    /// Shares of the normal and of the abnormal items above a threshold.
    fn shares_above(&self, threshold: f32) -> [f32; 2] {
        let [alarms, found] = self.above(threshold);
        [alarms as f32 / self.normal.len().max(1) as f32, found as f32 / self.abnormal.len().max(1) as f32]
    }

    /// Normal items above a threshold, and abnormal ones.
    fn above(&self, threshold: f32) -> [usize; 2] {
        [&self.normal, &self.abnormal]
            .map(|errors| errors.len() - errors.partition_point(|error| *error <= threshold))
    }
}

/// The threshold in force, which the observer takes note of.
fn threshold(observer: &mut AutoencoderObserver, kinds: &Kinds, view: &View) -> f32 {
    let threshold = view.probe.threshold.unwrap_or_else(|| kinds.usual_threshold());
    observer.threshold = Some(threshold);
    observer.told =
        Told { area: kinds.area(), above: kinds.shares_above(threshold), names: kinds.names.clone() };
    threshold
}

/// The figure "errors".
pub(super) fn errors(
    observer: &mut AutoencoderObserver,
    run: &Run,
    view: &View,
    numbers: &mut Numbers,
) -> Panel {
    let kinds = Kinds::of(observer, run);
    let threshold = threshold(observer, &kinds, view);
    let needle = needle(run, view);
    let mut all: Vec<f32> = kinds.normal.iter().chain(&kinds.abnormal).copied().collect();
    all.retain(|error| error.is_finite());
    all.sort_by(f32::total_cmp);
    let most = all.get((all.len() as f32 * WITHIN) as usize).or(all.last()).copied().unwrap_or(1.0);
    // A threshold beyond it does not stretch the axis.
    let to = (1.05 * most.max(kinds.usual_threshold())).max(1e-6);
    let shares = |errors: &[f32]| {
        let mut shares = [0.0; BINS];
        for error in errors {
            let bin = ((error / to * BINS as f32) as usize).min(BINS - 1);
            shares[bin] += 1.0 / errors.len() as f32;
        }
        shares
    };
    let spans = [numbers.add(shares(&kinds.normal)), numbers.add(shares(&kinds.abnormal))];
    let drawing = needle.map_or_else(String::new, |error| {
        let side = if error > threshold { "above it: abnormal" } else { "below it: normal" };
        format!(" What is on the pad comes to {}, {side}.", significant(error, 2))
    });
    let summary = if kinds.normal.is_empty() {
        "No normal items are kept for the test, so their errors are not known.".into()
    } else if kinds.abnormal.is_empty() {
        format!(
            "Errors of {} {}s; there are none that are abnormal: train on some classes alone, and the others are.{drawing}",
            kinds.normal.len(),
            kind_of(run)
        )
    } else {
        let [alarms, found] = kinds.above(threshold);
        format!(
            "Errors of {} {}s {} and {} {}: above the threshold of {} lie {alarms} and {found} of them.{drawing}",
            kinds.normal.len(),
            kind_of(run),
            kinds.names[0],
            kinds.abnormal.len(),
            kinds.names[1],
            significant(threshold, 2)
        )
    };
    let figure = Errors {
        label: "mean squared error".into(),
        kinds: kinds.names,
        from: 0.0,
        to,
        shares: spans,
        threshold,
        needle,
    };
    Panel { id: "errors".into(), note: String::new(), summary, figure: Figure::Errors(figure) }
}

/// The error of what is on the pad.
fn needle(run: &Run, view: &View) -> Option<f32> {
    let size = run.network().outputs();
    (view.picture.len() == size).then(|| {
        let mut pass = Pass::default();
        run.network().forward(&view.picture, &mut pass);
        errors_of(pass.output(), &view.picture, size).next().unwrap_or(f32::NAN)
    })
}

/// The figure "roc".
pub(super) fn roc(
    observer: &mut AutoencoderObserver,
    run: &Run,
    view: &View,
    numbers: &mut Numbers,
) -> Panel {
    let kinds = Kinds::of(observer, run);
    let threshold = threshold(observer, &kinds, view);
    let mut thresholds: Vec<f32> = kinds.normal.iter().chain(&kinds.abnormal).copied().collect();
    thresholds.sort_by(|a, b| b.total_cmp(a));
    thresholds.dedup();
    let points = thresholds.iter().map(|&threshold| kinds.shares_above(threshold)).chain([[1.0, 1.0]]);
    let has_both = !kinds.normal.is_empty() && !kinds.abnormal.is_empty();
    let area = kinds.area();
    let (above, at) = (kinds.above(threshold), kinds.shares_above(threshold));
    let lines = if has_both {
        lines(&kinds, above, view.probe.cost_of_a_miss.unwrap_or(1.0))
    } else {
        vec![kinds.missing().into()]
    };
    let summary = if has_both {
        format!(
            "The area under the curve is {}: the chance that one {} has a larger error than one {}. At the threshold {} are found at {} false alarms.",
            fixed(area, 3),
            kinds.names[1],
            kinds.names[0],
            percent(at[1]),
            percent(at[0])
        )
    } else {
        format!("There is no curve: {}.", kinds.missing())
    };
    let points: Vec<f32> = if has_both { points.flatten().collect() } else { Vec::new() };
    let figure = Roc { points: numbers.add(points), area, at, lines };
    Panel { id: "roc".into(), note: String::new(), summary, figure: Figure::Roc(figure) }
}

/// What a threshold comes to: precision, recall, false alarms, and what its mistakes cost.
fn lines(kinds: &Kinds, [alarms, found]: [usize; 2], cost_of_a_miss: f32) -> Vec<String> {
    let share =
        |part: usize, all: usize| if all == 0 { "none".into() } else { percent(part as f64 / all as f64) };
    let missed = kinds.abnormal.len() - found;
    let cost = alarms as f32 + cost_of_a_miss * missed as f32;
    vec![
        format!("{} found (recall)", share(found, kinds.abnormal.len())),
        format!("{} of alarms true (precision)", share(found, found + alarms)),
        format!("{} false alarms", share(alarms, kinds.normal.len())),
        format!(
            "cost {}: {} + {} missed × {}",
            count(cost.round() as usize),
            counted(alarms, "false alarm"),
            count(missed),
            fixed(cost_of_a_miss, 0)
        ),
    ]
}

fn counted(many: usize, what: &str) -> String {
    format!("{} {what}{}", count(many), if many == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(normal: &[f32], abnormal: &[f32]) -> Kinds {
        Kinds { names: ["a".into(), "b".into()], normal: normal.to_vec(), abnormal: abnormal.to_vec() }
    }

    #[test]
    fn the_area_counts_pairs_in_the_right_order() {
        assert_eq!(kinds(&[1.0, 2.0], &[3.0, 4.0]).area(), 1.0);
        assert_eq!(kinds(&[3.0, 4.0], &[1.0, 2.0]).area(), 0.0);
        assert_eq!(kinds(&[1.0, 2.0, 2.0], &[2.0, 3.0]).area(), 5.0 / 6.0, "ties count for a half");
        assert!(kinds(&[1.0], &[]).area().is_nan());
    }

    #[test]
    fn a_threshold_is_told_in_all_its_figures() {
        let kinds = kinds(&[0.1, 0.2, 0.3, 0.4], &[0.3, 0.5, 0.6]);
        assert_eq!(kinds.above(0.3), [1, 2]);
        let said = lines(&kinds, kinds.above(0.3), 5.0);
        assert_eq!(said[0], "67\u{202f}% found (recall)");
        assert_eq!(said[1], "67\u{202f}% of alarms true (precision)");
        assert_eq!(said[2], "25\u{202f}% false alarms");
        assert_eq!(said[3], "cost 6: 1 false alarm + 1 missed × 5");
        assert_eq!(kinds.usual_threshold(), 0.4);
    }
}
