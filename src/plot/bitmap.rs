//! Bitmaps in screen pixels and the smooth enlarging of grids: what maps, planes and neuron tiles
//! are made of.

use super::palette::mix;
use plotters::style::RGBColor;

/// Opaque pixels, row by row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bitmap {
    pub width: usize,
    pub height: usize,
    /// Three bytes for each pixel.
    pub rgb: Vec<u8>,
}

impl Bitmap {
    /// All in one colour.
    #[must_use]
    pub fn new(width: usize, height: usize, color: RGBColor) -> Self {
        let rgb = [color.0, color.1, color.2].repeat(width * height);
        Self { width, height, rgb }
    }

    /// Colours a pixel; outside nothing happens.
    #[inline]
    pub fn set(&mut self, x: usize, y: usize, color: RGBColor) {
        if x < self.width
            && let Some(pixel) = self.rgb.as_chunks_mut::<3>().0.get_mut(y * self.width + x)
        {
            *pixel = [color.0, color.1, color.2];
        }
    }

    /// Fills a tile with its top left at `(x, y)` from `color(column, row)`: corners of `radius`,
    /// edges smooth, a border of `border` pixels centred on the edge.
    pub fn tile(&mut self, tile: &Tile, color: impl Fn(usize, usize) -> RGBColor) {
        let &Tile { x, y, side, radius, border, border_color, background } = tile;
        let half = side as f64 / 2.0;
        let radius = radius.min(half);
        let reach = border.ceil() as usize; // beyond the edge
        let flat = (radius + border).ceil() as usize + 1; // how far from the edge a pixel is plain
        for row in 0..side + 2 * reach {
            for column in 0..side + 2 * reach {
                let (Some(px), Some(py)) = ((x + column).checked_sub(reach), (y + row).checked_sub(reach))
                else {
                    continue;
                };
                let inside = |at: usize| at >= reach + flat && at + flat < reach + side;
                let (tx, ty) = (column.saturating_sub(reach), row.saturating_sub(reach));
                let fill = color(tx.min(side - 1), ty.min(side - 1));
                if inside(column) && inside(row) {
                    self.set(px, py, fill);
                    continue;
                }
                // Signed distance of the pixel's middle from the rounded edge, negative inside.
                let from_middle = |at: usize| (at as f64 - reach as f64 + 0.5 - half).abs() - half + radius;
                let (qx, qy) = (from_middle(column), from_middle(row));
                let distance = qx.max(0.0).hypot(qy.max(0.0)) + qx.max(qy).min(0.0) - radius;
                let covered = (0.5 - distance).clamp(0.0, 1.0);
                let edge = (border / 2.0 + 0.5 - distance.abs()).clamp(0.0, border.min(1.0));
                if covered > 0.0 || edge > 0.0 {
                    self.set(px, py, mix(mix(background, fill, covered), border_color, edge));
                }
            }
        }
    }
}

/// Where a tile of a [`Bitmap`] lies and how its edge looks, in pixels.
#[derive(Clone, Copy, Debug)]
pub struct Tile {
    pub x: usize,
    pub y: usize,
    pub side: usize,
    pub radius: f64,
    pub border: f64,
    pub border_color: RGBColor,
    pub background: RGBColor,
}

/// Enlarges square grids to a bitmap's size, bilinearly between the middles of the cells; the
/// weights are worked out once for all grids of a figure.
pub struct Enlarger {
    side: usize,
    columns: Vec<Tap>,
    rows: Vec<Tap>,
}

/// Between which two cells a pixel lies, and how near to the second.
#[derive(Clone, Copy)]
struct Tap {
    first: usize,
    second: usize,
    share: f32,
}

impl Enlarger {
    /// From `side`·`side` cells to `width`·`height` pixels.
    #[must_use]
    pub fn new(side: usize, width: usize, height: usize) -> Self {
        let taps = |pixels: usize| {
            let tap = |pixel: usize| {
                let last = side.saturating_sub(1);
                let at = ((pixel as f32 + 0.5) / pixels as f32 * side as f32 - 0.5).clamp(0.0, last as f32);
                let first = at as usize;
                Tap { first, second: (first + 1).min(last), share: at - first as f32 }
            };
            (0..pixels).map(tap).collect()
        };
        Self { side, columns: taps(width), rows: taps(height) }
    }

    /// The enlarged `grid`, row by row, into `out`; empty when the grid has not its cells.
    pub fn enlarge(&self, grid: &[f32], out: &mut Vec<f32>) {
        out.clear();
        if self.side == 0 || grid.len() < self.side * self.side {
            return;
        }
        let mut blended = vec![0.0; self.side];
        for row in &self.rows {
            let cells = |index: usize| &grid[index * self.side..(index + 1) * self.side];
            for ((blend, &a), &b) in blended.iter_mut().zip(cells(row.first)).zip(cells(row.second)) {
                *blend = a + (b - a) * row.share;
            }
            out.extend(self.columns.iter().map(|column| {
                let (a, b) = (blended[column.first], blended[column.second]);
                a + (b - a) * column.share
            }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enlarging_keeps_the_corners_and_blends_between() {
        let mut out = Vec::new();
        Enlarger::new(2, 4, 4).enlarge(&[0.0, 1.0, 0.0, 1.0], &mut out);
        assert_eq!(out[..4], [0.0, 0.25, 0.75, 1.0]);
        Enlarger::new(1, 2, 2).enlarge(&[3.0], &mut out);
        assert_eq!(out, [3.0; 4]);
        Enlarger::new(2, 2, 2).enlarge(&[1.0], &mut out);
        assert!(out.is_empty(), "a grid that lacks cells draws nothing");
        Enlarger::new(0, 2, 2).enlarge(&[], &mut out);
        assert!(out.is_empty());
    }

    #[test]
    fn a_tile_has_round_corners_and_a_border() {
        let (white, blue, ink) = (RGBColor(255, 255, 255), RGBColor(0, 0, 255), RGBColor(0, 0, 0));
        let mut bitmap = Bitmap::new(24, 24, white);
        let tile =
            Tile { x: 2, y: 2, side: 20, radius: 4.0, border: 1.0, border_color: ink, background: white };
        bitmap.tile(&tile, |_, _| blue);
        let pixel = |x: usize, y: usize| bitmap.rgb.as_chunks::<3>().0[y * 24 + x];
        assert_eq!(pixel(12, 12), [0, 0, 255]);
        assert!(pixel(2, 2)[0] > 230, "the corner is cut off: {:?}", pixel(2, 2));
        assert_eq!(pixel(0, 12), [255; 3]);
        assert!(pixel(2, 12)[2] < 255 && pixel(2, 12)[0] < 128, "the edge is dark: {:?}", pixel(2, 12));
    }
}
