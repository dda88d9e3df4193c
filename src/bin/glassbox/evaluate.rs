//! `glassbox evaluate`: how many images of a test set a trained model tells rightly.

use super::images::Images;
use super::open;
use clap::Args;
use glassbox::data::Examples;
use glassbox::error::Result;
use glassbox::train::Model;
use std::path::PathBuf;

#[derive(Args)]
pub struct Evaluate {
    /// The model, as `glassbox train --save` writes it.
    model: PathBuf,
    /// The images to read as an IDX file, plain or gzip.
    #[arg(long)]
    images: PathBuf,
    /// Their labels as an IDX file, plain or gzip.
    #[arg(long)]
    labels: PathBuf,
}

impl Evaluate {
    pub fn run(self) -> Result<()> {
        let model = Model::read(&self.model.display().to_string(), open(&self.model)?)?;
        let (pictures, labels) = Images { images: self.images, labels: self.labels }.read()?;
        let examples = Examples::of_pictures(pictures, &labels)?;
        let (right, total) = (model.count_right(&examples)?, examples.len());
        say!("accuracy {:.4} ({right}/{total})", right as f64 / total as f64);
        Ok(())
    }
}
