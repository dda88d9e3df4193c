//! How sure networks are of the drawing as it is nudged: the one that runs, and three of one size that
//! were trained alike, to see what their layers are good for.

use super::figures::best;
use super::observer::CnnObserver;
use crate::data::{Nudge, NudgeKind, SIDE};
use crate::labs::format::{a_class, percent};
use crate::labs::{Figure, Numbers, Panel, Sweep, SweepLine, View};
use crate::nn::{Network, Pass};
use crate::train::companions::{Companion, companions};
use crate::train::{InitialWeights, Run, pictures_at_once};

/// From this difference of two mean probabilities on, one network is said to do better.
const MARGIN: f32 = 0.02;

/// What was computed for a picture: the probability of its class at each amount, for each network.
pub(super) struct Swept {
    kind: NudgeKind,
    class: usize,
    lines: Vec<Vec<f32>>,
}

/// The figure "nudge".
pub(super) fn panel(observer: &mut CnnObserver, run: &Run, view: &View, numbers: &mut Numbers) -> Panel {
    let kind = view.sweep;
    if observer.swept.as_ref().is_none_or(|swept| swept.kind != kind) {
        observer.swept = (!observer.drawn().is_empty()).then(|| sweep(observer.drawn(), run, view));
    }
    let names = std::iter::once(("this network", run.network()));
    let names = names.chain(beside(run).iter().map(|one| (one.label, &one.network)));
    let lines = names.enumerate().map(|(index, (label, network))| {
        let y = observer.swept.iter().flat_map(|swept| swept.lines[index].iter().copied());
        SweepLine { label: label.into(), weights: network.weights.len(), y: numbers.add(y) }
    });
    let lines = lines.collect();
    let y_label = match &observer.swept {
        Some(swept) => format!("probability of {}", a_class(swept.class)),
        None => "probability".into(),
    };
    let figure = Sweep {
        x_label: kind.label().into(),
        unit: kind.unit().into(),
        y_label,
        x: numbers.add(amounts(kind)),
        ticks: quarters(kind),
        at: view.nudge.amount(kind),
        lines,
    };
    let summary = observer.swept.as_ref().map_or_else(
        || "The pad is empty, so there is nothing to nudge.".into(),
        |swept| finding(swept, run),
    );
    Panel { id: "nudge".into(), note: String::new(), summary, figure: Figure::Sweep(figure) }
}

/// The companions, for a run on what they read: digits of 28 by 28 pixels.
fn beside(run: &Run) -> &'static [Companion] {
    let reads_digits = run.input_shape() == [SIDE, SIDE, 1] && run.current().data.name != "files";
    if reads_digits { companions() } else { &[] }
}

/// The amounts that are measured: every pixel, every five degrees or per cent.
fn amounts(kind: NudgeKind) -> impl Iterator<Item = f32> {
    let step = if matches!(kind, NudgeKind::Right | NudgeKind::Down) { 1 } else { 5 };
    kind.amounts().step_by(step).map(|amount| amount as f32)
}

/// Ends, middle and quarters of what a nudge can be.
fn quarters(kind: NudgeKind) -> Vec<f32> {
    let (from, to) = (*kind.amounts().start() as f32, *kind.amounts().end() as f32);
    [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| from + (to - from) * share).to_vec()
}

/// All networks over all amounts; whatever else the picture is nudged by stays.
fn sweep(drawn: &[f32], run: &Run, view: &View) -> Swept {
    let width = run.input_shape().get(1).copied().unwrap_or(1);
    let mut pass = Pass::default();
    run.network().forward(drawn, &mut pass);
    let class = best(pass.output()).map_or(0, |(class, _)| class);
    let nudged = |amount: f32| Nudge::with(view.nudge, view.sweep, amount).apply(drawn, width);
    let pictures: Vec<f32> = amounts(view.sweep).flat_map(nudged).collect();
    let of = |network: &Network| {
        let (mut pass, mut line) = (Pass::default(), Vec::new());
        for part in pictures.chunks(drawn.len() * pictures_at_once(network)) {
            network.forward(part, &mut pass);
            let rows = pass.output().chunks_exact(network.outputs());
            line.extend(rows.map(|row| row.get(class).copied().unwrap_or(f32::NAN)));
        }
        line
    };
    let networks = std::iter::once(run.network()).chain(beside(run).iter().map(|one| &one.network));
    Swept { kind: view.sweep, class, lines: networks.map(of).collect() }
}

/// What the curves show of this picture, in words.
fn finding(swept: &Swept, run: &Run) -> String {
    let mean = |line: &Vec<f32>| line.iter().sum::<f32>() / line.len().max(1) as f32;
    let means: Vec<f32> = swept.lines.iter().map(mean).collect();
    let over = match swept.kind {
        NudgeKind::Right | NudgeKind::Down => "shifts",
        NudgeKind::Rotation => "rotations",
        NudgeKind::Scale => "sizes",
    };
    let [this, pooling, strides, dense] = means[..] else {
        let this = means.first().map_or_else(String::new, |mean| percent(f64::from(*mean)));
        return format!("Mean over these {over}: this network gives class {} {this}.", swept.class);
    };
    let [this, with_pooling, with_strides, with_dense] =
        [this, pooling, strides, dense].map(|mean| percent(f64::from(mean)));
    let of_strides = match pooling - strides {
        gain if gain >= MARGIN => "helps",
        gain if gain <= -MARGIN => "harms",
        _ => "makes no difference",
    };
    let of_dense = match pooling - dense {
        gain if gain >= MARGIN => "better than dense layers",
        gain if gain <= -MARGIN => "worse than dense layers",
        _ => "no better than dense layers",
    };
    // What this network met in training is known of the weights that ship alone.
    let origin = match run.current().initial_weights {
        Some(InitialWeights::Digits) => {
            "; the weights that this network began from had met digits shifted, turned and resized"
        }
        _ => "",
    };
    format!(
        "Mean over these {over}: this network {this}, pooling {with_pooling}, strides {with_strides}, dense {with_dense}. \
         For this {} pooling {of_strides}, and that CNN does {of_dense}. The three of one size learned alike, from \
         digits as they are{origin}.",
        swept.class
    )
}
