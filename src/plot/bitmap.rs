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

    /// One pixel for each of `colors`, row by row; what they leave over is black.
    #[must_use]
    pub fn from_colors(width: usize, height: usize, colors: impl Iterator<Item = RGBColor>) -> Self {
        let mut bitmap = Self { width, height, rgb: vec![0; width * height * 3] };
        for (pixel, color) in bitmap.rgb.as_chunks_mut::<3>().0.iter_mut().zip(colors) {
            *pixel = [color.0, color.1, color.2];
        }
        bitmap
    }

    /// Draws its outermost pixels in `color`.
    pub fn outline(&mut self, color: RGBColor) {
        self.outline_at((0, 0), (self.width, self.height), color);
    }

    /// Draws the outermost pixels of so many at `(x, y)` in `color`.
    pub fn outline_at(&mut self, (x, y): (usize, usize), (width, height): (usize, usize), color: RGBColor) {
        let all = self.width;
        let pixels = self.rgb.as_chunks_mut::<3>().0;
        let edges = (0..width).flat_map(|column| [[column, 0], [column, height.max(1) - 1]]);
        let sides = (0..height).flat_map(|row| [[0, row], [width.max(1) - 1, row]]);
        for [column, row] in edges.chain(sides) {
            if let Some(pixel) = pixels.get_mut((y + row) * all + x + column) {
                *pixel = [color.0, color.1, color.2];
            }
        }
    }

    /// Puts a grid of `rows`·`columns` cells on `width`·`height` pixels at `(x, y)`, each cell in its
    /// colour without blending; what would reach beyond the bitmap is left out.
    pub fn cells(
        &mut self,
        (x, y): (usize, usize),
        (width, height): (usize, usize),
        [rows, columns]: [usize; 2],
        color: impl Fn(usize) -> RGBColor,
    ) {
        if x + width > self.width || y + height > self.height || rows * columns == 0 {
            return;
        }
        let cell_at: Vec<usize> = (0..width).map(|column| column * columns / width).collect();
        let mut colors = vec![[0; 3]; columns];
        let mut last_row = None;
        for row in 0..height {
            let from = (y + row) * self.width + x;
            let cell_row = row * rows / height;
            if last_row == Some(cell_row) {
                let above = 3 * (from - self.width);
                self.rgb.copy_within(above..above + 3 * width, 3 * from);
                continue;
            }
            last_row = Some(cell_row);
            for (column, cell) in colors.iter_mut().enumerate() {
                let RGBColor(r, g, b) = color(cell_row * columns + column);
                *cell = [r, g, b];
            }
            let pixels = &mut self.rgb.as_chunks_mut::<3>().0[from..from + width];
            pixels.iter_mut().zip(&cell_at).for_each(|(pixel, &cell)| *pixel = colors[cell]);
        }
    }

    /// Puts a tile of `colors`, row by row, into `frame` with its top left at `(x, y)`, the frame
    /// included.
    pub fn tile(&mut self, (x, y): (usize, usize), frame: &Frame, colors: impl Fn(usize) -> RGBColor) {
        let reach = frame.reach;
        for (row, weights) in frame.weights.chunks_exact(frame.outer).enumerate() {
            let from = (y + row) * self.width + x;
            let Some(pixels) = self.rgb.as_chunks_mut::<3>().0.get_mut(from..from + frame.outer) else {
                return;
            };
            let tile_row = row.saturating_sub(reach).min(frame.side - 1) * frame.side;
            for (column, (pixel, weight)) in pixels.iter_mut().zip(weights).enumerate() {
                let fill = colors(tile_row + column.saturating_sub(reach).min(frame.side - 1));
                let color = match *weight {
                    Weight::Inside => fill,
                    Weight::Outside => continue,
                    Weight::Edge { fill: share, border } => {
                        let under = mix(RGBColor(pixel[0], pixel[1], pixel[2]), fill, share);
                        mix(under, frame.color, border)
                    }
                };
                *pixel = [color.0, color.1, color.2];
            }
        }
    }
}

/// The rounded, smooth edge of tiles, worked out once for all that have the same.
pub struct Frame {
    side: usize,
    /// Side with the frame.
    outer: usize,
    /// Pixels that the frame takes beyond each edge of the tile.
    reach: usize,
    color: RGBColor,
    weights: Vec<Weight>,
}

/// How much of a pixel is the tile, and how much of that its frame.
#[derive(Clone, Copy)]
enum Weight {
    Inside,
    Outside,
    Edge { fill: f64, border: f64 },
}

impl Frame {
    /// For tiles of `side` pixels: corners of `radius`, a line `border` thick along the edge that takes
    /// `reach` pixels around the tile.
    #[must_use]
    pub fn new(side: usize, reach: usize, radius: f64, border: f64, color: RGBColor) -> Self {
        let (outer, half) = (side + 2 * reach, side as f64 / 2.0);
        let radius = radius.min(half);
        let weight = |i: usize| {
            // Signed distance of the pixel's middle from the rounded edge, negative inside.
            let from_middle = |at: usize| (at as f64 - reach as f64 + 0.5 - half).abs() - half + radius;
            let (x, y) = (from_middle(i % outer), from_middle(i / outer));
            let distance = x.max(0.0).hypot(y.max(0.0)) + x.max(y).min(0.0) - radius;
            let fill = (0.5 - distance).clamp(0.0, 1.0);
            let border = (border / 2.0 + 0.5 - distance.abs()).clamp(0.0, border.min(1.0));
            match (fill, border) {
                (1.0, 0.0) => Weight::Inside,
                (0.0, 0.0) => Weight::Outside,
                _ => Weight::Edge { fill, border },
            }
        };
        Self { side, outer, reach, color, weights: (0..outer * outer).map(weight).collect() }
    }
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
    fn a_grid_is_put_in_its_place_cell_by_cell() {
        let (black, grey) = (RGBColor(0, 0, 0), |cell: usize| RGBColor(cell as u8 + 1, 0, 0));
        let reds = |bitmap: &Bitmap| bitmap.rgb.iter().step_by(3).copied().collect::<Vec<_>>();
        let mut bitmap = Bitmap::new(5, 4, black);
        bitmap.cells((1, 1), (3, 3), [2, 2], grey);
        assert_eq!(reds(&bitmap), [0, 0, 0, 0, 0, 0, 1, 1, 2, 0, 0, 1, 1, 2, 0, 0, 3, 3, 4, 0]);
        bitmap.outline_at((1, 1), (3, 3), RGBColor(9, 9, 9));
        assert_eq!(reds(&bitmap), [0, 0, 0, 0, 0, 0, 9, 9, 9, 0, 0, 9, 1, 9, 0, 0, 9, 9, 9, 0]);
        let before = bitmap.clone();
        bitmap.cells((3, 0), (3, 3), [2, 2], grey);
        bitmap.cells((0, 0), (3, 3), [0, 2], grey);
        assert_eq!(bitmap, before, "what has no room or no cells draws nothing");
    }

    #[test]
    fn a_tile_has_round_corners_and_a_border() {
        let (white, blue, ink) = (RGBColor(255, 255, 255), RGBColor(0, 0, 255), RGBColor(0, 0, 0));
        let mut bitmap = Bitmap::new(24, 24, white);
        bitmap.tile((0, 0), &Frame::new(20, 2, 4.0, 1.0, ink), |_| blue);
        let pixel = |x: usize, y: usize| bitmap.rgb.as_chunks::<3>().0[y * 24 + x];
        assert_eq!(pixel(12, 12), [0, 0, 255]);
        assert!(pixel(2, 2)[0] > 230, "the corner is cut off: {:?}", pixel(2, 2));
        assert_eq!(pixel(0, 12), [255; 3]);
        assert!(pixel(2, 12)[2] < 255 && pixel(2, 12)[0] < 128, "the edge is dark: {:?}", pixel(2, 12));
    }
}
