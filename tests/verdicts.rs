//! What the verdict of the gradients lab says, each sentence made true once and made false once, beside those in
//! `labs.rs`.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::labs::format::{percent, significant};
use glassbox::labs::{LABS, Observer, Verdict};
use glassbox::train::{Experiment, Run};
use serde_json::{Value, json};

/// The lab's defaults with these controls set.
fn with(changes: &[(&str, Value)]) -> Experiment {
    changes.iter().fold(LABS[0].defaults(), |experiment, (key, value)| {
        LABS[0].change(&experiment, key, value).unwrap_or_else(|error| panic!("{key}: {error}"))
    })
}

/// A run after so many steps, or where it diverged, with its observer.
fn watched(experiment: Experiment, steps: usize) -> (Run, Box<dyn Observer>) {
    let mut run = Run::new(experiment).expect("validated");
    run.measure();
    let mut observer = LABS[0].observe(&run);
    while run.steps() < steps {
        match run.step() {
            Ok(loss) => observer.after_step(&run, loss),
            Err(_) => break,
        }
    }
    (run, observer)
}

fn said(changes: &[(&str, Value)], steps: usize) -> Verdict {
    let (run, observer) = watched(with(changes), steps);
    observer.verdict(&run)
}

fn normal(stddev: f64) -> Value {
    json!({ "name": "random_normal", "stddev": stddev })
}

/// Large weights before tanh: each layer back multiplies the gradient (Poole et al., NeurIPS 2016).
#[test]
fn gradients_that_grow_from_layer_to_layer_explode() {
    let wild = [
        ("activation", json!("tanh")),
        ("initializer", normal(0.6)),
        ("width", json!(64)),
        ("depth", json!(20)),
    ];
    let exploding = said(&wild, 0);
    assert_eq!(exploding.word, "Exploding.", "{}", exploding.text);
    assert!(!exploding.text.contains("But it is huge"), "{}", exploding.text);
    assert!(exploding.remedies.iter().any(|remedy| remedy.key == "clip"), "{:?}", exploding.remedies);
    let tame = said(&[("activation", json!("tanh")), ("width", json!(64))], 0);
    assert_eq!(tame.word, "Flowing.", "{}", tame.text);
}

#[test]
fn why_no_gradient_arrives_is_told() {
    let zeros = said(&[("activation", json!("tanh")), ("initializer", json!("zeros"))], 0);
    assert!(zeros.text.contains("the weights of layer 2 are all 0 and pass nothing back"), "{}", zeros.text);
    let tiny = said(&[("initializer", normal(0.001)), ("depth", json!(20))], 0);
    assert!(tiny.text.contains("smaller than the smallest number"), "{}", tiny.text);
    let minus = json!({ "name": "constant", "value": -1 });
    let off = said(&[("activation", json!("relu")), ("initializer", minus)], 1);
    assert!(off.text.contains("is off for every item of the batch"), "{}", off.text);
    for verdict in [&zeros, &tiny, &off] {
        assert_eq!(verdict.word, "Dead.", "{}", verdict.text);
        let causes = ["are all 0", "smallest number", "is off for every item"];
        let told = causes.iter().filter(|cause| verdict.text.contains(**cause)).count();
        assert_eq!(told, 1, "{}", verdict.text);
    }
    assert_ne!(said(&[], 0).word, "Dead.");
}

#[test]
fn the_growth_before_a_divergence_is_told() {
    let wild = [("activation", json!("relu")), ("initializer", normal(0.8)), ("depth", json!(20))];
    let mut was_told = false;
    for seed in 0..20 {
        let (run, observer) = watched(with(&[&wild[..], &[("seed", json!(seed))]].concat()), 300);
        let text = observer.verdict(&run).text;
        let told = text.contains("steps before, the gradient of ") && text.contains(" grew from ");
        assert!(!told || run.divergence().is_some_and(|divergence| divergence.step > 1), "{text}");
        was_told |= told;
        // There is a way back where steps were made, and it leads to before the growth.
        let back = observer.verdict(&run).back_to;
        let step = run.divergence().map(|divergence| divergence.step);
        assert_eq!(back.is_some(), step.is_some_and(|step| step > 0), "{step:?}: {text}");
        assert_eq!(text.contains("further back on the time bar"), back.is_some(), "{text}");
        assert!(back.is_none_or(|back| Some(back) < step && back + 12 >= step.unwrap()), "{back:?} {step:?}");
    }
    assert!(was_told, "growth is seen in some of them");
}

#[test]
fn a_divergence_is_told_in_the_words_of_the_page() {
    let wild = [
        ("activation", json!("relu")),
        ("initializer", normal(1e3)),
        ("depth", json!(20)),
        ("width", json!(64)),
    ];
    for between in [("skip", json!(0)), ("skip", json!(1)), ("dropout", json!(0.2))] {
        let verdict = said(&[&wild[..], &[between]].concat(), 1);
        assert_eq!(verdict.word, "Diverged.", "{}", verdict.text);
        for keras in ["dense", "add", "dropout_"] {
            assert!(!verdict.text.contains(keras), "not the page's name of a layer: {}", verdict.text);
        }
    }
}

/// What guessing scores stands beside what the network does: the share of the commonest class of the test items, or
/// how far they lie from their median.
#[test]
fn what_a_guess_would_score_is_told() {
    for (changes, words) in [
        (&[("depth", json!(3))][..], "guessing the commonest class, which scores "),
        (&[("depth", json!(3)), ("data.name", json!("plane"))], "always saying the median, which is off by "),
    ] {
        let rate = ("optimizer.learning_rate", json!(1e-6));
        let (run, observer) = watched(with(&[changes, &[rate]].concat()), 400);
        let verdict = observer.verdict(&run);
        assert_eq!(verdict.word, "Flowing, but not learning yet.", "{}", verdict.text);
        let mut labels: Vec<f32> = run.data().test.labels.iter().copied().collect();
        labels.sort_by(f32::total_cmp);
        let guess = if run.data().classes > 0 {
            let ones = labels.iter().filter(|label| **label == 1.0).count();
            percent(ones.max(labels.len() - ones) as f64 / labels.len() as f64)
        } else {
            let median = labels[labels.len() / 2];
            let sum: f32 = labels.iter().map(|label| (label - median).abs()).sum();
            significant(f64::from(sum / labels.len() as f32), 2)
        };
        assert!(verdict.text.contains(&format!("no better than {words}{guess}, for ")), "{}", verdict.text);
    }
    let learning = said(&[("depth", json!(3)), ("activation", json!("tanh"))], 600);
    assert!(!learning.text.contains("no better than"), "{}", learning.text);
}

/// The textbook's way out does not help under these settings: the lab says so, and what does.
#[test]
fn skip_connections_of_sigmoid_layers_are_told_to_only_grow() {
    let skips = [("skip", json!(1)), ("width", json!(16))];
    let verdict = said(&skips, 1500);
    assert_eq!(verdict.word, "Flowing.", "{}", verdict.text);
    assert!(verdict.text.contains("what they add is never negative here and only grows"), "{}", verdict.text);
    assert_eq!(verdict.remedies[0].key, "normalization");
    let tanh = said(&[&skips[..], &[("activation", json!("tanh"))]].concat(), 1500);
    assert!(!tanh.text.contains("never negative"), "{}", tanh.text);
    assert_eq!(tanh.word, "Learned.", "{}", tanh.text);
}

#[test]
fn learned_and_shallow_are_said_only_where_they_are_so() {
    let easy = [("data.name", json!("gaussians")), ("depth", json!(3)), ("activation", json!("tanh"))];
    assert_eq!(said(&easy, 300).word, "Learned.");
    assert_ne!(said(&easy, 0).word, "Learned.");
    assert_eq!(said(&[("depth", json!(1))], 1).word, "Shallow.");
    assert_ne!(said(&[("depth", json!(2))], 1).word, "Shallow.");
}

/// Where an update was too bold long before the numbers left the finite ones, the way back leads to before that update.
#[test]
fn the_way_back_leads_to_before_the_update_that_was_too_bold() {
    let step_of = |text: &str| -> Option<usize> {
        let (_, after) = text.split_once("is too large: step ")?;
        after.split_once(" changed the weights of ")?.0.replace(',', "").parse().ok()
    };
    for (activation, data, rate, is_before) in [("tanh", "plane", 1.0, true), ("elu", "spiral", 3.0, false)] {
        let changes = [
            ("activation", json!(activation)),
            ("depth", json!(3)),
            ("data.name", json!(data)),
            ("optimizer.learning_rate", json!(rate)),
        ];
        let (run, observer) = watched(with(&changes), 1000);
        let Verdict { text, back_to, .. } = observer.verdict(&run);
        let step = run.divergence().expect("a divergence").step;
        let bold = step_of(&text).unwrap_or_else(|| panic!("no update was too bold: {text}"));
        // Steps are counted from 1: before the update that is called 7, six were made.
        let expected = if is_before { bold - 1 } else { step - 12 };
        assert_eq!(bold + 12 < step, is_before, "{text}");
        assert_eq!(back_to, Some(expected), "{text}");
    }
}
