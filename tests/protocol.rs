//! Page and worker: messages survive the way, stale runs are dropped, failures are told.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::data::{DataConfig, Pictures, idx};
use glassbox::labs::{
    CurveAxis, Figure, FigureSlot, Held, HeldPixels, ItemOrder, LABS, Lab, Numbers, Patch, Probe,
    SequenceProbe, SurfaceProbe, View, find,
};
use glassbox::train::settings::Settings;
use glassbox::train::{Experiment, InitialWeights};
use glassbox::worker::Session;
use glassbox::worker::protocol::{Frame, Reply, Request, Until, WayOf};
use serde_json::json;
use std::cell::Cell;
use std::sync::OnceLock;
use std::time::Instant;

/// A clock of this test's thread that goes on by a millisecond at every look.
fn ticking() -> f64 {
    thread_local! {
        static LOOKS: Cell<f64> = const { Cell::new(0.0) };
    }
    LOOKS.set(LOOKS.get() + 1.0);
    LOOKS.get()
}

/// The clock of this machine: a device that is timed must take its time.
fn real() -> f64 {
    static BEGUN: OnceLock<Instant> = OnceLock::new();
    BEGUN.get_or_init(Instant::now).elapsed().as_secs_f64() * 1000.0
}

fn everything() -> View {
    View {
        figures: LABS[0].figures().iter().map(|slot| slot.id.to_owned()).collect(),
        layer: 1,
        ..View::default()
    }
}

/// Everything that can be looked for among items and codes.
fn probing() -> View {
    let probe = Probe {
        cursor: Some([-1.25, 0.1]),
        shows_decoded: true,
        item: Some(3),
        to: Some(7),
        order: ItemOrder::Worst,
        level: Some(0.25),
        threshold: Some(0.03),
        cost_of_a_miss: Some(10.0),
        sequence: SequenceProbe {
            step: Some(4),
            unit: Some(2),
            edits: vec![[3, 1]],
            letter: Some(70),
            prime: "The sea".into(),
            temperature: Some(0.5),
            top_k: 3,
            again: 2,
        },
        held: Held {
            pixels: HeldPixels::Chosen(vec![[3, 9], [31, 40]]),
            label: Some(4),
            marked: Some(Patch { from: [2, 3], to: [0, 9] }),
        },
        ratings: vec![[2, 4], [0, 1]],
        search: "rivers".into(),
        dreams: 2,
        dream_step: Some(40),
        axis: CurveAxis::Seconds,
        goal: Some(0.25),
        surface: SurfaceProbe { by_path: true, is_3d: true, turn: 45.0, tilt: 60.0 },
    };
    View { probe, ..View::default() }
}

fn start(run: u32) -> Request {
    Request::Start { run, experiment: LABS[0].defaults(), takes_offer: false, view: everything() }
}

fn advance(run: u32, steps: u32) -> Request {
    Request::Advance { run, budget_ms: 50.0, steps, until: None, view: everything() }
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
    let give = Request::Give { set: "files".into(), names: vec!["a.gz".into(), "b".into()] };
    let edit = Request::Edit { run: 1, set, view: everything() };
    for request in [
        start(1),
        advance(1, 7),
        Request::Advance {
            run: 1,
            budget_ms: 1.0,
            steps: 3,
            until: Some(Until::LossBelow(0.1)),
            view: View::default(),
        },
        Request::Seek { run: 1, step: 4, budget_ms: 9.0, view: everything() },
        Request::Advance { run: 1, budget_ms: 1.0, steps: 0, until: None, view: probing() },
        edit,
        give,
        Request::GiveModel { name: "run".into() },
        Request::Read { budget_ms: 30.0 },
        Request::StopReading,
        Request::Save { run: 1 },
        Request::FindRate { run: 1, budget_ms: 30.0 },
        Request::Way { run: 1 },
        Request::TakeWays { run: 1, own: 0, of: vec![WayOf { lane: 1, label: "Adam".into(), snapshots: 3 }] },
    ] {
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
fn passes_are_timed_on_the_running_network_and_on_no_other() {
    let mut session = Session::new(ticking);
    session.answer(start(1));
    let before = frame(session.answer(advance(1, 3)).0);
    let infer = |run| Request::Infer { run, rows: 700, passes: 2 }; // more rows than there are items
    assert!(matches!(session.answer(infer(1)).0, Reply::Inferred { ms } if ms > 0.0));
    assert!(matches!(session.answer(infer(2)).0, Reply::Failed { run: 2, .. }));
    let after = frame(session.answer(advance(1, 0)).0);
    assert_eq!(after.step, before.step);
}

/// A run of a lab, with all its figures looked at, as the selected lane.
fn looking(lab: &str) -> (Experiment, View) {
    let lab = find(lab).unwrap();
    let figures = lab.figures().iter().map(|slot| slot.id.to_owned()).collect();
    (lab.defaults(), View { figures, layer: 1, is_selected: true, ..View::default() })
}

fn begin(session: &mut Session, experiment: &Experiment, view: &View) -> Frame {
    let start =
        Request::Start { run: 1, experiment: experiment.clone(), takes_offer: false, view: view.clone() };
    frame(session.answer(start).0)
}

#[test]
fn the_device_is_timed_on_a_copy_while_the_run_stands_still() {
    let (experiment, view) = looking("batching");
    let look = |steps: u32, view: &View| Request::Advance {
        run: 1,
        budget_ms: 1e6,
        steps,
        until: None,
        view: view.clone(),
    };
    let mut session = Session::new(real);
    let mut at_work = begin(&mut session, &experiment, &view).at_work;
    let mut looks = 0;
    let speeds = loop {
        let (reply, numbers) = session.answer(look(0, &view));
        let now = frame(reply);
        looks += 1;
        at_work.clone_from(&now.at_work);
        if !at_work.iter().any(|figure| figure == "throughput") {
            let panel = now.panels.into_iter().find(|panel| panel.id == "throughput").unwrap();
            let Figure::Lines(lines) = panel.figure else { panic!("lines") };
            break numbers.at(lines.lines[0].y).to_vec();
        }
        assert!(looks < 100, "it never ends");
    };
    assert!(looks > 5, "one size at a look");
    assert!(speeds.len() == 12 && speeds.iter().all(|speed| *speed > 0.0), "{speeds:?}");
    // Whoever is not looked at times nothing, and the run is the same either way.
    let mut other = Session::new(real);
    let unselected = View { is_selected: false, ..view.clone() };
    assert!(!begin(&mut other, &experiment, &unselected).at_work.iter().any(|figure| figure == "throughput"));
    let [timed, untimed] = [(&mut session, &view), (&mut other, &unselected)]
        .map(|(session, view)| frame(session.answer(look(5, view)).0));
    assert_eq!((timed.step, timed.loss, timed.epoch_items), (5, untimed.loss, untimed.epoch_items));
}

#[test]
fn the_ways_of_other_lanes_are_seen_beside_it_and_those_of_another_network_are_refused() {
    let (experiment, mut view) = looking("optimizers");
    view.probe.surface.by_path = true;
    let lab = find("optimizers").unwrap();
    let moons = lab.change(&experiment, "workload", &json!("moons")).unwrap();
    let adam = lab.change(&moons, "rule", &json!("adam")).unwrap();
    let [mut here, mut there] = [&moons, &adam].map(|experiment| {
        let mut session = Session::new(ticking);
        begin(&mut session, experiment, &view);
        session.answer(Request::Advance {
            run: 1,
            budget_ms: 1e6,
            steps: 30,
            until: None,
            view: view.clone(),
        });
        session
    });
    let Reply::Way { run: 1, snapshots, bytes } = there.answer(Request::Way { run: 1 }).0 else {
        panic!("no way")
    };
    assert!(snapshots == 31 && bytes.len() % snapshots == 0, "{snapshots} snapshots, {} bytes", bytes.len());
    let of = || vec![WayOf { lane: 2, label: "Adam".into(), snapshots }];
    let refused = here.take_ways(1, 1, of(), &[bytes[4..].to_vec()]);
    assert!(
        matches!(&refused, Reply::Failed { message, .. } if message.contains("another network")),
        "{refused:?}"
    );
    assert!(
        matches!(here.take_ways(2, 1, of(), std::slice::from_ref(&bytes)), Reply::Failed { .. }),
        "that run is over"
    );
    assert_eq!(here.take_ways(1, 1, of(), &[bytes]), Reply::Taken);
    let now = frame(here.answer(Request::Advance { run: 1, budget_ms: 0.0, steps: 0, until: None, view }).0);
    let panel = now.panels.into_iter().find(|panel| panel.id == "surface").unwrap();
    let Figure::Surface(surface) = panel.figure else { panic!("a surface") };
    let lanes: Vec<_> = surface.paths.iter().map(|path| (path.lane, path.places.len)).collect();
    assert_eq!(lanes, [(1, 62), (2, 62)], "31 places of each");
    assert!(surface.axes[0].starts_with("principal component 1"), "{:?}", surface.axes);
}

#[test]
fn a_rate_is_looked_for_part_by_part_and_the_run_stays_as_it_is() {
    let mut session = Session::new(ticking);
    session.answer(start(1));
    let before = frame(session.answer(advance(1, 3)).0);
    let find = |session: &mut Session, budget_ms: f64| {
        let (reply, _) = session.answer(Request::FindRate { run: 1, budget_ms });
        let text = serde_json::to_string(&reply).unwrap();
        assert_eq!(serde_json::from_str::<Reply>(&text).unwrap(), reply);
        match reply {
            Reply::Rates { run: 1, curve } => curve,
            other => panic!("no rates but {other:?}"),
        }
    };
    // The clock goes on by 1 at every look: so many steps.
    let first = find(&mut session, 10.0);
    assert_eq!((first.rates.len(), first.end), (10, None));
    let second = find(&mut session, 15.0);
    assert_eq!(second.rates.len(), 25);
    let whole = find(&mut session, 1e9);
    assert!(whole.end.is_some() && whole.losses[..25] == second.losses[..]);
    assert_eq!(find(&mut session, 1e9), whole, "the same once more, from its beginning");
    let after = frame(session.answer(advance(1, 0)).0);
    assert_eq!((after.step, after.loss), (before.step, before.loss));
    find(&mut session, 10.0);
    frame(session.answer(advance(1, 1)).0);
    assert_eq!(find(&mut session, 10.0).rates.len(), 10, "of a run that went on it begins anew");
    let stale = session.answer(Request::FindRate { run: 2, budget_ms: 1.0 }).0;
    assert!(matches!(stale, Reply::Failed { run: 2, .. }));
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
    session.answer(Request::Start { run: 1, experiment, takes_offer: false, view: everything() });
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
    let request = Request::Start { run: 1, experiment, takes_offer: false, view: everything() };
    let Reply::Failed { message, .. } = Session::new(ticking).answer(request).0 else { panic!("refused") };
    assert!(
        message.ends_with(
            "the lab gradients takes no pictures, signals, sequences, ratings, documents or landscapes"
        ),
        "{message}"
    );
}

/// IDX files of so many pictures of 8 by 6 pixels in three classes, bright where their class is.
fn files(items: usize) -> Vec<(String, Vec<u8>)> {
    let pixel = |item: usize, at: usize| if at / 16 == item % 3 { 250 } else { (at * item % 40) as u8 };
    let pixels = (0..items).flat_map(|item| (0..48).map(move |at| pixel(item, at))).collect();
    let labels: Vec<u8> = (0..items).map(|item| (item % 3) as u8).collect();
    let [images, labels] = idx::to_bytes(&Pictures::new(8, 6, pixels), &labels);
    vec![("images".into(), images), ("labels".into(), labels)]
}

/// Reads to the end, one part at a time; what came of it, and the shares told on the way.
fn read_all(session: &mut Session, files: Vec<(String, Vec<u8>)>) -> (Reply, Vec<f32>) {
    let mut shares = Vec::new();
    let mut reply = session.give("files".into(), files);
    while let Reply::Reading { share } = reply {
        shares.push(share);
        reply = session.answer(Request::Read { budget_ms: 0.0 }).0;
    }
    (reply, shares)
}

fn cnn() -> &'static dyn Lab {
    LABS.into_iter().find(|lab| lab.has_pad()).unwrap()
}

fn start_cnn(session: &mut Session, run: u32, experiment: Experiment) -> Reply {
    begin_cnn(session, run, experiment, false)
}

/// Starts a run on what files gave last.
fn start_on_offer(session: &mut Session, run: u32, experiment: Experiment) -> Reply {
    begin_cnn(session, run, experiment, true)
}

fn begin_cnn(session: &mut Session, run: u32, experiment: Experiment, takes_offer: bool) -> Reply {
    let figures = cnn().figures().iter().map(|slot| slot.id.to_owned()).collect();
    let view = View { figures, layer: 1, ..View::default() };
    session.answer(Request::Start { run, experiment, takes_offer, view }).0
}

#[test]
fn files_are_read_part_by_part_and_trained_on() {
    let mut session = Session::new(ticking);
    let (reply, shares) = read_all(&mut session, files(90));
    let Reply::Given { data, summary } = reply else { panic!("{reply:?}") };
    assert!(shares.is_sorted() && shares.len() >= 4 && shares[shares.len() - 1] == 1.0, "{shares:?}");
    assert_eq!(summary, "90 images, 8 by 6 pixels, 3 classes");
    assert_eq!((data.samples, data.image_size, data.classes), (90, Some([8, 6]), Some(3)));

    // The network that reads digits is too deep for them, and the page is given one that is not.
    let defaults = cnn().defaults();
    let experiment = cnn().change(&defaults, "data", &serde_json::to_value(&data).unwrap()).unwrap();
    let augmentation = defaults.data.augmentation.clone();
    assert_eq!(experiment.data, DataConfig { augmentation, ..data });
    let link = glassbox::labs::to_link(&experiment.clone().into()).unwrap();
    assert_eq!(glassbox::labs::from_link(&link).unwrap().first, experiment, "{link}");
    let back = cnn().change(&experiment, "data.name", &json!("digits")).unwrap();
    assert_eq!((back.data.name.as_str(), back.data.image_size), ("digits", None));

    assert_eq!(frame(start_on_offer(&mut session, 1, experiment.clone())).step, 0);
    let view = View { figures: vec!["misread".into(), "confusion".into()], layer: 1, ..View::default() };
    session.answer(Request::Advance { run: 1, budget_ms: 1e9, steps: 60, until: None, view: view.clone() });
    let still = Request::Advance { run: 1, budget_ms: 0.0, steps: 0, until: None, view: view.clone() };
    let (reply, numbers) = session.answer(still);
    let trained = frame(reply);
    assert_eq!((trained.step, trained.epoch, trained.epoch_items), (60, 20, [0, 72]));
    let Figure::Matrix(matrix) = &trained.panels[1].figure else { panic!("no matrix") };
    let counts = numbers.at(matrix.counts);
    assert_eq!((counts.len(), counts.iter().sum::<f32>()), (9, 18.0));
    let right: f32 = [0, 4, 8].map(|at| counts[at]).iter().sum();
    assert!(right >= 15.0, "{right} of 18 right");

    // The pictures behind a cell are those that it counts.
    for truth in 0..3 {
        for said in 0..3 {
            let view = View { cell: Some([truth, said]), ..view.clone() };
            let (reply, numbers) =
                session.answer(Request::Advance { run: 1, budget_ms: 0.0, steps: 0, until: None, view });
            let panels = frame(reply).panels;
            let Figure::Gallery(gallery) = &panels[0].figure else { panic!("no gallery") };
            assert_eq!(gallery.of as f32, counts[truth * 3 + said]);
            assert_eq!(numbers.at(gallery.pictures).len(), gallery.of * 48);
            let bright = |picture: &[f32]| picture.iter().position(|&grey| grey > 0.9).unwrap() / 16;
            assert!(numbers.at(gallery.pictures).chunks(48).all(|picture| bright(picture) == truth));
        }
    }
    // Every figure takes a drawing of their size; the companions, which read digits, are left out.
    let figures = cnn().figures().iter().map(|slot| slot.id.to_owned()).collect();
    let picture: Vec<f32> = (0..48).map(|at| f32::from(u8::from(at / 16 == 1))).collect();
    let view = View { figures, layer: 1, picture, ..View::default() };
    let (reply, _) = session.answer(Request::Advance { run: 1, budget_ms: 0.0, steps: 0, until: None, view });
    let panels = frame(reply).panels;
    assert_eq!(panels.len(), cnn().figures().len());
    let lines = panels.iter().find_map(|panel| match &panel.figure {
        Figure::Sweep(sweep) => Some(sweep.lines.len()),
        _ => None,
    });
    assert_eq!(lines, Some(1));
    // Reset finds the same pictures, another seed splits them otherwise.
    assert_eq!(frame(start_cnn(&mut session, 2, experiment.clone())).step, 0);
    assert_eq!(frame(start_cnn(&mut session, 3, Experiment { seed: 8, ..experiment })).step, 0);
}

#[test]
fn files_that_cannot_be_taken_leave_the_run_and_what_was_given() {
    let mut session = Session::new(ticking);
    let (reply, _) = read_all(&mut session, files(30));
    let Reply::Given { data, .. } = reply else { panic!("{reply:?}") };
    let given = cnn().change(&cnn().defaults(), "data", &serde_json::to_value(&data).unwrap()).unwrap();
    start_on_offer(&mut session, 1, given.clone());
    session.answer(advance(1, 5));
    let [(images, pictures), (labels, classes)] = files(30).try_into().unwrap();
    let lying = [&pictures[..4], &[0, 2, 0, 0], &pictures[8..]].concat();
    let huge = [&pictures[..4], &u32::MAX.to_be_bytes(), &pictures[8..]].concat();
    let large = [&pictures[..8], &999_u32.to_be_bytes(), &pictures[12..]].concat();
    let gzip = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, &pictures).unwrap();
        encoder.finish().unwrap()
    };
    let too_few = idx::to_bytes(&Pictures::new(8, 6, vec![0; 480]), &[0; 10])[1].clone();
    for (pictures, classes, words) in [
        (pictures[..200].to_vec(), classes.clone(), "images: it is cut off after 3 of the 30 images"),
        (lying, classes.clone(), "images: it is cut off after 30 of the 131072 images"),
        (huge, classes.clone(), "images: it promises 4294967295 images, but may have 200000"),
        (large, classes.clone(), "images: its images are 999 by 6 pixels, but each side must be 1 to 64"),
        (gzip[..60].to_vec(), classes.clone(), "images: its gzip data are damaged or cut off"),
        (pictures.clone(), too_few, "labels: it has 10 labels, but images has 30 images"),
        (classes.clone(), classes.clone(), "images: its images are missing"),
        (b"PK\x03\x04".to_vec(), classes.clone(), "images: not an IDX file of images or labels"),
        (Vec::new(), classes, "images: not an IDX file of images or labels: it ends within its header"),
    ] {
        let files = vec![(images.clone(), pictures), (labels.clone(), classes)];
        let Reply::Refused { message } = read_all(&mut session, files).0 else { panic!("taken: {words}") };
        assert!(message.starts_with(words) && !message.contains('\n'), "{message}");
    }
    // A third file of images is refused before it is unpacked: after its header, at half of all bytes.
    let thrice = [&images; 3].map(|name| (name.clone(), pictures.clone()));
    let (reply, shares) = read_all(&mut session, [&thrice[..], &[(labels.clone(), vec![9])]].concat());
    let Reply::Refused { message } = reply else { panic!("taken") };
    assert!(message.starts_with("the number of files is 3 of images and 0 of labels"), "{message}");
    assert!(shares.last().is_some_and(|share| *share < 0.67), "{shares:?}");
    assert_eq!(frame(session.answer(advance(1, 0)).0).step, 5);
    assert_eq!(frame(start_cnn(&mut session, 2, given)).step, 0);
    // Stopped on the way, they are as if they had never been given.
    assert!(matches!(session.give("files".into(), files(60)), Reply::Reading { .. }));
    assert_eq!(session.answer(Request::StopReading).0, Reply::Stopped);
    assert_eq!(session.answer(Request::Read { budget_ms: 1e9 }).0, Reply::Stopped);
    assert_eq!(frame(session.answer(advance(2, 0)).0).step, 0);
}

#[test]
fn a_run_on_files_that_are_not_there_is_told() {
    let mut session = Session::new(ticking);
    frame(start_cnn(&mut session, 1, cnn().defaults()));
    for set in ["files", "drawings"] {
        let experiment = cnn().change(&cnn().defaults(), "data.name", &json!(set)).unwrap();
        let Reply::Failed { run: 2, message } = start_cnn(&mut session, 2, experiment) else {
            panic!("{set}")
        };
        let words = format!("data.name is {set}, but must be a built-in set until such data are given");
        assert!(message.starts_with(&words), "{message}");
        assert_eq!(frame(session.answer(advance(1, 0)).0).step, 0);
    }
}

#[test]
fn a_model_file_becomes_the_running_network() {
    let mut session = Session::new(ticking);
    frame(start_cnn(&mut session, 1, cnn().defaults()));
    let mut trained = glassbox::train::Run::new(cnn().defaults()).unwrap();
    trained.step().unwrap();
    let bytes = glassbox::train::model::to_bytes(&trained);
    for broken in [&bytes[..0], &bytes[..bytes.len() / 2]] {
        let Reply::Refused { message } = session.give_model("m", broken) else { panic!("taken") };
        assert_eq!(message, "m: not a whole safetensors file: damaged, cut off or something else");
    }
    let experiment = |reply| match reply {
        Reply::GivenModel(experiment) => experiment,
        other => panic!("no model but {other:?}"),
    };
    let without = Experiment { initial_weights: Some(InitialWeights::Model), ..cnn().defaults() };
    let Reply::Failed { message, .. } = start_cnn(&mut session, 2, without) else {
        panic!("no model is there")
    };
    assert!(
        message.starts_with("initial_weights is model, but must be digits or left out, until"),
        "{message}"
    );
    let given = experiment(session.give_model("m", &bytes));
    assert_eq!(frame(start_on_offer(&mut session, 2, given.clone())).step, 0);
    // Its first answer is that of the trained network.
    let picture: Vec<f32> =
        (0..784).map(|pixel| f32::from(u8::from((12..16).contains(&(pixel % 28))))).collect();
    let mut pass = glassbox::nn::Pass::default();
    trained.network().forward(&picture, &mut pass);
    let view = View { figures: vec!["scores".into()], layer: 1, picture, ..View::default() };
    let (reply, numbers) =
        session.answer(Request::Advance { run: 2, budget_ms: 0.0, steps: 0, until: None, view });
    let panels = frame(reply).panels;
    let Figure::Scores(scores) = &panels[0].figure else { panic!("no scores") };
    assert_eq!(numbers.at(scores.probabilities), pass.output());
    let other = cnn().change(&given, "data", &json!({ "name": "digits", "samples": 100 })).unwrap();
    assert_eq!(other.initial_weights, Some(InitialWeights::Model));
    let dense = Settings::from([(
        "network.layers".to_owned(),
        json!([{ "type": "flatten" }, { "type": "dense", "units": 10, "activation": "softmax" }]),
    )]);
    let Reply::Failed { message, .. } = start_cnn(&mut session, 3, given.with(&dense).unwrap()) else {
        panic!("taken")
    };
    assert!(
        message.contains("left out for a network whose layers are not those of the model file"),
        "{message}"
    );
}

#[test]
fn a_network_is_saved_as_it_stands_and_goes_on_from_there() {
    let mut session = Session::new(ticking);
    frame(start_cnn(&mut session, 1, cnn().defaults()));
    let picture: Vec<f32> = (0..784).map(|pixel| f32::from(pixel % 28 == 14)).collect();
    let view = View { figures: vec!["scores".into()], layer: 1, picture, ..View::default() };
    let (_, numbers) = session.answer(Request::Advance {
        run: 1,
        budget_ms: 1e9,
        steps: 2,
        until: None,
        view: view.clone(),
    });
    let Reply::Saved { bytes } = session.answer(Request::Save { run: 1 }).0 else { panic!("no file") };
    let model = glassbox::train::Model::read("m", &bytes[..]).unwrap();
    assert_eq!((model.steps, model.experiment.lab.as_str()), (2, "cnn"));
    let Reply::GivenRun(experiment) = session.give_model("m", &bytes) else { panic!("no run") };
    frame(start_on_offer(&mut session, 2, experiment));
    let still = Request::Advance { run: 2, budget_ms: 0.0, steps: 0, until: None, view };
    assert_eq!(session.answer(still).1.0, numbers.0, "another answer");
    let Reply::Failed { run: 1, .. } = session.answer(Request::Save { run: 1 }).0 else { panic!("saved") };
}

/// Of a model that is refused late, when its run cannot begin, nothing stays.
#[test]
fn what_is_read_is_held_only_once_a_run_has_begun_on_it() {
    let mut session = Session::new(ticking);
    let trained = |steps: usize| {
        let mut run = glassbox::train::Run::new(cnn().defaults()).unwrap();
        for _ in 0..steps {
            run.step().unwrap();
        }
        glassbox::train::model::to_bytes(&run)
    };
    let Reply::GivenModel(good) = session.give_model("good", &trained(1)) else { panic!("no model") };
    frame(start_on_offer(&mut session, 1, good.clone()));
    let weights = |session: &mut Session, run: u32| {
        let view = View { figures: vec!["filters".into()], layer: 1, ..View::default() };
        session.answer(Request::Advance { run, budget_ms: 0.0, steps: 0, until: None, view }).1.0
    };
    let held = weights(&mut session, 1);
    // A second one is offered, but the run that would take it cannot begin.
    let bare = || Experiment { initial_weights: Some(InitialWeights::Model), ..cnn().defaults() };
    let dense = Settings::from([(
        "network.layers".to_owned(),
        json!([{ "type": "flatten" }, { "type": "dense", "units": 10, "activation": "softmax" }]),
    )]);
    assert!(matches!(session.give_model("other", &trained(2)), Reply::GivenModel(_)));
    let Reply::Failed { .. } = start_on_offer(&mut session, 2, bare().with(&dense).unwrap()) else {
        panic!("taken")
    };
    frame(start_cnn(&mut session, 3, good.clone()));
    assert_eq!(weights(&mut session, 3), held, "a refused model took the place of the one at work");
    // One that nobody takes, and one that is given up, change nothing either.
    assert!(matches!(session.give_model("other", &trained(2)), Reply::GivenModel(_)));
    frame(start_cnn(&mut session, 4, good.clone()));
    assert_eq!(weights(&mut session, 4), held);
    assert_eq!(session.answer(Request::StopReading).0, Reply::Stopped);
    frame(start_on_offer(&mut session, 5, good.clone()));
    assert_eq!(weights(&mut session, 5), held);
    assert!(matches!(session.give_model("other", &trained(2)), Reply::GivenModel(_)));
    frame(start_on_offer(&mut session, 6, good));
    assert_ne!(weights(&mut session, 6), held);

    // Pictures that came too late to be stopped: they are as if they had never been given.
    let (reply, _) = read_all(&mut session, files(30));
    let Reply::Given { data, .. } = reply else { panic!("{reply:?}") };
    let on = |data: &DataConfig| {
        cnn().change(&cnn().defaults(), "data", &serde_json::to_value(data).unwrap()).unwrap()
    };
    frame(start_on_offer(&mut session, 7, on(&data)));
    let (late, _) = read_all(&mut session, files(60));
    assert!(matches!(late, Reply::Given { .. }));
    session.answer(Request::StopReading);
    frame(start_cnn(&mut session, 8, on(&data)));
    let Reply::Given { data: more, .. } = late else { panic!("{late:?}") };
    let Reply::Failed { message, .. } = start_on_offer(&mut session, 9, on(&more)) else { panic!("taken") };
    assert!(message.contains("at most 30"), "{message}");
}

#[test]
fn what_no_drawing_changes_waits_until_the_pen_is_lifted() {
    let lab = cnn();
    let ids = |of: fn(&FigureSlot) -> bool| -> Vec<&str> {
        lab.figures().iter().filter(|slot| of(slot)).map(|slot| slot.id).collect()
    };
    assert!(!ids(|slot| slot.is_slow).is_empty());
    let picture = |line: usize| (0..784).map(|pixel| f32::from(pixel % 28 == line)).collect();
    let figures = lab.figures().iter().map(|slot| slot.id.to_owned()).collect();
    let mut view = View { figures, picture: picture(14), is_drawing: true, ..View::default() };
    let mut session = Session::new(ticking);
    let still =
        |view: &View| Request::Advance { run: 1, budget_ms: 0.0, steps: 0, until: None, view: view.clone() };
    let mut shown = |request: Request| {
        let frame = frame(session.answer(request).0);
        (frame.panels.into_iter().map(|panel| panel.id).collect::<Vec<_>>(), frame.settings.is_some())
    };
    let start = Request::Start { run: 1, experiment: lab.defaults(), takes_offer: false, view: view.clone() };
    assert_eq!(shown(start), (ids(|slot| !slot.is_slow).iter().map(ToString::to_string).collect(), true));
    view.picture = picture(12);
    let moved = ids(|slot| slot.of_drawing && !slot.is_slow).iter().map(ToString::to_string).collect();
    assert_eq!(shown(still(&view)), (moved, false), "the next move of the pen");
    view.is_drawing = false;
    assert_eq!(shown(still(&view)), (view.figures.clone(), true), "the pen is lifted");
}

#[test]
fn figures_that_tell_of_the_test_tell_it_of_the_same_step() {
    let slots = LABS[0].figures();
    let telling: Vec<&str> = slots.iter().filter(|slot| slot.tests).map(|slot| slot.id).collect();
    assert_eq!(telling, ["boundary", "curves", "confusion"]);
    let mut session = Session::new(ticking);
    let mut experiment = LABS[0].defaults();
    for (key, value) in
        [("activation", json!("relu")), ("depth", json!(2)), ("optimizer.name", json!("adam"))]
    {
        experiment = LABS[0].change(&experiment, key, &value).unwrap();
    }
    session.answer(Request::Start { run: 1, experiment, takes_offer: false, view: everything() });
    let (mut frames, mut accuracies) = (vec![0; slots.len()], Vec::new());
    for _ in 0..600 {
        session.note(9.0, 0.0); // time for some of the figures
        let panels = frame(session.answer(advance(1, 7)).0).panels;
        for panel in &panels {
            frames[slots.iter().position(|slot| slot.id == panel.id).unwrap()] += 1;
        }
        let told: Vec<_> = panels.iter().filter(|panel| telling.contains(&panel.id.as_str())).collect();
        if told.is_empty() {
            continue;
        }
        assert_eq!(told.len(), telling.len(), "filled together: {told:?}");
        let of = |id: &str| told.iter().find(|panel| panel.id == id).unwrap();
        let accuracy = of("boundary").note.strip_prefix("test ").unwrap().to_owned();
        let said = &of("curves").summary;
        assert!(said.contains(&format!("test accuracy {accuracy}.")), "{accuracy}, but {said}");
        accuracies.push(accuracy);
    }
    accuracies.dedup();
    assert!(accuracies.len() > 5, "the run learns: {accuracies:?}");
    assert!(frames.iter().all(|&times| times > 3), "each figure has its turn: {frames:?}");
}

#[test]
fn a_probe_that_moves_is_answered_while_the_run_stands_still() {
    let lab = find("autoencoder").unwrap();
    let experiment = [("data.samples", json!(500)), ("use", json!("detect"))]
        .iter()
        .fold(lab.defaults(), |experiment, (key, value)| lab.change(&experiment, key, value).unwrap());
    let ids = |of: fn(&FigureSlot) -> bool| -> Vec<&str> {
        lab.figures().iter().filter(|slot| of(slot)).map(|slot| slot.id).collect()
    };
    let figures = lab.figures().iter().map(|slot| slot.id.to_owned()).collect();
    let mut view = View { figures, layer: 1, ..View::default() };
    let mut session = Session::new(ticking);
    session.answer(Request::Start { run: 1, experiment, takes_offer: false, view: view.clone() });
    session.answer(Request::Advance { run: 1, budget_ms: 1e6, steps: 4, until: None, view: view.clone() });
    let mut still = |view: &View| {
        let request = Request::Advance { run: 1, budget_ms: 0.0, steps: 0, until: None, view: view.clone() };
        let (reply, numbers) = session.answer(request);
        let frame = frame(reply);
        assert_eq!((frame.step, frame.steps), (4, 0));
        (frame.panels, numbers)
    };
    let mut before = still(&view);
    let nothing_moved = still(&view);
    assert_eq!(before, nothing_moved, "the same is shown for the same");
    // What of all figures is another one after each change; numbers are compared in their place of the message.
    let changed = |(panels, numbers): &(Vec<_>, Numbers),
                   (others, theirs): &(Vec<_>, Numbers)|
     -> Vec<String> {
        let told = |panels: &[glassbox::labs::Panel], numbers: &Numbers| -> Vec<(String, String)> {
            let table = |panel: &glassbox::labs::Panel| glassbox::plot::table(&panel.figure, numbers).rows;
            let of = |panel| (panel, table(panel));
            panels
                .iter()
                .map(of)
                .map(|(panel, rows)| {
                    // The pictures of a map are no rows of its table: what they are is told by its cursor.
                    let cursor = match &panel.figure {
                        Figure::LatentMap(map) => {
                            map.cursor.as_ref().map(|cursor| numbers.at(cursor.item).to_vec())
                        }
                        _ => None,
                    };
                    (panel.id.clone(), format!("{} {rows:?} {cursor:?}", panel.summary))
                })
                .collect()
        };
        let (a, b) = (told(panels, numbers), told(others, theirs));
        assert_eq!(a.len(), b.len(), "all figures are answered");
        a.into_iter().zip(b).filter(|(a, b)| a != b).map(|(a, _)| a.0).collect()
    };
    let mut moved = |view: &View, wanted: &[&str]| {
        let now = still(view);
        assert_eq!(changed(&before, &now), wanted, "{:?}", view.probe);
        before = now;
    };
    view.probe.cursor = Some([0.4, -0.3]);
    moved(&view, &["map"]);
    view.probe.order = ItemOrder::Worst;
    moved(&view, &["reconstructions"]);
    view.probe.threshold = Some(0.01);
    moved(&view, &["errors", "roc"]);
    view.probe.item = Some(5);
    moved(&view, &["reconstructions", "walk", "layers"]);
    view.probe.level = Some(0.5);
    moved(&view, &["reconstructions", "noise"]);
    // What is on the pad is marked as odd in the frame that moves the threshold past its error.
    view.picture = vec![0.5; 784];
    let marked = |panels: &[glassbox::labs::Panel]| {
        let rows = panels.iter().find_map(|panel| match &panel.figure {
            Figure::PictureRows(rows) if panel.id == "reconstructions" => Some(rows),
            _ => None,
        });
        rows.unwrap().marked
    };
    for (threshold, mark) in [(1.0, None), (0.0, Some(10)), (1.0, None)] {
        view.probe.threshold = Some(threshold);
        assert_eq!(marked(&still(&view).0), mark, "a threshold of {threshold}");
    }
    // While something is held and moved, what no probe changes is left as it is.
    view.is_drawing = true;
    view.probe.cursor = Some([0.5, -0.3]);
    let answered: Vec<String> = still(&view).0.into_iter().map(|panel| panel.id).collect();
    assert_eq!(answered, ids(|slot| slot.of_probe && !slot.is_slow));
}
