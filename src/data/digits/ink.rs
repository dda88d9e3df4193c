//! Renders strokes as grey pixels the way a scan shows them: full ink inside the pen's radius, and a
//! straight ramp of [`EDGE`] pixels across its edge.

use super::SIDE;
use super::curve::Vertex;

/// Width of the grey rim, in pixels. In MNIST's first 6,000 training images 0.192 of the pixels are not 0,
/// 0.133 are at least 128 and 0.074 at least 250: a straight ramp 0.445 of the 2.6 pixel wide stroke.
pub(super) const EDGE: f32 = 1.15;

/// The picture of `strokes`, polylines of `[x, y, radius]` in pixels, (0, 0) being the upper left corner
/// of the upper left pixel; 0 is paper, 1 is ink, and crossing strokes do not add up.
pub(super) fn rendered(strokes: &[Vec<Vertex>]) -> Vec<f32> {
    let mut image = vec![0.0; SIDE * SIDE];
    for stroke in strokes {
        if let [dot] = stroke[..] {
            cover(&mut image, dot, dot);
        }
        for pair in stroke.windows(2) {
            cover(&mut image, pair[0], pair[1]);
        }
    }
    image
}

/// Inks the segment from `a` to `b`, its radius changing evenly on the way.
fn cover(image: &mut [f32], a: Vertex, b: Vertex) {
    let reach = a[2].max(b[2]) + 0.5 * EDGE;
    // Pixels whose centre may be within reach; `as` brings what lies outside to the border.
    let span = |axis: usize| {
        let low = (a[axis].min(b[axis]) - reach - 0.5).ceil().max(0.0) as usize;
        let high = (a[axis].max(b[axis]) + reach - 0.5).floor().min(SIDE as f32 - 1.0) + 1.0;
        low..high as usize
    };
    let (columns, rows) = (span(0), span(1));
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let squared = dx * dx + dy * dy;
    let per_squared = if squared > 0.0 { 1.0 / squared } else { 0.0 };
    for row in rows {
        let py = row as f32 + 0.5 - a[1];
        for column in columns.clone() {
            let px = column as f32 + 0.5 - a[0];
            let t = ((px * dx + py * dy) * per_squared).clamp(0.0, 1.0);
            let (ex, ey) = (px - t * dx, py - t * dy);
            let radius = a[2] + t * (b[2] - a[2]);
            let grey = ((radius - (ex * ex + ey * ey).sqrt()) / EDGE + 0.5).clamp(0.0, 1.0);
            let pixel = &mut image[row * SIDE + column];
            *pixel = pixel.max(grey);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_the_width_of_its_pen() {
        let image = rendered(&[vec![[5.0, 14.0, 1.3], [23.0, 14.0, 1.3]]]);
        let column: f32 = (0..SIDE).map(|row| image[row * SIDE + 14]).sum();
        assert!((column - 2.6).abs() < 0.1, "{column}");
        assert_eq!((image[13 * SIDE + 14], image[14 * SIDE + 14]), (1.0, 1.0));
        assert_eq!(image[14 * SIDE + 2], 0.0);
    }

    #[test]
    fn what_lies_outside_leaves_no_ink_and_does_not_panic() {
        for far in [-1e9, -40.0, 60.0, 1e9] {
            assert!(rendered(&[vec![[far, far, 2.0]], vec![]]).iter().all(|&grey| grey == 0.0));
        }
    }
}
