//! How many examples a second this device learns from with batches of every size: a sweep that is timed while the run
//! stands still, the knee in it, and where the lanes run.

use super::observer::BatchingObserver;
use crate::labs::format::{count, percent, significant};
use crate::labs::{Figure, Knee, LineScale, Lines, Numbers, Panel, PlacedDot, PlacedLine, View, XScale};
use crate::train::{Run, throughput};

/// Times that are further from what explains them, as a share and on average, are not explained.
const MOST_MISFIT: f64 = 0.3;

/// The figure "throughput".
pub(super) fn panel(observer: &BatchingObserver, run: &Run, view: &View, numbers: &mut Numbers) -> Panel {
    let device = &observer.device;
    let batch = run.current().batch_size.items(run.epoch_items()[1]);
    let speed = observer.racing.elapsed.speed().map(|(items, _)| items);
    let measured = device.measured(run);
    // Of one device: the selected lane has timed it.
    let all = if view.is_selected { device.speeds(run) } else { Vec::new() };
    let line = PlacedLine {
        x: numbers.add(all.iter().map(|(size, _)| *size as f32)),
        y: numbers.add(all.iter().map(|(_, speed)| *speed as f32)),
        is_shared: true,
        ..PlacedLine::default()
    };
    let dot = speed.map(|speed| PlacedDot { x: batch as f32, y: speed as f32, ..PlacedDot::default() });
    let knee = device.knee(run).filter(bends).map(|knee| Knee {
        at: knee.batch as f32,
        words: format!("knee near {}", significant(knee.batch, 2)),
        sides: ["overhead-bound".into(), "compute-bound".into()],
    });
    let figure = Lines {
        x_label: "batch".into(),
        y_label: "examples a second".into(),
        scale: LineScale::Decades(decades(measured.iter().map(|(_, speed)| *speed).chain(speed))),
        x_scale: XScale::Log { base: 2 },
        lines: vec![line],
        dots: dot.into_iter().collect(),
        knee,
        ..Lines::default()
    };
    let summary = summary(observer, run, batch);
    Panel { id: "throughput".into(), note: String::new(), summary, figure: Figure::Lines(figure) }
}

/// The powers of ten about these speeds, one apart at least.
fn decades(speeds: impl Iterator<Item = f64>) -> [i32; 2] {
    let log = |speed: f64| libm::log10(speed);
    let (low, high) = speeds.fold((f64::INFINITY, 0.0_f64), |(low, high), at| (low.min(at), high.max(at)));
    if low > high {
        return [2, 5]; // nothing is known
    }
    let low = log(low).floor() as i32;
    [low, (log(high).ceil() as i32).max(low + 1)]
}

/// Whether both parts of a step show among the batches, which it explains.
fn bends(knee: &throughput::Knee) -> bool {
    knee.batch.is_finite() && knee.batch >= 1.0 && knee.misfit <= MOST_MISFIT
}

/// What is known of the sweep, in words.
fn summary(observer: &BatchingObserver, run: &Run, batch: usize) -> String {
    let device = &observer.device;
    let measured = device.measured(run);
    let speed = |(size, speed): &(usize, f64)| {
        format!("{} examples a second in batches of {}", count(speed.round() as usize), count(*size))
    };
    let Some(knee) = device.knee(run) else {
        return match (measured.last(), device.wants(run), run.divergence()) {
            (None, Some(_), _) => {
                "Batches of one item to all are timed on this device while the run stands still.".into()
            }
            (Some(last), Some(_), _) => format!("Timed so far: {}.", speed(last)),
            (None, None, Some(_)) => {
                "Nothing was timed before the run left the numbers, and no step can be timed now.".into()
            }
            (Some(last), None, Some(_)) => {
                format!("Timed before the run left the numbers: {}.", speed(last))
            }
            (None, None, None) => "No step could be timed with batches of any size.".into(),
            (Some(only), None, None) => format!("Only one size could be timed: {}.", speed(only)),
        };
    };
    if knee.misfit > MOST_MISFIT {
        return format!(
            "The times do not go as an overhead and so much an example: they are {} from that on average. A busy device may be why.",
            percent(knee.misfit)
        );
    }
    let [overhead, cost] = [knee.overhead_ms, 1000.0 * knee.ms_per_item].map(|part| significant(part, 2));
    if knee.batch.is_infinite() {
        return format!(
            "A step takes {overhead} ms whatever its batch: up to all {} items it is overhead, and twice the batch costs next to nothing.",
            count(run.epoch_items()[1])
        );
    }
    if knee.batch < 1.0 {
        return format!(
            "An example takes {cost} µs in batches of any size: none is so small that overhead shows."
        );
    }
    format!(
        "A step takes {overhead} ms whatever its batch and {cost} µs an example: with fewer than {} examples it is overhead-bound (twice the batch costs little more), with more compute-bound. Batch {} spends {} on overhead.",
        count(knee.batch.round() as usize),
        count(batch),
        percent(knee.share_of_overhead(batch))
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::{LABS, Observer};
    use crate::train::settings::Settings;
    use serde_json::{Value, json};

    fn watched(settings: &[(&str, Value)]) -> (Run, BatchingObserver) {
        let lab = LABS.into_iter().find(|lab| lab.name() == "batching").expect("it is listed");
        let settings = settings.iter().map(|(key, value)| ((*key).to_owned(), value.clone()));
        let experiment = lab.defaults().with(&settings.collect::<Settings>()).expect("valid");
        let run = Run::new(experiment).expect("validated");
        let observer = BatchingObserver::new(&run);
        (run, observer)
    }

    /// Times all sizes that are wanted with such milliseconds a step.
    fn timed(observer: &mut BatchingObserver, run: &Run, ms: impl Fn(usize) -> Option<f64>) {
        while let Some(batch) = observer.device.wants(run) {
            observer.timed(batch, ms(batch).map(|ms| (batch, ms)));
        }
    }

    fn figure(observer: &mut BatchingObserver, run: &Run) -> (Lines, String) {
        let view = View { is_selected: true, ..View::default() };
        let panel = observer.panel("throughput", run, &view, &mut Numbers::default()).expect("its figure");
        let Figure::Lines(lines) = panel.figure else { panic!("lines") };
        (lines, panel.summary)
    }

    #[test]
    fn what_the_sweep_tells_is_said_in_every_state() {
        type Milliseconds = fn(usize) -> Option<f64>;
        let cases: [(Milliseconds, &str, bool); 6] = [
            (|batch| Some(0.32 + 0.01 * batch as f64), "with fewer than 32 examples", true),
            (|_| Some(0.5), "A step takes 0.50 ms whatever its batch: up to all 2,000 items", false),
            (|batch| Some(0.02 * batch as f64), "An example takes 20 µs in batches of any size", false),
            (
                |batch| (batch == 64).then_some(6.4),
                "Only one size could be timed: 10,000 examples a second in batches of 64.",
                false,
            ),
            (|_| None, "No step could be timed", false),
            (
                |batch| Some(0.1 * [1.0, 9.0][batch.trailing_zeros() as usize % 2]),
                "The times do not go as",
                false,
            ),
        ];
        for (ms, words, is_bent) in cases {
            let (run, mut observer) = watched(&[]);
            assert!(figure(&mut observer, &run).1.starts_with("Batches of one item to all are timed"));
            timed(&mut observer, &run, ms);
            let (lines, said) = figure(&mut observer, &run);
            assert!(said.contains(words), "{said}");
            assert_eq!(lines.knee.is_some(), is_bent, "{said}");
        }
        let wild = [
            ("data", json!({ "name": "moons", "samples": 1250 })),
            ("network.layers", json!([{ "type": "dense", "units": 4 }, { "type": "dense", "units": 1 }])),
            ("loss", json!("mean_squared_error")),
            ("optimizer.learning_rate", json!(100)),
        ];
        for sizes in [0, 3] {
            let (mut run, mut observer) = watched(&wild);
            for _ in 0..sizes {
                let batch = observer.device.wants(&run).expect("more");
                observer.timed(batch, Some((batch, 1.0)));
            }
            while run.steps() < 5000 && run.step().is_ok() {}
            assert!(run.divergence().is_some());
            let (_, said) = figure(&mut observer, &run);
            assert!(said.contains("before the run left the numbers"), "{said}");
            assert_eq!(said.contains("in batches of 4"), sizes > 0, "{said}");
        }
    }

    #[test]
    fn the_axis_holds_what_is_known_in_a_decade_at_least() {
        let of = |speeds: &[f64]| decades(speeds.iter().copied());
        assert_eq!([of(&[]), of(&[700_000.0]), of(&[1000.0])], [[2, 5], [5, 6], [3, 4]]);
        assert_eq!([of(&[4000.0, 60_000.0]), of(&[0.5, 0.5])], [[3, 5], [-1, 0]]);
    }

    #[test]
    fn what_was_timed_holds_as_long_as_the_settings_do() {
        let (mut run, mut observer) = watched(&[]);
        timed(&mut observer, &run, |batch| Some(0.3 + 0.01 * batch as f64));
        let before = observer.device.measured(&run);
        // Back and forth, and another batch or rate: the same network on the same device.
        let mut memory = observer.clone();
        for (key, value) in [("batch_size", json!(64)), ("optimizer.learning_rate", json!(0.01))] {
            run.edit(&Settings::from([(key.into(), value)])).expect("a live setting");
            memory.after_edit(&run);
            assert_eq!((memory.device.wants(&run), memory.device.measured(&run)), (None, before.clone()));
        }
        for (key, value) in
            [("optimizer.name", json!("adam")), ("network.layers.1.activation", json!("tanh"))]
        {
            run.edit(&Settings::from([(key.into(), value)])).expect("a live setting");
            memory.after_edit(&run);
            assert_eq!(
                (memory.device.wants(&run), memory.device.measured(&run)),
                (Some(1), Vec::new()),
                "{key}"
            );
            timed(&mut memory, &run, |_| Some(1.0));
        }
    }
}
