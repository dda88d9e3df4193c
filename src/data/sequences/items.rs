//! Sequences of one length, as small as they can be kept: a symbol is two bytes until a batch is made of it.

use crate::tensor::bytes_of;
use serde::{Deserialize, Serialize};

/// How a network is given symbols.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// Each as a row with a 1 in its place, `[time, symbols]`.
    OneHot,
    /// Each as its index, `[time]`, for an embedding.
    Index,
}

/// What stands before a sequence that is shorter than the others.
pub const PADDING: u16 = u16::MAX;

/// Sequences of one length.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequences {
    steps: usize,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    /// `[items, steps]`, each below `count` or [`PADDING`].
    Symbols { symbols: Vec<u16>, count: usize, encoding: Encoding },
    /// `[items, steps, features]`.
    Numbers { numbers: Vec<f32>, features: usize },
}

impl Sequences {
    /// Of symbols `[items, steps]`, each below `count` or [`PADDING`].
    pub(super) fn of_symbols(symbols: Vec<u16>, steps: usize, count: usize, encoding: Encoding) -> Self {
        debug_assert!(symbols.iter().all(|&symbol| usize::from(symbol) < count || symbol == PADDING));
        Self { steps, kind: Kind::Symbols { symbols, count, encoding } }
    }

    /// Bytes of all steps.
    pub(in crate::data) fn bytes(&self) -> usize {
        match &self.kind {
            Kind::Symbols { symbols, .. } => bytes_of(symbols),
            Kind::Numbers { numbers, .. } => bytes_of(numbers),
        }
    }

    /// Of numbers `[items, steps, features]`.
    pub(super) fn of_numbers(numbers: Vec<f32>, steps: usize, features: usize) -> Self {
        Self { steps, kind: Kind::Numbers { numbers, features } }
    }

    /// Steps of each.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Shape of one item as a network takes it: `[time, symbols]`, `[time]` of indices, or `[time, features]`.
    #[must_use]
    pub fn input_shape(&self) -> Vec<usize> {
        match self.kind {
            Kind::Symbols { count, encoding: Encoding::OneHot, .. } => vec![self.steps, count],
            Kind::Symbols { encoding: Encoding::Index, .. } => vec![self.steps],
            Kind::Numbers { features, .. } => vec![self.steps, features],
        }
    }

    /// The symbols of an item, [`PADDING`] before its first; none where its steps are numbers.
    #[must_use]
    pub fn symbols(&self, item: usize) -> &[u16] {
        match &self.kind {
            Kind::Symbols { symbols, .. } => &symbols[self.steps * item..][..self.steps],
            Kind::Numbers { .. } => &[],
        }
    }

    /// Writes any symbols as a network takes these, `[..input_shape]`: an item that somebody changed.
    pub fn write_symbols(&self, symbols: &[u16], input: &mut [f32]) {
        match self.kind {
            Kind::Symbols { count, encoding: Encoding::OneHot, .. } => {
                input.fill(0.0);
                for (row, &symbol) in input.chunks_exact_mut(count).zip(symbols) {
                    if let Some(place) = row.get_mut(usize::from(symbol)) {
                        *place = 1.0; // padding stays zeros
                    }
                }
            }
            Kind::Symbols { count, encoding: Encoding::Index, .. } => {
                let indices = symbols.iter().map(|&symbol| usize::from(symbol).min(count) as f32);
                input.iter_mut().zip(indices).for_each(|(place, index)| *place = index);
            }
            Kind::Numbers { .. } => {}
        }
    }

    /// Copies an item to where a network takes it, `[..input_shape]`.
    pub(in crate::data) fn copy_item(&self, item: usize, input: &mut [f32]) {
        match &self.kind {
            Kind::Symbols { .. } => self.write_symbols(self.symbols(item), input),
            Kind::Numbers { numbers, .. } => {
                let size = input.len();
                input.copy_from_slice(&numbers[size * item..][..size]);
            }
        }
    }

    /// The items at `indices`, in their order.
    pub(in crate::data) fn chosen(&self, indices: &[u32]) -> Self {
        let kind = match &self.kind {
            Kind::Symbols { symbols, count, encoding } => Kind::Symbols {
                symbols: rows(symbols, self.steps, indices),
                count: *count,
                encoding: *encoding,
            },
            Kind::Numbers { numbers, features } => {
                Kind::Numbers { numbers: rows(numbers, self.steps * features, indices), features: *features }
            }
        };
        Self { steps: self.steps, kind }
    }
}

fn rows<T: Copy>(all: &[T], size: usize, indices: &[u32]) -> Vec<T> {
    indices.iter().flat_map(|&item| &all[size * item as usize..][..size]).copied().collect()
}
