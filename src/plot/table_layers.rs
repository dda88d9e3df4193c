//! Tables of the figures of layers themselves: costs, kernels, pooling, weights and how they grow.

use super::histograms::edges;
use super::table::{Table, names};
use crate::labs::format::layer_name;
use crate::labs::{Costs, Filters, Histograms, LayerLines, Numbers, Pooled, Weights};

/// A row for each layer, then the sums; columns for what it would be without pooling.
pub(super) fn of_costs(costs: &Costs) -> Table {
    let whole = |number: f64| format!("{number:.0}");
    let four = |counts: [f64; 3]| {
        let [weights, multiply_adds, outputs] = counts;
        [weights, weights * Costs::BYTES, multiply_adds, outputs * Costs::BYTES].map(whole)
    };
    let row = |name: &str, shape: &str, counts: [f64; 3], without: Option<[f64; 3]>| {
        let mut cells = vec![name.to_owned(), shape.to_owned()];
        cells.extend(four(counts));
        cells.extend(without.map_or_else(Default::default, four));
        cells
    };
    let mut rows: Vec<_> = costs
        .layers
        .iter()
        .map(|layer| row(&layer.name, &layer.shape, layer.counts, layer.without))
        .collect();
    rows.push(row("all layers", "", costs.total, costs.without));
    let counted = ["weights", "bytes of weights", "multiply-adds", "bytes of outputs"];
    let mut columns = names(&["layer", "output"]);
    columns.extend(names(&counted));
    columns.extend(counted.map(|name| format!("{name} without pooling")));
    Table { columns, rows }
}

/// A row for each weight of the unit in focus, else of the first that is drawn: all of them would be a table of thousands.
pub(super) fn of_filters(filters: &Filters, numbers: &Numbers) -> Table {
    let [_, maps] = filters.drawn;
    let cells = (filters.height * filters.width).max(1);
    let row = |(index, weight): (usize, &f32)| {
        let (tile, cell) = (index / cells, index % cells);
        let (unit, map) = (tile / maps.max(1), tile % maps.max(1));
        let width = filters.width.max(1);
        let place = [filters.first[0] + unit + 1, filters.first[1] + map + 1, cell / width, cell % width];
        place.iter().map(ToString::to_string).chain([weight.to_string()]).collect()
    };
    let unit = filters.focus.and_then(|unit| unit.checked_sub(filters.first[0])).unwrap_or(0);
    let many = cells * maps;
    let of_unit = numbers.at(filters.values).iter().enumerate().skip(unit * many).take(many);
    let rows = of_unit.map(row).collect();
    Table { columns: names(&[&filters.unit, "input map", "row", "column", "weight"]), rows }
}

/// A row for each cell before the pool.
pub(super) fn of_pooled(pooled: &Pooled, numbers: &Numbers) -> Table {
    let kept = numbers.at(pooled.kept);
    let width = pooled.before[1].max(1);
    let row = |(index, value): (usize, &f32)| {
        let is_kept = if kept.contains(&(index as f32)) { "yes" } else { "no" };
        vec![(index / width).to_string(), (index % width).to_string(), value.to_string(), is_kept.into()]
    };
    let rows = numbers.at(pooled.inputs).iter().enumerate().map(row).collect();
    Table { columns: names(&["row", "column", "value", "kept"]), rows }
}

pub(super) fn of_weights(figure: &Weights, numbers: &Numbers) -> Table {
    let values = numbers.at(figure.values).iter().zip(numbers.at(figure.grads));
    let row = |(weight, (value, grad)): (&crate::labs::Weight, (&f32, &f32))| {
        vec![weight.label.clone(), weight.key.clone(), value.to_string(), grad.to_string()]
    };
    Table {
        columns: names(&["from", "setting", "weight", "gradient"]),
        rows: figure.weights.iter().zip(values).map(row).collect(),
    }
}

/// A row for each bin of each histogram.
pub(super) fn of_histograms(histograms: &Histograms, numbers: &Numbers) -> Table {
    let of_part = |part: &crate::labs::HistogramPart| {
        let counts = numbers.at(part.counts);
        let row = |(bin, count): (usize, &f32)| {
            let [low, high] = edges(part, counts.len(), bin).map(|edge| edge.to_string());
            vec![part.label.clone(), low, high, count.to_string()]
        };
        counts.iter().enumerate().map(row).collect::<Vec<_>>()
    };
    Table {
        columns: names(&["of", "from", "to", "weights"]),
        rows: histograms.parts.iter().flat_map(of_part).collect(),
    }
}

/// A row for each step.
pub(super) fn of_lines(lines: &LayerLines, numbers: &Numbers) -> Table {
    let rows = numbers.at(lines.values).chunks_exact(lines.layers.max(1)).zip(numbers.at(lines.steps));
    let row = |(row, step): (&[f32], &f32)| {
        std::iter::once(step.to_string()).chain(row.iter().map(f32::to_string)).collect()
    };
    let heads = (1..=lines.layers).map(|layer| layer_name(layer, lines.layers));
    Table { columns: std::iter::once("step".into()).chain(heads).collect(), rows: rows.map(row).collect() }
}
