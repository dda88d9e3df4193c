//! How fast a run plays: the speeds to choose from, the steps they owe, and what was measured.

use crate::worker::protocol::Frame;
use leptos::prelude::window;

/// Steps a second at which a run plays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speed {
    pub label: &'static str,
    /// `None`: as many as the machine gives.
    pub steps_per_second: Option<f64>,
}

/// The speeds there are.
pub const SPEEDS: [Speed; 5] = [
    Speed { label: "15/s", steps_per_second: Some(15.0) },
    Speed { label: "60/s", steps_per_second: Some(60.0) },
    Speed { label: "240/s", steps_per_second: Some(240.0) },
    Speed { label: "1,000/s", steps_per_second: Some(1000.0) },
    Speed { label: "Max", steps_per_second: None },
];

/// What the last second of playing came to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measured {
    pub steps_per_second: f64,
    /// Share of the worker's time spent training.
    pub training_share: f64,
}

/// The place in [`SPEEDS`] of the one of so many steps a second, or the last.
pub fn speed_of(steps_per_second: Option<f64>) -> usize {
    let place = SPEEDS.iter().position(|speed| speed.steps_per_second == steps_per_second);
    place.unwrap_or(SPEEDS.len() - 1)
}

/// Steps owed to the chosen speed, and steps and time of the current second.
#[derive(Default)]
pub struct Pace {
    owed_steps: f64,
    last_ask_ms: f64,
    since_ms: f64,
    steps: usize,
    training_ms: f64,
    /// Of the last full second.
    pub shown: Measured,
}

impl Pace {
    /// Steps that `speed` allows since this was asked last.
    pub fn steps_due(&mut self, speed: Speed) -> u32 {
        let now = now_ms();
        let elapsed = (now - self.last_ask_ms).clamp(0.0, 250.0);
        self.last_ask_ms = now;
        let Some(rate) = speed.steps_per_second else { return u32::MAX };
        self.owed_steps = (self.owed_steps + elapsed * rate / 1000.0).min(rate / 4.0 + 1.0);
        let whole = self.owed_steps.floor();
        self.owed_steps -= whole;
        whole as u32
    }

    /// Counts a frame; what is shown is renewed once a second.
    pub fn count(&mut self, frame: &Frame, is_playing: bool) {
        if !is_playing {
            *self = Self::default();
            return;
        }
        let now = now_ms();
        if self.since_ms == 0.0 {
            (self.since_ms, self.steps, self.training_ms) = (now, 0, 0.0);
            return;
        }
        self.steps += frame.steps;
        self.training_ms += frame.training_ms;
        let elapsed = now - self.since_ms;
        if elapsed > 1000.0 {
            self.shown = Measured {
                steps_per_second: self.steps as f64 / elapsed * 1000.0,
                training_share: self.training_ms / elapsed,
            };
            (self.since_ms, self.steps, self.training_ms) = (now, 0, 0.0);
        }
    }
}

fn now_ms() -> f64 {
    window().performance().map_or_else(js_sys::Date::now, |clock| clock.now())
}
