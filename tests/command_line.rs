//! The command line as a user meets it: files in, files out, sentences for what cannot be taken.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::{Command, Output};

fn glassbox(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_glassbox")).args(arguments).output().expect("the program runs")
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn experiment(name: &str, content: &Value) -> String {
    let path = file(name);
    std::fs::write(&path, content.to_string()).expect("a file");
    path.to_str().expect("a plain path").to_owned()
}

#[test]
fn train_writes_a_report_and_a_model() {
    let given = experiment("moons.json", &json!({ "data": { "name": "moons" }, "optimizer": "adam" }));
    let (report, model) = (file("report.json"), file("model.safetensors"));
    let output = glassbox(&[
        "train",
        &given,
        "--steps",
        "120",
        "--report",
        report.to_str().unwrap(),
        "--save",
        model.to_str().unwrap(),
    ]);
    assert!(output.status.success(), "{output:?}");
    let report: Value = serde_json::from_str(&std::fs::read_to_string(report).unwrap()).unwrap();
    assert_eq!(report["outcome"], "finished");
    assert_eq!(report["steps"], 120);
    assert_eq!(report["loss"].as_array().unwrap().len(), 120);
    assert_eq!(report["gradients"]["norms"].as_array().unwrap().len(), 120);
    assert_eq!(report["gradients"]["layers"][0], "dense");
    assert_eq!(report["gradients"]["layers"][10], "dense_10");
    assert_eq!(report["test"]["steps"], json!([0, 50, 100, 120]));
    assert_eq!(report["test"]["metric"], "accuracy");
    assert_eq!(report["experiment"]["data"]["name"], "moons");
    let bytes = std::fs::read(model).unwrap();
    let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(tensors.tensor("dense/kernel").unwrap().shape(), [2, 8]);
    assert_eq!(tensors.tensor("dense_10/bias").unwrap().shape(), [1]);
    let (_, metadata) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
    let kept: Value = serde_json::from_str(&metadata.metadata().as_ref().unwrap()["run"]).unwrap();
    assert_eq!(kept["experiment"], report["experiment"]);
}

#[test]
fn data_writes_the_arrays_that_are_trained_on() {
    let given = experiment(
        "blobs.json",
        &json!({ "data": { "name": "circle", "samples": 60, "test_fraction": 0.5 }, "batch_size": "full" }),
    );
    let arrays = file("circle.safetensors");
    let output = glassbox(&["data", &given, "--output", arrays.to_str().unwrap()]);
    assert!(output.status.success(), "{output:?}");
    let bytes = std::fs::read(arrays).unwrap();
    let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(tensors.tensor("train/inputs").unwrap().shape(), [30, 2]);
    assert_eq!(tensors.tensor("test/labels").unwrap().shape(), [30]);
}

#[test]
fn sequences_are_trained_on_and_their_arrays_written() {
    let recall = json!({ "lab": "sequence", "data": { "name": "recall", "lag": 6, "samples": 200 } });
    let given = experiment("recall.json", &recall);
    let report = file("recall-report.json");
    let output = glassbox(&["train", &given, "--steps", "30", "--report", report.to_str().unwrap()]);
    assert!(output.status.success(), "{output:?}");
    let report: Value = serde_json::from_str(&std::fs::read_to_string(report).unwrap()).unwrap();
    assert_eq!((&report["steps"], &report["test"]["metric"]), (&json!(30), &json!("accuracy")));
    let lstm = json!([
        { "type": "embedding", "input_dim": 56, "output_dim": 4 },
        { "type": "lstm", "units": 4, "return_sequences": true },
        { "type": "dense", "units": 56, "activation": "softmax" } ]);
    let text = json!({ "lab": "sequence", "data": { "name": "text", "length": 60, "lag": null, "samples": 90 },
        "network": { "layers": lstm }, "batch_size": 8 });
    let given = experiment("text.json", &text);
    let output = glassbox(&["train", &given, "--steps", "3"]);
    assert!(output.status.success(), "{output:?}");
    let arrays = file("text.safetensors");
    let output = glassbox(&["data", &given, "--output", arrays.to_str().unwrap()]);
    assert!(output.status.success(), "{output:?}");
    let bytes = std::fs::read(arrays).unwrap();
    let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let shapes = ["train/inputs", "train/labels", "test/inputs", "test/labels"]
        .map(|name| tensors.tensor(name).unwrap().shape().to_vec());
    assert_eq!(shapes, [[81, 60], [81, 60], [9, 60], [9, 60]]);

    let late = json!({ "lab": "sequence", "data": { "lag": 50, "length": 40 } });
    let output = glassbox(&["train", &experiment("late.json", &late)]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("data.lag is 50, but must be from 2 to 39, as data.length is 40"), "{said}");
}

#[test]
fn an_autoencoder_is_trained_and_its_data_are_written() {
    let given = json!({ "lab": "autoencoder", "data": { "samples": 60 }, "batch_size": 16 });
    let given = experiment("autoencoder.json", &given);
    let (report, model, arrays) =
        (file("autoencoder-report.json"), file("autoencoder.safetensors"), file("inputs.safetensors"));
    let [report, model, arrays] = [&report, &model, &arrays].map(|path| path.to_str().unwrap());
    let output = glassbox(&["train", &given, "--steps", "20", "--report", report, "--save", model]);
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("test mean_squared_error 0."), "{output:?}");
    let report: Value = serde_json::from_str(&std::fs::read_to_string(report).unwrap()).unwrap();
    assert_eq!(report["test"]["metric"], "mean_squared_error");
    assert_eq!(report["experiment"]["data"]["targets"], "inputs");
    assert_eq!(
        report["gradients"]["layers"],
        json!(["dense", "dense_1", "dense_2", "dense_3", "dense_4", "dense_5"])
    );
    let output = glassbox(&["data", &given, "--output", arrays]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("whose targets are the inputs"), "{output:?}");
    let bytes = std::fs::read(arrays).unwrap();
    let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(tensors.tensor("train/inputs").unwrap().shape(), [48, 28, 28, 1]);
    // It tells no classes.
    let stroke = file("stroke.jsonl");
    std::fs::write(&stroke, "{\"digit\":1,\"strokes\":[[[0,0],[0,9]]]}\n").unwrap();
    let output = glassbox(&["predict-strokes", model, "--input", stroke.to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("the model is an autoencoder"), "{output:?}");
}

#[test]
fn a_diverged_run_is_an_outcome() {
    let mut wild = serde_json::to_value(glassbox::labs::LABS[0].defaults()).unwrap();
    wild["optimizer"] = json!({ "name": "sgd", "learning_rate": 100.0 });
    for layer in wild["network"]["layers"].as_array_mut().unwrap().iter_mut().take(10) {
        layer["activation"] = json!("relu");
        layer["kernel_initializer"] = json!({ "name": "random_normal", "stddev": 50.0 });
    }
    let report = file("diverged.json");
    let output = glassbox(&[
        "train",
        &experiment("wild.json", &wild),
        "--steps",
        "200",
        "--report",
        report.to_str().unwrap(),
    ]);
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("diverged at step "), "{output:?}");
    let report: Value = serde_json::from_str(&std::fs::read_to_string(report).unwrap()).unwrap();
    let diverged = &report["outcome"]["diverged"];
    assert_eq!(diverged["step"], report["steps"]);
    assert!(diverged["layer"].as_str().unwrap().starts_with("dense") && diverged["quantity"].is_string());
}

#[test]
fn what_cannot_be_taken_ends_with_code_2_and_one_sentence() {
    let layers = |units: Value| json!({ "network": { "layers": [{ "type": "dense", "units": units, "activation": "sigmoid" }] } });
    let cases = [
        (json!({ "epochs": 3 }), "unknown key `epochs`"),
        (json!({ "optimizer": { "name": "sgd", "lr": 0.1 } }), "optimizer.lr: unknown key `lr`"),
        (json!({ "optimizer": "sdg" }), "unknown value `sdg`"),
        (json!({ "optimizer": { "name": "sgd", "learning_rate": "fast" } }), "optimizer.learning_rate"),
        (
            json!({ "optimizer": { "name": "sgd", "learning_rate": -0.1 } }),
            "optimizer.learning_rate is -0.1, but must be from 0 to 100",
        ),
        (json!({ "optimizer": { "name": "sgd", "rho": 0.5 } }), "optimizer.rho is 0.5, but must be left out"),
        (json!({ "data": { "name": "spirall" } }), "data.name is spirall, but must be one of spiral, circle"),
        (json!({ "data": { "noise": 0.6 } }), "data.noise is 0.6, but must be from 0 to 0.5"),
        (json!({ "data": { "samples": 2.5 } }), "data.samples"),
        (json!({ "batch_size": 351 }), "batch_size is 351, but must be from 1 to 350"),
        (json!({ "batch_size": 0 }), "batch_size is 0"),
        (json!({ "network": { "layers": [] } }), "the number of network.layers is 0"),
        (layers(json!(10_000_000)), "network.layers.0.units"),
        (layers(json!("many")), "network.layers.0.units"),
        (layers(json!(3)), "network.layers.0.units is 3, but must be 1"),
        (json!({ "network": { "layers": [{ "type": "dence", "units": 1 }] } }), "network.layers.0.type"),
        (
            json!({ "network": { "layers": [{ "type": "dense", "unit": 1 }] } }),
            "network.layers.0.unit: unknown key `unit`",
        ),
        (json!({ "lab": "cooking" }), "lab is cooking, but must be one of gradients"),
        (json!({ "version": 2 }), "version is 2"),
        (json!({ "loss": "hinge", "data": { "name": "plane" } }), "loss is hinge"),
        (json!([1, 2]), "must be a JSON object"),
    ];
    for (content, words) in cases {
        let output = glassbox(&["train", &experiment("bad.json", &content), "--steps", "1"]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{content}: {said}");
        assert!(said.contains(words), "{content}: {said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{content}: {said}");
        assert!(!said.contains("panicked"));
    }
}

#[test]
fn a_warm_up_that_outlasts_its_run_is_told() {
    let schedule = json!({ "name": "warmup", "warmup_steps": 50 });
    let at_once = json!({ "optimizer": { "name": "sgd", "learning_rate": 0.1, "schedule": schedule } });
    let later = json!({ "edits": [{ "step": 10, "set": { "optimizer.schedule": schedule } }] });
    for (name, content) in [("warm.json", at_once), ("warm_later.json", later)] {
        let given = experiment(name, &content);
        let output = glassbox(&["train", &given, "--steps", "50"]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        let words = "optimizer.schedule.warmup_steps is 50, but must be less than 50, the steps of the run";
        assert!(said.contains(words), "{said}");
        assert_eq!(glassbox(&["train", &given, "--steps", "51"]).status.code(), Some(0));
    }
}

#[test]
fn missing_and_broken_files_are_told() {
    let said = |arguments: &[&str]| {
        let output = glassbox(arguments);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(said(&["train", "nowhere.json"]).contains("nowhere.json: there is no such file"));
    assert!(said(&["data", "nowhere.json", "--output", "x"]).contains("nowhere.json"));
    let broken = file("broken.json");
    std::fs::write(&broken, "{\"seed\": 7,").unwrap();
    assert!(said(&["train", broken.to_str().unwrap()]).contains("this is not JSON"));
    std::fs::write(&broken, [0xff, 0xfe, 0x00]).unwrap();
    assert!(said(&["train", broken.to_str().unwrap()]).contains("not text in UTF-8"));
    let good = experiment("good.json", &json!({}));
    assert!(
        said(&["train", &good, "--report", "no/such/folder/r.json"])
            .contains("there is no folder no/such/folder")
    );
    assert!(said(&["train", &good, "--steps", "many"]).contains("--steps"));
}

/// A pair of IDX files of 28 by 28 images, each of which shows its label as a bar.
fn bars(name: &str, items: u32) -> [String; 2] {
    let labels: Vec<u8> = (0..items).map(|item| (item * 7 % 10) as u8).collect();
    let bar = |&label: &u8| {
        (0..784).map(move |pixel| if pixel / 28 / 2 == 2 + usize::from(label) { 255 } else { 0 })
    };
    let words = |numbers: &[u32]| numbers.iter().flat_map(|number| number.to_be_bytes()).collect::<Vec<u8>>();
    let images = [words(&[0x803, items, 28, 28]), labels.iter().flat_map(bar).collect()].concat();
    let labels = [words(&[0x801, items]), labels].concat();
    [("images", images), ("labels", labels)].map(|(what, bytes)| {
        let path = file(&format!("{name}-{what}"));
        std::fs::write(&path, bytes).expect("a file");
        path.to_str().expect("a plain path").to_owned()
    })
}

#[test]
fn images_are_trained_on_and_evaluated() {
    let [images, labels] = bars("train", 300);
    let model = file("bars.safetensors");
    let model = model.to_str().unwrap();
    let given = |name: &str, samples: u32| {
        let content = json!({ "data": { "name": "files", "samples": samples }, "optimizer": "adam",
            "loss": "sparse_categorical_crossentropy", "network": { "layers": [{ "type": "flatten" },
                { "type": "dense", "units": 10, "activation": "softmax" }] } });
        experiment(name, &content)
    };
    let good = given("files.json", 300);
    let output = glassbox(&[
        "train", &good, "--images", &images, "--labels", &labels, "--steps", "60", "--save", model,
    ]);
    assert!(output.status.success(), "{output:?}");
    let [images, labels] = bars("test", 40);
    let output = glassbox(&["evaluate", model, "--images", &images, "--labels", &labels]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "accuracy 1.0000 (40/40)\n", "{output:?}");

    let said = |arguments: &[&str]| {
        let output = glassbox(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.lines().count()), (Some(2), 1), "{said}");
        said
    };
    let evaluate = |model: &str, images: &str, labels: &str| {
        said(&["evaluate", model, "--images", images, "--labels", labels])
    };
    assert!(evaluate("none", &images, &labels).contains("none: there is no such file"));
    assert!(evaluate(&images, &images, &labels).contains("not a whole safetensors file"));
    assert!(evaluate(model, &labels, &labels).contains("this file holds labels, not images"));
    assert!(evaluate(model, &images, &images).contains("this file holds images, not labels"));
    let [_, fewer] = bars("fewer", 39);
    assert!(evaluate(model, &images, &fewer).contains("the number of labels is 39, but must be 40"));
    assert!(said(&["train", &good]).contains("data.name is files, but must be a built-in set"));
    let [images, labels] = bars("train", 300);
    let other = given("more.json", 500);
    let with_images = said(&["train", &other, "--images", &images, "--labels", &labels]);
    assert!(with_images.contains("data.samples is 500, but must be 300"), "{with_images}");
    let plane = experiment("spiral.json", &json!({}));
    let refused = said(&["train", &plane, "--images", &images, "--labels", &labels]);
    assert!(refused.contains("data.name is spiral, but must be files"), "{refused}");
    assert_eq!(glassbox(&["evaluate", model, "--images", &images]).status.code(), Some(2));
    assert_eq!(glassbox(&["evaluate", model]).status.code(), Some(2));
}

#[test]
fn strokes_are_read_and_counted() {
    use glassbox::data::digits::draw;
    use glassbox::tensor::{Rng, Stream};
    let model = concat!(env!("CARGO_MANIFEST_DIR"), "/www/models/digits.safetensors");
    let mut rng = Rng::new(3, Stream::Drawing);
    let drawn = (0..200).map(|index| serde_json::to_string(&draw(index % 10, &mut rng)).unwrap());
    let lines: Vec<String> =
        drawn.chain(["".into(), json!({ "digit": 4, "strokes": [] }).to_string()]).collect();
    let input = file("strokes.ndjson");
    std::fs::write(&input, lines.join("\n")).unwrap();
    let input = input.to_str().unwrap();
    let output = glassbox(&["predict-strokes", model, "--input", input]);
    let said = String::from_utf8(output.stdout).unwrap();
    let first = said.lines().next().unwrap();
    let right: usize = first.split(['(', '/']).nth(1).unwrap().parse().unwrap();
    assert!(first.starts_with("accuracy 0.9") && first.ends_with("/201)") && right >= 195, "{said}");
    // A row for each digit; the drawing without a point is in the column of no answer.
    let row = |digit: &str| -> Vec<String> {
        let of_digit = |line: &&str| line.split_whitespace().next() == Some(digit);
        said.lines().find(of_digit).unwrap().split_whitespace().map(str::to_owned).collect()
    };
    assert_eq!((row("4")[11].as_str(), row("5")[11].as_str()), ("1", "0"), "{said}");
    let written = std::fs::read_to_string(file("strokes.predictions.ndjson")).unwrap();
    let written: Vec<Value> = written.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(written.len(), 201);
    assert_eq!((&written[200]["class"], &written[200]["digit"]), (&Value::Null, &json!(4)));
    assert_eq!(written.iter().filter(|line| line["class"] == line["digit"]).count(), right);
    assert_eq!(written[0]["logits"].as_array().unwrap().len(), 10);

    let refused = |name: &str, content: &str| {
        let path = file(name);
        std::fs::write(&path, content).unwrap();
        let output = glassbox(&["predict-strokes", model, "--input", path.to_str().unwrap()]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.lines().count()), (Some(2), 1), "{said}");
        said
    };
    let good = &lines[0];
    for line in ["{\"digit\":3}", "[[1,2]]", "nonsense", "{\"digit\":12,\"strokes\":[]}"] {
        let said = refused("bad.ndjson", &format!("{good}\n{line}\n"));
        assert!(said.contains("bad.ndjson, line 2: no drawing: "), "{said}");
    }
    assert!(refused("long.ndjson", &"[".repeat(5 << 20)).contains("longer than 4 MB"));
}
