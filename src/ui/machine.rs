//! What a visitor does with a machine of two layers: rates films, follows an item, asks for another dream. What is held of
//! an item stands in `hold`.

use super::icons::{self, Icon};
use super::page::{Drawn, Page};
use super::{browser, hold};
use crate::labs::{Figure, Questions};
use leptos::prelude::*;
use std::time::Duration;

/// What can be done with a figure.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Questions,
    Held,
    Item,
}

/// Native controls beneath a figure of a machine.
#[component]
pub fn Under(page: Page, drawn: Signal<Option<Drawn>>) -> impl IntoView {
    let kind = Memo::new(move |_| {
        drawn.with(|drawn| match drawn.as_ref().map(|drawn| (&drawn.0.figure, drawn.0.id.as_str())) {
            Some((Figure::Questions(_), _)) => Some(Kind::Questions),
            Some((Figure::TwoLayers(_), _)) => Some(Kind::Held),
            Some((Figure::WordLists(_), "near")) => Some(Kind::Item),
            _ => None,
        })
    });
    move || {
        match kind.get() {
        Some(Kind::Questions) => view! { <Rates page=page drawn=drawn /> }.into_any(),
        Some(Kind::Held) => {
            view! { <div class="under"><Item page=page of="picture" /><hold::Hold page=page drawn=drawn /></div> }
                .into_any()
        }
        Some(Kind::Item) => {
            view! { <div class="under"><Item page=page of="document" /></div> }.into_any()
        }
        None => ().into_any(),
    }
    }
}

/// Beside the title: another dream, and no rating any more.
#[component]
pub fn Tools(page: Page, drawn: Signal<Option<Drawn>>) -> impl IntoView {
    let is_dream =
        Memo::new(move |_| drawn.with(|drawn| drawn.as_ref().is_some_and(|drawn| drawn.0.id == "dream")));
    let is_rated = Memo::new(move |_| {
        let asks = |drawn: &Drawn| matches!(drawn.0.figure, Figure::Questions(_));
        drawn.with(|drawn| drawn.as_ref().is_some_and(asks))
    });
    let has_rated = Memo::new(move |_| page.probe.with(|probe| !probe.ratings.is_empty()));
    view! {
        {move || is_dream.get().then(|| view! {
            <Dreaming page=page />
        })}
        {move || is_rated.get().then(|| view! {
            <button class="btn" data-testid="clear-ratings" disabled=move || !has_rated.get()
                on:click=move |_| page.look_for(|probe| probe.ratings.clear())>"Clear"</button>
        })}
    }
}

/// Another dream, and looking on at one, a step after another; where motion is not wanted, a step at each press.
#[component]
fn Dreaming(page: Page) -> impl IntoView {
    /// Time that a step stays.
    const STEP: Duration = Duration::from_millis(150);
    /// The first step looked at, behind the noise and what it came to, and the last of a chain.
    const STEPS: [usize; 2] = [7, 1000];
    let looks_on = RwSignal::new(false);
    let go_on = move || {
        let at = page.probe.with_untracked(|probe| probe.dream_step);
        let next = at.filter(|step| *step < STEPS[1]).map_or(STEPS[0], |step| step + 1);
        page.look_for(|probe| probe.dream_step = Some(next));
        next < STEPS[1]
    };
    let handle = set_interval_with_handle(
        move || {
            if looks_on.try_get_untracked() == Some(true) && !go_on() {
                looks_on.set(false);
            }
        },
        STEP,
    );
    on_cleanup(move || {
        if let Ok(handle) = &handle {
            handle.clear();
        }
    });
    let on_look = move |_| {
        let looked_on = looks_on.get_untracked();
        looks_on.set(!looked_on && go_on() && !browser::wants_little_motion());
    };
    let again = move |_| {
        looks_on.set(false);
        page.look_for(|probe| {
            probe.dreams += 1;
            probe.dream_step = None;
        });
    };
    let icon = Signal::derive(move || if looks_on.get() { icons::PAUSE } else { icons::PLAY });
    let words = move || if looks_on.get() { "Stop the dream" } else { "Look on while it dreams" };
    view! {
        <button class="btn btn--line btn--icon" data-testid="look-on" aria-label=words title=words
            aria-pressed=move || looks_on.get().to_string() on:click=on_look><Icon path=icon small=true /></button>
        <button class="btn btn--line" data-testid="dream-again" on:click=again>"Dream again"</button>
    }
}

/// Which item is looked at, by number, of those that are held out or else of all; the drawing, where there is one, until a
/// number is chosen.
#[component]
fn Item(page: Page, of: &'static str) -> impl IntoView {
    let held_out = Memo::new(move |_| page.current.with(|now| now.data.test_items()));
    let many = move || match held_out.get() {
        0 => page.current.with(|now| now.training_items().max(1)),
        held_out => held_out,
    };
    let label = move || if held_out.get() > 0 { "Held-out " } else { "Training " };
    let on_change = move |event| {
        let item = event_target_value(&event).parse::<usize>().ok().map(|item| item.clamp(1, many()) - 1);
        page.look_for(|probe| probe.item = item);
    };
    let has_drawing = Memo::new(move |_| {
        page.lab().has_pad()
            && page.current.with(|now| page.lab().offers_pictures(now))
            && page.sheet.with(|sheet| !sheet.is_empty())
    });
    // What is drawn anew is looked at.
    Effect::new(move |before: Option<()>| {
        page.sheet.track();
        if before.is_some() && page.probe.with_untracked(|probe| probe.item.is_some()) {
            page.probe.update(|probe| probe.item = None);
        }
    });
    let chosen = move || page.probe.with(|probe| probe.item);
    let value = move || match chosen() {
        None if has_drawing.get() => String::new(),
        item => (item.unwrap_or(0).min(many() - 1) + 1).to_string(),
    };
    view! {
        <label class="inline" for="followed"><span>{label}{of}" "<span class="num">{move || format!("1–{}", many())}</span></span>
            <input class="num" type="number" id="followed" min="1" max=move || many().to_string() placeholder="drawing" prop:value=value on:change=on_change /></label>
        {move || has_drawing.get().then(|| view! {
            <button class="btn" data-testid="look-at-drawing" disabled=move || chosen().is_none() on:click=move |_| page.look_for(|probe| probe.item = None)>"Your drawing"</button>
        })}
    }
}

/// Films to be rated, with what is looked for among the others.
#[component]
fn Rates(page: Page, drawn: Signal<Option<Drawn>>) -> impl IntoView {
    let questions = Memo::new(move |before: Option<&Option<Questions>>| {
        let now = drawn.with(|drawn| match drawn.as_ref().map(|drawn| &drawn.0.figure) {
            Some(Figure::Questions(questions)) => Some(questions.clone()),
            _ => None,
        });
        now.or_else(|| before.cloned().flatten())
    });
    let items = Memo::new(move |_| {
        questions.with(|all| {
            all.as_ref().map_or_else(Vec::new, |all| {
                all.items.iter().copied().zip(all.rows.names.iter().cloned()).collect::<Vec<_>>()
            })
        })
    });
    let choices = Memo::new(move |_| {
        questions.with(|all| all.as_ref().map_or_else(Vec::new, |all| all.choices.clone()))
    });
    let rate = move |film: usize, level: usize| {
        page.look_for(|probe| {
            probe.ratings.retain(|[of, _]| *of != film);
            probe.ratings.push([film, level]);
        });
    };
    let given = move |film: usize| {
        page.probe.with(|probe| probe.ratings.iter().find(|[of, _]| *of == film).map(|[_, level]| *level))
    };
    let one = move |(film, title): (usize, String)| {
        let named = StoredValue::new(title.clone());
        let forget = move || {
            given(film).is_some().then(|| {
                view! {
                    <button class="btn btn--icon rates__forget" title="Forget this rating"
                        aria-label=named.with_value(|title| format!("Forget your rating of {title}"))
                        on:click=move |_| page.look_for(|probe| probe.ratings.retain(|[of, _]| *of != film))>"×"</button>
                }
            })
        };
        let stars = choices.get_untracked().into_iter().enumerate().map(|(level, label)| {
            let said = if label == "1" { "1 star".to_owned() } else { format!("{label} stars") };
            view! {
                <label><input type="radio" name=format!("film-{film}") value=level.to_string() aria-label=said
                    prop:checked=move || given(film) == Some(level) on:change=move |_| rate(film, level) /><span>{label}</span></label>
            }
        });
        let stars = stars.collect_view();
        view! { <li><fieldset><legend><span>{title}</span>{forget}</legend><div class="seg num">{stars}</div></fieldset></li> }
    };
    let is_none_found = move || {
        let has_searched = page.probe.with(|probe| !probe.search.trim().is_empty());
        has_searched && questions.with(|all| all.as_ref().is_some_and(|all| all.items.is_empty()))
    };
    let on_search = move |event| {
        let wanted = event_target_value(&event);
        page.look_for(|probe| probe.search = wanted);
    };
    view! {
        <label class="inline rates__find" for="find-film"><span>"Find a film"</span>
            <input type="search" id="find-film" placeholder="part of its title" maxlength="80" prop:value=move || page.probe.with(|probe| probe.search.clone()) on:input=on_search /></label>
        <ul class="rates" data-testid="rates"><For each=move || items.get() key=Clone::clone children=one /></ul>
        {move || is_none_found().then(|| view! { <p class="hint" data-testid="no-film">"No film has that in its title."</p> })}
    }
}
