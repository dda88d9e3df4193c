//! `glassbox train-digits`: the digit model that the page ships, always the same file from the same data.

use super::{open, write};
use clap::Args;
use glassbox::data::digits::{self, Preparation};
use glassbox::data::{Data, Examples, Names, Pictures, SIDE, idx};
use glassbox::error::{Error, Result};
use glassbox::tensor::{Rng, Stream};
use glassbox::train::{Experiment, Model, Run, model};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Digits of the generator beside MNIST's 60,000 scans and the same digits traced back to pen strokes
/// and drawn again as a pad's are.
const GENERATED: usize = 60_000;
/// Strokes that the model is tried on at the end, none of which it was trained on: MNIST's test digits
/// traced, and so many of the generator.
const TRIED: usize = 10_000;
const SEED: u64 = 1998;
const BATCH: usize = 64;
/// The learning rate falls along half a cosine from this, in so many equal pieces an epoch.
const LEARNING_RATE: f64 = 0.002;
const PIECES: usize = 4;

#[derive(Args)]
pub struct TrainDigits {
    /// Folder with MNIST's four files, plain or gzip.
    #[arg(long)]
    data: PathBuf,
    /// Passes over the training pictures.
    #[arg(long, default_value_t = 12)]
    epochs: usize,
    /// Where to write the model.
    #[arg(long, default_value = "www/models/digits.safetensors")]
    output: PathBuf,
}

impl TrainDigits {
    pub fn run(self) -> Result<()> {
        super::check_folder(&self.output)?;
        glassbox::error::ensure_within("--epochs", self.epochs, &(1..=1000))?;
        let (pictures, labels) = mnist(&self.data, "train")?;
        let train = training_pictures(&pictures, &labels)?;
        let (pictures, labels) = mnist(&self.data, "t10k")?;
        let traced = of_drawings(traced(&pictures, &labels)?.take(TRIED))?;
        let generated = of_drawings(generated(SEED + 1, TRIED))?;
        let test = Examples::of_pictures(pictures, &labels)?;
        let (items, tests) = (train.len(), test.len());
        let steps_an_epoch = items.div_ceil(BATCH);
        let steps = steps_an_epoch * self.epochs;
        let experiment = experiment(items, tests, steps, self.epochs)?;
        let mut run =
            Run::with_data(experiment, Data { train, test, classes: 10, names: Names::default() }.into())?;
        let bar = ProgressBar::new(steps as u64);
        let style = ProgressStyle::with_template("{bar:32} {pos}/{len} steps, {msg}, {per_sec}, {eta} left");
        bar.set_style(style.expect("the template is ours"));
        let (mut pass, mut mean) = (glassbox::nn::Pass::default(), 0.0);
        for step in 1..=steps {
            let loss = run
                .step()
                .map_err(|at| Error::setting("the run", format!("diverged at step {}", at.step), "finite"))?;
            mean += (loss - mean) / (step.min(200) as f32);
            if step % 16 == 0 {
                bar.set_position(step as u64);
                bar.set_message(format!("loss {mean:.4}"));
            }
            if step % steps_an_epoch == 0
                && let Some(tested) = run.evaluate(&mut pass)
            {
                let epoch = step / steps_an_epoch;
                let said = format!("epoch {epoch}: loss {mean:.4}, MNIST's test set {:.4}", tested.metric);
                bar.suspend(|| say!("{said}"));
                write(&self.output, &model::to_bytes(&run))?;
            }
        }
        bar.finish_and_clear();
        say!("{} written after {steps} steps", self.output.display());
        let model = Model::read(&self.output.display().to_string(), open(&self.output)?)?;
        for (strokes, examples) in
            [("MNIST's test digits traced", traced), ("digits of the generator", generated)]
        {
            let (right, total) = (model.count_right(&examples)?, examples.len());
            say!("strokes, {strokes}: accuracy {:.4} ({right}/{total})", right as f64 / total as f64);
        }
        Ok(())
    }
}

/// What the model is trained by; its edits are the schedule of the learning rate.
fn experiment(items: usize, tests: usize, steps: usize, epochs: usize) -> Result<Experiment> {
    let pieces = PIECES * epochs;
    let rate = |piece: usize| {
        let share = (piece as f64 + 0.5) / pieces as f64;
        (LEARNING_RATE * 0.5 * (1.0 + libm::cos(std::f64::consts::PI * share))) as f32
    };
    let edits: Vec<Value> = (1..pieces)
        .map(|piece| json!({ "step": piece * steps / pieces, "set": { "optimizer.learning_rate": rate(piece) } }))
        .collect();
    Experiment::from_value(json!({
        "version": 1, "lab": "cnn", "seed": SEED,
        "data": {
            "name": "files", "samples": items + tests, "test_fraction": tests as f32 / (items + tests) as f32,
            "augmentation": { "shift": 1.5, "rotation": 20.0, "scale": 0.2, "shear": 0.2, "elastic": 1.2, "thickness": 0.4 }
        },
        "network": { "layers": glassbox::train::digits::layers() },
        "loss": "sparse_categorical_crossentropy",
        "optimizer": { "name": "adam", "learning_rate": rate(0) },
        "batch_size": BATCH,
        "edits": edits
    }))
}

/// MNIST's images as they are, the same traced and drawn again, and the generator's.
fn training_pictures(mnist: &Pictures, labels: &[u8]) -> Result<Examples> {
    let scans = (0..mnist.len()).flat_map(|index| mnist.picture(index).to_vec());
    let (mut pixels, mut all_labels) = (scans.collect::<Vec<u8>>(), labels.to_vec());
    add_drawn(traced(mnist, labels)?, &mut pixels, &mut all_labels);
    add_drawn(generated(SEED, GENERATED), &mut pixels, &mut all_labels);
    Examples::of_pictures(Pictures::new(SIDE, SIDE, pixels), &all_labels)
}

fn of_drawings(drawn: impl Iterator<Item = (digits::Drawing, u8)>) -> Result<Examples> {
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    add_drawn(drawn, &mut pixels, &mut labels);
    Examples::of_pictures(Pictures::new(SIDE, SIDE, pixels), &labels)
}

/// Adds drawings as the pictures that they are prepared to.
fn add_drawn(drawn: impl Iterator<Item = (digits::Drawing, u8)>, pixels: &mut Vec<u8>, labels: &mut Vec<u8>) {
    for (drawing, label) in drawn {
        let prepared = digits::prepare(&drawing, &Preparation::default());
        pixels.extend(prepared.image.iter().map(|grey| (grey * 255.0 + 0.5) as u8));
        labels.push(label);
    }
}

/// Scans traced back to pen strokes.
fn traced(mnist: &Pictures, labels: &[u8]) -> Result<impl Iterator<Item = (digits::Drawing, u8)>> {
    if [mnist.height(), mnist.width()] != [SIDE; 2] {
        let given = format!("{}×{}", mnist.height(), mnist.width());
        return Err(Error::setting("the size of the images", given, "28×28"));
    }
    let trace = |(index, &label)| {
        let scan: &[u8; SIDE * SIDE] = mnist.picture(index).try_into().expect("28×28 pixels");
        (digits::strokes_of(scan), label)
    };
    Ok(labels.iter().enumerate().map(trace))
}

/// The generator's drawings, every digit as often as another.
fn generated(seed: u64, count: usize) -> impl Iterator<Item = (digits::Drawing, u8)> {
    let mut rng = Rng::new(seed, Stream::Drawing);
    (0..count).map(move |index| {
        let digit = (index % 10) as u8;
        (digits::draw(digit, &mut rng), digit)
    })
}

/// The images and labels of "train" or "t10k", from plain files or gzip.
fn mnist(folder: &Path, part: &str) -> Result<(Pictures, Vec<u8>)> {
    let file = |what: &str| {
        let plain = folder.join(format!("{part}-{what}-ubyte"));
        let packed = folder.join(format!("{part}-{what}-ubyte.gz"));
        if plain.is_file() { plain } else { packed }
    };
    let (images, labels) = (file("images-idx3"), file("labels-idx1"));
    let pictures = idx::read_images(&images.display().to_string(), open(&images)?)?;
    let labels = idx::read_labels(&labels.display().to_string(), open(&labels)?)?;
    Ok((pictures, labels))
}
