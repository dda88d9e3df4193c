//! Where a run has been: weights kept along it, in bounded memory.

use std::sync::Arc;

/// Most snapshots of a path.
pub const MAX_SNAPSHOTS: usize = 64;
/// Most numbers that they hold together: 16 MB.
const MAX_NUMBERS: usize = 4_000_000;

/// All weights of a network, shared, so that copies of a path cost nothing.
pub type Weights = Arc<[f32]>;

/// The weights of a run at its first step and at every so many steps after it: each at first; when as many are kept as may
/// be, every other one goes, and the next stand twice as far apart. The first of them may be kept whatever comes, so that
/// a way to and fro is seen as what it was.
#[derive(Clone, Debug)]
pub struct Path {
    snapshots: Vec<Weights>,
    capacity: usize,
    /// Of the snapshots, the first that never go.
    whole: usize,
    /// Steps between two snapshots.
    stride: usize,
    /// Steps that were seen, the first included.
    seen: usize,
}

impl Path {
    /// Of a network with so many weights; of a large one fewer are kept, of the largest the first alone.
    #[must_use]
    pub fn new(weights: usize) -> Self {
        Self::of_at_most(MAX_SNAPSHOTS, weights)
    }

    /// The same with so many snapshots at most, as far as their numbers allow.
    #[must_use]
    pub fn of_at_most(snapshots: usize, weights: usize) -> Self {
        let capacity = (MAX_NUMBERS / weights.max(1)).clamp(1, snapshots.max(1));
        Self { snapshots: Vec::new(), capacity, whole: 0, stride: 1, seen: 0 }
    }

    /// The same with every step of its first half kept, as far as there is room for it.
    #[must_use]
    pub fn with_its_beginning(self) -> Self {
        Self { whole: self.capacity / 2, ..self }
    }

    /// Sees the weights of the next step, the first time those that the run begins with.
    pub fn push(&mut self, weights: &[f32]) {
        let is_due =
            |step: usize, stride: usize| step < self.whole || (step - self.whole).is_multiple_of(stride);
        let step = self.seen;
        self.seen += 1;
        if !is_due(step, self.stride) {
            return;
        }
        if self.snapshots.len() == self.capacity {
            let (whole, mut index) = (self.whole, 0);
            self.snapshots.retain(|_| {
                index += 1;
                index <= whole || (index - whole) % 2 == 1
            });
            self.stride *= 2;
            if !is_due(step, self.stride) || self.snapshots.len() == self.capacity {
                return;
            }
        }
        self.snapshots.push(weights.into());
    }

    /// What is kept, the first step first; each next one is [`Self::stride`] steps later, but for the beginning.
    #[must_use]
    pub fn snapshots(&self) -> &[Weights] {
        &self.snapshots
    }

    /// The same with the weights of now at the end, where those are not kept.
    #[must_use]
    pub fn up_to(&self, now: &[f32]) -> Vec<Weights> {
        let mut snapshots = self.snapshots.clone();
        if snapshots.last().is_none_or(|last| **last != *now) {
            snapshots.push(now.into());
        }
        snapshots
    }

    /// Steps between two snapshots.
    #[must_use]
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Bytes that it holds, also where copies share them.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.snapshots.iter().map(|weights| size_of_val(&**weights)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(weights: usize, steps: usize) -> (Vec<usize>, usize) {
        let mut path = Path::new(weights);
        let mut now = vec![0.0; weights];
        for step in 0..steps {
            now[0] = step as f32;
            path.push(&now);
        }
        assert!(path.bytes() <= 4 * MAX_NUMBERS);
        (path.snapshots().iter().map(|weights| weights[0] as usize).collect(), path.stride())
    }

    #[test]
    fn snapshots_stand_at_equal_distances_from_the_first_on() {
        assert_eq!(kept(2, 64), ((0..64).collect(), 1));
        assert_eq!(kept(2, 65), ((0..=64).step_by(2).collect(), 2));
        assert_eq!(kept(2, 1000), ((0..1000).step_by(16).collect(), 16));
        // Three at most; two; the first alone.
        assert_eq!(kept(1_200_000, 11), (vec![0, 4, 8], 4));
        assert_eq!(kept(2_000_000, 6), (vec![0, 4], 4));
        assert_eq!(kept(4_000_000, 9).0, [0]);
    }

    #[test]
    fn a_beginning_is_kept_step_by_step() {
        let mut path = Path::of_at_most(8, 2).with_its_beginning();
        for step in 0..100 {
            path.push(&[step as f32, 0.0]);
        }
        let kept: Vec<usize> = path.snapshots().iter().map(|weights| weights[0] as usize).collect();
        assert_eq!(kept, [0, 1, 2, 3, 4, 36, 68]);
    }

    #[test]
    fn what_is_now_comes_last_once() {
        let mut path = Path::new(2);
        path.push(&[1.0, 2.0]);
        assert_eq!(path.up_to(&[1.0, 2.0]).len(), 1);
        assert_eq!(*path.up_to(&[3.0, 2.0])[1], [3.0, 2.0]);
    }
}
