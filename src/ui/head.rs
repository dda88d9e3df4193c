//! The question, the verdict with its remedies, and words to the visitor.

use super::Page;
use super::icons::{self, Icon};
use crate::labs::{Tone, Verdict};
use leptos::prelude::*;
use std::time::Duration;

/// The verdict is renewed at most this often while a run plays, so that it can be read.
const RENEWAL: Duration = Duration::from_millis(250);

fn class_of(tone: Tone) -> &'static str {
    match tone {
        Tone::Note => "verdict verdict--note",
        Tone::Good => "verdict verdict--good",
        Tone::Warn => "verdict verdict--warn",
        Tone::Bad => "verdict verdict--bad",
    }
}

fn icon_of(tone: Tone) -> &'static str {
    match tone {
        Tone::Note => icons::NOTE,
        Tone::Good => icons::GOOD,
        Tone::Warn => icons::WARN,
        Tone::Bad => icons::BAD,
    }
}

#[component]
pub fn Head(page: Page) -> impl IntoView {
    let question = Memo::new(move |_| page.current.with(|experiment| page.lab().question(experiment)));
    let verdict = calmed(page);
    let remedies = Memo::new(move |_| verdict.with(|verdict| verdict.remedies.clone()));
    // Spoken only when the finding is another one, not with every digit.
    let spoken = Memo::new(move |before: Option<&(String, String)>| {
        verdict.with(|verdict| match before {
            Some((word, text)) if *word == verdict.word => (word.clone(), text.clone()),
            _ => (verdict.word.clone(), verdict.text.clone()),
        })
    });
    view! {
        <div class="lab__head">
            <h1 class="question">{move || question.get()}</h1>
            <section class=move || class_of(verdict.with(|verdict| verdict.tone)) aria-label="Verdict" data-testid="verdict">
                <Icon path=Signal::derive(move || icon_of(verdict.with(|verdict| verdict.tone))) />
                <p class="num">
                    <strong>{move || verdict.with(|verdict| verdict.word.clone())}</strong>" "
                    {move || verdict.with(|verdict| verdict.text.clone())}
                </p>
                <div class="verdict__fix">
                    {move || {
                        remedies
                            .get()
                            .into_iter()
                            .map(|remedy| {
                                let (key, value) = (remedy.key, remedy.value);
                                view! { <button class="btn" on:click=move |_| page.set(&key, &value)>{remedy.label}</button> }
                            })
                            .collect_view()
                    }}
                </div>
            </section>
            <p class="vh" role="status">{move || spoken.with(|(word, text)| format!("{word} {text}"))}</p>
            {move || {
                page.notice.get().map(|notice| {
                    view! {
                        <div class="notice verdict verdict--bad" role="alert" data-testid="notice">
                            <Icon path=icons::BAD /><p>{notice}</p>
                            <button class="btn btn--icon" aria-label="Dismiss" on:click=move |_| page.notice.set(None)>
                                <Icon path=icons::CLOSE small=true />
                            </button>
                        </div>
                    }
                })
            }}
        </div>
    }
}

/// The verdict as it is shown: at once, then at a pace that can be read.
fn calmed(page: Page) -> RwSignal<Verdict> {
    let shown = RwSignal::new(page.verdict.get_untracked());
    let is_due = StoredValue::new(true);
    Effect::new(move |_| {
        page.verdict.track();
        if !is_due.get_value() {
            return;
        }
        is_due.set_value(false);
        shown.set(page.verdict.get_untracked());
        set_timeout(
            move || {
                is_due.set_value(true);
                let latest = page.verdict.get_untracked();
                if shown.with_untracked(|verdict| *verdict != latest) {
                    shown.set(latest);
                }
            },
            RENEWAL,
        );
    });
    shown
}
