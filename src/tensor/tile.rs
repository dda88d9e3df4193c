//! The smallest piece of every product: a few rows by four or eight columns, summed in registers. Which
//! order a sum takes is said where tiles are used; each addition and multiplication rounds as it stands.

/// Columns of a panel: two registers of four.
pub(super) const WIDTH: usize = 8;

/// Neighbouring columns of one row of a matrix; zeros stand where it has no more.
pub(super) type Row = [f32; WIDTH];

/// Packs columns `j..j + 8` of the rows of `b[_, n]` side by side, so that a pass over them reads memory
/// from front to back; as many rows as `panel` has.
pub(super) fn pack(b: &[f32], panel: &mut [Row], n: usize, j: usize) {
    let rows = panel.iter_mut().zip(b.chunks_exact(n));
    if n - j >= WIDTH {
        rows.for_each(|(packed, row)| *packed = *row[j..].first_chunk().expect("eight columns"));
    } else {
        rows.for_each(|(packed, row)| *packed = eight_from(row, j));
    }
}

/// Packs rows `0..8` of `b[_, k]` as columns, from their number `first` on, as many as `panel` has rows.
pub(super) fn pack_transposed(b: &[f32], panel: &mut [Row], k: usize, first: usize) {
    let rows = panel.len();
    let columns: [&[f32]; WIDTH] = std::array::from_fn(|column| {
        let start = column * k + first;
        b.get(start..start + rows).unwrap_or_default()
    });
    if columns.iter().all(|column| column.len() == rows) {
        for (row, packed) in panel.iter_mut().enumerate() {
            *packed = columns.map(|column| column[row]);
        }
    } else {
        for (row, packed) in panel.iter_mut().enumerate() {
            *packed = columns.map(|column| column.get(row).copied().unwrap_or(0.0));
        }
    }
}

/// The numbers of `row` from `j` on, zeros behind its last.
pub(super) fn eight_from(row: &[f32], j: usize) -> Row {
    std::array::from_fn(|index| row.get(j + index).copied().unwrap_or(0.0))
}

/// Sums of `M` rows and `V` times four columns. With more than nine registers of sums, compilers of
/// WebAssembly begin to keep them in memory.
pub(super) struct Tile<const M: usize, const V: usize>([[Four; V]; M]);

#[expect(clippy::inline_always, reason = "a tile that is handed over to a function leaves its registers")]
impl<const M: usize, const V: usize> Tile<M, V> {
    /// Every row begins from `start`.
    #[inline(always)]
    pub fn filled(start: &Row) -> Self {
        Self([std::array::from_fn(|v| Four::at(start, 4 * v)); M])
    }

    /// Goes on from the columns `j..` of the rows of `c[M, n]`; `WHOLE`: there are enough of them.
    #[inline(always)]
    pub fn read<const WHOLE: bool>(c: &[f32], n: usize, j: usize) -> Self {
        let mut tile = Self([[Four([0.0; 4]); V]; M]);
        for r in 0..M {
            let row = &c[r * n..][..n];
            if WHOLE {
                for v in 0..V {
                    tile.0[r][v] = Four(*row[j + 4 * v..].first_chunk().expect("four columns"));
                }
            } else {
                let held = eight_from(row, j);
                for v in 0..V {
                    tile.0[r][v] = Four::at(&held, 4 * v);
                }
            }
        }
        tile
    }

    /// Begins from `start`, or goes on from what `c` holds.
    #[inline(always)]
    pub fn begun<const WHOLE: bool>(start: Option<&Row>, c: &[f32], n: usize, j: usize) -> Self {
        match start {
            Some(start) => Self::filled(start),
            None => Self::read::<WHOLE>(c, n, j),
        }
    }

    /// Adds a factor for each row times the values of the columns. The factors come by reference:
    /// WebAssembly reads each as a splat. Loops by index keep the sums out of memory there.
    #[inline(always)]
    #[expect(clippy::needless_range_loop, reason = "iterators over the arrays keep them in memory")]
    pub fn add(&mut self, factors: [&f32; M], values: &Row) {
        for r in 0..M {
            for v in 0..V {
                self.0[r][v] = self.0[r][v].plus(*factors[r], Four::at(values, 4 * v));
            }
        }
    }

    /// Writes the sums to the columns `j..` of the rows of `c[M, n]`, as far as it has them.
    #[inline(always)]
    pub fn write<const WHOLE: bool>(self, c: &mut [f32], n: usize, j: usize) {
        for r in 0..M {
            for v in 0..V {
                if WHOLE {
                    c[r * n + j + 4 * v..][..4].copy_from_slice(&self.0[r][v].0);
                } else {
                    let row = c[r * n + j..][..n - j].iter_mut();
                    row.skip(4 * v).zip(self.0[r][v].0).for_each(|(value, sum)| *value = sum);
                }
            }
        }
    }

    /// Adds the sums to `c`, where each row begins `stride` behind the one before; without `WHOLE`, only
    /// the first `left` columns are there.
    #[inline(always)]
    pub fn add_to<const WHOLE: bool>(self, c: &mut [f32], stride: usize, left: usize) {
        for r in 0..M {
            let row = &mut c[r * stride..];
            for v in 0..V {
                if WHOLE {
                    let held: &mut [f32; 4] = row[4 * v..].first_chunk_mut().expect("four columns");
                    *held = std::array::from_fn(|column| held[column] + self.0[r][v].0[column]);
                } else {
                    let row = row.iter_mut().take(left).skip(4 * v);
                    row.zip(self.0[r][v].0).for_each(|(value, sum)| *value += sum);
                }
            }
        }
    }
}

/// Four neighbouring columns: what a SIMD register holds, on every target.
#[derive(Clone, Copy)]
struct Four([f32; 4]);

#[expect(clippy::inline_always, reason = "as for tiles")]
impl Four {
    #[inline(always)]
    fn at(row: &Row, at: usize) -> Self {
        Self([row[at], row[at + 1], row[at + 2], row[at + 3]])
    }

    /// `self + factor · values`, rounded after each of the two.
    #[inline(always)]
    fn plus(self, factor: f32, values: Self) -> Self {
        let (s, v) = (self.0, values.0);
        Self([s[0] + factor * v[0], s[1] + factor * v[1], s[2] + factor * v[2], s[3] + factor * v[3]])
    }
}
