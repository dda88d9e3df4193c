//! A slice of the loss surface with the way that a lane took, and that of the others over it: of a test function all of
//! it, of a network a plane through weight space. It is worked out a part at each look, while the run may go on.

mod shown;

use super::controls;
use crate::labs::format::{count, percent, significant};
use crate::labs::{Figure, Numbers, OtherWay, Panel, Span, SurfaceFigure, SurfaceMark, SurfacePath, View};
use crate::nn::layers::Function;
use crate::train::Run;
use crate::train::surface::{Directions, MAX_SNAPSHOTS, Path, Plane, Surface, Weights};
use shown::Shown;
use std::cell::RefCell;
use std::rc::Rc;

/// Places of a way on a test function; of the first half each step is kept, so that a zigzag is seen as one.
const PLACES: usize = 1024;

/// See the module. A copy has a way of its own, which is of the run, and shares what was worked out to be seen.
#[derive(Clone)]
pub(super) struct Slice {
    path: Path,
    /// Whether the way is known from the first step on.
    is_whole: bool,
    shown: Rc<RefCell<Shown>>,
}

impl Slice {
    /// Begins with the weights of now.
    pub(super) fn new(run: &Run) -> Self {
        Self { path: begun(run), is_whole: run.steps() == 0, shown: Rc::default() }
    }

    /// The way so far.
    pub(super) fn way(&self, run: &Run) -> Vec<Weights> {
        self.path.up_to(&run.network().weights)
    }

    /// Takes the ways of other lanes.
    pub(super) fn take_ways(&mut self, own: usize, others: Vec<OtherWay>) {
        self.shown.borrow_mut().take_ways(own, others);
    }

    /// Takes in a step that was made.
    pub(super) fn after_step(&mut self, run: &Run) {
        self.path.push(&run.network().weights);
    }

    /// Takes in a change of settings: with layers that come or go, a way through another space begins.
    pub(super) fn after_edit(&mut self, run: &Run) {
        let weights = &run.network().weights;
        if self.path.snapshots().first().is_some_and(|first| first.len() != weights.len()) {
            (self.path, self.is_whole) = (begun(run), false);
        }
    }

    /// Bytes that a copy adds.
    pub(super) fn bytes(&self) -> usize {
        // Copies share what they keep; the next may hold one more.
        let snapshots = self.path.snapshots();
        snapshots.first().map_or(0, |weights| size_of_val(&**weights)) + size_of_val(snapshots)
    }

    /// Whether there is more to be worked out for this lane.
    pub(super) fn is_at_work(&self) -> bool {
        self.shown.borrow().is_at_work()
    }

    /// The figure "surface".
    pub(super) fn panel(
        &mut self,
        run: &Run,
        view: &View,
        loss: Option<f32>,
        numbers: &mut Numbers,
    ) -> Panel {
        let mut shown = self.shown.borrow_mut();
        shown.settle(run);
        shown.is_wanted = view.is_selected;
        let way = self.way(run);
        let first = self.path.snapshots().first().filter(|_| self.is_whole);
        let plane = shown.plane(run, view, &way, first);
        let function = controls::function_of(run.current());
        let is_of_ways = matches!(plane.kind, Directions::Components(_));
        let others = if is_of_ways { shown.others.clone() } else { Vec::new() };
        let ways: Vec<&[Weights]> = std::iter::once(way.as_slice())
            .chain(others.iter().map(|other| other.snapshots.as_slice()))
            .collect();
        let of_ways = shown.places(&plane, &ways);
        let seen = match function {
            Some(function) => around(function.view(), way[0].as_ref()),
            None => shown.seen(&plane, &of_ways, || plane.view(&ways)),
        };
        let places = &of_ways[0];
        if view.is_selected {
            shown.work(run, &plane, seen);
        }
        let values = shown.surface.as_ref().map_or_else(Vec::new, Surface::values);
        let side = shown.surface.as_ref().map_or(0, Surface::side);
        let share = shown.surface.as_ref().map_or(0.0, Surface::share);
        let axes = axes_of(&plane);
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
        let marks = marks(places.first(), function.and_then(Function::minimum));
        let is_log = lowest.is_some_and(|lowest| lowest >= 0.0);
        let note = note(&plane, view.probe.surface.by_path, last);
        let mut paths = vec![SurfacePath {
            lane: if others.is_empty() { 0 } else { shown.own_lane },
            label: controls::short_name(run.current()),
            places: numbers.add(places.iter().copied().flatten()),
            loss: loss.unwrap_or(f32::NAN),
        }];
        paths.extend(others.iter().zip(&of_ways[1..]).map(|(other, places)| SurfacePath {
            lane: other.lane,
            label: other.label.clone(),
            places: numbers.add(places.iter().copied().flatten()),
            loss: f32::NAN,
        }));
        paths.sort_by_key(|path| path.lane);
        let values = if values.is_empty() { Span::default() } else { numbers.add(values) };
        let figure = SurfaceFigure {
            plane: shown.id(&plane),
            axes,
            has_starts: function.is_some(),
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
}

/// What stands across and upwards.
fn axes_of(plane: &Plane) -> [String; 2] {
    match plane.kind {
        Directions::Random => ["random direction 1", "random direction 2"].map(String::from),
        Directions::Axes => ["x", "y"].map(String::from),
        Directions::Components(shares) => [0, 1]
            .map(|axis| format!("principal component {} ({})", axis + 1, percent(f64::from(shares[axis])))),
    }
}

/// Where the ways begin, and where the surface is lowest, if that is known.
fn marks(start: Option<&[f32; 2]>, minimum: Option<[f32; 2]>) -> Vec<SurfaceMark> {
    let start = start.map(|at| SurfaceMark { at: *at, label: "start".into(), is_start: true });
    let minimum = minimum.map(|at| SurfaceMark { at, label: "minimum".into(), is_start: false });
    start.into_iter().chain(minimum).collect()
}

/// What there is to know of the plane beside the title, which holds a share of the way.
fn note(plane: &Plane, by_path: bool, share: f32) -> String {
    match plane.kind {
        Directions::Random if by_path => "random directions, until there are paths".into(),
        Directions::Random => format!("holds {} of this path", percent(f64::from(share))),
        Directions::Axes | Directions::Components(_) => String::new(),
    }
}

/// What is seen of a test function: what is worth seeing, and where the way begins. A way may leave it.
fn around([left, right, bottom, top]: [f32; 4], start: &[f32]) -> [f32; 4] {
    /// Room about the start, as a share of the view.
    const ROOM: f32 = 0.05;
    let (x, y) = (ROOM * (right - left), ROOM * (top - bottom));
    let [at_x, at_y] = [start[0], start[1]];
    [left.min(at_x - x), right.max(at_x + x), bottom.min(at_y - y), top.max(at_y + y)]
}

/// A way that begins here.
fn begun(run: &Run) -> Path {
    let weights = run.network().weights.len();
    let mut path = match Plane::axes(run.network()) {
        Some(_) => Path::of_at_most(PLACES, weights).with_its_beginning(),
        None => Path::of_at_most(MAX_SNAPSHOTS, weights),
    };
    path.push(&run.network().weights);
    path
}
