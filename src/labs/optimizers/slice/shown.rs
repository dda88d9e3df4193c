//! What is worked out of a slice to be seen: planes, the loss over the one that is looked at, and where ways lie in it. It
//! belongs to the settings and ways that it was made of, and is made anew when they are others.

use crate::labs::{OtherWay, View};
use crate::nn::Network;
use crate::train::surface::{Plane, Surface, Weights};
use crate::train::{Experiment, Run};
use flate2::Crc;
use std::sync::Arc;

/// Products that are summed at one look while the run goes on, some 5 ms' work, and while it stands still.
const MULTIPLY_ADDS: [u64; 2] = [8_000_000, 40_000_000];
/// Places on a side, and where the loss of a large network could be the mean of few items only.
const SIDES: [usize; 2] = [41, 25];
/// Items that the loss is a mean over, at least, where places are as many as that.
const ITEMS: usize = 256;
/// A plane through ways is laid anew when they have gone on by this share.
const ANEW: f32 = 0.25;

/// A way through weight space from its first step to where it is, with the places that were found of it.
#[derive(Default)]
struct Placed(Vec<(Weights, [f32; 2])>);

impl Placed {
    /// Where each of these weights lies; of those that it knows, in the same order, nothing is worked out again.
    fn of(&mut self, plane: &Plane, way: &[Weights]) -> Vec<[f32; 2]> {
        let mut known = std::mem::take(&mut self.0).into_iter();
        let found = |weights: &Weights| {
            let same = known.find(|(of, _)| Arc::ptr_eq(of, weights));
            (Arc::clone(weights), same.map_or_else(|| plane.place(weights), |(_, place)| place))
        };
        // What is now the last was not kept before: it would use up all that is known.
        let (last, kept) = way.split_last().map_or((None, way), |(last, kept)| (Some(last), kept));
        self.0 = kept.iter().map(found).collect();
        self.0.extend(last.map(|weights| (Arc::clone(weights), plane.place(weights))));
        self.0.iter().map(|(_, place)| *place).collect()
    }
}

/// A plane through ways, and how long these were when it was laid.
struct Laid {
    plane: Arc<Plane>,
    steps: usize,
    snapshots: usize,
}

/// See the module.
#[derive(Default)]
pub(super) struct Shown {
    /// The settings that all is of, and what tells those that a surface follows from apart from others.
    of: Option<Experiment>,
    id: u32,
    /// The plane that all lanes share, which the seed draws.
    random: Option<Arc<Plane>>,
    laid: Option<Laid>,
    pub(super) surface: Option<Surface>,
    /// The steps that the run had made at the last look.
    looked_at: usize,
    pub(super) is_wanted: bool,
    /// The ways of other lanes, as far as they were given, and the lane that this is then.
    pub(super) others: Vec<OtherWay>,
    pub(super) own_lane: usize,
    /// The plane that places were found in: of this lane first.
    placed_in: Option<Arc<Plane>>,
    placed: Vec<Placed>,
}

impl Shown {
    /// Forgets what is of other settings.
    pub(super) fn settle(&mut self, run: &Run) {
        let current = run.current();
        if self.of.as_ref().is_some_and(|of| has_the_same(of, current)) {
            return;
        }
        let mut sum = Crc::new();
        let of = serde_json::json!([current.network, current.data, current.loss, current.seed]);
        sum.update(of.to_string().as_bytes());
        let fits = |other: &OtherWay| {
            other.snapshots.iter().all(|weights| weights.len() == run.network().weights.len())
        };
        let others = std::mem::take(&mut self.others);
        let others = if others.iter().all(fits) { others } else { Vec::new() };
        let own_lane = self.own_lane;
        *self = Self { of: Some(current.clone()), id: sum.sum(), others, own_lane, ..Self::default() };
    }

    /// Whether there is more to be worked out.
    pub(super) fn is_at_work(&self) -> bool {
        self.is_wanted && self.surface.as_ref().is_none_or(|surface| !surface.is_done())
    }

    /// Takes the ways of other lanes.
    pub(super) fn take_ways(&mut self, own: usize, others: Vec<OtherWay>) {
        let lanes = |others: &[OtherWay]| others.iter().map(|other| other.lane).collect::<Vec<_>>();
        if (own, lanes(&others)) != (self.own_lane, lanes(&self.others)) {
            self.laid = None; // it goes through all of them
        }
        (self.own_lane, self.others) = (own, others);
    }

    /// What tells the surface from those of other planes and settings.
    pub(super) fn id(&self, plane: &Plane) -> u32 {
        self.id ^ plane.id()
    }

    /// The plane that is looked at; `first` are the weights that the run began with, where it knows them.
    pub(super) fn plane(
        &mut self,
        run: &Run,
        view: &View,
        way: &[Weights],
        first: Option<&Weights>,
    ) -> Arc<Plane> {
        if let Some(plane) = Plane::axes(run.network()) {
            return Arc::clone(self.random.get_or_insert_with(|| Arc::new(plane)));
        }
        if view.probe.surface.by_path {
            return self.through_ways(run, way);
        }
        let current = run.current();
        Arc::clone(self.random.get_or_insert_with(|| {
            // Through the weights that all lanes begin with: those that the seed draws, or that were given.
            let drawn = Network::new(&current.network, run.input_shape(), current.loss, current.seed);
            let mut network = drawn.expect("it is the one that runs");
            if let Some(first) = first {
                network.weights.copy_from_slice(first);
            }
            Arc::new(Plane::random(&network, current.seed))
        }))
    }

    fn through_ways(&mut self, run: &Run, way: &[Weights]) -> Arc<Plane> {
        let (steps, snapshots) = (run.steps(), self.others.iter().map(|other| other.snapshots.len()).sum());
        let has_grown = |was: usize, is: usize| is < was || (is - was) as f32 > ANEW * was as f32;
        let is_old = |laid: &Laid| has_grown(laid.steps, steps) || has_grown(laid.snapshots, snapshots);
        if self.laid.as_ref().is_none_or(is_old) {
            let others = self.others.iter().map(|other| other.snapshots.as_slice());
            let ways: Vec<&[Weights]> = std::iter::once(way).chain(others).collect();
            let plane = Arc::new(Plane::of_paths(run.network(), &ways));
            self.laid = Some(Laid { plane, steps, snapshots });
        }
        self.laid.as_ref().map(|laid| Arc::clone(&laid.plane)).expect("it was laid")
    }

    /// Where the ways lie in a plane, this one first.
    pub(super) fn places(&mut self, plane: &Arc<Plane>, ways: &[&[Weights]]) -> Vec<Vec<[f32; 2]>> {
        if !self.placed_in.as_ref().is_some_and(|known| Arc::ptr_eq(known, plane)) {
            (self.placed_in, self.placed) = (Some(Arc::clone(plane)), Vec::new());
        }
        self.placed.resize_with(ways.len(), Placed::default);
        self.placed.iter_mut().zip(ways).map(|(placed, way)| placed.of(plane, way)).collect()
    }

    /// The part of the plane that is seen: the one of before as long as all places that are numbers lie in it, so that
    /// nothing jumps; else what is `fitted` to them.
    pub(super) fn seen(
        &self,
        plane: &Arc<Plane>,
        places: &[Vec<[f32; 2]>],
        fitted: impl FnOnce() -> [f32; 4],
    ) -> [f32; 4] {
        let before = self.surface.as_ref().filter(|surface| Arc::ptr_eq(surface.plane(), plane));
        let Some(view @ [left, right, bottom, top]) = before.map(Surface::view) else { return fitted() };
        let is_within = |[x, y]: &[f32; 2]| {
            !x.is_finite() || !y.is_finite() || (left..=right).contains(x) && (bottom..=top).contains(y)
        };
        if places.iter().flatten().all(is_within) { view } else { fitted() }
    }

    /// Works out the next places of the surface.
    pub(super) fn work(&mut self, run: &Run, plane: &Arc<Plane>, view: [f32; 4]) {
        let is_this = |surface: &Surface| Arc::ptr_eq(surface.plane(), plane) && surface.view() == view;
        if !self.surface.as_ref().is_some_and(is_this) {
            let [fine, coarse] = SIDES;
            let side = if Surface::affordable_items(run, fine) >= ITEMS { fine } else { coarse };
            self.surface = Some(Surface::new(run, Arc::clone(plane), view, side));
        }
        let [going, standing] = MULTIPLY_ADDS;
        let is_going = std::mem::replace(&mut self.looked_at, run.steps()) != run.steps();
        if let Some(surface) = &mut self.surface {
            surface.step(if is_going { going } else { standing });
        }
    }
}

/// Whether both have one loss for the same weights.
fn has_the_same(one: &Experiment, other: &Experiment) -> bool {
    one.network == other.network && one.data == other.data && one.loss == other.loss && one.seed == other.seed
}
