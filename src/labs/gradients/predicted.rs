//! What theory says of the gradient of each layer, to stand beside what is measured.
//!
//! On its way back a gradient passes weights and slopes. Where the weights know nothing of it, mean squares
//! multiply (Glorot & Bengio, AISTATS 2010; He et al., ICCV 2015): with δₗ = ∂L/∂zₗ of a layer of nₗ units,
//!
//! `‖δₗ‖² = mean f′(zₗ)² · (‖Wₗ₊₁‖² / nₗ₊₁) · ‖δₗ₊₁‖²` and `‖∂L/∂Wₗ‖ ∝ ‖aₗ₋₁‖ · ‖δₗ‖`,
//!
//! multiplied up from the output, whose measured gradient is the start. The gain of the weights is so the root mean
//! square over the units that they lead back from: ‖W‖ / √n, with the Frobenius norm. And f′ is taken as its root
//! mean square over the batch: the plain mean would have He's initialisation for `ReLU` (gain √2, half of the slopes 1)
//! lose a factor √½ in every layer, which it does not.
//!
//! What comes between layers changes the gradient too: a normalization by γ / σ (root mean square; that of a
//! layer takes the two directions of mean and scale away from n), dropout by its factors, and where a skip
//! brings a gradient from further back, squares add. What batch normalization takes away along the batch is left
//! out: over ten layers it predicts about seven times too much.

use super::blocks::{self, Block};
use crate::nn::{LayerConfig, Slot, Trace};
use crate::train::Run;

/// The norm of ∂L/∂W of each layer as theory has it; the output's is the measured one. Zeros where nothing is
/// measured at the output.
pub(super) fn predicted(run: &Run) -> Vec<f32> {
    let blocks = blocks::of(&run.current().network);
    let (traces, weights) = (&run.pass().traces, run.pass_weights());
    let kernels: Vec<&Slot> = run.network().kernels().collect();
    let last = blocks.len() - 1;
    // ‖δ‖² of each layer, that of the output taken as 1, and what skips add to ∂L/∂output.
    let mut deltas = vec![0.0; blocks.len()];
    let mut skipped = vec![0.0; blocks.len()];
    deltas[last] = 1.0;
    for (index, block) in blocks[..last].iter().enumerate().rev() {
        let kernel = kernels[index + 1];
        let gain = square(&weights[kernel.range.clone()]) / kernel.shape[1] as f64;
        let gradient = gain * deltas[index + 1] + skipped[index];
        if let Some(source) = block.skip.and_then(|over| index.checked_sub(over)) {
            skipped[source] += gradient;
        }
        let slopes = &traces[block.at];
        let slope = mean_square(slopes.slopes());
        deltas[index] = gradient * between(run, block) * slope;
    }
    let input = |block: &Block| match block.at {
        0 => run.inputs(),
        at => &*traces[at - 1].output,
    };
    let start = square(&run.gradients()[kernels[last].range.clone()]) / square(input(&blocks[last]));
    let norms = blocks.iter().zip(deltas).map(|(block, delta)| start * square(input(block)) * delta);
    norms.map(|square| if square.is_finite() { libm::sqrt(square) as f32 } else { 0.0 }).collect()
}

/// By how much what comes behind the dense layer of a block multiplies the mean square of a gradient.
fn between(run: &Run, block: &Block) -> f64 {
    let traces = &run.pass().traces;
    let mut gain = 1.0;
    if let Some(normalization) = &block.normalization {
        let at = block.at + 1;
        let gamma = run.network().slots().iter().find(|slot| slot.layer == at && slot.name == "gamma");
        let gamma = gamma.map_or(&[][..], |slot| &run.pass_weights()[slot.range.clone()]);
        gain *= normalized(&traces[at], gamma, normalization);
    }
    if block.dropout.is_some() {
        let at = block.at + 1 + usize::from(block.normalization.is_some());
        gain *= mean_square(traces[at].kept.iter().copied());
    }
    gain
}

/// The mean square of γ / σ, from what the pass left in `trace`.
fn normalized(trace: &Trace, gamma: &[f32], normalization: &LayerConfig) -> f64 {
    let size = gamma.len();
    if matches!(normalization, LayerConfig::BatchNormalization(_)) {
        // Means, variances and 1 / σ of the channels.
        let scales = trace.kept.iter().skip(2 * size);
        return mean_square(scales.zip(gamma).map(|(scale, gamma)| scale * gamma));
    }
    // Mean and 1 / σ of each row.
    let scales = mean_square(trace.kept.iter().skip(1).step_by(2).copied());
    scales * mean_square(gamma.iter().copied()) * (1.0 - 2.0 / size as f64).max(0.0)
}

fn square(values: &[f32]) -> f64 {
    values.iter().map(|&value| f64::from(value) * f64::from(value)).sum()
}

fn mean_square(values: impl Iterator<Item = f32>) -> f64 {
    let (sum, count) = values
        .fold((0.0, 0.0), |(sum, count), value| (sum + f64::from(value) * f64::from(value), count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::LABS;
    use crate::train::Experiment;
    use serde_json::{Value, json};

    fn run(changes: &[(&str, Value)], seed: u64) -> Run {
        let experiment = Experiment { seed, ..LABS[0].defaults() };
        let experiment = changes
            .iter()
            .fold(experiment, |experiment, (key, value)| LABS[0].change(&experiment, key, value).expect(key));
        let mut run = Run::new(experiment).expect("validated");
        run.measure();
        run
    }

    /// Measured over predicted for every layer.
    fn ratios(run: &Run) -> Vec<f32> {
        run.kernel_grad_norms()
            .zip(predicted(run))
            .map(|(measured, predicted)| measured / predicted)
            .collect()
    }

    #[test]
    fn it_is_exact_for_one_item_and_one_unit_in_each_layer() {
        for activation in ["tanh", "sigmoid", "leaky_relu"] {
            let mut run =
                run(&[("width", json!(1)), ("batch_size", json!(1)), ("activation", json!(activation))], 3);
            for _ in 0..3 {
                for ratio in ratios(&run) {
                    assert!((ratio - 1.0).abs() < 1e-4, "{activation}: {:?}", ratios(&run));
                }
                run.step().expect("finite");
            }
        }
    }

    /// Fresh weights know nothing of the gradient: over twenty seeds, the ratio at the first of ten layers
    /// is near 1 in the middle, though the layers together change the gradient by many orders of magnitude. Where
    /// something stands between them it is rougher.
    #[test]
    fn it_tells_the_gradient_of_fresh_networks() {
        let he = json!("he_normal");
        for (what, changes, factor) in [
            ("sigmoid", vec![("width", json!(32))], 4.0),
            (
                "relu",
                vec![("activation", json!("relu")), ("initializer", he.clone()), ("width", json!(32))],
                4.0,
            ),
            (
                "tanh, small",
                vec![
                    ("activation", json!("tanh")),
                    ("initializer", json!({ "name": "random_normal", "stddev": 0.05 })),
                    ("width", json!(32)),
                ],
                4.0,
            ),
            ("batch", vec![("normalization", json!("batch_normalization")), ("width", json!(32))], 12.0),
            ("layer", vec![("normalization", json!("layer_normalization")), ("width", json!(32))], 4.0),
            ("skips", vec![("skip", json!(1)), ("width", json!(32)), ("activation", json!("tanh"))], 4.0),
            (
                "dropout",
                vec![("dropout", json!(0.3)), ("width", json!(32)), ("activation", json!("tanh"))],
                4.0,
            ),
        ] {
            let mut first: Vec<f32> = (0..20).map(|seed| ratios(&run(&changes, seed))[0]).collect();
            first.sort_by(f32::total_cmp);
            println!("{what}: {first:?}");
            assert!((1.0 / factor..factor).contains(&first[10]), "{what}: {first:?}");
        }
    }

    #[test]
    fn trained_weights_are_not_those_of_the_theory() {
        let mut run = run(&[("activation", json!("relu")), ("initializer", json!("he_normal"))], 7);
        let fresh = ratios(&run)[0];
        for _ in 0..1000 {
            run.step().expect("finite");
        }
        let trained = ratios(&run)[0];
        assert!((trained / fresh - 1.0).abs() > 0.2, "{fresh} {trained}");
    }
}
