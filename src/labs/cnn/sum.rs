//! How one unit comes to its value: what it sees, times its weights, summed, and through the activation.

use super::maps::focus;
use super::observer::CnnObserver;
use crate::error::name_of;
use crate::labs::format::significant;
use crate::labs::{Arithmetic, Figure, Numbers, Panel, Rule, Unit, View};
use crate::nn::{LayerConfig, Survey, Trace};
use crate::train::Run;

/// Inputs shown of a unit that sees no picture: the ones that matter most, side by side.
const STRONGEST: usize = 16;
const ACROSS: usize = 4;

/// The figure "sum".
pub(super) fn panel(observer: &CnnObserver, run: &Run, view: &View, numbers: &mut Numbers) -> Panel {
    let unit = focus(run, view);
    let name = &run.network().layer_names()[unit.layer];
    let (note, summary, sum) = if observer.picture().is_empty() {
        let sum = Worked::nothing();
        (String::new(), "The pad is empty, so there is nothing to work out.".into(), sum)
    } else {
        let sum = worked(observer, run, unit);
        let is_picture = run.network().shapes()[unit.layer].len() == 3;
        let place = if is_picture {
            format!("map {}, row {}, column {}", unit.map + 1, unit.row, unit.column)
        } else {
            format!("unit {}", unit.map + 1)
        };
        let value = significant(f64::from(sum.terms[4]), 4);
        let summary = format!("{name}, {place}: its value is {value}.{}", seen(run, unit));
        (format!("{name}, {place}"), summary, sum)
    };
    let activation = run.network().activation(unit.layer);
    let figure = Arithmetic {
        unit,
        rule: sum.rule,
        height: sum.height,
        width: sum.width,
        inputs: numbers.add(sum.inputs),
        weights: numbers.add(sum.weights),
        of_map: sum.of_map,
        others: sum.others,
        terms: sum.terms,
        activation: name_of(activation),
    };
    Panel { id: "sum".into(), note, summary, figure: Figure::Arithmetic(figure) }
}

/// What the unit sees of the picture, as a sentence.
fn seen(run: &Run, unit: Unit) -> String {
    let survey = Survey::of(&run.current().network, run.input_shape());
    match survey.fields(unit.layer, [unit.row, unit.column, 1, 1]).first() {
        Some(&Some([row, column, rows, columns])) => format!(
            " Of the picture it sees rows {row} to {} and columns {column} to {}.",
            row + rows.saturating_sub(1),
            column + columns.saturating_sub(1)
        ),
        _ => String::new(),
    }
}

/// See [`Arithmetic`].
struct Worked {
    rule: Rule,
    height: usize,
    width: usize,
    inputs: Vec<f32>,
    weights: Vec<f32>,
    of_map: [usize; 2],
    others: String,
    terms: [f32; 5],
}

impl Worked {
    fn nothing() -> Self {
        let (inputs, weights) = (Vec::new(), Vec::new());
        let others = String::new();
        Self {
            rule: Rule::Passed,
            height: 0,
            width: 0,
            inputs,
            weights,
            of_map: [0, 1],
            others,
            terms: [0.0; 5],
        }
    }
}

/// An input of a unit: its place in what the unit sees, its map, its value, its weight.
struct Term {
    place: usize,
    map: usize,
    input: f32,
    weight: f32,
}

fn worked(observer: &CnnObserver, run: &Run, unit: Unit) -> Worked {
    let network = run.network();
    let trace = &observer.pass.traces[unit.layer];
    let shape = &network.shapes()[unit.layer];
    let at = match **shape {
        [_, width, maps] => (unit.row * width + unit.column) * maps + unit.map,
        _ => unit.map,
    };
    let output = trace.output[at];
    let z = trace.before_activation()[at];
    let input = match unit.layer {
        0 => observer.picture(),
        layer => &observer.pass.traces[layer - 1].output,
    };
    let before = before(run, unit.layer);
    let kernel = network.slots().iter().find(|slot| slot.layer == unit.layer && slot.name == "kernel");
    let kernel = kernel.map(|slot| (&network.weights[slot.range.clone()], slot.shape.as_slice()));
    let config = &run.current().network.layers[unit.layer];
    if let (LayerConfig::Conv2dTranspose(layer), Some((weights, &[size, _, filters, channels]))) =
        (config, kernel)
    {
        let part = network.sees(unit.layer, [unit.row, unit.column, 1, 1]);
        let [top, left, rows, columns] = part.unwrap_or_default();
        let cells = (0..rows * columns).map(|place| (place, [top + place / columns, left + place % columns]));
        let terms = cells.flat_map(|(place, cell @ [row, column])| {
            let [u, v] = layer.kernel_place([unit.row, unit.column], cell);
            (0..channels).map(move |map| Term {
                place,
                map,
                input: input[(row * before[1] + column) * channels + map],
                weight: weights[((u * size + v) * filters + unit.map) * channels + map],
            })
        });
        let terms: Vec<Term> = terms.collect();
        return strongest_map(&terms, [rows, columns], channels, z, output, bias(run, unit));
    }
    match kernel {
        Some((weights, &[size, _, channels, filters])) => {
            let terms = window(run, unit, size, before).map(|(place, cell)| {
                (0..channels).map(move |map| Term {
                    place,
                    map,
                    input: cell.map_or(0.0, |cell| input[cell * channels + map]),
                    weight: weights[(place * channels + map) * filters + unit.map],
                })
            });
            strongest_map(
                &terms.flatten().collect::<Vec<_>>(),
                [size, size],
                channels,
                z,
                output,
                bias(run, unit),
            )
        }
        Some((weights, &[_, units])) => {
            let [height, width, channels] = before;
            let terms = input.iter().enumerate().map(|(index, &input)| Term {
                place: index / channels,
                map: index % channels,
                input,
                weight: weights[index * units + unit.map],
            });
            let terms: Vec<Term> = terms.collect();
            if height * width > 1 {
                strongest_map(&terms, [height, width], channels, z, output, bias(run, unit))
            } else {
                strongest_inputs(terms, z, output, bias(run, unit))
            }
        }
        _ if is_pool(run, unit) => pooled(run, unit, input, before, output),
        _ => {
            // Of the cell that an enlarged image has here, or of the number at the same place.
            let copied = |[top, left, ..]: [usize; 4]| (top * before[1] + left) * before[2] + unit.map;
            let part = network.sees(unit.layer, [unit.row, unit.column, 1, 1]);
            let is_copy = config.kind() == "up_sampling2d";
            let at = part.filter(|_| is_copy).map_or(at, copied);
            passed(run, unit, trace, input[at], output)
        }
    }
}

/// Shape of what the layer is given, as a picture: of a flat input, that of the picture it was flattened from.
pub(super) fn before(run: &Run, layer: usize) -> [usize; 3] {
    let as_picture = |shape: &[usize]| match *shape {
        [height, width, maps] => [height, width, maps],
        _ => [1, 1, shape.iter().product()],
    };
    let layers = &run.current().network.layers;
    let shape_before = |layer: usize| match layer {
        0 => run.input_shape().to_vec(),
        layer => run.network().shapes()[layer - 1].clone(),
    };
    let is_flattened = layer > 0
        && match layers[layer - 1].kind() {
            "flatten" => true,
            "reshape" => shape_before(layer).len() == 1,
            _ => false,
        };
    as_picture(&shape_before(if is_flattened { layer - 1 } else { layer }))
}

fn bias(run: &Run, unit: Unit) -> f32 {
    let slot = run.network().slots().iter().find(|slot| slot.layer == unit.layer && slot.name == "bias");
    slot.map_or(0.0, |slot| run.network().weights[slot.range.start + unit.map])
}

/// The cells that the unit's window of `size` covers, in order, with their place in the window; `None`
/// where it reaches out of the picture.
fn window(
    run: &Run,
    unit: Unit,
    size: usize,
    before: [usize; 3],
) -> impl Iterator<Item = (usize, Option<usize>)> {
    let [height, width, _] = before;
    let seen = run.network().sees(unit.layer, [unit.row, unit.column, 1, 1]).unwrap_or([0, 0, height, width]);
    let [top, left, rows, columns] = seen;
    let [above, aside] = run.network().outside(unit.layer, [unit.row, unit.column]);
    (0..size * size).map(move |place| {
        let (row, column) = ((place / size).checked_sub(above), (place % size).checked_sub(aside));
        let cell = row.zip(column).filter(|&(row, column)| row < rows && column < columns);
        (place, cell.map(|(row, column)| (top + row) * width + left + column))
    })
}

/// The map whose products matter most, with the sum over the others.
fn strongest_map(
    terms: &[Term],
    [height, width]: [usize; 2],
    maps: usize,
    z: f32,
    output: f32,
    bias: f32,
) -> Worked {
    let mut sums = vec![0.0_f32; maps];
    terms.iter().for_each(|term| sums[term.map] += term.input * term.weight);
    let best = (0..maps).max_by(|&a, &b| sums[a].abs().total_cmp(&sums[b].abs())).unwrap_or(0);
    let mut of_best: Vec<&Term> = terms.iter().filter(|term| term.map == best).collect();
    of_best.sort_by_key(|term| term.place);
    Worked {
        rule: Rule::WeightedSum,
        height,
        width,
        inputs: of_best.iter().map(|term| term.input).collect(),
        weights: of_best.iter().map(|term| term.weight).collect(),
        of_map: [best, maps],
        others: match maps {
            0 | 1 => String::new(),
            2 => "the other map".into(),
            _ => format!("the other {} maps", maps - 1),
        },
        terms: [sums[best], z - bias - sums[best], bias, z, output],
    }
}

/// The inputs whose products are largest, in falling order, with the sum of the others.
fn strongest_inputs(mut terms: Vec<Term>, z: f32, output: f32, bias: f32) -> Worked {
    let product = |term: &Term| term.input * term.weight;
    let hidden = terms.len().saturating_sub(STRONGEST);
    terms.sort_by(|a, b| product(b).abs().total_cmp(&product(a).abs()));
    terms.truncate(STRONGEST);
    let here: f32 = terms.iter().map(product).sum();
    Worked {
        rule: Rule::WeightedSum,
        height: terms.len().div_ceil(ACROSS),
        width: ACROSS.min(terms.len()),
        inputs: terms.iter().map(|term| term.input).collect(),
        weights: terms.iter().map(|term| term.weight).collect(),
        of_map: [0, 1],
        others: match hidden {
            0 => String::new(),
            1 => "the other input".into(),
            _ => format!("the other {hidden} inputs"),
        },
        terms: [here, z - bias - here, bias, z, output],
    }
}

fn is_pool(run: &Run, unit: Unit) -> bool {
    run.current().network.layers[unit.layer].kind().contains("pooling")
}

/// The one input of a unit of a layer that keeps the shape: brought to scale, or passed on.
fn passed(run: &Run, unit: Unit, trace: &Trace, input: f32, output: f32) -> Worked {
    let shape = &run.network().shapes()[unit.layer];
    // γ, β and the like: one of each for each number of the last axis.
    let weight = |name: &str| {
        let slot = run.network().slots().iter().find(|slot| slot.layer == unit.layer && slot.name == name)?;
        Some(run.network().weights[slot.range.start + unit.map])
    };
    let features = shape.last().copied().unwrap_or(1);
    let moments = match run.current().network.layers[unit.layer].kind() {
        "batch_normalization" => Some((trace.kept[unit.map], trace.kept[2 * features + unit.map])),
        "layer_normalization" => {
            let cell = if let [_, width, _] = **shape { unit.row * width + unit.column } else { 0 };
            Some((trace.kept[2 * cell], trace.kept[2 * cell + 1]))
        }
        _ => None,
    };
    let (rule, terms) = match moments.zip(weight("gamma").zip(weight("beta"))) {
        Some(((mean, scale), (gamma, beta))) => (Rule::Normalized, [mean, scale, gamma, beta, output]),
        None => (Rule::Passed, [0.0, 0.0, 0.0, output, output]),
    };
    Worked {
        rule,
        height: 1,
        width: 1,
        inputs: vec![input],
        weights: Vec::new(),
        of_map: if shape.len() == 3 { [unit.map, features] } else { [0, 1] },
        others: String::new(),
        terms,
    }
}

/// A pool's window.
fn pooled(run: &Run, unit: Unit, input: &[f32], before: [usize; 3], output: f32) -> Worked {
    let is_maximum = run.current().network.layers[unit.layer].kind() == "max_pooling2d";
    let rule = if is_maximum { Rule::Maximum } else { Rule::Mean };
    let [height, width, maps] = before;
    let part = run.network().sees(unit.layer, [unit.row, unit.column, 1, 1]);
    let [top, left, rows, columns] = part.unwrap_or([0, 0, height, width]);
    let cells =
        (top..top + rows).flat_map(|row| (left..left + columns).map(move |column| row * width + column));
    Worked {
        rule,
        height: rows,
        width: columns,
        inputs: cells.filter_map(|cell| input.get(cell * maps + unit.map).copied()).collect(),
        weights: Vec::new(),
        of_map: [unit.map, maps],
        others: String::new(),
        terms: [0.0, 0.0, 0.0, output, output],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::{Lab, Observer};
    use crate::train::Experiment;
    use serde_json::json;

    /// What is said of every unit of a layer with `layers` before the output, trained for two steps.
    fn sums(layers: &serde_json::Value, layer: usize) -> Vec<(Worked, f32)> {
        let mut value = super::super::Cnn.defaults().to_value();
        let mut layers = layers.as_array().expect("layers").clone();
        layers.push(json!({ "type": "flatten" }));
        layers.push(json!({ "type": "dense", "units": 10, "activation": "softmax" }));
        value["network"]["layers"] = layers.into();
        value["initial_weights"] = json!(null);
        let experiment = Experiment::from_value(value).expect("an experiment");
        let mut run = Run::new(experiment).expect("a run");
        for _ in 0..2 {
            run.step().expect("a step");
        }
        let mut observer = CnnObserver::new(0);
        let picture = (0..784).map(|pixel| (pixel % 29) as f32 / 29.0).collect();
        observer.look(&run, &View { picture, ..View::default() });
        let &[height, width, maps] = &*run.network().shapes()[layer] else { panic!("no picture") };
        let units = (0..height * width * maps).map(|at| Unit {
            layer,
            map: at % maps,
            row: at / maps / width,
            column: at / maps % width,
        });
        let outputs = &observer.pass.traces[layer].output;
        units.map(|unit| worked(&observer, &run, unit)).zip(outputs.iter().copied()).collect()
    }

    #[test]
    fn a_normalization_is_worked_out_as_what_it_is() {
        let conv =
            json!({ "type": "conv2d", "filters": 3, "kernel_size": 9, "strides": 4, "activation": "tanh" });
        for kind in ["batch_normalization", "layer_normalization"] {
            for (sum, output) in sums(&json!([conv, { "type": kind }]), 1) {
                let [mean, scale, gamma, beta, told] = sum.terms;
                assert_eq!((sum.rule, told), (Rule::Normalized, output), "{kind}");
                assert_eq!(gamma * ((sum.inputs[0] - mean) * scale) + beta, output, "{kind}");
            }
        }
    }

    #[test]
    fn what_is_passed_on_is_the_input_itself() {
        let conv = json!({ "type": "conv2d", "filters": 3, "kernel_size": 9, "strides": 4 });
        for (sum, output) in sums(&json!([conv, { "type": "dropout", "rate": 0.5 }]), 1) {
            assert_eq!((sum.rule, &*sum.inputs), (Rule::Passed, &[output][..]));
        }
        for (sum, output) in sums(&json!([conv, { "type": "max_pooling2d" }]), 1) {
            let most = sum.inputs.iter().copied().fold(f32::MIN, f32::max);
            assert_eq!((sum.rule, sum.inputs.len(), most), (Rule::Maximum, 4, output));
        }
    }

    #[test]
    fn what_is_laid_down_is_summed_over_the_cells_that_reach_it() {
        let conv =
            json!({ "type": "conv2d", "filters": 3, "kernel_size": 9, "strides": 4, "activation": "tanh" });
        for (size, strides, padding) in
            [(3, 2, "same"), (3, 1, "valid"), (4, 3, "same"), (2, 3, "valid"), (5, 2, "valid")]
        {
            let layer = json!({ "type": "conv2d_transpose", "filters": 2, "kernel_size": size, "strides": strides,
                "padding": padding, "activation": "sigmoid" });
            for (sum, output) in sums(&json!([conv, layer]), 1) {
                let [here, others, bias, z, told] = sum.terms;
                let product: f32 = sum.inputs.iter().zip(&sum.weights).map(|(x, w)| x * w).sum();
                assert_eq!((sum.rule, told), (Rule::WeightedSum, output));
                assert!((here - product).abs() < 1e-5 && (here + others + bias - z).abs() < 1e-5);
                assert_eq!(sum.inputs.len(), sum.height * sum.width);
                assert!(sum.height * sum.width > 0 || z == bias, "{size} every {strides}, {padding}");
            }
            // With one map before it, nothing is left to others.
            let one = json!({ "type": "conv2d", "filters": 1, "kernel_size": 9, "strides": 4, "activation": "tanh" });
            for (sum, _) in sums(&json!([one, layer]), 1) {
                assert!(sum.terms[1].abs() < 1e-5, "{size} every {strides}, {padding}: {:?}", sum.terms);
            }
        }
    }

    #[test]
    fn a_copy_is_of_the_cell_that_it_copies() {
        let conv = json!({ "type": "conv2d", "filters": 3, "kernel_size": 9, "strides": 4 });
        let flat = json!({ "type": "reshape", "target_shape": [3, 5, 5] });
        for layers in [json!([conv, { "type": "up_sampling2d", "size": 3 }]), json!([conv, flat])] {
            for (sum, output) in sums(&layers, 1) {
                assert_eq!((sum.rule, &*sum.inputs), (Rule::Passed, &[output][..]));
            }
        }
    }
}
