//! How fast a network learns with batches of several sizes: what a step takes whatever its batch, and what each item adds.
//! The times are taken by others, this explains them.

use serde::{Deserialize, Serialize};

/// Of the time of a step, `overhead + batch · cost`, its two parts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Knee {
    /// The batch at which both parts take as long, `overhead / cost`: a smaller one is bound by the overhead, and twice the
    /// batch costs little more; a larger one is bound by the computing, and twice the batch takes twice as long.
    /// Infinite where no cost of an item shows.
    pub batch: f64,
    /// Milliseconds that a step takes whatever its batch: the update of the weights above all.
    pub overhead_ms: f64,
    /// Milliseconds that an item adds.
    pub ms_per_item: f64,
    /// Root mean square of how far the times are from `overhead + batch · cost`, as a share of each.
    pub misfit: f64,
}

impl Knee {
    /// Milliseconds of a step with so many items.
    #[must_use]
    pub fn step_ms(&self, batch: usize) -> f64 {
        self.overhead_ms + self.ms_per_item * batch as f64
    }

    /// Share of a step with so many items that is overhead, 0…1.
    #[must_use]
    pub fn share_of_overhead(&self, batch: usize) -> f64 {
        self.overhead_ms / self.step_ms(batch)
    }
}

/// The knee of a sweep of `(batch, samples a second)`: the overhead `a` and the cost `c` of an item, neither below 0, for
/// which `Σ ((a + c · batch) / t − 1)²` over the times `t = batch / samples_per_second` is least, so that the time of a small
/// batch counts as much as that of a large one. What is no positive number is left out; none where fewer than two sizes are left.
#[must_use]
pub fn knee(measured: &[(usize, f64)]) -> Option<Knee> {
    let is_sound = |&&(batch, speed): &&(usize, f64)| batch > 0 && speed.is_finite() && speed > 0.0;
    let sound: Vec<(f64, f64)> = measured
        .iter()
        .filter(is_sound)
        .map(|&(batch, speed)| (batch as f64, 1000.0 * batch as f64 / speed))
        .collect();
    let (first, _) = *sound.first()?;
    if sound.iter().all(|(batch, _)| *batch == first) {
        return None;
    }
    // Least squares of 1 ≈ a · x + c · y with x = 1 / t and y = batch / t.
    let sum = |term: fn(f64, f64) -> f64| -> f64 {
        sound.iter().map(|&(batch, ms)| term(1.0 / ms, batch / ms)).sum()
    };
    let (xx, xy, yy) = (sum(|x, _| x * x), sum(|x, y| x * y), sum(|_, y| y * y));
    let (x, y) = (sum(|x, _| x), sum(|_, y| y));
    let determinant = xx * yy - xy * xy;
    let (overhead, cost) = ((x * yy - y * xy) / determinant, (y * xx - x * xy) / determinant);
    let (overhead_ms, ms_per_item) = match (overhead > 0.0, cost > 0.0) {
        (true, true) => (overhead, cost),
        (true, false) => (x / xx, 0.0),
        (false, _) => (0.0, y / yy),
    };
    let misfits = sound.iter().map(|&(batch, ms)| (overhead_ms + ms_per_item * batch) / ms - 1.0);
    let misfit = (misfits.map(|misfit| misfit * misfit).sum::<f64>() / sound.len() as f64).sqrt();
    Some(Knee { batch: overhead_ms / ms_per_item, overhead_ms, ms_per_item, misfit })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made_up(overhead: f64, cost: f64) -> Vec<(usize, f64)> {
        (0..11)
            .map(|power| 1 << power)
            .map(|batch| (batch, 1000.0 * batch as f64 / (overhead + cost * batch as f64)))
            .collect()
    }

    fn assert_near(found: f64, wanted: f64) {
        assert!((found / wanted - 1.0).abs() < 1e-6, "{found} {wanted}");
    }

    #[test]
    fn the_parts_of_a_step_are_found_again() {
        for (overhead, cost) in [(0.4, 0.01), (0.001, 0.5), (20.0, 0.02)] {
            let knee = knee(&made_up(overhead, cost)).unwrap();
            assert_near(knee.overhead_ms, overhead);
            assert_near(knee.ms_per_item, cost);
            assert_near(knee.batch, overhead / cost);
            assert_near(knee.step_ms(8), overhead + 8.0 * cost);
            assert!(knee.misfit < 1e-6);
        }
        let knee = knee(&made_up(0.32, 0.01)).unwrap();
        assert_near(knee.batch, 32.0);
        assert_near(knee.share_of_overhead(32), 0.5);
    }

    #[test]
    fn times_that_scatter_by_a_tenth_move_the_knee_little() {
        let mut scattered = made_up(0.32, 0.01);
        scattered
            .iter_mut()
            .enumerate()
            .for_each(|(index, (_, speed))| *speed *= [0.9, 1.05, 1.1, 0.95][index % 4]);
        let knee = knee(&scattered).unwrap();
        assert!((24.0..42.0).contains(&knee.batch) && (0.03..0.12).contains(&knee.misfit), "{knee:?}");
    }

    /// Medians of 20 seeds of `cargo bench --bench throughput`: 784-64-10, plain gradient descent, on a busy machine.
    #[test]
    fn the_knee_of_a_measured_sweep_is_where_its_steps_begin_to_grow() {
        let speeds = [3955, 9644, 15845, 24934, 34631, 39757, 49810, 52662, 52473, 60711, 46969];
        let measured: Vec<(usize, f64)> =
            speeds.into_iter().enumerate().map(|(power, speed)| (1 << power, f64::from(speed))).collect();
        let knee = knee(&measured).unwrap();
        assert!((8.0..14.0).contains(&knee.batch) && knee.misfit < 0.1, "{knee:?}");
        assert!((45_000.0..65_000.0).contains(&(1000.0 / knee.ms_per_item)), "{knee:?}");
        assert!(knee.share_of_overhead(1) > 0.9 && knee.share_of_overhead(1024) < 0.02);
    }

    #[test]
    fn a_part_that_does_not_show_is_zero() {
        let only_cost = knee(&[(1, 100.0), (10, 100.0), (100, 95.0)]).unwrap();
        assert_eq!((only_cost.overhead_ms, only_cost.batch, only_cost.share_of_overhead(1)), (0.0, 0.0, 0.0));
        let only_overhead = knee(&[(1, 100.0), (10, 1010.0)]).unwrap();
        assert_eq!((only_overhead.ms_per_item, only_overhead.batch), (0.0, f64::INFINITY));
        assert_eq!(only_overhead.share_of_overhead(1000), 1.0);
    }

    #[test]
    fn there_is_no_knee_of_one_size_or_of_no_speed() {
        assert_eq!(knee(&[]), None);
        assert_eq!(knee(&[(8, 100.0), (8, 110.0)]), None);
        assert_eq!(knee(&[(8, 100.0), (16, 0.0), (32, f64::NAN), (0, 10.0), (64, f64::INFINITY)]), None);
    }
}
