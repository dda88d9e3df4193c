//! Fast kernels against their naive twins, bit for bit: the order of every sum is part of what
//! `tensor::matmul` promises, since the same link must give the same run everywhere.

#![allow(clippy::pedantic, clippy::unwrap_used)] // a test says by panicking what is wrong

use glassbox::tensor::convolution::{self, Sliding};
use glassbox::tensor::{Rng, Stream, matmul};

/// Rows, inner lengths and columns: one, the tile sizes 4 and 8, one off them, and larger.
const SIZES: [usize; 14] = [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16, 17, 31, 33];

/// Numbers of very different magnitude, so that sums in another order round to other bits.
fn values(rng: &mut Rng, count: usize) -> Vec<f32> {
    (0..count).map(|_| rng.normal() * libm::exp2f(rng.between(-12.0, 12.0))).collect()
}

/// Starts from `start` and adds the products with ascending inner index: the documented order.
fn sum(start: f32, products: impl Iterator<Item = (f32, f32)>) -> f32 {
    products.fold(start, |sum, (a, b)| sum + a * b)
}

fn assert_same_bits(kernel: &str, shape: [usize; 3], fast: &[f32], naive: &[f32]) {
    assert_eq!(fast.len(), naive.len());
    for (index, (fast, naive)) in fast.iter().zip(naive).enumerate() {
        let is_same = fast.to_bits() == naive.to_bits();
        assert!(is_same, "{kernel} {shape:?}, element {index}: {fast:e} vs {naive:e}");
    }
}

/// Inner lengths that take more than one panel of 256.
const LONG: [usize; 3] = [256, 257, 530];

/// Every shape `[m, k, n]` with fresh random numbers; long ones along each axis too, since which of them is
/// the inner length differs.
fn for_all_shapes(mut check: impl FnMut([usize; 3], &mut Rng)) {
    let mut rng = Rng::new(1, Stream::Data);
    for long in LONG {
        for (a, b) in [(1, 1), (3, 9), (5, 12), (9, 4), (7, 8)] {
            check([long, a, b], &mut rng);
            check([a, long, b], &mut rng);
            check([a, b, long], &mut rng);
        }
    }
    for m in SIZES {
        for k in SIZES {
            for n in SIZES {
                check([m, k, n], &mut rng);
            }
        }
    }
}

#[test]
fn affine_is_the_naive_loop() {
    for_all_shapes(|shape @ [m, k, n], rng| {
        let (x, w, bias) = (values(rng, m * k), values(rng, k * n), values(rng, n));
        let mut y = vec![f32::NAN; m * n]; // whatever a buffer held before must not matter
        matmul::affine(&x, &w, &bias, &mut y);
        let element =
            |index: usize| sum(bias[index % n], (0..k).map(|p| (x[index / n * k + p], w[p * n + index % n])));
        assert_same_bits("x · w + b", shape, &y, &(0..m * n).map(element).collect::<Vec<_>>());
    });
}

#[test]
fn transposed_left_is_the_naive_loop() {
    for_all_shapes(|shape @ [m, k, n], rng| {
        let (x, g) = (values(rng, m * k), values(rng, m * n));
        let mut dw = vec![f32::NAN; k * n];
        matmul::transposed_left(&x, &g, &mut dw, n);
        let element = |index: usize| sum(0.0, (0..m).map(|p| (x[p * k + index / n], g[p * n + index % n])));
        let naive: Vec<f32> = (0..k * n).map(element).collect();
        assert_same_bits("xᵀ · g", shape, &dw, &naive);
        let first = m.div_ceil(3);
        if first < m {
            let ((x, more_x), (g, more_g)) = (x.split_at(first * k), g.split_at(first * n));
            matmul::transposed_left(x, g, &mut dw, n);
            matmul::add_transposed_left(more_x, more_g, &mut dw, n);
            assert_same_bits("xᵀ · g in two parts", shape, &dw, &naive);
        }
    });
}

#[test]
fn transposed_right_is_the_naive_loop() {
    for_all_shapes(|shape @ [m, k, n], rng| {
        let (g, w) = (values(rng, m * n), values(rng, k * n));
        let mut dx = vec![f32::NAN; m * k];
        matmul::transposed_right(&g, &w, &mut dx, n);
        let element = |index: usize| sum(0.0, (0..n).map(|p| (g[index / k * n + p], w[index % k * n + p])));
        assert_same_bits("g · wᵀ", shape, &dx, &(0..m * k).map(element).collect::<Vec<_>>());
    });
}

/// Left factors with many zeros are multiplied in a way of their own, from so many rows and columns on; and again in another
/// where all else is 1.
#[test]
fn products_with_zeros_are_the_naive_loop() {
    let mut rng = Rng::new(2, Stream::Data);
    let shapes = [[5, 9, 64], [9, 300, 67], [70, 530, 64], [64, 3, 70], [8, 1, 33], [130, 257, 256]];
    let shares = [0.0, 0.01, 0.2, 0.4, 0.6, 1.0];
    for (shape @ [m, k, n], share, are_ones) in shapes
        .into_iter()
        .flat_map(|shape| shares.map(|share| [(shape, share, true), (shape, share, false)]).concat())
    {
        let mut filled = |count: usize| {
            let mut numbers = if are_ones { vec![1.0; count] } else { values(&mut rng, count) };
            numbers.iter_mut().for_each(|value| *value *= f32::from(u8::from(rng.uniform() < share)));
            numbers
        };
        let (x, turned) = (filled(m * k), filled(m * k));
        let (w, bias) = (values(&mut rng, k * n), values(&mut rng, n));
        let (mut y, mut dw) = (vec![f32::NAN; m * n], vec![f32::NAN; m * n]);
        let row = |index: usize| (index / n, index % n);
        let product = |start: f32, index: usize, of_left: &dyn Fn(usize) -> f32| {
            sum(start, (0..k).map(|p| (of_left(p), w[p * n + index % n])))
        };
        matmul::affine(&x, &w, &bias, &mut y);
        let naive = |index: usize| product(bias[row(index).1], index, &|p| x[row(index).0 * k + p]);
        assert_same_bits("x · w + b", shape, &y, &(0..m * n).map(naive).collect::<Vec<_>>());
        let columns: Vec<f32> = (0..n * k).map(|at| w[at % k * n + at / k]).collect();
        matmul::transposed_right(&x, &columns, &mut y, k);
        let naive = |index: usize| product(0.0, index, &|p| x[row(index).0 * k + p]);
        assert_same_bits("g · wᵀ", shape, &y, &(0..m * n).map(naive).collect::<Vec<_>>());
        matmul::transposed_left(&turned, &w, &mut dw, n);
        let naive = |index: usize| product(0.0, index, &|p| turned[p * m + row(index).0]);
        assert_same_bits("xᵀ · g", shape, &dw, &(0..m * n).map(naive).collect::<Vec<_>>());
        let before = dw.clone();
        matmul::add_transposed_left(&turned, &w, &mut dw, n);
        let naive = |index: usize| product(before[index], index, &|p| turned[p * m + row(index).0]);
        assert_same_bits("… + xᵀ · g", shape, &dw, &(0..m * n).map(naive).collect::<Vec<_>>());
    }
}

/// The comparison itself must be able to fail: these numbers tell a sum from its reverse.
#[test]
fn another_order_gives_other_bits() {
    let mut rng = Rng::new(1, Stream::Data);
    let differ = |_: &usize| {
        let (a, b) = (values(&mut rng, 8), values(&mut rng, 8));
        let products = || a.iter().copied().zip(b.iter().copied());
        sum(0.0, products()).to_bits() != sum(0.0, products().rev()).to_bits()
    };
    let count = (0..100).filter(differ).count();
    assert!(count > 40, "only {count} of 100 sums of eight products depend on their order");
}

/// Images, kernels and strides: with tiles left over in every direction, one and many channels and filters.
fn slidings() -> impl Iterator<Item = (Sliding, usize)> {
    let sizes = [(1, 1, 1), (3, 1, 8), (3, 8, 16), (2, 3, 4), (3, 2, 5), (5, 4, 9), (1, 7, 12), (2, 12, 9)];
    sizes.into_iter().flat_map(|(size, channels, filters)| {
        [(1, [9, 14]), (2, [8, 15]), (3, [7, 7])].map(|(strides, image)| {
            let windows = image.map(|cells: usize| (cells - size) / strides + 1);
            (Sliding { size, channels, strides, image, windows }, filters)
        })
    })
}

/// The numbers of window `[item, i, j]`, in the order of a patch.
fn patch(sliding: &Sliding, images: &[f32], [item, i, j]: [usize; 3]) -> Vec<f32> {
    let Sliding { size, channels, strides, image, .. } = *sliding;
    let cell = |u: usize, v: usize| {
        let at = ((item * image[0] + i * strides + u) * image[1] + j * strides + v) * channels;
        &images[at..][..channels]
    };
    (0..size).flat_map(|u| (0..size).flat_map(move |v| cell(u, v).to_vec())).collect()
}

const ITEMS: usize = 3;

#[test]
fn convolve_is_the_naive_loop_over_patches() {
    let mut rng = Rng::new(2, Stream::Data);
    for (sliding, filters) in slidings() {
        let cells = sliding.size * sliding.size * sliding.channels;
        let images = values(&mut rng, ITEMS * sliding.numbers());
        let (kernel, bias) = (values(&mut rng, cells * filters), values(&mut rng, filters));
        let [down, along] = sliding.windows;
        let mut y = vec![f32::NAN; ITEMS * down * along * filters];
        let mut packed = vec![f32::NAN; cells * filters.next_multiple_of(8)];
        convolution::pack_kernel(&kernel, &mut packed, filters);
        for (image, y) in
            images.chunks_exact(sliding.numbers()).zip(y.chunks_exact_mut(down * along * filters))
        {
            convolution::convolve(&sliding, image, &packed, &bias, y);
        }
        let mut naive = Vec::new();
        for window in 0..ITEMS * down * along {
            let place = [window / (down * along), window / along % down, window % along];
            let patch = patch(&sliding, &images, place);
            naive.extend((0..filters).map(|f| {
                sum(bias[f], patch.iter().enumerate().map(|(p, &cell)| (cell, kernel[p * filters + f])))
            }));
        }
        assert_same_bits("convolution", [cells, filters, sliding.strides], &y, &naive);
    }
}

#[test]
fn the_gradient_of_a_kernel_is_the_naive_loop_over_windows() {
    let mut rng = Rng::new(3, Stream::Data);
    for (sliding, filters) in slidings() {
        let cells = sliding.size * sliding.size * sliding.channels;
        let [down, along] = sliding.windows;
        let images = values(&mut rng, ITEMS * sliding.numbers());
        let g = values(&mut rng, ITEMS * down * along * filters);
        let mut grad = vec![0.0; cells * filters];
        for (image, g) in images.chunks_exact(sliding.numbers()).zip(g.chunks_exact(down * along * filters)) {
            convolution::add_kernel_gradient(&sliding, image, g, &mut grad, filters);
        }
        let mut naive = vec![0.0; cells * filters];
        for (window, g) in g.chunks_exact(filters).enumerate() {
            let place = [window / (down * along), window / along % down, window % along];
            for (p, cell) in patch(&sliding, &images, place).into_iter().enumerate() {
                for (f, &g) in g.iter().enumerate() {
                    naive[p * filters + f] += cell * g;
                }
            }
        }
        assert_same_bits("gradient of a kernel", [cells, filters, sliding.strides], &grad, &naive);
    }
}

#[test]
fn the_gradient_of_an_image_is_the_naive_loop_over_windows() {
    let mut rng = Rng::new(5, Stream::Data);
    for (sliding, filters) in slidings() {
        let Sliding { size, channels, strides, image, windows: [down, along] } = sliding;
        let cells = size * size * channels;
        let (kernel, g) = (values(&mut rng, cells * filters), values(&mut rng, down * along * filters));
        let mut packed = vec![f32::NAN; (size * size + 1) * filters * channels.next_multiple_of(8)];
        convolution::pack_transposed(&kernel, &mut packed, channels, filters);
        let mut grad = vec![0.0; sliding.numbers()];
        convolution::add_input_gradient(&sliding, &g, &packed, &mut grad, filters);
        let mut naive = vec![0.0; sliding.numbers()];
        for (window, g) in g.chunks_exact(filters).enumerate() {
            let [i, j] = [window / along, window % along];
            for (p, kernel) in kernel.chunks_exact(filters).enumerate() {
                let [u, v, c] = [p / channels / size, p / channels % size, p % channels];
                let at = ((i * strides + u) * image[1] + j * strides + v) * channels + c;
                naive[at] += sum(0.0, g.iter().copied().zip(kernel.iter().copied()));
            }
        }
        assert_same_bits("gradient of an image", [cells, filters, strides], &grad, &naive);
    }
}

#[test]
fn rows_are_summed_in_their_order() {
    let mut rng = Rng::new(4, Stream::Data);
    for (m, n) in SIZES.into_iter().flat_map(|m| SIZES.map(|n| (m, n))) {
        let g = values(&mut rng, m * n);
        let mut sums = vec![f32::NAN; n];
        matmul::sum_rows(&g, &mut sums);
        let naive: Vec<f32> = (0..n).map(|f| g.chunks_exact(n).fold(0.0, |sum, row| sum + row[f])).collect();
        assert_same_bits("sum of rows", [m, 1, n], &sums, &naive);
    }
}
