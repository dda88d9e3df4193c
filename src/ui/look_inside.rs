//! Looking into a network: a neuron or a link chosen in the diagram, its weights set by hand, and the gradient check
//! with its button.

use super::browser;
use super::page::{Drawn, Page};
use crate::labs::{Asked, Figure, Unit, Weights};
use crate::plot;
use js_sys::Date;
use leptos::prelude::*;

/// Time within which a field takes the focus that a click asked for: then the visitor is elsewhere.
const PATIENCE_MS: f64 = 2000.0;

/// A weight whose field is to take the focus.
#[derive(Clone, Copy, PartialEq)]
pub struct Wanted {
    /// Layer and neuron, counted from 0, and the weight, counted within them.
    unit: [usize; 2],
    index: usize,
    asked_ms: f64,
}

/// Acts on a click on the network diagram: looks into the neuron that was hit, or to whose weight the link belongs, and
/// brings that into sight; one that is looked into already is let go. Returns whether there was one.
pub fn click(page: Page, drawn: Option<&Drawn>, size: (f64, f64), at: (f64, f64)) -> bool {
    let Some(drawn) = drawn else { return false };
    let Figure::Diagram(diagram) = &drawn.0.figure else { return false };
    let Some(hit) = plot::neuron_at(diagram, &drawn.1, size, at).filter(|hit| hit.column > 0) else {
        return false;
    };
    if untrack(|| page.chosen()) == Some(hit) {
        page.let_go();
        return true;
    }
    let unit = Unit { layer: hit.column - 1, map: hit.unit, ..Unit::default() };
    page.select_layer(hit.column);
    page.set_focus(unit);
    page.link.set(hit.from);
    let wanted = |index| Wanted { unit: [unit.layer, unit.map], index, asked_ms: Date::now() };
    page.weight_wanted.set(hit.from.map(wanted));
    browser::scroll_to(if hit.from.is_some() { "[data-testid=weights]" } else { "[data-testid=neuron]" });
    true
}

/// Which neuron is looked into, and a field for each of its weights; only under the figure of them.
#[component]
pub fn Editor(page: Page, drawn: Signal<Option<Drawn>>) -> impl IntoView {
    let figure = Memo::new(move |_| {
        drawn.with(|drawn| match drawn.as_ref().map(|drawn| &drawn.0.figure) {
            Some(Figure::Weights(weights)) => Some(weights.clone()),
            _ => None,
        })
    });
    // Made anew only with another neuron, so that a field keeps its caret while the network trains.
    let shape = Memo::new(move |_| {
        figure.with(|figure| {
            figure.as_ref().map(|Weights { unit, units, weights, .. }| (*unit, *units, weights.clone()))
        })
    });
    move || {
        shape.get().map(|([layer, unit], units, weights)| {
            let options = (0..units)
                .map(|index| view! { <option value=index.to_string() selected=index == unit>{index + 1}</option> })
                .collect_view();
            let on_neuron = move |event| {
                let map = event_target_value(&event).parse().unwrap_or(0);
                page.set_focus(Unit { layer, map, ..Unit::default() });
            };
            let fields = weights
                .into_iter()
                .enumerate()
                .map(|(index, weight)| {
                    let place = ([layer, unit], index);
                    view! { <WeightField page=page drawn=drawn place=place label=weight.label key_=weight.key /> }
                })
                .collect_view();
            view! {
                <div class="pick">
                    <label class="inline">"Neuron"<select class="num" id="neuron" on:change=on_neuron>{options}</select></label>
                </div>
                <div class="weights">{fields}</div>
            }
        })
    }
}

/// A weight as a number that can be set; `place` is its neuron, and where it is among the weights of that.
#[component]
fn WeightField(
    page: Page,
    drawn: Signal<Option<Drawn>>,
    place: ([usize; 2], usize),
    label: String,
    key_: String,
) -> impl IntoView {
    let index = place.1;
    let is_edited = RwSignal::new(false);
    let refused = RwSignal::new(None::<String>);
    let field = NodeRef::<leptos::html::Input>::new();
    let value = Memo::new(move |before: Option<&String>| {
        if is_edited.get() {
            return before.cloned().unwrap_or_default();
        }
        drawn.with(|drawn| match drawn.as_ref().map(|drawn| (&drawn.0.figure, &drawn.1)) {
            Some((Figure::Weights(weights), numbers)) => {
                numbers.at(weights.values).get(index).map_or_else(String::new, f32::to_string)
            }
            _ => String::new(),
        })
    });
    Effect::new(move |_| {
        let is_this = |wanted: &Wanted| (wanted.unit, wanted.index) == place;
        let (Some(field), Some(wanted)) = (field.get(), page.weight_wanted.get().filter(is_this)) else {
            return;
        };
        page.weight_wanted.set(None);
        if Date::now() - wanted.asked_ms < PATIENCE_MS {
            browser::focus_in_place(&field);
            field.select();
            browser::show_within(&field, ".weights");
        }
    });
    let set = {
        let key = key_.clone();
        move |event| {
            is_edited.set(false);
            let text = event_target_value(&event);
            let Some(weight) = weight_of(&text) else {
                let now = value.get_untracked();
                // A field of numbers tells nothing of what is none.
                let given =
                    if text.is_empty() { "That is no number".into() } else { format!("{text} is too large") };
                refused
                    .set(Some(format!("{given}: a weight must be a finite number. It is {now} as before.")));
                return event_target::<web_sys::HtmlInputElement>(&event).set_value(&now);
            };
            page.set_weight(&key, weight);
        }
    };
    let on_input = move |_| {
        is_edited.set(true);
        refused.set(None);
    };
    view! {
        <label>
            <span>{label}</span>
            <input node_ref=field type="number" step="any" class="num" data-key=key_ prop:value=value aria-invalid=move || refused.with(Option::is_some).to_string()
                on:input=on_input on:blur=move |_| is_edited.set(false) on:change=set />
            {move || refused.get().map(|said| view! { <span class="list__bad" role="alert">{said}</span> })}
        </label>
    }
}

/// The weight that was typed, in its own digits, so that the link says the same number.
fn weight_of(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|weight| (*weight as f32).is_finite())
}

/// The button of the gradient check, and into which layer it puts a wrong derivative.
#[component]
pub fn CheckBar(page: Page) -> impl IntoView {
    let depth = Memo::new(move |_| page.current.with(|experiment| page.lab().depth(experiment)));
    let lie = RwSignal::new(None::<usize>);
    let check = move || {
        page.check.update(|Asked { times, lie: into }| {
            *times += 1;
            *into = lie.get_untracked();
        });
        page.refresh();
    };
    let options = move || {
        (1..=depth.get())
            .map(|layer| view! { <option value=layer.to_string() selected=lie.get_untracked() == Some(layer)>{format!("layer {layer}")}</option> })
            .collect_view()
    };
    view! {
        <div class="pick check">
            <button class="btn btn--line" data-testid="check-now" on:click=move |_| check()>"Check the gradients"</button>
            <label class="inline">"with a wrong derivative in"
            <select id="check-lie" on:change=move |event| { lie.set(event_target_value(&event).parse().ok()); check(); }>
                <option value="none">"no layer"</option>
                {options}
            </select></label>
        </div>
    }
}
