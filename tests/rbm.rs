//! The restricted Boltzmann machine against its exact distribution: free energy, the gradient of the likelihood,
//! contrastive divergence with long chains, annealed importance sampling.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::nn::layers::Rbm as RbmLayer;
use glassbox::nn::rbm::annealing::Annealing;
use glassbox::nn::rbm::exact::{expected, log_partition};
use glassbox::nn::rbm::{HiddenUnits, Rbm, Room, VisibleGroup, VisibleUnits, Weights};
use glassbox::nn::{LayerConfig, Loss, Network, NetworkConfig, Pass};
use glassbox::tensor::{Rng, Stream};

fn random(count: usize, scale: f32, seed: u64) -> Vec<f32> {
    let mut rng = Rng::new(seed, Stream::Data);
    (0..count).map(|_| scale * rng.normal()).collect()
}

fn group(kind: VisibleUnits, units: usize) -> VisibleGroup {
    VisibleGroup::new(kind, units)
}

/// A machine with weights to look at.
struct Machine {
    rbm: Rbm,
    /// Kernel, visible and hidden biases and, of gaussian units, ln σ².
    numbers: Vec<f32>,
}

impl Machine {
    fn new(groups: Vec<VisibleGroup>, hidden: usize, kind: HiddenUnits, scale: f32, seed: u64) -> Self {
        let rbm = Rbm::new(groups, hidden, kind);
        let visible = rbm.visible_units();
        let has_variance = rbm.groups().iter().any(|group| group.kind == VisibleUnits::Gaussian);
        let of_variance = if has_variance { visible } else { 0 };
        let count = visible * hidden + visible + hidden + of_variance;
        Self { rbm, numbers: random(count, scale, seed) }
    }

    fn weights(&self) -> Weights<'_> {
        let (visible, hidden) = (self.rbm.visible_units(), self.rbm.hidden_units());
        let (kernel, rest) = self.numbers.split_at(visible * hidden);
        let (visible_bias, rest) = rest.split_at(visible);
        let (hidden_bias, log_variance) = rest.split_at(hidden);
        Weights { kernel, visible_bias, hidden_bias, log_variance }
    }

    fn free_energies(&self, rows: &[f32]) -> Vec<f64> {
        let mut energies = Vec::new();
        self.rbm.free_energy(self.weights(), rows, &mut energies, &mut Room::default());
        energies.into_iter().map(f64::from).collect()
    }
}

/// Every row of so many bits.
fn all_rows(units: usize) -> Vec<f32> {
    (0..1_usize << units).flat_map(|row| (0..units).map(move |unit| (row >> unit & 1) as f32)).collect()
}

fn log_sum_exp(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let most = values.clone().fold(f64::NEG_INFINITY, f64::max);
    most + values.map(|value| (value - most).exp()).sum::<f64>().ln()
}

#[test]
fn free_energies_of_all_states_sum_to_the_partition() {
    for hidden in [HiddenUnits::Bernoulli, HiddenUnits::Relu, HiddenUnits::Gaussian] {
        for units in [3, 9] {
            let machine = Machine::new(vec![group(VisibleUnits::Bernoulli, 6)], units, hidden, 0.8, 5);
            let energies = machine.free_energies(&all_rows(6));
            let summed = log_sum_exp(energies.iter().map(|energy| -energy));
            let exact = log_partition(&machine.rbm, machine.weights()).unwrap();
            assert!((summed - exact).abs() < 1e-5, "{hidden:?} {units}: {summed} {exact}");
        }
    }
    // Of a choice of three and two bits: six states of the one, four of the other.
    let softmax = VisibleGroup { choices: Some(3), ..group(VisibleUnits::Softmax, 3) };
    let machine =
        Machine::new(vec![softmax, group(VisibleUnits::Bernoulli, 2)], 4, HiddenUnits::Bernoulli, 0.9, 2);
    let rows: Vec<f32> = (0..3)
        .flat_map(|choice| {
            (0..4).flat_map(move |bits| {
                let one_hot = (0..3).map(move |at| f32::from(u8::from(at == choice)));
                one_hot.chain((0..2).map(move |bit| (bits >> bit & 1) as f32))
            })
        })
        .collect();
    let summed = log_sum_exp(machine.free_energies(&rows).into_iter().map(|energy| -energy));
    let exact = log_partition(&machine.rbm, machine.weights()).unwrap();
    assert!((summed - exact).abs() < 1e-5, "{summed} {exact}");
    // Of one gaussian unit: the integral of e^(−F).
    let machine = Machine::new(vec![group(VisibleUnits::Gaussian, 1)], 3, HiddenUnits::Bernoulli, 0.7, 4);
    let at: Vec<f32> = (-3000..3000).map(|step| step as f32 * 0.01).collect();
    let summed = log_sum_exp(machine.free_energies(&at).into_iter().map(|energy| -energy)) + 0.01_f64.ln();
    let exact = log_partition(&machine.rbm, machine.weights()).unwrap();
    assert!((summed - exact).abs() < 1e-4, "{summed} {exact}");
}

/// ∂ ln Z / ∂ of each weight is what the machine expects of its factor.
#[test]
fn what_a_machine_expects_is_the_slope_of_its_partition() {
    let softmax = VisibleGroup { choices: Some(2), ..group(VisibleUnits::Softmax, 4) };
    let kinds = [
        (vec![group(VisibleUnits::Bernoulli, 5)], 3, HiddenUnits::Bernoulli),
        (vec![group(VisibleUnits::Bernoulli, 3)], 6, HiddenUnits::Bernoulli),
        (vec![softmax, group(VisibleUnits::Bernoulli, 2)], 4, HiddenUnits::Bernoulli),
    ];
    for (groups, hidden, kind) in kinds {
        let mut machine = Machine::new(groups, hidden, kind, 0.7, 9);
        let found = expected(&machine.rbm, machine.weights()).unwrap();
        let wanted: Vec<f64> =
            found.products.iter().chain(&found.visible).chain(&found.hidden).copied().collect();
        for (index, expected) in wanted.into_iter().enumerate() {
            let before = machine.numbers[index];
            let mut at = |step: f32| {
                machine.numbers[index] = before + step;
                let log_z = log_partition(&machine.rbm, machine.weights()).unwrap();
                (log_z, machine.numbers[index])
            };
            let ((high, up), (low, down)) = (at(1e-2), at(-1e-2));
            machine.numbers[index] = before;
            let slope = (high - low) / f64::from(up - down);
            assert!((slope - expected).abs() < 1e-4, "{index}: {slope} {expected}");
        }
    }
}

#[test]
fn a_machine_too_large_to_go_through_is_refused() {
    let machine = Machine::new(vec![group(VisibleUnits::Bernoulli, 40)], 30, HiddenUnits::Bernoulli, 0.1, 1);
    let error = log_partition(&machine.rbm, machine.weights()).unwrap_err().to_string();
    assert!(error.contains("40 visible and 30 hidden units") && error.contains("at most 20"), "{error}");
    let counts =
        Machine::new(vec![group(VisibleUnits::ReplicatedSoftmax, 5)], 3, HiddenUnits::Bernoulli, 0.1, 1);
    assert!(log_partition(&counts.rbm, counts.weights()).is_err());
    assert!(Annealing::new(&counts.rbm, vec![0.0; 5], [10, 10], Rng::new(1, Stream::Data)).is_err());
}

/// A layer of so many hidden units with some settings changed.
fn layer(units: usize, change: impl FnOnce(&mut RbmLayer)) -> RbmLayer {
    let mut layer = RbmLayer::new(units);
    change(&mut layer);
    layer
}

fn network(layer: RbmLayer, visible: usize, seed: u64) -> Network {
    let is_binary = layer.visible.iter().all(|group| group.kind == VisibleUnits::Bernoulli);
    let loss = if is_binary { Loss::BinaryCrossentropy } else { Loss::MeanSquaredError };
    let config = NetworkConfig { layers: vec![LayerConfig::Rbm(layer)] };
    Network::new(&config, &[visible], loss, seed).unwrap()
}

/// With chains long enough contrastive divergence is the gradient of the likelihood: of binary units, choices and numbers,
/// whose variance is learned too; and of hidden units that are numbers. With units that are clamped it is the gradient of the
/// likelihood of the others given those.
#[test]
fn long_chains_come_to_the_gradient_of_the_likelihood() {
    let softmax = VisibleGroup { choices: Some(3), ..group(VisibleUnits::Softmax, 3) };
    let four = || (vec![group(VisibleUnits::Bernoulli, 4)], vec![1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0]);
    type Kind = ((Vec<VisibleGroup>, Vec<f32>), HiddenUnits, usize);
    let kinds: [Kind; 5] = [
        (four(), HiddenUnits::Bernoulli, 0),
        (four(), HiddenUnits::Gaussian, 0),
        (four(), HiddenUnits::Bernoulli, 2),
        (
            (vec![softmax, group(VisibleUnits::Bernoulli, 1)], vec![1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0]),
            HiddenUnits::Bernoulli,
            0,
        ),
        ((vec![group(VisibleUnits::Gaussian, 2)], vec![1.5, -0.5, 0.25, 2.0]), HiddenUnits::Bernoulli, 0),
    ];
    for ((groups, rows), hidden, clamped) in kinds {
        let learns_variance = groups[0].kind == VisibleUnits::Gaussian;
        let machine = Machine::new(groups.clone(), 3, hidden, 0.6, 3);
        let visible = machine.rbm.visible_units();
        let layer = layer(3, |layer| {
            (layer.visible, layer.gibbs_steps, layer.learns_variance) = (groups, 25, learns_variance);
            (layer.hidden, layer.clamped) = (hidden, clamped);
        });
        let mut network = network(layer, visible, 1);
        network.weights.copy_from_slice(&machine.numbers);
        let batch = rows.repeat(64);
        let mut mean = vec![0.0_f64; network.grads.len()];
        const BATCHES: usize = 400;
        let mut pass = Pass::default();
        for step in 0..BATCHES {
            pass.mode = glassbox::nn::Mode::Training { step };
            network.learn(&batch, &batch, &mut pass);
            mean.iter_mut()
                .zip(&network.grads)
                .for_each(|(sum, &grad)| *sum += f64::from(grad) / BATCHES as f64);
        }
        // ∂/∂ of −ln p of the rows, by finite differences of exact free energies and ln Z.
        let mut exact = machine;
        let mut negative_log = |index: usize, step: f32| {
            let before = exact.numbers[index];
            exact.numbers[index] = before + step;
            let energies = exact.free_energies(&rows);
            let many = energies.len() as f64;
            let partitions: f64 = if clamped == 0 {
                many * log_partition(&exact.rbm, exact.weights()).unwrap()
            } else {
                let of_rest = |row: &[f32]| {
                    let all = all_rows(visible);
                    let like = all.chunks(visible).filter(|other| other[..clamped] == row[..clamped]);
                    let energies = exact.free_energies(&like.flatten().copied().collect::<Vec<_>>());
                    log_sum_exp(energies.iter().map(|energy| -energy))
                };
                rows.chunks(visible).map(of_rest).sum()
            };
            let value = (energies.iter().sum::<f64>() + partitions) / many;
            let at = f64::from(exact.numbers[index]);
            exact.numbers[index] = before;
            (value, at)
        };
        for (index, mean) in mean.into_iter().enumerate() {
            let ((high, up), (low, down)) = (negative_log(index, 2e-2), negative_log(index, -2e-2));
            let wanted = (high - low) / (up - down);
            assert!(
                (mean - wanted).abs() < 0.015,
                "{hidden:?}, {clamped}: {index} of {visible}: {mean} {wanted}"
            );
        }
    }
}

/// Bars and stripes of 3 × 3, of which there are fourteen.
fn bars_and_stripes() -> Vec<f32> {
    let mut rows: Vec<Vec<u8>> = Vec::new();
    for bits in 0..8_u8 {
        let bars: Vec<u8> = (0..9).map(|cell| bits >> (cell % 3) & 1).collect();
        let stripes: Vec<u8> = (0..9).map(|cell| bits >> (cell / 3) & 1).collect();
        rows.extend([bars, stripes]);
    }
    rows.sort();
    rows.dedup();
    assert_eq!(rows.len(), 14);
    rows.into_iter().flatten().map(f32::from).collect()
}

/// Mean ln p of the rows after so many steps.
fn trained(layer: RbmLayer, rows: &[f32], [steps, seed]: [usize; 2], rate: f32) -> (f64, Network) {
    let mut network = network(layer.clone(), 9, seed as u64);
    let mut pass = Pass::default();
    for step in 0..steps {
        pass.mode = glassbox::nn::Mode::Training { step };
        assert!(network.learn(rows, rows, &mut pass).is_finite);
        let done = network.update(&pass, |weights, grads, slots| {
            for slot in slots.iter().filter(|slot| slot.is_trainable) {
                let grads = &grads[slot.range.clone()];
                weights[slot.range.clone()].iter_mut().zip(grads).for_each(|(w, g)| *w -= rate * g);
            }
            true
        });
        assert!(done);
    }
    let (rbm, weights) = (layer.machine(9), layer.weights_in(&network.weights, 9));
    let mut energies = Vec::new();
    rbm.free_energy(weights, rows, &mut energies, &mut Room::default());
    let mean = energies.iter().map(|&energy| f64::from(energy)).sum::<f64>() / energies.len() as f64;
    let log_z = log_partition(&rbm, weights).unwrap();
    (-mean - log_z, network)
}

/// The likelihood that contrastive divergence climbs without ever measuring it. At best it is −ln 14.
#[test]
fn machines_learn_what_is_likely() {
    let rows = bars_and_stripes();
    let best = -(14.0_f64).ln();
    for seed in 1..=3 {
        let (before, _) = trained(RbmLayer::new(12), &rows, [0, seed], 0.1);
        let (short, _) = trained(RbmLayer::new(12), &rows, [6000, seed], 0.1);
        let (long, _) = trained(layer(12, |layer| layer.gibbs_steps = 10), &rows, [6000, seed], 0.1);
        let (persistent, _) =
            trained(layer(12, |layer| layer.persistent_chains = 100), &rows, [12_000, seed], 0.03);
        println!(
            "seed {seed}: {before:.3} untrained, {short:.3} CD-1, {long:.3} CD-10, {persistent:.3} PCD, {best:.3} at best"
        );
        assert!((before + 9.0 * 2.0_f64.ln()).abs() < 0.05, "every state alike: {before}");
        assert!(short > -3.6 && long > -3.2 && persistent > -3.2, "{short} {long} {persistent}");
        assert!(long < best && persistent < best);
    }
}

#[test]
fn annealing_agrees_with_going_through_every_state() {
    let rows = bars_and_stripes();
    let layer = layer(12, |layer| layer.persistent_chains = 50);
    let (_, network) = trained(layer.clone(), &rows, [3000, 1], 0.05);
    let (rbm, weights) = (layer.machine(9), layer.weights_in(&network.weights, 9));
    let softmax = VisibleGroup { choices: Some(4), ..group(VisibleUnits::Softmax, 12) };
    let choices =
        Machine::new(vec![softmax, group(VisibleUnits::Bernoulli, 5)], 10, HiddenUnits::Bernoulli, 0.8, 6);
    for (rbm, weights) in [(&rbm, weights), (&choices.rbm, choices.weights())] {
        let exact = log_partition(rbm, weights).unwrap();
        for seed in 1..=5 {
            let rng = Rng::new(seed, Stream::Data);
            let base = weights.visible_bias.to_vec();
            let mut annealing = Annealing::new(rbm, base, [200, 2000], rng).unwrap();
            while !annealing.step(rbm, weights) {
                assert!(annealing.estimate(rbm).is_none());
            }
            let estimate = annealing.estimate(rbm).unwrap();
            println!("{exact:.4} exact, {estimate:?}");
            assert!((estimate.log_partition - exact).abs() < 0.05, "{exact} {estimate:?}");
            let [low, high] = estimate.within;
            assert!(low < exact && exact < high, "{exact} {estimate:?}");
        }
    }
}

/// Where words are counted, a hidden unit's bias counts for each of them.
#[test]
fn the_bias_of_counted_words_counts_for_each() {
    let machine =
        Machine::new(vec![group(VisibleUnits::ReplicatedSoftmax, 3)], 2, HiddenUnits::Bernoulli, 0.7, 8);
    let Weights { kernel, visible_bias, hidden_bias, .. } = machine.weights();
    let row = [2.0, 0.0, 3.0];
    let terms = (0..4).map(|state| {
        let mut sum: f64 = row.iter().zip(visible_bias).map(|(v, b)| f64::from(v * b)).sum();
        for unit in (0..2).filter(|unit| state >> unit & 1 == 1) {
            sum += 5.0 * f64::from(hidden_bias[unit]);
            sum +=
                row.iter().enumerate().map(|(word, v)| f64::from(v * kernel[word * 2 + unit])).sum::<f64>();
        }
        sum
    });
    let free_energy = machine.free_energies(&row)[0];
    assert!((free_energy + log_sum_exp(terms)).abs() < 1e-5, "{free_energy}");
}

/// A target below the mean of the hidden units adds to the gradient of each one's bias how far it is above it.
#[test]
fn a_sparsity_target_pulls_the_biases() {
    let rows: Vec<f32> = bars_and_stripes();
    let gradient = |target: Option<f32>| {
        let mut network = network(
            layer(5, |layer| {
                (layer.sparsity_target, layer.sparsity_cost, layer.mean_field) = (target, 0.5, true)
            }),
            9,
            2,
        );
        let mut pass = Pass::default();
        pass.mode = glassbox::nn::Mode::Training { step: 0 };
        network.learn(&rows, &rows, &mut pass);
        let means: Vec<f32> =
            (0..5).map(|unit| pass.traces[0].kept.iter().skip(unit).step_by(5).sum::<f32>() / 14.0).collect();
        (network.grads.clone(), means)
    };
    let ((plain, means), (pulled, _)) = (gradient(None), gradient(Some(0.1)));
    let biases = 9 * 5 + 9;
    for (index, (plain, pulled)) in plain.iter().zip(&pulled).enumerate() {
        let wanted = index.checked_sub(biases).map_or(0.0, |unit| 0.5 * (means[unit] - 0.1));
        assert!((pulled - plain - wanted).abs() < 1e-6, "{index}: {plain} {pulled} {wanted}");
    }
}

/// What the lab remembers of a run without held-out pictures goes on from a file, and what it cannot show is refused.
#[test]
fn what_is_seen_of_machines_goes_on_from_a_file_and_what_is_no_job_is_refused() {
    use serde_json::json;
    let lab = glassbox::labs::find("rbm").unwrap();
    let changed = |changes: &[(&str, serde_json::Value)]| {
        let settings = changes.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        lab.defaults().with(&settings)
    };
    let untested = changed(&[("data.test_fraction", json!(0)), ("data.samples", json!(200))]).unwrap();
    let mut run = glassbox::train::Run::new(untested).unwrap();
    let mut observer = lab.observe(&run);
    for _ in 0..120 {
        let loss = run.step().unwrap();
        observer.after_step(&run, loss);
    }
    assert_eq!(observer.verdict(&run).word, "Not tested.");
    let again = lab.observe_on(&run, observer.seen()).expect("it is of this run");
    assert_eq!(again.seen(), observer.seen());
    run.step().unwrap();
    run.step().unwrap();
    assert!(lab.observe_on(&run, observer.seen()).is_none(), "of an earlier step");
    let other = glassbox::train::Run::new(lab.defaults()).unwrap();
    assert!(lab.observe_on(&other, observer.seen()).is_none(), "of another run");

    for job in ["classify", "predict", "films", "topics"] {
        let experiment = lab.change(&lab.defaults(), "job", &json!(job)).unwrap();
        lab.check(&experiment).unwrap();
        let mut run = glassbox::train::Run::new(experiment).unwrap();
        let mut observer = lab.observe(&run);
        for _ in 0..60 {
            let loss = run.step().unwrap();
            observer.after_step(&run, loss);
        }
        let again = lab.observe_on(&run, observer.seen()).expect(job);
        assert_eq!(again.seen(), observer.seen(), "{job}");
        assert_ne!(observer.verdict(&run).word, "Watching…", "{job}");
    }

    let dropout = json!([{ "type": "dropout", "rate": 0.2 }, { "type": "rbm", "units": 48 }]);
    for (key, value, words) in [
        ("data.train_on", json!([1, 2]), "data.train_on"),
        (
            "network.layers.0.visible",
            json!([{ "type": "bernoulli", "units": 392 }, { "type": "bernoulli", "units": 392 }]),
            "network.layers.0.visible",
        ),
        ("edits", json!([{ "step": 0, "set": { "network.layers": dropout } }]), "edits"),
        (
            "network.layers.0.clamped",
            json!(3),
            "network.layers.0.clamped is 3, but must be 0 where items have no label",
        ),
        (
            "network.layers.0.clamped",
            json!(784),
            "network.layers.0.clamped is 784, but must be from 0 to 783",
        ),
    ] {
        let refused = changed(&[(key, value)]).and_then(|experiment| lab.check(&experiment)).unwrap_err();
        assert!(refused.to_string().starts_with(words), "{refused}");
    }

    // Chains that are kept would rate all films, while users rated few.
    for job in ["films", "topics"] {
        let usual = lab.change(&lab.defaults(), "job", &json!(job)).unwrap();
        assert!(lab.controls(&usual).iter().all(|control| control.key != "persistent_chains"), "{job}");
        let chains = [("network.layers.0.persistent_chains".to_owned(), json!(64))].into_iter().collect();
        let refused = usual.with(&chains).and_then(|experiment| lab.check(&experiment)).unwrap_err();
        assert!(
            refused.to_string().starts_with("network.layers.0.persistent_chains is 64, but must be 0"),
            "{refused}"
        );
    }
}

#[test]
fn what_is_likely_of_some_units_given_the_others_is_told_by_free_energies() {
    for hidden in [HiddenUnits::Bernoulli, HiddenUnits::Relu] {
        let groups = vec![
            group(VisibleUnits::Bernoulli, 5),
            VisibleGroup { choices: Some(3), ..group(VisibleUnits::Softmax, 3) },
            group(VisibleUnits::Gaussian, 2),
        ];
        let machine = Machine::new(groups, 6, hidden, 0.6, 4);
        let (mut rows, mut shares) = (random(20, 1.0, 8), Vec::new());
        let given = rows.clone();
        machine.rbm.choice_shares(machine.weights(), &mut rows, (5, 3), &mut shares, &mut Room::default());
        for (row, shares) in given.chunks_exact(10).zip(shares.chunks_exact(3)) {
            let energies = (0..3).map(|choice| {
                let mut row = row.to_vec();
                (0..3).for_each(|unit| row[5 + unit] = f32::from(u8::from(unit == choice)));
                machine.free_energies(&row)[0]
            });
            let energies: Vec<f64> = energies.collect();
            let all = log_sum_exp(energies.iter().map(|energy| -energy));
            for (share, energy) in shares.iter().zip(&energies) {
                assert!((f64::from(*share) - (-energy - all).exp()).abs() < 1e-5, "{hidden:?} {shares:?}");
            }
        }
        // Of the last number: its mean by the trapezoid rule over a finer grid.
        let (mut rows, mut spreads) = (given.clone(), Vec::new());
        let range = [-12.0, 12.0];
        machine.rbm.number_spread(
            machine.weights(),
            &mut rows,
            (9, range),
            &mut spreads,
            &mut Room::default(),
        );
        for (row, spread) in given.chunks_exact(10).zip(spreads.chunks_exact(2)) {
            let (mut sum, mut mean, mut square) = (0.0, 0.0, 0.0);
            for place in 0..4000 {
                let mut row = row.to_vec();
                row[9] = -12.0 + place as f32 * 0.006;
                let p = (-machine.free_energies(&row)[0]).exp();
                let y = f64::from(row[9]);
                (sum, mean, square) = (sum + p, mean + p * y, square + p * y * y);
            }
            let (mean, deviation) = (mean / sum, (square / sum - (mean / sum).powi(2)).sqrt());
            assert!((f64::from(spread[0]) - mean).abs() < 5e-3, "{hidden:?} {spread:?} {mean}");
            assert!((f64::from(spread[1]) - deviation).abs() < 5e-3, "{hidden:?} {spread:?} {deviation}");
        }
    }
}

/// A run's machine begins with visible biases that give the means of its training items by themselves.
#[test]
fn a_machine_begins_with_the_means_of_its_data() {
    let experiment = glassbox::labs::find("rbm").unwrap().defaults();
    let run = glassbox::train::Run::new(experiment).unwrap();
    let means = run.data().train.moments().means;
    let hidden = vec![0.0; 48];
    let layer = &run.network().weights;
    let rbm = Rbm::new(vec![group(VisibleUnits::Bernoulli, 784)], 48, HiddenUnits::Bernoulli);
    let (kernel, rest) = layer.split_at(784 * 48);
    let (visible_bias, hidden_bias) = rest.split_at(784);
    let weights = Weights { kernel, visible_bias, hidden_bias, log_variance: &[] };
    let (mut logits, mut found) = (Vec::new(), Vec::new());
    rbm.visible_logits(weights, &hidden, &mut logits);
    rbm.visible_means(&logits, &means, &mut found);
    for (found, mean) in found.iter().zip(&means) {
        assert!((found - mean).abs() < 2e-3, "{found} {mean}");
    }

    // And with the variances of numbers, where those are learned.
    let lab = glassbox::labs::find("rbm").unwrap();
    let experiment = lab.change(&lab.defaults(), "job", &serde_json::json!("predict")).unwrap();
    let run = glassbox::train::Run::new(experiment).unwrap();
    let labels = run.data().train.all_labels();
    let mean =
        |of: &dyn Fn(f64) -> f64| labels.iter().map(|&y| of(y.into())).sum::<f64>() / labels.len() as f64;
    let middle = mean(&|y| y);
    let variance = mean(&|y| (y - middle) * (y - middle));
    let log_variance = f64::from(*run.network().weights.last().unwrap());
    assert!((log_variance - libm::log(variance)).abs() < 1e-4, "{log_variance}, {variance}");
}
