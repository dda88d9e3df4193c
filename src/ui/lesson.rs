//! The page as a lesson shows it, and the dialog in which a teacher makes the link to one.

use super::icons::{self, Icon};
use super::page::Page;
use super::{address, browser};
use crate::labs::{Lesson, PARTS, frame};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// What the address says: it stays as it is while the page is open.
pub fn now() -> Lesson {
    Lesson::from_query(&window().location().search().unwrap_or_default())
}

/// Tells what of the address is not understood.
pub fn check(page: Page) {
    if let Err(error) = now().check() {
        let said = format!("The address leaves out what is not there: {error}. The rest of it is left out.");
        page.notice.set(Some(said));
    }
}

/// From a lab that stands alone to the whole page.
#[component]
pub fn OpenLink(page: Page) -> impl IntoView {
    let link = Memo::new(move |_| {
        page.experiment.track();
        address::with_query("", &page.link())
    });
    now().is_embedded.then(|| {
        view! { <a class="btn bar__open" href=move || link.get() target="_blank" rel="noopener"><Icon path=icons::LINK /><span>"Open in Glassbox"</span></a> }
    })
}

/// Whether the dialog for teachers is open, for the menu that opens it.
#[derive(Clone, Copy)]
pub struct IsTeaching(pub RwSignal<bool>);

/// The dialog for teachers, while it is open.
#[component]
pub fn Teachers(page: Page, is_open: RwSignal<bool>) -> impl IntoView {
    view! { <Show when=move || is_open.get()><Making page=page is_open=is_open /></Show> }
}

#[component]
fn Making(page: Page, is_open: RwSignal<bool>) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get()
            && !dialog.open()
        {
            let _ = dialog.show_modal(); // fails only for a dialog that is open already
        }
    });
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close(); // gives the focus back, and tells `on:close`
        }
    };
    let lesson = RwSignal::new(now());
    let check = move |(key, label): (String, &'static str)| {
        let is_hidden = {
            let key = key.clone();
            move || lesson.with(|lesson| lesson.hides(&key))
        };
        let toggle = move |_| {
            lesson.update(|lesson| {
                if !lesson.hidden.remove(&key) {
                    lesson.hidden.insert(key.clone());
                }
            });
        };
        view! { <label class="check"><input type="checkbox" prop:checked=is_hidden on:change=toggle /><span>{label}</span></label> }
    };
    let controls = page.current.with_untracked(|experiment| page.lab().controls(experiment));
    let controls = controls.into_iter().map(|control| (control.key, control.label));
    let parts = PARTS.into_iter().map(|(name, label)| (name.to_owned(), label));
    let address = Memo::new(move |_| {
        page.experiment.track();
        lesson.with(|lesson| address::with_query(&lesson.to_query(), &page.link()))
    });
    let text = Memo::new(move |_| {
        if lesson.with(|lesson| lesson.is_embedded) {
            frame(&address.get(), page.lab())
        } else {
            address.get()
        }
    });
    let word = RwSignal::new("Copy");
    let copy = move |_| {
        spawn_local(async move {
            let is_copied = browser::copy(text.get_untracked()).await;
            word.set(if is_copied { "Copied" } else { "Select and copy it above" });
            set_timeout(move || word.set("Copy"), Duration::from_secs(2));
        });
    };
    let form = move |is_embedded: bool, label: &'static str| {
        view! {
            <label><input type="radio" name="lesson-form" prop:checked=move || lesson.with(|lesson| lesson.is_embedded == is_embedded)
                on:change=move |_| lesson.update(|lesson| lesson.is_embedded = is_embedded) /><span>{label}</span></label>
        }
    };
    view! {
        <dialog node_ref=dialog class="dialog" id="teachers" aria-label="For teachers" on:close=move |_| is_open.set(false)>
            <header><h2>"For teachers"</h2>
                <button class="btn btn--icon" aria-label="Close" on:click=close><Icon path=icons::CLOSE /></button>
            </header>
            <div class="dialog__scroll lesson">
                <p class="hint">"A link to this very run, without what you leave out. What is left out still holds as you set it here."</p>
                <fieldset><legend class="h-small">"Leave out these controls"</legend><div class="lesson__checks">{controls.map(check).collect_view()}</div></fieldset>
                <fieldset><legend class="h-small">"and these parts of the page"</legend><div class="lesson__checks">{parts.map(check).collect_view()}</div></fieldset>
                <fieldset class="field"><legend>"To be used as"</legend><div class="seg">{form(false, "A link")}{form(true, "A frame in your page")}</div></fieldset>
                <textarea class="num" readonly=true rows="4" aria-label="Link or frame" data-testid="lesson-text" prop:value=move || text.get()></textarea>
                <div class="lesson__do">
                    <button class="btn btn--ink" data-testid="copy-lesson" on:click=copy><span aria-live="polite">{move || word.get()}</span></button>
                    <a class="btn btn--line" href=move || address.get() target="_blank" rel="noopener">"Try it"</a>
                </div>
            </div>
        </dialog>
    }
}
