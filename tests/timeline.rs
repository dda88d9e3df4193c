//! Time travel: the state at any step, gone back to, is that of a run to there, bit for bit, in bounded memory.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::labs::{LABS, Lab, Verdict, View, find};
use glassbox::train::settings::Settings;
use glassbox::train::timeline::{MAX_BYTES, Timeline};
use glassbox::train::{Divergence, Experiment, Run};
use glassbox::worker::Session;
use glassbox::worker::protocol::{Frame, Reply, Request, Until};
use serde_json::{Value, json};
use std::cell::Cell;

/// A clock of this test's thread that goes on by two milliseconds at every look.
fn ticking() -> f64 {
    thread_local! {
        static LOOKS: Cell<f64> = const { Cell::new(0.0) };
    }
    LOOKS.set(LOOKS.get() + 2.0);
    LOOKS.get()
}

fn everything(lab: &dyn Lab) -> View {
    let picture = (0..28 * 28).map(|pixel: u32| f32::from((12..16).contains(&(pixel % 28)))).collect();
    // What is slow to fill is computed from the weights alone.
    let figures = lab.figures().iter().filter(|slot| !slot.is_slow).map(|slot| slot.id.to_owned());
    View { figures: figures.collect(), layer: 2, picture, ..View::default() }
}

fn frame(reply: Reply) -> Frame {
    match reply {
        Reply::Frame(frame) => frame,
        other => panic!("no frame but {other:?}"),
    }
}

/// All that is known of a run at a step: what is shown and said, and the network as a file.
#[derive(Debug, PartialEq)]
struct State {
    step: usize,
    epoch: [usize; 3],
    divergence: Option<Divergence>,
    verdict: Verdict,
    panels: Vec<Value>,
    file: Vec<u8>,
}

struct Player {
    session: Session,
    view: View,
}

impl Player {
    fn start(experiment: Experiment) -> Self {
        let view = everything(find(&experiment.lab).unwrap());
        let mut session = Session::new(ticking);
        let start = Request::Start { run: 1, experiment, takes_offer: false, view: view.clone() };
        frame(session.answer(start).0);
        Self { session, view }
    }

    fn ask(&mut self, request: Request) -> (Frame, Vec<f32>) {
        let (reply, numbers) = self.session.answer(request);
        (frame(reply), numbers.0)
    }

    /// In several frames, some of which show figures.
    fn train(&mut self, steps: usize) -> Frame {
        let mut done = 0;
        let mut count = 0;
        loop {
            count += 1;
            let view = if count % 3 == 0 { self.view.clone() } else { View::default() };
            let steps = (steps - done).min(37) as u32;
            let frame = self.ask(Request::Advance { run: 1, budget_ms: 1e9, steps, until: None, view }).0;
            done += frame.steps;
            if frame.steps == 0 || frame.divergence.is_some() {
                return frame;
            }
        }
    }

    fn edit(&mut self, key: &str, value: Value) {
        // Several settings at once have no key in common.
        let set: Settings = match value {
            Value::Object(settings) if key.is_empty() => settings.into_iter().collect(),
            value => [(key.to_owned(), value)].into(),
        };
        let view = self.view.clone();
        self.ask(Request::Edit { run: 1, set, view });
    }

    /// In parts, as many as it takes.
    fn seek(&mut self, step: usize) -> Frame {
        loop {
            let view = self.view.clone();
            let (frame, _) = self.ask(Request::Seek { run: 1, step, budget_ms: 1.0, view });
            match frame.seeking {
                None => return frame,
                Some(still) => assert_eq!((still, frame.panels.len()), (step, 0)),
            }
        }
    }

    fn state(&mut self) -> State {
        let still =
            Request::Advance { run: 1, budget_ms: 0.0, steps: 0, until: None, view: self.view.clone() };
        let (frame, numbers) = self.ask(still);
        let Reply::Saved { bytes } = self.session.answer(Request::Save { run: 1 }).0 else {
            panic!("no file")
        };
        let panels = frame.panels.iter();
        State {
            step: frame.step,
            epoch: [frame.epoch, frame.epoch_items[0], frame.epoch_items[1]],
            divergence: frame.divergence,
            verdict: frame.verdict,
            panels: panels.map(|panel| filled(&serde_json::to_value(panel).unwrap(), &numbers)).collect(),
            file: bytes,
        }
    }
}

/// A figure with its numbers, bit for bit, in the place of where they lie.
fn filled(value: &Value, numbers: &[f32]) -> Value {
    match value {
        Value::Object(map) => match (map.len(), map.get("start"), map.get("len")) {
            (2, Some(start), Some(len)) => {
                let (start, len) = (start.as_u64().unwrap() as usize, len.as_u64().unwrap() as usize);
                numbers[start..start + len].iter().map(|number| number.to_bits()).collect()
            }
            _ => map.iter().map(|(key, value)| (key.clone(), filled(value, numbers))).collect(),
        },
        Value::Array(items) => items.iter().map(|item| filled(item, numbers)).collect(),
        other => other.clone(),
    }
}

/// The figures that show one moment, and those that show the whole run.
fn of_the_moment(state: State) -> State {
    let is_whole = |panel: &Value| ["curves", "flow"].contains(&panel["id"].as_str().unwrap());
    let panels = state.panels.into_iter().filter(|panel| !is_whole(panel)).collect();
    State { panels, ..state }
}

fn experiment(lab: &str, changes: &[(&str, Value)]) -> Experiment {
    let settings = changes.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    find(lab).unwrap().defaults().with(&settings).unwrap()
}

/// Small enough to be trained many times.
fn small_cnn(layers: Value) -> Experiment {
    let data =
        json!({ "name": "digits", "samples": 60, "test_fraction": 0.2, "augmentation": { "rotation": 10 } });
    experiment(
        "cnn",
        &[
            ("initial_weights", Value::Null),
            ("data", data),
            ("network.layers", layers),
            ("batch_size", json!(16)),
        ],
    )
}

/// Twenty points of two classes.
fn points() -> Value {
    (0..20).map(|i| json!([(i % 5) as f32 * 0.5 - 1.0, (i / 5) as f32 * 0.5 - 1.0, i % 2])).collect()
}

/// Small enough to be trained many times; one task with a loss at the end, one with a loss at every step.
fn small_sequences(cell: &str, task: &str) -> Experiment {
    let lab = find("sequence").unwrap();
    let changes = [
        ("data.samples", json!(200)),
        ("data.lag", json!(4)),
        ("units", json!(4)),
        ("cell", json!(cell)),
        ("data.name", json!(task)),
    ];
    changes
        .iter()
        .fold(lab.defaults(), |experiment, (key, value)| lab.change(&experiment, key, value).unwrap())
}

/// What is changed at which steps.
type Edits = Vec<(usize, &'static str, Value)>;

fn experiments() -> Vec<(&'static str, Experiment, Edits)> {
    let out = || json!({ "type": "dense", "units": 10, "activation": "softmax" });
    let conv =
        || json!({ "type": "conv2d", "filters": 3, "kernel_size": 5, "strides": 3, "activation": "relu" });
    let with = |control: &str, value: Value| LABS[0].change(&LABS[0].defaults(), control, &value).unwrap();
    let layers = |experiment: Experiment| serde_json::to_value(experiment.network.layers).unwrap();
    vec![
        ("gradients", LABS[0].defaults(), vec![]),
        (
            "layers that come and go",
            LABS[0].defaults(),
            vec![
                (37, "network.layers", layers(with("skip", json!(2)))),
                (90, "network.layers", layers(with("dropout", json!(0.2)))),
                (110, "network.layers", layers(with("normalization", json!("batch_normalization")))),
                (110, "weights.batch_normalization_2.gamma.3", json!(0.5)),
                (130, "network.layers", layers(with("normalization", json!("layer_normalization")))),
                (150, "network.layers", layers(LABS[0].defaults())),
            ],
        ),
        (
            "edits",
            LABS[0].defaults(),
            vec![
                (0, "optimizer.learning_rate", json!(0.3)),
                (90, "network.layers.3.activation", json!("relu")),
                (90, "optimizer", json!("adam")),
                (141, "batch_size", json!(7)),
            ],
        ),
        (
            "full batch",
            experiment("gradients", &[("batch_size", json!("full")), ("optimizer", json!("nadam"))]),
            vec![(100, "optimizer", json!({ "name": "sgd", "momentum": 0.9 }))],
        ),
        (
            "points set by hand",
            experiment(
                "gradients",
                &[("data", json!({ "name": "points", "points": points() })), ("batch_size", json!(5))],
            ),
            vec![
                (85, "data.points.3.0", json!(1.75)),
                (91, "", json!({ "data.points.20": [0.5, -1.5, 1], "data.samples": 21 })),
            ],
        ),
        (
            "noise and statistics",
            small_cnn(
                json!([conv(), { "type": "batch_normalization" }, { "type": "flatten" }, { "type": "dropout", "rate": 0.3 }, out()]),
            ),
            vec![(70, "network.layers.3.rate", json!(0.6))],
        ),
        (
            "gradients back in time",
            small_sequences("gru", "recall"),
            vec![
                (80, "network.layers.0.activation", json!("relu")),
                (141, "optimizer.learning_rate", json!(0.01)),
            ],
        ),
        ("a loss at every step", small_sequences("lstm", "copy"), vec![]),
    ]
}

/// A run to `step`, looked at nowhere on its way, with the edits of steps up to there.
fn run_to(experiment: &Experiment, edits: &[(usize, &str, Value)], step: usize) -> State {
    let mut player = Player::start(experiment.clone());
    let mut done = 0;
    for (at, key, value) in edits.iter().filter(|(at, ..)| *at <= step) {
        player.train(at - done);
        done = *at;
        player.edit(key, value.clone());
    }
    player.train(step - done);
    player.state()
}

#[test]
fn any_step_gone_back_to_is_that_of_a_run_to_there() {
    for (name, experiment, edits) in experiments() {
        let mut player = Player::start(experiment.clone());
        let mut done = 0;
        for (at, key, value) in &edits {
            player.train(at - done);
            player.edit(key, value.clone());
            done = *at;
        }
        player.train(220 - done);
        let end = player.state();
        for step in [219, 37, 0, 141, 90, 1, 89, 150, 0, 220] {
            let frame = player.seek(step);
            assert_eq!((frame.step, frame.first, frame.head), (step, 0, 220), "{name}");
            let mut state = player.state();
            let mut expected = run_to(&experiment, &edits, step);
            if step < 220 {
                let curves = state.panels.iter().find(|panel| panel["id"] == "curves").unwrap();
                let at = &curves["figure"]["Curves"];
                assert_eq!((&at["steps"], &at["at"]), (&json!(220), &json!(step)), "{name}");
                (state, expected) = (of_the_moment(state), of_the_moment(expected));
            }
            // A file says all edits of its run, later ones too.
            let [now, then] = [&state, &expected].map(|state| arrays(&state.file));
            assert_eq!(now, then, "{name}, step {step}: the weights");
            expected.file = state.file.clone();
            assert_eq!(state, expected, "{name}, step {step}");
        }
        assert_eq!(player.state(), end, "{name}: back at the end");
    }
}

/// The arrays of a file, without what its header says.
fn arrays(file: &[u8]) -> &[u8] {
    let header = u64::from_le_bytes(*file.first_chunk().unwrap()) as usize;
    &file[8 + header..]
}

#[test]
fn from_a_past_step_the_same_future_follows_or_with_an_edit_another() {
    let (_, experiment, edits) = experiments().swap_remove(2);
    let mut player = Player::start(experiment.clone());
    player.edit(edits[0].1, edits[0].2.clone());
    player.train(90);
    player.edit(edits[1].1, edits[1].2.clone());
    player.train(110);
    let end = player.state();
    player.seek(40);
    let on_the_way = player.train(100);
    assert_eq!((on_the_way.step, on_the_way.head), (140, 200), "known steps are trained once more");
    player.train(60);
    assert_eq!(player.state(), end);
    assert_eq!(player.train(50).head, 250);

    player.seek(60);
    player.edit("optimizer.learning_rate", json!(0.02));
    let frame = player.train(0);
    assert_eq!((frame.step, frame.head), (60, 60), "an edit cuts the future off");
    let settings = frame.settings.unwrap();
    assert_eq!(settings.experiment.edits.iter().map(|edit| edit.step).collect::<Vec<_>>(), [0, 60]);
    player.train(140);
    let other = [edits[0].clone(), (60, "optimizer.learning_rate", json!(0.02))];
    let expected = run_to(&experiment, &other, 200);
    assert_eq!(player.state(), expected);
    player.seek(130);
    assert_eq!(of_the_moment(player.state()), of_the_moment(run_to(&experiment, &other, 130)));

    player.seek(0);
    player.edit("batch_size", json!(5));
    player.train(33);
    player.seek(0);
    player.train(33);
    let at_once = [edits[0].clone(), (0, "batch_size", json!(5))];
    assert_eq!(player.state(), run_to(&experiment, &at_once, 33), "the first step takes edits, too");
}

#[test]
fn a_run_that_diverged_can_be_gone_back_in_and_saved() {
    let wild = experiment(
        "gradients",
        &[
            (
                "network.layers",
                json!([
                { "type": "dense", "units": 8, "activation": "relu", "kernel_initializer": "he_normal" },
                { "type": "dense", "units": 8, "activation": "relu", "kernel_initializer": "he_normal" },
                { "type": "dense", "units": 1, "activation": "linear" } ]),
            ),
            ("loss", json!("mean_squared_error")),
            ("optimizer.learning_rate", json!(0.001)),
        ],
    );
    let mut player = Player::start(wild.clone());
    player.train(60);
    player.edit("optimizer.learning_rate", json!(30.0));
    let last = player.train(1000);
    let end = last.divergence.clone().expect("a divergence").step;
    assert!(end > 60 && last.step == end && last.head == end, "{last:?}");
    let diverged = player.state();
    assert!(diverged.divergence.is_some());
    let edits = [(60, "optimizer.learning_rate", json!(30.0))];
    for step in [end - 1, 59, 60, 0] {
        let frame = player.seek(step);
        assert_eq!((frame.step, frame.head, frame.divergence), (step, end, None));
        let (state, mut expected) =
            (of_the_moment(player.state()), of_the_moment(run_to(&wild, &edits, step)));
        assert_eq!(arrays(&state.file), arrays(&expected.file));
        expected.file = state.file.clone();
        assert_eq!(state, expected, "step {step}");
    }
    assert_eq!(player.seek(end).divergence, last.divergence, "the end is where it was");
    assert_eq!(player.state(), diverged);
    player.seek(61);
    assert_eq!(player.train(1000).divergence, last.divergence, "the same future");
    player.seek(60);
    player.edit("optimizer.learning_rate", json!(0.001));
    assert_eq!(player.train(300).divergence, None, "undone");
}

#[test]
fn a_long_run_stays_within_its_memory_and_keeps_its_first_step() {
    let tiny = experiment(
        "gradients",
        &[
            (
                "network.layers",
                json!([
            { "type": "dense", "units": 300, "activation": "tanh" },
            { "type": "dense", "units": 1, "activation": "sigmoid" } ]),
            ),
            ("batch_size", json!(1)),
            ("optimizer", json!("adam")),
        ],
    );
    let mut run = Run::new(tiny).unwrap();
    // What is remembered beside a run is counted as it is told.
    const REMEMBERED: usize = 100_000;
    let mut timeline = Timeline::new(&run, vec![0_u8; REMEMBERED], REMEMBERED);
    let mut most = 0;
    for step in 1..=100_000_usize {
        run.step().unwrap();
        if step.is_multiple_of(50) {
            timeline.keep(&run, vec![0; REMEMBERED], REMEMBERED);
            most = most.max(timeline.bytes());
        }
    }
    assert!(most <= MAX_BYTES && most > MAX_BYTES / 2, "{most} bytes");
    let moments: Vec<usize> = std::iter::successors(Some(timeline.last_step() + 1), |step| {
        let before = timeline.before(*step).0.step();
        (before < *step).then_some(before)
    })
    .collect();
    assert_eq!((moments[1], moments[moments.len() - 1]), (100_000, 0));
    let gaps: Vec<usize> = moments[1..].windows(2).map(|two| two[0] - two[1]).collect();
    let (newest, oldest) = (gaps[..20].iter().max().unwrap(), gaps[gaps.len() - 20..].iter().min().unwrap());
    assert!(newest < oldest && gaps.iter().all(|gap| *gap <= 1000), "{gaps:?}");
}

/// Bytes of a run as it stands.
fn saved(player: &mut Player) -> Vec<u8> {
    match player.session.answer(Request::Save { run: 1 }).0 {
        Reply::Saved { bytes } => bytes,
        other => panic!("no file but {other:?}"),
    }
}

/// A new session that goes on with the run of a file.
fn opened(bytes: &[u8], view: &View) -> Player {
    let mut session = Session::new(ticking);
    let (Reply::GivenRun(experiment) | Reply::GivenModel(experiment)) = session.give_model("run", bytes)
    else {
        panic!("no run")
    };
    let start = Request::Start { run: 1, experiment, takes_offer: true, view: view.clone() };
    frame(session.answer(start).0);
    Player { session, view: view.clone() }
}

#[test]
fn a_run_that_is_saved_and_opened_goes_on_bit_for_bit() {
    for (name, experiment, edits) in experiments() {
        let mut whole = Player::start(experiment.clone());
        let mut done = 0;
        for (at, key, value) in &edits {
            whole.train(at - done);
            whole.edit(key, value.clone());
            done = *at;
        }
        whole.train(170 - done);
        let bytes = saved(&mut whole);
        let mut again = opened(&bytes, &whole.view);
        assert_eq!(saved(&mut again), bytes, "{name}: the same file");
        let frame = again.train(0);
        assert_eq!((frame.step, frame.first, frame.head), (170, 0, 170), "{name}");
        for player in [&mut whole, &mut again] {
            player.edit("optimizer.learning_rate", json!(0.05));
            player.train(90);
        }
        let state = whole.state();
        assert_eq!(again.state(), state, "{name}");
        // What came before it was saved can be gone back to, too.
        for player in [&mut whole, &mut again] {
            player.seek(120);
        }
        assert_eq!(again.state(), whole.state(), "{name}");
        // Saved at a past step, the steps that follow are made again.
        let mut past = opened(&saved(&mut whole), &whole.view);
        past.train(140);
        assert_eq!(past.state(), state, "{name}");
    }
}

#[test]
fn a_run_from_a_model_file_goes_on_from_where_it_was_saved() {
    let mut first = Player::start(LABS[0].defaults());
    first.train(20);
    let run = {
        let mut run = Run::new(LABS[0].defaults()).unwrap();
        (0..20).for_each(|_| _ = run.step().unwrap());
        run
    };
    let network = glassbox::train::model::to_bytes(&run);
    let mut second = opened(&network, &first.view);
    assert_eq!(second.train(0).step, 0, "a network alone begins anew");
    second.train(130);
    let mut third = opened(&saved(&mut second), &first.view);
    let frame = third.train(0);
    assert_eq!((frame.step, frame.first), (130, 130), "its first weights are not in the file");
    for player in [&mut second, &mut third] {
        player.train(70);
        player.seek(160);
    }
    let [second, third] = [second, third].map(|mut player| of_the_moment(player.state()));
    assert_eq!(arrays(&second.file), arrays(&third.file));
}

#[test]
fn files_of_runs_that_are_not_right_are_refused_in_a_sentence() {
    let mut player = Player::start(experiments().swap_remove(2).1);
    player.edit("optimizer", json!("adam"));
    player.train(40);
    let bytes = saved(&mut player);
    let changed = |from: &str, to: &str| {
        let length = u64::from_le_bytes(*bytes.first_chunk().unwrap()) as usize;
        let header = std::str::from_utf8(&bytes[8..8 + length]).unwrap();
        assert!(header.contains(from), "{from}");
        let mut header = header.replacen(from, to, 1).into_bytes();
        header.resize(header.len().next_multiple_of(8), b' ');
        [&(header.len() as u64).to_le_bytes()[..], &header, &bytes[8 + length..]].concat()
    };
    let refused = |bytes: &[u8]| {
        let Reply::Refused { message } = Session::new(ticking).give_model("run", bytes) else {
            panic!("taken")
        };
        assert!(message.starts_with("run: ") && !message.contains('\n'), "{message}");
        message
    };
    assert!(matches!(Session::new(ticking).give_model("run", &changed("}", "}")), Reply::GivenRun(_)));
    let version = refused(&changed("\\\"version\\\":1", "\\\"version\\\":9"));
    assert!(version.contains("made by a newer Glassbox"), "{version}");
    let missing = refused(&changed("adam/dense_kernel_velocity", "adam/dense_kernel_velocitt"));
    assert!(missing.contains("adam/dense_kernel_velocity is missing"), "{missing}");
    let shape = refused(&changed("\\\"units\\\":8", "\\\"units\\\":9"));
    assert!(shape.contains("dense/kernel is [2, 8] of F32, but must be [2, 9]"), "{shape}");
    let stream = refused(&changed("\\\"increment\\\":", "\\\"increment\\\":1"));
    assert!(stream.contains("each training item once"), "{stream}");
    let position = refused(&changed("\\\"position\\\":", "\\\"position\\\":9999"));
    assert!(position.contains("each training item once"), "{position}");
    // Numbers that no run comes to, among them those after which 32 bits would overflow.
    let count = "\\\"optimizer\\\":[40,4607182418800017408]"; // 1.0 is the schedule of any rule but Nadam
    for (from, to, words) in [
        (count, "\\\"optimizer\\\":[-1,4607182418800017408]", "updates is -1, but must be from 0 to 41"),
        (count, "\\\"optimizer\\\":[42,4607182418800017408]", "updates is 42, but must be from 0 to 41"),
        (count, "\\\"optimizer\\\":[40,4611686018427387904]", "schedule is 2, but must be from 0 to 1"),
        (count, "\\\"optimizer\\\":[40,9221120237041090560]", "schedule is NaN, but must be from 0 to 1"),
        (
            "\\\"steps\\\":40",
            "\\\"steps\\\":2147483648",
            "steps is 2147483648, but must be from 0 to 2147483647",
        ),
        ("\\\"epoch\\\":", "\\\"epoch\\\":99999999999", "but must be from 0 to 2147483647"),
    ] {
        let message = refused(&changed(from, to));
        assert!(message.contains(words), "{message}");
    }
    let cut = refused(&bytes[..bytes.len() - 9]);
    assert!(cut.contains("not a whole safetensors file"), "{cut}");
    // What was seen of it is no part of the run: where it cannot be believed, the figures begin there.
    let view = player.view.clone();
    for (from, to) in
        [("\\\"capacity\\\":2048", "\\\"capacity\\\":999999999999"), ("\\\"stride\\\":1", "\\\"stride\\\":0")]
    {
        let mut opened = opened(&changed(from, to), &view);
        let frame = opened.train(0);
        assert_eq!((frame.step, frame.first), (40, 40));
        opened.train(60);
        let state = opened.state();
        let curves = &state.panels.iter().find(|panel| panel["id"] == "curves").unwrap()["figure"]["Curves"];
        let [train, test] =
            [0, 1].map(|line| curves["strips"][0]["lines"][line]["x"].as_array().unwrap().clone());
        let at = |x: &Value| f32::from_bits(x.as_u64().unwrap() as u32);
        assert_eq!((at(&train[0]), at(&train[59])), (40.0, 99.0));
        assert_eq!(test.iter().map(at).collect::<Vec<_>>()[..3], [40.0, 50.0, 100.0]);
    }
}

#[test]
fn playing_stops_exactly_where_it_was_to() {
    let until = |player: &mut Player, until: Until| {
        let view = View::default();
        let request = Request::Advance { run: 1, budget_ms: 1e9, steps: 5000, until: Some(until), view };
        player.ask(request).0
    };
    let mut player = Player::start(experiment(
        "gradients",
        &[
            (
                "network.layers",
                json!([
            { "type": "dense", "units": 8, "activation": "tanh" },
            { "type": "dense", "units": 1, "activation": "sigmoid" } ]),
            ),
            ("data.name", json!("gaussians")),
        ],
    ));
    let at = until(&mut player, Until::Step(137));
    assert_eq!((at.step, at.reached), (137, Some(Until::Step(137))));
    let there = until(&mut player, Until::Step(137));
    assert_eq!((there.step, there.steps, there.reached), (137, 0, Some(Until::Step(137))), "it stands there");
    let epoch = until(&mut player, Until::Epoch(20));
    assert_eq!((epoch.epoch, epoch.epoch_items[0], epoch.reached), (20, 0, Some(Until::Epoch(20))));
    let mut run = Run::new(player.train(0).settings.unwrap().experiment).unwrap();
    let losses: Vec<f32> = (0..2000).map(|_| run.step().unwrap()).collect();
    let most = losses.iter().copied().fold(f32::INFINITY, f32::min) * 1.01;
    let first = epoch.step + losses[epoch.step..].iter().position(|loss| *loss < most).unwrap() + 1;
    let below = until(&mut player, Until::LossBelow(most));
    assert_eq!((below.step, below.reached), (first, Some(Until::LossBelow(most))));
    assert_eq!(below.loss, Some(losses[first - 1]), "that of the batch that got there");
    assert_eq!(
        Until::LossBelow(0.5).told(Some(0.4817)),
        "Stopped: the loss of the last batch, 0.482, is below 0.5."
    );
    // The page has the next request under way when the answer comes: it must not train past the place.
    player.state();
    let still = until(&mut player, Until::LossBelow(most));
    assert_eq!(
        (still.step, still.steps, still.reached),
        (first, 0, Some(Until::LossBelow(most))),
        "it stands there"
    );
    // Gone back in, it gets there again by training.
    assert_eq!(player.seek(first - 2).step, first - 2);
    let again = until(&mut player, Until::LossBelow(most));
    assert_eq!((again.step, again.steps, again.reached), (first, 2, Some(Until::LossBelow(most))));
    // A step beyond, and the loss is that of another.
    player.train(1);
    let beyond = until(&mut player, Until::LossBelow(most));
    assert!(beyond.steps > 0);
    let never = until(&mut player, Until::LossBelow(0.0));
    assert_eq!((never.steps, never.reached), (5000, None));
}
