//! What the batching lab says: every verdict made true by runs of several seeds, live changes of the batch, rates that go
//! with it, and what is refused.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

mod watched;

use glassbox::labs::format::{count, power};
use glassbox::labs::{Lab, Lanes, Numbers, Verdict, View, find, from_link, to_link};
use glassbox::train::settings::Settings;
use glassbox::train::{Experiment, NoiseProbe};
use serde_json::{Value, json};
use watched::Watched;

const SEEDS: std::ops::RangeInclusive<u64> = 1..=5;

fn lab() -> &'static dyn Lab {
    find("batching").expect("it is listed")
}

fn with(settings: &[(&str, Value)]) -> Experiment {
    let settings: Settings = settings.iter().map(|(key, value)| ((*key).into(), value.clone())).collect();
    lab().defaults().with(&settings).expect("valid")
}

impl Watched {
    fn after(settings: &[(&str, Value)], steps: usize) -> Self {
        let mut watched = Self::new(with(settings));
        watched.go_on(steps);
        watched
    }

    fn summary(&mut self, figure: &str) -> String {
        let view = View { is_selected: true, ..View::default() };
        self.observer.panel(figure, &self.run, &view, &mut Numbers::default()).expect("its figure").summary
    }

    /// Looks at the noise until it is measured, and at what the lab says then.
    fn looked_at(&mut self) -> Verdict {
        while self.observer.is_at_work("noise", &self.run) {
            self.summary("noise");
        }
        self.verdict()
    }

    fn verdict(&self) -> Verdict {
        self.observer.verdict(&self.run)
    }

    /// The noise scale as it is written, measured once more.
    fn scale(&self) -> String {
        let mut probe = NoiseProbe::new(&self.run, 1);
        let noise = std::iter::repeat_with(|| probe.step()).flatten().next().expect("it ends");
        power(noise.noise_scale().expect("a scale").round())
    }
}

fn keys(verdict: &Verdict) -> Vec<&str> {
    verdict.remedies.iter().map(|remedy| remedy.key.as_str()).collect()
}

#[test]
fn batches_below_at_and_above_the_noise_scale_are_told_with_their_figures() {
    for seed in SEEDS {
        for (batch, steps, word, why, wanted) in [
            (
                1,
                400,
                "Noisy.",
                "its gradient points mostly at random",
                &["optimizer.learning_rate", "scaling"][..],
            ),
            (32, 30, "Sweet spot.", "each item still counts", &[]),
            (512, 3, "More than it takes.", "more items change its gradient little", &["scaling"]),
        ] {
            let mut watched = Watched::after(&[("seed", json!(seed)), ("batch_size", json!(batch))], steps);
            let verdict = watched.looked_at();
            let said = format!(
                "Batch {batch}, noise scale {}: {why}. {} examples a second, 2.0 ms a step.",
                watched.scale(),
                count(500 * batch)
            );
            assert_eq!((verdict.word.as_str(), verdict.text.as_str()), (word, said.as_str()), "seed {seed}");
            assert_eq!(keys(&verdict), wanted, "seed {seed}, batch {batch}");
            let summary = watched.summary("noise");
            assert!(summary.contains("away from the gradient of all items on average ("), "{summary}");
        }
    }
}

#[test]
fn a_remedy_is_a_control_that_changes_what_it_says() {
    let experiment = with(&[("batch_size", json!(1))]);
    let mut watched = Watched::new(experiment.clone());
    watched.go_on(400);
    let rates: Vec<f32> = watched
        .looked_at()
        .remedies
        .iter()
        .map(|remedy| {
            lab().change(&experiment, &remedy.key, &remedy.value).unwrap().optimizer.learning_rate()
        })
        .collect();
    assert_eq!(rates, [0.025, 0.05 / 32.0]);
}

#[test]
fn all_items_are_exactly_downhill_only_where_a_step_is_the_gradient() {
    for seed in SEEDS {
        for (size, optimizer, way) in [
            (json!("full"), json!("sgd"), "exactly downhill"),
            (json!(2000), json!({ "name": "sgd", "learning_rate": 0.05 }), "exactly downhill"),
            (json!("full"), json!({ "name": "sgd", "momentum": 0.9 }), "by the exact gradient"),
            (json!("full"), json!({ "name": "sgd", "clipnorm": 1.0 }), "by the exact gradient"),
            (json!("full"), json!("adam"), "by the exact gradient"),
        ] {
            let settings = [("seed", json!(seed)), ("batch_size", size), ("optimizer", optimizer)];
            let mut watched = Watched::after(&settings, 2);
            for verdict in [watched.verdict(), watched.looked_at()] {
                let said = format!("One step an epoch, {way}. 1,000,000 examples a second, 2.0 ms a step.");
                assert_eq!((verdict.word.as_str(), verdict.text), ("No noise.", said));
            }
            assert!(watched.summary("noise").contains("All items at once: there is no noise."));
        }
    }
}

#[test]
fn what_is_true_is_said_before_the_noise_is_known() {
    for seed in SEEDS {
        let mut watched = Watched::after(&[("seed", json!(seed)), ("batch_size", json!(32))], 0);
        assert_eq!(watched.looked_at().word, "Not trained yet.");
        watched.go_on(40);
        let verdict = watched.verdict();
        assert_eq!(verdict.word, "Under way.", "that of step 0 is of another time");
        assert!(
            verdict.text.starts_with("Batch 32 is at a loss of ")
                && verdict.text.ends_with(" after 40 updates. 16,000 examples a second, 2.0 ms a step."),
            "{}",
            verdict.text
        );
        assert_eq!(watched.looked_at().word, "Sweet spot.");
        watched.observer = watched.observer.remember(); // as after going back
        assert_eq!(watched.verdict().text, verdict.text);
        watched.looked_at();
        watched.go_on(400);
        assert_eq!(watched.verdict().word, "Under way.", "nobody looked for long");
    }
}

#[test]
fn a_gradient_of_zero_has_no_direction_and_a_run_may_diverge() {
    for seed in SEEDS {
        let frozen =
            [("network.layers.1.trainable", json!(false)), ("network.layers.2.trainable", json!(false))];
        let mut frozen = Watched::after(&[&frozen[..], &[("seed", json!(seed))]].concat(), 3);
        let verdict = frozen.looked_at();
        assert_eq!(verdict.word, "No direction.");
        assert!(
            verdict.text.starts_with("The gradient of all training items is zero here"),
            "{}",
            verdict.text
        );
        let wild = [
            ("seed", json!(seed)),
            ("data", json!({ "name": "moons", "samples": 1250 })),
            ("network.layers", json!([{ "type": "dense", "units": 4 }, { "type": "dense", "units": 1 }])),
            ("loss", json!("mean_squared_error")),
            ("optimizer.learning_rate", json!(100)),
        ];
        let wild = Watched::after(&wild, 3000);
        assert_eq!(wild.verdict().word, "Diverged.", "{}", wild.verdict().text);
    }
}

#[test]
fn a_batch_that_is_changed_while_the_run_goes_on_is_told_of_at_once() {
    for seed in SEEDS {
        let mut watched = Watched::after(&[("seed", json!(seed))], 300);
        assert_eq!(watched.looked_at().word, "Noisy.");
        watched.edit("batch_size", json!(512));
        let verdict = watched.verdict();
        assert_eq!(verdict.word, "Under way.");
        assert!(verdict.text.ends_with("after 300 updates."), "of no speed yet: {}", verdict.text);
        assert!(watched.summary("deal").contains("batches of 512"), "{}", watched.summary("deal"));
        watched.go_on(1);
        assert!(watched.verdict().text.ends_with("256,000 examples a second, 2.0 ms a step."));
        assert!(
            watched.looked_at().text.starts_with("Batch 512, noise scale "),
            "{}",
            watched.verdict().text
        );
        let race = watched.summary("race");
        assert!(race.starts_with("301 updates, 812 examples"), "{race}");
        watched.edit("batch_size", json!("full"));
        watched.go_on(1);
        assert_eq!(watched.verdict().word, "No noise.");
    }
}

/// The value of the control "scaling".
fn scaling(experiment: &Experiment) -> Value {
    lab()
        .controls(experiment)
        .into_iter()
        .find(|control| control.key == "scaling")
        .expect("it is there")
        .value
}

fn change(experiment: &Experiment, key: &str, value: Value) -> Experiment {
    lab().change(experiment, key, &value).expect("valid")
}

#[test]
fn that_the_rate_goes_with_the_batch_is_remembered_at_every_size() {
    let same = with(&[("batch_size", json!(32))]);
    assert_eq!(scaling(&same), "same");
    let mut experiment = change(&same, "scaling", json!("scaled"));
    for (batch, times) in [(32, 1.0), (512, 16.0), (32, 1.0), (128, 4.0)] {
        experiment = change(&experiment, "batch_size", json!(batch));
        assert_eq!(scaling(&experiment), "scaled", "batch {batch}");
        assert_eq!(experiment.optimizer.learning_rate(), 0.05 * times);
        let link = to_link(&Lanes::from(experiment.clone())).unwrap();
        assert_eq!(from_link(&link).unwrap().first, experiment, "{link}");
    }
    // With another network at its rate, and no more once a rate is set by hand or that of all batches.
    let moons = change(&experiment, "workload", json!("moons"));
    assert_eq!((scaling(&moons), moons.optimizer.learning_rate()), (json!("scaled"), 0.4));
    let own = change(&experiment, "optimizer.learning_rate", json!(0.3));
    assert_eq!((scaling(&own), own.scaling), (json!("mixed"), None));
    assert_eq!(change(&own, "batch_size", json!(64)).optimizer.learning_rate(), 0.3);
    let back = change(&change(&experiment, "batch_size", json!(32)), "scaling", json!("same"));
    assert_eq!(back, same);
    // It can be chosen while the run goes on, and be taken back.
    let mut watched = Watched::after(&[("batch_size", json!(32))], 3);
    watched.edit("scaling", json!("linear"));
    assert_eq!(scaling(watched.run.current()), "scaled");
    watched.edit("scaling", Value::Null);
    assert_eq!(scaling(watched.run.current()), "same");
    let refused = lab().defaults().with(&Settings::from([("scaling".into(), json!("cubic"))]));
    assert!(refused.is_err_and(|error| error.to_string().contains("scaling")));
}

#[test]
fn what_its_networks_cannot_learn_from_is_refused() {
    for set in ["heartbeat", "landscape", "copy"] {
        let mut experiment = lab().defaults();
        experiment.data.name = set.into();
        let said = lab().check(&experiment).unwrap_err().to_string();
        let wanted = format!("data.name is {set}, but must be points, a table or pictures");
        assert!(
            said.contains(&wanted) && said.contains("signals, ratings, documents or landscapes"),
            "{said}"
        );
    }
}

#[test]
fn bytes_are_written_in_the_unit_that_fits() {
    let moons = change(&lab().defaults(), "workload", json!("moons"));
    let summary = Watched::new(moons).summary("memory");
    assert!(summary.contains("gradients 1.3\u{202f}kB") && !summary.contains("0.0"), "{summary}");
}
