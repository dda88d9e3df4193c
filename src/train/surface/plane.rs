//! Planes through weight space: which directions they have, and where weights lie in them.

use super::path::Weights;
use super::{components, numbers};
use crate::nn::{Network, Slot};
use crate::tensor::{Rng, Stream, l2_norm};
use std::ops::Range;

/// Weights farther from where their path began than so many times the median are lost: those of a run that is about to
/// leave the numbers, which would make a point of all others.
const LOST: f64 = 100.0;
/// Room around the paths, as a share of what they take.
const ROOM: f32 = 0.2;
/// An axis is at least so long, as a share of the other.
const LEAST_SHARE: f32 = 0.25;

/// How the directions of a plane were found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Directions {
    /// Drawn, and scaled filter by filter.
    Random,
    /// The principal components of paths, with the share of the variance that each explains.
    Components([f32; 2]),
    /// The two weights of a network that has no more.
    Axes,
}

/// `w = origin + a · directions[0] + b · directions[1]`, over the weights that are trained: others, as moving statistics,
/// lie in no plane and stay what they are.
#[derive(Clone, Debug, PartialEq)]
pub struct Plane {
    pub kind: Directions,
    pub origin: Vec<f32>,
    pub directions: [Vec<f32>; 2],
    trained: Vec<Range<usize>>,
    /// d₀ · d₀, d₀ · d₁ and d₁ · d₁.
    products: [f64; 3],
    id: u32,
}

impl Plane {
    /// Through the weights of a network, in two directions drawn by `seed`, normal and scaled so that each filter (the
    /// weights of a kernel that go into one unit) is as long as that of the network; 0 for biases, and for all that is no
    /// kernel or not trained.
    ///
    /// # Reference
    /// Li et al., Visualizing the loss landscape of neural nets, NeurIPS 2018, arXiv:1712.09913.
    #[must_use]
    pub fn random(network: &Network, seed: u64) -> Self {
        let mut rng = Rng::new(seed, Stream::Directions);
        let directions = [(); 2].map(|()| drawn(network, &mut rng));
        Self::new(Directions::Random, network.weights.clone(), directions, trained(network))
    }

    /// Through the mean of all snapshots of all paths, in the directions of their first two principal components, each of
    /// length 1, which point the way from the first snapshot to the last. Snapshots that are no finite numbers do not count,
    /// nor those that are lost: more than a hundred times farther from where their path began than the median. Where nothing moved, directions are random; where all moved in one line, the second is.
    #[must_use]
    pub fn of_paths(network: &Network, paths: &[&[Weights]]) -> Self {
        let trained = trained(network);
        let snapshots = components::kept(paths, &trained, LOST);
        let Some(found) = components::first_two(&snapshots, &trained, &network.weights) else {
            let mut random = Self::random(network, 0);
            if let Some(first) = snapshots.first() {
                copy(&trained, first, &mut random.origin);
            }
            return random;
        };
        let components::Found { mean, first, second, explained } = found;
        let second = second.unwrap_or_else(|| across(&first, Self::random(network, 0).directions));
        Self::new(Directions::Components(explained), mean, [first, second], trained)
    }

    /// All there is of a network of exactly two weights; none for another.
    #[must_use]
    pub fn axes(network: &Network) -> Option<Self> {
        let trained = trained(network);
        let directions = [vec![1.0, 0.0], vec![0.0, 1.0]];
        (network.weights.len() == 2 && trained.iter().map(Range::len).sum::<usize>() == 2)
            .then(|| Self::new(Directions::Axes, vec![0.0; 2], directions, trained))
    }

    fn new(
        kind: Directions,
        origin: Vec<f32>,
        directions: [Vec<f32>; 2],
        trained: Vec<Range<usize>>,
    ) -> Self {
        let [first, second] = &directions;
        let products = [[first, first], [first, second], [second, second]].map(|[a, b]| numbers::dot(a, b));
        let id = numbers::checksum(origin.iter().chain(first).chain(second));
        Self { kind, origin, directions, trained, products, id }
    }

    /// What tells it from others.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Where weights lie in the plane: the place of it that is nearest to them, by orthogonal projection. A direction of
    /// no length, or along the other, counts as none.
    #[must_use]
    pub fn place(&self, weights: &[f32]) -> [f32; 2] {
        self.project(weights).map(|along| along as f32)
    }

    fn project(&self, weights: &[f32]) -> [f64; 2] {
        let along = |direction: &[f32]| {
            let parts = self.trained.iter().map(|range| {
                numbers::dot_between(
                    &weights[range.clone()],
                    &self.origin[range.clone()],
                    &direction[range.clone()],
                )
            });
            parts.sum::<f64>()
        };
        let [p, q] = [along(&self.directions[0]), along(&self.directions[1])];
        let [aa, ab, bb] = self.products;
        let determinant = aa * bb - ab * ab;
        if determinant > 1e-12 * aa * bb {
            [(p * bb - q * ab) / determinant, (q * aa - p * ab) / determinant]
        } else if aa > 0.0 {
            [p / aa, 0.0]
        } else {
            [0.0, if bb > 0.0 { q / bb } else { 0.0 }]
        }
    }

    /// Writes the weights at a place; those that are not trained stay what they are in `weights`.
    pub fn weights_at(&self, [a, b]: [f32; 2], weights: &mut [f32]) {
        let [first, second] = &self.directions;
        for index in self.trained.iter().cloned().flatten() {
            weights[index] = self.origin[index] + (a * first[index] + b * second[index]);
        }
    }

    /// The share of the distance of weights from the origin that lies in the plane: 1 within it, 0 straight above it.
    #[must_use]
    pub fn share_within(&self, weights: &[f32]) -> f32 {
        let squares = self
            .trained
            .iter()
            .map(|range| numbers::square_distance(&weights[range.clone()], &self.origin[range.clone()]));
        let all: f64 = squares.sum();
        let ([a, b], [aa, ab, bb]) = (self.project(weights), self.products);
        let within = a * a * aa + 2.0 * a * b * ab + b * b * bb;
        if all > 0.0 { libm::sqrt((within / all).clamp(0.0, 1.0)) as f32 } else { 1.0 }
    }

    /// The part of the plane that holds these paths with room around them, as left, right, bottom and top. Around the origin
    /// in random directions, ±1 at least: so far weights are changed by as much as they are. What is lost, as for [`Self::of_paths`], may lie outside.
    #[must_use]
    pub fn view(&self, paths: &[&[Weights]]) -> [f32; 4] {
        let places: Vec<[f32; 2]> =
            components::kept(paths, &self.trained, LOST).iter().map(|weights| self.place(weights)).collect();
        let axis = |axis: usize| {
            let places = places.iter().map(|place| place[axis]).filter(|along| along.is_finite());
            places.fold(None, |range: Option<[f32; 2]>, x| {
                Some(range.map_or([x, x], |[low, high]| [low.min(x), high.max(x)]))
            })
        };
        let [across, up] = [axis(0), axis(1)].map(Option::unwrap_or_default);
        if self.kind == Directions::Random {
            let far = [across, up].concat().into_iter().fold(0.0_f32, |far, x| far.max(x.abs()));
            let far = (far * (1.0 + ROOM)).max(1.0);
            return [-far, far, -far, far];
        }
        let half = |[low, high]: [f32; 2]| (0.5 + ROOM) * (high - low);
        let far = half(across).max(half(up));
        let least_half = if far > 0.0 { LEAST_SHARE * far } else { 1.0 };
        let around = |range: [f32; 2]| {
            let (middle, half) = (f32::midpoint(range[0], range[1]), half(range).max(least_half));
            [middle - half, middle + half]
        };
        let ([left, right], [bottom, top]) = (around(across), around(up));
        [left, right, bottom, top]
    }
}

/// The weights that updates change.
fn trained(network: &Network) -> Vec<Range<usize>> {
    network.slots().iter().filter(|slot| slot.is_trainable).map(|slot| slot.range.clone()).collect()
}

fn copy(trained: &[Range<usize>], from: &[f32], to: &mut [f32]) {
    trained.iter().for_each(|range| to[range.clone()].copy_from_slice(&from[range.clone()]));
}

/// A direction in weight space, scaled filter by filter.
fn drawn(network: &Network, rng: &mut Rng) -> Vec<f32> {
    let mut direction = vec![0.0; network.weights.len()];
    let is_kernel = |slot: &&Slot| slot.is_trainable && slot.name.ends_with("kernel");
    for slot in network.slots().iter().filter(is_kernel) {
        let (drawn, weights) = (&mut direction[slot.range.clone()], &network.weights[slot.range.clone()]);
        drawn.fill_with(|| rng.normal());
        // Filters are the last axis, but of a transposed convolution the one before it.
        let last = *slot.shape.last().expect("a kernel has axes");
        let is_transposed = network.layer_names()[slot.layer].starts_with("conv2d_transpose");
        let (filters, inner) =
            if is_transposed { (slot.shape[slot.shape.len() - 2], last) } else { (last, 1) };
        let filter_of = |index: usize| index / inner % filters;
        let (mut own, mut wanted) = (vec![0.0_f64; filters], vec![0.0_f64; filters]);
        for (index, (d, w)) in drawn.iter().zip(weights).enumerate() {
            own[filter_of(index)] += f64::from(*d) * f64::from(*d);
            wanted[filter_of(index)] += f64::from(*w) * f64::from(*w);
        }
        let scales: Vec<f32> = own
            .iter()
            .zip(&wanted)
            .map(|(own, wanted)| libm::sqrt(wanted / own.max(f64::MIN_POSITIVE)) as f32)
            .map(|scale| if scale.is_finite() { scale } else { 0.0 })
            .collect();
        drawn.iter_mut().enumerate().for_each(|(index, d)| *d *= scales[filter_of(index)]);
    }
    direction
}

/// One of two directions made orthogonal to `first`, of length 1; zeros where both lie along it.
fn across(first: &[f32], candidates: [Vec<f32>; 2]) -> Vec<f32> {
    for mut direction in candidates {
        let given = l2_norm(&direction);
        let along = numbers::dot(&direction, first);
        direction.iter_mut().zip(first).for_each(|(d, first)| *d -= (along * f64::from(*first)) as f32);
        let length = l2_norm(&direction);
        if length > 1e-3 * given {
            direction.iter_mut().for_each(|d| *d /= length);
            return direction;
        }
    }
    vec![0.0; first.len()]
}
