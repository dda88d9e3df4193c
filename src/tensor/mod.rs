//! Numbers and what is done to them most: [`Tensor`], the seeded [`Rng`], elementwise functions with
//! the same bits on every machine ([`math`]), matrix products ([`matmul`]) and convolutions ([`convolution`]) of
//! a fixed order.

pub mod convolution;
pub mod eigen;
pub mod math;
pub mod matmul;
mod rng;
mod tile;
pub mod transpose;

pub use rng::{Rng, Stream};

/// An array of any rank in row-major order. Data sets and named weights are tensors; inside the
/// training loop layers work on the flat slices below them, since shapes are fixed there.
pub type Tensor = ndarray::ArrayD<f32>;

/// A tensor of `shape` over `values` in row-major order.
///
/// # Panics
/// When the product of `shape` is not the number of values, which is a mistake of ours.
#[must_use]
pub fn tensor(shape: &[usize], mut values: Vec<f32>) -> Tensor {
    values.shrink_to_fit(); // what was gathered one by one may hold twice as much
    Tensor::from_shape_vec(shape, values).expect("as many values as the shape holds")
}

/// Bytes that a buffer holds, used or not.
#[must_use]
pub fn bytes_of<T>(buffer: &Vec<T>) -> usize {
    size_of::<T>() * buffer.capacity()
}

/// The Euclidean norm, summed in `f64` so that squares of tiny gradients do not vanish: 1e-30 is
/// far above the smallest `f32`, its square is not. Four partial sums, joined in a fixed order.
#[must_use]
pub fn l2_norm(values: &[f32]) -> f32 {
    let (chunks, rest) = values.as_chunks::<4>();
    let mut sums = [0.0_f64; 4];
    for chunk in chunks {
        for (sum, &value) in sums.iter_mut().zip(chunk) {
            *sum += f64::from(value) * f64::from(value);
        }
    }
    let tail: f64 = rest.iter().map(|&value| f64::from(value) * f64::from(value)).sum();
    ((sums[0] + sums[1]) + (sums[2] + sums[3]) + tail).sqrt() as f32
}

/// Whether no value is NaN or infinite: 0 · x is 0 for all others.
#[must_use]
pub fn all_finite(values: &[f32]) -> bool {
    let (chunks, rest) = values.as_chunks::<8>();
    let mut sums = [0.0_f32; 8];
    for chunk in chunks {
        for (sum, value) in sums.iter_mut().zip(chunk) {
            *sum += 0.0 * value;
        }
    }
    sums.iter().chain(rest).all(|value| (0.0 * value) == 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_norm_of_tiny_values_does_not_underflow() {
        let values = [3e-30_f32, 0.0, 0.0, 0.0, 4e-30];
        assert!((l2_norm(&values) / 5e-30 - 1.0).abs() < 1e-6);
    }
}
