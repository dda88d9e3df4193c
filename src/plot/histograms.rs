//! Histograms side by side, each with its own axis and its tallest bin at full height.

use super::Drawn;
use super::pen::{Align, Pen, Point};
use super::read_out::{Crosshair, ReadOut};
use super::text::{Font, Rect};
use crate::labs::format::{exact, power};
use crate::labs::{HistogramPart, Histograms, Numbers};
use plotters::prelude::DrawingBackend;

/// Room above the bins for what is counted, below them for the ends of the axis, and between two of them.
const HEAD: f64 = 18.0;
const FOOT: f64 = 16.0;
const GAP: f64 = 18.0;

/// Where the bins of part `index` lie.
fn place(histograms: &Histograms, index: usize, (width, height): (f64, f64)) -> Rect {
    let many = histograms.parts.len().max(1) as f64;
    let each = ((width - GAP * (many - 1.0)) / many).max(0.0);
    let left = index as f64 * (each + GAP);
    Rect::between(left, HEAD, left + each, (height - FOOT).max(HEAD))
}

/// Bin `bin` of a part that lies at `place`.
fn bar(place: &Rect, counts: &[f32], bin: usize) -> Rect {
    let most = counts.iter().copied().fold(1.0_f32, f32::max);
    let each = place.width / counts.len().max(1) as f64;
    let tall = place.height * f64::from(counts[bin] / most);
    let left = place.x + each * bin as f64;
    let least = if counts[bin] > 0.0 { tall.max(1.0) } else { 0.0 };
    Rect { x: left, y: place.bottom() - least, width: (each - 0.5).max(0.5), height: least }
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<DB>,
    histograms: &Histograms,
    numbers: &Numbers,
    lane: usize,
) -> Drawn<DB> {
    let colors = &pen.style.palette;
    let of_lane = colors.lane(lane);
    for (index, part) in histograms.parts.iter().enumerate() {
        let place = place(histograms, index, (pen.width, pen.height));
        let counts = numbers.at(part.counts);
        let label = Font::Label.shortened(&part.label, place.width);
        pen.text(&label, (place.x, 7.0), Align::Left, Font::Label, &colors.ink_2)?;
        for bin in 0..counts.len() {
            pen.fill(bar(&place, counts, bin), &of_lane)?;
        }
        pen.rule(place.x, place.right(), place.bottom(), &colors.ink_4)?;
        if counts.iter().all(|&count| count == 0.0) {
            let (middle, _) = place.middle();
            let words = Font::Small.shortened("nothing to count", place.width);
            pen.text(&words, (middle, place.bottom() - 12.0), Align::Center, Font::Small, &colors.ink_3)?;
            continue;
        }
        let foot = pen.height - 6.0;
        let [low, high] = [part.low, part.high].map(power);
        if Font::Small.width(&low) + Font::Small.width(&high) + 6.0 <= place.width {
            pen.text(&low, (place.x, foot), Align::Left, Font::Small, &colors.ink_3)?;
            pen.text(&high, (place.right(), foot), Align::Right, Font::Small, &colors.ink_3)?;
        }
        // Where 0 lies, if it is among them and does not stand at an end.
        let zero = f64::from(-part.low / (part.high - part.low));
        if (0.02..0.98).contains(&zero) {
            pen.plumb(place.x + place.width * zero, place.y, place.bottom() + 3.0, &colors.ink_4)?;
        }
    }
    Ok(())
}

/// The edges of a bin.
pub(super) fn edges(part: &HistogramPart, bins: usize, bin: usize) -> [f32; 2] {
    let width = (part.high - part.low) / bins.max(1) as f32;
    [part.low + width * bin as f32, part.low + width * (bin + 1) as f32]
}

pub(super) fn read(
    histograms: &Histograms,
    numbers: &Numbers,
    size: (f64, f64),
    (px, py): Point,
) -> Option<ReadOut> {
    histograms.parts.iter().enumerate().find_map(|(index, part)| {
        let place = place(histograms, index, size);
        let counts = numbers.at(part.counts);
        let bin = ((px - place.x) / place.width * counts.len() as f64).floor();
        if counts.is_empty() || bin < 0.0 || bin >= counts.len() as f64 || py < 0.0 {
            return None;
        }
        let bin = bin as usize;
        let [low, high] = edges(part, counts.len(), bin);
        let frame = bar(&place, counts, bin);
        Some(ReadOut {
            lines: vec![
                part.label.clone(),
                format!("{} to {}", exact(low), exact(high)),
                format!("{} weights", counts[bin]),
            ],
            anchor: frame.middle(),
            crosshair: Crosshair { frame: Some(frame), ..Crosshair::default() },
        })
    })
}
