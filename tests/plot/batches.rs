//! Figures of what batches cost and buy, to draw; and that they are read as they are drawn.

use super::pictures::sample;
use super::samples::Sample;
use super::{on_paper, read_out};
use glassbox::labs::*;
use glassbox::plot::{View, table};

pub fn figures() -> Vec<Sample> {
    vec![
        throughput("throughput", 4),
        throughput("throughput-one", 1),
        rate("rate", 36),
        raced("curves-seconds", CurveAxis::Seconds, 4),
        raced("curves-examples", CurveAxis::Examples, 4),
        raced("curves-updates", CurveAxis::Updates, 4),
        raced("curves-seconds-one", CurveAxis::Seconds, 1),
        falling("curves-log", 4),
        deal("deal", 4),
        deal("deal-one", 1),
        memory("memory-bars", 4, None),
        memory("memory-bars-whole", 3, Some(2048)),
        memory("memory-bars-one", 1, Some(60_000)),
        fans("fans", 4),
        fans("fans-one", 1),
        race("race", 4),
        race("race-one", 1),
        updates("update-bars", 4),
        paces("bars-by-name", 4),
        paces("bars-by-name-one", 1),
    ]
}

const BATCHES: [usize; 4] = [1, 32, 512, 2048];
const ITEMS: usize = 2056;

/// Seconds that a step of so many items takes.
fn step_seconds(batch: usize) -> f32 {
    (batch as f32 + 140.0) / 340_000.0
}

/// Loss of a lane after so many updates.
fn loss(lane: usize, updates: f32, noise: f32) -> f32 {
    let (pace, floor, rough) =
        [(900.0, 0.34, 0.06), (160.0, 0.17, 0.016), (110.0, 0.15, 0.004), (100.0, 0.15, 0.0)][lane];
    floor + (2.3 - floor) * libm::expf(-libm::powf(updates / pace, 0.7)) + rough * noise
}

/// Where row `row` of 160 of a lane lies on an axis that ends at four seconds, 2,000 updates or 20,000 examples.
fn place(axis: CurveAxis, lane: usize, row: usize) -> [f32; 2] {
    let share = row as f32 / 160.0;
    let batch = BATCHES[lane];
    match axis {
        CurveAxis::Seconds => [4.0 * share, 4.0 * share / step_seconds(batch)],
        CurveAxis::Updates => [2000.0 * share; 2],
        CurveAxis::Examples => [20_000.0 * share, 20_000.0 * share / batch as f32],
    }
}

/// The losses of lanes that race.
fn raced(name: &str, axis: CurveAxis, lanes: usize) -> Sample {
    sample(name, |numbers, noise| {
        let mut line = |lane: usize| {
            let x = numbers.add((0..=160).map(|row| place(axis, lane, row)[0]));
            let y = numbers.add((0..=160).map(|row| loss(lane, place(axis, lane, row)[1], noise.next())));
            let label = if lanes == 1 { "train".into() } else { lane_name(lane) };
            Line { label, is_train: true, lane, x, low: y, high: y }
        };
        let lines = (0..lanes).map(&mut line).collect();
        let strip = Strip { label: "loss".into(), top: Some(2.3), lines, ..Strip::default() };
        Figure::Curves(Curves {
            steps: 2000,
            at: Some(700),
            changes: vec![Change { step: 900, words: "batch 64".into() }],
            strips: vec![strip],
            axis,
            is_race: true,
            ..Curves::default()
        })
    })
}

/// Heights that fall for ever, to 0, to where they hover and beyond what is a number, on a log axis with a goal.
fn falling(name: &str, lanes: usize) -> Sample {
    sample(name, |numbers, _| {
        let x = numbers.add((0..400).map(|step| step as f32));
        let height = |lane: usize, step: f32| match lane {
            0 => 23.2 * libm::expf(-0.04 * step),
            1 => (23.2 * libm::expf(-0.1 * step) - 1e-5).max(0.0),
            2 => 0.114 + 23.0 * libm::expf(-0.3 * step),
            _ if step < 60.0 => 23.2 * libm::expf(0.05 * step),
            _ => f32::NAN,
        };
        let mut line = |lane: usize| {
            let y = numbers.add((0..400).map(|step| height(lane, step as f32)));
            Line { label: lane_name(lane), is_train: true, lane, x, low: y, high: y }
        };
        let lines = (0..lanes).map(&mut line).collect();
        let strip = Strip { label: "loss".into(), top: Some(90.0), is_log: true, lines, ..Strip::default() };
        let strips = vec![strip];
        Figure::Curves(Curves { steps: 399, strips, is_race: true, target: Some(0.1), ..Curves::default() })
    })
}

/// Steps of two weights against their slopes.
fn paces(name: &str, lanes: usize) -> Sample {
    sample(name, |numbers, _| {
        let paces = [[0.18, 0.18], [0.04, 0.2], [20.0, 0.15], [1.2, 0.0]];
        let mut series = |lane: usize| {
            let values = numbers.add(paces[lane]);
            BarSeries { lane, values, predicted: Span::default(), finding: None }
        };
        Figure::LayerBars(LayerBars {
            label: "|Δ| / |∂f|".into(),
            series: (0..lanes).map(&mut series).collect(),
            decades: [-4, 2],
            is_numbered: true,
            names: vec!["x".into(), "y".into()],
            ..LayerBars::default()
        })
    })
}

/// The first milliseconds of an epoch of three classes.
fn deal(name: &str, lanes: usize) -> Sample {
    sample(name, |numbers, noise| {
        let labels = numbers.add((0..ITEMS).map(|_| (1.5 + 1.499 * noise.next()).floor()));
        let row = |lane: usize| {
            let batch = BATCHES[lane];
            let done = (0.0053 / step_seconds(batch)) as usize * batch;
            DealRow { lane, items: ITEMS, batch, done: done.min(ITEMS), epoch: 3, labels }
        };
        let classes = ["setosa", "versicolor", "virginica"].map(Into::into).to_vec();
        Figure::Deal(Deal { rows: (0..lanes).map(row).collect(), classes })
    })
}

/// What lanes keep, and what so many items in one batch would take.
fn memory(name: &str, lanes: usize, whole: Option<usize>) -> Sample {
    sample(name, |_, _| {
        let bar = |lane: usize, batch: usize| {
            let per_item = [19_000.0, 3000.0].map(|bytes| bytes * batch as f64);
            MemoryBar { lane, batch, bytes: [2.1e6, 2.1e6, 4.2e6, per_item[0], per_item[1]] }
        };
        Figure::MemoryBars(MemoryBars {
            bars: (0..lanes).map(|lane| bar(lane, BATCHES[lane])).collect(),
            whole: whole.map(|items| bar(0, items)),
            finding: "only activations and data grow with the batch".into(),
        })
    })
}

fn fans(name: &str, lanes: usize) -> Sample {
    sample(name, |numbers, noise| {
        let mut fan = |lane: usize| {
            let mean = [84.0, 58.0, 22.0, 0.0][lane];
            let many = if mean > 0.0 { 11 } else { 1 };
            let angles = numbers.add((0..many).map(|_| mean * (1.0 + 0.15 * noise.next())));
            Fan { lane, batch: BATCHES[lane], angles, mean }
        };
        Figure::Fans(Fans {
            fans: (0..lanes).map(&mut fan).collect(),
            words: "Four times the batch halves the noise.".into(),
        })
    })
}

/// Learning curves of lanes over four seconds.
fn race(name: &str, lanes: usize) -> Sample {
    sample(name, |numbers, noise| {
        let mut runner = |lane: usize| {
            let rows = || (0..=160).map(|row| place(CurveAxis::Seconds, lane, row));
            let batch = BATCHES[lane] as f32;
            let losses: Vec<f32> = rows().map(|[_, updates]| loss(lane, updates, noise.next())).collect();
            let tested = |(row, loss): (usize, &f32)| if row % 8 == 0 { 1.0 - 0.38 * loss } else { f32::NAN };
            Runner {
                lane,
                items: ITEMS,
                updates: numbers.add(rows().map(|[_, updates]| updates)),
                examples: numbers.add(rows().map(|[_, updates]| updates * batch)),
                seconds: numbers.add(rows().map(|[seconds, _]| seconds)),
                metric: numbers.add(losses.iter().enumerate().map(tested)),
                loss: numbers.add(losses),
            }
        };
        let runners = (0..lanes).map(&mut runner).collect();
        let told = vec![CurveAxis::Seconds, CurveAxis::Examples];
        Figure::Race(Race { runners, metric: "test accuracy".into(), is_share: true, goal: None, told })
    })
}

/// How large updates are against weights, layer by layer.
fn updates(name: &str, lanes: usize) -> Sample {
    sample(name, |numbers, _| {
        let ratios = [
            [3e-5, 9e-5, 2.6e-4, 8e-4, 2.8e-3, 1.1e-2],
            [2.4e-4, 5e-4, 1.1e-3, 2.2e-3, 5.6e-3, 1.6e-2],
            [1.9e-3, 1.6e-3, 2.2e-3, 1.8e-3, 2.4e-3, 3.1e-3],
            [1.0e-3, 9e-4, 1.2e-3, 8.4e-4, 1.1e-3, 1.3e-3],
        ];
        let mut series = |lane: usize| BarSeries {
            lane,
            values: numbers.add(ratios[lane]),
            predicted: Span::default(),
            finding: (lane == 0).then(|| Finding {
                layer: 1,
                text: "A starves the first layers".into(),
                is_fault: false,
            }),
        };
        Figure::LayerBars(LayerBars {
            label: "mean |Δw| over |w|".into(),
            series: (0..lanes).map(&mut series).collect(),
            decades: [-5, -1],
            is_numbered: true,
            band: Some(([3.2e-4, 3.2e-3], "healthy, near 10⁻³".into())),
            ..LayerBars::default()
        })
    })
}

/// What a device does at batch sizes up to so many, with the lanes at four of them.
fn throughput(name: &str, lanes: usize) -> Sample {
    sample(name, |numbers, _| {
        let rate = |batch: f32| 340_000.0 * batch / (batch + 140.0);
        let sizes = || (0..=11).map(|power: i32| libm::powf(2.0, power as f32));
        let line = PlacedLine {
            x: numbers.add(sizes()),
            y: numbers.add(sizes().map(rate)),
            is_shared: true,
            ..PlacedLine::default()
        };
        let dot = |(lane, batch): (usize, f32)| PlacedDot {
            lane,
            label: lane_name(lane),
            x: batch,
            y: rate(batch),
            is_shared: false,
        };
        Figure::Lines(Lines {
            x_label: "batch".into(),
            x_scale: XScale::Log { base: 2 },
            y_label: "examples per second".into(),
            scale: LineScale::Decades([3, 6]),
            lines: vec![line],
            dots: [1.0, 32.0, 512.0, 2048.0].into_iter().enumerate().take(lanes).map(dot).collect(),
            knee: Some(Knee {
                at: 140.0,
                words: "knee near 140".into(),
                sides: ["overhead bound", "compute bound"].map(Into::into),
            }),
            ..Lines::default()
        })
    })
}

/// A learning rate that falls as a cosine, at this step of sixty.
fn rate(name: &str, now: i32) -> Sample {
    sample(name, |numbers, _| {
        let rate = |step: i32| 0.1 + 0.45 * (1.0 + libm::cosf(std::f32::consts::PI * step as f32 / 60.0));
        let line = PlacedLine {
            label: "cosine".into(),
            x: numbers.add((0..=60).map(|step| step as f32)),
            y: numbers.add((0..=60).map(rate)),
            is_shared: true,
            ..PlacedLine::default()
        };
        let label = format!("now {:.2}", rate(now));
        Figure::Lines(Lines {
            x_label: "step".into(),
            y_label: "share of the base rate".into(),
            scale: LineScale::Linear(1.0),
            lines: vec![line],
            dots: vec![PlacedDot { lane: 0, label, x: now as f32, y: rate(now), is_shared: true }],
            ..Lines::default()
        })
    })
}

fn named(name: &str) -> Sample {
    figures().into_iter().find(|sample| sample.name == name).expect("a sample of this name")
}

fn texts(name: &str, size: (u32, u32)) -> Vec<String> {
    on_paper(&named(name), size, &View::default()).texts.into_iter().map(|text| text.text).collect()
}

#[test]
fn throughput_stands_over_powers_of_two_with_the_lanes_and_the_knee() {
    for size in [(314, 152), (358, 152)] {
        let texts = texts("throughput", size);
        for word in ["1k", "100k", "batch 1", "32", "A", "B", "C", "D", "knee near 140", "compute bound"] {
            assert!(texts.iter().any(|text| text == word), "{word:?} is not in {texts:?}");
        }
    }
    let sample = named("throughput");
    let read = read_out(&sample.figure, &sample.numbers, (314.0, 152.0), (1000.0, 40.0)).unwrap();
    assert_eq!(read.lines[0], "batch 2,048 (D)");
    assert_eq!(table(&sample.figure, &sample.numbers).rows.len(), 12);
}

#[test]
fn a_learning_rate_says_what_it_is_now() {
    for now in [0, 36, 60] {
        let sample = rate("rate", now);
        let paper = on_paper(&sample, (284, 120), &View::default());
        assert!(paper.texts.iter().any(|text| text.text.starts_with("now ")), "{now}: {:?}", paper.texts);
        assert!(paper.texts.iter().any(|text| text.text == "cosine"));
    }
}

#[test]
fn losses_stand_over_updates_examples_or_seconds_with_who_is_first() {
    for (name, size, words) in [
        ("curves-seconds", (676, 220), &["0\u{202f}s", "4\u{202f}s", "C is lowest after 4.0\u{202f}s"][..]),
        ("curves-examples", (676, 220), &["example 0", "20,000", "B is lowest after 20,000 examples"]),
        ("curves-updates", (676, 220), &["step 0", "2,000", "batch 64"]),
        ("curves-seconds", (358, 220), &["0\u{202f}s", "4\u{202f}s"]),
    ] {
        let texts = texts(name, size);
        for word in words {
            assert!(texts.iter().any(|text| text == word), "{name} at {size:?}: no {word:?} in {texts:?}");
        }
        assert!(name != "curves-seconds" || !texts.iter().any(|text| text == "batch 64"), "{texts:?}");
    }
    let told = texts("curves-seconds", (676, 220)).into_iter().find(|text| text.contains(" crosses "));
    assert_eq!(told.as_deref(), Some("B crosses 0.2 at 0.57\u{202f}s"));
    let sample = named("curves-seconds");
    let read = read_out(&sample.figure, &sample.numbers, (676.0, 220.0), (1000.0, 40.0)).unwrap();
    assert_eq!(read.lines[0], "4.0\u{202f}s");
    assert_eq!(table(&sample.figure, &sample.numbers).columns[0], "seconds");
}

#[test]
fn an_epoch_is_dealt_batch_by_batch_and_the_last_is_told() {
    let words = ["update 65 of 65", "epoch 3, last: 8", "update 2 of 2", "A", "D"];
    let texts = texts("deal", (676, 148));
    assert!(
        words[1..2].iter().chain(&words[3..]).all(|word| texts.iter().any(|text| text == word)),
        "{texts:?}"
    );
    assert!(texts.iter().any(|text| text == "update 11 of 65"), "{texts:?}");
    let sample = named("deal");
    let at = |x: f64| read_out(&sample.figure, &sample.numbers, (676.0, 148.0), (x, 50.0)).unwrap().lines;
    assert_eq!(at(24.0)[..3], ["lane B, epoch 3", "batch 1 of 65, done", "items 1 to 32"]);
    assert!(at(24.0)[3].starts_with("item "), "{:?}", at(24.0));
    assert_eq!(at(400.0)[1].split(", ").nth(1), Some("still to come"));
}

#[test]
fn memory_has_its_unit_and_names_its_parts() {
    for size in [(292, 262), (358, 262)] {
        let texts = texts("memory-bars", size);
        for word in
            ["8.4\u{202f}MB", "53.5\u{202f}MB", "weights", "gradients", "optimiser", "activations", "data"]
        {
            assert!(texts.iter().any(|text| text == word), "{word:?} is not in {texts:?}");
        }
    }
    let sample = named("memory-bars");
    let read = read_out(&sample.figure, &sample.numbers, (292.0, 262.0), (150.0, 140.0)).unwrap();
    assert_eq!(
        read.lines,
        ["lane D, batch 2,048", "activations 38,912,000 bytes", "together 53,456,000 bytes"]
    );
    let texts = texts("memory-bars-one", (292, 262));
    let named = |word: &&str| texts.iter().any(|text| text == word);
    assert!(MemoryBars::PARTS.iter().all(&named), "every part has its name: {texts:?}");
    assert!(named(&"all 60,000 items in one batch"), "{texts:?}");
}

#[test]
fn a_fan_says_its_mean_angle() {
    let texts = texts("fans", (322, 152));
    for word in ["84°", "58°", "22°", "0°", "full gradient", "D"] {
        assert!(texts.iter().any(|text| text == word), "{word:?} is not in {texts:?}");
    }
}

#[test]
fn a_race_says_when_each_lane_is_there_and_how_all_do_after_equal_work() {
    let texts = texts("race", (292, 230));
    for word in ["Seconds to loss 0.2", "Epochs to loss 0.2", "not yet", "0.57", "Test accuracy after equal"]
    {
        assert!(texts.iter().any(|text| text == word), "{word:?} is not in {texts:?}");
    }
    assert!(texts.iter().any(|text| text.ends_with(" updates")), "{texts:?}");
}

#[test]
fn the_band_where_all_is_well_has_its_words() {
    for size in [(676, 176), (358, 176)] {
        let texts = texts("update-bars", size);
        assert!(texts.iter().any(|text| text == "shaded: healthy, near 10⁻³"), "{texts:?}");
        let has = |letter: &str| texts.iter().any(|text| text == letter);
        assert!(size.0 < 500 || ["A", "B", "C", "D"].into_iter().all(has), "{texts:?}");
    }
}
