//! A figure's numbers as a table, exact to the last digit (very small ones as powers of ten), and the figure as a file.

use super::export::{Form, Shot};
use super::icons::{self, Icon};
use super::page::{Drawn, Page};
use crate::labs::FigureSlot;
use crate::labs::format::exact;
use leptos::html;
use leptos::prelude::*;

/// Powers of ten for numbers that would be rows of zeros, with all their digits, as the axes have them.
fn shown(cell: &str) -> Option<String> {
    let value = cell.parse::<f32>().ok().filter(|value| value.is_finite() && *value != 0.0)?;
    let is_long = value.abs() < 1e-4 || value.abs() >= 1e9;
    is_long.then(|| exact(value))
}

#[component]
pub fn TableDialog(
    page: Page,
    of: FigureSlot,
    drawn: Signal<Option<Drawn>>,
    is_open: RwSignal<bool>,
) -> impl IntoView {
    let title = of.title;
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get()
            && !dialog.open()
        {
            let _ = dialog.show_modal(); // fails only for a dialog that is open already
        }
    });
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close(); // gives the focus back, and tells `on:close`
        }
    };
    // As it is at this moment: a table that moves cannot be read, and what is saved is what is seen.
    let shot = drawn.get_untracked().map(|drawn| Shot::new(page, of, drawn));
    let table = shot.as_ref().map(Shot::table);
    let cells = |row: Vec<String>| {
        let cell = |cell: String| {
            let text = shown(&cell).unwrap_or_else(|| cell.clone());
            view! { <td data-value=cell>{text}</td> }
        };
        row.into_iter().map(cell).collect_view()
    };
    let button = |form: Form| {
        let shot = shot.clone();
        let save = move |_| {
            if let Some(shot) = &shot {
                shot.save(form);
            }
        };
        let test = format!("save-{}", form.label().to_lowercase());
        view! { <button class="btn btn--line" data-testid=test title=form.words() aria-label=form.words() on:click=save>{form.label()}</button> }
    };
    let save = shot.is_some().then(|| {
        view! { <div class="dialog__save"><span class="hint">"Save as"</span>{Form::ALL.map(button).collect_view()}</div> }
    });
    view! {
        <dialog node_ref=dialog class="dialog" aria-label=format!("{title} as a table") on:close=move |_| is_open.set(false)>
            <header><h2>{title}</h2>
                {save}
                <button class="btn btn--icon" aria-label="Close" on:click=close><Icon path=icons::CLOSE /></button>
            </header>
            <div class="dialog__scroll" tabindex="0" role="region" aria-label="Numbers">
                {table.filter(|table| !table.rows.is_empty()).map_or_else(|| view! { <p>"There is nothing to list yet: press Play first."</p> }.into_any(), |table| view! {
                    <table class="num">
                        <thead><tr>{table.columns.into_iter().map(|column| view! { <th scope="col">{column}</th> }).collect_view()}</tr></thead>
                        <tbody>{table.rows.into_iter().map(|row| view! { <tr>{cells(row)}</tr> }).collect_view()}</tbody>
                    </table>
                }.into_any())}
            </div>
        </dialog>
    }
}
