//! Figures of what batches cost and buy, to draw; and that they are read as they are drawn.

use super::pictures::sample;
use super::samples::Sample;
use super::{on_paper, read_out};
use glassbox::labs::*;
use glassbox::plot::{View, table};

pub fn figures() -> Vec<Sample> {
    vec![throughput("throughput", 4), throughput("throughput-one", 1), rate("rate", 36)]
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
    assert_eq!(read.lines[0], "batch 2,048");
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
