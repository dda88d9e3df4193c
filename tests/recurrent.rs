//! What recurrent layers promise beside their gradients (`gradients.rs`) and their numbers (`golden.rs`): what they
//! refuse, how their gates begin, where gradients end, and that a step at a time is as good as a whole sequence.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::nn::{Loss, Mode, Network, NetworkConfig, Pass};
use glassbox::tensor::{Rng, Stream, l2_norm};
use glassbox::train::{Experiment, pictures_at_once};
use serde_json::{Value, json};

const KINDS: [&str; 3] = ["simple_rnn", "lstm", "gru"];

fn network(layers: Value, shape: &[usize]) -> Network {
    network_with(layers, shape, Loss::MeanSquaredError, 7).unwrap()
}

fn network_with(layers: Value, shape: &[usize], loss: Loss, seed: u64) -> Result<Network, String> {
    let config: NetworkConfig =
        serde_json::from_value(json!({ "layers": layers })).map_err(|error| error.to_string())?;
    Network::new(&config, shape, loss, seed).map_err(|error| error.to_string())
}

fn numbers(count: usize) -> Vec<f32> {
    let mut rng = Rng::new(1, Stream::Data);
    (0..count).map(|_| rng.normal()).collect()
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn what_cannot_be_is_refused_in_words() {
    let lstm = |key: &str, value: Value| {
        let mut layer = json!({ "type": "lstm", "units": 4 });
        layer[key] = value;
        json!([layer])
    };
    let sequence: &[usize] = &[5, 3];
    let cases: Vec<(Value, &[usize], &[&str])> = vec![
        (lstm("units", json!(0)), sequence, &["network.layers.0.units is 0", "from 1 to 4096"]),
        (lstm("units", json!(5000)), sequence, &["units is 5000"]),
        (lstm("units", json!(4)), &[5], &["network.layers.0 (lstm)", "[time, features]", "embedding", "[5]"]),
        (lstm("units", json!(4)), &[4, 4, 1], &["[time, features]", "[4, 4, 1]"]),
        (lstm("truncate_gradient", json!(0)), sequence, &["truncate_gradient is 0", "1 or more"]),
        (lstm("chrono", json!(1.5)), sequence, &["network.layers.0.chrono is 1.5", "from 2 to 10000"]),
        (lstm("chrono", json!(20_000)), sequence, &["chrono is 20000"]),
        (lstm("forget_bias", json!(11)), sequence, &["forget_bias is 11", "from -10 to 10"]),
        (lstm("recurrent_activation", json!("step")), sequence, &["recurrent_activation", "step", "sigmoid"]),
        (lstm("go_backwards", json!(true)), sequence, &["go_backwards"]),
        (json!([{ "type": "simple_rnn", "units": 4, "chrono": 9 }]), sequence, &["chrono"]),
        (
            json!([{ "type": "bidirectional", "layer": { "type": "dense", "units": 4 } }]),
            sequence,
            &["network.layers.0.layer.type is dense", "simple_rnn, lstm or gru"],
        ),
        (
            json!([{ "type": "bidirectional", "layer": { "type": "gru", "units": 0 } }]),
            sequence,
            &["network.layers.0.layer.units is 0"],
        ),
        (
            json!([{ "type": "bidirectional", "layer": { "type": "gru", "units": 2 } }]),
            &[5],
            &["network.layers.0 (gru)", "embedding"],
        ),
        (
            json!([{ "type": "bidirectional", "layer": { "type": "gru", "units": 2 }, "merge_mode": "max" }]),
            sequence,
            &["merge_mode", "max", "concat"],
        ),
        (
            json!([{ "type": "embedding", "input_dim": 5, "output_dim": 2 }]),
            sequence,
            &["network.layers.0 (embedding)", "[time]", "one-hot", "[5, 3]"],
        ),
        (
            json!([{ "type": "embedding", "input_dim": 0, "output_dim": 2 }]),
            &[5],
            &["input_dim is 0", "from 1 to 65536"],
        ),
        (
            json!([{ "type": "cropping1d", "cropping": [3, 2] }]),
            sequence,
            &["network.layers.0.cropping is [3, 2]", "fewer", "5"],
        ),
        (
            json!([{ "type": "cropping1d", "cropping": [usize::MAX, usize::MAX] }]),
            sequence,
            &["cropping", "fewer"],
        ),
        (json!([{ "type": "cropping1d" }]), &[5], &["network.layers.0 (cropping1d)", "[time, features]"]),
    ];
    for (layers, shape, words) in cases {
        let refused = network_with(layers.clone(), shape, Loss::MeanSquaredError, 1).err();
        let refused = refused.unwrap_or_else(|| panic!("{layers} passes"));
        for word in words {
            assert!(refused.contains(word), "{layers}: {refused} lacks {word}");
        }
    }
    // The last activation of a recurrent layer is not one of logits.
    let sigmoids = json!([{ "type": "simple_rnn", "units": 1, "activation": "sigmoid" }]);
    let refused = network_with(sigmoids, sequence, Loss::BinaryCrossentropy, 1).err().unwrap();
    assert!(
        refused.contains("logits") && refused.contains("dense") && refused.contains("simple_rnn"),
        "{refused}"
    );
}

#[test]
fn what_an_item_keeps_is_counted() {
    let plan = |layers: Value, time: usize| {
        let config: NetworkConfig = serde_json::from_value(json!({ "layers": layers })).unwrap();
        Network::check(&config, &[time, 8], Loss::MeanSquaredError).unwrap()
    };
    for kind in KINDS {
        let layers = json!([{ "type": kind, "units": 64 }]);
        let [short, long] = [10, 1000].map(|time| plan(layers.clone(), time).kept);
        assert_eq!(long, 100 * short, "{kind}: it grows with the sequence");
        // No less than what a pass does keep of each of 8 items.
        let mut net = network(layers, &[100, 8]);
        let (mut pass, inputs) = (Pass::training(0), numbers(8 * 800));
        let used = allocation_counter::measure(|| {
            net.learn(&inputs, &vec![0.0; 8 * 64], &mut pass);
        });
        let plan = plan(json!([{ "type": kind, "units": 64 }]), 100);
        let counted = 4 * (8 * (plan.kept + 4 * plan.units) + plan.working_space) as u64;
        let share = used.bytes_current as f64 / counted as f64;
        assert!((0.8..1.02).contains(&share), "{kind}: {share} of what is counted");
    }
}

#[test]
fn what_would_fill_the_memory_is_refused() {
    let experiment = |units: usize, batch_size: usize| {
        Experiment::from_value(json!({ "version": 1, "lab": "sequence", "seed": 1,
            "data": { "name": "recall", "samples": 1000, "lag": 200 },
            "network": { "layers": [{ "type": "lstm", "units": units }, { "type": "dense", "units": 8, "activation": "softmax" }] },
            "loss": "sparse_categorical_crossentropy", "optimizer": "adam", "batch_size": batch_size }))
        .map_err(|error| error.to_string())
    };
    assert_eq!([experiment(64, 200).err(), experiment(900, 8).err()], [None, None]);
    // 201 steps of 16 numbers a unit and twice 9 features, and four for each of 908 outputs; and the recurrent kernel once.
    let most = (50_000_000 - 900 * 3600) / (201 * (16 * 900 + 18) + 4 * 908 + 201 * 9);
    let refused = experiment(900, 32).unwrap_err();
    assert!(refused.starts_with(&format!("batch_size is 32, but must be at most {most} ")), "{refused}");
    let layers = |units: usize| json!([{ "type": "lstm", "units": units, "return_sequences": true }]);
    let at_once = |units: usize| pictures_at_once(&network(layers(units), &[200, 9]));
    assert!(at_once(8) > at_once(128) && at_once(128) * 200 * 16 * 128 <= 4_000_000 && at_once(900) == 1);
}

#[test]
fn gates_begin_open_as_they_are_told() {
    let bias = |layer: Value| -> Vec<f32> {
        let net = network(json!([layer]), &[5, 3]);
        net.weights[net.slots().last().unwrap().range.clone()].to_vec()
    };
    const UNITS: usize = 900;
    let lstm = bias(
        json!({ "type": "lstm", "units": UNITS, "kernel_initializer": "zeros", "recurrent_initializer": "zeros" }),
    );
    let gate = |bias: &[f32], gate: usize| bias[gate * UNITS..][..UNITS].to_vec();
    assert_eq!([0, 1, 2, 3].map(|index| gate(&lstm, index)[UNITS - 1]), [0.0, 1.0, 0.0, 0.0]);
    assert!(gate(&lstm, 1).iter().all(|bias| *bias == 1.0));
    let shut = bias(
        json!({ "type": "lstm", "units": 2, "forget_bias": -3, "bias_initializer": { "name": "constant", "value": 0.5 } }),
    );
    assert_eq!(shut, [0.5, 0.5, -3.0, -3.0, 0.5, 0.5, 0.5, 0.5]);
    let chrono = bias(
        json!({ "type": "lstm", "units": UNITS, "chrono": 101, "kernel_initializer": "zeros", "recurrent_initializer": "zeros" }),
    );
    let gru = bias(
        json!({ "type": "gru", "units": UNITS, "chrono": 101, "kernel_initializer": "zeros", "recurrent_initializer": "zeros" }),
    );
    assert_eq!(gate(&chrono, 0), gate(&chrono, 1).iter().map(|bias| -bias).collect::<Vec<f32>>());
    assert!(chrono[2 * UNITS..].iter().all(|bias| *bias == 0.0));
    assert!(gru[UNITS..].iter().all(|bias| *bias == 0.0));
    for keeps in [gate(&chrono, 1), gate(&gru, 0)] {
        // ln U(1, 100): e^bias is uniform.
        let mut spans: Vec<f64> = keeps.iter().map(|bias| f64::from(*bias).exp()).collect();
        spans.sort_by(f64::total_cmp);
        assert!(spans[0] >= 1.0 && spans[UNITS - 1] <= 100.001);
        for (rank, span) in spans.iter().enumerate() {
            let share = (rank as f64 + 0.5) / UNITS as f64;
            assert!(((span - 1.0) / 99.0 - share).abs() < 0.06, "{share} of the spans are below {span}");
        }
    }
    let same = bias(json!({ "type": "lstm", "units": 2, "chrono": 2 }));
    assert!(same.iter().all(|bias| *bias == 0.0), "{same:?}");
    // Both directions, each with numbers of its own.
    let net = network(
        json!([{ "type": "bidirectional", "layer": { "type": "lstm", "units": 3, "chrono": 50 } }]),
        &[5, 3],
    );
    let names: Vec<String> = net.named_slots().map(|(name, _)| name).collect();
    assert_eq!(names[2], "bidirectional/forward_lstm/lstm_cell/bias");
    assert_eq!(names[3], "bidirectional/backward_lstm/lstm_cell/kernel");
    let of = |index: usize| &net.weights[net.slots()[index].range.clone()];
    assert!((2..6).step_by(3).all(|index| of(index)[3..6].iter().all(|bias| *bias > 0.0)));
    assert_ne!(of(2), of(5));
}

/// Bit for bit, in batches of any size: sums of a step are taken in one order, whoever comes before and beside it.
#[test]
fn a_step_at_a_time_leaves_the_states_of_the_whole_sequence() {
    const TIME: usize = 12;
    let deep = |kind: &str| {
        json!([{ "type": kind, "units": 9, "return_sequences": true },
            { "type": "layer_normalization" },
            { "type": kind, "units": 5, "return_sequences": true },
            { "type": "dense", "units": 4, "activation": "softmax" }])
    };
    for kind in KINDS {
        let net = network(deep(kind), &[TIME, 3]);
        assert!(net.can_stream());
        let (rows, inputs) = (6, numbers(6 * TIME * 3));
        let mut whole = Pass::default();
        net.forward(&inputs, &mut whole);
        for first in [0, 5] {
            let mut pass = Pass::default();
            let step = |t: usize| -> Vec<f32> {
                (0..rows).flat_map(|row| inputs[(row * TIME + t) * 3..][..3].to_vec()).collect()
            };
            if first > 0 {
                // The first steps at once, of a network for as many, as a text is begun.
                let short = network(deep(kind), &[first, 3]);
                let begun: Vec<f32> =
                    (0..rows).flat_map(|row| inputs[row * TIME * 3..][..first * 3].to_vec()).collect();
                short.forward(&begun, &mut pass);
            }
            pass.mode = Mode::Streaming;
            for t in first..TIME {
                net.forward(&step(t), &mut pass);
                for row in 0..rows {
                    let of_whole = &whole.output()[(row * TIME + t) * 4..][..4];
                    assert_eq!(
                        bits(&pass.output()[row * 4..][..4]),
                        bits(of_whole),
                        "{kind}: step {t} of {row}"
                    );
                }
                let (now, then) = (&pass.traces[2].unrolled, &whole.traces[2].unrolled);
                assert_eq!(bits(&now.states), bits(&then.states[t * rows * 5..][..rows * 5]));
            }
        }
        // Alone, in another pass, a row is what it was among others.
        let mut alone = Pass::default();
        net.forward(&inputs[..TIME * 3], &mut alone);
        assert_eq!(bits(alone.output()), bits(&whole.output()[..TIME * 4]), "{kind}");
        // A pass of a whole sequence begins anew, whatever passed before.
        let mut pass = Pass::new(Mode::Streaming);
        net.forward(&inputs[..3 * rows], &mut pass);
        pass.mode = Mode::Inference;
        net.forward(&inputs, &mut pass);
        assert_eq!(bits(pass.output()), bits(whole.output()), "{kind}");
    }
    let both = json!([{ "type": "bidirectional", "layer": { "type": "gru", "units": 2 } }]);
    assert!(!network(both, &[5, 3]).can_stream());
    assert!(!network(json!([{ "type": "cropping1d" }]), &[5, 3]).can_stream());
}

#[test]
fn a_gradient_that_is_cut_off_is_zero_before_and_the_same_behind() {
    const TIME: usize = 10;
    for kind in KINDS {
        let layers = |sequences: bool, steps: Option<usize>| json!([{ "type": kind, "units": 4, "return_sequences": sequences, "truncate_gradient": steps }]);
        let passed = |sequences: bool, steps: Option<usize>| {
            let mut net = network(layers(sequences, steps), &[TIME, 3]);
            let (inputs, mut pass) = (numbers(2 * TIME * 3), Pass::training(0));
            net.forward(&inputs, &mut pass);
            let targets = vec![0.3; pass.output().len()];
            net.backward(&inputs, &targets, &mut pass);
            let by_input = net.input_gradient(&inputs, &mut pass);
            (pass.traces[0].unrolled.grad_states.clone(), by_input, net.grads.clone())
        };
        let size = 2 * 4;
        let (full, by_input, grads) = passed(false, None);
        let (cut, cut_by_input, cut_grads) = passed(false, Some(4));
        assert_eq!(bits(&cut[(TIME - 4) * size..]), bits(&full[(TIME - 4) * size..]), "{kind}");
        assert!(cut[..(TIME - 4) * size].iter().all(|grad| *grad == 0.0), "{kind}");
        assert!(full[..(TIME - 4) * size].iter().all(|grad| *grad != 0.0), "{kind}");
        for row in 0..2 {
            let (before, behind) = (
                row * TIME * 3..(row * TIME + TIME - 4) * 3,
                (row * TIME + TIME - 4) * 3..(row + 1) * TIME * 3,
            );
            assert!(cut_by_input[before].iter().all(|grad| *grad == 0.0), "{kind}");
            assert_eq!(bits(&cut_by_input[behind.clone()]), bits(&by_input[behind]), "{kind}");
        }
        assert_ne!(cut_grads, grads);
        // As long as the sequence, or longer, it cuts nothing.
        for steps in [TIME, TIME + 1, 100] {
            assert_eq!(bits(&passed(true, Some(steps)).2), bits(&passed(true, None).2), "{kind}: {steps}");
        }
        // One step: each state gets what its own output hands back, and nothing else.
        let (alone, ..) = passed(true, Some(1));
        let (through, ..) = passed(true, None);
        assert_eq!(bits(&alone[(TIME - 1) * size..]), bits(&through[(TIME - 1) * size..]), "{kind}");
        assert_ne!(alone[..size], through[..size], "{kind}");
        // In the middle, gradients flow from step 9 to 6, from 5 to 2, from 1 to 0.
        let (fours, ..) = passed(true, Some(4));
        for t in [1, 5, 9] {
            assert_eq!(bits(&fours[t * size..][..size]), bits(&alone[t * size..][..size]), "{kind}: {t}");
        }
        assert_ne!(fours[4 * size..5 * size], alone[4 * size..5 * size], "{kind}");
    }
}

/// The gradient of the weights, cut off, is that of the loss where the states before are taken as given: those of the last
/// steps alone are nudged.
#[test]
fn a_truncated_gradient_is_the_slope_over_the_last_steps() {
    const TIME: usize = 9;
    const LAST: usize = 3;
    const H: f32 = 1.0 / 128.0;
    for kind in KINDS {
        let layers = json!([{ "type": kind, "units": 3, "truncate_gradient": LAST }]);
        let mut net = network(layers, &[TIME, 2]);
        let (inputs, mut pass) = (numbers(TIME * 2), Pass::training(0));
        net.forward(&inputs, &mut pass);
        net.backward(&inputs, &[0.25; 3], &mut pass);
        let given = net.weights.clone();
        let grads = net.grads.clone();
        let mut loss_at = |index: usize, nudge: f32| -> f64 {
            let mut pass = Pass::new(Mode::Streaming);
            net.weights.clone_from(&given);
            for (t, step) in inputs.chunks(2).enumerate() {
                if t == TIME - LAST {
                    net.weights[index] += nudge;
                }
                net.forward(step, &mut pass);
            }
            pass.output().iter().map(|&y| (f64::from(y) - 0.25).powi(2)).sum::<f64>() / 3.0
        };
        for (index, &grad) in grads.iter().enumerate() {
            let near = loss_at(index, H) - loss_at(index, -H);
            let far = loss_at(index, 2.0 * H) - loss_at(index, -2.0 * H);
            let numeric = (8.0 * near - far) / (12.0 * f64::from(H));
            assert!((f64::from(grad) - numeric).abs() < 2e-5, "{kind}, weight {index}: {grad} vs {numeric}");
        }
    }
}

/// The textbook's case, by hand: one unit, no input, so that h_t = w h_{t−1} and ∂h_T/∂h_t = w^(T − t).
#[test]
fn the_gradient_of_a_line_is_a_power_of_its_weight() {
    let layers = json!([{ "type": "simple_rnn", "units": 1, "activation": "linear" }]);
    let mut net = network(layers, &[20, 1]);
    net.weights.copy_from_slice(&[1.0, 0.5, 0.0]);
    let mut inputs = vec![0.0; 20];
    inputs[0] = 1.0;
    let mut pass = Pass::training(0);
    net.forward(&inputs, &mut pass);
    assert_eq!(pass.output(), [0.5_f32.powi(19)]);
    net.backward(&inputs, &[-0.5], &mut pass);
    let grads = &pass.traces[0].unrolled.grad_states;
    let last = 2.0 * (0.5_f32.powi(19) + 0.5);
    for (t, grad) in grads.iter().enumerate() {
        assert_eq!(*grad, last * 0.5_f32.powi(19 - t as i32), "step {t}");
    }
    assert!(l2_norm(grads) > 0.0);
}

/// Subnormal numbers take processors many times as long as others, and a lab about gradients that vanish is full of them.
#[test]
fn a_gradient_that_vanishes_ends_in_zeros() {
    for kind in KINDS {
        let gates =
            if kind == "simple_rnn" { json!({}) } else { json!({ "recurrent_activation": "hard_sigmoid" }) };
        let mut layer = json!({ "type": kind, "units": 8, "activation": "sigmoid" });
        layer.as_object_mut().unwrap().extend(gates.as_object().unwrap().clone());
        let mut net = network(json!([layer]), &[400, 2]);
        let (inputs, mut pass) = (numbers(3 * 800), Pass::training(0));
        net.learn(&inputs, &[0.5; 24], &mut pass);
        let grads = &pass.traces[0].unrolled.grad_states;
        assert!(grads.iter().all(|grad| *grad == 0.0 || grad.abs() >= 1e-32), "{kind}");
        assert!(grads[..24].iter().all(|grad| *grad == 0.0), "{kind}: {:?}", &grads[..3]);
    }
}

#[test]
fn an_identity_keeps_what_is_not_changed() {
    let layers = json!([{ "type": "simple_rnn", "units": 4, "activation": "relu",
        "recurrent_initializer": { "name": "identity", "gain": 1.0 } }]);
    let mut net = network(layers, &[100, 2]);
    let slot = net.slots()[1].clone();
    let kernel: Vec<f32> = (0..16).map(|index| f32::from(u8::from(index % 5 == 0))).collect();
    assert_eq!(net.weights[slot.range], kernel);
    let mut inputs = vec![0.0; 200];
    inputs[..2].copy_from_slice(&[1.0, -0.5]);
    let mut pass = Pass::training(0);
    net.forward(&inputs, &mut pass);
    net.backward(&inputs, &[0.0; 4], &mut pass);
    let unrolled = &pass.traces[0].unrolled;
    assert_eq!(unrolled.states[..4], unrolled.states[396..]);
    assert!(unrolled.states[..4].iter().any(|state| *state > 0.0));
    for unit in (0..4).filter(|unit| unrolled.states[*unit] > 0.0) {
        assert_eq!(unrolled.grad_states[unit], unrolled.grad_states[396 + unit], "it comes back as it is");
    }
}
