//! Where the machine puts items: the first two principal components of the hidden means, beside those of the pixels; and how
//! well a straight line between classes does on each.

use super::chains::{grid, machine};
use crate::data::Examples;
use crate::data::pca::Pca;
use crate::labs::format::percent;
use crate::labs::{Figure, LatentMap, NamedBars, Numbers, Panel, Span};
use crate::nn::rbm::Chain;
use crate::nn::{Loss, Mode, Network, NetworkConfig, Pass};
use crate::train::{Optimizer, OptimizerConfig, OptimizerName, Run, likeliest};
use serde_json::json;

/// Items on a map.
const ITEMS: usize = 400;
/// Neighbours that say which class is where.
const NEIGHBOURS: usize = 10;

/// Hidden means of the first `most` examples, `[items, units]`.
fn hidden(run: &Run, examples: &Examples, most: usize) -> Vec<f32> {
    let (rbm, weights) = machine(run);
    let size = rbm.visible_units();
    let mut chain = Chain::at(vec![0.0; size * examples.len().min(most)]);
    chain.visible.chunks_exact_mut(size).enumerate().for_each(|(item, row)| examples.copy_item(item, row));
    chain.up_to_means(&rbm, weights);
    chain.hidden
}

/// The same of their pixels.
fn pixels(examples: &Examples, most: usize) -> Vec<f32> {
    let size: usize = examples.input_shape().iter().product();
    let mut rows = vec![0.0; size * examples.len().min(most)];
    rows.chunks_exact_mut(size).enumerate().for_each(|(item, row)| examples.copy_item(item, row));
    rows
}

/// The figures `map` and `pixel_map`: held-out items by two components of their hidden means, or of their pixels.
pub(super) fn panel(run: &Run, id: &str, numbers: &mut Numbers) -> Panel {
    let data = run.data();
    let (part, kind) =
        if data.test.is_empty() { (&data.train, "training") } else { (&data.test, "held-out") };
    let many = part.len().min(ITEMS);
    let is_hidden = id == "map";
    let rows = if is_hidden { hidden(run, part, many) } else { pixels(part, many) };
    let size = rows.len() / many.max(1);
    let pca = Pca::fit([many, size], 2, |item, row| row.copy_from_slice(&rows[item * size..][..size]));
    let places: Vec<[f32; 2]> = rows
        .chunks_exact(size)
        .map(|row| {
            let code = pca.code(row);
            [code.first().copied().unwrap_or(0.0), code.get(1).copied().unwrap_or(0.0)]
        })
        .collect();
    let labels = &part.all_labels()[..many];
    let told = (data.classes > 0).then(|| share_of_neighbours(&places, labels));
    let points = places.iter().enumerate().flat_map(|(item, &[x, y])| [x, y, labels[item], item as f32]);
    let figure = LatentMap {
        kind: format!("{kind} picture"),
        axes: ["1st component".into(), "2nd component".into()],
        view: view_of(&places),
        classes: (0..data.classes).map(|class| data.class_name(class)).collect(),
        points: numbers.add(points),
        size: grid(run),
        range: [0.0, 1.0],
        thumbnails: [Span::default(); 2],
        near: Span::default(),
        cells: 0,
        decoded: Span::default(),
        tiles: 0,
        cursor: None,
    };
    let of = if is_hidden { "hidden means" } else { "pixels" };
    let classes = told.map_or_else(String::new, |share| {
        format!(" Of {} the {NEIGHBOURS} nearest on the map are mostly of the same class.", percent(share))
    });
    let summary =
        format!("{many} {kind} pictures by the first two principal components of their {of}.{classes}");
    let note = told.map_or_else(String::new, |share| format!("{} among their own", percent(share)));
    Panel { id: id.into(), note, summary, figure: Figure::LatentMap(figure) }
}

/// Left, right, bottom and top of all places, with a margin.
fn view_of(places: &[[f32; 2]]) -> [f32; 4] {
    let ends = [0, 1].map(|axis| {
        let along = || places.iter().map(|place| place[axis]).filter(|x| x.is_finite());
        let (low, high) = (along().fold(f32::INFINITY, f32::min), along().fold(f32::NEG_INFINITY, f32::max));
        if low < high { [low - 0.05 * (high - low), high + 0.05 * (high - low)] } else { [-1.0, 1.0] }
    });
    [ends[0][0], ends[0][1], ends[1][0], ends[1][1]]
}

/// Share of the items most of whose neighbours on the map are of their class.
fn share_of_neighbours(places: &[[f32; 2]], labels: &[f32]) -> f64 {
    let of_class = |item: usize| {
        let [x, y] = places[item];
        let mut others: Vec<(f32, usize)> = (0..places.len())
            .filter(|&other| other != item)
            .map(|other| ((places[other][0] - x).powi(2) + (places[other][1] - y).powi(2), other))
            .collect();
        others.sort_by(|(a, i), (b, j)| a.total_cmp(b).then(i.cmp(j)));
        let near = others.iter().take(NEIGHBOURS);
        2 * near.clone().filter(|(_, other)| labels[*other] == labels[item]).count() > near.count()
    };
    (0..places.len()).filter(|&item| of_class(item)).count() as f64 / places.len().max(1) as f64
}

/// Labelled items that the linear classifiers learn from, and those that they are tested on.
const LABELLED: usize = 1000;
const TESTED: usize = 1000;

/// The figure "linear": a linear classifier on raw pixels beside one on the hidden means, each trained on the same labels.
pub(super) fn linear(run: &Run, numbers: &mut Numbers) -> Panel {
    let data = run.data();
    let labels = |examples: &Examples, most: usize| -> Vec<usize> {
        examples.all_labels().iter().take(most).map(|label| *label as usize).collect()
    };
    let (train, test) = (labels(&data.train, LABELLED), labels(&data.test, TESTED));
    let accuracy = |of: &dyn Fn(&Examples, usize) -> Vec<f32>| {
        linear_accuracy((&of(&data.train, LABELLED), &train), (&of(&data.test, TESTED), &test), data.classes)
    };
    let raw = accuracy(&|examples, most| pixels(examples, most));
    let units = accuracy(&|examples, most| hidden(run, examples, most));
    let summary = format!(
        "A linear classifier that learned {} labels tells {} of {} held-out pictures by their pixels, and {} by the hidden units.",
        train.len(),
        percent(f64::from(raw)),
        test.len(),
        percent(f64::from(units))
    );
    let figure = NamedBars {
        names: vec!["on the pixels".into(), "on the hidden units".into()],
        values: numbers.add([100.0 * raw, 100.0 * units]),
        marked: Some(1),
        unit: "% of held-out pictures".into(),
        decimals: 1,
        most: 100.0,
    };
    Panel { id: "linear".into(), note: String::new(), summary, figure: Figure::NamedBars(figure) }
}

/// Accuracy on the second of a linear classifier, a dense layer with softmax, that learned the first by full batches.
fn linear_accuracy(
    (train, labels): (&[f32], &[usize]),
    (test, truth): (&[f32], &[usize]),
    classes: usize,
) -> f32 {
    const STEPS: usize = 300;
    const RATE: f32 = 0.01;
    const DECAY: f32 = 0.001;
    if labels.is_empty() || truth.is_empty() {
        return f32::NAN;
    }
    let size = train.len() / labels.len();
    let config = json!({ "layers": [{ "type": "dense", "units": classes, "activation": "softmax",
        "kernel_regularizer": { "l2": DECAY } }] });
    let config: NetworkConfig = serde_json::from_value(config).expect("it is always the same");
    let mut network =
        Network::new(&config, &[size], Loss::SparseCategoricalCrossentropy, 1).expect("it is small");
    let mut optimizer =
        Optimizer::new(OptimizerConfig::new(OptimizerName::Adam, RATE), network.weights.len());
    let mut targets = vec![0.0; classes * labels.len()];
    targets.chunks_exact_mut(classes).zip(labels).for_each(|(row, label)| row[*label] = 1.0);
    let mut pass = Pass::default();
    for step in 0..STEPS {
        pass.mode = Mode::Training { step };
        network.learn(train, &targets, &mut pass);
        network.update(&pass, |weights, grads, slots| optimizer.update(weights, grads, slots));
    }
    pass.mode = Mode::Inference;
    network.forward(test, &mut pass);
    let right = pass.output().chunks_exact(classes).zip(truth);
    right.filter(|(row, truth)| likeliest(row) == **truth).count() as f32 / truth.len() as f32
}
