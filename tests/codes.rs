//! What autoencoders are made of, beside its gradients (`gradients.rs`): kernels that are those of other layers,
//! penalties on outputs and sampled codes. What is refused, worked out by hand, kept by edits, snapshots and files,
//! and learned on generated digits.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::data::Examples;
use glassbox::nn::{Loss, Mode, Network, NetworkConfig, Pass};
use glassbox::train::settings::Settings;
use glassbox::train::{Experiment, Model, Run, model};
use serde_json::{Value, json};

fn network(layers: Value, shape: &[usize], loss: Loss) -> Result<Network, String> {
    let config: NetworkConfig =
        serde_json::from_value(json!({ "layers": layers })).map_err(|error| error.to_string())?;
    Network::new(&config, shape, loss, 7).map_err(|error| error.to_string())
}

fn dense(units: usize, activation: &str) -> Value {
    json!({ "type": "dense", "units": units, "activation": activation })
}

fn with(mut layer: Value, key: &str, value: Value) -> Value {
    layer[key] = value;
    layer
}

fn experiment(layers: Value) -> Value {
    json!({ "version": 1, "lab": "autoencoder", "seed": 7,
        "data": { "name": "digits", "samples": 400, "test_fraction": 0.25, "targets": "inputs" },
        "network": { "layers": layers },
        "loss": "binary_crossentropy", "optimizer": { "name": "adam", "learning_rate": 0.003 }, "batch_size": 32 })
}

fn start(experiment: Value) -> Run {
    Run::new(Experiment::from_value(experiment).unwrap_or_else(|error| panic!("{error}"))).unwrap()
}

/// 784-24-8-24-784 whose decoder is its encoder, turned over, with a layer that comes between.
fn tied() -> Value {
    experiment(json!([
        { "type": "flatten" },
        dense(24, "relu"),
        dense(8, "linear"),
        with(dense(24, "relu"), "tied", json!(1)),
        { "type": "dropout", "rate": 0.1 },
        with(dense(784, "sigmoid"), "tied", json!(4)),
    ]))
}

/// 784-24-(2 · 4)-4-24-784.
fn variational() -> Value {
    experiment(json!([
        { "type": "flatten" },
        dense(24, "relu"),
        dense(8, "linear"),
        { "type": "sampling" },
        dense(24, "relu"),
        dense(784, "sigmoid"),
    ]))
}

fn set(key: &str, value: Value) -> Settings {
    [(key.to_owned(), value)].into()
}

fn steps(run: &mut Run, count: usize) -> f32 {
    (0..count).map(|_| run.step().unwrap_or_else(|error| panic!("{error:?}"))).fold(f32::NAN, |_, loss| loss)
}

/// Whether every kernel that is tied is the transpose of the one that it is, bit for bit; there are `count` of them.
fn assert_tied(network: &Network, count: usize) {
    let tied: Vec<_> = network.slots().iter().filter(|slot| slot.tied.is_some()).collect();
    assert_eq!(tied.len(), count);
    for slot in tied {
        let of = network.kernels().find(|of| Some(of.layer) == slot.tied).unwrap();
        let ([rows, columns], [of, slot]) = ([of.shape[0], of.shape[1]], [&of.range, &slot.range]);
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
            let [here, there] = [of.start + row * columns + column, slot.start + column * rows + row]
                .map(|at| network.weights[at]);
            assert_eq!(here.to_bits(), there.to_bits(), "{row}, {column}");
        }
    }
}

#[test]
fn what_cannot_be_is_refused_in_a_sentence() {
    let (relu, sigmoid) = (dense(4, "relu"), dense(4, "sigmoid"));
    let tied = |over: usize| with(dense(6, "relu"), "tied", json!(over));
    let penalty = |layer: &Value, value: Value| with(layer.clone(), "activity_regularizer", value);
    let own = "network.layers.2.tied is 1, but must be how many layers before it a dense layer is that has a kernel of its own";
    for (layers, words) in [
        (
            json!([tied(1)]),
            "network.layers.0.tied is 1, but must be left out in the first layer: there is none before it",
        ),
        (
            json!([relu, tied(2)]),
            "network.layers.1.tied is 2, but must be from 1 to 1, the number of layers before it",
        ),
        (
            json!([relu, tied(0)]),
            "network.layers.1.tied is 0, but must be from 1 to 1, the number of layers before it",
        ),
        (json!([relu, { "type": "layer_normalization" }, tied(1)]), own),
        (json!([relu, tied(1), with(dense(4, "relu"), "tied", json!(1))]), own),
        (
            json!([relu, with(dense(5, "relu"), "tied", json!(1))]),
            "network.layers.1.tied is 1, but must be how many layers before it a dense layer with a kernel of [5, 4] is, \
             to be transposed for 4 inputs and 5 units; that one has [6, 4]",
        ),
        (
            json!([relu, with(tied(1), "kernel_regularizer", json!({ "l2": 0.1 }))]),
            "network.layers.1.kernel_regularizer is given, but must be left out where tied is given: the penalty on a \
             kernel is set where it is",
        ),
        (
            json!([penalty(&relu, json!({ "kl": 0.5 })), relu]),
            "network.layers.0.activity_regularizer.kl is 0.5, but must be 0 with the activation relu: it compares \
             probabilities, which sigmoid gives",
        ),
        (
            json!([penalty(&sigmoid, json!({ "kl": 0.5, "rho": 1.0 })), relu]),
            "network.layers.0.activity_regularizer.rho is 1, but must be from 0.001 to 0.999",
        ),
        (
            json!([penalty(&sigmoid, json!({ "l1": -1.0 })), relu]),
            "network.layers.0.activity_regularizer.l1 is -1, but must be from 0 to 10",
        ),
        (
            json!([relu, penalty(&relu, json!({ "l1": 0.1 }))]),
            "network.layers.1.activity_regularizer is given, but must be left out of the output layer: it is for what \
             lies before it",
        ),
        (
            json!([dense(5, "relu"), { "type": "sampling" }]),
            "network.layers.1 (sampling) takes a row of means and as many log-variances (put a layer dense of twice as \
             many units as the code has numbers before it), but its input has the shape [5]",
        ),
        (
            json!([{ "type": "sampling", "kl_weight": -0.5 }]),
            "network.layers.0.kl_weight is -0.5, but must be from 0 to 1000",
        ),
    ] {
        let refused = network(layers.clone(), &[6], Loss::MeanSquaredError).err();
        assert_eq!(refused.as_deref(), Some(words), "{layers}");
    }
    let image = network(json!([{ "type": "sampling" }]), &[4, 4, 2], Loss::MeanSquaredError).err().unwrap();
    assert!(image.ends_with("its input has the shape [4, 4, 2]"), "{image}");
    // A penalty of nothing is none, wherever it stands.
    network(json!([penalty(&relu, json!({ "l1": 0.0, "rho": 0.2 }))]), &[6], Loss::MeanSquaredError).unwrap();
    let gradients = |layer: Value| {
        let lab = glassbox::labs::find("gradients").unwrap();
        let layers = json!([dense(2, "sigmoid"), layer, dense(1, "sigmoid")]);
        let experiment = lab.defaults().with(&set("network.layers", layers)).unwrap();
        lab.check(&experiment).unwrap_err().to_string()
    };
    let words = gradients(with(dense(2, "tanh"), "tied", json!(1)));
    assert!(
        words.starts_with("network.layers.1.tied is 1, but must be left out in the lab gradients"),
        "{words}"
    );
    let words = gradients(penalty(&sigmoid, json!({ "l1": 0.1 })));
    assert!(
        words.starts_with("network.layers.1.activity_regularizer is given, but must be left out"),
        "{words}"
    );
}

/// Loss in a training pass and in inference, of a network with these weights and targets of 0.
fn losses(layers: Value, shape: &[usize], weights: &[f32], input: &[f32]) -> [f32; 2] {
    let mut network = network(layers, shape, Loss::MeanSquaredError).unwrap();
    network.weights.copy_from_slice(weights);
    network.tie();
    let targets = vec![0.0; input.len() / shape[0] * network.outputs()];
    [Mode::Training { step: 3 }, Mode::Inference].map(|mode| {
        let mut pass = Pass::new(mode);
        network.forward(input, &mut pass);
        let loss = network.backward(input, &targets, &mut pass);
        let learned = network.learn(input, &targets, &mut pass).loss;
        assert_eq!(loss, learned, "{mode:?}");
        // What is measured is without penalties, whatever the pass was for.
        assert!(mode != Mode::Inference || network.loss(&targets, &pass) == loss);
        loss
    })
}

#[test]
fn penalties_are_those_worked_out_by_hand() {
    let layers = |regularizer: Value, activation: &str| {
        json!([with(dense(2, activation), "activity_regularizer", regularizer), dense(1, "linear")])
    };
    // x · [1, −2], and an output of 0: a mean of (|1| + |−2| + |3| + |−6|) / 2 rows = 6.
    let weights = [1.0, -2.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    assert_eq!(losses(layers(json!({ "l1": 0.5 }), "linear"), &[1], &weights, &[1.0, 3.0]), [3.0, 0.0]);
    // σ(±ln 3) = 0.75 and 0.25: both means are 0.5, each KL(0.1 ‖ 0.5) = 0.1 ln 0.2 + 0.9 ln 1.8 = 0.3680643.
    let weights = [1.0, -1.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    let ln_3 = 3.0_f32.ln();
    let [trained, used] =
        losses(layers(json!({ "kl": 2.0, "rho": 0.1 }), "sigmoid"), &[1], &weights, &[ln_3, -ln_3]);
    assert!((trained - 4.0 * 0.368_064_3).abs() < 1e-5 && used == 0.0, "{trained} and {used}");
    // A unit that is on in every row has a mean of 1, and a penalty that is large but a number.
    let [on, _] = losses(
        layers(json!({ "kl": 1.0 }), "sigmoid"),
        &[1],
        &[100.0, 100.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        &[1.0],
    );
    assert!((20.0..40.0).contains(&on), "{on}");
    // ½ (μ² + σ² − 1 − ln σ²) = ½ (4 + 3 − 1 − ln 3) = 2.4506939, by β = 0.5 over two outputs.
    let layers = json!([{ "type": "sampling", "kl_weight": 0.5 }, dense(2, "linear")]);
    let front = json!([dense(2, "linear"), layers[0], layers[1]]);
    let weights = [2.0, ln_3, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    let [trained, used] = losses(front, &[1], &weights, &[1.0, 1.0]);
    assert!((trained - 0.25 * 2.450_693_9).abs() < 1e-6 && used == 0.0, "{trained} and {used}");
}

#[test]
fn codes_are_drawn_in_training_and_are_the_means_else() {
    let network = network(json!([{ "type": "sampling" }]), &[4], Loss::MeanSquaredError).unwrap();
    let row = [1.0, -2.0, 2.0 * 3.0_f32.ln(), 2.0 * 0.5_f32.ln()];
    let input = row.repeat(20_000);
    let of = |mode: Mode| {
        let mut pass = Pass::new(mode);
        network.forward(&input, &mut pass);
        pass.output().to_vec()
    };
    assert_eq!(of(Mode::Inference), [1.0, -2.0].repeat(20_000));
    let drawn = of(Mode::Training { step: 1 });
    assert!(drawn == of(Mode::Training { step: 1 }) && drawn != of(Mode::Training { step: 2 }));
    for (unit, (mean, deviation)) in [(1.0, 3.0), (-2.0, 0.5)].into_iter().enumerate() {
        let z = || drawn.iter().skip(unit).step_by(2).map(|&z| f64::from(z));
        let found = z().sum::<f64>() / 2e4;
        let spread = (z().map(|z| (z - found) * (z - found)).sum::<f64>() / 2e4).sqrt();
        assert!((found - mean).abs() < 0.03 * deviation, "a mean of {found}");
        assert!((spread / deviation - 1.0).abs() < 0.02, "a deviation of {spread}");
    }
}

/// What asks how an output moves with the input asks of the network, not of its training.
#[test]
fn penalties_are_no_part_of_other_gradients() {
    let layers = |regularizer: Value, kl_weight: f32| {
        json!([
            with(dense(4, "sigmoid"), "activity_regularizer", regularizer),
            { "type": "sampling", "kl_weight": kl_weight },
            dense(2, "linear"),
        ])
    };
    let input = [0.3, -0.8, 0.1, 0.5, 0.9, -0.4];
    let gradients = |layers: Value| {
        let mut network = network(layers, &[3], Loss::MeanSquaredError).unwrap();
        let mut pass = Pass::training(5);
        network.forward(&input, &mut pass);
        network.backward(&input, &[0.5; 4], &mut pass);
        let trained = network.input_gradient(&input, &mut pass);
        let logit = network.logit_gradient(&input, 1, &mut pass);
        (trained, logit, network.loss_gradient(&input, &[0.5; 4], &mut pass), network.loss(&[0.5; 4], &pass))
    };
    let plain = gradients(layers(json!({}), 0.0));
    for other in [layers(json!({ "l1": 0.5, "kl": 1.0 }), 0.0), layers(json!({}), 2.0)] {
        let penalised = gradients(other);
        assert_ne!(plain.0, penalised.0);
        assert_eq!((&plain.1, &plain.2, plain.3), (&penalised.1, &penalised.2, penalised.3));
    }
}

#[test]
fn a_tied_kernel_stays_the_transpose_whatever_is_done() {
    let mut run = start(tied());
    assert_tied(run.network(), 2);
    let first = run.network().weights.clone();
    steps(&mut run, 3);
    assert_tied(run.network(), 2);
    let moved = run
        .network()
        .slots()
        .iter()
        .all(|slot| run.network().weights[slot.range.clone()] != first[slot.range.clone()]);
    assert!(moved, "kernels and biases learn");
    // A weight is set where it is.
    run.edit(&set("weights.dense.kernel.300.5", json!(0.625))).unwrap();
    assert_tied(run.network(), 2);
    let last = run.network().kernels().last().unwrap().range.clone();
    assert_eq!(run.network().weights[last.start + 5 * 784 + 300], 0.625);
    let refused = run.edit(&set("weights.dense_3.kernel.5.300", json!(0.5))).unwrap_err().to_string();
    assert!(
        refused.ends_with("weights.dense_3.kernel.5.300: it is dense/kernel, transposed, and set there"),
        "{refused}"
    );
    run.edit(&set("weights.dense_3.bias.3", json!(0.5))).unwrap();
    // A snapshot, and the same future from it.
    let snapshot = run.snapshot(None);
    steps(&mut run, 4);
    let future = run.network().weights.clone();
    run.restore(&snapshot);
    assert_tied(run.network(), 2);
    steps(&mut run, 4);
    assert_eq!(run.network().weights, future);
    // Settings that change, with layers between that go.
    run.edit(&set("network.layers.1.kernel_regularizer.l2", json!(0.01))).unwrap();
    run.edit(&set("optimizer", json!({ "name": "sgd", "learning_rate": 0.1, "global_clipnorm": 1.0 })))
        .unwrap();
    run.edit(&set("network.layers.2.trainable", json!(false))).unwrap();
    let frozen = run.network().kernels().nth(1).unwrap().range.clone();
    let before = run.network().weights[frozen.clone()].to_vec();
    steps(&mut run, 2);
    assert_tied(run.network(), 2);
    assert_eq!(run.network().weights[frozen], before, "a kernel that is frozen is so wherever it is taken");
    // And the whole by its edits alone.
    let mut again = Run::new(run.experiment().clone()).unwrap();
    steps(&mut again, 9);
    assert_eq!(again.network().weights, run.network().weights);
}

#[test]
fn what_is_saved_of_a_tied_network_is_read_and_what_is_not_tied_refused() {
    let mut run = start(tied());
    steps(&mut run, 3);
    let bytes = model::run_to_bytes(&run, Value::Null);
    let model = Model::read("tied", &*bytes).unwrap();
    assert_eq!(model.network.weights, run.network().weights);
    let mut resumed = start(tied());
    model.resume(&mut resumed).unwrap();
    steps(&mut run, 3);
    steps(&mut resumed, 3);
    assert_eq!(resumed.network().weights, run.network().weights);
    assert_tied(resumed.network(), 2);
    // One number of the kernel of `dense_3` in a file of the network alone.
    let bytes = model::to_bytes(&run);
    let (tensors, metadata) = (run.network().named_weights(), safetensors_metadata(&bytes));
    let other: Vec<_> = tensors
        .into_iter()
        .map(|(name, mut tensor)| {
            if name == "dense_3/kernel" {
                tensor[[5, 300]] += 0.5;
            }
            (name, tensor)
        })
        .collect();
    let refused = Model::read("m", &*model::tensors_to_bytes(&other, &[("run", metadata)])).err().unwrap();
    assert_eq!(
        refused.to_string(),
        "m: dense_3/kernel is another array, but must be the transpose of the kernel that its layer is tied to"
    );
    // A network of the same shapes, not tied, gives its weights to one that is.
    let mut plain = tied();
    for layer in [3, 5] {
        plain["network"]["layers"][layer].as_object_mut().unwrap().remove("tied");
    }
    let plain = start(plain);
    assert_tied(plain.network(), 0);
    let mut onwards = tied();
    onwards["initial_weights"] = json!("model");
    let onwards = Run::with_model(Experiment::from_value(onwards).unwrap(), None, plain.network()).unwrap();
    assert_tied(onwards.network(), 2);
    let encoder = onwards.network().kernels().next().unwrap().range.clone();
    assert_eq!(onwards.network().weights[encoder.clone()], plain.network().weights[encoder]);
}

fn safetensors_metadata(bytes: &[u8]) -> String {
    let (_, metadata) = safetensors::SafeTensors::read_metadata(bytes).unwrap();
    metadata.metadata().as_ref().unwrap()["run"].clone()
}

#[test]
fn penalties_change_while_a_run_goes_on() {
    let mut run = start(variational());
    steps(&mut run, 2);
    let penalty = |run: &mut Run| {
        run.measure();
        run.pass().traces.iter().filter_map(|trace| trace.penalty).sum::<f32>()
    };
    let once = penalty(&mut run);
    run.edit(&set("network.layers.3.kl_weight", json!(4.0))).unwrap();
    assert!(once > 0.0 && (penalty(&mut run) / once - 4.0).abs() < 1e-4);
    run.edit(&set("network.layers.3.kl_weight", json!(0.0))).unwrap();
    assert_eq!(penalty(&mut run), 0.0);
    run.edit(&set("network.layers.1.activity_regularizer.l1", json!(0.01))).unwrap();
    assert!(penalty(&mut run) > 0.0);
    let refused =
        run.edit(&set("network.layers.1.activity_regularizer.kl", json!(0.1))).unwrap_err().to_string();
    assert!(
        refused.contains("activity_regularizer.kl is 0.1, but must be 0 with the activation relu"),
        "{refused}"
    );
    run.edit(&set("network.layers.1.activation", json!("sigmoid"))).unwrap();
    run.edit(&set("network.layers.1.activity_regularizer.kl", json!(0.1))).unwrap();
    run.edit(&set("network.layers.1.activity_regularizer", json!({ "rho": 0.2 }))).unwrap();
    steps(&mut run, 3);
    let mut again = Run::new(run.experiment().clone()).unwrap();
    steps(&mut again, 5);
    assert_eq!(again.network().weights, run.network().weights);
}

#[test]
fn a_variance_beyond_numbers_is_told_as_a_divergence() {
    let mut run = start(variational());
    steps(&mut run, 1);
    run.edit(&set("weights.dense_1.bias.7", json!(100.0))).unwrap();
    let divergence = run.step().unwrap_err();
    assert_eq!((&*divergence.layer, &*divergence.quantity, divergence.step), ("sampling", "penalty", 1));
    let mut run = start(variational());
    run.edit(&set("network.layers.3.kl_weight", json!(0.0))).unwrap();
    run.edit(&set("weights.dense_1.bias.7", json!(100.0))).unwrap();
    run.measure();
    assert_eq!(run.pass().traces[3].penalty, Some(0.0), "what does not count cannot fail");
}

/// The squared error of the one picture that suits all best: what a network does that has learned nothing of each.
fn error_of_the_mean_picture(run: &Run) -> f32 {
    let pictures = |examples: &Examples| -> Vec<Vec<f32>> {
        let picture = |item| {
            let mut picture = vec![0.0; 784];
            examples.copy_item(item, &mut picture);
            picture
        };
        (0..examples.len()).map(picture).collect()
    };
    let train = pictures(&run.data().train);
    let mean: Vec<f32> = (0..784)
        .map(|pixel| train.iter().map(|picture| picture[pixel]).sum::<f32>() / train.len() as f32)
        .collect();
    let test = pictures(&run.data().test);
    let errors =
        test.iter().flat_map(|picture| picture.iter().zip(&mean).map(|(x, mean)| (x - mean) * (x - mean)));
    errors.sum::<f32>() / (784 * test.len()) as f32
}

#[test]
fn a_tied_autoencoder_and_a_variational_one_learn_on_digits() {
    for (what, value) in [("tied", tied()), ("variational", variational())] {
        for seed in [7, 8, 9] {
            let mut value = value.clone();
            value["seed"] = json!(seed);
            let mut run = start(value);
            let mut pass = Pass::default();
            steps(&mut run, 300);
            let (after, mean) = (run.evaluate(&mut pass).unwrap(), error_of_the_mean_picture(&run));
            println!("{what}, seed {seed}: a squared error of {}, the mean picture {mean}", after.metric);
            assert!(after.metric < 0.9 * mean, "{what}, seed {seed}: {after:?}, the mean picture {mean}");
        }
    }
}

/// Ng's penalty does what it is for: units are near the mean that is asked of them.
#[test]
fn a_sparse_code_is_as_sparse_as_it_is_asked_to_be() {
    let mean = |regularizer: Value| {
        let layers = json!([
            { "type": "flatten" },
            with(dense(40, "sigmoid"), "activity_regularizer", regularizer),
            dense(784, "sigmoid"),
        ]);
        let mut run = start(experiment(layers));
        steps(&mut run, 200);
        run.measure();
        let outputs = &run.pass().traces[1].output;
        outputs.iter().sum::<f32>() / outputs.len() as f32
    };
    let [plain, sparse] = [json!({}), json!({ "kl": 0.1, "rho": 0.05 })].map(mean);
    println!("{plain} without, {sparse} with");
    assert!((sparse - 0.05).abs() < 0.03 && plain > 0.15, "{plain} without, {sparse} with");
}
