//! A figure as a table: its alternative in text, and what tests compare bit for bit, since every
//! number is printed with the fewest digits that read back as the same `f32`.

use super::diagram::neuron;
use super::distribution::bin_edge;
use super::layer_map::first_step;
use crate::labs::{Curves, Diagram, Distribution, Figure, LayerBars, LayerMap, Line, Numbers, Plane};

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
    }
}

fn names(columns: &[&str]) -> Vec<String> {
    columns.iter().map(|&name| name.into()).collect()
}

/// Every step at which some line has a value; "0.6 to 0.7" where steps were joined.
fn of_curves(curves: &Curves, numbers: &Numbers) -> Table {
    let lines: Vec<(&str, &Line)> = curves
        .strips
        .iter()
        .flat_map(|strip| strip.lines.iter().map(|line| (strip.label.as_str(), line)))
        .collect();
    let mut steps: Vec<f32> = lines.iter().flat_map(|(_, line)| numbers.at(line.x)).copied().collect();
    steps.sort_by(f32::total_cmp);
    steps.dedup_by_key(|step| step.to_bits());
    let mut next = vec![0; lines.len()]; // the first sample of each line that has no row yet
    let mut row = |step: &f32| {
        let cells = lines.iter().zip(&mut next).map(|((_, line), next)| {
            let x = numbers.at(line.x);
            while x.get(*next).is_some_and(|x| x.total_cmp(step).is_lt()) {
                *next += 1;
            }
            if x.get(*next).is_none_or(|x| x.to_bits() != step.to_bits()) {
                return String::new();
            }
            let sample = (numbers.at(line.low).get(*next), numbers.at(line.high).get(*next));
            *next += 1;
            match sample {
                (Some(low), Some(high)) if low.to_bits() != high.to_bits() => format!("{low} to {high}"),
                (Some(low), _) => low.to_string(),
                _ => String::new(),
            }
        });
        std::iter::once(step.to_string()).chain(cells).collect()
    };
    let rows = steps.iter().map(&mut row).collect();
    let heads = lines.iter().map(|(strip, line)| format!("{strip}, {}", line.label));
    Table { columns: std::iter::once("step".into()).chain(heads).collect(), rows }
}

fn of_bars(bars: &LayerBars, numbers: &Numbers) -> Table {
    let values = numbers.at(bars.values).iter().enumerate();
    Table {
        columns: vec!["layer".into(), bars.label.clone()],
        rows: values.map(|(i, value)| vec![(i + 1).to_string(), value.to_string()]).collect(),
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
    let heads = (1..=map.layers).map(|layer| format!("layer {layer}"));
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
    let row = |[x, y, label, is_test]: &[f32; 4]| {
        let set = if *is_test == 0.0 { "no" } else { "yes" };
        vec![x.to_string(), y.to_string(), label.to_string(), set.into()]
    };
    let (points, _) = numbers.at(plane.points).as_chunks::<4>();
    Table { columns: names(&["x", "y", "label", "test"]), rows: points.iter().map(row).collect() }
}

fn of_diagram(diagram: &Diagram, numbers: &Numbers) -> Table {
    let row = |&[target, from, to, weight]: &[f32; 4]| {
        let (target, from, to) = (target as usize, from as usize, to as usize);
        vec![neuron(diagram, target.wrapping_sub(1), from), neuron(diagram, target, to), weight.to_string()]
    };
    let (links, _) = numbers.at(diagram.links).as_chunks::<4>();
    Table { columns: names(&["from", "to", "weight"]), rows: links.iter().map(row).collect() }
}
