//! What can be done to the run: settings changed, runs begun, frames of it taken in, and the address kept.

use super::address;
use super::page::{Drawn, Page, Progress, lab_of, measuring};
use super::trainer::{Taken, Trainer};
use crate::data::Nudge;
use crate::error::Error;
use crate::labs::{self, Figure, Remedy};
use crate::nn::Survey;
use crate::train::{Experiment, is_live};
use crate::worker::protocol::Frame;
use leptos::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

/// Time for which words stay while a run plays.
const RENEWAL_MS: f64 = 1000.0;

impl Page {
    /// Sets a control. What can change in the running network is changed there; for the rest a new run begins.
    pub fn set(self, key: &str, value: &Value) {
        self.change(key, value, false);
    }

    /// Does what a remedy says.
    pub fn apply(self, remedy: &Remedy) {
        self.change(&remedy.key, &remedy.value, remedy.restarts);
    }

    /// Sets a control to what it is by the lab's defaults.
    pub fn set_default(self, key: &str) {
        let controls = self.lab().controls(&self.lab().defaults());
        if let Some(control) = controls.into_iter().find(|control| control.key == key) {
            self.set(key, &control.value);
        }
    }

    fn change(self, key: &str, value: &Value, restarts: bool) {
        let before = self.current.get_untracked();
        let after = match lab_of(&before).change(&before, key, value) {
            Ok(after) => after,
            Err(error) => return self.notice.set(Some(refusal(&error))),
        };
        self.notice.set(None);
        let difference = before.difference(&after);
        if difference.is_empty() {
            return;
        }
        self.note_change(key);
        let is_over = self.progress.with_untracked(|progress| progress.has_diverged);
        if !is_over && !restarts && difference.keys().all(|key| is_live(key)) {
            self.current.set(after);
            self.trainer.update_value(|trainer| trainer.edit(difference));
        } else {
            self.restart(after);
            self.write_address();
        }
    }

    /// Sets a weight of the running network.
    pub(super) fn set_weight(self, key: &str, text: &str) {
        let Ok(weight) = text.trim().parse::<f32>() else { return };
        self.notice.set(None);
        self.note_change(key);
        self.trainer.update_value(|trainer| trainer.edit([(key.to_owned(), weight.into())].into()));
    }

    /// Begins a new run of another experiment, as after a change of the control `key`.
    pub(super) fn begin(self, key: &str, experiment: Experiment) {
        self.begin_on(key, experiment, None);
    }

    /// The same, where that is `taken`, on what files gave.
    pub(super) fn begin_on(self, key: &str, experiment: Experiment, taken: Option<Taken>) {
        self.note_change(key);
        self.restart_on(experiment, taken);
        self.write_address();
    }

    /// Begins again from the seed's weights, with the settings in force.
    pub fn reset(self) {
        let experiment = self.current.get_untracked();
        if self.experiment.with_untracked(|experiment| experiment.edits.is_empty()) {
            return self.restart(experiment); // which the address holds, or a link that waits for its files
        }
        self.begin("reset", experiment);
    }

    /// Begins again from the weights of another seed.
    pub fn set_seed(self, seed: u64) {
        self.set("seed", &seed.into());
    }

    /// A seed that was not used last.
    pub fn new_seed(self) {
        let seed = self.current.with_untracked(|experiment| experiment.seed);
        self.set_seed((seed + 1 + (js_sys::Math::random() * 9997.0) as u64) % 10_000);
    }

    pub(super) fn restart(self, experiment: Experiment) {
        self.restart_on(experiment, None);
    }

    fn restart_on(self, experiment: Experiment, taken: Option<Taken>) {
        let bare = Experiment { edits: Vec::new(), ..experiment.clone() };
        if self.lab().name() != experiment.lab {
            self.is_playing.set(false);
            self.verdict.set(measuring());
            self.progress.set(Progress::default());
            self.focus.set(None);
            self.cell.set(None);
            self.hovered.set(None);
            self.worked_out.set(None);
            self.nudge.set(Nudge::default());
            self.is_drawing.set(false);
            self.words.update(|count| *count += 1);
            self.figures.with_value(|figures| figures.values().for_each(|figure| figure.set(None)));
        }
        if self.current.with_untracked(|before| shapes(before) != shapes(&bare)) {
            // Units of another network: the same numbers would point at something else.
            self.focus.set(None);
            self.hovered.set(None);
            self.worked_out.set(None);
        }
        self.current.set(bare);
        self.experiment.set(experiment.clone());
        let depth = lab_of(&experiment).depth(&experiment);
        self.layer.update(|layer| *layer = (*layer).clamp(1, depth.max(1)));
        self.trainer.update_value(|trainer| trainer.restart(experiment, taken));
    }

    /// Plays or pauses.
    pub fn toggle_play(self) {
        if self.progress.with_untracked(|progress| progress.has_diverged) {
            return;
        }
        self.is_playing.update(|is_playing| *is_playing = !*is_playing);
        // Paused figures are all of the last step.
        self.trainer.update_value(Trainer::refresh);
    }

    /// Trains so many steps and stands still.
    pub fn advance(self, steps: u32) {
        self.is_playing.set(false);
        if !self.progress.with_untracked(|progress| progress.has_diverged) {
            self.trainer.update_value(|trainer| trainer.advance(steps));
        }
    }

    /// Trains one epoch and stands still.
    pub fn advance_epoch(self) {
        let steps = self.current.with_untracked(|experiment| {
            let items = experiment.training_items();
            items.div_ceil(experiment.batch_size.items(items))
        });
        self.advance(steps as u32);
    }

    /// Takes in a frame of the run at hand; called once for each drawn frame at most.
    pub fn show(
        self,
        frame: Frame,
        mut panels: BTreeMap<String, Drawn>,
        progress: Progress,
        has_pending_edit: bool,
    ) {
        if self.progress.get_untracked() != progress {
            self.progress.set(progress);
        }
        for slot in self.slots() {
            if let Some(drawn) = panels.remove(slot.id) {
                if let Figure::Maps(maps) = &drawn.0.figure
                    && self.worked_out.get_untracked() != maps.focus
                {
                    self.worked_out.set(maps.focus);
                }
                self.figure(slot.id).set(Some(drawn));
            }
        }
        if self.verdict.with_untracked(|verdict| *verdict != frame.verdict) {
            self.verdict.set(frame.verdict);
        }
        self.renew_words();
        if has_pending_edit {
            return; // the controls are ahead of this frame
        }
        let Some(settings) = frame.settings else { return };
        if self.current.with_untracked(|current| *current != settings.current) {
            let size = untrack(|| self.input_size());
            self.current.set(settings.current);
            if untrack(|| self.input_size()) != size {
                self.refresh(); // the picture that this frame was asked for with was of another size
            }
        }
        if self.experiment.with_untracked(|experiment| *experiment != settings.experiment) {
            self.experiment.set(settings.experiment);
            self.write_address();
        }
    }

    fn renew_words(self) {
        let now = js_sys::Date::now();
        let word = self.verdict.with_untracked(|verdict| verdict.word.clone());
        let is_due = self.renewed.with_value(|(last, said)| {
            !self.is_playing.get_untracked() || *said != word || now - last >= RENEWAL_MS
        });
        if is_due {
            self.renewed.set_value((now, word));
            self.words.update(|count| *count += 1);
        }
    }

    /// Opens the experiment of the address, as after "back"; what cannot be read changes nothing.
    pub fn read_address(self) {
        match labs::from_link(&address::hash()) {
            Ok(experiment) if experiment == self.experiment.get_untracked() => self.notice.set(None),
            Ok(experiment) => {
                let (experiment, word) = self.with_data_at_hand(experiment, "This link");
                self.notice.set(word);
                self.restart(experiment);
            }
            Err(error) => {
                self.notice.set(Some(refusal(&error)));
                self.write_address();
            }
        }
    }

    /// The link that shows this run to somebody else.
    pub fn link(self) -> String {
        self.experiment.with_untracked(labs::to_link).unwrap_or_default()
    }

    /// A change of another control, or after a pause, becomes an entry of its own in the history.
    fn note_change(self, key: &str) {
        if self.drag.try_update_value(|drag| drag.begins_with(key)) == Some(true) {
            address::push(&self.link());
        }
    }

    /// Puts the run at hand into the address; a link that was there and waited for its files is left.
    pub(super) fn write_address(self) {
        self.own().wait_no_more();
        address::replace(&self.link());
    }
}

/// Names of the layers and shapes of what they give.
fn shapes(experiment: &Experiment) -> Vec<(String, Vec<usize>)> {
    let input_shape = experiment.data.input_shape().unwrap_or_default();
    let costs = Survey::of(&experiment.network, &input_shape).costs;
    costs.into_iter().map(|cost| (cost.name, cost.shape)).collect()
}

pub(super) fn refusal(error: &Error) -> String {
    format!("That was not taken: {error}. Everything is as it was.")
}
