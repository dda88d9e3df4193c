//! What follows for an experiment when it is to be trained on other data.

use super::controls::{settled, with_shape};
use super::networks::Shape;
use crate::data::{BatchSize, DataConfig, DataSet, SETS, Targets};
use crate::error::Result;
use crate::labs::Choice;
use crate::nn::{Activation, Loss};
use crate::train::Experiment;

/// More items than this are not taken into one batch because a few were before.
const MOST_AT_ONCE: usize = 1_000;
/// Items in a batch, where nothing else is said.
const USUAL_BATCH: usize = 32;

/// The sets to choose from: those that are drawn here, and the one at hand.
pub(super) fn choices(experiment: &Experiment) -> Vec<Choice> {
    let is_offered = |set: &&&DataSet| {
        let is_drawn = !set.is_given() && !set.is_own();
        set.name == experiment.data.name || is_drawn && set.is_within_0_and_1() || set.is_plane() && is_drawn
    };
    let mut sets: Vec<&&DataSet> = SETS.iter().filter(is_offered).collect();
    sets.sort_by_key(|set| set.is_plane());
    sets.into_iter().map(|set| Choice::new(set.name, set.label)).collect()
}

/// The names of classes that have some.
pub(super) fn class_names(data: &DataConfig) -> Vec<&'static str> {
    data.set().map_or_else(|_| Vec::new(), DataSet::class_names)
}

/// A set as the lab begins with it.
pub(super) fn named(name: &str) -> DataConfig {
    DataConfig { targets: Targets::Inputs, ..DataConfig::named(name) }
}

/// What suits the numbers of the data.
pub(super) fn usual_loss(data: &DataConfig) -> Loss {
    if data.set().is_ok_and(DataSet::is_within_0_and_1) {
        Loss::BinaryCrossentropy
    } else {
        Loss::MeanSquaredError
    }
}

/// `experiment` on other data, with a network of its kind that fits them.
///
/// # Errors
/// As [`Experiment::from_value`], for data that no network can be made for.
pub(super) fn on(experiment: &Experiment, data: DataConfig) -> Result<Experiment> {
    let before = Shape::of(experiment);
    let corruption = experiment.data.corruption;
    // Classes that are left out stay so where the data have them.
    let classes = data.classes()?;
    let mut train_on = experiment.data.train_on.clone();
    train_on.retain(|class| *class < classes && !data.set().is_ok_and(DataSet::is_own));
    let data = DataConfig { targets: Targets::Inputs, corruption, train_on, ..data };
    data.validate()?;
    let numbers: usize = data.input_shape()?.iter().product();
    let is_alike = data.input_shape()? == experiment.data.input_shape()?;
    let mut changed = Experiment { edits: Vec::new(), data, ..experiment.clone() };
    let items = changed.training_items();
    match changed.batch_size {
        BatchSize::Items(size) if size > items => changed.batch_size = BatchSize::Full,
        BatchSize::Full if items > MOST_AT_ONCE => changed.batch_size = BatchSize::Items(USUAL_BATCH),
        _ => {}
    }
    if is_alike && (changed.loss != Loss::BinaryCrossentropy || usual_loss(&changed.data) == changed.loss) {
        return settled(changed);
    }
    if changed.loss == Loss::BinaryCrossentropy || usual_loss(&changed.data) == Loss::BinaryCrossentropy {
        changed.loss = usual_loss(&changed.data);
    }
    let usual = Shape {
        kind: "deep".into(),
        code: 2,
        activation: Activation::Relu,
        is_tied: false,
        sparsity: "none",
        beta: 1.0,
    };
    let shape = before.unwrap_or_else(|| usual.clone());
    let code = shape.code.min(numbers.saturating_sub(1)).max(1);
    with_shape(changed.clone(), &Shape { code, ..shape })
        .or_else(|_| with_shape(changed, &Shape { code, ..usual }))
}
