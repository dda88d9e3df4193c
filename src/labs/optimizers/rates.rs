//! The learning rate over the steps: what it was, and what its schedule makes of it from here on.

use crate::labs::format::{count, power, significant};
use crate::labs::{Figure, LineScale, Lines, Numbers, Panel, PlacedDot, PlacedLine};
use crate::train::{History, Join, Run, Schedule};
use serde::{Deserialize, Serialize};

/// Steps kept one by one before neighbours are joined.
const ROWS: usize = 512;
/// Places at which what is to come is drawn.
const PLACES: usize = 120;
/// Steps that a rate is drawn over, at least.
const STEPS: usize = 200;

/// The rates of a run so far.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Rates {
    /// Steps that the run had made when this began.
    begun: usize,
    /// The largest of the steps that a row stands for.
    made: History,
}

impl Rates {
    pub(super) fn new(run: &Run) -> Self {
        Self { begun: run.steps(), made: History::new(vec![Join::Max], ROWS) }
    }

    /// What was read from a file, if it is of a run that has come as far as this one.
    pub(super) fn of(self, run: &Run) -> Option<Self> {
        let seen = run.steps().checked_sub(self.begun)?;
        self.made.is_of(&Self::new(run).made, seen).then_some(self)
    }

    /// Takes in a step that was made.
    pub(super) fn after_step(&mut self, run: &Run) {
        let rate = run.steps().checked_sub(1).and_then(|step| run.learning_rate_at(step));
        self.made.push(&[rate.unwrap_or(f32::NAN)]);
    }

    /// Bytes that a copy holds.
    pub(super) fn bytes(&self) -> usize {
        self.made.bytes()
    }

    /// The figure "rate".
    pub(super) fn panel(&self, run: &Run, numbers: &mut Numbers) -> Panel {
        let (step, optimizer) = (run.steps(), &run.current().optimizer);
        let schedule = optimizer.schedule.as_ref();
        let chosen = step.saturating_sub(run.optimizer().scheduled());
        let end = (chosen + schedule.map_or(0, Schedule::length)).max(STEPS).max(step * 5 / 4);
        let made = self.made.column(0).enumerate();
        let made = made.map(|(row, rate)| (self.begun + row * self.made.stride(), rate));
        let to_come = (0..=PLACES).map(|place| step + (end - step) * place / PLACES);
        let to_come = to_come.filter_map(|step| Some((step, run.learning_rate_at(step)?)));
        let (steps, rates): (Vec<usize>, Vec<f32>) = made.chain(to_come).unzip();
        let now = run.learning_rate_at(step).unwrap_or(optimizer.learning_rate());
        let most = rates.iter().copied().fold(0.0, f32::max);
        let name = schedule.map_or("Constant", Schedule::label);
        let summary = format!("{name}: the learning rate is {} at step {}.", power(now), count(step));
        let line = PlacedLine {
            label: name.to_lowercase(),
            x: numbers.add(steps.iter().map(|step| *step as f32)),
            y: numbers.add(rates),
            is_shared: true,
            ..PlacedLine::default()
        };
        let dot = PlacedDot {
            label: format!("now {}", significant(now, 2)),
            x: step as f32,
            y: now,
            is_shared: true,
            ..PlacedDot::default()
        };
        let figure = Lines {
            x_label: "step".into(),
            y_label: "learning rate".into(),
            scale: LineScale::Linear(most),
            lines: vec![line],
            dots: vec![dot],
            ..Lines::default()
        };
        Panel { id: "rate".into(), note: name.to_lowercase(), summary, figure: Figure::Lines(figure) }
    }
}
