//! The kernels of a layer as pictures.

use super::maps::focus;
use super::sum::before;
use crate::labs::format::count;
use crate::labs::{Figure, Filters, Numbers, Panel, View};
use crate::nn::Slot;
use crate::train::Run;

/// Units and maps drawn at most, and where a tile is one weight.
const DRAWN: usize = 32;
const DRAWN_AS_MATRIX: usize = 64;

/// The figure "filters".
pub(super) fn panel(run: &Run, view: &View, numbers: &mut Numbers) -> Panel {
    let unit = focus(run, view);
    let network = run.network();
    // The layer in focus, else the one before it that has weights, else the first.
    let slot = network.kernels().filter(|slot| slot.layer <= unit.layer).last();
    let Some(slot) = slot.or_else(|| network.kernels().next()) else { return without_kernels() };
    let [height, width, maps] = tile(run, slot);
    let units = *slot.shape.last().expect("a kernel has axes");
    let focus = Some(unit.map).filter(|_| slot.layer == unit.layer);
    let most_drawn = if height * width == 1 { DRAWN_AS_MATRIX } else { DRAWN };
    let first = focus.unwrap_or(0) / most_drawn * most_drawn;
    let drawn = [most_drawn.min(units - first), most_drawn.min(maps)];
    let weights = &network.weights[slot.range.clone()];
    let weight = |unit: usize, map: usize, cell: usize| weights[(cell * maps + map) * units + unit];
    let values: Vec<f32> = (first..first + drawn[0])
        .flat_map(|unit| (0..drawn[1]).map(move |map| (unit, map)))
        .flat_map(|(unit, map)| (0..height * width).map(move |cell| weight(unit, map, cell)))
        .collect();
    let most = values.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
    let layer = network.layer_names()[slot.layer].clone();
    let name = if slot.shape.len() == 4 { "filter" } else { "unit" };
    let summary = format!(
        "The weights of {layer}: {} {name}s, each with {height} by {width} weights for each of {} input maps.",
        count(units),
        count(maps)
    );
    let figure = Filters {
        layer: layer.clone(),
        unit: name.into(),
        of: [units, maps],
        first: [first, 0],
        drawn,
        height,
        width,
        values: numbers.add(values),
        most,
        focus,
    };
    Panel { id: "filters".into(), note: layer, summary, figure: Figure::Filters(figure) }
}

/// Rows and columns of a tile, and the maps that there is one for: of a dense layer the picture that was
/// flattened for it.
fn tile(run: &Run, slot: &Slot) -> [usize; 3] {
    match *slot.shape.as_slice() {
        [height, width, maps, _] => [height, width, maps],
        _ => before(run, slot.layer),
    }
}

fn without_kernels() -> Panel {
    let figure = Filters {
        layer: String::new(),
        unit: "unit".into(),
        of: [0; 2],
        first: [0; 2],
        drawn: [0; 2],
        height: 0,
        width: 0,
        values: crate::labs::Span::default(),
        most: 0.0,
        focus: None,
    };
    let summary = "This network has no layer with a kernel.".into();
    Panel { id: "filters".into(), note: String::new(), summary, figure: Figure::Filters(figure) }
}
