//! What the RBM lab remembers of a run: its curves, the free energies of training and held-out items, and what its job is
//! measured by.

use super::job::Job;
use super::measured::Measured;
use super::referee::Referee;
use super::{answers, chains, energy, figures, layers, likelihood, map, score, verdict, viewer, words};
use crate::labs::curves::Learning;
use crate::labs::{Numbers, Observer, Panel, Verdict, View};
use crate::train::Run;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// See the module.
#[derive(Serialize, Deserialize)]
pub(super) struct RbmObserver {
    pub learning: Learning,
    pub energies: Measured,
    pub scores: Measured,
    /// What would be reached without a machine, once it was asked for; it follows from the data alone.
    #[serde(skip)]
    pub baselines: Vec<(String, f32)>,
    #[serde(skip)]
    referee: Referee,
}

/// Whether free energies tell something: users have rated different films, so that theirs tell nothing of each other.
fn has_energies(job: Job) -> bool {
    job != Job::Films
}

/// Whether there is something to be told of held-out items.
fn has_scores(job: Job) -> bool {
    job != Job::Features
}

impl RbmObserver {
    /// Begins with what [`Run::measure`] left of the first batch.
    pub fn new(run: &Run) -> Self {
        Self::with(run, Learning::untested(run.steps()), Measured::new(run), Measured::new(run))
    }

    fn with(run: &Run, learning: Learning, energies: Measured, scores: Measured) -> Self {
        Self { learning, energies, scores, baselines: score::baselines(run), referee: Referee::default() }
    }

    /// Goes on with what was seen of a run that has come as far as this one.
    pub fn on(run: &Run, seen: Value) -> Option<Self> {
        let read: Self = serde_json::from_value(seen).ok()?;
        let learning = read.learning.of(run)?;
        let job = Job::of(&run.current().data);
        let is_of_the_run =
            read.energies.is_of(run, has_energies(job)) && read.scores.is_of(run, has_scores(job));
        is_of_the_run.then(|| Self::with(run, learning, read.energies, read.scores))
    }
}

impl Observer for RbmObserver {
    fn after_step(&mut self, run: &Run, loss: f32) {
        self.learning.after_step(run, loss);
        let job = Job::of(&run.current().data);
        if has_energies(job) {
            self.energies.after_step(run, energy::measure);
        }
        if has_scores(job) {
            self.scores.after_step(run, score::measure);
        }
    }

    fn after_edit(&mut self, run: &Run) {
        self.learning.after_edit(run);
    }

    fn panel(&mut self, id: &str, run: &Run, view: &View, numbers: &mut Numbers) -> Option<Panel> {
        Some(match id {
            "two_layers" => layers::panel(run, view, numbers),
            "given_back" => chains::given_back(run, numbers),
            "dream" => chains::dream(self, run, view, numbers),
            "phases" => figures::phases(run, numbers),
            "filters" => figures::filters(run, numbers),
            "map" | "pixel_map" => map::panel(run, id, numbers),
            "likelihood" => likelihood::panel(run, numbers),
            "weights" => figures::weights(run, numbers),
            "linear" => map::linear(run, numbers),
            "answer" => answers::answer(run, view, numbers),
            "predicted" => answers::predicted(run, numbers),
            "rated" => viewer::questions(run, view, numbers),
            "recommended" => viewer::recommended(run, view, numbers),
            "tastes" => viewer::tastes(run, numbers),
            "topics" => words::topics(run, numbers),
            "near" => words::near(run, view, numbers),
            "beside" => score::beside(&self.scores, &self.baselines, run, numbers),
            "score" => score::panel(&self.scores, &self.baselines, run, None, numbers),
            "energy" => energy::panel(&self.energies, run, None, numbers),
            "referee" => self.referee.panel(run, numbers),
            "curves" => {
                self.learning.evaluate(run);
                self.learning.panel(run, None, numbers)
            }
            _ => return None,
        })
    }

    fn verdict(&self, run: &Run) -> Verdict {
        verdict::of(self, run)
    }

    fn remember(&self) -> Box<dyn Observer> {
        let (learning, energies) = (self.learning.clone(), self.energies.clone());
        let (scores, baselines) = (self.scores.clone(), self.baselines.clone());
        Box::new(Self { learning, energies, scores, baselines, referee: Referee::default() })
    }

    fn seen(&self) -> Value {
        serde_json::to_value(self).expect("plain data")
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.learning.bytes() + self.energies.bytes() + self.scores.bytes()
    }

    fn whole(&self, id: &str, run: &Run, at: usize, numbers: &mut Numbers) -> Option<Panel> {
        Some(match id {
            "curves" => self.learning.panel(run, Some(at), numbers),
            "energy" => energy::panel(&self.energies, run, Some(at), numbers),
            "score" => score::panel(&self.scores, &self.baselines, run, Some(at), numbers),
            _ => return None,
        })
    }
}
