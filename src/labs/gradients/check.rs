//! The gradient check: what backpropagation computes for each layer, in `f32` by the engine, against central
//! differences of the loss in `f64`, at the weights of this moment. Where a wrong derivative is put into a layer,
//! it is into the check's own copy of the network, never into the run.

use super::blocks::{self, Block};
use super::exact::Exact;
use crate::labs::format::{count, layer_name, power};
use crate::labs::{BarSeries, Figure, Finding, LayerBars, Numbers, Panel, Span};
use crate::nn::layers::Regularizer;
use crate::nn::{Activation, Mode, Network, NetworkConfig, Pass};
use crate::train::Run;

/// A gradient that differs from the quotient by more than this share of it is called wrong. Sound ones differ by
/// the rounding of `f32`, 10⁻⁶ to 10⁻⁴; a wrong derivative by a tenth or more.
pub(super) const WRONG: f32 = 0.01;
/// Items of the batch that take part.
const ROWS: usize = 16;
/// Weights of each layer that are nudged, at most: as many as take so many products in all.
const WEIGHTS: usize = 48;
const PRODUCTS: usize = 100_000_000;
/// Sizes of the nudge: the first that carries no unit over a kink. The quotient of four points is wrong by the
/// fourth power of it.
const NUDGES: [f64; 5] = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6];
/// Gradients are told from rounding when they are so many times as large.
const FLOOR: f64 = 1e3;
/// A difference of losses cannot tell less than this share of the loss, whatever the nudge.
const ROUNDING: f64 = 1e-15;

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Check {
    /// ‖g − q‖ / (‖g‖ + ‖q‖) for each layer, over the kernel's weights that were nudged.
    pub(super) errors: Vec<f32>,
    /// How many weights of each layer were nudged, at most.
    pub(super) weights: usize,
    /// The layer, counted from 1, into which a wrong derivative was put.
    pub(super) lie: Option<usize>,
    /// The layer that the check finds to lie: the last with a wrong gradient, since one that is wrong reaches
    /// all layers before it.
    pub(super) found: Option<usize>,
    /// Step at which it was made.
    pub(super) step: usize,
}

/// A derivative that is not that of `activation`.
pub(super) fn wrong(activation: Activation) -> Activation {
    match activation {
        Activation::Sigmoid | Activation::HardSigmoid | Activation::Softmax => Activation::Tanh,
        _ => Activation::Sigmoid,
    }
}

/// Checks every layer, with a wrong derivative in the hidden layer `lie`, counted from 1.
pub(super) fn check(run: &Run, lie: Option<usize>) -> Check {
    let blocks = blocks::of(&run.current().network);
    let lie = lie.filter(|layer| (1..blocks.len()).contains(layer));
    let (mut network, shape) = (copy(run, &blocks), run.input_shape());
    let rows = (run.inputs().len() / shape[0]).min(ROWS);
    let inputs = &run.inputs()[..rows * shape[0]];
    let targets = &run.targets()[..rows * network.outputs()];
    let mut pass = Pass::new(run.pass().mode);
    network.forward(inputs, &mut pass);
    if let Some(layer) = lie {
        let block = &blocks[layer - 1];
        pass.traces[block.at].activation = wrong(block.dense.activation);
    }
    network.backward(inputs, targets, &mut pass);
    let exact = Exact {
        blocks: &blocks,
        slots: network.slots(),
        traces: &pass.traces,
        inputs,
        targets,
        loss: run.current().loss,
        is_training: matches!(pass.mode, Mode::Training { .. }),
    };
    let mut weights: Vec<f64> = network.weights.iter().map(|&w| f64::from(w)).collect();
    // A loss takes a product for each weight and row, and each weight that is nudged four losses or more.
    let losses = PRODUCTS / (rows * weights.len()).max(1);
    let most = (losses / (4 * blocks.len())).clamp(2, WEIGHTS);
    let mut errors = Vec::new();
    for slot in network.kernels() {
        let count = most.min(slot.range.len());
        let [mut difference, mut analytic, mut numeric, mut floor] = [0.0_f64; 4];
        // Spread evenly over the kernel.
        for place in (0..count).map(|index| slot.range.start + index * slot.range.len() / count) {
            let gradient = f64::from(network.grads[place]);
            let (quotient, least) = quotient(&exact, &mut weights, place);
            difference += (gradient - quotient) * (gradient - quotient);
            analytic += gradient * gradient;
            numeric += quotient * quotient;
            floor += least * least;
        }
        let [difference, analytic, numeric, floor] = [difference, analytic, numeric, floor].map(libm::sqrt);
        errors.push((difference / (analytic + numeric).max(FLOOR * floor)) as f32);
    }
    let found = errors.iter().rposition(|error| *error > WRONG).map(|index| index + 1);
    Check { errors, weights: most, lie, found, step: run.steps() }
}

/// A network of the same weights, without penalties, which are no matter of layers.
fn copy(run: &Run, blocks: &[Block]) -> Network {
    let mut blocks = blocks.to_vec();
    blocks.iter_mut().for_each(|block| block.dense.kernel_regularizer = Regularizer::default());
    let config = NetworkConfig { layers: blocks::layers(blocks) };
    let current = run.current();
    let mut network = Network::new(&config, run.input_shape(), current.loss, current.seed)
        .expect("its layers are those of a network that was built");
    network.weights.copy_from_slice(&run.network().weights);
    network
}

/// ∂L/∂w at `place` as a quotient of four differences, and how small a gradient it can tell from rounding.
fn quotient(exact: &Exact, weights: &mut [f64], place: usize) -> (f64, f64) {
    let middle = weights[place];
    let (loss, sides) = exact.loss(weights);
    let mut best = (0.0, 0.0);
    for nudge in NUDGES {
        let mut at = |steps: f64| {
            weights[place] = middle + steps * nudge;
            exact.loss(weights)
        };
        let points = [at(1.0), at(-1.0), at(2.0), at(-2.0)];
        let is_smooth = points.iter().all(|(_, other)| *other == sides);
        let [near, mirrored, far, beyond] = points.map(|(loss, _)| loss);
        best = ((8.0 * (near - mirrored) - (far - beyond)) / (12.0 * nudge), ROUNDING * loss.abs() / nudge);
        if is_smooth {
            break;
        }
    }
    weights[place] = middle;
    best
}

/// The figure "check": the error of each layer; nothing but words before it was asked for.
pub(super) fn panel(check: Option<&Check>, run: &Run, numbers: &mut Numbers) -> Panel {
    let layers = run.network().kernels().count();
    let name = |layer: usize| layer_name(layer, layers);
    let (note, summary, finding) = match check {
        None => {
            let summary = "Not checked yet: the button below compares each layer’s gradient with differences of the loss.";
            (String::new(), summary.into(), None)
        }
        Some(check) => {
            let worst = check.errors.iter().copied().fold(0.0_f32, f32::max);
            let found = match (check.found, check.lie) {
                (Some(layer), lie) => {
                    let there = if lie == Some(layer) { ": the wrong derivative is there" } else { "" };
                    let before = match layer {
                        1 => "",
                        2 => "; that of layer 1 is wrong because the error travels back through it",
                        _ => "; those before it are wrong because the error travels back through them",
                    };
                    format!("{} lies{there}{before}", name(layer))
                }
                (None, Some(lie)) => format!("the wrong derivative in layer {lie} does not show"),
                (None, None) => "every layer agrees".into(),
            };
            let weights = count(check.weights);
            let summary = format!(
                "At step {}, up to {weights} weights of each layer nudged: {found}. The largest relative error is {}; errors below {WRONG} are rounding.",
                count(check.step),
                power(worst)
            );
            let finding = check.found.map(|layer| {
                let text = format!("{} lies", name(layer));
                Finding { layer, text, is_fault: true }
            });
            (format!("step {}", count(check.step)), summary, finding)
        }
    };
    let errors = check.map_or_else(|| vec![BarSeries::NO_LAYER; layers], |check| check.errors.clone());
    let figure = LayerBars {
        label: "relative error".into(),
        series: vec![BarSeries { lane: 0, values: numbers.add(errors), predicted: Span::default(), finding }],
        decades: [-8, 0],
        is_numbered: true,
        ..LayerBars::default()
    };
    super::figures::panel("check", note, summary, Figure::LayerBars(figure))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::LABS;
    use crate::train::Experiment;
    use serde_json::{Value, json};

    fn run(changes: &[(&str, Value)], seed: u64, steps: usize) -> Run {
        let experiment = Experiment { seed, ..LABS[0].defaults() };
        let experiment = changes.iter().fold(experiment, |experiment, (key, value)| {
            LABS[0].change(&experiment, key, value).unwrap_or_else(|error| panic!("{key}: {error}"))
        });
        let mut run = Run::new(experiment).expect("validated");
        run.measure();
        for _ in 0..steps {
            run.step().expect("finite");
        }
        run
    }

    /// Every activation, each kind of layer between, every loss of the plane; before and after some steps.
    #[test]
    fn sound_layers_agree() {
        let mut cases: Vec<Vec<(&str, Value)>> = Activation::ALL
            .iter()
            .map(|activation| vec![("activation", serde_json::to_value(activation).expect("a name"))])
            .collect();
        let relu = || [("activation", json!("relu")), ("initializer", json!("he_normal"))];
        for (key, value) in [
            ("normalization", json!("batch_normalization")),
            ("normalization", json!("layer_normalization")),
            ("skip", json!(2)),
            ("dropout", json!(0.3)),
            ("l2", json!(0.01)),
            ("loss", json!("mean_squared_error")),
            ("loss", json!("hinge")),
            ("data.classes", json!(3)),
            ("data.name", json!("plane")),
            ("depth", json!(20)),
        ] {
            cases.push([&relu()[..], &[(key, value)]].concat());
        }
        for case in cases {
            for steps in [0, 60] {
                let found = check(&run(&case, 3, steps), None);
                assert_eq!(found.found, None, "{case:?} after {steps} steps: {:?}", found.errors);
                assert!(found.errors.iter().all(|error| error.is_finite()), "{case:?}: {:?}", found.errors);
            }
        }
    }

    #[test]
    fn the_layer_that_lies_is_named_and_the_run_left_alone() {
        for activation in ["relu", "tanh", "gelu", "leaky_relu", "linear", "sigmoid"] {
            let case =
                [("activation", json!(activation)), ("initializer", json!("he_normal")), ("depth", json!(6))];
            let run = run(&case, 3, 20);
            let weights = run.network().weights.clone();
            for lie in 1..=6 {
                let check = check(&run, Some(lie));
                assert_eq!(check.found, Some(lie), "{activation}: {:?}", check.errors);
                let figure = panel(Some(&check), &run, &mut Numbers::default()).figure;
                let Figure::LayerBars(bars) = figure else { panic!("bars are bars") };
                let fault = bars.series[0].finding.as_ref().filter(|finding| finding.is_fault);
                assert_eq!(fault.map(|finding| finding.layer), Some(lie));
                assert!(
                    check.errors[lie..].iter().all(|error| *error < WRONG),
                    "{activation}: {:?}",
                    check.errors
                );
            }
            assert_eq!(run.network().weights, weights);
            assert_eq!(check(&run, None).found, None, "{activation}");
            let said = |lie| panel(Some(&check(&run, lie)), &run, &mut Numbers::default()).summary;
            assert!(
                said(None).contains("every layer agrees. The largest relative error is "),
                "{}",
                said(None)
            );
            assert!(said(None).ends_with("; errors below 0.01 are rounding."), "{}", said(None));
            let travels = "because the error travels back through";
            assert!(said(Some(4)).contains(&format!("those before it are wrong {travels} them")));
            assert!(said(Some(2)).contains(&format!("that of layer 1 is wrong {travels} it")));
            assert!(!said(Some(1)).contains(travels) && !said(None).contains(travels));
        }
    }
}
