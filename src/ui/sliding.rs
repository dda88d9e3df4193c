//! The sliding window: a button that walks the unit in focus over its map, row by row, so that one sees how
//! a layer goes over its input. Where motion is not wanted, each press is one step.

use super::browser;
use super::icons::{self, Icon};
use super::page::Page;
use crate::labs::Unit;
use leptos::prelude::*;
use std::time::Duration;

/// Time for which the window stays at a cell.
const STEP: Duration = Duration::from_millis(125);

/// The map that the window slides over.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Track {
    pub unit: Unit,
    pub height: usize,
    pub width: usize,
    /// Units of a layer that is no picture; 0 for maps.
    pub units: usize,
}

impl Track {
    /// Whether the unit is the last one.
    fn is_at_end(&self) -> bool {
        if self.units > 0 {
            return self.unit.map + 1 >= self.units;
        }
        self.unit.row + 1 >= self.height && self.unit.column + 1 >= self.width
    }

    /// The unit after this one, from the first again after the last.
    fn next(&self) -> Unit {
        let unit = self.unit;
        match (self.is_at_end(), self.units) {
            (true, 0) => Unit { row: 0, column: 0, ..unit },
            (true, _) => Unit { map: 0, ..unit },
            (false, 1..) => Unit { map: unit.map + 1, ..unit },
            (false, 0) if unit.column + 1 < self.width => Unit { column: unit.column + 1, ..unit },
            (false, 0) => Unit { row: unit.row + 1, column: 0, ..unit },
        }
    }
}

#[component]
pub fn Sliding(page: Page, track: Signal<Option<Track>>) -> impl IntoView {
    // The unit that the window went to last; none while it stands.
    let at = RwSignal::new(None::<Unit>);
    let step = move |from: Track| {
        let next = from.next();
        page.set_focus(next);
        next
    };
    let now = move || {
        // The page is ahead of the figure by what is still under way.
        let track = track.get_untracked()?;
        let unit = page.focus().filter(|unit| unit.layer == track.unit.layer).unwrap_or(track.unit);
        Some(Track { unit, ..track })
    };
    let handle = set_interval_with_handle(
        move || {
            let Some(last) = at.try_get_untracked().flatten() else { return };
            match now() {
                // It stops at the end, and where the visitor goes elsewhere, which the figure may not show yet.
                Some(track) if page.focus() == Some(last) && track.unit == last && !track.is_at_end() => {
                    at.set(Some(step(track)));
                }
                _ => at.set(None),
            }
        },
        STEP,
    );
    on_cleanup(move || {
        if let Ok(handle) = &handle {
            handle.clear();
        }
    });
    let on_click = move |_| {
        if at.get_untracked().is_some() {
            return at.set(None);
        }
        if let Some(track) = now() {
            let next = step(track);
            if !browser::wants_little_motion() {
                at.set(Some(next));
            }
        }
    };
    let is_sliding = Signal::derive(move || at.with(Option::is_some));
    let icon = Signal::derive(move || if is_sliding.get() { icons::PAUSE } else { icons::PLAY });
    let words =
        move || if is_sliding.get() { "Stop the sliding window" } else { "Slide the window over the map" };
    view! {
        <button class="btn btn--line btn--icon" data-testid="slide" aria-label=words title=words aria-pressed=move || is_sliding.get().to_string()
            disabled=move || track.with(Option::is_none) on:click=on_click><Icon path=icon small=true /></button>
    }
}
