//! Numerical gradient checks: what `backward` computes against difference quotients of the loss, for
//! every activation before every loss that it may stand before, in hidden layers and at the output.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::nn::layers::{Dense, Regularizer};
use glassbox::nn::{Activation, LayerConfig, Loss, Mode, Network, NetworkConfig, Pass};
use glassbox::tensor::{Rng, Stream};
use serde_json::{Value, json};

/// Weights and inputs are multiples of this, so that they are nudged exactly.
const H: f64 = 1.0 / 128.0;
/// Rows of the batch.
const ROWS: usize = 5;

/// A network and its batch.
struct Case {
    name: String,
    network: Network,
    loss: Loss,
    regularizer: Regularizer,
    inputs: Vec<f32>,
    targets: Vec<f32>,
    pass: Pass,
    /// What layers add to the loss of a training pass, besides.
    penalties: fn(&Self) -> f64,
}

/// How many coordinates were compared, how many skipped at a kink, and the largest error.
#[derive(Debug, Default)]
struct Tally {
    compared: usize,
    skipped: usize,
    worst: f64,
}

impl Case {
    fn new(hidden: Activation, output: Activation, loss: Loss, regularizer: Regularizer, seed: u64) -> Self {
        let units = if loss == Loss::BinaryCrossentropy { 1 } else { 3 };
        let layer = |units, activation| {
            let mut dense = Dense::new(units, activation);
            dense.kernel_regularizer = regularizer;
            LayerConfig::Dense(dense)
        };
        let name = format!("{hidden:?} before {output:?} under {loss:?}");
        let layers = vec![layer(4, hidden), layer(3, hidden), layer(units, output)];
        // Magnitudes up to 192 H = 1.5.
        Self { regularizer, ..Self::of(name, layers, &[2], loss, 189, seed) }
    }

    /// Any layers; weights and inputs have magnitudes below (4 + `range`) H.
    fn of(
        name: String,
        layers: Vec<LayerConfig>,
        shape: &[usize],
        loss: Loss,
        range: u32,
        seed: u64,
    ) -> Self {
        let mut network = Network::new(&NetworkConfig { layers }, shape, loss, seed)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut rng = Rng::new(seed, Stream::Data);
        // Magnitudes from 4 H: two nudges never carry a weight over 0, the kink of l1.
        let mut draw = || {
            let magnitude = (4 + rng.below(range)) as f32 * H as f32;
            if rng.below(2) == 0 { magnitude } else { -magnitude }
        };
        network.weights.fill_with(&mut draw);
        for slot in
            network.slots().iter().filter(|slot| slot.name == "moving_variance").cloned().collect::<Vec<_>>()
        {
            network.weights[slot.range].iter_mut().for_each(|variance| *variance = 0.5 + variance.abs());
        }
        let inputs = (0..ROWS * shape.iter().product::<usize>()).map(|_| draw()).collect();
        let rows = ROWS * network.outputs() / network.loss_units();
        let classes: Vec<usize> = (0..rows).map(|row| row % 3).collect();
        let targets = match loss {
            Loss::BinaryCrossentropy => {
                (0..network.outputs() * ROWS).map(|index| (index % 3 % 2) as f32).collect()
            }
            Loss::MeanSquaredError | Loss::MeanAbsoluteError => {
                (0..network.outputs() * ROWS).map(|_| draw()).collect()
            }
            _ => classes.iter().flat_map(|&class| (0..3).map(move |unit| f32::from(unit == class))).collect(),
        };
        let (regularizer, pass) = (Regularizer::default(), Pass::default());
        Self { name, network, loss, regularizer, inputs, targets, pass, penalties: |_| 0.0 }
    }

    /// Loss and penalties of the weights and inputs as they are now, from the engine's forward pass
    /// but in `f64`: rounding the mean to `f32` would be most of the noise of a difference quotient.
    fn total_loss(&mut self) -> f64 {
        self.network.tie();
        self.network.forward(&self.inputs, &mut self.pass);
        let last = self.pass.traces.last().expect("three layers");
        let values = if self.loss.logits_of().is_some() { &last.pre_activation } else { &last.output };
        let pairs = values.iter().map(|&v| f64::from(v)).zip(self.targets.iter().map(|&t| f64::from(t)));
        let total: f64 = match self.loss {
            Loss::BinaryCrossentropy => pairs.map(|(z, t)| libm::log1p(libm::exp(z)) - t * z).sum(),
            Loss::MeanSquaredError => pairs.map(|(y, t)| (y - t) * (y - t)).sum(),
            Loss::MeanAbsoluteError => pairs.map(|(y, t)| (y - t).abs()).sum(),
            Loss::Hinge => pairs.map(|(y, t)| (1.0 - (2.0 * t - 1.0) * y).max(0.0)).sum(),
            Loss::CategoricalCrossentropy | Loss::SparseCategoricalCrossentropy => {
                let pairs: Vec<_> = pairs.collect();
                let row = |row: &[(f64, f64)]| {
                    let sum: f64 = row.iter().map(|(z, _)| libm::exp(*z)).sum();
                    libm::log(sum) - row.iter().map(|(z, t)| z * t).sum::<f64>()
                };
                pairs.chunks(3).map(row).sum::<f64>() * 3.0 // a mean over rows, not over elements
            }
        };
        let Regularizer { l1, l2 } = self.regularizer;
        let penalty = |&w: &f32| f64::from(l1) * f64::from(w).abs() + f64::from(l2) * f64::from(w).powi(2);
        let own = self.network.kernels().filter(|slot| slot.tied.is_none());
        let kernels = own.flat_map(|slot| &self.network.weights[slot.range.clone()]);
        total / self.targets.len() as f64 + kernels.map(penalty).sum::<f64>() + (self.penalties)(self)
    }

    /// On which side of each kink the pass was that [`Self::total_loss`] left.
    fn sides(&self) -> Vec<usize> {
        let mut sides = Vec::new();
        for (index, trace) in self.pass.traces.iter().enumerate() {
            let activation = self.network.activation(index);
            let side = |&z: &f32| match activation {
                Activation::Relu | Activation::LeakyRelu | Activation::Selu
                // Smooth at 0, but their curvature jumps.
                | Activation::Elu | Activation::Softsign => z > 0.0,
                Activation::HardSigmoid => z.abs() < 3.0,
                _ => true,
            };
            let sums = trace.pre_activation.iter().chain(&trace.unrolled.sums);
            sides.extend(sums.map(|z| usize::from(side(z))));
            sides.extend(self.network.taken(index, &self.inputs, &self.pass));
        }
        let pairs = self.pass.output().iter().zip(&self.targets);
        match self.loss {
            Loss::MeanAbsoluteError => sides.extend(pairs.map(|(y, t)| usize::from(y > t))),
            Loss::Hinge => sides.extend(pairs.map(|(y, t)| usize::from((2.0 * t - 1.0) * y < 1.0))),
            _ => {}
        }
        sides
    }

    /// Compares one coordinate, which `place` finds among the weights and inputs.
    fn compare(&mut self, what: &str, grad: f32, place: impl Fn(&mut Self) -> &mut f32, tally: &mut Tally) {
        // The quotient of four points is wrong by H⁴ / 30 of the fifth derivative (some hundreds at
        // these weights: 3e-8) and by the rounding of the pass over H (1e-7 of the loss: 1e-5 of it).
        // The worst of all that is compared here measures 2.6e-5; at H = 1/64 it is truncation,
        // 1.5e-4, at H = 1/256 rounding, 3.8e-5.
        const TOLERANCE: f64 = 1e-4;
        let middle = *place(self);
        let mut at = |steps: f64| {
            *place(self) = middle + (steps * H) as f32;
            let loss = self.total_loss();
            *place(self) = middle;
            (loss, self.sides())
        };
        let (near, far) = ([at(1.0), at(-1.0)], [at(2.0), at(-2.0)]);
        if near.iter().chain(&far).any(|(_, sides)| *sides != near[0].1) {
            tally.skipped += 1;
            return;
        }
        let numeric = (8.0 * (near[0].0 - near[1].0) - (far[0].0 - far[1].0)) / (12.0 * H);
        let error = (f64::from(grad) - numeric).abs() / near[0].0.max(numeric.abs()).max(1.0);
        assert!(error < TOLERANCE, "{}, {what}: {grad} vs {numeric}", self.name);
        tally.compared += 1;
        tally.worst = tally.worst.max(error);
    }

    /// Every weight, bias and input.
    fn check(self, tally: &mut Tally) {
        let (mut case, grad_inputs) = self.check_weights(tally);
        for (index, grad) in grad_inputs.into_iter().enumerate() {
            case.compare(&format!("input {index}"), grad, |case| &mut case.inputs[index], tally);
        }
    }

    /// Every weight and bias; returns the gradients of the inputs.
    fn check_weights(mut self, tally: &mut Tally) -> (Self, Vec<f32>) {
        let exact = self.total_loss();
        let loss = self.network.backward(&self.inputs, &self.targets, &mut self.pass);
        let error = (f64::from(loss) - exact).abs();
        assert!(error < 1e-6 * exact.max(1.0), "{}: loss {loss} vs {exact}", self.name);
        let grad_inputs = self.network.input_gradient(&self.inputs, &mut self.pass);
        for index in 0..self.network.weights.len() {
            let grad = self.network.grads[index];
            let slot = self.network.slots().iter().find(|slot| slot.range.contains(&index));
            let slot = slot.expect("every weight is in a slot");
            if slot.tied.is_some() {
                continue; // only the share in the gradient of the kernel that it is
            }
            if !slot.is_trainable {
                assert_eq!(grad, 0.0, "{}, {} of layer {}", self.name, slot.name, slot.layer);
                continue;
            }
            let what = format!("{} of layer {}, weight {index}", slot.name, slot.layer);
            self.compare(&what, grad, |case| &mut case.network.weights[index], tally);
        }
        (self, grad_inputs)
    }
}

/// Output activations that a loss may stand behind.
fn outputs_of(loss: Loss) -> Vec<Activation> {
    loss.logits_of().map_or(Activation::ALL.to_vec(), |joined| vec![joined])
}

#[test]
fn every_activation_before_every_loss() {
    for loss in Loss::ALL {
        let mut tally = Tally::default();
        for output in outputs_of(loss) {
            for (seed, hidden) in Activation::ALL.into_iter().enumerate() {
                Case::new(hidden, output, loss, Regularizer::default(), seed as u64).check(&mut tally);
            }
        }
        assert!(tally.skipped * 20 < tally.compared, "{loss:?}: too many kinks: {tally:?}");
    }
}

#[test]
fn penalties_of_kernels() {
    let mut tally = Tally::default();
    for (l1, l2) in [(0.05, 0.0), (0.0, 0.05), (0.03, 0.02)] {
        for loss in Loss::ALL {
            let output = outputs_of(loss)[0];
            Case::new(Activation::Tanh, output, loss, Regularizer { l1, l2 }, 7).check(&mut tally);
        }
    }
    assert_eq!(tally.skipped, 0, "no kink is near: {tally:?}");
}

/// Checks `layer` where it meets images of `shape`, first and behind a convolution, before a loss that
/// sees all that it gives.
fn check_on_images(layer: &Value, shape: [usize; 3], mode: Mode, tally: &mut Tally) {
    let read = |layer: Value| serde_json::from_value::<LayerConfig>(layer).expect("Keras' words are ours");
    let before = json!({ "type": "conv2d", "filters": 2, "kernel_size": 1, "activation": "tanh" });
    let rest =
        [json!({ "type": "flatten" }), json!({ "type": "dense", "units": 3, "activation": "softmax" })];
    for first in [None, Some(before)] {
        let name = format!("{layer} on {shape:?}, {mode:?}, {} behind a convolution", first.is_some());
        let layers = first.into_iter().chain([layer.clone()]).chain(rest.clone()).map(read).collect();
        let mut case = Case::of(name, layers, &shape, Loss::SparseCategoricalCrossentropy, 61, 3);
        case.pass.mode = mode;
        case.check(tally);
    }
}

/// A layer of windows with these settings beside its own, on images of odd and even sides: every size,
/// stride and padding.
fn check_windows(layer: &Value, sizes: &str, shape: [usize; 3], tally: &mut Tally) {
    for (size, strides) in (1..=3).flat_map(|size| (1..=3).map(move |strides| (size, strides))) {
        for padding in ["valid", "same"] {
            let mut layer = layer.clone();
            layer[sizes] = size.into();
            layer["strides"] = strides.into();
            layer["padding"] = padding.into();
            check_on_images(&layer, shape, Mode::Inference, tally);
        }
    }
}

/// Images of odd and even sides.
const IMAGES: [[usize; 3]; 3] = [[5, 4, 3], [4, 7, 1], [3, 3, 2]];

#[test]
fn convolutions() {
    let mut tally = Tally::default();
    for (shape, (filters, activation)) in IMAGES.into_iter().zip([(3, "tanh"), (1, "relu"), (2, "softmax")]) {
        let layer = json!({ "type": "conv2d", "filters": filters, "activation": activation });
        check_windows(&layer, "kernel_size", shape, &mut tally);
    }
    let large = json!({ "type": "conv2d", "filters": 9, "kernel_size": 5, "padding": "same" });
    check_on_images(&large, [6, 3, 2], Mode::Inference, &mut tally);
    assert!(tally.skipped * 20 < tally.compared, "too many kinks: {tally:?}");
}

#[test]
fn transposed_convolutions() {
    let mut tally = Tally::default();
    for (shape, (filters, activation)) in
        [[3, 2, 3], [2, 3, 1], [1, 3, 2]].into_iter().zip([(2, "tanh"), (1, "relu"), (2, "softmax")])
    {
        let layer = json!({ "type": "conv2d_transpose", "filters": filters, "activation": activation });
        check_windows(&layer, "kernel_size", shape, &mut tally);
    }
    let large = json!({ "type": "conv2d_transpose", "filters": 9, "kernel_size": 5, "padding": "same", "strides": 2 });
    check_on_images(&large, [2, 3, 2], Mode::Inference, &mut tally);
    assert!(tally.skipped * 20 < tally.compared, "too many kinks: {tally:?}");
}

#[test]
fn other_sizes_and_shapes() {
    let mut tally = Tally::default();
    for size in 1..=3 {
        for shape in [[3, 2, 3], [1, 3, 1], [2, 2, 8]] {
            let layer = json!({ "type": "up_sampling2d", "size": size });
            check_on_images(&layer, shape, Mode::Inference, &mut tally);
        }
    }
    let layer = json!({ "type": "reshape", "target_shape": [1, 6, 2] });
    check_on_images(&layer, [3, 2, 2], Mode::Inference, &mut tally);
    assert_eq!(tally.skipped, 0, "no kink is near: {tally:?}");
}

#[test]
fn max_poolings() {
    let mut tally = Tally::default();
    for shape in IMAGES {
        check_windows(&json!({ "type": "max_pooling2d" }), "pool_size", shape, &mut tally);
    }
    assert!(tally.skipped * 2 < tally.compared, "too many kinks: {tally:?}");
}

#[test]
fn average_poolings() {
    let mut tally = Tally::default();
    for shape in IMAGES {
        check_windows(&json!({ "type": "average_pooling2d" }), "pool_size", shape, &mut tally);
    }
    for shape in [[1, 1, 1], [3, 5, 2], [4, 4, 9]] {
        check_on_images(&json!({ "type": "global_average_pooling2d" }), shape, Mode::Inference, &mut tally);
    }
    assert_eq!(tally.skipped, 0, "no kink is near: {tally:?}");
}

#[test]
fn dropout_and_normalizations() {
    let mut tally = Tally::default();
    for layer in [
        json!({ "type": "dropout", "rate": 0.4 }),
        json!({ "type": "batch_normalization", "epsilon": 0.5 }),
        json!({ "type": "layer_normalization", "epsilon": 0.5 }),
    ] {
        for shape in [[2, 3, 3], [1, 2, 1], [2, 1, 8], [1, 1, 11]] {
            for mode in [Mode::Inference, Mode::Training { step: 5 }] {
                check_on_images(&layer, shape, mode, &mut tally);
            }
        }
    }
    assert_eq!(tally.skipped, 0, "no kink is near: {tally:?}");
}

/// Ways past one layer, past several, past each other and from the input itself.
#[test]
fn residual_connections() {
    let mut tally = Tally::default();
    let dense = |units: usize| json!({ "type": "dense", "units": units, "activation": "tanh" });
    let add = |skip: usize| json!({ "type": "add", "skip": skip });
    let norm = |kind: &str| json!({ "type": kind, "epsilon": 0.5 });
    for (what, layers) in [
        ("over one layer", json!([dense(4), dense(4), add(1), dense(3)])),
        ("over two", json!([dense(4), dense(4), dense(4), add(2), dense(3)])),
        ("from the input", json!([dense(2), add(1), dense(4), dense(2), add(4), dense(3)])),
        ("two from one place", json!([dense(4), dense(4), add(1), dense(4), add(3), dense(3)])),
        ("crossing", json!([dense(4), dense(4), dense(4), add(2), dense(4), add(3), dense(3)])),
        ("itself twice", json!([dense(4), dense(4), add(1), add(1), dense(3)])),
        ("at the end", json!([dense(3), dense(3), add(1)])),
        (
            "around noise",
            json!([dense(4), dense(4), norm("batch_normalization"), { "type": "dropout", "rate": 0.3 },
                norm("layer_normalization"), add(4), dense(3)]),
        ),
    ] {
        let layers: Vec<LayerConfig> = serde_json::from_value(layers).unwrap();
        let case = Case::of(what.into(), layers.clone(), &[2], Loss::MeanSquaredError, 61, 3);
        case.check(&mut tally);
        let mut case = Case::of(what.into(), layers, &[2], Loss::MeanSquaredError, 61, 4);
        case.pass.mode = Mode::Training { step: 5 };
        case.check(&mut tally);
    }
    let conv =
        json!({ "type": "conv2d", "filters": 2, "kernel_size": 3, "padding": "same", "activation": "tanh" });
    let images = json!([conv, conv, add(1), { "type": "flatten" }, dense(3)]);
    let images: Vec<LayerConfig> = serde_json::from_value(images).unwrap();
    Case::of("images".into(), images, &[4, 3, 1], Loss::MeanSquaredError, 31, 3).check(&mut tally);
    assert_eq!(tally.skipped, 0, "no kink is near: {tally:?}");
}

/// Many outputs compared number by number with targets between 0 and 1, as an autoencoder has them; and the
/// layer before the first weights, which training passes no gradient, has one where the inputs' is asked for.
#[test]
fn inputs_as_targets() {
    let mut tally = Tally::default();
    for loss in [Loss::BinaryCrossentropy, Loss::MeanSquaredError, Loss::MeanAbsoluteError] {
        let layers = json!([
            { "type": "flatten" },
            { "type": "dense", "units": 2, "activation": "tanh" },
            { "type": "dense", "units": 6, "activation": "sigmoid" },
        ]);
        let layers = serde_json::from_value(layers).unwrap();
        let mut case = Case::of(format!("{loss:?} of inputs"), layers, &[2, 3, 1], loss, 61, 7);
        case.targets = case.inputs.iter().map(|x| x.abs()).collect();
        case.check(&mut tally);
    }
    assert!(tally.skipped * 20 < tally.compared, "too many kinks: {tally:?}");
}

/// Convolutions whose images are compared with those that went in.
#[test]
fn images_as_outputs() {
    let mut tally = Tally::default();
    let down = json!({ "type": "conv2d", "filters": 2, "kernel_size": 3, "strides": 2, "padding": "same", "activation": "tanh" });
    let layer = |kind: &str, rest: Value| {
        let mut layer = json!({ "type": kind, "kernel_size": 3, "padding": "same" });
        layer.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        layer
    };
    for output in ["sigmoid", "linear"] {
        let up = |filters: usize, activation: &str| {
            layer("conv2d_transpose", json!({ "filters": filters, "strides": 2, "activation": activation }))
        };
        let conv = layer("conv2d", json!({ "filters": 1, "activation": output }));
        let lists = [
            json!([down, up(1, output)]),
            json!([down, up(2, "tanh"), conv]),
            json!([down, { "type": "up_sampling2d" }, conv]),
            json!([down, { "type": "flatten" }, { "type": "dense", "units": 3, "activation": "tanh" },
                { "type": "dense", "units": 6 }, { "type": "reshape", "target_shape": [2, 3, 1] }, up(1, output)]),
        ];
        for (layers, loss) in lists.into_iter().flat_map(|layers| {
            [Loss::BinaryCrossentropy, Loss::MeanSquaredError].map(|loss| (layers.clone(), loss))
        }) {
            if output == "linear" && loss == Loss::BinaryCrossentropy {
                continue;
            }
            let name = format!("{loss:?} of {layers}");
            let layers: Vec<LayerConfig> = serde_json::from_value(layers).unwrap();
            let mut case = Case::of(name, layers, &[4, 6, 1], loss, 61, 7);
            case.targets = case.inputs.iter().map(|x| x.abs()).collect();
            case.check(&mut tally);
        }
    }
    assert_eq!(tally.skipped, 0, "no kink is near: {tally:?}");
}

/// A kernel that others are tied to moves what they give too, and a penalty on it counts once.
#[test]
fn tied_kernels() {
    let mut tally = Tally::default();
    let dense = |units: usize| json!({ "type": "dense", "units": units, "activation": "tanh" });
    let tied = |units: usize, over: usize| json!({ "type": "dense", "units": units, "activation": "tanh", "tied": over });
    for (what, layers) in [
        ("one after the other", json!([dense(3), tied(2, 1), dense(3)])),
        ("mirrored", json!([dense(5), dense(3), tied(5, 1), tied(2, 3)])),
        ("two to one", json!([dense(4), tied(2, 1), dense(4), tied(2, 3)])),
        (
            "over others",
            json!([dense(4), { "type": "layer_normalization", "epsilon": 0.5 }, tied(2, 2), dense(3)]),
        ),
    ] {
        let mut layers: Vec<LayerConfig> = serde_json::from_value(layers).unwrap();
        let case = Case::of(what.into(), layers.clone(), &[2], Loss::MeanSquaredError, 61, 3);
        case.check(&mut tally);
        let penalty = Regularizer { l1: 0.03, l2: 0.02 };
        for layer in layers.iter_mut().filter_map(LayerConfig::as_dense_mut) {
            if layer.tied.is_none() {
                layer.kernel_regularizer = penalty;
            }
        }
        let mut case = Case::of(format!("{what}, penalised"), layers, &[2], Loss::MeanSquaredError, 61, 4);
        case.regularizer = penalty;
        case.check(&mut tally);
    }
    assert_eq!(tally.skipped, 0, "no kink is near: {tally:?}");
}

/// L1 of the outputs of the first layer, by 0.3, in a training pass.
fn l1_of_outputs(case: &Case) -> f64 {
    let outputs = &case.pass.traces[0].output;
    0.3 * outputs.iter().map(|&a| f64::from(a).abs()).sum::<f64>() / ROWS as f64
}

/// The divergence of their means from 0.2, by 0.7.
fn divergence_of_means(case: &Case) -> f64 {
    let units = case.network.units()[0];
    let mean = |unit: usize| {
        let outputs = case.pass.traces[0].output.iter().skip(unit).step_by(units);
        outputs.map(|&a| f64::from(a)).sum::<f64>() / ROWS as f64
    };
    let of = |q: f64| 0.2 * libm::log(0.2 / q) + 0.8 * libm::log(0.8 / (1.0 - q));
    0.7 * (0..units).map(|unit| of(mean(unit))).sum::<f64>()
}

#[test]
fn penalties_on_outputs() {
    let mut tally = Tally::default();
    for (regularizer, activation, penalties) in [
        (json!({ "l1": 0.3 }), "sigmoid", l1_of_outputs as fn(&Case) -> f64),
        (json!({ "l1": 0.3 }), "softplus", l1_of_outputs),
        (json!({ "kl": 0.7, "rho": 0.2 }), "sigmoid", divergence_of_means),
        (json!({ "l1": 0.3, "kl": 0.7, "rho": 0.2 }), "sigmoid", |case| {
            l1_of_outputs(case) + divergence_of_means(case)
        }),
    ] {
        for loss in [Loss::MeanSquaredError, Loss::SparseCategoricalCrossentropy] {
            let layers = json!([
                { "type": "dense", "units": 4, "activation": activation, "activity_regularizer": regularizer },
                { "type": "dense", "units": 3, "activation": "softmax" },
            ]);
            let layers: Vec<LayerConfig> = serde_json::from_value(layers).unwrap();
            let of = |mode: Mode| {
                let what = format!("{regularizer} of {activation} under {loss:?}, {mode:?}");
                let mut case = Case::of(what, layers.clone(), &[2], loss, 61, 3);
                case.pass.mode = mode;
                case
            };
            Case { penalties, ..of(Mode::Training { step: 5 }) }.check(&mut tally);
            of(Mode::Inference).check(&mut tally);
        }
    }
    assert_eq!(tally.skipped, 0, "no kink is near: {tally:?}");
}

/// The divergence of the codes that the layer before the sampling tells, by β = 1.5, for a loss that is a mean over so
/// many numbers of a row.
fn divergence_of_codes(case: &Case, numbers: usize) -> f64 {
    let codes = case.pass.traces[0].output.chunks_exact(4).flat_map(|row| row[..2].iter().zip(&row[2..]));
    let of = |mean: f64, log_variance: f64| mean * mean + libm::exp(log_variance) - 1.0 - log_variance;
    let sum: f64 = codes.map(|(&mean, &log_variance)| of(mean.into(), log_variance.into())).sum();
    1.5 * 0.5 * sum / (ROWS * numbers) as f64
}

#[test]
fn sampled_codes() {
    let mut tally = Tally::default();
    for (loss, penalties) in [
        (Loss::MeanSquaredError, (|case| divergence_of_codes(case, 3)) as fn(&Case) -> f64),
        (Loss::SparseCategoricalCrossentropy, |case| divergence_of_codes(case, 1)),
    ] {
        let of = |kl_weight: f32, mode: Mode| {
            let layers = json!([
                { "type": "dense", "units": 4 },
                { "type": "sampling", "kl_weight": kl_weight },
                { "type": "dense", "units": 3, "activation": "softmax" },
            ]);
            let what = format!("β = {kl_weight} under {loss:?}, {mode:?}");
            let layers = serde_json::from_value(layers).unwrap();
            let mut case = Case::of(what, layers, &[2], loss, 61, 3);
            case.pass.mode = mode;
            case
        };
        Case { penalties, ..of(1.5, Mode::Training { step: 5 }) }.check(&mut tally);
        of(0.0, Mode::Training { step: 5 }).check(&mut tally);
        of(1.5, Mode::Inference).check(&mut tally);
    }
    assert_eq!(tally.skipped, 0, "no kink is near: {tally:?}");
}

/// The gradient that shows what a picture was read by is that of the logit, and leaves those of training alone.
#[test]
fn the_gradient_of_a_logit_is_that_of_the_input() {
    let layers = json!([
        { "type": "conv2d", "filters": 3, "kernel_size": 3, "activation": "tanh" },
        { "type": "average_pooling2d" },
        { "type": "conv2d", "filters": 2, "kernel_size": 2, "padding": "same", "activation": "tanh" },
        { "type": "flatten" },
        { "type": "dense", "units": 3, "activation": "softmax" },
    ]);
    let layers: Vec<LayerConfig> = serde_json::from_value(layers).unwrap();
    for loss in [Loss::SparseCategoricalCrossentropy, Loss::MeanSquaredError] {
        let mut case = Case::of(format!("{loss:?}"), layers.clone(), &[8, 7, 1], loss, 60, 5);
        let (network, inputs) = (&case.network, &mut case.inputs);
        assert_eq!(network.has_logits(), loss != Loss::MeanSquaredError);
        let mut pass = Pass::default();
        for class in 0..3 {
            network.forward(inputs, &mut pass);
            let gradient = network.logit_gradient(inputs, class, &mut pass);
            // Each row has a logit of its own: the sum of them over the batch moves with one number of it.
            let mut sum = |inputs: &[f32]| -> f64 {
                network.forward(inputs, &mut pass);
                let last = pass.traces.last().unwrap();
                let scores = if network.has_logits() { &last.pre_activation } else { &last.output };
                scores.chunks_exact(3).map(|row| f64::from(row[class])).sum()
            };
            for (index, &slope) in gradient.iter().enumerate() {
                let before = inputs[index];
                inputs[index] = before + H as f32;
                let above = sum(inputs);
                inputs[index] = before - H as f32;
                let below = sum(inputs);
                inputs[index] = before;
                let numeric = (above - below) / (2.0 * H);
                assert!(
                    (f64::from(slope) - numeric).abs() < 2e-4,
                    "{loss:?}, {index}: {slope} and {numeric}"
                );
            }
            assert!(gradient.iter().any(|slope| slope.abs() > 0.01));
        }
    }
}

/// A network of these layers on sequences of `time` steps of 2 features, before a mean squared error or, where the last layer
/// has a softmax, a cross-entropy.
fn check_sequences(name: &str, layers: &Value, time: usize, tally: &mut Tally) {
    let list: Vec<LayerConfig> = serde_json::from_value(layers.clone()).expect("layers");
    let is_softmax = list.last().and_then(LayerConfig::activation) == Some(Activation::Softmax);
    let loss = if is_softmax { Loss::SparseCategoricalCrossentropy } else { Loss::MeanSquaredError };
    Case::of(format!("{name}: {layers}"), list, &[time, 2], loss, 60, 11).check(tally);
}

#[test]
fn recurrent_layers() {
    let mut tally = Tally::default();
    let cells = [
        json!({ "type": "simple_rnn", "units": 3 }),
        json!({ "type": "lstm", "units": 3 }),
        json!({ "type": "gru", "units": 3 }),
    ];
    let with = |cell: &Value, key: &str, value: Value| {
        let mut cell = cell.clone();
        cell[key] = value;
        cell
    };
    let softmax = json!({ "type": "dense", "units": 3, "activation": "softmax" });
    for cell in &cells {
        let sequences = with(cell, "return_sequences", json!(true));
        check_sequences("last state", &json!([cell]), 5, &mut tally);
        check_sequences("one step", &json!([cell]), 1, &mut tally);
        check_sequences("every state", &json!([sequences]), 5, &mut tally);
        check_sequences("dense over time", &json!([sequences, softmax]), 4, &mut tally);
        check_sequences("dense at the end", &json!([cell, softmax]), 4, &mut tally);
        check_sequences("two deep", &json!([sequences, cell, softmax]), 4, &mut tally);
        let cropped = json!([sequences, { "type": "cropping1d", "cropping": [2, 1] }, softmax]);
        check_sequences("cropped", &cropped, 5, &mut tally);
        check_sequences("through 50 steps", &json!([with(cell, "units", json!(2)), softmax]), 50, &mut tally);
        for merge_mode in ["concat", "sum", "mul", "ave"] {
            for layer in [cell, &sequences] {
                let both = json!({ "type": "bidirectional", "layer": layer, "merge_mode": merge_mode });
                check_sequences("both ways", &json!([both]), 4, &mut tally);
            }
        }
        for activation in ["relu", "softsign", "gelu", "softmax"] {
            check_sequences(
                activation,
                &json!([with(cell, "activation", json!(activation)), softmax]),
                4,
                &mut tally,
            );
        }
    }
    for cell in &cells[1..] {
        for activation in ["tanh", "softplus", "softmax"] {
            let cell = with(cell, "recurrent_activation", json!(activation));
            check_sequences(activation, &json!([cell, softmax]), 4, &mut tally);
        }
    }
    println!("{tally:?}");
    assert!(tally.skipped * 20 < tally.compared, "{tally:?}");
}

#[test]
fn embeddings() {
    let mut tally = Tally::default();
    let layers: Vec<LayerConfig> = serde_json::from_value(json!([
        { "type": "embedding", "input_dim": 5, "output_dim": 2 },
        { "type": "lstm", "units": 2, "return_sequences": true },
        { "type": "dense", "units": 3, "activation": "softmax" } ]))
    .expect("layers");
    let loss = Loss::SparseCategoricalCrossentropy;
    let mut case = Case::of("embedding".into(), layers, &[6], loss, 60, 3);
    case.inputs = (0..ROWS * 6).map(|index| (index * index % 7 % 5) as f32).collect();
    let (_, grad_inputs) = case.check_weights(&mut tally);
    assert!(grad_inputs.iter().all(|grad| *grad == 0.0), "an index has no slope");
    assert!(tally.compared == 10 + 2 * 8 + 2 * 8 + 8 + 9 && tally.skipped == 0, "{tally:?}");
}
