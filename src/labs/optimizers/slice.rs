//! A slice of the loss surface with the way that a lane took, and that of the others over it: of a test function all of
//! it, of a network a plane through weight space. It is worked out a part at each look, while the run may go on.

use super::controls;
use crate::labs::format::{count, percent, significant};
use crate::labs::{Figure, Numbers, OtherWay, Panel, Span, SurfaceFigure, SurfaceMark, SurfacePath, View};
use crate::nn::Network;
use crate::nn::layers::Function;
use crate::train::surface::{Directions, MAX_SNAPSHOTS, Path, Plane, Surface, Weights};
use crate::train::{Experiment, Run};
use std::sync::Arc;

/// Items that pass at one look, about 10 ms' work of a small network.
const ITEMS_PER_LOOK: usize = 8192;
/// Places on a side.
const SIDE: usize = 41;
/// Places of a way that is kept whole, on a test function.
const PLACES: usize = 512;
/// A plane through the way is laid anew when the run has gone on by this share of its steps.
const ANEW: f32 = 0.25;

/// See the module. A copy has the way alone, which is of the run.
pub(super) struct Slice {
    path: Path,
    /// The plane that all lanes share, which the seed draws.
    random: Option<Arc<Plane>>,
    /// That through the way, and the steps that the run had made then.
    own: Option<(Arc<Plane>, usize)>,
    surface: Option<Surface>,
    is_wanted: bool,
    /// The ways of other lanes, as far as they were given, and the lane that this is then.
    others: Vec<OtherWay>,
    own_lane: usize,
}

impl Clone for Slice {
    fn clone(&self) -> Self {
        Self::of(self.path.clone())
    }
}

impl Slice {
    /// Begins with the weights of now.
    pub(super) fn new(run: &Run) -> Self {
        let weights = run.network().weights.len();
        let snapshots = if Plane::axes(run.network()).is_some() { PLACES } else { MAX_SNAPSHOTS };
        let mut path = Path::of_at_most(snapshots, weights);
        path.push(&run.network().weights);
        Self::of(path)
    }

    fn of(path: Path) -> Self {
        Self {
            path,
            random: None,
            own: None,
            surface: None,
            is_wanted: false,
            others: Vec::new(),
            own_lane: 0,
        }
    }

    /// The way so far.
    pub(super) fn way(&self, run: &Run) -> Vec<Weights> {
        self.path.up_to(&run.network().weights)
    }

    /// Takes the ways of other lanes: a plane through all of them is laid anew.
    pub(super) fn take_ways(&mut self, own: usize, others: Vec<OtherWay>) {
        (self.own_lane, self.others, self.own) = (own, others, None);
    }

    /// Takes in a step that was made.
    pub(super) fn after_step(&mut self, run: &Run) {
        self.path.push(&run.network().weights);
    }

    /// Bytes that a copy adds.
    pub(super) fn bytes(&self) -> usize {
        // Copies share what they keep; the next may hold one more.
        let snapshots = self.path.snapshots();
        snapshots.first().map_or(0, |weights| size_of_val(&**weights)) + size_of_val(snapshots)
    }

    /// Whether there is more to be worked out for this lane.
    pub(super) fn is_at_work(&self) -> bool {
        self.is_wanted && self.surface.as_ref().is_none_or(|surface| !surface.is_done())
    }

    fn plane(&mut self, run: &Run, view: &View) -> Arc<Plane> {
        if let Some(plane) = Plane::axes(run.network()) {
            return Arc::clone(self.random.get_or_insert_with(|| Arc::new(plane)));
        }
        if view.probe.surface.by_path {
            let steps = run.steps();
            let is_old = |made: usize| steps < made || (steps - made) as f32 > ANEW * made as f32;
            if self.own.as_ref().is_none_or(|(_, made)| is_old(*made)) {
                let path = self.way(run);
                let ways: Vec<&[Weights]> = std::iter::once(path.as_slice())
                    .chain(self.others.iter().map(|other| other.snapshots.as_slice()))
                    .collect();
                self.own = Some((Arc::new(Plane::of_paths(run.network(), &ways)), steps));
            }
            return self.own.as_ref().map(|(plane, _)| Arc::clone(plane)).expect("it was laid");
        }
        let Experiment { network, loss, seed, .. } = run.current();
        Arc::clone(self.random.get_or_insert_with(|| {
            // Through the weights that all lanes begin with.
            let first = Network::new(network, run.input_shape(), *loss, *seed);
            let first = first.as_ref().unwrap_or_else(|_| run.network());
            Arc::new(Plane::random(first, *seed))
        }))
    }

    /// The figure "surface".
    pub(super) fn panel(
        &mut self,
        run: &Run,
        view: &View,
        loss: Option<f32>,
        numbers: &mut Numbers,
    ) -> Panel {
        self.is_wanted = view.is_selected;
        let plane = self.plane(run, view);
        let way = self.way(run);
        let places: Vec<[f32; 2]> = way.iter().map(|weights| plane.place(weights)).collect();
        let function = controls::function_of(run.current());
        let is_of_ways = matches!(plane.kind, Directions::Components(_));
        let others = if is_of_ways { self.others.clone() } else { Vec::new() };
        let ways: Vec<&[Weights]> = std::iter::once(way.as_slice())
            .chain(others.iter().map(|other| other.snapshots.as_slice()))
            .collect();
        let seen = self.seen(&plane, &places, plane.view(&ways, function.map(Function::view)));
        if view.is_selected {
            self.work(run, &plane, seen);
        }
        let values = self.surface.as_ref().map_or_else(Vec::new, Surface::values);
        let side = if values.is_empty() { 0 } else { SIDE };
        let share = self.surface.as_ref().map_or(0.0, Surface::share);
        let axes = match plane.kind {
            Directions::Random => ["random direction 1", "random direction 2"].map(String::from),
            Directions::Axes => ["x", "y"].map(String::from),
            Directions::Components(shares) => [0, 1].map(|axis| {
                format!("principal component {} ({})", axis + 1, percent(f64::from(shares[axis])))
            }),
        };
        let last = way.last().map_or(1.0, |weights| plane.share_within(weights));
        let within = match plane.kind {
            Directions::Axes => String::new(),
            _ => format!(
                " The plane holds {} of the way from its middle to where the run is.",
                percent(f64::from(last))
            ),
        };
        let lowest = values.iter().copied().filter(|loss| loss.is_finite()).reduce(f32::min);
        let told = lowest.map_or_else(String::new, |lowest| {
            format!(" The lowest loss on it is {}.", significant(lowest, 3))
        });
        let where_it_is = places.last().copied().unwrap_or_default();
        let summary = format!(
            "The loss over {} and {}, and {} places of the way down, now at {}, {}.{told}{within}",
            axes[0],
            axes[1],
            count(places.len()),
            significant(where_it_is[0], 3),
            significant(where_it_is[1], 3)
        );
        let mut marks: Vec<SurfaceMark> = places
            .first()
            .map(|at| SurfaceMark { at: *at, label: "start".into(), is_start: true })
            .into_iter()
            .collect();
        marks.extend(function.and_then(Function::minimum).map(|at| SurfaceMark {
            at,
            label: "minimum".into(),
            is_start: false,
        }));
        let is_log = lowest.is_some_and(|lowest| lowest >= 0.0);
        let note = match share {
            _ if !view.is_selected || share >= 1.0 => String::new(),
            share => format!("{} worked out", percent(f64::from(share))),
        };
        let mut paths = vec![SurfacePath {
            lane: if others.is_empty() { 0 } else { self.own_lane },
            label: controls::short_name(run.current()),
            places: numbers.add(places.into_iter().flatten()),
            loss: loss.unwrap_or(f32::NAN),
        }];
        paths.extend(others.iter().map(|other| SurfacePath {
            lane: other.lane,
            label: other.label.clone(),
            places: numbers.add(other.snapshots.iter().flat_map(|weights| plane.place(weights))),
            loss: f32::NAN,
        }));
        paths.sort_by_key(|path| path.lane);
        let values = if values.is_empty() { Span::default() } else { numbers.add(values) };
        let figure = SurfaceFigure {
            axes,
            quantity: if function.is_some() { "f".into() } else { "loss".into() },
            view: seen,
            side,
            values,
            paths,
            marks,
            share,
            is_log,
            is_3d: view.probe.surface.is_3d,
            turn: view.probe.surface.turn,
            tilt: view.probe.surface.tilt,
        };
        Panel { id: "surface".into(), note, summary, figure: Figure::Surface(figure) }
    }

    /// The part of the plane that is seen: the one of before as long as the way lies in it, so that nothing jumps.
    fn seen(&self, plane: &Arc<Plane>, places: &[[f32; 2]], fitted: [f32; 4]) -> [f32; 4] {
        let before = self.surface.as_ref().filter(|surface| Arc::ptr_eq(surface.plane(), plane));
        let Some([left, right, bottom, top]) = before.map(Surface::view) else { return fitted };
        let is_within =
            |place: &&[f32; 2]| (left..=right).contains(&place[0]) && (bottom..=top).contains(&place[1]);
        let is_lost = |place: &&[f32; 2]| !place[0].is_finite() || !place[1].is_finite();
        if places.iter().filter(|place| !is_lost(place)).all(|place| is_within(&place))
            || fitted == [left, right, bottom, top]
        {
            [left, right, bottom, top]
        } else {
            fitted
        }
    }

    fn work(&mut self, run: &Run, plane: &Arc<Plane>, view: [f32; 4]) {
        let is_this = |surface: &Surface| Arc::ptr_eq(surface.plane(), plane) && surface.view() == view;
        if !self.surface.as_ref().is_some_and(is_this) {
            self.surface = Some(Surface::new(run, Arc::clone(plane), view, SIDE));
        }
        if let Some(surface) = &mut self.surface {
            surface.step(ITEMS_PER_LOOK);
        }
    }
}
