//! How many examples a second this device learns from with batches of every size: a sweep that is timed while the run
//! stands still, the knee in it, and where the lanes run.

use super::observer::BatchingObserver;
use crate::labs::format::{count, percent, significant};
use crate::labs::{Figure, Knee, LineScale, Lines, Numbers, Panel, PlacedDot, PlacedLine, View, XScale};
use crate::train::{Run, throughput};

/// Sizes of the sweep, as far as there are so many items; all items in one batch are the last.
const SIZES: [usize; 11] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

fn sizes(run: &Run) -> impl Iterator<Item = usize> {
    let items = run.epoch_items()[1];
    SIZES.into_iter().filter(move |size| *size < items).chain([items])
}

/// What was timed, by the size of the batch; no number where that failed. A copy has none, since it is none of the run.
#[derive(Default)]
pub(super) struct Sweep {
    timed: Vec<(usize, f64)>,
}

impl Clone for Sweep {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Sweep {
    /// The next size to be timed.
    pub(super) fn wants(&self, run: &Run) -> Option<usize> {
        let is_new = |size: &usize| self.timed.iter().all(|(timed, _)| timed != size);
        sizes(run).find(is_new).filter(|_| run.divergence().is_none())
    }

    /// Takes in the items and milliseconds of steps with such batches.
    pub(super) fn take(&mut self, batch: usize, took: Option<(usize, f64)>) {
        let speed = took.map_or(f64::NAN, |(items, ms)| 1000.0 * items as f64 / ms);
        self.timed.push((batch, speed));
    }

    /// All sizes with their speeds; no number for what is still to be timed, or failed.
    fn all(&self, run: &Run) -> Vec<(usize, f64)> {
        let speed =
            |size: usize| self.timed.iter().find(|(timed, _)| *timed == size).map_or(f64::NAN, |of| of.1);
        sizes(run).map(|size| (size, speed(size))).collect()
    }

    fn measured(&self) -> Vec<(usize, f64)> {
        self.timed.iter().copied().filter(|(_, speed)| speed.is_finite() && *speed > 0.0).collect()
    }
}

/// The figure "throughput".
pub(super) fn panel(observer: &BatchingObserver, run: &Run, view: &View, numbers: &mut Numbers) -> Panel {
    let measured = observer.sweep.measured();
    let knee = throughput::knee(&measured).filter(|_| observer.sweep.wants(run).is_none());
    let batch = run.current().batch_size.items(run.epoch_items()[1]);
    let speed = observer.racing.elapsed.speed().map(|(items, _)| items);
    let speeds = measured.iter().map(|(_, speed)| *speed as f32).chain(speed.map(|speed| speed as f32));
    let log = |speed: f32| libm::log10f(speed);
    let (low, high) =
        speeds.fold((f32::INFINITY, 0.0_f32), |(low, high), speed| (low.min(speed), high.max(speed)));
    let decades = if low < high { [log(low).floor() as i32, log(high).ceil() as i32] } else { [2, 5] };
    // Of one device: the selected lane has timed it.
    let all = if view.is_selected { observer.sweep.all(run) } else { Vec::new() };
    let line = PlacedLine {
        x: numbers.add(all.iter().map(|(size, _)| *size as f32)),
        y: numbers.add(all.iter().map(|(_, speed)| *speed as f32)),
        is_shared: true,
        ..PlacedLine::default()
    };
    let dot = speed.map(|speed| PlacedDot { x: batch as f32, y: speed as f32, ..PlacedDot::default() });
    let told = knee.filter(|knee| knee.batch.is_finite() && knee.batch >= 1.0);
    let summary = match (told, measured.last()) {
        (Some(knee), _) => format!(
            "A step takes {} ms whatever its batch and {} µs an example: with fewer than {} examples it is overhead-bound (twice the batch costs little more), with more compute-bound. Batch {} spends {} on overhead.",
            significant(knee.overhead_ms, 2),
            significant(1000.0 * knee.ms_per_item, 2),
            count(knee.batch.round() as usize),
            count(batch),
            percent(knee.share_of_overhead(batch))
        ),
        (None, Some((size, speed))) if observer.sweep.wants(run).is_some() => format!(
            "Timed up to batches of {}: {} examples a second.",
            count(*size),
            count(speed.round() as usize)
        ),
        (None, Some(_)) => "No batch here is so small that overhead shows.".into(),
        (None, None) => {
            "Batches of one item to all are timed on this device while the run stands still.".into()
        }
    };
    let knee = told.map(|knee| Knee {
        at: knee.batch as f32,
        words: format!("knee near {}", significant(knee.batch, 2)),
        sides: ["overhead-bound".into(), "compute-bound".into()],
    });
    let figure = Lines {
        x_label: "batch".into(),
        y_label: "examples a second".into(),
        scale: LineScale::Decades(decades),
        x_scale: XScale::Log { base: 2 },
        lines: vec![line],
        dots: dot.into_iter().collect(),
        knee,
        ..Lines::default()
    };
    Panel { id: "throughput".into(), note: String::new(), summary, figure: Figure::Lines(figure) }
}
