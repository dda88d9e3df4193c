//! The moments of a run that are kept, so that any step of it can be gone back to: from the moment before it the
//! same steps lead there again, bit for bit. They thin out with age, so that their memory stays bounded.

use super::{Run, Snapshot};

/// Most bytes that the moments of a run hold together: 64 MB.
pub const MAX_BYTES: usize = 64 << 20;

/// Moments of one run, the first of them always kept; `T` is what whoever watches the run remembers at each.
pub struct Timeline<T> {
    /// By ascending step.
    moments: Vec<Moment<T>>,
    /// Where the run has been furthest, while it stands before that.
    head: Option<Head<T>>,
}

/// A run at some step, with what is remembered of it up to there.
struct Moment<T> {
    snapshot: Snapshot,
    memory: T,
    /// Of the memory.
    bytes: usize,
}

/// The furthest that a run has been.
pub struct Head<T> {
    pub step: usize,
    pub memory: T,
    /// Whether the step after it left the numbers.
    pub has_diverged: bool,
}

impl<T> Timeline<T> {
    /// Begins where the run stands; `bytes` is what the memory holds.
    #[must_use]
    pub fn new(run: &Run, memory: T, bytes: usize) -> Self {
        let first = Moment { snapshot: run.snapshot(None), memory, bytes };
        Self { moments: vec![first], head: None }
    }

    /// The first step that can be gone back to.
    #[must_use]
    pub fn first_step(&self) -> usize {
        self.moments[0].snapshot.step()
    }

    /// The step of the newest moment.
    #[must_use]
    pub fn last_step(&self) -> usize {
        self.moments.last().map_or(0, |moment| moment.snapshot.step())
    }

    /// Keeps a run where it stands, if it is further than every moment kept so far and has not diverged.
    pub fn keep(&mut self, run: &Run, memory: T, bytes: usize) {
        if run.steps() <= self.last_step() || run.divergence().is_some() {
            return;
        }
        let before = self.moments.last().map(|moment| &moment.snapshot);
        self.moments.push(Moment { snapshot: run.snapshot(before), memory, bytes });
        while self.moments.len() > 1 && self.bytes() > MAX_BYTES {
            let least = self.least_needed();
            self.moments.remove(least);
        }
    }

    /// The moment that is missed least: whose neighbours are nearest to each other, measured by their age and an
    /// eighth of the run, so that old moments lie up to nine times as far apart as new ones.
    fn least_needed(&self) -> usize {
        let step = |index: usize| self.moments[index].snapshot.step();
        let (last, length) = (self.moments.len() - 1, self.last_step() as f64 / 8.0);
        let gap = |index: &usize| {
            let next = step((index + 1).min(last));
            (next - step(index - 1)) as f64 / (step(last) as f64 - next as f64 + length)
        };
        // The newest goes only where it is the only one beside the first.
        (1..last).min_by(|a, b| gap(a).total_cmp(&gap(b))).unwrap_or(last)
    }

    /// Bytes that all moments hold.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let before = std::iter::once(None).chain(self.moments.iter().map(|moment| Some(&moment.snapshot)));
        let of = |(moment, before): (&Moment<T>, Option<&Snapshot>)| {
            size_of::<Moment<T>>() + moment.snapshot.bytes(before) + moment.bytes
        };
        self.moments.iter().zip(before).map(of).sum()
    }

    /// The moment from which the state at `step` follows with all that a step leaves: the last before it, or the
    /// first of all.
    #[must_use]
    pub fn before(&self, step: usize) -> (&Snapshot, &T) {
        let later = self.moments.partition_point(|moment| moment.snapshot.step() < step);
        let moment = &self.moments[later.max(1) - 1];
        (&moment.snapshot, &moment.memory)
    }

    /// Forgets what came of the run from `step` on, since it goes another way from there; at its first step it
    /// begins anew with `memory`.
    pub fn cut(&mut self, run: &Run, memory: T, bytes: usize) {
        if run.steps() <= self.first_step() {
            *self = Self::new(run, memory, bytes);
            return;
        }
        self.moments.retain(|moment| moment.snapshot.step() < run.steps());
        self.head = None;
    }

    /// Where the run has been furthest, while it stands before that.
    #[must_use]
    pub fn head(&self) -> Option<&Head<T>> {
        self.head.as_ref()
    }

    /// Notes where the run stands before it goes back, unless it has been further.
    pub fn leave(&mut self, run: &Run, memory: T) {
        if self.head.is_none() {
            self.head = Some(Head { step: run.steps(), memory, has_diverged: run.divergence().is_some() });
        }
    }

    /// Forgets the furthest place once the run stands there again.
    pub fn arrive(&mut self, run: &Run) {
        if self.head.as_ref().is_some_and(|head| run.steps() >= head.step) {
            self.head = None;
        }
    }
}
