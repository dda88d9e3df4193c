//! How large the gradients were in the last steps, layer by layer: what led to a divergence, where there is one. The
//! norms are those that the observer takes anyway, so keeping a few costs nothing.

use crate::labs::decades::Decades;
use crate::labs::format::{count, power};
use crate::labs::verdict::STEPS_BACK;
use crate::labs::{Figure, LayerLines, Numbers, Panel};
use crate::train::Run;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Steps kept.
const STEPS: usize = STEPS_BACK;

/// The norms of the last steps, oldest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Growth {
    rows: VecDeque<(usize, Vec<f32>)>,
}

impl Growth {
    /// Whether it can be of a network of so many layers.
    pub(super) fn is_of(&self, layers: usize) -> bool {
        self.rows.len() <= STEPS && self.rows.iter().all(|(_, row)| row.len() == layers)
    }

    /// Bytes that a copy holds.
    pub(super) fn bytes(&self) -> usize {
        self.rows.iter().map(|(_, row)| size_of_val(&**row) + size_of::<(usize, Vec<f32>)>()).sum()
    }

    /// Takes in the norms of a step that was made; `step` is how many were before it.
    pub(super) fn push(&mut self, step: usize, norms: &[f32]) {
        let full = self.rows.len() == STEPS;
        let mut row = if full { self.rows.pop_front().map(|(_, row)| row) } else { None }.unwrap_or_default();
        row.clear();
        row.extend_from_slice(norms);
        self.rows.push_back((step, row));
    }

    /// The layer whose gradient grew most over the steps kept, counted from 1, with its first and last norm; none
    /// where there are fewer than two steps or nothing grew.
    fn fastest(&self) -> Option<(usize, f32, f32)> {
        let ((_, first), (_, last)) = (self.rows.front()?, self.rows.back()?);
        let grown =
            first.iter().zip(last).enumerate().filter(|(_, (first, last))| **first > 0.0 && last > first);
        let factor = |(_, (first, last)): &(usize, (&f32, &f32))| **last / **first;
        let (index, (&first, &last)) = grown.max_by(|a, b| factor(a).total_cmp(&factor(b)))?;
        Some((index + 1, first, last))
    }

    /// The first step kept, as how many were before it.
    pub(super) fn first_step(&self) -> Option<usize> {
        self.rows.front().map(|(step, _)| *step)
    }

    /// What happened before a divergence, in a sentence; `name` is how a layer is called.
    pub(super) fn told(&self, name: impl Fn(usize) -> String) -> Option<String> {
        let (layer, first, last) = self.fastest()?;
        let steps = count(self.rows.len());
        Some(format!(
            "In the {steps} steps before, the gradient of {} grew from {} to {}.",
            name(layer),
            power(first),
            power(last)
        ))
    }

    /// The figure "growth": the steps kept and, where the run diverged, the one that failed.
    pub(super) fn panel(&self, run: &Run, numbers: &mut Numbers) -> Panel {
        let failed: Vec<f32> = run.kernel_grad_norms().collect();
        let is_over = run.divergence().is_some();
        let mut rows: Vec<(usize, &[f32])> = self.rows.iter().map(|(step, row)| (*step, &**row)).collect();
        if is_over || rows.is_empty() {
            rows.push((run.steps(), &failed));
        }
        let seen =
            || rows.iter().flat_map(|(_, row)| *row).copied().filter(|norm| *norm > 0.0 && norm.is_finite());
        let Decades([low, high]) = Decades::of(seen());
        let layers = failed.len();
        let (first, last) = (rows[0].0, rows[rows.len() - 1].0);
        let summary = format!(
            "Gradient norm of every layer at steps {} to {}, from {} to {}{}.",
            count(first),
            count(last),
            power(seen().fold(f32::INFINITY, f32::min)),
            power(seen().fold(0.0, f32::max)),
            if is_over { "; the last of them failed" } else { "" }
        );
        let figure = LayerLines {
            label: "‖∂L/∂W‖".into(),
            layers,
            steps: numbers.add(rows.iter().map(|(step, _)| *step as f32)),
            values: numbers.add(rows.iter().flat_map(|(_, row)| row.iter().copied())),
            decades: [low, high.max(low + 2)],
        };
        let note = if is_over { format!("diverged at step {}", count(last)) } else { String::new() };
        Panel { id: "growth".into(), note, summary, figure: Figure::LayerLines(figure) }
    }
}
