//! Runs kept for a reload, and for a worker that comes to its end: the run of each lane as a file, renewed about once
//! a second while it goes on, in memory and in the browser's own store (`IndexedDB`), there with the files that runs
//! are on. A tab finds its own again, and what was looked at.

use super::lane::Lane;
use super::trainer::{Offer, Trainer};
use super::{Page, address};
use crate::data::{DataConfig, DataSet};
use crate::labs::Lanes;
use crate::train::{Experiment, InitialWeights};
use crate::worker::protocol::Frame;
use idb::{Database, Error, ObjectStore, Query, TransactionMode};
use js_sys::{Array, ArrayBuffer, Date, Math, Uint8Array};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::JsValue;
use web_sys::Storage;

/// Time between two files of a run that goes on.
const PAUSE_MS: f64 = 1000.0;
/// A file so large that writing it would take more than this share of the time is written less often.
const BYTES_A_MS: f64 = 5000.0;
/// Time for which the runs of tabs that were closed are kept.
const KEPT_MS: f64 = 7.0 * 24.0 * 3600.0 * 1000.0;
/// All files together that runs are on, at most; larger ones are not kept.
const MAX_FILES_MB: f64 = 64.0;
const DATABASE: &str = "glassbox";
const STORE: &str = "runs";
/// Key of the name of this tab, and of what was looked at in it.
const TAB: &str = "glassbox-tab";
const LOOK: &str = "glassbox-look";

/// What is kept of the run of one lane.
#[derive(Default)]
pub struct Keeping {
    is_unsaved: bool,
    asked_ms: f64,
    /// Whether what was kept before a reload is still to be looked at.
    pub waits: bool,
    /// The run's number and its newest file.
    file: Option<(u32, ArrayBuffer)>,
    /// What the file that is being read may bring.
    pub takes_up: Option<TakesUp>,
    /// The run that is taken up as soon as one has begun on the files that it is on.
    pub next: Option<(Experiment, ArrayBuffer, TakesUp)>,
}

/// Which run a file that was kept may bring back.
#[derive(Clone, Copy, PartialEq)]
pub enum TakesUp {
    /// That of the address, after a reload.
    OfAddress,
    /// Any, after a crash: the newest that there is.
    Any,
}

/// What of the runs of a link was looked at when the page was left.
#[derive(Serialize, Deserialize)]
struct Look {
    link: String,
    lane: usize,
    layer: usize,
    is_in_step: bool,
}

/// Keeps what is looked at when the page is left.
pub fn listen(page: Page) {
    let on_hide = window_event_listener_untyped("pagehide", move |_| {
        let look = Look {
            link: address::hash(),
            lane: page.selected_lane.get_untracked(),
            layer: page.layer.get_untracked(),
            is_in_step: page.is_in_step.get_untracked(),
        };
        let text = serde_json::to_string(&look).expect("a look is plain data");
        _ = session().and_then(|session| session.set_item(LOOK, &text).ok()); // costs no more than another click
    });
    on_cleanup(move || on_hide.remove());
}

impl Keeping {
    /// Notes a frame: at the end of what is known of a run it is to be kept.
    pub fn note(&mut self, frame: &Frame, is_changed: bool) {
        self.is_unsaved |= frame.step == frame.head && (is_changed || frame.steps > 0);
    }

    /// Whether the run is to be kept now; if so, it counts as asked for.
    pub fn is_due(&mut self, is_playing: bool) -> bool {
        let bytes = self.file.as_ref().map_or(0, |(_, file)| file.byte_length());
        let pause = if is_playing { PAUSE_MS.max(f64::from(bytes) / BYTES_A_MS) } else { 0.0 };
        // What is kept is not written over while it is still to be taken up.
        let is_held = self.waits || self.takes_up.is_some() || self.next.is_some();
        let is_due = self.is_unsaved && !is_held && Date::now() - self.asked_ms >= pause;
        if is_due {
            (self.is_unsaved, self.asked_ms) = (false, Date::now());
        }
        is_due
    }

    /// Keeps a file of the run of this number.
    pub fn keep(&mut self, run: u32, bytes: &[u8]) {
        self.file = Some((run, Uint8Array::from(bytes).buffer()));
    }

    /// Counts the newest file as one of the run of this number, which goes on with it.
    pub fn hand_on(&mut self, run: u32) {
        if let Some((of, _)) = &mut self.file {
            *of = run;
        }
    }

    /// The newest file of the run of this number.
    pub fn file_of(&self, run: u32) -> Option<ArrayBuffer> {
        self.file.as_ref().filter(|(of, _)| *of == run).map(|(_, file)| file.slice(0))
    }
}

impl Page {
    /// Keeps the run of a lane for a reload.
    pub(super) fn keep(self, lane: Lane, run: u32, bytes: &[u8]) {
        lane.update_trainer(|trainer| trainer.keeping.keep(run, bytes));
        let bytes = Uint8Array::from(bytes);
        spawn_local(async move {
            if put(lane.index, &bytes).await.is_none() && !self.is_told_of_store.get_value() {
                self.is_told_of_store.set_value(true);
                let text =
                    "This browser keeps no runs: after a reload they begin anew. Export keeps one as a file.";
                self.notice.set(Some(text.into()));
            }
        });
    }

    /// Looks at what was looked at when this link was left in this tab.
    pub(super) fn take_up_look(self) {
        let text = session().and_then(|session| session.get_item(LOOK).ok().flatten()).unwrap_or_default();
        let look = serde_json::from_str(&text).ok().filter(|look: &Look| look.link == address::hash());
        if let Some(look) = look {
            self.is_in_step.set(look.is_in_step);
            self.layer.set(look.layer);
            self.select_lane(look.lane);
            self.clamp_layer();
        }
    }

    /// Keeps for a reload what files gave for the data `set`, or without one a model.
    pub(super) fn keep_files(self, set: Option<String>) {
        let own = self.own();
        let Some(offer) = own.held(set.as_deref()) else { return };
        let mb = own.held_bytes() / f64::from(1 << 20);
        let is_small = mb <= MAX_FILES_MB;
        let given = set.as_deref().and_then(|set| untrack(|| own.given(set)));
        spawn_local(async move {
            let Some(key) = key_of_files(set.as_deref()) else { return };
            // What was kept of others goes either way.
            let is_kept = if is_small {
                put_at(&key, &to_js(&offer, given.as_ref())).await
            } else {
                delete(&key).await
            };
            let text = match is_kept {
                _ if !is_small => format!(
                    "Your files are {mb:.0} MB, more than the {MAX_FILES_MB} MB that are kept for a reload: open them again after one."
                ),
                None => "This browser does not keep your files: open them again after a reload.".into(),
                Some(()) => return,
            };
            self.notice.set(Some(text));
        });
    }

    /// Takes up the runs that this tab kept before it was reloaded, where they are those of the address, which is
    /// `link`; `word` says what they wait for if that is not there.
    pub(super) fn take_up(self, link: &Lanes, word: Option<String>) {
        let others = link.others.iter().map(|(index, experiment)| (*index, experiment));
        let runs = std::iter::once((0, &link.first)).chain(others).map(|(index, experiment)| {
            let lane = self.lane_at(index);
            (lane, experiment.clone(), lane.experiment.get_untracked())
        });
        let runs: Vec<_> = runs.collect();
        let wait = move |lane: Lane, waits| lane.update_trainer(|trainer| trainer.keeping.waits = waits);
        runs.iter().for_each(|(lane, ..)| wait(*lane, true));
        self.own().takes_up.set_value(true);
        spawn_local(async move {
            let mut kept = Vec::new();
            for (lane, wanted, opened) in runs {
                let file = get(lane.index).await;
                if is_on_files(&wanted) {
                    self.take_back_files(&wanted).await;
                }
                kept.push((lane, wanted, opened, file));
            }
            // Files on their way go before.
            let is_free =
                self.own().reading.with_untracked(Option::is_none) && !self.is_playing.get_untracked();
            let mut is_waiting = false;
            for (lane, wanted, opened, file) in kept {
                wait(lane, false);
                let is_untouched = is_free
                    && lane.progress.with_untracked(|progress| progress.head == 0)
                    && lane.experiment.with_untracked(|now| *now == opened);
                let goes_on = is_untouched
                    && file.is_some_and(|file| self.go_on(lane, wanted.clone(), file, TakesUp::OfAddress));
                is_waiting |= is_on_files(&wanted) && !goes_on;
                lane.update_trainer(Trainer::wake);
            }
            self.own().takes_up.set_value(false);
            self.give_awaited_drawings();
            if word.is_some() && is_waiting {
                self.notice.set(word);
            }
            _ = forget_old().await;
        });
    }

    /// Has the files again that a run is on and that this tab kept.
    async fn take_back_files(self, wanted: &Experiment) -> Option<()> {
        let set = needed_set(wanted);
        if self.own().held(set.as_deref()).is_some() {
            return Some(());
        }
        let (offer, given) = from_js(set, &get_at(&key_of_files(needed_set(wanted).as_deref())?).await?)?;
        let is_for = |data: &DataConfig| {
            wanted.data.asks_for(data) || (wanted.data.table.is_some() && data.table.is_some())
        };
        if given.as_ref().is_some_and(|(data, _)| !is_for(data)) {
            return None;
        }
        self.own().take_back(offer, given);
        Some(())
    }

    /// Lets a lane go on with the run of a file that was kept, where that is on files that its worker lacks as soon as
    /// it has begun on them; whether they are at hand.
    pub(super) fn go_on(self, lane: Lane, wanted: Experiment, file: ArrayBuffer, takes_up: TakesUp) -> bool {
        let set = needed_set(&wanted);
        if !is_on_files(&wanted)
            || lane.try_update_trainer(|trainer| trainer.holds(set.as_deref())) == Some(true)
        {
            take_up_file(lane, wanted, file, takes_up);
            return true;
        }
        // Weights that it began with are in the file as far as it needs them.
        let initial_weights = if set.is_some() { None } else { wanted.initial_weights };
        let first = Experiment { initial_weights, edits: Vec::new(), ..wanted.clone() };
        if self.own().held(set.as_deref()).is_none() {
            return false;
        }
        self.own().wait_no_more();
        self.restart(lane, first);
        lane.update_trainer(|trainer| {
            trainer.hand_on();
            trainer.keeping.next = Some((wanted, file, takes_up));
        });
        true
    }
}

/// Has the worker of a lane read a file that was kept, and the lane take up its run.
pub(super) fn take_up_file(lane: Lane, experiment: Experiment, file: ArrayBuffer, takes_up: TakesUp) {
    lane.update_trainer(|trainer| {
        trainer.start_on(experiment, Offer { set: None, files: vec![("the kept run".into(), file)] });
        trainer.keeping.takes_up = Some(takes_up);
    });
}

/// Whether a run needs what files gave: data, or first weights.
fn is_on_files(experiment: &Experiment) -> bool {
    needed_set(experiment).is_some() || experiment.initial_weights == Some(InitialWeights::Model)
}

/// The data set of a run that files gave, if it is on one.
fn needed_set(experiment: &Experiment) -> Option<String> {
    let is_given = experiment.data.set().is_ok_and(DataSet::is_given);
    is_given.then(|| experiment.data.name.clone())
}

/// Files as the store keeps them: what they are as JSON, then the name and the bytes of each.
fn to_js(offer: &Offer, given: Option<&(DataConfig, String)>) -> JsValue {
    let about = serde_json::to_string(&given).expect("settings are plain data");
    let files = offer.files.iter().flat_map(|(name, bytes)| [JsValue::from(name), JsValue::from(bytes)]);
    std::iter::once(JsValue::from(about)).chain(files).collect::<Array>().into()
}

fn from_js(set: Option<String>, value: &JsValue) -> Option<(Offer, Option<(DataConfig, String)>)> {
    let parts: Vec<JsValue> = value.dyn_ref::<Array>()?.to_vec();
    let (about, files) = parts.split_first()?;
    let given = serde_json::from_str(&about.as_string()?).ok()?;
    let file = |pair: &[JsValue]| Some((pair[0].as_string()?, pair[1].clone().dyn_into().ok()?));
    let files = files.chunks_exact(2).map(file).collect::<Option<Vec<_>>>()?;
    (!files.is_empty()).then_some((Offer { set, files }, given))
}

fn session() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

/// The name of this tab, which a reload leaves it: when it was opened, and a random number.
fn tab() -> Option<String> {
    let storage = session()?;
    storage.get_item(TAB).ok().flatten().or_else(|| {
        let name = format!("{:.0}-{:.0}", Date::now(), Math::random() * 1e9);
        storage.set_item(TAB, &name).ok().map(|()| name)
    })
}

fn key(lane: usize) -> Option<JsValue> {
    tab().map(|tab| format!("{tab}/{lane}").into())
}

fn key_of_files(set: Option<&str>) -> Option<JsValue> {
    tab().map(|tab| format!("{tab}/files/{}", set.unwrap_or("model")).into())
}

async fn database() -> Result<Database, Error> {
    Database::builder(DATABASE).version(1).add_object_store(ObjectStore::builder(STORE)).build().await
}

async fn put(lane: usize, bytes: &Uint8Array) -> Option<()> {
    put_at(&key(lane)?, bytes).await
}

async fn get(lane: usize) -> Option<ArrayBuffer> {
    Some(get_at(&key(lane)?).await?.dyn_into::<Uint8Array>().ok()?.buffer())
}

async fn put_at(key: &JsValue, value: &JsValue) -> Option<()> {
    let database = database().await.ok()?;
    let transaction = database.transaction(&[STORE], TransactionMode::ReadWrite).ok()?;
    transaction.object_store(STORE).ok()?.put(value, Some(key)).ok()?.await.ok()?;
    let done = transaction.commit().ok()?.await.ok();
    database.close();
    done.map(|_| ())
}

async fn get_at(key: &JsValue) -> Option<JsValue> {
    let database = database().await.ok()?;
    let transaction = database.transaction(&[STORE], TransactionMode::ReadOnly).ok()?;
    let value = transaction.object_store(STORE).ok()?.get(Query::Key(key.clone())).ok()?.await.ok()?;
    database.close();
    value
}

async fn delete(key: &JsValue) -> Option<()> {
    let database = database().await.ok()?;
    let transaction = database.transaction(&[STORE], TransactionMode::ReadWrite).ok()?;
    transaction.object_store(STORE).ok()?.delete(Query::Key(key.clone())).ok()?.await.ok()?;
    let done = transaction.commit().ok()?.await.ok();
    database.close();
    done.map(|_| ())
}

/// Forgets the runs of tabs that were opened long ago.
async fn forget_old() -> Option<()> {
    let mine = tab()?;
    let database = database().await.ok()?;
    let transaction = database.transaction(&[STORE], TransactionMode::ReadWrite).ok()?;
    let store = transaction.object_store(STORE).ok()?;
    for key in store.get_all_keys(None, None).ok()?.await.ok()? {
        let name = key.as_string().unwrap_or_default();
        let opened = name.split('-').next().and_then(|ms| ms.parse::<f64>().ok());
        if !name.starts_with(&mine) && opened.is_none_or(|opened| Date::now() - opened > KEPT_MS) {
            store.delete(Query::Key(key)).ok()?.await.ok()?;
        }
    }
    transaction.commit().ok()?.await.ok()?;
    database.close();
    Some(())
}
