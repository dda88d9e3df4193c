//! Icons: strokes on a grid of 20, drawn in the colour of the text.

use leptos::prelude::*;

pub const PLAY: &str = "M6.5 4.2v11.6l9-5.8z";
pub const PAUSE: &str = "M7 4.5v11M13 4.5v11";
pub const STEP: &str = "M5 4.5v11l8-5.5zM15.5 4.5v11";
pub const RESET: &str = "M4 4v4h4M4.3 8A6.5 6.5 0 1 1 3.5 11.5";
pub const DICE: &str = "M6 3.5h8A2.5 2.5 0 0 1 16.5 6v8a2.5 2.5 0 0 1-2.5 2.5H6A2.5 2.5 0 0 1 3.5 14V6A2.5 2.5 0 0 1 6 3.5zM7 7h.01M13 13h.01M10 10h.01M13 7h.01M7 13h.01";
pub const LINK: &str = "M8.5 11.5l3-3M7 9.5l-2 2a2.8 2.8 0 0 0 4 4l2-2M13 10.5l2-2a2.8 2.8 0 0 0-4-4l-2 2";
pub const SAVE: &str = "M10 3v9M6.5 9L10 12.5 13.5 9M4 16.5h12";
pub const THEME: &str = "M10 3.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M10 3.5v13M12.5 4.2v11.6M15 6v8";
pub const SHEET: &str = "M4 6h7M15 6h1M4 14h1M9 14h7M13 4.2a1.8 1.8 0 1 0 0 3.6a1.8 1.8 0 1 0 0-3.6M7 12.2a1.8 1.8 0 1 0 0 3.6a1.8 1.8 0 1 0 0-3.6";
pub const CHEVRON: &str = "M8 5.5L12.5 10 8 14.5";
pub const UP: &str = "M10 15.5v-11M5.5 9L10 4.5 14.5 9";
pub const DOWN: &str = "M10 4.5v11M5.5 11l4.5 4.5 4.5-4.5";
pub const TABLE: &str = "M3.5 5h13v10.5h-13zM3.5 8.5h13M3.5 12h13M8.5 5v10.5";
pub const CLOSE: &str = "M6 6l8 8M14 6l-8 8";
pub const ADD: &str = "M10 4.5v11M4.5 10h11";
pub const WARN: &str = "M10 3.5L17.5 16.5h-15zM10 8.5v3.5M10 14.2h.01";
pub const GOOD: &str = "M10 3a7 7 0 1 0 0 14a7 7 0 1 0 0-14M6.8 10.2l2.2 2.2 4.2-4.6";
pub const BAD: &str = "M7 3h6l4 4v6l-4 4H7l-4-4V7zM10 6.5v4.5M10 13.6h.01";
pub const NOTE: &str = "M10 3a7 7 0 1 0 0 14a7 7 0 1 0 0-14M10 9v4.5M10 6.4h.01";
pub const PEN: &str = "M4 16l1-4L13.5 3.5a1.4 1.4 0 0 1 2 0l1 1a1.4 1.4 0 0 1 0 2L8 15z";
pub const ERASER: &str = "M8 16L3.6 11.6a1.5 1.5 0 0 1 0-2.1l6-6a1.5 1.5 0 0 1 2.1 0l4.7 4.7a1.5 1.5 0 0 1 0 2.1L11 16zM6.6 6.6l6.8 6.8M8 16h9";
pub const UNDO: &str = "M7.5 4.5L3.5 8.5l4 4M3.5 8.5H12a4 4 0 0 1 0 8H8";
pub const CNN: &str = "M4.5 3h6A1.5 1.5 0 0 1 12 4.5v6a1.5 1.5 0 0 1-1.5 1.5h-6A1.5 1.5 0 0 1 3 10.5v-6A1.5 1.5 0 0 1 4.5 3zM8 17h7.5a1.5 1.5 0 0 0 1.5-1.5V8M6 6h3v3H6z";
pub const AUTOENCODER: &str = "M3 4v12l5-4V8zM17 4v12l-5-4V8zM8 10h4";
pub const SEQUENCE: &str = "M2.5 9v2a1 1 0 0 0 1 1h2a1 1 0 0 0 1-1V9a1 1 0 0 0-1-1h-2a1 1 0 0 0-1 1zM13.5 9v2a1 1 0 0 0 1 1h2a1 1 0 0 0 1-1V9a1 1 0 0 0-1-1h-2a1 1 0 0 0-1 1zM6.5 10h7M4.5 8c0-5 11-5 11 0M11.5 8l2 2-2 2";
pub const BATCHING: &str = "M3 5h3M3 10h3M3 15h3M9 5h8M9 10h8M9 15h8";
pub const OPTIMIZERS: &str = "M3.5 11a7 5.5 0 1 0 14 0a7 5.5 0 1 0-14 0zM9 12a2.5 1.8 0 1 0 5 0a2.5 1.8 0 1 0-5 0zM3 3l3.5 2.5L6 8.5l3 1";
pub const RBM: &str = "M3.2 5a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0-3.6 0zM13.2 5a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0-3.6 0zM3.2 15a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0-3.6 0zM13.2 15a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0-3.6 0zM5 6.8v6.4M15 6.8v6.4M6.3 6.3l7.4 7.4M13.7 6.3l-7.4 7.4";
pub const GRADIENTS: &str = "M3 16.5h14M4.5 14V5.5M8 14V8M11.5 14v-3.5M15 14v-1.5";

/// An icon; the words beside it, or the label of its button, say what it means.
#[component]
pub fn Icon(#[prop(into)] path: Signal<&'static str>, #[prop(optional)] small: bool) -> impl IntoView {
    let class = if small { "i i--s" } else { "i" };
    view! { <svg class=class viewBox="0 0 20 20" aria-hidden="true"><path d=move || path.get() /></svg> }
}
