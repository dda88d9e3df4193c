//! What the worker answers, taken by the page: frames to be drawn, files that were read or kept, refusals after which
//! all is as it was, and the end of a worker that crashed.

use super::{Asked, HIDDEN_PAUSE, Taken, Trainer, is_of_points};
use crate::data::table::Roles;
use crate::labs::Numbers;
use crate::train::Experiment;
use crate::ui::autosave::{self, TakesUp};
use crate::ui::lane::Lane;
use crate::ui::page::{Page, Progress};
use crate::worker::protocol::Reply;
use leptos::prelude::*;

impl Page {
    pub(super) fn on_reply(self, lane: Lane, reply: Reply, numbers: Numbers) {
        match reply {
            Reply::Ready => lane.update_trainer(|trainer| trainer.is_ready = true),
            Reply::Crashed { message } => self.recover(lane, &message),
            reply => {
                let asked = lane.try_update_trainer(|trainer| trainer.asked.pop_front()).flatten();
                let Some(reply) = self.take_ways(lane, reply) else { return self.after_reply(lane) };
                self.take_answer(lane, reply, numbers, asked.as_ref());
            }
        }
        self.after_reply(lane);
    }

    /// Shows what has come, and asks for what is wanted next.
    fn after_reply(self, lane: Lane) {
        if !self.is_playing.get_untracked() {
            self.draw(lane);
        }
        if document().hidden() {
            // Nothing is drawn: the run goes on at a bounded rate.
            set_timeout(move || self.wake(lane), HIDDEN_PAUSE);
        } else {
            self.wake(lane);
        }
    }

    fn wake(self, lane: Lane) {
        self.begin_round();
        lane.update_trainer(Trainer::wake);
    }

    /// Takes what the worker says to a request.
    fn take_answer(self, lane: Lane, reply: Reply, numbers: Numbers, asked: Option<&Asked>) {
        let is_reading = || lane.try_update_trainer(|trainer| trainer.is_reading) == Some(true);
        let has_read = || lane.try_update_trainer(Trainer::has_read) == Some(true);
        let awaiting = || lane.try_update_trainer(|trainer| trainer.start_when_read.take()).flatten();
        let taking_up = || lane.try_update_trainer(|trainer| trainer.keeping.takes_up.take()).flatten();
        let is_taking_up = || {
            let takes_up = lane.try_update_trainer(|trainer| trainer.keeping.takes_up).flatten();
            takes_up.is_some() && matches!(asked, Some(Asked::Read))
        };
        // What was read goes to the lane whose worker holds it, whichever was selected meanwhile.
        let on_its_lane = || {
            if self.selected_lane.get_untracked() != lane.index {
                self.select_lane(lane.index);
            }
            self
        };
        match reply {
            Reply::Frame(frame) => {
                if let Some(Asked::Start(Some(taken))) = asked
                    && !matches!(taken, Taken::Run)
                {
                    lane.update_trainer(|trainer| trainer.holds.push(taken.set()));
                    self.hold_files(lane, taken);
                }
                let loss = frame.loss;
                let reached = lane.try_update_trainer(|trainer| {
                    trainer.last_run = frame.run; // the one that the worker has, even if it is left already
                    let reached = frame.reached.filter(|_| frame.run == trainer.run);
                    if frame.run == trainer.run {
                        trainer.receive((self, lane), frame, numbers, asked);
                    }
                    reached
                });
                if let Some(until) = reached.flatten() {
                    self.stop_at(until, loss);
                }
                let next = || lane.try_update_trainer(|trainer| trainer.keeping.next.take()).flatten();
                if matches!(asked, Some(Asked::Start(Some(_))))
                    && let Some((wanted, file, takes_up)) = next()
                {
                    autosave::take_up_file(lane, wanted, file, takes_up);
                }
            }
            Reply::Failed { .. } if matches!(asked, Some(Asked::Keep(_))) => {} // of a run that is over
            Reply::Rates { run, curve } => lane.take_rates_of(run, curve),
            Reply::Failed { run, message } => self.take_refusal(lane, run, &message, asked),
            Reply::Saved { bytes } => match asked {
                Some(Asked::Keep(run)) => self.keep(lane, *run, &bytes),
                _ => self.take_file(&bytes),
            },
            Reply::Reading { share } if is_reading() => self.own().reading.set(Some(share)),
            Reply::Given { data, summary } if has_read() => match awaiting() {
                Some(experiment) => self.begin_awaited(lane, experiment, Taken::Data(data, summary)),
                None => on_its_lane().take_given(data, summary),
            },
            Reply::Table(preview) if !matches!(asked, Some(Asked::Read)) || has_read() => match awaiting() {
                Some(experiment) => {
                    self.own().set_roles(Roles::of(&experiment.data, &preview));
                    let taken = Taken::Data(experiment.data.clone(), self.own().summary("table"));
                    self.begin_awaited(lane, experiment, taken);
                }
                None => on_its_lane().take_table(preview),
            },
            Reply::GivenRun(experiment) if has_read() => match (taking_up(), awaiting()) {
                (Some(TakesUp::OfAddress), wanted) if wanted.as_ref() != Some(&experiment) => {
                    lane.update_trainer(Trainer::forget_offer);
                    let wanted = wanted.filter(|wanted| lane.experiment.with_untracked(|now| now != wanted));
                    if let Some(wanted) = wanted {
                        self.restart(lane, wanted);
                    }
                }
                (Some(takes_up), _) => {
                    self.restart_on(lane, experiment, Some(Taken::Run));
                    lane.update_trainer(Trainer::hand_on);
                    self.tell_of_kept(takes_up);
                }
                (None, Some(wanted)) => self.begin_awaited(lane, wanted, Taken::Model),
                (None, None) => on_its_lane().take_run(experiment),
            },
            Reply::GivenModel(experiment) if has_read() => match awaiting() {
                Some(experiment) => self.begin_awaited(lane, experiment, Taken::Model),
                None => on_its_lane().take_model(experiment),
            },
            Reply::Refused { .. } if is_taking_up() => {
                has_read(); // nobody asked for it
                // After a crash there is no run to go on with.
                if let (Some(taken_up), Some(experiment)) = (taking_up(), awaiting())
                    && (taken_up == TakesUp::Any || lane.experiment.with_untracked(|now| *now != experiment))
                {
                    let text = "The run that was kept cannot be read. Your settings are kept; the run is back at step 0.";
                    self.notice.set(Some(text.into()));
                    self.restart(lane, experiment);
                }
            }
            Reply::Refused { message } if !matches!(asked, Some(Asked::Read)) || has_read() => {
                if awaiting().is_some() {
                    lane.update_trainer(Trainer::refresh); // the controls are those of a run that does not begin
                }
                self.refuse_files(&message);
            }
            _ => {}
        }
    }

    fn begin_awaited(self, lane: Lane, experiment: Experiment, taken: Taken) {
        self.own().reading.set(None);
        lane.update_trainer(|trainer| {
            trainer.restart(experiment, Some(taken));
            if trainer.keeping.next.is_some() {
                trainer.hand_on(); // it is the run of a file that was kept, in a moment
            }
        });
    }

    /// A request was refused: the run before goes on, if there is one.
    fn take_refusal(self, lane: Lane, run: u32, message: &str, asked: Option<&Asked>) {
        if matches!(asked, Some(Asked::Rates)) {
            return lane.take_rates(Err(message.into())); // its dialog says so
        }
        let is_start = matches!(asked, Some(Asked::Start(_)));
        lane.update_trainer(|trainer| {
            if run != trainer.run && run != 0 {
                return;
            }
            let has_run = trainer.last_run > 0;
            if has_run || is_start || run == 0 {
                self.notice.set(Some(format!("That was not taken: {message}. Everything is as it was.")));
            }
            self.is_playing.set(false);
            trainer.share = 0;
            trainer.pending_seek = None;
            if matches!(asked, Some(Asked::Edit)) {
                trainer.pending_edits.retain(|set| !is_of_points(set));
            }
            trainer.wants_refresh = run != 0 && has_run; // a frame puts the controls back
            if !has_run {
                trainer.pending_edits.clear(); // there is no run to ask
                trainer.pending_steps = 0;
            } else if is_start {
                trainer.run = trainer.last_run;
            }
        });
    }

    /// Another worker in place of one that came to its end: it goes on with the run that was kept last, else with the
    /// same experiment at step 0.
    fn recover(self, lane: Lane, message: &str) {
        let is_gone = lane.try_update_trainer(Trainer::lose_worker) == Some(true);
        lane.take_rates(Err("the trainer crashed while it tried".into()));
        self.own().reading.set(None);
        self.is_playing.set(false);
        let reason = message.lines().next().unwrap_or_default();
        if is_gone {
            let text = format!(
                "The trainer crashed again ({reason}). Reload the page to go on; the address holds your settings."
            );
            return self.notice.set(Some(text));
        }
        let whose = if self.has_lanes() { format!("of lane {} ", lane.name()) } else { String::new() };
        let kept = lane.try_update_trainer(|trainer| trainer.keeping.file_of(trainer.run)).flatten();
        let running = lane.experiment.get_untracked();
        lane.update_trainer(|trainer| trainer.start(self, lane));
        if kept.is_some_and(|file| self.go_on(lane, running, file, TakesUp::Any)) {
            let text = format!(
                "The trainer {whose}crashed ({reason}) and was started anew. The run goes on from where it was kept last."
            );
            return self.notice.set(Some(text));
        }
        let experiment = self.awaited().filter(|_| lane.index == 0);
        let experiment = experiment.unwrap_or_else(|| lane.experiment.get_untracked());
        let (experiment, word) = self.with_data_at_hand(experiment, "Your run");
        let text = format!(
            "The trainer {whose}crashed ({reason}) and was started anew. Your settings are kept; the run is back at step 0."
        );
        self.notice.set(Some([Some(text), word].into_iter().flatten().collect::<Vec<_>>().join(" ")));
        self.restart(lane, experiment);
    }

    pub(super) fn on_animation_frame(self, lane: Lane) {
        lane.update_trainer(|trainer| trainer.is_drawing = false);
        self.draw(lane);
        self.wake(lane);
    }

    /// Shows the newest frame of a lane that is not shown yet.
    fn draw(self, lane: Lane) {
        let arrived = lane.try_update_trainer(|trainer| {
            trainer.inbox.take().map(|(frame, panels)| {
                let is_ahead = !trainer.pending_edits.is_empty()
                    || trainer.start_when_read.is_some()
                    || trainer.asked.iter().any(|asked| matches!(asked, Asked::Edit));
                let progress = Progress {
                    step: frame.step,
                    epoch: frame.epoch,
                    epoch_items: frame.epoch_items,
                    measured: trainer.pace.shown,
                    has_diverged: frame.divergence.is_some(),
                    first: frame.first,
                    head: frame.head,
                };
                (frame, panels, progress, is_ahead)
            })
        });
        if let Some((frame, panels, progress, is_ahead)) = arrived.flatten() {
            self.show(lane, frame, panels, progress, is_ahead);
            if untrack(|| self.is_over()) {
                self.is_playing.set(false);
            }
        }
    }
}
