//! Three networks of as many weights that ship beside the digit model, to compare what their layers can
//! do: trained alike, on the generator's digits as they are. `www/models/README.md` says how.

use super::Model;
use crate::nn::Network;
use std::sync::OnceLock;

/// A network that was trained before, for others to be compared with.
pub struct Companion {
    /// What it is, in two words.
    pub label: &'static str,
    pub network: Network,
}

/// With pooling, with strides in its place, and of dense layers only; read once.
#[must_use]
pub fn companions() -> &'static [Companion; 3] {
    static COMPANIONS: OnceLock<[Companion; 3]> = OnceLock::new();
    COMPANIONS.get_or_init(|| {
        let read = |label, name: &str, file: &[u8]| {
            let model = Model::read(name, file).expect("the models that ship are tested");
            Companion { label, network: model.network }
        };
        [
            read("CNN, pooling", "pooling", include_bytes!("../../www/models/pooling.safetensors")),
            read("CNN, strides", "strides", include_bytes!("../../www/models/strides.safetensors")),
            read("dense layers", "dense", include_bytes!("../../www/models/dense.safetensors")),
        ]
    })
}
