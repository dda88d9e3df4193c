//! One loop over all labs: a new one is covered the moment it is listed. And the gradients lab's
//! verdicts, each made true once and made false once.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::labs::{LABS, Lab, Numbers, Tone, Verdict, View, from_link, to_link};
use glassbox::plot::{self, Palette, Style};
use glassbox::train::{Experiment, Run};
use plotters::prelude::*;
use serde_json::{Value, json};

fn everything(lab: &dyn Lab) -> View {
    View { figures: lab.figures().iter().map(|slot| slot.id.to_owned()).collect(), layer: 3 }
}

/// Verdict after so many steps.
fn verdict_of(experiment: Experiment, steps: usize) -> Verdict {
    let lab = glassbox::labs::find(&experiment.lab).expect("a lab");
    let mut run = Run::new(experiment).expect("validated");
    run.measure();
    let mut observer = lab.observe(&run);
    for _ in 0..steps {
        match run.step() {
            Ok(loss) => observer.after_step(&run, loss),
            Err(_) => break,
        }
    }
    observer.verdict(&run)
}

fn changed(experiment: &Experiment, changes: &[(&str, Value)]) -> Experiment {
    changes.iter().fold(experiment.clone(), |experiment, (key, value)| {
        LABS[0].change(&experiment, key, value).unwrap_or_else(|error| panic!("{key}: {error}"))
    })
}

#[test]
fn every_lab_gives_the_same_run_twice_and_draws_every_figure() {
    for lab in LABS {
        let frames: Vec<(Vec<String>, Numbers)> = (0..2)
            .map(|_| {
                let mut run = Run::new(lab.defaults()).unwrap();
                run.measure();
                let mut observer = lab.observe(&run);
                for _ in 0..60 {
                    let loss = run.step().unwrap();
                    observer.after_step(&run, loss);
                }
                let mut numbers = Numbers::default();
                let view = everything(lab);
                let panels: Vec<_> = view
                    .figures
                    .iter()
                    .map(|id| observer.panel(id, &run, &view, &mut numbers).expect("a figure"))
                    .collect();
                for panel in &panels {
                    for (width, height) in [(650, 276), (180, 120)] {
                        let mut svg = String::new();
                        {
                            let area = SVGBackend::with_string(&mut svg, (width, height)).into_drawing_area();
                            let view = plot::View { selected_layer: 3, hover: Some((90.0, 60.0)) };
                            plot::draw(
                                &area,
                                &panel.figure,
                                &numbers,
                                &Style::new(Palette::default(), 1.0, "sans-serif"),
                                &view,
                            )
                            .unwrap();
                        }
                        assert!(svg.len() > 500, "{} {} draws nothing", lab.name(), panel.id);
                    }
                    assert!(panel.summary.ends_with('.'), "{}: {}", panel.id, panel.summary);
                    assert!(
                        !plot::table(&panel.figure, &numbers).rows.is_empty(),
                        "{} has no table",
                        panel.id
                    );
                }
                (panels.iter().map(|panel| format!("{panel:?}")).collect(), numbers)
            })
            .collect();
        assert_eq!(frames[0], frames[1], "{}", lab.name());
    }
}

#[test]
fn every_choice_of_every_control_is_a_valid_experiment_with_a_link() {
    for lab in LABS {
        let defaults = lab.defaults();
        let layers = (1..=3).flat_map(|layer| lab.layer_controls(&defaults, layer));
        for control in lab.controls(&defaults).into_iter().chain(layers) {
            assert!(control.selected().is_some(), "{} shows {} of none", control.key, control.value);
            for choice in &control.choices {
                let experiment = lab.change(&defaults, &control.key, &choice.value).unwrap();
                let differs = experiment != defaults;
                assert_eq!(
                    differs,
                    Some(&choice.value) != control.selected().map(|i| &control.choices[i].value),
                    "{} does nothing at {}",
                    control.key,
                    choice.label
                );
                assert_eq!(from_link(&to_link(&experiment).unwrap()).unwrap(), experiment, "{}", control.key);
                let controls = lab
                    .controls(&experiment)
                    .into_iter()
                    .chain((1..=3).flat_map(|l| lab.layer_controls(&experiment, l)));
                let shown =
                    controls.into_iter().find(|other| other.key == control.key).map(|other| other.shown());
                assert_eq!(
                    shown.as_ref(),
                    Some(&choice.label),
                    "{} does not show what was chosen",
                    control.key
                );
                Run::new(experiment).unwrap().step().unwrap();
            }
        }
    }
}

#[test]
fn the_textbook_cases_get_their_words() {
    let defaults = LABS[0].defaults();
    let vanishing = verdict_of(defaults.clone(), 100);
    assert_eq!((vanishing.tone, vanishing.word.as_str()), (Tone::Warn, "Vanishing."), "{}", vanishing.text);
    let cured = verdict_of(
        changed(&defaults, &[("activation", json!("relu")), ("initializer", json!("he_normal"))]),
        30,
    );
    assert!(cured.word == "Flowing." || cured.word == "Learned.", "{} {}", cured.word, cured.text);
    let large = json!({ "name": "random_normal", "stddev": 3.0 });
    let exploding =
        verdict_of(changed(&defaults, &[("activation", json!("relu")), ("initializer", large.clone())]), 0);
    assert_eq!(
        exploding.word, "Flowing.",
        "without learning nothing explodes from layer to layer: {}",
        exploding.text
    );
    let dead = changed(
        &defaults,
        &[("activation", json!("relu")), ("initializer", json!({ "name": "constant", "value": -1.0 }))],
    );
    assert_eq!(verdict_of(dead, 1).word, "Dead.");
    let rate = json!({ "name": "sgd", "learning_rate": 100.0 });
    let diverged =
        changed(&defaults, &[("activation", json!("relu")), ("initializer", large), ("optimizer", rate)]);
    let diverged = verdict_of(diverged, 200);
    assert_eq!((diverged.tone, diverged.word.as_str()), (Tone::Bad, "Diverged."), "{}", diverged.text);
    assert_eq!(verdict_of(changed(&defaults, &[("depth", json!(1))]), 1).word, "Shallow.");
    let learned = changed(
        &defaults,
        &[("data.name", json!("gaussians")), ("depth", json!(3)), ("activation", json!("tanh"))],
    );
    assert_eq!(verdict_of(learned, 300).word, "Learned.");
}

#[test]
fn every_remedy_can_be_applied() {
    let defaults = LABS[0].defaults();
    let dead = changed(
        &defaults,
        &[("activation", json!("relu")), ("initializer", json!({ "name": "constant", "value": -1.0 }))],
    );
    let wild = changed(
        &defaults,
        &[
            ("activation", json!("relu")),
            ("initializer", json!("he_normal")),
            ("optimizer", json!({ "name": "sgd", "learning_rate": 100.0 })),
        ],
    );
    for experiment in [defaults.clone(), dead, wild, changed(&defaults, &[("depth", json!(1))])] {
        let verdict = verdict_of(experiment.clone(), 50);
        assert!(!verdict.remedies.is_empty() && verdict.remedies.len() <= 2, "{}", verdict.word);
        for remedy in verdict.remedies {
            let cured = LABS[0].change(&experiment, &remedy.key, &remedy.value).unwrap();
            assert_ne!(cured, experiment, "{} changes nothing", remedy.label);
        }
    }
}

#[test]
fn other_layers_are_refused_where_dense_ones_are_counted() {
    let lab = LABS[0];
    let norm = json!({ "type": "batch_normalization" });
    let mut value = lab.defaults().to_value();
    value["network"]["layers"].as_array_mut().unwrap().insert(1, norm);
    let experiment = Experiment::from_value(value).expect("a network that can be trained");
    let refused = lab.check(&experiment).unwrap_err().to_string();
    assert!(
        refused.starts_with("network.layers.1.type is batch_normalization, but must be dense"),
        "{refused}"
    );
    let link = to_link(&experiment).unwrap();
    assert_eq!(from_link(&link).unwrap_err().to_string(), refused);
    lab.check(&lab.defaults()).unwrap();
}

#[test]
fn pictures_are_refused_where_the_plane_is_drawn() {
    let lab = LABS[0];
    let refused = lab.change(&lab.defaults(), "data.name", &json!("digits")).unwrap_err().to_string();
    assert!(refused.ends_with("the lab gradients takes data of two features"), "{refused}");
    let data = glassbox::data::DataConfig::named("files");
    let pictures = glassbox::train::Experiment { data, ..lab.defaults() };
    assert_eq!(lab.check(&pictures).unwrap_err().to_string(), refused.replace("digits", "files"));
    lab.check(&lab.defaults()).unwrap();
}
