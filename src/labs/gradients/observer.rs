//! What the gradients lab remembers of a run: curves and gradient norms, in bounded memory.

use super::check::{self, Check};
use super::growth::Growth;
use super::neuron::{self, Neuron};
use super::outlook::Tried;
use super::updates::Updates;
use super::{bench, figures, hidden, verdict};
use crate::labs::curves::Learning;
use crate::labs::decades::Decades;
use crate::labs::{Asked, Numbers, Observer, Panel, Verdict, View};
use crate::nn::Pass;
use crate::train::{History, Join, Run, STEPS_PER_TEST};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Steps kept one by one before neighbours are joined.
const NORM_ROWS: usize = 512;
/// Batches that the verdict averages over (an exponential mean of ln ‖∂L/∂W‖).
pub(super) const VERDICT_BATCHES: usize = 16;
/// Accuracy by which a network must be better than guessing, more than the luck of a test set.
const MARGIN: f32 = 0.05;
/// Key of the bits of its numbers of double precision, among what was seen.
const DOUBLES: &str = "doubles";

/// See the module.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct GradientsObserver {
    /// Steps seen.
    pub(super) steps: usize,
    /// Tested at the step (and edit) of the verdict and of every figure shown with it.
    pub(super) learning: Learning,
    /// ‖∂L/∂kernel‖ of every layer.
    pub(super) norms: History,
    /// ‖∂L/∂kernel‖ of the last batch.
    pub(super) now: Vec<f32>,
    /// Geometric mean of the norms over the last batches, as natural logarithms.
    pub(super) mean_logs: Vec<f64>,
    /// How many batches that is, at most [`VERDICT_BATCHES`].
    pub(super) batches: usize,
    /// Decades that the steps made need; they grow with the data and never shrink within a run.
    decades: Decades,
    /// The metric of the best answer that is the same for all items.
    pub(super) guess: f32,
    /// The last test that was due, or change of settings, at which the network was better than that.
    better_at: usize,
    pub(super) updates: Updates,
    pub(super) growth: Growth,
    /// The last check that was asked for, and what was asked.
    #[serde(skip)]
    check: Option<Check>,
    #[serde(skip)]
    asked: Asked,
    /// Which remedies were tried for the verdict.
    #[serde(skip)]
    pub(super) tried: Tried,
    /// What the network gives over the plane, and the step (and edit) for which it was computed.
    #[serde(skip)]
    pub(super) plane: figures::PlanePass,
    /// Working space for the test items.
    #[serde(skip)]
    pub(super) test_pass: Pass,
}

impl GradientsObserver {
    /// Begins with what [`Run::measure`] left of the first batch.
    pub(super) fn new(run: &Run) -> Self {
        let layers = run.network().kernels().count();
        let mut observer = Self {
            steps: run.steps(),
            learning: Learning::tested(run),
            norms: History::new(vec![Join::Mean; layers], NORM_ROWS),
            now: Vec::with_capacity(layers),
            mean_logs: vec![0.0; layers],
            batches: 0,
            decades: Decades::new(),
            guess: guess(run),
            better_at: run.steps(),
            updates: Updates::default(),
            growth: Growth::default(),
            check: None,
            asked: Asked::default(),
            tried: Tried::default(),
            plane: figures::PlanePass::new(run, None),
            test_pass: Pass::default(),
        };
        observer.take_norms(run);
        observer.batches = 0;
        observer.compare(run);
        observer
    }

    /// Goes on with what was seen of a run that has come as far as this one.
    pub(super) fn on(run: &Run, seen: Value) -> Option<Self> {
        let fresh = Self::new(run);
        let mut doubles: Vec<u64> = Vec::deserialize(seen.get(DOUBLES)?).ok()?;
        let mut read: Self = serde_json::from_value(seen).ok()?;
        read.updates.boldest.ratio = f64::from_bits(doubles.pop()?);
        read.mean_logs = doubles.into_iter().map(f64::from_bits).collect();
        read.learning = read.learning.of(run)?;
        read.plane = fresh.plane;
        let layers = fresh.now.len();
        let is_of_the_run = (read.now.len(), read.mean_logs.len()) == (layers, layers)
            && read.steps == run.steps()
            && read.norms.is_of(&fresh.norms, read.learning.steps_seen()?)
            && read.updates.boldest.layer <= layers
            && read.growth.is_of(layers)
            && read.decades.0.iter().all(|decade| (-36..=36).contains(decade));
        is_of_the_run.then_some(read)
    }

    fn take_norms(&mut self, run: &Run) {
        self.now.clear();
        self.now.extend(run.kernel_grad_norms());
        self.batches = (self.batches + 1).min(VERDICT_BATCHES);
        for (mean, &norm) in self.mean_logs.iter_mut().zip(&self.now) {
            let log = libm::log(f64::from(norm).max(1e-45));
            // The first alone counts to the last digit, however many settings were tried before.
            *mean = if self.batches == 1 { log } else { *mean + (log - *mean) / self.batches as f64 };
        }
    }

    /// The decades of the axes, with room for what was measured after a change of settings, which only a step makes
    /// last: what was tried on the way to it leaves no trace.
    pub(super) fn decades(&self) -> [i32; 2] {
        let mut decades = self.decades;
        decades.take(&self.now);
        decades.0
    }

    /// Notes whether the last test was better than guessing.
    fn compare(&mut self, run: &Run) {
        if self.is_better(run) {
            self.better_at = run.steps();
        }
    }

    fn is_better(&self, run: &Run) -> bool {
        let is_better = |metric: f32| match run.data().classes {
            0 => metric < self.guess * (1.0 - MARGIN),
            _ => metric > self.guess + MARGIN,
        };
        self.learning.evaluation.is_none_or(|evaluation| is_better(evaluation.metric))
    }

    /// For how many steps the network has been no better than guessing, as far as the tests that were due and
    /// the one that is shown tell: what was shown before does not count, so that looking changes nothing.
    pub(super) fn steps_of_guessing(&self, run: &Run) -> usize {
        if self.is_better(run) { 0 } else { run.steps().saturating_sub(self.better_at) }
    }

    /// The ratio of two layers' gradient norms, averaged over the last batches; layers from 0.
    pub(super) fn ratio(&self, layer: usize, to: usize) -> f64 {
        libm::exp(self.mean_logs[layer] - self.mean_logs[to])
    }
}

/// The metric on the test items of the best answer that is the same for all: the share of the
/// largest class, or the mean distance from the median.
fn guess(run: &Run) -> f32 {
    let mut labels: Vec<f32> = run.data().test.labels.iter().copied().collect();
    labels.sort_by(f32::total_cmp);
    let items = labels.len().max(1) as f32;
    if run.data().classes > 0 {
        let classes = labels.chunk_by(|a, b| a.to_bits() == b.to_bits());
        return classes.map(<[f32]>::len).max().unwrap_or(0) as f32 / items;
    }
    let median = labels.get(labels.len() / 2).copied().unwrap_or(0.0);
    labels.iter().map(|label| (label - median).abs()).sum::<f32>() / items
}

impl Observer for GradientsObserver {
    fn after_step(&mut self, run: &Run, loss: f32) {
        self.steps = run.steps();
        self.updates.push(run);
        self.take_norms(run);
        self.decades.take(&self.now);
        self.norms.push(&self.now);
        self.growth.push(run.steps() - 1, &self.now);
        self.learning.after_step(run, loss);
        if run.steps().is_multiple_of(STEPS_PER_TEST) {
            self.compare(run);
        }
    }

    fn after_edit(&mut self, run: &Run) {
        self.batches = 0;
        self.take_norms(run);
        self.batches = 0;
        self.updates = Updates::default();
        self.tried = Tried::default();
        self.learning.after_edit(run);
        self.better_at = run.steps();
        self.guess = guess(run); // points may have come or gone
        self.plane.renew(run);
    }

    fn look(&mut self, run: &Run, view: &View) {
        self.plane.look(run, view.axes);
        if view.check != self.asked && view.check.times > 0 {
            self.asked = view.check;
            self.check = Some(check::check(run, view.check.lie));
        }
    }

    fn panel(&mut self, id: &str, run: &Run, view: &View, numbers: &mut Numbers) -> Option<Panel> {
        let depth = hidden(run.current()).len();
        let layer = view.layer.clamp(1, depth.max(1));
        if matches!(id, "boundary" | "curves" | "confusion") {
            self.learning.evaluate(run);
        }
        Some(match id {
            "network" => figures::network(self, run, numbers),
            "gradients" => figures::gradients(self, run, numbers),
            "flow" => figures::flow(self, None, numbers),
            "boundary" => figures::boundary(self, run, view, numbers),
            "curves" => self.learning.panel(run, None, numbers),
            "confusion" => figures::confusion(self, run, view, numbers),
            "activation" => figures::activation(run, layer, numbers),
            "neuron" => Neuron::of(run, view).plane(&mut self.plane, run, numbers),
            "sums" => Neuron::of(run, view).sums(run, numbers),
            "weights" => Neuron::of(run, view).weights(run, numbers),
            "histograms" => neuron::histograms(run, layer, numbers),
            "growth" => self.growth.panel(run, numbers),
            "check" => check::panel(self.check.as_ref(), run, numbers),
            "bench" => bench::curves(run, layer, numbers),
            "products" => bench::products(run, layer, numbers),
            _ => return None,
        })
    }

    fn verdict(&self, run: &Run) -> Verdict {
        verdict::of(self, run)
    }

    fn remember(&self) -> Box<dyn Observer> {
        Box::new(Self { check: None, asked: Asked::default(), ..self.clone() })
    }

    fn seen(&self) -> Value {
        let mut seen = serde_json::to_value(self.clone()).expect("plain data");
        // JSON keeps single precision to the bit, but not double.
        let doubles = self.mean_logs.iter().chain([&self.updates.boldest.ratio]);
        seen[DOUBLES] = doubles.map(|number| number.to_bits()).collect();
        seen
    }

    fn bytes(&self) -> usize {
        let of_layers = size_of_val(&*self.now) + size_of_val(&*self.mean_logs);
        size_of::<Self>() + self.learning.bytes() + self.norms.bytes() + self.growth.bytes() + of_layers
    }

    fn whole(&self, id: &str, run: &Run, _: &View, numbers: &mut Numbers) -> Option<Panel> {
        match id {
            "curves" => Some(self.learning.panel(run, Some(run.steps()), numbers)),
            "flow" => Some(figures::flow(self, Some(run.steps()), numbers)),
            _ => None,
        }
    }
}
