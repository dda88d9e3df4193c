//! What can be set in the batching lab, and what follows from each change. The network, its data and its optimizer belong
//! to all lanes: what differs between those is the batch.

use crate::data::BatchSize;
use crate::error::Result;
use crate::labs::control::{MIXED, parsed};
use crate::labs::format::count;
use crate::labs::workloads::{self, USUAL_BATCH};
use crate::labs::{Choice, Control, Kind};
use crate::train::settings::Settings;
use crate::train::{Experiment, OptimizerConfig, Scaling};
use serde_json::Value;

/// Sizes of a batch that are offered, as far as there are so many items.
const SIZES: [usize; 12] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048];
/// Values of the control "scaling".
const SAME: &str = "same";
pub(super) const SCALED: &str = "scaled";

/// Every control, in the order of the page.
pub(super) fn all(experiment: &Experiment) -> Vec<Control> {
    let items = experiment.training_items();
    let sizes = SIZES.into_iter().filter(|size| *size < items);
    let sizes = sizes.map(|size| Choice::new(size, count(size)));
    let sizes = sizes.chain([Choice::new("full", format!("full, {}", count(items)))]).collect();
    let scaling = vec![Choice::new(SAME, "Same"), Choice::new(SCALED, "Scaled")];
    let mut controls = vec![
        Control::new("batch_size", "Batch size", Kind::Slider, sizes, experiment.batch_size).shown_first(),
        Control::new(
            "scaling",
            "Learning rate",
            Kind::Segments { featured: 2 },
            scaling,
            scaling_of(experiment),
        )
        .shown_first()
        .for_all_lanes(),
        workloads::control(experiment).shown_first(),
    ];
    controls.extend(workloads::training(experiment));
    controls
}

/// The rate that is scaled: at which the workload is learned in batches of [`USUAL_BATCH`].
fn base(experiment: &Experiment) -> f32 {
    workloads::usual_rate(experiment, experiment.optimizer.name)
}

/// The rate for this batch by linear scaling (Goyal et al. 2017): so many times larger, as the batch is.
pub(super) fn scaled(experiment: &Experiment) -> f32 {
    let batch = experiment.batch_size.items(experiment.training_items());
    let rate = base(experiment) * batch as f32 / USUAL_BATCH as f32;
    rate.min(*OptimizerConfig::LEARNING_RATE.end())
}

/// Whether the rate is that of all batches, or that of its own; else [`MIXED`]. In batches of [`USUAL_BATCH`] both are one,
/// and it is what was chosen.
fn scaling_of(experiment: &Experiment) -> &'static str {
    let rate = experiment.optimizer.learning_rate();
    let is_scaled = rate == scaled(experiment);
    if is_scaled && experiment.scaling.is_some() {
        SCALED
    } else if rate == base(experiment) {
        SAME
    } else if is_scaled {
        SCALED
    } else {
        MIXED
    }
}

/// Whether the rate goes with the batch.
pub(super) fn is_scaled(experiment: &Experiment) -> bool {
    scaling_of(experiment) == SCALED
}

/// Sets the rate to that of its batch, and that it goes with it.
fn scale(experiment: &mut Experiment) {
    experiment.optimizer.learning_rate = Some(scaled(experiment));
    experiment.scaling = Some(Scaling::Linear);
}

/// `experiment` with a control set; see [`crate::labs::Lab::change`].
pub(super) fn change(experiment: &Experiment, key: &str, value: &Value) -> Result<Experiment> {
    let mut changed = Experiment { edits: Vec::new(), ..experiment.clone() };
    let mut goes_with_batch = is_scaled(experiment);
    match key {
        "scaling" => {
            goes_with_batch = parsed::<String>(key, value)? == SCALED;
            changed.optimizer.learning_rate = Some(base(experiment));
        }
        "batch_size" => changed.batch_size = parsed(key, value)?,
        "optimizer.learning_rate" => {
            goes_with_batch = false;
            changed.optimizer.learning_rate = Some(parsed(key, value)?);
        }
        _ if !workloads::change(&mut changed, key, value)? => {
            return changed.with(&Settings::from([(key.to_owned(), value.clone())]));
        }
        _ => {}
    }
    changed.scaling = None;
    if goes_with_batch {
        scale(&mut changed);
    }
    Experiment::from_value(changed.to_value())
}

/// "Batch 32", "Full batch, 2,048".
pub(super) fn short_name(experiment: &Experiment) -> String {
    let items = experiment.training_items();
    let batch = match experiment.batch_size {
        BatchSize::Items(size) if size < items => format!("Batch {}", count(size)),
        _ => format!("Full batch, {}", count(items)),
    };
    let rate = experiment.optimizer.learning_rate();
    if rate == base(experiment) {
        batch
    } else {
        format!("{batch}, rate {}", crate::labs::format::power(rate))
    }
}
