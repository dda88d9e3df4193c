//! What the network sees of the pad: the picture it reads, and the stages that lead to it, each of
//! which can be switched off to see why it matters.

use super::page::Page;
use super::receptive::OnPicture;
use super::{canvas, nudge};
use crate::data::digits::{Preparation, Prepared, SIDE};
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

#[component]
pub fn Sees(page: Page) -> impl IntoView {
    let element = NodeRef::<html::Canvas>::new();
    let prepared: Memo<Prepared> = page.prepared;
    let seen = Memo::new(move |_| {
        let nudge = page.nudge.get();
        prepared.with(|prepared| nudge.apply(&prepared.image, SIDE))
    });
    Effect::new(move |_| {
        page.theme.track();
        let Some(element) = element.get() else { return };
        let side = f64::from(element.client_width());
        seen.with(|picture| {
            // A picture that cannot be drawn leaves its words to speak.
            let _ = canvas::draw_on(&element, (side, side), |area, style| {
                plot::picture(area, picture, SIDE, style)
            });
        });
    });
    let words = move || {
        let inked = seen.with(|picture| picture.iter().filter(|grey| **grey > 0.0).count());
        let nudged = page.nudge.with(nudge::words).map_or_else(String::new, |words| format!(" {words}"));
        format!("The 28 by 28 picture that the network reads; {inked} of its 784 pixels have ink.{nudged}")
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
        page.current.track();
        let [height, width] = page.input_size();
        ([height, width] != [SIDE; 2]).then(|| format!(" This network takes it made {height} by {width}."))
    };
    let moved = move || {
        prepared.with(|prepared| match (prepared.bounds, prepared.shift) {
            (None, _) => "784 grey values, all paper.".to_owned(),
            (_, [0, 0]) if page.sheet.with(|sheet| sheet.preparation.centre) => {
                "784 grey values; their mass was in the centre already.".into()
            }
            (_, [0, 0]) => "784 grey values, not centred.".into(),
            (_, [right, down]) => {
                let signed = |pixels: i32| pixels.to_string().replace('-', "−");
                format!(
                    "784 grey values; shifted by {} and {} pixels to centre its mass.",
                    signed(right),
                    signed(down)
                )
            }
        })
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
            <div class="sees__picture"><canvas node_ref=element class="pix" role="img" aria-label=words></canvas><OnPicture page=page /></div>
            <p class="hint"><b>"What the network sees"</b><br />{move || page.nudge.with(nudge::words).unwrap_or_else(moved)}{photo_words}{size_words}</p>
        </div>
        <details class="fold stages">
            <summary>"How it gets there"<span>"6 stages"</span></summary>
            <div class="stages__row">{stages}</div>
        </details>
    }
}
