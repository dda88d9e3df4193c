//! Ratings and documents of the visitor's own, for machines that learn from those.

use super::icons::{self, Icon};
use super::intake;
use super::page::Page;
use leptos::html;
use leptos::prelude::*;

/// What is said of files of a set: the title, what is opened, and how it is written.
fn words(set: &str) -> [&'static str; 3] {
    match set {
        "own_ratings" => [
            "Your own ratings",
            "Open ratings…",
            "A table of user, film and stars, as CSV or as u.data of MovieLens; a second file may name the films. Dropping them on the page works as well.",
        ],
        _ => [
            "Your own documents",
            "Open documents…",
            "Plain text, documents apart by blank lines; several text files; or LDA-C with its words. Dropping them on the page, or pasting a text, works as well.",
        ],
    }
}

#[component]
pub fn OwnCounts(page: Page) -> impl IntoView {
    let own = page.own();
    let input = NodeRef::<html::Input>::new();
    let set = Memo::new(move |_| page.set_of_text());
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
    let given = Memo::new(move |_| own.given(set.get()));
    let is_on_it = Memo::new(move |_| page.current.with(|now| now.data.name == set.get()));
    let about = move || {
        given.get().map(|(_, summary)| {
            view! {
                <p class="hint" data-testid="given">{summary}</p>
                {move || (!is_on_it.get()).then(|| view! {
                    <button class="btn btn--line own__open" on:click=move |_| page.train_on(set.get_untracked())>"Train on them"</button>
                })}
            }
        })
    };
    view! {
        <details class="fold own" id="own-counts">
            <summary><Icon path=icons::CHEVRON small=true />{move || words(set.get())[0]}</summary>
            <div>
                <button class="btn btn--line own__open" data-testid="open-counts" on:click=open>{move || words(set.get())[1]}</button>
                <input node_ref=input type="file" multiple=true class="vh" tabindex="-1" aria-label="Files to open" data-testid="counts-input" on:change=on_files />
                {about}
                <p class="hint">{move || words(set.get())[2]}" They stay in this browser."</p>
            </div>
        </details>
    }
}
