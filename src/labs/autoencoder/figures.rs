//! What the figures of the autoencoder lab have in common, and its plainest ones.

use super::observer::AutoencoderObserver;
use crate::data::Examples;
use crate::labs::format::power;
use crate::labs::{BarSeries, Figure, LayerBars, Numbers, Panel, Span};
use crate::train::Run;

/// A bar for each layer that has a kernel: ‖∂L/∂kernel‖ of the last batch.
pub(super) fn gradients(observer: &AutoencoderObserver, numbers: &mut Numbers) -> Panel {
    let values: Vec<String> = observer.norms.iter().map(|&norm| power(norm)).collect();
    let summary =
        format!("Gradient norm of each layer, from the first to the output: {}.", values.join(", "));
    let series = vec![BarSeries {
        lane: 0,
        values: numbers.add(observer.norms.iter().copied()),
        predicted: Span::default(),
        finding: None,
    }];
    let figure = LayerBars {
        label: "‖∂L/∂W‖".into(),
        series,
        decades: observer.decades.0,
        is_numbered: true,
        ..LayerBars::default()
    };
    Panel { id: "gradients".into(), note: String::new(), summary, figure: Figure::LayerBars(figure) }
}

/// The items that figures show are of the test, where some are kept for it.
pub(super) fn shown(run: &Run) -> &Examples {
    if run.data().test.is_empty() { &run.data().train } else { &run.data().test }
}

/// Which part of the data they are of: "test".
pub(super) fn part_of(run: &Run) -> &'static str {
    if run.data().test.is_empty() { "training" } else { "test" }
}

/// What an item of the data is: "picture".
pub(super) fn kind_of(run: &Run) -> &'static str {
    let set = run.current().data.set();
    match set {
        Ok(set) if set.is_of_pictures() => "picture",
        Ok(set) if set.is_of_signals() => "signal",
        _ => "item",
    }
}

/// The class of an item in a word; nothing where it has none.
pub(super) fn class_of(run: &Run, examples: &Examples, item: usize) -> Option<String> {
    (run.data().classes > 0).then(|| run.data().class_name(examples.labels[item] as usize))
}

/// The numbers that drawings of items that are no pictures reach from and to.
pub(super) fn range(run: &Run) -> [f32; 2] {
    let bounds = run.current().data.bounds();
    bounds.map_or([0.0, 1.0], |bounds| [bounds.least, bounds.most])
}

/// One item of some examples.
pub(super) fn item_of(examples: &Examples, item: usize) -> Vec<f32> {
    let mut numbers = vec![0.0; examples.input_shape().iter().product()];
    examples.copy_item(item, &mut numbers);
    numbers
}
