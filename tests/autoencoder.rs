//! Runs whose targets are their inputs: what is refused, what is measured, what is learned, and what the
//! autoencoder lab says of it.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::data::{Data, DataConfig, Examples, Pictures, Targets};
use glassbox::labs::{Figure, Lab, Numbers, Tone, Verdict, View, find, from_link, to_link};
use glassbox::nn::Pass;
use glassbox::train::{Experiment, Metric, Model, Pretraining, Report, Run, model};
use serde_json::{Value, json};

fn dense(units: usize, activation: &str) -> Value {
    json!({ "type": "dense", "units": units, "activation": activation })
}

/// 784-24-8-24-784 on a few hundred digits.
fn value() -> Value {
    let layers = [
        json!({ "type": "flatten" }),
        dense(24, "relu"),
        dense(8, "linear"),
        dense(24, "relu"),
        dense(784, "sigmoid"),
    ];
    json!({ "version": 1, "lab": "autoencoder", "seed": 7,
        "data": { "name": "digits", "samples": 400, "test_fraction": 0.25, "targets": "inputs" },
        "network": { "layers": layers },
        "loss": "binary_crossentropy", "optimizer": { "name": "adam", "learning_rate": 0.003 }, "batch_size": 32 })
}

fn with(changes: &[(&str, Value)]) -> Value {
    let mut value = value();
    for (pointer, change) in changes {
        match value.pointer_mut(pointer) {
            Some(place) => *place = change.clone(),
            None => {
                let (parent, key) = pointer.rsplit_once('/').unwrap();
                value.pointer_mut(parent).unwrap()[key] = change.clone();
            }
        }
    }
    value
}

fn start(changes: &[(&str, Value)]) -> Run {
    Run::new(Experiment::from_value(with(changes)).unwrap_or_else(|error| panic!("{error}"))).unwrap()
}

fn lab() -> &'static dyn Lab {
    find("autoencoder").unwrap()
}

#[test]
fn what_does_not_fit_inputs_is_refused_in_a_sentence() {
    let refused = |changes: &[(&str, Value)]| Experiment::from_value(with(changes)).unwrap_err().to_string();
    assert_eq!(
        refused(&[("/network/layers/4", dense(10, "sigmoid"))]),
        "network.layers.4.units is 10, but must be 784, the numbers of an item of digits, as data.targets is inputs"
    );
    let softmax = ("/network/layers/4", dense(784, "softmax"));
    for (loss, output) in [
        ("hinge", None),
        ("sparse_categorical_crossentropy", Some(softmax.clone())),
        ("categorical_crossentropy", Some(softmax)),
    ] {
        let changes: Vec<_> = output.into_iter().chain([("/loss", json!(loss))]).collect();
        assert_eq!(
            refused(&changes),
            format!(
                "loss is {loss}, but must be binary_crossentropy, mean_squared_error or mean_absolute_error where \
                 data.targets is inputs or joint"
            )
        );
    }
    let points = [
        ("/data", json!({ "name": "moons", "targets": "inputs" })),
        ("/network/layers", json!([dense(1, "tanh"), dense(2, "sigmoid")])),
    ];
    assert_eq!(
        refused(&points),
        "loss is binary_crossentropy, but must be mean_squared_error or mean_absolute_error for the inputs of moons, \
         which are not within 0…1"
    );
    assert!(refused(&[("/data/targets", json!("outputs"))]).contains("data.targets"));
    assert!(refused(&[("/data/targets", json!("labels"))]).starts_with("loss is binary_crossentropy"));
    // A loss that is chosen while it trains passes the same gate.
    let edits = json!([{ "step": 3, "set": { "loss": "hinge" } }]);
    assert!(refused(&[("/edits", edits)]).contains("loss is hinge, but must be binary_crossentropy"));
}

#[test]
fn labels_are_meant_where_nothing_is_said_and_other_labs_take_nothing_else() {
    let cnn = find("cnn").unwrap();
    assert_eq!(cnn.defaults().to_value().pointer("/data/targets"), None);
    let experiment = Experiment::from_value(value()).unwrap();
    assert_eq!(experiment.to_value()["data"]["targets"], "inputs");
    lab().check(&experiment).unwrap();
    assert_eq!(
        cnn.check(&experiment).unwrap_err().to_string(),
        "data.targets is inputs, but must be labels or left out: the lab cnn shows how labels are learned"
    );
    let points = with(&[
        ("/data", json!({ "name": "moons", "targets": "inputs" })),
        ("/network/layers", json!([dense(1, "tanh"), dense(2, "linear")])),
        ("/loss", json!("mean_squared_error")),
    ]);
    let points = Experiment::from_value(points).unwrap();
    let refused = |lab: &str| find(lab).unwrap().check(&points).unwrap_err().to_string();
    assert!(refused("gradients").contains("data.targets is inputs, but must be labels"));
    lab().check(&points).unwrap();
    assert!(lab().check(&cnn.defaults()).unwrap_err().to_string().contains("must be inputs"));
}

/// The loss of a batch and of the test, and the metric, worked out from the outputs in `f64`.
#[test]
fn losses_and_metric_are_means_over_all_numbers_of_all_items() {
    let of = |loss: &str, y: f64, t: f64| match loss {
        "binary_crossentropy" => -(t * y.ln() + (1.0 - t) * (1.0 - y).ln()),
        "mean_squared_error" => (y - t) * (y - t),
        _ => (y - t).abs(),
    };
    for loss in ["binary_crossentropy", "mean_squared_error", "mean_absolute_error"] {
        // Pictures that differ from epoch to epoch are still their own targets.
        let mut run = start(&[
            ("/loss", json!(loss)),
            ("/data/augmentation", json!({ "rotation": 10.0, "shift": 1.0 })),
        ]);
        assert_eq!(run.metric(), Metric::MeanSquaredError);
        (0..20).for_each(|_| assert!(run.step().unwrap().is_finite()));
        let said = run.measure();
        let (inputs, outputs) = (&run.pass().traces[0].output, run.pass().output()); // flatten gives its input
        assert_eq!(outputs.len(), 32 * 784);
        let pairs = || outputs.iter().zip(inputs).map(|(&y, &t)| (f64::from(y), f64::from(t)));
        let mean = pairs().map(|(y, t)| of(loss, y, t)).sum::<f64>() / outputs.len() as f64;
        assert!((f64::from(said) / mean - 1.0).abs() < 1e-4, "{loss}: {said} and {mean}");

        let (test, mut pass) = (run.data().test.to_tensor(), Pass::default());
        run.network().forward(test.as_slice().unwrap(), &mut pass);
        let pairs = || pass.output().iter().zip(&test).map(|(&y, &t)| (f64::from(y), f64::from(t)));
        let numbers = pass.output().len() as f64;
        let evaluation = run.evaluate(&mut Pass::default()).unwrap();
        let (loss_of_test, squared) = (
            pairs().map(|(y, t)| of(loss, y, t)).sum::<f64>() / numbers,
            pairs().map(|(y, t)| (y - t) * (y - t)).sum::<f64>() / numbers,
        );
        assert!((f64::from(evaluation.loss) / loss_of_test - 1.0).abs() < 1e-4, "{loss}: {evaluation:?}");
        assert!((f64::from(evaluation.metric) / squared - 1.0).abs() < 1e-4, "{loss}: {evaluation:?}");
    }
    // Points are tested all at once.
    let mut points = start(&[
        ("/data", json!({ "name": "moons", "targets": "inputs" })),
        (
            "/network/layers",
            json!([dense(8, "tanh"), dense(1, "linear"), dense(8, "tanh"), dense(2, "linear")]),
        ),
        ("/loss", json!("mean_squared_error")),
    ]);
    let before = points.evaluate(&mut Pass::default()).unwrap();
    (0..600).for_each(|_| assert!(points.step().is_ok()));
    let after = points.evaluate(&mut Pass::default()).unwrap();
    assert_eq!(after.loss, after.metric);
    assert!(after.metric < 0.4 * before.metric, "{before:?} {after:?}");
}

#[test]
fn a_run_is_reported_saved_and_goes_on_from_its_file() {
    let mut run = start(&[]);
    let report = Report::of(&mut run, 60, true, |_, _| {});
    assert_eq!((report.test.metric, report.test.steps.len()), ("mean_squared_error", 3));
    assert!(report.test.values[2] < report.test.values[0]);
    let saved = Model::read("saved", &*model::to_bytes(&run)).unwrap();
    let on = Run::with_model(saved.to_experiment(), None, &saved.network).unwrap();
    assert_eq!(on.network().weights, run.network().weights);
    let refused = saved.count_right(&run.data().test).unwrap_err().to_string();
    assert!(
        refused.starts_with("the model is an autoencoder, but must be one that tells classes"),
        "{refused}"
    );
}

#[test]
fn the_same_experiment_gives_the_same_bits_and_a_link_holds_it() {
    let losses = || {
        let mut run = start(&[]);
        (0..40).map(|_| run.step().unwrap().to_bits()).collect::<Vec<u32>>()
    };
    assert_eq!(losses(), losses());
    let mut defaults = lab().defaults();
    defaults.data.samples = 500;
    assert_eq!(to_link(&defaults.clone().into()).unwrap(), "lab=autoencoder&data.samples=500");
    assert_eq!(from_link("lab=autoencoder&data.samples=500").unwrap(), defaults.into());
}

/// Convolutions down to 7 × 7 and up again: learns, is saved, and a part of a batch gives the bits of the whole.
#[test]
fn a_convolutional_one_learns_to_give_pictures_back() {
    let conv = |filters: usize, activation: &str| {
        json!({ "type": "conv2d", "filters": filters, "kernel_size": 3, "padding": "same", "activation": activation,
            "kernel_initializer": "he_normal" })
    };
    let up = json!({ "type": "conv2d_transpose", "filters": 8, "kernel_size": 3, "strides": 2, "padding": "same",
        "activation": "relu", "kernel_initializer": "he_normal" });
    let pool = json!({ "type": "max_pooling2d" });
    for layers in [
        json!([conv(8, "relu"), pool, conv(2, "relu"), pool, up, up, conv(1, "sigmoid")]),
        json!([conv(8, "relu"), pool, conv(2, "relu"), pool, { "type": "up_sampling2d", "size": 4 }, conv(8, "relu"),
            conv(1, "sigmoid")]),
        json!([conv(4, "relu"), pool, { "type": "flatten" }, dense(16, "relu"), dense(784, "relu"),
            { "type": "reshape", "target_shape": [14, 14, 4] },
            { "type": "conv2d_transpose", "filters": 1, "kernel_size": 4, "strides": 2, "padding": "same", "activation": "sigmoid" }]),
    ] {
        let mut run = start(&[("/network/layers", layers.clone())]);
        let before = run.evaluate(&mut Pass::default()).unwrap();
        for _ in 0..150 {
            run.step().unwrap();
        }
        let after = run.evaluate(&mut Pass::default()).unwrap();
        assert!(after.loss < 0.5 * before.loss, "{layers}: {before:?} {after:?}");
        assert!(after.metric < 0.25 * before.metric, "{layers}: {before:?} {after:?}");
        let saved = Model::read("saved", &*model::to_bytes(&run)).unwrap();
        let on = Run::with_model(saved.to_experiment(), None, &saved.network).unwrap();
        assert_eq!(on.network().weights, run.network().weights);
        assert_eq!(on.network().shapes().last().unwrap(), &[28, 28, 1]);
    }
    let refused = |last: Value| {
        let layers = json!([conv(8, "relu"), last]);
        Experiment::from_value(with(&[("/network/layers", layers)])).unwrap_err().to_string()
    };
    assert!(
        refused(conv(2, "sigmoid")).contains("is 1568, but must be 784"),
        "{}",
        refused(conv(2, "sigmoid"))
    );
    assert!(refused(conv(1, "relu")).contains("activation is relu, but must be sigmoid"));
}

/// The verdict after so many steps, and the reconstructions with their numbers.
fn shown(experiment: Experiment, steps: usize) -> (Verdict, Figure, Numbers, Run) {
    let mut run = Run::new(experiment).unwrap();
    run.measure();
    let mut observer = lab().observe(&run);
    for _ in 0..steps {
        match run.step() {
            Ok(loss) => observer.after_step(&run, loss),
            Err(_) => break,
        }
    }
    let mut numbers = Numbers::default();
    let panel = observer.panel("reconstructions", &run, &View::default(), &mut numbers).unwrap();
    (observer.verdict(&run), panel.figure, numbers, run)
}

#[test]
fn what_is_shown_is_what_the_network_gives_back() {
    let (_, figure, numbers, run) = shown(Experiment::from_value(value()).unwrap(), 30);
    let Figure::PictureRows(rows) = figure else { panic!("rows of pictures") };
    let [inputs, outputs, differences] = [0, 1, 2].map(|row: usize| numbers.at(rows.rows[row].values));
    let (items, errors) = (numbers.at(rows.items), numbers.at(rows.measures));
    assert_eq!((items.len(), rows.kind.as_str()), (10, "test picture"));
    let mut pass = Pass::default();
    for (column, &item) in items.iter().enumerate() {
        let own = 784 * column..784 * (column + 1);
        let mut input = vec![0.0; 784];
        run.data().test.copy_item(item as usize, &mut input);
        assert_eq!(run.data().test.labels[item as usize], column as f32, "one of each class, in their order");
        assert_eq!(inputs[own.clone()], input);
        run.network().forward(&input, &mut pass);
        let mut squared = 0.0;
        for (pixel, &y) in pass.output().iter().enumerate() {
            assert!((outputs[own.clone()][pixel] - y).abs() < 1e-5);
            assert_eq!(differences[own.clone()][pixel], outputs[own.clone()][pixel] - input[pixel]);
            squared += f64::from(y - input[pixel]).powi(2);
        }
        assert!((f64::from(errors[column]) - squared / 784.0).abs() < 1e-5);
    }
}

#[test]
fn the_verdict_says_what_was_measured() {
    let dense = lab().change(&lab().defaults(), "network", &json!("dense")).unwrap();
    let default = lab().change(&dense, "code", &json!(32)).unwrap();
    let change = |key: &str, value: Value| lab().change(&default, key, &value).unwrap();
    let (fresh, ..) = shown(default.clone(), 0);
    assert_eq!((fresh.word.as_str(), fresh.tone), ("Untrained.", Tone::Note), "{}", fresh.text);
    let (early, ..) = shown(default.clone(), 2);
    assert_eq!((early.word.as_str(), early.tone), ("Keeps nothing yet.", Tone::Warn), "{}", early.text);
    assert!(
        early.text.starts_with("784 numbers pass through 32, and the mean squared error"),
        "{}",
        early.text
    );
    let (narrow, ..) = shown(change("code", json!(1)), 400);
    assert!(
        ["Keeps a part of it.", "No better than PCA."].contains(&narrow.word.as_str()),
        "{}",
        narrow.text
    );
    let remedy = &narrow.remedies[0];
    assert_eq!(lab().change(&change("code", json!(1)), &remedy.key, &remedy.value).unwrap(), default);
    let mut long = default.clone();
    long.optimizer = serde_json::from_value(json!({ "name": "adam", "learning_rate": 0.003 })).unwrap();
    let (most, _, _, run) = shown(long, 1500);
    assert_eq!((most.word.as_str(), most.tone), ("Keeps most of it.", Tone::Good), "{}", most.text);
    // The share, worked out anew: of the squared distance from the mean training picture what is left.
    let data = run.data();
    let (train, test) = (data.train.to_tensor(), data.test.to_tensor());
    let mean = train.mean_axis(ndarray::Axis(0)).unwrap();
    let variance =
        test.outer_iter().map(|picture| (&picture - &mean).mapv(|d| d * d).mean().unwrap()).sum::<f32>()
            / data.test.len() as f32;
    let share = 1.0 - run.evaluate(&mut Pass::default()).unwrap().metric / variance;
    let said = format!("{:.0}\u{202f}% of the variance comes out again", share * 100.0);
    assert!(most.text.contains(&said), "{said}: {}", most.text);

    let untested =
        change("data.samples", json!(500)).with(&[("data.test_fraction".into(), json!(0.0))].into());
    let (untested, figure, ..) = shown(untested.unwrap(), 3);
    assert_eq!(untested.word, "Not tested.");
    let Figure::PictureRows(rows) = figure else { panic!("rows of pictures") };
    assert_eq!(rows.kind, "training picture");
    let wild = change("optimizer.learning_rate", json!(1e2));
    let (wild, ..) = shown(wild, 300);
    assert_eq!(wild.tone, if wild.word == "Diverged." { Tone::Bad } else { Tone::Warn }, "{}", wild.text);
}

#[test]
fn every_use_network_and_data_set_can_be_trained() {
    let lab = lab();
    let choices = |experiment: &Experiment, key: &str| -> Vec<Value> {
        let control = lab.controls(experiment).into_iter().find(|control| control.key == key);
        control
            .map_or_else(Vec::new, |control| control.choices.into_iter().map(|choice| choice.value).collect())
    };
    let few = lab.change(&lab.defaults(), "data.samples", &json!(500)).unwrap();
    let mut trained = 0;
    for set in choices(&few, "data.name") {
        let on = lab.change(&few, "data.name", &set).unwrap();
        for used in choices(&on, "use") {
            let used_so = lab.change(&on, "use", &used).unwrap();
            for network in choices(&used_so, "network") {
                let experiment = lab.change(&used_so, "network", &network).unwrap();
                lab.check(&experiment).unwrap();
                assert_eq!(
                    from_link(&to_link(&experiment.clone().into()).unwrap()).unwrap(),
                    experiment.clone().into()
                );
                let mut run = Run::new(experiment.clone()).unwrap();
                (0..2).for_each(|_| assert!(run.step().unwrap().is_finite(), "{set} {used} {network}"));
                let control =
                    lab.controls(&experiment).into_iter().find(|control| control.key == "network").unwrap();
                assert_eq!(control.value, network, "{set} {used} {network} is told as what it is");
                trained += 1;
            }
        }
    }
    assert!(trained > 80, "{trained}");
    let layers = |key: &str, value: Value| {
        lab.change(&lab.defaults(), key, &value).unwrap().to_value()["network"]["layers"].clone()
    };
    let tied = layers("tied", json!(true));
    assert_eq!([&tied[4]["tied"], &tied[5]["tied"], &tied[6]["tied"]], [1, 3, 5]);
    assert!(layers("sparsity", json!("kl"))[3]["activity_regularizer"]["kl"].as_f64() > Some(0.0));
    assert!(layers("sparsity", json!("l1"))[3]["activity_regularizer"]["l1"].as_f64() > Some(0.0));
    let variational = lab.change(&lab.defaults(), "network", &json!("variational")).unwrap();
    let beta = lab.change(&variational, "beta", &json!(4.0)).unwrap();
    assert_eq!(beta.difference(&variational).len(), 1, "live, in the running network");
}

#[test]
fn what_cannot_be_is_refused_or_told() {
    let refused = |changes: &[(&str, Value)]| Experiment::from_value(with(changes)).unwrap_err().to_string();
    for (change, said) in [
        (("/data/train_on", json!([10])), "data.train_on.0 is 10, but must be from 0 to 9"),
        (
            ("/data/train_on", json!([3, 1])),
            "data.train_on.1 is 1, but must be larger than the one before it: each class once, in their order",
        ),
        (
            ("/data/corruption", json!({ "level": 1.5 })),
            "data.corruption.level is 1.5, but must be from 0 to 1",
        ),
        (("/data/corruption", json!({ "kind": "fog" })), "fog"),
    ] {
        let error = refused(&[change]);
        assert!(error.contains(said), "{error}");
    }
    let mut labels = find("cnn").unwrap().defaults().to_value();
    labels["data"]["corruption"] = json!({ "level": 0.5 });
    let error = Experiment::from_value(labels).unwrap_err().to_string();
    assert!(
        error.starts_with("data.corruption is given, but must be left out where data.targets is labels"),
        "{error}"
    );
    // Ten items of ten classes, some of which are all kept for the test.
    let few = with(&[
        ("/data/samples", json!(10)),
        ("/data/train_on", json!([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])),
        ("/batch_size", json!("full")),
    ]);
    let error = Run::new(Experiment::from_value(few).unwrap()).err().unwrap().to_string();
    assert!(
        error.starts_with("data.train_on.") && error.ends_with("there are none of it in these data"),
        "{error}"
    );
    let lab = lab();
    let none =
        lab.change(&lab.change(&lab.defaults(), "use", &json!("detect")).unwrap(), "train_on", &json!(0));
    assert!(none.unwrap_err().to_string().contains("at least one class"));
    // A code wider than what goes in is told.
    let points = lab.change(&lab.defaults(), "data.name", &json!("moons")).unwrap();
    let (wide, ..) = shown(lab.change(&points, "code", &json!(8)).unwrap(), 5);
    assert!(wide.text.starts_with("The code of 8 numbers is no narrower than the 2"), "{}", wide.text);
}

#[test]
fn pictures_that_are_all_alike_are_told() {
    let pictures = Pictures::new(28, 28, vec![77; 784 * 40]);
    let labels: Vec<u8> = (0..40).map(|item| item % 10).collect();
    let examples = Examples::of_pictures(pictures, &labels).unwrap();
    let data = DataConfig { targets: Targets::Inputs, ..DataConfig::of_files(&examples, &examples) };
    let data_value = serde_json::to_value(&data).unwrap();
    let experiment = Experiment::from_value(with(&[("/data", data_value)])).unwrap();
    let all = Data { train: examples.clone(), test: examples, classes: 10, names: Default::default() };
    let mut run = Run::with_data(experiment, all.into()).unwrap();
    run.measure();
    let mut observer = lab().observe(&run);
    for _ in 0..3 {
        let loss = run.step().unwrap();
        observer.after_step(&run, loss);
    }
    for slot in lab().figures() {
        observer.panel(slot.id, &run, &View::default(), &mut Numbers::default()).unwrap();
    }
    assert_eq!(observer.verdict(&run).word, "All alike.");
}

/// Noise that is turned up while a run goes on is made again by its link, and a run of few classes goes on from its file.
#[test]
fn live_noise_and_chosen_classes_are_part_of_the_run() {
    let changes = [("/data/train_on", json!([1, 7])), ("/data/corruption", json!({ "level": 0.2 }))];
    let mut run = start(&changes);
    (0..5).for_each(|_| _ = run.step().unwrap());
    run.edit(&[("data.corruption.level".to_owned(), json!(0.6))].into()).unwrap();
    (0..5).for_each(|_| _ = run.step().unwrap());
    assert!(run.data().train.labels.iter().all(|label| [1.0, 7.0].contains(label)));
    assert!(run.data().test.labels.iter().any(|label| *label == 3.0), "the test keeps all classes");
    let mut again = Run::new(run.experiment().clone()).unwrap();
    (0..10).for_each(|_| _ = again.step().unwrap());
    assert_eq!(again.network().weights, run.network().weights);
    let mut without = start(&changes);
    (0..10).for_each(|_| _ = without.step().unwrap());
    assert_ne!(without.network().weights, run.network().weights, "the noise was turned up");
    let file = model::run_to_bytes(&run, Value::Null);
    let saved = Model::read("run", &*file).unwrap();
    let mut on = Run::new(saved.experiment.clone()).unwrap();
    saved.resume(&mut on).unwrap().unwrap();
    (0..5).for_each(|_| assert_eq!(on.step().unwrap().to_bits(), run.step().unwrap().to_bits()));
}

/// What is asked of a network beside being narrow is not only in its layers: it trains so, and another network comes of it.
#[test]
fn tied_sparse_and_variational_networks_learn_otherwise() {
    let lab = lab();
    let few = lab.change(&lab.defaults(), "data.samples", &json!(500)).unwrap();
    let dense = lab.change(&few, "network", &json!("dense")).unwrap();
    let after = |experiment: &Experiment| {
        let mut run = Run::new(experiment.clone()).unwrap();
        let losses: Vec<f32> = (0..30).map(|_| run.step().unwrap()).collect();
        assert!(losses[29] < 0.8 * losses[0], "{losses:?}");
        run
    };
    let plain = after(&dense);
    let change = |key: &str, value: Value| lab.change(&dense, key, &value).unwrap();
    let tied = after(&change("tied", json!(true)));
    let kernels: Vec<&[f32]> =
        tied.network().kernels().map(|kernel| &tied.network().weights[kernel.range.clone()]).collect();
    // The last kernel, [128, 784], is the first, [784, 128], turned over.
    let turned = (0..784 * 128).all(|at| kernels[3][at % 128 * 784 + at / 128] == kernels[0][at]);
    assert!(turned, "tied kernels stay one and the same");
    for (key, value) in [("sparsity", json!("l1")), ("sparsity", json!("kl")), ("tied", json!(true))] {
        let other = after(&change(key, value.clone()));
        assert!(other.network().weights != plain.network().weights, "{key} {value}");
    }
    let refused = lab.change(&dense, "sparsity", &json!("l3")).unwrap_err().to_string();
    assert_eq!(refused, "sparsity is l3, but must be one of none, l1, kl");
    // The divergence weight is changed live, and a link makes the same bits of it.
    let variational = lab.change(&few, "network", &json!("variational")).unwrap();
    let mut run = after(&variational);
    let heavier = lab.change(&variational, "beta", &json!(10.0)).unwrap();
    run.edit(&variational.difference(&heavier)).unwrap();
    (0..5).for_each(|_| _ = run.step().unwrap());
    let mut again = Run::new(run.experiment().clone()).unwrap();
    (0..35).for_each(|_| _ = again.step().unwrap());
    assert!(again.network().weights == run.network().weights, "the link makes the same bits");
    let mut without = Run::new(variational).unwrap();
    (0..35).for_each(|_| _ = without.step().unwrap());
    assert!(without.network().weights != run.network().weights, "the weight was turned up");
}

/// Machines are for sigmoids in a network that mirrors its encoder: choosing them makes such a one, and what is none of
/// theirs leaves them.
#[test]
fn stacked_machines_come_and_go_with_what_they_stand_for() {
    let change = |from: &Experiment, key: &str, value: Value| {
        lab().change(from, key, &value).unwrap_or_else(|e| panic!("{key}: {e}"))
    };
    let default = lab().defaults();
    let start = |experiment: &Experiment| {
        let control = lab().controls(experiment).into_iter().find(|control| control.key == "start").unwrap();
        (control.shown(), control.folded)
    };
    assert_eq!(start(&default), ("Random weights".into(), true));
    let stacked = change(&default, "start", json!("machines"));
    assert_eq!(start(&stacked), ("Stacked RBMs".into(), false));
    assert_eq!(stacked.pretraining, Some(Pretraining::default()));
    let dense = |experiment: &Experiment| -> Vec<(usize, String)> {
        let layers = serde_json::to_value(&experiment.network.layers).unwrap();
        let dense = layers.as_array().unwrap().iter().filter(|layer| layer["type"] == "dense").cloned();
        dense
            .map(|layer| {
                (layer["units"].as_u64().unwrap() as usize, layer["activation"].as_str().unwrap_or("").into())
            })
            .collect()
    };
    let [sigmoid, linear] = ["sigmoid", "linear"].map(String::from);
    let wide = |units| (units, sigmoid.clone());
    assert_eq!(dense(&stacked), [wide(256), wide(64), (2, linear), wide(64), wide(256), wide(784)]);
    assert_eq!(change(&stacked, "start", json!("random")).pretraining, None);
    assert_eq!(change(&stacked, "start", json!("random")).network, stacked.network);
    for (key, value, stays) in [
        ("code", json!(8), true),
        ("tied", json!(true), true),
        ("noise", json!(0.5), true),
        ("sparsity", json!("kl"), true),
        ("use", json!("denoise"), true),
        ("use", json!("detect"), true),
        ("network", json!("dense"), true),
        ("optimizer.name", json!("sgd"), true),
        ("sparsity", json!("l1"), false),
        ("activation", json!("tanh"), false),
        ("network", json!("convolutional"), false),
        ("network", json!("variational"), false),
    ] {
        let changed = change(&stacked, key, value.clone());
        assert_eq!(changed.pretraining.is_some(), stays, "{key} {value}");
        // And again, from whatever came of it.
        let again = change(&changed, "start", json!("machines"));
        assert!(again.pretraining.is_some(), "{key} {value}");
    }
    let sets = lab().controls(&default).into_iter().find(|control| control.key == "data.name").unwrap();
    for set in sets.choices {
        let experiment =
            change(&change(&default, "data.name", set.value.clone()), "start", json!("machines"));
        let (verdict, ..) = shown(experiment, 3);
        assert_ne!(verdict.word, "Diverged.", "{}: {}", set.value, verdict.text);
    }
}

#[test]
fn the_verdict_says_what_a_deep_network_began_with() {
    let change = |from: &Experiment, key: &str, value: Value| lab().change(from, key, &value).unwrap();
    let stacked = change(&change(&lab().defaults(), "data.samples", json!(500)), "start", json!("machines"));
    let random = change(&stacked, "start", json!("random"));
    let (fresh, ..) = shown(stacked.clone(), 0);
    assert_eq!(fresh.word, "Pre-trained.", "{}", fresh.text);
    let words =
        "its weights are those of 3 machines (RBMs), each trained by 200 updates on what the one below makes";
    assert!(fresh.text.contains(words), "{}", fresh.text);
    let (slow, ..) = shown(random.clone(), 40);
    let remedy = slow.remedies.iter().find(|remedy| remedy.key == "start").expect("a remedy");
    assert!(remedy.restarts);
    assert_eq!(change(&random, &remedy.key, remedy.value.clone()), stacked);
    let (quick, ..) = shown(stacked, 40);
    assert!(quick.remedies.iter().all(|remedy| remedy.key != "start"));
    assert!(
        quick.text.ends_with(" It began with the weights of stacked machines."),
        "{} {}",
        quick.word,
        quick.text
    );
}
