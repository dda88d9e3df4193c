//! How fast each kernel is, natively: `cargo bench --bench kernels`. `items/s` are multiplications with their
//! addition, or numbers that were made.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use glassbox::nn::{Activation, Loss, Network, NetworkConfig, Pass};
use glassbox::tensor::convolution::{self, Sliding};
use glassbox::tensor::{Rng, Stream, all_finite, l2_norm, matmul};
use glassbox::train::{Optimizer, OptimizerConfig, OptimizerName};
use serde_json::json;

fn main() {
    divan::main();
}

/// Rows, inputs and units of layers: of 2-8-8-1, of 2-[16x10]-1, of an autoencoder 784-128-32, of gates.
const SHAPES: [[usize; 3]; 9] = [
    [10, 2, 8],
    [10, 8, 8],
    [10, 8, 1],
    [32, 2, 16],
    [32, 16, 16],
    [32, 16, 1],
    [64, 784, 128],
    [64, 128, 32],
    [32, 72, 256],
];
/// Products per sample.
const PRODUCTS: usize = 100;

fn numbers(count: usize) -> Vec<f32> {
    let mut rng = Rng::new(1, Stream::Data);
    (0..count).map(|_| rng.normal()).collect()
}

#[divan::bench(args = SHAPES)]
fn affine(bencher: Bencher, [m, k, n]: [usize; 3]) {
    let (x, w, bias, mut y) = (numbers(m * k), numbers(k * n), numbers(n), numbers(m * n));
    bencher.counter(ItemsCount::new(PRODUCTS * m * k * n)).bench_local(|| {
        for _ in 0..PRODUCTS {
            matmul::affine(black_box(&x), black_box(&w), black_box(&bias), black_box(&mut y));
        }
    });
}

#[divan::bench(args = SHAPES)]
fn transposed_left(bencher: Bencher, [m, k, n]: [usize; 3]) {
    let (x, g, mut dw) = (numbers(m * k), numbers(m * n), numbers(k * n));
    bencher.counter(ItemsCount::new(PRODUCTS * m * k * n)).bench_local(|| {
        for _ in 0..PRODUCTS {
            matmul::transposed_left(black_box(&x), black_box(&g), black_box(&mut dw), n);
        }
    });
}

#[divan::bench(args = SHAPES)]
fn transposed_right(bencher: Bencher, [m, k, n]: [usize; 3]) {
    let (g, w, mut dx) = (numbers(m * n), numbers(k * n), numbers(m * k));
    bencher.counter(ItemsCount::new(PRODUCTS * m * k * n)).bench_local(|| {
        for _ in 0..PRODUCTS {
            matmul::transposed_right(black_box(&g), black_box(&w), black_box(&mut dx), n);
        }
    });
}

/// The convolutions of the CNN lab's reference network: image, channels, filters.
const CONVOLUTIONS: [[usize; 3]; 2] = [[28, 1, 8], [13, 8, 16]];

fn sliding([side, channels, _]: [usize; 3]) -> Sliding {
    Sliding { size: 3, channels, strides: 1, image: [side; 2], windows: [side - 2; 2] }
}

/// Numbers of its kernel, and of its outputs for an image.
fn sizes(sliding: &Sliding, filters: usize) -> [usize; 2] {
    [9 * sliding.channels * filters, sliding.windows[0] * sliding.windows[1] * filters]
}

#[divan::bench(args = CONVOLUTIONS)]
fn convolve(bencher: Bencher, shape: [usize; 3]) {
    let (sliding, filters) = (sliding(shape), shape[2]);
    let [kernel, outputs] = sizes(&sliding, filters);
    let (image, kernel, bias) = (numbers(sliding.numbers()), numbers(kernel), numbers(filters));
    let (mut packed, mut y) = (vec![0.0; kernel.len()], vec![0.0; outputs]);
    convolution::pack_kernel(&kernel, &mut packed, filters);
    bencher.counter(ItemsCount::new(outputs * kernel.len() / filters)).bench_local(|| {
        convolution::convolve(&sliding, black_box(&image), &packed, &bias, black_box(&mut y));
    });
}

#[divan::bench(args = CONVOLUTIONS)]
fn add_kernel_gradient(bencher: Bencher, shape: [usize; 3]) {
    let (sliding, filters) = (sliding(shape), shape[2]);
    let [kernel, outputs] = sizes(&sliding, filters);
    let (image, g, mut grad) = (numbers(sliding.numbers()), numbers(outputs), vec![0.0; kernel]);
    bencher.counter(ItemsCount::new(outputs * kernel / filters)).bench_local(|| {
        convolution::add_kernel_gradient(&sliding, black_box(&image), &g, black_box(&mut grad), filters);
    });
}

#[divan::bench(args = [CONVOLUTIONS[1]])]
fn add_input_gradient(bencher: Bencher, shape: [usize; 3]) {
    let (sliding, filters) = (sliding(shape), shape[2]);
    let [kernel, outputs] = sizes(&sliding, filters);
    let (kernel, g) = (numbers(kernel), numbers(outputs));
    let (mut packed, mut grad) = (vec![0.0; kernel.len()], vec![0.0; sliding.numbers()]);
    convolution::pack_transposed(&kernel, &mut packed, sliding.channels, filters);
    bencher.counter(ItemsCount::new(outputs * kernel.len() / filters)).bench_local(|| {
        convolution::add_input_gradient(&sliding, black_box(&g), &packed, black_box(&mut grad), filters);
    });
}

/// Forward, backward to the weights, loss, and backward to the inputs.
#[divan::bench(args = ["max_pooling2d", "average_pooling2d", "batch_normalization", "layer_normalization"])]
fn layer_forward_and_backward(bencher: Bencher, kind: &str) {
    let (shape, items) = ([26, 26, 8], 16);
    let config = NetworkConfig { layers: serde_json::from_value(json!([{ "type": kind }])).expect("layers") };
    let mut network = Network::new(&config, &shape, Loss::MeanSquaredError, 1).expect("a network");
    let inputs = numbers(items * shape.iter().product::<usize>());
    let targets = vec![0.0; items * network.outputs()];
    let mut pass = Pass::training(0);
    bencher.counter(ItemsCount::new(inputs.len())).bench_local(|| {
        network.forward(black_box(&inputs), &mut pass);
        black_box(network.backward(&inputs, &targets, &mut pass));
        black_box(network.input_gradient(&inputs, &mut pass));
    });
}

/// Numbers that go through a function at once.
const NUMBERS: usize = 4096;

#[divan::bench(args = Activation::ALL)]
fn activate(bencher: Bencher, activation: Activation) {
    let (z, mut y) = (numbers(NUMBERS), vec![0.0; NUMBERS]);
    bencher
        .counter(ItemsCount::new(NUMBERS))
        .bench_local(|| activation.apply(black_box(&z), black_box(&mut y), 16));
}

#[divan::bench(args = Activation::ALL)]
fn activate_backward(bencher: Bencher, activation: Activation) {
    let (z, mut y, mut grad) = (numbers(NUMBERS), vec![0.0; NUMBERS], vec![0.0; NUMBERS]);
    activation.apply(&z, &mut y, 16);
    bencher
        .counter(ItemsCount::new(NUMBERS))
        .bench_local(|| activation.backward(black_box(&z), &z, &y, black_box(&mut grad), 16));
}

#[divan::bench(args = Loss::ALL)]
fn loss_with_gradient(bencher: Bencher, loss: Loss) {
    let (values, targets, mut grad) = (numbers(NUMBERS), vec![0.5; NUMBERS], vec![0.0; NUMBERS]);
    bencher
        .counter(ItemsCount::new(NUMBERS))
        .bench_local(|| loss.evaluate(black_box(&values), &targets, 16, Some(black_box(&mut grad))));
}

#[divan::bench]
fn sum_rows(bencher: Bencher) {
    let (g, mut sums) = (numbers(NUMBERS), vec![0.0; 16]);
    bencher
        .counter(ItemsCount::new(NUMBERS))
        .bench_local(|| matmul::sum_rows(black_box(&g), black_box(&mut sums)));
}

#[divan::bench]
fn norm(bencher: Bencher) {
    let values = numbers(NUMBERS);
    bencher.counter(ItemsCount::new(NUMBERS)).bench_local(|| l2_norm(black_box(&values)));
}

#[divan::bench]
fn finite(bencher: Bencher) {
    let values = numbers(NUMBERS);
    bencher.counter(ItemsCount::new(NUMBERS)).bench_local(|| all_finite(black_box(&values)));
}

#[divan::bench(args = OptimizerName::ALL)]
fn update(bencher: Bencher, name: OptimizerName) {
    let (mut weights, mut grads) = (numbers(NUMBERS), numbers(NUMBERS));
    let mut optimizer = Optimizer::new(OptimizerConfig::new(name, 1e-6), NUMBERS);
    let layer = json!({ "layers": [{ "type": "dense", "units": NUMBERS / 4 }] }); // of three inputs and a bias
    let layer: NetworkConfig = serde_json::from_value(layer).unwrap();
    let network = Network::new(&layer, &[3], Loss::MeanSquaredError, 7).unwrap();
    bencher
        .counter(ItemsCount::new(NUMBERS))
        .bench_local(|| optimizer.update(black_box(&mut weights), black_box(&mut grads), network.slots()));
}
