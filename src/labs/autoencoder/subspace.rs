//! In which directions a decoder moves its output, against the principal components: a linear autoencoder turns into their
//! space as it trains (Baldi & Hornik, Neural Networks 2, 1989).

use super::code::Code;
use super::map::Decoder;
use super::observer::AutoencoderObserver;
use crate::data::pca::principal_angles;
use crate::labs::format::{fixed, significant};
use crate::labs::{Figure, Grid, Numbers, Panel};
use crate::nn::{Activation, LayerConfig, Loss, Pass};
use crate::train::Run;

/// How far a number of the code is moved either way to see where the output goes.
const STEP: f32 = 0.05;

/// The angles between the directions of the decoder at the mean code and the principal components, in radians, ascending,
/// and whether the network is linear, so that these are its directions everywhere; `None` without a code.
fn angles(observer: &mut AutoencoderObserver, run: &Run) -> Option<(Vec<f32>, bool)> {
    let code = Code::of(run.current())?;
    let is_straight = |layer: &LayerConfig| match layer.activation() {
        Some(activation) => activation == Activation::Linear,
        None => matches!(layer.kind(), "flatten" | "reshape"),
    };
    let is_linear = run.current().network.layers.iter().all(is_straight);
    let mean = mean(&observer.reading(run).codes, code.units);
    let moved = [STEP, -STEP].into_iter().flat_map(|step| {
        (0..code.units)
            .flat_map(move |unit| (0..code.units).map(move |at| if at == unit { step } else { 0.0 }))
    });
    let codes: Vec<f32> = moved.zip(mean.iter().cycle()).map(|(step, mean)| mean + step).collect();
    let outputs = Decoder { run, first: code.layer + 1, pass: Pass::default() }.decode(&codes);
    let (ahead, back) = outputs.split_at(outputs.len() / 2);
    let directions: Vec<f32> = ahead.iter().zip(back).map(|(ahead, back)| ahead - back).collect();
    let pca = observer.pca(run).0.first(code.units);
    Some((principal_angles(&directions, &pca.components, run.network().outputs()), is_linear))
}

/// The mean code; zeros where none is known.
fn mean(codes: &[f32], units: usize) -> Vec<f32> {
    let mut mean = vec![0.0; units];
    let count = (codes.len() / units).max(1) as f32;
    for code in codes.chunks_exact(units) {
        mean.iter_mut().zip(code).for_each(|(mean, x)| *mean += x / count);
    }
    mean
}

/// The figure "subspace".
pub(super) fn panel(observer: &mut AutoencoderObserver, run: &Run, numbers: &mut Numbers) -> Panel {
    let angles = angles(observer, run);
    let summary = match &angles {
        Some((angles, is_linear)) => {
            let largest = angles.last().copied().unwrap_or(f32::NAN);
            let is_plain = run.current().loss == Loss::MeanSquaredError && run.current().data.corruption.is_none();
            let tail = if *is_linear && is_plain {
                "The network is linear and learns by squared error, so training turns its space into theirs."
            } else if *is_linear {
                "The network is linear, but only the squared error of inputs as they are has their space as its best."
            } else {
                "These are its directions at the mean code alone: elsewhere a network that bends has others. Take the network Linear to see the two spaces become one."
            };
            format!(
                "The {} directions in which the decoder moves its output lie up to {} rad from the space of as many principal components. {tail}",
                angles.len(),
                significant(largest, 2)
            )
        }
        None => "This network has no dense layer before its output, so it has no code whose directions could be compared.".into(),
    };
    let angles = angles.map(|(angles, _)| angles).unwrap_or_default();
    let note =
        angles.last().map_or_else(String::new, |largest| format!("largest {} rad", fixed(*largest, 3)));
    let figure = Grid {
        label: "angle (rad)".into(),
        sides: [String::new(), "principal angle, in radians".into()],
        rows: if angles.is_empty() { Vec::new() } else { vec!["to PCA".into()] },
        columns: (1..=angles.len()).map(|index| index.to_string()).collect(),
        values: numbers.add(angles),
        most: None,
        chosen: None,
    };
    Panel { id: "subspace".into(), note, summary, figure: Figure::Grid(figure) }
}
