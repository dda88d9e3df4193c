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
        let [height, width] = page.input_size().map(|pixels| pixels as f32);
        let corners = page.field.get().map(corners)?;
        Some(framed(corners.map(|[x, y]| [x / width, y / height])))
    }
}

/// A frame over the pad, where the picture can be traced back to it.
#[component]
pub fn OnPad(page: Page) -> impl IntoView {
    move || {
        let field = page.field.get()?;
        if !page.has_pointed() {
            return None; // a frame that nobody asked for would only be in the way
        }
        if page.sheet.with(|sheet| sheet.preparation.deskew) {
            return None; // the drawing was sheared since
        }
        let (size, nudge) = (page.input_size(), page.nudge.get());
        // Back through the nudge to the picture as it was prepared, and from there to the sheet.
        let on_sheet = |corner: [f32; 2]| {
            let [x, y] = nudge.origin(corner, size);
            let [height, width] = size.map(|pixels| SIDE as f32 / pixels as f32);
            page.prepared.with(|prepared| prepared.on_sheet([x * width, y * height]))
        };
        let [a, b, c, d] = corners(field).map(on_sheet);
        Some(framed([a?, b?, c?, d?].map(|corner| corner.map(|at| at / SHEET))))
    }
}

/// The corners of a field in turn, across and down.
fn corners(field: Field) -> [[f32; 2]; 4] {
    let [top, left, rows, columns] = field.map(|cells| cells as f32);
    let (bottom, right) = (top + rows, left + columns);
    [[left, top], [right, top], [right, bottom], [left, bottom]]
}

/// A frame with these corners, as shares of what it lies over; what is beyond that is cut off.
fn framed(corners: [[f32; 2]; 4]) -> impl IntoView {
    let points = corners.map(|[x, y]| format!("{},{}", 100.0 * x, 100.0 * y)).join(" ");
    view! {
        <svg class="field-frame" data-testid="field" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
            <polygon class="field-frame__edge" points=points.clone()></polygon>
            <polygon points=points></polygon>
        </svg>
    }
}
