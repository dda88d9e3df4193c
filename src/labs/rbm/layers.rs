//! The two layers of the machine: an item goes up, a sample of hidden units comes back; and pixels that are held fast while
//! the rest is dreamt.

use super::chains::{grid, machine};
use crate::labs::format::count;
use crate::labs::{Figure, HeldPixels, Numbers, Panel, TwoLayers, View};
use crate::nn::rbm::Chain;
use crate::tensor::{Rng, Stream};
use crate::train::Run;

/// Steps of the chain while some pixels are held.
const STEPS: usize = 50;

/// The figure `two_layers`: of what is drawn, or of the held-out item that is followed.
pub(super) fn panel(run: &Run, view: &View, numbers: &mut Numbers) -> Panel {
    let (rbm, weights) = machine(run);
    let ([height, width], data) = (grid(run), run.data());
    let pixels = height * width;
    let part = if data.test.is_empty() { &data.train } else { &data.test };
    let followed = view.probe.item.unwrap_or(0).min(part.len().saturating_sub(1));
    let mut given = vec![0.0; rbm.visible_units()];
    let is_drawn = view.probe.item.is_none() && view.picture.len() == pixels;
    if is_drawn {
        given[..pixels].copy_from_slice(&view.picture);
    } else {
        part.copy_item(followed, &mut given);
    }
    let mut held = view.probe.held.pixels.of(&given[..pixels], [height, width]);
    let many_held = held.iter().filter(|held| **held == 1.0).count();
    // Labels stand after the pixels.
    let label = view.probe.held.label.filter(|label| *label < given.len() - pixels);
    if let Some(label) = label {
        given[pixels..].fill(0.0);
        given[pixels + label] = 1.0;
        held.resize(pixels, 0.0);
        held.resize(given.len(), 1.0);
    }
    let mut rng = Rng::new(run.current().seed, Stream::Dreaming { times: 2 });
    let mut chain = Chain::at(given.clone());
    if !held.is_empty() {
        // What is not held begins as noise, a label that is not too.
        held.resize(given.len(), 0.0);
        chain.visible = rbm.noise(1, &mut rng);
        let held = chain.visible.iter_mut().zip(&given).zip(&held).filter(|(_, held)| **held == 1.0);
        held.for_each(|((unit, given), _)| *unit = *given);
    }
    let steps = if held.is_empty() { 1 } else { STEPS };
    for step in 1..=steps {
        chain.up(&rbm, weights, Some(&mut rng));
        chain.down(&rbm, weights);
        if step < steps {
            chain.draw_visible(&rbm, weights, &mut rng);
        }
        let places = chain.visible.iter_mut().zip(&given).zip(&held);
        places.filter(|(_, held)| **held == 1.0).for_each(|((pixel, given), _)| *pixel = *given);
    }
    // The units that have most to say of this item, in their order.
    let mut units: Vec<usize> = (0..rbm.hidden_units()).collect();
    let norm = |unit: &usize| -> f32 {
        weights.kernel.iter().skip(*unit).step_by(rbm.hidden_units()).map(|w| w * w).sum()
    };
    let norms: Vec<f32> = units.iter().map(norm).collect();
    units.sort_by(|a, b| norms[*b].total_cmp(&norms[*a]).then(a.cmp(b)));
    units.truncate(TwoLayers::MOST_UNITS);
    units.sort_unstable();
    let filters = units
        .iter()
        .flat_map(|&unit| weights.kernel.iter().skip(unit).step_by(rbm.hidden_units()).take(pixels).copied());
    let on = units.iter().filter(|unit| chain.states[**unit] > 0.0).count();
    let all_on = chain.states.iter().filter(|state| **state > 0.0).count();
    let whose = if is_drawn {
        "your drawing".to_owned()
    } else {
        let kind = if data.test.is_empty() { "training" } else { "held-out" };
        let class = (data.classes > 0).then(|| data.class_name(part.all_labels()[followed] as usize));
        format!("a {kind} {}", class.unwrap_or_else(|| "picture".into()))
    };
    let summary = if held.is_empty() {
        format!(
            "{whose} goes up: {all_on} of {} hidden units are on, and a sample of them gives it back.",
            count(rbm.hidden_units())
        )
    } else {
        let of_pixels = match &view.probe.held.pixels {
            HeldPixels::Nothing => None,
            _ if many_held == 0 => None,
            HeldPixels::Half(_) => Some(format!("one half of {whose}")),
            HeldPixels::Ink => Some(format!("the ink of {whose}, {} pixels,", count(many_held))),
            HeldPixels::Chosen(_) => {
                Some(format!("{} of {} pixels of {whose}", count(many_held), count(pixels)))
            }
        };
        let of_label = label.map(|label| format!("the label {}", data.class_name(label)));
        let parts: Vec<String> = of_pixels.into_iter().chain(of_label).collect();
        format!(
            "held fast: {}; the rest is what {STEPS} steps of Gibbs sampling make of noise.",
            parts.join(" and ").trim_end_matches(',')
        )
    };
    let figure = TwoLayers {
        given: numbers.add(given[..pixels].iter().copied()),
        made: numbers.add(chain.visible[..pixels].iter().copied()),
        weights: numbers.add(filters),
        means: numbers.add(units.iter().map(|&unit| chain.hidden[unit])),
        states: numbers.add(units.iter().map(|&unit| chain.states[unit])),
        of_units: rbm.hidden_units(),
        height,
        width,
        clamped: numbers.add(held.iter().take(if many_held > 0 { pixels } else { 0 }).copied()),
        marked: view.probe.held.marked.filter(|_| matches!(view.probe.held.pixels, HeldPixels::Chosen(_))),
        units,
    };
    let note = format!("{on} of {} on", figure.units.len());
    Panel { id: "two_layers".into(), note, summary: capitalised(&summary), figure: Figure::TwoLayers(figure) }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
