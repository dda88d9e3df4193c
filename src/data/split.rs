//! From a set's settings to arrays: items drawn, split into training and test, standardised.

use super::{DataConfig, Draw, Task};
use crate::error::Result;
use crate::tensor::{Rng, Stream, Tensor, tensor};

/// Items with their labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Examples {
    /// Features `[items, features]`, standardised.
    pub inputs: Tensor,
    /// Class indices, or the values of a regression, `[items]`.
    pub labels: Tensor,
}

/// The arrays that a run trains and tests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Data {
    pub train: Examples,
    pub test: Examples,
    /// Number of classes; 0 for regression.
    pub classes: usize,
}

impl Examples {
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

    /// All features, row after row.
    #[must_use]
    pub fn features(&self) -> &[f32] {
        self.inputs.as_slice().expect("built in row-major order")
    }

    /// What a network of so many outputs is trained to give, `[items, outputs]`: the labels
    /// themselves for one output, else one-hot rows.
    #[must_use]
    pub fn targets(&self, outputs: usize) -> Vec<f32> {
        if outputs == 1 {
            return self.labels.iter().copied().collect();
        }
        let mut targets = vec![0.0; self.len() * outputs];
        for (row, &label) in targets.chunks_exact_mut(outputs).zip(&self.labels) {
            row[label as usize] = 1.0;
        }
        targets
    }
}

impl Data {
    /// Draws the items that `config` describes: always the same for the same seed.
    ///
    /// # Errors
    /// [`crate::error::Error::Setting`] as in [`DataConfig::validate`].
    pub fn new(config: &DataConfig, seed: u64) -> Result<Self> {
        config.validate()?;
        let set = config.set()?;
        let classes = config.classes()?;
        let mut rng = Rng::new(seed, Stream::Data);
        let mut items: Vec<([f32; 2], f32)> = (0..config.samples)
            .map(|index| {
                let class = if matches!(set.task, Task::Regression) { 0 } else { index % classes };
                (set.sample)(&mut rng, &Draw { class, classes, noise: config.noise })
            })
            .collect();
        Rng::new(seed, Stream::Split).shuffle(&mut items);
        let (test, train) = items.split_at(config.test_items());
        let scale = Standard::of(train);
        Ok(Self { train: scale.apply(train), test: scale.apply(test), classes })
    }
}

/// Mean and deviation of each feature over the training items, which the test items share.
struct Standard {
    mean: [f32; 2],
    deviation: [f32; 2],
}

impl Standard {
    fn of(items: &[([f32; 2], f32)]) -> Self {
        let count = items.len() as f64;
        let mean = [0, 1].map(|f| items.iter().map(|(x, _)| f64::from(x[f])).sum::<f64>() / count);
        let deviation = [0, 1].map(|f| {
            let squares =
                items.iter().map(|(x, _)| f64::from(x[f]) - mean[f]).map(|distance| distance * distance);
            (squares.sum::<f64>() / count).sqrt().max(1e-6) as f32
        });
        Self { mean: mean.map(|m| m as f32), deviation }
    }

    fn apply(&self, items: &[([f32; 2], f32)]) -> Examples {
        let scaled = |&([x, y], _): &([f32; 2], f32)| {
            [(x - self.mean[0]) / self.deviation[0], (y - self.mean[1]) / self.deviation[1]]
        };
        Examples {
            inputs: tensor(&[items.len(), 2], items.iter().flat_map(scaled).collect()),
            labels: tensor(&[items.len()], items.iter().map(|&(_, label)| label).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::SETS;
    use super::*;

    #[test]
    fn every_set_is_split_standardised_and_reproducible() {
        for set in SETS {
            let config = DataConfig { name: set.name.into(), ..DataConfig::default() };
            let data = Data::new(&config, 7).unwrap();
            assert_eq!((data.train.len(), data.test.len()), (350, 150), "{}", set.name);
            assert_eq!(data, Data::new(&config, 7).unwrap());
            assert_ne!(data, Data::new(&config, 8).unwrap());
            for feature in 0..2 {
                let values = data.train.inputs.index_axis(ndarray::Axis(1), feature);
                assert!(values.mean().unwrap().abs() < 1e-4, "{}", set.name);
                assert!((values.std(0.0) - 1.0).abs() < 1e-3, "{}", set.name);
            }
        }
    }

    #[test]
    fn classes_are_balanced_and_one_hot() {
        let config = DataConfig { classes: Some(5), test_fraction: 0.0, ..DataConfig::default() };
        let data = Data::new(&config, 1).unwrap();
        let targets = data.train.targets(5);
        for class in 0..5 {
            assert_eq!(targets.chunks(5).filter(|row| row[class] == 1.0).count(), 100);
        }
        assert!((targets.iter().sum::<f32>() - 500.0).abs() < f32::EPSILON);
    }

    #[test]
    fn settings_out_of_range_are_refused_before_anything_is_drawn() {
        let refused = |config: DataConfig| Data::new(&config, 1).unwrap_err().to_string();
        let defaults = DataConfig::default;
        assert!(refused(DataConfig { name: "mnist".into(), ..defaults() }).contains("one of spiral, circle"));
        let error = refused(DataConfig { samples: usize::MAX, ..defaults() });
        assert!(error.ends_with("must be from 10 to 20000"), "{error}");
        assert!(refused(DataConfig { noise: f32::NAN, ..defaults() }).contains("data.noise is NaN"));
        assert!(refused(DataConfig { classes: Some(6), ..defaults() }).contains("from 2 to 5"));
        let plane = DataConfig { name: "plane".into(), classes: Some(2), ..defaults() };
        assert!(refused(plane).contains("left out"));
    }
}
