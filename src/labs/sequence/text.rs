//! What a network that learned to tell the next character writes; what it expects next; what its units do over a page it
//! never saw, and which characters it looked back at.

use super::memory::last_recurrent;
use super::networks::Shape;
use super::observer::SequenceObserver;
use crate::data::sequences::Vocabulary;
use crate::labs::format::{fixed, percent, significant};
use crate::labs::{Figure, Inked, InkedBlock, Numbers, Panel, Scores, SequenceProbe, View};
use crate::nn::{Mode, Pass};
use crate::tensor::math::exp;
use crate::tensor::{Rng, Stream, l2_norm};
use crate::train::{Run, likeliest};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Characters that are written, and read of a page, at a time.
const WRITTEN: usize = 160;
const PAGE: usize = 420;
/// Characters that are listed of what may come next.
const LISTED: usize = 10;

/// What follows from the training text, and what was worked out of a page.
#[derive(Default)]
pub(super) struct Writing {
    pass: Pass,
    words: Option<Arc<BTreeSet<String>>>,
    page: Page,
    /// What was written last, and what it was written of.
    written: Option<(Key, Vec<u16>)>,
}

/// Steps and edits, and what a text was asked for with.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    at: (usize, usize),
    asked: SequenceProbe,
}

/// The states of the last recurrent layer over a page of the test text.
#[derive(Default)]
struct Page {
    text: Vec<u16>,
    /// `[characters, units]`, each state after its character.
    states: Vec<f32>,
    units: usize,
    read_at: Option<(usize, usize)>,
}

impl Writing {
    pub fn forget(&mut self) {
        self.page.read_at = None;
    }

    /// What follows from the training text alone.
    pub fn known_of(&self) -> Self {
        Self { words: self.words.clone(), ..Self::default() }
    }

    /// Whether a word stands in the training text.
    fn knows(&mut self, run: &Run, vocabulary: &Vocabulary, word: &str) -> bool {
        let words = self.words.get_or_insert_with(|| {
            let sequences = run.data().train.sequences();
            let all = (0..run.data().train.len())
                .flat_map(|item| sequences.map_or(&[][..], |s| s.symbols(item)).iter());
            let text = vocabulary.decode(&all.copied().collect::<Vec<_>>());
            Arc::new(text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect())
        });
        words.contains(&word.to_lowercase())
    }

    /// Gives the network one more character; what it expects next, `[symbols]`.
    fn read(&mut self, run: &Run, symbol: u16) -> Vec<f32> {
        let step = run.input_shape().get(1).copied().unwrap_or(1);
        let mut input = vec![0.0; step];
        if let Some(sequences) = run.data().train.sequences() {
            sequences.write_symbols(&[symbol], &mut input);
        }
        run.network().forward(&input, &mut self.pass);
        self.pass.output().to_vec()
    }

    /// Begins to read a text.
    fn begin(&mut self) {
        self.pass = Pass::new(Mode::Streaming);
    }

    /// A page of the test text with the states after each of its characters.
    fn read_page(&mut self, run: &Run) {
        let now = Some((run.steps(), run.edits_made()));
        if self.page.read_at == now {
            return;
        }
        let test = if run.data().test.is_empty() { &run.data().train } else { &run.data().test };
        let windows =
            (0..test.len()).flat_map(|item| test.sequences().map_or(&[][..], |s| s.symbols(item)).iter());
        self.page.text = windows.copied().take(PAGE).collect();
        self.page.states.clear();
        self.begin();
        for index in 0..self.page.text.len() {
            self.read(run, self.page.text[index]);
            if let Some((_, unrolled)) = last_recurrent(&self.pass.traces) {
                self.page.states.extend_from_slice(&unrolled.states);
            }
        }
        self.page.units = self.page.states.len() / self.page.text.len().max(1);
        self.page.read_at = now;
    }
}

/// The symbols of the text that a run learns.
fn vocabulary(run: &Run) -> Option<Vocabulary> {
    Vocabulary::named(&run.data().names.symbols)
}

/// Draws from what is expected: at temperature 0 the likeliest, else as p^(1/temperature), of the `top_k` likeliest alone
/// where that is not 0.
fn draw(expected: &[f32], temperature: f32, top_k: usize, rng: &mut Rng) -> usize {
    if temperature.is_nan() || temperature <= 0.0 || !expected.iter().all(|p| p.is_finite()) {
        return likeliest(expected);
    }
    let mut order: Vec<usize> = (0..expected.len()).collect();
    order.sort_by(|&a, &b| expected[b].total_cmp(&expected[a]).then(a.cmp(&b)));
    order.truncate(if top_k == 0 { expected.len() } else { top_k });
    let most = expected[order[0]].max(f32::MIN_POSITIVE);
    // Relative to the likeliest, so that nothing underflows however cold it is.
    let log = |symbol: usize| libm::logf((expected[symbol] / most).max(1e-30));
    let weights: Vec<f32> = order.iter().map(|&symbol| exp(log(symbol) / temperature)).collect();
    let mut left = rng.uniform() * weights.iter().sum::<f32>();
    for (&symbol, weight) in order.iter().zip(&weights) {
        left -= weight;
        if left < 0.0 {
            return symbol;
        }
    }
    order[0]
}

/// What is given to begin with, as symbols, and a word on characters that are not known.
fn beginning(probe: &SequenceProbe, vocabulary: &Vocabulary) -> (Vec<u16>, String) {
    let prime = if probe.prime.is_empty() { SequenceProbe::BEGINNING } else { &probe.prime };
    let mut encoded = vocabulary.encode(prime);
    if probe.prime.is_empty() {
        encoded.unknown.clear(); // nobody asked for those
    }
    let unknown: Vec<String> = encoded.unknown.iter().map(|c| format!("“{c}”")).collect();
    let told = match unknown.len() {
        0 => String::new(),
        1 => format!("{} is not in the text", unknown[0]),
        _ => format!("{} are not in the text", unknown.join(", ")),
    };
    // A text that is nothing but unknown begins with its first symbol.
    (if encoded.symbols.is_empty() { vec![0] } else { encoded.symbols }, told)
}

/// How well the test text is foretold.
fn stat(observer: &SequenceObserver) -> String {
    observer.learning.evaluation.map_or_else(String::new, |evaluation| {
        let bits = f64::from(evaluation.loss) / std::f64::consts::LN_2;
        let perplexity = libm::exp(f64::from(evaluation.loss));
        format!("{} bits a letter, perplexity {}", fixed(bits, 2), significant(perplexity, 3))
    })
}

/// A text that the network writes on from what it is given.
pub(super) fn written(
    observer: &mut SequenceObserver,
    run: &Run,
    view: &View,
    numbers: &mut Numbers,
) -> Panel {
    let probe = &view.probe.sequence;
    let name = Shape::of(run.current()).map_or("network", |shape| shape.cell_name());
    let Some(vocabulary) = vocabulary(run).filter(|_| run.network().can_stream()) else {
        return nothing("written", "A network that reads from both ends cannot write on.");
    };
    let (given, told) = beginning(probe, &vocabulary);
    let mut writing = std::mem::take(&mut observer.writing);
    let at = (run.steps(), run.edits_made());
    let asked = SequenceProbe { step: None, unit: None, letter: None, edits: Vec::new(), ..probe.clone() };
    let key = Key { at, asked };
    let known = writing.written.take().filter(|(of, _)| *of == key);
    let symbols = known.map_or_else(|| write(&mut writing, run, probe, &given), |(_, symbols)| symbols);
    let text = vocabulary.decode(&symbols);
    writing.written = Some((key, symbols));
    let marked = strange(&text, given.len(), |word| writing.knows(run, &vocabulary, word));
    observer.writing = writing;
    let stat = stat(observer);
    let summary = format!("{name} writes: {}.", text.replace('\n', " ").trim_end_matches('.'));
    let block = InkedBlock {
        lane: 0,
        title: name.into(),
        stat,
        text,
        quantity: String::new(),
        ink: numbers.add([]),
        is_signed: false,
        most: 1.0,
        marked,
        given: given.len(),
    };
    Panel { id: "written".into(), note: told, summary, figure: Figure::Inked(Inked { blocks: vec![block] }) }
}

/// What the network makes of a beginning, with that before it.
fn write(writing: &mut Writing, run: &Run, probe: &SequenceProbe, given: &[u16]) -> Vec<u16> {
    writing.begin();
    let mut rng = Rng::new(run.current().seed, Stream::Writing { times: probe.again });
    let (mut symbols, mut expected) = (given.to_vec(), Vec::new());
    given.iter().for_each(|&symbol| expected = writing.read(run, symbol));
    let temperature = probe.temperature.unwrap_or(SequenceProbe::TEMPERATURE);
    for _ in 0..WRITTEN {
        let symbol = draw(&expected, temperature, probe.top_k, &mut rng) as u16;
        symbols.push(symbol);
        expected = writing.read(run, symbol);
    }
    symbols
}

/// Where words stand, behind the first `given` characters, that are not known; the last may be unfinished.
fn strange(text: &str, given: usize, mut is_known: impl FnMut(&str) -> bool) -> Vec<[usize; 2]> {
    let letters: Vec<char> = text.chars().collect();
    let mut marked = Vec::new();
    let mut from = 0;
    for (to, letter) in letters.iter().enumerate() {
        if letter.is_alphanumeric() {
            continue;
        }
        let word: String = letters[from..to].iter().collect();
        if !word.is_empty() && to > given && !is_known(&word) {
            marked.push([from, to]);
        }
        from = to + 1;
    }
    marked
}

/// A figure without text.
fn nothing(id: &str, why: &str) -> Panel {
    let block = InkedBlock {
        lane: 0,
        title: "nothing to show".into(),
        stat: String::new(),
        text: why.into(),
        quantity: String::new(),
        ink: crate::labs::Span::default(),
        is_signed: false,
        most: 1.0,
        marked: Vec::new(),
        given: why.chars().count(),
    };
    Panel {
        id: id.into(),
        note: String::new(),
        summary: why.into(),
        figure: Figure::Inked(Inked { blocks: vec![block] }),
    }
}

/// How a character is written by itself.
pub(super) fn shown(name: &str) -> String {
    match name {
        " " => "␣".into(),
        "\n" => "↵".into(),
        other => other.into(),
    }
}

/// What it expects after what it is given.
pub(super) fn next(observer: &mut SequenceObserver, run: &Run, view: &View, numbers: &mut Numbers) -> Panel {
    let Some(vocabulary) = vocabulary(run).filter(|_| run.network().can_stream()) else {
        return nothing("next", "A network that reads from both ends cannot write on.");
    };
    let (given, _) = beginning(&view.probe.sequence, &vocabulary);
    let writing = &mut observer.writing;
    writing.begin();
    let mut expected = Vec::new();
    given.iter().for_each(|&symbol| expected = writing.read(run, symbol));
    let mut order: Vec<usize> = (0..expected.len()).collect();
    order.sort_by(|&a, &b| expected[b].total_cmp(&expected[a]).then(a.cmp(&b)));
    order.truncate(LISTED);
    let names = &run.data().names.symbols;
    let classes: Vec<String> = order.iter().map(|&symbol| shown(&names[symbol])).collect();
    let told: Vec<String> = order
        .iter()
        .take(3)
        .map(|&symbol| format!("{} {}", shown(&names[symbol]), percent(expected[symbol])))
        .collect();
    let summary = format!("After “{}” it expects {}.", vocabulary.decode(&given), told.join(", "));
    let probabilities = numbers.add(order.iter().map(|&symbol| expected[symbol]));
    let figure = Scores { classes, probabilities, logits: crate::labs::Span::default() };
    Panel { id: "next".into(), note: String::new(), summary, figure: Figure::Scores(figure) }
}

/// Whether each character stands within quotes, or within brackets; a mark that both opens and closes does so in turn.
fn within(text: &str, open: [char; 2], close: [char; 2]) -> Vec<bool> {
    let mut depth = 0_usize;
    let mut is_within = |letter: char| {
        let both = open.contains(&letter) && close.contains(&letter);
        if open.contains(&letter) && !(both && depth > 0) {
            depth += 1;
        } else if close.contains(&letter) {
            depth = depth.saturating_sub(1);
        }
        depth > 0
    };
    text.chars().map(&mut is_within).collect()
}

/// Correlation of a unit's states with being within something; none where either does not change.
fn correlation(states: &[f32], units: usize, unit: usize, within: &[bool]) -> Option<f32> {
    let pairs: Vec<(f64, f64)> = states
        .chunks_exact(units)
        .zip(within)
        .map(|(row, &is_in)| (f64::from(row[unit]), f64::from(u8::from(is_in))))
        .collect();
    let many = pairs.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / many;
    let (x, y) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let sum = |of: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>();
    let (xx, yy) = (sum(&|p| (p.0 - x) * (p.0 - x)), sum(&|p| (p.1 - y) * (p.1 - y)));
    let xy = sum(&|p| (p.0 - x) * (p.1 - y));
    (xx > 1e-12 && yy > 1e-12).then(|| (xy / (xx * yy).sqrt()) as f32)
}

/// From this correlation on a unit is said to follow.
const FOLLOWS: f32 = 0.4;
/// What units may follow, with its name, and where it begins and ends.
const FOLLOWED: [(&str, [char; 2], [char; 2]); 2] =
    [("quotes", ['“', '"'], ['”', '"']), ("brackets", ['(', '['], [')', ']'])];

/// The unit whose state tells best whether it is within quotes or brackets, with which and how well.
fn best_follower(page: &Page, text: &str) -> Option<(usize, &'static str, f32)> {
    let all = FOLLOWED.iter().flat_map(|(name, open, close)| {
        let within = within(text, *open, *close);
        (0..page.units).filter_map(move |unit| {
            Some((unit, *name, correlation(&page.states, page.units, unit, &within)?))
        })
    });
    all.max_by(|a, b| a.2.abs().total_cmp(&b.2.abs()))
}

/// A page of the test text: coloured by one unit, and below by how much each character mattered at the one that is
/// looked at.
pub(super) fn page(observer: &mut SequenceObserver, run: &Run, view: &View, numbers: &mut Numbers) -> Panel {
    let Some(vocabulary) = vocabulary(run).filter(|_| run.network().can_stream()) else {
        return nothing("page", "A network that reads from both ends is not read letter by letter.");
    };
    let mut writing = std::mem::take(&mut observer.writing);
    writing.read_page(run);
    let page = &writing.page;
    let text = vocabulary.decode(&page.text);
    let follower = best_follower(page, &text);
    let unit = view.probe.sequence.unit.or(follower.map(|(unit, ..)| unit)).unwrap_or(0);
    let unit = unit.min(page.units.saturating_sub(1));
    let states: Vec<f32> = page.states.chunks_exact(page.units.max(1)).map(|row| row[unit]).collect();
    let most = states.iter().map(|h| h.abs()).filter(|h| h.is_finite()).fold(1.0, f32::max);
    let told = match follower {
        Some((_, name, r)) if r.abs() < FOLLOWS => {
            format!("no unit follows {name} yet, the nearest with r = {}", fixed(r, 2))
        }
        Some((of, name, r)) => format!("unit {of} follows {name} best, r = {}", fixed(r, 2)),
        None => "no quotes or brackets on this page".into(),
    };
    let of_unit = InkedBlock {
        lane: 0,
        title: format!("unit {unit}"),
        stat: String::new(),
        text: text.clone(),
        quantity: format!("h of unit {unit}"),
        ink: numbers.add(states),
        is_signed: true,
        most,
        marked: Vec::new(),
        given: 0,
    };
    observer.writing = writing;
    let mattered = mattered(observer, run, view, &vocabulary, numbers);
    let summary = format!(
        "A page of the test text, coloured by unit {unit}; {told}. Below it, {}: it {}.",
        mattered.title, mattered.stat
    );
    let figure = Inked { blocks: vec![of_unit, mattered] };
    Panel { id: "page".into(), note: told, summary, figure: Figure::Inked(figure) }
}

/// The window of the test that holds the letter which is looked at, coloured by how much each character mattered for what is expected after the one that is
/// looked at: the norm of the gradient of that logit.
fn mattered(
    observer: &mut SequenceObserver,
    run: &Run,
    view: &View,
    vocabulary: &Vocabulary,
    numbers: &mut Numbers,
) -> InkedBlock {
    let test = if run.data().test.is_empty() { &run.data().train } else { &run.data().test };
    let steps = run.input_shape()[0];
    let letter = view.probe.sequence.letter.unwrap_or(steps - 1).min(test.len() * steps - 1);
    let (item, at) = (letter / steps, letter % steps);
    let symbols = test.sequences().map_or(&[][..], |sequences| sequences.symbols(item));
    let mut input = vec![0.0; run.input_shape().iter().product()];
    test.copy_item(item, &mut input);
    let pass = &mut observer.pass;
    pass.mode = Mode::Inference;
    run.network().forward(&input, pass);
    let classes = run.network().outputs() / steps.max(1);
    let row = &pass.output()[at * classes..][..classes];
    let expected = likeliest(row);
    let share = row[expected];
    let gradient = run.network().logit_gradient(&input, at * classes + expected, pass);
    // Of indices themselves there is no gradient: that of the numbers which stand for them is taken.
    let is_indexed = run.input_shape().len() == 1;
    let by_step = if is_indexed { &pass.traces[0].grad_output } else { &gradient };
    let size = by_step.len() / steps.max(1);
    let norms: Vec<f32> = by_step.chunks_exact(size.max(1)).map(l2_norm).collect();
    let most = norms.iter().copied().filter(|norm| norm.is_finite()).fold(f32::MIN_POSITIVE, f32::max);
    let names = &run.data().names.symbols;
    InkedBlock {
        lane: 0,
        title: format!("what mattered at letter {}", letter + 1),
        stat: format!("expects {} with {}", shown(&names[expected]), percent(share)),
        text: vocabulary.decode(symbols),
        quantity: "‖∂logit/∂x‖".into(),
        ink: numbers.add(norms),
        is_signed: false,
        most,
        marked: Vec::new(),
        given: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temperature_and_top_k_decide_what_is_drawn() {
        let expected = [0.1, 0.6, 0.3];
        let mut rng = Rng::new(1, Stream::Writing { times: 0 });
        let mut shares = |temperature: f32, top_k: usize| {
            let mut counts = [0.0_f32; 3];
            (0..4000).for_each(|_| counts[draw(&expected, temperature, top_k, &mut rng)] += 1.0 / 4000.0);
            counts
        };
        for temperature in [0.0, -1.0, f32::NAN] {
            assert!(shares(temperature, 0)[1] > 0.999, "the likeliest at {temperature}");
        }
        for (drawn, wanted) in shares(1.0, 0).into_iter().zip(expected) {
            assert!((drawn - wanted).abs() < 0.03);
        }
        assert_eq!(shares(1.0, 2)[0], 0.0, "not among the two likeliest");
        // p², normalised: 0.01, 0.36, 0.09.
        assert!((shares(0.5, 0)[1] - 0.36 / 0.46).abs() < 0.03);
        assert!(shares(1e-6, 0)[1] > 0.999, "however cold");
        assert_eq!(draw(&[f32::NAN, 0.5], 1.0, 0, &mut rng), 0);
    }

    #[test]
    fn words_that_are_not_known_are_marked_and_unfinished_ones_not() {
        let known = |word: &str| matches!(word, "the" | "sea");
        assert_eq!(strange("the sae, the sea wa", 0, known), [[4, 7]]);
        assert_eq!(strange("xyz the", 4, known), Vec::<[usize; 2]>::new(), "given, and unfinished");
    }

    #[test]
    fn what_is_within_quotes_and_brackets_is_found() {
        let inside = |text: &str, of: usize| -> String {
            let within = within(text, FOLLOWED[of].1, FOLLOWED[of].2);
            text.chars().zip(within).filter(|(_, is_in)| *is_in).map(|(letter, _)| letter).collect()
        };
        assert_eq!(inside("he said “no” and \"yes\".", 0), "“no\"yes");
        assert_eq!(inside("a (b [c] d) e", 1), "(b [c] d");
        let states = [0.0, 1.0, 0.9, 0.1, 5.0, 5.0, 5.0, 5.0];
        let of_first: Vec<f32> = (0..4).flat_map(|step| [states[step], states[4 + step]]).collect();
        let within = [false, true, true, false];
        assert!(correlation(&of_first, 2, 0, &within).unwrap() > 0.98);
        assert_eq!(correlation(&of_first, 2, 1, &within), None, "it never changes");
    }
}
