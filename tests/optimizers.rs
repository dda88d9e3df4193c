//! What the optimizers lab says and shows of real runs, over seeds and through changes of settings.

mod watched;

use glassbox::labs::{Figure, Lab, Numbers, Panel, Tone, Verdict, View, find};
use glassbox::train::{Experiment, Run};
use serde_json::{Value, json};
use watched::Watched;

fn lab() -> &'static dyn Lab {
    find("optimizers").expect("the lab")
}

/// The lab's first experiment with controls set, one after another.
fn changed(changes: &[(&str, Value)]) -> Experiment {
    changes.iter().fold(lab().defaults(), |experiment, (key, value)| {
        lab().change(&experiment, key, value).unwrap_or_else(|error| panic!("{key}: {error}"))
    })
}

impl Watched {
    fn verdict(&self) -> Verdict {
        self.observer.verdict(&self.run)
    }

    fn panel(&mut self, id: &str, view: &View) -> (Panel, Numbers) {
        let mut numbers = Numbers::default();
        let panel = self.observer.panel(id, &self.run, view, &mut numbers).expect("a figure");
        (panel, numbers)
    }

    /// The heights of the surface, worked out to the end.
    fn heights(&mut self) -> Vec<f32> {
        let view = View { is_selected: true, ..View::default() };
        loop {
            let (panel, numbers) = self.panel("surface", &view);
            let Figure::Surface(surface) = panel.figure else { panic!("a surface") };
            if surface.share >= 1.0 {
                return numbers.at(surface.values).to_vec();
            }
        }
    }

    /// Steps and rates of the figure of the learning rate.
    fn rates(&mut self) -> Vec<(usize, f32)> {
        let (panel, numbers) = self.panel("rate", &View::default());
        let Figure::Lines(lines) = panel.figure else { panic!("lines") };
        let line = &lines.lines[0];
        let steps = numbers.at(line.x).iter().map(|step| *step as usize);
        steps.zip(numbers.at(line.y).iter().copied()).collect()
    }
}

fn after(changes: &[(&str, Value)], steps: usize) -> Verdict {
    let mut watched = Watched::new(changed(changes));
    watched.go_on(steps);
    watched.verdict()
}

#[test]
fn each_way_down_a_function_is_called_what_it_is() {
    let ravine = |rule: &str| [("rule", json!(rule)), ("workload", json!("ravine"))];
    let saddle = [("workload", json!("saddle"))];
    let still = [("workload", json!("saddle")), ("start", json!([0.0, 0.0]))];
    for (changes, steps, word, tone, says) in [
        (&ravine("sgd")[..], 0, "Not begun yet.", Tone::Note, "Press Play"),
        (&ravine("sgd"), 12, "Zigzag.", Tone::Warn, "of its steps turn back on the one before"),
        (&ravine("adam"), 3, "On its way.", Tone::Note, "went down in its last step"),
        (&ravine("sgd"), 400, "Arrived.", Tone::Good, "as near as can be seen"),
        (&saddle, 80, "Off the saddle.", Tone::Good, "has no bound"),
        (&saddle, 5000, "Off the saddle.", Tone::Good, "which has no end"),
        (&still, 10, "Standing still.", Tone::Warn, "hardly moves"),
    ] {
        let verdict = after(changes, steps);
        assert_eq!((verdict.word.as_str(), verdict.tone), (word, tone), "{changes:?}: {}", verdict.text);
        assert!(verdict.text.contains(says), "{}", verdict.text);
    }
    let zigzag = after(&ravine("sgd"), 12);
    let remedies: Vec<&str> = zigzag.remedies.iter().map(|remedy| remedy.label.as_str()).collect();
    assert_eq!(remedies, ["Add momentum 0.9", "Halve the rate"]);
}

#[test]
fn a_network_that_learns_is_told_from_one_that_was_thrown_out() {
    for seed in 0..5_u64 {
        let network = |rate: f64| {
            let mut experiment = changed(&[("workload", json!("digits")), ("data.samples", json!(500))]);
            experiment.seed = seed;
            experiment.optimizer.learning_rate = Some(rate as f32);
            let mut watched = Watched::new(experiment);
            watched.go_on(60);
            watched.verdict()
        };
        let learns = network(0.05);
        assert!(["On its way.", "Out of step."].contains(&learns.word.as_str()), "{}", learns.text);
        assert!(learns.text.contains("of their weights a step") || learns.text.contains("another by"));
        let lost = network(100.0);
        assert_eq!(lost.word, "Thrown out.", "seed {seed}: {}", lost.text);
        assert_eq!((lost.tone, lost.remedies[0].restarts), (Tone::Bad, true));
        assert_eq!(lost.remedies[0].value, json!(10.0));
    }
}

#[test]
fn lanes_are_compared_by_the_updates_that_they_needed() {
    let of = |rule: &str| after(&[("rule", json!(rule)), ("workload", json!("ravine"))], 300);
    let (sgd, adam) = (of("sgd"), of("adam"));
    let said = lab().compared(&sgd, &[("B (Adam)".into(), adam)]);
    // The engine counts the same.
    let needed = |rule: &str| {
        let mut run = Run::new(changed(&[("rule", json!(rule)), ("workload", json!("ravine"))])).unwrap();
        (0..300).find(|_| run.step().unwrap() <= 0.1).expect("it arrives")
    };
    let wanted = format!(
        "A loss of 0.10 was reached by B (Adam) after {} updates, by this one after {} updates.",
        needed("adam"),
        needed("sgd")
    );
    assert_eq!(said, wanted);
}

#[test]
fn the_surface_is_that_of_the_settings_in_force() {
    let mut watched = Watched::new(changed(&[("workload", json!("moons"))]));
    watched.go_on(40);
    let before = watched.heights();
    assert_eq!(watched.heights(), before);
    for layer in 0..2 {
        watched.edit(&format!("network.layers.{layer}.activation"), json!("tanh"));
    }
    let after = watched.heights();
    assert_ne!(after, before, "another activation has another surface");
    // A copy of the observer, as a step back in time takes one, has what was worked out at hand.
    watched.observer = watched.observer.remember();
    let view = View { is_selected: true, ..View::default() };
    let (panel, _) = watched.panel("surface", &view);
    let Figure::Surface(surface) = panel.figure else { panic!("a surface") };
    assert_eq!(surface.share, 1.0);
}

#[test]
fn rates_stay_as_they_were_when_another_schedule_is_chosen() {
    let mut watched = Watched::new(changed(&[("workload", json!("moons")), ("schedule", json!("cosine"))]));
    watched.go_on(200);
    let cosine = watched.rates();
    let at = |rates: &[(usize, f32)], step: usize| rates.iter().find(|(at, _)| *at == step).unwrap().1;
    assert!(at(&cosine, 0) == 0.1 && at(&cosine, 150) < 0.097 && cosine.last().unwrap().1 == 0.0);
    watched.edit("optimizer.schedule", json!({ "name": "one_cycle", "steps": 300 }));
    watched.go_on(20);
    let cycle = watched.rates();
    assert_eq!(at(&cycle, 150), at(&cosine, 150), "what was is not drawn anew");
    assert!((at(&cycle, 200) - 0.1 / 25.0).abs() < 1e-6, "it begins when it is chosen");
    watched.edit("optimizer.name", json!("adam"));
    watched.go_on(5);
    let now = watched.run.learning_rate_at(watched.run.steps()).unwrap();
    assert_eq!(at(&watched.rates(), watched.run.steps()), now);
}

#[test]
fn what_a_rule_remembers_has_its_own_words() {
    for (rule, memories) in [
        ("sgd", &[][..]),
        ("momentum", &["m, step carried on"]),
        ("adagrad", &["log₁₀ √a, sum of squares"]),
        ("adadelta", &["log₁₀ √d, mean Δ²", "log₁₀ √a, mean square"]),
        ("rmsprop", &["log₁₀ √v, mean square"]),
        ("adam", &["m, first moment", "log₁₀ √v, second moment"]),
        ("nadam", &["m, first moment", "log₁₀ √v, second moment"]),
    ] {
        let mut watched = Watched::new(changed(&[("workload", json!("moons")), ("rule", json!(rule))]));
        watched.go_on(10);
        let (panel, _) = watched.panel("moments", &View { layer: 2, ..View::default() });
        let Figure::Histograms(histograms) = &panel.figure else { panic!("histograms") };
        let labels: Vec<&str> = histograms.parts.iter().map(|part| part.label.as_str()).collect();
        let wanted: Vec<&str> =
            ["∂L/∂w"].into_iter().chain(memories.iter().copied()).chain(["log₁₀ |Δw|"]).collect();
        assert_eq!(labels, wanted, "{rule}");
        assert!(panel.summary.contains(if memories.is_empty() { "remembers nothing" } else { "layer 2" }));
    }
}
