//! What the RBM lab remembers of a run: its curves, the free energies of training and held-out items, and what its job is
//! measured by.

use super::forming::Forming;
use super::job::Job;
use super::layer_of;
use super::likelihood::Likelihood;
use super::linear::Linear;
use super::measured::Measured;
use super::referee::Referee;
use super::{answers, chains, energy, figures, layers, map, score, verdict, viewer, words};
use crate::data::DataSet;
use crate::labs::curves::Learning;
use crate::labs::{Numbers, Observer, Panel, Verdict, View};
use crate::train::{Experiment, Run};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// See the module.
#[derive(Serialize, Deserialize)]
pub(super) struct RbmObserver {
    pub learning: Learning,
    pub energies: Measured,
    pub scores: Measured,
    /// Of pictures alone.
    #[serde(default)]
    forming: Forming,
    /// What would be reached without a machine, once it was asked for; it follows from the data alone.
    #[serde(skip)]
    pub baselines: Vec<(String, f32)>,
    #[serde(skip)]
    referee: Referee,
    #[serde(skip)]
    likelihood: Likelihood,
    #[serde(skip)]
    linear: Linear,
}

/// Whether free energies of training items and of others can be compared: not where users have rated different films or
/// documents differ in their length, since each has a Z of its own, nor where items are but given and their labels learned.
pub(super) fn has_energies(experiment: &Experiment) -> bool {
    let job = Job::of(&experiment.data);
    !matches!(job, Job::Films | Job::Topics) && layer_of(experiment).clamped == 0
}

/// Whether there is something to be told of held-out items.
fn has_scores(job: Job) -> bool {
    job != Job::Features
}

/// Whether hidden units have filters that can be looked at.
fn has_filters(run: &Run) -> bool {
    run.current().data.set().is_ok_and(DataSet::is_of_pictures)
}

impl RbmObserver {
    /// Begins with what [`Run::measure`] left of the first batch.
    pub fn new(run: &Run) -> Self {
        let forming = if has_filters(run) { Forming::new(run) } else { Forming::default() };
        let measured = [Measured::new(run), Measured::new(run)];
        Self::of(Learning::untested(run.steps()), measured, forming, score::baselines(run))
    }

    /// With nothing yet of what is worked out only to be shown.
    fn of(
        learning: Learning,
        [energies, scores]: [Measured; 2],
        forming: Forming,
        baselines: Vec<(String, f32)>,
    ) -> Self {
        let (referee, likelihood, linear) = Default::default();
        Self { learning, energies, scores, forming, baselines, referee, likelihood, linear }
    }

    /// Goes on with what was seen of a run that has come as far as this one.
    pub fn on(run: &Run, seen: Value) -> Option<Self> {
        let read: Self = serde_json::from_value(seen).ok()?;
        let learning = read.learning.of(run)?;
        let job = Job::of(&run.current().data);
        let is_of_the_run =
            read.energies.is_of(run, has_energies(run.current())) && read.scores.is_of(run, has_scores(job));
        // A file of before filters were kept has none of its way.
        let is_older = has_filters(run) && read.forming == Forming::default();
        let forming = if is_older { Forming::new(run) } else { read.forming };
        let is_of_the_run = is_of_the_run && (!has_filters(run) || forming.is_of(run));
        let measured = [read.energies, read.scores];
        is_of_the_run.then(|| Self::of(learning, measured, forming, score::baselines(run)))
    }
}

impl Observer for RbmObserver {
    fn after_step(&mut self, run: &Run, loss: f32) {
        self.learning.after_step(run, loss);
        let job = Job::of(&run.current().data);
        if has_energies(run.current()) {
            self.energies.after_step(run, energy::measure);
        }
        if has_scores(job) {
            self.scores.after_step(run, score::measure);
        }
        if has_filters(run) {
            self.forming.after_step(run);
        }
    }

    fn after_edit(&mut self, run: &Run) {
        self.learning.after_edit(run);
    }

    fn panel(&mut self, id: &str, run: &Run, view: &View, numbers: &mut Numbers) -> Option<Panel> {
        Some(match id {
            "two_layers" => layers::panel(run, view, numbers),
            "dream" => chains::dream(self, run, view, numbers),
            "phases" => figures::phases(run, numbers),
            "forming" => self.forming.panel(run, numbers),
            "filters" => figures::filters(run, numbers),
            "map" | "pixel_map" => map::panel(run, id, numbers),
            "likelihood" => self.likelihood.panel(run, numbers),
            "weights" => figures::weights(run, numbers),
            "linear" => self.linear.panel(run, numbers),
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

    fn is_at_work(&self, id: &str, run: &Run) -> bool {
        match id {
            "likelihood" => self.likelihood.is_at_work(run),
            "linear" => self.linear.is_at_work(run),
            "referee" => self.referee.is_at_work(run),
            _ => false,
        }
    }

    fn verdict(&self, run: &Run) -> Verdict {
        verdict::of(self, run)
    }

    fn remember(&self) -> Box<dyn Observer> {
        let (learning, energies) = (self.learning.clone(), self.energies.clone());
        let (scores, baselines) = (self.scores.clone(), self.baselines.clone());
        Box::new(Self::of(learning, [energies, scores], self.forming.clone(), baselines))
    }

    fn seen(&self) -> Value {
        serde_json::to_value(self).expect("plain data")
    }

    fn bytes(&self) -> usize {
        size_of::<Self>()
            + self.learning.bytes()
            + self.energies.bytes()
            + self.scores.bytes()
            + self.forming.bytes()
    }

    fn whole(&self, id: &str, run: &Run, _: &View, numbers: &mut Numbers) -> Option<Panel> {
        Some(match id {
            "curves" => self.learning.panel(run, Some(run.steps()), numbers),
            "energy" => energy::panel(&self.energies, run, Some(run.steps()), numbers),
            "score" => score::panel(&self.scores, &self.baselines, run, Some(run.steps()), numbers),
            _ => return None,
        })
    }
}
