//! What the network makes of all test items at one moment: their codes and how far off they come back. Shared by the
//! figures of that moment.

use super::code::Code;
use crate::data::{Data, Examples};
use crate::nn::{Loss, Pass};
use crate::train::{Run, pictures_at_once};

/// Training items that are read in place of test items, at most.
const WITHOUT_TEST: usize = 2000;
/// Training items whose codes are looked at, at most.
const TRAINING_CODES: usize = 600;

/// See the module.
#[derive(Default)]
pub(super) struct Reading {
    /// Codes of the test items as they are, `[items, units]`.
    pub codes: Vec<f32>,
    /// Mean squared error of each.
    pub errors: Vec<f32>,
    /// The same of test items that are turned by a quarter, where that is asked for.
    pub turned: Vec<f32>,
    /// Codes of training items, spread evenly over them.
    pub training_codes: Vec<f32>,
    pass: Pass,
}

impl Reading {
    /// Passes the test items as they are through the network; where there are none, the first of training.
    pub fn read(&mut self, run: &Run, code: Option<Code>) {
        let Self { codes, errors, pass, .. } = self;
        codes.clear();
        errors.clear();
        let size = run.network().outputs();
        let mut take = |clean: &[f32], pass: &Pass| {
            codes.extend(code.iter().flat_map(|code| &pass.traces[code.layer].output));
            errors.extend(errors_of(pass.output(), clean, size));
        };
        let Data { train, test, .. } = run.data();
        if !test.is_empty() {
            return run.visit(test, pass, take);
        }
        let mut inputs = vec![0.0; size * train.len().min(WITHOUT_TEST)];
        inputs.chunks_exact_mut(size).enumerate().for_each(|(item, input)| train.copy_item(item, input));
        for part in inputs.chunks(size * pictures_at_once(run.network())) {
            run.network().forward(part, pass);
            take(part, pass);
        }
    }

    /// Passes them turned by a quarter: pictures of nothing that was learned.
    pub fn read_turned(&mut self, run: &Run, rows: usize) {
        let size = rows * rows;
        let test = &run.data().test;
        let mut item = vec![0.0; size];
        let mut inputs = vec![0.0; size * test.len()];
        for (index, turned) in inputs.chunks_exact_mut(size).enumerate() {
            test.copy_item(index, &mut item);
            for (at, number) in turned.iter_mut().enumerate() {
                *number = item[(rows - 1 - at % rows) * rows + at / rows];
            }
        }
        self.turned.clear();
        for part in inputs.chunks(size * pictures_at_once(run.network())) {
            run.network().forward(part, &mut self.pass);
            self.turned.extend(errors_of(self.pass.output(), part, size));
        }
    }

    /// Passes some training items as far as the code.
    pub fn read_training(&mut self, run: &Run, code: Code) {
        let train = &run.data().train;
        let count = train.len().min(TRAINING_CODES);
        let size: usize = run.input_shape().iter().product();
        let mut inputs = vec![0.0; size * count];
        let places = inputs.chunks_exact_mut(size).enumerate();
        places.for_each(|(index, place)| train.copy_item(index * train.len() / count, place));
        self.training_codes.clear();
        for part in inputs.chunks(size * pictures_at_once(run.network())) {
            run.network().forward(part, &mut self.pass);
            self.training_codes.extend_from_slice(&self.pass.traces[code.layer].output);
        }
    }

    /// Test items whose class is one of these, or is none of them.
    pub fn errors_of_classes<'a>(
        &'a self,
        test: &'a Examples,
        classes: &'a [usize],
        are_within: bool,
    ) -> impl Iterator<Item = f32> + 'a {
        let labels = test.labels.iter().map(|&label| label as usize);
        let chosen = self.errors.iter().zip(labels);
        chosen.filter(move |(_, label)| classes.contains(label) == are_within).map(|(error, _)| *error)
    }
}

/// Mean squared error of each item of `size` numbers.
pub(super) fn errors_of<'a>(
    outputs: &'a [f32],
    items: &'a [f32],
    size: usize,
) -> impl Iterator<Item = f32> + 'a {
    let pairs = outputs.chunks_exact(size).zip(items.chunks_exact(size));
    pairs.map(move |(output, item)| Loss::MeanSquaredError.evaluate(output, item, size, None))
}
