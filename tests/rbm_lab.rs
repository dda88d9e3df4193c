//! The RBM lab: that what is held stays, that figures worked out over several looks come to an end, that filters of earlier
//! steps follow from the run alone, and that each remedy of a verdict does what it says.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::labs::{
    self, Figure, Held, HeldPixels, Intervals, Lab, Lanes, Numbers, Observer, Panel, Patch, Probe, Questions,
    Remedy, TwoLayers, Verdict, View, from_link,
};
use glassbox::train::{Experiment, Run};
use serde_json::{Value, json};

fn lab() -> &'static dyn Lab {
    labs::find("rbm").unwrap()
}

/// The run that a job begins with, with some controls set.
fn experiment(job: &str, controls: Value) -> Experiment {
    let usual = lab().change(&lab().defaults(), "job", &json!(job)).unwrap();
    let controls = controls.as_object().unwrap().iter();
    let set = controls.fold(usual, |now, (key, value)| lab().change(&now, key, value).unwrap());
    Experiment { seed: 3, ..set }
}

struct Watched {
    run: Run,
    observer: Box<dyn Observer>,
}

impl Watched {
    fn new(experiment: Experiment) -> Self {
        let mut run = Run::new(experiment).unwrap();
        run.measure();
        let observer = lab().observe(&run);
        Self { run, observer }
    }

    fn train(&mut self, steps: usize) {
        for _ in 0..steps {
            let loss = self.run.step().unwrap();
            self.observer.after_step(&self.run, loss);
        }
    }

    fn panel(&mut self, id: &str, probe: Probe) -> (Panel, Numbers) {
        let mut numbers = Numbers::default();
        let view = View { probe, ..View::default() };
        let panel = self.observer.panel(id, &self.run, &view, &mut numbers).unwrap();
        (panel, numbers)
    }

    fn two_layers(&mut self, held: Held) -> (TwoLayers, Numbers, String) {
        let (panel, numbers) = self.panel("two_layers", Probe { held, ..Probe::default() });
        let Figure::TwoLayers(figure) = panel.figure else { panic!("two layers are two layers") };
        (figure, numbers, panel.summary)
    }
}

#[test]
fn what_is_held_stays_and_the_rest_is_dreamt() {
    let mut watched = Watched::new(experiment("features", json!({ "data.samples": 200 })));
    watched.train(30);
    let before = watched.run.network().weights.clone();
    let (free, numbers, _) = watched.two_layers(Held::default());
    assert_eq!(free.clamped.len, 0);
    let given = numbers.at(free.given).to_vec();
    let patch = Patch { from: [20, 22], to: [6, 5] };
    let pixels = HeldPixels::Nothing.with(patch, true, &given, [28, 28]);
    let held = Held { pixels, label: None, marked: Some(patch) };
    let (figure, numbers, summary) = watched.two_layers(held.clone());
    let (mask, made) = (numbers.at(figure.clamped), numbers.at(figure.made));
    assert_eq!(mask.iter().sum::<f32>(), 15.0 * 18.0);
    assert!(summary.starts_with("Held fast: 270 of 784 pixels of a held-out "), "{summary}");
    assert_eq!(figure.marked, Some(patch));
    for (pixel, held) in mask.iter().enumerate() {
        assert!(*held == 0.0 || made[pixel] == given[pixel], "pixel {pixel} did not stay");
    }
    assert!((0..784).any(|pixel| mask[pixel] == 0.0 && made[pixel] != given[pixel]));
    // The same whenever it is looked at, and no part of the run.
    assert_eq!(watched.two_layers(held).1.at(figure.made), made);
    assert_eq!(watched.run.network().weights, before);
}

#[test]
fn a_label_is_held_where_there_are_labels() {
    let mut watched = Watched::new(experiment("classify", json!({ "data.samples": 200 })));
    watched.train(300);
    let held = |label| Held { label: Some(label), ..Held::default() };
    let (_, _, summary) = watched.two_layers(held(4));
    assert!(summary.starts_with("Held fast: the label 4; the rest"), "{summary}");
    let (figure, numbers, _) = watched.two_layers(held(1));
    let (other, others, _) = watched.two_layers(held(8));
    assert_ne!(numbers.at(figure.made), others.at(other.made), "the label says nothing");
    let (_, _, none) = watched.two_layers(held(10));
    assert!(!none.contains("Held fast"), "there is no eleventh label: {none}");
}

/// The same chain, whether its steps are far apart or one after another.
#[test]
fn a_dream_that_is_looked_on_at_is_the_dream() {
    let mut watched = Watched::new(experiment("features", json!({ "data.samples": 200 })));
    watched.train(50);
    let mut tiles = |dream_step| {
        let (panel, numbers) = watched.panel("dream", Probe { dream_step, ..Probe::default() });
        let Figure::PictureRows(figure) = panel.figure else { panic!("a dream is pictures") };
        let pictures = numbers.at(figure.rows[0].values).chunks(784).map(<[f32]>::to_vec);
        figure.names.into_iter().zip(pictures).collect::<Vec<_>>()
    };
    let (apart, first, later) = (tiles(None), tiles(Some(0)), tiles(Some(100)));
    assert_eq!(
        first.iter().map(|(name, _)| &**name).collect::<Vec<_>>(),
        ["noise", "1", "2", "3", "4", "5", "6", "7"]
    );
    assert_eq!([&first[..3], &first[5..6]].concat(), apart[..4]);
    assert_eq!([&later[0].0, &later[7].0], ["93", "100"]);
    assert_eq!(later[7], apart[5]);
    assert_ne!(later[6].1, later[7].1);
}

#[test]
fn figures_of_several_looks_come_to_an_end_and_wait_for_nobody() {
    let mut watched = Watched::new(experiment("features", json!({ "data.samples": 200, "units": 8 })));
    watched.train(20);
    for (id, words) in
        [("likelihood", "After 20 steps ln Z is"), ("linear", "by the hidden units of step 20")]
    {
        assert!(watched.observer.is_at_work(id, &watched.run), "{id}");
        let (first, _) = watched.panel(id, Probe::default());
        let mut looks = 1;
        while watched.observer.is_at_work(id, &watched.run) {
            watched.panel(id, Probe::default());
            looks += 1;
            assert!(looks < 200, "{id} has no end");
        }
        assert!(looks > 2, "{id} took {looks} looks, the first said: {}", first.summary);
        let (last, numbers) = watched.panel(id, Probe::default());
        assert!(last.summary.contains(words), "{}", last.summary);
        let Figure::NamedBars(bars) = last.figure else { panic!("bars stay bars") };
        assert!(numbers.at(bars.values).iter().all(|value| value.is_finite()) && bars.values.len == 2);
    }
    watched.train(1);
    assert!(watched.observer.is_at_work("linear", &watched.run));
    let (old, _) = watched.panel("likelihood", Probe::default());
    assert!(old.summary.contains("After 20 steps"), "what was told stays, with its step: {}", old.summary);
    assert!(old.note.ends_with(" of step 20"), "{}", old.note);
}

#[test]
fn filters_of_earlier_steps_follow_from_the_run_alone() {
    let mut looked = Watched::new(experiment("features", json!({ "data.samples": 200 })));
    let mut unseen = Watched::new(experiment("features", json!({ "data.samples": 200 })));
    let first = looked.panel("forming", Probe::default()).0.summary;
    assert!(first.ends_with("at step 0."), "{first}");
    let mut bytes = 0;
    for _ in 0..6 {
        looked.train(50);
        unseen.train(50);
        looked.panel("forming", Probe::default());
        bytes = bytes.max(looked.observer.bytes());
    }
    let (panel, numbers) = looked.panel("forming", Probe::default());
    let Figure::PictureRows(rows) = &panel.figure else { panic!("rows stay rows") };
    let labels: Vec<&str> = rows.rows.iter().map(|row| row.label.as_str()).collect();
    assert_eq!(labels, ["step 0", "step 64", "step 256", "step 300"]);
    let (other, others) = unseen.panel("forming", Probe::default());
    assert_eq!((&other, &others), (&panel, &numbers));
    // What a copy and a file remember is the same, and no more of a longer run.
    unseen.observer = unseen.observer.remember();
    assert_eq!(unseen.panel("forming", Probe::default()).0, panel);
    unseen.observer = lab().observe_on(&unseen.run, looked.observer.seen()).unwrap();
    assert_eq!(unseen.panel("forming", Probe::default()).0, panel);
    assert!(bytes < 3 * 6 * 784 * 4 + 60_000, "{bytes} bytes");
}

#[test]
fn films_keep_their_places() {
    let mut watched = Watched::new(experiment("films", json!({})));
    let rows = |(panel, _): (Panel, Numbers)| match panel.figure {
        Figure::Grid(grid) => (grid.rows, grid.columns),
        Figure::Questions(Questions { rows: Intervals { names, .. }, .. }) => (names, Vec::new()),
        other => panic!("{other:?}"),
    };
    let tastes = rows(watched.panel("tastes", Probe::default()));
    let asked = rows(watched.panel("rated", Probe::default()));
    watched.train(60);
    assert_eq!(rows(watched.panel("tastes", Probe::default())), tastes, "tastes change their places");
    let Figure::Questions(Questions { items, .. }) = watched.panel("rated", Probe::default()).0.figure else {
        panic!("questions stay questions")
    };
    let ratings = vec![[items[3], 4], [items[1], 0]];
    let probe = Probe { ratings, ..Probe::default() };
    assert_eq!(rows(watched.panel("rated", probe.clone())), asked, "what is rated stays where it is");
    // Of what is looked for, all that was rated is shown, and six films beside it.
    let mut found = |ratings: Vec<[usize; 2]>| {
        let (panel, _) = watched.panel("rated", Probe { search: " THE ".into(), ratings, ..probe.clone() });
        let Figure::Questions(Questions { rows, items, answers, .. }) = panel.figure else { panic!() };
        assert!(rows.names.iter().all(|name| name.to_lowercase().contains("the")), "{:?}", rows.names);
        (items, answers)
    };
    let (first, answers) = found(Vec::new());
    assert_eq!((first.len(), answers), (6, vec![None; 6]));
    let (next, answers) = found(first.iter().map(|&film| [film, 2]).collect());
    assert!(next.len() > 6 && next.starts_with(&first), "{next:?} {first:?}");
    assert_eq!((&answers[..6], &answers[6..]), (&[Some(2); 6][..], &vec![None; next.len() - 6][..]));
}

/// Each remedy is a control that gives another experiment which can be trained, or a figure that the job shows.
fn assert_remedies_work(experiment: &Experiment, verdict: &Verdict) {
    assert!(verdict.remedies.len() <= 2, "{verdict:?}");
    for remedy in &verdict.remedies {
        if remedy.key == Remedy::FIGURE {
            let id = remedy.value.as_str().unwrap();
            let is_there = lab().figures().iter().any(|slot| slot.id == id);
            assert!(is_there && lab().shows(id, experiment), "{remedy:?}");
            continue;
        }
        let cured = lab().change(experiment, &remedy.key, &remedy.value).unwrap();
        assert_ne!(&cured, experiment, "{} changes nothing", remedy.label);
        assert!(lab().check(&cured).is_ok() && Run::new(cured).is_ok(), "{}", remedy.label);
    }
}

fn labels(verdict: &Verdict) -> Vec<&str> {
    verdict.remedies.iter().map(|remedy| remedy.label.as_str()).collect()
}

#[test]
fn a_machine_that_learns_by_heart_is_sent_back() {
    let experiment = experiment("features", json!({ "data.samples": 100 }));
    let mut watched = Watched::new(experiment.clone());
    let verdict = (0..60).find_map(|_| {
        watched.train(50);
        Some(watched.observer.verdict(&watched.run)).filter(|verdict| verdict.word == "Overfitting.")
    });
    let verdict = verdict.expect("100 pictures are learned by heart");
    assert_eq!(labels(&verdict), ["Add weight decay", "Take 2,000 pictures"], "{}", verdict.text);
    assert_remedies_work(&experiment, &verdict);
    let back_to = verdict.back_to.unwrap();
    assert!((50..watched.run.steps()).contains(&back_to), "step {back_to} of {}", watched.run.steps());
    assert!(verdict.text.contains(&format!("At step {back_to} that was not so")), "{}", verdict.text);
    // There it does not learn by heart yet.
    let mut then = Watched::new(experiment);
    then.train(back_to);
    assert_ne!(then.observer.verdict(&then.run).word, "Overfitting.");
}

#[test]
fn what_may_do_better_is_offered_beside_it() {
    let mut features = Watched::new(experiment("features", json!({ "data.samples": 500 })));
    features.train(13);
    assert_eq!(labels(&features.observer.verdict(&features.run)), [""; 0], "it has hardly begun");
    features.train(40);
    let verdict = features.observer.verdict(&features.run);
    assert_eq!(labels(&verdict), ["Try CD-10", "Try PCD"]);
    assert_remedies_work(features.run.current(), &verdict);
    // Once it has learned, what else it is good for: two lanes of another lab that differ in where they start.
    features.train(30);
    let verdict = features.observer.verdict(&features.run);
    assert_eq!(labels(&verdict), ["Try CD-10", "Stack machines into an autoencoder"]);
    let link = &verdict.remedies[1];
    assert_eq!(link.key, Remedy::LINK);
    let Lanes { first, others } = from_link(link.value.as_str().unwrap()).unwrap();
    let [(1, stacked)] = &others[..] else { panic!("{link:?}") };
    assert_eq!(
        (first.lab.as_str(), first.pretraining, stacked.pretraining),
        ("autoencoder", None, Some(Default::default()))
    );
    assert_eq!(Experiment { pretraining: None, ..stacked.clone() }, first);
    let mut films = Watched::new(experiment("films", json!({})));
    films.train(1200);
    let verdict = films.observer.verdict(&films.run);
    assert_eq!((verdict.word.as_str(), labels(&verdict)[0]), ("Better than guessing.", "Rate one more film"));
    assert_remedies_work(films.run.current(), &verdict);
}

#[test]
fn lanes_are_called_by_how_they_learn() {
    let name = |controls| lab().short_name(&experiment("features", controls));
    assert_eq!(name(json!({})), "CD-1");
    assert_eq!(name(json!({ "gibbs_steps": 10 })), "CD-10");
    assert_eq!(name(json!({ "persistent_chains": 64 })), "PCD");
    assert_eq!(name(json!({ "units": 96, "gibbs_steps": 3 })), "CD-3, hidden units 96");
}
