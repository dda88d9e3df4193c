//! The gate theatre: what a trained cell does with one sequence, step by step; the same after one of its symbols was
//! changed; and any of its numbers worked out.

use super::cell;
use super::memory::last_recurrent;
use super::observer::SequenceObserver;
use crate::data::Examples;
use crate::data::sequences::PADDING;
use crate::labs::format::fixed;
use crate::labs::{
    Figure, Numbers, Panel, TimeGroup, TimeMap, TimeMaps, TimeScale, Unrolled as UnrolledFigure, View,
    Working,
};
use crate::nn::{Mode, Pass, Unrolled};
use crate::train::Run;

/// What was worked out of the sequence that is looked at.
#[derive(Default)]
pub(super) struct Theatre {
    pass: Pass,
    /// The same sequence before it was changed.
    before: Pass,
    input: Vec<f32>,
    /// Steps and edits of the run, the item and the changes made to it that they are of.
    read: Option<Reading>,
}

/// What a sequence was read as: when, which, and with which changes.
type Reading = ((usize, usize), usize, Vec<[usize; 2]>);

/// The items that a sequence is chosen of.
fn items(run: &Run) -> &Examples {
    if run.data().test.is_empty() { &run.data().train } else { &run.data().test }
}

fn item(run: &Run, view: &View) -> usize {
    view.probe.item.unwrap_or(0).min(items(run).len().saturating_sub(1))
}

/// The symbols of the sequence that is looked at, with the changes made to it; none where its steps are numbers.
fn symbols(run: &Run, view: &View) -> Vec<u16> {
    let sequences = items(run).sequences();
    let mut symbols = sequences.map_or_else(Vec::new, |all| all.symbols(item(run, view)).to_vec());
    let known = run.data().names.symbols.len();
    for &[step, symbol] in &view.probe.sequence.edits {
        if let Some(place) = symbols.get_mut(step).filter(|_| symbol < known) {
            *place = symbol as u16;
        }
    }
    symbols
}

/// What is read at each step, and which steps matter: what is to be remembered, and where it is asked for.
pub(super) fn tape(run: &Run, view: &View) -> (Vec<String>, Vec<usize>) {
    let data = &run.current().data;
    let names = &run.data().names.symbols;
    let symbols = symbols(run, view);
    if symbols.is_empty() {
        return numbers_of(run, view);
    }
    let name = |symbol: u16| {
        if symbol == PADDING { "·".into() } else { super::text::shown(&names[usize::from(symbol)]) }
    };
    let first = symbols.iter().position(|symbol| *symbol != PADDING).unwrap_or(0);
    let last = symbols.len() - 1;
    let marked = match data.name.as_str() {
        "recall" => vec![first, last],
        "copy" => (first..first + data.label_steps().ok().flatten().unwrap_or(0)).collect(),
        "temporal_order" => {
            let is_key = |step: &usize| matches!(names.get(usize::from(symbols[*step])), Some(name) if name == "X" || name == "Y");
            (0..last).filter(is_key).chain([last]).collect()
        }
        _ => Vec::new(),
    };
    (symbols.into_iter().map(name).collect(), marked)
}

/// The same of a sequence of numbers: the first of each step, those with a mark marked.
fn numbers_of(run: &Run, view: &View) -> (Vec<String>, Vec<usize>) {
    let shape = run.input_shape();
    let mut input = vec![0.0; shape.iter().product()];
    items(run).copy_item(item(run, view), &mut input);
    let features = shape.get(1).copied().unwrap_or(1);
    let words = |step: &[f32]| fixed(step[0], 1).trim_start_matches('0').to_owned();
    let marked = input
        .chunks_exact(features)
        .enumerate()
        .filter(|(_, step)| step.get(1).is_some_and(|mark| *mark > 0.0));
    let marked = marked.map(|(step, _)| step).collect();
    (input.chunks_exact(features).map(words).collect(), marked)
}

impl Theatre {
    pub fn forget(&mut self) {
        self.read = None;
    }

    /// Passes the sequence that is looked at.
    fn read(&mut self, run: &Run, view: &View) {
        let edits = &view.probe.sequence.edits;
        let reading = ((run.steps(), run.edits_made()), item(run, view), edits.clone());
        if self.read.as_ref() == Some(&reading) {
            return;
        }
        self.read = Some(reading);
        self.input.resize(run.input_shape().iter().product(), 0.0);
        let has_edits = !edits.is_empty();
        items(run).copy_item(item(run, view), &mut self.input);
        if has_edits {
            self.before.mode = Mode::Inference;
            run.network().forward(&self.input, &mut self.before);
            if let Some(sequences) = items(run).sequences().filter(|_| !symbols(run, view).is_empty()) {
                sequences.write_symbols(&symbols(run, view), &mut self.input);
            }
        } else {
            self.before.traces.clear();
        }
        self.pass.mode = Mode::Inference;
        run.network().forward(&self.input, &mut self.pass);
    }

    /// Maps of the gates of the last recurrent layer, or of all that it holds.
    pub fn gates(&mut self, run: &Run, view: &View, numbers: &mut Numbers, all: bool) -> Vec<TimeMap> {
        self.read(run, view);
        let Some((_, unrolled)) = last_recurrent(&self.pass.traces) else { return Vec::new() };
        let mut maps = cell::maps(unrolled, numbers, all);
        if let Some((_, before)) = last_recurrent(&self.before.traces).filter(|_| all) {
            maps.push(change(unrolled, before, numbers));
        }
        maps
    }
}

/// How far each unit's state is from what it was before the sequence was changed.
fn change(unrolled: &Unrolled, before: &Unrolled, numbers: &mut Numbers) -> TimeMap {
    let by: Vec<f32> = unrolled.states.iter().zip(&before.states).map(|(a, b)| (a - b).abs()).collect();
    let units = by.len() / unrolled.time.max(1);
    TimeMap {
        label: "change".into(),
        row_name: "unit".into(),
        rows_from: 0,
        row_step: 1,
        rows: units,
        values: numbers.add(cell::by_unit(&by, units)),
        scale: TimeScale::Decades([-4, 0]),
    }
}

/// The step that is looked at: the chosen one, else the last.
fn head(view: &View, steps: usize) -> usize {
    view.probe.sequence.step.unwrap_or(steps.saturating_sub(1)).min(steps.saturating_sub(1))
}

/// Everything that the cell holds, over the whole sequence.
pub(super) fn maps(observer: &mut SequenceObserver, run: &Run, view: &View, numbers: &mut Numbers) -> Panel {
    let (symbols, marked) = tape(run, view);
    let maps = observer.theatre.gates(run, view, numbers, true);
    let looked_at = head(view, symbols.len());
    let shape = super::networks::Shape::of(run.current());
    let name = shape.map_or("network", |shape| shape.cell_name());
    let said = said(observer, run, view);
    let labels: Vec<&str> = maps.iter().map(|map| map.label.as_str()).collect();
    let summary = format!(
        "{name} reading test item {}, step {} of {}: {}; {said}.",
        item(run, view),
        looked_at + 1,
        symbols.len(),
        labels.join(", ")
    );
    // A map of the state alone is all there is of a cell without gates.
    let hint = if maps.len() > 1 {
        String::new()
    } else {
        "No gates: its state is all it has. Choose an LSTM or a GRU to see some.".into()
    };
    let stat = format!("step {} of {}", looked_at + 1, symbols.len());
    let group = TimeGroup { lane: 0, name: name.into(), stat, hint, maps };
    // The one that is worked out, where nobody chose another.
    let unit = Some(view.probe.sequence.unit.unwrap_or(0));
    let choices = run.data().names.symbols.iter().map(|name| super::text::shown(name)).collect();
    let figure = TimeMaps { symbols, marked, head: Some(looked_at), choices, unit, groups: vec![group] };
    Panel { id: "theatre".into(), note: said, summary, figure: Figure::TimeMaps(figure) }
}

/// What the network answers at the end, and what is right.
fn said(observer: &SequenceObserver, run: &Run, view: &View) -> String {
    let output = observer.theatre.pass.output();
    let labels = items(run).labels_per_item();
    let label = items(run).all_labels()[labels * (item(run, view) + 1) - 1];
    let row = &output[output.len() - output.len() / labels.max(1)..];
    let classes = run.data().classes;
    if classes == 0 {
        return format!(
            "says {}, right is {}",
            fixed(row.last().copied().unwrap_or(f32::NAN), 2),
            fixed(label, 2)
        );
    }
    let said = |output: &[f32]| {
        let row = &output[output.len() - output.len() / labels.max(1)..];
        run.class_of(row)
            .map_or_else(|| "nothing".into(), |class| super::text::shown(&run.data().class_name(class)))
    };
    // What is right of a sequence that was changed is not known.
    let before = observer.theatre.before.output();
    if !before.is_empty() {
        return format!("says {}, and said {} before the change", said(output), said(before));
    }
    format!("says {}, right is {}", said(output), super::text::shown(&run.data().class_name(label as usize)))
}

/// The network unrolled about the step that is looked at.
pub(super) fn unrolled(
    observer: &mut SequenceObserver,
    run: &Run,
    view: &View,
    numbers: &mut Numbers,
) -> Panel {
    let (symbols, _) = tape(run, view);
    let theatre = &mut observer.theatre;
    theatre.read(run, view);
    let mut targets = Vec::new();
    items(run).write_targets(std::iter::once(item(run, view)), run.network().outputs(), &mut targets);
    let last = run.network().outputs() / items(run).labels_per_item().max(1);
    let _ = run.network().loss_gradient_of_last(&theatre.input, &targets, last, &mut theatre.pass);
    let (mut held, mut norms) = (Vec::new(), Vec::new());
    if let Some((_, unrolled)) = last_recurrent(&theatre.pass.traces) {
        let units = unrolled.states.len() / unrolled.time.max(1);
        let rms = |state: &[f32]| crate::tensor::l2_norm(state) / libm::sqrtf(state.len() as f32);
        held = unrolled.states.chunks_exact(units.max(1)).map(rms).collect();
        super::memory::norms(unrolled, &mut norms);
    }
    let looked_at = head(view, symbols.len());
    let summary = format!(
        "The same cell at every step; at step {} it reads {} and holds {}.",
        looked_at + 1,
        symbols.get(looked_at).map_or("nothing", String::as_str),
        held.get(looked_at).map_or_else(|| "nothing".into(), |held| fixed(*held, 3)),
    );
    let figure =
        UnrolledFigure { symbols, head: looked_at, held: numbers.add(held), gradient: numbers.add(norms) };
    Panel { id: "unrolled".into(), note: String::new(), summary, figure: Figure::Unrolled(figure) }
}

/// The unit that is looked at, worked out at the step that is looked at.
pub(super) fn working(observer: &mut SequenceObserver, run: &Run, view: &View, _: &mut Numbers) -> Panel {
    observer.theatre.read(run, view);
    let theatre = &observer.theatre;
    let mut lines = Vec::new();
    let (mut step, mut unit) = (0, 0);
    if let Some((layer, unrolled)) = last_recurrent(&theatre.pass.traces) {
        let units = unrolled.states.len() / unrolled.time.max(1);
        step = head(view, unrolled.time);
        unit = view.probe.sequence.unit.unwrap_or(0).min(units.saturating_sub(1));
        let input = layer.checked_sub(1).map_or(&theatre.input, |before| &theatre.pass.traces[before].output);
        lines = cell::worked_out(run.network(), layer, unrolled, input, (step, unit));
    }
    let result = lines.last().map_or_else(|| "nothing".into(), |line| line.result.clone());
    let summary = format!("Unit {unit} at step {}: h comes to {result}.", step + 1);
    let note = format!("unit {unit}, step {}", step + 1);
    Panel { id: "cell".into(), note, summary, figure: Figure::Working(Working { lines }) }
}
