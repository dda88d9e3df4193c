//! Pictures side by side, as ink on paper, each with its probability beneath.

use super::Drawn;
use super::bitmap::Bitmap;
use super::palette::mix;
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::text::{Font, Rect};
use crate::labs::format::{exact, percent};
use crate::labs::{Gallery, Numbers};
use plotters::prelude::DrawingBackend;

/// Beneath each picture, for its probability.
const FOOT: f64 = 16.0;
/// Between pictures.
const GAP: f64 = 8.0;
/// Width that a probability asks for.
const WORDS: f64 = 38.0;
/// Longer side of a picture at most, however much room there is.
const LARGEST: f64 = 64.0;

fn many(gallery: &Gallery) -> usize {
    gallery.items.len
}

/// Where picture `index` lies: as many side by side as lets them be largest.
fn tile(gallery: &Gallery, index: usize, (width, height): (f64, f64)) -> Rect {
    let many = many(gallery).max(1);
    let side = |across: usize| {
        let down = many.div_ceil(across) as f64;
        let wide = (width + GAP) / across as f64 - GAP;
        let high = (height + GAP) / down - GAP - FOOT;
        wide.min(high).min(LARGEST)
    };
    let across = (1..=many).max_by(|&a, &b| side(a).total_cmp(&side(b)).then(a.cmp(&b))).unwrap_or(1);
    let side = side(across).max(0.0);
    let longer = gallery.height.max(gallery.width).max(1) as f64;
    let (row, column) = ((index / across) as f64, (index % across) as f64);
    Rect {
        // Room for the words beneath, if there is any.
        x: (side + GAP).max((width / across as f64).min(WORDS)) * column,
        y: (side + FOOT + GAP) * row,
        width: side * gallery.width as f64 / longer,
        height: side * gallery.height as f64 / longer,
    }
}

pub(super) fn draw<DB: DrawingBackend>(pen: &Pen<DB>, gallery: &Gallery, numbers: &Numbers) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let (rows, columns) = (gallery.height, gallery.width);
    let pictures = numbers.at(gallery.pictures).chunks_exact((rows * columns).max(1));
    let probabilities = numbers.at(gallery.probabilities);
    for (index, greys) in pictures.take(many(gallery)).enumerate() {
        let tile = tile(gallery, index, (pen.width, pen.height));
        let pixels = |length: f64| (length * pen.pixels()).round() as usize;
        let (width, height) = (pixels(tile.width), pixels(tile.height));
        if width == 0 || height == 0 {
            return Ok(()); // no room
        }
        let ink = |pixel: usize| {
            let (x, y) = (pixel % width * columns / width, pixel / width * rows / height);
            let grey = greys[y * columns + x];
            mix(colors.surface, colors.ink, f64::from(if grey.is_nan() { 0.0 } else { grey.clamp(0.0, 1.0) }))
        };
        let mut bitmap = Bitmap::from_colors(width, height, (0..width * height).map(ink));
        bitmap.outline(colors.line);
        pen.bitmap((pixels(tile.x) as i32, pixels(tile.y) as i32), &bitmap)?;
        let Some(&share) = probabilities.get(index).filter(|share| share.is_finite()) else { continue };
        let words = percent(f64::from(share));
        if Font::Small.width(&words) <= tile.width {
            let at = (tile.middle().0, tile.bottom() + 9.0);
            pen.text(&words, at, Align::Center, Font::Small, &colors.ink_3)?;
        }
    }
    Ok(())
}

/// Index of the picture at a place of the figure.
#[must_use]
pub fn picture_at(gallery: &Gallery, size: (f64, f64), pointer: Point) -> Option<usize> {
    (0..many(gallery)).find(|&index| {
        let tile = tile(gallery, index, size);
        tile.width > 0.0 && tile.contains(pointer)
    })
}

pub(super) fn read(
    gallery: &Gallery,
    numbers: &Numbers,
    size: (f64, f64),
    pointer: Point,
) -> Option<ReadOut> {
    let index = picture_at(gallery, size, pointer)?;
    let item = *numbers.at(gallery.items).get(index)?;
    let probability = *numbers.at(gallery.probabilities).get(index)?;
    let [truth, said] = gallery.cell.map(|class| gallery.classes.get(class).map_or("", String::as_str));
    let lines = vec![
        format!("test picture {item}: {truth} read as {said}"),
        format!("probability {}", exact(probability)),
    ];
    let frame = tile(gallery, index, size);
    let crosshair = Crosshair { frame: Some(frame.grown(1.0)), ..Crosshair::default() };
    Some(ReadOut { lines, anchor: frame.middle(), crosshair })
}
