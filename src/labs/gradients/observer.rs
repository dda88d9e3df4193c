//! What the gradients lab remembers of a run: curves and gradient norms, in bounded memory.

use super::{figures, hidden, verdict};
use crate::labs::{Numbers, Observer, Panel, Verdict, View};
use crate::nn::Pass;
use crate::train::{Evaluation, History, Join, Run, STEPS_PER_TEST};

/// Steps kept one by one before neighbours are joined.
const LOSS_ROWS: usize = 2048;
const TEST_ROWS: usize = 512;
const NORM_ROWS: usize = 512;
/// Batches that the verdict averages over (an exponential mean of ln ‖∂L/∂W‖).
const VERDICT_BATCHES: usize = 16;

/// See the module.
pub(super) struct GradientsObserver {
    /// Training loss: smallest and largest of the steps that a row stands for.
    pub(super) loss: History,
    /// Test loss and metric, every [`STEPS_PER_TEST`] steps.
    pub(super) test: History,
    /// ‖∂L/∂kernel‖ of every layer.
    pub(super) norms: History,
    /// ‖∂L/∂kernel‖ of the last batch.
    pub(super) now: Vec<f32>,
    /// Geometric mean of the norms over the last batches, as natural logarithms.
    pub(super) mean_logs: Vec<f64>,
    batches: usize,
    /// Decades of the log axes; they grow with the data and never shrink within a run.
    pub(super) decades: [i32; 2],
    pub(super) evaluation: Option<Evaluation>,
    test_pass: Pass,
    /// What the network gives over the plane, and the step (and edit) for which it was computed.
    pub(super) plane: figures::PlanePass,
}

impl GradientsObserver {
    /// Begins with what [`Run::measure`] left of the first batch.
    pub(super) fn new(run: &Run) -> Self {
        let layers = run.network().kernels().count();
        let mut observer = Self {
            loss: History::new(vec![Join::Min, Join::Max], LOSS_ROWS),
            test: History::new(vec![Join::Mean, Join::Mean], TEST_ROWS),
            norms: History::new(vec![Join::Mean; layers], NORM_ROWS),
            now: Vec::with_capacity(layers),
            mean_logs: vec![0.0; layers],
            batches: 0,
            decades: [-8, 0],
            evaluation: None,
            test_pass: Pass::default(),
            plane: figures::PlanePass::new(run),
        };
        observer.take_norms(run);
        observer.batches = 0;
        observer.test_at(run);
        observer
    }

    fn take_norms(&mut self, run: &Run) {
        self.now.clear();
        self.now.extend(run.kernel_grad_norms());
        self.batches = (self.batches + 1).min(VERDICT_BATCHES);
        for (mean, &norm) in self.mean_logs.iter_mut().zip(&self.now) {
            let log = libm::log(f64::from(norm).max(1e-45));
            *mean += (log - *mean) / self.batches as f64;
        }
        let seen = |norm: &&f32| **norm > 0.0 && norm.is_finite();
        let logs = || self.now.iter().filter(seen).map(|norm| libm::log10f(*norm));
        // In steps of two decades, as the axes are ticked.
        let lowest = (logs().fold(0.0_f32, f32::min) / 2.0).floor() as i32 * 2;
        let highest = (logs().fold(0.0_f32, f32::max) / 2.0).ceil() as i32 * 2;
        self.decades = [self.decades[0].min(lowest).max(-36), self.decades[1].max(highest).min(36)];
    }

    fn test_at(&mut self, run: &Run) {
        self.evaluation = run.evaluate(&mut self.test_pass);
        if let Some(Evaluation { loss, metric }) = self.evaluation {
            self.test.push(&[loss, metric]);
        }
    }

    /// The ratio of two layers' gradient norms, averaged over the last batches; layers from 0.
    pub(super) fn ratio(&self, layer: usize, to: usize) -> f64 {
        libm::exp(self.mean_logs[layer] - self.mean_logs[to])
    }

    /// The factor by which the norm changes from one hidden layer to the one before it: the slope
    /// of a straight line through the logarithms, fitted by least squares.
    pub(super) fn factor_per_layer(&self) -> f64 {
        let logs = &self.mean_logs[..self.mean_logs.len() - 1];
        let count = logs.len() as f64;
        let (mean_x, mean_y) = ((count - 1.0) / 2.0, logs.iter().sum::<f64>() / count);
        let products = logs.iter().enumerate().map(|(i, y)| (i as f64 - mean_x) * (y - mean_y)).sum::<f64>();
        let squares = (0..logs.len()).map(|i| (i as f64 - mean_x) * (i as f64 - mean_x)).sum::<f64>();
        if squares > 0.0 { libm::exp(-products / squares) } else { 1.0 }
    }
}

impl Observer for GradientsObserver {
    fn after_step(&mut self, run: &Run, loss: f32) {
        self.loss.push(&[loss, loss]);
        self.take_norms(run);
        self.norms.push(&self.now);
        if run.steps().is_multiple_of(STEPS_PER_TEST) {
            self.test_at(run);
        }
    }

    fn after_edit(&mut self, run: &Run) {
        self.batches = 0;
        self.take_norms(run);
        self.batches = 0;
        self.evaluation = run.evaluate(&mut self.test_pass);
        self.plane.forget();
    }

    fn panel(&mut self, id: &str, run: &Run, view: &View, numbers: &mut Numbers) -> Option<Panel> {
        let depth = hidden(run.current()).count();
        let layer = view.layer.clamp(1, depth.max(1));
        Some(match id {
            "network" => figures::network(self, run, layer, numbers),
            "gradients" => figures::gradients(self, numbers),
            "flow" => figures::flow(self, run, numbers),
            "boundary" => figures::boundary(self, run, numbers),
            "curves" => figures::curves(self, run, numbers),
            "activation" => figures::activation(run, layer, numbers),
            _ => return None,
        })
    }

    fn verdict(&self, run: &Run) -> Verdict {
        verdict::of(self, run)
    }
}
