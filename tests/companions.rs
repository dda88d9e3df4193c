//! The three networks that ship beside the digit model: as many weights each, and what their layers are good
//! for when digits are moved that they met in the middle. The lab speaks of one drawing; here are many.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::data::{Data, DataConfig, Nudge, NudgeKind, SIDE};
use glassbox::nn::Pass;
use glassbox::train::companions::companions;

/// Digits of a seed that no companion was trained on.
fn held_out() -> Data {
    let config = DataConfig { samples: 1000, test_fraction: 0.0, ..DataConfig::named("digits") };
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

/// Against other sizes pooling helps too; against turning it does not: with pooling and with strides digits turned by 40 degrees are
/// read about as badly. So nothing may say that pooling helps against rotations.
#[test]
fn pooling_helps_against_other_sizes_and_not_against_rotations() {
    let data = held_out();
    let [pooling, strides, dense] = measured(&data, NudgeKind::Scale, &[60.0, 140.0]);
    println!("60 and 140 %: pooling {pooling:.3?}, strides {strides:.3?}, dense {dense:.3?}");
    assert!(
        pooling[0] > strides[0] + 0.1 && strides[0] > dense[0] + 0.1,
        "{pooling:?} {strides:?} {dense:?}"
    );
    let [pooling, strides, dense] = measured(&data, NudgeKind::Rotation, &[-40.0, 40.0]);
    println!("40 degrees: pooling {pooling:.3?}, strides {strides:.3?}, dense {dense:.3?}");
    assert!((pooling[0] - strides[0]).abs() < 0.05, "{pooling:?} {strides:?}");
}

#[test]
fn companions_have_as_many_weights_as_each_other() {
    let weights = companions().each_ref().map(|companion| companion.network.weights.len());
    assert_eq!(weights, [11_146, 11_146, 11_140]);
}

/// What the lab may lead a visitor to believe. Over 1,000 digits, to the left and right, up and down: at 3 px the
/// true digit keeps 71 % with pooling, 46 % with strides, 30 % with dense layers.
#[test]
fn pooling_helps_against_shifts_and_convolution_without_it_does_less() {
    let data = held_out();
    for pixels in 0..=6 {
        let amounts = [-(pixels as f32), pixels as f32];
        let [right, down] = [NudgeKind::Right, NudgeKind::Down].map(|kind| measured(&data, kind, &amounts));
        let [pooling, strides, dense]: [[f32; 2]; 3] =
            std::array::from_fn(|i| [0, 1].map(|j| (right[i][j] + down[i][j]) / 2.0));
        println!("{pixels} px: pooling {pooling:.3?}, strides {strides:.3?}, dense {dense:.3?}");
        if pixels == 0 {
            assert!(pooling[1] > 0.97 && strides[1] > 0.97 && dense[1] > 0.93, "all have learned the digits");
        }
        if (2..=5).contains(&pixels) {
            for j in 0..2 {
                assert!(
                    pooling[j] > strides[j] + 0.1,
                    "{pixels} px: pooling {pooling:?}, strides {strides:?}"
                );
                assert!(strides[j] > dense[j] + 0.03, "{pixels} px: strides {strides:?}, dense {dense:?}");
            }
        }
    }
}
