//! Data without labels, of which little is known: a Boltzmann machine learns of ratings and of documents, built in and from
//! outside, and other labs refuse them.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::data::{DataConfig, Targets};
use glassbox::labs::{Control, LABS};
use glassbox::nn::Pass;
use glassbox::train::{Experiment, Run};
use glassbox::worker::Session;
use glassbox::worker::protocol::{Reply, Request};
use serde_json::{Value, json};

/// A machine on these data, whose visible units are of this kind.
fn experiment(data: &DataConfig, lab: &str, kind: &str, rate: f64) -> Experiment {
    let shape = data.input_shape().unwrap();
    let units: usize = shape.iter().product();
    let choices = shape.get(1).copied().map_or(Value::Null, Value::from);
    let visible = json!([{ "type": kind, "units": units, "choices": choices }]);
    Experiment::from_value(json!({ "version": 1, "lab": lab, "seed": 7, "data": data,
        "network": { "layers": [{ "type": "rbm", "units": 12, "visible": visible }] },
        "loss": "mean_squared_error",
        "optimizer": { "name": "sgd", "learning_rate": rate }, "batch_size": 10 }))
    .unwrap_or_else(|error| panic!("{error}"))
}

/// The loss of held-out items falls by a tenth, from what their means alone come to.
#[track_caller]
fn assert_learns(mut run: Run) {
    let before = run.evaluate(&mut Pass::default()).unwrap().loss;
    assert!((0..800).all(|_| run.step().unwrap().is_finite()));
    let after = run.evaluate(&mut Pass::default()).unwrap().loss;
    assert!(after < 0.9 * before, "{before} {after}");
}

/// What the worker makes of files for a set.
fn given(session: &mut Session, set: &str, files: &[(&str, String)]) -> Reply {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), text.clone().into_bytes())).collect();
    let mut reply = session.give(set.into(), files);
    while let Reply::Reading { .. } = reply {
        reply = session.answer(Request::Read { budget_ms: 1.0 }).0;
    }
    reply
}

#[test]
fn a_machine_learns_of_ratings() {
    let data = DataConfig::named("ratings");
    assert_eq!(data.targets, Targets::Inputs);
    assert_learns(Run::new(experiment(&data, "rbm", "softmax", 1.0)).unwrap());
    // Labels that there are not cannot be asked for.
    let mut labels = experiment(&data, "rbm", "softmax", 1.0).to_value();
    labels["data"]["targets"] = json!("labels");
    let refused = Experiment::from_value(labels).unwrap_err().to_string();
    assert_eq!(refused, "data.targets is labels, but must be inputs: ratings have no labels to learn");
    let mut other = experiment(&data, "rbm", "softmax", 1.0).to_value();
    other["loss"] = json!("binary_crossentropy");
    assert!(Experiment::from_value(other).unwrap_err().to_string().contains("the inputs of ratings"));
}

#[test]
fn ratings_from_outside_come_through_the_worker_into_a_run() {
    let line = |user: usize, film: usize| format!("{user}\t{film}\t{}\t0\n", (user * film) % 5 + 1);
    let ratings: String = (0..30).flat_map(|user| (0..6).map(move |film| line(user, film))).collect();
    let titles = "0|The Moss Engine|1901\n1|Two Left Oars|1901\n";
    let mut session = Session::new(|| 0.0);
    let files = [("u.item", titles.to_owned()), ("u.data", ratings.clone())];
    let Reply::Given { data, summary } = given(&mut session, "own_ratings", &files) else {
        panic!("refused")
    };
    assert_eq!(summary, "180 ratings of 6 films by 30 users, 1 to 5 stars; 4 films are without a title");
    let experiment = experiment(&data, "rbm", "softmax", 1.0);
    assert!(Run::new(experiment.clone()).is_err(), "nothing was given along");
    let read = |(name, text): &(&str, String)| {
        let mut reading = glassbox::data::ratings::Reading::open(name, text.clone().into_bytes()).unwrap();
        let content = std::iter::from_fn(|| Some(reading.step().unwrap())).find_map(|content| content);
        ((*name).to_owned(), content.unwrap())
    };
    let mut own = glassbox::data::ratings::OwnRatings::new(files.iter().map(read).collect()).unwrap();
    assert_learns(Run::with_data(experiment, own.data(&data, 7).unwrap()).unwrap());
    let bad = [("u.data", ratings + "3\t3\t9\n")];
    let Reply::Refused { message } = given(&mut session, "own_ratings", &bad) else { panic!("taken") };
    assert_eq!(message, "u.data: line 181: the rating 9 is outside of 1 to 5 stars");
}

#[test]
fn a_machine_learns_of_documents() {
    let data = DataConfig::named("documents");
    assert_learns(Run::new(experiment(&data, "rbm", "replicated_softmax", 0.002)).unwrap());
}

#[test]
fn documents_from_outside_come_through_the_worker_into_a_run() {
    let texts = [
        "The tide takes the boat out.",
        "Snow on the hedge, frost on the boat.",
        "The tide is late, and so is snow.",
    ];
    let text: String = (0..30).map(|index| format!("{}\n\n", texts[index % 3])).collect();
    let mut session = Session::new(|| 0.0);
    let files = [("notes.txt", text.clone())];
    let Reply::Given { data, summary } = given(&mut session, "own_documents", &files) else {
        panic!("refused")
    };
    assert_eq!(summary, "30 documents of 7 different words");
    let experiment = experiment(&data, "rbm", "replicated_softmax", 0.2);
    assert!(Run::new(experiment.clone()).is_err(), "nothing was given along");
    let mut reading =
        glassbox::data::documents::Reading::open(vec![("notes.txt".into(), text.into_bytes())]).unwrap();
    let mut own = std::iter::from_fn(|| Some(reading.step().unwrap())).find_map(|own| own).unwrap();
    assert_learns(Run::with_data(experiment, own.data(&data, 7).unwrap()).unwrap());
    let bad = [("a.ldac", "1 0:1\n".repeat(12))];
    let Reply::Refused { message } = given(&mut session, "own_documents", &bad) else { panic!("taken") };
    assert_eq!(message, "a.ldac: its words are missing: give the file of tokens together with it");
}

#[test]
fn other_labs_refuse_them_in_a_sentence() {
    for (name, kind) in [("ratings", "softmax"), ("documents", "replicated_softmax")] {
        for lab in LABS.into_iter().filter(|lab| lab.name() != "rbm") {
            let refused = lab.check(&experiment(&DataConfig::named(name), lab.name(), kind, 0.05));
            let refused = refused.expect_err(lab.name()).to_string();
            assert!(
                refused.starts_with(&format!("data.name is {name}, but must be ")),
                "{}: {refused}",
                lab.name()
            );
            let is_offered =
                |control: &Control| control.choices.iter().any(|choice| choice.value == json!(name));
            assert!(!lab.controls(&lab.defaults()).iter().any(is_offered), "{}", lab.name());
        }
    }
}
