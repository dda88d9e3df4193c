//! Loss-gradient arrows: for some training items the direction in which each would have to move for its own loss to
//! fall fastest, −∂L/∂input, as the network is at this moment and without dropout.

use crate::data::{Examples, Targets};
use crate::labs::format::{count, power};
use crate::nn::Pass;
use crate::train::Run;

/// Items that bear an arrow, at most: more would hide the plane.
const ITEMS: usize = 40;

/// An arrow for each of up to [`ITEMS`] of the first `shown` training items: its place, and −∂L/∂place, where L is the
/// loss of that item alone. Of inputs that are made of the place, such as x², the slopes are carried back to it; of a
/// table they are those of the two inputs `axes`.
pub(super) fn arrows(run: &Run, axes: [usize; 2], shown: usize) -> Vec<[f32; 4]> {
    let (config, train) = (&run.current().data, &run.data().train);
    if config.targets == Targets::Inputs {
        return Vec::new(); // the target would move with the item
    }
    let (size, outputs) = (run.input_shape()[0], run.network().outputs());
    let items: Vec<usize> = (0..shown.min(ITEMS)).map(|index| index * shown / shown.min(ITEMS)).collect();
    let (mut inputs, mut targets) = (vec![0.0; size * items.len()], vec![0.0; outputs * items.len()]);
    let rows = inputs.chunks_exact_mut(size).zip(targets.chunks_exact_mut(outputs));
    for (&item, (input, target)) in items.iter().zip(rows) {
        train.copy_item(item, input);
        train.write_target(item, target);
    }
    let mut pass = Pass::default();
    run.network().forward(&inputs, &mut pass);
    let gradients = run.network().loss_gradient(&inputs, &targets, &mut pass);
    let arrow = |(&item, gradient): (&usize, &[f32])| {
        let [x, y] = Examples::place(train, item, axes);
        let [across, upwards] = config.slope_at([x, y], axes, gradient);
        [x, y, -across, -upwards]
    };
    items.iter().zip(gradients.chunks_exact(size)).map(arrow).collect()
}

/// What they show, as a sentence.
pub(super) fn told(arrows: &[[f32; 4]]) -> String {
    let lengths = arrows.iter().map(|[_, _, x, y]| x.hypot(*y)).filter(|length| length.is_finite());
    format!(
        " Arrows at {} training items point where the loss of each falls fastest; the longest gradient there is {}.",
        count(arrows.len()),
        power(lengths.fold(0.0, f32::max))
    )
}
