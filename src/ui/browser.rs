//! The little that is asked of the browser itself: storage, clipboard, downloads, colours.

use crate::plot::{Palette, Style};
use leptos::prelude::{document, window, window_event_listener_untyped};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, HtmlAnchorElement, HtmlElement, Url};

/// Keeps a value for this visitor; whether it is kept, which a full or forbidden storage does not do.
pub fn store(key: &str, value: &str) -> bool {
    let storage = window().local_storage().ok().flatten();
    storage.is_some_and(|storage| storage.set_item(key, value).is_ok())
}

/// What was kept for this visitor.
pub fn stored(key: &str) -> Option<String> {
    window().local_storage().ok().flatten()?.get_item(key).ok().flatten()
}

/// Puts `text` on the clipboard; resolves to whether that was allowed.
pub async fn copy(text: String) -> bool {
    let clipboard = window().navigator().clipboard();
    if JsValue::from(clipboard.clone()).is_undefined() {
        return false; // an address without TLS
    }
    wasm_bindgen_futures::JsFuture::from(clipboard.write_text(&text)).await.is_ok()
}

/// Hands `bytes` to the visitor as a file.
///
/// # Errors
/// What the browser says against it.
pub fn download(name: &str, bytes: &[u8]) -> Result<(), JsValue> {
    let bytes = js_sys::Uint8Array::from(bytes);
    download_blob(name, &Blob::new_with_u8_array_sequence(&js_sys::Array::of1(&bytes))?)
}

/// The same of what the browser made.
///
/// # Errors
/// What the browser says against it.
pub fn download_blob(name: &str, blob: &Blob) -> Result<(), JsValue> {
    let url = Url::create_object_url_with_blob(blob)?;
    let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    Url::revoke_object_url(&url)
}

thread_local! {
    /// The style in force, once it was asked for. Every figure asks in every frame, and to ask the browser
    /// for its theme each time took a tenth of the drawing.
    static STYLE: RefCell<Option<Style>> = const { RefCell::new(None) };
}

/// Colours and font of the theme in force, at this screen's resolution.
pub fn style() -> Style {
    STYLE.with_borrow_mut(|style| {
        style.get_or_insert_with(|| style_from_tokens(window().device_pixel_ratio())).clone()
    })
}

fn style_from_tokens(scale: f64) -> Style {
    let root = document().document_element().expect("a page has a root");
    let computed = window().get_computed_style(&root).ok().flatten();
    let token = |name: &str| {
        let value = computed.as_ref()?.get_property_value(name).ok()?;
        (!value.trim().is_empty()).then(|| value.trim().to_owned())
    };
    let font = token("--font").unwrap_or_else(|| "sans-serif".into());
    Style::new(Palette::from_tokens(token), scale, &font)
}

/// Whether the theme in force is the dark one.
pub fn is_dark() -> bool {
    match document().document_element().and_then(|root| root.get_attribute("data-theme")) {
        Some(theme) => theme == "dark",
        None => window()
            .match_media("(prefers-color-scheme: dark)")
            .ok()
            .flatten()
            .is_some_and(|query| query.matches()),
    }
}

/// Whether the visitor asked the system for little motion.
pub fn wants_little_motion() -> bool {
    let query = window().match_media("(prefers-reduced-motion: reduce)").ok().flatten();
    query.is_some_and(|query| query.matches())
}

/// Calls back when the system's theme changes or the page moves to a screen of another resolution.
pub fn on_style_change(changed: impl Fn() + Clone + 'static) {
    let changed = move || {
        STYLE.set(None);
        changed();
    };
    let on_change = Closure::<dyn Fn()>::new(changed.clone());
    if let Ok(Some(query)) = window().match_media("(prefers-color-scheme: dark)") {
        query.set_onchange(Some(on_change.as_ref().unchecked_ref()));
    }
    on_change.forget(); // lives as long as the page
    window_event_listener_untyped("resize", move |_| changed());
}

/// Sets the theme and keeps it.
pub fn set_dark(dark: bool) {
    let theme = if dark { "dark" } else { "light" };
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-theme", theme); // a valid name: cannot fail
    }
    STYLE.set(None);
    let _ = store("glassbox-theme", theme); // a storage that is forbidden costs only the memory of it
}

/// Whether text can be typed, and so pasted, there.
pub fn takes_text(target: Option<web_sys::EventTarget>) -> bool {
    let Some(element) = target.and_then(|target| target.dyn_into::<HtmlElement>().ok()) else { return false };
    let kind = element.get_attribute("type").unwrap_or_default();
    match element.tag_name().as_str() {
        "INPUT" => !matches!(kind.as_str(), "range" | "radio" | "checkbox" | "file" | "button"),
        "TEXTAREA" => true,
        _ => element.is_content_editable(),
    }
}

/// Whether the focused control has a use of its own for this key.
pub fn is_taken(key: &str, target: Option<web_sys::EventTarget>) -> bool {
    if document().query_selector("dialog[open]").ok().flatten().is_some() {
        return true;
    }
    let Some(element) = target.and_then(|target| target.dyn_into::<HtmlElement>().ok()) else { return false };
    match element.tag_name().as_str() {
        "INPUT" if element.get_attribute("type").as_deref() == Some("radio") => {
            key == " " || key.starts_with("Arrow")
        }
        "INPUT" if element.get_attribute("type").as_deref() == Some("range") => key.starts_with("Arrow"),
        "SELECT" | "TEXTAREA" | "INPUT" => true,
        "BUTTON" | "SUMMARY" | "A" => key == " " || key == "Enter",
        _ => false,
    }
}

#[wasm_bindgen]
extern "C" {
    /// An element that takes the focus where it stands.
    #[wasm_bindgen(extends = HtmlElement)]
    type Focusable;
    #[wasm_bindgen(method, js_name = focus)]
    fn focus_with(this: &Focusable, options: &JsValue);
}

/// Moves the focus to an element without scrolling to it.
pub fn focus_in_place(element: &HtmlElement) {
    let options = js_sys::Object::new();
    let _ = js_sys::Reflect::set(&options, &"preventScroll".into(), &true.into()); // a plain object takes it
    element.unchecked_ref::<Focusable>().focus_with(&options);
}

/// Scrolls the container of an element that a selector names, and nothing else, so that it is in sight there.
pub fn show_within(element: &HtmlElement, container: &str) {
    let Some(container) = element.closest(container).ok().flatten() else { return };
    let (at, around) = (element.get_bounding_client_rect(), container.get_bounding_client_rect());
    let beyond = |low: f64, high: f64| (high.max(0.0) + low.min(0.0)).round() as i32;
    let down = beyond(at.top() - around.top(), at.bottom() - around.bottom());
    let right = beyond(at.left() - around.left(), at.right() - around.right());
    container.set_scroll_top(container.scroll_top() + down);
    container.set_scroll_left(container.scroll_left() + right);
}

/// Scrolls to the beginning of what `selector` names, unless it is in sight: smoothly, where the visitor does not mind
/// motion.
pub fn scroll_to(selector: &str) {
    let Ok(Some(element)) = document().query_selector(selector) else { return };
    let bounds = element.get_bounding_client_rect();
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0);
    if bounds.top() >= 0.0 && bounds.bottom() <= height && bounds.height() > 0.0 {
        return;
    }
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Start);
    if !wants_little_motion() {
        let _ = js_sys::Reflect::set(&options, &"behavior".into(), &"smooth".into()); // as above
    }
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

/// Scrolls as far as is needed to see what `selector` names.
pub fn bring_to_sight(selector: &str) {
    let Ok(Some(element)) = document().query_selector(selector) else { return };
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}
