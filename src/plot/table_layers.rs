//! Tables of the figures of layers themselves: costs, kernels, pooling.

use super::table::{Table, names};
use crate::labs::{Costs, Filters, Numbers, Pooled};

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
