//! Machines small enough for the exact likelihood, which learn beside the run, update by update: how near to the best
//! contrastive divergence comes, with one step, with ten, and with chains that are kept.

use crate::labs::format::{count, fixed};
use crate::labs::{Figure, LineScale, Lines, Numbers, Panel, PlacedLine};
use crate::nn::layers::Rbm as RbmLayer;
use crate::nn::rbm::Room;
use crate::nn::rbm::exact::log_partition;
use crate::nn::{LayerConfig, Loss, Mode, Network, NetworkConfig, Pass};
use crate::train::{Optimizer, OptimizerConfig, OptimizerName, Run};

/// Cells of a side of the pictures, and hidden units.
const SIDE: usize = 3;
const HIDDEN: usize = 10;
/// Updates in all, and between two looks.
const STEPS: usize = 6000;
const PER_LOOK: usize = 100;
/// Updates for one figure, so that no other waits long for it.
const AT_ONCE: usize = 500;
/// Gibbs steps, kept chains and learning rate of each; chains that are kept want a lower one.
const KINDS: [(&str, usize, usize, f32); 3] =
    [("CD-1", 1, 0, 0.1), ("CD-10", 10, 0, 0.1), ("PCD", 1, 100, 0.03)];

/// Every picture of bars or of stripes, each once.
fn pictures() -> Vec<f32> {
    let mut rows: Vec<Vec<u8>> = Vec::new();
    for bits in 0..1_u8 << SIDE {
        rows.push((0..SIDE * SIDE).map(|cell| bits >> (cell % SIDE) & 1).collect());
        rows.push((0..SIDE * SIDE).map(|cell| bits >> (cell / SIDE) & 1).collect());
    }
    rows.sort();
    rows.dedup();
    rows.into_iter().flatten().map(f32::from).collect()
}

/// A machine on its way.
struct Contestant {
    layer: RbmLayer,
    optimizer: Optimizer,
    network: Network,
    pass: Pass,
    /// Nats by which the mean −ln p of the pictures is above the least there is, ln of their number, at each look.
    gaps: Vec<f32>,
}

impl Contestant {
    fn new((_, gibbs_steps, persistent_chains, rate): (&str, usize, usize, f32), seed: u64) -> Self {
        let mut layer = RbmLayer::new(HIDDEN);
        (layer.gibbs_steps, layer.persistent_chains) = (gibbs_steps, persistent_chains);
        let config = NetworkConfig { layers: vec![LayerConfig::Rbm(layer.clone())] };
        let network = Network::new(&config, &[SIDE * SIDE], Loss::BinaryCrossentropy, seed)
            .expect("it is always the same");
        let config = OptimizerConfig::new(OptimizerName::Sgd, rate);
        let optimizer = Optimizer::new(config, network.weights.len());
        Self { layer, optimizer, network, pass: Pass::default(), gaps: Vec::new() }
    }

    /// Looks, where it is time, and makes update number `step`.
    fn step(&mut self, rows: &[f32], step: usize) {
        if step.is_multiple_of(PER_LOOK) {
            let weights = self.layer.weights_in(&self.network.weights, SIDE * SIDE);
            let (machine, mut energies) = (self.layer.machine(SIDE * SIDE), Vec::new());
            machine.free_energy(weights, rows, &mut energies, &mut Room::default());
            let many = energies.len() as f64;
            let mean = energies.iter().map(|&energy| f64::from(energy)).sum::<f64>() / many;
            let log_z = log_partition(&machine, weights).expect("it is small");
            self.gaps.push((mean + log_z - libm::log(many)) as f32);
        }
        self.pass.mode = Mode::Training { step };
        self.network.learn(rows, rows, &mut self.pass);
        let optimizer = &mut self.optimizer;
        self.network.update(&self.pass, |weights, grads, slots| optimizer.update(weights, grads, slots));
    }
}

/// All of them, as far as the run has come.
#[derive(Default)]
pub(super) struct Referee {
    seed: u64,
    rows: Vec<f32>,
    contestants: Vec<Contestant>,
    steps: usize,
}

impl Referee {
    /// Whether they have made fewer updates than the run.
    pub fn is_at_work(&self, run: &Run) -> bool {
        self.steps < run.steps().min(STEPS)
    }

    /// Goes on towards as many updates as the run has made.
    fn follow(&mut self, run: &Run) {
        let seed = run.current().seed;
        let until = run.steps().min(STEPS).min(self.steps + AT_ONCE);
        if self.contestants.is_empty() || self.seed != seed {
            let contestants = KINDS.iter().map(|kind| Contestant::new(*kind, seed)).collect();
            *self = Self { seed, rows: pictures(), contestants, steps: 0 };
        }
        for step in self.steps..until {
            self.contestants.iter_mut().for_each(|contestant| contestant.step(&self.rows, step));
        }
        self.steps = self.steps.max(until);
    }

    pub fn panel(&mut self, run: &Run, numbers: &mut Numbers) -> Panel {
        self.follow(run);
        // Of a run that was gone back in, as far as that has come.
        let looks = run.steps().min(STEPS).div_ceil(PER_LOOK).min(self.contestants[0].gaps.len());
        let x = numbers.add((0..looks).map(|look| (look * PER_LOOK) as f32));
        let gaps = self.contestants.iter().flat_map(|contestant| &contestant.gaps).copied();
        let top = gaps.fold(0.0, f32::max);
        let many = self.rows.len() / (SIDE * SIDE);
        let line = |(lane, contestant): (usize, &Contestant)| {
            let y = numbers.add(contestant.gaps[..looks].iter().copied());
            PlacedLine { lane, label: KINDS[lane].0.into(), x, y, is_theory: false, ..PlacedLine::default() }
        };
        let lines: Vec<_> = self.contestants.iter().enumerate().map(line).collect();
        let said = self.contestants.iter().zip(KINDS).filter_map(|(contestant, (name, ..))| {
            Some(format!("{name} {}", fixed(f64::from(*contestant.gaps[..looks].last()?), 2)))
        });
        let said = said.collect::<Vec<_>>();
        let summary = if said.is_empty() {
            "Three small machines learn beside the run, from its first step on.".into()
        } else {
            format!(
                "Nats by which the mean ln p of {many} pictures stays below the best possible, −ln {many}, after {} updates: {}.",
                count((looks - 1) * PER_LOOK),
                said.join(", ")
            )
        };
        let figure = Lines {
            x_label: "update".into(),
            y_label: "nats below the best".into(),
            scale: LineScale::Linear(top),
            lines,
            at: None,
            marks: vec![(0.0, format!("best possible, −ln {many} = −{}", fixed(libm::log(many as f64), 2)))],
            is_of_kinds: true,
            ..Lines::default()
        };
        Panel { id: "referee".into(), note: String::new(), summary, figure: Figure::Lines(figure) }
    }
}
