//! Convolutions straight from the image: each window reads its cells where they lie, so nothing is copied
//! beforehand. Every sum is taken in the order of a product of patches and kernel
//! ([`super::matmul`]): ascending row, column and channel of the window for outputs, ascending window
//! for the gradients.

mod gradients;

pub use gradients::{add_input_gradient, add_kernel_gradient, pack_transposed};

use super::tile::{Row, Tile, WIDTH, eight_from, pack};

/// Windows that slide over an image which lies wholly under them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sliding {
    /// Height and width of a window.
    pub size: usize,
    pub channels: usize,
    /// Cells from one window to the next, in both directions.
    pub strides: usize,
    /// Height and width of the image.
    pub image: [usize; 2],
    /// Windows down and along.
    pub windows: [usize; 2],
}

impl Sliding {
    /// Numbers of one row of a window, neighbours in the image too.
    fn run(&self) -> usize {
        self.size * self.channels
    }

    /// Numbers of a row of the image.
    fn line(&self) -> usize {
        self.image[1] * self.channels
    }

    /// Numbers of the image.
    #[must_use]
    pub fn numbers(&self) -> usize {
        self.image[0] * self.line()
    }

    /// Numbers from one window to the next in its row.
    fn step(&self) -> usize {
        self.strides * self.channels
    }

    /// The numbers of image row `u` of the windows in row `i`.
    fn row<'a>(&self, image: &'a [f32], i: usize, u: usize) -> &'a [f32] {
        &image[(i * self.strides + u) * self.line()..][..self.line()]
    }
}

/// Packs a kernel `[size, size, channels, filters]` for [`convolve`]: eight filters side by side, zeros behind
/// the last.
pub fn pack_kernel(kernel: &[f32], packed: &mut [f32], filters: usize) {
    let packed = packed.as_chunks_mut::<WIDTH>().0;
    let panels = packed.chunks_exact_mut(kernel.len() / filters);
    panels.zip((0..filters).step_by(WIDTH)).for_each(|(panel, j)| pack(kernel, panel, filters, j));
}

/// `y[i, j, f] = bias[f] + Σ x[i·s + u, j·s + v, c] · kernel[u, v, c, f]` with the kernel as
/// [`pack_kernel`] packs it.
pub fn convolve(sliding: &Sliding, image: &[f32], packed: &[f32], bias: &[f32], y: &mut [f32]) {
    let (patch, filters) = (sliding.size * sliding.run(), bias.len());
    let panels = packed.as_chunks::<WIDTH>().0.chunks_exact(patch);
    for (panel, j) in panels.zip((0..filters).step_by(WIDTH)) {
        let kernel = Kernel { panel, start: eight_from(bias, j), filters, j };
        for (i, y) in y.chunks_exact_mut(sliding.windows[1] * filters).enumerate() {
            match filters - j {
                WIDTH.. => {
                    let done = windows::<4, 2, true>(sliding, image, kernel, y, i, 0);
                    match sliding.windows[1] - done {
                        3 => windows::<3, 2, true>(sliding, image, kernel, y, i, done),
                        2 => windows::<2, 2, true>(sliding, image, kernel, y, i, done),
                        1 => windows::<1, 2, true>(sliding, image, kernel, y, i, done),
                        _ => done,
                    };
                }
                4 => {
                    let done = windows::<8, 1, true>(sliding, image, kernel, y, i, 0);
                    let done = windows::<4, 1, true>(sliding, image, kernel, y, i, done);
                    windows::<1, 1, true>(sliding, image, kernel, y, i, done);
                }
                _ => {
                    let done = windows::<4, 2, false>(sliding, image, kernel, y, i, 0);
                    windows::<1, 2, false>(sliding, image, kernel, y, i, done);
                }
            }
        }
    }
}

/// Eight filters of a kernel.
#[derive(Clone, Copy)]
struct Kernel<'a> {
    panel: &'a [Row],
    start: Row,
    filters: usize,
    /// The first of them.
    j: usize,
}

/// `M` neighbouring windows after another, as many as there are in row `i` from number `at` on; returns the
/// number it came to.
#[inline(never)]
fn windows<const M: usize, const V: usize, const WHOLE: bool>(
    sliding: &Sliding,
    image: &[f32],
    Kernel { panel, start, filters, j }: Kernel,
    y: &mut [f32],
    i: usize,
    mut at: usize,
) -> usize {
    let (run, step) = (sliding.run(), sliding.step());
    while at + M <= sliding.windows[1] {
        let mut tile = Tile::<M, V>::filled(&start);
        for (u, panel) in panel.chunks_exact(run).enumerate() {
            let row = sliding.row(image, i, u);
            let cells: [&[f32]; M] = std::array::from_fn(|r| &row[(at + r) * step..][..panel.len()]);
            for p in 0..panel.len() {
                tile.add(cells.map(|cells| &cells[p]), &panel[p]);
            }
        }
        tile.write::<WHOLE>(&mut y[at * filters..][..M * filters], filters, j);
        at += M;
    }
    at
}
