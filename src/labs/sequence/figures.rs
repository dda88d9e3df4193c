//! The story of the sequence lab: how much of the gradient comes back in time as the run goes on, and the gates that let
//! it through; and the same as lines beside what theory says.

use super::memory::{self, factor_per_step, half_life};
use super::networks::Shape;
use super::observer::{SequenceObserver, has_loss_everywhere};
use super::theatre;
use crate::labs::decades::Decades;
use crate::labs::format::{fixed, percent, power, significant};
use crate::labs::{
    Figure, LineScale, Lines, Numbers, Panel, PlacedLine, TimeGroup, TimeMap, TimeMaps, TimeScale, View,
};
use crate::train::{Evaluation, Metric, Run};

/// Decades of gradient that colours tell apart, below the greatest.
const DECADES: i32 = 6;

/// Decades of an axis, at most: further down single precision ends.
const MOST_DECADES: i32 = 32;

/// Gradient by training step, and the gates of one sequence.
pub(super) fn story(observer: &mut SequenceObserver, run: &Run, view: &View, numbers: &mut Numbers) -> Panel {
    observer.take_now(run);
    let (symbols, marked) = theatre::tape(run, view);
    let steps = symbols.len();
    let mut values: Vec<f32> = observer.reached.values().to_vec();
    let mut rows = observer.reached.rows();
    if observer.now.len() != steps {
        rows = 0; // of a layer that reads another number of steps
    } else if rows == 0 {
        let most = observer.now.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        values = observer.now.iter().map(|norm| norm / most).collect();
        rows = usize::from(values.len() == steps);
    }
    let per_row = observer.reached.stride() * SequenceObserver::steps_per_look(run);
    let gradient = TimeMap {
        label: "gradient".into(),
        row_name: "training step".into(),
        rows_from: observer.begun() + per_row,
        row_step: per_row,
        rows,
        values: numbers.add(values.iter().copied().take(rows * steps)),
        scale: TimeScale::Decades([-DECADES, 0]),
    };
    let mut maps = vec![gradient];
    maps.extend(observer.theatre.gates(run, view, numbers, false));
    let shape = Shape::of(run.current());
    let name = shape.as_ref().map_or("network", Shape::cell_name);
    let stat = stat(observer.learning.evaluation, run);
    let hint = hint(observer, shape.as_ref());
    let summary = format!("{name}: {stat}. {hint}");
    let group = TimeGroup { lane: 0, name: name.into(), stat, hint, maps };
    let choices = Vec::new();
    let figure = TimeMaps { symbols, marked, head: None, choices, unit: None, groups: vec![group] };
    Panel { id: "story".into(), note: "10⁻⁶ to 1".into(), summary, figure: Figure::TimeMaps(figure) }
}

/// How the network does, with how far back.
fn stat(evaluation: Option<Evaluation>, run: &Run) -> String {
    let Some(Evaluation { metric, .. }) = evaluation else { return "not tested".into() };
    let data = &run.current().data;
    let at = if data.has_lag() { format!(" at {}", data.lag()) } else { String::new() };
    match run.metric() {
        _ if metric.is_nan() => "no numbers".into(),
        Metric::Accuracy => format!("{} right{at}", percent(metric)),
        _ => format!("error {}{at}", significant(metric, 2)),
    }
}

/// What is to be seen of the gradient, in a sentence.
fn hint(observer: &SequenceObserver, shape: Option<&Shape>) -> String {
    let keeps = match shape {
        Some(shape) if shape.chrono.is_some() && shape.cell == "lstm" => {
            "Forget gates began open, input shut.".into()
        }
        Some(shape) if shape.chrono.is_some() => "Update gates began open: they keep.".into(),
        Some(shape) if shape.cell == "lstm" => {
            let open = crate::tensor::math::sigmoid(shape.forget_bias.unwrap_or(0.0));
            format!("Its forget gates began {} open.", percent(open))
        }
        Some(shape) if shape.has_gates() => "Its gates began half open.".into(),
        Some(_) => "It has no gates.".into(),
        None => String::new(),
    };
    if observer.now.first().is_some_and(|norm| *norm == 0.0) {
        return format!("Nothing comes back to the first step. {keeps}");
    }
    match factor_per_step(&observer.now) {
        Some(factor) => match half_life(factor) {
            Some(steps) => format!("Half is gone every {} steps. {keeps}", significant(steps, 2)),
            None if factor > 1.05 => format!("It grows × {} a step back. {keeps}", significant(factor, 3)),
            None => format!("It does not fade. {keeps}"),
        },
        None => keeps,
    }
}

/// ‖∂L/∂hₜ‖ over t, beside what theory predicts.
pub(super) fn memory(observer: &mut SequenceObserver, run: &Run, numbers: &mut Numbers) -> Panel {
    observer.take_now(run);
    let norms = &observer.now;
    let steps = numbers.add((1..=norms.len()).map(|step| step as f32));
    let mut lines = vec![PlacedLine {
        lane: 0,
        label: "measured".into(),
        x: steps,
        y: numbers.add(norms.iter().copied()),
        is_theory: false,
        ..PlacedLine::default()
    }];
    let factor = factor_per_step(norms);
    let pass = if has_loss_everywhere(run) { &observer.pass } else { run.pass() };
    let predicted = memory::last_recurrent(&pass.traces)
        .and_then(|(layer, unrolled)| memory::predicted(run.network(), layer, unrolled))
        .filter(|predicted| predicted.len() == norms.len());
    let last = norms.last().copied().unwrap_or(f32::NAN);
    if let Some(predicted) = &predicted {
        let y = numbers.add(predicted.iter().map(|share| (f64::from(last) * share) as f32));
        lines.push(PlacedLine {
            lane: 0,
            label: "predicted".into(),
            x: steps,
            y,
            is_theory: true,
            ..PlacedLine::default()
        });
    }
    let decades = Decades::of(norms.iter().copied()).0;
    let decades = [decades[0].max(decades[1] - MOST_DECADES), decades[1]];
    let note = match (factor, factor.and_then(half_life)) {
        (Some(factor), Some(steps)) => {
            format!("× {} a step, half after {} steps", significant(factor, 3), significant(steps, 2))
        }
        (Some(factor), None) => format!("× {} a step", significant(factor, 3)),
        _ => String::new(),
    };
    let ratio = norms.first().zip(norms.last()).map(|(first, last)| first / last);
    let summary = format!(
        "The gradient that comes back to the first step is {} of that at the last{}{}.",
        ratio.map_or_else(|| "unknown".into(), power),
        factor.map_or_else(String::new, |factor| format!(
            "; fitted, it changes by {} a step",
            fixed(factor, 4)
        )),
        predicted
            .and_then(|predicted| predicted.first().copied())
            .map_or_else(String::new, |share| format!("; by theory {} would be left", power(share as f32))),
    );
    let figure = Lines {
        x_label: "step t".into(),
        y_label: "‖∂L/∂hₜ‖".into(),
        scale: LineScale::Decades(decades),
        lines,
        at: None,
        marks: Vec::new(),
        is_of_kinds: false,
        ..Lines::default()
    };
    Panel { id: "memory".into(), note, summary, figure: Figure::Lines(figure) }
}
