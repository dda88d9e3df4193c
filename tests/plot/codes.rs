//! Figures of networks that compress, to draw; and that places of them are read as they are drawn.

use super::pictures::sample;
use super::samples::{Noise, Sample};
use glassbox::labs::*;
use glassbox::plot;

pub fn figures() -> Vec<Sample> {
    vec![
        map("latent-map", 10, [28, 28], 0),
        map("latent-map-decoded", 10, [28, 28], 13),
        map("latent-map-signals", 5, [1, 96], 0),
        map("latent-map-plane", 0, [1, 2], 0),
        errors("errors", Some(0.03)),
        errors("errors-nothing-drawn", None),
        roc("roc", 60),
        roc("roc-nothing-abnormal", 0),
        grid("grid", 3, 6),
        signals(),
    ]
}

fn map(name: &str, classes: usize, size: [usize; 2], tiles: usize) -> Sample {
    sample(name, |numbers, noise| {
        let pixels = size[0] * size[1];
        let item = |noise: &mut Noise| (0..pixels).map(|_| noise.next().abs()).collect::<Vec<f32>>();
        let points: Vec<f32> = (0..200)
            .flat_map(|item| {
                [3.0 * noise.next(), 2.0 * noise.next(), (item % classes.max(1)) as f32, item as f32]
            })
            .collect();
        let small: Vec<f32> = (0..6).flat_map(|_| item(noise)).collect();
        let decoded: Vec<f32> = (0..tiles * tiles).flat_map(|_| item(noise)).collect();
        let (here, nearest) = (item(noise), item(noise));
        Figure::LatentMap(LatentMap {
            kind: "test picture".into(),
            axes: ["z₁".into(), "z₂".into()],
            view: [-4.0, 4.0, -3.0, 3.0],
            classes: (0..classes)
                .map(|class| if size[0] == 1 { format!("class {class}") } else { class.to_string() })
                .collect(),
            thumbnails: [
                numbers.add(points.chunks(4).take(6).flat_map(|p| [p[0], p[1]])),
                numbers.add(small),
            ],
            points: numbers.add(points),
            size,
            range: [0.0, 1.0],
            near: numbers.add((0..400).map(|cell| f32::from(u8::from(cell % 20 > 4)))),
            cells: 20,
            decoded: numbers.add(decoded),
            tiles,
            cursor: Some(Cursor {
                at: [1.5, -0.75],
                item: numbers.add(here),
                words: "between 4 and 9".into(),
                nearest: numbers.add(nearest),
                nearest_words: "a 4, test 17".into(),
            }),
        })
    })
}

fn errors(name: &str, needle: Option<f32>) -> Sample {
    sample(name, |numbers, _| {
        let hill = |at: f32| (0..40).map(move |bin| (-(bin as f32 - at).powi(2) / 40.0).exp() / 11.0);
        Figure::Errors(Errors {
            label: "mean squared error".into(),
            kinds: ["of class 0".into(), "of other classes".into()],
            from: 0.0,
            to: 0.12,
            shares: [numbers.add(hill(10.0)), numbers.add(hill(25.0))],
            threshold: 0.046,
            needle,
        })
    })
}

fn roc(name: &str, points: usize) -> Sample {
    sample(name, |numbers, _| {
        let curve = (0..=points).take(points).flat_map(|step| {
            let alarms = step as f32 / points as f32;
            [alarms, alarms.powf(0.2)]
        });
        Figure::Roc(Roc {
            points: numbers.add(curve),
            area: 0.987,
            at: [0.03, 0.91],
            lines: if points > 0 {
                vec!["91\u{202f}% found (recall)".into(), "3\u{202f}% false alarms".into()]
            } else {
                Vec::new()
            },
        })
    })
}

fn grid(name: &str, rows: usize, columns: usize) -> Sample {
    sample(name, |numbers, noise| {
        Figure::Grid(Grid {
            label: "mean squared error".into(),
            sides: ["trained with".into(), "tested with".into()],
            rows: (0..rows).map(|row| format!("level {row}")).collect(),
            columns: (0..columns).map(|column| format!("0.{column}")).collect(),
            values: numbers.add((0..rows * columns).map(|_| 0.1 * noise.next().abs())),
            most: None,
            chosen: Some(2),
        })
    })
}

/// Five signals, of which the last was drawn and is odd.
fn signals() -> Sample {
    sample("picture-rows-signals", |numbers, noise| {
        let mut row = |label: &str, is_signed: bool| {
            let values = numbers.add(
                (0..5 * 96).map(|_| if is_signed { 0.1 * noise.next() } else { 0.3 + 0.1 * noise.next() }),
            );
            PictureRow { label: label.into(), values, is_signed, most: 1.0 }
        };
        let rows = vec![row("in", false), row("out", false), row("out − in", true)];
        Figure::PictureRows(PictureRows {
            rows,
            names: ["normal", "early", "wide", "raised ST", "on the pad"].map(String::from).to_vec(),
            kind: "test signal".into(),
            items: numbers.add([3.0, 8.0, 2.0, 9.0, -1.0]),
            measures: numbers.add([0.001, 0.002, 0.003, 0.004, 0.2]),
            measure: "mean squared error".into(),
            can_choose: true,
            chosen: Some(1),
            marked: Some(4),
            range: [0.0, 1.0],
            height: 1,
            width: 96,
        })
    })
}

const SIZE: (f64, f64) = (620.0, 320.0);

#[test]
fn places_of_a_map_are_those_of_its_view() {
    let Sample { figure, .. } = map("map", 10, [28, 28], 0);
    let Figure::LatentMap(map) = figure else { panic!("a map") };
    for size in [SIZE, (360.0, 440.0)] {
        let rect = plot::map_rect(&map, size);
        let at =
            |x: f64, y: f64| plot::place_at(&map, size, (rect.x + x * rect.width, rect.y + y * rect.height));
        let near =
            |place: [f32; 2], wanted: [f32; 2]| place.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-4);
        assert!(
            near(at(0.0, 0.0), [-4.0, 3.0])
                && near(at(1.0, 1.0), [4.0, -3.0])
                && near(at(0.5, 0.5), [0.0; 2])
        );
        assert!(near(at(2.0, -1.0), [4.0, 3.0]), "dragged beyond its edge it stays within");
    }
}

#[test]
fn thresholds_levels_and_items_are_read_where_they_are_drawn() {
    let Figure::Errors(errors) = errors("errors", None).figure else { panic!("errors") };
    assert_eq!(
        [0.0, 300.0, 600.0, 900.0].map(|x| plot::error_at(&errors, 600.0, x)),
        [0.0, 0.06, 0.12, 0.12]
    );
    let Sample { figure, numbers, .. } = grid("grid", 3, 6);
    let Figure::Grid(grid) = &figure else { panic!("a grid") };
    let columns: Vec<_> =
        (0..62).filter_map(|x| plot::grid_column_at(grid, SIZE, (f64::from(x) * 10.0, 60.0))).collect();
    assert!(columns.is_sorted() && (0..6).all(|column| columns.contains(&column)), "{columns:?}");
    assert_eq!(plot::grid_column_at(grid, SIZE, (300.0, 10.0)), None, "its head is no cell");
    assert_eq!(plot::table(&figure, &numbers).rows.len(), 3);
    let Sample { figure, numbers, .. } = signals();
    let Figure::PictureRows(rows) = &figure else { panic!("rows") };
    let items: Vec<_> =
        (0..62).map(|x| plot::item_at(rows, &numbers, SIZE, (f64::from(x) * 10.0, 60.0))).collect();
    let mut seen: Vec<usize> = items.iter().copied().flatten().collect();
    seen.dedup();
    assert_eq!(seen, [3, 8, 2, 9], "what was drawn has no number");
    // Narrow columns lie on two bands: the third of five begins the second line of the phone.
    let narrow = (200.0, 400.0);
    let [above, below] = [50.0, 250.0].map(|y| plot::item_at(rows, &numbers, narrow, (90.0, y)));
    assert!(above.is_some() && above != below, "{above:?} {below:?}");
}

#[test]
fn figures_of_codes_are_read_under_the_pointer_and_in_tables() {
    let read = |sample: &Sample, size: (f64, f64), at: (f64, f64)| {
        plot::read_out(&sample.figure, &sample.numbers, size, at).map(|read| read.lines)
    };
    let rows = |sample: &Sample| plot::table(&sample.figure, &sample.numbers).rows;
    // The first item of the map, where its place says.
    let sample = map("map", 10, [28, 28], 0);
    let Figure::LatentMap(of_codes) = &sample.figure else { panic!("a map") };
    let rect = plot::map_rect(of_codes, SIZE);
    let points = sample.numbers.at(of_codes.points);
    let share = |item: usize| {
        let place = [points[4 * item], points[4 * item + 1]].map(f64::from);
        (rect.x + (place[0] + 4.0) / 8.0 * rect.width, rect.y + (3.0 - place[1]) / 6.0 * rect.height)
    };
    let lines = read(&sample, SIZE, share(123)).unwrap();
    assert_eq!(lines[0], "test picture 123, a 3");
    assert!(lines[1].starts_with("z₁ ") && lines[2].starts_with("z₂ "), "{lines:?}");
    assert_eq!(read(&sample, SIZE, (rect.right() + 3.0, 50.0)), None, "the cards are no part of the map");
    let own = &rows(&sample)[123];
    assert_eq!(*own, ["123".into(), "3".into(), points[492].to_string(), points[493].to_string()]);
    // Where everything is decoded there are no items, but places.
    let decoded = map("decoded", 10, [28, 28], 13);
    assert_eq!(read(&decoded, SIZE, share(123)).unwrap().len(), 2);

    // 40 bins of 15 pixels and 0.003; the largest share of each kind is 1 in 11.
    let sample = errors("errors", None);
    let lines = read(&sample, (600.0, 136.0), (157.0, 80.0)).unwrap();
    let wanted =
        ["mean squared error 0.0300 to 0.0330", "of class 0: 9\u{202f}%", "of other classes: 0\u{202f}%"];
    assert_eq!(lines, wanted);
    assert_eq!((rows(&sample).len(), &*rows(&sample)[25][3]), (40, (1.0_f32 / 11.0).to_string().as_str()));

    // The curve in a square of 140 pixels from (26, 148): half of its false alarms.
    let sample = roc("roc", 60);
    let lines = read(&sample, (400.0, 168.0), (96.0, 26.0)).unwrap();
    assert_eq!(lines, ["87\u{202f}% found", "50\u{202f}% false alarms"]);
    assert_eq!(read(&sample, (400.0, 168.0), (300.0, 20.0)), None, "its words say nothing more");
    assert_eq!(rows(&sample)[30][0], "0.5");
    assert!(rows(&roc("nothing", 0)).is_empty());

    // The middle of the last cell of the second row.
    let sample = grid("grid", 3, 6);
    let Figure::Grid(of_levels) = &sample.figure else { panic!("a grid") };
    let value = sample.numbers.at(of_levels.values)[11];
    let lines = read(&sample, SIZE, (600.0, 34.0 + 1.5 * 34.0)).unwrap();
    assert_eq!(lines[..2], ["trained with level 1", "tested with 0.5"]);
    let said: f32 = lines[2].strip_prefix("mean squared error ").unwrap().parse().unwrap();
    assert!((said - value).abs() < 1e-4, "{said} {value}");
    assert_eq!(rows(&sample)[1][6], value.to_string());

    // The last signal is the one on the pad, a number of it by its place from the left.
    let sample = signals();
    let lines = read(&sample, SIZE, (610.0, 40.0)).unwrap();
    assert!(lines[0].starts_with("what is on the pad, number "), "{lines:?}");
    assert_eq!(lines.last().unwrap(), "mean squared error 0.2");
    assert_eq!((rows(&sample).len(), &*rows(&sample)[4][0]), (5, "-1"));
}
