//! The question, the verdict with its remedies, and words to the visitor.

use super::Page;
use super::icons::{self, Icon};
use super::lane_list::{Tag, words};
use super::own_panel::ReadingBar;
use crate::labs::format::count;
use crate::labs::{Remedy, Tone, Verdict, lane_name};
use leptos::prelude::*;

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

/// What is seen beside the other lanes, in a sentence.
fn compared(page: Page, verdict: &Verdict) -> String {
    let here = page.selected_lane.get_untracked();
    let open = page.open_lanes.get_untracked();
    let others = open.into_iter().filter(|index| *index != here).map(|index| {
        let name = format!("{} ({})", lane_name(index), untrack(|| words(page, index)));
        (name, page.lane_at(index).verdict.get_untracked())
    });
    let mut verdict = verdict.clone();
    verdict.lows.goal = page.probe.with_untracked(|probe| probe.goal).or(verdict.lows.goal);
    page.lab().compared(&verdict, &others.collect::<Vec<_>>())
}

/// Whether a lane beside the selected one already is what the remedy would make.
fn is_open(page: Page, remedy: &Remedy) -> bool {
    let here = page.selected_lane.get();
    let others = page.open_lanes.get().into_iter().filter(|index| *index != here);
    let made = page.current.with(|now| page.lab().change(now, &remedy.key, &remedy.value));
    made.is_ok_and(|made| {
        others.map(|index| page.lane_at(index).current).any(|other| made.difference(&other.get()).is_empty())
    })
}

#[component]
pub fn Head(page: Page) -> impl IntoView {
    let question = Memo::new(move |_| page.current.with(|experiment| page.lab().question(experiment)));
    let verdict = Memo::new(move |_| {
        page.words.track();
        let mut verdict = page.verdict.get_untracked();
        let compared = compared(page, &verdict);
        if !compared.is_empty() {
            verdict.text = format!("{} {compared}", verdict.text);
        }
        verdict
    });
    let remedies = Memo::new(move |_| {
        let mut remedies = verdict.with(|verdict| verdict.remedies.clone());
        remedies.retain(|remedy| !is_open(page, remedy));
        remedies
    });
    // No further than the run can be gone back.
    let back_to = Memo::new(move |_| {
        let (first, step) = page.progress.with(|progress| (progress.first, progress.step));
        verdict.with(|verdict| verdict.back_to).map(|back| back.max(first)).filter(|back| *back < step)
    });
    // Spoken only when the finding is another one, not with every digit.
    let spoken = Memo::new(move |before: Option<&(String, String)>| {
        verdict.with(|verdict| match before {
            Some((word, text)) if *word == verdict.word => (word.clone(), text.clone()),
            _ => (verdict.word.clone(), verdict.text.clone()),
        })
    });
    // Its height while something is drawn, so that no pad below it moves under the pen.
    let section = NodeRef::<leptos::html::Section>::new();
    let held = Memo::new(move |_| {
        let is_drawing = page.is_drawing.get();
        let element = section.get_untracked().filter(|_| is_drawing)?;
        Some(format!("{}px", element.get_bounding_client_rect().height()))
    });
    view! {
        <div class="lab__head">
            <h1 class="question">{move || question.get()}</h1>
            <section node_ref=section class=move || class_of(verdict.with(|verdict| verdict.tone)) aria-label="Verdict"
                data-testid="verdict" style:height=move || held.get() style:overflow=move || held.get().map(|_| "hidden")>
                <Icon path=Signal::derive(move || icon_of(verdict.with(|verdict| verdict.tone))) />
                <p class="num">
                    <Tag page=page />
                    <strong>{move || verdict.with(|verdict| verdict.word.clone())}</strong>" "
                    {move || verdict.with(|verdict| verdict.text.clone())}
                </p>
                <div class="verdict__fix">
                    {move || {
                        remedies
                            .get()
                            .into_iter()
                            .map(|remedy| {
                                let label = remedy.label.clone();
                                match remedy.value.as_str().filter(|_| remedy.key == Remedy::LINK) {
                                    Some(link) => view! { <a class="btn" href=format!("#{link}")>{label}</a> }.into_any(),
                                    None => {
                                        view! { <button class="btn" on:click=move |_| page.apply(&remedy)>{label}</button> }
                                            .into_any()
                                    }
                                }
                            })
                            .collect_view()
                    }}
                    {move || {
                        back_to.get().map(|step| {
                            view! { <button class="btn" data-testid="back-to" on:click=move |_| page.seek(step)>{format!("Back to step {}", count(step))}</button> }
                        })
                    }}
                </div>
            </section>
            <p class="vh" role="status">{move || spoken.with(|(word, text)| format!("{word} {text}"))}</p>
            <ReadingBar page=page />
        </div>
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
    }
}
