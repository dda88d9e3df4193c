//! What contrastive divergence is made of: the difference between the data and what a chain comes to, and where that chain
//! lies from step to step.

use super::Rbm;
use crate::nn::Trace;
use crate::nn::rbm::{Chain, Room, VisibleGroup, VisibleUnits, Weights};
use crate::tensor::math::exp;
use crate::tensor::matmul;

/// One side of the difference: visible units with the means of the hidden ones.
#[derive(Clone, Copy)]
pub(super) struct Phase<'a> {
    pub visible: &'a [f32],
    pub hidden: &'a [f32],
}

/// A chain whose numbers lie in a part of the layer's trace, where they find room from step to step.
pub(super) fn taken(part: &mut Trace, clamped: usize) -> Chain {
    use std::mem::take;
    Chain {
        clamped,
        visible: take(&mut part.output),
        hidden: take(&mut part.kept),
        states: take(&mut part.grad_output),
        logits: take(&mut part.pre_activation),
        means: take(&mut part.grad_pre_activation),
        room: Room::within(take(&mut part.scratch)),
    }
}

/// Puts it back there.
pub(super) fn put(chain: Chain, part: &mut Trace) {
    let Chain { visible, hidden, states, logits, means, room, .. } = chain;
    (part.output, part.kept, part.grad_output) = (visible, hidden, states);
    (part.pre_activation, part.grad_pre_activation, part.scratch) = (logits, means, room.scaled);
}

impl Rbm {
    /// ∂/∂weights of the mean free energy of the data less that of what the machine made; `shares` and `logits` are room.
    pub(super) fn difference(
        &self,
        weights: Weights,
        [data, made]: [Phase; 2],
        (shares, logits, room): (&mut Vec<f32>, &mut Vec<f32>, &mut Vec<f32>),
        grads: &mut [f32],
    ) {
        let (kernel, rest) = grads.split_at_mut(self.inputs * self.units);
        let (visible_bias, rest) = rest.split_at_mut(self.inputs);
        let (hidden_bias, rest) = rest.split_at_mut(self.units);
        [&mut *visible_bias, hidden_bias, rest].into_iter().for_each(|grads| grads.fill(0.0));
        for (phase, sign) in [(made, 1.0), (data, -1.0)] {
            let share = sign * self.inputs as f32 / phase.visible.len() as f32;
            shares.clear();
            shares.extend(phase.hidden.iter().map(|h| h * share));
            let visible = self.machine.scaled(weights, phase.visible, room);
            let product = if sign > 0.0 { matmul::transposed_left } else { matmul::add_transposed_left };
            product(visible, shares, kernel, self.units);
            for row in visible.chunks_exact(self.inputs) {
                visible_bias.iter_mut().zip(row).for_each(|(sum, v)| *sum += share * v);
            }
            self.machine.count_words(phase.visible, shares);
            matmul::add_rows(shares, hidden_bias);
            if self.learns_variance {
                self.machine.visible_logits(weights, phase.hidden, logits);
                self.add_of_variance(weights, [phase.visible, logits], share, &mut rest[..self.inputs]);
            }
        }
        if let Some(target) = self.sparsity_target {
            let rows = (data.hidden.len() / self.units) as f32;
            shares.resize(self.units, 0.0);
            matmul::sum_rows(data.hidden, shares);
            let grads = hidden_bias.iter_mut().zip(shares);
            grads.for_each(|(grad, sum)| *grad += self.sparsity_cost * (*sum / rows - target));
        }
    }

    /// ∂F/∂ln σ² = −Σ ((v − b)² / 2 − v · (w · h)) / σ² of each gaussian unit; `logits` are b + w · h.
    fn add_of_variance(
        &self,
        weights: Weights,
        [visible, logits]: [&[f32]; 2],
        share: f32,
        grads: &mut [f32],
    ) {
        let gaussian = |(_, group): &(usize, &VisibleGroup)| group.kind == VisibleUnits::Gaussian;
        for (start, group) in self.machine.placed().filter(gaussian) {
            for (index, grad) in grads.iter_mut().enumerate().skip(start).take(group.units) {
                let (b, precision) = (weights.visible_bias[index], exp(-weights.log_variance[index]));
                let rows = visible.chunks_exact(self.inputs).zip(logits.chunks_exact(self.inputs));
                let terms = rows.map(|(visible, logits)| {
                    let (v, z) = (visible[index], logits[index]);
                    0.5 * (v - b) * (v - b) - v * (z - b)
                });
                *grad += share * precision * terms.sum::<f32>();
            }
        }
    }
}
