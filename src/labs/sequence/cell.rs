//! What each kind of cell holds at every step, as maps; and one of its units worked out with its real numbers.

use crate::labs::format::fixed;
use crate::labs::{Numbers, TimeMap, TimeScale, WorkingLine};
use crate::nn::{Network, Unrolled};

/// `[time, units]` → `[units, time]`.
pub(super) fn by_unit(values: &[f32], units: usize) -> Vec<f32> {
    let time = values.len().checked_div(units).unwrap_or(0);
    (0..units).flat_map(|unit| (0..time).map(move |step| values[step * units + unit])).collect()
}

/// What a gate is called, its place among the gates, whether it is one that opens and closes, and whether the story shows it.
struct Gate {
    label: &'static str,
    place: usize,
    opens: bool,
    in_story: bool,
}

const fn gate(label: &'static str, place: usize, opens: bool, in_story: bool) -> Gate {
    Gate { label, place, opens, in_story }
}

/// Keras' i, f, c, o and z, r, h, in the order of the page.
const LSTM: [Gate; 4] = [
    gate("forget", 1, true, true),
    gate("input", 0, true, true),
    gate("output", 3, true, true),
    gate("candidate", 2, false, false),
];
const GRU: [Gate; 3] =
    [gate("update", 0, true, true), gate("reset", 1, true, true), gate("candidate", 2, false, false)];

/// Units of a cell that one sequence passed through.
fn units_of(unrolled: &Unrolled) -> usize {
    unrolled.states.len().checked_div(unrolled.time).unwrap_or(0)
}

fn gates_of(unrolled: &Unrolled) -> &'static [Gate] {
    match unrolled.gates.len().checked_div(unrolled.states.len().max(1)) {
        Some(4) => &LSTM,
        Some(3) => &GRU,
        _ => &[],
    }
}

/// The maps of one sequence: its gates, or with `all` everything that the cell holds.
pub(super) fn maps(unrolled: &Unrolled, numbers: &mut Numbers, all: bool) -> Vec<TimeMap> {
    let units = units_of(unrolled);
    let mut map = |label: &str, values: Vec<f32>, scale| TimeMap {
        label: label.into(),
        row_name: "unit".into(),
        rows_from: 0,
        row_step: 1,
        rows: units,
        values: numbers.add(by_unit(&values, units)),
        scale,
    };
    let gates = gates_of(unrolled);
    let mut maps = Vec::new();
    for gate in gates.iter().filter(|gate| all || gate.in_story) {
        let rows = unrolled.gates.chunks_exact(gates.len() * units);
        let values = rows.flat_map(|row| row[gate.place * units..][..units].iter().copied()).collect();
        maps.push(map(gate.label, values, if gate.opens { TimeScale::Gate } else { TimeScale::Signed(1.0) }));
    }
    if all && !unrolled.cells.is_empty() {
        let most = unrolled.cells.iter().copied().map(f32::abs).filter(|c| c.is_finite()).fold(1.0, f32::max);
        maps.push(map("cell", unrolled.cells.clone(), TimeScale::Signed(most)));
    }
    if all || gates.is_empty() {
        let most =
            unrolled.states.iter().copied().map(f32::abs).filter(|h| h.is_finite()).fold(1.0, f32::max);
        maps.push(map("hidden", unrolled.states.clone(), TimeScale::Signed(most)));
    }
    maps
}

/// The three parts of a sum: from the input, from the state before, and the bias.
#[derive(Clone, Copy)]
struct Sum {
    input: f32,
    state: f32,
    bias: f32,
}

impl Sum {
    fn words(self) -> String {
        let total = self.input + self.state + self.bias;
        let [input, state, bias, total] =
            [self.input, self.state, self.bias, total].map(|part| fixed(part, 3));
        format!("x·w {input} + hₜ₋₁·u {state} + b {bias} = {total}")
    }
}

/// The lines in which unit `unit` at step `step` is worked out; none for a layer that reads both ways.
pub(super) fn worked_out(
    network: &Network,
    layer: usize,
    unrolled: &Unrolled,
    input: &[f32],
    (step, unit): (usize, usize),
) -> Vec<WorkingLine> {
    let slot = |name: &str| {
        let slot = network.slots().iter().find(|slot| slot.layer == layer && slot.name == name)?;
        Some(&network.weights[slot.range.clone()])
    };
    let arrays = slot("kernel").zip(slot("recurrent_kernel")).zip(slot("bias"));
    let Some(((kernel, recurrent), bias)) = arrays else { return Vec::new() };
    let units = units_of(unrolled);
    let zeros = vec![0.0; units];
    let before = |values: &[f32]| -> Vec<f32> {
        step.checked_sub(1).map_or_else(|| zeros.clone(), |step| values[step * units..][..units].to_vec())
    };
    let (state, many) = (before(&unrolled.states), gates_of(unrolled).len().max(1));
    let features = kernel.len() / (many * units);
    let x = &input[step * features..][..features];
    let column = |place: usize| place * units + unit;
    let dot = |a: &[f32], matrix: &[f32], column: usize| -> f32 {
        a.iter().zip(matrix.chunks_exact(many * units)).map(|(a, row)| a * row[column]).sum()
    };
    let sum = |place: usize| Sum {
        input: dot(x, kernel, column(place)),
        state: dot(&state, recurrent, column(place)),
        // A GRU has a bias for its inputs, then one for its states.
        bias: bias.chunks_exact(many * units).map(|bias| bias[column(place)]).sum(),
    };
    let value =
        |place: usize| unrolled.gates.get((step * many + place) * units + unit).copied().unwrap_or(f32::NAN);
    let line = |name: &str, sum: String, result: f32| WorkingLine {
        name: name.into(),
        sum,
        result: fixed(result, 3),
    };
    let h = unrolled.states[step * units + unit];
    let (by_cell, by_gate) = (network.activation(layer).label().to_lowercase(), "σ");
    let gate_line = |name: &str, place: usize, by: &str| {
        line(name, format!("{by}({})", sum(place).words()), value(place))
    };
    let h_before = fixed(state[unit], 4);
    match many {
        4 => {
            let (c_before, c) = (before(&unrolled.cells)[unit], unrolled.cells[step * units + unit]);
            let kept = format!(
                "f {} × cₜ₋₁ {} + i {} × g {}",
                fixed(value(1), 4),
                fixed(c_before, 4),
                fixed(value(0), 4),
                fixed(value(2), 4)
            );
            vec![
                gate_line("forget gate f", 1, by_gate),
                gate_line("input gate i", 0, by_gate),
                gate_line("candidate g", 2, &by_cell),
                gate_line("output gate o", 3, by_gate),
                line("cell c", kept, c),
                line("hidden h", format!("o {} × {by_cell}(c {})", fixed(value(3), 4), fixed(c, 4)), h),
            ]
        }
        3 => {
            let (of_input, of_state) = bias.split_at(3 * units);
            let candidate = format!(
                "{by_cell}(x·w {} + b {} + r {} × (hₜ₋₁·u {} + b {}))",
                fixed(sum(2).input, 3),
                fixed(of_input[column(2)], 3),
                fixed(value(1), 3),
                fixed(sum(2).state, 3),
                fixed(of_state[column(2)], 3)
            );
            let mixed =
                format!("z {} × hₜ₋₁ {h_before} + (1 − z) × g {}", fixed(value(0), 4), fixed(value(2), 4));
            vec![
                gate_line("update gate z, which keeps", 0, by_gate),
                gate_line("reset gate r", 1, by_gate),
                line("candidate g", candidate, value(2)),
                line("hidden h", mixed, h),
            ]
        }
        _ => vec![line("hidden h", format!("{by_cell}({})", sum(0).words()), h)],
    }
}
