//! Products whose left factor has many zeros, as pictures, counts of words and drawn units do: what is 0 is left out. To
//! add 0 times a finite number changes no bit of a sum, but for one that begins from −0, and 1 times a number is that number,
//! so they are the sums of the dense product. What is 0 on the left hides what is not finite on the right.

use super::{Right, Start};
use crate::tensor::tile::{Row, Tile, WIDTH, pack, pack_transposed};

/// Columns from which on it is worth to look for zeros.
const COLUMNS: usize = 32;
/// Rows of `a` that are looked through at a time.
const STRIP: usize = 64;
/// Rows of `b` that are packed at a time: its panels, 32 kB, stay in or at the nearest cache.
const DEEP: usize = 256;
/// Rows of `a` from which on packing `b` pays.
const ROWS: usize = 8;
/// Panels that a row is summed over at once: as many sums as stay in registers.
const PANELS: usize = 4;
/// Their columns.
const WIDE: usize = PANELS * WIDTH;

/// Per cent of the left factor that may be other than 0 if leaving the zeros out is to be faster, for a product of many
/// columns: where all else is 1, and where it is not. In node the two ways are about as fast with 75 and 58 % of them
/// for 64 × 784 × 256, with 57 and 44 % for 64 × 784 × 64.
const ONES: u64 = 75;
const OTHERS: u64 = 55;

/// How a factor is filled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Filled {
    /// So much of it that the dense product is faster.
    Densely,
    Sparsely,
    /// Sparsely, and what is not 0 is 1.
    WithOnes,
}

/// How `a` is filled, for a product `m × k × n`.
pub(super) fn filled(a: &[f32], [m, _, n]: [usize; 3]) -> Filled {
    if m < ROWS || n < COLUMNS {
        return Filled::Densely;
    }
    let count = |is: fn(f32) -> bool| {
        let of_part = |part: &[f32]| part.iter().map(|&value| u32::from(is(value))).sum::<u32>();
        a.chunks(1 << 12).map(|part| u64::from(of_part(part))).sum::<u64>()
    };
    let filled = count(|value| value != 0.0);
    let is_below = |percent: u64| 100 * filled * (n as u64 + 20) < percent * a.len() as u64 * n as u64;
    if is_below(ONES) && count(|value| value == 1.0) == filled {
        Filled::WithOnes
    } else if is_below(OTHERS) {
        Filled::Sparsely
    } else {
        Filled::Densely
    }
}

/// `c[m, n] = start + a[m, k] · b[k, n]`; `TRANSPOSED`: `a` lies there as `[k, m]`.
pub(super) fn multiply<const TRANSPOSED: bool, const ONES: bool>(
    a: &[f32],
    b: Right,
    start: Start,
    c: &mut [f32],
    [m, k, n]: [usize; 3],
) {
    match start {
        Start::Zero => c.fill(0.0),
        Start::Bias(bias) => c.chunks_exact_mut(n).for_each(|row| row.copy_from_slice(bias)),
        Start::Kept => {}
    }
    #[expect(clippy::large_stack_arrays, reason = "32 kB, and nothing is called that needs much")]
    let mut panels = [[[0.0; WIDTH]; DEEP]; PANELS];
    let mut found = Found { places: [[0; DEEP]; STRIP], counts: [0; STRIP] };
    for first in (0..k).step_by(DEEP) {
        let depth = DEEP.min(k - first);
        for strip in (0..m).step_by(STRIP) {
            let rows = STRIP.min(m - strip);
            found.look::<TRANSPOSED>(a, [m, k], [strip, rows], [first, depth]);
            for j in (0..n).step_by(WIDE) {
                let count = PANELS.min((n - j).div_ceil(WIDTH));
                for (index, panel) in panels[..count].iter_mut().enumerate() {
                    let (panel, j) = (&mut panel[..depth], j + index * WIDTH);
                    match b {
                        Right::Plain(b) => pack(&b[first * n..], panel, n, j),
                        Right::Transposed(b) => pack_transposed(&b[j * k..], panel, k, first),
                    }
                }
                for row in 0..rows {
                    let places = &found.places[row][..found.counts[row]];
                    let i = strip + row;
                    let factors = if TRANSPOSED { &a[first * m + i..] } else { &a[i * k + first..] };
                    let factors = Factors { values: factors, stride: if TRANSPOSED { m } else { 1 } };
                    let sums = &mut c[i * n..][..n][j..];
                    if let Some(sums) = sums.first_chunk_mut() {
                        add::<ONES>(&panels, places, factors, sums);
                    } else {
                        let mut padded = [0.0; WIDE];
                        padded[..sums.len()].copy_from_slice(sums);
                        add::<ONES>(&panels, places, factors, &mut padded);
                        sums.copy_from_slice(&padded[..sums.len()]);
                    }
                }
            }
        }
    }
}

/// Where rows of `a` are not 0.
struct Found {
    places: [[u8; DEEP]; STRIP],
    counts: [usize; STRIP],
}

impl Found {
    fn look<const TRANSPOSED: bool>(
        &mut self,
        a: &[f32],
        [m, k]: [usize; 2],
        [strip, rows]: [usize; 2],
        [first, depth]: [usize; 2],
    ) {
        if TRANSPOSED {
            self.counts = [0; STRIP];
            for p in 0..depth {
                let values = &a[(first + p) * m + strip..][..rows];
                for (row, &value) in values.iter().enumerate() {
                    let count = self.counts[row];
                    self.places[row][count % DEEP] = p as u8;
                    self.counts[row] = count + usize::from(value.to_bits() << 1 != 0);
                }
            }
        } else {
            for row in 0..rows {
                let places = &mut self.places[row];
                let mut count = 0;
                for (p, &value) in a[(strip + row) * k + first..][..depth].iter().enumerate() {
                    places[count % DEEP] = p as u8;
                    count += usize::from(value.to_bits() << 1 != 0);
                }
                self.counts[row] = count;
            }
        }
    }
}

/// A row of `a`, from a panel's first place on.
#[derive(Clone, Copy)]
struct Factors<'a> {
    values: &'a [f32],
    stride: usize,
}

/// Adds to sums of neighbouring columns the rows of the panels at these places, times their factors. A function of its own,
/// and without loops over the panels, so that compilers of WebAssembly keep the sums in registers.
#[inline(never)]
fn add<const ONES: bool>(
    panels: &[[Row; DEEP]; PANELS],
    places: &[u8],
    factors: Factors,
    sums: &mut [f32; WIDE],
) {
    let begun = |panel: usize| Tile::<1, 2>::read::<true>(sums, WIDE, panel * WIDTH);
    let mut tiles = [begun(0), begun(1), begun(2), begun(3)];
    for &p in places {
        let p = usize::from(p);
        let factor = if ONES { &1.0 } else { &factors.values[p * factors.stride] };
        tiles[0].add([factor], &panels[0][p]);
        tiles[1].add([factor], &panels[1][p]);
        tiles[2].add([factor], &panels[2][p]);
        tiles[3].add([factor], &panels[3][p]);
    }
    for (panel, tile) in tiles.into_iter().enumerate() {
        tile.write::<true>(sums, WIDE, panel * WIDTH);
    }
}
