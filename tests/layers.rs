//! What layers promise beside their gradients (`gradients.rs`) and their numbers (`golden.rs`): what they
//! refuse, what training passes do and leave alone, and the order of a convolution's sums, bit for bit.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::nn::{Loss, Mode, Network, NetworkConfig, Pass};
use glassbox::tensor::{Rng, Stream};
use glassbox::train::{Experiment, Optimizer, OptimizerConfig, OptimizerName, Run};
use serde_json::{Value, json};

fn network(layers: Value, shape: &[usize], loss: Loss) -> Result<Network, String> {
    let config: NetworkConfig =
        serde_json::from_value(json!({ "layers": layers })).map_err(|error| error.to_string())?;
    Network::new(&config, shape, loss, 7).map_err(|error| error.to_string())
}

fn numbers(count: usize) -> Vec<f32> {
    let mut rng = Rng::new(1, Stream::Data);
    (0..count).map(|_| rng.normal() * libm::exp2f(rng.between(-8.0, 8.0))).collect()
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn what_a_layer_cannot_take_is_refused_in_words() {
    let conv = json!({ "type": "conv2d", "filters": 4, "kernel_size": 5 });
    let with = |layer: &Value, key: &str, value: Value| {
        let mut layer = layer.clone();
        layer[key] = value;
        layer
    };
    let pool = json!({ "type": "max_pooling2d" });
    let average = json!({ "type": "average_pooling2d" });
    let dense = json!({ "type": "dense", "units": 2 });
    let batch = json!({ "type": "batch_normalization" });
    let transpose = json!({ "type": "conv2d_transpose", "filters": 4, "kernel_size": 5 });
    let (image, small): (&[usize], &[usize]) = (&[8, 8, 1], &[4, 8, 1]);
    let cases: Vec<(Value, &[usize], &[&str])> = vec![
        (json!([conv]), small, &["network.layers.0 (conv2d)", "5 × 5", "[4, 8, 1]"]),
        (json!([conv]), &[20], &["network.layers.0 (conv2d)", "[height, width, channels]", "[20]"]),
        (json!([pool, pool, pool, pool]), image, &["network.layers.3 (max_pooling2d)", "2 × 2"]),
        (json!([average]), &[1, 1, 1], &["network.layers.0 (average_pooling2d)"]),
        (json!([{ "type": "global_average_pooling2d" }]), &[3], &["global_average_pooling2d"]),
        (json!([conv, dense]), image, &["network.layers.1 (dense)", "flatten", "[4, 4, 4]"]),
        (json!([with(&conv, "kernel_size", json!(12))]), image, &["kernel_size is 12", "from 1 to 11"]),
        (json!([with(&conv, "strides", json!(0))]), image, &["network.layers.0.strides is 0", "from 1"]),
        (json!([with(&conv, "filters", json!(5000))]), image, &["filters is 5000", "from 1 to 4096"]),
        (json!([with(&conv, "padding", json!("full"))]), image, &["full", "valid", "same"]),
        (json!([with(&conv, "kernel_regularizer", json!({ "l2": 11 }))]), image, &["kernel_regularizer.l2"]),
        (json!([with(&pool, "pool_size", json!(0))]), image, &["network.layers.0.pool_size is 0"]),
        (json!([with(&average, "strides", json!(33))]), image, &["strides is 33", "from 1 to 32"]),
        (json!([{ "type": "dropout", "rate": 1.0 }]), image, &["rate is 1", "from 0 to 0.99"]),
        (json!([with(&batch, "momentum", json!(1.5))]), image, &["momentum is 1.5", "from 0 to 1"]),
        (json!([with(&batch, "epsilon", json!(0))]), image, &["network.layers.0.epsilon is 0"]),
        (json!([with(&batch, "rate", json!(0))]), image, &["rate"]),
        (json!([{ "type": "layer_normalization", "epsilon": 2 }]), image, &["epsilon is 2"]),
        (json!([{ "type": "flatten", "units": 2 }]), image, &["units"]),
        (
            json!([transpose]),
            &[20],
            &["network.layers.0 (conv2d_transpose)", "[height, width, channels]", "[20]"],
        ),
        (json!([with(&transpose, "kernel_size", json!(0))]), image, &["kernel_size is 0", "from 1 to 11"]),
        (json!([with(&transpose, "strides", json!(12))]), image, &["layers.0.strides is 12", "from 1 to 11"]),
        (json!([with(&transpose, "padding", json!("full"))]), image, &["full", "valid", "same"]),
        (
            json!([with(&transpose, "kernel_regularizer", json!({ "l2": 11 }))]),
            image,
            &["kernel_regularizer.l2"],
        ),
        (
            json!([{ "type": "up_sampling2d" }]),
            &[8],
            &["network.layers.0 (up_sampling2d)", "[height, width, channels]"],
        ),
        (json!([{ "type": "up_sampling2d", "size": 33 }]), image, &["layers.0.size is 33", "from 1 to 32"]),
        (json!([{ "type": "up_sampling2d", "interpolation": "bilinear" }]), image, &["interpolation"]),
        (
            json!([{ "type": "reshape", "target_shape": [3, 7, 3] }]),
            image,
            &[
                "network.layers.0.target_shape is [3, 7, 3], 63 numbers, but must be of 64 numbers, those of its input [8, 8, 1]",
            ],
        ),
        (
            json!([{ "type": "reshape", "target_shape": [8, 8] }]),
            image,
            &["target_shape is [8, 8]", "[features]"],
        ),
        (json!([{ "type": "reshape", "target_shape": [] }]), image, &["target_shape is []"]),
        (
            json!([{ "type": "reshape", "target_shape": [4_000_000_000_u32, 4_000_000_000_u32, 8] }]),
            image,
            &["of 64 numbers"],
        ),
        (json!([{ "type": "conv3d" }]), image, &["conv3d", "`conv2d`", "`flatten`"]),
    ];
    for (layers, shape, words) in cases {
        let refused = network(layers.clone(), shape, Loss::MeanSquaredError).err();
        let refused = refused.unwrap_or_else(|| panic!("{layers} passes"));
        for word in words {
            assert!(refused.contains(word), "{layers}: {refused} lacks {word}");
        }
    }
}

/// None of these may be built, or even counted on 32 bits, before it is refused.
#[test]
fn what_would_fill_the_memory_is_refused() {
    let wide = json!([{ "type": "conv2d", "filters": 4096, "kernel_size": 1 }]);
    for shape in [[1, 20_000, 1], [20_000, 20_000, 1], [65_536, 65_536, 1]] {
        let counted = allocation_counter::measure(|| {
            let refused = network(wide.clone(), &shape, Loss::MeanSquaredError).err().expect("too large");
            assert!(refused.contains("the number of outputs of the layers"), "{refused}");
        });
        assert!(counted.bytes_max < 100_000, "{counted:?}");
    }
    for large in [
        json!({ "type": "up_sampling2d", "size": 32 }),
        json!({ "type": "conv2d_transpose", "filters": 4096, "kernel_size": 11, "strides": 11 }),
    ] {
        for shape in [[1000, 20_000, 1], [65_536, 65_536, 8]] {
            let counted = allocation_counter::measure(|| {
                let refused = network(json!([large, large]), &shape, Loss::MeanSquaredError).err();
                let refused = refused.expect("too large");
                assert!(refused.contains("the number of outputs of the layers"), "{refused}");
            });
            assert!(counted.bytes_max < 100_000, "{counted:?}");
        }
    }
    let heavy = json!([{ "type": "conv2d", "filters": 4096, "kernel_size": 11 }]);
    let refused = network(heavy, &[11, 11, 100], Loss::MeanSquaredError).err().expect("too large");
    assert!(refused.contains("the number of weights"), "{refused}");
    let rows = json!([{ "type": "conv2d", "filters": 3, "kernel_size": 2, "activation": "softmax" }]);
    let refused = network(rows, &[3, 3, 1], Loss::CategoricalCrossentropy).err().expect("no row");
    assert!(refused.contains("categorical_crossentropy") && refused.contains("flatten"), "{refused}");
}

/// The sums of `conv2d` and its gradients as its documentation gives them, in plain loops.
#[test]
fn a_convolution_is_the_naive_loop_bit_for_bit() {
    for ([height, width, channels], size, strides, padding, filters, rows) in [
        ([6, 5, 3], 3, 1, "valid", 4, 2),
        ([6, 5, 3], 3, 1, "same", 5, 3),
        ([7, 6, 1], 3, 2, "same", 8, 2),
        ([5, 9, 2], 2, 3, "valid", 1, 2),
        ([9, 11, 4], 5, 1, "same", 9, 2),
        ([6, 7, 12], 3, 1, "same", 17, 2),
        ([4, 4, 130], 11, 1, "same", 3, 3),
    ] {
        let what =
            format!("{size} × {size}, strides {strides}, {padding} on {height} × {width} × {channels}");
        let layers = json!([{ "type": "conv2d", "filters": filters, "kernel_size": size,
            "strides": strides, "padding": padding }]);
        let mut network = network(layers, &[height, width, channels], Loss::MeanSquaredError).unwrap();
        network.weights = numbers(network.weights.len());
        let input = numbers(rows * height * width * channels);
        let mut pass = Pass::default();
        // Smaller batches before and after: buffers keep nothing of another.
        for rows in [rows + 1, 1, rows] {
            let input = numbers(rows * height * width * channels);
            network.forward(&input, &mut pass);
            let targets = vec![0.5; pass.output().len()];
            network.backward(&input, &targets, &mut pass);
        }
        let grad_input = network.input_gradient(&input, &mut pass);

        let [out_height, out_width, _] = *network.shapes()[0] else { panic!("an image") };
        let before = |input: usize, output: usize| match padding {
            "same" => ((output - 1) * strides + size).saturating_sub(input) / 2,
            _ => 0,
        };
        let (top, left) = (before(height, out_height), before(width, out_width));
        let at = |item: usize, y: usize, x: usize| -> Option<usize> {
            let (y, x) = (y.checked_sub(top)?, x.checked_sub(left)?);
            (y < height && x < width).then_some(((item * height + y) * width + x) * channels)
        };
        let kernel = &network.weights[..size * size * channels * filters];
        let bias = &network.weights[kernel.len()..];
        let mut naive = Vec::new();
        let mut naive_kernel = vec![0.0_f32; kernel.len()];
        let mut naive_input = vec![0.0_f32; input.len()];
        for window in 0..rows * out_height * out_width {
            let (item, i, j) = (
                window / (out_height * out_width),
                window / out_width % out_height * strides,
                window % out_width * strides,
            );
            let grads = &pass.traces[0].grad_output[window * filters..][..filters];
            let mut sums = bias.to_vec();
            for (u, v, c) in
                (0..size * size * channels).map(|p| (p / channels / size, p / channels % size, p % channels))
            {
                let place = at(item, i + u, j + v).map(|at| at + c);
                let x = place.map_or(0.0, |place| input[place]);
                let row = ((u * size + v) * channels + c) * filters;
                let mut share = 0.0;
                for f in 0..filters {
                    sums[f] += x * kernel[row + f];
                    naive_kernel[row + f] += x * grads[f];
                    share += grads[f] * kernel[row + f];
                }
                if let Some(place) = place {
                    naive_input[place] += share;
                }
            }
            naive.extend(sums);
        }
        assert!(bits(pass.output()) == bits(&naive), "{what}: output");
        assert!(bits(&network.grads[..kernel.len()]) == bits(&naive_kernel), "{what}: kernel");
        assert!(bits(&grad_input) == bits(&naive_input), "{what}: input");
    }
}

/// The sums of `conv2d_transpose` and its gradients as its documentation gives them, in plain loops.
#[test]
fn a_transposed_convolution_is_the_naive_loop_bit_for_bit() {
    for ([height, width, channels], size, strides, padding, filters, rows) in [
        ([3, 4, 3], 3, 1, "valid", 4, 2),
        ([6, 5, 3], 3, 1, "same", 5, 3),
        ([7, 7, 16], 3, 2, "same", 8, 2),
        ([3, 5, 8], 4, 2, "valid", 9, 2),
        ([5, 4, 2], 2, 3, "valid", 1, 2),
        ([5, 4, 2], 2, 3, "same", 3, 2),
        ([4, 6, 17], 5, 3, "same", 12, 2),
        ([1, 1, 4], 7, 1, "same", 2, 1),
        ([2, 3, 1], 1, 2, "valid", 130, 3),
    ] {
        let what =
            format!("{size} × {size}, strides {strides}, {padding} on {height} × {width} × {channels}");
        let layers = json!([{ "type": "conv2d_transpose", "filters": filters, "kernel_size": size,
            "strides": strides, "padding": padding }]);
        let mut network = network(layers, &[height, width, channels], Loss::MeanSquaredError).unwrap();
        network.weights = numbers(network.weights.len());
        let input = numbers(rows * height * width * channels);
        let mut pass = Pass::default();
        // Smaller batches before and after: buffers keep nothing of another.
        for rows in [rows + 1, 1, rows] {
            let input = numbers(rows * height * width * channels);
            network.forward(&input, &mut pass);
            let targets = vec![0.5; pass.output().len()];
            network.backward(&input, &targets, &mut pass);
        }
        let grad_input = network.input_gradient(&input, &mut pass);

        let longer = if padding == "same" { 0 } else { size.max(strides) - strides };
        let side = |cells: usize| cells * strides + longer;
        assert_eq!(network.shapes()[0], [side(height), side(width), filters], "{what}");
        let before = if padding == "same" { size.saturating_sub(strides) / 2 } else { 0 };
        let at = |item: usize, y: usize, x: usize| -> Option<usize> {
            let (y, x) = (y.checked_sub(before)?, x.checked_sub(before)?);
            let [down, along] = [side(height), side(width)];
            (y < down && x < along).then_some(((item * down + y) * along + x) * filters)
        };
        let kernel = &network.weights[..size * size * channels * filters];
        let bias = &network.weights[kernel.len()..];
        let grads = &pass.traces[0].grad_output;
        let mut naive: Vec<f32> = bias.repeat(pass.output().len() / filters);
        let mut naive_kernel = vec![0.0_f32; kernel.len()];
        let mut naive_bias = vec![0.0_f32; filters];
        grads.iter().enumerate().for_each(|(index, grad)| naive_bias[index % filters] += grad);
        let mut naive_input = vec![0.0_f32; input.len()];
        for window in 0..rows * height * width {
            let (item, i, j) = (window / (height * width), window / width % height, window % width);
            let x = &input[window * channels..][..channels];
            for (u, v, f) in
                (0..size * size * filters).map(|p| (p / filters / size, p / filters % size, p % filters))
            {
                let Some(place) = at(item, i * strides + u, j * strides + v).map(|at| at + f) else {
                    continue;
                };
                let row = ((u * size + v) * filters + f) * channels;
                let mut share = 0.0;
                for c in 0..channels {
                    share += x[c] * kernel[row + c];
                    naive_kernel[row + c] += grads[place] * x[c];
                    naive_input[window * channels + c] += grads[place] * kernel[row + c];
                }
                naive[place] += share;
            }
        }
        assert!(bits(pass.output()) == bits(&naive), "{what}: output");
        assert!(bits(&network.grads[..kernel.len()]) == bits(&naive_kernel), "{what}: kernel");
        assert!(bits(&network.grads[kernel.len()..]) == bits(&naive_bias), "{what}: bias");
        assert!(bits(&grad_input) == bits(&naive_input), "{what}: input");
    }
}

/// By hand: two cells, laid down side by side.
#[test]
fn a_transposed_convolution_lays_its_kernel_down_for_every_cell() {
    let given_back = |padding: &str, size: usize, strides: usize, kernel: &[f32]| {
        let layers = json!([{ "type": "conv2d_transpose", "filters": 1, "kernel_size": size, "strides": strides,
            "padding": padding }]);
        let mut network = network(layers, &[1, 2, 1], Loss::MeanSquaredError).unwrap();
        assert_eq!(network.slots()[0].shape, [size, size, 1, 1]);
        network.weights[..kernel.len()].copy_from_slice(kernel);
        network.weights[kernel.len()] = 0.5;
        let mut pass = Pass::default();
        network.forward(&[10.0, 100.0], &mut pass);
        (network.shapes()[0].clone(), pass.output().to_vec())
    };
    let three = [0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 0.0, 0.0, 0.0]; // its middle row
    let (shape, valid) = given_back("valid", 3, 2, &three);
    assert_eq!(shape, [3, 5, 1]);
    assert_eq!(valid[..5], [0.5; 5]);
    assert_eq!(valid[5..10], [10.5, 20.5, 130.5, 200.5, 300.5]);
    // 3 − 2 = 1 cell too many in each direction: the last.
    let (shape, same) = given_back("same", 3, 2, &three);
    assert_eq!((shape, &same[4..]), (vec![2, 4, 1], &[10.5, 20.5, 130.5, 200.5][..]));
    // 3 − 1 = 2 cells too many: the first and the last.
    assert_eq!(given_back("same", 3, 1, &three), (vec![1, 2, 1], vec![120.5, 230.5]));
    // Windows that leave gaps, in which there is the bias alone, behind the last one too.
    let (shape, apart) = given_back("valid", 1, 3, &[2.0]);
    assert_eq!((shape, &apart[..6]), (vec![3, 6, 1], &[20.5, 0.5, 0.5, 200.5, 0.5, 0.5][..]));
    assert_eq!(apart[6..], [0.5; 12]);
}

#[test]
fn up_sampling_copies_every_cell_and_sums_what_its_copies_hand_back() {
    let layers = json!([{ "type": "up_sampling2d" }]);
    let mut network = network(layers, &[2, 1, 2], Loss::MeanSquaredError).unwrap();
    assert_eq!(network.shapes()[0], [4, 2, 2]);
    let (input, mut pass) = ([1.0, 2.0, 3.0, 4.0], Pass::default());
    network.forward(&input, &mut pass);
    let wanted =
        [[1.0, 2.0], [1.0, 2.0], [1.0, 2.0], [1.0, 2.0], [3.0, 4.0], [3.0, 4.0], [3.0, 4.0], [3.0, 4.0]];
    assert_eq!(pass.output(), wanted.concat());
    // ∂/∂y of the mean of (y − t)² over 16 numbers is (y − t) / 8; here y − t = 0, 1, …, 15.
    let targets: Vec<f32> = pass.output().iter().zip(0..).map(|(y, index)| y - index as f32).collect();
    network.backward(&input, &targets, &mut pass);
    let [a, b, c, d] = [[0, 2, 4, 6], [1, 3, 5, 7], [8, 10, 12, 14], [9, 11, 13, 15]]
        .map(|copies| copies.iter().sum::<i32>() as f32 / 8.0);
    assert_eq!(network.input_gradient(&input, &mut pass), [a, b, c, d]);
}

/// A loss that compares number by number takes an image, one of classes a row.
#[test]
fn an_image_can_be_an_output() {
    for kind in ["conv2d", "conv2d_transpose"] {
        let layer = |activation: &str| json!([{ "type": kind, "filters": 2, "kernel_size": 3, "padding": "same", "activation": activation }]);
        assert!(network(layer("sigmoid"), &[4, 3, 2], Loss::BinaryCrossentropy).is_ok());
        let refused = network(layer("relu"), &[4, 3, 2], Loss::BinaryCrossentropy).err().unwrap();
        assert!(refused.contains("activation is relu, but must be sigmoid"), "{refused}");
        for loss in [Loss::CategoricalCrossentropy, Loss::SparseCategoricalCrossentropy] {
            let refused = network(layer("softmax"), &[4, 3, 2], loss).err().unwrap();
            assert!(refused.contains("takes a row of outputs"), "{refused}");
        }
    }
}

/// Names are counted by kind: a transposed convolution is none of the others, as in Keras.
#[test]
fn kinds_whose_names_begin_alike_are_counted_apart() {
    let conv = |kind: &str| json!({ "type": kind, "filters": 1, "kernel_size": 1 });
    let layers = json!(["conv2d", "conv2d_transpose", "conv2d", "conv2d_transpose", "conv2d"].map(conv));
    let network = network(layers, &[2, 2, 1], Loss::MeanSquaredError).unwrap();
    let wanted = ["conv2d", "conv2d_transpose", "conv2d_1", "conv2d_transpose_1", "conv2d_2"];
    assert_eq!(network.layer_names(), wanted);
}

#[test]
fn dropout_is_the_same_for_one_step_and_another_for_the_next() {
    let drop = json!({ "type": "dropout", "rate": 0.25 });
    let network = network(json!([drop, drop]), &[1000], Loss::MeanSquaredError).unwrap();
    let ones = vec![1.0; 4000];
    let passed = |mode| {
        let mut pass = Pass::new(mode);
        network.forward(&ones, &mut pass);
        pass
    };
    assert_eq!(passed(Mode::Inference).output(), ones, "nothing is dropped in inference");
    let first = passed(Mode::Training { step: 3 });
    assert_eq!(first.output(), passed(Mode::Training { step: 3 }).output());
    assert_ne!(first.output(), passed(Mode::Training { step: 4 }).output());
    assert_ne!(first.traces[0].kept, first.traces[1].kept, "each layer has noise of its own");
    let kept: Vec<f32> = first.traces[0].output.iter().copied().filter(|y| *y != 0.0).collect();
    assert!(kept.iter().all(|y| *y == 1.0 / 0.75), "what stays is scaled up");
    assert!((kept.len() as f32 / 4000.0 - 0.75).abs() < 0.03, "{} of 4000 stay", kept.len()); // 4 deviations
}

/// Traces are of the layers that they were made by: a network that took other settings begins them anew.
#[test]
fn a_pass_that_was_through_other_layers_is_as_a_new_one() {
    let dense = |units: usize| json!({ "type": "dense", "units": units, "activation": "tanh" });
    let (drop, norm) = (json!({ "type": "dropout", "rate": 0.5 }), json!({ "type": "batch_normalization" }));
    let config = |layers: Value| serde_json::from_value(json!({ "layers": layers })).expect("layers");
    let lists = [
        json!([dense(4), norm, drop, dense(4), dense(1)]),
        json!([dense(4), norm, dense(4), dense(1)]),
        json!([dense(4), norm, dense(4), drop, { "type": "add", "skip": 2 }, dense(1)]),
    ];
    let loss = Loss::MeanSquaredError;
    let mut network = network(lists[0].clone(), &[3], loss).unwrap();
    let (input, targets) = ([0.5, -0.25, 1.0, 0.125, 2.0, -1.5], [1.0, 0.0]);
    let mut used = Pass::training(1);
    for index in [0, 1, 2, 1, 0, 2, 0] {
        network.reconfigure(&config(lists[index].clone()), &[3], loss).expect("the same weights");
        let mut results = Vec::new();
        for pass in [&mut used, &mut Pass::training(1)] {
            network.forward(&input, pass);
            let value = network.backward(&input, &targets, pass);
            let traces: Vec<_> =
                pass.traces.iter().map(|t| (t.output.clone(), t.pre_activation.clone())).collect();
            results.push((value, network.grads.clone(), traces));
        }
        assert_eq!(results[0], results[1], "list {index}");
    }
}

/// A run on points with every layer that acts differently in training.
fn run_with_noise(seed: u64) -> Run {
    let experiment = json!({ "version": 1, "lab": "gradients", "seed": seed, "data": { "name": "spiral" },
        "network": { "layers": [
            { "type": "dense", "units": 8, "kernel_regularizer": { "l2": 0.01 } },
            { "type": "batch_normalization", "momentum": 0.9 },
            { "type": "dropout", "rate": 0.2 },
            { "type": "layer_normalization" },
            { "type": "dense", "units": 1, "activation": "sigmoid" } ] },
        "loss": "binary_crossentropy", "optimizer": { "name": "adamw", "weight_decay": 0.5 }, "batch_size": 32 });
    Run::new(Experiment::from_value(experiment).expect("valid")).expect("validated")
}

#[test]
fn looking_at_a_run_with_noise_changes_nothing() {
    let (mut plain, mut watched) = (run_with_noise(7), run_with_noise(7));
    for step in 0..60 {
        let looks: Vec<f32> = (0..step % 3).map(|_| watched.measure()).collect();
        watched.evaluate(&mut Pass::default()).expect("test items");
        let losses = [plain.step().expect("finite"), watched.step().expect("finite")];
        assert_eq!(losses[0].to_bits(), losses[1].to_bits(), "step {step}");
        assert!(looks.iter().all(|look| look.to_bits() == losses[0].to_bits()), "measure() sees the step");
        assert_eq!(bits(&plain.network().weights), bits(&watched.network().weights), "step {step}");
    }
    assert_ne!(bits(&plain.network().weights), bits(&run_with_noise(8).network().weights));
}

#[test]
fn moving_statistics_move_once_a_step_and_nothing_else_moves_them() {
    let mut run = run_with_noise(7);
    let moving = |run: &Run| {
        let slots = run.network().slots().iter().filter(|slot| !slot.is_trainable);
        slots.flat_map(|slot| run.network().weights[slot.range.clone()].to_vec()).collect::<Vec<f32>>()
    };
    assert_eq!(moving(&run), [[0.0; 8], [1.0; 8]].concat(), "Keras' fresh statistics");
    for _ in 0..5 {
        run.measure();
        let before = moving(&run);
        let batch = run.pass().traces[1].kept[..16].to_vec();
        run.step().expect("finite");
        let wanted: Vec<f32> =
            before.iter().zip(&batch).map(|(m, b)| m * 0.9 + b * (1.0 - 0.9_f32)).collect();
        assert_eq!(bits(&moving(&run)), bits(&wanted), "weight decay and Adam leave them alone");
        assert!(moving(&run).iter().zip(&before).all(|(now, before)| now != before), "all of them move");
        assert!(run.pass().traces[2].kept.contains(&0.0), "a step drops");
    }
}

#[test]
fn optimizers_leave_alone_what_is_not_trainable() {
    let config = json!([{ "type": "batch_normalization" }]);
    for name in OptimizerName::ALL {
        let mut network = network(config.clone(), &[3], Loss::MeanSquaredError).unwrap();
        network.weights = vec![0.7; 12];
        network.grads[..6].fill(0.1);
        let config = OptimizerConfig { weight_decay: Some(0.1), ..OptimizerConfig::new(name, 0.1) };
        let mut optimizer = Optimizer::new(config, 12);
        for _ in 0..3 {
            network.update(&Pass::default(), |weights, grads, slots| optimizer.update(weights, grads, slots));
        }
        assert_eq!(network.weights[6..], [0.7; 6], "{name:?}");
        assert!(network.weights[..6].iter().all(|w| *w != 0.7), "{name:?} trains the others");
    }
}

#[test]
fn what_comes_between_layers_leaves_them_their_first_weights() {
    let dense = json!({ "type": "dense", "units": 3, "activation": "tanh" });
    let plain = network(json!([dense, dense, dense]), &[3], Loss::MeanSquaredError).unwrap();
    let between = json!([dense, { "type": "batch_normalization" }, { "type": "dropout", "rate": 0.5 },
        { "type": "add", "skip": 2 }, dense, { "type": "layer_normalization" }, dense]);
    let between = network(between, &[3], Loss::MeanSquaredError).unwrap();
    let kernels = |network: &Network| -> Vec<u32> {
        network.kernels().flat_map(|slot| bits(&network.weights[slot.range.clone()])).collect()
    };
    assert_eq!(kernels(&plain), kernels(&between));
}

/// Outputs and gradients of `y = w₂ w₁ x + w₁ x` by hand.
#[test]
fn a_skip_adds_what_was_there_before_and_hands_its_gradient_back() {
    let one = json!({ "type": "dense", "units": 1 });
    let layers = json!([one, one, { "type": "add", "skip": 1 }]);
    let mut network = network(layers, &[1], Loss::MeanSquaredError).unwrap();
    network.weights = vec![3.0, 0.0, 0.5, 0.0];
    let mut pass = Pass::default();
    network.forward(&[2.0], &mut pass);
    assert_eq!(pass.output(), [0.5 * 3.0 * 2.0 + 3.0 * 2.0]);
    let loss = network.backward(&[2.0], &[8.5], &mut pass);
    assert_eq!(loss, 0.25);
    // ∂L/∂y = 1; ∂y/∂w₁ = (w₂ + 1) x, ∂y/∂w₂ = w₁ x, ∂y/∂x = (w₂ + 1) w₁.
    assert_eq!(network.grads, [3.0, 1.5, 6.0, 1.0]);
    assert_eq!(network.input_gradient(&[2.0], &mut pass), [4.5]);
}

#[test]
fn a_skip_that_leads_nowhere_or_joins_other_shapes_is_refused() {
    let refusal = |layers: Value| network(layers, &[2], Loss::MeanSquaredError).err().unwrap().to_string();
    let dense = |units: usize| json!({ "type": "dense", "units": units });
    let add = |skip: usize| json!({ "type": "add", "skip": skip });
    assert_eq!(
        refusal(json!([dense(4), dense(3), add(1)])),
        "network.layers.2 (add) takes the shape [4], of what it adds over 1 layers, but its input has the shape [3]"
    );
    assert_eq!(
        refusal(json!([dense(3), add(3)])),
        "network.layers.1.skip is 3, but must be from 1 to 1, the number of layers before it"
    );
    assert!(refusal(json!([dense(3), add(0)])).starts_with("network.layers.1.skip is 0, but must be from 1"));
    assert!(refusal(json!([add(1)])).contains("a layer that has others before it"));
}

/// Frozen weights stand still, and so does what an optimizer remembers of them; their gradient is measured on.
#[test]
fn frozen_layers_keep_their_weights_whatever_the_rule_until_they_are_trained_again() {
    let frozen = |name: &str, freeze: &[(usize, usize)]| {
        let hidden = json!({ "type": "dense", "units": 4, "activation": "tanh", "kernel_regularizer": { "l2": 0.01 } });
        let optimizer = json!({ "name": name, "weight_decay": 0.1, "global_clipnorm": 0.05 });
        let layers = json!([hidden, { "type": "batch_normalization" }, hidden, { "type": "layer_normalization" },
            { "type": "dense", "units": 1, "activation": "sigmoid" }]);
        let experiment = json!({ "version": 1, "lab": "gradients", "seed": 7, "data": { "name": "spiral" },
            "network": { "layers": layers }, "loss": "binary_crossentropy", "optimizer": optimizer, "batch_size": 32 });
        let mut run = Run::new(Experiment::from_value(experiment).expect("valid")).expect("validated");
        let mut states = Vec::new();
        for step in 0..12 {
            for &(layer, at) in freeze {
                if step == at || step == at + 4 {
                    let key = format!("network.layers.{layer}.trainable");
                    run.edit(&[(key, json!(step != at))].into()).expect("live");
                }
            }
            run.step().expect("finite");
            states.push(run.network().weights.clone());
        }
        (run, states)
    };
    for name in OptimizerName::ALL {
        let name = serde_json::to_value(name).unwrap();
        let name = name.as_str().unwrap();
        for layer in 0..4 {
            let (run, states) = frozen(name, &[(layer, 5)]);
            let share = run.network().slots().iter().filter(|slot| slot.layer == layer);
            let share: Vec<usize> = share.flat_map(|slot| slot.range.clone()).collect();
            let of = |step: usize| share.iter().map(|&w| states[step][w]).collect::<Vec<f32>>();
            for step in 5..9 {
                assert_eq!(bits(&of(step)), bits(&of(4)), "{name}, layer {layer}, step {step}");
                assert_ne!(bits(&states[step]), bits(&states[4]), "{name}: the other layers learn on");
            }
            assert_ne!(bits(&of(9)), bits(&of(8)), "{name}, layer {layer} is trained again");
            let measured = share.iter().any(|&w| run.gradients()[w] != 0.0);
            assert!(measured, "{name}, layer {layer}: no gradient");
        }
    }
    // A frozen layer is measured on, without the penalty.
    let (mut run, _) = frozen("sgd", &[(0, 11)]);
    run.measure();
    assert!(run.kernel_grad_norms().all(|norm| norm > 0.0));
}

#[test]
fn a_norm_to_clip_at_counts_what_is_trained_alone() {
    let moved = |trainable: bool| {
        let layers =
            json!([{ "type": "dense", "units": 1, "trainable": trainable }, { "type": "dense", "units": 1 }]);
        let mut network = network(layers, &[1], Loss::MeanSquaredError).unwrap();
        network.weights = vec![1.0, 0.0, 1.0, 0.0];
        network.grads = vec![3.0, 0.0, 4.0, 0.0];
        let config =
            OptimizerConfig { global_clipnorm: Some(1.0), ..OptimizerConfig::new(OptimizerName::Sgd, 1.0) };
        let mut optimizer = Optimizer::new(config, 4);
        network.update(&Pass::default(), |weights, grads, slots| optimizer.update(weights, grads, slots));
        [1.0 - network.weights[0], 1.0 - network.weights[2]]
    };
    assert_eq!(moved(true).map(|w| (w * 10.0).round()), [6.0, 8.0]);
    assert_eq!(moved(false), [0.0, 1.0]);
}

#[test]
fn normalizations_take_an_item_alone_as_among_others() {
    for kind in ["batch_normalization", "layer_normalization"] {
        let mut network = network(json!([{ "type": kind }]), &[2, 2, 3], Loss::MeanSquaredError).unwrap();
        network.weights.iter_mut().zip(1..).for_each(|(w, index)| *w = 0.1 * index as f32);
        let inputs = numbers(5 * 12);
        let (mut all, mut one) = (Pass::default(), Pass::default());
        network.forward(&inputs, &mut all);
        for (item, together) in inputs.chunks(12).zip(all.output().chunks(12)) {
            network.forward(item, &mut one);
            assert_eq!(bits(one.output()), bits(together), "{kind}");
        }
    }
}

/// A NaN or an infinity that a layer without an activation makes or passes is found.
#[test]
fn max_pooling_hides_no_nan() {
    for channels in [1, 4, 8] {
        let shape = [2, 2, channels];
        let network = network(json!([{ "type": "max_pooling2d" }]), &shape, Loss::MeanSquaredError).unwrap();
        for place in 0..4 {
            let mut image: Vec<f32> =
                [-1.0, 5.0, 3.0, f32::NEG_INFINITY].into_iter().flat_map(|x| vec![x; channels]).collect();
            image[place * channels..][..channels].fill(f32::NAN);
            let mut pass = Pass::default();
            network.forward(&image, &mut pass);
            assert!(pass.output().iter().all(|y| y.is_nan()), "NaN at {place}");
            let taken: Vec<usize> = (place * channels..).take(channels).collect();
            assert_eq!(network.taken(0, &image, &pass), taken, "NaN at {place}");
        }
    }
}

/// The cells of window `[i, j]` that lie in an image, in their order, as row and column.
fn cells(
    side: [usize; 2],
    before: [usize; 2],
    [size, strides]: [usize; 2],
    at: [usize; 2],
) -> Vec<[usize; 2]> {
    let along = |axis: usize| {
        (0..size)
            .filter_map(move |cell| (at[axis] * strides + cell).checked_sub(before[axis]))
            .collect::<Vec<_>>()
    };
    let all = along(0).into_iter().flat_map(|y| along(1).into_iter().map(move |x| [y, x]));
    all.filter(|[y, x]| *y < side[0] && *x < side[1]).collect()
}

/// Largest numbers, where they were taken from, and what is handed back, in plain loops; many numbers are
/// equal, so that the first of them counts.
#[test]
fn max_pooling_is_the_naive_loop_bit_for_bit() {
    let sides = [[1, 1], [2, 2], [5, 7], [6, 4]];
    let windows = [[2, 2], [2, 1], [3, 1], [3, 2], [2, 3], [4, 4], [5, 1]];
    for (side, [size, strides]) in sides.into_iter().flat_map(|side| windows.map(|window| (side, window))) {
        for (padding, channels) in
            ["valid", "same"].into_iter().flat_map(|padding| [1, 3, 4, 8, 12, 16].map(|c| (padding, c)))
        {
            let layers = json!([{ "type": "max_pooling2d", "pool_size": size, "strides": strides, "padding": padding }]);
            let shape = [side[0], side[1], channels];
            let Ok(mut network) = network(layers, &shape, Loss::MeanSquaredError) else { continue };
            let what = format!("{size} every {strides}, {padding} on {shape:?}");
            let [down, along, _] = *network.shapes()[0] else { panic!("an image") };
            let reach =
                |input: usize, output: usize| ((output - 1) * strides + size).saturating_sub(input) / 2;
            let before =
                if padding == "same" { [reach(side[0], down), reach(side[1], along)] } else { [0, 0] };
            let mut pass = Pass::default();
            for rows in [3, 1, 2] {
                let input: Vec<f32> =
                    numbers(rows * side[0] * side[1] * channels).iter().map(|x| (4.0 * x).round()).collect();
                network.forward(&input, &mut pass);
                let targets = vec![0.25; pass.output().len()];
                network.backward(&input, &targets, &mut pass);
                let gradient = network.input_gradient(&input, &mut pass);
                let (mut largest, mut taken, mut naive) =
                    (Vec::new(), Vec::new(), vec![0.0_f32; input.len()]);
                // Rows of windows ascending, within a row the last first.
                for (item, i, j) in
                    (0..rows * down * along).map(|w| (w / (down * along), w / along % down, w % along))
                {
                    for channel in 0..channels {
                        let place =
                            |[y, x]: [usize; 2]| ((item * side[0] + y) * side[1] + x) * channels + channel;
                        let places = cells(side, before, [size, strides], [i, j]).into_iter().map(place);
                        let best = places
                            .reduce(|best, place| if input[place] > input[best] { place } else { best });
                        taken.push(best.expect("a window has a cell"));
                        largest.push(input[taken[taken.len() - 1]]);
                    }
                }
                for row in 0..rows * down {
                    for output in (0..along * channels).rev().map(|output| row * along * channels + output) {
                        naive[taken[output]] += pass.traces[0].grad_output[output];
                    }
                }
                assert_eq!(pass.output(), largest, "{what}");
                assert_eq!(network.taken(0, &input, &pass), taken, "{what}");
                assert_eq!(gradient, naive, "{what}");
            }
        }
    }
}

/// What stands between layers and data, when an experiment enters.
#[test]
fn experiments_with_any_layer_are_checked() {
    let refused = |layers: Value, loss: &str, batch_size: Value| {
        let experiment = json!({ "version": 1, "lab": "gradients", "seed": 7, "data": { "name": "spiral", "samples": 5000 },
            "network": { "layers": layers }, "loss": loss, "optimizer": "sgd", "batch_size": batch_size });
        Experiment::from_value(experiment).err().map_or_else(|| "passes".into(), |error| error.to_string())
    };
    let dense = |units: usize| json!({ "type": "dense", "units": units });
    let norm = json!({ "type": "layer_normalization" });
    assert_eq!(refused(json!([dense(1), norm]), "mean_squared_error", json!(32)), "passes");
    let outputs = refused(json!([dense(3), norm]), "mean_squared_error", json!(32));
    assert!(outputs.starts_with("the number of outputs of the network is 3, but must be 2"), "{outputs}");
    let image = refused(json!([{ "type": "conv2d", "filters": 1, "kernel_size": 1 }]), "hinge", json!(32));
    assert!(image.contains("images [height, width, channels]") && image.contains("[2]"), "{image}");
    let mut wide = vec![dense(900)];
    wide.extend(vec![norm; 12]);
    wide.push(dense(1));
    let full = refused(json!(wide), "mean_squared_error", json!("full"));
    assert!(full.contains("data.samples") || full.contains("batch_size"), "{full}");
}
