//! Filters as they form: those of a few hidden units at the beginning, at two steps on the way and now. Which steps those are
//! follows from how far the run has come, so that little is kept of a run of any length.

use super::chains::{grid, machine};
use super::figures::filter;
use crate::labs::format::{count, fixed};
use crate::labs::{Figure, Numbers, Panel, PictureRow, PictureRows};
use crate::train::Run;
use serde::{Deserialize, Serialize};

/// Hidden units whose filters are kept: the first.
const UNITS: usize = 6;
/// Each step that is kept is so many times the one before.
const TIMES: usize = 4;
/// The first of them.
const FIRST: usize = 4;
/// Steps on the way of which filters are kept.
const KEPT: usize = 2;

/// Filters of the first step, and of the last steps that were powers of [`TIMES`].
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Forming {
    moments: Vec<Moment>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Moment {
    step: usize,
    /// `[units, pixels]`.
    filters: Vec<f32>,
}

/// The filters of the first units as they are now.
fn filters(run: &Run) -> Vec<f32> {
    let (rbm, weights) = machine(run);
    let (units, pixels) = (rbm.hidden_units(), grid(run).into_iter().product());
    (0..units.min(UNITS)).flat_map(|unit| filter(weights.kernel, units, unit).take(pixels)).collect()
}

/// Whether filters are kept of a step.
fn is_kept(step: usize) -> bool {
    let mut kept = FIRST;
    while kept < step {
        kept = kept.saturating_mul(TIMES);
    }
    kept == step
}

impl Forming {
    /// Begins with the filters of now.
    pub fn new(run: &Run) -> Self {
        Self { moments: vec![Moment { step: run.steps(), filters: filters(run) }] }
    }

    /// Whether it can be of a run that has come so far.
    pub fn is_of(&self, run: &Run) -> bool {
        let numbers = filters(run).len();
        let is_whole = |moment: &Moment| moment.step <= run.steps() && moment.filters.len() == numbers;
        !self.moments.is_empty() && self.moments.len() <= 1 + KEPT && self.moments.iter().all(is_whole)
    }

    pub fn bytes(&self) -> usize {
        self.moments.iter().map(|moment| size_of::<Moment>() + size_of_val(&*moment.filters)).sum()
    }

    pub fn after_step(&mut self, run: &Run) {
        if is_kept(run.steps()) {
            if self.moments.len() > KEPT {
                self.moments.remove(1);
            }
            self.moments.push(Moment { step: run.steps(), filters: filters(run) });
        }
    }

    /// The figure "forming".
    pub fn panel(&self, run: &Run, numbers: &mut Numbers) -> Panel {
        let now = Moment { step: run.steps(), filters: filters(run) };
        let mut moments: Vec<&Moment> = self.moments.iter().filter(|moment| moment.step < now.step).collect();
        moments.push(&now);
        let largest = |moment: &Moment| moment.filters.iter().fold(0.0_f32, |most, w| most.max(w.abs()));
        let rows = moments.iter().map(|moment| {
            let most = largest(moment).max(f32::MIN_POSITIVE);
            let label = format!("step {}", count(moment.step));
            // Each in colours of its own: the first weights are much smaller than the last.
            PictureRow {
                label,
                values: numbers.add(moment.filters.iter().map(|w| w / most)),
                is_signed: true,
                most,
            }
        });
        let rows: Vec<PictureRow> = rows.collect();
        let [height, width] = grid(run);
        let units = now.filters.len() / (height * width).max(1);
        let norms = now.filters.chunks_exact(height * width).map(crate::tensor::l2_norm);
        let told = moments
            .iter()
            .map(|moment| format!("{} at step {}", fixed(largest(moment), 2), count(moment.step)));
        let summary = format!(
            "The filters of {units} hidden units as they form, each row in colours of its own; the strongest weight is {}.",
            told.collect::<Vec<_>>().join(", ")
        );
        let figure = PictureRows {
            rows,
            kind: "hidden unit".into(),
            names: (1..=units).map(|unit| format!("unit {unit}")).collect(),
            items: numbers.add((0..units).map(|unit| unit as f32)),
            can_choose: false,
            chosen: None,
            marked: None,
            range: [-1.0, 1.0],
            measures: numbers.add(norms),
            measure: "‖w‖ now".into(),
            height,
            width,
        };
        let note = format!("{units} of {} units", count(machine(run).0.hidden_units()));
        Panel { id: "forming".into(), note, summary, figure: Figure::PictureRows(figure) }
    }
}
