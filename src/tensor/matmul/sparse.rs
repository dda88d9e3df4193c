//! Products whose left factor is mostly zeros, as pictures, counts of words and drawn units are: what is 0 is left out. To
//! add 0 times a finite number changes no bit of a sum that begins from 0, so they are the sums of the dense product.

use super::Start;

/// Columns from which on it is worth to look for zeros.
const COLUMNS: usize = 32;
/// Entries of a row that are looked through at a time.
const AT_ONCE: usize = 256;
/// Rows of `b` that are added in one pass over a row of sums.
const TOGETHER: usize = 4;

/// Whether so few numbers of `a` are not 0 that to leave the others out is faster, for a product of `n` columns: in Chromium
/// 64 × 784 × `n` is as fast in both ways with 28, 41 and 49 % of them for `n` of 64, 128 and 256.
pub(super) fn suits(a: &[f32], n: usize) -> bool {
    n >= COLUMNS && {
        let count = |part: &[f32]| u64::from(part.iter().map(|&value| u32::from(value != 0.0)).sum::<u32>());
        let filled: u64 = a.chunks(1 << 12).map(count).sum();
        2 * filled * (n as u64 + 64) < a.len() as u64 * n as u64
    }
}

/// `c[m, n] = start + a[m, k] · b[k, n]`; `TRANSPOSED`: `a` lies there as `[k, m]`.
pub(super) fn multiply<const TRANSPOSED: bool>(
    a: &[f32],
    b: &[f32],
    start: Start,
    c: &mut [f32],
    k: usize,
    n: usize,
) {
    let m = c.len() / n;
    let (row_stride, stride) = if TRANSPOSED { (1, m) } else { (k, 1) };
    let mut places = [0; AT_ONCE];
    for (i, sums) in c.chunks_exact_mut(n).enumerate() {
        match start {
            Start::Zero => sums.fill(0.0),
            Start::Bias(bias) => sums.copy_from_slice(bias),
            Start::Kept => {}
        }
        let row = &a[i * row_stride..];
        for first in (0..k).step_by(AT_ONCE) {
            let mut count = 0;
            for p in first..k.min(first + AT_ONCE) {
                places[count] = p;
                count += usize::from(row[p * stride] != 0.0);
            }
            for places in places[..count].chunks(TOGETHER) {
                // The last ones are filled up by such as add nothing.
                let place = |index: usize| places[index.min(places.len() - 1)];
                let rows = std::array::from_fn(|index| &b[place(index) * n..][..n]);
                let factors = std::array::from_fn(|index| match places.get(index) {
                    Some(p) => row[p * stride],
                    None => 0.0,
                });
                add(sums, rows, factors);
            }
        }
    }
}

/// Adds these rows times their factors, one after another.
#[inline(never)]
fn add(sums: &mut [f32], rows: [&[f32]; TOGETHER], factors: [f32; TOGETHER]) {
    let rows = rows.map(|row| &row[..sums.len()]);
    for (j, sum) in sums.iter_mut().enumerate() {
        *sum = rows.iter().zip(factors).fold(*sum, |sum, (row, factor)| sum + factor * row[j]);
    }
}
