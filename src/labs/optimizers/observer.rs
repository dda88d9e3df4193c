//! What the optimizers lab remembers of a run: its race, and what was measured to be shown.

use super::rates::Rates;
use super::slice::Slice;
use super::turns::Turns;
use super::{controls, figures, verdict};
use crate::labs::racing::{Course, Racing};
use crate::labs::{CurveAxis, Numbers, Observer, OtherWay, Panel, Verdict, View};
use crate::train::Run;
use crate::train::surface::Weights;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is told of the lanes: of a network what a rule costs too, of a test function how far it is to where it was low.
fn course(run: &Run) -> Course {
    /// What is seen of a height that falls for ever.
    const SEEN: [f32; 2] = [-5.0, 5.0];
    match controls::function_of(run.current()) {
        Some(function) => {
            let is_log = function.minimum().is_some();
            Course {
                told: &[CurveAxis::Updates],
                goal: Some(controls::goal(function)),
                is_log,
                range: (!is_log).then_some(SEEN),
                axes: &[CurveAxis::Updates],
            }
        }
        None => Course {
            told: &[CurveAxis::Updates, CurveAxis::Seconds],
            goal: None,
            is_log: true,
            range: None,
            axes: &CurveAxis::ALL,
        },
    }
}

/// See the module.
#[derive(Clone)]
pub(super) struct OptimizersObserver {
    pub(super) racing: Racing,
    /// The way of the run; of one from a file, as far as it went on from there.
    slice: Slice,
    pub(super) turns: Turns,
    rates: Rates,
}

/// What a file holds of it.
#[derive(Serialize, Deserialize)]
struct Seen {
    racing: Racing,
    turns: Turns,
    #[serde(default)]
    rates: Option<Rates>,
}

impl OptimizersObserver {
    /// Begins with a test.
    pub(super) fn new(run: &Run) -> Self {
        Self {
            racing: Racing::new(run, course(run)),
            slice: Slice::new(run),
            turns: Turns::default(),
            rates: Rates::new(run),
        }
    }

    /// Goes on with what was seen of a run that has come as far as this one.
    pub(super) fn on(run: &Run, seen: Value) -> Option<Self> {
        let Seen { racing, turns, rates } = serde_json::from_value(seen).ok()?;
        let rates = match rates {
            Some(rates) => rates.of(run)?,
            None => Rates::new(run), // a file of before they were kept
        };
        Some(Self { racing: racing.of(run, course(run))?, turns, rates, slice: Slice::new(run) })
    }
}

impl Observer for OptimizersObserver {
    fn after_step(&mut self, run: &Run, loss: f32) {
        self.racing.after_step(run, loss);
        self.slice.after_step(run);
        self.turns.after_step(run);
        self.rates.after_step(run);
    }

    fn tests_after(&self, run: &Run) -> bool {
        self.racing.learning.is_due(run.steps())
    }

    fn after_training(&mut self, run: &Run, ms: f64) {
        self.racing.elapsed.after_training(run, ms);
    }

    fn after_edit(&mut self, run: &Run) {
        self.racing.after_edit(run);
        self.slice.after_edit(run);
        self.turns = Turns::default();
    }

    fn panel(&mut self, id: &str, run: &Run, view: &View, numbers: &mut Numbers) -> Option<Panel> {
        match id {
            "surface" => Some(self.slice.panel(run, view, self.racing.loss(), numbers)),
            "ratio" => Some(figures::ratio(run, numbers)),
            "effective" => Some(figures::effective(run, numbers)),
            "paces" => Some(figures::paces(run, numbers)),
            "rate" => Some(self.rates.panel(run, numbers)),
            "moments" => Some(figures::moments(run, view.layer, numbers)),
            _ => self.racing.panel(id, (run, view), None, numbers),
        }
    }

    fn way(&self, run: &Run) -> Vec<Weights> {
        self.slice.way(run)
    }

    fn take_ways(&mut self, own: usize, others: Vec<OtherWay>) {
        self.slice.take_ways(own, others);
    }

    fn is_at_work(&self, id: &str, _: &Run) -> bool {
        id == "surface" && self.slice.is_at_work()
    }

    fn verdict(&self, run: &Run) -> Verdict {
        verdict::of(self, run)
    }

    fn remember(&self) -> Box<dyn Observer> {
        Box::new(self.clone())
    }

    fn seen(&self) -> Value {
        let rates = Some(self.rates.clone());
        let seen = Seen { racing: self.racing.clone(), turns: self.turns.clone(), rates };
        serde_json::to_value(seen).expect("plain data")
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.racing.bytes() + self.slice.bytes() + self.turns.bytes() + self.rates.bytes()
    }

    fn whole(&self, id: &str, run: &Run, view: &View, numbers: &mut Numbers) -> Option<Panel> {
        self.racing.panel(id, (run, view), Some(run.steps()), numbers)
    }
}
