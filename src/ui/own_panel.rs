//! How the visitor's own data are shown and brought along: files to open, drawings to collect, and what to
//! train on.

use super::icons::{self, Icon};
use super::own::{Kept, MIN_DRAWINGS};
use super::page::Page;
use super::trainer::Trainer;
use super::{browser, controls, intake};
use crate::data::digits::Collection;
use crate::labs::format::count;
use leptos::html;
use leptos::prelude::*;

/// How far files are read, and the way out.
#[component]
pub fn ReadingBar(page: Page) -> impl IntoView {
    let is_reading = Memo::new(move |_| page.own().reading.with(Option::is_some));
    let share = move || page.own().reading.get().unwrap_or(0.0);
    move || {
        is_reading.get().then(|| {
            view! {
                <div class="verdict verdict--note reading" data-testid="reading">
                    <p role="status">"Reading files…"</p>
                    <progress max="1" value=move || share().to_string() aria-label="Files read"></progress>
                    <button class="btn" on:click=move |_| page.stop_reading()>"Cancel"</button>
                </div>
            }
        })
    }
}

/// What to train on, files to open, and drawings to collect.
#[component]
pub fn OwnData(page: Page) -> impl IntoView {
    let own = page.own();
    let many = Memo::new(move |_| own.drawings.with(Collection::len));
    let input = NodeRef::<html::Input>::new();
    let open = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let on_files = move |_| {
        if let Some(input) = input.get_untracked() {
            intake::take(page, input.files());
            input.set_value(""); // so that the same files can be opened again
        }
    };
    let files = Memo::new(move |_| own.given("files").map(|(_, summary)| summary));
    let now = Memo::new(move |_| page.current.with(|experiment| experiment.data.name.clone()));
    let on_set = move |event: leptos::ev::Event| match event_target_value(&event).as_str() {
        "drawings" => page.train_on_drawings(),
        set => page.train_on(set),
    };
    let option = move |set: &'static str, label: Memo<String>, is_there: Memo<bool>| {
        view! {
            <option value=set selected=move || now.get() == set disabled=move || !is_there.get()>{move || label.get()}</option>
        }
    };
    let has_drawings = Memo::new(move |_| many.get() >= MIN_DRAWINGS);
    let has_files = Memo::new(move |_| files.with(Option::is_some));
    view! {
        <details class="fold own" id="own">
            <summary><Icon path=icons::CHEVRON small=true />"Your own data"<span>{move || match many.get() { 0 => String::new(), 1 => "1 drawing".into(), many => format!("{} drawings", count(many)) }}</span></summary>
            <div>
                <div class="field">
                    <div class="field__top"><label for="train-on">"Train on"<controls::Restarts /></label></div>
                    <select id="train-on" prop:value=move || now.get() on:change=on_set>
                        {option("digits", Memo::new(|_| "Generated digits".into()), Memo::new(|_| true))}
                        {option("files", Memo::new(move |_| if has_files.get() { "Your files".into() } else { "Your files (none opened)".into() }), has_files)}
                        {option("drawings", Memo::new(move |_| if has_drawings.get() { "Your drawings".into() } else { format!("Your drawings ({MIN_DRAWINGS} or more)") }), has_drawings)}
                    </select>
                </div>
                {move || files.get().map(|summary| view! { <p class="hint" data-testid="given">"Your files: "{summary}"."</p> })}
                <button class="btn btn--line own__open" data-testid="open-files" on:click=open>"Open files…"</button>
                <button class="btn btn--line own__open" data-testid="save-network" title="network.safetensors, for glassbox and for opening it here again"
                    on:click=move |_| page.update_trainer(Trainer::save)>"Save this network"</button>
                <input node_ref=input type="file" multiple=true class="vh" tabindex="-1" aria-label="Files to open" data-testid="file-input" on:change=on_files />
                <p class="hint">"Images and labels as IDX files, plain or gzip, as MNIST has them; drawings or a network that were saved here; or an image for the pad. Dropping them on the page and pasting an image work as well."</p>
                <Drawings page=page many=many />
            </div>
        </details>
    }
}

/// Adds what is on the pad, and trains on what was added.
#[component]
fn Drawings(page: Page, many: Memo<usize>) -> impl IntoView {
    let own = page.own();
    let digit = RwSignal::new(0_u8);
    let counts = Memo::new(move |_| own.drawings.with(Collection::counts));
    let is_empty = move || many.get() == 0;
    let digits =
        (0..10_u8).map(|digit| view! { <option value=digit.to_string()>{digit}</option> }).collect_view();
    let cells = (0..10_usize)
        .map(|digit| view! { <div><dt>{digit}</dt><dd>{move || counts.with(|counts| counts[digit])}</dd></div> })
        .collect_view();
    let kept = move || match own.kept.get() {
        Kept::All => "Kept in this browser for your next visit.",
        Kept::NotTheLast => {
            "More than 2 MB of drawings: the last ones are kept until this page is closed, so save them."
        }
        Kept::None => {
            "This browser stores nothing for this page: they are kept until it is closed, so save them."
        }
    };
    let save = move |_| {
        let text = own.drawings.with_untracked(Collection::to_ndjson);
        if browser::download("drawings.ndjson", text.as_bytes()).is_err() {
            page.notice.set(Some("The drawings were not saved: the browser does not allow it.".into()));
        }
    };
    view! {
        <h2 class="h-small own__head">"Your drawings"</h2>
        <div class="own__add">
            <label class="inline">"The pad shows a"
                <select class="num" id="drawing-digit" on:change=move |event| digit.set(event_target_value(&event).parse().unwrap_or(0))>{digits}</select>
            </label>
            <button class="btn btn--line" data-testid="add-drawing" on:click=move |_| page.add_drawing(digit.get_untracked())>"Add"</button>
            <button class="btn btn--icon" aria-label="Take the last drawing away" title="Take the last one away" disabled=is_empty
                on:click=move |_| own.change(Collection::undo)><Icon path=icons::UNDO /></button>
        </div>
        <dl class="own__counts num" data-testid="drawing-counts">{cells}</dl>
        <div class="own__add">
            <button class="btn btn--line" data-testid="train-on-drawings" disabled=move || many.get() < MIN_DRAWINGS
                title=format!("{MIN_DRAWINGS} drawings or more") on:click=move |_| page.train_on_drawings()>"Train on them"</button>
            <button class="btn" disabled=is_empty on:click=save>"Save"</button>
            <button class="btn" disabled=is_empty on:click=move |_| own.change(|own| *own = Collection::default())>"Clear all"</button>
        </div>
        <p class="hint">{kept}" “Vary the pictures” under More makes few of them go further."</p>
    }
}
