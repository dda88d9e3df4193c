//! Which label is likely beside an item: by the free energies of the item with each.

use super::chains::machine;
use crate::data::Examples;
use crate::nn::rbm::Room;
use crate::train::{Run, likeliest};

/// Items that are asked for at once.
const AT_ONCE: usize = 100;

/// p(class | item) for items `[items, inputs]`, whose labels are overwritten: `[items, classes]`.
pub(super) fn shares(run: &Run, items: &mut [f32]) -> Vec<f32> {
    let ((rbm, weights), classes) = (machine(run), run.data().classes);
    let mut shares = Vec::new();
    let start = rbm.visible_units() - classes;
    rbm.choice_shares(weights, items, (start, classes), &mut shares, &mut Room::default());
    shares
}

/// Share of the first `most` examples whose class is told.
pub(super) fn accuracy(run: &Run, examples: &Examples, most: usize) -> f32 {
    let (many, classes) = (examples.len().min(most), run.data().classes);
    let size: usize = run.input_shape().iter().product();
    let (mut right, mut rows) = (0, Vec::new());
    for start in (0..many).step_by(AT_ONCE) {
        let items = start..(start + AT_ONCE).min(many);
        rows.resize(size * items.len(), 0.0);
        items.clone().zip(rows.chunks_exact_mut(size)).for_each(|(item, row)| examples.copy_item(item, row));
        let shares = shares(run, &mut rows);
        let told = shares.chunks_exact(classes).zip(items);
        right += told.filter(|(row, item)| likeliest(row) == examples.all_labels()[*item] as usize).count();
    }
    right as f32 / many.max(1) as f32
}
