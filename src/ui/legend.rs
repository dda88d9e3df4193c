//! What the marks of a figure mean, beside it, and the word in place of a figure without data.

use super::page::{Drawn, Page};
use crate::labs::Figure;
use crate::labs::format::{layer_name, power, power_of_ten};
use crate::plot::{self, Sign};
use leptos::prelude::*;

/// What the colours of the selected layer's tiles mean.
#[component]
pub fn DiagramKey(drawn: Signal<Option<Drawn>>, layer: RwSignal<usize>) -> impl IntoView {
    let ends = Memo::new(move |_| {
        let layer = layer.get();
        drawn.with(|drawn| match drawn.as_ref().map(|drawn| &drawn.0.figure) {
            Some(Figure::Diagram(diagram)) => {
                let column = diagram.columns.get(layer)?;
                Some((layer_name(layer, diagram.columns.len() - 1), column.ends))
            }
            _ => None,
        })
    });
    move || {
        ends.get().map(|(name, [low, high])| {
            view! {
                <span class="key">
                    <span>{name}" gives"</span><span class="num">{power(low)}</span><span class="ramp ramp--div"></span><span class="num">{power(high)}</span>
                </span>
            }
        })
    }
}

/// What the colours of a map over layers and steps mean.
#[component]
pub fn MapKey(drawn: Signal<Option<Drawn>>) -> impl IntoView {
    let decades = Memo::new(move |_| {
        drawn.with(|drawn| match drawn.as_ref().map(|drawn| &drawn.0.figure) {
            Some(Figure::LayerMap(map)) => Some(map.decades),
            _ => None,
        })
    });
    move || {
        decades.get().map(|[low, high]| {
            view! {
                <span class="key">
                    <span class="num">{power_of_ten(low)}</span><span class="ramp ramp--seq"></span><span class="num">{power_of_ten(high)}</span>
                </span>
            }
        })
    }
}

/// What the colours of feature maps stand for, with the two switches of it.
#[component]
pub fn MapScaleKey(page: Page, drawn: Signal<Option<Drawn>>) -> impl IntoView {
    const SIGNS: [(&str, Sign); 3] =
        [("auto sign", Sign::AsNeeded), ("0 to max", Sign::Unsigned), ("−max to max", Sign::Signed)];
    let has_maps = Memo::new(move |_| {
        drawn.with(|drawn| drawn.as_ref().is_some_and(|drawn| matches!(drawn.0.figure, Figure::Maps(_))))
    });
    let is_signed = Memo::new(move |_| match page.map_scale.get().sign {
        Sign::AsNeeded => drawn.with(|drawn| match drawn.as_ref().map(|drawn| &drawn.0.figure) {
            Some(Figure::Maps(maps)) => maps.columns.iter().any(|column| column.is_signed),
            _ => false,
        }),
        sign => sign == Sign::Signed,
    });
    let on_range =
        move |event| page.map_scale.update(|scale| scale.is_per_map = event_target_value(&event) == "map");
    let on_sign = move |event| {
        let sign = event_target_value(&event).parse().ok().and_then(|index: usize| SIGNS.get(index));
        if let Some(&(_, sign)) = sign {
            page.map_scale.update(|scale| scale.sign = sign);
        }
    };
    let is_per_map = move || page.map_scale.with(|scale| scale.is_per_map);
    let signs = move || {
        let now = page.map_scale.with(|scale| scale.sign);
        let option = |(index, (label, sign)): (usize, (&'static str, Sign))| {
            view! { <option value=index.to_string() selected=sign == now>{label}</option> }
        };
        SIGNS.into_iter().enumerate().map(option).collect_view()
    };
    move || {
        has_maps.get().then(|| {
            view! {
                <span class="key scale">
                    <select class="quiet" id="map-range" aria-label="Colours scaled" on:change=on_range>
                        <option value="layer" selected=move || !is_per_map()>"per layer"</option>
                        <option value="map" selected=is_per_map>"per map"</option>
                    </select>
                    <select class="quiet" id="map-sign" aria-label="Range of the colours" on:change=on_sign>{signs}</select>
                    <span class="scale__ramp key">{move || if is_signed.get() { "−max" } else { "0" }}
                        <span class=move || if is_signed.get() { "ramp ramp--div" } else { "ramp ramp--seq" }></span>"max"</span>
                </span>
            }
        })
    }
}

/// What the colours of kernels stand for.
#[component]
pub fn FilterKey(drawn: Signal<Option<Drawn>>) -> impl IntoView {
    let most = Memo::new(move |_| {
        drawn.with(|drawn| match drawn.as_ref().map(|drawn| &drawn.0.figure) {
            Some(Figure::Filters(filters)) => Some(filters.most),
            _ => None,
        })
    });
    move || {
        most.get().map(|most| {
            view! {
                <span class="key">
                    <span class="num">{power(-most)}</span><span class="ramp ramp--div"></span><span class="num">{power(most)}</span>
                </span>
            }
        })
    }
}

/// The classes of the items on a plane, each with its marker, and which of them are for the test.
#[component]
pub fn PlaneLegend(drawn: Signal<Option<Drawn>>) -> impl IntoView {
    let classes = Memo::new(move |_| {
        drawn.with(|drawn| match drawn.as_ref().map(|drawn| &drawn.0.figure) {
            Some(Figure::Plane(plane)) => Some(plane.classes.clone()),
            _ => None,
        })
    });
    // Numbers say that they are classes.
    let said = |classes: &[String], class: usize| match &classes[class] {
        number if number.parse::<f64>().is_ok() => format!("class {number}"),
        name => name.clone(),
    };
    // Name, colour and marker of each.
    let marks = move |classes: Vec<String>| match classes.len() {
        0 => [("−1", 0), ("0", 4), ("1", 8)]
            .map(|(name, div)| (name.to_owned(), format!("--div-{div}"), 0))
            .to_vec(),
        2 => [0, 1].map(|class| (said(&classes, class), format!("--div-{}", 8 * class), 0)).to_vec(),
        many => (0..many).map(|class| (said(&classes, class), format!("--cls-{class}"), class)).collect(),
    };
    move || {
        classes.get().map(|classes| {
            let items = marks(classes).into_iter().map(|(label, color, shape)| {
                let style = format!("fill: var({color})");
                let title = label.clone();
                view! { <li title=title><svg class="mark" viewBox="-5 -5 10 10" aria-hidden="true" style=style>{shape_of(shape)}</svg><span>{label}</span></li> }
            });
            view! {
                <ul class="legend">
                    {items.collect_view()}
                    <li><i class="ring"></i>"test"</li>
                </ul>
            }
        })
    }
}

/// The marker of a class, as the plane draws it.
pub(super) fn shape_of(shape: usize) -> AnyView {
    const RADIUS: f64 = 3.6;
    match plot::marker(shape, (0.0, 0.0), RADIUS) {
        Some(corners) => {
            let points: Vec<String> = corners.iter().map(|(x, y)| format!("{x:.2},{y:.2}")).collect();
            view! { <polygon points=points.join(" ") /> }.into_any()
        }
        None => view! { <circle r=RADIUS.to_string() /> }.into_any(),
    }
}

/// A figure over steps, before the first one; it covers what the figure will.
#[component]
pub fn Empty(drawn: Signal<Option<Drawn>>, size: RwSignal<(f64, f64)>) -> impl IntoView {
    let layers = Memo::new(move |_| {
        drawn.with(|drawn| match drawn.as_ref().map(|drawn| &drawn.0.figure) {
            Some(Figure::LayerMap(map)) if map.values.len == 0 => Some(map.layers),
            _ => None,
        })
    });
    let no_pictures = Memo::new(move |_| {
        drawn.with(|drawn| {
            let (panel, _) = &**drawn.as_ref()?;
            matches!(&panel.figure, Figure::Gallery(gallery) if gallery.items.len == 0)
                .then(|| panel.summary.clone())
        })
    });
    move || {
        if let Some(words) = no_pictures.get() {
            return Some(
                view! { <p class="fig__empty" style=String::from("left: 0; right: 0; padding: 0 16px; text-align: center")>{words}</p> }
                    .into_any(),
            );
        }
        layers.get().map(|layers| {
            let (width, _) = size.get();
            let columns = plot::columns(width, layers);
            let style = format!("left: {}px; right: {}px", columns.start(1), width - columns.right());
            view! { <p class="fig__empty" style=style>"Press Play: a row for each step."</p> }.into_any()
        })
    }
}
