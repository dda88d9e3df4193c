//! Loss surfaces from above and from the side.

use super::samples::Sample;
use super::{on_paper, onto, style};
use glassbox::labs::*;
use glassbox::nn::layers::Function;
use glassbox::plot::{View, read_out, surface_place_at, table};

/// Four ways down a landscape, by gradients as they are and with more and more momentum.
fn surface(name: &str, function: Function, change: impl FnOnce(&mut SurfaceFigure, &mut [f32])) -> Sample {
    let side = 41;
    let view = function.view();
    let place = |cell: usize| {
        let along = |low: f32, high: f32, index: usize| low + (high - low) * index as f32 / (side - 1) as f32;
        [along(view[0], view[1], cell % side), along(view[2], view[3], cell / side)]
    };
    let mut values: Vec<f32> = (0..side * side).map(|cell| function.value(place(cell))).collect();
    let rate = match function {
        Function::Rosenbrock => 0.0016,
        Function::Beale => 0.004,
        Function::Saddle => 0.08,
        Function::Ravine => 0.16,
    };
    let mut numbers = Numbers::default();
    let mut path = |lane: usize| {
        let (mut at, mut speed, momentum) = (function.usual_start(), [0.0; 2], 0.3 * lane as f32);
        let mut places = Vec::new();
        for _ in 0..48 {
            places.extend(at);
            let slope = function.gradient(at);
            for axis in 0..2 {
                speed[axis] = momentum * speed[axis] - rate * (1.0 - 0.8 * momentum) * slope[axis];
                at[axis] += speed[axis];
            }
        }
        let labels = ["SGD", "momentum 0.3", "momentum 0.6", "momentum 0.9"];
        let loss = function.value([places[94], places[95]]);
        SurfacePath { lane, label: labels[lane].into(), places: numbers.add(places), loss }
    };
    let paths = (0..4).map(&mut path).collect();
    let start = SurfaceMark { at: function.usual_start(), label: "start".into(), is_start: true };
    let minimum = function.minimum();
    let minimum = minimum.map(|at| SurfaceMark { at, label: "minimum".into(), is_start: false });
    let mut figure = SurfaceFigure {
        plane: 0,
        has_starts: false,
        axes: ["x".into(), "y".into()],
        quantity: "loss".into(),
        view,
        side,
        values: Span::default(),
        paths,
        marks: [start].into_iter().chain(minimum).collect(),
        share: 1.0,
        is_log: true,
        is_3d: false,
        turn: 30.0,
        tilt: 45.0,
    };
    change(&mut figure, &mut values);
    figure.values = numbers.add(values);
    Sample { name: name.into(), figure: Figure::Surface(figure), numbers }
}

fn from_the_side(figure: &mut SurfaceFigure) {
    figure.is_3d = true;
}

pub fn figures() -> Vec<Sample> {
    let components = |figure: &mut SurfaceFigure| {
        figure.axes = ["principal component 1 (61 %)".into(), "principal component 2 (24 %)".into()];
    };
    vec![
        surface("surface-ravine", Function::Ravine, |_, _| {}),
        surface("surface-rosenbrock", Function::Rosenbrock, |figure, _| components(figure)),
        surface("surface-beale", Function::Beale, |_, _| {}),
        surface("surface-saddle", Function::Saddle, |figure, _| figure.is_log = false),
        surface("surface-half-done", Function::Rosenbrock, |figure, values| {
            figure.share = 0.11;
            let coarse = values.to_vec();
            for (cell, value) in values.iter_mut().enumerate() {
                let near = |index: usize| (index + 2) / 4 * 4;
                *value = coarse[near(cell / 41) * 41 + near(cell % 41)];
            }
        }),
        surface("surface-holed", Function::Rosenbrock, |_, values| {
            let is_off = |cell: &usize| cell % 41 > 28 && cell / 41 > 18;
            (0..values.len()).filter(is_off).for_each(|cell| values[cell] = f32::NAN);
        }),
        surface("surface-side-ravine", Function::Ravine, |figure, _| from_the_side(figure)),
        surface("surface-side-rosenbrock", Function::Rosenbrock, |figure, _| {
            from_the_side(figure);
            components(figure);
            (figure.turn, figure.tilt) = (-35.0, 50.0);
        }),
        surface("surface-side-saddle", Function::Saddle, |figure, _| {
            from_the_side(figure);
            figure.is_log = false;
            (figure.turn, figure.tilt) = (130.0, 30.0);
        }),
    ]
}

fn named(name: &str) -> (Sample, SurfaceFigure) {
    let sample = figures().into_iter().find(|sample| sample.name == name).expect(name);
    let Figure::Surface(figure) = sample.figure.clone() else { panic!("a surface") };
    (sample, figure)
}

const SIZE: (f64, f64) = (680.0, 380.0);

#[test]
fn every_lane_and_mark_has_its_name_apart_from_the_others() {
    for sample in figures() {
        for size in [(680, 380), (358, 300)] {
            let paper = on_paper(&sample, size, &View::default());
            let texts: Vec<&str> = paper.texts.iter().map(|text| text.text.as_str()).collect();
            for wanted in ["A SGD", "B momentum 0.3", "C momentum 0.6", "start"] {
                let shown = texts.iter().filter(|text| **text == wanted).count();
                assert_eq!(shown, 1, "{} at {size:?}: {wanted} of {texts:?}", sample.name);
            }
            assert!(texts.contains(&"high loss"), "{}: {texts:?}", sample.name);
        }
    }
}

#[test]
fn the_loss_under_the_pointer_is_read() {
    let (sample, figure) = named("surface-ravine");
    // Far from all ways, on a node: a fifth of the way along, three quarters up.
    let place = [figure.view[0] + 0.9 * (figure.view[1] - figure.view[0]), figure.view[2] + 0.1 * 6.0];
    let at = (0.5 + 0.9 * 679.0, 379.5 - 0.1 * 359.5);
    let found = surface_place_at(&figure, SIZE, at).expect("it is within");
    assert!((found[0] - place[0]).abs() < 1e-3 && (found[1] - place[1]).abs() < 1e-3, "{found:?}");
    let read = read_out(&sample.figure, &sample.numbers, SIZE, at).expect("it is within");
    assert_eq!(read.lines[..2], ["x: 8.00".to_owned(), "y: −2.40".to_owned()]);
    let told: f32 = read.lines[2].strip_prefix("loss ").unwrap().parse().unwrap();
    assert!((told - Function::Ravine.value(place)).abs() < 0.02, "{told}");
    // The ring at the start is a place of every way, and what is read there is the last of them.
    let start = (0.5 + 0.1 * 679.0, 379.5 - 5.0 / 6.0 * 359.5);
    let read = read_out(&sample.figure, &sample.numbers, SIZE, start).expect("a way");
    assert!(read.lines[0].starts_with("D momentum"), "{:?}", read.lines);
    assert_eq!(read.crosshair.dots.len(), 1);
    // Beside the surface there is nothing, and what has no number says so.
    assert_eq!(surface_place_at(&figure, SIZE, (300.0, 4.0)), None);
    assert!(read_out(&sample.figure, &sample.numbers, SIZE, (300.0, 4.0)).is_none());
    let (holed, _) = named("surface-holed");
    let read = read_out(&holed.figure, &holed.numbers, SIZE, (600.0, 60.0)).expect("it is within");
    assert_eq!(read.lines.last().unwrap(), "loss no finite number");
}

#[test]
fn from_the_side_nothing_is_dropped_and_nodes_are_read() {
    let (sample, figure) = named("surface-side-ravine");
    assert_eq!(surface_place_at(&figure, SIZE, (340.0, 200.0)), None);
    let read = read_out(&sample.figure, &sample.numbers, SIZE, (340.0, 230.0)).expect("the surface");
    assert!(read.lines.iter().any(|line| line.starts_with("loss ")), "{:?}", read.lines);
    assert!(read_out(&sample.figure, &sample.numbers, SIZE, (4.0, 30.0)).is_none(), "beside it");
}

#[test]
fn the_table_tells_where_each_lane_is() {
    let (sample, figure) = named("surface-rosenbrock");
    let table = table(&sample.figure, &sample.numbers);
    assert_eq!(table.columns[1..], [figure.axes[0].clone(), figure.axes[1].clone(), "loss".into()]);
    assert_eq!(table.rows.len(), 4);
    for (row, path) in table.rows.iter().zip(&figure.paths) {
        let places = sample.numbers.at(path.places);
        assert_eq!(row[1], places[places.len() - 2].to_string());
        assert_eq!(row[3], path.loss.to_string());
    }
    assert_eq!(table.rows[0][0], "A SGD");
}

/// A way that leaves the view, or the numbers, is drawn as far as it lies within.
#[test]
fn what_lies_outside_is_cut_off() {
    let (mut sample, figure) = named("surface-ravine");
    let span = figure.paths[0].places;
    sample.numbers.0[span.start + 20] = 1e30;
    sample.numbers.0[span.start + 33] = f32::NAN;
    let paper = onto(super::Paper::new(5440, 3040), &sample, &style(), &View::default());
    assert!(paper.texts.iter().any(|text| text.text == "A SGD"));
}
