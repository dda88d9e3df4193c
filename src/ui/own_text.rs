//! A text of the visitor's own to learn from: pasted, opened or dropped.

use super::icons::{self, Icon};
use super::intake;
use super::lane::Lane;
use super::page::Page;
use super::trainer::Taken;
use crate::data::{DataConfig, DataSet};
use leptos::html;
use leptos::prelude::*;

/// The set that texts from outside are of.
pub const SET: &str = "own_text";

impl Page {
    /// The worker of a lane holds what files gave.
    pub(super) fn hold_files(self, lane: Lane, taken: &Taken) {
        if self.own().hold(taken.clone()) {
            self.keep_files(taken.set());
            if let Taken::Data(data, _) = taken {
                self.share_text(data, lane.index);
            }
        }
    }

    /// What the other lanes learn is the same text: what one of them was given is theirs too.
    fn share_text(self, data: &DataConfig, giver: usize) {
        if !data.set().is_ok_and(DataSet::is_of_text) {
            return;
        }
        let value = serde_json::to_value(data).expect("settings are plain data");
        for lane in self.open_lanes().filter(|lane| lane.index != giver) {
            // Of a text before this one.
            lane.update_trainer(|trainer| trainer.let_go(&data.name));
            let current = lane.current.get_untracked();
            if let Ok(experiment) = self.lab().change(&current, "data", &value) {
                self.restart(lane, experiment);
            }
        }
        self.write_address();
    }
}

#[component]
pub fn OwnText(page: Page) -> impl IntoView {
    let own = page.own();
    let (input, area) = (NodeRef::<html::Input>::new(), NodeRef::<html::Textarea>::new());
    let open = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let on_files = move |_| {
        if let Some(input) = input.get_untracked() {
            intake::take(page, input.files());
            input.set_value(""); // so that the same file can be opened again
        }
    };
    let read = move |_| {
        if let Some(area) = area.get_untracked() {
            intake::take_text(page, &area.value());
        }
    };
    let given = Memo::new(move |_| own.given(SET));
    let is_on_it = Memo::new(move |_| page.current.with(|now| now.data.name == SET));
    let about = move || {
        given.get().map(|(_, summary)| {
            view! {
                <p class="hint" data-testid="given">{summary}</p>
                {move || (!is_on_it.get()).then(|| view! {
                    <button class="btn btn--line own__open" on:click=move |_| page.train_on(SET)>"Train on it"</button>
                })}
            }
        })
    };
    view! {
        <details class="fold own" id="own">
            <summary><Icon path=icons::CHEVRON small=true />"Your own text"</summary>
            <div>
                <label class="hint" for="own-text">"Paste a text to learn from: a few thousand characters teach its words, a book its manner."</label>
                <textarea node_ref=area id="own-text" rows="4" spellcheck="false"></textarea>
                <button class="btn btn--line own__open" data-testid="read-text" on:click=read>"Learn from this text"</button>
                <button class="btn btn--line own__open" data-testid="open-text" on:click=open>"Open a file…"</button>
                <input node_ref=input type="file" class="vh" tabindex="-1" aria-label="Text to open" data-testid="file-input" on:change=on_files />
                {about}
                <p class="hint">"Plain text in UTF-8, at most 20 MB; dropping it on the page works as well. It stays in this browser."</p>
            </div>
        </details>
    }
}
