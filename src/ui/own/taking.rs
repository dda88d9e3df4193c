//! What the worker read, taken: a run begins on it or goes on from it, where the lab that is open can show that.

use crate::data::{DataConfig, DataSet, FileKind};
use crate::error::Result;
use crate::labs;
use crate::train::{Experiment, InitialWeights};
use crate::ui::page::Page;
use crate::ui::running::refusal;
use crate::ui::trainer::Taken;
use leptos::prelude::*;

impl Page {
    /// Begins a run of the network out of a model file.
    pub fn take_model(self, experiment: Experiment) {
        self.own().reading.set(None);
        if !self.is_for_this_lab(FileKind::Model) {
            return;
        }
        // The pictures that it was trained on are not in its file: it goes on with those at hand.
        let at_hand = self.current.with_untracked(|current| current.data.clone());
        let lab = labs::find(&experiment.lab).expect("validated experiments name a lab");
        let bare = Experiment {
            data: DataConfig { augmentation: at_hand.augmentation.clone(), ..experiment.data.clone() },
            ..experiment
        };
        let on_pictures = |data: &DataConfig| {
            let value = serde_json::to_value(data).expect("settings are plain data");
            let changed = lab.change(&bare, "data", &value).ok()?;
            Some(changed).filter(|changed| changed.initial_weights == bare.initial_weights)
        };
        if let Some(experiment) = on_pictures(&at_hand).or_else(|| on_pictures(&DataConfig::named("digits")))
        {
            return self.begin_on("model", experiment, Some(Taken::Model));
        }
        let shape = bare.data.input_shape().unwrap_or_default();
        let classes = bare.data.classes().unwrap_or_default();
        self.forget_offer(&format!(
            "its network takes {shape:?} and tells {classes} classes: train on such pictures first, then open it"
        ));
    }

    /// Takes up the whole run of a file where it stood, in its own lab; on data that are not at hand its network alone.
    pub fn take_run(self, experiment: Experiment) {
        let data = &experiment.data;
        let is_at_hand =
            self.own().given.with_untracked(|given| given.iter().any(|(of, _)| data.asks_for(of)));
        if data.set().is_ok_and(DataSet::is_given) && !is_at_hand {
            if !data.set().is_ok_and(DataSet::is_of_pictures) {
                let reason = "its run is on a table or a text that is not open here: open that first, and then this file again";
                return self.forget_offer(reason);
            }
            let settings = experiment.edited().unwrap_or_else(|_| experiment.clone());
            let initial_weights = Some(InitialWeights::Model);
            return self.take_model(Experiment { initial_weights, pretraining: None, ..settings });
        }
        self.own().reading.set(None);
        if self.lab().name() != experiment.lab {
            // The worker that holds the file ends with its lane: the first reads it once more.
            if self.lane().index != 0 {
                let Some(offer) = self.own().offered.try_update_value(Option::take).flatten() else {
                    return self.forget_offer("its run is of another lab: select lane A and open it again");
                };
                self.open_lanes().skip(1).for_each(|lane| self.remove_lane(lane.index));
                return self.offer(offer);
            }
            self.open_lanes().skip(1).for_each(|lane| self.remove_lane(lane.index));
        }
        let is_of_model = experiment.initial_weights == Some(InitialWeights::Model);
        let taken = if is_of_model { Taken::Model } else { Taken::Run };
        self.begin_on("model", experiment, Some(taken));
    }

    /// Begins a run on what the worker read: that of a link which waited for it, or the run at hand with
    /// other data.
    pub fn take_given(self, data: DataConfig, summary: String) {
        self.own().reading.set(None);
        let is_text = data.table.is_some() || data.set().is_ok_and(|set| set.is_of_text() || set.is_sparse());
        let kind = if is_text { FileKind::Table } else { FileKind::Idx };
        if !self.is_for_this_lab(kind) {
            return;
        }
        let experiment = match self.awaited().filter(|waiting| waiting.data.asks_for(&data)) {
            Some(experiment) => Ok(experiment),
            None => self.on_data(&data),
        };
        match experiment {
            Ok(experiment) => self.begin_on("data", experiment, Some(Taken::Data(data, summary))),
            Err(error) => self.forget_offer(&error.to_string()),
        }
    }

    /// The run at hand on other data.
    pub(super) fn on_data(self, data: &DataConfig) -> Result<Experiment> {
        let value = serde_json::to_value(data).expect("settings are plain data");
        self.lab().change(&self.current.get_untracked(), "data", &value)
    }

    /// Begins a run on the data of this name, as far as they are there.
    pub fn train_on(self, set: &str) {
        let changed = match untrack(|| self.own().given(set)) {
            Some((data, _)) => self.on_data(&data),
            None => self.lab().change(&self.current.get_untracked(), "data.name", &set.into()),
        };
        match changed {
            Ok(after) => self.begin("data", after),
            Err(error) => self.notice.set(Some(refusal(&error))),
        }
    }
}
