//! The visitor's own drawings: collected from the pad and from files, and trained on; and an image put on the pad.

use super::joined;
use crate::data::digits::{Collection, Drawing, Photo};
use crate::data::idx;
use crate::labs::format::count;
use crate::ui::browser;
use crate::ui::page::Page;
use crate::ui::running::refusal;
use js_sys::Uint8Array;
use leptos::prelude::*;

impl Page {
    /// Puts an image on the pad.
    pub fn put_photo(self, photo: Photo) {
        self.sheet.update(|sheet| sheet.put(photo));
        self.refresh();
        browser::bring_to_sight("[data-testid=pad]");
    }

    /// Adds what is on the pad to the drawings.
    pub fn add_drawing(self, digit: u8) {
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

    /// Trains on the drawings as they are now.
    pub fn train_on_drawings(self) {
        self.notice.set(None);
        self.give_drawings();
    }

    pub(super) fn give_drawings(self) {
        self.own().drawings.with_untracked(|drawings| self.train_on_collection(drawings));
    }

    pub(super) fn train_on_collection(self, drawings: &Collection) {
        let (pictures, labels) = drawings.pictures();
        let names = ["drawings", "their labels"].map(ToOwned::to_owned);
        let files =
            idx::to_bytes(&pictures, &labels).map(|bytes| Uint8Array::from(bytes.as_slice()).buffer());
        self.give("drawings", names.into_iter().zip(files).collect());
    }
}
