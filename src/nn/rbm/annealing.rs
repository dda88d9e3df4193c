//! Annealed importance sampling: ln Z of a machine too large to go through, on the way from one that has no hidden units
//! to speak of, whose Z is known, to the machine itself.

use super::exact::log_sum_exp;
use super::{HiddenUnits, Rbm, Room, VisibleUnits, Weights};
use crate::error::{Error, Result};
use crate::tensor::Rng;
use crate::tensor::math::{sigmoid, softplus};

/// Chains on their way: at inverse temperature β the logarithm of the unnormalised probability of v is
/// (1 − β) a · v + β b · v + Σ ln(1 + e^(β (c + v · w))), with a the biases of the machine it begins with.
///
/// # Reference
/// Neal, Annealed importance sampling, Statistics and Computing 11 (2001); Salakhutdinov & Murray, On the quantitative
/// analysis of deep belief networks, ICML 2008.
pub struct Annealing {
    /// a.
    base: Vec<f32>,
    temperatures: usize,
    /// How many of them are behind it.
    passed: usize,
    visible: Vec<f32>,
    log_weights: Vec<f64>,
    rng: Rng,
    logits: Vec<f32>,
    hidden: Vec<f32>,
    means: Vec<f32>,
    room: Room,
}

/// What chains that arrived tell of ln Z.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    pub log_partition: f64,
    /// Three standard errors of the mean weight below and above it, as logarithms; −∞ where that is below nothing.
    pub within: [f64; 2],
}

impl Annealing {
    /// So many chains over so many inverse temperatures, from a machine without weights whose visible biases are `base`:
    /// those that fit the data best make the way short.
    ///
    /// # Errors
    /// [`Error::Setting`] for a machine whose units are not `bernoulli` or `softmax`, and for no chains or temperatures.
    pub fn new(rbm: &Rbm, base: Vec<f32>, [chains, temperatures]: [usize; 2], mut rng: Rng) -> Result<Self> {
        let is_taken = |kind| matches!(kind, VisibleUnits::Bernoulli | VisibleUnits::Softmax);
        if rbm.hidden_kind() != HiddenUnits::Bernoulli
            || !rbm.groups().iter().all(|group| is_taken(group.kind))
        {
            let allowed = "bernoulli hidden units before bernoulli or softmax visible ones";
            return Err(Error::setting("the machine of annealed importance sampling", "another", allowed));
        }
        crate::error::ensure_within("chains", chains, &(1..=10_000))?;
        crate::error::ensure_within("temperatures", temperatures, &(1..=1_000_000))?;
        let all_known = vec![1.0; base.len() * chains];
        let logits: Vec<f32> = base.iter().copied().cycle().take(all_known.len()).collect();
        let (mut means, mut visible) = (Vec::new(), Vec::new());
        rbm.visible_means(&logits, &all_known, &mut means);
        let none = Weights { kernel: &[], visible_bias: &base, hidden_bias: &[], log_variance: &[] };
        rbm.sample_visible(none, &means, &mut visible, &mut rng);
        Ok(Self {
            base,
            temperatures,
            passed: 0,
            visible,
            log_weights: vec![0.0; chains],
            rng,
            logits: Vec::new(),
            hidden: Vec::new(),
            means,
            room: Room::default(),
        })
    }

    /// The share of the way that is behind it, 0…1.
    #[must_use]
    pub fn share(&self) -> f32 {
        self.passed as f32 / self.temperatures as f32
    }

    /// Goes on by one temperature; returns whether it has arrived.
    pub fn step(&mut self, rbm: &Rbm, weights: Weights) -> bool {
        if self.passed == self.temperatures {
            return true;
        }
        let beta = |passed: usize| passed as f32 / self.temperatures as f32;
        let (before, now) = (beta(self.passed), beta(self.passed + 1));
        rbm.hidden_logits(weights, &self.visible, &mut self.logits, &mut self.room);
        let rows =
            self.visible.chunks_exact(self.base.len()).zip(self.logits.chunks_exact(rbm.hidden_units()));
        for (log_weight, (visible, logits)) in self.log_weights.iter_mut().zip(rows) {
            let biases = self.base.iter().zip(weights.visible_bias);
            let of_visible: f64 =
                visible.iter().zip(biases).map(|(&v, (&a, &b))| f64::from(v) * f64::from(b - a)).sum();
            let of_hidden: f64 =
                logits.iter().map(|&z| f64::from(softplus(now * z)) - f64::from(softplus(before * z))).sum();
            *log_weight += f64::from(now - before) * of_visible + of_hidden;
        }
        // One step of Gibbs sampling at the new temperature.
        self.hidden.clear();
        for &z in &self.logits {
            self.hidden.push(f32::from(u8::from(self.rng.uniform() < sigmoid(now * z))));
        }
        rbm.visible_logits(weights, &self.hidden, &mut self.logits);
        for row in self.logits.chunks_exact_mut(self.base.len()) {
            row.iter_mut().zip(&self.base).for_each(|(z, a)| *z = now * *z + (1.0 - now) * a);
        }
        // Every choice is known: what lay there says so.
        rbm.visible_means(&self.logits, &self.visible, &mut self.means);
        rbm.sample_visible(weights, &self.means, &mut self.visible, &mut self.rng);
        self.passed += 1;
        self.passed == self.temperatures
    }

    /// What came of it, once it has arrived.
    #[must_use]
    pub fn estimate(&self, rbm: &Rbm) -> Option<Estimate> {
        if self.passed < self.temperatures {
            return None;
        }
        let of_group = |(start, group): (usize, &super::VisibleGroup)| -> f64 {
            let base = &self.base[start..start + group.units];
            match group.kind {
                VisibleUnits::Softmax => {
                    let of_question =
                        |base: &[f32]| log_sum_exp(&base.iter().map(|&a| a.into()).collect::<Vec<f64>>());
                    base.chunks_exact(group.choices()).map(of_question).sum()
                }
                _ => base.iter().map(|&a| f64::from(softplus(a))).sum(),
            }
        };
        let of_base =
            rbm.hidden_units() as f64 * std::f64::consts::LN_2 + rbm.placed().map(of_group).sum::<f64>();
        let chains = self.log_weights.len() as f64;
        let log_mean = log_sum_exp(&self.log_weights) - libm::log(chains);
        let ratios = || self.log_weights.iter().map(|weight| libm::exp(weight - log_mean));
        let variance = ratios().map(|ratio| (ratio - 1.0) * (ratio - 1.0)).sum::<f64>() / chains;
        let error = 3.0 * (variance / chains).sqrt();
        let log_partition = of_base + log_mean;
        let end =
            |factor: f64| log_partition + if factor > 0.0 { libm::log(factor) } else { f64::NEG_INFINITY };
        Some(Estimate { log_partition, within: [end(1.0 - error), end(1.0 + error)] })
    }
}
