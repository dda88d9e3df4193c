//! The steps that a rule makes of gradients, as figures of the optimizers lab: how long they are in each layer, at what
//! rate, and what the rule remembers.

use crate::labs::decades::Decades;
use crate::labs::format::power;
use crate::labs::{BarSeries, Figure, HistogramPart, Histograms, LayerBars, Numbers, Panel, Span};
use crate::nn::Slot;
use crate::tensor::l2_norm;
use crate::train::statistics::{Histogram, layer_statistics};
use crate::train::{OptimizerName, Run};
use std::ops::Range;

/// Update ratios at which layers learn well: near 10⁻³, by a rule of thumb. Karpathy, `CS231n`, Neural networks part 3.
const HEALTHY: [f32; 2] = [3e-4, 3e-3];
/// The weights of a test function.
const COORDINATES: [&str; 2] = ["x", "y"];
/// Bins of a histogram.
const BINS: usize = 40;

/// ‖Δw‖ / ‖w‖ of every layer in the last step.
pub(super) fn ratio(run: &Run, numbers: &mut Numbers) -> Panel {
    let ratios = run.network().kernels().map(|slot| layer_statistics(run, slot.layer).update_ratio);
    let ratios: Vec<f32> = ratios.collect();
    let told: Vec<String> = ratios.iter().map(|ratio| power(*ratio)).collect();
    let summary = format!(
        "Length of the last step over that of the weights, from the first layer to the output: {}. About 10⁻³ is healthy.",
        told.join(", ")
    );
    bars("ratio", "‖ΔW‖ / ‖W‖", (&ratios, Some((HEALTHY, "healthy, near 10⁻³".into()))), summary, numbers)
}

/// ‖Δw‖ / ‖∂L/∂w‖ of every layer in the last step: the rate at which plain gradient descent would go as far.
pub(super) fn effective(run: &Run, numbers: &mut Numbers) -> Panel {
    let rate = |slot: &Slot| {
        let gradient = l2_norm(&run.gradients()[slot.range.clone()]);
        if gradient > 0.0 { l2_norm(&moved(run, &slot.range)) / gradient } else { 0.0 }
    };
    let rates: Vec<f32> = run.network().kernels().map(rate).collect();
    let told: Vec<String> = rates.iter().map(|rate| power(*rate)).collect();
    let summary = format!(
        "Length of the last step over that of the gradient, from the first layer to the output: {}. Plain gradient descent has its learning rate in every layer.",
        told.join(", ")
    );
    bars("effective", "‖ΔW‖ / ‖∂L/∂W‖", (&rates, None), summary, numbers)
}

/// The same of each of the two weights of a test function.
pub(super) fn paces(run: &Run, numbers: &mut Numbers) -> Panel {
    let (moved, gradients) = (moved(run, &(0..run.gradients().len())), run.gradients());
    let rate = |(step, slope): (&f32, &f32)| if *slope == 0.0 { 0.0 } else { (step / slope).abs() };
    let rates: Vec<f32> = moved.iter().zip(gradients).map(rate).collect();
    let told: Vec<String> =
        rates.iter().zip(COORDINATES).map(|(rate, name)| format!("{name} {}", power(*rate))).collect();
    let summary = format!(
        "Length of the last step over that of the slope: {}. Plain gradient descent has its learning rate along both.",
        told.join(", ")
    );
    let mut panel = bars("paces", "|Δ| / |∂f|", (&rates, None), summary, numbers);
    if let Figure::LayerBars(bars) = &mut panel.figure {
        bars.names = COORDINATES.map(String::from).to_vec();
    }
    panel
}

fn bars(
    id: &str,
    label: &str,
    (values, band): (&[f32], Option<([f32; 2], String)>),
    summary: String,
    numbers: &mut Numbers,
) -> Panel {
    let Decades(decades) = Decades::of(values.iter().copied());
    let decades = [decades[0].min(-4), decades[1]];
    let values = numbers.add(values.iter().copied());
    let series = vec![BarSeries { lane: 0, values, predicted: Span::default(), finding: None }];
    let figure =
        LayerBars { label: label.into(), series, decades, is_numbered: true, band, names: Vec::new() };
    Panel { id: id.into(), note: String::new(), summary, figure: Figure::LayerBars(figure) }
}

/// What the last step added to the weights of an array.
fn moved(run: &Run, range: &Range<usize>) -> Vec<f32> {
    let (now, before) = (&run.network().weights[range.clone()], &run.weights_before()[range.clone()]);
    now.iter().zip(before).map(|(now, before)| now - before).collect()
}

/// What the rule remembers of each weight of a layer, counted from 1, beside its gradient and what became of them.
pub(super) fn moments(run: &Run, layer: usize, numbers: &mut Numbers) -> Panel {
    let mut slots: Vec<&Slot> = run.network().kernels().collect();
    if slots.is_empty() {
        slots.extend(run.network().slots()); // of a network that has no kernels
    }
    let at = layer.clamp(1, slots.len().max(1)) - 1;
    let nothing = 0..0;
    let range = slots.get(at).map_or(&nothing, |slot| &slot.range);
    let mut part = |label: &str, values: &[f32]| {
        let Histogram { low, high, counts } = Histogram::fitted(values, BINS);
        HistogramPart { label: label.into(), low, high, counts: numbers.add(counts) }
    };
    let mut parts = vec![part("∂L/∂w", &run.gradients()[range.clone()])];
    let mut remembered = Vec::new();
    for (name, memory) in
        run.optimizer().memories().filter(|(name, memory)| !name.is_empty() && !memory.is_empty())
    {
        let values = &memory[range.clone()];
        let (told, label, is_square) = told_as(run.current().optimizer.name, name);
        remembered.push(told);
        if is_square {
            parts.push(part(label, &logs(values.iter().map(|v| v.sqrt()))));
        } else {
            parts.push(part(label, values));
        }
    }
    parts.push(part("log₁₀ |Δw|", &logs(moved(run, range).into_iter().map(f32::abs))));
    let name = run.current().optimizer.name.label();
    let summary = if remembered.is_empty() {
        format!("{name} without momentum remembers nothing: a step is the gradient times the learning rate.")
    } else {
        format!("Of each weight of layer {} {name} remembers: {}.", at + 1, remembered.join("; "))
    };
    let note = format!("layer {}", at + 1);
    Panel { id: "moments".into(), note, summary, figure: Figure::Histograms(Histograms { parts }) }
}

/// What a memory of a rule is, in words and over its histogram, and whether it is one of squares.
fn told_as(rule: OptimizerName, memory: &str) -> (&'static str, &'static str, bool) {
    use OptimizerName::{Adadelta, Adagrad, RmsProp, Sgd};
    match (rule, memory) {
        (Sgd | RmsProp, "momentum") => ("the step that it carries on", "m, step carried on", false),
        (RmsProp, "average_gradient") => ("the mean gradient", "mean gradient", false),
        (RmsProp, _) => ("the mean square of the gradient", "log₁₀ √v, mean square", true),
        (Adagrad, _) => ("the sum of the squares of all gradients", "log₁₀ √a, sum of squares", true),
        (Adadelta, "accumulated_grad") => ("the mean square of the gradient", "log₁₀ √a, mean square", true),
        (Adadelta, _) => ("the mean square of its steps", "log₁₀ √d, mean Δ²", true),
        (_, "momentum") => ("the first moment, a mean of gradients", "m, first moment", false),
        _ => ("the second moment, a mean of their squares", "log₁₀ √v, second moment", true),
    }
}

/// Logarithms of what is above 0.
fn logs(values: impl Iterator<Item = f32>) -> Vec<f32> {
    values.filter(|value| *value > 0.0 && value.is_finite()).map(libm::log10f).collect()
}
