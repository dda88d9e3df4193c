//! Request in, reply out: one run at a time, stepped within a budget of time. The clock decides how
//! many steps a frame holds and which figures are due, never a number of the run.

use super::protocol::{Frame, Reply, Request, Until, WayOf};
use super::taking::Taking;
use super::watched::{Trained, Watched};
use crate::data::Given;
use crate::data::table::Roles;
use crate::error::{Error, Result};
use crate::labs::{Numbers, OtherWay, View, find};
use crate::nn::Pass;
use crate::train::surface::Weights;
use crate::train::{
    Experiment, InitialWeights, Model, Run, pictures_at_once, settings::Settings, without_weights,
};

/// What the worker holds between requests.
pub struct Session {
    now_ms: fn() -> f64,
    watched: Option<Watched>,
    /// Pictures, a table, a text, ratings and documents from outside, one of each set at most, for the runs that ask for them.
    given: Vec<Given>,
    /// The model file that a run started from last.
    model: Option<Model>,
    /// Files that are being read.
    taking: Option<Taking>,
    /// What was read last, until a start takes it.
    offered: Option<Offered>,
}

/// What came of files, kept apart from what was there before until a run on it has begun.
#[allow(clippy::large_enum_variant, reason = "one at a time, and soon taken")]
enum Offered {
    Data(Given),
    Model(Model),
}

impl Session {
    /// With nothing to do yet; `now_ms` is the clock.
    #[must_use]
    pub fn new(now_ms: fn() -> f64) -> Self {
        Self { now_ms, watched: None, given: Vec::new(), model: None, taking: None, offered: None }
    }

    /// Takes files to train on, each with its name, for the data `set`; see [`Request::Give`].
    pub fn give(&mut self, set: String, files: Vec<(String, Vec<u8>)>) -> Reply {
        (self.taking, self.offered) = (Some(Taking::new(set, files)), None);
        self.read(0.0)
    }

    /// Takes a model file, which may be of a whole run; see [`Request::GiveModel`].
    pub fn give_model(&mut self, name: &str, bytes: &[u8]) -> Reply {
        (self.taking, self.offered) = (None, None);
        let checked = Model::read(name, bytes).and_then(|model| {
            let experiment = model.to_experiment();
            find(&experiment.lab)?.check(&experiment)?;
            let reply = if model.is_run() {
                Reply::GivenRun(model.experiment.clone())
            } else {
                Reply::GivenModel(experiment)
            };
            self.offered = Some(Offered::Model(model));
            Ok(reply)
        });
        checked.unwrap_or_else(|error| Reply::Refused { message: error.to_string() })
    }

    /// Reads on, at least one part.
    fn read(&mut self, budget_ms: f64) -> Reply {
        let started = (self.now_ms)();
        while let Some(mut taking) = self.taking.take() {
            match taking.step() {
                Ok(Some(given)) => {
                    let reply = match &given {
                        Given::Pictures(given) => {
                            Reply::Given { data: given.config(), summary: given.summary() }
                        }
                        Given::Text(text) => Reply::Given { data: text.config(), summary: text.summary() },
                        Given::Ratings(given) => {
                            Reply::Given { data: given.config(), summary: given.summary() }
                        }
                        Given::Documents(given) => {
                            Reply::Given { data: given.config(), summary: given.summary() }
                        }
                        Given::Table(table) => Reply::Table(table.preview(table.guess())),
                    };
                    self.offered = Some(Offered::Data(given));
                    return reply;
                }
                Ok(None) => self.taking = Some(taking),
                Err(error) => return Reply::Refused { message: error.to_string() },
            }
            if (self.now_ms)() - started >= budget_ms {
                break;
            }
        }
        self.taking.as_ref().map_or(Reply::Stopped, |taking| Reply::Reading { share: taking.share() })
    }

    /// The table that was read last, or else the one that is held, in these roles.
    fn choose(&self, roles: Roles) -> Reply {
        let offered = match &self.offered {
            Some(Offered::Data(given)) => Some(given),
            _ => None,
        };
        let table = offered.into_iter().chain(&self.given).find_map(|given| match given {
            Given::Table(table) => Some(table),
            _ => None,
        });
        match table {
            Some(table) => Reply::Table(table.preview(roles)),
            None => Reply::Refused { message: "there is no table any more: open its file again".into() },
        }
    }

    /// Takes note of the time in which nothing was asked and of what messages took, both in milliseconds: figures of a
    /// running network are filled as often as that allows.
    pub fn note(&mut self, waited_ms: f64, messages_ms: f64) {
        if let Some(watched) = &mut self.watched {
            watched.note(waited_ms, messages_ms);
        }
    }

    /// Carries out a request; the numbers belong to the frame's figures.
    pub fn answer(&mut self, request: Request) -> (Reply, Numbers) {
        let mut numbers = Numbers::default();
        let (run, reply) = match request {
            Request::Start { run, experiment, takes_offer, view } => {
                let offered = if takes_offer { self.offered.take() } else { None };
                (run, self.start(run, experiment, offered, &view, &mut numbers))
            }
            Request::Advance { run, budget_ms, steps, until, view } => {
                (run, Ok(self.advance(run, budget_ms, steps as usize, until, &view, &mut numbers)))
            }
            Request::Seek { run, step, budget_ms, view } => {
                (run, Ok(self.seek(run, step, budget_ms, &view, &mut numbers)))
            }
            Request::Edit { run, set, view } => (run, self.edit(run, &set, &view, &mut numbers)),
            Request::Infer { run, rows, passes } => {
                let failed = || Reply::Failed { run, message: "this run is over".into() };
                return (self.infer(run, rows, passes).unwrap_or_else(failed), numbers);
            }
            Request::FindRate { run, budget_ms } => return (self.find_rate(run, budget_ms), numbers),
            Request::Give { set, names } => {
                let files = names.into_iter().map(|name| (name, Vec::new()));
                return (self.give(set, files.collect()), numbers); // their bytes did not come with them
            }
            Request::GiveModel { name } => return (self.give_model(&name, &[]), numbers),
            Request::Way { run } => return (self.way(run), numbers),
            Request::TakeWays { run, own, of } => {
                return (self.take_ways(run, own, of, &[]), numbers); // their weights did not come with them
            }
            Request::Choose { roles } => return (self.choose(roles), numbers),
            Request::Save { run } => return (self.save(run), numbers),
            Request::Read { budget_ms } => return (self.read(budget_ms), numbers),
            Request::StopReading => {
                (self.taking, self.offered) = (None, None);
                return (Reply::Stopped, numbers);
            }
        };
        let failed = |message: String| Reply::Failed { run, message };
        let reply = match reply {
            Ok(Some(frame)) => Reply::Frame(frame),
            Ok(None) => failed("this run is over".into()),
            Err(error) => failed(error.to_string()),
        };
        (reply, numbers)
    }

    fn way(&self, run: u32) -> Reply {
        let Some(watched) = self.watched.as_ref().filter(|watched| watched.number() == run) else {
            return Reply::Failed { run, message: "this run is over".into() };
        };
        let way = watched.way();
        let bytes = way.iter().flat_map(|weights| weights.iter()).flat_map(|weight| weight.to_le_bytes());
        Reply::Way { run, snapshots: way.len(), bytes: bytes.collect() }
    }

    /// Takes the ways of other lanes, each with its weights; see [`Request::TakeWays`].
    pub fn take_ways(&mut self, run: u32, own: usize, of: Vec<WayOf>, bytes: &[Vec<u8>]) -> Reply {
        let Some(watched) = self.watched.as_mut().filter(|watched| watched.number() == run) else {
            return Reply::Failed { run, message: "this run is over".into() };
        };
        let weights = size_of_val(&*watched.run().network().weights);
        let is_whole = |of: &WayOf, bytes: &Vec<u8>| weights > 0 && bytes.len() == of.snapshots * weights;
        if of.len() != bytes.len() || !of.iter().zip(bytes).all(|(of, bytes)| is_whole(of, bytes)) {
            let message = "the ways of other lanes are of another network".into();
            return Reply::Failed { run, message };
        }
        let number = |bytes: &[u8]| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        let snapshots = |bytes: &Vec<u8>| -> Vec<Weights> {
            bytes.chunks_exact(weights).map(|weights| weights.chunks_exact(4).map(number).collect()).collect()
        };
        let others = of.into_iter().zip(bytes).map(|(WayOf { lane, label, .. }, bytes)| OtherWay {
            lane,
            label,
            snapshots: snapshots(bytes),
        });
        watched.take_ways(own, others.collect());
        Reply::Taken
    }

    fn save(&self, run: u32) -> Reply {
        match self.watched.as_ref().filter(|watched| watched.number() == run) {
            Some(watched) => Reply::Saved { bytes: watched.to_bytes() },
            None => Reply::Failed { run, message: "this run is over".into() },
        }
    }

    fn find_rate(&mut self, run: u32, budget_ms: f64) -> Reply {
        let now_ms = self.now_ms;
        let failed = |message: String| Reply::Failed { run, message };
        match self.watched.as_mut().filter(|watched| watched.number() == run) {
            None => failed("this run is over".into()),
            Some(watched) => match watched.find_rate(budget_ms, now_ms) {
                Ok(curve) => Reply::Rates { run, curve },
                Err(error) => failed(error.to_string()),
            },
        }
    }

    fn start(
        &mut self,
        number: u32,
        experiment: Experiment,
        mut offered: Option<Offered>,
        view: &View,
        numbers: &mut Numbers,
    ) -> Result<Option<Frame>> {
        let lab = find(&experiment.lab)?;
        lab.check(&experiment)?;
        let is_same = |model: &Model| model.is_run() && model.experiment == experiment;
        let goes_on = matches!(&offered, Some(Offered::Model(model)) if is_same(model));
        let starts_from_model = experiment.initial_weights == Some(InitialWeights::Model);
        // The run at hand is the same at its beginning, and of what it began with there is more than the file has.
        let is_begun = self.model.is_some()
            && self.watched.as_ref().is_some_and(|watched| {
                let edits = || experiment.edits.clone();
                Experiment { edits: edits(), ..watched.run().experiment().clone() } == experiment
            });
        let run = self.run(experiment, &mut offered)?;
        let mut watched = Watched::new(number, lab, run, view);
        match &offered {
            Some(Offered::Model(model)) if goes_on => watched.resume(model)?,
            _ => {}
        }
        match offered {
            Some(Offered::Data(given)) => {
                self.given.retain(|before| before.set() != given.set());
                self.given.push(given);
            }
            // A run that goes on needs no more of its file, unless it began with the weights of one.
            Some(Offered::Model(model)) if !goes_on || (starts_from_model && !is_begun) => {
                self.model = Some(model);
            }
            Some(Offered::Model(_)) | None => {}
        }
        let watched = self.watched.insert(watched);
        Ok(Some(watched.frame(view, self.now_ms, Trained::default(), numbers)))
    }

    /// A run that draws its data, or trains on what was given; what is offered goes before what is held.
    fn run(&mut self, experiment: Experiment, offered: &mut Option<Offered>) -> Result<Run> {
        let (new, model) = match offered {
            Some(Offered::Data(given)) => (Some(given), self.model.as_ref()),
            Some(Offered::Model(model)) => (None, Some(&*model)),
            None => (None, self.model.as_ref()),
        };
        let config = &experiment.data;
        let model = model.filter(|_| experiment.initial_weights == Some(InitialWeights::Model));
        if !config.set()?.is_given() {
            return match model {
                Some(model) => Run::with_model(experiment, None, &model.network),
                None => Run::new(experiment),
            };
        }
        let given = new.into_iter().chain(&mut self.given).find(|given| given.set() == config.name);
        let given = given.ok_or_else(|| {
            let allowed = "a built-in set until such data are given on this page";
            Error::setting("data.name", &config.name, allowed)
        })?;
        let data = given.data(config, experiment.seed)?;
        match model {
            Some(model) => Run::with_model(experiment, Some(data), &model.network),
            None => Run::with_data(experiment, data),
        }
    }

    fn advance(
        &mut self,
        number: u32,
        budget_ms: f64,
        steps: usize,
        until: Option<Until>,
        view: &View,
        numbers: &mut Numbers,
    ) -> Option<Frame> {
        let watched = self.watched.as_mut().filter(|watched| watched.number() == number)?;
        let trained = watched.train(steps, budget_ms, until, self.now_ms);
        Some(watched.frame(view, self.now_ms, trained, numbers))
    }

    fn seek(
        &mut self,
        number: u32,
        step: usize,
        budget_ms: f64,
        view: &View,
        numbers: &mut Numbers,
    ) -> Option<Frame> {
        let watched = self.watched.as_mut().filter(|watched| watched.number() == number)?;
        let seeking = watched.seek(step, budget_ms, self.now_ms);
        let view = if seeking.is_none() { view } else { &View { figures: Vec::new(), ..view.clone() } };
        let frame = watched.frame(view, self.now_ms, Trained::default(), numbers);
        Some(Frame { seeking, ..frame })
    }

    fn infer(&self, number: u32, rows: u32, passes: u32) -> Option<Reply> {
        let run = self.watched.as_ref().filter(|watched| watched.number() == number)?.run();
        let (size, items) = (run.input_shape().iter().product(), &run.data().train);
        let mut inputs = vec![0.0; size * rows as usize];
        for (index, input) in inputs.chunks_exact_mut(size).enumerate() {
            items.copy_item(index % items.len(), input);
        }
        let mut pass = Pass::default();
        let mut infer = || {
            let parts = inputs.chunks(size * pictures_at_once(run.network()));
            parts.for_each(|part| run.network().forward(part, &mut pass));
        };
        infer(); // the buffers grow
        let started = (self.now_ms)();
        (0..passes).for_each(|_| infer());
        Some(Reply::Inferred { ms: (self.now_ms)() - started })
    }

    fn edit(
        &mut self,
        number: u32,
        set: &Settings,
        view: &View,
        numbers: &mut Numbers,
    ) -> Result<Option<Frame>> {
        let Some(watched) = self.watched.as_mut().filter(|watched| watched.number() == number) else {
            return Ok(None);
        };
        let changed = watched.run().current().with(&without_weights(set))?;
        find(&changed.lab)?.check(&changed)?;
        watched.edit(set)?;
        Ok(Some(watched.frame(view, self.now_ms, Trained::default(), numbers)))
    }
}
