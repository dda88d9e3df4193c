//! The one notion of a layer in this lab: a dense layer with what comes between it and the next. All figures
//! and words count these, 1…n; the last is the output, and has nothing behind it.

use crate::error::{Error, Result};
use crate::nn::layers::{Add, Dense, Dropout};
use crate::nn::{LayerConfig, NetworkConfig};

/// A dense layer and, each where it is there and in this order: a normalization of what it gives, dropout, and
/// what an earlier block gave, added.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Block {
    pub(super) dense: Dense,
    pub(super) normalization: Option<LayerConfig>,
    pub(super) dropout: Option<Dropout>,
    /// Over how many blocks, this one included, what is added comes.
    pub(super) skip: Option<usize>,
    /// Index of the dense layer in the network.
    pub(super) at: usize,
    /// Index of its last layer in the network.
    pub(super) end: usize,
}

impl Block {
    /// A dense layer alone.
    pub(super) fn new(dense: Dense) -> Self {
        Self { dense, normalization: None, dropout: None, skip: None, at: 0, end: 0 }
    }
}

/// The blocks of a network.
///
/// # Errors
/// [`Error::Setting`] naming the first layer that is out of place.
pub(super) fn blocks(network: &NetworkConfig) -> Result<Vec<Block>> {
    let mut blocks: Vec<Block> = Vec::new();
    for (index, layer) in network.layers.iter().enumerate() {
        let refused = |allowed: &str| {
            Err(Error::setting(&format!("network.layers.{index}.type"), layer.kind(), allowed))
        };
        if let LayerConfig::Dense(dense) = layer {
            let allowed =
                "left out in the lab gradients, whose predictions and check are of kernels of their own";
            if let Some(tied) = dense.tied {
                return Err(Error::setting(&format!("network.layers.{index}.tied"), tied, allowed));
            }
            if dense.activity_regularizer.is_active() {
                let key = format!("network.layers.{index}.activity_regularizer");
                let allowed =
                    "left out in the lab gradients, whose predictions and check are of the loss alone";
                return Err(Error::setting(&key, "given", allowed));
            }
            blocks.push(Block { at: index, end: index, ..Block::new(dense.clone()) });
            continue;
        }
        if !layer.is_between() {
            return refused("dense, or a normalization, dropout or add behind one, in the lab gradients");
        }
        let ends: Vec<usize> = blocks.iter().map(|block| block.end).collect();
        let Some(block) = blocks.last_mut() else {
            return refused("dense: in the lab gradients the first layer is");
        };
        match layer {
            LayerConfig::Add(add) if block.skip.is_none() => {
                block.skip = Some(blocks_over(add.skip, index, &ends)?);
            }
            LayerConfig::Dropout(dropout) if block.dropout.is_none() && block.skip.is_none() => {
                block.dropout = Some(dropout.clone());
            }
            LayerConfig::BatchNormalization(_) | LayerConfig::LayerNormalization(_)
                if block.end == block.at =>
            {
                block.normalization = Some(layer.clone());
            }
            _ => return refused("behind a dense layer in the order normalization, dropout, add, each once"),
        }
        block.end = index;
    }
    match blocks.last() {
        Some(output) if output.end == output.at => Ok(blocks),
        _ => {
            let last = network.layers.len().saturating_sub(1);
            let kind = network.layers.last().map_or("missing", LayerConfig::kind);
            let allowed = "dense: in the lab gradients the last layer is, and nothing stands behind it";
            Err(Error::setting(&format!("network.layers.{last}.type"), kind, allowed))
        }
    }
}

/// The blocks of an experiment that this lab shows.
pub(super) fn of(network: &NetworkConfig) -> Vec<Block> {
    blocks(network).expect("an experiment of this lab was checked")
}

/// Over how many blocks the add at `index` reaches, which must be whole ones; `ends` are the last layers of all
/// blocks so far.
fn blocks_over(skip: usize, index: usize, ends: &[usize]) -> Result<usize> {
    let before = &ends[..ends.len() - 1];
    // So many layers lie before what is added: none before the input.
    let starts = std::iter::once(0).chain(before.iter().map(|end| end + 1));
    let from = index.checked_sub(skip);
    if let Some(block) = starts.clone().position(|start| Some(start) == from) {
        return Ok(ends.len() - block);
    }
    let mut whole: Vec<String> = starts.map(|start| (index - start).to_string()).collect();
    whole.reverse();
    let allowed = format!("one of {}, so that it skips whole layers", whole.join(", "));
    Err(Error::setting(&format!("network.layers.{index}.skip"), skip, allowed))
}

/// The layers of a network of these blocks.
pub(super) fn layers(blocks: Vec<Block>) -> Vec<LayerConfig> {
    let mut layers = Vec::new();
    let mut starts = Vec::new();
    for block in blocks {
        starts.push(layers.len());
        layers.push(LayerConfig::Dense(block.dense));
        layers.extend(block.normalization);
        layers.extend(block.dropout.map(LayerConfig::Dropout));
        if let Some(over) = block.skip {
            let from = starts[starts.len().saturating_sub(over)];
            layers.push(LayerConfig::Add(Add { skip: layers.len() - from }));
        }
    }
    layers
}

/// The number of blocks that every skip is over, where they follow one another without a gap from the second
/// layer on; `None` where there is another pattern.
pub(super) fn regular_skip(hidden: &[Block]) -> Option<usize> {
    let over = hidden.iter().find_map(|block| block.skip).unwrap_or(0);
    let regular = (0..hidden.len()).map(|index| skip_at(index, over));
    regular.eq(hidden.iter().map(|block| block.skip)).then_some(over)
}

/// Lets a skip end at every block that is `over` blocks behind another, from the first on; none for 0. The first
/// layer changes the number of features, so no skip is over it.
pub(super) fn set_skips(hidden: &mut [Block], over: usize) {
    hidden.iter_mut().enumerate().for_each(|(index, block)| block.skip = skip_at(index, over));
}

fn skip_at(index: usize, over: usize) -> Option<usize> {
    (over > 0 && index > 0 && index.is_multiple_of(over)).then_some(over)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::Activation;
    use serde_json::{Value, json};

    fn read(layers: &Value) -> Result<Vec<Block>> {
        blocks(&serde_json::from_value(json!({ "layers": layers })).expect("layers"))
    }

    #[test]
    fn blocks_and_layers_are_two_ways_to_say_the_same() {
        let dense = json!({ "type": "dense", "units": 4 });
        let layers = json!([dense, { "type": "batch_normalization" }, dense, { "type": "dropout", "rate": 0.5 },
            { "type": "add", "skip": 2 }, dense, { "type": "layer_normalization" }, { "type": "add", "skip": 7 }, dense]);
        let blocks = read(&layers).unwrap();
        let places: Vec<_> = blocks.iter().map(|block| (block.at, block.end, block.skip)).collect();
        assert_eq!(places, [(0, 1, None), (2, 4, Some(1)), (5, 7, Some(3)), (8, 8, None)]);
        let again = super::layers(blocks.clone());
        assert_eq!(serde_json::from_value::<Vec<LayerConfig>>(layers).unwrap(), again);
        let mut wider = blocks;
        wider[0].normalization = None;
        let shorter = super::layers(wider);
        assert!(matches!(shorter[6], LayerConfig::Add(Add { skip: 6 })), "{:?}", shorter[6]);
    }

    #[test]
    fn layers_out_of_place_are_refused_in_a_sentence() {
        let dense = json!({ "type": "dense", "units": 4 });
        let norm = json!({ "type": "layer_normalization" });
        let drop = json!({ "type": "dropout", "rate": 0.5 });
        let refusal = |layers: Value| read(&layers).unwrap_err().to_string();
        let flat = refusal(json!([dense, { "type": "flatten" }, dense]));
        assert_eq!(
            flat,
            "network.layers.1.type is flatten, but must be dense, or a normalization, dropout or add behind one, in the lab gradients"
        );
        assert!(refusal(json!([norm, dense])).contains("the first layer"));
        assert!(refusal(json!([dense, norm])).contains("network.layers.1.type is layer_normalization"));
        for wrong in [[&drop, &norm], [&norm, &norm], [&drop, &drop]] {
            let words = refusal(json!([dense, wrong[0], wrong[1], dense]));
            assert!(words.starts_with("network.layers.2.type") && words.contains("in the order"), "{words}");
        }
        let inside = refusal(json!([dense, norm, dense, { "type": "add", "skip": 2 }, dense]));
        assert_eq!(
            inside,
            "network.layers.3.skip is 2, but must be one of 1, 3, so that it skips whole layers"
        );
    }

    #[test]
    fn skips_over_so_many_layers_follow_one_another() {
        let mut blocks = vec![Block::new(Dense::new(4, Activation::Tanh)); 8];
        assert_eq!(regular_skip(&blocks), Some(0));
        for over in 1..4 {
            set_skips(&mut blocks, over);
            let ends: Vec<usize> = (0..8).filter(|&index| blocks[index].skip == Some(over)).collect();
            assert_eq!(ends, (over..8).step_by(over).collect::<Vec<_>>());
            assert_eq!(regular_skip(&blocks), Some(over));
        }
        blocks[5].skip = Some(2);
        assert_eq!(regular_skip(&blocks), None);
    }
}
