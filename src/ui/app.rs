//! The whole page: rail, transport bar, and the lab with its question, controls and figures.

use super::{Page, browser, controls, figure, head, keys, rail, spine, transport};
use crate::labs::Place;
use leptos::prelude::*;

#[component]
pub fn App() -> impl IntoView {
    let page = Page::new();
    keys::listen(page);
    browser::on_style_change(move || page.theme.update(|count| *count += 1));
    window_event_listener_untyped("popstate", move |_| page.read_address());
    let lab = page.open_lab();
    view! {
        <div class="shell">
            <a class="skip" href="#main" on:click=move |event| { event.prevent_default(); keys::focus("main"); }>"Skip to the lab"</a>
            <rail::Rail page=page />
            <transport::Transport page=page />
            <main id="main" class=move || format!("lab lab--{}", lab.get()) tabindex="-1">
                {move || { lab.track(); view! { <LabView page=page /> } }}
            </main>
            <keys::KeyList />
        </div>
    }
}

/// The lab that is open, made anew when another one is.
#[component]
fn LabView(page: Page) -> impl IntoView {
    let side = page.slots().iter().filter(|slot| slot.place == Place::Side);
    view! {
        <head::Head page=page />
        <controls::Controls page=page />
        <div class=format!("stage stage--{}", page.lab().name())>
            <spine::Spine page=page />
            <div class="side">
                {side.map(|slot| view! { <figure::FigureView page=page of=*slot /> }).collect_view()}
            </div>
        </div>
    }
}
