//! Changes pictures in one resampling: thickness first, then shift, rotation, shear, scale and a smooth
//! random displacement at once. What becomes of a picture follows from seed, epoch and item alone.

use super::Augmentation;
use super::pictures::to_numbers;
use super::resample::{MARGIN, back, ink_at, larger, smaller, split};
use crate::tensor::{Rng, Stream, bytes_of};
use std::ops::RangeInclusive;

/// Deviation of a field of this kind whose nodes have deviation 1 (mean over the plane).
const FIELD_DEVIATION: f32 = 0.479;

/// Changes pictures of one size; its buffers are made once.
#[derive(Clone, Debug)]
pub struct Augmenter {
    config: Augmentation,
    seed: u64,
    height: usize,
    width: usize,
    /// The picture with its margin, 0…1, and the same with thicker or thinner strokes.
    source: Vec<f32>,
    thickened: Vec<f32>,
    /// All pixels of each column, or-ed.
    inked: Vec<u8>,
    /// Displacements right and down at the nodes of a coarse grid, row by row.
    nodes: Vec<[f32; 2]>,
    /// The nodes blended for one row of pixels.
    blended: Vec<[f32; 2]>,
    /// For each row and column of pixels: the first of the four nodes that count, and their weights.
    rows: Vec<(usize, [f32; 4])>,
    columns: Vec<(usize, [f32; 4])>,
}

impl Augmenter {
    /// For pictures of `height` by `width` pixels; `config` was validated.
    #[must_use]
    pub fn new(config: &Augmentation, height: usize, width: usize, seed: u64) -> Self {
        let places = |pixels: usize| -> Vec<(usize, [f32; 4])> {
            (0..pixels).map(|pixel| spline_place(pixel as f32 / config.smoothness)).collect()
        };
        let (rows, columns) = (places(height), places(width));
        let nodes = |places: &[(usize, [f32; 4])]| places.last().map_or(0, |(first, _)| first + 4);
        let padded = (height + 2 * MARGIN) * (width + 2 * MARGIN);
        Self {
            config: config.clone(),
            seed,
            height,
            width,
            source: vec![0.0; padded],
            thickened: vec![0.0; padded],
            inked: vec![0; width],
            nodes: vec![[0.0; 2]; nodes(&rows) * nodes(&columns)],
            blended: vec![[0.0; 2]; nodes(&columns)],
            rows,
            columns,
        }
    }

    /// Writes what becomes of `picture`, item `item` of the training data, in an epoch, 0…1.
    pub fn apply(&mut self, picture: &[u8], epoch: usize, item: usize, output: &mut [f32]) {
        let mut rng = Rng::new(self.seed, Stream::Augmentation { epoch, item });
        let mut draw = |most: f32| rng.between(-most, most);
        // All are drawn, whether they are used or not, so that setting one leaves the others alike.
        let shift = [draw(self.config.shift), draw(self.config.shift)];
        let angle = draw(self.config.rotation).to_radians();
        let scale = [1.0 + draw(self.config.scale), 1.0 + draw(self.config.scale)];
        let shear = draw(self.config.shear);
        let thickness = draw(self.config.thickness);
        if self.config.elastic > 0.0 {
            // Even, not normal: a displacement far out would tear a stroke.
            let most = self.config.elastic * 3.0_f32.sqrt() / FIELD_DEVIATION;
            self.nodes.iter_mut().for_each(|node| *node = [draw(most), draw(most)]);
        }
        let reach = self.load(picture);
        self.thicken(thickness);
        self.resample(back(angle, shear, scale), shift, &reach, output);
    }

    /// Bytes of its buffers.
    pub(crate) fn bytes(&self) -> usize {
        let of_pixels = bytes_of(&self.source) + bytes_of(&self.thickened) + bytes_of(&self.inked);
        let of_nodes = bytes_of(&self.nodes) + bytes_of(&self.blended);
        of_pixels + of_nodes + bytes_of(&self.rows) + bytes_of(&self.columns)
    }

    /// Takes a picture, and returns the rows and columns that its ink can reach when it is thickened
    /// and resampled: elsewhere there is paper.
    fn load(&mut self, picture: &[u8]) -> [RangeInclusive<i32>; 2] {
        let stride = self.width + 2 * MARGIN;
        let rows = self.source.chunks_exact_mut(stride).skip(MARGIN);
        let (mut top, mut bottom) = (self.height as i32, -1);
        self.inked.fill(0);
        for (row, (pixels, numbers)) in picture.chunks_exact(self.width).zip(rows).enumerate() {
            to_numbers(pixels, &mut numbers[MARGIN..][..self.width]);
            self.inked.iter_mut().zip(pixels).for_each(|(any, pixel)| *any |= pixel);
            if pixels.iter().fold(0, |any, pixel| any | pixel) > 0 {
                (top, bottom) = (top.min(row as i32), row as i32);
            }
        }
        let is_inked = |ink: &u8| *ink > 0;
        let left = self.inked.iter().position(is_inked).unwrap_or(self.width) as i32;
        let right = self.inked.iter().rposition(is_inked).map_or(-1, |column| column as i32);
        let reach =
            |first: i32, last: i32, pixels: usize| (first - 3).max(-2)..=(last + 2).min(pixels as i32);
        [reach(left, right, self.width), reach(top, bottom, self.height)]
    }

    /// Moves outlines. Out: towards the grey-scale dilation, with the contrast that this takes from the
    /// outline given back. In: an outline is a slope, so it moves when as much is taken away everywhere,
    /// as a share of the darkest pixel around, and what is left is made as dark again; an erosion would
    /// fade thin strokes.
    fn thicken(&mut self, most: f32) {
        let stride = self.width + 2 * MARGIN;
        // From one pixel above and left of the picture to one below and right of it.
        let first = (MARGIN - 1) * (stride + 1);
        let length = (self.height + 1) * stride + self.width + 2;
        let near =
            |down: usize, right: usize| &self.source[first + down * stride + right - stride - 1..][..length];
        let (above, left, here, right, below) = (near(0, 1), near(1, 0), near(1, 1), near(1, 2), near(2, 1));
        let corners = [near(0, 0), near(0, 2), near(2, 0), near(2, 2)];
        let thickened = &mut self.thickened[first..][..length];
        let outward = 1.0 / (1.0 - 0.5 * most.max(0.0));
        let inward = 1.0 / (1.0 + 1.1 * most.min(0.0));
        for i in 0..length {
            let x = here[i];
            let side = larger(x, larger(larger(above[i], left[i]), larger(right[i], below[i])));
            let corner = larger(larger(corners[0][i], corners[1][i]), larger(corners[2][i], corners[3][i]));
            let darkest = larger(side, corner);
            let moved = if most > 0.0 {
                let grown = x + most * (larger(side, 0.7 * corner) - x);
                (grown - 0.25 * most * darkest) * outward
            } else {
                (x + most * darkest) * inward
            };
            thickened[i] = smaller(larger(moved, 0.0), darkest);
        }
    }

    fn resample(
        &mut self,
        back: [[f32; 2]; 2],
        shift: [f32; 2],
        [across, along]: &[RangeInclusive<i32>; 2],
        output: &mut [f32],
    ) {
        let (stride, nodes) = (self.width + 2 * MARGIN, self.blended.len());
        let centre = [(self.width as f32 - 1.0) / 2.0, (self.height as f32 - 1.0) / 2.0];
        for (row, line) in output.chunks_exact_mut(self.width).enumerate() {
            let (first, weights) = self.rows[row];
            for (column, sum) in self.blended.iter_mut().enumerate() {
                let node = |i: usize| self.nodes[(first + i) * nodes + column];
                *sum = blend([node(0), node(1), node(2), node(3)], weights);
            }
            let v = row as f32 - centre[1] - shift[1];
            for (column, pixel) in line.iter_mut().enumerate() {
                let (first, weights) = self.columns[column];
                let four = self.blended[first..].first_chunk().expect("four nodes for each column");
                let [right, down] = blend(*four, weights);
                let u = column as f32 - centre[0] - shift[0];
                let (x, fraction_x) = split(centre[0] + back[0][0] * u + back[0][1] * v + right);
                let (y, fraction_y) = split(centre[1] + back[1][0] * u + back[1][1] * v + down);
                let is_near_ink = across.contains(&x) && along.contains(&y);
                *pixel = if is_near_ink {
                    ink_at(&self.thickened, stride, (x, y), [fraction_x, fraction_y])
                } else {
                    0.0
                };
            }
        }
    }
}

fn blend(nodes: [[f32; 2]; 4], weights: [f32; 4]) -> [f32; 2] {
    let along = |axis: usize| {
        (nodes[0][axis] * weights[0] + nodes[1][axis] * weights[1])
            + (nodes[2][axis] * weights[2] + nodes[3][axis] * weights[3])
    };
    [along(0), along(1)]
}

/// The first of the four nodes around a place, and their weights: the cubic B-spline, which is smooth.
fn spline_place(place: f32) -> (usize, [f32; 4]) {
    let first = place as usize;
    let t = place - first as f32;
    let s = 1.0 - t;
    let inner = |t: f32| ((0.5 * t - 1.0) * t * t) + 2.0 / 3.0;
    (first, [s * s * s / 6.0, inner(t), inner(s), t * t * t / 6.0])
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 28;

    /// A ring with soft edges, somewhat left of the centre.
    fn ring() -> Vec<u8> {
        let ink = |pixel: usize| {
            let (x, y) = ((pixel % SIDE) as f32 - 12.0, (pixel / SIDE) as f32 - 13.5);
            let distance = ((x * x + y * y).sqrt() - 6.0).abs();
            (255.0 * (2.0 - distance).clamp(0.0, 1.0)) as u8
        };
        (0..SIDE * SIDE).map(ink).collect()
    }

    fn all() -> Augmentation {
        Augmentation {
            shift: 2.0,
            rotation: 15.0,
            scale: 0.15,
            shear: 0.2,
            elastic: 1.5,
            thickness: 0.5,
            ..Augmentation::default()
        }
    }

    /// What becomes of the ring, as items 0, 1, … of the first epoch.
    fn changed(config: &Augmentation, items: usize) -> Vec<Vec<f32>> {
        let mut augmenter = Augmenter::new(config, SIDE, SIDE, 7);
        let apply = |item| {
            let mut output = vec![f32::NAN; SIDE * SIDE];
            augmenter.apply(&ring(), 0, item, &mut output);
            output
        };
        (0..items).map(apply).collect()
    }

    /// Ink, and its centre.
    fn ink(picture: &[f32]) -> [f32; 3] {
        let sum: f32 = picture.iter().sum();
        let mean = |axis: fn(usize) -> usize| {
            picture.iter().enumerate().map(|(pixel, ink)| axis(pixel) as f32 * ink).sum::<f32>() / sum
        };
        [sum, mean(|pixel| pixel % SIDE), mean(|pixel| pixel / SIDE)]
    }

    /// Smallest and largest of a measure over 200 changed rings, and what it is of the ring itself.
    fn spread(config: &Augmentation, measure: impl Fn(&[f32]) -> f32) -> [f32; 3] {
        let values: Vec<f32> = changed(config, 200).iter().map(|picture| measure(picture)).collect();
        let low = values.iter().copied().fold(f32::INFINITY, f32::min);
        let high = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        [low, high, measure(&changed(&Augmentation::default(), 1)[0])]
    }

    #[test]
    fn zeros_leave_a_picture_as_it_is() {
        let mut wanted = [0.0; SIDE * SIDE];
        to_numbers(&ring(), &mut wanted);
        assert_eq!(changed(&Augmentation::default(), 3), vec![wanted.to_vec(); 3]);
        assert!(Augmentation::default().is_none() && !all().is_none());
    }

    #[test]
    fn a_change_follows_from_seed_epoch_and_item_alone() {
        let mut augmenter = Augmenter::new(&all(), SIDE, SIDE, 7);
        let mut apply = |epoch, item| {
            let mut output = vec![0.0; SIDE * SIDE];
            augmenter.apply(&ring(), epoch, item, &mut output);
            output
        };
        let first = apply(3, 5);
        for other in [apply(4, 5), apply(3, 6), apply(5, 3)] {
            assert_ne!(first, other);
        }
        assert_eq!(first, apply(3, 5));
        let mut other_seed = vec![0.0; SIDE * SIDE];
        Augmenter::new(&all(), SIDE, SIDE, 8).apply(&ring(), 3, 5, &mut other_seed);
        assert_ne!(first, other_seed);
    }

    #[test]
    fn the_bits_never_change() {
        let bits = changed(&all(), 20).concat().into_iter().map(f32::to_bits);
        let hash = bits.fold(0xcbf2_9ce4_8422_2325_u64, |hash, bits| {
            (hash ^ u64::from(bits)).wrapping_mul(0x100_0000_01b3)
        });
        assert_eq!(hash, 0xf41d_5a06_cae7_3552, "{hash:#x}");
    }

    #[test]
    fn each_setting_does_what_its_name_says() {
        let only = |change: fn(&mut Augmentation)| {
            let mut config = Augmentation::default();
            change(&mut config);
            config
        };
        let [low, high, still] = spread(&only(|a| a.shift = 2.0), |picture| ink(picture)[1]);
        assert!((still - 2.0..still - 1.9).contains(&low) && (still + 1.9..still + 2.01).contains(&high));
        let [low, high, still] = spread(&only(|a| a.scale = 0.2), |picture| ink(picture)[0]);
        assert!((0.6..0.75).contains(&(low / still)) && (1.3..1.5).contains(&(high / still)));
        let [low, high, still] = spread(&only(|a| a.thickness = 0.5), |picture| ink(picture)[0]);
        assert!(
            (0.6..0.85).contains(&(low / still)) && (1.1..1.4).contains(&(high / still)),
            "{low} {high} {still}"
        );
        // The ring stands 1.5 left of the centre, about which it turns: once around, it comes to the right.
        let [low, high, still] = spread(&only(|a| a.rotation = 180.0), |picture| ink(picture)[1]);
        assert!((low - still).abs() < 0.1 && (high - still - 3.0).abs() < 0.1);
        let [_, high, still] = spread(&only(|a| a.shear = 0.5), |picture| ink(&picture[..10 * SIDE])[1]);
        assert!((1.5..3.5).contains(&(high - still)));
        let [low, high, still] = spread(&only(|a| a.elastic = 1.5), |picture| ink(picture)[0]);
        assert!(
            (0.6..0.95).contains(&(low / still)) && (1.05..1.5).contains(&(high / still)),
            "{low} {high} {still}"
        );
        for picture in changed(&all(), 200) {
            assert!(picture.iter().all(|ink| (0.0..=1.0).contains(ink)));
            // Neither torn to pieces nor blurred: there is full ink, and there is paper.
            assert!(
                picture.iter().any(|ink| *ink > 0.95)
                    && picture.iter().filter(|ink| **ink == 0.0).count() > 300
            );
        }
    }

    #[test]
    fn pictures_of_any_size_can_be_changed() {
        for (height, width) in [(1, 1), (1, 64), (64, 3), (64, 64)] {
            let mut augmenter = Augmenter::new(&all(), height, width, 1);
            let mut output = vec![f32::NAN; height * width];
            for item in 0..50 {
                augmenter.apply(&vec![255; height * width], 0, item, &mut output);
                assert!(output.iter().all(|ink| (0.0..=1.0).contains(ink)));
            }
        }
    }
}
