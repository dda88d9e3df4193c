//! Pictures that the machine makes of noise.

use super::layer_of;
use super::observer::RbmObserver;
use crate::labs::format::{count, fixed};
use crate::labs::{Figure, Numbers, Panel, PictureRow, PictureRows, View};
use crate::nn::rbm::{Chain, Rbm, Room, Weights};
use crate::tensor::{Rng, Stream};
use crate::train::Run;

/// Steps of the chain whose states are shown.
const SHOWN: [usize; 8] = [0, 1, 2, 5, 10, 100, 500, LAST];
/// As far as a chain goes.
const LAST: usize = 1000;

/// The machine of a run with its weights of now.
pub(super) fn machine(run: &Run) -> (Rbm, Weights<'_>) {
    let layer = layer_of(run.current());
    let inputs = run.input_shape().iter().product();
    (layer.machine(inputs), layer.weights_in(&run.network().weights, inputs))
}

pub(super) fn grid(run: &Run) -> [usize; 2] {
    run.current().data.grid().unwrap_or([1, run.input_shape().iter().product()])
}

/// The figure of these rows of pictures, whose columns have names and places among their kind, with the free energy of the
/// first row's below.
fn figure(
    run: &Run,
    rows: Vec<(&str, Vec<f32>)>,
    columns: Vec<(String, f32)>,
    kind: &str,
    numbers: &mut Numbers,
) -> PictureRows {
    let (rbm, weights) = machine(run);
    let mut energies = Vec::new();
    rbm.free_energy(weights, &rows[0].1, &mut energies, &mut Room::default());
    let ([height, width], visible) = (grid(run), rbm.visible_units());
    PictureRows {
        rows: rows
            .into_iter()
            .map(|(label, values)| PictureRow {
                label: label.into(),
                // A label that stands after the pixels is no part of the picture.
                values: numbers
                    .add(values.chunks_exact(visible).flat_map(|row| &row[..height * width]).copied()),
                is_signed: false,
                most: 1.0,
            })
            .collect(),
        kind: kind.into(),
        items: numbers.add(columns.iter().map(|(_, place)| *place)),
        names: columns.into_iter().map(|(name, _)| name).collect(),
        can_choose: false,
        chosen: None,
        marked: None,
        range: [0.0, 1.0],
        measures: numbers.add(energies),
        measure: "free energy (nats)".into(),
        height,
        width,
    }
}

/// A chain from noise, the same noise whatever the weights until another dream is asked for.
pub(super) fn dream(observer: &RbmObserver, run: &Run, view: &View, numbers: &mut Numbers) -> Panel {
    let (rbm, weights) = machine(run);
    let times = 3 + view.probe.dreams;
    let mut rng = Rng::new(run.current().seed, Stream::Dreaming { times });
    let mut chain = Chain::at(rbm.noise(1, &mut rng));
    // Where one looks on, the steps just made.
    let steps = view.probe.dream_step.map_or(SHOWN, |last| {
        let last = last.clamp(SHOWN.len() - 1, LAST);
        std::array::from_fn(|index| last + 1 + index - SHOWN.len())
    });
    let last = steps[steps.len() - 1];
    let mut shown = if steps[0] == 0 { chain.visible.clone() } else { Vec::new() };
    for step in 1..=last {
        chain.up(&rbm, weights, Some(&mut rng));
        chain.down(&rbm, weights);
        if steps.contains(&step) {
            shown.extend_from_slice(&chain.visible);
        }
        chain.draw_visible(&rbm, weights, &mut rng);
    }
    let name = |step: usize| if step == 0 { "noise".into() } else { count(step) };
    let columns = steps.iter().map(|&step| (name(step), step as f32)).collect();
    let figure = figure(run, vec![("chain", shown)], columns, "step", numbers);
    let energies = numbers.at(figure.measures);
    let (energy, held_out) = (energies[energies.len() - 1], observer.energies.last().get(1).copied());
    let beside = held_out.map_or_else(String::new, |held_out| {
        format!(", where held-out pictures have {} in the mean", fixed(f64::from(held_out), 0))
    });
    let summary = format!(
        "From noise, after {} steps of Gibbs sampling: a picture with a free energy of {} nats{beside}.",
        count(last),
        fixed(f64::from(energy), 0)
    );
    Panel { id: "dream".into(), note: String::new(), summary, figure: Figure::PictureRows(figure) }
}
