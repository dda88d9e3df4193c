//! Matrix products. Every element is summed in one order, whatever the blocking: it starts from its
//! bias, 0 or what it holds, and adds its products with ascending inner index. So kernels can be changed
//! without changing a bit of any run, and 128-bit SIMD, along the rows of `b`, rounds as the plain loop.
//!
//! How the loops are written decides how they compile: the benches, natively and in WebAssembly (there
//! ways that look alike differed by a factor of eight), come before a change here.

/// `y[m, n] = x[m, k] · w[k, n] + bias[n]`, for as many rows `m` as `x` has.
pub fn affine(x: &[f32], w: &[f32], bias: &[f32], y: &mut [f32]) {
    let (k, n) = (w.len() / bias.len(), bias.len());
    multiply::<false>(x, w, Start::Bias(bias), y, k, n);
}

/// `y[m, n] = x[m, k] · w[k, n]`.
pub fn product(x: &[f32], w: &[f32], y: &mut [f32], n: usize) {
    multiply::<false>(x, w, Start::Zero, y, w.len() / n, n);
}

/// `dw[k, n] = xᵀ[k, m] · g[m, n]`: the gradient of a kernel from its input and ∂loss/∂z.
pub fn transposed_left(x: &[f32], g: &[f32], dw: &mut [f32], n: usize) {
    transposed_left_from(Start::Zero, x, g, dw, n);
}

/// `dw[k, n] += xᵀ[k, m] · g[m, n]`, going on from what `dw` holds: block after block of rows gives the
/// bits of [`transposed_left`] over all of them.
pub fn add_transposed_left(x: &[f32], g: &[f32], dw: &mut [f32], n: usize) {
    transposed_left_from(Start::Held, x, g, dw, n);
}

fn transposed_left_from(start: Start, x: &[f32], g: &[f32], dw: &mut [f32], n: usize) {
    let (k, m) = (dw.len() / n, g.len() / n);
    if n == 1 {
        multiply::<false>(g, x, start, dw, m, k); // the same sums as gᵀ · x, along the rows of x
    } else {
        multiply::<true>(x, g, start, dw, m, n);
    }
}

/// `dx[m, k] = g[m, n] · wᵀ[n, k]`: the gradient that a layer passes on. `scratch` takes `wᵀ`.
pub fn transposed_right(g: &[f32], w: &[f32], dx: &mut [f32], n: usize, scratch: &mut Vec<f32>) {
    scratch.resize(w.len(), 0.0);
    transpose(w, scratch, n);
    product(g, scratch, dx, w.len() / n);
}

/// `transposed[n, k]` from `w[k, n]`, four rows at a time.
pub fn transpose(w: &[f32], transposed: &mut [f32], n: usize) {
    let k = w.len() / n;
    for (index, rows) in w.chunks_exact(4 * n).enumerate() {
        let [a, b, c, d]: [&[f32]; 4] = std::array::from_fn(|row| &rows[row * n..][..n]);
        for (column, values) in transposed.chunks_exact_mut(k).enumerate() {
            let values: &mut [f32; 4] = values[4 * index..].first_chunk_mut().expect("four rows from there");
            *values = [a[column], b[column], c[column], d[column]];
        }
    }
    for (row, values) in w.chunks_exact(n).enumerate().skip(k - k % 4) {
        for (column, &value) in values.iter().enumerate() {
            transposed[column * k + row] = value;
        }
    }
}

/// What an element is before its first product is added.
#[derive(Clone, Copy)]
enum Start<'a> {
    Zero,
    /// The bias of its column.
    Bias(&'a [f32]),
    /// What it holds.
    Held,
}

/// `c[m, n] = start + a[m, k] · b[k, n]`, tile by tile; `TRANSPOSED`: `a` lies there as `[k, m]`.
fn multiply<const TRANSPOSED: bool>(a: &[f32], b: &[f32], start: Start, c: &mut [f32], k: usize, n: usize) {
    let m = c.len() / n;
    let mut i = 0;
    // Narrow tiles leave registers free for twice the rows.
    while n < 8 && i + 8 <= m {
        strip::<TRANSPOSED, 8>(a, b, start, c, [m, k, n], i);
        i += 8;
    }
    while i + 4 <= m {
        strip::<TRANSPOSED, 4>(a, b, start, c, [m, k, n], i);
        i += 4;
    }
    if i + 2 <= m {
        strip::<TRANSPOSED, 2>(a, b, start, c, [m, k, n], i);
        i += 2;
    }
    if i < m {
        strip::<TRANSPOSED, 1>(a, b, start, c, [m, k, n], i);
    }
}

/// `M` rows of the product from row `i`: tiles of 8, 4, then 1 columns.
fn strip<'a, const TRANSPOSED: bool, const M: usize>(
    a: &'a [f32],
    b: &[f32],
    start: Start,
    c: &mut [f32],
    [m, k, n]: [usize; 3],
    i: usize,
) {
    let c = &mut c[i * n..][..M * n];
    let mut j = 0;
    macro_rules! tiles {
        ($factors:expr) => {{
            while j + 8 <= n {
                tile::<M, 2>($factors, b, start, c, n, j);
                j += 8;
            }
            if j + 4 <= n {
                tile::<M, 1>($factors, b, start, c, n, j);
                j += 4;
            }
            while j < n {
                column::<M>($factors, b, start, c, n, j);
                j += 1;
            }
        }};
    }
    if TRANSPOSED {
        let factors = |row: &'a [f32]| row[i..].first_chunk().expect("M rows from i").each_ref();
        tiles!(a.chunks_exact(m).map(factors));
    } else {
        let rows: [&[f32]; M] = std::array::from_fn(|r| &a[(i + r) * k..][..k]);
        tiles!((0..k).map(|p| rows.map(|row| &row[p])));
    }
}

/// A tile of `M` rows and `V` times four columns, summed in registers. `factors` are the columns of
/// `a`, by reference: WebAssembly reads each as a splat. Equal chunks need no bounds checks, and loops by
/// index keep the sums out of memory there (iterators over the arrays do not).
#[inline(never)]
fn tile<'a, const M: usize, const V: usize>(
    factors: impl Iterator<Item = [&'a f32; M]>,
    b: &[f32],
    start: Start,
    c: &mut [f32],
    n: usize,
    j: usize,
) {
    let four = |row: &[f32], v: usize| Four(*row[j + 4 * v..].first_chunk().expect("four columns"));
    let mut sums = [[Four([0.0; 4]); V]; M];
    match start {
        Start::Zero => {}
        Start::Bias(bias) => sums = [std::array::from_fn(|v| four(bias, v)); M],
        Start::Held => sums = std::array::from_fn(|r| std::array::from_fn(|v| four(&c[r * n..], v))),
    }
    for (factors, row) in factors.zip(b.chunks_exact(n)) {
        let values: [Four; V] = std::array::from_fn(|v| four(row, v));
        for r in 0..M {
            for v in 0..V {
                sums[r][v] = sums[r][v].plus(*factors[r], values[v]);
            }
        }
    }
    for r in 0..M {
        for v in 0..V {
            c[r * n + j + 4 * v..][..4].copy_from_slice(&sums[r][v].0);
        }
    }
}

/// `M` rows of one column.
#[inline(never)]
fn column<'a, const M: usize>(
    factors: impl Iterator<Item = [&'a f32; M]>,
    b: &[f32],
    start: Start,
    c: &mut [f32],
    n: usize,
    j: usize,
) {
    let mut sums = match start {
        Start::Zero => [0.0; M],
        Start::Bias(bias) => [bias[j]; M],
        Start::Held => std::array::from_fn(|r| c[r * n + j]),
    };
    for (factors, row) in factors.zip(b.chunks_exact(n)) {
        for r in 0..M {
            sums[r] += factors[r] * row[j];
        }
    }
    for r in 0..M {
        c[r * n + j] = sums[r];
    }
}

/// Four neighbouring columns: what a SIMD register holds, on every target.
#[derive(Clone, Copy)]
struct Four([f32; 4]);

impl Four {
    /// `self + factor · values`, rounded after each of the two.
    #[inline]
    fn plus(self, factor: f32, values: Self) -> Self {
        let (s, v) = (self.0, values.0);
        Self([s[0] + factor * v[0], s[1] + factor * v[1], s[2] + factor * v[2], s[3] + factor * v[3]])
    }
}
