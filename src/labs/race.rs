//! How lanes do after equal work, as data: of updates, of examples and of seconds; and when each first reaches a loss.

use super::{Curves, Numbers, Span};
use serde::{Deserialize, Serialize};

/// What the place of a learning curve is counted in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CurveAxis {
    #[default]
    Updates,
    Examples,
    Seconds,
}

impl CurveAxis {
    pub const ALL: [Self; 3] = [Self::Updates, Self::Examples, Self::Seconds];

    /// "updates".
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Updates => "updates",
            Self::Examples => "examples",
            Self::Seconds => "seconds",
        }
    }
}

/// The learning curves of lanes, told as when they reach a loss and how they do after equal work.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Race {
    /// One for each lane.
    pub runners: Vec<Runner>,
    /// What is measured on the test items: "test accuracy".
    pub metric: String,
    /// Whether that is a share, written in per cent.
    pub is_share: bool,
    /// The loss that lanes are compared by; none where it is to be found, see [`target_level`].
    #[serde(default)]
    pub goal: Option<f32>,
    /// What is told of how far it is to that loss.
    #[serde(default)]
    pub told: Vec<CurveAxis>,
}

/// The learning curve of a lane: as many rows in each span.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Runner {
    /// Whose it is, of [`super::LANE_LETTERS`].
    pub lane: usize,
    /// Items of an epoch.
    pub items: usize,
    /// Where each row was measured, ascending: updates, examples and seconds of training since the start.
    pub updates: Span,
    pub examples: Span,
    pub seconds: Span,
    /// Smoothed training loss.
    pub loss: Span,
    /// The metric of the test items; no number in rows without a test.
    pub metric: Span,
}

impl Runner {
    /// Where its rows were measured.
    #[must_use]
    pub fn along(&self, axis: CurveAxis) -> Span {
        match axis {
            CurveAxis::Updates => self.updates,
            CurveAxis::Examples => self.examples,
            CurveAxis::Seconds => self.seconds,
        }
    }
}

/// Points of a line that are numbers.
fn points<'a>(x: &'a [f32], y: &'a [f32]) -> impl DoubleEndedIterator<Item = (f32, f32)> + 'a {
    let many = x.len().min(y.len());
    (0..many).map(|i| (x[i], y[i])).filter(|(x, y)| x.is_finite() && y.is_finite())
}

/// The value of the line through `x` (ascending) and `y` at this place, between the two points about it; none before its
/// first point and beyond its last.
#[must_use]
pub fn value_at(x: &[f32], y: &[f32], at: f32) -> Option<f32> {
    let mut before = None;
    for (place, value) in points(x, y) {
        if place >= at {
            return match before {
                Some((from, start)) if place > from => {
                    Some(start + (value - start) * (at - from) / (place - from))
                }
                _ if place == at => Some(value),
                _ => None,
            };
        }
        before = Some((place, value));
    }
    None
}

/// Where the line first falls to `level`, between the points before and after; none where it never does.
#[must_use]
pub fn first_crossing(x: &[f32], y: &[f32], level: f32) -> Option<f32> {
    let mut before: Option<(f32, f32)> = None;
    for (place, value) in points(x, y) {
        if value <= level {
            return Some(match before {
                Some((from, start)) if start > value => {
                    from + (place - from) * (start - level) / (start - value)
                }
                _ => place,
            });
        }
        before = Some((place, value));
    }
    None
}

/// How far all lines reach: the least of their last places.
#[must_use]
pub fn equal_end<'a>(lines: impl IntoIterator<Item = &'a [f32]>) -> Option<f32> {
    let last = |x: &'a [f32]| x.iter().rev().copied().find(|x| x.is_finite());
    let ends: Option<Vec<f32>> = lines.into_iter().map(last).collect();
    ends?.into_iter().reduce(f32::min).filter(|end| *end > 0.0)
}

/// The lowest round loss that at least two of these lines reached, or the only one: of at most two digits, and one of a few,
/// so that it does not change with every step.
#[must_use]
pub fn target_level<'a>(losses: impl IntoIterator<Item = &'a [f32]>) -> Option<f32> {
    let least = |y: &'a [f32]| y.iter().copied().filter(|y| y.is_finite()).reduce(f32::min);
    let mut least: Vec<f32> = losses.into_iter().filter_map(least).collect();
    least.sort_by(f32::total_cmp);
    let reached = f64::from(*least.get(1).or(least.first())?);
    if reached <= 0.0 {
        return None;
    }
    let decade = libm::floor(libm::log10(reached)) as i32;
    let power = |exponent: i32| libm::pow(10.0, f64::from(exponent));
    let round =
        |decade: i32| [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0].map(|digits| digits * power(decade));
    let mut rounds = (decade - 1..=decade + 1).flat_map(round);
    rounds.find(|level| *level >= reached * (1.0 - 1e-6)).map(|level| level as f32)
}

/// What lanes of one figure of curves come to, of their lines of the first measure that are trained on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Standing {
    /// The loss that is told of.
    pub level: Option<f32>,
    /// The lane that first falls to it, and where.
    pub first: Option<(usize, f32)>,
    /// The lane that is lowest as far as all reach, where there are several, and how far that is.
    pub ahead: Option<(usize, f32)>,
}

impl Curves {
    /// Who reaches the target first and who is ahead; nothing where none is told of.
    #[must_use]
    pub fn standing(&self, numbers: &Numbers) -> Standing {
        let lines = self.strips.first().map_or(&[][..], |strip| &strip.lines[..]);
        let middle = |line: &super::Line| -> Vec<f32> {
            numbers
                .at(line.low)
                .iter()
                .zip(numbers.at(line.high))
                .map(|(a, b)| f32::midpoint(*a, *b))
                .collect()
        };
        let lines: Vec<(usize, &[f32], Vec<f32>)> = lines
            .iter()
            .filter(|line| line.is_train)
            .map(|line| (line.lane, numbers.at(line.x), middle(line)))
            .collect();
        let found = || target_level(lines.iter().map(|(.., y)| y.as_slice()));
        let level = self.target.or_else(|| self.is_race.then(found).flatten());
        let crossing = |level: f32| {
            let all = lines.iter().filter_map(|(lane, x, y)| Some((*lane, first_crossing(x, y, level)?)));
            all.min_by(|a, b| a.1.total_cmp(&b.1))
        };
        let end = equal_end(lines.iter().map(|(_, x, _)| *x)).filter(|_| self.is_race && lines.len() > 1);
        let ahead = end.and_then(|end| {
            let all = lines.iter().filter_map(|(lane, x, y)| Some((*lane, value_at(x, y, end)?)));
            let lowest = all.min_by(|a, b| a.1.total_cmp(&b.1));
            lowest.map(|(lane, _)| (lane, end))
        });
        Standing { level, first: level.and_then(crossing), ahead }
    }
}

impl Race {
    /// The loss that the lanes are compared by.
    #[must_use]
    pub fn target(&self, numbers: &Numbers) -> Option<f32> {
        self.goal.or_else(|| target_level(self.runners.iter().map(|runner| numbers.at(runner.loss))))
    }

    /// Where each lane first reached that loss; none where it did not.
    #[must_use]
    pub fn crossings(&self, numbers: &Numbers, axis: CurveAxis, level: f32) -> Vec<Option<f32>> {
        let crossing =
            |runner: &Runner| first_crossing(numbers.at(runner.along(axis)), numbers.at(runner.loss), level);
        self.runners.iter().map(crossing).collect()
    }

    /// How far all lanes came, and the metric of each there; none before anything was tested.
    #[must_use]
    pub fn after_equal(&self, numbers: &Numbers, axis: CurveAxis) -> Option<(f32, Vec<Option<f32>>)> {
        // As far as all are tested.
        let tested = |runner: &Runner| -> Vec<f32> {
            points(numbers.at(runner.along(axis)), numbers.at(runner.metric)).map(|(x, _)| x).collect()
        };
        let tested: Vec<Vec<f32>> = self.runners.iter().map(tested).collect();
        let end = equal_end(tested.iter().map(Vec::as_slice))?;
        let value =
            |runner: &Runner| value_at(numbers.at(runner.along(axis)), numbers.at(runner.metric), end);
        Some((end, self.runners.iter().map(value).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::Strip;

    #[test]
    fn a_line_has_values_between_its_points_and_none_beyond_them() {
        let (x, y) = ([0.0, 10.0, 20.0, 30.0], [4.0, 2.0, f32::NAN, 0.0]);
        assert_eq!(
            [0.0, 5.0, 10.0, 20.0, 30.0].map(|at| value_at(&x, &y, at)),
            [4.0, 3.0, 2.0, 1.0, 0.0].map(Some)
        );
        assert_eq!([-1.0, 31.0, f32::NAN].map(|at| value_at(&x, &y, at)), [None; 3]);
        assert_eq!(value_at(&[], &[], 0.0), None);
    }

    #[test]
    fn a_level_is_crossed_where_the_line_first_falls_to_it() {
        let (x, y) = ([0.0, 10.0, 20.0, 30.0], [4.0, 2.0, 3.0, 1.0]);
        assert_eq!(first_crossing(&x, &y, 3.0), Some(5.0));
        assert_eq!(first_crossing(&x, &y, 1.5), Some(27.5));
        assert_eq!(first_crossing(&x, &y, 9.0), Some(0.0), "it begins below");
        assert_eq!(first_crossing(&x, &y, 0.9), None);
        assert_eq!(first_crossing(&x, &[f32::NAN; 4], 9.0), None);
    }

    #[test]
    fn lines_are_compared_as_far_as_all_reach() {
        assert_eq!(equal_end([&[1.0, 5.0][..], &[2.0, 3.0, f32::NAN]]), Some(3.0));
        assert_eq!(equal_end([&[1.0, 5.0][..], &[]]), None);
        assert_eq!(equal_end([]), None);
    }

    #[test]
    fn the_target_is_round_and_two_lanes_reached_it() {
        let target = |least: &[f32]| target_level(least.iter().map(std::slice::from_ref));
        assert_eq!(target(&[0.17, 0.241, 0.34, 0.21]), Some(0.25));
        assert_eq!(target(&[0.17]), Some(0.2));
        assert_eq!(target(&[0.17, 0.9]), Some(1.0));
        assert_eq!(target(&[0.25, 0.25]), Some(0.25));
        assert_eq!(target(&[0.2, f32::NAN]), Some(0.2));
        assert_eq!(target(&[3e-7, 4.1e-7]), Some(5e-7));
        assert_eq!([target(&[]), target(&[0.0]), target(&[f32::NAN])], [None; 3]);
    }

    #[test]
    fn lanes_are_compared_after_equal_updates_examples_and_seconds() {
        let mut numbers = Numbers::default();
        let mut runner = |lane: usize, batch: f32, seconds: f32, rows: usize| {
            let mut column = |value: &dyn Fn(f32) -> f32| numbers.add((0..rows).map(|row| value(row as f32)));
            Runner {
                lane,
                items: 64,
                updates: column(&|row| row),
                examples: column(&|row| row * batch),
                seconds: column(&|row| row * seconds),
                loss: column(&|row| 1.0 - 0.1 * row),
                metric: column(&|row| if row % 2.0 == 0.0 { 0.1 * row } else { f32::NAN }),
            }
        };
        // The second makes larger batches, and slower ones.
        let runners = vec![runner(0, 1.0, 0.5, 9), runner(1, 4.0, 1.0, 5)];
        let race = Race { runners, ..Race::default() };
        let after = |axis| {
            race.after_equal(&numbers, axis).map(|(end, values)| (end, values.len(), values[0], values[1]))
        };
        assert_eq!(after(CurveAxis::Updates), Some((4.0, 2, Some(0.4), Some(0.4))));
        assert_eq!(after(CurveAxis::Examples), Some((8.0, 2, Some(0.8), Some(0.2))));
        assert_eq!(after(CurveAxis::Seconds), Some((4.0, 2, Some(0.8), Some(0.4))));
        let level = race.target(&numbers).unwrap();
        assert_eq!(level, 0.6, "the second came to 0.6, the first to 0.2");
        let crossings = |axis| race.crossings(&numbers, axis, level);
        let near = |found: Vec<Option<f32>>, wanted: [f32; 2]| {
            assert!(
                found.iter().zip(wanted).all(|(found, wanted)| (found.unwrap() - wanted).abs() < 1e-4),
                "{found:?}"
            );
        };
        // The same curves as a figure tell the same.
        let line = |runner: &Runner| super::super::Line {
            label: String::new(),
            is_train: true,
            lane: runner.lane,
            x: runner.examples,
            low: runner.loss,
            high: runner.loss,
        };
        let lines = race.runners.iter().map(line).collect();
        let strip = Strip { label: "loss".into(), lines, ..Strip::default() };
        let mut curves = Curves { strips: vec![strip], ..Curves::default() };
        assert_eq!(curves.standing(&numbers), Standing::default(), "nothing is told");
        curves.is_race = true;
        let Standing { level: told, first, ahead } = curves.standing(&numbers);
        assert_eq!((told, ahead), (Some(level), Some((0, 8.0))));
        assert!(first.is_some_and(|(lane, at)| lane == 0 && (at - 4.0).abs() < 1e-4), "{first:?}");
        near(crossings(CurveAxis::Updates), [4.0, 4.0]);
        near(crossings(CurveAxis::Examples), [4.0, 16.0]);
        near(crossings(CurveAxis::Seconds), [2.0, 4.0]);
        assert_eq!(race.crossings(&numbers, CurveAxis::Seconds, 0.3)[1], None);
    }
}
