//! The loss surface of a network, in two dimensions: a [`Plane`] through the space of its weights, the loss over it, and the
//! [`Path`]s that runs took, which can be placed in it. What is drawn of it is left to labs and plots.

mod components;
mod numbers;
mod path;
mod plane;

pub use path::{MAX_SNAPSHOTS, Path, Weights};
pub use plane::{Directions, Plane};

use super::Run;
use super::evaluation::pictures_at_once;
use crate::nn::layers::Function;
use crate::nn::{Network, NetworkConfig, Pass, Survey};
use crate::tensor::{Rng, Stream};
use std::sync::Arc;

/// Most places on a side; an odd number has the middle of the view among them.
pub const MAX_SIDE: usize = 41;
/// Most items that the loss is a mean over.
pub const MAX_ITEMS: usize = 512;
/// Fewest of a large network.
const MIN_ITEMS: usize = 64;
/// Products that a whole surface sums, about, where that asks for fewer items: some ten seconds' work in a browser.
const MULTIPLY_ADDS: u64 = 8_000_000_000;
/// Distances between the places of each round, coarse to fine.
const STRIDES: [usize; 4] = [8, 4, 2, 1];

/// The loss over a part of a plane, place by place: it goes on as it is asked to, coarse to fine, while the run that it was
/// made of may go on too.
///
/// It is the mean loss over a fixed sample of the training items, drawn by the seed, as they are: neither spoiled nor
/// augmented. The network is used as in a test: dropout and noise are off, weights that are not trained (moving statistics
/// among them) are those of the run, and penalties are left out, but for the heights of landscapes, which are all their loss.
pub struct Surface {
    network: Network,
    pass: Pass,
    /// `[items, ..input_shape]`
    inputs: Vec<f32>,
    /// `[items, outputs]`
    targets: Vec<f32>,
    items: usize,
    /// Products that an item sums.
    products: u64,
    /// What landscapes add to the loss, and where their positions lie.
    landscapes: Vec<(Function, usize)>,
    plane: Arc<Plane>,
    view: [f32; 4],
    side: usize,
    /// `[side, side]`, the row at the bottom first; NaN where nothing is known.
    values: Vec<f32>,
    /// Places in the order in which they are worked out.
    order: Vec<u32>,
    done: usize,
}

impl Surface {
    /// Of a run's loss over `view` (left, right, bottom, top) of a plane, at `side` × `side` places, of which those at the
    /// edge lie on the edge of the view.
    #[must_use]
    pub fn new(run: &Run, plane: Arc<Plane>, view: [f32; 4], side: usize) -> Self {
        let side = side.clamp(2, MAX_SIDE);
        let current = run.current();
        let network = run.network_apart(&run.network().weights);
        let chosen = sample(run, Self::affordable_items(run, side));
        let train = &run.data().train;
        let numbers = run.input_shape().iter().product();
        let mut inputs = vec![0.0; chosen.len() * numbers];
        chosen
            .iter()
            .zip(inputs.chunks_exact_mut(numbers))
            .for_each(|(&item, input)| train.copy_item(item, input));
        let mut targets = Vec::new();
        if current.data.targets.are_inputs() {
            targets.clone_from(&inputs);
        } else {
            train.write_targets(chosen.iter().copied(), network.outputs(), &mut targets);
        }
        Self {
            landscapes: landscapes(&current.network, &network),
            network,
            pass: Pass::default(),
            inputs,
            targets,
            items: chosen.len(),
            products: products(run),
            plane,
            view,
            side,
            values: vec![f32::NAN; side * side],
            order: order(side),
            done: 0,
        }
    }

    /// Items that the loss at each place is a mean over, as far as there are so many.
    #[must_use]
    pub fn affordable_items(run: &Run, side: usize) -> usize {
        let affordable = MULTIPLY_ADDS / ((side * side) as u64 * products(run));
        affordable.clamp(MIN_ITEMS as u64, MAX_ITEMS as u64) as usize
    }

    /// Products that are summed for the loss at one place, about.
    #[must_use]
    pub fn products_of_a_place(&self) -> u64 {
        self.items.max(1) as u64 * self.products
    }

    /// Works out the loss at the next places, at least one, until about so many products were summed. Returns whether all
    /// is done.
    pub fn step(&mut self, multiply_adds: u64) -> bool {
        let places = multiply_adds / self.products_of_a_place();
        let places = usize::try_from(places).unwrap_or(usize::MAX).clamp(1, self.order.len());
        for &cell in &self.order[self.done..(self.done + places).min(self.order.len())].to_vec() {
            let cell = cell as usize;
            self.values[cell] = self.loss_at(self.place_of(cell));
            self.done += 1;
        }
        self.is_done()
    }

    /// The loss at a place of the plane; NaN where it is no finite number.
    pub fn loss_at(&mut self, place: [f32; 2]) -> f32 {
        let Self { network, pass, inputs, targets, items, plane, landscapes, .. } = self;
        plane.weights_at(place, &mut network.weights);
        network.tie();
        let (size, outputs) = (inputs.len() / (*items).max(1), network.outputs());
        let at_once = pictures_at_once(network);
        let mut sum = 0.0;
        let parts = inputs.chunks(at_once * size).zip(targets.chunks(at_once * outputs));
        for (inputs, targets) in parts {
            network.forward(inputs, pass);
            sum += f64::from(network.loss(targets, pass)) * (targets.len() / outputs) as f64;
        }
        let height = |&(function, at): &(Function, usize)| {
            function.value([network.weights[at], network.weights[at + 1]])
        };
        let loss = (sum / *items as f64) as f32 + landscapes.iter().map(height).sum::<f32>();
        if loss.is_finite() { loss } else { f32::NAN }
    }

    /// Where a cell of the values lies in the plane.
    #[must_use]
    pub fn place_of(&self, cell: usize) -> [f32; 2] {
        let [left, right, bottom, top] = self.view;
        let along = |low: f32, high: f32, index: usize| {
            let share = index as f32 / (self.side - 1) as f32;
            // The middle of a view around 0 is 0 itself.
            low * (1.0 - share) + high * share
        };
        [along(left, right, cell % self.side), along(bottom, top, cell / self.side)]
    }

    /// The losses, `[side, side]`, the row at the bottom first. What is not worked out yet has the value of a place near
    /// it, and NaN where there is none; what is no finite number is NaN.
    #[must_use]
    pub fn values(&self) -> Vec<f32> {
        let mut is_known = vec![false; self.values.len()];
        self.order[..self.done].iter().for_each(|&cell| is_known[cell as usize] = true);
        let near = |cell: usize| {
            let [row, column] = [cell / self.side, cell % self.side];
            // The nearest of each round, from the finest on.
            let of_stride = STRIDES.iter().rev().map(|&stride| {
                let nearest = |index: usize| {
                    let last = (self.side - 1) / stride * stride;
                    ((index + stride / 2) / stride * stride).min(last)
                };
                nearest(row) * self.side + nearest(column)
            });
            let known = of_stride.into_iter().find(|&cell| is_known[cell]);
            known.or_else(|| self.order[..self.done].last().map(|&cell| cell as usize))
        };
        (0..self.values.len()).map(|cell| near(cell).map_or(f32::NAN, |cell| self.values[cell])).collect()
    }

    /// Share of the places that are worked out.
    #[must_use]
    pub fn share(&self) -> f32 {
        self.done as f32 / self.order.len() as f32
    }

    /// Whether all are.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.done == self.order.len()
    }

    /// The plane that it is over.
    #[must_use]
    pub fn plane(&self) -> &Arc<Plane> {
        &self.plane
    }

    /// Left, right, bottom and top of what is seen of it.
    #[must_use]
    pub fn view(&self) -> [f32; 4] {
        self.view
    }

    /// Places on a side.
    #[must_use]
    pub fn side(&self) -> usize {
        self.side
    }

    /// Number of items that the loss is a mean over.
    #[must_use]
    pub fn items(&self) -> usize {
        self.items
    }
}

/// Products that one item sums on its way through the network of a run, and never fewer than what passing it costs besides.
fn products(run: &Run) -> u64 {
    /// Of the smallest network.
    const LEAST: u64 = 200;
    let survey = Survey::new(&run.current().network.layers, run.input_shape());
    survey.costs.iter().map(|cost| cost.multiply_adds as u64).sum::<u64>().max(LEAST)
}

/// The functions of all layers that are landscapes, with the places of their positions among the weights.
fn landscapes(config: &NetworkConfig, network: &Network) -> Vec<(Function, usize)> {
    let start = |layer| network.slots().iter().find(|slot| slot.layer == layer).map(|slot| slot.range.start);
    let layers = config.layers.iter().enumerate();
    layers.filter_map(|(index, layer)| Some((layer.as_landscape()?.function, start(index)?))).collect()
}

/// The first items of an order that the seed draws, at most so many.
fn sample(run: &Run, most: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..run.data().train.len()).collect();
    Rng::new(run.current().seed, Stream::SurfaceItems).shuffle(&mut order);
    order.truncate(most);
    order
}

/// All places, those of every eighth row and column first, then those that stand between them.
fn order(side: usize) -> Vec<u32> {
    let mut order = Vec::with_capacity(side * side);
    for (round, &stride) in STRIDES.iter().enumerate() {
        let before = round.checked_sub(1).map(|round| STRIDES[round]);
        for (row, column) in
            (0..side).step_by(stride).flat_map(|row| (0..side).step_by(stride).map(move |c| (row, c)))
        {
            let is_new = before.is_none_or(|wide| row % wide > 0 || column % wide > 0);
            order.extend(is_new.then_some((row * side + column) as u32));
        }
    }
    order
}
