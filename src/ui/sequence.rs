//! What is looked at in a sequence: a step and a unit, by pointer, by keys and by native controls; another sequence;
//! and a symbol put in place of another.

use super::page::{Drawn, Page};
use crate::labs::format::fixed;
use crate::labs::{Figure, SequenceProbe, TimeMaps};
use crate::plot;
use leptos::prelude::*;
use std::time::Duration;
use web_sys::KeyboardEvent;

/// Time for which the play head stays at a step.
const STEP_MS: u64 = 140;
/// Of how many of the likeliest characters the next may be taken.
const TOP_K: [usize; 5] = [0, 1, 3, 5, 10];
/// Sequences that are offered to look at.
const SEQUENCES: usize = 20;

impl Page {
    /// Goes to the next or the previous layer, in a lab of sequences to such a step.
    pub(super) fn go_along(self, by: isize) {
        if !self.lab().has_time() {
            return self.select_layer(self.layer.get_untracked().saturating_add_signed(by));
        }
        let last = self.current.with_untracked(|now| now.data.steps()).map_or(0, |steps| steps - 1);
        self.look_for(|probe| {
            let now = probe.sequence.step.unwrap_or(last);
            probe.sequence.step = Some(now.saturating_add_signed(by).min(last));
        });
    }
}

/// Looks at the step, and where maps are of units at the unit, that was clicked; whether the figure is one that takes it.
pub fn click(page: Page, drawn: &Drawn, size: (f64, f64), at: (f64, f64)) -> bool {
    if let Figure::Inked(inked) = &drawn.0.figure {
        // Letters of what was written are no letters of a page.
        let steps = page.current.with_untracked(|now| now.data.steps()).unwrap_or(1);
        if let Some((block, letter)) = plot::letter_at(inked, size, at).filter(|_| drawn.0.id == "page") {
            // Below stands the window that holds the letter which was looked at.
            let now = page.probe.with_untracked(|probe| probe.sequence.letter).unwrap_or(0);
            let begin = if block == 0 { 0 } else { now / steps * steps };
            page.look_for(|probe| probe.sequence.letter = Some(begin + letter));
        }
        return true;
    }
    let Figure::TimeMaps(maps) = &drawn.0.figure else { return false };
    if let Some(at) = plot::time_at(maps, size, at) {
        page.look_for(|probe| {
            probe.sequence.step = Some(at.step);
            probe.sequence.unit = at.unit.or(probe.sequence.unit);
        });
    }
    true
}

/// Moves on by arrow keys: to the side by steps, up and down by units.
pub fn key(page: Page, maps: &TimeMaps, [right, up]: [f32; 2], event: &KeyboardEvent) {
    let Some(drawn) = maps.head else { return };
    event.prevent_default();
    let rows = maps.groups.iter().flat_map(|group| &group.maps).map(|map| map.rows).max().unwrap_or(1);
    let moved = |from: usize, by: f32, many: usize| {
        from.saturating_add_signed(by as isize).min(many.saturating_sub(1))
    };
    page.look_for(|probe| {
        // From where it was asked for last: what is drawn may be a key or two behind.
        let now = probe.sequence.step.unwrap_or(drawn);
        probe.sequence.step = Some(moved(now, right, maps.symbols.len()));
        probe.sequence.unit = Some(moved(probe.sequence.unit.unwrap_or(0), -up, rows));
    });
}

fn maps_of(drawn: &Drawn) -> Option<TimeMaps> {
    match &drawn.0.figure {
        Figure::TimeMaps(maps) if maps.head.is_some() => Some(maps.clone()),
        _ => None,
    }
}

/// Beneath the theatre: the step, the symbol there, the sequence.
#[component]
pub fn Under(page: Page, drawn: Signal<Option<Drawn>>) -> impl IntoView {
    let maps = Memo::new(move |_| drawn.with(|drawn| drawn.as_ref().and_then(maps_of)));
    let steps = move || maps.with(|maps| maps.as_ref().map_or(1, |maps| maps.symbols.len()));
    let head = move || maps.with(|maps| maps.as_ref().and_then(|maps| maps.head)).unwrap_or(0);
    let go = move |step: usize| page.look_for(|probe| probe.sequence.step = Some(step));
    let on_input = move |event| go(event_target_value(&event).parse::<usize>().map_or(0, |step| step - 1));
    let share = move || 100.0 * head() as f64 / (steps().max(2) - 1) as f64;
    let names = Memo::new(move |_| {
        maps.with(|maps| maps.as_ref().map(|maps| maps.choices.clone())).unwrap_or_default()
    });
    let on_symbol = move |event| {
        let (step, Ok(symbol)) = (head(), event_target_value(&event).parse::<usize>()) else { return };
        page.look_for(|probe| {
            probe.sequence.edits.retain(|edit| edit[0] != step);
            probe.sequence.edits.push([step, symbol]);
        });
    };
    let is_there = move |name: &str| {
        maps.with(|maps| {
            maps.as_ref().is_some_and(|maps| maps.symbols.get(head()).is_some_and(|s| s == name))
        })
    };
    let symbols = move || {
        let options = names.get().into_iter().enumerate().map(|(index, name)| {
            let is_chosen = {
                let name = name.clone();
                move || is_there(&name)
            };
            view! { <option value=index.to_string() selected=is_chosen>{name}</option> }
        });
        (!names.with(Vec::is_empty)).then(|| view! {
            <label class="inline" for="theatre-symbol"><span>"Read there"</span>
                <select class="quiet" id="theatre-symbol" on:change=on_symbol>{options.collect_view()}</select></label>
        })
    };
    let has_edits = Memo::new(move |_| page.probe.with(|probe| !probe.sequence.edits.is_empty()));
    let on_item = move |event| {
        let item = event_target_value(&event).parse().ok();
        page.look_for(|probe| {
            (probe.item, probe.sequence.edits) = (item, Vec::new());
        });
    };
    let items = move || page.current.with(|now| now.data.test_items()).clamp(1, SEQUENCES);
    let chosen = move || page.probe.with(|probe| probe.item).unwrap_or(0);
    let items = move || {
        let options = (0..items()).map(|item| {
            view! { <option value=item.to_string() selected=move || chosen() == item>{item}</option> }
        });
        options.collect_view()
    };
    view! {
        <div class="under under--time">
            <div class="field">
                <div class="field__top"><label for="theatre-step">"Step"</label>
                    <output class="num" for="theatre-step">{move || format!("{} of {}", head() + 1, steps())}</output></div>
                <input type="range" id="theatre-step" min="1" max=move || steps().to_string() step="1"
                    prop:value=move || (head() + 1).to_string() style=move || format!("--p: {}%", share()) on:input=on_input />
            </div>
            <PlayThrough steps=Signal::derive(steps) head=Signal::derive(head) go=go />
            {symbols}
            <Show when=move || has_edits.get()>
                <button class="btn" on:click=move |_| page.look_for(|probe| probe.sequence.edits.clear())>"As it was"</button>
            </Show>
            <label class="inline" for="theatre-item"><span>"Test item"</span>
                <select class="quiet num" id="theatre-item" on:change=on_item>{items}</select></label>
        </div>
    }
}

/// Beneath what a network writes: how it begins, how freely it goes on, and another try.
#[component]
pub fn Writing(page: Page) -> impl IntoView {
    let temperature =
        move || page.probe.with(|probe| probe.sequence.temperature).unwrap_or(SequenceProbe::TEMPERATURE);
    let on_temperature = move |event| {
        let temperature = event_target_value(&event).parse().ok();
        page.look_for(|probe| probe.sequence.temperature = temperature);
    };
    let on_prime = move |event| {
        let prime = event_target_value(&event);
        page.look_for(|probe| probe.sequence.prime = prime);
    };
    let on_top_k = move |event| {
        let top_k = event_target_value(&event).parse().unwrap_or(0);
        page.look_for(|probe| probe.sequence.top_k = top_k);
    };
    let top_k = move || page.probe.with(|probe| probe.sequence.top_k);
    let options = TOP_K.map(|k| {
        let label = if k == 0 { "all".to_owned() } else { format!("the {k} likeliest") };
        view! { <option value=k.to_string() selected=move || top_k() == k>{label}</option> }
    });
    view! {
        <div class="under under--time">
            <label class="inline grows" for="prime"><span>"Begin with"</span>
                <input type="text" id="prime" maxlength="200" placeholder=SequenceProbe::BEGINNING autocomplete="off" spellcheck="false"
                    prop:value=move || page.probe.with(|probe| probe.sequence.prime.clone()) on:input=on_prime /></label>
            <div class="field">
                <div class="field__top"><label for="temperature">"Temperature"</label>
                    <output class="num" for="temperature">{move || fixed(temperature(), 1)}</output></div>
                <input type="range" id="temperature" min="0" max="2" step="0.1" prop:value=move || temperature().to_string()
                    style=move || format!("--p: {}%", 50.0 * temperature()) on:input=on_temperature />
            </div>
            <label class="inline" for="top-k"><span>"From"</span>
                <select class="quiet" id="top-k" on:change=on_top_k>{options.collect_view()}</select></label>
            <button class="btn btn--line" data-testid="write-again" on:click=move |_| page.look_for(|probe| probe.sequence.again += 1)>
                "Write again"
            </button>
        </div>
    }
}

/// Goes through the sequence step by step, from the beginning where it stands at the end.
#[component]
fn PlayThrough(
    steps: Signal<usize>,
    head: Signal<usize>,
    go: impl Fn(usize) + Copy + 'static,
) -> impl IntoView {
    let timer = StoredValue::new(None::<IntervalHandle>);
    let is_going = RwSignal::new(false);
    let stop = move || {
        timer.update_value(|timer| timer.take().into_iter().for_each(|timer| timer.clear()));
        is_going.try_set(false);
    };
    let on_click = move |_| {
        if is_going.get_untracked() {
            return stop();
        }
        if head.get_untracked() + 1 >= steps.get_untracked() {
            go(0);
        }
        is_going.set(true);
        let tick = move || match head.try_get_untracked() {
            Some(at) if at + 1 < steps.get_untracked() => go(at + 1),
            _ => stop(),
        };
        timer.set_value(set_interval_with_handle(tick, Duration::from_millis(STEP_MS)).ok());
    };
    on_cleanup(stop);
    view! {
        <button class="btn btn--line" data-testid="play-through" on:click=on_click>
            {move || if is_going.get() { "Stop" } else { "Play through" }}
        </button>
    }
}
