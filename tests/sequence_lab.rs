//! The sequence lab: what its verdicts say, each made true by a run; that its remedies are what they say; that its links,
//! files and ways back in time lose nothing.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::labs::{
    Figure, Lab, Lanes, LineScale, Numbers, Observer, Panel, Tone, Verdict, View, find, from_link, overlaid,
    to_link,
};
use glassbox::train::{Experiment, Run};
use serde_json::{Value, json};

fn lab() -> &'static dyn Lab {
    find("sequence").unwrap()
}

fn changed(from: &Experiment, changes: &[(&str, Value)]) -> Experiment {
    changes.iter().fold(from.clone(), |experiment, (key, value)| {
        lab().change(&experiment, key, value).unwrap_or_else(|error| panic!("{key}: {error}"))
    })
}

/// Small enough to be trained in a moment.
fn small(changes: &[(&str, Value)]) -> Experiment {
    let few = [
        ("data.samples", json!(640)),
        ("data.test_fraction", json!(0.1)),
        ("data.lag", json!(12)),
        ("units", json!(16)),
    ];
    changed(&changed(&lab().defaults(), &few), changes)
}

/// A run after so many steps, or where it diverged, with its observer; looked at as a page does.
fn watched(experiment: &Experiment, steps: usize) -> (Run, Box<dyn Observer>) {
    let mut run = Run::new(experiment.clone()).expect("validated");
    run.measure();
    let mut observer = lab().observe(&run);
    while run.steps() < steps {
        match run.step() {
            Ok(loss) => observer.after_step(&run, loss),
            Err(_) => break,
        }
    }
    panels(&mut *observer, &run, &View::default());
    (run, observer)
}

/// Every figure that the lab shows of this run.
fn panels(observer: &mut dyn Observer, run: &Run, view: &View) -> (Vec<Panel>, Numbers) {
    let mut numbers = Numbers::default();
    let ids = lab().figures().iter().map(|slot| slot.id).filter(|id| lab().shows(id, run.current()));
    let panels = ids.map(|id| observer.panel(id, run, view, &mut numbers).unwrap_or_else(|| panic!("{id}")));
    (panels.collect(), numbers)
}

fn said(experiment: &Experiment, steps: usize) -> Verdict {
    let (run, observer) = watched(experiment, steps);
    observer.verdict(&run)
}

/// Each remedy is one of the lab's controls or says what it does, and gives another experiment that can be trained.
fn assert_remedies_work(experiment: &Experiment, verdict: &Verdict) -> Vec<Experiment> {
    assert!(verdict.remedies.len() <= 2, "{verdict:?}");
    let cured = verdict.remedies.iter().map(|remedy| {
        let cured = lab().change(experiment, &remedy.key, &remedy.value);
        let cured = cured.unwrap_or_else(|error| panic!("{}: {error}", remedy.label));
        assert_ne!(&cured, experiment, "{} changes nothing", remedy.label);
        lab().check(&cured).unwrap();
        Run::new(cured.clone()).unwrap().step().unwrap();
        assert_eq!(from_link(&to_link(&cured.clone().into()).unwrap()).unwrap().first, cured);
        cured
    });
    cured.collect()
}

fn layer(experiment: &Experiment) -> Value {
    serde_json::to_value(&experiment.network.layers[0]).unwrap()
}

#[test]
fn before_it_is_trained_it_can_tell_nothing() {
    let untrained = said(&lab().defaults(), 0);
    assert_eq!((untrained.tone, untrained.word.as_str()), (Tone::Note, "Untrained."), "{}", untrained.text);
    let task = "The RNN reads 61 steps and is to tell which letter stood first.";
    assert!(untrained.text.starts_with(task), "{}", untrained.text);
    assert_eq!(said(&small(&[]), 5).word, "Watching…");
}

/// At the lab's own lag nothing of the gradient is left for a plain cell.
#[test]
fn a_plain_cell_has_a_short_memory_and_each_remedy_is_another() {
    let plain = changed(&lab().defaults(), &[("data.samples", json!(1000)), ("activation", json!("tanh"))]);
    let verdict = said(&plain, 60);
    assert_eq!((verdict.tone, verdict.word.as_str()), (Tone::Warn, "Short memory."), "{}", verdict.text);
    assert!(verdict.text.contains("of the answers at 60 steps are right"), "{}", verdict.text);
    assert!(verdict.text.contains("60 steps back"), "{}", verdict.text);
    let cured = assert_remedies_work(&plain, &verdict);
    let labels: Vec<&str> = verdict.remedies.iter().map(|remedy| remedy.label.as_str()).collect();
    assert_eq!(labels, ["Use an LSTM with open gates", "Start orthogonal"]);
    let lstm = layer(&cured[0]);
    assert_eq!((&lstm["type"], &lstm["chrono"]), (&json!("lstm"), &json!(61.0)));
    // Begun so, it is told the next way.
    let orthogonal = &cured[1];
    assert_eq!(layer(orthogonal)["recurrent_initializer"], "orthogonal");
    let verdict = said(orthogonal, 60);
    assert_eq!(
        (verdict.word.as_str(), verdict.remedies[1].label.as_str()),
        ("Short memory.", "Start at identity, with ReLU"),
        "{}",
        verdict.text
    );
    let identity = layer(&assert_remedies_work(orthogonal, &verdict)[1]);
    assert_eq!(
        (&identity["activation"], &identity["recurrent_initializer"]),
        (&json!("relu"), &json!("identity"))
    );
    // One whose gates are not open is told to open them, and those let the gradient through.
    let mut closed = cured[0].clone();
    closed.network.layers[0] =
        serde_json::from_value(json!({ "type": "lstm", "units": 32, "forget_bias": -2.0 })).unwrap();
    let verdict = said(&closed, 40);
    assert_eq!(verdict.word, "Short memory.", "{}", verdict.text);
    let opened = assert_remedies_work(&closed, &verdict);
    assert_eq!(verdict.remedies[0].label, "Open the gates");
    assert_eq!(layer(&opened[0])["chrono"], 61.0);
    assert_ne!(said(&opened[0], 40).word, "Short memory.");
    // Shorter, and it is another task.
    assert_eq!((verdict.remedies[1].label.as_str(), opened[1].data.lag), ("Shorten to 8 steps", Some(8)));
}

#[test]
fn a_cell_whose_gates_are_open_remembers() {
    let gru = small(&[("data.samples", json!(4000)), ("cell", json!("gru")), ("gates", json!(true))]);
    let (run, mut observer) = watched(&gru, 500);
    let verdict = observer.verdict(&run);
    assert_eq!((verdict.tone, verdict.word.as_str()), (Tone::Good, "Remembers."), "{}", verdict.text);
    assert!(
        verdict.text.contains("of the answers at 12 steps are right, 12\u{202f}% by chance")
            || verdict.text.contains("of the answers at 12 steps are right, 13\u{202f}% by chance"),
        "{}",
        verdict.text
    );
    assert!(verdict.remedies.is_empty());
    // The figures say the same test as the verdict.
    let (panels, numbers) = panels(&mut *observer, &run, &View::default());
    let test = run.evaluate(&mut glassbox::nn::Pass::default()).unwrap().metric;
    let share = glassbox::labs::format::percent(test);
    assert!(verdict.text.contains(&share), "{} {share}", verdict.text);
    assert!(panels[0].summary.contains(&format!("{share} right at 12")), "{}", panels[0].summary);
    let recall = panels.iter().find(|panel| panel.id == "recall").unwrap();
    let Figure::Lines(recall) = &recall.figure else { panic!("lines") };
    let at = numbers.at(recall.lines[0].x).iter().position(|lag| *lag == 12.0).unwrap();
    let there = numbers.at(recall.lines[0].y)[at];
    assert!((there - test).abs() < 0.05, "tested with other items: {there} {test}");
}

/// ReLU before large recurrent weights and no clipping: each step back multiplies the gradient by about two.
#[test]
fn a_relu_cell_with_large_weights_explodes_in_time() {
    let wild = [
        ("data.lag", json!(20)),
        ("activation", json!("relu")),
        ("recurrent_initializer", json!({ "name": "random_normal", "stddev": 0.8 })),
        ("clip", json!(0)),
        ("optimizer.learning_rate", json!(1e-9)),
    ];
    let wild = small(&wild);
    assert_eq!(wild.optimizer.global_clipnorm, None);
    let verdict = said(&wild, 30);
    assert_eq!((verdict.tone, verdict.word.as_str()), (Tone::Warn, "Exploding in time."), "{}", verdict.text);
    assert!(verdict.text.starts_with("20 steps back the gradient is "), "{}", verdict.text);
    let cured = assert_remedies_work(&wild, &verdict);
    assert_eq!(verdict.remedies[0].label, "Clip gradients at 1");
    assert_eq!(cured[0].optimizer.global_clipnorm, Some(1.0));
    assert_eq!(
        (verdict.remedies[1].label.as_str(), &layer(&cured[1])["recurrent_initializer"]),
        ("Start orthogonal", &json!("orthogonal"))
    );
    assert_ne!(said(&cured[1], 30).word, "Exploding in time.", "an orthogonal kernel keeps lengths");
    // Clipped it still explodes, since clipping shortens the step and not the way back: another remedy comes.
    let verdict = said(&cured[0], 30);
    assert_eq!(verdict.word, "Exploding in time.");
    let labels: Vec<&str> = verdict.remedies.iter().map(|remedy| remedy.label.as_str()).collect();
    assert_eq!(labels, ["Start orthogonal", "Use an LSTM"]);
    // Larger yet, and it comes to no number before the first step: clipping is no help there.
    let start = json!({ "name": "random_normal", "stddev": 1e3 });
    let wild = changed(&wild, &[("recurrent_initializer", start)]);
    let diverged = said(&wild, 3);
    assert_eq!((diverged.tone, diverged.word.as_str()), (Tone::Bad, "Diverged."), "{}", diverged.text);
    assert!(diverged.text.contains("its first weights are too large"), "{}", diverged.text);
    assert_eq!(diverged.remedies[0].label, "Start orthogonal");
    assert_remedies_work(&wild, &diverged);
}

#[test]
fn texts_are_told_in_bits_a_letter() {
    let text = changed(
        &lab().defaults(),
        &[("data.name", json!("text")), ("cell", json!("gru")), ("units", json!(32))],
    );
    let early = said(&text, 30);
    assert!(
        ["Not even letters yet.", "Learning its letters."].contains(&early.word.as_str()),
        "{} {}",
        early.word,
        early.text
    );
    assert!(
        early.text.contains(" bits for each letter of a text it never saw, a perplexity of "),
        "{}",
        early.text
    );
    let later = said(&text, 150);
    let bits = |verdict: &Verdict| -> f64 {
        verdict.text.split(" takes ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap()
    };
    assert!(bits(&later) < bits(&early), "{} {}", early.text, later.text);
    assert_eq!(said(&text, 0).word, "Untrained.");
}

#[test]
fn every_cell_task_and_start_is_valid_with_all_its_choices() {
    let mut seen = 0;
    for task in lab().controls(&lab().defaults())[0].choices.clone() {
        for cell in ["simple_rnn", "lstm", "gru"] {
            let from = changed(
                &lab().defaults(),
                &[("data.lag", json!(4)), ("cell", json!(cell)), ("data.name", task.value.clone())],
            );
            for control in lab().controls(&from) {
                assert!(
                    control.selected().is_some(),
                    "{} {cell}: {} shows {} of none",
                    task.label,
                    control.key,
                    control.value
                );
                for choice in &control.choices {
                    let other = lab().change(&from, &control.key, &choice.value);
                    let other = other.unwrap_or_else(|error| {
                        panic!("{} {cell}: {} {}: {error}", task.label, control.key, choice.label)
                    });
                    lab().check(&other).unwrap();
                    assert_eq!(
                        from_link(&to_link(&other.clone().into()).unwrap()).unwrap().first,
                        other,
                        "{} {cell}: {}",
                        task.label,
                        control.key
                    );
                    let shown =
                        lab().controls(&other).into_iter().find(|c| c.key == control.key).map(|c| c.shown());
                    assert_eq!(
                        shown.as_ref(),
                        Some(&choice.label),
                        "{} {cell}: {} does not show what was chosen",
                        task.label,
                        control.key
                    );
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 1000, "{seen}");
}

#[test]
fn a_link_opens_what_was_open() {
    let begun = from_link("#lab=sequence").unwrap();
    assert_eq!(begun.first, lab().defaults());
    assert_eq!(begun.others.iter().map(|(lane, _)| *lane).collect::<Vec<_>>(), [1, 2]);
    let cells: Vec<Value> = begun.others.iter().map(|(_, experiment)| layer(experiment)).collect();
    assert_eq!((&cells[0]["type"], &cells[1]["type"]), (&json!("lstm"), &json!("gru")));
    assert_eq!((&cells[0]["chrono"], &cells[1]["chrono"]), (&json!(61.0), &json!(61.0)));
    assert!(from_link("#lab=sequence&lanes=a").unwrap().others.is_empty());
    assert_eq!(from_link("#lab=sequence&lanes=a").unwrap().first, lab().defaults());
    // Something else said, it is that alone.
    assert!(from_link("#lab=sequence&data.lag=20").unwrap().others.is_empty());
    assert!(from_link("#lab=gradients").unwrap().others.is_empty());
    // Everything that can be open comes back as it was.
    let fourth = changed(&lab().defaults(), &[("identity", Value::Null)]);
    let all: Vec<(usize, Experiment)> = begun.others.iter().cloned().chain([(3, fourth)]).collect();
    let seeded = Experiment { seed: 11, ..lab().defaults() };
    for first in [lab().defaults(), seeded, begun.others[0].1.clone()] {
        for open in 0..8_usize {
            let others = all.iter().filter(|(lane, _)| open >> (lane - 1) & 1 == 1).cloned().collect();
            let lanes = Lanes { first: first.clone(), others };
            let link = to_link(&lanes).unwrap();
            assert_eq!(from_link(&link).unwrap(), lanes, "{link}");
            assert_eq!(from_link(&format!("#{link}")).unwrap(), lanes, "{link}");
        }
    }
    assert_eq!(to_link(&lab().defaults().into()).unwrap(), "lab=sequence&lanes=a");
}

/// Lines, maps and texts of all lanes, each with its letter and its own numbers, bit for bit.
#[test]
fn figures_of_all_lanes_become_one() {
    let text = [("data.name", json!("text")), ("data.samples", json!(60))];
    let lanes: Vec<_> = [("simple_rnn", 0), ("lstm", 2), ("gru", 3)]
        .map(|(cell, lane)| (lane, watched(&small(&[("cell", json!(cell)), text[0].clone()]), 20)))
        .into();
    for id in ["story", "memory", "written"] {
        let shown: Vec<_> = lanes
            .iter()
            .map(|(lane, (run, _))| {
                let (mut observer, mut numbers) = (lab().observe(run), Numbers(vec![9.0; 5])); // others stand before them
                let panel = observer.panel(id, run, &View::default(), &mut numbers).unwrap();
                (*lane, panel, numbers)
            })
            .collect();
        let all: Vec<_> = shown.iter().map(|(lane, panel, numbers)| (*lane, panel, numbers)).collect();
        let (joined, numbers) = overlaid(&all, 2).unwrap();
        assert!(
            joined.summary.starts_with("Lane A: ") && joined.summary.contains(" Lane D: "),
            "{}",
            joined.summary
        );
        match &joined.figure {
            Figure::Lines(lines) => {
                let measured: Vec<_> = lines.lines.iter().filter(|line| !line.is_theory).collect();
                let named: Vec<_> = measured.iter().map(|line| (line.lane, line.label.as_str())).collect();
                assert_eq!(named, [(0, "A"), (2, "C"), (3, "D")]);
                assert!(lines.lines.iter().filter(|line| line.is_theory).all(|line| line.label.is_empty()));
                let LineScale::Decades([low, top]) = lines.scale else { panic!("decades") };
                for (line, (_, panel, own)) in measured.iter().zip(&shown) {
                    let Figure::Lines(of) = &panel.figure else { panic!("lines") };
                    assert_eq!(numbers.at(line.y), own.at(of.lines[0].y));
                    let LineScale::Decades(of) = of.scale else { panic!("decades") };
                    assert!(low <= of[0] && of[1] <= top, "all have room");
                }
            }
            Figure::TimeMaps(maps) => {
                let named: Vec<_> =
                    maps.groups.iter().map(|group| (group.lane, group.name.as_str())).collect();
                assert_eq!(named, [(0, "A RNN"), (2, "C LSTM"), (3, "D GRU")]);
                for (group, (_, panel, own)) in maps.groups.iter().zip(&shown) {
                    let Figure::TimeMaps(of) = &panel.figure else { panic!("maps") };
                    assert_eq!((&maps.symbols, group.maps.len()), (&of.symbols, of.groups[0].maps.len()));
                    for (map, of) in group.maps.iter().zip(&of.groups[0].maps) {
                        assert_eq!((&map.label, numbers.at(map.values)), (&of.label, own.at(of.values)));
                    }
                }
            }
            Figure::Inked(inked) => {
                let named: Vec<_> =
                    inked.blocks.iter().map(|block| (block.lane, block.title.as_str())).collect();
                assert_eq!(named, [(0, "A RNN"), (2, "C LSTM"), (3, "D GRU")]);
                for (block, (_, panel, _)) in inked.blocks.iter().zip(&shown) {
                    let Figure::Inked(of) = &panel.figure else { panic!("texts") };
                    assert_eq!(
                        (&block.text, &block.marked, block.given),
                        (&of.blocks[0].text, &of.blocks[0].marked, 4)
                    );
                }
            }
            other => panic!("{id} became {other:?}"),
        }
    }
    // What reads another length is left out, rather than drawn on steps that are not its own.
    let panels = [small(&[]), small(&[("data.lag", json!(6))])].map(|experiment| {
        let (run, mut observer) = watched(&experiment, 0);
        let mut numbers = Numbers::default();
        (observer.panel("story", &run, &View::default(), &mut numbers).unwrap(), numbers)
    });
    let [a, b] = &panels;
    let (joined, _) = overlaid(&[(0, &a.0, &a.1), (1, &b.0, &b.1)], 1).unwrap();
    let Figure::TimeMaps(maps) = joined.figure else { panic!("maps") };
    assert_eq!((maps.symbols.len(), maps.groups.len(), maps.groups[0].lane), (7, 1, 1));
}

/// All figures of a run, word for word and bit for bit.
fn pictures(observer: &mut dyn Observer, run: &Run) -> (Vec<String>, Vec<u32>) {
    let (panels, numbers) = panels(observer, run, &View::default());
    (
        panels.iter().map(|panel| format!("{panel:?}")).collect(),
        numbers.0.iter().map(|n| n.to_bits()).collect(),
    )
}

#[test]
fn what_was_seen_is_the_same_in_a_file() {
    for changes in [
        vec![("cell", json!("lstm"))],
        vec![("data.name", json!("copy")), ("data.lag", json!(4))],
        vec![("data.name", json!("wave"))],
    ] {
        let experiment = small(&changes);
        let (run, mut observer) = watched(&experiment, 90);
        let before = pictures(&mut *observer, &run);
        let text = serde_json::to_string(&observer.seen()).unwrap();
        let seen = serde_json::from_str(&text).unwrap();
        let mut again = lab().observe_on(&run, seen).expect("of this run");
        assert_eq!(pictures(&mut *again, &run), before, "{changes:?}");
        assert_eq!(again.verdict(&run), observer.verdict(&run));
        assert_eq!(observer.remember().seen(), observer.seen());
        // It goes on alike.
        let mut run = run;
        for _ in 0..20 {
            let loss = run.step().unwrap();
            observer.after_step(&run, loss);
            again.after_step(&run, loss);
        }
        assert_eq!(pictures(&mut *again, &run), pictures(&mut *observer, &run), "{changes:?}");
        // What is of another run is none of this.
        let other = watched(&small(&[("data.lag", json!(6))]), 90).0;
        assert!(lab().observe_on(&other, observer.seen()).is_none());
        assert!(lab().observe_on(&run, json!({ "learning": 3 })).is_none());
    }
}

/// What is looked for changes what is drawn and nothing of the run.
#[test]
fn a_symbol_put_in_place_of_another_is_seen_and_taken_away() {
    let (run, mut observer) = watched(&small(&[("cell", json!("gru"))]), 40);
    let theatre = |observer: &mut dyn Observer, view: &View| {
        let mut numbers = Numbers::default();
        let panel = observer.panel("theatre", &run, view, &mut numbers).unwrap();
        let Figure::TimeMaps(maps) = panel.figure else { panic!("maps") };
        (maps, numbers)
    };
    let mut view = View::default();
    let (before, numbers_before) = theatre(&mut *observer, &view);
    let labels = |maps: &glassbox::labs::TimeMaps| {
        maps.groups[0].maps.iter().map(|map| map.label.clone()).collect::<Vec<_>>()
    };
    assert_eq!(labels(&before), ["update", "reset", "candidate", "hidden"]);
    let read: usize = "abcdefgh".find(&before.symbols[5]).unwrap();
    view.probe.sequence.edits = vec![[5, (read + 1) % 8]];
    let (after, numbers) = theatre(&mut *observer, &view);
    assert_eq!(labels(&after), ["update", "reset", "candidate", "hidden", "change"]);
    assert_ne!(after.symbols[5], before.symbols[5]);
    let change = &after.groups[0].maps[4];
    for (cell, by) in numbers.at(change.values).iter().enumerate() {
        let hidden = |maps: &glassbox::labs::TimeMaps, numbers: &Numbers| {
            numbers.at(maps.groups[0].maps[3].values)[cell]
        };
        assert_eq!(*by, (hidden(&after, &numbers) - hidden(&before, &numbers_before)).abs());
        let step = cell % after.symbols.len();
        assert!(step >= 5 || *by == 0.0, "nothing changes before the change");
    }
    assert!(numbers.at(change.values).iter().any(|by| *by > 0.0));
    // A symbol that there is not, or a step, changes nothing; nor does the same symbol.
    view.probe.sequence.edits = vec![[5, 99], [999, 1], [5, read]];
    assert_eq!(theatre(&mut *observer, &view).0.symbols, before.symbols);
    view.probe.sequence.edits.clear();
    let (again, numbers) = theatre(&mut *observer, &view);
    assert_eq!((again, numbers), (before, numbers_before));
    // Steps and units beyond the end are the last.
    view.probe.sequence =
        glassbox::labs::SequenceProbe { step: Some(9999), unit: Some(9999), ..Default::default() };
    let mut numbers = Numbers::default();
    let panel = observer.panel("cell", &run, &view, &mut numbers).unwrap();
    assert_eq!(panel.note, "unit 15, step 13");
}

/// Read from both ends, what stands first is the last that is read: nothing is bridged, and nothing is said of that.
#[test]
fn who_reads_from_both_ends_bridges_nothing() {
    let both = small(&[("bidirectional", json!(true)), ("data.samples", json!(2000))]);
    let verdict = said(&both, 200);
    assert!(verdict.text.contains("It reads from both ends"), "{}", verdict.text);
    assert!(!verdict.text.contains("steps back") && verdict.left.is_none(), "{verdict:?}");
}

/// What a text asks for stands a few letters back: gates open for a word, and for the lag again when that is the task.
#[test]
fn gates_are_open_for_a_word_of_a_text() {
    let open = lab().beside().remove(0);
    let text = changed(&open, &[("data.name", json!("text"))]);
    let recurrent = |experiment: &Experiment, index: usize| {
        serde_json::to_value(&experiment.network.layers[index]).unwrap()
    };
    assert_eq!(recurrent(&text, 1)["chrono"], 8.0);
    let again = changed(&text, &[("data.name", json!("recall"))]);
    assert_eq!(recurrent(&again, 0)["chrono"].as_f64().unwrap(), again.data.lag() as f64 + 1.0);
}

/// A batch that was cut to a short text is whole again with a longer one.
#[test]
fn a_batch_grows_again_with_the_items() {
    let few = changed(
        &lab().defaults(),
        &[("data", json!({ "name": "recall", "lag": 8, "samples": 20, "test_fraction": 0.5 }))],
    );
    assert_eq!(serde_json::to_value(few.batch_size).unwrap(), json!(10));
    let many = changed(
        &few,
        &[("data", json!({ "name": "recall", "lag": 8, "samples": 1000, "test_fraction": 0.5 }))],
    );
    assert_eq!(serde_json::to_value(many.batch_size).unwrap(), json!(32));
}
