//! A lane: one run on the page, with what it shows and the worker that trains it. A page has room for as
//! many as there are letters; those that are closed hold nothing and have no worker.

use super::page::{Drawn, FigureKey, Progress, measuring};
use super::rates::Search;
use super::trainer::Trainer;
use crate::labs::{LABS, Lab, Verdict, lane_name};
use crate::train::Experiment;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Handles that components copy.
#[derive(Clone, Copy)]
pub struct Lane {
    /// Its place in [`crate::labs::LANE_LETTERS`].
    pub index: usize,
    /// The run with its edits: what the address holds.
    pub experiment: RwSignal<Experiment>,
    /// The settings in force: what the controls show.
    pub current: RwSignal<Experiment>,
    pub progress: RwSignal<Progress>,
    pub verdict: RwSignal<Verdict>,
    /// The test of learning rates on its run, while its dialog is open.
    pub rates: RwSignal<Option<Search>>,
    /// Of every lab, by its name and theirs.
    figures: StoredValue<BTreeMap<FigureKey, RwSignal<Option<Drawn>>>>,
    trainer: StoredValue<Trainer, LocalStorage>,
}

impl Lane {
    /// A lane without a worker.
    pub fn new(index: usize, experiment: Experiment) -> Self {
        let of_lab = |lab: &&'static dyn Lab| {
            let name = lab.name();
            lab.figures().iter().map(move |slot| ((name, slot.id), RwSignal::new(None)))
        };
        Self {
            index,
            current: RwSignal::new(experiment.clone()),
            experiment: RwSignal::new(experiment),
            progress: RwSignal::default(),
            verdict: RwSignal::new(measuring()),
            rates: RwSignal::new(None),
            figures: StoredValue::new(LABS.iter().flat_map(of_lab).collect()),
            trainer: StoredValue::new_local(Trainer::default()),
        }
    }

    /// What people call it: "A".
    pub fn name(self) -> String {
        lane_name(self.index)
    }

    /// What a figure of a lab shows now.
    pub fn figure(self, key: FigureKey) -> RwSignal<Option<Drawn>> {
        self.figures.with_value(|figures| figures[&key])
    }

    /// Shows nothing until the next frame.
    pub fn clear(self) {
        self.figures.with_value(|figures| figures.values().for_each(|figure| figure.set(None)));
        self.verdict.set(measuring());
        self.progress.set(Progress::default());
    }

    /// Whether its run left the numbers.
    pub fn has_diverged(self) -> bool {
        self.progress.with(|progress| progress.has_diverged)
    }

    /// Reaches the trainer.
    pub fn update_trainer(self, change: impl FnOnce(&mut Trainer)) {
        self.trainer.update_value(change);
    }

    /// Reaches the trainer and returns what `change` gave; `None` once the page is gone.
    pub fn try_update_trainer<T>(self, change: impl FnOnce(&mut Trainer) -> T) -> Option<T> {
        self.trainer.try_update_value(change)
    }
}
