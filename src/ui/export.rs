//! Figures as files: one as SVG, PNG or CSV from its table, every one in an archive from the Export menu.
//! Their names say lab, figure, step and seed.

use super::icons::{self, Icon};
use super::lesson::IsTeaching;
use super::page::{Drawn, Page};
use super::{browser, canvas};
use crate::labs::FigureSlot;
use crate::labs::format::count;
use crate::plot::{self, Entry};
use leptos::prelude::*;
use std::sync::Arc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Blob, HtmlCanvasElement, HtmlElement};

/// Pixels of a PNG for each CSS pixel, or more where the screen has more.
const PIXELS: f64 = 2.0;
/// How often it is looked for figures that were asked for, and for how long.
const LOOK: Duration = Duration::from_millis(50);
const LOOKS: usize = 200;

/// What a figure is saved as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Svg,
    Png,
    Csv,
}

impl Form {
    pub const ALL: [Self; 3] = [Self::Svg, Self::Png, Self::Csv];

    pub fn label(self) -> &'static str {
        match self {
            Self::Svg => "SVG",
            Self::Png => "PNG",
            Self::Csv => "CSV",
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Svg => "Save the chart as SVG, to be edited and printed",
            Self::Png => "Save the chart as PNG, a picture",
            Self::Csv => "Save the numbers as CSV, to be computed with",
        }
    }
}

/// A figure at one moment, to be saved.
#[derive(Clone)]
pub struct Shot {
    page: Page,
    slot: FigureSlot,
    drawn: Drawn,
    step: usize,
}

impl Shot {
    /// The figure as it is now.
    pub fn new(page: Page, slot: FigureSlot, drawn: Drawn) -> Self {
        let step = page.progress.with_untracked(|progress| progress.step);
        Self { page, slot, drawn, step }
    }

    /// What it shows, number by number.
    pub fn table(&self) -> plot::Table {
        plot::table(&self.drawn.0.figure, &self.drawn.1)
    }

    /// Hands it to the visitor as a file.
    pub fn save(&self, form: Form) {
        let saved = match form {
            Form::Svg => browser::download(&self.name(form), self.svg().as_bytes()),
            Form::Csv => browser::download(&self.name(form), self.table().to_csv().as_bytes()),
            Form::Png => self.save_png(),
        };
        if saved.is_err() {
            refuse(self.page);
        }
    }

    fn name(&self, form: Form) -> String {
        let seed = self.page.current.with_untracked(|experiment| experiment.seed);
        let extension = form.label().to_lowercase();
        format!("{}-{}-step-{}-seed-{seed}.{extension}", self.page.lab().name(), self.slot.id, self.step)
    }

    /// CSS pixels of the figure on the page; such as there is room for where it has none.
    fn size(&self) -> (f64, f64) {
        // Of several lanes side by side all are of one size.
        let ids = [format!("figure-{}", self.slot.id), format!("figure-{}-a", self.slot.id)];
        let element = ids.iter().find_map(|id| document().get_element_by_id(id));
        let size = element.map_or((0, 0), |element| (element.client_width(), element.client_height()));
        match size {
            (1.., 1..) => (size.0.into(), size.1.into()),
            _ if self.slot.height_px == 0 => (400.0, 400.0),
            _ => (640.0, self.slot.height_px.into()),
        }
    }

    fn view(&self) -> plot::View {
        plot::View {
            selected_layer: self.page.layer.get_untracked(),
            hover: None,
            map_scale: self.page.map_scale.get_untracked(),
            chosen: untrack(|| self.page.chosen()),
            lane: self.page.selected_lane.get_untracked(),
        }
    }

    /// What stands above it in a file, where no page says it.
    fn heading(&self) -> [String; 2] {
        let (slot, seed) = self
            .page
            .current
            .with_untracked(|experiment| (self.page.lab().captioned(self.slot, experiment), experiment.seed));
        let layer = self.page.layer.get_untracked();
        let title = if slot.of_layer { format!("Layer {layer}") } else { slot.title.to_owned() };
        let when = format!("{} lab, step {}, seed {seed}", self.page.lab().title(), count(self.step));
        let caption = if slot.caption.is_empty() { when } else { format!("{when}: {}", slot.caption) };
        [title, caption]
    }

    /// Its size in a file, with the heading.
    fn size_titled(&self) -> (f64, f64) {
        let (width, height) = self.size();
        (width, height + plot::HEADING_PX)
    }

    fn svg(&self) -> String {
        let [title, caption] = self.heading();
        let name = format!("{title}, {caption}");
        plot::svg(&name, self.size_titled(), &browser::style(), |area, style| {
            let figure = (&self.drawn.0.figure, &*self.drawn.1);
            plot::draw_titled(area, [&title, &caption], figure, style, &self.view())
        })
    }

    fn save_png(&self) -> Result<(), wasm_bindgen::JsValue> {
        let element: HtmlCanvasElement = document().create_element("canvas")?.unchecked_into();
        let style = browser::style();
        let style = plot::Style { scale: style.scale.max(PIXELS), ..style };
        let [title, caption] = self.heading();
        let drawn = canvas::draw_in(&element, self.size_titled(), style, |area, style| {
            let figure = (&self.drawn.0.figure, &*self.drawn.1);
            plot::draw_titled(area, [&title, &caption], figure, style, &self.view())
        });
        if drawn.is_err() {
            return Err("the canvas cannot be drawn on".into());
        }
        let (page, name) = (self.page, self.name(Form::Png));
        let save = wasm_bindgen::closure::Closure::once_into_js(move |blob: Option<Blob>| {
            if blob.is_none_or(|blob| browser::download_blob(&name, &blob).is_err()) {
                refuse(page);
            }
        });
        element.to_blob(save.unchecked_ref())
    }
}

fn refuse(page: Page) {
    page.notice.set(Some("The figure was not saved: the browser does not allow it.".into()));
}

/// Hands every figure of the lab to the visitor, as SVG and CSV in one archive, all of the same step: the run
/// stands still, and those out of sight are asked for.
pub fn save_all(page: Page) {
    page.is_playing.set(false);
    let before: Vec<Option<Drawn>> = page.slots().iter().map(|slot| of_lane(page, slot)).collect();
    let lab = page.lab().name();
    page.ask_for_all(true);
    look_for_all(page, lab, before, LOOKS);
}

/// What the selected lane shows of a figure.
fn of_lane(page: Page, slot: &FigureSlot) -> Option<Drawn> {
    let lane = page.lane();
    lane.figure((page.lab().name(), slot.id)).get_untracked()
}

fn look_for_all(page: Page, lab: &'static str, before: Vec<Option<Drawn>>, looks: usize) {
    set_timeout(
        move || {
            if page.lab().name() != lab {
                return page.ask_for_all(false);
            }
            let is_new = |(slot, before): (&FigureSlot, &Option<Drawn>)| {
                let now = of_lane(page, slot);
                now.is_some_and(|now| before.as_ref().is_none_or(|before| !Arc::ptr_eq(before, &now)))
            };
            if looks > 0 && !page.slots().iter().zip(&before).all(is_new) {
                return look_for_all(page, lab, before, looks - 1);
            }
            page.ask_for_all(false);
            let shown = |slot: &FigureSlot| {
                // What is derived for this moment goes with its owner.
                let drawn = Owner::new().with(|| page.shown(*slot).get_untracked())?;
                Some(Shot::new(page, *slot, drawn))
            };
            let shots: Vec<Shot> = page.slots().iter().filter_map(shown).collect();
            let file = |shot: &Shot, form, bytes| Entry { name: shot.name(form), bytes };
            let files = shots.iter().flat_map(|shot| {
                let csv = shot.table().to_csv();
                [file(shot, Form::Svg, shot.svg().into_bytes()), file(shot, Form::Csv, csv.into_bytes())]
            });
            let archive = plot::zip(&files.collect::<Vec<_>>());
            let seed = page.current.with_untracked(|experiment| experiment.seed);
            let step = page.progress.with_untracked(|progress| progress.step);
            let name = format!("{lab}-figures-step-{step}-seed-{seed}.zip");
            if browser::download(&name, &archive).is_err() {
                refuse(page);
            }
        },
        LOOK,
    );
}

fn save_experiment(page: Page) {
    let text = page.experiment.with_untracked(serde_json::to_string_pretty);
    let saved = text.map_err(|error| error.to_string()).and_then(|text| {
        browser::download("experiment.json", text.as_bytes())
            .map_err(|_| "the browser does not allow it".into())
    });
    if let Err(reason) = saved {
        page.notice.set(Some(format!("The experiment was not saved: {reason}.")));
    }
}

/// What can be taken along.
#[component]
pub fn ExportMenu(page: Page) -> impl IntoView {
    let is_teaching = expect_context::<IsTeaching>();
    view! {
        <details class="menu" id="export">
            <summary class="btn" aria-label="Export" title="Files of this run">
                <Icon path=icons::SAVE /><span class="wide">"Export"</span>
            </summary>
            <div class="menu__sheet">
                <button data-testid="save-run" on:click=move |_| page.update_trainer(super::trainer::Trainer::save)>
                    "Run"<small>"run.safetensors, to be dropped on the page again"</small>
                </button>
                <button data-testid="save-experiment" on:click=move |_| save_experiment(page)>
                    "Experiment"<small>"experiment.json, to be dropped here again or for glassbox train"</small>
                </button>
                <button data-testid="save-figures" on:click=move |_| save_all(page)>
                    "Figures"<small>"every chart as SVG and CSV, of this step"</small>
                </button>
                <button data-testid="for-teachers" on:click=move |_| is_teaching.0.set(true)>
                    "For teachers"<small>"a link that leaves things out, a frame for your page"</small>
                </button>
            </div>
        </details>
    }
}

/// Closes an open menu on a click elsewhere or on one of its items, and on Escape, which gives the focus back.
pub fn listen_for_menus() {
    let open = || document().query_selector("details.menu[open]").ok().flatten();
    let close = |menu: &web_sys::Element| {
        let _ = menu.remove_attribute("open"); // nothing can be against it
    };
    let on_pointer = window_event_listener(leptos::ev::click, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if let (Some(menu), Some(target)) = (open(), target) {
            let is_summary =
                target.closest("summary").ok().flatten().is_some_and(|of| menu.contains(Some(&of)));
            if !is_summary {
                close(&menu);
            }
        }
    });
    let on_key = window_event_listener(leptos::ev::keydown, move |event| {
        if let Some(menu) = open().filter(|_| event.key() == "Escape") {
            close(&menu);
            let summary = menu.query_selector("summary").ok().flatten();
            if let Some(summary) = summary.and_then(|summary| summary.dyn_into::<HtmlElement>().ok()) {
                let _ = summary.focus(); // it can take the focus
            }
        }
    });
    on_cleanup(move || {
        on_pointer.remove();
        on_key.remove();
    });
}
