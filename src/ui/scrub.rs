//! The time of the run: a bar over all of its steps, to go back to any and on from there, and where playing
//! stops by itself.

use super::Page;
use super::lane::Lane;
use super::page::Progress;
use crate::labs::format::count;
use crate::worker::protocol::Until;
use leptos::prelude::*;

impl Page {
    /// Shows all lanes at a step that they have made, or at their end where that is before it.
    pub fn seek(self, step: usize) {
        self.is_playing.set(false);
        self.sought.set(Some(step));
        self.open_lanes().for_each(|lane| lane.update_trainer(|trainer| trainer.seek(step)));
    }

    /// Stops where playing was to stop; from there it can go on.
    pub(super) fn stop_at(self, until: Until, loss: Option<f32>) {
        // The request after the one that got there tells it once more, and one that was under way when another place
        // was chosen tells of the one before.
        if self.until.get_untracked() == Some(until) {
            self.is_playing.set(false);
            self.reached.set(Some((until, loss)));
            self.until.set(None);
        }
    }

    /// Why playing cannot be to stop there, if it cannot: a lane is there or further.
    fn is_past(self, until: Until) -> Option<String> {
        let at = |of: fn(&Progress) -> usize| {
            self.open_lanes().map(|lane| lane.progress.with_untracked(of)).max().unwrap_or(0)
        };
        let (what, wanted, now) = match until {
            Until::Step(step) => ("step", step, at(|progress| progress.step)),
            Until::Epoch(epoch) => ("epoch", epoch, at(|progress| progress.epoch)),
            Until::LossBelow(_) => return None,
        };
        (now >= wanted).then(|| {
            format!(
                "the run is at {what} {} already, so it cannot run until {what} {}: name a later one, or go back first",
                count(now),
                count(wanted)
            )
        })
    }

    /// The first step and the furthest of all lanes.
    fn span(self) -> [usize; 2] {
        let of = |lane: Lane| lane.progress.with(|Progress { first, head, .. }| [*first, *head]);
        let spans = self.open_lanes.get().into_iter().map(|index| of(self.lane_at(index)));
        spans.reduce(|[a, b], [first, head]| [a.min(first), b.max(head)]).unwrap_or_default()
    }
}

/// A bar over all steps that the run has made.
#[component]
pub fn Scrub(page: Page) -> impl IntoView {
    let span = Memo::new(move |_| page.span());
    let step = Memo::new(move |_| page.progress.with(|progress| progress.step));
    // Where the thumb is until what it asks for is there.
    let shown = move || page.sought.get().unwrap_or_else(|| step.get());
    let is_behind = Memo::new(move |_| {
        let is_back = |lane: Lane| lane.progress.with(|progress| progress.step < progress.head);
        page.open_lanes.get().into_iter().any(|index| is_back(page.lane_at(index)))
    });
    let share = move || {
        let [first, head] = span.get();
        (shown().saturating_sub(first)) as f64 / head.saturating_sub(first).max(1) as f64
    };
    let on_input = move |event: leptos::ev::Event| {
        if let Ok(step) = event_target_value(&event).parse() {
            page.seek(step);
        }
    };
    view! {
        <div class="scrub" class:behind=move || is_behind.get()>
            <input type="range" id="scrub" data-testid="scrub" aria-label="Step of the run that is shown" step="1"
                min=move || span.get()[0].to_string() max=move || span.get()[1].to_string() prop:value=move || shown().to_string()
                style=move || format!("--p: {:.2}%", 100.0 * share())
                aria-valuetext=move || format!("step {} of {}", count(shown()), count(span.get()[1]))
                disabled=move || { let [first, head] = span.get(); first == head }
                on:pointerdown=move |event| if event.button() == 0 { page.set_drawing(true) }
                on:pointerup=move |_| page.set_drawing(false) on:pointercancel=move |_| page.set_drawing(false)
                on:change=move |_| page.set_drawing(false) on:blur=move |_| page.set_drawing(false)
                on:input=on_input />
            <Show when=move || is_behind.get()>
                <button class="btn scrub__end" data-testid="to-end" on:click=move |_| page.seek(span.get_untracked()[1])>
                    {move || format!("Back to the end, step {}", count(span.get()[1]))}
                </button>
            </Show>
        </div>
    }
}

/// What to run until: its key, its words, and a number for example.
const KINDS: [(&str, &str, &str); 3] =
    [("step", "step", "1000"), ("epoch", "epoch", "50"), ("loss", "loss below", "0.1")];

/// Where playing is to stop, or why that is none.
fn until(kind: &str, number: &str) -> Result<Until, String> {
    let number = number.trim();
    let whole = || number.parse().ok().filter(|whole: &usize| *whole > 0);
    let most = || number.parse().ok().filter(|most: &f32| most.is_finite() && *most > 0.0);
    let until = match kind {
        "step" => whole().map(Until::Step),
        "epoch" => whole().map(Until::Epoch),
        _ => most().map(Until::LossBelow),
    };
    let allowed = if kind == "loss" { "a number above 0" } else { "a whole number from 1" };
    until.ok_or_else(|| format!("where to run until is {number}, but must be {allowed}"))
}

/// Lanes that race are compared by the loss that is run until, also once it was reached.
fn compare_by(page: Page, until: Option<Until>) {
    let goal = match until {
        Some(Until::LossBelow(most)) => Some(most),
        _ => None,
    };
    if page.probe.with_untracked(|probe| probe.goal) != goal {
        page.look_for(|probe| probe.goal = goal);
    }
}

/// Where playing stops: what, and the number of it.
#[component]
pub fn RunUntil(page: Page) -> impl IntoView {
    let kind = RwSignal::new(String::new());
    let number = RwSignal::new(String::new());
    let choose = move |event| {
        kind.set(event_target_value(&event));
        number.set(String::new());
        page.until.set(None);
        compare_by(page, None);
    };
    let apply = move |event: leptos::ev::Event| {
        let given = event_target_value(&event);
        match until(&kind.get_untracked(), &given)
            .and_then(|until| page.is_past(until).map_or(Ok(until), Err))
        {
            _ if given.trim().is_empty() => {
                number.set(String::new());
                page.until.set(None);
            }
            Ok(until) => {
                page.notice.set(None);
                number.set(given);
                page.until.set(Some(until));
                compare_by(page, Some(until));
            }
            Err(reason) => {
                page.notice.set(Some(format!("That was not taken: {reason}. Everything is as it was.")));
                // The number in force, whatever was typed.
                event_target::<web_sys::HtmlInputElement>(&event).set_value(&number.get_untracked());
            }
        }
    };
    // What was reached is told until it plays on, and no more to be waited for.
    Effect::new(move |_| {
        if page.reached.with(Option::is_some) {
            kind.set(String::new());
        }
    });
    Effect::new(move |_| {
        if page.is_playing.get() {
            page.reached.set(None);
        }
    });
    let options = KINDS.into_iter().map(|(value, label, _)| view! { <option value=value>{label}</option> });
    view! {
        <label class="inline" for="until" title="Where playing stops by itself; lanes that race are compared by that loss"><span>"Until"</span>
            <select class="quiet" id="until" prop:value=move || kind.get()
                on:change=choose>
                <option value="">"stopped"</option>
                {options.collect_view()}
            </select>
        </label>
        <Show when=move || !kind.with(String::is_empty)>
            <input class="num until" id="until-number" aria-label="Number to run until" inputmode="decimal" size="6"
                placeholder=move || kind.with(|kind| KINDS.iter().find(|known| known.0 == kind).map(|known| known.2)) prop:value=move || number.get() on:change=apply />
        </Show>
    }
}

/// Where the run stopped, until it plays on.
#[component]
pub fn Reached(page: Page) -> impl IntoView {
    let reached = move || page.reached.get().map(|(until, loss)| until.told(loss));
    view! { <output class="reached" data-testid="reached" aria-live="polite">{reached}</output> }
}
