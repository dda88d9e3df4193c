//! Runs on pictures, and the model files they leave: small dense networks on the digits set.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::data::{Data, DataConfig, Examples, Names, Pictures};
use glassbox::nn::Pass;
use glassbox::train::{Experiment, Model, Run, model};
use serde_json::{Value, json};
use std::sync::Arc;

fn value(data: Value) -> Value {
    json!({ "version": 1, "lab": "gradients", "seed": 7, "data": data,
        "network": { "layers": [
            { "type": "flatten" },
            { "type": "dense", "units": 12, "activation": "relu" },
            { "type": "dense", "units": 10, "activation": "softmax" } ] },
        "loss": "sparse_categorical_crossentropy", "optimizer": "adam", "batch_size": 16 })
}

fn experiment(data: Value) -> Experiment {
    Experiment::from_value(value(data)).unwrap()
}

fn digits(augmentation: Value) -> Experiment {
    experiment(
        json!({ "name": "digits", "samples": 700, "test_fraction": 0.5, "augmentation": augmentation }),
    )
}

fn losses(run: &mut Run, steps: usize) -> Vec<f32> {
    (0..steps).map(|_| run.step().unwrap()).collect()
}

#[test]
fn a_network_learns_pictures() {
    let mut run = Run::new(digits(json!({}))).unwrap();
    assert_eq!(run.data().train.input_shape(), [28, 28, 1]);
    let before = run.evaluate(&mut Pass::default()).unwrap();
    losses(&mut run, 300);
    let after = run.evaluate(&mut Pass::default()).unwrap();
    assert!(
        before.metric < 0.3 && after.metric > 0.6 && after.loss < 0.7 * before.loss,
        "{before:?} {after:?}"
    );
}

#[test]
fn evaluation_in_parts_is_that_of_the_whole() {
    let mut run = Run::new(digits(json!({}))).unwrap();
    losses(&mut run, 40);
    // 350 test items take two parts; here all pass through at once.
    let test = &run.data().test;
    let (inputs, mut pass) = (test.to_tensor(), Pass::default());
    run.network().forward(inputs.as_slice().unwrap(), &mut pass);
    let loss = run.network().loss(&test.targets(10), &pass);
    let rows = pass.output().chunks(10).zip(&test.labels);
    let right = rows.filter(|(row, label)| run.class_of(row) == Some(**label as usize)).count();
    let evaluation = run.evaluate(&mut Pass::default()).unwrap();
    assert!((evaluation.loss / loss - 1.0).abs() < 1e-5, "{} {loss}", evaluation.loss);
    assert_eq!(evaluation.metric, right as f32 / 350.0);
}

#[test]
fn augmentation_makes_another_run_that_is_the_same_every_time() {
    let augmented = || Run::new(digits(json!({ "shift": 2, "rotation": 15, "elastic": 1.5 }))).unwrap();
    let first = losses(&mut augmented(), 60);
    assert_ne!(first, losses(&mut Run::new(digits(json!({}))).unwrap(), 60));
    // Looking at the gradients in between changes nothing: items are changed by epoch, not by looks.
    let mut looked_at = augmented();
    let looked: Vec<f32> = (0..60)
        .map(|_| {
            let loss = looked_at.measure();
            assert_eq!(looked_at.step().unwrap(), loss);
            loss
        })
        .collect();
    assert_eq!(first, looked);
}

#[test]
fn every_epoch_shows_an_item_otherwise_and_the_test_as_it_is() {
    let all = json!({ "batch_size": "full", "data": { "name": "digits", "samples": 20, "test_fraction": 0.5,
        "augmentation": { "shift": 3 } }, "optimizer": { "name": "sgd", "learning_rate": 0.0 } });
    let mut whole = value(json!({}));
    whole.as_object_mut().unwrap().extend(all.as_object().unwrap().clone());
    let mut run = Run::new(Experiment::from_value(whole).unwrap()).unwrap();
    let test = run.evaluate(&mut Pass::default()).unwrap();
    let losses = losses(&mut run, 3);
    // The weights stand still, and every batch holds all items: only the pictures differ.
    assert!(losses[0] != losses[1] && losses[1] != losses[2], "{losses:?}");
    assert_eq!(run.evaluate(&mut Pass::default()).unwrap(), test);
}

#[test]
fn images_from_outside_are_trained_on_when_they_fit() {
    let given = Data::new(&digits(json!({})).data, 3).unwrap();
    let config = DataConfig::of_files(&given.train, &given.test);
    let files = experiment(serde_json::to_value(&config).unwrap());
    let given = Arc::new(given);
    let run = || Run::with_data(files.clone(), given.clone()).unwrap();
    assert_eq!(losses(&mut run(), 20), losses(&mut run(), 20));
    let said = |result: glassbox::error::Result<Run>| result.err().expect("refused").to_string();
    assert!(said(Run::new(files.clone())).starts_with("data.name is files, but must be a built-in set"));
    assert!(
        said(Run::with_data(digits(json!({})), given.clone()))
            .contains("data.name is digits, but must be files")
    );
    let more = experiment(json!({ "name": "files", "samples": 900 }));
    assert!(said(Run::with_data(more, given)).starts_with("the number of items is 350 for training"));
    let large =
        |items| Examples::of_pictures(Pictures::new(32, 32, vec![0; 1024 * items]), &vec![0; items]).unwrap();
    let large = Data { train: large(350), test: large(350), classes: 10, names: Names::default() };
    assert!(said(Run::with_data(files, large.into())).contains("[32, 32, 1], but must be [28, 28, 1]"));
}

#[test]
fn experiments_on_pictures_are_checked() {
    let said = |data: Value| Experiment::from_value(value(data)).unwrap_err().to_string();
    let cases = [
        (json!({ "name": "digits", "noise": 0.2 }), "data.noise is 0.2, but must be 0 or left out"),
        (json!({ "name": "digits", "samples": 60_001 }), "from 10 to 60000"),
        (json!({ "name": "files", "samples": 200_001 }), "from 10 to 200000"),
        (json!({ "name": "digits", "classes": 9 }), "data.classes is 9, but must be from 10 to 10"),
        (
            json!({ "name": "digits", "augmentation": { "tilt": 3 } }),
            "data.augmentation.tilt: unknown key `tilt`",
        ),
        (json!({ "name": "digits", "augmentation": { "shift": 11 } }), "data.augmentation.shift is 11"),
        (json!({ "name": "spiral", "augmentation": { "shift": 1 } }), "spiral are points, not pictures"),
    ];
    for (data, words) in cases {
        let error = said(data.clone());
        assert!(error.contains(words), "{data}: {error}");
    }
    let mut full = value(json!({ "name": "files", "samples": 200_000, "test_fraction": 0.0 }));
    full["batch_size"] = json!("full");
    let error = Experiment::from_value(full).unwrap_err().to_string();
    // 50 million numbers, of which each item takes 784 for its pixels and 4 for each of 806 outputs.
    assert!(error.starts_with("batch_size is full, but must be at most 12475 "), "{error}");
    let plain = digits(json!({})).to_value();
    assert!(plain["data"].get("augmentation").is_none());
    let kept = digits(json!({ "shift": 2 }));
    assert_eq!(Experiment::from_value(kept.to_value()).unwrap(), kept);
}

fn trained() -> Run {
    let mut run = Run::new(digits(json!({}))).unwrap();
    losses(&mut run, 30);
    let set = [("network.layers.1.activation".to_owned(), json!("tanh"))].into();
    run.edit(&set).unwrap();
    losses(&mut run, 10);
    run
}

fn refusal(bytes: &[u8]) -> String {
    let error = Model::read("m", bytes).err().expect("refused").to_string();
    assert!(error.starts_with("m: ") && !error.contains('\n'), "{error}");
    error
}

#[test]
fn a_saved_model_comes_back_with_its_edits() {
    let run = trained();
    let model = Model::read("m", &*model::to_bytes(&run)).unwrap();
    assert_eq!((&model.experiment, model.steps), (run.experiment(), 40));
    assert_eq!(model.network.weights, run.network().weights);
    let inputs = run.data().test.to_tensor();
    let (mut ours, mut theirs) = (Pass::default(), Pass::default());
    run.network().forward(inputs.as_slice().unwrap(), &mut ours);
    model.network.forward(inputs.as_slice().unwrap(), &mut theirs);
    assert_eq!(ours.output(), theirs.output());
    let right = model.count_right(&run.data().test).unwrap();
    assert_eq!(right as f32 / 350.0, run.evaluate(&mut ours).unwrap().metric);
    let points = Data::new(&DataConfig::default(), 1).unwrap();
    let error = model.count_right(&points.test).unwrap_err().to_string();
    assert_eq!(error, "the shape of the items is [2], but must be [28, 28, 1], which the model takes");
}

#[test]
fn edits_that_are_still_to_come_are_kept_but_not_made() {
    let later = json!([{ "step": 3, "set": { "network.layers.1.activation": "tanh" } },
        { "step": 9, "set": { "network.layers.1.activation": "elu" } }]);
    let mut whole = digits(json!({})).to_value();
    whole["edits"] = later;
    let mut run = Run::new(Experiment::from_value(whole).unwrap()).unwrap();
    losses(&mut run, 3);
    let model = Model::read("m", &*model::to_bytes(&run)).unwrap();
    assert_eq!(model.experiment.edits.len(), 2);
    assert_eq!(model.network.activation(1), run.network().activation(1));
    assert_eq!(serde_json::to_value(model.network.activation(1)).unwrap(), "tanh");
}

#[test]
fn broken_model_files_are_refused_in_one_sentence() {
    let run = trained();
    let bytes = model::to_bytes(&run);
    let whole = "m: not a whole safetensors file: damaged, cut off or something else";
    for broken in [&bytes[..0], &bytes[..7], &bytes[..100], &bytes[..bytes.len() - 1], b"{}", &[0xff; 64]] {
        assert_eq!(refusal(broken), whole);
    }
    assert!(refusal(&vec![b' '; (68 << 20) + 1]).contains("larger than 68 MB"));
    let kept = |experiment: &str, steps: &str| {
        vec![("run", format!("{{\"experiment\":{experiment},\"steps\":{steps}}}"))]
    };
    let good = run.experiment().to_value().to_string();
    let arrays = run.network().named_weights();
    let file = |arrays: &[_], metadata: Vec<_>| model::tensors_to_bytes(arrays, &metadata);
    let said = |experiment: &str| refusal(&file(&arrays, kept(experiment, "40")));
    Model::read("m", &*file(&arrays, kept(&good, "40"))).unwrap();
    assert!(refusal(&file(&arrays, Vec::new())).ends_with("its metadata hold no run"));
    assert!(said("{").contains("is not JSON"));
    assert!(said("{}").contains("cannot be taken"));
    assert!(said(&good.replace("\"adam\"", "\"adim\"")).contains("unknown value `adim`"));
    assert!(
        said(&good.replace("\"units\":12", "\"units\":13"))
            .contains("dense/kernel is [784, 12] of F32, but must be [784, 13]")
    );
    let steps = refusal(&file(&arrays, kept(&good, "-4")));
    assert!(steps.contains("the steps in its metadata are -4, not a whole number"), "{steps}");
    assert!(refusal(&file(&arrays[1..], kept(&good, "40"))).contains("dense/kernel is missing"));
    let mut more = arrays.clone();
    more.push(("dense_7/kernel".into(), arrays[1].1.clone()));
    assert!(
        refusal(&file(&more, kept(&good, "40")))
            .contains("an array is dense_7/kernel, but must be one of dense/kernel")
    );
    let mut wild = arrays.clone();
    wild[1].1[[3]] = f32::NAN;
    assert!(
        refusal(&file(&wild, kept(&good, "40")))
            .ends_with("a weight of dense/bias is NaN, but must be a finite number")
    );
}
