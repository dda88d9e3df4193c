//! What a unit sees of the drawing: the unit under the pointer, else the one that is worked out, traced back
//! through all layers to the picture, and from there to the pad.

use super::page::Page;
use super::sheet::SIDE as SHEET;
use crate::data::SIDE;
use crate::labs::Unit;
use crate::nn::Survey;
use crate::train::Experiment;
use leptos::prelude::*;

/// A rectangle as first row, first column, rows, columns of the picture.
type Field = [usize; 4];

/// What `unit` sees of the picture; none for a unit that the network does not have.
pub fn field_of(experiment: &Experiment, unit: Unit) -> Option<Field> {
    let input_shape = experiment.data.input_shape().ok()?;
    let survey = Survey::of(&experiment.network, &input_shape);
    let is_there = match *survey.costs.get(unit.layer)?.shape.as_slice() {
        [height, width, _] => unit.row < height && unit.column < width,
        _ => true,
    };
    is_there.then(|| survey.fields(unit.layer, [unit.row, unit.column, 1, 1]))?.first().copied()?
}

/// A frame over the picture that the network reads.
#[component]
pub fn OnPicture(page: Page) -> impl IntoView {
    move || {
        page.field.get().map(|[row, column, rows, columns]| {
            let [x, y, width, height] = [column, row, columns, rows].map(|cells| cells as f32 / SIDE as f32);
            framed([x, y, width, height])
        })
    }
}

/// A frame over the pad, where the picture can be traced back to it.
#[component]
pub fn OnPad(page: Page) -> impl IntoView {
    move || {
        let [row, column, rows, columns] = page.field.get()?.map(|cells| cells as f32);
        if !page.has_pointed() {
            return None; // a frame that nobody asked for would only be in the way
        }
        if page.sheet.with(|sheet| sheet.preparation.deskew) {
            return None; // the drawing was sheared since
        }
        let corners = page.prepared.with(|prepared| {
            Some([prepared.on_sheet([column, row])?, prepared.on_sheet([column + columns, row + rows])?])
        });
        let [[left, top], [right, bottom]] =
            corners?.map(|corner| corner.map(|at| (at / SHEET).clamp(0.0, 1.0)));
        Some(framed([left, top, right - left, bottom - top]))
    }
}

/// From the left, from the top, width and height as shares of what it lies over.
fn framed([x, y, width, height]: [f32; 4]) -> impl IntoView {
    let style = format!(
        "left: {}%; top: {}%; width: {}%; height: {}%",
        100.0 * x,
        100.0 * y,
        100.0 * width,
        100.0 * height
    );
    view! { <i class="field-frame" data-testid="field" style=style aria-hidden="true"></i> }
}
