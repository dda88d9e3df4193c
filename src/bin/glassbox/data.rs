//! `glassbox data`: the arrays that an experiment trains and tests on.

use super::{read_experiment, write};
use clap::Args;
use glassbox::data::Targets;
use glassbox::error::Result;
use glassbox::train::model::tensors_to_bytes;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Args)]
pub struct Data {
    /// The experiment as JSON; "-" reads it from standard input.
    experiment: PathBuf,
    /// Where to write the arrays as safetensors: `train/inputs`, `train/labels`, `test/inputs`, `test/labels`.
    #[arg(long)]
    output: PathBuf,
}

impl Data {
    pub fn run(self) -> Result<()> {
        let experiment = read_experiment(&self.experiment)?;
        let data = Arc::new(glassbox::data::Data::new(&experiment.data, experiment.seed)?);
        let data = data.trained_on(&experiment.data.train_on)?;
        let (train, test) = (data.train.len(), data.test.len());
        let tensors = vec![
            ("train/inputs".to_owned(), data.train.to_tensor()),
            ("train/labels".to_owned(), data.train.labels.clone()),
            ("test/inputs".to_owned(), data.test.to_tensor()),
            ("test/labels".to_owned(), data.test.labels.clone()),
        ];
        write(&self.output, &tensors_to_bytes(&tensors, &[]))?;
        let what = match experiment.data.targets {
            Targets::Labels => "",
            Targets::Joint => ", whose targets are the inputs, each with its label",
            Targets::Inputs if experiment.data.corruption.is_none() => ", whose targets are the inputs",
            Targets::Inputs => ", whose targets are the inputs before they are spoiled, each time anew",
        };
        say!("{train} training and {test} test items of {}{what}", experiment.data.name);
        Ok(())
    }
}
