//! Convolutions straight from the images: each window reads its cells where they lie, so nothing is copied
//! beforehand. Every sum is taken in the order of a product of patches and kernel
//! ([`super::matmul`]): ascending row, column and channel of the window for outputs, ascending window
//! for the kernel's gradient.

use super::tile::{Row, Tile, WIDTH, eight_from, pack};

/// Windows that slide over images which lie wholly under them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sliding {
    /// Height and width of a window.
    pub size: usize,
    pub channels: usize,
    /// Cells from one window to the next, in both directions.
    pub strides: usize,
    /// Height and width of an image.
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

    /// Numbers of an image.
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

/// `y[.., i, j, f] = bias[f] + Σ x[.., i·s + u, j·s + v, c] · kernel[u, v, c, f]` for every image; `packed`
/// takes the kernel, its filters filled up to whole eights.
pub fn convolve(
    sliding: &Sliding,
    images: &[f32],
    kernel: &[f32],
    bias: &[f32],
    y: &mut [f32],
    packed: &mut [f32],
) {
    let (patch, filters) = (kernel.len() / bias.len(), bias.len());
    let [down, along] = sliding.windows;
    let packed = packed.as_chunks_mut::<WIDTH>().0;
    for (panel, j) in packed.chunks_exact_mut(patch).zip((0..filters).step_by(WIDTH)) {
        pack(kernel, panel, filters, j);
    }
    let outputs = y.chunks_exact_mut(down * along * filters);
    for (image, y) in images.chunks_exact(sliding.numbers()).zip(outputs) {
        for (panel, j) in packed.chunks_exact(patch).zip((0..filters).step_by(WIDTH)) {
            let start = eight_from(bias, j);
            for (i, y) in y.chunks_exact_mut(along * filters).enumerate() {
                let kernel = Kernel { panel, start, filters, j };
                match filters - j {
                    WIDTH.. => {
                        let done = windows::<4, 2, true>(sliding, image, kernel, y, i, 0);
                        let done = windows::<2, 2, true>(sliding, image, kernel, y, i, done);
                        windows::<1, 2, true>(sliding, image, kernel, y, i, done);
                    }
                    4 => {
                        let done = windows::<8, 1, true>(sliding, image, kernel, y, i, 0);
                        let done = windows::<2, 1, true>(sliding, image, kernel, y, i, done);
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
            for (p, values) in panel.iter().enumerate() {
                tile.add(cells.map(|cells| &cells[p]), values);
            }
        }
        tile.write::<WHOLE>(&mut y[at * filters..][..M * filters], filters, j);
        at += M;
    }
    at
}

/// `dkernel[u, v, c, f] += Σ x[.., i·s + u, j·s + v, c] · g[.., i, j, f]` over the windows of every image.
pub fn add_kernel_gradient(
    sliding: &Sliding,
    images: &[f32],
    g: &[f32],
    grad_kernel: &mut [f32],
    filters: usize,
) {
    let [down, along] = sliding.windows;
    let (run, outputs) = (sliding.run(), down * along * filters);
    for (image, g) in images.chunks_exact(sliding.numbers()).zip(g.chunks_exact(outputs)) {
        for (u, grad) in grad_kernel.chunks_exact_mut(run * filters).enumerate() {
            for j in (0..filters).step_by(WIDTH) {
                let mut at = 0;
                while at < run {
                    let c = &mut grad[at * filters..];
                    let part = Part { u, at, j, filters };
                    at += match (run - at, filters - j) {
                        (4.., WIDTH..) => cells::<4, true>(sliding, image, g, c, part),
                        (3, WIDTH..) => cells::<3, true>(sliding, image, g, c, part),
                        (_, WIDTH..) => cells::<1, true>(sliding, image, g, c, part),
                        (4.., _) => cells::<4, false>(sliding, image, g, c, part),
                        _ => cells::<1, false>(sliding, image, g, c, part),
                    };
                }
            }
        }
    }
}

/// Cells of a kernel: in its row `u`, from number `at` of it on, eight filters from `j` on.
#[derive(Clone, Copy)]
struct Part {
    u: usize,
    at: usize,
    j: usize,
    filters: usize,
}

/// Adds the gradient of `M` cells over all windows of an image; returns `M`.
#[inline(never)]
fn cells<const M: usize, const WHOLE: bool>(
    sliding: &Sliding,
    image: &[f32],
    g: &[f32],
    grad: &mut [f32],
    Part { u, at, j, filters }: Part,
) -> usize {
    let grad = &mut grad[..M * filters];
    let mut tile = Tile::<M, 2>::read::<WHOLE>(grad, filters, j);
    for (i, g) in g.chunks_exact(sliding.windows[1] * filters).enumerate() {
        let row = &sliding.row(image, i, u)[at..];
        for (window, g) in g.chunks_exact(filters).enumerate() {
            let factors: &[f32; M] =
                row[window * sliding.step()..].first_chunk().expect("M cells of the window");
            if WHOLE {
                tile.add(factors.each_ref(), g[j..].first_chunk().expect("eight filters"));
            } else {
                tile.add(factors.each_ref(), &eight_from(g, j));
            }
        }
    }
    tile.write::<WHOLE>(grad, filters, j);
    M
}
