//! The report of a run, the same for page and command line.

use super::{Divergence, Experiment, Run, STEPS_PER_TEST};
use crate::nn::Pass;
use serde::Serialize;

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Finished,
    Diverged(Divergence),
}

/// Test curves: a point every [`STEPS_PER_TEST`] steps and one at the end.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TestCurves {
    pub steps: Vec<usize>,
    pub loss: Vec<f32>,
    pub metric: &'static str,
    pub values: Vec<f32>,
}

/// L2 norm of ∂L/∂kernel, a row for each step and a column for each layer that has a kernel.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct GradientNorms {
    pub layers: Vec<String>,
    pub norms: Vec<Vec<f32>>,
}

/// Everything that was measured; grows with the steps, so only whoever wants a file keeps one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    pub experiment: Experiment,
    pub steps: usize,
    pub outcome: Outcome,
    /// Wall-clock time of the training, filled in by whoever has a clock.
    pub seconds: f64,
    /// Training loss of each step's batch, before the update.
    pub loss: Vec<f32>,
    pub test: TestCurves,
    pub gradients: GradientNorms,
}

impl Report {
    /// Steps `run` to `steps` updates or its divergence, calling `progress` after each step. Without
    /// `keeps_steps` only the last loss is kept, so that memory does not grow with the steps.
    pub fn of(run: &mut Run, steps: usize, keeps_steps: bool, mut progress: impl FnMut(usize, f32)) -> Self {
        let names = run.network().layer_names();
        let layers = run.network().kernels().map(|slot| names[slot.layer].clone()).collect();
        let mut report = Self {
            experiment: run.experiment().clone(),
            steps: 0,
            outcome: Outcome::Finished,
            seconds: 0.0,
            loss: Vec::new(),
            test: TestCurves { metric: run.metric().name(), ..TestCurves::default() },
            gradients: GradientNorms { layers, norms: Vec::new() },
        };
        let mut pass = Pass::default();
        report.test_at(run, &mut pass);
        while run.steps() < steps {
            match run.step_before_edits() {
                Ok(loss) => {
                    if keeps_steps {
                        report.gradients.norms.push(run.kernel_grad_norms().collect());
                    } else {
                        report.loss.clear();
                    }
                    report.loss.push(loss);
                    progress(run.steps(), loss);
                }
                Err(divergence) => {
                    report.outcome = Outcome::Diverged(divergence);
                    break;
                }
            }
            if run.steps().is_multiple_of(STEPS_PER_TEST) {
                report.test_at(run, &mut pass);
            }
            if run.steps() == steps && report.test.steps.last() != Some(&steps) {
                report.test_at(run, &mut pass);
            }
            run.make_due_edits();
        }
        if report.test.steps.last() != Some(&run.steps()) {
            report.test_at(run, &mut pass);
        }
        report.steps = run.steps();
        report
    }

    fn test_at(&mut self, run: &Run, pass: &mut Pass) {
        if let Some(evaluation) = run.evaluate(pass) {
            self.test.steps.push(run.steps());
            self.test.loss.push(evaluation.loss);
            self.test.values.push(evaluation.metric);
        }
    }
}
