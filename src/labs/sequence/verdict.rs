//! How far back the network remembers, and why not further, in words.

use super::networks::Shape;
use super::observer::{SequenceObserver, steps_of};
use crate::data::DataSet;
use crate::labs::format::{fixed, percent, power, significant};
use crate::labs::{Left, Remedy, Tone, Verdict};
use crate::nn::LayerConfig;
use crate::train::{Evaluation, Metric, Run};

/// Steps before anything is said.
const PATIENCE: usize = 30;
/// From this share of right answers on a network is said to remember.
const SOLVED: f32 = 0.95;
/// Steps after which a network that is right about less than half is said to be stuck.
const LONG: usize = 500;
/// How much better than chance an answer must be, more than the luck of a test set.
const MARGIN: f32 = 0.06;
/// Less than this share of the gradient is said to be too little to learn from.
const FAINT: f32 = 1e-2;
/// More than so many times is said to explode.
const HUGE: f32 = 1e3;
/// Less than this share is said to be nothing: single precision ends not far below.
const NOTHING: f32 = 1e-30;
/// Logarithm of a factor, ln 2, below which two gradients are said to be about as large.
const MUCH: f32 = std::f32::consts::LN_2;
/// A lag that a plain cell can be taught.
const SHORT: usize = 8;

pub(super) fn of(observer: &SequenceObserver, run: &Run) -> Verdict {
    let shape = Shape::of(run.current());
    // Shorter steps do not help a run that comes to no number before the first.
    let for_weights = for_exploding(run, shape.as_ref()).into_iter().filter(|remedy| remedy.key != "clip");
    if let Some(diverged) = Verdict::diverged(run, for_weights.collect()) {
        return diverged;
    }
    let name = shape.as_ref().map_or("network", Shape::cell_name);
    let last = steps_of(run) - 1;
    let first = first_that_matters(run);
    let tested = observer.learning.evaluation.filter(|_| run.steps() >= PATIENCE);
    let Some(Evaluation { loss, metric }) = tested else {
        let text = match run.steps() {
            _ if run.data().test.is_empty() => {
                "No items are kept for the test, so it is not known what it remembers of new ones.".into()
            }
            0 => format!(
                "The {name} reads {} steps and is to tell {}. Its weights are random, so it guesses. Press Play.",
                steps_of(run),
                run.current().data.set().map_or("", DataSet::asks)
            ),
            _ => "Measuring what comes back in time.".into(),
        };
        let word = match run.steps() {
            _ if run.data().test.is_empty() => "Not tested.",
            0 => "Untrained.",
            _ => "Watching…",
        };
        return Verdict::new(Tone::Note, word, text, Vec::new());
    };
    if run.current().data.set().is_ok_and(DataSet::is_of_text) {
        return of_text(observer, run, name, Evaluation { loss, metric });
    }
    let back = last - first;
    // Who reads from the end too, and answers once, meets what stands first last.
    let is_bidirectional = |layer: &LayerConfig| matches!(layer, LayerConfig::Bidirectional(_));
    let answers = run.current().data.label_steps().ok().flatten();
    let reads_back = run.current().network.layers.iter().any(is_bidirectional) && answers.is_none();
    let measured = observer.log_ratio(last, first).filter(|ln| ln.is_finite());
    if reads_back {
        return of_both_ways(run, metric);
    }
    let verdict = of_answers(run, shape.as_ref(), back, measured.map(ratio_of), metric);
    Verdict { left: measured.map(|ln| Left { steps: back, ln }), ..verdict }
}

/// e to this, as far as single precision tells.
fn ratio_of(ln: f32) -> f32 {
    libm::expf(ln).min(f32::MAX)
}

/// Of a network that reads from both ends, whose gradient of one end says little.
fn of_both_ways(run: &Run, metric: f32) -> Verdict {
    let (is_solved, is_guessing, done) = judged(run, metric);
    let is_of_the_first = run.current().data.name == "recall";
    let bridge =
        "It reads from both ends: what stands first its backward half meets last, with nothing to bridge.";
    let text = if is_of_the_first {
        format!("{done}. {bridge}")
    } else {
        format!("{done}. It reads from both ends.")
    };
    let (tone, word) = match (is_solved, is_guessing) {
        (true, _) => (Tone::Good, "Remembers."),
        (_, true) => (Tone::Note, "Guessing so far."),
        _ => (Tone::Note, "Learning."),
    };
    Verdict::new(tone, word, text, Vec::new())
}

/// How many of the answers are right, and what of the gradient comes `back` to where they stood.
fn of_answers(run: &Run, shape: Option<&Shape>, back: usize, ratio: Option<f32>, metric: f32) -> Verdict {
    let left = ratio.map_or_else(String::new, |ratio| match ratio {
        ..NOTHING => format!("{back} steps back nothing of the gradient is left"),
        1.0.. => format!("{back} steps back the gradient is {} times that of the last step", power(ratio)),
        _ => format!("{back} steps back, {} of the gradient of the last step is left", power(ratio)),
    });
    let (is_solved, is_guessing, done) = judged(run, metric);
    // What is kept already asks for no gradient.
    let text = if !is_guessing && ratio.is_some_and(|ratio| ratio < FAINT) {
        format!("{done}, although {left}.")
    } else if left.is_empty() {
        format!("{done}.")
    } else {
        format!("{done}. {}.", sentence(&left))
    };
    let is_stuck = is_guessing || run.steps() > LONG && is_poor(run, metric);
    if is_solved {
        return Verdict::new(Tone::Good, "Remembers.", text, Vec::new());
    }
    if ratio.is_some_and(|ratio| ratio > HUGE) {
        let text = format!(
            "{back} steps back the gradient is {} times that of the last step: each step multiplies it. {done}.",
            power(ratio.unwrap_or(f32::NAN))
        );
        return Verdict::new(Tone::Warn, "Exploding in time.", text, for_exploding(run, shape));
    }
    // Gates that began open keep the cell c, whatever comes back to h: an LSTM has 10⁻³ of it at 60 steps, and learns.
    let is_open = shape.is_some_and(|shape| shape.chrono.is_some() && shape.truncate_gradient.is_none());
    if is_stuck && !is_open && ratio.is_some_and(|ratio| ratio < FAINT) {
        let text = format!("{done}. {}, so nothing teaches it to keep what it read there.", sentence(&left));
        return Verdict::new(Tone::Warn, "Short memory.", text, for_fading(run, shape));
    }
    if is_guessing {
        let remedies = if run.steps() > LONG { for_fading(run, shape) } else { Vec::new() };
        return Verdict::new(Tone::Note, "Guessing so far.", text, remedies);
    }
    Verdict::new(Tone::Note, "Learning.", text, Vec::new())
}

/// By how much more, or less, of the gradient comes back over as many steps in the lane that differs most.
pub(super) fn compared(verdict: &Verdict, others: &[(String, Verdict)]) -> String {
    let Some(here) = verdict.left else { return String::new() };
    let nothing = libm::logf(NOTHING);
    let comparable = others.iter().filter_map(|(name, other)| {
        let there = other.left.filter(|there| there.steps == here.steps)?;
        Some((name, there.ln, (there.ln.max(nothing) - here.ln.max(nothing)).abs()))
    });
    let Some((name, there, _)) = comparable.max_by(|(_, _, one), (_, _, other)| one.total_cmp(other)) else {
        return String::new();
    };
    // Of what is nothing it is only known that it is less than that.
    let least = if here.ln.min(there) < nothing { "more than " } else { "" };
    let factor = power(ratio_of((there.max(nothing) - here.ln.max(nothing)).abs()));
    if here.ln.max(there) < nothing {
        return String::new();
    }
    match there - here.ln {
        more if more > MUCH => format!("In {name} {least}{factor} times as much comes back."),
        more if more < -MUCH => format!("In {name} {least}{factor} times less comes back."),
        _ => format!("In {name} about as much comes back."),
    }
}

/// By so much less than the test text is the training text foretold, in bits a letter, before that is said.
const OVERFIT: f64 = 0.5;

/// How well the next letter is foretold.
fn of_text(observer: &SequenceObserver, run: &Run, name: &str, evaluation: Evaluation) -> Verdict {
    let bits = |loss: f32| f64::from(loss) / std::f64::consts::LN_2;
    let (tested, alone) = (bits(evaluation.loss), bits(*observer.unigram.get_or_init(|| unigram(run))));
    let trained = observer.learning.last_loss().map(bits);
    let text = format!(
        "The {name} takes {} bits for each letter of a text it never saw, a perplexity of {}; by how frequent each letter is alone it would be {} bits.",
        fixed(tested, 2),
        significant(libm::exp(f64::from(evaluation.loss)), 3),
        fixed(alone, 2)
    );
    let Some(trained) = trained else {
        return Verdict::new(Tone::Note, "Learning its letters.", text, Vec::new());
    };
    if trained + OVERFIT < tested {
        let text = format!(
            "{text} Of the text it learns it takes {} bits by now: it fits that better than one it never saw, and a longer text would teach it more.",
            fixed(trained, 2)
        );
        return Verdict::new(Tone::Warn, "Fits its own text.", text, Vec::new());
    }
    if tested > alone {
        return Verdict::new(Tone::Note, "Not even letters yet.", text, Vec::new());
    }
    let word = if tested < 0.7 * alone { "Foretells letters." } else { "Learning its letters." };
    Verdict::new(if tested < 0.7 * alone { Tone::Good } else { Tone::Note }, word, text, Vec::new())
}

/// Mean −ln p of the test letters, where p is how frequent each is in the training text (each counted once more, so that
/// none has none).
fn unigram(run: &Run) -> f32 {
    let mut counts = vec![1.0_f64; run.data().classes];
    run.data().train.all_labels().iter().for_each(|&label| counts[label as usize] += 1.0);
    let total: f64 = counts.iter().sum();
    let labels = run.data().test.all_labels();
    let sum: f64 = labels.iter().map(|&label| -libm::log(counts[label as usize] / total)).sum();
    (sum / labels.len().max(1) as f64) as f32
}

/// The first step that the last answer is about: where what is to be remembered for it stands, or the sequence begins.
fn first_that_matters(run: &Run) -> usize {
    let data = &run.current().data;
    // Of several answers the last is about the last of as many symbols.
    let answers = data.label_steps().ok().flatten().filter(|_| data.has_lag());
    data.first_step() + answers.map_or(0, |answers| answers - 1)
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Whether the task is solved, whether the answers are no better than the best that is always the same, and how the
/// network does, in words.
fn judged(run: &Run, metric: f32) -> (bool, bool, String) {
    let data = &run.current().data;
    let at = if data.has_lag() { format!(" at {} steps", data.lag()) } else { String::new() };
    if run.metric() == Metric::Accuracy {
        let chance = 1.0 / run.data().classes.max(1) as f32;
        let done = format!("{} of the answers{at} are right, {} by chance", percent(metric), percent(chance));
        return (metric >= SOLVED, metric < chance + MARGIN, done);
    }
    let guess = spread(run);
    let done = format!(
        "The mean error{at} is {}, {} for who always says the mean",
        significant(metric, 2),
        significant(guess, 2)
    );
    (metric < 0.25 * guess, metric > 0.9 * guess, done)
}

/// Whether fewer than half of the answers are right, or the mean error is more than half of that of the mean.
fn is_poor(run: &Run, metric: f32) -> bool {
    if run.metric() == Metric::Accuracy { metric < 0.5 } else { metric > 0.5 * spread(run) }
}

/// Mean distance of the test labels from their mean.
fn spread(run: &Run) -> f32 {
    let labels = run.data().test.all_labels();
    let many = labels.len().max(1) as f32;
    let mean = labels.iter().sum::<f32>() / many;
    labels.iter().map(|label| (label - mean).abs()).sum::<f32>() / many
}

/// What lets a gradient through that fades.
fn for_fading(run: &Run, shape: Option<&Shape>) -> Vec<Remedy> {
    let Some(shape) = shape else { return Vec::new() };
    let data = &run.current().data;
    let whole =
        shape.truncate_gradient.map(|_| Remedy::new("Unroll all steps", "truncate_gradient", 0).anew());
    let shorter = (data.has_lag() && data.lag() > SHORT)
        .then(|| Remedy::new(&format!("Shorten to {SHORT} steps"), "data.lag", SHORT));
    let gates = (shape.has_gates() && shape.chrono.is_none())
        .then(|| Remedy::new("Open the gates", "gates", true).anew());
    let is_small = !shape.has_gates() && shape.recurrent_initializer == "random_normal";
    let orthogonal =
        is_small.then(|| Remedy::new("Start orthogonal", "recurrent_initializer", "orthogonal").anew());
    let identity = (!shape.has_gates() && shape.recurrent_initializer != "identity")
        .then(|| Remedy::new("Start at identity, with ReLU", "identity", true).anew());
    let lstm =
        (!shape.has_gates()).then(|| Remedy::new("Use an LSTM with open gates", "open_lstm", true).anew());
    [whole, gates, lstm, orthogonal, identity, shorter].into_iter().flatten().take(2).collect()
}

/// What keeps one in bounds that grows.
fn for_exploding(run: &Run, shape: Option<&Shape>) -> Vec<Remedy> {
    let optimizer = &run.current().optimizer;
    let clips = optimizer.clipnorm.or(optimizer.global_clipnorm).or(optimizer.clipvalue).is_some();
    let clip = (!clips).then(|| Remedy::new("Clip gradients at 1", "clip", 1.0));
    let orthogonal = shape
        .filter(|shape| shape.recurrent_initializer != "orthogonal")
        .map(|_| Remedy::new("Start orthogonal", "recurrent_initializer", "orthogonal").anew());
    let lstm =
        shape.filter(|shape| !shape.has_gates()).map(|_| Remedy::new("Use an LSTM", "cell", "lstm").anew());
    [clip, orthogonal, lstm].into_iter().flatten().take(2).collect()
}
