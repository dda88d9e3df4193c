//! A matrix that many products take in turn, packed once: what a recurrent layer multiplies its states by at every step.

use super::{DEEP, Place, Start, by_panel};
use crate::tensor::bytes_of;
use crate::tensor::tile::{Row, WIDTH, pack, pack_transposed};

/// The right factor `b[k, n]` of products, eight columns side by side.
#[derive(Clone, Debug, Default)]
pub struct Panels {
    /// `[n / 8, k]`.
    rows: Vec<Row>,
    inner: usize,
    columns: usize,
}

impl Panels {
    /// Numbers that the panels of a factor of `n` columns and so many numbers take.
    #[must_use]
    pub fn numbers([k, n]: [usize; 2]) -> usize {
        k * n.next_multiple_of(WIDTH)
    }

    /// Bytes that they hold.
    #[must_use]
    pub fn bytes(&self) -> usize {
        bytes_of(&self.rows)
    }

    /// Takes `b[k, n]`.
    pub fn pack(&mut self, b: &[f32], n: usize) {
        self.fit(b.len() / n, n);
        for (panel, j) in self.rows.chunks_exact_mut(self.inner).zip((0..n).step_by(WIDTH)) {
            pack(b, panel, n, j);
        }
    }

    /// Takes `bᵀ`, for `b[n, k]`.
    pub fn pack_transposed(&mut self, b: &[f32], k: usize) {
        self.fit(k, b.len() / k);
        for (panel, j) in self.rows.chunks_exact_mut(k).zip((0..self.columns).step_by(WIDTH)) {
            pack_transposed(&b[j * k..], panel, k, 0);
        }
    }

    fn fit(&mut self, k: usize, n: usize) {
        (self.inner, self.columns) = (k, n);
        self.rows.resize(n.div_ceil(WIDTH) * k, [0.0; WIDTH]);
    }

    /// `c[m, n] += a[m, k] · b[k, n]`: each element goes on from what it is.
    pub fn add_product(&self, a: &[f32], c: &mut [f32]) {
        let (k, n) = (self.inner, self.columns);
        let shape = [c.len() / n, k, n];
        for first in (0..k).step_by(DEEP) {
            for (panel, j) in self.rows.chunks_exact(k).zip((0..n).step_by(WIDTH)) {
                let panel = &panel[first..k.min(first + DEEP)];
                by_panel::<false>(a, panel, Start::Kept, c, Place { shape, first, j });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::{Rng, Stream};

    /// Odd sizes, narrow ones and such as take several panels of depth, one after the other in the same room.
    #[test]
    fn products_go_on_in_the_order_of_the_plain_loop() {
        let mut rng = Rng::new(1, Stream::Data);
        let mut numbers = |count: usize| -> Vec<f32> { (0..count).map(|_| rng.normal()).collect() };
        let mut panels = Panels::default();
        for [m, k, n] in
            [[32, 64, 256], [32, 256, 64], [5, 3, 1], [1, 300, 4], [7, 9, 13], [3, 1, 8], [9, 520, 20]]
        {
            let (a, b, c) = (numbers(m * k), numbers(k * n), numbers(m * n));
            let mut plain = c.clone();
            for (index, sum) in plain.iter_mut().enumerate() {
                let (row, column) = (index / n, index % n);
                (0..k).for_each(|p| *sum += a[row * k + p] * b[p * n + column]);
            }
            let transposed: Vec<f32> = (0..n * k).map(|index| b[index % k * n + index / k]).collect();
            for is_transposed in [false, true] {
                if is_transposed {
                    panels.pack_transposed(&transposed, k);
                } else {
                    panels.pack(&b, n);
                }
                let mut product = c.clone();
                panels.add_product(&a, &mut product);
                assert_eq!(product, plain, "{m} × {k} × {n}, transposed: {is_transposed}");
                assert!(panels.rows.len() * WIDTH == Panels::numbers([k, n]));
            }
        }
    }
}
