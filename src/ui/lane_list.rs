//! The lanes as a list above the controls: which one they speak of, one more, one less.

use super::icons::{self, Icon};
use super::{Page, browser, keys};
use crate::labs::format::count;
use crate::labs::{LANE_LETTERS, differences, lane_name};
use leptos::prelude::*;

/// The class by which a lane gives its colour and its dash.
pub fn class_of(prefix: &str, lane: usize) -> String {
    format!("{prefix} lane--{}", LANE_LETTERS[lane])
}

#[component]
pub fn LaneList(page: Page) -> impl IntoView {
    let several = Memo::new(move |_| page.open_lanes.with(|open| open.len() > 1));
    let is_full = Memo::new(move |_| page.open_lanes.with(|open| open.len() == LANE_LETTERS.len()));
    let legend = move || {
        let seed = |index: &usize| page.lane_at(*index).current.with(|experiment| experiment.seed);
        let is_same = page.open_lanes.with(|open| open.iter().all(|index| seed(index) == seed(&open[0])));
        if is_same { "Lanes, same seed" } else { "Lanes" }
    };
    let add = move |_| {
        let changed_last = page.last_control();
        page.add_lane();
        keys::focus_control(&changed_last);
    };
    view! {
        <fieldset class="lanes" data-testid="lanes">
            <legend>{legend}</legend>
            {move || several.get().then(|| view! {
                <For each=move || page.open_lanes.get() key=|index| *index children=move |index| view! { <Row page=page index=index /> } />
            })}
            <div class="lanes__foot">
                <button class="btn add" data-testid="add-lane" aria-keyshortcuts="l" title="The same run once more, to change one thing  l"
                    disabled=move || is_full.get() on:click=add><Icon path=icons::ADD small=true />"Add lane"</button>
                {move || several.get().then(|| view! {
                    <label class="check" title="All lanes make the same number of steps"><input type="checkbox" id="in-step" prop:checked=move || page.is_in_step.get()
                        on:change:target=move |event| page.set_in_step(event.target().checked()) />"In step"</label>
                })}
            </div>
        </fieldset>
    }
}

/// What a lane is, in words: the first by itself, the others by what differs from it.
pub fn words(page: Page, index: usize) -> String {
    let first = page.lane_at(0).current;
    let lab = page.lab();
    if index == 0 || lab.is_told_by_names() {
        return page.lane_at(index).current.with(|current| lab.short_name(current));
    }
    match first.with(|first| page.lane_at(index).current.with(|current| differences(lab, first, current))) {
        words if words.is_empty() => format!("the same as {}", lane_name(0)),
        words => format!("{} with {words}", lane_name(0)),
    }
}

#[component]
fn Row(page: Page, index: usize) -> impl IntoView {
    let name = lane_name(index);
    let described = Memo::new(move |_| words(page, index));
    let said = move || {
        let end = if page.lane_at(index).has_diverged() { " (diverged)" } else { "" };
        format!("{}{end}", described.get())
    };
    let row = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        if let Some(row) = row.get().filter(|_| page.selected_lane.get() == index) {
            browser::show_within(&row, ".lanes"); // on a phone they stand in a row that is wider than it
        }
    });
    view! {
        <div node_ref=row class=class_of("lane", index) data-testid=format!("lane-{}", LANE_LETTERS[index])>
            <label title=said>
                <input type="radio" name="lane" value=index.to_string() prop:checked=move || page.selected_lane.get() == index
                    on:change=move |_| page.select_lane(index) />
                <svg viewBox="0 0 26 8" aria-hidden="true"><path d="M0 4h26" /></svg><b>{name.clone()}</b>
                <span class="lane__said"><i>{said}</i><Step page=page lane=index /></span>
            </label>
            {(index > 0).then(|| view! {
                <button class="btn btn--icon" aria-label=format!("Remove lane {name}") title="Remove" on:click=move |_| page.remove_lane(index)>
                    <Icon path=icons::CLOSE small=true />
                </button>
            })}
        </div>
    }
}

/// The step of a lane, where lanes do not wait for each other and stand at several.
#[component]
fn Step(page: Page, lane: usize) -> impl IntoView {
    let step_of = move |index: usize| page.lane_at(index).progress.with(|progress| progress.step);
    let step = Memo::new(move |_| {
        let is_free = !page.is_in_step.get();
        let differs =
            is_free && page.open_lanes.with(|open| open.iter().any(|&other| step_of(other) != step_of(lane)));
        differs.then(|| step_of(lane))
    });
    move || step.get().map(|step| view! { <span class="lane-step num">"step "{count(step)}</span> })
}

/// The letter of the lane that something speaks of, where there are several.
#[component]
pub fn Tag(page: Page, #[prop(optional)] lane: Option<usize>) -> impl IntoView {
    move || {
        let index = lane.unwrap_or_else(|| page.selected_lane.get());
        page.open_lanes.with(|open| open.len() > 1).then(|| {
            view! {
                <b class=class_of("lane-tag", index)><span class="vh">"Lane "</span>{lane_name(index)}</b><Step page=page lane=index />
            }
        })
    }
}
