//! The RBM lab: a machine learns which pictures are likely, and dreams of others. What it gives back, what it dreams, what
//! it learns from, and how likely it takes held-out pictures to be.

mod answers;
mod chains;
mod classify;
mod controls;
mod energy;
mod figures;
mod films;
mod forming;
mod job;
mod layers;
mod likelihood;
mod linear;
mod map;
mod measured;
mod observer;
mod predict;
mod referee;
mod remedies;
mod score;
mod topics;
mod verdict;
mod viewer;
mod words;

use super::{Control, FigureSlot, Lab, Observer};
use crate::data::DataSet;
use crate::error::{Error, Result};
use crate::nn::LayerConfig;
use crate::nn::layers::Rbm as RbmLayer;
use crate::train::{Experiment, Run};
use job::Job;
use serde_json::Value;

/// See the module.
pub(super) struct Rbm;

/// The machine of an experiment of the lab.
fn layer_of(experiment: &Experiment) -> &RbmLayer {
    match &*experiment.network.layers {
        [LayerConfig::Rbm(layer)] => layer,
        _ => unreachable!("it was checked"),
    }
}

impl Lab for Rbm {
    fn name(&self) -> &'static str {
        "rbm"
    }

    fn title(&self) -> &'static str {
        "RBM"
    }

    fn question(&self, _: &Experiment) -> String {
        "Can a network learn what is likely?".into()
    }

    fn defaults(&self) -> Experiment {
        Job::Features.usual()
    }

    fn check(&self, experiment: &Experiment) -> Result<()> {
        if !matches!(*experiment.network.layers, [LayerConfig::Rbm(_)]) {
            let allowed = "one layer rbm: the lab rbm shows what that learns";
            return Err(Error::setting("network.layers", "another network", allowed));
        }
        Job::check(experiment)?;
        if !experiment.data.train_on.is_empty() {
            let allowed = "left out: what is held out must be of the same kind as what is trained on";
            return Err(Error::setting("data.train_on", "given", allowed));
        }
        if experiment.edits.iter().any(|edit| edit.set.contains_key("network.layers")) {
            let allowed = "left out: the lab rbm shows one machine alone";
            return Err(Error::setting("edits", "with a change of network.layers", allowed));
        }
        Ok(())
    }

    fn controls(&self, experiment: &Experiment) -> Vec<Control> {
        controls::all(experiment)
    }

    fn layer_controls(&self, _: &Experiment, _: usize) -> Vec<Control> {
        Vec::new()
    }

    fn change(&self, experiment: &Experiment, key: &str, value: &Value) -> Result<Experiment> {
        controls::change(experiment, key, value)
    }

    fn short_name(&self, experiment: &Experiment) -> String {
        controls::short_name(self, experiment)
    }

    fn is_told_by_names(&self) -> bool {
        true
    }

    fn has_pad(&self) -> bool {
        true
    }

    fn takes_tables(&self) -> bool {
        true
    }

    fn set_of_texts(&self, experiment: &Experiment) -> &'static str {
        match Job::of(&experiment.data) {
            Job::Films => "own_ratings",
            Job::Topics => "own_documents",
            Job::Features | Job::Classify | Job::Predict => "table",
        }
    }

    fn offers_pictures(&self, experiment: &Experiment) -> bool {
        matches!(Job::of(&experiment.data), Job::Features | Job::Classify)
    }

    fn figures(&self) -> &'static [FigureSlot] {
        &figures::SLOTS
    }

    fn shows(&self, id: &str, experiment: &Experiment) -> bool {
        let job = Job::of(&experiment.data);
        let jobs: &[Job] = match id {
            "two_layers" | "dream" | "phases" | "forming" | "filters" | "curves" | "likelihood"
            | "referee" => &[Job::Features, Job::Classify],
            "map" | "pixel_map" | "linear" => &[Job::Features],
            "answer" => &[Job::Classify],
            "predicted" => &[Job::Predict],
            "rated" | "recommended" | "tastes" | "beside" => &[Job::Films],
            "topics" | "near" => &[Job::Topics],
            "score" => &[Job::Classify, Job::Predict, Job::Films, Job::Topics],
            _ => &Job::ALL,
        };
        if id == "energy" && !observer::has_energies(experiment) {
            return false;
        }
        let has_labels = experiment.data.classes().is_ok_and(|classes| classes > 0);
        let is_of_pictures = experiment.data.set().is_ok_and(DataSet::is_of_pictures);
        let needs_pictures = matches!(id, "two_layers" | "dream" | "phases" | "forming" | "filters");
        jobs.contains(&job)
            && (is_of_pictures || !needs_pictures)
            && (id != "linear" || has_labels && experiment.data.test_items() > 0)
    }

    fn captioned(&self, slot: FigureSlot, experiment: &Experiment) -> FigureSlot {
        if slot.id == "score" {
            let title = match Job::of(&experiment.data) {
                Job::Classify => "Right labels",
                Job::Predict => "Variance that is told",
                Job::Films => "Error on ratings",
                Job::Topics => "Words in doubt",
                Job::Features => slot.title,
            };
            return FigureSlot { title, ..slot };
        }
        slot
    }

    fn observe(&self, run: &Run) -> Box<dyn Observer> {
        Box::new(observer::RbmObserver::new(run))
    }

    fn observe_on(&self, run: &Run, seen: Value) -> Option<Box<dyn Observer>> {
        Some(Box::new(observer::RbmObserver::on(run, seen)?))
    }
}
