//! Points of the visitor's own: set on the plane by pointer or by numbers, moved, and taken out, while the run
//! goes on. Until there are enough to train on they are a draft over the plane.

use super::legend::shape_of;
use super::page::{Drawn, Page};
use super::running::refusal;
use crate::data::DataConfig;
use crate::data::points::{LARGEST_VIEW, MAX_POINTS, MIN_POINTS, Point, view_of};
use crate::labs::Figure;
use crate::labs::format::count;
use crate::plot;
use leptos::ev;
use leptos::prelude::*;
use web_sys::{HtmlElement, PointerEvent};

/// How near the pointer must be to a point to mean it, in CSS pixels.
const REACH: f64 = 9.0;
const REACH_OF_A_FINGER: f64 = 18.0;
/// Classes at most.
const CLASSES: usize = 10;

/// What the pointer does on the plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tool {
    /// Sets points of a class, or for regression of a value.
    Set(f32),
    Erase,
}

/// Points while they are set.
#[derive(Clone, Copy)]
pub struct Setting {
    /// Too few to train on so far.
    pub draft: RwSignal<Option<Vec<Point>>>,
    pub tool: RwSignal<Tool>,
    /// The point that is dragged, and where it is.
    drag: RwSignal<Option<(usize, [f32; 2])>>,
    /// Those that the eraser went over since it was pressed down, while it is.
    rubbed: RwSignal<Option<Vec<usize>>>,
}

impl Setting {
    pub fn new() -> Self {
        Self {
            draft: RwSignal::new(None),
            tool: RwSignal::new(Tool::Set(0.0)),
            drag: RwSignal::new(None),
            rubbed: RwSignal::new(None),
        }
    }
}

fn rounded(value: f32) -> f32 {
    (value * 100.0).round() / 100.0
}

impl Page {
    /// Whether points are set on the plane now.
    fn sets_points(self) -> bool {
        self.own().points.draft.with(Option::is_some)
            || self.current.with(|experiment| !experiment.data.points.is_empty())
    }

    /// The points that are set so far.
    fn points(self) -> Vec<Point> {
        let draft = self.own().points.draft.get();
        draft.unwrap_or_else(|| self.current.with(|experiment| experiment.data.points.clone()))
    }

    /// Number of classes that points are of; 0 for regression.
    fn point_classes(self) -> usize {
        self.current.with(|experiment| experiment.data.classes().unwrap_or(2))
    }

    /// Begins with no point, or with those of the plane that is shown.
    fn start_points(self, from_shown: bool) {
        let own = self.own().points;
        own.tool.set(Tool::Set(0.0));
        self.notice.set(None);
        if !from_shown {
            return own.draft.set(Some(Vec::new()));
        }
        let Some(drawn) = self.figure("boundary").get_untracked() else { return };
        let Figure::Plane(plane) = &drawn.0.figure else { return };
        let items = drawn.1.at(plane.points).as_chunks::<4>().0;
        let is_seen = |item: &&[f32; 4]| item[..2].iter().all(|place| place.abs() <= LARGEST_VIEW);
        let is_regression = plane.classes.is_empty();
        let point = |&[x, y, label, _]: &[f32; 4]| {
            [rounded(x), rounded(y), if is_regression { rounded(label.clamp(-1.0, 1.0)) } else { label }]
        };
        let of = |is_test: bool| {
            let chosen = items.iter().filter(|item| (item[3] != 0.0) == is_test).filter(is_seen);
            chosen.map(point).collect::<std::collections::VecDeque<Point>>()
        };
        let (mut train, mut test) = (of(false), of(true));
        let left_out = items.len() - train.len() - test.len();
        let config = self.points_config(Vec::new());
        let mut points = Vec::new();
        // Those of the test come to places of the test.
        while let Some(point) = {
            let (first, other) = if config.is_for_test(points.len()) {
                (&mut test, &mut train)
            } else {
                (&mut train, &mut test)
            };
            first.pop_front().or_else(|| other.pop_front())
        } {
            points.push(point);
        }
        points.truncate(MAX_POINTS);
        own.draft.set(Some(Vec::new()));
        self.set_points(points);
        if left_out > 0 {
            let said = format!("{left_out} points lie further out than {LARGEST_VIEW} and were left out.");
            self.notice.set(Some(said));
        }
    }

    fn points_config(self, points: Vec<Point>) -> DataConfig {
        let now = self.current.with_untracked(|experiment| experiment.data.clone());
        let classes = untrack(|| self.point_classes());
        DataConfig {
            samples: points.len(),
            test_fraction: now.test_fraction,
            classes: Some(classes).filter(|&classes| classes != 2),
            features: now.features,
            points,
            ..DataConfig::named("points")
        }
    }

    /// Takes other points: the run goes on with them, or begins once there are enough.
    fn set_points(self, points: Vec<Point>) {
        let own = self.own().points;
        if own.draft.with_untracked(Option::is_some) {
            let mut config = self.points_config(points.clone());
            let largest = points.iter().fold(0.0_f32, |most, point| most.max(point[2])) as usize;
            if let Some(classes) = config.classes().ok().filter(|&classes| classes > 0) {
                config.classes = Some(classes.max(largest + 1)).filter(|&classes| classes != 2);
            }
            if config.validate().is_err() {
                return own.draft.set(Some(points));
            }
            let value = serde_json::to_value(config).expect("settings are plain data");
            return match self.lab().change(&self.current.get_untracked(), "data", &value) {
                Ok(experiment) => {
                    own.draft.set(None);
                    self.begin("data", experiment);
                }
                Err(error) => self.notice.set(Some(refusal(&error))),
            };
        }
        let value = serde_json::to_value(points).expect("numbers are plain data");
        let is_new = self.progress.with_untracked(|progress| progress.step == 0);
        if !is_new {
            return self.set("data.points", &value);
        }
        // Before the first step there is nothing to go on with.
        match self.lab().change(&self.current.get_untracked(), "data.points", &value) {
            Ok(experiment) => {
                self.notice.set(None);
                self.begin("data.points", experiment);
            }
            Err(error) => self.notice.set(Some(refusal(&error))),
        }
    }

    fn add_point(self, [x, y]: [f32; 2], label: f32) {
        let mut points = untrack(|| self.points());
        if points.len() >= MAX_POINTS {
            return self.notice.set(Some(format!("There are {MAX_POINTS} points, which are the most.")));
        }
        points.push([rounded(x), rounded(y), label]);
        self.set_points(points);
    }

    fn move_point(self, index: usize, [x, y]: [f32; 2]) {
        let mut points = untrack(|| self.points());
        if let Some(point) = points.get_mut(index) {
            [point[0], point[1]] = [rounded(x), rounded(y)];
            self.set_points(points);
        }
    }

    /// One after another, the last first: a run goes on where one point less is a change of it.
    fn erase_points(self, erased: &[usize]) {
        let mut points = untrack(|| self.points());
        let mut erased: Vec<usize> = erased.iter().copied().filter(|&index| index < points.len()).collect();
        erased.sort_unstable();
        for index in erased.into_iter().rev() {
            points.remove(index);
            self.set_points(points.clone());
        }
    }
}

/// What begins the setting of points.
#[component]
pub fn OwnPoints(page: Page) -> impl IntoView {
    let start = move |from_shown: bool| {
        page.start_points(from_shown);
        super::browser::bring_to_sight("[data-testid=boundary]");
    };
    view! {
        <h2 class="h-small own__head">"Points by hand"</h2>
        <div class="own__add">
            <button class="btn btn--line" data-testid="points-shown" on:click=move |_| start(true)>"Start from those shown"</button>
            <button class="btn btn--line" data-testid="points-empty" on:click=move |_| start(false)>"Start empty"</button>
        </div>
        <p class="hint">"Set them on the plane with mouse, finger or keys. They stand in the link."</p>
    }
}

/// Where on the plane an event of the overlay is, as shares of its side.
fn place(event: &PointerEvent, side: f64, view: f32) -> [f32; 2] {
    let share = |offset: i32| (f64::from(offset) / side.max(1.0)).clamp(0.0, 1.0) as f32;
    let [x, y] = [share(event.offset_x()), share(event.offset_y())];
    [view * (2.0 * x - 1.0), view * (1.0 - 2.0 * y)]
}

/// The point that is meant at a place: the nearest within reach, but for those that are rubbed out.
fn nearest(points: &[Point], rubbed: &[usize], [x, y]: [f32; 2], reach: f64) -> Option<usize> {
    let left = points.iter().enumerate().filter(|(index, _)| !rubbed.contains(index));
    let distances = left.map(|(index, point)| (index, f64::from((point[0] - x).hypot(point[1] - y))));
    let nearest = distances.min_by(|a, b| a.1.total_cmp(&b.1))?;
    (nearest.1 <= reach).then_some(nearest.0)
}

/// Takes the pointer over the plane while points are set, and shows what is not trained on yet.
#[component]
pub fn Overlay(
    page: Page,
    #[prop(into)] drawn: Signal<Option<Drawn>>,
    size: RwSignal<(f64, f64)>,
) -> impl IntoView {
    let is_plane =
        Memo::new(move |_| drawn.with(|drawn| drawn.as_ref().is_some_and(|drawn| drawn.0.id == "boundary")));
    let own = page.own().points;
    let square = Memo::new(move |_| {
        drawn.with(|drawn| match drawn.as_ref().map(|drawn| &drawn.0.figure) {
            Some(Figure::Plane(plane)) => Some((plot::plane_square(plane, size.get()), plane.extent)),
            _ => None,
        })
    });
    let is_draft = Memo::new(move |_| own.draft.with(Option::is_some));
    let view = move || {
        if is_draft.get() { view_of(&page.points()) } else { square.get().map_or(1.0, |(_, extent)| extent) }
    };
    let width = move || square.get().map_or(0.0, |((_, _, width), _)| width);
    let at = move |event: &PointerEvent| untrack(|| place(event, width(), view()));
    let meant = move |event: &PointerEvent| {
        let reach = if event.pointer_type() == "mouse" { REACH } else { REACH_OF_A_FINGER };
        let reach = reach * untrack(|| 2.0 * f64::from(view()) / width().max(1.0));
        let rubbed = own.rubbed.get_untracked().unwrap_or_default();
        nearest(&untrack(|| page.points()), &rubbed, at(event), reach)
    };
    let on_down = move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        event.prevent_default();
        let capture = || event_target::<HtmlElement>(&event).set_pointer_capture(event.pointer_id());
        match (own.tool.get_untracked(), meant(&event)) {
            (Tool::Erase, index) => {
                let _ = capture();
                if own.rubbed.with_untracked(Option::is_none) {
                    own.rubbed.set(Some(index.into_iter().collect())); // else of another finger
                }
            }
            (Tool::Set(_), Some(index)) => {
                let _ = capture();
                let points = untrack(|| page.points());
                own.drag.set(Some((index, [points[index][0], points[index][1]])));
            }
            (Tool::Set(label), None) => page.add_point(at(&event), label),
        }
    };
    let on_move = move |event: PointerEvent| {
        if let Some((index, _)) = own.drag.get_untracked() {
            own.drag.set(Some((index, at(&event))));
        }
        if own.rubbed.with_untracked(Option::is_some)
            && let Some(index) = meant(&event)
        {
            own.rubbed.update(|rubbed| rubbed.get_or_insert_default().push(index));
        }
    };
    let on_up = move |_: PointerEvent| {
        // What the eraser went over goes once it is lifted, so that the places of the others stay until then.
        if let Some(rubbed) = own.rubbed.get_untracked() {
            own.rubbed.set(None);
            page.erase_points(&rubbed);
        }
        if let Some((index, to)) = own.drag.get_untracked() {
            own.drag.set(None);
            let from = untrack(|| page.points()).get(index).map(|point| [point[0], point[1]]);
            if from.is_some_and(|from| from != to.map(rounded)) {
                page.move_point(index, to);
            }
        }
    };
    let on_cancel = move |_: PointerEvent| {
        own.drag.set(None);
        own.rubbed.set(None);
    };
    let mark = move |[x, y, label]: Point, class: &'static str| {
        let (view, width) = (view(), width());
        let left = width * f64::from(0.5 + x / view / 2.0);
        let top = width * f64::from(0.5 - y / view / 2.0);
        let classes = page.point_classes();
        let (color, shape) = mark_of(label, classes);
        view! { <svg class=class viewBox="-5 -5 10 10" aria-hidden="true" style=format!("left: {left}px; top: {top}px; fill: var({color})")>{shape_of(shape)}</svg> }
    };
    let marks = move || {
        let draft = own.draft.get().unwrap_or_default();
        let dragged = own.drag.get();
        let ghost =
            dragged.and_then(|(index, [x, y])| page.points().get(index).map(|point| [x, y, point[2]]));
        let marks = draft.into_iter().map(|point| mark(point, "mark")).collect_view();
        let rubbed =
            own.rubbed.get().into_iter().flatten().filter_map(|index| page.points().get(index).copied());
        let rubbed = rubbed.map(|point| mark(point, "mark is-rubbed")).collect_view();
        view! { {marks}{rubbed}{ghost.map(|ghost| mark(ghost, "mark is-ghost"))} }
    };
    let style = move || {
        square.get().map_or_else(String::new, |((left, top, side), _)| {
            format!("left: {left}px; top: {top}px; width: {side}px; height: {side}px")
        })
    };
    // Made once, not with each point: what a press began on must be there when it ends.
    let is_on = Memo::new(move |_| is_plane.get() && page.sets_points());
    move || {
        is_on.get().then(|| view! {
            <div class="points" class:is-draft=move || is_draft.get() data-testid="points" style=style
                on:pointerdown=on_down on:pointermove=on_move on:pointerup=on_up on:pointercancel=on_cancel>{marks}</div>
        })
    }
}

/// Colour and marker of a label, as the plane has them.
fn mark_of(label: f32, classes: usize) -> (String, usize) {
    match classes {
        0 => (format!("--div-{}", (4.0 + 4.0 * label.clamp(-1.0, 1.0)).round()), 0),
        2 if label < 2.0 => (format!("--div-{}", 8 * label as usize), 0),
        _ => (format!("--cls-{label}"), label as usize),
    }
}

/// What is set on the plane, and the same by numbers.
#[component]
pub fn Tools(page: Page, #[prop(into)] drawn: Signal<Option<Drawn>>) -> impl IntoView {
    let is_plane =
        Memo::new(move |_| drawn.with(|drawn| drawn.as_ref().is_some_and(|drawn| drawn.0.id == "boundary")));
    let is_on = Memo::new(move |_| is_plane.get() && page.sets_points());
    move || is_on.get().then(|| view! { <Palette page=page /><Numbers page=page /> })
}

#[component]
fn Palette(page: Page) -> impl IntoView {
    let own = page.own().points;
    let classes = Memo::new(move |_| page.point_classes());
    let chips = move || {
        let classes = classes.get();
        // One more than there are, which begins a run of a larger network.
        (0..(classes + 1).min(CLASSES)).map(|class| {
            let (color, shape) = mark_of(class as f32, classes.max(if class >= classes { class + 1 } else { 0 }));
            let is_new = class == classes;
            let title = if is_new { "A class more: starts a new run" } else { "Set points of this class" };
            let is_chosen = move || own.tool.get() == Tool::Set(class as f32);
            view! {
                <label title=title>
                    <input type="radio" name="point-tool" prop:checked=is_chosen on:change=move |_| own.tool.set(Tool::Set(class as f32)) />
                    <span><svg class="mark" viewBox="-5 -5 10 10" aria-hidden="true" style=format!("fill: var({color})")>{shape_of(shape)}</svg>{class}{is_new.then_some("\u{a0}↺")}</span>
                </label>
            }
        }).collect_view()
    };
    let value = move || match own.tool.get() {
        Tool::Set(label) => label,
        Tool::Erase => 0.0,
    };
    let slider = move || {
        view! {
            <label class="inline">"value" <input type="range" min="-1" max="1" step="0.1" prop:value=move || value().to_string()
                on:input=move |event| own.tool.set(Tool::Set(event_target_value(&event).parse().unwrap_or(0.0))) /><output class="num">{value}</output></label>
        }
    };
    let state = move || {
        let many = page.points().len();
        let draft = own.draft.with(Option::is_some);
        let how = match own.tool.get() {
            Tool::Set(_) => "Click to add, drag to move.",
            Tool::Erase => "Click on points or drag over them to take them out.",
        };
        match many {
            _ if !draft => format!("{} points. {how}", count(many)),
            many if many < MIN_POINTS => {
                format!("{many} points so far; training takes {MIN_POINTS}. {how}")
            }
            _ => "All points are of one class: set some of another.".into(),
        }
    };
    view! {
        <div class="pick" data-testid="point-tools">
            <fieldset class="inline"><legend class="vh">"Set points of class"</legend>
                {move || if classes.get() == 0 { slider().into_any() } else { view! { <div class="seg">{chips}</div> }.into_any() }}
            </fieldset>
            <button class="btn btn--line" data-testid="eraser" aria-pressed=move || (own.tool.get() == Tool::Erase).to_string()
                on:click=move |_| own.tool.update(|tool| *tool = if *tool == Tool::Erase { Tool::Set(0.0) } else { Tool::Erase })>"Eraser"</button>
            {move || own.draft.with(Option::is_some).then(|| view! { <button class="btn" on:click=move |_| own.draft.set(None)>"Cancel"</button> })}
            <p class="hint" role="status" data-testid="points-state">{state}</p>
        </div>
    }
}

/// The twin of the pointer: a point by its numbers.
#[component]
fn Numbers(page: Page) -> impl IntoView {
    let own = page.own().points;
    let (x, y) = (RwSignal::new(String::from("0")), RwSignal::new(String::from("0")));
    let number = RwSignal::new(String::from("1"));
    let here = move || -> Option<[f32; 2]> {
        let read = |text: RwSignal<String>| text.get_untracked().trim().replace(',', ".").parse::<f32>().ok();
        let place = [read(x)?, read(y)?];
        place.iter().all(|value| value.is_finite()).then_some(place)
    };
    let with_place = move |act: &dyn Fn([f32; 2])| {
        match here() {
        Some(place) if place.iter().all(|value| value.abs() <= LARGEST_VIEW) => act(place),
        Some([x, y]) => page.notice.set(Some(format!(
            "That was not taken: the point {x}, {y} lies outside the view, which reaches to {LARGEST_VIEW}. Everything is as it was."
        ))),
        None => page.notice.set(Some("That was not taken: x and y must be numbers. Everything is as it was.".into())),
    }
    };
    let add = move || {
        let label = match own.tool.get_untracked() {
            Tool::Set(label) => label,
            Tool::Erase => 0.0,
        };
        with_place(&|place| page.add_point(place, label));
    };
    let chosen = move || -> Option<usize> {
        let index = number.get_untracked().trim().parse::<usize>().ok()?.checked_sub(1)?;
        (index < untrack(|| page.points()).len()).then_some(index)
    };
    let with_point = move |act: &dyn Fn(usize)| {
        if let Some(index) = chosen() {
            return act(index);
        }
        let many = untrack(|| page.points()).len();
        page.notice.set(Some(format!("There is no such point: they are numbered from 1 to {many}.")));
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            add();
        }
    };
    // The number of a point that is chosen shows where it is.
    let on_number = move |event: ev::Event| {
        number.set(event_target_value(&event));
        if let Some(point) = chosen().and_then(|index| untrack(|| page.points()).get(index).copied()) {
            x.set(point[0].to_string());
            y.set(point[1].to_string());
        }
    };
    let field = move |label: &'static str, text: RwSignal<String>| {
        view! {
            <label class="inline">{label} <input class="num" inputmode="decimal" aria-label=format!("{label} of the point") prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event)) on:keydown=on_key /></label>
        }
    };
    view! {
        <div class="pick" data-testid="point-numbers">
            {field("x", x)}{field("y", y)}
            <button class="btn btn--line" data-testid="add-point" on:click=move |_| add()>"Add"</button>
            <label class="inline">"point" <input class="num" type="number" min="1" aria-label="Number of a point" prop:value=move || number.get() on:input=on_number /></label>
            <button class="btn btn--line" data-testid="move-point" on:click=move |_| with_point(&|index| with_place(&|place| page.move_point(index, place)))>"Move to x, y"</button>
            <button class="btn btn--line" data-testid="erase-point" on:click=move |_| with_point(&|index| page.erase_points(&[index]))>"Erase"</button>
        </div>
    }
}
