//! `glassbox data`: the arrays that an experiment trains and tests on.

use super::{in_words, read_experiment};
use clap::Args;
use glassbox::error::{Error, Result};
use glassbox::tensor::Tensor;
use safetensors::tensor::{Dtype, TensorView};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

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
        let data = glassbox::data::Data::new(&experiment.data, experiment.seed)?;
        let (train, test) = (data.train.len(), data.test.len());
        let tensors = vec![
            ("train/inputs".to_owned(), data.train.to_tensor()),
            ("train/labels".to_owned(), data.train.labels),
            ("test/inputs".to_owned(), data.test.to_tensor()),
            ("test/labels".to_owned(), data.test.labels),
        ];
        write_tensors(&self.output, &tensors, None)?;
        println!("{train} training and {test} test items of {}", experiment.data.name);
        Ok(())
    }
}

/// A safetensors file of `f32` tensors in little-endian, row-major order.
pub fn write_tensors(
    path: &Path,
    tensors: &[(String, Tensor)],
    metadata: Option<HashMap<String, String>>,
) -> Result<()> {
    let bytes =
        |tensor: &Tensor| -> Vec<u8> { tensor.iter().flat_map(|value| value.to_le_bytes()).collect() };
    let stored: Vec<(String, Vec<usize>, Vec<u8>)> =
        tensors.iter().map(|(name, tensor)| (name.clone(), tensor.shape().to_vec(), bytes(tensor))).collect();
    let views = stored.iter().map(|(name, shape, bytes)| {
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes).expect("four bytes for each value");
        (name.as_str(), view)
    });
    let file = safetensors::serialize(views, metadata).expect("tensors with different names");
    std::fs::write(path, file).map_err(|error| Error::file(path.display(), in_words(&error)))
}
