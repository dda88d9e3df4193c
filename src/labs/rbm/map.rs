//! Where the machine puts items: the first two principal components of the hidden means, beside those of the pixels.

use super::chains::{grid, machine};
use crate::data::Examples;
use crate::data::pca::Pca;
use crate::labs::format::percent;
use crate::labs::{Figure, LatentMap, Numbers, Panel, Span};
use crate::nn::rbm::Chain;
use crate::train::Run;

/// Items on a map.
const ITEMS: usize = 400;
/// Neighbours that say which class is where.
const NEIGHBOURS: usize = 10;

/// Hidden means of the first `most` examples, `[items, units]`.
pub(super) fn hidden(run: &Run, examples: &Examples, most: usize) -> Vec<f32> {
    let (rbm, weights) = machine(run);
    let size = rbm.visible_units();
    let mut chain = Chain::at(vec![0.0; size * examples.len().min(most)]);
    chain.visible.chunks_exact_mut(size).enumerate().for_each(|(item, row)| examples.copy_item(item, row));
    chain.up_to_means(&rbm, weights);
    chain.hidden
}

/// The same of their pixels.
pub(super) fn pixels(examples: &Examples, most: usize) -> Vec<f32> {
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
