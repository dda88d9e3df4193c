//! What happens in a recurrent network from step to step of one sequence, as data: maps over time, the network
//! unrolled, and one of its numbers worked out.

use super::Span;
use serde::{Deserialize, Serialize};

/// Maps over the steps of one sequence, which stands above them; a group for each network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimeMaps {
    /// What is read at each step: "a", "f", "?".
    pub symbols: Vec<String>,
    /// The steps that matter: what is to be remembered, and where it is asked for.
    pub marked: Vec<usize>,
    /// The step that is looked at, where one is.
    pub head: Option<usize>,
    /// All symbols that there are, in the order of their numbers; none where steps are numbers.
    pub choices: Vec<String>,
    /// The unit that is looked at, where one is.
    pub unit: Option<usize>,
    pub groups: Vec<TimeGroup>,
}

/// The maps of one network, with what it comes to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimeGroup {
    /// Whose they are, of [`super::LANE_LETTERS`].
    pub lane: usize,
    /// "LSTM".
    pub name: String,
    /// "98 % recall at 40".
    pub stat: String,
    /// What is to be seen, in one sentence.
    pub hint: String,
    pub maps: Vec<TimeMap>,
}

/// One measure at every step: a row for each unit, or for each moment of training, newest below.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimeMap {
    /// "forget", "gradient".
    pub label: String,
    /// What a row is: "unit" or "training step".
    pub row_name: String,
    /// The number of the first row, and how far apart rows are.
    pub rows_from: usize,
    pub row_step: usize,
    pub rows: usize,
    /// `[rows, steps]`.
    pub values: Span,
    pub scale: TimeScale,
}

/// What the colours of a map stand for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum TimeScale {
    /// Magnitudes from 10^low to 10^high.
    Decades([i32; 2]),
    /// Gates, 0 to 1, as ink on paper.
    Gate,
    /// From −most to most.
    Signed(f32),
}

/// A recurrent network unrolled: the same cell at every step, what each holds and how much of the gradient comes back
/// to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unrolled {
    pub symbols: Vec<String>,
    /// The step that is looked at.
    pub head: usize,
    /// Root mean square of h at each step.
    pub held: Span,
    /// ‖∂L/∂hₜ‖ at each step; no numbers where nothing is compared.
    pub gradient: Span,
}

/// A number of a network worked out, line by line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Working {
    pub lines: Vec<WorkingLine>,
}

/// `name = sum = result`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkingLine {
    /// "forget gate f".
    pub name: String,
    /// With the real numbers: "σ(0.31 + 1.22 + 3.40)".
    pub sum: String,
    /// "0.993".
    pub result: String,
}
