//! One item on its way through every layer.

use super::figures::{class_of, item_of, kind_of, shown};
use super::observer::AutoencoderObserver;
use crate::labs::cnn::maps::column;
use crate::labs::{Figure, MapColumn, Maps, Numbers, Panel, View};
use crate::train::Run;

/// The figure "layers".
pub(super) fn panel(
    observer: &mut AutoencoderObserver,
    run: &Run,
    view: &View,
    numbers: &mut Numbers,
) -> Panel {
    let examples = shown(run);
    let item = view.probe.item.unwrap_or(0).min(examples.len() - 1);
    let input = item_of(examples, item);
    run.network().forward(&input, &mut observer.pass);
    let size = run.network().outputs();
    let [height, width] = run.current().data.grid().unwrap_or([1, size]);
    let as_item = [height, width, 1];
    let is_picture = height > 1;
    let names = run.network().layer_names();
    let layers = &run.current().network.layers;
    let of_layer = |layer: usize, numbers: &mut Numbers| {
        let shape = &run.network().shapes()[layer];
        // What is given back is drawn as what was given.
        let is_last = layer + 1 == layers.len();
        let shape = if is_last && is_picture { &as_item[..] } else { shape };
        let output = &observer.pass.traces[layer].output;
        MapColumn { layer: Some(layer), label: names[layer].clone(), ..column(shape, output, numbers) }
    };
    let shown_layers =
        (0..layers.len()).filter(|&layer| !matches!(layers[layer].kind(), "flatten" | "dropout" | "reshape"));
    let first = column(if is_picture { &as_item } else { run.input_shape() }, &input, numbers);
    let first = MapColumn { label: "in".into(), ..first };
    let columns: Vec<MapColumn> =
        std::iter::once(first).chain(shown_layers.map(|layer| of_layer(layer, numbers))).collect();
    let said: Vec<String> =
        columns.iter().map(|column| format!("{} {}", column.label, column.shape)).collect();
    let class = class_of(run, examples, item).map_or_else(String::new, |class| format!(", a {class},"));
    let summary =
        format!("What every layer makes of {} {item}{class} in order: {}.", kind_of(run), said.join(", "));
    let figure = Maps { columns, focus: None };
    Panel {
        id: "layers".into(),
        note: format!("{} {item}", kind_of(run)),
        summary,
        figure: Figure::Maps(figure),
    }
}
