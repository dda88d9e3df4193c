//! How much of the gradient comes back to each step: ‖∂L/∂hₜ‖, measured in the training pass, and what the spectral
//! radius of the recurrent kernel would have it be.

use crate::nn::{Network, Slot, Trace, Unrolled};
use crate::tensor::l2_norm;
use crate::train::Run;

/// Products after which a vector is taken to lie where a matrix lengthens it most, and over how many more that is averaged.
const SETTLING: usize = 64;
const AVERAGED: usize = 128;
/// Larger cells than this are not worked out at every frame.
const MOST_UNITS: usize = 300;

/// The last recurrent layer's trace of a pass.
pub(super) fn last_recurrent(traces: &[Trace]) -> Option<(usize, &Unrolled)> {
    let mut unrolled = traces.iter().enumerate().map(|(index, trace)| {
        // Forwards in time, of a layer that reads both ways.
        (index, trace.parts.first().map_or(&trace.unrolled, |forwards| &forwards.unrolled))
    });
    unrolled.rfind(|(_, unrolled)| !unrolled.states.is_empty())
}

/// ‖∂L/∂hₜ‖ at every step of the pass, over all its sequences.
pub(super) fn norms(unrolled: &Unrolled, norms: &mut Vec<f32>) {
    norms.clear();
    if unrolled.time > 0 && unrolled.grad_states.len() == unrolled.states.len() {
        norms.extend(
            unrolled.grad_states.chunks_exact(unrolled.grad_states.len() / unrolled.time).map(l2_norm),
        );
    }
}

/// The same of the loss of the last step alone, over some test items: where every step has a loss of its own, the
/// gradient of all of them together does not fade.
pub(super) fn norms_of_last(run: &Run, pass: &mut crate::nn::Pass, items: usize, out: &mut Vec<f32>) {
    let test = if run.data().test.is_empty() { &run.data().train } else { &run.data().test };
    let many = items.min(test.len());
    let size: usize = run.input_shape().iter().product();
    let mut inputs = vec![0.0; size * many];
    inputs.chunks_exact_mut(size).enumerate().for_each(|(item, input)| test.copy_item(item, input));
    let mut targets = Vec::new();
    test.write_targets(0..many, run.network().outputs(), &mut targets);
    pass.mode = crate::nn::Mode::Inference;
    run.network().forward(&inputs, pass);
    let last = run.network().outputs() / test.labels_per_item().max(1);
    let _ = run.network().loss_gradient_of_last(&inputs, &targets, last, pass);
    out.clear();
    if let Some((_, unrolled)) = last_recurrent(&pass.traces) {
        norms(unrolled, out);
    }
}

/// The factor by which ‖∂L/∂hₜ‖ changes for each step back, fitted by least squares through its logarithm; none where
/// fewer than three steps have a gradient.
pub(super) fn factor_per_step(norms: &[f32]) -> Option<f64> {
    let points: Vec<(f64, f64)> = norms
        .iter()
        .rev()
        .enumerate()
        .filter(|(_, norm)| **norm > 0.0 && norm.is_finite())
        .map(|(back, &norm)| (back as f64, libm::log(f64::from(norm))))
        .collect();
    if points.len() < 3 {
        return None;
    }
    let many = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / many;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let covariance: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    let variance: f64 = points.iter().map(|point| (point.0 - x) * (point.0 - x)).sum();
    Some(libm::exp(covariance / variance))
}

/// Steps back over which a gradient that changes by `factor` a step is halved; none where it does not fade.
pub(super) fn half_life(factor: f64) -> Option<f64> {
    (factor < 1.0).then(|| libm::log(0.5) / libm::log(factor))
}

/// What theory has come back to each step, by that of the last, in the pass that `unrolled` is of. Of a plain cell: for
/// each step the spectral radius of its recurrent kernel times the mean |f′|. Of a gated one: what the gates that keep its
/// state let through, each unit's product of them, in the root mean square over units and sequences; the widest open count
/// most.
pub(super) fn predicted(network: &Network, layer: usize, unrolled: &Unrolled) -> Option<Vec<f64>> {
    let states = unrolled.states.len();
    let units = states.checked_div(unrolled.time * unrolled.rows).filter(|units| *units > 0)?;
    // The gate that keeps: f of i, f, c, o; z of z, r, h.
    match unrolled.gates.len().checked_div(states.max(1)).unwrap_or(0) {
        4 => return Some(let_through(unrolled, units, [4, 1])),
        3 => return Some(let_through(unrolled, units, [3, 0])),
        _ => {}
    }
    if units > MOST_UNITS {
        return None;
    }
    let is_kernel = |slot: &&Slot| slot.layer == layer && slot.name.ends_with("recurrent_kernel");
    let slot = network.slots().iter().find(is_kernel)?;
    let radius = spectral_radius(&network.weights[slot.range.clone()], units)?;
    let activation = network.activation(layer);
    let slopes = unrolled.sums.iter().zip(&unrolled.states).map(|(&z, &h)| activation.slope(z, h).abs());
    let slope = slopes.map(f64::from).sum::<f64>() / states as f64;
    Some((0..unrolled.time).rev().map(|back| libm::pow(radius * slope, back as f64)).collect())
}

/// Products of one of so many gates, from each step to the last.
fn let_through(unrolled: &Unrolled, units: usize, [gates, which]: [usize; 2]) -> Vec<f64> {
    let of_step = unrolled.rows * units;
    let mut products = vec![1.0_f64; of_step];
    let mut through = vec![1.0; unrolled.time];
    for step in (1..unrolled.time).rev() {
        let rows = unrolled.gates[step * of_step * gates..][..of_step * gates].chunks_exact(gates * units);
        let kept = rows.flat_map(|row| &row[which * units..][..units]);
        products.iter_mut().zip(kept).for_each(|(product, &gate)| *product *= f64::from(gate));
        let squares: f64 = products.iter().map(|product| product * product).sum();
        through[step - 1] = (squares / of_step as f64).sqrt();
    }
    through
}

/// The spectral radius of a square matrix: how much, on average, it lengthens a vector that it has turned often; none where
/// that is not finite.
fn spectral_radius(matrix: &[f32], side: usize) -> Option<f64> {
    let mut vector: Vec<f64> = (0..side).map(|index| 1.0 / (1.0 + index as f64)).collect();
    let mut next = vec![0.0; side];
    let mut log = 0.0;
    for turn in 0..SETTLING + AVERAGED {
        next.fill(0.0);
        for (&value, row) in vector.iter().zip(matrix.chunks_exact(side)) {
            next.iter_mut().zip(row).for_each(|(sum, &by)| *sum += value * f64::from(by));
        }
        let norm = next.iter().map(|value| value * value).sum::<f64>().sqrt();
        if norm == 0.0 {
            return Some(0.0);
        }
        if !norm.is_finite() {
            return None;
        }
        if turn >= SETTLING {
            log += libm::log(norm);
        }
        vector.iter_mut().zip(&next).for_each(|(value, next)| *value = next / norm);
    }
    Some(libm::exp(log / AVERAGED as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_through_logarithms_gives_back_its_factor() {
        let norms: Vec<f32> = (0..40).map(|t| 3.0 * 0.8_f32.powi(39 - t)).collect();
        assert!((factor_per_step(&norms).unwrap() - 0.8).abs() < 1e-5);
        assert!((half_life(0.8).unwrap() - 3.106).abs() < 1e-3);
        assert_eq!(half_life(1.02), None);
        assert_eq!(factor_per_step(&[0.0, 0.0, 1.0]), None);
    }

    #[test]
    fn the_widest_open_gates_decide_what_is_let_through() {
        // Two units of an LSTM: forget gates of 0.9 and 0.1, all others 0.5.
        let row = [0.5, 0.5, 0.9, 0.1, 0.5, 0.5, 0.5, 0.5];
        let mut unrolled = Unrolled::default();
        (unrolled.time, unrolled.rows) = (20, 1);
        (unrolled.states, unrolled.gates) = (vec![0.0; 40], row.repeat(20));
        let through = let_through(&unrolled, 2, [4, 1]);
        for back in [0, 1, 10] {
            let of = |gate: f64| libm::pow(f64::from(gate as f32), 2.0 * f64::from(back));
            let wanted = f64::midpoint(of(0.9), of(0.1)).sqrt();
            assert!((through[19 - back as usize] / wanted - 1.0).abs() < 1e-6, "{back}: {through:?}");
        }
    }

    #[test]
    fn the_spectral_radius_is_that_of_known_matrices() {
        // Turning by an angle and stretching by 0.9: both eigenvalues are complex, of magnitude 0.9.
        let (c, s) = (0.9 * libm::cosf(0.7), 0.9 * libm::sinf(0.7));
        assert!((spectral_radius(&[c, -s, s, c], 2).unwrap() - 0.9).abs() < 2e-3);
        // Not normal: far larger in norm than its eigenvalues 0.5 and 0.25.
        assert!((spectral_radius(&[0.5, 30.0, 0.0, 0.25], 2).unwrap() - 0.5).abs() < 2e-3);
        assert_eq!(spectral_radius(&[0.0, 1.0, 0.0, 0.0], 2).unwrap(), 0.0);
        assert_eq!(spectral_radius(&[f32::NAN, 0.0, 0.0, 0.0], 2), None);
    }
}
