//! Page and worker: messages survive the way, stale runs are dropped, failures are told.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::labs::{LABS, View};
use glassbox::train::settings::Settings;
use glassbox::worker::Session;
use glassbox::worker::protocol::{Frame, Reply, Request};
use serde_json::json;
use std::cell::Cell;

/// A clock of this test's thread that goes on by a millisecond at every look.
fn ticking() -> f64 {
    thread_local! {
        static LOOKS: Cell<f64> = const { Cell::new(0.0) };
    }
    LOOKS.set(LOOKS.get() + 1.0);
    LOOKS.get()
}

fn everything() -> View {
    View {
        figures: LABS[0].figures().iter().map(|slot| slot.id.to_owned()).collect(),
        layer: 1,
        ..View::default()
    }
}

fn start(run: u32) -> Request {
    Request::Start { run, experiment: LABS[0].defaults(), view: everything() }
}

fn advance(run: u32, steps: u32) -> Request {
    Request::Advance { run, budget_ms: 50.0, steps, view: everything() }
}

fn frame(reply: Reply) -> Frame {
    match reply {
        Reply::Frame(frame) => frame,
        other => panic!("no frame but {other:?}"),
    }
}

#[test]
fn messages_survive_serialisation() {
    let set = Settings::from([("network.layers.0.activation".into(), json!("relu"))]);
    for request in [start(1), advance(1, 7), Request::Edit { run: 1, set, view: everything() }] {
        let text = serde_json::to_string(&request).unwrap();
        assert_eq!(serde_json::from_str::<Request>(&text).unwrap(), request);
    }
    let (reply, numbers) = Session::new(ticking).answer(start(1));
    assert!(!numbers.0.is_empty());
    let text = serde_json::to_string(&reply).unwrap();
    assert_eq!(serde_json::from_str::<Reply>(&text).unwrap(), reply);
}

#[test]
fn a_frame_keeps_to_its_steps_and_its_budget() {
    let mut session = Session::new(ticking);
    assert_eq!(frame(session.answer(start(1)).0).step, 0);
    assert_eq!(frame(session.answer(advance(1, 7)).0).step, 7);
    let long = frame(session.answer(advance(1, u32::MAX)).0);
    assert!(
        long.step > 7 && long.training_ms >= 50.0 && long.training_ms < 60.0,
        "{} steps in {} ms",
        long.steps,
        long.training_ms
    );
    let still = frame(session.answer(advance(1, 0)).0);
    assert_eq!(
        (still.step, still.panels.len()),
        (long.step, LABS[0].figures().len()),
        "a still run is shown whole"
    );
}

#[test]
fn what_is_said_to_a_run_that_is_over_changes_nothing() {
    let mut session = Session::new(ticking);
    session.answer(start(1));
    session.answer(start(2));
    assert!(matches!(session.answer(advance(1, 5)).0, Reply::Failed { run: 1, .. }));
    assert_eq!(frame(session.answer(advance(2, 0)).0).step, 0);
}

#[test]
fn a_refused_edit_leaves_the_run_as_it_was() {
    let mut session = Session::new(ticking);
    session.answer(start(1));
    session.answer(advance(1, 5));
    for (key, value) in [
        ("seed", json!(9)),
        ("optimizer.learning_rate", json!(-1)),
        ("network.layers.0.activation", json!("reluu")),
    ] {
        let set = Settings::from([(key.to_owned(), value)]);
        let Reply::Failed { message, .. } =
            session.answer(Request::Edit { run: 1, set, view: everything() }).0
        else {
            panic!("{key} was taken");
        };
        assert!(message.contains(key), "{message}");
    }
    let after = frame(session.answer(advance(1, 0)).0);
    assert_eq!((after.step, after.settings.expect("a still run").experiment), (5, LABS[0].defaults()));
}

#[test]
fn a_diverging_run_becomes_a_frame_that_says_so() {
    let mut experiment = LABS[0].defaults();
    for (key, value) in [
        ("activation", json!("relu")),
        ("initializer", json!({ "name": "random_normal", "stddev": 500.0 })),
        ("optimizer", json!({ "name": "sgd", "learning_rate": 100.0 })),
    ] {
        experiment = LABS[0].change(&experiment, key, &value).unwrap();
    }
    let mut session = Session::new(ticking);
    session.answer(Request::Start { run: 1, experiment, view: everything() });
    let last = frame(session.answer(advance(1, 500)).0);
    let divergence = last.divergence.expect("a divergence");
    assert_eq!(divergence.step, last.step);
    assert_eq!(last.verdict.word, "Diverged.");
    assert_eq!(frame(session.answer(advance(1, 500)).0).step, last.step, "a diverged run went on");
}

#[test]
fn a_lab_that_cannot_show_an_experiment_says_so() {
    let mut pictures = LABS[0].defaults().to_value();
    pictures["data"] = json!({ "name": "digits", "samples": 20 });
    pictures["batch_size"] = json!("full");
    pictures["loss"] = json!("sparse_categorical_crossentropy");
    pictures["network"] = json!({ "layers": [{ "type": "flatten" }, { "type": "dense", "units": 10, "activation": "softmax" }] });
    let experiment = glassbox::train::Experiment::from_value(pictures).unwrap();
    let request = Request::Start { run: 1, experiment, view: everything() };
    let Reply::Failed { message, .. } = Session::new(ticking).answer(request).0 else { panic!("refused") };
    assert!(message.ends_with("the lab gradients takes data of two features"), "{message}");
}

#[test]
fn slow_figures_wait_until_the_pen_is_lifted() {
    let lab = LABS[1];
    let slow: Vec<&str> = lab.figures().iter().filter(|slot| slot.is_slow).map(|slot| slot.id).collect();
    assert!(!slow.is_empty());
    let mut view = View {
        figures: lab.figures().iter().map(|slot| slot.id.to_owned()).collect(),
        picture: (0..784).map(|pixel| f32::from(pixel % 28 == 14)).collect(),
        is_drawing: true,
        ..View::default()
    };
    let mut session = Session::new(ticking);
    let start = Request::Start { run: 1, experiment: lab.defaults(), view: view.clone() };
    let shown = |reply: Reply| frame(reply).panels.into_iter().map(|panel| panel.id).collect::<Vec<_>>();
    let while_drawing = shown(session.answer(start).0);
    assert_eq!(while_drawing.len(), lab.figures().len() - slow.len());
    assert!(slow.iter().all(|id| !while_drawing.iter().any(|shown| shown == id)), "{while_drawing:?}");
    view.is_drawing = false;
    let after = Request::Advance { run: 1, budget_ms: 0.0, steps: 0, view };
    assert_eq!(shown(session.answer(after).0).len(), lab.figures().len());
}
