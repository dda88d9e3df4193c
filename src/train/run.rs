//! One run of an experiment, step by step: the same bits wherever and however fast it is stepped.

mod beginning;
mod divergence;
mod memory;
mod probing;
mod snapshots;

pub use divergence::Divergence;

use super::edits::Edit;
use super::evaluation::{self, Compared, Evaluation, Metric, Reading};
use super::experiment::{KEPT_OF_AN_OUTPUT, MAX_KEPT};
use super::settings::Settings;
use super::weights::{weights_in, without_weights};
use super::{Experiment, Optimizer};
use crate::data::{Augmenter, Batches, Bounds, Corruption, Data, Examples, Targets};
use crate::error::{Error, Result};
use crate::nn::{Learned, Mode, Network, Pass};
use crate::tensor::{Rng, Stream, l2_norm};
use std::cell::OnceCell;
use std::sync::Arc;

/// A run at some step.
pub struct Run {
    experiment: Experiment,
    /// The settings in force now: the experiment with the edits made so far.
    current: Arc<Experiment>,
    next_edit: usize,
    data: Arc<Data>,
    /// Shape of one item.
    input_shape: Vec<usize>,
    metric: Metric,
    network: Network,
    optimizer: Optimizer,
    batches: Batches,
    augmenter: Option<Augmenter>,
    /// Rows and columns of an item, and the numbers that it may have: what spoiling it must know.
    grid: [usize; 2],
    bounds: Bounds,
    inputs: Vec<f32>,
    targets: Vec<f32>,
    /// Whether what the loss compared the last batch with lies apart from what the network was given.
    lie_apart: bool,
    /// Of the rows that pass at once, the last of the batch.
    pass: Pass,
    /// Of the whole batch, where that is more: passed anew when somebody looks.
    whole: OnceCell<Pass>,
    /// Whether all sums of the last pass were finite numbers.
    is_finite: bool,
    /// Gradients of the last step before clipping, for the statistics; none where an update leaves them as they are.
    unclipped: Vec<f32>,
    weights_before: Vec<f32>,
    /// Whether the weights changed since the pass went through them.
    has_moved: bool,
    step: usize,
    divergence: Option<Divergence>,
}

impl Run {
    /// Trains on one batch and returns its loss, taken before the update. A run that diverged stays
    /// where it was, with the last finite weights, and tells where ([`Self::divergence`]).
    ///
    /// # Errors
    /// The divergence.
    pub fn step(&mut self) -> std::result::Result<f32, Divergence> {
        let loss = self.step_before_edits()?;
        self.make_due_edits();
        Ok(loss)
    }

    /// The same, so that what it came to can be seen before [`Self::make_due_edits`].
    ///
    /// # Errors
    /// As [`Self::step`].
    pub fn step_before_edits(&mut self) -> std::result::Result<f32, Divergence> {
        if let Some(divergence) = &self.divergence {
            return Err(divergence.clone());
        }
        let loss = self.measure();
        if let Some(divergence) = self.find_divergence(loss) {
            return Err(self.diverged(divergence));
        }
        self.weights_before.copy_from_slice(&self.network.weights);
        let Self { network, optimizer, pass, .. } = self;
        if !network.update(pass, |weights, grads, slots| optimizer.update(weights, grads, slots)) {
            let divergence = self.first_after_update();
            self.network.weights.copy_from_slice(&self.weights_before);
            return Err(self.diverged(divergence));
        }
        self.has_moved = true;
        let size = self.batch_items();
        self.batches.advance(size);
        self.step += 1;
        Ok(loss)
    }

    /// Makes the edits that the experiment holds for before the next step; returns whether there were any.
    pub fn make_due_edits(&mut self) -> bool {
        let made = self.next_edit;
        self.apply_due_edits().expect("edits were validated with the experiment");
        self.next_edit != made
    }

    /// Forward and backward on the batch of the next step, without learning from it: what
    /// [`Self::step`] begins with, and what shows the gradients of a network that stands still.
    pub fn measure(&mut self) -> f32 {
        let (size, outputs) = (self.input_shape.iter().product(), self.network.outputs());
        self.give_back(size * self.batch_items());
        let items = self.batches.peek(self.batch_items());
        self.inputs.resize(size * items.len(), 0.0);
        for (&item, input) in items.iter().zip(self.inputs.chunks_exact_mut(size)) {
            let item = item as usize;
            match (&mut self.augmenter, self.data.train.pictures()) {
                (Some(augmenter), Some(pictures)) => {
                    let (input, label) = input.split_at_mut(size - self.data.train.joined);
                    augmenter.apply(pictures.picture(item), self.batches.epoch(), item, input);
                    if !label.is_empty() {
                        self.data.train.write_target(item, label);
                    }
                }
                _ => self.data.train.copy_item(item, input),
            }
        }
        let is_of_labels = !self.current.data.targets.are_inputs();
        if is_of_labels {
            let items = items.iter().map(|&item| item as usize);
            self.data.train.write_targets(items, outputs, &mut self.targets);
        }
        self.lie_apart = is_of_labels || !self.current.data.corruption.is_none();
        self.spoil_batch();
        let targets = batch_targets(&self.targets, &self.inputs, self.lie_apart);
        self.pass.mode = Mode::Training { step: self.step };
        self.whole.take();
        let Learned { loss, is_finite } = self.network.learn(&self.inputs, targets, &mut self.pass);
        self.is_finite = is_finite;
        self.unclipped.clear();
        if self.optimizer.clips() {
            self.unclipped.extend_from_slice(&self.network.grads);
        }
        self.has_moved = false;
        loss
    }

    /// Gives back what larger batches took, so that a run holds what its settings ask for, whatever they were before.
    fn give_back(&mut self, numbers: usize) {
        /// Numbers that a buffer holds at least.
        const LEAST: usize = 4;
        if self.inputs.capacity() > numbers.max(LEAST) {
            (self.inputs, self.targets, self.pass) = (Vec::new(), Vec::new(), Pass::default());
        }
    }

    /// Keeps the batch as it is to be restored, and spoils what the network is given.
    fn spoil_batch(&mut self) {
        let corruption = self.current.data.corruption;
        if corruption.is_none() {
            return;
        }
        self.targets.clear();
        self.targets.extend_from_slice(&self.inputs);
        let (items, epoch) = (self.batches.peek(self.batch_items()), self.batches.epoch());
        let size: usize = self.input_shape.iter().product();
        for (&item, input) in items.iter().zip(self.inputs.chunks_exact_mut(size)) {
            let stream = Stream::Corruption { epoch, item: item as usize };
            corruption.apply(input, self.grid, self.bounds, &mut Rng::new(self.current.seed, stream));
        }
    }

    /// Spoils a test item as it is always spoiled.
    pub fn spoil_test_item(&self, item: usize, corruption: Corruption, input: &mut [f32]) {
        let mut rng = Rng::new(self.current.seed, Stream::TestCorruption { item });
        corruption.apply(input, self.grid, self.bounds, &mut rng);
    }

    /// Changes settings of the running network; weights stay. Later edits that the experiment still
    /// held are dropped: the run goes its own way from here.
    ///
    /// # Errors
    /// As [`Experiment::from_value`]; the run is then as it was.
    pub fn edit(&mut self, set: &Settings) -> Result<()> {
        if let Some(divergence) = &self.divergence {
            let allowed = "one that has not diverged: start it anew with the other settings";
            return Err(Error::setting("the run", format!("diverged at step {}", divergence.step), allowed));
        }
        let edit = Edit { step: self.step, set: set.clone() };
        let next = self.current.edited_by(&edit, self.next_edit)?;
        self.take(next, &edit.set)?;
        let edits = &mut self.experiment.edits;
        edits.truncate(self.next_edit);
        match edits.last_mut() {
            Some(last) if last.can_take(&edit) => last.set.extend(edit.set),
            _ => edits.push(edit),
        }
        self.next_edit = edits.len();
        Ok(())
    }

    fn apply_due_edits(&mut self) -> Result<()> {
        while let Some(edit) = self.experiment.edits.get(self.next_edit) {
            if edit.step != self.step {
                break;
            }
            let set = edit.set.clone();
            let next = self.current.with(&without_weights(&set))?;
            self.take(next, &set)?;
            self.next_edit += 1;
        }
        Ok(())
    }

    /// Takes what an edit made of the settings, and the weights that it sets.
    fn take(&mut self, next: Experiment, set: &Settings) -> Result<()> {
        let weights = weights_in(set, &self.network.named_slots().collect::<Vec<_>>())?;
        let moved = self.network.reconfigure(&next.network, &self.input_shape, next.loss)?;
        let now = &self.network.weights;
        moved.apply(&mut self.weights_before, |fresh, place| fresh.copy_from_slice(&now[place]));
        if !self.unclipped.is_empty() {
            moved.apply(&mut self.unclipped, |_, _| {});
        }
        self.optimizer.follow(&moved, now.len());
        self.optimizer.reconfigure(next.optimizer.clone());
        if next.data.points != self.current.data.points {
            let data = Arc::new(Data::new(&next.data, next.seed)?);
            self.take_data(data.trained_on(&next.data.train_on)?.joined(next.data.joined_units()?));
        }
        self.current = next.into();
        for (place, weight) in weights {
            self.network.weights[place] = weight;
        }
        self.network.tie();
        Ok(())
    }

    /// Goes on with other points; where there are more or fewer, the epoch begins anew.
    fn take_data(&mut self, data: Arc<Data>) {
        self.batches.resize(data.train.len());
        self.data = data;
    }

    fn batch_items(&self) -> usize {
        self.current.batch_size.items(self.data.train.len())
    }

    /// Loss and metric over the test items; `None` when none are kept for the test. `pass` is
    /// working space, so that the traces of the last step stay.
    #[must_use]
    pub fn evaluate(&self, pass: &mut Pass) -> Option<Evaluation> {
        if self.data.test.is_empty() {
            return None;
        }
        let network = (&self.network, self.current.loss);
        let corruption = self.current.data.corruption;
        let spoil = |item: usize, input: &mut [f32]| self.spoil_test_item(item, corruption, input);
        let compared = match self.current.data.targets {
            Targets::Labels => Compared::WithLabels,
            _ if corruption.is_none() => Compared::WithInputs(None),
            Targets::Inputs | Targets::Joint => Compared::WithInputs(Some(&spoil)),
        };
        Some(evaluation::evaluate(network, (&self.data.test, compared), self.metric, pass))
    }

    /// Passes items as they are through the network, some at a time; `visit` is given them and the pass.
    pub fn visit(&self, examples: &Examples, pass: &mut Pass, mut visit: impl FnMut(&[f32], &Pass)) {
        if !examples.is_empty() {
            let parts = |_, items: &[f32], pass: &Pass| visit(items, pass);
            evaluation::for_each_chunk(&self.network, (examples, None), pass, parts);
        }
    }

    /// The same for test items, spoiled as they are always spoiled; `visit` is given them as they were before.
    pub fn visit_spoiled(
        &self,
        corruption: Corruption,
        pass: &mut Pass,
        mut visit: impl FnMut(&[f32], &Pass),
    ) {
        let spoil = |item: usize, input: &mut [f32]| self.spoil_test_item(item, corruption, input);
        if !self.data.test.is_empty() {
            let parts = |_, items: &[f32], pass: &Pass| visit(items, pass);
            evaluation::for_each_chunk(&self.network, (&self.data.test, Some(&spoil)), pass, parts);
        }
    }

    /// What the network takes each test item for.
    #[must_use]
    pub fn readings(&self, pass: &mut Pass) -> Vec<Reading> {
        evaluation::readings((&self.network, self.current.loss), &self.data.test, pass)
    }

    /// The class that a row of outputs stands for; none where one of them is no finite number.
    #[must_use]
    pub fn class_of(&self, row: &[f32]) -> Option<usize> {
        evaluation::class_of(self.current.loss, row)
    }

    /// The single output above which class 1 is meant.
    #[must_use]
    pub fn threshold(&self) -> f32 {
        evaluation::threshold(self.current.loss)
    }

    /// What [`Evaluation::metric`] is.
    #[must_use]
    pub fn metric(&self) -> Metric {
        self.metric
    }

    /// L2 norm of ∂L/∂kernel of every layer that has one, before clipping.
    pub fn kernel_grad_norms(&self) -> impl Iterator<Item = f32> + '_ {
        self.network.kernels().map(|slot| l2_norm(&self.gradients()[slot.range.clone()]))
    }

    /// The experiment with every edit made so far.
    #[must_use]
    pub fn experiment(&self) -> &Experiment {
        &self.experiment
    }

    /// Number of edits that have taken effect.
    #[must_use]
    pub fn edits_made(&self) -> usize {
        self.next_edit
    }

    /// The settings in force now.
    #[must_use]
    pub fn current(&self) -> &Experiment {
        &self.current
    }

    /// Number of updates made.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.step
    }

    /// The learning rate of a step, made or to come, as the schedule in force has it; none before that began.
    #[must_use]
    pub fn learning_rate_at(&self, step: usize) -> Option<f32> {
        let update = (step + self.optimizer.scheduled()).checked_sub(self.step)?;
        Some(self.current.optimizer.rate_at(update))
    }

    /// Passes over the training items that are complete.
    #[must_use]
    pub fn epoch(&self) -> usize {
        self.batches.epoch()
    }

    /// Training items that this epoch has dealt, and all of them.
    #[must_use]
    pub fn epoch_items(&self) -> [usize; 2] {
        [self.batches.position(), self.data.train.len()]
    }

    /// The training items in the order in which this epoch deals them.
    #[must_use]
    pub fn epoch_order(&self) -> &[u32] {
        self.batches.order()
    }

    /// Where the run left the numbers, if it did.
    #[must_use]
    pub fn divergence(&self) -> Option<&Divergence> {
        self.divergence.as_ref()
    }

    /// Shape of one item: `[2]` in the plane, `[height, width, 1]` for pictures.
    #[must_use]
    pub fn input_shape(&self) -> &[usize] {
        &self.input_shape
    }

    /// The items it trains and tests on.
    #[must_use]
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// The same, to be kept for as long as somebody works on them.
    pub(super) fn shared_data(&self) -> Arc<Data> {
        Arc::clone(&self.data)
    }

    /// The network with its weights.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// What the last step, or [`Self::measure`], left in every layer. Where a batch passes in parts, all of it passes
    /// once more here, with the weights of that step; of one that would fill the memory so, its first rows.
    #[must_use]
    pub fn pass(&self) -> &Pass {
        let rows = self.inputs.len() / self.input_shape.iter().product::<usize>();
        if self.network.rows_at_once(rows) >= rows {
            return &self.pass;
        }
        self.whole.get_or_init(|| self.pass_whole())
    }

    fn pass_whole(&self) -> Pass {
        let is_updated = self.pass.mode != Mode::Training { step: self.step };
        let weights = if is_updated { &self.weights_before } else { &self.network.weights };
        let mut network = self.network_apart(weights);
        let mut pass = Pass::new(self.pass.mode);
        let of_a_row = self.input_shape.iter().product::<usize>();
        let rows = self.inputs.len() / of_a_row;
        let kept = KEPT_OF_AN_OUTPUT * network.units().iter().sum::<usize>() + network.kept_of_an_item();
        let fitting = rows.min((MAX_KEPT / kept.max(1)).max(1));
        let targets = self.batch_targets();
        let inputs = &self.inputs[..fitting * of_a_row];
        network.forward(inputs, &mut pass);
        network.backward(inputs, &targets[..targets.len() / rows * fitting], &mut pass);
        pass
    }

    /// Another network like this one, of these weights; passed at the same step it draws the same noise.
    pub(super) fn network_apart(&self, weights: &[f32]) -> Network {
        let Experiment { network, loss, seed, .. } = &*self.current;
        let mut network =
            Network::new(network, &self.input_shape, *loss, *seed).expect("it is the one that runs");
        network.weights.copy_from_slice(weights);
        network
    }

    /// What the last batch was compared with.
    fn batch_targets(&self) -> &[f32] {
        batch_targets(&self.targets, &self.inputs, self.lie_apart)
    }

    /// The batch that it was of, `[rows, ..input_shape]`.
    #[must_use]
    pub fn inputs(&self) -> &[f32] {
        &self.inputs
    }

    /// And what the loss compared its outputs with, `[rows, outputs]`.
    #[must_use]
    pub fn targets(&self) -> &[f32] {
        self.batch_targets()
    }

    /// The weights that [`Self::pass`] went through: a step changes them afterwards.
    #[must_use]
    pub fn pass_weights(&self) -> &[f32] {
        if self.has_moved { &self.weights_before } else { &self.network.weights }
    }

    /// ∂L/∂weights of the last step, before clipping.
    #[must_use]
    pub fn gradients(&self) -> &[f32] {
        if self.unclipped.is_empty() { &self.network.grads } else { &self.unclipped }
    }

    /// The rule that makes steps of gradients, with what it remembers.
    #[must_use]
    pub fn optimizer(&self) -> &Optimizer {
        &self.optimizer
    }

    /// The weights before the last update.
    #[must_use]
    pub fn weights_before(&self) -> &[f32] {
        &self.weights_before
    }
}

/// What a batch is compared with.
fn batch_targets<'a>(targets: &'a [f32], inputs: &'a [f32], lie_apart: bool) -> &'a [f32] {
    if lie_apart { targets } else { inputs }
}
