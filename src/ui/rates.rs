//! Looks for a learning rate: the button beside its control, and the dialog with what a test of rates met on a copy of
//! the selected lane's run.

use super::Page;
use super::drawing::Drawing;
use super::icons::{self, Icon};
use super::lane::Lane;
use super::page::Drawn;
use super::table::TableDialog;
use super::trainer::Trainer;
use crate::labs::{Control, RATES, rates_panel, said_of_rates};
use crate::train::RangeCurve;
use leptos::html;
use leptos::prelude::*;
use serde_json::Value;
use std::sync::Arc;

/// The setting that it is about.
pub const KEY: &str = "optimizer.learning_rate";

/// A test of rates that the visitor looks at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Search {
    curve: RangeCurve,
    /// Why there is none.
    refused: Option<String>,
}

impl Page {
    /// Begins to look for a rate for the selected lane; what plays is halted, since the test is of where the run stands.
    fn find_rate(self) {
        self.is_playing.set(false);
        let lane = self.lane();
        lane.rates.set(Some(Search::default()));
        lane.update_trainer(Trainer::find_rate);
    }
}

impl Lane {
    /// Takes what the worker met on a run; of one that is over nothing is to be told.
    pub(super) fn take_rates_of(self, run: u32, met: RangeCurve) {
        match self.try_update_trainer(|trainer| trainer.is_of(run)) {
            Some(true) => self.take_rates(Ok(met)),
            _ => self.rates.set(None),
        }
    }

    /// Takes what the worker met so far, and asks for more until the test is over or nobody looks any more.
    pub(super) fn take_rates(self, met: Result<RangeCurve, String>) {
        if self.rates.with_untracked(Option::is_none) {
            return;
        }
        let goes_on = met.as_ref().is_ok_and(|curve| curve.end.is_none());
        self.rates.update(|search| match (search, met) {
            (Some(search), Ok(curve)) => search.curve = curve,
            (Some(search), Err(message)) => search.refused = Some(message),
            (None, _) => {}
        });
        if goes_on {
            self.update_trainer(Trainer::find_rate);
        }
    }
}

/// The button beside the control of the learning rate.
#[component]
pub fn FindRate(page: Page, control: Memo<Control>) -> impl IntoView {
    let is_open = Memo::new(move |_| page.lane_at(page.selected_lane.get()).rates.with(Option::is_some));
    let has_diverged = Memo::new(move |_| page.progress.with(|progress| progress.has_diverged));
    let title = move || {
        if has_diverged.get() {
            "This run has diverged: reset it to look for a rate"
        } else {
            "Tries one rate after another on a copy of the run, from the smallest up"
        }
    };
    view! {
        <button type="button" class="field__find" data-testid="find-rate" title=title aria-haspopup="dialog"
            disabled=has_diverged on:click=move |_| page.find_rate()>"Find a rate"</button>
        <Show when=move || is_open.get()><Dialog page=page control=control /></Show>
    }
}

#[component]
fn Dialog(page: Page, control: Memo<Control>) -> impl IntoView {
    let lane = page.lane(); // it stays the one that is selected while the dialog is open
    let rates = lane.rates;
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get()
            && !dialog.open()
        {
            let _ = dialog.show_modal(); // fails only for a dialog that is open already
        }
    });
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close(); // gives the focus back, and tells `on:close`
        }
    };
    let of = move |read: fn(&Search) -> f32| rates.with(|search| search.as_ref().map_or(0.0, read));
    let share = Memo::new(move |_| of(|search| search.curve.share()));
    let is_over = Memo::new(move |_| {
        rates.with(|at| at.as_ref().is_some_and(|at| at.curve.end.is_some() || at.refused.is_some()))
    });
    let suggested = Memo::new(move |_| {
        rates.with(|search| search.as_ref()?.curve.finding.map(|found| found.suggested()))
    });
    let said = Memo::new(move |_| {
        rates.with(|search| {
            let Some(search) = search else { return String::new() };
            let refused =
                search.refused.as_ref().map(|refused| format!("No rate was looked for: {refused}."));
            refused.unwrap_or_else(|| said_of_rates(&search.curve))
        })
    });
    let drawn = Signal::derive(move || {
        rates.with(|search| {
            let search = search.as_ref().filter(|search| search.curve.rates.len() > 1)?;
            let (panel, numbers) = rates_panel(&search.curve, lane.index);
            Some::<Drawn>(Arc::new((panel, Arc::new(numbers))))
        })
    });
    let shows_table = RwSignal::new(false);
    let take = move |rate: f32| {
        close();
        // In the digits of the rate, and not in those of the f64 next to it.
        page.set(KEY, &rate.to_string().parse::<f64>().map_or(Value::Null, Value::from));
    };
    let now = move || control.with(Control::shown);
    let whose = move || if page.has_lanes() { format!(" of lane {}", lane.name()) } else { String::new() };
    view! {
        <dialog node_ref=dialog class="dialog finder" data-testid="rates" aria-label="Find a learning rate" on:close=move |_| rates.set(None)>
            <header><h2>"Find a learning rate"</h2>
                <button class="btn btn--icon" aria-label="Close" on:click=move |_| close()><Icon path=icons::CLOSE /></button>
            </header>
            <div class="finder__body">
                <p class="hint">{move || format!("A copy of the run{} learns from the batches to come, each at a higher rate than the one before; the run itself stays as it is.", whose())}</p>
                <div class="finder__plot">
                    <Drawing page=page of=RATES drawn=drawn id="figure-rates".into() shows_table=shows_table />
                </div>
                <progress max="1" value=move || share.get().to_string() aria-label="Rates tried" hidden=move || is_over.get()></progress>
                <p data-testid="rates-said" data-over=move || is_over.get().to_string() role="status">{move || if is_over.get() { said.get() } else { String::new() }}</p>
                <p class="hint num" hidden=move || is_over.get()>{move || said.get()}</p>
                <div class="finder__do">
                    <button class="btn btn--line" on:click=move |_| shows_table.set(true) disabled=move || !is_over.get()>"As a table"</button>
                    {move || suggested.get().map(|rate| view! {
                        <button class="btn btn--ink" data-testid="use-rate" on:click=move |_| take(rate)>{format!("Use {rate}")}</button>
                    })}
                    <span class="hint">{move || format!("Now {}", now())}</span>
                </div>
            </div>
            <Show when=move || shows_table.get()>
                <TableDialog page=page of=RATES drawn=drawn is_open=shows_table />
            </Show>
        </dialog>
    }
}
