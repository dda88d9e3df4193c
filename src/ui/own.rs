//! The visitor's own data: files and drawings to train on, and what becomes of them; how they are shown is
//! `own_panel`'s.

mod drawings;
mod handing;
mod taking;
mod waiting;

use super::browser;
use super::lane::Lane;
use super::points::Setting;
use super::trainer::{Offer, Taken};
use crate::data::digits::Collection;
use crate::data::table::{Preview, Roles};
use crate::data::{DataConfig, DataSet};
use crate::train::{Experiment, InitialWeights};
use leptos::prelude::*;

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
    /// Whether the page looks for runs that this tab kept, which drawings then wait for.
    pub(super) takes_up: StoredValue<bool>,
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
            takes_up: StoredValue::new(false),
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

fn joined(words: &[String]) -> Option<String> {
    (!words.is_empty()).then(|| words.join(" "))
}
