//! How a network does at another lag than it is trained at.

use super::Run;
use crate::data::Data;
use crate::error::{Error, Result};
use crate::nn::{LayerConfig, Network, NetworkConfig, Pass};
use crate::train::Experiment;
use crate::train::evaluation::{self, Compared, Evaluation};

impl Run {
    /// Loss and metric on so many sequences of this lag, drawn for that alone ([`Data::probe`]), by a network of their
    /// length that has these weights.
    ///
    /// # Errors
    /// [`Error::Setting`] for a lag out of its range, data that have no lag, no items, and for a network whose weights
    /// depend on the length of the sequences.
    pub fn evaluate_at_lag(&self, lag: usize, items: usize) -> Result<Evaluation> {
        if items == 0 {
            return Err(Error::setting("the number of sequences", items, "1 or more"));
        }
        let Experiment { network, loss, seed, data, .. } = &*self.current;
        let examples = Data::probe(data, *seed, lag, items)?;
        let (steps, trained) = (examples.input_shape()[0], data.steps()?);
        let config =
            if data.label_steps()?.is_some() { moved(network, trained, steps) } else { network.clone() };
        let mut network = Network::new(&config, &examples.input_shape(), *loss, *seed)?;
        if network.weights.len() != self.network.weights.len() {
            let allowed =
                format!("recurrent, to take {steps} steps with the weights that it has for {trained}");
            return Err(Error::setting("the network", "one of a fixed length", allowed));
        }
        network.weights.copy_from_slice(&self.network.weights);
        let test = (&examples, Compared::WithLabels);
        Ok(evaluation::evaluate((&network, *loss), test, self.metric, &mut Pass::default()))
    }
}

/// The same network for sequences of another length, whose last steps have labels: it crops more or fewer before them.
fn moved(network: &NetworkConfig, from: usize, to: usize) -> NetworkConfig {
    let mut network = network.clone();
    for layer in &mut network.layers {
        if let LayerConfig::Cropping1d(crop) = layer {
            crop.cropping[0] = (crop.cropping[0] + to).saturating_sub(from);
        }
    }
    network
}
