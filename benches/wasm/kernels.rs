//! The products of the engine in WebAssembly, for `kernels.mjs` to time: `scripts/bench-kernels`.

#![expect(unsafe_code, reason = "JavaScript calls them by their names")]

use glassbox::tensor::{Rng, Stream, matmul};
use std::cell::RefCell;
use std::hint::black_box;

/// Operands of the products of one shape.
struct Operands {
    shape: [usize; 3],
    percent: usize,
    a: Vec<f32>,
    b: Vec<f32>,
    bias: Vec<f32>,
    c: Vec<f32>,
}

impl Operands {
    /// Where not all of `a` is to be other than 0, what is, is 1.
    fn new(shape @ [m, k, n]: [usize; 3], percent: usize) -> Self {
        let mut rng = Rng::new(1, Stream::Data);
        let mut numbers = |count: usize| (0..count).map(|_| rng.normal()).collect();
        let (mut a, b, bias): (Vec<f32>, _, _) = (numbers(m * k), numbers(k * n), numbers(n));
        if percent < 100 {
            a.fill(percent as f32 / 100.0);
            rng.draw(&mut a);
        }
        Self { shape, percent, a, b, bias, c: vec![0.0; m * n] }
    }
}

thread_local! {
    static OPERANDS: RefCell<Option<Operands>> = const { RefCell::new(None) };
}

fn times(shape: [usize; 3], percent: usize, count: usize, product: impl Fn(&mut Operands)) -> f32 {
    OPERANDS.with_borrow_mut(|held| {
        let operands = match held {
            Some(operands) if operands.shape == shape && operands.percent == percent => operands,
            _ => held.insert(Operands::new(shape, percent)),
        };
        (0..count).for_each(|_| product(black_box(operands)));
        operands.c[0]
    })
}

/// `c[m, n] = bias + a[m, k] · b[k, n]`, `count` times.
#[unsafe(no_mangle)]
pub extern "C" fn affine(m: usize, k: usize, n: usize, percent: usize, count: usize) -> f32 {
    times([m, k, n], percent, count, |Operands { a, b, bias, c, .. }| matmul::affine(a, b, bias, c))
}

/// `c[m, n] = aᵀ · b[k, n]` for `a[k, m]`, `count` times.
#[unsafe(no_mangle)]
pub extern "C" fn transposed_left(m: usize, k: usize, n: usize, percent: usize, count: usize) -> f32 {
    times([m, k, n], percent, count, |Operands { a, b, c, .. }| matmul::transposed_left(a, b, c, n))
}

/// `c[m, n] = a[m, k] · bᵀ` for `b[n, k]`, `count` times.
#[unsafe(no_mangle)]
pub extern "C" fn transposed_right(m: usize, k: usize, n: usize, percent: usize, count: usize) -> f32 {
    times([m, k, n], percent, count, |Operands { a, b, c, .. }| matmul::transposed_right(a, b, c, k))
}
