//! Matrix products. Every element is summed in one order, whatever the blocking: it starts from its
//! bias (or 0) and adds its products with ascending inner index. So kernels can be changed without
//! changing a bit of any run, and 128-bit SIMD, along the rows of `b`, rounds as the plain loop.

/// A read-only matrix over a slice, with a stride for each axis so that a transpose is free.
#[derive(Clone, Copy)]
struct Strided<'a> {
    values: &'a [f32],
    row: usize,
    column: usize,
}

/// `y[m, n] = x[m, k] · w[k, n] + bias[n]`, for as many rows `m` as `x` has.
pub fn affine(x: &[f32], w: &[f32], bias: &[f32], y: &mut [f32]) {
    let n = bias.len();
    let k = w.len() / n;
    for row in y.chunks_exact_mut(n) {
        row.copy_from_slice(bias);
    }
    multiply_add(Strided { values: x, row: k, column: 1 }, w, y, k, n);
}

/// `dw[k, n] = xᵀ[k, m] · g[m, n]`: the gradient of a kernel from its input and ∂loss/∂z.
pub fn transposed_left(x: &[f32], g: &[f32], dw: &mut [f32], n: usize) {
    let k = dw.len() / n;
    let m = g.len() / n;
    dw.fill(0.0);
    multiply_add(Strided { values: x, row: 1, column: k }, g, dw, m, n);
}

/// `dx[m, k] = g[m, n] · wᵀ[n, k]`: the gradient that a layer passes on. `scratch` takes `wᵀ`.
pub fn transposed_right(g: &[f32], w: &[f32], dx: &mut [f32], n: usize, scratch: &mut Vec<f32>) {
    let k = w.len() / n;
    scratch.resize(w.len(), 0.0);
    for (row, values) in w.chunks_exact(n).enumerate() {
        for (column, &value) in values.iter().enumerate() {
            scratch[column * k + row] = value;
        }
    }
    dx.fill(0.0);
    multiply_add(Strided { values: g, row: n, column: 1 }, scratch, dx, n, k);
}

/// `c[m, n] += a[m, k] · b[k, n]`, tile by tile.
fn multiply_add(a: Strided, b: &[f32], c: &mut [f32], k: usize, n: usize) {
    let m = c.len() / n;
    let mut i = 0;
    while i + 4 <= m {
        strip::<4>(a, b, c, k, n, i);
        i += 4;
    }
    while i < m {
        strip::<1>(a, b, c, k, n, i);
        i += 1;
    }
}

/// `M` rows of the product from row `i`: tiles of 8, 4, then 1 columns.
fn strip<const M: usize>(a: Strided, b: &[f32], c: &mut [f32], k: usize, n: usize, i: usize) {
    let mut j = 0;
    while j + 8 <= n {
        tile::<M, 8>(a, b, c, k, n, i, j);
        j += 8;
    }
    while j + 4 <= n {
        tile::<M, 4>(a, b, c, k, n, i, j);
        j += 4;
    }
    while j < n {
        tile::<M, 1>(a, b, c, k, n, i, j);
        j += 1;
    }
}

/// The one place where products are summed: an `M` × `N` tile held in registers.
#[inline(never)]
fn tile<const M: usize, const N: usize>(
    a: Strided,
    b: &[f32],
    c: &mut [f32],
    k: usize,
    n: usize,
    i: usize,
    j: usize,
) {
    let mut sums = [[0.0_f32; N]; M];
    for (r, sum) in sums.iter_mut().enumerate() {
        sum.copy_from_slice(&c[(i + r) * n + j..][..N]);
    }
    for p in 0..k {
        let row: &[f32; N] = b[p * n + j..].first_chunk().expect("a row of b");
        for (r, sum) in sums.iter_mut().enumerate() {
            let factor = a.values[(i + r) * a.row + p * a.column];
            for (total, &value) in sum.iter_mut().zip(row) {
                *total += factor * value;
            }
        }
    }
    for (r, sum) in sums.iter().enumerate() {
        c[(i + r) * n + j..][..N].copy_from_slice(sum);
    }
}
