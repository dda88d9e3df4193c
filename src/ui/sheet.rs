//! What is on the pad: strokes in units of a square sheet, with what can be undone.

use crate::data::digits::{self, Drawing, Photo, Point, Preparation, Prepared, Stroke};
use crate::tensor::{Rng, Stream};
use std::sync::Arc;

/// Side of the sheet in its own unit.
pub const SIDE: f32 = 280.0;
/// Changes that can be undone.
const MAX_UNDO: usize = 100;

/// The strokes on the pad.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    strokes: Vec<Stroke>,
    /// An image in place of strokes.
    photo: Option<Arc<Photo>>,
    before: Vec<(Vec<Stroke>, Option<Arc<Photo>>)>,
    /// Samples written so far: each is another hand.
    samples: u64,
    /// Which stages lead from it to the network's picture.
    pub preparation: Preparation,
}

impl Sheet {
    /// With a digit on it, so that there is something to see at once.
    pub fn with_sample() -> Self {
        let mut sheet = Self::default();
        sheet.write(3);
        sheet.before.clear();
        sheet
    }

    pub fn strokes(&self) -> &[Stroke] {
        &self.strokes
    }

    /// The picture of every stage; the last is what the network reads.
    pub fn prepared(&self) -> Prepared {
        if let Some(photo) = &self.photo {
            return photo.prepare(&self.preparation);
        }
        let drawing =
            Drawing::new(None, self.strokes.clone()).expect("the pad keeps within what a drawing may be");
        digits::prepare(&drawing, &Preparation { pad: Some(SIDE), ..self.preparation })
    }

    /// Makes the next changes one that can be undone.
    pub fn remember(&mut self) {
        if self.before.len() == MAX_UNDO {
            self.before.remove(0);
        }
        self.before.push((self.strokes.clone(), self.photo.clone()));
    }

    pub fn can_undo(&self) -> bool {
        !self.before.is_empty()
    }

    pub fn undo(&mut self) {
        if let Some(before) = self.before.pop() {
            (self.strokes, self.photo) = before;
        }
    }

    pub fn is_empty(&self) -> bool {
        self.strokes.is_empty() && self.photo.is_none()
    }

    pub fn photo(&self) -> Option<&Photo> {
        self.photo.as_deref()
    }

    /// An image in place of what is there.
    pub fn put(&mut self, photo: Photo) {
        self.remember();
        self.strokes.clear();
        self.photo = Some(Arc::new(photo));
    }

    pub fn clear(&mut self) {
        if !self.is_empty() {
            self.remember();
            self.strokes.clear();
            self.photo = None;
        }
    }

    /// Sets the pen down.
    pub fn begin(&mut self) {
        self.remember();
        self.photo = None; // what is drawn takes the place of an image
        self.strokes.push(Stroke::new());
    }

    /// Moves the pen on; a sheet that is full takes no more.
    pub fn extend(&mut self, point: Point) {
        if self.photo.is_some() {
            return; // one that came while the pen was down
        }
        let points: usize = self.strokes.iter().map(Vec::len).sum();
        let limit = Drawing::MAX_COORDINATE;
        if points < Drawing::MAX_POINTS && point.x.abs() < limit && point.y.abs() < limit {
            match self.strokes.last_mut() {
                Some(stroke) => stroke.push(point.rounded()),
                None => self.strokes.push(vec![point.rounded()]),
            }
        }
    }

    /// Takes away the ink within `radius` of a point; strokes fall into what is left of them.
    pub fn erase(&mut self, at: Point, radius: f32) {
        let is_kept = |point: &Point| (point.x - at.x).powi(2) + (point.y - at.y).powi(2) > radius * radius;
        let parts = self.strokes.iter().flat_map(|stroke| stroke.split(|point| !is_kept(point)));
        self.strokes = parts.filter(|part| !part.is_empty()).map(<[Point]>::to_vec).collect();
    }

    /// A digit as somebody else writes it, in place of what is there.
    pub fn write(&mut self, digit: u8) {
        self.remember();
        self.photo = None;
        self.samples += 1;
        let drawing = digits::draw(digit, &mut Rng::new(self.samples, Stream::Drawing));
        let points = || drawing.strokes().iter().flatten();
        let span = |of: fn(&Point) -> f32| {
            let (low, high) = points()
                .map(of)
                .fold((f32::MAX, f32::MIN), |(low, high), value| (low.min(value), high.max(value)));
            (low, high - low)
        };
        let ((left, width), (top, height)) = (span(|point| point.x), span(|point| point.y));
        let scale = 0.62 * SIDE / width.max(height).max(1e-6);
        let place = |point: &Point| Point {
            x: (point.x - left - 0.5 * width) * scale + 0.5 * SIDE,
            y: (point.y - top - 0.5 * height) * scale + 0.5 * SIDE,
            pressure: Some(point.pressure.unwrap_or(0.5)),
        };
        self.strokes = drawing.strokes().iter().map(|stroke| stroke.iter().map(place).collect()).collect();
    }

    pub fn shift(&mut self, right: f32, down: f32) {
        self.change_all(|x, y| (x + right, y + down));
    }

    /// Turns the drawing about the middle of the sheet, clockwise.
    pub fn turn(&mut self, degrees: f32) {
        let (sin, cos) = (libm::sinf(degrees.to_radians()), libm::cosf(degrees.to_radians()));
        self.change_all(|x, y| {
            let (x, y) = (x - 0.5 * SIDE, y - 0.5 * SIDE);
            (x * cos - y * sin + 0.5 * SIDE, x * sin + y * cos + 0.5 * SIDE)
        });
    }

    /// Makes the drawing larger or smaller, about the middle of the sheet.
    pub fn resize(&mut self, factor: f32) {
        self.change_all(|x, y| {
            ((x - 0.5 * SIDE) * factor + 0.5 * SIDE, (y - 0.5 * SIDE) * factor + 0.5 * SIDE)
        });
    }

    fn change_all(&mut self, change: impl Fn(f32, f32) -> (f32, f32)) {
        let within = |value: f32| value.clamp(-10.0 * SIDE, 10.0 * SIDE);
        for point in self.strokes.iter_mut().flatten() {
            let (x, y) = change(point.x, point.y);
            (point.x, point.y) = (within(x), within(y));
        }
    }
}
