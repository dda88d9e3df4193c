//! What can be done to the run: settings changed, runs begun, frames of it taken in, and the address kept.

use super::address;
use super::keys;
use super::lane::Lane;
use super::page::{Drawn, Page, Progress, lab_of};
use super::trainer::{Taken, Trainer};
use super::transport::OVER;
use crate::data::{Nudge, Targets};
use crate::error::Error;
use crate::labs::{self, Figure, Lanes, Remedy};
use crate::nn::{LayerConfig, Survey};
use crate::train::settings::Settings;
use crate::train::{Experiment, goes_on};
use crate::worker::protocol::Frame;
use leptos::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

/// Time for which words stay while a run plays.
const RENEWAL_MS: f64 = 1000.0;

impl Page {
    /// Sets a control, in all open lanes where it is one of what they share.
    pub fn set(self, key: &str, value: &Value) {
        if self.is_for_all_lanes(key) {
            return self.set_in_all(key, value);
        }
        self.change(self.lane(), key, value, false);
    }

    /// Sets a control in all open lanes, or, where one of them refuses it, in none.
    fn set_in_all(self, key: &str, value: &Value) {
        let lanes: Vec<Lane> = self.open_lanes().collect();
        self.change_in(&lanes, key, value, false);
    }

    /// Whether this is one of what the open lanes share, or several at once: `start` of `start.0` and `start.1`.
    fn is_for_all_lanes(self, key: &str) -> bool {
        let is_part =
            |of: &str| of.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        let is_for_all = |control: &labs::Control| is_part(&control.key) && control.for_all_lanes;
        self.has_lanes() && self.current.with_untracked(|now| self.lab().controls(now).iter().any(is_for_all))
    }

    /// Does what a remedy says: in a new lane while there is one, so that the problem stays in sight beside its
    /// cure. Where the cure is read off the drawing, in the lane itself; where it is of what lanes share, in all.
    pub fn apply(self, remedy: &Remedy) {
        // What the visitor can do is done in a figure.
        if let Some(id) = remedy.value.as_str().filter(|_| remedy.key == Remedy::FIGURE) {
            return keys::focus_figure(id);
        }
        if self.is_for_all_lanes(&remedy.key) {
            return self.set(&remedy.key, &remedy.value);
        }
        if self.lab().is_about_drawing() || !self.add_lane() {
            return self.change(self.lane(), &remedy.key, &remedy.value, remedy.restarts);
        }
        self.change(self.lane(), &remedy.key, &remedy.value, true);
    }

    /// Sets a control to what it is by the lab's defaults.
    pub fn set_default(self, key: &str) {
        let controls = self.lab().controls(&self.lab().defaults());
        if let Some(control) = controls.into_iter().find(|control| control.key == key) {
            self.set(key, &control.value);
        }
    }

    fn change(self, lane: Lane, key: &str, value: &Value, restarts: bool) {
        self.change_in(&[lane], key, value, restarts);
    }

    /// Sets a control in these lanes, or, where one of them refuses it, in none. What can change in the running network is
    /// changed there; for the rest a new run begins.
    fn change_in(self, lanes: &[Lane], key: &str, value: &Value, restarts: bool) {
        let mut changes = Vec::new();
        for &lane in lanes {
            let before = lane.current.get_untracked();
            match lab_of(&before).change(&before, key, value) {
                Ok(after) if before.difference(&after).is_empty() => {}
                Ok(after) => changes.push((lane, before, after)),
                Err(error) if lanes.len() > 1 => {
                    return self.notice.set(Some(refusal_in(&format!(" for lane {}", lane.name()), &error)));
                }
                Err(error) => return self.notice.set(Some(refusal(&error))),
            }
        }
        self.notice.set(None);
        if changes.is_empty() {
            return;
        }
        self.note_change(key);
        let is_another = |(_, before, after): &(Lane, Experiment, Experiment)| task(before) != task(after);
        let are_others = changes.len() > 1 && changes.iter().any(is_another);
        for (lane, before, after) in changes {
            self.take_change(lane, &before, after, restarts);
            if are_others {
                lane.clear(); // one that answers later would stand beside the others' new task with its old one
            }
        }
        if are_others {
            self.renewed.update_value(|(last, _)| *last = 0.0);
            self.words.update(|count| *count += 1);
        }
    }

    fn take_change(self, lane: Lane, before: &Experiment, after: Experiment, restarts: bool) {
        let difference = before.difference(&after);
        let is_over = lane.progress.with_untracked(|progress| progress.has_diverged);
        if !is_over && !restarts && goes_on(before, &after, &difference) {
            if self.lab().has_pad() && before.network.layers.len() != after.network.layers.len() {
                self.point_at_nothing(); // a unit is of a layer by its place
            }
            lane.current.set(after);
            self.edit(lane, difference);
        } else {
            self.restart(lane, after);
            self.write_address();
        }
    }

    /// Sets a weight of the running network.
    pub(super) fn set_weight(self, key: &str, weight: f64) {
        self.notice.set(None);
        self.note_change(key);
        self.edit(self.lane(), [(key.to_owned(), weight.into())].into());
    }

    /// Changes a running network. Where it stands before the furthest step that it has made, the steps after this one
    /// are given up; the run with them goes to the past ones.
    fn edit(self, lane: Lane, set: Settings) {
        if lane.progress.with_untracked(|progress| progress.step < progress.head) {
            self.note_run(lane);
        }
        lane.update_trainer(|trainer| trainer.edit(set));
    }

    /// Begins a new run of another experiment, as after a change of the control `key`.
    pub(super) fn begin(self, key: &str, experiment: Experiment) {
        self.begin_on(key, experiment, None);
    }

    /// The same, where that is `taken`, on what files gave.
    pub(super) fn begin_on(self, key: &str, experiment: Experiment, taken: Option<Taken>) {
        self.note_change(key);
        self.restart_on(self.lane(), experiment, taken);
        self.write_address();
    }

    /// Begins again in every lane from the seed's weights, with the settings in force.
    pub fn reset(self) {
        let has_edits =
            |lane: Lane| lane.experiment.with_untracked(|experiment| !experiment.edits.is_empty());
        // Else the address holds them, or a link that waits for its files.
        let is_told = self.open_lanes().any(has_edits);
        if is_told {
            self.note_change("reset");
        }
        self.open_lanes().for_each(|lane| self.restart(lane, lane.current.get_untracked()));
        if is_told {
            self.write_address();
        }
    }

    /// Begins again in every lane from the weights of another seed.
    pub fn set_seed(self, seed: u64) {
        self.set_in_all("seed", &seed.into());
    }

    /// A seed that was not used last.
    pub fn new_seed(self) {
        let seed = self.current.with_untracked(|experiment| experiment.seed);
        self.set_seed((seed + 1 + (js_sys::Math::random() * 9997.0) as u64) % 10_000);
    }

    /// Begins a run of `experiment` in a lane.
    pub(super) fn restart(self, lane: Lane, experiment: Experiment) {
        self.restart_on(lane, experiment, None);
    }

    pub(super) fn restart_on(self, lane: Lane, experiment: Experiment, taken: Option<Taken>) {
        // Two files of ratings may differ in nothing that is set.
        let has_other_items = matches!(taken, Some(Taken::Data(..)))
            || lane.current.with_untracked(|before| kind_of_items(before) != kind_of_items(&experiment));
        // A threshold and a place on the map are of the run that they were set in.
        self.probe.update(|probe| {
            (probe.threshold, probe.cursor) = (None, None);
            probe.sequence.edits.clear();
            if has_other_items {
                probe.forget_items();
            }
        });
        self.note_run(lane);
        let bare = Experiment { edits: Vec::new(), ..experiment.clone() };
        self.set_pace_of(&bare, Some(&self.current.get_untracked()));
        if self.lab().name() != experiment.lab {
            self.is_playing.set(false);
            self.lanes.get_value().into_iter().for_each(Lane::clear);
            self.point_at_nothing();
            self.cell.set(None);
            self.nudge.set(Nudge::default());
            self.is_drawing.set(false);
            self.words.update(|count| *count += 1);
        }
        if lane.current.with_untracked(|before| shapes(before) != shapes(&bare)) {
            // Units of another network: the same numbers would point at something else.
            self.point_at_nothing();
        }
        lane.current.set(bare);
        lane.experiment.set(experiment.clone());
        self.clamp_layer();
        let offer = if taken.is_some() { None } else { self.own().offer_for(lane, &experiment) };
        lane.update_trainer(|trainer| {
            trainer.keeping.next = None;
            match offer {
                Some(offer) => trainer.start_on(experiment, offer),
                None => trainer.restart(experiment, taken),
            }
        });
    }

    fn point_at_nothing(self) {
        self.focus.set(None);
        self.link.set(None);
        self.hovered.set(None);
        self.worked_out.set(None);
    }

    /// Selects a layer that the network of the selected lane has.
    pub(super) fn clamp_layer(self) {
        let depth = self.current.with_untracked(|experiment| lab_of(experiment).depth(experiment));
        let layer = self.layer.get_untracked().clamp(1, depth.max(1));
        if layer != self.layer.get_untracked() {
            self.layer.set(layer);
        }
    }

    /// Plays or pauses.
    pub fn toggle_play(self) {
        if untrack(|| self.is_over()) {
            return self.notice.set(Some(OVER.into())); // asked for by a key
        }
        self.is_playing.update(|is_playing| *is_playing = !*is_playing);
        // Paused figures are all of the last step.
        self.open_lanes().for_each(|lane| lane.update_trainer(Trainer::refresh));
        self.begin_round();
    }

    /// Trains so many steps and stands still.
    pub fn advance(self, steps: u32) {
        self.is_playing.set(false);
        for lane in self.open_lanes().filter(|lane| untrack(|| !lane.has_diverged())) {
            lane.update_trainer(|trainer| trainer.advance(steps));
        }
    }

    /// Trains one epoch and stands still.
    pub fn advance_epoch(self) {
        // Of some classes fewer are dealt than the experiment counts.
        let [_, dealt] = self.progress.get_untracked().epoch_items;
        let steps = self.current.with_untracked(|experiment| {
            let items = if dealt > 0 { dealt } else { experiment.training_items() };
            items.div_ceil(experiment.batch_size.items(items).max(1))
        });
        self.advance(steps as u32);
    }

    /// Takes in a frame of a lane's run; called once for each drawn frame at most.
    pub fn show(
        self,
        lane: Lane,
        frame: Frame,
        mut panels: BTreeMap<String, Drawn>,
        progress: Progress,
        is_ahead: bool,
    ) {
        let is_selected = lane.index == self.selected_lane.get_untracked();
        if lane.progress.get_untracked() != progress {
            lane.progress.set(progress);
        }
        if is_selected && lane.try_update_trainer(|trainer| trainer.is_seeking()) == Some(false) {
            self.sought.set(None);
        }
        for slot in self.slots() {
            if let Some(drawn) = panels.remove(slot.id) {
                if let Figure::Maps(maps) = &drawn.0.figure
                    && is_selected
                    && self.worked_out.get_untracked() != maps.focus
                {
                    self.worked_out.set(maps.focus);
                }
                lane.figure((self.lab().name(), slot.id)).set(Some(drawn));
            }
        }
        if lane.verdict.with_untracked(|verdict| *verdict != frame.verdict) {
            lane.verdict.set(frame.verdict);
        }
        self.renew_words();
        if is_ahead {
            return; // the controls are ahead of this frame
        }
        let Some(settings) = frame.settings else { return };
        if lane.current.with_untracked(|current| *current != settings.current) {
            let size = untrack(|| self.input_size());
            lane.current.set(settings.current);
            if untrack(|| self.input_size()) != size {
                self.refresh(); // the picture that this frame was asked for with was of another size
            }
        }
        if lane.experiment.with_untracked(|experiment| *experiment != settings.experiment) {
            lane.experiment.set(settings.experiment);
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

    /// Opens the runs of the address, as after "back"; what cannot be read changes nothing.
    pub fn read_address(self) {
        match labs::from_link(&address::hash()) {
            Ok(lanes) if lanes == self.runs() => self.notice.set(None),
            Ok(lanes) => {
                let word = self.open(lanes, "This link");
                self.notice.set(word);
            }
            Err(error) => {
                self.notice.set(Some(refusal(&error)));
                self.write_address();
            }
        }
    }

    /// Begins the run of an experiment file, which `name` is, in place of all lanes, as its link would; the runs that
    /// were there stay behind it in the history.
    pub(super) fn take_experiment(self, name: &str, experiment: Experiment) {
        self.own().reading.set(None);
        let lanes = Lanes::from(experiment);
        if lanes != self.runs() {
            address::push(&labs::to_link(&lanes).unwrap_or_default());
        }
        let word = self.open(lanes, name);
        self.notice.set(word);
    }

    /// The runs of all open lanes.
    pub fn runs(self) -> Lanes {
        let experiment = |lane: Lane| lane.experiment.get_untracked();
        let others = self.open_lanes().skip(1).map(|lane| (lane.index, experiment(lane))).collect();
        Lanes { first: experiment(self.lane_at(0)), others }
    }

    /// The link that shows these runs to somebody else.
    pub fn link(self) -> String {
        labs::to_link(&self.runs()).unwrap_or_default()
    }

    /// The key of the control that was changed last; empty before.
    pub fn last_control(self) -> String {
        self.drag.with_value(|drag| drag.key().to_owned())
    }

    /// A change of another control, or after a pause, becomes an entry of its own in the history.
    pub(super) fn note_change(self, key: &str) {
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

/// What runs must agree in so that one figure, or sentence, can speak of both.
fn task(experiment: &Experiment) -> impl PartialEq {
    let function = experiment.network.layers.first().and_then(LayerConfig::as_landscape);
    (&experiment.data, shapes(experiment), function.map(|landscape| landscape.function))
}

/// What items must agree in so that what was looked for among them is still there.
fn kind_of_items(experiment: &Experiment) -> (&str, Targets, Vec<usize>) {
    let data = &experiment.data;
    (&data.name, data.targets, data.input_shape().unwrap_or_default())
}

pub(super) fn refusal(error: &Error) -> String {
    refusal_in("", error)
}

fn refusal_in(place: &str, error: &Error) -> String {
    format!("That was not taken{place}: {error}. Everything is as it was.")
}
