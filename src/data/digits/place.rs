//! From the network's picture back to the sheet that was drawn on.

use super::Prepared;

impl Prepared {
    /// Where on the sheet (in the drawing's unit) a point of the picture (in pixels from its upper left corner)
    /// comes from; none for a blank sheet and for a dot, of which no scale can be told. For a drawing that was
    /// deskewed this is a place among its `strokes`, which are then no longer where they were drawn.
    #[must_use]
    pub fn on_sheet(&self, [x, y]: [f32; 2]) -> Option<[f32; 2]> {
        let vertices = || {
            let drawn = self.strokes.iter().flatten().map(|point| [point.x, point.y]);
            drawn.zip(self.placed.iter().flatten().map(|&[x, y, _]| [x, y]))
        };
        let (from, to) = vertices().next()?;
        let distance = |a: [f32; 2], b: [f32; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
        // The scale is the same for all points; the furthest tells it best.
        let (far, far_to) = vertices().max_by(|a, b| distance(a.0, from).total_cmp(&distance(b.0, from)))?;
        let scale = distance(far_to, to) / distance(far, from);
        let is_usable = scale.is_finite() && scale > 0.0;
        is_usable.then(|| [from[0] + (x - to[0]) / scale, from[1] + (y - to[1]) / scale])
    }
}
