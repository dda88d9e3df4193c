//! Matrix products. Every element is summed in one order, whatever the blocking: it starts from its
//! bias or 0 and adds its products with ascending inner index. So kernels can be changed
//! without changing a bit of any run, and 128-bit SIMD, along the rows of `b`, rounds as the plain loop. Products with 0 are
//! left out where most are.
//!
//! How the loops are written decides how they compile: the benches, natively and in WebAssembly (there
//! ways that look alike differed by a factor of eight), come before a change here.

mod panels;
mod sparse;

pub use panels::Panels;

use super::tile::{Row, Tile, WIDTH, eight_from, pack, pack_transposed};
use sparse::Filled;

/// `y[m, n] = x[m, k] · w[k, n] + bias[n]`, for as many rows `m` as `x` has.
pub fn affine(x: &[f32], w: &[f32], bias: &[f32], y: &mut [f32]) {
    let (k, n) = (w.len() / bias.len(), bias.len());
    multiply::<false>(x, w, Start::Bias(bias), y, k, n);
}

/// `dw[k, n] = xᵀ[k, m] · g[m, n]`: the gradient of a kernel from its input and ∂loss/∂z.
pub fn transposed_left(x: &[f32], g: &[f32], dw: &mut [f32], n: usize) {
    gradient_of_kernel(x, g, Start::Zero, dw, n);
}

/// `dw[k, n] += xᵀ[k, m] · g[m, n]`: the same sums, going on over more rows.
pub fn add_transposed_left(x: &[f32], g: &[f32], dw: &mut [f32], n: usize) {
    gradient_of_kernel(x, g, Start::Kept, dw, n);
}

fn gradient_of_kernel(x: &[f32], g: &[f32], start: Start, dw: &mut [f32], n: usize) {
    let (k, m) = (dw.len() / n, g.len() / n);
    if n == 1 {
        multiply::<false>(g, x, start, dw, m, k); // the same sums as gᵀ · x, along the rows of x
    } else {
        multiply::<true>(x, g, start, dw, m, n);
    }
}

/// `dx[m, k] = g[m, n] · wᵀ[n, k]`: the gradient that a layer passes on.
pub fn transposed_right(g: &[f32], w: &[f32], dx: &mut [f32], n: usize) {
    let k = w.len() / n;
    if k == 1 {
        in_one_column(g, w, Start::Zero, dx);
    } else {
        let shape = [dx.len() / k, n, k];
        let w = Right::Transposed(w);
        match sparse::filled(g, shape) {
            Filled::WithOnes => sparse::multiply::<false, true>(g, w, Start::Zero, dx, shape),
            Filled::Sparsely => sparse::multiply::<false, false>(g, w, Start::Zero, dx, shape),
            Filled::Densely if n <= SHALLOW => in_panels::<false, SHALLOW>(g, w, Start::Zero, dx, shape),
            Filled::Densely => in_panels::<false, DEEP>(g, w, Start::Zero, dx, shape),
        }
    }
}

/// `sums[n] = Σ g[m, n]` over ascending rows.
pub fn sum_rows(g: &[f32], sums: &mut [f32]) {
    sums.fill(0.0);
    add_rows(g, sums);
}

/// `sums[n] += Σ g[m, n]` over ascending rows.
pub fn add_rows(g: &[f32], sums: &mut [f32]) {
    let n = sums.len();
    for j in (0..n - n % WIDTH).step_by(WIDTH) {
        let mut tile = Tile::<1, 2>::read::<true>(sums, n, j);
        for row in g.chunks_exact(n) {
            tile.add([&1.0], row[j..].first_chunk().expect("eight columns"));
        }
        tile.write::<true>(sums, n, j);
    }
    let rest = n - n % WIDTH..;
    if !sums[rest.clone()].is_empty() {
        for row in g.chunks_exact(n) {
            sums[rest.clone()].iter_mut().zip(&row[rest.clone()]).for_each(|(sum, &value)| *sum += value);
        }
    }
}

/// What an element is before its first product is added.
#[derive(Clone, Copy)]
enum Start<'a> {
    Zero,
    /// The bias of its column.
    Bias(&'a [f32]),
    /// What it is already.
    Kept,
}

/// Inner length up to which the small panel is taken: to clear the large one would cost more than it wins.
const SHALLOW: usize = 32;
/// Inner length of a panel: 8 kB, which stay in the nearest cache.
const DEEP: usize = 256;

/// `c[m, n] = start + a[m, k] · b[k, n]`; `TRANSPOSED`: `a` lies there as `[k, m]`.
fn multiply<const TRANSPOSED: bool>(a: &[f32], b: &[f32], start: Start, c: &mut [f32], k: usize, n: usize) {
    let shape = [c.len() / n, k, n];
    if n == 1 {
        return in_one_column(a, b, start, c);
    }
    match sparse::filled(a, shape) {
        Filled::WithOnes => sparse::multiply::<TRANSPOSED, true>(a, Right::Plain(b), start, c, shape),
        Filled::Sparsely => sparse::multiply::<TRANSPOSED, false>(a, Right::Plain(b), start, c, shape),
        Filled::Densely if n == WIDTH => {
            by_panel::<TRANSPOSED>(a, b.as_chunks().0, start, c, Place { shape, first: 0, j: 0 }); // it is one
        }
        Filled::Densely if k <= SHALLOW => {
            in_panels::<TRANSPOSED, SHALLOW>(a, Right::Plain(b), start, c, shape);
        }
        Filled::Densely => in_panels::<TRANSPOSED, DEEP>(a, Right::Plain(b), start, c, shape),
    }
}

/// The right factor of a product, `b[k, n]`.
#[derive(Clone, Copy)]
enum Right<'a> {
    Plain(&'a [f32]),
    /// It lies there as `[n, k]`.
    Transposed(&'a [f32]),
}

/// Packs panel after panel and multiplies each with all rows of `a`.
fn in_panels<const TRANSPOSED: bool, const DEPTH: usize>(
    a: &[f32],
    b: Right,
    start: Start,
    c: &mut [f32],
    shape @ [_, k, n]: [usize; 3],
) {
    let mut panel = [[0.0; WIDTH]; DEPTH];
    for first in (0..k).step_by(DEPTH) {
        let panel = &mut panel[..DEPTH.min(k - first)];
        for j in (0..n).step_by(WIDTH) {
            match b {
                Right::Plain(b) => pack(&b[first * n..], panel, n, j),
                Right::Transposed(b) => pack_transposed(&b[j * k..], panel, k, first),
            }
            by_panel::<TRANSPOSED>(a, panel, start, c, Place { shape, first, j });
        }
    }
}

/// The products of a panel with all rows of `a`.
fn by_panel<const TRANSPOSED: bool>(a: &[f32], panel: &[Row], start: Start, c: &mut [f32], place: Place) {
    let Place { shape: [m, _, n], first, j } = place;
    let start = match start {
        _ if first > 0 => None,
        Start::Kept => None,
        Start::Zero => Some([0.0; WIDTH]),
        Start::Bias(bias) => Some(eight_from(bias, j)),
    };
    match n - j {
        WIDTH.. => {
            let done = sweep::<TRANSPOSED, 4, 2, true>(a, panel, start, c, place, 0);
            match m - done {
                3 => sweep::<TRANSPOSED, 3, 2, true>(a, panel, start, c, place, done),
                2 => sweep::<TRANSPOSED, 2, 2, true>(a, panel, start, c, place, done),
                1 => sweep::<TRANSPOSED, 1, 2, true>(a, panel, start, c, place, done),
                _ => done,
            };
        }
        4 => {
            // Narrow tiles leave registers free for twice the rows.
            let done = sweep::<TRANSPOSED, 8, 1, true>(a, panel, start, c, place, 0);
            let done = sweep::<TRANSPOSED, 2, 1, true>(a, panel, start, c, place, done);
            sweep::<TRANSPOSED, 1, 1, true>(a, panel, start, c, place, done);
        }
        _ => {
            let done = sweep::<TRANSPOSED, 4, 2, false>(a, panel, start, c, place, 0);
            sweep::<TRANSPOSED, 1, 2, false>(a, panel, start, c, place, done);
        }
    }
}

/// Where a panel belongs.
#[derive(Clone, Copy)]
struct Place {
    /// Of the product: rows, inner length, columns.
    shape: [usize; 3],
    /// The panel's first row of `b`.
    first: usize,
    /// Its first column.
    j: usize,
}

/// The products of a panel with `M` rows after another, as many as there are from row `i` on; returns the
/// row it came to. Without a start the sums go on from what `c` holds.
fn sweep<const TRANSPOSED: bool, const M: usize, const V: usize, const WHOLE: bool>(
    a: &[f32],
    panel: &[Row],
    start: Option<Row>,
    c: &mut [f32],
    Place { shape: [m, k, n], first, j }: Place,
    mut i: usize,
) -> usize {
    while i + M <= m {
        let c = &mut c[i * n..][..M * n];
        if TRANSPOSED {
            turned_rows::<M, V, WHOLE>(&a[first * m..], [m, i], panel, start.as_ref(), c, [n, j]);
        } else {
            rows::<M, V, WHOLE>(&a[i * k + first..], k, panel, start.as_ref(), c, [n, j]);
        }
        i += M;
    }
    i
}

/// One tile: `M` rows of `a`, each `stride` behind the one before. A function of its own, entered for each tile, since
/// compilers of WebAssembly keep what its loop needs in registers only where there is little else: 64 × 784 × 128 ran at
/// 25 GFLOP/s within [`sweep`] and runs at 33. Its loop is by index, else it asks each time whether there are rows.
#[inline(never)]
fn rows<const M: usize, const V: usize, const WHOLE: bool>(
    a: &[f32],
    stride: usize,
    panel: &[Row],
    start: Option<&Row>,
    c: &mut [f32],
    [n, j]: [usize; 2],
) {
    let mut tile = Tile::<M, V>::begun::<WHOLE>(start, c, n, j);
    let rows: [&[f32]; M] = std::array::from_fn(|r| &a[r * stride..][..panel.len()]);
    for p in 0..panel.len() {
        tile.add(rows.map(|row| &row[p]), &panel[p]);
    }
    tile.write::<WHOLE>(c, n, j);
}

/// The same where `a` lies there transposed: `M` neighbours of a row, and so of each row `stride` behind.
#[inline(never)]
fn turned_rows<const M: usize, const V: usize, const WHOLE: bool>(
    a: &[f32],
    [stride, i]: [usize; 2],
    panel: &[Row],
    start: Option<&Row>,
    c: &mut [f32],
    [n, j]: [usize; 2],
) {
    let mut tile = Tile::<M, V>::begun::<WHOLE>(start, c, n, j);
    let mut rows = a.chunks_exact(stride);
    for values in panel {
        let Some(row) = rows.next() else { break };
        let factors: &[f32; M] = row[i..].first_chunk().expect("M rows from i");
        tile.add(factors.each_ref(), values);
    }
    tile.write::<WHOLE>(c, n, j);
}

/// A single column, `c[m] = start + a[m, k] · b[k]`.
fn in_one_column(a: &[f32], b: &[f32], start: Start, c: &mut [f32]) {
    match start {
        Start::Zero => c.fill(0.0),
        Start::Bias(bias) => c.fill(bias[0]),
        Start::Kept => {}
    }
    let mut rows = a.chunks_exact(8 * b.len());
    let mut sums = c.chunks_exact_mut(8);
    for (rows, sums) in (&mut rows).zip(&mut sums) {
        column::<8>(rows, b, sums);
    }
    for (row, sum) in rows.remainder().chunks_exact(b.len()).zip(sums.into_remainder()) {
        column::<1>(row, b, std::slice::from_mut(sum));
    }
}

/// The sums of `M` rows side by side, from what is there: none waits for another.
#[inline(never)]
fn column<const M: usize>(rows: &[f32], b: &[f32], c: &mut [f32]) {
    let rows: [&[f32]; M] = std::array::from_fn(|r| &rows[r * b.len()..][..b.len()]);
    let mut sums: [f32; M] = *c.first_chunk().expect("M sums");
    for (p, &value) in b.iter().enumerate() {
        for r in 0..M {
            sums[r] += rows[r][p] * value;
        }
    }
    c.copy_from_slice(&sums);
}
