//! Request in, reply out: one run at a time, stepped within a budget of time. The clock decides how
//! many steps a frame holds and which figures are due, never a number of the run.

use super::protocol::{Frame, Reply, Request, RunSettings};
use super::taking::Taking;
use crate::data::{Given, Nudge, NudgeKind};
use crate::error::{Error, Result};
use crate::labs::{Asked, FigureSlot, Lab, Numbers, Observer, Unit, View, find};
use crate::nn::Pass;
use crate::train::{
    Divergence, Experiment, InitialWeights, Model, Run, model, pictures_at_once, settings::Settings,
    without_weights,
};

/// Steps between two looks at the clock, which costs more than a tiny step; grows with their speed.
const MAX_STEPS_PER_LOOK: usize = 64;
/// A figure is redrawn so seldom that filling it takes at most this share of the time.
const SHARE_OF_A_FIGURE: f64 = 0.03;
/// And so seldom that drawing it leaves the page its 60 frames a second: every third of them.
const PAUSE_OF_A_FIGURE_MS: f64 = 40.0;

/// What the worker holds between requests.
pub struct Session {
    now_ms: fn() -> f64,
    watched: Option<Watched>,
    /// Pictures from outside, one of each set at most, for the runs that ask for them.
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
    Pictures(Given),
    Model(Model),
}

/// A run with whoever watches it.
struct Watched {
    number: u32,
    lab: &'static dyn Lab,
    run: Run,
    observer: Box<dyn Observer>,
    schedule: Vec<Due>,
    /// Edits that the page knows of; `None` before it knows the run's settings.
    edits_told: Option<usize>,
    /// What the figures were last filled for.
    layer: usize,
    focus: Option<Unit>,
    picture: Vec<f32>,
    cell: Option<[usize; 2]>,
    nudge: Nudge,
    sweep: NudgeKind,
    check: Asked,
}

/// When a figure was last filled, and what that took.
struct Due {
    figure: String,
    last_ms: f64,
    cost_ms: f64,
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

    /// Takes a model file; see [`Request::GiveModel`].
    pub fn give_model(&mut self, name: &str, bytes: &[u8]) -> Reply {
        (self.taking, self.offered) = (None, None);
        let checked = Model::read(name, bytes).and_then(|model| {
            let experiment = model.to_experiment();
            find(&experiment.lab)?.check(&experiment)?;
            self.offered = Some(Offered::Model(model));
            Ok(experiment)
        });
        match checked {
            Ok(experiment) => Reply::GivenModel(experiment),
            Err(error) => Reply::Refused { message: error.to_string() },
        }
    }

    /// Reads on, at least one part.
    fn read(&mut self, budget_ms: f64) -> Reply {
        let started = (self.now_ms)();
        while let Some(mut taking) = self.taking.take() {
            match taking.step() {
                Ok(Some(given)) => {
                    let (data, summary) = (given.config(), given.summary());
                    self.offered = Some(Offered::Pictures(given));
                    return Reply::Given { data, summary };
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

    /// Carries out a request; the numbers belong to the frame's figures.
    pub fn answer(&mut self, request: Request) -> (Reply, Numbers) {
        let mut numbers = Numbers::default();
        let (run, reply) = match request {
            Request::Start { run, experiment, takes_offer, view } => {
                let offered = if takes_offer { self.offered.take() } else { None };
                (run, self.start(run, experiment, offered, &view, &mut numbers))
            }
            Request::Advance { run, budget_ms, steps, view } => {
                (run, Ok(self.advance(run, budget_ms, steps as usize, &view, &mut numbers)))
            }
            Request::Edit { run, set, view } => (run, self.edit(run, &set, &view, &mut numbers)),
            Request::Infer { run, rows, passes } => {
                let failed = || Reply::Failed { run, message: "this run is over".into() };
                return (self.infer(run, rows, passes).unwrap_or_else(failed), numbers);
            }
            Request::Give { set, names } => {
                let files = names.into_iter().map(|name| (name, Vec::new()));
                return (self.give(set, files.collect()), numbers); // their bytes did not come with them
            }
            Request::GiveModel { name } => return (self.give_model(&name, &[]), numbers),
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

    fn save(&self, run: u32) -> Reply {
        match self.watched.as_ref().filter(|watched| watched.number == run) {
            Some(watched) => Reply::Saved { bytes: model::to_bytes(&watched.run) },
            None => Reply::Failed { run, message: "this run is over".into() },
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
        let mut run = self.run(experiment, &mut offered)?;
        match offered {
            Some(Offered::Pictures(given)) => {
                self.given.retain(|before| before.set() != given.set());
                self.given.push(given);
            }
            Some(Offered::Model(model)) => self.model = Some(model),
            None => {}
        }
        run.measure();
        let observer = lab.observe(&run);
        let watched = self.watched.insert(Watched {
            number,
            lab,
            run,
            observer,
            schedule: Vec::new(),
            edits_told: None,
            layer: view.layer,
            focus: None,
            picture: Vec::new(),
            cell: None,
            nudge: Nudge::default(),
            sweep: view.sweep,
            check: view.check,
        });
        Ok(Some(watched.frame(view, self.now_ms, 0, 0.0, numbers)))
    }

    /// A run that draws its data, or trains on what was given; what is offered goes before what is held.
    fn run(&mut self, experiment: Experiment, offered: &mut Option<Offered>) -> Result<Run> {
        let (new, model) = match offered {
            Some(Offered::Pictures(given)) => (Some(given), self.model.as_ref()),
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
            let allowed = "a built-in set until such images are given on this page";
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
        view: &View,
        numbers: &mut Numbers,
    ) -> Option<Frame> {
        let started = (self.now_ms)();
        let watched = self.watched.as_mut().filter(|watched| watched.number == number)?;
        let mut done = 0;
        let mut per_look = 1;
        let mut spent = 0.0;
        while done < steps && spent < budget_ms && watched.run.divergence().is_none() {
            for _ in 0..per_look.min(steps - done) {
                if watched.step().is_err() {
                    break;
                }
                done += 1;
            }
            spent = (self.now_ms)() - started;
            // As many steps as take about a tenth of the budget, so that it is kept within that.
            let per_step = spent / done.max(1) as f64;
            per_look = ((budget_ms / 10.0 / per_step.max(1e-4)) as usize).clamp(1, MAX_STEPS_PER_LOOK);
        }
        Some(watched.frame(view, self.now_ms, done, spent, numbers))
    }

    fn infer(&self, number: u32, rows: u32, passes: u32) -> Option<Reply> {
        let run = &self.watched.as_ref().filter(|watched| watched.number == number)?.run;
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
        let Some(watched) = self.watched.as_mut().filter(|watched| watched.number == number) else {
            return Ok(None);
        };
        let changed = watched.run.current().with(&without_weights(set))?;
        find(&changed.lab)?.check(&changed)?;
        watched.run.edit(set)?;
        watched.after_edit();
        watched.schedule.clear();
        Ok(Some(watched.frame(view, self.now_ms, 0, 0.0, numbers)))
    }
}

impl Watched {
    /// Makes a step; an edit that it brought about is told to the observer as a live one is.
    fn step(&mut self) -> std::result::Result<(), Divergence> {
        let edits = self.run.edits_made();
        let loss = self.run.step()?;
        self.observer.after_step(&self.run, loss);
        if self.run.edits_made() != edits {
            self.after_edit();
        }
        Ok(())
    }

    fn after_edit(&mut self) {
        self.run.measure();
        self.observer.after_edit(&self.run);
    }

    fn frame(
        &mut self,
        view: &View,
        now_ms: fn() -> f64,
        steps: usize,
        training_ms: f64,
        numbers: &mut Numbers,
    ) -> Frame {
        // A run that stands still is shown whole; one at work shows what it can afford.
        let is_still = steps == 0 || self.run.divergence().is_some();
        let edits = self.run.edits_made();
        // Between two moves of the pen nobody sets anything: the settings would take as long as the figures.
        let is_told = self.edits_told == Some(edits) && (!is_still || view.is_drawing);
        let settings = (!is_told).then(|| RunSettings {
            experiment: self.run.experiment().clone(),
            current: self.run.current().clone(),
        });
        self.edits_told = Some(edits);
        let slots = self.lab.figures();
        let is_any = |figure: &String, of: fn(&FigureSlot) -> bool| {
            slots.iter().any(|slot| slot.id == figure && of(slot))
        };
        if view.layer != self.layer || view.sweep != self.sweep {
            (self.layer, self.sweep) = (view.layer, view.sweep);
            self.schedule.clear();
        }
        if view.cell != self.cell || view.check != self.check {
            (self.cell, self.check) = (view.cell, view.check);
            self.schedule.clear();
        }
        // What the visitor does is seen at once.
        if view.focus != self.focus {
            self.focus = view.focus;
            self.schedule.clear();
        }
        if view.picture != self.picture || view.nudge != self.nudge {
            (self.picture, self.nudge) = (view.picture.clone(), view.nudge);
            self.schedule.retain(|due| !is_any(&due.figure, |slot| slot.of_drawing));
        }
        self.observer.look(&self.run, view);
        let mut panels = Vec::new();
        for figure in &view.figures {
            let before = now_ms();
            let due = self.schedule.iter().position(|due| &due.figure == figure);
            let is_as_before = is_still && due.is_some() && !is_any(figure, |slot| slot.of_drawing);
            if view.is_drawing && (is_as_before || is_any(figure, |slot| slot.is_slow)) {
                continue;
            }
            if let Some(due) = due.map(|index| &self.schedule[index])
                && !is_still
                && before - due.last_ms < (due.cost_ms / SHARE_OF_A_FIGURE).max(PAUSE_OF_A_FIGURE_MS)
            {
                continue;
            }
            let Some(panel) = self.observer.panel(figure, &self.run, view, numbers) else { continue };
            panels.push(panel);
            let now = Due { figure: figure.clone(), last_ms: now_ms(), cost_ms: now_ms() - before };
            match due {
                Some(index) => self.schedule[index] = now,
                None => self.schedule.push(now),
            }
        }
        Frame {
            run: self.number,
            step: self.run.steps(),
            epoch: self.run.epoch(),
            epoch_items: self.run.epoch_items(),
            settings,
            divergence: self.run.divergence().cloned(),
            verdict: self.observer.verdict(&self.run),
            panels,
            training_ms,
            steps,
        }
    }
}
