//! Text with a number for each of its characters, as data: what a network writes, what it was looking at, what one
//! of its units does over a page.

use super::Span;
use serde::{Deserialize, Serialize};

/// Blocks of text, one for each lane or one below the other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inked {
    pub blocks: Vec<InkedBlock>,
}

/// One text with its ink.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InkedBlock {
    /// Whose it is, of [`super::LANE_LETTERS`].
    pub lane: usize,
    /// "LSTM", "unit 12".
    pub title: String,
    /// What it comes to: "perplexity 4.2".
    pub stat: String,
    pub text: String,
    /// What each character's colour stands for: "h₁₂", "share of the gradient".
    pub quantity: String,
    /// A number for each character; none for text without colours.
    pub ink: Span,
    /// Whether they are drawn from −most to most, else from 0.
    pub is_signed: bool,
    /// The greatest magnitude that the colours reach.
    pub most: f32,
    /// Ranges of characters `[from, to)` with a wavy line below, such as words that the training text has not.
    pub marked: Vec<[usize; 2]>,
    /// How many of the first characters were given, not written.
    pub given: usize,
}
