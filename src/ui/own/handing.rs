//! Files on their way to the worker and back to the visitor: handed over, refused, stopped, saved.

use crate::data::FileKind;
use crate::labs::{LABS, Lab};
use crate::ui::browser;
use crate::ui::page::Page;
use crate::ui::trainer::{Offer, Trainer};
use js_sys::ArrayBuffer;
use leptos::prelude::*;

impl Page {
    /// Hands files to the worker; what it makes of them comes to [`Self::take_given`].
    pub fn give(self, set: &str, files: Vec<(String, ArrayBuffer)>) {
        self.offer(Offer { set: Some(set.into()), files });
    }

    /// Hands a model file to the worker; what it makes of it comes to [`Self::take_model`].
    pub fn give_model(self, name: String, bytes: ArrayBuffer) {
        self.offer(Offer { set: None, files: vec![(name, bytes)] });
    }

    pub(super) fn offer(self, offer: Offer) {
        if self.lane().try_update_trainer(|trainer| trainer.has_worker()) != Some(true) {
            return self.refuse_files("there is no trainer any more to read it: reload the page");
        }
        self.own().reading.set(Some(0.0));
        self.own().offered.set_value(Some(offer.copied()));
        self.update_trainer(|trainer| trainer.give(offer));
    }

    /// The data that text from outside is given for: a text to learn from where the lab takes those, else a table.
    pub fn set_of_text(self) -> &'static str {
        self.current.with(|now| self.lab().set_of_texts(now))
    }

    /// Why files of a kind are not taken in the lab that is open, if they are not.
    pub fn refusal_of_files(self, kind: FileKind) -> Option<String> {
        let takes = |lab: &dyn Lab| match kind {
            FileKind::Table => lab.takes_tables() || lab.takes_texts(),
            _ => lab.has_pad(),
        };
        if takes(self.lab()) {
            return None;
        }
        let others = LABS.into_iter().filter(|lab| takes(*lab)).map(Lab::title);
        let others = others.collect::<Vec<_>>().join(" or ");
        let what = if kind == FileKind::Table { "tables and texts" } else { "such files" };
        Some(format!("the lab {} takes no {what}: open the lab {others} for them", self.lab().title()))
    }

    /// Whether what was read is for the lab that is open now; if not, it is forgotten with a word.
    pub(super) fn is_for_this_lab(self, kind: FileKind) -> bool {
        match self.refusal_of_files(kind) {
            Some(reason) => self.forget_offer(&reason),
            None => return true,
        }
        false
    }

    /// What was read last is not taken.
    pub(super) fn forget_offer(self, reason: &str) {
        self.update_trainer(Trainer::forget_offer);
        self.refuse_files(reason);
    }

    /// Reads no further.
    pub fn stop_reading(self) {
        self.own().next_turn();
        self.own().reading.set(None);
        self.update_trainer(Trainer::stop_reading);
    }

    /// Says why files are not taken.
    pub fn refuse_files(self, reason: &str) {
        self.own().reading.set(None);
        self.notice.set(Some(format!("That was not taken: {reason}. Everything is as it was.")));
    }

    /// Hands the run to the visitor as a file.
    pub fn take_file(self, bytes: &[u8]) {
        if browser::download("run.safetensors", bytes).is_err() {
            self.notice.set(Some("The run was not saved: the browser does not allow it.".into()));
        }
    }
}
