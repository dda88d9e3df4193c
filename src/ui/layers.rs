//! The list of a network's layers: each with its settings, what it gives and what is wrong with it; to be moved,
//! taken away and added to. While something is wrong the list is a draft, and the run keeps the layers it has.

use super::Page;
use super::controls::Restarts;
use super::icons::{self, Icon};
use super::keys;
use crate::labs::{
    Control, Draft, DraftRow, Input, LAYER_KINDS, LayerField, layer_kind, live_kinds, place_for,
};
use leptos::prelude::*;
use serde_json::Value;

/// A layer in the list, with a number that stays with it when it is moved.
type Item = (usize, Value);

/// The draft and what can be done to it.
#[derive(Clone, Copy)]
struct List {
    page: Page,
    control: Memo<Control>,
    items: RwSignal<Vec<Item>>,
    next_id: StoredValue<usize>,
    draft: Memo<Draft>,
    /// Kinds that come and go while the network runs on.
    live: Memo<Vec<&'static str>>,
}

impl List {
    fn new(page: Page, control: Memo<Control>) -> Self {
        let items = RwSignal::new(Vec::new());
        let next_id = StoredValue::new(0);
        let draft = Memo::new(move |_| {
            let layers = items.with(|items: &Vec<Item>| values(items));
            let key = control.with(|control| control.key.clone());
            page.current.with(|experiment| Draft::new(experiment, &key, &layers))
        });
        let live = Memo::new(move |_| page.current.with(live_kinds));
        let list = Self { page, control, items, next_id, draft, live };
        // What the run has, whenever that is another than what is here.
        Effect::new(move |_| {
            let layers = control.with(|control| layers_of(&control.value));
            if items.with_untracked(|items| completed(items) != layers) {
                items.set(list.numbered(layers));
            }
        });
        list
    }

    fn numbered(self, layers: Vec<Value>) -> Vec<Item> {
        layers.into_iter().map(|layer| (self.new_id(), layer)).collect()
    }

    fn new_id(self) -> usize {
        self.next_id.update_value(|next| *next += 1);
        self.next_id.get_value()
    }

    /// Changes the list; as soon as it is right, the run has it.
    fn change(self, change: impl FnOnce(&mut Vec<Item>)) {
        self.items.update(change);
        if self.draft.with_untracked(Draft::is_right) {
            let key = self.control.with_untracked(|control| control.key.clone());
            self.page.set(&key, &self.items.with_untracked(|items| values(items)).into());
        }
    }

    fn set(self, id: usize, key: &str, value: Value) {
        self.change(|items| {
            if let Some((_, layer)) = items.iter_mut().find(|item| item.0 == id) {
                layer[key] = value;
            }
        });
    }

    /// Moves a layer by one place; the output layer stays where it is.
    fn shift(self, id: usize, down: bool) {
        let Some(index) = self.place(id) else { return };
        let to = if down { index + 1 } else { index.wrapping_sub(1) };
        let last = self.items.with_untracked(Vec::len).saturating_sub(1);
        if to < last && index < last {
            self.change(|items| items.swap(index, to));
            // A row that is moved loses the focus; at the end of the way the other button is the one that is left.
            let goes_on = if down { to + 1 < last } else { to > 0 };
            let name = if down == goes_on { "down" } else { "up" };
            request_animation_frame(move || keys::focus(&format!("layer-{id}-{name}")));
        }
    }

    fn remove(self, id: usize) {
        let Some(index) = self.place(id) else { return };
        self.change(|items| {
            items.remove(index);
        });
        // The layer that takes its place; the output layer has nothing to focus.
        let next = self
            .items
            .with_untracked(|items| items[..items.len().saturating_sub(1)].get(index).map(|item| item.0));
        request_animation_frame(move || match next {
            Some(next) => keys::focus(&format!("layer-{next}")),
            None => keys::focus("add-layer"),
        });
    }

    fn add(self, kind: &str) {
        let Some(new) = layer_kind(kind).map(crate::labs::LayerKind::fresh) else { return };
        let layers = self.items.with_untracked(|items| values(items));
        let at = self.page.current.with_untracked(|experiment| place_for(experiment, &layers, &new));
        let id = self.new_id();
        self.change(|items| items.insert(at, (id, new)));
        request_animation_frame(move || keys::focus(&format!("layer-{id}")));
    }

    fn place(self, id: usize) -> Option<usize> {
        self.items.with_untracked(|items| items.iter().position(|item| item.0 == id))
    }
}

fn values(items: &[Item]) -> Vec<Value> {
    items.iter().map(|item| item.1.clone()).collect()
}

fn layers_of(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

/// The layers with every setting that was left out, as an experiment has them; as they are where they cannot be read.
fn completed(items: &[Item]) -> Vec<Value> {
    let complete = |layer: &Value| {
        let read = serde_json::from_value::<crate::nn::LayerConfig>(layer.clone());
        read.ok().and_then(|layer| serde_json::to_value(layer).ok()).unwrap_or_else(|| layer.clone())
    };
    items.iter().map(|item| complete(&item.1)).collect()
}

#[component]
pub fn Layers(page: Page, control: Memo<Control>) -> impl IntoView {
    let list = List::new(page, control);
    let label = control.with_untracked(|control| control.label);
    let many = move || list.items.with(Vec::len);
    let on_preset = move |event| {
        let preset = event_target_value(&event).parse().ok().and_then(|index: usize| {
            control.with_untracked(|control| Some(layers_of(&control.choices.get(index)?.value)))
        });
        if let Some(layers) = preset {
            list.change(|items| *items = list.numbered(layers));
        }
    };
    let presets = move || {
        let (labels, selected) = control.with(|control| {
            let labels: Vec<String> = control.choices.iter().map(|choice| choice.label.clone()).collect();
            (labels, control.selected())
        });
        let own = selected.is_none().then(|| view! { <option value="own" selected=true>"Your own"</option> });
        let options = labels.into_iter().enumerate().map(|(index, label)| {
            view! { <option value=index.to_string() selected=selected == Some(index)>{label}</option> }
        });
        view! { {own}{options.collect_view()} }
    };
    let is_right = Memo::new(move |_| list.draft.with(Draft::is_right));
    let go_back = move |_| {
        let layers = control.with_untracked(|control| layers_of(&control.value));
        list.items.set(list.numbered(layers));
    };
    let added = NodeRef::<leptos::html::Select>::new();
    let add = move |_| {
        if let Some(select) = added.get_untracked() {
            list.add(&select.value());
        }
    };
    let is_last = move |id: usize| list.items.with(|items| items.last().is_some_and(|item| item.0 == id));
    let new_kinds = move || {
        let live = list.live.get();
        let mark = |name: &str| if live.contains(&name) { "" } else { "\u{a0}↺" };
        LAYER_KINDS
            .iter()
            .map(|kind| view! { <option value=kind.name>{kind.name}{mark(kind.name)}</option> })
            .collect_view()
    };
    let effect = move || {
        let live = list.live.with(|live| live.join(", "));
        format!(
            "Activations, rates, and layers of the kinds {live} change the running network; all else (↺) starts a new run with fresh weights."
        )
    };
    view! {
        <details class="fold" data-testid="network-layers">
            <summary><Icon path=icons::CHEVRON small=true />{label}<span>{many}" layers"</span></summary>
            <div>
                <div class="field">
                    <div class="field__top"><label for="network-preset">"Begin with"<Restarts /></label></div>
                    <select id="network-preset" on:change=on_preset>{presets}</select>
                </div>
                <ol class="list">
                    <For each=move || list.items.get() key=|item| item.0 children=move |(id, _)| {
                        view! { <Row list=list id=id is_output=Signal::derive(move || is_last(id)) /> }
                    } />
                </ol>
                <div class="list__add">
                    <label class="vh" for="new-layer">"Kind of the new layer"</label>
                    <select id="new-layer" node_ref=added>
                        {new_kinds}
                    </select>
                    <button class="btn btn--line" id="add-layer" on:click=add>"Add layer"</button>
                </div>
                <div role="status">
                    {move || list.draft.with(|draft| draft.refusal.clone()).map(|words| view! { <p class="list__bad">{words}</p> })}
                    {move || (!is_right.get()).then(|| view! {
                        <p class="hint">"The run keeps the layers it has until this is mended. "
                            <button class="btn btn--line" data-testid="discard-layers" on:click=go_back>"Discard changes"</button></p>
                    })}
                </div>
                <p class="hint" data-testid="layers-effect">{effect}</p>
            </div>
        </details>
    }
}

/// One layer: its kind, its settings, what it gives or why it cannot.
#[component]
fn Row(list: List, id: usize, is_output: Signal<bool>) -> impl IntoView {
    let layer = Memo::new(move |before: Option<&Value>| {
        let found =
            list.items.with(|items| items.iter().find(|item| item.0 == id).map(|item| item.1.clone()));
        // A row that is about to go keeps its last state until then.
        found.or_else(|| before.cloned()).unwrap_or_default()
    });
    let kind = Memo::new(move |_| layer.with(|layer| layer["type"].as_str().unwrap_or_default().to_owned()));
    let place = Memo::new(move |_| {
        list.items.with(|items| items.iter().position(|item| item.0 == id)).map_or(0, |index| index + 1)
    });
    let said = Memo::new(move |_| -> DraftRow {
        list.draft.with(|draft| draft.rows.get(place.get().wrapping_sub(1)).cloned()).unwrap_or_default()
    });
    let is_bad = move || said.with(|said| said.refusal.is_some());
    let is_first = move || place.get() <= 1;
    let is_lowest = move || place.get() + 1 >= list.items.with(Vec::len);
    let name = move || format!("layer {}, {}", place.get(), kind.get());
    let on_kind = move |event| {
        if let Some(kind) = layer_kind(&event_target_value(&event)) {
            list.change(|items| {
                if let Some(item) = items.iter_mut().find(|item| item.0 == id) {
                    item.1 = changed_kind(&item.1, kind.fresh());
                }
            });
        }
    };
    let kinds = move || {
        let now = kind.get();
        let option = |name: &'static str| view! { <option value=name selected=now == name>{name}</option> };
        LAYER_KINDS.iter().map(|kind| option(kind.name)).collect_view()
    };
    let removing = move || {
        let is_live = list.live.with(|live| kind.with(|kind| live.contains(&kind.as_str())));
        if is_live { "Remove" } else { "Remove (starts a new run)" }
    };
    let head = move || {
        if is_output.get() {
            return view! { <b class="list__kind">{kind.get()}</b> }.into_any();
        }
        view! {
            <select class="num list__kind" id=format!("layer-{id}") aria-label=move || format!("Kind of layer {}", place.get())
                prop:value=move || kind.get() on:change=on_kind>{kinds}</select>
            <button class="btn btn--icon" id=format!("layer-{id}-up") aria-label=move || format!("Move {} up", name()) title="Up"
                disabled=is_first on:click=move |_| list.shift(id, false)><Icon path=icons::UP small=true /></button>
            <button class="btn btn--icon" id=format!("layer-{id}-down") aria-label=move || format!("Move {} down", name()) title="Down"
                disabled=is_lowest on:click=move |_| list.shift(id, true)><Icon path=icons::DOWN small=true /></button>
            <button class="btn btn--icon" aria-label=move || format!("Remove {}", name()) title=removing data-testid="remove-layer"
                on:click=move |_| list.remove(id)><Icon path=icons::CLOSE small=true /></button>
        }
        .into_any()
    };
    let fields = move || {
        if is_output.get() {
            let words = layer.with(|layer| {
                let units = layer["units"].to_string();
                let activation = layer["activation"].as_str().unwrap_or("linear").to_owned();
                format!("{units} units, {activation}: fixed, one probability for each class")
            });
            return view! { <p class="hint">{words}</p> }.into_any();
        }
        let fields = layer_kind(&kind.get()).map_or(&[][..], |kind| kind.fields);
        fields
            .iter()
            .map(|field| view! { <Field list=list id=id layer=layer field=field place=place /> })
            .collect_view()
            .into_any()
    };
    view! {
        <li class="list__row" class:list__row--bad=is_bad data-testid="layer" data-kind=move || kind.get()>
            <div class="list__head"><span class="num list__place">{place}</span>{head}</div>
            <div class="list__fields">{fields}</div>
            {move || said.with(|said| match (&said.refusal, &said.gives) {
                (Some(words), _) => view! { <p class="list__bad" role="alert">{words.clone()}</p> }.into_any(),
                (None, Some(gives)) => view! { <p class="hint num">"→ "{gives.clone()}</p> }.into_any(),
                (None, None) => view! { <p class="hint">"Not known: a layer before it cannot be built."</p> }.into_any(),
            })}
        </li>
    }
}

/// A layer of another kind keeps the settings that both kinds have.
fn changed_kind(old: &Value, mut fresh: Value) -> Value {
    let kind = fresh["type"].as_str().and_then(layer_kind);
    for field in kind.map_or(&[][..], |kind| kind.fields) {
        if let Some(value) = old.get(field.key).filter(|value| !value.is_null()) {
            fresh[field.key] = value.clone();
        }
    }
    fresh
}

/// One setting of a layer.
#[component]
fn Field(
    list: List,
    id: usize,
    layer: Memo<Value>,
    field: &'static LayerField,
    place: Memo<usize>,
) -> impl IntoView {
    let LayerField { key, label, input } = *field;
    let value = Memo::new(move |_| layer.with(|layer| layer.get(key).cloned().unwrap_or(Value::Null)));
    let name = move || format!("{label} of layer {}", place.get());
    let entry = match input {
        Input::Number { min, max, step, empty } => {
            // Left out, it cannot be read as a number, which the row then says.
            let on_change = move |event| {
                let text = event_target_value(&event);
                let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
                list.set(id, key, number.map_or(Value::Null, |number| json_number(number, step)));
            };
            let shown = move || {
                value.with(|value| {
                    value.as_f64().map_or_else(String::new, |number| (number as f32).to_string())
                })
            };
            view! {
                <input class="num" type="number" min=min.to_string() max=max.to_string() step=step.to_string() placeholder=empty
                    aria-label=name prop:value=shown on:change=on_change />
            }
            .into_any()
        }
        Input::Choice(choices) => {
            let choices = choices();
            let listed = choices.clone();
            let on_change = move |event| {
                let index: usize = event_target_value(&event).parse().unwrap_or(0);
                if let Some(choice) = choices.get(index) {
                    list.set(id, key, choice.value.clone());
                }
            };
            let options = move || {
                let now = value.get();
                let option = |(index, choice): (usize, &crate::labs::Choice)| {
                    // What is left out is the first: Keras' default.
                    let is_chosen = choice.value == now || (now.is_null() && index == 0);
                    view! { <option value=index.to_string() selected=is_chosen>{choice.label.clone()}</option> }
                };
                listed.iter().enumerate().map(option).collect_view()
            };
            view! { <select aria-label=name on:change=on_change>{options}</select> }.into_any()
        }
        Input::Shape => {
            let on_change = move |event| list.set(id, key, shape_of(&event_target_value(&event)));
            let shown = move || value.with(shown_shape);
            view! {
                <input class="num" type="text" inputmode="numeric" placeholder="7×7×16" aria-label=name prop:value=shown
                    on:change=on_change />
            }
            .into_any()
        }
    };
    view! { <label class="inline"><span>{label}</span>{entry}</label> }
}

/// The numbers in what was typed, whatever stands between them.
fn shape_of(text: &str) -> Value {
    let numbers = text.split(|letter: char| !letter.is_ascii_digit()).filter(|digits| !digits.is_empty());
    numbers.filter_map(|digits| digits.parse::<u32>().ok()).collect()
}

/// A shape as it is written: 7×7×16.
fn shown_shape(shape: &Value) -> String {
    let axes: Vec<String> = shape.as_array().into_iter().flatten().map(ToString::to_string).collect();
    axes.join("×")
}

/// A whole number where steps are whole, so that it is read as one.
fn json_number(number: f64, step: f64) -> Value {
    let is_whole = step.fract() == 0.0 && number.fract() == 0.0 && number.abs() < 1e9;
    if is_whole { (number as i64).into() } else { number.into() }
}
