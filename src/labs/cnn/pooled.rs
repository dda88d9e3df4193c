//! What pooling throws away: one map before and after it, and how much of all maps is left.

use super::maps::focus;
use super::networks::is_pool;
use super::observer::CnnObserver;
use crate::labs::format::percent;
use crate::labs::{Figure, Numbers, Panel, Pooled, Span, View};
use crate::train::Run;

/// The figure "pooled".
pub(super) fn panel(observer: &CnnObserver, run: &Run, view: &View, numbers: &mut Numbers) -> Panel {
    let unit = focus(run, view);
    let layers = &run.current().network.layers;
    let is_pool = |index: &usize| is_pool(&layers[*index]);
    // The pool in focus, or the one after the layer in focus, else the first.
    let pool = (unit.layer..layers.len()).find(is_pool).or_else(|| (0..unit.layer).find(is_pool));
    let nothing = Pooled {
        layer: String::new(),
        map: [0, 1],
        before: [0; 2],
        after: [0; 2],
        inputs: Span::default(),
        outputs: Span::default(),
        kept: Span::default(),
        left: [0.0; 2],
    };
    let Some(pool) = pool else {
        return shown("", "This network has no pooling layer, so nothing is thrown away.".into(), nothing);
    };
    let layer = run.network().layer_names()[pool].clone();
    if observer.picture().is_empty() {
        return shown(
            &layer,
            "The pad is empty, so there is nothing to pool.".into(),
            Pooled { layer: layer.clone(), ..nothing },
        );
    }
    let shapes = run.network().shapes();
    let shape_before = if pool == 0 { run.input_shape() } else { &shapes[pool - 1] };
    let (&[height, width, maps], &[rows, columns, _]) = (shape_before, shapes[pool].as_slice()) else {
        unreachable!("a pool takes images and gives images")
    };
    let trace = &observer.pass.traces[pool];
    let input = if pool == 0 { observer.picture() } else { &observer.pass.traces[pool - 1].output };
    let map = if pool == unit.layer || pool == unit.layer + 1 { unit.map.min(maps - 1) } else { 0 };
    // Where in the input each number was taken from; overlapping windows may take one twice.
    let mut taken = run.network().taken(pool, observer.picture(), &observer.pass);
    taken.sort_unstable();
    taken.dedup();
    let total: f32 = input.iter().map(|value| value.abs()).sum();
    let (cells, sum) = if taken.is_empty() {
        let sum: f32 = trace.output.iter().map(|value| value.abs()).sum();
        (trace.output.len(), sum)
    } else {
        (taken.len(), taken.iter().map(|&at| input[at].abs()).sum())
    };
    let left = [cells as f32 / input.len().max(1) as f32, if total > 0.0 { sum / total } else { 0.0 }];
    let of_map = |values: &[f32]| values.iter().skip(map).step_by(maps).copied().collect::<Vec<_>>();
    let kept = taken.iter().filter(|&at| at % maps == map).map(|at| (at / maps) as f32);
    let figure = Pooled {
        layer: layer.clone(),
        map: [map, maps],
        before: [height, width],
        after: [rows, columns],
        inputs: numbers.add(of_map(input)),
        outputs: numbers.add(of_map(&trace.output)),
        kept: numbers.add(kept),
        left,
    };
    let summary = format!(
        "{layer} makes {height} by {width} cells {rows} by {columns}: of the numbers in all maps {} are left, and {} of their sum.",
        percent(left[0]),
        percent(left[1])
    );
    shown(&layer, summary, figure)
}

fn shown(note: &str, summary: String, figure: Pooled) -> Panel {
    Panel { id: "pooled".into(), note: note.into(), summary, figure: Figure::Pooled(figure) }
}
