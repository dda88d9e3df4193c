//! A figure as a table: its alternative in text, and what tests compare bit for bit, since every
//! number is printed with the fewest digits that read back as the same `f32`. Minus signs are hyphens here
//! and nowhere else, so that what is copied from a table is a number for every program.

use super::curves;
use super::diagram::neuron;
use super::distribution::bin_edge;
use super::layer_map::first_step;
use super::plane::arrow_of;
use super::{
    bench, deal, errors, fans, grid, inked, intervals, latent_map, lines, memory_bars, named_bars, products,
    race, roc, scatter, surface, table_layers, time_maps, two_layers, unrolled, word_lists, working,
};
use crate::labs::format::layer_name;
use crate::labs::{
    Arithmetic, BarSeries, CurveAxis, Curves, Diagram, Distribution, Figure, Gallery, HeatMaps, LayerBars,
    LayerMap, Line, Maps, Matrix, Numbers, PictureRows, Plane, Questions, Rule, Scores, Sweep, lane_name,
};

/// Cells of text under named columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What the cells of each column say.
    pub columns: Vec<String>,
    /// As many cells in each row as there are columns.
    pub rows: Vec<Vec<String>>,
}

/// The exact numbers of `figure`.
#[must_use]
pub fn table(figure: &Figure, numbers: &Numbers) -> Table {
    match figure {
        Figure::Curves(curves) => of_curves(curves, numbers),
        Figure::LayerBars(bars) => of_bars(bars, numbers),
        Figure::LayerMap(map) => of_map(map, numbers),
        Figure::Distribution(distribution) => of_distribution(distribution, numbers),
        Figure::Plane(plane) => of_plane(plane, numbers),
        Figure::Diagram(diagram) => of_diagram(diagram, numbers),
        Figure::Maps(maps) => of_maps(maps, numbers),
        Figure::Scores(scores) => of_scores(scores, numbers),
        Figure::Matrix(matrix) => of_matrix(matrix, numbers),
        Figure::Arithmetic(sum) => of_arithmetic(sum, numbers),
        Figure::Gallery(gallery) => of_gallery(gallery, numbers),
        Figure::Costs(costs) => table_layers::of_costs(costs),
        Figure::Filters(filters) => table_layers::of_filters(filters, numbers),
        Figure::Pooled(pooled) => table_layers::of_pooled(pooled, numbers),
        Figure::Sweep(sweep) => of_sweep(sweep, numbers),
        Figure::Scatter(scatter) => scatter::table(scatter, numbers),
        Figure::Heat(heat) => of_heat(heat, numbers),
        Figure::PictureRows(rows) => of_picture_rows(rows, numbers),
        Figure::LatentMap(map) => latent_map::table(map, numbers),
        Figure::Errors(errors) => errors::table(errors, numbers),
        Figure::Roc(roc) => roc::table(roc, numbers),
        Figure::Grid(grid) => grid::table(grid, numbers),
        Figure::Weights(weights) => table_layers::of_weights(weights, numbers),
        Figure::Histograms(histograms) => table_layers::of_histograms(histograms, numbers),
        Figure::LayerLines(lines) => table_layers::of_lines(lines, numbers),
        Figure::Bench(bench) => bench::table(bench),
        Figure::Products(products) => products::table(products, numbers),
        Figure::Lines(figure) => lines::table(figure, numbers),
        Figure::TimeMaps(maps) => time_maps::table(maps, numbers),
        Figure::Unrolled(figure) => unrolled::table(figure, numbers),
        Figure::Working(working) => working::table(working),
        Figure::Inked(inked) => inked::table(inked, numbers),
        Figure::TwoLayers(figure) => two_layers::table(figure, numbers),
        Figure::Intervals(figure) | Figure::Questions(Questions { rows: figure, .. }) => {
            intervals::table(figure, numbers)
        }
        Figure::NamedBars(figure) => named_bars::table(figure, numbers),
        Figure::WordLists(figure) => word_lists::table(figure, numbers),
        Figure::Deal(deal) => deal::table(deal),
        Figure::MemoryBars(bars) => memory_bars::table(bars),
        Figure::Fans(fans) => fans::table(fans, numbers),
        Figure::Race(race) => race::table(race, numbers),
        Figure::Surface(figure) => surface::table(figure, numbers),
    }
}

pub(super) fn names(columns: &[&str]) -> Vec<String> {
    columns.iter().map(|&name| name.into()).collect()
}

/// Every step at which some line has a value; the least and the most of a line where steps were joined.
fn of_curves(curves: &Curves, numbers: &Numbers) -> Table {
    let lines: Vec<(&str, &Line)> = curves
        .strips
        .iter()
        .flat_map(|strip| strip.lines.iter().map(|line| (strip.label.as_str(), line)))
        .collect();
    let is_joined = |line: &Line| {
        numbers
            .at(line.low)
            .iter()
            .zip(numbers.at(line.high))
            .any(|(low, high)| low.to_bits() != high.to_bits())
    };
    let across = match curves.axis {
        CurveAxis::Updates => "step",
        CurveAxis::Examples => "examples",
        CurveAxis::Seconds => "seconds",
    };
    let mut heads = vec![across.to_owned()];
    let mut columns: Vec<(&Line, &[f32])> = Vec::new();
    for (strip, line) in lines {
        let head = format!("{strip}, {}", curves::line_name(curves, line));
        if is_joined(line) {
            heads.extend([format!("{head}, least"), format!("{head}, most")]);
            columns.extend([(line, numbers.at(line.low)), (line, numbers.at(line.high))]);
        } else {
            heads.push(head);
            columns.push((line, numbers.at(line.low)));
        }
    }
    let mut steps: Vec<f32> = columns.iter().flat_map(|(line, _)| numbers.at(line.x)).copied().collect();
    steps.sort_by(f32::total_cmp);
    steps.dedup_by_key(|step| step.to_bits());
    let mut next = vec![0; columns.len()]; // the first sample of each column that has no row yet
    let mut row = |step: &f32| {
        let cells = columns.iter().zip(&mut next).map(|((line, values), next)| {
            let x = numbers.at(line.x);
            while x.get(*next).is_some_and(|x| x.total_cmp(step).is_lt()) {
                *next += 1;
            }
            if x.get(*next).is_none_or(|x| x.to_bits() != step.to_bits()) {
                return String::new();
            }
            *next += 1;
            values.get(*next - 1).map_or_else(String::new, f32::to_string)
        });
        std::iter::once(step.to_string()).chain(cells).collect()
    };
    let rows = steps.iter().map(&mut row).collect();
    Table { columns: heads, rows }
}

fn of_bars(bars: &LayerBars, numbers: &Numbers) -> Table {
    let layers = bars.series.first().map_or(0, |series| series.values.len);
    let name = |i: usize| match bars.names.get(i) {
        Some(name) => name.clone(),
        None if i + 1 == layers => "output".into(),
        None => (i + 1).to_string(),
    };
    let cell = |series: &BarSeries, i: usize| match numbers.at(series.values).get(i) {
        Some(&value) if value != BarSeries::NO_LAYER => value.to_string(),
        _ => String::new(),
    };
    let head = |series: &BarSeries| match bars.series.len() {
        1 => bars.label.clone(),
        _ => format!("{} {}", lane_name(series.lane), bars.label),
    };
    // Theory beside what it is about, where it says something.
    let predicting = || bars.series.iter().filter(|series| series.predicted.len > 0);
    let theory = |series: &BarSeries, i: usize| {
        let value = numbers.at(series.predicted).get(i).filter(|value| **value >= 0.0);
        value.map_or_else(String::new, f32::to_string)
    };
    let row = |i: usize| {
        let cells = bars.series.iter().map(|s| cell(s, i)).chain(predicting().map(|s| theory(s, i)));
        std::iter::once(name(i)).chain(cells).collect()
    };
    let heads = bars.series.iter().map(head).chain(predicting().map(|s| format!("{}, predicted", head(s))));
    Table {
        columns: std::iter::once(if bars.names.is_empty() { "layer" } else { "weight" }.into())
            .chain(heads)
            .collect(),
        rows: (0..layers).map(row).collect(),
    }
}

fn of_map(map: &LayerMap, numbers: &Numbers) -> Table {
    let values = numbers.at(map.values);
    let rows = values.len().checked_div(map.layers).unwrap_or(0);
    let row = |row: usize| {
        let cells = &values[row * map.layers..(row + 1) * map.layers];
        let step = first_step(map, rows, row).to_string();
        std::iter::once(step).chain(cells.iter().map(f32::to_string)).collect()
    };
    let heads = (1..=map.layers).map(|layer| layer_name(layer, map.layers));
    Table {
        columns: std::iter::once("step".into()).chain(heads).collect(),
        rows: (0..rows).map(row).collect(),
    }
}

fn of_distribution(distribution: &Distribution, numbers: &Numbers) -> Table {
    let counts = numbers.at(distribution.counts);
    let edge = |i: usize| bin_edge(distribution, i, counts.len()).to_string();
    let row = |(i, count): (usize, &f32)| vec![edge(i), edge(i + 1), count.to_string()];
    Table { columns: names(&["from", "to", "count"]), rows: counts.iter().enumerate().map(row).collect() }
}

fn of_plane(plane: &Plane, numbers: &Numbers) -> Table {
    let has_arrows = plane.arrows.len > 0;
    // A plane of a single input has a name along one of its axes.
    let axes = || plane.axes.iter().enumerate().filter(|(_, name)| !name.is_empty());
    let row = |(index, item): (usize, &[f32; 4])| {
        let set = if item[3] == 0.0 { "no" } else { "yes" };
        let mut row: Vec<String> = axes().map(|(axis, _)| item[axis].to_string()).collect();
        row.extend([item[2].to_string(), set.into()]);
        if has_arrows {
            let arrow = arrow_of(plane, numbers, index);
            row.extend(
                axes().map(|(axis, _)| arrow.map_or_else(String::new, |arrow| arrow[axis].to_string())),
            );
        }
        row
    };
    let (points, _) = numbers.at(plane.points).as_chunks::<4>();
    let mut columns: Vec<String> = axes().map(|(_, name)| name.clone()).collect();
    columns.extend(names(&["label", "test"]));
    if has_arrows {
        columns.extend(axes().map(|(_, name)| format!("−∂L/∂{name}")));
    }
    Table { columns, rows: points.iter().enumerate().map(row).collect() }
}

fn of_diagram(diagram: &Diagram, numbers: &Numbers) -> Table {
    let row = |&[target, from, to, weight]: &[f32; 4]| {
        let (target, from, to) = (target as usize, from as usize, to as usize);
        vec![neuron(diagram, target.wrapping_sub(1), from), neuron(diagram, target, to), weight.to_string()]
    };
    let (links, _) = numbers.at(diagram.links).as_chunks::<4>();
    Table { columns: names(&["from", "to", "weight"]), rows: links.iter().map(row).collect() }
}

/// A row for each map: every cell of them would be a table of thousands.
fn of_maps(maps: &Maps, numbers: &Numbers) -> Table {
    let of_column = |column: &crate::labs::MapColumn| {
        let cells = (column.height * column.width).max(1);
        let label = column.label.clone();
        let many = if column.is_vector { column.of.min(cells) } else { cells };
        let row = move |(index, map): (usize, &[f32])| {
            let map = &map[..many];
            let least = map.iter().copied().fold(f32::INFINITY, f32::min);
            let most = map.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let mean = map.iter().sum::<f32>() / map.len() as f32;
            vec![
                label.clone(),
                (index + 1).to_string(),
                least.to_string(),
                mean.to_string(),
                most.to_string(),
            ]
        };
        numbers.at(column.values).chunks_exact(cells).enumerate().map(row).collect::<Vec<_>>()
    };
    Table {
        columns: names(&["layer", "map", "least", "mean", "most"]),
        rows: maps.columns.iter().flat_map(of_column).collect(),
    }
}

fn of_scores(scores: &Scores, numbers: &Numbers) -> Table {
    let (probabilities, logits) = (numbers.at(scores.probabilities), numbers.at(scores.logits));
    let cell = |values: &[f32], index: usize| values.get(index).map_or_else(String::new, f32::to_string);
    let row = |(index, class): (usize, &String)| {
        vec![class.clone(), cell(probabilities, index), cell(logits, index)]
    };
    Table {
        columns: names(&["class", "probability", "logit"]),
        rows: scores.classes.iter().enumerate().map(row).collect(),
    }
}

fn of_matrix(matrix: &Matrix, numbers: &Numbers) -> Table {
    let many = matrix.classes.len().max(1);
    let rows = numbers.at(matrix.counts).chunks_exact(many).zip(&matrix.classes);
    let heads = matrix.classes.iter().map(|class| format!("read as {class}"));
    Table {
        columns: std::iter::once("true class".into()).chain(heads).collect(),
        rows: rows
            .map(|(row, class)| {
                std::iter::once(class.clone()).chain(row.iter().map(f32::to_string)).collect()
            })
            .collect(),
    }
}

fn of_gallery(gallery: &Gallery, numbers: &Numbers) -> Table {
    let name = |class: usize| gallery.classes.get(class).cloned().unwrap_or_default();
    let row = |(item, probability): (&f32, &f32)| {
        vec![item.to_string(), name(gallery.cell[0]), name(gallery.cell[1]), probability.to_string()]
    };
    let items = numbers.at(gallery.items).iter().zip(numbers.at(gallery.probabilities));
    Table {
        columns: names(&["test picture", "true class", "read as", "probability"]),
        rows: items.map(row).collect(),
    }
}

fn of_picture_rows(rows: &PictureRows, numbers: &Numbers) -> Table {
    let items = numbers.at(rows.items).iter().zip(numbers.at(rows.measures));
    Table {
        columns: names(&[&rows.kind, &rows.measure]),
        rows: items.map(|(item, measure)| vec![item.to_string(), measure.to_string()]).collect(),
    }
}

fn of_arithmetic(sum: &Arithmetic, numbers: &Numbers) -> Table {
    let weights = numbers.at(sum.weights);
    let width = sum.width.max(1);
    let row = |(index, input): (usize, &f32)| {
        let weight = weights.get(index);
        vec![
            (index / width).to_string(),
            (index % width).to_string(),
            input.to_string(),
            weight.map_or_else(String::new, f32::to_string),
            weight.map_or_else(String::new, |weight| (input * weight).to_string()),
        ]
    };
    let mut rows: Vec<_> = numbers.at(sum.inputs).iter().enumerate().map(row).collect();
    let names_of_terms = match sum.rule {
        Rule::WeightedSum => ["sum of these", "sum of the others", "bias", "before the activation", "output"],
        Rule::Normalized => ["mean", "1 / √(variance + ε)", "γ", "β", "output"],
        Rule::Maximum | Rule::Mean | Rule::Passed => ["", "", "", "", "output"],
    };
    for (name, term) in names_of_terms.into_iter().zip(sum.terms).filter(|(name, _)| !name.is_empty()) {
        rows.push(vec![name.into(), String::new(), String::new(), String::new(), term.to_string()]);
    }
    Table { columns: names(&["row", "column", "input", "weight", "product"]), rows }
}

fn of_sweep(sweep: &Sweep, numbers: &Numbers) -> Table {
    let lines: Vec<&[f32]> = sweep.lines.iter().map(|line| numbers.at(line.y)).collect();
    let row = |(index, amount): (usize, &f32)| {
        let cells = lines.iter().map(|line| line.get(index).map_or_else(String::new, f32::to_string));
        std::iter::once(amount.to_string()).chain(cells).collect()
    };
    let heads = sweep.lines.iter().map(|line| format!("{}, {} weights", line.label, line.weights));
    Table {
        columns: std::iter::once(sweep.x_label.clone()).chain(heads).collect(),
        rows: numbers.at(sweep.x).iter().enumerate().map(row).collect(),
    }
}

/// A row for each pixel of the picture, with what each map says of the cell that it lies in.
fn of_heat(heat: &HeatMaps, numbers: &Numbers) -> Table {
    let row = |(pixel, ink): (usize, &f32)| {
        let (row, column) = (pixel / heat.width.max(1), pixel % heat.width.max(1));
        let cell = |map: &crate::labs::HeatMap| {
            let at =
                row * map.height / heat.height.max(1) * map.width + column * map.width / heat.width.max(1);
            numbers.at(map.values).get(at).map_or_else(String::new, f32::to_string)
        };
        let place = [row.to_string(), column.to_string(), ink.to_string()];
        place.into_iter().chain(heat.maps.iter().map(cell)).collect()
    };
    let heads = heat.maps.iter().map(|map| map.label.clone());
    Table {
        columns: names(&["row", "column", "ink"]).into_iter().chain(heads).collect(),
        rows: numbers.at(heat.ink).iter().enumerate().map(row).collect(),
    }
}
