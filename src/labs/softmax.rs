//! The softmax bench: logits, a temperature and a true class, and what the engine's own functions make of them. A
//! calculator beside a lab, not a run.

use super::format::{power, significant};
use crate::nn::{Activation, Loss};

/// What can be set.
#[derive(Clone, Debug, PartialEq)]
pub struct SoftmaxBench {
    /// A logit for each class.
    pub logits: Vec<f32>,
    /// Logits are divided by it, > 0.
    pub temperature: f32,
    /// The true class, counted from 0.
    pub label: usize,
}

/// What follows.
#[derive(Clone, Debug, PartialEq)]
pub struct Softmaxed {
    /// `p = softmax(z / T)`.
    pub probabilities: Vec<f32>,
    /// `∂pᵢ/∂zⱼ`, row-major `[classes, classes]`.
    pub jacobian: Vec<f32>,
    /// −ln p of the true class, and its gradient.
    pub cross_entropy: Pull,
    /// Mean of (p − t)², and its gradient.
    pub squared_error: Pull,
}

/// A loss with its gradient with respect to the logits.
#[derive(Clone, Debug, PartialEq)]
pub struct Pull {
    pub loss: f32,
    pub grad: Vec<f32>,
}

impl Pull {
    /// ‖∂L/∂z‖.
    #[must_use]
    pub fn norm(&self) -> f32 {
        crate::tensor::l2_norm(&self.grad)
    }
}

/// A wrong answer of which softmax is sure: where the two losses differ most.
impl Default for SoftmaxBench {
    fn default() -> Self {
        Self { logits: vec![4.0, 0.0, -2.0], temperature: 1.0, label: 2 }
    }
}

impl SoftmaxBench {
    /// Computes all of it.
    #[must_use]
    pub fn evaluate(&self) -> Softmaxed {
        let classes = self.logits.len();
        let scaled: Vec<f32> = self.logits.iter().map(|z| z / self.temperature).collect();
        let one_hot =
            |of: usize| (0..classes).map(|class| f32::from(u8::from(class == of))).collect::<Vec<_>>();
        let target = one_hot(self.label);
        let mut probabilities = vec![0.0; classes];
        Activation::Softmax.apply(&scaled, &mut probabilities, classes);
        // ∂L/∂z from ∂L/∂p, through softmax and then through the division.
        let back = |grad_p: &[f32]| {
            let mut grad = vec![0.0; classes];
            Activation::Softmax.backward(grad_p, &scaled, &probabilities, &mut grad, classes);
            self.cooled(grad)
        };
        let jacobian = (0..classes).flat_map(|class| back(&one_hot(class))).collect();
        let mut grad = vec![0.0; classes];
        let loss = Loss::CategoricalCrossentropy.evaluate(&scaled, &target, classes, Some(&mut grad));
        let cross_entropy = Pull { loss, grad: self.cooled(grad) };
        let mut grad_p = vec![0.0; classes];
        let loss = Loss::MeanSquaredError.evaluate(&probabilities, &target, classes, Some(&mut grad_p));
        let squared_error = Pull { loss, grad: back(&grad_p) };
        Softmaxed { probabilities, jacobian, cross_entropy, squared_error }
    }

    fn cooled(&self, grad: Vec<f32>) -> Vec<f32> {
        grad.into_iter().map(|g| g / self.temperature).collect()
    }
}

impl Softmaxed {
    /// How the two losses pull at this answer, as a sentence.
    #[must_use]
    pub fn finding(&self, label: usize) -> String {
        let (entropy, squared) = (self.cross_entropy.norm(), self.squared_error.norm());
        let share = significant(self.probabilities.get(label).copied().unwrap_or(0.0), 2);
        let said = format!("The true class gets {share}.");
        if squared > 0.0 {
            let times = power(entropy / squared);
            format!("{said} Cross-entropy pulls {times} times as hard at the logits as squared error.")
        } else if entropy > 0.0 {
            format!(
                "{said} Cross-entropy pulls with {} at the logits, squared error not at all.",
                power(entropy)
            )
        } else {
            format!("{said} Neither loss pulls at the logits any more.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bench(logits: &[f32], temperature: f32, label: usize) -> SoftmaxBench {
        SoftmaxBench { logits: logits.to_vec(), temperature, label }
    }

    #[test]
    fn shares_jacobian_and_losses_are_those_of_the_formulas() {
        let of = bench(&[1.0, 0.0, -1.0], 1.0, 1).evaluate();
        // By hand: e, 1, 1/e over their sum 4.086161.
        for (p, wanted) in of.probabilities.iter().zip([0.665_241, 0.244_728, 0.090_031]) {
            assert!((p - wanted).abs() < 1e-5, "{p} and {wanted}");
        }
        let p = &of.probabilities;
        for i in 0..3 {
            for j in 0..3 {
                let wanted = p[i] * (f32::from(u8::from(i == j)) - p[j]);
                assert!((of.jacobian[3 * i + j] - wanted).abs() < 1e-6, "{i}, {j}");
            }
        }
        assert!((of.cross_entropy.loss + p[1].ln()).abs() < 1e-6);
        let squares = p[0] * p[0] + (p[1] - 1.0) * (p[1] - 1.0) + p[2] * p[2];
        assert!((of.squared_error.loss - squares / 3.0).abs() < 1e-6);
    }

    #[test]
    fn gradients_are_the_slopes_of_the_losses() {
        let given = bench(&[2.0, -0.5, 0.7, -1.2], 1.7, 3);
        let of = given.evaluate();
        let h = 1e-2;
        for class in 0..4 {
            let nudged = |by: f32| {
                let mut nudged = given.clone();
                nudged.logits[class] += by;
                nudged.evaluate()
            };
            let (more, less) = (nudged(h), nudged(-h));
            let slope = |of: fn(&Softmaxed) -> f32| (of(&more) - of(&less)) / (2.0 * h);
            assert!((slope(|of| of.cross_entropy.loss) - of.cross_entropy.grad[class]).abs() < 1e-3);
            assert!((slope(|of| of.squared_error.loss) - of.squared_error.grad[class]).abs() < 1e-3);
            for share in 0..4 {
                let numeric = (more.probabilities[share] - less.probabilities[share]) / (2.0 * h);
                assert!((numeric - of.jacobian[4 * share + class]).abs() < 1e-3, "{share}, {class}");
            }
        }
    }

    #[test]
    fn squared_error_hardly_pulls_where_softmax_is_wrong_and_sure() {
        let sure = bench(&[8.0, 0.0, -4.0], 1.0, 2).evaluate();
        assert!(sure.cross_entropy.norm() > 1.0 && sure.squared_error.norm() < 0.01);
        assert!(sure.finding(2).contains("times as hard"), "{}", sure.finding(2));
        let right = bench(&[20.0, 0.0, -20.0], 0.2, 0).evaluate();
        assert!(right.finding(0).contains("not at all"), "{}", right.finding(0));
    }
}
