//! What the autoencoder lab remembers of a run: its curves and the gradients of the last batch; and what it worked out to
//! show this moment.

use super::anomaly::Told;
use super::code::Code;
use super::reading::Reading;
use super::{anomaly, denoise, figures, layers, map, rows, subspace, verdict, walk};
use crate::data::pca::Pca;
use crate::data::{Corruption, Data};
use crate::labs::curves::Learning;
use crate::labs::decades::Decades;
use crate::labs::{Numbers, Observer, Panel, Verdict, View};
use crate::nn::{Loss, Pass};
use crate::train::Run;
use serde_json::Value;
use std::cell::RefCell;
use std::sync::{Arc, OnceLock};

/// Training items that principal components are of, at most, for items of so many numbers; of larger ones fewer, since the
/// work grows with their square.
const ITEMS_OF_PCA: usize = 10_000;
const USUAL_SIZE: usize = 784;

/// See the module.
pub(super) struct AutoencoderObserver {
    pub learning: Learning,
    /// ‖∂L/∂kernel‖ of each layer that has one, in the last batch.
    pub norms: Vec<f32>,
    pub decades: Decades,
    /// What follows from the data alone.
    pub known: Arc<Known>,
    /// How far the map of codes reaches, so that it only grows within a run.
    pub map_view: Option<[f32; 4]>,
    pub pass: Pass,
    reading: Reading,
    /// Steps and edits at which test items, those turned, and training items were read.
    read_at: [Option<(usize, usize)>; 3],
    /// The error above which items are taken for abnormal, and what that came to, as it was last shown.
    pub threshold: Option<f32>,
    pub told: Told,
    /// What spoiling so came to.
    spoiled: RefCell<Option<(Corruption, f32)>>,
}

/// What follows from the data of a run, worked out when it is first asked for.
#[derive(Default)]
pub(super) struct Known {
    variance: OnceLock<f32>,
    pca: OnceLock<(Pca, f32)>,
}

impl AutoencoderObserver {
    /// Begins with what [`Run::measure`] left of the first batch.
    pub fn new(run: &Run) -> Self {
        let mut observer = Self::on_learning(Learning::untested(run.steps()), Arc::default());
        observer.take_norms(run);
        observer
    }

    fn on_learning(learning: Learning, known: Arc<Known>) -> Self {
        Self {
            learning,
            norms: Vec::new(),
            decades: Decades::new(),
            known,
            map_view: None,
            pass: Pass::default(),
            reading: Reading::default(),
            read_at: [None; 3],
            threshold: None,
            told: Told::default(),
            spoiled: RefCell::default(),
        }
    }

    /// Goes on with what was seen of a run that has come as far as this one.
    pub fn on(run: &Run, seen: Value) -> Option<Self> {
        let learning: Learning = serde_json::from_value(seen).ok()?;
        Some(Self { learning: learning.of(run)?, ..Self::new(run) })
    }

    fn take_norms(&mut self, run: &Run) {
        self.norms.clear();
        self.norms.extend(run.kernel_grad_norms());
        self.decades.take(&self.norms);
    }

    /// Whether something is not yet known of this moment; it is from now on.
    fn is_due(&mut self, which: usize, run: &Run) -> bool {
        let now = Some((run.steps(), run.edits_made()));
        std::mem::replace(&mut self.read_at[which], now) != now
    }

    /// Codes and errors of the test items at this moment.
    pub fn reading(&mut self, run: &Run) -> &Reading {
        if self.is_due(0, run) {
            self.reading.read(run, Code::of(run.current()));
        }
        &self.reading
    }

    /// With those of the same turned by a quarter.
    pub fn reading_of_turned(&mut self, run: &Run, side: usize) -> &Reading {
        self.reading(run);
        if self.is_due(1, run) {
            self.reading.read_turned(run, side);
        }
        &self.reading
    }

    /// With the codes of training items.
    pub fn reading_of_training(&mut self, run: &Run, code: Code) -> &Reading {
        self.reading(run);
        if self.is_due(2, run) {
            self.reading.read_training(run, code);
        }
        &self.reading
    }

    /// The mean squared error on the test items of the best answer that is the same for all, the mean training item: what a
    /// code of no numbers would come to. NaN where none are kept for the test.
    pub fn variance(&self, run: &Run) -> f32 {
        *self.known.variance.get_or_init(|| variance(run.data(), run.network().outputs()))
    }

    /// Mean squared error that spoiling as in training makes of the test items; `None` where there are none.
    pub fn spoiled(&self, run: &Run) -> Option<f32> {
        let corruption = run.current().data.corruption;
        let test = &run.data().test;
        if test.is_empty() {
            return None;
        }
        let mut known = self.spoiled.borrow_mut();
        if known.is_none_or(|(of, _)| of != corruption) {
            let size = run.network().outputs();
            let (mut clean, mut spoiled, mut total) = (vec![0.0; size], vec![0.0; size], 0.0);
            for item in 0..test.len() {
                test.copy_item(item, &mut clean);
                spoiled.copy_from_slice(&clean);
                run.spoil_test_item(item, corruption, &mut spoiled);
                total += f64::from(Loss::MeanSquaredError.evaluate(&spoiled, &clean, size, None));
            }
            *known = Some((corruption, (total / test.len() as f64) as f32));
        }
        known.map(|(_, error)| error)
    }

    /// As many principal components as the code has numbers, and their error on the test items.
    pub fn pca(&self, run: &Run) -> &(Pca, f32) {
        self.known.pca.get_or_init(|| {
            let size = run.network().outputs();
            let share = (USUAL_SIZE as f64 / size as f64).powi(2).min(1.0);
            let most = ((ITEMS_OF_PCA as f64 * share) as usize).max(size.min(200));
            let pca = Pca::of(&run.data().train, Self::components(run).max(2), most);
            let error = pca.first(Self::components(run)).error(&run.data().test);
            (pca, error)
        })
    }

    /// How many components there are to compare the code with: as many as it has numbers, or as an item has; two where
    /// there is no code.
    pub fn components(run: &Run) -> usize {
        let units = Code::of(run.current()).map_or(2, |code| code.units);
        units.min(run.network().outputs())
    }
}

/// How much what is shown is spoiled.
pub(super) fn spoiling(run: &Run, view: &View) -> Corruption {
    let trained = run.current().data.corruption;
    Corruption { level: view.probe.level.unwrap_or(trained.level).clamp(0.0, 1.0), ..trained }
}

/// See [`AutoencoderObserver::variance`].
fn variance(data: &Data, size: usize) -> f32 {
    let (mut mean, mut item) = (vec![0.0_f64; size], vec![0.0; size]);
    for index in 0..data.train.len() {
        data.train.copy_item(index, &mut item);
        mean.iter_mut().zip(&item).for_each(|(mean, &number)| *mean += f64::from(number));
    }
    let mean: Vec<f32> = mean.iter().map(|sum| (sum / data.train.len() as f64) as f32).collect();
    let mut total = 0.0;
    for index in 0..data.test.len() {
        data.test.copy_item(index, &mut item);
        total += f64::from(Loss::MeanSquaredError.evaluate(&mean, &item, size, None));
    }
    (total / data.test.len() as f64) as f32
}

impl Observer for AutoencoderObserver {
    fn after_step(&mut self, run: &Run, loss: f32) {
        self.learning.after_step(run, loss);
    }

    fn after_edit(&mut self, run: &Run) {
        self.learning.after_edit(run);
        self.read_at = [None; 3];
        if !run.current().data.points.is_empty() {
            // They may be others now.
            self.known = Arc::default();
            self.spoiled.take();
        }
    }

    fn panel(&mut self, id: &str, run: &Run, view: &View, numbers: &mut Numbers) -> Option<Panel> {
        if matches!(id, "curves" | "reconstructions") {
            self.learning.evaluate(run);
        }
        Some(match id {
            "reconstructions" => rows::panel(self, run, view, numbers),
            "map" => map::panel(self, run, view, numbers),
            "pca" => map::pca_panel(self, run, numbers),
            "errors" => anomaly::errors(self, run, view, numbers),
            "roc" => anomaly::roc(self, run, view, numbers),
            "curves" => self.learning.panel(run, None, numbers),
            "gradients" => {
                self.take_norms(run);
                figures::gradients(self, numbers)
            }
            "layers" => layers::panel(self, run, view, numbers),
            "walk" => walk::panel(self, run, view, numbers),
            "noise" => denoise::panel(self, run, view, numbers),
            "subspace" => subspace::panel(self, run, numbers),
            _ => return None,
        })
    }

    fn verdict(&self, run: &Run) -> Verdict {
        verdict::of(self, run)
    }

    fn remember(&self) -> Box<dyn Observer> {
        // What was worked out to be shown, and axes that widen as they are looked at, are no part of it.
        let copy = Self::on_learning(self.learning.clone(), Arc::clone(&self.known));
        Box::new(Self { norms: self.norms.clone(), ..copy })
    }

    fn seen(&self) -> Value {
        serde_json::to_value(self.learning.clone()).expect("plain data")
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.learning.bytes() + size_of_val(&*self.norms)
    }

    fn whole(&self, id: &str, run: &Run, _: &View, numbers: &mut Numbers) -> Option<Panel> {
        (id == "curves").then(|| self.learning.panel(run, Some(run.steps()), numbers))
    }
}
