//! Plays the run of a lane: asks the worker frame by frame, two requests under way at most, and hands to the page
//! what is newest: once for each frame that the screen draws while it plays, at once while it stands
//! still, so that what a pen brings about shows in the frame of its move. A worker that crashed is started anew with the settings kept.

mod answers;

use super::autosave::Keeping;
use super::lane::Lane;
use super::pace::{Pace, SPEEDS};
use super::page::{Drawn, Page};
use super::ways::Ways;
use crate::data::DataConfig;
use crate::data::table::Roles;
use crate::labs::Numbers;
use crate::train::{Experiment, go_together, settings::Settings};
use crate::worker::browser::Client;
use crate::worker::protocol::{Frame, Request};
use js_sys::ArrayBuffer;
use leptos::prelude::*;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// Time that the worker trains for one frame: a frame of 60 a second less what drawing it takes.
pub(super) const BUDGET_MS: f64 = 13.0;
/// Time that it reads files before it says how far it is.
const READING_MS: f64 = 30.0;
/// Pause between requests of a page that nobody sees.
const HIDDEN_PAUSE: Duration = Duration::from_millis(250);
/// Requests under way at most: while one is answered and drawn, the worker has the next.
const MAX_UNDER_WAY: usize = 2;
/// Crashes after which the worker is not started again by itself.
const MAX_CRASHES: u32 = 3;

/// What the page wants of the worker and has from it.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a wish or a state of its own")]
pub struct Trainer {
    /// The page and the lane that it trains for.
    at: Option<(Page, Lane)>,
    client: Option<Client>,
    run: u32,
    /// The run of the last frame, to go back to when the next cannot begin.
    last_run: u32,
    /// Runs begun so far: no number is used twice.
    runs: u32,
    is_ready: bool,
    /// Requests without a reply so far, oldest first.
    asked: VecDeque<Asked>,
    pending_start: Option<(Experiment, Option<Taken>)>,
    /// Changes of settings, each set of them for a request of its own.
    pending_edits: VecDeque<Settings>,
    pending_steps: u32,
    /// The step that is to be shown, until it is.
    pending_seek: Option<usize>,
    /// Steps of the round at hand that are still to be made, while lanes keep step.
    share: u32,
    /// Updates that the run has made, as far as it told.
    step: usize,
    /// Time that the steps of this round took so far.
    pub(super) round_ms: f64,
    /// The run that begins as soon as the worker has read what it is on.
    start_when_read: Option<Experiment>,
    /// What the worker holds for runs that ask for it: the data of these names, or a model.
    holds: Vec<Option<String>>,
    /// What is kept of the run for a reload and a crash.
    pub(super) keeping: Keeping,
    wants_file: bool,
    wants_rates: bool,
    wants_refresh: bool,
    /// The way of the run through weight space, and those of other lanes to be handed over.
    pub(super) ways: Ways,
    /// Figures of which the worker has more to work out.
    at_work: Vec<String>,
    pending_files: Option<Offer>,
    /// What the columns of a table are for.
    pending_roles: Option<Roles>,
    is_reading: bool,
    stops_reading: bool,
    is_drawing: bool,
    inbox: Option<(Frame, BTreeMap<String, Drawn>)>,
    pace: Pace,
    crashes: u32,
}

/// Files for the worker, with the data set that they are for; without one it is a model.
pub struct Offer {
    pub set: Option<String>,
    pub files: Vec<(String, ArrayBuffer)>,
}

impl Offer {
    /// The same files once more, since what is sent to a worker is gone here.
    pub fn copied(&self) -> Self {
        let files = self.files.iter().map(|(name, bytes)| (name.clone(), bytes.slice(0)));
        Self { set: self.set.clone(), files: files.collect() }
    }
}

/// What files gave, which the worker holds once a run has begun on it.
#[derive(Clone)]
#[allow(clippy::large_enum_variant, reason = "one of each set at most")]
pub enum Taken {
    /// What an experiment on them says, and what they are in words.
    Data(DataConfig, String),
    Model,
    /// The whole run of a file.
    Run,
}

impl Taken {
    /// The data set that it is, or none for a model.
    pub fn set(&self) -> Option<String> {
        match self {
            Self::Data(data, _) => Some(data.name.clone()),
            Self::Model | Self::Run => None,
        }
    }
}

/// Whether settings change points, which counts on those that the change before left.
fn is_of_points(set: &Settings) -> bool {
    set.keys().any(|key| key.starts_with("data."))
}

/// A request that the worker has still to answer.
#[allow(clippy::large_enum_variant, reason = "a few at a time, and soon answered")]
enum Asked {
    /// With what the worker holds once the run has begun.
    Start(Option<Taken>),
    Edit,
    Read,
    /// A step of the run to be gone to.
    Seek(usize),
    /// The run of this number as a file to be kept.
    Keep(u32),
    /// More of a test of learning rates.
    Rates,
    /// Steps that were asked for one by one, and not by playing.
    Steps,
    /// Steps of a round.
    Share,
    Other,
}

impl Trainer {
    /// Starts a worker for a lane of `page`.
    pub fn start(&mut self, page: Page, lane: Lane) {
        self.at = Some((page, lane));
        self.is_ready = false;
        let on_reply = move |reply, numbers| page.on_reply(lane, reply, numbers);
        match Client::start(on_reply) {
            Ok(client) => self.client = Some(client),
            Err(_) => page
                .notice
                .set(Some("This browser starts no workers, so nothing can be trained here.".into())),
        }
    }

    /// Ends the worker and forgets the run.
    pub fn close(&mut self) {
        *self = Self { runs: self.runs, ..Self::default() };
    }

    /// Begins another run, on what files gave where that is `taken`; what was asked of the one before is
    /// forgotten.
    pub fn restart(&mut self, experiment: Experiment, taken: Option<Taken>) {
        self.runs += 1;
        self.run = self.runs;
        // What a start would have taken that was not even asked for, this one takes.
        let taken = taken.or_else(|| self.pending_start.take()?.1);
        self.pending_start = Some((experiment, taken));
        self.pending_edits.clear();
        (self.pending_steps, self.share, self.step) = (0, 0, 0);
        self.pending_seek = None;
        self.start_when_read = None;
        (self.wants_file, self.wants_rates) = (false, false);
        self.inbox = None;
        self.ways = Ways::default();
        self.at_work.clear();
        self.pace = Pace::default();
        self.wake();
    }

    /// Gives files to the worker, and begins a run on them as soon as they are read.
    pub fn start_on(&mut self, experiment: Experiment, offer: Offer) {
        self.give(offer);
        self.start_when_read = Some(experiment);
    }

    /// What was kept of the run before stands for the one at hand, which goes on with it.
    pub fn hand_on(&mut self) {
        self.keeping.hand_on(self.run);
    }

    /// Whether the worker holds what files gave for the data `set`, or without one a model.
    pub fn holds(&self, set: Option<&str>) -> bool {
        self.holds.iter().any(|held| held.as_deref() == set)
    }

    /// What the worker holds for the data `set` is not what is asked for any more: it is given anew before a run on it begins.
    pub fn let_go(&mut self, set: &str) {
        self.holds.retain(|held| held.as_deref() != Some(set));
    }

    /// Gives files to the worker, which then reads them.
    pub fn give(&mut self, offer: Offer) {
        // What was being read for another purpose gives way.
        (self.start_when_read, self.keeping.takes_up) = (None, None);
        self.pending_files = Some(offer);
        self.stops_reading = false;
        self.wake();
    }

    /// Says what the columns of the table that was read are for.
    pub fn choose(&mut self, roles: Roles) {
        self.pending_roles = Some(roles);
        self.wake();
    }

    /// Lets the worker read no further.
    pub fn stop_reading(&mut self) {
        self.pending_files = None;
        if std::mem::take(&mut self.is_reading) {
            self.forget_offer();
        }
    }

    /// Has the worker forget what it read last and no run began on. Where it is given other files meanwhile, it
    /// forgets by itself, and reads those.
    pub fn forget_offer(&mut self) {
        self.stops_reading = self.pending_files.is_none() && !self.is_reading;
        self.wake();
    }

    /// Gives it steps of a round to make.
    pub fn take_share(&mut self, steps: u32) {
        self.share = steps;
        self.round_ms = 0.0;
    }

    /// Whether it waits for the next round: its run stands, and no step of it is wanted any more.
    pub fn is_settled(&self) -> bool {
        let is_busy = |asked: &Asked| matches!(asked, Asked::Start(_) | Asked::Steps | Asked::Share);
        self.is_ready
            && self.pending_start.is_none()
            && self.share == 0
            && self.pending_steps == 0
            && self.pending_seek.is_none()
            && !self.asked.iter().any(is_busy)
    }

    /// Whether it is still to show a step that was asked for.
    pub fn is_seeking(&self) -> bool {
        self.pending_seek.is_some()
    }

    /// Updates that the run has made, as far as it told.
    pub fn step(&self) -> usize {
        self.step
    }

    /// Whether this is the number of the run at hand.
    pub fn is_of(&self, run: u32) -> bool {
        self.run == run
    }

    /// Whether there is a worker to do what is asked.
    pub fn has_worker(&self) -> bool {
        self.client.is_some()
    }

    /// Whether what has come is what was asked for last: not what was stopped too late, nor what was read
    /// before other files were given.
    fn has_read(&mut self) -> bool {
        let awaits_more = self.pending_files.is_some() || self.is_asked_to_read();
        !awaits_more && std::mem::take(&mut self.is_reading)
    }

    fn is_asked_to_read(&self) -> bool {
        self.asked.iter().any(|asked| matches!(asked, Asked::Read))
    }

    /// Changes settings of the run; changes made while the worker is busy go together where they can, but for those of
    /// points: each counts on the points that the one before left.
    pub fn edit(&mut self, set: Settings) {
        let are_one = |last: &Settings| !is_of_points(last) && !is_of_points(&set) && go_together(last, &set);
        match self.pending_edits.back_mut() {
            Some(last) if are_one(last) => last.extend(set),
            _ => self.pending_edits.push_back(set),
        }
        self.wake();
    }

    /// Goes to a step that the run has made; of several asked for while one is sought only the last counts.
    pub fn seek(&mut self, step: usize) {
        (self.pending_steps, self.share) = (0, 0);
        self.pending_seek = Some(step);
        self.wake();
    }

    /// Trains so many steps.
    pub fn advance(&mut self, steps: u32) {
        self.pending_steps += steps;
        self.wake();
    }

    /// Asks for the network as a file, once the steps that were asked for are made.
    pub fn save(&mut self) {
        self.wants_file = true;
        self.wake();
    }

    /// Goes on with a test of learning rates.
    pub fn find_rate(&mut self) {
        self.wants_rates = true;
        self.wake();
    }

    /// Asks for the figures without a step.
    pub fn refresh(&mut self) {
        self.wants_refresh = true;
        self.wake();
    }

    /// Asks the worker for what is wanted next, unless it owes answers enough.
    pub fn wake(&mut self) {
        let Some((page, lane)) = self.at else { return };
        while self.is_ready && self.client.is_some() && self.asked.len() < MAX_UNDER_WAY {
            let Some((request, asked)) = self.next_request(page, lane) else { break };
            self.asked.push_back(asked);
            let is_offer = matches!(request, Request::Give { .. } | Request::GiveModel { .. });
            let files = if is_offer { self.pending_files.take() } else { None };
            let bytes: Vec<ArrayBuffer> =
                files.into_iter().flat_map(|offer| offer.files).map(|(_, bytes)| bytes).collect();
            let ways =
                if matches!(request, Request::TakeWays { .. }) { self.ways.take_bytes() } else { Vec::new() };
            if let Some(client) = &self.client {
                if !ways.is_empty() {
                    client.send_with(&request, &ways);
                } else if is_offer {
                    client.send_with(&request, &bytes);
                } else {
                    client.send(request);
                }
            }
        }
        if !self.is_drawing && page.is_playing.get_untracked() {
            self.draw_soon(page, lane);
        }
    }

    fn next_request(&mut self, page: Page, lane: Lane) -> Option<(Request, Asked)> {
        let (run, view) = (self.run, page.view(lane));
        // Before other files are given, which would be offered in place of what it takes.
        if let Some((experiment, taken)) = self.pending_start.take() {
            self.wants_refresh = false;
            let takes_offer = taken.is_some();
            return Some((Request::Start { run, experiment, takes_offer, view }, Asked::Start(taken)));
        }
        if let Some(offer) = &self.pending_files {
            self.is_reading = true;
            self.stops_reading = false;
            let mut names: Vec<String> = offer.files.iter().map(|(name, _)| name.clone()).collect();
            let request = match &offer.set {
                Some(set) => Request::Give { set: set.clone(), names },
                None => Request::GiveModel { name: names.pop().unwrap_or_default() },
            };
            return Some((request, Asked::Read));
        }
        if std::mem::take(&mut self.stops_reading) {
            return Some((Request::StopReading, Asked::Other));
        }
        if self.is_reading && !self.is_asked_to_read() {
            return Some((Request::Read { budget_ms: READING_MS }, Asked::Read));
        }
        if let Some(roles) = self.pending_roles.take() {
            return Some((Request::Choose { roles }, Asked::Other));
        }
        if let Some(step) = self.pending_seek {
            // What one request does not get done, the next goes on with.
            let is_asked = self.asked.iter().any(|asked| matches!(asked, Asked::Seek(_)));
            let request = Request::Seek { run, step, budget_ms: BUDGET_MS, view };
            return (!is_asked).then_some((request, Asked::Seek(step)));
        }
        if let Some(set) = self.pending_edits.pop_front() {
            return Some((Request::Edit { run, set, view }, Asked::Edit));
        }
        let is_played = self.pending_steps == 0;
        let until = page.until.get_untracked().filter(|_| is_played);
        let advance = |budget_ms: f64, steps: u32| Request::Advance { run, budget_ms, steps, until, view };
        if self.pending_steps > 0 {
            // What this request does not get done is asked for again when its reply is here.
            if self.asked.iter().any(|asked| matches!(asked, Asked::Steps)) {
                return None;
            }
            self.wants_refresh = true;
            return Some((advance(BUDGET_MS, self.pending_steps), Asked::Steps));
        }
        if std::mem::take(&mut self.wants_file) {
            return Some((Request::Save { run }, Asked::Other));
        }
        if std::mem::take(&mut self.wants_rates) {
            return Some((Request::FindRate { run, budget_ms: READING_MS }, Asked::Rates));
        }
        if let Some(request) = self.ways.next_request(run) {
            return Some((request, Asked::Other));
        }
        let is_keeping = self.asked.iter().any(|asked| matches!(asked, Asked::Keep(_)));
        if !is_keeping && self.keeping.is_due(page.is_playing.get_untracked()) {
            return Some((Request::Save { run }, Asked::Keep(run)));
        }
        // A round is made to its end even when the page is paused, so that all lanes stand at one step.
        if self.share > 0 && !self.asked.iter().any(|asked| matches!(asked, Asked::Share)) {
            return Some((advance(BUDGET_MS, self.share), Asked::Share));
        }
        let has_diverged = lane.progress.with_untracked(|progress| progress.has_diverged);
        if page.is_playing.get_untracked() && !has_diverged && !page.keeps_step() {
            let steps = self.pace.steps_due(SPEEDS[page.speed.get_untracked()]);
            if steps > 0 {
                return Some((advance(BUDGET_MS, steps), Asked::Other));
            }
        }
        if std::mem::take(&mut self.wants_refresh) {
            return Some((advance(0.0, 0), Asked::Other));
        }
        self.work_on(page, lane)
    }

    /// Goes on with what is worked out over several looks, while the run stands still and nothing else is asked for.
    fn work_on(&mut self, page: Page, lane: Lane) -> Option<(Request, Asked)> {
        if self.at_work.is_empty() || !self.asked.is_empty() {
            return None;
        }
        let at_work = std::mem::take(&mut self.at_work);
        let mut view = page.view(lane);
        view.figures.retain(|figure| at_work.contains(figure));
        let is_wanted = !view.figures.is_empty() && !view.is_drawing;
        let request = Request::Advance { run: self.run, budget_ms: 0.0, steps: 0, until: None, view };
        is_wanted.then_some((request, Asked::Other))
    }

    fn draw_soon(&mut self, page: Page, lane: Lane) {
        self.is_drawing = true;
        request_animation_frame(move || page.on_animation_frame(lane));
    }

    fn receive(&mut self, (page, lane): (Page, Lane), frame: Frame, numbers: Numbers, asked: Option<&Asked>) {
        if let Some(Asked::Seek(step)) = asked
            && frame.seeking.is_none()
            && self.pending_seek == Some(*step)
        {
            self.pending_seek = None;
        }
        if frame.seeking.is_some() {
            return; // nobody asked for a step on the way
        }
        self.keeping.note(&frame, matches!(asked, Some(Asked::Start(_) | Asked::Edit)));
        self.at_work.clone_from(&frame.at_work);
        let numbers = Arc::new(numbers);
        let mut frame = frame;
        let is_over = frame.divergence.is_some();
        self.step = frame.step;
        let left = |wanted: u32, is_counted: bool| match is_counted {
            _ if is_over => 0,
            true => wanted.saturating_sub(frame.steps as u32),
            false => wanted,
        };
        self.pending_steps = left(self.pending_steps, matches!(asked, Some(Asked::Steps)));
        self.share = left(self.share, matches!(asked, Some(Asked::Share)));
        if frame.reached.is_some() {
            self.share = 0; // it stands where it was to
        }
        self.round_ms += frame.training_ms;
        let fresh = std::mem::take(&mut frame.panels);
        // What this frame leaves out is still to be shown from the one before.
        let (before, mut panels) =
            self.inbox.take().map_or_else(Default::default, |(f, panels)| (f.settings, panels));
        frame.settings = frame.settings.or(before);
        panels.extend(
            fresh.into_iter().map(|panel| (panel.id.clone(), Arc::new((panel, Arc::clone(&numbers))))),
        );
        self.pace.count(&frame, page.is_playing.get_untracked());
        self.inbox = Some((frame, panels));
        if !self.is_drawing && page.is_playing.get_untracked() {
            self.draw_soon(page, lane);
        }
    }
}

impl Trainer {
    /// Lets go of a worker that came to its end; whether there have been too many to start another.
    fn lose_worker(&mut self) -> bool {
        self.crashes += 1;
        self.client = None;
        self.asked.clear();
        (self.last_run, self.is_reading, self.pending_files) = (0, false, None);
        (self.pending_start, self.stops_reading, self.wants_file) = (None, false, false);
        self.wants_rates = false;
        self.ways = Ways::default();
        (self.start_when_read, self.share, self.pending_seek) = (None, 0, None);
        (self.keeping.takes_up, self.keeping.next, self.pending_roles) = (None, None, None);
        self.pending_edits.clear();
        self.holds.clear();
        self.crashes > MAX_CRASHES
    }
}
