//! Single heartbeats as an electrode sees them: a signal in which something may be wrong. The waves are bumps, as in
//! `McSharry` et al., A dynamical model for generating synthetic electrocardiogram signals, IEEE Trans. Biomed. Eng. 50
//! (2003); widths, heights and times vary from beat to beat. It is no medical data.

use super::{DataSet, SIGNAL, Source, Task};
use crate::tensor::{Rng, math::exp};

pub(super) const SET: DataSet = DataSet {
    name: "heartbeat",
    label: "Heartbeats",
    task: Task::Classes(CLASSES.len()..=CLASSES.len()),
    source: Source::Signals { draw, classes: &CLASSES },
};

/// What a beat may be; the first is as it should be.
const CLASSES: [&str; 5] = ["normal", "no P wave", "early", "wide", "raised ST"];

/// A bump of the signal: its middle and its width as shares of the whole, and its height.
struct Wave {
    at: f32,
    width: f32,
    height: f32,
}

/// P, Q, R, S and T of a usual beat.
const WAVES: [Wave; 5] = [
    Wave { at: 0.26, width: 0.030, height: 0.14 },
    Wave { at: 0.405, width: 0.012, height: -0.10 },
    Wave { at: 0.43, width: 0.014, height: 0.65 },
    Wave { at: 0.46, width: 0.013, height: -0.17 },
    Wave { at: 0.68, width: 0.055, height: 0.22 },
];
/// Where the line lies between the waves.
const REST: f32 = 0.25;
/// Standard deviation of the electrode's noise.
const NOISE: f32 = 0.008;
/// Share by which heights and widths differ, and by which times do.
const SPREAD: f32 = 0.12;
const SHIFT: f32 = 0.012;

fn draw(rng: &mut Rng, class: usize) -> Vec<f32> {
    let mut signal = vec![REST; SIGNAL];
    let mut add = |wave: &Wave| {
        for (index, number) in signal.iter_mut().enumerate() {
            let from_middle = (index as f32 / SIGNAL as f32 - wave.at) / wave.width;
            *number += wave.height * exp(-0.5 * from_middle * from_middle);
        }
    };
    let all = SHIFT * rng.normal();
    let rate = 1.0 + 0.5 * SPREAD * rng.between(-1.0, 1.0);
    for (index, wave) in WAVES.iter().enumerate() {
        let about = |rng: &mut Rng| 1.0 + SPREAD * rng.between(-1.0, 1.0);
        let own = 0.3 * SHIFT * rng.normal();
        let mut beat = Wave {
            at: 0.43 + rate * (wave.at - 0.43) + all + own,
            width: wave.width * about(rng),
            height: wave.height * about(rng),
        };
        let is_ventricular = (1..=3).contains(&index);
        match class {
            1 if index == 0 => beat.height = 0.0,
            2 if index > 0 => beat.at -= 0.09,
            3 if is_ventricular => {
                beat.width *= 2.6;
                beat.at = 0.43 + 2.2 * (beat.at - 0.43);
            }
            3 if index == 4 => beat.height *= -0.6,
            _ => {}
        }
        add(&beat);
    }
    if class == 4 {
        add(&Wave { at: 0.55 + all, width: 0.05, height: 0.14 * (1.0 + SPREAD * rng.between(-1.0, 1.0)) });
    }
    for number in &mut signal {
        *number = (*number + NOISE * rng.normal()).clamp(0.0, 1.0);
    }
    signal
}
