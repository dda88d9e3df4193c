//! Figures of machines of two layers, to draw; and that they are read as they are drawn.

use super::paper::FINE;
use super::pictures::sample;
use super::samples::Sample;
use super::{assert_labels_stay, on_paper};
use glassbox::labs::*;
use glassbox::plot::{ReadOut, View, hidden_unit_at, read_out, table, visible_pixel_at};

const FILMS: [&str; 6] = [
    "Salt and Thunder",
    "The Glass Orchard",
    "Uncle Marlow Returns",
    "Eleven Bridges",
    "Last Tram Home",
    "Robots at Dusk",
];

pub fn figures() -> Vec<Sample> {
    vec![
        two_layers("two-layers", 12, [28, 28], false),
        two_layers("two-layers-held", 12, [28, 28], true),
        two_layers("two-layers-few", 3, [8, 12], false),
        two_layers("two-layers-numbers", 5, [1, 9], false),
        intervals("intervals", 6, false),
        questions("rated"),
        intervals("intervals-known", 6, true),
        intervals("intervals-many", 30, true),
        bars("named-bars"),
        tastes("grid-signed", 4, 6),
        words("word-lists", 8, 7),
        words("word-lists-two", 2, 4),
    ]
}

/// A ring of ink goes up to so many units; where pixels are held, those of its upper half.
fn two_layers(name: &str, units: usize, [height, width]: [usize; 2], is_held: bool) -> Sample {
    sample(name, |numbers, noise| {
        let cells = height * width;
        let ink = move |cell: usize| {
            let (x, y) =
                ((cell % width) as f32 / width as f32 - 0.5, (cell / width) as f32 / height as f32 - 0.5);
            (1.6 - 14.0 * ((x * x + y * y).sqrt() - 0.3).abs()).clamp(0.0, 1.0)
        };
        let is_on = |unit: usize| matches!(unit % 5, 0 | 2 | 4);
        let weight = |unit: usize, cell: usize| {
            let (x, y) = ((cell % width) as f32 / width as f32, (cell / width) as f32 / height as f32);
            (x * (2.0 + unit as f32)).sin() * (y * (9.0 - unit as f32 / 2.0)).cos()
        };
        Figure::TwoLayers(TwoLayers {
            given: numbers.add((0..cells).map(ink)),
            made: numbers.add((0..cells).map(|cell| (ink(cell) + 0.2 * noise.next()).clamp(0.0, 1.0))),
            weights: numbers.add((0..units).flat_map(|unit| (0..cells).map(move |cell| weight(unit, cell)))),
            means: numbers.add((0..units).map(|unit| if is_on(unit) { 0.875 } else { 0.0625 })),
            states: numbers.add((0..units).map(|unit| f32::from(u8::from(is_on(unit))))),
            units: (0..units).map(|unit| 4 * unit).collect(),
            of_units: 48,
            height,
            width,
            clamped: numbers
                .add((0..if is_held { cells } else { 0 }).map(|cell| f32::from(u8::from(cell < cells / 2)))),
            marked: is_held.then_some(Patch { from: [height - 1, 3], to: [height / 2, 7] }),
        })
    })
}

fn film(index: usize) -> String {
    match index / FILMS.len() {
        0 => FILMS[index].into(),
        part => format!("{} {}", FILMS[index % FILMS.len()], part + 1),
    }
}

fn intervals(name: &str, many: usize, is_known: bool) -> Sample {
    sample(name, |numbers, _| {
        let mean = |index: usize| 4.6 - 3.2 * index as f32 / many as f32;
        let truth =
            |index: usize| if index.is_multiple_of(2) { (mean(index) + 0.5).floor() } else { f32::NAN };
        Figure::Intervals(Intervals {
            names: (0..many).map(film).collect(),
            means: numbers.add((0..many).map(mean)),
            lows: numbers.add((0..many).map(|index| mean(index) - 0.4 - 0.06 * index as f32)),
            highs: numbers.add((0..many).map(|index| (mean(index) + 0.5).min(5.0))),
            truth: numbers.add((0..if is_known { many } else { 0 }).map(truth)),
            range: [1.0, 5.0],
            unit: "star".into(),
            decimals: 1,
            marked: 2,
        })
    })
}

/// Films of which some are rated: what is not has no number.
fn questions(name: &str) -> Sample {
    sample(name, |numbers, _| {
        let stars = numbers.add([5.0, f32::NAN, 2.0, f32::NAN]);
        let rows = Intervals {
            names: (0..4).map(film).collect(),
            means: stars,
            lows: stars,
            highs: stars,
            truth: stars,
            range: [1.0, 5.0],
            unit: "star".into(),
            decimals: 0,
            marked: 0,
        };
        let choices = (1..=5).map(|stars| stars.to_string()).collect();
        let answers = vec![Some(4), None, Some(1), None];
        Figure::Questions(Questions { rows, items: vec![7, 1, 0, 3], choices, answers })
    })
}

fn bars(name: &str) -> Sample {
    sample(name, |numbers, _| {
        Figure::NamedBars(NamedBars {
            names: ["film average", "film and viewer average", "this machine"].map(String::from).to_vec(),
            values: numbers.add([0.98, 0.92, 0.87]),
            marked: Some(2),
            unit: "stars".into(),
            decimals: 2,
            most: 1.1,
        })
    })
}

/// Hidden units by films, with signs.
fn tastes(name: &str, rows: usize, columns: usize) -> Sample {
    sample(name, |numbers, noise| {
        Figure::Grid(Grid {
            label: "weight".into(),
            sides: Default::default(),
            rows: (0..rows).map(|row| format!("unit {}", 7 * row + 5)).collect(),
            columns: (0..columns).map(film).collect(),
            values: numbers.add((0..rows * columns).map(|_| noise.next())),
            most: Some(1.0),
            chosen: None,
        })
    })
}

fn words(name: &str, lists: usize, words: usize) -> Sample {
    sample(name, |numbers, _| {
        let some = ["orbit", "launch", "thunderstorms", "goal", "prayer", "encryption", "gear"];
        let list = |index: usize, numbers: &mut Numbers| WordList {
            title: format!("unit {index}"),
            note: format!("on in {} of 400 texts", 20 * index),
            words: (0..words).map(|word| some[(word + index) % some.len()].to_owned()).collect(),
            weights: numbers
                .add((0..words).map(|word| if word == 5 { -0.5 } else { 2.0 - 0.25 * word as f32 })),
            is_marked: index == 1,
        };
        let lists = (0..lists).map(|index| list(index, numbers)).collect();
        Figure::WordLists(WordLists { lists, kind: "hidden unit".into() })
    })
}

fn read(sample: &Sample, (width, height): (u32, u32), at: (f64, f64)) -> Option<ReadOut> {
    read_out(&sample.figure, &sample.numbers, (width.into(), height.into()), at)
}

/// The texts of a figure.
fn texts(sample: &Sample, size: (u32, u32)) -> Vec<String> {
    on_paper(sample, size, &View::default()).texts.into_iter().map(|text| text.text).collect()
}

#[test]
fn labels_stay_apart_at_every_width() {
    for sample in figures() {
        for width in (180..=900).step_by(20) {
            for height in [148, 228, 380] {
                assert_labels_stay(&sample, (width, height));
            }
        }
    }
}

#[test]
fn expected_numbers_are_read_in_their_rows() {
    let sample = intervals("intervals", 6, true);
    for size in [(320, 380), (320, 120), (180, 200)] {
        let paper = on_paper(&sample, size, &View::default());
        for (row, mean) in ["4.6", "4.1", "3.5", "3.0", "2.5", "1.9"].into_iter().enumerate() {
            let value = paper.texts.iter().find(|text| text.text == mean);
            let value = value.unwrap_or_else(|| panic!("{mean} is not written at {size:?}"));
            let at = (0.5 * f64::from(size.0), value.middle / FINE);
            let lines = read(&sample, size, at).expect("a row").lines;
            assert_eq!(lines[0], FILMS[row], "at {size:?}");
            assert_eq!(
                lines.len(),
                if row % 2 == 0 { 4 } else { 3 },
                "the truth where it is known: {lines:?}"
            );
        }
        assert!(paper.texts.iter().any(|text| text.text.trim() == "1 star"), "{:?}", paper.texts);
    }
    let rows = table(&sample.figure, &sample.numbers).rows;
    assert_eq!((&*rows[0][1], &*rows[0][4], &*rows[1][4]), ("4.6", "5", ""));
    let many = texts(&intervals("intervals", 30, false), (320, 200));
    assert!(many.iter().any(|text| text.starts_with("and ")), "what has no room is counted: {many:?}");
}

#[test]
fn bars_have_names_numbers_and_lengths() {
    let sample = bars("named-bars");
    for size in [(320, 150), (320, 40), (180, 150)] {
        let written = texts(&sample, size);
        assert!(["0.98", "0.92", "0.87"].iter().all(|value| written.iter().any(|text| text == value)));
        let last = read(&sample, size, (60.0, f64::from(size.1) - 8.0)).expect("a bar");
        assert_eq!(last.lines, ["this machine", "0.87 stars"]);
        let first = read(&sample, size, (60.0, 6.0)).expect("a bar");
        let share = last.crosshair.frame.unwrap().width / first.crosshair.frame.unwrap().width;
        assert!((share - 0.87 / 0.98).abs() < 1e-6, "{share}");
    }
}

#[test]
fn signs_are_written_where_numbers_have_no_room() {
    let sample = tastes("grid-signed", 4, 6);
    let Figure::Grid(grid) = &sample.figure else { unreachable!("a grid is a grid") };
    let is_below = |value: &f32| *value < -0.05;
    let below = sample.numbers.at(grid.values).iter().filter(|value| is_below(value)).count();
    for width in [320, 200] {
        let minus = texts(&sample, (width, 150)).iter().filter(|text| text.starts_with('−')).count();
        assert_eq!(minus, below, "at {width}");
    }
    assert!(texts(&sample, (320, 150)).iter().any(|text| text.starts_with("+0.")));
    let names = texts(&sample, (500, 150));
    assert!(names.iter().any(|text| text == "The Glass") && names.iter().any(|text| text == "Orchard"));
}

#[test]
fn lists_of_words_have_at_least_a_few_of_each() {
    let sample = words("word-lists", 8, 7);
    for (size, least) in [((900, 170), 8 * 6), ((358, 400), 8 * 3), ((180, 400), 6)] {
        let written = texts(&sample, size);
        let words = written.iter().filter(|text| !text.contains("unit") && !text.contains("on in"));
        assert!(words.count() >= least, "at {size:?}: {written:?}");
    }
    let wide = texts(&sample, (900, 170));
    assert!(wide.iter().any(|text| text.starts_with("− ")), "words against are told: {wide:?}");
    let read = read(&sample, (1100, 170), (20.0, 45.0)).expect("a word");
    assert_eq!(read.lines, ["unit 0", "orbit 2"]);
    assert_eq!(table(&sample.figure, &sample.numbers).rows[1], ["unit 0", "launch", "1.75"]);
}

#[test]
fn hidden_units_and_pixels_are_found_where_they_are_drawn() {
    let sample = two_layers("two-layers", 12, [28, 28], true);
    let Figure::TwoLayers(figure) = &sample.figure else { unreachable!("two layers are two layers") };
    for (size, many) in [((675, 228), 12), ((430, 228), 12), ((358, 228), 6), ((180, 160), 6)] {
        let (width, height) = (f64::from(size.0), f64::from(size.1));
        let places = || (0..size.0).flat_map(|x| (0..size.1).map(move |y| (f64::from(x), f64::from(y))));
        let mut units: Vec<usize> =
            places().filter_map(|at| hidden_unit_at(figure, (width, height), at)).collect();
        units.sort_unstable();
        units.dedup();
        assert_eq!(units, (0..many).map(|unit| 4 * unit).collect::<Vec<_>>(), "at {size:?}");
        let is_given = |at: &(f64, f64)| visible_pixel_at(figure, (width, height), *at).is_some();
        assert!(places().filter(is_given).all(|at| at.0 < width / 2.0), "what comes back is not given");
        assert_eq!(visible_pixel_at(figure, (width, height), (1.0, height - 1.0)), None);
        let written = texts(&sample, size);
        let on = [0, 2, 4, 5, 7, 9, 10].iter().filter(|unit| **unit < many).count();
        assert!(written[..].iter().any(|text| text.starts_with(&format!("{on} of "))), "{written:?}");
    }
    let read_at = |unit: usize| {
        let all = (0..675).flat_map(|x| (0..228).map(move |y| (f64::from(x), f64::from(y))));
        let mut of_unit = all.filter(|&at| hidden_unit_at(figure, (675.0, 228.0), at) == Some(unit));
        read(&sample, (675, 228), of_unit.nth(600).expect("a tile")).expect("a unit").lines
    };
    let lines = read_at(4);
    assert_eq!(lines[..3], ["hidden unit 5, of 48", "probability 0.0625", "off"]);
    assert!(lines[3].starts_with("weight to row "), "{lines:?}");
    assert_eq!(read_at(8)[2], "on");
    let held = read(&sample, (675, 228), (80.0, 40.0)).expect("a pixel");
    assert_eq!(held.lines[2], "held as it is given");
    let free = read(&sample, (675, 228), (80.0, 180.0)).expect("a pixel");
    assert_eq!(free.lines.len(), 2, "{free:?}");
    assert_eq!(table(&sample.figure, &sample.numbers).rows[2], ["9", "0.875", "1"]);
}
