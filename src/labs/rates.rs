//! What a test of learning rates found, as a figure and in words: the same in every lab.

use super::format::{power, significant};
use super::{
    Figure, FigureSlot, LineScale, Lines, Numbers, Panel, Place, PlacedDot, PlacedLine, XScale, value_at,
};
use crate::train::{RangeCurve, RangeEnd};

/// The figure of a test.
pub const RATES: FigureSlot = FigureSlot::new(
    "rates",
    "Learning rates",
    "loss of the batches, smoothed, as the rate rises on a copy of the run",
    Place::Below,
    220,
);

/// The loss over the rate, with the places that the finding is of.
#[must_use]
pub fn rates_panel(curve: &RangeCurve, lane: usize) -> (Panel, Numbers) {
    let mut numbers = Numbers::default();
    let (x, y) = (numbers.add(curve.rates.iter().copied()), numbers.add(curve.smoothed.iter().copied()));
    let of_lane = PlacedLine { lane, x, y, ..PlacedLine::default() };
    let top = curve.smoothed.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    let dot = |words: &str, x: f32, y: f32| {
        let label = format!("{words} {}", significant(x, 2));
        PlacedDot { lane, label, x, y, is_shared: false }
    };
    let dots = curve.finding.map_or_else(Vec::new, |found| {
        vec![
            dot("falls fastest at", found.steepest, found.at_steepest),
            dot("lowest at", found.lowest, found.at_lowest),
            dot(
                "try",
                found.suggested(),
                value_at(&curve.rates, &curve.smoothed, found.suggested()).unwrap_or(found.start),
            ),
        ]
    });
    let lines = Lines {
        x_label: "learning rate".into(),
        x_scale: XScale::Log { base: 10 },
        y_label: "smoothed loss".into(),
        scale: LineScale::Linear(top),
        lines: vec![of_lane],
        dots,
        ..Lines::default()
    };
    let panel = Panel {
        id: RATES.id.into(),
        note: String::new(),
        summary: format!("Smoothed loss over the learning rate. {}", said_of_rates(curve)),
        figure: Figure::Lines(lines),
    };
    (panel, numbers)
}

/// What the test comes to so far, in sentences.
#[must_use]
pub fn said_of_rates(curve: &RangeCurve) -> String {
    let last = curve.rates.last().map_or_else(String::new, |rate| significant(*rate, 2));
    let Some(end) = curve.end else {
        let (step, steps) = (curve.rates.len(), RangeCurve::STEPS);
        return format!("Step {step} of {steps} on a copy of the run; the rate is {last}.");
    };
    let ended = match end {
        RangeEnd::Whole => format!("All rates up to {last} were tried."),
        RangeEnd::Rose => format!("The test ended at {last}, where the loss was four times its lowest."),
        RangeEnd::Diverged => format!("The test ended after {last}, where numbers were not finite any more."),
    };
    if curve.rates.is_empty() {
        return "Numbers are not finite from the first step on, at the smallest rate: no rate helps, so begin with other weights.".into();
    }
    let Some(found) = curve.finding else {
        if curve.is_short() {
            return format!(
                "{ended} That is after {} of {} rates, too few to tell one to try: the network is about to leave the numbers, so begin with other weights.",
                curve.rates.len(),
                RangeCurve::STEPS
            );
        }
        return format!(
            "The loss never falls clearly, whatever the rate: no more than batches differ from each other. Either the network has learned already what it can, or its gradients are lost on the way. {ended}"
        );
    };
    let suggested = found.suggested();
    let why = if found.steepest <= found.lowest / 10.0 {
        "the rate of the fastest fall"
    } else {
        "a tenth of the rate of the lowest loss, since the smoothed loss shows a rise some steps late"
    };
    format!(
        "The loss is {} at the smallest rates, falls fastest at a rate of {} and is lowest, {}, at {}. {ended} Try {}: {why}.",
        significant(found.start, 3),
        significant(found.steepest, 2),
        significant(found.at_lowest, 3),
        significant(found.lowest, 2),
        power(suggested),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::RateFinding;

    #[test]
    fn a_finding_is_told_with_its_figures() {
        let finding =
            RateFinding { start: 0.7, steepest: 0.31, at_steepest: 0.5, lowest: 1.6, at_lowest: 0.3 };
        let curve = RangeCurve {
            rates: vec![1e-6, 0.31, 1.6, 3.2],
            losses: vec![0.7, 0.5, 0.3, 9.0],
            smoothed: vec![0.7, 0.5, 0.3, 1.5],
            end: Some(RangeEnd::Rose),
            finding: Some(finding),
        };
        let said = said_of_rates(&curve);
        assert!(said.contains("falls fastest at a rate of 0.31 and is lowest, 0.300, at 1.6."), "{said}");
        assert!(said.contains("Try 0.2: a tenth of the rate of the lowest loss"), "{said}");
        let (panel, numbers) = rates_panel(&curve, 0);
        let Figure::Lines(lines) = &panel.figure else { panic!("lines") };
        assert_eq!(numbers.at(lines.lines[0].x), curve.rates);
        assert_eq!(lines.dots.len(), 3);
        let none = said_of_rates(&RangeCurve { finding: None, ..curve.clone() });
        assert!(none.contains("after 4 of 100 rates, too few"), "{none}");
        let tried = |many: usize, end| RangeCurve {
            rates: vec![0.1; many],
            losses: vec![0.7; many],
            smoothed: vec![0.7; many],
            end: Some(end),
            finding: None,
        };
        let none = said_of_rates(&tried(100, RangeEnd::Whole));
        assert!(none.starts_with("The loss never falls clearly"), "{none}");
        let lost = said_of_rates(&tried(0, RangeEnd::Diverged));
        assert!(lost.starts_with("Numbers are not finite from the first step on"), "{lost}");
    }
}
