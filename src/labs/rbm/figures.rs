//! The figures of the lab, in the order of the page; and what each hidden unit looks for, and what it learns from.

use super::chains::{grid, machine};
use super::layer_of;
use crate::labs::format::count;
use crate::labs::{
    Across, Figure, FigureSlot, Filters, HistogramPart, Histograms, Numbers, Panel, PictureRow, PictureRows,
    Place,
};
use crate::nn::layers::Rbm as RbmLayer;
use crate::tensor::matmul;
use crate::train::Run;
use crate::train::statistics::Histogram;

const fn story(id: &'static str, title: &'static str, caption: &'static str, height_px: u32) -> FigureSlot {
    FigureSlot::new(id, title, caption, Place::Story, height_px)
}

const fn side(id: &'static str, title: &'static str, caption: &'static str, height_px: u32) -> FigureSlot {
    FigureSlot { across: Across::Overlaid, ..FigureSlot::new(id, title, caption, Place::Side, height_px) }
}

const fn below(id: &'static str, title: &'static str, caption: &'static str, height_px: u32) -> FigureSlot {
    FigureSlot { is_slow: true, ..FigureSlot::new(id, title, caption, Place::Below, height_px) }
}

/// All; which of them a job has, `shows` says.
pub(super) const SLOTS: [FigureSlot; 22] = [
    FigureSlot {
        of_probe: true,
        of_drawing: true,
        ..story(
            "two_layers",
            "Two layers, no links inside a layer",
            "a picture goes up, a sample comes back",
            228,
        )
    },
    FigureSlot {
        of_probe: true,
        of_drawing: true,
        is_told: true,
        ..story("answer", "Which label is likely", "p(label | picture), by free energy", 190)
    },
    FigureSlot {
        is_slow: true,
        is_told: true,
        of_probe: true,
        ..story("dream", "What it dreams", "one Gibbs chain that starts from noise", 120)
    },
    story("phases", "Data minus dream", "learning stops when the first two rows look alike", 230),
    story("forming", "Filters forming", "the same hidden units, step by step", 230),
    FigureSlot {
        is_told: true,
        ..story("predicted", "Expected numbers", "mean and one deviation, ring: what it really is", 380)
    },
    FigureSlot { of_probe: true, ..story("rated", "My ratings", "", 1) },
    FigureSlot {
        of_probe: true,
        ..story("recommended", "Recommended", "expected stars and their spread", 380)
    },
    FigureSlot {
        is_slow: true,
        ..story("topics", "Topics", "words that each hidden unit makes likelier", 420)
    },
    FigureSlot {
        is_slow: true,
        of_probe: true,
        ..story("near", "Documents near a document", "by their hidden units, most like first", 240)
    },
    FigureSlot {
        tests: true,
        ..story("beside", "Beside what needs no machine", "error on held-out ratings, in stars (RMSE)", 150)
    },
    story("tastes", "Tastes it found", "what hidden units add to the odds of a star more", 220),
    FigureSlot { is_always_filled: true, ..side("score", "How well it does its job", "", 168) },
    FigureSlot { is_always_filled: true, ..side("energy", "Free energy", "train thick, held-out thin", 168) },
    FigureSlot { tests: true, ..side("curves", "Reconstruction error", "hides the problem", 188) },
    FigureSlot {
        is_slow: true,
        across: Across::Selected,
        ..side("referee", "Exact referee", "14 pictures of 3 × 3", 168)
    },
    FigureSlot { is_slow: false, ..below("filters", "Filters", "the weights of each hidden unit", 300) },
    below("map", "Map of hidden units", "two principal components of their means", 300),
    below("pixel_map", "Map of pixels", "two principal components of the pictures", 300),
    FigureSlot {
        is_told: true,
        ..below(
            "linear",
            "A straight line between classes",
            "linear classifier on pixels and on hidden units",
            120,
        )
    },
    FigureSlot {
        is_told: true,
        ..below(
            "likelihood",
            "What a picture costs",
            "−ln p of pixels drawn on or off, by annealed importance sampling",
            120,
        )
    },
    FigureSlot { is_slow: false, ..below("weights", "Weights and biases", "how many of each size", 190) },
];

/// Hidden units whose phases stand side by side.
const UNITS: usize = 5;
/// Filters that are drawn.
const FILTERS: usize = 64;

/// The kernel of a unit, as a picture.
pub(super) fn filter(kernel: &[f32], units: usize, unit: usize) -> impl Iterator<Item = f32> + '_ {
    kernel.iter().skip(unit).step_by(units).copied()
}

/// All filters side by side.
pub(super) fn filters(run: &Run, numbers: &mut Numbers) -> Panel {
    let (rbm, weights) = machine(run);
    let units = rbm.hidden_units();
    let drawn = units.min(FILTERS);
    let pixels = grid(run).into_iter().product();
    let values: Vec<f32> =
        (0..drawn).flat_map(|unit| filter(weights.kernel, units, unit).take(pixels)).collect();
    let most = values.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
    let [height, width] = grid(run);
    let figure = Filters {
        layer: run.network().layer_names()[0].clone(),
        unit: "unit".into(),
        of: [units, 1],
        first: [0, 0],
        drawn: [drawn, 1],
        height,
        width,
        values: numbers.add(values),
        most,
        focus: None,
    };
    let note = format!("{drawn} of {units} units");
    let summary =
        format!("The weights of {drawn} of {units} hidden units, as pictures; the strongest is {most:.2}.");
    Panel { id: "filters".into(), note, summary, figure: Figure::Filters(figure) }
}

/// ⟨v h⟩ of the last batch and of what the machine made of it, and what that changes, for a few units.
pub(super) fn phases(run: &Run, numbers: &mut Numbers) -> Panel {
    let layer = layer_of(run.current());
    let inputs: usize = run.input_shape().iter().product();
    let units = layer.units;
    let trace = &run.pass().traces[0];
    let [made, hidden] = RbmLayer::made(trace);
    let of_phase = |visible: &[f32], hidden: &[f32]| {
        let mut products = vec![0.0; inputs * units];
        matmul::transposed_left(visible, hidden, &mut products, units);
        let rows = (visible.len() / inputs).max(1) as f32;
        products.iter_mut().for_each(|product| *product /= rows);
        products
    };
    let (positive, negative) = (of_phase(run.inputs(), &trace.kept), of_phase(made, hidden));
    let change: Vec<f32> = positive.iter().zip(&negative).map(|(p, n)| p - n).collect();
    let shown: Vec<usize> = (0..units.min(UNITS)).collect();
    let [height, width] = grid(run);
    let pixels = height * width;
    let pictures = |all: &[f32]| {
        shown.iter().flat_map(|&unit| filter(all, units, unit).take(pixels)).collect::<Vec<f32>>()
    };
    let (positive, negative, change) = (pictures(&positive), pictures(&negative), pictures(&change));
    let most = change.iter().fold(f32::MIN_POSITIVE, |most, value| most.max(value.abs()));
    let norms: Vec<f32> = change.chunks_exact(pixels).map(crate::tensor::l2_norm).collect();
    let mut row = |label: &str, is_signed: bool, values: Vec<f32>| PictureRow {
        label: label.into(),
        values: numbers.add(values),
        is_signed,
        most: if is_signed { most } else { 1.0 },
    };
    let rows = vec![
        row("data", false, positive),
        row("− dream", false, negative),
        row("= change", true, change.iter().map(|value| value / most).collect()),
    ];
    let summary = format!(
        "For {} hidden units, what is on with them in the data, in what the machine makes, and the difference, of which the weights learn: at most {most:.3}.",
        shown.len()
    );
    let figure = PictureRows {
        rows,
        kind: "hidden unit".into(),
        names: shown.iter().map(|unit| format!("unit {}", unit + 1)).collect(),
        items: numbers.add(shown.iter().map(|&unit| unit as f32)),
        can_choose: false,
        chosen: None,
        marked: None,
        range: [0.0, 1.0],
        measures: numbers.add(norms),
        measure: "‖change‖".into(),
        height,
        width,
    };
    let note = format!("strongest change {most:.3}");
    Panel { id: "phases".into(), note, summary, figure: Figure::PictureRows(figure) }
}

/// Bins of a histogram.
const BINS: usize = 40;

/// The figure "weights": how large weights, what the last step was told of them, and biases are.
pub(super) fn weights(run: &Run, numbers: &mut Numbers) -> Panel {
    let (rbm, weights) = machine(run);
    let gradients = &run.gradients()[..weights.kernel.len()];
    let mut part = |label: &str, values: &[f32]| {
        let Histogram { low, high, counts } = Histogram::fitted(values, BINS);
        HistogramPart { label: label.into(), low, high, counts: numbers.add(counts) }
    };
    let parts = vec![
        part("w", weights.kernel),
        part("gradient", gradients),
        part("visible biases", weights.visible_bias),
        part("hidden biases", weights.hidden_bias),
    ];
    let norm = crate::tensor::l2_norm(gradients);
    let summary = format!(
        "The {} weights between {} visible and {} hidden units lie from {:.2} to {:.2}; the gradient of the last step, with its penalty, has the norm {norm:.3}.",
        count(weights.kernel.len()),
        count(rbm.visible_units()),
        count(rbm.hidden_units()),
        parts[0].low,
        parts[0].high
    );
    let figure = Histograms { parts };
    Panel {
        id: "weights".into(),
        note: format!("‖gradient‖ {norm:.3}"),
        summary,
        figure: Figure::Histograms(figure),
    }
}
