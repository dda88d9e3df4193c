//! Sums over all weights: in `f64`, in four partial sums joined in a fixed order.

use flate2::Crc;

fn sum(a: &[f32], b: &[f32], of: impl Fn(usize, f64, f64) -> f64) -> f64 {
    let ((a4, a_rest), (b4, b_rest)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    let mut sums = [0.0_f64; 4];
    for (chunk, (a, b)) in a4.iter().zip(b4).enumerate() {
        for lane in 0..4 {
            sums[lane] += of(4 * chunk + lane, a[lane].into(), b[lane].into());
        }
    }
    let start = 4 * a4.len();
    let rest = a_rest.iter().zip(b_rest).enumerate();
    let rest: f64 = rest.map(|(index, (&a, &b))| of(start + index, a.into(), b.into())).sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

/// Σ a · b
pub(super) fn dot(a: &[f32], b: &[f32]) -> f64 {
    sum(a, b, |_, a, b| a * b)
}

/// Σ (a − b)²
pub(super) fn square_distance(a: &[f32], b: &[f32]) -> f64 {
    sum(a, b, |_, a, b| (a - b) * (a - b))
}

/// Σ (a − b) · c
pub(super) fn dot_between(a: &[f32], b: &[f32], c: &[f32]) -> f64 {
    sum(a, b, |index, a, b| (a - b) * f64::from(c[index]))
}

/// The checksum of the bits of numbers.
pub(super) fn checksum<'a>(numbers: impl Iterator<Item = &'a f32>) -> u32 {
    let mut sum = Crc::new();
    numbers.for_each(|number| sum.update(&number.to_le_bytes()));
    sum.sum()
}
