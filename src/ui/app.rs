//! The whole page: rail, transport bar, and the lab with its question, controls and figures.

use super::{
    Page, autosave, browser, controls, export, figure, head, history, intake, keys, lane_list, lesson, nudge,
    own_counts, own_panel, own_text, pad, rail, sees, softmax, spine, table_data, transport, ways,
};
use crate::data::DataSet;
use crate::labs::{FigureSlot, Place};
use leptos::prelude::*;

#[component]
pub fn App() -> impl IntoView {
    let page = Page::new();
    keys::listen(page);
    export::listen_for_menus();
    lesson::check(page);
    history::listen(page);
    ways::listen(page);
    autosave::listen(page);
    let is_teaching = RwSignal::new(false);
    provide_context(lesson::IsTeaching(is_teaching));
    let lesson = lesson::now();
    let hidden = lesson.hidden.into_iter().collect::<Vec<_>>().join(" ");
    let is_over = intake::listen(page);
    browser::on_style_change(move || page.theme.update(|count| *count += 1));
    window_event_listener_untyped("popstate", move |_| page.read_address());
    let lab = page.open_lab();
    view! {
        <div class="shell" class:shell--alone=lesson.is_embedded data-hide=hidden class:is-over=move || is_over.get()>
            <a class="skip" href="#main" on:click=move |event| { event.prevent_default(); keys::focus("main"); }>"Skip to the lab"</a>
            <rail::Rail page=page />
            <transport::Transport page=page />
            <main id="main" class=move || format!("lab lab--{}", lab.get()) tabindex="-1">
                {move || { lab.track(); view! { <LabView page=page /> } }}
                <history::History page=page />
            </main>
            <keys::KeyList />
            <lesson::Teachers page=page is_open=is_teaching />
        </div>
    }
}

/// The pad of a lab that is about more than the drawing, where there are pictures.
#[component]
fn PadBelow(page: Page) -> impl IntoView {
    let is_of_pictures = Memo::new(move |_| {
        page.current.with(|experiment| experiment.data.set().is_ok_and(DataSet::is_of_pictures))
    });
    view! {
        <div class="pad-below" hidden=move || !is_of_pictures.get()>
            <h2 class="hint">"Draw your own"</h2>
            <pad::Pad page=page />
        </div>
        <div hidden=move || !page.current.with(|now| page.lab().offers_pictures(now))><own_panel::OwnData page=page /></div>
    }
}

/// The lab that is open, made anew when another one is.
#[component]
fn LabView(page: Page) -> impl IntoView {
    let at = move |place: Place| {
        let there = page.slots().iter().filter(move |slot| slot.place == place);
        let shown = move |slot: &FigureSlot| {
            let slot = *slot;
            let is_shown = Memo::new(move |_| page.current.with(|now| page.lab().shows(slot.id, now)));
            move || is_shown.get().then(|| view! { <figure::FigureView page=page of=slot /> })
        };
        there.map(shown).collect_view()
    };
    let takes_counts = Memo::new(move |_| matches!(page.set_of_text(), "own_ratings" | "own_documents"));
    let has = |place: Place| page.slots().iter().any(|slot| slot.place == place);
    view! {
        <head::Head page=page />
        <section class="controls" aria-label="Controls">
            {page.lab().is_about_drawing().then(|| view! {
                <pad::Pad page=page /><sees::Sees page=page /><nudge::Sliders page=page /><own_panel::OwnData page=page />
            })}
            <lane_list::LaneList page=page />
            <controls::Controls page=page />
            {(page.lab().has_pad() && !page.lab().is_about_drawing()).then(|| view! { <PadBelow page=page /> })}
            {page.lab().takes_texts().then(|| view! { <own_text::OwnText page=page /> })}
            {page.lab().takes_tables().then(|| view! { <div hidden=move || takes_counts.get()><table_data::OwnRows page=page /></div> })}
            {move || takes_counts.get().then(|| view! { <own_counts::OwnCounts page=page /> })}
        </section>
        <div class=format!("stage stage--{}", page.lab().name())>
            {has(Place::Spine).then(|| view! { <spine::Spine page=page /> })}
            {has(Place::Story).then(|| view! { <div class="story">{at(Place::Story)}</div> })}
            <div class="side">{at(Place::Side)}</div>
            {has(Place::Row).then(|| view! { <div class="row rule">{at(Place::Row)}</div> })}
            {has(Place::Below).then(|| view! { <div class="below rule">{at(Place::Below)}</div> })}
            {page.lab().has_softmax_bench().then(|| view! { <softmax::Softmax /> })}
        </div>
    }
}
