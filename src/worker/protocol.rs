//! What page and worker say to each other. The page asks frame by frame, so nothing can
//! pile up; a reply to a run that is no longer the page's is stale and dropped.

use crate::data::DataConfig;
use crate::data::table::{Preview, Roles};
use crate::labs::format::{count, significant};
use crate::labs::{Panel, Verdict, View};
use crate::train::{Divergence, Experiment, RangeCurve, settings::Settings};
use serde::{Deserialize, Serialize};

/// What the page asks of the worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(clippy::large_enum_variant, reason = "one message at a time, and soon gone")]
pub enum Request {
    /// Begins run `run`; replies that carry an older number are stale from now on. Answered with a
    /// frame of step 0. Whether it takes what files gave last: only a run that begins has the worker hold
    /// that, in place of what it held before.
    Start {
        run: u32,
        experiment: Experiment,
        #[serde(default)]
        takes_offer: bool,
        view: View,
    },
    /// Trains for about `budget_ms` and at most `steps`, and no further than `until`, then answers with one frame.
    Advance {
        run: u32,
        budget_ms: f64,
        steps: u32,
        #[serde(default)]
        until: Option<Until>,
        view: View,
    },
    /// Goes to the state at `step`, which the run has passed: everything is then as it was there. Answered with a
    /// frame, without figures where `budget_ms` did not last: then it is to be asked again. From there the run goes
    /// on to the same future, or with an edit to another.
    Seek { run: u32, step: usize, budget_ms: f64, view: View },
    /// Changes settings of the running network and answers with a frame. Later steps, where they are known, are
    /// forgotten.
    Edit { run: u32, set: Settings, view: View },
    /// Passes the first `rows` training items through the network so often, in parts as test pictures are, and
    /// answers what that took: the speed of this device.
    Infer { run: u32, rows: u32, passes: u32 },
    /// Looks for a learning rate on a copy of the run, for about `budget_ms`, and answers what it met so far: it is to be
    /// asked again until that is at its end. Begins anew where the run was changed or trained meanwhile.
    FindRate { run: u32, budget_ms: f64 },
    /// Gives files to train on, whose bytes travel beside it in the order of their names; `set` is the
    /// data that they are for, as `files`, `table` or `own_ratings`. What was given before is held until a start takes these.
    Give { set: String, names: Vec<String> },
    /// Gives a model file, whose bytes travel beside it, to start runs from, or to go on with where it is of a whole run.
    GiveModel { name: String },
    /// Reads on for about `budget_ms`.
    Read { budget_ms: f64 },
    /// Says what the columns of the table that was read last are for.
    Choose { roles: Roles },
    /// Asks for the way of run `run` through weight space, to be seen beside those of other lanes.
    Way { run: u32 },
    /// Gives the ways of other lanes to run `run`, which is in lane `own`; their weights travel beside it, in their order.
    TakeWays { run: u32, own: usize, of: Vec<WayOf> },
    /// Asks for run `run` as a model file, with all that it needs to go on from there.
    Save { run: u32 },
    /// Reads no further, and forgets what was read and not taken by a start.
    StopReading,
}

/// Whose way it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayOf {
    /// Its lane, of [`crate::labs::LANE_LETTERS`], and what that is called.
    pub lane: usize,
    pub label: String,
    /// How often its weights were kept.
    pub snapshots: usize,
}

/// Where training stops, looked at before the first step and after each.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Until {
    /// So many updates are made.
    Step(usize),
    /// So many passes over the training items are complete.
    Epoch(usize),
    /// The loss of a batch is below this: known after its step, until anything else is done.
    LossBelow(f32),
}

impl Request {
    /// What the visitor looks at, in requests that are answered with a frame.
    pub fn view_mut(&mut self) -> Option<&mut View> {
        match self {
            Self::Start { view, .. }
            | Self::Advance { view, .. }
            | Self::Seek { view, .. }
            | Self::Edit { view, .. } => Some(view),
            _ => None,
        }
    }
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
    /// The passes asked for are done.
    Inferred { ms: f64 },
    /// The test of learning rates, at its end or on the way there.
    Rates { run: u32, curve: RangeCurve },
    /// The run as a model file, whose bytes travel beside it.
    Saved {
        #[serde(skip)]
        bytes: Vec<u8>,
    },
    /// The way of a run: all weights, as `f32` one after another, so often; they travel beside it.
    Way {
        run: u32,
        snapshots: usize,
        #[serde(skip)]
        bytes: Vec<u8>,
    },
    /// The ways that were given are taken.
    Taken,
    /// Files are being read; 0…1 of them so far.
    Reading { share: f32 },
    /// Files were read: what an experiment on them says, and what they are in words.
    Given { data: DataConfig, summary: String },
    /// A table was read, or columns of it chosen.
    Table(Preview),
    /// A model file was read: an experiment that begins with its weights.
    GivenModel(Experiment),
    /// The file of a whole run was read: its experiment, which a start that takes it takes up where it stood.
    GivenRun(Experiment),
    /// The files given cannot be used; all that was there before still is.
    Refused { message: String },
    /// Nothing is being read any more.
    Stopped,
    /// The worker came to its end by a mistake of ours.
    Crashed { message: String },
}

impl Until {
    /// That a run stands there, in words; `loss` is that of its last batch, which is less than the curve shows of many.
    #[must_use]
    pub fn told(self, loss: Option<f32>) -> String {
        match self {
            Self::Step(step) => format!("Stopped: step {} is reached.", count(step)),
            Self::Epoch(epoch) => format!("Stopped: epoch {} is reached.", count(epoch)),
            Self::LossBelow(most) => {
                let loss = loss.map_or_else(String::new, |loss| format!(", {},", significant(loss, 3)));
                format!("Stopped: the loss of the last batch{loss} is below {most}.")
            }
        }
    }
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
    /// Training items that the epoch at hand has dealt, and all of them.
    pub epoch_items: [usize; 2],
    /// The run's settings, where they changed or it stands still and nothing is being drawn.
    pub settings: Option<RunSettings>,
    pub divergence: Option<Divergence>,
    pub verdict: Verdict,
    /// The figures that were asked for and are due.
    pub panels: Vec<Panel>,
    /// Those that were asked for and of which there is more to be worked out, even if the run stands still.
    pub at_work: Vec<String>,
    /// Time spent training for this frame.
    pub training_ms: f64,
    /// Steps trained for this frame.
    pub steps: usize,
    /// The first and the furthest step that can be sought.
    pub first: usize,
    pub head: usize,
    /// The step that is still to be reached: the frame shows one on the way there.
    pub seeking: Option<usize>,
    /// Where it was to train until, if it stands there.
    pub reached: Option<Until>,
    /// Loss of the batch that it learned from last, since it was started.
    pub loss: Option<f32>,
}
