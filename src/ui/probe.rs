//! What a visitor looks for among items and codes: the cursor on the map, the item that is followed, the threshold. Each is
//! reached by pointer, by touch and by keys on the figure, and by a native control beside it.

use super::page::{Drawn, Page};
use super::{hold, race, sequence};
use crate::labs::format::significant;
use crate::labs::{Errors, Figure, ItemOrder, LatentMap, PictureRows};
use crate::plot;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

/// Steps of a slider over an axis, and by how many of them a key with Shift moves.
const STEPS: f32 = 200.0;
const FAR: f32 = 10.0;
/// Levels at which what is shown may be spoiled, beside that of training.
const LEVELS: [f32; 6] = [0.0, 0.1, 0.25, 0.5, 0.75, 1.0];
/// What missing an abnormal item may cost, where a false alarm costs 1.
const COSTS: [f32; 5] = [1.0, 2.0, 5.0, 10.0, 100.0];

/// Takes a place that the pointer is pressed at or dragged to, `by` so many pixels; says whether the figure is one that
/// takes it.
pub fn drag(page: Page, drawn: Option<&Drawn>, size: (f64, f64), (at, by): ((f64, f64), [f32; 2])) -> bool {
    let Some(drawn) = drawn else { return false };
    match &drawn.0.figure {
        Figure::LatentMap(map) if map.cursor.is_some() => {
            let is_held = page.is_drawing.get_untracked();
            if !is_held && !plot::map_rect(map, size).contains(at) {
                return false;
            }
            let place = plot::place_at(map, size, at);
            page.look_for(|probe| probe.cursor = Some(place));
        }
        Figure::Errors(errors) => {
            let threshold = plot::error_at(errors, size.0, at.0);
            page.look_for(|probe| probe.threshold = Some(threshold));
        }
        Figure::TwoLayers(_) => return hold::drag(page, drawn, size, at),
        Figure::Surface(figure) if figure.is_3d => race::turn(page, by),
        _ => return false,
    }
    true
}

/// What was dragged is let go, and taken.
pub fn let_go(page: Page, drawn: Option<&Drawn>) {
    hold::take_marked(page, drawn);
}

/// Takes a click: an item to follow, or with Shift one to walk to; a level to see what is shown at.
pub fn click(page: Page, drawn: Option<&Drawn>, size: (f64, f64), at: (f64, f64), is_second: bool) -> bool {
    let Some(drawn) = drawn else { return false };
    match &drawn.0.figure {
        Figure::PictureRows(rows) if rows.can_choose => {
            if let Some(item) = plot::item_at(rows, &drawn.1, size, at) {
                follow(page, item, is_second);
            }
            true
        }
        Figure::Grid(grid) => {
            let level =
                plot::grid_column_at(grid, size, at).and_then(|column| grid.columns[column].parse().ok());
            if drawn.0.id == "noise" && level.is_some() {
                page.look_for(|probe| probe.level = level);
            }
            true
        }
        Figure::Surface(figure) => {
            race::click(page, figure, size, at);
            true
        }
        Figure::TimeMaps(_) | Figure::Inked(_) => sequence::click(page, drawn, size, at),
        Figure::LatentMap(_) | Figure::Errors(_) | Figure::TwoLayers(_) => true, // taken when it was pressed
        _ => false,
    }
}

/// Follows an item, whose code the cursor then is at, or walks to it.
fn follow(page: Page, item: usize, is_second: bool) {
    page.look_for(|probe| {
        if is_second {
            probe.to = Some(item);
        } else {
            (probe.item, probe.cursor) = (Some(item), None);
        }
    });
}

/// Moves the cursor, the threshold or the item that is followed by an arrow key.
pub fn key(page: Page, drawn: Option<&Drawn>, event: &KeyboardEvent) {
    let Some(drawn) = drawn else { return };
    if hold::key(page, drawn, event) {
        event.prevent_default();
        event.stop_propagation();
        return;
    }
    let by = if event.shift_key() { FAR } else { 1.0 };
    let [right, up] = match event.key().as_str() {
        "ArrowLeft" => [-by, 0.0],
        "ArrowRight" => [by, 0.0],
        "ArrowUp" => [0.0, by],
        "ArrowDown" => [0.0, -by],
        _ => return,
    };
    match &drawn.0.figure {
        Figure::Surface(figure) if race::key(page, figure, event) => {}
        Figure::TimeMaps(maps) => sequence::key(page, maps, [right, up], event),
        Figure::LatentMap(map) => {
            let Some(cursor) = &map.cursor else { return };
            let from = page.probe.with_untracked(|probe| probe.cursor).unwrap_or(cursor.at);
            let [left, end, bottom, top] = map.view;
            let place = [
                (from[0] + right * (end - left) / STEPS).clamp(left, end),
                (from[1] + up * (top - bottom) / STEPS).clamp(bottom, top),
            ];
            page.look_for(|probe| probe.cursor = Some(place));
        }
        Figure::Errors(errors) => {
            let from = page.probe.with_untracked(|probe| probe.threshold).unwrap_or(errors.threshold);
            let moved = from + (right + up) * (errors.to - errors.from) / STEPS;
            page.look_for(|probe| probe.threshold = Some(moved.clamp(errors.from, errors.to)));
        }
        Figure::PictureRows(rows) if rows.can_choose => {
            let items = drawn.1.at(rows.items);
            let last = items.iter().filter(|item| **item >= 0.0).count() as f32 - 1.0;
            let next =
                rows.chosen.map_or(0.0, |chosen| (chosen as f32 + (right - up).signum()).clamp(0.0, last));
            if let Some(item) = items.get(next as usize).filter(|item| **item >= 0.0) {
                follow(page, *item as usize, false);
            }
        }
        _ => return,
    }
    event.prevent_default();
    event.stop_propagation();
}

/// Whether its columns are places on a way, not items to be chosen.
fn is_of_stations(rows: &PictureRows) -> bool {
    rows.kind == "station"
}

/// The figure as it is now, read.
fn read<T: PartialEq + Send + Sync + 'static>(
    drawn: Signal<Option<Drawn>>,
    read: impl Fn(&Drawn) -> Option<T> + Send + Sync + 'static,
) -> Memo<Option<T>> {
    Memo::new(move |_| drawn.with(|drawn| drawn.as_ref().and_then(&read)))
}

/// What stands beside the title: the order of items, and whether the map shows items or what it decodes to.
#[component]
pub fn Tools(page: Page, drawn: Signal<Option<Drawn>>) -> impl IntoView {
    let kind = read(drawn, |drawn| match &drawn.0.figure {
        Figure::PictureRows(rows) if rows.can_choose => Some(true),
        Figure::LatentMap(map) if map.cursor.is_some() => Some(false),
        _ => None,
    });
    move || match kind.get() {
        Some(true) => view! { <Order page=page /><Level page=page /> }.into_any(),
        Some(false) => view! { <Shows page=page /> }.into_any(),
        None => ().into_any(),
    }
}

#[component]
fn Order(page: Page) -> impl IntoView {
    let now = move || page.probe.with(|probe| probe.order);
    let on_change = move |event| {
        let order =
            event_target_value(&event).parse().ok().and_then(|index: usize| ItemOrder::ALL.get(index));
        if let Some(&order) = order {
            page.look_for(|probe| probe.order = order);
        }
    };
    let options = ItemOrder::ALL.into_iter().enumerate().map(move |(index, order)| {
        view! { <option value=index.to_string() selected=move || now() == order>{order.label()}</option> }
    });
    view! { <select class="quiet" id="item-order" aria-label="Which items" on:change=on_change>{options.collect_view()}</select> }
}

/// How much what is shown is spoiled.
#[component]
fn Level(page: Page) -> impl IntoView {
    let now = move || page.probe.with(|probe| probe.level);
    let on_change = move |event| {
        let level = event_target_value(&event).parse().ok();
        page.look_for(|probe| probe.level = level);
    };
    let options = LEVELS.map(|level| {
        view! { <option value=level.to_string() selected=move || now() == Some(level)>{format!("spoiled by {level}")}</option> }
    });
    view! {
        <select class="quiet" id="shown-level" aria-label="How much what is shown is spoiled" on:change=on_change>
            <option value="trained" selected=move || now().is_none()>"spoiled as in training"</option>
            {options}
        </select>
    }
}

#[component]
fn Shows(page: Page) -> impl IntoView {
    let choice = move |label: &'static str, decoded: bool| {
        let is_chosen = move || page.probe.with(|probe| probe.shows_decoded) == decoded;
        view! {
            <label><input type="radio" name="map-shows" prop:checked=is_chosen
                on:change=move |_| page.look_for(|probe| probe.shows_decoded = decoded) /><span>{label}</span></label>
        }
    };
    view! {
        <div class="seg" role="radiogroup" aria-label="The map shows" data-testid="map-shows">
            {choice("Points", false)}{choice("Decoded", true)}
        </div>
    }
}

/// Native controls beneath a figure for what the pointer does on it.
#[component]
pub fn Under(page: Page, drawn: Signal<Option<Drawn>>) -> impl IntoView {
    let kind = read(drawn, |drawn| match &drawn.0.figure {
        Figure::LatentMap(map) if map.cursor.is_some() => Some(0),
        Figure::Errors(_) => Some(1),
        Figure::TimeMaps(maps) if maps.head.is_some() => Some(3),
        Figure::Inked(_) if drawn.0.id == "written" => Some(4),
        Figure::PictureRows(rows) if is_of_stations(rows) => Some(2),
        _ => None,
    });
    move || match kind.get() {
        Some(0) => view! { <CursorSliders page=page drawn=drawn /> }.into_any(),
        Some(1) => view! { <Threshold page=page drawn=drawn /> }.into_any(),
        Some(2) => view! { <Ends page=page /> }.into_any(),
        Some(4) => view! { <sequence::Writing page=page /> }.into_any(),
        Some(3) => view! { <sequence::Under page=page drawn=drawn /> }.into_any(),
        _ => ().into_any(),
    }
}

fn map_of(drawn: &Drawn) -> Option<LatentMap> {
    if let Figure::LatentMap(map) = &drawn.0.figure { Some(map.clone()) } else { None }
}

#[component]
fn CursorSliders(page: Page, drawn: Signal<Option<Drawn>>) -> impl IntoView {
    let map = read(drawn, map_of);
    let axis = move |axis: usize| {
        let ends = move || {
            map.with(|map| {
                map.as_ref().map_or([0.0, 1.0], |map| [map.view[2 * axis], map.view[2 * axis + 1]])
            })
        };
        let at = move || {
            let chosen = page.probe.with(|probe| probe.cursor);
            let shown = map.with(|map| map.as_ref().and_then(|map| Some(map.cursor.as_ref()?.at)));
            chosen.or(shown).map_or(0.0, |at| at[axis])
        };
        let name =
            move || map.with(|map| map.as_ref().map_or_else(String::new, |map| map.axes[axis].clone()));
        let share = move || {
            let [from, to] = ends();
            ((at() - from) / (to - from)).clamp(0.0, 1.0)
        };
        let on_input = move |event| {
            let [from, to] = ends();
            let share: f32 = event_target_value(&event).parse().unwrap_or(0.0) / STEPS;
            let mut place = [0, 1].map(|_| 0.0);
            let now = page.probe.with_untracked(|probe| probe.cursor);
            let shown = map.with_untracked(|map| map.as_ref().and_then(|map| Some(map.cursor.as_ref()?.at)));
            if let Some(now) = now.or(shown) {
                place = now;
            }
            place[axis] = from + (to - from) * share;
            page.look_for(|probe| probe.cursor = Some(place));
        };
        let id = format!("cursor-{}", axis + 1);
        let shown = move || significant(at(), 2);
        view! {
            <div class="field">
                <div class="field__top"><label for=id.clone()>{name}</label><output class="num" for=id.clone()>{shown}</output></div>
                <input type="range" id=id min="0" max=STEPS step="1" prop:value=move || (share() * STEPS).round().to_string()
                    style=move || format!("--p: {}%", 100.0 * share()) aria-valuetext=shown on:input=on_input />
            </div>
        }
    };
    // A map of one number has nothing to set upwards.
    let is_one =
        Memo::new(move |_| map.with(|map| map.as_ref().is_some_and(|map| map.axes[1] == LatentMap::CLASS)));
    view! { <div class="under">{axis(0)}{move || (!is_one.get()).then(|| axis(1))}</div> }
}

fn errors_of(drawn: &Drawn) -> Option<Errors> {
    if let Figure::Errors(errors) = &drawn.0.figure { Some(errors.clone()) } else { None }
}

#[component]
fn Threshold(page: Page, drawn: Signal<Option<Drawn>>) -> impl IntoView {
    let errors = read(drawn, errors_of);
    let ends =
        move || errors.with(|errors| errors.as_ref().map_or([0.0, 1.0], |errors| [errors.from, errors.to]));
    let at = move || {
        let shown = errors.with(|errors| errors.as_ref().map(|errors| errors.threshold));
        page.probe.with(|probe| probe.threshold).or(shown).unwrap_or(0.0)
    };
    let share = move || {
        let [from, to] = ends();
        ((at() - from) / (to - from)).clamp(0.0, 1.0)
    };
    let on_input = move |event| {
        let [from, to] = ends();
        let share: f32 = event_target_value(&event).parse().unwrap_or(0.0) / STEPS;
        page.look_for(|probe| probe.threshold = Some(from + (to - from) * share));
    };
    let shown = move || significant(at(), 2);
    let on_cost = move |event| {
        let cost = event_target_value(&event).parse().ok();
        page.look_for(|probe| probe.cost_of_a_miss = cost);
    };
    let cost = move || page.probe.with(|probe| probe.cost_of_a_miss).unwrap_or(COSTS[0]);
    let options = COSTS.map(|of| view! { <option value=of.to_string() selected=move || cost() == of>{format!("{of} ×")}</option> });
    view! {
        <div class="under">
            <div class="field">
                <div class="field__top"><label for="threshold">"Alarm above"</label><output class="num" for="threshold">{shown}</output></div>
                <input type="range" id="threshold" min="0" max=STEPS step="1" prop:value=move || (share() * STEPS).round().to_string()
                    style=move || format!("--p: {}%", 100.0 * share()) aria-valuetext=shown title="Double-click for 5 % false alarms"
                    on:input=on_input on:dblclick=move |_| page.look_for(|probe| probe.threshold = None) />
            </div>
            <label class="inline" for="cost-of-a-miss"><span>"A miss costs"</span>
                <select class="quiet num" id="cost-of-a-miss" on:change=on_cost>{options}</select></label>
        </div>
    }
}

/// The two ends of a walk, by number.
#[component]
fn Ends(page: Page) -> impl IntoView {
    let last = move || page.current.with(|experiment| experiment.data.test_items().max(1) - 1);
    let field = move |id: &'static str, label: &'static str, is_second: bool| {
        let value = move || {
            let chosen = page.probe.with(|probe| if is_second { probe.to } else { probe.item });
            chosen.map_or_else(String::new, |item| item.to_string())
        };
        let on_change = move |event| {
            if let Ok(item) = event_target_value(&event).parse::<usize>() {
                follow(page, item.min(last()), is_second);
            }
        };
        view! {
            <label class="inline" for=id><span>{label}</span>
                <input class="num" type="number" id=id min="0" max=last prop:value=value placeholder="any" on:change=on_change /></label>
        }
    };
    view! { <div class="under">{field("walk-from", "From test item", false)}{field("walk-to", "to", true)}</div> }
}
