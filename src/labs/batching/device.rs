//! What was measured of a network on this device, whatever its weights: it is as good at every step of a run.

use crate::train::throughput::{self, Knee};
use crate::train::{Experiment, MemoryForecast, OptimizerConfig, Run};
use std::cell::{RefCell, RefMut};
use std::rc::Rc;

/// Sizes of the sweep, as far as there are so many items; all items in one batch are the last.
const SIZES: [usize; 11] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

fn sizes(run: &Run) -> impl Iterator<Item = usize> {
    let items = run.epoch_items()[1];
    SIZES.into_iter().filter(move |size| *size < items).chain([items])
}

/// All copies of an observer share it, since it is none of the run: going back and forth loses nothing. Where the settings
/// that it was measured with are others, it begins anew.
#[derive(Clone, Default)]
pub(super) struct Device(Rc<RefCell<Measured>>);

#[derive(Default)]
struct Measured {
    /// The settings that it is of.
    of: Option<Experiment>,
    /// Examples a second, by the size of the batch, in the order in which they were timed; no number where that failed.
    timed: Vec<(usize, f64)>,
    forecast: Option<MemoryForecast>,
}

impl Device {
    fn of(&self, run: &Run) -> RefMut<'_, Measured> {
        let mut measured = self.0.borrow_mut();
        if !measured.of.as_ref().is_some_and(|of| costs_the_same(of, run.current())) {
            *measured = Measured { of: Some(run.current().clone()), ..Measured::default() };
        }
        measured
    }

    /// The next size to be timed; none once the run has left the numbers.
    pub(super) fn wants(&self, run: &Run) -> Option<usize> {
        let measured = self.of(run);
        let is_new = |size: &usize| measured.timed.iter().all(|(timed, _)| timed != size);
        sizes(run).find(is_new).filter(|_| run.divergence().is_none())
    }

    /// Takes in the items and milliseconds of steps with a batch that was wanted.
    pub(super) fn take(&self, batch: usize, took: Option<(usize, f64)>) {
        let speed = took.map_or(f64::NAN, |(items, ms)| 1000.0 * items as f64 / ms);
        self.0.borrow_mut().timed.push((batch, speed));
    }

    /// All sizes with their examples a second; no number for what is still to be timed, or failed.
    pub(super) fn speeds(&self, run: &Run) -> Vec<(usize, f64)> {
        let measured = self.of(run);
        let speed = |size: usize| measured.timed.iter().find(|of| of.0 == size).map_or(f64::NAN, |of| of.1);
        sizes(run).map(|size| (size, speed(size))).collect()
    }

    /// Those that were timed, by ascending size.
    pub(super) fn measured(&self, run: &Run) -> Vec<(usize, f64)> {
        let mut speeds = self.speeds(run);
        speeds.retain(|(_, speed)| speed.is_finite() && *speed > 0.0);
        speeds
    }

    /// What explains the speeds, once all were timed.
    pub(super) fn knee(&self, run: &Run) -> Option<Knee> {
        let is_whole = self.of(run).timed.len() == sizes(run).count();
        throughput::knee(&self.measured(run)).filter(|_| is_whole)
    }

    /// What other batches would take.
    pub(super) fn forecast(&self, run: &Run) -> MemoryForecast {
        *self.of(run).forecast.get_or_insert_with(|| MemoryForecast::of(run))
    }
}

/// Whether steps of both take as long and as many bytes, but for their batches.
fn costs_the_same(one: &Experiment, other: &Experiment) -> bool {
    let rule =
        |of: &Experiment| OptimizerConfig { learning_rate: None, schedule: None, ..of.optimizer.clone() };
    one.data == other.data
        && one.network == other.network
        && one.loss == other.loss
        && rule(one) == rule(other)
}
