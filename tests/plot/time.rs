//! Figures of networks that read in time, to draw; and that steps, units and letters are read where they are drawn.

use super::files::as_svg;
use super::pictures::sample;
use super::samples::{Noise, Sample};
use super::{on_paper, paper::FINE, style};
use glassbox::labs::*;
use glassbox::plot::{self, Palette, TimeAt, View};

pub fn figures() -> Vec<Sample> {
    vec![
        maps("time-maps", 1, 61, 2),
        maps("time-maps-lanes", 3, 61, 4),
        maps("time-maps-four", 4, 31, 4),
        maps("time-maps-long", 2, 201, 3),
        theatre("time-theatre", 21, 6),
        theatre("time-theatre-one-step", 1, 6),
        unrolled("unrolled", 21, 10),
        unrolled("unrolled-long", 201, 200),
        working("working", 6),
        placed("placed-shares", LineScale::Share, 3),
        placed("placed-decades", LineScale::Decades([-9, 1]), 4),
        placed("placed-linear", LineScale::Linear(0.37), 1),
        written("inked-lanes", 3),
        page("inked-page"),
    ]
}

/// With next to nothing to show.
pub fn sparse() -> Vec<Sample> {
    let no_steps = sample("no steps", |_, _| {
        let groups = vec![group(&mut Numbers::default(), &mut Noise::new(1), 0, 0, 2)];
        let (symbols, marked) = (Vec::new(), vec![7]);
        Figure::TimeMaps(TimeMaps { symbols, marked, head: Some(3), choices: Vec::new(), unit: None, groups })
    });
    let beyond = sample("a head beyond the end", |_, _| {
        let span = Span::default();
        let symbols = vec!["a".into()];
        Figure::Unrolled(Unrolled { symbols, head: usize::MAX, held: span, gradient: span })
    });
    vec![
        maps("no groups", 0, 21, 0),
        maps("no maps", 2, 21, 0),
        no_steps,
        beyond,
        unrolled("one step unrolled", 1, 0),
        working("one line worked out", 1),
        unrolled("nothing unrolled", 0, 0),
        working("nothing worked out", 0),
        placed("no lines", LineScale::Share, 0),
        placed("one place", LineScale::Decades([0, 0]), 1),
        written("no texts", 0),
    ]
}

fn group(numbers: &mut Numbers, noise: &mut Noise, lane: usize, steps: usize, maps: usize) -> TimeGroup {
    let labels = ["gradient", "forget", "candidate", "output"];
    let map = |index: usize| {
        let (rows, scale) = match index {
            0 => (12, TimeScale::Decades([-6, 0])),
            2 => (16, TimeScale::Signed(1.0)),
            _ => (16, TimeScale::Gate),
        };
        let values = (0..rows * steps).map(|_| match scale {
            TimeScale::Decades(_) => libm::powf(10.0, -3.0 + 3.0 * noise.next()),
            TimeScale::Signed(_) => noise.next(),
            TimeScale::Gate => noise.next().abs(),
        });
        TimeMap {
            label: labels[index % 4].into(),
            row_name: if index == 0 { "training step" } else { "unit" }.into(),
            rows_from: 0,
            row_step: if index == 0 { 16 } else { 1 },
            rows,
            values: numbers.add(values),
            scale,
        }
    };
    TimeGroup {
        lane,
        name: ["A RNN", "B LSTM", "C GRU", "D LSTM"][lane].into(),
        stat: "98\u{202f}% right at 60".into(),
        hint: "× 0.942 a step back. No gates: every step rewrites the whole state.".into(),
        maps: (0..maps).map(map).collect(),
    }
}

fn symbols(steps: usize) -> Vec<String> {
    let letter = |step: usize| char::from(b'a' + (step * 5 % 8) as u8).to_string();
    (0..steps).map(|step| if step > 0 && step + 1 == steps { "?".into() } else { letter(step) }).collect()
}

fn maps(name: &str, lanes: usize, steps: usize, maps: usize) -> Sample {
    sample(name, |numbers, noise| {
        Figure::TimeMaps(TimeMaps {
            symbols: symbols(steps),
            marked: vec![0, steps - 1],
            head: None,
            choices: Vec::new(),
            unit: None,
            groups: (0..lanes).map(|lane| group(numbers, noise, lane, steps, maps)).collect(),
        })
    })
}

/// One network with everything that it holds, at a step.
fn theatre(name: &str, steps: usize, maps: usize) -> Sample {
    sample(name, |numbers, noise| {
        let mut group = group(numbers, noise, 0, steps, maps + 1);
        group.maps.remove(0);
        let (head, unit) = (Some(steps / 2), Some(3));
        let symbols = symbols(steps);
        Figure::TimeMaps(TimeMaps {
            symbols,
            marked: vec![0, steps - 1],
            head,
            choices: Vec::new(),
            unit,
            groups: vec![group],
        })
    })
}

fn unrolled(name: &str, steps: usize, head: usize) -> Sample {
    sample(name, |numbers, noise| {
        Figure::Unrolled(Unrolled {
            symbols: symbols(steps),
            head,
            held: numbers.add((0..steps).map(|_| noise.next().abs())),
            gradient: numbers.add((0..steps).map(|step| libm::powf(0.7, (steps - step) as f32))),
        })
    })
}

fn working(name: &str, lines: usize) -> Sample {
    sample(name, |_, _| {
        let line = |index: usize| WorkingLine {
            name: ["forget gate f", "input gate i", "candidate g", "output gate o", "cell c", "hidden h"]
                [index]
                .into(),
            sum: "σ(x·w 0.31 + h·u −1.22 + b 3.40)".into(),
            result: format!("0.99{index}"),
        };
        Figure::Working(Working { lines: (0..lines).map(line).collect() })
    })
}

/// A line for each lane, and one of theory for the first.
fn placed(name: &str, scale: LineScale, lanes: usize) -> Sample {
    sample(name, |numbers, noise| {
        let many = if name == "one place" { 1 } else { 12 };
        let mut line = |lane: usize, is_theory: bool| PlacedLine {
            lane,
            label: if is_theory { String::new() } else { lane_name(lane) },
            x: numbers.add((0..many).map(|at| (2 + 8 * at) as f32)),
            y: numbers.add((0..many).map(|at| match scale {
                LineScale::Decades(_) => libm::powf(0.2, at as f32 + noise.next()),
                _ => 0.3 * noise.next().abs(),
            })),
            is_theory,
            ..PlacedLine::default()
        };
        let mut lines: Vec<_> = (0..lanes).map(|lane| line(lane, false)).collect();
        if lanes > 0 && matches!(scale, LineScale::Decades(_)) {
            lines.push(line(0, true));
        }
        Figure::Lines(Lines {
            x_label: "steps".into(),
            y_label: "right answers".into(),
            scale,
            lines,
            at: Some((60.0, "trained".into())),
            marks: vec![(0.125, "chance".into())],
            is_of_kinds: false,
            ..Lines::default()
        })
    })
}

fn block(lane: usize, title: &str, text: &str) -> InkedBlock {
    InkedBlock {
        lane,
        title: title.into(),
        stat: "2.02 bits a letter, perplexity 4.06".into(),
        text: text.into(),
        quantity: String::new(),
        ink: Span::default(),
        is_signed: false,
        most: 1.0,
        marked: Vec::new(),
        given: 0,
    }
}

const TALE: &str = "The miller said “no” to the sae, and went\nhome by the old road (which was long).";

/// What each lane writes, with a word that is none.
fn written(name: &str, lanes: usize) -> Sample {
    sample(name, |_, _| {
        let of_lane = |lane: usize| {
            let title = ["A RNN", "B LSTM", "C GRU"][lane];
            InkedBlock { marked: vec![[28, 31]], given: 4, ..block(lane, title, TALE) }
        };
        Figure::Inked(Inked { blocks: (0..lanes).map(of_lane).collect() })
    })
}

/// A page by one of its units, and by what mattered.
fn page(name: &str) -> Sample {
    sample(name, |numbers, noise| {
        let many = TALE.chars().count();
        let mut inked = |is_signed: bool| {
            let ink =
                numbers.add((0..many).map(|_| if is_signed { noise.next() } else { noise.next().abs() }));
            let quantity = if is_signed { "h of unit 7" } else { "share of the gradient" };
            InkedBlock { ink, is_signed, quantity: quantity.into(), ..block(0, quantity, TALE) }
        };
        Figure::Inked(Inked { blocks: vec![inked(true), inked(false)] })
    })
}

fn read(sample: &Sample, size: (f64, f64), at: (f64, f64)) -> Option<Vec<String>> {
    plot::read_out(&sample.figure, &sample.numbers, size, at).map(|read| read.lines)
}

fn sized((width, height): (u32, u32)) -> (f64, f64) {
    (width.into(), height.into())
}

/// Where the maps of a figure are drawn, in CSS pixels: left, top, width, height.
fn drawn_maps(sample: &Sample, size: (u32, u32)) -> Vec<[f64; 4]> {
    let paper = on_paper(sample, size, &View::default());
    paper.bitmaps.iter().map(|at| at.map(|value| value / FINE)).collect()
}

#[test]
fn every_cell_of_a_map_is_read_where_it_is_drawn() {
    for (sample, sizes) in [
        (maps("maps", 3, 21, 3), [(900, 470), (358, 420)]),
        (theatre("theatre", 21, 6), [(800, 330), (358, 330)]),
    ] {
        let Figure::TimeMaps(of) = &sample.figure else { panic!("maps") };
        for size in sizes {
            let places = drawn_maps(&sample, size);
            let all: Vec<_> =
                of.groups.iter().flat_map(|group| group.maps.iter().map(move |map| (group, map))).collect();
            assert_eq!(places.len(), all.len());
            for ((group, map), [left, top, width, height]) in all.into_iter().zip(places) {
                let values = sample.numbers.at(map.values);
                for (row, step) in (0..map.rows).flat_map(|row| [0, 1, 13, 20].map(|step| (row, step))) {
                    let at = (
                        left + (step as f64 + 0.5) * width / 21.0,
                        top + (row as f64 + 0.5) * height / map.rows as f64,
                    );
                    let is_unit = map.row_name == "unit";
                    let wanted = Some(TimeAt { step, unit: is_unit.then_some(row) });
                    assert_eq!(
                        plot::time_at(of, sized(size), at),
                        wanted,
                        "{} {} at {size:?}",
                        group.name,
                        map.label
                    );
                    let lines = read(&sample, sized(size), at).unwrap();
                    assert_eq!(lines[0], format!("step {}, reads {}", step + 1, of.symbols[step]));
                    assert_eq!(lines[1], format!("{} {}", map.row_name, row * map.row_step));
                    let value = values[row * 21 + step];
                    assert_eq!(lines[2], format!("{} {} {}", group.name, map.label, format::exact(value)));
                    assert_eq!(lines.len() == 4, matches!(map.scale, TimeScale::Decades(_)), "{lines:?}");
                }
            }
            // On the tape there is a step and no unit; beside it nothing.
            let [left, _, width, _] = drawn_maps(&sample, size)[0];
            let on_tape = plot::time_at(of, sized(size), (left + width - 1.0, 8.0));
            assert_eq!(on_tape, Some(TimeAt { step: 20, unit: None }));
            assert_eq!(read(&sample, sized(size), (left + width - 1.0, 8.0)).unwrap(), ["step 21, reads ?"]);
            assert_eq!(plot::time_at(of, sized(size), (left - 4.0, 8.0)), None);
        }
    }
}

#[test]
fn maps_are_told_by_their_numbers() {
    let sample = maps("maps", 3, 21, 3);
    let Figure::TimeMaps(of) = &sample.figure else { panic!("maps") };
    let table = plot::table(&sample.figure, &sample.numbers);
    assert_eq!(table.columns[..4], ["network", "measure", "row", "step 1 a"]);
    assert_eq!((table.columns.len(), table.rows.len()), (24, 3 * (12 + 16 + 16)));
    let row = &table.rows[44 + 12 + 5];
    assert_eq!(row[..3], ["B LSTM", "forget", "unit 5"], "the letter of a lane stands once");
    let values = sample.numbers.at(of.groups[1].maps[1].values);
    for step in 0..21 {
        assert_eq!(row[3 + step].parse::<f32>().unwrap().to_bits(), values[5 * 21 + step].to_bits());
    }
    assert_eq!(table.rows[3][2], "training step 48");
    // A network by itself needs no letter.
    let alone = maps("alone", 1, 21, 2);
    assert_eq!(plot::table(&alone.figure, &alone.numbers).rows[0][0], "A RNN");
    // No number looks like none.
    let sample = maps("maps", 1, 21, 3);
    let broken = Sample { numbers: Numbers(vec![f32::NAN; sample.numbers.0.len()]), ..sample };
    let no_number = Palette::default().no_number();
    let paper = on_paper(&broken, (650, 276), &View::default());
    let marked =
        paper.pixels.chunks_exact(3).filter(|pixel| **pixel == [no_number.0, no_number.1, no_number.2]);
    assert!(marked.count() > paper.pixels.len() / 3 / 2, "what is no number is not marked");
}

#[test]
fn steps_that_are_unrolled_are_read_under_their_boxes() {
    for (sample, head, steps) in [(unrolled("u", 21, 10), 10, 21), (unrolled("u", 201, 200), 200, 201)] {
        for size in [(650, 96), (358, 96), (132, 132)] {
            let paper = on_paper(&sample, size, &View::default());
            let boxes: Vec<_> =
                paper.texts.iter().filter(|text| text.text.starts_with('h') && text.text.len() > 1).collect();
            let mut seen = Vec::new();
            for text in boxes {
                let at = ((text.left + text.right) / 2.0 / FINE, text.middle / FINE);
                let lines = read(&sample, sized(size), at).unwrap_or_else(|| panic!("{text:?} at {size:?}"));
                let number: u32 = text.text.chars().skip(1).fold(0, |n, c| 10 * n + (c as u32 - '₀' as u32));
                seen.push(number as usize - 1);
                assert!(lines[0].starts_with(&format!("step {number}, reads ")), "{lines:?}");
                let Figure::Unrolled(of) = &sample.figure else { panic!("unrolled") };
                let step = number as usize - 1;
                assert_eq!(
                    lines[1],
                    format!("root mean square of h {}", format::exact(sample.numbers.at(of.held)[step]))
                );
                assert_eq!(
                    lines[2],
                    format!("‖∂L/∂h‖ {}", format::power(sample.numbers.at(of.gradient)[step]))
                );
            }
            assert!(seen.contains(&head) && seen.is_sorted(), "{head} among {seen:?} at {size:?}");
        }
        let rows = plot::table(&sample.figure, &sample.numbers).rows;
        assert_eq!((rows.len(), rows[steps - 1][0].clone()), (steps, steps.to_string()));
        let gradient: f32 = rows[head][3].parse().unwrap();
        assert_eq!(gradient.to_bits(), libm::powf(0.7, (steps - head) as f32).to_bits());
    }
}

#[test]
fn letters_are_read_where_they_are_written() {
    for (sample, sizes) in
        [(written("w", 3), [(900, 196), (358, 600)]), (page("p"), [(800, 300), (358, 400)])]
    {
        let Figure::Inked(of) = &sample.figure else { panic!("texts") };
        for size in sizes {
            let paper = on_paper(&sample, size, &View::default());
            let letters: Vec<_> = paper.texts.iter().filter(|text| text.text.chars().count() == 1).collect();
            let text: String =
                of.blocks.iter().flat_map(|block| block.text.chars()).filter(|c| *c != ' ').collect();
            let drawn: String = letters.iter().map(|letter| letter.text.replace('↵', "\n")).collect();
            assert_eq!(drawn, text, "every letter is written at {size:?}");
            let places = of.blocks.iter().enumerate().flat_map(|(index, block)| {
                let places = block.text.chars().enumerate().filter(|(_, letter)| *letter != ' ');
                places.map(move |(place, _)| (index, place))
            });
            for (letter, (index, place)) in letters.iter().zip(places) {
                let at = ((letter.left + letter.right) / 2.0 / FINE, letter.middle / FINE);
                assert_eq!(plot::letter_at(of, sized(size), at), Some((index, place)), "{letter:?}");
                let lines = read(&sample, sized(size), at).unwrap();
                assert!(lines[0].starts_with(&format!("character {}: ", place + 1)), "{lines:?}");
                let block = &of.blocks[index];
                if let Some(value) = sample.numbers.at(block.ink).get(place) {
                    assert_eq!(lines[1], format!("{} {}", block.quantity, format::exact(*value)));
                }
                let is_told = lines.iter().any(|line| line.contains("not a word"));
                assert_eq!(
                    is_told,
                    !block.marked.is_empty() && (28..31).contains(&place),
                    "{place}: {lines:?}"
                );
            }
            assert_eq!(plot::letter_at(of, sized(size), (5.0, 9.0)), None, "a title is no letter");
        }
    }
    let sample = written("w", 3);
    let rows = plot::table(&sample.figure, &sample.numbers).rows;
    let many = TALE.chars().count();
    assert_eq!(
        (rows.len(), rows[many][0].as_str()),
        (3 * many, "B LSTM"),
        "the letter of a lane stands once"
    );
    let sample = page("p");
    let Figure::Inked(of) = &sample.figure else { panic!("texts") };
    let rows = plot::table(&sample.figure, &sample.numbers).rows;
    let value: f32 = rows[9][3].parse().unwrap();
    assert_eq!(value.to_bits(), sample.numbers.at(of.blocks[0].ink)[9].to_bits());
}

#[test]
fn lines_are_read_at_the_nearest_place_of_all() {
    let sample = placed("p", LineScale::Decades([-9, 1]), 3);
    let Figure::Lines(of) = &sample.figure else { panic!("lines") };
    let size = (509.0, 176.0);
    let reads: Vec<_> = (0..51)
        .filter_map(|x| plot::read_out(&sample.figure, &sample.numbers, size, (f64::from(x) * 10.0, 60.0)))
        .collect();
    let mut places: Vec<&str> = reads.iter().map(|read| read.lines[0].as_str()).collect();
    places.dedup();
    let wanted: Vec<String> = (0..12).map(|at| format!("steps {}", 2 + 8 * at)).collect();
    assert_eq!(places, wanted, "from left to right");
    for read in &reads {
        let place = wanted.iter().position(|place| *place == read.lines[0]).unwrap();
        assert_eq!((read.lines.len(), read.crosshair.dots.len()), (5, 4));
        for (line, said) in of.lines.iter().zip(&read.lines[1..]) {
            assert!(said.ends_with(&format::exact(sample.numbers.at(line.y)[place])), "{said}");
        }
        assert!(
            read.lines[1].starts_with("A ") && read.lines[4].starts_with("A predicted "),
            "{:?}",
            read.lines
        );
    }
    let table = plot::table(&sample.figure, &sample.numbers);
    let heads =
        ["steps", "right answers, A", "right answers, B", "right answers, C", "right answers, A predicted"];
    assert_eq!((table.columns, table.rows.len()), (heads.map(String::from).to_vec(), 12));
    assert_eq!(table.rows[5][2], sample.numbers.at(of.lines[1].y)[5].to_string());

    // Worked out line by line: each is read whole, however short it is drawn.
    let sample = working("w", 6);
    for size in [(390.0, 210.0), (132.0, 132.0)] {
        let lines: Vec<_> = (0..6)
            .map(|line| {
                read(&sample, size, (60.0, (f64::from(line) + 0.5) * (size.1 / 6.0_f64).min(34.0))).unwrap()
            })
            .collect();
        assert_eq!(lines[5], ["hidden h", "σ(x·w 0.31 + h·u −1.22 + b 3.40) = 0.995"], "{size:?}");
    }
    assert_eq!(plot::table(&sample.figure, &sample.numbers).rows[4][2], "0.994");
}

/// Below the lowest decade it is not known to go on level: it leaves through the axis.
#[test]
fn a_line_that_falls_off_an_axis_of_decades_ends_at_its_foot() {
    let ends = |low: i32| {
        let sample = placed("p", LineScale::Decades([low, 0]), 1);
        let svg = as_svg(&sample, (640, 320), &style(), &View::default());
        let of_lane =
            svg.split("<polyline").filter_map(|shape| shape.split_once("points=\"").map(|(_, rest)| rest));
        let longest = of_lane
            .map(|points| points.split('"').next().unwrap_or_default())
            .max_by_key(|points| points.len());
        let xs = longest
            .unwrap()
            .split_whitespace()
            .map(|point| point.split(',').next().unwrap().parse::<f64>().unwrap());
        xs.fold(0.0, f64::max)
    };
    // 0.2 a place: the last of twelve is near 10⁻⁸.
    assert!(ends(-4) < 0.7 * ends(-10), "{} and {}", ends(-4), ends(-10));
}

/// Maps over these symbols, in a few maps of one network.
fn over(tape: &[&str], marked: &[usize]) -> Sample {
    let mut sample = maps("over", 1, tape.len(), 2);
    if let Figure::TimeMaps(of) = &mut sample.figure {
        of.symbols = tape.iter().map(|symbol| (*symbol).to_owned()).collect();
        of.marked = marked.to_vec();
    }
    sample
}

#[test]
fn marked_symbols_are_written_on_every_tape() {
    let mut copy = vec!["g", "d", "m", "t", "b"];
    copy.extend(["·"; 60]);
    copy.extend(["?"; 5]);
    let mut order = vec!["a"; 61];
    (order[10], order[12], order[60]) = ("X", "Y", "?");
    let mut recall = vec!["k"; 61];
    (recall[0], recall[60]) = ("m", "?");
    let samples = [
        (over(&recall, &[0, 60]), "m?"),
        (over(&copy, &[0, 1, 2, 3, 4]), "gdmtb"),
        (over(&order, &[10, 12, 60]), "XY?"),
        (over(&["m", "W", "?"], &[0, 1, 2]), "mW?"),
    ];
    for (sample, wanted) in &samples {
        for width in [1000, 900, 690, 600, 418, 358, 300] {
            let paper = on_paper(sample, (width, 300), &View::default());
            let mut tape: Vec<_> = paper
                .texts
                .iter()
                .filter(|text| text.middle == 10.0 * FINE && text.text != "reads")
                .collect();
            tape.sort_by(|a, b| a.left.total_cmp(&b.left));
            let written: String = tape.iter().map(|text| text.text.as_str()).collect();
            let mut rest = written.chars();
            assert!(wanted.chars().all(|letter| rest.any(|other| other == letter)), "{written} at {width}");
            let [left, _, wide, _] = drawn_maps(sample, (width, 300))[0];
            for pair in tape.windows(2) {
                assert!(pair[0].right <= pair[1].left + 1.5 * FINE, "{pair:?} at {width}");
            }
            for text in tape {
                let is_on_it = text.left >= (left - 1.0) * FINE && text.right <= (left + wide + 1.0) * FINE;
                assert!(is_on_it, "{text:?} leaves the tape at {width}");
            }
        }
    }
}

/// The points of all shapes of a kind in a drawing of 640·320 CSS pixels.
fn shapes(sample: &Sample, kind: &str, color: &str) -> Vec<Vec<(f64, f64)>> {
    let svg = super::colours(sample, &View::default());
    let of_color = svg.lines().filter(|line| line.contains(kind) && line.contains(color));
    let points = of_color.filter_map(|line| line.split_once("points=\"")?.1.split('"').next());
    let point = |point: &str| {
        let (x, y) = point.split_once(',')?;
        Some((x.parse().ok()?, y.parse().ok()?))
    };
    points.map(|points| points.split_whitespace().filter_map(point).collect()).collect()
}

#[test]
fn the_head_ends_with_the_last_map() {
    for maps in [1, 6] {
        let sample = theatre("t", 21, maps);
        let foot = drawn_maps(&sample, (640, 320)).iter().map(|at| at[1] + at[3]).fold(0.0, f64::max);
        let edge = Palette::default().glass_edge;
        let edge = format!("#{:02x}{:02x}{:02x}", edge.0, edge.1, edge.2);
        let slabs = shapes(&sample, "<polyline", &edge);
        let bottom = slabs.iter().flatten().map(|(_, y)| *y).fold(0.0, f64::max);
        assert!((bottom - foot).abs() <= 1.0, "{bottom} for maps that end at {foot}");
    }
}

#[test]
fn the_unit_that_is_looked_at_is_marked_in_its_maps() {
    let mut sample = theatre("t", 21, 5);
    let places = drawn_maps(&sample, (640, 320));
    for unit in [Some(0), Some(3), Some(15), Some(16), None] {
        if let Figure::TimeMaps(of) = &mut sample.figure {
            of.unit = unit;
        }
        let Figure::TimeMaps(of) = &sample.figure else { panic!("maps") };
        let ticks = shapes(&sample, "<polygon", "#12161c");
        let wanted: Vec<f64> = of.groups[0]
            .maps
            .iter()
            .zip(&places)
            .filter(|(map, _)| map.row_name == "unit" && unit.is_some_and(|unit| unit < 16))
            .map(|(_, [_, top, _, high])| top + high * (unit.unwrap() as f64 + 0.5) / 16.0)
            .collect();
        assert_eq!(ticks.len(), wanted.len(), "{unit:?}: {ticks:?}");
        for (tick, y) in ticks.iter().zip(wanted) {
            let tip = tick.iter().copied().fold((0.0, 0.0), |a, b| if b.0 > a.0 { b } else { a });
            assert!((tip.1 - y).abs() <= 1.0 && tip.0 <= places[0][0], "{tip:?} for {y}");
        }
    }
}

#[test]
fn hints_are_whole_or_say_that_they_are_not() {
    let short = "Half is gone every 0.67 steps. It has no gates.";
    let long =
        "× 0.942 a step back. No gates: each step rewrites the whole state, so that little is left of it.";
    let mut seen = [0, 0];
    for (lanes, hint) in [(1, short), (3, short), (4, short), (1, long), (3, long), (4, long)] {
        for height in [470, 360, 300] {
            let mut sample = maps("m", lanes, 31, 4);
            if let Figure::TimeMaps(of) = &mut sample.figure {
                of.groups.iter_mut().for_each(|group| group.hint = hint.into());
            }
            let paper = on_paper(&sample, (900, height), &View::default());
            let words: Vec<_> = paper.texts.iter().filter(|text| text.left == 0.0).collect();
            let is_name = |text: &str| ["A RNN", "B LSTM", "C GRU", "D LSTM"].contains(&text);
            for (at, _) in words.iter().enumerate().filter(|(_, text)| is_name(&text.text)) {
                let of_group = words[at + 1..].iter().take_while(|text| !is_name(&text.text));
                let lines: Vec<&str> =
                    of_group.filter(|text| text.size == 11.0 * FINE).map(|text| text.text.as_str()).collect();
                let said = lines.join(" ");
                let is_cut = said.ends_with('…');
                assert!(said == hint || is_cut, "{said:?} of {lanes} lanes at {height}");
                assert!(!lines.iter().rev().skip(1).any(|line| line.ends_with('…')), "{lines:?}");
                let has_room = height == 470 && (hint == short || lanes < 4);
                assert!(!has_room || !is_cut, "{said:?} of {lanes} lanes");
                seen[usize::from(is_cut)] += 1;
            }
        }
    }
    assert!(seen.iter().all(|many| *many > 0), "{seen:?}");
}

#[test]
fn which_grey_is_open_is_said_once_where_there_are_gates() {
    for (many, sample) in [(0, maps("m", 1, 21, 1)), (1, maps("m", 3, 21, 4)), (1, theatre("t", 21, 6))] {
        for size in [(900, 470), (418, 470)] {
            let paper = on_paper(&sample, size, &View::default());
            let texts: Vec<&str> = paper.texts.iter().map(|text| text.text.as_str()).collect();
            for word in ["open", "shut"] {
                assert_eq!(texts.iter().filter(|text| **text == word).count(), many, "{word} at {size:?}");
            }
        }
    }
}

#[test]
fn a_long_sum_goes_on_on_the_next_line() {
    let sum = "f 0.975 × c 0.043 + i 0.022 × g 0.128";
    let mut sample = working("w", 6);
    if let Figure::Working(of) = &mut sample.figure {
        of.lines[4].sum = sum.into();
    }
    for width in [205, 199] {
        let paper = on_paper(&sample, (width, 210), &View::default());
        let texts: Vec<&str> = paper.texts.iter().map(|text| text.text.as_str()).collect();
        assert!(texts.contains(&"f 0.975 × c 0.043") && texts.contains(&"+ i 0.022 × g 0.128"), "{texts:?}");
        assert!(!texts.iter().any(|text| text.ends_with('…')), "{texts:?}");
        let names = ["forget gate f", "input gate i", "candidate g", "output gate o", "cell c", "hidden h"];
        for text in paper.texts.iter().filter(|text| names.contains(&text.text.as_str())) {
            let lines = read(&sample, (width.into(), 210.0), (20.0, text.middle / FINE)).unwrap();
            assert_eq!(lines[0], text.text);
        }
    }
    // Where there is no height for it, it is cut.
    let paper = on_paper(&sample, (199, 160), &View::default());
    assert!(paper.texts.iter().any(|text| text.text.ends_with('…')));
}

#[test]
fn what_a_text_comes_to_is_told_as_far_as_there_is_room() {
    for (width, wanted) in [(900, "2.02 bits a letter, perplexity 4.06"), (690, "2.02 bits a letter")] {
        let paper = on_paper(&written("w", 3), (width, 196), &View::default());
        let many = paper.texts.iter().filter(|text| text.text == wanted).count();
        assert_eq!(many, 3, "{wanted} at {width}");
        for title in ["A RNN", "B LSTM", "C GRU"] {
            assert!(paper.texts.iter().any(|text| text.text == title), "{title} at {width}");
        }
    }
}

#[test]
fn of_a_long_text_the_end_is_shown_and_of_a_coloured_one_the_beginning() {
    let long = TALE.repeat(5);
    for is_coloured in [false, true] {
        let sample = sample("long", |numbers, _| {
            let ink = numbers.add(long.chars().map(|_| 0.5).take(if is_coloured { usize::MAX } else { 0 }));
            Figure::Inked(Inked { blocks: vec![InkedBlock { ink, given: 4, ..block(0, "A RNN", &long) }] })
        });
        for size in [(300, 120), (358, 100), (240, 60), (358, 160)] {
            let paper = on_paper(&sample, size, &View::default());
            let at = |text: &&super::paper::Text| text.text.chars().count() == 1;
            let letters: Vec<_> = paper.texts.iter().filter(at).collect();
            let (cut, shown): (Vec<_>, Vec<_>) = letters.into_iter().partition(|text| text.text == "…");
            let drawn: String = shown.iter().map(|text| text.text.replace('↵', "\n")).collect();
            let all: String = long.chars().filter(|letter| *letter != ' ').collect();
            assert!(drawn.chars().count() > 10 && drawn.len() < all.len(), "{drawn:?} at {size:?}");
            let is_part = if is_coloured { all.starts_with(&drawn) } else { all.ends_with(&drawn) };
            assert!(is_part, "{drawn:?} at {size:?}");
            assert_eq!(cut.len(), 1, "{size:?}");
            let (cut, first, last) = (cut[0], shown[0], shown[shown.len() - 1]);
            if is_coloured {
                assert!(cut.middle == last.middle && cut.left >= last.right - FINE, "{cut:?}, {last:?}");
            } else {
                assert!(cut.middle == first.middle && cut.right <= first.left + FINE, "{cut:?}, {first:?}");
            }
            assert!(cut.right <= f64::from(size.0) * FINE + 1.0, "{cut:?}");
            let Figure::Inked(of) = &sample.figure else { panic!("a text") };
            let place = if is_coloured { 0 } else { long.chars().count() - 1 };
            let letter = if is_coloured { first } else { last };
            let at = ((letter.left + letter.right) / 2.0 / FINE, letter.middle / FINE);
            assert_eq!(plot::letter_at(of, sized(size), at), Some((0, place)), "{letter:?} at {size:?}");
        }
    }
}
