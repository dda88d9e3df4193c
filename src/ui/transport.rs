//! The transport bar: play, step, reset, counters, speed, seed, share, export, theme.

use super::icons::{self, Icon};
use super::pace::SPEEDS;
use super::scrub::{Reached, RunUntil, Scrub};
use super::{Page, address, browser, export, keys, lesson};
use crate::data::DataSet;
use crate::labs::format::count;
use crate::train::MAX_SEED;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// Why a run that diverged does not play on.
pub const OVER: &str = "The run has diverged and cannot go on from here: go back along the bar of its steps, change a setting, or reset.";

#[component]
pub fn Transport(page: Page) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let is_over = Memo::new(move |_| page.is_over());
    let play_icon = Signal::derive(move || match page.is_playing.get() {
        _ if is_over.get() => icons::BAD,
        true => icons::PAUSE,
        false => icons::PLAY,
    });
    let play_word = move || match page.is_playing.get() {
        _ if is_over.get() => "Diverged",
        true => "Pause",
        false => "Play",
    };
    let why_not = move || is_over.get().then_some(OVER);
    let on_escape = window_event_listener(leptos::ev::keydown, move |event| {
        if event.key() == "Escape" && is_open.get_untracked() {
            is_open.set(false);
            keys::focus("bar-sheet");
        }
    });
    on_cleanup(move || on_escape.remove());
    view! {
        <header class="bar">
            <button class="btn btn--ink" id="play" aria-keyshortcuts="Space" data-testid="play" on:click=move |_| page.toggle_play()
                disabled=move || is_over.get() title=why_not>
                <Icon path=play_icon /><span>{play_word}</span>{move || (!is_over.get()).then(|| view! { <kbd>"space"</kbd> })}
            </button>
            <button class="btn btn--icon" aria-label="Step once" aria-keyshortcuts="." title=move || why_not().unwrap_or("Step  .") data-testid="step"
                disabled=move || is_over.get()
                on:click=move |_| page.advance(1)><Icon path=icons::STEP /></button>
            <button class="btn btn--icon" aria-label="Reset to the seed" aria-keyshortcuts="r" title="Reset  r" data-testid="reset"
                on:click=move |_| page.reset()><Icon path=icons::RESET /></button>
            <Counter page=page />
            <lesson::OpenLink page=page />
            <Show when=move || is_open.get()><div class="bar__veil" on:click=move |_| is_open.set(false)></div></Show>
            <div class="bar__more" class:open=move || is_open.get() id="bar-more">
                <span class="bar__rule"></span>
                <Speed page=page />
                <Seed page=page />
                <RunUntil page=page />
                <span class="bar__gap"></span>
                <Share page=page />
                <export::ExportMenu page=page />
                <ThemeButton page=page />
                <button class="btn btn--icon" aria-label="List of keys" title="Keys  ?" on:click=move |_| keys::open_list()>
                    <span aria-hidden="true">"?"</span><span class="only-phone">"Keys"</span>
                </button>
            </div>
            <button class="btn btn--icon bar__sheet-btn" id="bar-sheet" aria-label="Speed, seed, share, export, theme" aria-controls="bar-more"
                aria-expanded=move || is_open.get().to_string() on:click=move |_| is_open.update(|open| *open = !*open)>
                <Icon path=icons::SHEET />
            </button>
            <Scrub page=page />
            <Reached page=page />
        </header>
    }
}

#[component]
fn Counter(page: Page) -> impl IntoView {
    let step = Memo::new(move |_| page.progress.with(|progress| progress.step));
    let epoch = Memo::new(move |_| page.progress.with(|progress| progress.epoch));
    let pace = Memo::new(move |_| {
        let progress = page.progress.get();
        if page.is_playing.get() && progress.measured.steps_per_second > 0.0 {
            progress.measured.steps_per_second.round() as usize
        } else {
            0
        }
    });
    let items = Memo::new(move |_| page.progress.with(|progress| progress.epoch_items));
    // A test function is gone down without items.
    let has_no_epochs =
        Memo::new(move |_| page.current.with(|now| now.data.set().is_ok_and(DataSet::is_landscape)));
    let share = move || page.progress.with(|progress| format!("{:.3}", progress.measured.training_share));
    view! {
        <div class="counter num" data-testid="counter" data-step=move || step.get().to_string()
            data-epoch=move || epoch.get().to_string() data-training-share=share>
            <span class="counter__epoch" hidden=has_no_epochs><b>{move || count(epoch.get())}</b>" epoch"</span>
            <span class="counter__step" hidden=has_no_epochs>"step "{move || count(step.get())}</span>
            <span class="counter__epoch" hidden=move || !has_no_epochs.get()><b>{move || count(step.get())}</b>" step"</span>
            <progress class="epoch" hidden=has_no_epochs aria-label="This epoch" max=move || items.get()[1].max(1).to_string() value=move || items.get()[0].to_string()
                title=move || { let [done, of] = items.get(); format!("{} of {} training items of this epoch", count(done), count(of)) }></progress>
            <span class="wide pace">{move || (pace.get() > 0).then(|| format!("{} steps/s", count(pace.get())))}</span>
        </div>
    }
}

#[component]
fn Speed(page: Page) -> impl IntoView {
    let options = SPEEDS
        .iter()
        .enumerate()
        .map(|(index, speed)| {
            view! { <option value=index.to_string() selected=move || index == page.speed.get()>{speed.label}</option> }
        })
        .collect_view();
    let on_change = move |event| page.speed.set(event_target_value(&event).parse().unwrap_or(2));
    view! {
        <label class="inline" for="speed" title="Steps a second"><span>"Speed"</span>
            <select class="quiet num" id="speed" on:change=on_change>{options}</select>
        </label>
    }
}

#[component]
fn Seed(page: Page) -> impl IntoView {
    let seed = Memo::new(move |_| page.current.with(|experiment| experiment.seed));
    let on_change = move |event: leptos::ev::Event| {
        if let Ok(seed) = event_target_value(&event).trim().parse() {
            page.set_seed(seed);
        } else {
            let said = format!(
                "That was not taken: seed must be a whole number from 0 to {MAX_SEED}. Everything is as it was."
            );
            page.notice.set(Some(said));
        }
        // The seed in force, whatever was typed.
        event_target::<web_sys::HtmlInputElement>(&event).set_value(&seed.get_untracked().to_string());
    };
    view! {
        <label class="inline" for="seed"><span>"Seed"</span>
            <input class="quiet num" type="number" id="seed" min="0" prop:value=move || seed.get().to_string() on:change=on_change />
        </label>
        <button class="btn btn--icon" aria-label="New seed" title="New seed  Shift+r" on:click=move |_| page.new_seed()>
            <Icon path=icons::DICE /><span class="only-phone">"New seed"</span>
        </button>
    }
}

#[component]
fn Share(page: Page) -> impl IntoView {
    let word = RwSignal::new("Share link");
    let share = move |_| {
        let address = address::with(&page.link());
        spawn_local(async move {
            let is_copied = browser::copy(address.clone()).await;
            if !is_copied {
                page.notice
                    .set(Some(format!("The browser does not let this page copy. The link is {address}")));
            }
            word.set(if is_copied { "Copied" } else { "Share link" });
            set_timeout(move || word.set("Share link"), Duration::from_secs(2));
        });
    };
    view! {
        <button class="btn" aria-label="Share link" title="Copy a link to this very run" on:click=share>
            <Icon path=icons::LINK /><span class="wide" aria-live="polite">{move || word.get()}</span>
        </button>
    }
}

#[component]
fn ThemeButton(page: Page) -> impl IntoView {
    let is_dark = move || {
        page.theme.track();
        browser::is_dark()
    };
    view! {
        <button class="btn btn--icon" id="theme" aria-label="Dark theme" title="Theme  t" aria-pressed=move || is_dark().to_string()
            on:click=move |_| page.toggle_theme()>
            <Icon path=icons::THEME /><span class="only-phone">"Dark theme"</span>
        </button>
    }
}
