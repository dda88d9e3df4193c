//! Images with their labels from a pair of IDX files.

use super::open;
use clap::Args;
use glassbox::data::{Pictures, idx};
use glassbox::error::Result;
use std::path::PathBuf;

#[derive(Args)]
pub struct Images {
    /// Images as an IDX file, plain or gzip.
    #[arg(long, requires = "labels", required = false)]
    pub images: PathBuf,
    /// Their labels as an IDX file, plain or gzip.
    #[arg(long, requires = "images", required = false)]
    pub labels: PathBuf,
}

impl Images {
    pub fn read(&self) -> Result<(Pictures, Vec<u8>)> {
        let name = |path: &PathBuf| path.display().to_string();
        let pictures = idx::read_images(&name(&self.images), open(&self.images)?)?;
        let labels = idx::read_labels(&name(&self.labels), open(&self.labels)?)?;
        Ok((pictures, labels))
    }
}
