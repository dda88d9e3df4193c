//! Loss-gradient arrows: for some training items the direction in which each would have to move for its own loss to
//! fall fastest, −∂L/∂input, as the network is at this moment and without dropout.

use crate::data::Examples;
use crate::labs::format::{count, power};
use crate::labs::longest;
use crate::nn::Pass;
use crate::train::Run;

/// Items that bear an arrow, at most: more would hide the plane.
const ITEMS: usize = 40;

/// An arrow for each of up to [`ITEMS`] of the first `shown` training items: its index, and −∂L/∂place, where L is the
/// loss of that item alone. Of inputs that are made of the place, such as x², the slopes are carried back to it; of a
/// table they are those of the two inputs `axes`.
pub(super) fn arrows(run: &Run, axes: [usize; 2], shown: usize) -> Vec<[f32; 3]> {
    let (config, train) = (&run.current().data, &run.data().train);
    if config.targets.are_inputs() {
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
        [item as f32, -across, -upwards]
    };
    items.iter().zip(gradients.chunks_exact(size)).map(arrow).collect()
}

/// What they show, as a sentence.
pub(super) fn told(arrows: &[[f32; 3]]) -> String {
    let many = count(arrows.len());
    match longest(arrows) {
        Some(longest) => format!(
            " Arrows at {many} training items point where the loss of each falls fastest; the longest gradient there is {}.",
            power(longest)
        ),
        None => {
            format!(" The gradients at {many} training items are no finite numbers, so no arrows are shown.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::LABS;
    use serde_json::{Value, json};

    fn run(changes: &[(&str, Value)]) -> Run {
        let experiment = changes.iter().fold(LABS[0].defaults(), |experiment, (key, value)| {
            LABS[0].change(&experiment, key, value).unwrap_or_else(|error| panic!("{key}: {error}"))
        });
        let mut run = Run::new(experiment).expect("validated");
        for _ in 0..20 {
            run.step().expect("finite");
        }
        run
    }

    /// Against differences of each item's loss as the item moves over the plane: two classes, more, a regression, and
    /// inputs that are made of the place; with layers that do otherwise while they train.
    #[test]
    fn an_arrow_is_how_the_loss_of_its_item_falls() {
        const H: f32 = 1e-2;
        let cases: [&[(&str, Value)]; 5] = [
            &[],
            &[("data.classes", json!(3))],
            &[("data.name", json!("plane"))],
            &[("data.features", json!(["x", "y_squared", "xy", "sin_x"]))],
            &[("normalization", json!("batch_normalization")), ("dropout", json!(0.3))],
        ];
        for case in cases {
            let tanh = [("activation", json!("tanh")), ("depth", json!(3))];
            let run = run(&[&tanh[..], case].concat());
            let shown = run.data().train.len();
            let arrows = arrows(&run, [0, 1], shown);
            assert_eq!(arrows.len(), ITEMS, "{case:?}");
            let mut longest = 0.0_f32;
            for (index, [item, right, up]) in arrows.into_iter().enumerate() {
                assert_eq!(item as usize, index * shown / ITEMS);
                let [x, y] = Examples::place(&run.data().train, item as usize, [0, 1]);
                let mut target = vec![0.0; run.network().outputs()];
                run.data().train.write_target(item as usize, &mut target);
                let loss = |place: [f32; 2]| {
                    let (mut input, mut pass) = (vec![0.0; run.input_shape()[0]], Pass::default());
                    run.current().data.write_inputs(place, [0, 1], &mut input);
                    run.network().forward(&input, &mut pass);
                    run.network().loss(&target, &pass)
                };
                let across = (loss([x + H, y]) - loss([x - H, y])) / (2.0 * H);
                let upwards = (loss([x, y + H]) - loss([x, y - H])) / (2.0 * H);
                let is_near = |arrow: f32, slope: f32| (arrow + slope).abs() < 2e-3 * (1.0 + slope.abs());
                let are_near = is_near(right, across) && is_near(up, upwards);
                assert!(
                    are_near,
                    "{case:?}: [{right}, {up}] at ({x}, {y}), but slopes [{across}, {upwards}]"
                );
                longest = longest.max(right.hypot(up));
            }
            assert!(longest > 0.05, "{case:?}: an arrow that tells something, not {longest}");
        }
    }

    #[test]
    fn arrows_are_there_only_when_asked_for() {
        let run = run(&[("depth", json!(2))]);
        let mut observer = LABS[0].observe(&run);
        for asked in [false, true] {
            let view = crate::labs::View { arrows: asked, ..Default::default() };
            let panel = observer.panel("boundary", &run, &view, &mut crate::labs::Numbers::default());
            let panel = panel.expect("a figure");
            let crate::labs::Figure::Plane(plane) = panel.figure else { panic!("a plane") };
            assert_eq!(plane.arrows.len, if asked { 3 * ITEMS } else { 0 });
            assert_eq!(panel.summary.contains("Arrows at 40 training items"), asked, "{}", panel.summary);
        }
    }
}
