//! What can be set in the optimizers lab, and what follows from each change. The network and its data belong to all lanes:
//! what differs between those is the rule.

use crate::data::{BatchSize, DataConfig};
use crate::error::{Error, Result, name_of};
use crate::labs::control::parsed;
use crate::labs::format::{count, power};
use crate::labs::{Choice, Control, Kind, workloads};
use crate::nn::layers::{Function, Landscape};
use crate::nn::{LayerConfig, Loss, NetworkConfig};
use crate::train::settings::Settings;
use crate::train::{Experiment, OptimizerConfig, OptimizerName, Schedule, ScheduleName};
use serde_json::Value;

/// A rule as the page offers it: an optimizer with the options that make it one of its own.
struct Rule {
    name: &'static str,
    label: &'static str,
    optimizer: OptimizerName,
    momentum: Option<f32>,
    is_nesterov: bool,
}

const fn rule(name: &'static str, label: &'static str, optimizer: OptimizerName) -> Rule {
    Rule { name, label, optimizer, momentum: None, is_nesterov: false }
}

/// All, in the order of the page.
const RULES: [Rule; 9] = [
    rule("sgd", "SGD", OptimizerName::Sgd),
    Rule { momentum: Some(0.9), ..rule("momentum", "Momentum", OptimizerName::Sgd) },
    Rule { momentum: Some(0.9), is_nesterov: true, ..rule("nesterov", "Nesterov", OptimizerName::Sgd) },
    rule("adagrad", "Adagrad", OptimizerName::Adagrad),
    rule("adadelta", "Adadelta", OptimizerName::Adadelta),
    rule("rmsprop", "RMSprop", OptimizerName::RmsProp),
    rule("adam", "Adam", OptimizerName::Adam),
    rule("adamw", "AdamW", OptimizerName::AdamW),
    rule("nadam", "Nadam", OptimizerName::Nadam),
];

/// Steps that a part of a schedule may take.
const LENGTHS: [usize; 10] = [20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000];
const USUAL_LENGTH: usize = 1000;
/// Places along an axis at which a test function can be begun, beside any that is clicked.
const STARTS: usize = 40;

/// The rule of an optimizer, whatever its other options.
fn rule_of(optimizer: &OptimizerConfig) -> &'static Rule {
    let has_momentum = optimizer.momentum.is_some_and(|momentum| momentum > 0.0);
    let is_nesterov = has_momentum && optimizer.nesterov == Some(true);
    let is_of = |rule: &&Rule| {
        rule.optimizer == optimizer.name
            && (rule.optimizer != OptimizerName::Sgd
                || (rule.momentum.is_some(), rule.is_nesterov) == (has_momentum, is_nesterov))
    };
    RULES.iter().find(is_of).unwrap_or(&RULES[0])
}

/// The name of the rule of an experiment.
pub(super) fn rule_name(experiment: &Experiment) -> &'static str {
    rule_of(&experiment.optimizer).name
}

/// The test function that is gone down, where it is no network.
pub(super) fn function_of(experiment: &Experiment) -> Option<Function> {
    match &*experiment.network.layers {
        [layer] => layer.as_landscape().map(|landscape| landscape.function),
        _ => None,
    }
}

/// The height that a test function is to be brought to: near its minimum, or well down a side of a saddle.
pub(super) fn goal(function: Function) -> f32 {
    if function.minimum().is_some() { 0.1 } else { -1.0 }
}

/// Rates at which a rule goes down a function: as fast as it can where that is steepest, or in steps of a share of the way.
fn rate_on(function: Function, rule: &Rule) -> f32 {
    let [descent, share] = match function {
        Function::Ravine => [0.18, 0.3],
        Function::Rosenbrock => [0.001, 0.02],
        Function::Beale => [0.01, 0.05],
        Function::Saddle => [0.05, 0.05],
    };
    match rule.optimizer {
        OptimizerName::Sgd => {
            if rule.momentum.is_some() {
                descent / 5.0
            } else {
                descent
            }
        }
        OptimizerName::Adagrad => 5.0 * share,
        OptimizerName::Adadelta => 10.0,
        _ => share,
    }
}

/// `experiment` on a test function, from where that is usually begun.
fn go_down(experiment: &mut Experiment, function: Function) {
    experiment.data = DataConfig { samples: 10, ..DataConfig::named("landscape") };
    experiment.network = NetworkConfig { layers: vec![LayerConfig::Landscape(Landscape::new(function))] };
    (experiment.loss, experiment.batch_size) = (Loss::MeanSquaredError, BatchSize::Full);
    experiment.optimizer.learning_rate = Some(rate_on(function, rule_of(&experiment.optimizer)));
}

/// Every control, in the order of the page.
pub(super) fn all(experiment: &Experiment) -> Vec<Control> {
    let rules = RULES.iter().map(|rule| Choice::new(rule.name, rule.label)).collect();
    let optimizer = &experiment.optimizer;
    let mut controls =
        vec![Control::new("rule", "Optimiser", Kind::Select, rules, rule_of(optimizer).name).shown_first()];
    let (rate, more): (Vec<Control>, Vec<Control>) = workloads::training(experiment)
        .into_iter()
        .filter(|control| control.key != "optimizer.name")
        .partition(|control| control.key == "optimizer.learning_rate");
    controls.extend(rate.into_iter().map(|rate| with_its_value(rate).shown_first()));
    let schedules = Choice::named(&ScheduleName::ALL, ScheduleName::label);
    let now = optimizer.schedule.as_ref().map_or(ScheduleName::Constant, |schedule| schedule.name);
    let kind = Kind::Segments { featured: 3 };
    controls.push(Control::new("schedule", "Schedule", kind, schedules, now).shown_first());
    let mut network = workloads::control(experiment);
    network.choices.extend(Function::ALL.map(|function| Choice::new(name_of(function), function.label())));
    if let Some(function) = function_of(experiment) {
        network.value = name_of(function).into();
    }
    controls.push(network.shown_first());
    controls.extend(starts(experiment));
    if let Some(momentum) = optimizer.momentum {
        let choices = Choice::numbers([0.0, 0.5, 0.8, 0.9, 0.95, 0.99]);
        controls.push(Control::new("optimizer.momentum", "Momentum", Kind::Slider, choices, momentum));
    }
    controls.extend(optimizer.schedule.as_ref().into_iter().flat_map(lengths));
    if function_of(experiment).is_none() {
        controls.extend(more);
    }
    controls
}

/// How long the parts of a schedule are, in steps.
fn lengths(schedule: &Schedule) -> impl Iterator<Item = Control> + use<> {
    let parts = [
        ("optimizer.schedule.steps", "Steps of the schedule", schedule.steps),
        ("optimizer.schedule.step_size", "Steps between drops", schedule.step_size),
        ("optimizer.schedule.warmup_steps", "Steps of the warm-up", schedule.warmup_steps),
    ];
    parts.into_iter().filter_map(|(key, label, steps)| {
        let choices = LENGTHS.map(|n: usize| Choice::new(n, count(n))).to_vec();
        Some(with_its_value(Control::new(key, label, Kind::Slider, choices, steps?)))
    })
}

/// A control of numbers that has the one in force among its choices.
fn with_its_value(mut control: Control) -> Control {
    if control.selected().is_none()
        && let Some(now) = control.value.as_f64()
    {
        // In the digits of the `f32` that the engine makes of it.
        let shown = (now as f32).to_string();
        let below = |choice: &Choice| choice.value.as_f64().is_some_and(|value| value < now);
        let at = control.choices.partition_point(below);
        let value = shown.parse::<f64>().unwrap_or(now);
        control.choices.insert(at, Choice::new(value, shown));
    }
    control
}

/// Where a function is begun at, along each axis.
fn starts(experiment: &Experiment) -> Vec<Control> {
    let layer = experiment.network.layers.first().and_then(LayerConfig::as_landscape);
    let Some(landscape) = layer else { return Vec::new() };
    let [left, right, bottom, top] = landscape.function.view();
    let along = |axis: usize, label: &'static str, [from, to]: [f32; 2]| {
        let place =
            |at: usize| f64::from(((from + (to - from) * at as f32 / STARTS as f32) * 100.0).round()) / 100.0;
        let places = (0..=STARTS).map(place);
        let choices = places.map(|at| Choice::new(at, at.to_string())).collect();
        with_its_value(Control::new(
            &format!("start.{axis}"),
            label,
            Kind::Slider,
            choices,
            landscape.start[axis],
        ))
        .restarting()
        .for_all_lanes()
    };
    vec![along(0, "Start, x", [left, right]), along(1, "Start, y", [bottom, top])]
}

/// `experiment` with a control set; see [`crate::labs::Lab::change`].
pub(super) fn change(experiment: &Experiment, key: &str, value: &Value) -> Result<Experiment> {
    let mut changed = Experiment { edits: Vec::new(), ..experiment.clone() };
    match key {
        "rule" => {
            let name: String = parsed(key, value)?;
            let rule = RULES.iter().find(|rule| rule.name == name).ok_or_else(|| {
                let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
                Error::setting(key, &name, format!("one of {}", names.join(", ")))
            })?;
            changed.optimizer = OptimizerConfig {
                momentum: rule.momentum,
                nesterov: rule.is_nesterov.then_some(true),
                schedule: experiment.optimizer.schedule.clone(),
                ..OptimizerConfig::new(rule.optimizer, usual_rate(experiment, rule))
            };
        }
        "workload" if parsed::<Function>(key, value).is_ok() => go_down(&mut changed, parsed(key, value)?),
        "workload" => {
            let rule = rule_of(&experiment.optimizer);
            let is_usual = experiment.optimizer.learning_rate() == usual_rate(experiment, rule);
            workloads::change(&mut changed, key, value)?;
            if function_of(experiment).is_some() {
                changed.batch_size = BatchSize::Items(workloads::USUAL_BATCH);
            }
            // What is usual of a function is of no network.
            let rate = if is_usual || function_of(experiment).is_some() {
                usual_rate(&changed, rule)
            } else {
                experiment.optimizer.learning_rate()
            };
            changed.optimizer.learning_rate = Some(rate);
        }
        "start" | "start.0" | "start.1" => {
            let layer = changed.network.layers.first_mut();
            let Some(LayerConfig::Landscape(landscape)) = layer else {
                return Err(Error::setting(key, value, "left out: only a test function is begun at a place"));
            };
            match key {
                "start.0" => landscape.start[0] = parsed(key, value)?,
                "start.1" => landscape.start[1] = parsed(key, value)?,
                _ => landscape.start = parsed(key, value)?,
            }
        }
        "schedule" => {
            let name: ScheduleName = parsed(key, value)?;
            let steps = changed
                .optimizer
                .schedule
                .as_ref()
                .and_then(|schedule| schedule.steps)
                .unwrap_or(USUAL_LENGTH);
            changed.optimizer.schedule =
                (name != ScheduleName::Constant).then(|| Schedule::over(name, steps));
        }
        _ if workloads::change(&mut changed, key, value)? => {}
        _ => return changed.with(&Settings::from([(key.to_owned(), value.clone())])),
    }
    Experiment::from_value(changed.to_value())
}

/// The rate at which a rule learns what it is given: with momentum each gradient counts ten times.
fn usual_rate(experiment: &Experiment, rule: &Rule) -> f32 {
    if let Some(function) = function_of(experiment) {
        return rate_on(function, rule);
    }
    let rate = workloads::usual_rate(experiment, rule.optimizer);
    if rule.momentum.is_some() { rate / 5.0 } else { rate }
}

/// "Momentum", "SGD, rate 0.3".
pub(super) fn short_name(experiment: &Experiment) -> String {
    let rule = rule_of(&experiment.optimizer);
    let rate = experiment.optimizer.learning_rate();
    if rate == usual_rate(experiment, rule) {
        rule.label.into()
    } else {
        format!("{}, rate {}", rule.label, power(rate))
    }
}
