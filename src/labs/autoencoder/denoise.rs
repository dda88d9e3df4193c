//! How well a network restores what is spoiled more or less than what it learned from: a row of the grid of training by
//! testing, of which every lane adds its own.

use super::figures::kind_of;
use super::observer::{AutoencoderObserver, spoiling};
use super::reading::errors_of;
use crate::data::Corruption;
use crate::labs::format::significant;
use crate::labs::{Figure, Grid, Numbers, Panel, View};
use crate::train::Run;

/// Levels at which it is tested.
pub(super) const LEVELS: [f32; 6] = [0.0, 0.1, 0.25, 0.5, 0.75, 1.0];
/// The first row, which all lanes share.
pub(super) const UNTOUCHED: &str = "as they come";

/// The figure "noise".
pub(super) fn panel(
    observer: &mut AutoencoderObserver,
    run: &Run,
    view: &View,
    numbers: &mut Numbers,
) -> Panel {
    let trained = run.current().data.corruption;
    let shown = spoiling(run, view);
    let is_tested = !run.data().test.is_empty();
    let measured: Vec<[f32; 2]> = LEVELS
        .iter()
        .filter(|_| is_tested)
        .map(|&level| at(observer, run, Corruption { level, ..trained }))
        .collect();
    let rows = [0, 1].map(|row| measured.iter().map(move |pair| pair[row]));
    let how = trained.kind.label().to_lowercase();
    let summary = match (measured.iter().zip(LEVELS)).find(|(_, level)| *level == nearest(shown.level)) {
        Some(([_, after], 0.0)) => format!(
            "Nothing is spoiled at level 0: the network gives the test {}s back with a squared error of {}.",
            kind_of(run),
            significant(*after, 2)
        ),
        Some(([before, after], level)) => format!(
            "{} at level {level} takes the test {}s to a squared error of {}; what the network makes of them has {}, {}.",
            trained.kind.label(),
            kind_of(run),
            significant(*before, 2),
            significant(*after, 2),
            if *before > 0.0 { share_left(*after / *before) } else { "what it loses anyway".into() }
        ),
        None => "No items are kept for the test, so nothing is measured.".into(),
    };
    let figure = Grid {
        label: format!("mean squared error, {how}"),
        sides: ["trained with".into(), "tested with".into()],
        rows: vec![UNTOUCHED.into(), format!("{}", trained.level)],
        columns: if is_tested { LEVELS.map(|level| level.to_string()).to_vec() } else { Vec::new() },
        values: numbers.add(rows.into_iter().flatten()),
        most: None,
        chosen: LEVELS.iter().position(|level| *level == shown.level),
    };
    Panel { id: "noise".into(), note: how, summary, figure: Figure::Grid(figure) }
}

fn share_left(share: f32) -> String {
    if share < 1.0 {
        format!("{} times less", significant(1.0 / share, 2))
    } else {
        format!("{} times as much", significant(share, 2))
    }
}

fn nearest(level: f32) -> f32 {
    LEVELS
        .into_iter()
        .min_by(|a, b| (a - level).abs().total_cmp(&(b - level).abs()))
        .expect("there are levels")
}

/// Mean squared errors of the spoiled test items and of what the network makes of them.
fn at(observer: &mut AutoencoderObserver, run: &Run, corruption: Corruption) -> [f32; 2] {
    let size = run.network().outputs();
    let (mut before, mut after, mut item) = (0.0_f64, 0.0_f64, 0);
    let mut spoiled = vec![0.0; size];
    run.visit_spoiled(corruption, &mut observer.pass, |clean, pass| {
        after += errors_of(pass.output(), clean, size).map(f64::from).sum::<f64>();
        for clean in clean.chunks_exact(size) {
            spoiled.copy_from_slice(clean);
            run.spoil_test_item(item, corruption, &mut spoiled);
            before += errors_of(&spoiled, clean, size).map(f64::from).sum::<f64>();
            item += 1;
        }
    });
    [before, after].map(|sum| (sum / item.max(1) as f64) as f32)
}
