//! Items side by side: what went in, what came out, and what lies between.

use super::code::Code;
use super::figures::{class_of, item_of, kind_of, part_of, range, shown};
use super::observer::{AutoencoderObserver, spoiling};
use super::reading::errors_of;
use crate::data::Examples;
use crate::labs::format::{count, significant};
use crate::labs::{Figure, ItemOrder, Numbers, Panel, PictureRow, PictureRows, View};
use crate::train::Run;

/// Items shown where classes do not say which.
const SHOWN: usize = 10;

/// The figure "reconstructions".
pub(super) fn panel(
    observer: &mut AutoencoderObserver,
    run: &Run,
    view: &View,
    numbers: &mut Numbers,
) -> Panel {
    let examples = shown(run);
    let is_test = !run.data().test.is_empty();
    let items = chosen(observer, run, view);
    let size = run.network().outputs();
    let mut clean: Vec<f32> = items.iter().flat_map(|&item| item_of(examples, item)).collect();
    let has_drawing = view.picture.len() == size;
    if has_drawing {
        clean.extend_from_slice(&view.picture);
    }
    let corruption = spoiling(run, view);
    let mut given = clean.clone();
    // The drawing is spoiled like an item that comes after all others.
    let places = items.iter().copied().chain([examples.len()]);
    places
        .zip(given.chunks_exact_mut(size))
        .for_each(|(item, input)| run.spoil_test_item(item, corruption, input));
    run.network().forward(&given, &mut observer.pass);
    let outputs = observer.pass.output().to_vec();
    let errors: Vec<f32> = errors_of(&outputs, &clean, size).collect();
    let (pca, _) = observer.pca(run);
    let units = AutoencoderObserver::components(run);
    let pca = pca.first(units);
    let by_pca: Vec<f32> = given.chunks_exact(size).flat_map(|item| pca.restored(&pca.code(item))).collect();
    let mut row = |label: String, is_signed: bool, values: Vec<f32>| PictureRow {
        label,
        values: numbers.add(values),
        is_signed,
        most: 1.0,
    };
    let difference = outputs.iter().zip(&clean).map(|(output, item)| output - item).collect();
    let mut rows = Vec::new();
    if corruption.is_none() {
        rows.push(row("in".into(), false, clean));
    } else {
        rows.push(row("clean".into(), false, clean));
        rows.push(row("in, spoiled".into(), false, given));
    }
    rows.push(row("out".into(), false, outputs));
    rows.push(row("out − in".into(), true, difference));
    rows.push(row(format!("PCA, {units}"), false, by_pca));
    if !corruption.is_none() {
        rows[3].label = "out − clean".into();
    }
    let kind = format!("{} {}", part_of(run), kind_of(run));
    let [height, width] = run.current().data.grid().unwrap_or([1, size]);
    let summary = summary(run, (&items, &errors), &kind, has_drawing);
    let drawn = has_drawing.then_some(-1.0);
    let names = items.iter().map(|&item| class_of(run, examples, item).unwrap_or_default());
    let figure = PictureRows {
        rows,
        names: names.chain(has_drawing.then(|| "on the pad".into())).collect(),
        items: numbers.add(items.iter().map(|&item| item as f32).chain(drawn)),
        can_choose: true,
        measures: numbers.add(errors),
        measure: "mean squared error".into(),
        chosen: followed(&items, view),
        marked: has_drawing.then_some(items.len()).filter(|_| is_odd(observer, view, numbers)),
        range: range(run),
        kind,
        height,
        width,
    };
    let note =
        if is_test { compression(run, size) } else { "training items: none are kept for the test".into() };
    Panel { id: "reconstructions".into(), note, summary, figure: Figure::PictureRows(figure) }
}

/// Whether the drawing, whose error was added last, is above the threshold: the one that was chosen, which the figure of
/// errors may take note of only after this, or else the usual one.
fn is_odd(observer: &AutoencoderObserver, view: &View, numbers: &Numbers) -> bool {
    let threshold = view.probe.threshold.or(observer.threshold);
    threshold.zip(numbers.0.last()).is_some_and(|(threshold, error)| *error > threshold)
}

/// The items that stand side by side: one of each class, or those at an end of the order of their errors; the one that is
/// followed among them.
fn chosen(observer: &mut AutoencoderObserver, run: &Run, view: &View) -> Vec<usize> {
    let examples = shown(run);
    let errors = &observer.reading(run).errors;
    let mut items: Vec<usize> = match view.probe.order {
        ItemOrder::Classes => one_of_each_class(examples, run.data().classes),
        order => {
            let mut items: Vec<usize> = (0..errors.len()).collect();
            items.sort_by(|&a, &b| errors[a].total_cmp(&errors[b]));
            if order == ItemOrder::Worst {
                items.reverse();
            }
            items.truncate(SHOWN);
            items
        }
    };
    if let Some(item) = view.probe.item.filter(|item| *item < examples.len() && !items.contains(item)) {
        items.pop();
        items.push(item);
    }
    items
}

fn followed(items: &[usize], view: &View) -> Option<usize> {
    items.iter().position(|item| Some(*item) == view.probe.item)
}

/// The first items of each class in the order of the classes, as many of each as there is room for.
fn one_of_each_class(examples: &Examples, classes: usize) -> Vec<usize> {
    if classes == 0 {
        return (0..examples.len().min(SHOWN)).collect();
    }
    let of_each = (SHOWN / classes).max(1);
    let of = |class: usize| {
        let is_of = move |&item: &usize| examples.labels[item] as usize == class;
        (0..examples.len()).filter(is_of).take(of_each)
    };
    (0..classes.min(SHOWN)).flat_map(of).collect()
}

/// How much smaller the code is, in words: "784 numbers → 2, 784 bytes → 8".
fn compression(run: &Run, size: usize) -> String {
    let Some(code) = Code::of(run.current()) else { return String::new() };
    // A grey is a byte, all other numbers are single floats.
    let bytes = size * if kind_of(run) == "picture" { 1 } else { 4 };
    format!(
        "{} numbers → {}, {} bytes → {}",
        count(size),
        count(code.units),
        count(bytes),
        count(4 * code.units)
    )
}

fn summary(run: &Run, (items, errors): (&[usize], &[f32]), kind: &str, has_drawing: bool) -> String {
    let of_items = &errors[..items.len()];
    let mean = of_items.iter().sum::<f32>() / items.len().max(1) as f32;
    let worst = of_items.iter().zip(items).max_by(|a, b| a.0.total_cmp(b.0));
    let worst = worst.map_or_else(String::new, |(error, item)| {
        let class = class_of(run, shown(run), *item).map_or_else(String::new, |class| format!(", a {class}"));
        format!(", the largest {} for {kind} {item}{class}", significant(*error, 2))
    });
    let drawing = errors.last().filter(|_| has_drawing);
    let drawing =
        drawing.map_or_else(String::new, |error| format!(" What is on the pad: {}.", significant(*error, 2)));
    format!(
        "{} {kind}s above what the network gives back and the difference: mean squared error {}{worst}.{drawing}",
        items.len(),
        significant(mean, 2)
    )
}
