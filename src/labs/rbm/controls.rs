//! What can be set in the RBM lab.

use super::job::{Job, given_units};
use super::layer_of;
use crate::data::{BatchSize, DataConfig, DataSet};
use crate::error::Result;
use crate::labs::control::parsed;
use crate::labs::{Choice, Control, Kind, Lab, differences};
use crate::nn::LayerConfig;
use crate::train::Experiment;
use crate::train::settings::Settings;
use serde_json::{Value, json};

/// Chains that are kept from step to step, where any are.
const CHAINS: usize = 64;
/// Penalties on squared weights.
const DECAYS: [f64; 5] = [0.0, 0.0001, 0.0003, 0.001, 0.003];

/// Every control, in the order of the page.
pub(super) fn all(experiment: &Experiment) -> Vec<Control> {
    let whole = |numbers: &[usize]| numbers.iter().map(|&n| Choice::new(n, n.to_string())).collect();
    let layer = layer_of(experiment);
    let optimizer = &experiment.optimizer;
    let items = experiment.training_items();
    let batches: Vec<usize> = [8, 16, 32, 64, 128, 256].into_iter().filter(|size| *size <= items).collect();
    let segments = Kind::Segments { featured: 2 };
    let chains = vec![Choice::new(0, "Data"), Choice::new(CHAINS, "Kept chains")];
    let draws = vec![Choice::new(false, "Samples"), Choice::new(true, "Means")];
    let sparsities = vec![
        Choice::new(0.0, "off"),
        Choice::new(0.02, "0.02"),
        Choice::new(0.05, "0.05"),
        Choice::new(0.1, "0.1"),
        Choice::new(0.2, "0.2"),
    ];
    let job = Job::of(&experiment.data);
    let jobs = Job::ALL.map(|job| Choice::new(job.name(), job.label())).to_vec();
    let mut controls = vec![
        Control::new("job", "Job", Kind::Select, jobs, job.name()).shown_first().restarting().for_all_lanes(),
        Control::new(
            "gibbs_steps",
            "Gibbs steps",
            Kind::Segments { featured: 3 },
            whole(&[1, 3, 10]),
            layer.gibbs_steps,
        )
        .shown_first(),
        Control::new(
            "units",
            "Hidden units",
            Kind::Slider,
            whole(&[8, 12, 16, 32, 48, 64, 96, 128, 256]),
            layer.units,
        )
        .shown_first()
        .restarting(),
        Control::new("persistent_chains", "Dream from", segments, chains, layer.persistent_chains)
            .shown_first()
            .restarting(),
        Control::new("mean_field", "Learn from", segments, draws, layer.mean_field),
        Control::new(
            "weight_decay",
            "Weight decay",
            Kind::Slider,
            Choice::numbers(DECAYS),
            plain(layer.kernel_regularizer.l2),
        ),
        Control::new(
            "sparsity",
            "Sparsity target",
            Kind::Slider,
            sparsities,
            layer.sparsity_target.map_or(json!(0.0), plain),
        ),
        Control::new(
            "optimizer.learning_rate",
            "Learning rate",
            Kind::Slider,
            Choice::numbers([0.0002, 0.0005, 0.001, 0.003, 0.01, 0.02, 0.05, 0.1, 0.2]),
            plain(optimizer.learning_rate()),
        ),
        Control::new(
            "optimizer.momentum",
            "Momentum",
            Kind::Slider,
            Choice::numbers([0.0, 0.5, 0.8, 0.9]),
            plain(optimizer.momentum.unwrap_or(0.0)),
        ),
        Control::new("batch_size", "Batch size", Kind::Slider, whole(&batches), experiment.batch_size),
    ];
    let sets = job.sets(&experiment.data);
    if sets.len() > 1 {
        let sets = sets.into_iter().map(|set| Choice::new(set.name, set.label)).collect();
        let data = Control::new("data.name", "Data", Kind::Select, sets, &experiment.data.name);
        controls.insert(1, data.shown_first().restarting().for_all_lanes());
    }
    if !experiment.data.set().is_ok_and(DataSet::is_given) {
        controls.push(samples(job, experiment.data.samples));
    }
    let given = given_units(&experiment.data);
    if given > 0 {
        let asked = if job == Job::Predict { "The number" } else { "The label" };
        let aims = vec![Choice::new(given, asked), Choice::new(0, "Everything")];
        controls.insert(
            3,
            Control::new("clamped", "Learns", segments, aims, layer.clamped).shown_first().restarting(),
        );
    }
    if layer.clamped > 0 {
        controls.retain(|control| control.key != "persistent_chains");
    }
    // A chain by itself has no number of words, and has rated all films.
    if matches!(job, Job::Films | Job::Topics) {
        controls.retain(|control| control.key != "persistent_chains");
    }
    controls
}

/// How many items are made.
fn samples(job: Job, now: usize) -> Control {
    let (label, numbers) = match job {
        Job::Features | Job::Classify => ("Pictures", [100, 500, 1000, 2000, 5000]),
        Job::Predict => ("Rows", [100, 200, 500, 1000, 2000]),
        Job::Films => ("Users", [100, 200, 400, 1000, 2000]),
        Job::Topics => ("Documents", [200, 400, 600, 1000, 2000]),
    };
    let choices = numbers.into_iter().map(|n| Choice::new(n, n.to_string())).collect();
    Control::new("data.samples", label, Kind::Slider, choices, now).restarting().for_all_lanes()
}

/// A single as JSON writes it shortest.
fn plain(value: f32) -> Value {
    serde_json::to_value(value.to_string().parse::<f64>().unwrap_or(0.0)).expect("a number")
}

/// How it learns, and what else is not as its job begins: "CD-10", "PCD, hidden units 96".
pub(super) fn short_name(lab: &dyn Lab, experiment: &Experiment) -> String {
    let layer = layer_of(experiment);
    let rule = match (layer.persistent_chains, layer.gibbs_steps) {
        (0, steps) => format!("CD-{steps}"),
        (_, 1) => "PCD".into(),
        (_, steps) => format!("PCD-{steps}"),
    };
    let mut usual = Job::of(&experiment.data).usual();
    if let [LayerConfig::Rbm(of_usual)] = &mut *usual.network.layers {
        (of_usual.gibbs_steps, of_usual.persistent_chains) = (layer.gibbs_steps, layer.persistent_chains);
    }
    let usual = Experiment { seed: experiment.seed, ..usual };
    let plain = Experiment { edits: Vec::new(), ..experiment.clone() };
    if usual.difference(&plain).is_empty() {
        rule
    } else {
        format!("{rule}, {}", differences(lab, &usual, &plain))
    }
}

/// `experiment` with a control set; see [`crate::labs::Lab::change`].
pub(super) fn change(experiment: &Experiment, key: &str, value: &Value) -> Result<Experiment> {
    let changed = Experiment { edits: Vec::new(), ..experiment.clone() };
    if key == "data.samples" {
        let mut changed = changed;
        changed.data.samples = parsed(key, value)?;
        let items = changed.training_items();
        if matches!(changed.batch_size, BatchSize::Items(size) if size > items) {
            changed.batch_size = BatchSize::Full;
        }
        return Experiment::from_value(changed.to_value());
    }
    let of_layer =
        |key: &str, value: Value| changed.with(&Settings::from([(format!("network.layers.0.{key}"), value)]));
    match key {
        "job" => {
            let job = Job::named(&parsed::<String>(key, value)?)?;
            let usual = job.usual();
            let kept = if job == Job::of(&experiment.data) { changed } else { usual };
            Ok(Experiment { seed: experiment.seed, ..kept })
        }
        "data" => Job::on(experiment, parsed(key, value)?),
        "data.name" => {
            let name: String = parsed(key, value)?;
            // The built-in set of a job as the job begins with it.
            let usual = Job::of(&experiment.data).usual().data;
            Job::on(experiment, if usual.name == name { usual } else { DataConfig::named(&name) })
        }
        "gibbs_steps" | "units" | "persistent_chains" | "mean_field" => of_layer(key, value.clone()),
        // Chains of their own belong to no items, whose labels were to be learned.
        "clamped" => {
            let chains = if value == 0 { json!(layer_of(experiment).persistent_chains) } else { json!(0) };
            let set = [("clamped", value.clone()), ("persistent_chains", chains)];
            changed.with(
                &set.map(|(key, value)| (format!("network.layers.0.{key}"), value)).into_iter().collect(),
            )
        }
        "weight_decay" => of_layer("kernel_regularizer", json!({ "l2": parsed::<f64>(key, value)? })),
        "sparsity" => {
            let target: f64 = parsed(key, value)?;
            of_layer("sparsity_target", if target > 0.0 { json!(target) } else { Value::Null })
        }
        _ => changed.with(&Settings::from([(key.to_owned(), value.clone())])),
    }
}
