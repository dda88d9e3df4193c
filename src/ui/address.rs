//! The address of the page: it always holds the run at hand, and "back" brings the one before.

use leptos::prelude::window;
use wasm_bindgen::JsValue;

/// Changes of one control within this time are one drag, and one entry of the history.
const SAME_DRAG_MS: f64 = 300.0;

/// The control changed last and when.
#[derive(Clone, Default)]
pub struct Drag {
    key: String,
    last_ms: f64,
}

impl Drag {
    /// Takes note of a change; whether it begins a drag of its own, which is an entry in the history.
    pub fn begins_with(&mut self, key: &str) -> bool {
        let now = js_sys::Date::now();
        let begins = self.key != key || now - self.last_ms > SAME_DRAG_MS;
        *self = Self { key: key.to_owned(), last_ms: now };
        begins
    }

    /// The control changed last.
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// The part after `#`.
pub fn hash() -> String {
    window().location().hash().unwrap_or_default()
}

/// The address of the page with `link` after its `#`.
pub fn with(link: &str) -> String {
    let href = window().location().href().unwrap_or_default();
    format!("{}#{link}", href.split('#').next().unwrap_or_default())
}

/// The same with another query, which begins with its `?` or is empty.
pub fn with_query(query: &str, link: &str) -> String {
    let location = window().location();
    let (origin, path) = (location.origin().unwrap_or_default(), location.pathname().unwrap_or_default());
    format!("{origin}{path}{query}#{link}")
}

/// Puts `link` into the address as a new entry of the history.
pub fn push(link: &str) {
    if let Ok(history) = window().history() {
        // A browser that limits how often is left at the older address.
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&with(link)));
    }
}

/// Puts `link` into the address in place of what is there.
pub fn replace(link: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&with(link)));
    }
}
