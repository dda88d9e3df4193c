//! What page and worker say to each other. The page asks frame by frame, so nothing can
//! pile up; a reply to a run that is no longer the page's is stale and dropped.

use crate::labs::{Panel, Verdict, View};
use crate::train::{Divergence, Experiment, settings::Settings};
use serde::{Deserialize, Serialize};

/// What the page asks of the worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(clippy::large_enum_variant, reason = "one message at a time, and soon gone")]
pub enum Request {
    /// Begins run `run`; replies that carry an older number are stale from now on. Answered with a
    /// frame of step 0.
    Start { run: u32, experiment: Experiment, view: View },
    /// Trains for about `budget_ms` and at most `steps`, then answers with one frame.
    Advance { run: u32, budget_ms: f64, steps: u32, view: View },
    /// Changes settings of the running network and answers with a frame.
    Edit { run: u32, set: Settings, view: View },
}

/// What the worker answers: to each request one, and a word when it is ready.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(clippy::large_enum_variant, reason = "one message at a time, and soon gone")]
pub enum Reply {
    /// The worker listens.
    Ready,
    /// The state of the run; bulk numbers travel beside it.
    Frame(Frame),
    /// The request could not be carried out; the run, if there is one, is as before. Run 0: it could
    /// not even be read.
    Failed { run: u32, message: String },
    /// The worker came to its end by a mistake of ours.
    Crashed { message: String },
}

/// What a run was started with and what it has come to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunSettings {
    /// With the edits made so far.
    pub experiment: Experiment,
    /// The settings in force.
    pub current: Experiment,
}

/// A run at some step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    pub run: u32,
    /// Updates made.
    pub step: usize,
    /// Passes over the training items that are complete.
    pub epoch: usize,
    /// The run's settings, where they changed or it stands still.
    pub settings: Option<RunSettings>,
    pub divergence: Option<Divergence>,
    pub verdict: Verdict,
    /// The figures that were asked for and are due.
    pub panels: Vec<Panel>,
    /// Time spent training for this frame.
    pub training_ms: f64,
    /// Steps trained for this frame.
    pub steps: usize,
}
