//! What a convolution passes back: to its kernel, and to its image.

use super::{Sliding, Tile, WIDTH};
use crate::tensor::tile::{Row, eight_from};

/// `dkernel[u, v, c, f] += Σ x[i·s + u, j·s + v, c] · g[i, j, f]` over the windows of an image.
pub fn add_kernel_gradient(
    sliding: &Sliding,
    image: &[f32],
    g: &[f32],
    grad_kernel: &mut [f32],
    filters: usize,
) {
    let run = sliding.run();
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

/// Packs a kernel `[size, size, channels, filters]` for [`add_input_gradient`]: for each cell of the window its
/// channels in eights, zeros behind the last, filter by filter.
pub fn pack_transposed(kernel: &[f32], packed: &mut [f32], channels: usize, filters: usize) {
    let panels = packed.as_chunks_mut::<WIDTH>().0.chunks_exact_mut(filters);
    let cells = kernel.chunks_exact(channels * filters);
    let eights = cells.flat_map(|cell| (0..channels).step_by(WIDTH).map(move |c| &cell[c * filters..]));
    for (panel, cell) in panels.zip(eights) {
        for (f, row) in panel.iter_mut().enumerate() {
            *row = std::array::from_fn(|c| cell.get(c * filters + f).copied().unwrap_or(0.0));
        }
    }
}

/// `dx[i·s + u, j·s + v, c] += Σ kernel[u, v, c, f] · g[i, j, f]` over ascending filters for each window, and
/// over ascending windows, with the kernel as [`pack_transposed`] packs it.
pub fn add_input_gradient(
    sliding: &Sliding,
    g: &[f32],
    packed: &[f32],
    grad_image: &mut [f32],
    filters: usize,
) {
    let channels = sliding.channels;
    let cells = packed.as_chunks::<WIDTH>().0.chunks_exact(channels.div_ceil(WIDTH) * filters);
    let cells = cells.take(sliding.size * sliding.size);
    for (i, g) in g.chunks_exact(sliding.windows[1] * filters).enumerate() {
        for (cell, panels) in cells.clone().enumerate().rev() {
            let [u, v] = [cell / sliding.size, cell % sliding.size];
            let row = &mut grad_image[(i * sliding.strides + u) * sliding.line()..][..sliding.line()];
            for (panel, c) in panels.chunks_exact(filters).zip((0..channels).step_by(WIDTH)) {
                let place = [v * channels + c, channels - c];
                if channels - c >= WIDTH {
                    let done = spread::<4, true>(sliding, g, panel, row, place, 0);
                    match sliding.windows[1] - done {
                        3 => spread::<3, true>(sliding, g, panel, row, place, done),
                        2 => spread::<2, true>(sliding, g, panel, row, place, done),
                        1 => spread::<1, true>(sliding, g, panel, row, place, done),
                        _ => done,
                    };
                } else {
                    let done = spread::<4, false>(sliding, g, panel, row, place, 0);
                    spread::<1, false>(sliding, g, panel, row, place, done);
                }
            }
        }
    }
}

/// What `M` neighbouring windows after another pass back to eight channels of one of their cells, which lies
/// at `at` for the first window of the row; returns the number of the window it came to. `left`: the
/// channels that there are from there on.
#[inline(never)]
fn spread<const M: usize, const WHOLE: bool>(
    sliding: &Sliding,
    g: &[f32],
    panel: &[Row],
    row: &mut [f32],
    [at, left]: [usize; 2],
    mut window: usize,
) -> usize {
    let (filters, step) = (panel.len(), sliding.step());
    while window + M <= sliding.windows[1] {
        let mut tile = Tile::<M, 2>::filled(&[0.0; WIDTH]);
        let g: [&[f32]; M] = std::array::from_fn(|r| &g[(window + r) * filters..][..filters]);
        for f in 0..filters {
            tile.add(g.map(|g| &g[f]), &panel[f]);
        }
        tile.add_to::<WHOLE>(&mut row[at + window * step..], step, left);
        window += M;
    }
    window
}
