//! The map of codes: where the network puts the test items, what it makes of every place, and the same by principal
//! components.

use super::code::Code;
use super::figures::{class_of, item_of, kind_of, part_of, range, shown};
use super::observer::AutoencoderObserver;
use super::projection::Projection;
use crate::data::Examples;
use crate::labs::format::{percent, significant};
use crate::labs::{Cursor, Figure, LatentMap, Numbers, Panel, Span, View};
use crate::nn::Pass;
use crate::train::Run;

/// Tiles along a side of the grid of decoded places.
const TILES: usize = 13;
/// Cells along a side of the grid that says where codes of training items lie.
const CELLS: usize = 40;
/// Cells around one that a code is near to.
const NEAR: f32 = 1.8;
/// Thumbnails, at most, and how far they stand apart, as a share of the map.
const THUMBNAILS: usize = 36;
const APART: f32 = 0.085;
/// Items around the cursor that say what is there.
const NEIGHBOURS: usize = 15;
/// A share of them from which on one class is named alone.
const SURE: f32 = 0.8;

/// The figure "map".
pub(super) fn panel(
    observer: &mut AutoencoderObserver,
    run: &Run,
    view: &View,
    numbers: &mut Numbers,
) -> Panel {
    let id = "map".to_owned();
    let Some(code) = Code::of(run.current()) else {
        let summary = "This network has no dense layer before its output, so it has no code to map.".into();
        return Panel { id, note: String::new(), summary, figure: Figure::LatentMap(empty(run)) };
    };
    let examples = shown(run);
    let reading = observer.reading_of_training(run, code);
    let (codes, training) = (reading.codes.clone(), reading.training_codes.clone());
    let projection = Projection::of(&codes, code.units);
    let places: Vec<[f32; 2]> = codes
        .chunks_exact(code.units)
        .enumerate()
        .map(|(item, code)| projection.place(code, label(examples, item)))
        .collect();
    let reach = projection.view(&places, run.data().classes);
    let map_view = joined(observer.map_view, reach);
    observer.map_view = Some(map_view);
    let near = near(&training, code.units, &projection, map_view);
    let mut figure = items_at(run, &places, map_view, numbers);
    figure.axes = projection.names();
    (figure.near, figure.cells) = (numbers.add(near), CELLS);
    let mut decoder = Decoder { run, first: code.layer + 1, pass: Pass::default() };
    if view.probe.shows_decoded {
        let places = tiles(map_view).map(|place| projection.code(place));
        let inputs: Vec<f32> = places.flatten().collect();
        (figure.decoded, figure.tiles) = (numbers.add(decoder.decode(&inputs)), TILES);
    }
    let followed = view.probe.item.filter(|item| *item < places.len()).unwrap_or(0);
    let at = view.probe.cursor.or_else(|| places.get(followed).copied());
    if let Some(at) = at.filter(|at| at.iter().all(|place| place.is_finite())) {
        // An item that is followed is decoded of its own code, of which the map may show two numbers alone.
        let own = codes
            .get(followed * code.units..(followed + 1) * code.units)
            .filter(|_| view.probe.cursor.is_none());
        let here = own.map_or_else(|| projection.code(at), <[f32]>::to_vec);
        let nearest = nearest(&codes, &here);
        let Some(&first) = nearest.first() else { return said(run, code, figure, None) };
        figure.cursor = Some(Cursor {
            at,
            item: numbers.add(decoder.decode(&here)),
            words: what_is_there(run, examples, &nearest),
            nearest: numbers.add(item_of(examples, first)),
            nearest_words: class_of(run, examples, first).map_or_else(
                || format!("{} {first}", kind_of(run)),
                |class| format!("a {class}, {} {first}", part_of(run)),
            ),
        });
    }
    let words = figure.cursor.as_ref().map(|cursor| cursor.words.clone());
    said(run, code, figure, words)
}

fn said(run: &Run, code: Code, figure: LatentMap, words: Option<String>) -> Panel {
    let [left, right, bottom, top] = figure.view.map(|edge| significant(edge, 2));
    let of = if code.units <= 2 { "codes" } else { "codes, along their first two principal components" };
    let cursor = words.map_or_else(String::new, |words| format!(" At the cursor: {words}."));
    let summary = format!(
        "The {of} of {} {}s, from {left} to {right} across and from {bottom} to {top} upwards.{cursor}",
        figure.points.len / 4,
        kind_of(run)
    );
    let note =
        if code.units <= 2 { String::new() } else { format!("of {} numbers, two components", code.units) };
    Panel { id: "map".into(), note, summary, figure: Figure::LatentMap(figure) }
}

/// The figure "pca": the same items by the first two principal components of the data.
pub(super) fn pca_panel(observer: &mut AutoencoderObserver, run: &Run, numbers: &mut Numbers) -> Panel {
    let examples = shown(run);
    let (pca, error) = observer.pca(run);
    let two = pca.first(2);
    let places: Vec<[f32; 2]> = (0..examples.len())
        .map(|item| {
            let code = two.code(&item_of(examples, item));
            [code.first().copied().unwrap_or(0.0), code.get(1).copied().unwrap_or(0.0)]
        })
        .collect();
    let mut figure = items_at(run, &places, Projection::view_of(&places), numbers);
    figure.axes = ["1st component".into(), "2nd component".into()];
    let kept = f64::from(pca.variances.iter().take(2).sum::<f32>() / pca.total.max(f32::MIN_POSITIVE));
    let units = AutoencoderObserver::components(run);
    let said_error = if error.is_nan() { "unknown".into() } else { significant(*error, 2) };
    let summary = format!(
        "The same {}s by the first two principal components, which hold {} of the variance of the training items; the error of {units} of them on the test is {said_error}.",
        kind_of(run),
        percent(kept)
    );
    let note = format!("{} of the variance", percent(kept));
    Panel { id: "pca".into(), note, summary, figure: Figure::LatentMap(figure) }
}

fn empty(run: &Run) -> LatentMap {
    LatentMap {
        kind: format!("{} {}", part_of(run), kind_of(run)),
        axes: [String::new(), String::new()],
        view: [-1.0, 1.0, -1.0, 1.0],
        classes: Vec::new(),
        points: Span::default(),
        size: run.current().data.grid().unwrap_or([1, 1]),
        range: range(run),
        thumbnails: [Span::default(); 2],
        near: Span::default(),
        cells: 0,
        decoded: Span::default(),
        tiles: 0,
        cursor: None,
    }
}

/// A map with items at their places, and some of them drawn small.
fn items_at(run: &Run, places: &[[f32; 2]], view: [f32; 4], numbers: &mut Numbers) -> LatentMap {
    let examples = shown(run);
    let points = places.iter().enumerate().filter(|(_, place)| place.iter().all(|x| x.is_finite()));
    let points = points.flat_map(|(item, &[x, y])| [x, y, label(examples, item), item as f32]);
    let small = thumbnails(places, view);
    LatentMap {
        view,
        classes: (0..run.data().classes).map(|class| run.data().class_name(class)).collect(),
        points: numbers.add(points),
        thumbnails: [
            numbers.add(small.iter().flat_map(|&item| places[item])),
            numbers.add(small.iter().flat_map(|&item| item_of(examples, item))),
        ],
        ..empty(run)
    }
}

fn label(examples: &Examples, item: usize) -> f32 {
    examples.labels.get([item]).copied().unwrap_or(0.0)
}

/// Items that stand far enough apart, in their order.
fn thumbnails(places: &[[f32; 2]], [left, right, bottom, top]: [f32; 4]) -> Vec<usize> {
    let (width, height) = ((right - left) * APART, (top - bottom) * APART);
    let mut chosen: Vec<usize> = Vec::new();
    for (item, place) in places.iter().enumerate() {
        let is_apart = |other: &usize| {
            let [x, y] = places[*other];
            (x - place[0]).abs() > width || (y - place[1]).abs() > height
        };
        if chosen.len() < THUMBNAILS && place.iter().all(|x| x.is_finite()) && chosen.iter().all(is_apart) {
            chosen.push(item);
        }
    }
    chosen
}

/// For every cell of the map whether a code of a training item lies near.
fn near(codes: &[f32], units: usize, projection: &Projection, view: [f32; 4]) -> Vec<f32> {
    let [left, right, bottom, top] = view;
    let mut cells = vec![0.0; CELLS * CELLS];
    for code in codes.chunks_exact(units) {
        let [x, y] = projection.place(code, 0.0);
        let column = (x - left) / (right - left) * CELLS as f32;
        let row = (top - y) / (top - bottom) * CELLS as f32;
        for (cell, value) in cells.iter_mut().enumerate() {
            let across = (cell % CELLS) as f32 + 0.5 - column;
            // A map of one number is near wherever that is.
            let down = if units == 1 { 0.0 } else { (cell / CELLS) as f32 + 0.5 - row };
            if across * across + down * down <= NEAR * NEAR {
                *value = 1.0;
            }
        }
    }
    cells
}

/// The middles of the tiles of a map, from the top left.
fn tiles([left, right, bottom, top]: [f32; 4]) -> impl Iterator<Item = [f32; 2]> {
    let share = |index: usize| (index as f32 + 0.5) / TILES as f32;
    (0..TILES * TILES).map(move |tile| {
        [left + (right - left) * share(tile % TILES), top - (top - bottom) * share(tile / TILES)]
    })
}

/// The part of a network that makes items of codes.
pub(super) struct Decoder<'a> {
    pub run: &'a Run,
    /// Index of its first layer.
    pub first: usize,
    pub pass: Pass,
}

impl Decoder<'_> {
    /// What it makes of codes, one after another.
    pub fn decode(&mut self, codes: &[f32]) -> Vec<f32> {
        self.run.network().forward_from(self.first, codes, &mut self.pass);
        self.pass.output().to_vec()
    }
}

/// The items by how near their codes are to one, the nearest first, at most [`NEIGHBOURS`].
fn nearest(codes: &[f32], here: &[f32]) -> Vec<usize> {
    let distance = |code: &[f32]| code.iter().zip(here).map(|(x, y)| (x - y) * (x - y)).sum::<f32>();
    let distances: Vec<f32> = codes.chunks_exact(here.len()).map(distance).collect();
    let mut order: Vec<usize> = (0..distances.len()).filter(|&item| distances[item].is_finite()).collect();
    let closer = |&a: &usize, &b: &usize| distances[a].total_cmp(&distances[b]);
    if order.len() > NEIGHBOURS {
        order.select_nth_unstable_by(NEIGHBOURS, closer);
        order.truncate(NEIGHBOURS);
    }
    order.sort_by(closer);
    order
}

/// The classes around a place, in words.
fn what_is_there(run: &Run, examples: &Examples, nearest: &[usize]) -> String {
    if run.data().classes == 0 {
        return format!("near {} {}", part_of(run), nearest[0]);
    }
    let mut counts = vec![0; run.data().classes];
    nearest.iter().for_each(|&item| counts[examples.labels[item] as usize] += 1);
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by_key(|&class| std::cmp::Reverse(counts[class]));
    let name = |class: usize| run.data().class_name(class);
    if counts[order[0]] as f32 >= SURE * nearest.len() as f32 || order.len() < 2 || counts[order[1]] == 0 {
        format!("like {}", name(order[0]))
    } else {
        format!("between {} and {}", name(order[0]), name(order[1]))
    }
}

/// A view that holds both: one that grows and never shrinks.
fn joined(before: Option<[f32; 4]>, [left, right, bottom, top]: [f32; 4]) -> [f32; 4] {
    let [l, r, b, t] = before.unwrap_or([left, right, bottom, top]);
    [left.min(l), right.max(r), bottom.min(b), top.max(t)]
}
