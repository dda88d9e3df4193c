//! One figure: its caption with what belongs to it, and its drawing; of several lanes one of each where they
//! stand side by side.

use super::drawing::Drawing;
use super::icons::{self, Icon};
use super::lane_list::{Tag, class_of};
use super::page::{Drawn, Page};
use super::table::TableDialog;
use super::{
    arrows, controls, focus, legend, look_inside, machine, misread, nudge, points, probe, race, table_data,
};
use crate::labs::{Across, Control, FigureSlot, LANE_LETTERS};
use leptos::prelude::*;

#[component]
pub fn FigureView(page: Page, of: FigureSlot) -> impl IntoView {
    let slot = of;
    let drawn = page.shown(slot);
    let shows_table = RwSignal::new(false);
    let captioned = move || page.current.with(|experiment| page.lab().captioned(slot, experiment));
    let own_controls = slot.of_layer.then(|| view! { <LayerControls page=page /> });
    let title = move || {
        if slot.of_layer { format!("Layer {}", page.layer.get()) } else { captioned().title.into() }
    };
    let caption = Memo::new(move |_| captioned().caption);
    let summary =
        move || drawn.with(|drawn| drawn.as_ref().map_or_else(String::new, |drawn| drawn.0.summary.clone()));
    let is_apart =
        Memo::new(move |_| slot.across == Across::SideBySide && page.open_lanes.with(|open| open.len() > 1));
    let id = format!("figure-{}", slot.id);
    let plots = move || {
        if is_apart.get() {
            return view! { <Apart page=page of=slot shows_table=shows_table /> }.into_any();
        }
        view! {
            <Drawing page=page of=slot drawn=drawn id=id.clone() shows_table=shows_table>
                <legend::PlaneLegend drawn=drawn />
            </Drawing>
        }
        .into_any()
    };
    view! {
        <figure class="fig" data-testid=slot.id>
            <figcaption class="fig__cap">
                <div class="fig__title">
                    <h2>{title}</h2>
                    {(slot.across == Across::Selected).then(|| view! { <Tag page=page /> })}
                    {move || (!caption.get().is_empty()).then(|| view! { <p>{caption.get()}</p> })}
                </div>
                <Tools page=page of=slot drawn=drawn />
                <button class="btn btn--icon fig__table" aria-label=format!("{} as a table", slot.title) title="Show as table, save"
                    on:click=move |_| shows_table.set(true)><Icon path=icons::TABLE small=true /></button>
                {own_controls}
            </figcaption>
            <focus::Answer drawn=drawn />
            {plots}
            {slot.is_told.then(|| view! { <p class="hint told">{summary}</p> })}
            {slot.works_out.map(|maps| view! { <focus::FocusPicker page=page maps=page.figure(maps) /> })}
            <arrows::Meaning drawn=drawn />
            <misread::Picker page=page drawn=drawn />
            <points::Tools page=page drawn=drawn />
            <probe::Under page=page drawn=drawn />
            <machine::Under page=page drawn=drawn />
            <race::Under page=page drawn=drawn />
            <table_data::Axes page=page drawn=drawn />
            <look_inside::Editor page=page drawn=drawn />
            {slot.is_asked.then(|| view! { <look_inside::CheckBar page=page /> })}
            <Show when=move || shows_table.get()>
                <TableDialog page=page of=slot drawn=drawn is_open=shows_table />
            </Show>
        </figure>
    }
}

/// A small drawing for each lane, with its letter and what it comes to.
#[component]
fn Apart(page: Page, of: FigureSlot, shows_table: RwSignal<bool>) -> impl IntoView {
    let lab = page.lab().name();
    let one = move |index: usize| {
        let drawn: Signal<Option<Drawn>> = page.lane_at(index).figure((lab, of.id)).into();
        let note = note_of(page, of, drawn);
        let id = format!("figure-{}-{}", of.id, LANE_LETTERS[index]);
        view! {
            <div class=class_of("pair__one", index)>
                <Drawing page=page of=of drawn=drawn id=id shows_table=shows_table />
                <p class="pair__cap"><Tag page=page lane=index /><span class="num">{move || note.get()}</span></p>
            </div>
        }
    };
    view! {
        <div class="pair" data-testid=format!("{}-lanes", of.id)>
            <For each=move || page.open_lanes.get() key=|index| *index children=one />
        </div>
    }
}

/// What the colours mean, a word beside the title, and switches.
#[component]
fn Tools(page: Page, of: FigureSlot, drawn: Signal<Option<Drawn>>) -> impl IntoView {
    let note = note_of(page, of, drawn);
    view! {
        <div class="fig__tools">
            {of.sweeps.then(|| view! { <nudge::Switch page=page /> })}
            <span class="key num">{move || note.get()}</span>
            <arrows::Switch page=page drawn=drawn />
            <probe::Tools page=page drawn=drawn />
            <machine::Tools page=page drawn=drawn />
            <race::Axis page=page drawn=drawn />
            <race::Seen page=page drawn=drawn />
            <legend::DiagramKey drawn=drawn layer=page.layer />
            <legend::MapKey drawn=drawn />
            <legend::MapScaleKey page=page drawn=drawn />
            <legend::FilterKey drawn=drawn />
        </div>
    }
}

/// The words beside the title, renewed with the verdict, so that both say the same; how it does on the test items is
/// renewed with the figure, so that all figures say the same.
fn note_of(page: Page, of: FigureSlot, drawn: Signal<Option<Drawn>>) -> Memo<String> {
    // One that was of another run goes with its figure.
    let is_gone = Memo::new(move |_| drawn.with(Option::is_none));
    Memo::new(move |_| {
        is_gone.track();
        if of.tests {
            drawn.track();
        } else {
            page.words.track();
        }
        drawn.with_untracked(|drawn| drawn.as_ref().map_or_else(String::new, |d| d.0.note.clone()))
    })
}

/// The selected layer's own settings, chosen beside its figure.
#[component]
fn LayerControls(page: Page) -> impl IntoView {
    let all = Memo::new(move |_| {
        let layer = page.layer.get();
        page.current.with(|experiment| page.lab().layer_controls(experiment, layer))
    });
    let count = Memo::new(move |_| all.with(Vec::len));
    let one = move |index: usize| {
        let shown = Memo::new(move |before: Option<&Control>| {
            let now = all.with(|all| all.get(index).cloned());
            now.or_else(|| before.cloned()).expect("shown only for a layer that has a control")
        });
        let control = shown.get_untracked();
        let setting = control.key.rsplit('.').next().unwrap_or_default();
        view! { <controls::Options page=page control=shown id=format!("layer-{setting}") quiet=true label=control.label /> }
    };
    move || {
        let controls = (0..count.get()).map(one).collect_view();
        (count.get() > 0).then(|| view! { <div class="fig__own">{controls}</div> })
    }
}
