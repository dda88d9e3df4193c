//! What a job is measured by, of training items and of held-out ones, and what would be reached without a machine.

use super::job::Job;
use super::measured::Measured;
use super::predict::Predicted;
use super::{classify, films, topics};
use crate::data::Examples;
use crate::labs::format::{count, fixed, percent};
use crate::labs::{Curves, Figure, NamedBars, Numbers, Panel, Strip};
use crate::train::Run;

/// Items that are looked at with every test, of each kind.
const ITEMS: usize = 500;

/// What is measured: its name with its unit, and how it is written.
struct Kind {
    label: &'static str,
    unit: &'static str,
    is_share: bool,
    decimals: usize,
}

impl Kind {
    /// `None` for pictures alone, which have nothing to be told.
    fn of(job: Job) -> Option<Self> {
        let (label, unit, is_share, decimals) = match job {
            Job::Features => return None,
            Job::Classify => ("accuracy", "", true, 0),
            Job::Predict => ("R²", "of the variance", false, 2),
            Job::Films => ("RMSE (stars)", "stars", false, 3),
            Job::Topics => ("perplexity", "words", false, 0),
        };
        Some(Self { label, unit, is_share, decimals })
    }

    fn written(&self, value: f32) -> String {
        if self.is_share { percent(f64::from(value)) } else { fixed(f64::from(value), self.decimals) }
    }
}

/// How a number of the job is written: "0.942", "96 %".
pub(super) fn written(job: Job, value: f32) -> String {
    Kind::of(job).map_or_else(String::new, |kind| kind.written(value))
}

/// Of training items and, where some are held out, of those.
pub(super) fn measure(run: &Run) -> Vec<f32> {
    let (job, data) = (Job::of(&run.current().data), run.data());
    let of = |examples: &Examples, held_out: bool| match job {
        Job::Features => 0.0,
        Job::Classify => classify::accuracy(run, examples, ITEMS),
        Job::Predict => Predicted::of(run, examples, ITEMS).r_squared(),
        Job::Films => films::rmse(run, held_out),
        Job::Topics => topics::perplexity(run, examples, ITEMS),
    };
    let parts = [(&data.train, false), (&data.test, true)];
    parts
        .into_iter()
        .filter(|(part, _)| !part.is_empty())
        .map(|(part, held_out)| of(part, held_out))
        .collect()
}

/// What held-out items would come to without a machine, each with its name.
pub(super) fn baselines(run: &Run) -> Vec<(String, f32)> {
    let (job, test) = (Job::of(&run.current().data), &run.data().test);
    if test.is_empty() {
        return Vec::new();
    }
    match job {
        Job::Features => Vec::new(),
        Job::Classify => vec![("a guess".into(), 1.0 / run.data().classes.max(1) as f32)],
        Job::Predict => vec![("the mean".into(), 0.0)],
        Job::Films => {
            let films::Baselines { film, user_and_film } = films::Baselines::of(run);
            vec![("film average".into(), film), ("user and film average".into(), user_and_film)]
        }
        Job::Topics => vec![("each word as often as in all".into(), topics::unigram(run, test, ITEMS))],
    }
}

/// The figure "score": over the steps.
pub(super) fn panel(
    measured: &Measured,
    baselines: &[(String, f32)],
    run: &Run,
    at: Option<usize>,
    numbers: &mut Numbers,
) -> Panel {
    let job = Job::of(&run.current().data);
    let kind = Kind::of(job);
    let mut range = measured.extent();
    if let Some([low, high]) = &mut range {
        for (_, value) in baselines {
            (*low, *high) = (low.min(*value), high.max(*value));
        }
        let beyond = 0.05 * (*high - *low).max(0.01);
        (*low, *high) = (*low - beyond, *high + beyond);
    }
    if kind.as_ref().is_some_and(|kind| kind.is_share) {
        range = Some([0.0, 1.0]);
    }
    let label = kind.as_ref().map_or("", |kind| kind.label);
    let strip = Strip {
        label: label.into(),
        range,
        lines: measured.lines(numbers),
        marks: baselines.iter().map(|(name, value)| (*value, name.clone())).collect(),
        ..Strip::default()
    };
    let told = measured.last().iter().zip(["training", "held-out"]);
    let told: Vec<String> = told.map(|(value, of)| format!("{} {of}", written(job, *value))).collect();
    let note = measured.last().last().map_or_else(String::new, |value| written(job, *value));
    let summary = if told.is_empty() {
        "It is measured from the first step on.".into()
    } else {
        format!("{label} after {} steps: {}.", count(run.steps()), told.join(", "))
    };
    let curves =
        Curves { steps: run.steps(), at, strips: vec![strip], changes: Vec::new(), ..Curves::default() };
    Panel { id: "score".into(), note, summary, figure: Figure::Curves(curves) }
}

/// The figure "beside": held-out items without a machine and with it.
pub(super) fn beside(
    measured: &Measured,
    baselines: &[(String, f32)],
    run: &Run,
    numbers: &mut Numbers,
) -> Panel {
    let job = Job::of(&run.current().data);
    let (mut names, mut values): (Vec<String>, Vec<f32>) = baselines.iter().cloned().unzip();
    if let &[_, held_out] = measured.last() {
        names.push("this machine".into());
        values.push(held_out);
    }
    let told = names.iter().zip(&values).map(|(name, value)| format!("{name} {}", written(job, *value)));
    let summary = format!("Of held-out items: {}.", told.collect::<Vec<_>>().join(", "));
    let kind = Kind::of(job);
    let figure = NamedBars {
        marked: (names.len() > baselines.len()).then(|| names.len() - 1),
        most: values.iter().copied().fold(0.0, f32::max) * 1.1,
        values: numbers.add(values),
        names,
        unit: kind.as_ref().map_or("", |kind| kind.unit).into(),
        decimals: kind.as_ref().map_or(2, |kind| kind.decimals),
    };
    Panel { id: "beside".into(), note: String::new(), summary, figure: Figure::NamedBars(figure) }
}
