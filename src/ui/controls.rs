//! Draws any [`Control`] of a lab: sliders, segments, lists and data sets.

use super::Page;
use super::icons::{self, Icon};
use super::lane_list::class_of;
use super::layers::Layers;
use super::lesson;
use super::rates::{self, FindRate};
use super::thumbnail::Thumbnail;
use crate::labs::{Control, Kind, changes, effect, lane_name, sentence};
use crate::train::Experiment;
use leptos::prelude::*;
use serde_json::Value;

#[component]
pub fn Controls(page: Page) -> impl IntoView {
    let lesson = lesson::now();
    let controls = Memo::new(move |_| {
        let all = page.current.with(|experiment| page.lab().controls(experiment));
        all.into_iter().filter(|control| !lesson.hides(&control.key)).collect::<Vec<_>>()
    });
    let keys = move |folded: bool| {
        let with_key = |control: &Control| (control.key.clone(), control.label, control.kind);
        controls.with(|all| {
            let here = all.iter().filter(|control| control.folded == folded && control.kind != Kind::Layers);
            here.map(with_key).collect::<Vec<_>>()
        })
    };
    let first = Memo::new(move |_| keys(false));
    let more = Memo::new(move |_| keys(true));
    let networks = Memo::new(move |_| {
        let with_key = |control: &Control| (control.key.clone(), control.label, control.kind);
        let is_network = |control: &&Control| control.kind == Kind::Layers;
        controls.with(|all| all.iter().filter(is_network).map(with_key).collect::<Vec<_>>())
    });
    let row = move |(key, _, _): (String, &'static str, Kind)| {
        let name = key.clone();
        let control = Memo::new(move |before: Option<&Control>| {
            let found = controls.with(|all| all.iter().find(|control| control.key == name).cloned());
            // A control that is about to be taken away keeps its last state until it is.
            found.or_else(|| before.cloned()).expect("a row is made for a control that is there")
        });
        view! { <ControlRow page=page control=control /> }
    };
    view! {
        <For each=move || first.get() key=|row| row.clone() children=row />
        <details class="fold" id="more" hidden=move || more.with(Vec::is_empty)>
            <summary>
                <Icon path=icons::CHEVRON small=true />"More"
                <span>{move || format!("{} settings", more.with(Vec::len))}</span>
            </summary>
            <div>
                <For each=move || more.get() key=|row| row.clone() children=row />
                <p class="hint">"↺ starts a new run from step 0; all else changes the running network."</p>
            </div>
        </details>
        <For each=move || networks.get() key=|row| row.clone() children=row />
        {move || {
            let (changes, effect) = page.experiment.with(|experiment| (changes(experiment), effect(experiment)));
            let said = sentence(&changes)?;
            let is_whole = changes.iter().all(|change| said.contains(&change.said()));
            let all = (!is_whole).then(|| {
                let each = changes.iter().map(|change| view! { <li>{change.said()}</li> }).collect_view();
                view! { <details><summary>"All of them"</summary><ol>{each}</ol></details> }
            });
            Some(view! { <div class="hint changes" data-testid="changes">{said}" "{effect}{all}</div> })
        }}
    }
}

/// One control with its label and the value in force.
#[component]
pub fn ControlRow(page: Page, control: Memo<Control>) -> impl IntoView {
    let kind = control.with_untracked(|control| control.kind);
    match kind {
        Kind::Slider => view! { <Slider page=page control=control /> }.into_any(),
        Kind::Select => view! { <Select page=page control=control /> }.into_any(),
        Kind::Segments { featured } => {
            view! { <Segments page=page control=control featured=featured /> }.into_any()
        }
        Kind::Several => view! { <Several page=page control=control /> }.into_any(),
        Kind::Layers => view! { <Layers page=page control=control /> }.into_any(),
        Kind::DataSets => view! { <DataSets page=page control=control /> }.into_any(),
    }
}

fn id_of(control: Memo<Control>) -> String {
    control.with_untracked(|control| control.key.replace('.', "-"))
}

fn set(page: Page, control: Memo<Control>, index: usize) {
    let chosen = control.with_untracked(|control| {
        control.choices.get(index).map(|choice| (control.key.clone(), choice.value.clone()))
    });
    if let Some((key, value)) = chosen {
        page.set(&key, &value);
    }
}

/// The label, with a sign where a change starts a new run, and one where it is set otherwise than in the
/// first lane.
fn label_of(page: Page, control: Memo<Control>) -> impl IntoView {
    let (label, restarts) = control.with_untracked(|control| (control.label, control.restarts));
    let differs = Memo::new(move |_| {
        let key = control.with(|control| control.key.clone());
        let of_first = |first: &Experiment| page.lab().controls(first).into_iter().find(|of| of.key == key);
        let first = (page.selected_lane.get() > 0).then(|| page.lane_at(0).current.with(of_first)).flatten();
        first.is_some_and(|first| control.with(|control| control.value != first.value))
    });
    view! {
        {label}
        {move || differs.get().then(|| view! {
            <span class=class_of("diff", page.selected_lane.get()) title=format!("differs from {}", lane_name(0))></span><span class="vh">{format!(" (differs from {})", lane_name(0))}</span>
        })}
        {restarts.then(|| view! { <Restarts /> })}
    }
}

/// The sign of what starts a new run.
#[component]
pub fn Restarts() -> impl IntoView {
    view! { <span class="restarts" title="Starts a new run"><span aria-hidden="true">"\u{a0}↺"</span><span class="vh">" (starts a new run)"</span></span> }
}

#[component]
fn Slider(page: Page, control: Memo<Control>) -> impl IntoView {
    let id = id_of(control);
    let last = move || control.with(|control| control.choices.len().saturating_sub(1));
    let place = move || control.with(Control::nearest);
    let shown = move || control.with(Control::shown);
    let filled = move || format!("--p: {}%", 100.0 * place() as f64 / last().max(1) as f64);
    let on_input = move |event| {
        let index: f64 = event_target_value(&event).parse().unwrap_or(0.0);
        set(page, control, index as usize);
    };
    let reset = move |_| page.set_default(&control.with_untracked(|control| control.key.clone()));
    let is_rate = control.with_untracked(|control| control.key == rates::KEY);
    view! {
        <div class="field">
            <div class="field__top">
                <label for=id.clone()>{label_of(page, control)}</label>
                {is_rate.then(|| view! { <FindRate page=page control=control /> })}
                <output class="num" for=id.clone()>{shown}</output>
            </div>
            <input type="range" id=id min="0" max=last step="1" prop:value=move || place().to_string() style=filled
                aria-valuetext=shown title="Double-click for the default" on:input=on_input on:dblclick=reset />
        </div>
    }
}

#[component]
fn Select(page: Page, control: Memo<Control>) -> impl IntoView {
    let id = id_of(control);
    view! {
        <div class="field">
            <div class="field__top"><label for=id.clone()>{label_of(page, control)}</label></div>
            <Options page=page control=control id=id quiet=false />
        </div>
    }
}

/// A drop-down list of all choices; a value outside them is listed first, as it is.
#[component]
pub fn Options(
    page: Page,
    control: Memo<Control>,
    id: String,
    quiet: bool,
    /// Words for it where no label stands beside it.
    #[prop(optional, into)]
    label: Option<String>,
) -> impl IntoView {
    let on_change = move |event| {
        if let Ok(index) = event_target_value(&event).parse() {
            set(page, control, index);
        }
    };
    let selected = move || {
        control.with(|control| control.selected().map_or_else(|| "other".into(), |index| index.to_string()))
    };
    let options = move || {
        let other = control.with(|control| control.selected().is_none().then(|| control.shown()));
        let other = other.map(|shown| view! { <option value="other" selected=true>{shown}</option> });
        let choices = control.with(|control| {
            let current = control.selected();
            let labels = control.choices.iter().map(|choice| choice.label.clone()).enumerate();
            labels
                .map(|(index, label)| view! { <option value=index.to_string() selected=current == Some(index)>{label}</option> })
                .collect_view()
        });
        view! { {other}{choices} }
    };
    view! {
        <select id=id class=quiet.then_some("quiet") aria-label=label
            prop:value=selected on:change=on_change>{options}</select>
    }
}

#[component]
fn Segments(page: Page, control: Memo<Control>, featured: usize) -> impl IntoView {
    let id = id_of(control);
    let name = id.clone();
    let has_more = control.with_untracked(|control| control.choices.len() > featured);
    let label = control.with_untracked(|control| control.label);
    let segments = Memo::new(move |_| {
        control.with(|control| {
            control.choices.iter().take(featured).map(|choice| choice.label.clone()).collect::<Vec<_>>()
        })
    });
    let radios = move || {
        let name = name.clone();
        segments.get().into_iter().enumerate().map(move |(index, label)| {
            let is_chosen = move || control.with(|control| control.selected() == Some(index));
            view! {
                <label>
                    <input type="radio" name=name.clone() prop:checked=is_chosen on:change=move |_| set(page, control, index) />
                    <span>{label}</span>
                </label>
            }
        }).collect_view()
    };
    let all_of_them = has_more.then(|| {
        let label = format!("{label}, all of them");
        view! { <div class="field__all"><Options page=page control=control id=format!("{id}-all") quiet=true label=label /></div> }
    });
    view! {
        <fieldset class="field" data-testid=id>
            <legend>{label_of(page, control)}</legend>
            {all_of_them}
            <div class="seg">{radios}</div>
        </fieldset>
    }
}

#[component]
fn Several(page: Page, control: Memo<Control>) -> impl IntoView {
    let labels = Memo::new(move |_| {
        control.with(|control| control.choices.iter().map(|choice| choice.label.clone()).collect::<Vec<_>>())
    });
    let one = move |(index, label): (usize, String)| {
        let is_chosen = move || control.with(|control| control.is_chosen(index));
        let on_change = move |event: leptos::ev::Event| {
            set(page, control, index);
            // What was refused stands as before.
            event_target::<web_sys::HtmlInputElement>(&event)
                .set_checked(control.with_untracked(|control| control.is_chosen(index)));
        };
        view! {
            <label><input type="checkbox" prop:checked=is_chosen on:change=on_change /><span>{label}</span></label>
        }
    };
    let boxes = move || labels.get().into_iter().enumerate().map(one).collect_view();
    view! {
        <fieldset class="field several" data-testid=id_of(control)>
            <legend>{label_of(page, control)}</legend>
            <div class="seg">{boxes}</div>
        </fieldset>
    }
}

#[component]
fn DataSets(page: Page, control: Memo<Control>) -> impl IntoView {
    let choices = control.with_untracked(|control| control.choices.clone());
    view! {
        <fieldset class="field sets">
            <legend><span>{label_of(page, control)}</span><output class="num">{move || control.with(Control::shown)}</output></legend>
            <div class="sets__row">
                {choices
                    .into_iter()
                    .enumerate()
                    .map(|(index, choice)| {
                        let is_chosen = move || control.with(|control| control.selected() == Some(index));
                        let name = if let Value::String(name) = choice.value { name } else { String::new() };
                        view! {
                            <label title=choice.label.clone()>
                                <input type="radio" name="data-name" aria-label=choice.label.clone() value=name.clone()
                                    prop:checked=is_chosen on:change=move |_| set(page, control, index) />
                                <Thumbnail page=page set=name />
                            </label>
                        }
                    })
                    .collect_view()}
            </div>
        </fieldset>
    }
}
