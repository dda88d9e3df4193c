//! From a scanned digit back to strokes of a pen, so that MNIST's images can be drawn on a pad: thinned
//! to lines, and the lines followed, straight on where they cross.

use super::SIDE;
use super::curve::{Vertex, resampled, smoothed};
use super::drawing::{Drawing, Point, Stroke};
use super::thin::{NEIGHBOURS, Shape, thinned};

/// Finer than the scan by this much, so that small loops stay open.
const FINE: usize = 3;
/// Greys from here on are ink.
const INK: f32 = 144.0;
/// Spurs up to this long are no strokes, in fine pixels; what stands alone is kept.
const SPUR: usize = 6;

/// The pen's path through a scan of 28 rows of 28 greys, 0 for paper; one unit is a pixel.
#[must_use]
pub fn strokes_of(image: &[u8; SIDE * SIDE]) -> Drawing {
    let skeleton = thinned(enlarged(image));
    let strokes = followed(&skeleton).iter().map(|line| drawn(line, skeleton.side)).collect();
    Drawing::new(None, strokes).expect("a skeleton has fewer pixels than a drawing may have points")
}

/// What is ink, on the finer grid, greys being interpolated between pixel centres.
fn enlarged(image: &[u8; SIDE * SIDE]) -> Shape {
    let side = SIDE * FINE;
    let grey = |x: usize, y: usize| f32::from(image[y.min(SIDE - 1) * SIDE + x.min(SIDE - 1)]);
    let split = |fine: usize| {
        let at = ((fine as f32 + 0.5) / FINE as f32 - 0.5).max(0.0);
        (at as usize, at - at.floor())
    };
    let pixels = (0..side * side)
        .map(|index| {
            let ((x, u), (y, v)) = (split(index % side), split(index / side));
            let row = |y| (1.0 - u) * grey(x, y) + u * grey(x + 1, y);
            (1.0 - v) * row(y) + v * row(y + 1) >= INK
        })
        .collect();
    Shape { side, pixels }
}

/// The skeleton's pixels in the order a pen would pass them, a list for each stroke.
fn followed(skeleton: &Shape) -> Vec<Vec<usize>> {
    let mut is_passed = vec![false; skeleton.pixels.len()];
    let neighbours = |pixel: usize| {
        let there = move |step| skeleton.step(pixel, step).filter(|&to| skeleton.pixels[to]);
        NEIGHBOURS.into_iter().filter_map(there)
    };
    let mut lines: Vec<Vec<usize>> = Vec::new();
    loop {
        // Ends first, then what hangs on a stroke that was drawn, then rings.
        let start = (0..skeleton.pixels.len())
            .filter(|&pixel| skeleton.pixels[pixel] && !is_passed[pixel])
            .min_by_key(|&pixel| {
                let is_end = neighbours(pixel).count() <= 1;
                let is_joined = neighbours(pixel).any(|to| is_passed[to]);
                if is_end {
                    0
                } else if is_joined {
                    1
                } else {
                    2
                }
            });
        let Some(start) = start else { return lines };
        let mut line: Vec<usize> = neighbours(start).find(|&to| is_passed[to]).into_iter().collect();
        line.push(start);
        is_passed[start] = true;
        let mut here = start;
        while let Some(next) =
            straightest(&line, skeleton.side, neighbours(here).filter(|&to| !is_passed[to]))
        {
            line.push(next);
            is_passed[next] = true;
            here = next;
        }
        // Joined to where it meets an earlier stroke, or itself.
        let tail = line.len().saturating_sub(6);
        if let Some(joint) = neighbours(here).find(|&to| is_passed[to] && !line[tail..].contains(&to)) {
            line.push(joint);
        }
        let stands_alone = !line.iter().any(|&pixel| lines.iter().any(|other| other.contains(&pixel)));
        if line.len() > SPUR || (stands_alone && lines.is_empty()) {
            lines.push(line);
        }
    }
}

/// The candidate that turns least from the way the line has come.
fn straightest(line: &[usize], side: usize, candidates: impl Iterator<Item = usize>) -> Option<usize> {
    let position = |pixel: usize| ((pixel % side) as f32, (pixel / side) as f32);
    let here = position(line[line.len() - 1]);
    let from = position(line[line.len().saturating_sub(6)]);
    let way = (here.0 - from.0, here.1 - from.1);
    let along = |pixel: &usize| {
        let to = position(*pixel);
        let step = (to.0 - here.0, to.1 - here.1);
        let length = (step.0 * step.0 + step.1 * step.1).sqrt();
        // Of equally straight ones the nearer, so that no pixel is jumped over.
        (step.0 * way.0 + step.1 * way.1) / length - 0.01 * length
    };
    candidates.max_by(|a, b| along(a).total_cmp(&along(b)))
}

/// A line of fine pixels as a smooth stroke in the scan's pixels.
fn drawn(line: &[usize], side: usize) -> Stroke {
    let fine = FINE as f32;
    let vertices: Vec<Vertex> = line
        .iter()
        .map(|&pixel| [((pixel % side) as f32 + 0.5) / fine, ((pixel / side) as f32 + 0.5) / fine, 0.0])
        .collect();
    resampled(&smoothed(vertices, 6), 0.7).into_iter().map(|[x, y, _]| Point::new(x, y)).collect()
}
