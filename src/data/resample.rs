//! How pictures are resampled when they are moved, turned or resized: between pixels by the cubic of
//! Catmull & Rom. Augmentation and nudges both take it from here.

/// Pixels of paper around a picture, so that four by four pixels are there wherever ink may reach.
pub(super) const MARGIN: usize = 3;

/// From a place in the output back to the picture, both from their middles: rotation (radians,
/// clockwise), shear and scale undone in turn.
pub(super) fn back(angle: f32, shear: f32, scale: [f32; 2]) -> [[f32; 2]; 2] {
    let (cos, sin) = (libm::cosf(angle), libm::sinf(angle));
    [[(cos - shear * sin) / scale[0], (sin + shear * cos) / scale[0]], [-sin / scale[1], cos / scale[1]]]
}

/// The ink at a place whose whole numbers are `x` and `y`, each from −2 to the number of pixels on its side;
/// `padded` is a picture with its [`MARGIN`], `stride` numbers in each row.
#[inline]
pub(super) fn ink_at(padded: &[f32], stride: usize, (x, y): (i32, i32), fractions: [f32; 2]) -> f32 {
    let corner = (y + 2) as usize * stride + (x + 2) as usize;
    let four = &padded[corner..][..3 * stride + 4];
    let mut sums = [0.0; 4];
    for (row, weight) in cubic(fractions[1]).into_iter().enumerate() {
        let taps: &[f32; 4] = four[row * stride..].first_chunk().expect("a margin");
        sums.iter_mut().zip(taps).for_each(|(sum, tap)| *sum += weight * tap);
    }
    let [a, b, c, d] = cubic(fractions[0]);
    let sum = (sums[0] * a + sums[1] * b) + (sums[2] * c + sums[3] * d);
    smaller(larger(sum, 0.0), 1.0)
}

/// `f32::max` for numbers, in one instruction: that of two NaN is of no interest here.
pub(super) fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

pub(super) fn smaller(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

/// The whole number at or below `place`, and the rest; without the platform's `floor`.
pub(super) fn split(place: f32) -> (i32, f32) {
    const OFFSET: f32 = 1024.0;
    let whole = (place + OFFSET) as i32 - OFFSET as i32;
    (whole, place - whole as f32)
}

/// Weights of four neighbours for a place `t` between the middle two: the cubic of Catmull & Rom,
/// which goes through the pixels, so that a picture that is not moved stays as it is.
fn cubic(t: f32) -> [f32; 4] {
    [
        ((1.0 - 0.5 * t) * t - 0.5) * t,
        (1.5 * t - 2.5) * t * t + 1.0,
        ((2.0 - 1.5 * t) * t + 0.5) * t,
        (0.5 * t - 0.5) * t * t,
    ]
}
