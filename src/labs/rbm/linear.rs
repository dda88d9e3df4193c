//! How well a straight line between classes does on the pixels and on the hidden units: two linear classifiers that learn
//! from the same labels, a few steps at each look, so that no other figure waits for them.

use super::map::{hidden, pixels};
use crate::data::Examples;
use crate::labs::format::{count, percent};
use crate::labs::{Figure, NamedBars, Numbers, Panel};
use crate::nn::{Loss, Mode, Network, NetworkConfig, Pass};
use crate::train::{Optimizer, OptimizerConfig, OptimizerName, Run, likeliest};
use serde_json::json;

/// Labelled items that the classifiers learn from, and those that they are tested on.
const LABELLED: usize = 1000;
const TESTED: usize = 1000;
/// Steps of a classifier, its learning rate, and its penalty on squared weights.
const STEPS: usize = 300;
const RATE: f32 = 0.01;
const DECAY: f32 = 0.001;
/// Multiplications of one look, which take a few hundredths of a second.
const AT_ONCE: usize = 150_000_000;

/// A dense layer with softmax that learns from full batches.
struct Classifier {
    network: Network,
    optimizer: Optimizer,
    pass: Pass,
    rows: [Vec<f32>; 2],
    targets: Vec<f32>,
    classes: usize,
    steps: usize,
    per_look: usize,
}

impl Classifier {
    /// One that has learned nothing yet, of rows to learn from and to be tested on.
    fn new(rows: [Vec<f32>; 2], labels: &[usize], classes: usize) -> Self {
        let size = rows[0].len() / labels.len().max(1);
        let config = json!({ "layers": [{ "type": "dense", "units": classes, "activation": "softmax",
            "kernel_regularizer": { "l2": DECAY } }] });
        let config: NetworkConfig = serde_json::from_value(config).expect("it is always the same");
        let network =
            Network::new(&config, &[size], Loss::SparseCategoricalCrossentropy, 1).expect("it is small");
        let optimizer =
            Optimizer::new(OptimizerConfig::new(OptimizerName::Adam, RATE), network.weights.len());
        let mut targets = vec![0.0; classes * labels.len()];
        targets.chunks_exact_mut(classes).zip(labels).for_each(|(row, label)| row[*label] = 1.0);
        let per_look = (AT_ONCE / (2 * rows[0].len() * classes).max(1)).clamp(1, STEPS);
        Self { network, optimizer, pass: Pass::default(), rows, targets, classes, steps: 0, per_look }
    }

    /// Learns on for one look; its accuracy once it has learned.
    fn go_on(&mut self, truth: &[usize]) -> Option<f32> {
        let until = (self.steps + self.per_look).min(STEPS);
        for step in self.steps..until {
            self.pass.mode = Mode::Training { step };
            self.network.learn(&self.rows[0], &self.targets, &mut self.pass);
            let optimizer = &mut self.optimizer;
            self.network.update(&self.pass, |weights, grads, slots| optimizer.update(weights, grads, slots));
        }
        self.steps = until;
        if until < STEPS {
            return None;
        }
        self.pass.mode = Mode::Inference;
        self.network.forward(&self.rows[1], &mut self.pass);
        let told = self.pass.output().chunks_exact(self.classes).zip(truth);
        Some(told.filter(|(row, truth)| likeliest(row) == **truth).count() as f32 / truth.len() as f32)
    }
}

/// Both classifiers, as far as they have come.
#[derive(Default)]
pub(super) struct Linear {
    /// Accuracy on the pixels, which no step changes.
    pixels: Option<f32>,
    /// On the hidden units, with the step that these are of.
    units: Option<(usize, f32)>,
    /// The one at work, with the step of its hidden units; of the pixels without one.
    at_work: Option<(Option<usize>, Classifier)>,
}

fn labels(examples: &Examples, most: usize) -> Vec<usize> {
    examples.all_labels().iter().take(most).map(|label| *label as usize).collect()
}

impl Linear {
    /// Whether there is more to be learned before it speaks of the step at hand.
    pub fn is_at_work(&self, run: &Run) -> bool {
        self.pixels.is_none() || self.units.is_none_or(|(step, _)| step != run.steps())
    }

    fn go_on(&mut self, run: &Run) {
        let data = run.data();
        let train = labels(&data.train, LABELLED);
        if self.at_work.is_none() && self.is_at_work(run) {
            let (step, rows) = if self.pixels.is_none() {
                (None, [pixels(&data.train, LABELLED), pixels(&data.test, TESTED)])
            } else {
                (Some(run.steps()), [hidden(run, &data.train, LABELLED), hidden(run, &data.test, TESTED)])
            };
            self.at_work = Some((step, Classifier::new(rows, &train, data.classes)));
        }
        let Some((step, classifier)) = &mut self.at_work else { return };
        let Some(accuracy) = classifier.go_on(&labels(&data.test, TESTED)) else { return };
        match step {
            None => self.pixels = Some(accuracy),
            Some(step) => self.units = Some((*step, accuracy)),
        }
        self.at_work = None;
    }

    /// The figure "linear".
    pub fn panel(&mut self, run: &Run, numbers: &mut Numbers) -> Panel {
        self.go_on(run);
        let [train, test] = [run.data().train.len().min(LABELLED), run.data().test.len().min(TESTED)];
        let at = self.units.map(|(step, _)| step);
        let told = [self.pixels, self.units.map(|(_, accuracy)| accuracy)];
        let summary = match told {
            [Some(pixels), Some(units)] => format!(
                "A linear classifier that learned {} labels tells {} of {} held-out pictures by their pixels, and {} by the hidden units{}.",
                count(train),
                percent(f64::from(pixels)),
                count(test),
                percent(f64::from(units)),
                at.map_or_else(String::new, |at| format!(" of step {}", count(at)))
            ),
            _ => format!("Linear classifiers are learning {} labels, beside the run.", count(train)),
        };
        let note = match at {
            Some(at) if at == run.steps() => String::new(),
            Some(at) => format!("step {}", count(at)),
            None => "learning…".into(),
        };
        let figure = NamedBars {
            names: ["on the pixels", "on the hidden units"].map(String::from).to_vec(),
            values: numbers.add(told.map(|told| told.map_or(NamedBars::UNKNOWN, |share| 100.0 * share))),
            marked: Some(1),
            unit: "% of held-out pictures".into(),
            decimals: 1,
            most: 100.0,
        };
        Panel { id: "linear".into(), note, summary, figure: Figure::NamedBars(figure) }
    }
}
