//! What the jobs of the RBM lab come to on real data, which are skipped with a word where they are not there.
//! `GLASSBOX_SWEEPS=1` takes all of MNIST and trains the machine of films to its end, which takes minutes.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::data::ratings::OwnRatings;
use glassbox::data::{
    BatchSize, Data, DataConfig, Examples, Pictures, Targets, documents, idx, ratings, table,
};
use glassbox::labs::{self, Figure, Numbers, Observer, View};
use glassbox::nn::LayerConfig;
use glassbox::nn::rbm::{Rbm, Room, Weights};
use glassbox::train::{Experiment, Run, settings::Settings};
use serde_json::{Value, json};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn more() -> bool {
    std::env::var_os("GLASSBOX_SWEEPS").is_some()
}

/// A folder or file of the shared data, where it is there.
fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not there", path.display());
    None
}

/// MNIST's first `train` and `test` images.
fn mnist(train: usize, test: usize) -> Option<Arc<Data>> {
    let folder = shared("mnist")?;
    let part = |images: &str, labels: &str, most: usize| {
        let open = |name: &str| File::open(folder.join(name)).unwrap();
        let pictures = idx::read_images(images, open(images)).unwrap();
        let labels = idx::read_labels(labels, open(labels)).unwrap();
        let pixels = pictures.pixels()[..most * 784].to_vec();
        Examples::of_pictures(Pictures::new(28, 28, pixels), &labels[..most]).unwrap()
    };
    Some(Arc::new(Data {
        train: part("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", train),
        test: part("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", test),
        classes: 10,
        names: Default::default(),
    }))
}

/// The experiment with which a job begins, on other data where they are given, with some settings changed.
fn experiment(job: &str, data: Option<&DataConfig>, seed: u64, changes: Value) -> Experiment {
    let lab = labs::find("rbm").unwrap();
    let usual = lab.change(&lab.defaults(), "job", &json!(job)).unwrap();
    let on = data.map_or(usual.clone(), |data| {
        lab.change(&usual, "data", &serde_json::to_value(data).unwrap()).unwrap()
    });
    let changes: Settings = changes.as_object().unwrap().clone().into_iter().collect();
    Experiment { seed, ..on }.with(&changes).unwrap()
}

fn run_on(experiment: Experiment, given: Option<Arc<Data>>) -> Run {
    match given {
        Some(data) => Run::with_data(experiment, data).unwrap(),
        None => Run::new(experiment).unwrap(),
    }
}

/// Trains for so many epochs, where `rate` is given with the learning rate that it has for each of them, from 0 on; the
/// lab's observer has seen the last step.
fn train(run: &mut Run, epochs: usize, rate: Option<&dyn Fn(usize) -> f64>) -> Box<dyn Observer> {
    let items = run.data().train.len();
    let batch = match run.current().batch_size {
        BatchSize::Items(size) => size,
        BatchSize::Full => items,
    };
    let steps = items.div_ceil(batch);
    for epoch in 0..epochs {
        if let Some(rate) = rate {
            run.edit(&Settings::from([("optimizer.learning_rate".into(), json!(rate(epoch)))])).unwrap();
        }
        let last = usize::from(epoch + 1 == epochs);
        (last..steps).for_each(|_| assert!(run.step().is_ok()));
    }
    let mut observer = labs::find("rbm").unwrap().observe(run);
    let loss = run.step().unwrap();
    assert_eq!(run.epoch(), epochs);
    observer.after_step(run, loss);
    observer
}

/// The bars of a figure, each with its name; they are printed.
fn bars(observer: &mut dyn Observer, run: &Run, panel: &str) -> Vec<(String, f32)> {
    let mut numbers = Numbers::default();
    // What takes long is worked out over several looks.
    let mut seen = observer.panel(panel, run, &View::default(), &mut numbers).unwrap();
    while observer.is_at_work(panel, run) {
        seen = observer.panel(panel, run, &View::default(), &mut numbers).unwrap();
    }
    println!("seed {}, {} epochs: {}", run.current().seed, run.epoch(), seen.summary);
    let Figure::NamedBars(bars) = seen.figure else { panic!("{}", seen.summary) };
    bars.names.into_iter().zip(numbers.at(bars.values).iter().copied()).collect()
}

/// What held-out items come to with the machine, last, and without it.
fn beside(observer: &mut dyn Observer, run: &Run) -> Vec<f32> {
    bars(observer, run, "beside").into_iter().map(|(_, value)| value).collect()
}

fn machine(run: &Run) -> (Rbm, Weights<'_>) {
    let LayerConfig::Rbm(layer) = &run.current().network.layers[0] else { panic!("a machine") };
    let inputs = run.input_shape().iter().product();
    (layer.machine(inputs), layer.weights_in(&run.network().weights, inputs))
}

/// Share of the examples whose label the machine of a run tells by free energy.
fn accuracy(run: &Run, examples: &Examples) -> f64 {
    let (rbm, weights) = machine(run);
    let (mut row, mut shares, mut room) = (vec![0.0; 794], Vec::new(), Room::default());
    let right = (0..examples.len()).filter(|&item| {
        examples.copy_item(item, &mut row);
        rbm.choice_shares(weights, &mut row, (784, 10), &mut shares, &mut room);
        glassbox::train::likeliest(&shares) == examples.all_labels()[item] as usize
    });
    right.count() as f64 / examples.len() as f64
}

#[test]
fn a_machine_of_pictures_and_labels_tells_digits() {
    let (items, units, epochs, least) = if more() { (60_000, 500, 9, 0.95) } else { (10_000, 300, 4, 0.89) };
    let Some(data) = mnist(items, 10_000) else { return };
    let config = DataConfig { targets: Targets::Joint, ..DataConfig::of_files(&data.train, &data.test) };
    let settings = json!({ "network.layers.0.units": units, "network.layers.0.kernel_regularizer": { "l2": 0.0002 },
        "batch_size": 50 });
    let mut run = run_on(experiment("classify", Some(&config), 7, settings), Some(data));
    train(&mut run, epochs, None);
    let share = accuracy(&run, &run.data().test);
    println!("{items} digits, {units} units, {epochs} epochs: {share} of 10,000 told");
    assert!(share >= least, "{share}");
}

/// Of generated digits pixels tell nearly as much, so that both are but printed.
#[test]
fn hidden_units_tell_digits_better_than_pixels_where_labels_are_few() {
    let settings = |units: usize| json!({ "network.layers.0.units": units, "batch_size": 50 });
    let mut run = run_on(experiment("features", None, 1, settings(128)), None);
    let mut observer = train(&mut run, 10, None);
    bars(&mut *observer, &run, "linear");
    let Some(data) = mnist(10_000, 10_000) else { return };
    let config = DataConfig { targets: Targets::Inputs, ..DataConfig::of_files(&data.train, &data.test) };
    for seed in [1, 2, 3] {
        let mut run = run_on(experiment("features", Some(&config), seed, settings(256)), Some(data.clone()));
        let mut observer = train(&mut run, 3, None);
        let told = bars(&mut *observer, &run, "linear");
        assert!(told[1].1 > told[0].1, "{told:?}");
    }
}

/// As the lab begins; of 20 splits of the cars one is hard (benches/README.md).
#[test]
fn a_number_is_told_by_those_beside_it() {
    for seed in 1..=3 {
        let mut run = run_on(experiment("predict", None, seed, json!({})), None);
        let mut observer = train(&mut run, 100, None);
        let told = beside(&mut *observer, &run);
        assert!(told[1] >= 0.75, "{told:?}");
    }

    let Some(file) = shared("tabular/auto-mpg.csv") else { return };
    let mut reading = table::Reading::open("auto-mpg.csv", std::fs::read(file).unwrap()).unwrap();
    let mut table = std::iter::from_fn(|| Some(reading.step().unwrap())).find_map(|table| table).unwrap();
    let config = table.preview(table.guess()).plan.as_ref().unwrap().clone();
    assert_eq!(config.table.as_ref().unwrap().target, "mpg");
    let (seeds, may_fail) = if more() { (20, 1) } else { (6, 0) };
    let told: Vec<f32> = (1..=seeds)
        .map(|seed| {
            let experiment = experiment("predict", Some(&config), seed, json!({}));
            let given = table.data(&experiment.data, seed).unwrap();
            let mut run = run_on(experiment, Some(given));
            let mut observer = train(&mut run, 200, None);
            beside(&mut *observer, &run)[1]
        })
        .collect();
    let failed = told.iter().filter(|told| **told < 0.75).count();
    assert!(failed <= may_fail, "{told:?}");
}

#[test]
fn words_of_a_document_tell_its_others() {
    let mut run = run_on(experiment("topics", None, 7, json!({})), None);
    let mut observer = train(&mut run, 60, None);
    let told = beside(&mut *observer, &run);
    assert!(told[1] < 0.6 * told[0], "{told:?}");

    let Some(folder) = shared("docs-reuters") else { return };
    let files = ["reuters.ldac", "reuters.titles", "reuters.tokens"]
        .map(|name| (name.to_owned(), std::fs::read(folder.join(name)).unwrap()));
    let mut reading = documents::Reading::open(files.to_vec()).unwrap();
    let mut own = std::iter::from_fn(|| Some(reading.step().unwrap())).find_map(|own| own).unwrap();
    let experiment = experiment("topics", Some(&own.config()), 7, json!({ "network.layers.0.units": 50 }));
    let given = own.data(&experiment.data, 7).unwrap();
    let mut run = run_on(experiment, Some(given));
    let mut observer = train(&mut run, 60, None);
    let told = beside(&mut *observer, &run);
    assert!(told[1] < 0.85 * told[0], "{told:?}");
}

#[test]
fn films_are_told_by_those_that_a_user_rated() {
    let mut run = run_on(experiment("films", None, 7, json!({})), None);
    let mut observer = train(&mut run, 60, None);
    let told = beside(&mut *observer, &run);
    assert!(told[2] < 0.95 * told[1], "{told:?}");

    let Some(file) = shared("ratings-ml-100k/u.data") else { return };
    let mut reading = ratings::Reading::open("u.data", std::fs::read(file).unwrap()).unwrap();
    let content = std::iter::from_fn(|| Some(reading.step().unwrap())).find_map(|content| content).unwrap();
    let mut own = OwnRatings::new(vec![("u.data".into(), content)]).unwrap();
    let (units, batch, epochs, most) = if more() { (200, 50, 60, 0.95) } else { (50, 25, 24, 0.97) };
    let (rate, calmed) = if more() { (0.05, 20.0) } else { (0.1, 10.0) };
    let settings = json!({ "network.layers.0.units": units, "network.layers.0.kernel_regularizer": { "l2": 0.005 },
        "batch_size": batch, "optimizer.momentum": 0.9 });
    let experiment = experiment("films", Some(&own.config()), 7, settings);
    let given = own.data(&experiment.data, 7).unwrap();
    let mut run = run_on(experiment, Some(given));
    let mut observer = train(&mut run, epochs, Some(&|epoch| rate / (1.0 + epoch as f64 / calmed)));
    let told = beside(&mut *observer, &run);
    assert!(told[2] <= most, "{told:?}");
}
