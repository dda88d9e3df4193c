//! What the CNN lab remembers of a run: its curves, and the last pass of the visitor's picture.

use super::{costs, figures, filters, maps, pooled, sum, verdict};
use crate::labs::curves::Learning;
use crate::labs::{Numbers, Observer, Panel, Verdict, View};
use crate::nn::Pass;
use crate::train::Run;

/// See the module.
pub(super) struct CnnObserver {
    pub(super) learning: Learning,
    /// The pass of the picture on the pad; nothing in it while the pad is empty.
    pub(super) pass: Pass,
    pub(super) test_pass: Pass,
    /// Counts of the confusion matrix, with step and edits of which they are.
    pub(super) counted: Option<((usize, usize), Vec<f32>)>,
    picture: Vec<f32>,
    /// Step and edits for which the pass was computed.
    computed_at: Option<(usize, usize)>,
}

impl CnnObserver {
    pub(super) fn new(run: &Run) -> Self {
        Self {
            learning: Learning::new(run),
            pass: Pass::default(),
            test_pass: Pass::default(),
            counted: None,
            picture: Vec::new(),
            computed_at: None,
        }
    }

    /// The picture that was passed last; empty for an empty pad.
    pub(super) fn picture(&self) -> &[f32] {
        &self.picture
    }
}

impl Observer for CnnObserver {
    fn after_step(&mut self, run: &Run, loss: f32) {
        self.learning.after_step(run, loss);
    }

    fn after_edit(&mut self, run: &Run) {
        self.learning.test(run);
        self.computed_at = None;
        self.counted = None;
    }

    fn look(&mut self, run: &Run, view: &View) {
        let now = Some((run.steps(), run.edits_made()));
        if self.picture == view.picture && self.computed_at == now {
            return;
        }
        self.computed_at = now;
        let inputs: usize = run.input_shape().iter().product();
        self.picture.clear();
        if view.picture.len() == inputs {
            self.picture.extend_from_slice(&view.picture);
            run.network().forward(&self.picture, &mut self.pass);
        }
    }

    fn panel(&mut self, id: &str, run: &Run, view: &View, numbers: &mut Numbers) -> Option<Panel> {
        Some(match id {
            "maps" => maps::panel(self, run, view, numbers),
            "scores" => figures::scores(self, run, numbers),
            "sum" => sum::panel(self, run, view, numbers),
            "curves" => self.learning.panel(run, numbers),
            "confusion" => figures::confusion(self, run, numbers),
            "filters" => filters::panel(run, view, numbers),
            "pooled" => pooled::panel(self, run, view, numbers),
            "costs" => costs::panel(run),
            _ => return None,
        })
    }

    fn verdict(&self, run: &Run) -> Verdict {
        verdict::of(self, run)
    }
}
