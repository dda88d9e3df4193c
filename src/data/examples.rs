//! Items with their labels: points of the plane as numbers, pictures as bytes that become numbers
//! when a batch is made of them.

use super::pictures::{Pictures, to_numbers};
use crate::error::{Error, Result};
use crate::tensor::{Tensor, tensor};

/// What a network is given of each item.
#[derive(Clone, Debug, PartialEq)]
pub enum Inputs {
    /// Features `[items, features]`, standardised.
    Features(Tensor),
    /// Grey pictures, for the network `[items, height, width, 1]` within 0…1.
    Pictures(Pictures),
}

/// Items with their labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Examples {
    pub inputs: Inputs,
    /// Class indices, or the values of a regression, `[items]`.
    pub labels: Tensor,
    /// Where the items lie in the plane; empty where they are no points of it.
    pub places: Vec<[f32; 2]>,
}

impl Examples {
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
        Ok(Self {
            labels: tensor(&[pictures.len()], labels),
            inputs: Inputs::Pictures(pictures),
            places: Vec::new(),
        })
    }

    /// Number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no item at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Shape of one item as a network takes it: `[2]` in the plane, `[height, width, 1]` for pictures.
    #[must_use]
    pub fn input_shape(&self) -> Vec<usize> {
        match &self.inputs {
            Inputs::Features(features) => features.shape()[1..].to_vec(),
            Inputs::Pictures(pictures) => vec![pictures.height(), pictures.width(), 1],
        }
    }

    /// All features, row after row; none where the items are pictures.
    #[must_use]
    pub fn features(&self) -> &[f32] {
        match &self.inputs {
            Inputs::Features(features) => features.as_slice().expect("built in row-major order"),
            Inputs::Pictures(_) => &[],
        }
    }

    /// Where an item lies in the plane that is drawn, whose axes are the features `axes` where it has no
    /// place of its own; with one feature the plane is a line.
    #[must_use]
    pub fn place(&self, item: usize, axes: [usize; 2]) -> [f32; 2] {
        self.places.get(item).copied().unwrap_or_else(|| {
            let row = &self.features()[item * self.input_shape()[0]..];
            [row[axes[0]], if axes[0] == axes[1] { 0.0 } else { row[axes[1]] }]
        })
    }

    /// The pictures, where the items are pictures.
    #[must_use]
    pub fn pictures(&self) -> Option<&Pictures> {
        match &self.inputs {
            Inputs::Features(_) => None,
            Inputs::Pictures(pictures) => Some(pictures),
        }
    }

    /// Copies an item to where a network takes it, `[..input_shape]`.
    pub fn copy_item(&self, item: usize, input: &mut [f32]) {
        match &self.inputs {
            Inputs::Features(_) => {
                let size = input.len();
                input.copy_from_slice(&self.features()[size * item..][..size]);
            }
            Inputs::Pictures(pictures) => to_numbers(pictures.picture(item), input),
        }
    }

    /// The items at `indices`, in their order.
    #[must_use]
    pub(super) fn chosen(&self, indices: &[u32]) -> Self {
        let inputs = match &self.inputs {
            Inputs::Pictures(pictures) => Inputs::Pictures(pictures.chosen(indices)),
            Inputs::Features(features) => {
                let size = features.shape()[1];
                let rows = indices.iter().flat_map(|&item| &self.features()[size * item as usize..][..size]);
                Inputs::Features(tensor(&[indices.len(), size], rows.copied().collect()))
            }
        };
        let labels = indices.iter().map(|&item| self.labels[item as usize]).collect();
        let places = indices.iter().filter_map(|&item| self.places.get(item as usize).copied()).collect();
        Self { inputs, labels: tensor(&[indices.len()], labels), places }
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

    /// What a network of so many outputs is trained to give, `[items, outputs]`: the labels
    /// themselves for one output, else one-hot rows.
    #[must_use]
    pub fn targets(&self, outputs: usize) -> Vec<f32> {
        let mut targets = vec![0.0; self.len() * outputs];
        let rows = targets.chunks_exact_mut(outputs).enumerate();
        rows.for_each(|(item, row)| self.write_target(item, row));
        targets
    }

    /// The same of one item, `[outputs]`.
    pub fn write_target(&self, item: usize, target: &mut [f32]) {
        let label = self.labels[item];
        match target {
            [only] => *only = label,
            row => {
                row.fill(0.0);
                row[label as usize] = 1.0;
            }
        }
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
