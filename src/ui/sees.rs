//! What the network sees of the pad: the picture it reads, and the stages that lead to it, each of
//! which can be switched off to see why it matters.

use super::page::Page;
use super::receptive::OnPicture;
use super::{canvas, nudge};
use crate::data::SIDE;
use crate::data::digits::{Preparation, Prepared};
use crate::labs::format::count;
use crate::plot;
use leptos::html;
use leptos::prelude::*;

/// A stage: its name, what it does, and where its switch is.
type Stage = (&'static str, &'static str, fn(&mut Preparation) -> &mut bool);

const STAGES: [Stage; 6] = [
    ("Smooth", "takes the tremor out of the strokes", |p| &mut p.smooth),
    ("Upright", "takes the slant out", |p| &mut p.deskew),
    ("Even ink", "as thick for its digit as in the training pictures", |p| &mut p.thickness),
    ("Crop", "cut out and scaled to 20 by 20 pixels", |p| &mut p.crop),
    ("Centre", "centre of mass in the middle", |p| &mut p.centre),
    ("Soft edges", "grey where ink covers a part of a pixel", |p| &mut p.antialias),
];

/// Longer side of the picture as it is shown, in CSS pixels.
const SHOWN: f32 = 84.0;

/// Height and width at which a picture is shown.
fn sides([height, width]: [usize; 2]) -> [f32; 2] {
    let longer = height.max(width).max(1) as f32;
    [height, width].map(|side| (SHOWN * side as f32 / longer).max(1.0))
}

#[component]
pub fn Sees(page: Page) -> impl IntoView {
    let element = NodeRef::<html::Canvas>::new();
    let prepared: Memo<Prepared> = page.prepared;
    let size = Memo::new(move |_| page.input_size());
    let seen = Memo::new(move |_| {
        let [_, width] = size.get();
        page.nudge.get().apply(&page.picture(), width)
    });
    Effect::new(move |_| {
        page.theme.track();
        let Some(element) = element.get() else { return };
        let drawn = sides(size.get()).map(f64::from);
        seen.with(|picture| {
            // A picture that cannot be drawn leaves its words to speak.
            let _ = canvas::draw_on(&element, (drawn[1], drawn[0]), |area, style| {
                plot::picture(area, picture, size.get_untracked(), style)
            });
        });
    });
    let words = move || {
        let inked = seen.with(|picture| picture.iter().filter(|grey| **grey > 0.0).count());
        let nudged = page.nudge.with(nudge::words).map_or_else(String::new, |words| format!(" {words}"));
        let [height, width] = size.get();
        let pixels = count(height * width);
        format!(
            "The {height} by {width} picture that the network reads; {inked} of its {pixels} pixels have ink.{nudged}"
        )
    };
    let photo_words = move || {
        page.sheet.with(|sheet| {
            let photo = sheet.photo()?;
            Some(match (photo.is_prepared(), photo.is_inverted) {
                (true, _) => " It is a test picture, as it is.",
                (_, true) => " Dark was taken for ink.",
                (_, false) => " Light was taken for ink.",
            })
        })
    };
    let size_words = move || {
        let [height, width] = size.get();
        let is_as_it_is = page
            .sheet
            .with(|sheet| sheet.photo().is_some_and(|photo| photo.as_prepared([height, width]).is_some()));
        ([height, width] != [SIDE; 2] && !is_as_it_is)
            .then(|| format!(" It was prepared as {SIDE} by {SIDE} and made {height} by {width}."))
    };
    let moved = move || {
        let [height, width] = size.get();
        let greys = format!("{} grey values", count(height * width));
        prepared.with(|prepared| match (prepared.bounds, prepared.shift) {
            (None, _) => format!("{greys}, all paper."),
            (_, [0, 0]) if page.sheet.with(|sheet| sheet.preparation.centre) => {
                format!("{greys}; their mass was in the centre already.")
            }
            (_, [0, 0]) => format!("{greys}, not centred."),
            (_, [right, down]) => {
                let signed = |pixels: i32| pixels.to_string().replace('-', "−");
                format!(
                    "{greys}; shifted by {} and {} pixels to centre its mass.",
                    signed(right),
                    signed(down)
                )
            }
        })
    };
    let shape = move || {
        let [height, width] = sides(size.get());
        format!("width: {width}px; height: {height}px")
    };
    let stages = STAGES.map(|(name, what, switch)| {
        let is_on = move || page.sheet.with(|sheet| *switch(&mut sheet.preparation.clone()));
        let toggle = move |_| {
            page.sheet.update(|sheet| {
                let on = switch(&mut sheet.preparation);
                *on = !*on;
            });
            page.refresh();
        };
        view! { <label class="check" title=what><input type="checkbox" prop:checked=is_on on:change=toggle />{name}</label> }
    });
    view! {
        <div class="sees">
            <div class="sees__picture"><canvas node_ref=element class="pix" role="img" aria-label=words style=shape></canvas><OnPicture page=page /></div>
            <p class="hint"><b>"What the network sees"</b><br />{move || page.nudge.with(nudge::words).unwrap_or_else(moved)}{photo_words}{size_words}</p>
        </div>
        <details class="fold stages">
            <summary>"How it gets there"<span>"6 stages"</span></summary>
            <div class="stages__row">{stages}</div>
        </details>
    }
}
