//! How far the gradient of a batch points away from that of all items: measured over several looks, at the weights of
//! one step, while the run may go on.

use crate::data::BatchSize;
use crate::labs::format::{count, percent, significant};
use crate::labs::{Fan, Fans, Figure, Numbers, Panel};
use crate::train::{GradientNoise, NoiseProbe, Run};

/// What was measured last, and what is being measured; a copy has neither, since nothing of the run depends on it.
#[derive(Default)]
pub(super) struct Noise {
    probe: Option<NoiseProbe>,
    measured: Option<GradientNoise>,
}

impl Clone for Noise {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Noise {
    /// Whether there is more to measure at the step at hand.
    pub(super) fn is_at_work(&self, run: &Run) -> bool {
        run.divergence().is_none() && self.measured.as_ref().is_none_or(|noise| noise.step != run.steps())
    }

    /// The noise scale that was measured last, in items.
    pub(super) fn scale(&self) -> Option<f64> {
        self.measured.as_ref().and_then(GradientNoise::noise_scale)
    }

    /// Goes on, a part at a time.
    fn go_on(&mut self, run: &Run) {
        if !self.is_at_work(run) {
            return;
        }
        let batch = run.current().batch_size.items(run.epoch_items()[1]);
        let probe = self.probe.get_or_insert_with(|| NoiseProbe::new(run, batch));
        if let Some(noise) = probe.step() {
            (self.measured, self.probe) = (Some(noise), None);
        }
    }

    /// The figure "noise".
    pub(super) fn panel(&mut self, run: &Run, numbers: &mut Numbers) -> Panel {
        self.go_on(run);
        let batch = run.current().batch_size.items(run.epoch_items()[1]);
        let angles = self.measured.as_ref().map_or(&[][..], |noise| &noise.angles);
        let mean = self.measured.as_ref().and_then(GradientNoise::mean_angle).unwrap_or(f32::NAN);
        let fan = Fan { lane: 0, batch, angles: numbers.add(angles.iter().copied()), mean };
        let words = self.words(run);
        let note = match &self.probe {
            Some(probe) if self.measured.is_none() => percent(f64::from(probe.share())),
            _ => String::new(),
        };
        let summary = match &self.measured {
            None => "Not measured yet.".into(),
            Some(noise) => noise.problem().map_or_else(
                || {
                    let (step, batch) = (count(noise.step), count(batch));
                    let mean = significant(mean, 2);
                    format!("At step {step} batches of {batch} point {mean}° away from the gradient of all items on average. {words}")
                },
                String::from,
            ),
        };
        Panel { id: "noise".into(), note, summary, figure: Figure::Fans(Fans { fans: vec![fan], words }) }
    }

    fn words(&self, run: &Run) -> String {
        let is_full = run.current().batch_size == BatchSize::Full;
        match self.scale() {
            Some(scale) => format!(
                "Noise scale {}: below it four times the batch halves the noise, above it little is gained.",
                count(scale.round() as usize)
            ),
            None if is_full => "All items at once: there is no noise.".into(),
            None => String::new(),
        }
    }
}
