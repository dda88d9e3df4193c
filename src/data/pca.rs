//! Principal components: the best that can be kept of items in so many numbers, if both the way to the numbers and back
//! must be straight. What an autoencoder of the same size is measured against.

use super::Examples;
use crate::tensor::eigen::{orthonormalise, symmetric_eigen};
use crate::tensor::{Rng, Stream, matmul};

/// Directions that are followed beside those that are wanted, at least: the more, the sooner those stand still.
const BESIDE: usize = 8;
/// Rounds of multiplying by the covariance, two at a time: the last direction of 64 is then right to 1e-3.
const ROUNDS: usize = 16;
/// Items that are summed over at once.
const AT_ONCE: usize = 256;

/// The first principal components of some items.
#[derive(Clone, Debug, PartialEq)]
pub struct Pca {
    /// The mean item, `[size]`.
    pub mean: Vec<f32>,
    /// `[components, size]`, orthonormal, by descending variance.
    pub components: Vec<f32>,
    /// Variance along each component; over all items, divided by their number.
    pub variances: Vec<f32>,
    /// Variance in all directions together.
    pub total: f32,
}

impl Pca {
    /// Of `items` of so many numbers, which `copy` writes one by one; at most as many components as numbers. By subspace
    /// iteration with a Rayleigh–Ritz step (Halko, Martinsson & Tropp, SIAM Review 53, 2011).
    pub fn fit(
        [items, size]: [usize; 2],
        components: usize,
        mut copy: impl FnMut(usize, &mut [f32]),
    ) -> Self {
        let components = components.min(size);
        let (mean, covariance) = covariance([items, size], &mut copy);
        let total = (0..size).map(|i| f64::from(covariance[i * size + i])).sum::<f64>() as f32;
        let followed = (components + BESIDE.max(components / 2)).min(size);
        let mut rng = Rng::new(0, Stream::Data);
        let mut basis: Vec<f64> = (0..followed * size).map(|_| rng.normal().into()).collect();
        orthonormalise(&mut basis, size);
        for _ in 0..ROUNDS {
            let once = times(&single(&basis), &covariance, size);
            basis = times(&once, &covariance, size).into_iter().map(f64::from).collect();
            orthonormalise(&mut basis, size);
        }
        let mapped = times(&single(&basis), &covariance, size);
        let within: Vec<f64> = (0..followed * followed)
            .map(|cell| {
                let (i, j) = (cell / followed, cell % followed);
                let dot = |i: usize, j: usize| -> f64 {
                    let rows = basis[i * size..][..size].iter().zip(&mapped[j * size..][..size]);
                    rows.map(|(x, y)| x * f64::from(*y)).sum()
                };
                f64::midpoint(dot(i, j), dot(j, i))
            })
            .collect();
        let (values, turns) = symmetric_eigen(&within, followed);
        let component = |turn: &[f64]| {
            let mut row = vec![0.0; size];
            for (along, basis) in turn.iter().zip(basis.chunks_exact(size)) {
                row.iter_mut().zip(basis).for_each(|(sum, x)| *sum += along * x);
            }
            upright(&mut row);
            single(&row)
        };
        Self {
            mean,
            components: turns.chunks_exact(followed).take(components).flat_map(component).collect(),
            variances: values[..components].iter().map(|&value| value.max(0.0) as f32).collect(),
            total,
        }
    }

    /// Of all examples, or of `most` spread evenly over them.
    #[must_use]
    pub fn of(examples: &Examples, components: usize, most: usize) -> Self {
        let (all, size) = (examples.len(), examples.input_shape().iter().product());
        let items = all.min(most);
        Self::fit([items, size], components, |index, item| examples.copy_item(index * all / items, item))
    }

    /// The first of the components alone.
    #[must_use]
    pub fn first(&self, components: usize) -> Self {
        let components = components.min(self.len());
        Self {
            mean: self.mean.clone(),
            components: self.components[..components * self.mean.len()].to_vec(),
            variances: self.variances[..components].to_vec(),
            total: self.total,
        }
    }

    /// Number of components.
    #[must_use]
    pub fn len(&self) -> usize {
        self.variances.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.variances.is_empty()
    }

    /// An item in the components' numbers.
    #[must_use]
    pub fn code(&self, item: &[f32]) -> Vec<f32> {
        let rows = self.components.chunks_exact(self.mean.len());
        let along = |row: &[f32]| -> f64 {
            let centred = item.iter().zip(&self.mean).map(|(x, mean)| f64::from(x - mean));
            centred.zip(row).map(|(x, w)| x * f64::from(*w)).sum()
        };
        rows.map(|row| along(row) as f32).collect()
    }

    /// The item that such numbers, as many as are given, stand for.
    #[must_use]
    pub fn restored(&self, code: &[f32]) -> Vec<f32> {
        let mut item = self.mean.clone();
        for (along, row) in code.iter().zip(self.components.chunks_exact(self.mean.len())) {
            item.iter_mut().zip(row).for_each(|(x, w)| *x += along * w);
        }
        item
    }

    /// Mean squared error over `examples`, each restored from its numbers; NaN of none.
    #[must_use]
    pub fn error(&self, examples: &Examples) -> f32 {
        let mut item = vec![0.0; self.mean.len()];
        let mut total = 0.0;
        for index in 0..examples.len() {
            examples.copy_item(index, &mut item);
            let restored = self.restored(&self.code(&item));
            total += item.iter().zip(&restored).map(|(x, y)| f64::from((x - y) * (x - y))).sum::<f64>();
        }
        (total / (examples.len() * self.mean.len()) as f64) as f32
    }
}

/// The angles between two spaces, ascending, in radians: 0 along what they share. Each is spanned by rows of `size`
/// numbers; there are as many angles as the smaller space has directions.
///
/// # Reference
/// Björck & Golub, Numerical methods for computing angles between linear subspaces, Math. Comp. 27 (1973): small angles by
/// their sines, large ones by their cosines.
#[must_use]
pub fn principal_angles(a: &[f32], b: &[f32], size: usize) -> Vec<f32> {
    let basis = |rows: &[f32]| {
        let mut rows: Vec<f64> = rows.iter().map(|&x| f64::from(x)).collect();
        orthonormalise(&mut rows, size);
        let directions = rows.chunks_exact(size).filter(|row| row.iter().any(|x| *x != 0.0));
        directions.flatten().copied().collect::<Vec<f64>>()
    };
    let wanted = a.len().min(b.len()) / size;
    let (a, b) = (basis(a), basis(b));
    let (larger, smaller) = if a.len() < b.len() { (b, a) } else { (a, b) };
    let dot = |x: &[f64], y: &[f64]| -> f64 { x.iter().zip(y).map(|(x, y)| x * y).sum() };
    let (mut within, mut beyond) = (Vec::new(), Vec::new());
    for row in smaller.chunks_exact(size) {
        let along: Vec<f64> = larger.chunks_exact(size).map(|other| dot(row, other)).collect();
        let mut rest = row.to_vec();
        for (along, other) in along.iter().zip(larger.chunks_exact(size)) {
            rest.iter_mut().zip(other).for_each(|(x, y)| *x -= along * y);
        }
        within.push(along);
        beyond.push(rest);
    }
    let count = within.len();
    let products = |rows: &[Vec<f64>]| -> Vec<f64> {
        (0..count * count).map(|cell| dot(&rows[cell / count], &rows[cell % count])).collect()
    };
    let (cosines, _) = symmetric_eigen(&products(&within), count);
    let (sines, _) = symmetric_eigen(&products(&beyond), count);
    let root = |square: f64| libm::sqrt(square.max(0.0));
    let mut angles: Vec<f32> =
        cosines.iter().zip(sines.iter().rev()).map(|(&c, &s)| libm::atan2(root(s), root(c)) as f32).collect();
    // A direction that is none lies in no space.
    angles.resize(wanted, std::f32::consts::FRAC_PI_2);
    angles
}

/// Mean item and covariance matrix, `[size, size]`.
fn covariance([items, size]: [usize; 2], copy: &mut impl FnMut(usize, &mut [f32])) -> (Vec<f32>, Vec<f32>) {
    let mut item = vec![0.0; size];
    let mut sums = vec![0.0_f64; size];
    for index in 0..items {
        copy(index, &mut item);
        sums.iter_mut().zip(&item).for_each(|(sum, x)| *sum += f64::from(*x));
    }
    let mean: Vec<f32> = sums.iter().map(|sum| (sum / items.max(1) as f64) as f32).collect();
    let mut products = vec![0.0; size * size];
    let mut rows = Vec::new();
    for start in (0..items).step_by(AT_ONCE) {
        rows.resize(size * AT_ONCE.min(items - start), 0.0);
        for (index, row) in rows.chunks_exact_mut(size).enumerate() {
            copy(start + index, row);
            row.iter_mut().zip(&mean).for_each(|(x, mean)| *x -= mean);
        }
        matmul::add_transposed_left(&rows, &rows, &mut products, size);
    }
    products.iter_mut().for_each(|product| *product /= items.max(1) as f32);
    (mean, products)
}

/// `rows` times the symmetric `matrix`.
fn times(rows: &[f32], matrix: &[f32], size: usize) -> Vec<f32> {
    let mut product = vec![0.0; rows.len()];
    matmul::affine(rows, matrix, &vec![0.0; size], &mut product);
    product
}

fn single(numbers: &[f64]) -> Vec<f32> {
    numbers.iter().map(|&number| number as f32).collect()
}

/// Of the two ways that a direction may point, the one in which its largest number is positive.
fn upright(row: &mut [f64]) {
    let largest = row.iter().copied().fold(0.0_f64, |most, x| if x.abs() > most.abs() { x } else { most });
    if largest < 0.0 {
        row.iter_mut().for_each(|x| *x = -*x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Data, DataConfig};

    #[test]
    fn components_are_those_of_the_whole_covariance() {
        let config = DataConfig { samples: 300, ..DataConfig::named("heartbeat") };
        let train = Data::new(&config, 3).expect("valid").train;
        let (items, size) = (train.len(), train.input_shape()[0]);
        let pca = Pca::of(&train, 6, items);
        let (mean, covariance) =
            covariance([items, size], &mut |item, row: &mut [f32]| train.copy_item(item, row));
        let wide: Vec<f64> = covariance.iter().map(|&x| f64::from(x)).collect();
        let (values, vectors) = symmetric_eigen(&wide, size);
        assert_eq!(mean, pca.mean);
        for (index, row) in pca.components.chunks_exact(size).enumerate() {
            assert!((f64::from(pca.variances[index]) - values[index]).abs() < 1e-5 * values[0]);
            let dot: f64 = row.iter().zip(&vectors[index * size..]).map(|(x, y)| f64::from(*x) * y).sum();
            assert!(dot.abs() > 0.9999, "component {index}: {dot}");
        }
        // What is not kept is the variance in the other directions.
        let kept: f64 = values[..6].iter().sum();
        let lost = (f64::from(pca.total) - kept) / size as f64;
        assert!(
            (f64::from(pca.error(&train)) - lost).abs() < 1e-3 * lost,
            "{} and {lost}",
            pca.error(&train)
        );
    }

    #[test]
    fn angles_are_those_between_the_spaces() {
        let turned = |angle: f64| [libm::cos(angle) as f32, libm::sin(angle) as f32];
        for angle in [0.0, 1e-4, 0.3, 1.5, std::f64::consts::FRAC_PI_2] {
            let [c, s] = turned(angle);
            // Both hold the first axis; the second directions differ by the angle, and are not of unit length.
            let angles = principal_angles(&[2.0, 0.0, 0.0, 0.5, 3.0, 0.0], &[1.0, 0.0, 0.0, 7.0, c, s], 3);
            assert!(angles[0].abs() < 1e-6, "{angles:?}");
            assert!((f64::from(angles[1]) - angle).abs() < 1e-6, "{angle}: {angles:?}");
        }
        // A direction that is zero, or one that is there already, counts as none.
        let dead = principal_angles(&[0.6, 0.8, 0.0, 1.2, 1.6, 0.0], &[1.0, 0.0, 0.0, 0.0, 0.0, 1.0], 3);
        assert!(
            (dead[0] - 0.6_f32.acos()).abs() < 1e-6 && dead[1] == std::f32::consts::FRAC_PI_2,
            "{dead:?}"
        );
        assert_eq!(principal_angles(&[1.0, 0.0, 0.0], &[0.0, 1.0, 0.0, 0.0, 0.0, 1.0], 3).len(), 1);
    }

    #[test]
    fn items_that_are_all_alike_have_no_variance() {
        let pca = Pca::fit([5, 3], 2, |_, item| item.copy_from_slice(&[0.2, 0.0, 1.0]));
        assert_eq!((pca.total, pca.variances.as_slice()), (0.0, &[0.0, 0.0][..]));
        assert!(pca.components.iter().all(|x| x.is_finite()));
        assert_eq!(pca.restored(&pca.code(&[0.2, 0.0, 1.0])), [0.2, 0.0, 1.0]);
    }
}
