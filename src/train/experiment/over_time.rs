//! What a network on sequences must take and give.

use super::Experiment;
use crate::data::Encoding;
use crate::error::{Error, Result};
use crate::nn::{LayerConfig, Survey};

impl Experiment {
    /// There must be a row of outputs for each step that has a label.
    pub(super) fn validate_rows_of_outputs(&self, steps: usize, wanted: &[usize]) -> Result<()> {
        let costs = Survey::of(&self.network, &self.data.input_shape()?).costs;
        let shape = costs.last().map(|cost| cost.shape.clone()).unwrap_or_default();
        if matches!(*shape, [rows, units] if rows == steps && wanted.contains(&units)) {
            return Ok(());
        }
        let wanted = wanted[wanted.len() - 1];
        let given = format!("{shape:?}");
        let allowed = format!(
            "[{steps}, {wanted}], outputs for each of the {steps} steps of {} that have a label",
            self.data.name
        );
        Err(Error::setting("the shape of the outputs of the network", given, allowed))
    }

    /// An embedding looks up indices: it comes first, on data that give such, and knows them all.
    pub(super) fn validate_embeddings(&self) -> Result<()> {
        let known = self.data.index_count()?;
        let gives_indices = known > 0 && self.data.encoding()? == Encoding::Index;
        for (index, layer) in self.network.layers.iter().enumerate() {
            let LayerConfig::Embedding(embedding) = layer else { continue };
            if index > 0 || !gives_indices {
                let allowed = "another layer: an embedding comes first, on symbols that are given by their index (data.encoding)";
                return Err(Error::setting(&format!("network.layers.{index}.type"), "embedding", allowed));
            }
            if embedding.input_dim < known {
                let allowed = format!("{known} or more, the number of symbols of {}", self.data.name);
                let key = format!("network.layers.{index}.input_dim");
                return Err(Error::setting(&key, embedding.input_dim, allowed));
            }
        }
        Ok(())
    }
}
