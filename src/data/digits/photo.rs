//! From a picture of a digit (a scan, a photo, a screenshot) to the picture a network reads: ink told
//! from paper, cropped, scaled into 20×20 and centred by mass, as MNIST's pictures were made.

use super::SIDE;
use super::prepare::{Bounds, Preparation, Prepared, shifted, to_centre};
use crate::data::Pictures;
use crate::error::{Error, Result};

/// Side of the box that the ink is scaled into.
const BOX: f32 = 20.0;
/// Ink must differ from the paper by so many greys of 255.
const MIN_CONTRAST: f32 = 24.0;
/// Below this share of the full ink it is paper, however clean the paper is.
const MIN_FLOOR: f32 = 0.05;
/// What lies on the paper besides is taken for ink from this share on, however stained the paper is.
const MAX_FLOOR: f32 = 0.5;

/// A grey picture with a digit, row by row from the top; 0 is paper, 255 is ink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    height: usize,
    width: usize,
    ink: Vec<u8>,
    /// Whether dark was taken for ink, as on paper; otherwise light, as MNIST has it.
    pub is_inverted: bool,
    /// Whether it is what a network is given already, so that nothing is left to prepare.
    is_prepared: bool,
}

impl Photo {
    /// From pixels as a browser decodes them, red, green, blue, alpha; what shines through becomes paper.
    ///
    /// # Errors
    /// [`Error::File`] for a picture that is all of one grey; `name` is that of its file.
    ///
    /// # Panics
    /// When there are not as many pixels, which is a mistake of ours.
    pub fn from_rgba(name: &str, [height, width]: [usize; 2], rgba: &[u8]) -> Result<Self> {
        let (pixels, _) = rgba.as_chunks::<4>();
        assert!(height * width > 0 && pixels.len() == height * width, "whole pictures");
        // On white paper; white ink on nothing shows on black.
        [255.0, 0.0]
            .into_iter()
            .find_map(|paper| {
                let greys: Vec<f32> = pixels.iter().map(|pixel| grey(*pixel, paper)).collect();
                Self::told_from_paper([height, width], &greys)
            })
            .ok_or_else(|| Error::file(name, "it is all of one grey, so there is nothing to read in it"))
    }

    /// One of a set's pictures, as it is.
    #[must_use]
    pub fn of(pictures: &Pictures, index: usize) -> Self {
        let (height, width) = (pictures.height(), pictures.width());
        Self { height, width, ink: pictures.picture(index).to_vec(), is_inverted: false, is_prepared: true }
    }

    fn told_from_paper([height, width]: [usize; 2], greys: &[f32]) -> Option<Self> {
        let is_border = |at: &usize| {
            let (x, y) = (at % width, at / width);
            x == 0 || y == 0 || x + 1 == width || y + 1 == height
        };
        let mut border: Vec<f32> = (0..greys.len()).filter(is_border).map(|at| greys[at]).collect();
        border.sort_by(f32::total_cmp);
        let paper = border[border.len() / 2];
        let (least, most) =
            greys.iter().fold((paper, paper), |(least, most), &grey| (least.min(grey), most.max(grey)));
        let is_inverted = paper - least > most - paper;
        let contrast = if is_inverted { paper - least } else { most - paper };
        if contrast < MIN_CONTRAST {
            return None;
        }
        let ink = |grey: f32| if is_inverted { (paper - grey) / contrast } else { (grey - paper) / contrast };
        // How far the border strays from the paper: shadows and stains, which are no ink.
        let mut strays: Vec<f32> = border.iter().map(|&grey| ink(grey)).collect();
        strays.sort_by(f32::total_cmp);
        let floor = (strays[strays.len() * 9 / 10] + MIN_FLOOR).clamp(MIN_FLOOR, MAX_FLOOR);
        let cleaned = |&grey: &f32| (((ink(grey) - floor) / (1.0 - floor)).max(0.0) * 255.0).round() as u8;
        Some(Self {
            height,
            width,
            ink: greys.iter().map(cleaned).collect(),
            is_inverted,
            is_prepared: false,
        })
    }

    /// Height and width.
    #[must_use]
    pub fn size(&self) -> [usize; 2] {
        [self.height, self.width]
    }

    /// Ink at a row and a column, 0…255.
    #[must_use]
    pub fn ink(&self, row: usize, column: usize) -> u8 {
        self.ink[row * self.width + column]
    }

    /// Whether it is what a network is given already.
    #[must_use]
    pub fn is_prepared(&self) -> bool {
        self.is_prepared
    }

    /// The picture that a network of this input size is given, if this is one.
    #[must_use]
    pub fn as_prepared(&self, size: [usize; 2]) -> Option<Vec<f32>> {
        let greys = || self.ink.iter().map(|&ink| f32::from(ink) / 255.0).collect();
        (self.is_prepared && self.size() == size).then(greys)
    }

    /// What a network reads of it, stage by stage: no stroke is known, so only cropping, centring and
    /// edges can be switched.
    #[must_use]
    pub fn prepare(&self, preparation: &Preparation) -> Prepared {
        let ink: Vec<f32> = self.ink.iter().map(|&ink| f32::from(ink) / 255.0).collect();
        let size = [self.height as f32, self.width as f32];
        if self.is_prepared {
            let image = resized(&ink, self.size(), [SIDE; 2]);
            return self.prepared(image.clone(), [0, 0], image);
        }
        let [top, left, rows, columns] =
            if preparation.crop { self.bounds() } else { [0.0, 0.0, size[0], size[1]] };
        let room = if preparation.crop { BOX } else { SIDE as f32 };
        // Pixels of the picture for each of ours.
        let step = rows.max(columns) / room;
        let middle = [top + 0.5 * rows, left + 0.5 * columns];
        let place = |at: usize, axis: usize| middle[axis] + (at as f32 - 0.5 * SIDE as f32) * step;
        let across = taps(self.width, step, |column| place(column, 1));
        let down = taps(self.height, step, |row| place(row, 0));
        let mut cropped: Vec<f32> = down
            .iter()
            .flat_map(|row| across.iter().map(move |column| (row, column)))
            .map(|(row, column)| {
                let of_row = |at: usize| -> f32 {
                    column.iter().map(|&(x, share)| share * ink[at * self.width + x]).sum()
                };
                row.iter().map(|&(y, share)| share * of_row(y)).sum()
            })
            .collect();
        // Thin strokes of a large picture fade when it is made small.
        let darkest = cropped.iter().copied().fold(0.0, f32::max);
        if darkest > 0.0 {
            cropped.iter_mut().for_each(|grey| *grey = (*grey / darkest).min(1.0));
        }
        if !preparation.antialias {
            cropped.iter_mut().for_each(|grey| *grey = if *grey < 0.5 { 0.0 } else { 1.0 });
        }
        let shift = if preparation.centre { to_centre(&cropped) } else { [0, 0] };
        let image = shifted(&cropped, shift);
        self.prepared(cropped, shift, image)
    }

    fn prepared(&self, cropped: Vec<f32>, shift: [i32; 2], image: Vec<f32>) -> Prepared {
        let [top, left, rows, columns] = self.bounds();
        let bounds = Bounds { left, top, right: left + columns, bottom: top + rows };
        Prepared { strokes: Vec::new(), bounds: Some(bounds), cropped, shift, image, placed: Vec::new() }
    }

    /// First row, first column, rows and columns of the ink; of all where there is none.
    fn bounds(&self) -> [f32; 4] {
        let (mut low, mut high) = ([usize::MAX; 2], [0; 2]);
        for (at, _) in self.ink.iter().enumerate().filter(|(_, ink)| **ink > 25) {
            for (axis, place) in [at / self.width, at % self.width].into_iter().enumerate() {
                low[axis] = low[axis].min(place);
                high[axis] = high[axis].max(place);
            }
        }
        if low[0] > high[0] {
            return [0.0, 0.0, self.height as f32, self.width as f32];
        }
        [low[0] as f32, low[1] as f32, (high[0] - low[0] + 1) as f32, (high[1] - low[1] + 1) as f32]
    }
}

/// Brightness of a pixel on paper of a grey.
fn grey([red, green, blue, alpha]: [u8; 4], paper: f32) -> f32 {
    let [red, green, blue] = [red, green, blue].map(f32::from);
    let share = f32::from(alpha) / 255.0;
    (0.299 * red + 0.587 * green + 0.114 * blue) * share + paper * (1.0 - share)
}

/// A grey picture in another size.
#[must_use]
pub fn resized(greys: &[f32], [height, width]: [usize; 2], [rows, columns]: [usize; 2]) -> Vec<f32> {
    if [height, width] == [rows, columns] {
        return greys.to_vec();
    }
    let (step_x, step_y) = (width as f32 / columns as f32, height as f32 / rows as f32);
    let across: Vec<_> = ends(columns, width, step_x);
    let down: Vec<_> = ends(rows, height, step_y);
    let pixel = |(row, column): (&Taps, &Taps)| -> f32 {
        let of_row =
            |at: usize| -> f32 { column.iter().map(|&(x, share)| share * greys[at * width + x]).sum() };
        row.iter().map(|&(y, share)| share * of_row(y)).sum()
    };
    down.iter().flat_map(|row| across.iter().map(move |column| (row, column))).map(pixel).collect()
}

/// The pixels that one pixel of another grid covers, with the share of it that each has.
type Taps = Vec<(usize, f32)>;

/// For each of our pixels, what it covers of `pixels` pixels; each begins at `place` and is `step` wide,
/// but at least one, so that a small picture is enlarged smoothly.
fn taps(pixels: usize, step: f32, place: impl Fn(usize) -> f32) -> Vec<Taps> {
    (0..SIDE).map(|at| covered(pixels, place(at), step)).collect()
}

/// The same for `count` pixels from edge to edge; nothing lies beyond the edges.
fn ends(count: usize, pixels: usize, step: f32) -> Vec<Taps> {
    let whole = |mut taps: Taps| {
        let total: f32 = taps.iter().map(|(_, share)| share).sum();
        taps.iter_mut().for_each(|(_, share)| *share /= total);
        taps
    };
    (0..count).map(|at| whole(covered(pixels, at as f32 * step, step))).collect()
}

fn covered(pixels: usize, start: f32, step: f32) -> Taps {
    let width = step.max(1.0);
    let start = start + 0.5 * (step - width);
    let end = start + width;
    let first = start.max(0.0) as usize;
    let last = (end.max(0.0).ceil() as usize).min(pixels);
    let share = |at: usize| (end.min(at as f32 + 1.0) - start.max(at as f32)) / width;
    (first..last).map(|at| (at, share(at))).filter(|(_, share)| *share > 0.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::digits;
    use crate::tensor::{Rng, Stream};

    /// A generated digit, three times as large, off the middle of a page, in the given colours.
    fn scan(digit: u8, ink: [u8; 4], paper: [u8; 4]) -> (Vec<f32>, [usize; 2], Vec<u8>) {
        let drawing = digits::draw(digit, &mut Rng::new(3, Stream::Drawing));
        let image = digits::prepare(&drawing, &Preparation::default()).image;
        let (height, width) = (120, 200);
        let pixel = |at: usize| {
            let (x, y) = (at % width, at / width);
            let inside = (90..174).contains(&x) && (20..104).contains(&y);
            let grey = if inside { image[(y - 20) / 3 * SIDE + (x - 90) / 3] } else { 0.0 };
            std::array::from_fn(|i| {
                (f32::from(paper[i]) + grey * (f32::from(ink[i]) - f32::from(paper[i]))).round() as u8
            })
        };
        let rgba = (0..height * width).flat_map(|at| -> [u8; 4] { pixel(at) }).collect();
        (image, [height, width], rgba)
    }

    fn difference(a: &[f32], b: &[f32]) -> f32 {
        let (all, apart) =
            a.iter().zip(b).fold((0.0, 0.0), |(all, apart), (a, b)| (all + a, apart + (a - b).abs()));
        apart / all
    }

    #[test]
    fn a_scan_becomes_the_picture_that_it_shows() {
        let white = [255; 4];
        for digit in 0..10 {
            for (ink, paper, is_inverted) in [
                ([20, 20, 60, 255], [250, 246, 240, 255], true),
                (white, [0, 0, 0, 255], false),
                ([0, 0, 0, 255], [0, 0, 0, 0], true),
                (white, [255, 255, 255, 0], false),
                ([200, 40, 40, 255], white, true),
            ] {
                let (image, size, rgba) = scan(digit, ink, paper);
                let photo = Photo::from_rgba("p", size, &rgba).unwrap();
                assert_eq!(photo.is_inverted, is_inverted, "{digit} {ink:?} on {paper:?}");
                let prepared = photo.prepare(&Preparation::default());
                let apart = difference(&image, &prepared.image);
                assert!(apart < 0.3, "{digit} {ink:?} on {paper:?}: {apart}");
            }
        }
    }

    #[test]
    fn shadows_on_the_paper_are_no_ink() {
        let (image, size, mut rgba) = scan(4, [30, 30, 30, 255], [240, 240, 240, 255]);
        for (at, pixel) in rgba.as_chunks_mut::<4>().0.iter_mut().enumerate() {
            // Darker to the right by a sixth, and grainy.
            let shade =
                1.0 - 0.15 * (at % size[1]) as f32 / size[1] as f32 - 0.02 * (at * 7919 % 13) as f32 / 13.0;
            pixel[..3].iter_mut().for_each(|value| *value = (f32::from(*value) * shade) as u8);
        }
        let prepared = Photo::from_rgba("p", size, &rgba).unwrap().prepare(&Preparation::default());
        let apart = difference(&image, &prepared.image);
        assert!(apart < 0.3, "{apart}");
    }

    #[test]
    fn ink_fills_the_box_and_its_mass_is_in_the_middle() {
        let (_, size, rgba) = scan(7, [0, 0, 0, 255], [255; 4]);
        let photo = Photo::from_rgba("p", size, &rgba).unwrap();
        let prepared = photo.prepare(&Preparation::default());
        let at = |axis: usize| {
            let weigh = |(i, grey): (usize, &f32)| grey * [i % SIDE, i / SIDE][axis] as f32;
            prepared.image.iter().enumerate().map(weigh).sum::<f32>() / prepared.image.iter().sum::<f32>()
        };
        assert!((at(0) - 14.0).abs() <= 0.501 && (at(1) - 14.0).abs() <= 0.501, "{} {}", at(0), at(1));
        let rows =
            (0..SIDE).filter(|row| prepared.cropped[row * SIDE..][..SIDE].iter().any(|grey| *grey > 0.1));
        assert!((19..=21).contains(&rows.count()));
        let whole = photo.prepare(&Preparation { crop: false, centre: false, ..Preparation::default() });
        assert_eq!(whole.shift, [0, 0]);
        assert!(whole.image.iter().sum::<f32>() < 0.6 * prepared.image.iter().sum::<f32>());
        let hard = photo.prepare(&Preparation { antialias: false, ..Preparation::default() });
        assert!(hard.image.iter().all(|grey| *grey == 0.0 || *grey == 1.0));
    }

    #[test]
    fn a_blank_picture_is_told() {
        for pixel in [[255; 4], [0, 0, 0, 255], [0; 4], [120, 120, 120, 255]] {
            let error = Photo::from_rgba("p.png", [9, 9], &pixel.repeat(81)).unwrap_err().to_string();
            assert_eq!(error, "p.png: it is all of one grey, so there is nothing to read in it");
        }
        // One pixel and one row are pictures, too.
        Photo::from_rgba("p", [1, 1], &[0; 4]).unwrap_err();
        let line = [[255; 4], [0, 0, 0, 255], [255; 4]].concat();
        let photo = Photo::from_rgba("p", [1, 3], &line).unwrap();
        assert!(photo.prepare(&Preparation::default()).image.iter().all(|grey| grey.is_finite()));
    }

    #[test]
    fn a_picture_of_a_set_stays_as_it_is() {
        let pictures = Pictures::new(28, 28, (0..784).map(|i| (i % 256) as u8).collect());
        let photo = Photo::of(&pictures, 0);
        let greys: Vec<f32> = pictures.picture(0).iter().map(|&ink| f32::from(ink) / 255.0).collect();
        assert_eq!(photo.prepare(&Preparation::default()).image, greys);
        assert_eq!(photo.as_prepared([28, 28]).unwrap(), greys);
        assert_eq!(photo.as_prepared([20, 20]), None);
    }

    #[test]
    fn another_size_keeps_the_mean() {
        let greys: Vec<f32> = (0..784).map(|i| (i % 28) as f32 / 27.0).collect();
        for size in [[14, 14], [20, 20], [28, 7]] {
            let other = resized(&greys, [28, 28], size);
            let mean = other.iter().sum::<f32>() / other.len() as f32;
            assert!(other.len() == size[0] * size[1] && (mean - 0.5).abs() < 1e-3, "{size:?} {mean}");
        }
        let larger = resized(&[0.0, 1.0], [1, 2], [1, 4]);
        assert!(
            larger[0] < 0.1 && larger[3] > 0.9 && larger.windows(2).all(|pair| pair[0] <= pair[1]),
            "{larger:?}"
        );
    }
}
