//! A run whose data are not at hand: it waits for them, and what stands in for it says so.

use super::joined;
use crate::data::{DataConfig, DataSet};
use crate::labs;
use crate::labs::format::count;
use crate::train::{Experiment, InitialWeights};
use crate::ui::page::Page;
use leptos::prelude::*;
use leptos::task::spawn_local;

impl Page {
    /// The experiment of a link that waits for its files.
    pub fn awaited(self) -> Option<Experiment> {
        self.own().waiting.get_untracked()
    }

    /// The experiment itself where its data are at hand; else the same on built-in data, with a word on
    /// what it, which is `what`, waits for.
    pub fn with_data_at_hand(self, mut experiment: Experiment, what: &str) -> (Experiment, Option<String>) {
        self.own().wait_no_more();
        let mut words = Vec::new();
        if experiment.initial_weights == Some(InitialWeights::Model) && !self.own().has_model.get_untracked()
        {
            experiment.initial_weights = None;
            words.push(format!(
                "{what} starts from a model file, which is not in it: open the file again. Until then the weights are fresh."
            ));
        }
        let data = &experiment.data;
        // Of a table the worker holds all columns, whichever are asked for.
        let has = |of: &DataConfig| data.asks_for(of) || (data.table.is_some() && of.table.is_some());
        let is_at_hand = self.own().given.with_untracked(|given| given.iter().any(|(of, _)| has(of)));
        let lab = labs::find(&experiment.lab).expect("validated experiments name a lab");
        let stand_in = if is_at_hand || !data.set().is_ok_and(DataSet::is_given) {
            None
        } else {
            let edited = experiment.edited().unwrap_or_else(|_| experiment.clone());
            let usual = lab.defaults().data.name;
            lab.change(&edited, "data.name", &usual.into()).ok()
        };
        let Some(stand_in) = stand_in else { return (experiment, joined(&words)) };
        let (has_all, needed) = (self.has_drawings_of(data), needed(data));
        self.own().waiting.set(Some(experiment));
        if has_all {
            // Once the run at hand has begun, and the one that this tab kept was not found; what is told meanwhile
            // stays.
            spawn_local(async move {
                if !self.own().takes_up.get_value() {
                    self.give_awaited_drawings();
                }
            });
        } else {
            words.push(format!(
                "{what} trains on {needed} on the page. Until then the lab shows {}.",
                stand_in_words(&stand_in.data)
            ));
        }
        (stand_in, joined(&words))
    }

    /// Whether these are data of drawings, and as many are at hand.
    fn has_drawings_of(self, data: &DataConfig) -> bool {
        data.name == "drawings" && self.own().drawings.with_untracked(|own| own.len() == data.samples)
    }

    /// Trains on the drawings at hand, where a link waits for them.
    pub(in crate::ui) fn give_awaited_drawings(self) {
        if self.awaited().is_some_and(|waiting| self.has_drawings_of(&waiting.data)) {
            self.give_drawings();
        }
    }
}

/// What is shown while data are waited for.
fn stand_in_words(data: &DataConfig) -> String {
    match data.set() {
        Ok(set) if set.is_of_pictures() => "generated digits".into(),
        Ok(set) => format!("the set {}", set.label),
        Err(_) => data.name.clone(),
    }
}

/// The data from outside that an experiment trains on, and how to bring them along.
fn needed(data: &DataConfig) -> String {
    let shape = data.input_shape().unwrap_or_default();
    let classes = data.classes().unwrap_or_default();
    let samples = count(data.samples);
    if let Some(table) = &data.table {
        let features = match table.features.as_slice() {
            few @ ([] | [_] | [_, _] | [_, _, _]) => few.join(", "),
            [first, second, ..] => format!("{first}, {second} and {} more", table.features.len() - 2),
        };
        return format!(
            "a table of {samples} rows, {} from {features}: open its file, or drop it",
            table.target
        );
    }
    match shape.as_slice() {
        _ if data.set().is_ok_and(DataSet::is_of_text) => {
            format!("a text of {classes} characters in {samples} windows: open its file, or drop it")
        }
        _ if data.name == "drawings" => {
            format!(
                "{samples} drawings, which are not in a link: open the file that they were saved to, or drop it"
            )
        }
        [height, width, _] => {
            format!(
                "{samples} images of {height} by {width} pixels in {classes} classes: open the files of images and labels, or drop them"
            )
        }
        _ => format!("{samples} images: open the files of images and labels, or drop them"),
    }
}
