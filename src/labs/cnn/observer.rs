//! What the CNN lab remembers of a run: its curves, and the last pass of the visitor's picture.

use super::decided::Decided;
use super::nudge::Swept;
use super::{costs, decided, figures, filters, maps, misread, nudge, pooled, sum, verdict};
use crate::data::Nudge;
use crate::labs::curves::Learning;
use crate::labs::{Numbers, Observer, Panel, Verdict, View};
use crate::nn::Pass;
use crate::train::{Reading, Run};
use serde_json::Value;

/// See the module.
pub(super) struct CnnObserver {
    pub(super) learning: Learning,
    /// The pass of the picture on the pad; nothing in it while the pad is empty.
    pub(super) pass: Pass,
    test_pass: Pass,
    /// The picture as it was drawn, how it is nudged, and what the network reads of both.
    drawn: Vec<f32>,
    nudge: Nudge,
    picture: Vec<f32>,
    /// What took long to compute for this picture and these weights.
    pub(super) swept: Option<Swept>,
    pub(super) decided: Option<Decided>,
    /// Step and edits for which the pass was computed.
    computed_at: Option<(usize, usize)>,
    /// What each test picture was taken for last, and the step and edits of that moment.
    readings: Vec<Reading>,
    read_at: Option<(usize, usize)>,
}

impl CnnObserver {
    /// Begins after so many steps.
    pub(super) fn new(begun: usize) -> Self {
        Self {
            learning: Learning::untested(begun),
            pass: Pass::default(),
            test_pass: Pass::default(),
            drawn: Vec::new(),
            nudge: Nudge::default(),
            picture: Vec::new(),
            swept: None,
            decided: None,
            computed_at: None,
            readings: Vec::new(),
            read_at: None,
        }
    }

    /// Goes on with what was seen of a run that has come as far as this one.
    pub(super) fn on(run: &Run, seen: Value) -> Option<Self> {
        let learning: Learning = serde_json::from_value(seen).ok()?;
        Some(Self { learning: learning.of(run)?, ..Self::new(run.steps()) })
    }

    /// What each test picture is taken for now; the figures of one moment share it.
    pub(super) fn readings(&mut self, run: &Run) -> &[Reading] {
        let now = Some((run.steps(), run.edits_made()));
        if self.read_at != now {
            self.readings = run.readings(&mut self.test_pass);
            self.read_at = now;
        }
        &self.readings
    }

    /// The picture that was passed last, as it was nudged; empty for an empty pad.
    pub(super) fn picture(&self) -> &[f32] {
        &self.picture
    }

    /// The picture before it was nudged.
    pub(super) fn drawn(&self) -> &[f32] {
        &self.drawn
    }
}

impl Observer for CnnObserver {
    fn after_step(&mut self, run: &Run, loss: f32) {
        self.learning.after_step(run, loss);
    }

    fn after_edit(&mut self, run: &Run) {
        self.learning.after_edit(run);
        self.computed_at = None;
        self.read_at = None;
    }

    fn look(&mut self, run: &Run, view: &View) {
        let now = Some((run.steps(), run.edits_made()));
        if self.drawn == view.picture && self.nudge == view.nudge && self.computed_at == now {
            return;
        }
        self.computed_at = now;
        (self.swept, self.decided) = (None, None);
        (self.drawn, self.nudge) = (view.picture.clone(), view.nudge);
        let shape = run.input_shape();
        let [_, width, _] = *shape else { return };
        if self.drawn.len() != shape.iter().product::<usize>() {
            self.drawn.clear();
        }
        self.picture = view.nudge.apply(&self.drawn, width);
        if !self.picture.is_empty() {
            run.network().forward(&self.picture, &mut self.pass);
        }
    }

    fn panel(&mut self, id: &str, run: &Run, view: &View, numbers: &mut Numbers) -> Option<Panel> {
        Some(match id {
            "maps" => maps::panel(self, run, view, numbers),
            "scores" => figures::scores(self, run, numbers),
            "sum" => sum::panel(self, run, view, numbers),
            "curves" => self.learning.panel(run, None, numbers),
            "confusion" => figures::confusion(self, run, view, numbers),
            "misread" => misread::panel(self, run, view, numbers),
            "filters" => filters::panel(run, view, numbers),
            "pooled" => pooled::panel(self, run, view, numbers),
            "costs" => costs::panel(run),
            "nudge" => nudge::panel(self, run, view, numbers),
            "decided" => decided::panel(self, run, numbers),
            _ => return None,
        })
    }

    fn verdict(&self, run: &Run) -> Verdict {
        verdict::of(self, run)
    }

    fn remember(&self) -> Box<dyn Observer> {
        Box::new(Self { learning: self.learning.clone(), ..Self::new(0) })
    }

    fn seen(&self) -> Value {
        serde_json::to_value(self.learning.clone()).expect("plain data")
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.learning.bytes()
    }

    fn whole(&self, id: &str, run: &Run, _: &View, numbers: &mut Numbers) -> Option<Panel> {
        (id == "curves").then(|| self.learning.panel(run, Some(run.steps()), numbers))
    }
}
