//! That the bytes a run says it holds are those that it holds, as a global allocator counts them, and that those foretold
//! for other batches are those that such batches take. Printed by `cargo test --test memory_count -- --nocapture`.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::train::{Experiment, Memory, MemoryForecast, Run};
use serde_json::{Value, json};

fn dense(units: usize, activation: &str) -> Value {
    json!({ "type": "dense", "units": units, "activation": activation })
}

fn experiment(data: Value, layers: Value, optimizer: Value, batch_size: Value) -> Experiment {
    let classes = layers.as_array().unwrap().last().unwrap()["units"].clone();
    let loss = if classes == 1 { "binary_crossentropy" } else { "sparse_categorical_crossentropy" };
    Experiment::from_value(json!({ "version": 1, "lab": "batching", "seed": 3, "data": data,
        "network": { "layers": layers }, "loss": loss, "optimizer": optimizer, "batch_size": batch_size }))
    .expect("valid")
}

/// 2-16-16-1, 784-64-10 and a small CNN, with data of which a batch of 512 can be made.
fn networks() -> [(&'static str, Value, Value); 3] {
    let conv = |filters: usize| json!({ "type": "conv2d", "filters": filters, "kernel_size": 3, "padding": "same", "activation": "relu" });
    let (flatten, pool) = (json!({ "type": "flatten" }), json!({ "type": "max_pooling2d" }));
    let digits = json!({ "name": "digits", "samples": 1000 });
    [
        (
            "points",
            json!({ "name": "moons", "samples": 1280 }),
            json!([dense(16, "tanh"), dense(16, "relu"), dense(1, "sigmoid")]),
        ),
        ("digits, dense", digits.clone(), json!([flatten, dense(64, "relu"), dense(10, "softmax")])),
        ("digits, CNN", digits, json!([conv(8), pool, conv(16), pool, flatten, dense(10, "softmax")])),
    ]
}

/// A run after some steps, with the bytes that the allocator has given it and not got back.
fn held(experiment: Experiment) -> (Run, i64) {
    let mut run = None;
    let counted = allocation_counter::measure(|| {
        let run = run.insert(Run::new(experiment).expect("validated"));
        (0..3).for_each(|_| _ = run.step().expect("no divergence"));
    });
    (run.expect("begun"), counted.bytes_current)
}

fn assert_near(what: &str, counted: u64, held: i64) {
    let ratio = counted as f64 / held as f64;
    assert!((ratio - 1.0).abs() < 0.05, "{what}: {counted} bytes, but {held}");
}

#[test]
fn the_bytes_of_a_run_are_those_that_it_holds() {
    let optimizers = [
        json!("sgd"),
        json!({ "name": "sgd", "momentum": 0.9 }),
        json!({ "name": "rmsprop", "centered": true }),
        json!("adadelta"),
        json!({ "name": "adam", "clipnorm": 1.0 }),
    ];
    for (name, data, layers) in networks() {
        let begun = Run::new(experiment(data.clone(), layers.clone(), json!("adam"), json!(1))).unwrap();
        let of_adam = MemoryForecast::of(&begun);
        for batch in [json!(1), json!(32), json!(512), json!("full")] {
            for optimizer in &optimizers {
                let what = format!("{name}, {optimizer}, batch {batch}");
                let (run, held) =
                    held(experiment(data.clone(), layers.clone(), optimizer.clone(), batch.clone()));
                let counted = Memory::of(&run);
                println!("{what}: {held} bytes held, {} counted {counted:?}", counted.total());
                assert_near(&what, counted.total(), held);
                let size = run.current().batch_size.items(run.data().train.len());
                let foretold = MemoryForecast::of(&run).of_batch(size);
                assert_near(&format!("{what}, foretold"), foretold.total(), held);
                for (part, (bytes, foretold)) in counted.parts().into_iter().zip(foretold.parts()).enumerate()
                {
                    assert!(
                        bytes.abs_diff(foretold) <= bytes / 20,
                        "{what}, part {part}: {bytes} {foretold}"
                    );
                }
                // The same of a run with another batch that has not stepped yet.
                let foretold = of_adam.of_batch(size);
                assert!(
                    foretold.activations.abs_diff(counted.activations) <= counted.activations / 20,
                    "{what}"
                );
                assert!(foretold.data.abs_diff(counted.data) <= counted.data / 20, "{what}");
            }
        }
    }
}

/// Whatever batches a run had before, it holds what one with the batch of now holds.
#[test]
fn a_smaller_batch_gives_back_what_a_larger_one_took() {
    for (name, data, layers) in networks() {
        let of = |batch: Value| experiment(data.clone(), layers.clone(), json!("sgd"), batch);
        let mut changing = Run::new(of(json!(1))).unwrap();
        for batch in [1, 300, 32, 48, 64, 1] {
            let set = [("batch_size".to_owned(), json!(batch))].into();
            changing.edit(&set).unwrap();
            (0..3).for_each(|_| _ = changing.step().unwrap());
            let (steady, _) = held(of(json!(batch)));
            let [now, wanted] = [&changing, &steady].map(Memory::of);
            // The list of edits is data, a few hundred bytes of it.
            assert_eq!(now.activations, wanted.activations, "{name}, batch {batch}");
            assert!(now.data.abs_diff(wanted.data) < 4096, "{name}, batch {batch}: {now:?}, {wanted:?}");
        }
    }
}

#[test]
fn a_batch_of_pictures_keeps_no_more_than_the_part_that_passes_at_once() {
    let [_, (_, data, dense), (_, _, layers)] = networks();
    let cnn =
        MemoryForecast::of(&Run::new(experiment(data.clone(), layers, json!("adam"), json!(32))).unwrap());
    let at_once = cnn.rows_at_once(800);
    assert!((4..32).contains(&at_once), "{at_once}");
    assert_eq!(cnn.of_batch(800).activations, cnn.of_batch(32).activations);
    assert!(cnn.in_one_pass(800) > 20 * cnn.of_batch(800).activations);
    assert_eq!(cnn.in_one_pass(at_once), cnn.of_batch(at_once).activations);
    let dense = MemoryForecast::of(&Run::new(experiment(data, dense, json!("adam"), json!(32))).unwrap());
    assert_eq!(dense.in_one_pass(800), dense.of_batch(800).activations);
    assert_eq!(dense.of_batch(9999), dense.of_batch(800), "there are 800");
}

/// So a full batch of 2,000 digits is taken, of which all layers would keep 260 MB if it passed at once, and
/// one of 160,000 is not: its pixels alone would fill the memory.
#[test]
fn what_is_refused_for_its_memory_is_what_would_be_held() {
    let conv = json!({ "type": "conv2d", "filters": 8, "kernel_size": 3, "activation": "relu" });
    let layers = json!([conv, { "type": "max_pooling2d" }, { "type": "flatten" }, dense(10, "softmax")]);
    let of = |samples: usize| {
        json!({ "version": 1, "lab": "batching", "seed": 3, "data": { "name": "digits", "samples": samples },
            "network": { "layers": layers }, "loss": "sparse_categorical_crossentropy", "optimizer": "sgd", "batch_size": "full" })
    };
    let (run, held) = held(Experiment::from_value(of(2500)).expect("taken"));
    assert!(held < 16 << 20, "{held}");
    // What a figure looks at passes whole where that fits, and else its first rows.
    let [looked, outputs] = [run.pass().traces[0].output.len(), run.network().units()[0]];
    assert!(
        looked % outputs == 0 && (1000 * outputs..2000 * outputs).contains(&looked),
        "{}",
        looked / outputs
    );
    assert!(run.pass().bytes() < 200_000_000, "{}", run.pass().bytes());
    let mut files = of(200_000);
    files["data"]["name"] = json!("files");
    let error = Experiment::from_value(files).unwrap_err().to_string();
    assert!(error.starts_with("batch_size is full, but must be at most 62"), "{error}");
}

/// A forecast for the whole data set takes no more than for one item.
#[test]
fn a_forecast_makes_no_batch() {
    let [_, (_, data, layers), _] = networks();
    let run = Run::new(experiment(data, layers, json!("sgd"), json!(1))).unwrap();
    let counted = allocation_counter::measure(|| {
        assert!(MemoryForecast::of(&run).of_batch(800).data > 800 * 784 * 4);
    });
    assert_eq!(counted.bytes_current, 0);
    assert!(counted.bytes_max < 800 * 784, "{counted:?}");
}

/// What recurrent layers, nested ones and machines keep is counted too, and follows from two small batches.
#[test]
fn layers_of_every_kind_are_counted() {
    let last = dense(8, "softmax");
    let recall =
        |layer: Value| (json!({ "name": "recall", "samples": 1000 }), json!([layer, last.clone()]), "labels");
    let lstm = json!({ "type": "lstm", "units": 12 });
    let layers = [
        recall(json!({ "type": "simple_rnn", "units": 12 })),
        recall(lstm.clone()),
        recall(json!({ "type": "gru", "units": 12 })),
        recall(json!({ "type": "bidirectional", "layer": lstm })),
        (
            json!({ "name": "digits", "samples": 500, "targets": "inputs",
                "corruption": { "kind": "gaussian", "level": 0.3 } }),
            json!([{ "type": "flatten" }, dense(16, "relu"), dense(784, "sigmoid")]),
            "inputs",
        ),
        (
            json!({ "name": "digits", "samples": 500, "targets": "inputs" }),
            json!([{ "type": "rbm", "units": 32, "persistent_chains": 10 }]),
            "inputs",
        ),
        (
            json!({ "name": "digits", "samples": 500, "augmentation": { "rotation": 15, "elastic": 1.5 } }),
            json!([{ "type": "conv2d", "filters": 4, "kernel_size": 3, "strides": 2, "activation": "relu" },
                { "type": "batch_normalization" }, { "type": "dropout", "rate": 0.2 }, { "type": "flatten" },
                dense(10, "softmax")]),
            "labels",
        ),
    ];
    for (data, layers, targets) in layers {
        let loss =
            if targets == "labels" { "sparse_categorical_crossentropy" } else { "binary_crossentropy" };
        let what = layers.to_string();
        let (run, held) = held(
            Experiment::from_value(json!({ "version": 1, "lab": "batching", "seed": 3, "data": data,
                "network": { "layers": layers }, "loss": loss, "optimizer": "adam", "batch_size": 100 }))
            .unwrap_or_else(|error| panic!("{what}: {error}")),
        );
        let counted = Memory::of(&run);
        println!("{what}: {held} bytes held, {} counted {counted:?}", counted.total());
        assert_near(&what, counted.total(), held);
        let foretold = MemoryForecast::of(&run).of_batch(100);
        for (part, (bytes, foretold)) in counted.parts().into_iter().zip(foretold.parts()).enumerate() {
            assert!(bytes.abs_diff(foretold) <= bytes / 20, "{what}, part {part}: {bytes} {foretold}");
        }
    }
}
