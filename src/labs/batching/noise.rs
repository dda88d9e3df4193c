//! How far the gradient of a batch points away from that of all items: measured over several looks, at the weights of
//! one step, while the run may go on.

use crate::labs::format::{count, percent, power, significant};
use crate::labs::{Fan, Fans, Figure, Numbers, Panel};
use crate::train::{GradientNoise, NoiseProbe, Run};

/// What was measured before this share of the steps of a run is of another time.
const STALE: f64 = 0.25;

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

/// Whether a batch is of all items, so that it has no noise.
pub(super) fn is_full(run: &Run) -> bool {
    let items = run.epoch_items()[1];
    run.current().batch_size.items(items) >= items
}

/// A noise scale as it is written: one of less than an item is no number to compare by.
pub(super) fn written(scale: f64) -> String {
    if scale < 1.0 { "below 1".into() } else { power(scale.round()) }
}

impl Noise {
    /// Whether there is more to measure at the step at hand.
    pub(super) fn is_at_work(&self, run: &Run) -> bool {
        run.divergence().is_none() && self.measured.as_ref().is_none_or(|noise| noise.step != run.steps())
    }

    /// What was measured of the run about where it is.
    pub(super) fn of_late(&self, run: &Run) -> Option<&GradientNoise> {
        self.measured.as_ref().filter(|noise| noise.step as f64 >= STALE * run.steps() as f64)
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
            Some(noise) => noise.problem().map_or_else(|| format!("{} {words}", said(noise)), String::from),
        };
        Panel { id: "noise".into(), note, summary, figure: Figure::Fans(Fans { fans: vec![fan], words }) }
    }

    fn words(&self, run: &Run) -> String {
        let scale = self.measured.as_ref().and_then(GradientNoise::noise_scale).map(written);
        match scale {
            _ if is_full(run) => "All items at once: there is no noise.".into(),
            Some(scale) => format!(
                "Noise scale {scale}: below it four times the batch halves the noise, above it little is gained."
            ),
            None => String::new(),
        }
    }
}

/// The angles that were measured, beside what the noise scale makes expect.
fn said(noise: &GradientNoise) -> String {
    let mean = significant(noise.mean_angle().unwrap_or(f32::NAN), 2);
    let expected = noise
        .expected_angle()
        .map_or_else(String::new, |angle| format!(" ({}° by the noise scale)", significant(angle, 2)));
    format!(
        "At step {} batches of {} point {mean}° away from the gradient of all items on average{expected}.",
        count(noise.step),
        count(noise.batch)
    )
}
