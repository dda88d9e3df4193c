//! The ways of all lanes in one slice of the loss surface: each worker is asked for that of its run, and the one of the
//! selected lane is given the others, so that it can lay a plane through all of them.

use super::lane::Lane;
use super::lane_list::words;
use super::page::Page;
use super::trainer::Trainer;
use crate::worker::protocol::{Reply, Request, WayOf};
use js_sys::{ArrayBuffer, Uint8Array};
use leptos::prelude::*;
use std::time::Duration;

/// Time between two rounds of asking.
const ROUND: Duration = Duration::from_millis(1500);
/// The figure that shows them.
const FIGURE: &str = "surface";

/// What the trainer of a lane has to do with ways.
#[derive(Default)]
pub struct Ways {
    /// The way of its run that was answered last: the step, how many snapshots, and their bytes.
    known: Option<(usize, usize, Vec<u8>)>,
    is_wanted: bool,
    is_asked: bool,
    /// Those of other lanes, to be handed over.
    pending: Option<(usize, Vec<WayOf>, Vec<ArrayBuffer>)>,
    /// Bytes of the request under way.
    bytes: Vec<ArrayBuffer>,
    /// The steps of all lanes at which they were handed over last.
    handed_at: Vec<(usize, usize)>,
}

impl Ways {
    /// What is to be asked of the worker next, if anything.
    pub fn next_request(&mut self, run: u32) -> Option<Request> {
        if let Some((own, of, bytes)) = self.pending.take() {
            self.bytes = bytes;
            return Some(Request::TakeWays { run, own, of });
        }
        if std::mem::take(&mut self.is_wanted) {
            self.is_asked = true;
            return Some(Request::Way { run });
        }
        None
    }

    /// The bytes that travel beside the request that was given last.
    pub fn take_bytes(&mut self) -> Vec<ArrayBuffer> {
        std::mem::take(&mut self.bytes)
    }

    fn is_waiting(&self) -> bool {
        self.is_wanted || self.is_asked
    }
}

/// Asks all lanes for their ways as long as they are to be seen together.
pub fn listen(page: Page) {
    set_interval(move || page.ask_for_ways(), ROUND);
}

impl Page {
    fn shows_ways(self) -> bool {
        self.has_lanes()
            && self.probe.with_untracked(|probe| probe.surface.by_path)
            && self.lab().figures().iter().any(|slot| slot.id == FIGURE)
    }

    fn ask_for_ways(self) {
        if !self.shows_ways() {
            return;
        }
        let steps = self.steps_of_lanes();
        let is_handed =
            self.lane().try_update_trainer(|trainer| trainer.ways.handed_at == steps) == Some(true);
        let is_busy =
            |lane: Lane| lane.try_update_trainer(|trainer| trainer.ways.is_waiting()) != Some(false);
        if is_handed || self.open_lanes().any(is_busy) {
            return;
        }
        for lane in self.open_lanes() {
            lane.update_trainer(|trainer| {
                let step = trainer.step();
                let is_known = trainer.ways.known.as_ref().is_some_and(|(known, ..)| *known == step);
                trainer.ways.is_wanted = !is_known && trainer.has_worker();
                trainer.wake();
            });
        }
        self.hand_over();
    }

    fn steps_of_lanes(self) -> Vec<(usize, usize)> {
        let step = |lane: Lane| Some((lane.index, lane.try_update_trainer(|trainer| trainer.step())?));
        self.open_lanes().filter_map(step).collect()
    }

    /// Takes an answer about ways; others are given back.
    pub(super) fn take_ways(self, lane: Lane, reply: Reply) -> Option<Reply> {
        match reply {
            Reply::Way { run, snapshots, bytes } => self.take_way(lane, run, snapshots, bytes),
            Reply::Taken => lane.update_trainer(Trainer::refresh),
            other => return Some(other),
        }
        None
    }

    /// Takes the way of a lane; the last one that comes is handed over with all others.
    fn take_way(self, lane: Lane, run: u32, snapshots: usize, bytes: Vec<u8>) {
        lane.update_trainer(|trainer| {
            trainer.ways.is_asked = false;
            if trainer.is_of(run) {
                trainer.ways.known = Some((trainer.step(), snapshots, bytes));
            }
        });
        self.hand_over();
    }

    fn hand_over(self) {
        let selected = self.selected_lane.get_untracked();
        let is_waiting =
            |lane: Lane| lane.try_update_trainer(|trainer| trainer.ways.is_waiting()) != Some(false);
        if !self.shows_ways() || self.open_lanes().any(is_waiting) {
            return;
        }
        let steps = self.steps_of_lanes();
        let (mut of, mut bytes) = (Vec::new(), Vec::new());
        let size = |way: &(usize, usize, Vec<u8>)| way.2.len() / way.1.max(1);
        let own = self.lane().try_update_trainer(|trainer| trainer.ways.known.as_ref().map(size)).flatten();
        for lane in self.open_lanes().filter(|lane| lane.index != selected) {
            let label = untrack(|| words(self, lane.index));
            lane.update_trainer(|trainer| {
                // Those of another network go other ways.
                if let Some((_, snapshots, way)) =
                    trainer.ways.known.as_ref().filter(|way| Some(size(way)) == own)
                {
                    of.push(WayOf { lane: lane.index, label, snapshots: *snapshots });
                    bytes.push(Uint8Array::from(way.as_slice()).buffer());
                }
            });
        }
        if of.is_empty() {
            return;
        }
        self.lane().update_trainer(|trainer: &mut Trainer| {
            trainer.ways.handed_at = steps;
            trainer.ways.pending = Some((selected, of, bytes));
            trainer.wake();
        });
    }
}
