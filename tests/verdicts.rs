//! What the verdict of the gradients lab says, each sentence made true once and made false once, beside those in
//! `labs.rs`.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::labs::format::{percent, significant};
use glassbox::labs::{Figure, LABS, Numbers, Observer, PREMISE, Verdict, View};
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
        assert_eq!(text.contains("drag the time bar back"), back.is_some(), "{text}");
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

/// With these changes and a remedy of what is then said.
fn cured<'a>(changes: &[(&'a str, Value)], remedy: &'a glassbox::labs::Remedy) -> Vec<(&'a str, Value)> {
    [changes, &[(remedy.key.as_str(), remedy.value.clone())]].concat()
}

/// No ratio shows that what arrives is next to nothing in all layers alike.
#[test]
fn a_gradient_too_small_to_change_a_weight_is_none() {
    let none = "No gradient arrives anywhere: ";
    for (activation, wanted) in [("relu", "Use He initialisation"), ("tanh", "Use Xavier initialisation")] {
        let mut was_offered = false;
        for seed in 1..=8 {
            let small = [
                ("activation", json!(activation)),
                ("initializer", json!("random_uniform")),
                ("depth", json!(20)),
                ("seed", json!(seed)),
            ];
            let verdict = said(&small, 0);
            if seed != 7 && verdict.word == "Dead." {
                continue; // a layer is off besides
            }
            assert_eq!(verdict.word, "Faint.", "{}", verdict.text);
            assert!(verdict.text.starts_with(none), "{}", verdict.text);
            assert!(verdict.text.contains("outputs do not depend on the input"), "{}", verdict.text);
            assert!(!verdict.remedies.is_empty(), "{activation} {seed}");
            was_offered |= verdict.remedies[0].label == wanted;
            for remedy in &verdict.remedies {
                let verdict = said(&cured(&small, remedy), 0);
                assert!(
                    !["Dead.", "Faint."].contains(&verdict.word.as_str()),
                    "{} after {}",
                    verdict.word,
                    remedy.label
                );
            }
        }
        assert!(was_offered, "{activation}");
    }
    for usual in [said(&[], 0), said(&[("activation", json!("tanh"))], 0)] {
        assert!(!usual.text.contains(none), "{}", usual.text);
    }
}

/// The factor for each layer, multiplied so often, is the ratio; and it says how many batches it is told of.
#[test]
fn ratio_and_factor_are_one_statement() {
    for (steps, over) in [
        (0, ""),
        (1, ""),
        (5, " over the last 5 batches"),
        (16, " over about 16 batches"),
        (40, " over about 16 batches"),
    ] {
        let text = said(&[("activation", json!("tanh"))], steps).text;
        let (_, rest) = text.split_once("Layer 1 receives ").unwrap_or_else(|| panic!("{text}"));
        let (ratio, rest) = rest.split_once(" times layer 10’s gradient").unwrap();
        let (words, rest) = rest.split_once(", ×").unwrap();
        let (factor, _) = rest.split_once(" for each layer back.").unwrap();
        assert_eq!(words, over, "{text}");
        let [ratio, factor] = [ratio, factor].map(|number| number.parse::<f64>().unwrap());
        // Both are rounded to two digits.
        let rounding = if factor < 1.0 { 0.012 } else { 0.06 };
        assert!((ratio.powf(1.0 / 9.0) / factor - 1.0).abs() < rounding, "{text}");
    }
}

/// What is offered is not known to fail: in a new run the gradient reaches every layer.
#[test]
fn remedies_of_a_dead_network_bring_it_to_life() {
    let relu = ("activation", json!("relu"));
    let zeros = [relu.clone(), ("initializer", json!("zeros"))];
    let verdict = said(&zeros, 0);
    assert!(verdict.text.contains("are all 0 and pass nothing back"), "{}", verdict.text);
    assert_eq!(verdict.remedies[0].label, "Use He initialisation");
    assert!(verdict.remedies.iter().all(|remedy| remedy.key != "activation"), "{:?}", verdict.remedies);
    for seed in 1..=12 {
        let deep = [&zeros[..], &[("depth", json!(20)), ("seed", json!(seed))]].concat();
        let verdict = said(&deep, 0);
        assert!(!verdict.remedies.is_empty(), "{seed}");
        for remedy in &verdict.remedies {
            assert_ne!(said(&cured(&deep, remedy), 0).word, "Dead.", "{seed}: {}", remedy.label);
        }
    }
    let (mut dead, mut was_he) = (0, [false, false]);
    for seed in 1..=12 {
        let lecun = [
            relu.clone(),
            ("initializer", json!("lecun_normal")),
            ("depth", json!(20)),
            ("seed", json!(seed)),
        ];
        let verdict = said(&lecun, 0);
        if verdict.word != "Dead." {
            continue;
        }
        dead += 1;
        assert!(!verdict.remedies.is_empty(), "{}", verdict.text);
        for remedy in &verdict.remedies {
            assert_ne!(said(&cured(&lecun, remedy), 0).word, "Dead.", "{seed}: {}", remedy.label);
        }
        let he = [("initializer", json!("he_normal"))];
        let helps = said(&[&lecun[..], &he].concat(), 0).word != "Dead.";
        was_he[usize::from(helps)] = true;
    }
    assert!(dead > 0 && was_he[0], "He does not always help: {dead} dead, {was_he:?}");
}

#[test]
fn a_rate_is_not_blamed_alone_where_a_layer_is_dead_from_the_start() {
    let first = "lets nothing through whatever the learning rate is: mend that first.";
    let mut was_said = [false, false];
    for seed in 1..=12 {
        let wild = [
            ("activation", json!("relu")),
            ("initializer", json!("he_normal")),
            ("depth", json!(20)),
            ("optimizer.learning_rate", json!(10)),
            ("seed", json!(seed)),
        ];
        let verdict = said(&wild, 300);
        let at_usual = said(&[&wild[..], &[("optimizer.learning_rate", json!(0.1))]].concat(), 0);
        if verdict.word == "Diverged." {
            assert_eq!(verdict.text.contains(first), at_usual.word == "Dead.", "{}", verdict.text);
            was_said[usize::from(verdict.text.contains(first))] = true;
        }
        for remedy in &verdict.remedies {
            let verdict = said(&cured(&wild, remedy), 0);
            assert_ne!(verdict.word, "Dead.", "{seed}: {}", remedy.label);
        }
    }
    assert_eq!(was_said, [true, true]);
}

#[test]
fn outputs_that_are_no_numbers_score_nothing() {
    let wild = [
        ("activation", json!("relu")),
        ("initializer", normal(1e3)),
        ("depth", json!(20)),
        ("width", json!(64)),
    ];
    for (changes, is_none) in [(&wild[..], true), (&[], false)] {
        let (run, mut observer) = watched(with(changes), 1);
        let mut panel = |id| observer.panel(id, &run, &View::default(), &mut Numbers::default()).unwrap();
        let boundary = panel("boundary");
        assert_eq!(boundary.note == "test –", is_none, "{}", boundary.note);
        assert_eq!(boundary.summary.contains("Its outputs are no numbers."), is_none, "{}", boundary.summary);
        let curves = panel("curves").summary;
        assert_eq!(curves.contains("the outputs are no numbers"), is_none, "{curves}");
        assert_eq!(curves.contains('%'), !is_none, "{curves}");
    }
}

/// Theory holds for weights that know nothing of the gradient; where training made it wrong, the figure says so.
#[test]
fn a_prediction_that_is_far_off_says_what_it_rests_on() {
    let mut was_said = [false, false];
    for activation in ["relu", "tanh"] {
        for (seed, steps) in [(7, 0), (7, 1500), (8, 1500), (9, 1500)] {
            let changes = [
                ("activation", json!(activation)),
                ("initializer", json!("he_normal")),
                ("seed", json!(seed)),
            ];
            let (run, mut observer) = watched(with(&changes), steps);
            let mut numbers = Numbers::default();
            let panel = observer.panel("gradients", &run, &View::default(), &mut numbers).unwrap();
            let Figure::LayerBars(bars) = &panel.figure else { panic!("bars are bars") };
            let [measured, predicted] =
                [bars.series[0].values, bars.series[0].predicted].map(|span| numbers.at(span)[0]);
            let ratio = predicted / measured;
            assert_eq!(panel.summary.contains(PREMISE), !(0.1..=10.0).contains(&ratio), "{}", panel.summary);
            assert!(!panel.summary.contains(" 0 times what"), "{}", panel.summary);
            was_said[usize::from(panel.summary.contains(PREMISE))] = true;
        }
    }
    assert_eq!(was_said, [true, true]);
}

/// With a hinge there is no loss beyond the margin: no gradient then means no fault.
#[test]
fn a_loss_that_asks_for_nothing_is_no_dead_network() {
    let easy = [
        ("data.name", json!("gaussians")),
        ("depth", json!(3)),
        ("activation", json!("tanh")),
        ("loss", json!("hinge")),
    ];
    let nothing = "Every item of the last batch is as the loss wants it, so no gradient arises.";
    let words: Vec<(bool, String)> = [0, 3000]
        .map(|steps| said(&easy, steps))
        .map(|verdict| (verdict.text.contains(nothing), verdict.word))
        .into();
    assert_eq!(words, [(false, "Flowing.".into()), (true, "Learned.".into())]);
}
