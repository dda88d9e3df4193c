//! What is measured of a layer after a step, from the buffers that the step left. Nothing here runs
//! unless a panel or a report asks for it, so what nobody looks at costs nothing.

use super::Run;
use crate::nn::{Slot, Trace};
use crate::tensor::l2_norm;

/// f′ below this is called saturated.
pub const SATURATED: f32 = 0.05;

/// Measurements of one layer in the last step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerStatistics {
    /// ‖∂L/∂kernel‖, the L2 norm before clipping.
    pub kernel_grad_norm: f32,
    /// ‖∂L/∂output‖; for an output layer joined with its loss ‖∂L/∂logits‖.
    pub activation_grad_norm: f32,
    /// ‖Δw‖ / ‖w‖ of the kernel in the last update; 0 before the first.
    pub update_ratio: f32,
    /// Share of the pre-activations at which |f′| < 0.05; 0 where there is no activation.
    pub saturated_fraction: f32,
    /// Share of the units (of a convolution: filters) that are never positive in the batch; 0 where
    /// there is no activation.
    pub dead_fraction: f32,
}

/// Counts of values in equal bins.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    pub low: f32,
    pub high: f32,
    pub counts: Vec<f32>,
}

impl Histogram {
    /// Counts `values` within [`low`, `high`]; what lies outside is counted in the end bins.
    #[must_use]
    pub fn new(values: &[f32], low: f32, high: f32, bins: usize) -> Self {
        let mut counts = vec![0.0; bins];
        for &value in values.iter().filter(|value| value.is_finite()) {
            let place = (value - low) / (high - low) * bins as f32;
            counts[(place.max(0.0) as usize).min(bins - 1)] += 1.0;
        }
        Self { low, high, counts }
    }

    /// Counts `values` between their own extremes.
    #[must_use]
    pub fn fitted(values: &[f32], bins: usize) -> Self {
        let finite = || values.iter().copied().filter(|value| value.is_finite());
        let low = finite().fold(f32::INFINITY, f32::min);
        let high = finite().fold(f32::NEG_INFINITY, f32::max);
        let (low, high) = if low < high { (low, high) } else { (low.min(0.0) - 0.5, high.max(0.0) + 0.5) };
        Self::new(values, low, high, bins)
    }
}

/// Everything about the layer at `index`.
#[must_use]
pub fn layer_statistics(run: &Run, index: usize) -> LayerStatistics {
    let trace = &run.pass().traces[index];
    let units = *run.network().shapes()[index].last().expect("a layer gives an axis of units");
    LayerStatistics {
        kernel_grad_norm: kernel_of(run, index)
            .map_or(0.0, |slot| l2_norm(&run.gradients()[slot.range.clone()])),
        activation_grad_norm: l2_norm(&trace.grad_output),
        update_ratio: kernel_of(run, index).map_or(0.0, |slot| update_ratio(run, slot)),
        saturated_fraction: saturated_fraction(trace),
        dead_fraction: dead_fraction(trace, units),
    }
}

/// Distribution of ∂L/∂kernel of the layer at `index`.
#[must_use]
pub fn kernel_grad_histogram(run: &Run, index: usize, bins: usize) -> Option<Histogram> {
    kernel_of(run, index).map(|slot| Histogram::fitted(&run.gradients()[slot.range.clone()], bins))
}

/// Distribution of ∂L/∂output of the layer at `index`.
#[must_use]
pub fn activation_grad_histogram(run: &Run, index: usize, bins: usize) -> Histogram {
    Histogram::fitted(&run.pass().traces[index].grad_output, bins)
}

/// Share of the pre-activations at which |f′| < [`SATURATED`].
#[must_use]
pub fn saturated_fraction(trace: &Trace) -> f32 {
    let saturated = trace.slopes().filter(|slope| slope.abs() < SATURATED).count();
    saturated as f32 / trace.pre_activation.len().max(1) as f32
}

fn dead_fraction(trace: &Trace, units: usize) -> f32 {
    if trace.pre_activation.is_empty() {
        return 0.0;
    }
    let is_dead = |unit: &usize| trace.output.iter().skip(*unit).step_by(units).all(|&y| y <= 0.0);
    (0..units).filter(is_dead).count() as f32 / units as f32
}

fn update_ratio(run: &Run, slot: &Slot) -> f32 {
    let (now, before) =
        (&run.network().weights[slot.range.clone()], &run.weights_before()[slot.range.clone()]);
    let moved: Vec<f32> = now.iter().zip(before).map(|(now, before)| now - before).collect();
    let norm = l2_norm(before);
    if norm > 0.0 { l2_norm(&moved) / norm } else { 0.0 }
}

fn kernel_of(run: &Run, index: usize) -> Option<&Slot> {
    run.network().kernels().find(|slot| slot.layer == index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn histograms_count_every_finite_value_once() {
        let values = [-9.0, -1.0, -0.4, 0.0, 0.4, 1.0, 9.0, f32::NAN];
        let histogram = Histogram::new(&values, -1.0, 1.0, 4);
        assert_eq!(histogram.counts, [2.0, 1.0, 2.0, 2.0]);
        assert_eq!(Histogram::fitted(&[2.0; 5], 3).counts.iter().sum::<f32>(), 5.0);
        assert_eq!(Histogram::fitted(&[], 3).counts, [0.0; 3]);
    }

    #[test]
    fn dead_units_are_those_never_positive() {
        let output = vec![0.0, 1.0, -1.0, 0.0, 0.0, 2.0];
        let trace = Trace { pre_activation: output.clone(), output, ..Trace::default() };
        assert!((dead_fraction(&trace, 3) - 1.0 / 3.0).abs() < 1e-6);
        assert_eq!(dead_fraction(&Trace { pre_activation: Vec::new(), ..trace }, 3), 0.0);
    }
}
