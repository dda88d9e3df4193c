//! Runs kept for a reload, and for a worker that comes to its end: the run of each lane as a file, renewed about once
//! a second while it goes on, in memory and in the browser's own store (`IndexedDB`). A tab finds its own again.

use super::Page;
use super::lane::Lane;
use super::trainer::Offer;
use crate::data::DataSet;
use crate::train::{Experiment, InitialWeights};
use crate::worker::protocol::Frame;
use idb::{Database, Error, ObjectStore, Query, TransactionMode};
use js_sys::{ArrayBuffer, Date, Math, Uint8Array};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::JsValue;

/// Time between two files of a run that goes on.
const PAUSE_MS: f64 = 1000.0;
/// A file so large that writing it would take more than this share of the time is written less often.
const BYTES_A_MS: f64 = 5000.0;
/// Time for which the runs of tabs that were closed are kept.
const KEPT_MS: f64 = 7.0 * 24.0 * 3600.0 * 1000.0;
const DATABASE: &str = "glassbox";
const STORE: &str = "runs";
/// Key of the name of this tab.
const TAB: &str = "glassbox-tab";

/// What is kept of the run of one lane.
#[derive(Default)]
pub struct Keeping {
    is_unsaved: bool,
    asked_ms: f64,
    /// The run's number and its newest file.
    file: Option<(u32, ArrayBuffer)>,
    /// What the file that is being read may bring.
    pub takes_up: Option<TakesUp>,
}

/// Which run a file that was kept may bring back.
#[derive(Clone, Copy, PartialEq)]
pub enum TakesUp {
    /// That of the address, after a reload.
    OfAddress,
    /// Any, after a crash: the newest that there is.
    Any,
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
        let is_due = self.is_unsaved && Date::now() - self.asked_ms >= pause;
        if is_due {
            (self.is_unsaved, self.asked_ms) = (false, Date::now());
        }
        is_due
    }

    /// Keeps a file of the run of this number.
    pub fn keep(&mut self, run: u32, bytes: &[u8]) {
        self.file = Some((run, Uint8Array::from(bytes).buffer()));
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

    /// Takes up the runs that this tab kept before it was reloaded, where they are those of the address.
    pub fn take_up(self) {
        for lane in self.open_lanes() {
            spawn_local(async move {
                let Some(file) = get(lane.index).await else { return };
                // Files on their way, such as drawings that the address asks for, go before.
                let is_reading =
                    self.awaited().is_some() || self.own().reading.with_untracked(Option::is_some);
                let is_untouched = !is_reading
                    && !self.is_playing.get_untracked()
                    && lane.progress.with_untracked(|progress| progress.head == 0);
                let experiment = lane.experiment.get_untracked();
                if is_untouched && is_whole(&experiment) {
                    take_up_file(lane, experiment, file, TakesUp::OfAddress);
                }
            });
        }
        spawn_local(async { _ = forget_old().await });
    }
}

/// Has the worker of a lane read a file that was kept, and the lane take up its run.
pub(super) fn take_up_file(lane: Lane, experiment: Experiment, file: ArrayBuffer, takes_up: TakesUp) {
    lane.update_trainer(|trainer| {
        trainer.start_on(experiment, Offer { set: None, files: vec![("the kept run".into(), file)] });
        trainer.keeping.takes_up = Some(takes_up);
    });
}

/// Whether a file holds all that a run of this experiment needs: neither data nor first weights from elsewhere.
pub(super) fn is_whole(experiment: &Experiment) -> bool {
    let is_given = experiment.data.set().is_ok_and(DataSet::is_given);
    !is_given && experiment.initial_weights != Some(InitialWeights::Model)
}

/// The name of this tab, which a reload leaves it: when it was opened, and a random number.
fn tab() -> Option<String> {
    let storage = window().session_storage().ok().flatten()?;
    storage.get_item(TAB).ok().flatten().or_else(|| {
        let name = format!("{:.0}-{:.0}", Date::now(), Math::random() * 1e9);
        storage.set_item(TAB, &name).ok().map(|()| name)
    })
}

fn key(lane: usize) -> Option<JsValue> {
    tab().map(|tab| format!("{tab}/{lane}").into())
}

async fn database() -> Result<Database, Error> {
    Database::builder(DATABASE).version(1).add_object_store(ObjectStore::builder(STORE)).build().await
}

async fn put(lane: usize, bytes: &Uint8Array) -> Option<()> {
    let key = key(lane)?;
    let database = database().await.ok()?;
    let transaction = database.transaction(&[STORE], TransactionMode::ReadWrite).ok()?;
    transaction.object_store(STORE).ok()?.put(bytes, Some(&key)).ok()?.await.ok()?;
    let done = transaction.commit().ok()?.await.ok();
    database.close();
    done.map(|_| ())
}

async fn get(lane: usize) -> Option<ArrayBuffer> {
    let key = key(lane)?;
    let database = database().await.ok()?;
    let transaction = database.transaction(&[STORE], TransactionMode::ReadOnly).ok()?;
    let file = transaction.object_store(STORE).ok()?.get(Query::Key(key)).ok()?.await.ok()?;
    database.close();
    Some(file?.dyn_into::<Uint8Array>().ok()?.buffer())
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
