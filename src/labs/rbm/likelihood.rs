//! How likely the machine takes pictures to be: ln Z by annealed importance sampling, anew whenever somebody looks.

use super::chains::machine;
use crate::data::Examples;
use crate::labs::format::{count, fixed};
use crate::labs::{Figure, NamedBars, Numbers, Panel};
use crate::nn::rbm::Room;
use crate::nn::rbm::annealing::Annealing;
use crate::tensor::{Rng, Stream};
use crate::train::Run;

/// Chains, and temperatures on their way.
const CHAINS: usize = 50;
const TEMPERATURES: usize = 1000;
/// Pictures of each kind.
const PICTURES: usize = 200;

/// The figure "likelihood": what a picture costs in nats, −ln p, in the mean of training and of held-out ones.
pub(super) fn panel(run: &Run, numbers: &mut Numbers) -> Panel {
    let (rbm, weights) = machine(run);
    let rng = Rng::new(run.current().seed, Stream::Dreaming { times: u32::MAX });
    let annealing = Annealing::new(&rbm, weights.visible_bias.to_vec(), [CHAINS, TEMPERATURES], rng);
    let estimate = annealing.ok().and_then(|mut annealing| {
        while !annealing.step(&rbm, weights) {}
        annealing.estimate(&rbm)
    });
    let parts = [("a training picture", &run.data().train), ("a held-out picture", &run.data().test)];
    let mut energies = Vec::new();
    let mut mean = |examples: &Examples| {
        let many = examples.len().min(PICTURES);
        let mut rows = vec![0.0; rbm.visible_units() * many];
        let places = rows.chunks_exact_mut(rbm.visible_units()).enumerate();
        places.for_each(|(item, row)| examples.copy_item(item, row));
        rbm.free_energy(weights, &rows, &mut energies, &mut Room::default());
        energies.iter().map(|&energy| f64::from(energy)).sum::<f64>() / many.max(1) as f64
    };
    let (mut names, mut costs): (Vec<String>, Vec<f32>) = (Vec::new(), Vec::new());
    let mut summary = "What pictures cost cannot be told for such units.".to_owned();
    let mut note = String::new();
    if let Some(estimate) = estimate {
        for (name, examples) in parts.into_iter().filter(|(_, examples)| !examples.is_empty()) {
            names.push(name.into());
            costs.push((mean(examples) + estimate.log_partition) as f32);
        }
        // Where the weights of few chains count for all, nothing is told of how small it may be.
        let [low, high] = estimate.within.map(|end| fixed(end, 1));
        let within = if estimate.within[0].is_finite() {
            format!("within three standard errors {low} to {high}")
        } else {
            format!("within three standard errors at most {high}")
        };
        let told = names
            .iter()
            .zip(&costs)
            .map(|(name, cost)| format!("{name} costs {} nats", fixed(f64::from(*cost), 1)));
        summary = format!(
            "ln Z is {} ({within}), by {CHAINS} chains over {} temperatures: {}.",
            fixed(estimate.log_partition, 1),
            count(TEMPERATURES),
            told.collect::<Vec<_>>().join(", ")
        );
        note = format!("ln Z {}", fixed(estimate.log_partition, 1));
    }
    let figure = NamedBars {
        marked: (names.len() == 2).then_some(1),
        most: costs.iter().copied().fold(1.0, f32::max) * 1.1,
        values: numbers.add(costs),
        names,
        unit: "nats".into(),
        decimals: 1,
    };
    Panel { id: "likelihood".into(), note, summary, figure: Figure::NamedBars(figure) }
}
