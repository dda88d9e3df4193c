//! What a linear autoencoder comes to: the space of its outputs turns into that of the principal components.

use super::code::Code;
use super::map::Decoder;
use super::observer::AutoencoderObserver;
use crate::data::pca::principal_angles;
use crate::labs::format::{fixed, significant};
use crate::labs::{Figure, Grid, Numbers, Panel};
use crate::nn::{Activation, LayerConfig, Pass};
use crate::train::Run;

/// The angles between the space that the decoder reaches and the principal components, in radians, ascending; `None` for a
/// network that is not linear.
pub(super) fn angles(observer: &AutoencoderObserver, run: &Run) -> Option<Vec<f32>> {
    let code = Code::of(run.current()).filter(|code| !code.is_sampled)?;
    let is_linear = |layer: &LayerConfig| match layer.activation() {
        Some(activation) => activation == Activation::Linear,
        None => matches!(layer.kind(), "flatten" | "reshape"),
    };
    if !run.current().network.layers.iter().all(is_linear) {
        return None;
    }
    let mut codes = vec![0.0; (code.units + 1) * code.units];
    (0..code.units).for_each(|unit| codes[(unit + 1) * code.units + unit] = 1.0);
    let size = run.network().outputs();
    let outputs = Decoder { run, first: code.layer + 1, pass: Pass::default() }.decode(&codes);
    let (zero, ones) = outputs.split_at(size);
    let directions: Vec<f32> =
        ones.chunks_exact(size).flat_map(|one| one.iter().zip(zero).map(|(y, zero)| y - zero)).collect();
    let pca = observer.pca(run).0.first(code.units);
    Some(principal_angles(&directions, &pca.components, size))
}

/// The figure "subspace".
pub(super) fn panel(observer: &mut AutoencoderObserver, run: &Run, numbers: &mut Numbers) -> Panel {
    let angles = angles(observer, run);
    let summary = match angles.as_ref().and_then(|angles| Some((angles, angles.last()?))) {
        Some((angles, largest)) => format!(
            "The {} directions in which the decoder moves its output lie up to {} rad from those of as many principal components; 0 is the same space.",
            angles.len(),
            significant(*largest, 2)
        ),
        None => "Only a network without any bend can be compared with principal components direction by direction: take the network Linear."
            .into(),
    };
    let angles = angles.unwrap_or_default();
    let note =
        angles.last().map_or_else(String::new, |largest| format!("largest {} rad", fixed(*largest, 3)));
    let figure = Grid {
        label: "angle (rad)".into(),
        sides: [String::new(), "principal angle".into()],
        rows: if angles.is_empty() { Vec::new() } else { vec!["to PCA".into()] },
        columns: (1..=angles.len()).map(|index| index.to_string()).collect(),
        values: numbers.add(angles),
        chosen: None,
    };
    Panel { id: "subspace".into(), note, summary, figure: Figure::Grid(figure) }
}
