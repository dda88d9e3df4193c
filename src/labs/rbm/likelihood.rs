//! How likely the machine takes pictures to be: ln Z by annealed importance sampling, a few temperatures at each look, so that
//! no other figure waits for it.

use super::layer_of;
use crate::data::Examples;
use crate::labs::format::{count, fixed, percent};
use crate::labs::{Figure, NamedBars, Numbers, Panel};
use crate::nn::rbm::annealing::{Annealing, Estimate};
use crate::nn::rbm::{Room, VisibleGroup, VisibleUnits};
use crate::tensor::{Rng, Stream};
use crate::train::Run;

/// Chains, and temperatures on their way.
const CHAINS: usize = 50;
const TEMPERATURES: usize = 1000;
/// Multiplications of one look, which take a few hundredths of a second.
const AT_ONCE: usize = 150_000_000;
/// Pictures of each kind.
const PICTURES: usize = 200;

/// Chains on their way, with all weights of the step that they are for.
struct AtWork {
    step: usize,
    weights: Vec<f32>,
    annealing: Annealing,
}

/// What chains that arrived told, and of which step.
struct Told {
    step: usize,
    estimate: Estimate,
    /// Mean −ln p of pictures of each kind.
    costs: Vec<f32>,
}

/// Pictures of each kind, with what one is called.
fn parts(run: &Run) -> impl Iterator<Item = (&'static str, &Examples)> {
    let parts = [("a training picture", &run.data().train), ("a held-out picture", &run.data().test)];
    parts.into_iter().filter(|(_, examples)| !examples.is_empty())
}

/// See the module.
#[derive(Default)]
pub(super) struct Likelihood {
    at_work: Option<AtWork>,
    told: Option<Told>,
    /// Whether its units are such that it cannot be told.
    is_none: bool,
}

impl Likelihood {
    /// Whether there is more to be worked out before it speaks of the step at hand.
    pub fn is_at_work(&self, run: &Run) -> bool {
        !self.is_none && self.told.as_ref().is_none_or(|told| told.step != run.steps())
    }

    fn go_on(&mut self, run: &Run) {
        if !self.is_at_work(run) {
            return;
        }
        let (layer, inputs) = (layer_of(run.current()), run.input_shape().iter().product());
        let rbm = layer.machine(inputs);
        if self.at_work.is_none() {
            let weights = run.network().weights.clone();
            let base = layer.weights_in(&weights, inputs).visible_bias.to_vec();
            let rng = Rng::new(run.current().seed, Stream::Dreaming { times: u32::MAX });
            match Annealing::new(&rbm, base, [CHAINS, TEMPERATURES], rng) {
                Ok(annealing) => {
                    self.at_work = Some(AtWork { step: run.steps(), weights, annealing });
                }
                Err(_) => self.is_none = true,
            }
        }
        let Some(AtWork { step, weights, annealing }) = &mut self.at_work else { return };
        let weights = layer.weights_in(weights, inputs);
        let per_step = 2 * CHAINS * rbm.visible_units() * rbm.hidden_units();
        let at_once = (AT_ONCE / per_step.max(1)).clamp(1, TEMPERATURES);
        let has_arrived = (0..at_once).any(|_| annealing.step(&rbm, weights));
        let Some(estimate) = annealing.estimate(&rbm).filter(|_| has_arrived) else { return };
        let mut energies = Vec::new();
        let mut cost = |examples: &Examples| {
            let many = examples.len().min(PICTURES);
            let mut rows = vec![0.0; rbm.visible_units() * many];
            let places = rows.chunks_exact_mut(rbm.visible_units()).enumerate();
            // What is likely is told of states that are on or off, as those are that grey pixels stand for.
            let mut rng = Rng::new(run.current().seed, Stream::Dreaming { times: u32::MAX - 1 });
            places.for_each(|(item, row)| {
                examples.copy_item(item, row);
                let binary = |(_, group): &(usize, &VisibleGroup)| group.kind == VisibleUnits::Bernoulli;
                for (start, group) in rbm.placed().filter(binary) {
                    rng.draw(&mut row[start..][..group.units]);
                }
            });
            rbm.free_energy(weights, &rows, &mut energies, &mut Room::default());
            let mean = energies.iter().map(|&energy| f64::from(energy)).sum::<f64>() / many.max(1) as f64;
            (mean + estimate.log_partition) as f32
        };
        let costs = parts(run).map(|(_, examples)| cost(examples)).collect();
        self.told = Some(Told { step: *step, estimate, costs });
        self.at_work = None;
    }

    /// The figure "likelihood": what a picture costs in nats, −ln p, in the mean of training and of held-out ones.
    pub fn panel(&mut self, run: &Run, numbers: &mut Numbers) -> Panel {
        self.go_on(run);
        let names: Vec<String> = parts(run).map(|(name, _)| name.into()).collect();
        let share = self.at_work.as_ref().map_or(0.0, |at_work| at_work.annealing.share());
        let (note, summary) = match &self.told {
            _ if self.is_none => (String::new(), "What pictures cost cannot be told for such units.".into()),
            None => (
                percent(f64::from(share)),
                format!("{CHAINS} chains are on their way through {} temperatures.", count(TEMPERATURES)),
            ),
            Some(told) => (note(told, run.steps()), told.said(&names)),
        };
        let costs =
            self.told.as_ref().map_or(vec![NamedBars::UNKNOWN; names.len()], |told| told.costs.clone());
        let figure = NamedBars {
            marked: (names.len() == 2).then_some(1),
            most: costs.iter().copied().fold(1.0, f32::max) * 1.1,
            names,
            values: numbers.add(costs),
            unit: "nats".into(),
            decimals: 1,
        };
        Panel { id: "likelihood".into(), note, summary, figure: Figure::NamedBars(figure) }
    }
}

fn note(told: &Told, step: usize) -> String {
    let of = if told.step == step { String::new() } else { format!(" of step {}", count(told.step)) };
    format!("ln Z {}{of}", fixed(told.estimate.log_partition, 1))
}

impl Told {
    fn said(&self, names: &[String]) -> String {
        let Estimate { log_partition, within } = self.estimate;
        // Where the weights of few chains count for all, nothing is told of how small it may be.
        let [low, high] = within.map(|end| fixed(end, 1));
        let within = if within[0].is_finite() {
            format!("within three standard errors {low} to {high}")
        } else {
            format!("within three standard errors at most {high}")
        };
        let costs = names.iter().zip(&self.costs);
        let costs = costs.map(|(name, cost)| format!("{name} costs {} nats", fixed(f64::from(*cost), 1)));
        format!(
            "After {} steps ln Z is {} ({within}), by {CHAINS} chains over {} temperatures: {}.",
            count(self.step),
            fixed(log_partition, 1),
            count(TEMPERATURES),
            costs.collect::<Vec<_>>().join(", ")
        )
    }
}
