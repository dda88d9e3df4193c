//! The figures of the autoencoder lab, filled with what was measured.

use super::observer::AutoencoderObserver;
use crate::labs::format::{power, significant};
use crate::labs::{BarSeries, Figure, LayerBars, Numbers, Panel, PictureRow, PictureRows, Span};
use crate::nn::Loss;
use crate::train::Run;

/// A picture of each class, what the network makes of it, and what lies between.
pub(super) fn reconstructions(observer: &mut AutoencoderObserver, run: &Run, numbers: &mut Numbers) -> Panel {
    observer.pass_pictures(run);
    let (inputs, outputs) = (&observer.pictures, observer.pass.output());
    let size = run.input_shape();
    let (height, width) = (size[0], size[1]);
    let pixels = height * width;
    let pairs = outputs.chunks_exact(pixels).zip(inputs.chunks_exact(pixels));
    let errors: Vec<f32> =
        pairs.map(|(output, input)| Loss::MeanSquaredError.evaluate(output, input, pixels, None)).collect();
    let is_test = !run.data().test.is_empty();
    let kind = if is_test { "test picture" } else { "training picture" };
    let mean = errors.iter().sum::<f32>() / errors.len().max(1) as f32;
    let worst = errors.iter().zip(&observer.items).max_by(|a, b| a.0.total_cmp(b.0));
    let worst = worst.map_or_else(String::new, |(error, item)| {
        format!(", the largest {} for {kind} {item}", significant(*error, 2))
    });
    let summary = format!(
        "{} {kind}s above what the network gives back and the difference: mean squared error {}{worst}.",
        observer.items.len(),
        significant(mean, 2)
    );
    let mut row = |label: &str, is_signed: bool, values: &mut dyn Iterator<Item = f32>| PictureRow {
        label: label.into(),
        values: numbers.add(values),
        is_signed,
    };
    let difference = outputs.iter().zip(inputs.iter()).map(|(output, input)| output - input);
    let rows = vec![
        row("in", false, &mut inputs.iter().copied()),
        row("out", false, &mut outputs.iter().copied()),
        row("out − in", true, &mut { difference }),
    ];
    let figure = PictureRows {
        rows,
        kind: kind.into(),
        items: numbers.add(observer.items.iter().map(|&item| item as f32)),
        measures: numbers.add(errors),
        measure: "mean squared error".into(),
        height,
        width,
    };
    let note = if is_test { String::new() } else { "training pictures: none are kept for the test".into() };
    Panel { id: "reconstructions".into(), note, summary, figure: Figure::PictureRows(figure) }
}

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
    let figure =
        LayerBars { label: "‖∂L/∂W‖".into(), series, decades: observer.decades.0, is_numbered: true };
    Panel { id: "gradients".into(), note: String::new(), summary, figure: Figure::LayerBars(figure) }
}
