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

/// Measures the [`GradientNoise`] of a run in small parts, so that a worker can spread it over its looks. It has the
/// weights and the data of the run as they were when it began: the run may go on, and not one bit of it changes.
///
/// Layers work as in training. Items are as they are: neither augmented nor spoiled. Layers that draw noise draw that of
/// the steps to come, another for every part. What a layer makes of a batch as a whole, `batch_normalization` above
/// all, it makes of each part of at most 256 rows.
pub struct NoiseProbe {
    gradients: Gradients,
    seed: u64,
    /// `G`, or as much of it as there is.
    full: Sum,
    /// The gradient of the batch at hand.
    drawn: Sum,
    /// The training items; the first [`GradientNoise::batch`] are those of the batch at hand.
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
        let mut probe = Self {
            seed,
            full: Sum::default(),
            drawn: Sum::default(),
            order: Vec::new(),
            rng: Rng::new(seed, Stream::GradientNoise { step }),
            done: 0,
            noise: GradientNoise {
                step,
                batch: 0,
                items,
                norm: 0.0,
                mean_squared_norm: 0.0,
                mean_squared_error: 0.0,
                angles: Vec::new(),
            },
            gradients,
        };
        probe.turn_to(batch);
        probe
    }

    /// Goes on with batches of another size at the same weights: the gradient of all items is not measured again.
    pub fn turn_to(&mut self, batch: usize) {
        let (step, items) = (self.noise.step, self.noise.items);
        self.order = (0..items as u32).collect();
        self.rng = Rng::new(self.seed, Stream::GradientNoise { step });
        self.done = 0;
        self.drawn = Sum::default();
        let batch = batch.clamp(1, items);
        self.noise.batch = batch;
        (self.noise.mean_squared_norm, self.noise.mean_squared_error) = (0.0, 0.0);
        self.noise.angles.clear();
    }

    /// Updates that the run had made when it began: what is measured is of the weights of that time.
    #[must_use]
    pub fn of_step(&self) -> usize {
        self.noise.step
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
                let items = self.full.items..self.noise.items;
                self.gradients.add(items, self.noise.items, &mut self.full);
                self.noise.norm = l2_norm(&self.full.values);
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
            left => left,
        };
        left.min(self.gradients.rows)
    }

    /// Every batch of all items has the gradient of all items.
    fn take_all_items(&mut self) {
        self.done = BATCHES;
        let norm = f64::from(self.noise.norm);
        (self.noise.mean_squared_norm, self.noise.mean_squared_error) = (norm * norm, 0.0);
        self.noise.angles = if norm > 0.0 && norm.is_finite() { vec![0.0; BATCHES] } else { Vec::new() };
    }

    /// Passes a part of the batch at hand, and measures it where that is its last.
    fn go_on_with_batch(&mut self) {
        let batch = self.noise.batch;
        if self.drawn.items == 0 {
            // The beginning of a shuffle: as good as a whole one, whatever the order before.
            for place in 0..batch {
                let left = self.order.len() - place;
                self.order.swap(place, place + self.rng.below(left as u32) as usize);
            }
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
        // Of the difference itself: what is left of two large squares is nothing where they are nearly equal.
        let apart = |scales: [f64; 2]| -> f64 {
            let pairs = full.iter().zip(drawn);
            pairs.map(|(&a, &b)| f64::from(a) / scales[0] - f64::from(b) / scales[1]).map(|d| d * d).sum()
        };
        self.noise.mean_squared_norm += norms[1] * norms[1] / BATCHES as f64;
        self.noise.mean_squared_error += apart([1.0, 1.0]) / BATCHES as f64;
        if norms.iter().all(|norm| norm.is_finite() && *norm > 0.0) {
            // Two vectors of length 1 are 2 sin(θ/2) apart.
            let half_chord = libm::sqrt(apart(norms)) / 2.0;
            self.noise.angles.push((2.0 * libm::asin(half_chord.min(1.0))).to_degrees() as f32);
        }
    }
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
}
