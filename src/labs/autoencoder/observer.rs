//! What the autoencoder lab remembers of a run: its curves, the gradients of the last batch, and the last
//! pass of the pictures that are shown.

use super::{figures, verdict};
use crate::data::{Data, Examples};
use crate::labs::curves::Learning;
use crate::labs::decades::Decades;
use crate::labs::{Numbers, Observer, Panel, Verdict, View};
use crate::nn::{Loss, Pass};
use crate::train::Run;
use serde_json::Value;
use std::sync::Arc;

/// Pictures shown where classes do not say which.
const SHOWN: usize = 10;

/// See the module.
pub(super) struct AutoencoderObserver {
    pub(super) learning: Learning,
    /// ‖∂L/∂kernel‖ of each layer that has one, in the last batch.
    pub(super) norms: Vec<f32>,
    pub(super) decades: Decades,
    /// The mean squared error on the test pictures of the best answer that is the same for all, the mean training
    /// picture: what a code of no numbers would come to. Their variance, so far as training knows it.
    pub(super) variance: f32,
    /// The pictures shown: their places, and their numbers one after another.
    pub(super) items: Vec<usize>,
    pub(super) pictures: Arc<[f32]>,
    pub(super) pass: Pass,
    /// Step and edits of that pass.
    passed_at: Option<(usize, usize)>,
}

impl AutoencoderObserver {
    /// Begins with what [`Run::measure`] left of the first batch.
    pub(super) fn new(run: &Run) -> Self {
        let shown = shown(run.data());
        let items = one_of_each_class(shown);
        let size: usize = run.input_shape().iter().product();
        let mut pictures = vec![0.0; size * items.len()];
        let places = pictures.chunks_exact_mut(size);
        items.iter().zip(places).for_each(|(&item, place)| shown.copy_item(item, place));
        let mut observer = Self {
            learning: Learning::untested(run.steps()),
            norms: Vec::new(),
            decades: Decades::new(),
            variance: variance(run.data(), size),
            items,
            pictures: pictures.into(),
            pass: Pass::default(),
            passed_at: None,
        };
        observer.take_norms(run);
        observer
    }

    /// Goes on with what was seen of a run that has come as far as this one.
    pub(super) fn on(run: &Run, seen: Value) -> Option<Self> {
        let learning: Learning = serde_json::from_value(seen).ok()?;
        Some(Self { learning: learning.of(run)?, ..Self::new(run) })
    }

    fn take_norms(&mut self, run: &Run) {
        self.norms.clear();
        self.norms.extend(run.kernel_grad_norms());
        self.decades.take(&self.norms);
    }

    /// Has the pictures pass through the network as it is now.
    pub(super) fn pass_pictures(&mut self, run: &Run) {
        let now = Some((run.steps(), run.edits_made()));
        if self.passed_at != now {
            run.network().forward(&self.pictures, &mut self.pass);
            self.passed_at = now;
        }
    }
}

/// The pictures that are shown are of the test, where some are kept for it.
fn shown(data: &Data) -> &Examples {
    if data.test.is_empty() { &data.train } else { &data.test }
}

/// The first item of each class, in the order of the classes, up to [`SHOWN`].
fn one_of_each_class(examples: &Examples) -> Vec<usize> {
    let labels: Vec<u32> = examples.labels.iter().map(|&label| label as u32).collect();
    let mut firsts: Vec<usize> =
        (0..labels.len()).filter(|&item| !labels[..item].contains(&labels[item])).take(SHOWN).collect();
    firsts.sort_by_key(|&item| labels[item]);
    firsts
}

/// See [`AutoencoderObserver::variance`]; NaN where no pictures are kept for the test.
fn variance(data: &Data, size: usize) -> f32 {
    let (mut mean, mut picture) = (vec![0.0_f64; size], vec![0.0; size]);
    for item in 0..data.train.len() {
        data.train.copy_item(item, &mut picture);
        mean.iter_mut().zip(&picture).for_each(|(mean, &ink)| *mean += f64::from(ink));
    }
    let mean: Vec<f32> = mean.iter().map(|sum| (sum / data.train.len() as f64) as f32).collect();
    let mut total = 0.0;
    for item in 0..data.test.len() {
        data.test.copy_item(item, &mut picture);
        total += f64::from(Loss::MeanSquaredError.evaluate(&mean, &picture, size, None));
    }
    (total / data.test.len() as f64) as f32
}

impl Observer for AutoencoderObserver {
    fn after_step(&mut self, run: &Run, loss: f32) {
        self.learning.after_step(run, loss);
    }

    fn after_edit(&mut self, run: &Run) {
        self.learning.after_edit(run);
        self.passed_at = None;
    }

    fn panel(&mut self, id: &str, run: &Run, _: &View, numbers: &mut Numbers) -> Option<Panel> {
        if matches!(id, "curves" | "reconstructions") {
            self.learning.evaluate(run);
        }
        Some(match id {
            "reconstructions" => figures::reconstructions(self, run, numbers),
            "curves" => self.learning.panel(run, None, numbers),
            "gradients" => {
                self.take_norms(run);
                figures::gradients(self, numbers)
            }
            _ => return None,
        })
    }

    fn verdict(&self, run: &Run) -> Verdict {
        verdict::of(self, run)
    }

    fn remember(&self) -> Box<dyn Observer> {
        // The axis of the gradients widens as they are looked at.
        let (decades, pass) = (Decades::new(), Pass::default());
        let (items, pictures) = (self.items.clone(), Arc::clone(&self.pictures));
        let (learning, norms) = (self.learning.clone(), self.norms.clone());
        let variance = self.variance;
        Box::new(Self { learning, norms, decades, variance, items, pictures, pass, passed_at: None })
    }

    fn seen(&self) -> Value {
        serde_json::to_value(self.learning.clone()).expect("plain data")
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.learning.bytes() + size_of_val(&*self.norms) + size_of_val(&*self.items)
    }

    fn whole(&self, id: &str, run: &Run, at: usize, numbers: &mut Numbers) -> Option<Panel> {
        (id == "curves").then(|| self.learning.panel(run, Some(at), numbers))
    }
}
