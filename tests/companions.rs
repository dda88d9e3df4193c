//! The three networks that ship beside the digit model: as many weights each, and what their layers are good
//! for when digits are moved that they met in the middle. The lab speaks of one drawing; here are many.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::data::{Data, DataConfig, Nudge, NudgeKind, SIDE};
use glassbox::nn::Pass;
use glassbox::train::companions::companions;

/// Digits of a seed that no companion was trained on.
fn held_out() -> Data {
    let config = DataConfig { samples: 300, test_fraction: 0.0, ..DataConfig::named("digits") };
    Data::new(&config, 4242).expect("digits are drawn")
}

/// Mean probability of the true class and accuracy of each companion, over the digits nudged one way.
fn measured(data: &Data, kind: NudgeKind, amounts: &[f32]) -> [[f32; 2]; 3] {
    let mut item = vec![0.0; SIDE * SIDE];
    let mut sums = [[0.0; 2]; 3];
    for index in 0..data.train.len() {
        data.train.copy_item(index, &mut item);
        let class = data.train.labels[index] as usize;
        let pictures: Vec<f32> = amounts
            .iter()
            .flat_map(|&amount| Nudge::default().with(kind, amount).apply(&item, SIDE))
            .collect();
        for (companion, sums) in companions().iter().zip(&mut sums) {
            let mut pass = Pass::default();
            companion.network.forward(&pictures, &mut pass);
            for row in pass.output().chunks_exact(10) {
                sums[0] += row[class];
                sums[1] += f32::from(u8::from(row.iter().all(|&other| other <= row[class])));
            }
        }
    }
    let many = (data.train.len() * amounts.len()) as f32;
    sums.map(|sums| sums.map(|sum| sum / many))
}

#[test]
fn companions_have_as_many_weights_as_each_other() {
    let weights = companions().each_ref().map(|companion| companion.network.weights.len());
    assert_eq!(weights, [11_146, 11_146, 11_140]);
}

/// What the lab may lead a visitor to believe: that pooling helps a network against shifts, and convolution more
/// so. Over 300 digits, to the left and right, up and down.
#[test]
fn pooling_helps_against_shifts_and_strides_do_less() {
    let data = held_out();
    for pixels in 0..=6 {
        let amounts = [-(pixels as f32), pixels as f32];
        let [right, down] = [NudgeKind::Right, NudgeKind::Down].map(|kind| measured(&data, kind, &amounts));
        let [pooling, strides, dense]: [[f32; 2]; 3] =
            std::array::from_fn(|i| [0, 1].map(|j| (right[i][j] + down[i][j]) / 2.0));
        println!("{pixels} px: pooling {pooling:.3?} strides {strides:.3?} dense {dense:.3?}");
    }
    for (kind, amounts) in [(NudgeKind::Rotation, [-40.0, 40.0]), (NudgeKind::Scale, [60.0, 140.0])] {
        println!("{kind:?}: {:.3?}", measured(&data, kind, &amounts));
    }
}
