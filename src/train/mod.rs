//! How it learns: the [`Experiment`] that says everything about a run, the [`Run`] that carries it
//! out step by step, the optimizers, the statistics of every layer, and the report at the end.

pub mod companions;
pub mod digits;
mod edits;
mod evaluation;
mod experiment;
pub mod gradient_noise;
mod history;
mod memory;
pub mod model;
mod optimizer;
mod pretraining;
mod range_test;
mod report;
mod run;
mod self_test;
pub mod settings;
mod snapshot;
pub mod statistics;
pub mod surface;
pub mod throughput;
pub mod timeline;
mod weights;

pub use digits::InitialWeights;
pub use edits::{Edit, go_together, goes_on};
pub use evaluation::{Evaluation, Metric, Reading, likeliest, pictures_at_once};
pub use experiment::{Experiment, MAX_SEED, Scaling, VERSION};
pub use gradient_noise::{GradientNoise, NoiseProbe};
pub use history::{History, Join};
pub use memory::{Memory, MemoryForecast};
pub use model::Model;
pub use optimizer::{Optimizer, OptimizerConfig, OptimizerName, Schedule, ScheduleName};
pub use pretraining::Pretraining;
pub use range_test::{RangeCurve, RangeEnd, RangeTest, RateFinding};
pub use report::{Outcome, Report};
pub use run::{Divergence, Run};
pub use self_test::is_sound;
pub use snapshot::Snapshot;
pub use timeline::Timeline;
pub use weights::{is_weight, weight_key, without_weights};

/// Steps between two evaluations on the test items, for the curves of the page and of a report.
pub const STEPS_PER_TEST: usize = 50;
