//! One loop over all labs: a new one is covered the moment it is listed. And the gradients lab's
//! verdicts, each made true once and made false once.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::data::Feature;
use glassbox::labs::{Figure, Kind, LABS, Lab, Numbers, Tone, Verdict, View, from_file, from_link, to_link};
use glassbox::nn::Pass;
use glassbox::plot::{self, Palette, Style};
use glassbox::train::{Experiment, Run};
use plotters::prelude::*;
use serde_json::{Value, json};

fn everything(lab: &dyn Lab) -> View {
    // A bold 1, for labs that read pictures.
    let picture = (0..28 * 28).map(|pixel: u32| f32::from((12..16).contains(&(pixel % 28)))).collect();
    let figures = lab.figures().iter().map(|slot| slot.id.to_owned()).collect();
    View { figures, layer: 3, picture, is_selected: true, ..View::default() }
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
    let optimizers = glassbox::labs::find("optimizers").unwrap();
    let network = optimizers.change(&optimizers.defaults(), "workload", &json!("moons")).unwrap();
    let all = LABS.into_iter().map(|lab| (lab, lab.defaults())).chain([(optimizers, network)]);
    for (lab, experiment) in all {
        let frames: Vec<(Vec<String>, Vec<u32>)> = (0..2)
            .map(|_| {
                let mut run = Run::new(experiment.clone()).unwrap();
                run.measure();
                let mut observer = lab.observe(&run);
                for _ in 0..60 {
                    let loss = run.step().unwrap();
                    observer.after_step(&run, loss);
                }
                let mut numbers = Numbers::default();
                let view = everything(lab);
                observer.look(&run, &view);
                let shown = view.figures.iter().filter(|id| lab.shows(id, run.current()));
                let panels: Vec<_> = shown
                    .map(|id| observer.panel(id, &run, &view, &mut numbers).expect("a figure"))
                    .collect();
                for panel in &panels {
                    for (width, height) in [(650, 276), (180, 120)] {
                        let mut svg = String::new();
                        {
                            let area = SVGBackend::with_string(&mut svg, (width, height)).into_drawing_area();
                            let view = plot::View {
                                selected_layer: 3,
                                hover: Some((90.0, 60.0)),
                                ..plot::View::default()
                            };
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
                // By their bits: no number is another than itself.
                let bits = numbers.0.iter().map(|number| number.to_bits()).collect();
                (panels.iter().map(|panel| format!("{panel:?}")).collect(), bits)
            })
            .collect();
        assert_eq!(frames[0], frames[1], "{}", lab.name());
    }
}

#[test]
fn an_experiment_file_is_read_or_refused_in_a_sentence() {
    for lab in LABS {
        let experiment = lab.defaults();
        let text = serde_json::to_string_pretty(&experiment).unwrap();
        assert_eq!(from_file("e.json", &text).unwrap(), experiment);
        assert_eq!(
            from_file("e.json", &format!("\u{feff}{text}")).unwrap(),
            experiment,
            "behind a mark of UTF-8"
        );
    }
    let changed = from_file("e.json", "{\"data\": {\"name\": \"moons\"}}").unwrap();
    assert_eq!(changed.data.name, "moons", "what is left out takes the defaults");
    let digits = "{\"data\": {\"name\": \"digits\"}, \"loss\": \"sparse_categorical_crossentropy\", \"network\": {\"layers\": [{\"type\": \"flatten\"}, {\"type\": \"dense\", \"units\": 10, \"activation\": \"softmax\"}]}}";
    for (text, words) in [
        ("{\"version\": 2}", "version is 2, but must be 1: this experiment was made by a newer Glassbox"),
        ("{\"lab\": \"cooking\"}", "lab is cooking, but must be one of gradients"),
        ("{\"seed\": -1}", "seed"),
        (
            "{\"optimizer\": {\"learning_rate\": 1e9}}",
            "optimizer.learning_rate is 1000000000, but must be from 0 to 100",
        ),
        ("{\"report\": 1}", "report"),
        ("{\"data\"", "this is not JSON"),
        ("{\"digit\": 3}", "digit"),
        (digits, "the lab gradients takes no pictures"),
    ] {
        let refused = from_file("e.json", text).unwrap_err().to_string();
        assert!(refused.starts_with("e.json: ") && refused.contains(words), "{text}: {refused}");
    }
}

#[test]
fn every_choice_of_every_control_is_a_valid_experiment_with_a_link() {
    for lab in LABS {
        let defaults = lab.defaults();
        let layers = (1..=3).flat_map(|layer| lab.layer_controls(&defaults, layer));
        for control in lab.controls(&defaults).into_iter().chain(layers) {
            if control.kind == Kind::Several {
                continue; // has a test of its own
            }
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
                let link = to_link(&experiment.clone().into()).unwrap();
                assert_eq!(from_link(&link).unwrap().first, experiment, "{}", control.key);
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
fn input_features_are_put_in_and_taken_out() {
    let shown = |experiment: &Experiment| {
        let mut controls = LABS[0].controls(experiment).into_iter();
        controls.find(|control| control.key == "data.features").unwrap().shown()
    };
    let toggled = |experiment: &Experiment, feature: &str| {
        LABS[0].change(experiment, "data.features", &json!(feature)).unwrap()
    };
    let mut experiment = LABS[0].defaults();
    assert_eq!(shown(&experiment), "x, y");
    for (index, feature) in Feature::ALL.into_iter().enumerate().skip(2) {
        experiment = toggled(&experiment, serde_json::to_value(feature).unwrap().as_str().unwrap());
        assert_eq!(experiment.data.input_shape().unwrap(), [index + 1]);
        assert_eq!(from_link(&to_link(&experiment.clone().into()).unwrap()).unwrap().first, experiment);
    }
    assert_eq!(shown(&experiment), "x, y, x², y², xy, sin πx, sin πy");
    let mut run = Run::new(experiment.clone()).unwrap();
    run.step().unwrap();
    let mut observer = LABS[0].observe(&run);
    let mut numbers = Numbers::default();
    let panel = observer.panel("network", &run, &View::default(), &mut numbers).unwrap();
    let Figure::Diagram(diagram) = panel.figure else { panic!("a diagram") };
    assert_eq!((diagram.columns[0].units, diagram.inputs.len()), (7, 7));
    experiment = toggled(&toggled(&experiment, "x"), "y");
    assert_eq!(shown(&experiment), "x², y², xy, sin πx, sin πy");
    let last = changed(&LABS[0].defaults(), &[("data.features", json!(["sin_x"]))]);
    let refused = LABS[0].change(&last, "data.features", &json!("sin_x")).unwrap_err().to_string();
    assert!(refused.contains("must be one or more of x, y, x_squared"), "{refused}");
    // A circle needs no hidden layers once squares are given.
    let circle = [
        ("data.name", json!("circle")),
        ("data.features", json!(["x_squared", "y_squared"])),
        ("depth", json!(1)),
        ("width", json!(1)),
    ];
    let squares = changed(&LABS[0].defaults(), &circle);
    let plain = changed(&squares, &[("data.features", json!(["x", "y"]))]);
    let accuracy = |experiment| {
        let mut run = Run::new(experiment).unwrap();
        (0..600).for_each(|_| assert!(run.step().is_ok()));
        run.evaluate(&mut Pass::default()).unwrap().metric
    };
    let (with, without) = (accuracy(squares), accuracy(plain));
    assert!(with > 0.9 && without < 0.8, "{with} with squares, {without} without");
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
    // From layer to layer nothing explodes before there was a step: all gradients are huge, and alike.
    let huge = changed(&defaults, &[("activation", json!("relu")), ("initializer", large.clone())]);
    let exploding = verdict_of(huge.clone(), 0);
    assert_eq!(exploding.word, "Exploding.", "{}", exploding.text);
    assert!(exploding.text.contains("But it is huge: at a learning rate of 0.1"), "{}", exploding.text);
    let clipped = verdict_of(changed(&huge, &[("clip", json!(1))]), 0);
    assert!(!clipped.text.contains("But it is huge"), "{}", clipped.text);
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
fn pictures_are_refused_where_the_plane_is_drawn() {
    let lab = LABS[0];
    let refused = lab.change(&lab.defaults(), "data.name", &json!("digits")).unwrap_err().to_string();
    assert!(
        refused.ends_with(
            "the lab gradients takes no pictures, signals, sequences, ratings, documents or landscapes"
        ),
        "{refused}"
    );
    let data = glassbox::data::DataConfig::named("files");
    let pictures = glassbox::train::Experiment { data, ..lab.defaults() };
    assert_eq!(lab.check(&pictures).unwrap_err().to_string(), refused.replace("digits", "files"));
    lab.check(&lab.defaults()).unwrap();
}

#[test]
fn other_layers_are_refused_where_dense_ones_are_counted() {
    let lab = LABS[0];
    let flat = json!({ "type": "flatten" });
    let mut value = lab.defaults().to_value();
    value["network"]["layers"].as_array_mut().unwrap().insert(1, flat);
    let experiment = Experiment::from_value(value).expect("a network that can be trained");
    let refused = lab.check(&experiment).unwrap_err().to_string();
    assert!(refused.starts_with("network.layers.1.type is flatten, but must be dense"), "{refused}");
    let link = to_link(&experiment.into()).unwrap();
    assert_eq!(from_link(&link).unwrap_err().to_string(), refused);
    lab.check(&lab.defaults()).unwrap();
}

/// The default network with ReLU and He, at a learning rate.
fn relu_at(rate: f64, seed: u64) -> Experiment {
    changed(
        &LABS[0].defaults(),
        &[
            ("activation", json!("relu")),
            ("initializer", json!("he_normal")),
            ("optimizer.learning_rate", json!(rate)),
            ("seed", json!(seed)),
        ],
    )
}

#[test]
fn a_rate_that_is_too_large_is_named_and_lowering_it_helps() {
    let mut words = std::collections::BTreeSet::new();
    for seed in 1..=8 {
        for activation in ["relu", "leaky_relu"] {
            let experiment = changed(&relu_at(10.0, seed), &[("activation", json!(activation))]);
            let verdict = verdict_of(experiment.clone(), 100);
            let text = &verdict.text;
            assert!(["Dead.", "Diverged."].contains(&verdict.word.as_str()), "{} {text}", verdict.word);
            assert!(text.contains("The learning rate of 10 is too large: step "), "{text}");
            assert!(!text.contains("dense"), "not the page's name of a layer: {text}");
            let remedy = &verdict.remedies[0];
            assert_eq!(remedy.key, "optimizer.learning_rate", "{text}");
            assert!(verdict.word == "Diverged." || remedy.restarts, "dead weights stay dead: {remedy:?}");
            let cured = LABS[0].change(&experiment, &remedy.key, &remedy.value).unwrap();
            let cured = verdict_of(cured, 100);
            assert!(!["Dead.", "Diverged."].contains(&cured.word.as_str()), "{} {}", cured.word, cured.text);
            words.insert(verdict.word);
        }
    }
    assert_eq!(words.len(), 2, "both kinds of failure are met: {words:?}");
    // At the usual rate nothing is said against it, whatever else goes wrong.
    for seed in 1..=4 {
        let verdict = verdict_of(relu_at(0.1, seed), 100);
        assert!(!verdict.text.contains("too large"), "{}", verdict.text);
    }
}

#[test]
fn first_weights_that_are_too_large_are_told_from_a_rate() {
    let huge = json!({ "name": "random_normal", "stddev": 1000.0 });
    let experiment = changed(&relu_at(0.1, 7), &[("initializer", huge), ("width", json!(64))]);
    let verdict = verdict_of(experiment, 1);
    assert_eq!(verdict.word, "Diverged.");
    assert!(verdict.text.contains("the first weights are too large"), "{}", verdict.text);
    assert_eq!(verdict.remedies[0].key, "initializer");
}

#[test]
fn a_network_at_the_level_of_guessing_is_not_called_well() {
    let flowing = changed(&LABS[0].defaults(), &[("depth", json!(3))]);
    assert_eq!(verdict_of(flowing.clone(), 100).word, "Flowing.", "too early to tell");
    let verdict = verdict_of(flowing, 600);
    assert_eq!((verdict.word.as_str(), verdict.tone), ("Flowing, but not learning yet.", Tone::Warn));
    let said = "Test accuracy 45\u{202f}%: no better than guessing the commonest class, which scores ";
    assert!(
        verdict.text.contains(said) && verdict.text.ends_with(", for 600 steps now."),
        "{}",
        verdict.text
    );
    assert_eq!(verdict.remedies.len(), 2);
    for seed in 1..=4 {
        let verdict = verdict_of(changed(&relu_at(0.1, seed), &[("depth", json!(3))]), 600);
        assert!(!verdict.word.contains("not learning"), "{} {}", verdict.word, verdict.text);
    }
}

#[test]
fn chart_and_verdict_call_the_same_gradient_vanishing() {
    for (depth, steps) in [(10, 20), (5, 20), (4, 20), (3, 20), (2, 20)] {
        let experiment = changed(&LABS[0].defaults(), &[("depth", json!(depth)), ("width", json!(64))]);
        let mut run = Run::new(experiment).unwrap();
        run.measure();
        let mut observer = LABS[0].observe(&run);
        for _ in 0..steps {
            let loss = run.step().unwrap();
            observer.after_step(&run, loss);
        }
        let mut numbers = Numbers::default();
        let panel = observer.panel("gradients", &run, &everything(LABS[0]), &mut numbers).unwrap();
        let Figure::LayerBars(bars) = panel.figure else { unreachable!("bars are bars") };
        let verdict = observer.verdict(&run);
        let finding = bars.series[0].finding.clone().map(|finding| (finding.layer, finding.text));
        assert_eq!(finding.is_some(), verdict.word == "Vanishing.", "{depth}: {}", verdict.text);
        if let Some((layer, finding)) = finding {
            assert_eq!(layer, 1, "{finding}");
            assert!(finding.ends_with(&format!("times less than layer {depth}")), "{finding}");
        }
    }
}

#[test]
fn weights_are_said_not_to_change_only_when_not_one_did() {
    let mut was_said = [false, false];
    for seed in 1..=6 {
        let mut run = Run::new(changed(&LABS[0].defaults(), &[("seed", json!(seed))])).unwrap();
        run.measure();
        let mut observer = LABS[0].observe(&run);
        let mut still = 0;
        for _ in 0..40 {
            let slot = run.network().kernels().next().unwrap().range.clone();
            let before = run.network().weights[slot.clone()].to_vec();
            let loss = run.step().unwrap();
            observer.after_step(&run, loss);
            still = if run.network().weights[slot] == before[..] { still + 1 } else { 0 };
            let text = observer.verdict(&run).text;
            let said = text.contains("did not change at all");
            assert_eq!(said, still > 0, "{text}");
            assert!(still < 2 || text.contains(&format!("in the last {still} steps")), "{text}");
            was_said[usize::from(said)] = true;
        }
    }
    assert_eq!(was_said, [true, true], "both happen");
}

#[test]
fn what_layers_do_not_share_is_mixed_until_it_is_chosen_for_all() {
    let link = "network.layers.0.activation=tanh&network.layers.1.units=5&network.layers.10.kernel_initializer=he_normal";
    let mixed = from_link(link).unwrap().first;
    for (key, choice) in
        [("activation", json!("tanh")), ("width", json!(8)), ("initializer", json!("he_normal"))]
    {
        let control = |experiment: &Experiment| {
            LABS[0].controls(experiment).into_iter().find(|control| control.key == key).unwrap()
        };
        assert_eq!((control(&mixed).shown().as_str(), control(&mixed).selected()), ("mixed", None), "{key}");
        let chosen = LABS[0].change(&mixed, key, &choice).unwrap();
        assert!(control(&chosen).selected().is_some(), "{key} is still mixed");
    }
}

#[test]
fn another_kind_of_task_brings_its_usual_loss() {
    let defaults = LABS[0].defaults();
    let back = changed(&defaults, &[("data.name", json!("plane")), ("data.name", json!("spiral"))]);
    assert_eq!(back, defaults);
    // A loss that was chosen stays with the same kind of task.
    let chosen = changed(&defaults, &[("loss", json!("hinge")), ("data.name", json!("moons"))]);
    assert_eq!(chosen.loss, glassbox::nn::Loss::Hinge);
}

#[test]
fn tiles_hold_what_neurons_give_on_the_scale_of_their_column() {
    let experiment = changed(
        &LABS[0].defaults(),
        &[("depth", json!(2)), ("activation", json!("relu")), ("data.name", json!("blobs"))],
    );
    let mut run = Run::new(experiment).unwrap();
    run.measure();
    let mut observer = LABS[0].observe(&run);
    let mut numbers = Numbers::default();
    let panel = observer.panel("network", &run, &everything(LABS[0]), &mut numbers).unwrap();
    let Figure::Diagram(diagram) = panel.figure else { unreachable!("a network is a diagram") };
    let ends: Vec<_> = diagram.columns.iter().map(|column| column.ends).collect();
    assert_eq!(ends[1..], [[-2.0, 2.0], [-2.0, 2.0], [0.0, 1.0]]);
    let cells = diagram.side * diagram.side;
    let tiles: Vec<&[f32]> = numbers.at(diagram.tiles).chunks_exact(cells).collect();
    let most = tiles[0].iter().copied().fold(0.0, f32::max);
    assert!(most > 1.0 && most <= ends[0][1], "the input’s true x: {most} of {:?}", ends[0]);
    let classes = &tiles[tiles.len() - run.network().outputs()..];
    for cell in 0..cells {
        let sum: f32 = classes.iter().map(|tile| tile[cell]).sum();
        assert!((sum - 1.0).abs() < 1e-5, "softmax outputs sum to {sum}");
    }
}

#[test]
fn after_a_change_every_figure_tells_the_same_test() {
    let lab = LABS[0];
    let mut run = Run::new(relu_at(0.1, 3)).unwrap();
    run.measure();
    let mut observer = lab.observe(&run);
    for step in 0..130 {
        let loss = run.step().unwrap();
        observer.after_step(&run, loss);
        if step == 119 {
            let set = (0..10).map(|layer| (format!("network.layers.{layer}.activation"), json!("sigmoid")));
            run.edit(&set.collect()).unwrap();
            run.measure();
            observer.after_edit(&run);
        }
        if ![118, 119, 129].contains(&step) {
            continue;
        }
        let (mut numbers, view) = (Numbers::default(), everything(lab));
        let curves = observer.panel("curves", &run, &view, &mut numbers).unwrap();
        let boundary = observer.panel("boundary", &run, &view, &mut numbers).unwrap();
        let Figure::Curves(curves) = curves.figure else { unreachable!("curves are curves") };
        let line = &curves.strips[1].lines[0];
        let (x, y) = (numbers.at(line.x), numbers.at(line.low));
        assert_eq!(x.last(), Some(&((step + 1) as f32)));
        let test = run.evaluate(&mut glassbox::nn::Pass::default()).unwrap().metric;
        assert_eq!(y.last(), Some(&test), "the curve at step {step}");
        let shown = format!("{:.0}\u{202f}%", test * 100.0);
        assert_eq!(boundary.note, format!("test {shown}"));
        assert_eq!(curves.changes.len(), usize::from(step >= 119));
    }
}

#[test]
fn other_layers_begin_with_fresh_weights_and_the_shipped_ones_with_theirs() {
    let cnn = glassbox::labs::find("cnn").unwrap();
    let change =
        |experiment: &Experiment, key: &str, value: Value| cnn.change(experiment, key, &value).unwrap();
    let defaults = cnn.defaults();
    let layers = serde_json::to_value(&defaults.network.layers).unwrap();
    let mut fewer = layers.clone();
    fewer.as_array_mut().unwrap().remove(1);
    let other = change(&defaults, "network.layers", fewer);
    assert_eq!(other.initial_weights, None);
    assert_eq!(change(&other, "network.layers", layers.clone()), defaults);
    // The trained weights bring their layers, and fresh ones stay fresh.
    assert_eq!(change(&other, "initial_weights", json!("digits")), defaults);
    let fresh = change(&defaults, "initial_weights", Value::Null);
    let mut tanh = layers;
    tanh[0]["activation"] = json!("tanh");
    assert_eq!(change(&fresh, "network.layers", tanh.clone()).initial_weights, None);
    // Another activation keeps the weights and the run; of several there is no one in force.
    let mixed = change(&defaults, "network.layers", tanh);
    assert_eq!(mixed.initial_weights, defaults.initial_weights);
    assert!(glassbox::train::goes_on(&defaults, &mixed, &defaults.difference(&mixed)));
    let controls = cnn.controls(&mixed);
    let activation = controls.iter().find(|control| control.key == "activation").unwrap();
    assert_eq!(activation.shown(), glassbox::labs::MIXED);
    let error =
        cnn.change(&defaults, "network.layers", &json!([{ "type": "dense", "units": 10 }])).unwrap_err();
    assert!(error.to_string().starts_with("network.layers.0 (dense) takes a row of features"), "{error}");
}

/// What the figures of the layers themselves say, counted by hand for the network that ships.
#[test]
fn costs_filters_and_pooling_are_those_of_the_network() {
    let cnn = glassbox::labs::find("cnn").unwrap();
    let run = Run::new(cnn.defaults()).unwrap();
    let mut observer = cnn.observe(&run);
    let view = everything(cnn);
    let mut numbers = Numbers::default();
    observer.look(&run, &view);
    let mut figure = |id: &str, view: &View| observer.panel(id, &run, view, &mut numbers).unwrap().figure;
    let Figure::Costs(costs) = figure("costs", &view) else { panic!("costs") };
    let counts: Vec<[f64; 3]> = costs.layers.iter().map(|layer| layer.counts).collect();
    assert_eq!(counts[0], [25.0 * 16.0 + 16.0, 24.0 * 24.0 * 25.0 * 16.0, 24.0 * 24.0 * 16.0]);
    assert_eq!(counts[1], [0.0, 0.0, 12.0 * 12.0 * 16.0]);
    assert_eq!(counts[7], [1024.0 * 10.0 + 10.0, 10_240.0, 10.0]);
    assert_eq!(costs.total[0], run.network().weights.len() as f64);
    // Without pooling the last convolution gives 22·22·64 numbers to the dense layer.
    assert_eq!(costs.layers[7].without, Some([22.0 * 22.0 * 64.0 * 10.0 + 10.0, 309_760.0, 10.0]));
    assert_eq!(costs.layers[1].without, None);

    let at = |layer: usize| View {
        focus: Some(glassbox::labs::Unit { layer, map: 2, row: 1, column: 1 }),
        ..everything(cnn)
    };
    let Figure::Filters(filters) = figure("filters", &at(2)) else { panic!("filters") };
    assert_eq!((filters.of, filters.height, filters.focus), ([32, 16], 3, Some(2)));
    let Figure::Pooled(pooled) = figure("pooled", &at(1)) else { panic!("pooled") };
    assert_eq!((pooled.before, pooled.after, pooled.map), ([24, 24], [12, 12], [2, 16]));
    // The window of filter 2 over map 0, as the network has it.
    let kernel = run.network().kernels().nth(1).unwrap();
    let weights = &run.network().weights[kernel.range.clone()];
    let drawn = numbers.at(filters.values);
    for cell in 0..9 {
        assert_eq!(drawn[2 * 16 * 9 + cell], weights[cell * 16 * 32 + 2]);
    }
    let (before, after, kept) =
        (numbers.at(pooled.inputs), numbers.at(pooled.outputs), numbers.at(pooled.kept));
    assert_eq!(kept.len(), 144, "one of each window");
    let mut kept_values: Vec<f32> = kept.iter().map(|&cell| before[cell as usize]).collect();
    let mut after = after.to_vec();
    kept_values.sort_by(f32::total_cmp);
    after.sort_by(f32::total_cmp);
    assert_eq!(kept_values, after);
    assert_eq!(pooled.left[0], 0.25);
}

/// Every figure of pictures with layers that make them larger again, whichever unit is looked at.
#[test]
fn layers_of_every_kind_are_drawn_and_worked_out() {
    let cnn = glassbox::labs::find("cnn").unwrap();
    let conv = |kind: &str, filters: usize, size: usize, strides: usize, padding: &str| {
        json!({ "type": kind, "filters": filters, "kernel_size": size, "strides": strides, "padding": padding,
            "activation": "tanh" })
    };
    let layers = json!([
        conv("conv2d", 3, 5, 4, "same"),
        { "type": "flatten" },
        { "type": "dense", "units": 18, "activation": "relu" },
        { "type": "reshape", "target_shape": [3, 3, 2] },
        { "type": "up_sampling2d", "size": 2 },
        conv("conv2d_transpose", 2, 2, 3, "valid"), // with gaps
        conv("conv2d_transpose", 3, 3, 2, "same"),
        conv("conv2d", 2, 3, 3, "same"),
        { "type": "reshape", "target_shape": [288] },
        { "type": "dense", "units": 10, "activation": "softmax" },
    ]);
    let mut value = cnn.defaults().to_value();
    value["network"]["layers"] = layers;
    value["initial_weights"] = json!(null);
    let mut run = Run::new(Experiment::from_value(value).unwrap()).unwrap();
    run.measure();
    let mut observer = cnn.observe(&run);
    let loss = run.step().unwrap();
    observer.after_step(&run, loss);
    let shapes = run.network().shapes().to_vec();
    for (layer, shape) in shapes.iter().enumerate() {
        let (height, width, maps) = match **shape {
            [height, width, maps] => (height, width, maps),
            _ => (1, 1, shape[0]),
        };
        // The first, the middle and the last of each axis; rows 4 and 5 lie beside gaps.
        for (row, column) in [(0, 0), (height / 2, width / 3), (4, 5), (height - 1, width - 1)] {
            let focus = glassbox::labs::Unit { layer, map: maps - 1, row, column };
            let view = View { focus: Some(focus), ..everything(cnn) };
            let mut numbers = Numbers::default();
            observer.look(&run, &view);
            // The others tell nothing of a unit.
            for id in view.figures.iter().filter(|id| layer == 0 || matches!(id.as_str(), "maps" | "sum")) {
                let panel = observer.panel(id, &run, &view, &mut numbers).unwrap_or_else(|| panic!("{id}"));
                let (mut svg, figure) = (String::new(), &panel.figure);
                {
                    let area = SVGBackend::with_string(&mut svg, (650, 276)).into_drawing_area();
                    let style = Style::new(Palette::default(), 1.0, "sans-serif");
                    plot::draw(&area, figure, &numbers, &style, &plot::View::default()).unwrap();
                }
                assert!(!svg.contains("NaN"), "{id}, {focus:?}");
                if let Figure::Maps(maps) = figure {
                    let shown: Vec<usize> = maps.columns.iter().filter_map(|column| column.layer).collect();
                    assert_eq!(shown, [0, 2, 3, 4, 5, 6, 7], "flat ones that only pass on are left out");
                    assert!(maps.columns.iter().all(|column| column.mixes != (column.layer == Some(4))));
                }
            }
        }
    }
}
