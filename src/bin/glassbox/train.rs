//! `glassbox train`: an experiment from a file, with a progress bar, to a report and a model file.

use super::{in_words, read_experiment};
use clap::Args;
use glassbox::error::{Error, Result, ensure_within};
use glassbox::train::{Outcome, Report, Run};
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

#[derive(Args)]
pub struct Train {
    /// The experiment as JSON; "-" reads it from standard input.
    experiment: PathBuf,
    /// Updates to make.
    #[arg(long, default_value_t = 1000)]
    steps: usize,
    /// Where to write the report as JSON: losses, test curve, gradient norms of every layer and step.
    #[arg(long)]
    report: Option<PathBuf>,
    /// Where to write the weights as safetensors, with the experiment in the metadata.
    #[arg(long)]
    save: Option<PathBuf>,
}

impl Train {
    pub fn run(self) -> Result<()> {
        // A report keeps every step: some 100 bytes each.
        let most = if self.report.is_some() { 5_000_000 } else { 1_000_000_000 };
        ensure_within("--steps", self.steps, &(0..=most))?;
        for path in self.report.iter().chain(&self.save) {
            check_folder(path)?;
        }
        let mut run = Run::new(read_experiment(&self.experiment)?)?;
        let bar = ProgressBar::new(self.steps as u64);
        let style =
            ProgressStyle::with_template("{bar:32} {pos}/{len} steps, loss {msg}, {per_sec}, {eta} left");
        bar.set_style(style.expect("the template is ours"));
        let started = Instant::now();
        let mut report = Report::of(&mut run, self.steps, self.report.is_some(), |step, loss| {
            if step % 16 == 0 {
                bar.set_message(format!("{loss:.4}"));
                bar.set_position(step as u64);
            }
        });
        report.seconds = started.elapsed().as_secs_f64();
        bar.finish_and_clear();
        tell(&report);
        if let Some(path) = &self.report {
            let text = serde_json::to_string(&report).expect("a report is plain data");
            std::fs::write(path, text).map_err(|error| Error::file(path.display(), in_words(&error)))?;
        }
        if let Some(path) = &self.save {
            save(&run, path)?;
        }
        Ok(())
    }
}

/// The outcome in a line or two.
fn tell(report: &Report) {
    let steps = report.steps;
    match &report.outcome {
        Outcome::Finished => print!("finished after {steps} steps"),
        Outcome::Diverged(at) => {
            print!("diverged at step {}: the {} of {} is not finite", at.step, at.quantity, at.layer);
        }
    }
    if let Some(loss) = report.loss.last() {
        print!(", loss {loss}");
    }
    if let (Some(loss), Some(value)) = (report.test.loss.last(), report.test.values.last()) {
        print!(", test loss {loss}, test {} {value}", report.test.metric);
    }
    println!(", {:.2} s", report.seconds);
}

/// Refuses a place that cannot be written before hours of training, not after.
fn check_folder(path: &Path) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if folder.is_dir() {
        return Ok(());
    }
    Err(Error::file(path.display(), format!("there is no folder {}", folder.display())))
}

/// Writes the weights under Keras' names; the experiment with its edits stands in the metadata.
fn save(run: &Run, path: &Path) -> Result<()> {
    let experiment = serde_json::to_string(run.experiment()).expect("an experiment is plain data");
    let metadata =
        HashMap::from([("experiment".to_owned(), experiment), ("steps".to_owned(), run.steps().to_string())]);
    super::data::write_tensors(path, &run.network().named_weights(), Some(metadata))
}
