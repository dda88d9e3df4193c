//! The feature maps of the picture on the pad, layer by layer, and what a chosen unit sees of each.

use super::observer::CnnObserver;
use crate::labs::format::count;
use crate::labs::{Figure, MapColumn, Maps, Numbers, Panel, Unit, View};
use crate::nn::Survey;
use crate::train::Run;

/// Maps drawn of a layer; the rest are counted above them.
const MAPS: usize = 8;
/// Maps side by side.
const ACROSS: usize = 2;
/// Units side by side of a layer that is no picture.
const UNITS_ACROSS: usize = 2;

/// The figure "maps".
pub(super) fn panel(observer: &CnnObserver, run: &Run, view: &View, numbers: &mut Numbers) -> Panel {
    let focus = focus(run, view);
    let fields = fields(run, focus);
    let names = run.network().layer_names();
    let columns: Vec<MapColumn> = shown(run)
        .map(|layer| {
            let shape = &run.network().shapes()[layer];
            let output = observer.pass.traces.get(layer).filter(|_| !observer.picture().is_empty());
            let output = output.map_or(&[][..], |trace| &trace.output);
            MapColumn {
                layer: Some(layer),
                label: names[layer].clone(),
                field: fields[layer],
                ..column(shape, output, numbers)
            }
        })
        .map(|column| MapColumn { mixes: mixes(run, column.layer), ..column })
        .collect();
    let layers: Vec<String> =
        columns.iter().map(|column| format!("{} {}", column.label, column.shape)).collect();
    let summary = if observer.picture().is_empty() {
        "The pad is empty, so there are no feature maps yet.".into()
    } else {
        format!("Feature maps of the drawing, layer by layer: {}.", layers.join(", "))
    };
    let figure = Maps { columns, focus: Some(focus).filter(|_| !observer.picture().is_empty()) };
    Panel { id: "maps".into(), note: String::new(), summary, figure: Figure::Maps(figure) }
}

/// The layers worth a column: those before the output that change what passes through them.
fn shown(run: &Run) -> impl Iterator<Item = usize> {
    let layers = &run.current().network.layers;
    let changes = |index: usize| match layers[index].kind() {
        "flatten" | "dropout" => false,
        "reshape" => run.network().shapes()[index].len() == 3, // numbers become pictures
        _ => true,
    };
    (0..layers.len() - 1).filter(move |&index| changes(index))
}

/// Whether each unit of the layer is made of all maps before it.
fn mixes(run: &Run, layer: Option<usize>) -> bool {
    let layers = &run.current().network.layers;
    let of_all =
        |layer: usize| matches!(layers[layer].kind(), "conv2d" | "conv2d_transpose" | "dense" | "reshape");
    layer.is_some_and(of_all)
}

pub(in crate::labs) fn column(shape: &[usize], output: &[f32], numbers: &mut Numbers) -> MapColumn {
    let (height, width, of) = match *shape {
        [height, width, maps] => (height, width, maps),
        _ => (shape.iter().product::<usize>().div_ceil(UNITS_ACROSS), UNITS_ACROSS, shape.iter().product()),
    };
    let is_picture = shape.len() == 3;
    let maps = if is_picture { of.min(MAPS) } else { 1 };
    let value = |map: usize, cell: usize| {
        let at = if is_picture { cell * of + map } else { cell };
        output.get(at).copied().unwrap_or(0.0)
    };
    let most = output.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
    let shape =
        if is_picture { format!("{of} × {height}×{width}") } else { format!("{} units", count(of)) };
    MapColumn {
        layer: None,
        label: String::new(),
        shape,
        maps,
        across: if is_picture { ACROSS.min(maps) } else { 1 },
        of,
        height,
        width,
        values: numbers.add(
            (0..maps)
                .flat_map(|map| (0..height * width).map(move |cell| (map, cell)))
                .map(|(map, cell)| value(map, cell)),
        ),
        scales: numbers.add((0..maps).map(|_| most)),
        is_signed: output.iter().any(|&value| value < 0.0),
        mixes: true,
        is_vector: !is_picture,
        field: None,
    }
}

/// The unit that the visitor chose, if the network has it; else the middle of the first map.
pub(super) fn focus(run: &Run, view: &View) -> Unit {
    let has = |unit: &Unit| match run.network().shapes().get(unit.layer).map(Vec::as_slice) {
        Some(&[height, width, maps]) => unit.row < height && unit.column < width && unit.map < maps,
        Some(shape) => unit.map < shape.iter().product(),
        None => false,
    };
    view.focus.filter(has).unwrap_or_else(|| {
        let layer = shown(run).next().unwrap_or(0);
        let (height, width) = match *run.network().shapes()[layer] {
            [height, width, _] => (height, width),
            _ => (0, 0),
        };
        Unit { layer, map: 0, row: height / 2, column: width / 2 }
    })
}

/// What the unit sees of every layer before it, as first row, first column, rows, columns; nothing of
/// those that it is not made of.
fn fields(run: &Run, unit: Unit) -> Vec<Option<[usize; 4]>> {
    let survey = Survey::of(&run.current().network, run.input_shape());
    let of_input_and_layers = survey.fields(unit.layer, [unit.row, unit.column, 1, 1]);
    let mut fields: Vec<_> = of_input_and_layers.into_iter().skip(1).collect();
    fields.resize(survey.costs.len(), None);
    fields
}
