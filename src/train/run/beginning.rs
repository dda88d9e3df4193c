//! How a run begins: from drawn weights, from a model file, or from where another run stands.

use super::Run;
use crate::data::{Batches, Data};
use crate::error::Result;
use crate::nn::{Network, Pass};
use crate::train::{Experiment, Metric, Optimizer, OptimizerConfig};
use std::cell::OnceCell;
use std::sync::Arc;

impl Run {
    /// Draws data and weights and stands before step 0.
    ///
    /// # Errors
    /// As [`Experiment::from_value`], never for an experiment that was validated; and [`crate::error::Error::Setting`]
    /// for the data `files`, which [`Self::with_data`] takes.
    pub fn new(experiment: Experiment) -> Result<Self> {
        let data = Data::new(&experiment.data, experiment.seed)?;
        Self::on(experiment, data.into(), None)
    }

    /// A run on images that were given from outside, for the data `files`. They are shared, so that
    /// another run on them takes no memory for them.
    ///
    /// # Errors
    /// As [`Experiment::from_value`]; and [`crate::error::Error::Setting`] for other data than `files`, or when the
    /// images are not as many, or not of the size, as the experiment says.
    pub fn with_data(experiment: Experiment, data: Arc<Data>) -> Result<Self> {
        experiment.data.ensure_given()?;
        data.ensure_fits(&experiment.data)?;
        Self::on(experiment, data, None)
    }

    /// A run that starts from the weights of a model file, on images from outside where some are given.
    ///
    /// # Errors
    /// As [`Self::new`] and [`Self::with_data`]; and [`crate::error::Error::Setting`] when the network is another.
    pub fn with_model(experiment: Experiment, data: Option<Arc<Data>>, model: &Network) -> Result<Self> {
        let data = match data {
            Some(data) => {
                experiment.data.ensure_given()?;
                data.ensure_fits(&experiment.data)?;
                data
            }
            None => Data::new(&experiment.data, experiment.seed)?.into(),
        };
        Self::on(experiment, data, Some(model))
    }

    /// Another run with the settings of now, on the same data and from the weights of now, that learns from batches of so
    /// many items; it begins at step 0, with an optimizer that remembers nothing.
    ///
    /// # Errors
    /// [`crate::error::Error::Setting`] for a batch that the data, or the memory, cannot give.
    pub fn apart(&self, batch: usize) -> Result<Self> {
        let set = [("batch_size".to_owned(), batch.into())].into();
        let experiment = Experiment { initial_weights: None, pretraining: None, ..self.current.with(&set)? };
        let network = self.network_apart(&self.network.weights);
        Self::at_first(experiment, Arc::clone(&self.data), self.input_shape.clone(), network)
    }

    /// A run of its own from where this one stands, on the same data, weights and batches to come, with an optimizer
    /// that remembers nothing, and without the edits that are still to be made.
    pub(in crate::train) fn twin(&self, optimizer: OptimizerConfig) -> Self {
        let experiment = Experiment { optimizer, ..(*self.current).clone() };
        let network = self.network_apart(&self.network.weights);
        let twin = Self::at_first(experiment, Arc::clone(&self.data), self.input_shape.clone(), network);
        let twin = twin.expect("it is the one that runs");
        Self { batches: self.batches.clone(), step: self.step, ..twin }
    }

    fn on(experiment: Experiment, data: Arc<Data>, model: Option<&Network>) -> Result<Self> {
        let current = Arc::new(Experiment { edits: Vec::new(), ..experiment.clone() });
        let input_shape = current.data.input_shape()?;
        let data = data.trained_on(&current.data.train_on)?.joined(current.data.joined_units()?);
        let mut network = Network::new(&current.network, &input_shape, current.loss, current.seed)?;
        match current.initial_weights {
            Some(weights) => weights.give(&mut network, model)?,
            None => network.adapt(|| data.train.moments()),
        }
        if let Some(pretraining) = current.pretraining {
            pretraining.give(&mut network, &current, &data.train)?;
        }
        let mut run = Self::at_first(experiment, data, input_shape, network)?;
        run.apply_due_edits()?;
        Ok(run)
    }

    /// Before step 0, and before any edit, with the weights of `network` and items of `input_shape`.
    fn at_first(
        experiment: Experiment,
        data: Arc<Data>,
        input_shape: Vec<usize>,
        network: Network,
    ) -> Result<Self> {
        let current = Arc::new(Experiment { edits: Vec::new(), ..experiment.clone() });
        Ok(Self {
            next_edit: 0,
            metric: Metric::of(&current.data)?,
            optimizer: Optimizer::new(current.optimizer.clone(), network.weights.len()),
            batches: Batches::new(data.train.len(), current.seed),
            augmenter: data.augmenter(&current.data.augmentation, current.seed),
            grid: current.data.grid()?,
            bounds: current.data.bounds()?,
            inputs: Vec::new(),
            targets: Vec::new(),
            lie_apart: false,
            pass: Pass::default(),
            whole: OnceCell::new(),
            is_finite: true,
            unclipped: Vec::new(),
            weights_before: network.weights.clone(),
            has_moved: false,
            step: 0,
            divergence: None,
            experiment,
            current,
            data,
            input_shape,
            network,
        })
    }
}
