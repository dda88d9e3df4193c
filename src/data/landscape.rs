//! Items that say nothing: for a network that is a function of its weights alone (`nn/layers/landscape.rs`), which still
//! is dealt batches as any other.

use super::{Data, DataConfig, DataSet, Examples, Inputs, Names, Source, Task};
use crate::tensor::tensor;
use std::ops::RangeInclusive;

pub(super) const SET: DataSet =
    DataSet { name: "landscape", label: "A landscape", task: Task::Regression, source: Source::Landscape };

/// How many there may be: a few are as good as many.
pub(super) const SAMPLES: RangeInclusive<usize> = 1..=100;

/// Each item is 0, and so is what is to be told of it.
pub(super) fn arrays(config: &DataConfig) -> Data {
    let items = |count: usize| {
        let numbers = tensor(&[count, 1], vec![0.0; count]);
        Examples::new(Inputs::Features(numbers), tensor(&[count], vec![0.0; count]))
    };
    let [train, test] = [config.training_items(), config.test_items()].map(items);
    Data { train, test, classes: 0, names: Names { inputs: vec!["nothing".into()], ..Names::default() } }
}
