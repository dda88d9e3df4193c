//! Eigenvalues of small symmetric matrices, and bases made orthonormal: in f64, in one order of operations.

/// Sweeps after which nothing is left to turn; ten are plenty for a hundred rows.
const MAX_SWEEPS: usize = 30;

/// Eigenvalues of the symmetric `matrix`, `[n, n]`, descending, and a unit eigenvector of each, row by row, `[n, n]`: by
/// cyclic Jacobi rotations, whose errors are those of rounding.
///
/// # Reference
/// Golub & Van Loan, Matrix Computations, 8.5.
#[must_use]
pub fn symmetric_eigen(matrix: &[f64], n: usize) -> (Vec<f64>, Vec<f64>) {
    debug_assert_eq!(matrix.len(), n * n);
    let mut a = matrix.to_vec();
    let mut vectors = vec![0.0; n * n];
    (0..n).for_each(|i| vectors[i * n + i] = 1.0);
    let scale: f64 = a.iter().map(|value| value * value).sum();
    for _ in 0..MAX_SWEEPS {
        let pairs = || (0..n).flat_map(|p| (p + 1..n).map(move |q| (p, q)));
        let off: f64 = pairs().map(|(p, q)| a[p * n + q] * a[p * n + q]).sum();
        if off <= 1e-30 * scale {
            break;
        }
        for (p, q) in pairs() {
            if a[p * n + q] != 0.0 {
                rotate(&mut a, &mut vectors, n, [p, q]);
            }
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| a[j * n + j].total_cmp(&a[i * n + i]));
    let values = order.iter().map(|&i| a[i * n + i]).collect();
    let rows = order.iter().flat_map(|&i| vectors[i * n..][..n].iter().copied()).collect();
    (values, rows)
}

/// Turns rows and columns p and q so that the number where they meet becomes 0; the eigenvectors, row by row, with them.
fn rotate(a: &mut [f64], vectors: &mut [f64], n: usize, [p, q]: [usize; 2]) {
    let theta = (a[q * n + q] - a[p * n + p]) / (2.0 * a[p * n + q]);
    let t = theta.signum() / (theta.abs() + libm::sqrt(theta * theta + 1.0));
    let c = 1.0 / libm::sqrt(t * t + 1.0);
    let s = t * c;
    for i in 0..n {
        let (x, y) = (a[i * n + p], a[i * n + q]);
        (a[i * n + p], a[i * n + q]) = (c * x - s * y, s * x + c * y);
    }
    turn(a, n, [p, q], [c, s]);
    turn(vectors, n, [p, q], [c, s]);
}

fn turn(rows: &mut [f64], n: usize, [p, q]: [usize; 2], [c, s]: [f64; 2]) {
    for i in 0..n {
        let (x, y) = (rows[p * n + i], rows[q * n + i]);
        (rows[p * n + i], rows[q * n + i]) = (c * x - s * y, s * x + c * y);
    }
}

/// Makes `rows`, `[rows, size]`, orthonormal from the first on, by Gram and Schmidt done twice; one that lies in the
/// space of those before it becomes zeros.
pub fn orthonormalise(rows: &mut [f64], size: usize) {
    for index in 0..rows.len() / size {
        let (before, rest) = rows.split_at_mut(index * size);
        let row = &mut rest[..size];
        let length = |row: &[f64]| libm::sqrt(row.iter().map(|value| value * value).sum());
        let given = length(row);
        for _ in 0..2 {
            for other in before.chunks_exact(size) {
                let along: f64 = row.iter().zip(other).map(|(x, y)| x * y).sum();
                row.iter_mut().zip(other).for_each(|(x, y)| *x -= along * y);
            }
        }
        let left = length(row);
        let scale = if left > 1e-10 * given { 1.0 / left } else { 0.0 };
        row.iter_mut().for_each(|value| *value *= scale);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::{Rng, Stream};

    #[test]
    fn eigenvectors_make_the_matrix() {
        for n in [1, 2, 3, 8, 40] {
            let mut rng = Rng::new(n as u64, Stream::Data);
            let half: Vec<f64> = (0..n * n).map(|_| rng.normal().into()).collect();
            let at = |i: usize, j: usize| half[i.min(j) * n + i.max(j)];
            let matrix: Vec<f64> = (0..n * n).map(|cell| at(cell / n, cell % n)).collect();
            let (values, vectors) = symmetric_eigen(&matrix, n);
            assert!(values.is_sorted_by(|a, b| a >= b));
            for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
                let made: f64 = (0..n).map(|k| values[k] * vectors[k * n + i] * vectors[k * n + j]).sum();
                assert!((made - matrix[i * n + j]).abs() < 1e-12 * n as f64, "{n}: {i}, {j}");
                let dot: f64 = (0..n).map(|k| vectors[i * n + k] * vectors[j * n + k]).sum();
                assert!((dot - f64::from(u8::from(i == j))).abs() < 1e-13 * n as f64, "{n}: {i}, {j}");
            }
        }
    }

    #[test]
    fn a_row_in_the_space_of_those_before_it_becomes_zeros() {
        let mut rows = [3.0, 4.0, 0.0, 1.0, 1.0, 0.0, 2.0, -1.0, 0.0, 0.0, 0.0, -2.0];
        orthonormalise(&mut rows, 3);
        let wanted = [0.6, 0.8, 0.0, 0.8, -0.6, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -1.0];
        assert!(rows.iter().zip(wanted).all(|(row, wanted)| (row - wanted).abs() < 1e-12), "{rows:?}");
    }
}
