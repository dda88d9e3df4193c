//! The way from one item to another: straight through the codes, and beside it straight through the numbers themselves.

use super::code::Code;
use super::figures::{class_of, item_of, kind_of, range, shown};
use super::map::Decoder;
use super::observer::AutoencoderObserver;
use crate::labs::format::percent;
use crate::labs::{Figure, Numbers, Panel, PictureRow, PictureRows, View};
use crate::nn::Pass;
use crate::train::Run;

/// Stations on the way, both ends included.
const STATIONS: usize = 9;

/// The figure "walk".
pub(super) fn panel(
    observer: &mut AutoencoderObserver,
    run: &Run,
    view: &View,
    numbers: &mut Numbers,
) -> Panel {
    let examples = shown(run);
    let last = examples.len() - 1;
    let from = view.probe.item.unwrap_or(0).min(last);
    let is_other = |item: &usize| examples.labels[*item] != examples.labels[from];
    let to = view.probe.to.filter(|item| *item <= last).or_else(|| (0..=last).find(is_other)).unwrap_or(last);
    let ends = [from, to].map(|item| item_of(examples, item));
    let share = |station: usize| station as f32 / (STATIONS - 1) as f32;
    let between = |a: &[f32], b: &[f32]| -> Vec<f32> {
        (0..STATIONS)
            .flat_map(|station| a.iter().zip(b).map(move |(a, b)| a + (b - a) * share(station)))
            .collect()
    };
    let mut rows = Vec::new();
    let mut row = |label: &str, values: Vec<f32>, numbers: &mut Numbers| {
        rows.push(PictureRow {
            label: label.into(),
            values: numbers.add(values),
            is_signed: false,
            most: 1.0,
        });
    };
    if let Some(code) = Code::of(run.current()) {
        run.network().forward(&ends.concat(), &mut observer.pass);
        let codes = observer.pass.traces[code.layer].output.clone();
        let (a, b) = codes.split_at(code.units);
        let mut decoder = Decoder { run, first: code.layer + 1, pass: Pass::default() };
        row("through codes", decoder.decode(&between(a, b)), numbers);
    }
    row("through numbers", between(&ends[0], &ends[1]), numbers);
    let name = |item: usize| {
        class_of(run, examples, item).map_or(format!("{item}"), |class| format!("{class} ({item})"))
    };
    let (from_name, to_name) = (name(from), name(to));
    let [height, width] = run.current().data.grid().unwrap_or([1, 1]);
    let figure = PictureRows {
        rows,
        names: (0..STATIONS).map(|station| percent(share(station))).collect(),
        items: numbers.add((0..STATIONS).map(|station| station as f32)),
        can_choose: false,
        chosen: None,
        marked: None,
        measures: numbers.add((0..STATIONS).map(share)),
        measure: "share of the way".into(),
        range: range(run),
        kind: "station".into(),
        height,
        width,
    };
    let summary = format!(
        "From {} {from_name} to {to_name} in {} steps: what the network makes of codes between theirs, and their numbers mixed.",
        kind_of(run),
        STATIONS - 1
    );
    Panel {
        id: "walk".into(),
        note: format!("{from_name} → {to_name}"),
        summary,
        figure: Figure::PictureRows(figure),
    }
}
