//! The restricted Boltzmann machine: visible and hidden units whose joint states have an energy, and so a probability
//! p(v, h) = e^(−E) / Z. What it is and what follows from its weights alone: conditional means, samples, the free energy of a
//! visible state. How it learns is the layer `rbm`'s; what Z is, [`exact`]'s and [`annealing`]'s.

pub mod annealing;
mod chain;
mod conditional;
pub mod exact;
mod units;

pub use chain::Chain;
pub(in crate::nn) use chain::clamp;
pub use units::{HiddenUnits, VisibleGroup, VisibleUnits};

use crate::tensor::math::{exp, sigmoid, softplus};
use crate::tensor::{Rng, matmul};

/// E(v, h) = −Σ bᵢ vᵢ − Σ cⱼ hⱼ − Σ vᵢ wᵢⱼ hⱼ, with Σ (vᵢ − bᵢ)² / 2σᵢ² in place of the first sum and vᵢ / σᵢ² in place of
/// vᵢ in the last where vᵢ is gaussian, with D cⱼ in place of cⱼ where D words are counted, and with Σ hⱼ² / 2 besides of gaussian
/// hidden units.
///
/// # Reference
/// Smolensky, Information processing in dynamical systems, 1986; Hinton, A practical guide to training restricted Boltzmann
/// machines, 2010.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rbm {
    groups: Vec<VisibleGroup>,
    visible: usize,
    hidden: usize,
    kind: HiddenUnits,
}

/// The weights of a machine, as the layer `rbm` has them.
#[derive(Clone, Copy, Debug)]
pub struct Weights<'a> {
    /// w, `[visible, hidden]`.
    pub kernel: &'a [f32],
    /// b, `[visible]`.
    pub visible_bias: &'a [f32],
    /// c, `[hidden]`.
    pub hidden_bias: &'a [f32],
    /// ln σ² of each visible unit, of which those count that are gaussian; empty where all σ are 1.
    pub log_variance: &'a [f32],
}

/// Working space for products; any length.
#[derive(Clone, Debug, Default)]
pub struct Room {
    pub(super) scaled: Vec<f32>,
    logits: Vec<f32>,
}

impl Room {
    /// With this room for what is scaled.
    pub(super) fn within(scaled: Vec<f32>) -> Self {
        Self { scaled, logits: Vec::new() }
    }
}

impl Rbm {
    /// A machine of these visible groups, one after another, and so many hidden units.
    #[must_use]
    pub fn new(groups: Vec<VisibleGroup>, hidden: usize, kind: HiddenUnits) -> Self {
        let visible = groups.iter().map(|group| group.units).sum();
        Self { groups, visible, hidden, kind }
    }

    /// Number of visible units.
    #[must_use]
    pub fn visible_units(&self) -> usize {
        self.visible
    }

    /// Number of hidden units.
    #[must_use]
    pub fn hidden_units(&self) -> usize {
        self.hidden
    }

    /// What kind the hidden ones are.
    #[must_use]
    pub fn hidden_kind(&self) -> HiddenUnits {
        self.kind
    }

    /// The visible ones, group by group.
    #[must_use]
    pub fn groups(&self) -> &[VisibleGroup] {
        &self.groups
    }

    /// Whether every visible unit is on or off, each by itself.
    #[must_use]
    pub fn is_binary(&self) -> bool {
        self.groups.iter().all(|group| group.kind == VisibleUnits::Bernoulli)
    }

    /// The groups with where each begins in a row.
    pub fn placed(&self) -> impl Iterator<Item = (usize, &VisibleGroup)> {
        self.groups.iter().scan(0, |start, group| {
            let at = *start;
            *start += group.units;
            Some((at, group))
        })
    }

    /// Rows of `visible` `[rows, visible]` as products with the kernel take them: gaussian units divided by σ².
    pub(super) fn scaled<'a>(
        &self,
        weights: Weights,
        visible: &'a [f32],
        room: &'a mut Vec<f32>,
    ) -> &'a [f32] {
        if weights.log_variance.is_empty() {
            return visible;
        }
        room.clear();
        room.extend_from_slice(visible);
        for (start, group) in self.placed().filter(|(_, group)| group.kind == VisibleUnits::Gaussian) {
            for row in room.chunks_exact_mut(self.visible) {
                let units = row[start..][..group.units].iter_mut();
                units.zip(&weights.log_variance[start..]).for_each(|(v, &z)| *v *= exp(-z));
            }
        }
        room
    }

    /// c + v · w of each row, `[rows, hidden]`: what decides the hidden units given `visible` `[rows, visible]`.
    pub fn hidden_logits(&self, weights: Weights, visible: &[f32], logits: &mut Vec<f32>, room: &mut Room) {
        let rows = visible.len() / self.visible;
        logits.resize(rows * self.hidden, 0.0);
        let scaled = self.scaled(weights, visible, &mut room.scaled);
        matmul::affine(scaled, weights.kernel, weights.hidden_bias, logits);
        for (words, logits) in self.words(visible).zip(logits.chunks_exact_mut(self.hidden)) {
            logits.iter_mut().zip(weights.hidden_bias).for_each(|(z, &c)| *z += (words - 1.0) * c);
        }
    }

    /// How many words each row counts; nothing where words are not what is counted.
    fn words(&self, visible: &[f32]) -> impl Iterator<Item = f32> {
        let counted = self.placed().find(|(_, group)| group.kind == VisibleUnits::ReplicatedSoftmax);
        let rows = counted.map(|(start, group)| {
            visible.chunks_exact(self.visible).map(move |row| row[start..][..group.units].iter().sum())
        });
        rows.into_iter().flatten()
    }

    /// What each row of `hidden` `[rows, hidden]` adds to the gradient of the hidden biases: where words are counted, as many
    /// times.
    pub(super) fn count_words(&self, visible: &[f32], hidden: &mut [f32]) {
        for (words, row) in self.words(visible).zip(hidden.chunks_exact_mut(self.hidden)) {
            row.iter_mut().for_each(|h| *h *= words);
        }
    }

    /// E\[h | v\] from the logits; of a rectified unit its rectified logit, which stands for it.
    pub fn hidden_means(&self, logits: &[f32], means: &mut Vec<f32>) {
        let mean = |z: f32| match self.kind {
            HiddenUnits::Bernoulli => sigmoid(z),
            HiddenUnits::Relu => z.max(0.0),
            HiddenUnits::Gaussian => z,
        };
        means.clear();
        means.extend(logits.iter().map(|&z| mean(z)));
    }

    /// Draws hidden units from their logits and the means that come of those: on with its probability, or the positive part
    /// of the logit with noise of variance σ(z) (Nair & Hinton 2010), or the logit with noise of variance 1.
    pub fn sample_hidden(&self, logits: &[f32], means: &[f32], states: &mut Vec<f32>, rng: &mut Rng) {
        states.clear();
        match self.kind {
            HiddenUnits::Bernoulli => {
                states.extend_from_slice(means);
                rng.draw(states);
            }
            HiddenUnits::Relu => states
                .extend(logits.iter().map(|&z| (z + sigmoid(z).sqrt() * rng.normal_by_quantile()).max(0.0))),
            HiddenUnits::Gaussian => states.extend(logits.iter().map(|&z| z + rng.normal_by_quantile())),
        }
    }

    /// b + w · h of each row, `[rows, visible]`.
    pub fn visible_logits(&self, weights: Weights, hidden: &[f32], logits: &mut Vec<f32>) {
        logits.resize(hidden.len() / self.hidden * self.visible, 0.0);
        matmul::transposed_right(hidden, weights.kernel, logits, self.hidden);
        for row in logits.chunks_exact_mut(self.visible) {
            row.iter_mut().zip(weights.visible_bias).for_each(|(z, &b)| *z += b);
        }
    }

    /// E\[v | h\] from the logits; `like` are rows of data, which say of each how many words it has and which choices of it
    /// are missing.
    pub fn visible_means(&self, logits: &[f32], like: &[f32], means: &mut Vec<f32>) {
        means.clear();
        means.extend_from_slice(logits);
        for (start, group) in self.placed() {
            for (row, like) in means.chunks_exact_mut(self.visible).zip(like.chunks_exact(self.visible)) {
                group.means(&mut row[start..][..group.units], &like[start..][..group.units]);
            }
        }
    }

    /// Draws visible units around their means.
    pub fn sample_visible(&self, weights: Weights, means: &[f32], states: &mut Vec<f32>, rng: &mut Rng) {
        states.clear();
        states.extend_from_slice(means);
        for row in states.chunks_exact_mut(self.visible) {
            for (start, group) in self.placed() {
                let variances = weights.log_variance.get(start..).unwrap_or_default();
                group.sample(&mut row[start..][..group.units], variances, rng);
            }
        }
    }

    /// Rows of visible units as a machine without weights has them, `[rows, visible]`.
    #[must_use]
    pub fn noise(&self, rows: usize, rng: &mut Rng) -> Vec<f32> {
        let none = Weights { kernel: &[], visible_bias: &[], hidden_bias: &[], log_variance: &[] };
        let (mut means, mut states) = (Vec::new(), Vec::new());
        let count = rows * self.visible;
        self.visible_means(&vec![0.0; count], &vec![1.0; count], &mut means);
        self.sample_visible(none, &means, &mut states, rng);
        states
    }

    /// F(v) = −ln Σₕ e^(−E(v, h)) of each row, `[rows]`, without what no weight changes (of counts, the number of their
    /// orders).
    pub fn free_energy(&self, weights: Weights, visible: &[f32], energies: &mut Vec<f32>, room: &mut Room) {
        let mut logits = std::mem::take(&mut room.logits);
        self.hidden_logits(weights, visible, &mut logits, room);
        energies.clear();
        let rows = visible.chunks_exact(self.visible).zip(logits.chunks_exact(self.hidden));
        energies.extend(rows.map(|(row, logits)| {
            let of_hidden: f64 = logits.iter().map(|&z| self.kind.log_sum(z)).sum();
            (self.visible_energy(weights, row) - of_hidden) as f32
        }));
        room.logits = logits;
    }

    /// What the visible units of a row have of the energy by themselves.
    fn visible_energy(&self, weights: Weights, row: &[f32]) -> f64 {
        let of_unit = |kind: VisibleUnits, index: usize| {
            let (v, b) = (f64::from(row[index]), f64::from(weights.visible_bias[index]));
            match kind {
                VisibleUnits::Gaussian => {
                    let z = weights.log_variance.get(index).copied().unwrap_or(0.0);
                    (v - b) * (v - b) / (2.0 * f64::from(exp(z)))
                }
                _ => -b * v,
            }
        };
        let of_group = |(start, group): (usize, &VisibleGroup)| {
            (start..start + group.units).map(|index| of_unit(group.kind, index)).sum::<f64>()
        };
        self.placed().map(of_group).sum()
    }
}

impl HiddenUnits {
    /// ln Σ e^(z h) over what a hidden unit may be; of a gaussian one ln ∫ e^(z h − h²/2).
    fn log_sum(self, z: f32) -> f64 {
        match self {
            Self::Bernoulli => softplus(z).into(),
            Self::Relu => units::copies(z.into()),
            Self::Gaussian => 0.5 * (f64::from(z) * f64::from(z) + libm::log(std::f64::consts::TAU)),
        }
    }
}
