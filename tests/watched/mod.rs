//! A run with the observer of its lab, stepped as a worker steps it.

use glassbox::labs::{Observer, find};
use glassbox::train::settings::Settings;
use glassbox::train::{Experiment, Run};
use serde_json::Value;

/// Milliseconds that the clock of these runs tells for a step.
pub const MS: f64 = 2.0;

pub struct Watched {
    pub run: Run,
    pub observer: Box<dyn Observer>,
}

impl Watched {
    pub fn new(experiment: Experiment) -> Self {
        let mut run = Run::new(experiment).expect("validated");
        run.measure();
        let observer = find(&run.experiment().lab).expect("a lab").observe(&run);
        Self { run, observer }
    }

    /// Makes so many steps, or as many as there are before it diverges.
    pub fn go_on(&mut self, steps: usize) {
        for _ in 0..steps {
            let Ok(loss) = self.run.step() else { return };
            self.observer.after_step(&self.run, loss);
            self.observer.after_training(&self.run, MS);
        }
    }

    pub fn edit(&mut self, key: &str, value: Value) {
        self.run.edit(&Settings::from([(key.into(), value)])).expect("a live setting");
        self.run.measure();
        self.observer.after_edit(&self.run);
    }
}
