//! The activation bench: what every activation would make of the `z` that the running network has.

use super::{blocks, hidden};
use crate::labs::format::{power, significant};
use crate::labs::{Bench, Figure, Numbers, Panel, Products, elementwise, power_of};
use crate::nn::{Activation, Trace};
use crate::train::Run;

/// Pre-activations that a mean is taken over; of more, evenly spaced ones.
const SAMPLES: usize = 4096;
/// The least last n of the products.
const DEPTH: usize = 10;

/// Every elementwise activation with its derivative, and where the network's `z` lie.
pub(super) fn curves(run: &Run, layer: usize, numbers: &mut Numbers) -> Panel {
    let traces = hidden_traces(run);
    let of_layer = range(traces.get(layer - 1..layer).unwrap_or_default());
    let of_all = range(&traces);
    let most = of_all.iter().filter(|z| z.is_finite()).fold(0.0_f32, |most, z| most.max(z.abs()));
    let extent = [4.0, 8.0, 16.0, 32.0].into_iter().find(|extent| most <= *extent).unwrap_or(64.0);
    let ends = |[low, high]: [f32; 2]| format!("{} to {}", significant(low, 2), significant(high, 2));
    let used = used(run, layer);
    let summary = format!(
        "Layer {layer}, {}, had z from {} in the last batch (the band), all hidden layers from {} (the line beneath).",
        used.label(),
        ends(of_layer),
        ends(of_all)
    );
    let figure = Bench { used, layer, extent, ranges: numbers.add([of_layer, of_all].concat()) };
    Panel { id: "bench".into(), note: String::new(), summary, figure: Figure::Bench(figure) }
}

/// Mean |f′| of every elementwise activation at the network's `z`, multiplied up.
pub(super) fn products(run: &Run, layer: usize, numbers: &mut Numbers) -> Panel {
    let z = samples(&hidden_traces(run));
    let factors: Vec<f32> = elementwise().map(|activation| mean_slope(activation, &z)).collect();
    let most = hidden(run.current()).len().max(DEPTH);
    let ends = factors.iter().map(|&factor| libm::log10f(power_of(factor, most)));
    let (low, high) = ends
        .filter(|end| end.is_finite())
        .fold((-4.0_f32, 0.0_f32), |(low, high), end| (low.min(end), high.max(end)));
    let even = |end: f32| (end / 2.0).floor() as i32 * 2;
    let used = used(run, layer);
    let told = elementwise().zip(&factors).find(|(activation, _)| *activation == used);
    let told = told.map_or_else(String::new, |(_, &factor)| {
        let (name, product) = (used.label(), power(power_of(factor, most)));
        let slope = power(factor);
        format!(
            " {name} has a mean |f′| of {slope}: {product} after {most} layers, times what the weights do."
        )
    });
    let summary =
        format!("Computed, not measured: what each activation would do at the z of all hidden layers.{told}");
    let figure = Products {
        used,
        factors: numbers.add(factors.iter().copied()),
        most,
        decades: [even(low).max(-36), -even(-high)],
    };
    Panel { id: "products".into(), note: String::new(), summary, figure: Figure::Products(figure) }
}

/// The activation of a hidden layer, or of the output where there is none.
fn used(run: &Run, layer: usize) -> Activation {
    run.network().activation(blocks::of(&run.current().network)[layer - 1].at)
}

/// What the last batch left in the hidden layers.
fn hidden_traces(run: &Run) -> Vec<&Trace> {
    hidden(run.current()).iter().filter_map(|block| run.pass().traces.get(block.at)).collect()
}

/// Least and greatest finite `z`; NaN where there is none.
fn range(traces: &[&Trace]) -> [f32; 2] {
    let z = || traces.iter().flat_map(|trace| &trace.pre_activation).copied().filter(|z| z.is_finite());
    [z().fold(f32::NAN, f32::min), z().fold(f32::NAN, f32::max)]
}

/// Finite `z` of all layers, no more than there is time for.
fn samples(traces: &[&Trace]) -> Vec<f32> {
    let all: usize = traces.iter().map(|trace| trace.pre_activation.len()).sum();
    let z = traces.iter().flat_map(|trace| &trace.pre_activation).copied();
    z.step_by(all.div_ceil(SAMPLES).max(1)).filter(|z| z.is_finite()).collect()
}

fn mean_slope(activation: Activation, z: &[f32]) -> f32 {
    let sum: f64 = z.iter().map(|&z| f64::from(activation.eval(z).1.abs())).sum();
    (sum / z.len() as f64) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::LABS;

    #[test]
    fn the_bench_tells_the_z_of_the_batch_and_the_slopes_there() {
        let mut run = Run::new(LABS[0].defaults()).unwrap();
        run.measure();
        let mut numbers = Numbers::default();
        let Figure::Bench(bench) = curves(&run, 3, &mut numbers).figure else { panic!("a bench") };
        let z = &run.pass().traces[2].pre_activation;
        let least = z.iter().copied().fold(f32::INFINITY, f32::min);
        let most = z.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        assert_eq!(numbers.at(bench.ranges)[..2], [least, most]);
        assert!(numbers.at(bench.ranges)[2] <= least && numbers.at(bench.ranges)[3] >= most);
        assert_eq!(bench.used, Activation::Sigmoid);
        let Figure::Products(products) = products(&run, 3, &mut numbers).figure else { panic!("products") };
        let factors = numbers.at(products.factors);
        let of = |wanted| factors[elementwise().position(|a| a == wanted).unwrap()];
        // Sigmoid's slopes are at most a quarter, those of the line are 1; about half of the z are positive.
        assert!((0.15..=0.25).contains(&of(Activation::Sigmoid)), "{}", of(Activation::Sigmoid));
        assert_eq!(of(Activation::Linear), 1.0);
        let slopes: f64 =
            run.pass().traces[..10].iter().flat_map(|trace| trace.slopes().map(f64::from)).sum();
        let many: usize = run.pass().traces[..10].iter().map(|trace| trace.output.len()).sum();
        assert!((f64::from(of(Activation::Sigmoid)) - slopes / many as f64).abs() < 1e-5);
    }

    #[test]
    fn a_network_without_hidden_layers_has_an_empty_bench() {
        assert!(range(&[]).iter().all(|z| z.is_nan()));
        assert!(samples(&[]).is_empty());
        assert!(mean_slope(Activation::Relu, &[]).is_nan());
    }
}
