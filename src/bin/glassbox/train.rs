//! `glassbox train`: an experiment from a file, with a progress bar, to a report and a model file.

use super::images::Images;
use super::{check_folder, read_experiment, write};
use clap::Args;
use glassbox::data::Data;
use glassbox::error::{Result, ensure_within};
use glassbox::train::{Experiment, Outcome, Report, Run, model};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;
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
    /// Images for the data "files", split as the experiment says.
    #[command(flatten)]
    images: Option<Images>,
}

impl Train {
    pub fn run(self) -> Result<()> {
        // A report keeps every step: some 100 bytes each.
        let most = if self.report.is_some() { 5_000_000 } else { 1_000_000_000 };
        ensure_within("--steps", self.steps, &(0..=most))?;
        for path in self.report.iter().chain(&self.save) {
            check_folder(path)?;
        }
        let experiment = read_experiment(&self.experiment)?;
        if self.steps > 0 {
            // The schedule that it begins with, and the one that its edits leave.
            for optimizer in [&experiment.optimizer, &experiment.edited()?.optimizer] {
                optimizer.ensure_warm_within(self.steps)?;
            }
        }
        let mut run = start(experiment, self.images.as_ref())?;
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
            write(path, text.as_bytes())?;
        }
        if let Some(path) = &self.save {
            write(path, &model::to_bytes(&run))?;
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
    say!(", {:.2} s", report.seconds);
}

/// The run of an experiment, on the images given along with it if there are any.
fn start(experiment: Experiment, images: Option<&Images>) -> Result<Run> {
    let Some(images) = images else { return Run::new(experiment) };
    experiment.data.ensure_given()?;
    let (pictures, labels) = images.read()?;
    let data = Data::split(&pictures, &labels, &experiment.data, experiment.seed)?;
    Run::with_data(experiment, data.into())
}
