//! What of an item is held fast while the rest is dreamt: a half, its ink, its label, or any pixels, marked on the picture by
//! pointer, by touch or by keys, or by numbers beneath it.

use super::page::{Drawn, Page};
use crate::data::Targets;
use crate::labs::{Figure, Half, HeldPixels, Patch, TwoLayers};
use crate::plot;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

/// The figure, the picture that goes up in it, and the size of that.
fn picture(drawn: &Drawn) -> Option<(&TwoLayers, &[f32], [usize; 2])> {
    match &drawn.0.figure {
        Figure::TwoLayers(figure) => Some((figure, drawn.1.at(figure.given), [figure.height, figure.width])),
        _ => None,
    }
}

/// Marks pixels from where the pointer was pressed to where it is; whether it was pressed on the picture.
pub fn drag(page: Page, drawn: &Drawn, size: (f64, f64), at: (f64, f64)) -> bool {
    let Some((figure, given, pixels)) = picture(drawn) else { return false };
    if page.is_drawing.get_untracked() {
        let to = plot::visible_pixel_near(figure, size, at);
        page.look_for(|probe| {
            if let Some(marked) = &mut probe.held.marked {
                marked.to = to;
            }
        });
        return true;
    }
    let Some(from) = plot::visible_pixel_at(figure, size, at) else { return false };
    choose(page, Patch { from, to: from }, given, pixels);
    true
}

/// Marks a patch; what is held stays, and from now on is what was chosen.
fn choose(page: Page, marked: Patch, given: &[f32], size: [usize; 2]) {
    page.look_for(|probe| {
        let at = Patch { from: marked.from, to: marked.from };
        let held = &mut probe.held;
        held.pixels = held.pixels.with(at, is_held(&held.pixels, marked, given, size), given, size);
        held.marked = Some(marked);
    });
}

/// Whether the corner of a patch at which it begins is held.
fn is_held(pixels: &HeldPixels, marked: Patch, given: &[f32], size: [usize; 2]) -> bool {
    let place = marked.from[0].min(size[0].saturating_sub(1)) * size[1] + marked.from[1];
    pixels.of(given, size).get(place) == Some(&1.0)
}

/// Holds what is marked, or lets go of it where it begins with a pixel that is held.
pub fn take_marked(page: Page, drawn: Option<&Drawn>) {
    let Some((_, given, size)) = drawn.and_then(picture) else { return };
    let holds = page.probe.with_untracked(|probe| {
        probe.held.marked.map(|marked| !is_held(&probe.held.pixels, marked, given, size))
    });
    if let Some(holds) = holds {
        set_marked(page, holds, given, size);
    }
}

fn set_marked(page: Page, holds: bool, given: &[f32], size: [usize; 2]) {
    page.look_for(|probe| {
        if let Some(marked) = probe.held.marked {
            probe.held.pixels = probe.held.pixels.with(marked, holds, given, size);
        }
    });
}

/// Arrows move what is marked, with Shift its second corner; space holds it or lets it go. Whether the key was one of them.
pub fn key(page: Page, drawn: &Drawn, event: &KeyboardEvent) -> bool {
    let Some((_, given, size)) = picture(drawn) else { return false };
    let by = match event.key().as_str() {
        "ArrowUp" => [-1, 0],
        "ArrowDown" => [1, 0],
        "ArrowLeft" => [0, -1],
        "ArrowRight" => [0, 1],
        " " => {
            take_marked(page, Some(drawn));
            return true;
        }
        _ => return false,
    };
    let marked = page.probe.with_untracked(|probe| probe.held.marked);
    let next = marked.map_or(Patch::middle_of(size), |marked| marked.moved(by, event.shift_key(), size));
    choose(page, next, given, size);
    true
}

/// What is held, as places in the row of choices.
fn place_of(pixels: &HeldPixels) -> usize {
    match pixels {
        HeldPixels::Nothing => 0,
        HeldPixels::Half(half) => 1 + Half::ALL.iter().position(|of| of == half).unwrap_or(0),
        HeldPixels::Ink => 1 + Half::ALL.len(),
        HeldPixels::Chosen(_) => 2 + Half::ALL.len(),
    }
}

#[component]
pub fn Hold(page: Page, drawn: Signal<Option<Drawn>>) -> impl IntoView {
    let now = Memo::new(move |_| page.probe.with(|probe| place_of(&probe.held.pixels)));
    let with_picture = move |change: &dyn Fn(&[f32], [usize; 2])| {
        drawn.with_untracked(|drawn| {
            if let Some((_, given, size)) = drawn.as_ref().and_then(picture) {
                change(given, size);
            }
        });
    };
    let choice = move |place: usize, label: &'static str, pixels: HeldPixels| {
        let on_change = move |_| match &pixels {
            HeldPixels::Chosen(_) => with_picture(&|given, size| {
                let marked = page.probe.with_untracked(|probe| probe.held.marked);
                choose(page, marked.unwrap_or(Patch::middle_of(size)), given, size);
            }),
            other => page.look_for(|probe| probe.held.pixels = other.clone()),
        };
        view! {
            <label><input type="radio" name="held" prop:checked=move || now.get() == place on:change=on_change /><span>{label}</span></label>
        }
    };
    let halves = Half::ALL.map(|half| {
        let pixels = HeldPixels::Half(half);
        choice(place_of(&pixels), half.label(), pixels)
    });
    let chosen = HeldPixels::Chosen(Vec::new());
    let is_chosen = Memo::new(move |_| now.get() == place_of(&HeldPixels::Chosen(Vec::new())));
    let take = move |holds: bool| with_picture(&|given, size| set_marked(page, holds, given, size));
    let marking = move || {
        if !is_chosen.get() {
            return view! { <p class="hint">"Drag over the picture to hold any of its pixels."</p> }
                .into_any();
        }
        view! {
            <Lines page=page drawn=drawn axis=0 name="row" label="Rows" />
            <Lines page=page drawn=drawn axis=1 name="column" label="Columns" />
            <button class="btn btn--line" data-testid="hold-marked" on:click=move |_| take(true)>"Hold"</button>
            <button class="btn btn--line" data-testid="let-go-marked" on:click=move |_| take(false)>"Let go"</button>
        }
        .into_any()
    };
    view! {
        <fieldset class="inline hold"><legend>"Hold"</legend>
            <div class="seg" data-testid="held">{choice(0, "Nothing", HeldPixels::Nothing)}{halves}
                {choice(place_of(&HeldPixels::Ink), "Ink", HeldPixels::Ink)}{choice(place_of(&chosen), "Chosen", chosen)}</div>
        </fieldset>
        <Label page=page />
        <div class="hold__marked num" class:is-chosen=is_chosen data-testid="marked">{marking}</div>
    }
}

/// The first and the last row or column of what is marked.
#[component]
fn Lines(
    page: Page,
    drawn: Signal<Option<Drawn>>,
    axis: usize,
    name: &'static str,
    label: &'static str,
) -> impl IntoView {
    let size = Memo::new(move |_| {
        drawn.with(|drawn| drawn.as_ref().and_then(picture).map_or([1, 1], |(.., size)| size))
    });
    let marked = move || page.probe.with(|probe| probe.held.marked);
    let ends = move || marked().unwrap_or(Patch::middle_of(size.get())).within(size.get())[axis];
    let field = move |end: usize, which: &'static str| {
        let on_change = move |event| {
            let Ok(wanted) = event_target_value(&event).parse::<usize>() else { return };
            let size = size.get_untracked();
            let mut all = untrack(marked).unwrap_or(Patch::middle_of(size)).within(size);
            all[axis][end] = wanted.min(size[axis] - 1);
            let [rows, columns] = all;
            let patch = Patch { from: [rows[0], columns[0]], to: [rows[1], columns[1]] };
            page.look_for(|probe| probe.held.marked = Some(patch));
        };
        view! {
            <input class="num" type="number" id=format!("{which}-{name}") aria-label=format!("{which} {name}") min="0"
                max=move || (size.get()[axis] - 1).to_string() prop:value=move || ends()[end].to_string() on:change=on_change />
        }
    };
    view! { <span class="inline"><span>{label}</span>{field(0, "first")}"–"{field(1, "last")}</span> }
}

/// The label that is held, where labels stand beside items.
#[component]
fn Label(page: Page) -> impl IntoView {
    let classes = Memo::new(move |_| {
        page.current.with(|now| match now.data.targets {
            Targets::Joint => now.data.classes().unwrap_or(0),
            _ => 0,
        })
    });
    let held = move || page.probe.with(|probe| probe.held.label);
    let on_change = move |event| {
        let label = event_target_value(&event).parse().ok();
        page.look_for(|probe| probe.held.label = label);
    };
    move || {
        let options = (0..classes.get()).map(|class| {
            view! { <option value=class.to_string() selected=move || held() == Some(class)>{class.to_string()}</option> }
        });
        let options = options.collect_view();
        (classes.get() > 0).then(|| view! {
            <label class="inline" for="held-label"><span>"Label"</span>
                <select class="quiet num" id="held-label" on:change=on_change><option value="" selected=move || held().is_none()>"free"</option>{options}</select></label>
        })
    }
}
