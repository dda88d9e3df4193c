//! Figures of networks that read pictures, as data: feature maps, one unit worked out, an answer
//! with its probabilities, a confusion matrix.

use super::Span;
use serde::{Deserialize, Serialize};

/// What the layers make of one picture: a column of maps for each layer, from left to right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Maps {
    pub columns: Vec<MapColumn>,
    /// The unit that other figures work out.
    pub focus: Option<Unit>,
}

/// The maps of one layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MapColumn {
    /// Its place in the network, counted from 0; the picture itself has none.
    pub layer: Option<usize>,
    /// Keras' name: `conv2d_1`.
    pub label: String,
    /// Its shape as people write it: "8 × 26×26".
    pub shape: String,
    /// Maps drawn, and how many of them side by side.
    pub maps: usize,
    pub across: usize,
    /// Maps that there are.
    pub of: usize,
    /// Rows and columns of each map; a dense layer is one map of its units.
    pub height: usize,
    pub width: usize,
    /// `[maps, height, width]`.
    pub values: Span,
    /// For each map the magnitude that is drawn in the strongest colour.
    pub scales: Span,
    /// Whether values below 0 occur, so that the colours are signed.
    pub is_signed: bool,
    /// Whether each of its maps is made of all maps before it, and not of one.
    pub mixes: bool,
    /// Whether it is no picture but a column of units, as many as `of`.
    pub is_vector: bool,
    /// What the unit in focus sees of this layer: first row, first column, rows, columns.
    pub field: Option<[usize; 4]>,
}

/// One number in the maps of a layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Its layer's place in the network, counted from 0.
    pub layer: usize,
    pub map: usize,
    pub row: usize,
    pub column: usize,
}

/// How sure a network is of each class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    pub classes: Vec<String>,
    /// 0…1, summing to 1; none when there is nothing to read.
    pub probabilities: Span,
    /// What they were computed from.
    pub logits: Span,
}

/// How often a class was taken for another: a row for each true class, a column for each said one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Matrix {
    pub classes: Vec<String>,
    /// Counts, row-major `[true, said]`.
    pub counts: Span,
    /// The cell whose pictures are shown elsewhere.
    pub chosen: Option<[usize; 2]>,
}

/// Pictures of one class that were taken for one class, side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gallery {
    /// True and said class; the same where they were read right.
    pub cell: [usize; 2],
    /// Names of the classes.
    pub classes: Vec<String>,
    /// Pictures that there are; some may not be shown.
    pub of: usize,
    pub height: usize,
    pub width: usize,
    /// Greys 0…1, `[pictures, height, width]`.
    pub pictures: Span,
    /// The place of each picture among the test items.
    pub items: Span,
    /// The probability that each was given of being of the said class.
    pub probabilities: Span,
}

/// How one unit comes to its value, with the numbers of this moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arithmetic {
    pub unit: Unit,
    /// What the layer does with what the unit sees.
    pub rule: Rule,
    /// Rows and columns of `inputs` and `weights`.
    pub height: usize,
    pub width: usize,
    /// What the unit sees, of the map that matters most to it.
    pub inputs: Span,
    /// The weights of these inputs; empty for pooling.
    pub weights: Span,
    /// Which map before it `inputs` are of, and of how many.
    pub of_map: [usize; 2],
    /// What is not drawn: "the other 7 maps"; empty where all is.
    pub others: String,
    /// Sum of the products drawn, sum over what is not, bias, pre-activation, output; of a normalization
    /// μ, 1 / √(σ² + ε), γ, β, output.
    pub terms: [f32; 5],
    /// Name of the activation: "relu".
    pub activation: String,
}

/// What a layer does with what one of its units sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rule {
    /// Σ input · weight + bias, then the activation.
    WeightedSum,
    /// The largest input.
    Maximum,
    /// The mean of the inputs.
    Mean,
    /// `γ · (x − μ) / √(σ² + ε) + β` of one input x.
    Normalized,
    /// One input as it is.
    Passed,
}
