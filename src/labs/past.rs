//! Past runs of this visitor: what was set, what came of it, and the curve of its loss, few enough to be kept.

use super::format::count;
use super::{Figure, Line, Numbers, Panel, changes, find};
use crate::train::Experiment;
use serde::{Deserialize, Serialize};

/// Runs that are kept, and points of the curve of each.
pub const MAX_RUNS: usize = 50;
const MAX_POINTS: usize = 96;
/// Longest link and longest words that are kept: with [`MAX_RUNS`] less than what a browser keeps of a page.
const MAX_LINK: usize = 20_000;
const MAX_WORDS: usize = 400;

/// A run that was left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PastRun {
    /// Opens it again.
    pub link: String,
    /// The name of its lab.
    pub lab: String,
    pub seed: u64,
    /// What differs from the lab's defaults, in words.
    pub settings: String,
    pub steps: usize,
    /// Of the last step; none where it is no number any more.
    pub loss: Option<f32>,
    /// The last test: what was measured, and how much.
    pub measure: String,
    pub test: Option<f32>,
    /// "diverged", or what the verdict said of it.
    pub outcome: String,
    /// Steps, and the loss at each.
    pub curve: Vec<[f32; 2]>,
    /// Whether its curve is drawn behind the present ones.
    #[serde(default)]
    pub is_compared: bool,
}

impl PastRun {
    /// The run of `experiment`, as its figure of curves shows it; none before the first step, or where the
    /// figure is of another kind.
    #[must_use]
    pub fn new(
        experiment: &Experiment,
        link: String,
        outcome: &str,
        panel: &Panel,
        numbers: &Numbers,
    ) -> Option<Self> {
        let Figure::Curves(curves) = &panel.figure else { return None };
        let train = curves.strips.first()?.lines.iter().find(|line| line.is_train)?;
        let test = curves.strips.get(1).and_then(|strip| Some((strip.label.clone(), strip.lines.first()?)));
        let last = |line: &Line| numbers.at(line.high).last().copied().filter(|value| value.is_finite());
        let (measure, test) = test.map_or_else(Default::default, |(label, line)| (label, last(line)));
        (curves.steps > 0 && link.len() <= MAX_LINK).then(|| Self {
            link,
            lab: experiment.lab.clone(),
            seed: experiment.seed,
            settings: shortened(&settings_in_words(experiment)),
            steps: curves.steps,
            loss: last(train),
            measure,
            test,
            outcome: shortened(outcome),
            curve: thinned(train, numbers),
            is_compared: false,
        })
    }
}

fn shortened(words: &str) -> String {
    if words.chars().count() <= MAX_WORDS {
        return words.into();
    }
    words.chars().take(MAX_WORDS - 1).chain(['…']).collect()
}

/// Points of a line, evenly spaced, the last among them.
fn thinned(line: &Line, numbers: &Numbers) -> Vec<[f32; 2]> {
    let (x, low, high) = (numbers.at(line.x), numbers.at(line.low), numbers.at(line.high));
    let many = x.len().min(low.len()).min(high.len());
    let stride = many.div_ceil(MAX_POINTS).max(1);
    let last = many.saturating_sub(1) % stride;
    let points = (last..many).step_by(stride).map(|i| [x[i], f32::midpoint(low[i], high[i])]);
    points.filter(|point| point.iter().all(|value| value.is_finite())).collect()
}

/// What differs from the defaults of the lab, as its controls say it, and what was changed on the way.
#[must_use]
pub fn settings_in_words(experiment: &Experiment) -> String {
    let Ok(lab) = find(&experiment.lab) else { return String::new() };
    let defaults = lab.defaults();
    let usual = lab.controls(&defaults);
    let differs = |control: &super::Control| {
        usual
            .iter()
            .find(|other| other.key == control.key)
            .is_none_or(|other| other.shown() != control.shown())
    };
    let controls = lab.controls(experiment).into_iter().filter(differs);
    let mut words: Vec<String> =
        controls.map(|control| format!("{} {}", control.label, control.shown())).collect();
    let bare = Experiment { edits: Vec::new(), seed: defaults.seed, ..experiment.clone() };
    if words.is_empty() && !defaults.difference(&bare).is_empty() {
        words.push("single layers set otherwise".into());
    }
    let mut said = if words.is_empty() { "the lab’s defaults".into() } else { words.join(", ") };
    for change in changes(experiment) {
        said.push_str(&format!("; {} at step {}", change.words, count(change.step)));
    }
    said
}

/// Past runs, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PastRuns(Vec<PastRun>);

impl PastRuns {
    /// What was kept; empty where that cannot be read.
    #[must_use]
    pub fn from_json(text: &str) -> Self {
        let mut runs: Self = serde_json::from_str(text).unwrap_or_default();
        runs.0.truncate(MAX_RUNS);
        runs.0.iter_mut().for_each(|run| run.curve.truncate(MAX_POINTS));
        runs
    }

    /// To be kept.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(&self.0).expect("runs are plain data")
    }

    /// All of them, the newest first.
    #[must_use]
    pub fn all(&self) -> &[PastRun] {
        &self.0
    }

    /// Takes in a run. The same link gives the same run: of two of it the longer is kept.
    pub fn push(&mut self, mut run: PastRun) {
        if let Some(place) = self.0.iter().position(|other| other.link == run.link) {
            let before = self.0.remove(place);
            let is_compared = before.is_compared;
            if before.steps > run.steps {
                run = before;
            }
            run.is_compared = is_compared;
        }
        self.0.insert(0, run);
        self.0.truncate(MAX_RUNS);
    }

    /// Draws the curve of a run behind the present ones, or no longer.
    pub fn compare(&mut self, link: &str, is_compared: bool) {
        if let Some(run) = self.0.iter_mut().find(|run| run.link == link) {
            run.is_compared = is_compared;
        }
    }

    /// Forgets all of them.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// `panel` with the curves that are compared, of runs of `lab` but for the one of `link`, behind its first
    /// strip; none where there is nothing to add.
    #[must_use]
    pub fn behind(
        &self,
        lab: &str,
        link: &str,
        panel: &Panel,
        numbers: &Numbers,
    ) -> Option<(Panel, Numbers)> {
        let Figure::Curves(curves) = &panel.figure else { return None };
        let runs: Vec<&PastRun> =
            self.0.iter().filter(|run| run.is_compared && run.lab == lab && run.link != link).collect();
        if runs.is_empty() || curves.strips.is_empty() {
            return None;
        }
        let (mut curves, mut numbers) = (curves.clone(), numbers.clone());
        for run in runs {
            curves.steps = curves.steps.max(run.steps);
            let x = numbers.add(run.curve.iter().map(|point| point[0]));
            let y = numbers.add(run.curve.iter().map(|point| point[1]));
            curves.strips[0].past.push([x, y]);
        }
        Some((Panel { figure: Figure::Curves(curves), ..panel.clone() }, numbers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::{Curves, LABS, Strip};
    use crate::train::settings::Settings;
    use serde_json::json;

    fn panel(losses: &[f32]) -> (Panel, Numbers) {
        let mut numbers = Numbers::default();
        let x = numbers.add((0..losses.len()).map(|step| step as f32));
        let y = numbers.add(losses.iter().copied());
        let line = |is_train| Line { label: String::new(), is_train, lane: 0, x, low: y, high: y };
        let strip = |label: &str, is_train| Strip {
            label: label.into(),
            lines: vec![line(is_train)],
            ..Strip::default()
        };
        let strips = vec![strip("loss", true), strip("test accuracy", false)];
        let figure = Figure::Curves(Curves { steps: losses.len(), at: None, strips, ..Curves::default() });
        (Panel { id: "curves".into(), note: String::new(), summary: String::new(), figure }, numbers)
    }

    fn run(link: &str, losses: &[f32]) -> PastRun {
        let (panel, numbers) = panel(losses);
        PastRun::new(&LABS[0].defaults(), link.into(), "Flowing.", &panel, &numbers).expect("a run")
    }

    #[test]
    fn a_run_says_what_was_set_and_what_came_of_it() {
        let losses: Vec<f32> = (0..1000).map(|step| 1.0 / (1.0 + step as f32)).collect();
        let past = run("a", &losses);
        assert_eq!((past.steps, past.loss, past.test), (1000, Some(0.001), Some(0.001)));
        assert!(past.curve.len() <= MAX_POINTS && past.curve.last() == Some(&[999.0, 0.001]));
        assert_eq!(past.settings, "the lab’s defaults");
        let lab = LABS[0];
        let relu = lab.change(&lab.defaults(), "activation", &json!("relu")).unwrap();
        let relu = lab.change(&relu, "depth", &json!(4)).unwrap();
        assert_eq!(settings_in_words(&relu), "Hidden layers 4, Activation ReLU");
        let mut mixed = lab.defaults();
        let set = Settings::from([("batch_size".to_owned(), json!(64))]);
        mixed.edits.push(crate::train::Edit { step: 120, set });
        assert_eq!(settings_in_words(&mixed), "the lab’s defaults; batch size 64 at step 120");
        let (nothing, numbers) = panel(&[]);
        assert_eq!(PastRun::new(&lab.defaults(), String::new(), "", &nothing, &numbers), None);
        let (nan, numbers) = panel(&[0.5, f32::NAN]);
        let past = PastRun::new(&lab.defaults(), String::new(), "diverged", &nan, &numbers).unwrap();
        assert_eq!((past.loss, past.curve.len()), (None, 1));
    }

    #[test]
    fn fifty_are_kept_the_newest_first_and_each_once() {
        let mut runs = PastRuns::default();
        (0..80).for_each(|index| runs.push(run(&index.to_string(), &[0.5])));
        assert_eq!((runs.all().len(), &*runs.all()[0].link), (MAX_RUNS, "79"));
        runs.compare("40", true);
        runs.push(run("40", &[0.5, 0.4]));
        runs.push(run("40", &[0.5]));
        assert_eq!(runs.all().len(), MAX_RUNS);
        assert_eq!((runs.all()[0].steps, runs.all()[0].is_compared), (2, true));
        assert_eq!(PastRuns::from_json(&runs.to_json()), runs);
        for broken in ["", "{", "[1]", "{\"a\":2}", "null"] {
            assert!(PastRuns::from_json(broken).all().is_empty(), "{broken}");
        }
    }

    #[test]
    fn compared_curves_stand_behind_those_of_the_same_lab() {
        let mut runs = PastRuns::default();
        runs.push(run("a", &[0.5, 0.4, 0.3]));
        runs.push(PastRun { lab: "cnn".into(), is_compared: true, ..run("b", &[0.9]) });
        let (panel, numbers) = panel(&[0.7]);
        assert_eq!(runs.behind("gradients", "now", &panel, &numbers), None);
        runs.compare("a", true);
        assert_eq!(runs.behind("gradients", "a", &panel, &numbers), None, "not behind itself");
        let (with, more) = runs.behind("gradients", "now", &panel, &numbers).expect("a curve");
        let Figure::Curves(curves) = with.figure else { panic!("curves stay curves") };
        assert_eq!((curves.steps, curves.strips[0].past.len(), curves.strips[1].past.len()), (3, 1, 0));
        assert_eq!(more.at(curves.strips[0].past[0][1]), [0.5, 0.4, 0.3]);
    }
}
