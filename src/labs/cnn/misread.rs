//! The test pictures behind a cell of the confusion matrix.

use super::observer::CnnObserver;
use crate::labs::confusion::{cell, class_names, counts};
use crate::labs::format::{a_class, count, percent};
use crate::labs::{Figure, Gallery, Numbers, Panel, View};
use crate::train::{Reading, Run};

/// Pictures shown; the others are counted.
const SHOWN: usize = 24;

/// Where nothing is misread: what is read right, of the class with the least sure reading.
fn least_sure(readings: &[Reading]) -> Option<[usize; 2]> {
    let told = readings.iter().filter_map(|reading| Some((reading.class?, reading.output)));
    let (class, _) = told.min_by(|a, b| a.1.total_cmp(&b.1))?;
    Some([class; 2])
}

/// The figure "misread": the surest mistakes first, and of what is read right the least sure.
pub(super) fn panel(observer: &mut CnnObserver, run: &Run, view: &View, numbers: &mut Numbers) -> Panel {
    let readings = observer.readings(run);
    let test = &run.data().test;
    let classes = run.data().classes;
    let chosen = cell(&counts(readings, run), classes, view).or_else(|| least_sure(readings));
    let [truth, said] = chosen.unwrap_or_default();
    let mut found: Vec<usize> = (0..readings.len())
        .filter(|&item| {
            chosen.is_some() && test.labels[item] as usize == truth && readings[item].class == Some(said)
        })
        .collect();
    let of = found.len();
    let sureness = |item: usize| if truth == said { -readings[item].output } else { readings[item].output };
    found.sort_by(|&a, &b| sureness(b).total_cmp(&sureness(a)));
    found.truncate(SHOWN);
    let size = test.input_shape();
    let (height, width) = (size[0], size[1]);
    let mut greys = vec![0.0; height * width * found.len()];
    let places = greys.chunks_exact_mut((height * width).max(1));
    found.iter().zip(places).for_each(|(&item, place)| test.copy_item(item, place));
    let what = if truth == said { format!("{truth} read right") } else { format!("{truth} read as {said}") };
    let note = match chosen {
        None => String::new(),
        Some(_) if of > found.len() => format!("{what}: {} of {}", found.len(), count(of)),
        Some(_) => format!("{what}: {}", count(of)),
    };
    let first = found.first().map(|&item| percent(f64::from(readings[item].output)));
    let (truth_said, said_said) = (a_class(truth), a_class(said));
    let summary = match (chosen, first) {
        (None, _) => "No pictures are kept for the test.".into(),
        (_, None) => format!("No test picture of {truth_said} is read as {said_said}."),
        (_, Some(share)) if truth == said => {
            format!(
                "Test pictures of {truth_said} that are read right: {}, the least sure with {share}.",
                count(of)
            )
        }
        (_, Some(share)) => {
            format!(
                "Test pictures of {truth_said} that are read as {said_said}: {}, the surest with {share}.",
                count(of)
            )
        }
    };
    let figure = Gallery {
        cell: [truth, said],
        classes: class_names(run),
        of,
        height,
        width,
        pictures: numbers.add(greys),
        items: numbers.add(found.iter().map(|&item| item as f32)),
        probabilities: numbers.add(found.iter().map(|&item| readings[item].output)),
    };
    Panel { id: "misread".into(), note, summary, figure: Figure::Gallery(figure) }
}
