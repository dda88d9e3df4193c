//! The rules themselves: one update of a range of weights, each with its formula.

use super::{Optimizer, OptimizerName};
use crate::tensor::math::flush;
use std::ops::Range;

impl Optimizer {
    /// w ← w − w · decay · rate, before the update.
    pub(super) fn decay(&self, weights: &mut [f32]) {
        let default = if self.config.name == OptimizerName::AdamW { 0.004 } else { 0.0 };
        let factor = self.config.weight_decay.unwrap_or(default) * self.rate;
        if factor > 0.0 {
            weights.iter_mut().for_each(|w| *w -= *w * factor);
        }
    }

    fn epsilon(&self) -> f32 {
        self.config.epsilon.unwrap_or(1e-7)
    }

    fn betas(&self) -> (f32, f32) {
        (self.config.beta_1.unwrap_or(0.9), self.config.beta_2.unwrap_or(0.999))
    }

    /// m ← μ m − η g; w ← w + m, or w + μ m − η g (Nesterov).
    pub(super) fn sgd(&mut self, weights: &mut [f32], grads: &[f32], range: Range<usize>) {
        let (rate, momentum) = (self.rate, self.config.momentum.unwrap_or(0.0));
        if momentum == 0.0 {
            for (w, &g) in weights.iter_mut().zip(grads) {
                *w -= rate * g;
            }
            return;
        }
        let nesterov = self.config.nesterov.unwrap_or(false);
        for ((w, &g), m) in weights.iter_mut().zip(grads).zip(&mut self.first[range]) {
            *m = flush(momentum * *m - rate * g);
            *w += if nesterov { momentum * *m - rate * g } else { *m };
        }
    }

    /// v ← ρ v + (1 − ρ) g²; w ← w − η g / √(v + ε), centred and with momentum where asked for.
    pub(super) fn rmsprop(&mut self, weights: &mut [f32], grads: &[f32], range: Range<usize>) {
        let (rate, epsilon) = (self.rate, self.epsilon());
        let (rho, momentum) = (self.config.rho.unwrap_or(0.9), self.config.momentum.unwrap_or(0.0));
        let centered = self.config.centered.unwrap_or(false);
        let mut means = self.third.get_mut(range.clone()).filter(|_| centered);
        let mut moments = self.first.get_mut(range.clone()).filter(|_| momentum > 0.0);
        let second = &mut self.second[range];
        if means.is_none() && moments.is_none() {
            for ((w, &g), v) in weights.iter_mut().zip(grads).zip(second) {
                *v = flush(rho * *v + (1.0 - rho) * g * g);
                *w -= flush(rate * g / (*v + epsilon).sqrt());
            }
            return;
        }
        for (i, ((w, &g), v)) in weights.iter_mut().zip(grads).zip(second).enumerate() {
            *v = flush(rho * *v + (1.0 - rho) * g * g);
            let mut variance = *v;
            if let Some(means) = &mut means {
                means[i] = flush(rho * means[i] + (1.0 - rho) * g);
                variance -= means[i] * means[i];
            }
            let mut step = flush(rate * g / (variance + epsilon).sqrt());
            if let Some(moments) = &mut moments {
                step = flush(momentum * moments[i] + rate * g / (variance + epsilon).sqrt());
                moments[i] = step;
            }
            *w -= step;
        }
    }

    /// a ← a + g²; w ← w − η g / √(a + ε).
    pub(super) fn adagrad(&mut self, weights: &mut [f32], grads: &[f32], range: Range<usize>) {
        let (rate, epsilon) = (self.rate, self.epsilon());
        for ((w, &g), a) in weights.iter_mut().zip(grads).zip(&mut self.second[range]) {
            *a += g * g;
            *w -= rate * g / (*a + epsilon).sqrt();
        }
    }

    /// a ← ρ a + (1 − ρ) g²; Δ = g √(d + ε) / √(a + ε); d ← ρ d + (1 − ρ) Δ²; w ← w − η Δ.
    pub(super) fn adadelta(&mut self, weights: &mut [f32], grads: &[f32], range: Range<usize>) {
        let (rate, epsilon) = (self.rate, self.epsilon());
        let rho = self.config.rho.unwrap_or(0.95);
        let memory = self.first[range.clone()].iter_mut().zip(&mut self.second[range]);
        for ((w, &g), (d, a)) in weights.iter_mut().zip(grads).zip(memory) {
            *a = flush(rho * *a + (1.0 - rho) * g * g);
            let delta = g * (*d + epsilon).sqrt() / (*a + epsilon).sqrt();
            *d = flush(rho * *d + (1.0 - rho) * delta * delta);
            *w -= rate * delta;
        }
    }

    /// m and v: running means of g and g²; w ← w − η √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε).
    pub(super) fn adam(&mut self, weights: &mut [f32], grads: &[f32], range: Range<usize>) {
        let (beta_1, beta_2) = self.betas();
        let (power_1, power_2) = (power(beta_1, self.updates), power(beta_2, self.updates));
        let epsilon = self.epsilon();
        let rate = (f64::from(self.rate) * (1.0 - power_2).sqrt() / (1.0 - power_1)) as f32;
        let memory = self.first[range.clone()].iter_mut().zip(&mut self.second[range]);
        for ((w, &g), (m, v)) in weights.iter_mut().zip(grads).zip(memory) {
            *m = flush(*m + (g - *m) * (1.0 - beta_1));
            *v = flush(*v + (g * g - *v) * (1.0 - beta_2));
            *w -= *m * rate / (v.sqrt() + epsilon);
        }
    }

    /// Nadam's schedule: `u_t` = β₁ (1 − 0.96ᵗ / 2).
    pub(super) fn nadam_momentum(&self, t: i32) -> f64 {
        f64::from(self.betas().0) * (1.0 - 0.5 * libm::pow(0.96, f64::from(t)))
    }

    /// As Adam, with the momentum of the step to come; the schedule is multiplied up to this step.
    pub(super) fn nadam(&mut self, weights: &mut [f32], grads: &[f32], range: Range<usize>) {
        let (beta_1, beta_2) = self.betas();
        let (now, next) =
            (self.nadam_momentum(self.updates), self.nadam_momentum(self.updates.saturating_add(1)));
        let from_momentum = (next / (1.0 - self.schedule * next)) as f32;
        let from_gradient = ((1.0 - now) / (1.0 - self.schedule)) as f32;
        let from_variance = (1.0 / (1.0 - power(beta_2, self.updates))) as f32;
        let (rate, epsilon) = (self.rate, self.epsilon());
        let memory = self.first[range.clone()].iter_mut().zip(&mut self.second[range]);
        for ((w, &g), (m, v)) in weights.iter_mut().zip(grads).zip(memory) {
            *m = flush(*m + (g - *m) * (1.0 - beta_1));
            *v = flush(*v + (g * g - *v) * (1.0 - beta_2));
            let estimate = from_momentum * *m + from_gradient * g;
            *w -= rate * estimate / ((from_variance * *v).sqrt() + epsilon);
        }
    }
}

/// `beta`ᵗ with the same bits everywhere.
fn power(beta: f32, t: i32) -> f64 {
    libm::pow(f64::from(beta), f64::from(t))
}
