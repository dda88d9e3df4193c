//! Items with their labels: points of the plane as numbers, pictures as bytes and sequences as symbols that become
//! numbers when a batch is made of them.

use super::pictures::{Pictures, to_numbers};
use super::sequences::Sequences;
use super::sparse::SparseRows;
use crate::error::{Error, Result};
use crate::nn::Moments;
use crate::tensor::{Tensor, bytes_of, tensor};

/// What a network is given of each item.
#[derive(Clone, Debug, PartialEq)]
pub enum Inputs {
    /// Features `[items, features]`, standardised.
    Features(Tensor),
    /// Grey pictures, for the network `[items, height, width, 1]` within 0…1.
    Pictures(Pictures),
    /// Steps in time, each a symbol or numbers.
    Sequences(Sequences),
    /// The little that is known of each item: ratings, or words counted.
    Sparse(SparseRows),
}

/// Items with their labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Examples {
    pub inputs: Inputs,
    /// Class indices, or the values of a regression, `[items]`; `[items, steps]` where several steps of a sequence have
    /// one each.
    pub labels: Tensor,
    /// Where the items lie in the plane; empty where they are no points of it.
    pub places: Vec<[f32; 2]>,
    /// How the items are called; empty where they have no titles.
    pub titles: Vec<String>,
    /// Numbers of the label that stand after those of its item, one-hot for a class, where a network is given both; else 0.
    pub joined: usize,
}

impl Examples {
    /// Items that are no points of the plane, each apart from its label.
    #[must_use]
    pub fn new(inputs: Inputs, labels: Tensor) -> Self {
        Self { inputs, labels, places: Vec::new(), titles: Vec::new(), joined: 0 }
    }

    /// Pictures with the class of each.
    ///
    /// # Errors
    /// [`Error::Setting`] when there are not as many labels as pictures.
    pub fn of_pictures(pictures: Pictures, labels: &[u8]) -> Result<Self> {
        if pictures.len() != labels.len() {
            let allowed = format!("{}, one for each image", pictures.len());
            return Err(Error::setting("the number of labels", labels.len(), allowed));
        }
        let labels = labels.iter().map(|&label| f32::from(label)).collect();
        let labels = tensor(&[pictures.len()], labels);
        Ok(Self::new(Inputs::Pictures(pictures), labels))
    }

    /// Rows without labels.
    pub(super) fn of_rows(rows: SparseRows, titles: Vec<String>) -> Self {
        let labels = Tensor::zeros(ndarray::IxDyn(&[rows.len()]));
        Self { titles, ..Self::new(Inputs::Sparse(rows), labels) }
    }

    /// Number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.shape()[0]
    }

    /// Bytes that the items hold, with their labels, places and titles.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let numbers = |tensor: &Tensor| size_of::<f32>() * tensor.len();
        let inputs = match &self.inputs {
            Inputs::Features(features) => numbers(features),
            Inputs::Pictures(pictures) => pictures.bytes(),
            Inputs::Sequences(sequences) => sequences.bytes(),
            Inputs::Sparse(rows) => rows.bytes(),
        };
        let titles = bytes_of(&self.titles) + self.titles.iter().map(String::capacity).sum::<usize>();
        inputs + numbers(&self.labels) + bytes_of(&self.places) + titles
    }

    /// Whether there is no item at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Shape of what a network takes: of one item, or of its numbers with those of its label.
    #[must_use]
    pub fn input_shape(&self) -> Vec<usize> {
        let shape = self.item_shape();
        if self.joined == 0 { shape } else { vec![shape.iter().product::<usize>() + self.joined] }
    }

    /// Shape of one item: `[2]` in the plane, `[height, width, 1]` for pictures.
    #[must_use]
    pub fn item_shape(&self) -> Vec<usize> {
        match &self.inputs {
            Inputs::Features(features) => features.shape()[1..].to_vec(),
            Inputs::Pictures(pictures) => vec![pictures.height(), pictures.width(), 1],
            Inputs::Sequences(sequences) => sequences.input_shape(),
            Inputs::Sparse(rows) => rows.input_shape(),
        }
    }

    /// All features, row after row; none where numbers are still to be made of the items.
    #[must_use]
    pub fn features(&self) -> &[f32] {
        match &self.inputs {
            Inputs::Features(features) => features.as_slice().expect("built in row-major order"),
            Inputs::Pictures(_) | Inputs::Sequences(_) | Inputs::Sparse(_) => &[],
        }
    }

    /// Where an item lies in the plane that is drawn, whose axes are the features `axes` where it has no
    /// place of its own; with one feature the plane is a line.
    #[must_use]
    pub fn place(&self, item: usize, axes: [usize; 2]) -> [f32; 2] {
        self.places.get(item).copied().unwrap_or_else(|| {
            let row = &self.features()[item * self.item_shape()[0]..];
            [row[axes[0]], if axes[0] == axes[1] { 0.0 } else { row[axes[1]] }]
        })
    }

    /// The pictures, where the items are pictures.
    #[must_use]
    pub fn pictures(&self) -> Option<&Pictures> {
        match &self.inputs {
            Inputs::Pictures(pictures) => Some(pictures),
            _ => None,
        }
    }

    /// The sequences, where the items are sequences.
    #[must_use]
    pub fn sequences(&self) -> Option<&Sequences> {
        match &self.inputs {
            Inputs::Sequences(sequences) => Some(sequences),
            _ => None,
        }
    }

    /// The ratings or the words counted, where the items are such.
    #[must_use]
    pub fn sparse(&self) -> Option<&SparseRows> {
        match &self.inputs {
            Inputs::Sparse(rows) => Some(rows),
            _ => None,
        }
    }

    /// Whether the items are numbers as they are kept, `[items, ..input_shape]`.
    #[must_use]
    pub fn are_numbers(&self) -> bool {
        matches!(self.inputs, Inputs::Features(_))
    }

    /// Labels of each item: one, or of a sequence one for each of its last steps.
    #[must_use]
    pub fn labels_per_item(&self) -> usize {
        self.labels.shape()[1..].iter().product()
    }

    /// Whether a network is given the rows of [`Self::features`] as they are.
    #[must_use]
    pub fn is_of_rows(&self) -> bool {
        self.joined == 0 && matches!(self.inputs, Inputs::Features(_))
    }

    /// Copies an item to where a network takes it, `[..input_shape]`.
    pub fn copy_item(&self, item: usize, input: &mut [f32]) {
        let (input, label) = input.split_at_mut(input.len() - self.joined);
        if !label.is_empty() {
            self.write_target(item, label);
        }
        match &self.inputs {
            Inputs::Features(_) => {
                let size = input.len();
                input.copy_from_slice(&self.features()[size * item..][..size]);
            }
            Inputs::Pictures(pictures) => to_numbers(pictures.picture(item), input),
            Inputs::Sequences(sequences) => sequences.copy_item(item, input),
            Inputs::Sparse(rows) => rows.copy_item(item, input),
        }
    }

    /// The items at `indices`, in their order.
    #[must_use]
    pub(super) fn chosen(&self, indices: &[u32]) -> Self {
        let inputs = match &self.inputs {
            Inputs::Pictures(pictures) => Inputs::Pictures(pictures.chosen(indices)),
            Inputs::Sequences(sequences) => Inputs::Sequences(sequences.chosen(indices)),
            Inputs::Sparse(rows) => Inputs::Sparse(rows.chosen(indices)),
            Inputs::Features(features) => {
                let size = features.shape()[1];
                let rows = indices.iter().flat_map(|&item| &self.features()[size * item as usize..][..size]);
                Inputs::Features(tensor(&[indices.len(), size], rows.copied().collect()))
            }
        };
        let size = self.labels_per_item();
        let labels = indices.iter().flat_map(|&item| &self.all_labels()[size * item as usize..][..size]);
        let mut shape = self.labels.shape().to_vec();
        shape[0] = indices.len();
        let places = indices.iter().filter_map(|&item| self.places.get(item as usize).copied()).collect();
        let titles = indices.iter().filter_map(|&item| self.titles.get(item as usize).cloned()).collect();
        let joined = self.joined;
        Self { inputs, labels: tensor(&shape, labels.copied().collect()), places, titles, joined }
    }

    /// All items as numbers, `[items, ..input_shape]`.
    #[must_use]
    pub fn to_tensor(&self) -> Tensor {
        let mut shape = self.input_shape();
        let size: usize = shape.iter().product();
        let mut values = vec![0.0; size * self.len()];
        values.chunks_exact_mut(size).enumerate().for_each(|(item, input)| self.copy_item(item, input));
        shape.insert(0, self.len());
        tensor(&shape, values)
    }

    /// Mean and variance of each number that a network is given, `[..input_shape]`.
    #[must_use]
    pub fn moments(&self) -> Moments {
        let size = self.input_shape().iter().product();
        Moments::of(size, self.len(), |index, item| self.copy_item(index, item))
    }

    /// All labels, item after item.
    #[must_use]
    pub fn all_labels(&self) -> &[f32] {
        self.labels.as_slice().expect("built in row-major order")
    }

    /// What a network of so many outputs is trained to give, `[items, outputs]`: the labels themselves for one output,
    /// else one-hot rows; where an item has several labels, one after another.
    #[must_use]
    pub fn targets(&self, outputs: usize) -> Vec<f32> {
        let mut targets = Vec::new();
        self.write_targets(0..self.len(), outputs, &mut targets);
        targets
    }

    /// The same of some items, in place of what was in `targets`.
    pub fn write_targets(&self, items: impl Iterator<Item = usize>, outputs: usize, targets: &mut Vec<f32>) {
        targets.clear();
        let (labels, size) = (self.all_labels(), self.labels_per_item());
        if [outputs, size] == [1, 1] {
            return targets.extend(items.map(|item| labels[item])); // most steps of the smallest networks
        }
        targets.reserve(outputs * items.size_hint().0); // all at once: no more than the largest batch needs
        for item in items {
            let start = targets.len();
            targets.resize(start + outputs, 0.0);
            write_rows(&labels[size * item..][..size], &mut targets[start..]);
        }
    }

    /// The same of one item, `[outputs]`.
    pub fn write_target(&self, item: usize, target: &mut [f32]) {
        let size = self.labels_per_item();
        write_rows(&self.all_labels()[size * item..][..size], target);
    }
}

/// A label as it is where there is a number for each, else a row with a 1 in its place.
fn write_rows(labels: &[f32], targets: &mut [f32]) {
    let units = targets.len() / labels.len();
    if units == 1 {
        return targets.copy_from_slice(labels);
    }
    targets.fill(0.0);
    for (row, &label) in targets.chunks_exact_mut(units).zip(labels) {
        row[label as usize] = 1.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_stay_bytes_and_become_numbers_from_0_to_1() {
        let pictures = Pictures::new(2, 3, vec![0, 51, 102, 153, 204, 255, 255, 0, 0, 0, 0, 0]);
        let examples = Examples::of_pictures(pictures, &[4, 9]).unwrap();
        assert_eq!((examples.len(), examples.input_shape()), (2, vec![2, 3, 1]));
        let mut input = [9.0; 6];
        examples.copy_item(0, &mut input);
        assert_eq!(input, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
        examples.copy_item(1, &mut input);
        assert_eq!(input, [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(examples.to_tensor().shape(), [2, 2, 3, 1]);
        assert!(examples.features().is_empty());
        assert_eq!(examples.targets(10)[10 + 9], 1.0);
    }

    #[test]
    fn labels_must_be_as_many_as_pictures() {
        let error = Examples::of_pictures(Pictures::new(2, 2, vec![0; 8]), &[1, 2, 3]).unwrap_err();
        assert_eq!(error.to_string(), "the number of labels is 3, but must be 2, one for each image");
    }
}
