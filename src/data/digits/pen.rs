//! The pen that draws the strokes of a style: through knots that a hand never hits exactly, in smooth
//! curves and around corners. A digit is about 1 high, from y = 0 down to 1, with x = 0 in its middle.

use super::curve::{Vertex, through};
use crate::data::direction;
use crate::tensor::Rng;

/// Points of the curve to a span between two knots.
const PIECES: usize = 8;

/// Strokes as they are being drawn.
pub(super) struct Pen<'a> {
    pub rng: &'a mut Rng,
    /// Deviation of a knot from where it was meant to be.
    sloppiness: f32,
    strokes: Vec<Vec<Vertex>>,
    /// The knots since the pen was set down or turned a corner.
    knots: Vec<Vertex>,
}

impl<'a> Pen<'a> {
    pub fn new(sloppiness: f32, rng: &'a mut Rng) -> Self {
        Self { rng, sloppiness, strokes: Vec::new(), knots: Vec::new() }
    }

    /// Sets the pen down for a new stroke.
    pub fn down(&mut self, x: f32, y: f32) -> &mut Self {
        self.lift();
        self.strokes.push(Vec::new());
        self.to(x, y)
    }

    /// Draws on through a point near this one.
    pub fn to(&mut self, x: f32, y: f32) -> &mut Self {
        let [dx, dy] = [0, 1].map(|_| self.sloppiness * self.rng.truncated_normal());
        self.knots.push([x + dx, y + dy, 0.0]);
        self
    }

    /// Draws on to a point near this one and turns sharply there.
    pub fn corner(&mut self, x: f32, y: f32) -> &mut Self {
        self.to(x, y);
        let last = self.knots.len() - 1;
        let corner = self.knots[last];
        self.flush();
        self.knots.push(corner);
        self
    }

    /// A sharp corner in a share `sharp` of the cases, a bend in the others.
    pub fn turn(&mut self, x: f32, y: f32, sharp: f32) -> &mut Self {
        if self.chance(sharp) { self.corner(x, y) } else { self.to(x, y) }
    }

    /// Draws on around a part of an ellipse; degrees, from 0 on the right over 90 at the bottom, the way of
    /// the clock where `sweep` is positive. The radii grow to `growth` times themselves on the way.
    pub fn arc(&mut self, at: [f32; 2], radii: [f32; 2], from: f32, sweep: f32, growth: f32) -> &mut Self {
        let spans = (sweep.abs() / 50.0).ceil().max(1.0);
        for step in 0..=spans as usize {
            let t = step as f32 / spans;
            let [cos, sin] = direction((from + t * sweep).to_radians());
            let size = 1.0 + t * (growth - 1.0);
            self.to(at[0] + size * radii[0] * cos, at[1] + size * radii[1] * sin);
        }
        self
    }

    /// The strokes drawn.
    pub fn finish(mut self) -> Vec<Vec<Vertex>> {
        self.lift();
        self.strokes
    }

    /// Whether something that `share` of the people do is done this time.
    pub fn chance(&mut self, share: f32) -> bool {
        self.rng.uniform() < share
    }

    /// A measure that varies by `deviation`, by twice that at most.
    pub fn about(&mut self, mean: f32, deviation: f32) -> f32 {
        mean + deviation * self.rng.truncated_normal()
    }

    /// One of several habits, each as frequent as its weight.
    pub fn habit<const N: usize>(&mut self, weights: [f32; N]) -> usize {
        let mut left = self.rng.uniform() * weights.iter().sum::<f32>();
        weights
            .iter()
            .position(|weight| {
                left -= weight;
                left < 0.0
            })
            .unwrap_or(N - 1)
    }

    /// Ends the stroke.
    fn lift(&mut self) {
        self.flush();
        self.knots.clear();
    }

    /// Draws the curve through the knots so far.
    fn flush(&mut self) {
        let curve = through(&self.knots, PIECES);
        self.knots.clear();
        if let Some(stroke) = self.strokes.last_mut() {
            stroke.extend(curve);
        }
    }
}
