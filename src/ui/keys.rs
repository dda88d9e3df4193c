//! The keyboard: one key for each verb of the page, and the list of them.

use super::Page;
use super::browser;
use super::icons::{self, Icon};
use super::lesson;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement};

const LIST: &str = "key-list";
const KEYS: [(&str, &str); 12] = [
    ("Space", "Play or pause; on the two layers of an RBM: hold what is marked, or let go"),
    (".", "Step once; with Shift one epoch"),
    ("r", "Reset to the seed; with Shift a new seed"),
    ("l", "Add a lane; 1 to 4 select one"),
    ("Delete", "Remove the selected lane"),
    ("[  ]", "Previous or next layer, or step of a sequence"),
    ("t", "Theme"),
    ("m", "Open or close More"),
    ("Enter", "On a figure: its numbers as a table, to be saved"),
    (
        "← ↑ ↓ →",
        "On the confusion matrix: the pictures of the next cell; on the two layers of an RBM: other pixels are marked, with Shift more",
    ),
    ("?", "This list"),
    ("Esc", "Close a list or a table; let go of a neuron or link"),
];

/// Acts on keys that no control has a use for.
pub fn listen(page: Page) {
    let handle = window_event_listener(ev::keydown, move |event| {
        let key = event.key();
        let is_repeated = event.repeat() && !matches!(key.as_str(), "." | ">" | ":" | "[" | "]");
        let is_foreign = event.ctrl_key() || event.alt_key() || event.meta_key();
        if is_foreign || is_repeated || browser::is_taken(&key, event.target()) {
            return;
        }
        match key.as_str() {
            " " => page.toggle_play(),
            "." => page.advance(1),
            ">" | ":" if event.shift_key() => page.advance_epoch(),
            "r" => page.reset(),
            "R" if !lesson::now().hides("seed") => page.new_seed(),
            "[" => page.go_along(-1),
            "]" => page.go_along(1),
            "l" => {
                page.add_lane();
            }
            "1" | "2" | "3" | "4" => page.select_lane(key.parse().map_or(0, |lane: usize| lane - 1)),
            "Delete" => page.remove_lane(page.selected_lane.get_untracked()),
            "t" => page.toggle_theme(),
            "m" => toggle_more(),
            "?" => open_list(),
            "Escape" if page.focus().is_some() => page.let_go(),
            _ => return,
        }
        event.prevent_default();
    });
    on_cleanup(move || handle.remove());
}

/// Moves the focus to the element of this id.
pub fn focus(id: &str) {
    if let Some(element) = document().get_element_by_id(id).and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus(); // an element that takes no focus leaves it where it was
    }
}

/// Moves the focus to a control of the lab, by its key: to itself, or to what is chosen in it.
pub fn focus_control(key: &str) {
    let id = key.replace('.', "-");
    let chosen = format!("#{id}, [data-testid='{id}'] input:checked, [name='{id}']:checked");
    let found = if id.is_empty() { None } else { document().query_selector(&chosen).ok().flatten() };
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus(); // an element that takes no focus leaves it where it was
    }
}

/// Moves the focus into a figure in which something is asked: to the first that is not answered yet, else to the first control.
pub fn focus_figure(id: &str) {
    let selectors = [
        format!("[data-testid='{id}'] fieldset:not(:has(:checked)) input"),
        format!("[data-testid='{id}'] :is(input, select, button):not(:disabled)"),
    ];
    let found = selectors.iter().find_map(|selector| document().query_selector(selector).ok().flatten());
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus(); // an element that takes no focus leaves it where it was
    }
}

fn toggle_more() {
    if let Some(fold) =
        document().get_element_by_id("more").and_then(|e| e.dyn_into::<web_sys::HtmlDetailsElement>().ok())
    {
        fold.set_open(!fold.open());
    }
}

/// Shows the list of keys.
pub fn open_list() {
    if let Some(list) =
        document().get_element_by_id(LIST).and_then(|e| e.dyn_into::<HtmlDialogElement>().ok())
        && !list.open()
    {
        let _ = list.show_modal(); // fails only for a dialog that is open already
    }
}

#[component]
pub fn KeyList() -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let close = move |_| {
        if let Some(dialog) = dialog.get() {
            dialog.close();
        }
    };
    view! {
        <dialog node_ref=dialog id=LIST class="dialog" aria-label="Keys">
            <header><h2>"Keys"</h2>
                <button class="btn btn--icon" aria-label="Close" on:click=close><Icon path=icons::CLOSE /></button>
            </header>
            <dl class="keys">
                {KEYS.iter().map(|(key, action)| view! { <div><dt><kbd>{*key}</kbd></dt><dd>{*action}</dd></div> }).collect_view()}
            </dl>
        </dialog>
    }
}
