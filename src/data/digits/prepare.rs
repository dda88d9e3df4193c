//! From strokes to the picture a network reads, as MNIST's pictures were made: cropped to the ink,
//! scaled into a 20×20 box, shifted by whole pixels until the centre of mass is in the middle. Every
//! stage can be switched off, and shows what it made.

use super::SIDE;
use super::curve::{self, Vertex};
use super::drawing::{Drawing, Point, Stroke};
use super::ink::{EDGE, rendered};
use serde::{Deserialize, Serialize};

/// Side of the box that the ink is scaled into, in pixels: the longer side of 99 of 100 MNIST digits.
const BOX: f32 = 20.0;
/// Width of a stroke of middling pressure, in pixels; the median of MNIST's.
const WIDTH: f32 = 2.5;
/// Length of the longer side of a digit's path (its ink's middle) in the box.
const PATH: f32 = BOX - WIDTH - EDGE;
/// Pen of a pad whose strokes keep their thickness, as a share of the pad's side.
const PAD_PEN: f32 = 0.03;
/// Where MNIST's centres of mass lie, in pixels from the left and upper edge: index 14 of 0…27 counted
/// at pixel centres (mean 14.00 and 13.99 over 6,000 images, within half a pixel each way).
const CENTRE: f32 = 14.5;
/// Even distance of smoothed points, as a share of the digit's longer side.
const STEP: f32 = 1.0 / 40.0;

/// Which stages are switched on; the defaults make a picture like MNIST's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "a switch for each stage")]
pub struct Preparation {
    /// Points at even distance, the tremor taken out.
    pub smooth: bool,
    /// Slant taken out. MNIST's digits keep theirs, so it is off.
    pub deskew: bool,
    /// Ink as thick for its digit as MNIST's; otherwise as thick as the pad's pen.
    pub thickness: bool,
    /// Cropped to the ink and scaled into the 20×20 box; otherwise the whole pad is scaled down.
    pub crop: bool,
    /// Centre of mass in the middle.
    pub centre: bool,
    /// Grey edges; otherwise each pixel is ink or paper.
    pub antialias: bool,
    /// Side of the square that was drawn on, in the drawing's unit, from (0, 0); what stages that are off
    /// fall back on. `null` takes the drawing's own extent.
    pub pad: Option<f32>,
}

impl Default for Preparation {
    fn default() -> Self {
        Self {
            smooth: true,
            deskew: false,
            thickness: true,
            crop: true,
            centre: true,
            antialias: true,
            pad: None,
        }
    }
}

/// The extent of the ink, in the drawing's unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

/// A stroke in the final picture: `[x, y, radius]` in pixels from its upper left corner.
pub type Placed = Vec<[f32; 3]>;

/// The picture after each stage. Pictures have 28 rows of 28 greys, 0 for paper to 1 for ink.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prepared {
    /// The strokes, smoothed and deskewed, in the drawing's unit; middling pressure where it was not told.
    pub strokes: Vec<Stroke>,
    /// Where the ink is; `None` for a blank sheet.
    pub bounds: Option<Bounds>,
    /// The ink cropped and scaled, in the middle of the picture by its extent.
    pub cropped: Vec<f32>,
    /// By how many columns and rows it was then shifted to centre its mass.
    pub shift: [i32; 2],
    /// What the network reads.
    pub image: Vec<f32>,
    /// Where the strokes lie in it.
    pub placed: Vec<Placed>,
}

/// Prepares a drawing; the same drawing and switches give the same bits everywhere.
#[must_use]
pub fn prepare(drawing: &Drawing, preparation: &Preparation) -> Prepared {
    let drawn: Vec<&Stroke> = drawing.strokes().iter().filter(|stroke| !stroke.is_empty()).collect();
    let Some(frame) = Frame::of(drawn.iter().copied().flatten()) else { return blank() };

    // In the frame's unit, in which the digit is 1 long or, if it is a dot, 0.
    let mut strokes: Vec<Vec<Vertex>> =
        drawn.iter().map(|stroke| stroke.iter().map(|&point| frame.inward(point)).collect()).collect();
    if preparation.smooth {
        let total: f32 = strokes.iter().map(|stroke| curve::length(stroke)).sum();
        let step = STEP.max(total / 2000.0);
        strokes.iter_mut().for_each(|s| *s = curve::smoothed(curve::resampled(s, step), 2));
    }
    if preparation.deskew {
        deskew(&mut strokes);
    }
    let shown = strokes.iter().map(|stroke| stroke.iter().map(|&v| frame.outward(v)).collect()).collect();

    // From pressure to the pen's radius: half as thick again when pressed hardest.
    let pen = if preparation.thickness { WIDTH / PATH } else { PAD_PEN * frame.pad(preparation.pad) };
    for vertex in strokes.iter_mut().flatten() {
        vertex[2] = 0.5 * pen * (0.5 + vertex[2]);
    }
    let ink = curve::extent(&strokes, |vertex| vertex[2]);
    let [left, top, right, bottom] = ink;

    let (scale, offset) = if preparation.crop {
        let longer = (right - left).max(bottom - top);
        let scale = ((BOX - EDGE) / longer).min(if frame.is_dot { PATH } else { f32::MAX });
        (scale, [left + right, top + bottom].map(|sum| 0.5 * (SIDE as f32 - scale * sum)))
    } else {
        let scale = SIDE as f32 / frame.pad(preparation.pad);
        (scale, frame.pad_origin(preparation.pad).map(|origin| -scale * origin))
    };
    let place = |v: &Vertex| [v[0] * scale + offset[0], v[1] * scale + offset[1], v[2] * scale];
    let mut placed: Vec<Placed> = strokes.iter().map(|stroke| stroke.iter().map(place).collect()).collect();
    let mut cropped = rendered(&placed);
    if !preparation.antialias {
        cropped.iter_mut().for_each(|grey| *grey = if *grey < 0.5 { 0.0 } else { 1.0 });
    }
    let shift = if preparation.centre { to_centre(&cropped) } else { [0, 0] };
    for vertex in placed.iter_mut().flatten() {
        vertex[0] += shift[0] as f32;
        vertex[1] += shift[1] as f32;
    }
    let image = shifted(&cropped, shift);
    Prepared { strokes: shown, bounds: Some(frame.bounds(ink)), cropped, shift, image, placed }
}

/// What a blank sheet comes to.
fn blank() -> Prepared {
    let paper = vec![0.0; SIDE * SIDE];
    Prepared {
        strokes: Vec::new(),
        bounds: None,
        cropped: paper.clone(),
        shift: [0, 0],
        image: paper,
        placed: Vec::new(),
    }
}

/// The unit and origin that make a digit of any size and place 1 long and start at 0.
struct Frame {
    origin: [f32; 2],
    unit: f32,
    is_dot: bool,
}

impl Frame {
    fn of<'a>(points: impl Iterator<Item = &'a Point>) -> Option<Self> {
        let vertices: Vec<Vertex> = points.map(|point| [point.x, point.y, 0.0]).collect();
        if vertices.is_empty() {
            return None;
        }
        let [left, top, right, bottom] = curve::extent(&[vertices], |_| 0.0);
        let longer = (right - left).max(bottom - top);
        let is_dot = longer < f32::MIN_POSITIVE.sqrt();
        Some(Self { origin: [left, top], unit: if is_dot { 1.0 } else { longer }, is_dot })
    }

    /// A point in the frame's unit, with its pressure; without one, middling.
    fn inward(&self, point: Point) -> Vertex {
        let [x, y] = [point.x - self.origin[0], point.y - self.origin[1]];
        [x / self.unit, y / self.unit, point.pressure.unwrap_or(0.5)]
    }

    fn outward(&self, [x, y, pressure]: Vertex) -> Point {
        let pressure = Some(pressure);
        Point { x: x * self.unit + self.origin[0], y: y * self.unit + self.origin[1], pressure }
    }

    fn bounds(&self, [left, top, right, bottom]: [f32; 4]) -> Bounds {
        let x = |x: f32| x * self.unit + self.origin[0];
        let y = |y: f32| y * self.unit + self.origin[1];
        Bounds { left: x(left), top: y(top), right: x(right), bottom: y(bottom) }
    }

    /// Side of the pad in the frame's unit.
    fn pad(&self, pad: Option<f32>) -> f32 {
        usable(pad).map_or(1.0, |pad| pad / self.unit)
    }

    /// Upper left corner of the pad in the frame's unit.
    fn pad_origin(&self, pad: Option<f32>) -> [f32; 2] {
        usable(pad).map_or([0.0, 0.0], |_| self.origin.map(|origin| -origin / self.unit))
    }
}

/// A side that a pad can have; any other counts as none given.
fn usable(pad: Option<f32>) -> Option<f32> {
    pad.filter(|pad| (1e-9..=Drawing::MAX_COORDINATE).contains(pad))
}

/// Shears the strokes until x and y are uncorrelated along the path, by 45° at most.
fn deskew(strokes: &mut [Vec<Vertex>]) {
    // Each segment counts by its length, at its middle.
    let segments: Vec<Vertex> = strokes
        .iter()
        .flat_map(|stroke| stroke.windows(2))
        .map(|pair| {
            let middle = curve::between(pair[0], pair[1], 0.5);
            [middle[0], middle[1], curve::distance(pair[0], pair[1])]
        })
        .collect();
    let mean = |of: &dyn Fn(&Vertex) -> f32| {
        let total: f32 = segments.iter().map(|s| s[2]).sum();
        segments.iter().map(|s| s[2] * of(s)).sum::<f32>() / total.max(f32::MIN_POSITIVE)
    };
    let (x, y) = (mean(&|s| s[0]), mean(&|s| s[1]));
    let covariance = mean(&|s| (s[0] - x) * (s[1] - y));
    let (wide, tall) = (mean(&|s| (s[0] - x) * (s[0] - x)), mean(&|s| (s[1] - y) * (s[1] - y)));
    if tall <= 0.1 * wide {
        return; // a line lying flat has no slant
    }
    let shear = (covariance / tall).clamp(-1.0, 1.0);
    for vertex in strokes.iter_mut().flatten() {
        vertex[0] -= shear * (vertex[1] - y);
    }
}

/// Columns and rows by which a picture must move for its centre of mass, no ink being lost.
pub(super) fn to_centre(image: &[f32]) -> [i32; 2] {
    let (mut mass, mut moment) = (0.0, [0.0; 2]);
    let (mut low, mut high) = ([SIDE; 2], [0; 2]);
    for (index, &grey) in image.iter().enumerate().filter(|(_, grey)| **grey > 0.0) {
        mass += grey;
        for (axis, at) in [index % SIDE, index / SIDE].into_iter().enumerate() {
            moment[axis] += grey * (at as f32 + 0.5);
            low[axis] = low[axis].min(at);
            high[axis] = high[axis].max(at);
        }
    }
    if mass == 0.0 {
        return [0, 0];
    }
    [0, 1].map(|axis| {
        let wanted = (CENTRE - moment[axis] / mass).round() as i32;
        wanted.clamp(-(low[axis] as i32), (SIDE - 1 - high[axis]) as i32)
    })
}

/// The picture moved by whole pixels.
pub(super) fn shifted(image: &[f32], [right, down]: [i32; 2]) -> Vec<f32> {
    let side = SIDE as i32;
    let source = |to: i32, by: i32| Some(to - by).filter(|from| (0..side).contains(from));
    (0..side * side)
        .map(|to| match (source(to % side, right), source(to / side, down)) {
            (Some(column), Some(row)) => image[(row * side + column) as usize],
            _ => 0.0,
        })
        .collect()
}
