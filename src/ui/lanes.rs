//! Lanes side by side: opened with the settings of the selected one, so that one thing can be changed; kept
//! in step, so that what differs is that thing and not the time.

use super::Page;
use super::lane::Lane;
use super::lesson;
use super::pace::{Pace, SPEEDS, speed_of};
use super::page::lab_of;
use super::trainer::{BUDGET_MS, Trainer};
use crate::labs::Lanes;
use crate::train::Experiment;
use leptos::prelude::*;

/// Steps that all lanes make before any makes the next.
#[derive(Default)]
pub struct Round {
    steps: u32,
    pace: Pace,
}

impl Round {
    /// Steps of the next round: as many as the slowest lane makes in a frame's budget, going by what the last
    /// round took it, and no more than `speed` allows.
    fn next(&mut self, slowest_ms: f64, speed: usize) -> u32 {
        let per_step = slowest_ms / f64::from(self.steps.max(1));
        let fits = if per_step > 0.0 { (BUDGET_MS / per_step) as u32 } else { u32::MAX };
        self.steps = fits.clamp(1, self.steps.saturating_mul(2).max(1));
        self.pace.steps_due(SPEEDS[speed]).min(self.steps)
    }
}

impl Page {
    /// The lanes that are open, in order.
    pub fn open_lanes(self) -> impl Iterator<Item = Lane> {
        self.open_lanes.get_untracked().into_iter().map(move |index| self.lane_at(index))
    }

    /// Whether there are several.
    pub fn has_lanes(self) -> bool {
        self.open_lanes.with_untracked(|open| open.len() > 1)
    }

    /// Whether no lane can go on.
    pub fn is_over(self) -> bool {
        self.open_lanes.with(|open| open.iter().all(|&index| self.lane_at(index).has_diverged()))
    }

    /// Whether lanes wait for each other.
    pub fn keeps_step(self) -> bool {
        self.has_lanes() && self.is_in_step.get_untracked()
    }

    /// Begins the runs of a link, each in its lane; those that are the same go on. Returns a word on what they
    /// wait for.
    pub(super) fn open(self, lanes: Lanes, what: &str) -> Option<String> {
        let (first, others) = (lanes.first, lanes.others);
        let kept: Vec<usize> = others.iter().map(|(index, _)| *index).collect();
        for lane in self.open_lanes().skip(1).filter(|lane| !kept.contains(&lane.index)) {
            self.close(lane);
        }
        if !kept.contains(&self.selected_lane.get_untracked()) {
            self.selected_lane.set(0);
        }
        let mut words = Vec::new();
        // The first last, since a link waits for what that needs.
        for (index, experiment) in others.into_iter().chain([(0, first)]) {
            let lane = self.lane_at(index);
            let (experiment, word) = self.with_data_at_hand(experiment, what);
            words.extend(word);
            self.begin_in(lane, experiment);
        }
        words.dedup();
        (!words.is_empty()).then(|| words.join(" "))
    }

    fn begin_in(self, lane: Lane, experiment: Experiment) {
        let has_worker = lane.try_update_trainer(|trainer| trainer.has_worker()) == Some(true);
        let is_same = lane.experiment.with_untracked(|before| *before == experiment);
        if has_worker && is_same {
            return;
        }
        if !has_worker {
            lane.update_trainer(|trainer| trainer.start(self, lane));
        }
        if self.open_lanes.with_untracked(|open| !open.contains(&lane.index)) {
            self.open_lanes.update(|open| {
                open.push(lane.index);
                open.sort_unstable();
            });
        }
        self.restart(lane, experiment);
    }

    fn close(self, lane: Lane) {
        lane.update_trainer(Trainer::close);
        lane.clear();
        self.open_lanes.update(|open| open.retain(|index| *index != lane.index));
    }

    /// Opens a lane with the settings of the selected one and begins all of them anew; whether there was one
    /// to open.
    pub fn add_lane(self) -> bool {
        if lesson::now().hides("lanes") {
            return false; // the list that could close it is not there
        }
        let is_closed = |lane: &Lane| self.open_lanes.with_untracked(|open| !open.contains(&lane.index));
        let Some(lane) = self.lanes.get_value().into_iter().find(is_closed) else { return false };
        self.note_change("lanes");
        let settings = self.current.get_untracked();
        self.open_lanes().for_each(|open| self.restart(open, open.current.get_untracked()));
        lane.clear();
        self.begin_in(lane, settings);
        self.select_lane(lane.index);
        self.write_address();
        true
    }

    /// Closes a lane, which is not the first.
    pub fn remove_lane(self, index: usize) {
        if index == 0 || !self.open_lanes().any(|lane| lane.index == index) {
            return;
        }
        self.note_change("lanes");
        self.note_run(self.lane_at(index));
        self.close(self.lane_at(index));
        if self.selected_lane.get_untracked() == index {
            self.select_lane(0);
        }
        self.write_address();
    }

    /// Selects the lane that controls, verdict and most figures speak of.
    pub fn select_lane(self, index: usize) {
        if self.open_lanes().any(|lane| lane.index == index) {
            self.selected_lane.set(index);
            self.clamp_layer();
            self.words.update(|count| *count += 1);
            self.refresh();
        }
    }

    /// Lets the lanes run as this experiment usually does, in step or each as fast as it can, and how fast. Where that is
    /// no other way than `before`, what the visitor chose meanwhile stays.
    pub(super) fn set_pace_of(self, now: &Experiment, before: Option<&Experiment>) {
        let races = |of: &Experiment| lab_of(of).races_against_time();
        if before.map(races) != Some(races(now)) {
            self.is_in_step.set(!races(now));
        }
        let usual = |of: &Experiment| speed_of(lab_of(of).usual_speed(of));
        if before.map(usual) != Some(usual(now)) {
            self.speed.set(usual(now));
        }
    }

    /// Keeps the lanes in step, or lets each run as fast as it can.
    pub fn set_in_step(self, is_in_step: bool) {
        self.is_in_step.set(is_in_step);
        self.begin_round();
        self.open_lanes().for_each(|lane| lane.update_trainer(Trainer::wake));
    }

    /// Gives every lane its steps of the next round once all have made theirs; first those that are behind
    /// catch up.
    pub(super) fn begin_round(self) {
        if !self.keeps_step() || !self.is_playing.get_untracked() {
            return;
        }
        let goes_on = |lane: &Lane| untrack(|| !lane.has_diverged());
        let lanes: Vec<Lane> = self.open_lanes().filter(goes_on).collect();
        let state = |lane: &Lane| {
            lane.try_update_trainer(|trainer| (trainer.is_settled(), trainer.step(), trainer.round_ms))
        };
        let states: Vec<_> = lanes.iter().filter_map(state).collect();
        let Some(furthest) = states.iter().map(|(_, step, _)| *step).max() else { return };
        if states.iter().any(|(is_settled, ..)| !is_settled) {
            return;
        }
        let is_even = states.iter().all(|(_, step, _)| *step == furthest);
        let slowest_ms = states.iter().map(|(.., ms)| *ms).fold(0.0, f64::max);
        let speed = self.speed.get_untracked();
        let more =
            if is_even { self.round.try_update_value(|round| round.next(slowest_ms, speed)) } else { None };
        for (lane, (_, step, _)) in lanes.iter().zip(states) {
            let share = (furthest - step) as u32 + more.unwrap_or(0);
            if share > 0 {
                lane.update_trainer(|trainer| {
                    trainer.take_share(share);
                    trainer.wake();
                });
            }
        }
    }
}
