//! The visitor's own data: files and drawings to train on, and what becomes of them; how they are shown is
//! `own_panel`'s.

use super::browser;
use super::lane::Lane;
use super::page::Page;
use super::points::Setting;
use super::running::refusal;
use super::trainer::{Offer, Taken, Trainer};
use crate::data::digits::{Collection, Drawing, Photo};
use crate::data::table::{Preview, Roles};
use crate::data::{DataConfig, DataSet, FileKind, idx};
use crate::error::Result;
use crate::labs::format::count;
use crate::labs::{self, LABS, Lab};
use crate::train::{Experiment, InitialWeights};
use js_sys::{ArrayBuffer, Uint8Array};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Where drawings are kept for the next visit.
const KEY: &str = "glassbox-drawings";
/// Characters of drawings that are kept for the next visit: most browsers keep five million in all.
const MAX_KEPT: usize = 2_000_000;
/// Fewest drawings that are trained on.
pub(super) const MIN_DRAWINGS: usize = 10;

/// What the visitor has brought along.
#[derive(Clone, Copy)]
pub struct Own {
    /// How much of the files at hand is read, 0…1.
    pub reading: RwSignal<Option<f32>>,
    pub drawings: RwSignal<Collection>,
    /// Whether all of them are kept for the next visit.
    pub(super) kept: RwSignal<Kept>,
    /// What the workers have been given: an experiment's data, and words for it.
    given: RwSignal<Vec<(DataConfig, String)>>,
    /// Whether the workers have been given a model.
    has_model: RwSignal<bool>,
    /// The files that were given last, and those that runs began on: each for the worker of another lane, or
    /// for one that takes the place of one that crashed.
    offered: StoredValue<Option<Offer>, LocalStorage>,
    held: StoredValue<Vec<Offer>, LocalStorage>,
    /// The table that was read last, until it is trained on, and whether it is shown to choose its columns.
    pub(super) table: RwSignal<Option<Preview>>,
    pub(super) shows_table: RwSignal<bool>,
    /// What the columns of the table are for that was trained on last.
    pub(super) roles: StoredValue<Option<Roles>>,
    /// Points that are set by hand.
    pub(super) points: Setting,
    /// The inputs that the plane is drawn over, where others than the first two were chosen.
    pub(super) axes: RwSignal<Option<[usize; 2]>>,
    /// The experiment of a link that waits for its files.
    waiting: RwSignal<Option<Experiment>>,
    /// Counts what was opened, so that what comes late is known.
    turn: StoredValue<u32>,
}

/// What becomes of drawings when the page is closed.
#[derive(Clone, Copy, PartialEq)]
pub enum Kept {
    All,
    /// The last ones are too many.
    NotTheLast,
    /// The browser stores nothing.
    None,
}

impl Own {
    /// With the drawings of the last visit.
    pub fn new() -> Self {
        let text = browser::stored(KEY).unwrap_or_default();
        let kept = if browser::store(KEY, &text) { Kept::All } else { Kept::None };
        Self {
            reading: RwSignal::new(None),
            drawings: RwSignal::new(Collection::from_ndjson("", &text).unwrap_or_default()),
            kept: RwSignal::new(kept),
            given: RwSignal::default(),
            has_model: RwSignal::new(false),
            offered: StoredValue::new_local(None),
            held: StoredValue::new_local(Vec::new()),
            table: RwSignal::new(None),
            shows_table: RwSignal::new(false),
            roles: StoredValue::new(None),
            points: Setting::new(),
            axes: RwSignal::new(None),
            waiting: RwSignal::new(None),
            turn: StoredValue::new(0),
        }
    }

    /// Begins another opening of files.
    pub fn next_turn(self) -> u32 {
        self.turn.update_value(|turn| *turn += 1);
        self.turn.get_value()
    }

    /// Whether nothing was opened or cancelled since.
    pub fn is_turn(self, turn: u32) -> bool {
        self.turn.get_value() == turn
    }

    /// Changes the drawings and keeps them for the next visit.
    pub fn change(self, change: impl FnOnce(&mut Collection)) {
        self.drawings.update(change);
        let text = self.drawings.with_untracked(Collection::to_ndjson);
        self.kept.set(match text.len() {
            0..=MAX_KEPT if browser::store(KEY, &text) => Kept::All,
            0..=MAX_KEPT => Kept::None,
            _ => Kept::NotTheLast,
        });
    }

    /// A worker holds what files gave; whether they are other files than before.
    pub(super) fn hold(self, taken: Taken) -> bool {
        let set = taken.set();
        let offer = self.offered.try_update_value(Option::take).flatten().filter(|of| of.set == set);
        let is_new = offer.is_some();
        if let Some(offer) = offer {
            self.add_held(offer);
        }
        match taken {
            Taken::Model => self.has_model.set(true),
            Taken::Run => {}
            Taken::Data(data, summary) => self.given.update(|given| {
                given.retain(|(before, _)| before.name != data.name);
                given.push((data, summary));
            }),
        }
        is_new
    }

    fn add_held(self, offer: Offer) {
        self.held.update_value(|held| {
            held.retain(|before| before.set != offer.set);
            held.push(offer);
        });
    }

    /// Takes back files that were kept, with the data that they are and words for them.
    pub(super) fn take_back(self, offer: Offer, given: Option<(DataConfig, String)>) {
        match given {
            Some(given) => self.given.update(|all| all.push(given)),
            None => self.has_model.set(true),
        }
        self.add_held(offer);
    }

    /// A copy of the files of the data `set`, or without one of a model, that runs began on.
    pub(super) fn held(self, set: Option<&str>) -> Option<Offer> {
        self.held.with_value(|held| held.iter().find(|offer| offer.set.as_deref() == set).map(Offer::copied))
    }

    /// Size of all files that runs began on.
    pub(super) fn held_bytes(self) -> f64 {
        let size =
            |offer: &Offer| offer.files.iter().map(|(_, bytes)| f64::from(bytes.byte_length())).sum::<f64>();
        self.held.with_value(|held| held.iter().map(size).sum())
    }

    /// The files that the worker of `lane` needs for a run and does not hold.
    pub(super) fn offer_for(self, lane: Lane, experiment: &Experiment) -> Option<Offer> {
        let is_given = experiment.data.set().is_ok_and(DataSet::is_given);
        let set = is_given.then(|| experiment.data.name.clone());
        if !is_given && experiment.initial_weights != Some(InitialWeights::Model) {
            return None;
        }
        if lane.try_update_trainer(|trainer| trainer.holds(set.as_deref())) == Some(true) {
            return None;
        }
        self.held(set.as_deref())
    }

    /// Keeps what the columns of the table are for that is trained on.
    pub(super) fn set_roles(self, roles: Option<Roles>) {
        if roles.is_some() {
            self.roles.set_value(roles);
        }
    }

    /// What waited for its files does so no more.
    pub(super) fn wait_no_more(self) {
        if self.waiting.with_untracked(Option::is_some) {
            self.waiting.set(None);
        }
    }

    /// What was given for a set, in words.
    pub(super) fn summary(self, set: &str) -> String {
        untrack(|| self.given(set)).map_or_else(String::new, |(_, summary)| summary)
    }

    pub(super) fn given(self, set: &str) -> Option<(DataConfig, String)> {
        self.given.with(|given| given.iter().find(|(data, _)| data.name == set).cloned())
    }
}

impl Page {
    /// Puts an image on the pad.
    pub fn put_photo(self, photo: Photo) {
        self.sheet.update(|sheet| sheet.put(photo));
        self.refresh();
        browser::bring_to_sight("[data-testid=pad]");
    }

    /// Adds what is on the pad to the drawings.
    pub(super) fn add_drawing(self, digit: u8) {
        let strokes = self.sheet.with_untracked(|sheet| sheet.strokes().to_vec());
        if self.sheet.with_untracked(|sheet| sheet.photo().is_some()) {
            let text = "An image cannot be added to your drawings: draw the digit with mouse, finger or pen.";
            return self.notice.set(Some(text.into()));
        }
        let mut added = Ok(());
        self.own()
            .change(|own| added = Drawing::new(Some(digit), strokes).and_then(|drawing| own.add(&drawing)));
        self.notice.set(added.err().map(|error| refusal(&error)));
    }

    /// Hands files to the worker; what it makes of them comes to [`Self::take_given`].
    pub fn give(self, set: &str, files: Vec<(String, ArrayBuffer)>) {
        self.offer(Offer { set: Some(set.into()), files });
    }

    /// Hands a model file to the worker; what it makes of it comes to [`Self::take_model`].
    pub fn give_model(self, name: String, bytes: ArrayBuffer) {
        self.offer(Offer { set: None, files: vec![(name, bytes)] });
    }

    fn offer(self, offer: Offer) {
        if self.lane().try_update_trainer(|trainer| trainer.has_worker()) != Some(true) {
            return self.refuse_files("there is no trainer any more to read it: reload the page");
        }
        self.own().reading.set(Some(0.0));
        self.own().offered.set_value(Some(offer.copied()));
        self.update_trainer(|trainer| trainer.give(offer));
    }

    /// Why files of a kind are not taken in the lab that is open, if they are not.
    pub fn refusal_of_files(self, kind: FileKind) -> Option<String> {
        let takes = |lab: &dyn Lab| if kind == FileKind::Table { lab.takes_tables() } else { lab.has_pad() };
        if takes(self.lab()) {
            return None;
        }
        let others = LABS.into_iter().filter(|lab| takes(*lab)).map(Lab::title);
        let others = others.collect::<Vec<_>>().join(" or ");
        let what = if kind == FileKind::Table { "tables" } else { "such files" };
        Some(format!("the lab {} takes no {what}: open the lab {others} for them", self.lab().title()))
    }

    /// Whether what was read is for the lab that is open now; if not, it is forgotten with a word.
    fn is_for_this_lab(self, kind: FileKind) -> bool {
        match self.refusal_of_files(kind) {
            Some(reason) => self.forget_offer(&reason),
            None => return true,
        }
        false
    }

    /// What was read last is not taken.
    fn forget_offer(self, reason: &str) {
        self.update_trainer(Trainer::forget_offer);
        self.refuse_files(reason);
    }

    /// Begins a run of the network out of a model file.
    pub(super) fn take_model(self, experiment: Experiment) {
        self.own().reading.set(None);
        if !self.is_for_this_lab(FileKind::Model) {
            return;
        }
        // The pictures that it was trained on are not in its file: it goes on with those at hand.
        let at_hand = self.current.with_untracked(|current| current.data.clone());
        let lab = labs::find(&experiment.lab).expect("validated experiments name a lab");
        let bare = Experiment {
            data: DataConfig { augmentation: at_hand.augmentation.clone(), ..experiment.data.clone() },
            ..experiment
        };
        let on_pictures = |data: &DataConfig| {
            let value = serde_json::to_value(data).expect("settings are plain data");
            let changed = lab.change(&bare, "data", &value).ok()?;
            Some(changed).filter(|changed| changed.initial_weights == bare.initial_weights)
        };
        if let Some(experiment) = on_pictures(&at_hand).or_else(|| on_pictures(&DataConfig::named("digits")))
        {
            return self.begin_on("model", experiment, Some(Taken::Model));
        }
        let shape = bare.data.input_shape().unwrap_or_default();
        let classes = bare.data.classes().unwrap_or_default();
        self.forget_offer(&format!(
            "its network takes {shape:?} and tells {classes} classes: train on such pictures first, then open it"
        ));
    }

    /// Takes up the whole run of a file where it stood, in its own lab; on data that are not at hand its network alone.
    pub(super) fn take_run(self, experiment: Experiment) {
        let data = &experiment.data;
        let is_at_hand =
            self.own().given.with_untracked(|given| given.iter().any(|(of, _)| data.asks_for(of)));
        if data.set().is_ok_and(DataSet::is_given) && !is_at_hand {
            if !data.set().is_ok_and(DataSet::is_of_pictures) {
                let reason =
                    "its run is on a table that is not open here: open that first, and then this file again";
                return self.forget_offer(reason);
            }
            let settings = experiment.edited().unwrap_or_else(|_| experiment.clone());
            return self.take_model(Experiment { initial_weights: Some(InitialWeights::Model), ..settings });
        }
        self.own().reading.set(None);
        if self.lab().name() != experiment.lab {
            // The worker that holds the file ends with its lane: the first reads it once more.
            if self.lane().index != 0 {
                let Some(offer) = self.own().offered.try_update_value(Option::take).flatten() else {
                    return self.forget_offer("its run is of another lab: select lane A and open it again");
                };
                self.open_lanes().skip(1).for_each(|lane| self.remove_lane(lane.index));
                return self.offer(offer);
            }
            self.open_lanes().skip(1).for_each(|lane| self.remove_lane(lane.index));
        }
        let is_of_model = experiment.initial_weights == Some(InitialWeights::Model);
        let taken = if is_of_model { Taken::Model } else { Taken::Run };
        self.begin_on("model", experiment, Some(taken));
    }

    /// Reads no further.
    pub(super) fn stop_reading(self) {
        self.own().next_turn();
        self.own().reading.set(None);
        self.update_trainer(Trainer::stop_reading);
    }

    /// Says why files are not taken.
    pub(super) fn refuse_files(self, reason: &str) {
        self.own().reading.set(None);
        self.notice.set(Some(format!("That was not taken: {reason}. Everything is as it was.")));
    }

    /// Begins a run on what the worker read: that of a link which waited for it, or the run at hand with
    /// other data.
    pub(super) fn take_given(self, data: DataConfig, summary: String) {
        self.own().reading.set(None);
        let kind = if data.table.is_some() { FileKind::Table } else { FileKind::Idx };
        if !self.is_for_this_lab(kind) {
            return;
        }
        let experiment = match self.awaited().filter(|waiting| waiting.data.asks_for(&data)) {
            Some(experiment) => Ok(experiment),
            None => self.on_data(&data),
        };
        match experiment {
            Ok(experiment) => self.begin_on("data", experiment, Some(Taken::Data(data, summary))),
            Err(error) => self.forget_offer(&error.to_string()),
        }
    }

    /// The experiment of a link that waits for its files.
    pub(super) fn awaited(self) -> Option<Experiment> {
        self.own().waiting.get_untracked()
    }

    /// The run at hand on other data.
    fn on_data(self, data: &DataConfig) -> Result<Experiment> {
        let value = serde_json::to_value(data).expect("settings are plain data");
        self.lab().change(&self.current.get_untracked(), "data", &value)
    }

    /// Begins a run on the data of this name, as far as they are there.
    pub(super) fn train_on(self, set: &str) {
        let changed = match untrack(|| self.own().given(set)) {
            Some((data, _)) => self.on_data(&data),
            None => self.lab().change(&self.current.get_untracked(), "data.name", &set.into()),
        };
        match changed {
            Ok(after) => self.begin("data", after),
            Err(error) => self.notice.set(Some(refusal(&error))),
        }
    }

    /// Adds the drawings of a file to the visitor's own. Those that a link waits for are trained on at
    /// once, and by themselves: others among them would make another run.
    pub fn take_drawings(self, name: &str, drawings: Collection) {
        self.own().reading.set(None);
        let awaited = self.awaited().map(|waiting| waiting.data).filter(|data| data.name == "drawings");
        let has_own = self.own().drawings.with_untracked(|own| !own.is_empty());
        let (many, mut words) = (drawings.len(), Vec::new());
        match awaited.map(|data| data.samples) {
            Some(samples) if samples == many => {
                self.train_on_collection(&drawings);
                if has_own {
                    let text = format!(
                        "{name} is trained on by itself, as the link says. Your own drawings are as they were."
                    );
                    return self.notice.set(Some(text));
                }
            }
            Some(samples) => words.push(format!(
                "The link trains on {} drawings, but {name} has {}, which are now among yours.",
                count(samples),
                count(many)
            )),
            None => {}
        }
        let mut left_out = 0;
        self.own().change(|own| left_out = own.join(drawings));
        if left_out > 0 {
            words.push(format!(
                "Of the {} drawings in {name} the last {} were left out: at most {} are kept.",
                count(many),
                count(left_out),
                count(Collection::MAX)
            ));
        }
        if let Some(words) = joined(&words) {
            self.notice.set(Some(words));
        }
    }

    /// Hands the run to the visitor as a file.
    pub(super) fn take_file(self, bytes: &[u8]) {
        if browser::download("run.safetensors", bytes).is_err() {
            self.notice.set(Some("The run was not saved: the browser does not allow it.".into()));
        }
    }

    /// Trains on the drawings as they are now.
    pub(super) fn train_on_drawings(self) {
        self.notice.set(None);
        self.give_drawings();
    }

    fn give_drawings(self) {
        self.own().drawings.with_untracked(|drawings| self.train_on_collection(drawings));
    }

    fn train_on_collection(self, drawings: &Collection) {
        let (pictures, labels) = drawings.pictures();
        let names = ["drawings", "their labels"].map(ToOwned::to_owned);
        let files =
            idx::to_bytes(&pictures, &labels).map(|bytes| Uint8Array::from(bytes.as_slice()).buffer());
        self.give("drawings", names.into_iter().zip(files).collect());
    }

    /// The experiment itself where its data are at hand; else the same on built-in data, with a word on
    /// what it, which is `what`, waits for.
    pub(super) fn with_data_at_hand(
        self,
        mut experiment: Experiment,
        what: &str,
    ) -> (Experiment, Option<String>) {
        self.own().wait_no_more();
        let mut words = Vec::new();
        if experiment.initial_weights == Some(InitialWeights::Model) && !self.own().has_model.get_untracked()
        {
            experiment.initial_weights = None;
            words.push(format!(
                "{what} starts from a model file, which is not in it: open the file again. Until then the weights are fresh."
            ));
        }
        let data = &experiment.data;
        // Of a table the worker holds all columns, whichever are asked for.
        let has = |of: &DataConfig| data.asks_for(of) || (data.table.is_some() && of.table.is_some());
        let is_at_hand = self.own().given.with_untracked(|given| given.iter().any(|(of, _)| has(of)));
        let lab = labs::find(&experiment.lab).expect("validated experiments name a lab");
        let stand_in = if is_at_hand || !data.set().is_ok_and(DataSet::is_given) {
            None
        } else {
            let edited = experiment.edited().unwrap_or_else(|_| experiment.clone());
            let usual = lab.defaults().data.name;
            lab.change(&edited, "data.name", &usual.into()).ok()
        };
        let Some(stand_in) = stand_in else { return (experiment, joined(&words)) };
        let is_drawn = data.name == "drawings";
        let has_all = is_drawn && self.own().drawings.with_untracked(|own| own.len() == data.samples);
        let needed = needed(data);
        self.own().waiting.set(Some(experiment));
        if has_all {
            // Once the run at hand has begun.
            spawn_local(async move { self.give_drawings() }); // what is told meanwhile stays
        } else {
            words.push(format!(
                "{what} trains on {needed} on the page. Until then the lab shows {}.",
                stand_in_words(&stand_in.data)
            ));
        }
        (stand_in, joined(&words))
    }
}

fn joined(words: &[String]) -> Option<String> {
    (!words.is_empty()).then(|| words.join(" "))
}

/// What is shown while data are waited for.
fn stand_in_words(data: &DataConfig) -> String {
    match data.set() {
        Ok(set) if set.is_of_pictures() => "generated digits".into(),
        Ok(set) => format!("the set {}", set.label),
        Err(_) => data.name.clone(),
    }
}

/// The data from outside that an experiment trains on, and how to bring them along.
fn needed(data: &DataConfig) -> String {
    let shape = data.input_shape().unwrap_or_default();
    let classes = data.classes().unwrap_or_default();
    let samples = count(data.samples);
    if let Some(table) = &data.table {
        let features = match table.features.as_slice() {
            few @ ([] | [_] | [_, _] | [_, _, _]) => few.join(", "),
            [first, second, ..] => format!("{first}, {second} and {} more", table.features.len() - 2),
        };
        return format!(
            "a table of {samples} rows, {} from {features}: open its file, or drop it",
            table.target
        );
    }
    match shape.as_slice() {
        _ if data.name == "drawings" => {
            format!(
                "{samples} drawings, which are not in a link: open the file that they were saved to, or drop it"
            )
        }
        [height, width, _] => {
            format!(
                "{samples} images of {height} by {width} pixels in {classes} classes: open the files of images and labels, or drop them"
            )
        }
        _ => format!("{samples} images: open the files of images and labels, or drop them"),
    }
}
