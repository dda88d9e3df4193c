//! Free energies of training and held-out items as the run goes on. Z is the same for both, so that their difference is one
//! of log-likelihoods: what the machine learned of its own items alone.

use super::chains::machine;
use super::job::Job;
use super::map::pixels;
use super::measured::Measured;
use crate::data::Examples;
use crate::labs::format::{count, fixed};
use crate::labs::{Curves, Figure, Numbers, Panel, Strip};
use crate::nn::rbm::Room;
use crate::train::Run;

/// Items of each kind.
const ITEMS: usize = 200;
/// Nats by which the gap between held-out items and training ones has grown since it was least, and which it has, before the
/// machine is said to overfit.
const GROWN: f32 = 8.0;
const GAP: f32 = 10.0;

/// By how much the gap between held-out items and training ones has grown since it was least, and the gap now.
pub(super) fn gaps(energies: &Measured) -> Option<[f32; 2]> {
    let &[train, test] = energies.last() else { return None };
    let least = energies.gaps().min_by(f32::total_cmp)?;
    Some([test - train - least, test - train])
}

/// Whether the gap has `grown` so much since it was least, and is so large, that held-out items are those that are left behind.
pub(super) fn is_overfitting([grown, gap]: [f32; 2]) -> bool {
    grown > GROWN && gap > GAP
}

/// The last step at which they were not, as far as was known then.
pub(super) fn last_sound(energies: &Measured) -> Option<usize> {
    let least = energies.gaps().scan(f32::INFINITY, |least, gap| {
        *least = least.min(gap);
        Some([gap - *least, gap])
    });
    let sound = least.enumerate().filter(|(_, gaps)| !is_overfitting(*gaps));
    sound.last().map(|(row, _)| energies.step(row))
}

/// Mean free energies of training items and of held-out ones.
pub(super) fn measure(run: &Run) -> Vec<f32> {
    let (rbm, weights) = machine(run);
    let (mut energies, mut room) = (Vec::new(), Room::default());
    let mut mean = |examples: &Examples| {
        rbm.free_energy(weights, &pixels(examples, ITEMS), &mut energies, &mut room);
        let sum: f64 = energies.iter().map(|&energy| f64::from(energy)).sum();
        (sum / energies.len() as f64) as f32
    };
    let parts = [&run.data().train, &run.data().test];
    parts.into_iter().filter(|part| !part.is_empty()).map(&mut mean).collect()
}

/// The figure "energy".
pub(super) fn panel(energies: &Measured, run: &Run, at: Option<usize>, numbers: &mut Numbers) -> Panel {
    let lines = energies.lines(numbers);
    let by = |extent: f32| if extent > 100.0 { 20.0 } else { 5.0 };
    let range = energies.extent().filter(|[low, high]| low < high).map(|[low, high]| {
        let by = by(high - low);
        [(low / by).floor() * by, (high / by).ceil() * by]
    });
    let strip = Strip { label: "free energy (nats)".into(), range, lines, ..Strip::default() };
    let gap = |[_, gap]: [f32; 2]| format!("gap {}", fixed(f64::from(gap), 1));
    let note = gaps(energies).map_or_else(String::new, gap);
    let items = Job::of(&run.current().data).item();
    let told = energies.last().iter().zip([format!("for training {items}s"), "for held-out ones".into()]);
    let told: Vec<String> =
        told.map(|(energy, of)| format!("{} nats {of}", fixed(f64::from(*energy), 1))).collect();
    let summary = if told.is_empty() {
        "Free energy is measured from the first step on.".into()
    } else {
        format!("Free energy after {} steps: {}.", count(run.steps()), told.join(", "))
    };
    let curves =
        Curves { steps: run.steps(), at, strips: vec![strip], changes: Vec::new(), ..Curves::default() };
    Panel { id: "energy".into(), note, summary, figure: Figure::Curves(curves) }
}
