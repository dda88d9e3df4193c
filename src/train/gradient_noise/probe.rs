//! The measuring itself, a part at a time, by a network of its own.

use super::{BATCHES, GradientNoise};
use crate::data::Data;
use crate::nn::{Mode, Network, Pass};
use crate::tensor::{Rng, Stream, l2_norm};
use crate::train::{Run, pictures_at_once};
use std::ops::Range;
use std::sync::Arc;

/// Rows that pass forward and backward in a [`NoiseProbe::step`], at most: a batch of more goes on in the next.
const ROWS: usize = 256;
/// Parts in which all items pass, about, and the most items of a part. The noise is told by how far their gradients lie
/// apart, so that every item counts: late in training a few hold most of it, which a dozen small batches miss.
const PARTS: usize = 32;
const OF_A_PART: usize = 64;

/// Measures the [`GradientNoise`] of a run in small parts, so that a worker can spread it over its looks. It has the
/// weights and the data of the run as they were when it began: the run may go on, and not one bit of it changes.
///
/// Layers work as in training. Items are as they are: neither augmented nor spoiled. Layers that draw noise draw that of
/// the steps to come, another for every part. What a layer makes of a batch as a whole, `batch_normalization` above
/// all, it makes of each part that passes at once.
pub struct NoiseProbe {
    gradients: Gradients,
    /// `G`, or as much of it as there is.
    full: Sum,
    /// Parts that it is the mean of, and the sum of `|g|²` of each, times its items.
    parts: usize,
    squares: f64,
    /// The gradient of the batch at hand.
    drawn: Sum,
    /// The training items, shuffled; the first [`GradientNoise::batch`] are those of the batch at hand.
    order: Vec<u32>,
    rng: Rng,
    /// Batches that are measured.
    done: usize,
    noise: GradientNoise,
}

/// Sum of the gradients of the items that passed so far, each with its share of all.
#[derive(Default)]
struct Sum {
    values: Vec<f32>,
    items: usize,
}

impl NoiseProbe {
    /// Begins with batches of so many items, or of all where there are fewer; [`BATCHES`] of them are drawn from a random
    /// stream of their own, always alike for the same seed and step.
    #[must_use]
    pub fn new(run: &Run, batch: usize) -> Self {
        let gradients = Gradients::of(run);
        let items = gradients.data.train.len();
        let (seed, step) = (run.current().seed, run.steps());
        let mut rng = Rng::new(seed, Stream::GradientNoise { step });
        let mut order = (0..items as u32).collect::<Vec<_>>();
        shuffle(&mut order, items, &mut rng);
        let noise = GradientNoise {
            step,
            batch: batch.clamp(1, items),
            items,
            norm: 0.0,
            variance: None,
            angles: Vec::new(),
        };
        let (full, drawn) = (Sum::default(), Sum::default());
        Self { gradients, full, parts: 0, squares: 0.0, drawn, order, rng, done: 0, noise }
    }

    /// How much of it is done, 0…1.
    #[must_use]
    pub fn share(&self) -> f32 {
        let of_batches = if self.noise.batch == self.noise.items { 0 } else { BATCHES * self.noise.batch };
        let drawn = (self.done * self.noise.batch + self.drawn.items).min(of_batches);
        (self.full.items + drawn) as f32 / (self.noise.items + of_batches) as f32
    }

    /// Passes up to 256 rows on; what was measured once all of them have passed.
    pub fn step(&mut self) -> Option<GradientNoise> {
        let mut rows = 0;
        while rows + self.rows_of_next_part() <= ROWS && self.done < BATCHES {
            rows += self.rows_of_next_part();
            if self.full.items < self.noise.items {
                self.go_on_with_all();
            } else if self.noise.batch < self.noise.items {
                self.go_on_with_batch();
            } else {
                self.take_all_items();
            }
        }
        (self.done == BATCHES).then(|| self.noise.clone())
    }

    fn rows_of_next_part(&self) -> usize {
        let left = match self.noise.items - self.full.items {
            0 if self.noise.batch == self.noise.items => 0,
            0 => self.noise.batch - self.drawn.items,
            left => left.min(self.noise.items.div_ceil(PARTS).min(OF_A_PART)),
        };
        left.min(self.gradients.rows)
    }

    /// Passes a part of all items, and tells the noise where that is the last: `Σ n |g − G|²` over the parts with `n` items
    /// each is `Σ n |g|² − N |G|²`, and has the expectation `tr Σ` times their number less one.
    fn go_on_with_all(&mut self) {
        let (before, all) = (self.full.items, self.noise.items);
        let part = &self.order[before..before + self.rows_of_next_part()];
        self.gradients.add(part.iter().map(|&item| item as usize), all, &mut self.full);
        self.parts += 1;
        self.squares += (self.full.items - before) as f64 * self.gradients.squared_norm();
        if self.full.items == all {
            self.noise.norm = l2_norm(&self.full.values);
            let apart = (self.squares - all as f64 * squared_norm(&self.full.values)).max(0.0);
            let variance = apart / (self.parts - 1) as f64;
            self.noise.variance = Some(variance).filter(|variance| variance.is_finite());
        }
    }

    /// Every batch of all items has the gradient of all items.
    fn take_all_items(&mut self) {
        self.done = BATCHES;
        let norm = self.noise.norm;
        self.noise.angles = if norm > 0.0 && norm.is_finite() { vec![0.0; BATCHES] } else { Vec::new() };
    }

    /// Passes a part of the batch at hand, and measures it where that is its last.
    fn go_on_with_batch(&mut self) {
        let batch = self.noise.batch;
        if self.drawn.items == 0 {
            // The beginning of a shuffle: as good as a whole one, whatever the order before.
            shuffle(&mut self.order, batch, &mut self.rng);
        }
        let items = self.order[self.drawn.items..batch].iter().map(|&item| item as usize);
        self.gradients.add(items, batch, &mut self.drawn);
        if self.drawn.items == batch {
            self.measure_batch();
            (self.drawn.items, self.done) = (0, self.done + 1);
        }
    }

    fn measure_batch(&mut self) {
        let (full, drawn) = (&self.full.values, &self.drawn.values);
        let norms = [full, drawn].map(|gradient| f64::from(l2_norm(gradient)));
        if norms.iter().all(|norm| norm.is_finite() && *norm > 0.0) {
            // Two vectors of length 1 are 2 sin(θ/2) apart: what is left of two large squares is nothing where they are
            // nearly equal.
            let pairs = full.iter().zip(drawn);
            let apart = pairs.map(|(&a, &b)| f64::from(a) / norms[0] - f64::from(b) / norms[1]);
            let half_chord = libm::sqrt(apart.map(|d| d * d).sum()) / 2.0;
            self.noise.angles.push((2.0 * libm::asin(half_chord.min(1.0))).to_degrees() as f32);
        }
    }
}

/// Draws the first so many of an order anew.
fn shuffle(order: &mut [u32], many: usize, rng: &mut Rng) {
    for place in 0..many {
        let left = order.len() - place;
        order.swap(place, place + rng.below(left as u32) as usize);
    }
}

fn squared_norm(values: &[f32]) -> f64 {
    values.iter().map(|&value| f64::from(value) * f64::from(value)).sum()
}

/// Gradients of any training items.
struct Gradients {
    network: Network,
    data: Arc<Data>,
    are_inputs: bool,
    /// Rows that pass at once, at most.
    rows: usize,
    trainable: Vec<Range<usize>>,
    /// The step whose noise the next part draws.
    step: usize,
    inputs: Vec<f32>,
    targets: Vec<f32>,
    pass: Pass,
}

impl Gradients {
    fn of(run: &Run) -> Self {
        let (network, data) = (run.network_apart(&run.network().weights), run.shared_data());
        let trainable = network.slots().iter().filter(|slot| slot.is_trainable);
        let batch = run.current().batch_size.items(data.train.len());
        Self {
            are_inputs: run.current().data.targets.are_inputs(),
            // No more than a batch or a test of the run takes, whose memory is bounded.
            rows: batch.max(pictures_at_once(&network)).min(ROWS),
            trainable: trainable.map(|slot| slot.range.clone()).collect(),
            step: run.steps(),
            inputs: Vec::new(),
            targets: Vec::new(),
            pass: Pass::default(),
            network,
            data,
        }
    }

    /// Passes the first of these items, and adds to `sum` their part of the mean over `all`.
    fn add(&mut self, items: impl Iterator<Item = usize> + Clone, all: usize, sum: &mut Sum) {
        let (train, outputs) = (&self.data.train, self.network.outputs());
        let items = items.take(self.rows);
        let rows = items.clone().count();
        let size: usize = train.input_shape().iter().product();
        self.inputs.resize(rows * size, 0.0);
        let places = self.inputs.chunks_exact_mut(size);
        items.clone().zip(places).for_each(|(item, input)| train.copy_item(item, input));
        if !self.are_inputs {
            train.write_targets(items, outputs, &mut self.targets);
        }
        let targets = if self.are_inputs { &self.inputs } else { &self.targets };
        self.pass.mode = Mode::Training { step: self.step };
        self.step += 1;
        self.network.learn(&self.inputs, targets, &mut self.pass);
        if sum.items == 0 {
            sum.values.clear();
            sum.values.resize(self.trainable.iter().map(Range::len).sum(), 0.0);
        }
        let share = rows as f32 / all as f32;
        let grads = self.trainable.iter().flat_map(|range| &self.network.grads[range.clone()]);
        sum.values.iter_mut().zip(grads).for_each(|(sum, grad)| *sum += share * grad);
        sum.items += rows;
    }

    /// `|g|²` of the items that passed last.
    fn squared_norm(&self) -> f64 {
        self.trainable.iter().map(|range| squared_norm(&self.network.grads[range.clone()])).sum()
    }
}
