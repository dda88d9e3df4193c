//! From a cell of the confusion matrix to its pictures, and from one of them to the pad; by pointer, by
//! arrow keys, and by lists.

use super::page::{Drawn, Page};
use crate::data::Pictures;
use crate::data::digits::Photo;
use crate::labs::{Figure, Gallery, Numbers};
use crate::plot;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

/// Acts on a click; whether there was something to choose.
pub fn click(page: Page, drawn: Option<&Drawn>, size: (f64, f64), at: (f64, f64)) -> bool {
    let Some(drawn) = drawn else { return false };
    match &drawn.0.figure {
        Figure::Matrix(matrix) => {
            let cell = plot::cell_at(matrix, size, at);
            cell.inspect(|&(truth, said)| page.set_cell([truth, said])).is_some()
        }
        Figure::Gallery(gallery) => {
            let index = plot::picture_at(gallery, size, at);
            index.inspect(|&index| put(page, gallery, &drawn.1, index)).is_some()
        }
        _ => false,
    }
}

/// Acts on a key: arrows go from cell to cell of a matrix.
pub fn key(page: Page, drawn: Option<&Drawn>, event: &KeyboardEvent) {
    let Some(Figure::Matrix(matrix)) = drawn.map(|drawn| &drawn.0.figure) else { return };
    if event.alt_key() || event.ctrl_key() || event.meta_key() {
        return; // the browser's own
    }
    let (down, right): (isize, isize) = match event.key().as_str() {
        "ArrowUp" => (-1, 0),
        "ArrowDown" => (1, 0),
        "ArrowLeft" => (0, -1),
        "ArrowRight" => (0, 1),
        _ => return,
    };
    event.prevent_default(); // else the page scrolls
    let last = matrix.classes.len().saturating_sub(1);
    let [truth, said] = matrix.chosen.unwrap_or_default();
    let moved = |from: usize, by: isize| from.saturating_add_signed(by).min(last);
    page.set_cell([moved(truth, down), moved(said, right)]);
}

/// Puts a picture of the gallery on the pad, as the network was given it.
fn put(page: Page, gallery: &Gallery, numbers: &Numbers, index: usize) {
    let size = gallery.height * gallery.width;
    let Some(greys) = numbers.at(gallery.pictures).get(index * size..(index + 1) * size) else { return };
    let pixels = greys.iter().map(|grey| (grey * 255.0).round() as u8).collect();
    page.put_photo(Photo::of(&Pictures::new(gallery.height, gallery.width, pixels), 0));
}

/// The classes of the cell and the picture that goes on the pad, chosen by lists.
#[component]
pub fn Picker(page: Page, drawn: Signal<Option<Drawn>>) -> impl IntoView {
    let gallery = Memo::new(move |_| {
        drawn.with(|drawn| match &drawn.as_ref()?.0.figure {
            Figure::Gallery(gallery) => Some((gallery.classes.clone(), gallery.cell, gallery.items.len)),
            _ => None,
        })
    });
    let is_gallery = Memo::new(move |_| gallery.with(Option::is_some));
    let classes = move |which: usize| {
        let (classes, cell, _) = gallery.get().unwrap_or_default();
        let option = |(index, class): (usize, String)| view! { <option value=index.to_string() selected=index == cell[which]>{class}</option> };
        classes.into_iter().enumerate().map(option).collect_view()
    };
    let choose = move |which: usize, value: String| {
        let mut cell =
            gallery.with_untracked(|gallery| gallery.as_ref().map_or([0, 0], |(_, cell, _)| *cell));
        cell[which] = value.parse().unwrap_or(0);
        page.set_cell(cell);
    };
    let many = move || gallery.with(|gallery| gallery.as_ref().map_or(0, |(_, _, many)| *many));
    let number = RwSignal::new(1_usize);
    let put_on_pad = move |_| {
        let index = number.get_untracked().clamp(1, many().max(1)) - 1;
        if let Some(drawn) = drawn.get_untracked()
            && let Figure::Gallery(gallery) = &drawn.0.figure
        {
            put(page, gallery, &drawn.1, index);
        }
    };
    move || {
        is_gallery.get().then(|| view! {
            <div class="pick" data-testid="misread-pick">
                <label class="inline">"a" <select class="num" aria-label="True class" on:change=move |event| choose(0, event_target_value(&event))>{move || classes(0)}</select></label>
                <label class="inline">"read as" <select class="num" aria-label="Said class" on:change=move |event| choose(1, event_target_value(&event))>{move || classes(1)}</select></label>
                <label class="inline">"picture" <input class="num" type="number" min="1" max=move || many().to_string() prop:value=move || number.get().to_string()
                    on:change=move |event| number.set(event_target_value(&event).parse().unwrap_or(1)) /></label>
                <button class="btn btn--line" disabled=move || many() == 0 on:click=put_on_pad>"Put on the pad"</button>
            </div>
        })
    }
}
