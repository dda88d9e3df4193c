//! What the sequence lab remembers of a run: its curves, and how much of the gradient came back to each step; and what it
//! worked out to show this moment.

use super::recall::Recall;
use super::text::Writing;
use super::theatre::Theatre;
use super::{figures, memory, recall, text, theatre, verdict};
use crate::labs::curves::Learning;
use crate::labs::{Numbers, Observer, Panel, Verdict, View};
use crate::nn::Pass;
use crate::train::{History, Join, Run};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::cell::OnceCell;

/// Moments of training that are kept one by one before neighbours are joined.
const ROWS: usize = 64;
/// Batches that the verdict averages over (an exponential mean of ln ‖∂L/∂h‖).
const BATCHES: usize = 16;
/// Steps between two looks at the gradient of the last loss alone, where every step has one.
const STEPS_PER_LOOK: usize = 16;
/// Test items that such a look takes.
const ITEMS: usize = 16;

/// See the module.
#[derive(Serialize, Deserialize)]
pub(super) struct SequenceObserver {
    pub learning: Learning,
    /// ‖∂L/∂hₜ‖ at every step t, relative to the greatest, a row for each moment.
    pub reached: History,
    /// Rows pushed.
    looks: usize,
    begun: usize,
    /// The step and the edits that `now` is of.
    #[serde(skip)]
    now_at: Option<(usize, usize)>,
    /// Room for what is pushed.
    #[serde(skip)]
    relative: Vec<f32>,
    /// ln ‖∂L/∂hₜ‖, averaged over the last batches.
    mean_logs: Vec<f32>,
    batches: usize,
    /// The same of the last moment.
    #[serde(skip)]
    pub now: Vec<f32>,
    #[serde(skip)]
    pub pass: Pass,
    #[serde(skip)]
    pub recall: Recall,
    #[serde(skip)]
    pub theatre: Theatre,
    #[serde(skip)]
    pub writing: Writing,
    /// Loss on the test text of how frequent each letter is, which follows from the data alone.
    #[serde(skip)]
    pub unigram: OnceCell<f32>,
}

impl SequenceObserver {
    /// Begins with what [`Run::measure`] left of the first batch.
    pub fn new(run: &Run) -> Self {
        let mut observer = Self {
            learning: Learning::untested(run.steps()),
            begun: run.steps(),
            reached: History::new(Vec::new(), ROWS),
            looks: 0,
            now_at: None,
            relative: Vec::new(),
            mean_logs: Vec::new(),
            batches: 0,
            now: Vec::new(),
            pass: Pass::default(),
            recall: Recall::default(),
            theatre: Theatre::default(),
            writing: Writing::default(),
            unigram: OnceCell::new(),
        };
        observer.take_now(run);
        observer.reached = History::new(vec![Join::Mean; observer.now.len()], ROWS);
        observer
    }

    /// Steps that the run had made when it began to watch.
    pub fn begun(&self) -> usize {
        self.begun
    }

    /// Goes on with what was seen of a run that has come as far as this one.
    pub fn on(run: &Run, seen: Value) -> Option<Self> {
        let fresh = Self::new(run);
        let read: Self = serde_json::from_value(seen).ok()?;
        let learning = read.learning.of(run)?;
        let is_of_the_run =
            read.mean_logs.len() <= fresh.now.len() && read.reached.is_of(&fresh.reached, read.looks);
        is_of_the_run.then_some(Self {
            learning,
            reached: read.reached,
            looks: read.looks,
            begun: read.begun,
            mean_logs: read.mean_logs,
            batches: read.batches,
            ..fresh
        })
    }

    /// Steps of training that a moment stands for.
    pub fn steps_per_look(run: &Run) -> usize {
        if has_loss_everywhere(run) { STEPS_PER_LOOK } else { 1 }
    }

    /// Measures ‖∂L/∂hₜ‖: in the pass of the last step where the loss is that of the last step, else of some test
    /// items.
    pub fn take_now(&mut self, run: &Run) {
        let at = Some((run.steps(), run.edits_made()));
        if self.now_at == at {
            return;
        }
        self.now_at = at;
        if has_loss_everywhere(run) {
            memory::norms_of_last(run, &mut self.pass, ITEMS, &mut self.now);
        } else if let Some((_, unrolled)) = memory::last_recurrent(&run.pass().traces) {
            memory::norms(unrolled, &mut self.now);
        }
    }

    /// By how much less comes back to step `to` than to step `from`, averaged over the last batches; a natural logarithm.
    pub fn log_ratio(&self, from: usize, to: usize) -> Option<f32> {
        Some(self.mean_logs.get(to)? - self.mean_logs.get(from)?)
    }

    fn average(&mut self) {
        self.batches = (self.batches + 1).min(BATCHES);
        self.mean_logs.resize(self.now.len(), 0.0);
        for (mean, &norm) in self.mean_logs.iter_mut().zip(&self.now) {
            let log = libm::logf(norm.max(1e-37));
            *mean = if self.batches == 1 { log } else { *mean + (log - *mean) / self.batches as f32 };
        }
    }
}

/// Steps of the sequences that a run trains on.
pub(super) fn steps_of(run: &Run) -> usize {
    run.input_shape().first().copied().unwrap_or(1)
}

/// Whether every step of a sequence, or several of the last, have a loss of their own.
pub(super) fn has_loss_everywhere(run: &Run) -> bool {
    run.data().train.labels_per_item() > 1
}

impl Observer for SequenceObserver {
    fn after_step(&mut self, run: &Run, loss: f32) {
        self.learning.after_step(run, loss);
        if run.steps().is_multiple_of(Self::steps_per_look(run)) {
            self.take_now(run);
            self.average();
            let most = self.now.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
            self.relative.clear();
            self.relative.extend(self.now.iter().map(|norm| norm / most));
            self.reached.push(&self.relative);
            self.looks += 1;
        }
    }

    fn after_edit(&mut self, run: &Run) {
        self.learning.after_edit(run);
        self.batches = 0;
        self.now_at = None;
        self.recall.forget();
        self.theatre.forget();
        self.writing.forget();
    }

    fn panel(&mut self, id: &str, run: &Run, view: &View, numbers: &mut Numbers) -> Option<Panel> {
        if matches!(id, "curves" | "story" | "recall") {
            self.learning.evaluate(run);
        }
        Some(match id {
            "story" => figures::story(self, run, view, numbers),
            "memory" => figures::memory(self, run, numbers),
            "recall" => recall::panel(self, run, numbers),
            "curves" => self.learning.panel(run, None, numbers),
            "theatre" => theatre::maps(self, run, view, numbers),
            "unrolled" => theatre::unrolled(self, run, view, numbers),
            "written" => text::written(self, run, view, numbers),
            "next" => text::next(self, run, view, numbers),
            "page" => text::page(self, run, view, numbers),
            "cell" => theatre::working(self, run, view, numbers),
            _ => return None,
        })
    }

    fn verdict(&self, run: &Run) -> Verdict {
        verdict::of(self, run)
    }

    fn remember(&self) -> Box<dyn Observer> {
        Box::new(Self {
            learning: self.learning.clone(),
            reached: self.reached.clone(),
            looks: self.looks,
            begun: self.begun,
            now_at: None,
            relative: Vec::new(),
            mean_logs: self.mean_logs.clone(),
            batches: self.batches,
            now: self.now.clone(),
            pass: Pass::default(),
            recall: Recall::default(),
            theatre: Theatre::default(),
            writing: self.writing.known_of(),
            unigram: self.unigram.clone(),
        })
    }

    fn seen(&self) -> Value {
        serde_json::to_value(self).expect("plain data")
    }

    fn bytes(&self) -> usize {
        let of_steps = size_of_val(&*self.mean_logs) + size_of_val(&*self.now);
        size_of::<Self>() + self.learning.bytes() + self.reached.bytes() + of_steps
    }

    fn whole(&self, id: &str, run: &Run, _: &View, numbers: &mut Numbers) -> Option<Panel> {
        (id == "curves").then(|| self.learning.panel(run, Some(run.steps()), numbers))
    }
}
